/*
 * The agent's executors: those that frameworks bring with them. One is begun with the first task
 * that names it. Until it registers, its tasks wait here, and if it does not in time it is killed;
 * what waits is lost with the agent's process. It stays until it ends by itself, is shut down, or
 * does not come back to the agent's next process. Then its tasks are over, the master is told
 * (EXITED_EXECUTOR, once: when that is lost, the next registration does not name it), and its row
 * stays until the last update of its tasks is acknowledged; till then no other may be begun under
 * its id.
 *
 * While the agent registers, what it says arrives behind the request that names the executor. Mesos
 * says it then whenever there is a master to say it to. An id is all that says which executor is
 * meant, though, and a master that saw the connection break has struck off those of frameworks
 * without checkpointing: it may have launched another of that id meanwhile, and would strike off
 * that. So of those the agent says it to a master that is new to it, whose book begins with the
 * request, and to no other; one that did not see the break keeps it until the next registration. A
 * master that is still writing the agent down hears nothing of it either, as in Mesos ("Ignoring
 * exited executor .. on unknown agent").
 *
 * Source: Mesos 1.11 Slave::__run, Slave::subscribe, Slave::registerExecutorTimeout,
 * Slave::reregisterExecutorTimeout, Slave::executorTerminated, Slave::_shutdownExecutor.
 */
#include "base/assert.h"
#include "control/agent_internal.h"

static const HfPeer master = {HF_PEER_MASTER, 0};

/* executors.count when there is none. */
static guint32 find(const HfAgent *agent, uint32_t framework, uint32_t id)
{
    guint32 i = 0;
    while (i < agent->executors.count &&
           (agent->executors.at[i].info == NULL || agent->executors.at[i].info->id != id ||
            agent->executors.at[i].framework != framework))
        i++;
    return i;
}

static gboolean has_tasks(const HfAgent *agent, uint16_t executor)
{
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        if (task->executor == executor) return TRUE;
    return FALSE;
}

static gboolean is_open(const HfAgentExecutor *executor)
{
    return executor->stage == HF_EXECUTOR_RUNS || executor->stage == HF_EXECUTOR_REGISTERING;
}

/* The waiting task i is not going to be run. */
static void unqueue(HfCatalog *catalog, HfAgentExecutor *executor, guint32 i)
{
    hf_parcel_drop(catalog, &executor->queued.at[i].resources);
    hf_vec_remove(&executor->queued, i);
}

static void drop_queue(HfCatalog *catalog, HfAgentExecutor *executor)
{
    while (executor->queued.count > 0) unqueue(catalog, executor, executor->queued.count - 1);
    hf_vec_clear(&executor->queued);
}

static void drop_executor(HfCatalog *catalog, HfAgentExecutor *executor)
{
    drop_queue(catalog, executor);
    hf_executor_info_drop(catalog, &executor->info);
}

static void free_row(HfAgent *agent, guint32 row)
{
    drop_executor(agent->config->catalog, &agent->executors.at[row]);
    hf_agent__check_drained(agent);
}

void hf_agent__release_executor(HfAgent *agent, uint16_t executor)
{
    const HfAgentExecutor *of = &agent->executors.at[executor - 1];
    if (of->info != NULL && of->stage == HF_EXECUTOR_TERMINATED && !has_tasks(agent, executor))
        free_row(agent, executor - 1);
}

gboolean hf_agent__has_executors(const HfAgent *agent)
{
    for (guint32 i = 0; i < agent->executors.count; i++)
        if (agent->executors.at[i].info != NULL) return TRUE;
    return FALSE;
}

/* ---- what the master is told ---- */

static void tell_exited(const HfAgent *agent, uint32_t framework, uint32_t id, HfOutbox *out)
{
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_EXITED_EXECUTOR, hf_agent__self(agent), master);
    message->agent = agent->id;
    message->framework = framework;
    message->executor = id;
}

void hf_agent__deny_executor(const HfAgent *agent, const HfMessage *in, HfOutbox *out)
{
    if (in->info.executor != NULL && in->launch == HF_EXECUTOR_NEW &&
        agent->state == HF_AGENT_REGISTERED)
        tell_exited(agent, in->framework, in->info.executor->id, out);
}

/* One that is over holds nothing, and is not named. */
void hf_agent__report_executors(const HfAgent *agent, HfMessage *message)
{
    for (guint32 i = 0; i < agent->executors.count; i++) {
        const HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL || executor->stage == HF_EXECUTOR_TERMINATED) continue;
        hf_vec_push(&message->executors,
                    (HfExecutorReport){.framework = executor->framework,
                                       .role = executor->role,
                                       .about = executor->about,
                                       .info = hf_executor_info_ref(executor->info)});
    }
}

