/*
 * What the files of the allocator share: its rows, and the few functions between them.
 *
 * A "sub" is one framework under one role: it subscribes to the role, or still holds something
 * under it. Filters, suppression, minimum and place in the role's framework sorter belong to it.
 *
 * Which agents a run visits (cost follows change). An agent is visited when something can have come
 * to pass that makes an offer possible, and only those subs are tried that this something concerns:
 *   - is_changed: what is available grew or changed: every sub;
 *   - pending: filters of these subs on this agent ended: these subs;
 *   - the log `eligible`: these subs became eligible everywhere since the agent was last visited.
 * A visit that ends leaves the agent with none of these. That is exact because, quota aside, a sub
 * that was refused stays refused while the available resources only shrink: minimum, capability and
 * "the refused contain the offered" are all monotone. With quota, room can come back elsewhere;
 * run.c notices and then treats every agent as changed.
 *
 * Two shortcuts count such visits without making them. A barren agent, of which too little is left
 * for everybody, is not looked at by a run over all agents, and counts as visited by it
 * (barren_bits). And where one sub alone wants offers, in scope agent, it is tried on the changed
 * agents of the visit in one pass (hf_offer__try_each); those that it leaves with nothing stay
 * changed. hf_allocator_full_visits() switches all of this off; a test compares.
 *
 * Invariants: available = total - all grants (clipped), per agent; every grant that is counted
 * stands in its sub's leaf, and in its role's leaf, the ancestors of that and the role's used
 * amounts, or in `lag` for these. While a list of offers is made or comes back, what it adds to or
 * takes from all of these may stand in an HfGathered instead, for one sub; until that is accounted
 * for, no order is asked for that it could change.
 */
#ifndef HF_ALLOCATOR_ALLOCATOR_INTERNAL_H
#define HF_ALLOCATOR_ALLOCATOR_INTERNAL_H

#include "allocator/draw_internal.h"
#include "allocator/policy_internal.h"
#include "allocator/rows_internal.h"
#include "base/map64.h"

struct HfAllocator {
    HfCatalog *catalog;
    HfTime interval;
    HfAgentOrder agent_order;
    HfOfferScope offer_scope;
    const HfPolicyOps *policy;
    gboolean filters_gpus;
    gboolean counts_reserved; /* in shares of roles (HF_RULE_RESERVED_IN_ROLE_SHARE) */
    HfTime filter_min;        /* no filter is shorter */
    HfSorterKind role_sort, framework_sort;
    HfQuantities *min;
    uint32_t min_count;
    char *region;
    uint64_t order_key; /* drawn at _new: shuffles and random sorters derive from it */
    uint64_t run_number;
    uint64_t gives; /* times that an offer was made or added to */
    gboolean is_paused, wants_run, all_candidates, visits_fully;
    gboolean has_own_minima; /* some sub has, or had */
    gboolean passes_barren;  /* this run leaves agents alone that have too little for everybody */

    struct {
        HfAgent *at; /* aligned to a cache line, inside `block` */
        char *block;
        uint32_t count, room;
    } agents;                       /* by host row */
    HF_VEC(HfAgentInfo) infos;      /* by host row */
    HF_VEC(HfFramework) frameworks; /* by host row */
    HF_VEC(HfSub) subs;
    HF_VEC(uint32_t) vacant_subs;
    HF_VEC(HfRoleState) roles; /* by role id */
    HF_VEC(double) weights;    /* by role id */
    HfSorters sorters;
    HfNode role_root;
    uint32_t active_subs;  /* active leaves of framework sorters */
    uint32_t active_roles; /* roles that have some */
    HfRoleId active_role;  /* the one of them that got one last; it may have none any more */
    uint32_t overdrawn;    /* agents of which more may count as held than they have: that are
                              exceeded, or have shared volumes, which count for each role */
    uint32_t agent_count;

    /* Amounts by role and kind, each with its subtree: [role][HF_ROLE_AMOUNTS][stride]. */
    int64_t *amounts;
    uint32_t amount_roles, amount_stride;

    int64_t *root_reserved, *root_used_reserved; /* [stride] over all roles */
    gboolean may_lag;        /* the policy compares roles by their order alone */
    gboolean compares_roles; /* a run does, after each offer */
    HfRoleLag lag;

    /* Quota. Epochs count the times that room may have come back to somebody. */
    HF_VEC(HfRoleId) quota_roles;
    uint32_t quota_epoch, run_quota_seen;
    gboolean quota_has_eased;   /* since the last run */
    gboolean quota_has_drifted; /* this run's account is not what the next one would count */
    gboolean quota_is_counted;  /* nothing was accounted for since it was counted */
    uint64_t pool_kinds;        /* kinds there are; 0 = too many to know what is closed */
    uint64_t held_kinds;        /* kinds of which all that is free is held back */
    uint32_t open_roles;        /* clients of the role sorter that are not closed */
    uint32_t role_clients;
    int64_t *required, *headroom; /* [amount_stride] of this run */
    int64_t *surplus_after;  /* [amount_stride] headroom - required, >= 0, after the last run */
    uint32_t required_kinds; /* of which something is required */
    gboolean was_required;   /* something was, after the last run */
    HF_VEC(HfGain) gains;    /* of the offer at hand */
    HfMap64 left_places;     /* quota_coarse.c: of a kind, reserved or revocable, in `left` */
    HF_VEC(int64_t) left;    /* what nobody holds of the cluster, in this run */

