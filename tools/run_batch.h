/*
 * All runs of one scenario file: each arm, and each arm again under other seeds (replications), one
 * after another or several at once, each in a process of its own.
 */
#ifndef HF_TOOLS_RUN_BATCH_H
#define HF_TOOLS_RUN_BATCH_H

#include "scenario/scenario.h"
#include "stats/interval.h"
#include "tools/run_arm.h"

/*
 * What a batch is to do. Replication r of an arm runs under the arm's seed + r, so the arms of one
 * replication meet the same arrivals and failures.
 */
typedef struct HfBatchOptions {
    HfRunOptions run; /* `replay` is worked out for each run */
    uint32_t jobs;    /* >= 1: so many processes at once; 1 = all in this process */
    /* The command that repeats one run, newly allocated. */
    char *(*replay)(const void *data, const HfScenario *scenario);
    const void *replay_data;
} HfBatchOptions;

typedef struct HfBatch {
    const HfScenarioSet *set; /* borrowed */
    uint32_t arms, replications;
    HfScenario *scenarios; /* [arms * replications]: the arms' own, with the seed of each */
    HfArmResult *results;  /* the same; `metrics` is NULL where nothing ran (an interrupt) */
    GPtrArray *verdicts;   /* HfVerdict *, see run_verdict.h; filled by hf_batch_judge() */
} HfBatch;

HfBatch *hf_batch_new(const HfScenarioSet *set);
void hf_batch_free(HfBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfBatch, hf_batch_free)

static inline const HfArmResult *hf_batch_at(const HfBatch *batch, uint32_t arm,
                                             uint32_t replication)
{
    return &batch->results[replication * batch->arms + arm];
}

/*
 * Run all. The files of replication 0 are written below `dir` (in a folder for each arm, when there
 * are arms); of the others only the metrics are kept.
 * Errors: FALSE with the first run that failed, in order of (replication, arm); *exit_out says with
 * which status the program is to end. An interrupt is not an error: what did not run has no
 * metrics.
 */
gboolean hf_batch_run(HfBatch *batch, const HfBatchOptions *options, HfRunDir *dir, int *exit_out,
                      GError **error);

/* TRUE if a run came to a stop with tasks waiting, and its scenario does not expect it. */
gboolean hf_batch_is_stalled(const HfBatch *batch);
/* TRUE if every run came to its scenario's end. */
gboolean hf_batch_is_whole(const HfBatch *batch);

/*
 * replications.csv: arm, replication, seed, trace digest, metric and value, a row for each number;
 * and intervals.csv: arm, metric, unit, how many replications have it, mean, half width of its
 * confidence interval, least, greatest.
 */
gboolean hf_batch_write(const HfBatch *batch, HfRunDir *dir, GError **error);

/*
 * One metric of one arm over all replications that have it, without those in which it has no value
 * (count 0: none has). `hint`: its index in the first of them; a wrong one costs time alone.
 */
HfInterval hf_batch_interval(const HfBatch *batch, uint32_t arm, const char *metric, uint32_t hint,
                             HfTally *tally_out);

#endif
