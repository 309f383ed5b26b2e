/*
 * The agent's side of draining: it ends its tasks, with no more grace than operators allow, and
 * refuses others until nothing is left. That it drains is written down beside its id, so it goes on
 * when the process is started again.
 *
 * An executor that goes on without tasks keeps an agent from having drained, as in Mesos: the
 * master takes it for drained, and an agent that is reactivated meanwhile refuses tasks.
 *
 * Source: Mesos 1.11 Slave::drain, Slave::statusUpdate, Slave::updateDrainStatus. There a task that
 * is being killed is already told to be GONE_BY_OPERATOR with TASK_KILLING, while it still runs;
 * here when it has ended.
 */
#include "control/agent_internal.h"

/* A task without a kill policy gets all that the operator allows, not what its executor would give
 * it; one whose own is shorter keeps it. */
static HfTime grace_of(const HfAgent *agent, const HfAgentTask *task)
{
    if (task->has_kill_grace && task->kill_grace <= agent->drain_grace) return HF_TIME_NEVER;
    return agent->drain_grace;
}

static void kill_tasks(HfAgent *agent, HfTime now, HfOutbox *out)
{
    for (const HfAgentTask *task = NULL; (task = hf_agent_next_task(agent, task)) != NULL;)
        if (!hf_task_state_is_terminal(task->state) &&
            !hf_agent__kill_queued(agent, task, now, out))
            hf_agent__kill(agent, task, grace_of(agent, task), out);
}

void hf_agent__check_drained(HfAgent *agent)
{
    if (G_UNLIKELY(agent->drain != HF_AGENT_DRAIN_NONE) && agent->tasks.count == 0 &&
        agent->operations.count == 0 && !hf_agent__has_executors(agent))
        agent->drain = HF_AGENT_DRAIN_NONE;
}

void hf_agent__on_drain(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->agent != agent->id) return; /* for the agent that it was before it was shut down */
    agent->drain = in->task != 0 ? HF_AGENT_DRAIN_GONE : HF_AGENT_DRAIN_GOING;
    agent->drain_grace = in->grace;
    kill_tasks(agent, now, out);
    hf_agent__check_drained(agent);
}

void hf_agent__resume_drain(HfAgent *agent, HfTime now, HfOutbox *out)
{
    if (agent->drain == HF_AGENT_DRAIN_NONE) return;
    kill_tasks(agent, now, out);
    hf_agent__check_drained(agent);
}

HfTaskState hf_agent__drained_state(const HfAgent *agent, const HfAgentTask *task,
                                    HfTaskState state)
{
    gboolean is_aware =
        task->about != NULL && task->about->capabilities & HF_CAPABILITY_PARTITION_AWARE;
    return state == HF_TASK_KILLED && agent->drain == HF_AGENT_DRAIN_GONE && is_aware
               ? HF_TASK_GONE_BY_OPERATOR
               : state;
}
