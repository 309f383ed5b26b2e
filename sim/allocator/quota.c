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
#include "base/checked.h"

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

/* hf_quantities_get and hf_limits_get for the few kinds there are, without a call. */
static inline int64_t amount_of(const HfQuantities *quantities, HfKindId kind)
{
    const HfQuantity *at = hf_quantities_entries(quantities);
    for (uint32_t i = 0; i < quantities->count; i++)
        if (at[i].kind == kind) return at[i].milli;
    return 0;
}

static inline gboolean limit_of(const HfLimits *limits, HfKindId kind, int64_t *limit_out)
{
    const HfQuantity *at = hf_quantities_entries(&limits->entries);
    for (uint32_t i = 0; i < limits->entries.count; i++)
        if (at[i].kind == kind) {
            *limit_out = at[i].milli;
            return TRUE;
        }
    return FALSE;
}

void hf_allocator__quota_need(const HfAllocator *allocator, HfRoleId role, HfQuantities *need_out)
{
    const HfQuantities *guarantees = &allocator->roles.at[role].guarantees;
    const HfQuantity *at = hf_quantities_entries(guarantees);
    const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
    hf_quantities_clear(need_out);
    for (uint32_t i = 0; i < guarantees->count; i++)
        if (consumed[at[i].kind] < at[i].milli)
            hf_quantities_add_one(need_out, at[i].kind, at[i].milli - consumed[at[i].kind]);
}

void hf_allocator__quota_room(const HfAllocator *allocator, HfRoleId role, HfLimits *room_out)
{
    const HfQuantities *limits = &allocator->roles.at[role].limits.entries;
    const HfQuantity *at = hf_quantities_entries(limits);
    const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
    hf_limits_clear(room_out);
    for (uint32_t i = 0; i < limits->count; i++)
        hf_limits_set(room_out, at[i].kind, MAX(at[i].milli - consumed[at[i].kind], 0));
}

/* ---- Headroom ---- */

static inline int64_t surplus_of(const HfAllocator *allocator, uint32_t kind)
{
    return MAX(allocator->headroom[kind] - allocator->required[kind], 0);
}

void hf_allocator__quota_surplus(const HfAllocator *allocator, HfQuantities *surplus_out)
{
    hf_quantities_clear(surplus_out);
    for (uint32_t k = 0; k < allocator->amount_stride; k++)
        hf_quantities_add_one(surplus_out, (HfKindId)k, surplus_of(allocator, k));
}

/* All that is available and revocable, over the whole cluster, leaves the headroom. */
static void leave_revocable(HfAllocator *allocator)
{
    const HfCatalog *catalog = allocator->catalog;
    int64_t *headroom = allocator->headroom;
    for (uint32_t a = 0; a < allocator->agents.count; a++) {
        const HfAgent *row = &allocator->agents.at[a];
        if (row->available == NULL || !(row->available->flags & HF_BUNDLE_REVOCABLE)) continue;
        const HfResources *available = &row->available->resources;
        const HfResource *at = hf_resources_entries(available);
        for (uint32_t i = 0; i < hf_resources_count(available); i++)
            if (hf_meta_is_revocable(catalog, at[i].meta) &&
                hf_kind_type(catalog, at[i].kind) == HF_TYPE_SCALAR) {
                HfKindId kind = catalog->kind[at[i].kind].quantity;
                headroom[kind] = MAX(headroom[kind] - at[i].milli, 0);
            }
    }
}

/* headroom = total - allocated - idle reservations - idle revocable, each step clipped at 0 */
void hf_allocator__quota_headroom(HfAllocator *allocator)
{
    const int64_t *total = allocator->sorters.total;
    const int64_t *held = hf_sorter__alloc(&allocator->sorters, allocator->role_root);
    for (uint32_t k = 0; k < allocator->amount_stride; k++) {
        int64_t idle = MAX(allocator->root_reserved[k] - allocator->root_used_reserved[k], 0);
        allocator->headroom[k] = MAX(MAX(total[k] - held[k], 0) - idle, 0);
    }
    leave_revocable(allocator);
}

/* ---- What is closed: kinds of which nothing more may be given, as bits ---- */

static uint64_t kind_bit(HfKindId kind)
{
    return kind < HF_QUOTA_KINDS ? UINT64_C(1) << kind : 0;
}