    /* Operator's lists. */
    GHashTable *whitelist;       /* of hostnames; NULL = everyone */
    HF_VEC(uint32_t) maintained; /* agents */
    uint32_t inverse_filters;    /* on all of them */

    /* Recovery. */
    HfTime recovery_timeout, recovery_ends; /* HF_TIME_NEVER = no timer */
    uint64_t recovery_armed;
    double agent_recovery_factor;
    uint32_t expected_agents; /* meaningless unless is_recovering */
    gboolean is_recovering;   /* that many agents, once there, end a pause (Mesos: any pause) */

    uint32_t quirks; /* HF_QUIRK_* */
    HfEra era;

    /* Agents by rank, and bit sets over ranks: something free; something free and to be visited. */
    HF_VEC(uint32_t) by_name;
    gboolean ranks_are_stale;
    uint64_t *idle_bits, *visit_bits;
    uint64_t *visit_words; /* which words of visit_bits are not 0, as bits */
    /* Idle ones that runs over all agents pass by unseen, since all that is there is too little for
     * everybody: each counts as seen as far as run_seen and run_quota_seen, whatever its row says.
     * One that is also to be visited is none any more. */
    uint64_t *barren_bits;
    gboolean has_barren; /* there may be some */
    uint32_t bit_words;  /* room, a multiple of 64 */
    HF_VEC(uint32_t) candidates;
    HF_VEC(uint32_t) eligible; /* log of subs that became eligible everywhere */
    uint64_t eligible_base;    /* position of eligible.at[0] */
    uint64_t run_seen;         /* position up to which a run over all agents went */

    HfFilters filters;
    HfAllocatorCounters counters;

    HfAlike alike[HF_ALIKE_TOTALS];
    uint32_t alike_last; /* the one asked for last */
    HfAlikeHolding alike_holding;

    HfBundle *vacant_bundles;
    HF_VEC(HfBundle *) bundle_blocks;
    HfBundleStep steps[HF_BUNDLE_STEPS];
    HfBundleOf named[HF_BUNDLES_NAMED];
    struct {
        uint32_t hash, number; /* number UINT32_MAX = vacant */
    } * shapes;                /* by hash, open addressing; [shape_room], a power of two */
    uint32_t shape_room, shape_count;
    const HfBundle *checked_refused, *checked_bundle; /* the last pair compared, and the result */
    gboolean checked_covers;
    HfBooked booked[HF_BOOKED]; /* by HfBundle.number */
    uint32_t filter_next;       /* where the search for a filter begins, among those of the agent */

    /* Scratch of a run. */
    HF_VEC(uint32_t) visit;
    enum { HF_CHOSE_SOME, HF_CHOSE_IDLE, HF_CHOSE_VISITABLE } chose; /* for it: those of a set */
    HF_VEC(uint64_t) visit_keys;
    HF_VEC(uint32_t) visit_buckets; /* of sorting them */
    HF_VEC(uint32_t) tries;
    HfNode sole_role; /* leaf of the only role with active subs; HF_NODE_NONE = there are several */
    HfOfferList *direct; /* the host's list, if all offers of this run go to one framework, which
                            has room for them; else NULL */
    HfDraw role_draw, framework_draw; /* of random sorters */
    HfDraw unmet_draw;                /* ... among roles with an unmet guarantee */
    HF_VEC(HfPending) offers;         /* of this run, in order of making */
    HF_VEC(HfPending) grouped;        /* in the order of the list, where that is another */
    HF_VEC(uint32_t)
    places; /* [framework] between runs 0; then how many offers it has, and where
               in the list its next one goes */
    HF_VEC(uint32_t) served_frameworks; /* in order of their first offers */
    HfMap64 owed;                       /* (agent, sub) to place among `offers`: of stage 1 */
    HfLine unmet;                       /* roles with an unmet guarantee, in order */
    HF_VEC(HfRoleId) served;            /* of those, by the agent at hand */
    HfResources offer, rest, extra;
    HF_VEC(HfQuantity) mine, role_part; /* amounts of one grant */
};

enum {
    HF_ROLE_RESERVED, /* by reservation role, held or not */
    HF_ROLE_USED,     /* unreserved non-revocable, offered or launched, by allocation role */
    HF_ROLE_CONSUMED, /* of a role with quota: this run's account of it */
    HF_ROLE_AMOUNTS
};

