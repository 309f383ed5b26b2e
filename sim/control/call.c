/* Operator calls from JSON; see call.h. */
#include "control/call.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "base/near.h"
#include "resource/attributes.h"
#include "resource/json.h"
#include "resource/text.h"

/* Where in the body the reader is, and where what went wrong goes. */
typedef struct Reader {
    HfCatalog *catalog;
    GString *path;
    GError **error;
} Reader;

const char *hf_call_key(HfCallType type)
{
    static const char *const keys[HF_CALL_TYPES] = {
        "reserve_resources",
        "unreserve_resources",
        "create_volumes",
        "destroy_volumes",
        "grow_volume",
        "shrink_volume",
        "update_weights",
        "update_quota",
        "set_quota",
        "remove_quota",
        "update_maintenance_schedule",
        "start_maintenance",
        "stop_maintenance",
        "drain_agent",
        "deactivate_agent",
        "reactivate_agent",
        "mark_agent_gone",
        "teardown",
        "get_roles",
        "get_agents",
        "get_quota",
        "get_weights",
        "restart_agent",
    };
    HF_ASSERT(type < HF_CALL_TYPES);
    return keys[type];
}

static gboolean fail(Reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(Reader *reader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(reader->error, HF_CALL_ERROR, 1, text);
    return FALSE;
}

/* Go to a member; the length to go back to. */
static gsize enter(Reader *reader, const char *name)
{
    gsize length = reader->path->len;
    g_string_append_printf(reader->path, "%s%s", length > 0 ? "." : "", name);
    return length;
}

static gsize enter_item(Reader *reader, guint i)
{
    gsize length = reader->path->len;
    g_string_append_printf(reader->path, "[%u]", i);
    return length;
}

static void leave(Reader *reader, gsize length)
{
    g_string_truncate(reader->path, length);
}

/* ---- plain values ---- */

/* An object with none but the keys of a NULL-terminated list. */
static JsonObject *object_of(Reader *reader, JsonNode *node, const char *const *keys)
{
    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        fail(reader, "expected a mapping");
        return NULL;
    }
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) names = json_object_get_members(object);
    for (GList *at = names; at != NULL; at = at->next) {
        if (g_strv_contains(keys, at->data)) continue;
        const char *near = hf_near_find(at->data, keys);
        g_autofree char *known = g_strjoinv(", ", (char **)keys);
        enter(reader, at->data);
        if (near != NULL)
            fail(reader, "unknown key; did you mean \"%s\"?", near);
        else if (keys[0] == NULL)
            fail(reader, "unknown key; it has none");
        else
            fail(reader, "unknown key; known here: %s", known);
        return NULL;
    }
    return object;
}

static JsonNode *member(Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL) fail(reader, "key %s is missing", name);
    return node;
}

static const char *text_of(Reader *reader, JsonNode *node)
{
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING &&
        json_node_get_string(node)[0] != '\0')
        return json_node_get_string(node);
    fail(reader, "expected a name");
    return NULL;
}

static gboolean number_of(Reader *reader, JsonNode *node, double *value_out)
{
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) return fail(reader, "expected a number");
    *value_out = json_node_get_double(node);
    return isfinite(*value_out) || fail(reader, "expected a finite number");
}

static gboolean flag_of(Reader *reader, JsonObject *object, const char *name, gboolean *out)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL) return TRUE;
    gsize length = enter(reader, name);
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return fail(reader, "expected true or false");
    *out = json_node_get_boolean(node);
    leave(reader, length);
    return TRUE;
}

/* {"value": "S00000003"}, or the name alone. */
static gboolean id_of(Reader *reader, JsonObject *object, const char *name, char **out)
{
    static const char *const keys[] = {"value", NULL};
    JsonNode *node = member(reader, object, name);
    if (node == NULL) return FALSE;
    gsize length = enter(reader, name);
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        JsonObject *id = object_of(reader, node, keys);
        if (id == NULL || (node = member(reader, id, "value")) == NULL) return FALSE;
    }
    const char *text = text_of(reader, node);
    if (text == NULL) return FALSE;
    *out = g_strdup(text);
    leave(reader, length);
    return TRUE;
}

