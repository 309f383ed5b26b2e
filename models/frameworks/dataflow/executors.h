/*
 * The executors of a dataflow scheduler, what runs in them, and what each job has of them: rows and
 * the lists between them, so that an end costs what it concerns. Nothing here decides anything.
 *
 * Invariants: an executor's busy slots are its runs; a job's list has its executors, ending ones
 * too, until the job leaves.
 */
#ifndef HF_MODELS_FRAMEWORKS_DATAFLOW_EXECUTORS_H
#define HF_MODELS_FRAMEWORKS_DATAFLOW_EXECUTORS_H

#include "models/frameworks/dataflow/work.h"
#include "world/model.h"

enum { HF_POOL_FIRST, HF_POOL_LATER, HF_POOLS }; /* slots for any or first stages, for later ones */

typedef struct HfExecutor {
    HfHandle handle;
    uint64_t task;
    HfHandle job; /* generation 0: shared */
    uint32_t host;
    uint32_t slots[HF_POOLS], busy[HF_POOLS];
    HfTime idle_since;
    HfTime started_at;              /* when it first ran */
    gboolean is_listed;             /* in the list of its job, which is not done */
    gboolean is_running, is_ending; /* ending: killed, and waiting for the last word */
    uint32_t first_run;             /* list of its runs; HF_ROW_NONE */
    uint32_t next, prev;            /* in the list of its job's executors */
} HfExecutor;

/* A unit inside an executor. */
typedef struct HfUnitRun {
    HfHandle handle, executor;
    HfPick pick;
    uint32_t pool;
    uint32_t next, prev; /* in its executor's list */
} HfUnitRun;

/* What a job has beside its work. */
typedef struct HfJobHolding {
    int64_t cores;       /* milli, of its executors that are not ending */
    uint32_t executors;  /* the same */
    uint32_t allowed;    /* with dynamic allocation: how many it may have now */
    gboolean is_growing; /* a backlog timer runs */
    gboolean is_wanting; /* it stands among those that want executors */
    uint32_t first;      /* list of its executors; HF_ROW_NONE */
} HfJobHolding;

/* In place: zero-initialised is empty. */
typedef struct HfExecutors {
    HF_VEC(HfExecutor) rows;
    HfSlots slots;
    HF_VEC(HfUnitRun) runs;
    HfSlots run_slots;
    HF_VEC(HfJobHolding) holdings; /* [row of the work's jobs] */
    HF_VEC(uint32_t) gathered;
} HfExecutors;

void hf_executors_clear(HfExecutors *executors);

/* Valid until the next call for another job. */
HfJobHolding *hf_executors_holding(HfExecutors *executors, HfHandle job);
void hf_executors_job_arrived(HfExecutors *executors, HfHandle job);
/* Its executors go on without it, in no list. */
void hf_executors_job_left(HfExecutors *executors, HfHandle job);

/* NULL for one that is gone; valid until the next is added. */
HfExecutor *hf_executors_at(HfExecutors *executors, HfHandle handle);
/* `executor` with a handle of its own; `is_owned`: in the list of its job. */
HfHandle hf_executors_add(HfExecutors *executors, HfExecutor executor, gboolean is_owned);
/* One without runs. */
void hf_executors_remove(HfExecutors *executors, HfHandle handle);
/* Rows of a job's executors, ascending, in `gathered`, valid until the next call: O(n log n). */
void hf_executors_gather(HfExecutors *executors, HfHandle job);

static inline gboolean hf_executor_is_idle(const HfExecutor *executor)
{
    return executor->busy[HF_POOL_FIRST] + executor->busy[HF_POOL_LATER] == 0;
}

/* A unit takes a slot of the pool. */
HfHandle hf_executors_start_run(HfExecutors *executors, HfHandle executor, const HfPick *pick,
                                uint32_t pool);
/* FALSE for a run that is gone with its executor. */
gboolean hf_executors_end_run(HfExecutors *executors, HfHandle run, HfUnitRun *run_out);
/* Any run of the executor, as long as there is one; its slot is not given back. */
gboolean hf_executors_pop_run(HfExecutors *executors, HfHandle executor, HfUnitRun *run_out);

#endif
