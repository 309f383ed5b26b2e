# Persistent volumes, and below the disk that those of them hold that no framework would use; where there never were
# any of those, without that panel.
# From the preamble: orphaned_unit, orphaned_mb (MB in one), orphaned_top (the end of the lower axis; 0: no panel); time.gp's.
set multiplot
set lmargin at screen 0.125
set rmargin at screen 0.97
set key off
if (orphaned_top > 0) {
    set bmargin at screen 0.52
    unset xlabel
    set format x ''
} else {
    set bmargin at screen 0.11
}
set yrange [0 : *]
set ylabel 'volumes' textcolor rgb colour_faint
plot data using (moment($1)):(column('volumes')) with filledcurves y1=0 fillcolor rgb '#dcd0ea', \
     data using (moment($1)):(column('volumes')) with lines linewidth 2 linecolor rgb colour_reserved
if (orphaned_top > 0) {
    unset label 1
    unset label 2
    unset label 3
    set tmargin at screen 0.46
    set bmargin at screen 0.11
    set format x '%g'
    set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
    set ylabel sprintf('orphaned (%s)', orphaned_unit) textcolor rgb colour_faint
    set yrange [0 : orphaned_top]
    plot data using (moment($1)):(column('orphaned_disk_mb') / orphaned_mb) with filledcurves y1=0 fillcolor rgb '#f3cdd5', \
         data using (moment($1)):(column('orphaned_disk_mb') / orphaned_mb) with lines linewidth 2 linecolor rgb colour(4)
}
unset multiplot