/* {"nanoseconds": 5000000000}; never negative. */
static gboolean time_of(Reader *reader, JsonObject *object, const char *name, HfTime *out)
{
    static const char *const keys[] = {"nanoseconds", NULL};
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL) return TRUE;
    gsize length = enter(reader, name);
    JsonObject *time = object_of(reader, node, keys);
    double value = 0;
    if (time == NULL || (node = member(reader, time, "nanoseconds")) == NULL ||
        !number_of(reader, node, &value))
        return FALSE;
    if (value < 0 || value > 9e18) return fail(reader, "expected from 0 to 9e18 nanoseconds");
    *out = (HfTime)value;
    leave(reader, length);
    return TRUE;
}

static gboolean role_of(Reader *reader, JsonObject *object, HfRoleId *out)
{
    JsonNode *node = member(reader, object, "role");
    const char *text = node != NULL ? text_of(reader, node) : NULL;
    if (text == NULL) return FALSE;
    gsize length = enter(reader, "role");
    if (!hf_role_intern(reader->catalog, text, out, reader->error)) return FALSE;
    leave(reader, length);
    return TRUE;
}

static JsonArray *list_of(Reader *reader, JsonObject *object, const char *name)
{
    JsonNode *node = member(reader, object, name);
    if (node == NULL) return NULL;
    if (JSON_NODE_HOLDS_ARRAY(node)) return json_node_get_array(node);
    enter(reader, name);
    fail(reader, "expected a list");
    return NULL;
}

/* ---- operations ---- */

static gboolean resources_of(Reader *reader, JsonObject *object, const char *name, HfResources *out)
{
    JsonNode *node = member(reader, object, name);
    if (node == NULL) return FALSE;
    gsize length = enter(reader, name);
    if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(array); i++) {
            JsonNode *item = json_array_get_element(array, i);
            if (!JSON_NODE_HOLDS_OBJECT(item)) break; /* canonical strings: read below */
            HfResources one = {0};
            gsize before = enter_item(reader, i);
            if (!hf_resources_add_json(reader->catalog, &one, json_node_get_object(item),
                                       reader->error))
                return FALSE;
            hf_resources_clear(reader->catalog, &one);
            leave(reader, before);
        }
    }
    if (!hf_resources_from_json(reader->catalog, node, out, reader->error)) return FALSE;
    leave(reader, length);
    return TRUE;
}

/* One Resource object. */
static gboolean resource_of(Reader *reader, JsonObject *object, const char *name, HfResources *out)
{
    JsonNode *node = member(reader, object, name);
    if (node == NULL) return FALSE;
    gsize length = enter(reader, name);
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(reader, "expected one resource");
    if (!hf_resources_add_json(reader->catalog, out, json_node_get_object(node), reader->error))
        return FALSE;
    leave(reader, length);
    return TRUE;
}

static gboolean read_operation(Reader *reader, JsonNode *body, HfCall *call)
{
    static const struct {
        HfOperationType type;
        const char *resources;
        const char *keys[5];
    } shapes[] = {
        [HF_CALL_RESERVE_RESOURCES] = {HF_OPERATION_RESERVE,
                                       "resources",
                                       {"agent_id", "source", "resources", NULL}},
        [HF_CALL_UNRESERVE_RESOURCES] = {HF_OPERATION_UNRESERVE,
                                         "resources",
                                         {"agent_id", "resources", NULL}},
        [HF_CALL_CREATE_VOLUMES] = {HF_OPERATION_CREATE, "volumes", {"agent_id", "volumes", NULL}},
        [HF_CALL_DESTROY_VOLUMES] = {HF_OPERATION_DESTROY,
                                     "volumes",
                                     {"agent_id", "volumes", NULL}},
        [HF_CALL_GROW_VOLUME] = {HF_OPERATION_GROW_VOLUME,
                                 NULL,
                                 {"agent_id", "volume", "addition", NULL}},
        [HF_CALL_SHRINK_VOLUME] = {HF_OPERATION_SHRINK_VOLUME,
                                   NULL,
                                   {"agent_id", "volume", "subtract", NULL}},
    };
    static const char *const scalar[] = {"value", NULL};
    HfOperation *operation = &call->operation;
    operation->type = shapes[call->type].type;
    JsonObject *object = object_of(reader, body, shapes[call->type].keys);
    if (object == NULL || !id_of(reader, object, "agent_id", &call->agent)) return FALSE;
    if (shapes[call->type].resources != NULL) {
        operation->has_source = json_object_has_member(object, "source");
        return resources_of(reader, object, shapes[call->type].resources, &operation->resources) &&
               (!operation->has_source ||
                resources_of(reader, object, "source", &operation->source));
    }
    if (!resource_of(reader, object, "volume", &operation->resources)) return FALSE;
    if (call->type == HF_CALL_GROW_VOLUME)
        return resource_of(reader, object, "addition", &operation->addition);
    JsonNode *subtract = member(reader, object, "subtract");
    double value = 0;
    if (subtract == NULL) return FALSE;
    enter(reader, "subtract");
    JsonObject *amount = object_of(reader, subtract, scalar);
    if (amount == NULL || (subtract = member(reader, amount, "value")) == NULL ||
        !number_of(reader, subtract, &value))
        return FALSE;
    if (fabs(value) > 1e12) return fail(reader, "too large");
    operation->subtract_milli = llround(value * 1000);
    return TRUE;
}

