/*
 * Marathon's pods (POST /v2/pods, or `pods` of a group): several containers that are launched
 * together, in one executor, as a group of tasks.
 *
 * Source: Marathon 1.11: docs/docs/rest-api/public/api/v2/types/pod.raml, podContainer.raml,
 * resources.raml, volumes.raml; PodsValidation.scala, PodNormalization.scala,
 * TaskGroupBuilder.scala.
 */
#ifndef HF_MODELS_FRAMEWORKS_MARATHON_POD_JSON_H
#define HF_MODELS_FRAMEWORKS_MARATHON_POD_JSON_H

#include "models/frameworks/marathon/app_json.h"

#define HF_POD_CONTAINERS_MAX 32 /* ours */

typedef struct HfPodResources {
    int64_t cpus, mem, disk, gpus; /* milli */
} HfPodResources;

typedef struct HfPodEndpoint {
    const char *name;
    int64_t container_port, host_port; /* HF_APP_DEFAULT */
} HfPodEndpoint;

typedef struct HfPodMount {
    const char *name; /* of the pod's volume */
} HfPodMount;

typedef struct HfPodHealthCheck {
    int64_t grace, interval, timeout, failures, delay; /* s; failures in a row */
    gboolean has_http, has_tcp, has_exec;
} HfPodHealthCheck;

typedef struct HfPodLifecycle {
    double kill_grace; /* s */
    gboolean has_kill_grace;
} HfPodLifecycle;

typedef struct HfPodContainer {
    const char *name;
    HfPodResources resources;
    HF_LIST(HfPodEndpoint) endpoints;
    HF_LIST(HfPodMount) mounts;
    HfPodHealthCheck health;
    HfPodLifecycle lifecycle;
    gboolean has_health;
} HfPodContainer;

typedef struct HfPodVolume {
    const char *name, *host, *secret;
    HfAppPersistent persistent;
    gboolean is_persistent;
} HfPodVolume;

typedef struct HfPodScaling {
    int is_fixed;
    int64_t instances;
} HfPodScaling;

typedef struct HfPodBackoff {
    double backoff, longest; /* s */
    int64_t factor;          /* milli */
} HfPodBackoff;

typedef struct HfPodPlacement {
    HF_LIST(HfAppConstraint) constraints;
    const char **roles; /* NULL-terminated or NULL */
} HfPodPlacement;

typedef struct HfPodScheduling {
    HfPodBackoff backoff;
    HfAppUpgrade upgrade;
    HfPodPlacement placement;
    HfAppUnreachable unreachable;
    int kills_oldest;
    gboolean has_backoff, has_upgrade, has_unreachable;
} HfPodScheduling;

typedef struct HfPodJson {
    const char *id;
    HF_LIST(HfPodContainer) containers;
    HF_LIST(HfPodVolume) volumes;
    HF_LIST(HfAppNetwork) networks;
    HfPodScaling scaling;
    HfPodScheduling scheduling;
    HfPodResources executor;
} HfPodJson;

extern const HfKeyTable hf_pod__table;

/* Whether it has a persistent volume. */
gboolean hf_pod__is_resident(const HfPodJson *json);
/* Host ports of all its containers, as hf_app__ports(). */
uint32_t hf_pod__ports(const HfPodJson *json, GArray *fixed);
/* The container that has the pod's persistent volumes here: the first that mounts one. */
uint32_t hf_pod__holder(const HfPodJson *json);

#endif
