/*
 * The master's executors: those that frameworks bring with them. Each stands in the book from the
 * first task that is launched with it on an agent until the agent says that it ended, or brings it
 * no more when it registers again; all that time what it holds is allocated. The agent's other
 * tasks of that executor do not pay for it again.
 *
 * Master and agent may disagree for a while: an agent that registers again while an order to begin
 * one is on its way does not name it, so it is struck off; the next order to begin it ends the one
 * that the master knows nothing of (MESOS-1466, MESOS-1720). That is Mesos's way, and kept.
 *
 * Source: Mesos 1.11 Master::addExecutor, Master::removeExecutor, Master::isLaunchExecutor,
 * Master::exitedExecutor, Master::reconcileKnownSlave; src/master/validation.cpp.
 */
#include "control/master_internal.h"

#include "base/assert.h"
#include "resource/check.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

/* Less is an error for the executor of a group (MIN_CPUS, MIN_MEM); for others Mesos only warns. */
#define GROUP_CPUS_MILLI 10
#define GROUP_MEM_MILLI  32000

uint32_t hf_master__find_executor(const HfMaster *master, uint32_t framework, uint32_t agent,
                                  uint32_t id)
{
    uint32_t row = master->agents_more.at[agent].first_executor;
    while (row != NO_ROW && (master->executors.at[row].info->id != id ||
                             master->executors.at[row].framework != framework))
        row = master->executors.at[row].links.next_of_agent;
    return row;
}

static void record_executor(const HfExecutorRow *executor, HfTime now, HfRecordType type,
                            HfTaskReason why, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .reason = (uint16_t)why,
                                      .agent = executor->agent,
                                      .framework = executor->framework,
                                      .role = executor->role,
                                      .id = executor->info->id,
                                      .resources = hf_executor_info_resources(executor->info)});
}

uint32_t hf_master__add_executor(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                                 HfRoleId role, HfExecutorInfo *info, HfOutbox *out)
{
    HF_ASSERT(hf_master__find_executor(master, framework, agent, info->id) == NO_ROW);
    HfHandle handle = hf_slots_take(&master->executor_slots);
    if (handle.row == master->executors.count) hf_vec_push_zero(&master->executors);
    HfExecutorRow *executor = &master->executors.at[handle.row];
    executor->framework = framework;
    executor->agent = agent;
    executor->role = role;
    executor->number = ++master->numbers;
    executor->info = hf_executor_info_ref(info);
    LINK(master->executors.at, handle.row, &master->agents_more.at[agent].first_executor);
    record_executor(executor, now, HF_RECORD_EXECUTOR_LAUNCHED, HF_REASON_NONE, out);
    return handle.row;
}

void hf_master__remove_executor(HfMaster *master, HfTime now, uint32_t row, HfTaskReason why,
                                HfOutbox *out)
{
    HfExecutorRow *executor = &master->executors.at[row];
    record_executor(executor, now, HF_RECORD_EXECUTOR_REMOVED, why, out);
    const HfResources *held = hf_executor_info_resources(executor->info);
    /* The allocator forgets an agent that is given up, and all that was held there, in one go. */
    if (hf_master__is_held(&master->agents.at[executor->agent]) && !hf_resources_is_empty(held))
        hf_master__give_back(master, now, executor->framework, executor->agent, executor->role,
                             held, HF_NO_FILTER, TRUE);
    UNLINK(master->executors.at, row, &master->agents_more.at[executor->agent].first_executor);
    hf_executor_info_drop(master->catalog, &executor->info);
    hf_slots_give(&master->executor_slots,
                  (HfHandle){row, master->executor_slots.generation.at[row]});
}

void hf_master__remove_executors_on(HfMaster *master, HfTime now, uint32_t agent,
                                    gboolean checkpointed, HfOutbox *out)
{
    uint32_t next;
    for (uint32_t row = master->agents_more.at[agent].first_executor; row != NO_ROW; row = next) {
        next = master->executors.at[row].links.next_of_agent;
        if (checkpointed || !master->frameworks.at[master->executors.at[row].framework].checkpoint)
            hf_master__remove_executor(
                master, now, row,
                checkpointed ? HF_REASON_SLAVE_REMOVED : HF_REASON_SLAVE_DISCONNECTED, out);
    }
}

void hf_master__remove_executors_of(HfMaster *master, HfTime now, uint32_t framework, HfOutbox *out)
{
    guint32 count = hf_master__find_executors(master, framework);
    for (guint32 i = 0; i < count; i++) {
        uint32_t row = master->found.at[i].row;
        const HfAgentRow *agent = &master->agents.at[master->executors.at[row].agent];
        if (agent->standing == HF_STANDING_REGISTERED)
            hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_FRAMEWORK, self,
                           (HfPeer){HF_PEER_AGENT, agent->host})
                ->framework = framework;
        hf_master__remove_executor(master, now, row, HF_REASON_FRAMEWORK_REMOVED, out);
    }
}

