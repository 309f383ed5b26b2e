/*
 * The recorder's view of disks: what is really used, of what kind, over time. Sandboxes grow along
 * straight lines between records, so their integral is a sum of trapezoids and no sample; whole KiB
 * apart, to which each is rounded when it is closed.
 */
#include "base/assert.h"
#include "world/recorder_internal.h"

typedef struct HfWriter {
    uint32_t framework;
    uint64_t task;
    int64_t rate;
} HfWriter;

/* Of one host: what must be known to take it off the sums. */
typedef struct HfDiskOfHost {
    double kib[HF_DISK_PARTS];
    HF_VEC(HfWriter) writers;
} HfDiskOfHost;

struct HfDisks {
    HF_VEC(HfDiskOfHost) hosts;                     /* as far as needed */
    double kib[HF_DISK_PARTS], area[HF_DISK_PARTS]; /* KiB, KiB * s since `start` */
    double rowed[HF_DISK_PARTS]; /* `area` at the last row of the time series; negative if that lies
                                    before the warm-up's end */
    double peak;                 /* KiB of all together */
    double rate;                 /* KiB/s of what runs */
    HfTime at, start;
};

static double sum_of(const double *parts)
{
    double sum = 0;
    for (int p = 0; p < HF_DISK_PARTS; p++) sum += parts[p];
    return sum;
}

static void advance(HfDisks *disks, HfTime now)
{
    double seconds = (double)(now - disks->at) / (double)HF_NS_PER_SECOND;
    for (int p = 0; p < HF_DISK_PARTS; p++) disks->area[p] += disks->kib[p] * seconds;
    disks->area[HF_DISK_RUNNING] += disks->rate * seconds * seconds / 2;
    disks->kib[HF_DISK_RUNNING] += disks->rate * seconds;
    disks->at = now;
    disks->peak = MAX(disks->peak, sum_of(disks->kib));
}

static HfDiskOfHost *host_of(HfDisks *disks, uint32_t row)
{
    while (disks->hosts.count <= row) hf_vec_push_zero(&disks->hosts);
    return &disks->hosts.at[row];
}

static void set(HfDisks *disks, HfDiskOfHost *host, HfDiskPart part, double kib)
{
    disks->kib[part] = MAX(disks->kib[part] + kib - host->kib[part], 0);
    host->kib[part] = kib;
}

static guint32 find(const HfDiskOfHost *host, const HfRecord *record)
{
    guint32 i = 0;
    while (i < host->writers.count && (host->writers.at[i].task != record->id ||
                                       host->writers.at[i].framework != record->framework))
        i++;
    return i;
}

static void on_closed(HfDisks *disks, HfDiskOfHost *host, const HfRecord *record)
{
    guint32 i = find(host, record);
    if (i < host->writers.count) {
        disks->rate -= (double)host->writers.at[i].rate;
        hf_vec_remove(&host->writers, i);
    }
    disks->kib[HF_DISK_RUNNING] = MAX(disks->kib[HF_DISK_RUNNING] - (double)record->value, 0);
    set(disks, host, HF_DISK_DEAD, host->kib[HF_DISK_DEAD] + (double)record->value);
}

