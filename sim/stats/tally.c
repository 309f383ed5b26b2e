/* See tally.h. */
#include "stats/tally.h"

#include <math.h>

#include "base/assert.h"

void hf_tally_add(HfTally *tally, double value)
{
    HF_ASSERT(isfinite(value));
    tally->count++;
    double distance = value - tally->mean;
    tally->mean += distance / (double)tally->count;
    tally->squares += distance * (value - tally->mean);
    if (tally->count == 1 || value < tally->min) tally->min = value;
    if (tally->count == 1 || value > tally->max) tally->max = value;
}

void hf_tally_merge(HfTally *tally, const HfTally *other)
{
    if (other->count == 0) return;
    if (tally->count == 0) {
        *tally = *other;
        return;
    }
    double a = (double)tally->count, b = (double)other->count;
    double distance = other->mean - tally->mean;
    tally->squares += other->squares + distance * distance * (a * b / (a + b));
    tally->mean += distance * (b / (a + b));
    tally->count += other->count;
    tally->min = fmin(tally->min, other->min);
    tally->max = fmax(tally->max, other->max);
}

double hf_tally_variance(const HfTally *tally)
{
    return tally->count < 2 ? 0 : tally->squares / (double)(tally->count - 1);
}

double hf_tally_deviation(const HfTally *tally)
{
    return sqrt(hf_tally_variance(tally));
}
