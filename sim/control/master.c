/*
 * The master's frameworks, offers and tasks; agents are in master_agents.c.
 *
 * Invariant: for each agent the resources of its outstanding offers and of its tasks that still
 * hold theirs are exactly what the allocator has handed out there (hf_master_check recounts it).
 */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

void hf_master_config_init(HfMasterConfig *config)
{
    *config = (HfMasterConfig){
        .allocation_interval = HF_NS_PER_SECOND,
        .offer_timeout = HF_TIME_NEVER,
        .agent_ping_timeout = 15 * HF_NS_PER_SECOND,
        .max_agent_ping_timeouts = 5,
        .agent_reregister_timeout = 10 * HF_NS_PER_MINUTE,
    };
}

HfMaster *hf_master_new(HfCatalog *catalog, HfAllocator *allocator, const HfMasterConfig *config)
{
    HF_ASSERT(config->allocation_interval > 0 && config->agent_ping_timeout > 0);
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
        hf_resources_clear(master->catalog, &master->offers.at[i].resources);
    for (guint32 i = 0; i < master->tasks.count; i++)
        hf_resources_clear(master->catalog, &master->tasks.at[i].resources);
    for (guint32 i = 0; i < master->frameworks.count; i++) {
        g_free(master->frameworks.at[i].name);
        g_free(master->frameworks.at[i].roles);
    }
    hf_offer_list_clear(master->catalog, &master->allocated);
    hf_resources_clear(master->catalog, &master->scratch);
    hf_resources_clear(master->catalog, &master->filled_in.resources);
    hf_slots_clear(&master->offer_slots);
    hf_slots_clear(&master->task_slots);
    hf_vec_clear(&master->offers);
    hf_vec_clear(&master->tasks);
    hf_vec_clear(&master->agents);
    hf_vec_clear(&master->frameworks);
    hf_vec_clear(&master->deadlines);
    hf_map64_clear(&master->task_rows);
    hf_map64_clear(&master->agent_of_host);
    hf_allocator_free(master->allocator);
    g_free(master);
}

/* ---- links: each row stands in the list of its agent and in that of its framework ---- */

#define LINK(table, row_, head_of_agent, head_of_framework)                                        \
    do {                                                                                           \
        HfLinks *hf_links = &(table)[row_].links;                                                  \
        *hf_links = (HfLinks){*(head_of_agent), NO_ROW, *(head_of_framework), NO_ROW};             \
        if (*(head_of_agent) != NO_ROW) (table)[*(head_of_agent)].links.prev_of_agent = (row_);    \
        if (*(head_of_framework) != NO_ROW)                                                        \
            (table)[*(head_of_framework)].links.prev_of_framework = (row_);                        \
        *(head_of_agent) = *(head_of_framework) = (row_);                                          \
    } while (0)

#define UNLINK(table, row_, head_of_agent, head_of_framework)                                      \
    do {                                                                                           \
        HfLinks hf_links = (table)[row_].links;                                                    \
        if (hf_links.next_of_agent != NO_ROW)                                                      \
            (table)[hf_links.next_of_agent].links.prev_of_agent = hf_links.prev_of_agent;          \
        if (hf_links.prev_of_agent != NO_ROW)                                                      \
            (table)[hf_links.prev_of_agent].links.next_of_agent = hf_links.next_of_agent;          \
        else                                                                                       \
            *(head_of_agent) = hf_links.next_of_agent;                                             \
        if (hf_links.next_of_framework != NO_ROW)                                                  \
            (table)[hf_links.next_of_framework].links.prev_of_framework =                          \
                hf_links.prev_of_framework;                                                        \
        if (hf_links.prev_of_framework != NO_ROW)                                                  \
            (table)[hf_links.prev_of_framework].links.next_of_framework =                          \
                hf_links.next_of_framework;                                                        \
        else                                                                                       \
            *(head_of_framework) = hf_links.next_of_framework;                                     \
    } while (0)

/* ---- allocation ---- */

void hf_master__want_run(HfMaster *master, HfTime now, HfOutbox *out)
{
    if (master->is_run_pending || !hf_allocator_wants_run(master->allocator)) return;
    /* Behind the messages already queued for this instant, as Mesos dispatches it: triggers
     * coalesce. */
    master->is_run_pending = TRUE;
    hf_outbox_timer(out, now, HF_MASTER_TIMER_RUN, 0);
}

void hf_master_start(HfMaster *master, HfTime now, HfOutbox *out)
{
    hf_outbox_timer(out, now + master->config.allocation_interval, HF_MASTER_TIMER_BATCH, 0);
    hf_allocator_batch_armed(master->allocator);
}

static void give_back(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                      HfRoleId role, const HfResources *resources, double refuse_seconds,
                      gboolean launched)
{
    HfStatus status = hf_allocator_recover(
        master->allocator, now,
        &(HfRecovery){framework, agent, role, resources, refuse_seconds, launched});
    HF_ASSERT(status == HF_OK);
}

