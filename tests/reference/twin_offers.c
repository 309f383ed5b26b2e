/* What becomes of the twin's offers: recovered, launched, converted; see twin.h. */
#include "reference/twin_internal.h"

/* Launched resources end; FALSE when the agent does not know of them. */
static gboolean end_launched(HfTwin *twin, const HfRecovery *recovery, gboolean is_early,
                             gboolean do_it)
{
    HfTwinAgent *row = HF_TWIN_AGENT(twin, recovery->agent);
    HfResources *launched = is_early ? &row->early : &row->launched, tagged = {0};
    hf_resources_copy(twin->catalog, &tagged, recovery->resources);
    hf_resources_allocate(twin->catalog, &tagged, recovery->role);
    gboolean has = hf_resources_contains(twin->catalog, launched, &tagged);
    if (has && do_it) hf_resources_subtract(twin->catalog, launched, &tagged);
    hf_resources_clear(twin->catalog, &tagged);
    return has;
}

HfStatus hf_twin_recover(HfTwin *twin, HfTime now, const HfRecovery *recovery)
{
    uint32_t framework = recovery->framework, agent = recovery->agent;
    if (hf_twin__agent(twin, agent) == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(recovery->resources)) return HF_OK;
    gboolean is_early =
        hf_twin__framework(twin, framework) == NULL &&
        hf_twin__find_held(twin->held, framework, agent, recovery->role, FALSE) != NULL;
    if (recovery->launched && !end_launched(twin, recovery, is_early, FALSE)) return HF_CONFLICT;
    if (hf_twin__framework(twin, framework) == NULL) {
        if (!recovery->launched) return HF_UNKNOWN;
        end_launched(twin, recovery, is_early, TRUE);
        return HF_OK;
    }
    /* in scope cell what is offered is not counted, and what was launched is */
    gboolean is_counted = !hf_twin__is_cell(twin) || recovery->launched;
    HfTwinHeld *held = hf_twin__find_held(twin->held, framework, agent, recovery->role, is_counted);
    HfResources plain = {0};
    hf_resources_copy(twin->catalog, &plain, recovery->resources);
    hf_resources_unallocate(twin->catalog, &plain);
    HfStatus status = HF_CONFLICT;
    if (held != NULL && hf_resources_contains(twin->catalog, &held->resources, &plain)) {
        status = HF_OK;
        if (recovery->launched) end_launched(twin, recovery, FALSE, TRUE);
        hf_twin__let_go(twin, held, &plain);
        HfTime timeout = hf_twin__refuse_time(twin, recovery->refuse_seconds);
        if (timeout > 0) { /* also under a role that was given up */
            if (hf_twin__has(twin, HF_RULE_FILTER_OUTLIVES_BATCH))
                timeout = MAX(timeout, twin->config.interval);
            HfTwinFilter filter = {framework,    agent, recovery->role,
                                   {0},          FALSE, hf_time_add(now, timeout),
                                   twin->armed++};
            hf_resources_copy(twin->catalog, &filter.refused, &plain);
            g_array_append_val(twin->filters, filter);
        }
        hf_twin__try_untrack(twin, framework, recovery->role);
    }
    hf_resources_clear(twin->catalog, &plain);
    return status;
}

HfStatus hf_twin_launched(HfTwin *twin, uint32_t framework, uint32_t agent, HfRoleId role,
                          const HfResources *resources)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return HF_UNKNOWN;
    if (hf_resources_is_empty(resources)) return HF_OK;
    if (hf_twin__find_sub(twin, framework, role) == NULL) return HF_UNKNOWN;
    HfResources tagged = {0};
    if (hf_twin__is_cell(twin)) { /* it counts from now on */
        HfTwinHeld *held = hf_twin__find_held(twin->held, framework, agent, role, FALSE);
        hf_resources_copy(twin->catalog, &tagged, resources);
        hf_resources_unallocate(twin->catalog, &tagged);
        gboolean has =
            held != NULL && hf_resources_contains(twin->catalog, &held->resources, &tagged);
        if (has) {
            hf_twin__let_go(twin, held, &tagged);
            hf_twin__hold(twin, framework, agent, role, &tagged, TRUE);
            hf_twin__count_allocation(twin, framework, role);
        }
        hf_resources_clear(twin->catalog, &tagged);
        if (!has) return HF_CONFLICT;
    }
    hf_resources_copy(twin->catalog, &tagged, resources);
    hf_resources_allocate(twin->catalog, &tagged, role);
    hf_resources_add(twin->catalog, &row->launched, &tagged);
    hf_resources_clear(twin->catalog, &tagged);
    return HF_OK;
}

