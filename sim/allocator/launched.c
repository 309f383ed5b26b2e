/*
 * What is launched of what is granted on an agent, and how it counts for roles.
 *
 * What a task uses comes and goes as one parcel. So an agent keeps the parcels of its last launches
 * as they are, and only what is launched otherwise, or does not come back as it went, is summed.
 * Source: Mesos 1.11 hierarchical.cpp, trackAllocatedResources, untrackAllocatedResources.
 */
#include "allocator/allocator_internal.h"

/* ---- In the roles ---- */

/* A change of what is launched on an agent, before what is added and after what is taken. */
static void count(HfAllocator *allocator, const HfResources *launched, const HfResources *change,
                  int sign)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(change);
    for (uint32_t i = 0; i < hf_resources_count(change); i++) {
        const HfMetaInfo *meta = hf_meta_info(catalog, at[i].meta);
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR ||
            (meta->flags & (HF_META_RESERVED | HF_META_REVOCABLE)) != 0)
            continue;
        /* a shared volume counts from its first copy to its last */
        if (meta->flags & HF_META_SHARED && hf_resources_copies(catalog, launched, &at[i]) > 0)
            continue;
        hf_allocator__role_room(allocator, meta->allocation_role);
        hf_allocator__role_add(allocator, meta->allocation_role, HF_ROLE_LAUNCHED,
                               catalog->kind[at[i].kind].quantity, sign * at[i].milli);
    }
}

/* Amounts of the first kinds that all count, and all for one role. */
static gboolean is_plain(const HfParcel *parcel)
{
    const HfResources *content = hf_parcel_resources(parcel);
    const HfResource *at = hf_resources_entries(content);
    for (uint32_t i = 0; i < hf_resources_count(content); i++)
        if (at[i].kind >= HF_KIND_PORTS) return FALSE;
    return !(hf_parcel_flags(parcel) & (HF_META_RESERVED | HF_META_REVOCABLE | HF_META_SHARED));
}

static void count_plain(HfAllocator *allocator, HfRoleId role, const HfParcel *parcel, int sign)
{
    const HfResources *content = hf_parcel_resources(parcel);
    const HfResource *at = hf_resources_entries(content);
    uint32_t entries = hf_resources_count(content);
    for (; role != HF_ROLE_NONE; role = hf_role_parent(allocator->catalog, role)) {
        int64_t *row = hf_allocator__role_amounts(allocator, role, HF_ROLE_LAUNCHED), least = 0;
        for (uint32_t i = 0; i < entries; i++) least |= row[at[i].kind] += sign * at[i].milli;
        HF_ASSERT(least >= 0); /* the sign bit of any of them */
    }
}

/* ---- On the agent ---- */

static HfResources *own_sum(HfLaunched *launched)
{
    if (launched->sum == NULL) launched->sum = g_new0(HfResources, 1);
    return launched->sum;
}

void hf_launched__add(HfAllocator *allocator, uint32_t agent, const HfResources *resources)
{
    HfResources *sum = own_sum(&allocator->infos.at[agent].launched);
    count(allocator, sum, resources, 1);
    hf_resources_add(allocator->catalog, sum, resources);
}

/* Parcels that are kept apart become part of the sum; the roles know of them already. */
static void sum_up(HfAllocator *allocator, HfLaunched *launched)
{
    for (uint32_t p = 0; p < launched->count; p++) {
        HfParcel **parcel = &launched->apart[p];
        hf_resources_add(allocator->catalog, own_sum(launched), hf_parcel_resources(*parcel));
        hf_parcel_drop(allocator->catalog, parcel);
    }
    launched->count = 0;
}

void hf_launched__end_all(HfAllocator *allocator, uint32_t agent)
{
    HfLaunched *launched = &allocator->infos.at[agent].launched;
    sum_up(allocator, launched);
    if (launched->sum == NULL) return;
    HfResources gone = {0};
    hf_resources_move(allocator->catalog, &gone, launched->sum);
    count(allocator, launched->sum, &gone, -1);
    hf_resources_clear(allocator->catalog, &gone);
}

