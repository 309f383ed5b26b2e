/* See twin.h: life, agents, what is held, filters and timers. */
#include "reference/twin_internal.h"

#include <string.h>

/* ---- Life ---- */

void hf_twin_set_orders(HfTwin *twin, const HfTwinOrders *orders)
{
    twin->orders = *orders;
}

void hf_twin_misread(HfTwin *twin, HfEraRule rule)
{
    twin->misread = (int)rule;
}

static GArray *copy_quantities(const HfQuantities *at, uint32_t count)
{
    GArray *array = g_array_new(FALSE, TRUE, sizeof(HfQuantities));
    g_array_set_clear_func(array, (GDestroyNotify)hf_quantities_clear);
    g_array_set_size(array, count);
    for (uint32_t i = 0; i < count; i++)
        hf_quantities_copy(&g_array_index(array, HfQuantities, i), &at[i]);
    return array;
}

HfTwin *hf_twin_new(HfCatalog *catalog, const HfAllocatorConfig *config)
{
    HfTwin *twin = g_new0(HfTwin, 1);
    const HfPolicyOps *policy = config->policy != NULL ? config->policy : hf_policies[0];
    twin->catalog = catalog;
    twin->config = *config;
    twin->policy = policy;
    twin->role_sort =
        policy->role_order == HF_SORTER_CONFIGURED ? config->role_sorter : policy->role_order;
    twin->framework_sort = policy->framework_order == HF_SORTER_CONFIGURED
                               ? config->framework_sorter
                               : policy->framework_order;
    twin->min = copy_quantities(config->min_allocatable, config->min_allocatable_count);
    twin->excluded = g_array_new(FALSE, FALSE, sizeof(HfKindId));
    for (uint32_t k = 0; k < config->fairness_excluded_count; k++)
        g_array_append_val(twin->excluded, catalog->kind[config->fairness_excluded[k]].quantity);
    twin->region = g_strdup(config->region);
    twin->agents = g_array_new(FALSE, TRUE, sizeof(HfTwinAgent));
    twin->frameworks = g_array_new(FALSE, TRUE, sizeof(HfTwinFramework));
    twin->subs = g_array_new(FALSE, TRUE, sizeof(HfTwinSub));
    twin->held = g_array_new(FALSE, TRUE, sizeof(HfTwinHeld));
    twin->filters = g_array_new(FALSE, TRUE, sizeof(HfTwinFilter));
    twin->nodes = g_array_new(FALSE, TRUE, sizeof(HfTwinNode));
    twin->offers = g_array_new(FALSE, TRUE, sizeof(HfTwinHeld));
    twin->recovery_ends = HF_TIME_NEVER;
    twin->misread = -1;
    return twin;
}

static void clear_answer(gpointer data)
{
    g_free(((HfTwinAnswer *)data)->framework);
}

static void clear_agent(HfTwin *twin, uint32_t agent)
{
    HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    g_free(row->name);
    g_free(row->hostname);
    g_free(row->region);
    g_free(row->zone);
    hf_attributes_clear(twin->catalog, &row->attributes);
    hf_resources_clear(twin->catalog, &row->total);
    hf_resources_clear(twin->catalog, &row->granted);
    hf_resources_clear(twin->catalog, &row->launched);
    hf_resources_clear(twin->catalog, &row->early);
    hf_resources_clear(twin->catalog, &row->available);
    hf_resources_clear(twin->catalog, &row->offered_shared);
    if (row->answers != NULL) g_array_unref(row->answers);
    *row = (HfTwinAgent){0};
}

static void drop_filter(HfTwin *twin, guint f)
{
    hf_resources_clear(twin->catalog, &HF_TWIN_FILTER(twin, f)->refused);
    g_array_remove_index(twin->filters, f);
}

