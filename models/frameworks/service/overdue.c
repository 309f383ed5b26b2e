/*
 * Launches that take too long: what is not running by then is killed, again and again until it is
 * over, and launched once more; its back-off knows nothing of it. Mesos says nothing of a task
 * whose order was lost, whose executor is still being fetched, or whose volume is still attached
 * elsewhere, so a scheduler that wants to go on has to ask for how long that is normal.
 *
 * There are two limits: one while nothing was told of the task at all, and one from when it was
 * said to be staging (by an answer to RECONCILE: agents say nothing of it), both from the launch
 * on. Marathon looks every 5 s; those sweeps are understood, not simulated. Until 0.10 it looked
 * when it was offered something, which is about as often, and had one limit.
 *
 * Source: Marathon core/task/jobs/impl/OverdueInstancesActor.scala (1.11); MarathonScheduler.scala,
 * TaskTracker.checkStagedTasks (0.8 to 0.10).
 */
#include "models/frameworks/service/service.h"

#define SWEEP (5 * HF_NS_PER_SECOND)

/* The first sweep that finds it overdue; HF_TIME_NEVER = none does. */
static HfTime found_at(const HfService *service, const HfNode *node)
{
    HfTime limit = node->is_staging ? service->rules.launch_limit : service->rules.confirm_limit;
    if (limit <= 0 || limit == HF_TIME_NEVER) return HF_TIME_NEVER;
    return (hf_time_add(node->launched_at, limit) / SWEEP + 1) * SWEEP;
}

static void arm(HfService *service, HfDriver *driver, uint32_t row, HfTime at)
{
    if (at == HF_TIME_NEVER) return;
    hf_driver_after(driver, MAX(0, at - hf_driver_now(driver)), HF_SERVICE_TIMER_OVERDUE,
                    hf_service__timer_arg(service, row));
}

void hf_overdue__on_launched(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    node->is_staging = node->is_overdue = FALSE;
    if (service->rules.confirm_limit <= 0) return; /* its scheduler does not look */
    node->launched_at = hf_driver_now(driver);
    arm(service, driver, row, found_at(service, node));
}

void hf_overdue__on_staging(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (node->is_staging || service->rules.confirm_limit <= 0) return;
    node->is_staging = TRUE;
    arm(service, driver, row, found_at(service, node));
}

void hf_overdue__on_time(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (node->phase != HF_PHASE_LAUNCHED || node->is_doomed || node->is_overdue) return;
    if (found_at(service, node) > hf_driver_now(driver)) return; /* the other limit is to come */
    node->is_overdue = TRUE;
    hf_deploy__kill_surely(driver, node);
}
