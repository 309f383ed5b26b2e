/*
 * The data half of a service: what is really on the disks, whatever its scheduler thinks.
 *
 * A service's data is cut into parts, each kept in so many replicas on different members. A replica
 * is complete or not there; one that is not there is copied from one that is and whose member runs,
 * a few streams at a time for each member. A member that finds its data again has its replicas
 * again; one that starts with nothing copies them. Where the service repairs itself, the replicas
 * of a member that is silent for too long are made anew on others, and its own count until those
 * are complete: data is lost only when no complete replica is left on any disk (I-23).
 *
 * The data is there from the moment at which all members run for the first time: clients write it,
 * nobody copies it. After a loss, the part begins anew with whoever runs.
 */
#include "base/assert.h"
#include "base/checked.h"
#include "models/frameworks/service/data_internal.h"

/* ---- members ---- */

/* What the member had is there no more, or nobody's. */
static void lose_data(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (!member->has_data) return;
    for (guint32 i = 0; i < member->holds.count; i++) {
        hf_data__stop_copy(data, member->holds.at[i]);
        hf_data__forget(data, member->holds.at[i]);
    }
    member->has_data = FALSE;
}

/* All members have run: the data is where they are. */
static void be_born(HfDataset *data)
{
    data->is_born = TRUE;
    if (!hf_data__keeps_replicas(data)) return;
    const HfNodeRules *rules = hf_data__rules(data);
    uint32_t n = data->member_count, r = data->replica_count;
    for (uint32_t p = 0; p < data->part_count; p++) {
        for (uint32_t i = 0; i < r; i++)
            data->replicas[p * r + i] =
                (HfReplica){.part = p, .member = NO_MEMBER, .target = NO_MEMBER, .copy = NO_COPY};
        for (uint32_t i = 0; i < r; i++) {
            uint32_t member = (p + i) % n;
            if (i > 0 && rules->spread == HF_SPREAD_RANDOM) {
                member = NO_MEMBER;
                for (int tries = 0; tries < 64; tries++) {
                    uint32_t drawn = (uint32_t)hf_stream_below(&data->stream, n);
                    gboolean is_taken = FALSE;
                    for (uint32_t j = 0; j < i; j++) {
                        uint32_t other = data->replicas[p * r + j].member;
                        is_taken |=
                            other == drawn ||
                            (rules->rack_spread && tries < 48 &&
                             hf_service__rack_of(data->service, data->members[other].host) ==
                                 hf_service__rack_of(data->service, data->members[drawn].host));
                    }
                    if (is_taken) continue;
                    member = drawn;
                    break;
                }
                for (uint32_t step = 0; member == NO_MEMBER; step++)
                    if (!hf_data__holds_part(data, p, (p + step) % n)) member = (p + step) % n;
            }
            data->replicas[p * r + i].member = member;
            hf_vec_push(&data->members[member].holds, p * r + i);
        }
    }
    data->below = rules->quorum > 0 ? data->part_count : 0;
    for (uint32_t i = 0; i < data->part_count * r; i++) {
        uint32_t member = data->replicas[i].member;
        if (data->members[member].has_data && !data->members[member].is_full &&
            hf_data__write(data, member, 1))
            hf_data__become_complete(data, i);
        else
            hf_data__ask_for(data, i);
    }
}

static uint32_t member_of(const HfService *service, uint64_t task, HfDataset **data_out)
{
    uint32_t row = hf_map64_get(&service->truth_nodes, task);
    if (row == HF_MAP64_NONE) return NO_MEMBER;
    *data_out = service->kinds[service->nodes[row].kind].data;
    return row - service->kinds[service->nodes[row].kind].first;
}

void hf_data__count(HfDataset *data, uint32_t row, gboolean runs)
{
    if (data->members[row].is_counted == runs) return;
    data->members[row].is_counted = runs;
    data->running += runs ? 1 : -1;
    hf_data__note(data, HF_RECORD_SERVICE_MEMBERS, data->service->kinds[data->kind].job,
                  HF_ROW_NONE, data->running);
}

static gboolean finds_data(const HfDataset *data, const HfNode *node, const HfMember *member,
                           uint32_t host)
{
    const HfNodeRules *rules = hf_data__rules(data);
    if (!member->has_data || rules->identity == HF_IDENTITY_NONE) return FALSE;
    if (rules->identity == HF_IDENTITY_ANYWHERE) return TRUE;
    if (member->data_host != host) return FALSE;
    return rules->identity != HF_IDENTITY_AGENT || member->data_agent == node->agent;
}