static inline HfBundle *hf_bundle__numbered(const HfAllocator *allocator, uint32_t number)
{
    return allocator->bundle_blocks.at[number / HF_BUNDLE_BLOCK] + number % HF_BUNDLE_BLOCK;
}
static inline HfBundle *hf_grant__bundle(const HfAllocator *allocator, const HfGrant *grant)
{
    return hf_bundle__numbered(allocator, grant->bundle);
}
static inline HfBundleStep *hf_bundle__step(HfAllocator *allocator, const HfBundle *from,
                                            const HfBundle *by, int sign)
{
    uint32_t place = (from->number * 31 + by->number) * 2 + (sign > 0);
    return &allocator->steps[place % HF_BUNDLE_STEPS];
}
static inline HfBundleOf *hf_bundle__named(HfAllocator *allocator, const HfParcel *parcel)
{
    return &allocator->named[hf_parcel_number(parcel) % HF_BUNDLES_NAMED];
}
static inline HfBundle *hf_bundle__of(HfAllocator *allocator, const HfResources *resources,
                                      HfParcel *parcel)
{
    if (parcel != NULL) {
        const HfBundleOf *named = hf_bundle__named(allocator, parcel);
        if (G_LIKELY(named->parcel == parcel)) return hf_bundle__ref(named->bundle);
    }
    return hf_bundle__find_of(allocator, resources, parcel);
}
static inline gboolean hf_bundle__holds(HfAllocator *allocator, const HfBundle *bundle,
                                        const HfBundle *part)
{
    const HfBundleStep *step = hf_bundle__step(allocator, bundle, part, -1);
    return (step->from == bundle && step->by == part) ||
           hf_resources_contains(allocator->catalog, &bundle->resources, &part->resources);
}

/* ---- allocator.c ---- */
/* Of a row that is known, else NULL. */
static inline HfAgent *hf_allocator__agent(const HfAllocator *allocator, uint32_t agent)
{
    if (agent >= allocator->agents.count) return NULL;
    HfAgent *row = &allocator->agents.at[agent];
    return row->flags & HF_AGENT_KNOWN ? row : NULL;
}
static inline HfFramework *hf_allocator__framework(const HfAllocator *allocator, uint32_t framework)
{
    if (framework >= allocator->frameworks.count) return NULL;
    HfFramework *row = &allocator->frameworks.at[framework];
    return row->is_known ? row : NULL;
}
/* The framework under this role; HF_ROW_NONE when there is no such sub. */
static inline uint32_t hf_allocator__sub(const HfAllocator *allocator, uint32_t framework,
                                         HfRoleId role)
{
    if (framework >= allocator->frameworks.count) return HF_ROW_NONE;
    const HfFramework *row = &allocator->frameworks.at[framework];
    for (uint32_t i = 0; i < row->subs.count; i++)
        if (allocator->subs.at[row->subs.at[i]].role == role) return row->subs.at[i];
    return HF_ROW_NONE;
}
/* Without a branch: `on` is 0 or 1, as good as random. */
static inline void hf_bit_set(uint64_t *bits, uint32_t rank, uint64_t on)
{
    uint64_t *word = &bits[rank >> 6];
    *word = (*word & ~(UINT64_C(1) << (rank & 63))) | on << (rank & 63);
}
/* The agent is barren no more, and its row says what it has seen. The same of all: before ranks
 * change, or when a run may not pass them by. */
void hf_allocator__barren_leave(HfAllocator *allocator, HfAgent *row);
void hf_allocator__barren_end(HfAllocator *allocator);
static inline gboolean hf_allocator__is_barren(const HfAllocator *allocator, uint32_t rank)
{
    return allocator->barren_bits[rank >> 6] >> (rank & 63) & 1;
}
/* The agent's part in the bit sets follows its flags and what is available. */
void hf_allocator__agent_touch(HfAllocator *allocator, uint32_t agent);
/* The same of one that a visit left with nothing. */
static inline void hf_allocator__agent_emptied(HfAllocator *allocator, const HfAgent *row)
{
    uint32_t word = row->rank >> 6; /* ranks are fresh in a run */
    uint64_t others = ~(UINT64_C(1) << (row->rank & 63));
    allocator->idle_bits[word] &= others;
    if ((allocator->visit_bits[word] &= others) == 0) hf_bit_set(allocator->visit_words, word, 0);
}
/* The same after a visit, which leaves most agents with nothing. */
static inline void hf_allocator__agent_visited(HfAllocator *allocator, uint32_t agent)
{
    const HfAgent *row = &allocator->agents.at[agent];
    if (row->available == NULL)
        hf_allocator__agent_emptied(allocator, row);
    else
        hf_allocator__agent_touch(allocator, agent);
}
/* The same of one that something came back to, while ranks are fresh: it may be offered, and is to
 * be visited. */
static inline void hf_allocator__agent_filled(HfAllocator *allocator, const HfAgent *row)
{
    uint32_t word = row->rank >> 6;
    uint64_t bit = UINT64_C(1) << (row->rank & 63);
    allocator->idle_bits[word] |= bit;
    if (allocator->visit_bits[word] == 0) hf_bit_set(allocator->visit_words, word, 1);
    allocator->visit_bits[word] |= bit;
}
#define HF_AGENT_OFFERABLE ((uint32_t)(HF_AGENT_KNOWN | HF_AGENT_ACTIVE | HF_AGENT_WHITELISTED))
/* Every sub may get something on this agent. */
static inline void hf_allocator__agent_changed(HfAllocator *allocator, uint32_t agent)
{
    HfAgent *row = &allocator->agents.at[agent];
    row->flags |= HF_AGENT_CHANGED;
    hf_agent__forget_pending(row);
    if (G_UNLIKELY(row->available == NULL ||
                   (row->flags & HF_AGENT_OFFERABLE) != HF_AGENT_OFFERABLE ||
                   allocator->ranks_are_stale))
        hf_allocator__agent_touch(allocator, agent);
    else
        hf_allocator__agent_filled(allocator, row);
}
void hf_allocator__ranks(HfAllocator *allocator);
/* A new agent: it is put behind the others if that is its place. */
void hf_allocator__rank_new(HfAllocator *allocator, uint32_t agent);
/* A sub became eligible everywhere. */
void hf_allocator__sub_eligible(HfAllocator *allocator, uint32_t sub);
void hf_allocator__trigger_all(HfAllocator *allocator);
void hf_allocator__trigger(HfAllocator *allocator, uint32_t agent);

