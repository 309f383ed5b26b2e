/* The master's offers: made of what the allocator hands out, answered, rescinded, timed out. */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

void hf_master__give_back(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                          HfRoleId role, const HfResources *resources, double refuse_seconds,
                          gboolean launched)
{
    hf_master__recover(master, now,
                       &(HfRecovery){.framework = framework,
                                     .agent = agent,
                                     .role = role,
                                     .resources = resources,
                                     .refuse_seconds = refuse_seconds,
                                     .launched = launched});
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

/* Offer.unavailability. */
static void add_window(const HfMaster *master, uint32_t agent, uint64_t offer, HfMessage *message)
{
    HfWindow window;
    if (hf_allocator_unavailability(master->allocator, agent, &window.start, &window.duration))
        hf_vec_push(&message->windows, (HfOfferWindow){offer, window});
}

/* What is the same for all offers in a row: those of one framework under one role, at one time. */
typedef struct Making {
    HfTime now;
    uint32_t framework;
    HfRoleId role;
    uint64_t of;        /* of the next one */
    HfMessage *message; /* with room for them */
    HfTraceRun run;     /* of their records */
} Making;

/* What few clusters have: maintenance, and a time after which offers are taken back. */
static void complete_offers(HfMaster *master, HfTime now, const HfOffered *offered,
                            const uint64_t *ids, uint32_t count, HfMessage *message, HfOutbox *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (master->machines.count > 0) add_window(master, offered[i].agent, ids[i], message);
        remember_deadline(master, now, ids[i], out);
    }
}

static uint32_t *first_of(HfMaster *master, uint32_t row)
{
    return &master->agents.at[master->offers.at[row].agent].first_offer;
}

/* Into the lists of their agents, where these are kept, and out of them. */
static inline void link_offers(HfMaster *master, const uint64_t *ids, uint32_t count)
{
    if (G_LIKELY(!master->are_offers_linked)) return;
    while (master->offer_links.count < master->offers.count) hf_vec_push_zero(&master->offer_links);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = (uint32_t)ids[i];
        LINK(master->offer_links.at, row, first_of(master, row));
    }
}

static inline void unlink_offers(HfMaster *master, const uint64_t *ids, uint32_t count)
{
    if (G_LIKELY(!master->are_offers_linked)) return;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = (uint32_t)ids[i];
        UNLINK(master->offer_links.at, row, first_of(master, row));
    }
}

/* See to it that so many rows are vacant; new ones are taken after those there were. */
static void have_vacant(HfMaster *master, uint32_t count)
{
    uint32_t have = master->vacant_offers.count;
    if (have >= count) return;
    uint32_t more = count - have;
    HF_ASSERT(more <= UINT32_MAX - master->offers.count);
    hf_vec_reserve(&master->vacant_offers, more);
    uint32_t *vacant = master->vacant_offers.at;
    memmove(vacant + more, vacant, have * sizeof *vacant);
    for (uint32_t i = more; i-- > 0;) {
        uint32_t row = vacant[i] = master->offers.count;
        hf_vec_push(&master->offers, (HfOfferRow){.of = UINT64_MAX, .id = row});
    }
    master->vacant_offers.count = count;
}

/* Turn allocations into offers, so many of those that are left; their resources are moved into the
 * master's table. Rows and agents of offers in a row lie anywhere in memory. */
static void fill_rows(HfMaster *master, Making *making, const HfOffered *offered, uint32_t left,
                      uint64_t *ids_out, uint32_t count)
{
    enum { ROW = 12, AGENT = 20 }; /* so far ahead they are loaded */
    HfOfferRow *rows = master->offers.at;
    const uint32_t *next = master->vacant_offers.at + master->vacant_offers.count;
    const HfAgentRow *agents = master->agents.at;
    HfMessage *message = making->message;
    HfOfferInfo *info = message->offers.at + message->offers.count;
    uint64_t of = making->of;
    HfRoleId role = making->role;
    for (uint32_t i = 1; i <= MIN(count, ROW); i++) __builtin_prefetch(&rows[next[-(int)i]], 1);
    for (uint32_t i = 0; i < count; i++, info++) {
        if (i + AGENT < left) __builtin_prefetch(&agents[offered[i + AGENT].agent]);
        HfOfferRow *offer = &rows[*--next];
        if (i + ROW < count) __builtin_prefetch(&rows[next[-ROW]], 1);
        __builtin_prefetch(info + ROW, 1);
        uint64_t id = offer->id += HF_OFFER_TURN;
        ids_out[i] = id;
        const HfAgentRow *agent = &agents[offered[i].agent];
        HF_ASSERT(agent->standing == HF_STANDING_REGISTERED);
        offer->of = of++;
        offer->agent = info->agent = offered[i].agent;
        offer->role = role;
        offer->resources = info->resources = hf_parcel_ref_some(offered[i].resources);
        info->id = id;
        info->host = agent->host;
        info->attributes = agent->attributes;
    }
    making->of = of;
    message->offers.count += count;
    master->vacant_offers.count -= count;
    master->live_offers += count;
}