/* The conversions with this allocation role (HF_ROLE_NONE: without any, and without those that
 * consume nothing). */
static void tag(HfCatalog *catalog, const HfConversions *from, HfRoleId role, HfConversions *out)
{
    out->at = g_new0(HfConversion, from->count);
    for (uint32_t c = 0; c < from->count; c++) {
        if (role == HF_ROLE_NONE && hf_resources_is_empty(&from->at[c].consumed)) continue;
        HfConversion *to = &out->at[out->count++];
        hf_resources_copy(catalog, &to->consumed, &from->at[c].consumed);
        hf_resources_copy(catalog, &to->converted, &from->at[c].converted);
        if (role != HF_ROLE_NONE) {
            to->must_vanish = from->at[c].must_vanish;
            hf_resources_allocate(catalog, &to->consumed, role);
            hf_resources_allocate(catalog, &to->converted, role);
        } else {
            hf_resources_unallocate(catalog, &to->consumed);
            hf_resources_unallocate(catalog, &to->converted);
        }
    }
}

HfStatus hf_twin_update_allocation(HfTwin *twin, HfTime now, uint32_t framework, uint32_t agent,
                                   HfRoleId role, const HfResources *offered,
                                   const HfConversions *conversions, HfResources *converted_out,
                                   GError **error)
{
    HfCatalog *catalog = twin->catalog;
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL || hf_twin__framework(twin, framework) == NULL) return HF_UNKNOWN;
    /* in scope cell what is offered is not counted */
    HfTwinHeld *held =
        hf_twin__find_held(twin->held, framework, agent, role, !hf_twin__is_cell(twin));
    HfResources before = {0}, after = {0}, total = {0};
    HfConversions tagged = {0}, stripped = {0};
    hf_resources_copy(catalog, &before, offered);
    hf_resources_unallocate(catalog, &before);
    hf_resources_copy(catalog, &after, offered);
    hf_resources_allocate(catalog, &after, role);
    hf_resources_copy(catalog, &total, &row->total);
    tag(catalog, conversions, role, &tagged);
    tag(catalog, conversions, HF_ROLE_NONE, &stripped);
    HfStatus status = HF_CONFLICT;
    if (held == NULL || !hf_resources_contains(catalog, &held->resources, &before)) {
        g_set_error_literal(error, HF_CONSTRAINTS_ERROR, 0, "the framework does not hold this");
    } else if (hf_resources_apply(catalog, &after, &tagged, error) &&
               hf_resources_apply(catalog, &total, &stripped, error)) {
        status = HF_OK;
        if (converted_out != NULL) hf_resources_copy(catalog, converted_out, &after);
        hf_resources_unallocate(catalog, &after);
        gboolean is_counted = held->is_counted;
        hf_twin__let_go(twin, held, &before);
        if (!hf_resources_is_empty(&after))
            hf_twin__hold(twin, framework, agent, role, &after, is_counted);
        if (!hf_resources_equal(catalog, &row->total, &total))
            hf_twin__set_total(twin, agent, &total);
    }
    hf_conversions_clear(catalog, &tagged);
    hf_conversions_clear(catalog, &stripped);
    hf_resources_clear(catalog, &before);
    hf_resources_clear(catalog, &after);
    hf_resources_clear(catalog, &total);
    return status;
}

HfStatus hf_twin_update_available(HfTwin *twin, HfTime now, uint32_t agent,
                                  const HfOperation *operations, uint32_t operation_count,
                                  GError **error)
{
    HfCatalog *catalog = twin->catalog;
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return HF_UNKNOWN;
    HfResources parts[2] = {{0}, {0}};
    hf_twin__available(twin, agent, &parts[0]);
    hf_resources_copy(catalog, &parts[1], &row->total);
    gboolean applies = TRUE;
    for (int p = 0; p < 2; p++)
        for (uint32_t o = 0; o < operation_count && applies; o++)
            applies = hf_resources_apply_operation(catalog, &parts[p], &operations[o], error);
    if (applies && !hf_resources_equal(catalog, &row->total, &parts[1]))
        hf_twin__set_total(twin, agent, &parts[1]);
    hf_resources_clear(catalog, &parts[0]);
    hf_resources_clear(catalog, &parts[1]);
    return applies ? HF_OK : HF_CONFLICT;
}
