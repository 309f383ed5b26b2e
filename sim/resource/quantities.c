/* Short sorted vectors; walks of two of them at once. */
#include "resource/quantities.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "resource/intake.h"
#include "resource/text.h"
#include "resource/value.h"

/* ---- The vector ---- */

static HfQuantity *entries_of(HfQuantities *quantities)
{
    return quantities->room != 0 ? quantities->heap : quantities->few;
}

/* Where `kind` is, or would be inserted. */
static uint32_t position_of(const HfQuantities *quantities, HfKindId kind)
{
    const HfQuantity *entries = hf_quantities_entries(quantities);
    uint32_t low = 0, high = quantities->count;
    while (high - low > 8) { /* only hostile or synthetic input has so many names */
        uint32_t middle = low + (high - low) / 2;
        if (entries[middle].kind < kind) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < high && entries[low].kind < kind) low++;
    return low;
}

static gboolean is_at(const HfQuantities *quantities, uint32_t position, HfKindId kind)
{
    return position < quantities->count && hf_quantities_entries(quantities)[position].kind == kind;
}

static void insert_at(HfQuantities *quantities, uint32_t position, HfKindId kind, int64_t milli)
{
    uint32_t have = quantities->room != 0 ? quantities->room : HF_QUANTITIES_INLINE;
    if (quantities->count == have) {
        HfQuantity *grown = g_new(HfQuantity, (gsize)have * 2);
        memcpy(grown, hf_quantities_entries(quantities), have * sizeof *grown);
        if (quantities->room != 0) g_free(quantities->heap);
        quantities->heap = grown;
        quantities->room = have * 2;
    }
    HfQuantity *entries = entries_of(quantities);
    memmove(entries + position + 1, entries + position,
            (quantities->count - position) * sizeof *entries);
    entries[position] = (HfQuantity){.kind = kind, .milli = milli};
    quantities->count++;
}

static void remove_at(HfQuantities *quantities, uint32_t position)
{
    HfQuantity *entries = entries_of(quantities);
    memmove(entries + position, entries + position + 1,
            (quantities->count - position - 1) * sizeof *entries);
    quantities->count--;
}

/* Put an amount where it belongs, zero or not. */
static void put(HfQuantities *quantities, HfKindId kind, int64_t milli)
{
    uint32_t position = position_of(quantities, kind);
    if (is_at(quantities, position, kind)) {
        entries_of(quantities)[position].milli = milli;
    } else {
        insert_at(quantities, position, kind, milli);
    }
}

/* from -= less, clipped at 0; zeros are dropped or kept. */
static void subtract(HfQuantities *from, const HfQuantities *less, gboolean keeps_zero)
{
    HfQuantity *left = entries_of(from);
    const HfQuantity *right = hf_quantities_entries(less);
    uint32_t i = 0, alike = MIN(from->count, less->count);
    /* most often both have the same names, and something is left of each */
    for (; i < alike && left[i].kind == right[i].kind && left[i].milli > right[i].milli; i++)
        left[i].milli -= right[i].milli;
    uint32_t kept = i, j = i;
    for (; i < from->count; i++) {
        HfQuantity entry = left[i];
        while (j < less->count && right[j].kind < entry.kind) j++;
        if (j < less->count && right[j].kind == entry.kind)
            entry.milli = MAX(entry.milli - right[j].milli, 0);
        if (entry.milli > 0 || keeps_zero) left[kept++] = entry;
    }
    from->count = kept;
}

/* ---- Quantities ---- */

void hf_quantities_clear(HfQuantities *quantities)
{
    if (quantities->room != 0) g_free(quantities->heap);
    quantities->count = quantities->room = 0;
}

void hf_quantities_copy(HfQuantities *to, const HfQuantities *from)
{
    if (to == from) return;
    hf_quantities_clear(to);
    *to = *from;
    if (from->room != 0) to->heap = g_memdup2(from->heap, from->room * sizeof *from->heap);
}

int64_t hf_quantities_get(const HfQuantities *quantities, HfKindId kind)
{
    uint32_t position = position_of(quantities, kind);
    return is_at(quantities, position, kind) ? hf_quantities_entries(quantities)[position].milli
                                             : 0;
}

void hf_quantities_set(HfQuantities *quantities, HfKindId kind, int64_t milli)
{
    if (milli > 0) {
        put(quantities, kind, milli);
        return;
    }
    uint32_t position = position_of(quantities, kind);
    if (is_at(quantities, position, kind)) remove_at(quantities, position);
}

