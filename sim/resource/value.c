/* Fixed point, the pool of blocks, and the arithmetic of ranges and sets (merges of sorted arrays).
 */
#include "resource/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resource/catalog_internal.h"

/* ---- Scalars ---- */

int64_t hf_milli_from_double(double units)
{
    return llround(units * 1000.0);
}

double hf_milli_to_double(int64_t milli)
{
    return (double)(milli / 1000) + (double)(milli % 1000) / 1000.0;
}

char *hf_milli_print(int64_t milli, char *buffer)
{
    uint64_t size = milli < 0 ? -(uint64_t)milli : (uint64_t)milli;
    int length = snprintf(buffer, HF_MILLI_TEXT_SIZE, "%s%" G_GUINT64_FORMAT ".%03u",
                          milli < 0 ? "-" : "", (guint64)(size / 1000), (unsigned)(size % 1000));
    HF_ASSERT(length > 4 && length < HF_MILLI_TEXT_SIZE);
    while (buffer[length - 1] == '0') length--;
    if (buffer[length - 1] == '.') length--;
    buffer[length] = '\0';
    return buffer;
}

/* ---- The pool ---- */

_Static_assert(sizeof(HfRanges) == 16 && sizeof(HfSet) == 16, "one header for all blocks");

static uint32_t size_class_of(size_t bytes)
{
    uint32_t size_class = 0;
    while (((size_t)16 << size_class) < bytes) size_class++;
    HF_ASSERT(size_class < HF_POOL_CLASSES);
    return size_class;
}

static void *pool_take(HfCatalog *catalog, uint32_t size_class)
{
    HfPoolBlock *block = catalog->tables->pool[size_class];
    if (block == NULL) return g_malloc(16 + ((size_t)16 << size_class));
    catalog->tables->pool[size_class] = block->next;
    return block;
}

static void pool_give(HfCatalog *catalog, void *memory, uint32_t size_class)
{
    HfPoolBlock *block = memory;
    block->next = catalog->tables->pool[size_class];
    catalog->tables->pool[size_class] = block;
}

void hf_value__clear_pool(HfCatalog *catalog)
{
    for (uint32_t c = 0; c < HF_POOL_CLASSES; c++) {
        while (catalog->tables->pool[c] != NULL) {
            HfPoolBlock *block = catalog->tables->pool[c];
            catalog->tables->pool[c] = block->next;
            g_free(block);
        }
    }
}

/* ---- Ranges ---- */

static HfRanges *ranges_take(HfCatalog *catalog, uint32_t room)
{
    uint32_t size_class = size_class_of(room * sizeof(HfRange));
    HfRanges *ranges = pool_take(catalog, size_class);
    *ranges = (HfRanges){.refs = 1, .size_class = size_class};
    return ranges;
}

/* A result that turned out much smaller than its room moves to a smaller block; empty is NULL. */
static HfRanges *ranges_finish(HfCatalog *catalog, HfRanges *ranges)
{
    if (ranges->count == 0) {
        hf_ranges_unref(catalog, ranges);
        return NULL;
    }
    uint32_t size_class = size_class_of(ranges->count * sizeof(HfRange));
    if (size_class == ranges->size_class) return ranges;
    HfRanges *fit = ranges_take(catalog, ranges->count);
    fit->count = ranges->count;
    memcpy(fit->at, ranges->at, ranges->count * sizeof(HfRange));
    hf_ranges_unref(catalog, ranges);
    return fit;
}

void hf_ranges_unref(HfCatalog *catalog, HfRanges *ranges)
{
    if (ranges == NULL) return;
    HF_ASSERT(ranges->refs > 0);
    if (--ranges->refs == 0) pool_give(catalog, ranges, ranges->size_class);
}

static int compare_ranges(const void *a, const void *b)
{
    const HfRange *left = a, *right = b;
    if (left->begin != right->begin) return left->begin < right->begin ? -1 : 1;
    return (left->end > right->end) - (left->end < right->end);
}

