/* What the recorder keeps, shared with metrics.c (numbers) and tables.c (rows). */
#ifndef HF_WORLD_RECORDER_INTERNAL_H
#define HF_WORLD_RECORDER_INTERNAL_H

#include "base/map64.h"
#include "world/recorder.h"

/* Levels of one resource kind. */
typedef enum HfResourceLevel {
    HF_LEVEL_TOTAL,
    HF_LEVEL_ALLOCATED,
    HF_LEVEL_USED,             /* on agents that the total counts, */
    HF_LEVEL_USED_UNREACHABLE, /* and on others: their tasks run on */
    HF_LEVEL_OFFERED,
    HF_LEVEL_RESERVED_IDLE,
    HF_RESOURCE_LEVELS
} HfResourceLevel;

/* Levels of the whole cluster. */
typedef enum HfClusterLevel {
    HF_LEVEL_AGENTS_UP,
    HF_LEVEL_TASKS_RUNNING,
    HF_LEVEL_TASKS_WAITING,
    HF_LEVEL_OFFERS,
    HF_LEVEL_VOLUMES,           /* persistent volumes */
    HF_LEVEL_VOLUMES_ORPHANED,  /* of these, those that nobody would use */
    HF_LEVEL_ORPHANED_DISK,     /* how large those are, MB */
    HF_LEVEL_EXECUTORS_RUNNING, /* those that frameworks brought */
    HF_CLUSTER_LEVELS
} HfClusterLevel;

typedef enum HfCounter {
    HF_COUNT_OFFERS_SENT,
    HF_COUNT_OFFERS_ACCEPTED,
    HF_COUNT_OFFERS_DECLINED,
    HF_COUNT_OFFERS_RESCINDED,
    HF_COUNT_OFFERS_EXPIRED,
    HF_COUNT_ACCEPTS_INVALID,
    HF_COUNT_TASKS_SUBMITTED,
    HF_COUNT_TASKS_LAUNCHED,
    HF_COUNT_TASKS_FINISHED,
    HF_COUNT_TASKS_FAILED,
    HF_COUNT_TASKS_KILLED,
    HF_COUNT_TASKS_LOST,
    HF_COUNT_TASKS_ERROR,
    HF_COUNT_EXECUTORS_STARTED,
    HF_COUNT_TASKS_UNREGISTERED,
    HF_COUNT_JOBS_SUBMITTED,
    HF_COUNT_JOBS_FINISHED,
    HF_COUNT_AGENT_CRASHES,
    HF_COUNT_AGENTS_UNREACHABLE,
    HF_COUNT_MESSAGES_LOST,
    HF_COUNT_PLACEMENTS_REFUSED,
    HF_COUNT_RELAUNCHES,
    HF_COUNT_RELAUNCHES_SAME_HOST,
    HF_COUNT_OPERATOR_ACTIONS,
    HF_COUNT_OPERATOR_REFUSALS,
    HF_COUNT_AGENT_RESTARTS,
    HF_COUNT_AGENT_REBOOTS,
    HF_COUNT_MAINTENANCE_KILLS,
    HF_COUNT_VOLUMES_CREATED,
    HF_COUNT_VOLUMES_DESTROYED,
    HF_COUNT_VOLUMES_LOST,
    HF_COUNT_INPUTS_READ,
    HF_COUNT_INPUTS_LOCAL,
    HF_COUNT_DISKS_FULL,
    HF_COUNT_QUOTA_KILLS,
    HF_COUNT_SANDBOXES_REMOVED,
    HF_COUNT_PATHS_ADOPTED,
    HF_COUNT_STATEFUL_FAILURES,
    HF_COUNT_STATEFUL_RELAUNCHED,
    HF_COUNT_STATEFUL_SAME_HOST,
    HF_COUNT_DATA_LOSSES,
    HF_COUNT_BYTES_LOST,
    HF_COUNT_BYTES_COPIED,
    HF_COUNT_MEMBERS_REPLACED,
    HF_COUNT_BYTES_LEFT,
    HF_COUNT_MASTER_FAILOVERS,
    HF_COUNT_LEADERLESS_NS,
    HF_COUNT_AGENTS_FORGOTTEN,
    HF_COUNT_INVERSE_SENT,
    HF_COUNT_INVERSE_ACCEPTED,
    HF_COUNT_INVERSE_DECLINED,
    HF_COUNTERS
} HfCounter;

