/*
 * Offer filters: who refused what on which agent, until when.
 *
 * A filter is a row that stands in the columns of its agent and in the list of its sub, so both can
 * drop theirs at their own cost. Ends are kept in one ring for each distinct timeout (most filters
 * share one), so that no timer is needed and the oldest is at the head; a filter that was dropped
 * early leaves a stale entry, recognised by its generation. What is refused is a bundle, as a rule
 * the very one that was offered and is offered to the next. Source: MESOS.md 3.5; order of filters
 * and batch at one instant: MESOS-VERIFIED 1, 2.
 */
#include "allocator/allocator_internal.h"

#include <string.h>

void hf_filters__init(HfFilters *filters)
{
    memset(filters, 0, sizeof *filters);
    filters->vacant = HF_ROW_NONE;
}

void hf_filters__clear(HfFilters *filters)
{
    for (uint32_t l = 0; l < filters->lane_count; l++) g_free(filters->lanes[l].at);
    hf_vec_clear(&filters->rows);
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

/* ---- Rows ---- */

static uint32_t row_take(HfFilters *filters)
{
    uint32_t row = filters->vacant;
    if (row == HF_ROW_NONE) {
        row = filters->rows.count;
        hf_vec_push_zero(&filters->rows);
    } else {
        filters->vacant = filters->rows.at[row].next;
    }
    filters->rows.at[row].generation++;
    return row;
}

void hf_filters__add(HfAllocator *allocator, HfTime now, HfTime timeout, uint32_t agent,
                     uint32_t sub, HfBundle *refused)
{
    HfFilters *filters = &allocator->filters;
    HfAgent *on = &allocator->agents.at[agent];
    HfSub *of = &allocator->subs.at[sub];
    uint32_t row = row_take(filters);
    HfFilter *filter = &filters->rows.at[row];
    filter->refused = hf_bundle__ref(refused);
    filter->agent = agent;
    filter->sub = sub;
    filter->place = on->filters.count;
    filter->before = HF_ROW_NONE;
    filter->next = of->filters;
    if (of->filters != HF_ROW_NONE) filters->rows.at[of->filters].before = row;
    of->filters = row;
    hf_few_push(&on->filters, (HfFilterPlace){sub, row});
    HfLaneEntry entry = {hf_time_add(now, timeout), filters->armed++, row, filter->generation};
    HfLane *lane = lane_for(filters, timeout);
    if (lane != NULL)
        lane_push(lane, entry);
    else
        heap_push(filters, entry);
    filters->live++;
    allocator->counters.filters_made++;
}

static void drop(HfAllocator *allocator, uint32_t row)
{
    HfFilters *filters = &allocator->filters;
    HfFilter *filter = &filters->rows.at[row];
    HF_ASSERT(filter->generation & 1);
    HfAgent *on = &allocator->agents.at[filter->agent];
    hf_bundle__unref(allocator, filter->refused);
    filter->refused = NULL;
    uint32_t last = --on->filters.count;
    HfFilterPlace *places = hf_few_at(&on->filters);
    if (filter->place != last) {
        places[filter->place] = places[last];
        filters->rows.at[places[last].row].place = filter->place;
    }
    if (filter->before == HF_ROW_NONE)
        allocator->subs.at[filter->sub].filters = filter->next;
    else
        filters->rows.at[filter->before].next = filter->next;
    if (filter->next != HF_ROW_NONE) filters->rows.at[filter->next].before = filter->before;
    filter->generation++;
    filter->next = filters->vacant;
    filters->vacant = row;
    filters->live--;
}

void hf_filters__drop_sub(HfAllocator *allocator, uint32_t sub)
{
    while (allocator->subs.at[sub].filters != HF_ROW_NONE)
        drop(allocator, allocator->subs.at[sub].filters);
}

void hf_filters__drop_agent(HfAllocator *allocator, uint32_t agent)
{
    HfAgent *on = &allocator->agents.at[agent];
    while (on->filters.count > 0) {
        HfFilterPlace last = hf_few_at(&on->filters)[on->filters.count - 1];
        drop(allocator, last.row);
        hf_allocator__sub_try_drop(allocator, last.sub);
    }
}

/* Its sub may get something on its agent now. */
static void ended(HfAllocator *allocator, const HfLaneEntry *entry)
{
    HfFilter *filter = &allocator->filters.rows.at[entry->filter];
    if (filter->generation != entry->generation) return;
    uint32_t agent = filter->agent, sub = filter->sub;
    drop(allocator, entry->filter);
    allocator->counters.filters_expired++;
    hf_allocator__sub_try_drop(allocator, sub);
    HfAgent *on = &allocator->agents.at[agent];
    if (on->flags & HF_AGENT_CHANGED) return;
    if (on->pending.count > 0 && hf_few_at(&on->pending)[on->pending.count - 1] == sub) return;
    hf_few_push(&on->pending, sub);
    if (on->pending.count == 1) hf_allocator__agent_touch(allocator, agent);
}

static gboolean is_due(const HfLaneEntry *entry, HfTime now, uint64_t armed)
{
    return entry->ends < now || (entry->ends == now && entry->armed < armed);
}

void hf_filters__expire(HfAllocator *allocator, HfTime now, uint64_t armed)
{
    HfFilters *filters = &allocator->filters;
    for (uint32_t l = 0; l < filters->lane_count; l++) {
        HfLane *lane = &filters->lanes[l];
        while (lane->count > 0 && is_due(&lane->at[lane->head], now, armed)) {
            HfLaneEntry entry = lane->at[lane->head];
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
    size_t bytes = filters->rows.room * sizeof(HfFilter) + filters->heap.room * sizeof(HfLaneEntry);
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

gboolean hf_filters__refuses(HfAllocator *allocator, const HfAgent *agent, uint32_t sub,
                             const HfResources *offer, const HfBundle *bundle)
{
    const HfFilterPlace *at = hf_few_at(&agent->filters);
    for (uint32_t f = 0; f < agent->filters.count; f++)
        if (at[f].sub == sub &&
            covers(allocator, allocator->filters.rows.at[at[f].row].refused, offer, bundle))
            return TRUE;
    return FALSE;
}
