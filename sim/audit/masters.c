/*
 * One master after another, in the auditor's book. When a master is lost its offers are void and
 * the tasks it had booked are set aside; the hosts run them on. The registry is replayed from the
 * records of what was decided, and the next master must find exactly that. An agent that comes back
 * brings every task that its host still runs.
 */
#include "audit/audit_internal.h"

/* ---- the end ---- */

void hf_audit__on_master_lost(HfAudit *audit, const HfRecord *record)
{
    audit->is_leaderless = TRUE;
    for (guint32 i = 0; i < audit->agents.count; i++) {
        HfAuditAgent *agent = &audit->agents.at[i];
        agent->epoch++;
        if (agent->standing == HF_AUDIT_REGISTERED || agent->standing == HF_AUDIT_DISCONNECTED)
            agent->standing = HF_AUDIT_LEFT;
    }
    hf_map64_clear(&audit->inverse);
    hf_audit__forget_held(audit, NO_ROW);
    hf_audit__forget_quotas(audit);
    audit->pending = HF_PENDING_FORGETTING;
    audit->pending_agent = NO_ROW;
}

void hf_audit__on_task_forgotten(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = hf_audit__find_task(audit, record);
    if (audit->pending == HF_PENDING_FORGETTING && task != NULL && task->flags & HF_TASK_IS_OPEN &&
        task->agent == record->agent && task->role == record->role &&
        hf_audit__is_same(audit, &task->resources, record->resources)) {
        hf_audit__set_aside(audit, task);
        return;
    }
    hf_audit__break(audit, HF_INVARIANT_REPLAY, record,
                    "the master that ended had not booked task %" G_GUINT64_FORMAT " so",
                    (guint64)record->id);
}

/* All of it was told: nobody holds anything now, and no framework is known. */
void hf_audit__close_reign(HfAudit *audit)
{
    for (guint32 i = 0; i < audit->agents.count; i++) {
        HfAuditAgent *agent = &audit->agents.at[i];
        if (agent->offers + agent->tasks + agent->executors == 0) continue;
        g_autofree char *name = hf_audit__agent_name(audit, i);
        hf_audit__break(audit, HF_INVARIANT_REPLAY,
                        &(HfRecord){.type = HF_RECORD_MASTER_LOST, .agent = i, .framework = NO_ROW},
                        "the master ended, and agent %s still has %u offers, %u tasks and %u "
                        "executors",
                        name, agent->offers, agent->tasks, agent->executors);
        return;
    }
    for (guint32 i = 0; i < audit->frameworks.count; i++) {
        HfAuditFramework *framework = &audit->frameworks.at[i];
        framework->is_known = framework->is_removed = framework->is_suppressed = FALSE;
        framework->is_disconnected = FALSE;
        framework->was_known = TRUE;
        framework->calls++;
        framework->epoch++;
    }
}

/* ---- the next one ---- */

void hf_audit__on_master_elected(HfAudit *audit, const HfRecord *record)
{
    audit->is_leaderless = FALSE;
    audit->pending = HF_PENDING_ELECTION;
    audit->pending_agent = NO_ROW;
    audit->election++;
    audit->to_recover = record->value;
}

static gboolean is_of_cluster(const HfRecord *record)
{
    return record->agent < HF_AUDIT_ROWS_MAX && record->value >= 0 &&
           record->value < HF_AUDIT_ROWS_MAX;
}

/* What a change that was written and not acknowledged did to the registry only the next master can
 * tell: where writes take time, it is believed. */
void hf_audit__on_agent_recovered(HfAudit *audit, const HfRecord *record)
{
    HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    HfRegistryStanding standing = (HfRegistryStanding)record->state;
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    if (agent == NULL && audit->config.registry_takes_time && is_of_cluster(record)) {
        agent = hf_audit__enter_agent(audit, record->agent);
        agent->host = (uint32_t)record->value;
        agent->standing = HF_AUDIT_LEFT;
        agent->is_unseen = TRUE;
    }
    if (agent == NULL || agent->host != record->value) {
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                        "agent %s is in the registry, and no such agent registered", name);
        return;
    }
    agent->election = audit->election;
    audit->to_recover -= standing == HF_REGISTRY_ADMITTED;
    if (audit->config.registry_takes_time) {
        agent->registry = standing;
        agent->is_deactivated = record->reason != 0;
        if (standing != HF_REGISTRY_ADMITTED) agent->standing = HF_AUDIT_UNREACHABLE;
        return;
    }
    if (agent->registry == standing &&
        (standing == HF_REGISTRY_GONE || !agent->is_deactivated == !record->reason))
        return;
    hf_audit__break(audit, HF_INVARIANT_REPLAY, record,
                    "agent %s was %s%s when the master ended, and the next one finds it %s%s", name,
                    hf_registry_standing_name(agent->registry),
                    agent->is_deactivated ? " and deactivated" : "",
                    hf_registry_standing_name(standing), record->reason ? " and deactivated" : "");
}