/* ---- order.c ---- */
#define HF_AHEAD      16 /* how many rows before they are needed memory is asked for */
#define HF_VISIT_TAIL 32 /* ... and rows themselves */
/* A random permutation of 64-bit words. */
static inline uint64_t hf_order__mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}
/* Put `visit` into the order of this run, of stage 0 or 1: the configured one, then the policy's.
 * HF_VISIT_TAIL agents stand behind its end then, any of it, for those who look ahead. */
void hf_order__visit(HfAllocator *allocator, uint64_t stage);

/* ---- offer.c ---- */
typedef enum HfTried {
    HF_TRIED_OFFERED,
    HF_TRIED_REFUSED,
    HF_TRIED_NOTHING /* there is nothing here for this role */
} HfTried;
/* Start loading rows of visits well after the one at this place of the visit, and what those that
 * come sooner will read of theirs. */
static inline __attribute__((always_inline)) void hf_order__fetch_visit(const HfAgent *agents,
                                                                        const uint32_t *at)
{
    __builtin_prefetch(&agents[at[HF_VISIT_TAIL]], 1);
    __builtin_prefetch((const char *)&agents[at[HF_VISIT_TAIL]] + 64, 1);
    const HfAgent *row = &agents[at[HF_AHEAD]];
    __builtin_prefetch(row->available);
    __builtin_prefetch((const char *)row->available + 64);
    if (row->flags & HF_AGENT_FILTERED && row->filters.room != 0)
        __builtin_prefetch(row->filters.heap);
}
/* The same where the first line of both is enough, but for agents with filters. */
static inline __attribute__((always_inline)) void hf_order__fetch_given(const HfAgent *agents,
                                                                        const uint32_t *at)
{
    __builtin_prefetch(&agents[at[HF_VISIT_TAIL]], 1);
    const HfAgent *row = &agents[at[HF_AHEAD]];
    __builtin_prefetch(row->available);
    if (row->flags & HF_AGENT_FILTERED) __builtin_prefetch((const char *)row + 64);
}
/* Offer a sub what stage 2 allows of an agent that has something available. */
HfTried hf_offer__try(HfAllocator *allocator, uint32_t agent, uint32_t sub);
/* The same of each agent of the visit, in scope agent for the only sub there is. Those that it
 * leaves with nothing leave the visit, to be visited again when something comes back; so do, in
 * scope agent, those that are visited by themselves. Returns on how many others it was tried. */
uint32_t hf_offer__try_each(HfAllocator *allocator, uint32_t sub);
/* The same in stage 1, to a sub of a role whose guarantee still lacks something. */
HfTried hf_offer__try_guarantee(HfAllocator *allocator, uint32_t agent, uint32_t sub);
/* Quota by whole agents: all of it that the stage gives, or nothing. */
HfTried hf_offer__try_coarse(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                             gboolean is_guaranteed);
/* Append the offers of this run to the host's list. */
void hf_offer__write(HfAllocator *allocator, HfOfferList *out);

/* ---- run_cell.c ---- */
/* A run over allocator->visit in scope cell. */
void hf_allocator__run_cell(HfAllocator *allocator);

/* ---- run.c ---- */
/* Of the agents that this run chose to visit none has anything left: the bit sets follow. FALSE,
 * and nothing done, when they were none of the sets. */
gboolean hf_allocator__visit_emptied(HfAllocator *allocator);
/* Try all that may get something on this agent, in order. */
void hf_allocator__visit(HfAllocator *allocator, uint32_t agent);
void hf_allocator__resume_if_due(HfAllocator *allocator, HfTime now, uint64_t armed);

/* ---- agent.c ---- */
void hf_allocator__agent_clear(HfAllocator *allocator, uint32_t agent);
/* available = total - grants; shared volumes are always there once */
void hf_allocator__agent_recompute(HfAllocator *allocator, uint32_t agent);
/* The same, with the flags that follow the total and what is granted beyond it. */
void hf_allocator__agent_renew(HfAllocator *allocator, uint32_t agent);
/* A grant that was dropped or changed leaves this to the agent; the first: to one of which nothing
 * is kept by steps. */
void hf_allocator__agent_gain_anew(HfAllocator *allocator, uint32_t agent, HfBundle *back);
static inline void hf_allocator__agent_gain(HfAllocator *allocator, uint32_t agent, HfBundle *back)
{
    HfAgent *row = &allocator->agents.at[agent];
    if (G_UNLIKELY(row->flags & HF_AGENT_RECOMPUTE))
        hf_allocator__agent_gain_anew(allocator, agent, back);
    else if (row->available == NULL)
        row->available = hf_bundle__ref(back);
    else
        hf_bundle__gain(allocator, &row->available, back);
    hf_allocator__agent_changed(allocator, agent);
}
/*
 * What is held on an agent was converted, and its total became `total` (taken over) by the same
 * conversions: what is available stays as it is. Cost: that of the conversions, not of the total.
 * FALSE, and nothing done, for an agent whose available resources do not follow from steps.
 */
