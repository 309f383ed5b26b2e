/*
 * What is launched of what is granted on an agent.
 *
 * What a task uses comes and goes as one parcel. So an agent keeps the parcels of its last launches
 * as they are, and only what is launched otherwise, or does not come back as it went, is summed.
 * What roles have launched is added up when somebody asks: no decision depends on it.
 * Source: Mesos 1.11 hierarchical.cpp, trackAllocatedResources, untrackAllocatedResources.
 */
#include "allocator/allocator_internal.h"

/* ---- On the agent ---- */

static HfResources *own_sum(HfLaunched *launched)
{
    if (launched->sum == NULL) launched->sum = g_new0(HfResources, 1);
    return launched->sum;
}

void hf_launched__add(HfAllocator *allocator, uint32_t agent, const HfResources *resources)
{
    hf_resources_add(allocator->catalog, own_sum(&allocator->infos.at[agent].launched), resources);
}

/* Parcels that are kept apart become part of the sum. */
static void sum_up(HfAllocator *allocator, HfLaunched *launched)
{
    for (uint32_t p = 0; p < launched->count; p++) {
        HfParcel **parcel = &launched->apart[p];
        hf_resources_add(allocator->catalog, own_sum(launched), hf_parcel_resources(*parcel));
        hf_parcel_drop(allocator->catalog, parcel);
    }
    launched->count = 0;
}

/* Without what frameworks have launched that are not added yet. */
static void list(HfCatalog *catalog, const HfLaunched *launched, HfResources *sum)
{
    if (launched->sum != NULL) hf_resources_add(catalog, sum, launched->sum);
    for (uint32_t p = 0; p < launched->count; p++)
        hf_resources_add(catalog, sum, hf_parcel_resources(launched->apart[p]));
}

void hf_launched__list(const HfAllocator *allocator, uint32_t agent, HfResources *sum)
{
    const HfAgentInfo *info = &allocator->infos.at[agent];
    list(allocator->catalog, &info->launched, sum);
    if (info->launched_early != NULL)
        hf_resources_add(allocator->catalog, sum, info->launched_early);
}

/* A shared volume counts once on each agent, however many use it. */
static void count(const HfAllocator *allocator, const HfResources *launched, int64_t *amounts)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(launched);
    for (uint32_t i = 0; i < hf_resources_count(launched); i++) {
        const HfMetaInfo *meta = hf_meta_info(catalog, at[i].meta);
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR ||
            (meta->flags & (HF_META_RESERVED | HF_META_REVOCABLE)) != 0)
            continue;
        HfKindId kind = catalog->kind[at[i].kind].quantity;
        for (HfRoleId role = meta->allocation_role; role != HF_ROLE_NONE;
             role = hf_role_parent(catalog, role)) {
            HF_ASSERT(role < allocator->roles.count);
            amounts[(size_t)role * catalog->kind_count + kind] += at[i].milli;
        }
    }
}

int64_t *hf_launched__of_roles(const HfAllocator *allocator)
{
    int64_t *amounts =
        g_new0(int64_t, (size_t)allocator->roles.count * allocator->catalog->kind_count);
    HfResources launched = {0};
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        list(allocator->catalog, &allocator->infos.at[a].launched, &launched);
        count(allocator, &launched, amounts);
        hf_resources_clear(allocator->catalog, &launched);
    }
    return amounts;
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

gboolean hf_launched__is_in_sum(HfAllocator *allocator, const HfRecovery *recovery,
                                gboolean is_early)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgentInfo *info = &allocator->infos.at[recovery->agent];
    HfLaunched *launched = &info->launched;
    const HfResources *tagged = allocated_to(allocator, recovery->resources, recovery->role);
    const HfResources *sum = is_early ? info->launched_early : launched->sum;
    if (sum != NULL && hf_resources_contains(catalog, sum, tagged)) return TRUE;
    if (is_early || launched->count == 0) return FALSE;
    sum_up(allocator, launched);
    return hf_resources_contains(catalog, launched->sum, tagged);
}

void hf_launched__end_in_sum(HfAllocator *allocator, const HfRecovery *recovery, gboolean is_early)
{
    HfAgentInfo *info = &allocator->infos.at[recovery->agent];
    const HfResources *tagged = allocated_to(allocator, recovery->resources, recovery->role);
    hf_resources_subtract(allocator->catalog, is_early ? info->launched_early : info->launched.sum,
                          tagged);
}

/* ---- Begins ---- */

void hf_launched__begin_in_sum(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                               const HfResources *resources)
{
    hf_launched__add(allocator, agent, allocated_to(allocator, resources, role));
}
