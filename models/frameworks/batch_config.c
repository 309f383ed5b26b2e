/* The keys of a batch framework; see batch_config.h. */
#include "models/frameworks/batch_config.h"

static const HfKey think_keys[] = {{.name = "base",
                                    .type = HF_KEY_DURATION,
                                    .offset = offsetof(HfBatchThink, base),
                                    .fallback = "0s",
                                    .help = "Time to decide about one job, whatever its size."},
                                   {.name = "per_task",
                                    .type = HF_KEY_DURATION,
                                    .offset = offsetof(HfBatchThink, per_task),
                                    .fallback = "0s",
                                    .help = "Time to decide about each task of the job."},
                                   {0}};
static const HfKeyTable think_table = {"think", sizeof(HfBatchThink), think_keys,
                                       "How long the framework takes to answer offers.", NULL};

static const HfKeyWord hold_words[] = {
    {"used", HF_BATCH_HOLD_USED,
     "while thinking, keep only the offers that will be used; decline the others at once"},
    {"all", HF_BATCH_HOLD_ALL, "while thinking, keep all offers that came together"},
    {0}};

#define BATCH_AT(member) .offset = offsetof(HfBatchConfig, member)

static const HfKey batch_keys[] = {
    {.name = "arrivals",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfBatchConfig, arrivals),
     .help = "Gap between two jobs; {law: poisson, rate: 3/s} for Poisson arrivals. Not with "
             "workload."},
    {.name = "jobs",
     .type = HF_KEY_INT,
     .offset = offsetof(HfBatchConfig, jobs),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e12,
     .help = "How many jobs arrive in all; 0 = they go on arriving."},
    {.name = "tasks",
     .type = HF_KEY_LAW,
     .offset = offsetof(HfBatchConfig, tasks),
     .fallback = "1",
     .minimum = 1,
     .maximum = 1e6,
     .help = "Tasks of a job; rounded to the next whole number."},
    {.name = "duration",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfBatchConfig, duration),
     .help = "Running time of a task. Not with workload."},
    {.name = "cpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfBatchConfig, cpus),
     .fallback = "1",
     .help = "CPUs of a task."},
    {.name = "mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfBatchConfig, mem),
     .fallback = "128",
     .help = "Memory of a task, in MB."},
    {.name = "disk",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfBatchConfig, disk),
     .fallback = "0",
     .help = "Disk of a task, in MB."},
    {.name = "gpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfBatchConfig, gpus),
     .fallback = "0",
     .help = "GPUs of a task; needs the capability GPU_RESOURCES to be offered any."},
    HF_WRITES_KEYS(BATCH_AT),
    {.name = "usage",
     .type = HF_KEY_LAW,
     .offset = offsetof(HfBatchConfig, usage),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1,
     .help = "Fraction of its resources that a task really uses."},
    {.name = "workload",
     .type = HF_KEY_TABLE,
     .offset = offsetof(HfBatchConfig, workload),
     .sub = &hf_workload_table,
     .help = "Take the jobs from a trace instead: submit times, sizes and running times are the "
             "trace's."},
    {.name = "refuse",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfBatchConfig, refuse),
     .fallback = "5s",
     .help = "Filters.refuse_seconds of what is declined.",
     .source = "mesos.proto: 5 s"},
    {.name = "suppress",
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfBatchConfig, suppress),
     .fallback = "true",
     .help = "Suppress offers while nothing waits, revive when a job comes."},
    {.name = "min_revive_interval",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfBatchConfig, min_revive),
     .fallback = "5s",
     .help = "Least time between two REVIVE calls.",
     .source = "Marathon: 5 s"},
    {.name = "think",
     .type = HF_KEY_TABLE,
     .offset = offsetof(HfBatchConfig, think),
     .sub = &think_table,
     .help = "How long the framework takes to answer offers."},
    {.name = "hold",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfBatchConfig, hold),
     .fallback = "used",
     .words = hold_words,
     .help = "Which offers are locked while it thinks."},
    {.name = "tasks_per_offer",
     .type = HF_KEY_INT,
     .offset = offsetof(HfBatchConfig, tasks_per_offer),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e6,
     .help = "At most so many tasks into one offer; 0 = any number."},
    {.name = "at_once",
     .type = HF_KEY_INT,
     .offset = offsetof(HfBatchConfig, at_once),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e6,
     .help = "A job is an array of which at most so many tasks run at once, as with Slurm's "
             "--array=1-100%10; the others wait for them, not for offers. 0 = all."},
    {0}};

static gboolean check_batch(const void *record, const char **key_out, char **why_out)
{
    const HfBatchConfig *config = record;
    gboolean traced = config->workload.choice.model != NULL;
    *key_out = NULL;
    if (traced && (config->arrivals.kind || config->duration.kind)) {
        *key_out = config->arrivals.kind ? "arrivals" : "duration";
        *why_out = g_strdup("cannot be given together with workload");
        return FALSE;
    }
    if (!traced && (!config->arrivals.kind || !config->duration.kind)) {
        *why_out = g_strdup("needs arrivals and duration, or a workload");
        return FALSE;
    }
    if (config->cpus + config->mem + config->disk + config->gpus == 0) {
        *key_out = "cpus";
        *why_out = g_strdup("a task must ask for something");
        return FALSE;
    }
    return TRUE;
}

const HfKeyTable hf_batch_table = {
    "batch", sizeof(HfBatchConfig), batch_keys,
    "Jobs of equal, independent tasks that arrive by a law or from a trace and leave when done.",
    check_batch};