#define HF_OFFER_COUNTERS                                                                          \
    (HF_COUNT_OFFERS_EXPIRED - HF_COUNT_OFFERS_SENT + 1) /* columns of a row */

/* A level, started anew at the end of the warm-up, and its integral at the last row of the time
 * series (negative if that lies before the warm-up's end). */
typedef struct HfTracked {
    HfLevel level;
    HfWide rowed;
} HfTracked;

#define HF_RECORDER_PRECISION 5 /* of histograms: quantiles within 1.6 % */

/* A group of a service: instances of one kind. */
typedef struct HfDeploymentRow {
    uint32_t framework;
    uint64_t group;
    int64_t number;
    const char *app;       /* borrowed from the framework's model */
    HfTime started, ended; /* ended: -1 = not */
    HfDeploymentEnd end;
    int64_t healthy_first, healthy_least, most;
    gboolean is_refused;
} HfDeploymentRow;

typedef struct HfGroupStats {
    uint32_t framework;
    uint64_t group;
    int64_t wanted, running;
    int64_t missing;              /* as counted in its framework's level */
    gboolean was_whole;           /* all members have run at once: from then on it is judged */
    HfTracked below, unavailable; /* 0 or 1 */
    HfTracked out;                /* millionths */
} HfGroupStats;

typedef struct HfFrameworkStats {
    uint64_t count[HF_COUNTERS];
    uint64_t marked[HF_COUNTERS];
    HfRoleId role;
    int64_t waiting;     /* tasks, as it last said */
    HfTime hungry_since; /* while some wait: since then, or since it last launched one */
    HfTime starved;      /* longest such time that is over */
    HfTracked running;
    HfHistogram *waits;       /* of its tasks, ns; NULL before the first */
    HfTracked *allocated;     /* [kinds] */
    HfTracked *reserved_idle; /* [kinds] of what it reserved; NULL = it never did */
    gboolean is_service;      /* groups were declared */
    int64_t groups_below, groups_unavailable;
    HfTracked below, unavailable; /* 0 or 1: is there such a group? */
    HfTracked missing;            /* instances that groups have too few of */
    HfTracked copying;            /* hosts that its data is being copied to */
} HfFrameworkStats;

typedef struct HfRoleStats {
    gboolean is_used;
    HfTracked *allocated;     /* [kinds] */
    HfTracked *reserved_idle; /* [kinds]; NULL = nothing was ever reserved to it */
} HfRoleStats;

typedef struct HfRelaunch {
    uint32_t framework, host;
    uint64_t task;
    HfTime at, after;
    gboolean same_host;
} HfRelaunch;

typedef struct HfRefusal {
    int64_t number;
    HfTime at;
    uint64_t launched;
    double *allocated; /* [kinds], share of the total */
} HfRefusal;

typedef enum HfVolumeEnd {
    HF_VOLUME_IS_THERE,
    HF_VOLUME_DESTROYED, /* by an operation */
    HF_VOLUME_LOST,      /* with its disk, or its agent is gone for good */
    HF_VOLUME_UNDONE     /* its agent came back without it: the CREATE never reached the disk */
} HfVolumeEnd;

/* The life of a persistent volume. */
typedef struct HfVolume {
    HfTextId persistence, principal;
    HfRoleId role; /* that it is reserved to */
    uint32_t host;
    uint32_t creator;      /* framework; HF_ROW_NONE = an operator, or is_found */
    uint32_t used_by;      /* framework that used it last; HF_ROW_NONE = none did */
    uint32_t users, tasks; /* that hold it now; that ever did */
    uint32_t failure;      /* of the task that held it last: row of failures; HF_ROW_NONE */
    uint32_t next;         /* of its host */
    uint8_t end;           /* HfVolumeEnd */
    uint8_t is_found;      /* an agent came with it */
    uint8_t is_disowned, is_seen;
    int64_t milli;           /* its size, 1/1000 MB */
    HfTime created, ended;   /* ended -1: it is there */
    HfTime orphaned;         /* since when it is one, or was when it ended; -1 = it is none */
    HfTime used, used_since; /* ns that tasks held it */
} HfVolume;