/* What the resources must be, whatever the cluster has (400 in Mesos). */
static gboolean check_operation(Reader *reader, const HfCall *call)
{
    static const char *const places[] = {"resources", "resources", "volumes",
                                         "volumes",   "volume",    "volume"};
    g_string_assign(reader->path, places[call->type]);
    return hf_operation_check(reader->catalog, &call->operation, reader->error);
}

/* ---- roles ---- */

static gboolean read_weights(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"weight_infos", NULL};
    static const char *const info_keys[] = {"role", "weight", NULL};
    JsonObject *object = object_of(reader, body, keys);
    JsonArray *list = object ? list_of(reader, object, "weight_infos") : NULL;
    if (list == NULL) return FALSE;
    enter(reader, "weight_infos");
    for (guint i = 0; i < json_array_get_length(list); i++) {
        gsize length = enter_item(reader, i);
        HfWeightInfo info = {0};
        JsonObject *entry = object_of(reader, json_array_get_element(list, i), info_keys);
        JsonNode *weight;
        if (entry == NULL || !role_of(reader, entry, &info.role) ||
            (weight = member(reader, entry, "weight")) == NULL)
            return FALSE;
        enter(reader, "weight");
        if (!number_of(reader, weight, &info.weight)) return FALSE;
        if (info.weight <= 0) return fail(reader, "a weight must be positive");
        hf_vec_push(&call->weights, info);
        leave(reader, length);
    }
    return TRUE;
}

/* {"cpus": {"value": 4}, ...}: each at most what Mesos takes. */
static gboolean amounts_of(Reader *reader, JsonObject *config, const char *name,
                           HfQuantities *quantities, HfLimits *limits)
{
    static const char *const keys[] = {"value", NULL};
    JsonNode *node = json_object_get_member(config, name);
    if (node == NULL) return TRUE;
    gsize length = enter(reader, name);
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(reader, "expected a mapping");
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) names = json_object_get_members(object);
    for (GList *at = names; at != NULL; at = at->next) {
        gsize before = enter(reader, at->data);
        JsonObject *scalar = object_of(reader, json_object_get_member(object, at->data), keys);
        double value = 0;
        JsonNode *number = scalar ? member(reader, scalar, "value") : NULL;
        if (number == NULL || !number_of(reader, number, &value)) return FALSE;
        gboolean is_megabytes = strcmp(at->data, "mem") == 0 || strcmp(at->data, "disk") == 0;
        double most = is_megabytes ? 0x1p40 : 1e12;
        if (value < 0) return fail(reader, "expected a number from 0");
        if (value > most) return fail(reader, "more than %.0f", most);
        HfKindId kind = hf_kind_intern(reader->catalog, at->data, HF_TYPE_SCALAR);
        if (kind == HF_KIND_NONE) return fail(reader, "too many kinds of resources");
        kind = reader->catalog->kind[kind].quantity;
        int64_t milli = llround(value * 1000);
        if (quantities != NULL)
            hf_quantities_set(quantities, kind, milli);
        else
            hf_limits_set(limits, kind, milli);
        leave(reader, before);
    }
    leave(reader, length);
    return TRUE;
}

static gboolean read_quota_config(Reader *reader, JsonNode *node, HfQuotaConfig *config)
{
    static const char *const keys[] = {"role", "guarantees", "limits", NULL};
    JsonObject *object = object_of(reader, node, keys);
    if (object == NULL || !role_of(reader, object, &config->role) ||
        !amounts_of(reader, object, "guarantees", &config->guarantees, NULL) ||
        !amounts_of(reader, object, "limits", NULL, &config->limits))
        return FALSE;
    if (hf_role_depth(reader->catalog, config->role) > 1)
        return fail(reader, "quota on a nested role is not supported (MESOS-7402)");
    return hf_limits_contains_quantities(&config->limits, &config->guarantees) ||
           fail(reader, "the guarantees are more than the limits");
}

