/* A few hundred results at most: looked up by walking. */
#include "tools/baseline.h"

#include <string.h>

/* Fields of a result that count work or memory, where more is worse. */
static const char *const counts[] = {
    "moves_per_op",   "compares_per_op",  "bytes_per_pending", "allocations",
    "agents_visited", "frameworks_tried", "filter_checks",     "runs",
    "offers",         "filters_made",     "filters_expired",   "words_scanned"};
/* What tells results apart: texts and sizes. A result has those of its suite. */
static const char *const identity[] = {"suite", "workload", "variant", "phase", "structure"};
static const char *const sizes[] = {"pending", "agents", "frameworks"};

JsonObject *hf_baseline_load(const char *path, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, path, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    JsonObject *object =
        root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    JsonNode *results = object != NULL ? json_object_get_member(object, "results") : NULL;
    JsonArray *array =
        results != NULL && JSON_NODE_HOLDS_ARRAY(results) ? json_node_get_array(results) : NULL;
    gboolean is_good = array != NULL;
    for (guint i = 0; is_good && i < json_array_get_length(array); i++)
        is_good = JSON_NODE_HOLDS_OBJECT(json_array_get_element(array, i));
    if (!is_good) {
        g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                    "%s: not a result of 'holdfast bench --format json'", path);
        return NULL;
    }
    return json_object_ref(object);
}

static const char *text_of(JsonObject *result, const char *member)
{
    return json_object_get_string_member_with_default(result, member, "");
}

static double number_of(JsonObject *result, const char *member)
{
    return json_object_get_double_member_with_default(result, member, 0);
}

static gboolean is_like(JsonObject *a, JsonObject *b, const char *structure)
{
    for (size_t i = 0; i < G_N_ELEMENTS(identity) - 1; i++)
        if (strcmp(text_of(a, identity[i]), text_of(b, identity[i])) != 0) return FALSE;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (number_of(a, sizes[i]) != number_of(b, sizes[i])) return FALSE;
    return strcmp(text_of(a, "structure"), structure) == 0;
}

/* The result that measures the same, on the structure named; NULL if there is none. */
static JsonObject *find(JsonArray *results, JsonObject *like, const char *structure)
{
    for (guint i = 0; i < json_array_get_length(results); i++) {
        JsonObject *result = json_array_get_object_element(results, i);
        if (is_like(result, like, structure)) return result;
    }
    return NULL;
}

static char *title(JsonObject *result)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++)
        if (*text_of(result, identity[i]) != '\0')
            g_string_append_printf(text, "%s ", text_of(result, identity[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (json_object_has_member(result, sizes[i]))
            g_string_append_printf(text, "%.0f ", number_of(result, sizes[i]));
    g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

static void complain(GPtrArray *worse, JsonObject *result, const char *what, double now,
                     double before)
{
    g_autofree char *name = title(result);
    g_ptr_array_add(worse, g_strdup_printf("%s: %s %.4g, baseline %.4g", name, what, now, before));
}

static void compare_counts(GPtrArray *worse, JsonObject *now, JsonObject *before)
{
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        double value = number_of(now, counts[i]), limit = number_of(before, counts[i]);
        if (value > limit * (1 + HF_BASELINE_COUNT_SLACK) + 0.005)
            complain(worse, now, counts[i], value, limit);
    }
}

/* Time of the ladder over that of the heap; 0 when one of them was not measured. */
static double ratio_to_heap(JsonArray *results, JsonObject *like)
{
    JsonObject *ladder = find(results, like, "ladder"), *heap = find(results, like, "heap");
    if (ladder == NULL || heap == NULL || number_of(heap, "ns_least") <= 0) return 0;
    return number_of(ladder, "ns_least") / number_of(heap, "ns_least");
}

GPtrArray *hf_baseline_compare(JsonObject *now, JsonObject *before, const char *suite,
                               const char *workload)
{
    GPtrArray *worse = g_ptr_array_new_with_free_func(g_free);
    JsonArray *results = json_object_get_array_member(now, "results");
    JsonArray *kept = json_object_get_array_member(before, "results");
    for (guint i = 0; i < json_array_get_length(kept); i++) {
        JsonObject *old = json_array_get_object_element(kept, i);
        if (suite != NULL && strcmp(suite, text_of(old, "suite")) != 0) continue;
        if (workload != NULL && strcmp(workload, text_of(old, "workload")) != 0) continue;
        JsonObject *new = find(results, old, text_of(old, "structure"));
        if (new == NULL) {
            g_autofree char *name = title(old);
            g_ptr_array_add(worse, g_strdup_printf("%s: in the baseline, but not measured", name));
            continue;
        }
        compare_counts(worse, new, old);
        if (strcmp(text_of(old, "structure"), "ladder") != 0) continue;
        double ratio = ratio_to_heap(results, old), limit = ratio_to_heap(kept, old);
        if (limit > 0 && ratio > MAX(1, limit * HF_BASELINE_RATIO_FACTOR))
            complain(worse, new, "time relative to the heap", ratio, limit);
    }
    return worse;
}
