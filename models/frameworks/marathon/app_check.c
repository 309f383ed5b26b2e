/* What of an app no single key says: its ports, and what Marathon's validators refuse; see
 * app_json.h. */
#include <string.h>

#include "models/frameworks/marathon/app_json.h"
#include "models/frameworks/service/constraints.h"

gboolean hf_app__is_resident(const HfAppJson *json)
{
    for (uint32_t i = 0; i < json->container.volumes.count; i++)
        if (json->container.volumes.at[i].is_persistent) return TRUE;
    return FALSE;
}

gboolean hf_app__is_external(const HfAppJson *json)
{
    for (uint32_t i = 0; i < json->container.volumes.count; i++)
        if (json->container.volumes.at[i].is_external) return TRUE;
    return FALSE;
}

static HfAppNetworkMode network_of(const HfAppJson *json)
{
    if (json->networks.count > 0) return (HfAppNetworkMode)json->networks.at[0].mode;
    if (json->has_ip_address) return HF_APP_NETWORK_CONTAINER;
    switch (json->container.docker.network) {
    case HF_APP_DOCKER_BRIDGE:
        return HF_APP_NETWORK_BRIDGE;
    case HF_APP_DOCKER_NONE:
    case HF_APP_DOCKER_USER:
        return HF_APP_NETWORK_CONTAINER;
    default:
        return HF_APP_NETWORK_HOST;
    }
}

static uint32_t host_ports(const HfAppPort *ports, uint32_t count, gboolean is_fixed, GArray *fixed)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (is_fixed && ports[i].port != 0)
            g_array_append_val(fixed, ports[i].port);
        else
            any++;
    }
    return any;
}

uint32_t hf_app__ports(const HfAppJson *json, GArray *fixed)
{
    HfAppNetworkMode mode = network_of(json);
    const HfAppContainer *container = &json->container;
    if (mode == HF_APP_NETWORK_HOST) {
        if (json->has_definitions)
            return host_ports(json->definitions.at, json->definitions.count, json->needs_ports,
                              fixed);
        if (json->has_ports)
            return host_ports(json->ports.at, json->ports.count, json->needs_ports, fixed);
        return 1;
    }
    gboolean is_new = container->has_mappings;
    gboolean has_any = is_new || container->docker.has_mappings;
    const HfAppPortMapping *at = is_new ? container->mappings.at : container->docker.mappings.at;
    uint32_t count = is_new ? container->mappings.count : container->docker.mappings.count;
    uint32_t any = 0;
    if (!has_any) return mode == HF_APP_NETWORK_BRIDGE ? 1 : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (at[i].host_port > 0)
            g_array_append_val(fixed, at[i].host_port);
        else if (at[i].host_port == 0 || mode == HF_APP_NETWORK_BRIDGE)
            any++;
    }
    return any;
}

/* ---- what no single key says ---- */

typedef struct Complaint {
    const char **key_out;
    char **why_out;
} Complaint;

static gboolean refuse(const Complaint *complaint, const char *key, const char *why)
{
    *complaint->key_out = key;
    *complaint->why_out = g_strdup(why);
    return FALSE;
}

static const char *entry(const char *list, uint32_t i, const char *more)
{
    g_autofree char *path = g_strdup_printf("%s[%u]%s", list, i, more);
    return g_intern_string(path);
}

static gboolean check_command(const HfAppJson *json, const Complaint *complaint)
{
    if (json->cmd != NULL && json->has_args)
        return refuse(complaint, "args", "an app has cmd or args, not both");
    if (json->has_container && json->container.is_docker && !json->container.has_docker)
        return refuse(complaint, "container.type",
                      "a container of type DOCKER, which it is unless it says MESOS, needs docker "
                      "with an image");
    if (json->cmd != NULL || json->has_args || json->has_container) return TRUE;
    return refuse(complaint, NULL, "an app needs cmd, args or a container");
}

static gboolean check_constraints(const HfAppJson *json, const Complaint *complaint)
{
    static const char *const parts[] = {"[0]", "[1]", "[2]"};
    for (uint32_t i = 0; i < json->constraints.count; i++) {
        const HfAppConstraint *at = &json->constraints.at[i];
        HfConstraintOp op;
        int part = 0;
        g_autofree char *why = hf_constraints__refusal(at->field, at->op, at->value, &op, &part);
        if (why == NULL) continue;
        if (part == 2 && at->value == NULL) part = 1;
        return refuse(complaint, entry("constraints", i, parts[part]), why);
    }
    return TRUE;
}

