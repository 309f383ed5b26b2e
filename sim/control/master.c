/*
 * The master: its life, what it does with a message or a timer, and what others may look at. What
 * it knows is in master_frameworks.c, master_agents.c, master_offers.c, master_accept.c,
 * master_operations.c, master_executors.c and master_tasks.c; master_check.c recounts it.
 *
 * Invariant: for each agent the resources of its outstanding offers, of its tasks that still hold
 * theirs and of its executors are exactly what the allocator has handed out there (hf_master_check
 * recounts it).
 */
#include "control/master_internal.h"

#include "base/assert.h"

void hf_master_config_init(HfMasterConfig *config)
{
    *config = (HfMasterConfig){
        .allocation_interval = HF_NS_PER_SECOND,
        .offer_timeout = HF_TIME_NEVER,
        .agent_ping_timeout = 15 * HF_NS_PER_SECOND,
        .max_agent_ping_timeouts = 5,
        .agent_reregister_timeout = 10 * HF_NS_PER_MINUTE,
        .agent_capabilities = HF_AGENT_CAPABILITY_ALL,
        .registry_store_timeout = 20 * HF_NS_PER_SECOND,
        .registry_gc_interval = 15 * HF_NS_PER_MINUTE,
        .registry_limits = {14 * 24 * HF_NS_PER_HOUR, 102400},
        .recovery_agent_removal_limit = 1,
    };
}

HfMaster *hf_master_new(HfCatalog *catalog, HfAllocator *allocator, const HfMasterConfig *config)
{
    HF_ASSERT(config->allocation_interval > 0 && config->agent_ping_timeout > 0);
    HF_ASSERT(config->registry_gc_interval > 0);
    HfMaster *master = g_new0(HfMaster, 1);
    master->catalog = catalog;
    master->allocator = allocator;
    master->config = *config;
    return master;
}

void hf_master_free(HfMaster *master)
{
    if (master == NULL) return;
    for (guint32 i = 0; i < master->offers.count; i++)
        hf_parcel_drop(master->catalog, &master->offers.at[i].resources);
    for (guint32 i = 0; i < master->tasks.count; i++)
        hf_parcel_drop(master->catalog, &master->tasks.at[i].resources);
    for (guint32 i = 0; i < master->executors.count; i++)
        hf_executor_info_drop(master->catalog, &master->executors.at[i].info);
    for (guint32 i = 0; i < master->frameworks.count; i++) {
        g_free(master->frameworks.at[i].name);
        g_free(master->frameworks.at[i].roles);
        hf_vec_clear(&master->frameworks.at[i].unreachable);
    }
    for (guint32 i = 0; i < master->agents.count; i++) {
        hf_resources_clear(master->catalog, master->agents_more.at[i].total);
        g_free(master->agents_more.at[i].total);
    }
    hf_offer_list_clear(master->catalog, &master->allocated);
    for (guint32 i = 0; i < master->quotas.count; i++) {
        hf_quantities_clear(&master->quotas.at[i].guarantees);
        hf_limits_clear(&master->quotas.at[i].limits);
    }
    for (guint32 i = 0; i < master->machines.count; i++) g_free(master->machines.at[i].hostname);
    for (guint32 i = 0; i < master->answers.count; i++) g_free(master->answers.at[i].why);
    hf_vec_clear(&master->answers);
    hf_vec_clear(&master->waiting); /* messages in it are the pool's */
    hf_vec_clear(&master->writing);
    hf_master_registry_clear(&master->registry);
    hf_slots_clear(&master->inverse_slots);
    hf_vec_clear(&master->inverse);
    hf_vec_clear(&master->quotas);
    hf_vec_clear(&master->machines);
    hf_slots_clear(&master->executor_slots);
    hf_vec_clear(&master->executors);
    hf_slots_clear(&master->operation_slots);
    hf_vec_clear(&master->operations);
    hf_vec_clear(&master->vacant_offers);
    hf_vec_clear(&master->offer_links);
    hf_vec_clear(&master->vacant_tasks);
    hf_vec_clear(&master->offers);
    hf_vec_clear(&master->tasks);
    hf_vec_clear(&master->agents);
    hf_vec_clear(&master->agents_more);
    hf_vec_clear(&master->frameworks);
    hf_vec_clear(&master->deadlines);
    hf_vec_clear(&master->found);
    hf_map64_clear(&master->task_rows.map);
    hf_map64_clear(&master->unreachable_tasks);
    hf_map64_clear(&master->agent_of_host);
    hf_allocator_free(master->allocator);
    g_free(master);
}

