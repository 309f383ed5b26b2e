/* What a scenario says of a marathon framework, as config.c reads it. */
#ifndef HF_MODELS_FRAMEWORKS_MARATHON_CONFIG_H
#define HF_MODELS_FRAMEWORKS_MARATHON_CONFIG_H

#include "models/frameworks/marathon/app_json.h"
#include "models/frameworks/service/service.h"

typedef struct HfContainerConfig {
    const char *name;
    HfLaw lifetime;
    int ends; /* HfTaskState */
} HfContainerConfig;

typedef struct HfAppConfig {
    HfDocument file;
    HF_LIST(HfContainerConfig) containers;
    gboolean has_own; /* any key that a file says itself */
    const char *id;
    int64_t instances;
    int64_t cpus, mem, disk, gpus, ports;
    HfLaw lifetime, usage, startup, unhealthy_after, unhealthy_for;
    HfWrites writes;
    gboolean unique_hosts, residency, external;
    const char *store; /* that provides external volumes; NULL = nobody in particular */
    int task_lost;
} HfAppConfig;

typedef enum HfTaskLost { HF_LOST_WAIT, HF_LOST_RELAUNCH } HfTaskLost;

/* What becomes of an instance out of reach when its app does not say. */
typedef enum HfUnreachableDefault {
    HF_UNREACHABLE_AT_ONCE,
    HF_UNREACHABLE_PATIENT, /* 300 s and 600 s */
    HF_UNREACHABLE_EXPUNGE, /* 75 s */
    HF_UNREACHABLE_DAY
} HfUnreachableDefault;

typedef struct HfDeploymentConfig {
    HfTime at;
    const char *app, *group;
    int64_t scale;   /* -1 */
    double scale_by; /* 0 = not given */
    gboolean restart, force;
    HfDocument upgrade;
} HfDeploymentConfig;

typedef struct HfBurstConfig {
    double factor;
    HfLaw on, off;
} HfBurstConfig;

typedef struct HfCurveConfig {
    const char *app;
    HfTime every, period, peak_at;
    double mean, peak_to_mean, noise;
    HfBurstConfig burst;
} HfCurveConfig;

#define HF_NO_LIMIT (-1) /* `none` of a duration */
typedef struct HfMarathonConfig {
    HF_LIST(HfAppConfig) apps;
    HF_LIST(HfDeploymentConfig) deployments;
    HF_LIST(HfCurveConfig) demand;
    HfTime refuse, min_revive, backoff, max_backoff, reserve_wait;
    HfTime launch_limit, confirm_limit; /* HF_NO_LIMIT */
    int64_t backoff_factor;             /* milli */
    int forget;
    int unreachable; /* HfUnreachableDefault, or -1: the era's */
} HfMarathonConfig;

extern const HfKeyTable hf_marathon_table;

/* For each entry of `apps` the apps of its file (GPtrArray of HfApp), or NULL where the entry is an
 * app itself. */
GPtrArray *hf_marathon__read(const HfMarathonConfig *config);
void hf_marathon__free(GPtrArray *files);
/* Those of files alone, of all together, in order; owned by `files`. */
GPtrArray *hf_marathon__all(const GPtrArray *files);

#endif
