/* Marathon's pod object as key tables, and what its validators refuse; see pod_json.h. */
#include <string.h>

#include "models/frameworks/marathon/app_tables_internal.h"
#include "models/frameworks/marathon/pod_json.h"
#include "models/frameworks/service/constraints.h"

UNSAID(unsaid);

/* ---- resources ---- */

#define AMOUNT(NAME, MEMBER, DEFAULT, LEAST, ...)                                                  \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_AMOUNT, AT(HfPodResources, MEMBER), .fallback = DEFAULT,      \
        .minimum = LEAST, .maximum = 1e9, .help = __VA_ARGS__                                      \
    }
static const HfKey resource_keys[] = {
    AMOUNT("cpus", cpus, "1", 0, "CPUs of the container."),
    AMOUNT("mem", mem, "128", 0, "Memory of the container, in MB."),
    AMOUNT("disk", disk, "0", 0, "Disk of the container for its sandbox, in MB."),
    AMOUNT("gpus", gpus, "0", 0, "GPUs."),
    {0}};
static const HfKeyTable resource_table = {"resources", sizeof(HfPodResources), resource_keys,
                                          "What a container asks for.", NULL};
static const HfKey executor_keys[] = {
    AMOUNT("cpus", cpus, "0.1", 0.1, "CPUs of the executor."),
    AMOUNT("mem", mem, "32", 32, "Memory of the executor, in MB."),
    AMOUNT("disk", disk, "10", 10, "Disk of the executor, in MB."),
    {0}};
static const HfKeyTable executor_table = {"executorResources", sizeof(HfPodResources),
                                          executor_keys, "What the executor of an instance holds.",
                                          NULL};

/* ---- containers ---- */

static const HfKey endpoint_keys[] = {
    {.name = "name",
     .type = HF_KEY_STRING,
     AT(HfPodEndpoint, name),
     .is_required = TRUE,
     .help = "Its name, once in the pod."},
    {.name = "containerPort",
     .type = HF_KEY_INT,
     AT(HfPodEndpoint, container_port),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 65535,
     .help = "Port inside the container: with networks of mode container alone, and then needed."},
    {.name = "hostPort",
     .type = HF_KEY_INT,
     AT(HfPodEndpoint, host_port),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 65535,
     .help = "Port of the host; 0 = any; absent: any, and with networks of mode container none."},
    IGNORED("protocol", '['),
    IGNORED("labels", '{'),
    IGNORED("networkNames", '['),
    {0}};
static const HfKeyTable endpoint_table = {"endpoint", sizeof(HfPodEndpoint), endpoint_keys,
                                          "A port of a container.", NULL};

static const HfKey mount_keys[] = {{.name = "name",
                                    .type = HF_KEY_STRING,
                                    AT(HfPodMount, name),
                                    .is_required = TRUE,
                                    .help = "Which of the pod's volumes."},
                                   IGNORED("mountPath", '"'),
                                   IGNORED("readOnly", 'b'),
                                   {0}};
static const HfKeyTable mount_table = {"volumeMount", sizeof(HfPodMount), mount_keys,
                                       "A volume of the pod in a container.", NULL};

#define CHECK(NAME, MEMBER)                                                                        \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_IGNORED, .shape = '{', GIVEN(HfPodHealthCheck, MEMBER),       \
        .help = "How it is asked: changes nothing here."                                           \
    }
static const HfKey health_keys[] = {
    SECONDS("gracePeriodSeconds", HfPodHealthCheck, grace, "300", 0,
            "So long after the start checks that fail do not count, until one succeeds."),
    SECONDS("intervalSeconds", HfPodHealthCheck, interval, "60", 0, "Time between two checks."),
    SECONDS("timeoutSeconds", HfPodHealthCheck, timeout, "20", 0,
            "Less than the interval; else it changes nothing."),
    SECONDS("maxConsecutiveFailures", HfPodHealthCheck, failures, "3", 0,
            "After so many failures in a row the instance is killed; 0 = it is not."),
    SECONDS("delaySeconds", HfPodHealthCheck, delay, "15", 0,
            "Time from the start to the first check."),
    CHECK("http", has_http),
    CHECK("tcp", has_tcp),
    CHECK("exec", has_exec),
    {0}};

