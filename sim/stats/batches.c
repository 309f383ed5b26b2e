/* See batches.h. */
#include "stats/batches.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

static void join_neighbours(HfBatches *batches)
{
    for (uint32_t i = 0; i < HF_BATCHES_MAX / 2; i++)
        batches->sum[i] = batches->sum[2 * i] + batches->sum[2 * i + 1];
    batches->whole = HF_BATCHES_MAX / 2;
    batches->size *= 2;
}

void hf_batches_add(HfBatches *batches, double value)
{
    if (batches->size == 0) batches->size = 1;
    batches->part += value;
    if (++batches->filled < batches->size) return;
    batches->sum[batches->whole++] = batches->part;
    batches->part = 0;
    batches->filled = 0;
    if (batches->whole == HF_BATCHES_MAX) join_neighbours(batches);
}

HfInterval hf_batches_interval(const HfBatches *batches, double confidence)
{
    HfTally means = {0};
    for (uint32_t i = 0; i < batches->whole; i++)
        hf_tally_add(&means, batches->sum[i] / (double)batches->size);
    return hf_interval_of(&means, confidence);
}

double hf_batches_correlation(const HfBatches *batches)
{
    if (batches->whole < 3) return 0;
    double correlation = gsl_stats_lag1_autocorrelation(batches->sum, 1, batches->whole);
    return isfinite(correlation) ? correlation : 0;
}
