/* The twin's allocation run; see twin.h. Source: MESOS.md 3.4 (R0 to R5), 3.9. */
#include "reference/twin_internal.h"

#include <string.h>

#include "resource/text.h"

/* ---- May it have this? ---- */

static gboolean is_allocatable(const HfTwin *twin, const HfTwinSub *sub,
                               const HfResources *resources)
{
    const GArray *min = sub->has_min ? sub->min : twin->min;
    if (hf_resources_is_empty(resources)) return FALSE;
    /* in scope cell the minimum is for all agents together */
    if (!sub->has_min && hf_twin__is_cell(twin)) return TRUE;
    for (guint m = 0; m < min->len; m++)
        if (hf_resources_contains_quantities(twin->catalog, resources,
                                             &g_array_index(min, HfQuantities, m)))
            return TRUE;
    return min->len == 0;
}

static gboolean is_filtered(const HfTwin *twin, const HfTwinSub *sub, uint32_t agent,
                            const HfResources *offer)
{
    uint32_t capabilities = HF_TWIN_AGENT(twin, agent)->capabilities;
    if (HF_TWIN_FRAMEWORK(twin, sub->framework)->capabilities & HF_CAPABILITY_MULTI_ROLE &&
        !(capabilities & HF_AGENT_CAPABILITY_MULTI_ROLE))
        return TRUE;
    if (hf_role_depth(twin->catalog, sub->role) > 1 &&
        !(capabilities & HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE))
        return TRUE;
    for (guint f = 0; f < twin->filters->len; f++) {
        const HfTwinFilter *filter = HF_TWIN_FILTER(twin, f);
        if (!filter->is_inverse && filter->framework == sub->framework && filter->agent == agent &&
            filter->role == sub->role &&
            hf_resources_contains(twin->catalog, &filter->refused, offer))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_excluded(const HfTwin *twin, const HfTwinSub *sub, uint32_t agent)
{
    const HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    const HfTwinFramework *framework = HF_TWIN_FRAMEWORK(twin, sub->framework);
    HfConstraintSubject subject = {&row->attributes, row->hostname, row->region, row->zone};
    return framework->constraints != NULL &&
           hf_offer_constraints_exclude(framework->constraints, twin->catalog, sub->role, &subject);
}

static gboolean is_capable(const HfTwin *twin, const HfTwinSub *sub, uint32_t agent)
{
    const HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    uint32_t has = HF_TWIN_FRAMEWORK(twin, sub->framework)->capabilities;
    if (twin->config.filter_gpu_resources && hf_twin__has(twin, HF_RULE_GPUS) &&
        !(has & HF_CAPABILITY_GPU_RESOURCES) && hf_resources_milli(&row->total, HF_KIND_GPUS) > 0)
        return FALSE;
    if (hf_twin__has(twin, HF_RULE_REGIONS) && row->region != NULL &&
        g_strcmp0(row->region, twin->region) != 0 && !(has & HF_CAPABILITY_REGION_AWARE))
        return FALSE;
    return !twin->policy->honours_owner || row->owner == HF_ROLE_NONE ||
           hf_twin__is_within(twin, sub->role, row->owner);
}

static void strip(const HfTwin *twin, uint32_t hidden, HfResources *resources)
{
    HfResources kept = {0};
    hf_resources_select(twin->catalog, resources, hidden, 0, &kept);
    hf_resources_swap(resources, &kept);
    hf_resources_clear(twin->catalog, &kept);
}

gboolean hf_twin__look(HfTwin *twin, const HfTwinSub *sub, uint32_t agent, HfResources *out,
                       gboolean *nothing)
{
    const HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    HfResources available = {0};
    *nothing = FALSE;
    if (is_excluded(twin, sub, agent)) return FALSE;
    hf_twin__available(twin, agent, &available);
    hf_resources_allocatable_to(twin->catalog, &available, sub->role, out);
    hf_resources_clear(twin->catalog, &available);
    if (!(twin->catalog->quirks & HF_QUIRK_SHARED_AGAIN))
        hf_resources_subtract(twin->catalog, out, &row->offered_shared);
    *nothing = hf_resources_is_empty(out);
    if (*nothing || !is_allocatable(twin, sub, out) || !is_capable(twin, sub, agent)) return FALSE;
    uint32_t has = HF_TWIN_FRAMEWORK(twin, sub->framework)->capabilities;
    if (!(has & HF_CAPABILITY_SHARED_RESOURCES)) strip(twin, HF_META_SHARED, out);
    if (!(has & HF_CAPABILITY_REVOCABLE_RESOURCES)) strip(twin, HF_META_REVOCABLE, out);
    if (!(has & HF_CAPABILITY_RESERVATION_REFINEMENT)) strip(twin, HF_META_REFINED, out);
    return TRUE;
}

gboolean hf_twin__may_give(const HfTwin *twin, const HfTwinSub *sub, uint32_t agent,
                           const HfResources *offer)
{
    return is_allocatable(twin, sub, offer) && !is_filtered(twin, sub, agent, offer);
}

/* ---- Making offers ---- */

void hf_twin__give(HfTwin *twin, uint32_t framework, HfRoleId role, uint32_t agent,
                   const HfResources *offer)
{
    HfTwinHeld *row = hf_twin__find_held(twin->offers, framework, agent, role, TRUE);
    HfResources shared = {0};
    if (row == NULL) {
        HfTwinHeld fresh = {framework, agent, role, TRUE, {0}};
        g_array_append_val(twin->offers, fresh);
        row = &g_array_index(twin->offers, HfTwinHeld, twin->offers->len - 1);
    }
    hf_resources_add(twin->catalog, &row->resources, offer);
    hf_resources_shared(twin->catalog, offer, &shared);
    hf_resources_add(twin->catalog, &HF_TWIN_AGENT(twin, agent)->offered_shared, &shared);
    hf_resources_clear(twin->catalog, &shared);
    hf_twin__hold(twin, framework, agent, role, offer, !hf_twin__is_cell(twin));
    if (!hf_twin__is_cell(twin)) hf_twin__count_allocation(twin, framework, role);
}

/* Split what is seen: what quota is about, and what comes along (in the first stage, of the
 * reservations only those to exactly the role). */
static void split(const HfTwin *twin, const HfResources *seen, HfRoleId exactly, HfResources *quota,
                  HfResources *along)
{
    for (uint32_t i = 0; i < hf_resources_count(seen); i++) {
        const HfResource *entry = hf_resources_at(seen, i);
        uint32_t flags = hf_meta_info(twin->catalog, entry->meta)->flags;
        gboolean is_scalar = hf_kind_type(twin->catalog, entry->kind) == HF_TYPE_SCALAR;
        if (is_scalar && !(flags & (HF_META_RESERVED | HF_META_REVOCABLE)))
            hf_resources_add_one(twin->catalog, quota, entry);
        else if (exactly == HF_ROLE_NONE || !is_scalar || flags & HF_META_REVOCABLE ||
                 hf_meta_reservation_role(twin->catalog, entry->meta) == exactly)
            hf_resources_add_one(twin->catalog, along, entry);
    }
}

gboolean hf_twin__serve(HfTwin *twin, uint32_t s, uint32_t agent, HfQuantities *need)
{
    HfCatalog *catalog = twin->catalog;
    const HfTwinSub *sub = HF_TWIN_SUB(twin, s);
    uint32_t framework = sub->framework;
    HfRoleId role = sub->role;
    HfResources seen = {0}, extra = {0}, along = {0}, offer = {0};
    HfQuantities gained = {0}, guaranteed = {0};
    gboolean nothing;
    HfStream stream, *order = NULL;
    if (twin->orders.chop != NULL)
        order = twin->orders.chop(twin->orders.context, agent, framework, role, &stream);
    if (hf_twin__look(twin, sub, agent, &seen, &nothing)) {
        split(twin, &seen, need != NULL ? role : HF_ROLE_NONE, &extra, &along);
        gboolean is_owed = TRUE;
        if (need != NULL) { /* G + along + X */
            hf_resources_copy(catalog, &offer, &extra);
            hf_resources_shrink_to_quantities(catalog, &offer, need, order);
            is_owed = !hf_resources_is_empty(&offer);
            hf_resources_subtract(catalog, &extra, &offer);
            hf_resources_scalar_quantities(catalog, &offer, &guaranteed);
        }
        hf_twin__hold_back(twin, role, &guaranteed, &extra, order);
        hf_resources_add(catalog, &offer, &along);
        hf_resources_add(catalog, &offer, &extra);
        if (is_owed && hf_twin__may_give(twin, sub, agent, &offer)) {
            hf_quantities_copy(&gained, &guaranteed);
            hf_resources_scalar_quantities(catalog, &extra, &gained);
            if (need != NULL) hf_quantities_subtract(need, &gained);
            hf_quantities_subtract(&twin->required, &guaranteed);
            hf_quantities_subtract(&twin->headroom, &gained);
            hf_quantities_add(&hf_twin__role(twin, role)->consumed, &gained);
            hf_twin__give(twin, framework, role, agent, &offer);
        }
    }
    hf_resources_clear(catalog, &seen);
    hf_resources_clear(catalog, &extra);
    hf_resources_clear(catalog, &along);
    hf_resources_clear(catalog, &offer);
    hf_quantities_clear(&gained);
    hf_quantities_clear(&guaranteed);
    return nothing;
}

/* ---- The stages ---- */

static gboolean has_nothing(const HfTwin *twin, uint32_t agent)
{
    HfResources available = {0};
    hf_twin__available(twin, agent, &available);
    gboolean is_empty = hf_resources_is_empty(&available);
    hf_resources_clear(twin->catalog, &available);
    return is_empty;
}

GArray *hf_twin__roles(HfTwin *twin, HfTwinStage stage, uint32_t agent)
{
    GArray *roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    if (twin->role_sort == HF_SORTER_RANDOM)
        twin->orders.roles(twin->orders.context, stage, agent, roles);
    else
        hf_twin__list_roles(twin, HF_ROLE_NONE, roles);
    return roles;
}

GArray *hf_twin__subs(HfTwin *twin, HfTwinStage stage, uint32_t agent, HfRoleId role)
{
    if (twin->framework_sort != HF_SORTER_RANDOM) return hf_twin__list_subs(twin, role);
    GArray *subs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) frameworks = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    twin->orders.frameworks(twin->orders.context, stage, agent, role, frameworks);
    for (guint f = 0; f < frameworks->len; f++)
        for (uint32_t s = 0; s < twin->subs->len; s++)
            if (HF_TWIN_SUB(twin, s)->role == role && HF_TWIN_SUB(twin, s)->is_active &&
                HF_TWIN_SUB(twin, s)->framework == g_array_index(frameworks, uint32_t, f))
                g_array_append_val(subs, s);
    return subs;
}

static void serve_role(HfTwin *twin, HfRoleId role, uint32_t agent, gboolean guarantee)
{
    HfQuantities need = {0};
    if (guarantee) {
        hf_quantities_copy(&need, &hf_twin__role(twin, role)->guarantees);
        hf_quantities_subtract(&need, &hf_twin__role(twin, role)->consumed);
    }
    if (!guarantee || !hf_quantities_is_empty(&need)) {
        g_autoptr(GArray) subs = hf_twin__subs(twin, guarantee, agent, role);
        for (guint e = 0; e < subs->len; e++) {
            if (guarantee && hf_quantities_is_empty(&need)) break;
            if (hf_twin__serve(twin, g_array_index(subs, uint32_t, e), agent,
                               guarantee ? &need : NULL))
                break;
        }
    }
    hf_quantities_clear(&need);
}

/* Who decides the order of agents besides their names. */
typedef struct Ranking {
    HfTwin *twin;
    HfTwinStage stage;
} Ranking;

static gint compare_agents(gconstpointer a, gconstpointer b, gpointer data)
{
    const Ranking *ranking = data;
    HfTwin *twin = ranking->twin;
    double x = hf_twin__agent_key(twin, *(const uint32_t *)a);
    double y = hf_twin__agent_key(twin, *(const uint32_t *)b);
    if (x != y) return x < y ? -1 : 1;
    if (twin->config.agent_order == HF_AGENT_ORDER_SHUFFLED) {
        const HfTwinOrders *orders = &twin->orders;
        uint64_t p = orders->agent(orders->context, ranking->stage, *(const uint32_t *)a);
        uint64_t q = orders->agent(orders->context, ranking->stage, *(const uint32_t *)b);
        return p < q ? -1 : p > q;
    }
    return strcmp(HF_TWIN_AGENT(twin, *(const uint32_t *)a)->name,
                  HF_TWIN_AGENT(twin, *(const uint32_t *)b)->name);
}

static gboolean is_whitelisted(const HfTwin *twin, const HfTwinAgent *row)
{
    if (twin->whitelist == NULL) return TRUE;
    for (guint h = 0; h < twin->whitelist->len; h++)
        if (strcmp(g_ptr_array_index(twin->whitelist, h), row->hostname) == 0) return TRUE;
    return FALSE;
}

GArray *hf_twin__candidates(HfTwin *twin, HfTwinStage stage)
{
    Ranking ranking = {twin, stage};
    GArray *agents = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t a = 0; a < twin->agents->len; a++) {
        const HfTwinAgent *row = HF_TWIN_AGENT(twin, a);
        if (row->is_known && row->is_active && row->is_candidate && is_whitelisted(twin, row))
            g_array_append_val(agents, a);
    }
    g_array_sort_with_data(agents, compare_agents, &ranking);
    return agents;
}

