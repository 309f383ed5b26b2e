/* Rows of single tasks, for whoever keeps them: nobody asks while there is none. */
#include <stdlib.h>

#include "world/recorder_internal.h"

HfTaskRecord *hf_recorder__live_task(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = hf_map64_get(&recorder->live, hf_recorder__task_key(record));
    return row == HF_MAP64_NONE ? NULL : &recorder->tasks.at[row];
}

void hf_recorder__open_task(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = recorder->tasks.count;
    if (recorder->spare.count > 0)
        row = recorder->spare.at[--recorder->spare.count];
    else
        hf_vec_push_zero(&recorder->tasks);
    recorder->tasks.at[row] = (HfTaskRecord){
        .framework = record->framework,
        .agent = record->agent,
        .role = record->role,
        .job = (uint64_t)record->value,
        .task = record->id,
        .submit = -1,
        .launch = record->at,
        .start = -1,
        .end = -1,
        .state = HF_TASK_STAGING,
        .cpus_milli = hf_resources_milli(record->resources, HF_KIND_CPUS),
        .mem_milli = hf_resources_milli(record->resources, HF_KIND_MEM),
    };
    hf_map64_set(&recorder->live, hf_recorder__task_key(record), row);
}

void hf_recorder__close_task(HfRecorder *recorder, const HfRecord *record)
{
    uint32_t row = hf_map64_get(&recorder->live, hf_recorder__task_key(record));
    if (row == HF_MAP64_NONE) return;
    HfTaskRecord *task = &recorder->tasks.at[row];
    task->end = record->at;
    task->state = (HfTaskState)record->state;
    recorder->sink(recorder->sink_context, task);
    hf_map64_remove(&recorder->live, hf_recorder__task_key(record));
    hf_vec_push(&recorder->spare, row);
}

static int by_framework_and_task(const void *a, const void *b)
{
    const HfTaskRecord *left = a, *right = b;
    if (left->framework != right->framework) return left->framework < right->framework ? -1 : 1;
    return (left->task > right->task) - (left->task < right->task);
}

void hf_recorder__close_tasks(HfRecorder *recorder)
{
    if (recorder->sink == NULL) return;
    HF_VEC(HfTaskRecord) rest = {0};
    for (guint32 i = 0; i < recorder->tasks.count; i++) {
        const HfTaskRecord *task = &recorder->tasks.at[i];
        uint64_t key = (uint64_t)task->framework << 40 | task->task;
        if (task->end < 0 && hf_map64_get(&recorder->live, key) == i) hf_vec_push(&rest, *task);
    }
    if (rest.count > 0) qsort(rest.at, rest.count, sizeof *rest.at, by_framework_and_task);
    for (guint32 i = 0; i < rest.count; i++) {
        HfTaskRecord *task = &rest.at[i];
        task->state = task->start >= 0 ? HF_TASK_RUNNING : HF_TASK_STAGING;
        recorder->sink(recorder->sink_context, task);
    }
    hf_vec_clear(&rest);
}