void hf_quantities_add_one(HfQuantities *quantities, HfKindId kind, int64_t milli)
{
    HF_ASSERT(milli >= 0);
    if (milli == 0) return;
    uint32_t count = quantities->count; /* most often names come in their order */
    if (quantities->room == 0 && count < HF_QUANTITIES_INLINE &&
        (count == 0 || quantities->few[count - 1].kind < kind)) {
        quantities->few[quantities->count++] = (HfQuantity){.kind = kind, .milli = milli};
        return;
    }
    uint32_t position = position_of(quantities, kind);
    if (is_at(quantities, position, kind)) {
        HfQuantity *entry = &entries_of(quantities)[position];
        entry->milli = hf_add(entry->milli, milli);
    } else {
        insert_at(quantities, position, kind, milli);
    }
}

void hf_quantities_add(HfQuantities *to, const HfQuantities *more)
{
    HfQuantity *into = entries_of(to);
    const HfQuantity *from = hf_quantities_entries(more);
    uint32_t i = 0, alike = MIN(to->count, more->count);
    for (; i < alike && into[i].kind == from[i].kind; i++)
        into[i].milli = hf_add(into[i].milli, from[i].milli);
    for (; i < more->count; i++) {
        HfQuantity entry = hf_quantities_entries(more)[i];
        hf_quantities_add_one(to, entry.kind, entry.milli);
    }
}

void hf_quantities_subtract(HfQuantities *from, const HfQuantities *less)
{
    subtract(from, less, FALSE);
}

gboolean hf_quantities_contains(const HfQuantities *whole, const HfQuantities *part)
{
    const HfQuantity *have = hf_quantities_entries(whole);
    const HfQuantity *want = hf_quantities_entries(part);
    uint32_t i = 0;
    for (uint32_t j = 0; j < part->count; j++) {
        while (i < whole->count && have[i].kind < want[j].kind) i++;
        if (i == whole->count || have[i].kind != want[j].kind || have[i].milli < want[j].milli)
            return FALSE;
    }
    return TRUE;
}

gboolean hf_quantities_equal(const HfQuantities *a, const HfQuantities *b)
{
    if (a->count != b->count) return FALSE;
    const HfQuantity *left = hf_quantities_entries(a), *right = hf_quantities_entries(b);
    for (uint32_t i = 0; i < a->count; i++)
        if (left[i].kind != right[i].kind || left[i].milli != right[i].milli) return FALSE;
    return TRUE;
}

/* ---- Limits ---- */

void hf_limits_clear(HfLimits *limits)
{
    hf_quantities_clear(&limits->entries);
}

void hf_limits_copy(HfLimits *to, const HfLimits *from)
{
    hf_quantities_copy(&to->entries, &from->entries);
}

gboolean hf_limits_get(const HfLimits *limits, HfKindId kind, int64_t *milli_out)
{
    uint32_t position = position_of(&limits->entries, kind);
    if (!is_at(&limits->entries, position, kind)) return FALSE;
    *milli_out = hf_quantities_entries(&limits->entries)[position].milli;
    return TRUE;
}

void hf_limits_set(HfLimits *limits, HfKindId kind, int64_t milli)
{
    HF_ASSERT(milli >= 0);
    put(&limits->entries, kind, milli);
}

void hf_limits_subtract(HfLimits *from, const HfQuantities *less)
{
    subtract(&from->entries, less, TRUE);
}

gboolean hf_limits_contains_quantities(const HfLimits *limits, const HfQuantities *quantities)
{
    const HfQuantity *entries = hf_quantities_entries(&limits->entries);
    for (uint32_t i = 0; i < limits->entries.count; i++)
        if (hf_quantities_get(quantities, entries[i].kind) > entries[i].milli) return FALSE;
    return TRUE;
}

gboolean hf_limits_contains(const HfLimits *limits, const HfLimits *part)
{
    const HfQuantity *entries = hf_quantities_entries(&limits->entries);
    for (uint32_t i = 0; i < limits->entries.count; i++) {
        int64_t milli;
        if (!hf_limits_get(part, entries[i].kind, &milli) || milli > entries[i].milli) return FALSE;
    }
    return TRUE;
}

gboolean hf_limits_equal(const HfLimits *a, const HfLimits *b)
{
    return hf_quantities_equal(&a->entries, &b->entries);
}

/* ---- Text ---- */