/* Whether nothing at all may be given to a role follows from its closed kinds. */
static void close_role(HfAllocator *allocator, HfRoleState *state)
{
    gboolean is_closed = allocator->pool_kinds != 0 && !(allocator->pool_kinds & ~state->closed);
    if (state->leaf != HF_NODE_NONE && is_closed != state->is_closed)
        allocator->open_roles += is_closed ? UINT32_MAX : 1;
    state->is_closed = is_closed;
}

/* The kinds that its limits leave nothing of. */
static void close_by_limits(HfAllocator *allocator, HfRoleId role)
{
    HfRoleState *state = &allocator->roles.at[role];
    const HfQuantity *at = hf_quantities_entries(&state->limits.entries);
    const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
    state->closed = 0;
    for (uint32_t i = 0; i < state->limits.entries.count; i++)
        if (consumed[at[i].kind] >= at[i].milli) state->closed |= kind_bit(at[i].kind);
    state->is_closed = FALSE;
    close_role(allocator, state);
}

/* The kinds of which all that is free is held back. */
static inline void close_kind(HfAllocator *allocator, HfKindId kind)
{
    if (allocator->headroom[kind] <= allocator->required[kind])
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
        if (allocator->required_kinds > 0) close_kind(allocator, (HfKindId)k);
    }
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++)
        close_by_limits(allocator, allocator->quota_roles.at[q]);
}

/* ---- One run ---- */

/* What each role with quota consumes, and what all guarantees together still lack. */
static void count_roles(HfAllocator *allocator)
{
    uint32_t stride = allocator->amount_stride;
    memset(allocator->required, 0, stride * sizeof *allocator->required);
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        HfRoleId role = allocator->quota_roles.at[q];
        const HfQuantities *guarantees = &allocator->roles.at[role].guarantees;
        const HfQuantity *at = hf_quantities_entries(guarantees);
        const int64_t *used = hf_allocator__role_amounts(allocator, role, HF_ROLE_USED);
        const int64_t *reserved = hf_allocator__role_amounts(allocator, role, HF_ROLE_RESERVED);
        int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
        for (uint32_t k = 0; k < stride; k++) consumed[k] = used[k] + reserved[k];
        for (uint32_t i = 0; i < guarantees->count; i++) {
            int64_t *required = &allocator->required[at[i].kind];
            *required = hf_add(*required, MAX(at[i].milli - consumed[at[i].kind], 0));
        }
    }
    allocator->required_kinds = 0;
    for (uint32_t k = 0; k < stride; k++) allocator->required_kinds += allocator->required[k] > 0;
}

/* Is there more to give than the last run left? */
static gboolean has_grown(const HfAllocator *allocator)
{
    for (uint32_t k = 0; k < allocator->amount_stride; k++)
        if (surplus_of(allocator, k) > allocator->surplus_after[k]) return TRUE;
    return allocator->was_required && allocator->required_kinds == 0;
}

void hf_allocator__quota_begin(HfAllocator *allocator)
{
    if (allocator->quota_has_eased) allocator->quota_epoch++;
    allocator->quota_has_eased = FALSE;
    if (allocator->quota_roles.count == 0) {
        allocator->required_kinds = 0;
        return;
    }
    hf_allocator__role_room(allocator, HF_ROLE_STAR);
    allocator->quota_has_drifted = FALSE;
    if (allocator->quota_is_counted) return;
    count_roles(allocator);
    hf_allocator__quota_headroom(allocator);
    close_all(allocator);
    if (has_grown(allocator)) allocator->quota_epoch++;
    allocator->quota_is_counted = TRUE; /* until something is accounted for */
}

/* Does a step of the headroom's count stop at 0? An agent that shrank below what is held of it does
 * that, and then what a run gives away is not what the next count has less. */
static gboolean is_clipped(const HfAllocator *allocator)
{
    const HfSorters *sorters = &allocator->sorters;
    const int64_t *held = hf_sorter__alloc(sorters, allocator->role_root);
    for (uint32_t k = 0; k < allocator->amount_stride; k++) {
        int64_t reserved = allocator->root_reserved[k] - allocator->root_used_reserved[k];
        if (reserved < 0 || sorters->total[k] - held[k] < reserved) return TRUE;
    }
    return FALSE;
}

void hf_allocator__quota_end(HfAllocator *allocator)
{
    if (allocator->quota_roles.count == 0) return;
    allocator->quota_is_counted = !allocator->quota_has_drifted && !is_clipped(allocator);
    for (uint32_t k = 0; k < allocator->amount_stride; k++)
        allocator->surplus_after[k] = surplus_of(allocator, k);
    allocator->was_required = allocator->required_kinds > 0;
}

