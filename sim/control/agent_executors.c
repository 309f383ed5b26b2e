/*
 * The agent's executors: those that frameworks bring with them. One is begun with the first task
 * that names it, and stays until it ends by itself, is shut down, or does not come back to the
 * agent's next process. Then its tasks have failed, the master is told (EXITED_EXECUTOR, once: when
 * that is lost, the next registration does not name it), and its row stays until the last update of
 * its tasks is acknowledged; till then no other may be begun under its id.
 *
 * Source: Mesos 1.11 Slave::__run, Slave::executorTerminated, Slave::_shutdownExecutor.
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
    for (guint32 i = 0; i < agent->tasks.count; i++)
        if (agent->tasks.at[i].executor == executor) return TRUE;
    return FALSE;
}

static void free_row(HfAgent *agent, guint32 row)
{
    hf_executor_info_drop(agent->config->catalog, &agent->executors.at[row].info);
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
    if (agent->state != HF_AGENT_REGISTERED) return;
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_EXITED_EXECUTOR, hf_agent__self(agent), master);
    message->agent = agent->id;
    message->framework = framework;
    message->executor = id;
}

void hf_agent__deny_executor(const HfAgent *agent, const HfMessage *in, HfOutbox *out)
{
    if (in->info.executor != NULL && in->launch == HF_EXECUTOR_NEW)
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
    if (executor->stage != HF_EXECUTOR_RUNS) return;
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

/* It is there no more: what it ran has failed. */
static void terminate(HfAgent *agent, HfTime now, guint32 row, HfOutbox *out)
{
    HfAgentExecutor *executor = &agent->executors.at[row];
    executor->stage = HF_EXECUTOR_TERMINATED;
    for (guint32 i = 0; i < agent->tasks.count; i++) {
        HfAgentTask *task = &agent->tasks.at[i];
        if (task->executor != row + 1 || hf_task_state_is_terminal(task->state)) continue;
        task->reason = HF_REASON_EXECUTOR_TERMINATED;
        hf_agent__update(agent, task, HF_TASK_FAILED, now, out);
    }
    tell_exited(agent, executor->framework, executor->info->id, out);
    hf_agent__release_executor(agent, (uint16_t)(row + 1));
}

void hf_agent__on_executor_exited(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    guint32 i = find(agent, in->framework, in->executor);
    if (i < agent->executors.count && agent->executors.at[i].stage != HF_EXECUTOR_TERMINATED)
        terminate(agent, now, i, out);
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
        if (executor->info == NULL || (executor->is_checkpointed && !with_disk)) continue;
        HF_ASSERT(!has_tasks(agent, (uint16_t)(i + 1)));
        hf_executor_info_drop(agent->config->catalog, &executor->info);
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
    if (i < agent->executors.count) agent->executors.at[i].is_connected = TRUE;
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

static guint32 begin(HfAgent *agent, const HfMessage *in)
{
    guint32 row = 0;
    while (row < agent->executors.count && agent->executors.at[row].info != NULL) row++;
    HF_ASSERT(row < UINT16_MAX);
    if (row == agent->executors.count) hf_vec_push_zero(&agent->executors);
    agent->executors.at[row] = (HfAgentExecutor){.info = hf_executor_info_ref(in->info.executor),
                                                 .framework = in->framework,
                                                 .role = in->role,
                                                 .is_checkpointed = in->checkpoint != FALSE,
                                                 .is_connected = TRUE,
                                                 .about = in->about};
    return row;
}

gboolean hf_agent__find_its_executor(HfAgent *agent, HfTime now, const HfMessage *in,
                                     uint16_t *executor_out, HfOutbox *out)
{
    guint32 row = find(agent, in->framework, in->info.executor->id);
    gboolean is_there = row < agent->executors.count;
    HfAgentExecutor *executor = is_there ? &agent->executors.at[row] : NULL;
    gboolean is_wrong = (is_there && executor->stage != HF_EXECUTOR_RUNS) ||
                        (in->launch == HF_EXECUTOR_NEW && is_there) ||
                        (in->launch == HF_EXECUTOR_RUNNING && !is_there);
    if (!is_wrong) {
        *executor_out = (uint16_t)(1 + (is_there ? row : begin(agent, in)));
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
