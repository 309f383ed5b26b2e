/*
 * Spark on Mesos. Coarse: an application's executors are Mesos tasks that hold their CPUs until it
 * ends, all that is offered unless spark.cores.max bounds them; with dynamic allocation they come
 * with the backlog and go when idle. Fine (removed in Spark 2.0's successors): a Mesos task for
 * each Spark task, run by an executor of Spark's own (ExecutorInfo), which holds one CPU and its
 * memory on every agent from its first task there on.
 *
 * Sources: Spark's documentation, "Running Spark on Mesos" and "Configuration": spark.cores.max,
 * spark.mesos.coarse, spark.mesos.mesosExecutor.cores, spark.dynamicAllocation.*,
 * spark.locality.wait; memory overhead max(384 MB, 10 %).
 */
#include <math.h>

#include "models/frameworks/dataflow/dataflow.h"
#include "models/frameworks/frameworks.h"

static const HfKeyWord mode_words[] = {
    {"coarse", HF_DATAFLOW_EXECUTORS, "executors hold their CPUs until the job ends"},
    {"fine", HF_DATAFLOW_FINE, "one Mesos task for each task; CPUs go back after each"},
    {0}};
static const HfKeyWord order_words[] = {
    {"fifo", FALSE, "the oldest job first"},
    {"fair", TRUE, "the job with the fewest running tasks first"},
    {0}};

static const HfKeyWord forever_words[] = {{"forever", HF_TIME_NEVER, "until the job ends"}, {0}};
static const HfKeyWord era_words[] = {{"era", -1, "as Spark's releases of the scenario's era"},
                                      {0}};

static const HfKey spark_keys[] = {
    {.name = "mode",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfDataflowConfig, mode),
     .fallback = "coarse",
     .words = mode_words,
     .help = "How tasks are mapped to Mesos tasks.",
     .source = "spark.mesos.coarse: true since Spark 2.0"},
    HF_DATAFLOW_KEYS,
    {.name = "order",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfDataflowConfig, is_fair),
     .fallback = "fifo",
     .words = order_words,
     .help = "Which job's tasks run first.",
     .source = "spark.scheduler.mode: FIFO"},
    {.name = "task_mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfDataflowConfig, task_mem),
     .fallback = "0",
     .help = "Fine mode: memory of the Mesos task of one task; Spark's have none of their own."},
    {.name = "executor_cpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfDataflowConfig, executor_cpus),
     .fallback = "0",
     .help = "Coarse: CPUs of one executor; 0 = all that an offer has, up to cores_max.",
     .source = "spark.executor.cores: all"},
    {.name = "mesos_executor_cpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfDataflowConfig, overhead_cpus),
     .fallback = "1",
     .help =
         "Fine: CPUs that an executor of Spark's own holds on each agent, with executor_mem, from "
         "its first task there until it ends, busy or idle; 0 = tasks have no such executor.",
     .source = "spark.mesos.mesosExecutor.cores: 1"},
    {.name = "executor_mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfDataflowConfig, executor_mem),
     .fallback = "1408",
     .help = "Memory of one executor with its overhead, in MB.",
     .source = "spark.executor.memory 1 g + max(384 MB, 10 %)"},
    {.name = "cores_max",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfDataflowConfig, cores_max),
     .fallback = "0",
     .help = "Coarse: most CPUs of one job; 0 = all that is offered.",
     .source = "spark.cores.max: not set"},
    {.name = "dynamic_allocation",
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfDataflowConfig, is_dynamic),
     .fallback = "false",
     .help = "Coarse: executors are asked for while tasks wait, 1, 2, 4, ... at a time, and given "
             "back when idle.",
     .source = "spark.dynamicAllocation.enabled: false"},
    {.name = "idle_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfDataflowConfig, idle_timeout),
     .fallback = "60s",
     .help = "dynamic_allocation: how long an executor may be idle.",
     .source = "spark.dynamicAllocation.executorIdleTimeout: 60 s"},
    {.name = "backlog_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfDataflowConfig, backlog_timeout),
     .fallback = "1s",
     .minimum = 0.001,
     .maximum = 1e6,
     .help = "dynamic_allocation: how long tasks wait before more executors are asked for.",
     .source = "spark.dynamicAllocation.schedulerBacklogTimeout: 1 s"},
    {.name = "shuffle_kept",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfDataflowConfig, shuffle_kept),
     .fallback = "forever",
     .words = forever_words,
     .minimum = 0.001,
     .maximum = INFINITY,
     .help =
         "dynamic_allocation: how long after an executor's start the shuffle service on its host "
         "keeps what it has written for the next stage. A stage whose input is gone fails to "
         "fetch it, and the one before runs again; after 4 times the job fails. Spark 1.6.0 "
         "kept it for 2m (SPARK-12583), others until the job ends.",
     .source =
         "spark.network.timeout 120 s: the service took an idle connection for the end of the "
         "driver; apache/spark pull request 11272; spark.stage.maxConsecutiveAttempts 4"},
    {.name = "executors_per_agent",
     .type = HF_KEY_INT,
     .offset = offsetof(HfDataflowConfig, executors_per_agent),
     .fallback = "era",
     .words = era_words,
     .minimum = 0,
     .maximum = 1e6,
     .help =
         "Coarse: most executors of a job on one agent; 0 = any number. In eras up to 0.23 one, "
         "as Spark before 2.0 (SPARK-5095); any number later.",
     .source = "SPARK-5095"},
    {0}};
static const HfKeyTable spark_table = {
    "spark", sizeof(HfDataflowConfig), spark_keys,
    "Spark applications: jobs of stages, in executors or as Mesos tasks.", hf_dataflow_check};

const HfFrameworkModel hf_framework_spark = {
    .keys = {"spark",
             "Spark jobs, coarse-grained (with dynamic allocation or not) or fine-grained.",
             &spark_table},
    .ops = &hf_dataflow_ops,
    .create = hf_dataflow_create,
    .destroy = hf_dataflow_destroy,
};