void hf_data__begin_serving(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    HF_ASSERT(!member->serves);
    member->serves = TRUE;
    data->serving++;
    for (guint32 i = 0; i < member->holds.count; i++) {
        uint32_t held = member->holds.at[i];
        HfReplica *replica = &data->replicas[held];
        if (replica->target != NO_MEMBER) { /* it is back before it was replaced */
            hf_data__ask_no_more(data, held);
            replica->target = NO_MEMBER;
        }
        if (replica->is_complete)
            hf_data__step_live(data, replica->part, 1);
        else
            hf_data__ask_for(data, held);
    }
}

void hf_data__stop_serving(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (!member->serves) return;
    member->serves = FALSE;
    data->serving--;
    for (guint32 i = 0; i < member->holds.count; i++) {
        const HfReplica *replica = &data->replicas[member->holds.at[i]];
        if (replica->is_complete) hf_data__step_live(data, replica->part, -1);
    }
}

/* Once all have, the data is there. */
static void note_served(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (!member->has_started && member->serves) {
        member->has_started = TRUE;
        data->started++;
    }
    if (!data->is_born && data->started == data->member_count) be_born(data);
}

/* Started with nothing it copies what others have, or waits until an operator sees to it. */
static void wait_for_hand(HfDataset *data, uint32_t row, gboolean is_new)
{
    const HfModelEnv *env = &data->service->env;
    HfMember *member = &data->members[row];
    HfTime by_hand = hf_data__rules(data)->by_hand;
    if (is_new) member->is_blank = data->is_born && by_hand > 0;
    if (member->is_blank && by_hand != HF_FOR_EVER)
        hf_world_data_after(env->world, env->row, by_hand, HF_DATA_TIMER_BY_HAND,
                            hf_data__timer_arg(data, row));
}

static void on_started(void *model, uint64_t task, uint32_t host)
{
    HfService *service = model;
    HfDataset *data = NULL;
    uint32_t row = member_of(service, task, &data);
    if (row == NO_MEMBER) return;
    HfMember *member = &data->members[row];
    const HfNode *node = &service->nodes[service->kinds[data->kind].first + row];
    gboolean finds = finds_data(data, node, member, host);
    if (!finds && member->has_data) {
        int64_t left = hf_data__leave(data, row);
        hf_data__note(data, HF_RECORD_MEMBER_REPLACED, row, member->data_host, left);
        lose_data(data, row);
    }
    member->host = host;
    member->task = task;
    member->life++;
    if (!finds) {
        member->data_host = host;
        member->data_agent = node->agent;
        member->has_data =
            hf_data__rules(data)->place != HF_DATA_NONE && hf_data__settle_in(data, row);
    }
    if (hf_data__rules(data)->identity == HF_IDENTITY_ANYWHERE) member->data_host = host;
    member->is_full = FALSE;
    wait_for_hand(data, row, !finds);
    if (member->runs++ == 0) {
        if (!hf_data__is_attached(data)) hf_data__begin_serving(data, row);
        if (hf_data__rules(data)->place != HF_DATA_EXTERNAL) hf_data__count(data, row, TRUE);
    }
    if (finds) hf_data__write(data, row, 0); /* without what others have by now */
    if (hf_data__is_attached(data)) hf_data__attach(data, row);
    note_served(data, row);
    hf_data__feed_all(data);
}

static void on_ended(void *model, uint64_t task, uint32_t host, HfTaskState how)
{
    HfService *service = model;
    HfDataset *data = NULL;
    uint32_t row = member_of(service, task, &data);
    if (row == NO_MEMBER) return;
    hf_map64_remove(&service->truth_nodes, task);
    HfMember *member = &data->members[row];
    HF_ASSERT(member->runs > 0);
    if (--member->runs > 0) { /* one runs on out of reach; did this one have its share? */
        if (task != member->task || !hf_data__is_attached(data)) return;
        member->life++;
        hf_data__stop_serving(data, row);
        hf_data__stop_streams(data, row);
        hf_data__detach(data, row, how);
        hf_data__feed_all(data);
        return;
    }
    member->life++;
    hf_data__stop_serving(data, row);
    hf_data__count(data, row, FALSE);
    hf_data__stop_streams(data, row);
    hf_data__detach(data, row, how);
    const HfNodeRules *rules = hf_data__rules(data);
    if (data->is_nobodys) hf_data__leave(data, row);
    if (rules->place == HF_DATA_SANDBOX) lose_data(data, row);
    if (data->is_born && !data->is_nobodys && hf_data__keeps_replicas(data) &&
        rules->copy_after != HF_FOR_EVER)
        hf_world_data_after(service->env.world, service->env.row,
                            hf_time_add(rules->dead_after, rules->copy_after), HF_DATA_TIMER_DEAD,
                            hf_data__timer_arg(data, row));
    hf_data__feed_all(data);
}

