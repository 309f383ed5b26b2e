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

/* Turn one allocation into an offer; its resources are moved into the master's table. */
static inline __attribute__((always_inline)) void
make_offer(HfMaster *master, Making *making, const HfOffered *offered, HfHandle handle)
{
    HfOfferRow *rows = master->offers.at, *offer = &rows[handle.row];
    HfAgentRow *agent = &master->agents.at[offered->agent];
    HF_ASSERT(agent->standing == HF_STANDING_REGISTERED);
    offer->of = making->of++;
    offer->agent = offered->agent;
    offer->role = making->role;
    offer->resources = offered->resources;
    LINK(rows, handle.row, &agent->first_offer);
    HfOfferInfo *info = &making->message->offers.at[making->message->offers.count++];
    info->id = hf_handle_pack(handle);
    info->agent = offered->agent;
    info->host = agent->host;
    info->attributes = agent->attributes;
    info->resources = hf_parcel_ref(offered->resources);
    hf_trace_run_add(&making->run, offered->agent, hf_handle_pack(handle), offered->resources);
}

/* What few clusters have: maintenance, and a time after which offers are taken back. */
static void complete_offers(HfMaster *master, HfTime now, const HfOffered *offered,
                            const HfHandle *handles, uint32_t count, HfMessage *message,
                            HfOutbox *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (master->machines.count > 0)
            add_window(master, offered[i].agent, hf_handle_pack(handles[i]), message);
        remember_deadline(master, now, hf_handle_pack(handles[i]), out);
    }
}

#define AHEAD 8 /* offers in a row lie anywhere in memory, as their agents do */

/* Offers in a row. */
static void make_offers(HfMaster *master, Making *making, const HfOffered *offered, uint32_t count,
                        HfOutbox *out)
{
    enum { AT_ONCE = 128 };
    HfHandle handles[AT_ONCE];
    hf_vec_reserve(&making->message->offers, count);
    making->of = hf_master__offer_key(making->framework, master->numbers + 1);
    master->numbers += count;
    hf_master__offer_key(making->framework, master->numbers); /* none is too great */
    for (uint32_t first = 0; first < count; first += AT_ONCE) {
        uint32_t some = MIN(count - first, AT_ONCE);
        hf_slots_take_many(&master->offer_slots, handles, some);
        while (master->offers.count < hf_slots_rows(&master->offer_slots))
            hf_vec_push_zero(&master->offers);
        for (uint32_t i = 0; i < MIN(some, AHEAD); i++)
            __builtin_prefetch(&master->offers.at[handles[i].row], 1);
        for (uint32_t i = 0; i < some; i++) {
            if (first + i + AHEAD < count)
                __builtin_prefetch(&master->agents.at[offered[first + i + AHEAD].agent], 1);
            if (i + AHEAD < some) __builtin_prefetch(&master->offers.at[handles[i + AHEAD].row], 1);
            make_offer(master, making, &offered[first + i], handles[i]);
        }
        if (G_UNLIKELY(master->machines.count > 0 || master->config.offer_timeout != HF_TIME_NEVER))
            complete_offers(master, making->now, offered + first, handles, some, making->message,
                            out);
    }
}

/* The records of a run of offers that have all of `record` in common. */
static void begin_run(HfTraceRun *run, HfOutbox *out, const HfRecord *record)
{
    hf_trace_run_end(run);
    hf_trace_run_begin(run, out->trace, out->catalog, record);
}

/* How many of these are for the framework and the role of the first. */
static uint32_t alike_in_a_row(const HfOffered *at, uint32_t count)
{
    uint32_t i = 1;
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
        alike = alike_in_a_row(at, left);
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

/* An offer ends, and its resources go elsewhere. */
static inline void end_offer(HfMaster *master, uint32_t row)
{
    HfOfferRow *offer = &master->offers.at[row];
    HF_ASSERT(offer->of != UINT64_MAX); /* nobody's: it ended before */
    offer->of = UINT64_MAX;
    UNLINK(master->offers.at, row, &master->agents.at[offer->agent].first_offer);
    hf_slots_give(&master->offer_slots, (HfHandle){row, master->offer_slots.generation.at[row]});
}

/* An offer ends: forget it; the caller has seen to its resources. */
void hf_master__drop_offer(HfMaster *master, uint32_t row)
{
    hf_parcel_drop(master->catalog, &master->offers.at[row].resources);
    end_offer(master, row);
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
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .agent = offer->agent,
                                      .framework = hf_master__framework_of(offer),
                                      .role = offer->role,
                                      .id = hf_master__offer_id(master, row),
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
        hf_vec_push(&message->ids, hf_master__offer_id(master, row));
    }
    hf_master__give_back(master, now, framework, offer->agent, offer->role,
                         hf_parcel_resources(offer->resources), refuse_seconds, FALSE);
    hf_master__drop_offer(master, row);
}