/* ---- how one ends ---- */

static void say_shutdown(const HfAgent *agent, const HfAgentExecutor *executor, HfTime grace,
                         HfOutbox *out)
{
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_EXECUTOR_SHUTDOWN, hf_agent__self(agent),
                                        (HfPeer){HF_PEER_EXECUTOR, agent->host});
    message->framework = executor->framework;
    message->executor = executor->info->id;
    message->grace = grace;
}

static void shut_down(const HfAgent *agent, HfAgentExecutor *executor, HfOutbox *out)
{
    if (!is_open(executor)) return;
    executor->stage = HF_EXECUTOR_TERMINATING;
    say_shutdown(agent, executor,
                 executor->info->has_shutdown_grace ? executor->info->shutdown_grace
                                                    : agent->config->executor_shutdown_grace,
                 out);
}

void hf_agent__shut_down_executors(HfAgent *agent, uint32_t framework, HfOutbox *out)
{
    for (guint32 i = 0; i < agent->executors.count; i++)
        if (agent->executors.at[i].info != NULL && agent->executors.at[i].framework == framework)
            shut_down(agent, &agent->executors.at[i], out);
}

void hf_agent__on_shutdown_executor(HfAgent *agent, const HfMessage *in, HfOutbox *out)
{
    if (in->agent != agent->id) return;
    guint32 i = find(agent, in->framework, in->executor);
    if (i < agent->executors.count) shut_down(agent, &agent->executors.at[i], out);
}

/* Slave::sendExecutorTerminatedStatusUpdate. */
void hf_agent__lose_task(HfAgent *agent, HfAgentTask *task, HfExecutorEnd why, HfTime now,
                         HfOutbox *out)
{
    static const HfTaskReason reasons[] = {
        [HF_EXECUTOR_ENDED] = HF_REASON_EXECUTOR_TERMINATED,
        [HF_EXECUTOR_LATE] = HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT,
        [HF_EXECUTOR_NOT_BACK] = HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT};
    HfTaskState state = HF_TASK_FAILED;
    gboolean is_aware =
        task->about != NULL && task->about->capabilities & HF_CAPABILITY_PARTITION_AWARE;
    task->reason = (uint8_t)reasons[why];
    if (agent->config->verdicts_are_old) {
        task->reason =
            task->executor == 0 ? HF_REASON_COMMAND_EXECUTOR_FAILED : HF_REASON_EXECUTOR_TERMINATED;
        if (task->executor != 0) state = HF_TASK_LOST;
    } else if (why == HF_EXECUTOR_NOT_BACK) {
        state = is_aware ? HF_TASK_GONE : HF_TASK_LOST;
    }
    hf_agent__update(agent, task, state, now, out);
}

/* Is the executor of that id the one that the master would take it for? See above. */
static gboolean may_tell_exited(const HfAgent *agent, const HfAgentExecutor *executor)
{
    if (agent->state == HF_AGENT_REGISTERED) return TRUE;
    return agent->state == HF_AGENT_REGISTERING &&
           (executor->is_checkpointed || agent->has_new_master);
}

/* It is there no more, and so neither is what it ran. */
static void terminate(HfAgent *agent, HfTime now, guint32 row, HfExecutorEnd why, HfOutbox *out)
{
    HfAgentExecutor *executor = &agent->executors.at[row];
    executor->stage = HF_EXECUTOR_TERMINATED;
    drop_queue(agent->config->catalog, executor);
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        if (task->executor == row + 1 && !hf_task_state_is_terminal(task->state))
            hf_agent__lose_task(agent, task, why, now, out);
    }
    if (may_tell_exited(agent, executor))
        tell_exited(agent, executor->framework, executor->info->id, out);
    hf_agent__release_executor(agent, (uint16_t)(row + 1));
}

void hf_agent__on_executor_exited(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    guint32 i = find(agent, in->framework, in->executor);
    if (i < agent->executors.count && agent->executors.at[i].stage != HF_EXECUTOR_TERMINATED)
        terminate(agent, now, i, HF_EXECUTOR_ENDED, out);
}

void hf_agent__destroy_executors(HfAgent *agent, HfOutbox *out)
{
    for (guint32 i = 0; i < agent->executors.count; i++) {
        HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL) continue;
        if (executor->stage != HF_EXECUTOR_TERMINATED) say_shutdown(agent, executor, 0, out);
        executor->stage = HF_EXECUTOR_TERMINATED;
        hf_agent__release_executor(agent, (uint16_t)(i + 1));
    }
}

