/*
 * The allocation run: agents in order, for each the roles in order, for each the role's frameworks
 * in order; the first that may have it gets all of the agent that its role may be given.
 *
 * Which agents and which subs are tried at all: see allocator_internal.h. The order in which agents
 * are visited comes from a key drawn for each (run, agent), so that leaving out agents that cannot
 * yield an offer does not change the order of the others; random sorters draw in the same way.
 * Source: MESOS.md 3.4.
 */
#include <stdlib.h>
#include <string.h>

#include "allocator/allocator_internal.h"
#include "base/maths.h"

#define HF_TRIES_MAX 8 /* more than that are not worth ordering by themselves */

/* ---- Order ---- */

static inline uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Sort `visit` by `visit_keys` (32 bits of key above 32 bits of agent): two passes of 16 bits, or
 * plain insertion when few. */
static void sort_keys(HfAllocator *allocator)
{
    uint64_t *at = allocator->visit_keys.at;
    uint32_t count = allocator->visit_keys.count;
    if (count <= 64) {
        for (uint32_t i = 1; i < count; i++) {
            uint64_t key = at[i];
            uint32_t j = i;
            for (; j > 0 && at[j - 1] > key; j--) at[j] = at[j - 1];
            at[j] = key;
        }
        return;
    }
    hf_vec_reserve(&allocator->visit_keys, count);
    at = allocator->visit_keys.at;
    uint64_t *from = at, *to = at + count;
    enum { BITS = 11, BUCKETS = 1 << BITS };
    for (uint32_t shift = 32; shift < 64; shift += BITS) {
        uint32_t first[BUCKETS] = {0};
        for (uint32_t i = 0; i < count; i++) first[from[i] >> shift & (BUCKETS - 1)]++;
        uint32_t sum = 0;
        for (uint32_t b = 0; b < BUCKETS; b++) {
            uint32_t next = sum + first[b];
            first[b] = sum;
            sum = next;
        }
        for (uint32_t i = 0; i < count; i++)
            to[first[from[i] >> shift & (BUCKETS - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != at) memcpy(at, from, count * sizeof *at);
}

static void shuffle_visit(HfAllocator *allocator, uint64_t stage)
{
    if (allocator->agent_order != HF_AGENT_ORDER_SHUFFLED || allocator->visit.count < 2) return;
    uint64_t run = mix(allocator->order_key + mix(allocator->run_number * 2 + stage));
    hf_vec_reset(&allocator->visit_keys);
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        uint32_t agent = allocator->visit.at[i];
        hf_vec_push(&allocator->visit_keys, mix(run + agent) >> 32 << 32 | agent);
    }
    sort_keys(allocator);
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        allocator->visit.at[i] = (uint32_t)allocator->visit_keys.at[i];
}

static gboolean is_visitable(const HfAllocator *allocator, uint32_t rank)
{
    return allocator->visit_bits[rank >> 6] >> (rank & 63) & 1;
}

static gboolean is_behind(const HfAllocator *allocator, const HfAgent *row)
{
    return row->seen < allocator->eligible_base + allocator->eligible.count ||
           row->quota_seen != allocator->quota_epoch;
}

/* The agents of this run that can yield an offer, in byte order of their names. */
static void choose_visit(HfAllocator *allocator)
{
    hf_vec_reset(&allocator->visit);
    uint64_t end = allocator->eligible_base + allocator->eligible.count;
    gboolean every_idle = allocator->visits_fully || allocator->run_seen < end ||
                          allocator->run_quota_seen != allocator->quota_epoch;
    if (!allocator->all_candidates) {
        for (uint32_t c = 0; c < allocator->candidates.count; c++) {
            uint32_t agent = allocator->candidates.at[c];
            uint32_t rank = allocator->agents.at[agent].rank;
            gboolean idle = allocator->idle_bits[rank >> 6] >> (rank & 63) & 1;
            if (idle && (allocator->visits_fully || is_visitable(allocator, rank) ||
                         is_behind(allocator, &allocator->agents.at[agent])))
                hf_vec_push(&allocator->visit, rank);
        }
        for (uint32_t i = 1; i < allocator->visit.count; i++) {
            uint32_t rank = allocator->visit.at[i], j = i;
            for (; j > 0 && allocator->visit.at[j - 1] > rank; j--)
                allocator->visit.at[j] = allocator->visit.at[j - 1];
            allocator->visit.at[j] = rank;
        }
    } else {
        const uint64_t *bits = every_idle ? allocator->idle_bits : allocator->visit_bits;
        uint32_t words = (allocator->by_name.count + 63) / 64;
        for (uint32_t w = 0; w < words; w++)
            for (uint64_t word = bits[w]; word != 0; word &= word - 1)
                hf_vec_push(&allocator->visit, w * 64 + (uint32_t)__builtin_ctzll(word));
        allocator->run_seen = end;
        allocator->run_quota_seen = allocator->quota_epoch;
    }
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        allocator->visit.at[i] = allocator->by_name.at[allocator->visit.at[i]];
}

/* ---- May this sub have it? ---- */

static gboolean meets(const HfCatalog *catalog, const HfResources *resources,
                      const HfQuantities *min, uint32_t min_count)
{
    if (hf_resources_is_empty(resources)) return FALSE;
    if (min_count == 0) return TRUE;
    for (uint32_t m = 0; m < min_count; m++)
        if (hf_resources_contains_quantities(catalog, resources, &min[m])) return TRUE;
    return FALSE;
}

/* Is it worth offering (min_allocatable_resources)? */
static gboolean is_allocatable(const HfAllocator *allocator, const HfSub *sub,
                               const HfResources *resources)
{
    if (sub->has_min) return meets(allocator->catalog, resources, sub->min, sub->min_count);
    return meets(allocator->catalog, resources, allocator->min, allocator->min_count);
}

static gboolean is_bundle_allocatable(const HfAllocator *allocator, const HfSub *sub,
                                      HfBundle *bundle)
{
    if (sub->has_min) return is_allocatable(allocator, sub, &bundle->resources);
    if (!(bundle->flags & HF_BUNDLE_MIN_KNOWN)) {
        bundle->flags |= HF_BUNDLE_MIN_KNOWN;
        if (is_allocatable(allocator, sub, &bundle->resources)) bundle->flags |= HF_BUNDLE_MIN_OK;
    }
    return (bundle->flags & HF_BUNDLE_MIN_OK) != 0;
}

static gboolean is_excluded(const HfAllocator *allocator, uint32_t agent, const HfSub *sub)
{
    const HfAgentInfo *info = &allocator->infos.at[agent];
    HfConstraintSubject subject = {&info->attributes, info->hostname, info->region, info->zone};
    return hf_offer_constraints_exclude(allocator->frameworks.at[sub->framework].constraints,
                                        allocator->catalog, sub->role, &subject);
}

/* What has nothing to do with the amounts: capabilities of both sides, region, owner, constraints.
 */
static gboolean is_capable(const HfAllocator *allocator, uint32_t agent, const HfSub *sub)
{
    const HfAgent *row = &allocator->agents.at[agent];
    const HfFramework *framework = &allocator->frameworks.at[sub->framework];
    uint32_t has = framework->capabilities;
    if (allocator->filters_gpus && row->flags & HF_AGENT_GPUS &&
        !(has & HF_CAPABILITY_GPU_RESOURCES))
        return FALSE;
    if (row->flags & HF_AGENT_REMOTE && !(has & HF_CAPABILITY_REGION_AWARE)) return FALSE;
    if (has & HF_CAPABILITY_MULTI_ROLE && !(row->capabilities & HF_AGENT_CAPABILITY_MULTI_ROLE))
        return FALSE;
    if (!(row->capabilities & HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE) &&
        hf_role_depth(allocator->catalog, sub->role) > 1)
        return FALSE;
    if (allocator->honours_owner && row->owner != HF_ROLE_NONE && row->owner != sub->role &&
        !hf_role_is_strict_subrole(allocator->catalog, sub->role, row->owner))
        return FALSE;
    return framework->constraints == NULL || !is_excluded(allocator, agent, sub);
}

/* The part of what is available that a role, and then a framework, may be given at all. */
typedef struct Sight {
    HfRoleId role;
    uint32_t capabilities;             /* of the framework; UINT32_MAX: of no one in particular */
    const HfResources *offered_shared; /* in this run, to others; NULL = nothing */
} Sight;

static gboolean in_sight(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    const Sight *sight = data;
    uint32_t flags = hf_meta_info(catalog, entry->meta)->flags;
    if (!hf_meta_is_allocatable_to(catalog, entry->meta, sight->role)) return FALSE;
    if (flags & HF_META_SHARED &&
        (!(sight->capabilities & HF_CAPABILITY_SHARED_RESOURCES) ||
         (sight->offered_shared != NULL &&
          hf_resources_copies(catalog, sight->offered_shared, entry) > 0)))
        return FALSE;
    if (flags & HF_META_REVOCABLE && !(sight->capabilities & HF_CAPABILITY_REVOCABLE_RESOURCES))
        return FALSE;
    if (flags & HF_META_REFINED && !(sight->capabilities & HF_CAPABILITY_RESERVATION_REFINEMENT))
        return FALSE;
    return TRUE;
}

static gboolean all_in_sight(const HfCatalog *catalog, const HfResources *resources,
                             const Sight *sight)
{
    const HfResource *at = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (!in_sight(catalog, &at[i], sight)) return FALSE;
    return TRUE;
}

/* What quota is about: scalars that are neither reserved nor revocable. */
static gboolean is_quota_entry(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    (void)data;
    return hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR &&
           !(hf_meta_info(catalog, entry->meta)->flags & (HF_META_RESERVED | HF_META_REVOCABLE));
}

static gboolean is_other_entry(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return !is_quota_entry(catalog, entry, data);
}

/* ---- Making an offer ---- */

static void remember_shared(HfAllocator *allocator, uint32_t agent, const HfResources *offer)
{
    HfAgentInfo *info = &allocator->infos.at[agent];
    if (allocator->quirks & HF_ALLOCATOR_QUIRK_SHARED_AGAIN) return;
    if (info->offered_shared == NULL) info->offered_shared = g_new0(HfResources, 1);
    if (info->offered_run != allocator->run_number)
        hf_resources_reset(allocator->catalog, info->offered_shared);
    info->offered_run = allocator->run_number;
    HfResources shared = {0};
    hf_resources_shared(allocator->catalog, offer, &shared);
    hf_resources_add(allocator->catalog, info->offered_shared, &shared);
    hf_resources_clear(allocator->catalog, &shared);
}

/* The grant of this run to the sub on the agent, if stage 1 made one. */
static const HfGrant *granted_before(const HfAllocator *allocator, const HfAgent *row, uint32_t sub)
{
    for (uint32_t g = row->grants.count; g-- > 0;)
        if (row->grants.at[g].sub == sub && row->grants.at[g].run == allocator->run_number)
            return &row->grants.at[g];
    return NULL;
}

/* Put the offer into the list; what stage 1 gave of the same agent is part of it. */
static void list_offer(HfAllocator *allocator, uint32_t agent, uint32_t sub, const HfBundle *bundle,
                       HfGrant *grant, const HfGrant *before, HfOfferList *out)
{
    HfCatalog *catalog = allocator->catalog;
    const HfSub *of = &allocator->subs.at[sub];
    if (before != NULL) {
        hf_resources_copy(catalog, &allocator->rest, &bundle->resources);
        hf_resources_allocate(catalog, &allocator->rest, of->role);
        hf_resources_add(catalog, &out->offers.at[before->offer].resources, &allocator->rest);
        grant->offer = before->offer;
        return;
    }
    grant->offer = out->offers.count;
    hf_vec_push_zero(&out->offers);
    HfOffered *offered = hf_vec_last(&out->offers);
    offered->framework = of->framework;
    offered->agent = agent;
    offered->role = of->role;
    hf_resources_copy(catalog, &offered->resources, &bundle->resources);
    hf_resources_allocate(catalog, &offered->resources, of->role);
    allocator->counters.offers++;
}

/* Offer the sub a bundle, whose reference is taken over; it is all that is available, or a part. */
static void emit(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfBundle *bundle,
                 HfOfferList *out)
{
    HfAgent *row = &allocator->agents.at[agent];
    uint32_t before_at = HF_ROW_NONE;
    const HfGrant *before = NULL;
    if (allocator->quota_roles.count > 0) before = granted_before(allocator, row, sub);
    if (before != NULL) before_at = (uint32_t)(before - row->grants.at);
    if (row->flags & HF_AGENT_SHARED) remember_shared(allocator, agent, &bundle->resources);
    HfGrant *grant = hf_allocator__grant(allocator, agent, sub, bundle, TRUE);
    grant->run = (uint32_t)allocator->run_number;
    list_offer(allocator, agent, sub, bundle, grant,
               before_at != HF_ROW_NONE ? &row->grants.at[before_at] : NULL, out);
    if (row->flags & HF_AGENT_RECOMPUTE) {
        hf_allocator__agent_recompute(allocator, agent);
    } else if (row->available == bundle) {
        row->available = NULL;
    } else {
        hf_bundle__subtract(allocator, &row->available, &bundle->resources);
    }
}

/* All that is available to the sub: the reference moves, or is doubled where it is recomputed. */
static void emit_whole(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfOfferList *out)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfBundle *bundle = row->available;
    if (row->flags & HF_AGENT_RECOMPUTE) hf_bundle__ref(bundle);
    emit(allocator, agent, sub, bundle, out);
}

typedef enum Tried {
    TRIED_OFFERED,
    TRIED_REFUSED,
    TRIED_NOTHING /* there is nothing here for this role */
} Tried;

/*
 * What of the available resources the sub may be given: all of it (*whole_out), or what stands in
 * allocator->offer then. TRIED_OFFERED = there is something.
 */
static Tried see(HfAllocator *allocator, uint32_t agent, const HfSub *of, gboolean *whole_out)
{
    HfCatalog *catalog = allocator->catalog;
    HfBundle *available = allocator->agents.at[agent].available;
    *whole_out = TRUE;
    if (!(available->flags & HF_BUNDLE_SPECIAL)) {
        if (!is_bundle_allocatable(allocator, of, available)) return TRIED_REFUSED;
        return is_capable(allocator, agent, of) ? TRIED_OFFERED : TRIED_REFUSED;
    }
    if (!is_capable(allocator, agent, of)) return TRIED_REFUSED;
    const HfAgentInfo *info = &allocator->infos.at[agent];
    Sight sight = {of->role, allocator->frameworks.at[of->framework].capabilities, NULL};
    if (info->offered_run == allocator->run_number) sight.offered_shared = info->offered_shared;
    if (all_in_sight(catalog, &available->resources, &sight))
        return is_bundle_allocatable(allocator, of, available) ? TRIED_OFFERED : TRIED_REFUSED;
    *whole_out = FALSE;
    uint32_t capabilities = sight.capabilities;
    sight.capabilities = UINT32_MAX;
    hf_resources_filter(catalog, &available->resources, in_sight, &sight, &allocator->rest);
    if (hf_resources_is_empty(&allocator->rest)) return TRIED_NOTHING;
    if (!is_allocatable(allocator, of, &allocator->rest)) return TRIED_REFUSED;
    sight.capabilities = capabilities;
    hf_resources_filter(catalog, &available->resources, in_sight, &sight, &allocator->offer);
    return TRIED_OFFERED;
}

/* The order in which same-named entries absorb a target: theirs, or random and repeatable. */
static HfStream *chop_stream(const HfAllocator *allocator, uint32_t agent, uint32_t sub,
                             HfStream *stream)
{
    if (allocator->agent_order == HF_AGENT_ORDER_SORTED) return NULL;
    if (allocator->infos.at[agent].granted == NULL) return NULL; /* no name comes twice */
    hf_stream_init(stream, allocator->order_key + allocator->run_number, "chop",
                   (uint64_t)agent << 32 | sub);
    return stream;
}

/* Shrink `part` to what limits leave the role beyond `also`, and to the surplus over the headroom.
 */
static void hold_back(HfAllocator *allocator, HfRoleId role, const HfQuantities *also,
                      HfResources *part, HfStream *stream)
{
    const HfRoleState *state = &allocator->roles.at[role];
    if (!hf_limits_is_empty(&state->limits)) {
        HfLimits room = {0};
        hf_limits_copy(&room, &state->limits);
        hf_limits_subtract(&room, &state->consumed);
        if (also != NULL) hf_limits_subtract(&room, also);
        hf_resources_shrink_to_limits(allocator->catalog, part, &room, stream);
        hf_limits_clear(&room);
    }
    if (!hf_quantities_is_empty(&allocator->required) && !hf_resources_is_empty(part)) {
        HfQuantities surplus = {0};
        hf_allocator__quota_surplus(allocator, &surplus);
        hf_resources_shrink_to_quantities(allocator->catalog, part, &surplus, stream);
        hf_quantities_clear(&surplus);
    }
}

static gboolean is_refused(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                           const HfResources *offer, const HfBundle *bundle)
{
    const HfAgent *row = &allocator->agents.at[agent];
    return row->filters.count > 0 && hf_filters__refuses(allocator, row, sub, offer, bundle);
}

/* Split allocator->offer into what quota is about (allocator->extra), held back as it must be, and
 * put it together again. */
static void hold_back_offer(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfRoleId role)
{
    HfCatalog *catalog = allocator->catalog;
    HfStream stream;
    hf_resources_filter(catalog, &allocator->offer, is_quota_entry, NULL, &allocator->extra);
    hold_back(allocator, role, NULL, &allocator->extra,
              chop_stream(allocator, agent, sub, &stream));
    hf_resources_filter(catalog, &allocator->offer, is_other_entry, NULL, &allocator->rest);
    hf_resources_move(catalog, &allocator->offer, &allocator->rest);
    hf_resources_add(catalog, &allocator->offer, &allocator->extra);
}

/* Offer what stage 2 allows of an agent to a sub. */
static Tried try_sub(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfOfferList *out)
{
    HfCatalog *catalog = allocator->catalog;
    const HfSub *of = &allocator->subs.at[sub];
    gboolean whole;
    allocator->counters.frameworks_tried++;
    Tried seen = see(allocator, agent, of, &whole);
    if (seen != TRIED_OFFERED) return seen;
    HfBundle *available = allocator->agents.at[agent].available;
    gboolean has_quotas = allocator->quota_roles.count > 0;
    if (has_quotas && (!hf_limits_is_empty(&allocator->roles.at[of->role].limits) ||
                       !hf_quantities_is_empty(&allocator->required))) {
        if (whole) hf_resources_copy(catalog, &allocator->offer, &available->resources);
        whole = FALSE;
        hold_back_offer(allocator, agent, sub, of->role);
    }
    const HfResources *offer = whole ? &available->resources : &allocator->offer;
    if (!whole && !is_allocatable(allocator, of, offer)) return TRIED_REFUSED;
    if (is_refused(allocator, agent, sub, offer, whole ? available : NULL)) return TRIED_REFUSED;
    if (has_quotas) {
        hf_quantities_clear(&allocator->gained);
        hf_resources_filter(catalog, offer, is_quota_entry, NULL, &allocator->extra);
        hf_resources_scalar_quantities(catalog, &allocator->extra, &allocator->gained);
        hf_allocator__quota_gain(allocator, of->role, &allocator->gained, NULL);
    }
    if (whole)
        emit_whole(allocator, agent, sub, out);
    else
        emit(allocator, agent, sub, hf_bundle__new(allocator, &allocator->offer), out);
    return TRIED_OFFERED;
}

static gboolean is_owed_along(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    const HfRoleId *role = data;
    uint32_t flags = hf_meta_info(catalog, entry->meta)->flags;
    return hf_kind_type(catalog, entry->kind) != HF_TYPE_SCALAR || flags & HF_META_REVOCABLE ||
           (flags & HF_META_RESERVED && hf_meta_reservation_role(catalog, entry->meta) == *role);
}

/* Of allocator->offer: what is owed to the guarantee (`guaranteed`), what comes along, and what
 * limits and headroom allow beyond. FALSE when nothing of it is owed. */
static gboolean compose_owed(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                             const HfQuantities *need, HfQuantities *guaranteed)
{
    HfCatalog *catalog = allocator->catalog;
    HfRoleId role = allocator->subs.at[sub].role;
    HfResources *extra = &allocator->extra, owed = {0};
    HfStream stream, *order = chop_stream(allocator, agent, sub, &stream);
    hf_resources_filter(catalog, &allocator->offer, is_quota_entry, NULL, extra);
    hf_resources_copy(catalog, &owed, extra);
    hf_resources_shrink_to_quantities(catalog, &owed, need, order);
    if (hf_resources_is_empty(&owed)) {
        hf_resources_clear(catalog, &owed);
        return FALSE;
    }
    hf_resources_scalar_quantities(catalog, &owed, guaranteed);
    hf_resources_subtract(catalog, extra, &owed);
    hold_back(allocator, role, guaranteed, extra, order);
    hf_resources_filter(catalog, &allocator->offer, is_owed_along, &role, &allocator->rest);
    hf_resources_move(catalog, &allocator->offer, &owed);
    hf_resources_add(catalog, &allocator->offer, &allocator->rest);
    hf_resources_add(catalog, &allocator->offer, extra);
    return TRUE;
}

/* Stage 1: offer an agent to a sub of a role whose guarantee still lacks `need`, which is reduced.
 */
static Tried try_guarantee(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfQuantities *need,
                           HfOfferList *out)
{
    const HfSub *of = &allocator->subs.at[sub];
    gboolean whole;
    allocator->counters.frameworks_tried++;
    Tried result = see(allocator, agent, of, &whole);
    if (result != TRIED_OFFERED) return result;
    if (whole)
        hf_resources_copy(allocator->catalog, &allocator->offer,
                          &allocator->agents.at[agent].available->resources);
    HfQuantities guaranteed = {0};
    result = TRIED_REFUSED;
    if (compose_owed(allocator, agent, sub, need, &guaranteed) &&
        is_allocatable(allocator, of, &allocator->offer) &&
        !is_refused(allocator, agent, sub, &allocator->offer, NULL)) {
        hf_quantities_copy(&allocator->gained, &guaranteed);
        hf_resources_scalar_quantities(allocator->catalog, &allocator->extra, &allocator->gained);
        hf_quantities_subtract(need, &allocator->gained);
        hf_allocator__quota_gain(allocator, of->role, &allocator->gained, &guaranteed);
        emit(allocator, agent, sub, hf_bundle__new(allocator, &allocator->offer), out);
        result = TRIED_OFFERED;
    }
    hf_quantities_clear(&guaranteed);
    return result;
}

/* ---- One agent ---- */

static gboolean has_active(const HfSorters *sorters, HfNode node)
{
    const HfSorterNode *row = &sorters->nodes.at[node];
    if (row->kind == HF_NODE_ACTIVE) return TRUE;
    if (row->kind != HF_NODE_INTERNAL) return FALSE;
    const HfSorterGroup *group = &sorters->groups.at[row->group];
    for (uint32_t i = 0; i < group->order.count; i++)
        if (has_active(sorters, group->order.at[i])) return TRUE;
    return FALSE;
}

/* Append the active clients below a node with the keys of a weighted shuffle without replacement,
 * -U^(1/w) with w relative to active siblings all the way up (MESOS.md 3.2). */
static void draw(HfAllocator *allocator, HfNode internal, double weight, uint64_t key)
{
    const HfSorters *sorters = &allocator->sorters;
    const HfSorterGroup *group = &sorters->groups.at[sorters->nodes.at[internal].group];
    double sum = 0.0;
    for (uint32_t i = 0; i < group->by_name.count; i++)
        if (has_active(sorters, group->by_name.at[i]))
            sum += hf_sorter__weight(sorters, group->by_name.at[i]);
    for (uint32_t i = 0; i < group->by_name.count; i++) {
        HfNode node = group->by_name.at[i];
        if (!has_active(sorters, node)) continue;
        double relative = weight * hf_sorter__weight(sorters, node) / sum;
        if (sorters->nodes.at[node].kind == HF_NODE_INTERNAL) {
            draw(allocator, node, relative, key);
        } else {
            double uniform = ((double)(mix(key + node) >> 11) + 0.5) * 0x1p-53;
            hf_vec_push(&allocator->drawn, (HfDrawn){-hf_pow(uniform, 1.0 / relative), node});
        }
    }
}

static int compare_drawn(const void *a, const void *b)
{
    const HfDrawn *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

/* Draw the clients of a sorter in random order; they stand in `drawn` from the place returned. */
static uint32_t draw_clients(HfAllocator *allocator, HfNode root, uint64_t key)
{
    uint32_t from = allocator->drawn.count;
    draw(allocator, root, 1.0, key);
    qsort(allocator->drawn.at + from, allocator->drawn.count - from, sizeof(HfDrawn),
          compare_drawn);
    return from;
}

/* What a visit carries along. */
typedef struct Visit {
    HfOfferList *out;
    uint32_t agent;
    uint64_t key; /* of this agent in this run, for random sorters */
} Visit;

static gboolean is_done(const HfAllocator *allocator, const Visit *visit)
{
    return allocator->agents.at[visit->agent].available == NULL;
}

static void visit_role(HfAllocator *allocator, const Visit *visit, HfNode leaf)
{
    HfNode root = allocator->roles.at[allocator->sorters.nodes.at[leaf].client].frameworks;
    const HfSorterNode *nodes = allocator->sorters.nodes.at;
    if (allocator->framework_sort == HF_SORTER_RANDOM) {
        uint32_t from = draw_clients(allocator, root, mix(visit->key ^ leaf));
        for (uint32_t i = from; i < allocator->drawn.count; i++) {
            uint32_t sub = nodes[allocator->drawn.at[i].leaf].client;
            if (is_done(allocator, visit)) break;
            if (try_sub(allocator, visit->agent, sub, visit->out) == TRIED_NOTHING) break;
        }
        allocator->drawn.count = from;
        return;
    }
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, root);
    for (uint32_t i = 0; i < group->order.count; i++) {
        uint32_t sub = nodes[group->order.at[i]].client;
        if (is_done(allocator, visit)) break;
        if (try_sub(allocator, visit->agent, sub, visit->out) == TRIED_NOTHING) break;
    }
}

/* Pre-order over the role tree; TRUE when the agent has nothing left. */
static gboolean visit_roles(HfAllocator *allocator, const Visit *visit, HfNode internal)
{
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        HfNode node = group->order.at[i];
        if (is_done(allocator, visit)) return TRUE;
        if (allocator->sorters.nodes.at[node].kind == HF_NODE_ACTIVE)
            visit_role(allocator, visit, node);
        else if (visit_roles(allocator, visit, node))
            return TRUE;
    }
    return is_done(allocator, visit);
}

