/*
 * Replicas of a service's data, and the copies that make them; see data.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/service/data_internal.h"

/* Numbers of parts are the framework's own: kind after kind. */
static uint64_t part_number(const HfDataset *data, uint32_t part)
{
    return data->first_part + part;
}

/* ---- quorum ---- */

static int64_t out_of_service(const HfDataset *data)
{
    const HfNodeRules *rules = hf_data__rules(data);
    if (rules->majority && data->serving * 2 <= data->member_count) return 1000000;
    if (!hf_data__keeps_replicas(data)) return data->serving < rules->quorum ? 1000000 : 0;
    return (int64_t)data->below * 1000000 / data->part_count +
           (data->below > 0 && (int64_t)data->below * 1000000 / data->part_count == 0);
}

/* For stores that it runs. */
static void tell_stores(HfDataset *data)
{
    if (!data->has_changed && data->lost == 0) return;
    double all = (double)data->part_count * data->replica_count;
    hf_world_store_content(data->service->env.world, data->service->env.row,
                           data->service->kinds[data->kind].job, (double)data->degraded / all,
                           (double)data->lost / data->part_count);
    data->has_changed = FALSE;
    data->lost = 0;
}

void hf_data__note_quorum(HfDataset *data)
{
    if (!data->is_born) return;
    tell_stores(data);
    int64_t out = out_of_service(data);
    if (out == data->noted_out) return;
    data->noted_out = out;
    hf_data__note(data, HF_RECORD_SERVICE_QUORUM, data->service->kinds[data->kind].job, HF_ROW_NONE,
                  out);
}

void hf_data__step_live(HfDataset *data, uint32_t part, int by)
{
    HfPart *at = &data->parts[part];
    gboolean was_below = at->live < hf_data__rules(data)->quorum;
    uint32_t was_live = at->live;
    at->live += (uint32_t)by;
    if (was_live > 0) data->degraded -= data->replica_count - was_live;
    if (at->live > 0) data->degraded += data->replica_count - at->live;
    data->has_changed = TRUE;
    gboolean is_below = at->live < hf_data__rules(data)->quorum;
    data->below += (uint32_t)((int)is_below - (int)was_below);
}

/* ---- replicas ---- */

void hf_data__become_complete(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    const HfMember *member = &data->members[replica->member];
    HF_ASSERT(!replica->is_complete && member->has_data);
    replica->is_complete = TRUE;
    data->members[replica->member].complete++;
    data->parts[replica->part].complete++;
    if (!data->has_noted)
        hf_data__note(data, HF_RECORD_REPLICA_MADE, part_number(data, replica->part),
                      hf_data__where(data, replica->member), data->part_bytes);
    data->has_noted = FALSE;
    if (member->serves) hf_data__step_live(data, replica->part, 1);
}

void hf_data__stop_copy(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    if (replica->copy == NO_COPY) return;
    uint32_t to = replica->target != NO_MEMBER ? replica->target : replica->member;
    data->members[replica->source].out--;
    data->members[to].in--;
    hf_world_copy_stop(data->service->env.world, replica->copy);
    replica->copy = NO_COPY;
}

