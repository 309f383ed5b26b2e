/* The twin's state, in the form of the allocator's and as text; see twin.h. */
#include "reference/twin_internal.h"

#include <string.h>

#include "resource/json.h"
#include "resource/text.h"

static void set_number(JsonObject *object, const char *name, double value)
{
    if (value == (double)(int64_t)value)
        json_object_set_int_member(object, name, (int64_t)value);
    else
        json_object_set_double_member(object, name, value);
}

/* Takes what `amount` holds. */
static void set_amount(const HfTwin *twin, JsonObject *object, const char *name,
                       HfQuantities *amount)
{
    JsonObject *value = json_object_new();
    const HfQuantity *at = hf_quantities_entries(amount);
    for (uint32_t i = 0; i < amount->count; i++)
        set_number(value, hf_kind_name(twin->catalog, at[i].kind), hf_milli_to_double(at[i].milli));
    json_object_set_object_member(object, name, value);
    hf_quantities_clear(amount);
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Takes the list, not the texts. */
static void set_texts(JsonObject *object, const char *name, GPtrArray *texts)
{
    g_ptr_array_sort(texts, compare_texts);
    JsonArray *array = json_array_new();
    for (guint i = 0; i < texts->len; i++)
        json_array_add_string_element(array, g_ptr_array_index(texts, i));
    g_ptr_array_unref(texts);
    json_object_set_array_member(object, name, array);
}

static JsonObject *member_object(JsonObject *of, const char *name)
{
    if (!json_object_has_member(of, name))
        json_object_set_object_member(of, name, json_object_new());
    return json_object_get_object_member(of, name);
}

/* ---- Agents ---- */

static void set_maintenance(const HfTwinAgent *row, JsonObject *object)
{
    JsonObject *maintenance = json_object_new(), *statuses = json_object_new();
    GPtrArray *outstanding = g_ptr_array_new();
    set_number(maintenance, "start_ms", (double)(row->start / HF_NS_PER_MS));
    for (guint a = 0; a < row->answers->len; a++) {
        const HfTwinAnswer *answer = &g_array_index(row->answers, HfTwinAnswer, a);
        if (answer->is_outstanding) g_ptr_array_add(outstanding, answer->framework);
        if (answer->status != HF_INVERSE_NONE)
            json_object_set_string_member(statuses, answer->framework,
                                          answer->status == HF_INVERSE_ACCEPT ? "ACCEPT"
                                                                              : "DECLINE");
    }
    set_texts(maintenance, "outstanding", outstanding);
    json_object_set_object_member(maintenance, "statuses", statuses);
    json_object_set_object_member(object, "maintenance", maintenance);
}

static void set_used(const HfTwin *twin, uint32_t agent, JsonObject *object)
{
    JsonObject *used = json_object_new();
    for (uint32_t f = 0; f < twin->frameworks->len; f++) {
        HfResources all = {0}, part = {0};
        const char *name = HF_TWIN_FRAMEWORK(twin, f)->name;
        for (guint h = 0; h < twin->held->len; h++) {
            const HfTwinHeld *held = HF_TWIN_HELD(twin, h);
            if (held->agent != agent || held->framework != f) continue;
            hf_resources_copy(twin->catalog, &part, &held->resources);
            hf_resources_allocate(twin->catalog, &part, held->role);
            hf_resources_add(twin->catalog, &all, &part);
        }
        if (!hf_resources_is_empty(&all))
            json_object_set_member(used, name != NULL ? name : "",
                                   hf_resources_to_json_canonical(twin->catalog, &all));
        hf_resources_clear(twin->catalog, &all);
        hf_resources_clear(twin->catalog, &part);
    }
    json_object_set_object_member(object, "used", used);
}

static JsonObject *agent_object(HfTwin *twin, uint32_t agent)
{
    HfCatalog *catalog = twin->catalog;
    const HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    JsonObject *object = json_object_new();
    HfResources part = {0};
    json_object_set_boolean_member(object, "active", row->is_active);
    json_object_set_member(object, "total", hf_resources_to_json_canonical(catalog, &row->total));
    hf_twin__available(twin, agent, &part);
    json_object_set_member(object, "available", hf_resources_to_json_canonical(catalog, &part));
    set_used(twin, agent, object);
    hf_resources_copy(catalog, &part, &row->launched);
    hf_resources_add(catalog, &part, &row->early);
    json_object_set_member(object, "launched", hf_resources_to_json_canonical(catalog, &part));
    hf_resources_clear(catalog, &part);
    if (row->has_maintenance) set_maintenance(row, object);
    return object;
}

/* ---- Frameworks ---- */

static JsonObject *framework_object(const HfTwin *twin, uint32_t framework)
{
    const HfCatalog *catalog = twin->catalog;
    JsonObject *object = json_object_new(), *filters = json_object_new();
    GPtrArray *roles = g_ptr_array_new(), *suppressed = g_ptr_array_new();
    for (guint s = 0; s < twin->subs->len; s++) {
        const HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        if (sub->framework != framework) continue;
        gpointer path = (gpointer)hf_role_path(catalog, sub->role);
        if (sub->is_subscribed) g_ptr_array_add(roles, path);
        if (sub->is_suppressed) g_ptr_array_add(suppressed, path);
    }
    gint64 inverse = 0;
    for (guint f = 0; f < twin->filters->len; f++) {
        const HfTwinFilter *filter = HF_TWIN_FILTER(twin, f);
        if (filter->framework != framework) continue;
        inverse += filter->is_inverse;
        if (filter->is_inverse) continue;
        JsonObject *by_agent = member_object(filters, hf_role_path(catalog, filter->role));
        const char *agent = HF_TWIN_AGENT(twin, filter->agent)->name;
        gint64 count = json_object_get_int_member_with_default(by_agent, agent, 0);
        json_object_set_int_member(by_agent, agent, count + 1);
    }
    json_object_set_boolean_member(object, "active", HF_TWIN_FRAMEWORK(twin, framework)->is_active);
    set_texts(object, "roles", roles);
    set_texts(object, "suppressed", suppressed);
    json_object_set_object_member(object, "filters", filters);
    if (inverse > 0) json_object_set_int_member(object, "inverse_filters", inverse);
    return object;
}

/* ---- Roles and sorters ---- */

static gboolean is_tracked(HfTwin *twin, HfRoleId role)
{
    HfQuantities reserved = {0};
    hf_twin__reserved(twin, role, &reserved);
    gboolean is_reserved = !hf_quantities_is_empty(&reserved);
    hf_quantities_clear(&reserved);
    return is_reserved || hf_twin__is_client(twin, role) || hf_twin__has_quota(twin, role) ||
           hf_twin__role(twin, role)->weight != 1.0;
}

static JsonObject *role_object(HfTwin *twin, HfRoleId role)
{
    JsonObject *object = json_object_new();
    HfQuantities amount = {0};
    const HfTwinRole *row = hf_twin__role(twin, role);
    set_number(object, "weight", row->weight);
    hf_quantities_copy(&amount, &row->guarantees);
    set_amount(twin, object, "guarantees", &amount);
    JsonObject *limits = json_object_new();
    const HfQuantity *at = hf_quantities_entries(&row->limits.entries);
    for (uint32_t i = 0; i < row->limits.entries.count; i++)
        set_number(limits, hf_kind_name(twin->catalog, at[i].kind),
                   hf_milli_to_double(at[i].milli));
    json_object_set_object_member(object, "limits", limits);
    hf_twin__reserved(twin, role, &amount);
    set_amount(twin, object, "reserved", &amount);
    hf_twin__reserved(twin, role, &amount);
    hf_twin__used(twin, role, &amount);
    set_amount(twin, object, "quota_offered_or_consumed", &amount);
    hf_twin__reserved(twin, role, &amount);
    hf_twin__launched(twin, role, &amount);
    set_amount(twin, object, "quota_consumed", &amount);
    GPtrArray *frameworks = g_ptr_array_new();
    for (guint s = 0; s < twin->subs->len; s++)
        if (HF_TWIN_SUB(twin, s)->role == role)
            g_ptr_array_add(frameworks,
                            HF_TWIN_FRAMEWORK(twin, HF_TWIN_SUB(twin, s)->framework)->name);
    set_texts(object, "frameworks", frameworks);
    return object;
}

static void add_entry(HfTwin *twin, const HfTwinEntry *entry, JsonArray *out)
{
    JsonObject *object = json_object_new();
    const char *kind = !entry->is_leaf ? "internal" : entry->is_active ? "active" : "inactive";
    json_object_set_string_member(object, "path", entry->node->path);
    json_object_set_string_member(object, "kind", kind);
    if (entry->is_active) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(text, sizeof text, "%.9g", entry->share);
        set_number(object, "share", g_ascii_strtod(text, NULL));
    }
    json_object_set_int_member(object, "count", (gint64)entry->node->count);
    HfQuantities amount = {0};
    hf_quantities_copy(&amount, &entry->amount);
    set_amount(twin, object, "allocated", &amount);
    json_array_add_object_element(out, object);
}