/* What a task takes or leaves of volumes. */
typedef struct HfHeld {
    uint32_t failure; /* that is repaired by taking them; HF_ROW_NONE */
    uint32_t volumes;
    int64_t milli, kept_milli, lost_milli;
} HfHeld;

/* What the real use of disks is made of. */
typedef enum HfDiskPart {
    HF_DISK_RUNNING, /* sandboxes of running tasks */
    HF_DISK_DEAD,    /* of those that ended */
    HF_DISK_VOLUMES,
    HF_DISK_PATHS,      /* services' directories out of band, */
    HF_DISK_PATHS_LEFT, /* and those that are nobody's */
    HF_DISK_OUT_OF_BAND,
    HF_DISK_PARTS
} HfDiskPart;

/* Where the levels of resources begin in a row of the time series. */
#define HF_ROW_RESOURCES (HF_CLUSTER_LEVELS + HF_OFFER_COUNTERS + HF_DISK_PARTS)
/* Of a store out of band. */
typedef enum HfStoreLevel {
    HF_STORE_HELD,     /* bytes in it, */
    HF_STORE_ORPHANED, /* and those that are nobody's */
    HF_STORE_DOWN,     /* 0 or 1 */
    HF_STORE_STALLED,  /* instances that wait until it serves */
    HF_STORE_CLIENTS,  /* instances that have a share of it */
    HF_STORE_MOVED,    /* bytes a second that it reads and writes */
    HF_STORE_MISSING,  /* replicas of its placement groups that are missing */
    HF_STORE_LEVELS
} HfStoreLevel;

typedef enum HfStoreCounter {
    HF_STORE_OUTAGES,
    HF_STORE_FULL,     /* times that there was no room */
    HF_STORE_READ,     /* bytes */
    HF_STORE_OPERATED, /* what operators did */
    HF_STORE_LOSSES,   /* times that an instance lost something of what it has there, */
    HF_STORE_LOST,     /* bytes of these, */
    HF_STORE_REMADE,   /* of replicas made anew, */
    HF_STORE_SURPLUS,  /* and of those that were one too many then */
    HF_STORE_COUNTERS
} HfStoreCounter;

typedef struct HfStoreStats {
    HfTracked level[HF_STORE_LEVELS];
    uint64_t count[HF_STORE_COUNTERS], marked[HF_STORE_COUNTERS];
} HfStoreStats;

typedef struct HfDisks HfDisks; /* see recorder_disks.c */

/* A role under which a framework is subscribed. */
typedef struct HfWanter {
    uint32_t framework;
    HfRoleId role;
} HfWanter;

/* A task that holds something reserved. */
typedef struct HfResident {
    uint32_t host;
    uint32_t repairs, repaired; /* rows of failures; HF_ROW_NONE */
    gboolean is_kill_wanted;
    HfTime launched, started, ended; /* the last two as its host has them; -1 before */
} HfResident;

/* The end of such a task that nobody wanted, and what came of it. */
typedef struct HfStatefulFailure {
    uint32_t framework, host, new_host;
    uint32_t volumes;
    uint32_t earlier; /* the failure that this task was to repair and did not; HF_ROW_NONE */
    HfRoleId role;
    uint8_t state, reason; /* HfTaskState, HfTaskReason */
    uint64_t task, successor;
    HfTime launched, started, ended, ran_again; /* started, ran_again: -1 = never */
    int64_t milli;                              /* of its volumes, 1/1000 MB, and of these: */
    int64_t kept_milli, lost_milli, left_milli; /* its successor has; are no more; are elsewhere */
    int64_t bytes_copied;
} HfStatefulFailure;

