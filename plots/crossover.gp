# How long to wait before rebuilding: what waiting and what rebuilding cost, by the wait that the arms allow; a panel for
# each set of arms. Waits are evenly spaced, in their order; the last may be for ever.
# From the preamble: data (panel,x,missing,missing_half,copying,copying_half; in cost_unit), cost_unit, panels, panel_title, panel_tics,
# panel_end (place of the last wait), cross_x, cross_y (NaN: none), cross_label (arrays).
left(p) = 0.085 + (p - 1) * 0.9 / panels
set multiplot
do for [p = 1 : panels] {
    set lmargin at screen left(p)
    set rmargin at screen left(p) + 0.9 / panels - 0.055
    set tmargin at screen 0.76
    set bmargin at screen 0.13
    set xrange [-0.2 : panel_end[p] + 0.2]
    set yrange [0 : *]
    eval 'set xtics ('.panel_tics[p].') font "'.(panels > 1 ? ',11' : ',13').'"'
    set xlabel 'wait for the host that has the data' textcolor rgb colour_faint
    set title panel_title[p]."\n".(cross_x[p] == cross_x[p] ? 'equal at '.cross_label[p] : '') font ',14' offset 0, -0.5 textcolor rgb colour_text
    unset arrow 5
    if (p == 1) {
        set ylabel sprintf('%s without a whole replica, summed over instances', cost_unit) textcolor rgb colour_faint
        set key at screen 0.975, 0.965 right top horizontal maxrows 1 Left reverse
    } else {
        unset ylabel
        unset key
        unset label 1
        unset label 2
    }
    if (cross_x[p] == cross_x[p]) {
        set arrow 5 from first cross_x[p], graph 0 to first cross_x[p], graph 1 nohead front dashtype 2 linewidth 1.5 linecolor rgb colour_text
    }
    of(k) = column(1) == p ? column(k) : NaN
    plot data using ($4 > 0 ? of(2) : NaN):3:($3 - $4):($3 + $4) with yerrorbars pointtype -1 linewidth 1.2 linecolor rgb colour_allocated notitle, \
         data using ($6 > 0 ? of(2) : NaN):5:($5 - $6):($5 + $6) with yerrorbars pointtype -1 linewidth 1.2 linecolor rgb colour_offered notitle, \
         data using (of(2)):($3 + $5) with lines linewidth 1.5 dashtype 3 linecolor rgb colour_faint title 'both', \
         data using (of(2)):3 with linespoints linewidth 2.5 pointtype 7 pointsize 0.9 linecolor rgb colour_allocated title 'waiting', \
         data using (of(2)):5 with linespoints linewidth 2.5 pointtype 7 pointsize 0.9 linecolor rgb colour_offered title 'rebuilding', \
         (cross_x[p] == cross_x[p] ? '+' : '/dev/null') using (cross_x[p]):(cross_y[p]) every ::0::0 with points pointtype 6 pointsize 2.2 \
             linewidth 2 linecolor rgb colour_text notitle
}
unset multiplot
