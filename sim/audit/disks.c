/*
 * What lies on the file systems under the agents' work directories, recounted: sandboxes that grow,
 * are closed and removed; volumes and which data is in them; directories of services; what others
 * wrote there. I-14: what is
 * said to be used is all of that together. I-12: the data in a volume is the same until the volume
 * is destroyed or its disk lost.
 *
 * A DESTROY is in the trace when the master decides; when the agent does it no record tells. So of
 * volumes that are to go it is not known whether their content still counts.
 */
#include "audit/audit_internal.h"
#include "resource/operation.h"

typedef struct HfAuditSandbox {
    uint32_t framework;
    uint64_t task;
    int64_t kib, rate; /* then, and each second since */
    HfTime since;
} HfAuditSandbox;

typedef struct HfAuditVolume {
    HfRoleId role;
    HfTextId root, id;
    int64_t data, kib;
    gboolean is_destroyed; /* the master said so, after it was last opened */
} HfAuditVolume;

typedef struct HfAuditPath {
    uint32_t framework;
    uint64_t member;
    int64_t kib;
    gboolean is_left;
} HfAuditPath;

struct HfAuditDisk {
    HF_VEC(HfAuditSandbox) open, closed;
    HF_VEC(HfAuditPath) paths;
    HF_VEC(HfAuditVolume) volumes;
    int64_t oob_kib, volumes_kib; /* as last said */
};

void hf_audit__disk_free(HfAuditDisk *disk)
{
    if (disk == NULL) return;
    hf_vec_clear(&disk->open);
    hf_vec_clear(&disk->closed);
    hf_vec_clear(&disk->volumes);
    hf_vec_clear(&disk->paths);
    g_free(disk);
}

static void bad(HfAudit *audit, const HfRecord *record, HfInvariant invariant, const char *what,
                int64_t counted)
{
    g_autofree char *name = hf_audit__host_name(audit, record->agent);
    hf_audit__break(audit, invariant, record,
                    "host %s: %s: %" G_GINT64_FORMAT " is said, %" G_GINT64_FORMAT " is counted",
                    name, what, (gint64)record->value, (gint64)counted);
}

static int64_t content(const HfAuditSandbox *sandbox, HfTime now)
{
    HfTime passed = now - sandbox->since;
    return sandbox->kib + passed / HF_NS_PER_SECOND * sandbox->rate +
           passed % HF_NS_PER_SECOND * sandbox->rate / HF_NS_PER_SECOND;
}

/* ---- sandboxes ---- */

static guint32 find(const HfAuditSandbox *list, guint32 count, const HfRecord *record)
{
    guint32 i = 0;
    while (i < count && (list[i].task != record->id || list[i].framework != record->framework)) i++;
    return i;
}

static void on_sandbox(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    guint32 i = find(disk->open.at, disk->open.count, record);
    gboolean is_made = record->type == HF_RECORD_SANDBOX_MADE;
    if (is_made != (i == disk->open.count) || record->value < 0) {
        bad(audit, record, HF_INVARIANT_REAL_DISK, "a sandbox that is there twice, or not", 0);
        return;
    }
    if (is_made) {
        hf_vec_push(&disk->open,
                    (HfAuditSandbox){record->framework, record->id, record->value, 0, record->at});
        return;
    }
    HfAuditSandbox *sandbox = &disk->open.at[i];
    sandbox->kib = content(sandbox, record->at);
    sandbox->since = record->at;
    if (record->type == HF_RECORD_SANDBOX_GROWS) {
        sandbox->rate = record->value;
        return;
    }
    if (sandbox->kib != record->value) {
        bad(audit, record, HF_INVARIANT_REAL_DISK, "content of a sandbox", sandbox->kib);
        return;
    }
    sandbox->rate = 0;
    hf_vec_push(&disk->closed, *sandbox);
    hf_vec_remove(&disk->open, i);
}

static void on_removed(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    guint32 i = find(disk->closed.at, disk->closed.count, record);
    if (i == disk->closed.count || disk->closed.at[i].kib != record->value) {
        bad(audit, record, HF_INVARIANT_REAL_DISK, "a sandbox that is removed",
            i < disk->closed.count ? disk->closed.at[i].kib : 0);
        return;
    }
    hf_vec_remove(&disk->closed, i);
}

