/* One run of one scenario arm: from the checked struct to its metrics and the files of its
 * directory. */
#ifndef HF_TOOLS_RUN_ARM_H
#define HF_TOOLS_RUN_ARM_H

#include "scenario/scenario.h"
#include "tools/cli.h"
#include "tools/run_dir.h"
#include "world/metrics.h"

typedef struct HfRunOptions {
    HfTime until;            /* end early; HF_TIME_NEVER = the scenario's duration */
    int events;              /* HfRecordEvents, or -1 = the scenario's */
    gboolean show_progress;  /* on stderr */
    gboolean is_one_of_many; /* a replication: expectations are not compared with it alone */
    gboolean audit;          /* end at the first broken invariant; always so with slow assertions */
    const char *replay;      /* the command that repeats this run, without its end */
} HfRunOptions;

/* One expectation and how it came out. */
typedef struct HfExpectOutcome {
    char *line; /* for people, with values */
    gboolean holds;
} HfExpectOutcome;

/* What is left of a run when its world is gone. */
typedef struct HfArmResult {
    const HfScenario *scenario;
    HfMetrics *metrics;
    GArray *outcomes;                 /* HfExpectOutcome; NULL after a run in another process */
    char digest[HF_DIGEST_TEXT_SIZE]; /* of the trace */
    uint64_t events, records;
    double wall_seconds;
    HfTime simulated;
    gboolean is_partial; /* interrupted, or ended by --until */
    char *stall;         /* lines that explain that it came to a stop; NULL: it did not */
    HfWorldMemory memory;
    long peak_kib; /* of the whole process so far */
} HfArmResult;

void hf_arm_result_clear(HfArmResult *result);

/*
 * Run it and write its files: below `subdirectory` of `dir` ("" = at its top); `dir` NULL writes
 * nothing. Errors: FALSE; *exit_out says with which status the program is to end.
 */
gboolean hf_run_arm(const HfScenario *scenario, const HfRunOptions *options, HfRunDir *dir,
                    const char *subdirectory, HfArmResult *result_out, int *exit_out,
                    GError **error);

#endif
