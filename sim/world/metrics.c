/* The values of the metrics, from the recorder; see metrics.h. Those of frameworks:
 * metrics_frameworks.c. */
#include "world/metrics_internal.h"

#include <string.h>

#include "base/assert.h"

/* One more metric; `one` and `two` replace the words in capitals, from the left. */
void hf_metrics__add(HfMetrics *metrics, int kind, double value, const char *one, const char *two)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *p = hf_metric_kinds[kind].pattern; *p;) {
        if (!g_ascii_isupper(*p)) {
            g_string_append_c(name, *p++);
            continue;
        }
        while (g_ascii_isupper(*p)) p++;
        HF_ASSERT(one != NULL);
        g_string_append(name, one);
        one = two;
    }
    hf_vec_push(&metrics->list, (HfMetric){g_string_free(g_steal_pointer(&name), FALSE),
                                           &hf_metric_kinds[kind], value});
}

void hf_metrics__add_times(HfMetrics *metrics, int first, int count, const HfHistogram *times,
                           const char *name)
{
    static const double quantiles[] = {0, 0.5, 0.95, 0.99, 1};
    for (int i = 0; i < count; i++) {
        double ns = NAN;
        if (times != NULL && hf_histogram_count(times) > 0)
            ns = i == 0 ? hf_histogram_mean(times)
                        : (double)hf_histogram_quantile(times, quantiles[i]);
        hf_metrics__add(metrics, first + i, ns / 1e9, name, NULL);
    }
}

static void add_resources(HfMetrics *metrics, const HfRecorder *recorder)
{
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        const char *name = recorder->catalog->kind[k].name;
        double mean[HF_RESOURCE_LEVELS];
        for (int l = 0; l < HF_RESOURCE_LEVELS; l++)
            mean[l] =
                hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, (HfResourceLevel)l));
        double capacity = (double)hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL)->level.max;
        double peak = (double)hf_recorder__resource(recorder, k, HF_LEVEL_ALLOCATED)->level.max;
        double total = mean[HF_LEVEL_TOTAL];
        hf_metrics__add(metrics, CAPACITY, capacity / 1000, name, NULL);
        hf_metrics__add(metrics, DEMAND, (double)recorder->demand[k] / 1000, name, NULL);
        hf_metrics__add(metrics, ALLOCATED, hf_metrics__ratio(mean[HF_LEVEL_ALLOCATED], total),
                        name, NULL);
        hf_metrics__add(metrics, USED, hf_metrics__ratio(mean[HF_LEVEL_USED], total), name, NULL);
        hf_metrics__add(metrics, USED_UNREACHABLE,
                        hf_metrics__ratio(mean[HF_LEVEL_USED_UNREACHABLE], capacity), name, NULL);
        hf_metrics__add(metrics, OFFERED, hf_metrics__ratio(mean[HF_LEVEL_OFFERED], total), name,
                        NULL);
        hf_metrics__add(metrics, RESERVED_IDLE,
                        hf_metrics__idle_share(mean[HF_LEVEL_RESERVED_IDLE], total), name, NULL);
        hf_metrics__add(metrics, USED_OF_ALLOCATED,
                        hf_metrics__ratio(mean[HF_LEVEL_USED], mean[HF_LEVEL_ALLOCATED]), name,
                        NULL);
        hf_metrics__add(metrics, ALLOCATED_PEAK, hf_metrics__ratio(peak, capacity), name, NULL);
    }
}

static void add_counter(HfMetrics *metrics, int kind, const HfRecorder *recorder, HfCounter counter)
{
    hf_metrics__add(metrics, kind, (double)hf_recorder__count(recorder, counter), NULL, NULL);
}

static double mean_of(const HfRecorder *recorder, HfClusterLevel level)
{
    return hf_recorder__mean(recorder, &recorder->cluster[level]);
}

