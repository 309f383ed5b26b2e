# The time axis. From the preamble: data (series.csv: timeseries.csv as means of bins, where it has more rows than the
# figure has room), time_scale (s per unit), time_unit, time_tic (0 = automatic), time_end (units).
set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
set xrange [0 : time_end]
if (time_tic > 0) {
    set xtics time_tic
}
moment(t) = t / time_scale
