/*
 * Tasks in the auditor's book: as the master books them (open, in a state) and as the hosts run
 * them. A row lives until both are done with it: the master may give a task up before its host
 * knows of it, and a host ends one before the master hears.
 */
#include "audit/audit_internal.h"

/* ---- rows ---- */

static uint64_t key_of(uint32_t framework, uint64_t task)
{
    return (uint64_t)framework << 40 | task;
}

/* NULL when there is none. */
HfAuditTask *hf_audit__find_task(HfAudit *audit, const HfRecord *record)
{
    if (record->framework >> 24 != 0 || record->id >> 40 != 0) return NULL;
    uint32_t row = hf_map64_get(&audit->task_rows, key_of(record->framework, record->id));
    return row != HF_MAP64_NONE ? &audit->tasks.at[row] : NULL;
}

static HfAuditTask *add_task(HfAudit *audit, const HfRecord *record)
{
    HfHandle handle = hf_slots_take(&audit->task_slots);
    if (handle.row == audit->tasks.count) hf_vec_push_zero(&audit->tasks);
    HfAuditTask *task = &audit->tasks.at[handle.row];
    task->id = record->id;
    task->framework = record->framework;
    task->flags = 0;
    task->stop_by = HF_TIME_NEVER;
    hf_map64_set(&audit->task_rows, key_of(task->framework, task->id), handle.row);
    return task;
}

/* Forget a task when nobody has it any more. One that was given up before it was ever run stays:
 * the order to run it may still be on its way. */
static void forget_if_over(HfAudit *audit, HfAuditTask *task)
{
    if (task->flags &
        (HF_TASK_IS_OPEN | HF_TASK_IS_RUNNING | HF_TASK_IS_PARKED | HF_TASK_IS_LISTED))
        return;
    if (!(task->flags & HF_TASK_WAS_RUN)) return;
    uint32_t row = (uint32_t)(task - audit->tasks.at);
    uint64_t key = key_of(task->framework, task->id);
    if (hf_map64_get(&audit->task_rows, key) == row) hf_map64_remove(&audit->task_rows, key);
    hf_resources_reset(audit->catalog, &task->resources);
    task->flags = 0;
    hf_slots_give(&audit->task_slots, (HfHandle){row, audit->task_slots.generation.at[row]});
}

static void park(HfAudit *audit, HfAuditTask *task)
{
    HfAuditAgent *agent = &audit->agents.at[task->agent];
    task->flags |= HF_TASK_IS_PARKED;
    if (task->flags & HF_TASK_IS_LISTED) return;
    task->flags |= HF_TASK_IS_LISTED;
    task->next_parked = agent->parked;
    agent->parked = (uint32_t)(task - audit->tasks.at);
}

void hf_audit__set_aside(HfAudit *audit, HfAuditTask *task)
{
    task->flags &= (uint16_t)~HF_TASK_IS_OPEN;
    hf_audit__count_quota(audit, task->role, &task->resources, -1);
    audit->agents.at[task->agent].tasks--;
    audit->frameworks.at[task->framework].tasks--;
    park(audit, task);
}

void hf_audit__unpark(HfAudit *audit, uint32_t of)
{
    HfAuditAgent *agent = &audit->agents.at[of];
    uint32_t next;
    for (uint32_t row = agent->parked; row != NO_ROW; row = next) {
        HfAuditTask *task = &audit->tasks.at[row];
        next = task->next_parked;
        task->flags &= (uint16_t) ~(HF_TASK_IS_PARKED | HF_TASK_IS_LISTED);
        forget_if_over(audit, task);
    }
    agent->parked = NO_ROW;
}

/* ---- launches ---- */

static gboolean is_launchable(HfAudit *audit, const HfRecord *record)
{
    if (record->framework >> 24 != 0 || record->id >> 40 != 0) {
        hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                        "task id %" G_GUINT64_FORMAT " is none that a framework may give",
                        (guint64)record->id);
        return FALSE;
    }
    if (record->resources != NULL && !hf_resources_is_empty(record->resources)) return TRUE;
    hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                    "task %" G_GUINT64_FORMAT " asks for nothing", (guint64)record->id);
    return FALSE;
}