struct HfRecorder {
    HfCatalog *catalog;
    const HfScenario *scenario;
    const HfMaster *master;
    uint32_t kinds; /* kinds known when the cluster was built; others exist in nobody's agents */
    uint32_t hosts;
    HfTracked *resource; /* [kinds * HF_RESOURCE_LEVELS] */
    HfTracked cluster[HF_CLUSTER_LEVELS];
    uint64_t count[HF_COUNTERS], marked[HF_COUNTERS], rowed[HF_COUNTERS];
    int64_t *demand; /* [kinds], milli-units submitted after the warm-up */
    HF_VEC(HfFrameworkStats) frameworks;
    HF_VEC(HfGroupStats) groups; /* in order of declaration */
    HF_VEC(HfDeploymentRow) deployments;
    HfMap64 group_rows;  /* (framework, group) -> row */
    HfMap64 copy_owners; /* number of a copy on its way -> framework */
    HfMap64 copies;      /* (framework, host) -> copies on their way there */
    HF_VEC(HfRoleStats) roles;
    /* recorder_reserved.c */
    HF_VEC(uint32_t) agent_total;   /* [agent id]: 1 + number of its total; 0 = not counted */
    HF_VEC(int64_t) totals;         /* amounts, kinds after kinds */
    HfMap64 total_rows;             /* hash of amounts -> number */
    HF_VEC(HfResources *) reserved; /* [agent id], as far as needed; NULL = nothing ever was */
    HF_VEC(uint32_t) reserver; /* [HfStackId]: 1 + framework that reserved so first; 0 = none */
    uint16_t operation;        /* whose conversions come */
    /* recorder_used.c */
    HF_VEC(int64_t) used;           /* [host * kinds + kind], as far as needed */
    HF_VEC(uint8_t) counted_agents; /* [host]: agents of it that the total counts */
    /* recorder_volumes.c */
    HF_VEC(HfVolume) volumes;
    HF_VEC(uint32_t) first_volume; /* [host], as far as needed */
    HF_VEC(uint32_t) agent_host;   /* [agent id] */
    HF_VEC(HfWanter) wanters;
    HfDisks *disks; /* NULL until something is written */
    HF_VEC(HfStoreStats) stores;
    /* recorder_relaunches.c */
    HF_VEC(HfResident) residents;
    HF_VEC(uint32_t) spare_residents;
    HfMap64 resident_rows, open_failures, follows; /* (framework, task) -> row */
    HF_VEC(HfStatefulFailure) failures;
    HfHistogram *stateful_times;             /* ns from a failure until it runs again */
    int64_t data_kept, data_lost, data_left; /* 1/1000 MB */
    int64_t bytes_copied;
    struct {
        HfTime at;
        uint64_t count;
    } removals; /* tasks lost with agents that were removed at this instant */
    HfHistogram *responses, *relaunch_times; /* ns; waits stand with their frameworks */
    gboolean is_marked;
    HfTime warm_up; /* what lies before it is deleted */
    HfTime marked_at, row_start, ended_at;
    HF_VEC(double) rows; /* the time series, row after row of row_width */
    uint32_t row_width;
    HF_VEC(HfTime) row_times;
    double *row_total;          /* [kinds], scratch of a row */
    HF_VEC(double) store_rows;  /* row after row: of each store its levels, then its counters */
    HF_VEC(double) role_shares; /* row after row, as many as role_counts says: roles come late */
    HF_VEC(uint32_t) role_counts;
    HF_VEC(HfRelaunch) relaunches;
    HF_VEC(HfRefusal) refusals;
    HfTaskSink sink;
    void *sink_context;
    HfTime moved_at;       /* a task was last launched, or ended */
    HfTime master_lost_at; /* while no master leads */
    HfMap64 forgotten;     /* tasks that no master has booked since an election */
    HfMap64 live;          /* (framework, task) -> row of tasks, only with a sink */
    HF_VEC(HfTaskRecord) tasks;
    HF_VEC(uint32_t) spare;
};

