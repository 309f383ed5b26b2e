/* The twin's frameworks and roles; see twin.h. */
#include "reference/twin_internal.h"

#include <math.h>
#include <string.h>

/* ---- Frameworks under roles ---- */

HfTwinSub *hf_twin__find_sub(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (HF_TWIN_SUB(twin, s)->framework == framework && HF_TWIN_SUB(twin, s)->role == role)
            return HF_TWIN_SUB(twin, s);
    return NULL;
}

static gboolean role_has_sub(const HfTwin *twin, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (HF_TWIN_SUB(twin, s)->role == role) return TRUE;
    return FALSE;
}

HfTwinSub *hf_twin__track(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    HfTwinSub *sub = hf_twin__find_sub(twin, framework, role);
    if (sub != NULL) return sub;
    hf_twin__role(twin, role);
    hf_twin__client_added(twin, framework, role, !role_has_sub(twin, role));
    HfTwinSub fresh = {.framework = framework, .role = role};
    g_array_append_val(twin->subs, fresh);
    return HF_TWIN_SUB(twin, twin->subs->len - 1);
}

static void clear_minimum(HfTwinSub *sub)
{
    if (sub->min != NULL) g_array_unref(sub->min);
    sub->min = NULL;
    sub->has_min = FALSE;
}

static void untrack(HfTwin *twin, HfTwinSub *sub)
{
    uint32_t framework = sub->framework;
    HfRoleId role = sub->role;
    clear_minimum(sub);
    g_array_remove_index(twin->subs, (guint)(sub - HF_TWIN_SUB(twin, 0)));
    hf_twin__client_removed(twin, framework, role, !role_has_sub(twin, role));
}

gboolean hf_twin__try_untrack(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    HfTwinSub *sub = hf_twin__find_sub(twin, framework, role);
    if (sub == NULL || sub->is_subscribed) return FALSE;
    for (guint h = 0; h < twin->held->len; h++)
        if (HF_TWIN_HELD(twin, h)->framework == framework && HF_TWIN_HELD(twin, h)->role == role &&
            (HF_TWIN_HELD(twin, h)->is_counted || hf_twin__is_cell(twin)))
            return FALSE;
    untrack(twin, sub);
    return TRUE;
}

static gboolean in_roles(const HfRoleId *roles, uint32_t count, HfRoleId role)
{
    for (uint32_t r = 0; r < count; r++)
        if (roles[r] == role) return TRUE;
    return FALSE;
}

static void set_minimum(HfTwinSub *sub, const HfFrameworkSpec *spec)
{
    clear_minimum(sub);
    for (uint32_t r = 0; r < spec->minimum_count && !sub->has_min; r++) {
        if (spec->minima[r].role != sub->role) continue;
        sub->has_min = TRUE;
        sub->min = g_array_new(FALSE, TRUE, sizeof(HfQuantities));
        g_array_set_clear_func(sub->min, (GDestroyNotify)hf_quantities_clear);
        g_array_set_size(sub->min, spec->minima[r].count);
        for (uint32_t m = 0; m < spec->minima[r].count; m++)
            hf_quantities_copy(&g_array_index(sub->min, HfQuantities, m),
                               &spec->minima[r].alternatives[m]);
    }
}

/* ---- Calls ---- */

static void activate(HfTwin *twin, HfTwinSub *sub)
{
    if (!sub->is_active) hf_twin__activated(twin, sub->framework, sub->role);
    sub->is_active = TRUE;
}

