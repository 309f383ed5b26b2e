/*
 * Stores out of band: who has how much in each, which of its servers are down, and what its
 * operator has still to do; see data.h. What clients see of a store's state reaches them in an
 * event of its own, so that no model is called while it, or another, is at work.
 *
 * Invariant: what a store holds is the sum of its shares, in use or left; the auditor recounts it.
 */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "world/data.h"
#include "world/faults.h"
#include "world/store_content.h"
#include "world/world_internal.h"

typedef struct HfShare {
    uint32_t framework; /* row of the scenario */
    uint64_t member;
    int64_t bytes; /* raw: all replicas */
    uint64_t left; /* 0 = in use; else a number, for who removes it */
} HfShare;

typedef struct HfSetUp {
    uint32_t framework;
    uint64_t member; /* 0 where it is for all */
    HfTime ready;
} HfSetUp;

/* A group of the framework that runs a store. */
typedef struct HfProviderGroup {
    uint64_t group;
    int64_t wanted;
    gboolean was_whole, is_out;
    double degraded; /* part of the replicas of its data that is not there */
} HfProviderGroup;

struct HfStore {
    HfStoreRules rules;
    uint32_t provider; /* framework that runs it; NO_ROW = none */
    HF_VEC(HfProviderGroup) groups;
    int64_t down;        /* servers */
    gboolean is_up;      /* as clients have been told */
    gboolean is_telling; /* the event is under way */
    HfTime busy_until;   /* its operator */
    int64_t held, clients, stalled;
    int64_t rate; /* that it reads and writes with, as last recorded */
    uint64_t lefts;
    HfStoreContent *content; /* NULL until a server goes down; and where a framework runs it */
    uint32_t noted_missing;
    double lost;    /* of its content at this instant, of which its services are yet to be told */
    int64_t making; /* bytes of the replica that is being made anew; 0 = none is */
    HF_VEC(HfShare) shares;
    HF_VEC(HfSetUp) set_ups;
};

static HfStore *store_at(const HfWorld *world, uint32_t store)
{
    HF_ASSERT(store < world->scenario->stores.count);
    return &world->stores[store];
}

static void record(HfWorld *world, HfRecordType type, uint32_t store, uint32_t framework,
                   int64_t value)
{
    uint32_t id =
        framework == NO_ROW ? HF_ROW_NONE : hf_driver_framework(world->guests[framework].driver);
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = (uint16_t)type,
                                            .agent = HF_ROW_NONE,
                                            .framework = id,
                                            .id = store,
                                            .value = value});
}

uint32_t hf_world_store_find(const HfWorld *world, const char *name)
{
    for (uint32_t s = 0; s < world->scenario->stores.count; s++)
        if (strcmp(world->scenario->stores.at[s].name, name) == 0) return s;
    return HF_ROW_NONE;
}

uint32_t hf_world_stores(const HfWorld *world)
{
    return world->scenario->stores.count;
}

const char *hf_world_store_name(const HfWorld *world, uint32_t store)
{
    store_at(world, store);
    return world->scenario->stores.at[store].name;
}

const HfStoreRules *hf_world_store_rules(const HfWorld *world, uint32_t store)
{
    return &store_at(world, store)->rules;
}

gboolean hf_world_store_is_provided(const HfWorld *world, uint32_t store)
{
    return store_at(world, store)->provider != NO_ROW;
}

/* ---- up and down ---- */

static gboolean serves(const HfStore *store)
{
    if (store->down > store->rules.spares) return FALSE;
    if (store->provider == NO_ROW) return TRUE;
    for (guint32 g = 0; g < store->groups.count; g++)
        if (!store->groups.at[g].was_whole || store->groups.at[g].is_out) return FALSE;
    return store->groups.count > 0;
}

static void look(HfWorld *world, uint32_t row)
{
    HfStore *store = store_at(world, row);
    if (store->is_telling || serves(store) == store->is_up) return;
    store->is_telling = TRUE;
    hf_engine_after(world->engine, 0, world->kind.store_told, row, 0);
}

