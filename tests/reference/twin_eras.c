/*
 * What the twin does otherwise in eras before 1.11, and in scope cell; see twin.h.
 *
 * Quota by whole agents (until 1.5): agent by agent, roles whose guarantee is not reached in any
 * kind get all that is not revocable; then, over the same agents again, everybody gets an agent
 * whole if what the guarantees still miss stays free, and roles with quota what is reserved alone.
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
    if (hf_twin__has(twin, HF_RULE_QUOTA_CHOPPING)) return FALSE;
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++)
        if (hf_twin__has_quota(twin, r)) return TRUE;
    return FALSE;
}

/* Scalars that are not revocable; without those that are reserved, if asked. */
static void add_scalars(const HfTwin *twin, const HfResources *from, gboolean is_common,
                        HfQuantities *out)
{
    HfResources part = {0};
    hf_resources_select(twin->catalog, from, HF_META_REVOCABLE | (is_common ? HF_META_RESERVED : 0),
                        0, &part);
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
        add_scalars(twin, &all, FALSE, consumed);
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

/* What is free beyond what the guarantees miss, kind by kind. */
static void count_common(HfTwin *twin)
{
    HfQuantities missing = {0};
    hf_twin__count_headroom(twin);
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) {
        hf_quantities_copy(&missing, &hf_twin__role(twin, r)->guarantees);
        hf_quantities_subtract(&missing, &hf_twin__role(twin, r)->consumed);
        hf_quantities_subtract(&twin->headroom, &missing);
    }
    hf_quantities_clear(&missing);
}

/* Offer the sub the agent; TRUE when nothing is there for it. */
static gboolean serve_coarse(HfTwin *twin, uint32_t s, uint32_t agent, gboolean is_guaranteed)
{
    const HfTwinSub *sub = HF_TWIN_SUB(twin, s);
    HfResources offer = {0}, part = {0};
    HfQuantities common = {0};
    gboolean nothing, has_quota = hf_twin__has_quota(twin, sub->role);
    if (hf_twin__look(twin, sub, agent, &offer, &nothing)) {
        if (is_guaranteed || has_quota) {
            hf_resources_select(twin->catalog, &offer,
                                is_guaranteed ? HF_META_REVOCABLE : HF_META_RESERVED,
                                is_guaranteed ? 0 : HF_META_RESERVED, &part);
            hf_resources_swap(&offer, &part);
        }
        add_scalars(twin, &offer, TRUE, &common);
        if (hf_twin__may_give(twin, sub, agent, &offer) &&
            (is_guaranteed || hf_quantities_contains(&twin->headroom, &common))) {
            if (has_quota)
                add_scalars(twin, &offer, FALSE, &hf_twin__role(twin, sub->role)->consumed);
            if (!is_guaranteed) hf_quantities_subtract(&twin->headroom, &common);
            hf_twin__give(twin, sub->framework, sub->role, agent, &offer);
        }
    }
    hf_resources_clear(twin->catalog, &offer);
    hf_resources_clear(twin->catalog, &part);
    hf_quantities_clear(&common);
    return nothing;
}

static void coarse_stage(HfTwin *twin, const GArray *agents, gboolean is_guaranteed)
{
    HfTwinStage stage = is_guaranteed ? HF_TWIN_GUARANTEES : HF_TWIN_FAIR_SHARE;
    for (guint a = 0; a < agents->len; a++) {
        uint32_t agent = g_array_index(agents, uint32_t, a);
        g_autoptr(GArray) roles = hf_twin__roles(twin, stage, agent);
        for (guint r = 0; r < roles->len; r++) {
            HfRoleId role = g_array_index(roles, HfRoleId, r);
            if (is_guaranteed && !is_unreached(twin, role)) continue;
            g_autoptr(GArray) subs = hf_twin__subs(twin, stage, agent, role);
            for (guint s = 0; s < subs->len; s++)
                if (serve_coarse(twin, g_array_index(subs, uint32_t, s), agent, is_guaranteed))
                    break;
        }
    }
}

void hf_twin__run_coarse(HfTwin *twin)
{
    g_autoptr(GArray) agents = hf_twin__candidates(twin, HF_TWIN_FAIR_SHARE);
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) count_consumed(twin, r);
    coarse_stage(twin, agents, TRUE);
    count_common(twin);
    coarse_stage(twin, agents, FALSE);
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