/* What agents brought along for it, and it names, is counted from now on. */
static void adopt(HfTwin *twin, uint32_t framework, const HfHolding *holding)
{
    if (hf_twin__agent(twin, holding->agent) == NULL) return;
    HfTwinHeld *early =
        hf_twin__find_held(twin->held, framework, holding->agent, holding->role, FALSE);
    if (early == NULL) return;
    hf_twin__track(twin, framework, holding->role);
    early->is_counted = TRUE;
    hf_twin__count_allocation(twin, framework, holding->role);
    HfTwinAgent *row = HF_TWIN_AGENT(twin, holding->agent);
    HfResources part = {0};
    hf_resources_copy(twin->catalog, &part, &early->resources);
    hf_resources_allocate(twin->catalog, &part, holding->role);
    hf_resources_subtract(twin->catalog, &row->early, &part);
    hf_resources_add(twin->catalog, &row->launched, &part);
    hf_resources_clear(twin->catalog, &part);
}

static void set_constraints(HfTwinFramework *row, HfOfferConstraints *constraints)
{
    if (constraints != NULL) hf_offer_constraints_ref(constraints);
    hf_offer_constraints_unref(row->constraints);
    row->constraints = constraints;
}

HfStatus hf_twin_framework_add(HfTwin *twin, HfTime now, uint32_t framework,
                               const HfFrameworkSpec *spec, const HfHolding *used,
                               uint32_t used_count)
{
    if (hf_twin__framework(twin, framework) != NULL) return HF_EXISTS;
    hf_twin__resume_if_due(twin, now, UINT64_MAX);
    if (twin->frameworks->len <= framework) g_array_set_size(twin->frameworks, framework + 1);
    HfTwinFramework *row = HF_TWIN_FRAMEWORK(twin, framework);
    g_free(row->name);
    *row = (HfTwinFramework){TRUE, spec->active, g_strdup(spec->name), spec->capabilities, NULL};
    set_constraints(row, spec->constraints);
    for (uint32_t r = 0; r < spec->role_count; r++) {
        HfTwinSub *sub = hf_twin__track(twin, framework, spec->roles[r]);
        sub->is_subscribed = TRUE;
        sub->is_suppressed = in_roles(spec->suppressed, spec->suppressed_count, sub->role);
        if (spec->active && !sub->is_suppressed) activate(twin, sub);
        set_minimum(sub, spec);
    }
    for (uint32_t u = 0; u < used_count; u++) adopt(twin, framework, &used[u]);
    if (spec->active) hf_twin__trigger(twin, HF_TWIN_ANY);
    return HF_OK;
}

/* It asks for offers. The code of Mesos does not look whether its framework is active. */
static void ask(HfTwin *twin, HfTwinSub *sub)
{
    gboolean is_asked_anyway = (twin->catalog->quirks & HF_QUIRK_REVIVE_INACTIVE) != 0;
    if (is_asked_anyway || HF_TWIN_FRAMEWORK(twin, sub->framework)->is_active) activate(twin, sub);
}

static void suppress(HfTwin *twin, HfTwinSub *sub)
{
    sub->is_active = FALSE;
    sub->is_suppressed = TRUE;
}

static void revive(HfTwin *twin, HfTwinSub *sub)
{
    ask(twin, sub);
    sub->is_suppressed = FALSE;
    hf_twin__drop_filters(twin, FALSE, sub->framework, HF_TWIN_ANY, sub->role);
}