/* Offers in a row. */
static void make_offers(HfMaster *master, Making *making, const HfOffered *offered, uint32_t count,
                        HfOutbox *out)
{
    uint64_t ids[128]; /* so many at once */
    hf_vec_reserve(&making->message->offers, count);
    making->of = hf_master__offer_key(making->framework, master->numbers + 1);
    master->numbers += count;
    hf_master__offer_key(making->framework, master->numbers); /* none is too great */
    for (uint32_t some; count > 0; offered += some, count -= some) {
        some = MIN(count, G_N_ELEMENTS(ids));
        have_vacant(master, some);
        fill_rows(master, making, offered, count, ids, some);
        link_offers(master, ids, some);
        hf_trace_run_add_list(&making->run, ids, offered, sizeof *offered,
                              offsetof(HfOffered, agent), offsetof(HfOffered, resources), some);
        if (G_UNLIKELY(master->machines.count > 0 || master->config.offer_timeout != HF_TIME_NEVER))
            complete_offers(master, making->now, offered, ids, some, making->message, out);
    }
}

/* The records of a run of offers that have all of `record` in common. */
static void begin_run(HfTraceRun *run, HfOutbox *out, const HfRecord *record)
{
    hf_trace_run_end(run);
    hf_trace_run_begin(run, out->trace, out->catalog, record);
}

/* How many of these are for the framework and the role of the first. */
static uint32_t alike_in_a_row(const HfOfferList *list, const HfOffered *at, uint32_t count)
{
    uint32_t i = 1;
    if (list->is_for_one) return count;
    while (i < count && at[i].framework == at[0].framework && at[i].role == at[0].role) i++;
    return i;
}

/* Send what a run handed out: one OFFERS message for each framework (allocations come grouped). */
void hf_master__send_offers(HfMaster *master, HfTime now, HfOutbox *out)
{
    const HfOffered *at = master->allocated.offers.at;
    Making making;
    making.now = now;
    making.framework = HF_ROW_NONE;
    making.run.trace = NULL;
    if (G_UNLIKELY(!master->are_quotas_told)) hf_master__tell_quotas(master, now, out);
    for (guint32 left = master->allocated.offers.count, alike; left > 0; left -= alike) {
        alike = alike_in_a_row(&master->allocated, at, left);
        if (making.framework != at->framework) {
            const HfFrameworkRow *framework = &master->frameworks.at[at->framework];
            HF_ASSERT(framework->standing == HF_FRAMEWORK_ACTIVE);
            making.message = hf_outbox_send(out, HF_MESSAGE_OFFERS, self,
                                            (HfPeer){HF_PEER_FRAMEWORK, framework->peer});
            making.message->framework = making.framework = at->framework;
        }
        making.role = at->role;
        HfRecord record = {
            .at = now, .type = HF_RECORD_OFFER_SENT, .framework = at->framework, .role = at->role};
        begin_run(&making.run, out, &record);
        make_offers(master, &making, at, alike, out);
        at += alike;
    }
    hf_trace_run_end(&making.run);
    hf_vec_reset(&master->allocated.offers); /* their resources were moved out */
    if (G_UNLIKELY(master->allocated.inverse.count > 0))
        hf_master__send_inverse_offers(master, now, out);
    hf_offer_list_reset(master->catalog, &master->allocated);
}

/* ---- ends of offers ---- */

/* An offer is nobody's any more, and its resources go elsewhere; its place in a list is the
 * caller's to end. Returns how many rows became vacant, for which there is room behind `vacant`:
 * none when the ids of this one ran out, so that no old one comes alive again. */
static inline uint32_t end_offer(HfOfferRow *offer, uint32_t *vacant)
{
    offer->of = UINT64_MAX;
    offer->resources = NULL;
    *vacant = (uint32_t)offer->id;
    offer->id += HF_OFFER_TURN;
    return offer->id / HF_OFFER_TURN < UINT32_MAX - 1;
}

