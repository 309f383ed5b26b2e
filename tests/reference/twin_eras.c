/*
 * What the twin does otherwise in eras before 1.11, and in scope cell; see twin.h.
 *
 * Quota by whole agents (until 1.5): agent by agent, roles whose guarantee is not reached in any
 * kind get all that is not revocable; then, over the same agents again, everybody gets an agent
 * whole if what the guarantees still miss stays free, and roles with quota what is reserved alone.
 * What is free is counted over the cluster, also without quota.
 * Scope cell: all that the first framework in order may have goes to it, and counts in shares once
 * it is launched. Source: Mesos 1.4.0, hierarchical.cpp; the table in resource/era.h; allocator.h.
 */
#include "reference/twin_internal.h"

gboolean hf_twin__has(const HfTwin *twin, HfEraRule rule)
{
    return hf_era_has(twin->config.era, rule) != (twin->misread == (int)rule);
}

gboolean hf_twin__is_cell(const HfTwin *twin)
{
    return twin->config.offer_scope == HF_OFFER_SCOPE_CELL;
}

/* ---- Quota by whole agents ---- */

gboolean hf_twin__is_coarse(HfTwin *twin)
{
    if (hf_twin__has(twin, HF_RULE_QUOTA_CHOPPING) || hf_twin__is_cell(twin)) return FALSE;
    if (hf_twin__has(twin, HF_RULE_QUOTA) && !hf_twin__has(twin, HF_RULE_SHARE_BY_AGENT))
        return TRUE;
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++)
        if (hf_twin__has_quota(twin, r)) return TRUE;
    return FALSE;
}

/* Scalars that are not revocable. */
static void add_scalars(const HfTwin *twin, const HfResources *from, HfQuantities *out)
{
    HfResources part = {0};
    hf_resources_select(twin->catalog, from, HF_META_REVOCABLE, 0, &part);
    hf_resources_scalar_quantities(twin->catalog, &part, out);
    hf_resources_clear(twin->catalog, &part);
}

/* What the frameworks of exactly this role hold of each agent; shared volumes count once. */
static void count_consumed(HfTwin *twin, HfRoleId role)
{
    HfQuantities *consumed = &hf_twin__role(twin, role)->consumed;
    hf_quantities_clear(consumed);
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources all = {0};
        for (guint h = 0; h < twin->held->len; h++) {
            const HfTwinHeld *held = HF_TWIN_HELD(twin, h);
            if (held->agent == a && held->is_counted && held->role == role)
                hf_resources_add(twin->catalog, &all, &held->resources);
        }
        add_scalars(twin, &all, consumed);
        hf_resources_clear(twin->catalog, &all);
    }
}

static gboolean is_unreached(HfTwin *twin, HfRoleId role)
{
    const HfTwinRole *row = hf_twin__role(twin, role);
    const HfQuantity *at = hf_quantities_entries(&row->guarantees);
    for (uint32_t i = 0; i < row->guarantees.count; i++)
        if (hf_quantities_get(&row->consumed, at[i].kind) >= at[i].milli) return FALSE;
    return hf_twin__has_quota(twin, role);
}

/* What nobody holds of one name, reserved to one role or unreserved, revocable or not. */
typedef struct Left {
    HfKindId kind;
    HfRoleId role;
    gboolean is_revocable;
    int64_t milli;
} Left;

static void change_left(const HfTwin *twin, GArray *left, const HfResources *by, int sign)
{
    for (uint32_t i = 0; i < hf_resources_count(by); i++) {
        const HfResource *entry = hf_resources_at(by, i);
        if (hf_kind_type(twin->catalog, entry->kind) != HF_TYPE_SCALAR) continue;
        Left one = {twin->catalog->kind[entry->kind].quantity,
                    hf_meta_reservation_role(twin->catalog, entry->meta),
                    hf_meta_is_revocable(twin->catalog, entry->meta), sign * entry->milli};
        guint l = 0;
        for (; l < left->len; l++) {
            Left *other = &g_array_index(left, Left, l);
            if (other->kind != one.kind || other->role != one.role ||
                other->is_revocable != one.is_revocable)
                continue;
            other->milli += one.milli;
            break;
        }
        if (l == left->len) g_array_append_val(left, one);
    }
}

/* What is free of all agents beyond what the guarantees miss. */
static GArray *count_left(HfTwin *twin)
{
    GArray *left = g_array_new(FALSE, FALSE, sizeof(Left));
    HfQuantities missing = {0};
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources all = {0}, part = {0};
        if (!HF_TWIN_AGENT(twin, a)->is_known) continue;
        change_left(twin, left, &HF_TWIN_AGENT(twin, a)->total, 1);
        for (guint h = 0; h < twin->held->len; h++) {
            const HfTwinHeld *held = HF_TWIN_HELD(twin, h);
            if (held->agent != a || !held->is_counted) continue;
            hf_resources_copy(twin->catalog, &part, &held->resources);
            hf_resources_allocate(twin->catalog, &part, held->role);
            hf_resources_add(twin->catalog, &all, &part);
        }
        change_left(twin, left, &all, -1);
        hf_resources_clear(twin->catalog, &all);
        hf_resources_clear(twin->catalog, &part);
    }
    for (guint l = 0; l < left->len; l++) {
        Left *row = &g_array_index(left, Left, l);
        row->milli = MAX(row->milli, 0);
        if (row->role != HF_ROLE_STAR || row->is_revocable) continue;
        for (HfRoleId r = 0; r < twin->catalog->role_count; r++) {
            hf_quantities_copy(&missing, &hf_twin__role(twin, r)->guarantees);
            hf_quantities_subtract(&missing, &hf_twin__role(twin, r)->consumed);
            row->milli = MAX(row->milli - hf_quantities_get(&missing, row->kind), 0);
        }
    }
    hf_quantities_clear(&missing);
    return left;
}

