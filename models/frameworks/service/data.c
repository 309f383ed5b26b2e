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
#include <stdlib.h>

#include "base/assert.h"
#include "base/checked.h"
#include "models/frameworks/service/service.h"

enum { TIMER_DEAD };

#define NO_MEMBER UINT32_MAX
#define NO_COPY   UINT32_MAX

typedef struct Member {
    uint32_t runs;     /* its tasks that run: 0 or 1, or more while one is out of reach */
    uint32_t host;     /* of the last that started, */
    uint64_t task;     /* and which that is */
    uint32_t complete; /* replicas of `holds` */
    gboolean is_dirty; /* what is on its disk has changed: in the list of those */
    gboolean has_started, has_data;
    uint32_t data_host, data_agent;
    uint32_t life;          /* counts starts and ends, for timers */
    uint32_t out, in;       /* streams */
    HF_VEC(uint32_t) holds; /* replicas that lie, or belong, here */
    HF_VEC(uint32_t) wants; /* replicas that are to be copied here */
} Member;

typedef struct Replica {
    uint32_t part, member; /* member: whose it is */
    uint32_t target;       /* another member that it is copied to in its stead; NO_MEMBER */
    gboolean is_complete;  /* at `member` */
    gboolean is_queued;    /* in the list of who wants it */
    uint32_t copy, source; /* under way, from that member; NO_COPY */
} Replica;

typedef struct Part {
    uint32_t complete, live; /* replicas: complete; and their member runs */
} Part;

typedef struct HfDataset {
    HfService *service;
    uint32_t kind, member_count;
    Member *members;
    Replica *replicas; /* those of a part are consecutive */
    Part *parts;
    uint64_t first_part;
    uint32_t part_count, replica_count; /* of each part */
    int64_t member_bytes, part_bytes, limit;
    uint32_t started, running; /* members */
    gboolean is_born;
    gboolean has_noted;      /* the replica that is about to be complete, before the old one went */
    uint32_t below;          /* parts without quorum */
    int64_t noted_out;       /* millionths, as last noted */
    HF_VEC(uint32_t) hungry; /* members that want something */
    HF_VEC(uint32_t) dirty;
    HfStream stream;
} HfDataset;

static const HfNodeRules *rules_of(const HfDataset *data)
{
    return &data->service->kinds[data->kind].rules;
}

static void note(const HfDataset *data, HfRecordType type, uint64_t id, uint32_t host,
                 int64_t value)
{
    hf_world_note_data(data->service->env.world, data->service->env.row, type, id, host, value);
}

/* Numbers of parts are the framework's own: kind after kind. */
static uint64_t part_number(const HfDataset *data, uint32_t part)
{
    return data->first_part + part;
}

static gboolean keeps_replicas(const HfDataset *data)
{
    return data->part_count > 0;
}

/* ---- what is on disks out of band ---- */

/* Instances of all kinds have their numbers. */
static uint64_t number_of(const HfDataset *data, uint32_t row)
{
    return data->service->kinds[data->kind].first + row;
}

/* What its directory is named after. */
static uint32_t path_key(const HfDataset *data, const Member *member)
{
    return rules_of(data)->identity == HF_IDENTITY_AGENT ? member->data_agent : 0;
}

static void touch(HfDataset *data, uint32_t row)
{
    Member *member = &data->members[row];
    if (rules_of(data)->place != HF_DATA_PATH || member->is_dirty) return;
    member->is_dirty = TRUE;
    hf_vec_push(&data->dirty, row);
}

/* One that finds no room for what it has to write fails. Replicas that have moved to others while
 * a member was away stay on its disk until it is back: it is only written to while it runs. */
static void write_out(HfDataset *data)
{
    const HfModelEnv *env = &data->service->env;
    for (guint32 i = 0; i < data->dirty.count; i++) {
        uint32_t row = data->dirty.at[i];
        Member *member = &data->members[row];
        member->is_dirty = FALSE;
        if (member->runs == 0 || !member->has_data) continue;
        if (!hf_world_path_hold(env->world, env->row, member->data_host, path_key(data, member),
                                number_of(data, row), data->part_bytes * member->complete))
            hf_world_task_fails(env->world, env->row, member->host, member->task);
    }
    hf_vec_reset(&data->dirty);
}