static void visit_fully(HfAllocator *allocator, const Visit *visit)
{
    if (allocator->role_sort != HF_SORTER_RANDOM) {
        visit_roles(allocator, visit, allocator->role_root);
        return;
    }
    uint32_t from = draw_clients(allocator, allocator->role_root, visit->key);
    uint32_t to = allocator->drawn.count;
    for (uint32_t i = from; i < to && !is_done(allocator, visit); i++)
        visit_role(allocator, visit, allocator->drawn.at[i].leaf);
    allocator->drawn.count = from;
}

/* ---- Trying only those that something happened to ---- */

/* Is sub a tried before sub b? */
static gboolean sub_is_before(HfAllocator *allocator, uint32_t a, uint32_t b)
{
    const HfSub *x = &allocator->subs.at[a], *y = &allocator->subs.at[b];
    if (x->role == y->role) return hf_sorter__is_before(&allocator->sorters, x->leaf, y->leaf);
    return hf_sorter__is_before(&allocator->sorters, allocator->roles.at[x->role].leaf,
                                allocator->roles.at[y->role].leaf);
}

static void add_try(HfAllocator *allocator, uint32_t sub)
{
    const HfSub *row = &allocator->subs.at[sub];
    if (!row->is_live || allocator->sorters.nodes.at[row->leaf].kind != HF_NODE_ACTIVE) return;
    for (uint32_t i = 0; i < allocator->tries.count; i++)
        if (allocator->tries.at[i] == sub) return;
    uint32_t i = allocator->tries.count;
    hf_vec_push(&allocator->tries, sub);
    for (; i > 0 && sub_is_before(allocator, sub, allocator->tries.at[i - 1]); i--)
        allocator->tries.at[i] = allocator->tries.at[i - 1];
    allocator->tries.at[i] = sub;
}

