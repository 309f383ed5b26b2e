/*
 * Roles: their amounts with their subtrees, and the subs (frameworks under roles) that make a role
 * a client of the role sorter.
 * Source: MESOS.md 3.1 (role tree), 3.7; Mesos hierarchical.cpp RoleTree, trackFrameworkUnderRole.
 */
#include "allocator/allocator_internal.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"

void hf_allocator__role_room_more(HfAllocator *allocator, HfRoleId role)
{
    while (allocator->roles.count <= role) {
        hf_vec_push_zero(&allocator->roles);
        hf_vec_last(&allocator->roles)->leaf = HF_NODE_NONE;
        hf_vec_last(&allocator->roles)->frameworks = HF_NODE_NONE;
        hf_vec_push(&allocator->weights, 1.0);
    }
    allocator->sorters.role_weight = allocator->weights.at;
    allocator->sorters.role_weight_count = allocator->weights.count;
    hf_sorters__kinds(&allocator->sorters, allocator->catalog->kind_count);
    uint32_t stride = allocator->sorters.stride, rows = allocator->amount_roles;
    if (role < rows && stride == allocator->amount_stride) return;
    if (role >= rows) rows = MAX(rows * 2, role + 8);
    size_t size = (size_t)rows * HF_ROLE_AMOUNTS * stride;
    int64_t *amounts = g_new0(int64_t, size);
    for (size_t r = 0; r < (size_t)allocator->amount_roles * HF_ROLE_AMOUNTS; r++)
        memcpy(amounts + r * stride, allocator->amounts + r * allocator->amount_stride,
               allocator->amount_stride * sizeof *amounts);
    g_free(allocator->amounts);
    if (stride != allocator->amount_stride) {
        int64_t **rows_of_all[] = {&allocator->root_reserved, &allocator->root_used_reserved,
                                   &allocator->required, &allocator->headroom,
                                   &allocator->surplus_after};
        for (size_t i = 0; i < G_N_ELEMENTS(rows_of_all); i++) {
            int64_t *row = g_renew(int64_t, *rows_of_all[i], stride);
            memset(row + allocator->amount_stride, 0,
                   (stride - allocator->amount_stride) * sizeof *row);
            *rows_of_all[i] = row;
        }
    }
    allocator->amounts = amounts;
    allocator->amount_roles = rows;
    allocator->amount_stride = stride;
}

void hf_allocator__role_add(HfAllocator *allocator, HfRoleId role, int what, HfKindId kind,
                            int64_t milli)
{
    for (; role != HF_ROLE_NONE; role = hf_role_parent(allocator->catalog, role)) {
        int64_t *amounts = hf_allocator__role_amounts(allocator, role, what);
        amounts[kind] = hf_add(amounts[kind], milli);
        HF_ASSERT(amounts[kind] >= 0);
    }
}

void hf_allocator__reservations(HfAllocator *allocator, const HfResources *total, int sign)
{
    const HfCatalog *catalog = allocator->catalog;
    const HfResource *at = hf_resources_entries(total);
    for (uint32_t i = 0; i < hf_resources_count(total); i++) {
        if (hf_kind_type(catalog, at[i].kind) != HF_TYPE_SCALAR) continue;
        HfRoleId role = hf_meta_reservation_role(catalog, at[i].meta);
        if (role == HF_ROLE_STAR) continue;
        HfKindId kind = catalog->kind[at[i].kind].quantity;
        hf_allocator__role_room(allocator, role);
        hf_allocator__role_add(allocator, role, HF_ROLE_RESERVED, kind, sign * at[i].milli);
        allocator->root_reserved[kind] += sign * at[i].milli;
        if (sign < 0) hf_allocator__quota_eased(allocator, role);
    }
}

/* ---- Subs ---- */

uint32_t hf_allocator__sub_new(HfAllocator *allocator, uint32_t framework, HfRoleId role)
{
    hf_allocator__role_room(allocator, role);
    uint32_t sub;
    if (allocator->vacant_subs.count > 0) {
        sub = allocator->vacant_subs.at[--allocator->vacant_subs.count];
    } else {
        sub = allocator->subs.count;
        hf_vec_push_zero(&allocator->subs);
    }
    allocator->subs.at[sub] = (HfSub){.framework = framework,
                                      .role = role,
                                      .leaf = HF_NODE_NONE,
                                      .filters_from = allocator->filters.armed,
                                      .is_live = TRUE};
    hf_vec_push(&allocator->frameworks.at[framework].subs, sub);
    return sub;
}

