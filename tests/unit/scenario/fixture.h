/*
 * Models that exist for tests of the scenario layer alone: one key of every type, and helpers that
 * load a text and say what came out.
 */
#ifndef HF_TESTS_UNIT_SCENARIO_FIXTURE_H
#define HF_TESTS_UNIT_SCENARIO_FIXTURE_H

#include <math.h>
#include <string.h>

#include "scenario/scenario.h"
#include "scenario/scenario_internal.h"
#include "support/test.h"

typedef struct Think {
    HfTime base;
    HfTime per_task;
} Think;

typedef struct Job {
    const char *name;
    int64_t tasks;
} Job;

typedef struct Batch {
    HfLaw arrivals, size, footprint;
    int64_t cpus, memory, retries;
    double rate, share, factor;
    gboolean is_greedy;
    const char *resources, *needs, *secret;
    const char **apps, **tags;
    Think think;
    HfWorkloadKeys workload;
    HF_LIST(Job) jobs;
} Batch;

typedef struct Reboot {
    HfLaw mtbf, down;
} Reboot;

typedef struct FromFile {
    const char *file;
} FromFile;

static const HfKey think_keys[] = {{.name = "base",
                                    .type = HF_KEY_DURATION,
                                    .offset = offsetof(Think, base),
                                    .fallback = "100ms",
                                    .maximum = 3600,
                                    .help = "Fixed part."},
                                   {.name = "per_task",
                                    .type = HF_KEY_DURATION,
                                    .offset = offsetof(Think, per_task),
                                    .fallback = "5ms",
                                    .help = "For each task."},
                                   {0}};
static const HfKeyTable think_table = {
    .name = "think", .struct_size = sizeof(Think), .keys = think_keys, .help = "Think time."};

static const HfKey job_keys[] = {{.name = "name",
                                  .type = HF_KEY_NAME,
                                  .offset = offsetof(Job, name),
                                  .is_required = TRUE,
                                  .help = "Name."},
                                 {.name = "tasks",
                                  .type = HF_KEY_INT,
                                  .offset = offsetof(Job, tasks),
                                  .fallback = "1",
                                  .minimum = 1,
                                  .maximum = 1000,
                                  .help = "Tasks."},
                                 {0}};
static const HfKeyTable job_table = {
    .name = "jobs[]", .struct_size = sizeof(Job), .keys = job_keys, .help = "A job."};

static const HfKey batch_keys[] = {
    {.name = "arrivals",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(Batch, arrivals),
     .is_required = TRUE,
     .minimum = 0,
     .maximum = INFINITY,
     .above_minimum = TRUE,
     .help = "Gap between two jobs."},
    {.name = "size",
     .type = HF_KEY_LAW,
     .offset = offsetof(Batch, size),
     .fallback = "{law: geometric, mean: 3}",
     .minimum = 1,
     .maximum = 100,
     .help = "Tasks of a job."},
    {.name = "footprint",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_MEMORY,
     .offset = offsetof(Batch, footprint),
     .help = "Memory of a task."},
    {.name = "cpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(Batch, cpus),
     .fallback = "1",
     .help = "CPUs of a task."},
    {.name = "memory",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(Batch, memory),
     .fallback = "1GiB",
     .minimum = 32,
     .maximum = 1048576,
     .help = "Memory of a task."},
    {.name = "retries",
     .type = HF_KEY_INT,
     .offset = offsetof(Batch, retries),
     .fallback = "3",
     .minimum = -1,
     .maximum = 1e15,
     .help = "Retries."},
    {.name = "rate", .type = HF_KEY_RATE, .offset = offsetof(Batch, rate), .help = "Rate."},
    {.name = "share", .type = HF_KEY_FRACTION, .offset = offsetof(Batch, share), .help = "Share."},
    {.name = "factor",
     .type = HF_KEY_DOUBLE,
     .offset = offsetof(Batch, factor),
     .fallback = "-1.5",
     .help = "Factor."},
    {.name = "greedy",
     .type = HF_KEY_BOOL,
     .offset = offsetof(Batch, is_greedy),
     .help = "Greedy."},
    {.name = "resources",
     .type = HF_KEY_RESOURCES,
     .offset = offsetof(Batch, resources),
     .help = "Resources."},
    {.name = "needs",
     .type = HF_KEY_QUANTITIES,
     .offset = offsetof(Batch, needs),
     .help = "Quantities."},
    {.name = "secret", .type = HF_KEY_FILE, .offset = offsetof(Batch, secret), .help = "A file."},
    {.name = "apps", .type = HF_KEY_FILES, .offset = offsetof(Batch, apps), .help = "Files."},
    {.name = "tags", .type = HF_KEY_STRINGS, .offset = offsetof(Batch, tags), .help = "Texts."},
    {.name = "think",
     .type = HF_KEY_TABLE,
     .offset = offsetof(Batch, think),
     .sub = &think_table,
     .help = "Think time."},
    {.name = "workload",
     .type = HF_KEY_TABLE,
     .offset = offsetof(Batch, workload),
     .sub = &hf_workload_table,
     .help = "Jobs from elsewhere."},
    {.name = "jobs",
     .type = HF_KEY_LIST,
     .offset = offsetof(Batch, jobs),
     .sub = &job_table,
     .help = "Jobs by hand."},
    {0}};