/* It gives up what it has there, or takes over what one of its kind has given up. */
static void leave_path(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    if (rules_of(data)->place != HF_DATA_PATH || !data->members[row].has_data) return;
    hf_world_path_leave(env->world, env->row, data->members[row].data_host, number_of(data, row));
}

/* A directory that is named after the host or the agent alone is found by whoever comes next; one
 * that is named after nothing, by nobody. */
static void adopt_path(HfDataset *data, uint32_t row)
{
    const HfModelEnv *env = &data->service->env;
    const HfNodeRules *rules = rules_of(data);
    if (rules->place != HF_DATA_PATH || rules->identity == HF_IDENTITY_NONE) return;
    hf_world_path_adopt(env->world, env->row, data->members[row].data_host,
                        path_key(data, &data->members[row]), number_of(data, 0),
                        number_of(data, data->member_count), number_of(data, row));
}

/* ---- quorum ---- */

static int64_t out_of_service(const HfDataset *data)
{
    const HfNodeRules *rules = rules_of(data);
    if (rules->majority && data->running * 2 <= data->member_count) return 1000000;
    if (!keeps_replicas(data)) return data->running < rules->quorum ? 1000000 : 0;
    return (int64_t)data->below * 1000000 / data->part_count +
           (data->below > 0 && (int64_t)data->below * 1000000 / data->part_count == 0);
}

static void note_quorum(HfDataset *data)
{
    if (!data->is_born) return;
    int64_t out = out_of_service(data);
    if (out == data->noted_out) return;
    data->noted_out = out;
    note(data, HF_RECORD_SERVICE_QUORUM, data->service->kinds[data->kind].job, HF_ROW_NONE, out);
}

static void step_live(HfDataset *data, uint32_t part, int by)
{
    Part *at = &data->parts[part];
    gboolean was_below = at->live < rules_of(data)->quorum;
    at->live += (uint32_t)by;
    gboolean is_below = at->live < rules_of(data)->quorum;
    data->below += (uint32_t)((int)is_below - (int)was_below);
}

/* ---- replicas ---- */

static void become_complete(HfDataset *data, uint32_t row)
{
    Replica *replica = &data->replicas[row];
    const Member *member = &data->members[replica->member];
    HF_ASSERT(!replica->is_complete && member->has_data);
    replica->is_complete = TRUE;
    data->members[replica->member].complete++;
    touch(data, replica->member);
    data->parts[replica->part].complete++;
    if (!data->has_noted)
        note(data, HF_RECORD_REPLICA_MADE, part_number(data, replica->part), member->data_host,
             data->part_bytes);
    data->has_noted = FALSE;
    if (member->runs > 0) step_live(data, replica->part, 1);
}

static void stop_copy(HfDataset *data, uint32_t row)
{
    Replica *replica = &data->replicas[row];
    if (replica->copy == NO_COPY) return;
    uint32_t to = replica->target != NO_MEMBER ? replica->target : replica->member;
    data->members[replica->source].out--;
    data->members[to].in--;
    hf_world_copy_stop(data->service->env.world, replica->copy);
    replica->copy = NO_COPY;
}

static void forget(HfDataset *data, uint32_t row)
{
    Replica *replica = &data->replicas[row];
    Part *part = &data->parts[replica->part];
    const Member *member = &data->members[replica->member];
    if (!replica->is_complete) return;
    replica->is_complete = FALSE;
    data->members[replica->member].complete--;
    if (member->runs > 0) step_live(data, replica->part, -1);
    note(data, HF_RECORD_REPLICA_GONE, part_number(data, replica->part), member->data_host,
         data->part_bytes);
    if (--part->complete == 0)
        note(data, HF_RECORD_DATA_LOST, part_number(data, replica->part), HF_ROW_NONE,
             data->part_bytes);
}

/* ---- copying ---- */

static void unlist(uint32_t *list, guint32 *count, uint32_t row)
{
    for (guint32 i = 0; i < *count; i++) {
        if (list[i] != row) continue;
        memmove(list + i, list + i + 1, (*count - i - 1) * sizeof *list);
        (*count)--;
        return;
    }
}

static uint32_t destination_of(const Replica *replica)
{
    return replica->target != NO_MEMBER ? replica->target : replica->member;
}