gboolean hf_allocator__convert_total(HfAllocator *allocator, uint32_t agent, HfResources *total,
                                     const HfConversions *conversions);
gboolean hf_allocator__update_total(HfAllocator *allocator, uint32_t agent,
                                    const HfResources *total);

/* ---- alike.c ---- */
/* What follows from a total. Valid until another total was asked for twice. Cost: that of comparing
 * it with the last ones, or of working it out. */
HfAlike *hf_alike__total(HfAllocator *allocator, const HfResources *total);
/* HfAlike.flags of a total. */
uint32_t hf_alike__flags(const HfCatalog *catalog, const HfResources *total);
/* Is `left` what is available on an agent with this total and the row's grants? */
gboolean hf_alike__left(const HfAllocator *allocator, const HfAlike *alike, const HfAgent *row);
/* Keep what was worked out for the row, where that follows from the grants alone. */
void hf_alike__keep_left(HfAllocator *allocator, HfAlike *alike, const HfAgent *row,
                         gboolean exceeds);
/* What an agent brings along, allocated to a role. Borrowed until the next call. */
const HfAlikeHolding *hf_alike__holding(HfAllocator *allocator, const HfResources *resources,
                                        HfRoleId role);
void hf_alike__clear(HfAllocator *allocator);

/* ---- framework.c ---- */
void hf_allocator__minimum_clear(HfSub *sub);

/* ---- grant.c ---- */
/* The agent's sum in Mesos's order, where one is kept: where the order shows now, and with sorted
 * agents always, since it may show later and is what was first made. */
void hf_allocator__kept_sum_change(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                   const HfResources *resources, int sign);
static inline gboolean hf_allocator__keeps_sum(const HfAllocator *allocator, const HfAgent *row)
{
    return G_UNLIKELY(allocator->agent_order == HF_AGENT_ORDER_SORTED ||
                      row->flags & HF_AGENT_ORDERED);
}
static inline void hf_allocator__sum_change(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                            const HfResources *resources, int sign)
{
    if (hf_allocator__keeps_sum(allocator, &allocator->agents.at[agent]))
        hf_allocator__kept_sum_change(allocator, agent, sub, resources, sign);
}
/* Take all of a grant out; its bundle, with the reference, is the caller's. */
HfBundle *hf_allocator__take_grant(HfAllocator *allocator, uint32_t agent, uint32_t grant);
/* Take and add bundles (NULL = nothing) without accounting; a grant without any is dropped. */
void hf_allocator__change_grant(HfAllocator *allocator, uint32_t agent, uint32_t grant,
                                HfBundle *less, HfBundle *more);
/* A grant of the sub that contains `resources` (no allocation role); its grants are merged when
 * none alone does. HF_ROW_NONE when it does not have them. `part`: their bundle, or NULL. */
uint32_t hf_allocator__find_grant(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                  const HfResources *resources, const HfBundle *part,
                                  HfGrantKind kind);
/* Amounts of the kinds that stand first in every row; NULL when the bundle has scalars of other
 * kinds. Ranges and sets do not count. Agents that are alike hand out one bundle again and again.
 */
const int64_t *hf_allocator__count_kinds(HfAllocator *allocator, const HfBundle *bundle);
static inline const int64_t *hf_allocator__first_kinds(HfAllocator *allocator,
                                                       const HfBundle *bundle)
{
    const HfBooked *booked = &allocator->booked[bundle->number % HF_BOOKED];
    return G_LIKELY(booked->bundle == bundle) ? booked->amounts
                                              : hf_allocator__count_kinds(allocator, bundle);
}
/* Add a bundle to what will be accounted for together; FALSE when it must be by itself. */
static inline gboolean hf_allocator__gather(HfAllocator *allocator, const HfBundle *bundle,
                                            HfGathered *gathered)
{
    if (G_UNLIKELY(bundle->flags & HF_BUNDLE_SPECIAL || allocator->sorters.has_pools)) return FALSE;
    const int64_t *amounts = hf_allocator__first_kinds(allocator, bundle);
    if (G_UNLIKELY(amounts == NULL)) return FALSE;
    gathered->count++;
    for (int k = 0; k < HF_KIND_PORTS; k++) gathered->amounts[k] += amounts[k];
    return TRUE;
}
/* Account for what was gathered, which becomes nothing. */
void hf_allocator__account_gathered(HfAllocator *allocator, uint32_t sub, HfGathered *gathered,
                                    int sign);
static inline void hf_amounts__sum(int64_t *row, const int64_t *amounts, int sign)
{
    if (sign > 0)
        for (int k = 0; k < HF_KIND_PORTS; k++) row[k] += amounts[k];
    else
        for (int k = 0; k < HF_KIND_PORTS; k++) row[k] -= amounts[k];
}
/* To or from a row that is never below 0. */
static inline void hf_amounts__add(int64_t *row, const int64_t *amounts, int sign)
{
    int64_t least = 0;
    hf_amounts__sum(row, amounts, sign);
    for (int k = 0; k < HF_KIND_PORTS; k++) least |= row[k];
    HF_ASSERT(least >= 0); /* the sign bit of any of them */
}
/*
 * Accounting of a counted grant: role amounts, role sorter, framework sorter. For shared volumes
 * the grants of the agent must include it. The second does the same of a bundle like the last ones,
 * for the same role as they, with little ado.
 */
