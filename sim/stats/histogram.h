/*
 * A histogram of non-negative integers (durations in ns, counts) in log-linear buckets: each power of two is cut into
 * 32, so a quantile is off by less than 1/32 (3.2 %) of itself, and values below 32 are exact. Counts are exact,
 * histograms can be added, and the result does not depend on the order of the samples.
 * Source: the design of HdrHistogram.
 */
#ifndef HF_STATS_HISTOGRAM_H
#define HF_STATS_HISTOGRAM_H

#include <stdint.h>

#define HF_HISTOGRAM_BUCKETS (32 * 60)

/* In place, 15 KiB; zeroed is empty. */
typedef struct HfHistogram {
    uint64_t count, minimum, maximum;
    __int128 sum;
    uint64_t bucket[HF_HISTOGRAM_BUCKETS];
} HfHistogram;

void hf_histogram_add(HfHistogram *histogram, uint64_t value); /* about 1.5 ns */
void hf_histogram_merge(HfHistogram *into, const HfHistogram *more);

/* The q-quantile, 0 <= q <= 1, by nearest rank: within the bucket's width, and inside [minimum, maximum]; 0 if empty. */
double hf_histogram_quantile(const HfHistogram *histogram, double q);

/* Exact; 0 if empty. */
double hf_histogram_mean(const HfHistogram *histogram);

#endif