static gboolean read_quotas(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"force", "quota_configs", NULL};
    JsonObject *object = object_of(reader, body, keys);
    if (object == NULL || !flag_of(reader, object, "force", &call->is_forced)) return FALSE;
    JsonArray *list = list_of(reader, object, "quota_configs");
    if (list == NULL) return FALSE;
    enter(reader, "quota_configs");
    for (guint i = 0; i < json_array_get_length(list); i++) {
        gsize length = enter_item(reader, i);
        hf_vec_push_zero(&call->quotas);
        if (!read_quota_config(reader, json_array_get_element(list, i), hf_vec_last(&call->quotas)))
            return FALSE;
        leave(reader, length);
    }
    return TRUE;
}

/* Legacy SET_QUOTA: what is guaranteed is the limit, too; plain scalars, each name once. */
static gboolean read_set_quota(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"quota_request", NULL};
    static const char *const request_keys[] = {"force", "role", "guarantee", NULL};
    JsonObject *object = object_of(reader, body, keys);
    JsonNode *node = object ? member(reader, object, "quota_request") : NULL;
    if (node == NULL) return FALSE;
    enter(reader, "quota_request");
    HfResources guarantee = {0};
    hf_vec_push_zero(&call->quotas);
    HfQuotaConfig *config = hf_vec_last(&call->quotas);
    object = object_of(reader, node, request_keys);
    if (object == NULL || !flag_of(reader, object, "force", &call->is_forced) ||
        !role_of(reader, object, &config->role) ||
        !resources_of(reader, object, "guarantee", &guarantee))
        return FALSE;
    gboolean is_plain = TRUE;
    for (uint32_t i = 0; i < hf_resources_count(&guarantee) && is_plain; i++) {
        const HfResource *entry = hf_resources_at(&guarantee, i);
        HfKindId kind = reader->catalog->kind[entry->kind].quantity;
        is_plain = hf_kind_type(reader->catalog, entry->kind) == HF_TYPE_SCALAR &&
                   entry->meta == HF_META_PLAIN &&
                   hf_quantities_get(&config->guarantees, kind) == 0;
        if (!is_plain) break;
        hf_quantities_set(&config->guarantees, kind, entry->milli);
        hf_limits_set(&config->limits, kind, entry->milli);
    }
    hf_resources_clear(reader->catalog, &guarantee);
    enter(reader, "guarantee");
    if (!is_plain) return fail(reader, "a quota is of plain scalars, each name once");
    return hf_role_depth(reader->catalog, config->role) <= 1 ||
           fail(reader, "quota on a nested role is not supported (MESOS-7402)");
}

static gboolean read_role(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"role", NULL};
    JsonObject *object = object_of(reader, body, keys);
    return object != NULL && role_of(reader, object, &call->role);
}

/* ---- machines ---- */

static gboolean has_machine(const HfCall *call, const char *hostname)
{
    for (guint32 i = 0; i < call->machines.count; i++)
        if (strcmp(call->machines.at[i].hostname, hostname) == 0) return TRUE;
    return FALSE;
}

static gboolean read_machine(Reader *reader, JsonNode *node, HfCall *call, HfTime start,
                             HfTime duration)
{
    static const char *const keys[] = {"hostname", "ip", NULL};
    JsonObject *object = object_of(reader, node, keys);
    if (object == NULL) return FALSE;
    JsonNode *hostname = json_object_get_member(object, "hostname");
    JsonNode *ip = json_object_get_member(object, "ip");
    const char *text = hostname ? text_of(reader, hostname) : "";
    if (text == NULL) return FALSE;
    if (ip != NULL &&
        (text_of(reader, ip) == NULL || !g_hostname_is_ip_address(json_node_get_string(ip)))) {
        enter(reader, "ip");
        if (*reader->error == NULL) fail(reader, "not an ip address");
        return FALSE;
    }
    if (hostname == NULL && ip == NULL) return fail(reader, "a machine needs a hostname or an ip");
    g_autofree char *lower = g_ascii_strdown(hostname ? text : json_node_get_string(ip), -1);
    if (has_machine(call, lower)) return fail(reader, "machine %s is there twice", lower);
    hf_vec_push(&call->machines, (HfMachineWindow){g_steal_pointer(&lower), start, duration});
    return TRUE;
}