void hf_allocator__account_anew(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                const HfBundle *bundle, int sign);
static inline __attribute__((always_inline)) void
hf_allocator__account(HfAllocator *allocator, uint32_t agent, uint32_t sub, const HfBundle *bundle,
                      int sign)
{
    HfRoleLag *lag = &allocator->lag;
    HfSorters *sorters = &allocator->sorters;
    const HfSub *of = &allocator->subs.at[sub];
    HfSorterNode *leaf = &sorters->nodes.at[of->leaf];
    const HfBooked *booked = &allocator->booked[bundle->number % HF_BOOKED];
    if (G_UNLIKELY(!lag->is_behind || lag->is_reserved || lag->role != of->role ||
                   booked->bundle != bundle || (bundle->flags & HF_BUNDLE_SPECIAL) ||
                   !leaf->is_dirty)) {
        hf_allocator__account_anew(allocator, agent, sub, bundle, sign);
        return;
    }
    HF_SLOW_ASSERT(!allocator->compares_roles && !sorters->has_pools);
    hf_amounts__add(sorters->alloc + (size_t)of->leaf * sorters->stride, booked->amounts, sign);
    leaf->count += sign > 0;
    allocator->quota_is_counted = FALSE;
    lag->made += sign > 0;
    hf_amounts__sum(lag->amounts, booked->amounts, sign);
}
/* A new grant, which takes over the reference to `bundle`. */
static inline void hf_allocator__grant(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                       HfBundle *bundle, gboolean is_counted)
{
    HF_ASSERT(sub <= INT32_MAX);
    hf_few_push(&allocator->agents.at[agent].grants, (HfGrant){bundle->number, sub, is_counted});
    hf_allocator__sum_change(allocator, agent, sub, &bundle->resources, 1);
    allocator->subs.at[sub].grants++;
    if (!is_counted) return;
    allocator->subs.at[sub].counted++;
    hf_allocator__account(allocator, agent, sub, bundle, 1);
}
/* Book what lags behind: before anybody reads or changes what a role was allocated or used. */
void hf_allocator__book_roles_now(HfAllocator *allocator);
static inline void hf_allocator__book_roles(HfAllocator *allocator)
{
    if (allocator->lag.is_behind) hf_allocator__book_roles_now(allocator);
}
/* Scalars as they count in shares of roles, and in the pool: all, or the unreserved ones alone;
 * added to `out`. */
void hf_allocator__role_share_of(const HfAllocator *allocator, const HfResources *resources,
                                 HfQuantities *out);
/* The first part of it alone: unreserved non-revocable scalars of the role, and reserved ones over
 * all roles. */
void hf_allocator__used_amounts(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                                const HfBundle *bundle, int sign);
/* A sub that neither subscribes nor holds anything that counts leaves the sorters, and is dropped
 * when nothing is left of it; TRUE = it did. */
gboolean hf_allocator__try_untrack_sub(HfAllocator *allocator, uint32_t sub);
/* Mesos's reading of Filters.refuse_seconds in an era; 0 = no filter. */
HfTime hf_allocator__refuse_time(HfEra era, double seconds);

/* ---- role.c ---- */
void hf_allocator__role_room_more(HfAllocator *allocator, HfRoleId role);
/* The tables have room for the role and for the kinds of the catalog. */
static inline void hf_allocator__role_room(HfAllocator *allocator, HfRoleId role)
{
    if (G_UNLIKELY(role >= allocator->roles.count || role >= allocator->amount_roles ||
                   allocator->catalog->kind_count > allocator->amount_stride ||
                   allocator->sorters.stride != allocator->amount_stride))
        hf_allocator__role_room_more(allocator, role);
}
static inline int64_t *hf_allocator__role_amounts(const HfAllocator *allocator, HfRoleId role,
                                                  int what)
{
    return allocator->amounts +
           ((size_t)role * HF_ROLE_AMOUNTS + (size_t)what) * allocator->amount_stride;
}
/* Add to a role and its ancestors. */
void hf_allocator__role_add(HfAllocator *allocator, HfRoleId role, int what, HfKindId kind,
                            int64_t milli);
static inline void hf_allocator__role_add_all(HfAllocator *allocator, HfRoleId role, int what,
                                              HfAmounts amounts, int sign)
{
    for (; role != HF_ROLE_NONE; role = hf_role_parent(allocator->catalog, role)) {
        int64_t *row = hf_allocator__role_amounts(allocator, role, what), least = 0;
        for (uint32_t i = 0; i < amounts.count; i++)
            least |= row[amounts.at[i].kind] += sign * amounts.at[i].milli;
        HF_ASSERT(least >= 0); /* the sign bit of any of them */
    }
}
/* Add or take the reservations of an agent's total. */
void hf_allocator__reservations(HfAllocator *allocator, const HfResources *total, int sign);
/* A sub of its own for (framework, role), in no sorter yet. */
uint32_t hf_allocator__sub_new(HfAllocator *allocator, uint32_t framework, HfRoleId role);
/* Into the sorters, inactive; a sub of a framework that is not known is in none. */
void hf_allocator__sub_track(HfAllocator *allocator, uint32_t sub);
void hf_allocator__sub_untrack(HfAllocator *allocator, uint32_t sub);
void hf_allocator__sub_activate(HfAllocator *allocator, uint32_t sub);
void hf_allocator__sub_deactivate(HfAllocator *allocator, uint32_t sub);
/* With its filters; it must hold nothing. */
void hf_allocator__sub_drop(HfAllocator *allocator, uint32_t sub);
/* Drop it if it is in no sorter, holds nothing and has no filter: as Mesos, filters made under a
 * role that the framework has left live until they end. */
