/*
 * The scheduler that Spark and Hadoop are parameter sets of: jobs of stages (work.h) that run
 *   fine      as one Mesos task for each task of a stage, beside an executor that stays on each
 * host executors in executors of their job's own, which hold their CPUs until the job ends (coarse)
 *   trackers  in executors that all jobs share, with slots for first and for later stages
 * A framework of this kind stands for one client whose jobs follow each other or overlap; Mesos
 * sees one framework. (Each Spark application is a framework of its own; several entries say that.)
 */
#ifndef HF_MODELS_FRAMEWORKS_DATAFLOW_DATAFLOW_H
#define HF_MODELS_FRAMEWORKS_DATAFLOW_DATAFLOW_H

#include "models/frameworks/dataflow/work.h"
#include "models/frameworks/placement.h"
#include "world/model.h"

typedef enum HfDataflowMode {
    HF_DATAFLOW_FINE,
    HF_DATAFLOW_EXECUTORS,
    HF_DATAFLOW_TRACKERS
} HfDataflowMode;

/* Amounts in milli-units. The struct that the key tables of spark.c and hadoop.c fill. */
typedef struct HfDataflowConfig {
    HfLaw arrivals; /* gap, s */
    int64_t jobs;   /* in all; 0 = no end */
    HF_LIST(HfStageConfig) stages;
    int mode;
    int64_t task_cpus, task_mem;
    int64_t executor_cpus; /* 0: all that an offer has, up to cores_max */
    int64_t executor_mem, executor_disk;
    int64_t overhead_cpus; /* fine: of the executor on each host, with executor_mem; 0 = none */
    int64_t slots, later_slots; /* of a tracker; later_slots 0: any stage in any slot */
    int64_t cores_max;          /* of a job, milli; 0 = no bound */
    gboolean is_dynamic;        /* executors come with backlog and go when idle */
    HfTime idle_timeout, backlog_timeout;
    HfTime shuffle_kept; /* after an executor's start, what it has written for later stages */
    int64_t executors_per_agent; /* of a job; 0 = any number, -1 = as Spark's of the era */
    HfLaw usage;
    gboolean is_fair, reads_blocks;
    int64_t replication;
    HfTime locality_wait;
    double remote_factor;
    HfTime refuse, min_revive;
} HfDataflowConfig;

extern const HfSchedulerOps hf_dataflow_ops;
void *hf_dataflow_create(const HfModelEnv *env, const void *config, GError **error);
void hf_dataflow_destroy(void *model);

/* The least that an agent must have for one task, or one executor, of it. */
HfDemand hf_dataflow_least(const HfDataflowConfig *config);

/* HfKeyCheck of both models. */
gboolean hf_dataflow_check(const void *config, const char **key_out, char **why_out);

/* ---- keys that both have ---- */
extern const HfKeyTable hf_dataflow_stage_table;

#define HF_DATAFLOW_KEYS                                                                           \
    {.name = "arrivals",                                                                           \
     .type = HF_KEY_LAW,                                                                           \
     .unit = HF_UNIT_DURATION,                                                                     \
     .is_required = TRUE,                                                                          \
     .offset = offsetof(HfDataflowConfig, arrivals),                                               \
     .help = "Gap between two jobs; {law: poisson, rate: 3/h} for Poisson arrivals."},             \
        {.name = "jobs",                                                                           \
         .type = HF_KEY_INT,                                                                       \
         .offset = offsetof(HfDataflowConfig, jobs),                                               \
         .fallback = "0",                                                                          \
         .minimum = 0,                                                                             \
         .maximum = 1e9,                                                                           \
         .help = "How many jobs arrive in all; 0 = they go on arriving."},                         \
        {.name = "stages",                                                                         \
         .type = HF_KEY_LIST,                                                                      \
         .sub = &hf_dataflow_stage_table,                                                          \
         .is_required = TRUE,                                                                      \
         .offset = offsetof(HfDataflowConfig, stages),                                             \
         .help = "The stages of each job, one after another: map and reduce, say."},               \
        {.name = "task_cpus",                                                                      \
         .type = HF_KEY_AMOUNT,                                                                    \
         .offset = offsetof(HfDataflowConfig, task_cpus),                                          \
         .fallback = "1",                                                                          \
         .minimum = 0.001,                                                                         \
         .maximum = 1e6,                                                                           \
         .help = "CPUs of one task of a stage."},                                                  \
        {.name = "usage",                                                                          \
         .type = HF_KEY_LAW,                                                                       \
         .offset = offsetof(HfDataflowConfig, usage),                                              \
         .fallback = "1",                                                                          \
         .minimum = 0,                                                                             \
         .maximum = 1,                                                                             \
         .help = "Fraction of its resources that each Mesos task really uses."},                   \
        {.name = "reads_blocks",                                                                   \
         .type = HF_KEY_BOOL,                                                                      \
         .offset = offsetof(HfDataflowConfig, reads_blocks),                                       \
         .fallback = "false",                                                                      \
         .help = "Each task of the first stage reads a block of a file in HDFS, whose replicas "   \
                 "lie on hosts drawn at random, and prefers to run on one of them."},              \
        {.name = "replication",                                                                    \
         .type = HF_KEY_INT,                                                                       \
         .offset = offsetof(HfDataflowConfig, replication),                                        \
         .fallback = "3",                                                                          \
         .minimum = 1,                                                                             \
         .maximum = HF_WORK_REPLICAS_MAX,                                                          \
         .help = "Replicas of a block.",                                                           \
         .source = "HDFS dfs.replication: 3"},                                                     \
        {.name = "locality_wait",                                                                  \
         .type = HF_KEY_DURATION,                                                                  \
         .offset = offsetof(HfDataflowConfig, locality_wait),                                      \
         .fallback = "3s",                                                                         \
         .help = "How long a job goes without a local launch before it takes any host (delay "     \
                 "scheduling).",                                                                   \
         .source = "spark.locality.wait: 3 s"},                                                    \
        {.name = "remote_factor",                                                                  \
         .type = HF_KEY_DOUBLE,                                                                    \
         .offset = offsetof(HfDataflowConfig, remote_factor),                                      \
         .fallback = "1",                                                                          \
         .minimum = 1,                                                                             \
         .maximum = 1000,                                                                          \
         .help = "How much longer a task runs when its block is on another host."},                \
        {.name = "refuse",                                                                         \
         .type = HF_KEY_DURATION,                                                                  \
         .offset = offsetof(HfDataflowConfig, refuse),                                             \
         .fallback = "5s",                                                                         \
         .help = "Filters.refuse_seconds of what is declined.",                                    \
         .source = "mesos.proto: 5 s"},                                                            \
    {                                                                                              \
        .name = "min_revive_interval", .type = HF_KEY_DURATION,                                    \
        .offset = offsetof(HfDataflowConfig, min_revive), .fallback = "1s",                        \
        .help = "Least time between two REVIVE calls."                                             \
    }

#endif
