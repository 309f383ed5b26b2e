/*
 * The keys of a service in a scenario, the same for all: which variant, and any parameter that
 * shall be another than the variant's. A model of its own needs a table of variant words alone.
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_CONFIG_H
#define HF_MODELS_FRAMEWORKS_SERVICE_CONFIG_H

#include "models/frameworks/service/job_json.h"
#include "models/frameworks/service/service.h"

/* What a scenario says of one kind of instance; HF_AS_VARIANT where it says nothing. */
typedef struct HfNodeConfig {
    HfNodeRules rules; /* name: which kind */
    const char *store; /* NULL = none was named */
    HfLaw lifetime, usage;
    HfWrites writes;
} HfNodeConfig;

typedef struct HfServiceConfig {
    int variant; /* row of hf_variants, or HF_AS_VARIANT: the era's */
    HfFrameworkRules rules;
    HfNodeConfig main; /* of the variant's last kind */
    HF_LIST(HfNodeConfig) kinds;
    HF_LIST(HfJobEntry) jobs; /* chronos and metronome alone, each with files of its own */
    const char *epoch;        /* metronome: the moment that is time 0 */
    HfTime uninstall;
} HfServiceConfig;

#define HF_SERVICE_KEYS 64

/* The key table of a service model, made from the common one and its own words. */
extern const HfKeyTable hf_service__table_of_kinds;

/* The kinds of a service from files of Chronos's, in the place of the variant's (jobs.c). */
uint32_t hf_jobs__count(const HfServiceConfig *config);
gboolean hf_jobs__fill(HfService *service, const HfServiceConfig *config, GError **error);

/* The same from files of Metronome's (metronome_json.c). */
uint32_t hf_metronome__count(const HfServiceConfig *config);
gboolean hf_metronome__fill(HfService *service, const HfServiceConfig *config, GError **error);

void *hf_service__create(const HfModelEnv *env, const void *config, GError **error);

#endif