static void on_disk_lost(void *model, uint32_t host)
{
    HfService *service = model;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfDataset *data = service->kinds[k].data;
        if (data == NULL || hf_data__is_anywhere(data) || data->is_nobodys) continue;
        for (uint32_t m = 0; m < data->member_count; m++)
            if (data->members[m].has_data && data->members[m].data_host == host) lose_data(data, m);
        hf_data__feed_all(data);
    }
}

/* Each of its parts is lost with this probability. */
static void lose_parts(HfDataset *data, uint32_t row, double hit)
{
    HfMember *at = &data->members[row];
    hf_data__stop_streams(data, row);
    for (guint32 i = 0; i < at->holds.count; i++) {
        uint32_t held = at->holds.at[i];
        if (hit < 1 && hf_stream_uniform(&data->stream) >= hit) continue;
        hf_data__forget(data, held);
        if (at->serves) hf_data__ask_for(data, held);
    }
    hf_data__feed_all(data);
}

static gboolean has_volume(const HfService *service, const HfNode *node, HfTextId persistence)
{
    const HfCatalog *catalog = service->env.catalog;
    for (uint32_t i = 0; i < hf_resources_count(&node->home); i++) {
        const HfMeta *meta = hf_meta(catalog, hf_resources_at(&node->home, i)->meta);
        if (meta->disk != 0 && hf_disk(catalog, meta->disk)->persistence == persistence)
            return TRUE;
    }
    return FALSE;
}

/* It runs on, if it does, with nothing, and copies what others have of its replicas. */
static void on_volume_emptied(void *model, uint32_t host, HfTextId persistence)
{
    HfService *service = model;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfDataset *data = service->kinds[k].data;
        if (data == NULL || data->is_nobodys) continue;
        for (uint32_t m = 0; m < data->member_count; m++) {
            if (!data->members[m].has_data || data->members[m].data_host != host) continue;
            if (has_volume(service, &service->nodes[service->kinds[k].first + m], persistence))
                lose_parts(data, m, 1);
        }
    }
}

static void on_copied(void *model, uint64_t arg)
{
    HfService *service = model;
    if (arg & HF_DATA_READ) {
        uint32_t row = (uint32_t)arg;
        HfDataset *data = service->kinds[service->nodes[row].kind].data;
        hf_data__on_read(data, row - service->kinds[data->kind].first);
        note_served(data, row - service->kinds[data->kind].first);
        hf_data__feed_all(data);
        return;
    }
    hf_data__on_copied(service->kinds[arg >> 32].data, (uint32_t)arg);
}

static void on_timer(void *model, uint32_t timer, uint64_t arg)
{
    HfService *service = model;
    if (timer == HF_DATA_TIMER_RESTART) {
        hf_held__on_death(service, arg != 0);
        return;
    }
    HfDataset *data = service->kinds[service->nodes[(uint32_t)arg].kind].data;
    uint32_t row = (uint32_t)arg - service->kinds[data->kind].first;
    if (timer == HF_DATA_TIMER_DETACHED) {
        hf_data__on_detached(data, row);
        return;
    }
    if (arg != hf_data__timer_arg(data, row)) return;
    if (timer == HF_DATA_TIMER_DEAD) {
        if (data->members[row].runs == 0 && !data->is_nobodys) hf_data__on_dead(data, row);
        return;
    }
    if (timer == HF_DATA_TIMER_BY_HAND) {
        data->members[row].is_blank = FALSE;
        hf_data__feed_all(data);
        return;
    }
    HF_ASSERT(timer == HF_DATA_TIMER_ATTACHED);
    hf_data__on_attached(data, row);
    note_served(data, row);
    hf_data__feed_all(data);
}

static void on_store_changed(void *model, uint32_t store, gboolean serves)
{
    HfService *service = model;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfDataset *data = service->kinds[k].data;
        if (data == NULL || service->kinds[k].store != store + 1) continue;
        hf_data__on_store(data);
        for (uint32_t m = 0; m < data->member_count; m++) note_served(data, m);
        hf_data__feed_all(data);
    }
}

/* Of what it has there pieces are gone, and with them the parts that they belong to: it goes on
 * without those, and copies what others have of its replicas. */
static void on_store_lost(void *model, uint32_t store, uint64_t member, double fraction)
{
    HfService *service = model;
    const HfNodeKind *kind = &service->kinds[service->nodes[member].kind];
    HfDataset *data = kind->data;
    if (data == NULL || kind->store != store + 1 || data->is_nobodys) return;
    uint32_t row = (uint32_t)member - kind->first;
    if (data->members[row].has_data) lose_parts(data, row, hf_data__part_is_hit(data, fraction));
}

