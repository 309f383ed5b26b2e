/*
 * Offer filters: who refused what on which agent, until when.
 *
 * A filter stands with its agent alone: its sub, what it refuses, and the number under which its
 * timer was armed, by which its end finds it. Ends are kept in one ring for each distinct timeout
 * (most filters share one), so that no timer is needed and the oldest is at the head. A sub drops
 * all of its filters by noting the number from which on they count: those before it are dead, and
 * are swept out where they are met, or when they become more than the living. What is refused is a
 * bundle, as a rule the very one that was offered and is offered to the next.
 * Source: MESOS.md 3.5; order of filters and batch at one instant: MESOS-VERIFIED 1, 2.
 */
#include "allocator/allocator_internal.h"

#include <string.h>

#define HF_DEAD_SLACK 4096 /* dead ones that are never worth a sweep */
#define HF_SOON       8    /* ends ahead whose agents are asked for */

void hf_filters__init(HfFilters *filters)
{
    memset(filters, 0, sizeof *filters);
}

void hf_filters__clear(HfFilters *filters)
{
    for (uint32_t l = 0; l < filters->lane_count; l++) g_free(filters->lanes[l].at);
    hf_vec_clear(&filters->heap);
    hf_filters__init(filters);
}

/* ---- Ends ---- */

static void lane_push(HfLane *lane, HfLaneEntry entry)
{
    if (lane->count == lane->room) {
        uint32_t room = lane->room ? lane->room * 2 : 64;
        HfLaneEntry *at = g_new(HfLaneEntry, room);
        for (uint32_t i = 0; i < lane->count; i++)
            at[i] = lane->at[(lane->head + i) & (lane->room - 1)];
        g_free(lane->at);
        lane->at = at;
        lane->head = 0;
        lane->room = room;
    }
    lane->at[(lane->head + lane->count++) & (lane->room - 1)] = entry;
}

static gboolean ends_before(const HfLaneEntry *a, const HfLaneEntry *b)
{
    return a->ends != b->ends ? a->ends < b->ends : a->armed < b->armed;
}

static void heap_push(HfFilters *filters, HfLaneEntry entry)
{
    hf_vec_push(&filters->heap, entry);
    uint32_t i = filters->heap.count - 1;
    HfLaneEntry *at = filters->heap.at;
    for (; i > 0 && ends_before(&entry, &at[(i - 1) / 2]); i = (i - 1) / 2) at[i] = at[(i - 1) / 2];
    at[i] = entry;
}

static void heap_pop(HfFilters *filters)
{
    HfLaneEntry *at = filters->heap.at;
    HfLaneEntry last = at[--filters->heap.count];
    uint32_t i = 0, count = filters->heap.count;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= count) break;
        if (child + 1 < count && ends_before(&at[child + 1], &at[child])) child++;
        if (!ends_before(&at[child], &last)) break;
        at[i] = at[child];
        i = child;
    }
    if (count > 0) at[i] = last;
}

static HfLane *lane_for(HfFilters *filters, HfTime timeout)
{
    if (filters->lane_last < filters->lane_count &&
        filters->lanes[filters->lane_last].timeout == timeout)
        return &filters->lanes[filters->lane_last];
    for (uint32_t l = 0; l < filters->lane_count; l++)
        if (filters->lanes[l].timeout == timeout || filters->lanes[l].count == 0) {
            filters->lanes[l].timeout = timeout;
            filters->lane_last = l;
            return &filters->lanes[l];
        }
    if (filters->lane_count == HF_LANES_MAX) return NULL;
    filters->lane_last = filters->lane_count;
    HfLane *lane = &filters->lanes[filters->lane_count++];
    lane->timeout = timeout;
    return lane;
}

/* ---- Filters of an agent ---- */

/* Take a place out; the others keep their order, so that the oldest stay first. */
static void place_remove(HfAllocator *allocator, HfAgent *on, uint32_t place)
{
    hf_bundle__unref(allocator,
                     hf_bundle__numbered(allocator, hf_few_at(&on->filters)[place].refused));
    hf_few_remove(&on->filters, place);
    if (on->filters.count == 0) on->flags &= ~(uint32_t)HF_AGENT_FILTERED;
}