void hf_twin_free(HfTwin *twin)
{
    if (twin == NULL) return;
    while (twin->held->len > 0) hf_twin__drop_held(twin, twin->held, 0);
    while (twin->offers->len > 0) hf_twin__drop_held(twin, twin->offers, 0);
    while (twin->filters->len > 0) drop_filter(twin, 0);
    for (guint a = 0; a < twin->agents->len; a++) clear_agent(twin, a);
    for (guint f = 0; f < twin->frameworks->len; f++) {
        g_free(HF_TWIN_FRAMEWORK(twin, f)->name);
        hf_offer_constraints_unref(HF_TWIN_FRAMEWORK(twin, f)->constraints);
    }
    for (guint s = 0; s < twin->subs->len; s++)
        if (HF_TWIN_SUB(twin, s)->min != NULL) g_array_unref(HF_TWIN_SUB(twin, s)->min);
    for (guint n = 0; n < twin->nodes->len; n++) {
        g_free(HF_TWIN_NODE(twin, n)->sorter);
        g_free(HF_TWIN_NODE(twin, n)->path);
    }
    for (uint32_t r = 0; r < twin->role_room; r++) {
        hf_quantities_clear(&twin->roles[r].guarantees);
        hf_quantities_clear(&twin->roles[r].consumed);
        hf_limits_clear(&twin->roles[r].limits);
    }
    hf_quantities_clear(&twin->required);
    hf_quantities_clear(&twin->headroom);
    if (twin->whitelist != NULL) g_ptr_array_unref(twin->whitelist);
    GArray *arrays[] = {twin->min,  twin->excluded, twin->agents, twin->frameworks, twin->subs,
                        twin->held, twin->filters,  twin->nodes,  twin->offers};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++) g_array_unref(arrays[i]);
    g_free(twin->region);
    g_free(twin->roles);
    g_free(twin);
}

/* ---- Rows ---- */

HfTwinAgent *hf_twin__agent(const HfTwin *twin, uint32_t agent)
{
    if (agent >= twin->agents->len || !HF_TWIN_AGENT(twin, agent)->is_known) return NULL;
    return HF_TWIN_AGENT(twin, agent);
}

HfTwinFramework *hf_twin__framework(const HfTwin *twin, uint32_t framework)
{
    if (framework >= twin->frameworks->len || !HF_TWIN_FRAMEWORK(twin, framework)->is_known)
        return NULL;
    return HF_TWIN_FRAMEWORK(twin, framework);
}

HfTwinRole *hf_twin__role(HfTwin *twin, HfRoleId role)
{
    uint32_t room = MAX(twin->catalog->role_count, role + 1);
    if (room > twin->role_room) {
        twin->roles = g_renew(HfTwinRole, twin->roles, room);
        for (uint32_t r = twin->role_room; r < room; r++)
            twin->roles[r] = (HfTwinRole){.weight = 1.0};
        twin->role_room = room;
    }
    return &twin->roles[role];
}

gboolean hf_twin__has_quota(HfTwin *twin, HfRoleId role)
{
    const HfTwinRole *row = hf_twin__role(twin, role);
    return !hf_quantities_is_empty(&row->guarantees) || !hf_limits_is_empty(&row->limits);
}

gboolean hf_twin__is_within(const HfTwin *twin, HfRoleId role, HfRoleId above)
{
    return role == above || hf_role_is_strict_subrole(twin->catalog, role, above);
}

/* ---- What is held ---- */

void hf_twin__drop_held(HfTwin *twin, GArray *from, guint h)
{
    hf_resources_clear(twin->catalog, &g_array_index(from, HfTwinHeld, h).resources);
    g_array_remove_index(from, h);
}

HfTwinHeld *hf_twin__find_held(GArray *held, uint32_t framework, uint32_t agent, HfRoleId role,
                               gboolean is_counted)
{
    for (guint h = 0; h < held->len; h++) {
        HfTwinHeld *row = &g_array_index(held, HfTwinHeld, h);
        if (row->framework == framework && row->agent == agent && row->role == role &&
            row->is_counted == is_counted)
            return row;
    }
    return NULL;
}

