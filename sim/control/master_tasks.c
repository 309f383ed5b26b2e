/* The master's tasks: their states, who is told, and when their resources come back. */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

HfTaskState hf_master__state_for(const HfMaster *master, uint32_t framework, HfTaskState aware)
{
    gboolean is_aware =
        (master->frameworks.at[framework].capabilities & HF_CAPABILITY_PARTITION_AWARE) != 0;
    return is_aware ? aware : HF_TASK_LOST;
}

void hf_master__tell_task(HfMaster *master, uint32_t framework, const HfTaskStatus *status,
                          HfOutbox *out)
{
    const HfFrameworkRow *row = &master->frameworks.at[framework];
    if (row->standing != HF_FRAMEWORK_ACTIVE) return;
    HfPeer to = {HF_PEER_FRAMEWORK, row->peer};
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_UPDATE, self, to);
    message->framework = framework;
    message->status = *status;
}

/* The row that was left last, else a new one; the rows of the next tasks are loaded ahead. */
static uint32_t take_row(HfMaster *master)
{
    enum { AHEAD = 8 };
    guint32 vacant = master->vacant_tasks.count;
    if (vacant > AHEAD)
        __builtin_prefetch(&master->tasks.at[master->vacant_tasks.at[vacant - 1 - AHEAD]], 1);
    if (vacant > 0) return master->vacant_tasks.at[--master->vacant_tasks.count];
    hf_vec_push_zero(&master->tasks);
    return master->tasks.count - 1;
}

uint32_t hf_master__add_task(HfMaster *master, uint32_t framework, uint32_t agent, HfRoleId role,
                             uint64_t id, HfTaskState state, HfParcel *resources)
{
    uint32_t row = take_row(master);
    HfTaskRow *task = &master->tasks.at[row];
    task->id = id;
    task->framework = framework;
    task->agent = agent;
    task->role = role;
    task->state = (uint16_t)state;
    task->is_holding = !hf_task_state_is_terminal(state);
    task->is_kill_wanted = FALSE;
    task->number = ++master->numbers;
    task->tag = 0;
    task->resources = hf_parcel_ref(resources);
    LINK(master->tasks.at, row, &master->agents.at[agent].first_task);
    hf_fresh_use(&master->frameworks.at[framework].new_tasks, id);
    hf_late_map64_set(&master->task_rows, hf_master__task_key(framework, id), row);
    return row;
}

void hf_master__forget_task(HfMaster *master, uint32_t row)
{
    HfTaskRow *task = &master->tasks.at[row];
    HF_ASSERT(!task->is_holding && task->framework != NO_ROW);
    UNLINK(master->tasks.at, row, &master->agents.at[task->agent].first_task);
    hf_late_map64_remove(&master->task_rows, hf_master__task_key(task->framework, task->id));
    hf_parcel_drop(master->catalog, &task->resources);
    task->framework = NO_ROW; /* whoever looks for it here finds nobody's */
    hf_vec_push(&master->vacant_tasks, row);
}

static inline __attribute__((always_inline)) void record_task(const HfTaskRow *task, HfTime now,
                                                              HfTaskReason reason, HfOutbox *out)
{
    hf_trace_emit_inline(
        out->trace,
        &(HfRecord){.at = now,
                    .type = HF_RECORD_TASK_STATE,
                    .state = task->state,
                    .reason = (uint16_t)reason,
                    .agent = task->agent,
                    .framework = task->framework,
                    .role = task->role,
                    .id = task->id,
                    .resources = task->is_holding ? NULL : hf_parcel_resources(task->resources),
                    .parcel = task->resources});
}

void hf_master__record_task(const HfTaskRow *task, HfTime now, HfTaskReason reason, HfOutbox *out)
{
    record_task(task, now, reason, out);
}

/* A task holds nothing any more: it ended, or its agent was given up. */
void hf_master__close_account(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                              HfTaskReason reason, HfOutbox *out)
{
    HfTaskRow *task = &master->tasks.at[row];
    HF_ASSERT(task->is_holding);
    task->state = (uint16_t)state;
    task->is_holding = FALSE;
    record_task(task, now, reason, out);
    /* The allocator forgets an agent that is given up and all that was held there in one go. */
    if (hf_master__is_held(&master->agents.at[task->agent]))
        hf_master__recover(master, now,
                           &(HfRecovery){.framework = task->framework,
                                         .agent = task->agent,
                                         .role = task->role,
                                         .resources = hf_parcel_resources(task->resources),
                                         .parcel = task->resources,
                                         .refuse_seconds = HF_NO_FILTER,
                                         .launched = TRUE});
}

