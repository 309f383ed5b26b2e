/* A host's file system, shared by disk.c (sandboxes, volumes, when it is full) and disk_paths.c
 * (the directories of services). */
#ifndef HF_WORLD_DISK_INTERNAL_H
#define HF_WORLD_DISK_INTERNAL_H

#include "world/world_internal.h"

typedef struct HfSandbox {
    uint64_t task;
    uint32_t framework;
    uint32_t rate;      /* KiB each second while its task runs */
    HfTime since;       /* its task's start; of a closed one its end */
    int64_t kib;        /* then */
    int64_t limit;      /* KiB, when the quota is enforced; INT64_MAX = none */
    uint32_t executor;  /* id of its framework's executor that it lies in; 0 = none */
    HfResource mounted; /* of a closed one: a volume that is still mounted in it; milli 0 = none */
} HfSandbox;

/* A directory in which an instance of a service keeps its data, out of band. */
typedef struct HfPath {
    uint32_t framework;
    uint32_t key; /* what its name is made of, besides its service: see hf_world_path_hold */
    uint64_t member;
    int64_t kib;
    gboolean is_left; /* nobody's */
} HfPath;

struct HfHostDisk {
    HF_VEC(HfSandbox) open, closed; /* closed: oldest first */
    HF_VEC(HfSandbox) held; /* of ended tasks, in executors that live: collected with those */
    HF_VEC(HfPath) paths;
    int64_t closed_kib; /* and held */
    int64_t oob_kib, volumes_kib, paths_kib;
    int64_t size_kib; /* INT64_MAX = no limit */
    HfEvent next;
    gboolean is_full;
    gboolean kills_agent; /* its next write of the checkpoint fails */
};

/* Made when it is not there. */
HfHostDisk *hf_disk__of(HfWorld *world, uint32_t host);

/* KiB that can still be written; INT64_MAX = no limit. */
int64_t hf_disk__room(const HfHostDisk *disk, HfTime now);

/* Something changed: say what is used, find out whether that is all, and when it changes next.
 * Unless writers `may_fail` now (the caller walks over runs), they do so in an event of its own. */
void hf_disk__settle(HfWorld *world, uint32_t host, gboolean may_fail);

#endif