static void add_role_entries(HfTwin *twin, HfRoleId above, JsonArray *out)
{
    g_autoptr(GArray) entries = hf_twin__role_entries(twin, above);
    for (guint e = 0; e < entries->len; e++) {
        const HfTwinEntry *entry = &g_array_index(entries, HfTwinEntry, e);
        add_entry(twin, entry, out);
        if (!entry->is_leaf) add_role_entries(twin, entry->role, out);
    }
}

static void add_sorters(HfTwin *twin, JsonObject *state)
{
    hf_twin__look_up_weights(twin);
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    hf_twin__list_roles(twin, HF_ROLE_NONE, roles);
    JsonArray *order = json_array_new(), *nodes = json_array_new();
    JsonObject *sorters = json_object_new();
    for (guint r = 0; r < roles->len; r++) {
        const char *path = hf_role_path(twin->catalog, g_array_index(roles, HfRoleId, r));
        json_array_add_string_element(order, path);
        JsonArray *children = json_array_new();
        g_autoptr(GArray) entries =
            hf_twin__framework_entries(twin, g_array_index(roles, HfRoleId, r));
        for (guint e = 0; e < entries->len; e++)
            add_entry(twin, &g_array_index(entries, HfTwinEntry, e), children);
        json_object_set_array_member(sorters, path, children);
    }
    add_role_entries(twin, HF_ROLE_NONE, nodes);
    json_object_set_array_member(state, "role_order", order);
    json_object_set_array_member(state, "role_sorter", nodes);
    json_object_set_object_member(state, "framework_sorters", sorters);
}

