/*
 * The metrics of all arms of a run directory, to be compared: means with their confidence intervals
 * where there are replications, single values otherwise.
 */
#ifndef HF_TOOLS_RUN_METRICS_H
#define HF_TOOLS_RUN_METRICS_H

#include <glib.h>

/* One metric of one arm. */
typedef struct HfMeasure {
    double mean;       /* NAN: the arm does not have it, or it has no value there */
    double half_width; /* of the confidence interval; 0 where there is none */
} HfMeasure;

typedef struct HfRunMetrics HfRunMetrics;

/*
 * Read intervals.csv of `dir` where there is one, else the summary.json of each arm.
 * Shape:  arms: char *, in the order by which they are asked for; NULL: the run has none, and its
 *         only arm is number 0.
 * Errors: NULL with file and line.
 */
HfRunMetrics *hf_run_metrics_read(const char *dir, const GPtrArray *arms, GError **error);
void hf_run_metrics_free(HfRunMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRunMetrics, hf_run_metrics_free)

gboolean hf_run_metrics_has_intervals(const HfRunMetrics *metrics);
guint hf_run_metrics_arms(const HfRunMetrics *metrics); /* >= 1 */
HfMeasure hf_run_metrics_get(const HfRunMetrics *metrics, guint arm, const char *name);

/*
 * What stands for FRAMEWORK (or RESOURCE) in the names of metrics that begin and end so: each once,
 * in the order of the run. Shape: a new array of new char *, freed with it.
 */
GPtrArray *hf_run_metrics_named(const HfRunMetrics *metrics, const char *prefix,
                                const char *suffix);

#endif
