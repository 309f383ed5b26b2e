# What became of the offers: above, how many a second, stacked; below, of those settled in the same time, which part.
# A bin that has something, between others that have nothing, is no area: each is drawn as a line of its width, too.
# From the preamble: bins (how many); total_sent, total_accepted, total_declined, total_rescinded, total_expired (text); time.gp's.
array fate[4] = ['accepted', 'declined', 'rescinded', 'expired']
array fate_rgb[4] = ['#2ca58d', '#b8bec8', '#c8405c', '#ee8f2f']
array fate_total[4] = [total_accepted, total_declined, total_rescinded, total_expired]
sum_to(k) = sum [j = 1 : k] column('offers_'.fate[j].'_per_s')
bin_pixels = 790.0 / bins > 4 ? 4 : (790.0 / bins < 1 ? 1 : 790.0 / bins)

set multiplot
set lmargin at screen 0.1
set rmargin at screen 0.76
set bmargin at screen 0.43
unset xlabel
set format x ''
set ylabel 'offers per second' textcolor rgb colour_faint
set yrange [0 : *]
set key at screen 0.775, 0.8 left top
happened(k) = fate_total[k] ne '0'
# Names for all, areas only for what happened: the outline of nothing would still be drawn.
plot for [k = 4 : 1 : -1] NaN with filledcurves y1=0 fillcolor rgb fate_rgb[k] title fate[k].': '.fate_total[k], \
     for [k = 4 : 1 : -1] happened(k) ? data : '/dev/null' using (moment($1)):(sum_to(k)) with filledcurves y1=0 \
         fillcolor rgb fate_rgb[k] notitle, \
     for [k = 4 : 1 : -1] happened(k) ? data : '/dev/null' using (moment($1)):(sum_to(k) > 0 ? sum_to(k) : NaN) \
         with impulses linewidth bin_pixels linecolor rgb fate_rgb[k] notitle, \
     data using (moment($1)):(column('offers_sent_per_s')) with lines linewidth 1.5 linecolor rgb colour_text \
         title 'sent: '.total_sent
unset label 1
unset label 2
unset label 3
set tmargin at screen 0.38
set bmargin at screen 0.11
set format x '%g'
set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
set ylabel '% of settled' textcolor rgb colour_faint
set yrange [0 : 100]
set ytics 25
set key off
plot for [k = 4 : 1 : -1] happened(k) ? data : '/dev/null' using (moment($1)):(100.0 * sum_to(k) / sum_to(4)) \
         with filledcurves y1=0 fillcolor rgb fate_rgb[k], \
     for [k = 4 : 1 : -1] happened(k) ? data : '/dev/null' using (moment($1)):(100.0 * sum_to(k) / sum_to(4)) \
         with impulses linewidth bin_pixels linecolor rgb fate_rgb[k]
unset multiplot