static uint32_t *vacant_end(HfMaster *master, uint32_t more)
{
    hf_vec_reserve(&master->vacant_offers, more);
    return master->vacant_offers.at + master->vacant_offers.count;
}

/* An offer ends: forget it; the caller has seen to its resources. */
void hf_master__drop_offer(HfMaster *master, uint32_t row)
{
    HfOfferRow *offer = &master->offers.at[row];
    HF_ASSERT(offer->of != UINT64_MAX); /* it ended before */
    hf_parcel_drop(master->catalog, &offer->resources);
    unlink_offers(master, &offer->id, 1);
    master->vacant_offers.count += end_offer(offer, vacant_end(master, 1));
    master->live_offers--;
}

/* A refuse time as records have it: ms, -1 = no filter. */
int64_t hf_master__refuse_ms(double seconds)
{
    HF_ASSERT(seconds == HF_NO_FILTER || (seconds >= 0 && seconds < HF_REFUSE_MAX));
    return seconds == HF_NO_FILTER ? -1 : (int64_t)(seconds * 1000);
}

void hf_master__record_offer(const HfMaster *master, uint32_t row, HfTime now, HfRecordType type,
                             int64_t value, HfOutbox *out)
{
    const HfOfferRow *offer = &master->offers.at[row];
    hf_trace_emit_inline(out->trace, &(HfRecord){.at = now,
                                                 .type = (uint16_t)type,
                                                 .agent = offer->agent,
                                                 .framework = hf_master__framework_of(offer),
                                                 .role = offer->role,
                                                 .id = offer->id,
                                                 .value = value,
                                                 .resources = hf_parcel_resources(offer->resources),
                                                 .parcel = offer->resources});
}

void hf_master__take_offer_back(HfMaster *master, HfTime now, uint32_t row, HfRecordType why,
                                double refuse_seconds, gboolean tell_framework, HfOutbox *out)
{
    HfOfferRow *offer = &master->offers.at[row];
    uint32_t framework = hf_master__framework_of(offer);
    hf_master__record_offer(master, row, now, why, hf_master__refuse_ms(refuse_seconds), out);
    if (tell_framework) {
        HfPeer to = {HF_PEER_FRAMEWORK, master->frameworks.at[framework].peer};
        HfMessage *message = hf_outbox_send(out, HF_MESSAGE_RESCIND, self, to);
        message->framework = framework;
        hf_vec_push(&message->ids, offer->id);
    }
    hf_master__give_back(master, now, framework, offer->agent, offer->role,
                         hf_parcel_resources(offer->resources), refuse_seconds, FALSE);
    hf_master__drop_offer(master, row);
}

