/*
 * Frameworks: their roles, suppression, minimum and activation.
 * Source: MESOS.md 3.6; Mesos hierarchical.cpp addFramework ... reviveRoles.
 */
#include <string.h>

#include "allocator/allocator_internal.h"

static gboolean in_roles(const HfRoleId *roles, uint32_t count, HfRoleId role)
{
    for (uint32_t r = 0; r < count; r++)
        if (roles[r] == role) return TRUE;
    return FALSE;
}

static gboolean suppresses_only_its_own(const HfFrameworkSpec *spec)
{
    for (uint32_t r = 0; r < spec->suppressed_count; r++)
        if (!in_roles(spec->roles, spec->role_count, spec->suppressed[r])) return FALSE;
    return TRUE;
}

void hf_allocator__minimum_clear(HfSub *sub)
{
    for (uint32_t m = 0; m < sub->min_count; m++) hf_quantities_clear(&sub->min[m]);
    g_free(sub->min);
    sub->min = NULL;
    sub->min_count = 0;
    sub->has_min = FALSE;
}

static void set_minimum(HfAllocator *allocator, HfSub *sub, const HfFrameworkSpec *spec)
{
    hf_allocator__minimum_clear(sub);
    for (uint32_t r = 0; r < spec->minimum_count; r++) {
        const HfRoleMinimum *minimum = &spec->minima[r];
        if (minimum->role != sub->role) continue;
        sub->has_min = allocator->has_own_minima = TRUE;
        sub->min_count = minimum->count;
        sub->min = g_new0(HfQuantities, minimum->count);
        for (uint32_t m = 0; m < minimum->count; m++)
            hf_quantities_copy(&sub->min[m], &minimum->alternatives[m]);
        return;
    }
}

static void activate_and_log(HfAllocator *allocator, uint32_t sub)
{
    hf_allocator__sub_activate(allocator, sub);
    hf_allocator__sub_eligible(allocator, sub);
}

/* It wants offers from now on: of an active framework. The code of Mesos does not ask. */
static void activate_wanted(HfAllocator *allocator, uint32_t sub)
{
    if (allocator->frameworks.at[allocator->subs.at[sub].framework].is_active ||
        allocator->quirks & HF_QUIRK_REVIVE_INACTIVE)
        activate_and_log(allocator, sub);
}

static uint32_t tracked_sub(HfAllocator *allocator, uint32_t framework, HfRoleId role)
{
    uint32_t sub = hf_allocator__sub(allocator, framework, role);
    if (sub == HF_ROW_NONE) sub = hf_allocator__sub_new(allocator, framework, role);
    hf_allocator__sub_track(allocator, sub);
    return sub;
}

/* What an agent already knows that this framework holds is counted from now on. */
static void adopt(HfAllocator *allocator, uint32_t framework, const HfHolding *holding)
{
    HfAgent *agent = hf_allocator__agent(allocator, holding->agent);
    uint32_t sub = hf_allocator__sub(allocator, framework, holding->role);
    if (agent == NULL || sub == HF_ROW_NONE) return;
    for (uint32_t g = 0; g < agent->grants.count; g++) {
        HfGrant *grant = &hf_few_at(&agent->grants)[g];
        if (grant->sub != sub || grant->is_counted) continue;
        hf_allocator__sub_track(allocator, sub);
        grant->is_counted = TRUE;
        allocator->subs.at[sub].counted++;
        HfBundle *bundle = hf_grant__bundle(allocator, grant);
        hf_allocator__account(allocator, holding->agent, sub, bundle, 1);
        HfResources launched = {0};
        hf_resources_copy(allocator->catalog, &launched, &bundle->resources);
        hf_resources_allocate(allocator->catalog, &launched, holding->role);
        HfResources *early = allocator->infos.at[holding->agent].launched_early;
        if (early != NULL) hf_resources_subtract(allocator->catalog, early, &launched);
        hf_launched__add(allocator, holding->agent, &launched);
        hf_resources_clear(allocator->catalog, &launched);
    }
}