static gboolean check_health(const void *record, const char **key_out, char **why_out)
{
    const HfPodHealthCheck *check = record;
    *key_out = "timeoutSeconds";
    if (check->timeout >= check->interval)
        *why_out = g_strdup("it must be less than intervalSeconds");
    return *why_out == NULL;
}
static const HfKeyTable health_table = {"healthCheck", sizeof(HfPodHealthCheck), health_keys,
                                        "How one finds out that a container is well.",
                                        check_health};

static const HfKey lifecycle_keys[] = {
    {.name = "killGracePeriodSeconds",
     .type = HF_KEY_DOUBLE,
     AT(HfPodLifecycle, kill_grace),
     GIVEN(HfPodLifecycle, has_kill_grace),
     .fallback = "3",
     .minimum = 0,
     .maximum = INT_MOST,
     .help =
         "Its kill policy: of what it takes to stop (stop_time of the framework) it is given so "
         "much; absent: the framework's kill_grace. One that is killed because another "
         "container failed gets 3 s, as in Mesos."},
    {0}};
static const HfKeyTable lifecycle_table = {"lifecycle", sizeof(HfPodLifecycle), lifecycle_keys,
                                           "How a container ends.", NULL};

#define CONTAINER(MEMBER) AT(HfPodContainer, MEMBER)
static const HfKey container_keys[] = {
    {.name = "name",
     .type = HF_KEY_STRING,
     CONTAINER(name),
     .is_required = TRUE,
     .help = "Its name, once in the pod."},
    {.name = "resources",
     .type = HF_KEY_TABLE,
     CONTAINER(resources),
     .sub = &resource_table,
     .help = "What it asks for: it is a task of its own."},
    {.name = "endpoints",
     .type = HF_KEY_LIST,
     CONTAINER(endpoints),
     .sub = &endpoint_table,
     .help = "Its ports, which the executor holds."},
    {.name = "volumeMounts",
     .type = HF_KEY_LIST,
     CONTAINER(mounts),
     .sub = &mount_table,
     .help = "Which volumes it sees."},
    {.name = "healthCheck",
     .type = HF_KEY_TABLE,
     CONTAINER(health),
     GIVEN(HfPodContainer, has_health),
     .sub = &health_table,
     .help = "When it counts as healthy; a pod does when all its containers do."},
    {.name = "lifecycle",
     .type = HF_KEY_TABLE,
     CONTAINER(lifecycle),
     .sub = &lifecycle_table,
     .help = "How it ends."},
    IGNORED("exec", '{'),
    IGNORED("image", '{'),
    IGNORED("environment", '{'),
    IGNORED("user", '"'),
    IGNORED("check", '{'),
    IGNORED("artifacts", '['),
    IGNORED("labels", '{'),
    IGNORED("linuxInfo", '{'),
    IGNORED("resourceLimits", '{'),
    IGNORED("tty", 'b'),
    {0}};
static gboolean check_container(const void *record, const char **key_out, char **why_out)
{
    const HfPodContainer *container = record;
    const HfPodHealthCheck *check = &container->health;
    *key_out = "healthCheck";
    if (container->has_health && check->has_http + check->has_tcp + check->has_exec != 1)
        *why_out = g_strdup("it is one of http, tcp and exec");
    return *why_out == NULL;
}
static const HfKeyTable container_table = {"container", sizeof(HfPodContainer), container_keys,
                                           "One of the containers of a pod.", check_container};

/* ---- volumes and networks ---- */