static gboolean read_machine_list(Reader *reader, JsonObject *object, const char *name,
                                  HfCall *call, HfTime start, HfTime duration)
{
    JsonArray *list = list_of(reader, object, name);
    if (list == NULL) return FALSE;
    gsize length = enter(reader, name);
    if (json_array_get_length(list) == 0) return fail(reader, "the list of machines is empty");
    for (guint i = 0; i < json_array_get_length(list); i++) {
        gsize before = enter_item(reader, i);
        if (!read_machine(reader, json_array_get_element(list, i), call, start, duration))
            return FALSE;
        leave(reader, before);
    }
    leave(reader, length);
    return TRUE;
}

static gboolean read_window(Reader *reader, JsonNode *node, HfCall *call)
{
    static const char *const keys[] = {"machine_ids", "unavailability", NULL};
    static const char *const span_keys[] = {"start", "duration", NULL};
    JsonObject *object = object_of(reader, node, keys);
    JsonNode *unavailability = object ? member(reader, object, "unavailability") : NULL;
    if (unavailability == NULL) return FALSE;
    HfTime start = -1, duration = HF_TIME_NEVER;
    gsize length = enter(reader, "unavailability");
    JsonObject *span = object_of(reader, unavailability, span_keys);
    if (span == NULL || !time_of(reader, span, "start", &start) ||
        !time_of(reader, span, "duration", &duration))
        return FALSE;
    if (start < 0) return fail(reader, "key start is missing");
    leave(reader, length);
    return read_machine_list(reader, object, "machine_ids", call, start, duration);
}

static gboolean read_schedule(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"schedule", NULL}, *const inner[] = {"windows", NULL};
    JsonObject *object = object_of(reader, body, keys);
    JsonNode *node = object ? member(reader, object, "schedule") : NULL;
    if (node == NULL) return FALSE;
    enter(reader, "schedule");
    JsonObject *schedule = object_of(reader, node, inner);
    if (schedule == NULL) return FALSE;
    if (!json_object_has_member(schedule, "windows")) return TRUE; /* an empty schedule */
    JsonArray *list = list_of(reader, schedule, "windows");
    if (list == NULL) return FALSE;
    enter(reader, "windows");
    for (guint i = 0; i < json_array_get_length(list); i++) {
        gsize before = enter_item(reader, i);
        if (!read_window(reader, json_array_get_element(list, i), call)) return FALSE;
        leave(reader, before);
    }
    return TRUE;
}

static gboolean read_machines(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"machines", NULL};
    JsonObject *object = object_of(reader, body, keys);
    return object != NULL && read_machine_list(reader, object, "machines", call, 0, HF_TIME_NEVER);
}

/* ---- agents and frameworks ---- */

static gboolean read_drain(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"agent_id", "max_grace_period", "mark_gone", NULL};
    JsonObject *object = object_of(reader, body, keys);
    call->max_grace_period = HF_TIME_NEVER;
    return object != NULL && id_of(reader, object, "agent_id", &call->agent) &&
           time_of(reader, object, "max_grace_period", &call->max_grace_period) &&
           flag_of(reader, object, "mark_gone", &call->mark_gone);
}

static gboolean read_agent(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"agent_id", NULL};
    JsonObject *object = object_of(reader, body, keys);
    return object != NULL && id_of(reader, object, "agent_id", &call->agent);
}

/* Text under a key that may be absent. */
static gboolean string_of(Reader *reader, JsonObject *object, const char *name, char **out)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL) return TRUE;
    gsize length = enter(reader, name);
    const char *text = text_of(reader, node);
    if (text == NULL) return FALSE;
    *out = g_strdup(text);
    leave(reader, length);
    return TRUE;
}

static gboolean check_flags(Reader *reader, const HfCall *call)
{
    HfResources resources = {0};
    HfAttributes attributes = {0};
    GError *error = NULL;
    const char *where = "resources";
    gboolean is_good = call->resources == NULL ||
                       hf_resources_parse(reader->catalog, call->resources, HF_ROLE_STAR,
                                          HF_PARSE_AGENT, &resources, &error);
    if (is_good && call->attributes != NULL) {
        where = "attributes";
        is_good = hf_attributes_parse(reader->catalog, call->attributes, &attributes, &error);
    }
    hf_resources_clear(reader->catalog, &resources);
    hf_attributes_clear(reader->catalog, &attributes);
    if (is_good) return TRUE;
    enter(reader, where);
    fail(reader, "%s", error->message);
    g_error_free(error);
    return FALSE;
}

