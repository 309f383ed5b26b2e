/* Members of an operation, by shape. See replay_internal.h. */
#include "tools/replay_internal.h"

#include <math.h>
#include <string.h>

#include "resource/json.h"

gboolean hf_replay__bad(GError **error, const char *field, const char *why)
{
    g_set_error(error, HF_REPLAY_ERROR, 0, "%s: %s", field, why);
    return FALSE;
}

/* What the allocator says to a caller that broke its contract. */
gboolean hf_replay__status_ok(HfStatus status, GError **error)
{
    if (status == HF_OK) return TRUE;
    if (error != NULL && *error == NULL)
        g_set_error(error, HF_REPLAY_ERROR, 0, "refused: %s", hf_status_name(status));
    return FALSE;
}

JsonNode *hf_replay__field(const HfReplay *replay, const char *name)
{
    JsonNode *node = json_object_get_member(replay->line, name);
    return node == NULL || JSON_NODE_HOLDS_NULL(node) ? NULL : node;
}

gboolean hf_replay__is_text(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

gboolean hf_replay__is_number(JsonNode *node)
{
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

/* NULL when absent. */
gboolean hf_replay__text(HfReplay *replay, const char *name, gboolean required,
                         const char **text_out, GError **error)
{
    JsonNode *node = hf_replay__field(replay, name);
    *text_out = NULL;
    if (node == NULL) return required ? hf_replay__bad(error, name, "is missing") : TRUE;
    if (!hf_replay__is_text(node)) return hf_replay__bad(error, name, "must be a text");
    *text_out = json_node_get_string(node);
    return TRUE;
}

/* Unchanged when absent. */
gboolean hf_replay__number(HfReplay *replay, const char *name, gboolean required,
                           double *number_out, GError **error)
{
    JsonNode *node = hf_replay__field(replay, name);
    if (node == NULL) return required ? hf_replay__bad(error, name, "is missing") : TRUE;
    if (!hf_replay__is_number(node)) return hf_replay__bad(error, name, "must be a number");
    *number_out = json_node_get_double(node);
    return TRUE;
}

gboolean hf_replay__flag(HfReplay *replay, const char *name, gboolean *flag_out, GError **error)
{
    JsonNode *node = hf_replay__field(replay, name);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return hf_replay__bad(error, name, "must be true or false");
    *flag_out = json_node_get_boolean(node);
    return TRUE;
}

/* A time in milliseconds; FALSE in *given_out when absent. */
gboolean hf_replay__ms(HfReplay *replay, const char *name, gboolean required, HfTime *time_out,
                       gboolean *given_out, GError **error)
{
    double ms = -1.0;
    if (!hf_replay__number(replay, name, required, &ms, error)) return FALSE;
    gboolean given = hf_replay__field(replay, name) != NULL;
    if (given_out != NULL) *given_out = given;
    if (!given) return TRUE;
    if (!(ms >= 0.0) || ms > (double)(HF_TIME_MAX / HF_NS_PER_MS))
        return hf_replay__bad(error, name, "is out of range");
    *time_out = (HfTime)llround(ms * 1e6);
    return TRUE;
}

gboolean hf_replay__known(HfReplay *replay, HfIntern *names, const char *name, uint32_t *row_out,
                          GError **error)
{
    const char *id;
    if (!hf_replay__text(replay, name, TRUE, &id, error)) return FALSE;
    *row_out = hf_intern(names, id);
    return TRUE;
}

gboolean hf_replay__role(HfReplay *replay, const char *path, HfRoleId *role_out, GError **error)
{
    return hf_role_intern(replay->catalog, path, role_out, error) &&
           (hf_role_depth(replay->catalog, *role_out) == 1 ||
            hf_era_check(replay->era, HF_RULE_HIERARCHICAL_ROLES, error));
}

/* A list of texts, copied; empty when absent. */
gboolean hf_replay__texts(HfReplay *replay, const char *name, GPtrArray **texts_out, GError **error)
{
    *texts_out = g_ptr_array_new();
    JsonNode *node = hf_replay__field(replay, name);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_ARRAY(node)) return hf_replay__bad(error, name, "must be a list");
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);
        if (!hf_replay__is_text(element))
            return hf_replay__bad(error, name, "must be a list of texts");
        g_ptr_array_add(*texts_out, (gpointer)json_node_get_string(element));
    }
    return TRUE;
}

gboolean hf_replay__roles(HfReplay *replay, const char *name, GArray *roles, GError **error)
{
    g_autoptr(GPtrArray) texts = NULL;
    if (!hf_replay__texts(replay, name, &texts, error)) return FALSE;
    for (guint i = 0; i < texts->len; i++) {
        HfRoleId role;
        if (!hf_replay__role(replay, g_ptr_array_index(texts, i), &role, error)) return FALSE;
        g_array_append_val(roles, role);
    }
    return TRUE;
}

