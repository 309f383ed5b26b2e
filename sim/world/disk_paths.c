/*
 * Directories of services on the disks of hosts, out of band; see data.h. They are real disk that
 * the master offers to others all the same. A directory ends with its disk, or is never removed.
 */
#include "base/assert.h"
#include "world/data.h"
#include "world/disk_internal.h"

static uint32_t id_of(const HfWorld *world, uint32_t framework)
{
    return hf_driver_framework(world->guests[framework].driver);
}

/* The directory that is the instance's; NULL = it has none here. */
static HfPath *find(HfHostDisk *disk, uint32_t framework, uint64_t member)
{
    for (guint32 i = 0; disk != NULL && i < disk->paths.count; i++) {
        HfPath *path = &disk->paths.at[i];
        if (path->framework == framework && path->member == member && !path->is_left) return path;
    }
    return NULL;
}

static void record(HfWorld *world, uint32_t host, const HfPath *path, HfRecordType type,
                   int64_t kib)
{
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = (uint16_t)type,
                                            .agent = host,
                                            .framework = path->framework,
                                            .id = path->member,
                                            .value = kib});
}

gboolean hf_world_path_hold(HfWorld *world, uint32_t framework, uint32_t host, uint32_t key,
                            uint64_t member, int64_t bytes)
{
    HF_ASSERT(host < world->host_count && bytes >= 0);
    HfHostDisk *disk = hf_disk__of(world, host);
    HfPath *path = find(disk, id_of(world, framework), member);
    int64_t kib = (bytes + 1023) / 1024, before = path != NULL ? path->kib : 0;
    if (kib == before) return TRUE;
    int64_t given = kib - before;
    if (given > 0) given = MIN(given, hf_disk__room(disk, hf_world__now(world)));
    if (path == NULL) {
        HfPath made = {.framework = id_of(world, framework), .key = key, .member = member};
        hf_vec_push(&disk->paths, made);
        path = hf_vec_last(&disk->paths);
    }
    path->kib += given;
    disk->paths_kib += given;
    record(world, host, path, HF_RECORD_PATH_WRITTEN, given);
    hf_disk__settle(world, host, FALSE);
    return given == kib - before;
}

int64_t hf_world_path_leave(HfWorld *world, uint32_t framework, uint32_t host, uint64_t member)
{
    HF_ASSERT(host < world->host_count);
    HfPath *path = find(world->hosts[host].disk, id_of(world, framework), member);
    if (path == NULL) return 0;
    path->is_left = TRUE;
    record(world, host, path, HF_RECORD_PATH_LEFT, path->kib);
    return path->kib * 1024;
}

gboolean hf_world_path_adopt(HfWorld *world, uint32_t framework, uint32_t host, uint32_t key,
                             uint64_t first, uint64_t end, uint64_t member)
{
    HF_ASSERT(host < world->host_count);
    HfHostDisk *disk = world->hosts[host].disk;
    for (guint32 i = 0; disk != NULL && i < disk->paths.count; i++) {
        HfPath *path = &disk->paths.at[i];
        if (!path->is_left || path->framework != id_of(world, framework) || path->key != key ||
            path->member < first || path->member >= end)
            continue;
        HF_ASSERT(find(disk, path->framework, member) == NULL);
        path->member = member;
        path->is_left = FALSE;
        record(world, host, path, HF_RECORD_PATH_ADOPTED, path->kib);
        return TRUE;
    }
    return FALSE;
}
