/*
 * Operations that change resources in place: those of a framework on what it was offered, and those
 * of an operator on what nobody holds.
 * Source: MESOS.md 3.6 (updateAllocation, updateAvailable).
 */
#include "allocator/allocator_internal.h"

/* The conversions as they apply to the agent's total: without allocation roles, and without those
 * that consume nothing (further copies of a shared volume). */
static void strip(HfCatalog *catalog, const HfConversions *conversions, HfConversions *out)
{
    out->at = g_new0(HfConversion, conversions->count);
    for (uint32_t c = 0; c < conversions->count; c++) {
        const HfConversion *from = &conversions->at[c];
        if (hf_resources_is_empty(&from->consumed)) continue;
        HfConversion *to = &out->at[out->count++];
        hf_resources_copy(catalog, &to->consumed, &from->consumed);
        hf_resources_copy(catalog, &to->converted, &from->converted);
        hf_resources_unallocate(catalog, &to->consumed);
        hf_resources_unallocate(catalog, &to->converted);
    }
}

/* The same with the allocation role wherever it is missing. */
static void tag(HfCatalog *catalog, const HfConversions *conversions, HfRoleId role,
                HfConversions *out)
{
    out->at = g_new0(HfConversion, conversions->count);
    out->count = conversions->count;
    for (uint32_t c = 0; c < conversions->count; c++) {
        HfConversion *to = &out->at[c];
        hf_resources_copy(catalog, &to->consumed, &conversions->at[c].consumed);
        hf_resources_copy(catalog, &to->converted, &conversions->at[c].converted);
        to->must_vanish = conversions->at[c].must_vanish;
        hf_resources_allocate(catalog, &to->consumed, role);
        hf_resources_allocate(catalog, &to->converted, role);
    }
}

/* What the sub holds on the agent is now `after` where it was `before`. */
static void swap_held(HfAllocator *allocator, uint32_t agent, HfHeld *held,
                      const HfResources *before, const HfResources *after)
{
    HfCatalog *catalog = allocator->catalog;
    hf_allocator__used_amounts(allocator, agent, held->role, before, -1);
    hf_resources_subtract(catalog, &held->resources, before);
    hf_resources_add(catalog, &held->resources, after);
    hf_allocator__used_amounts(allocator, agent, held->role, after, 1);
    HfQuantities less = {0}, more = {0};
    hf_resources_scalar_quantities(catalog, before, &less);
    hf_resources_scalar_quantities(catalog, after, &more);
    hf_sorter__update(&allocator->sorters, allocator->roles.at[held->role].leaf, &less, &more);
    hf_sorter__update(&allocator->sorters, allocator->subs.at[held->sub].leaf, &less, &more);
    hf_quantities_clear(&less);
    hf_quantities_clear(&more);
    if (!hf_resources_is_empty(&held->resources)) return;
    allocator->subs.at[held->sub].holdings--;
    hf_resources_clear(catalog, &held->resources);
    HfAgent *row = &allocator->agents.at[agent];
    hf_vec_remove(&row->held, (uint32_t)(held - row->held.at));
}

HfStatus hf_allocator_update_allocation(HfAllocator *allocator, HfTime now, uint32_t framework,
                                        uint32_t agent, HfRoleId role, const HfResources *offered,
                                        const HfConversions *conversions,
                                        HfResources *converted_out, GError **error)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL || hf_allocator__framework(allocator, framework) == NULL) return HF_UNKNOWN;
    HfHeld *held = hf_allocator__held(row, framework, role);
    HfResources before = {0}, after = {0}, total = {0};
    HfConversions tagged = {0}, stripped = {0};
    hf_resources_copy(catalog, &before, offered);
    hf_resources_allocate(catalog, &before, role);
    hf_resources_copy(catalog, &after, &before);
    hf_resources_copy(catalog, &total, &row->total);
    tag(catalog, conversions, role, &tagged);
    strip(catalog, conversions, &stripped);
    HfStatus status = HF_CONFLICT;
    if (held == NULL || held->sub == HF_ROW_NONE ||
        !hf_resources_contains(catalog, &held->resources, &before)) {
        g_set_error_literal(error, HF_CONSTRAINTS_ERROR, 0, "the framework does not hold this");
    } else if (hf_resources_apply(catalog, &after, &tagged, error) &&
               hf_resources_apply(catalog, &total, &stripped, error)) {
        status = HF_OK;
        swap_held(allocator, agent, held, &before, &after);
        if (!hf_allocator__update_total(allocator, agent, &total)) {
            hf_allocator__agent_flags(allocator, row);
            hf_allocator__agent_recompute(allocator, agent);
            hf_allocator__agent_changed(allocator, agent);
        }
        if (converted_out != NULL) hf_resources_move(catalog, converted_out, &after);
    }
    hf_conversions_clear(catalog, &tagged);
    hf_conversions_clear(catalog, &stripped);
    hf_resources_clear(catalog, &before);
    hf_resources_clear(catalog, &after);
    hf_resources_clear(catalog, &total);
    return status;
}

static gboolean apply_all(HfCatalog *catalog, HfResources *resources, const HfOperation *operations,
                          uint32_t count, GError **error)
{
    for (uint32_t o = 0; o < count; o++)
        if (!hf_resources_apply_operation(catalog, resources, &operations[o], error)) return FALSE;
    return TRUE;
}

HfStatus hf_allocator_update_available(HfAllocator *allocator, HfTime now, uint32_t agent,
                                       const HfOperation *operations, uint32_t operation_count,
                                       GError **error)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    HfResources available = {0}, total = {0};
    hf_resources_copy(catalog, &available, &row->available);
    hf_resources_copy(catalog, &total, &row->total);
    gboolean applies = apply_all(catalog, &available, operations, operation_count, error) &&
                       apply_all(catalog, &total, operations, operation_count, error);
    if (applies) hf_allocator__update_total(allocator, agent, &total);
    hf_resources_clear(catalog, &available);
    hf_resources_clear(catalog, &total);
    return applies ? HF_OK : HF_CONFLICT;
}