void hf_allocator__sub_track(HfAllocator *allocator, uint32_t sub)
{
    HfSub *row = &allocator->subs.at[sub];
    if (row->leaf != HF_NODE_NONE) return;
    HfRoleState *state = &allocator->roles.at[row->role];
    HfSorters *sorters = &allocator->sorters;
    const HfCatalog *catalog = allocator->catalog;
    if (state->framework_count++ == 0) {
        hf_allocator__book_roles(allocator);
        const char *path = hf_role_path(catalog, row->role);
        state->leaf =
            hf_sorter__add(sorters, allocator->role_root, path, catalog, row->role, row->role);
        hf_sorter__activate(sorters, state->leaf);
        allocator->role_clients++;
        allocator->quota_is_counted = FALSE;
        state->frameworks = hf_sorter__new(sorters, allocator->framework_sort);
        if (!hf_era_has(allocator->era, HF_RULE_CLUSTER_WIDE_SHARE))
            hf_sorter__pool(sorters, state->frameworks);
    }
    row->leaf =
        hf_sorter__add(sorters, state->frameworks, allocator->frameworks.at[row->framework].name,
                       NULL, HF_ROLE_NONE, sub);
}

void hf_allocator__sub_untrack(HfAllocator *allocator, uint32_t sub)
{
    HfSub *row = &allocator->subs.at[sub];
    if (row->leaf == HF_NODE_NONE) return;
    HfRoleState *state = &allocator->roles.at[row->role];
    HF_ASSERT(row->counted == 0);
    hf_allocator__sub_deactivate(allocator, sub);
    hf_sorter__remove(&allocator->sorters, row->leaf);
    row->leaf = HF_NODE_NONE;
    if (--state->framework_count > 0) return;
    hf_allocator__book_roles(allocator);
    hf_sorter__remove(&allocator->sorters, state->leaf);
    hf_sorter__free(&allocator->sorters, state->frameworks);
    state->leaf = state->frameworks = HF_NODE_NONE;
    allocator->role_clients--;
    allocator->quota_is_counted = FALSE;
}

/* How many active subs the role of this one has. */
static uint32_t active_in_role(const HfAllocator *allocator, uint32_t sub)
{
    const HfSorters *sorters = &allocator->sorters;
    HfNode frameworks = allocator->roles.at[allocator->subs.at[sub].role].frameworks;
    return sorters->groups.at[sorters->nodes.at[frameworks].group].order.count;
}

void hf_allocator__sub_activate(HfAllocator *allocator, uint32_t sub)
{
    HfNode leaf = allocator->subs.at[sub].leaf;
    if (allocator->sorters.nodes.at[leaf].kind != HF_NODE_INACTIVE) return;
    if (active_in_role(allocator, sub) == 0) allocator->active_roles++;
    allocator->active_subs++;
    allocator->active_role = allocator->subs.at[sub].role;
    if (!hf_era_has(allocator->era, HF_RULE_COUNT_KEPT))
        allocator->sorters.nodes.at[leaf].count = 0;
    hf_sorter__activate(&allocator->sorters, leaf);
}

void hf_allocator__sub_deactivate(HfAllocator *allocator, uint32_t sub)
{
    HfNode leaf = allocator->subs.at[sub].leaf;
    if (leaf == HF_NODE_NONE || allocator->sorters.nodes.at[leaf].kind != HF_NODE_ACTIVE) return;
    hf_sorter__deactivate(&allocator->sorters, leaf);
    allocator->active_subs--;
    if (active_in_role(allocator, sub) == 0) allocator->active_roles--;
}

void hf_allocator__sub_drop(HfAllocator *allocator, uint32_t sub)
{
    hf_filters__drop_sub(allocator, sub);
    hf_allocator__sub_untrack(allocator, sub);
    HfSub *row = &allocator->subs.at[sub];
    HF_ASSERT(row->grants == 0);
    HfFramework *framework = &allocator->frameworks.at[row->framework];
    for (uint32_t i = 0; i < framework->subs.count; i++)
        if (framework->subs.at[i] == sub) {
            hf_vec_remove(&framework->subs, i);
            break;
        }
    hf_allocator__minimum_clear(row);
    memset(row, 0, sizeof *row);
    row->filters_from = allocator->filters.armed; /* what still stands somewhere is dead */
    hf_vec_push(&allocator->vacant_subs, sub);
}

void hf_allocator__sub_try_drop(HfAllocator *allocator, uint32_t sub)
{
    const HfSub *row = &allocator->subs.at[sub];
    if (row->is_live && !row->is_subscribed && row->grants == 0 && row->leaf == HF_NODE_NONE &&
        row->filters == 0)
        hf_allocator__sub_drop(allocator, sub);
}

HfStatus hf_allocator_weight_set(HfAllocator *allocator, HfTime now, HfRoleId role, double weight)
{
    if (!(weight > 0.0) || !isfinite(weight)) return HF_INVALID;
    hf_allocator__role_room(allocator, role);
    allocator->weights.at[role] = weight;
    allocator->sorters.structure++; /* of a node that did not look it up yet */
    gboolean is_client = allocator->roles.at[role].leaf != HF_NODE_NONE;
    if (allocator->quirks & HF_QUIRK_WEIGHT_CACHE && !is_client) return HF_OK;
    HfNode node = hf_sorter__find(&allocator->sorters, allocator->role_root,
                                  hf_role_path(allocator->catalog, role));
    if (node != HF_NODE_NONE) hf_sorter__weight_set(&allocator->sorters, node, weight);
    return HF_OK;
}