static void remember_deadline(HfMaster *master, HfTime now, uint64_t offer, HfOutbox *out)
{
    if (master->config.offer_timeout == HF_TIME_NEVER) return;
    if (master->deadline_head == master->deadlines.count) {
        hf_vec_reset(&master->deadlines);
        master->deadline_head = 0;
        hf_outbox_timer(out, now + master->config.offer_timeout, HF_MASTER_TIMER_OFFERS, 0);
    }
    hf_vec_push(&master->deadlines, (HfOfferDeadline){now + master->config.offer_timeout, offer});
}

/* Turn one allocation into an offer; its resources are moved into the master's table. */
static void make_offer(HfMaster *master, HfTime now, HfOffered *offered, HfMessage *message,
                       HfOutbox *out)
{
    HfHandle handle = hf_slots_take(&master->offer_slots);
    if (handle.row == master->offers.count) hf_vec_push_zero(&master->offers);
    HfOfferRow *offer = &master->offers.at[handle.row];
    offer->framework = offered->framework;
    offer->agent = offered->agent;
    offer->role = offered->role;
    offer->generation = handle.generation;
    hf_resources_move(master->catalog, &offer->resources, &offered->resources);
    HfAgentRow *agent = &master->agents.at[offer->agent];
    LINK(master->offers.at, handle.row, &agent->first_offer,
         &master->frameworks.at[offer->framework].first_offer);
    uint64_t id = hf_handle_pack(handle);
    hf_vec_push_zero(&message->offers);
    HfOfferInfo *info = hf_vec_last(&message->offers);
    info->id = id;
    info->agent = offer->agent;
    info->host = agent->host;
    info->role = offer->role;
    info->attributes = agent->attributes;
    hf_resources_copy(master->catalog, &info->resources, &offer->resources);
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_OFFER_SENT,
                                      .agent = offer->agent,
                                      .framework = offer->framework,
                                      .role = offer->role,
                                      .id = id,
                                      .resources = &offer->resources});
    remember_deadline(master, now, id, out);
}

/* Send what a run handed out: one OFFERS message for each framework (allocations come grouped). */
static void send_offers(HfMaster *master, HfTime now, HfOutbox *out)
{
    HfMessage *message = NULL;
    for (guint32 i = 0; i < master->allocated.offers.count; i++) {
        HfOffered *offered = &master->allocated.offers.at[i];
        HfFrameworkRow *framework = &master->frameworks.at[offered->framework];
        HF_ASSERT(framework->is_active);
        HF_ASSERT(master->agents.at[offered->agent].standing == HF_STANDING_REGISTERED);
        if (message == NULL || message->framework != offered->framework) {
            message = hf_outbox_send(out, HF_MESSAGE_OFFERS, self,
                                     (HfPeer){HF_PEER_FRAMEWORK, framework->peer});
            message->framework = offered->framework;
        }
        make_offer(master, now, offered, message, out);
    }
    hf_offer_list_reset(master->catalog, &master->allocated);
}

/* ---- offers ---- */

/* An offer ends: forget it; the caller has seen to its resources. */
static void drop_offer(HfMaster *master, uint32_t row)
{
    HfOfferRow *offer = &master->offers.at[row];
    UNLINK(master->offers.at, row, &master->agents.at[offer->agent].first_offer,
           &master->frameworks.at[offer->framework].first_offer);
    hf_resources_reset(master->catalog, &offer->resources);
    hf_slots_give(&master->offer_slots, (HfHandle){row, offer->generation});
}

/* A refuse time as records have it: ms, -1 = no filter. */
static int64_t refuse_ms(double seconds)
{
    HF_ASSERT(seconds == HF_NO_FILTER || (seconds >= 0 && seconds <= 365.0 * 86400.0));
    return seconds == HF_NO_FILTER ? -1 : (int64_t)(seconds * 1000);
}

static void record_offer(const HfOfferRow *offer, uint32_t row, HfTime now, HfRecordType type,
                         int64_t value, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .agent = offer->agent,
                                      .framework = offer->framework,
                                      .role = offer->role,
                                      .id = hf_handle_pack((HfHandle){row, offer->generation}),
                                      .value = value,
                                      .resources = &offer->resources});
}

void hf_master__take_offer_back(HfMaster *master, HfTime now, uint32_t row, HfRecordType why,
                                double refuse_seconds, gboolean tell_framework, HfOutbox *out)
{
    HfOfferRow *offer = &master->offers.at[row];
    record_offer(offer, row, now, why, refuse_ms(refuse_seconds), out);
    if (tell_framework) {
        HfPeer to = {HF_PEER_FRAMEWORK, master->frameworks.at[offer->framework].peer};
        HfMessage *message = hf_outbox_send(out, HF_MESSAGE_RESCIND, self, to);
        message->framework = offer->framework;
        hf_vec_push(&message->ids, hf_handle_pack((HfHandle){row, offer->generation}));
    }
    give_back(master, now, offer->framework, offer->agent, offer->role, &offer->resources,
              refuse_seconds, FALSE);
    drop_offer(master, row);
}

