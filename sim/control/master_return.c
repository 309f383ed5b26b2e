/*
 * What an agent that comes back brings with it: tasks and executors that are entered into the book
 * again, and those that are not wanted any more and are stopped.
 *
 * Source: Mesos 1.11 Master::__reregisterSlave, Master::reconcileKnownSlave,
 * Master::recoverFramework.
 */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

static HfPeer host_of(const HfMaster *master, uint32_t agent)
{
    return (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host};
}

static gboolean is_there(const HfMaster *master, uint32_t framework)
{
    return framework < master->frameworks.count &&
           hf_master__is_there(&master->frameworks.at[framework]);
}

/* The agent runs what is in no book: its framework is gone, or was told that the task is lost. */
static void stop_task(const HfMaster *master, const HfTaskReport *report, HfPeer agent,
                      HfOutbox *out)
{
    HfMessage *message = hf_outbox_send(
        out,
        is_there(master, report->framework) ? HF_MESSAGE_KILL_TASK : HF_MESSAGE_SHUTDOWN_FRAMEWORK,
        self, agent);
    message->framework = report->framework;
    message->task = report->task;
    message->grace = HF_TIME_NEVER; /* what its framework asked for is not remembered */
}

/*
 * The agent has an executor that is in no book. Its framework is gone; or it was struck off when
 * the connection broke (Mesos does not think of agents that live through that, and would let it go
 * on); or it had not been begun when the agent registered before. Only the last is left to itself.
 */
static void stop_executor(const HfMaster *master, uint32_t row, const HfExecutorReport *report,
                          HfOutbox *out)
{
    if (!is_there(master, report->framework))
        hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_FRAMEWORK, self, host_of(master, row))->framework =
            report->framework;
    else if (!master->frameworks.at[report->framework].checkpoint)
        hf_master__shut_down(master, report->framework, row, report->info->id, out);
}

static void stop_unwanted_executors(HfMaster *master, uint32_t row, const HfMessage *in,
                                    HfOutbox *out)
{
    for (guint32 i = 0; i < in->executors.count; i++) {
        const HfExecutorReport *report = &in->executors.at[i];
        if (!is_there(master, report->framework) ||
            hf_master__find_executor(master, report->framework, row, report->info->id) == NO_ROW)
            stop_executor(master, row, report, out);
    }
}

/* An agent of the book is back: kills it may have missed, and tasks that were given up meanwhile.
 */
void hf_master__stop_unwanted(HfMaster *master, uint32_t row, const HfMessage *in, HfOutbox *out)
{
    stop_unwanted_executors(master, row, in, out);
    for (guint32 i = 0; i < in->reports.count; i++) {
        const HfTaskReport *report = &in->reports.at[i];
        if (hf_task_state_is_terminal(report->state)) continue;
        uint32_t task = is_there(master, report->framework)
                            ? hf_master__find_task(master, report->framework, report->task)
                            : NO_ROW;
        if (task == NO_ROW || master->tasks.at[task].agent != row ||
            master->tasks.at[task].is_kill_wanted)
            stop_task(master, report, in->from, out);
    }
}

/*
 * Enter a task that runs on into the book again. Its framework is told if it was told before that
 * the task is out of reach. One that ended while no master knew of it is entered as it is; its
 * update is still to come.
 */
static void readd_task(HfMaster *master, HfTime now, uint32_t row, const HfTaskReport *report,
                       gboolean is_told, HfOutbox *out)
{
    uint32_t task = hf_master__add_task(master, report->framework, row, report->role, report->task,
                                        report->state, report->resources);
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_LAUNCHED,
                                      .agent = row,
                                      .framework = report->framework,
                                      .role = report->role,
                                      .id = report->task,
                                      .resources = hf_parcel_resources(report->resources),
                                      .parcel = report->resources});
    if (report->state != HF_TASK_STAGING)
        hf_master__record_task(&master->tasks.at[task], now, HF_REASON_SLAVE_REREGISTERED, out);
    if (!is_told) return;
    hf_master__tell_task(master, report->framework,
                         &(HfTaskStatus){.framework = report->framework,
                                         .task = report->task,
                                         .state = report->state,
                                         .reason = HF_REASON_SLAVE_REREGISTERED,
                                         .agent = row,
                                         .host = master->agents.at[row].host},
                         out);
}

/* Is the framework there, and does the era take back what it has on an agent that was away? */
static gboolean takes_back(const HfMaster *master, uint32_t framework, HfAgentStanding before)
{
    return is_there(master, framework) &&
           (before == HF_STANDING_RECOVERED || hf_master__has(master, HF_RULE_TASKS_RETURN) ||
            master->frameworks.at[framework].capabilities & HF_CAPABILITY_PARTITION_AWARE);
}

/* And is its id not in use? */
static gboolean may_return(HfMaster *master, const HfTaskReport *report, HfAgentStanding before)
{
    return takes_back(master, report->framework, before) &&
           !hf_master__has_task(master, report->framework, report->task);
}

