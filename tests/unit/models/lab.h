/* Cells with the models of models/, for their tests. */
#ifndef HF_TESTS_UNIT_MODELS_LAB_H
#define HF_TESTS_UNIT_MODELS_LAB_H

#include "unit/world/cell.h"

#include <glib/gstdio.h>

#include "models/failures/failures.h"
#include "models/frameworks/frameworks.h"
#include "models/workloads/workloads.h"

static const HfScenarioRegistry *cell_registry(void)
{
    static const HfModelKeys *const frameworks[] = {
        &hf_framework_batch.keys,     &hf_framework_marathon.keys,
        &hf_framework_inflation.keys, &hf_framework_storage.keys,
        &hf_framework_spark.keys,     &hf_framework_hadoop.keys,
        HF_SERVICE_MODEL_KEYS,        NULL};
    static const HfModelKeys *const failures[] = {&hf_failure_agent_crash.keys,
                                                  &hf_failure_agent_restart.keys,
                                                  &hf_failure_burst.keys,
                                                  &hf_failure_disk_fill.keys,
                                                  &hf_failure_mount_missing.keys,
                                                  &hf_failure_framework_failover.keys,
                                                  &hf_failure_host_loss.keys,
                                                  &hf_failure_master_failover.keys,
                                                  &hf_failure_outage.keys,
                                                  &hf_failure_partition.keys,
                                                  &hf_failure_reboot.keys,
                                                  &hf_failure_recorded.keys,
                                                  &hf_failure_scheduler_partition.keys,
                                                  &hf_failure_slow_link.keys,
                                                  &hf_failure_task_failure.keys,
                                                  &hf_failure_store_outage.keys,
                                                  &hf_failure_store_loss.keys,
                                                  NULL};
    static const HfModelKeys *const workloads[] = {&hf_workload_openb.keys, &hf_workload_swf.keys,
                                                   NULL};
    static const HfModelKeys *const traces[] = {&hf_agent_trace_openb.keys, NULL};
    static const char *policies[16];
    static const char *metrics[HF_METRIC_PATTERNS_MAX];
    static HfScenarioRegistry registry;
    hf_metric_patterns(metrics);
    for (int i = 0; hf_policies[i]; i++) policies[i] = hf_policies[i]->name;
    registry = (HfScenarioRegistry){.models = {[HF_MODELS_FRAMEWORKS] = frameworks,
                                               [HF_MODELS_FAILURES] = failures,
                                               [HF_MODELS_WORKLOADS] = workloads,
                                               [HF_MODELS_AGENT_TRACES] = traces},
                                    .policies = policies,
                                    .metrics = metrics};
    return &registry;
}

/* A file of this text; free it with lab_remove(). */
static inline char *lab_file(const char *name, const char *text)
{
    g_autofree char *folder = g_dir_make_tmp("holdfast-test-XXXXXX", NULL);
    char *path = g_build_filename(folder, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static inline void lab_remove(char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    assert_int_equal(g_remove(path), 0);
    assert_int_equal(g_rmdir(folder), 0);
    g_free(path);
}

/* The message with which building a world of this scenario fails. */
static inline char *lab_complaint(const char *text)
{
    g_autofree char *whole = g_strconcat("name: cell\n", text, NULL);
    GError *error = NULL;
    HfScenarioSet *set =
        hf_scenario_parse(whole, strlen(whole), "cell.yaml",
                          &(HfScenarioOptions){.registry = cell_registry()}, NULL, &error);
    if (set != NULL) {
        HfWorld *world = hf_world_new(set->arms[0], &error);
        if (world != NULL) fail_msg("nothing was wrong");
        assert_true(error->domain == HF_WORLD_ERROR);
    }
    hf_scenario_set_free(set);
    char *message = g_strdup(error->message);
    g_error_free(error);
    return message;
}

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (strstr(text, part) == NULL) fail_msg("\"%s\" is not in: %s", part, text);              \
    } while (0)

/* The metrics of a whole run. */
static inline HfMetrics *lab_metrics(Cell *cell)
{
    cell_run(cell, hf_world_scenario(cell->world)->duration);
    hf_world_finish(cell->world);
    return hf_metrics_new(cell->world);
}

#endif
