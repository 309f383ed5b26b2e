/*
 * What only a framework knows, for the record: jobs and how long they waited, services and what
 * they copied.
 */
#include "control/driver_internal.h"

static void note(HfDriver *driver, HfRecord record)
{
    HF_ASSERT(driver->out != NULL);
    record.at = driver->now;
    record.framework = driver->framework;
    hf_trace_emit(driver->out->trace, &record);
}

void hf_driver_note_demand(HfDriver *driver, int64_t tasks_waiting)
{
    note(driver,
         (HfRecord){.type = HF_RECORD_DEMAND, .agent = HF_ROW_NONE, .value = tasks_waiting});
}

void hf_driver_note_submitted(HfDriver *driver, uint64_t job, int64_t tasks,
                              const HfResources *wanted)
{
    note(driver, (HfRecord){.type = HF_RECORD_JOB_SUBMITTED,
                            .agent = HF_ROW_NONE,
                            .id = job,
                            .value = tasks,
                            .resources = wanted});
}

void hf_driver_note_waited(HfDriver *driver, const HfTaskStatus *status, HfTime waited)
{
    HF_ASSERT(driver->out != NULL);
    hf_trace_emit_inline(driver->out->trace, &(HfRecord){.at = driver->now,
                                                         .type = HF_RECORD_TASK_WAITED,
                                                         .framework = driver->framework,
                                                         .agent = status->agent,
                                                         .id = status->task,
                                                         .value = waited});
}

void hf_driver_note_job(HfDriver *driver, uint64_t job, HfTime response)
{
    note(driver,
         (HfRecord){
             .type = HF_RECORD_JOB_FINISHED, .agent = HF_ROW_NONE, .id = job, .value = response});
}

void hf_driver_note_refusal(HfDriver *driver, uint64_t task, int64_t refusals)
{
    note(driver, (HfRecord){.type = HF_RECORD_PLACEMENT_REFUSED,
                            .agent = HF_ROW_NONE,
                            .id = task,
                            .value = refusals});
}

void hf_driver_note_replaced(HfDriver *driver, uint64_t task, uint32_t host, HfTime after,
                             gboolean same_host)
{
    note(driver, (HfRecord){.type = HF_RECORD_TASK_REPLACED,
                            .agent = host,
                            .state = same_host ? 1 : 0,
                            .id = task,
                            .value = after});
}

void hf_driver_note_follows(HfDriver *driver, uint64_t task, uint64_t before)
{
    note(driver, (HfRecord){.type = HF_RECORD_TASK_FOLLOWS,
                            .agent = HF_ROW_NONE,
                            .id = task,
                            .value = (int64_t)before});
}

void hf_driver_note_disowned(HfDriver *driver, uint32_t host, const HfResources *resources)
{
    note(driver,
         (HfRecord){.type = HF_RECORD_VOLUME_DISOWNED, .agent = host, .resources = resources});
}

void hf_driver_note_copied(HfDriver *driver, uint64_t task, int64_t bytes)
{
    HF_ASSERT(bytes >= 0);
    note(driver,
         (HfRecord){
             .type = HF_RECORD_DATA_COPIED, .agent = HF_ROW_NONE, .id = task, .value = bytes});
}

void hf_driver_note_input(HfDriver *driver, uint64_t job, gboolean is_local)
{
    note(driver, (HfRecord){.type = HF_RECORD_INPUT_READ,
                            .agent = HF_ROW_NONE,
                            .id = job,
                            .value = is_local ? 1 : 0});
}
