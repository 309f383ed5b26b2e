/* See verdict.h. */
#include "tools/verdict.h"

#include <math.h>

#include "base/assert.h"
#include "stats/interval.h"

static uint32_t count_true(HfExpectClaim claim, HfTrials trials, uint32_t *valueless_out)
{
    uint32_t count = 0;
    *valueless_out = 0;
    for (uint32_t r = 0; r < trials.count; r++) {
        const HfExpectResult *trial = &trials.at[r];
        count += hf_expect_is_true(claim, trial->left, trial->right, trial->tolerance);
        *valueless_out +=
            !isfinite(trial->left) || !isfinite(trial->right) || isnan(trial->tolerance);
    }
    return count;
}

/* Whether the claim is true of every difference within the interval. */
static gboolean is_shown(HfExpectClaim claim, const HfInterval *difference, double tolerance)
{
    double least = difference->mean - difference->half_width;
    double most = difference->mean + difference->half_width;
    return hf_expect_is_true(claim, least, 0, tolerance) &&
           hf_expect_is_true(claim, most, 0, tolerance);
}

gboolean hf_verdict_of(HfExpectClaim claim, HfTrials trials, double confidence, char **why_out)
{
    HF_ASSERT(trials.count >= 2);
    uint32_t valueless;
    uint32_t count = count_true(claim, trials, &valueless);
    if (valueless > 0) {
        *why_out =
            g_strdup_printf("there is no value in %u of %u replications", valueless, trials.count);
        return FALSE;
    }
    HfTally left = {0}, difference = {0}, tolerance = {0};
    for (uint32_t r = 0; r < trials.count; r++) {
        hf_tally_add(&left, trials.at[r].left);
        hf_tally_add(&difference, trials.at[r].left - trials.at[r].right);
        hf_tally_add(&tolerance, trials.at[r].tolerance);
    }
    HfInterval of_left = hf_interval_of(&left, confidence);
    HfInterval of_difference = hf_interval_of(&difference, confidence);
    gboolean is_exact = claim == HF_EXPECT_EQUAL || claim == HF_EXPECT_OTHER;
    gboolean holds =
        is_exact ? count == trials.count : is_shown(claim, &of_difference, tolerance.mean);
    *why_out =
        g_strdup_printf("left = %.6g +- %.2g, left - right = %.6g +- %.2g at %.4g %%, true in "
                        "%u of %u replications",
                        of_left.mean, of_left.half_width, of_difference.mean,
                        of_difference.half_width, confidence * 100, count, trials.count);
    return holds;
}