void hf_launched__list(const HfAllocator *allocator, uint32_t agent, HfResources *sum)
{
    HfCatalog *catalog = allocator->catalog;
    const HfAgentInfo *info = &allocator->infos.at[agent];
    const HfLaunched *launched = &info->launched;
    if (launched->sum != NULL) hf_resources_add(catalog, sum, launched->sum);
    for (uint32_t p = 0; p < launched->count; p++)
        hf_resources_add(catalog, sum, hf_parcel_resources(launched->apart[p]));
    if (info->launched_early != NULL) hf_resources_add(catalog, sum, info->launched_early);
}

void hf_launched__clear(HfAllocator *allocator, HfLaunched *launched)
{
    sum_up(allocator, launched);
    if (launched->sum == NULL) return;
    hf_resources_clear(allocator->catalog, launched->sum);
    g_clear_pointer(&launched->sum, g_free);
}

/* ---- Ends ---- */

/* Resources with an allocation role: as they are when they have it, as those of tasks do, else a
 * copy, which stands in allocator->rest. */
static const HfResources *allocated_to(HfAllocator *allocator, const HfResources *resources,
                                       HfRoleId role)
{
    const HfResource *at = hf_resources_entries(resources);
    uint32_t count = hf_resources_count(resources), have = 0;
    while (have < count && hf_meta_allocation_role(allocator->catalog, at[have].meta) == role)
        have++;
    if (have == count) return resources;
    hf_resources_copy(allocator->catalog, &allocator->rest, resources);
    hf_resources_allocate(allocator->catalog, &allocator->rest, role);
    return &allocator->rest;
}

gboolean hf_launched__find(HfAllocator *allocator, const HfRecovery *recovery, gboolean is_early,
                           uint32_t *place_out)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgentInfo *info = &allocator->infos.at[recovery->agent];
    HfLaunched *launched = &info->launched;
    *place_out = HF_ROW_NONE;
    if (recovery->parcel != NULL && !is_early)
        for (uint32_t p = 0; p < launched->count; p++) {
            if (launched->apart[p] != recovery->parcel) continue;
            *place_out = p;
            return TRUE;
        }
    const HfResources *tagged = allocated_to(allocator, recovery->resources, recovery->role);
    const HfResources *sum = is_early ? info->launched_early : launched->sum;
    if (sum != NULL && hf_resources_contains(catalog, sum, tagged)) return TRUE;
    if (is_early || launched->count == 0) return FALSE;
    sum_up(allocator, launched);
    return hf_resources_contains(catalog, launched->sum, tagged);
}

void hf_launched__end(HfAllocator *allocator, const HfRecovery *recovery, gboolean is_early,
                      uint32_t place)
{
    HfAgentInfo *info = &allocator->infos.at[recovery->agent];
    if (place != HF_ROW_NONE) {
        HfParcel **at = info->launched.apart;
        count_plain(allocator, recovery->role, at[place], -1);
        hf_parcel_drop(allocator->catalog, &at[place]);
        at[place] = at[--info->launched.count];
        return;
    }
    const HfResources *tagged = allocated_to(allocator, recovery->resources, recovery->role);
    HfResources *sum = is_early ? info->launched_early : info->launched.sum;
    hf_resources_subtract(allocator->catalog, sum, tagged);
    if (!is_early) count(allocator, sum, tagged, -1);
}

/* ---- Begins ---- */

HfStatus hf_allocator_launched(HfAllocator *allocator, uint32_t framework, uint32_t agent,
                               HfRoleId role, const HfResources *resources, HfParcel *parcel)
{
    if (hf_allocator__agent(allocator, agent) == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(resources)) return HF_OK;
    uint32_t sub = hf_allocator__sub(allocator, framework, role);
    if (sub == HF_ROW_NONE || allocator->subs.at[sub].leaf == HF_NODE_NONE) return HF_UNKNOWN;
    if (allocator->offer_scope == HF_OFFER_SCOPE_CELL && /* it counts from now on */
        !hf_allocator__count_part(allocator, agent, sub, resources, parcel))
        return HF_CONFLICT;
    hf_allocator__role_room(allocator, role);
    HfLaunched *launched = &allocator->infos.at[agent].launched;
    if (parcel == NULL || launched->count == HF_LAUNCHED_APART || !is_plain(parcel)) {
        hf_launched__add(allocator, agent, allocated_to(allocator, resources, role));
        return HF_OK;
    }
    count_plain(allocator, role, parcel, 1);
    launched->apart[launched->count++] = hf_parcel_ref(parcel);
    return HF_OK;
}
