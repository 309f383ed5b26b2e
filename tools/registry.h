/*
 * Everything the program knows by name: models, policies, metrics. The one place that names them
 * all; adding one means adding it to a list in registry.c.
 */
#ifndef HF_TOOLS_REGISTRY_H
#define HF_TOOLS_REGISTRY_H

#include "scenario/keys.h"
#include "world/metrics.h"

#define HF_REGISTRY_POLICIES_MAX 32

/* Held by the caller for as long as anything loaded with `scenario` lives. */
typedef struct HfRegistry {
    HfScenarioRegistry scenario;
    const char *policies[HF_REGISTRY_POLICIES_MAX + 1]; /* names of hf_policies[] */
    const char *metrics[HF_METRIC_PATTERNS_MAX];        /* forms of the names of metrics */
    GPtrArray *libraries; /* HfOpenLibrary: those that scenarios or options named; NULL = none */
} HfRegistry;

/* Fill it; it points into itself and to constants, so it must not be copied or moved. */
void hf_registry_init(HfRegistry *registry);

/* Close the libraries that were opened; nothing that was loaded with the registry may live. */
void hf_registry_clear(HfRegistry *registry);

/*
 * The setting that stands for an option `--policy TEXT`: a built-in policy by its name, or a
 * library by its path, relative to the working directory.
 * Shape:  "master.policy=...", for HfScenarioOptions.overrides; newly allocated.
 * Errors: NULL: there is no such policy, or the library cannot be used.
 */
char *hf_registry_policy_setting(HfRegistry *registry, const char *text, GError **error);

/* One or two sentences on the policy of that name; NULL if there is none. */
const char *hf_registry_policy_help(const char *name);

/* The models of one family; NULL-terminated, never NULL. */
const HfModelKeys *const *hf_registry_models(HfModelFamily family);

#endif