static void add_cluster(HfMetrics *metrics, const HfRecorder *recorder)
{
    hf_metrics__add(metrics, AGENTS, recorder->hosts, NULL, NULL);
    hf_metrics__add(metrics, AGENTS_UP, mean_of(recorder, HF_LEVEL_AGENTS_UP), NULL, NULL);
    add_counter(metrics, CRASHES, recorder, HF_COUNT_AGENT_CRASHES);
    add_counter(metrics, UNREACHABLE, recorder, HF_COUNT_AGENTS_UNREACHABLE);
    add_counter(metrics, RESTARTS, recorder, HF_COUNT_AGENT_RESTARTS);
    add_counter(metrics, REBOOTS, recorder, HF_COUNT_AGENT_REBOOTS);
    add_counter(metrics, OPERATIONS, recorder, HF_COUNT_OPERATOR_ACTIONS);
    add_counter(metrics, OPERATIONS_REFUSED, recorder, HF_COUNT_OPERATOR_REFUSALS);
    add_counter(metrics, MAINTENANCE_KILLED, recorder, HF_COUNT_MAINTENANCE_KILLS);
    add_counter(metrics, FAILOVERS, recorder, HF_COUNT_MASTER_FAILOVERS);
    hf_metrics__add(metrics, LEADERLESS,
                    (double)hf_recorder__count(recorder, HF_COUNT_LEADERLESS_NS) / 1e9, NULL, NULL);
    add_counter(metrics, AGENTS_FORGOTTEN, recorder, HF_COUNT_AGENTS_FORGOTTEN);
    add_counter(metrics, INVERSE_SENT, recorder, HF_COUNT_INVERSE_SENT);
    add_counter(metrics, INVERSE_ACCEPTED, recorder, HF_COUNT_INVERSE_ACCEPTED);
    add_counter(metrics, INVERSE_DECLINED, recorder, HF_COUNT_INVERSE_DECLINED);
    add_counter(metrics, SUBMITTED, recorder, HF_COUNT_TASKS_SUBMITTED);
    add_counter(metrics, LAUNCHED, recorder, HF_COUNT_TASKS_LAUNCHED);
    add_counter(metrics, FINISHED, recorder, HF_COUNT_TASKS_FINISHED);
    add_counter(metrics, FAILED, recorder, HF_COUNT_TASKS_FAILED);
    add_counter(metrics, KILLED, recorder, HF_COUNT_TASKS_KILLED);
    add_counter(metrics, LOST, recorder, HF_COUNT_TASKS_LOST);
    add_counter(metrics, ERRORS, recorder, HF_COUNT_TASKS_ERROR);
    add_counter(metrics, EXECUTORS_LATE, recorder, HF_COUNT_TASKS_UNREGISTERED);
    add_counter(metrics, EXECUTORS_STARTED, recorder, HF_COUNT_EXECUTORS_STARTED);
    hf_metrics__add(metrics, EXECUTORS_RUNNING, mean_of(recorder, HF_LEVEL_EXECUTORS_RUNNING), NULL,
                    NULL);
    hf_metrics__add(metrics, RUNNING, mean_of(recorder, HF_LEVEL_TASKS_RUNNING), NULL, NULL);
    hf_metrics__add(metrics, WAITING, mean_of(recorder, HF_LEVEL_TASKS_WAITING), NULL, NULL);
    hf_metrics__add(metrics, WAITING_END, (double)hf_recorder_tasks_waiting(recorder), NULL, NULL);
    g_autoptr(HfHistogram) waits = hf_recorder__waits(recorder);
    hf_metrics__add_times(metrics, WAIT_MEAN, 5, waits, NULL);
    add_counter(metrics, JOBS_SUBMITTED, recorder, HF_COUNT_JOBS_SUBMITTED);
    add_counter(metrics, JOBS_FINISHED, recorder, HF_COUNT_JOBS_FINISHED);
    hf_metrics__add_times(metrics, RESPONSE_MEAN, 4, recorder->responses, NULL);
}

