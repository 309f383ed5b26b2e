/*
 * The allocator's state as JSON: what the `state` line of the golden scripts shows. Written from
 * the rows that the runs work on, so that a wrong one shows. Cold code: it may allocate at will.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator/allocator_internal.h"
#include "resource/json.h"

static double units(int64_t milli)
{
    return hf_sorter__units(milli);
}

/* A number where one is whole, so that 2 prints as 2 and not as 2.0. */
static void set_number(JsonObject *object, const char *name, double value)
{
    if (value == (double)(int64_t)value)
        json_object_set_int_member(object, name, (int64_t)value);
    else
        json_object_set_double_member(object, name, value);
}

static JsonNode *amounts_node(const HfAllocator *allocator, const int64_t *row, const int64_t *more)
{
    JsonObject *object = json_object_new();
    for (uint32_t k = 0; k < allocator->catalog->kind_count && k < allocator->sorters.stride; k++) {
        int64_t milli = row[k] + (more != NULL ? more[k] : 0);
        if (milli != 0)
            set_number(object, hf_kind_name(allocator->catalog, (HfKindId)k), units(milli));
    }
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return node;
}

static JsonNode *quantities_node(const HfAllocator *allocator, const HfQuantities *quantities)
{
    JsonObject *object = json_object_new();
    const HfQuantity *at = hf_quantities_entries(quantities);
    for (uint32_t i = 0; i < quantities->count; i++)
        set_number(object, hf_kind_name(allocator->catalog, at[i].kind), units(at[i].milli));
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return node;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The array sorted bytewise; frees the list, not the texts. */
static JsonNode *texts_node(GPtrArray *texts)
{
    g_ptr_array_sort(texts, compare_texts);
    JsonArray *array = json_array_new();
    for (guint i = 0; i < texts->len; i++)
        json_array_add_string_element(array, g_ptr_array_index(texts, i));
    g_ptr_array_unref(texts);
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, array);
    return node;
}

/* ---- Agents ---- */

static const char *inverse_status_name(HfInverseStatus status)
{
    return status == HF_INVERSE_ACCEPT ? "ACCEPT" : "DECLINE";
}

static void add_maintenance(const HfAllocator *allocator, const HfMaintenance *maintenance,
                            JsonObject *out)
{
    JsonObject *object = json_object_new();
    set_number(object, "start_ms", (double)(maintenance->start / HF_NS_PER_MS));
    GPtrArray *outstanding = g_ptr_array_new();
    for (uint32_t o = 0; o < maintenance->outstanding.count; o++)
        g_ptr_array_add(outstanding,
                        (gpointer)hf_text(allocator->catalog, maintenance->outstanding.at[o]));
    json_object_set_member(object, "outstanding", texts_node(outstanding));
    JsonObject *statuses = json_object_new();
    for (uint32_t a = 0; a < maintenance->answers.count; a++)
        json_object_set_string_member(
            statuses, hf_text(allocator->catalog, maintenance->answers.at[a].framework),
            inverse_status_name(maintenance->answers.at[a].status));
    json_object_set_object_member(object, "statuses", statuses);
    json_object_set_object_member(out, "maintenance", object);
}

/* What one framework was granted on the agent, under all its roles. */
static JsonNode *granted_node(const HfAllocator *allocator, const HfAgent *row, uint32_t framework)
{
    HfResources sum = {0}, part = {0};
    for (uint32_t g = 0; g < row->grants.count; g++) {
        const HfGrant *grant = &hf_few_at(&row->grants)[g];
        const HfSub *sub = &allocator->subs.at[grant->sub];
        if (sub->framework != framework) continue;
        hf_resources_copy(allocator->catalog, &part,
                          &hf_grant__bundle(allocator, grant)->resources);
        hf_resources_allocate(allocator->catalog, &part, sub->role);
        hf_resources_add(allocator->catalog, &sum, &part);
    }
    JsonNode *node = hf_resources_to_json_canonical(allocator->catalog, &sum);
    hf_resources_clear(allocator->catalog, &sum);
    hf_resources_clear(allocator->catalog, &part);
    return node;
}

static JsonObject *used_object(const HfAllocator *allocator, const HfAgent *row)
{
    JsonObject *used = json_object_new();
    for (uint32_t g = 0; g < row->grants.count; g++) {
        uint32_t framework = allocator->subs.at[hf_few_at(&row->grants)[g].sub].framework;
        const char *name = allocator->frameworks.at[framework].name;
        if (name == NULL) name = "";
        if (!json_object_has_member(used, name))
            json_object_set_member(used, name, granted_node(allocator, row, framework));
    }
    return used;
}

