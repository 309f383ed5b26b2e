/*
 * Metrics of frameworks. An entry of `frameworks` that stands for several (count) has one metric of
 * all of them, and so has a framework that came back with another id: what is counted or measured
 * in time or tasks is summed, waits are merged, a share is that of the sums, and the longest of
 * several times is the longest of all.
 */
#include "world/metrics_internal.h"

#include <stdlib.h>

/* The frameworks that one entry of the scenario stands for. */
typedef struct Members {
    HF_VEC(uint32_t) rows; /* of the recorder's frameworks, ascending */
    const char *name;
} Members;

static const HfFrameworkStats *member(const HfRecorder *recorder, const Members *members, guint32 i)
{
    return &recorder->frameworks.at[members->rows.at[i]];
}

static uint64_t count_of(const HfRecorder *recorder, const Members *members, HfCounter counter)
{
    uint64_t sum = 0;
    for (guint32 i = 0; i < members->rows.count; i++) {
        const HfFrameworkStats *one = member(recorder, members, i);
        sum += one->count[counter] - one->marked[counter];
    }
    return sum;
}

static int compare_rows(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

static void add_count(HfMetrics *metrics, int kind, const HfRecorder *recorder,
                      const Members *members, HfCounter counter)
{
    hf_metrics__add(metrics, kind, (double)count_of(recorder, members, counter), members->name,
                    NULL);
}

static void add_megabytes(HfMetrics *metrics, int kind, const HfRecorder *recorder,
                          const Members *members, HfCounter counter)
{
    hf_metrics__add(metrics, kind, hf_metrics__megabytes(count_of(recorder, members, counter)),
                    members->name, NULL);
}

/* Dominant share of all together. */
static double share_of(const HfRecorder *recorder, const Members *members)
{
    double share = 0;
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        double mean = 0;
        double total =
            hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL));
        for (guint32 i = 0; i < members->rows.count; i++)
            mean += hf_recorder__mean(recorder, &member(recorder, members, i)->allocated[k]);
        if (total > 0) share = MAX(share, mean / total);
    }
    return share;
}

static void add_reserved_idle(HfMetrics *metrics, const HfRecorder *recorder,
                              const Members *members)
{
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (!hf_recorder__is_shown(recorder, k)) continue;
        double mean = 0;
        double total =
            hf_recorder__mean(recorder, hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL));
        for (guint32 i = 0; i < members->rows.count; i++) {
            const HfTracked *idle = member(recorder, members, i)->reserved_idle;
            if (idle != NULL) mean += hf_recorder__mean(recorder, &idle[k]);
        }
        hf_metrics__add(metrics, FW_RESERVED_IDLE, hf_metrics__idle_share(mean, total),
                        members->name, recorder->catalog->kind[k].name);
    }
}

static void add_waits(HfMetrics *metrics, const HfRecorder *recorder, const Members *members)
{
    HfHistogram *all = NULL;
    for (guint32 i = 0; i < members->rows.count; i++) {
        const HfHistogram *waits = member(recorder, members, i)->waits;
        if (waits == NULL) continue;
        if (all == NULL) all = hf_histogram_new(HF_RECORDER_PRECISION);
        hf_histogram_merge(all, waits);
    }
    hf_metrics__add_times(metrics, FW_WAIT_MEAN, 5, all, members->name);
    hf_histogram_free(all);
}

static void add_tasks(HfMetrics *metrics, const HfRecorder *recorder, const Members *members)
{
    double running = 0, at_end = 0;
    HfTime starved = 0;
    for (guint32 i = 0; i < members->rows.count; i++) {
        const HfFrameworkStats *one = member(recorder, members, i);
        running += hf_recorder__mean(recorder, &one->running);
        at_end += (double)one->running.level.value;
        starved = MAX(starved, hf_recorder__starved(one, recorder->ended_at));
    }
    add_count(metrics, FW_LAUNCHED, recorder, members, HF_COUNT_TASKS_LAUNCHED);
    add_count(metrics, FW_FINISHED, recorder, members, HF_COUNT_TASKS_FINISHED);
    add_count(metrics, FW_FAILED, recorder, members, HF_COUNT_TASKS_FAILED);
    add_count(metrics, FW_LOST, recorder, members, HF_COUNT_TASKS_LOST);
    hf_metrics__add(metrics, FW_RUNNING, running, members->name, NULL);
    hf_metrics__add(metrics, FW_RUNNING_END, at_end, members->name, NULL);
    hf_metrics__add(metrics, FW_SHARE, share_of(recorder, members), members->name, NULL);
    add_waits(metrics, recorder, members);
    hf_metrics__add(metrics, FW_STARVED, hf_time_to_seconds(starved), members->name, NULL);
    add_count(metrics, FW_ACCEPTED, recorder, members, HF_COUNT_OFFERS_ACCEPTED);
    add_count(metrics, FW_DECLINED, recorder, members, HF_COUNT_OFFERS_DECLINED);
    add_reserved_idle(metrics, recorder, members);
    double inputs = (double)count_of(recorder, members, HF_COUNT_INPUTS_READ);
    if (inputs > 0)
        hf_metrics__add(metrics, FW_INPUTS_LOCAL,
                        (double)count_of(recorder, members, HF_COUNT_INPUTS_LOCAL) / inputs,
                        members->name, NULL);
    add_count(metrics, FW_RELAUNCHES, recorder, members, HF_COUNT_RELAUNCHES);
    add_count(metrics, FW_SAME_AGENT, recorder, members, HF_COUNT_RELAUNCHES_SAME_HOST);
}