/* The few subs that may have become able to get something, in order; FALSE when it may be any. */
static gboolean few_tries(HfAllocator *allocator, HfAgent *row)
{
    if (allocator->visits_fully || row->flags & (HF_AGENT_CHANGED | HF_AGENT_SHARED)) return FALSE;
    if (allocator->quota_roles.count > 0 || row->quota_seen != allocator->quota_epoch) return FALSE;
    if (allocator->role_sort == HF_SORTER_RANDOM || allocator->framework_sort == HF_SORTER_RANDOM)
        return FALSE;
    if (row->seen < allocator->eligible_base) return FALSE;
    uint32_t logged = (uint32_t)(row->seen - allocator->eligible_base);
    if (row->pending.count + (allocator->eligible.count - logged) > HF_TRIES_MAX) return FALSE;
    hf_vec_reset(&allocator->tries);
    for (uint32_t i = 0; i < row->pending.count; i++) add_try(allocator, row->pending.at[i]);
    for (uint32_t i = logged; i < allocator->eligible.count; i++)
        add_try(allocator, allocator->eligible.at[i]);
    return TRUE;
}

static void visit_agent(HfAllocator *allocator, uint32_t agent, HfOfferList *out)
{
    HfAgent *row = &allocator->agents.at[agent];
    uint64_t offers = allocator->counters.offers;
    allocator->counters.agents_visited++;
    Visit visit = {out, agent, 0};
    if (few_tries(allocator, row)) {
        for (uint32_t i = 0; i < allocator->tries.count && !is_done(allocator, &visit); i++)
            try_sub(allocator, agent, allocator->tries.at[i], out);
    } else {
        visit.key = mix(allocator->order_key ^ mix(allocator->run_number) ^ mix(agent + 1));
        visit_fully(allocator, &visit);
    }
    /* Shared volumes come back by themselves: only a visit without an offer settles such an agent.
     */
    if (row->flags & HF_AGENT_SHARED && allocator->counters.offers != offers)
        row->flags |= HF_AGENT_CHANGED;
    else
        row->flags &= ~(uint32_t)HF_AGENT_CHANGED;
    hf_vec_reset(&row->pending);
    row->seen = allocator->eligible_base + allocator->eligible.count;
    row->quota_seen = allocator->quota_epoch;
    hf_allocator__agent_touch(allocator, agent);
}

