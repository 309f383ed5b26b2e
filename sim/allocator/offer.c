/*
 * May a framework be offered an agent, and of it what? And the offers of a run, from their making
 * to the host's list.
 *
 * An offer of everything that is available only hands on the agent's bundle. The host's list is
 * written at the end of the run, framework by framework.
 * Source: MESOS.md 3.4 (stages, allocatable, isFiltered, capabilities).
 */
#include <string.h>

#include "allocator/allocator_internal.h"

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
    /* In scope cell the minimum is for all that is offered together: run.c. */
    uint32_t count = allocator->offer_scope == HF_OFFER_SCOPE_CELL ? 0 : allocator->min_count;
    return meets(allocator->catalog, resources, allocator->min, count);
}

static inline gboolean is_bundle_allocatable(const HfAllocator *allocator, const HfSub *sub,
                                             HfBundle *bundle)
{
    if (sub->has_min) return is_allocatable(allocator, sub, &bundle->resources);
    if (G_UNLIKELY(!(bundle->flags & HF_BUNDLE_MIN_KNOWN))) {
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

/* is_capable() of an agent or framework that is not like most. */
static gboolean is_capable_of(const HfAllocator *allocator, uint32_t agent, const HfSub *sub)
{
    const HfAgent *row = &allocator->agents.at[agent];
    const HfFramework *framework = &allocator->frameworks.at[sub->framework];
    uint32_t has = framework->capabilities;
    if (allocator->filters_gpus && row->flags & HF_AGENT_GPUS &&
        !(has & HF_CAPABILITY_GPU_RESOURCES))
        return FALSE;
    if (row->flags & HF_AGENT_REMOTE && !(has & HF_CAPABILITY_REGION_AWARE)) return FALSE;
    if (has & HF_CAPABILITY_MULTI_ROLE && !(row->flags & HF_AGENT_MULTI_ROLE)) return FALSE;
    if (!(row->flags & HF_AGENT_HIERARCHICAL) && hf_role_depth(allocator->catalog, sub->role) > 1)
        return FALSE;
    if (allocator->policy->honours_owner && row->owner != HF_ROLE_NONE && row->owner != sub->role &&
        !hf_role_is_strict_subrole(allocator->catalog, sub->role, row->owner))
        return FALSE;
    return framework->constraints == NULL || !is_excluded(allocator, agent, sub);
}

/* Does it matter to the sub which agent it is, if that is one like most? */
static inline gboolean is_choosy(const HfAllocator *allocator, const HfSub *sub)
{
    return allocator->policy->honours_owner ||
           allocator->frameworks.at[sub->framework].constraints != NULL;
}

/* What has nothing to do with the amounts: capabilities of both sides, region, owner, constraints.
 */
static inline gboolean is_capable(const HfAllocator *allocator, uint32_t agent, const HfSub *sub,
                                  gboolean choosy)
{
    const uint32_t able = HF_AGENT_MULTI_ROLE | HF_AGENT_HIERARCHICAL;
    const uint32_t unlike = HF_AGENT_GPUS | HF_AGENT_REMOTE;
    if (G_LIKELY((allocator->agents.at[agent].flags & (able | unlike)) == able && !choosy))
        return TRUE;
    return is_capable_of(allocator, agent, sub);
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

static gboolean is_quota_entry(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    (void)data;
    return hf_allocator__is_of_quota(catalog, entry);
}

static gboolean is_other_entry(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return !is_quota_entry(catalog, entry, data);
}

/* ---- Making an offer ---- */

static void remember_shared(HfAllocator *allocator, uint32_t agent, const HfResources *offer)
{
    HfAgentInfo *info = &allocator->infos.at[agent];
    if (allocator->quirks & HF_QUIRK_SHARED_AGAIN) return;
    if (info->offered_shared == NULL) info->offered_shared = g_new0(HfResources, 1);
    if (info->offered_run != allocator->run_number)
        hf_resources_reset(allocator->catalog, info->offered_shared);
    info->offered_run = allocator->run_number;
    HfResources shared = {0};
    hf_resources_shared(allocator->catalog, offer, &shared);
    hf_resources_add(allocator->catalog, info->offered_shared, &shared);
    hf_resources_clear(allocator->catalog, &shared);
}

static uint64_t owed_key(uint32_t agent, uint32_t sub)
{
    return (uint64_t)agent << 32 | sub;
}

static inline void write_offer(HfAllocator *allocator, uint32_t agent, const HfSub *of,
                               HfBundle *bundle, HfOffered *to)
{
    to->framework = of->framework;
    to->agent = agent;
    to->role = of->role;
    to->resources = hf_bundle__parcel(allocator, bundle, of->role);
}

/* Note the offer for the list. What stage 1 gave the same sub of the same agent is part of it. */
static inline void note_offer(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                              HfBundle *bundle)
{
    if (allocator->owed.count > 0) {
        uint32_t place = hf_map64_get(&allocator->owed, owed_key(agent, sub));
        if (place != HF_MAP64_NONE) {
            hf_bundle__add(allocator, &allocator->offers.at[place].bundle, &bundle->resources);
            return;
        }
    }
    allocator->counters.offers++;
    if (G_LIKELY(allocator->direct != NULL)) {
        HfOfferList *list = allocator->direct;
        write_offer(allocator, agent, &allocator->subs.at[sub], bundle,
                    &list->offers.at[list->offers.count++]);
        return;
    }
    bundle->refs++;
    hf_vec_push(&allocator->offers, (HfPending){agent, sub, bundle});
}

/* What is available on an agent of which that is not kept by steps, after it was offered. */
static void take_anew(HfAllocator *allocator, uint32_t agent, const HfBundle *bundle)
{
    HfAgent *row = &allocator->agents.at[agent];
    if (row->available != bundle || row->flags & (HF_AGENT_SHARED | HF_AGENT_ORDERED)) {
        hf_allocator__agent_recompute(allocator, agent);
        return;
    }
    /* total less all that is held, clipped at nothing: nothing is left now */
    hf_bundle__unref(allocator, allocator->infos.at[agent].undo);
    allocator->infos.at[agent].undo = row->available;
    row->available = NULL;
}

/* Offer the sub a bundle, whose reference is taken over; it is all that is available, or a part. */
static inline __attribute__((always_inline)) void emit(HfAllocator *allocator, uint32_t agent,
                                                       uint32_t sub, HfBundle *bundle)
{
    HfAgent *row = &allocator->agents.at[agent];
    if (G_UNLIKELY(row->flags & HF_AGENT_SHARED))
        remember_shared(allocator, agent, &bundle->resources);
    note_offer(allocator, agent, sub, bundle);
    allocator->gives++;
    /* Omega's model of Mesos orders frameworks by what they run, not by what they are offered. */
    hf_allocator__grant(allocator, agent, sub, bundle,
                        allocator->offer_scope != HF_OFFER_SCOPE_CELL);
    if (G_UNLIKELY(row->flags & HF_AGENT_RECOMPUTE))
        take_anew(allocator, agent, bundle);
    else if (row->available == bundle)
        row->available = NULL;
    else
        hf_bundle__subtract(allocator, &row->available, &bundle->resources);
}

/* All that is available to the sub: the reference moves, or is doubled where it is recomputed. */
static inline __attribute__((always_inline)) void emit_whole(HfAllocator *allocator, uint32_t agent,
                                                             uint32_t sub)
{
    HfAgent *row = &allocator->agents.at[agent];
    HfBundle *bundle = row->available;
    if (row->flags & HF_AGENT_RECOMPUTE) hf_bundle__ref(bundle);
    emit(allocator, agent, sub, bundle);
}

static void emit_part(HfAllocator *allocator, uint32_t agent, uint32_t sub)
{
    emit(allocator, agent, sub, hf_bundle__new(allocator, &allocator->offer));
}

/* May the role be given all of a bundle, whatever the framework can do? May miss. */
static inline gboolean is_open_to(const HfCatalog *catalog, const HfBundle *bundle, HfRoleId role)
{
    if (!(bundle->flags & HF_BUNDLE_SPECIAL)) return TRUE;
    return bundle->flags & HF_BUNDLE_ALIKE &&
           (bundle->reserved_to == role ||
            hf_role_is_strict_subrole(catalog, role, bundle->reserved_to));
}

/* see() of resources that are not open to everybody in the role. */
static HfTried see_part(HfAllocator *allocator, uint32_t agent, const HfSub *of,
                        gboolean *whole_out)
{
    HfCatalog *catalog = allocator->catalog;
    HfBundle *available = allocator->agents.at[agent].available;
    *whole_out = TRUE;
    if (!is_capable(allocator, agent, of, is_choosy(allocator, of))) return HF_TRIED_REFUSED;
    Sight sight = {of->role, allocator->frameworks.at[of->framework].capabilities, NULL};
    if (allocator->agents.at[agent].flags & HF_AGENT_SHARED &&
        allocator->infos.at[agent].offered_run == allocator->run_number)
        sight.offered_shared = allocator->infos.at[agent].offered_shared;
    if (all_in_sight(catalog, &available->resources, &sight))
        return is_bundle_allocatable(allocator, of, available) ? HF_TRIED_OFFERED
                                                               : HF_TRIED_REFUSED;
    *whole_out = FALSE;
    uint32_t capabilities = sight.capabilities;
    sight.capabilities = UINT32_MAX;
    hf_resources_filter(catalog, &available->resources, in_sight, &sight, &allocator->rest);
    if (hf_resources_is_empty(&allocator->rest)) return HF_TRIED_NOTHING;
    if (!is_allocatable(allocator, of, &allocator->rest)) return HF_TRIED_REFUSED;
    sight.capabilities = capabilities;
    hf_resources_filter(catalog, &available->resources, in_sight, &sight, &allocator->offer);
    return HF_TRIED_OFFERED;
}

/*
 * What of the available resources the sub may be given: all of it (*whole_out), or what stands in
 * allocator->offer then. HF_TRIED_OFFERED = there is something.
 */
static inline HfTried see(HfAllocator *allocator, uint32_t agent, const HfSub *of, gboolean choosy,
                          gboolean *whole_out)
{
    HfBundle *available = allocator->agents.at[agent].available;
    if (!is_open_to(allocator->catalog, available, of->role))
        return see_part(allocator, agent, of, whole_out);
    *whole_out = TRUE;
    if (!is_bundle_allocatable(allocator, of, available)) return HF_TRIED_REFUSED;
    return is_capable(allocator, agent, of, choosy) ? HF_TRIED_OFFERED : HF_TRIED_REFUSED;
}

/* The order in which same-named entries absorb a target: theirs, or random and repeatable. */
static HfStream *chop_stream(const HfAllocator *allocator, uint32_t agent, uint32_t sub,
                             HfStream *stream)
{
    if (allocator->agent_order == HF_AGENT_ORDER_SORTED) return NULL;
    if (!(allocator->agents.at[agent].flags & HF_AGENT_ORDERED)) return NULL;
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
        hf_allocator__quota_room(allocator, role, &room);
        if (also != NULL) hf_limits_subtract(&room, also);
        hf_resources_shrink_to_limits(allocator->catalog, part, &room, stream);
        hf_limits_clear(&room);
    }
    if (allocator->required_kinds > 0 && !hf_resources_is_empty(part)) {
        HfQuantities surplus = {0};
        hf_allocator__quota_surplus(allocator, &surplus);
        hf_resources_shrink_to_quantities(allocator->catalog, part, &surplus, stream);
        hf_quantities_clear(&surplus);
    }
}

static inline gboolean is_refused(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                                  const HfResources *offer, const HfBundle *bundle)
{
    const HfAgent *row = &allocator->agents.at[agent];
    return hf_agent__is_filtered(row) && hf_filters__refuses(allocator, row, sub, offer, bundle);
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

/* Stage 2 of an agent to a sub while some role has quota. */
static HfTried try_with_quota(HfAllocator *allocator, uint32_t agent, uint32_t sub, gboolean whole)
{
    HfCatalog *catalog = allocator->catalog;
    const HfSub *of = &allocator->subs.at[sub];
    HfBundle *available = allocator->agents.at[agent].available;
    if (!whole || !hf_allocator__quota_fits(allocator, of->role, available, FALSE)) {
        HfQuantities gained = {0}, none = {0};
        if (whole) hf_resources_copy(catalog, &allocator->offer, &available->resources);
        whole = FALSE;
        hold_back_offer(allocator, agent, sub, of->role);
        if (!is_allocatable(allocator, of, &allocator->offer)) return HF_TRIED_REFUSED;
        hf_resources_scalar_quantities(catalog, &allocator->extra, &gained);
        hf_allocator__quota_gains(allocator, &gained, &none);
        hf_quantities_clear(&gained);
    }
    const HfResources *offer = whole ? &available->resources : &allocator->offer;
    if (is_refused(allocator, agent, sub, offer, whole ? available : NULL)) return HF_TRIED_REFUSED;
    hf_allocator__quota_gain(allocator, of->role, FALSE);
    if (whole)
        emit_whole(allocator, agent, sub);
    else
        emit_part(allocator, agent, sub);
    return HF_TRIED_OFFERED;
}

HfTried hf_offer__try(HfAllocator *allocator, uint32_t agent, uint32_t sub)
{
    const HfSub *of = &allocator->subs.at[sub];
    gboolean whole;
    allocator->counters.frameworks_tried++;
    HfTried seen = see(allocator, agent, of, is_choosy(allocator, of), &whole);
    if (seen != HF_TRIED_OFFERED) return seen;
    if (allocator->quota_roles.count > 0) return try_with_quota(allocator, agent, sub, whole);
    HfBundle *available = allocator->agents.at[agent].available;
    if (whole) {
        if (is_refused(allocator, agent, sub, &available->resources, available))
            return HF_TRIED_REFUSED;
        emit_whole(allocator, agent, sub);
        return HF_TRIED_OFFERED;
    }
    if (!is_allocatable(allocator, of, &allocator->offer) ||
        is_refused(allocator, agent, sub, &allocator->offer, NULL))
        return HF_TRIED_REFUSED;
    emit_part(allocator, agent, sub);
    return HF_TRIED_OFFERED;
}

/* In scope agent: may everybody get something on the agent, which is like most? */
static inline gboolean is_open_to_all(const HfAgent *row)
{
    const uint32_t unlike = HF_AGENT_SHARED | HF_AGENT_ORDERED;
    return (row->flags & (HF_AGENT_CHANGED | unlike)) == HF_AGENT_CHANGED;
}

/* Will a sub that is like most be given all of it, whatever else there is to ask? May miss. */
static inline gboolean goes_whole(const HfAgent *row)
{
    const uint32_t able = HF_AGENT_MULTI_ROLE | HF_AGENT_HIERARCHICAL;
    const uint32_t unlike = HF_AGENT_GPUS | HF_AGENT_REMOTE | HF_AGENT_SHARED | HF_AGENT_ORDERED |
                            HF_AGENT_RECOMPUTE | HF_AGENT_FILTERED;
    const uint32_t settled = HF_BUNDLE_SHAPE | HF_BUNDLE_MIN_OK;
    return row->available != NULL && (row->flags & (able | unlike)) == able &&
           (row->available->flags & (settled | HF_BUNDLE_SPECIAL)) == settled;
}

/* What does not change while a sub is tried on each agent of a visit. */
typedef struct Round {
    HfAllocator *allocator;
    const HfSub *of;
    uint32_t sub;
    gboolean counts; /* what is given is accounted for at once */
    HfGathered gathered;
} Round;

/* Give it all; what would be counted once for each is up to the caller. */
static inline __attribute__((always_inline)) void give_whole(Round *round, uint32_t agent)
{
    HfAllocator *allocator = round->allocator;
    HfAgent *row = &allocator->agents.at[agent];
    HfOfferList *list = allocator->direct;
    HfBundle *bundle = row->available;
    write_offer(allocator, agent, round->of, bundle, &list->offers.at[list->offers.count++]);
    hf_few_push(&row->grants, (HfGrant){bundle->number, round->sub, round->counts});
    if (round->counts && !hf_allocator__gather(allocator, bundle, &round->gathered))
        hf_allocator__account(allocator, agent, round->sub, bundle, 1);
    row->available = NULL;
    row->flags |= HF_AGENT_CHANGED;
    hf_allocator__agent_emptied(allocator, row);
}

/*
 * The same in scope cell for as many in a row, from place i of the visit on, as go whole and need
 * nothing to be made: no call, and what does not change stays in registers. Their bits are left to
 * clear_given(). Returns the place of the first of the others.
 */
static uint32_t give_in_a_row(const Round *round, uint32_t i)
{
    HfAllocator *allocator = round->allocator;
    HfAgent *agents = allocator->agents.at;
    const uint32_t *visit = allocator->visit.at, *at = visit + i;
    const uint32_t *end = visit + allocator->visit.count;
    uint32_t framework = round->of->framework;
    HfRoleId role = round->of->role;
    const HfGrant grant = {0, round->sub, FALSE};
    HfOfferList *list = allocator->direct;
    HfOffered *to = list->offers.at + list->offers.count;
    for (; at < end; at++, to++) {
        uint32_t agent = *at;
        HfAgent *row = &agents[agent];
        hf_order__fetch_given(agents, at);
        if (!goes_whole(row)) break;
        HfBundle *bundle = row->available;
        if (bundle->parcel_role != role || hf_few_is_full(&row->grants)) break;
        *to = (HfOffered){framework, agent, role, hf_parcel_ref_some(bundle->parcel)};
        HfGrant *granted = &hf_few_at(&row->grants)[row->grants.count++];
        *granted = grant;
        granted->bundle = bundle->number;
        row->available = NULL;
        row->flags |= HF_AGENT_CHANGED;
    }
    list->offers.count = (uint32_t)(to - list->offers.at);
    return (uint32_t)(at - visit);
}

/* Nothing is free where the list's offers from this one on come from; `kept`: so many others of the
 * visit keep what they have. */
static void clear_given(HfAllocator *allocator, uint32_t first, uint32_t kept)
{
    const HfOfferList *list = allocator->direct;
    if (kept == 0 && hf_allocator__visit_emptied(allocator)) return;
    for (uint32_t o = first; o < list->offers.count; o++)
        hf_allocator__agent_emptied(allocator, &allocator->agents.at[list->offers.at[o].agent]);
}

static void count_given(HfAllocator *allocator, uint32_t sub, uint32_t given)
{
    allocator->counters.offers += given;
    allocator->counters.frameworks_tried += given;
    allocator->gives += given;
    allocator->subs.at[sub].grants += given;
    if (allocator->offer_scope != HF_OFFER_SCOPE_CELL) allocator->subs.at[sub].counted += given;
}

/* The same for one that is not like most. FALSE: something is left there. */
static __attribute__((noinline)) gboolean give_some(Round *round, uint32_t agent)
{
    HfAllocator *allocator = round->allocator;
    HfAgent *row = &allocator->agents.at[agent];
    if (row->available != NULL) hf_offer__try(allocator, agent, round->sub);
    if (row->available != NULL) return FALSE;
    row->flags |= HF_AGENT_CHANGED;
    hf_allocator__agent_emptied(allocator, row);
    return TRUE;
}

uint32_t hf_offer__try_each(HfAllocator *allocator, uint32_t sub)
{
    const HfSub *of = &allocator->subs.at[sub];
    gboolean is_cell = allocator->offer_scope == HF_OFFER_SCOPE_CELL;
    gboolean may_give = !is_choosy(allocator, of) && !of->has_min &&
                        allocator->quota_roles.count == 0 &&
                        allocator->agent_order != HF_AGENT_ORDER_SORTED;
    Round round = {allocator, of, sub, !is_cell, {0}};
    uint32_t kept = 0, given = 0, visited = 0, first = allocator->direct->offers.count;
    uint32_t count = allocator->visit.count, *visit = allocator->visit.at;
    for (uint32_t i = 0; i < count; i++) {
        if (is_cell && may_give) {
            uint32_t next = give_in_a_row(&round, i);
            given += next - i;
            i = next;
            if (i == count) break;
        }
        uint32_t agent = visit[i];
        HfAgent *row = &allocator->agents.at[agent];
        if (!is_cell) {
            hf_order__fetch_visit(allocator->agents.at, &visit[i]);
            if (G_UNLIKELY(!is_open_to_all(row))) {
                hf_allocator__visit(allocator, agent);
                visited++;
                continue;
            }
        }
        /* agents that are alike share one bundle: a cell then reads a handful of them */
        if (row->available != NULL && !(row->flags & HF_AGENT_SHARED))
            hf_bundle__settle(allocator, &row->available);
        if (G_LIKELY(may_give && goes_whole(row))) {
            give_whole(&round, agent);
            given++;
        } else if (!give_some(&round, agent)) {
            visit[kept++] = agent;
        }
    }
    if (is_cell && given > 0) clear_given(allocator, first, kept);
    hf_allocator__account_gathered(allocator, sub, &round.gathered, 1);
    count_given(allocator, sub, given);
    allocator->visit.count = kept;
    return count - visited;
}

static gboolean is_owed_along(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    const HfRoleId *role = data;
    uint32_t flags = hf_meta_info(catalog, entry->meta)->flags;
    return hf_kind_type(catalog, entry->kind) != HF_TYPE_SCALAR || flags & HF_META_REVOCABLE ||
           (flags & HF_META_RESERVED && hf_meta_reservation_role(catalog, entry->meta) == *role);
}

/* Of allocator->offer: what is owed to the guarantee, what comes along, and what limits and
 * headroom allow beyond; with their gains. FALSE when nothing of it is owed. */
static gboolean compose_owed(HfAllocator *allocator, uint32_t agent, uint32_t sub)
{
    HfCatalog *catalog = allocator->catalog;
    HfRoleId role = allocator->subs.at[sub].role;
    HfResources *extra = &allocator->extra, owed = {0};
    HfQuantities need = {0}, guaranteed = {0}, gained = {0};
    HfStream stream, *order = chop_stream(allocator, agent, sub, &stream);
    hf_resources_filter(catalog, &allocator->offer, is_quota_entry, NULL, extra);
    hf_resources_copy(catalog, &owed, extra);
    hf_allocator__quota_need(allocator, role, &need);
    hf_resources_shrink_to_quantities(catalog, &owed, &need, order);
    gboolean is_owed = !hf_resources_is_empty(&owed);
    if (is_owed) {
        hf_resources_scalar_quantities(catalog, &owed, &guaranteed);
        hf_resources_subtract(catalog, extra, &owed);
        hold_back(allocator, role, &guaranteed, extra, order);
        hf_quantities_copy(&gained, &guaranteed);
        hf_resources_scalar_quantities(catalog, extra, &gained);
        hf_allocator__quota_gains(allocator, &gained, &guaranteed);
        hf_resources_filter(catalog, &allocator->offer, is_owed_along, &role, &allocator->rest);
        hf_resources_move(catalog, &allocator->offer, &owed);
        hf_resources_add(catalog, &allocator->offer, &allocator->rest);
        hf_resources_add(catalog, &allocator->offer, extra);
    }
    hf_resources_clear(catalog, &owed);
    hf_quantities_clear(&need);
    hf_quantities_clear(&guaranteed);
    hf_quantities_clear(&gained);
    return is_owed;
}

/* Remember where the offer stands, so that stage 2 can add to it if anything is left. */
static void emit_owed(HfAllocator *allocator, uint32_t agent, uint32_t sub, gboolean whole)
{
    uint32_t place = allocator->offers.count;
    if (whole)
        emit_whole(allocator, agent, sub);
    else
        emit_part(allocator, agent, sub);
    if (place < allocator->offers.count && allocator->agents.at[agent].available != NULL)
        hf_map64_set(&allocator->owed, owed_key(agent, sub), place);
}

HfTried hf_offer__try_guarantee(HfAllocator *allocator, uint32_t agent, uint32_t sub)
{
    const HfSub *of = &allocator->subs.at[sub];
    gboolean whole;
    allocator->counters.frameworks_tried++;
    HfTried seen = see(allocator, agent, of, is_choosy(allocator, of), &whole);
    if (seen != HF_TRIED_OFFERED) return seen;
    HfBundle *available = allocator->agents.at[agent].available;
    const HfResources *offer = &available->resources;
    if (!whole || !hf_allocator__quota_fits(allocator, of->role, available, TRUE)) {
        if (whole) hf_resources_copy(allocator->catalog, &allocator->offer, offer);
        whole = FALSE;
        offer = &allocator->offer;
        if (!compose_owed(allocator, agent, sub) || !is_allocatable(allocator, of, offer))
            return HF_TRIED_REFUSED;
    }
    if (is_refused(allocator, agent, sub, offer, whole ? available : NULL)) return HF_TRIED_REFUSED;
    hf_allocator__quota_gain(allocator, of->role, TRUE);
    emit_owed(allocator, agent, sub, whole);
    return HF_TRIED_OFFERED;
}

HfTried hf_offer__try_coarse(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                             gboolean is_guaranteed)
{
    HfCatalog *catalog = allocator->catalog;
    const HfSub *of = &allocator->subs.at[sub];
    HfResources *offer = &allocator->offer;
    gboolean whole;
    allocator->counters.frameworks_tried++;
    HfTried result = see(allocator, agent, of, is_choosy(allocator, of), &whole);
    if (result != HF_TRIED_OFFERED) return result;
    if (whole) hf_resources_copy(catalog, offer, &allocator->agents.at[agent].available->resources);
    hf_coarse__cut(allocator, of->role, is_guaranteed, offer);
    if (!is_allocatable(allocator, of, offer) || is_refused(allocator, agent, sub, offer, NULL) ||
        (!is_guaranteed && !hf_coarse__fits(allocator, offer)))
        return HF_TRIED_REFUSED;
    hf_coarse__gain(allocator, of->role, is_guaranteed, offer);
    emit_owed(allocator, agent, sub, FALSE);
    return HF_TRIED_OFFERED;
}

/* ---- The list ---- */

static uint32_t framework_of(const HfAllocator *allocator, const HfPending *offer)
{
    return allocator->subs.at[offer->sub].framework;
}

/* Bring the offers of one framework together, frameworks in order of their first. */
static const HfPending *group_offers(HfAllocator *allocator)
{
    const HfPending *at = allocator->offers.at;
    uint32_t count = allocator->offers.count, sum = 0, i = 1;
    while (i < count && at[i].sub == at[0].sub) i++;
    if (i == count) return at;
    while (allocator->places.count < allocator->frameworks.count)
        hf_vec_push(&allocator->places, 0);
    uint32_t *places = allocator->places.at;
    for (i = 0; i < count; i++) {
        uint32_t framework = framework_of(allocator, &at[i]);
        if (places[framework]++ == 0) hf_vec_push(&allocator->served_frameworks, framework);
    }
    for (i = 0; i < allocator->served_frameworks.count; i++) {
        uint32_t *place = &places[allocator->served_frameworks.at[i]], first = sum;
        sum += *place;
        *place = first;
    }
    hf_vec_reserve(&allocator->grouped, count);
    HfPending *to = allocator->grouped.at;
    for (i = 0; i < count; i++) to[places[framework_of(allocator, &at[i])]++] = at[i];
    for (i = 0; i < allocator->served_frameworks.count; i++)
        places[allocator->served_frameworks.at[i]] = 0;
    hf_vec_reset(&allocator->served_frameworks);
    return to;
}

/* Ask for what the offers after place i will read: first their bundles, then their parcels. */
static inline __attribute__((always_inline)) void fetch_offers(const HfPending *at, uint32_t i,
                                                               uint32_t count)
{
    if (i + 2 * HF_AHEAD < count) {
        const HfBundle *bundle = at[i + 2 * HF_AHEAD].bundle;
        __builtin_prefetch(bundle);
        __builtin_prefetch((const char *)bundle + 64);
    }
    if (i + HF_AHEAD < count) __builtin_prefetch(at[i + HF_AHEAD].bundle->parcel, 1);
}

void hf_offer__write(HfAllocator *allocator, HfOfferList *out)
{
    uint32_t count = allocator->offers.count;
    if (allocator->owed.count > 0) hf_map64_clear(&allocator->owed);
    if (count == 0) return;
    const HfPending *at = group_offers(allocator);
    out->is_for_one = FALSE;
    hf_vec_reserve(&out->offers, count);
    HfOffered *to = out->offers.at + out->offers.count;
    for (uint32_t i = 0; i < count; i++) {
        fetch_offers(at, i, count);
        write_offer(allocator, at[i].agent, &allocator->subs.at[at[i].sub], at[i].bundle, &to[i]);
        hf_bundle__unref(allocator, at[i].bundle);
    }
    out->offers.count += count;
    hf_vec_reset(&allocator->offers);
}

void hf_offer_list_reset(HfCatalog *catalog, HfOfferList *list)
{
    for (uint32_t o = 0; o < list->offers.count; o++)
        hf_parcel_drop(catalog, &list->offers.at[o].resources);
    hf_vec_reset(&list->offers);
    hf_vec_reset(&list->inverse);
    list->is_for_one = FALSE;
}

void hf_offer_list_clear(HfCatalog *catalog, HfOfferList *list)
{
    hf_offer_list_reset(catalog, list);
    hf_vec_clear(&list->offers);
    hf_vec_clear(&list->inverse);
}

/* ---- Why not? ---- */

/* Of allocator->offer, what a run would give the role: TRUE when that is as much as is wanted. */
static gboolean survives_quota(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                               const HfQuantities *wanted)
{
    HfCatalog *catalog = allocator->catalog;
    HfRoleId role = allocator->subs.at[sub].role;
    if (!hf_coarse__is_on(allocator)) {
        if (allocator->quota_roles.count == 0) return TRUE;
        hold_back_offer(allocator, agent, sub, role);
        return hf_resources_contains_quantities(catalog, &allocator->offer, wanted);
    }
    HfResources part = {0};
    gboolean survives = FALSE;
    for (int is_fair = 0; is_fair <= 1 && !survives; is_fair++) {
        hf_resources_copy(catalog, &part, &allocator->offer);
        hf_coarse__cut(allocator, role, !is_fair, &part);
        survives =
            hf_resources_contains_quantities(catalog, &part, wanted) &&
            (is_fair ? hf_coarse__fits(allocator, &part) : hf_coarse__is_open(allocator, role));
    }
    if (survives) hf_resources_copy(catalog, &allocator->offer, &part);
    hf_resources_clear(catalog, &part);
    return survives;
}

HfWithheld hf_allocator_withheld(HfAllocator *allocator, uint32_t framework, HfRoleId role,
                                 uint32_t agent, const HfQuantities *wanted)
{
    const uint32_t offerable = HF_AGENT_KNOWN | HF_AGENT_ACTIVE | HF_AGENT_WHITELISTED;
    HfCatalog *catalog = allocator->catalog;
    if (agent >= allocator->agents.count ||
        (allocator->agents.at[agent].flags & offerable) != offerable)
        return HF_WITHHELD_AGENT;
    if (framework >= allocator->frameworks.count || !allocator->frameworks.at[framework].is_active)
        return HF_WITHHELD_FRAMEWORK;
    uint32_t sub = hf_allocator__sub(allocator, framework, role);
    if (sub == HF_ROW_NONE) return HF_WITHHELD_FRAMEWORK;
    const HfSub *of = &allocator->subs.at[sub];
    if (!of->is_subscribed || of->is_suppressed) return HF_WITHHELD_FRAMEWORK;
    if (!is_capable(allocator, agent, of, is_choosy(allocator, of))) return HF_WITHHELD_CAPABILITY;
    const HfBundle *available = allocator->agents.at[agent].available;
    if (available == NULL) return HF_WITHHELD_SHORT;
    Sight sight = {of->role, allocator->frameworks.at[framework].capabilities, NULL};
    hf_resources_filter(catalog, &available->resources, in_sight, &sight, &allocator->offer);
    if (!hf_resources_contains_quantities(catalog, &allocator->offer, wanted))
        return HF_WITHHELD_SHORT;
    if (!is_allocatable(allocator, of, &allocator->offer)) return HF_WITHHELD_MINIMUM;
    if (!survives_quota(allocator, agent, sub, wanted)) return HF_WITHHELD_QUOTA;
    HfAllocatorCounters counters = allocator->counters;
    gboolean is_filtered = is_refused(allocator, agent, sub, &allocator->offer, NULL);
    allocator->counters = counters;
    return is_filtered ? HF_WITHHELD_FILTER : HF_WITHHELD_NOTHING;
}
