/*
 * Life and arithmetic of collections. Almost every entry is divisible, and at most one entry of a
 * collection then has its key; adding and subtracting are a search for that one and a sum.
 */
#include "resource/resources.h"

#include <string.h>

#include "base/checked.h"
#include "resource/resources_internal.h"

/* ---- Life ---- */

static void drop_references(HfCatalog *catalog, HfResources *resources)
{
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++) hf_resource__unref(catalog, &entries[i]);
}

void hf_resources__clear(HfCatalog *catalog, HfResources *resources)
{
    drop_references(catalog, resources);
    if (resources->room != 0) {
        g_free(resources->heap.at);
        g_free(resources->heap.slots);
    }
    hf_resources_init(resources);
}

void hf_resources__reset(HfCatalog *catalog, HfResources *resources)
{
    drop_references(catalog, resources);
    resources->count = 0;
    if (hf_resources__has_index(resources)) {
        g_free(resources->heap.slots);
        resources->heap.slots = NULL;
    }
}

/* Room for `count` entries in all; the index, if any, is stale when the room grew. */
static void make_room(HfResources *resources, uint32_t count)
{
    uint32_t have = resources->room != 0 ? resources->room : HF_RESOURCES_INLINE;
    if (count <= have) return;
    HF_ASSERT(count <= UINT32_MAX / 4);
    uint32_t room = 8;
    while (room < count) room *= 2;
    if (resources->room != 0) {
        resources->heap.at = g_renew(HfResource, resources->heap.at, room);
    } else {
        HfResource *at = g_new(HfResource, room);
        memcpy(at, resources->few, resources->count * sizeof *at);
        resources->heap.at = at;
        resources->heap.slots = NULL;
        resources->heap.slots_mask = 0;
    }
    resources->room = room;
}

/* Any two collections. */
static __attribute__((noinline)) void copy_any(HfCatalog *catalog, HfResources *to,
                                               const HfResources *from)
{
    hf_resources_reset(catalog, to);
    make_room(to, from->count);
    const HfResource *source = hf_resources_entries(from);
    HfResource *target = hf_resources__entries(to);
    for (uint32_t i = 0; i < from->count; i++) {
        target[i] = source[i];
        hf_resource__ref(catalog, &source[i]);
    }
    to->count = from->count;
    hf_index__rebuild(catalog, to);
}

/* Inline, and with nothing but scalars of the first kinds: nothing is held but the entries. */
static inline gboolean is_few_scalars(const HfResources *resources)
{
    if (resources->room != 0) return FALSE;
    for (uint32_t i = 0; i < resources->count; i++)
        if (resources->few[i].kind >= HF_KIND_PORTS) return FALSE;
    return TRUE;
}

void hf_resources_copy(HfCatalog *catalog, HfResources *to, const HfResources *from)
{
    if (to == from) return;
    if (G_UNLIKELY(!is_few_scalars(from) || !is_few_scalars(to))) {
        copy_any(catalog, to, from);
        return;
    }
    for (uint32_t i = 0; i < from->count; i++) to->few[i] = from->few[i];
    to->count = from->count;
}

void hf_resources_move(HfCatalog *catalog, HfResources *to, HfResources *from)
{
    if (to == from) return;
    hf_resources_clear(catalog, to);
    *to = *from;
    hf_resources_init(from);
}

void hf_resources_swap(HfResources *a, HfResources *b)
{
    HfResources held = *a;
    *a = *b;
    *b = held;
}

void hf_resources__append(HfCatalog *catalog, HfResources *resources, HfResource entry)
{
    uint32_t position = resources->count;
    uint32_t had_room = resources->room;
    make_room(resources, position + 1);
    hf_resources__entries(resources)[position] = entry;
    resources->count = position + 1;
    if (resources->room == had_room && hf_resources__has_index(resources)) {
        hf_index__insert(catalog, resources, position);
    } else if (position + 1 >= HF_INDEX_FROM) {
        hf_index__rebuild(catalog, resources);
    }
}

void hf_resources__remove_at(HfCatalog *catalog, HfResources *resources, uint32_t position)
{
    HF_ASSERT(position < resources->count);
    HfResource *entries = hf_resources__entries(resources);
    uint32_t last = resources->count - 1;
    if (hf_resources__has_index(resources)) {
        hf_index__erase(catalog, resources, position);
        if (last != position) hf_index__moved(catalog, resources, last, position);
    }
    hf_resource__unref(catalog, &entries[position]);
    entries[position] = entries[last];
    resources->count = last;
}