/* What runs on, out of the master's reach, keeps its data until it ends. */
static void on_removed(void *model)
{
    HfService *service = model;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfDataset *data = service->kinds[k].data;
        if (data == NULL) continue;
        data->is_nobodys = TRUE;
        for (uint32_t m = 0; m < data->member_count; m++)
            if (data->members[m].runs == 0) hf_data__leave(data, m);
    }
}

/* Its container is not launched before its external volume is there (docker/volume isolator). */
static gboolean prepares(const void *model, uint64_t task)
{
    HfDataset *data = NULL;
    uint32_t row = member_of(model, task, &data);
    return row != NO_MEMBER && hf_data__rules(data)->place == HF_DATA_EXTERNAL;
}

const HfDataOps hf_service__data_ops = {.started = on_started,
                                        .prepares = prepares,
                                        .ended = on_ended,
                                        .disk_lost = on_disk_lost,
                                        .volume_emptied = on_volume_emptied,
                                        .copied = on_copied,
                                        .timer = on_timer,
                                        .store_changed = on_store_changed,
                                        .store_lost = on_store_lost,
                                        .removed = on_removed};

/* ---- what the scheduler says ---- */

void hf_service__declare_data(HfService *service)
{
    for (uint32_t k = 0; k < service->kind_count; k++) {
        const HfDataset *data = service->kinds[k].data;
        if (data == NULL) continue;
        hf_data__note(data, HF_RECORD_SERVICE_DECLARED, service->kinds[k].job, HF_ROW_NONE,
                      data->member_count);
    }
}

void hf_service__data_launched(HfService *service, uint32_t row)
{
    const HfNode *node = &service->nodes[row];
    hf_map64_set(&service->truth_nodes, node->task + service->kinds[node->kind].holder, row);
}

void hf_service__data_given_up(HfService *service, uint32_t row)
{
    HfDataset *data = service->kinds[service->nodes[row].kind].data;
    uint32_t m = row - service->kinds[data->kind].first;
    HfMember *member = &data->members[m];
    if (!member->has_data || member->runs > 0) return; /* what runs is judged by who comes next */
    /* It can be found again only by one who comes back to it, which a reservation forbids. */
    if (hf_data__rules(data)->identity != HF_IDENTITY_RESERVATION) return;
    hf_data__note(data, HF_RECORD_MEMBER_REPLACED, m, member->data_host, data->member_bytes);
    lose_data(data, m);
    hf_data__feed_all(data);
}

/* ---- life ---- */

HfDataset *hf_dataset__new(HfService *service, uint32_t k)
{
    const HfNodeKind *kind = &service->kinds[k];
    const HfNodeRules *rules = &kind->rules;
    HfDataset *data = g_new0(HfDataset, 1);
    data->service = service;
    data->kind = k;
    data->member_count = (uint32_t)rules->count;
    data->members = g_new0(HfMember, data->member_count + 1);
    for (uint32_t m = 0; m < data->member_count; m++)
        data->members[m].holder = data->members[m].host = data->members[m].read = HF_ROW_NONE;
    data->limit = rules->rate * 1048576 / 1000;
    uint32_t stream = k; /* kinds that have no instances draw nothing */
    for (uint32_t i = 0; i < k; i++) stream -= service->kinds[i].rules.count == 0;
    hf_model_stream(&data->stream, &service->env, "service-data", stream);
    if (rules->data == 0 || rules->count == 0 || rules->place == HF_DATA_NONE) return data;
    uint32_t replicas = rules->replicas == 0 ? data->member_count : (uint32_t)rules->replicas;
    data->replica_count = MIN(replicas, data->member_count);
    data->member_bytes = (int64_t)((__int128)rules->data * 1048576 / 1000);
    data->part_count = (uint32_t)rules->parts; /* when all have everything */
    if (data->replica_count < data->member_count) data->part_count *= data->member_count;
    data->part_bytes = MAX(1, (int64_t)((__int128)data->member_bytes * data->member_count /
                                        data->part_count / data->replica_count));
    data->first_part = service->part_count;
    service->part_count += data->part_count;
    data->parts = g_new0(HfPart, data->part_count);
    data->replicas = g_new0(HfReplica, (size_t)data->part_count * data->replica_count);
    return data;
}

void hf_dataset__free(HfDataset *data)
{
    if (data == NULL) return;
    for (uint32_t m = 0; m < data->member_count; m++) {
        hf_vec_clear(&data->members[m].holds);
        hf_vec_clear(&data->members[m].wants);
    }
    hf_vec_clear(&data->hungry);
    g_free(data->members);
    g_free(data->replicas);
    g_free(data->parts);
    g_free(data);
}
