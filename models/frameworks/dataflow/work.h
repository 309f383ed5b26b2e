/*
 * The work of data-parallel frameworks: jobs that are stages of tasks, each stage begun when the
 * one before is done, and where the blocks lie that the first stage reads. It knows no offers and
 * no driver: it is asked what to run next on a host, and told what became of it.
 *
 * Delay scheduling: a task whose block is elsewhere is passed over until its job has gone `wait`
 * without launching one that reads locally (Zaharia et al., EuroSys 2010, section 3, with one
 * level; Spark's spark.locality.wait is the same rule).
 */
#ifndef HF_MODELS_FRAMEWORKS_DATAFLOW_WORK_H
#define HF_MODELS_FRAMEWORKS_DATAFLOW_WORK_H

#include "base/law.h"
#include "base/map64.h"
#include "base/slots.h"
#include "base/time.h"
#include "base/vec.h"

#define HF_WORK_REPLICAS_MAX 3

/* One stage, as the scenario has it. */
typedef struct HfStageConfig {
    HfLaw tasks, duration; /* count; seconds */
} HfStageConfig;

typedef struct HfWorkConfig {
    const HfStageConfig *stages;
    uint32_t stage_count;
    gboolean is_fair;      /* fewest running tasks first; FALSE: oldest first */
    gboolean reads_blocks; /* the first stage reads one block a task */
    uint32_t replicas;     /* 1 .. HF_WORK_REPLICAS_MAX, on hosts that differ */
    HfTime wait;           /* of delay scheduling */
    double remote_factor;  /* how much longer a task takes whose block is elsewhere; >= 1 */
} HfWorkConfig;

typedef enum HfWorkUnitState { HF_WORK_PENDING, HF_WORK_TAKEN, HF_WORK_DONE } HfWorkUnitState;

/* A task of the present stage. */
typedef struct HfWorkUnit {
    HfTime duration;
    uint32_t host[HF_WORK_REPLICAS_MAX]; /* of its block; UINT32_MAX: none */
    uint8_t state;
    uint8_t linked; /* bit r: it stands in the list of host[r] */
    HfHandle by;    /* once it is done: who has what it wrote; none = somebody who keeps it */
} HfWorkUnit;

typedef struct HfWorkJob {
    uint64_t number; /* from 1 */
    HfTime submit;
    HfStream stream;
    HfHandle handle;
    uint32_t stage;
    uint32_t pending, taken; /* of the present stage; the rest is done */
    uint32_t cursor;         /* below it no unit is pending */
    HfTime waits_since;      /* last local launch, or when it could first launch */
    HfTime kept_until;       /* what units of the present stage have written, all of it */
    uint32_t attempts;       /* stages that were begun anew, in a row */
    HF_VEC(HfWorkUnit) units;
    HF_VEC(uint32_t) next; /* [units * replicas]: of the lists by host; unit * replicas + r */
    HfMap64 first;         /* host -> head of its list */
} HfWorkJob;

typedef struct HfWork {
    HfWorkConfig config;
    uint64_t seed, entity;    /* of the streams of jobs */
    uint32_t hosts;           /* blocks lie on hosts 0 .. hosts-1 */
    HF_VEC(HfWorkJob *) jobs; /* [row of slots]; rows that are free are empty jobs, kept */
    HfSlots slots;
    HF_VEC(uint32_t) line; /* rows of jobs that are not done, oldest first */
    uint64_t seen;
    int64_t pending; /* of all jobs */
} HfWork;

/* In place; config's stages are borrowed. hosts >= replicas when blocks are read. */
void hf_work_init(HfWork *work, const HfWorkConfig *config, uint64_t seed, uint64_t entity,
                  uint32_t hosts);
void hf_work_clear(HfWork *work);

/* A job is there; all that is random about it is drawn from a stream of its own. */
HfHandle hf_work_arrive(HfWork *work, HfTime now);

static inline HfWorkJob *hf_work_job(const HfWork *work, HfHandle handle)
{
    return hf_slots_is_live(&work->slots, handle) ? work->jobs.at[handle.row] : NULL;
}

/* What to run. */
typedef struct HfPick {
    HfHandle job;
    uint32_t unit;
    gboolean reads, is_local; /* it reads a block; which is on this host */
    HfTime duration;          /* with the remote factor */
} HfPick;

/* Which tasks are asked for: of one job (job.generation != 0) or of all; of first stages (maps), of
 * others, or any. */
typedef enum HfPickStage { HF_PICK_ANY, HF_PICK_FIRST, HF_PICK_LATER } HfPickStage;

/*
 * The next task for a slot on this host: the best job's local one, or one that has waited enough.
 * FALSE when there is none now; *again_out (HF_TIME_NEVER: nothing waits) is when a job that is
 * waiting for locality will take what it gets.
 * Cost: O(jobs that are not done) at worst.
 */
gboolean hf_work_pick(HfWork *work, uint32_t host, HfTime now, HfHandle job, HfPickStage stage,
                      HfPick *pick_out, HfTime *again_out);

/* It did not come to its end: it waits again. Of a job that is gone: nothing. */
void hf_work_return(HfWork *work, HfHandle job, uint32_t unit);

typedef enum HfWorkEnd { HF_WORK_GOES_ON, HF_WORK_STAGE_DONE, HF_WORK_JOB_DONE } HfWorkEnd;
/* It is done. JOB_DONE: the job stays readable until hf_work_leave(). */
HfWorkEnd hf_work_finish(HfWork *work, HfHandle job, uint32_t unit, HfTime now);
/* It is about to be done by this one, and what it has written goes with that. */
void hf_work_credit(HfWork *work, HfHandle job, uint32_t unit, HfHandle by);
/* What this one has written for the next stage is gone: those of the present stage that it had done
 * run again. Returns how many; of the last stage none, for nobody will read there. O(units). */
uint32_t hf_work_undo(HfWork *work, HfHandle job, HfHandle by);

/* What the stage before has written is gone: it runs again. */
void hf_work_redo(HfWork *work, HfHandle job, HfTime now);
void hf_work_leave(HfWork *work, HfHandle job);

#endif
