/* Marathon's app and group objects as key tables; see app_json.h. What runs in a container and how
 * it is reached changes nothing in a simulation: such keys are known and looked at no further. */
#include <math.h>
#include <string.h>

#include "models/frameworks/marathon/app_tables_internal.h"
#include "models/frameworks/marathon/pod_json.h"
#include "models/frameworks/service/constraints.h"

UNSAID(unsaid);
static const HfKeyTable document_group;

/* ---- small objects ---- */

static const HfKey constraint_keys[] = {
    {.name = "field",
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
                                            "[field, operator, value].", NULL};

static const HfKey port_keys[] = {{.name = "port",
                                   .type = HF_KEY_INT,
                                   AT(HfAppPort, port),
                                   .fallback = "0",
                                   .minimum = 0,
                                   .maximum = 65535,
                                   .help = "Its number, which counts with requirePorts; 0 = any."},
                                  IGNORED("name", '"'),
                                  IGNORED("protocol", '"'),
                                  IGNORED("labels", '{'),
                                  {0}};
static const HfKeyTable port_table = {"portDefinition", sizeof(HfAppPort), port_keys,
                                      "A port of the host.", NULL};

static const HfKey mapping_keys[] = {
    {.name = "containerPort",
     .type = HF_KEY_INT,
     AT(HfAppPortMapping, container_port),
     .fallback = "0",
     .minimum = 0,
     .maximum = 65535,
     .help = "Port inside the container."},
    {.name = "hostPort",
     .type = HF_KEY_INT,
     AT(HfAppPortMapping, host_port),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 65535,
     .help = "Port of the host; 0 = any, absent = any with container/bridge, else none."},
    IGNORED("servicePort", '0'),
    IGNORED("name", '"'),
    IGNORED("protocol", '"'),
    IGNORED("labels", '{'),
    IGNORED("networkNames", '['),
    {0}};
static const HfKeyTable mapping_table = {"portMapping", sizeof(HfAppPortMapping), mapping_keys,
                                         "A port of a container.", NULL};

static const HfKeyWord volume_types[] = {
    {"root", HF_APP_VOLUME_ROOT, "a part of the agent's own disk"},
    {"path", HF_APP_VOLUME_PATH, "a part of a disk of source PATH"},
    {"mount", HF_APP_VOLUME_MOUNT, "a whole disk of source MOUNT"},
    {0}};
static const HfKey persistent_keys[] = {
    {.name = "type",
     .type = HF_KEY_ENUM,
     AT(HfAppPersistent, type),
     .fallback = "root",
     .words = volume_types,
     .help = "On which kind of disk it lies."},
    {.name = "size",
     .type = HF_KEY_INT,
     AT(HfAppPersistent, size),
     .is_required = TRUE,
     .minimum = 1,
     .maximum = 1e12,
     .help = "MB; of a whole disk: at least."},
    {.name = "maxSize",
     .type = HF_KEY_INT,
     AT(HfAppPersistent, max_size),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e12,
     .help = "MB: the largest whole disk that is taken; 0 = any."},
    {.name = "profileName",
     .type = HF_KEY_STRING,
     AT(HfAppPersistent, profile),
     .help = "Refused: profiles are not simulated."},
    {.name = "constraints",
     .type = HF_KEY_IGNORED,
     .shape = '[',
     GIVEN(HfAppPersistent, has_constraints),
     .help = "Refused: paths of disks are not looked at."},
    {0}};

static gboolean check_persistent(const void *record, const char **key_out, char **why_out)
{
    const HfAppPersistent *volume = record;
    *key_out = "maxSize";
    if (volume->max_size > 0 && volume->type != HF_APP_VOLUME_MOUNT)
        *why_out = g_strdup("only a mount volume has a largest size");
    else if (volume->max_size > 0 && volume->max_size <= volume->size)
        *why_out = g_strdup("it must be larger than size");
    else if (volume->has_constraints) {
        *key_out = "constraints";
        *why_out = g_strdup(volume->type == HF_APP_VOLUME_ROOT
                                ? "a root volume has no constraints"
                                : "constraints on the paths of disks are not simulated");
    } else if (volume->profile != NULL) {
        *key_out = "profileName";
        *why_out = g_strdup("profiles of storage are not simulated");
    }
    return *why_out == NULL;
}
const HfKeyTable hf_app__persistent_table = {"persistent", sizeof(HfAppPersistent), persistent_keys,
                                             "A persistent local volume.", check_persistent};

static const HfKey external_keys[] = {{.name = "size",
                                       .type = HF_KEY_INT,
                                       AT(HfAppExternal, size),
                                       .fallback = "0",
                                       .minimum = 0,
                                       .maximum = 1e9,
                                       .help = "GiB; not asked of Mesos."},
                                      {.name = "name",
                                       .type = HF_KEY_STRING,
                                       AT(HfAppExternal, name),
                                       .is_required = TRUE,
                                       .help = "Its name."},
                                      {.name = "provider",
                                       .type = HF_KEY_STRING,
                                       AT(HfAppExternal, provider),
                                       .is_required = TRUE,
                                       .help = "Who has it: dvdi or csi."},
                                      IGNORED("options", '{'),
                                      IGNORED("shared", 'b'),
                                      {0}};

static const HfKeyTable external_table = {"external", sizeof(HfAppExternal), external_keys,
                                          "A volume that any agent can attach.", NULL};

static const HfKeyWord modes[] = {{"RW", FALSE, "read and write"}, {"RO", TRUE, "read only"}, {0}};
static const HfKey volume_keys[] = {
    {.name = "containerPath",
     .type = HF_KEY_STRING,
     AT(HfAppVolume, container_path),
     .is_required = TRUE,
     .help = "Where the container sees it."},
    {.name = "hostPath",
     .type = HF_KEY_STRING,
     AT(HfAppVolume, host_path),
     .help = "A directory of the host: changes nothing here."},
    {.name = "mode",
     .type = HF_KEY_ENUM,
     AT(HfAppVolume, is_read_only),
     .fallback = "RW",
     .words = modes,
     .help = "How it is used."},
    {.name = "persistent",
     .type = HF_KEY_TABLE,
     AT(HfAppVolume, persistent),
     GIVEN(HfAppVolume, is_persistent),
     .sub = &hf_app__persistent_table,
     .help = "It is a persistent local volume: the app is resident."},
    {.name = "external",
     .type = HF_KEY_TABLE,
     AT(HfAppVolume, external),
     GIVEN(HfAppVolume, is_external),
     .sub = &external_table,
     .help = "It is an external volume."},
    {.name = "secret",
     .type = HF_KEY_STRING,
     AT(HfAppVolume, secret),
     .help = "A file with a secret: changes nothing here."},
    {0}};

static gboolean check_volume(const void *record, const char **key_out, char **why_out)
{
    const HfAppVolume *volume = record;
    int kinds = (volume->host_path != NULL) + volume->is_persistent + volume->is_external +
                (volume->secret != NULL);
    if (kinds != 1) {
        *key_out = NULL;
        *why_out = g_strdup("a volume is one of hostPath, persistent, external and secret");
    } else if (volume->is_persistent && volume->is_read_only) {
        *key_out = "mode";
        *why_out = g_strdup("a persistent volume is RW");
    } else if (volume->is_persistent && (strchr(volume->container_path, '/') != NULL ||
                                         strcmp(volume->container_path, ".") == 0 ||
                                         strcmp(volume->container_path, "..") == 0)) {
        *key_out = "containerPath";
        *why_out = g_strdup("of a persistent volume it is one name inside the sandbox, without /");
    }
    return *why_out == NULL;
}
static const HfKeyTable volume_table = {"volume", sizeof(HfAppVolume), volume_keys,
                                        "A volume of a container.", check_volume};

/* ---- container and network ---- */

static const HfKeyWord docker_networks[] = {{"BRIDGE", HF_APP_DOCKER_BRIDGE, NULL},
                                            {"HOST", HF_APP_DOCKER_HOST, NULL},
                                            {"NONE", HF_APP_DOCKER_NONE, NULL},
                                            {"USER", HF_APP_DOCKER_USER, NULL},
                                            {0}};
static const HfKey docker_keys[] = {
    {.name = "image",
     .type = HF_KEY_STRING,
     AT(HfAppDocker, image),
     .is_required = TRUE,
     .help = "Its image: changes nothing here."},
    {.name = "network",
     .type = HF_KEY_ENUM,
     AT(HfAppDocker, network),
     .words = docker_networks,
     .help = "Networking as before Marathon 1.5; now under networks."},
    {.name = "portMappings",
     .type = HF_KEY_LIST,
     AT(HfAppDocker, mappings),
     GIVEN(HfAppDocker, has_mappings),
     .sub = &mapping_table,
     .help = "Its ports, as before Marathon 1.5."},
    IGNORED("parameters", '['),
    IGNORED("privileged", 'b'),
    IGNORED("forcePullImage", 'b'),
    IGNORED("credential", '{'),
    IGNORED("pullConfig", '{'),
    {0}};
static const HfKeyTable docker_table = {"docker", sizeof(HfAppDocker), docker_keys,
                                        "An image of Docker.", NULL};

static const HfKeyWord engines[] = {{"DOCKER", TRUE, NULL}, {"MESOS", FALSE, NULL}, {0}};
static const HfKey container_keys[] = {{.name = "type",
                                        .type = HF_KEY_ENUM,
                                        AT(HfAppContainer, is_docker),
                                        .fallback = "DOCKER",
                                        .words = engines,
                                        .help = "Who runs it."},
                                       {.name = "docker",
                                        .type = HF_KEY_TABLE,
                                        AT(HfAppContainer, docker),
                                        GIVEN(HfAppContainer, has_docker),
                                        .sub = &docker_table,
                                        .help = "Its image."},
                                       {.name = "volumes",
                                        .type = HF_KEY_LIST,
                                        AT(HfAppContainer, volumes),
                                        .sub = &volume_table,
                                        .help = "Its volumes."},
                                       {.name = "portMappings",
                                        .type = HF_KEY_LIST,
                                        AT(HfAppContainer, mappings),
                                        GIVEN(HfAppContainer, has_mappings),
                                        .sub = &mapping_table,
                                        .help = "Its ports."},
                                       IGNORED("linuxInfo", '{'),
                                       {0}};

static const HfKeyTable container_table = {"container", sizeof(HfAppContainer), container_keys,
                                           "What it runs in.", NULL};

static const HfKeyWord network_modes[] = {{"container", HF_APP_NETWORK_CONTAINER, NULL},
                                          {"container/bridge", HF_APP_NETWORK_BRIDGE, NULL},
                                          {"host", HF_APP_NETWORK_HOST, NULL},
                                          {0}};
static const HfKey network_keys[] = {{.name = "mode",
                                      .type = HF_KEY_ENUM,
                                      AT(HfAppNetwork, mode),
                                      .fallback = "container",
                                      .words = network_modes,
                                      .help = "Whether its ports are the host's."},
                                     IGNORED("name", '"'),
                                     IGNORED("labels", '{'),
                                     {0}};
const HfKeyTable hf_app__network_table = {"network", sizeof(HfAppNetwork), network_keys,
                                          "A network that it joins.", NULL};

/* ---- an app ---- */

static const HfKeyWord kill_words[] = {
    {"YOUNGEST_FIRST", FALSE, NULL}, {"OLDEST_FIRST", TRUE, NULL}, {0}};

#define APP(MEMBER) AT(HfAppJson, MEMBER)
#define HAS(MEMBER) GIVEN(HfAppJson, MEMBER)
static const HfKey app_keys[] = {
    {.name = "id",
     .type = HF_KEY_STRING,
     APP(id),
     .is_required = TRUE,
     .help = "Its path, absolute or below the group it stands in."},
    {.name = "instances",
     .type = HF_KEY_INT,
     APP(instances),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1e6,
     .help = "How many are kept running."},
    {.name = "cpus",
     .type = HF_KEY_AMOUNT,
     APP(cpus),
     .fallback = "1",
     .minimum = 0.001,
     .maximum = 1e6,
     .help = "CPUs of an instance."},
    {.name = "mem",
     .type = HF_KEY_AMOUNT,
     APP(mem),
     .fallback = "128",
     .help = "Memory of an instance, in MB."},
    {.name = "disk",
     .type = HF_KEY_AMOUNT,
     APP(disk),
     .fallback = "0",
     .help = "Disk of an instance for its sandbox, in MB; volumes are beside it."},
    {.name = "gpus", .type = HF_KEY_AMOUNT, APP(gpus), .fallback = "0", .help = "GPUs."},
    {.name = "acceptedResourceRoles",
     .type = HF_KEY_STRINGS,
     APP(roles),
     .help = "Of what is offered, which is used: reserved to this role, or to nobody (*)."},
    {.name = "constraints",
     .type = HF_KEY_LIST,
     APP(constraints),
     .sub = &constraint_table,
     .is_tuple = TRUE,
     .help = "Where instances may run."},
    {.name = "dependencies",
     .type = HF_KEY_STRINGS,
     APP(dependencies),
     .help = "Apps and groups that are deployed before."},
    {.name = "upgradeStrategy",
     .type = HF_KEY_TABLE,
     APP(upgrade),
     HAS(has_upgrade),
     .sub = &hf_app__upgrade_table,
     .help = "Default: 1 over and 1 healthy; of a resident app 0 and 0.5."},
    {.name = "unreachableStrategy",
     .type = HF_KEY_TABLE,
     APP(unreachable),
     HAS(has_unreachable),
     .sub = &hf_app__unreachable_table,
     .short_key = "strategy",
     .help = "Default: replaced at once; of a resident app disabled."},
    {.name = "killSelection",
     .type = HF_KEY_ENUM,
     APP(kills_oldest),
     .fallback = "YOUNGEST_FIRST",
     .words = kill_words,
     .help = "Which are killed when there are too many."},
    {.name = "residency",
     .type = HF_KEY_TABLE,
     APP(residency),
     HAS(has_residency),
     .sub = &hf_app__residency_table,
     .help = "It is resident, as with a persistent volume."},
    {.name = "backoffSeconds",
     .type = HF_KEY_INT,
     APP(backoff),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = INT_MOST,
     .help = "How long it waits after a failure; default: the framework's backoff."},
    {.name = "backoffFactor",
     .type = HF_KEY_AMOUNT,
     APP(backoff_factor),
     .fallback = "default",
     .words = unsaid,
     .minimum = 1,
     .maximum = 1e6,
     .help = "Growth of that with each failure."},
    {.name = "maxLaunchDelaySeconds",
     .type = HF_KEY_INT,
     APP(max_backoff),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = INT_MOST,
     .help = "The longest such wait."},
    {.name = "taskKillGracePeriodSeconds",
     .type = HF_KEY_INT,
     APP(kill_grace),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = INT_MOST,
     .help =
         "Its kill policy: of what it takes to stop (stop_time of the framework) it is given so "
         "much; default: the framework's kill_grace."},
    {.name = "ports",
     .type = HF_KEY_LIST,
     APP(ports),
     HAS(has_ports),
     .sub = &port_table,
     .short_key = "port",
     .help = "Ports of the host; now portDefinitions."},
    {.name = "portDefinitions",
     .type = HF_KEY_LIST,
     APP(definitions),
     HAS(has_definitions),
     .sub = &port_table,
     .help = "Ports of the host; absent = one, as in Marathon."},
    {.name = "requirePorts",
     .type = HF_KEY_BOOL,
     APP(needs_ports),
     .fallback = "false",
     .help = "Whether the numbers of its ports must be those, on the host."},
    {.name = "networks",
     .type = HF_KEY_LIST,
     APP(networks),
     .sub = &hf_app__network_table,
     .help = "Networks that it joins; absent = the host's."},
    {.name = "container",
     .type = HF_KEY_TABLE,
     APP(container),
     HAS(has_container),
     .sub = &container_table,
     .help = "What it runs in, with its volumes."},
    {.name = "healthChecks",
     .type = HF_KEY_LIST,
     APP(health),
     .sub = &hf_app__health_table,
     .help = "When an instance counts as healthy."},
    {.name = "readinessChecks",
     .type = HF_KEY_LIST,
     APP(readiness),
     .sub = &hf_app__readiness_table,
     .help = "When a new instance counts as ready."},
    {.name = "cmd", .type = HF_KEY_STRING, APP(cmd), .help = "Its command: changes nothing here."},
    {.name = "args",
     .type = HF_KEY_IGNORED,
     .shape = '[',
     HAS(has_args),
     .help = "Its arguments: change nothing here."},
    {.name = "ipAddress",
     .type = HF_KEY_IGNORED,
     .shape = '{',
     HAS(has_ip_address),
     .help = "It has an address of its own, and no port of the host."},
    IGNORED("env", '{'),
    IGNORED("labels", '{'),
    IGNORED("executor", '"'),
    IGNORED("executorResources", '{'),
    IGNORED("fetch", '['),
    IGNORED("uris", '['),
    IGNORED("storeUrls", '['),
    IGNORED("check", '{'),
    IGNORED("resourceLimits", '{'),
    IGNORED("role", '"'),
    IGNORED("secrets", '{'),
    IGNORED("tty", 'b'),
    IGNORED("user", '"'),
    IGNORED("version", '"'),
    IGNORED("versionInfo", '{'),
    /* what GET /v2/apps adds */
    IGNORED("tasksStaged", '0'),
    IGNORED("tasksRunning", '0'),
    IGNORED("tasksHealthy", '0'),
    IGNORED("tasksUnhealthy", '0'),
    IGNORED("deployments", '['),
    IGNORED("tasks", '['),
    IGNORED("readinessCheckResults", '['),
    IGNORED("lastTaskFailure", '{'),
    IGNORED("tasksStats", '{'),
    {0}};

static const HfKeyTable app_table = {"app", sizeof(HfAppJson), app_keys,
                                     "An app as Marathon takes it (POST /v2/apps).", hf_app__check};

/* ---- groups ---- */

#define GROUP(MEMBER) AT(HfGroupJson, MEMBER)
static const HfKey group_keys[] = {
    {.name = "id",
     .type = HF_KEY_STRING,
     GROUP(id),
     .help = "Its path, absolute or below the group it stands in; the root may have none."},
    {.name = "apps", .type = HF_KEY_LIST, GROUP(apps), .sub = &app_table, .help = "Its apps."},
    {.name = "groups",
     .type = HF_KEY_LIST,
     GROUP(groups),
     .sub = &document_group,
     .help = "Groups in it."},
    {.name = "dependencies",
     .type = HF_KEY_STRINGS,
     GROUP(dependencies),
     .help = "Apps and groups that are deployed before any of its apps."},
    {.name = "pods",
     .type = HF_KEY_LIST,
     GROUP(pods),
     .sub = &hf_pod__table,
     .marker = "containers",
     .help = "Its pods."},
    {.name = "scaleBy",
     .type = HF_KEY_IGNORED,
     .shape = '0',
     GIVEN(HfGroupJson, has_scale),
     .help = "Refused: a deployment of the scenario scales apps."},
    IGNORED("version", '"'),
    IGNORED("enforceRole", 'b'),
    {0}};

static gboolean refuse_group(const char **key_out, char **why_out, const char *key, const char *why)
{
    *key_out = key;
    *why_out = g_strdup(why);
    return FALSE;
}

static gboolean check_group(const void *record, const char **key_out, char **why_out)
{
    const HfGroupJson *group = record;
    if (group->has_scale)
        return refuse_group(key_out, why_out, "scaleBy",
                            "a group is scaled by deployments of the scenario");
    return TRUE;
}

static const HfKeyTable document_group = {"group", sizeof(HfGroupJson), group_keys,
                                          "A group of apps and pods (v2/groups).", check_group};

static gboolean check_document(const void *record, const char **key_out, char **why_out)
{
    const HfGroupJson *root = record;
    if (!check_group(root, key_out, why_out)) return FALSE;
    g_autoptr(GPtrArray) apps = hf_apps__of(root, key_out, why_out);
    if (apps == NULL) return FALSE;
    g_autofree uint32_t *levels = g_new0(uint32_t, apps->len + 1);
    int circle = hf_apps__levels(apps, levels);
    if (circle < 0) return TRUE;
    const HfApp *app = apps->pdata[circle];
    g_autofree char *path = g_strconcat(app->place, ".dependencies", NULL);
    *key_out = g_intern_string(path);
    *why_out = g_strdup_printf("%s depends on itself, by way of others", app->id);
    return FALSE;
}

const HfKeyTable hf_app_document = {
    "marathon file", sizeof(HfGroupJson), group_keys,
    "An app or a pod, a list of them, or a group, as Marathon takes them.", check_document};