void hf_audit__close_election(HfAudit *audit)
{
    HfRecord subject = {.type = HF_RECORD_MASTER_ELECTED, .agent = NO_ROW, .framework = NO_ROW};
    if (audit->to_recover != 0)
        hf_audit__break(audit, HF_INVARIANT_REPLAY, &subject,
                        "the next master is said to find %" G_GINT64_FORMAT
                        " agents more than it names",
                        (gint64)audit->to_recover);
    for (guint32 i = 0; i < audit->agents.count; i++) {
        HfAuditAgent *agent = &audit->agents.at[i];
        if (agent->registry == HF_REGISTRY_NONE || agent->election == audit->election) continue;
        if (audit->config.registry_takes_time) {
            agent->registry = HF_REGISTRY_NONE;
            continue;
        }
        g_autofree char *name = hf_audit__agent_name(audit, i);
        subject.agent = i;
        hf_audit__break(audit, HF_INVARIANT_REPLAY, &subject,
                        "agent %s was %s when the master ended, and the next one does not know it",
                        name, hf_registry_standing_name(agent->registry));
        return;
    }
}

/* A framework of which only agents know, or none but the auditor. */
void hf_audit__on_framework_recovered(HfAudit *audit, const HfRecord *record)
{
    HfAuditFramework *framework = record->framework < audit->frameworks.count
                                      ? &audit->frameworks.at[record->framework]
                                      : NULL;
    if (framework == NULL || framework->is_known || !framework->was_known) {
        g_autofree char *name = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(
            audit, HF_INVARIANT_REPLAY, record, "framework %s is recovered, and %s", name,
            framework != NULL && framework->is_known ? "was known" : "never subscribed before");
        return;
    }
    framework->is_known = framework->is_disconnected = TRUE;
}

/* An agent of the master before is back: what its host runs must have come with it, but for what
 * does not fit beside the rest, since an order to stop something was lost. */
void hf_audit__check_return(HfAudit *audit, uint32_t row)
{
    const HfAuditAgent *agent = &audit->agents.at[row];
    for (uint32_t t = agent->parked; t != NO_ROW; t = audit->tasks.at[t].next_parked) {
        const HfAuditTask *task = &audit->tasks.at[t];
        if (!(task->flags & HF_TASK_IS_PARKED) || !(task->flags & HF_TASK_IS_RUNNING) ||
            audit->frameworks.at[task->framework].is_removed || /* it is killed there */
            !hf_resources_contains(audit->catalog, hf_shape__content(agent->unheld),
                                   &task->resources))
            continue;
        g_autofree char *name = hf_audit__agent_name(audit, row);
        hf_audit__break(audit, HF_INVARIANT_REPLAY,
                        &(HfRecord){.type = HF_RECORD_AGENT_REREGISTERED,
                                    .agent = row,
                                    .framework = task->framework,
                                    .id = task->id},
                        "agent %s is back without task %" G_GUINT64_FORMAT
                        ", which its host runs and the master before had booked",
                        name, (guint64)task->id);
        return;
    }
}

void hf_audit__on_agent_forgotten(HfAudit *audit, const HfRecord *record)
{
    HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    if (agent != NULL &&
        (agent->registry == HF_REGISTRY_UNREACHABLE || agent->registry == HF_REGISTRY_GONE)) {
        agent->registry = HF_REGISTRY_NONE;
        agent->is_deactivated = FALSE;
        return;
    }
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                    "agent %s is forgotten, and was neither unreachable nor gone", name);
}

/* ---- inverse offers ---- */

/* At most one is out for each framework and agent; it is answered or rescinded once. */
void hf_audit__on_inverse(HfAudit *audit, const HfRecord *record)
{
    const HfAuditFramework *framework = hf_audit__framework(audit, record);
    if (framework == NULL) return;
    uint64_t key = (uint64_t)record->framework << 32 | record->agent;
    gboolean is_out = hf_map64_get(&audit->inverse, key) != HF_MAP64_NONE;
    gboolean is_sent = record->type == HF_RECORD_INVERSE_OFFER_SENT;
    const HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    gboolean holds = framework->offers + framework->tasks + framework->executors > 0 &&
                     !framework->is_disconnected;
    if (agent == NULL || is_out == is_sent ||
        (is_sent && (!holds || agent->standing != HF_AUDIT_REGISTERED))) {
        g_autofree char *name = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(
            audit, HF_INVARIANT_OFFERS, record, "an inverse offer to framework %s is %s", name,
            is_out == is_sent ? is_sent ? "sent while another is out" : "over, and none was out"
                              : "sent, and it holds nothing, or is not there");
        return;
    }
    if (is_sent)
        hf_map64_set(&audit->inverse, key, 1);
    else
        hf_map64_remove(&audit->inverse, key);
}