/* ---- Single entries ---- */

gboolean hf_resource__same_value(const HfCatalog *catalog, const HfResource *a, const HfResource *b)
{
    switch (hf_kind_type(catalog, a->kind)) {
    case HF_TYPE_SCALAR:
        return a->milli == b->milli;
    case HF_TYPE_RANGES:
        return hf_ranges_equal(a->ranges, b->ranges);
    case HF_TYPE_SET:
        return hf_set_equal(a->set, b->set);
    }
    HF_ASSERT(!"a kind has one of three types");
    return FALSE;
}

gboolean hf_resource_equal(const HfCatalog *catalog, const HfResource *a, const HfResource *b)
{
    return hf_resource__same_key(catalog, a, b) && hf_resource__same_value(catalog, a, b);
}

gboolean hf_resource_is_empty(const HfCatalog *catalog, const HfResource *entry)
{
    if (entry->copies == 0) return TRUE;
    switch (hf_kind_type(catalog, entry->kind)) {
    case HF_TYPE_SCALAR:
        return entry->milli <= 0;
    case HF_TYPE_RANGES:
        return entry->ranges == NULL;
    case HF_TYPE_SET:
        return entry->set == NULL;
    }
    HF_ASSERT(!"a kind has one of three types");
    return TRUE;
}

int64_t hf_resource_quantity(const HfCatalog *catalog, const HfResource *entry)
{
    uint64_t width;
    switch (hf_kind_type(catalog, entry->kind)) {
    case HF_TYPE_SCALAR:
        return entry->milli;
    case HF_TYPE_RANGES:
        width = hf_ranges_width(entry->ranges);
        break;
    default:
        width = entry->set == NULL ? 0 : entry->set->count;
        break;
    }
    return width > HF_MILLI_MAX / 1000 ? HF_MILLI_MAX : (int64_t)width * 1000;
}

/* ---- Finding ---- */

/* First entry with the key (and the value, if asked), or HF_POSITION_NONE. */
static inline uint32_t find_entry(const HfCatalog *catalog, const HfResources *resources,
                                  const HfResource *entry, gboolean same_value)
{
    if (G_UNLIKELY(resources->count >= HF_INDEX_FROM && hf_resources__has_index(resources)))
        return hf_index__find(catalog, resources, entry, same_value);
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++) {
        if (hf_resource__same_key(catalog, &entries[i], entry) &&
            (!same_value || hf_resource__same_value(catalog, &entries[i], entry)))
            return i;
    }
    return HF_POSITION_NONE;
}

static inline gboolean is_indivisible(const HfCatalog *catalog, const HfResource *entry)
{
    return hf_resource__has(catalog, entry, HF_META_INDIVISIBLE);
}

/*
 * The entry that this one can be taken off (Mesos: first subtractable): of the same key, and for
 * what is indivisible of the same size too.
 */
static inline uint32_t find_subtractable(const HfCatalog *catalog, const HfResources *resources,
                                         const HfResource *entry)
{
    return find_entry(catalog, resources, entry, is_indivisible(catalog, entry));
}

/* The entry that this one merges into (Mesos: first addable), or HF_POSITION_NONE. */
static inline uint32_t find_addable(const HfCatalog *catalog, const HfResources *resources,
                                    const HfResource *entry)
{
    if (!is_indivisible(catalog, entry)) return find_entry(catalog, resources, entry, FALSE);
    if (hf_meta_is_shared(catalog, entry->meta)) return find_entry(catalog, resources, entry, TRUE);
    return HF_POSITION_NONE;
}

/*
 * The common case of adding, subtracting and containing: collections of a few amounts. Such a loop
 * calls nothing; what takes everything goes on at the first entry of another sort, in a function of
 * its own, so that no registers are saved for it.
 */
static inline gboolean are_small(const HfResources *a, const HfResources *b)
{
    return a->room == 0 && b->room == 0;
}

/*
 * Where the counterpart of a divisible scalar stands in a small collection: collections with the
 * same history have the same order, so the same place comes first. HF_POSITION_NONE: there is none,
 * or the entry is of another sort.
 */
