/*
 * How long should a service wait for the host that has its data before it rebuilds elsewhere? Arms
 * that differ in nothing but `same_wait` of a service are points of a curve: what waiting cost and
 * what rebuilding cost, both as time without a whole replica, summed over instances
 * (framework.NAME.missing and framework.NAME.copying). The longer the wait, the more the first and
 * the less the second; where they are equal, one may as well rebuild.
 */
#ifndef HF_TOOLS_CROSSOVER_H
#define HF_TOOLS_CROSSOVER_H

#include "tools/json_out.h"
#include "tools/run_batch.h"
#include "tools/run_dir.h"

/* One arm. */
typedef struct HfWaitPoint {
    const char *arm;             /* borrowed */
    uint32_t arm_ix;             /* of the batch */
    double wait;                 /* s; INFINITY = for ever */
    HfInterval missing, copying; /* s */
} HfWaitPoint;

typedef struct HfWaitCurve {
    const char *framework; /* borrowed */
    char *others;          /* what else its arms set, for people; "" = nothing */
    GArray *points;        /* of HfWaitPoint, by wait, ascending; at least 3 */
    double wait, cost;     /* s: where waiting costs as much as rebuilding; NAN = nowhere */
    double half_width;     /* of `wait`, over replications; NAN = unknown */
} HfWaitCurve;

/* All curves of a batch: new HfWaitCurve *, freed with the array. Empty: no arms form one. */
GPtrArray *hf_wait_curves(const HfBatch *batch);

/* A line for each curve on standard output. */
void hf_wait_curves_print(const GPtrArray *curves);
/* Member `crossovers` of the object being built: an array of objects; none without curves. */
void hf_wait_curves_json(const GPtrArray *curves, JsonBuilder *json);
/* crossover.csv, a row for each point; nothing without curves. */
gboolean hf_wait_curves_write(const GPtrArray *curves, HfRunDir *dir, GError **error);

#endif