/* As --recover: "reconnect" or "cleanup". */
static gboolean recover_of(Reader *reader, JsonObject *object, gboolean *cleans_up_out)
{
    g_autofree char *word = NULL;
    if (!string_of(reader, object, "recover", &word)) return FALSE;
    *cleans_up_out = g_strcmp0(word, "cleanup") == 0;
    if (word == NULL || *cleans_up_out || strcmp(word, "reconnect") == 0) return TRUE;
    enter(reader, "recover");
    return fail(reader, "expected reconnect or cleanup");
}

static gboolean read_restart(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"agent_id",  "resources", "attributes", "down",
                                       "forget_id", "recover",   NULL};
    JsonObject *object = object_of(reader, body, keys);
    call->down = 5 * HF_NS_PER_SECOND;
    return object != NULL && id_of(reader, object, "agent_id", &call->agent) &&
           string_of(reader, object, "resources", &call->resources) &&
           string_of(reader, object, "attributes", &call->attributes) &&
           time_of(reader, object, "down", &call->down) &&
           flag_of(reader, object, "forget_id", &call->forget_id) &&
           recover_of(reader, object, &call->cleans_up) && check_flags(reader, call);
}

static gboolean read_framework(Reader *reader, JsonNode *body, HfCall *call)
{
    static const char *const keys[] = {"framework_id", NULL};
    JsonObject *object = object_of(reader, body, keys);
    return object != NULL && id_of(reader, object, "framework_id", &call->framework);
}

/* Queries have no body: {}. */
static gboolean read_nothing(Reader *reader, JsonNode *body)
{
    static const char *const keys[] = {NULL};
    return object_of(reader, body, keys) != NULL;
}

static gboolean read_call(Reader *reader, JsonNode *body, HfCall *call)
{
    switch (call->type) {
    case HF_CALL_RESERVE_RESOURCES:
    case HF_CALL_UNRESERVE_RESOURCES:
    case HF_CALL_CREATE_VOLUMES:
    case HF_CALL_DESTROY_VOLUMES:
    case HF_CALL_GROW_VOLUME:
    case HF_CALL_SHRINK_VOLUME:
        return read_operation(reader, body, call) && check_operation(reader, call);
    case HF_CALL_UPDATE_WEIGHTS:
        return read_weights(reader, body, call);
    case HF_CALL_UPDATE_QUOTA:
        return read_quotas(reader, body, call);
    case HF_CALL_SET_QUOTA:
        return read_set_quota(reader, body, call);
    case HF_CALL_REMOVE_QUOTA:
        return read_role(reader, body, call);
    case HF_CALL_UPDATE_MAINTENANCE_SCHEDULE:
        return read_schedule(reader, body, call);
    case HF_CALL_START_MAINTENANCE:
    case HF_CALL_STOP_MAINTENANCE:
        return read_machines(reader, body, call);
    case HF_CALL_DRAIN_AGENT:
        return read_drain(reader, body, call);
    case HF_CALL_RESTART_AGENT:
        return read_restart(reader, body, call);
    case HF_CALL_TEARDOWN:
        return read_framework(reader, body, call);
    case HF_CALL_GET_ROLES:
    case HF_CALL_GET_AGENTS:
    case HF_CALL_GET_QUOTA:
    case HF_CALL_GET_WEIGHTS:
        return read_nothing(reader, body);
    default:
        return read_agent(reader, body, call);
    }
}

gboolean hf_call_from_json(HfCatalog *catalog, HfCallType type, JsonNode *body, HfCall *out,
                           char **path_out, GError **error)
{
    GError *inner = NULL;
    g_autoptr(GString) path = g_string_new(NULL);
    Reader reader = {catalog, path, &inner};
    hf_call_clear(catalog, out);
    out->type = type;
    if (read_call(&reader, body, out)) return TRUE;
    HF_ASSERT(inner != NULL);
    hf_call_clear(catalog, out);
    *path_out = g_strdup(path->str);
    g_propagate_error(error, inner);
    return FALSE;
}

void hf_call_clear(HfCatalog *catalog, HfCall *call)
{
    g_free(call->agent);
    g_free(call->framework);
    g_free(call->resources);
    g_free(call->attributes);
    hf_operation_clear(catalog, &call->operation);
    for (guint32 i = 0; i < call->quotas.count; i++) {
        hf_quantities_clear(&call->quotas.at[i].guarantees);
        hf_limits_clear(&call->quotas.at[i].limits);
    }
    for (guint32 i = 0; i < call->machines.count; i++) g_free(call->machines.at[i].hostname);
    hf_vec_clear(&call->weights);
    hf_vec_clear(&call->quotas);
    hf_vec_clear(&call->machines);
    *call = (HfCall){0};
}
