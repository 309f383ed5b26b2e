/*
 * What a framework that asks is told of its tasks; and the tasks out of reach, which the master
 * remembers for that.
 * Source: Mesos 1.11 Master::reconcile, Master::_reconcileTasks; MESOS.md 4.2.
 */
#include "control/master_internal.h"

#include "base/assert.h"

/* ---- tasks out of reach ---- */

static void forget(HfMaster *master, uint32_t framework, guint32 i)
{
    HfFrameworkRow *row = &master->frameworks.at[framework];
    hf_map64_remove(&master->unreachable_tasks,
                    hf_master__task_key(framework, row->unreachable.at[i]));
    hf_vec_remove(&row->unreachable, i);
}

void hf_master__remember_unreachable(HfMaster *master, uint32_t framework, uint64_t task,
                                     uint32_t agent)
{
    HfFrameworkRow *row = &master->frameworks.at[framework];
    if (row->unreachable.count == HF_UNREACHABLE_TASKS) forget(master, framework, 0);
    hf_vec_push(&row->unreachable, task);
    hf_map64_set(&master->unreachable_tasks, hf_master__task_key(framework, task), agent);
}

void hf_master__forget_unreachable(HfMaster *master, uint32_t agent)
{
    if (master->unreachable_tasks.count == 0) return;
    for (uint32_t f = 0; f < master->frameworks.count; f++) {
        const HfFrameworkRow *row = &master->frameworks.at[f];
        for (guint32 i = row->unreachable.count; i-- > 0;)
            if (hf_master__unreachable_on(master, f, row->unreachable.at[i]) == agent)
                forget(master, f, i);
    }
}

/* ---- answers ---- */

static void tell(HfMaster *master, uint32_t framework, uint64_t task, uint32_t agent,
                 HfTaskState state, HfOutbox *out)
{
    hf_master__tell_task(
        master, framework,
        &(HfTaskStatus){.framework = framework,
                        .task = task,
                        .state = state,
                        .reason = HF_REASON_RECONCILIATION,
                        .agent = agent,
                        .host = agent != NO_ROW ? master->agents.at[agent].host : HF_ROW_NONE},
        out);
}

static void tell_known(HfMaster *master, uint32_t row, HfOutbox *out)
{
    const HfTaskRow *task = &master->tasks.at[row];
    tell(master, task->framework, task->id, task->agent, (HfTaskState)task->state, out);
}

/* The agent (NO_ROW: any) may bring the task: nothing is said before it is back, or given up
 * (Master::Slaves::transitioning). */
static gboolean is_in_transition(const HfMaster *master, uint32_t agent)
{
    if (agent == NO_ROW) return master->recovered > 0;
    return agent < master->agents.count &&
           (master->agents.at[agent].standing == HF_STANDING_RECOVERED ||
            hf_master__is_storing(master, HF_EFFECT_READMIT, agent, NO_ROW) ||
            hf_master__is_storing(master, HF_EFFECT_UNREACHABLE, agent, NO_ROW));
}

/* What becomes of a task that is in no book, by where it should be; UNREACHABLE and so on are told
 * to those who know partitions, the others hear TASK_LOST. */
static void tell_unknown(HfMaster *master, const HfTaskReport *asked, uint32_t framework,
                         HfOutbox *out)
{
    uint32_t agent = hf_master__unreachable_on(master, framework, asked->task);
    if (is_in_transition(master, agent == NO_ROW ? asked->agent : agent)) return;
    if (agent == NO_ROW && asked->agent < master->agents.count) agent = asked->agent;
    HfTaskState state = HF_TASK_UNKNOWN;
    if (agent != NO_ROW) {
        switch ((HfAgentStanding)master->agents.at[agent].standing) {
        case HF_STANDING_REGISTERED:
        case HF_STANDING_DISCONNECTED:
            state = HF_TASK_GONE;
            break;
        case HF_STANDING_UNREACHABLE:
            state = HF_TASK_UNREACHABLE;
            break;
        case HF_STANDING_GONE:
            state = HF_TASK_GONE_BY_OPERATOR;
            break;
        case HF_STANDING_RECOVERED: /* answered before */
        case HF_STANDING_REMOVED:
        case HF_STANDING_UNKNOWN:
            break;
        }
    }
    tell(master, framework, asked->task, agent, hf_master__state_for(master, framework, state),
         out);
}

void hf_master__on_reconcile(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->reports.count == 0) { /* implicit: all that is known */
        guint32 count = hf_master__find_tasks(master, in->framework);
        for (guint32 i = 0; i < count; i++) tell_known(master, master->found.at[i].row, out);
        return;
    }
    for (guint32 i = 0; i < in->reports.count; i++) {
        uint32_t task = hf_master__find_task(master, in->framework, in->reports.at[i].task);
        if (task != NO_ROW)
            tell_known(master, task, out);
        else
            tell_unknown(master, &in->reports.at[i], in->framework, out);
    }
}
