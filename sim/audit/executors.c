/*
 * Executors that frameworks bring with them, in the auditor's book: as the master books them (open:
 * they hold what they were launched with) and as hosts run them. A row lives until both are done
 * with it; one that was struck off before it ever ran stays, for the order to begin it may still be
 * on its way.
 */
#include "audit/audit_internal.h"

/* One in a state that a caller looks for, on an agent or (NO_ROW) wherever; NULL = none. */
static HfAuditExecutor *find(HfAudit *audit, const HfRecord *record, uint32_t agent, uint32_t host,
                             uint8_t with, uint8_t without)
{
    for (guint32 i = 0; i < audit->executors.count; i++) {
        HfAuditExecutor *executor = &audit->executors.at[i];
        if (executor->flags != 0 && executor->id == record->id &&
            executor->framework == record->framework &&
            (agent == NO_ROW || executor->agent == agent) &&
            (host == NO_ROW || executor->host == host) && (executor->flags & with) == with &&
            (executor->flags & without) == 0)
            return executor;
    }
    return NULL;
}

static void forget_if_over(HfAudit *audit, HfAuditExecutor *executor)
{
    if (executor->flags & (HF_EXECUTOR_IS_OPEN | HF_EXECUTOR_IS_RUNNING | HF_EXECUTOR_IS_PARKED) ||
        !(executor->flags & HF_EXECUTOR_WAS_RUN))
        return;
    hf_resources_reset(audit->catalog, &executor->resources);
    executor->flags = 0;
}

static HfAuditExecutor *add(HfAudit *audit, const HfRecord *record)
{
    guint32 row = 0;
    while (row < audit->executors.count && audit->executors.at[row].flags != 0) row++;
    if (row == audit->executors.count) hf_vec_push_zero(&audit->executors);
    HfAuditExecutor *executor = &audit->executors.at[row];
    hf_audit__plain(audit, record->resources, &executor->resources);
    executor->id = record->id;
    executor->framework = record->framework;
    executor->agent = record->agent;
    executor->host = audit->agents.at[record->agent].host;
    executor->flags = HF_EXECUTOR_IS_ORDERED;
    return executor;
}

/* ---- the master ---- */

/* It went away with its agent and is still there, as the agent says; it may have ended since. */
static HfAuditExecutor *come_back(HfAudit *audit, const HfRecord *record)
{
    HfAuditExecutor *executor =
        find(audit, record, record->agent, NO_ROW, HF_EXECUTOR_IS_RUNNING, HF_EXECUTOR_IS_OPEN);
    if (executor == NULL || !hf_audit__is_same(audit, &executor->resources, record->resources)) {
        executor = add(audit, record);
        executor->flags |= HF_EXECUTOR_WAS_RUN;
    }
    hf_audit__take_unheld(audit, record, &executor->resources, HF_INVARIANT_CONSERVATION);
    return executor;
}

/* Out of an accepted offer, with its first task. */
static HfAuditExecutor *launch(HfAudit *audit, const HfRecord *record)
{
    if (audit->pending != HF_PENDING_TASKS) {
        g_autofree char *agent = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record,
                        "executor %" G_GUINT64_FORMAT
                        " is launched on agent %s without an accepted offer",
                        (guint64)record->id, agent);
        return NULL;
    }
    audit->pending_has_tasks = TRUE;
    HfAuditExecutor *executor = add(audit, record);
    hf_audit__take(audit, record, &audit->pending_left, &executor->resources,
                   HF_INVARIANT_CONSERVATION);
    return executor;
}

void hf_audit__on_executor_launched(HfAudit *audit, const HfRecord *record)
{
    HfAuditFramework *framework = hf_audit__framework(audit, record);
    if (framework == NULL) return;
    if (find(audit, record, record->agent, NO_ROW, HF_EXECUTOR_IS_OPEN, 0) != NULL) {
        g_autofree char *agent = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_ONE_HOLDER, record,
                        "executor %" G_GUINT64_FORMAT " is launched on agent %s, and is there",
                        (guint64)record->id, agent);
        return;
    }
    HfAuditExecutor *executor =
        audit->pending == HF_PENDING_RETURN ? come_back(audit, record) : launch(audit, record);
    if (executor == NULL) return;
    executor->serial = audit->serial - 1;
    executor->at = record->at;
    executor->role = record->role;
    executor->flags &= (uint8_t)~HF_EXECUTOR_IS_PARKED;
    executor->flags |= HF_EXECUTOR_IS_OPEN;
    hf_audit__count_quota(audit, executor->role, &executor->resources, 1);
    framework->executors++;
    audit->agents.at[record->agent].executors++;
}