gboolean hf_replay__resources(HfReplay *replay, const char *name, HfResources *out, GError **error)
{
    JsonNode *node = hf_replay__field(replay, name);
    if (node == NULL) return hf_replay__bad(error, name, "is missing");
    if (hf_resources_from_json(replay->catalog, node, out, error) &&
        hf_era_check_resources(replay->era, replay->catalog, out, error))
        return TRUE;
    g_prefix_error(error, "%s: ", name);
    return FALSE;
}

/* ---- Names that are known ---- */

gboolean hf_replay__capabilities(HfReplay *replay, const HfReplayCapability *table,
                                 uint32_t *bits_out, GError **error)
{
    if (hf_replay__field(replay, "capabilities") == NULL) return TRUE;
    g_autoptr(GPtrArray) texts = NULL;
    if (!hf_replay__texts(replay, "capabilities", &texts, error)) return FALSE;
    *bits_out = 0;
    for (guint i = 0; i < texts->len; i++) {
        const HfReplayCapability *entry = table;
        while (entry->name != NULL && strcmp(entry->name, g_ptr_array_index(texts, i)) != 0)
            entry++;
        if (entry->name == NULL)
            return hf_replay__bad(error, "capabilities", "has an unknown name");
        if (!hf_era_check_capability(replay->era, entry->name, error)) return FALSE;
        *bits_out |= entry->bit;
    }
    return TRUE;
}

/* "region/zone" into two new texts; both NULL when absent. */
gboolean hf_replay__domain(HfReplay *replay, char **region_out, char **zone_out, GError **error)
{
    const char *domain;
    *region_out = *zone_out = NULL;
    if (!hf_replay__text(replay, "domain", FALSE, &domain, error)) return FALSE;
    if (domain == NULL) return TRUE;
    const char *slash = strchr(domain, '/');
    if (slash == NULL) return hf_replay__bad(error, "domain", "must be region/zone");
    *region_out = g_strndup(domain, (gsize)(slash - domain));
    *zone_out = g_strdup(slash + 1);
    return TRUE;
}

/* ---- What somebody holds from the start ---- */

void hf_replay__used_init(HfReplay *replay, HfReplayUsed *used)
{
    used->catalog = replay->catalog;
    used->holdings = g_array_new(FALSE, TRUE, sizeof(HfHolding));
    used->parts = g_ptr_array_new();
}

void hf_replay__used_clear(HfReplayUsed *used)
{
    for (guint i = 0; i < used->parts->len; i++) {
        hf_resources_clear(used->catalog, g_ptr_array_index(used->parts, i));
        g_free(g_ptr_array_index(used->parts, i));
    }
    g_ptr_array_unref(used->parts);
    g_array_unref(used->holdings);
}

/* Split by allocation role. */
static gboolean used_add(HfReplayUsed *used, HfHolding holding, JsonNode *node, GError **error)
{
    HfResources all = {0};
    if (!hf_resources_from_json(used->catalog, node, &all, error)) return FALSE;
    while (!hf_resources_is_empty(&all)) {
        holding.role = hf_meta_allocation_role(used->catalog, hf_resources_at(&all, 0)->meta);
        if (holding.role == HF_ROLE_NONE) {
            hf_resources_clear(used->catalog, &all);
            return hf_replay__bad(error, "used", "must be allocated to a role");
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
gboolean hf_replay__used(HfReplay *replay, HfReplayUsed *used, uint32_t agent, uint32_t framework,
                         GError **error)
{
    JsonNode *node = hf_replay__field(replay, "used");
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node)) return hf_replay__bad(error, "used", "must be an object");
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

/* ---- Minima ---- */

/* Alternatives of a minimum, as one text with '|' or as a list. */
gboolean hf_replay__alternatives(HfReplay *replay, JsonNode *node, GArray *out, GError **error)
{
    g_auto(GStrv) parts = NULL;
    if (hf_replay__is_text(node)) {
        parts = g_strsplit(json_node_get_string(node), "|", -1);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        parts = g_new0(char *, json_array_get_length(array) + 1);
        for (guint i = 0; i < json_array_get_length(array); i++) {
            JsonNode *element = json_array_get_element(array, i);
            parts[i] = g_strdup(hf_replay__is_text(element) ? json_node_get_string(element) : "?");
        }
    } else {
        return hf_replay__bad(error, "min_allocatable", "must be a text or a list of texts");
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

GArray *hf_replay__quantities_array(void)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(HfQuantities));
    g_array_set_clear_func(array, clear_quantities);
    return array;
}

gboolean hf_replay__row_op(HfReplay *replay, HfIntern *names, HfReplayRowCall call, GError **error)
{
    uint32_t row;
    return hf_replay__known(replay, names, "id", &row, error) &&
           hf_replay__status_ok(call(replay->allocator, replay->now, row), error);
}
