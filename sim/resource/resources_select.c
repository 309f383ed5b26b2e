/* Parts of a collection, changed metadata, finding and shrinking, quantities. */
#include <string.h>

#include "base/checked.h"
#include "resource/resources.h"
#include "resource/resources_internal.h"

/* ---- Choosing ---- */

/* A part of a merged collection is merged, so entries are appended without looking. */
static inline void take_over(HfCatalog *catalog, HfResources *out, const HfResource *entry)
{
    hf_resource__ref(catalog, entry);
    hf_resources__append(catalog, out, *entry);
}

void hf_resources_filter(HfCatalog *catalog, const HfResources *from, HfResourcePredicate predicate,
                         const void *data, HfResources *out)
{
    HF_ASSERT(from != out);
    hf_resources_reset(catalog, out);
    const HfResource *entries = hf_resources_entries(from);
    for (uint32_t i = 0; i < from->count; i++)
        if (predicate(catalog, &entries[i], data)) take_over(catalog, out, &entries[i]);
}

void hf_resources_select(HfCatalog *catalog, const HfResources *from, uint32_t mask, uint32_t want,
                         HfResources *out)
{
    HF_ASSERT(from != out && (want & ~mask) == 0);
    hf_resources_reset(catalog, out);
    const HfResource *entries = hf_resources_entries(from);
    for (uint32_t i = 0; i < from->count; i++)
        if ((hf_meta_info(catalog, entries[i].meta)->flags & mask) == want)
            take_over(catalog, out, &entries[i]);
}

void hf_resources_unreserved(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_RESERVED, 0, out);
}

void hf_resources_reserved(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_RESERVED, HF_META_RESERVED, out);
}

void hf_resources_revocable(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_REVOCABLE, HF_META_REVOCABLE, out);
}

void hf_resources_non_revocable(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_REVOCABLE, 0, out);
}

void hf_resources_shared(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_SHARED, HF_META_SHARED, out);
}

void hf_resources_non_shared(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_SHARED, 0, out);
}

void hf_resources_persistent_volumes(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_select(catalog, from, HF_META_PERSISTENT, HF_META_PERSISTENT, out);
}

static gboolean is_reserved_to(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    HfRoleId reserved = hf_meta_reservation_role(catalog, entry->meta);
    return reserved != HF_ROLE_STAR && reserved == *(const HfRoleId *)data;
}

static gboolean is_allocatable_to(const HfCatalog *catalog, const HfResource *entry,
                                  const void *data)
{
    return hf_meta_is_allocatable_to(catalog, entry->meta, *(const HfRoleId *)data);
}

static gboolean is_allocated_to(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return hf_meta_allocation_role(catalog, entry->meta) == *(const HfRoleId *)data;
}

static gboolean is_of_kind(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return entry->kind == *(const HfKindId *)data;
}

static gboolean is_scalar(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR;
}

static gboolean is_checkpointed(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    uint32_t flags = hf_meta_info(catalog, entry->meta)->flags;
    return (flags & HF_META_PROVIDER) == 0 && (flags & (HF_META_DYNAMIC | HF_META_PERSISTENT)) != 0;
}

void hf_resources_reserved_to(HfCatalog *catalog, const HfResources *from, HfRoleId role,
                              HfResources *out)
{
    hf_resources_filter(catalog, from, is_reserved_to, &role, out);
}

void hf_resources_allocatable_to(HfCatalog *catalog, const HfResources *from, HfRoleId role,
                                 HfResources *out)
{
    hf_resources_filter(catalog, from, is_allocatable_to, &role, out);
}

void hf_resources_allocated_to(HfCatalog *catalog, const HfResources *from, HfRoleId role,
                               HfResources *out)
{
    hf_resources_filter(catalog, from, is_allocated_to, &role, out);
}

void hf_resources_of_kind(HfCatalog *catalog, const HfResources *from, HfKindId kind,
                          HfResources *out)
{
    hf_resources_filter(catalog, from, is_of_kind, &kind, out);
}

void hf_resources_scalars(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_filter(catalog, from, is_scalar, NULL, out);
}

