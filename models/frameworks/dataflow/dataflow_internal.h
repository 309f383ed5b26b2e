/*
 * What the files of a data-parallel scheduler share: dataflow.c (units in executors, jobs,
 * updates), wants.c (what it wants, and asking for offers), offers.c (what it makes of them).
 */
#ifndef HF_MODELS_FRAMEWORKS_DATAFLOW_INTERNAL_H
#define HF_MODELS_FRAMEWORKS_DATAFLOW_INTERNAL_H

#include "models/frameworks/dataflow/dataflow.h"
#include "models/frameworks/dataflow/executors.h"

enum {
    HF_FLOW_TIMER_ARRIVAL,
    HF_FLOW_TIMER_REVIVE,
    HF_FLOW_TIMER_RUN,
    HF_FLOW_TIMER_IDLE,
    HF_FLOW_TIMER_BACKLOG,
    HF_FLOW_TIMER_WAIT
};
typedef enum HfFlowTaskKind { HF_FLOW_UNIT, HF_FLOW_EXECUTOR } HfFlowTaskKind;

/* A Mesos task. */
typedef struct HfFlowTask {
    uint64_t id;
    HfFlowTaskKind kind;
    HfPick pick;       /* HF_FLOW_UNIT */
    HfHandle executor; /* HF_FLOW_EXECUTOR */
    uint32_t agent;    /* HF_FLOW_UNIT: agent id */
    gboolean has_run;
} HfFlowTask;

typedef struct HfDataflow {
    HfModelEnv env;
    const HfDataflowConfig *config;
    HfWork work;
    HfStream arrivals, usage;
    uint64_t next_task;
    HF_VEC(HfFlowTask) live; /* [row] */
    HF_VEC(uint32_t) spare;
    HfMap64 rows; /* Mesos task id -> row of live */
    HfExecutors executors;
    HF_VEC(uint32_t)
    wanting; /* rows of jobs, oldest first: all that want executors of their own,
                and some that do no more */
    HF_VEC(HfExecutorInfo *) brought; /* fine: [agent id]: what is there; NULL = nothing; owned */
    HfDemand unit, overhead;
    gboolean is_suppressed, is_revive_armed;
    HfTime arrives_at; /* the next job; users do not wait for a scheduler that is away */
    HfTime revived_at, wait_armed; /* wait_armed: NEVER = none */
    int64_t waiting_noted;
    HfResources pool;
    HF_VEC(HfTaskInfo) tasks;
    HF_VEC(uint64_t) declines;
} HfDataflow;

static inline HfJobHolding *hf_dataflow__holding_of(HfDataflow *flow, HfHandle job)
{
    return hf_executors_holding(&flow->executors, job);
}

/* ---- wants.c ---- */
/* CPUs (milli) that a job still wants for executors of its own. */
int64_t hf_dataflow__wanted_cores(HfDataflow *flow, const HfWorkJob *job);
/* Slots of a pool that trackers should yet be launched for. */
int64_t hf_dataflow__missing_slots(const HfDataflow *flow, int pool);
/* It may want executors from now on; or no more: it stands in this place of `wanting`. */
void hf_dataflow__be_wanting(HfDataflow *flow, HfHandle handle);
void hf_dataflow__want_no_more(HfDataflow *flow, guint32 at);
/* The job in this place of `wanting`, if it wants an executor; else it stands there no more. */
const HfWorkJob *hf_dataflow__wanting_at(HfDataflow *flow, guint32 at);
gboolean hf_dataflow__wants_anything(HfDataflow *flow);
void hf_dataflow__revive(HfDataflow *flow, HfDriver *driver);
/* Filters of what was declined must go (`anew`), or offers be asked for again. */
void hf_dataflow__want_offers(HfDataflow *flow, HfDriver *driver, gboolean anew);
void hf_dataflow__note_waiting(HfDataflow *flow, HfDriver *driver);

/* ---- offers.c ---- */
void hf_dataflow__on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers,
                            uint32_t count);

/* ---- dataflow.c ---- */
/* Units that wait for their host may be run elsewhere from then on. */
void hf_dataflow__arm_wait(HfDataflow *flow, HfDriver *driver, HfTime until);
void hf_dataflow__note_input(HfDataflow *flow, HfDriver *driver, const HfPick *pick);

#endif