HfStatus hf_twin_framework_update(HfTwin *twin, HfTime now, uint32_t framework,
                                  const HfFrameworkSpec *spec)
{
    HfTwinFramework *row = hf_twin__framework(twin, framework);
    if (row == NULL) return HF_UNKNOWN;
    row->capabilities = spec->capabilities;
    set_constraints(row, spec->constraints);
    for (uint32_t r = 0; r < spec->role_count; r++) {
        HfTwinSub *sub = hf_twin__track(twin, framework, spec->roles[r]);
        if (sub->is_subscribed) continue;
        ask(twin, sub);
        sub->is_subscribed = TRUE;
        sub->is_suppressed = FALSE;
    }
    for (guint s = twin->subs->len; s-- > 0;) {
        HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        if (sub->framework != framework || !sub->is_subscribed ||
            in_roles(spec->roles, spec->role_count, sub->role))
            continue;
        sub->is_subscribed = sub->is_active = sub->is_suppressed = FALSE;
        hf_twin__drop_filters(twin, FALSE, framework, HF_TWIN_ANY, sub->role);
        hf_twin__try_untrack(twin, framework, sub->role);
    }
    hf_twin__drop_filters(twin, TRUE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    for (guint s = 0; s < twin->subs->len; s++) {
        HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        if (sub->framework != framework || !sub->is_subscribed) continue;
        gboolean wanted = !in_roles(spec->suppressed, spec->suppressed_count, sub->role);
        if (!wanted && !sub->is_suppressed) suppress(twin, sub);
        if (wanted && sub->is_suppressed) revive(twin, sub);
        set_minimum(sub, spec);
    }
    return HF_OK;
}

HfStatus hf_twin_framework_remove(HfTwin *twin, HfTime now, uint32_t framework)
{
    HfTwinFramework *row = hf_twin__framework(twin, framework);
    if (row == NULL) return HF_UNKNOWN;
    for (guint h = twin->held->len; h-- > 0;) {
        HfTwinHeld *held = HF_TWIN_HELD(twin, h);
        if (held->framework != framework) continue;
        HfResources all = {0};
        hf_resources_copy(twin->catalog, &all, &held->resources);
        hf_twin__let_go(twin, held, &all);
        hf_resources_clear(twin->catalog, &all);
    }
    for (guint s = twin->subs->len; s-- > 0;)
        if (HF_TWIN_SUB(twin, s)->framework == framework) untrack(twin, HF_TWIN_SUB(twin, s));
    hf_twin__drop_filters(twin, FALSE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    hf_twin__drop_filters(twin, TRUE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    set_constraints(row, NULL);
    row->is_known = row->is_active = FALSE;
    return HF_OK;
}

HfStatus hf_twin_framework_activate(HfTwin *twin, HfTime now, uint32_t framework)
{
    HfTwinFramework *row = hf_twin__framework(twin, framework);
    if (row == NULL) return HF_UNKNOWN;
    hf_twin__resume_if_due(twin, now, UINT64_MAX);
    row->is_active = TRUE;
    for (guint s = 0; s < twin->subs->len; s++) {
        HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        if (sub->framework == framework && sub->is_subscribed && !sub->is_suppressed)
            activate(twin, sub);
    }
    hf_twin__trigger(twin, HF_TWIN_ANY);
    return HF_OK;
}

HfStatus hf_twin_framework_deactivate(HfTwin *twin, HfTime now, uint32_t framework)
{
    HfTwinFramework *row = hf_twin__framework(twin, framework);
    if (row == NULL) return HF_UNKNOWN;
    row->is_active = FALSE;
    for (guint s = 0; s < twin->subs->len; s++)
        if (HF_TWIN_SUB(twin, s)->framework == framework) HF_TWIN_SUB(twin, s)->is_active = FALSE;
    hf_twin__drop_filters(twin, FALSE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    hf_twin__drop_filters(twin, TRUE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    return HF_OK;
}

static HfStatus for_roles(HfTwin *twin, uint32_t framework, const HfRoleId *roles,
                          uint32_t role_count, void (*f)(HfTwin *, HfTwinSub *))
{
    if (hf_twin__framework(twin, framework) == NULL) return HF_UNKNOWN;
    for (uint32_t r = 0; r < role_count; r++)
        if (hf_twin__find_sub(twin, framework, roles[r]) == NULL) return HF_UNKNOWN;
    for (guint s = 0; s < twin->subs->len; s++) {
        HfTwinSub *sub = HF_TWIN_SUB(twin, s);
        if (sub->framework != framework) continue;
        if (role_count == 0 ? sub->is_subscribed : in_roles(roles, role_count, sub->role))
            f(twin, sub);
    }
    return HF_OK;
}

HfStatus hf_twin_suppress(HfTwin *twin, HfTime now, uint32_t framework, const HfRoleId *roles,
                          uint32_t role_count)
{
    if (!hf_twin__has(twin, HF_RULE_SUPPRESS)) return HF_INVALID;
    return for_roles(twin, framework, roles, role_count, suppress);
}

HfStatus hf_twin_revive(HfTwin *twin, HfTime now, uint32_t framework, const HfRoleId *roles,
                        uint32_t role_count)
{
    HfStatus status = for_roles(twin, framework, roles, role_count, revive);
    if (status != HF_OK) return status;
    if (!hf_twin__has(twin, HF_RULE_REVIVE_BY_ROLE))
        hf_twin__drop_filters(twin, FALSE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    hf_twin__resume_if_due(twin, now, UINT64_MAX);
    hf_twin__drop_filters(twin, TRUE, framework, HF_TWIN_ANY, HF_ROLE_NONE);
    hf_twin__trigger(twin, HF_TWIN_ANY);
    return HF_OK;
}

/* ---- Roles ---- */

/* Quota is for top-level roles, and each era allows another part of it. */
static gboolean is_legal(const HfTwin *twin, HfRoleId role, const HfQuantities *guarantees,
                         const HfLimits *limits)
{
    gboolean guarantees_any = !hf_quantities_is_empty(guarantees);
    gboolean limits_any = !hf_limits_is_empty(limits);
    if (hf_role_depth(twin->catalog, role) > 1 && (guarantees_any || limits_any)) return FALSE;
    if ((guarantees_any || limits_any) && hf_twin__is_cell(twin)) return FALSE;
    if (limits_any && !hf_twin__has(twin, HF_RULE_QUOTA_LIMITS)) return FALSE;
    return !guarantees_any || hf_twin__has(twin, HF_RULE_QUOTA);
}

HfStatus hf_twin_weight_set(HfTwin *twin, HfTime now, HfRoleId role, double weight)
{
    if (!(weight > 0.0) || !isfinite(weight)) return HF_INVALID;
    hf_twin__role(twin, role)->weight = weight;
    hf_twin__weight_changed(twin, role, weight);
    return HF_OK;
}

HfStatus hf_twin_quota_set(HfTwin *twin, HfTime now, HfRoleId role, const HfQuantities *guarantees,
                           const HfLimits *limits)
{
    if (!is_legal(twin, role, guarantees, limits)) return HF_INVALID;
    if (hf_role_depth(twin->catalog, role) > 1) return HF_OK;
    HfTwinRole *row = hf_twin__role(twin, role);
    hf_quantities_copy(&row->guarantees, guarantees);
    hf_limits_copy(&row->limits, limits);
    return HF_OK;
}

HfStatus hf_twin_recover_quotas(HfTwin *twin, HfTime now, uint32_t expected_agents,
                                const HfRoleQuota *quotas, uint32_t quota_count)
{
    for (guint a = 0; a < twin->agents->len; a++)
        if (HF_TWIN_AGENT(twin, a)->is_known) return HF_CONFLICT;
    for (uint32_t q = 0; q < quota_count; q++)
        if (!is_legal(twin, quotas[q].role, quotas[q].guarantees, quotas[q].limits))
            return HF_INVALID;
    if (quota_count == 0) return HF_OK;
    for (uint32_t q = 0; q < quota_count; q++)
        hf_twin_quota_set(twin, now, quotas[q].role, quotas[q].guarantees, quotas[q].limits);
    twin->expected_agents =
        (uint32_t)((double)expected_agents * twin->config.agent_recovery_factor);
    twin->is_recovering = TRUE;
    if (twin->expected_agents == 0) return HF_OK;
    twin->is_paused = TRUE;
    twin->recovery_ends = hf_time_add(now, twin->config.recovery_timeout);
    twin->recovery_armed = twin->armed++;
    return HF_OK;
}