/* An agent reports a state; a terminal one gives the resources back at once (Master::updateTask),
 * whether or not the framework has acknowledged it. */
static void set_task_state(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                           HfTaskReason reason, HfOutbox *out)
{
    HfTaskRow *task = &master->tasks.at[row];
    if (hf_task_state_is_terminal(state)) {
        hf_master__close_account(master, now, row, state, reason, out);
        return;
    }
    task->state = (uint16_t)state;
    record_task(task, now, reason, out);
}

/* The framework is told even if the task had ended before: it may not know, and nobody else is left
 * to tell (Master::__removeSlave, Master::removeFramework). */
void hf_master__end_task(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                         HfTaskReason reason, HfOutbox *out)
{
    const HfTaskRow *task = &master->tasks.at[row];
    HfTaskStatus status = {.framework = task->framework,
                           .task = task->id,
                           .state = state,
                           .reason = reason,
                           .agent = task->agent,
                           .host = master->agents.at[task->agent].host};
    if (task->is_holding) hf_master__close_account(master, now, row, state, reason, out);
    hf_master__tell_task(master, status.framework, &status, out);
    hf_master__forget_task(master, row);
}

/* Updates say where their tasks are: many a run never asks for one by its id. */
static __attribute__((noinline)) void index_tasks(HfMaster *master)
{
    master->task_rows.is_kept = TRUE;
    for (guint32 row = 0; row < master->tasks.count; row++) {
        const HfTaskRow *task = &master->tasks.at[row];
        if (task->framework != NO_ROW)
            hf_late_map64_set(&master->task_rows, hf_master__task_key(task->framework, task->id),
                              row);
    }
}

uint32_t hf_master__find_task(HfMaster *master, uint32_t framework, uint64_t id)
{
    if (id >= HF_TASK_IDS) return NO_ROW; /* none such was ever launched */
    if (G_UNLIKELY(!master->task_rows.is_kept)) index_tasks(master);
    return hf_map64_get(&master->task_rows.map, hf_master__task_key(framework, id));
}

/* Tell a framework about a task that is on no agent. */
void hf_master__answer(HfMaster *master, uint32_t framework, uint64_t id, HfTaskState state,
                       HfTaskReason reason, HfOutbox *out)
{
    hf_master__tell_task(master, framework,
                         &(HfTaskStatus){.framework = framework,
                                         .task = id,
                                         .state = state,
                                         .reason = reason,
                                         .agent = HF_ROW_NONE,
                                         .host = HF_ROW_NONE},
                         out);
}

/* A task that never gets as far as an agent. */
void hf_master__refuse_task(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                            HfTaskState state, HfTaskReason reason, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_STATE,
                                      .state = (uint16_t)state,
                                      .reason = (uint16_t)reason,
                                      .agent = HF_ROW_NONE,
                                      .framework = framework,
                                      .role = HF_ROLE_NONE,
                                      .id = id});
    hf_master__answer(master, framework, id, state, reason, out);
}

uint32_t hf_master__find_reported(HfMaster *master, uint32_t framework, const HfTaskStatus *status)
{
    uint32_t row = status->place - 1;
    if (G_LIKELY(row < master->tasks.count && master->tasks.at[row].id == status->task &&
                 master->tasks.at[row].framework == framework))
        return row;
    return hf_master__find_task(master, framework, status->task);
}

void hf_master__prefetch_reported(const HfMaster *master, uint32_t place)
{
    uint32_t row = place - 1;
    if (row >= master->tasks.count) return;
    __builtin_prefetch(&master->tasks.at[row], 1);
}