/* Nothing is known of it any more: it was given up with its agent, the agent returned without it,
 * and it ended. Yet a report from before that end may come in when the agent is next missed. */
static HfAuditTask *remember(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = add_task(audit, record);
    hf_audit__plain(audit, record->resources, &task->resources);
    task->flags = HF_TASK_WAS_RUN | HF_TASK_IS_OLD;
    task->agent = record->agent;
    task->host = audit->agents.at[record->agent].host;
    task->role = record->role;
    task->job = record->value;
    return task;
}

/* A task that went away with its agent and is still there, as the agent says, when it is back. */
static HfAuditTask *come_back(HfAudit *audit, const HfRecord *record, HfAuditTask *task)
{
    if (!is_launchable(audit, record)) return NULL;
    if (task == NULL) task = remember(audit, record);
    if (task->agent != record->agent) {
        g_autofree char *agent = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "agent %s comes back with task %" G_GUINT64_FORMAT " of another agent",
                        agent, (guint64)record->id);
        return NULL;
    }
    if (!hf_audit__is_same(audit, &task->resources, record->resources)) {
        g_autofree char *was = hf_audit__text(audit, &task->resources);
        g_autofree char *is = hf_audit__text(audit, record->resources);
        hf_audit__break(audit, HF_INVARIANT_CONSERVATION, record,
                        "task %" G_GUINT64_FORMAT " went with %s and comes back with %s",
                        (guint64)record->id, was, is);
        return NULL;
    }
    hf_audit__take_unheld(audit, record, &task->resources, HF_INVARIANT_CONSERVATION);
    task->flags &= (uint16_t)~HF_TASK_IS_PARKED;
    task->flags |= HF_TASK_STATE_OPEN;
    return task;
}

/* A new task, out of an accepted offer. */
static HfAuditTask *launch(HfAudit *audit, const HfRecord *record, HfAuditTask *task)
{
    g_autofree char *agent = NULL;
    if (audit->pending != HF_PENDING_TASKS) {
        agent = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record,
                        "task %" G_GUINT64_FORMAT
                        " is launched on agent %s without an accepted offer",
                        (guint64)record->id, agent);
        return NULL;
    }
    audit->pending_has_tasks = TRUE;
    if (task != NULL && task->flags & HF_TASK_IS_RUNNING) {
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "task %" G_GUINT64_FORMAT " is launched and still runs elsewhere",
                        (guint64)record->id);
        return NULL;
    }
    if (!is_launchable(audit, record)) return NULL;
    if (task != NULL && task->flags & HF_TASK_IS_LISTED) {
        /* The id's earlier life goes when its agent returns; this one gets a row of its own. */
        task->flags = HF_TASK_IS_LISTED | HF_TASK_WAS_RUN;
        task = NULL;
    }
    if (task == NULL) task = add_task(audit, record);
    hf_audit__plain(audit, record->resources, &task->resources);
    hf_audit__take(audit, record, &audit->pending_left, &task->resources,
                   HF_INVARIANT_CONSERVATION);
    task->flags = 0;
    task->state = HF_TASK_STAGING;
    task->agent = record->agent;
    task->host = audit->agents.at[record->agent].host;
    task->role = record->role;
    task->job = record->value;
    return task;
}

void hf_audit__on_task_launched(HfAudit *audit, const HfRecord *record)
{
    HfAuditFramework *framework = hf_audit__framework(audit, record);
    if (framework == NULL) return;
    HfAuditTask *task = hf_audit__find_task(audit, record);
    if (task != NULL && task->flags & HF_TASK_IS_OPEN) {
        hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                        "task %" G_GUINT64_FORMAT " is launched and has not ended",
                        (guint64)record->id);
        return;
    }
    task = audit->pending == HF_PENDING_RETURN ? come_back(audit, record, task)
                                               : launch(audit, record, task);
    if (task == NULL) return;
    task->serial = audit->serial - 1;
    task->at = record->at;
    task->flags |= HF_TASK_IS_OPEN;
    hf_audit__count_quota(audit, task->role, &task->resources, 1);
    framework->tasks++;
    audit->agents.at[task->agent].tasks++;
}

/* ---- states, as the master has them ---- */

