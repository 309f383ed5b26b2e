/*
 * Count, mean, variance and extremes of observations, in one pass and without storing them
 * (Welford 1962; merging by Chan, Golub and LeVeque 1979).
 */
#ifndef HF_STATS_TALLY_H
#define HF_STATS_TALLY_H

#include <stdint.h>

/* In place; zeroed is legal and empty. */
typedef struct HfTally {
    uint64_t count;
    double mean;     /* 0 while empty */
    double squares;  /* sum of squared distances from the mean */
    double min, max; /* 0 while empty */
} HfTally;

/* Observe one finite value. O(1). */
void hf_tally_add(HfTally *tally, double value);

/* As if all that `other` observed had been observed here too. Equal up to rounding. */
void hf_tally_merge(HfTally *tally, const HfTally *other);

/* Unbiased variance, n - 1 in the denominator; 0 for fewer than two. */
double hf_tally_variance(const HfTally *tally);
double hf_tally_deviation(const HfTally *tally);

#endif
