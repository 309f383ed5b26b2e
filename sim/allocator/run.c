/*
 * The allocation run: agents in order, for each the roles in order, for each the role's frameworks
 * in order; the first that may have it gets all of the agent that its role may be given.
 *
 * Which agents and which subs are tried at all: see allocator_internal.h.
 * Source: MESOS.md 3.4.
 */
#include <string.h>

#include "allocator/allocator_internal.h"

#define HF_TRIES_MAX 8 /* more than that are not worth ordering by themselves */

/* ---- One agent ---- */

/* What a visit carries along. */
typedef struct Visit {
    uint32_t agent;
    uint64_t key;   /* of this agent in this run, for random sorters */
    uint64_t kinds; /* what it has, if quota may close all of it for a role; else 0 */
    enum { STAGE_CHOPPED, STAGE_COARSE_GUARANTEES, STAGE_COARSE_FAIR_SHARE } stage;
} Visit;

/* For random sorters: of an agent in this run. */
static uint64_t key_of(const HfAllocator *allocator, uint32_t agent)
{
    return hf_order__mix(allocator->order_key ^ hf_order__mix(allocator->run_number) ^
                         hf_order__mix(agent + 1));
}

static gboolean is_done(const HfAllocator *allocator, const Visit *visit)
{
    return allocator->agents.at[visit->agent].available == NULL;
}

/* Do limits and headroom leave the role nothing of what the agent has? */
static gboolean is_closed(const HfAllocator *allocator, const Visit *visit, HfRoleId role)
{
    if (visit->kinds == 0) return FALSE;
    return !(visit->kinds & ~(allocator->roles.at[role].closed | allocator->held_kinds));
}

static HfTried try_sub(HfAllocator *allocator, const Visit *visit, uint32_t sub)
{
    if (G_LIKELY(visit->stage == STAGE_CHOPPED)) return hf_offer__try(allocator, visit->agent, sub);
    return hf_offer__try_coarse(allocator, visit->agent, sub,
                                visit->stage == STAGE_COARSE_GUARANTEES);
}

static void visit_role(HfAllocator *allocator, const Visit *visit, HfNode leaf)
{
    if (is_closed(allocator, visit, allocator->sorters.nodes.at[leaf].client)) return;
    if (visit->stage == STAGE_COARSE_GUARANTEES &&
        !hf_coarse__is_open(allocator, allocator->sorters.nodes.at[leaf].client))
        return;
    HfNode root = allocator->roles.at[allocator->sorters.nodes.at[leaf].client].frameworks;
    const HfSorterNode *nodes = allocator->sorters.nodes.at;
    if (allocator->framework_sort == HF_SORTER_RANDOM) {
        HfNode drawn;
        hf_draw__begin(allocator, &allocator->framework_draw, root,
                       hf_order__mix(visit->key ^ leaf));
        while (!is_done(allocator, visit) &&
               (drawn = hf_draw__next(&allocator->framework_draw)) != HF_NODE_NONE)
            if (try_sub(allocator, visit, nodes[drawn].client) == HF_TRIED_NOTHING) break;
        return;
    }
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, root);
    for (uint32_t i = 0; i < group->order.count; i++) {
        uint32_t sub = nodes[group->order.at[i]].client;
        if (is_done(allocator, visit)) break;
        if (try_sub(allocator, visit, sub) == HF_TRIED_NOTHING) break;
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
    if (is_done(allocator, visit)) return;
    if (allocator->sole_role != HF_NODE_NONE) {
        visit_role(allocator, visit, allocator->sole_role);
        return;
    }
    if (allocator->role_sort != HF_SORTER_RANDOM) {
        visit_roles(allocator, visit, allocator->role_root);
        return;
    }
    HfNode drawn;
    hf_draw__begin(allocator, &allocator->role_draw, allocator->role_root, visit->key);
    while (!is_done(allocator, visit) &&
           (drawn = hf_draw__next(&allocator->role_draw)) != HF_NODE_NONE)
        visit_role(allocator, visit, drawn);
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
    if (!row->is_live || row->leaf == HF_NODE_NONE ||
        allocator->sorters.nodes.at[row->leaf].kind != HF_NODE_ACTIVE)
        return;
    for (uint32_t i = 0; i < allocator->tries.count; i++)
        if (allocator->tries.at[i] == sub) return;
    uint32_t i = allocator->tries.count;
    hf_vec_push(&allocator->tries, sub);
    for (; i > 0 && sub_is_before(allocator, sub, allocator->tries.at[i - 1]); i--)
        allocator->tries.at[i] = allocator->tries.at[i - 1];
    allocator->tries.at[i] = sub;
}

