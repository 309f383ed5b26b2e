/* See replay.h. Agents and frameworks get a row of their own at first sight of their id and keep
 * it, so that an id that comes back is the same row. */
#include "tools/replay.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "allocator/allocator.h"
#include "base/intern.h"
#include "resource/json.h"
#include "resource/text.h"

struct HfReplay {
    HfCatalog *catalog;
    HfAllocator *allocator; /* NULL before init */
    HfIntern *agents, *frameworks;
    HfOfferList list;
    HfTime now, interval, next_batch;
    gint64 number; /* of the operation */
    JsonObject *line;
    GPtrArray *out;
};

HfReplay *hf_replay_new(void)
{
    HfReplay *replay = g_new0(HfReplay, 1);
    replay->catalog = hf_catalog_new(HF_QUIRKS_MESOS);
    replay->agents = hf_intern_new();
    replay->frameworks = hf_intern_new();
    return replay;
}

void hf_replay_free(HfReplay *replay)
{
    if (replay == NULL) return;
    hf_offer_list_clear(replay->catalog, &replay->list);
    hf_allocator_free(replay->allocator);
    hf_intern_free(replay->agents);
    hf_intern_free(replay->frameworks);
    hf_catalog_free(replay->catalog);
    g_free(replay);
}

/* ---- Output ---- */

static gint64 now_ms(const HfReplay *replay)
{
    return replay->now / HF_NS_PER_MS;
}

static JsonObject *event(const char *what)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "ev", what);
    return object;
}

static void put(HfReplay *replay, JsonObject *object)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    g_ptr_array_add(replay->out, node);
}

typedef struct Sortable {
    const char *framework, *role, *agent;
    uint32_t place;
} Sortable;

static gint compare_events(gconstpointer a, gconstpointer b)
{
    const Sortable *x = a, *y = b;
    int order = strcmp(x->framework, y->framework);
    if (order == 0) order = strcmp(x->role, y->role);
    return order != 0 ? order : strcmp(x->agent, y->agent);
}

/* The offers of one run, in order of framework, role and agent. */
static void put_offers(HfReplay *replay)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(Sortable));
    for (uint32_t o = 0; o < replay->list.offers.count; o++) {
        const HfOffered *offer = &replay->list.offers.at[o];
        Sortable one = {hf_intern_name(replay->frameworks, offer->framework),
                        hf_role_path(replay->catalog, offer->role),
                        hf_intern_name(replay->agents, offer->agent), o};
        g_array_append_val(order, one);
    }
    g_array_sort(order, compare_events);
    for (guint i = 0; i < order->len; i++) {
        const Sortable *one = &g_array_index(order, Sortable, i);
        JsonObject *object = event("offer");
        json_object_set_int_member(object, "t", now_ms(replay));
        json_object_set_string_member(object, "framework", one->framework);
        json_object_set_string_member(object, "role", one->role);
        json_object_set_string_member(object, "agent", one->agent);
        json_object_set_member(object, "resources",
                               hf_resources_to_json_canonical(
                                   replay->catalog, &replay->list.offers.at[one->place].resources));
        put(replay, object);
    }
}

static void put_inverse_offers(HfReplay *replay)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(Sortable));
    for (uint32_t o = 0; o < replay->list.inverse.count; o++) {
        const HfInverseOffered *offer = &replay->list.inverse.at[o];
        Sortable one = {hf_intern_name(replay->frameworks, offer->framework), "",
                        hf_intern_name(replay->agents, offer->agent), o};
        g_array_append_val(order, one);
    }
    g_array_sort(order, compare_events);
    for (guint i = 0; i < order->len; i++) {
        const Sortable *one = &g_array_index(order, Sortable, i);
        const HfInverseOffered *offer = &replay->list.inverse.at[one->place];
        JsonObject *object = event("inverse_offer");
        json_object_set_int_member(object, "t", now_ms(replay));
        json_object_set_string_member(object, "framework", one->framework);
        json_object_set_string_member(object, "agent", one->agent);
        json_object_set_int_member(object, "start_ms", offer->start / HF_NS_PER_MS);
        if (offer->duration != HF_TIME_NEVER)
            json_object_set_int_member(object, "duration_ms", offer->duration / HF_NS_PER_MS);
        put(replay, object);
    }
}

static void put_run(HfReplay *replay)
{
    put_offers(replay);
    put_inverse_offers(replay);
    hf_offer_list_reset(replay->catalog, &replay->list);
}

/* ---- Fields ---- */

static gboolean bad(GError **error, const char *field, const char *why)
{
    g_set_error(error, HF_REPLAY_ERROR, 0, "%s: %s", field, why);
    return FALSE;
}

/* What the allocator says to a caller that broke its contract. */
static gboolean status_ok(HfStatus status, GError **error)
{
    if (status == HF_OK) return TRUE;
    if (error != NULL && *error == NULL)
        g_set_error(error, HF_REPLAY_ERROR, 0, "refused: %s", hf_status_name(status));
    return FALSE;
}

static JsonNode *field(const HfReplay *replay, const char *name)
{
    JsonNode *node = json_object_get_member(replay->line, name);
    return node == NULL || JSON_NODE_HOLDS_NULL(node) ? NULL : node;
}

static gboolean is_text(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

/* NULL when absent. */
static gboolean text_field(HfReplay *replay, const char *name, gboolean required,
                           const char **text_out, GError **error)
{
    JsonNode *node = field(replay, name);
    *text_out = NULL;
    if (node == NULL) return required ? bad(error, name, "is missing") : TRUE;
    if (!is_text(node)) return bad(error, name, "must be a text");
    *text_out = json_node_get_string(node);
    return TRUE;
}

/* Unchanged when absent. */
static gboolean number_field(HfReplay *replay, const char *name, gboolean required,
                             double *number_out, GError **error)
{
    JsonNode *node = field(replay, name);
    if (node == NULL) return required ? bad(error, name, "is missing") : TRUE;
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) return bad(error, name, "must be a number");
    *number_out = json_node_get_double(node);
    return TRUE;
}