void hf_master__prefetch_forgotten(const HfMaster *master, uint32_t place)
{
    uint32_t row = place - 1;
    if (row >= master->tasks.count) return;
    const HfTaskRow *task = &master->tasks.at[row];
    const uint32_t neighbours[] = {task->links.next_of_agent, task->links.prev_of_agent};
    for (guint i = 0; i < G_N_ELEMENTS(neighbours); i++)
        if (neighbours[i] != NO_ROW) __builtin_prefetch(&master->tasks.at[neighbours[i]].links, 1);
}

/* ---- messages about tasks ---- */

void hf_master__on_kill(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_KILL,
                                      .agent = HF_ROW_NONE,
                                      .framework = in->framework,
                                      .id = in->task});
    uint32_t row = hf_master__find_task(master, in->framework, in->task);
    if (row == NO_ROW && master->recovered > 0) return; /* an agent may yet bring it */
    if (row == NO_ROW) { /* Master::kill: answered like a reconciliation; no task changes state */
        hf_master__answer(master, in->framework, in->task,
                          hf_master__state_for(master, in->framework, HF_TASK_UNKNOWN),
                          HF_REASON_RECONCILIATION, out);
        return;
    }
    HfTaskRow *task = &master->tasks.at[row];
    const HfAgentRow *agent = &master->agents.at[task->agent];
    task->is_kill_wanted = TRUE;
    if (agent->standing != HF_STANDING_REGISTERED) return; /* it is told when it is back */
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_KILL_TASK, self, (HfPeer){HF_PEER_AGENT, agent->host});
    message->framework = in->framework;
    message->task = in->task;
    message->grace = in->grace;
}

void hf_master__on_acknowledge(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->agent >= master->agents.count) return;
    const HfAgentRow *agent = &master->agents.at[in->agent];
    if (agent->standing != HF_STANDING_REGISTERED) return; /* the agent will send it again */
    uint32_t row = hf_master__find_reported(master, in->framework, &in->status);
    if (row != NO_ROW && master->tasks.at[row].agent == in->agent &&
        hf_task_state_is_terminal((HfTaskState)master->tasks.at[row].state) &&
        hf_task_state_is_terminal(in->status.state))
        hf_master__forget_task(master, row);
    uint32_t framework = in->framework, id = in->agent;
    HfMessage *message = hf_outbox_send_on(out, in, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, self,
                                           (HfPeer){HF_PEER_AGENT, agent->host});
    message->framework = framework;
    message->agent = id;
    message->status.framework = framework; /* a framework acknowledges its own tasks alone */
    hf_master__check_drained(master, now, id, out);
}

void hf_master__on_status_update(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t framework = in->status.framework;
    if (in->agent >= master->agents.count || master->agents.at[in->agent].host != in->from.row ||
        master->agents.at[in->agent].standing != HF_STANDING_REGISTERED)
        return; /* from an agent that was given up: it must register again first */
    if (framework >= master->frameworks.count ||
        !hf_master__is_there(&master->frameworks.at[framework])) {
        /* Nobody is left to acknowledge: the master does, so that the agent can forget the task. */
        HfMessage *ack = hf_outbox_send(out, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, self, in->from);
        ack->framework = framework;
        ack->agent = in->agent;
        ack->status = in->status;
        return;
    }
    uint32_t row = hf_master__find_reported(master, framework, &in->status);
    /* A task that is over gives its resources back now, though its older updates come first; one
     * that comes late or twice moves nothing back. */
    HfTaskState state =
        hf_task_state_is_terminal(in->status.latest) ? in->status.latest : in->status.state;
    if (row != NO_ROW && master->tasks.at[row].agent == in->agent &&
        !hf_task_state_is_terminal((HfTaskState)master->tasks.at[row].state) &&
        (uint16_t)state > master->tasks.at[row].state)
        set_task_state(master, now, row, state, in->status.reason, out);
    const HfFrameworkRow *to = &master->frameworks.at[framework];
    if (to->standing != HF_FRAMEWORK_ACTIVE) return; /* agents repeat what is not acknowledged */
    HfMessage *told =
        hf_outbox_send_on(out, in, HF_MESSAGE_UPDATE, self, (HfPeer){HF_PEER_FRAMEWORK, to->peer});
    told->framework = framework;
    if (told->status.state != told->status.latest)
        told->status.reason = HF_REASON_NONE; /* it is that of the latest state */
    if (row != NO_ROW) told->status.tag = master->tasks.at[row].tag;
}