static void on_told(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    uint32_t row = event->target;
    HfStore *store = store_at(world, row);
    store->is_telling = FALSE;
    if (serves(store) == store->is_up) return; /* it came and went at one instant */
    store->is_up = !store->is_up;
    record(world, HF_RECORD_STORE_STATE, row, NO_ROW, store->is_up);
    for (uint32_t f = 0; f < world->guest_count; f++) {
        const HfGuest *guest = &world->guests[f];
        if (guest->ops->data != NULL && guest->ops->data->store_changed != NULL)
            guest->ops->data->store_changed(guest->model, row, store->is_up);
    }
}

gboolean hf_world_store_is_up(const HfWorld *world, uint32_t store)
{
    return store_at(world, store)->is_up;
}

/* One more of its servers is down, or less. */
static void count_down(HfWorld *world, uint32_t row, int by)
{
    HfStore *store = store_at(world, row);
    store->down += by;
    HF_ASSERT(store->down >= 0);
    look(world, row);
}

void hf_world__store_provider(HfWorld *world, uint32_t framework, HfRecordType type, uint64_t group,
                              int64_t value)
{
    for (uint32_t s = 0; s < world->scenario->stores.count; s++) {
        HfStore *store = &world->stores[s];
        if (store->provider != framework) continue;
        guint32 g = 0;
        while (g < store->groups.count && store->groups.at[g].group != group) g++;
        if (type == HF_RECORD_SERVICE_DECLARED && g == store->groups.count)
            hf_vec_push(&store->groups, (HfProviderGroup){.group = group, .wanted = value});
        HF_ASSERT(g < store->groups.count);
        HfProviderGroup *at = &store->groups.at[g];
        if (type == HF_RECORD_SERVICE_MEMBERS) at->was_whole |= value >= at->wanted;
        if (type == HF_RECORD_SERVICE_QUORUM) at->is_out = value > 0;
        look(world, s);
    }
}

void hf_world_store_stalled(HfWorld *world, uint32_t framework, uint32_t row, int by)
{
    HfStore *store = store_at(world, row);
    store->stalled += by;
    HF_ASSERT(store->stalled >= 0);
    record(world, HF_RECORD_STORE_STALLED, row, framework, by);
}

void hf_world_store_clients(HfWorld *world, uint32_t framework, uint32_t row, int by)
{
    HfStore *store = store_at(world, row);
    store->clients += by;
    HF_ASSERT(store->clients >= 0);
    record(world, HF_RECORD_STORE_CLIENTS, row, framework, by);
}

void hf_world__store_rate(HfWorld *world, uint32_t row, int64_t rate)
{
    HfStore *store = store_at(world, row);
    if (store->rate == rate) return;
    store->rate = rate;
    record(world, HF_RECORD_STORE_RATE, row, NO_ROW, rate);
}

void hf_world_note_share(HfWorld *world, uint32_t framework, uint64_t member, uint32_t host,
                         gboolean is_attached, gboolean by_force)
{
    hf_trace_emit(
        world->trace,
        &(HfRecord){.at = hf_world__now(world),
                    .type = is_attached ? HF_RECORD_SHARE_ATTACHED : HF_RECORD_SHARE_DETACHED,
                    .agent = host,
                    .framework = hf_driver_framework(world->guests[framework].driver),
                    .id = member,
                    .value = by_force});
}

/* ---- what is lost, and made anew ---- */

static HfStoreContent *content_of(HfWorld *world, uint32_t row)
{
    HfStore *store = store_at(world, row);
    HfStream stream;
    HF_ASSERT(store->provider == NO_ROW);
    if (store->content != NULL) return store->content;
    hf_stream_init(&stream, world->scenario->seed, "store-content",
                   hf_stream_entity(hf_world_store_name(world, row)));
    store->content = hf_store_content_new(&store->rules, &stream);
    return store->content;
}

/* As many replicas are missing as its framework's data has, of so many as a store of its kind has.
 */
static uint32_t missing_of_provider(const HfStore *store)
{
    double worst = 0;
    for (guint32 g = 0; g < store->groups.count; g++)
        worst = MAX(worst, store->groups.at[g].degraded);
    return (uint32_t)ceil(worst * (double)(store->rules.groups * store->rules.replicas));
}

static void note_degraded(HfWorld *world, uint32_t row)
{
    HfStore *store = store_at(world, row);
    uint32_t missing = store->provider != NO_ROW       ? missing_of_provider(store)
                       : store->rules.has_shared_disks ? 0
                                                       : hf_store_content_missing(store->content);
    if (missing == store->noted_missing) return;
    store->noted_missing = missing;
    record(world, HF_RECORD_STORE_DEGRADED, row, NO_ROW, missing);
}