static void ask_for(HfDataset *data, uint32_t row)
{
    Replica *replica = &data->replicas[row];
    uint32_t to = destination_of(replica);
    if (replica->is_queued || replica->copy != NO_COPY) return;
    replica->is_queued = TRUE;
    if (data->members[to].wants.count == 0) hf_vec_push(&data->hungry, to);
    hf_vec_push(&data->members[to].wants, row);
}

static void ask_no_more(HfDataset *data, uint32_t row)
{
    Replica *replica = &data->replicas[row];
    Member *to = &data->members[destination_of(replica)];
    stop_copy(data, row);
    if (!replica->is_queued) return;
    replica->is_queued = FALSE;
    unlist(to->wants.at, &to->wants.count, row);
    if (to->wants.count == 0) unlist(data->hungry.at, &data->hungry.count, destination_of(replica));
}

static gboolean has_stream(const HfDataset *data, uint32_t used)
{
    int64_t streams = rules_of(data)->streams;
    return streams == 0 || used < streams;
}

/* A member that runs, has the part whole, and has a stream to spare: the one with the fewest. */
static uint32_t source_for(const HfDataset *data, uint32_t part)
{
    uint32_t best = NO_MEMBER;
    for (uint32_t i = 0; i < data->replica_count; i++) {
        const Replica *replica = &data->replicas[part * data->replica_count + i];
        const Member *member = &data->members[replica->member];
        if (!replica->is_complete || member->runs == 0 || !has_stream(data, member->out)) continue;
        if (best == NO_MEMBER || member->out < data->members[best].out) best = replica->member;
    }
    return best;
}

/* The replica is its target's from now on, where it is about to be complete; the old one is no
 * longer wanted. */
static void move(HfDataset *data, uint32_t row)
{
    Replica *replica = &data->replicas[row];
    Member *old = &data->members[replica->member];
    unlist(old->holds.at, &old->holds.count, row);
    if (replica->is_complete) {
        HF_ASSERT(old->runs == 0);
        note(data, HF_RECORD_REPLICA_MADE, part_number(data, replica->part),
             data->members[replica->target].data_host, data->part_bytes);
        note(data, HF_RECORD_REPLICA_GONE, part_number(data, replica->part), old->data_host,
             data->part_bytes);
        data->parts[replica->part].complete--;
        old->complete--;
    }
    data->has_noted = replica->is_complete;
    replica->is_complete = FALSE;
    hf_vec_push(&data->members[replica->target].holds, row);
    replica->member = replica->target;
    replica->target = NO_MEMBER;
}

/* Start what this member wants, as far as there are streams and sources. */
static void feed(HfDataset *data, uint32_t row)
{
    Member *member = &data->members[row];
    for (guint32 i = 0; i < member->wants.count && member->runs > 0 && member->has_data;) {
        uint32_t wanted = member->wants.at[i];
        Replica *replica = &data->replicas[wanted];
        if (data->parts[replica->part].complete == 0) { /* lost: it begins anew */
            hf_vec_remove(&member->wants, i);
            replica->is_queued = FALSE;
            if (replica->target != NO_MEMBER) move(data, wanted);
            become_complete(data, wanted);
            continue;
        }
        uint32_t source =
            has_stream(data, member->in) ? source_for(data, replica->part) : NO_MEMBER;
        if (source == NO_MEMBER) {
            if (!has_stream(data, member->in)) return;
            i++;
            continue;
        }
        hf_vec_remove(&member->wants, i);
        replica->is_queued = FALSE;
        replica->source = source;
        member->in++;
        data->members[source].out++;
        replica->copy = hf_world_copy_start(
            data->service->env.world, data->service->env.row, data->members[source].host,
            member->host, data->part_bytes, data->limit, (uint64_t)data->kind << 32 | wanted);
    }
}

static void feed_all(HfDataset *data)
{
    for (guint32 i = 0; i < data->hungry.count;) {
        uint32_t row = data->hungry.at[i];
        feed(data, row);
        if (data->members[row].wants.count == 0)
            hf_vec_remove(&data->hungry, i);
        else
            i++;
    }
    if (data->dirty.count > 0) write_out(data);
    note_quorum(data);
}

