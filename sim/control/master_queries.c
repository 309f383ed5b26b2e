/*
 * What operators look up: GET_ROLES, GET_AGENTS, GET_QUOTA, GET_WEIGHTS. Each answers with a JSON
 * object in the words of Mesos: amounts by name, resources as lists of objects. Lists are sorted,
 * so that an answer is the same in each run. Cold: what is asked for is added up from the tables.
 *
 * GET_ROLES shows what Mesos's older endpoint /roles does, which knows more of a role; GET_AGENTS
 * also what /slaves and an agent's /state say of roles. Frameworks stand with their names.
 *
 * Source: Mesos 1.11 src/master/readonly_handler.cpp (roles, getAgents), Master::knownRoles,
 * quota_handler.cpp (status), weights_handler.cpp (get).
 */
#include <string.h>

#include "base/assert.h"
#include "control/master_internal.h"
#include "resource/json.h"

/* ---- amounts ---- */

static void set_amount(JsonObject *object, const char *name, int64_t milli)
{
    if (milli % 1000 == 0)
        json_object_set_int_member(object, name, milli / 1000);
    else
        json_object_set_double_member(object, name, (double)milli / 1000.0);
}

static JsonObject *amounts(const HfMaster *master, const HfQuantities *quantities)
{
    JsonObject *object = json_object_new();
    const HfQuantity *at = hf_quantities_entries(quantities);
    for (uint32_t i = 0; i < quantities->count; i++)
        set_amount(object, hf_kind_name(master->catalog, at[i].kind), at[i].milli);
    return object;
}

/* Those of a collection, and forget it. */
static JsonObject *amounts_of(const HfMaster *master, HfResources *resources)
{
    HfQuantities sum = {0};
    hf_resources_quantities(master->catalog, resources, &sum);
    JsonObject *object = amounts(master, &sum);
    hf_quantities_clear(&sum);
    hf_resources_clear(master->catalog, resources);
    return object;
}

/* ---- roles ---- */

static gboolean has_role(const HfFrameworkRow *framework, HfRoleId role)
{
    for (uint32_t r = 0; r < framework->role_count; r++)
        if (framework->roles[r] == role) return TRUE;
    return FALSE;
}

static void add_frameworks(const HfMaster *master, HfRoleId role, JsonObject *out)
{
    JsonArray *names = json_array_new();
    g_autofree gboolean *runs_there = g_new0(gboolean, master->frameworks.count);
    for (guint32 t = 0; t < master->tasks.count; t++) {
        const HfTaskRow *task = &master->tasks.at[t];
        if (task->framework != NO_ROW && task->role == role && task->is_holding)
            runs_there[task->framework] = TRUE;
    }
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        const HfFrameworkRow *framework = &master->frameworks.at[f];
        if (hf_master__is_there(framework) && (has_role(framework, role) || runs_there[f]))
            json_array_add_string_element(names, framework->name);
    }
    json_object_set_array_member(out, "frameworks", names);
}

/* What tasks of the role and those below it use, and what their frameworks are offered. */
static void add_held(HfMaster *master, HfRoleId role, JsonObject *out)
{
    HfCatalog *catalog = master->catalog;
    HfResources allocated = {0}, offered = {0}, both = {0};
    for (guint32 a = 0; a < master->agents.count; a++) {
        const HfAgentRow *agent = &master->agents.at[a];
        for (uint32_t t = agent->first_task; t != NO_ROW;
             t = master->tasks.at[t].links.next_of_agent)
            if (master->tasks.at[t].is_holding &&
                hf_master__is_within(master, master->tasks.at[t].role, role))
                hf_resources_add(catalog, &allocated,
                                 hf_parcel_resources(master->tasks.at[t].resources));
        for (uint32_t o = hf_master__first_offer(master, a); o != NO_ROW;
             o = hf_master__next_offer(master, o))
            if (hf_master__is_within(master, master->offers.at[o].role, role))
                hf_resources_add(catalog, &offered,
                                 hf_parcel_resources(master->offers.at[o].resources));
    }
    hf_resources_copy(catalog, &both, &allocated);
    hf_resources_add(catalog, &both, &offered);
    json_object_set_object_member(out, "allocated", amounts_of(master, &allocated));
    json_object_set_object_member(out, "offered", amounts_of(master, &offered));
    json_object_set_object_member(out, "resources", amounts_of(master, &both));
}

/* A member of what the allocator says of a role, or nothing. */
static void copy_member(JsonObject *from, const char *name, JsonObject *to, const char *as)
{
    if (from == NULL)
        json_object_set_object_member(to, as, json_object_new());
    else
        json_object_set_member(to, as, json_object_dup_member(from, name));
}

