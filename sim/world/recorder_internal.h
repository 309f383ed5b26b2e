/* What the recorder keeps, shared with metrics.c (numbers) and tables.c (rows). */
#ifndef HF_WORLD_RECORDER_INTERNAL_H
#define HF_WORLD_RECORDER_INTERNAL_H

#include "base/map64.h"
#include "world/recorder.h"

/* Levels of one resource kind. */
typedef enum HfResourceLevel {
    HF_LEVEL_TOTAL,
    HF_LEVEL_ALLOCATED,
    HF_LEVEL_USED,
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

typedef struct HfFrameworkStats {
    uint64_t count[HF_COUNTERS];
    uint64_t marked[HF_COUNTERS];
    HfRoleId role;
    int64_t waiting; /* tasks, as it last said */
    HfTracked running;
    HfHistogram *waits;   /* ns; NULL before the first */
    HfTracked *allocated; /* [kinds] */
} HfFrameworkStats;

typedef struct HfRoleStats {
    gboolean is_used;
    HfTracked *allocated; /* [kinds] */
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
    HF_VEC(HfRoleStats) roles;
    HF_VEC(uint8_t) agent_counted;                   /* [agent id]: its total is in the level */
    HfHistogram *waits, *responses, *relaunch_times; /* ns */
    gboolean is_marked;
    HfTime warm_up; /* what lies before it is deleted */
    HfTime marked_at, row_start, ended_at;
    HF_VEC(double) rows; /* the time series, row after row of row_width */
    uint32_t row_width;
    HF_VEC(HfTime) row_times;
    double *row_total;          /* [kinds], scratch of a row */
    HF_VEC(double) role_shares; /* row after row, as many as role_counts says: roles come late */
    HF_VEC(uint32_t) role_counts;
    HF_VEC(HfRelaunch) relaunches;
    HF_VEC(HfRefusal) refusals;
    HfTaskSink sink;
    void *sink_context;
    HfMap64 live; /* (framework, task) -> row of tasks, only with a sink */
    HF_VEC(HfTaskRecord) tasks;
    HF_VEC(uint32_t) spare;
};

static inline HfTracked *hf_recorder__resource(const HfRecorder *recorder, uint32_t kind,
                                               HfResourceLevel level)
{
    return &recorder->resource[kind * HF_RESOURCE_LEVELS + level];
}

/* A scalar that some agent has had: what is worth a column. */
gboolean hf_recorder__is_shown(const HfRecorder *recorder, uint32_t kind);

/* Mean of a level after the warm-up. */
double hf_recorder__mean(const HfRecorder *recorder, const HfTracked *tracked);

static inline uint64_t hf_recorder__count(const HfRecorder *recorder, HfCounter counter)
{
    return recorder->count[counter] - recorder->marked[counter];
}

/* Dominant share: the largest ratio of two means, over kinds with capacity; 0..1. */
double hf_recorder__share(const HfRecorder *recorder, const HfTracked *allocated);

#endif
