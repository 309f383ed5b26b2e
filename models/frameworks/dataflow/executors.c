/* See executors.h. */
#include "models/frameworks/dataflow/executors.h"

#include <stdlib.h>

#include "base/assert.h"

void hf_executors_clear(HfExecutors *executors)
{
    hf_vec_clear(&executors->rows);
    hf_slots_clear(&executors->slots);
    hf_vec_clear(&executors->runs);
    hf_slots_clear(&executors->run_slots);
    hf_vec_clear(&executors->holdings);
    hf_vec_clear(&executors->gathered);
}

/* ---- jobs ---- */

HfJobHolding *hf_executors_holding(HfExecutors *executors, HfHandle job)
{
    while (executors->holdings.count <= job.row)
        hf_vec_push(&executors->holdings, (HfJobHolding){.first = HF_ROW_NONE});
    return &executors->holdings.at[job.row];
}

void hf_executors_job_arrived(HfExecutors *executors, HfHandle job)
{
    *hf_executors_holding(executors, job) = (HfJobHolding){.first = HF_ROW_NONE};
}

void hf_executors_job_left(HfExecutors *executors, HfHandle job)
{
    HfJobHolding *holding = hf_executors_holding(executors, job);
    for (uint32_t row = holding->first; row != HF_ROW_NONE; row = executors->rows.at[row].next)
        executors->rows.at[row].is_listed = FALSE;
    holding->first = HF_ROW_NONE;
}

static int compare_rows(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

void hf_executors_gather(HfExecutors *executors, HfHandle job)
{
    uint32_t row = hf_executors_holding(executors, job)->first;
    hf_vec_reset(&executors->gathered);
    for (; row != HF_ROW_NONE; row = executors->rows.at[row].next)
        hf_vec_push(&executors->gathered, row);
    if (executors->gathered.count > 1)
        qsort(executors->gathered.at, executors->gathered.count, sizeof *executors->gathered.at,
              compare_rows);
}

/* ---- executors ---- */

HfExecutor *hf_executors_at(HfExecutors *executors, HfHandle handle)
{
    return hf_slots_is_live(&executors->slots, handle) ? &executors->rows.at[handle.row] : NULL;
}

HfHandle hf_executors_add(HfExecutors *executors, HfExecutor executor, gboolean is_owned)
{
    HfHandle handle = hf_slots_take(&executors->slots);
    if (handle.row == executors->rows.count) hf_vec_push_zero(&executors->rows);
    executor.handle = handle;
    executor.is_listed = is_owned;
    executor.first_run = executor.next = executor.prev = HF_ROW_NONE;
    if (is_owned) {
        HfJobHolding *holding = hf_executors_holding(executors, executor.job);
        executor.next = holding->first;
        if (holding->first != HF_ROW_NONE) executors->rows.at[holding->first].prev = handle.row;
        holding->first = handle.row;
    }
    executors->rows.at[handle.row] = executor;
    return handle;
}

void hf_executors_remove(HfExecutors *executors, HfHandle handle)
{
    const HfExecutor *executor = &executors->rows.at[handle.row];
    HF_ASSERT(executor->first_run == HF_ROW_NONE);
    if (executor->is_listed) {
        if (executor->next != HF_ROW_NONE) executors->rows.at[executor->next].prev = executor->prev;
        if (executor->prev != HF_ROW_NONE)
            executors->rows.at[executor->prev].next = executor->next;
        else
            hf_executors_holding(executors, executor->job)->first = executor->next;
    }
    hf_slots_give(&executors->slots, handle);
}

/* ---- runs ---- */

HfHandle hf_executors_start_run(HfExecutors *executors, HfHandle handle, const HfPick *pick,
                                uint32_t pool)
{
    HfExecutor *executor = &executors->rows.at[handle.row];
    HfHandle run = hf_slots_take(&executors->run_slots);
    if (run.row == executors->runs.count) hf_vec_push_zero(&executors->runs);
    executors->runs.at[run.row] =
        (HfUnitRun){run, handle, *pick, pool, executor->first_run, HF_ROW_NONE};
    if (executor->first_run != HF_ROW_NONE) executors->runs.at[executor->first_run].prev = run.row;
    executor->first_run = run.row;
    executor->busy[pool]++;
    return run;
}

static void unlist_run(HfExecutors *executors, const HfUnitRun *run)
{
    if (run->next != HF_ROW_NONE) executors->runs.at[run->next].prev = run->prev;
    if (run->prev != HF_ROW_NONE)
        executors->runs.at[run->prev].next = run->next;
    else
        executors->rows.at[run->executor.row].first_run = run->next;
    hf_slots_give(&executors->run_slots, run->handle);
}

gboolean hf_executors_end_run(HfExecutors *executors, HfHandle handle, HfUnitRun *run_out)
{
    if (!hf_slots_is_live(&executors->run_slots, handle)) return FALSE;
    *run_out = executors->runs.at[handle.row];
    unlist_run(executors, run_out);
    HfExecutor *executor = &executors->rows.at[run_out->executor.row];
    executor->busy[run_out->pool]--;
    executor->idle_since = HF_TIME_NEVER;
    return TRUE;
}

gboolean hf_executors_pop_run(HfExecutors *executors, HfHandle handle, HfUnitRun *run_out)
{
    uint32_t row = executors->rows.at[handle.row].first_run;
    if (row == HF_ROW_NONE) return FALSE;
    *run_out = executors->runs.at[row];
    unlist_run(executors, run_out);
    return TRUE;
}
