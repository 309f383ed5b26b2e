# Dominant share of each role over time.
# From the preamble: roles (those named, largest first), other_roles (drawn faint), other_count, share_top; time.gp's.
set ylabel 'dominant share (%)' textcolor rgb colour_faint
set yrange [0 : share_top]
# Many lines that cross each other are thin; of a few, those that are drawn first are seen around others that coincide.
width(i) = words(roles) > 5 ? 1.3 : 2 + 1.2 * (words(roles) - i)
plot for [i = 1 : words(other_roles)] data using (moment($1)):(100 * column('share_'.word(other_roles, i))) \
         with lines linewidth 1 linecolor rgb '#c9ced6' notitle, \
     for [i = 1 : words(roles)] data using (moment($1)):(100 * column('share_'.word(roles, i))) \
         with lines linewidth width(i) linecolor rgb colour(i) title word(roles, i), \
     (other_count > 0 ? -1 : NaN) with lines linewidth 1 linecolor rgb '#c9ced6' \
         title (other_count > 0 ? sprintf('%d smaller roles', other_count) : '')
