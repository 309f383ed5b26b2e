# How services fared: for each service a bar for each arm, the same ones in each panel.
# From the preamble: data (panel,arm,place,value,low,high,label; in the panel's unit), panels (how many), panel_title and
# panel_unit (arrays), panel_top (array: end of each axis), services, service_places (words), places (end of the axis), bar (height), arms (words;
# empty: no arms), crowded (1: small print), more (how many services are left out).
set yrange [places : 0]
name_font = crowded ? ',11' : ',13'
value_font = crowded ? ',8' : ',11'
set ytics scale 0 font name_font
set ytics ('' -1)
do for [i = 1 : words(services)] { set ytics add (word(services, i) word(service_places, i) + 0) }
unset grid
set grid xtics linetype 1 linewidth 0.6 linecolor rgb '#e4e7eb'
names_width = 0
do for [i = 1 : words(services)] { names_width = strlen(word(services, i)) > names_width ? strlen(word(services, i)) : names_width }
first_left = 0.03 + 0.0085 * (names_width < 4 ? 4 : (names_width > 30 ? 30 : names_width))
width = (0.97 - first_left - key_space(arms)) / panels
arm_count = words(arms) > 0 ? words(arms) : 1
if (more > 0) { set label 4 sprintf('%d more service%s: less, or none', more, more == 1 ? '' : 's') at screen 0.975, 0.03 right font ',11' textcolor rgb colour_faint }
of(p, i) = column(1) == p && column(2) == i
set multiplot
do for [p = 1 : panels] {
    set lmargin at screen first_left + (p - 1) * width
    set rmargin at screen first_left + p * width - 0.07
    set tmargin at screen 0.79
    set bmargin at screen 0.12
    set xrange [0 : panel_top[p]]
    set xlabel panel_unit[p] textcolor rgb colour_faint
    set title panel_title[p] font ',14' offset 0, -0.5 textcolor rgb colour_text
    if (p == 1 && words(arms) > 0) {
        eval key_place(arms)
    } else {
        unset key
    }
    if (p == 2) {
        unset label 1
        unset label 2
        set format y ''
    }
    plot for [i = 1 : arm_count] data using (of(p, i) ? 0 : NaN):3:(0):4:($3 - bar * 0.45):($3 + bar * 0.45) \
             with boxxyerror fillcolor rgb colour(i) title (words(arms) > 0 ? word(arms, i) : ''), \
         data using ($1 == p && $6 - $5 > 1e-9 ? $4 : NaN):3:5:6 with xerrorbars pointtype -1 linewidth 1.5 linecolor rgb colour_text notitle, \
         data using ($1 == p ? $6 : NaN):3:7 with labels left offset 0.5, 0 font value_font textcolor rgb colour_text notitle
}
unset multiplot