/* ---- Stage 1: guarantees ---- */

static void unmet_need(const HfAllocator *allocator, HfRoleId role, HfQuantities *need_out)
{
    const HfRoleState *state = &allocator->roles.at[role];
    hf_quantities_copy(need_out, &state->guarantees);
    hf_quantities_subtract(need_out, &state->consumed);
}

static void guarantee_role(HfAllocator *allocator, const Visit *visit, HfRoleId role)
{
    HfQuantities need = {0};
    unmet_need(allocator, role, &need);
    HfNode root = allocator->roles.at[role].frameworks;
    HfNode leaf = allocator->roles.at[role].leaf;
    const HfSorterNode *nodes = allocator->sorters.nodes.at;
    if (allocator->framework_sort == HF_SORTER_RANDOM) {
        uint32_t from = draw_clients(allocator, root, mix(visit->key ^ leaf));
        for (uint32_t i = from; i < allocator->drawn.count; i++) {
            uint32_t sub = nodes[allocator->drawn.at[i].leaf].client;
            if (hf_quantities_is_empty(&need) || is_done(allocator, visit)) break;
            if (try_guarantee(allocator, visit->agent, sub, &need, visit->out) == TRIED_NOTHING)
                break;
        }
        allocator->drawn.count = from;
    } else {
        const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, root);
        for (uint32_t i = 0; i < group->order.count; i++) {
            uint32_t sub = nodes[group->order.at[i]].client;
            if (hf_quantities_is_empty(&need) || is_done(allocator, visit)) break;
            if (try_guarantee(allocator, visit->agent, sub, &need, visit->out) == TRIED_NOTHING)
                break;
        }
    }
    hf_quantities_clear(&need);
}