void hf_data__forget(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    HfPart *part = &data->parts[replica->part];
    const HfMember *member = &data->members[replica->member];
    if (!replica->is_complete) return;
    replica->is_complete = FALSE;
    data->members[replica->member].complete--;
    if (member->serves) hf_data__step_live(data, replica->part, -1);
    hf_data__note(data, HF_RECORD_REPLICA_GONE, part_number(data, replica->part),
                  hf_data__where(data, replica->member), data->part_bytes);
    if (--part->complete > 0) return;
    data->lost++;
    hf_data__note(data, HF_RECORD_DATA_LOST, part_number(data, replica->part), HF_ROW_NONE,
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

static uint32_t destination_of(const HfReplica *replica)
{
    return replica->target != NO_MEMBER ? replica->target : replica->member;
}

void hf_data__ask_for(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    uint32_t to = destination_of(replica);
    if (replica->is_queued || replica->copy != NO_COPY) return;
    replica->is_queued = TRUE;
    if (data->members[to].wants.count == 0) hf_vec_push(&data->hungry, to);
    hf_vec_push(&data->members[to].wants, row);
}

void hf_data__ask_no_more(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    HfMember *to = &data->members[destination_of(replica)];
    hf_data__stop_copy(data, row);
    if (!replica->is_queued) return;
    replica->is_queued = FALSE;
    unlist(to->wants.at, &to->wants.count, row);
    if (to->wants.count == 0) unlist(data->hungry.at, &data->hungry.count, destination_of(replica));
}

static gboolean has_stream(const HfDataset *data, uint32_t used)
{
    int64_t streams = hf_data__rules(data)->streams;
    return streams == 0 || used < streams;
}

/* A member that runs, has the part whole, and has a stream to spare: the one with the fewest. */
static uint32_t source_for(const HfDataset *data, uint32_t part)
{
    uint32_t best = NO_MEMBER;
    for (uint32_t i = 0; i < data->replica_count; i++) {
        const HfReplica *replica = &data->replicas[part * data->replica_count + i];
        const HfMember *member = &data->members[replica->member];
        if (!replica->is_complete || !member->serves || !has_stream(data, member->out)) continue;
        if (best == NO_MEMBER || member->out < data->members[best].out) best = replica->member;
    }
    return best;
}

/* The replica is its target's from now on, where it is about to be complete; the old one is no
 * longer wanted. */
static void move(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    HfMember *old = &data->members[replica->member];
    unlist(old->holds.at, &old->holds.count, row);
    if (replica->is_complete) {
        HF_ASSERT(!old->serves);
        hf_data__note(data, HF_RECORD_REPLICA_MADE, part_number(data, replica->part),
                      hf_data__where(data, replica->target), data->part_bytes);
        hf_data__note(data, HF_RECORD_REPLICA_GONE, part_number(data, replica->part),
                      hf_data__where(data, replica->member), data->part_bytes);
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
    HfMember *member = &data->members[row];
    for (guint32 i = 0; i < member->wants.count && member->serves && member->has_data &&
                        !member->is_full && !member->is_blank;) {
        uint32_t wanted = member->wants.at[i];
        HfReplica *replica = &data->replicas[wanted];
        if (data->parts[replica->part].complete == 0) { /* lost: it begins anew */
            if (!hf_data__write(data, row, 1)) return;
            hf_vec_remove(&member->wants, i);
            replica->is_queued = FALSE;
            if (replica->target != NO_MEMBER) move(data, wanted);
            hf_data__become_complete(data, wanted);
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
        replica->copy = hf_data__copy(data, source, row, (uint64_t)data->kind << 32 | wanted);
    }
}

void hf_data__feed_all(HfDataset *data)
{
    for (guint32 i = 0; i < data->hungry.count;) {
        uint32_t row = data->hungry.at[i];
        feed(data, row);
        if (data->members[row].wants.count == 0)
            hf_vec_remove(&data->hungry, i);
        else
            i++;
    }
    hf_data__note_quorum(data);
}

void hf_data__on_copied(HfDataset *data, uint32_t row)
{
    HfReplica *replica = &data->replicas[row];
    data->members[replica->source].out--;
    data->members[destination_of(replica)].in--;
    replica->copy = NO_COPY;
    if (hf_data__write(data, destination_of(replica), 1)) {
        if (replica->target != NO_MEMBER) move(data, row);
        hf_data__become_complete(data, row);
    } else {
        hf_data__ask_for(data, row); /* it was copied in vain */
    }
    hf_data__feed_all(data);
}

/* Copies to and from a member that runs no more end. */
void hf_data__stop_streams(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (member->out + member->in == 0) return;
    uint32_t count = data->part_count * data->replica_count;
    for (uint32_t i = 0; i < count && member->out + member->in > 0; i++) {
        HfReplica *replica = &data->replicas[i];
        if (replica->copy == NO_COPY) continue;
        if (replica->source != row && destination_of(replica) != row) continue;
        hf_data__stop_copy(data, i);
        hf_data__ask_for(data, i);
    }
}

/* ---- repairing elsewhere ---- */

gboolean hf_data__holds_part(const HfDataset *data, uint32_t part, uint32_t member)
{
    for (uint32_t i = 0; i < data->replica_count; i++) {
        const HfReplica *replica = &data->replicas[part * data->replica_count + i];
        if (replica->member == member || replica->target == member) return TRUE;
    }
    return FALSE;
}

static gboolean shares_rack(const HfDataset *data, uint32_t part, uint32_t member)
{
    HfTextId rack = hf_service__rack_of(data->service, data->members[member].host);
    for (uint32_t i = 0; i < data->replica_count; i++) {
        const HfReplica *replica = &data->replicas[part * data->replica_count + i];
        const HfMember *other = &data->members[replica->member];
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
        const HfMember *at = &data->members[member];
        if (!at->serves || !at->has_data || hf_data__holds_part(data, part, member)) continue;
        if (!hf_data__rules(data)->rack_spread || !shares_rack(data, part, member)) return member;
        fallback = member;
    }
    return fallback;
}

/* Does anybody of the member's rack still run? */
static gboolean is_rack_gone(const HfDataset *data, const HfMember *member)
{
    HfTextId rack = hf_service__rack_of(data->service, member->host);
    uint32_t others = 0;
    for (uint32_t m = 0; m < data->member_count; m++) {
        const HfMember *other = &data->members[m];
        if (other == member || !other->has_started) continue;
        if (hf_service__rack_of(data->service, other->host) != rack) continue;
        others++;
        if (other->runs > 0) return FALSE;
    }
    return rack != HF_TEXT_NONE && others > 0;
}

void hf_data__on_dead(HfDataset *data, uint32_t row)
{
    HfMember *member = &data->members[row];
    if (hf_data__rules(data)->rack_limit && is_rack_gone(data, member)) return;
    for (guint32 i = member->wants.count; i > 0; i--) { /* what was to be made here in place of */
        uint32_t wanted = member->wants.at[i - 1];      /* another's: not here, then */
        HfReplica *replica = &data->replicas[wanted];
        if (replica->target != row) continue;
        hf_data__ask_no_more(data, wanted);
        replica->target = substitute_for(data, replica->part);
        if (replica->target != NO_MEMBER) hf_data__ask_for(data, wanted);
    }
    for (guint32 i = 0; i < member->holds.count; i++) {
        uint32_t wanted = member->holds.at[i];
        HfReplica *replica = &data->replicas[wanted];
        if (replica->target != NO_MEMBER || data->parts[replica->part].live == 0) continue;
        uint32_t target = substitute_for(data, replica->part);
        if (target == NO_MEMBER) continue;
        hf_data__ask_no_more(data, wanted);
        if (!replica->is_complete) { /* nothing of it is left there: it just moves */
            unlist(member->holds.at, &member->holds.count, wanted);
            i--;
            replica->member = target;
            hf_vec_push(&data->members[target].holds, wanted);
        } else {
            replica->target = target;
        }
        hf_data__ask_for(data, wanted);
    }
    hf_data__feed_all(data);
}