/* Those of the log from this position on, and pending ones before, in order; FALSE when there are
 * many, or it may be any. */
static gboolean tries_since(HfAllocator *allocator, uint64_t seen, uint32_t quota_seen,
                            const uint32_t *pending, uint32_t pending_count)
{
    if (allocator->quota_roles.count > 0 || quota_seen != allocator->quota_epoch) return FALSE;
    if (allocator->role_sort == HF_SORTER_RANDOM || allocator->framework_sort == HF_SORTER_RANDOM)
        return FALSE;
    if (seen < allocator->eligible_base) return FALSE;
    uint32_t logged = (uint32_t)(seen - allocator->eligible_base);
    if (pending_count + (allocator->eligible.count - logged) > HF_TRIES_MAX) return FALSE;
    hf_vec_reset(&allocator->tries);
    for (uint32_t i = 0; i < pending_count; i++) add_try(allocator, pending[i]);
    for (uint32_t i = logged; i < allocator->eligible.count; i++)
        add_try(allocator, allocator->eligible.at[i]);
    return TRUE;
}

/* The few subs that may have become able to get something, in order; FALSE when it may be any. */
static gboolean few_tries(HfAllocator *allocator, const HfAgent *row)
{
    if (allocator->visits_fully || row->flags & (HF_AGENT_CHANGED | HF_AGENT_SHARED)) return FALSE;
    return tries_since(allocator, row->seen, row->quota_seen, hf_few_at(&row->pending),
                       row->pending.count);
}

/* ---- Barren agents ---- */

/*
 * In a run that passes barren agents: what is left on the agent is too little for everybody, and
 * that is known of its bundle: whoever is tried is refused before anything else is looked at.
 */
static inline gboolean is_barren(const HfAgent *row)
{
    const uint32_t known = HF_BUNDLE_SPECIAL | HF_BUNDLE_MIN_KNOWN | HF_BUNDLE_MIN_OK;
    return row->available != NULL && (row->available->flags & known) == HF_BUNDLE_MIN_KNOWN &&
           !(row->flags & (HF_AGENT_SHARED | HF_AGENT_ORDERED));
}

/* In a run in which everybody has the same minimum, and is tried in an order that is kept. */
static gboolean can_pass_barren(const HfAllocator *allocator)
{
    return allocator->offer_scope != HF_OFFER_SCOPE_CELL && allocator->quota_roles.count == 0 &&
           !allocator->has_own_minima && !allocator->visits_fully && !hf_coarse__is_on(allocator) &&
           allocator->role_sort != HF_SORTER_RANDOM &&
           allocator->framework_sort != HF_SORTER_RANDOM;
}

/* Whoever may get something there has been tried. */
static inline void has_seen_all(const HfAllocator *allocator, HfAgent *row)
{
    row->flags &= ~(uint32_t)HF_AGENT_CHANGED;
    hf_agent__forget_pending(row);
    row->seen = allocator->eligible_base + allocator->eligible.count;
    row->quota_seen = allocator->quota_epoch;
}

/* What a visit without an offer leaves. */
static inline void pass_by(HfAllocator *allocator, HfAgent *row, uint32_t tries)
{
    allocator->counters.agents_visited++;
    allocator->counters.frameworks_tried += tries;
    has_seen_all(allocator, row);
}

/* Runs over all agents do not look at it any more, until something happens to it. Not if it has
 * seen more than these, as one that an event brought up may have. */
static void join_barren(HfAllocator *allocator, uint32_t agent)
{
    const HfAgent *row = &allocator->agents.at[agent];
    hf_allocator__agent_touch(allocator, agent);
    if (row->seen != allocator->run_seen || row->quota_seen != allocator->run_quota_seen) return;
    hf_bit_set(allocator->barren_bits, row->rank, 1);
    allocator->has_barren = TRUE;
}

/* Count the visits that a run over all that is idle need not make, to agents that are barren
 * already: each tries those that became eligible since the last such run, or everybody. */
