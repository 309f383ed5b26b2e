/*
 * Confidence intervals by Student's t, for what can be taken as independent observations:
 * replications, batch means, differences of runs paired by common random numbers.
 */
#ifndef HF_STATS_INTERVAL_H
#define HF_STATS_INTERVAL_H

#include <glib.h>
#include <stdint.h>

#include "stats/tally.h"

typedef struct HfInterval {
    double mean;
    double half_width; /* INFINITY for fewer than two observations */
    double confidence; /* 0.95, say */
    uint64_t count;    /* of independent observations */
} HfInterval;

/* Of the mean of what was tallied. Units: confidence in (0, 1). */
HfInterval hf_interval_of(const HfTally *tally, double confidence);

/*
 * Of the mean of a[i] - b[i]: run i of two policies under the same seed. Independent noise that
 * both runs share cancels, which is what the common random numbers are for.
 */
HfInterval hf_interval_paired(const double *a, const double *b, uint32_t count, double confidence);

static inline gboolean hf_interval_holds(const HfInterval *interval, double value)
{
    return value >= interval->mean - interval->half_width &&
           value <= interval->mean + interval->half_width;
}

#endif