/* Is it all there? Then it is taken. */
static gboolean take_left(const HfTwin *twin, GArray *left, const HfResources *offer)
{
    gboolean is_there = TRUE;
    HfResources part = {0};
    hf_resources_select(twin->catalog, offer, HF_META_SHARED, 0, &part);
    change_left(twin, left, &part, -1);
    for (guint l = 0; l < left->len; l++) is_there &= g_array_index(left, Left, l).milli >= 0;
    if (!is_there) change_left(twin, left, &part, 1);
    hf_resources_clear(twin->catalog, &part);
    return is_there;
}

/* Offer the sub the agent, if there is as much of it `left` (NULL: for a guarantee); TRUE when
 * nothing is there for it. */
static gboolean serve_coarse(HfTwin *twin, uint32_t s, uint32_t agent, GArray *left)
{
    const HfTwinSub *sub = HF_TWIN_SUB(twin, s);
    HfResources offer = {0}, part = {0};
    gboolean nothing, has_quota = hf_twin__has_quota(twin, sub->role);
    gboolean is_guaranteed = left == NULL;
    if (hf_twin__look(twin, sub, agent, &offer, &nothing)) {
        if (is_guaranteed || has_quota) {
            hf_resources_select(twin->catalog, &offer,
                                is_guaranteed ? HF_META_REVOCABLE : HF_META_RESERVED,
                                is_guaranteed ? 0 : HF_META_RESERVED, &part);
            hf_resources_swap(&offer, &part);
        }
        if (hf_twin__may_give(twin, sub, agent, &offer) &&
            (is_guaranteed || take_left(twin, left, &offer))) {
            if (has_quota) add_scalars(twin, &offer, &hf_twin__role(twin, sub->role)->consumed);
            hf_twin__give(twin, sub->framework, sub->role, agent, &offer);
        }
    }
    hf_resources_clear(twin->catalog, &offer);
    hf_resources_clear(twin->catalog, &part);
    return nothing;
}

static void coarse_stage(HfTwin *twin, const GArray *agents, GArray *left)
{
    gboolean is_guaranteed = left == NULL;
    HfTwinStage stage = is_guaranteed ? HF_TWIN_GUARANTEES : HF_TWIN_FAIR_SHARE;
    for (guint a = 0; a < agents->len; a++) {
        uint32_t agent = g_array_index(agents, uint32_t, a);
        g_autoptr(GArray) roles = hf_twin__roles(twin, stage, agent);
        for (guint r = 0; r < roles->len; r++) {
            HfRoleId role = g_array_index(roles, HfRoleId, r);
            if (is_guaranteed && !is_unreached(twin, role)) continue;
            g_autoptr(GArray) subs = hf_twin__subs(twin, stage, agent, role);
            for (guint s = 0; s < subs->len; s++)
                if (serve_coarse(twin, g_array_index(subs, uint32_t, s), agent, left)) break;
        }
    }
}

void hf_twin__run_coarse(HfTwin *twin)
{
    g_autoptr(GArray) agents = hf_twin__candidates(twin, HF_TWIN_FAIR_SHARE);
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) count_consumed(twin, r);
    coarse_stage(twin, agents, NULL);
    g_autoptr(GArray) left = count_left(twin);
    coarse_stage(twin, agents, left);
}

/* ---- Scope cell ---- */

/* Is what is free on the agents of this run, taken together, at least the minimum? */
static gboolean is_worth_a_run(HfTwin *twin, const GArray *agents)
{
    HfQuantities sum = {0};
    gboolean is_enough = twin->min->len == 0;
    for (guint a = 0; a < agents->len; a++) {
        HfResources available = {0};
        hf_twin__available(twin, g_array_index(agents, uint32_t, a), &available);
        hf_resources_scalar_quantities(twin->catalog, &available, &sum);
        hf_resources_clear(twin->catalog, &available);
    }
    for (guint m = 0; m < twin->min->len; m++)
        is_enough |= hf_quantities_contains(&sum, &g_array_index(twin->min, HfQuantities, m));
    hf_quantities_clear(&sum);
    return is_enough;
}

void hf_twin__run_cell(HfTwin *twin)
{
    g_autoptr(GArray) agents = hf_twin__candidates(twin, HF_TWIN_FAIR_SHARE);
    g_autoptr(GArray) roles = hf_twin__roles(twin, HF_TWIN_CELL, 0);
    if (!is_worth_a_run(twin, agents)) return;
    for (guint r = 0; r < roles->len; r++) {
        g_autoptr(GArray) subs =
            hf_twin__subs(twin, HF_TWIN_CELL, 0, g_array_index(roles, HfRoleId, r));
        for (guint s = 0; s < subs->len; s++) {
            for (guint a = 0; a < agents->len; a++)
                hf_twin__serve(twin, g_array_index(subs, uint32_t, s),
                               g_array_index(agents, uint32_t, a), NULL);
            if (twin->offers->len > 0) return;
        }
    }
}
