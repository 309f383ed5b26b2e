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
    return row->seen < allocator->eligible_base + allocator->eligible.count;
}

/* The agents of this run that can yield an offer, in byte order of their names. */
static void choose_visit(HfAllocator *allocator)
{
    hf_vec_reset(&allocator->visit);
    uint64_t end = allocator->eligible_base + allocator->eligible.count;
    gboolean every_idle = allocator->visits_fully || allocator->run_seen < end;
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

/* Is it worth offering (min_allocatable_resources)? `whole`: it is all that is available. */
static gboolean is_allocatable(HfAllocator *allocator, HfAgent *agent, const HfSub *sub,
                               const HfResources *resources, gboolean whole)
{
    if (sub->has_min) return meets(allocator->catalog, resources, sub->min, sub->min_count);
    if (!whole) return meets(allocator->catalog, resources, allocator->min, allocator->min_count);
    if (agent->min_checked != agent->version) {
        agent->min_ok = meets(allocator->catalog, resources, allocator->min, allocator->min_count);
        agent->min_checked = agent->version;
    }
    return agent->min_ok;
}

/* What has nothing to do with the amounts: capabilities of both sides, region, owner. */
static gboolean is_capable(const HfAllocator *allocator, const HfAgent *agent, const HfSub *sub)
{
    uint32_t has = allocator->frameworks.at[sub->framework].capabilities;
    if (allocator->filters_gpus && agent->flags & HF_AGENT_GPUS &&
        !(has & HF_CAPABILITY_GPU_RESOURCES))
        return FALSE;
    if (agent->flags & HF_AGENT_REMOTE && !(has & HF_CAPABILITY_REGION_AWARE)) return FALSE;
    if (has & HF_CAPABILITY_MULTI_ROLE && !(agent->capabilities & HF_AGENT_CAPABILITY_MULTI_ROLE))
        return FALSE;
    if (!(agent->capabilities & HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE) &&
        hf_role_depth(allocator->catalog, sub->role) > 1)
        return FALSE;
    if (allocator->honours_owner && agent->owner != HF_ROLE_NONE && agent->owner != sub->role &&
        !hf_role_is_strict_subrole(allocator->catalog, sub->role, agent->owner))
        return FALSE;
    return TRUE;
}

/* The part of what is available that the sub may be given at all. */
typedef struct Sight {
    const HfAllocator *allocator;
    HfRoleId role;
    uint32_t capabilities;
} Sight;

static gboolean in_sight(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    const Sight *sight = data;
    uint32_t flags = hf_meta_info(catalog, entry->meta)->flags;
    if (!hf_meta_is_allocatable_to(catalog, entry->meta, sight->role)) return FALSE;
    if (flags & HF_META_SHARED && !(sight->capabilities & HF_CAPABILITY_SHARED_RESOURCES))
        return FALSE;
    if (flags & HF_META_REVOCABLE && !(sight->capabilities & HF_CAPABILITY_REVOCABLE_RESOURCES))
        return FALSE;
    if (flags & HF_META_REFINED && !(sight->capabilities & HF_CAPABILITY_RESERVATION_REFINEMENT))
        return FALSE;
    return TRUE;
}

static void emit(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfOfferList *out)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = &allocator->agents.at[agent];
    HfSub *of = &allocator->subs.at[sub];
    HfResources *offer = &allocator->offer;
    if (!(row->flags & HF_AGENT_RECOMPUTE)) hf_resources_subtract(catalog, &row->available, offer);
    hf_resources_allocate(catalog, offer, of->role);
    HfHeld *held = hf_allocator__held(row, of->framework, of->role);
    if (held == NULL) {
        hf_vec_push_zero(&row->held);
        held = hf_vec_last(&row->held);
        held->framework = of->framework;
        held->role = of->role;
        held->sub = sub;
        of->holdings++;
    }
    hf_resources_add(catalog, &held->resources, offer);
    if (row->flags & HF_AGENT_RECOMPUTE) hf_allocator__agent_recompute(allocator, agent);
    hf_allocator__track(allocator, agent, sub, offer);
    row->version++;
    hf_vec_push_zero(&out->offers);
    HfOffered *offered = hf_vec_last(&out->offers);
    offered->framework = of->framework;
    offered->agent = agent;
    offered->role = of->role;
    hf_resources_move(catalog, &offered->resources, offer);
    allocator->counters.offers++;
}

