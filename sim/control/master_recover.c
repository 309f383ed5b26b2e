/*
 * The end of a master, and the beginning of the next. One HfMaster stands for all the masters that
 * lead a cluster one after another: what outlives them is the registry, and the numbers from which
 * ids are made (Mesos puts the master's uuid into them), so that no id is ever given out twice.
 * Everything else is forgotten; agents and schedulers bring it back.
 *
 * A master that has lost its leadership ends itself (Mesos: "committing suicide"), and what it sent
 * before arrives at nobody who listens: hosts drop messages of an earlier reign.
 *
 * Source: Mesos 1.11 Master::recover, Master::recoveredSlavesTimeout, Master::recoverFramework;
 * MESOS.md 4.6.
 */
#include "base/assert.h"
#include "control/master_internal.h"

/* ---- the end ---- */

static void forget_offers(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    uint32_t offer;
    while ((offer = hf_master__first_offer(master, row)) != NO_ROW) {
        hf_master__record_offer(master, offer, now, HF_RECORD_OFFER_RESCINDED, -1, out);
        hf_master__drop_offer(master, offer);
    }
}

static void forget_tasks(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    while (master->agents.at[row].first_task != NO_ROW) {
        uint32_t t = master->agents.at[row].first_task;
        HfTaskRow *task = &master->tasks.at[t];
        if (task->is_holding)
            hf_master__record(out, (HfRecord){.at = now,
                                              .type = HF_RECORD_TASK_FORGOTTEN,
                                              .agent = row,
                                              .framework = task->framework,
                                              .role = task->role,
                                              .id = task->id,
                                              .resources = hf_parcel_resources(task->resources),
                                              .parcel = task->resources});
        task->is_holding = FALSE;
        hf_master__forget_task(master, t);
    }
}

/* The agent is given up first, so that nothing goes back to the allocator. */
static void forget_executors(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    while (master->agents_more.at[row].first_executor != NO_ROW)
        hf_master__remove_executor(master, now, master->agents_more.at[row].first_executor,
                                   HF_REASON_NONE, out);
}

static void forget_agent(HfMaster *master, uint32_t row)
{
    HfAgentRow *agent = &master->agents.at[row];
    HfAgentMore *more = &master->agents_more.at[row];
    HF_ASSERT(more->operations == 0);
    agent->standing = HF_STANDING_UNKNOWN;
    more->epoch++;
    hf_master__end_silence(agent);
    agent->drain = HF_DRAIN_NONE;
    agent->is_deactivated = agent->is_gone_when_drained = agent->is_overheld = FALSE;
    more->missed = agent->ponged = 0;
}

/* Its name stays, for those who look in. */
static void forget_framework(HfMaster *master, uint32_t row)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    framework->standing = HF_FRAMEWORK_UNKNOWN;
    framework->epoch++;
    hf_vec_reset(&framework->unreachable);
}

static void forget_settings(HfMaster *master)
{
    for (guint32 i = 0; i < master->quotas.count; i++) {
        hf_quantities_clear(&master->quotas.at[i].guarantees);
        hf_limits_clear(&master->quotas.at[i].limits);
    }
    for (guint32 i = 0; i < master->machines.count; i++) g_free(master->machines.at[i].hostname);
    hf_vec_reset(&master->quotas);
    hf_vec_reset(&master->machines);
    hf_vec_reset(&master->deadlines);
    master->deadline_head = 0;
    master->is_run_pending = master->is_gc_armed = FALSE;
    master->next_permit = 0;
    master->recovered = master->to_recover = 0;
}

void hf_master__end(HfMaster *master, HfTime now, HfMasterEnd why, HfOutbox *out)
{
    HF_ASSERT(!master->is_down);
    master->is_down = TRUE;
    master->end = why;
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_MASTER_LOST,
                                      .agent = HF_ROW_NONE,
                                      .framework = HF_ROW_NONE,
                                      .value = why});
    hf_offer_list_reset(master->catalog, &master->allocated);
    hf_master__forget_operations(master);
    for (guint32 row = 0; row < master->agents.count; row++) {
        forget_offers(master, now, row, out);
        forget_tasks(master, now, row, out);
        forget_agent(master, row);
        forget_executors(master, now, row, out);
    }
    for (guint32 row = 0; row < master->inverse.count; row++)
        if (master->inverse.at[row].is_live) hf_master__drop_inverse(master, row);
    HF_ASSERT(master->live_offers + hf_master__live_tasks(master) + master->executor_slots.live ==
              0);
    for (guint32 row = 0; row < master->frameworks.count; row++) forget_framework(master, row);
    hf_map64_clear(&master->unreachable_tasks);
    hf_map64_clear(&master->agent_of_host);
    forget_settings(master);
    hf_master__drop_storing(master, now, out);
}

void hf_master_crash(HfMaster *master, HfTime now, HfOutbox *out)
{
    hf_master__end(master, now, HF_MASTER_END_CRASH, out);
}

gboolean hf_master_is_down(const HfMaster *master)
{
    return master->is_down;
}