/* recorder_services.c: one of the records about services; and its levels at the end of the warm-up.
 */
void hf_recorder__on_service(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__on_deployment(HfRecorder *recorder, const HfRecord *record);
/* What the app of the last one is called. */
void hf_recorder__name_deployment(HfRecorder *recorder, const char *app);
void hf_recorder__mark_services(HfRecorder *recorder, HfTime now);
void hf_recorder__clear_services(HfRecorder *recorder);

void hf_recorder__mark(HfTracked *tracked, HfTime now);
/* recorder_rows.c: a row of the time series ends. */
void hf_recorder__close_row(HfRecorder *recorder, HfTime now);
/* Mean of a level since `from`, where the last row ended; that ends a row of it. */
double hf_recorder__row_mean(HfTracked *tracked, HfTime from, HfTime now);
void hf_recorder__bump(HfRecorder *recorder, const HfRecord *record, HfCounter counter,
                       uint64_t by);

static inline HfTracked *hf_recorder__resource(const HfRecorder *recorder, uint32_t kind,
                                               HfResourceLevel level)
{
    return &recorder->resource[kind * HF_RESOURCE_LEVELS + level];
}

/* Rows up to this one. */
void hf_recorder__add_frameworks(HfRecorder *recorder, uint32_t framework);
static inline HfFrameworkStats *hf_recorder__framework(HfRecorder *recorder, uint32_t framework)
{
    if (G_UNLIKELY(framework >= recorder->frameworks.count))
        hf_recorder__add_frameworks(recorder, framework);
    return &recorder->frameworks.at[framework];
}
void hf_recorder__add_roles(HfRecorder *recorder, HfRoleId role);
static inline HfRoleStats *hf_recorder__role(HfRecorder *recorder, HfRoleId role)
{
    if (G_UNLIKELY(role >= recorder->roles.count)) hf_recorder__add_roles(recorder, role);
    return &recorder->roles.at[role];
}
HfTracked *hf_recorder__levels(const HfRecorder *recorder); /* [kinds], at 0 all along */

/* Does the kind have levels? The first kinds are scalars in every run. */
static inline gboolean hf_recorder__has_levels(const HfRecorder *recorder, HfKindId kind)
{
    return kind < HF_KIND_PORTS ||
           (kind < recorder->kinds && recorder->catalog->kind[kind].type == HF_TYPE_SCALAR);
}

/* Is any of the record's resources reserved? */
static inline gboolean hf_recorder__has_reserved(const HfRecorder *recorder, const HfRecord *record)
{
    if (G_LIKELY(hf_parcel_resources(record->parcel) == record->resources))
        return (hf_parcel_flags(record->parcel) & HF_META_RESERVED) != 0;
    return hf_resources_any(recorder->catalog, record->resources, HF_META_RESERVED);
}

/* ---- recorder_tasks.c ---- */
/* What tells the tasks of all frameworks apart. */
static inline uint64_t hf_recorder__task_key(const HfRecord *record)
{
    return (uint64_t)record->framework << 40 | record->id;
}
/* Rows of single tasks; to be asked only while somebody keeps them. NULL: there is none. */
static inline gboolean hf_recorder__keeps_tasks(const HfRecorder *recorder)
{
    return G_UNLIKELY(recorder->sink != NULL);
}
void hf_recorder__open_task(HfRecorder *recorder, const HfRecord *record);
HfTaskRecord *hf_recorder__live_task(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__close_task(HfRecorder *recorder, const HfRecord *record);
/* Tasks still running get a row without end, in order of framework and task. */
void hf_recorder__close_tasks(HfRecorder *recorder);

/* ---- recorder_used.c ---- */
void hf_recorder__step_used(HfRecorder *recorder, const HfRecord *record, int sign);
/* A task starts (1) or ends (-1) on its host. */
void hf_recorder__on_run(HfRecorder *recorder, const HfRecord *record, int sign);
/* An agent of the host begins (1) or ceases (-1) to be counted in the total. */
void hf_recorder__count_use(HfRecorder *recorder, HfTime now, uint32_t host, int sign);

/* ---- recorder_reserved.c ---- */
void hf_recorder__count_agent(HfRecorder *recorder, const HfRecord *record, gboolean is_counted);
void hf_recorder__step_reserved(HfRecorder *recorder, HfTime now, const HfResources *resources,
                                int sign);
void hf_recorder__on_conversion(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__reserved_clear(HfRecorder *recorder);

/* ---- recorder_volumes.c ---- */
uint32_t hf_recorder__host_of(const HfRecorder *recorder, uint32_t agent); /* or HF_ROW_NONE */
void hf_recorder__volumes_on_agent(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__volumes_on_conversion(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__volumes_on_loss(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__volumes_on_disowned(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__volumes_on_framework(HfRecorder *recorder, const HfRecord *record);
/* A task takes, or gives back, what the record holds; the volumes given back are then those of
 * `failure`, if any. */
HfHeld hf_recorder__volumes_taken(HfRecorder *recorder, const HfRecord *record, uint32_t host);
HfHeld hf_recorder__volumes_left(HfRecorder *recorder, const HfRecord *record, uint32_t host,
                                 uint32_t failure);
void hf_recorder__volumes_clear(HfRecorder *recorder);

/* ---- recorder_relaunches.c ---- */
gboolean hf_recorder__is_open(const HfRecorder *recorder, uint32_t failure);
void hf_recorder__data_lost(HfRecorder *recorder, uint32_t failure, int64_t milli);
void hf_recorder__relaunches_on_follows(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__relaunches_on_launched(HfRecorder *recorder, const HfRecord *record);
/* Where any task holds something reserved. */
void hf_recorder__relaunches_on_run(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__relaunches_on_kill(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__relaunches_on_end(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__relaunches_on_copied(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__relaunches_clear(HfRecorder *recorder);

/* A scalar that some agent has had: what is worth a column. */
gboolean hf_recorder__is_shown(const HfRecorder *recorder, uint32_t kind);

/* Of the tasks of all frameworks, ns: a new histogram. */
HfHistogram *hf_recorder__waits(const HfRecorder *recorder);

/* Mean of a level after the warm-up. */
double hf_recorder__mean(const HfRecorder *recorder, const HfTracked *tracked);

static inline uint64_t hf_recorder__count(const HfRecorder *recorder, HfCounter counter)
{
    return recorder->count[counter] - recorder->marked[counter];
}

/* Dominant share: the largest ratio of two means, over kinds with capacity; 0..1. */
double hf_recorder__share(const HfRecorder *recorder, const HfTracked *allocated);

/* Longest time up to `now` in which it had tasks waiting and launched none. */
HfTime hf_recorder__starved(const HfFrameworkStats *framework, HfTime now);

/* recorder_stores.c */
void hf_recorder__on_store(HfRecorder *recorder, const HfRecord *record); /* STORE_* */
void hf_recorder__mark_stores(HfRecorder *recorder, HfTime now);
/* A row of the time series ends: of each store the means of its levels within it, and its counters
 * so far. */
void hf_recorder__close_store_row(HfRecorder *recorder, HfTime from, HfTime now);

/* recorder_disks.c */
/* SANDBOX_*, PATH_*, OUT_OF_BAND, VOLUMES_HOLD, DISK_LOST. */
void hf_recorder__on_disk(HfRecorder *recorder, const HfRecord *record);
void hf_recorder__disks_mark(HfRecorder *recorder, HfTime now); /* the warm-up is over */
double hf_recorder__disk_mean(const HfRecorder *recorder, HfDiskPart part); /* MB, when finished */
double hf_recorder__disk_end(const HfRecorder *recorder,
                             HfDiskPart part); /* the same, at the end */
/* Each part's mean from `from`, where the last row ended, until `now`, MB; that ends a row. */
void hf_recorder__disks_row(HfRecorder *recorder, HfTime from, HfTime now, double *mean_out);
double hf_recorder__disk_peak(const HfRecorder *recorder); /* all parts; likewise */
void hf_recorder__disks_free(HfDisks *disks);

#endif