/* Take out the dead. */
static void sweep_agent(HfAllocator *allocator, HfAgent *on)
{
    HfFilterPlace *at = hf_few_at(&on->filters);
    uint32_t kept = 0;
    for (uint32_t f = 0; f < on->filters.count; f++) {
        if (hf_filters__is_live(allocator, &at[f]))
            at[kept++] = at[f];
        else
            hf_bundle__unref(allocator, hf_bundle__numbered(allocator, at[f].refused));
    }
    on->filters.count = kept;
    if (kept == 0) on->flags &= ~(uint32_t)HF_AGENT_FILTERED;
}

static gboolean stands(const HfAllocator *allocator, const HfLaneEntry *entry)
{
    const HfAgent *on = &allocator->agents.at[entry->agent];
    const HfFilterPlace *at = hf_few_at(&on->filters);
    for (uint32_t f = 0; f < on->filters.count; f++)
        if (at[f].armed == entry->armed) return TRUE;
    return FALSE;
}

/* Take out all that is dead, with agents and in the lanes. Cost: O(all), after as many deaths. */
static void sweep(HfAllocator *allocator)
{
    HfFilters *filters = &allocator->filters;
    for (uint32_t a = 0; a < allocator->agents.count; a++)
        sweep_agent(allocator, &allocator->agents.at[a]);
    for (uint32_t l = 0; l < filters->lane_count; l++) {
        HfLane *lane = &filters->lanes[l];
        uint32_t kept = 0, mask = lane->room - 1;
        for (uint32_t i = 0; i < lane->count; i++) {
            HfLaneEntry entry = lane->at[(lane->head + i) & mask];
            if (stands(allocator, &entry)) lane->at[(lane->head + kept++) & mask] = entry;
        }
        lane->count = kept;
    }
    HfLaneEntry *at = filters->heap.at;
    uint32_t count = filters->heap.count;
    filters->heap.count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (stands(allocator, &at[i])) heap_push(filters, at[i]); /* never beyond place i */
    filters->dead = 0;
}

void hf_filters__add(HfAllocator *allocator, HfTime now, HfTime timeout, uint32_t agent,
                     uint32_t sub, HfBundle *refused)
{
    HfFilters *filters = &allocator->filters;
    HfAgent *on = &allocator->agents.at[agent];
    uint32_t count = on->filters.count;
    if (count >= 8 && (count & (count - 1)) == 0) sweep_agent(allocator, on); /* before it grows */
    HfLaneEntry entry = {hf_time_add(now, timeout), filters->armed++, agent, sub};
    hf_few_push(&on->filters, (HfFilterPlace){entry.armed, sub, hf_bundle__ref(refused)->number});
    on->flags |= HF_AGENT_FILTERED;
    HfLane *lane = lane_for(filters, timeout);
    if (lane != NULL)
        lane_push(lane, entry);
    else
        heap_push(filters, entry);
    allocator->subs.at[sub].filters++;
    filters->live++;
    allocator->counters.filters_made++;
}

static void died(HfFilters *filters, uint32_t count)
{
    filters->live -= count;
    filters->dead += count;
}

void hf_filters__drop_sub(HfAllocator *allocator, uint32_t sub)
{
    HfFilters *filters = &allocator->filters;
    HfSub *of = &allocator->subs.at[sub];
    if (of->filters == 0) return;
    of->filters_from = filters->armed;
    died(filters, of->filters);
    of->filters = 0;
    if (filters->dead > filters->live + HF_DEAD_SLACK) sweep(allocator);
}

void hf_filters__drop_agent(HfAllocator *allocator, uint32_t agent)
{
    HfAgent *on = &allocator->agents.at[agent];
    while (on->filters.count > 0) {
        HfFilterPlace last = hf_few_at(&on->filters)[on->filters.count - 1];
        gboolean is_live = hf_filters__is_live(allocator, &last);
        place_remove(allocator, on, on->filters.count - 1);
        if (!is_live) continue;
        allocator->subs.at[last.sub].filters--;
        died(&allocator->filters, 1);
        hf_allocator__sub_try_drop(allocator, last.sub);
    }
}

