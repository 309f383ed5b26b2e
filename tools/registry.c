/* The lists; see registry.h. */
#include "tools/registry.h"

#include "allocator/policy.h"
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/frameworks/frameworks.h"
#include "models/workloads/workloads.h"
#include "world/metrics.h"

static const HfModelKeys *const framework_models[] = {
    &hf_framework_batch.keys, &hf_framework_marathon.keys, &hf_framework_inflation.keys, NULL};
static const HfModelKeys *const failure_models[] = {&hf_failure_agent_crash.keys,
                                                    &hf_failure_outage.keys, NULL};
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

void hf_registry_init(HfRegistry *registry)
{
    size_t count = 0;
    for (; hf_policies[count] != NULL; count++) {
        HF_ASSERT(count < HF_REGISTRY_POLICIES_MAX);
        registry->policies[count] = hf_policies[count]->name;
    }
    registry->policies[count] = NULL;
    registry->scenario =
        (HfScenarioRegistry){.policies = registry->policies, .metrics = hf_metric_prefixes};
    for (int family = 0; family < HF_MODEL_FAMILIES; family++)
        registry->scenario.models[family] = models[family];
}
