/*
 * What the figures need to know about a run directory before they are drawn: names, spans and sums
 * that a gnuplot script cannot find out by itself.
 */
#ifndef HF_TOOLS_RUN_FACTS_H
#define HF_TOOLS_RUN_FACTS_H

#include <glib.h>

/* At most so many points are drawn of one series; longer ones are shown as means of bins. */
#define HF_SERIES_BINS_MAX 600

/* One numeric column of timeseries.csv. */
typedef struct HfColumnFacts {
    char *name;
    gboolean is_count;            /* events within the interval; else a mean over it */
    double minimum, maximum, sum; /* over all rows; minimum > maximum when there are none */
    GArray *bins;                 /* of double: sum of counts, or integral of the level */
} HfColumnFacts;

/*
 * A row of timeseries.csv covers the time since the row before (the first one: since 0) up to its
 * own time_s. An empty field is a value that there is not (a share of nothing): it makes the bin
 * it falls into NaN and counts nowhere else. Bins are runs of equally many rows.
 */
typedef struct HfSeriesFacts {
    GArray *columns;      /* of HfColumnFacts, in the order of the file; the first is time_s */
    GArray *bin_ends;     /* of double: s; 1 .. HF_SERIES_BINS_MAX of them when there are rows */
    guint64 rows;         /* without the header */
    guint64 rows_per_bin; /* a power of 2; the last bin may have fewer */
    double end_s;         /* time of the last row */
    GPtrArray *resources; /* char *: R of each R_total whose maximum is above 0 */
    GPtrArray *roles;     /* char *: ROLE of each share_ROLE, largest mean share first */
} HfSeriesFacts;

typedef struct HfWaitsFacts {
    GPtrArray *frameworks;    /* char *: in the order of the file, "all" first */
    double smallest, largest; /* of the positive waits, s; 0 when none is positive */
} HfWaitsFacts;

typedef struct HfArmsFacts {
    GPtrArray *arms;      /* char *, distinct, in the order of the file */
    GPtrArray *resources; /* the same; without those that no arm held anything of, unless all are */
} HfArmsFacts;

/* Each reads one table. Errors: NULL with file and line; the table must exist. */
HfSeriesFacts *hf_series_facts_read(const char *path, GError **error);
void hf_series_facts_free(HfSeriesFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfSeriesFacts, hf_series_facts_free)

/*
 * The table the figures are drawn from: a row per bin, its time_s in the middle of the bin; levels
 * as time-weighted means under their own name, counts as X_per_s. The first bin has another row at
 * 0 and the last at its end, so that lines reach over the whole of the run.
 * Shape: newly allocated CSV text.
 */
char *hf_series_facts_table(const HfSeriesFacts *facts);

/* The column of that name, or NULL. */
const HfColumnFacts *hf_series_facts_column(const HfSeriesFacts *facts, const char *name);

HfWaitsFacts *hf_waits_facts_read(const char *path, GError **error);
void hf_waits_facts_free(HfWaitsFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfWaitsFacts, hf_waits_facts_free)

HfArmsFacts *hf_arms_facts_read(const char *path, GError **error);
void hf_arms_facts_free(HfArmsFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArmsFacts, hf_arms_facts_free)

/*
 * The value of one metric in summary.json. Errors: FALSE and an error that names the file; a metric
 * without a value (null) is NaN.
 */
gboolean hf_summary_metric(const char *path, const char *name, double *value_out, GError **error);

/*
 * Call `one` for every metric of summary.json, in its order; a metric without a value is NaN.
 * Errors: FALSE and an error that names the file; `one` may have been called before.
 */
typedef void (*HfMetricSink)(const char *name, double value, void *data);
gboolean hf_summary_each(const char *path, HfMetricSink one, void *data, GError **error);

/* The string `member` at the top of a JSON file; NULL and an error if it cannot be had. */
char *hf_run_json_string(const char *path, const char *member, GError **error);

#endif