static gboolean check_ports(const HfAppJson *json, const Complaint *complaint)
{
    if (json->has_ports && json->has_definitions && json->ports.count > 0 &&
        json->definitions.count > 0)
        return refuse(complaint, "ports", "an app has ports or portDefinitions, not both");
    const HfAppPort *at = json->has_definitions ? json->definitions.at : json->ports.at;
    uint32_t count = json->has_definitions ? json->definitions.count : json->ports.count;
    const char *list = json->has_definitions ? "portDefinitions" : "ports";
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (at[i].port != 0 && at[i].port == at[j].port)
                return refuse(complaint, entry(list, i, ""), "this port comes twice");
    HfAppNetworkMode mode = network_of(json);
    if (mode != HF_APP_NETWORK_HOST && count > 0 && json->networks.count > 0)
        return refuse(complaint, list, "ports of the host are for networks of mode host alone");
    if (mode == HF_APP_NETWORK_HOST && json->networks.count > 0 &&
        json->container.mappings.count > 0)
        return refuse(complaint, "container.portMappings",
                      "they are not for networks of mode host");
    return TRUE;
}

static gboolean check_healths(const HfAppJson *json, const Complaint *complaint)
{
    uint32_t mesos = 0;
    g_autoptr(GArray) fixed = g_array_new(FALSE, FALSE, sizeof(int64_t));
    uint32_t mappings = json->container.has_mappings ? json->container.mappings.count
                                                     : json->container.docker.mappings.count;
    uint32_t ports = network_of(json) == HF_APP_NETWORK_HOST
                         ? hf_app__ports(json, fixed) + fixed->len
                         : mappings;
    for (uint32_t i = 0; i < json->health.count; i++) {
        const HfAppHealthCheck *check = &json->health.at[i];
        gboolean is_marathons = check->protocol <= HF_APP_TCP && !check->has_command;
        mesos += check->protocol > HF_APP_COMMAND;
        if (is_marathons && check->port_index >= 0 && check->port_index >= ports)
            return refuse(complaint, entry("healthChecks", i, ".portIndex"),
                          "it has no port of that number");
        if (is_marathons && check->port_index < 0 && check->port < 0 && ports != 1)
            return refuse(complaint, entry("healthChecks", i, ""),
                          "it needs a port or portIndex, for the app has not just one port");
        if (mesos > 1)
            return refuse(complaint, entry("healthChecks", i, ".protocol"),
                          "an app has at most one check by Mesos");
    }
    if (json->readiness.count > 1)
        return refuse(complaint, "readinessChecks", "there is at most one");
    return TRUE;
}

static gboolean check_roles(const HfAppJson *json, const Complaint *complaint)
{
    if (json->roles == NULL) return TRUE;
    if (json->roles[0] == NULL)
        return refuse(complaint, "acceptedResourceRoles", "it must not be empty");
    gboolean is_star = strcmp(json->roles[0], "*") == 0 && json->roles[1] == NULL;
    if ((hf_app__is_resident(json) || json->has_residency) && !is_star)
        return refuse(complaint, "acceptedResourceRoles", "of a resident app it is [\"*\"]");
    return TRUE;
}

static gboolean check_state(const HfAppJson *json, const Complaint *complaint)
{
    gboolean is_resident = hf_app__is_resident(json), is_external = hf_app__is_external(json);
    if (json->has_residency && !is_resident)
        return refuse(complaint, "residency", "a resident app has a persistent volume");
    if (is_resident && is_external)
        return refuse(complaint, "container.volumes",
                      "local and external volumes of one app are not simulated");
    if ((is_resident || is_external) && json->has_upgrade && json->upgrade.most_over > 0)
        return refuse(complaint, "upgradeStrategy.maximumOverCapacity",
                      is_resident ? "of a resident app it must be 0"
                                  : "of an app with an external volume it must be 0");
    if (is_resident && json->has_unreachable && !json->unreachable.is_disabled)
        return refuse(complaint, "unreachableStrategy", "of a resident app it is \"disabled\"");
    if (is_external && json->instances > 1)
        return refuse(complaint, "instances",
                      "an app with an external volume has at most one instance");
    if (json->gpus > 0 && json->has_container && json->container.is_docker)
        return refuse(complaint, "gpus", "GPUs are for containers of type MESOS");
    return TRUE;
}

gboolean hf_app__check(const void *record, const char **key_out, char **why_out)
{
    const HfAppJson *json = record;
    Complaint complaint = {key_out, why_out};
    return check_command(json, &complaint) && check_constraints(json, &complaint) &&
           check_ports(json, &complaint) && check_healths(json, &complaint) &&
           check_roles(json, &complaint) && check_state(json, &complaint);
}
