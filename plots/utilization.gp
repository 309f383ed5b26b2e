# One resource over time, as shares of the total of agents that are up; the four kinds are never added up.
# From the preamble: resource; time.gp's.
# What is allocated is the wider line, so that it is seen around what is used where all of it is.
set ylabel '% of total' textcolor rgb colour_faint
set yrange [0 : 100]
set ytics 10
share(kind) = 100 * column(resource.'_'.kind) / column(resource.'_total')
plot data using (moment($1)):(share('allocated')) with filledcurves y1=0 fillcolor rgb '#d6e4f5' notitle, \
     data using (moment($1)):(share('used')) with filledcurves y1=0 fillcolor rgb '#b5e0d6' notitle, \
     data using (moment($1)):(share('allocated')) with lines linewidth 4.5 linecolor rgb colour_allocated title 'allocated', \
     data using (moment($1)):(share('used')) with lines linewidth 2 linecolor rgb colour_used title 'used', \
     data using (moment($1)):(share('reserved_idle')) with lines linewidth 2 linecolor rgb colour_reserved title 'reserved but idle', \
     data using (moment($1)):(share('offered')) with lines linewidth 1.5 linecolor rgb colour_offered title 'offered, unanswered'
