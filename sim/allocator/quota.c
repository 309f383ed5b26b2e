/*
 * Quota: guarantees, limits, and the headroom that is held back for guarantees not met yet.
 *
 * A run works on its own account of what roles with quota have consumed, which in Mesos does not
 * see what sub-roles get in stage 2 of the same run. Between runs, room can come back in three
 * ways: a role's consumption falls (hf_allocator__quota_eased), the surplus grows, or nothing is
 * required any more; each raises quota_epoch, and only then are agents looked at again that yielded
 * nothing. Source: MESOS.md 3.4 R1, MESOS-VERIFIED 7-10.
 */
#include <string.h>

#include "allocator/allocator_internal.h"

static void row_quantities(const HfAllocator *allocator, const int64_t *row, HfQuantities *out)
{
    for (uint32_t k = 0; k < allocator->sorters.stride; k++)
        if (row[k] > 0) hf_quantities_add_one(out, (HfKindId)k, row[k]);
}

static gboolean is_legal(const HfAllocator *allocator, HfRoleId role,
                         const HfQuantities *guarantees, const HfLimits *limits)
{
    gboolean has = !hf_quantities_is_empty(guarantees) || !hf_limits_is_empty(limits);
    if (has && hf_role_depth(allocator->catalog, role) > 1) return FALSE;
    /* what is offered of a whole cell counts for nobody, so no limit would hold */
    if (has && allocator->offer_scope == HF_OFFER_SCOPE_CELL) return FALSE;
    if (!hf_limits_is_empty(limits) && !hf_era_has(allocator->era, HF_RULE_QUOTA_LIMITS))
        return FALSE;
    return hf_quantities_is_empty(guarantees) || hf_era_has(allocator->era, HF_RULE_QUOTA);
}

HfStatus hf_allocator_quota_set(HfAllocator *allocator, HfTime now, HfRoleId role,
                                const HfQuantities *guarantees, const HfLimits *limits)
{
    if (!is_legal(allocator, role, guarantees, limits)) return HF_INVALID;
    gboolean has = !hf_quantities_is_empty(guarantees) || !hf_limits_is_empty(limits);
    if (hf_role_depth(allocator->catalog, role) > 1) return HF_OK;
    hf_allocator__book_roles(allocator);
    hf_allocator__role_room(allocator, role);
    HfRoleState *state = &allocator->roles.at[role];
    hf_quantities_copy(&state->guarantees, guarantees);
    hf_limits_copy(&state->limits, limits);
    if (has && !state->has_quota) hf_vec_push(&allocator->quota_roles, role);
    if (!has && state->has_quota)
        for (uint32_t q = 0; q < allocator->quota_roles.count; q++)
            if (allocator->quota_roles.at[q] == role) {
                hf_vec_remove(&allocator->quota_roles, q);
                break;
            }
    state->has_quota = has;
    state->closed = 0;
    state->is_closed = FALSE;
    allocator->quota_is_counted = FALSE;
    allocator->quota_has_eased = TRUE;
    return HF_OK;
}

HfStatus hf_allocator_recover_quotas(HfAllocator *allocator, HfTime now, uint32_t expected_agents,
                                     const HfRoleQuota *quotas, uint32_t quota_count)
{
    if (allocator->agent_count > 0) return HF_CONFLICT;
    for (uint32_t q = 0; q < quota_count; q++)
        if (!is_legal(allocator, quotas[q].role, quotas[q].guarantees, quotas[q].limits))
            return HF_INVALID;
    if (quota_count == 0) return HF_OK;
    for (uint32_t q = 0; q < quota_count; q++)
        hf_allocator_quota_set(allocator, now, quotas[q].role, quotas[q].guarantees,
                               quotas[q].limits);
    allocator->expected_agents =
        (uint32_t)((double)expected_agents * allocator->agent_recovery_factor);
    allocator->is_recovering = TRUE;
    if (allocator->expected_agents == 0) return HF_OK;
    allocator->is_paused = TRUE;
    allocator->recovery_ends = hf_time_add(now, allocator->recovery_timeout);
    allocator->recovery_armed = allocator->filters.armed++;
    return HF_OK;
}

/* hf_quantities_get for the few kinds there are, without a call. */
static inline int64_t amount_of(const HfQuantities *quantities, HfKindId kind)
{
    const HfQuantity *at = hf_quantities_entries(quantities);
    for (uint32_t i = 0; i < quantities->count; i++)
        if (at[i].kind == kind) return at[i].milli;
    return 0;
}

/* ---- Headroom ---- */

void hf_allocator__quota_surplus(const HfAllocator *allocator, HfQuantities *surplus_out)
{
    hf_quantities_copy(surplus_out, &allocator->headroom);
    hf_quantities_subtract(surplus_out, &allocator->required);
}