static void pass_all_barren(HfAllocator *allocator, uint32_t count)
{
    gboolean are_few =
        tries_since(allocator, allocator->run_seen, allocator->run_quota_seen, NULL, 0);
    uint64_t tries = are_few ? allocator->tries.count : allocator->active_subs;
    allocator->counters.agents_visited += count;
    allocator->counters.frameworks_tried += count * tries;
}

#ifdef HF_SLOW_ASSERTIONS
static gboolean are_barren(const HfAllocator *allocator, uint32_t w, uint64_t word)
{
    for (; word != 0; word &= word - 1) {
        uint32_t agent = allocator->by_name.at[w * 64 + (uint32_t)__builtin_ctzll(word)];
        const HfAgent *row = &allocator->agents.at[agent];
        if (!is_barren(row) || (row->flags & HF_AGENT_OFFERABLE) != HF_AGENT_OFFERABLE ||
            row->flags & HF_AGENT_CHANGED || hf_agent__is_pending(row))
            return FALSE;
    }
    return TRUE;
}
#endif

/* ---- Which agents ---- */

static gboolean is_visitable(const HfAllocator *allocator, uint32_t rank)
{
    return allocator->visit_bits[rank >> 6] >> (rank & 63) & 1;
}

static gboolean is_behind(const HfAllocator *allocator, const HfAgent *row)
{
    return row->seen < allocator->eligible_base + allocator->eligible.count ||
           row->quota_seen != allocator->quota_epoch;
}

/* Agents of one word of by_name. */
static void choose_word(HfAllocator *allocator, uint32_t w, uint64_t word)
{
    allocator->counters.words_scanned++;
    hf_vec_reserve(&allocator->visit, 64);
    const uint32_t *from = allocator->by_name.at + (size_t)w * 64;
    uint32_t *to = allocator->visit.at + allocator->visit.count;
    for (; word != 0; word &= word - 1) *to++ = from[__builtin_ctzll(word)];
    allocator->visit.count = (uint32_t)(to - allocator->visit.at);
}

/* Of agents that something happened to. */
static void choose_candidates(HfAllocator *allocator, gboolean visits_fully)
{
    HfAgent *agents = allocator->agents.at;
    for (uint32_t c = 0; c < allocator->candidates.count; c++) {
        HfAgent *row = &agents[allocator->candidates.at[c]];
        uint32_t rank = row->rank;
        if (hf_allocator__is_barren(allocator, rank)) hf_allocator__barren_leave(allocator, row);
        gboolean idle = allocator->idle_bits[rank >> 6] >> (rank & 63) & 1;
        if (idle && (visits_fully || is_visitable(allocator, rank) || is_behind(allocator, row)))
            hf_vec_push(&allocator->visit, rank);
    }
    for (uint32_t i = 1; i < allocator->visit.count; i++) {
        uint32_t rank = allocator->visit.at[i], j = i;
        for (; j > 0 && allocator->visit.at[j - 1] > rank; j--)
            allocator->visit.at[j] = allocator->visit.at[j - 1];
        allocator->visit.at[j] = rank;
    }
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        allocator->visit.at[i] = allocator->by_name.at[allocator->visit.at[i]];
}

/* All that are idle, but those that are known to be barren; returns how many these are. */
static uint32_t choose_idle(HfAllocator *allocator)
{
    uint32_t barren = 0;
    for (uint32_t w = 0; w * 64 < allocator->by_name.count; w++) {
        uint64_t rest = allocator->barren_bits[w] &= ~allocator->visit_bits[w];
        HF_SLOW_ASSERT(are_barren(allocator, w, rest));
        if (rest != 0) barren += (uint32_t)__builtin_popcountll(rest);
        choose_word(allocator, w, allocator->idle_bits[w] & ~rest);
    }
    return barren;
}

static void choose_visitable(HfAllocator *allocator)
{
    for (uint32_t s = 0; s * 64 * 64 < allocator->by_name.count; s++)
        for (uint64_t sum = allocator->visit_words[s]; sum != 0; sum &= sum - 1) {
            uint32_t w = s * 64 + (uint32_t)__builtin_ctzll(sum);
            allocator->barren_bits[w] &= ~allocator->visit_bits[w];
            choose_word(allocator, w, allocator->visit_bits[w]);
        }
}