static const HfKey volume_keys[] = {
    {.name = "name",
     .type = HF_KEY_STRING,
     AT(HfPodVolume, name),
     .is_required = TRUE,
     .help = "Its name, for volumeMounts."},
    {.name = "persistent",
     .type = HF_KEY_TABLE,
     AT(HfPodVolume, persistent),
     GIVEN(HfPodVolume, is_persistent),
     .sub = &hf_app__persistent_table,
     .help = "It is a persistent local volume: the pod is resident. Without one of these three it "
             "goes with the instance."},
    {.name = "host",
     .type = HF_KEY_STRING,
     AT(HfPodVolume, host),
     .help = "A directory of the host: changes nothing here."},
    {.name = "secret",
     .type = HF_KEY_STRING,
     AT(HfPodVolume, secret),
     .help = "A file with a secret: changes nothing here."},
    {0}};

static gboolean check_volume(const void *record, const char **key_out, char **why_out)
{
    const HfPodVolume *volume = record;
    if ((volume->host != NULL) + volume->is_persistent + (volume->secret != NULL) > 1)
        *why_out = g_strdup("a volume is one of persistent, host and secret, or none of them");
    return *why_out == NULL;
}
static const HfKeyTable volume_table = {"volume", sizeof(HfPodVolume), volume_keys,
                                        "A volume of a pod, that its containers share.",
                                        check_volume};

/* ---- scaling and scheduling ---- */

static const HfKeyWord scalings[] = {{"fixed", TRUE, "so many instances"}, {0}};
static const HfKey scaling_keys[] = {{.name = "kind",
                                      .type = HF_KEY_ENUM,
                                      AT(HfPodScaling, is_fixed),
                                      .fallback = "fixed",
                                      .words = scalings,
                                      .help = "By which policy."},
                                     {.name = "instances",
                                      .type = HF_KEY_INT,
                                      AT(HfPodScaling, instances),
                                      .fallback = "1",
                                      .minimum = 0,
                                      .maximum = 1e6,
                                      .help = "How many are kept running."},
                                     IGNORED("maxInstances", '0'),
                                     {0}};
static const HfKeyTable scaling_table = {"scaling", sizeof(HfPodScaling), scaling_keys,
                                         "How many instances there are.", NULL};

static const HfKey backoff_keys[] = {{.name = "backoff",
                                      .type = HF_KEY_DOUBLE,
                                      AT(HfPodBackoff, backoff),
                                      .fallback = "1",
                                      .minimum = 0,
                                      .maximum = INT_MOST,
                                      .help = "How long it waits after a failure, in seconds."},
                                     {.name = "backoffFactor",
                                      .type = HF_KEY_AMOUNT,
                                      AT(HfPodBackoff, factor),
                                      .fallback = "1.15",
                                      .minimum = 1,
                                      .maximum = 1e6,
                                      .help = "Growth of that with each failure."},
                                     {.name = "maxLaunchDelay",
                                      .type = HF_KEY_DOUBLE,
                                      AT(HfPodBackoff, longest),
                                      .fallback = "300",
                                      .minimum = 0,
                                      .maximum = INT_MOST,
                                      .help = "The longest such wait, in seconds."},
                                     {0}};
static const HfKeyTable backoff_table = {"backoff", sizeof(HfPodBackoff), backoff_keys,
                                         "What is done when an instance fails.", NULL};

static const HfKey constraint_keys[] = {
    {.name = "fieldName",
     .type = HF_KEY_STRING,
     AT(HfAppConstraint, field),
     .is_required = TRUE,
     .help = "hostname, @region, @zone, or an attribute of agents."},
    {.name = "operator",
     .type = HF_KEY_STRING,
     AT(HfAppConstraint, op),
     .is_required = TRUE,
     .help = "UNIQUE, CLUSTER, GROUP_BY, LIKE, UNLIKE, MAX_PER or IS."},
    {.name = "value",
     .type = HF_KEY_STRING,
     AT(HfAppConstraint, value),
     .help = "What the operator needs: a number, a value or a regular expression."},
    {0}};
static const HfKeyTable constraint_table = {"constraint", sizeof(HfAppConstraint), constraint_keys,
                                            "Where instances may run.", NULL};

static const HfKey placement_keys[] = {
    {.name = "constraints",
     .type = HF_KEY_LIST,
     AT(HfPodPlacement, constraints),
     .sub = &constraint_table,
     .help = "Where instances may run."},
    {.name = "acceptedResourceRoles",
     .type = HF_KEY_STRINGS,
     AT(HfPodPlacement, roles),
     .help = "Of what is offered, which is used: reserved to this role, or to nobody (*)."},
    {0}};