static gboolean flag_field(HfReplay *replay, const char *name, gboolean *flag_out, GError **error)
{
    JsonNode *node = field(replay, name);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return bad(error, name, "must be true or false");
    *flag_out = json_node_get_boolean(node);
    return TRUE;
}

/* A time in milliseconds; FALSE in *given_out when absent. */
static gboolean ms_field(HfReplay *replay, const char *name, gboolean required, HfTime *time_out,
                         gboolean *given_out, GError **error)
{
    double ms = -1.0;
    if (!number_field(replay, name, required, &ms, error)) return FALSE;
    gboolean given = field(replay, name) != NULL;
    if (given_out != NULL) *given_out = given;
    if (!given) return TRUE;
    if (!(ms >= 0.0) || ms > (double)(HF_TIME_MAX / HF_NS_PER_MS))
        return bad(error, name, "is out of range");
    *time_out = (HfTime)llround(ms * 1e6);
    return TRUE;
}

static gboolean known(HfReplay *replay, HfIntern *names, const char *name, uint32_t *row_out,
                      GError **error)
{
    const char *id;
    if (!text_field(replay, name, TRUE, &id, error)) return FALSE;
    *row_out = hf_intern(names, id);
    return TRUE;
}

static gboolean role_of(HfReplay *replay, const char *path, HfRoleId *role_out, GError **error)
{
    return hf_role_intern(replay->catalog, path, role_out, error);
}

/* A list of texts, copied; empty when absent. */
static gboolean texts_field(HfReplay *replay, const char *name, GPtrArray **texts_out,
                            GError **error)
{
    *texts_out = g_ptr_array_new();
    JsonNode *node = field(replay, name);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_ARRAY(node)) return bad(error, name, "must be a list");
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);
        if (!is_text(element)) return bad(error, name, "must be a list of texts");
        g_ptr_array_add(*texts_out, (gpointer)json_node_get_string(element));
    }
    return TRUE;
}

static gboolean roles_field(HfReplay *replay, const char *name, GArray *roles, GError **error)
{
    g_autoptr(GPtrArray) texts = NULL;
    if (!texts_field(replay, name, &texts, error)) return FALSE;
    for (guint i = 0; i < texts->len; i++) {
        HfRoleId role;
        if (!role_of(replay, g_ptr_array_index(texts, i), &role, error)) return FALSE;
        g_array_append_val(roles, role);
    }
    return TRUE;
}

static gboolean resources_field(HfReplay *replay, const char *name, HfResources *out,
                                GError **error)
{
    JsonNode *node = field(replay, name);
    if (node == NULL) return bad(error, name, "is missing");
    if (hf_resources_from_json(replay->catalog, node, out, error)) return TRUE;
    g_prefix_error(error, "%s: ", name);
    return FALSE;
}

/* The one allocation role of some resources. */
static gboolean allocation_role(HfReplay *replay, const HfResources *resources, HfRoleId *role_out,
                                GError **error)
{
    *role_out = HF_ROLE_NONE;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        HfRoleId role =
            hf_meta_allocation_role(replay->catalog, hf_resources_at(resources, i)->meta);
        if (role == HF_ROLE_NONE || (i > 0 && role != *role_out))
            return bad(error, "resources", "must all be allocated to one role");
        *role_out = role;
    }
    return TRUE;
}

/* Capabilities by name from a table that ends with {NULL}. */
typedef struct Capability {
    const char *name;
    uint32_t bit;
} Capability;

static const Capability framework_capabilities[] = {
    {"REVOCABLE_RESOURCES", HF_CAPABILITY_REVOCABLE_RESOURCES},
    {"GPU_RESOURCES", HF_CAPABILITY_GPU_RESOURCES},
    {"SHARED_RESOURCES", HF_CAPABILITY_SHARED_RESOURCES},
    {"PARTITION_AWARE", HF_CAPABILITY_PARTITION_AWARE},
    {"MULTI_ROLE", HF_CAPABILITY_MULTI_ROLE},
    {"RESERVATION_REFINEMENT", HF_CAPABILITY_RESERVATION_REFINEMENT},
    {"REGION_AWARE", HF_CAPABILITY_REGION_AWARE},
    {"TASK_KILLING_STATE", 0},
    {NULL, 0}};

static const Capability agent_capabilities[] = {
    {"MULTI_ROLE", HF_AGENT_CAPABILITY_MULTI_ROLE},
    {"HIERARCHICAL_ROLE", HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE},
    {"RESERVATION_REFINEMENT", HF_AGENT_CAPABILITY_RESERVATION_REFINEMENT},
    {"RESOURCE_PROVIDER", 0},
    {"RESIZE_VOLUME", 0},
    {"AGENT_OPERATION_FEEDBACK", 0},
    {"AGENT_DRAINING", 0},
    {"TASK_RESOURCE_LIMITS", 0},
    {NULL, 0}};

static gboolean capabilities_field(HfReplay *replay, const Capability *table, uint32_t *bits_out,
                                   GError **error)
{
    if (field(replay, "capabilities") == NULL) return TRUE;
    g_autoptr(GPtrArray) texts = NULL;
    if (!texts_field(replay, "capabilities", &texts, error)) return FALSE;
    *bits_out = 0;
    for (guint i = 0; i < texts->len; i++) {
        const Capability *entry = table;
        while (entry->name != NULL && strcmp(entry->name, g_ptr_array_index(texts, i)) != 0)
            entry++;
        if (entry->name == NULL) return bad(error, "capabilities", "has an unknown name");
        *bits_out |= entry->bit;
    }
    return TRUE;
}

/* "region/zone" into two new texts; both NULL when absent. */
static gboolean domain_field(HfReplay *replay, char **region_out, char **zone_out, GError **error)
{
    const char *domain;
    *region_out = *zone_out = NULL;
    if (!text_field(replay, "domain", FALSE, &domain, error)) return FALSE;
    if (domain == NULL) return TRUE;
    const char *slash = strchr(domain, '/');
    if (slash == NULL) return bad(error, "domain", "must be region/zone");
    *region_out = g_strndup(domain, (gsize)(slash - domain));
    *zone_out = g_strdup(slash + 1);
    return TRUE;
}