/* What was lost at one instant is lost once. Its services are told by an event each. */
static void on_damage(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    uint32_t row = event->target;
    HfStore *store = store_at(world, row);
    double fraction = store->lost;
    store->lost = 0;
    for (guint32 i = 0; i < store->shares.count; i++) {
        const HfShare *share = &store->shares.at[i];
        if (share->left != 0 || share->bytes == 0) continue;
        int64_t bytes = MAX(1, (int64_t)((double)share->bytes * fraction));
        record(world, HF_RECORD_STORE_LOST, row, share->framework, bytes);
        HfLoss loss = {row, share->framework, share->member, fraction};
        hf_vec_push(&world->losses, loss);
        hf_engine_after(world->engine, 0, world->kind.store_lost, 0, 0);
    }
}

static void on_lost(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfLoss loss = world->losses.at[world->losses_told++]; /* events come in their order */
    if (world->losses_told == world->losses.count) {
        hf_vec_reset(&world->losses);
        world->losses_told = 0;
    }
    const HfGuest *guest = &world->guests[loss.framework];
    if (guest->ops->data != NULL && guest->ops->data->store_lost != NULL)
        guest->ops->data->store_lost(guest->model, loss.store, loss.member, loss.fraction);
}

/* A part of its content is lost at this instant. */
static void lose_content(HfWorld *world, uint32_t row, double fraction)
{
    HfStore *store = store_at(world, row);
    if (fraction == 0) return;
    if (store->lost == 0) hf_engine_after(world->engine, 0, world->kind.store_damage, row, 0);
    store->lost = MIN(1, store->lost + fraction);
}

static int64_t bytes_of_replica(const HfStore *store)
{
    int64_t count = store->rules.replicas * hf_store_content_groups(store->content);
    return MAX(1, store->held / count);
}

/* Make the next replica anew, if there is one to be made. */
static void recover(HfWorld *world, uint32_t row)
{
    HfStore *store = store_at(world, row);
    int64_t rate = (int64_t)((__int128)store->rules.recovery * 1048576 / 1000);
    if (store->making > 0 || rate == 0 || store->content == NULL) return;
    if (!hf_store_content_begin(store->content, hf_world__now(world))) {
        hf_world__store_recovers(world, row, 0);
        return;
    }
    store->making = bytes_of_replica(store);
    hf_world__store_recovers(world, row, 2 * rate);
    __int128 wait = ((__int128)store->making * HF_NS_PER_SECOND + rate - 1) / rate;
    hf_engine_after(world->engine, (HfTime)MIN(wait, HF_TIME_MAX), world->kind.store_recovered, row,
                    0);
}

static void on_recovered(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfStore *store = store_at(world, event->target);
    int64_t bytes = store->making;
    store->making = 0;
    if (hf_store_content_made(store->content)) {
        record(world, HF_RECORD_STORE_RECOVERED, event->target, NO_ROW, bytes);
        note_degraded(world, event->target);
    }
    recover(world, event->target);
}

static void on_recovery_due(void *context, const HfEventArgs *event)
{
    recover(context, event->target);
}

void hf_world_store_server_lose(HfWorld *world, uint32_t row, uint32_t server, double part)
{
    HfStore *store = store_at(world, row);
    HfStoreContent *content = content_of(world, row);
    HfTime wait = store->rules.recover_after;
    HfTime now = hf_world__now(world);
    uint32_t lost = hf_store_content_lose(content, server, part, now, hf_time_add(now, wait));
    note_degraded(world, row);
    lose_content(world, row, (double)lost / hf_store_content_groups(content));
    if (part == 1) count_down(world, row, 1);
    hf_engine_after(world->engine, wait, world->kind.store_recover, row, 0);
}

void hf_world_store_server_replace(HfWorld *world, uint32_t row, uint32_t server)
{
    HfStore *store = store_at(world, row);
    hf_store_content_replace(store->content, server);
    note_degraded(world, row);
    count_down(world, row, -1);
    recover(world, row);
}

/* Down for longer than recover_after it is out: what it has is made anew elsewhere. Where a
 * framework runs the store, that does so itself. */