static gboolean is_unmet(const HfAllocator *allocator, HfRoleId role)
{
    const HfRoleState *state = &allocator->roles.at[role];
    const HfQuantity *at = hf_quantities_entries(&state->guarantees);
    for (uint32_t i = 0; i < state->guarantees.count; i++)
        if (hf_quantities_get(&state->consumed, at[i].kind) < at[i].milli) return TRUE;
    return FALSE;
}

/* Roles with an unmet guarantee in the order of the role sorter. */
static void sort_unmet(HfAllocator *allocator)
{
    uint32_t kept = 0;
    HfRoleId *at = allocator->unmet.at;
    for (uint32_t i = 0; i < allocator->unmet.count; i++) {
        if (!is_unmet(allocator, at[i])) continue;
        HfRoleId role = at[i];
        HfNode leaf = allocator->roles.at[role].leaf;
        uint32_t j = kept++;
        for (; j > 0 &&
               hf_sorter__is_before(&allocator->sorters, leaf, allocator->roles.at[at[j - 1]].leaf);
             j--)
            at[j] = at[j - 1];
        at[j] = role;
    }
    allocator->unmet.count = kept;
}

static void guarantee_agent(HfAllocator *allocator, uint32_t agent, HfOfferList *out)
{
    Visit visit = {out, agent, 0};
    visit.key = mix(allocator->order_key ^ mix(allocator->run_number) ^ mix(agent + 1)) + 1;
    if (allocator->role_sort == HF_SORTER_RANDOM) {
        uint32_t from = draw_clients(allocator, allocator->role_root, visit.key);
        uint32_t to = allocator->drawn.count;
        for (uint32_t i = from; i < to && !is_done(allocator, &visit); i++) {
            HfRoleId role = allocator->sorters.nodes.at[allocator->drawn.at[i].leaf].client;
            if (is_unmet(allocator, role)) guarantee_role(allocator, &visit, role);
        }
        allocator->drawn.count = from;
        return;
    }
    sort_unmet(allocator);
    for (uint32_t i = 0; i < allocator->unmet.count && !is_done(allocator, &visit); i++)
        guarantee_role(allocator, &visit, allocator->unmet.at[i]);
}