typedef enum Tried {
    TRIED_OFFERED,
    TRIED_REFUSED,
    TRIED_NOTHING /* there is nothing here for this role */
} Tried;

/* Offer an agent to a sub if it may have it. */
static Tried try_sub(HfAllocator *allocator, uint32_t agent, uint32_t sub, HfOfferList *out)
{
    HfCatalog *catalog = allocator->catalog;
    HfAgent *row = &allocator->agents.at[agent];
    const HfSub *of = &allocator->subs.at[sub];
    allocator->counters.frameworks_tried++;
    gboolean whole = !(row->flags & HF_AGENT_SPECIAL);
    if (whole) {
        if (!is_allocatable(allocator, row, of, &row->available, TRUE)) return TRIED_REFUSED;
        if (!is_capable(allocator, row, of)) return TRIED_REFUSED;
        if (row->filter_sub.count > 0 &&
            hf_filters__refuses(allocator, row, sub, &row->available, TRUE))
            return TRIED_REFUSED;
        hf_resources_copy(catalog, &allocator->offer, &row->available);
    } else {
        Sight sight = {allocator, of->role, UINT32_MAX};
        hf_resources_filter(catalog, &row->available, in_sight, &sight, &allocator->rest);
        if (hf_resources_is_empty(&allocator->rest)) return TRIED_NOTHING;
        if (!is_allocatable(allocator, row, of, &allocator->rest, FALSE)) return TRIED_REFUSED;
        if (!is_capable(allocator, row, of)) return TRIED_REFUSED;
        sight.capabilities = allocator->frameworks.at[of->framework].capabilities;
        hf_resources_filter(catalog, &row->available, in_sight, &sight, &allocator->offer);
        if (!is_allocatable(allocator, row, of, &allocator->offer, FALSE)) return TRIED_REFUSED;
        if (hf_filters__refuses(allocator, row, sub, &allocator->offer, FALSE))
            return TRIED_REFUSED;
    }
    emit(allocator, agent, sub, out);
    return TRIED_OFFERED;
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
    return hf_resources_is_empty(&allocator->agents.at[visit->agent].available);
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
    hf_allocator__agent_touch(allocator, agent);
}

/* ---- The whole cell to one framework ---- */

static gboolean try_everywhere(HfAllocator *allocator, uint32_t sub, HfOfferList *out)
{
    uint64_t offers = allocator->counters.offers;
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        uint32_t agent = allocator->visit.at[i];
        if (try_sub(allocator, agent, sub, out) != TRIED_OFFERED) continue;
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

static void run(HfAllocator *allocator, HfOfferList *out)
{
    uint32_t first = out->offers.count;
    allocator->counters.runs++;
    allocator->run_number++;
    hf_sorters__look_up_weights(&allocator->sorters);
    if (allocator->active_subs > 0) {
        hf_allocator__ranks(allocator);
        choose_visit(allocator);
        shuffle_visit(allocator, 1);
        if (allocator->offer_scope == HF_OFFER_SCOPE_CELL) {
            if (allocator->visit.count > 0) run_cell(allocator, out);
        } else {
            for (uint32_t i = 0; i < allocator->visit.count; i++)
                visit_agent(allocator, allocator->visit.at[i], out);
        }
        group_by_framework(allocator, out, first);
    }
    clear_candidates(allocator);
}

gboolean hf_allocator_wants_run(const HfAllocator *allocator)
{
    return allocator->wants_run;
}

void hf_allocator_run(HfAllocator *allocator, HfTime now, HfOfferList *out)
{
    allocator->wants_run = FALSE;
    hf_filters__expire(allocator, now, UINT64_MAX);
    if (!allocator->is_paused) run(allocator, out);
}

void hf_allocator_batch(HfAllocator *allocator, HfTime now, HfOfferList *out)
{
    hf_filters__expire(allocator, now, allocator->filters.batch_armed);
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