/* All that is available and revocable, over the whole cluster. */
static void revocable(const HfAllocator *allocator, HfQuantities *out)
{
    const HfCatalog *catalog = allocator->catalog;
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        const HfAgent *row = &allocator->agents.at[a];
        if (row->available == NULL || !(row->available->flags & HF_BUNDLE_REVOCABLE)) continue;
        const HfResources *available = &row->available->resources;
        const HfResource *at = hf_resources_entries(available);
        for (uint32_t i = 0; i < hf_resources_count(available); i++)
            if (hf_meta_is_revocable(catalog, at[i].meta) &&
                hf_kind_type(catalog, at[i].kind) == HF_TYPE_SCALAR)
                hf_quantities_add_one(out, catalog->kind[at[i].kind].quantity, at[i].milli);
    }
}

/* headroom = total - allocated - idle reservations - idle revocable, each step clipped at 0 */
void hf_allocator__quota_headroom(HfAllocator *allocator)
{
    HfQuantities part = {0}, used = {0};
    hf_quantities_clear(&allocator->headroom);
    row_quantities(allocator, allocator->sorters.total, &allocator->headroom);
    row_quantities(allocator, hf_sorter__alloc(&allocator->sorters, allocator->role_root), &part);
    hf_quantities_subtract(&allocator->headroom, &part);
    hf_quantities_clear(&part);
    row_quantities(allocator, allocator->root_reserved, &part);
    row_quantities(allocator, allocator->root_used_reserved, &used);
    hf_quantities_subtract(&part, &used);
    hf_quantities_subtract(&allocator->headroom, &part);
    hf_quantities_clear(&part);
    revocable(allocator, &part);
    hf_quantities_subtract(&allocator->headroom, &part);
    hf_quantities_clear(&part);
    hf_quantities_clear(&used);
}

/* ---- What is closed: kinds of which nothing more may be given, as bits ---- */

static uint64_t kind_bit(HfKindId kind)
{
    return kind < HF_QUOTA_KINDS ? UINT64_C(1) << kind : 0;
}

/* The kinds that a role's limits leave nothing of. */
static void close_role(HfAllocator *allocator, HfRoleId role)
{
    HfRoleState *state = &allocator->roles.at[role];
    const HfQuantity *at = hf_quantities_entries(&state->limits.entries);
    state->closed = 0;
    for (uint32_t i = 0; i < state->limits.entries.count; i++)
        if (amount_of(&state->consumed, at[i].kind) >= at[i].milli)
            state->closed |= kind_bit(at[i].kind);
    gboolean is_closed = allocator->pool_kinds != 0 && !(allocator->pool_kinds & ~state->closed);
    if (state->leaf != HF_NODE_NONE && is_closed != state->is_closed)
        allocator->open_roles += is_closed ? UINT32_MAX : 1;
    state->is_closed = is_closed;
}

/* The kinds of which all that is free is held back. */
static void close_kind(HfAllocator *allocator, HfKindId kind)
{
    if (amount_of(&allocator->headroom, kind) <= amount_of(&allocator->required, kind))
        allocator->held_kinds |= kind_bit(kind);
    else
        allocator->held_kinds &= ~kind_bit(kind);
}

static void close_all(HfAllocator *allocator)
{
    allocator->pool_kinds = allocator->held_kinds = 0;
    allocator->open_roles = allocator->role_clients;
    for (uint32_t k = 0; k < allocator->sorters.stride; k++) {
        if (allocator->sorters.total[k] == 0) continue;
        allocator->pool_kinds |= kind_bit((HfKindId)k);
        if (k >= HF_QUOTA_KINDS) { /* too many kinds for the bits: nothing is ever closed */
            allocator->pool_kinds = 0;
            break;
        }
        if (!hf_quantities_is_empty(&allocator->required)) close_kind(allocator, (HfKindId)k);
    }
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        allocator->roles.at[allocator->quota_roles.at[q]].is_closed = FALSE;
        close_role(allocator, allocator->quota_roles.at[q]);
    }
}

/* ---- One run ---- */

static void count_roles(HfAllocator *allocator)
{
    HfQuantities missing = {0};
    hf_quantities_clear(&allocator->required);
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        HfRoleId role = allocator->quota_roles.at[q];
        HfRoleState *state = &allocator->roles.at[role];
        hf_quantities_clear(&state->consumed);
        row_quantities(allocator, hf_allocator__role_amounts(allocator, role, HF_ROLE_USED),
                       &state->consumed);
        row_quantities(allocator, hf_allocator__role_amounts(allocator, role, HF_ROLE_RESERVED),
                       &state->consumed);
        if (hf_quantities_is_empty(&state->guarantees)) continue;
        hf_quantities_copy(&missing, &state->guarantees);
        hf_quantities_subtract(&missing, &state->consumed);
        hf_quantities_add(&allocator->required, &missing);
    }
    hf_quantities_clear(&missing);
}

