/* What a scenario says of a batch framework: see batch.c, and batch_config.c for the keys. */
#ifndef HF_MODELS_FRAMEWORKS_BATCH_CONFIG_H
#define HF_MODELS_FRAMEWORKS_BATCH_CONFIG_H

#include "base/law.h"
#include "models/frameworks/frameworks.h"
#include "models/frameworks/writes.h"

/* Which offers are locked while it thinks. */
typedef enum HfBatchHold { HF_BATCH_HOLD_USED, HF_BATCH_HOLD_ALL } HfBatchHold;

typedef struct HfBatchThink {
    HfTime base, per_task;
} HfBatchThink;

typedef struct HfBatchConfig {
    HfLaw arrivals, tasks, duration, usage;
    int64_t jobs;
    int64_t cpus, mem, disk, gpus;
    HfWorkloadKeys workload;
    HfTime refuse, min_revive;
    gboolean suppress;
    HfBatchThink think;
    int hold; /* HfBatchHold */
    int64_t tasks_per_offer, at_once;
    HfWrites writes;
} HfBatchConfig;

/* Its record is a HfBatchConfig. */
extern const HfKeyTable hf_batch_table;

#endif
