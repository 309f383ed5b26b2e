/*
 * Machines and single agents in the hands of operators: the maintenance schedule, machines down and
 * up, draining, deactivation, agents that are gone for good.
 *
 * A machine is a host name. Its mode changes by operators' calls alone: UP, DRAINING when it is
 * scheduled, DOWN when its maintenance is started, UP again and out of the schedule when that is
 * stopped. An agent drains when it is told to end its tasks; it is drained when none is left in the
 * book, and no operation. Neither a deactivated nor a draining agent is offered.
 *
 * Source: Mesos 1.11 src/master/http.cpp, maintenance.cpp, Master::checkAndTransitionDrainingAgent;
 * MESOS.md 4.7, 4.8.
 */
#include <string.h>

#include "base/assert.h"
#include "control/master_internal.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

/* ---- the schedule ---- */

static HfRegistryMachine *machine_of(const HfMaster *master, const char *hostname)
{
    for (guint32 i = 0; i < master->machines.count; i++)
        if (g_ascii_strcasecmp(master->machines.at[i].hostname, hostname) == 0)
            return &master->machines.at[i];
    return NULL;
}

static const HfMachineWindow *in_schedule(const HfCall *call, const char *hostname)
{
    for (guint32 i = 0; i < call->machines.count; i++)
        if (strcmp(call->machines.at[i].hostname, hostname) == 0) return &call->machines.at[i];
    return NULL;
}

/* All that the master holds of a machine. */
static void update_unavailability(HfMaster *master, HfTime now, const HfRegistryMachine *machine,
                                  gboolean is_set, HfOutbox *out)
{
    for (guint32 row = 0; row < master->agents.count; row++) {
        if (!hf_master__is_held(&master->agents.at[row]) ||
            g_ascii_strcasecmp(master->agents_more.at[row].hostname, machine->hostname) != 0)
            continue;
        hf_master__rescind_agent(master, now, row, out);
        hf_master__rescind_inverse(master, now, row, NO_ROW, out);
        hf_allocator_unavailability_set(master->allocator, now, row, is_set, machine->start,
                                        machine->duration);
    }
}

void hf_master__tell_unavailability(HfMaster *master, HfTime now, uint32_t row)
{
    const HfRegistryMachine *machine = machine_of(master, master->agents_more.at[row].hostname);
    if (machine != NULL)
        hf_allocator_unavailability_set(master->allocator, now, row, TRUE, machine->start,
                                        machine->duration);
}

static void forget_machine(HfMaster *master, guint32 i)
{
    g_free(master->machines.at[i].hostname);
    hf_vec_remove(&master->machines, i);
}

static int on_schedule(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                       HfOutbox *out, char **why_out)
{
    for (guint32 i = 0; i < master->machines.count; i++)
        if (master->machines.at[i].is_down &&
            in_schedule(call, master->machines.at[i].hostname) == NULL)
            return hf_master__answer_call(
                why_out, 400, "Machine '%s' is deactivated and cannot be removed from the schedule",
                master->machines.at[i].hostname);
    if (!hf_master__may(master, HF_ACTION_UPDATE_MAINTENANCE_SCHEDULE, principal, NULL))
        return hf_master__answer_call(why_out, 403, "Forbidden");
    return hf_master__store_call(master, now, NO_ROW, principal, call, out, why_out);
}

static int do_schedule(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out)
{
    for (guint32 i = master->machines.count; i-- > 0;) {
        HfRegistryMachine *machine = &master->machines.at[i];
        const HfMachineWindow *window = in_schedule(call, machine->hostname);
        if (window != NULL) {
            machine->start = window->start;
            machine->duration = window->duration;
        }
        update_unavailability(master, now, machine, window != NULL, out);
        if (window == NULL) forget_machine(master, i);
    }
    for (guint32 i = 0; i < call->machines.count; i++) {
        const HfMachineWindow *window = &call->machines.at[i];
        if (machine_of(master, window->hostname) != NULL) continue;
        hf_vec_push(&master->machines, (HfRegistryMachine){.hostname = g_strdup(window->hostname),
                                                           .start = window->start,
                                                           .duration = window->duration});
        update_unavailability(master, now, hf_vec_last(&master->machines), TRUE, out);
    }
    return 200;
}