HfStatus hf_allocator_framework_add(HfAllocator *allocator, HfTime now, uint32_t framework,
                                    const HfFrameworkSpec *spec, const HfHolding *used,
                                    uint32_t used_count)
{
    if (hf_allocator__framework(allocator, framework) != NULL) return HF_EXISTS;
    if (!suppresses_only_its_own(spec)) return HF_INVALID;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    while (allocator->frameworks.count <= framework) hf_vec_push_zero(&allocator->frameworks);
    HfFramework *row = &allocator->frameworks.at[framework];
    row->is_known = TRUE;
    row->is_active = spec->active;
    row->capabilities = spec->capabilities;
    row->constraints = spec->constraints;
    if (row->constraints != NULL) hf_offer_constraints_ref(row->constraints);
    g_free(row->name);
    row->name = g_strdup(spec->name);
    for (uint32_t r = 0; r < spec->role_count; r++) {
        uint32_t sub = tracked_sub(allocator, framework, spec->roles[r]);
        HfSub *of = &allocator->subs.at[sub];
        of->is_subscribed = TRUE;
        of->is_suppressed = in_roles(spec->suppressed, spec->suppressed_count, spec->roles[r]);
        set_minimum(allocator, of, spec);
        if (spec->active && !of->is_suppressed) activate_and_log(allocator, sub);
    }
    for (uint32_t u = 0; u < used_count; u++) adopt(allocator, framework, &used[u]);
    if (spec->active) hf_allocator__trigger_all(allocator);
    return HF_OK;
}

static void suppress_sub(HfAllocator *allocator, uint32_t sub)
{
    hf_allocator__sub_deactivate(allocator, sub);
    allocator->subs.at[sub].is_suppressed = TRUE;
}

static void revive_sub(HfAllocator *allocator, uint32_t sub)
{
    hf_filters__drop_sub(allocator, sub);
    allocator->subs.at[sub].is_suppressed = FALSE;
    activate_wanted(allocator, sub);
}

/* Join roles that are new to the framework, leave those that it no longer names. */
static void update_roles(HfAllocator *allocator, uint32_t framework, const HfFrameworkSpec *spec)
{
    for (uint32_t r = 0; r < spec->role_count; r++) {
        uint32_t sub = tracked_sub(allocator, framework, spec->roles[r]);
        if (allocator->subs.at[sub].is_subscribed) continue;
        allocator->subs.at[sub].is_subscribed = TRUE;
        allocator->subs.at[sub].is_suppressed = FALSE;
        activate_wanted(allocator, sub);
    }
    HfFramework *row = &allocator->frameworks.at[framework];
    for (uint32_t i = row->subs.count; i-- > 0;) {
        uint32_t sub = row->subs.at[i];
        HfSub *of = &allocator->subs.at[sub];
        if (!of->is_subscribed || in_roles(spec->roles, spec->role_count, of->role)) continue;
        hf_allocator__sub_deactivate(allocator, sub);
        hf_filters__drop_sub(allocator, sub);
        of->is_subscribed = of->is_suppressed = FALSE;
        hf_allocator__try_untrack_sub(allocator, sub);
    }
}

HfStatus hf_allocator_framework_update(HfAllocator *allocator, HfTime now, uint32_t framework,
                                       const HfFrameworkSpec *spec)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    if (!suppresses_only_its_own(spec)) return HF_INVALID;
    update_roles(allocator, framework, spec);
    row->capabilities = spec->capabilities;
    if (spec->constraints != NULL) hf_offer_constraints_ref(spec->constraints);
    hf_offer_constraints_unref(row->constraints);
    row->constraints = spec->constraints;
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE); /* Mesos: as by a revive */
    for (uint32_t i = 0; i < row->subs.count; i++) {
        uint32_t sub = row->subs.at[i];
        HfSub *of = &allocator->subs.at[sub];
        if (!of->is_subscribed) continue;
        gboolean suppress = in_roles(spec->suppressed, spec->suppressed_count, of->role);
        if (suppress && !of->is_suppressed) suppress_sub(allocator, sub);
        if (!suppress && of->is_suppressed) revive_sub(allocator, sub);
        set_minimum(allocator, of, spec);
        hf_allocator__sub_eligible(allocator, sub);
    }
    return HF_OK;
}

/* Everything that the framework was granted on an agent goes back. */
static void release(HfAllocator *allocator, uint32_t framework, uint32_t agent)
{
    const HfAgent *row = &allocator->agents.at[agent];
    for (uint32_t g = row->grants.count; g-- > 0;) {
        const HfGrant *grant = &hf_few_at(&row->grants)[g];
        if (allocator->subs.at[grant->sub].framework != framework) continue;
        HfBundle *back = hf_allocator__take_grant(allocator, agent, g);
        hf_allocator__agent_gain(allocator, agent, back);
        hf_bundle__unref(allocator, back);
    }
}

