/* What the files of the agent share; see agent.h. */
#ifndef HF_CONTROL_AGENT_INTERNAL_H
#define HF_CONTROL_AGENT_INTERNAL_H

#include "control/agent.h"

static inline HfPeer hf_agent__self(const HfAgent *agent)
{
    return (HfPeer){HF_PEER_AGENT, agent->host};
}

/* An executor has been begun, or will be at once: it may be late. */
static inline void hf_agent__await_executor(const HfAgent *agent, HfTime now, HfOutbox *out)
{
    HfTime timeout = agent->config->executor_registration_timeout;
    if (G_UNLIKELY(timeout != HF_TIME_NEVER))
        hf_outbox_timer(out, hf_time_add(now, timeout), HF_AGENT_TIMER_EXECUTORS, agent->life);
}

/* agent.c */
/* How long to wait for an acknowledgement after so many repetitions. */
HfTime hf_agent__retry_wait(const HfAgent *agent, uint8_t retries);
void hf_agent__arm_retry(HfAgent *agent, HfTime at, HfOutbox *out);
void hf_agent__begin_registration(HfAgent *agent, HfTime now, HfOutbox *out);
/* A row, zero but for what names it. */
HfAgentTask *hf_agent__add_task(HfAgent *agent, uint32_t framework, uint64_t id);
/* The room goes, and all in it. */
void hf_agent__clear_tasks(HfAgent *agent);
/* NULL when there is none. */
HfAgentTask *hf_agent__search_task(const HfAgent *agent, uint32_t framework, uint64_t id);
/* The same, most likely in this seat, as of HfTaskStatus. */
static inline HfAgentTask *hf_agent__find_task(const HfAgent *agent, uint32_t framework,
                                               uint64_t id, uint32_t seat)
{
    if (G_LIKELY(seat - 1 < agent->tasks.used)) {
        HfAgentTask *task = &agent->tasks.at[seat - 1];
        if (G_LIKELY(task->id == id && task->framework == framework)) return task;
    }
    return hf_agent__search_task(agent, framework, id);
}
static inline uint32_t hf_agent__seat_of(const HfAgent *agent, const HfAgentTask *task)
{
    return (uint32_t)(task - agent->tasks.at) + 1;
}
void hf_agent__forget_task(HfAgent *agent, HfAgentTask *task);
/* Tell the executor of a task to end it; `grace` as of HfMessage. */
void hf_agent__kill(const HfAgent *agent, const HfAgentTask *task, HfTime grace, HfOutbox *out);
/* The tasks of a RUN_TASK or RUN_TASK_GROUP are not run; the report of each is as reliable as any
 * other update. */
void hf_agent__refuse_tasks(HfAgent *agent, const HfMessage *in, HfTaskReason reason, HfTime now,
                            HfOutbox *out);
/* A task's state changes: it is told to the master, now or when its turn comes. */
void hf_agent__update(HfAgent *agent, HfAgentTask *task, HfTaskState state, HfTime now,
                      HfOutbox *out);

/* agent_executors.c: how a task ends whose executor does */
typedef enum HfExecutorEnd {
    HF_EXECUTOR_ENDED,
    HF_EXECUTOR_LATE,    /* it has not registered in time */
    HF_EXECUTOR_NOT_BACK /* nor come back to the next process of its agent */
} HfExecutorEnd;
void hf_agent__lose_task(HfAgent *agent, HfAgentTask *task, HfExecutorEnd why, HfTime now,
                         HfOutbox *out);

/* agent_life.c */
/* The process ends here and now; it must act no more in this step. */
void hf_agent__die(HfAgent *agent, HfAgentDeath why);
void hf_agent__on_executor_back(HfAgent *agent, const HfMessage *in);
void hf_agent__on_recovered(HfAgent *agent, HfTime now, HfOutbox *out);
void hf_agent__on_shutdown(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out);

/* agent_executors.c */
/* A task with an executor: which of the agent's is to run it, in `executor_out`, as HfAgentTask has
 * it. FALSE when it was refused. */
gboolean hf_agent__find_its_executor(HfAgent *agent, HfTime now, const HfMessage *in,
                                     uint16_t *executor_out, HfOutbox *out);
/* Its task was refused: if the master thinks that an executor was begun for it, it was not. */
void hf_agent__deny_executor(const HfAgent *agent, const HfMessage *in, HfOutbox *out);
void hf_agent__report_executors(const HfAgent *agent, HfMessage *message);
void hf_agent__on_executor_exited(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_agent__on_shutdown_executor(HfAgent *agent, const HfMessage *in, HfOutbox *out);
/* A task is to run by an executor, as HfAgentTask has it: at once, or when that has registered. */
void hf_agent__give_task(HfAgent *agent, HfTime now, uint16_t executor, const HfMessage *in,
                         const HfTaskInfo *info, HfOutbox *out);
void hf_agent__on_executor_registered(HfAgent *agent, HfTime now, const HfMessage *in,
                                      HfOutbox *out);
/* A task that waits for its executor is killed with its group: TRUE when it is one. */
gboolean hf_agent__kill_queued(HfAgent *agent, const HfAgentTask *task, HfTime now, HfOutbox *out);
/* Those that were begun and are late are killed. */
void hf_agent__on_executors_timer(HfAgent *agent, HfTime now, HfOutbox *out);
/* All of a framework are told to end. */
void hf_agent__shut_down_executors(HfAgent *agent, uint32_t framework, HfOutbox *out);
/* All are destroyed, and nothing is said of them. */
void hf_agent__destroy_executors(HfAgent *agent, HfOutbox *out);
/* The process is gone: those that do not outlive it are, or all of them. */
void hf_agent__lose_executors(HfAgent *agent, gboolean with_disk);
/* The process is back: none has come back to it yet. How many may. */
uint32_t hf_agent__disconnect_executors(HfAgent *agent);
void hf_agent__on_that_executor_back(HfAgent *agent, const HfMessage *in);
/* Those that did not come back are over, and their tasks have failed already. */
void hf_agent__give_up_executors(HfAgent *agent, HfOutbox *out);
/* A task of the executor is forgotten: it may have been the last that kept its row. */
void hf_agent__release_executor(HfAgent *agent, uint16_t executor);
gboolean hf_agent__has_executors(const HfAgent *agent);

/* agent_drain.c */
void hf_agent__on_drain(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out);
/* The process is back: a drain that it found on its disk goes on. */
void hf_agent__resume_drain(HfAgent *agent, HfTime now, HfOutbox *out);
/* A task or an operation is over: was it the last? */
void hf_agent__check_drained(HfAgent *agent);
/* How a task that was killed ends while the agent drains. */
HfTaskState hf_agent__drained_state(const HfAgent *agent, const HfAgentTask *task,
                                    HfTaskState state);

#endif