static void on_offer_timeouts(HfMaster *master, HfTime now, HfOutbox *out)
{
    while (master->deadline_head < master->deadlines.count &&
           master->deadlines.at[master->deadline_head].at <= now) {
        HfHandle handle = hf_handle_unpack(master->deadlines.at[master->deadline_head++].offer);
        if (hf_slots_is_live(&master->offer_slots, handle))
            hf_master__take_offer_back(master, now, handle.row, HF_RECORD_OFFER_EXPIRED,
                                       HF_NO_FILTER, TRUE, out);
    }
    if (master->deadline_head < master->deadlines.count)
        hf_outbox_timer(out, master->deadlines.at[master->deadline_head].at, HF_MASTER_TIMER_OFFERS,
                        0);
    if (master->deadline_head > 4096 && master->deadline_head * 2 > master->deadlines.count) {
        master->deadlines.count -= master->deadline_head;
        memmove(master->deadlines.at, master->deadlines.at + master->deadline_head,
                master->deadlines.count * sizeof *master->deadlines.at);
        master->deadline_head = 0;
    }
}

/* ---- tasks ---- */

HfTaskState hf_master__state_for(const HfMaster *master, uint32_t framework, HfTaskState aware)
{
    gboolean is_aware =
        (master->frameworks.at[framework].capabilities & HF_CAPABILITY_PARTITION_AWARE) != 0;
    return is_aware ? aware : HF_TASK_LOST;
}

void hf_master__tell_task(HfMaster *master, uint32_t framework, const HfTaskStatus *status,
                          HfOutbox *out)
{
    HfPeer to = {HF_PEER_FRAMEWORK, master->frameworks.at[framework].peer};
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_UPDATE, self, to);
    message->framework = framework;
    message->status = *status;
}

uint32_t hf_master__add_task(HfMaster *master, uint32_t framework, uint32_t agent, HfRoleId role,
                             uint64_t id, HfTaskState state, const HfResources *resources)
{
    HfHandle handle = hf_slots_take(&master->task_slots);
    if (handle.row == master->tasks.count) hf_vec_push_zero(&master->tasks);
    HfTaskRow *task = &master->tasks.at[handle.row];
    task->id = id;
    task->framework = framework;
    task->agent = agent;
    task->role = role;
    task->state = (uint16_t)state;
    task->is_holding = !hf_task_state_is_terminal(state);
    task->is_kill_wanted = FALSE;
    hf_resources_copy(master->catalog, &task->resources, resources);
    LINK(master->tasks.at, handle.row, &master->agents.at[agent].first_task,
         &master->frameworks.at[framework].first_task);
    hf_map64_set(&master->task_rows, hf_master__task_key(framework, id), handle.row);
    return handle.row;
}

void hf_master__forget_task(HfMaster *master, uint32_t row)
{
    HfTaskRow *task = &master->tasks.at[row];
    HF_ASSERT(!task->is_holding);
    UNLINK(master->tasks.at, row, &master->agents.at[task->agent].first_task,
           &master->frameworks.at[task->framework].first_task);
    hf_map64_remove(&master->task_rows, hf_master__task_key(task->framework, task->id));
    hf_resources_reset(master->catalog, &task->resources);
    hf_slots_give(&master->task_slots, (HfHandle){row, master->task_slots.generation.at[row]});
}

void hf_master__record_task(const HfTaskRow *task, HfTime now, HfTaskReason reason, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_STATE,
                                      .state = task->state,
                                      .reason = (uint16_t)reason,
                                      .agent = task->agent,
                                      .framework = task->framework,
                                      .role = task->role,
                                      .id = task->id,
                                      .resources = task->is_holding ? NULL : &task->resources});
}

/* A task holds nothing any more: it ended, or its agent was given up. */
static void close_account(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                          HfTaskReason reason, HfOutbox *out)
{
    HfTaskRow *task = &master->tasks.at[row];
    HF_ASSERT(task->is_holding);
    task->state = (uint16_t)state;
    task->is_holding = FALSE;
    hf_master__record_task(task, now, reason, out);
    /* The allocator forgets an unreachable agent and all that was held there in one go. */
    if (master->agents.at[task->agent].standing != HF_STANDING_UNREACHABLE)
        give_back(master, now, task->framework, task->agent, task->role, &task->resources,
                  HF_NO_FILTER, TRUE);
}

/* An agent reports a state; a terminal one gives the resources back at once (Master::updateTask),
 * whether or not the framework has acknowledged it. */
static void set_task_state(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                           HfTaskReason reason, HfOutbox *out)
{
    HfTaskRow *task = &master->tasks.at[row];
    if (hf_task_state_is_terminal(state)) {
        close_account(master, now, row, state, reason, out);
        return;
    }
    task->state = (uint16_t)state;
    hf_master__record_task(task, now, reason, out);
}