void hf_master__want_run(HfMaster *master, HfTime now, HfOutbox *out)
{
    if (master->is_run_pending || !hf_allocator_wants_run(master->allocator)) return;
    if (!hf_master__has(master, HF_RULE_BATCHED_RUNS)) {
        hf_allocator_run(master->allocator, now, &master->allocated);
        hf_master__send_offers(master, now, out);
        return;
    }
    /* Behind the messages already queued for this instant, as Mesos dispatches it: triggers
     * coalesce. */
    master->is_run_pending = TRUE;
    hf_outbox_timer(out, now, HF_MASTER_TIMER_RUN, 0);
}

static void arm_batch(HfMaster *master, HfTime now, HfOutbox *out)
{
    hf_outbox_timer(out, now + master->config.allocation_interval, HF_MASTER_TIMER_BATCH, 0);
    hf_allocator_batch_armed(master->allocator);
}

void hf_master_start(HfMaster *master, HfTime now, HfOutbox *out)
{
    master->led_since = now;
    master->are_quotas_told = FALSE;
    arm_batch(master, now, out);
}

uint32_t hf_master_prefetch(const HfMaster *master, const HfMessage *in, uint32_t step)
{
    switch (in->type) {
    case HF_MESSAGE_STATUS_UPDATE:
        if (step == 0) {
            hf_master__prefetch_reported(master, in->status.place);
            if (in->agent < master->agents.count) __builtin_prefetch(&master->agents.at[in->agent]);
        }
        if (hf_task_state_is_terminal(in->status.latest))
            hf_allocator_prefetch(master->allocator, in->agent, (int)step);
        break;
    case HF_MESSAGE_ACKNOWLEDGE:
        if (step == 0) {
            hf_master__prefetch_reported(master, in->status.place);
            if (in->agent < master->agents.count) __builtin_prefetch(&master->agents.at[in->agent]);
            return in->status.host;
        } else if (step == 1 && hf_task_state_is_terminal(in->status.state)) {
            hf_master__prefetch_forgotten(master, in->status.place);
        }
        break;
    case HF_MESSAGE_ACCEPT:
        return hf_master__prefetch_offers(master, in, step);
    default:
        break;
    }
    return HF_ROW_NONE;
}

uint32_t hf_master_prefetch_end(const HfMaster *master, uint32_t place, uint32_t agent,
                                uint32_t step)
{
    if (step == 0) {
        hf_master__prefetch_reported(master, place);
        return 0;
    }
    if (step == 1 && agent < master->agents.count) __builtin_prefetch(&master->agents.at[agent], 1);
    hf_allocator_prefetch(master->allocator, agent, (int)step - 1);
    if (step == 2) hf_master__prefetch_forgotten(master, place);
    return place - 1 < master->tasks.count ? master->tasks.at[place - 1].tag : 0;
}