static inline uint32_t counterpart(const HfCatalog *catalog, const HfResources *small,
                                   const HfResource *entry, uint32_t i)
{
    if (G_UNLIKELY(entry->kind >= HF_KIND_PORTS || is_indivisible(catalog, entry)))
        return HF_POSITION_NONE;
    const HfResource *few = small->few;
    if (G_LIKELY(i < small->count && few[i].kind == entry->kind && few[i].meta == entry->meta))
        return i;
    for (i = 0; i < small->count; i++)
        if (few[i].kind == entry->kind && few[i].meta == entry->meta) return i;
    return HF_POSITION_NONE;
}

/* ---- Adding ---- */

static void add_block(HfCatalog *catalog, HfResource *to, const HfResource *entry, HfType type)
{
    if (type == HF_TYPE_RANGES) {
        HfRanges *sum = hf_ranges_add(catalog, to->ranges, entry->ranges);
        hf_ranges_unref(catalog, to->ranges);
        to->ranges = sum;
    } else {
        HfSet *sum = hf_set_add(catalog, to->set, entry->set);
        hf_set_unref(catalog, to->set);
        to->set = sum;
    }
}

static inline void merge(HfCatalog *catalog, HfResource *to, const HfResource *entry)
{
    if (G_UNLIKELY(to->kind == HF_KIND_DISK && hf_resource__has(catalog, to, HF_META_SHARED))) {
        HF_ASSERT(to->copies + entry->copies <= UINT16_MAX);
        to->copies = (uint16_t)(to->copies + entry->copies);
        return;
    }
    HfType type = hf_resource__type(catalog, to);
    if (type == HF_TYPE_SCALAR) {
        to->milli = hf_add(to->milli, entry->milli);
    } else {
        add_block(catalog, to, entry, type);
    }
}

static inline void add_entry(HfCatalog *catalog, HfResources *to, const HfResource *entry)
{
    uint32_t position = find_addable(catalog, to, entry);
    if (position != HF_POSITION_NONE) {
        merge(catalog, &hf_resources__entries(to)[position], entry);
    } else {
        hf_resource__ref(catalog, entry);
        hf_resources__append(catalog, to, *entry);
    }
}

void hf_resources_add_one(HfCatalog *catalog, HfResources *to, const HfResource *entry)
{
    if (hf_resource_is_empty(catalog, entry)) return;
    HfResource held = *entry; /* it may stand in `to`, which may move */
    hf_resource__ref(catalog, &held);
    add_entry(catalog, to, &held);
    hf_resource__unref(catalog, &held);
}

/* From the i-th entry of `more` on. */
static __attribute__((noinline)) void add_from(HfCatalog *catalog, HfResources *to,
                                               const HfResources *more, uint32_t i)
{
    const HfResource *source = hf_resources_entries(more);
    for (; i < more->count; i++) {
        /* Collections with the same history have the same order: try the same place first. */
        HfResource *target = hf_resources__entries(to);
        if (G_LIKELY(i < to->count && target[i].kind == source[i].kind &&
                     target[i].meta == source[i].meta && !is_indivisible(catalog, &source[i]))) {
            merge(catalog, &target[i], &source[i]);
        } else {
            add_entry(catalog, to, &source[i]);
        }
    }
}

static void double_all(HfCatalog *catalog, HfResources *resources)
{
    HfResources twin = {0};
    hf_resources_copy(catalog, &twin, resources);
    add_from(catalog, resources, &twin, 0);
    hf_resources_clear(catalog, &twin);
}

void hf_resources_add(HfCatalog *catalog, HfResources *to, const HfResources *more)
{
    if (more->count == 0) return;
    if (to->count == 0) {
        hf_resources_copy(catalog, to, more);
        return;
    }
    if (to == more) {
        double_all(catalog, to);
        return;
    }
    uint32_t i = 0;
    if (G_LIKELY(are_small(to, more))) {
        for (; i < more->count; i++) {
            uint32_t position = counterpart(catalog, to, &more->few[i], i);
            if (position == HF_POSITION_NONE) break;
            to->few[position].milli = hf_add(to->few[position].milli, more->few[i].milli);
        }
    }
    if (i < more->count) add_from(catalog, to, more, i);
}

/* ---- Subtracting ---- */