/* ---- What somebody holds from the start ---- */

typedef struct Used {
    HfCatalog *catalog;
    GArray *holdings; /* of HfHolding */
    GPtrArray *parts; /* of HfResources *, what the holdings point to */
} Used;

static void used_init(HfReplay *replay, Used *used)
{
    used->catalog = replay->catalog;
    used->holdings = g_array_new(FALSE, TRUE, sizeof(HfHolding));
    used->parts = g_ptr_array_new();
}

static void used_clear(Used *used)
{
    for (guint i = 0; i < used->parts->len; i++) {
        hf_resources_clear(used->catalog, g_ptr_array_index(used->parts, i));
        g_free(g_ptr_array_index(used->parts, i));
    }
    g_ptr_array_unref(used->parts);
    g_array_unref(used->holdings);
}

/* Split by allocation role. */
static gboolean used_add(Used *used, HfHolding holding, JsonNode *node, GError **error)
{
    HfResources all = {0};
    if (!hf_resources_from_json(used->catalog, node, &all, error)) return FALSE;
    while (!hf_resources_is_empty(&all)) {
        holding.role = hf_meta_allocation_role(used->catalog, hf_resources_at(&all, 0)->meta);
        if (holding.role == HF_ROLE_NONE) {
            hf_resources_clear(used->catalog, &all);
            return bad(error, "used", "must be allocated to a role");
        }
        HfResources *part = g_new0(HfResources, 1);
        hf_resources_allocated_to(used->catalog, &all, holding.role, part);
        hf_resources_subtract(used->catalog, &all, part);
        g_ptr_array_add(used->parts, part);
        holding.resources = part;
        g_array_append_val(used->holdings, holding);
    }
    hf_resources_clear(used->catalog, &all);
    return TRUE;
}

/* `used`: resources by framework (of an agent) or by agent (of a framework). */
static gboolean used_field(HfReplay *replay, Used *used, uint32_t agent, uint32_t framework,
                           GError **error)
{
    JsonNode *node = field(replay, "used");
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node)) return bad(error, "used", "must be an object");
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    while (json_object_iter_next_ordered(&iter, &name, &member)) {
        HfHolding holding = {.framework = framework, .agent = agent};
        if (framework == UINT32_MAX) {
            holding.framework = hf_intern(replay->frameworks, name);
            holding.framework_name = name;
        } else {
            holding.agent = hf_intern(replay->agents, name);
        }
        if (!used_add(used, holding, member, error)) return FALSE;
    }
    return TRUE;
}

/* ---- init ---- */

/* Alternatives of a minimum, as one text with '|' or as a list. */
static gboolean alternatives(HfReplay *replay, JsonNode *node, GArray *out, GError **error)
{
    g_auto(GStrv) parts = NULL;
    if (is_text(node)) {
        parts = g_strsplit(json_node_get_string(node), "|", -1);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        parts = g_new0(char *, json_array_get_length(array) + 1);
        for (guint i = 0; i < json_array_get_length(array); i++) {
            JsonNode *element = json_array_get_element(array, i);
            parts[i] = g_strdup(is_text(element) ? json_node_get_string(element) : "?");
        }
    } else {
        return bad(error, "min_allocatable", "must be a text or a list of texts");
    }
    for (char **part = parts; *part != NULL; part++) {
        HfQuantities quantities = {0};
        if (!hf_quantities_parse(replay->catalog, *part, &quantities, error)) return FALSE;
        g_array_append_val(out, quantities);
    }
    return TRUE;
}

static void clear_quantities(gpointer data)
{
    hf_quantities_clear(data);
}

static GArray *quantities_array(void)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(HfQuantities));
    g_array_set_clear_func(array, clear_quantities);
    return array;
}

static gboolean minimum_field(HfReplay *replay, GArray *out, GError **error)
{
    JsonNode *node = json_object_get_member(replay->line, "min_allocatable");
    if (node != NULL && JSON_NODE_HOLDS_NULL(node)) return TRUE;
    g_autoptr(JsonNode) standard = NULL;
    if (node == NULL) {
        standard = json_node_new(JSON_NODE_VALUE);
        json_node_set_string(standard, "cpus:0.01|mem:32");
        node = standard;
    }
    return alternatives(replay, node, out, error);
}

static gboolean sorter_field(HfReplay *replay, const char *name, HfSorterKind *kind_out,
                             GError **error)
{
    const char *text;
    if (!text_field(replay, name, FALSE, &text, error)) return FALSE;
    if (text == NULL || strcmp(text, "drf") == 0)
        *kind_out = HF_SORTER_DRF;
    else if (strcmp(text, "random") == 0)
        *kind_out = HF_SORTER_RANDOM;
    else
        return bad(error, name, "must be drf or random");
    return TRUE;
}

static gboolean op_init(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfAllocatorConfig config;
    hf_allocator_config_init(&config);
    config.agent_order = HF_AGENT_ORDER_SORTED;
    config.quirks = HF_ALLOCATOR_QUIRKS_MESOS;
    g_autoptr(GArray) minimum = quantities_array();
    g_autoptr(GPtrArray) excluded = NULL;
    g_autofree char *region = NULL, *zone = NULL;
    if (!ms_field(replay, "allocation_interval_ms", FALSE, &config.interval, NULL, error) ||
        !ms_field(replay, "recovery_timeout_ms", FALSE, &config.recovery_timeout, NULL, error) ||
        !number_field(replay, "agent_recovery_factor", FALSE, &config.agent_recovery_factor,
                      error) ||
        !flag_field(replay, "filter_gpu_resources", &config.filter_gpu_resources, error) ||
        !sorter_field(replay, "role_sorter", &config.role_sorter, error) ||
        !sorter_field(replay, "framework_sorter", &config.framework_sorter, error) ||
        !domain_field(replay, &region, &zone, error) || !minimum_field(replay, minimum, error) ||
        !texts_field(replay, "fairness_exclude", &excluded, error))
        return FALSE;
    if (config.interval <= 0) return bad(error, "allocation_interval_ms", "must be positive");
    g_autofree HfKindId *kinds = g_new0(HfKindId, excluded->len + 1);
    for (guint i = 0; i < excluded->len; i++)
        kinds[i] = hf_kind_intern(replay->catalog, g_ptr_array_index(excluded, i), HF_TYPE_SCALAR);
    config.region = region;
    config.min_allocatable = (HfQuantities *)(gpointer)minimum->data;
    config.min_allocatable_count = minimum->len;
    config.fairness_excluded = kinds;
    config.fairness_excluded_count = excluded->len;
    replay->allocator = hf_allocator_new(replay->catalog, &config);
    replay->interval = config.interval;
    replay->next_batch = config.interval;
    hf_allocator_batch_armed(replay->allocator);
    return TRUE;
}