static JsonObject *agent_object(const HfAllocator *allocator, uint32_t agent)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfAgent *row = &allocator->agents.at[agent];
    const HfAgentInfo *info = &allocator->infos.at[agent];
    JsonObject *object = json_object_new();
    json_object_set_boolean_member(object, "active", (row->flags & HF_AGENT_ACTIVE) != 0);
    json_object_set_member(object, "total", hf_resources_to_json_canonical(catalog, &info->total));
    json_object_set_member(
        object, "available",
        hf_resources_to_json_canonical(catalog, hf_bundle__resources(row->available)));
    json_object_set_object_member(object, "used", used_object(allocator, row));
    HfResources launched = {0};
    hf_launched__list(allocator, agent, &launched);
    json_object_set_member(object, "launched", hf_resources_to_json_canonical(catalog, &launched));
    hf_resources_clear(allocator->catalog, &launched);
    if (info->maintenance != NULL) add_maintenance(allocator, info->maintenance, object);
    return object;
}

/* ---- Frameworks ---- */

static JsonObject *filters_of(const HfAllocator *allocator, uint32_t sub)
{
    JsonObject *object = json_object_new();
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        const HfAgent *agent = &allocator->agents.at[a];
        const HfFilterPlace *at = hf_few_at(&agent->filters);
        gint64 count = 0;
        for (uint32_t f = 0; f < agent->filters.count; f++)
            count += at[f].sub == sub && hf_filters__is_live(allocator, &at[f]);
        if (count > 0) json_object_set_int_member(object, allocator->infos.at[a].name, count);
    }
    return object;
}

static JsonObject *framework_object(const HfAllocator *allocator, uint32_t framework)
{
    const HfFramework *row = &allocator->frameworks.at[framework];
    JsonObject *object = json_object_new(), *filters = json_object_new();
    GPtrArray *roles = g_ptr_array_new(), *suppressed = g_ptr_array_new();
    for (uint32_t i = 0; i < row->subs.count; i++) {
        const HfSub *sub = &allocator->subs.at[row->subs.at[i]];
        gpointer path = (gpointer)hf_role_path(allocator->catalog, sub->role);
        if (sub->is_subscribed) g_ptr_array_add(roles, path);
        if (sub->is_suppressed) g_ptr_array_add(suppressed, path);
        if (sub->filters > 0)
            json_object_set_object_member(filters, path, filters_of(allocator, row->subs.at[i]));
    }
    json_object_set_boolean_member(object, "active", row->is_active);
    json_object_set_member(object, "roles", texts_node(roles));
    json_object_set_member(object, "suppressed", texts_node(suppressed));
    json_object_set_object_member(object, "filters", filters);
    gint64 inverse = hf_allocator__inverse_count(allocator, framework);
    if (inverse > 0) json_object_set_int_member(object, "inverse_filters", inverse);
    return object;
}

/* ---- Roles ---- */

static gboolean is_zero(const HfAllocator *allocator, const int64_t *row)
{
    for (uint32_t k = 0; k < allocator->sorters.stride; k++)
        if (row[k] != 0) return FALSE;
    return TRUE;
}

/* Does the role exist by itself (Mesos: its node in the role tree is not empty)? */
static gboolean is_tracked(const HfAllocator *allocator, HfRoleId role)
{
    const HfRoleState *state = &allocator->roles.at[role];
    return state->framework_count > 0 || state->has_quota || allocator->weights.at[role] != 1.0 ||
           !is_zero(allocator, hf_allocator__role_amounts(allocator, role, HF_ROLE_RESERVED));
}

/* `launched`: what it and its subtree have launched. */
static JsonObject *role_object(const HfAllocator *allocator, HfRoleId role, const int64_t *launched)
{
    const HfRoleState *state = &allocator->roles.at[role];
    const int64_t *reserved = hf_allocator__role_amounts(allocator, role, HF_ROLE_RESERVED);
    JsonObject *object = json_object_new();
    set_number(object, "weight", allocator->weights.at[role]);
    json_object_set_member(object, "guarantees", quantities_node(allocator, &state->guarantees));
    json_object_set_member(object, "limits", quantities_node(allocator, &state->limits.entries));
    json_object_set_member(object, "reserved", amounts_node(allocator, reserved, NULL));
    json_object_set_member(object, "quota_offered_or_consumed",
                           amounts_node(allocator, reserved,
                                        hf_allocator__role_amounts(allocator, role, HF_ROLE_USED)));
    json_object_set_member(object, "quota_consumed", amounts_node(allocator, reserved, launched));
    GPtrArray *frameworks = g_ptr_array_new();
    for (uint32_t s = 0; s < allocator->subs.count; s++)
        if (allocator->subs.at[s].is_live && allocator->subs.at[s].role == role &&
            allocator->subs.at[s].leaf != HF_NODE_NONE)
            g_ptr_array_add(frameworks,
                            allocator->frameworks.at[allocator->subs.at[s].framework].name);
    json_object_set_member(object, "frameworks", texts_node(frameworks));
    return object;
}