void hf_world_store_server_stop(HfWorld *world, uint32_t row, uint32_t server)
{
    HfStore *store = store_at(world, row);
    HfTime wait = store->rules.recover_after;
    count_down(world, row, 1);
    if (store->provider != NO_ROW) return;
    hf_store_content_stop(content_of(world, row), server, hf_time_add(hf_world__now(world), wait));
    note_degraded(world, row);
    if (store->rules.recovery > 0 && !store->rules.has_shared_disks)
        hf_engine_after(world->engine, wait, world->kind.store_recover, row, 0);
}

void hf_world_store_server_start(HfWorld *world, uint32_t row, uint32_t server)
{
    HfStore *store = store_at(world, row);
    count_down(world, row, -1);
    if (store->provider != NO_ROW) return;
    uint32_t surplus = hf_store_content_start(store->content, server);
    if (surplus > 0)
        record(world, HF_RECORD_STORE_SURPLUS, row, NO_ROW, surplus * bytes_of_replica(store));
    note_degraded(world, row);
    recover(world, row);
}

void hf_world_store_content(HfWorld *world, uint32_t framework, uint64_t group, double degraded,
                            double lost)
{
    for (uint32_t s = 0; s < world->scenario->stores.count; s++) {
        HfStore *store = &world->stores[s];
        if (store->provider != framework) continue;
        for (guint32 g = 0; g < store->groups.count; g++)
            if (store->groups.at[g].group == group) store->groups.at[g].degraded = degraded;
        note_degraded(world, s);
        lose_content(world, s, lost);
    }
}

gboolean hf_world_store_server_is_lost(const HfWorld *world, uint32_t row, uint32_t server)
{
    const HfStore *store = store_at(world, row);
    return store->content != NULL && hf_store_content_is_lost(store->content, server);
}

/* ---- the operator ---- */

/* When he is done with one thing more. */
static HfTime work(HfWorld *world, HfStore *store, HfTime takes)
{
    HfTime begins = MAX(store->busy_until, hf_world__now(world));
    store->busy_until = hf_time_add(begins, takes);
    return store->busy_until;
}

HfTime hf_world_store_set_up(HfWorld *world, uint32_t framework, uint32_t row, uint64_t member)
{
    HfStore *store = store_at(world, row);
    if (!store->rules.is_set_up_for_each) member = 0;
    for (guint32 i = 0; i < store->set_ups.count; i++)
        if (store->set_ups.at[i].framework == framework && store->set_ups.at[i].member == member)
            return MAX(store->set_ups.at[i].ready, hf_world__now(world));
    HfSetUp set_up = {framework, member, work(world, store, store->rules.setup)};
    hf_vec_push(&store->set_ups, set_up);
    record(world, HF_RECORD_STORE_ACTION, row, framework, HF_STORE_SET_UP);
    return set_up.ready;
}

/* ---- shares ---- */

static HfShare *share_of(HfStore *store, uint32_t framework, uint64_t member)
{
    for (guint32 i = 0; i < store->shares.count; i++) {
        HfShare *share = &store->shares.at[i];
        if (share->framework == framework && share->member == member && share->left == 0)
            return share;
    }
    return NULL;
}

gboolean hf_world_store_take(HfWorld *world, uint32_t framework, uint32_t row, uint64_t member,
                             int64_t bytes)
{
    HfStore *store = store_at(world, row);
    HF_ASSERT(bytes >= 0 && share_of(store, framework, member) == NULL);
    __int128 raw = (__int128)bytes * store->rules.replicas;
    __int128 capacity = (__int128)store->rules.capacity * 1048576 / 1000;
    if (raw > INT64_MAX - store->held || (capacity > 0 && store->held + raw > capacity)) {
        record(world, HF_RECORD_STORE_FULL, row, framework, (int64_t)MIN(raw, INT64_MAX));
        return FALSE;
    }
    hf_vec_push(&store->shares,
                (HfShare){.framework = framework, .member = member, .bytes = (int64_t)raw});
    store->held += (int64_t)raw;
    record(world, HF_RECORD_STORE_TAKEN, row, framework, (int64_t)raw);
    return TRUE;
}