static const HfKeyTable placement_table = {"placement", sizeof(HfPodPlacement), placement_keys,
                                           "Where instances may run.", NULL};

static const HfKeyWord kill_words[] = {
    {"YOUNGEST_FIRST", FALSE, NULL}, {"OLDEST_FIRST", TRUE, NULL}, {0}};
#define SCHEDULING(MEMBER) AT(HfPodScheduling, MEMBER)
static const HfKey scheduling_keys[] = {
    {.name = "backoff",
     .type = HF_KEY_TABLE,
     SCHEDULING(backoff),
     GIVEN(HfPodScheduling, has_backoff),
     .sub = &backoff_table,
     .help = "Absent: the framework's."},
    {.name = "upgrade",
     .type = HF_KEY_TABLE,
     SCHEDULING(upgrade),
     GIVEN(HfPodScheduling, has_upgrade),
     .sub = &hf_app__upgrade_table,
     .help = "Default: 1 over and 1 healthy; of a resident pod 0 and 0.5."},
    {.name = "placement",
     .type = HF_KEY_TABLE,
     SCHEDULING(placement),
     .sub = &placement_table,
     .help = "Where instances may run."},
    {.name = "killSelection",
     .type = HF_KEY_ENUM,
     SCHEDULING(kills_oldest),
     .fallback = "YOUNGEST_FIRST",
     .words = kill_words,
     .help = "Which are killed when there are too many."},
    {.name = "unreachableStrategy",
     .type = HF_KEY_TABLE,
     SCHEDULING(unreachable),
     GIVEN(HfPodScheduling, has_unreachable),
     .sub = &hf_app__unreachable_table,
     .short_key = "strategy",
     .help = "Default: replaced at once; of a resident pod disabled."},
    {0}};
static const HfKeyTable scheduling_table = {"scheduling", sizeof(HfPodScheduling), scheduling_keys,
                                            "How instances are placed, upgraded and replaced.",
                                            NULL};

/* ---- a pod ---- */

gboolean hf_pod__is_resident(const HfPodJson *json)
{
    for (uint32_t i = 0; i < json->volumes.count; i++)
        if (json->volumes.at[i].is_persistent) return TRUE;
    return FALSE;
}

static gboolean is_on_host(const HfPodJson *json)
{
    return json->networks.count == 0 || json->networks.at[0].mode == HF_APP_NETWORK_HOST;
}

/* Without a network of mode container an endpoint without hostPort has any (PodNormalization). */
uint32_t hf_pod__ports(const HfPodJson *json, GArray *fixed)
{
    gboolean is_contained =
        json->networks.count > 0 && json->networks.at[0].mode == HF_APP_NETWORK_CONTAINER;
    uint32_t any = 0;
    for (uint32_t c = 0; c < json->containers.count; c++) {
        for (uint32_t e = 0; e < json->containers.at[c].endpoints.count; e++) {
            int64_t port = json->containers.at[c].endpoints.at[e].host_port;
            if (port > 0)
                g_array_append_val(fixed, port);
            else if (port == 0 || !is_contained)
                any++;
        }
    }
    return any;
}

static const HfPodVolume *find_volume(const HfPodJson *json, const char *name)
{
    for (uint32_t v = 0; v < json->volumes.count; v++)
        if (strcmp(json->volumes.at[v].name, name) == 0) return &json->volumes.at[v];
    return NULL;
}

uint32_t hf_pod__holder(const HfPodJson *json)
{
    for (uint32_t c = 0; c < json->containers.count; c++) {
        const HfPodContainer *container = &json->containers.at[c];
        for (uint32_t m = 0; m < container->mounts.count; m++) {
            const HfPodVolume *volume = find_volume(json, container->mounts.at[m].name);
            if (volume != NULL && volume->is_persistent) return c;
        }
    }
    return 0;
}

typedef struct Complaint {
    const char **key_out;
    char **why_out;
} Complaint;