/* Only of those that declared what they keep running. */
static void add_service(HfMetrics *metrics, const HfRecorder *recorder, const Members *members)
{
    double span = hf_time_to_seconds(recorder->ended_at - recorder->marked_at);
    double out = 0, groups = 0, unavailable = 0, below = 0, missing = 0, copying = 0;
    gboolean is_service = FALSE;
    for (guint32 i = 0; i < members->rows.count; i++) {
        const HfFrameworkStats *one = member(recorder, members, i);
        if (!one->is_service) continue;
        is_service = TRUE;
        unavailable += hf_recorder__mean(recorder, &one->unavailable) * span;
        below += hf_recorder__mean(recorder, &one->below) * span;
        missing += hf_recorder__mean(recorder, &one->missing) * span;
        copying += hf_recorder__mean(recorder, &one->copying) * span;
    }
    if (!is_service) return;
    for (guint32 g = 0; g < recorder->groups.count; g++) {
        const uint32_t *row = &recorder->groups.at[g].framework;
        if (bsearch(row, members->rows.at, members->rows.count, sizeof *row, compare_rows) == NULL)
            continue;
        out += hf_recorder__mean(recorder, &recorder->groups.at[g].out) / 1e6;
        groups++;
    }
    hf_metrics__add(metrics, FW_UNAVAILABLE, unavailable, members->name, NULL);
    hf_metrics__add(metrics, FW_BELOW, below, members->name, NULL);
    hf_metrics__add(metrics, FW_MISSING, missing, members->name, NULL);
    hf_metrics__add(metrics, FW_COPYING, copying, members->name, NULL);
    hf_metrics__add(metrics, FW_OUT, out / groups, members->name, NULL);
    add_count(metrics, FW_REPLACED, recorder, members, HF_COUNT_MEMBERS_REPLACED);
    add_count(metrics, FW_DATA_LOSSES, recorder, members, HF_COUNT_DATA_LOSSES);
    add_megabytes(metrics, FW_DATA_LOST, recorder, members, HF_COUNT_BYTES_LOST);
    add_megabytes(metrics, FW_COPIED, recorder, members, HF_COUNT_BYTES_COPIED);
    add_megabytes(metrics, FW_LEFT, recorder, members, HF_COUNT_BYTES_LEFT);
}

/* Of those that began after the warm-up. */
static void add_deployments(HfMetrics *metrics, const HfRecorder *recorder, const Members *members)
{
    int64_t done = 0, refused = 0, begun = 0, least = INT64_MAX, most = 0;
    HfTime sum = 0, longest = 0;
    for (guint32 i = 0; i < recorder->deployments.count; i++) {
        const HfDeploymentRow *one = &recorder->deployments.at[i];
        if (one->started < recorder->marked_at ||
            bsearch(&one->framework, members->rows.at, members->rows.count, sizeof one->framework,
                    compare_rows) == NULL)
            continue;
        refused += one->is_refused;
        if (one->is_refused) continue;
        begun++;
        least = MIN(least, MAX(one->healthy_least, 0));
        most = MAX(most, one->most);
        if (one->ended < 0 || one->end != HF_DEPLOYMENT_DONE) continue;
        done++;
        sum += one->ended - one->started;
        longest = MAX(longest, one->ended - one->started);
    }
    if (begun + refused == 0) return;
    hf_metrics__add(metrics, FW_DEPLOYMENTS, (double)done, members->name, NULL);
    hf_metrics__add(metrics, FW_DEPLOYMENTS_REFUSED, (double)refused, members->name, NULL);
    if (done > 0) {
        hf_metrics__add(metrics, FW_DEPLOYMENTS_MEAN, hf_time_to_seconds(sum) / (double)done,
                        members->name, NULL);
        hf_metrics__add(metrics, FW_DEPLOYMENTS_MAX, hf_time_to_seconds(longest), members->name,
                        NULL);
    }
    if (begun == 0) return;
    hf_metrics__add(metrics, FW_DEPLOYMENTS_LEAST, (double)least, members->name, NULL);
    hf_metrics__add(metrics, FW_DEPLOYMENTS_MOST, (double)most, members->name, NULL);
}

void hf_metrics__add_frameworks(HfMetrics *metrics, const HfRecorder *recorder)
{
    const HfScenarioFramework *entries = recorder->scenario->frameworks.at;
    uint32_t count = recorder->scenario->frameworks.count;
    g_autofree Members *members = g_new0(Members, count); /* [entry] */
    HF_VEC(uint32_t) order = {0};                         /* entries, as they subscribed */
    for (guint32 f = 0; f < recorder->frameworks.count; f++) {
        const HfScenarioFramework *one = &entries[hf_master_framework_peer(recorder->master, f)];
        Members *all = &members[one->entry];
        if (all->rows.count == 0) hf_vec_push(&order, one->entry);
        all->name = one->group != NULL ? one->group : one->name;
        hf_vec_push(&all->rows, f);
    }
    for (guint32 i = 0; i < order.count; i++) {
        Members *all = &members[order.at[i]];
        add_tasks(metrics, recorder, all);
        add_service(metrics, recorder, all);
        add_deployments(metrics, recorder, all);
        hf_vec_clear(&all->rows);
    }
    hf_vec_clear(&order);
}