/* Has that happened for which it is struck off? An agent that registers may not name one whose
 * order to begin is on its way to it. */
static gboolean is_reasonable(const HfAudit *audit, const HfRecord *record,
                              const HfAuditExecutor *executor)
{
    const HfAuditAgent *agent = &audit->agents.at[record->agent];
    switch ((HfTaskReason)record->reason) {
    case HF_REASON_EXECUTOR_TERMINATED:
        return !(executor->flags & HF_EXECUTOR_IS_RUNNING);
    case HF_REASON_RECONCILIATION:
        return agent->standing == HF_AUDIT_REGISTERED && agent->registered_at == record->at;
    case HF_REASON_SLAVE_DISCONNECTED:
        return agent->standing == HF_AUDIT_DISCONNECTED;
    case HF_REASON_SLAVE_REMOVED:
        return audit->pending == HF_PENDING_LOSSES;
    case HF_REASON_NONE: /* the master ended */
        return audit->pending == HF_PENDING_FORGETTING;
    default:
        return record->reason == HF_REASON_FRAMEWORK_REMOVED;
    }
}

void hf_audit__on_executor_removed(HfAudit *audit, const HfRecord *record)
{
    HfAuditExecutor *executor = find(audit, record, record->agent, NO_ROW, HF_EXECUTOR_IS_OPEN, 0);
    if (executor == NULL || executor->role != record->role ||
        !hf_audit__is_same(audit, &executor->resources, record->resources)) {
        g_autofree char *was =
            hf_audit__text(audit, executor != NULL ? &executor->resources : NULL);
        g_autofree char *is = hf_audit__text(audit, record->resources);
        hf_audit__break(audit, HF_INVARIANT_CONSERVATION, record,
                        "executor %" G_GUINT64_FORMAT " held %s and gives back %s",
                        (guint64)record->id, was, is);
        return;
    }
    if (!is_reasonable(audit, record, executor)) {
        g_autofree char *agent = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(
            audit, HF_INVARIANT_AGENTS, record,
            "executor %" G_GUINT64_FORMAT " gets %s, which is not how it stands on agent %s",
            (guint64)record->id, hf_task_reason_name((HfTaskReason)record->reason), agent);
        return;
    }
    HfAuditAgent *agent = &audit->agents.at[record->agent];
    executor->flags &= (uint8_t)~HF_EXECUTOR_IS_OPEN;
    hf_audit__count_quota(audit, executor->role, &executor->resources, -1);
    agent->executors--;
    audit->frameworks.at[executor->framework].executors--;
    if (agent->standing == HF_AUDIT_REGISTERED || agent->standing == HF_AUDIT_DISCONNECTED)
        hf_audit__give(audit, record->agent, &executor->resources);
    else
        executor->flags |= HF_EXECUTOR_IS_PARKED; /* it may come back with its agent */
    forget_if_over(audit, executor);
}

void hf_audit__check_executors_return(HfAudit *audit, uint32_t agent)
{
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfAuditExecutor *executor = &audit->executors.at[i];
        if (executor->agent != agent || !(executor->flags & HF_EXECUTOR_IS_PARKED) ||
            !(executor->flags & HF_EXECUTOR_IS_RUNNING) ||
            audit->frameworks.at[executor->framework].is_removed ||
            !hf_resources_contains(audit->catalog,
                                   hf_shape__content(audit->agents.at[agent].unheld),
                                   &executor->resources))
            continue;
        g_autofree char *name = hf_audit__agent_name(audit, agent);
        hf_audit__break(audit, HF_INVARIANT_REPLAY,
                        &(HfRecord){.type = HF_RECORD_AGENT_REREGISTERED,
                                    .agent = agent,
                                    .framework = executor->framework,
                                    .id = executor->id},
                        "agent %s is back without executor %" G_GUINT64_FORMAT
                        ", which its host runs and the master before had booked",
                        name, (guint64)executor->id);
        return;
    }
}

void hf_audit__unpark_executors(HfAudit *audit, uint32_t agent)
{
    for (guint32 i = 0; i < audit->executors.count; i++) {
        HfAuditExecutor *executor = &audit->executors.at[i];
        if (executor->flags == 0 || executor->agent != agent) continue;
        executor->flags &= (uint8_t)~HF_EXECUTOR_IS_PARKED;
        forget_if_over(audit, executor);
    }
}

/* ---- hosts ---- */

/* An order to begin it that was not carried out yet: several may be on their way. Older masters do
 * not know whether it is there, and an order for a task may begin it anew. NULL = none. */
