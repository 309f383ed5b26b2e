/*
 * Hadoop MapReduce 1 on Mesos, in its two forms: task trackers with map and reduce slots that are
 * launched as Mesos tasks when slots are wanting and given back when idle (mesos/hadoop), or a
 * Mesos task for each map and reduce task (the port of the Mesos paper, NSDI 2011, section 6.1.2),
 * with delay scheduling.
 *
 * Source of the numbers: mesos/hadoop, MesosScheduler and its README: a slot of 1 CPU, 1,024 MB
 * (and a quarter for overhead) and 1,024 MB of disk; 2 map and 2 reduce slots and 1 CPU for the
 * tracker itself: 5 CPUs, 6,400 MB, 5,120 MB; idle trackers are looked for every 5 s and given back
 * after 5 times.
 */
#include "models/frameworks/dataflow/dataflow.h"
#include "models/frameworks/frameworks.h"

static const HfKeyWord mode_words[] = {
    {"trackers", HF_DATAFLOW_TRACKERS, "task trackers with slots, shared by all jobs"},
    {"tasks", HF_DATAFLOW_FINE, "a Mesos task for each map and reduce task"},
    {0}};
static const HfKeyWord order_words[] = {
    {"fifo", FALSE, "the oldest job first"},
    {"fair", TRUE, "the job with the fewest running tasks first"},
    {0}};

static const HfKey hadoop_keys[] = {
    {.name = "mode",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfDataflowConfig, mode),
     .fallback = "trackers",
     .words = mode_words,
     .help = "How tasks are mapped to Mesos tasks."},
    HF_DATAFLOW_KEYS,
    {.name = "order",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfDataflowConfig, is_fair),
     .fallback = "fair",
     .words = order_words,
     .help = "Which job's tasks run first."},
    {.name = "task_mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfDataflowConfig, task_mem),
     .fallback = "1024",
     .help = "Mode tasks: memory of one task, in MB."},
    {.name = "tracker_cpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfDataflowConfig, executor_cpus),
     .fallback = "5",
     .help = "CPUs of a task tracker with its slots.",
     .source = "mesos/hadoop: 4 slots of 1, and 1"},
    {.name = "tracker_mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfDataflowConfig, executor_mem),
     .fallback = "6400",
     .help = "Memory of the same, in MB.",
     .source = "mesos/hadoop: 4 slots of 1,280, and 1,280"},
    {.name = "tracker_disk",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfDataflowConfig, executor_disk),
     .fallback = "5120",
     .help = "Disk of a task tracker, in MB.",
     .source = "mesos/hadoop: 4 slots of 1,024, and 1,024"},
    {.name = "map_slots",
     .type = HF_KEY_INT,
     .offset = offsetof(HfDataflowConfig, slots),
     .fallback = "2",
     .minimum = 1,
     .maximum = 1000,
     .help = "Slots of a tracker for first stages."},
    {.name = "reduce_slots",
     .type = HF_KEY_INT,
     .offset = offsetof(HfDataflowConfig, later_slots),
     .fallback = "2",
     .minimum = 0,
     .maximum = 1000,
     .help = "Slots of a tracker for later stages; 0 = map_slots serve all stages."},
    {.name = "idle_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfDataflowConfig, idle_timeout),
     .fallback = "25s",
     .help = "How long a tracker may be idle.",
     .source = "mesos/hadoop: 5 checks, 5 s apart"},
    {0}};
static const HfKeyTable hadoop_table = {"hadoop", sizeof(HfDataflowConfig), hadoop_keys,
                                        "Hadoop MapReduce 1: jobs of map and reduce stages.",
                                        hf_dataflow_check};

const HfFrameworkModel hf_framework_hadoop = {
    .keys = {"hadoop",
             "Hadoop MapReduce jobs, in task trackers or as Mesos tasks, with delay "
             "scheduling.",
             &hadoop_table},
    .ops = &hf_dataflow_ops,
    .create = hf_dataflow_create,
    .destroy = hf_dataflow_destroy,
};