/* Append to a list in the making; begins must come in order. */
static void push_range(HfRanges *to, HfRange range)
{
    HfRange *last = to->count == 0 ? NULL : &to->at[to->count - 1];
    if (last != NULL && (last->end == UINT64_MAX || range.begin <= last->end + 1)) {
        last->end = MAX(last->end, range.end);
    } else {
        to->at[to->count++] = range;
    }
}

HfRanges *hf_ranges_new(HfCatalog *catalog, HfRange *ranges, uint32_t count)
{
    if (count == 0) return NULL;
    qsort(ranges, count, sizeof *ranges, compare_ranges);
    HfRanges *result = ranges_take(catalog, count);
    for (uint32_t i = 0; i < count; i++) {
        HF_ASSERT(ranges[i].begin <= ranges[i].end);
        push_range(result, ranges[i]);
    }
    return ranges_finish(catalog, result);
}

HfRanges *hf_ranges_add(HfCatalog *catalog, const HfRanges *a, const HfRanges *b)
{
    if (a == NULL || a == b) return hf_ranges_ref((HfRanges *)b);
    if (b == NULL) return hf_ranges_ref((HfRanges *)a);
    HfRanges *sum = ranges_take(catalog, a->count + b->count);
    uint32_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        gboolean from_a = j == b->count || (i < a->count && a->at[i].begin <= b->at[j].begin);
        push_range(sum, from_a ? a->at[i++] : b->at[j++]);
    }
    return ranges_finish(catalog, sum);
}

HfRanges *hf_ranges_subtract(HfCatalog *catalog, const HfRanges *a, const HfRanges *b)
{
    if (a == NULL || a == b) return NULL;
    if (b == NULL) return hf_ranges_ref((HfRanges *)a);
    HfRanges *rest = ranges_take(catalog, a->count + b->count);
    uint32_t j = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        HfRange piece = a->at[i];
        gboolean is_left = TRUE;
        while (j < b->count && b->at[j].end < piece.begin) j++;
        for (uint32_t k = j; is_left && k < b->count && b->at[k].begin <= piece.end; k++) {
            HfRange cut = b->at[k];
            if (cut.begin > piece.begin)
                rest->at[rest->count++] = (HfRange){piece.begin, cut.begin - 1};
            is_left = cut.end < piece.end;
            if (is_left) piece.begin = cut.end + 1;
            j = k;
        }
        if (is_left) rest->at[rest->count++] = piece;
    }
    return ranges_finish(catalog, rest);
}

gboolean hf_ranges_contains(const HfRanges *whole, const HfRanges *part)
{
    if (part == NULL || whole == part) return TRUE;
    if (whole == NULL) return FALSE;
    uint32_t i = 0;
    for (uint32_t j = 0; j < part->count; j++) {
        while (i < whole->count && whole->at[i].end < part->at[j].begin) i++;
        if (i == whole->count || part->at[j].begin < whole->at[i].begin ||
            part->at[j].end > whole->at[i].end)
            return FALSE;
    }
    return TRUE;
}

gboolean hf_ranges_equal(const HfRanges *a, const HfRanges *b)
{
    if (a == b) return TRUE;
    if (a == NULL || b == NULL || a->count != b->count) return FALSE;
    return memcmp(a->at, b->at, a->count * sizeof(HfRange)) == 0;
}

uint64_t hf_ranges_width(const HfRanges *ranges)
{
    uint64_t width = 0;
    for (uint32_t i = 0; ranges != NULL && i < ranges->count; i++) {
        uint64_t span = ranges->at[i].end - ranges->at[i].begin;
        if (span == UINT64_MAX || __builtin_add_overflow(width, span + 1, &width))
            return UINT64_MAX;
    }
    return width;
}

void hf_ranges_print(const HfRanges *ranges, const char *separator, GString *text_out)
{
    g_string_append_c(text_out, '[');
    for (uint32_t i = 0; ranges != NULL && i < ranges->count; i++) {
        g_string_append_printf(text_out, "%s%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
                               i > 0 ? separator : "", (guint64)ranges->at[i].begin,
                               (guint64)ranges->at[i].end);
    }
    g_string_append_c(text_out, ']');
}

