/* What a data-parallel scheduler wants of offers, and when it asks for them; see dataflow.h. */
#include "models/frameworks/dataflow/dataflow_internal.h"

int64_t hf_dataflow__wanted_cores(HfDataflow *flow, const HfWorkJob *job)
{
    const HfDataflowConfig *config = flow->config;
    const HfJobHolding *holding = hf_dataflow__holding_of(flow, job->handle);
    int64_t most = config->cores_max > 0 ? config->cores_max : INT64_MAX;
    if (config->is_dynamic) {
        if (holding->executors >= holding->allowed) return 0;
        most = MIN(most, (int64_t)(job->pending + job->taken) * config->task_cpus);
    }
    return MAX(most - holding->cores, 0);
}

int64_t hf_dataflow__missing_slots(const HfDataflow *flow, int pool)
{
    int64_t missing = 0;
    for (guint32 i = 0; i < flow->work.line.count; i++) {
        const HfWorkJob *job = flow->work.jobs.at[flow->work.line.at[i]];
        int of = flow->config->later_slots == 0 || job->stage == 0 ? HF_POOL_FIRST : HF_POOL_LATER;
        if (of == pool) missing += job->pending;
    }
    for (guint32 i = 0; i < flow->executors.rows.count; i++) {
        const HfExecutor *executor = &flow->executors.rows.at[i];
        if (hf_slots_is_live(&flow->executors.slots, executor->handle) && !executor->is_ending)
            missing -= executor->slots[pool] - executor->busy[pool];
    }
    return missing;
}

void hf_dataflow__be_wanting(HfDataflow *flow, HfHandle handle)
{
    const HfWorkJob *job = hf_work_job(&flow->work, handle);
    if (flow->config->mode != HF_DATAFLOW_EXECUTORS || job == NULL) return;
    HfJobHolding *holding = hf_dataflow__holding_of(flow, handle);
    if (holding->is_wanting) return;
    holding->is_wanting = TRUE;
    guint32 at = flow->wanting.count;
    hf_vec_push(&flow->wanting, handle.row);
    for (; at > 0 && flow->work.jobs.at[flow->wanting.at[at - 1]]->number > job->number; at--)
        flow->wanting.at[at] = flow->wanting.at[at - 1];
    flow->wanting.at[at] = handle.row;
}

void hf_dataflow__want_no_more(HfDataflow *flow, guint32 at)
{
    flow->executors.holdings.at[flow->wanting.at[at]].is_wanting = FALSE;
    hf_vec_remove(&flow->wanting, at);
}

const HfWorkJob *hf_dataflow__wanting_at(HfDataflow *flow, guint32 at)
{
    const HfWorkJob *job = flow->work.jobs.at[flow->wanting.at[at]];
    if (hf_dataflow__wanted_cores(flow, job) >= flow->config->task_cpus) return job;
    hf_dataflow__want_no_more(flow, at);
    return NULL;
}

gboolean hf_dataflow__wants_anything(HfDataflow *flow)
{
    switch ((HfDataflowMode)flow->config->mode) {
    case HF_DATAFLOW_FINE:
        return flow->work.pending > 0;
    case HF_DATAFLOW_TRACKERS:
        return hf_dataflow__missing_slots(flow, HF_POOL_FIRST) > 0 ||
               hf_dataflow__missing_slots(flow, HF_POOL_LATER) > 0;
    case HF_DATAFLOW_EXECUTORS:
        break;
    }
    while (flow->wanting.count > 0)
        if (hf_dataflow__wanting_at(flow, 0) != NULL) return TRUE;
    return FALSE;
}

void hf_dataflow__revive(HfDataflow *flow, HfDriver *driver)
{
    flow->is_suppressed = FALSE;
    flow->revived_at = hf_driver_now(driver);
    hf_driver_revive(driver);
}

void hf_dataflow__want_offers(HfDataflow *flow, HfDriver *driver, gboolean anew)
{
    if ((!flow->is_suppressed && !anew) || flow->is_revive_armed) return;
    HfTime wait = flow->revived_at + flow->config->min_revive - hf_driver_now(driver);
    if (wait <= 0) {
        hf_dataflow__revive(flow, driver);
        return;
    }
    flow->is_revive_armed = TRUE;
    hf_driver_after(driver, wait, HF_FLOW_TIMER_REVIVE, 0);
}

void hf_dataflow__note_waiting(HfDataflow *flow, HfDriver *driver)
{
    if (flow->work.pending == flow->waiting_noted) return;
    flow->waiting_noted = flow->work.pending;
    hf_driver_note_demand(driver, flow->work.pending);
}
