/* What the files of the metrics share: the rows of the table, and how one is added. */
#ifndef HF_WORLD_METRICS_INTERNAL_H
#define HF_WORLD_METRICS_INTERNAL_H

#include <math.h>

#include "world/metrics.h"
#include "world/recorder_internal.h"

/* Rows of hf_metric_kinds. */
enum {
    CAPACITY,
    DEMAND,
    ALLOCATED,
    USED,
    USED_UNREACHABLE,
    OFFERED,
    RESERVED_IDLE,
    USED_OF_ALLOCATED,
    ALLOCATED_PEAK,
    AGENTS,
    AGENTS_UP,
    CRASHES,
    UNREACHABLE,
    RESTARTS,
    REBOOTS,
    OPERATIONS,
    OPERATIONS_REFUSED,
    MAINTENANCE_KILLED,
    FAILOVERS,
    LEADERLESS,
    AGENTS_FORGOTTEN,
    INVERSE_SENT,
    INVERSE_ACCEPTED,
    INVERSE_DECLINED,
    SUBMITTED,
    LAUNCHED,
    FINISHED,
    FAILED,
    KILLED,
    LOST,
    ERRORS,
    EXECUTORS_LATE,
    EXECUTORS_STARTED,
    EXECUTORS_RUNNING,
    RUNNING,
    WAITING,
    WAITING_END,
    WAIT_MEAN,
    WAIT_P50,
    WAIT_P95,
    WAIT_P99,
    WAIT_MAX,
    JOBS_SUBMITTED,
    JOBS_FINISHED,
    RESPONSE_MEAN,
    RESPONSE_P50,
    RESPONSE_P95,
    RESPONSE_P99,
    SENT,
    ACCEPTED,
    DECLINED,
    RESCINDED,
    EXPIRED,
    OUTSTANDING,
    HELD,
    INVALID,
    RELAUNCHES,
    SAME_AGENT,
    RELAUNCH_MEAN,
    RELAUNCH_P50,
    RELAUNCH_P95,
    RELAUNCH_P99,
    RELAUNCH_MAX,
    STATEFUL_FAILURES,
    STATEFUL_RELAUNCHED,
    STATEFUL_WAITING,
    STATEFUL_SAME_AGENT,
    STATEFUL_MEAN,
    STATEFUL_P50,
    STATEFUL_P95,
    STATEFUL_P99,
    STATEFUL_MAX,
    DATA_KEPT,
    DATA_LOST,
    DATA_LEFT,
    DATA_COPIED,
    VOLUMES_CREATED,
    VOLUMES_DESTROYED,
    VOLUMES_LOST,
    VOLUMES_THERE,
    VOLUMES_END,
    ORPHANED,
    ORPHANED_END,
    ORPHANED_DISK,
    ORPHANED_DISK_END,
    INPUTS,
    INPUTS_LOCAL,
    DISK_REAL,
    DISK_PEAK,
    DISK_ACCOUNTED,
    DISK_SANDBOXES,
    DISK_ORPHANED,
    DISK_PATHS,
    DISK_PATHS_END,
    DISK_PATHS_LEFT,
    DISK_PATHS_LEFT_END,
    DISK_PATHS_ADOPTED,
    DISK_OOB,
    DISKS_FULL,
    QUOTA_KILLS,
    SANDBOXES_REMOVED,
    REFUSED,
    REFUSAL,
    ROLE_SHARE,
    ROLE_RESERVED_IDLE,
    JAIN,
    FW_LAUNCHED,
    FW_FINISHED,
    FW_FAILED,
    FW_LOST,
    FW_RUNNING,
    FW_RUNNING_END,
    FW_SHARE,
    FW_WAIT_MEAN,
    FW_WAIT_P50,
    FW_WAIT_P95,
    FW_WAIT_P99,
    FW_WAIT_MAX,
    FW_STARVED,
    FW_ACCEPTED,
    FW_DECLINED,
    FW_RESERVED_IDLE,
    FW_INPUTS_LOCAL,
    FW_RELAUNCHES,
    FW_SAME_AGENT,
    FW_UNAVAILABLE,
    FW_BELOW,
    FW_MISSING,
    FW_COPYING,
    FW_OUT,
    FW_REPLACED,
    FW_DATA_LOSSES,
    FW_DATA_LOST,
    FW_COPIED,
    FW_LEFT,
    FW_DEPLOYMENTS,
    FW_DEPLOYMENTS_REFUSED,
    FW_DEPLOYMENTS_MEAN,
    FW_DEPLOYMENTS_MAX,
    FW_DEPLOYMENTS_LEAST,
    FW_DEPLOYMENTS_MOST,
    SERVICE_DATA_LOSSES,
    SERVICE_DATA_LOST,
    SERVICE_DATA_COPIED,
    SERVICE_DATA_LEFT,
    SERVICE_REPLACED,
    STORE_HELD,
    STORE_HELD_END,
    STORE_LEFT,
    STORE_LEFT_END,
    STORE_READ,
    STORE_OUTAGES,
    STORE_UNAVAILABLE,
    STORE_STALLED,
    STORE_FULL,
    STORE_ACTIONS,
    STORE_LOSSES,
    STORE_LOST,
    STORE_DEGRADED,
    STORE_REMADE,
    STORE_SURPLUS,
    STORES_LEFT_END,
    STORES_ACTIONS,
    STORES_LOSSES,
    RUNS,
    VISITED,
    TRIED,
    FILTERED,
    MESSAGES_LOST,
    WARM_UP,
    KINDS
};

struct HfMetrics {
    HF_VEC(HfMetric) list;
    HF_VEC(const char *) names;
};

/* One more metric; `one` and `two` replace the words in capitals, from the left. */
void hf_metrics__add(HfMetrics *metrics, int kind, double value, const char *one, const char *two);
/* Mean, median, p95, p99 and longest, in seconds, as kinds from `first` on; NULL or empty: NAN. */
void hf_metrics__add_times(HfMetrics *metrics, int first, int count, const HfHistogram *times,
                           const char *name);

static inline double hf_metrics__ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

/*
 * Reserved and not allocated, of the total. Below 0 for the moment between the registration of an
 * agent that died before its checkpoint and the end of its tasks, which hold what it does not have.
 */
static inline double hf_metrics__idle_share(double mean, double total)
{
    return hf_metrics__ratio(MAX(mean, 0), total);
}

static inline double hf_metrics__megabytes(uint64_t bytes)
{
    return (double)bytes / 1048576;
}

/* metrics_stores.c: of each store of the scenario, and of all. */
void hf_metrics__add_stores(HfMetrics *metrics, const HfRecorder *recorder);

/* metrics_frameworks.c: of each entry of `frameworks`, in order of subscription. */
void hf_metrics__add_frameworks(HfMetrics *metrics, const HfRecorder *recorder);

#endif
