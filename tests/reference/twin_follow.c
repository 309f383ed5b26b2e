/*
 * Runs whose order is random: is there an order that gives the offers seen? See twin.h.
 *
 * Whoever refuses an agent refuses any part of it, and refuses it still when others have got more;
 * so agents, roles and frameworks that got nothing can stand last, and only those that got
 * something are tried in every order, with what they got taken back again when it does not fit.
 */
#include "reference/twin_internal.h"

typedef struct Search {
    HfTwin *twin;
    const HfOfferList *seen;
    GArray *agents; /* of this run, in order of the policy's keys */
    GArray *keys;   /* of double: theirs */
} Search;

static const HfOffered *find_seen(const Search *search, uint32_t framework, HfRoleId role,
                                  uint32_t agent)
{
    for (uint32_t o = 0; o < search->seen->offers.count; o++) {
        const HfOffered *offer = &search->seen->offers.at[o];
        if (offer->agent == agent && (role == HF_ROLE_NONE || offer->role == role) &&
            (framework == HF_TWIN_ANY || offer->framework == framework))
            return offer;
    }
    return NULL;
}

/* Are the offers made since `mark` among those seen? */
static gboolean is_seen(const Search *search, guint mark)
{
    HfTwin *twin = search->twin;
    for (guint o = mark; o < twin->offers->len; o++) {
        const HfTwinHeld *made = &g_array_index(twin->offers, HfTwinHeld, o);
        const HfOffered *seen = find_seen(search, made->framework, made->role, made->agent);
        if (seen == NULL) return FALSE;
        HfResources plain = {0};
        hf_resources_copy(twin->catalog, &plain, hf_parcel_resources(seen->resources));
        hf_resources_unallocate(twin->catalog, &plain);
        gboolean is_equal = hf_resources_equal(twin->catalog, &plain, &made->resources);
        hf_resources_clear(twin->catalog, &plain);
        if (!is_equal) return FALSE;
    }
    return TRUE;
}

static void take_back(HfTwin *twin, guint mark)
{
    while (twin->offers->len > mark) {
        HfTwinHeld *made = &g_array_index(twin->offers, HfTwinHeld, twin->offers->len - 1);
        HfResources part = {0};
        HfQuantities gained = {0};
        hf_resources_select(twin->catalog, &made->resources, HF_META_RESERVED | HF_META_REVOCABLE,
                            0, &part);
        hf_resources_scalar_quantities(twin->catalog, &part, &gained);
        hf_quantities_subtract(&hf_twin__role(twin, made->role)->consumed, &gained);
        hf_twin__let_go(
            twin, hf_twin__find_held(twin->held, made->framework, made->agent, made->role, TRUE),
            &made->resources);
        hf_twin__uncount_allocation(twin, made->framework, made->role);
        hf_resources_shared(twin->catalog, &made->resources, &part);
        hf_resources_subtract(twin->catalog, &HF_TWIN_AGENT(twin, made->agent)->offered_shared,
                              &part);
        hf_resources_clear(twin->catalog, &part);
        hf_quantities_clear(&gained);
        hf_twin__drop_held(twin, twin->offers, twin->offers->len - 1);
    }
}

static gboolean is_made(const HfTwin *twin, uint32_t framework, HfRoleId role, uint32_t agent)
{
    return hf_twin__find_held(twin->offers, framework, agent, role, TRUE) != NULL;
}

/* Serve the subs in some order in which only those seen get something; FALSE = there is none, and
 * what was made is as it was. */
static gboolean serve_subs(const Search *search, uint32_t agent, const GArray *subs)
{
    HfTwin *twin = search->twin;
    guint mark = twin->offers->len;
    gboolean any_left = FALSE;
    for (guint i = 0; i < subs->len; i++) {
        uint32_t sub = g_array_index(subs, uint32_t, i);
        const HfTwinSub *of = HF_TWIN_SUB(twin, sub);
        if (find_seen(search, of->framework, of->role, agent) == NULL ||
            is_made(twin, of->framework, of->role, agent))
            continue;
        any_left = TRUE;
        hf_twin__serve(twin, sub, agent, NULL);
        if (twin->offers->len > mark && is_seen(search, mark) && serve_subs(search, agent, subs))
            return TRUE;
        take_back(twin, mark);
    }
    if (any_left) return FALSE;
    for (guint i = 0; i < subs->len; i++) { /* all others refuse */
        const HfTwinSub *of = HF_TWIN_SUB(twin, g_array_index(subs, uint32_t, i));
        if (is_made(twin, of->framework, of->role, agent)) continue;
        if (hf_twin__serve(twin, g_array_index(subs, uint32_t, i), agent, NULL)) break;
        if (twin->offers->len == mark) continue;
        take_back(twin, mark);
        return FALSE;
    }
    return TRUE;
}

static gboolean serve_role(const Search *search, uint32_t agent, HfRoleId role)
{
    HfTwin *twin = search->twin;
    guint mark = twin->offers->len;
    g_autoptr(GArray) subs = hf_twin__list_subs(twin, role);
    if (twin->framework_sort == HF_SORTER_RANDOM) return serve_subs(search, agent, subs);
    for (guint i = 0; i < subs->len; i++)
        if (hf_twin__serve(twin, g_array_index(subs, uint32_t, i), agent, NULL)) break;
    gboolean fits = is_seen(search, mark);
    for (guint i = 0; fits && i < subs->len; i++) {
        const HfTwinSub *of = HF_TWIN_SUB(twin, g_array_index(subs, uint32_t, i));
        if (find_seen(search, of->framework, role, agent) != NULL)
            fits = is_made(twin, of->framework, role, agent);
    }
    if (!fits) take_back(twin, mark);
    return fits;
}