static gboolean check_batch(const void *record, const char **key_out, char **why_out)
{
    const Batch *batch = record;
    if (batch->retries != 13) return TRUE;
    *key_out = "retries";
    *why_out = g_strdup("13 retries bring bad luck");
    return FALSE;
}

static const HfKeyTable batch_table = {.name = "batch",
                                       .struct_size = sizeof(Batch),
                                       .keys = batch_keys,
                                       .help = "Jobs that come and go.",
                                       .check = check_batch};

static const HfKey reboot_keys[] = {{.name = "mtbf",
                                     .type = HF_KEY_LAW,
                                     .unit = HF_UNIT_DURATION,
                                     .offset = offsetof(Reboot, mtbf),
                                     .is_required = TRUE,
                                     .help = "Time between failures."},
                                    {.name = "down",
                                     .type = HF_KEY_LAW,
                                     .unit = HF_UNIT_DURATION,
                                     .offset = offsetof(Reboot, down),
                                     .fallback = "5m",
                                     .help = "Time until it is back."},
                                    {0}};
static const HfKeyTable reboot_table = {.name = "agent-reboot",
                                        .struct_size = sizeof(Reboot),
                                        .keys = reboot_keys,
                                        .help = "Agents that reboot."};

static const HfKey file_keys[] = {{.name = "file",
                                   .type = HF_KEY_TRACE,
                                   .offset = offsetof(FromFile, file),
                                   .is_required = TRUE,
                                   .help = "The trace; it can be had from the archive."},
                                  {0}};
static const HfKeyTable file_table = {
    .name = "trace", .struct_size = sizeof(FromFile), .keys = file_keys, .help = "From a file."};

static const HfModelKeys batch_model = {"batch", "Jobs that come and go.", &batch_table};
static const HfModelKeys idle_model = {"idle", "Does nothing.", NULL};
static const HfModelKeys reboot_model = {"agent-reboot", "Agents that reboot.", &reboot_table};
static const HfModelKeys swf_model = {"swf", "Standard workload format.", &file_table};
static const HfModelKeys openb_model = {"openb", "Machines of openb 2023.", &file_table};

static const HfModelKeys *const frameworks[] = {&batch_model, &idle_model, NULL};
static const HfModelKeys *const failures[] = {&reboot_model, NULL};
static const HfModelKeys *const workloads[] = {&swf_model, NULL};
static const HfModelKeys *const agent_traces[] = {&openb_model, NULL};
static const char *const policies[] = {"drf", "random", "static", NULL};
static const char *const metrics[] = {"utilization.RESOURCE.allocated",
                                      "tasks.finished",
                                      "tasks.lost",
                                      "framework.FRAMEWORK.running",
                                      "x",
                                      NULL};

static const HfScenarioRegistry registry = {
    .models = {[HF_MODELS_FRAMEWORKS] = frameworks,
               [HF_MODELS_FAILURES] = failures,
               [HF_MODELS_WORKLOADS] = workloads,
               [HF_MODELS_AGENT_TRACES] = agent_traces},
    .policies = policies,
    .metrics = metrics,
};

/* A whole small scenario, to which tests add lines. */
#define SMALL                                                                                      \
    "name: small\n"                                                                                \
    "duration: 1h\n"                                                                               \
    "agents:\n"                                                                                    \
    "  - {name: node, count: 3, resources: \"cpus:8;mem:32768\"}\n"

static inline HfScenarioSet *read_with(const char *text, const char *const *overrides,
                                       GPtrArray *messages, GError **error)
{
    HfScenarioOptions options = {.registry = &registry, .overrides = overrides};
    return hf_scenario_parse(text, strlen(text), "t.yaml", &options, messages, error);
}

/* The text must be good. */
static inline HfScenarioSet *read_good(const char *text)
{
    GError *error = NULL;
    HfScenarioSet *set = read_with(text, NULL, NULL, &error);
    if (set == NULL) print_error("%s\n", error->message);
    assert_non_null(set);
    return set;
}

/* The text must be refused with exactly this message. */
static inline void refuse_with(const char *text, const char *const *overrides, const char *message)
{
    GError *error = NULL;
    HfScenarioSet *set = read_with(text, overrides, NULL, &error);
    assert_null(set);
    assert_string_equal(error->message, message);
    assert_true(g_error_matches(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT));
    g_error_free(error);
}

static inline const Batch *batch_of(const HfScenarioSet *set)
{
    return set->arms[0]->frameworks.at[0].model.config;
}

/* A scenario whose one framework is a batch with these keys (in flow form). */
static inline char *with_batch(const char *keys)
{
    return g_strconcat(SMALL "frameworks:\n  - {name: b, model: batch, arrivals: 10s, ", keys,
                       "}\n", NULL);
}

#endif