static void add_disks(HfMetrics *metrics, const HfRecorder *recorder)
{
    static const int kind_of[HF_DISK_PARTS] = {
        [HF_DISK_RUNNING] = DISK_SANDBOXES,     [HF_DISK_DEAD] = DISK_ORPHANED,
        [HF_DISK_VOLUMES] = DISK_ACCOUNTED,     [HF_DISK_PATHS] = DISK_PATHS,
        [HF_DISK_PATHS_LEFT] = DISK_PATHS_LEFT, [HF_DISK_OUT_OF_BAND] = DISK_OOB};
    double sum = 0;
    for (int p = 0; p < HF_DISK_PARTS; p++) {
        double mean = hf_recorder__disk_mean(recorder, (HfDiskPart)p);
        hf_metrics__add(metrics, kind_of[p], mean, NULL, NULL);
        sum += mean;
    }
    hf_metrics__add(metrics, DISK_REAL, sum, NULL, NULL);
    hf_metrics__add(metrics, DISK_PATHS_END, hf_recorder__disk_end(recorder, HF_DISK_PATHS), NULL,
                    NULL);
    hf_metrics__add(metrics, DISK_PATHS_LEFT_END,
                    hf_recorder__disk_end(recorder, HF_DISK_PATHS_LEFT), NULL, NULL);
    add_counter(metrics, DISK_PATHS_ADOPTED, recorder, HF_COUNT_PATHS_ADOPTED);
    hf_metrics__add(metrics, DISK_PEAK, hf_recorder__disk_peak(recorder), NULL, NULL);
    add_counter(metrics, DISKS_FULL, recorder, HF_COUNT_DISKS_FULL);
    add_counter(metrics, QUOTA_KILLS, recorder, HF_COUNT_QUOTA_KILLS);
    add_counter(metrics, SANDBOXES_REMOVED, recorder, HF_COUNT_SANDBOXES_REMOVED);
}

static uint64_t still_waiting(const HfRecorder *recorder)
{
    uint64_t waiting = 0;
    for (guint32 i = 0; i < recorder->failures.count; i++)
        waiting += recorder->failures.at[i].ran_again < 0;
    return waiting;
}

static void add_stateful(HfMetrics *metrics, const HfRecorder *recorder)
{
    add_counter(metrics, STATEFUL_FAILURES, recorder, HF_COUNT_STATEFUL_FAILURES);
    add_counter(metrics, STATEFUL_RELAUNCHED, recorder, HF_COUNT_STATEFUL_RELAUNCHED);
    hf_metrics__add(metrics, STATEFUL_WAITING, (double)still_waiting(recorder), NULL, NULL);
    hf_metrics__add(
        metrics, STATEFUL_SAME_AGENT,
        hf_metrics__ratio((double)hf_recorder__count(recorder, HF_COUNT_STATEFUL_SAME_HOST),
                          (double)hf_recorder__count(recorder, HF_COUNT_STATEFUL_RELAUNCHED)),
        NULL, NULL);
    hf_metrics__add_times(metrics, STATEFUL_MEAN, 5, recorder->stateful_times, NULL);
    hf_metrics__add(metrics, DATA_KEPT, (double)recorder->data_kept / 1000, NULL, NULL);
    hf_metrics__add(metrics, DATA_LOST, (double)recorder->data_lost / 1000, NULL, NULL);
    hf_metrics__add(metrics, DATA_LEFT, (double)recorder->data_left / 1000, NULL, NULL);
    hf_metrics__add(metrics, DATA_COPIED, (double)recorder->bytes_copied / 1048576, NULL, NULL);
    add_counter(metrics, VOLUMES_CREATED, recorder, HF_COUNT_VOLUMES_CREATED);
    add_counter(metrics, VOLUMES_DESTROYED, recorder, HF_COUNT_VOLUMES_DESTROYED);
    add_counter(metrics, VOLUMES_LOST, recorder, HF_COUNT_VOLUMES_LOST);
    static const struct {
        int kind;
        HfClusterLevel level;
    } levels[] = {{VOLUMES_THERE, HF_LEVEL_VOLUMES},
                  {ORPHANED, HF_LEVEL_VOLUMES_ORPHANED},
                  {ORPHANED_DISK, HF_LEVEL_ORPHANED_DISK}};
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) { /* the kind at the end follows its mean */
        const HfTracked *tracked = &recorder->cluster[levels[i].level];
        hf_metrics__add(metrics, levels[i].kind, hf_recorder__mean(recorder, tracked), NULL, NULL);
        hf_metrics__add(metrics, levels[i].kind + 1, (double)tracked->level.value, NULL, NULL);
    }
}

