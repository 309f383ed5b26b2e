/*
 * The recorder listens to the trace and keeps what is measured: time-weighted levels, counters,
 * histograms and the rows of the tables. Everything is recounted from records; it asks no other
 * part for its state.
 *
 * Levels of each scalar resource: total (of registered agents), allocated (to tasks, in the
 * master's book), used (by running tasks, in the world's truth), offered, and reserved but idle.
 * They are integrals, never samples. What lies before the end of the warm-up counts in no metric;
 * rows of tables and the counts of frameworks.csv have it all, its waits and shares and waits.csv
 * are metrics.
 */
#ifndef HF_WORLD_RECORDER_H
#define HF_WORLD_RECORDER_H

#include "control/master.h"
#include "scenario/scenario.h"
#include "stats/histogram.h"
#include "stats/level.h"

typedef struct HfRecorder HfRecorder;

/* The scenario, catalog and master (for names alone) are borrowed. */
HfRecorder *hf_recorder_new(HfCatalog *catalog, const HfScenario *scenario, uint32_t host_count,
                            const HfMaster *master);
void hf_recorder_free(HfRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRecorder, hf_recorder_free)

/* The trace listener; context is the recorder. */
void hf_recorder_listen(void *recorder, const HfRecord *record);
/* The same of `count` offers that are sent, or declined, at once. */
void hf_recorder_listen_run(void *recorder, const HfRecord *record, uint32_t count);
/* Records of a task on that host will follow soon: start loading what they step. Changes nothing.
 */
void hf_recorder_prefetch(const HfRecorder *recorder, uint32_t host);

/* Close a row of the time series at `now`; when the next one is due. */
void hf_recorder_tick(HfRecorder *recorder, HfTime now);
HfTime hf_recorder_next_tick(const HfRecorder *recorder);

/* The run ends at `now`: a last, possibly shorter row. */
void hf_recorder_finish(HfRecorder *recorder, HfTime now);

size_t hf_recorder_memory(const HfRecorder *recorder);

/*
 * Delete what lies before `warm_up` instead of the scenario's own warm-up; call before the first
 * record. For `warm_up: auto` (which by itself deletes nothing): a pilot run finds the length, the
 * real one is told it.
 */
void hf_recorder_set_warm_up(HfRecorder *recorder, HfTime warm_up);

/*
 * Where the steady part of the finished run begins: MSER-5 over the rows of allocated CPUs (of the
 * first resource, where nobody has CPUs). FALSE when there is none: too few rows, or never steady.
 */
gboolean hf_recorder_find_warm_up(const HfRecorder *recorder, HfTime *warm_up_out);

/* The tasks that run now and those that wait, for a progress line. */
int64_t hf_recorder_tasks_running(const HfRecorder *recorder);
int64_t hf_recorder_tasks_waiting(const HfRecorder *recorder);

/* Told of each task that ended (record: tasks: all). */
typedef struct HfTaskRecord {
    uint32_t framework, agent;
    HfRoleId role;
    uint64_t job, task;
    HfTime submit, launch, start, end; /* -1 where it never came to that */
    HfTaskState state;
    int64_t cpus_milli, mem_milli;
} HfTaskRecord;
typedef void (*HfTaskSink)(void *context, const HfTaskRecord *task);
void hf_recorder_set_task_sink(HfRecorder *recorder, HfTaskSink sink, void *context);

#endif