/* What does not come for each task. */
static __attribute__((noinline)) void on_others(HfMaster *master, HfTime now, const HfMessage *in,
                                                HfOutbox *out)
{
    switch (in->type) {
    case HF_MESSAGE_SUBSCRIBE:
        hf_master__on_subscribe(master, now, in, out);
        break;
    case HF_MESSAGE_UPDATE_FRAMEWORK:
        hf_master__on_update_framework(master, now, in, out);
        break;
    case HF_MESSAGE_ACCEPT_INVERSE_OFFERS:
    case HF_MESSAGE_DECLINE_INVERSE_OFFERS:
        hf_master__on_inverse_answer(master, now, in, out);
        break;
    case HF_MESSAGE_REVIVE:
        hf_master__on_revive(master, now, in, out, TRUE);
        break;
    case HF_MESSAGE_SUPPRESS:
        hf_master__on_revive(master, now, in, out, FALSE);
        break;
    case HF_MESSAGE_KILL:
        hf_master__on_kill(master, now, in, out);
        break;
    case HF_MESSAGE_TEARDOWN:
        hf_master__on_teardown(master, now, in->framework, out);
        break;
    case HF_MESSAGE_REGISTER_AGENT:
        hf_master__on_register(master, now, in, out);
        break;
    case HF_MESSAGE_REREGISTER_AGENT:
        hf_master__on_reregister(master, now, in, out);
        break;
    case HF_MESSAGE_EXITED_EXECUTOR:
        hf_master__on_exited_executor(master, now, in, out);
        break;
    case HF_MESSAGE_SHUTDOWN:
        hf_master__on_shutdown(master, in, out);
        break;
    case HF_MESSAGE_OPERATION_STATUS:
        hf_master__on_operation_status(master, now, in, out);
        break;
    case HF_MESSAGE_ACKNOWLEDGE_OPERATION:
        hf_master__on_acknowledge_operation(master, now, in, out);
        break;
    case HF_MESSAGE_RECONCILE_OPERATIONS:
        hf_master__on_reconcile_operations(master, now, in, out);
        break;
    case HF_MESSAGE_PONG:
        hf_master__on_pong(master, in);
        break;
    case HF_MESSAGE_RECONCILE:
        hf_master__on_reconcile(master, now, in, out);
        break;
    case HF_MESSAGE_EXITED:
        if (in->from.kind == HF_PEER_FRAMEWORK)
            hf_master__on_framework_exited(master, now, in, out);
        else
            hf_master__on_exited(master, now, in, out);
        break;
    case HF_MESSAGE_SILENT:
        hf_master__on_silent(master, now, in, out);
        break;
    case HF_MESSAGE_AUDIBLE:
        hf_master__on_audible(master, now, in, out);
        break;
    default:
        HF_ASSERT(!"a message that no master expects");
    }
}

/* Is it from the scheduler that the framework is known by? */
static inline gboolean is_known(const HfMaster *master, const HfMessage *in)
{
    return in->framework < master->frameworks.count &&
           master->frameworks.at[in->framework].standing == HF_FRAMEWORK_ACTIVE &&
           master->frameworks.at[in->framework].peer == in->from.row;
}

void hf_master_step(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HF_ASSERT(!master->is_down);
    if (in->from.kind == HF_PEER_FRAMEWORK && in->type != HF_MESSAGE_SUBSCRIBE &&
        !is_known(master, in)) {
        hf_master__turn_away(master, in, out);
        return;
    }
    switch (in->type) {
    case HF_MESSAGE_ACCEPT:
        hf_master__on_accept(master, now, in, out);
        break;
    case HF_MESSAGE_DECLINE:
        hf_master__on_decline(master, now, in, out);
        break;
    case HF_MESSAGE_ACKNOWLEDGE:
        hf_master__on_acknowledge(master, now, in, out);
        break;
    case HF_MESSAGE_STATUS_UPDATE:
        hf_master__on_status_update(master, now, in, out);
        break;
    default:
        on_others(master, now, in, out);
    }
    hf_master__want_run(master, now, out);
}

void hf_master_timer(HfMaster *master, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out)
{
    HF_ASSERT(!master->is_down);
    switch (kind) {
    case HF_MASTER_TIMER_BATCH:
        hf_allocator_batch(master->allocator, now, &master->allocated);
        hf_master__send_offers(master, now, out);
        arm_batch(master, now, out); /* the next interval starts when this run is complete */
        break;
    case HF_MASTER_TIMER_RUN:
        master->is_run_pending = FALSE;
        hf_allocator_run(master->allocator, now, &master->allocated);
        hf_master__send_offers(master, now, out);
        break;
    case HF_MASTER_TIMER_OFFERS:
        hf_master__on_offer_timeouts(master, now, out);
        break;
    case HF_MASTER_TIMER_SILENCE:
        hf_master__on_silence_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_REREGISTER:
        hf_master__on_reregister_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_FAILOVER:
        hf_master__on_failover_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_REMOVAL:
        hf_master__on_removal_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_PING:
        hf_master__on_ping_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_WRITTEN:
        hf_master__on_written_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_STORED:
        hf_master__on_stored_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_STORE_LATE:
        hf_master__on_store_late_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_RECOVERED:
        hf_master__on_recovered_timer(master, now, out);
        break;
    case HF_MASTER_TIMER_GC:
        hf_master__on_gc_timer(master, now, out);
        break;
    default:
        HF_ASSERT(!"a timer that no master armed");
    }
    if (G_UNLIKELY(master->is_down)) return;
    hf_master__want_run(master, now, out);
}

/* ---- looking in ---- */

HfAllocator *hf_master_allocator(HfMaster *master)
{
    return master->allocator;
}