static void add_reserved_idle(HfMetrics *metrics, int kind, const HfRecorder *recorder,
                              const HfTracked *idle, const char *of)
{
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        double total =
            hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL));
        double mean = idle != NULL ? hf_recorder__mean(recorder, &idle[k]) : 0;
        hf_metrics__add(metrics, kind, hf_metrics__idle_share(mean, total), of,
                        recorder->catalog->kind[k].name);
    }
}

static void add_offers(HfMetrics *metrics, const HfRecorder *recorder)
{
    add_counter(metrics, SENT, recorder, HF_COUNT_OFFERS_SENT);
    add_counter(metrics, ACCEPTED, recorder, HF_COUNT_OFFERS_ACCEPTED);
    add_counter(metrics, DECLINED, recorder, HF_COUNT_OFFERS_DECLINED);
    add_counter(metrics, RESCINDED, recorder, HF_COUNT_OFFERS_RESCINDED);
    add_counter(metrics, EXPIRED, recorder, HF_COUNT_OFFERS_EXPIRED);
    double outstanding = mean_of(recorder, HF_LEVEL_OFFERS);
    double span = hf_time_to_seconds(recorder->ended_at - recorder->marked_at);
    hf_metrics__add(metrics, OUTSTANDING, outstanding, NULL, NULL);
    /* Little's law: mean held = mean outstanding / rate of offers. */
    hf_metrics__add(metrics, HELD,
                    hf_metrics__ratio(outstanding * span,
                                      (double)hf_recorder__count(recorder, HF_COUNT_OFFERS_SENT)),
                    NULL, NULL);
    add_counter(metrics, INVALID, recorder, HF_COUNT_ACCEPTS_INVALID);
    add_counter(metrics, RELAUNCHES, recorder, HF_COUNT_RELAUNCHES);
    hf_metrics__add(
        metrics, SAME_AGENT,
        hf_metrics__ratio((double)hf_recorder__count(recorder, HF_COUNT_RELAUNCHES_SAME_HOST),
                          (double)hf_recorder__count(recorder, HF_COUNT_RELAUNCHES)),
        NULL, NULL);
    hf_metrics__add_times(metrics, RELAUNCH_MEAN, 5, recorder->relaunch_times, NULL);
    add_stateful(metrics, recorder);
    add_counter(metrics, INPUTS, recorder, HF_COUNT_INPUTS_READ);
    hf_metrics__add(metrics, INPUTS_LOCAL,
                    hf_metrics__ratio((double)hf_recorder__count(recorder, HF_COUNT_INPUTS_LOCAL),
                                      (double)hf_recorder__count(recorder, HF_COUNT_INPUTS_READ)),
                    NULL, NULL);
    add_disks(metrics, recorder);
    add_counter(metrics, REFUSED, recorder, HF_COUNT_PLACEMENTS_REFUSED);
    for (guint32 r = 0; r < recorder->refusals.count; r++) {
        char number[32];
        g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT,
                   (gint64)recorder->refusals.at[r].number);
        for (uint32_t k = 0; k < recorder->kinds; k++)
            if (hf_recorder__is_shown(recorder, k))
                hf_metrics__add(metrics, REFUSAL, recorder->refusals.at[r].allocated[k], number,
                                recorder->catalog->kind[k].name);
    }
}

static double weight_of(const HfRecorder *recorder, const char *role)
{
    for (uint32_t r = 0; r < recorder->scenario->roles.count; r++)
        if (strcmp(recorder->scenario->roles.at[r].name, role) == 0)
            return recorder->scenario->roles.at[r].weight;
    return 1;
}

static void add_roles(HfMetrics *metrics, const HfRecorder *recorder)
{
    double sum = 0, squares = 0, count = 0;
    for (guint32 r = 0; r < recorder->roles.count; r++) {
        const HfTracked *idle = recorder->roles.at[r].reserved_idle;
        const char *path = hf_role_path(recorder->catalog, r);
        if (idle != NULL || recorder->roles.at[r].is_used)
            add_reserved_idle(metrics, ROLE_RESERVED_IDLE, recorder, idle, path);
        if (!recorder->roles.at[r].is_used) continue;
        double share = hf_recorder__share(recorder, recorder->roles.at[r].allocated);
        hf_metrics__add(metrics, ROLE_SHARE, share, path, NULL);
        double weighted = share / weight_of(recorder, path);
        sum += weighted;
        squares += weighted * weighted;
        count++;
    }
    hf_metrics__add(metrics, JAIN, hf_metrics__ratio(sum * sum, count * squares), NULL, NULL);
}