void hf_allocator__sub_try_drop(HfAllocator *allocator, uint32_t sub);

/* ---- launched.c ---- */
/* Add to what is launched on an agent; `resources` carry allocation roles. */
void hf_launched__add(HfAllocator *allocator, uint32_t agent, const HfResources *resources);
/* Add all that is launched there to `sum`, of frameworks not added yet as well. */
void hf_launched__list(const HfAllocator *allocator, uint32_t agent, HfResources *sum);
/* What each role and its subtree have launched of what is neither reserved nor revocable:
 * [roles.count][kinds of the catalog], the caller's to free. Cost: O(agents). */
int64_t *hf_launched__of_roles(const HfAllocator *allocator);
void hf_launched__clear(HfAllocator *allocator, HfLaunched *launched);
/* Is all of this launched there? Then it may end, with the place that was found, if nothing else
 * ends or is launched in between. `is_early`: by a framework that is not added yet. */
gboolean hf_launched__is_in_sum(HfAllocator *allocator, const HfRecovery *recovery,
                                gboolean is_early);
void hf_launched__end_in_sum(HfAllocator *allocator, const HfRecovery *recovery, gboolean is_early);
/* Where its parcel stands apart; HF_ROW_NONE: it does not. */
static inline uint32_t hf_launched__place(const HfAllocator *allocator, const HfRecovery *recovery)
{
    const HfLaunched *launched = &allocator->infos.at[recovery->agent].launched;
    for (uint32_t p = 0; p < launched->count; p++)
        if (launched->apart[p] == recovery->parcel) return p;
    return HF_ROW_NONE;
}
static inline void hf_launched__end_apart(HfAllocator *allocator, uint32_t agent, uint32_t place)
{
    HfLaunched *launched = &allocator->infos.at[agent].launched;
    hf_parcel_drop(allocator->catalog, &launched->apart[place]);
    launched->apart[place] = launched->apart[--launched->count];
}
static inline gboolean hf_launched__find(HfAllocator *allocator, const HfRecovery *recovery,
                                         gboolean is_early, uint32_t *place_out)
{
    *place_out = HF_ROW_NONE;
    if (recovery->parcel != NULL && !is_early) *place_out = hf_launched__place(allocator, recovery);
    return *place_out != HF_ROW_NONE || hf_launched__is_in_sum(allocator, recovery, is_early);
}
static inline void hf_launched__end(HfAllocator *allocator, const HfRecovery *recovery,
                                    gboolean is_early, uint32_t place)
{
    if (place == HF_ROW_NONE)
        hf_launched__end_in_sum(allocator, recovery, is_early);
    else
        hf_launched__end_apart(allocator, recovery->agent, place);
}
/* Add resources of a role, which may lack it, to what is launched; `parcel`: theirs, or NULL. */
void hf_launched__begin_in_sum(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                               const HfResources *resources);
static inline void hf_launched__begin(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                                      const HfResources *resources, HfParcel *parcel)
{
    HfLaunched *launched = &allocator->infos.at[agent].launched;
    if (parcel == NULL || launched->count == HF_LAUNCHED_APART)
        hf_launched__begin_in_sum(allocator, agent, role, resources);
    else
        launched->apart[launched->count++] = hf_parcel_ref(parcel);
}

/* ---- quota.c ---- */
/* What quota is about: scalars that are neither reserved nor revocable. */
static inline gboolean hf_allocator__is_of_quota(const HfCatalog *catalog, const HfResource *entry)
{
    return hf_kind_type(catalog, entry->kind) == HF_TYPE_SCALAR &&
           !(hf_meta_info(catalog, entry->meta)->flags & (HF_META_RESERVED | HF_META_REVOCABLE));
}
/* What of the role's amounts became less: somebody may get more now. */
static inline void hf_allocator__quota_eased(HfAllocator *allocator, HfRoleId role)
{
    if (allocator->quota_roles.count == 0) return;
    if (allocator->roles.at[hf_role_top(allocator->catalog, role)].has_quota)
        allocator->quota_has_eased = TRUE;
}
void hf_allocator__quota_begin(HfAllocator *allocator);
void hf_allocator__quota_end(HfAllocator *allocator);
/* What the offer of allocator->gains to `role` changes in this run, of stage 1 or 2. */
void hf_allocator__quota_gain(HfAllocator *allocator, HfRoleId role, gboolean is_guarantee);
/* The gains of an offer that was put together; `owed` (part of `gained`) is empty in stage 2. */
void hf_allocator__quota_gains(HfAllocator *allocator, const HfQuantities *gained,
                               const HfQuantities *owed);