void hf_master__end_task(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                         HfTaskReason reason, HfOutbox *out)
{
    HfTaskRow *task = &master->tasks.at[row];
    if (task->is_holding) {
        HfTaskStatus status = {.framework = task->framework,
                               .task = task->id,
                               .state = state,
                               .reason = reason,
                               .agent = task->agent,
                               .host = master->agents.at[task->agent].host};
        close_account(master, now, row, state, reason, out);
        hf_master__tell_task(master, status.framework, &status, out);
    }
    hf_master__forget_task(master, row);
}

uint32_t hf_master__find_task(const HfMaster *master, uint32_t framework, uint64_t id)
{
    if (id >= HF_TASK_IDS) return NO_ROW; /* none such was ever launched */
    return hf_map64_get(&master->task_rows, hf_master__task_key(framework, id));
}

/* ---- calls of frameworks ---- */

/* Filters.refuse_seconds as a framework may state it: anything. What is negative or no number is
 * Mesos's default, more than a year is a year. */
static double refuse_seconds_of(const HfMessage *in)
{
    if (!(in->refuse_seconds >= 0)) return HF_REFUSE_DEFAULT;
    return MIN(in->refuse_seconds, 365.0 * 86400.0);
}

static gboolean is_known(const HfMaster *master, const HfMessage *in)
{
    return in->framework < master->frameworks.count &&
           master->frameworks.at[in->framework].is_active &&
           master->frameworks.at[in->framework].peer == in->from.row;
}

/* Does a list of roles name one twice, or (unless `roles` is NULL) one that is not among `roles`?
 */
static gboolean roles_are_wrong(const HfMessage *in, const HfRoleId *roles, uint32_t role_count)
{
    for (guint32 i = 0; i < in->roles.count; i++) {
        for (guint32 k = 0; k < i; k++)
            if (in->roles.at[k] == in->roles.at[i]) return TRUE;
        uint32_t k = 0;
        while (k < role_count && roles[k] != in->roles.at[i]) k++;
        if (roles != NULL && k == role_count) return TRUE;
    }
    return FALSE;
}

/* The framework of a driver that subscribed already; NO_ROW when none is active. Cold. */
static uint32_t framework_of(const HfMaster *master, uint32_t peer)
{
    for (guint32 f = 0; f < master->frameworks.count; f++)
        if (master->frameworks.at[f].peer == peer && master->frameworks.at[f].is_active) return f;
    return NO_ROW;
}

static void on_subscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->roles.count == 0 || roles_are_wrong(in, NULL, 0)) return; /* invalid FrameworkInfo */
    uint32_t row = framework_of(master, in->from.row);
    if (row != NO_ROW) { /* it asks again because the answer is late or lost */
        hf_outbox_send(out, HF_MESSAGE_SUBSCRIBED, self, in->from)->framework = row;
        return;
    }
    row = master->frameworks.count;
    hf_vec_push_zero(&master->frameworks);
    HfFrameworkRow *framework = hf_vec_last(&master->frameworks);
    framework->peer = in->from.row;
    framework->is_active = TRUE;
    framework->checkpoint = in->checkpoint;
    framework->capabilities = in->capabilities;
    framework->failover_timeout = in->failover_timeout;
    framework->name = g_strdup(in->name);
    framework->roles = g_memdup2(in->roles.at, in->roles.count * sizeof *in->roles.at);
    framework->role_count = in->roles.count;
    framework->first_offer = framework->first_task = NO_ROW;
    HfMessage *reply = hf_outbox_send(out, HF_MESSAGE_SUBSCRIBED, self, in->from);
    reply->framework = row;
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_FRAMEWORK_SUBSCRIBED,
                                      .agent = HF_ROW_NONE,
                                      .framework = row,
                                      .role = framework->roles[0]});
    /* Framework ids sort by row, so that ties between frameworks fall in order of subscription. */
    char name[16];
    g_snprintf(name, sizeof name, "F%08u", row);
    HfStatus status =
        hf_allocator_framework_add(master->allocator, now, row,
                                   &(HfFrameworkSpec){.name = name,
                                                      .roles = framework->roles,
                                                      .role_count = framework->role_count,
                                                      .capabilities = framework->capabilities,
                                                      .active = TRUE},
                                   NULL, 0);
    HF_ASSERT(status == HF_OK);
}

/* The offer row of an id that this framework may answer; NO_ROW otherwise. */
static uint32_t own_offer(const HfMaster *master, uint32_t framework, uint64_t id)
{
    HfHandle handle = hf_handle_unpack(id);
    if (!hf_slots_is_live(&master->offer_slots, handle)) return NO_ROW;
    return master->offers.at[handle.row].framework == framework ? handle.row : NO_ROW;
}

