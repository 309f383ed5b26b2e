/*
 * How integer values (waiting times in ns, sizes) are distributed, in fixed memory: buckets that
 * grow with the value, 2^precision to each octave, so that every quantile has the same bound on
 * its relative error wherever it lies. Counts are exact integers: merging histograms, in any
 * order, gives the same bits as observing everything in one (the log-linear layout of HdrHistogram;
 * a t-digest has neither property).
 */
#ifndef HF_STATS_HISTOGRAM_H
#define HF_STATS_HISTOGRAM_H

#include <glib.h>
#include <stdint.h>

typedef struct HfHistogram HfHistogram;

/*
 * An empty histogram.
 * Units: precision 1 .. 12; quantiles are off by at most a factor of 2^-(precision + 1). 5 (1.6 %)
 *        needs up to 15 KiB, 7 (0.4 %) up to 57 KiB; memory grows with the largest value seen.
 */
HfHistogram *hf_histogram_new(uint32_t precision);
void hf_histogram_free(HfHistogram *histogram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfHistogram, hf_histogram_free)

/* Observe `value` >= 0, `times` times. O(1); allocates only at a new largest magnitude. */
void hf_histogram_add(HfHistogram *histogram, int64_t value, uint64_t times);

/* Add what `other`, of the same precision, observed. */
void hf_histogram_merge(HfHistogram *histogram, const HfHistogram *other);

/* Forget everything, as at the end of a warm-up; keep the memory. */
void hf_histogram_restart(HfHistogram *histogram);

uint64_t hf_histogram_count(const HfHistogram *histogram);

/* Exact, 0 while empty. */
int64_t hf_histogram_min(const HfHistogram *histogram);
int64_t hf_histogram_max(const HfHistogram *histogram);
double hf_histogram_mean(const HfHistogram *histogram);

/*
 * The value that at least a share `q` of the observations do not exceed (nearest rank), within the
 * bound above; exact for values below 2^(precision + 1), and for the first and the last rank. 0
 * while empty. Units: q in 0 .. 1. Cost: O(buckets).
 */
int64_t hf_histogram_quantile(const HfHistogram *histogram, double q);

/*
 * Walk the buckets that are not empty, from small to large: start with *cursor = 0.
 * FALSE at the end. The bucket holds the integers low_out .. high_out, both included.
 */
gboolean hf_histogram_next(const HfHistogram *histogram, uint32_t *cursor, int64_t *low_out,
                           int64_t *high_out, uint64_t *count_out);

#endif
