# Tasks running, and below, on a scale of their own, tasks waiting for a place.
# From the preamble: time.gp's.
set multiplot
set lmargin at screen 0.125
set rmargin at screen 0.97
set bmargin at screen 0.52
set key off
unset xlabel
set format x ''
set yrange [0 : *]
set ylabel 'running' textcolor rgb colour_faint
plot data using (moment($1)):(column('tasks_running')) with filledcurves y1=0 fillcolor rgb '#b5e0d6', \
     data using (moment($1)):(column('tasks_running')) with lines linewidth 2 linecolor rgb colour_used
unset label 1
unset label 2
unset label 3
set tmargin at screen 0.46
set bmargin at screen 0.11
set format x '%g'
set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
set ylabel 'waiting' textcolor rgb colour_faint
plot data using (moment($1)):(column('tasks_waiting')) with filledcurves y1=0 fillcolor rgb '#fbe0c4', \
     data using (moment($1)):(column('tasks_waiting')) with lines linewidth 2 linecolor rgb colour_offered
unset multiplot