static gboolean refuse(const Complaint *complaint, const char *key, char *why)
{
    *complaint->key_out = key != NULL ? g_intern_string(key) : NULL;
    *complaint->why_out = why;
    return FALSE;
}

static gboolean refuse_at(const Complaint *complaint, const char *list, uint32_t i,
                          const char *more, const char *why)
{
    g_autofree char *path = g_strdup_printf("%s[%u]%s", list, i, more);
    return refuse(complaint, path, g_strdup(why));
}

static gboolean check_mounts(const HfPodJson *json, const Complaint *complaint)
{
    for (uint32_t c = 0; c < json->containers.count; c++) {
        const HfPodContainer *container = &json->containers.at[c];
        for (uint32_t m = 0; m < container->mounts.count; m++) {
            if (find_volume(json, container->mounts.at[m].name) != NULL) continue;
            g_autofree char *more = g_strdup_printf(".volumeMounts[%u].name", m);
            return refuse_at(complaint, "containers", c, more, "the pod has no such volume");
        }
    }
    for (uint32_t v = 0; v < json->volumes.count; v++) {
        const char *name = json->volumes.at[v].name;
        gboolean is_used = FALSE;
        for (uint32_t c = 0; c < json->containers.count; c++)
            for (uint32_t m = 0; m < json->containers.at[c].mounts.count; m++)
                is_used |= strcmp(json->containers.at[c].mounts.at[m].name, name) == 0;
        if (!is_used) return refuse_at(complaint, "volumes", v, "", "no container mounts it");
        if (find_volume(json, name) != &json->volumes.at[v])
            return refuse_at(complaint, "volumes", v, ".name", "this name comes twice");
    }
    return TRUE;
}

static gboolean check_endpoints(const HfPodJson *json, const Complaint *complaint)
{
    gboolean on_host = is_on_host(json);
    gboolean is_contained = !on_host && json->networks.at[0].mode == HF_APP_NETWORK_CONTAINER;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) host = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) inner = g_hash_table_new(NULL, NULL);
    for (uint32_t c = 0; c < json->containers.count; c++) {
        for (uint32_t e = 0; e < json->containers.at[c].endpoints.count; e++) {
            const HfPodEndpoint *at = &json->containers.at[c].endpoints.at[e];
            g_autofree char *more = g_strdup_printf(".endpoints[%u]", e);
            const char *why = NULL;
            if (!g_hash_table_add(names, (gpointer)at->name))
                why = "an endpoint of this name is there already";
            else if (on_host && json->networks.count > 0 && at->container_port >= 0)
                why = "containerPort is not for networks of mode host";
            else if (is_contained && at->container_port < 0)
                why = "containerPort is needed with networks of mode container";
            else if (at->host_port > 0 &&
                     !g_hash_table_add(host, GINT_TO_POINTER((gint)at->host_port)))
                why = "this hostPort comes twice";
            else if (at->container_port > 0 &&
                     !g_hash_table_add(inner, GINT_TO_POINTER((gint)at->container_port)))
                why = "this containerPort comes twice";
            if (why != NULL) return refuse_at(complaint, "containers", c, more, why);
        }
    }
    return TRUE;
}

static gboolean check_containers(const HfPodJson *json, const Complaint *complaint)
{
    if (json->containers.count == 0)
        return refuse(complaint, "containers", g_strdup("a pod has at least one"));
    if (json->containers.count > HF_POD_CONTAINERS_MAX)
        return refuse(complaint, "containers",
                      g_strdup_printf("more than %d are not simulated", HF_POD_CONTAINERS_MAX));
    for (uint32_t c = 0; c < json->containers.count; c++) {
        const HfPodContainer *container = &json->containers.at[c];
        const HfPodResources *asks = &container->resources;
        for (uint32_t k = 0; k < c; k++)
            if (strcmp(json->containers.at[k].name, container->name) == 0)
                return refuse_at(complaint, "containers", c, ".name", "this name comes twice");
        if (asks->cpus + asks->mem + asks->disk + asks->gpus == 0)
            return refuse_at(complaint, "containers", c, ".resources",
                             "a task must ask for something");
    }
    return TRUE;
}