JsonNode *hf_twin_state(HfTwin *twin)
{
    JsonObject *state = json_object_new(), *agents = json_object_new();
    JsonObject *frameworks = json_object_new(), *roles = json_object_new();
    HfQuantities total = {0};
    for (uint32_t a = 0; a < twin->agents->len; a++)
        if (hf_twin__agent(twin, a) != NULL)
            json_object_set_object_member(agents, HF_TWIN_AGENT(twin, a)->name,
                                          agent_object(twin, a));
    for (uint32_t f = 0; f < twin->frameworks->len; f++)
        if (hf_twin__framework(twin, f) != NULL)
            json_object_set_object_member(frameworks, HF_TWIN_FRAMEWORK(twin, f)->name,
                                          framework_object(twin, f));
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) {
        if (!is_tracked(twin, r)) continue;
        for (HfRoleId role = r; role != HF_ROLE_NONE; role = hf_role_parent(twin->catalog, role)) {
            const char *path = hf_role_path(twin->catalog, role);
            if (!json_object_has_member(roles, path))
                json_object_set_object_member(roles, path, role_object(twin, role));
        }
    }
    json_object_set_object_member(state, "agents", agents);
    json_object_set_object_member(state, "frameworks", frameworks);
    json_object_set_object_member(state, "roles", roles);
    hf_twin__total(twin, &total);
    set_amount(twin, state, "total", &total);
    json_object_set_boolean_member(state, "paused", twin->is_paused);
    add_sorters(twin, state);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, state);
    return node;
}

/* ---- Everything, as text ---- */

static void print_resources(const HfTwin *twin, GString *out, const HfResources *resources)
{
    /* entry by entry: their order is part of what is to come */
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        HfResources one = {0};
        hf_resources_add_one(twin->catalog, &one, hf_resources_at(resources, i));
        g_autofree char *text = hf_resources_to_text(twin->catalog, &one);
        g_string_append_printf(out, " %s", text);
        hf_resources_clear(twin->catalog, &one);
    }
    g_string_append_c(out, ';');
}