static void on_copied(void *model, uint64_t arg)
{
    HfService *service = model;
    HfDataset *data = service->kinds[arg >> 32].data;
    uint32_t row = (uint32_t)arg;
    Replica *replica = &data->replicas[row];
    data->members[replica->source].out--;
    data->members[destination_of(replica)].in--;
    replica->copy = NO_COPY;
    if (replica->target != NO_MEMBER) move(data, row);
    become_complete(data, row);
    feed_all(data);
}

/* ---- repairing elsewhere ---- */

static gboolean holds_part(const HfDataset *data, uint32_t part, uint32_t member)
{
    for (uint32_t i = 0; i < data->replica_count; i++) {
        const Replica *replica = &data->replicas[part * data->replica_count + i];
        if (replica->member == member || replica->target == member) return TRUE;
    }
    return FALSE;
}

static gboolean shares_rack(const HfDataset *data, uint32_t part, uint32_t member)
{
    HfTextId rack = hf_service__rack_of(data->service, data->members[member].host);
    for (uint32_t i = 0; i < data->replica_count; i++) {
        const Replica *replica = &data->replicas[part * data->replica_count + i];
        const Member *other = &data->members[replica->member];
        if (other->runs > 0 && hf_service__rack_of(data->service, other->host) == rack) return TRUE;
    }
    return FALSE;
}

/* One that runs and has not got the part: drawn, and in another rack as long as one is found. */
static uint32_t substitute_for(HfDataset *data, uint32_t part)
{
    enum { TRIES = 32 };
    uint32_t fallback = NO_MEMBER;
    for (int i = 0; i < TRIES; i++) {
        uint32_t member = (uint32_t)hf_stream_below(&data->stream, data->member_count);
        const Member *at = &data->members[member];
        if (at->runs == 0 || !at->has_data || holds_part(data, part, member)) continue;
        if (!rules_of(data)->rack_spread || !shares_rack(data, part, member)) return member;
        fallback = member;
    }
    return fallback;
}

/* Does anybody of the member's rack still run? */
static gboolean is_rack_gone(const HfDataset *data, const Member *member)
{
    HfTextId rack = hf_service__rack_of(data->service, member->host);
    uint32_t others = 0;
    for (uint32_t m = 0; m < data->member_count; m++) {
        const Member *other = &data->members[m];
        if (other == member || !other->has_started) continue;
        if (hf_service__rack_of(data->service, other->host) != rack) continue;
        others++;
        if (other->runs > 0) return FALSE;
    }
    return rack != HF_TEXT_NONE && others > 0;
}

static void on_dead(HfDataset *data, uint32_t row)
{
    Member *member = &data->members[row];
    if (rules_of(data)->rack_limit && is_rack_gone(data, member)) return;
    for (guint32 i = member->wants.count; i > 0; i--) { /* what was to be made here in place of */
        uint32_t wanted = member->wants.at[i - 1];      /* another's: not here, then */
        Replica *replica = &data->replicas[wanted];
        if (replica->target != row) continue;
        ask_no_more(data, wanted);
        replica->target = substitute_for(data, replica->part);
        if (replica->target != NO_MEMBER) ask_for(data, wanted);
    }
    for (guint32 i = 0; i < member->holds.count; i++) {
        uint32_t wanted = member->holds.at[i];
        Replica *replica = &data->replicas[wanted];
        if (replica->target != NO_MEMBER || data->parts[replica->part].live == 0) continue;
        uint32_t target = substitute_for(data, replica->part);
        if (target == NO_MEMBER) continue;
        ask_no_more(data, wanted);
        if (!replica->is_complete) { /* nothing of it is left there: it just moves */
            unlist(member->holds.at, &member->holds.count, wanted);
            i--;
            replica->member = target;
            hf_vec_push(&data->members[target].holds, wanted);
        } else {
            replica->target = target;
        }
        ask_for(data, wanted);
    }
    feed_all(data);
}

static void on_timer(void *model, uint32_t timer, uint64_t arg)
{
    HfService *service = model;
    uint32_t row = (uint32_t)arg;
    HfDataset *data = service->kinds[service->nodes[row].kind].data;
    uint32_t member = row - service->kinds[data->kind].first;
    HF_ASSERT(timer == TIMER_DEAD);
    if (data->members[member].life == (uint32_t)(arg >> 32) && data->members[member].runs == 0)
        on_dead(data, member);
}

