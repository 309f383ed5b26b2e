/* Reading what a resource is worth: scalars, ranges and sets. */
#include <string.h>

#include "resource/catalog_internal.h"
#include "resource/json_internal.h"
#include "resource/text.h"

static gboolean read_scalar(JsonNode *node, HfValue *value, const char *name, GError **error)
{
    double number;
    if (!hf_json__number_of(node, &number))
        return hf_json__fail(error, name, "the scalar has no number 'value'");
    if (number < 0)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NEGATIVE, name, "is below zero");
    if (!(number <= (double)HF_MILLI_MAX / 1000.0))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, name, "is beyond 2^40");
    *value = (HfValue){.type = HF_VALUE_SCALAR, .milli = hf_milli_from_double(number)};
    value->rounds_to_zero = number != 0 && value->milli == 0;
    return TRUE;
}

/* Numbers of ranges are 64-bit; JSON of protobuf may give them as strings. */
static gboolean read_bound(JsonObject *range, const char *member, uint64_t *out)
{
    JsonNode *node = hf_json__member(range, member);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node)) return FALSE;
    if (json_node_get_value_type(node) == G_TYPE_INT64) {
        gint64 number = json_node_get_int(node);
        *out = (uint64_t)number;
        return number >= 0;
    }
    const char *text = hf_json__string_of(node);
    guint64 number;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return FALSE;
    *out = number;
    return TRUE;
}

static gboolean read_range(JsonNode *node, HfRange *out, const char *name, GError **error)
{
    static const char *const known[] = {"begin", "end", NULL};
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return hf_json__fail(error, name, "a range must be an object");
    JsonObject *object = json_node_get_object(node);
    if (!hf_json__members(object, known, error)) return FALSE;
    if (!read_bound(object, "begin", &out->begin) || !read_bound(object, "end", &out->end))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NUMBER, name,
                               "a range needs 'begin' and 'end', integers >= 0");
    if (out->begin > out->end)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_RANGE, name,
                               "a range begins after its end");
    return TRUE;
}

static int compare_begins(const void *a, const void *b)
{
    const HfRange *left = a, *right = b;
    return (left->begin > right->begin) - (left->begin < right->begin);
}

/* Does any range overlap another? With the quirk: does a later one begin inside an earlier one? */
static gboolean ranges_overlap(const HfCatalog *catalog, const HfRange *ranges, uint32_t count)
{
    if (catalog->quirks & HF_QUIRK_RANGE_OVERLAP) {
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t j = i + 1; j < count; j++)
                if (ranges[i].begin <= ranges[j].begin && ranges[j].begin <= ranges[i].end)
                    return TRUE;
        return FALSE;
    }
    g_autofree HfRange *sorted = g_memdup2(ranges, count * sizeof *ranges);
    if (count > 1) qsort(sorted, count, sizeof *sorted, compare_begins);
    for (uint32_t i = 1; i < count; i++)
        if (sorted[i].begin <= sorted[i - 1].end) return TRUE;
    return FALSE;
}

static gboolean read_ranges(HfCatalog *catalog, JsonArray *array, HfValue *value, const char *name,
                            GError **error)
{
    guint count = array == NULL ? 0 : json_array_get_length(array);
    if (count > HF_ENTRIES_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, name, "too many ranges");
    g_autofree HfRange *ranges = g_new(HfRange, count);
    for (guint i = 0; i < count; i++)
        if (!read_range(json_array_get_element(array, i), &ranges[i], name, error)) return FALSE;
    if (ranges_overlap(catalog, ranges, count))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_RANGE, name, "ranges overlap");
    *value = (HfValue){.type = HF_VALUE_RANGES, .ranges = hf_ranges_new(catalog, ranges, count)};
    return TRUE;
}

static gboolean read_set(HfCatalog *catalog, JsonArray *array, HfValue *value, const char *name,
                         GError **error)
{
    guint count = array == NULL ? 0 : json_array_get_length(array);
    g_autofree HfTextId *items = g_new(HfTextId, count);
    for (guint i = 0; i < count; i++) {
        const char *item = hf_json__string_of(json_array_get_element(array, i));
        if (item == NULL) return hf_json__fail(error, name, "the items of a set must be strings");
        items[i] = hf_text_intern(catalog, item);
    }
    HfSet *set = hf_set_new(catalog, items, count);
    if (set != NULL && set->count < count) {
        hf_set_unref(catalog, set);
        return hf_intake__fail(error, HF_RESOURCE_ERROR_SET, name, "an item comes twice");
    }
    *value = (HfValue){.type = HF_VALUE_SET, .set = set};
    return TRUE;
}

gboolean hf_json__value(HfCatalog *catalog, JsonObject *object, const char *name, HfValue *value,
                        GError **error)
{
    static const struct {
        const char *type, *member, *inner;
    } forms[] = {
        {"SCALAR", "scalar", "value"}, {"RANGES", "ranges", "range"}, {"SET", "set", "item"}};
    const char *type;
    if (!hf_json__string(object, "type", &type, error)) return FALSE;
    if (type == NULL) return hf_json__fail(error, name, "the type is missing");
    size_t form = 0;
    while (form < G_N_ELEMENTS(forms) && strcmp(type, forms[form].type) != 0) form++;
    if (form == G_N_ELEMENTS(forms))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, name,
                               "the type is not SCALAR, RANGES or SET");
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if ((hf_json__member(object, forms[i].member) != NULL) != (i == form))
            return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, name,
                                   "value and type do not agree");
    JsonObject *inner;
    if (!hf_json__object(object, forms[form].member, &inner, error)) return FALSE;
    const char *const known[] = {forms[form].inner, NULL};
    if (!hf_json__members(inner, known, error)) return FALSE;
    if (form == 0) return read_scalar(hf_json__member(inner, "value"), value, name, error);
    JsonArray *array;
    if (!hf_json__array(inner, forms[form].inner, &array, error)) return FALSE;
    return form == 1 ? read_ranges(catalog, array, value, name, error)
                     : read_set(catalog, array, value, name, error);
}