static void run_stage(HfTwin *twin, gboolean guarantee)
{
    g_autoptr(GArray) agents = hf_twin__candidates(twin, guarantee);
    for (guint a = 0; a < agents->len; a++) {
        uint32_t agent = g_array_index(agents, uint32_t, a);
        g_autoptr(GArray) roles = hf_twin__roles(twin, guarantee, agent);
        for (guint r = 0; r < roles->len && !has_nothing(twin, agent); r++)
            serve_role(twin, g_array_index(roles, HfRoleId, r), agent, guarantee);
    }
}

/* ---- Inverse offers ---- */

static gboolean may_invert(const HfTwin *twin, uint32_t framework, uint32_t agent)
{
    gboolean holds = FALSE;
    for (guint h = 0; h < twin->held->len; h++)
        holds |=
            HF_TWIN_HELD(twin, h)->framework == framework && HF_TWIN_HELD(twin, h)->agent == agent;
    if (!holds) return FALSE;
    for (guint f = 0; f < twin->filters->len; f++)
        if (HF_TWIN_FILTER(twin, f)->is_inverse &&
            HF_TWIN_FILTER(twin, f)->framework == framework &&
            HF_TWIN_FILTER(twin, f)->agent == agent)
            return FALSE;
    return TRUE;
}

static void invert(HfTwin *twin, uint32_t framework, uint32_t agent, HfOfferList *out)
{
    HfTwinAgent *row = HF_TWIN_AGENT(twin, agent);
    const char *name = HF_TWIN_FRAMEWORK(twin, framework)->name;
    HfTwinAnswer *answer = NULL;
    for (guint a = 0; a < row->answers->len; a++)
        if (strcmp(g_array_index(row->answers, HfTwinAnswer, a).framework, name) == 0)
            answer = &g_array_index(row->answers, HfTwinAnswer, a);
    if (answer != NULL && answer->is_outstanding) return;
    if (answer == NULL) {
        HfTwinAnswer fresh = {g_strdup(name), TRUE, HF_INVERSE_NONE};
        g_array_append_val(row->answers, fresh);
    } else {
        answer->is_outstanding = TRUE;
    }
    hf_vec_push(&out->inverse, (HfInverseOffered){framework, agent, row->start, row->duration});
}