/* Does the role's guarantee lack anything in this run? */
static inline gboolean hf_allocator__quota_lacks(const HfAllocator *allocator, HfRoleId role)
{
    const HfQuantities *guarantees = &allocator->roles.at[role].guarantees;
    const HfQuantity *at = hf_quantities_entries(guarantees);
    const int64_t *consumed = hf_allocator__role_amounts(allocator, role, HF_ROLE_CONSUMED);
    for (uint32_t i = 0; i < guarantees->count; i++)
        if (consumed[at[i].kind] < at[i].milli) return TRUE;
    return FALSE;
}
/* What it lacks, and what its limits leave (both legal, replaced). */
void hf_allocator__quota_need(const HfAllocator *allocator, HfRoleId role, HfQuantities *need_out);
void hf_allocator__quota_room(const HfAllocator *allocator, HfRoleId role, HfLimits *room_out);
/* headroom = what nobody holds, neither reserved nor revocable, over the whole cluster. */
void hf_allocator__quota_headroom(HfAllocator *allocator);
/* The kinds of a bundle as bits, when it may be left alone if all of them are closed; else 0. */
#define HF_QUOTA_KINDS 64
uint64_t hf_allocator__quota_kinds(const HfAllocator *allocator, const HfBundle *bundle);
/*
 * May the role be given all of a plain bundle at once, in stage 1 (is_guarantee) or 2? Sets
 * allocator->gains. FALSE when something must be chopped, or nothing is owed, or it cannot tell so
 * easily.
 */
gboolean hf_allocator__quota_fits(HfAllocator *allocator, HfRoleId role, const HfBundle *bundle,
                                  gboolean is_guarantee);
/* surplus_out (legal, replaced) = headroom - required */
void hf_allocator__quota_surplus(const HfAllocator *allocator, HfQuantities *surplus_out);

/* ---- quota_coarse.c: quota by whole agents ---- */
static inline gboolean hf_coarse__is_on(const HfAllocator *allocator)
{
    HfEra era = allocator->era;
    if (allocator->quota_roles.count > 0) return !hf_era_has(era, HF_RULE_QUOTA_CHOPPING);
    /* without quota the bound shows only where agents are overdrawn */
    return G_UNLIKELY(allocator->overdrawn > 0) && hf_era_has(era, HF_RULE_QUOTA) &&
           !hf_era_has(era, HF_RULE_SHARE_BY_AGENT) &&
           allocator->offer_scope != HF_OFFER_SCOPE_CELL;
}
/* Count what roles with quota hold; then, after the guarantees, what is left for everybody. */
void hf_coarse__begin(HfAllocator *allocator);
void hf_coarse__begin_fair_share(HfAllocator *allocator);
/* May the role be given more on account of its guarantee? */
gboolean hf_coarse__is_open(const HfAllocator *allocator, HfRoleId role);
/* Of what a role may see of an agent, what this stage gives it; `part` is cut down to it. */
void hf_coarse__cut(HfAllocator *allocator, HfRoleId role, gboolean is_guaranteed,
                    HfResources *part);
/* Does what is left for everybody cover it? */
gboolean hf_coarse__fits(HfAllocator *allocator, const HfResources *offer);
/* It is offered. */
void hf_coarse__gain(HfAllocator *allocator, HfRoleId role, gboolean is_guaranteed,
                     const HfResources *offer);

/* ---- maintenance.c ---- */
void hf_allocator__maintenance_free(HfMaintenance *maintenance);
void hf_allocator__maintain(HfAllocator *allocator, uint32_t agent, gboolean is_set, HfTime start,
                            HfTime duration);
void hf_allocator__inverse_drop(HfAllocator *allocator, uint32_t framework, uint32_t agent);
/* How many filters the framework has. */
uint32_t hf_allocator__inverse_count(const HfAllocator *allocator, uint32_t framework);
void hf_allocator__inverse_expire(HfAllocator *allocator, HfTime now, uint64_t armed);
void hf_allocator__inverse_offers(HfAllocator *allocator, HfOfferList *out);

/* ---- filter.c ---- */
void hf_filters__init(HfFilters *filters);
void hf_filters__clear(HfFilters *filters);
/* Takes a reference to what was refused; timeout > 0. */
void hf_filters__add(HfAllocator *allocator, HfTime now, HfTime timeout, uint32_t agent,
                     uint32_t sub, HfBundle *refused);
/* Remove those that ended: before `now`, and at `now` as far as armed before `armed`. */
void hf_filters__expire(HfAllocator *allocator, HfTime now, uint64_t armed);
size_t hf_filters__memory(const HfFilters *filters);
void hf_filters__drop_sub(HfAllocator *allocator, uint32_t sub);
void hf_filters__drop_agent(HfAllocator *allocator, uint32_t agent);
static inline gboolean hf_filters__is_live(const HfAllocator *allocator, const HfFilterPlace *place)
{
    return place->armed >= allocator->subs.at[place->sub].filters_from;
}
/* Does a filter of the sub on the agent cover this offer? `bundle`: it is this bundle, or NULL. */
gboolean hf_filters__refuses(HfAllocator *allocator, const HfAgent *agent, uint32_t sub,
                             const HfResources *offer, const HfBundle *bundle);

#endif
