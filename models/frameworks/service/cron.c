/*
 * Jobs that run again and again (Chronos, Metronome): an instance is one job, which rests until its
 * time comes, is wanted, runs until it is done, and rests again. One that does not get to run in
 * time is missed; one that fails is tried again so many times.
 *
 *     RESTING -time-> WANTED -> LAUNCHED -> RUNNING -done-> RESTING
 *                        \-too late-> RESTING   \-failed-> DELAYED -> WANTED, or RESTING
 */
#include <math.h>

#include "base/assert.h"
#include "models/frameworks/service/service.h"

HfTime hf_cron__next(const HfNodeKind *kind, HfTime after)
{
    const HfCronTimes *times = kind->times;
    int64_t second = after / HF_NS_PER_SECOND - (after % HF_NS_PER_SECOND < 0);
    int64_t at = hf_cron_spec__next(&times->spec, times->zone, times->epoch + second);
    if (at == INT64_MAX || at - times->epoch > HF_TIME_NEVER / HF_NS_PER_SECOND / 2)
        return HF_TIME_NEVER;
    return (at - times->epoch) * HF_NS_PER_SECOND;
}

/* Its timer, for the next of its times. */
static void await(HfDriver *driver, const HfNodeKind *kind, uint32_t row, HfTime after)
{
    HfTime now = hf_driver_now(driver), next = hf_cron__next(kind, after);
    if (next == HF_TIME_NEVER) return;
    hf_driver_after(driver, MAX(0, next - now), HF_SERVICE_TIMER_TICK, row);
}

void hf_cron__start(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfTime period = service->kinds[node->kind].rules.period;
    const HfNodeKind *kind = &service->kinds[node->kind];
    node->phase = HF_PHASE_RESTING;
    if (kind->is_dependent) return; /* its parents start it */
    if (kind->times != NULL) {
        await(driver, kind, row, hf_driver_now(driver) - 1);
        return;
    }
    if (kind->has_schedule) {
        if (kind->runs_left == 0) return;
        hf_driver_after(driver, MAX(0, kind->first_run - hf_driver_now(driver)),
                        HF_SERVICE_TIMER_TICK, row);
        return;
    }
    /* Not all at once: each at its own minute, as it were. */
    HfTime first = (HfTime)(hf_stream_uniform(&node->stream) * (double)period);
    hf_driver_after(driver, first, HF_SERVICE_TIMER_TICK, row);
}

static void run(HfService *service, HfDriver *driver, uint32_t row);

/* A job that has run starts those whose parents have all run since they last did. */
static void start_dependents(HfService *service, HfDriver *driver, uint32_t parent)
{
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfNodeKind *kind = &service->kinds[k];
        gboolean is_ready = kind->is_dependent;
        for (guint32 i = 0; i < kind->parents.count; i++) {
            if (kind->parents.at[i] == parent) kind->parents_done.at[i] = 1;
            is_ready = is_ready && kind->parents_done.at[i] == 1;
        }
        if (!is_ready || kind->rules.count == 0) continue;
        for (guint32 i = 0; i < kind->parents.count; i++) kind->parents_done.at[i] = 0;
        run(service, driver, kind->first);
    }
    hf_service__note_waiting(service, driver);
}

void hf_cron__forget_parents(HfService *service)
{
    for (uint32_t k = 0; k < service->kind_count; k++)
        for (guint32 i = 0; i < service->kinds[k].parents_done.count; i++)
            service->kinds[k].parents_done.at[i] = 0;
}

void hf_cron__on_tick(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNodeKind *kind = &service->kinds[service->nodes[row].kind];
    if (service->is_leaving) return;
    if (kind->runs_left > 0) kind->runs_left--;
    if (kind->times != NULL)
        await(driver, kind, row, hf_driver_now(driver));
    else if (kind->runs_left != 0)
        hf_driver_after(driver, kind->rules.period, HF_SERVICE_TIMER_TICK, row);
    run(service, driver, row);
}

/* The row for one more run, where runs may overlap; HF_NO_NODE: all are in use. */
static uint32_t free_row(const HfService *service, const HfNodeKind *kind)
{
    for (uint32_t row = kind->first; row < kind->first + kind->rows; row++) {
        HfPhase phase = service->nodes[row].phase;
        if (phase == HF_PHASE_RESTING || phase == HF_PHASE_IDLE) return row;
    }
    return HF_NO_NODE;
}

static void run(HfService *service, HfDriver *driver, uint32_t row)
{
    const HfNodeKind *kind = &service->kinds[service->nodes[row].kind];
    if (kind->times != NULL) row = free_row(service, kind);
    /* it still runs: this time is left out */
    if (row == HF_NO_NODE || service->nodes[row].phase == HF_PHASE_OVER) return;
    HfNode *node = &service->nodes[row];
    if (kind->times == NULL && node->phase != HF_PHASE_RESTING) return;
    HfResources wanted = {0};
    hf_demand_resources(service->env.catalog, &kind->demand, &wanted);
    node->run = ++service->runs;
    node->tries = 0;
    node->ended_at = -1; /* a run that is due replaces nothing; another try of it does */
    node->asked_at = hf_driver_now(driver);
    hf_driver_note_submitted(driver, node->run, 1, &wanted);
    hf_resources_clear(service->env.catalog, &wanted);
    node->wait++;
    hf_service__want(service, driver, row);
    if (kind->rules.start_deadline > 0)
        hf_driver_after(driver, kind->rules.start_deadline, HF_SERVICE_TIMER_MISSED,
                        hf_service__timer_arg(service, row));
}

void hf_cron__on_missed(HfService *service, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (node->phase != HF_PHASE_WANTED) return;
    hf_service__unwait(service, row);
    service->kinds[node->kind].missed++;
    node->phase = HF_PHASE_RESTING;
}

void hf_cron__on_ended(HfService *service, HfDriver *driver, uint32_t row, HfTaskState state)
{
    HfNode *node = &service->nodes[row];
    const HfNodeRules *rules = &service->kinds[node->kind].rules;
    hf_service__unbind(service, row);
    node->wait++;
    node->phase = HF_PHASE_RESTING;
    if (state == HF_TASK_FINISHED) {
        hf_driver_note_job(driver, node->run, hf_driver_now(driver) - node->asked_at);
        start_dependents(service, driver, node->kind);
    } else if (node->tries++ < rules->retries && hf_driver_now(driver) - node->asked_at <
                                                     service->kinds[node->kind].active_deadline) {
        node->phase = HF_PHASE_DELAYED;
        hf_driver_after(driver, rules->retry_after, HF_SERVICE_TIMER_BACKOFF,
                        hf_service__timer_arg(service, row));
    } else if (service->kinds[node->kind].is_soft) {
        start_dependents(service, driver, node->kind);
    }
}
