/*
 * Operations that change resources in place: those of a framework on what it was offered, and those
 * of an operator on what nobody holds.
 * Source: MESOS.md 3.6 (updateAllocation, updateAvailable).
 */
#include "allocator/allocator_internal.h"
#include "resource/error.h"
#include "resource/text.h"

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

/* What the sub was granted on the agent is now `after` where it was `before`; neither carries
 * allocation roles, `after` may be empty. */
static void swap_granted(HfAllocator *allocator, uint32_t agent, uint32_t grant,
                         HfResources *before, HfResources *after)
{
    uint32_t sub = hf_few_at(&allocator->agents.at[agent].grants)[grant].sub;
    const HfSub *row = &allocator->subs.at[sub];
    HfBundle *less = hf_bundle__new(allocator, before), *more = hf_bundle__new(allocator, after);
    HfQuantities gone = {0}, come = {0}, role_gone = {0}, role_come = {0};
    hf_resources_scalar_quantities(allocator->catalog, hf_bundle__resources(less), &gone);
    hf_resources_scalar_quantities(allocator->catalog, hf_bundle__resources(more), &come);
    hf_allocator__role_share_of(allocator, hf_bundle__resources(less), &role_gone);
    hf_allocator__role_share_of(allocator, hf_bundle__resources(more), &role_come);
    gboolean is_counted = (hf_few_at(&allocator->agents.at[agent].grants)[grant].is_counted != 0);
    hf_allocator__book_roles(allocator);
    if (less != NULL && is_counted)
        hf_allocator__used_amounts(allocator, agent, row->role, less, -1);
    HfNode role_leaf = allocator->roles.at[row->role].leaf, leaf = row->leaf;
    hf_allocator__change_grant(allocator, agent, grant, less, more);
    if (more != NULL && is_counted)
        hf_allocator__used_amounts(allocator, agent, row->role, more, 1);
    if (is_counted) {
        hf_sorter__update(&allocator->sorters, role_leaf, &role_gone, &role_come);
        hf_sorter__update(&allocator->sorters, leaf, &gone, &come);
    }
    hf_quantities_clear(&gone);
    hf_quantities_clear(&come);
    hf_quantities_clear(&role_gone);
    hf_quantities_clear(&role_come);
    hf_bundle__unref(allocator, less);
    hf_bundle__unref(allocator, more);
}

/* What comes from nothing can only be further copies of shared volumes. */
static gboolean is_out_of_nothing(const HfCatalog *catalog, const HfConversions *conversions)
{
    for (uint32_t c = 0; c < conversions->count; c++) {
        const HfResources *converted = &conversions->at[c].converted;
        if (!hf_resources_is_empty(&conversions->at[c].consumed)) continue;
        for (uint32_t i = 0; i < hf_resources_count(converted); i++)
            if (!hf_meta_is_shared(catalog, hf_resources_at(converted, i)->meta)) return TRUE;
    }
    return FALSE;
}

/* Both sides of the change with allocation roles, and the agent's total with what was done to it;
 * FALSE and *error when the conversions do not apply. */
static gboolean convert(HfCatalog *catalog, const HfConversions *conversions, HfRoleId role,
                        HfResources *offered, HfResources *total, HfConversions *stripped,
                        GError **error)
{
    HfConversions tagged = {0};
    tag(catalog, conversions, role, &tagged);
    strip(catalog, conversions, stripped);
    gboolean applies = hf_resources_apply(catalog, offered, &tagged, error) &&
                       hf_resources_apply(catalog, total, stripped, error);
    hf_conversions_clear(catalog, &tagged);
    return applies;
}

HfStatus hf_allocator_update_allocation(HfAllocator *allocator, HfTime now, uint32_t framework,
                                        uint32_t agent, HfRoleId role, const HfResources *offered,
                                        const HfConversions *conversions,
                                        HfResources *converted_out, GError **error)
{
    HfCatalog *catalog = allocator->catalog;
    if (hf_allocator__agent(allocator, agent) == NULL ||
        hf_allocator__framework(allocator, framework) == NULL)
        return HF_UNKNOWN;
    HfResources before = {0}, after = {0}, total = {0};
    HfConversions stripped = {0};
    hf_resources_copy(catalog, &before, offered);
    hf_resources_unallocate(catalog, &before);
    hf_resources_copy(catalog, &after, offered);
    hf_resources_allocate(catalog, &after, role);
    hf_resources_copy(catalog, &total, &allocator->infos.at[agent].total);
    uint32_t sub = hf_allocator__sub(allocator, framework, role), grant = HF_ROW_NONE;
    if (sub != HF_ROW_NONE && allocator->subs.at[sub].leaf != HF_NODE_NONE)
        grant = hf_allocator__find_grant(
            allocator, agent, sub, &before, NULL,
            allocator->offer_scope == HF_OFFER_SCOPE_CELL ? HF_GRANT_UNCOUNTED : HF_GRANT_COUNTED);
    HfStatus status = HF_CONFLICT;
    if (grant == HF_ROW_NONE) {
        g_autofree char *text = hf_resources_to_text(catalog, offered);
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_NOT_CONTAINED,
                    "the framework does not hold {%s}", text);
    } else if (is_out_of_nothing(catalog, conversions)) {
        g_set_error_literal(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_SHARED,
                            "only copies of shared volumes come from nothing");
    } else if (convert(catalog, conversions, role, &after, &total, &stripped, error)) {
        status = HF_OK;
        if (converted_out != NULL) hf_resources_copy(catalog, converted_out, &after);
        hf_resources_unallocate(catalog, &after);
        swap_granted(allocator, agent, grant, &before, &after);
        if (!hf_allocator__convert_total(allocator, agent, &total, &stripped) &&
            !hf_allocator__update_total(allocator, agent, &total)) {
            hf_allocator__agent_renew(allocator, agent);
            hf_allocator__agent_changed(allocator, agent);
        }
    }
    hf_resources_clear(catalog, &before);
    hf_resources_clear(catalog, &after);
    hf_resources_clear(catalog, &total);
    hf_conversions_clear(catalog, &stripped);
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
    const HfAgent *row = hf_allocator__agent(allocator, agent);
    if (row == NULL) return HF_UNKNOWN;
    HfResources available = {0}, total = {0};
    hf_resources_copy(catalog, &available, hf_bundle__resources(row->available));
    hf_resources_copy(catalog, &total, &allocator->infos.at[agent].total);
    gboolean applies = apply_all(catalog, &available, operations, operation_count, error) &&
                       apply_all(catalog, &total, operations, operation_count, error);
    if (applies) hf_allocator__update_total(allocator, agent, &total);
    hf_resources_clear(catalog, &available);
    hf_resources_clear(catalog, &total);
    return applies ? HF_OK : HF_CONFLICT;
}