static JsonObject *role_object(HfMaster *master, HfRoleId role, JsonObject *known)
{
    const char *path = hf_role_path(master->catalog, role);
    JsonObject *object = json_object_new(), *quota = json_object_new();
    json_object_set_string_member(object, "name", path);
    json_object_set_double_member(object, "weight", hf_allocator_weight(master->allocator, role));
    json_object_set_string_member(quota, "role", path);
    copy_member(known, "guarantees", quota, "guarantee");
    copy_member(known, "limits", quota, "limit");
    copy_member(known, "quota_consumed", quota, "consumed");
    json_object_set_object_member(object, "quota", quota);
    copy_member(known, "reserved", object, "reserved");
    add_held(master, role, object);
    add_frameworks(master, role, object);
    return object;
}

static int by_path(const void *a, const void *b, void *catalog)
{
    return strcmp(hf_role_path(catalog, *(const HfRoleId *)a),
                  hf_role_path(catalog, *(const HfRoleId *)b));
}

/* All that the allocator keeps something of, with their ancestors, sorted; if the master has a list
 * of roles, those of the list instead, likewise. */
static GArray *known_roles(const HfMaster *master, JsonObject *kept)
{
    GArray *roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    HfRoleId count = master->catalog->role_count;
    for (HfRoleId r = 0; r < count; r++) {
        gboolean is_known = master->config.role_count > 0
                                ? hf_master__is_whitelisted(master, r)
                                : json_object_has_member(kept, hf_role_path(master->catalog, r));
        for (HfRoleId role = r; is_known && role != HF_ROLE_NONE;
             role = hf_role_parent(master->catalog, role))
            if (g_hash_table_add(seen, GUINT_TO_POINTER((guint)role + 1)))
                g_array_append_val(roles, role);
    }
    g_array_sort_with_data(roles, by_path, master->catalog);
    return roles;
}

static JsonObject *get_roles(HfMaster *master, HfTextId principal)
{
    g_autoptr(JsonNode) node = hf_allocator_roles(master->allocator);
    JsonObject *kept = json_node_get_object(node), *answer = json_object_new();
    g_autoptr(GArray) roles = known_roles(master, kept);
    JsonArray *list = json_array_new();
    for (guint i = 0; i < roles->len; i++) {
        HfRoleId role = g_array_index(roles, HfRoleId, i);
        const char *path = hf_role_path(master->catalog, role);
        if (!hf_master__may(master, HF_ACTION_VIEW_ROLE, principal, path)) continue;
        JsonObject *known =
            json_object_has_member(kept, path) ? json_object_get_object_member(kept, path) : NULL;
        json_array_add_object_element(list, role_object(master, role, known));
    }
    json_object_set_array_member(answer, "roles", list);
    return answer;
}

/* ---- weights and quota ---- */

/* Those that are not 1. */
static JsonObject *get_weights(HfMaster *master, HfTextId principal)
{
    JsonObject *answer = json_object_new();
    JsonArray *list = json_array_new();
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    HfRoleId count = master->catalog->role_count;
    for (HfRoleId r = 0; r < count; r++)
        if (hf_allocator_weight(master->allocator, r) != 1.0 &&
            hf_master__may(master, HF_ACTION_VIEW_ROLE, principal,
                           hf_role_path(master->catalog, r)))
            g_array_append_val(roles, r);
    g_array_sort_with_data(roles, by_path, master->catalog);
    for (guint i = 0; i < roles->len; i++) {
        HfRoleId role = g_array_index(roles, HfRoleId, i);
        JsonObject *info = json_object_new();
        json_object_set_string_member(info, "role", hf_role_path(master->catalog, role));
        json_object_set_double_member(info, "weight", hf_allocator_weight(master->allocator, role));
        json_array_add_object_element(list, info);
    }
    json_object_set_array_member(answer, "weight_infos", list);
    return answer;
}

static JsonObject *get_quota(HfMaster *master, HfTextId principal)
{
    JsonObject *answer = json_object_new(), *status = json_object_new();
    JsonArray *list = json_array_new();
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    for (guint32 q = 0; q < master->quotas.count; q++)
        g_array_append_val(roles, master->quotas.at[q].role);
    g_array_sort_with_data(roles, by_path, master->catalog);
    for (guint i = 0; i < roles->len; i++) {
        HfRoleId role = g_array_index(roles, HfRoleId, i);
        guint32 q = 0;
        while (master->quotas.at[q].role != role) q++;
        const char *path = hf_role_path(master->catalog, role);
        if (!hf_master__may(master, HF_ACTION_GET_QUOTA, principal, path)) continue;
        JsonObject *config = json_object_new();
        json_object_set_string_member(config, "role", path);
        json_object_set_object_member(config, "guarantees",
                                      amounts(master, &master->quotas.at[q].guarantees));
        json_object_set_object_member(config, "limits",
                                      amounts(master, &master->quotas.at[q].limits.entries));
        json_array_add_object_element(list, config);
    }
    json_object_set_array_member(status, "configs", list);
    json_object_set_object_member(answer, "status", status);
    return answer;
}

/* ---- agents ---- */