/* ---- volumes ---- */

/* The row of a volume, HfAuditDisk.volumes.count when it was never opened there. */
static guint32 find_volume(const HfAudit *audit, const HfAuditDisk *disk, const HfResource *entry,
                           HfAuditVolume *named_out)
{
    const HfDisk *info = hf_disk(audit->catalog, hf_meta(audit->catalog, entry->meta)->disk);
    *named_out = (HfAuditVolume){.role = hf_meta_reservation_role(audit->catalog, entry->meta),
                                 .root = info->root,
                                 .id = info->persistence};
    guint32 i = 0;
    while (i < disk->volumes.count &&
           (disk->volumes.at[i].role != named_out->role ||
            disk->volumes.at[i].root != named_out->root || disk->volumes.at[i].id != named_out->id))
        i++;
    return i;
}

static void on_opened(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    HfAuditVolume named;
    guint32 i = find_volume(audit, disk, hf_resources_at(record->resources, 0), &named);
    if (i == disk->volumes.count) {
        named.data = record->value;
        hf_vec_push(&disk->volumes, named);
        return;
    }
    HfAuditVolume *volume = &disk->volumes.at[i];
    if (volume->data != record->value) {
        if (!volume->is_destroyed || record->value < volume->data) {
            bad(audit, record, HF_INVARIANT_CONTENT,
                "a volume that was not destroyed has other data", volume->data);
            return;
        }
        volume->data = record->value;
        volume->kib = 0;
    }
    volume->is_destroyed = FALSE;
}

static void on_filled(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    const HfResource *entry = hf_resources_at(record->resources, 0);
    HfAuditVolume named;
    guint32 i = find_volume(audit, disk, entry, &named);
    if (i == disk->volumes.count) {
        bad(audit, record, HF_INVARIANT_REAL_DISK, "a volume is filled that no task opened", 0);
        return;
    }
    int64_t size = entry->milli / 1000 * 1024 + 1024;
    if (record->value < disk->volumes.at[i].kib || record->value > size) {
        bad(audit, record, HF_INVARIANT_REAL_DISK, "content of a volume", disk->volumes.at[i].kib);
        return;
    }
    disk->volumes.at[i].kib = record->value;
}

static void on_emptied(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    HfAuditVolume named;
    guint32 i = find_volume(audit, disk, hf_resources_at(record->resources, 0), &named);
    int64_t kib = i < disk->volumes.count ? disk->volumes.at[i].kib : 0;
    if (record->value != kib)
        bad(audit, record, HF_INVARIANT_REAL_DISK, "what was removed from a volume", kib);
    if (i < disk->volumes.count) disk->volumes.at[i].kib = 0;
}

static void on_hold(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    int64_t least = 0, most = 0;
    for (guint32 i = 0; i < disk->volumes.count; i++) {
        const HfAuditVolume *volume = &disk->volumes.at[i];
        if (volume->root != HF_TEXT_NONE) continue; /* on a disk of its own */
        most += volume->kib;
        if (!volume->is_destroyed) least += volume->kib;
    }
    if (record->value < least || record->value > most)
        bad(audit, record, HF_INVARIANT_REAL_DISK, "content of all volumes", least);
    disk->volumes_kib = record->value;
}

void hf_audit__disks_on_consumed(HfAudit *audit, const HfRecord *record)
{
    if (audit->conversion.state != HF_OPERATION_DESTROY || hf_audit__is_broken(audit)) return;
    HfAuditDisk *disk = hf_audit__host(audit, audit->agents.at[record->agent].host)->disk;
    for (uint32_t k = 0; disk != NULL && k < hf_resources_count(record->resources); k++) {
        const HfResource *entry = hf_resources_at(record->resources, k);
        if (!hf_meta_is_persistent(audit->catalog, entry->meta)) continue;
        HfAuditVolume named;
        guint32 i = find_volume(audit, disk, entry, &named);
        if (i < disk->volumes.count) disk->volumes.at[i].is_destroyed = TRUE;
    }
}