static void run_guarantees(HfAllocator *allocator, HfOfferList *out)
{
    hf_vec_reset(&allocator->unmet);
    for (uint32_t q = 0; q < allocator->quota_roles.count; q++) {
        HfRoleId role = allocator->quota_roles.at[q];
        if (allocator->roles.at[role].framework_count > 0 && is_unmet(allocator, role))
            hf_vec_push(&allocator->unmet, role);
    }
    if (allocator->unmet.count == 0) return;
    shuffle_visit(allocator, 0);
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        guarantee_agent(allocator, allocator->visit.at[i], out);
}

/* ---- The whole cell to one framework ---- */

static gboolean try_everywhere(HfAllocator *allocator, uint32_t sub, HfOfferList *out)
{
    uint64_t offers = allocator->counters.offers;
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        uint32_t agent = allocator->visit.at[i];
        if (allocator->agents.at[agent].available == NULL) continue;
        if (try_sub(allocator, agent, sub, out) == TRIED_OFFERED)
            hf_allocator__agent_touch(allocator, agent);
    }
    return allocator->counters.offers != offers;
}

static gboolean cell_role(HfAllocator *allocator, HfNode leaf, HfOfferList *out)
{
    HfNode root = allocator->roles.at[allocator->sorters.nodes.at[leaf].client].frameworks;
    const HfSorterNode *nodes = allocator->sorters.nodes.at;
    gboolean given = FALSE;
    if (allocator->framework_sort == HF_SORTER_RANDOM) {
        uint32_t from =
            draw_clients(allocator, root, mix(allocator->order_key ^ leaf) + allocator->run_number);
        for (uint32_t i = from; i < allocator->drawn.count && !given; i++)
            given = try_everywhere(allocator, nodes[allocator->drawn.at[i].leaf].client, out);
        allocator->drawn.count = from;
        return given;
    }
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, root);
    for (uint32_t i = 0; i < group->order.count && !given; i++)
        given = try_everywhere(allocator, nodes[group->order.at[i]].client, out);
    return given;
}

