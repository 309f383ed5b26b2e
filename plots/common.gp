# The look of every figure. `holdfast plot` writes a preamble of variables, this file and the figure's own file into
# one script, and keeps it beside the figure, so that a figure can be drawn again, or changed, with gnuplot alone.
# From the preamble: heading, subheading (strings).
set encoding utf8
set datafile separator comma
set datafile columnheaders

# Two colours a reader can tell apart whatever his eyes; series 1, 2, 3 ... take them in order.
# From the eleventh on they are the same, paler.
array palette_rgb[20] = ['#2f6db5', '#ee8f2f', '#2ca58d', '#c8405c', '#8b5fbf', '#8a6a4a', '#4fb3e8', '#a8a62c', '#e07bb0', '#5f6b7a', \
                         '#9dbce0', '#f8ca9c', '#9cd6ca', '#e7a5b1', '#c9b3e1', '#c9b8a7', '#ade0f6', '#d6d59a', '#f2c3dc', '#b4bac2']
colour(i) = palette_rgb[(int(i) - 1) % 20 + 1]
colour_allocated = '#2f6db5'
colour_used = '#2ca58d'
colour_offered = '#ee8f2f'
colour_reserved = '#8b5fbf'
colour_text = '#222222'
colour_faint = '#6b7280'

set label 1 heading at screen 0.025, 0.955 left font ',20' textcolor rgb colour_text
set label 2 subheading at screen 0.025, 0.908 left textcolor rgb colour_faint
set tmargin at screen 0.86
# Room above what is highest, where the axis is as long as the data makes it: a line on the frame is hardly seen.
set offsets 0, 0, graph 0.04, 0
set border 3 linecolor rgb '#9aa1ab' linewidth 1
set tics nomirror out scale 0.6 textcolor rgb colour_text
set grid ytics xtics linetype 1 linewidth 0.6 linecolor rgb '#e4e7eb'
set key outside right center vertical Left reverse samplen 1.6 spacing 1.35 textcolor rgb colour_text noenhanced
set style fill solid 1.0 noborder

# Figures of several panels put the names of arms beside the heading where they are few and short, and to the right of the
# panels otherwise. `names` are words; key_space() is the part of the width that they take there.
longest(names) = (count = words(names), most = 0, sum [j = 1 : count] (most = strlen(word(names, j)) > most ? strlen(word(names, j)) : most), most)
key_is_beside(names) = words(names) > 4 || strlen(names) > 40
key_space(names) = key_is_beside(names) ? 0.05 + 0.0094 * longest(names) : 0
key_place(names) = key_is_beside(names) ? \
    sprintf('set key at screen %g, 0.84 left top vertical maxrows 40 Left reverse samplen 1.2 spacing %g', 1.005 - key_space(names), words(names) > 18 ? 1 : 1.2) : \
    'set key at screen 0.975, 0.965 right top horizontal maxrows 1 Left reverse'
# The least of 1, 2, 5 times a power of ten that is not below x: tics that leave room for their numbers.
power(x) = 10 ** floor(log10(x))
round_up(x) = x <= power(x) ? power(x) : (x <= 2 * power(x) ? 2 * power(x) : (x <= 5 * power(x) ? 5 * power(x) : 10 * power(x)))