/* Its sub may get something on its agent now. */
static void ended(HfAllocator *allocator, const HfLaneEntry *entry)
{
    HfFilters *filters = &allocator->filters;
    HfAgent *on = &allocator->agents.at[entry->agent];
    const HfFilterPlace *at = hf_few_at(&on->filters);
    uint32_t place = 0, sub = entry->sub;
    while (place < on->filters.count && at[place].armed != entry->armed) place++;
    gboolean is_live = place < on->filters.count && hf_filters__is_live(allocator, &at[place]);
    if (place < on->filters.count) place_remove(allocator, on, place);
    if (!is_live) {
        if (filters->dead > 0) filters->dead--;
        return;
    }
    allocator->subs.at[sub].filters--;
    filters->live--;
    allocator->counters.filters_expired++;
    hf_allocator__sub_try_drop(allocator, sub);
    if (on->flags & HF_AGENT_CHANGED) return;
    if (on->pending.count > 0 && hf_few_at(&on->pending)[on->pending.count - 1] == sub) return;
    hf_few_push(&on->pending, sub);
    on->flags |= HF_AGENT_PENDING;
    if (on->pending.count == 1) hf_allocator__agent_touch(allocator, entry->agent);
}

static gboolean is_due(const HfLaneEntry *entry, HfTime now, uint64_t armed)
{
    return entry->ends < now || (entry->ends == now && entry->armed < armed);
}

/* The agents of ends in a row lie anywhere in memory: ask for those that come soon. */
static inline __attribute__((always_inline)) void fetch_soon(const HfAllocator *allocator,
                                                             const HfLane *lane)
{
    if (lane->count <= HF_SOON) return;
    uint32_t agent = lane->at[(lane->head + HF_SOON) & (lane->room - 1)].agent;
    __builtin_prefetch(&allocator->agents.at[agent]);
    __builtin_prefetch((const char *)&allocator->agents.at[agent] + 64);
}

void hf_filters__expire(HfAllocator *allocator, HfTime now, uint64_t armed)
{
    HfFilters *filters = &allocator->filters;
    for (uint32_t l = 0; l < filters->lane_count; l++) {
        HfLane *lane = &filters->lanes[l];
        while (lane->count > 0 && is_due(&lane->at[lane->head], now, armed)) {
            HfLaneEntry entry = lane->at[lane->head];
            fetch_soon(allocator, lane);
            lane->head = (lane->head + 1) & (lane->room - 1);
            lane->count--;
            ended(allocator, &entry);
        }
    }
    while (filters->heap.count > 0 && is_due(&filters->heap.at[0], now, armed)) {
        HfLaneEntry entry = filters->heap.at[0];
        heap_pop(filters);
        ended(allocator, &entry);
    }
}

size_t hf_filters__memory(const HfFilters *filters)
{
    size_t bytes = filters->heap.room * sizeof(HfLaneEntry);
    for (uint32_t l = 0; l < filters->lane_count; l++)
        bytes += filters->lanes[l].room * sizeof(HfLaneEntry);
    return bytes;
}

/* ---- The test ---- */

/* The same pair is often asked about for one framework after the other: the last answer is kept. */
static gboolean covers(HfAllocator *allocator, const HfBundle *refused, const HfResources *offer,
                       const HfBundle *bundle)
{
    allocator->counters.filter_checks++;
    if (refused == bundle) return TRUE;
    if (bundle == NULL)
        return hf_resources_contains(allocator->catalog, &refused->resources, offer);
    if (allocator->checked_refused != refused || allocator->checked_bundle != bundle) {
        allocator->checked_covers =
            hf_resources_contains(allocator->catalog, &refused->resources, offer);
        allocator->checked_refused = refused;
        allocator->checked_bundle = bundle;
    }
    return allocator->checked_covers;
}

/*
 * Who is tried on an agent comes in nearly the order in which their filters were made there:
 * whoever was offered it before the others refused it before them. So the search begins behind the
 * place where it ended for the one before, and goes round. Cost: O(1) for one who refuses, as a
 * rule; O(filters of the agent) for one who does not.
 */
gboolean hf_filters__refuses(HfAllocator *allocator, const HfAgent *agent, uint32_t sub,
                             const HfResources *offer, const HfBundle *bundle)
{
    const HfSub *of = &allocator->subs.at[sub];
    if (of->filters == 0) return FALSE;
    const HfFilterPlace *at = hf_few_at(&agent->filters);
    uint64_t from = of->filters_from;
    uint32_t count = agent->filters.count, f = allocator->filter_next;
    for (uint32_t i = 0; i < count; i++, f++) {
        if (f >= count) f = 0;
        if (at[f].sub == sub && at[f].armed >= from &&
            covers(allocator, hf_bundle__numbered(allocator, at[f].refused), offer, bundle)) {
            allocator->filter_next = f + 1;
            return TRUE;
        }
    }
    return FALSE;
}