/* Master: from each state, a bit for each that may follow. Terminal ones are followed by none. */
#define BIT(state) (UINT32_C(1) << (state))
#define ENDS                                                                                       \
    (BIT(HF_TASK_UNREACHABLE) | BIT(HF_TASK_FINISHED) | BIT(HF_TASK_FAILED) |                      \
     BIT(HF_TASK_KILLED) | BIT(HF_TASK_ERROR) | BIT(HF_TASK_LOST) | BIT(HF_TASK_DROPPED) |         \
     BIT(HF_TASK_GONE) | BIT(HF_TASK_GONE_BY_OPERATOR))
static const uint32_t may_follow[HF_TASK_STATES] = {
    [HF_TASK_STAGING] = BIT(HF_TASK_STARTING) | BIT(HF_TASK_RUNNING) | BIT(HF_TASK_KILLING) | ENDS,
    [HF_TASK_STARTING] = BIT(HF_TASK_RUNNING) | BIT(HF_TASK_KILLING) | ENDS,
    [HF_TASK_RUNNING] = BIT(HF_TASK_KILLING) | ENDS,
    [HF_TASK_KILLING] = ENDS,
};

/* A task that never got as far as an agent, or that nobody knows. */
static void on_refused(HfAudit *audit, const HfRecord *record)
{
    if (hf_audit__framework(audit, record) == NULL) return;
    if (audit->pending == HF_PENDING_TASKS) audit->pending_has_tasks = TRUE;
    const HfAuditTask *task = hf_audit__find_task(audit, record);
    gboolean is_open = task != NULL && task->flags & HF_TASK_IS_OPEN;
    if (!hf_task_state_is_terminal((HfTaskState)record->state) ||
        record->reason == HF_REASON_NONE || (record->reason == HF_REASON_RECONCILIATION && is_open))
        hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                        "task %" G_GUINT64_FORMAT " is answered with %s of no agent, and %s",
                        (guint64)record->id, hf_task_state_name((HfTaskState)record->state),
                        is_open ? "has one" : "for no reason");
}

/* The agent does not have it: it says so, or its host went down. Orders to run it that are on their
 * way are lost with the connection. */
static gboolean is_denial(const HfRecord *record)
{
    return record->reason == HF_REASON_RECONCILIATION ||
           record->reason == HF_REASON_RESOURCES_UNKNOWN ||
           record->reason == HF_REASON_SLAVE_DISCONNECTED;
}

/* The connection broke and the host lives: what the master calls lost may run on there. */
static gboolean is_blind(HfAudit *audit, const HfRecord *record, const HfAuditTask *task)
{
    return record->reason == HF_REASON_SLAVE_DISCONNECTED &&
           hf_audit__host(audit, task->host)->is_cut_off;
}

/* It has not run, and what is to run it was begun. */
static gboolean is_starting(const HfAudit *audit, const HfAuditTask *task)
{
    return audit->config.executor_registration_timeout == HF_TIME_NEVER ||
           task->end == HF_TASK_STARTING ||
           hf_audit__is_executor_late(audit, task->framework, task->host, HF_TIME_NEVER);
}

/* What was to run it was ordered so long ago that its agent has given it up. */
static gboolean is_late(const HfAudit *audit, const HfRecord *record, const HfAuditTask *task)
{
    HfTime since = record->at - audit->config.executor_registration_timeout;
    if (audit->config.executor_registration_timeout == HF_TIME_NEVER) return TRUE;
    return audit->config.executor_registration_timeout > 0 &&
           (task->end == HF_TASK_STARTING
                ? task->begun_at <= since
                : hf_audit__is_executor_late(audit, task->framework, task->host, since));
}