/* The offers of a long list lie anywhere in memory: load what the next ones need while this one is
 * handled. */
static void fetch_ahead(const HfMaster *master, const HfMessage *in, guint32 i)
{
    enum { OFFER = 12, AGENT = 8, GRANT = 4 };
    if (i + OFFER < in->ids.count) {
        uint32_t row = hf_handle_unpack(in->ids.at[i + OFFER]).row;
        if (row < master->offers.count) {
            __builtin_prefetch(&master->offers.at[row]);
            __builtin_prefetch((const char *)&master->offers.at[row] + 64);
        }
    }
    for (int step = 0; step < 2; step++) {
        guint32 ahead = i + (step == 0 ? AGENT : GRANT);
        if (ahead >= in->ids.count) continue;
        uint32_t row = hf_handle_unpack(in->ids.at[ahead]).row;
        if (row < master->offers.count)
            hf_allocator_prefetch(master->allocator, master->offers.at[row].agent, step);
    }
}

static void on_decline(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    for (guint32 i = 0; i < in->ids.count; i++) {
        fetch_ahead(master, in, i);
        uint32_t row = own_offer(master, in->framework, in->ids.at[i]);
        if (row != NO_ROW)
            hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_DECLINED,
                                       refuse_seconds_of(in), FALSE, out);
    }
}

/* Master::accept: ids not empty and unique, all outstanding, of this framework, one role, one
 * connected agent. */
static gboolean offers_are_valid(const HfMaster *master, const HfMessage *in)
{
    if (in->ids.count == 0) return FALSE;
    const HfOfferRow *first = NULL;
    for (guint32 i = 0; i < in->ids.count; i++) {
        uint32_t row = own_offer(master, in->framework, in->ids.at[i]);
        if (row == NO_ROW) return FALSE;
        for (guint32 k = 0; k < i; k++)
            if (in->ids.at[k] == in->ids.at[i]) return FALSE;
        const HfOfferRow *offer = &master->offers.at[row];
        if (first == NULL) first = offer;
        if (offer->agent != first->agent || offer->role != first->role) return FALSE;
    }
    return master->agents.at[first->agent].standing == HF_STANDING_REGISTERED;
}

/* Tell a framework about a task that is on no agent. */
static void answer(HfMaster *master, uint32_t framework, uint64_t id, HfTaskState state,
                   HfTaskReason reason, HfOutbox *out)
{
    hf_master__tell_task(master, framework,
                         &(HfTaskStatus){.framework = framework,
                                         .task = id,
                                         .state = state,
                                         .reason = reason,
                                         .agent = HF_ROW_NONE,
                                         .host = HF_ROW_NONE},
                         out);
}

/* A task that never gets as far as an agent. */
static void refuse_task(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                        HfTaskState state, HfTaskReason reason, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_STATE,
                                      .state = (uint16_t)state,
                                      .reason = (uint16_t)reason,
                                      .agent = HF_ROW_NONE,
                                      .framework = framework,
                                      .role = HF_ROLE_NONE,
                                      .id = id});
    answer(master, framework, id, state, reason, out);
}

static void refuse_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_ACCEPT_INVALID,
                                      .agent = HF_ROW_NONE,
                                      .framework = in->framework,
                                      .value = in->tasks.count});
    for (guint32 i = 0; i < in->ids.count;
         i++) { /* those still valid are discarded without filter */
        uint32_t row = own_offer(master, in->framework, in->ids.at[i]);
        if (row != NO_ROW)
            hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_DECLINED, HF_NO_FILTER,
                                       FALSE, out);
    }
    for (guint32 i = 0; i < in->tasks.count; i++)
        refuse_task(master, now, in->framework, in->tasks.at[i].id,
                    hf_master__state_for(master, in->framework, HF_TASK_DROPPED),
                    HF_REASON_INVALID_OFFERS, out);
}

/* A task may leave out for which role its resources are allocated: the offers' (MESOS 2.3, step 3).
 * Borrowed until the next call. */
static const HfTaskInfo *with_role(HfMaster *master, const HfTaskInfo *info, HfRoleId role)
{
    const HfResource *entries = hf_resources_entries(&info->resources);
    uint32_t count = hf_resources_count(&info->resources), i = 0;
    while (i < count && hf_meta_allocation_role(master->catalog, entries[i].meta) != HF_ROLE_NONE)
        i++;
    if (i == count) return info;
    hf_task_info_copy(master->catalog, &master->filled_in, info);
    hf_resources_allocate(master->catalog, &master->filled_in.resources, role);
    return &master->filled_in;
}