/* The agents of this run that can yield an offer, in byte order of their names. */
static void choose_visit(HfAllocator *allocator)
{
    hf_vec_reset(&allocator->visit);
    uint64_t end = allocator->eligible_base + allocator->eligible.count;
    gboolean visits_fully = allocator->visits_fully || hf_coarse__is_on(allocator);
    allocator->chose = HF_CHOSE_SOME;
    allocator->passes_barren = can_pass_barren(allocator);
    if (!allocator->passes_barren) hf_allocator__barren_end(allocator);
    if (!allocator->all_candidates) {
        choose_candidates(allocator, visits_fully);
        return;
    }
    if (visits_fully || allocator->run_seen < end ||
        allocator->run_quota_seen != allocator->quota_epoch) {
        uint32_t barren = choose_idle(allocator);
        if (barren > 0) pass_all_barren(allocator, barren);
        if (!allocator->has_barren) allocator->chose = HF_CHOSE_IDLE;
    } else {
        choose_visitable(allocator);
        allocator->chose = HF_CHOSE_VISITABLE;
    }
    allocator->run_seen = end;
    allocator->run_quota_seen = allocator->quota_epoch;
}

gboolean hf_allocator__visit_emptied(HfAllocator *allocator)
{
    if (allocator->chose == HF_CHOSE_SOME) return FALSE;
    if (allocator->chose == HF_CHOSE_IDLE)
        memset(allocator->idle_bits, 0, allocator->bit_words * sizeof *allocator->idle_bits);
    for (uint32_t s = 0; s * 64 * 64 < allocator->by_name.count; s++) {
        for (uint64_t sum = allocator->visit_words[s]; sum != 0; sum &= sum - 1) {
            uint32_t w = s * 64 + (uint32_t)__builtin_ctzll(sum);
            allocator->idle_bits[w] &= ~allocator->visit_bits[w];
            allocator->visit_bits[w] = 0;
        }
        allocator->visit_words[s] = 0;
    }
    return TRUE;
}

/* ---- A visit ---- */

/*
 * May the next run find something on an agent that this visit leaves? As a rule not: who refuses it
 * refuses any part of it. But shared volumes offered in this run come back by themselves, and where
 * several entries of one name are chopped, what is left after others were served may be what
 * somebody before them has not refused; only a visit without an offer settles such agents.
 */
static gboolean is_open_still(const HfAllocator *allocator, uint32_t agent, uint64_t gives_before)
{
    const HfAgent *row = &allocator->agents.at[agent];
    if (!(row->flags & (HF_AGENT_SHARED | HF_AGENT_ORDERED))) return FALSE;
    return allocator->gives != gives_before ||
           (row->flags & HF_AGENT_SHARED &&
            allocator->infos.at[agent].offered_run == allocator->run_number);
}

void hf_allocator__visit(HfAllocator *allocator, uint32_t agent)
{
    HfAgent *row = &allocator->agents.at[agent];
    uint64_t gives = allocator->gives;
    Visit visit = {.agent = agent};
    if (row->available != NULL && !(row->flags & HF_AGENT_SHARED) &&
        !(row->available->flags & HF_BUNDLE_SHAPE))
        hf_bundle__settle(allocator, &row->available);
    if (allocator->passes_barren && is_barren(row)) {
        pass_by(allocator, row,
                few_tries(allocator, row) ? allocator->tries.count : allocator->active_subs);
        join_barren(allocator, agent);
        return;
    }
    allocator->counters.agents_visited++;
    if (few_tries(allocator, row)) {
        for (uint32_t i = 0; i < allocator->tries.count && !is_done(allocator, &visit); i++)
            hf_offer__try(allocator, agent, allocator->tries.at[i]);
    } else {
        if (allocator->role_sort == HF_SORTER_RANDOM ||
            allocator->framework_sort == HF_SORTER_RANDOM)
            visit.key = key_of(allocator, agent);
        if (row->available != NULL && allocator->quota_roles.count > 0)
            visit.kinds = hf_allocator__quota_kinds(allocator, row->available);
        if (visit.kinds == 0 || (allocator->open_roles > 0 && visit.kinds & ~allocator->held_kinds))
            visit_fully(allocator, &visit);
    }
    has_seen_all(allocator, row);
    if (is_open_still(allocator, agent, gives)) row->flags |= HF_AGENT_CHANGED;
    hf_allocator__agent_visited(allocator, agent);
}

/* A visit to each agent in which a single sub wants offers. */
static void visit_for(HfAllocator *allocator, uint32_t sub)
{
    allocator->counters.agents_visited += hf_offer__try_each(allocator, sub);
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        uint32_t agent = allocator->visit.at[i];
        HfAgent *row = &allocator->agents.at[agent];
        has_seen_all(allocator, row);
        if (allocator->passes_barren && is_barren(row))
            join_barren(allocator, agent);
        else
            hf_allocator__agent_touch(allocator, agent);
    }
}