void hf_resources_checkpointed(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_filter(catalog, from, is_checkpointed, NULL, out);
}

/* ---- Changing the metadata ---- */

typedef HfMetaId (*MetaChange)(HfCatalog *catalog, HfMetaId meta, const void *data);

/* Build the collection anew with changed metadata, so that entries which became alike merge. */
static void rebuild(HfCatalog *catalog, HfResources *resources, MetaChange change, const void *data)
{
    HfResources result = {0};
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++) {
        HfResource changed = entries[i];
        changed.meta = change(catalog, changed.meta, data);
        hf_resources_add_one(catalog, &result, &changed);
    }
    hf_resources_move(catalog, resources, &result);
}

static HfMetaId change_allocation(HfCatalog *catalog, HfMetaId meta, const void *data)
{
    return hf_meta_allocate(catalog, meta, *(const HfRoleId *)data);
}

void hf_resources_allocate(HfCatalog *catalog, HfResources *resources, HfRoleId role)
{
    HfResource *entries = hf_resources__entries(resources);
    if (resources->count == 0) return;
    /* All from one role to another: different entries stay different, nothing can merge. */
    HfRoleId before = hf_meta_allocation_role(catalog, entries[0].meta);
    for (uint32_t i = 1; i < resources->count; i++) {
        if (hf_meta_allocation_role(catalog, entries[i].meta) != before) {
            rebuild(catalog, resources, change_allocation, &role);
            return;
        }
    }
    HfMetaId seen = entries[0].meta, changed = hf_meta_allocate(catalog, seen, role);
    for (uint32_t i = 0; i < resources->count; i++) {
        if (entries[i].meta != seen) {
            seen = entries[i].meta;
            changed = hf_meta_allocate(catalog, seen, role);
        }
        entries[i].meta = changed;
    }
    if (hf_resources__has_index(resources)) hf_index__rebuild(catalog, resources);
}

void hf_resources_unallocate(HfCatalog *catalog, HfResources *resources)
{
    hf_resources_allocate(catalog, resources, HF_ROLE_NONE);
}

static HfMetaId change_push(HfCatalog *catalog, HfMetaId meta, const void *data)
{
    return hf_meta_push_reservation(catalog, meta, data);
}

void hf_resources_push_reservation(HfCatalog *catalog, HfResources *resources,
                                   const HfReservation *top)
{
    rebuild(catalog, resources, change_push, top);
}

static HfMetaId change_pop(HfCatalog *catalog, HfMetaId meta, const void *data)
{
    return hf_meta_pop_reservation(catalog, meta);
}

void hf_resources_pop_reservation(HfCatalog *catalog, HfResources *resources)
{
    rebuild(catalog, resources, change_pop, NULL);
}

static HfMetaId change_unreserve(HfCatalog *catalog, HfMetaId meta, const void *data)
{
    return hf_meta_unreserve(catalog, meta);
}

void hf_resources_to_unreserved(HfCatalog *catalog, HfResources *resources)
{
    rebuild(catalog, resources, change_unreserve, NULL);
}

void hf_resources_strip(HfCatalog *catalog, HfResources *resources)
{
    HfResources result = {0};
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++) {
        if (hf_kind_type(catalog, entries[i].kind) != HF_TYPE_SCALAR) continue;
        HfResource plain = hf_resource_scalar(entries[i].kind, HF_META_PLAIN, entries[i].milli);
        hf_resources_add_one(catalog, &result, &plain);
    }
    hf_resources_move(catalog, resources, &result);
}

/* ---- Finding ---- */

typedef struct Search {
    HfResources total;     /* not taken yet */
    HfResources remaining; /* still wanted, unreserved */
    HfResources found;
} Search;

static void search_clear(HfCatalog *catalog, Search *search)
{
    hf_resources_clear(catalog, &search->total);
    hf_resources_clear(catalog, &search->remaining);
    hf_resources_clear(catalog, &search->found);
}