void hf_master__on_offer_timeouts(HfMaster *master, HfTime now, HfOutbox *out)
{
    while (master->deadline_head < master->deadlines.count &&
           master->deadlines.at[master->deadline_head].at <= now) {
        uint64_t id = master->deadlines.at[master->deadline_head++].offer;
        uint32_t row = (uint32_t)id;
        if (master->offers.at[row].id == id)
            hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_EXPIRED, HF_NO_FILTER,
                                       TRUE, out);
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

/* ---- answers ---- */

/* Filters.refuse_seconds as a framework may state it: anything. What is negative or no number is
 * Mesos's default, more than a year is a year. */
double hf_master__refuse_seconds_of(const HfMaster *master, const HfMessage *in)
{
    if (!(in->refuse_seconds >= 0)) return HF_REFUSE_DEFAULT;
    if (in->refuse_seconds <= 365.0 * 86400.0) return in->refuse_seconds;
    if (hf_master__has(master, HF_RULE_FILTER_CAP)) return 365.0 * 86400.0;
    return in->refuse_seconds < HF_REFUSE_MAX ? in->refuse_seconds : HF_REFUSE_DEFAULT;
}

uint32_t hf_master__prefetch_offers(const HfMaster *master, const HfMessage *in, uint32_t step)
{
    if (in->ids.count == 0) return HF_ROW_NONE;
    uint32_t row = (uint32_t)in->ids.at[0];
    if (row >= master->offers.count) return HF_ROW_NONE;
    const HfOfferRow *offer = &master->offers.at[row];
    if (step == 0) {
        __builtin_prefetch(offer, 1);
        return HF_ROW_NONE;
    }
    hf_allocator_prefetch(master->allocator, offer->agent, (int)step - 1);
    if (offer->agent >= master->agents.count) return HF_ROW_NONE;
    const HfAgentRow *agent = &master->agents.at[offer->agent];
    if (step == 1) {
        __builtin_prefetch(agent, 1);
        return HF_ROW_NONE;
    }
    /* the neighbour of a task that it gets, which is written to */
    if (agent->first_task != NO_ROW)
        __builtin_prefetch(&master->tasks.at[agent->first_task].links, 1);
    return agent->host;
}

/* The offers of a list lie anywhere in memory: rows are loaded so many before they are needed. */
enum { AHEAD = 32 };

/* Offers of one role that a framework declined: what is written down of them stays in the nearest
 * cache. */
typedef struct Declined {
    guint32 count;
    uint64_t ids[256];
    HfReturned back[256]; /* with a reference each */
} Declined;

/* They are recorded, and what was in them goes back to the allocator. */
static void end_declined(HfMaster *master, HfTime now, const HfReturns *returns, HfTraceRun *run,
                         Declined *declined)
{
    guint32 count = declined->count;
    HfReturned *back = declined->back;
    if (count == 0) return;
    hf_trace_run_add_list(run, declined->ids, back, sizeof *back, offsetof(HfReturned, agent),
                          offsetof(HfReturned, resources), count);
    unlink_offers(master, declined->ids, count);
    HfStatus status = hf_allocator_return(master->allocator, now, returns, back, count);
    HF_ASSERT(status == HF_OK);
    for (guint32 i = 0; i < count; i++) hf_parcel_unref(master->catalog, back[i].resources);
    declined->count = 0;
}

/* Take offers of one role out of the master's table, from the i-th of the list on, until there are
 * enough, or one is of another role. Returns where that is. */
static guint32 take_declined(HfMaster *master, const HfMessage *in, guint32 i, HfRoleId role,
                             Declined *declined)
{
    HfOfferRow *offers = master->offers.at;
    const uint64_t *ids = in->ids.at;
    guint32 count = in->ids.count, rows = master->offers.count;
    uint32_t framework = in->framework;
    uint64_t *id = declined->ids, *end = id + G_N_ELEMENTS(declined->ids);
    HfReturned *back = declined->back;
    uint32_t *vacant = vacant_end(master, G_N_ELEMENTS(declined->ids));
    for (; i < count && id < end; i++) {
        if (i + AHEAD < count) __builtin_prefetch(&offers[(uint32_t)ids[i + AHEAD]], 1);
        if (!hf_master__is_own(offers, rows, framework, ids[i])) continue;
        HfOfferRow *offer = &offers[(uint32_t)ids[i]];
        if (offer->role != role) break;
        *id++ = ids[i];
        *back++ = (HfReturned){offer->agent, offer->resources};
        vacant += end_offer(offer, vacant); /* it is not found if it is named again */
    }
    declined->count = (guint32)(id - declined->ids);
    master->live_offers -= declined->count;
    master->vacant_offers.count = (guint32)(vacant - master->vacant_offers.at);
    return i;
}

/* The role of the first offer from the i-th of the list on, or none. */
static HfRoleId role_declined(const HfMaster *master, const HfMessage *in, guint32 i)
{
    for (; i < in->ids.count; i++) {
        uint32_t row = hf_master__own_offer(master, in->framework, in->ids.at[i]);
        if (row != NO_ROW) return master->offers.at[row].role;
    }
    return HF_ROLE_NONE;
}

void hf_master__on_decline(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (master->offers.count == 0) return; /* it never made one, and has no rows to load */
    double refuse_seconds = hf_master__refuse_seconds_of(master, in);
    HfRecord record = {.at = now,
                       .type = HF_RECORD_OFFER_DECLINED,
                       .framework = in->framework,
                       .role = HF_ROLE_NONE,
                       .value = hf_master__refuse_ms(refuse_seconds)};
    HfTraceRun run;
    run.trace = NULL;
    HfReturns returns = {0};
    Declined declined;
    for (guint32 i = 0; i < MIN(in->ids.count, AHEAD); i++)
        __builtin_prefetch(&master->offers.at[(uint32_t)in->ids.at[i]], 1);
    for (guint32 i = 0; i < in->ids.count;) {
        HfRoleId role = role_declined(master, in, i);
        if (role == HF_ROLE_NONE) break;
        if (role != record.role) {
            record.role = role;
            begin_run(&run, out, &record);
            hf_allocator_returns(master->allocator, in->framework, role, refuse_seconds, &returns);
        }
        i = take_declined(master, in, i, role, &declined);
        end_declined(master, now, &returns, &run, &declined);
    }
    hf_trace_run_end(&run);
}