static void launch(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent, HfRoleId role,
                   const HfTaskInfo *info, HfOutbox *out)
{
    hf_master__add_task(master, framework, agent, role, info->id, HF_TASK_STAGING,
                        &info->resources);
    HfStatus status =
        hf_allocator_launched(master->allocator, framework, agent, role, &info->resources);
    HF_ASSERT(status == HF_OK);
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_LAUNCHED,
                                      .agent = agent,
                                      .framework = framework,
                                      .role = role,
                                      .id = info->id,
                                      .value = (int64_t)info->job,
                                      .resources = &info->resources});
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_RUN_TASK, self,
                                        (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host});
    message->framework = framework;
    message->agent = agent;
    hf_vec_push(&message->roles, role);
    hf_task_info_copy(master->catalog, &message->info, info);
}

static void on_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->tasks.count == 0) { /* ACCEPT without operations is DECLINE */
        on_decline(master, now, in, out);
        return;
    }
    if (!offers_are_valid(master, in)) {
        refuse_accept(master, now, in, out);
        return;
    }
    HfResources *remaining = &master->scratch;
    hf_resources_reset(master->catalog, remaining);
    uint32_t first = own_offer(master, in->framework, in->ids.at[0]);
    uint32_t agent = master->offers.at[first].agent;
    HfRoleId role = master->offers.at[first].role;
    for (guint32 i = 0; i < in->ids.count; i++) {
        uint32_t row = own_offer(master, in->framework, in->ids.at[i]);
        record_offer(&master->offers.at[row], row, now, HF_RECORD_OFFER_ACCEPTED,
                     refuse_ms(refuse_seconds_of(in)), out);
        hf_resources_add(master->catalog, remaining, &master->offers.at[row].resources);
        drop_offer(master, row);
    }
    for (guint32 i = 0; i < in->tasks.count;
         i++) { /* each stands for itself: a bad one does not stop the next */
        const HfTaskInfo *info = with_role(master, &in->tasks.at[i], role);
        if (hf_resources_is_empty(&info->resources) || info->id >= HF_TASK_IDS ||
            hf_master__find_task(master, in->framework, info->id) != NO_ROW ||
            !hf_resources_contains(master->catalog, remaining, &info->resources)) {
            refuse_task(master, now, in->framework, info->id, HF_TASK_ERROR, HF_REASON_TASK_INVALID,
                        out);
            continue;
        }
        hf_resources_subtract(master->catalog, remaining, &info->resources);
        launch(master, now, in->framework, agent, role, info, out);
    }
    if (!hf_resources_is_empty(remaining))
        give_back(master, now, in->framework, agent, role, remaining, refuse_seconds_of(in), FALSE);
}

static void on_kill(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_KILL,
                                      .agent = HF_ROW_NONE,
                                      .framework = in->framework,
                                      .id = in->task});
    uint32_t row = hf_master__find_task(master, in->framework, in->task);
    if (row == NO_ROW) { /* Master::kill: answered like a reconciliation; no task changes state */
        answer(master, in->framework, in->task,
               hf_master__state_for(master, in->framework, HF_TASK_UNKNOWN),
               HF_REASON_RECONCILIATION, out);
        return;
    }
    HfTaskRow *task = &master->tasks.at[row];
    const HfAgentRow *agent = &master->agents.at[task->agent];
    task->is_kill_wanted = TRUE;
    if (agent->standing != HF_STANDING_REGISTERED) return; /* it is told when it is back */
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_KILL_TASK, self, (HfPeer){HF_PEER_AGENT, agent->host});
    message->framework = in->framework;
    message->task = in->task;
}

static void on_acknowledge(HfMaster *master, const HfMessage *in, HfOutbox *out)
{
    if (in->agent >= master->agents.count) return;
    const HfAgentRow *agent = &master->agents.at[in->agent];
    if (agent->standing != HF_STANDING_REGISTERED) return; /* the agent will send it again */
    uint32_t row = hf_master__find_task(master, in->framework, in->status.task);
    if (row != NO_ROW && master->tasks.at[row].agent == in->agent &&
        hf_task_state_is_terminal((HfTaskState)master->tasks.at[row].state) &&
        hf_task_state_is_terminal(in->status.state))
        hf_master__forget_task(master, row);
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, self,
                                        (HfPeer){HF_PEER_AGENT, agent->host});
    message->framework = in->framework;
    message->agent = in->agent;
    message->status = in->status;
    message->status.framework = in->framework; /* a framework acknowledges its own tasks alone */
}

static void on_teardown(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    while (framework->first_offer != NO_ROW)
        hf_master__take_offer_back(master, now, framework->first_offer, HF_RECORD_OFFER_RESCINDED,
                                   HF_NO_FILTER, FALSE, out);
    while (framework->first_task != NO_ROW) { /* marked killed at once, without updates */
        uint32_t task = framework->first_task;
        const HfAgentRow *agent = &master->agents.at[master->tasks.at[task].agent];
        if (agent->standing == HF_STANDING_REGISTERED)
            hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_FRAMEWORK, self,
                           (HfPeer){HF_PEER_AGENT, agent->host})
                ->framework = row;
        if (master->tasks.at[task].is_holding)
            close_account(master, now, task, HF_TASK_KILLED, HF_REASON_FRAMEWORK_REMOVED, out);
        hf_master__forget_task(master, task);
    }
    framework->is_active = FALSE;
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_FRAMEWORK_REMOVED,
                                      .agent = HF_ROW_NONE,
                                      .framework = row});
    HfStatus status = hf_allocator_framework_remove(master->allocator, now, row);
    HF_ASSERT(status == HF_OK);
}