/* Take from one entry what is still wanted of it; TRUE when nothing is wanted any more. */
static gboolean take_from(HfCatalog *catalog, Search *search, const HfResource *entry)
{
    HfResource plain = *entry;
    plain.meta = hf_meta_unreserve(catalog, entry->meta);
    HfResources offered = {0};
    hf_resources_add_one(catalog, &offered, &plain);
    gboolean is_enough = hf_resources_contains(catalog, &offered, &search->remaining);
    if (is_enough) {
        HfResource part = *hf_resources_at(&search->remaining, 0);
        part.meta = entry->meta;
        hf_resources_add_one(catalog, &search->found, &part);
        hf_resources_subtract_one(catalog, &search->total, &part);
    } else if (hf_resources_contains(catalog, &search->remaining, &offered)) {
        hf_resources_add_one(catalog, &search->found, entry);
        hf_resources_subtract_one(catalog, &search->total, entry);
        hf_resources_subtract(catalog, &search->remaining, &offered);
    }
    hf_resources_clear(catalog, &offered);
    return is_enough;
}

/* One entry of the target, from what `search->total` still has. */
static gboolean find_one(HfCatalog *catalog, Search *search, const HfResource *target)
{
    HfRoleId role = hf_meta_reservation_role(catalog, target->meta);
    HfResource plain = *target;
    plain.meta = hf_meta_unreserve(catalog, target->meta);
    hf_resources_reset(catalog, &search->remaining);
    hf_resources_add_one(catalog, &search->remaining, &plain);
    if (hf_resources_is_empty(&search->remaining)) return TRUE;
    gboolean is_found = FALSE;
    HfResources candidates = {0};
    for (int round = 0; round < 3 && !is_found; round++) {
        if (round == 0) hf_resources_reserved_to(catalog, &search->total, role, &candidates);
        if (round == 1) hf_resources_unreserved(catalog, &search->total, &candidates);
        if (round == 2) hf_resources_copy(catalog, &candidates, &search->total);
        for (uint32_t i = 0; i < candidates.count && !is_found; i++)
            is_found = take_from(catalog, search, hf_resources_at(&candidates, i));
    }
    hf_resources_clear(catalog, &candidates);
    return is_found;
}

gboolean hf_resources_find(HfCatalog *catalog, const HfResources *resources,
                           const HfResources *target, HfResources *out)
{
    Search search = {0};
    hf_resources_copy(catalog, &search.total, resources);
    gboolean is_found = TRUE;
    for (uint32_t i = 0; i < target->count && is_found; i++)
        is_found = find_one(catalog, &search, hf_resources_at(target, i));
    hf_resources_clear(catalog, out);
    if (is_found) hf_resources_move(catalog, out, &search.found);
    search_clear(catalog, &search);
    return is_found;
}

/* ---- Shrinking ---- */

gboolean hf_resource_shrink(const HfCatalog *catalog, HfResource *entry, int64_t target_milli)
{
    HF_ASSERT(target_milli >= 0);
    if (hf_resource_quantity(catalog, entry) <= target_milli) return TRUE;
    if (hf_kind_type(catalog, entry->kind) != HF_TYPE_SCALAR) return FALSE;
    if (!hf_meta_is_divisible(catalog, entry->meta)) return FALSE;
    entry->milli = target_milli;
    return TRUE;
}

/* What shrinking asks of its target, be it quantities or limits. */
typedef struct ShrinkTarget {
    HfQuantities rest; /* what is left of it */
    gboolean is_limit; /* absent = unlimited, zeros kept */
} ShrinkTarget;

static const HfQuantity *target_entry(const ShrinkTarget *target, HfKindId kind)
{
    const HfQuantity *entries = hf_quantities_entries(&target->rest);
    for (uint32_t i = 0; i < target->rest.count; i++)
        if (entries[i].kind == kind) return &entries[i];
    return NULL;
}

