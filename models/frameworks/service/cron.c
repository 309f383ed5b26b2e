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
    node->phase = HF_PHASE_RESTING;
    /* Not all at once: each at its own minute, as it were. */
    HfTime first = (HfTime)(hf_stream_uniform(&node->stream) * (double)period);
    hf_driver_after(driver, first, HF_SERVICE_TIMER_TICK, row);
}

void hf_cron__on_tick(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    if (service->is_leaving) return;
    hf_driver_after(driver, kind->rules.period, HF_SERVICE_TIMER_TICK, row);
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
    } else if (node->tries++ < rules->retries) {
        node->phase = HF_PHASE_DELAYED;
        hf_driver_after(driver, rules->retry_after, HF_SERVICE_TIMER_BACKOFF,
                        hf_service__timer_arg(service, row));
    }
}
