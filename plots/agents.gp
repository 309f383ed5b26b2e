# How many agents the master counts as up. The axis begins where the changes can be seen, not always at 0.
# From the preamble: agents_label, agents_low, agents_high; time.gp's.
set ylabel agents_label textcolor rgb colour_faint
set yrange [agents_low : agents_high]
set key off
if (agents_high - agents_low < 10) { set ytics 1 }
plot data using (moment($1)):(column('agents_up')) with filledcurves y1=agents_low fillcolor rgb '#d6e4f5', \
     data using (moment($1)):(column('agents_up')) with lines linewidth 2 linecolor rgb colour_allocated