/* The name and amount of one `name:amount`. */
static gboolean parse_pair(HfCatalog *catalog, const char *pair, HfQuantity *out, GError **error)
{
    const char *colon = strchr(pair, ':');
    if (colon == NULL || strchr(colon + 1, ':') != NULL)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_SYNTAX, pair, "needs exactly one ':'");
    g_autofree char *name = g_strstrip(g_strndup(pair, (gsize)(colon - pair)));
    if (name[0] == '\0') return hf_intake__fail(error, HF_RESOURCE_ERROR_NAME, pair, "has no name");
    g_autofree char *amount = g_strstrip(g_strdup(colon + 1));
    if (amount[0] == '-')
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NEGATIVE, pair, "is not a number >= 0");
    HfValue value;
    if (!hf_value_parse(catalog, amount, &value, error)) {
        g_prefix_error(error, "'%s': ", name);
        return FALSE;
    }
    if (value.type != HF_VALUE_SCALAR) {
        hf_value_clear(catalog, &value);
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, pair, "is not a number");
    }
    if (value.milli > HF_MILLI_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, pair, "is beyond 2^40");
    HfKindId kind = hf_kind_intern(catalog, name, HF_TYPE_SCALAR);
    if (kind == HF_KIND_NONE)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, pair,
                               "is one resource name too many");
    *out = (HfQuantity){.kind = catalog->kind[kind].quantity, .milli = value.milli};
    return TRUE;
}

/* Limits keep zeros and refuse a name twice; quantities drop zeros and add up. */
static gboolean take_pair(HfCatalog *catalog, const char *pair, gboolean is_limit,
                          HfQuantities *result, GError **error)
{
    HfQuantity entry = {0};
    if (pair[0] == '\0') return TRUE;
    if (!parse_pair(catalog, pair, &entry, error)) return FALSE;
    if (result->count == HF_ENTRIES_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, pair, "too many names");
    if (is_limit && is_at(result, position_of(result, entry.kind), entry.kind))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_DUPLICATE, pair, "comes twice");
    if (hf_quantities_get(result, entry.kind) + entry.milli > HF_MILLI_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, pair, "sums to more than 2^40");
    if (is_limit) {
        put(result, entry.kind, entry.milli);
    } else {
        hf_quantities_add_one(result, entry.kind, entry.milli);
    }
    return TRUE;
}

static gboolean parse(HfCatalog *catalog, const char *text, gboolean is_limit, HfQuantities *out,
                      GError **error)
{
    if (!hf_intake__check_text(text, error)) return FALSE;
    HfQuantities result = {0};
    gboolean is_ok = TRUE;
    char *pair;
    while (is_ok && (pair = hf_intake__next(&text, ";")) != NULL) {
        is_ok = take_pair(catalog, pair, is_limit, &result, error);
        g_free(pair);
    }
    if (!is_ok) {
        hf_quantities_clear(&result);
        return FALSE;
    }
    hf_quantities_clear(out);
    *out = result;
    return TRUE;
}

gboolean hf_quantities_parse(HfCatalog *catalog, const char *text, HfQuantities *out,
                             GError **error)
{
    return parse(catalog, text, FALSE, out, error);
}

gboolean hf_limits_parse(HfCatalog *catalog, const char *text, HfLimits *out, GError **error)
{
    return parse(catalog, text, TRUE, &out->entries, error);
}

typedef struct NamedQuantity {
    const char *name;
    int64_t milli;
} NamedQuantity;

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const NamedQuantity *)a)->name, ((const NamedQuantity *)b)->name);
}

char *hf_quantities_print(const HfCatalog *catalog, const HfQuantities *quantities)
{
    if (quantities->count == 0) return g_strdup("{}");
    const HfQuantity *entries = hf_quantities_entries(quantities);
    g_autofree NamedQuantity *named = g_new(NamedQuantity, quantities->count);
    for (uint32_t i = 0; i < quantities->count; i++)
        named[i] = (NamedQuantity){hf_kind_name(catalog, entries[i].kind), entries[i].milli};
    qsort(named, quantities->count, sizeof *named, compare_names);
    GString *text = g_string_new(NULL);
    for (uint32_t i = 0; i < quantities->count; i++) {
        char amount[HF_MILLI_TEXT_SIZE];
        g_string_append_printf(text, "%s%s:%s", i > 0 ? "; " : "", named[i].name,
                               hf_milli_print(named[i].milli, amount));
    }
    return g_string_free(text, FALSE);
}

char *hf_limits_print(const HfCatalog *catalog, const HfLimits *limits)
{
    return hf_quantities_print(catalog, &limits->entries);
}
