/*
 * Where services can keep data, and what each place means: whether Mesos accounts for it, what data
 * outlives there, who cleans up, who else gets at it, and what its bandwidth is. One table, from
 * which come the words of `stores[].kind` and what they stand for, `holdfast list storage`, and a
 * test that each place does what is said of it.
 *
 * Source: DC/OS documentation (storage/nfs.md, external-storage.md), Mesos documentation
 * (persistent-volume.md, sandbox.md), Marathon's external-volumes.md; hdfs-default.xml and Ceph's
 * configuration reference for replicas, sizes of blocks and objects, and when a server is out
 * (dfs.namenode.heartbeat.recheck-interval: 2 x 5 min + 10 x 3 s; osd_heartbeat_grace 20 s and
 * mon_osd_down_out_interval 600 s). Bandwidths and the times of operators are ours, and so are
 * Quobyte's 10 minutes.
 */
#ifndef HF_SCENARIO_STORAGE_H
#define HF_SCENARIO_STORAGE_H

#include <glib.h>

#include "base/time.h"

typedef enum HfStorageKind {
    HF_STORAGE_SANDBOX,
    HF_STORAGE_PATH,
    HF_STORAGE_VOLUME,
    HF_STORAGE_MOUNT,
    HF_STORAGE_EXTERNAL, /* from here on they can be stores of a scenario, out of band */
    HF_STORAGE_NFS,
    HF_STORAGE_NAS,
    HF_STORAGE_SAN,
    HF_STORAGE_HDFS,
    HF_STORAGE_CEPH,
    HF_STORAGE_QUOBYTE,
    HF_STORAGE_KINDS
} HfStorageKind;

/* What data outlives. */
typedef enum HfStorageLife {
    HF_OUTLIVES_TASK = 1 << 0,
    HF_OUTLIVES_AGENT = 1 << 1,    /* a restart of its process */
    HF_OUTLIVES_REBOOT = 1 << 2,   /* of the host */
    HF_OUTLIVES_AGENT_ID = 1 << 3, /* the agent comes back as another */
    HF_OUTLIVES_HOST = 1 << 4      /* with its disk */
} HfStorageLife;
#define HF_OUTLIVES_ALL 31

/* Who removes what nobody uses any more. */
typedef enum HfStorageCleaning {
    HF_CLEANING_GC,       /* the agent */
    HF_CLEANING_NEVER,    /* nobody */
    HF_CLEANING_DESTROY,  /* the framework or an operator, by Mesos's DESTROY */
    HF_CLEANING_OPERATOR, /* somebody, outside Mesos */
    HF_CLEANING_OWNER,    /* the service itself, when it gives something up */
    HF_STORAGE_CLEANINGS
} HfStorageCleaning;

/* What becomes of tasks whose data cannot be reached. */
typedef enum HfStorageOutage {
    HF_ON_OUTAGE_HANG, /* they wait, and go on once it is back (a hard mount) */
    HF_ON_OUTAGE_FAIL  /* they fail, and so do their successors */
} HfStorageOutage;

/* How a store behaves; a scenario may say otherwise of each of these. */
typedef struct HfStoreRules {
    HfStorageKind kind;
    int64_t capacity;            /* milli-MB, of raw disk; 0 = no limit */
    int64_t bandwidth;           /* milli-MB a second, of all clients together; 0 = none */
    int64_t servers, spares;     /* it serves while no more than `spares` of them are down */
    int64_t replicas;            /* what each byte takes of capacity and, written, bandwidth */
    HfTime setup, cleanup;       /* of an operator's time, for one share */
    HfTime attach;               /* from a task's start until it has its share */
    HfTime detach;               /* from a task's end until another can have it */
    HfTime fence;                /* longer, when the host that had it has not let go of it;
                                    HF_TIME_NEVER: tasks elsewhere fail until it has */
    int64_t groups;              /* that its content is spread over, each with its replicas */
    int64_t recovery;            /* milli-MB a second: with which lost replicas are made anew */
    HfTime recover_after;        /* that they are lost, or their server down */
    int64_t block;               /* milli-MB: pieces of a file, each in a group drawn for it; 0 = a
                                    file is one */
    int cleaning, on_outage;     /* HfStorageCleaning, HfStorageOutage */
    gboolean has_shared_disks;   /* servers are heads of the same disks: one alone loses nothing */
    gboolean is_exclusive;       /* one host at a time has an instance's share */
    gboolean is_set_up_for_each; /* instance; FALSE: once for each service */
} HfStoreRules;

typedef struct HfStorageInfo {
    const char *name; /* as a word of place or stores[].kind */
    const char *key;  /* how a scenario says it */
    const char *accounted, *isolation, *bandwidth, *outage;
    uint32_t outlives;  /* HfStorageLife */
    HfStoreRules rules; /* of stores; of the others cleaning alone */
    const char *help;
} HfStorageInfo;

extern const HfStorageInfo hf_storage[HF_STORAGE_KINDS];

/* "gc", "never" and so on; never NULL. */
const char *hf_storage_cleaning_name(HfStorageCleaning cleaning);

#endif