/* ---- Agents ---- */

static gboolean agent_spec(HfReplay *replay, HfAgentSpec *spec, HfAttributes *attributes,
                           char **region, char **zone, GError **error)
{
    const char *text;
    if (!text_field(replay, "hostname", FALSE, &spec->hostname, error) ||
        !text_field(replay, "attributes", FALSE, &text, error) ||
        !capabilities_field(replay, agent_capabilities, &spec->capabilities, error) ||
        !domain_field(replay, region, zone, error))
        return FALSE;
    if (text != NULL) {
        if (!hf_attributes_parse(replay->catalog, text, attributes, error)) return FALSE;
        spec->attributes = attributes;
    }
    spec->region = *region;
    spec->zone = *zone;
    return TRUE;
}

static gboolean op_add_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    if (!known(replay, replay->agents, "id", &agent, error)) return FALSE;
    HfAgentSpec spec = {.name = hf_intern_name(replay->agents, agent),
                        .capabilities = HF_AGENT_CAPABILITY_ALL,
                        .owner = HF_ROLE_NONE,
                        .unavailable_duration = HF_TIME_NEVER};
    HfResources total = {0};
    HfAttributes attributes = {0};
    g_autofree char *region = NULL, *zone = NULL;
    Used used;
    used_init(replay, &used);
    gboolean done =
        resources_field(replay, "resources", &total, error) &&
        agent_spec(replay, &spec, &attributes, &region, &zone, error) &&
        ms_field(replay, "start_ms", FALSE, &spec.unavailable_start, &spec.has_unavailability,
                 error) &&
        ms_field(replay, "duration_ms", FALSE, &spec.unavailable_duration, NULL, error) &&
        used_field(replay, &used, agent, UINT32_MAX, error);
    if (done) {
        spec.total = &total;
        done = status_ok(hf_allocator_agent_add(replay->allocator, replay->now, agent, &spec,
                                                (const HfHolding *)(gpointer)used.holdings->data,
                                                used.holdings->len),
                         error);
    }
    used_clear(&used);
    hf_resources_clear(replay->catalog, &total);
    hf_attributes_clear(replay->catalog, &attributes);
    return done;
}

static gboolean op_update_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    if (!known(replay, replay->agents, "id", &agent, error)) return FALSE;
    HfAgentSpec spec = {.capabilities = HF_AGENT_CAPABILITIES_KEEP, .owner = HF_ROLE_NONE};
    HfResources total = {0};
    HfAttributes attributes = {0};
    g_autofree char *region = NULL, *zone = NULL;
    gboolean has_total = field(replay, "resources") != NULL;
    gboolean done = (!has_total || resources_field(replay, "resources", &total, error)) &&
                    agent_spec(replay, &spec, &attributes, &region, &zone, error);
    if (done) {
        spec.total = has_total ? &total : NULL;
        done = status_ok(hf_allocator_agent_update(replay->allocator, replay->now, agent, &spec),
                         error);
    }
    hf_resources_clear(replay->catalog, &total);
    hf_attributes_clear(replay->catalog, &attributes);
    return done;
}

typedef HfStatus (*RowCall)(HfAllocator *allocator, HfTime now, uint32_t row);

static gboolean row_op(HfReplay *replay, HfIntern *names, RowCall call, GError **error)
{
    uint32_t row;
    return known(replay, names, "id", &row, error) &&
           status_ok(call(replay->allocator, replay->now, row), error);
}

static gboolean op_remove_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    return row_op(replay, replay->agents, hf_allocator_agent_remove, error);
}

static gboolean op_activate_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    return row_op(replay, replay->agents, hf_allocator_agent_activate, error);
}

static gboolean op_deactivate_agent(HfReplay *replay, JsonObject *ok, GError **error)
{
    return row_op(replay, replay->agents, hf_allocator_agent_deactivate, error);
}

/* ---- Frameworks ---- */

/* What a framework's operation carries besides its name, as long as the call lasts. */
typedef struct FrameworkInput {
    GArray *roles, *suppressed;
    GArray *minima;        /* of HfRoleMinimum */
    GPtrArray *quantities; /* of GArray, what the minima point to */
    HfOfferConstraints *constraints;
    HfFrameworkSpec spec;
} FrameworkInput;

static void input_clear(FrameworkInput *input)
{
    g_array_unref(input->roles);
    g_array_unref(input->suppressed);
    g_array_unref(input->minima);
    g_ptr_array_unref(input->quantities);
    hf_offer_constraints_unref(input->constraints);
}

static gboolean minima_field(HfReplay *replay, FrameworkInput *input, GError **error)
{
    JsonNode *node = field(replay, "min_allocatable");
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node)) return bad(error, "min_allocatable", "must be an object");
    JsonObjectIter iter;
    const char *path;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    while (json_object_iter_next_ordered(&iter, &path, &member)) {
        HfRoleMinimum minimum = {0};
        GArray *quantities = quantities_array();
        g_ptr_array_add(input->quantities, quantities);
        if (!role_of(replay, path, &minimum.role, error) ||
            !alternatives(replay, member, quantities, error))
            return FALSE;
        minimum.alternatives = (const HfQuantities *)(gpointer)quantities->data;
        minimum.count = quantities->len;
        g_array_append_val(input->minima, minimum);
    }
    return TRUE;
}

