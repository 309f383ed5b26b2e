/*
 * The time series: a row for each interval, of means of levels and numbers of offers within it; and
 * the end of the warm-up, where it is found in those rows. The order of a row's columns is that of
 * print_timeseries() in tables.c.
 */
#include "base/assert.h"
#include "stats/warm_up.h"
#include "world/recorder_internal.h"

HfTime hf_recorder_next_tick(const HfRecorder *recorder)
{
    return MIN(hf_time_add(recorder->row_start, recorder->scenario->record.interval),
               recorder->scenario->duration);
}

double hf_recorder__row_mean(HfTracked *tracked, HfTime from, HfTime now)
{
    HfWide integral = hf_level_integral(&tracked->level, now);
    double mean = (double)(integral - tracked->rowed) / (double)(now - from);
    tracked->rowed = integral;
    return mean;
}

void hf_recorder__close_row(HfRecorder *recorder, HfTime now)
{
    HfTime from = recorder->row_start;
    hf_vec_push(&recorder->row_times, now);
    for (uint32_t i = 0; i < HF_CLUSTER_LEVELS; i++)
        hf_vec_push(&recorder->rows, hf_recorder__row_mean(&recorder->cluster[i], from, now));
    for (HfCounter c = HF_COUNT_OFFERS_SENT; c <= HF_COUNT_OFFERS_EXPIRED; c++) {
        hf_vec_push(&recorder->rows, (double)(recorder->count[c] - recorder->rowed[c]));
        recorder->rowed[c] = recorder->count[c];
    }
    double disks[HF_DISK_PARTS];
    hf_recorder__disks_row(recorder, from, now, disks);
    for (int p = 0; p < HF_DISK_PARTS; p++) hf_vec_push(&recorder->rows, disks[p]);
    hf_recorder__close_store_row(recorder, from, now);
    double *total = recorder->row_total;
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        for (uint32_t l = 0; l < HF_RESOURCE_LEVELS; l++) {
            double mean = hf_recorder__row_mean(
                hf_recorder__resource(recorder, k, (HfResourceLevel)l), from, now);
            if (l == HF_LEVEL_TOTAL) total[k] = mean;
            hf_vec_push(&recorder->rows, mean);
        }
    }
    recorder->row_width = HF_ROW_RESOURCES + recorder->kinds * HF_RESOURCE_LEVELS;
    for (guint32 r = 0; r < recorder->roles.count; r++) {
        double share = 0;
        for (uint32_t k = 0; k < recorder->kinds; k++) {
            double mean = hf_recorder__row_mean(&recorder->roles.at[r].allocated[k], from, now);
            if (total[k] > 0) share = MAX(share, mean / total[k]);
        }
        hf_vec_push(&recorder->role_shares, share);
    }
    hf_vec_push(&recorder->role_counts, recorder->roles.count);
    recorder->row_start = now;
}

gboolean hf_recorder_find_warm_up(const HfRecorder *recorder, HfTime *warm_up_out)
{
    uint32_t kind = 0, rows = recorder->row_times.count, drop = 0;
    while (kind < recorder->kinds && !hf_recorder__is_shown(recorder, kind)) kind++;
    if (kind == recorder->kinds) return FALSE;
    uint32_t column = HF_ROW_RESOURCES + kind * HF_RESOURCE_LEVELS + HF_LEVEL_ALLOCATED;
    g_autofree double *allocated = g_new(double, rows + 1);
    for (uint32_t r = 0; r < rows; r++)
        allocated[r] = recorder->rows.at[(size_t)r * recorder->row_width + column];
    if (!hf_warm_up_mser5(allocated, rows, &drop)) return FALSE;
    *warm_up_out = drop > 0 ? recorder->row_times.at[drop - 1] : 0;
    return TRUE;
}