static void add_held(HfTwin *twin, GArray *to, uint32_t framework, uint32_t agent, HfRoleId role,
                     gboolean is_counted, const HfResources *plain)
{
    HfTwinHeld *row = hf_twin__find_held(to, framework, agent, role, is_counted);
    if (row == NULL) {
        HfTwinHeld fresh = {framework, agent, role, is_counted, {0}};
        g_array_append_val(to, fresh);
        row = &g_array_index(to, HfTwinHeld, to->len - 1);
    }
    hf_resources_add(twin->catalog, &row->resources, plain);
}

/* The agent's sum in Mesos's order. */
static void change_granted(HfTwin *twin, uint32_t agent, HfRoleId role, const HfResources *plain,
                           gboolean more)
{
    HfResources tagged = {0};
    HfResources *granted = &HF_TWIN_AGENT(twin, agent)->granted;
    hf_resources_copy(twin->catalog, &tagged, plain);
    hf_resources_allocate(twin->catalog, &tagged, role);
    if (more)
        hf_resources_add(twin->catalog, granted, &tagged);
    else
        hf_resources_subtract(twin->catalog, granted, &tagged);
    hf_resources_clear(twin->catalog, &tagged);
}

void hf_twin__hold(HfTwin *twin, uint32_t framework, uint32_t agent, HfRoleId role,
                   const HfResources *plain, gboolean is_counted)
{
    add_held(twin, twin->held, framework, agent, role, is_counted, plain);
    change_granted(twin, agent, role, plain, TRUE);
}

void hf_twin__let_go(HfTwin *twin, HfTwinHeld *held, const HfResources *plain)
{
    change_granted(twin, held->agent, held->role, plain, FALSE);
    hf_resources_subtract(twin->catalog, &held->resources, plain);
    if (hf_resources_is_empty(&held->resources))
        hf_twin__drop_held(twin, twin->held, (guint)(held - HF_TWIN_HELD(twin, 0)));
}

/* Everything of a row. */
static void let_all_go(HfTwin *twin, guint h)
{
    HfResources all = {0};
    hf_resources_copy(twin->catalog, &all, &HF_TWIN_HELD(twin, h)->resources);
    hf_twin__let_go(twin, HF_TWIN_HELD(twin, h), &all);
    hf_resources_clear(twin->catalog, &all);
}

/* total - granted; shared volumes are always there once */
void hf_twin__available(const HfTwin *twin, uint32_t agent, HfResources *out)
{
    HfCatalog *catalog = twin->catalog;
    const HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    HfResources granted = {0}, part = {0};
    hf_resources_copy(catalog, &granted, &row->granted);
    hf_resources_unallocate(catalog, &granted);
    hf_resources_non_shared(catalog, &row->total, out);
    hf_resources_non_shared(catalog, &granted, &part);
    hf_resources_subtract(catalog, out, &part);
    hf_resources_shared(catalog, &row->total, &part);
    hf_resources_add(catalog, out, &part);
    hf_resources_clear(catalog, &granted);
    hf_resources_clear(catalog, &part);
}

const HfResources *hf_twin_available(HfTwin *twin, uint32_t agent)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return NULL;
    hf_twin__available(twin, agent, &row->available);
    return &row->available;
}

/* ---- Filters and timers ---- */

HfTime hf_twin__refuse_time(const HfTwin *twin, double seconds)
{
    if (seconds == HF_NO_FILTER) return 0;
    if (hf_twin__has(twin, HF_RULE_FILTER_CAP) && seconds > 365.0 * 86400.0)
        return 365 * HF_NS_PER_DAY;
    if (!(seconds >= 0.0) || seconds >= 9223372036.0) return 5 * HF_NS_PER_SECOND; /* Duration */
    return (HfTime)(seconds * 1e9);
}

void hf_twin__drop_filters(HfTwin *twin, gboolean is_inverse, uint32_t framework, uint32_t agent,
                           HfRoleId role)
{
    for (guint f = twin->filters->len; f-- > 0;) {
        const HfTwinFilter *filter = HF_TWIN_FILTER(twin, f);
        if (filter->is_inverse == is_inverse &&
            (framework == HF_TWIN_ANY || filter->framework == framework) &&
            (agent == HF_TWIN_ANY || filter->agent == agent) &&
            (role == HF_ROLE_NONE || filter->role == role))
            drop_filter(twin, f);
    }
}

