/*
 * What was worked out for the last agents, kept for those that are alike; see
 * allocator_internal.h. Everything is compared by content or by counted reference before it is
 * used, so an agent that is like no other costs one comparison and a small copy.
 */
#include "allocator/allocator_internal.h"

/* The very same entries in the same order. */
static gboolean is_same(const HfCatalog *catalog, const HfResources *a, const HfResources *b)
{
    uint32_t count = hf_resources_count(a);
    if (count != hf_resources_count(b)) return FALSE;
    const HfResource *x = hf_resources_entries(a), *y = hf_resources_entries(b);
    for (uint32_t i = 0; i < count; i++) {
        if (x[i].kind != y[i].kind || x[i].meta != y[i].meta || x[i].copies != y[i].copies)
            return FALSE;
        if (x[i].milli != y[i].milli && !hf_resource_equal(catalog, &x[i], &y[i])) return FALSE;
    }
    return TRUE;
}

/* ---- What follows from a total ---- */

static void forget_left(HfAllocator *allocator, HfAlike *alike)
{
    if (!alike->knows_left) return;
    alike->knows_left = FALSE;
    for (uint32_t h = 0; h < alike->held_count; h++) hf_bundle__unref(allocator, alike->held[h]);
    hf_bundle__unref(allocator, alike->left);
}

/* Do several entries of one name stand in the total that a quota can chop, so that their order
 * shows? */
static gboolean has_order(const HfCatalog *catalog, const HfResources *total)
{
    const HfResource *at = hf_resources_entries(total);
    uint32_t count = hf_resources_count(total);
    for (uint32_t i = 0; i < count; i++) {
        if (!hf_allocator__is_of_quota(catalog, &at[i])) continue;
        for (uint32_t j = 0; j < i; j++)
            if (at[i].kind == at[j].kind && hf_allocator__is_of_quota(catalog, &at[j])) return TRUE;
    }
    return FALSE;
}

uint32_t hf_alike__flags(const HfCatalog *catalog, const HfResources *total)
{
    uint32_t metas = 0, flags = 0, count = hf_resources_count(total);
    const HfResource *at = hf_resources_entries(total);
    for (uint32_t i = 0; i < count; i++)
        if (at[i].meta != HF_META_PLAIN) metas |= hf_meta_info(catalog, at[i].meta)->flags;
    if (metas & HF_META_SHARED) flags |= HF_AGENT_SHARED | HF_AGENT_RECOMPUTE;
    if (has_order(catalog, total)) flags |= HF_AGENT_ORDERED | HF_AGENT_RECOMPUTE;
    if (hf_resources_milli(total, HF_KIND_GPUS) > 0) flags |= HF_AGENT_GPUS;
    return flags;
}

static void work_out(HfAllocator *allocator, HfAlike *alike, const HfResources *total)
{
    HfCatalog *catalog = allocator->catalog;
    forget_left(allocator, alike);
    hf_resources_reset(catalog, &alike->total);
    if (hf_resources_count(total) <= HF_RESOURCES_INLINE)
        hf_resources_copy(catalog, &alike->total, total);
    alike->flags = hf_alike__flags(catalog, total);
    alike->is_allocated = hf_resources_any(catalog, total, HF_META_ALLOCATED);
    alike->is_reserved = hf_resources_any(catalog, total, HF_META_RESERVED);
    hf_quantities_clear(&alike->share);
    hf_allocator__role_share_of(allocator, total, &alike->share);
    allocator->counters.totals_worked_out++;
}

HfAlike *hf_alike__total(HfAllocator *allocator, const HfResources *total)
{
    for (uint32_t i = 0; i < HF_ALIKE_TOTALS; i++) {
        uint32_t ix = (allocator->alike_last + i) % HF_ALIKE_TOTALS;
        HfAlike *alike = &allocator->alike[ix];
        if (hf_resources_is_empty(&alike->total) ||
            !is_same(allocator->catalog, &alike->total, total))
            continue;
        allocator->alike_last = ix;
        return alike;
    }
    allocator->alike_last = (allocator->alike_last + 1) % HF_ALIKE_TOTALS;
    HfAlike *alike = &allocator->alike[allocator->alike_last];
    work_out(allocator, alike, total);
    return alike;
}

gboolean hf_alike__left(const HfAllocator *allocator, const HfAlike *alike, const HfAgent *row)
{
    if (!alike->knows_left || alike->held_count != row->grants.count) return FALSE;
    for (uint32_t h = 0; h < alike->held_count; h++)
        if (hf_grant__bundle(allocator, &hf_few_at(&row->grants)[h]) != alike->held[h])
            return FALSE;
    return TRUE;
}

void hf_alike__keep_left(HfAllocator *allocator, HfAlike *alike, const HfAgent *row,
                         gboolean exceeds)
{
    forget_left(allocator, alike);
    if (hf_resources_is_empty(&alike->total) || row->grants.count > HF_ALIKE_HELD ||
        alike->flags & (HF_AGENT_SHARED | HF_AGENT_ORDERED))
        return;
    for (uint32_t h = 0; h < row->grants.count; h++)
        alike->held[h] = hf_bundle__ref(hf_grant__bundle(allocator, &hf_few_at(&row->grants)[h]));
    alike->held_count = row->grants.count;
    alike->left = hf_bundle__ref(row->available);
    alike->exceeds = exceeds;
    alike->knows_left = TRUE;
}

/* ---- What agents bring along ---- */

const HfAlikeHolding *hf_alike__holding(HfAllocator *allocator, const HfResources *resources,
                                        HfRoleId role)
{
    HfCatalog *catalog = allocator->catalog;
    HfAlikeHolding *last = &allocator->alike_holding;
    if (last->bundle != NULL && last->role == role &&
        hf_bundle__is_same(catalog, last->bundle, resources))
        return last;
    HfResources plain = {0};
    hf_resources_copy(catalog, &plain, resources);
    hf_resources_copy(catalog, &last->launched, resources);
    hf_resources_unallocate(catalog, &plain);
    hf_resources_allocate(catalog, &last->launched, role);
    hf_bundle__unref(allocator, last->bundle);
    last->bundle = hf_bundle__new(allocator, &plain);
    last->role = role;
    return last;
}

void hf_alike__clear(HfAllocator *allocator)
{
    for (uint32_t i = 0; i < HF_ALIKE_TOTALS; i++) {
        forget_left(allocator, &allocator->alike[i]);
        hf_resources_clear(allocator->catalog, &allocator->alike[i].total);
        hf_quantities_clear(&allocator->alike[i].share);
    }
    hf_bundle__unref(allocator, allocator->alike_holding.bundle);
    hf_resources_clear(allocator->catalog, &allocator->alike_holding.launched);
}