static void run_inverse(HfTwin *twin, HfOfferList *out)
{
    for (uint32_t a = 0; a < twin->agents->len; a++) {
        const HfTwinAgent *row = HF_TWIN_AGENT(twin, a);
        if (!row->is_known || !row->is_candidate || !row->has_maintenance) continue;
        for (uint32_t f = 0; f < twin->frameworks->len; f++)
            if (hf_twin__framework(twin, f) != NULL && HF_TWIN_FRAMEWORK(twin, f)->is_active &&
                may_invert(twin, f, a))
                invert(twin, f, a, out);
    }
}

/* ---- Runs ---- */

void hf_twin__begin_run(HfTwin *twin)
{
    g_autoptr(GArray) agents = hf_twin__candidates(twin, HF_TWIN_FAIR_SHARE);
    if (agents->len > 0) hf_twin__look_up_weights(twin); /* Mesos: at the first sort */
    for (guint a = 0; a < twin->agents->len; a++)
        hf_resources_clear(twin->catalog, &HF_TWIN_AGENT(twin, a)->offered_shared);
    hf_twin__count_quota(twin);
}

void hf_twin__end_run(HfTwin *twin, HfOfferList *out)
{
    while (twin->offers->len > 0) {
        HfTwinHeld *offer = &g_array_index(twin->offers, HfTwinHeld, 0);
        HfResources tagged = {0};
        hf_resources_copy(twin->catalog, &tagged, &offer->resources);
        hf_resources_allocate(twin->catalog, &tagged, offer->role);
        hf_vec_push(&out->offers, (HfOffered){offer->framework, offer->agent, offer->role,
                                              hf_parcel_take(twin->catalog, &tagged)});
        hf_twin__drop_held(twin, twin->offers, 0);
    }
    run_inverse(twin, out);
    for (guint a = 0; a < twin->agents->len; a++) HF_TWIN_AGENT(twin, a)->is_candidate = FALSE;
}