void hf_master__on_offer_timeouts(HfMaster *master, HfTime now, HfOutbox *out)
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

/* The offer row of an id that this framework may answer; NO_ROW otherwise. */
static inline uint32_t own_offer(const HfMaster *master, uint32_t framework, uint64_t id)
{
    HfHandle handle = hf_handle_unpack(id);
    if (!hf_slots_is_live(&master->offer_slots, handle) ||
        hf_master__framework_of(&master->offers.at[handle.row]) != framework)
        return NO_ROW;
    return handle.row;
}

uint32_t hf_master__own_offer(const HfMaster *master, uint32_t framework, uint64_t id)
{
    return own_offer(master, framework, id);
}

/* The offers of a long list lie anywhere in memory: load what the next ones need while this one is
 * handled. */
static inline __attribute__((always_inline)) void fetch_ahead(const HfMaster *master,
                                                              const HfMessage *in, guint32 i)
{
    enum { OFFER = 12 };
    if (i + OFFER >= in->ids.count) return;
    uint32_t row = hf_handle_unpack(in->ids.at[i + OFFER]).row;
    if (row >= master->offers.count) return;
    const HfOfferRow *offer = &master->offers.at[row];
    __builtin_prefetch(offer, 1);
}

uint32_t hf_master__prefetch_offers(const HfMaster *master, const HfMessage *in, uint32_t step)
{
    if (in->ids.count == 0) return HF_ROW_NONE;
    uint32_t row = hf_handle_unpack(in->ids.at[0]).row;
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

/* What was taken out of offers of one role, with a reference each, goes back to the allocator. */
static void return_all(HfMaster *master, HfTime now, const HfReturns *returns, HfReturned *at,
                       guint32 count)
{
    HfStatus status = hf_allocator_return(master->allocator, now, returns, at, count);
    HF_ASSERT(status == HF_OK);
    for (guint32 i = 0; i < count; i++) hf_parcel_drop(master->catalog, &at[i].resources);
}

void hf_master__on_decline(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    double refuse_seconds = hf_master__refuse_seconds_of(master, in);
    HfRecord record = {.at = now,
                       .type = HF_RECORD_OFFER_DECLINED,
                       .framework = in->framework,
                       .role = HF_ROLE_NONE,
                       .value = hf_master__refuse_ms(refuse_seconds)};
    HfTraceRun run;
    run.trace = NULL;
    HfReturns returns = {0};
    guint32 taken = 0;
    enum { AT_ONCE = 256 }; /* what of them is written down stays in the nearest cache */
    HfReturned back[AT_ONCE];
    for (guint32 i = 0; i < in->ids.count; i++) {
        fetch_ahead(master, in, i);
        uint32_t row = own_offer(master, in->framework, in->ids.at[i]);
        if (row == NO_ROW) continue;
        HfOfferRow *offer = &master->offers.at[row];
        if (taken == AT_ONCE || record.role != offer->role) {
            return_all(master, now, &returns, back, taken);
            taken = 0;
        }
        if (record.role != offer->role) {
            record.role = offer->role;
            begin_run(&run, out, &record);
            hf_allocator_returns(master->allocator, in->framework, record.role, refuse_seconds,
                                 &returns);
        }
        back[taken] = (HfReturned){offer->agent, offer->resources};
        offer->resources = NULL;
        end_offer(master, row);
        hf_trace_run_add(&run, back[taken].agent, in->ids.at[i], back[taken].resources);
        taken++;
    }
    return_all(master, now, &returns, back, taken);
    hf_trace_run_end(&run);
}

/* Master::accept: ids not empty and unique, all outstanding, of this framework, one role, one
 * connected agent. */
gboolean hf_master__offers_are_valid(const HfMaster *master, const HfMessage *in)
{
    if (in->ids.count == 0) return FALSE;
    const HfOfferRow *first = NULL;
    for (guint32 i = 0; i < in->ids.count; i++) {
        uint32_t row = hf_master__own_offer(master, in->framework, in->ids.at[i]);
        if (row == NO_ROW) return FALSE;
        for (guint32 k = 0; k < i; k++)
            if (in->ids.at[k] == in->ids.at[i]) return FALSE;
        const HfOfferRow *offer = &master->offers.at[row];
        if (first == NULL) first = offer;
        if (offer->agent != first->agent || offer->role != first->role) return FALSE;
    }
    return master->agents.at[first->agent].standing == HF_STANDING_REGISTERED;
}