static void unref_array(gpointer array)
{
    g_array_unref(array);
}

static gboolean framework_input(HfReplay *replay, FrameworkInput *input, GError **error)
{
    *input = (FrameworkInput){
        .roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId)),
        .suppressed = g_array_new(FALSE, FALSE, sizeof(HfRoleId)),
        .minima = g_array_new(FALSE, TRUE, sizeof(HfRoleMinimum)),
        .quantities = g_ptr_array_new_with_free_func(unref_array),
        .spec = {.active = TRUE,
                 .capabilities = HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_RESERVATION_REFINEMENT}};
    if (!roles_field(replay, "roles", input->roles, error) ||
        !roles_field(replay, "suppressed_roles", input->suppressed, error) ||
        !capabilities_field(replay, framework_capabilities, &input->spec.capabilities, error) ||
        !flag_field(replay, "active", &input->spec.active, error) ||
        !minima_field(replay, input, error))
        return FALSE;
    JsonNode *constraints = field(replay, "offer_constraints");
    if (constraints != NULL) {
        input->constraints = hf_offer_constraints_from_json(replay->catalog, constraints, error);
        if (input->constraints == NULL) return FALSE;
    }
    input->spec.roles = (const HfRoleId *)(gpointer)input->roles->data;
    input->spec.role_count = input->roles->len;
    input->spec.suppressed = (const HfRoleId *)(gpointer)input->suppressed->data;
    input->spec.suppressed_count = input->suppressed->len;
    input->spec.minima = (const HfRoleMinimum *)(gpointer)input->minima->data;
    input->spec.minimum_count = input->minima->len;
    input->spec.constraints = input->constraints;
    return TRUE;
}

static gboolean op_add_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t framework;
    if (!known(replay, replay->frameworks, "id", &framework, error)) return FALSE;
    FrameworkInput input;
    Used used;
    used_init(replay, &used);
    gboolean done = framework_input(replay, &input, error) &&
                    used_field(replay, &used, UINT32_MAX, framework, error);
    if (done) {
        input.spec.name = hf_intern_name(replay->frameworks, framework);
        done = status_ok(hf_allocator_framework_add(
                             replay->allocator, replay->now, framework, &input.spec,
                             (const HfHolding *)(gpointer)used.holdings->data, used.holdings->len),
                         error);
    }
    used_clear(&used);
    input_clear(&input);
    return done;
}

static gboolean op_update_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t framework;
    if (!known(replay, replay->frameworks, "id", &framework, error)) return FALSE;
    FrameworkInput input;
    gboolean done = framework_input(replay, &input, error);
    if (done)
        done = status_ok(
            hf_allocator_framework_update(replay->allocator, replay->now, framework, &input.spec),
            error);
    input_clear(&input);
    return done;
}

static gboolean op_remove_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    return row_op(replay, replay->frameworks, hf_allocator_framework_remove, error);
}

static gboolean op_activate_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    return row_op(replay, replay->frameworks, hf_allocator_framework_activate, error);
}

static gboolean op_deactivate_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    return row_op(replay, replay->frameworks, hf_allocator_framework_deactivate, error);
}

typedef HfStatus (*RolesCall)(HfAllocator *allocator, HfTime now, uint32_t framework,
                              const HfRoleId *roles, uint32_t role_count);

static gboolean roles_op(HfReplay *replay, RolesCall call, GError **error)
{
    uint32_t framework;
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    return known(replay, replay->frameworks, "framework", &framework, error) &&
           roles_field(replay, "roles", roles, error) &&
           status_ok(call(replay->allocator, replay->now, framework,
                          (const HfRoleId *)(gpointer)roles->data, roles->len),
                     error);
}

static gboolean op_suppress(HfReplay *replay, JsonObject *ok, GError **error)
{
    return roles_op(replay, hf_allocator_suppress, error);
}

static gboolean op_revive(HfReplay *replay, JsonObject *ok, GError **error)
{
    return roles_op(replay, hf_allocator_revive, error);
}

/* ---- Resources ---- */

/* Who, where and what, common to the operations on offers. */
static gboolean target(HfReplay *replay, uint32_t *framework, uint32_t *agent, HfResources *out,
                       HfRoleId *role, GError **error)
{
    return known(replay, replay->frameworks, "framework", framework, error) &&
           known(replay, replay->agents, "agent", agent, error) &&
           resources_field(replay, "resources", out, error) &&
           allocation_role(replay, out, role, error);
}

static gboolean op_recover(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfResources resources = {0};
    HfRecovery recovery = {.resources = &resources, .refuse_seconds = HF_NO_FILTER};
    gboolean done =
        target(replay, &recovery.framework, &recovery.agent, &resources, &recovery.role, error) &&
        number_field(replay, "filter_s", FALSE, &recovery.refuse_seconds, error) &&
        flag_field(replay, "launched", &recovery.launched, error);
    if (done) {
        /* a number that is written is never "no filter" */
        if (field(replay, "filter_s") != NULL && recovery.refuse_seconds == HF_NO_FILTER)
            recovery.refuse_seconds = -2.0;
        HfStatus status = hf_allocator_recover(replay->allocator, replay->now, &recovery);
        /* what is gone was recovered with it: Mesos ignores the call */
        done = status == HF_UNKNOWN || status_ok(status, error);
    }
    hf_resources_clear(replay->catalog, &resources);
    return done;
}

static gboolean op_launch(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfResources resources = {0};
    uint32_t framework, agent;
    HfRoleId role;
    gboolean done =
        target(replay, &framework, &agent, &resources, &role, error) &&
        status_ok(hf_allocator_launched(replay->allocator, framework, agent, role, &resources),
                  error);
    hf_resources_clear(replay->catalog, &resources);
    return done;
}

static void clear_operations(HfReplay *replay, GArray *operations)
{
    for (guint i = 0; i < operations->len; i++)
        hf_operation_clear(replay->catalog, &g_array_index(operations, HfOperation, i));
    g_array_unref(operations);
}

