# Stores out of band: what is in each, and of that what nobody uses any more; below, what each reads and writes (a write once for each
# replica), how many of its replicas are missing, and how many instances wait for one that is down.
# From the preamble: stores (words: columns of each begin with it), store_names (words), size_unit, size_mb (MB in one), most_mb (largest
# size, in that unit), rate_top (MB/s, of what is drawn), has_rates, missing_top and stalled_top (0 = none of it); time.gp's.
count = words(stores)
field(k, what) = column(word(stores, k).what)
extra = (has_rates ? ' rates' : '').(missing_top > 0 ? ' missing' : '').(stalled_top > 0 ? ' stalled' : '')
panels = 1 + words(extra)
gap = 0.075
height = (0.86 - 0.11 - (panels - 1) * gap) / panels
top(p) = 0.86 - (p - 1) * (height + gap)
set lmargin at screen 0.085
set rmargin at screen 0.735
set multiplot
set tmargin at screen top(1)
set bmargin at screen top(1) - height
if (panels > 1) {
    unset xlabel
    set format x ''
}
set yrange [0 : most_mb * 1.08]
set ylabel sprintf('in it (%s)', size_unit) textcolor rgb colour_faint
set key at screen 0.75, top(1) - 0.01 left top
plot for [k = 1 : count] data using (moment($1)):((field(k, '_used_mb') + field(k, '_left_mb')) / size_mb) with lines linewidth 2 \
         linecolor rgb colour(k) title word(store_names, k), \
     for [k = 1 : count] data using (moment($1)):(field(k, '_left_mb') > 0 ? field(k, '_left_mb') / size_mb : NaN) with lines linewidth 2 dashtype 2 \
         linecolor rgb colour(k) title (k == 1 ? 'left behind (dashed)' : '')
unset label 1
unset label 2
unset label 3
do for [p = 1 : words(extra)] {
    kind = word(extra, p)
    highest = kind eq 'rates' ? rate_top : (kind eq 'missing' ? missing_top : stalled_top)
    name = kind eq 'rates' ? '_moved_mb_per_s' : (kind eq 'missing' ? '_replicas_missing' : '_stalled')
    set tmargin at screen top(p + 1)
    set bmargin at screen top(p + 1) - height
    if (p == words(extra)) {
        set format x '%g'
        set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
    }
    set yrange [0 : highest * 1.08]
    if (kind ne 'rates' && highest < 6) { set ytics 1 } else { set ytics autofreq } # a number of things
    set ylabel (kind eq 'rates' ? 'moved (MB/s)' : (kind eq 'missing' ? 'missing replicas' : 'waiting instances')) textcolor rgb colour_faint
    unset key
    plot for [k = 1 : count] data using (moment($1)):(field(k, name)) with lines linewidth 1.5 linecolor rgb colour(k) notitle
}
unset multiplot
