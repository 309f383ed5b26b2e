/* A list of names and values, in the order in which they were given. */
#include "resource/attributes.h"

#include <string.h>

#include "base/vec.h"
#include "resource/catalog_internal.h"
#include "resource/intake.h"

void hf_attributes_clear(HfCatalog *catalog, HfAttributes *attributes)
{
    for (uint32_t i = 0; i < attributes->count; i++)
        hf_value_clear(catalog, &attributes->at[i].value);
    g_free(attributes->at);
    *attributes = (HfAttributes){NULL, 0};
}

void hf_attributes_copy(HfCatalog *catalog, HfAttributes *to, const HfAttributes *from)
{
    if (to == from) return;
    hf_attributes_clear(catalog, to);
    to->at = g_memdup2(from->at, from->count * sizeof *from->at);
    to->count = from->count;
    for (uint32_t i = 0; i < from->count; i++)
        if (from->at[i].value.type == HF_VALUE_RANGES) hf_ranges_ref(from->at[i].value.ranges);
}

static gboolean read_pair(HfCatalog *catalog, char *pair, HfAttribute *out, GError **error)
{
    char *colon = strchr(pair, ':');
    size_t blank = strspn(pair, " \t\r\v\f");
    if (colon == NULL || colon == pair + blank || colon[1] == '\0')
        return hf_intake__fail(error, HF_RESOURCE_ERROR_SYNTAX, pair, "an attribute is name:value");
    if (!hf_value_parse(catalog, colon + 1, &out->value, error)) {
        g_autofree char *shown = hf_text__shown(pair);
        g_prefix_error(error, "'%s': ", shown);
        return FALSE;
    }
    if (out->value.type == HF_VALUE_SET) {
        hf_value_clear(catalog, &out->value);
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, pair, "an attribute cannot be a set");
    }
    *colon = '\0';
    out->name = hf_text_intern(catalog, g_strstrip(pair));
    return TRUE;
}

gboolean hf_attributes_parse(HfCatalog *catalog, const char *text, HfAttributes *out,
                             GError **error)
{
    if (!hf_intake__check_text(text, error)) return FALSE;
    HF_VEC(HfAttribute) list = {NULL, 0, 0};
    gboolean is_ok = TRUE;
    char *pair;
    while (is_ok && (pair = hf_intake__next(&text, ";\n")) != NULL) {
        HfAttribute attribute = {0};
        if (list.count == HF_ATTRIBUTES_MAX) {
            is_ok = hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, pair,
                                    "more than 4096 attributes");
        } else if (pair[0] != '\0') {
            is_ok = read_pair(catalog, pair, &attribute, error);
            if (is_ok) hf_vec_push(&list, attribute);
        }
        g_free(pair);
    }
    HfAttributes read = {list.at, list.count};
    if (is_ok) {
        hf_attributes_clear(catalog, out);
        *out = read;
    } else {
        hf_attributes_clear(catalog, &read);
    }
    return is_ok;
}

char *hf_attributes_print(const HfCatalog *catalog, const HfAttributes *attributes)
{
    GString *text = g_string_new(NULL);
    for (uint32_t i = 0; i < attributes->count; i++) {
        const HfAttribute *attribute = &attributes->at[i];
        char amount[HF_MILLI_TEXT_SIZE];
        g_string_append_printf(text, "%s%s:", i > 0 ? ";" : "", hf_text(catalog, attribute->name));
        switch (attribute->value.type) {
        case HF_VALUE_SCALAR:
            g_string_append(text, hf_milli_print(attribute->value.milli, amount));
            break;
        case HF_VALUE_RANGES:
            hf_ranges_print(attribute->value.ranges, ",", text);
            break;
        case HF_VALUE_TEXT:
            g_string_append(text, hf_text(catalog, attribute->value.text));
            break;
        case HF_VALUE_SET:
            HF_ASSERT(!"an attribute is never a set");
        }
    }
    return g_string_free(text, FALSE);
}

static gboolean attribute_equal(const HfAttribute *a, const HfAttribute *b)
{
    if (a->name != b->name || a->value.type != b->value.type) return FALSE;
    switch (a->value.type) {
    case HF_VALUE_SCALAR:
        return a->value.milli == b->value.milli;
    case HF_VALUE_RANGES:
        return hf_ranges_equal(a->value.ranges, b->value.ranges);
    default:
        return a->value.text == b->value.text;
    }
}

static gboolean are_among(const HfAttributes *some, const HfAttributes *all)
{
    for (uint32_t i = 0; i < some->count; i++) {
        uint32_t j = i; /* most often in the same order */
        if (j >= all->count || !attribute_equal(&some->at[i], &all->at[j]))
            for (j = 0; j < all->count && !attribute_equal(&some->at[i], &all->at[j]);) j++;
        if (j == all->count) return FALSE;
    }
    return TRUE;
}

gboolean hf_attributes_equal(const HfAttributes *a, const HfAttributes *b)
{
    return a->count == b->count && are_among(a, b) && are_among(b, a);
}

const HfAttribute *hf_attributes_find(const HfAttributes *attributes, HfTextId name)
{
    for (uint32_t i = 0; i < attributes->count; i++)
        if (attributes->at[i].name == name) return &attributes->at[i];
    return NULL;
}
