/*
 * Whether a claim is met over several replications. What it compares is then known up to chance, so
 * an inequality (or ~) is met if the confidence interval of left - right lies wholly where the
 * claim is true; == and != must be so in each replication. A side without a value in any of them is
 * not met. Intervals by Student's t (stats/interval.h).
 */
#ifndef HF_TOOLS_VERDICT_H
#define HF_TOOLS_VERDICT_H

#include "scenario/expect.h"

/* What one replication gave. */
typedef struct HfTrials {
    const HfExpectResult *at; /* [count] */
    uint32_t count;
} HfTrials;

/* Whether the claim holds over the trials, and the reason in words, newly allocated. */
gboolean hf_verdict_of(HfExpectClaim claim, HfTrials trials, double confidence, char **why_out);

#endif