static void print_agent(const HfTwin *twin, uint32_t agent, GString *out)
{
    const HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    g_autofree char *attributes = hf_attributes_print(twin->catalog, &row->attributes);
    g_string_append_printf(out, "\na%u %d%d %s %s/%s %u %u %s", agent, row->is_active,
                           row->is_candidate, row->hostname, row->region, row->zone,
                           row->capabilities, row->owner, attributes);
    print_resources(twin, out, &row->total);
    print_resources(twin, out, &row->granted);
    print_resources(twin, out, &row->launched);
    print_resources(twin, out, &row->early);
    if (row->has_maintenance)
        g_string_append_printf(out, " m%" G_GINT64_FORMAT "+%" G_GINT64_FORMAT, row->start,
                               row->duration);
    for (guint a = 0; a < row->answers->len; a++) {
        const HfTwinAnswer *answer = &g_array_index(row->answers, HfTwinAnswer, a);
        g_string_append_printf(out, " %s=%d%d", answer->framework, answer->is_outstanding,
                               answer->status);
    }
}

char *hf_twin_print(HfTwin *twin, HfTime now)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%d%d%d %u %" G_GINT64_FORMAT, twin->is_paused, twin->wants_run,
                           twin->is_recovering, twin->expected_agents,
                           twin->recovery_ends == HF_TIME_NEVER ? -1 : twin->recovery_ends - now);
    for (uint32_t a = 0; a < twin->agents->len; a++)
        if (hf_twin__agent(twin, a) != NULL) print_agent(twin, a, out);
    for (uint32_t f = 0; f < twin->frameworks->len; f++) {
        const HfTwinFramework *row = HF_TWIN_FRAMEWORK(twin, f);
        g_string_append_printf(out, "\nf%u %d%d %u %p", f, row->is_known, row->is_active,
                               row->capabilities, (void *)row->constraints);
    }
    for (guint s = 0; s < twin->subs->len; s++) {
        const HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        g_string_append_printf(out, "\ns%u.%u %d%d%d%d", sub->framework, sub->role,
                               sub->is_subscribed, sub->is_active, sub->is_suppressed,
                               sub->has_min ? (int)sub->min->len : -1);
    }
    for (guint h = 0; h < twin->held->len; h++) {
        const HfTwinHeld *held = HF_TWIN_HELD(twin, h);
        g_string_append_printf(out, "\nh%u.%u.%u %d", held->framework, held->role, held->agent,
                               held->is_counted);
        print_resources(twin, out, &held->resources);
    }
    for (guint f = 0; f < twin->filters->len; f++) {
        const HfTwinFilter *filter = HF_TWIN_FILTER(twin, f);
        g_string_append_printf(out, "\nx%u.%u.%u %d %" G_GINT64_FORMAT " %d", filter->framework,
                               filter->role, filter->agent, filter->is_inverse, filter->ends - now,
                               filter->armed < twin->batch_armed);
        print_resources(twin, out, &filter->refused);
    }
    for (guint n = 0; n < twin->nodes->len; n++) {
        const HfTwinNode *node = HF_TWIN_NODE(twin, n);
        g_string_append_printf(
            out, "\nn%s|%s %" G_GUINT64_FORMAT " %g", node->sorter, node->path, node->count,
            twin->catalog->quirks & HF_QUIRK_WEIGHT_CACHE && node->has_weight ? node->weight
                                                                              : -1.0);
    }
    for (uint32_t r = 0; r < twin->role_room; r++) {
        g_autofree char *guarantees =
            hf_quantities_print(twin->catalog, &twin->roles[r].guarantees);
        g_autofree char *limits = hf_limits_print(twin->catalog, &twin->roles[r].limits);
        g_string_append_printf(out, "\nr%u %s %s %g", r, guarantees, limits, twin->roles[r].weight);
    }
    for (guint h = 0; twin->whitelist != NULL && h < twin->whitelist->len; h++)
        g_string_append_printf(out, "\nw%s", (const char *)g_ptr_array_index(twin->whitelist, h));
    return g_string_free(out, FALSE);
}
