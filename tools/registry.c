/* The lists; see registry.h. */
#include "tools/registry.h"

#include <string.h>

#include "allocator/policy.h"
#include "base/assert.h"
#include "base/near.h"
#include "models/failures/failures.h"
#include "models/frameworks/frameworks.h"
#include "models/workloads/workloads.h"
#include "scenario/scenario.h"
#include "tools/policy_library.h"
#include "world/metrics.h"
#include "world/operators.h"

static const HfModelKeys *const framework_models[] = {
    &hf_framework_batch.keys,     &hf_framework_marathon.keys,
    &hf_framework_inflation.keys, &hf_framework_storage.keys,
    &hf_framework_spark.keys,     &hf_framework_hadoop.keys,
    HF_SERVICE_MODEL_KEYS,        NULL};
static const HfModelKeys *const failure_models[] = {&hf_failure_agent_crash.keys,
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
static const HfModelKeys *const workload_formats[] = {&hf_workload_openb.keys,
                                                      &hf_workload_swf.keys, NULL};
static const HfModelKeys *const agent_trace_formats[] = {&hf_agent_trace_openb.keys, NULL};

static const HfModelKeys *const *const models[HF_MODEL_FAMILIES] = {
    [HF_MODELS_FRAMEWORKS] = framework_models,
    [HF_MODELS_FAILURES] = failure_models,
    [HF_MODELS_WORKLOADS] = workload_formats,
    [HF_MODELS_AGENT_TRACES] = agent_trace_formats,
};

const HfModelKeys *const *hf_registry_models(HfModelFamily family)
{
    HF_ASSERT(family < HF_MODEL_FAMILIES);
    return models[family];
}

const char *hf_registry_policy_help(const char *name)
{
    const HfPolicyOps *policy = hf_policy_find(name);
    return policy != NULL ? policy->help : NULL;
}

static gboolean open_policy(void *data, const char *path, HfPolicyChoice *choice_out,
                            GError **error)
{
    HfRegistry *registry = data;
    HfOpenLibrary *opened = hf_policy_library_open(path, error);
    if (opened == NULL) return FALSE;
    for (guint i = 0; registry->libraries != NULL && i < registry->libraries->len; i++) {
        HfOpenLibrary *other = registry->libraries->pdata[i];
        if (strcmp(other->policy->name, opened->policy->name) != 0) continue;
        gboolean is_same = other->handle == opened->handle;
        if (!is_same)
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "its policy has the name of that of %s: %s", other->path,
                        opened->policy->name);
        *choice_out = (HfPolicyChoice){other->policy->name, other->policy};
        hf_policy_library_close(opened);
        return is_same;
    }
    if (registry->libraries == NULL)
        registry->libraries =
            g_ptr_array_new_with_free_func((GDestroyNotify)hf_policy_library_close);
    g_ptr_array_add(registry->libraries, opened);
    *choice_out = (HfPolicyChoice){opened->policy->name, opened->policy};
    return TRUE;
}

char *hf_registry_policy_setting(HfRegistry *registry, const char *text, GError **error)
{
    HfPolicyChoice choice;
    if (hf_policy_find(text) != NULL) return g_strconcat("master.policy=", text, NULL);
    if (strchr(text, '/') == NULL && !g_str_has_suffix(text, ".so")) {
        const char *near = hf_near_find(text, registry->policies);
        g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                    "--policy %s: there is no such policy%s%s%s", text,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        return NULL;
    }
    if (!open_policy(registry, text, &choice, error)) {
        g_prefix_error(error, "--policy %s: ", text);
        return NULL;
    }
    g_autofree char *path = g_canonicalize_filename(text, NULL);
    g_auto(GStrv) parts = g_strsplit(path, "'", -1); /* YAML doubles a quote within quotes */
    g_autofree char *quoted = g_strjoinv("''", parts);
    return g_strdup_printf("master.policy='%s'", quoted);
}

void hf_registry_init(HfRegistry *registry)
{
    size_t count = 0;
    for (; hf_policies[count] != NULL; count++) {
        HF_ASSERT(count < HF_REGISTRY_POLICIES_MAX);
        registry->policies[count] = hf_policies[count]->name;
    }
    registry->policies[count] = NULL;
    registry->libraries = NULL;
    hf_metric_patterns(registry->metrics);
    registry->scenario = (HfScenarioRegistry){.policies = registry->policies,
                                              .open_policy = open_policy,
                                              .open_policy_data = registry,
                                              .metrics = registry->metrics,
                                              .check_json = hf_operators_check_json};
    for (int family = 0; family < HF_MODEL_FAMILIES; family++)
        registry->scenario.models[family] = models[family];
}

void hf_registry_clear(HfRegistry *registry)
{
    if (registry->libraries != NULL) g_ptr_array_unref(registry->libraries);
    registry->libraries = NULL;
}