/* What an agent says of a task has happened on its host before. */
static gboolean has_happened(HfAudit *audit, const HfRecord *record, const HfAuditTask *task)
{
    gboolean is_running = (task->flags & HF_TASK_IS_RUNNING) != 0;
    gboolean was_run = (task->flags & HF_TASK_WAS_RUN) != 0;
    gboolean good = TRUE; /* the master's own verdict */
    if (is_blind(audit, record, task))
        good = TRUE;
    else if (is_denial(record))
        good = !is_running;
    else if (record->reason == HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT)
        good = !is_running && !was_run && record->state == HF_TASK_FAILED &&
               is_late(audit, record, task);
    else if (record->reason == HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT)
        good = !is_running && (record->state == HF_TASK_GONE || record->state == HF_TASK_LOST);
    else if (record->reason == HF_REASON_TASK_KILLED_DURING_LAUNCH)
        good = !is_running && !was_run && record->state == HF_TASK_KILLED;
    else if (record->reason == HF_REASON_EXECUTOR_TERMINATED ||
             record->reason == HF_REASON_COMMAND_EXECUTOR_FAILED)
        good = !is_running &&
               (was_run || record->state == HF_TASK_DROPPED ||
                record->state == HF_TASK_LOST || /* refused: its executor is over */
                task->flags & (HF_TASK_PREPARES | HF_TASK_IS_OLD) || is_starting(audit, task));
    else if (record->reason == HF_REASON_CONTAINER_LAUNCH_FAILED)
        good = !was_run && record->state == HF_TASK_FAILED &&
               task->flags & (HF_TASK_PREPARES | HF_TASK_IS_OLD);
    else if (record->reason == HF_REASON_NONE ||
             record->reason == HF_REASON_CONTAINER_LIMITATION_DISK)
        good = record->state == HF_TASK_KILLING
                   ? task->flags & HF_TASK_IS_OLD || (was_run && task->stop_by != HF_TIME_NEVER)
               : hf_task_state_is_terminal((HfTaskState)record->state)
                   ? task->flags & HF_TASK_IS_OLD ||
                         (was_run && !is_running && task->end == record->state)
                   : was_run;
    if (good) return TRUE;
    g_autofree char *host = hf_audit__host_name(audit, task->host);
    hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                    "task %" G_GUINT64_FORMAT " is said to be %s, and on host %s it %s",
                    (guint64)record->id, hf_task_state_name((HfTaskState)record->state), host,
                    is_running ? "runs"
                    : was_run  ? "ended otherwise"
                               : "has never run");
    return FALSE;
}

/* A verdict for the sake of an agent is given when that has happened to the agent. */
static gboolean is_reasonable(HfAudit *audit, const HfRecord *record, const HfAuditTask *task)
{
    HfAuditStanding standing = audit->agents.at[task->agent].standing;
    if ((record->reason != HF_REASON_SLAVE_REMOVED || standing == HF_AUDIT_UNREACHABLE) &&
        (record->reason != HF_REASON_SLAVE_DISCONNECTED || standing == HF_AUDIT_DISCONNECTED) &&
        (record->reason != HF_REASON_SLAVE_REREGISTERED || audit->pending == HF_PENDING_RETURN))
        return TRUE;
    g_autofree char *agent = hf_audit__agent_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                    "task %" G_GUINT64_FORMAT " gets %s, which is not how agent %s stands",
                    (guint64)record->id, hf_task_reason_name((HfTaskReason)record->reason), agent);
    return FALSE;
}

static gboolean is_legal(HfAudit *audit, const HfRecord *record, const HfAuditTask *task)
{
    gboolean is_known = record->state < HF_TASK_STATES;
    uint32_t allowed =
        task->flags & HF_TASK_STATE_OPEN ? may_follow[HF_TASK_STAGING] : may_follow[task->state];
    if (is_known && allowed & BIT(record->state)) return TRUE;
    hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                    "task %" G_GUINT64_FORMAT " goes from %s to %s", (guint64)record->id,
                    hf_task_state_name((HfTaskState)task->state),
                    is_known ? hf_task_state_name((HfTaskState)record->state) : "no state");
    return FALSE;
}

/* The master closes the account: the resources are free, unless their agent is gone. */
static void close_task(HfAudit *audit, const HfRecord *record, HfAuditTask *task)
{
    HfAuditAgent *agent = &audit->agents.at[task->agent];
    if (!hf_audit__is_same(audit, &task->resources, record->resources)) {
        g_autofree char *was = hf_audit__text(audit, &task->resources);
        g_autofree char *is = hf_audit__text(audit, record->resources);
        hf_audit__break(audit, HF_INVARIANT_CONSERVATION, record,
                        "task %" G_GUINT64_FORMAT " held %s and gives back %s", (guint64)record->id,
                        was, is);
        return;
    }
    task->flags &= (uint16_t)~HF_TASK_IS_OPEN;
    hf_audit__count_quota(audit, task->role, &task->resources, -1);
    agent->tasks--;
    audit->frameworks.at[task->framework].tasks--;
    if (agent->standing == HF_AUDIT_UNREACHABLE)
        park(audit, task);
    else
        hf_audit__give(audit, task->agent, &task->resources);
    forget_if_over(audit, task);
}

