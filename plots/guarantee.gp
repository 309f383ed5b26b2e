# What the guarantee of coming back on the same agent costs: of each arm, how much lay reserved and idle, and how many
# of the tasks that had failed ran again on the same agent. A panel for each resource of which anything did.
# From the preamble: data (panel,arm,idle,idle_half,same,same_half; in %), panels, panel_title, panel_top (arrays), arms (words).
set yrange [-4 : 104]
set ytics 20
set multiplot
width = (0.91 - key_space(arms)) / panels
# The first is drawn last and smallest, so that arms that coincide are seen around it; but it is named first.
step = words(arms) > 6 ? 4.0 / words(arms) : 0.7
of(p, i, k) = column(1) == p && column(2) == i ? column(k) : NaN
do for [p = 1 : panels] {
    set lmargin at screen 0.085 + (p - 1) * width
    set rmargin at screen 0.085 + p * width - 0.05
    set tmargin at screen 0.79
    set bmargin at screen 0.12
    set xrange [-0.04 * panel_top[p] : panel_top[p]]
    set xtics round_up(panel_top[p] / (panels > 2 ? 4 : 6))
    set xlabel 'reserved but idle (% of total)' textcolor rgb colour_faint
    set title panel_title[p] font ',15' offset 0, -0.5 textcolor rgb colour_text
    if (p == 1) {
        set ylabel 'came back on the same agent (%)' textcolor rgb colour_faint
        eval key_place(arms)
    } else {
        unset ylabel
        unset key
        unset label 1
        unset label 2
    }
    plot for [i = 1 : words(arms)] data using ($4 + $6 > 0 ? of(p, i, 3) : NaN):5:($3 - $4):($3 + $4):($5 - $6):($5 + $6) \
             with xyerrorbars pointtype -1 linewidth 1.2 linecolor rgb colour(i) notitle, \
         for [i = words(arms) : 1 : -1] data using (of(p, i, 3)):5 with points pointtype 7 \
             pointsize 1.5 + step * (i - 1) linecolor rgb colour(i) notitle, \
         for [i = 1 : words(arms)] NaN with points pointtype 7 pointsize 1.4 linecolor rgb colour(i) title word(arms, i)
}
unset multiplot