static void copy_unreserved(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_reset(catalog, out);
    for (uint32_t i = 0; i < hf_resources_count(from); i++)
        if (hf_meta_is_unreserved(catalog, hf_resources_at(from, i)->meta))
            hf_resources_add_one(catalog, out, hf_resources_at(from, i));
}

/* {role: amounts} of what is reserved, in the order of the collection. */
static JsonObject *by_reservation(const HfMaster *master, const HfResources *resources)
{
    HfCatalog *catalog = master->catalog;
    JsonObject *object = json_object_new();
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (hf_meta_is_unreserved(catalog, entry->meta)) continue;
        HfRoleId role = hf_meta_reservation_role(catalog, entry->meta);
        if (json_object_has_member(object, hf_role_path(catalog, role))) continue;
        HfResources part = {0};
        for (uint32_t k = i; k < hf_resources_count(resources); k++) {
            const HfResource *other = hf_resources_at(resources, k);
            if (!hf_meta_is_unreserved(catalog, other->meta) &&
                hf_meta_reservation_role(catalog, other->meta) == role)
                hf_resources_add_one(catalog, &part, other);
        }
        json_object_set_object_member(object, hf_role_path(catalog, role),
                                      amounts_of(master, &part));
    }
    return object;
}

static void add_resources(const HfMaster *master, const HfResources *resources, const char *full,
                          const char *reserved, const char *unreserved, JsonObject *out)
{
    HfResources part = {0};
    json_object_set_member(out, full, hf_resources_to_json(master->catalog, resources));
    if (reserved == NULL) return;
    json_object_set_object_member(out, reserved, by_reservation(master, resources));
    copy_unreserved(master->catalog, resources, &part);
    json_object_set_object_member(out, unreserved, amounts_of(master, &part));
}

static JsonObject *agent_object(HfMaster *master, uint32_t row)
{
    static const char *const drains[] = {
        [HF_DRAIN_NONE] = NULL, [HF_DRAIN_GOING] = "DRAINING", [HF_DRAIN_DONE] = "DRAINED"};
    HfCatalog *catalog = master->catalog;
    const HfAgentRow *agent = &master->agents.at[row];
    const HfAgentMore *more = &master->agents_more.at[row];
    JsonObject *object = json_object_new(), *info = json_object_new(), *id = json_object_new();
    json_object_set_string_member(id, "value", more->name);
    json_object_set_object_member(info, "id", id);
    json_object_set_string_member(info, "hostname", more->hostname);
    json_object_set_object_member(object, "agent_info", info);
    json_object_set_boolean_member(object, "active", agent->standing == HF_STANDING_REGISTERED);
    json_object_set_boolean_member(object, "deactivated", agent->is_deactivated);
    if (agent->drain != HF_DRAIN_NONE) {
        JsonObject *drain = json_object_new();
        json_object_set_string_member(drain, "state", drains[agent->drain]);
        json_object_set_object_member(object, "drain_info", drain);
    }
    HfResources allocated = {0}, offered = {0};
    for (uint32_t t = agent->first_task; t != NO_ROW; t = master->tasks.at[t].links.next_of_agent)
        if (master->tasks.at[t].is_holding)
            hf_resources_add(catalog, &allocated,
                             hf_parcel_resources(master->tasks.at[t].resources));
    for (uint32_t o = hf_master__first_offer(master, row); o != NO_ROW;
         o = hf_master__next_offer(master, o))
        hf_resources_add(catalog, &offered, hf_parcel_resources(master->offers.at[o].resources));
    add_resources(master, more->total, "total_resources", "reserved_resources",
                  "unreserved_resources", object);
    add_resources(master, &allocated, "allocated_resources", "reserved_resources_allocated",
                  "unreserved_resources_allocated", object);
    add_resources(master, &offered, "offered_resources", NULL, NULL, object);
    json_object_set_object_member(object, "used_resources", amounts_of(master, &allocated));
    hf_resources_clear(catalog, &offered);
    return object;
}

static JsonObject *get_agents(HfMaster *master)
{
    JsonObject *answer = json_object_new();
    JsonArray *list = json_array_new();
    for (guint32 a = 0; a < master->agents.count; a++)
        if (hf_master__is_held(&master->agents.at[a]))
            json_array_add_object_element(list, agent_object(master, a));
    json_object_set_array_member(answer, "agents", list);
    return answer;
}

/* ---- all of them ---- */

int hf_master__on_query(HfMaster *master, HfTextId principal, const HfCall *call, char **answer_out)
{
    JsonObject *object = call->type == HF_CALL_GET_ROLES     ? get_roles(master, principal)
                         : call->type == HF_CALL_GET_QUOTA   ? get_quota(master, principal)
                         : call->type == HF_CALL_GET_WEIGHTS ? get_weights(master, principal)
                                                             : get_agents(master);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    json_object_unref(object);
    *answer_out = json_to_string(node, FALSE);
    return 200;
}