void hf_allocator__quota_begin(HfAllocator *allocator)
{
    if (allocator->quota_has_eased) allocator->quota_epoch++;
    allocator->quota_has_eased = FALSE;
    if (allocator->quota_roles.count == 0) {
        hf_quantities_clear(&allocator->required);
        return;
    }
    allocator->quota_has_drifted = FALSE;
    if (allocator->quota_is_counted) return;
    count_roles(allocator);
    hf_allocator__quota_headroom(allocator);
    close_all(allocator);
    HfQuantities surplus = {0};
    hf_allocator__quota_surplus(allocator, &surplus);
    if (!hf_quantities_contains(&allocator->surplus_after, &surplus) ||
        (allocator->was_required && hf_quantities_is_empty(&allocator->required)))
        allocator->quota_epoch++;
    hf_quantities_clear(&surplus);
    allocator->quota_is_counted = TRUE; /* until something is accounted for */
}

/* Does a step of the headroom's count stop at 0? An agent that shrank below what is held of it does
 * that, and then what a run gives away is not what the next count has less. */
static gboolean is_clipped(const HfAllocator *allocator)
{
    const HfSorters *sorters = &allocator->sorters;
    const int64_t *held = hf_sorter__alloc(sorters, allocator->role_root);
    for (uint32_t k = 0; k < sorters->stride; k++) {
        int64_t reserved = allocator->root_reserved[k] - allocator->root_used_reserved[k];
        if (reserved < 0 || sorters->total[k] - held[k] < reserved) return TRUE;
    }
    return FALSE;
}

void hf_allocator__quota_end(HfAllocator *allocator)
{
    if (allocator->quota_roles.count == 0) return;
    allocator->quota_is_counted = !allocator->quota_has_drifted && !is_clipped(allocator);
    hf_allocator__quota_surplus(allocator, &allocator->surplus_after);
    allocator->was_required = !hf_quantities_is_empty(&allocator->required);
}

void hf_allocator__quota_gain(HfAllocator *allocator, HfRoleId role, const HfQuantities *gained,
                              const HfQuantities *guaranteed)
{
    HfRoleState *state = &allocator->roles.at[role];
    /* what this run does not see, but the next one counts: consumption by sub-roles, and guarantees
     * met by what stage 2 gives */
    HfRoleId top = hf_role_top(allocator->catalog, role);
    if (allocator->roles.at[top].has_quota &&
        (top != role || (guaranteed == NULL && !hf_quantities_is_empty(&state->guarantees))))
        allocator->quota_has_drifted = TRUE;
    if (state->has_quota) {
        hf_quantities_add(&state->consumed, gained);
        close_role(allocator, role);
    }
    if (guaranteed != NULL) hf_quantities_subtract(&allocator->required, guaranteed);
    hf_quantities_subtract(&allocator->headroom, gained);
    const HfQuantity *at = hf_quantities_entries(gained);
    if (hf_quantities_is_empty(&allocator->required))
        allocator->held_kinds = 0;
    else
        for (uint32_t i = 0; i < gained->count; i++) close_kind(allocator, at[i].kind);
}

uint64_t hf_allocator__quota_kinds(const HfAllocator *allocator, const HfBundle *bundle)
{
    if (allocator->quota_roles.count == 0 || allocator->pool_kinds == 0 ||
        bundle->flags & (HF_BUNDLE_SPECIAL | HF_BUNDLE_OTHER_TYPES))
        return 0;
    uint64_t kinds = 0;
    const HfResource *at = hf_resources_entries(&bundle->resources);
    for (uint32_t i = 0; i < hf_resources_count(&bundle->resources); i++)
        kinds |= kind_bit(allocator->catalog->kind[at[i].kind].quantity);
    return kinds;
}

gboolean hf_allocator__quota_fits(const HfAllocator *allocator, HfRoleId role,
                                  const HfBundle *bundle, const HfQuantities *need,
                                  HfQuantities *gained, HfQuantities *guaranteed)
{
    const HfRoleState *state = &allocator->roles.at[role];
    const HfResource *at = hf_resources_entries(&bundle->resources);
    gboolean is_held = !hf_quantities_is_empty(&allocator->required);
    hf_quantities_clear(gained);
    if (bundle->flags & HF_BUNDLE_SPECIAL) return FALSE;
    for (uint32_t i = 0; i < hf_resources_count(&bundle->resources); i++) {
        const HfKindInfo *info = &allocator->catalog->kind[at[i].kind];
        if (info->type != HF_TYPE_SCALAR) continue;
        HfKindId kind = info->quantity;
        int64_t milli = at[i].milli, room, owed = 0;
        if (amount_of(gained, kind) != 0) return FALSE; /* a name twice: chop by the book */
        if (need != NULL) owed = MIN(amount_of(need, kind), milli);
        if (owed > 0 && owed < milli && !hf_meta_is_divisible(allocator->catalog, at[i].meta))
            return FALSE; /* a guarantee takes all of it or nothing */
        if (hf_limits_get(&state->limits, kind, &room) && milli > owed &&
            milli > room - amount_of(&state->consumed, kind))
            return FALSE;
        if (is_held &&
            milli - owed >
                amount_of(&allocator->headroom, kind) - amount_of(&allocator->required, kind) &&
            milli > owed)
            return FALSE;
        hf_quantities_add_one(gained, kind, milli);
        if (owed > 0) hf_quantities_add_one(guaranteed, kind, owed);
    }
    return need == NULL || !hf_quantities_is_empty(guaranteed);
}