const HfMasterRegistry *hf_master_registry(const HfMaster *master)
{
    return &master->registry;
}

uint32_t hf_master_changes_waiting(const HfMaster *master)
{
    return master->waiting.count + master->writing.count;
}

void hf_master__add_counters(HfAllocatorCounters *sum, const HfAllocatorCounters *more)
{
    sum->runs += more->runs;
    sum->agents_visited += more->agents_visited;
    sum->frameworks_tried += more->frameworks_tried;
    sum->filter_checks += more->filter_checks;
    sum->offers += more->offers;
    sum->filters_made += more->filters_made;
    sum->filters_expired += more->filters_expired;
    sum->words_scanned += more->words_scanned;
}

HfAllocatorCounters hf_master_allocator_counters(const HfMaster *master)
{
    HfAllocatorCounters sum = master->counters;
    HfAllocatorCounters now = hf_allocator_counters(master->allocator);
    hf_master__add_counters(&sum, &now);
    return sum;
}

gboolean hf_master_take_answer(HfMaster *master, HfCallAnswer *answer_out)
{
    if (G_LIKELY(master->answers.count == 0)) return FALSE;
    *answer_out = master->answers.at[0];
    hf_vec_remove(&master->answers, 0);
    return TRUE;
}

void hf_master_offers_of(HfMaster *master, uint32_t agent, HfOfferSink sink, void *context)
{
    HF_ASSERT(agent < master->agents.count);
    for (uint32_t row = hf_master__first_offer(master, agent); row != NO_ROW;
         row = hf_master__next_offer(master, row)) {
        const HfOfferRow *offer = &master->offers.at[row];
        sink(context, hf_master__framework_of(offer), offer->role,
             hf_parcel_resources(offer->resources));
    }
}

uint32_t hf_master_agents(const HfMaster *master)
{
    return master->agents.count;
}

uint32_t hf_master_frameworks(const HfMaster *master)
{
    return master->frameworks.count;
}

uint32_t hf_master_agent_host(const HfMaster *master, uint32_t agent)
{
    HF_ASSERT(agent < master->agents.count);
    return master->agents.at[agent].host;
}

const char *hf_master_agent_name(const HfMaster *master, uint32_t agent)
{
    return agent < master->agents.count ? master->agents_more.at[agent].name : NULL;
}

const char *hf_master_framework_name(const HfMaster *master, uint32_t framework)
{
    return framework < master->frameworks.count ? master->frameworks.at[framework].name : NULL;
}

gboolean hf_master_framework_is_removed(const HfMaster *master, uint32_t framework)
{
    return framework < master->frameworks.count &&
           master->frameworks.at[framework].standing == HF_FRAMEWORK_COMPLETED;
}

uint32_t hf_master_framework_peer(const HfMaster *master, uint32_t framework)
{
    HF_ASSERT(framework < master->frameworks.count);
    return master->frameworks.at[framework].peer;
}

gboolean hf_master_agent_is_registered(const HfMaster *master, uint32_t agent)
{
    return agent < master->agents.count &&
           master->agents.at[agent].standing == HF_STANDING_REGISTERED;
}

uint32_t hf_master_offers_outstanding(const HfMaster *master)
{
    return master->live_offers;
}

uint32_t hf_master_host_of(HfMaster *master, uint32_t framework, uint64_t task)
{
    if (!hf_master__has_task(master, framework, task)) return HF_ROW_NONE;
    uint32_t row = hf_master__find_task(master, framework, task);
    return master->agents.at[master->tasks.at[row].agent].host;
}

uint32_t hf_master_tasks(const HfMaster *master)
{
    return hf_master__live_tasks(master);
}

size_t hf_master_memory(const HfMaster *master)
{
    return master->offers.room * sizeof(HfOfferRow) + master->tasks.room * sizeof(HfTaskRow) +
           master->agents.room * sizeof(HfAgentRow) +
           master->agents_more.room * sizeof(HfAgentMore) +
           master->operations.room * sizeof(HfOperationRow) +
           master->executors.room * sizeof(HfExecutorRow) + master->task_rows.map.room * 12 +
           (master->vacant_offers.room + master->vacant_tasks.room) * 4 +
           master->offer_links.room * sizeof(HfOfferLinks) +
           master->deadlines.room * sizeof(HfOfferDeadline);
}
