/*
 * The Standard Workload Format v2.2 of the Parallel Workloads Archive: one job a line, 18 fields,
 * ';' comments.
 *
 * A job of n processors becomes n independent tasks of one CPU (Mesos has no gang scheduling) that
 * each run for the job's run time. Processors: requested (field 8), else allocated (5). Memory per
 * processor: requested (10), else used (7), in KB; else the key `mem`. Left out: jobs without
 * processors or run time, and jobs cancelled before their start.
 */
#include <math.h>

#include "models/workloads/lines.h"
#include "models/workloads/workloads.h"

typedef struct SwfConfig {
    const char *file;
    int64_t limit, mem;
    HfTime start;
} SwfConfig;

static const HfKey swf_keys[] = {
    {.name = "file",
     .type = HF_KEY_TRACE,
     .is_required = TRUE,
     .offset = offsetof(SwfConfig, file),
     .help = "An SWF file, plain or .gz. Data: www.cs.huji.ac.il/labs/parallel/workload."},
    {.name = "limit",
     .type = HF_KEY_INT,
     .offset = offsetof(SwfConfig, limit),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e9,
     .help = "At most so many jobs; 0 = all."},
    {.name = "mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(SwfConfig, mem),
     .fallback = "128",
     .help = "Memory of a task, in MB, where the trace does not say."},
    {.name = "start",
     .type = HF_KEY_DURATION,
     .offset = offsetof(SwfConfig, start),
     .fallback = "0s",
     .help = "This instant of the trace is time 0; jobs submitted before it are left out."},
    {0}};
static const HfKeyTable swf_table = {
    "swf", sizeof(SwfConfig), swf_keys,
    "Jobs of a Standard Workload Format trace, as independent one-CPU tasks.", NULL};

static gboolean read_job(const SwfConfig *keys, const HfLines *lines, uint64_t number, HfTime *last,
                         HfTraceTaskSink sink, void *context, gboolean *taken_out, GError **error)
{
    double submit, run, allocated, used, requested, memory, status;
    if (lines->field_count < 18)
        return hf_lines_fail(lines, error, "has %u fields, not 18", lines->field_count);
    if (!hf_lines_number(lines, 1, "submit time", 0, 1e9, &submit, error) ||
        !hf_lines_number(lines, 3, "run time", -1, 1e9, &run, error) ||
        !hf_lines_whole(lines, 4, "allocated processors", -1, 1e6, &allocated, error) ||
        !hf_lines_number(lines, 6, "used memory", -1, 1e15, &used, error) ||
        !hf_lines_whole(lines, 7, "requested processors", -1, 1e6, &requested, error) ||
        !hf_lines_number(lines, 9, "requested memory", -1, 1e15, &memory, error) ||
        !hf_lines_number(lines, 10, "status", -1, 5, &status, error))
        return FALSE;
    HfTime at = hf_time_from_seconds(submit);
    if (at < *last) return hf_lines_fail(lines, error, "submit time goes back");
    *last = at;
    double processors = requested > 0 ? requested : allocated;
    *taken_out = processors > 0 && run >= 0 && !(status == 5 && run <= 0) && at >= keys->start;
    if (!*taken_out) return TRUE;
    double kilobytes = memory > 0 ? memory : used;
    double megabytes =
        kilobytes > 0 ? MAX(1.0, floor(kilobytes / 1024 + 0.5)) : (double)keys->mem / 1000;
    g_autofree char *text = g_strdup_printf("cpus:1;mem:%.0f", megabytes);
    for (uint32_t i = 0; i < (uint32_t)processors; i++)
        sink(context, &(HfTraceTask){.submit = at - keys->start,
                                     .duration = hf_time_from_seconds(MAX(run, 1.0)),
                                     .job = number,
                                     .resources = text});
    return TRUE;
}

static gboolean read_swf(const void *config, HfTraceTaskSink sink, void *context, GError **error)
{
    const SwfConfig *keys = config;
    HfLines lines;
    if (!hf_lines_open(&lines, keys->file, error)) return FALSE;
    gboolean good = TRUE;
    GError *inner = NULL;
    HfTime last = 0;
    uint64_t taken = 0;
    while (good && (keys->limit == 0 || taken < (uint64_t)keys->limit) &&
           hf_lines_next(&lines, &inner)) {
        gboolean is_taken = FALSE;
        if (lines.line[0] == ';') continue;
        hf_lines_split_blanks(&lines);
        if (lines.field_count == 0) continue;
        good = read_job(keys, &lines, taken + 1, &last, sink, context, &is_taken, error);
        if (is_taken) taken++;
    }
    if (inner) g_propagate_error(error, inner);
    if (good && inner == NULL && taken == 0)
        good = hf_lines_fail(&lines, error, "no job that could be run");
    hf_lines_close(&lines);
    return good && inner == NULL;
}

const HfWorkloadFormat hf_workload_swf = {
    .keys = {"swf", "Standard Workload Format: HPC job logs of the Parallel Workloads Archive.",
             &swf_table},
    .read = read_swf,
};
