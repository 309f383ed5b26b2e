# What the master counts as taken of the disks, and what is really on them; below, on a scale of its own, what that is made of.
# From the preamble: has_disk (1: agents have disk the master knows of), parts (columns, from the lowest area up), above_unit,
# below_unit, above_mb, below_mb (MB in one unit); time.gp's.
known = 'real_volumes_mb real_sandboxes_mb real_ended_sandboxes_mb real_paths_mb real_paths_left_mb real_out_of_band_mb'
array known_title[6] = ['in volumes', 'in sandboxes', 'sandboxes of ended tasks', 'paths out of band', 'paths left behind', 'written by others']
array known_rgb[6] = ['#8b5fbf', '#2ca58d', '#a9d9cd', '#ee8f2f', '#f6c894', '#c8405c']
index(name) = sum [j = 1 : words(known)] (word(known, j) eq name ? j : 0)
up_to(k) = sum [j = 1 : k] column(word(parts, j))
accounted(x) = column('disk_allocated') + column('disk_reserved_idle')

set multiplot
set lmargin at screen 0.085
set rmargin at screen 0.735
set bmargin at screen 0.52
unset xlabel
set format x ''
set yrange [0 : *]
set ylabel above_unit textcolor rgb colour_faint
set key at screen 0.75, 0.83 left top
plot data using (moment($1)):(up_to(words(parts)) / above_mb) with filledcurves y1=0 fillcolor rgb '#e3e6ea' notitle, \
     data using (moment($1)):(up_to(words(parts)) / above_mb) with lines linewidth 2 linecolor rgb colour_text title 'really used', \
     has_disk ? data : '/dev/null' using (moment($1)):(accounted(0) / above_mb) with lines linewidth 2 linecolor rgb colour_allocated \
         title (has_disk ? 'allocated or reserved' : '')
unset label 1
unset label 2
unset label 3
set tmargin at screen 0.46
set bmargin at screen 0.11
set format x '%g'
set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
set ylabel below_unit textcolor rgb colour_faint
set key at screen 0.75, 0.45 left top
plot for [k = words(parts) : 1 : -1] data using (moment($1)):(up_to(k) / below_mb) with filledcurves y1=0 \
         fillcolor rgb known_rgb[index(word(parts, k))] title known_title[index(word(parts, k))]
unset multiplot
