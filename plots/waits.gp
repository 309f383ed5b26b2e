# How long something took: the share of all that took at most so long. Drawn of the waits of tasks, and of the times until
# tasks that had failed ran again.
# From the preamble: data, x_label, y_label, frameworks (those named), other_frameworks, other_count, wait_low, wait_high (s), wait_tics.
set xlabel x_label textcolor rgb colour_faint
set ylabel y_label textcolor rgb colour_faint
set logscale x
set xrange [wait_low : wait_high]
set yrange [0 : 100]
set ytics 10
eval 'set xtics ('.wait_tics.')'
set mxtics 10
wait_of(name) = strcol(3) eq name ? (column(2) > wait_low ? column(2) : wait_low) : NaN
is_all(i) = word(frameworks, i) eq 'all'
# The first is drawn last and thinnest, so that curves that coincide are seen around it; but it is named first.
step = words(frameworks) > 6 ? 4.0 / words(frameworks) : 0.7
set key invert
plot for [i = 1 : words(other_frameworks)] data using (wait_of(word(other_frameworks, i))):(100 * column(1)) \
         with lines linewidth 1 linecolor rgb '#c9ced6' notitle, \
     for [i = words(frameworks) : 1 : -1] data using (wait_of(word(frameworks, i))):(100 * column(1)) \
         with lines linewidth 2.2 + step * (i - 1) dashtype 1 + is_all(i) \
         linecolor rgb (is_all(i) ? colour_text : colour(is_all(1) ? i - 1 : i)) title word(frameworks, i), \
     (other_count > 0 ? -1 : NaN) with lines linewidth 1 linecolor rgb '#c9ced6' \
         title (other_count > 0 ? sprintf('%d more', other_count) : '')
