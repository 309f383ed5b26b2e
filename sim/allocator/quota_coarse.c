/*
 * Quota as it was before it was chopped (HF_RULE_QUOTA_CHOPPING): a guarantee is met by whole
 * agents, until one of its kinds is reached; beyond it the role is given only what is reserved for
 * it; and everybody else is given an agent whole, if what the guarantees still miss stays free.
 *
 * Everything is counted anew in each run, from the grants: an era for old behaviour may cost what
 * it did then. Roles are asked in the order of the one role sorter; Mesos kept a second one for
 * roles with quota, which differs only while they hold revocable resources. The bound on what
 * everybody is given is there without quota as well (HF_RULE_SHARE_BY_AGENT). It is stated for the
 * whole cluster, reservations of each role apart, and so says more than each agent does by itself
 * only where an agent counts for less than nothing: then runs are as with quota. Mesos 1.4 asks for
 * the minimum before it takes out refined reservations, and here it is asked of what is left: the
 * same, for only top-level roles have quota, and what is refined is reserved to a role further
 * down. Source: Mesos 1.4.0, hierarchical.cpp, __allocate(); MESOS-6432, MESOS-4527.
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
            hf_resources_add(allocator->catalog, &held,
                             &hf_grant__bundle(allocator, grant)->resources);
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

/* ---- What nobody holds ---- */

/* Amounts are told apart by name, by the role they are reserved to, and whether they are revocable;
 * volumes and principals do not matter. */
static uint64_t left_key(const HfCatalog *catalog, const HfResource *entry)
{
    uint64_t key = catalog->kind[entry->kind].quantity;
    if (hf_meta_is_revocable(catalog, entry->meta)) key |= UINT64_C(1) << 16;
    if (!hf_meta_is_unreserved(catalog, entry->meta))
        key |= (uint64_t)(hf_meta_reservation_role(catalog, entry->meta) + 1) << 32;
    return key;
}

static int64_t *left_at(HfAllocator *allocator, uint64_t key)
{
    uint32_t place = hf_map64_get(&allocator->left_places, key);
    if (place == HF_MAP64_NONE) {
        place = allocator->left.count;
        hf_map64_set(&allocator->left_places, key, place);
        hf_vec_push(&allocator->left, 0);
    }
    return &allocator->left.at[place];
}

static void left_add(HfAllocator *allocator, const HfResources *resources, int sign)
{
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (hf_kind_type(allocator->catalog, at[i].kind) == HF_TYPE_SCALAR)
            *left_at(allocator, left_key(allocator->catalog, &at[i])) += sign * at[i].milli;
}

/* All that is held of an agent; a shared volume once for each role. */
static void left_subtract_held(HfAllocator *allocator, const HfAgent *agent)
{
    HfCatalog *catalog = allocator->catalog;
    HfResources held = {0}, part = {0};
    for (uint32_t g = 0; g < agent->grants.count; g++) {
        const HfGrant *grant = &hf_few_at(&agent->grants)[g];
        if (!grant->is_counted) continue;
        hf_resources_copy(catalog, &part, &hf_grant__bundle(allocator, grant)->resources);
        hf_resources_allocate(catalog, &part, allocator->subs.at[grant->sub].role);
        hf_resources_add(catalog, &held, &part);
    }
    left_add(allocator, &held, -1);
    hf_resources_clear(catalog, &held);
    hf_resources_clear(catalog, &part);
}

void hf_coarse__begin_fair_share(HfAllocator *allocator)
{
    hf_map64_clear(&allocator->left_places);
    hf_vec_reset(&allocator->left);
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        if (hf_allocator__agent(allocator, a) == NULL) continue;
        left_add(allocator, &allocator->infos.at[a].total, 1);
        if (allocator->agents.at[a].grants.count > 0)
            left_subtract_held(allocator, &allocator->agents.at[a]);
    }
    for (uint32_t l = 0; l < allocator->left.count; l++)
        allocator->left.at[l] = MAX(allocator->left.at[l], 0);
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        HfRoleId role = allocator->quota_roles.at[q];
        const HfQuantities *guarantees = &allocator->roles.at[role].guarantees;
        const HfQuantity *at = hf_quantities_entries(guarantees);
        const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
        for (uint32_t i = 0; i < guarantees->count; i++) {
            int64_t *left = left_at(allocator, at[i].kind);
            *left = MAX(*left - MAX(at[i].milli - consumed[at[i].kind], 0), 0);
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

/* Shared volumes are always there. */
static gboolean is_bounded(const HfCatalog *catalog, const HfResource *entry)
{
    return hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR &&
           !hf_meta_is_shared(catalog, entry->meta);
}

gboolean hf_coarse__fits(HfAllocator *allocator, const HfResources *offer)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(offer);
    uint32_t count = hf_resources_count(offer);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_bounded(catalog, &at[i])) continue;
        uint64_t key = left_key(catalog, &at[i]);
        int64_t wanted = 0; /* of this key in all */
        for (uint32_t j = 0; j < count; j++)
            if (is_bounded(catalog, &at[j]) && left_key(catalog, &at[j]) == key)
                wanted += at[j].milli;
        if (wanted > *left_at(allocator, key)) return FALSE;
    }
    return TRUE;
}

void hf_coarse__gain(HfAllocator *allocator, HfRoleId role, gboolean is_guaranteed,
                     const HfResources *offer)
{
    const HfResource *at = hf_resources_entries(offer);
    if (allocator->roles.at[role].has_quota)
        add_counting(allocator->catalog, offer,
                     hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED));
    if (is_guaranteed) return;
    for (uint32_t i = 0; i < hf_resources_count(offer); i++)
        if (is_bounded(allocator->catalog, &at[i]))
            *left_at(allocator, left_key(allocator->catalog, &at[i])) -= at[i].milli;
}