static void subtract_block(HfCatalog *catalog, HfResource *from, const HfResource *entry,
                           HfType type)
{
    if (type == HF_TYPE_RANGES) {
        HfRanges *rest = hf_ranges_subtract(catalog, from->ranges, entry->ranges);
        hf_ranges_unref(catalog, from->ranges);
        from->ranges = rest;
    } else {
        HfSet *rest = hf_set_subtract(catalog, from->set, entry->set);
        hf_set_unref(catalog, from->set);
        from->set = rest;
    }
}

/* Take off what can be taken; TRUE when something is left. */
static inline gboolean take_off(HfCatalog *catalog, HfResource *from, const HfResource *entry)
{
    if (G_UNLIKELY(from->kind == HF_KIND_DISK && hf_resource__has(catalog, from, HF_META_SHARED))) {
        if (from->copies <= entry->copies) return FALSE;
        from->copies = (uint16_t)(from->copies - entry->copies);
        return TRUE;
    }
    HfType type = hf_resource__type(catalog, from);
    if (type == HF_TYPE_SCALAR) {
        if (from->milli <= entry->milli) return FALSE;
        from->milli -= entry->milli;
        return TRUE;
    }
    subtract_block(catalog, from, entry, type);
    return from->ranges != NULL; /* one pointer for both: ranges and set share their place */
}

void hf_resources_subtract_one(HfCatalog *catalog, HfResources *from, const HfResource *entry)
{
    if (hf_resource_is_empty(catalog, entry)) return;
    uint32_t position = find_subtractable(catalog, from, entry);
    if (position == HF_POSITION_NONE) return;
    if (!take_off(catalog, &hf_resources__entries(from)[position], entry))
        hf_resources__remove_at(catalog, from, position);
}

/* From the i-th entry of `less` on. */
static __attribute__((noinline)) void subtract_from(HfCatalog *catalog, HfResources *from,
                                                    const HfResources *less, uint32_t i)
{
    const HfResource *source = hf_resources_entries(less);
    for (; i < less->count && from->count > 0; i++) {
        HfResource *target = hf_resources__entries(from);
        uint32_t position = i;
        if (!G_LIKELY(i < from->count && target[i].kind == source[i].kind &&
                      target[i].meta == source[i].meta && !is_indivisible(catalog, &source[i]))) {
            position = find_subtractable(catalog, from, &source[i]);
            if (position == HF_POSITION_NONE) continue;
        }
        if (!take_off(catalog, &target[position], &source[i]))
            hf_resources__remove_at(catalog, from, position);
    }
}

void hf_resources_subtract(HfCatalog *catalog, HfResources *from, const HfResources *less)
{
    if (from == less) {
        hf_resources_reset(catalog, from);
        return;
    }
    uint32_t i = 0;
    if (G_LIKELY(are_small(from, less))) {
        for (; i < less->count; i++) {
            uint32_t position = counterpart(catalog, from, &less->few[i], i);
            if (position == HF_POSITION_NONE) break;
            if (from->few[position].milli > less->few[i].milli)
                from->few[position].milli -= less->few[i].milli;
            else
                from->few[position] = from->few[--from->count];
        }
    }
    if (i < less->count) subtract_from(catalog, from, less, i);
}

/* ---- Containing ---- */

/* Is the value (and the number of copies) of `part` within `whole`, which has the same key? */
static inline gboolean value_contains(const HfCatalog *catalog, const HfResource *whole,
                                      const HfResource *part)
{
    switch (hf_resource__type(catalog, whole)) {
    case HF_TYPE_SCALAR:
        return part->milli <= whole->milli && part->copies <= whole->copies;
    case HF_TYPE_RANGES:
        return hf_ranges_contains(whole->ranges, part->ranges);
    case HF_TYPE_SET:
        return hf_set_contains(whole->set, part->set);
    }
    HF_ASSERT(!"a kind has one of three types");
    return FALSE;
}

gboolean hf_resources_contains_one(const HfCatalog *catalog, const HfResources *whole,
                                   const HfResource *entry)
{
    uint32_t position = find_subtractable(catalog, whole, entry);
    return position != HF_POSITION_NONE &&
           value_contains(catalog, &hf_resources_entries(whole)[position], entry);
}

static uint32_t count_equal(const HfCatalog *catalog, const HfResource *entries, uint32_t count,
                            const HfResource *entry)
{
    uint32_t equal = 0;
    for (uint32_t i = 0; i < count; i++) equal += hf_resource_equal(catalog, &entries[i], entry);
    return equal;
}