void hf_audit__on_task_state(HfAudit *audit, const HfRecord *record)
{
    if (record->agent == HF_ROW_NONE) {
        on_refused(audit, record);
        return;
    }
    HfAuditTask *task = hf_audit__find_task(audit, record);
    if (task == NULL || !(task->flags & HF_TASK_IS_OPEN)) {
        hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                        "task %" G_GUINT64_FORMAT " changes its state and %s", (guint64)record->id,
                        task == NULL ? "is not there, or has ended" : "has ended");
        return;
    }
    if (task->agent != record->agent || task->role != record->role) {
        g_autofree char *launched = hf_audit__agent_name(audit, task->agent);
        g_autofree char *told = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "task %" G_GUINT64_FORMAT
                        " was launched on agent %s under role %s; its state "
                        "is of agent %s and role %s",
                        (guint64)record->id, launched, hf_role_path(audit->catalog, task->role),
                        told, hf_role_path(audit->catalog, record->role));
        return;
    }
    if (!is_legal(audit, record, task) || !is_reasonable(audit, record, task) ||
        !has_happened(audit, record, task))
        return;
    task->state = (uint8_t)record->state;
    task->flags &= (uint16_t)~HF_TASK_STATE_OPEN;
    if (is_denial(record) && !is_blind(audit, record, task)) task->flags |= HF_TASK_IS_DENIED;
    if (BIT(record->state) & ENDS) close_task(audit, record, task);
}

/* ---- runs, as the hosts have them ---- */

/* The task of a record that says what its host does before it runs: there is none, or the record is
 * wrong, when the answer is NULL. */
static HfAuditTask *not_yet_run(HfAudit *audit, const HfRecord *record, const char *what)
{
    HfAuditTask *task = hf_audit__find_task(audit, record);
    gboolean is_again = task != NULL && (record->type == HF_RECORD_TASK_BEGUN
                                             ? task->end == HF_TASK_STARTING
                                             : (task->flags & HF_TASK_PREPARES) != 0);
    if (task != NULL && task->host == record->agent && !(task->flags & HF_TASK_WAS_RUN) &&
        !is_again)
        return task;
    g_autofree char *name = hf_audit__host_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                    "task %" G_GUINT64_FORMAT " %s on host %s, and %s", (guint64)record->id, what,
                    name,
                    task == NULL                  ? "was never launched, or has ended"
                    : task->host != record->agent ? "was launched elsewhere"
                    : is_again                    ? "did before"
                                                  : "has run before");
    return NULL;
}

/* It waits for what it needs: once, where it was launched. */
void hf_audit__on_task_prepares(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = not_yet_run(audit, record, "prepares");
    if (task != NULL) task->flags |= HF_TASK_PREPARES;
}

/* Its own executor is begun: once, where it was launched. */
void hf_audit__on_task_begun(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = not_yet_run(audit, record, "begins");
    if (task == NULL) return;
    task->end = HF_TASK_STARTING;
    task->begun_at = record->at;
    task->stop_by = record->value < 0 ? HF_TIME_NEVER : hf_time_add(record->at, record->value);
}

