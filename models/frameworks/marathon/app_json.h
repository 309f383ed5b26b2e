/*
 * Marathon's own files: an app (POST /v2/apps) or pod (pod_json.h), a list of them, or a group
 * (v2/groups) with groups in it, as key tables of the scenario (app_tables.c), and what follows
 * from several of them together (groups.c): absolute ids, dependencies, ids that come twice.
 *
 * Source: Marathon 1.11: docs/docs/rest-api/public/api/v2/types (raml), AppValidation.scala,
 * SchedulingValidation.scala, AppNormalization.scala, PathId.scala, DVDIProviderValidations.scala.
 */
#ifndef HF_MODELS_FRAMEWORKS_MARATHON_APP_JSON_H
#define HF_MODELS_FRAMEWORKS_MARATHON_APP_JSON_H

#include "scenario/keys.h"

#define HF_APP_DEFAULT (-1) /* a number that the file does not say */

typedef struct HfAppConstraint {
    const char *field, *op, *value; /* value NULL = none */
} HfAppConstraint;

typedef struct HfAppPort {
    int64_t port;
} HfAppPort;

typedef struct HfAppPortMapping {
    int64_t container_port, host_port; /* HF_APP_DEFAULT */
} HfAppPortMapping;

typedef enum HfAppVolumeType {
    HF_APP_VOLUME_ROOT,
    HF_APP_VOLUME_PATH,
    HF_APP_VOLUME_MOUNT
} HfAppVolumeType;

typedef struct HfAppPersistent {
    int type;               /* HfAppVolumeType */
    int64_t size, max_size; /* MB; max_size 0 = none */
    const char *profile;
    gboolean has_constraints;
} HfAppPersistent;

typedef struct HfAppExternal {
    int64_t size; /* GiB */
    const char *name, *provider;
} HfAppExternal;

typedef struct HfAppVolume {
    const char *container_path, *host_path, *secret;
    int is_read_only;
    HfAppPersistent persistent;
    HfAppExternal external;
    gboolean is_persistent, is_external;
} HfAppVolume;

typedef enum HfAppNetworkMode {
    HF_APP_NETWORK_CONTAINER,
    HF_APP_NETWORK_BRIDGE,
    HF_APP_NETWORK_HOST
} HfAppNetworkMode;

typedef struct HfAppNetwork {
    int mode;
} HfAppNetwork;

typedef enum HfAppDockerNetwork {
    HF_APP_DOCKER_NONE_SAID,
    HF_APP_DOCKER_BRIDGE,
    HF_APP_DOCKER_HOST,
    HF_APP_DOCKER_NONE,
    HF_APP_DOCKER_USER
} HfAppDockerNetwork;

typedef struct HfAppDocker {
    const char *image;
    int network;
    HF_LIST(HfAppPortMapping) mappings;
    gboolean has_mappings;
} HfAppDocker;

typedef struct HfAppContainer {
    int is_docker; /* the engine */
    HfAppDocker docker;
    gboolean has_docker, has_mappings;
    HF_LIST(HfAppVolume) volumes;
    HF_LIST(HfAppPortMapping) mappings;
} HfAppContainer;

typedef enum HfAppProtocol {
    HF_APP_HTTP,
    HF_APP_HTTPS,
    HF_APP_TCP,
    HF_APP_COMMAND,
    HF_APP_MESOS_HTTP,
    HF_APP_MESOS_HTTPS,
    HF_APP_MESOS_TCP
} HfAppProtocol;

typedef struct HfAppHealthCheck {
    int protocol;
    int64_t grace, interval, timeout, failures, delay; /* s; failures in a row */
    int64_t port, port_index;                          /* HF_APP_DEFAULT */
    gboolean has_command;
} HfAppHealthCheck;

typedef struct HfAppReadinessCheck {
    int64_t interval, timeout; /* s */
} HfAppReadinessCheck;

typedef struct HfAppUpgrade {
    double most_over, least_healthy; /* 0 .. 1 */
} HfAppUpgrade;

typedef struct HfAppUnreachable {
    int is_disabled;
    int64_t inactive, expunge; /* s */
} HfAppUnreachable;

typedef struct HfAppResidency {
    int64_t timeout;
    int relaunches;
} HfAppResidency;

typedef struct HfAppJson {
    const char *id, *cmd;
    const char **roles, **dependencies;       /* NULL-terminated or NULL */
    int64_t instances, cpus, mem, disk, gpus; /* milli, but instances */
    int64_t backoff, max_backoff;             /* s; HF_APP_DEFAULT */
    int64_t backoff_factor;                   /* milli */
    int64_t kill_grace;                       /* s; HF_APP_DEFAULT */
    int kills_oldest;
    gboolean needs_ports;
    gboolean has_args, has_container, has_ports, has_definitions, has_residency, has_upgrade,
        has_unreachable, has_ip_address;
    HF_LIST(HfAppConstraint) constraints;
    HF_LIST(HfAppPort) ports;
    HF_LIST(HfAppPort) definitions;
    HF_LIST(HfAppNetwork) networks;
    HF_LIST(HfAppHealthCheck) health;
    HF_LIST(HfAppReadinessCheck) readiness;
    HfAppContainer container;
    HfAppUpgrade upgrade;
    HfAppUnreachable unreachable;
    HfAppResidency residency;
} HfAppJson;

typedef struct HfGroupJson HfGroupJson;
struct HfGroupJson {
    const char *id; /* NULL: the root, or apps without a group */
    const char **dependencies;
    HF_LIST(HfAppJson) apps;
    HF_LIST(HfGroupJson) groups;
    HF_LIST(struct HfPodJson) pods; /* pod_json.h */
    gboolean has_scale;
};

/* The root of a file: an HfGroupJson. */
extern const HfKeyTable hf_app_document;

/* Whether it has a persistent volume, or says that it is resident; an external volume. */
gboolean hf_app__is_resident(const HfAppJson *json);
gboolean hf_app__is_external(const HfAppJson *json);

/* Host ports that an instance takes: `any` of them, and those whose numbers it names, appended to
 * `fixed` (int64_t). */
uint32_t hf_app__ports(const HfAppJson *json, GArray *fixed);

/* The check of an app's table: what Marathon refuses (app_check.c). */
gboolean hf_app__check(const void *record, const char **key_out, char **why_out);

/* ---- groups.c ---- */

/* One app, or pod, with what follows from where it stands. */
typedef struct HfApp {
    const HfAppJson *json; /* NULL: it is a pod */
    const struct HfPodJson *pod;
    char *id;         /* absolute */
    GPtrArray *needs; /* char *, absolute ids of apps or groups that are deployed before */
    char *place;      /* in its file: groups[0].apps[1] */
} HfApp;

/* Apps and pods of a file in its order; free with g_ptr_array_unref. NULL when an id or a place in
 * the tree is wrong: then *path_out (interned) and *why_out (newly allocated) say where and why. */
GPtrArray *hf_apps__of(const HfGroupJson *root, const char **path_out, char **why_out);

/* `path` against an absolute base: /a/b and ../c is /a/c. Newly allocated, without a slash at the
 * end; "" is the root. */
char *hf_app__absolute(const char *base, const char *path);

/*
 * Which apps come first: levels[i] is the longest chain of needs below apps[i], 0 = none. A need
 * that is not among them counts for nothing, as in Marathon.
 * Returns the row of an app in a circle, or -1.
 */
int hf_apps__levels(const GPtrArray *apps, uint32_t *levels);

#endif