/* ---- machines down and up ---- */

static void record_agent(HfTime now, uint32_t row, HfRecordType type, HfOutbox *out)
{
    hf_master__record(
        out, (HfRecord){.at = now, .type = (uint16_t)type, .agent = row, .framework = HF_ROW_NONE});
}

static void shut_down(HfMaster *master, HfTime now, uint32_t row, HfAgentStanding standing,
                      HfTaskState aware, HfOutbox *out)
{
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_HALT_AGENT, self,
                                        (HfPeer){HF_PEER_AGENT, master->agents.at[row].host});
    message->agent = row;
    hf_master__give_up(master, now, row, standing, aware, out);
}

static void go_down(HfMaster *master, HfTime now, HfRegistryMachine *machine, HfOutbox *out)
{
    for (guint32 row = 0; row < master->agents.count; row++) {
        if (!hf_master__is_held(&master->agents.at[row]) ||
            g_ascii_strcasecmp(master->agents_more.at[row].hostname, machine->hostname) != 0)
            continue;
        hf_master__store(master, now,
                         &(HfStoring){.change = {.type = HF_REGISTRY_REMOVE,
                                                 .agent = row,
                                                 .host = master->agents.at[row].host,
                                                 .at = now}},
                         out, NULL);
        shut_down(master, now, row, HF_STANDING_REMOVED, HF_TASK_LOST, out);
    }
    machine->is_down = TRUE;
}

static int on_mode(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                   HfOutbox *out, char **why_out)
{
    gboolean starts = call->type == HF_CALL_START_MAINTENANCE;
    for (guint32 i = 0; i < call->machines.count; i++) {
        const char *hostname = call->machines.at[i].hostname;
        const HfRegistryMachine *machine = machine_of(master, hostname);
        if (machine == NULL)
            return hf_master__answer_call(
                why_out, 400, "Machine '%s' is not part of a maintenance schedule", hostname);
        if (machine->is_down == starts)
            return hf_master__answer_call(
                why_out, 400, "Machine '%s' is not in %s mode and cannot be brought %s", hostname,
                starts ? "DRAINING" : "DOWN", starts ? "down" : "up");
    }
    if (!hf_master__may(master, starts ? HF_ACTION_START_MAINTENANCE : HF_ACTION_STOP_MAINTENANCE,
                        principal, NULL))
        return hf_master__answer_call(why_out, 403, "Forbidden");
    return hf_master__store_call(master, now, NO_ROW, principal, call, out, why_out);
}

static int do_mode(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out)
{
    for (guint32 i = 0; i < call->machines.count; i++) {
        HfRegistryMachine *machine = machine_of(master, call->machines.at[i].hostname);
        if (machine == NULL) continue; /* another schedule was written in between */
        if (call->type == HF_CALL_START_MAINTENANCE)
            go_down(master, now, machine, out);
        else
            forget_machine(master, (guint32)(machine - master->machines.at));
    }
    return 200;
}

int hf_master__on_maintenance(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                              HfOutbox *out, char **why_out)
{
    if (!hf_master__has(master, HF_RULE_MAINTENANCE))
        return hf_master__answer_call(why_out, 400, "this era has no maintenance");
    return call->type == HF_CALL_UPDATE_MAINTENANCE_SCHEDULE
               ? on_schedule(master, now, principal, call, out, why_out)
               : on_mode(master, now, principal, call, out, why_out);
}

int hf_master__do_maintenance(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out)
{
    return call->type == HF_CALL_UPDATE_MAINTENANCE_SCHEDULE ? do_schedule(master, now, call, out)
                                                             : do_mode(master, now, call, out);
}

gboolean hf_master__is_welcome(HfMaster *master, uint32_t row, const HfMessage *in, HfOutbox *out)
{
    const HfRegistryMachine *machine = machine_of(master, in->name);
    gboolean is_gone = row != NO_ROW && master->agents.at[row].standing == HF_STANDING_GONE;
    if (!is_gone && (machine == NULL || !machine->is_down)) return TRUE;
    hf_outbox_send(out, HF_MESSAGE_HALT_AGENT, self, in->from)->agent = row;
    return FALSE;
}

