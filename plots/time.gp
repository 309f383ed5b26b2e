# The time axis. From the preamble: time_scale (s per unit), time_unit, time_tic (0 = automatic), time_end (units),
# bin (s): where a series has more rows than the figure has room, each bin shows its mean.
set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
set xrange [0 : time_end]
if (time_tic > 0) {
    set xtics time_tic
}
in_bin(t) = (bin > 0 ? (floor(t / bin) + 0.5) * bin : t) / time_scale
