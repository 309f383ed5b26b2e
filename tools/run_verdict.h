/*
 * What became of the expectations of a batch. With one replication each is compared as it stands,
 * with several over all of them (verdict.h). Sides of different arms are paired: in one replication
 * they had the same arrivals and failures.
 */
#ifndef HF_TOOLS_RUN_VERDICT_H
#define HF_TOOLS_RUN_VERDICT_H

#include "tools/run_batch.h"
#include "tools/verdict.h"

typedef struct HfVerdict {
    const char *arm; /* borrowed; NULL: of the whole batch */
    char *line;      /* for people, with values */
    gboolean holds;
} HfVerdict;

/*
 * Fill batch->verdicts: the expectations of each arm, then those that compare arms. A batch that is
 * not whole gets none. One over a metric that a run has none of is not met: a scenario can only be
 * checked for names that no run of it could have.
 */
void hf_batch_judge(HfBatch *batch);

/* TRUE if all verdicts hold. */
gboolean hf_batch_holds(const HfBatch *batch);

#endif