/* A role with quota consumes more: what of it is closed now? */
static void consume(HfAllocator *allocator, HfRoleId role)
{
    HfRoleState *state = &allocator->roles.at[role];
    const HfGain *gains = allocator->gains.at;
    int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED), limit;
    for (uint32_t i = 0; i < allocator->gains.count; i++) {
        HfKindId kind = gains[i].kind;
        consumed[kind] = hf_add(consumed[kind], gains[i].milli);
        if (limit_of(&state->limits, kind, &limit) && consumed[kind] >= limit)
            state->closed |= kind_bit(kind);
    }
    close_role(allocator, state);
}

void hf_allocator__quota_gain(HfAllocator *allocator, HfRoleId role, gboolean is_guarantee)
{
    const HfRoleState *state = &allocator->roles.at[role];
    const HfGain *gains = allocator->gains.at;
    uint32_t count = allocator->gains.count;
    /* what this run does not see, but the next one counts: consumption by sub-roles, and guarantees
     * met by what stage 2 gives */
    HfRoleId top = hf_role_top(allocator->catalog, role);
    if (allocator->roles.at[top].has_quota &&
        (top != role || (!is_guarantee && !hf_quantities_is_empty(&state->guarantees))))
        allocator->quota_has_drifted = TRUE;
    if (state->has_quota) consume(allocator, role);
    for (uint32_t i = 0; i < count; i++) {
        int64_t *required = &allocator->required[gains[i].kind];
        int64_t *headroom = &allocator->headroom[gains[i].kind];
        *headroom = MAX(*headroom - gains[i].milli, 0);
        if (gains[i].owed == 0 || *required == 0) continue;
        *required = MAX(*required - gains[i].owed, 0);
        if (*required == 0) allocator->required_kinds--;
    }
    if (allocator->required_kinds == 0)
        allocator->held_kinds = 0;
    else
        for (uint32_t i = 0; i < count; i++) close_kind(allocator, gains[i].kind);
}

void hf_allocator__quota_gains(HfAllocator *allocator, const HfQuantities *gained,
                               const HfQuantities *owed)
{
    const HfQuantity *at = hf_quantities_entries(gained);
    hf_vec_reset(&allocator->gains);
    for (uint32_t i = 0; i < gained->count; i++)
        hf_vec_push(&allocator->gains,
                    (HfGain){at[i].kind, at[i].milli, amount_of(owed, at[i].kind)});
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

/* Is there a gain of this kind already? */
static gboolean is_gained(const HfAllocator *allocator, HfKindId kind)
{
    for (uint32_t i = 0; i < allocator->gains.count; i++)
        if (allocator->gains.at[i].kind == kind) return TRUE;
    return FALSE;
}

gboolean hf_allocator__quota_fits(HfAllocator *allocator, HfRoleId role, const HfBundle *bundle,
                                  gboolean is_guarantee)
{
    const HfRoleState *state = &allocator->roles.at[role];
    const HfResource *at = hf_resources_entries(&bundle->resources);
    const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
    uint32_t count = hf_resources_count(&bundle->resources);
    gboolean is_owed = !is_guarantee;
    hf_vec_reset(&allocator->gains);
    if (bundle->flags & HF_BUNDLE_SPECIAL) return FALSE;
    hf_vec_reserve(&allocator->gains, count);
    for (uint32_t i = 0; i < count; i++) {
        const HfKindInfo *info = &allocator->catalog->kind[at[i].kind];
        if (info->type != HF_TYPE_SCALAR) continue;
        HfKindId kind = info->quantity;
        int64_t milli = at[i].milli, limit, owed = 0;
        if (is_gained(allocator, kind)) return FALSE; /* a name twice: chop by the book */
        if (is_guarantee) owed = MAX(amount_of(&state->guarantees, kind) - consumed[kind], 0);
        if (owed < milli) {
            if (owed > 0 && !hf_meta_is_divisible(allocator->catalog, at[i].meta))
                return FALSE; /* a guarantee takes all of it or nothing */
            if (limit_of(&state->limits, kind, &limit) && milli > limit - consumed[kind])
                return FALSE;
            if (allocator->required_kinds > 0 &&
                milli - owed > allocator->headroom[kind] - allocator->required[kind])
                return FALSE;
        }
        owed = MIN(owed, milli);
        is_owed |= owed > 0;
        allocator->gains.at[allocator->gains.count++] = (HfGain){kind, milli, owed};
    }
    return is_owed;
}