/* ---- Stage 1: guarantees ---- */

static void guarantee_role(HfAllocator *allocator, const Visit *visit, HfRoleId role)
{
    HfNode root = allocator->roles.at[role].frameworks;
    HfNode leaf = allocator->roles.at[role].leaf;
    const HfSorterNode *nodes = allocator->sorters.nodes.at;
    if (allocator->framework_sort == HF_SORTER_RANDOM) {
        HfNode drawn;
        hf_draw__begin(allocator, &allocator->framework_draw, root,
                       hf_order__mix(visit->key ^ leaf));
        while (hf_allocator__quota_lacks(allocator, role) && !is_done(allocator, visit) &&
               (drawn = hf_draw__next(&allocator->framework_draw)) != HF_NODE_NONE)
            if (hf_offer__try_guarantee(allocator, visit->agent, nodes[drawn].client) ==
                HF_TRIED_NOTHING)
                break;
        return;
    }
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, root);
    for (uint32_t i = 0; i < group->order.count; i++) {
        uint32_t sub = nodes[group->order.at[i]].client;
        if (is_done(allocator, visit) || !hf_allocator__quota_lacks(allocator, role)) break;
        if (hf_offer__try_guarantee(allocator, visit->agent, sub) == HF_TRIED_NOTHING) break;
    }
}

/* The roles with an unmet guarantee below a node, in the order of the role sorter, into `unmet`. */
static void list_unmet(HfAllocator *allocator, HfNode internal)
{
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        const HfSorterNode *row = &allocator->sorters.nodes.at[group->order.at[i]];
        if (row->kind == HF_NODE_INTERNAL)
            list_unmet(allocator, group->order.at[i]);
        else if (hf_allocator__quota_lacks(allocator, row->client))
            hf_line__insert(&allocator->unmet, allocator->unmet.count, row->client);
    }
}

/* A role of the list was served: it leaves it, or goes to where its share puts it now. */
static void resettle_unmet(HfAllocator *allocator, HfRoleId role)
{
    HfLine *unmet = &allocator->unmet;
    uint32_t place = 0, from = 0, to = unmet->count - 1;
    while (unmet->at[place] != role) place++;
    if (!hf_allocator__quota_lacks(allocator, role)) {
        hf_line__remove(unmet, place);
        return;
    }
    HfNode leaf = allocator->roles.at[role].leaf;
    /* served once more than the others of its share: most often it goes to the end */
    if (place == to ||
        hf_sorter__is_before(&allocator->sorters, allocator->roles.at[unmet->at[to]].leaf, leaf)) {
        hf_line__move(unmet, place, to);
        return;
    }
    hf_line__remove(unmet, place);
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        HfNode other = allocator->roles.at[unmet->at[middle]].leaf;
        if (hf_sorter__is_before(&allocator->sorters, other, leaf))
            from = middle + 1;
        else
            to = middle;
    }
    hf_line__insert(unmet, from, role);
}

static gboolean is_unmet_leaf(const HfAllocator *allocator, HfNode leaf)
{
    return hf_allocator__quota_lacks(allocator, allocator->sorters.nodes.at[leaf].client);
}

/* Roles in random order: those whose guarantee is met now leave the draw, and `unmet`. */
static void guarantee_drawn(HfAllocator *allocator, const Visit *visit)
{
    HfDraw *draw = &allocator->unmet_draw;
    HfNode leaf;
    hf_vec_reset(&allocator->served);
    hf_draw__again(draw, visit->key);
    while (!is_done(allocator, visit) && (leaf = hf_draw__next(draw)) != HF_NODE_NONE) {
        guarantee_role(allocator, visit, allocator->sorters.nodes.at[leaf].client);
        if (!is_unmet_leaf(allocator, leaf)) hf_vec_push(&allocator->served, leaf);
    }
    for (uint32_t i = 0; i < allocator->served.count; i++)
        hf_draw__drop(draw, allocator->served.at[i]);
}