static void run(HfTwin *twin, HfOfferList *out)
{
    hf_twin__begin_run(twin);
    if (hf_twin__is_coarse(twin)) {
        hf_twin__run_coarse(twin);
    } else if (hf_twin__is_cell(twin)) {
        hf_twin__run_cell(twin);
    } else {
        run_stage(twin, TRUE);
        run_stage(twin, FALSE);
    }
    hf_twin__end_run(twin, out);
}

void hf_twin_run(HfTwin *twin, HfTime now, HfOfferList *out)
{
    twin->wants_run = FALSE;
    hf_twin__expire(twin, now, UINT64_MAX);
    if (!twin->is_paused) run(twin, out);
}

void hf_twin_batch(HfTwin *twin, HfTime now, HfOfferList *out)
{
    /* in early eras a filter is asked for its time, whichever timer comes first */
    hf_twin__expire(twin, now,
                    hf_twin__has(twin, HF_RULE_FILTER_OUTLIVES_BATCH) ? twin->batch_armed
                                                                      : UINT64_MAX);
    if (twin->is_paused) return;
    hf_twin__trigger(twin, HF_TWIN_ANY);
    twin->wants_run = FALSE;
    run(twin, out);
}

/* ---- As text ---- */

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *hf_twin_lines(HfCatalog *catalog, const HfOfferList *list)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t o = 0; o < list->offers.count; o++) {
        const HfOffered *offer = &list->offers.at[o];
        g_autofree char *text =
            hf_resources_to_text(catalog, hf_parcel_resources(offer->resources));
        g_ptr_array_add(lines,
                        g_strdup_printf("offer f%u %s a%u %s", offer->framework,
                                        hf_role_path(catalog, offer->role), offer->agent, text));
    }
    for (uint32_t o = 0; o < list->inverse.count; o++)
        g_ptr_array_add(lines,
                        g_strdup_printf("inverse f%u a%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                        list->inverse.at[o].framework, list->inverse.at[o].agent,
                                        list->inverse.at[o].start, list->inverse.at[o].duration));
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}