/* Is everything that was seen of this agent under these roles made? */
static gboolean is_complete(const Search *search, uint32_t agent, HfRoleId role)
{
    for (uint32_t o = 0; o < search->seen->offers.count; o++) {
        const HfOffered *offer = &search->seen->offers.at[o];
        if (offer->agent == agent && (role == HF_ROLE_NONE || offer->role == role) &&
            !is_made(search->twin, offer->framework, offer->role, agent))
            return FALSE;
    }
    return TRUE;
}

static gboolean serve_roles(const Search *search, uint32_t agent, const GArray *roles)
{
    guint mark = search->twin->offers->len;
    gboolean is_random = search->twin->role_sort == HF_SORTER_RANDOM;
    for (guint r = 0; is_random && r < roles->len; r++) {
        HfRoleId role = g_array_index(roles, HfRoleId, r);
        if (is_complete(search, agent, role)) continue;
        if (serve_role(search, agent, role) && serve_roles(search, agent, roles)) return TRUE;
        take_back(search->twin, mark);
    }
    if (is_random && !is_complete(search, agent, HF_ROLE_NONE)) return FALSE;
    for (guint r = 0; r < roles->len; r++) {
        HfRoleId role = g_array_index(roles, HfRoleId, r);
        if (is_random && find_seen(search, HF_TWIN_ANY, role, agent) != NULL) continue;
        if (serve_role(search, agent, role)) continue;
        take_back(search->twin, mark);
        return FALSE;
    }
    if (is_complete(search, agent, HF_ROLE_NONE)) return TRUE;
    take_back(search->twin, mark);
    return FALSE;
}

static gboolean serve_agent(const Search *search, uint32_t agent)
{
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    hf_twin__list_roles(search->twin, HF_ROLE_NONE, roles);
    return serve_roles(search, agent, roles);
}

/* Does the policy let the agent at place `a` stand before all others from `done` on? They are in
 * order of its keys, which are those of the start of the run. */
static gboolean may_be_next(const Search *search, guint done, guint a)
{
    const double *keys = (const double *)(gpointer)search->keys->data;
    for (guint b = done; b < search->agents->len; b++)
        if (keys[b] < keys[a]) return FALSE;
    return TRUE;
}

static void swap(const Search *search, guint a, guint b)
{
    uint32_t agent = g_array_index(search->agents, uint32_t, a);
    double key = g_array_index(search->keys, double, a);
    g_array_index(search->agents, uint32_t, a) = g_array_index(search->agents, uint32_t, b);
    g_array_index(search->keys, double, a) = g_array_index(search->keys, double, b);
    g_array_index(search->agents, uint32_t, b) = agent;
    g_array_index(search->keys, double, b) = key;
}

/* The agents from `done` on in their order, or in any. */
static gboolean serve_agents(const Search *search, guint done)
{
    GArray *agents = search->agents;
    gboolean is_random = search->twin->config.agent_order == HF_AGENT_ORDER_SHUFFLED;
    guint mark = search->twin->offers->len;
    if (done == agents->len) return TRUE;
    for (guint a = done; a < (is_random ? agents->len : done + 1); a++) {
        if (!may_be_next(search, done, a)) continue;
        swap(search, done, a);
        if (serve_agent(search, g_array_index(agents, uint32_t, done)) &&
            serve_agents(search, done + 1))
            return TRUE;
        take_back(search->twin, mark);
        swap(search, done, a);
    }
    return FALSE;
}

gboolean hf_twin_follow(HfTwin *twin, HfTime now, gboolean is_batch, const HfOfferList *seen,
                        HfOfferList *out)
{
    gboolean is_by_timer = is_batch && hf_twin__has(twin, HF_RULE_FILTER_OUTLIVES_BATCH);
    hf_twin__expire(twin, now, is_by_timer ? twin->batch_armed : UINT64_MAX);
    if (!is_batch) twin->wants_run = FALSE;
    if (twin->is_paused) return seen->offers.count == 0;
    if (is_batch) hf_twin__trigger(twin, HF_TWIN_ANY);
    twin->wants_run = FALSE;
    hf_twin__begin_run(twin);
    g_autoptr(GArray) agents = hf_twin__candidates(twin);
    g_autoptr(GArray) idle = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(double));
    Search search = {twin, seen, agents, keys};
    for (uint32_t o = 0; o < seen->offers.count; o++) { /* nobody else may be offered */
        gboolean is_candidate = FALSE;
        for (guint a = 0; a < agents->len; a++)
            is_candidate |= g_array_index(agents, uint32_t, a) == seen->offers.at[o].agent;
        if (!is_candidate) return FALSE;
    }
    if (twin->config.agent_order == HF_AGENT_ORDER_SHUFFLED)
        for (guint a = agents->len; a-- > 0;) {
            uint32_t agent = g_array_index(agents, uint32_t, a);
            if (find_seen(&search, HF_TWIN_ANY, HF_ROLE_NONE, agent) != NULL) continue;
            g_array_append_val(idle, agent);
            g_array_remove_index(agents, a);
        }
    for (guint a = 0; a < agents->len; a++) {
        double key = hf_twin__agent_key(twin, g_array_index(agents, uint32_t, a));
        g_array_append_val(keys, key);
    }
    gboolean fits = serve_agents(&search, 0);
    for (guint a = 0; fits && a < idle->len; a++)
        fits = serve_agent(&search, g_array_index(idle, uint32_t, a));
    if (fits) hf_twin__end_run(twin, out);
    return fits;
}