/* ---- launches ---- */

static gboolean is_large_enough(const HfMaster *master, const HfResources *held)
{
    HfQuantities sum = {0};
    hf_resources_scalar_quantities(master->catalog, held, &sum);
    gboolean is_enough = hf_quantities_get(&sum, HF_KIND_CPUS) >= GROUP_CPUS_MILLI &&
                         hf_quantities_get(&sum, HF_KIND_MEM) >= GROUP_MEM_MILLI &&
                         hf_quantities_get(&sum, HF_KIND_DISK) > 0;
    hf_quantities_clear(&sum);
    return is_enough;
}

gboolean hf_master__may_use(const HfMaster *master, uint32_t framework, uint32_t agent,
                            HfRoleId role, HfExecutorInfo *wanted, gboolean by_group,
                            HfExecutorUse *use_out)
{
    HfCatalog *catalog = master->catalog;
    if (wanted->is_default && !by_group) return FALSE; /* 'ExecutorInfo.type' must be 'CUSTOM' */
    uint32_t row = hf_master__find_executor(master, framework, agent, wanted->id);
    if (row != NO_ROW &&
        !hf_executor_info_is(catalog, wanted, role, master->executors.at[row].info))
        return FALSE; /* "ExecutorInfo is not compatible with existing ExecutorInfo" */
    HfExecutorInfo *info = row != NO_ROW ? hf_executor_info_ref(master->executors.at[row].info)
                                         : hf_executor_info_allocate(catalog, wanted, role);
    const HfResources *held = hf_executor_info_resources(info);
    if (hf_resources_any(catalog, held, HF_META_SHARED) ||
        !hf_resources_check(catalog, held,
                            HF_RULE_DISK_INFO | HF_RULE_UNIQUE_PERSISTENCE | HF_RULE_REVOCABLE_MIX |
                                HF_RULE_ONE_ALLOCATION,
                            NULL) ||
        (by_group && !is_large_enough(master, held))) {
        hf_executor_info_drop(catalog, &info);
        return FALSE;
    }
    *use_out = (HfExecutorUse){.info = info, .is_new = row == NO_ROW};
    return TRUE;
}

/* ---- what agents and frameworks say ---- */

static void tell_exited(const HfMaster *master, uint32_t framework, uint32_t agent, uint32_t id,
                        HfOutbox *out)
{
    const HfFrameworkRow *row = &master->frameworks.at[framework];
    if (row->standing != HF_FRAMEWORK_ACTIVE) return; /* told at most once, and not kept */
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_FAILURE, self, (HfPeer){HF_PEER_FRAMEWORK, row->peer});
    message->framework = framework;
    message->agent = agent;
    message->executor = id;
}

/* The agent tells of its tasks for itself. */
void hf_master__on_exited_executor(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->agent >= master->agents.count || in->framework >= master->frameworks.count) return;
    const HfAgentRow *agent = &master->agents.at[in->agent];
    if (agent->host != in->from.row || !hf_master__is_held(agent)) return;
    uint32_t row = hf_master__find_executor(master, in->framework, in->agent, in->executor);
    if (row == NO_ROW) return;
    hf_master__remove_executor(master, now, row, HF_REASON_EXECUTOR_TERMINATED, out);
    tell_exited(master, in->framework, in->agent, in->executor, out);
}

/* Call SHUTDOWN: whatever the master knows of it. */
void hf_master__on_shutdown(const HfMaster *master, const HfMessage *in, HfOutbox *out)
{
    if (in->agent >= master->agents.count || !hf_master__is_held(&master->agents.at[in->agent]))
        return;
    hf_master__shut_down(master, in->framework, in->agent, in->executor, out);
}

void hf_master__shut_down(const HfMaster *master, uint32_t framework, uint32_t agent, uint32_t id,
                          HfOutbox *out)
{
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_EXECUTOR, self,
                                        (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host});
    message->framework = framework;
    message->agent = agent;
    message->executor = id;
}

static gboolean is_reported(const HfMessage *in, const HfExecutorRow *executor)
{
    for (guint32 i = 0; i < in->executors.count; i++)
        if (in->executors.at[i].info->id == executor->info->id &&
            in->executors.at[i].framework == executor->framework)
            return TRUE;
    return FALSE;
}

void hf_master__reconcile_executors(HfMaster *master, HfTime now, uint32_t agent,
                                    const HfMessage *in, HfOutbox *out)
{
    uint32_t next;
    for (uint32_t row = master->agents_more.at[agent].first_executor; row != NO_ROW; row = next) {
        next = master->executors.at[row].links.next_of_agent;
        if (!is_reported(in, &master->executors.at[row]))
            hf_master__remove_executor(master, now, row, HF_REASON_RECONCILIATION, out);
    }
}
