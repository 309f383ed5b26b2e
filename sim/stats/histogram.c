/*
 * Layout, with S = 2^precision: buckets 0 .. 2S-1 hold one integer each; every further S buckets
 * halve the octave [2^k, 2^(k+1)) into S parts. So the bucket of v is found from its highest bit
 * and the `precision` bits below it.
 */
#include "stats/histogram.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"

__extension__ typedef unsigned __int128 Wide;

struct HfHistogram {
    uint64_t *count; /* [room] */
    uint32_t precision, room;
    uint64_t total;
    int64_t min, max; /* INT64_MAX and 0 while it is empty */
    Wide sum;
};

HfHistogram *hf_histogram_new(uint32_t precision)
{
    HF_ASSERT(precision >= 1 && precision <= 12);
    HfHistogram *histogram = g_new0(HfHistogram, 1);
    histogram->precision = precision;
    histogram->min = INT64_MAX;
    histogram->room = UINT32_C(2) << precision;
    histogram->count = g_new0(uint64_t, histogram->room);
    return histogram;
}

void hf_histogram_free(HfHistogram *histogram)
{
    if (histogram == NULL) return;
    g_free(histogram->count);
    g_free(histogram);
}

static inline uint32_t bucket_of(const HfHistogram *histogram, int64_t value)
{
    uint32_t p = histogram->precision;
    if (value < INT64_C(2) << p) return (uint32_t)value;
    uint32_t octave = 63 - (uint32_t)__builtin_clzll((uint64_t)value);
    uint32_t part = (uint32_t)(value >> (octave - p)); /* S .. 2S-1 */
    return ((octave - p) << p) + part;
}

/* The smallest value of a bucket; of the one after it, and less 1, the largest. */
static int64_t low_of(const HfHistogram *histogram, uint32_t bucket)
{
    uint32_t p = histogram->precision, half = UINT32_C(1) << p;
    if (bucket < 2 * half) return bucket;
    uint32_t shift = (bucket >> p) - 1;
    uint64_t low = (uint64_t)(half + (bucket & (half - 1))) << shift;
    return (int64_t)MIN(low, (uint64_t)INT64_MAX);
}

static int64_t high_of(const HfHistogram *histogram, uint32_t bucket)
{
    int64_t next = low_of(histogram, bucket + 1);
    return next == INT64_MAX ? next : next - 1;
}

static __attribute__((noinline)) void make_room(HfHistogram *histogram, uint32_t bucket)
{
    if (bucket < histogram->room) return;
    uint32_t room = histogram->room;
    uint32_t step = UINT32_C(1) << histogram->precision; /* an octave */
    while (room <= bucket) room += step;
    histogram->count = g_renew(uint64_t, histogram->count, room);
    memset(histogram->count + histogram->room, 0, (room - histogram->room) * sizeof(uint64_t));
    histogram->room = room;
}

void hf_histogram_add(HfHistogram *histogram, int64_t value, uint64_t times)
{
    HF_ASSERT(value >= 0);
    if (times == 0) return;
    uint32_t bucket = bucket_of(histogram, value);
    if (G_UNLIKELY(bucket >= histogram->room)) make_room(histogram, bucket);
    histogram->count[bucket] += times;
    if (value < histogram->min) histogram->min = value;
    if (value > histogram->max) histogram->max = value;
    histogram->total += times;
    histogram->sum += (Wide)(uint64_t)value * times;
}

void hf_histogram_merge(HfHistogram *histogram, const HfHistogram *other)
{
    HF_ASSERT(histogram->precision == other->precision);
    if (other->total == 0) return;
    make_room(histogram, other->room - 1);
    for (uint32_t i = 0; i < other->room; i++) histogram->count[i] += other->count[i];
    histogram->min = MIN(histogram->min, other->min);
    histogram->max = MAX(histogram->max, other->max);
    histogram->total += other->total;
    histogram->sum += other->sum;
}

void hf_histogram_restart(HfHistogram *histogram)
{
    memset(histogram->count, 0, histogram->room * sizeof(uint64_t));
    histogram->total = 0;
    histogram->min = INT64_MAX;
    histogram->max = 0;
    histogram->sum = 0;
}

uint64_t hf_histogram_count(const HfHistogram *histogram)
{
    return histogram->total;
}

int64_t hf_histogram_min(const HfHistogram *histogram)
{
    return histogram->total == 0 ? 0 : histogram->min;
}

int64_t hf_histogram_max(const HfHistogram *histogram)
{
    return histogram->max;
}

double hf_histogram_mean(const HfHistogram *histogram)
{
    if (histogram->total == 0) return 0;
    return (double)histogram->sum / (double)histogram->total;
}

int64_t hf_histogram_quantile(const HfHistogram *histogram, double q)
{
    HF_ASSERT(q >= 0 && q <= 1);
    if (histogram->total == 0) return 0;
    double wanted = ceil(q * (double)histogram->total);
    if (wanted <= 1) return histogram->min;
    if (wanted >= (double)histogram->total) return histogram->max;
    uint64_t rank = (uint64_t)wanted, below = 0;
    uint32_t bucket = 0;
    while (below + histogram->count[bucket] < rank) below += histogram->count[bucket++];
    int64_t low = low_of(histogram, bucket);
    int64_t middle = low + (high_of(histogram, bucket) - low) / 2;
    return CLAMP(middle, histogram->min, histogram->max);
}

gboolean hf_histogram_next(const HfHistogram *histogram, uint32_t *cursor, int64_t *low_out,
                           int64_t *high_out, uint64_t *count_out)
{
    while (*cursor < histogram->room && histogram->count[*cursor] == 0) ++*cursor;
    if (*cursor >= histogram->room) return FALSE;
    *low_out = low_of(histogram, *cursor);
    *high_out = high_of(histogram, *cursor);
    *count_out = histogram->count[*cursor];
    ++*cursor;
    return TRUE;
}