static void on_status_update(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t framework = in->status.framework;
    if (in->agent >= master->agents.count || master->agents.at[in->agent].host != in->from.row ||
        master->agents.at[in->agent].standing != HF_STANDING_REGISTERED)
        return; /* from an agent that was given up: it must register again first */
    if (framework >= master->frameworks.count || !master->frameworks.at[framework].is_active) {
        /* Nobody is left to acknowledge: the master does, so that the agent can forget the task. */
        HfMessage *ack = hf_outbox_send(out, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, self, in->from);
        ack->framework = framework;
        ack->agent = in->agent;
        ack->status = in->status;
        return;
    }
    uint32_t row = hf_master__find_task(master, framework, in->status.task);
    /* A task that is over gives its resources back now, though its older updates come first; one
     * that comes late or twice moves nothing back. */
    HfTaskState state =
        hf_task_state_is_terminal(in->status.latest) ? in->status.latest : in->status.state;
    if (row != NO_ROW && master->tasks.at[row].agent == in->agent &&
        !hf_task_state_is_terminal((HfTaskState)master->tasks.at[row].state) &&
        (uint16_t)state > master->tasks.at[row].state)
        set_task_state(master, now, row, state, in->status.reason, out);
    hf_master__tell_task(master, framework, &in->status, out);
}

static void on_revive(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out,
                      gboolean revive)
{
    const HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    if (roles_are_wrong(in, framework->roles, framework->role_count))
        return; /* one role that is not the framework's drops the whole call */
    HfRecord record = {.at = now,
                       .type = revive ? HF_RECORD_REVIVED : HF_RECORD_SUPPRESSED,
                       .agent = HF_ROW_NONE,
                       .framework = in->framework,
                       .role = HF_ROLE_NONE};
    if (in->roles.count == 0) hf_master__record(out, record);
    for (guint32 i = 0; i < in->roles.count; i++) {
        record.role = in->roles.at[i];
        hf_master__record(out, record);
    }
    if (revive)
        hf_allocator_revive(master->allocator, now, in->framework, in->roles.at, in->roles.count);
    else
        hf_allocator_suppress(master->allocator, now, in->framework, in->roles.at, in->roles.count);
}

void hf_master_step(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->from.kind == HF_PEER_FRAMEWORK && in->type != HF_MESSAGE_SUBSCRIBE &&
        !is_known(master, in))
        return;
    switch (in->type) {
    case HF_MESSAGE_SUBSCRIBE:
        on_subscribe(master, now, in, out);
        break;
    case HF_MESSAGE_ACCEPT:
        on_accept(master, now, in, out);
        break;
    case HF_MESSAGE_DECLINE:
        on_decline(master, now, in, out);
        break;
    case HF_MESSAGE_REVIVE:
        on_revive(master, now, in, out, TRUE);
        break;
    case HF_MESSAGE_SUPPRESS:
        on_revive(master, now, in, out, FALSE);
        break;
    case HF_MESSAGE_KILL:
        on_kill(master, now, in, out);
        break;
    case HF_MESSAGE_ACKNOWLEDGE:
        on_acknowledge(master, in, out);
        break;
    case HF_MESSAGE_TEARDOWN:
        on_teardown(master, now, in->framework, out);
        break;
    case HF_MESSAGE_REGISTER_AGENT:
        hf_master__on_register(master, now, in, out);
        break;
    case HF_MESSAGE_REREGISTER_AGENT:
        hf_master__on_reregister(master, now, in, out);
        break;
    case HF_MESSAGE_STATUS_UPDATE:
        on_status_update(master, now, in, out);
        break;
    case HF_MESSAGE_PONG:
        hf_master__on_pong(master, in);
        break;
    case HF_MESSAGE_EXITED:
        hf_master__on_exited(master, now, in, out);
        break;
    case HF_MESSAGE_SILENT:
        hf_master__on_silent(master, now, in, out);
        break;
    case HF_MESSAGE_AUDIBLE:
        hf_master__on_audible(master, in);
        break;
    default:
        HF_ASSERT(!"a message that no master expects");
    }
    hf_master__want_run(master, now, out);
}