/* ---- Sets ---- */

static HfSet *set_take(HfCatalog *catalog, uint32_t room)
{
    uint32_t size_class = size_class_of(room * sizeof(HfTextId));
    HfSet *set = pool_take(catalog, size_class);
    *set = (HfSet){.refs = 1, .size_class = size_class};
    return set;
}

static HfSet *set_finish(HfCatalog *catalog, HfSet *set)
{
    if (set->count > 0) return set;
    hf_set_unref(catalog, set);
    return NULL;
}

void hf_set_unref(HfCatalog *catalog, HfSet *set)
{
    if (set == NULL) return;
    HF_ASSERT(set->refs > 0);
    if (--set->refs == 0) pool_give(catalog, set, set->size_class);
}

static int compare_ids(const void *a, const void *b)
{
    HfTextId left = *(const HfTextId *)a, right = *(const HfTextId *)b;
    return (left > right) - (left < right);
}

HfSet *hf_set_new(HfCatalog *catalog, HfTextId *items, uint32_t count)
{
    if (count == 0) return NULL;
    qsort(items, count, sizeof *items, compare_ids);
    HfSet *set = set_take(catalog, count);
    for (uint32_t i = 0; i < count; i++) {
        HF_ASSERT(items[i] != HF_TEXT_NONE);
        if (i == 0 || items[i] != items[i - 1]) set->at[set->count++] = items[i];
    }
    return set;
}

HfSet *hf_set_add(HfCatalog *catalog, const HfSet *a, const HfSet *b)
{
    if (a == NULL || a == b) return hf_set_ref((HfSet *)b);
    if (b == NULL) return hf_set_ref((HfSet *)a);
    HfSet *sum = set_take(catalog, a->count + b->count);
    uint32_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        HfTextId left = i < a->count ? a->at[i] : UINT32_MAX;
        HfTextId right = j < b->count ? b->at[j] : UINT32_MAX;
        sum->at[sum->count++] = MIN(left, right);
        i += left <= right;
        j += right <= left;
    }
    return sum;
}

HfSet *hf_set_subtract(HfCatalog *catalog, const HfSet *a, const HfSet *b)
{
    if (a == NULL || a == b) return NULL;
    if (b == NULL) return hf_set_ref((HfSet *)a);
    HfSet *rest = set_take(catalog, a->count);
    uint32_t j = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        while (j < b->count && b->at[j] < a->at[i]) j++;
        if (j == b->count || b->at[j] != a->at[i]) rest->at[rest->count++] = a->at[i];
    }
    return set_finish(catalog, rest);
}

gboolean hf_set_contains(const HfSet *whole, const HfSet *part)
{
    if (part == NULL || whole == part) return TRUE;
    if (whole == NULL) return FALSE;
    uint32_t i = 0;
    for (uint32_t j = 0; j < part->count; j++) {
        while (i < whole->count && whole->at[i] < part->at[j]) i++;
        if (i == whole->count || whole->at[i] != part->at[j]) return FALSE;
    }
    return TRUE;
}

gboolean hf_set_equal(const HfSet *a, const HfSet *b)
{
    if (a == b) return TRUE;
    if (a == NULL || b == NULL || a->count != b->count) return FALSE;
    return memcmp(a->at, b->at, a->count * sizeof(HfTextId)) == 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void hf_set_print(const HfCatalog *catalog, const HfSet *set, const char *separator,
                  GString *text_out)
{
    uint32_t count = set == NULL ? 0 : set->count;
    g_autofree const char **items = g_new(const char *, count);
    for (uint32_t i = 0; i < count; i++) items[i] = hf_text(catalog, set->at[i]);
    if (count > 1) qsort(items, count, sizeof *items, compare_texts);
    g_string_append_c(text_out, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) g_string_append(text_out, separator);
        g_string_append(text_out, items[i]);
    }
    g_string_append_c(text_out, '}');
}