/* An agent all of which stage 1 gave away needs no visit in stage 2; FALSE when it may. */
static inline gboolean is_served(HfAllocator *allocator, uint32_t agent)
{
    HfAgent *row = &allocator->agents.at[agent];
    if (row->available != NULL || row->flags & (HF_AGENT_SHARED | HF_AGENT_ORDERED)) return FALSE;
    pass_by(allocator, row, 0);
    hf_allocator__agent_visited(allocator, agent);
    return TRUE;
}

/* Agents from place `next` on, and those that were kept before, are for stage 2. */
static void end_guarantees(HfAllocator *allocator, uint32_t kept, uint32_t next)
{
    uint32_t *at = allocator->visit.at, left = allocator->visit.count - next;
    if (kept < next) memmove(at + kept, at + next, left * sizeof *at);
    allocator->visit.count = kept + left;
}

static void guarantee_agent(HfAllocator *allocator, uint32_t agent)
{
    Visit visit = {.agent = agent};
    visit.key = key_of(allocator, agent) + 1; /* frameworks may be drawn */
    /* the order of the list is that of the roles before this agent; who was served moves after it
     */
    hf_vec_reset(&allocator->served);
    for (uint32_t i = 0; i < allocator->unmet.count && !is_done(allocator, &visit); i++) {
        uint64_t offers = allocator->counters.offers;
        guarantee_role(allocator, &visit, allocator->unmet.at[i]);
        if (allocator->counters.offers != offers)
            hf_vec_push(&allocator->served, allocator->unmet.at[i]);
    }
    for (uint32_t i = 0; i < allocator->served.count; i++)
        resettle_unmet(allocator, allocator->served.at[i]);
}

static void run_drawn_guarantees(HfAllocator *allocator)
{
    HfDraw *draw = &allocator->unmet_draw;
    hf_draw__look_up(allocator, &allocator->role_draw, allocator->role_root);
    hf_draw__choose(allocator, draw, &allocator->role_draw, is_unmet_leaf);
    if (draw->clients.count > 0) hf_order__visit(allocator, 0);
    uint32_t i = 0, kept = 0;
    for (; i < allocator->visit.count && draw->clients.count > 0; i++) {
        Visit visit = {.agent = allocator->visit.at[i]};
        visit.key = key_of(allocator, visit.agent) + 1;
        guarantee_drawn(allocator, &visit);
        if (!is_served(allocator, visit.agent)) allocator->visit.at[kept++] = visit.agent;
    }
    end_guarantees(allocator, kept, i);
}

static void run_guarantees(HfAllocator *allocator)
{
    if (allocator->role_sort == HF_SORTER_RANDOM) {
        run_drawn_guarantees(allocator);
        return;
    }
    hf_line__reset(&allocator->unmet);
    list_unmet(allocator, allocator->role_root);
    if (allocator->unmet.count == 0) return;
    hf_order__visit(allocator, 0);
    uint32_t i = 0, kept = 0;
    for (; i < allocator->visit.count && allocator->unmet.count > 0; i++) {
        uint32_t agent = allocator->visit.at[i];
        hf_order__fetch_visit(allocator->agents.at, &allocator->visit.at[i]);
        guarantee_agent(allocator, agent);
        if (!is_served(allocator, agent)) allocator->visit.at[kept++] = agent;
    }
    end_guarantees(allocator, kept, i);
}

/* ---- Quota by whole agents ---- */

/* Guarantees, then fair share, over the same agents in one order. What is left for everybody can
 * come back anywhere, so agents stay to be visited. */
static void run_coarse(HfAllocator *allocator)
{
    hf_order__visit(allocator, 1);
    hf_coarse__begin(allocator);
    for (int stage = STAGE_COARSE_GUARANTEES; stage <= STAGE_COARSE_FAIR_SHARE; stage++) {
        if (stage == STAGE_COARSE_FAIR_SHARE) hf_coarse__begin_fair_share(allocator);
        for (uint32_t i = 0; i < allocator->visit.count; i++) {
            Visit visit = {.agent = allocator->visit.at[i]};
            visit.stage = stage;
            visit.key = key_of(allocator, visit.agent) + (stage == STAGE_COARSE_GUARANTEES);
            if (!is_done(allocator, &visit)) visit_fully(allocator, &visit);
        }
    }
    allocator->counters.agents_visited += allocator->visit.count;
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        hf_allocator__agent_changed(allocator, allocator->visit.at[i]);
}

/* ---- Runs ---- */

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