static gboolean operations_field(HfReplay *replay, GArray *out, GError **error)
{
    JsonNode *node = field(replay, "operations");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return bad(error, "operations", "must be a list");
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        HfOperation operation = {0};
        if (!hf_operation_from_json(replay->catalog, json_array_get_element(array, i), &operation,
                                    error)) {
            g_prefix_error(error, "operations[%u]: ", i);
            return FALSE;
        }
        g_array_append_val(out, operation);
    }
    return TRUE;
}

/* Further copies of shared volumes: a conversion that consumes nothing. */
static gboolean share_field(HfReplay *replay, HfRoleId role, HfConversions *out, GError **error)
{
    if (field(replay, "share") == NULL) return TRUE;
    HfResources more = {0};
    if (!resources_field(replay, "share", &more, error)) return FALSE;
    hf_resources_allocate(replay->catalog, &more, role);
    out->at = g_renew(HfConversion, out->at, out->count + 1);
    out->at[out->count] = (HfConversion){0};
    hf_resources_move(replay->catalog, &out->at[out->count].converted, &more);
    out->count++;
    return TRUE;
}

static gboolean op_update_allocation(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfResources resources = {0}, converted = {0};
    HfConversions conversions = {0};
    GArray *operations = g_array_new(FALSE, TRUE, sizeof(HfOperation));
    uint32_t framework, agent;
    HfRoleId role;
    gboolean done = target(replay, &framework, &agent, &resources, &role, error) &&
                    operations_field(replay, operations, error);
    for (guint i = 0; done && i < operations->len; i++) {
        HfOperation *operation = &g_array_index(operations, HfOperation, i);
        hf_operation_allocate(replay->catalog, operation, role);
        done = hf_operation_convert(replay->catalog, operation, &conversions, error);
    }
    done =
        done && share_field(replay, role, &conversions, error) &&
        status_ok(hf_allocator_update_allocation(replay->allocator, replay->now, framework, agent,
                                                 role, &resources, &conversions, &converted, error),
                  error);
    if (done)
        json_object_set_member(ok, "resources",
                               hf_resources_to_json_canonical(replay->catalog, &converted));
    clear_operations(replay, operations);
    hf_conversions_clear(replay->catalog, &conversions);
    hf_resources_clear(replay->catalog, &resources);
    hf_resources_clear(replay->catalog, &converted);
    return done;
}

static gboolean op_update_available(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    GArray *operations = g_array_new(FALSE, TRUE, sizeof(HfOperation));
    g_autoptr(GError) refused = NULL;
    gboolean done = known(replay, replay->agents, "agent", &agent, error) &&
                    operations_field(replay, operations, error);
    if (done) {
        HfStatus status = hf_allocator_update_available(
            replay->allocator, replay->now, agent, (const HfOperation *)(gpointer)operations->data,
            operations->len, &refused);
        done = status == HF_CONFLICT || status_ok(status, error);
        json_object_set_boolean_member(ok, "applied", status == HF_OK);
    }
    clear_operations(replay, operations);
    return done;
}

/* ---- Roles ---- */

static gboolean op_update_weights(HfReplay *replay, JsonObject *ok, GError **error)
{
    JsonNode *node = field(replay, "weights");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return bad(error, "weights", "must be an object");
    JsonObjectIter iter;
    const char *path;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    while (json_object_iter_next_ordered(&iter, &path, &member)) {
        HfRoleId role;
        if (!role_of(replay, path, &role, error)) return FALSE;
        double weight = JSON_NODE_HOLDS_VALUE(member) ? json_node_get_double(member) : 0.0;
        if (!status_ok(hf_allocator_weight_set(replay->allocator, replay->now, role, weight),
                       error))
            return FALSE;
    }
    return TRUE;
}

/* `guarantees` and `limits` of an object, either absent. */
static gboolean quota_members(HfReplay *replay, JsonObject *object, HfQuantities *guarantees,
                              HfLimits *limits, GError **error)
{
    JsonNode *node = json_object_get_member(object, "guarantees");
    if (node != NULL && !JSON_NODE_HOLDS_NULL(node)) {
        if (!is_text(node)) return bad(error, "guarantees", "must be a text");
        if (!hf_quantities_parse(replay->catalog, json_node_get_string(node), guarantees, error))
            return FALSE;
    }
    node = json_object_get_member(object, "limits");
    if (node == NULL || JSON_NODE_HOLDS_NULL(node)) return TRUE;
    if (!is_text(node)) return bad(error, "limits", "must be a text");
    return hf_limits_parse(replay->catalog, json_node_get_string(node), limits, error);
}

static gboolean op_update_quota(HfReplay *replay, JsonObject *ok, GError **error)
{
    const char *path;
    HfRoleId role;
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    gboolean done = text_field(replay, "role", TRUE, &path, error) &&
                    role_of(replay, path, &role, error) &&
                    quota_members(replay, replay->line, &guarantees, &limits, error) &&
                    status_ok(hf_allocator_quota_set(replay->allocator, replay->now, role,
                                                     &guarantees, &limits),
                              error);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
    return done;
}

static gboolean op_recover_quotas(HfReplay *replay, JsonObject *ok, GError **error)
{
    double expected = 0;
    JsonNode *node = field(replay, "quotas");
    if (!number_field(replay, "expected_agents", TRUE, &expected, error)) return FALSE;
    if (!(expected >= 0) || expected > 1e9) return bad(error, "expected_agents", "out of range");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return bad(error, "quotas", "must be an object");
    JsonObject *object = json_node_get_object(node);
    guint room = json_object_get_size(object), count = 0;
    HfRoleQuota *quotas = g_new0(HfRoleQuota, room + 1);
    HfQuantities *guarantees = g_new0(HfQuantities, room + 1);
    HfLimits *limits = g_new0(HfLimits, room + 1);
    gboolean done = TRUE;
    JsonObjectIter iter;
    const char *path;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, object);
    while (done && json_object_iter_next_ordered(&iter, &path, &member)) {
        done = JSON_NODE_HOLDS_OBJECT(member)
                   ? role_of(replay, path, &quotas[count].role, error) &&
                         quota_members(replay, json_node_get_object(member), &guarantees[count],
                                       &limits[count], error)
                   : bad(error, "quotas", "must hold objects");
        quotas[count].guarantees = &guarantees[count];
        quotas[count].limits = &limits[count];
        count++;
    }
    done = done && status_ok(hf_allocator_recover_quotas(replay->allocator, replay->now,
                                                         (uint32_t)expected, quotas, count),
                             error);
    for (guint q = 0; q < count; q++) {
        hf_quantities_clear(&guarantees[q]);
        hf_limits_clear(&limits[q]);
    }
    g_free(quotas);
    g_free(guarantees);
    g_free(limits);
    return done;
}