/* ---- single agents ---- */

void hf_master__gone(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    if (hf_master__is_held(agent)) {
        shut_down(master, now, row, HF_STANDING_GONE, HF_TASK_GONE_BY_OPERATOR, out);
    } else { /* of tasks on an agent that is not back since the election nothing is known */
        master->recovered -= agent->standing == HF_STANDING_RECOVERED;
        agent->standing = HF_STANDING_GONE;
        record_agent(now, row, HF_RECORD_AGENT_GONE, out);
    }
}

void hf_master__check_drained(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    if (G_LIKELY(agent->drain != HF_DRAIN_GOING) || agent->first_task != NO_ROW ||
        master->agents_more.at[row].operations > 0 || !hf_master__is_held(agent))
        return;
    if (hf_master__is_storing(master, HF_EFFECT_DRAINED, row, NO_ROW)) return;
    hf_master__store(
        master, now,
        &(HfStoring){.change = {.type = HF_REGISTRY_MARK_DRAINED, .agent = row, .at = now},
                     .effect = HF_EFFECT_DRAINED},
        out, NULL);
}

void hf_master__drained(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    if (agent->drain != HF_DRAIN_GOING) return;
    agent->drain = HF_DRAIN_DONE;
    record_agent(now, row, HF_RECORD_AGENT_DRAINED, out);
    if (!agent->is_gone_when_drained) return;
    hf_master__store(
        master, now,
        &(HfStoring){.change = {.type = HF_REGISTRY_MARK_GONE, .agent = row, .at = now},
                     .effect = HF_EFFECT_GONE},
        out, NULL);
}

/* Tell the agent to end its tasks (DrainSlaveMessage): how they end for their frameworks, and how
 * long that may take, is for the agent to say. */
static void send_drain(HfMaster *master, uint32_t row, HfOutbox *out)
{
    const HfAgentRow *agent = &master->agents.at[row];
    if (agent->standing != HF_STANDING_REGISTERED) return; /* when it is back */
    const HfRegistryDrain *drain = hf_master_registry_drain(&master->registry, row);
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_DRAIN_AGENT, self, (HfPeer){HF_PEER_AGENT, agent->host});
    message->agent = row;
    message->task = agent->is_gone_when_drained;
    message->grace = drain != NULL ? drain->max_grace_period : HF_TIME_NEVER;
}

void hf_master__resume_drain(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    const HfAgentRow *agent = &master->agents.at[row];
    if (G_LIKELY(!agent->is_deactivated)) return;
    hf_allocator_agent_deactivate(master->allocator, now, row);
    if (agent->drain != HF_DRAIN_GOING) return;
    send_drain(master, row, out);
    hf_master__check_drained(master, now, row, out);
}

static void deactivate(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    agent->is_deactivated = TRUE;
    record_agent(now, row, HF_RECORD_AGENT_DEACTIVATED, out);
    if (!hf_master__is_held(agent)) return;
    hf_allocator_agent_deactivate(master->allocator, now, row);
    hf_master__rescind_agent(master, now, row, out);
    hf_master__rescind_inverse(master, now, row, NO_ROW, out);
}

static int do_drain(HfMaster *master, HfTime now, uint32_t row, const HfCall *call, HfOutbox *out)
{
    HfAgentRow *agent = &master->agents.at[row];
    deactivate(master, now, row, out);
    agent->drain = HF_DRAIN_GOING;
    agent->is_gone_when_drained = call->mark_gone;
    if (hf_master__is_held(agent)) send_drain(master, row, out);
    hf_master__check_drained(master, now, row, out);
    return 200;
}