void hf_twin__resume_if_due(HfTwin *twin, HfTime now, uint64_t armed)
{
    if (twin->recovery_ends > now) return;
    if (twin->recovery_ends == now && twin->recovery_armed >= armed) return;
    twin->recovery_ends = HF_TIME_NEVER;
    twin->is_paused = FALSE;
}

void hf_twin__expire(HfTwin *twin, HfTime now, uint64_t armed)
{
    for (guint f = twin->filters->len; f-- > 0;) {
        const HfTwinFilter *filter = HF_TWIN_FILTER(twin, f);
        if (filter->ends < now || (filter->ends == now && filter->armed < armed))
            drop_filter(twin, f);
    }
    hf_twin__resume_if_due(twin, now, armed);
}

void hf_twin_expire(HfTwin *twin, HfTime now)
{
    hf_twin__expire(twin, now, UINT64_MAX);
}

void hf_twin_batch_armed(HfTwin *twin)
{
    twin->batch_armed = twin->armed++;
}

gboolean hf_twin_wants_run(const HfTwin *twin)
{
    return twin->wants_run;
}

void hf_twin_pause(HfTwin *twin)
{
    twin->is_paused = TRUE;
}

void hf_twin_resume(HfTwin *twin)
{
    twin->is_paused = FALSE;
}

void hf_twin__trigger(HfTwin *twin, uint32_t agent)
{
    if (twin->is_paused) return;
    for (guint a = 0; a < twin->agents->len; a++)
        if (agent == HF_TWIN_ANY || a == agent) HF_TWIN_AGENT(twin, a)->is_candidate = TRUE;
    twin->wants_run = TRUE;
}

/* ---- Agents ---- */

void hf_twin__set_total(HfTwin *twin, uint32_t agent, const HfResources *total)
{
    hf_resources_copy(twin->catalog, &HF_TWIN_AGENT(twin, agent)->total, total);
}

/* What the agent brings along: launched; counted if its framework is known. */
static void bring(HfTwin *twin, const HfHolding *holding)
{
    if (hf_resources_is_empty(holding->resources)) return;
    gboolean is_known = hf_twin__framework(twin, holding->framework) != NULL;
    if (!is_known) {
        if (twin->frameworks->len <= holding->framework)
            g_array_set_size(twin->frameworks, holding->framework + 1);
        HfTwinFramework *row = HF_TWIN_FRAMEWORK(twin, holding->framework);
        g_free(row->name);
        row->name = g_strdup(holding->framework_name);
    } else {
        hf_twin__track(twin, holding->framework, holding->role);
    }
    HfTwinAgent *row = HF_TWIN_AGENT(twin, holding->agent);
    HfResources part = {0};
    hf_resources_copy(twin->catalog, &part, holding->resources);
    hf_resources_allocate(twin->catalog, &part, holding->role);
    hf_resources_add(twin->catalog, is_known ? &row->launched : &row->early, &part);
    hf_resources_unallocate(twin->catalog, &part);
    hf_twin__hold(twin, holding->framework, holding->agent, holding->role, &part, is_known);
    if (is_known) hf_twin__count_allocation(twin, holding->framework, holding->role);
    hf_resources_clear(twin->catalog, &part);
}

static void set_maintenance(HfTwinAgent *row, gboolean is_set, HfTime start, HfTime duration)
{
    if (row->answers != NULL) g_array_unref(row->answers);
    row->answers = g_array_new(FALSE, TRUE, sizeof(HfTwinAnswer));
    g_array_set_clear_func(row->answers, clear_answer);
    row->has_maintenance = is_set;
    row->start = start;
    row->duration = duration;
}

