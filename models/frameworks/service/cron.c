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

void hf_cron__start(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfTime period = service->kinds[node->kind].rules.period;
    const HfNodeKind *kind = &service->kinds[node->kind];
    node->phase = HF_PHASE_RESTING;
    if (kind->is_dependent) return; /* its parents start it */
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

void hf_cron__on_tick(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNodeKind *kind = &service->kinds[service->nodes[row].kind];
    if (service->is_leaving) return;
    if (kind->runs_left > 0) kind->runs_left--;
    if (kind->runs_left != 0)
        hf_driver_after(driver, kind->rules.period, HF_SERVICE_TIMER_TICK, row);
    run(service, driver, row);
}

static void run(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    if (node->phase != HF_PHASE_RESTING) return; /* it still runs: this time is left out */
    HfResources wanted = {0};
    hf_demand_resources(service->env.catalog, &kind->demand, &wanted);
    node->run = ++service->runs;
    node->tries = 0;
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
    } else if (node->tries++ < rules->retries) {
        node->phase = HF_PHASE_DELAYED;
        hf_driver_after(driver, rules->retry_after, HF_SERVICE_TIMER_BACKOFF,
                        hf_service__timer_arg(service, row));
    } else if (service->kinds[node->kind].is_soft) {
        start_dependents(service, driver, node->kind);
    }
}