/* ---- the agent's process goes and comes back ---- */

void hf_agent__lose_executors(HfAgent *agent, gboolean with_disk)
{
    for (guint32 i = 0; i < agent->executors.count; i++) {
        HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL) continue;
        drop_queue(agent->config->catalog, executor);
        if (executor->is_checkpointed && !with_disk) continue;
        HF_ASSERT(!has_tasks(agent, (uint16_t)(i + 1)));
        drop_executor(agent->config->catalog, executor);
    }
}

uint32_t hf_agent__disconnect_executors(HfAgent *agent)
{
    uint32_t running = 0;
    for (guint32 i = 0; i < agent->executors.count; i++) {
        HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL || executor->stage == HF_EXECUTOR_TERMINATED) continue;
        executor->is_connected = FALSE;
        running++;
    }
    return running;
}

void hf_agent__on_that_executor_back(HfAgent *agent, const HfMessage *in)
{
    guint32 i = find(agent, in->framework, in->executor);
    if (i == agent->executors.count) return;
    agent->executors.at[i].is_connected = TRUE;
    if (agent->executors.at[i].stage == HF_EXECUTOR_REGISTERING)
        agent->executors.at[i].stage = HF_EXECUTOR_RUNS;
}

void hf_agent__give_up_executors(HfAgent *agent, HfOutbox *out)
{
    for (guint32 i = 0; i < agent->executors.count; i++) {
        HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL || executor->stage == HF_EXECUTOR_TERMINATED ||
            executor->is_connected)
            continue;
        say_shutdown(agent, executor, 0, out);
        executor->stage = HF_EXECUTOR_TERMINATED;
        hf_agent__release_executor(agent, (uint16_t)(i + 1));
    }
}

/* ---- launches ---- */

static guint32 begin(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    guint32 row = 0;
    while (row < agent->executors.count && agent->executors.at[row].info != NULL) row++;
    HF_ASSERT(row < UINT16_MAX);
    if (row == agent->executors.count) hf_vec_push_zero(&agent->executors);
    agent->executors.at[row] = (HfAgentExecutor){.info = hf_executor_info_ref(in->info.executor),
                                                 .framework = in->framework,
                                                 .role = in->role,
                                                 .stage = HF_EXECUTOR_REGISTERING,
                                                 .is_checkpointed = in->checkpoint != FALSE,
                                                 .is_connected = TRUE,
                                                 .begun_at = now,
                                                 .about = in->about};
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_EXECUTOR_BEGIN, hf_agent__self(agent),
                                        (HfPeer){HF_PEER_EXECUTOR, agent->host});
    message->framework = in->framework;
    message->agent = agent->id;
    message->checkpoint = in->checkpoint;
    message->info = (HfTaskInfo){.executor = hf_executor_info_ref(in->info.executor)};
    hf_agent__await_executor(agent, now, out);
    return row;
}

static void launch(const HfAgent *agent, const HfAgentExecutor *executor, const HfTaskInfo *info,
                   HfOutbox *out)
{
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_EXECUTOR_LAUNCH, hf_agent__self(agent),
                                        (HfPeer){HF_PEER_EXECUTOR, agent->host});
    message->framework = executor->framework;
    message->agent = agent->id;
    message->about = executor->about;
    message->checkpoint = executor->is_checkpointed;
    const HfAgentTask *task = hf_agent__search_task(agent, executor->framework, info->id);
    HF_ASSERT(task != NULL); /* it was entered with the order, and what waits goes with it */
    message->status.place = task->place;
    message->status.seat = hf_agent__seat_of(agent, task);
    hf_task_info_copy(&message->info, info);
    hf_executor_info_drop(out->catalog, &message->info.executor);
    message->info.executor = hf_executor_info_ref(executor->info);
}

void hf_agent__give_task(HfAgent *agent, HfTime now, uint16_t executor, const HfMessage *in,
                         const HfTaskInfo *info, HfOutbox *out)
{
    HfAgentExecutor *to = &agent->executors.at[executor - 1];
    HfTaskInfo task = *info;
    task.executor = NULL;
    task.group = in->type == HF_MESSAGE_RUN_TASK_GROUP ? in->tasks.at[0].id : 0;
    if (to->stage == HF_EXECUTOR_RUNS) {
        launch(agent, to, &task, out);
        return;
    }
    hf_parcel_ref(task.resources);
    hf_vec_push(&to->queued, task);
}