HfMasterEnd hf_master_end(const HfMaster *master)
{
    return master->end;
}

/* ---- the next one ---- */

static void recover_weights(HfMaster *master, HfTime now)
{
    for (guint32 i = 0; i < master->registry.weights.count; i++)
        hf_allocator_weight_set(master->allocator, now, master->registry.weights.at[i].role,
                                master->registry.weights.at[i].weight);
}

/* With quotas the allocator waits for most of the agents, or for a while (MESOS.md 3.6). */
static void recover_quotas(HfMaster *master, HfTime now)
{
    const HfMasterRegistry *registry = &master->registry;
    g_autofree HfRoleQuota *quotas = g_new0(HfRoleQuota, registry->quotas.count + 1);
    for (guint32 i = 0; i < registry->quotas.count; i++) {
        const HfQuotaConfig *stored = &registry->quotas.at[i];
        hf_vec_push_zero(&master->quotas);
        HfQuotaConfig *quota = hf_vec_last(&master->quotas);
        quota->role = stored->role;
        hf_quantities_copy(&quota->guarantees, &stored->guarantees);
        hf_limits_copy(&quota->limits, &stored->limits);
        quotas[i] = (HfRoleQuota){stored->role, &stored->guarantees, &stored->limits};
    }
    HfStatus status = hf_allocator_recover_quotas(master->allocator, now, registry->admitted,
                                                  quotas, registry->quotas.count);
    HF_ASSERT(status == HF_OK);
}

static void recover_machines(HfMaster *master)
{
    for (guint32 i = 0; i < master->registry.machines.count; i++) {
        HfRegistryMachine copy = master->registry.machines.at[i];
        copy.hostname = g_strdup(copy.hostname);
        hf_vec_push(&master->machines, copy);
    }
}

static void recover_agents(HfMaster *master, HfTime now, HfOutbox *out)
{
    static const HfAgentStanding standings[HF_REGISTRY_STANDINGS] = {
        [HF_REGISTRY_NONE] = HF_STANDING_UNKNOWN,
        [HF_REGISTRY_ADMITTED] = HF_STANDING_RECOVERED,
        [HF_REGISTRY_UNREACHABLE] = HF_STANDING_UNREACHABLE,
        [HF_REGISTRY_GONE] = HF_STANDING_GONE};
    const HfMasterRegistry *registry = &master->registry;
    for (guint32 row = 0; row < registry->agents.count; row++) {
        HfRegistryStanding standing = (HfRegistryStanding)registry->agents.at[row].standing;
        if (standing == HF_REGISTRY_NONE) continue;
        HfAgentRow *agent = &master->agents.at[row];
        const HfRegistryDrain *drain = hf_master_registry_drain(registry, row);
        agent->standing = standings[standing];
        agent->is_deactivated = drain != NULL;
        agent->drain = drain != NULL ? drain->drain : HF_DRAIN_NONE;
        agent->is_gone_when_drained = drain != NULL && drain->is_gone_when_drained;
        hf_master__record(out, (HfRecord){.at = now,
                                          .type = HF_RECORD_AGENT_RECOVERED,
                                          .state = (uint16_t)standing,
                                          .reason = drain != NULL,
                                          .agent = row,
                                          .framework = HF_ROW_NONE,
                                          .value = agent->host});
    }
    master->recovered = master->to_recover = registry->admitted;
}

void hf_master_lead(HfMaster *master, HfTime now, HfAllocator *allocator, HfOutbox *out)
{
    HF_ASSERT(master->is_down);
    HfAllocatorCounters counters = hf_allocator_counters(master->allocator);
    hf_master__add_counters(&master->counters, &counters);
    hf_allocator_free(master->allocator);
    master->allocator = allocator;
    master->is_down = FALSE;
    master->end = HF_MASTER_LEADS;
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_MASTER_ELECTED,
                                      .agent = HF_ROW_NONE,
                                      .framework = HF_ROW_NONE,
                                      .value = master->registry.admitted});
    recover_weights(master, now);
    recover_quotas(master, now);
    recover_machines(master);
    recover_agents(master, now, out);
    if (master->recovered > 0)
        hf_outbox_timer(out, hf_time_add(now, master->config.agent_reregister_timeout),
                        HF_MASTER_TIMER_RECOVERED, 0);
    hf_master_start(master, now, out);
    hf_master__arm_gc(master, now, out);
}

void hf_master__on_recovered_timer(HfMaster *master, HfTime now, HfOutbox *out)
{
    double missing = (double)master->recovered / (double)MAX(master->to_recover, 1);
    if (missing > master->config.recovery_agent_removal_limit) {
        hf_master__end(master, now, HF_MASTER_END_REMOVAL_LIMIT, out);
        return;
    }
    for (guint32 row = 0; row < master->agents.count; row++)
        if (master->agents.at[row].standing == HF_STANDING_RECOVERED &&
            !hf_master__is_storing(master, HF_EFFECT_READMIT, row, NO_ROW))
            hf_master__mark_unreachable(master, now, row, out);
}
