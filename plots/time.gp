# The time axis. From the preamble: data (series.csv: timeseries.csv as means of bins, where it has more rows than the
# figure has room), time_scale (s per unit), time_unit, time_tic (0 = automatic), time_end and warm_up (units).
set xlabel sprintf('simulated time (%s)', time_unit) textcolor rgb colour_faint
set xrange [0 : time_end]
if (time_tic > 0) {
    set xtics time_tic
}
moment(t) = t / time_scale
if (warm_up > 0) {
    set arrow 1 from first warm_up, graph 0 to first warm_up, graph 1 nohead front dashtype 2 linewidth 1 linecolor rgb colour_faint
    # Beside the line and inside the span, so that it meets no number of the other axis.
    if (warm_up < time_end / 2) {
        set label 3 'warm-up ends' at first warm_up, graph 1 offset 0, 0.5 left front font ',11' textcolor rgb colour_faint
    } else {
        set label 3 'warm-up ends' at first warm_up, graph 1 offset 0, 0.5 right front font ',11' textcolor rgb colour_faint
    }
}
