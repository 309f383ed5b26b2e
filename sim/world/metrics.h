/*
 * The metrics of a run: every number with its name, unit and description, from one table. Names
 * have the forms that hf_metric_kinds lists, with RESOURCE, ROLE, FRAMEWORK or N replaced; they are
 * what `expect` compares and summary.json holds.
 */
#ifndef HF_WORLD_METRICS_H
#define HF_WORLD_METRICS_H

#include "world/world.h"

typedef struct HfMetricKind {
    const char *pattern; /* "utilization.RESOURCE.allocated" */
    const char *unit;    /* "1" for ratios, "s", "count", "tasks", "MB or cores" */
    const char *help;    /* one sentence */
} HfMetricKind;

extern const HfMetricKind hf_metric_kinds[]; /* ended by a NULL pattern */

/* Their patterns, NULL-terminated, into a list of that length: what a scenario's registry holds. */
#define HF_METRIC_PATTERNS_MAX 256
void hf_metric_patterns(const char *list_out[HF_METRIC_PATTERNS_MAX]);

typedef struct HfMetric {
    char *name;
    const HfMetricKind *kind;
    double value; /* NAN where there is nothing to measure (a ratio of 0 to 0) */
} HfMetric;

/* All metrics of a finished run, in the order of the table. */
typedef struct HfMetrics HfMetrics;
HfMetrics *hf_metrics_new(HfWorld *world);
/* None; to be filled with hf_metrics_take(), when a run was made by another process. */
HfMetrics *hf_metrics_new_empty(void);
/* Add one at the end; its name becomes owned by the list. */
void hf_metrics_take(HfMetrics *metrics, const HfMetric *metric);
void hf_metrics_free(HfMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMetrics, hf_metrics_free)

uint32_t hf_metrics_count(const HfMetrics *metrics);
const HfMetric *hf_metrics_at(const HfMetrics *metrics, uint32_t i);
/* FALSE when there is no such metric. */
gboolean hf_metrics_find(const HfMetrics *metrics, const char *name, double *value_out);
/* All names, NULL-terminated; borrowed until the next hf_metrics_take(). */
const char *const *hf_metrics_names(const HfMetrics *metrics);

#endif