static gboolean cell_roles(HfAllocator *allocator, HfNode internal, HfOfferList *out)
{
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        HfNode node = group->order.at[i];
        if (allocator->sorters.nodes.at[node].kind == HF_NODE_ACTIVE
                ? cell_role(allocator, node, out)
                : cell_roles(allocator, node, out))
            return TRUE;
    }
    return FALSE;
}

/* All that the first framework in order may have goes to it; the others wait for the next run. */
static void run_cell(HfAllocator *allocator, HfOfferList *out)
{
    gboolean given = FALSE;
    if (allocator->role_sort == HF_SORTER_RANDOM) {
        uint32_t from = draw_clients(allocator, allocator->role_root,
                                     mix(allocator->order_key ^ mix(allocator->run_number)));
        uint32_t to = allocator->drawn.count;
        for (uint32_t i = from; i < to && !given; i++)
            given = cell_role(allocator, allocator->drawn.at[i].leaf, out);
        allocator->drawn.count = from;
    } else {
        given = cell_roles(allocator, allocator->role_root, out);
    }
    allocator->counters.agents_visited += allocator->visit.count;
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        HfAgent *row = &allocator->agents.at[allocator->visit.at[i]];
        if (given) {
            row->flags |= HF_AGENT_CHANGED; /* others were not asked */
        } else {
            row->flags &= ~(uint32_t)HF_AGENT_CHANGED;
            hf_vec_reset(&row->pending);
            row->seen = allocator->eligible_base + allocator->eligible.count;
            row->quota_seen = allocator->quota_epoch;
        }
        hf_allocator__agent_touch(allocator, allocator->visit.at[i]);
    }
}

/* ---- Runs ---- */