static void remove_share(HfWorld *world, uint32_t row, guint32 i)
{
    HfStore *store = store_at(world, row);
    HfShare share = store->shares.at[i];
    store->shares.at[i] = *hf_vec_last(&store->shares);
    store->shares.count--;
    store->held -= share.bytes;
    record(world, HF_RECORD_STORE_FREED, row, share.framework, share.bytes);
}

void hf_world_store_leave(HfWorld *world, uint32_t framework, uint32_t row, uint64_t member)
{
    HfStore *store = store_at(world, row);
    HfShare *share = share_of(store, framework, member);
    if (share == NULL) return;
    share->left = ++store->lefts;
    record(world, HF_RECORD_STORE_LEFT, row, framework, share->bytes);
    if (store->rules.cleaning == HF_CLEANING_OWNER)
        remove_share(world, row, (guint32)(share - store->shares.at));
    else if (store->rules.cleaning == HF_CLEANING_OPERATOR)
        hf_engine_at(world->engine, work(world, store, store->rules.cleanup),
                     world->kind.store_cleaned, row, store->lefts);
}

static void on_cleaned(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    HfStore *store = store_at(world, event->target);
    guint32 i = 0;
    while (i < store->shares.count && store->shares.at[i].left != event->arg) i++;
    HF_ASSERT(i < store->shares.count);
    record(world, HF_RECORD_STORE_ACTION, event->target, store->shares.at[i].framework,
           HF_STORE_CLEANED);
    remove_share(world, event->target, i);
}

void hf_world__store_read(HfWorld *world, uint32_t framework, uint32_t store, uint32_t host,
                          int64_t bytes)
{
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = HF_RECORD_STORE_READ,
                              .agent = host,
                              .framework = hf_driver_framework(world->guests[framework].driver),
                              .id = store,
                              .value = bytes});
}

/* ---- life ---- */

/* The run begins: before anything else happens. */
static void on_declare(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    for (uint32_t s = 0; s < world->scenario->stores.count; s++) {
        const HfStore *store = &world->stores[s];
        __int128 capacity = (__int128)store->rules.capacity * 1048576 / 1000;
        record(world, HF_RECORD_STORE_DECLARED, s, NO_ROW, (int64_t)MIN(capacity, INT64_MAX));
        if (!store->is_up) record(world, HF_RECORD_STORE_STATE, s, NO_ROW, 0);
    }
}

void hf_world__register_stores(HfWorld *world)
{
    world->kind.store_declare =
        hf_engine_register(world->engine, "store-declare", on_declare, world);
    world->kind.store_told = hf_engine_register(world->engine, "store-told", on_told, world);
    world->kind.store_damage = hf_engine_register(world->engine, "store-damage", on_damage, world);
    world->kind.store_lost = hf_engine_register(world->engine, "store-lost", on_lost, world);
    world->kind.store_recover =
        hf_engine_register(world->engine, "store-recover", on_recovery_due, world);
    world->kind.store_recovered =
        hf_engine_register(world->engine, "store-recovered", on_recovered, world);
    world->kind.store_cleaned =
        hf_engine_register(world->engine, "store-cleaned", on_cleaned, world);
}

void hf_world__build_stores(HfWorld *world)
{
    const HfScenario *scenario = world->scenario;
    world->stores = g_new0(HfStore, scenario->stores.count + 1);
    for (uint32_t s = 0; s < scenario->stores.count; s++) {
        const HfScenarioStoreKeys *keys = &scenario->stores.at[s];
        HfStore *store = &world->stores[s];
        store->rules = hf_store_rules(keys);
        store->provider = NO_ROW;
        for (uint32_t f = 0; keys->framework != NULL && f < scenario->frameworks.count; f++)
            if (strcmp(scenario->frameworks.at[f].name, keys->framework) == 0) store->provider = f;
        store->is_up = store->provider == NO_ROW;
    }
    if (scenario->stores.count > 0) hf_engine_at(world->engine, 0, world->kind.store_declare, 0, 0);
}

void hf_world__clear_stores(HfWorld *world)
{
    for (uint32_t s = 0; world->stores != NULL && s < world->scenario->stores.count; s++) {
        hf_vec_clear(&world->stores[s].groups);
        hf_store_content_free(world->stores[s].content);
        hf_vec_clear(&world->stores[s].shares);
        hf_vec_clear(&world->stores[s].set_ups);
    }
    hf_vec_clear(&world->losses);
    g_free(world->stores);
}