void hf_master_timer(HfMaster *master, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out)
{
    switch (kind) {
    case HF_MASTER_TIMER_BATCH:
        hf_allocator_batch(master->allocator, now, &master->allocated);
        send_offers(master, now, out);
        hf_master_start(master, now, out); /* the next interval starts when this run is complete */
        break;
    case HF_MASTER_TIMER_RUN:
        master->is_run_pending = FALSE;
        hf_allocator_run(master->allocator, now, &master->allocated);
        send_offers(master, now, out);
        break;
    case HF_MASTER_TIMER_OFFERS:
        on_offer_timeouts(master, now, out);
        break;
    case HF_MASTER_TIMER_SILENCE:
        hf_master__on_silence_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_REREGISTER:
        hf_master__on_reregister_timer(master, now, arg, out);
        break;
    case HF_MASTER_TIMER_PING:
        hf_master__on_ping_timer(master, now, arg, out);
        break;
    default:
        HF_ASSERT(!"a timer that no master armed");
    }
    hf_master__want_run(master, now, out);
}

/* ---- looking in ---- */

HfAllocator *hf_master_allocator(HfMaster *master)
{
    return master->allocator;
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
    return agent < master->agents.count ? master->agents.at[agent].name : NULL;
}

const char *hf_master_framework_name(const HfMaster *master, uint32_t framework)
{
    return framework < master->frameworks.count ? master->frameworks.at[framework].name : NULL;
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
    return master->offer_slots.live;
}

uint32_t hf_master_tasks(const HfMaster *master)
{
    return master->task_slots.live;
}

size_t hf_master_memory(const HfMaster *master)
{
    return master->offers.room * sizeof(HfOfferRow) + master->tasks.room * sizeof(HfTaskRow) +
           master->agents.room * sizeof(HfAgentRow) + master->task_rows.room * 12 +
           (master->offer_slots.generation.room + master->task_slots.generation.room) * 8 +
           master->deadlines.room * sizeof(HfOfferDeadline);
}

/* What stands in the lists of one agent; what they hold and what is free make up its total. */
static void check_agent(const HfMaster *master, uint32_t row, uint32_t *offers, uint32_t *tasks)
{
    const HfAgentRow *agent = &master->agents.at[row];
    HfResources held = {0};
    HF_ASSERT(hf_map64_get(&master->agent_of_host, agent->host) == row);
    for (uint32_t o = agent->first_offer; o != NO_ROW;
         o = master->offers.at[o].links.next_of_agent) {
        HF_ASSERT(master->offers.at[o].agent == row);
        HF_ASSERT(agent->standing == HF_STANDING_REGISTERED);
        hf_resources_add(master->catalog, &held, &master->offers.at[o].resources);
        (*offers)++;
    }
    for (uint32_t t = agent->first_task; t != NO_ROW; t = master->tasks.at[t].links.next_of_agent) {
        const HfTaskRow *task = &master->tasks.at[t];
        HF_ASSERT(task->agent == row);
        HF_ASSERT(agent->standing != HF_STANDING_UNREACHABLE);
        HF_ASSERT(task->is_holding == !hf_task_state_is_terminal((HfTaskState)task->state));
        HF_ASSERT(hf_master__find_task(master, task->framework, task->id) == t);
        if (task->is_holding) hf_resources_add(master->catalog, &held, &task->resources);
        (*tasks)++;
    }
    if (agent->standing == HF_STANDING_UNREACHABLE) {
        HF_ASSERT(hf_allocator_available(master->allocator, row) == NULL);
    } else {
        hf_resources_unallocate(master->catalog, &held); /* offers and tasks say for whom */
        hf_resources_add(master->catalog, &held, hf_allocator_available(master->allocator, row));
        HF_ASSERT(hf_resources_equal(master->catalog, &held, agent->total));
    }
    hf_resources_clear(master->catalog, &held);
}

static void check_framework(const HfMaster *master, uint32_t row, uint32_t *offers, uint32_t *tasks)
{
    const HfFrameworkRow *framework = &master->frameworks.at[row];
    for (uint32_t o = framework->first_offer; o != NO_ROW;
         o = master->offers.at[o].links.next_of_framework) {
        HF_ASSERT(master->offers.at[o].framework == row && framework->is_active);
        (*offers)++;
    }
    for (uint32_t t = framework->first_task; t != NO_ROW;
         t = master->tasks.at[t].links.next_of_framework) {
        HF_ASSERT(master->tasks.at[t].framework == row && framework->is_active);
        (*tasks)++;
    }
}

void hf_master_check(const HfMaster *master)
{
    uint32_t of_agents[2] = {0, 0}, of_frameworks[2] = {0, 0}; /* offers, tasks */
    for (guint32 a = 0; a < master->agents.count; a++)
        check_agent(master, a, &of_agents[0], &of_agents[1]);
    for (guint32 f = 0; f < master->frameworks.count; f++)
        check_framework(master, f, &of_frameworks[0], &of_frameworks[1]);
    HF_ASSERT(of_agents[0] == master->offer_slots.live);
    HF_ASSERT(of_agents[1] == master->task_slots.live);
    HF_ASSERT(of_frameworks[0] == master->offer_slots.live);
    HF_ASSERT(of_frameworks[1] == master->task_slots.live);
    HF_ASSERT(of_agents[1] == master->task_rows.count);
}
