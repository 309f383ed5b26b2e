/* See interval.h. */
#include "stats/interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/assert.h"

HfInterval hf_interval_of(const HfTally *tally, double confidence)
{
    HF_ASSERT(confidence > 0 && confidence < 1);
    HfInterval interval = {.mean = tally->mean,
                           .half_width = INFINITY,
                           .confidence = confidence,
                           .count = tally->count};
    if (tally->count < 2) return interval;
    double n = (double)tally->count;
    double t = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, n - 1);
    interval.half_width = t * sqrt(hf_tally_variance(tally) / n);
    return interval;
}

HfInterval hf_interval_paired(const double *a, const double *b, uint32_t count, double confidence)
{
    HfTally differences = {0};
    for (uint32_t i = 0; i < count; i++) hf_tally_add(&differences, a[i] - b[i]);
    return hf_interval_of(&differences, confidence);
}