HfStatus hf_twin_agent_add(HfTwin *twin, HfTime now, uint32_t agent, const HfAgentSpec *spec,
                           const HfHolding *used, uint32_t used_count)
{
    if (hf_twin__agent(twin, agent) != NULL) return HF_EXISTS;
    if (hf_resources_any(twin->catalog, spec->total, HF_META_ALLOCATED)) return HF_INVALID;
    hf_twin__resume_if_due(twin, now, UINT64_MAX);
    if (twin->is_paused && !twin->is_recovering) return HF_CONFLICT;
    if (twin->agents->len <= agent) g_array_set_size(twin->agents, agent + 1);
    HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    row->is_known = row->is_active = TRUE;
    row->name = g_strdup(spec->name);
    row->hostname = g_strdup(spec->hostname != NULL ? spec->hostname : spec->name);
    row->region = g_strdup(spec->region);
    row->zone = g_strdup(spec->zone);
    row->capabilities = spec->capabilities;
    row->owner = spec->owner;
    if (spec->attributes != NULL)
        hf_attributes_copy(twin->catalog, &row->attributes, spec->attributes);
    hf_twin__set_total(twin, agent, spec->total);
    set_maintenance(row, spec->has_unavailability, spec->unavailable_start,
                    spec->unavailable_duration);
    for (uint32_t u = 0; u < used_count; u++)
        if (used[u].agent == agent) bring(twin, &used[u]);
    uint32_t agents = 0;
    for (guint a = 0; a < twin->agents->len; a++) agents += HF_TWIN_AGENT(twin, a)->is_known != 0;
    if (twin->is_paused && twin->is_recovering && agents >= twin->expected_agents)
        twin->is_recovering = twin->is_paused = FALSE;
    hf_twin__trigger(twin, agent);
    return HF_OK;
}

static gboolean replace_text(char **text, const char *with)
{
    if (with == NULL || g_strcmp0(*text, with) == 0) return FALSE;
    g_free(*text);
    *text = g_strdup(with);
    return TRUE;
}

HfStatus hf_twin_agent_update(HfTwin *twin, HfTime now, uint32_t agent, const HfAgentSpec *spec)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return HF_UNKNOWN;
    if (spec->total != NULL && hf_resources_any(twin->catalog, spec->total, HF_META_ALLOCATED))
        return HF_INVALID;
    hf_twin__resume_if_due(twin, now, UINT64_MAX);
    gboolean changes = FALSE;
    if (spec->attributes != NULL && !hf_attributes_equal(spec->attributes, &row->attributes)) {
        hf_attributes_copy(twin->catalog, &row->attributes, spec->attributes);
        hf_twin__drop_filters(twin, FALSE, HF_TWIN_ANY, agent, HF_ROLE_NONE);
        hf_twin__drop_filters(twin, TRUE, HF_TWIN_ANY, agent, HF_ROLE_NONE);
        changes = TRUE;
    }
    changes |= replace_text(&row->hostname, spec->hostname);
    changes |= replace_text(&row->region, spec->region);
    changes |= replace_text(&row->zone, spec->zone);
    if (spec->capabilities != HF_AGENT_CAPABILITIES_KEEP &&
        spec->capabilities != row->capabilities) {
        row->capabilities = spec->capabilities;
        changes = TRUE;
    }
    row->owner = spec->owner;
    if (spec->total != NULL && !hf_resources_equal(twin->catalog, &row->total, spec->total)) {
        hf_twin__set_total(twin, agent, spec->total);
        changes = TRUE;
    }
    if (changes) hf_twin__trigger(twin, agent);
    return HF_OK;
}

HfStatus hf_twin_agent_remove(HfTwin *twin, HfTime now, uint32_t agent)
{
    if (hf_twin__agent(twin, agent) == NULL) return HF_UNKNOWN;
    for (guint h = twin->held->len; h-- > 0;) {
        HfTwinHeld held = *HF_TWIN_HELD(twin, h);
        if (held.agent != agent) continue;
        let_all_go(twin, h);
        hf_twin__try_untrack(twin, held.framework, held.role);
    }
    hf_twin__drop_filters(twin, FALSE, HF_TWIN_ANY, agent, HF_ROLE_NONE);
    hf_twin__drop_filters(twin, TRUE, HF_TWIN_ANY, agent, HF_ROLE_NONE);
    clear_agent(twin, agent);
    return HF_OK;
}