static gboolean check_constraints(const HfPodJson *json, const Complaint *complaint)
{
    static const char *const parts[] = {".fieldName", ".operator", ".value"};
    const HfPodPlacement *placement = &json->scheduling.placement;
    for (uint32_t i = 0; i < placement->constraints.count; i++) {
        const HfAppConstraint *at = &placement->constraints.at[i];
        HfConstraintOp op;
        int part = 0;
        g_autofree char *why = hf_constraints__refusal(at->field, at->op, at->value, &op, &part);
        if (why == NULL) continue;
        if (part == 2 && at->value == NULL) part = 1;
        return refuse_at(complaint, "scheduling.placement.constraints", i, parts[part], why);
    }
    return TRUE;
}

static gboolean check_state(const HfPodJson *json, const Complaint *complaint)
{
    const HfPodScheduling *scheduling = &json->scheduling;
    const char *const *roles = (const char *const *)scheduling->placement.roles;
    if (!hf_pod__is_resident(json)) return TRUE;
    if (scheduling->has_upgrade && scheduling->upgrade.most_over > 0)
        return refuse(complaint, "scheduling.upgrade.maximumOverCapacity",
                      g_strdup("of a resident pod it must be 0"));
    if (scheduling->has_unreachable && !scheduling->unreachable.is_disabled)
        return refuse(complaint, "scheduling.unreachableStrategy",
                      g_strdup("of a resident pod it is \"disabled\""));
    if (roles != NULL && roles[0] != NULL && (strcmp(roles[0], "*") != 0 || roles[1] != NULL))
        return refuse(complaint, "scheduling.placement.acceptedResourceRoles",
                      g_strdup("of a resident pod it is [\"*\"]"));
    return TRUE;
}

static gboolean check_pod(const void *record, const char **key_out, char **why_out)
{
    const HfPodJson *json = record;
    Complaint complaint = {key_out, why_out};
    return check_containers(json, &complaint) && check_mounts(json, &complaint) &&
           check_endpoints(json, &complaint) && check_constraints(json, &complaint) &&
           check_state(json, &complaint);
}

#define POD(MEMBER) AT(HfPodJson, MEMBER)
static const HfKey pod_keys[] = {
    {.name = "id",
     .type = HF_KEY_STRING,
     POD(id),
     .is_required = TRUE,
     .help = "Its path, absolute or below the group it stands in."},
    {.name = "containers",
     .type = HF_KEY_LIST,
     POD(containers),
     .is_required = TRUE,
     .sub = &container_table,
     .help = "Its containers, of which each is a task; at least one."},
    {.name = "volumes",
     .type = HF_KEY_LIST,
     POD(volumes),
     .sub = &volume_table,
     .help = "Volumes that its containers share."},
    {.name = "networks",
     .type = HF_KEY_LIST,
     POD(networks),
     .sub = &hf_app__network_table,
     .help = "Networks that it joins; absent = the host's."},
    {.name = "scaling",
     .type = HF_KEY_TABLE,
     POD(scaling),
     .sub = &scaling_table,
     .help = "How many instances there are."},
    {.name = "scheduling",
     .type = HF_KEY_TABLE,
     POD(scheduling),
     .sub = &scheduling_table,
     .help = "How instances are placed, upgraded and replaced."},
    {.name = "executorResources",
     .type = HF_KEY_TABLE,
     POD(executor),
     .sub = &executor_table,
     .help = "What the executor of an instance holds beside its containers."},
    IGNORED("environment", '{'),
    IGNORED("labels", '{'),
    IGNORED("secrets", '{'),
    IGNORED("user", '"'),
    IGNORED("role", '"'),
    IGNORED("linuxInfo", '{'),
    IGNORED("legacySharedCgroups", 'b'),
    IGNORED("version", '"'),
    {0}};

const HfKeyTable hf_pod__table = {"pod", sizeof(HfPodJson), pod_keys,
                                  "A pod as Marathon takes it (POST /v2/pods).", check_pod};