static int do_reactivate(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out, char **why_out)
{
    HfAgentRow *agent = &master->agents.at[row];
    agent->is_deactivated = FALSE;
    agent->drain = HF_DRAIN_NONE;
    record_agent(now, row, HF_RECORD_AGENT_REACTIVATED, out);
    if (!hf_master__is_held(agent))
        return hf_master__answer_call(why_out, 409, "Agent removed while processing the call");
    if (agent->standing == HF_STANDING_REGISTERED)
        hf_allocator_agent_activate(master->allocator, now, row);
    return 200;
}

/* An agent that may be drained or deactivated: registered, not back since an election, or
 * unreachable. */
static gboolean is_known(const HfMaster *master, uint32_t row)
{
    return row != NO_ROW && master->agents.at[row].standing <= HF_STANDING_UNREACHABLE;
}

/* Is there anything to be written? Else the status of the answer. */
static int check_agent_call(const HfMaster *master, uint32_t row, const HfCall *call,
                            char **why_out)
{
    const HfAgentRow *agent = row != NO_ROW ? &master->agents.at[row] : NULL;
    if (call->type == HF_CALL_REACTIVATE_AGENT) {
        if (agent == NULL || !agent->is_deactivated)
            return hf_master__answer_call(why_out, 400, "Agent is not deactivated");
        if (agent->drain == HF_DRAIN_GOING)
            return hf_master__answer_call(why_out, 400, "Agent is still in the DRAINING state");
        return 0;
    }
    if (call->type == HF_CALL_MARK_AGENT_GONE) {
        if (agent != NULL && agent->standing == HF_STANDING_GONE) return 200;
        if (agent == NULL || agent->standing == HF_STANDING_REMOVED ||
            agent->standing == HF_STANDING_UNKNOWN)
            return hf_master__answer_call(why_out, 404, "Agent '%s' not found", call->agent);
        return 0;
    }
    if (!is_known(master, row)) return hf_master__answer_call(why_out, 400, "Unknown agent");
    if (call->type == HF_CALL_DRAIN_AGENT &&
        machine_of(master, master->agents_more.at[row].hostname) != NULL)
        return hf_master__answer_call(why_out, 400, "Agent %s is part of a maintenance schedule",
                                      master->agents_more.at[row].name);
    return 0;
}

int hf_master__on_agent_call(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                             HfOutbox *out, char **why_out)
{
    static const HfAction actions[HF_CALL_TYPES] = {
        [HF_CALL_DRAIN_AGENT] = HF_ACTION_DRAIN_AGENT,
        [HF_CALL_DEACTIVATE_AGENT] = HF_ACTION_DEACTIVATE_AGENT,
        [HF_CALL_REACTIVATE_AGENT] = HF_ACTION_REACTIVATE_AGENT,
        [HF_CALL_MARK_AGENT_GONE] = HF_ACTION_MARK_AGENT_GONE,
    };
    if (!hf_master__has(master, HF_RULE_OPERATION_FEEDBACK)) /* these came with 1.4 to 1.9 */
        return hf_master__answer_call(why_out, 400, "this era has no such call");
    if (!hf_master__may(master, actions[call->type], principal, NULL) ||
        (call->mark_gone && !hf_master__may(master, HF_ACTION_MARK_AGENT_GONE, principal, NULL)))
        return hf_master__answer_call(why_out, 403, "Forbidden");
    uint32_t row = hf_master__agent_named(master, call->agent);
    int status = check_agent_call(master, row, call, why_out);
    return status != 0 ? status
                       : hf_master__store_call(master, now, row, principal, call, out, why_out);
}

int hf_master__do_agent_call(HfMaster *master, HfTime now, uint32_t row, const HfCall *call,
                             HfOutbox *out, char **why_out)
{
    switch (call->type) {
    case HF_CALL_REACTIVATE_AGENT:
        return do_reactivate(master, now, row, out, why_out);
    case HF_CALL_MARK_AGENT_GONE:
        hf_master__gone(master, now, row, out);
        hf_master__arm_gc(master, now, out);
        return 200;
    case HF_CALL_DRAIN_AGENT:
        return do_drain(master, now, row, call, out);
    default:
        HF_ASSERT(call->type == HF_CALL_DEACTIVATE_AGENT);
        deactivate(master, now, row, out);
        return 200;
    }
}
