/*
 * Quota as it was before it was chopped (HF_RULE_QUOTA_CHOPPING): a guarantee is met by whole
 * agents, until one of its kinds is reached; beyond it the role is given only what is reserved for
 * it; and everybody else is given an agent whole, if what the guarantees still miss stays free.
 *
 * Everything is counted anew in each run, from the grants: an era for old behaviour may cost what
 * it did then. Roles are asked in the order of the one role sorter; Mesos kept a second one for
 * roles with quota, which differs only while they hold revocable resources. Mesos 1.4 asks for the
 * minimum before it takes out refined reservations, and here it is asked of what is left: the same,
 * for only top-level roles have quota, and what is refined is reserved to a role further down.
 * Source: Mesos 1.4.0, hierarchical.cpp, __allocate(); MESOS-6432, MESOS-4527.
 */
#include <string.h>

#include "allocator/allocator_internal.h"

/* What counts against a guarantee: scalars that are not revocable, reserved ones included. */
static gboolean counts(const HfCatalog *catalog, const HfResource *entry)
{
    return hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR &&
           !hf_meta_is_revocable(catalog, entry->meta);
}

static void add_counting(const HfCatalog *catalog, const HfResources *resources, int64_t *sum)
{
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (counts(catalog, &at[i])) sum[catalog->kind[at[i].kind].quantity] += at[i].milli;
}

/* What the frameworks of exactly this role hold on an agent; shared volumes once. */
static void add_held(HfAllocator *allocator, const HfAgent *agent, HfRoleId role, int64_t *sum)
{
    HfResources held = {0};
    for (uint32_t g = 0; g < agent->grants.count; g++) {
        const HfGrant *grant = &hf_few_at(&agent->grants)[g];
        if (grant->is_counted && allocator->subs.at[grant->sub].role == role)
            hf_resources_add(allocator->catalog, &held, &grant->bundle->resources);
    }
    add_counting(allocator->catalog, &held, sum);
    hf_resources_clear(allocator->catalog, &held);
}

void hf_coarse__begin(HfAllocator *allocator)
{
    hf_allocator__role_room(allocator, HF_ROLE_STAR);
    uint32_t stride = allocator->amount_stride;
    memset(allocator->required, 0, stride * sizeof *allocator->required);
    allocator->required_kinds = 0;
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        HfRoleId role = allocator->quota_roles.at[q];
        int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
        memset(consumed, 0, stride * sizeof *consumed);
        for (uint32_t a = 0; a < allocator->agents.count; a++)
            if (allocator->agents.at[a].grants.count > 0)
                add_held(allocator, &allocator->agents.at[a], role, consumed);
    }
}

void hf_coarse__begin_fair_share(HfAllocator *allocator)
{
    hf_allocator__quota_headroom(allocator);
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        HfRoleId role = allocator->quota_roles.at[q];
        const HfQuantities *guarantees = &allocator->roles.at[role].guarantees;
        const HfQuantity *at = hf_quantities_entries(guarantees);
        const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
        for (uint32_t i = 0; i < guarantees->count; i++) {
            int64_t *headroom = &allocator->headroom[at[i].kind];
            *headroom = MAX(*headroom - MAX(at[i].milli - consumed[at[i].kind], 0), 0);
        }
    }
}

gboolean hf_coarse__is_open(const HfAllocator *allocator, HfRoleId role)
{
    const HfRoleState *state = &allocator->roles.at[role];
    const HfQuantity *at = hf_quantities_entries(&state->guarantees);
    const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
    for (uint32_t i = 0; i < state->guarantees.count; i++)
        if (consumed[at[i].kind] >= at[i].milli) return FALSE;
    return state->has_quota;
}

static gboolean is_not_revocable(const HfCatalog *catalog, const HfResource *entry,
                                 const void *data)
{
    (void)data;
    return !hf_meta_is_revocable(catalog, entry->meta);
}

static gboolean is_reserved(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    (void)data;
    return hf_meta_has(catalog, entry->meta, HF_META_RESERVED);
}

void hf_coarse__cut(HfAllocator *allocator, HfRoleId role, gboolean is_guaranteed,
                    HfResources *part)
{
    HfCatalog *catalog = allocator->catalog;
    if (!is_guaranteed && !allocator->roles.at[role].has_quota) return;
    hf_resources_filter(catalog, part, is_guaranteed ? is_not_revocable : is_reserved, NULL,
                        &allocator->rest);
    hf_resources_move(catalog, part, &allocator->rest);
}

/* What everybody shares in: neither reserved nor revocable. */
static void add_common(const HfCatalog *catalog, const HfResources *resources, HfQuantities *sum)
{
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (counts(catalog, &at[i]) && !hf_meta_has(catalog, at[i].meta, HF_META_RESERVED))
            hf_quantities_add_one(sum, catalog->kind[at[i].kind].quantity, at[i].milli);
}

gboolean hf_coarse__fits(const HfAllocator *allocator, const HfResources *offer)
{
    HfQuantities wanted = {0};
    add_common(allocator->catalog, offer, &wanted);
    gboolean fits = TRUE;
    for (uint32_t i = 0; i < wanted.count; i++) {
        HfQuantity part = hf_quantities_entries(&wanted)[i];
        fits &= allocator->headroom[part.kind] >= part.milli;
    }
    hf_quantities_clear(&wanted);
    return fits;
}

void hf_coarse__gain(HfAllocator *allocator, HfRoleId role, gboolean is_guaranteed,
                     const HfResources *offer)
{
    if (allocator->roles.at[role].has_quota)
        add_counting(allocator->catalog, offer,
                     hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED));
    if (is_guaranteed) return;
    HfQuantities taken = {0};
    add_common(allocator->catalog, offer, &taken);
    for (uint32_t i = 0; i < taken.count; i++) {
        HfQuantity part = hf_quantities_entries(&taken)[i];
        allocator->headroom[part.kind] = MAX(allocator->headroom[part.kind] - part.milli, 0);
    }
    hf_quantities_clear(&taken);
}