static gboolean has_active_subs(const HfAllocator *allocator, HfRoleId role)
{
    const HfSorters *sorters = &allocator->sorters;
    HfNode frameworks = allocator->roles.at[role].frameworks;
    return frameworks != HF_NODE_NONE &&
           sorters->groups.at[sorters->nodes.at[frameworks].group].order.count > 0;
}

/* The leaf of the only role in which anybody wants offers: the others need not be compared with it.
 * None when there are several, or a policy may tell clients apart by more than their order. */
static HfNode sole_role(HfAllocator *allocator)
{
    if (allocator->active_roles != 1 || allocator->visits_fully) return HF_NODE_NONE;
    if (allocator->role_clients != 1 && !allocator->may_lag) return HF_NODE_NONE;
    HfRoleId role = allocator->active_role;
    if (!has_active_subs(allocator, role))
        for (role = 0; !has_active_subs(allocator, role); role++)
            HF_ASSERT(role + 1 < allocator->roles.count);
    allocator->active_role = role;
    return allocator->roles.at[role].leaf;
}

/* The only sub that wants offers, or none. */
static uint32_t sole_sub(HfAllocator *allocator)
{
    if (allocator->active_subs != 1 || allocator->sole_role == HF_NODE_NONE ||
        allocator->quota_roles.count > 0)
        return HF_ROW_NONE;
    HfNode frameworks = allocator->roles.at[allocator->active_role].frameworks;
    HfNode leaf = hf_sorters__group_of(&allocator->sorters, frameworks)->order.at[0];
    return allocator->sorters.nodes.at[leaf].client;
}

/* Each agent of the visit gives one offer at most, to the same framework. */
static void list_directly(HfAllocator *allocator, HfOfferList *out)
{
    out->is_for_one = out->offers.count == 0;
    hf_vec_reserve(&out->offers, allocator->visit.count);
    allocator->direct = out;
}

static void make_offers(HfAllocator *allocator, HfOfferList *out)
{
    if (allocator->sorters.unweighted.count > 0 && has_offerable(allocator))
        hf_sorters__look_up_weights(&allocator->sorters);
    if (allocator->active_subs == 0) return;
    hf_allocator__ranks(allocator);
    allocator->sole_role = sole_role(allocator);
    allocator->compares_roles = allocator->sole_role == HF_NODE_NONE;
    if (allocator->compares_roles) hf_allocator__book_roles(allocator);
    if (hf_coarse__is_on(allocator)) {
        choose_visit(allocator);
        run_coarse(allocator);
        hf_offer__write(allocator, out);
        return;
    }
    hf_allocator__quota_begin(allocator);
    choose_visit(allocator);
    if (allocator->offer_scope == HF_OFFER_SCOPE_CELL) {
        hf_order__visit(allocator, 1);
        list_directly(allocator, out);
        if (allocator->visit.count > 0) hf_allocator__run_cell(allocator);
    } else {
        if (allocator->required_kinds > 0) {
            run_guarantees(allocator);
            if (allocator->required_kinds == 0) {
                /* nothing is held back any more, from agents that were left alone as well */
                allocator->quota_epoch++;
                choose_visit(allocator);
            }
        }
        hf_order__visit(allocator, 1);
        uint32_t sole = sole_sub(allocator);
        if (sole != HF_ROW_NONE) {
            list_directly(allocator, out);
            visit_for(allocator, sole);
        } else {
            for (uint32_t i = 0; i < allocator->visit.count; i++) {
                hf_order__fetch_visit(allocator->agents.at, &allocator->visit.at[i]);
                hf_allocator__visit(allocator, allocator->visit.at[i]);
            }
        }
    }
    hf_allocator__quota_end(allocator);
    hf_offer__write(allocator, out);
}

static void run(HfAllocator *allocator, HfOfferList *out)
{
    allocator->counters.runs++;
    allocator->run_number++;
    make_offers(allocator, out);
    allocator->compares_roles = FALSE;
    allocator->direct = NULL;
    hf_allocator__inverse_offers(allocator, out);
    clear_candidates(allocator);
}

static void expire(HfAllocator *allocator, HfTime now, uint64_t armed)
{
    hf_filters__expire(allocator, now, armed);
    if (allocator->inverse_filters > 0) hf_allocator__inverse_expire(allocator, now, armed);
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
    /* in early eras a filter is asked whether its time is over, whichever timer comes first */
    expire(allocator, now, allocator->filter_min > 0 ? allocator->filters.batch_armed : UINT64_MAX);
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
