/*
 * The life of each persistent volume: who made it, where, how large it is, which tasks used it, and
 * how it ended. The rows of a host form a list, in which a few are looked at for each task that
 * holds a volume.
 *
 * A volume is there until it is destroyed, its disk is lost, its agent is said to be gone for good,
 * or its agent returns without it (a CREATE that never reached the disk); while its agent is away
 * it is still there. It is an orphan while nobody would use it: no framework is subscribed, or
 * expected back, under its role or one below it, or the one that made it has said that it will not
 * (VOLUME_DISOWNED); a task that uses it all the same ends that.
 */
#include "base/assert.h"
#include "resource/operation.h"
#include "world/recorder_internal.h"

#define NO_ROW UINT32_MAX

static HfTextId persistence_of(const HfCatalog *catalog, const HfResource *entry)
{
    return hf_disk(catalog, hf_meta(catalog, entry->meta)->disk)->persistence;
}

static gboolean is_volume(const HfRecorder *recorder, const HfResource *entry)
{
    return hf_meta_is_persistent(recorder->catalog, entry->meta);
}

static void step(HfRecorder *recorder, HfClusterLevel level, HfTime now, int64_t change)
{
    hf_level_add(&recorder->cluster[level].level, now, change);
}

static int64_t whole_mb(int64_t milli)
{
    return milli / 1000;
}

/* ---- rows ---- */

uint32_t hf_recorder__host_of(const HfRecorder *recorder, uint32_t agent)
{
    return agent < recorder->agent_host.count ? recorder->agent_host.at[agent] : NO_ROW;
}

static uint32_t first_on(const HfRecorder *recorder, uint32_t host)
{
    return host < recorder->first_volume.count ? recorder->first_volume.at[host] : NO_ROW;
}

/* There, or gone with its CREATE (such a one may turn out to be there after all). */
static uint32_t find(const HfRecorder *recorder, uint32_t host, const HfResource *entry)
{
    HfTextId id = persistence_of(recorder->catalog, entry);
    HfRoleId role = hf_meta_reservation_role(recorder->catalog, entry->meta);
    uint32_t row = first_on(recorder, host);
    while (row != NO_ROW &&
           (recorder->volumes.at[row].persistence != id || recorder->volumes.at[row].role != role))
        row = recorder->volumes.at[row].next;
    return row;
}

/* Is there a framework that is offered what is reserved to this role? */
static gboolean is_wanted(const HfRecorder *recorder, HfRoleId role)
{
    for (guint32 i = 0; i < recorder->wanters.count; i++) {
        HfRoleId its = recorder->wanters.at[i].role;
        if (its == role || hf_role_is_strict_subrole(recorder->catalog, its, role)) return TRUE;
    }
    return FALSE;
}

static void set_orphaned(HfRecorder *recorder, HfVolume *volume, HfTime now, gboolean is_orphan)
{
    if (is_orphan == (volume->orphaned >= 0)) return;
    volume->orphaned = is_orphan ? now : -1;
    step(recorder, HF_LEVEL_VOLUMES_ORPHANED, now, is_orphan ? 1 : -1);
    step(recorder, HF_LEVEL_ORPHANED_DISK, now,
         is_orphan ? whole_mb(volume->milli) : -whole_mb(volume->milli));
}

static void judge(HfRecorder *recorder, HfVolume *volume, HfTime now)
{
    set_orphaned(recorder, volume, now,
                 volume->users == 0 && (volume->is_disowned || !is_wanted(recorder, volume->role)));
}

static void appear(HfRecorder *recorder, HfVolume *volume, HfTime now)
{
    volume->end = HF_VOLUME_IS_THERE;
    volume->ended = -1;
    step(recorder, HF_LEVEL_VOLUMES, now, 1);
    judge(recorder, volume, now);
}

static uint32_t add(HfRecorder *recorder, const HfRecord *record, uint32_t host,
                    const HfResource *entry)
{
    uint32_t row = recorder->volumes.count;
    const HfDisk *disk = hf_disk(recorder->catalog, hf_meta(recorder->catalog, entry->meta)->disk);
    gboolean by_framework = record->type == HF_RECORD_CONVERTED;
    while (recorder->first_volume.count <= host) hf_vec_push(&recorder->first_volume, NO_ROW);
    hf_vec_push(&recorder->volumes,
                (HfVolume){.persistence = disk->persistence,
                           .principal = disk->persistence_principal,
                           .role = hf_meta_reservation_role(recorder->catalog, entry->meta),
                           .host = host,
                           .creator = by_framework ? record->framework : NO_ROW,
                           .is_found = !by_framework,
                           .used_by = NO_ROW,
                           .failure = NO_ROW,
                           .milli = entry->milli,
                           .created = record->at,
                           .orphaned = -1,
                           .next = first_on(recorder, host)});
    recorder->first_volume.at[host] = row;
    recorder->count[HF_COUNT_VOLUMES_CREATED]++;
    appear(recorder, &recorder->volumes.at[row], record->at);
    return row;
}