static void add_data(HfMetrics *metrics, const HfRecorder *recorder)
{
    add_counter(metrics, SERVICE_DATA_LOSSES, recorder, HF_COUNT_DATA_LOSSES);
    hf_metrics__add(metrics, SERVICE_DATA_LOST,
                    hf_metrics__megabytes(hf_recorder__count(recorder, HF_COUNT_BYTES_LOST)), NULL,
                    NULL);
    hf_metrics__add(metrics, SERVICE_DATA_COPIED,
                    hf_metrics__megabytes(hf_recorder__count(recorder, HF_COUNT_BYTES_COPIED)),
                    NULL, NULL);
    hf_metrics__add(metrics, SERVICE_DATA_LEFT,
                    hf_metrics__megabytes(hf_recorder__count(recorder, HF_COUNT_BYTES_LEFT)), NULL,
                    NULL);
    add_counter(metrics, SERVICE_REPLACED, recorder, HF_COUNT_MEMBERS_REPLACED);
}

HfMetrics *hf_metrics_new(HfWorld *world)
{
    HfMetrics *metrics = g_new0(HfMetrics, 1);
    const HfRecorder *recorder = hf_world_recorder(world);
    add_resources(metrics, recorder);
    add_cluster(metrics, recorder);
    add_offers(metrics, recorder);
    add_roles(metrics, recorder);
    hf_metrics__add_frameworks(metrics, recorder);
    add_data(metrics, recorder);
    hf_metrics__add_stores(metrics, recorder);
    HfAllocatorCounters work = hf_master_allocator_counters(hf_world_master(world));
    hf_metrics__add(metrics, RUNS, (double)work.runs, NULL, NULL);
    hf_metrics__add(metrics, VISITED, (double)work.agents_visited, NULL, NULL);
    hf_metrics__add(metrics, TRIED, (double)work.frameworks_tried, NULL, NULL);
    hf_metrics__add(metrics, FILTERED, (double)work.filter_checks, NULL, NULL);
    add_counter(metrics, MESSAGES_LOST, recorder, HF_COUNT_MESSAGES_LOST);
    hf_metrics__add(metrics, WARM_UP, hf_time_to_seconds(recorder->marked_at), NULL, NULL);
    for (guint32 i = 0; i < metrics->list.count; i++)
        hf_vec_push(&metrics->names, metrics->list.at[i].name);
    hf_vec_push(&metrics->names, NULL);
    return metrics;
}

HfMetrics *hf_metrics_new_empty(void)
{
    HfMetrics *metrics = g_new0(HfMetrics, 1);
    hf_vec_push(&metrics->names, NULL);
    return metrics;
}

void hf_metrics_take(HfMetrics *metrics, const HfMetric *metric)
{
    hf_vec_push(&metrics->list, *metric);
    metrics->names.at[metrics->names.count - 1] = metric->name;
    hf_vec_push(&metrics->names, NULL);
}

void hf_metrics_free(HfMetrics *metrics)
{
    if (metrics == NULL) return;
    for (guint32 i = 0; i < metrics->list.count; i++) g_free(metrics->list.at[i].name);
    hf_vec_clear(&metrics->list);
    hf_vec_clear(&metrics->names);
    g_free(metrics);
}

uint32_t hf_metrics_count(const HfMetrics *metrics)
{
    return metrics->list.count;
}

const HfMetric *hf_metrics_at(const HfMetrics *metrics, uint32_t i)
{
    HF_ASSERT(i < metrics->list.count);
    return &metrics->list.at[i];
}

gboolean hf_metrics_find(const HfMetrics *metrics, const char *name, double *value_out)
{
    for (guint32 i = 0; i < metrics->list.count; i++) {
        if (strcmp(metrics->list.at[i].name, name) != 0) continue;
        *value_out = metrics->list.at[i].value;
        return TRUE;
    }
    return FALSE;
}

const char *const *hf_metrics_names(const HfMetrics *metrics)
{
    return metrics->names.at;
}
