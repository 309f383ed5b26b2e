/*
 * What is measured of services: how long a group had fewer members than it is to have, how long
 * some of it was out of service, what was lost, copied and left behind. A group is judged from the
 * moment at which all its members run for the first time: before that it is being deployed.
 */
#include "base/assert.h"
#include "world/recorder_internal.h"

static HfGroupStats *group_of(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row =
        hf_map64_get(&recorder->group_rows, (uint64_t)record->framework << 40 | record->id);
    HF_ASSERT(row != HF_MAP64_NONE);
    return &recorder->groups.at[row];
}

static void on_declared(HfRecorder *recorder, const HfRecord *record)
{
    HfGroupStats group = {
        .framework = record->framework, .group = record->id, .wanted = record->value};
    hf_level_init(&group.below.level, recorder->marked_at, 0);
    hf_level_init(&group.unavailable.level, recorder->marked_at, 0);
    hf_level_init(&group.out.level, recorder->marked_at, 0);
    hf_map64_set(&recorder->group_rows, (uint64_t)record->framework << 40 | record->id,
                 recorder->groups.count);
    hf_vec_push(&recorder->groups, group);
    hf_recorder__framework(recorder, record->framework)->is_service = TRUE;
}

/* A level of the group that is 0 or 1; the number of such groups in its framework, and whether
 * there is one. */
static void set_flag(HfTime now, HfTracked *flag, int64_t *groups, HfTracked *any, gboolean is_set)
{
    int64_t by = (is_set ? 1 : 0) - flag->level.value;
    if (by == 0) return;
    *groups += by;
    hf_level_add(&flag->level, now, by);
    hf_level_set(&any->level, now, *groups > 0);
}

static void on_members(HfRecorder *recorder, const HfRecord *record)
{
    HfFrameworkStats *framework = hf_recorder__framework(recorder, record->framework);
    HfGroupStats *group = group_of(recorder, record);
    group->running = record->value;
    group->was_whole = group->was_whole || group->running >= group->wanted;
    set_flag(record->at, &group->below, &framework->groups_below, &framework->below,
             group->was_whole && group->running < group->wanted);
    int64_t missing = group->was_whole ? MAX(group->wanted - group->running, 0) : 0;
    hf_level_add(&framework->missing.level, record->at, missing - group->missing);
    group->missing = missing;
}

static void on_quorum(HfRecorder *recorder, const HfRecord *record)
{
    HfFrameworkStats *framework = hf_recorder__framework(recorder, record->framework);
    HfGroupStats *group = group_of(recorder, record);
    hf_level_add(&group->out.level, record->at, record->value - group->out.level.value);
    set_flag(record->at, &group->unavailable, &framework->groups_unavailable,
             &framework->unavailable, record->value > 0);
}

/* A copy to a host has begun, or ended; it belongs to the framework that began it, which may have
 * another id by now. */
static void on_copy(HfRecorder *recorder, const HfRecord *record, gboolean begins)
{
    uint32_t owner = record->framework;
    if (begins) {
        hf_map64_set(&recorder->copy_owners, record->id, owner);
    } else {
        owner = hf_map64_get(&recorder->copy_owners, record->id);
        if (owner == HF_MAP64_NONE) return;
        hf_map64_remove(&recorder->copy_owners, record->id);
    }
    uint64_t key = (uint64_t)owner << 32 | record->agent;
    uint32_t before = hf_map64_get(&recorder->copies, key);
    uint32_t count = (before == HF_MAP64_NONE ? 0 : before) + (begins ? 1U : -1U);
    if (count > 0)
        hf_map64_set(&recorder->copies, key, count);
    else
        hf_map64_remove(&recorder->copies, key);
    HfTracked *copying = &hf_recorder__framework(recorder, owner)->copying;
    if (count == (begins ? 1 : 0)) hf_level_add(&copying->level, record->at, begins ? 1 : -1);
}

void hf_recorder__on_service(HfRecorder *recorder, const HfRecord *record)
{
    uint64_t bytes = (uint64_t)record->value;
    switch ((int)record->type) {
    case HF_RECORD_SERVICE_DECLARED:
        on_declared(recorder, record);
        break;
    case HF_RECORD_SERVICE_MEMBERS:
        on_members(recorder, record);
        break;
    case HF_RECORD_SERVICE_QUORUM:
        on_quorum(recorder, record);
        break;
    case HF_RECORD_MEMBER_REPLACED:
        hf_recorder__bump(recorder, record, HF_COUNT_MEMBERS_REPLACED, 1);
        hf_recorder__bump(recorder, record, HF_COUNT_BYTES_LEFT, bytes);
        break;
    case HF_RECORD_DATA_LOST:
        hf_recorder__bump(recorder, record, HF_COUNT_DATA_LOSSES, 1);
        hf_recorder__bump(recorder, record, HF_COUNT_BYTES_LOST, bytes);
        break;
    case HF_RECORD_COPY_STARTED:
        on_copy(recorder, record, TRUE);
        break;
    default:
        HF_ASSERT(record->type == HF_RECORD_COPY_ENDED);
        on_copy(recorder, record, FALSE);
        hf_recorder__bump(recorder, record, HF_COUNT_BYTES_COPIED, bytes);
        recorder->bytes_copied += record->value;
    }
}

void hf_recorder__mark_services(HfRecorder *recorder, HfTime now)
{
    for (guint32 f = 0; f < recorder->frameworks.count; f++) {
        hf_recorder__mark(&recorder->frameworks.at[f].below, now);
        hf_recorder__mark(&recorder->frameworks.at[f].unavailable, now);
        hf_recorder__mark(&recorder->frameworks.at[f].missing, now);
        hf_recorder__mark(&recorder->frameworks.at[f].copying, now);
    }
    for (guint32 g = 0; g < recorder->groups.count; g++) {
        hf_recorder__mark(&recorder->groups.at[g].below, now);
        hf_recorder__mark(&recorder->groups.at[g].unavailable, now);
        hf_recorder__mark(&recorder->groups.at[g].out, now);
    }
}

void hf_recorder__clear_services(HfRecorder *recorder)
{
    hf_vec_clear(&recorder->groups);
    hf_vec_clear(&recorder->deployments);
    hf_map64_clear(&recorder->group_rows);
    hf_map64_clear(&recorder->copy_owners);
    hf_map64_clear(&recorder->copies);
}