/* ---- members ---- */

/* What the member had is there no more, or nobody's. */
static void lose_data(HfDataset *data, uint32_t row)
{
    Member *member = &data->members[row];
    if (!member->has_data) return;
    for (guint32 i = 0; i < member->holds.count; i++) {
        stop_copy(data, member->holds.at[i]);
        forget(data, member->holds.at[i]);
    }
    member->has_data = FALSE;
}

/* Copies to and from a member that runs no more end. */
static void stop_streams(HfDataset *data, uint32_t row)
{
    Member *member = &data->members[row];
    if (member->out + member->in == 0) return;
    uint32_t count = data->part_count * data->replica_count;
    for (uint32_t i = 0; i < count && member->out + member->in > 0; i++) {
        Replica *replica = &data->replicas[i];
        if (replica->copy == NO_COPY) continue;
        if (replica->source != row && destination_of(replica) != row) continue;
        stop_copy(data, i);
        ask_for(data, i);
    }
}

/* All members have run: the data is where they are. */
static void be_born(HfDataset *data)
{
    data->is_born = TRUE;
    if (!keeps_replicas(data)) return;
    const HfNodeRules *rules = rules_of(data);
    uint32_t n = data->member_count, r = data->replica_count;
    for (uint32_t p = 0; p < data->part_count; p++) {
        for (uint32_t i = 0; i < r; i++)
            data->replicas[p * r + i] =
                (Replica){.part = p, .member = NO_MEMBER, .target = NO_MEMBER, .copy = NO_COPY};
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
                    if (!holds_part(data, p, (p + step) % n)) member = (p + step) % n;
            }
            data->replicas[p * r + i].member = member;
            hf_vec_push(&data->members[member].holds, p * r + i);
        }
    }
    data->below = rules->quorum > 0 ? data->part_count : 0;
    for (uint32_t i = 0; i < data->part_count * r; i++) {
        if (data->members[data->replicas[i].member].has_data)
            become_complete(data, i);
        else
            ask_for(data, i);
    }
}

static uint32_t member_of(const HfService *service, uint64_t task, HfDataset **data_out)
{
    uint32_t row = hf_map64_get(&service->truth_nodes, task);
    if (row == HF_MAP64_NONE) return NO_MEMBER;
    *data_out = service->kinds[service->nodes[row].kind].data;
    return row - service->kinds[service->nodes[row].kind].first;
}

static void note_members(HfDataset *data)
{
    note(data, HF_RECORD_SERVICE_MEMBERS, data->service->kinds[data->kind].job, HF_ROW_NONE,
         data->running);
}

static gboolean finds_data(const HfDataset *data, const HfNode *node, const Member *member,
                           uint32_t host)
{
    const HfNodeRules *rules = rules_of(data);
    if (!member->has_data || rules->identity == HF_IDENTITY_NONE) return FALSE;
    if (rules->identity == HF_IDENTITY_ANYWHERE) return TRUE;
    if (member->data_host != host) return FALSE;
    return rules->identity != HF_IDENTITY_AGENT || member->data_agent == node->agent;
}

static void on_started(void *model, uint64_t task, uint32_t host)
{
    HfService *service = model;
    HfDataset *data = NULL;
    uint32_t row = member_of(service, task, &data);
    if (row == NO_MEMBER) return;
    Member *member = &data->members[row];
    const HfNode *node = &service->nodes[service->kinds[data->kind].first + row];
    gboolean finds = finds_data(data, node, member, host);
    if (!finds && member->has_data) {
        note(data, HF_RECORD_MEMBER_REPLACED, row, member->data_host, data->member_bytes);
        leave_path(data, row);
        lose_data(data, row);
    }
    member->host = host;
    member->task = task;
    member->life++;
    if (!finds) {
        member->has_data = rules_of(data)->place != HF_DATA_NONE;
        member->data_host = host;
        member->data_agent = node->agent;
        adopt_path(data, row);
    }
    touch(data, row);
    if (rules_of(data)->identity == HF_IDENTITY_ANYWHERE) member->data_host = host;
    if (member->runs++ == 0) {
        data->running++;
        for (guint32 i = 0; i < member->holds.count; i++) {
            uint32_t held = member->holds.at[i];
            Replica *replica = &data->replicas[held];
            if (replica->target != NO_MEMBER) { /* it is back before it was replaced */
                ask_no_more(data, held);
                replica->target = NO_MEMBER;
            }
            if (replica->is_complete)
                step_live(data, replica->part, 1);
            else
                ask_for(data, held);
        }
        note_members(data);
    }
    if (!member->has_started) {
        member->has_started = TRUE;
        data->started++;
    }
    if (!data->is_born && data->started == data->member_count) be_born(data);
    feed_all(data);
}