/* Bring the offers from `first` on together by framework, in order of first offer. */
static void group_by_framework(HfAllocator *allocator, HfOfferList *out, uint32_t first)
{
    uint32_t count = out->offers.count - first;
    HfOffered *at = out->offers.at + first;
    uint32_t changes = 0;
    for (uint32_t i = 1; i < count; i++) changes += at[i].framework != at[i - 1].framework;
    if (changes == 0) return;
    /* regroup[framework]: its group, then where its next offer goes; groups: their sizes */
    while (allocator->regroup.count < allocator->frameworks.count)
        hf_vec_push(&allocator->regroup, HF_ROW_NONE);
    hf_vec_reset(&allocator->tries);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *group = &allocator->regroup.at[at[i].framework];
        if (*group == HF_ROW_NONE) {
            *group = allocator->tries.count;
            hf_vec_push(&allocator->tries, 0);
        }
        allocator->tries.at[*group]++;
    }
    uint32_t sum = 0;
    for (uint32_t g = 0; g < allocator->tries.count; g++) {
        uint32_t size = allocator->tries.at[g];
        allocator->tries.at[g] = sum;
        sum += size;
    }
    hf_vec_reset(&allocator->regrouped);
    hf_vec_reserve(&allocator->regrouped, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t group = allocator->regroup.at[at[i].framework];
        allocator->regrouped.at[allocator->tries.at[group]++] = at[i];
    }
    for (uint32_t i = 0; i < count; i++) allocator->regroup.at[at[i].framework] = HF_ROW_NONE;
    memcpy(at, allocator->regrouped.at, count * sizeof *at);
}

static void clear_candidates(HfAllocator *allocator)
{
    for (uint32_t c = 0; c < allocator->candidates.count; c++)
        allocator->agents.at[allocator->candidates.at[c]].flags &= ~(uint32_t)HF_AGENT_CANDIDATE;
    hf_vec_reset(&allocator->candidates);
    allocator->all_candidates = FALSE;
}

/* Is any agent of this run one that may be offered at all? */
static gboolean has_offerable(const HfAllocator *allocator)
{
    const uint32_t offerable = HF_AGENT_KNOWN | HF_AGENT_ACTIVE | HF_AGENT_WHITELISTED;
    if (allocator->all_candidates) {
        for (uint32_t a = 0; a < allocator->agents.count; a++)
            if ((allocator->agents.at[a].flags & offerable) == offerable) return TRUE;
        return FALSE;
    }
    for (uint32_t c = 0; c < allocator->candidates.count; c++)
        if ((allocator->agents.at[allocator->candidates.at[c]].flags & offerable) == offerable)
            return TRUE;
    return FALSE;
}

static void make_offers(HfAllocator *allocator, HfOfferList *out)
{
    uint32_t first = out->offers.count;
    if (allocator->sorters.unweighted.count > 0 && has_offerable(allocator))
        hf_sorters__look_up_weights(&allocator->sorters);
    if (allocator->active_subs == 0) return;
    hf_allocator__quota_begin(allocator);
    hf_allocator__ranks(allocator);
    choose_visit(allocator);
    if (allocator->offer_scope == HF_OFFER_SCOPE_CELL) {
        shuffle_visit(allocator, 1);
        if (allocator->visit.count > 0) run_cell(allocator, out);
    } else {
        if (!hf_quantities_is_empty(&allocator->required)) run_guarantees(allocator, out);
        shuffle_visit(allocator, 1);
        for (uint32_t i = 0; i < allocator->visit.count; i++)
            visit_agent(allocator, allocator->visit.at[i], out);
    }
    hf_allocator__quota_end(allocator);
    group_by_framework(allocator, out, first);
}

static void run(HfAllocator *allocator, HfOfferList *out)
{
    allocator->counters.runs++;
    allocator->run_number++;
    make_offers(allocator, out);
    hf_allocator__inverse_offers(allocator, out);
    clear_candidates(allocator);
}

static void expire(HfAllocator *allocator, HfTime now, uint64_t armed)
{
    hf_filters__expire(allocator, now, armed);
    if (allocator->inverse.count > 0) hf_allocator__inverse_expire(allocator, now, armed);
    hf_allocator__resume_if_due(allocator, now, armed);
}

void hf_allocator_expire(HfAllocator *allocator, HfTime now)
{
    expire(allocator, now, UINT64_MAX);
}

void hf_allocator__resume_if_due(HfAllocator *allocator, HfTime now, uint64_t armed)
{
    if (allocator->recovery_ends > now ||
        (allocator->recovery_ends == now && allocator->recovery_armed >= armed))
        return;
    allocator->recovery_ends = HF_TIME_NEVER;
    allocator->is_paused = FALSE;
}

gboolean hf_allocator_wants_run(const HfAllocator *allocator)
{
    return allocator->wants_run;
}

void hf_allocator_run(HfAllocator *allocator, HfTime now, HfOfferList *out)
{
    allocator->wants_run = FALSE;
    expire(allocator, now, UINT64_MAX);
    if (!allocator->is_paused) run(allocator, out);
}

void hf_allocator_batch(HfAllocator *allocator, HfTime now, HfOfferList *out)
{
    expire(allocator, now, allocator->filters.batch_armed);
    if (allocator->is_paused) return;
    allocator->all_candidates = TRUE;
    allocator->wants_run = FALSE;
    run(allocator, out);
}

void hf_allocator_batch_armed(HfAllocator *allocator)
{
    allocator->filters.batch_armed = allocator->filters.armed++;
}

void hf_allocator_pause(HfAllocator *allocator)
{
    allocator->is_paused = TRUE;
}

void hf_allocator_resume(HfAllocator *allocator)
{
    allocator->is_paused = FALSE;
}

/* ---- Offer lists ---- */

void hf_offer_list_reset(HfCatalog *catalog, HfOfferList *list)
{
    for (uint32_t o = 0; o < list->offers.count; o++)
        if (!hf_resources_is_empty(&list->offers.at[o].resources) ||
            list->offers.at[o].resources.room != 0)
            hf_resources_clear(catalog, &list->offers.at[o].resources);
    hf_vec_reset(&list->offers);
    hf_vec_reset(&list->inverse);
}

void hf_offer_list_clear(HfCatalog *catalog, HfOfferList *list)
{
    hf_offer_list_reset(catalog, list);
    hf_vec_clear(&list->offers);
    hf_vec_clear(&list->inverse);
}