static void unlink_row(HfRecorder *recorder, uint32_t row)
{
    uint32_t *link = &recorder->first_volume.at[recorder->volumes.at[row].host];
    while (*link != row) link = &recorder->volumes.at[*link].next;
    *link = recorder->volumes.at[row].next;
}

static void end(HfRecorder *recorder, uint32_t row, HfTime now, HfVolumeEnd how)
{
    HfVolume *volume = &recorder->volumes.at[row];
    HF_ASSERT(volume->end == HF_VOLUME_IS_THERE);
    HfTime orphaned = volume->orphaned;
    set_orphaned(recorder, volume, now, FALSE);
    volume->orphaned = orphaned; /* the table tells since when it was one */
    step(recorder, HF_LEVEL_VOLUMES, now, -1);
    volume->end = how;
    volume->ended = now;
    if (volume->users > 0) volume->used += now - volume->used_since;
    volume->users = 0;
    if (hf_recorder__is_open(recorder, volume->failure))
        hf_recorder__data_lost(recorder, volume->failure, volume->milli);
    volume->failure = NO_ROW;
    if (how == HF_VOLUME_UNDONE) return; /* it stays in the list */
    recorder
        ->count[how == HF_VOLUME_DESTROYED ? HF_COUNT_VOLUMES_DESTROYED : HF_COUNT_VOLUMES_LOST]++;
    unlink_row(recorder, row);
}

/* The row of an entry that is there now, made or found again if need be. */
static HfVolume *see(HfRecorder *recorder, const HfRecord *record, uint32_t host,
                     const HfResource *entry)
{
    uint32_t row = find(recorder, host, entry);
    if (row == NO_ROW) row = add(recorder, record, host, entry);
    HfVolume *volume = &recorder->volumes.at[row];
    if (volume->end == HF_VOLUME_UNDONE) appear(recorder, volume, record->at);
    return volume;
}

/* ---- records ---- */

/* CONSUMED what is not there again when its CONVERTED comes was destroyed; the same again, with
 * another size, was grown or shrunk. */
void hf_recorder__volumes_on_conversion(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t host = hf_recorder__host_of(recorder, record->agent);
    if (host == NO_ROW) return;
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (!is_volume(recorder, entry)) continue;
        if (record->type == HF_RECORD_CONVERTED) {
            HfVolume *volume = see(recorder, record, host, entry);
            if (volume->orphaned >= 0)
                step(recorder, HF_LEVEL_ORPHANED_DISK, record->at,
                     whole_mb(entry->milli) - whole_mb(volume->milli));
            volume->milli = entry->milli;
        } else if (recorder->operation == HF_OPERATION_DESTROY) {
            uint32_t row = find(recorder, host, entry);
            if (row != NO_ROW && recorder->volumes.at[row].end == HF_VOLUME_IS_THERE)
                end(recorder, row, record->at, HF_VOLUME_DESTROYED);
        }
    }
}

/* What is written on the disk is what the agent comes with. */
void hf_recorder__volumes_on_agent(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t host = (uint32_t)record->value, next;
    while (recorder->agent_host.count <= record->agent) hf_vec_push(&recorder->agent_host, NO_ROW);
    recorder->agent_host.at[record->agent] = host;
    for (uint32_t row = first_on(recorder, host); row != NO_ROW; row = next) {
        HfVolume *volume = &recorder->volumes.at[row];
        next = volume->next;
        volume->is_seen = FALSE;
    }
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (is_volume(recorder, entry)) see(recorder, record, host, entry)->is_seen = TRUE;
    }
    for (uint32_t row = first_on(recorder, host); row != NO_ROW; row = next) {
        next = recorder->volumes.at[row].next;
        if (!recorder->volumes.at[row].is_seen &&
            recorder->volumes.at[row].end == HF_VOLUME_IS_THERE)
            end(recorder, row, record->at, HF_VOLUME_UNDONE);
    }
}