/* Is there one for this indivisible entry of `part`, after those for the equal ones before it? */
static gboolean contains_another(const HfCatalog *catalog, const HfResources *whole,
                                 const HfResources *part, uint32_t part_ix)
{
    const HfResource *wanted = hf_resources_at(part, part_ix);
    if (!hf_resources_contains_one(catalog, whole, wanted)) return FALSE;
    if ((catalog->quirks & HF_QUIRK_CONTAINS) && !hf_meta_is_persistent(catalog, wanted->meta))
        return TRUE;
    uint32_t needed = 1 + count_equal(catalog, hf_resources_entries(part), part_ix, wanted);
    return needed == 1 ||
           count_equal(catalog, hf_resources_entries(whole), whole->count, wanted) >= needed;
}

/* From the i-th entry of `part` on. */
static __attribute__((noinline)) gboolean contains_from(const HfCatalog *catalog,
                                                        const HfResources *whole,
                                                        const HfResources *part, uint32_t i)
{
    const HfResource *wanted = hf_resources_entries(part);
    const HfResource *have = hf_resources_entries(whole);
    for (; i < part->count; i++) {
        if (G_UNLIKELY(is_indivisible(catalog, &wanted[i]))) {
            if (!contains_another(catalog, whole, part, i)) return FALSE;
            continue;
        }
        uint32_t position = i;
        if (!G_LIKELY(i < whole->count && have[i].kind == wanted[i].kind &&
                      have[i].meta == wanted[i].meta)) {
            position = find_entry(catalog, whole, &wanted[i], FALSE);
            if (position == HF_POSITION_NONE) return FALSE;
        }
        if (!value_contains(catalog, &have[position], &wanted[i])) return FALSE;
    }
    return TRUE;
}

gboolean hf_resources_contains(const HfCatalog *catalog, const HfResources *whole,
                               const HfResources *part)
{
    if (whole == part) return TRUE;
    uint32_t i = 0;
    if (G_LIKELY(are_small(whole, part))) {
        for (; i < part->count; i++) {
            uint32_t position = counterpart(catalog, whole, &part->few[i], i);
            if (position == HF_POSITION_NONE) break;
            if (!value_contains(catalog, &whole->few[position], &part->few[i])) return FALSE;
        }
    }
    return i >= part->count || contains_from(catalog, whole, part, i);
}

gboolean hf_resources_equal(const HfCatalog *catalog, const HfResources *a, const HfResources *b)
{
    if (a->count != b->count && (catalog->quirks & HF_QUIRK_CONTAINS) == 0) return FALSE;
    return hf_resources_contains(catalog, a, b) && hf_resources_contains(catalog, b, a);
}

/* ---- Looking ---- */

int64_t hf_resources_milli(const HfResources *resources, HfKindId kind)
{
    int64_t sum = 0;
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++)
        if (entries[i].kind == kind) sum = hf_add(sum, entries[i].milli);
    return sum;
}

HfRanges *hf_resources_ranges(HfCatalog *catalog, const HfResources *resources, HfKindId kind)
{
    HF_ASSERT(hf_kind_type(catalog, kind) == HF_TYPE_RANGES);
    HfResource sum = {.kind = kind, .copies = 1, .ranges = NULL};
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++)
        if (entries[i].kind == kind) add_block(catalog, &sum, &entries[i], HF_TYPE_RANGES);
    return sum.ranges;
}

HfSet *hf_resources_set(HfCatalog *catalog, const HfResources *resources, HfKindId kind)
{
    HF_ASSERT(hf_kind_type(catalog, kind) == HF_TYPE_SET);
    HfResource sum = {.kind = kind, .copies = 1, .set = NULL};
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++)
        if (entries[i].kind == kind) add_block(catalog, &sum, &entries[i], HF_TYPE_SET);
    return sum.set;
}

uint32_t hf_resources_copies(const HfCatalog *catalog, const HfResources *resources,
                             const HfResource *entry)
{
    uint32_t position = find_entry(catalog, resources, entry, TRUE);
    return position == HF_POSITION_NONE ? 0 : hf_resources_entries(resources)[position].copies;
}

gboolean hf_resources_any(const HfCatalog *catalog, const HfResources *resources, uint32_t flags)
{
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++)
        if (hf_meta_has(catalog, entries[i].meta, flags)) return TRUE;
    return FALSE;
}