/* ---- Operators ---- */

static gboolean op_whitelist(HfReplay *replay, JsonObject *ok, GError **error)
{
    g_autoptr(GPtrArray) hosts = NULL;
    if (!texts_field(replay, "hosts", &hosts, error)) return FALSE;
    gboolean is_given = field(replay, "hosts") != NULL;
    g_ptr_array_add(hosts, NULL);
    hf_allocator_whitelist_set(replay->allocator, replay->now,
                               is_given ? (const char *const *)hosts->pdata : NULL, hosts->len - 1);
    return TRUE;
}

static gboolean op_unavailability(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    HfTime start = 0, duration = HF_TIME_NEVER;
    gboolean is_set;
    return known(replay, replay->agents, "agent", &agent, error) &&
           ms_field(replay, "start_ms", FALSE, &start, &is_set, error) &&
           ms_field(replay, "duration_ms", FALSE, &duration, NULL, error) &&
           status_ok(hf_allocator_unavailability_set(replay->allocator, replay->now, agent, is_set,
                                                     start, duration),
                     error);
}

static gboolean op_inverse_response(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t framework, agent;
    const char *text;
    double refuse_seconds = HF_NO_FILTER;
    if (!known(replay, replay->frameworks, "framework", &framework, error) ||
        !known(replay, replay->agents, "agent", &agent, error) ||
        !text_field(replay, "status", FALSE, &text, error) ||
        !number_field(replay, "filter_s", FALSE, &refuse_seconds, error))
        return FALSE;
    if (field(replay, "filter_s") != NULL && refuse_seconds == HF_NO_FILTER) refuse_seconds = -2.0;
    HfInverseStatus status = HF_INVERSE_NONE;
    if (text != NULL && strcmp(text, "ACCEPT") == 0)
        status = HF_INVERSE_ACCEPT;
    else if (text != NULL && strcmp(text, "DECLINE") == 0)
        status = HF_INVERSE_DECLINE;
    else if (text != NULL)
        return bad(error, "status", "must be ACCEPT or DECLINE");
    return status_ok(hf_allocator_inverse_response(replay->allocator, replay->now, framework, agent,
                                                   status, refuse_seconds),
                     error);
}

static gboolean op_pause(HfReplay *replay, JsonObject *ok, GError **error)
{
    hf_allocator_pause(replay->allocator);
    return TRUE;
}

static gboolean op_resume(HfReplay *replay, JsonObject *ok, GError **error)
{
    hf_allocator_resume(replay->allocator);
    return TRUE;
}

static gboolean op_tick(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfTime by = 0;
    if (!ms_field(replay, "ms", TRUE, &by, NULL, error)) return FALSE;
    HfTime end = replay->now + by;
    while (replay->next_batch <= end) {
        replay->now = replay->next_batch;
        hf_allocator_batch(replay->allocator, replay->now, &replay->list);
        put_run(replay);
        hf_allocator_batch_armed(replay->allocator);
        replay->next_batch = replay->now + replay->interval;
    }
    replay->now = end;
    hf_allocator_expire(replay->allocator, end);
    return TRUE;
}

static gboolean op_state(HfReplay *replay, JsonObject *ok, GError **error)
{
    g_autoptr(JsonNode) node = hf_allocator_state(replay->allocator);
    JsonObject *object = json_node_get_object(node), *out = event("state");
    json_object_set_int_member(out, "t", now_ms(replay));
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &name, &member))
        json_object_set_member(out, name, json_node_ref(member));
    put(replay, out);
    return TRUE;
}

/* ---- One line ---- */

static const struct {
    const char *name;
    gboolean (*run)(HfReplay *replay, JsonObject *ok, GError **error);
} ops[] = {
    {"init", op_init},
    {"add_agent", op_add_agent},
    {"update_agent", op_update_agent},
    {"remove_agent", op_remove_agent},
    {"activate_agent", op_activate_agent},
    {"deactivate_agent", op_deactivate_agent},
    {"add_framework", op_add_framework},
    {"update_framework", op_update_framework},
    {"remove_framework", op_remove_framework},
    {"activate_framework", op_activate_framework},
    {"deactivate_framework", op_deactivate_framework},
    {"recover", op_recover},
    {"launch", op_launch},
    {"update_allocation", op_update_allocation},
    {"update_available", op_update_available},
    {"suppress", op_suppress},
    {"revive", op_revive},
    {"update_weights", op_update_weights},
    {"update_quota", op_update_quota},
    {"recover_quotas", op_recover_quotas},
    {"whitelist", op_whitelist},
    {"unavailability", op_unavailability},
    {"inverse_response", op_inverse_response},
    {"pause", op_pause},
    {"resume", op_resume},
    {"tick", op_tick},
    {"state", op_state},
};