static HfAuditExecutor *ordered(HfAudit *audit, const HfRecord *record)
{
    uint8_t done = hf_era_has(audit->config.era, HF_RULE_EXECUTOR_LAUNCH_TOLD)
                       ? HF_EXECUTOR_WAS_RUN
                       : HF_EXECUTOR_IS_RUNNING;
    for (guint32 i = 0; i < audit->executors.count; i++) {
        HfAuditExecutor *executor = &audit->executors.at[i];
        if (executor->flags != 0 && (executor->flags & done) == 0 && executor->id == record->id &&
            executor->framework == record->framework && executor->host == record->agent &&
            hf_audit__is_same(audit, &executor->resources, record->resources))
            return executor;
    }
    return NULL;
}

void hf_audit__on_executor_begun(HfAudit *audit, const HfRecord *record)
{
    HfAuditExecutor *executor = ordered(audit, record);
    if (executor != NULL && !hf_audit__host(audit, record->agent)->is_down) {
        executor->flags |= HF_EXECUTOR_IS_BEGUN;
        executor->begun_at = record->at;
        executor->due = record->value < 0 ? HF_TIME_NEVER : hf_time_add(record->at, record->value);
        return;
    }
    g_autofree char *name = hf_audit__host_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                    "executor %" G_GUINT64_FORMAT " is begun on host %s, and %s",
                    (guint64)record->id, name,
                    executor == NULL ? "no master ordered that" : "that is down");
}

gboolean hf_audit__is_executor_late(const HfAudit *audit, uint32_t framework, uint32_t host,
                                    HfTime since)
{
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfAuditExecutor *executor = &audit->executors.at[i];
        if (executor->flags & HF_EXECUTOR_IS_BEGUN && executor->framework == framework &&
            executor->host == host && executor->begun_at <= since)
            return TRUE;
    }
    return FALSE;
}

/* It registers when it was to: one that hangs does not. */
static gboolean is_due(HfAudit *audit, const HfRecord *record, const HfAuditExecutor *executor)
{
    gboolean was_begun = (executor->flags & HF_EXECUTOR_IS_BEGUN) != 0;
    HfTime timeout = audit->config.executor_registration_timeout;
    if (was_begun ? executor->due == record->at : timeout == 0 || timeout == HF_TIME_NEVER)
        return TRUE;
    g_autofree char *name = hf_audit__host_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                    "executor %" G_GUINT64_FORMAT " registers on host %s, and %s",
                    (guint64)record->id, name,
                    was_begun ? "that was not its time" : "was not begun");
    return FALSE;
}

void hf_audit__on_executor_started(HfAudit *audit, const HfRecord *record)
{
    HfAuditExecutor *executor = ordered(audit, record);
    HfAuditHost *host =
        record->agent < HF_AUDIT_ROWS_MAX ? hf_audit__host(audit, record->agent) : NULL;
    gboolean runs = find(audit, record, NO_ROW, record->agent, HF_EXECUTOR_IS_RUNNING, 0) != NULL;
    if (executor != NULL && host != NULL && !host->is_down && !runs) {
        if (!is_due(audit, record, executor)) return;
        executor->flags &= (uint8_t)~HF_EXECUTOR_IS_BEGUN;
        executor->flags |= HF_EXECUTOR_IS_RUNNING | HF_EXECUTOR_WAS_RUN;
        host->executors++;
        return;
    }
    g_autofree char *name = hf_audit__host_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                    "executor %" G_GUINT64_FORMAT " starts on host %s, and %s", (guint64)record->id,
                    name,
                    runs                               ? "runs there already"
                    : executor == NULL || host == NULL ? "no master ordered that"
                                                       : "that is down");
}

void hf_audit__on_executor_ended(HfAudit *audit, const HfRecord *record)
{
    HfAuditExecutor *executor =
        find(audit, record, NO_ROW, record->agent, HF_EXECUTOR_IS_RUNNING, 0);
    if (executor == NULL || !hf_audit__is_same(audit, &executor->resources, record->resources)) {
        g_autofree char *name = hf_audit__host_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "executor %" G_GUINT64_FORMAT " ends on host %s, and does not run there so",
                        (guint64)record->id, name);
        return;
    }
    executor->flags &= (uint8_t)~HF_EXECUTOR_IS_RUNNING;
    hf_audit__host(audit, record->agent)->executors--;
    forget_if_over(audit, executor);
}

void hf_audit__executors_clear(HfAudit *audit)
{
    for (guint32 i = 0; i < audit->executors.count; i++)
        hf_resources_clear(audit->catalog, &audit->executors.at[i].resources);
    hf_vec_clear(&audit->executors);
}