static void on_ended(void *model, uint64_t task, uint32_t host, HfTaskState how)
{
    HfService *service = model;
    HfDataset *data = NULL;
    uint32_t row = member_of(service, task, &data);
    if (row == NO_MEMBER) return;
    hf_map64_remove(&service->truth_nodes, task);
    Member *member = &data->members[row];
    HF_ASSERT(member->runs > 0);
    if (--member->runs > 0) return;
    data->running--;
    member->life++;
    for (guint32 i = 0; i < member->holds.count; i++) {
        const Replica *replica = &data->replicas[member->holds.at[i]];
        if (replica->is_complete) step_live(data, replica->part, -1);
    }
    note_members(data);
    stop_streams(data, row);
    if (rules_of(data)->place == HF_DATA_SANDBOX) lose_data(data, row);
    const HfNodeRules *rules = rules_of(data);
    if (data->is_born && keeps_replicas(data) && rules->copy_after != HF_FOR_EVER)
        hf_world_data_after(
            service->env.world, service->env.row, hf_time_add(rules->dead_after, rules->copy_after),
            TIMER_DEAD, (uint64_t)member->life << 32 | (service->kinds[data->kind].first + row));
    feed_all(data);
}

static void on_disk_lost(void *model, uint32_t host)
{
    HfService *service = model;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfDataset *data = service->kinds[k].data;
        if (data == NULL || data->service->kinds[k].rules.identity == HF_IDENTITY_ANYWHERE)
            continue;
        for (uint32_t m = 0; m < data->member_count; m++)
            if (data->members[m].has_data && data->members[m].data_host == host) lose_data(data, m);
        feed_all(data);
    }
}

const HfDataOps hf_service__data_ops = {.started = on_started,
                                        .ended = on_ended,
                                        .disk_lost = on_disk_lost,
                                        .copied = on_copied,
                                        .timer = on_timer};

/* ---- what the scheduler says ---- */

void hf_service__declare_data(HfService *service)
{
    for (uint32_t k = 0; k < service->kind_count; k++) {
        const HfDataset *data = service->kinds[k].data;
        if (data == NULL) continue;
        note(data, HF_RECORD_SERVICE_DECLARED, service->kinds[k].job, HF_ROW_NONE,
             data->member_count);
    }
}

void hf_service__data_launched(HfService *service, uint32_t row)
{
    hf_map64_set(&service->truth_nodes, service->nodes[row].task, row);
}

void hf_service__data_given_up(HfService *service, uint32_t row)
{
    HfDataset *data = service->kinds[service->nodes[row].kind].data;
    uint32_t m = row - service->kinds[data->kind].first;
    Member *member = &data->members[m];
    if (!member->has_data || member->runs > 0) return; /* what runs is judged by who comes next */
    /* It can be found again only by one who comes back to it, which a reservation forbids. */
    if (rules_of(data)->identity != HF_IDENTITY_RESERVATION) return;
    note(data, HF_RECORD_MEMBER_REPLACED, m, member->data_host, data->member_bytes);
    lose_data(data, m);
    feed_all(data);
}

void hf_service__data_over(HfService *service)
{
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfDataset *data = service->kinds[k].data;
        for (uint32_t m = 0; data != NULL && m < data->member_count; m++) leave_path(data, m);
    }
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
    data->members = g_new0(Member, data->member_count + 1);
    data->limit = rules->rate * 1048576 / 1000;
    hf_model_stream(&data->stream, &service->env, "service-data", k);
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
    data->parts = g_new0(Part, data->part_count);
    data->replicas = g_new0(Replica, (size_t)data->part_count * data->replica_count);
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
    hf_vec_clear(&data->dirty);
    g_free(data->members);
    g_free(data->replicas);
    g_free(data->parts);
    g_free(data);
}
