# How many agents the master counts as up. The axis begins where the changes can be seen, not always at 0.
# From the preamble: data, agents_low, agents_high; time.gp's.
set ylabel 'agents up' textcolor rgb colour_faint
set yrange [agents_low : agents_high]
set key off
plot data using (in_bin($1)):(column('agents_up')) smooth unique with filledcurves y1=agents_low fillcolor rgb '#d6e4f5', \
     data using (in_bin($1)):(column('agents_up')) smooth unique with lines linewidth 2 linecolor rgb colour_allocated
