/* Log-linear buckets; see histogram.h. Bucket of v >= 32: (exponent - 4) * 32 + the five bits below the leading one. */
#include "stats/histogram.h"

#include <math.h>

#include "base/assert.h"

static inline uint32_t bucket_of(uint64_t value)
{
    if (value < 32) return (uint32_t)value;
    uint32_t exponent = 63U - (uint32_t)__builtin_clzll(value);
    return (exponent - 4) * 32 + (uint32_t)(value >> (exponent - 5) & 31);
}

/* The middle of a bucket. */
static double middle_of(uint32_t bucket)
{
    if (bucket < 32) return bucket;
    uint32_t exponent = bucket / 32 + 4;
    double width = ldexp(1.0, (int)exponent - 5);
    return ldexp(1.0, (int)exponent) + (double)(bucket % 32) * width + (width - 1) / 2;
}

_Static_assert(HF_HISTOGRAM_BUCKETS == (63 - 4 + 1) * 32, "room for every 64-bit value");

void hf_histogram_add(HfHistogram *histogram, uint64_t value)
{
    if (histogram->count == 0 || value < histogram->minimum) histogram->minimum = value;
    if (value > histogram->maximum) histogram->maximum = value;
    histogram->count++;
    histogram->sum += value;
    histogram->bucket[bucket_of(value)]++;
}

void hf_histogram_merge(HfHistogram *into, const HfHistogram *more)
{
    if (more->count == 0) return;
    if (into->count == 0 || more->minimum < into->minimum) into->minimum = more->minimum;
    if (more->maximum > into->maximum) into->maximum = more->maximum;
    into->count += more->count;
    into->sum += more->sum;
    for (uint32_t i = 0; i < HF_HISTOGRAM_BUCKETS; i++) into->bucket[i] += more->bucket[i];
}

double hf_histogram_quantile(const HfHistogram *histogram, double q)
{
    HF_ASSERT(q >= 0 && q <= 1);
    if (histogram->count == 0) return 0;
    uint64_t rank = (uint64_t)ceil(q * (double)histogram->count);
    if (rank <= 1) return (double)histogram->minimum;
    if (rank >= histogram->count) return (double)histogram->maximum;
    uint64_t seen = 0;
    uint32_t i = 0;
    while ((seen += histogram->bucket[i]) < rank) i++;
    double value = middle_of(i);
    if (value < (double)histogram->minimum) return (double)histogram->minimum;
    return value > (double)histogram->maximum ? (double)histogram->maximum : value;
}

double hf_histogram_mean(const HfHistogram *histogram)
{
    return histogram->count > 0 ? (double)histogram->sum / (double)histogram->count : 0;
}
