/*
 * The mean of one long, correlated series (waiting times of successive customers) with a confidence
 * interval, in fixed memory: the series is cut into batches long enough for their means to be
 * nearly independent (batch means). Batches are counted between 32 and 63: when the 64th would
 * begin, neighbours are joined and batches get twice as long, so that the length of the run need
 * not be known before.
 */
#ifndef HF_STATS_BATCHES_H
#define HF_STATS_BATCHES_H

#include <stdint.h>

#include "stats/interval.h"

#define HF_BATCHES_MAX 64

/* In place; zeroed is legal and empty. */
typedef struct HfBatches {
    double sum[HF_BATCHES_MAX]; /* of whole batches */
    double part;                /* sum of the batch being filled */
    uint64_t size;              /* observations in a whole batch; 0 while empty */
    uint64_t filled;            /* observations in the batch being filled */
    uint32_t whole;
} HfBatches;

/* Observe the next value of the series. O(1) amortised. */
void hf_batches_add(HfBatches *batches, double value);

/* Of the long-run mean, from the whole batches; a batch begun and not filled is left out. */
HfInterval hf_batches_interval(const HfBatches *batches, double confidence);

/*
 * Correlation of neighbouring batch means, -1 .. 1; 0 for fewer than three batches or no variance.
 * Well above 0 (say, 0.2) the batches are too short and the interval too narrow: run longer.
 */
double hf_batches_correlation(const HfBatches *batches);

#endif