static void lose_all(HfRecorder *recorder, uint32_t host, HfTime now)
{
    uint32_t next;
    for (uint32_t row = first_on(recorder, host); row != NO_ROW; row = next) {
        next = recorder->volumes.at[row].next;
        if (recorder->volumes.at[row].end == HF_VOLUME_IS_THERE)
            end(recorder, row, now, HF_VOLUME_LOST);
        else
            unlink_row(recorder, row);
    }
}

void hf_recorder__volumes_on_loss(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t host = record->type == HF_RECORD_DISK_LOST
                        ? record->agent
                        : hf_recorder__host_of(recorder, record->agent);
    if (host != NO_ROW) lose_all(recorder, host, record->at);
}

void hf_recorder__volumes_on_disowned(HfRecorder *recorder, const HfRecord *record)
{
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        uint32_t row = is_volume(recorder, entry) ? find(recorder, record->agent, entry) : NO_ROW;
        if (row == NO_ROW || recorder->volumes.at[row].end != HF_VOLUME_IS_THERE) continue;
        recorder->volumes.at[row].is_disowned = TRUE;
        judge(recorder, &recorder->volumes.at[row], record->at);
    }
}

/* Frameworks come and go: who would use what there is? */
void hf_recorder__volumes_on_framework(HfRecorder *recorder, const HfRecord *record)
{
    for (guint32 i = recorder->wanters.count; i-- > 0;)
        if (recorder->wanters.at[i].framework == record->framework)
            hf_vec_remove(&recorder->wanters, i);
    if (record->type == HF_RECORD_FRAMEWORK_SUBSCRIBED) {
        const HfScenario *scenario = recorder->scenario;
        uint32_t peer = recorder->master
                            ? hf_master_framework_peer(recorder->master, record->framework)
                            : NO_ROW;
        const char **roles =
            peer < scenario->frameworks.count ? scenario->frameworks.at[peer].roles : NULL;
        for (; roles != NULL && *roles != NULL; roles++)
            hf_vec_push(&recorder->wanters,
                        (HfWanter){record->framework, hf_role_find(recorder->catalog, *roles)});
        hf_vec_push(&recorder->wanters, (HfWanter){record->framework, record->role});
    }
    for (guint32 v = 0; v < recorder->volumes.count; v++)
        if (recorder->volumes.at[v].end == HF_VOLUME_IS_THERE)
            judge(recorder, &recorder->volumes.at[v], record->at);
}

/* ---- tasks ---- */

HfHeld hf_recorder__volumes_taken(HfRecorder *recorder, const HfRecord *record, uint32_t host)
{
    HfHeld held = {.failure = NO_ROW};
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (!is_volume(recorder, entry)) continue;
        HfVolume *volume = see(recorder, record, host, entry);
        if (volume->users++ == 0) volume->used_since = record->at;
        volume->tasks++;
        volume->used_by = record->framework;
        volume->is_disowned = FALSE;
        judge(recorder, volume, record->at);
        held.volumes++;
        held.milli += volume->milli;
        if (hf_recorder__is_open(recorder, volume->failure)) {
            held.failure = volume->failure;
            held.kept_milli += volume->milli;
        }
        volume->failure = NO_ROW;
    }
    return held;
}

HfHeld hf_recorder__volumes_left(HfRecorder *recorder, const HfRecord *record, uint32_t host,
                                 uint32_t failure)
{
    HfHeld held = {.failure = failure};
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (!is_volume(recorder, entry)) continue;
        uint32_t row = find(recorder, host, entry);
        held.volumes++;
        held.milli += entry->milli;
        if (row == NO_ROW || recorder->volumes.at[row].end != HF_VOLUME_IS_THERE) {
            held.lost_milli += entry->milli; /* with its disk, before the master knew of the end */
            continue;
        }
        HfVolume *volume = &recorder->volumes.at[row];
        if (volume->users > 0 && --volume->users == 0)
            volume->used += record->at - volume->used_since;
        if (failure != NO_ROW) volume->failure = failure;
        judge(recorder, volume, record->at);
    }
    return held;
}

void hf_recorder__volumes_clear(HfRecorder *recorder)
{
    hf_vec_clear(&recorder->volumes);
    hf_vec_clear(&recorder->first_volume);
    hf_vec_clear(&recorder->agent_host);
    hf_vec_clear(&recorder->wanters);
}
