/*
 * The keys of a service in a scenario, the same for all: which variant, and any parameter that
 * shall be another than the variant's. A model of its own needs a table of variant words alone.
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_CONFIG_H
#define HF_MODELS_FRAMEWORKS_SERVICE_CONFIG_H

#include "models/frameworks/service/service.h"

/* What a scenario says of one kind of instance; HF_AS_VARIANT where it says nothing. */
typedef struct HfNodeConfig {
    HfNodeRules rules; /* name: which kind */
    HfLaw lifetime, usage;
    HfWrites writes;
} HfNodeConfig;

typedef struct HfServiceConfig {
    int variant; /* row of hf_variants, or HF_AS_VARIANT: the era's */
    HfFrameworkRules rules;
    HfNodeConfig main; /* of the variant's last kind */
    HF_LIST(HfNodeConfig) kinds;
    HfTime uninstall;
} HfServiceConfig;

#define HF_SERVICE_KEYS 64

/* The key table of a service model, made from the common one and its own words. */
extern const HfKeyTable hf_service__table_of_kinds;

void *hf_service__create(const HfModelEnv *env, const void *config, GError **error);

#endif