/* Mesos from 1.5 on (MESOS-8411) shuts one down that has no tasks left to run when it registers. */
void hf_agent__on_executor_registered(HfAgent *agent, HfTime now, const HfMessage *in,
                                      HfOutbox *out)
{
    guint32 i = find(agent, in->framework, in->executor);
    if (i == agent->executors.count) return;
    HfAgentExecutor *executor = &agent->executors.at[i];
    if (executor->stage != HF_EXECUTOR_REGISTERING) return; /* it was told to end */
    executor->stage = HF_EXECUTOR_RUNS;
    if (executor->queued.count == 0) shut_down(agent, executor, out);
    for (guint32 k = 0; k < executor->queued.count; k++)
        launch(agent, executor, &executor->queued.at[k], out);
    drop_queue(agent->config->catalog, executor);
}

/* Which of those that wait for their executors it is; UINT32_MAX = none. */
static guint32 find_queued(const HfAgent *agent, const HfAgentTask *task)
{
    if (G_LIKELY(task->executor == 0)) return UINT32_MAX;
    const HfAgentExecutor *executor = &agent->executors.at[task->executor - 1];
    for (guint32 i = 0; i < executor->queued.count; i++)
        if (executor->queued.at[i].id == task->id) return i;
    return UINT32_MAX;
}

/* Slave::kill: a group that was not delivered is killed as a whole. */
gboolean hf_agent__kill_queued(HfAgent *agent, const HfAgentTask *task, HfTime now, HfOutbox *out)
{
    guint32 at = find_queued(agent, task);
    if (G_LIKELY(at == UINT32_MAX)) return FALSE;
    HfAgentExecutor *executor = &agent->executors.at[task->executor - 1];
    uint64_t group = executor->queued.at[at].group, id = task->id;
    for (guint32 i = executor->queued.count; i-- > 0;) {
        const HfTaskInfo *info = &executor->queued.at[i];
        if (info->id != id && (group == 0 || info->group != group)) continue;
        HfAgentTask *killed = hf_agent__search_task(agent, executor->framework, info->id);
        unqueue(agent->config->catalog, executor, i);
        killed->reason = agent->drain != HF_AGENT_DRAIN_NONE ? HF_REASON_SLAVE_DRAINING
                                                             : HF_REASON_TASK_KILLED_DURING_LAUNCH;
        hf_agent__update(agent, killed, hf_agent__drained_state(agent, killed, HF_TASK_KILLED), now,
                         out);
    }
    return TRUE;
}

/* Slave::registerExecutorTimeout. One without tasks may be late as well. A task without an executor
 * of its framework's is run by one of its own, which has registered when the task runs. */
void hf_agent__on_executors_timer(HfAgent *agent, HfTime now, HfOutbox *out)
{
    HfTime timeout = agent->config->executor_registration_timeout;
    for (guint32 i = 0; i < agent->executors.count; i++) {
        HfAgentExecutor *executor = &agent->executors.at[i];
        if (executor->info == NULL || executor->stage != HF_EXECUTOR_REGISTERING ||
            now - executor->begun_at < timeout)
            continue;
        say_shutdown(agent, executor, 0, out);
        terminate(agent, now, i, HF_EXECUTOR_LATE, out);
    }
    for (HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;) {
        if (task->executor != 0 || task->state != HF_TASK_STAGING || !task->is_connected ||
            now - task->sent_at < timeout)
            continue;
        hf_agent__kill(agent, task, 0, out);
        hf_agent__lose_task(agent, task, HF_EXECUTOR_LATE, now, out);
    }
}

gboolean hf_agent__find_its_executor(HfAgent *agent, HfTime now, const HfMessage *in,
                                     uint16_t *executor_out, HfOutbox *out)
{
    guint32 row = find(agent, in->framework, in->info.executor->id);
    gboolean is_there = row < agent->executors.count;
    HfAgentExecutor *executor = is_there ? &agent->executors.at[row] : NULL;
    gboolean is_wrong = (is_there && !is_open(executor)) ||
                        (in->launch == HF_EXECUTOR_NEW && is_there) ||
                        (in->launch == HF_EXECUTOR_RUNNING && !is_there);
    if (!is_wrong) {
        *executor_out = (uint16_t)(1 + (is_there ? row : begin(agent, now, in, out)));
        return TRUE;
    }
    hf_agent__refuse_tasks(agent, in, HF_REASON_EXECUTOR_TERMINATED, now, out);
    if (in->launch != HF_EXECUTOR_NEW) return FALSE;
    if (executor->stage == HF_EXECUTOR_TERMINATED)
        hf_agent__deny_executor(agent, in, out); /* the master was told before, and may have it */
    else
        shut_down(agent, executor, out); /* the master knows nothing of it */
    return FALSE;
}