HfStatus hf_allocator_framework_remove(HfAllocator *allocator, HfTime now, uint32_t framework)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    for (uint32_t a = 0; a < allocator->agents.count; a++)
        if (allocator->agents.at[a].grants.count > 0) release(allocator, framework, a);
    while (row->subs.count > 0) {
        uint32_t sub = *hf_vec_last(&row->subs);
        allocator->subs.at[sub].is_subscribed = FALSE;
        hf_allocator__sub_drop(allocator, sub);
    }
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE);
    hf_offer_constraints_unref(row->constraints);
    row->constraints = NULL;
    row->is_known = row->is_active = FALSE;
    return HF_OK;
}

HfStatus hf_allocator_framework_activate(HfAllocator *allocator, HfTime now, uint32_t framework)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    row->is_active = TRUE;
    for (uint32_t i = 0; i < row->subs.count; i++) {
        const HfSub *of = &allocator->subs.at[row->subs.at[i]];
        if (of->is_subscribed && !of->is_suppressed) activate_and_log(allocator, row->subs.at[i]);
    }
    hf_allocator__trigger_all(allocator);
    return HF_OK;
}

HfStatus hf_allocator_framework_deactivate(HfAllocator *allocator, HfTime now, uint32_t framework)
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    row->is_active = FALSE;
    for (uint32_t i = row->subs.count; i-- > 0;) {
        uint32_t sub = row->subs.at[i];
        hf_allocator__sub_deactivate(allocator, sub);
        hf_filters__drop_sub(allocator, sub);
        hf_allocator__sub_try_drop(allocator, sub);
    }
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE);
    return HF_OK;
}

/* Call `f` for the subs of these roles (all subscribed ones when none is named). */
static HfStatus for_roles(HfAllocator *allocator, uint32_t framework, const HfRoleId *roles,
                          uint32_t role_count, void (*f)(HfAllocator *, uint32_t))
{
    HfFramework *row = hf_allocator__framework(allocator, framework);
    if (row == NULL) return HF_UNKNOWN;
    for (uint32_t r = 0; r < role_count; r++) {
        uint32_t sub = hf_allocator__sub(allocator, framework, roles[r]);
        if (sub == HF_ROW_NONE || allocator->subs.at[sub].leaf == HF_NODE_NONE) return HF_UNKNOWN;
    }
    for (uint32_t i = 0; i < row->subs.count; i++) {
        const HfSub *of = &allocator->subs.at[row->subs.at[i]];
        if (role_count == 0 ? of->is_subscribed : in_roles(roles, role_count, of->role))
            f(allocator, row->subs.at[i]);
    }
    return HF_OK;
}

HfStatus hf_allocator_suppress(HfAllocator *allocator, HfTime now, uint32_t framework,
                               const HfRoleId *roles, uint32_t role_count)
{
    if (!hf_era_has(allocator->era, HF_RULE_SUPPRESS)) return HF_INVALID;
    return for_roles(allocator, framework, roles, role_count, suppress_sub);
}

/* Filters under roles that were not named go as well. */
static void clear_filters(HfAllocator *allocator, uint32_t framework)
{
    const HfFramework *row = &allocator->frameworks.at[framework];
    for (uint32_t i = 0; i < row->subs.count; i++) {
        uint32_t sub = row->subs.at[i];
        if (allocator->subs.at[sub].filters == 0) continue;
        hf_filters__drop_sub(allocator, sub);
        hf_allocator__sub_eligible(allocator, sub);
    }
}

HfStatus hf_allocator_revive(HfAllocator *allocator, HfTime now, uint32_t framework,
                             const HfRoleId *roles, uint32_t role_count)
{
    HfStatus status = for_roles(allocator, framework, roles, role_count, revive_sub);
    if (status != HF_OK) return status;
    if (!hf_era_has(allocator->era, HF_RULE_REVIVE_BY_ROLE)) clear_filters(allocator, framework);
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    hf_allocator__inverse_drop(allocator, framework, HF_ROW_NONE);
    hf_allocator__trigger_all(allocator);
    return HF_OK;
}
