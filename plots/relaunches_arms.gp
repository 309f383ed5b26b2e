# How long stateful tasks were down, arm by arm: the share of failures repaired after at most so long.
# From the preamble: arms, arm_places (which of all arms each is: it has one colour in all figures), same_agent (% of each arm's relaunches, or -), wait_low, wait_high (s), wait_tics.
set xlabel 'from the end of a task that held a reservation or volume until its successor ran' textcolor rgb colour_faint
set ylabel 'failures repaired after at most so long (%)' textcolor rgb colour_faint
set logscale x
set xrange [wait_low : wait_high]
set yrange [0 : 100]
set ytics 10
eval 'set xtics ('.wait_tics.')'
set mxtics 10
after(name) = strcol(3) eq name ? (column(2) > wait_low ? column(2) : wait_low) : NaN
share(i) = word(same_agent, i) eq '-' ? '' : ': '.word(same_agent, i).' % same agent'
# The first is drawn last and thinnest, so that curves that coincide are seen around it; but it is named first.
colour_of(i) = colour(word(arm_places, i) + 0)
step = words(arms) > 4 ? 9.0 / (words(arms) - 1) : 2.5
width(i) = 2 + step * (i - 1)
set key invert
plot for [i = words(arms) : 1 : -1] '../'.word(arms, i).'/relaunch_times.csv' using (after('all')):(100 * column(1)) \
         with lines linewidth width(i) dashtype 1 + (i - 1) / 10 linecolor rgb colour_of(i) title word(arms, i).share(i)