/* Take what a task has, allocation role apart; FALSE when it is not all there. Any number of tasks
 * may use a shared volume, which stays. */
static gboolean take_plain(const HfMaster *master, HfResources *left, const HfResources *held)
{
    HfResources plain = {0}, alone = {0};
    hf_resources_copy(master->catalog, &plain, held);
    hf_resources_unallocate(master->catalog, &plain);
    gboolean is_there = hf_resources_contains(master->catalog, left, &plain);
    hf_resources_non_shared(master->catalog, &plain, &alone);
    if (is_there) hf_resources_subtract(master->catalog, left, &alone);
    hf_resources_clear(master->catalog, &plain);
    hf_resources_clear(master->catalog, &alone);
    return is_there;
}

/* Tasks that ended before their agent was back with this master, and of which the update is still
 * to come: they hold nothing. First of all, for others may have what they had. */
static void readd_ended(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                        HfOutbox *out)
{
    for (guint32 i = 0; i < in->reports.count; i++) {
        const HfTaskReport *report = &in->reports.at[i];
        if (!hf_task_state_is_terminal(report->state) || report->resources == NULL ||
            !may_return(master, report, HF_STANDING_RECOVERED))
            continue;
        HfResources total = {0};
        hf_resources_copy(master->catalog, &total, master->agents_more.at[row].total);
        if (take_plain(master, &total, hf_parcel_resources(report->resources)))
            readd_task(master, now, row, report, FALSE, out);
        hf_resources_clear(master->catalog, &total);
    }
}

/* Frameworks that this master has not heard of before. */
static void recover_framework(HfMaster *master, HfTime now, uint32_t framework,
                              const HfFrameworkInfo *about, HfOutbox *out)
{
    if (about != NULL && framework < master->frameworks.count &&
        master->frameworks.at[framework].standing == HF_FRAMEWORK_UNKNOWN)
        hf_master__recover_framework(master, now, framework, about, out);
}

static void recover_frameworks(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    for (guint32 i = 0; i < in->reports.count; i++)
        recover_framework(master, now, in->reports.at[i].framework, in->reports.at[i].about, out);
    for (guint32 i = 0; i < in->executors.count; i++)
        recover_framework(master, now, in->executors.at[i].framework, in->executors.at[i].about,
                          out);
}

typedef struct Return {
    HF_VEC(HfHolding) used; /* borrowed from the message */
    HfResources left;
} Return;

static void note_used(Return *r, uint32_t framework, uint32_t agent, HfRoleId role,
                      const HfResources *held)
{
    hf_vec_push(
        &r->used,
        (HfHolding){.framework = framework, .agent = agent, .role = role, .resources = held});
}

/* Executors come back with their agent, as tasks do. */
static void readd_executors(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                            HfAgentStanding before, Return *r, HfOutbox *out)
{
    for (guint32 i = 0; i < in->executors.count; i++) {
        const HfExecutorReport *report = &in->executors.at[i];
        const HfResources *held = hf_executor_info_resources(report->info);
        if (takes_back(master, report->framework, before) && take_plain(master, &r->left, held)) {
            hf_master__add_executor(master, now, report->framework, row, report->role, report->info,
                                    out);
            if (!hf_resources_is_empty(held))
                note_used(r, report->framework, row, report->role, held);
        } else if (is_there(master, report->framework)) {
            hf_master__shut_down(master, report->framework, row, report->info->id, out);
        } else {
            stop_executor(master, row, report, out);
        }
    }
}

/*
 * An unreachable agent is back, or one of an earlier master: its tasks that run on are entered
 * again. Those of which the update of the end is still to come are not. A task whose id is in use
 * again, or that does not fit beside the others (the order to stop it was lost), is stopped.
 */
void hf_master__take_back(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                          HfAgentStanding before, HfOutbox *out)
{
    recover_frameworks(master, now, in, out);
    if (before == HF_STANDING_RECOVERED) readd_ended(master, now, row, in, out);
    Return r = {0};
    hf_resources_copy(master->catalog, &r.left, master->agents_more.at[row].total);
    readd_executors(master, now, row, in, before, &r, out);
    for (guint32 i = 0; i < in->reports.count; i++) {
        const HfTaskReport *report = &in->reports.at[i];
        if (hf_task_state_is_terminal(report->state)) continue;
        if (may_return(master, report, before) &&
            take_plain(master, &r.left, hf_parcel_resources(report->resources))) {
            readd_task(master, now, row, report, before != HF_STANDING_RECOVERED, out);
            note_used(&r, report->framework, row, report->role,
                      hf_parcel_resources(report->resources));
        } else {
            stop_task(master, report, in->from, out);
        }
    }
    hf_master__tell_allocator(master, now, row, r.used.at, r.used.count);
    hf_resources_clear(master->catalog, &r.left);
    hf_vec_clear(&r.used);
}