static JsonObject *roles_object(const HfAllocator *allocator)
{
    hf_allocator__book_roles((HfAllocator *)allocator); /* which it does not show */
    JsonObject *object = json_object_new();
    g_autofree int64_t *launched = hf_launched__of_roles(allocator);
    for (HfRoleId r = 0; r < allocator->roles.count; r++) {
        if (!is_tracked(allocator, r)) continue;
        for (HfRoleId role = r; role != HF_ROLE_NONE;
             role = hf_role_parent(allocator->catalog, role)) {
            const char *path = hf_role_path(allocator->catalog, role);
            if (!json_object_has_member(object, path))
                json_object_set_object_member(
                    object, path,
                    role_object(allocator, role,
                                launched + (size_t)role * allocator->catalog->kind_count));
        }
    }
    return object;
}

JsonNode *hf_allocator_roles(const HfAllocator *allocator)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, roles_object(allocator));
    return node;
}

/* ---- Sorters ---- */

static char *node_path(const HfAllocator *allocator, HfNode node)
{
    GString *path = g_string_new(NULL);
    const HfSorterNode *row = &allocator->sorters.nodes.at[node];
    for (; row->parent != HF_NODE_NONE; row = &allocator->sorters.nodes.at[row->parent]) {
        if (path->len > 0) g_string_prepend_c(path, '/');
        g_string_prepend_len(path, row->name, row->name_size);
    }
    return g_string_free(path, FALSE);
}

static void add_node(HfAllocator *allocator, HfNode node, JsonArray *out);

static void add_children(HfAllocator *allocator, HfNode internal, JsonArray *out)
{
    HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) add_node(allocator, group->order.at[i], out);
    for (uint32_t i = 0; i < group->by_name.count; i++)
        if (allocator->sorters.nodes.at[group->by_name.at[i]].kind == HF_NODE_INACTIVE)
            add_node(allocator, group->by_name.at[i], out);
}

static void add_node(HfAllocator *allocator, HfNode node, JsonArray *out)
{
    static const char *const kinds[] = {"vacant", "inactive", "active", "internal"};
    const HfSorterNode *row = &allocator->sorters.nodes.at[node];
    JsonObject *object = json_object_new();
    g_autofree char *path = node_path(allocator, node);
    json_object_set_string_member(object, "path", path);
    json_object_set_string_member(object, "kind", kinds[row->kind]);
    if (row->kind != HF_NODE_INACTIVE) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(text, sizeof text, "%.9g", hf_sorter__share(&allocator->sorters, node));
        set_number(object, "share", g_ascii_strtod(text, NULL));
    }
    json_object_set_int_member(object, "count", (gint64)row->count);
    json_object_set_member(
        object, "allocated",
        amounts_node(allocator, hf_sorter__alloc(&allocator->sorters, node), NULL));
    json_array_add_object_element(out, object);
    if (row->kind == HF_NODE_INTERNAL) add_children(allocator, node, out);
}

static void add_order(HfAllocator *allocator, HfNode internal, JsonArray *out)
{
    HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        const HfSorterNode *row = &allocator->sorters.nodes.at[group->order.at[i]];
        if (row->kind == HF_NODE_INTERNAL)
            add_order(allocator, group->order.at[i], out);
        else
            json_array_add_string_element(out, hf_role_path(allocator->catalog, row->client));
    }
}

static void add_sorters(HfAllocator *allocator, JsonObject *out)
{
    hf_allocator__book_roles(allocator);
    hf_sorters__look_up_weights(&allocator->sorters);
    JsonArray *order = json_array_new(), *nodes = json_array_new();
    add_order(allocator, allocator->role_root, order);
    json_object_set_array_member(out, "role_order", order);
    add_children(allocator, allocator->role_root, nodes);
    json_object_set_array_member(out, "role_sorter", nodes);
    JsonObject *sorters = json_object_new();
    for (HfRoleId r = 0; r < allocator->roles.count; r++) {
        if (allocator->roles.at[r].frameworks == HF_NODE_NONE) continue;
        JsonArray *children = json_array_new();
        add_children(allocator, allocator->roles.at[r].frameworks, children);
        json_object_set_array_member(sorters, hf_role_path(allocator->catalog, r), children);
    }
    json_object_set_object_member(out, "framework_sorters", sorters);
}

JsonNode *hf_allocator_state(HfAllocator *allocator)
{
    JsonObject *state = json_object_new(), *agents = json_object_new();
    JsonObject *frameworks = json_object_new();
    for (uint32_t a = 0; a < allocator->agents.count; a++)
        if (hf_allocator__agent(allocator, a) != NULL)
            json_object_set_object_member(agents, allocator->infos.at[a].name,
                                          agent_object(allocator, a));
    for (uint32_t f = 0; f < allocator->frameworks.count; f++) {
        const HfFramework *row = hf_allocator__framework(allocator, f);
        if (row != NULL)
            json_object_set_object_member(frameworks, row->name, framework_object(allocator, f));
    }
    json_object_set_object_member(state, "agents", agents);
    json_object_set_object_member(state, "frameworks", frameworks);
    json_object_set_object_member(state, "roles", roles_object(allocator));
    json_object_set_member(state, "total", amounts_node(allocator, allocator->sorters.total, NULL));
    json_object_set_boolean_member(state, "paused", allocator->is_paused);
    add_sorters(allocator, state);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, state);
    return node;
}
