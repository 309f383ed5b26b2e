/* The keys of a stage, and what both models check. */
#include "models/frameworks/dataflow/dataflow.h"

static const HfKey stage_keys[] = {
    {.name = "tasks",
     .type = HF_KEY_LAW,
     .is_required = TRUE,
     .offset = offsetof(HfStageConfig, tasks),
     .minimum = 1,
     .maximum = 1e6,
     .help = "Tasks of the stage; rounded to the next whole number."},
    {.name = "duration",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .is_required = TRUE,
     .offset = offsetof(HfStageConfig, duration),
     .help = "Running time of each task."},
    {0}};
const HfKeyTable hf_dataflow_stage_table = {"stage", sizeof(HfStageConfig), stage_keys,
                                            "One stage of a job.", NULL};

gboolean hf_dataflow_check(const void *record, const char **key_out, char **why_out)
{
    const HfDataflowConfig *config = record;
    if (config->stages.count == 0) {
        *key_out = "stages";
        *why_out = g_strdup("at least one stage is needed");
        return FALSE;
    }
    if (config->cores_max > 0 && config->cores_max < config->task_cpus) {
        *key_out = "cores_max";
        *why_out = g_strdup("is less than one task needs (task_cpus)");
        return FALSE;
    }
    if (config->mode == HF_DATAFLOW_EXECUTORS && config->executor_cpus > 0 &&
        config->executor_cpus < config->task_cpus) {
        *key_out = "executor_cpus";
        *why_out = g_strdup("is less than one task needs (task_cpus)");
        return FALSE;
    }
    if (config->mode != HF_DATAFLOW_EXECUTORS && config->is_dynamic) {
        *key_out = "dynamic_allocation";
        *why_out = g_strdup("needs mode: coarse");
        return FALSE;
    }
    return TRUE;
}

HfDemand hf_dataflow_least(const HfDataflowConfig *config)
{
    HfDemand least = {0};
    if (config->mode == HF_DATAFLOW_FINE) {
        gboolean has_overhead = config->overhead_cpus > 0;
        hf_demand_add(&least, HF_KIND_CPUS, config->task_cpus + config->overhead_cpus);
        hf_demand_add(&least, HF_KIND_MEM,
                      config->task_mem + (has_overhead ? config->executor_mem : 0));
        return least;
    }
    hf_demand_add(&least, HF_KIND_CPUS,
                  config->mode == HF_DATAFLOW_TRACKERS ? config->executor_cpus : config->task_cpus);
    hf_demand_add(&least, HF_KIND_MEM, config->executor_mem);
    hf_demand_add(&least, HF_KIND_DISK, config->executor_disk);
    return least;
}