/* ---- directories of services ---- */

/* The instance's own; or one of its framework that is left and holds so much. */
static guint32 find_path(const HfAuditDisk *disk, const HfRecord *record, gboolean is_left)
{
    guint32 i = 0;
    for (; i < disk->paths.count; i++) {
        const HfAuditPath *path = &disk->paths.at[i];
        if (path->framework != record->framework || path->is_left != is_left) continue;
        if (is_left ? path->kib == record->value : path->member == record->id) break;
    }
    return i;
}

static void on_path(HfAudit *audit, HfAuditDisk *disk, const HfRecord *record)
{
    gboolean is_adopted = record->type == HF_RECORD_PATH_ADOPTED;
    guint32 own = find_path(disk, record, FALSE), count = disk->paths.count;
    guint32 i = is_adopted ? find_path(disk, record, TRUE) : own;
    if (record->type == HF_RECORD_PATH_WRITTEN && i == count)
        hf_vec_push(&disk->paths, (HfAuditPath){record->framework, record->id, 0, FALSE});
    else if (i == count || (is_adopted && own < count)) {
        bad(audit, record, HF_INVARIANT_REAL_DISK,
            is_adopted ? "a directory that nobody left there is taken over"
                       : "a directory is left that was not there",
            0);
        return;
    }
    HfAuditPath *path = &disk->paths.at[i];
    path->member = record->id;
    if (record->type == HF_RECORD_PATH_WRITTEN)
        path->kib += record->value;
    else if (path->kib != record->value)
        bad(audit, record, HF_INVARIANT_REAL_DISK, "content of a directory", path->kib);
    path->is_left = record->type == HF_RECORD_PATH_LEFT;
    if (path->kib < 0)
        bad(audit, record, HF_INVARIANT_REAL_DISK, "a directory holds less than nothing",
            path->kib);
}

/* ---- all together ---- */

static void on_used(HfAudit *audit, const HfAuditDisk *disk, const HfRecord *record)
{
    int64_t sum = disk->oob_kib + disk->volumes_kib;
    for (guint32 i = 0; i < disk->open.count; i++) sum += content(&disk->open.at[i], record->at);
    for (guint32 i = 0; i < disk->closed.count; i++) sum += disk->closed.at[i].kib;
    for (guint32 i = 0; i < disk->paths.count; i++) sum += disk->paths.at[i].kib;
    if (sum != record->value)
        bad(audit, record, HF_INVARIANT_REAL_DISK,
            "what is used is sandboxes, volumes, directories and what others wrote", sum);
}

void hf_audit__on_disk(HfAudit *audit, const HfRecord *record)
{
    HfAuditHost *host = hf_audit__host(audit, record->agent);
    if (record->type == HF_RECORD_DISK_LOST) {
        hf_audit__disk_free(host->disk);
        host->disk = NULL;
        return;
    }
    if (host->disk == NULL) host->disk = g_new0(HfAuditDisk, 1);
    switch (record->type) {
    case HF_RECORD_SANDBOX_REMOVED:
        on_removed(audit, host->disk, record);
        break;
    case HF_RECORD_PATH_WRITTEN:
    case HF_RECORD_PATH_LEFT:
    case HF_RECORD_PATH_ADOPTED:
        on_path(audit, host->disk, record);
        break;
    case HF_RECORD_OUT_OF_BAND:
        host->disk->oob_kib = record->value;
        break;
    case HF_RECORD_VOLUME_OPENED:
        on_opened(audit, host->disk, record);
        break;
    case HF_RECORD_VOLUME_FILLED:
        on_filled(audit, host->disk, record);
        break;
    case HF_RECORD_VOLUME_EMPTIED:
        on_emptied(audit, host->disk, record);
        break;
    case HF_RECORD_VOLUMES_HOLD:
        on_hold(audit, host->disk, record);
        break;
    case HF_RECORD_DISK_USED:
    case HF_RECORD_DISK_FULL:
    case HF_RECORD_DISK_FREED:
        on_used(audit, host->disk, record);
        break;
    default:
        on_sandbox(audit, host->disk, record);
    }
}