void hf_recorder__on_disk(HfRecorder *recorder, const HfRecord *record)
{
    if (recorder->disks == NULL) {
        recorder->disks = g_new0(HfDisks, 1);
        recorder->disks->start = recorder->is_marked ? recorder->marked_at : 0;
        recorder->disks->at = record->at;
    }
    HfDisks *disks = recorder->disks;
    HfDiskOfHost *host = host_of(disks, record->agent);
    double value = (double)record->value;
    advance(disks, record->at);
    switch (record->type) {
    case HF_RECORD_SANDBOX_MADE:
        disks->kib[HF_DISK_RUNNING] += value;
        break;
    case HF_RECORD_SANDBOX_GROWS:
        hf_vec_push(&host->writers, (HfWriter){record->framework, record->id, record->value});
        disks->rate += value;
        break;
    case HF_RECORD_SANDBOX_CLOSED:
        on_closed(disks, host, record);
        break;
    case HF_RECORD_SANDBOX_REMOVED:
        set(disks, host, HF_DISK_DEAD, host->kib[HF_DISK_DEAD] - value);
        break;
    case HF_RECORD_OUT_OF_BAND:
        set(disks, host, HF_DISK_OUT_OF_BAND, value);
        break;
    case HF_RECORD_VOLUMES_HOLD:
        set(disks, host, HF_DISK_VOLUMES, value);
        break;
    case HF_RECORD_PATH_WRITTEN:
        set(disks, host, HF_DISK_PATHS, host->kib[HF_DISK_PATHS] + value);
        break;
    case HF_RECORD_PATH_LEFT:
        set(disks, host, HF_DISK_PATHS, host->kib[HF_DISK_PATHS] - value);
        set(disks, host, HF_DISK_PATHS_LEFT, host->kib[HF_DISK_PATHS_LEFT] + value);
        break;
    case HF_RECORD_PATH_ADOPTED:
        set(disks, host, HF_DISK_PATHS_LEFT, host->kib[HF_DISK_PATHS_LEFT] - value);
        set(disks, host, HF_DISK_PATHS, host->kib[HF_DISK_PATHS] + value);
        break;
    default:
        HF_ASSERT(record->type == HF_RECORD_DISK_LOST); /* its tasks are over */
        for (int p = 0; p < HF_DISK_PARTS; p++) set(disks, host, (HfDiskPart)p, 0);
    }
    disks->peak = MAX(disks->peak, sum_of(disks->kib));
}

void hf_recorder__disks_mark(HfRecorder *recorder, HfTime now)
{
    HfDisks *disks = recorder->disks;
    if (disks == NULL) return;
    advance(disks, now);
    for (int p = 0; p < HF_DISK_PARTS; p++) disks->rowed[p] -= disks->area[p];
    memset(disks->area, 0, sizeof disks->area);
    disks->start = now;
    disks->peak = sum_of(disks->kib);
}

void hf_recorder__disks_row(HfRecorder *recorder, HfTime from, HfTime now, double *mean_out)
{
    memset(mean_out, 0, HF_DISK_PARTS * sizeof *mean_out);
    if (recorder->disks == NULL) return;
    HfDisks disks = *recorder->disks; /* a row must not change how the sums are rounded */
    advance(&disks, now);
    double seconds = (double)(now - from) / (double)HF_NS_PER_SECOND;
    for (int p = 0; p < HF_DISK_PARTS; p++) {
        mean_out[p] = MAX(disks.area[p] - disks.rowed[p], 0) / seconds / 1024;
        recorder->disks->rowed[p] = disks.area[p];
    }
}

double hf_recorder__disk_mean(const HfRecorder *recorder, HfDiskPart part)
{
    if (recorder->disks == NULL) return 0;
    HfDisks disks = *recorder->disks;
    advance(&disks, recorder->ended_at);
    double seconds = (double)(recorder->ended_at - disks.start) / (double)HF_NS_PER_SECOND;
    return seconds > 0 ? disks.area[part] / seconds / 1024 : 0;
}

double hf_recorder__disk_end(const HfRecorder *recorder, HfDiskPart part)
{
    if (recorder->disks == NULL) return 0;
    HfDisks disks = *recorder->disks;
    advance(&disks, recorder->ended_at);
    return disks.kib[part] / 1024;
}

double hf_recorder__disk_peak(const HfRecorder *recorder)
{
    if (recorder->disks == NULL) return 0;
    HfDisks disks = *recorder->disks;
    advance(&disks, recorder->ended_at);
    return disks.peak / 1024;
}

void hf_recorder__disks_free(HfDisks *disks)
{
    if (disks == NULL) return;
    for (guint32 i = 0; i < disks->hosts.count; i++) hf_vec_clear(&disks->hosts.at[i].writers);
    hf_vec_clear(&disks->hosts);
    g_free(disks);
}