static HfStatus set_active(HfTwin *twin, uint32_t agent, gboolean is_active)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return HF_UNKNOWN;
    row->is_active = is_active;
    return HF_OK;
}

HfStatus hf_twin_agent_activate(HfTwin *twin, HfTime now, uint32_t agent)
{
    return set_active(twin, agent, TRUE);
}

HfStatus hf_twin_agent_deactivate(HfTwin *twin, HfTime now, uint32_t agent)
{
    return set_active(twin, agent, FALSE);
}

void hf_twin_whitelist_set(HfTwin *twin, HfTime now, const char *const *hostnames,
                           uint32_t hostname_count)
{
    if (twin->whitelist != NULL) g_ptr_array_unref(twin->whitelist);
    twin->whitelist = hostnames != NULL ? g_ptr_array_new_with_free_func(g_free) : NULL;
    for (uint32_t h = 0; h < hostname_count; h++)
        g_ptr_array_add(twin->whitelist, g_strdup(hostnames[h]));
}

HfStatus hf_twin_unavailability_set(HfTwin *twin, HfTime now, uint32_t agent, gboolean is_set,
                                    HfTime start, HfTime duration)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return HF_UNKNOWN;
    hf_twin__resume_if_due(twin, now, UINT64_MAX);
    hf_twin__drop_filters(twin, TRUE, HF_TWIN_ANY, agent, HF_ROLE_NONE);
    set_maintenance(row, is_set, start, duration);
    hf_twin__trigger(twin, agent);
    return HF_OK;
}

HfStatus hf_twin_inverse_response(HfTwin *twin, HfTime now, uint32_t framework, uint32_t agent,
                                  HfInverseStatus status, double refuse_seconds)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    const HfTwinFramework *from = hf_twin__framework(twin, framework);
    if (row == NULL || from == NULL) return HF_UNKNOWN;
    if (!row->has_maintenance) return HF_CONFLICT;
    for (guint a = 0; a < row->answers->len; a++) {
        HfTwinAnswer *answer = &g_array_index(row->answers, HfTwinAnswer, a);
        if (!answer->is_outstanding || strcmp(answer->framework, from->name) != 0) continue;
        answer->is_outstanding = FALSE;
        if (status != HF_INVERSE_NONE) answer->status = status;
    }
    HfTime timeout = hf_twin__refuse_time(twin, refuse_seconds);
    if (timeout == 0) return HF_OK;
    HfTwinFilter filter = {
        framework, agent, HF_ROLE_NONE, {0}, .is_inverse = TRUE, .ends = hf_time_add(now, timeout)};
    filter.armed = twin->armed++;
    g_array_append_val(twin->filters, filter);
    return HF_OK;
}

HfStatus hf_twin_provider_add(HfTwin *twin, HfTime now, uint32_t agent, const HfResources *more,
                              const HfHolding *used, uint32_t used_count)
{
    HfTwinAgent *row = hf_twin__agent(twin, agent);
    if (row == NULL) return HF_UNKNOWN;
    if (hf_resources_any(twin->catalog, more, HF_META_ALLOCATED)) return HF_INVALID;
    hf_resources_add(twin->catalog, &row->total, more);
    for (uint32_t u = 0; u < used_count; u++) {
        HfResources part = {0};
        if (hf_resources_is_empty(used[u].resources) ||
            hf_twin__framework(twin, used[u].framework) == NULL)
            continue;
        hf_twin__track(twin, used[u].framework, used[u].role);
        hf_resources_copy(twin->catalog, &part, used[u].resources);
        hf_resources_unallocate(twin->catalog, &part);
        hf_twin__hold(twin, used[u].framework, agent, used[u].role, &part, TRUE);
        hf_twin__count_allocation(twin, used[u].framework, used[u].role);
        hf_resources_clear(twin->catalog, &part);
    }
    return HF_OK;
}