static gboolean perform(HfReplay *replay, size_t op, GPtrArray *out, GError **error)
{
    gboolean is_init = strcmp(ops[op].name, "init") == 0;
    if (is_init != (replay->allocator == NULL)) {
        g_set_error_literal(error, HF_REPLAY_ERROR, 0,
                            is_init ? "init comes once" : "the first operation must be init");
        return FALSE;
    }
    replay->out = out;
    replay->number++;
    g_autoptr(GError) refused = NULL;
    JsonObject *ok = event("ok");
    json_object_set_int_member(ok, "n", replay->number);
    gboolean done = ops[op].run(replay, ok, &refused);
    if (done && hf_allocator_wants_run(replay->allocator)) {
        hf_allocator_run(replay->allocator, replay->now, &replay->list);
        put_run(replay);
    }
    json_object_set_int_member(ok, "t", now_ms(replay));
    if (!done) {
        json_object_set_string_member(ok, "ev", "error");
        json_object_set_string_member(ok, "msg", refused->message);
    }
    put(replay, ok);
    if (!done && is_init) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return FALSE;
    }
    return TRUE;
}

gboolean hf_replay_line(HfReplay *replay, const char *line, GPtrArray *out, GError **error)
{
    const char *start = line;
    while (g_ascii_isspace(*start)) start++;
    if (*start == '\0' || *start == '#') return TRUE;
    g_autoptr(JsonNode) node = hf_json_parse(start, -1, error);
    if (node == NULL) return FALSE;
    JsonNode *name = NULL;
    if (JSON_NODE_HOLDS_OBJECT(node))
        name = json_object_get_member(json_node_get_object(node), "op");
    if (name == NULL || !is_text(name)) {
        g_set_error_literal(error, HF_REPLAY_ERROR, 0, "not an object with an \"op\"");
        return FALSE;
    }
    for (size_t op = 0; op < G_N_ELEMENTS(ops); op++)
        if (strcmp(ops[op].name, json_node_get_string(name)) == 0) {
            replay->line = json_node_get_object(node);
            return perform(replay, op, out, error);
        }
    g_set_error(error, HF_REPLAY_ERROR, 0, "unknown op \"%s\"", json_node_get_string(name));
    return FALSE;
}

/* ---- Printing and comparing ---- */

static void print_text(const char *text, GString *out)
{
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_printf(out, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            g_string_append_printf(out, "\\u%04x", (unsigned char)*c);
        else
            g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

static void print_value(JsonNode *node, GString *out)
{
    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING) {
        print_text(json_node_get_string(node), out);
    } else if (type == G_TYPE_BOOLEAN) {
        g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
    } else if (type == G_TYPE_INT64) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
    } else {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append(out,
                        g_ascii_formatd(text, sizeof text, "%.15g", json_node_get_double(node)));
    }
}

static void print_node(JsonNode *node, GString *out)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        JsonObjectIter iter;
        const char *name;
        JsonNode *member;
        gboolean is_first = TRUE;
        json_object_iter_init_ordered(&iter, json_node_get_object(node));
        while (json_object_iter_next_ordered(&iter, &name, &member)) {
            g_string_append_c(out, is_first ? '{' : ',');
            is_first = FALSE;
            print_text(name, out);
            g_string_append_c(out, ':');
            print_node(member, out);
        }
        g_string_append(out, is_first ? "{}" : "}");
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        g_string_append_c(out, '[');
        for (guint i = 0; i < json_array_get_length(array); i++) {
            if (i > 0) g_string_append_c(out, ',');
            print_node(json_array_get_element(array, i), out);
        }
        g_string_append_c(out, ']');
    } else if (JSON_NODE_HOLDS_NULL(node)) {
        g_string_append(out, "null");
    } else {
        print_value(node, out);
    }
}

char *hf_replay_print(JsonNode *node)
{
    GString *out = g_string_new(NULL);
    print_node(node, out);
    return g_string_free(out, FALSE);
}

static gboolean is_number(JsonNode *node)
{
    GType type = json_node_get_value_type(node);
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gboolean equal(JsonNode *a, JsonNode *b);

static gboolean equal_objects(JsonObject *a, JsonObject *b)
{
    if (json_object_get_size(a) != json_object_get_size(b)) return FALSE;
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    json_object_iter_init(&iter, a);
    while (json_object_iter_next(&iter, &name, &member)) {
        JsonNode *other = json_object_get_member(b, name);
        if (other == NULL || !equal(member, other)) return FALSE;
    }
    return TRUE;
}

static gboolean equal(JsonNode *a, JsonNode *b)
{
    if (JSON_NODE_TYPE(a) != JSON_NODE_TYPE(b)) return FALSE;
    if (JSON_NODE_HOLDS_OBJECT(a))
        return equal_objects(json_node_get_object(a), json_node_get_object(b));
    if (JSON_NODE_HOLDS_ARRAY(a)) {
        JsonArray *x = json_node_get_array(a), *y = json_node_get_array(b);
        if (json_array_get_length(x) != json_array_get_length(y)) return FALSE;
        for (guint i = 0; i < json_array_get_length(x); i++)
            if (!equal(json_array_get_element(x, i), json_array_get_element(y, i))) return FALSE;
        return TRUE;
    }
    if (JSON_NODE_HOLDS_NULL(a)) return TRUE;
    if (is_number(a) && is_number(b)) return json_node_get_double(a) == json_node_get_double(b);
    if (json_node_get_value_type(a) != json_node_get_value_type(b)) return FALSE;
    if (json_node_get_value_type(a) == G_TYPE_STRING)
        return strcmp(json_node_get_string(a), json_node_get_string(b)) == 0;
    return json_node_get_boolean(a) == json_node_get_boolean(b);
}

gboolean hf_replay_matches(JsonNode *expected, JsonNode *actual)
{
    if (!JSON_NODE_HOLDS_OBJECT(expected) || !JSON_NODE_HOLDS_OBJECT(actual)) return FALSE;
    JsonObject *a = json_node_get_object(expected), *b = json_node_get_object(actual);
    JsonNode *what = json_object_get_member(a, "ev");
    if (what == NULL || !is_text(what) || strcmp(json_node_get_string(what), "error") != 0)
        return equal(expected, actual);
    static const char *const names[] = {"ev", "n", "t"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        JsonNode *x = json_object_get_member(a, names[i]), *y = json_object_get_member(b, names[i]);
        if (x == NULL || y == NULL || !equal(x, y)) return FALSE;
    }
    return TRUE;
}