static void shrink_into(HfCatalog *catalog, HfResources *result, HfResource entry,
                        ShrinkTarget *target)
{
    HfKindId name = catalog->kind[entry.kind].quantity;
    const HfQuantity *left = target_entry(target, name);
    if (left == NULL) {
        if (target->is_limit) hf_resources_add_one(catalog, result, &entry);
        return;
    }
    if (!hf_resource_shrink(catalog, &entry, left->milli)) return;
    HfQuantities taken = {0};
    hf_quantities_set(&taken, name, hf_resource_quantity(catalog, &entry));
    if (target->is_limit) {
        HfLimits limits = {target->rest};
        hf_limits_subtract(&limits, &taken);
        target->rest = limits.entries;
    } else {
        hf_quantities_subtract(&target->rest, &taken);
    }
    hf_quantities_clear(&taken);
    hf_resources_add_one(catalog, result, &entry);
}

/* Fisher-Yates: each order with equal probability. */
static void shuffle_entries(HfResource *entries, uint32_t count, HfStream *stream)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = (uint32_t)hf_stream_below(stream, i);
        HfResource held = entries[i - 1];
        entries[i - 1] = entries[j];
        entries[j] = held;
    }
}

static void shrink(HfCatalog *catalog, HfResources *resources, ShrinkTarget *target,
                   HfStream *stream)
{
    HfResources from = {0}, result = {0};
    hf_resources_move(catalog, &from, resources);
    if (stream != NULL) shuffle_entries(hf_resources__entries(&from), from.count, stream);
    const HfResource *entries = hf_resources_entries(&from);
    for (uint32_t i = 0; i < from.count; i++) shrink_into(catalog, &result, entries[i], target);
    hf_resources_move(catalog, resources, &result);
    hf_resources_clear(catalog, &from);
    hf_quantities_clear(&target->rest);
}

void hf_resources_shrink_to_quantities(HfCatalog *catalog, HfResources *resources,
                                       const HfQuantities *target, HfStream *stream)
{
    ShrinkTarget rest = {.is_limit = FALSE};
    hf_quantities_copy(&rest.rest, target);
    shrink(catalog, resources, &rest, stream);
}

void hf_resources_shrink_to_limits(HfCatalog *catalog, HfResources *resources,
                                   const HfLimits *limits, HfStream *stream)
{
    if (hf_limits_is_empty(limits)) return;
    ShrinkTarget rest = {.is_limit = TRUE};
    hf_quantities_copy(&rest.rest, &limits->entries);
    shrink(catalog, resources, &rest, stream);
}

/* ---- Quantities ---- */

void hf_resources_quantities(const HfCatalog *catalog, const HfResources *resources,
                             HfQuantities *sum_out)
{
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++)
        hf_quantities_add_one(sum_out, catalog->kind[entries[i].kind].quantity,
                              hf_resource_quantity(catalog, &entries[i]));
}

void hf_resources_scalar_quantities(const HfCatalog *catalog, const HfResources *resources,
                                    HfQuantities *sum_out)
{
    const HfResource *entries = hf_resources_entries(resources);
    for (uint32_t i = 0; i < resources->count; i++)
        if (hf_kind_type(catalog, entries[i].kind) == HF_TYPE_SCALAR)
            hf_quantities_add_one(sum_out, catalog->kind[entries[i].kind].quantity,
                                  entries[i].milli);
}

gboolean hf_resources_contains_quantities(const HfCatalog *catalog, const HfResources *resources,
                                          const HfQuantities *wanted)
{
    const HfResource *entries = hf_resources_entries(resources);
    const HfQuantity *want = hf_quantities_entries(wanted);
    for (uint32_t w = 0; w < wanted->count; w++) {
        int64_t sum = 0;
        double inexact = 0; /* what Mesos computes */
        for (uint32_t i = 0; i < resources->count; i++) {
            if (catalog->kind[entries[i].kind].quantity != want[w].kind) continue;
            int64_t milli = hf_resource_quantity(catalog, &entries[i]);
            sum = hf_add(sum, milli);
            inexact += hf_milli_to_double(milli);
        }
        gboolean is_enough = (catalog->quirks & HF_QUIRK_QUANTITIES)
                                 ? inexact >= hf_milli_to_double(want[w].milli)
                                 : sum >= want[w].milli;
        if (!is_enough) return FALSE;
    }
    return TRUE;
}