void hf_audit__on_task_started(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = hf_audit__find_task(audit, record);
    g_autofree char *name = NULL;
    if (G_UNLIKELY(task == NULL || task->host != record->agent ||
                   task->flags & (HF_TASK_WAS_RUN | HF_TASK_IS_DENIED))) {
        name = hf_audit__host_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "task %" G_GUINT64_FORMAT " starts on host %s %s", (guint64)record->id,
                        name,
                        task == NULL                       ? "and was never launched, or has ended"
                        : task->flags & HF_TASK_IS_RUNNING ? "and runs already"
                        : task->flags & HF_TASK_WAS_RUN    ? "and has run before"
                        : task->flags & HF_TASK_IS_DENIED  ? "whose agent was said not to have it"
                                                           : "and was launched elsewhere");
        return;
    }
    HfAuditHost *host = hf_audit__host(audit, record->agent);
    if (host->is_down) {
        name = hf_audit__host_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                        "task %" G_GUINT64_FORMAT " starts on host %s, which is down",
                        (guint64)record->id, name);
        return;
    }
    if (!hf_audit__is_same(audit, &task->resources, record->resources)) {
        g_autofree char *was = hf_audit__text(audit, &task->resources);
        g_autofree char *is = hf_audit__text(audit, record->resources);
        hf_audit__break(audit, HF_INVARIANT_CONSERVATION, record,
                        "task %" G_GUINT64_FORMAT " was launched with %s and runs with %s",
                        (guint64)record->id, was, is);
        return;
    }
    if (G_UNLIKELY(task->end == HF_TASK_STARTING && task->stop_by != record->at)) {
        name = hf_audit__host_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "task %" G_GUINT64_FORMAT " starts on host %s, and its executor %s",
                        (guint64)record->id, name,
                        task->stop_by == HF_TIME_NEVER ? "hangs"
                                                       : "was to register at another time");
        return;
    }
    task->flags |= HF_TASK_IS_RUNNING | HF_TASK_WAS_RUN;
    task->stop_by = HF_TIME_NEVER;
    hf_audit__count_member(audit, task->framework, task->job, 1);
    host->runs++;
}

static void overdue(HfAudit *audit, const HfRecord *record, const HfAuditTask *task)
{
    g_autofree char *host = hf_audit__host_name(audit, task->host);
    hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                    "task %" G_GUINT64_FORMAT " on host %s was to stop by %" G_GINT64_FORMAT
                    " ns and did not",
                    (guint64)task->id, host, (gint64)task->stop_by);
}

void hf_audit__on_task_stopping(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = hf_audit__find_task(audit, record);
    if (task != NULL && task->flags & HF_TASK_IS_RUNNING && task->host == record->agent &&
        record->value >= 0 && record->value <= task->stop_by - record->at) {
        task->stop_by = record->at + record->value;
        return;
    }
    g_autofree char *host = hf_audit__host_name(audit, record->agent);
    hf_audit__break(
        audit, HF_INVARIANT_TASKS, record,
        "task %" G_GUINT64_FORMAT " is told on host %s to stop and %s", (guint64)record->id, host,
        task != NULL && task->flags & HF_TASK_IS_RUNNING ? "runs elsewhere, or was to stop sooner"
                                                         : "does not run");
}

void hf_audit__finish_stops(HfAudit *audit)
{
    for (guint32 i = 0; i < audit->tasks.count && audit->breach == NULL; i++) {
        const HfAuditTask *task = &audit->tasks.at[i];
        if (task->flags & HF_TASK_IS_RUNNING && task->stop_by < audit->last)
            overdue(audit,
                    &(HfRecord){.agent = task->host, .framework = task->framework, .id = task->id},
                    task);
    }
}

void hf_audit__on_task_ended(HfAudit *audit, const HfRecord *record)
{
    HfAuditTask *task = hf_audit__find_task(audit, record);
    if (G_UNLIKELY(task == NULL || !(task->flags & HF_TASK_IS_RUNNING) ||
                   task->host != record->agent ||
                   !hf_task_state_is_terminal((HfTaskState)record->state))) {
        g_autofree char *host = hf_audit__host_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_TASKS, record,
                        "task %" G_GUINT64_FORMAT " ends on host %s and %s", (guint64)record->id,
                        host,
                        task != NULL && task->flags & HF_TASK_IS_RUNNING
                            ? "runs elsewhere, or in no terminal state"
                            : "does not run");
        return;
    }
    task->flags &= (uint16_t)~HF_TASK_IS_RUNNING;
    if (record->at > task->stop_by) overdue(audit, record, task);
    hf_audit__count_member(audit, task->framework, task->job, -1);
    task->end = (uint8_t)record->state;
    hf_audit__host(audit, record->agent)->runs--;
    forget_if_over(audit, task);
}
