# The arms of one scenario side by side: one panel for each resource, the four kinds of utilization kept apart.
# From the preamble: data, arms, resources, resource_labels (words).
kinds = 'allocated used reserved_idle offered'
panels = words(resources)
columns = panels <= 3 ? panels : (panels == 4 ? 2 : 3)
rows = (panels + columns - 1) / columns
bar = (words(arms) > 4 ? 0.9 : 0.8) / words(arms)
place(k, i) = k + (i - 0.5 - words(arms) / 2.0) * bar
of(i, r) = strcol(1) eq word(arms, i) && strcol(2) eq r
percent(k) = 100 * column(word(kinds, k))
high = 0.82
wide = 0.92 - key_space(arms)
# Bars too narrow for a number have it upright, and none where it is nothing; those that are narrower than a line of
# print have none at all.
bar_pixels = bar * (wide / columns - 0.05) * 1200 / 4.1
is_crowded = bar_pixels < 22
least = bar_pixels < 9 ? 1000 : (is_crowded ? 0.5 : 0)
label_font = bar_pixels < 26 ? ',8' : ',11'
value_style = is_crowded ? 'rotate by 90 left offset 0, 0.3' : 'offset 0, 0.6'
left(c) = 0.075 + c * wide / columns
top(r) = high - r * (high - 0.02) / rows

set yrange [0 : (is_crowded && least < 100 ? 116 : 105)]
set ytics 20
set xrange [0.45 : 4.55]
is_narrow = wide / columns < 0.27
tic_font = is_narrow ? ',8' : (wide / columns < 0.34 ? ',9' : ',11')
set xtics scale 0 font tic_font
set xtics ('allocated' 1, 'used' 2, "reserved\nbut idle" 3, (is_narrow ? "in open\noffers" : "offered,\nunanswered") 4)
unset grid
set grid ytics linetype 1 linewidth 0.6 linecolor rgb '#e4e7eb'
set multiplot
do for [p = 1 : panels] {
    set lmargin at screen left((p - 1) % columns)
    set rmargin at screen left((p - 1) % columns) + wide / columns - 0.05
    set tmargin at screen top((p - 1) / columns)
    set bmargin at screen top((p - 1) / columns) - (high - 0.02) / rows + (rows > 1 ? 0.14 : 0.12)
    set title word(resource_labels, p) font ',15' offset 0, -0.5 textcolor rgb colour_text
    if ((p - 1) % columns == 0) { set ylabel '% of total' offset 1, 0 textcolor rgb colour_faint } else { unset ylabel }
    if (p == 1) {
        eval key_place(arms)
    } else {
        unset key
        unset label 1
        unset label 2
    }
    r = word(resources, p)
    plot for [i = 1 : words(arms)] for [k = 1 : 4] \
             data using (of(i, r) ? place(k, i) : NaN):(percent(k)):(bar * 0.92) with boxes fillcolor rgb colour(i) \
             title (k == 1 ? word(arms, i) : ''), \
         for [i = 1 : words(arms)] for [k = 1 : 4] \
             data using (of(i, r) && percent(k) >= least ? place(k, i) : NaN):(percent(k)):(sprintf('%.0f', percent(k))) \
             with labels @value_style font label_font textcolor rgb colour_text notitle
}
unset multiplot
