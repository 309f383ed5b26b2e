/*
 * Offer filters: who refused what on which agent, until when.
 *
 * A filter is a row that stands in the columns of its agent and in the list of its sub, so both can
 * drop theirs at their own cost. Ends are kept in one ring for each distinct timeout (most filters
 * share one), so that no timer is needed and the oldest is at the head; a filter that was dropped
 * early leaves a stale entry, recognised by its generation. What is refused is stored once for each
 * agent and content: an agent declined by a thousand frameworks holds one set.
 * Source: MESOS.md 3.5; order of filters and batch at one instant: MESOS-VERIFIED 1, 2.
 */
#include "allocator/allocator_internal.h"

#include <string.h>

#define REFUSED_COMPARED 4

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

/* The agent's row for this content. Only the newest few are compared: equal sets follow each other,
 * and a second row for the same content costs nothing but its memory. */
static uint32_t refused_take(HfAllocator *allocator, HfAgent *agent, const HfResources *refused)
{
    uint32_t oldest =
        agent->refused.count > REFUSED_COMPARED ? agent->refused.count - REFUSED_COMPARED : 0;
    for (uint32_t r = agent->refused.count; r-- > oldest;) {
        HfRefused *row = &agent->refused.at[r];
        if (row->refs > 0 && hf_resources_equal(allocator->catalog, &row->resources, refused)) {
            row->refs++;
            return r;
        }
    }
    uint32_t vacant = agent->refused_vacant;
    if (vacant == HF_ROW_NONE) {
        vacant = agent->refused.count;
        hf_vec_push_zero(&agent->refused);
    } else {
        agent->refused_vacant = agent->refused.at[vacant].checked;
    }
    HfRefused *row = &agent->refused.at[vacant];
    hf_resources_copy(allocator->catalog, &row->resources, refused);
    row->refs = 1;
    row->checked = agent->version - 1;
    return vacant;
}

void hf_filters__add(HfAllocator *allocator, HfTime now, HfTime timeout, uint32_t agent,
                     uint32_t sub, const HfResources *refused)
{
    HfFilters *filters = &allocator->filters;
    HfAgent *on = &allocator->agents.at[agent];
    HfSub *of = &allocator->subs.at[sub];
    uint32_t row = filters->vacant;
    if (row == HF_ROW_NONE) {
        row = filters->rows.count;
        hf_vec_push_zero(&filters->rows);
    } else {
        filters->vacant = filters->rows.at[row].next;
    }
    HfFilter *filter = &filters->rows.at[row];
    filter->generation++;
    filter->agent = agent;
    filter->sub = sub;
    filter->refused = refused_take(allocator, on, refused);
    filter->place = on->filter_sub.count;
    filter->before = HF_ROW_NONE;
    filter->next = of->filters;
    if (of->filters != HF_ROW_NONE) filters->rows.at[of->filters].before = row;
    of->filters = row;
    hf_vec_push(&on->filter_sub, sub);
    hf_vec_push(&on->filter_row, row);
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
    HfRefused *refused = &on->refused.at[filter->refused];
    if (--refused->refs == 0) {
        hf_resources_reset(allocator->catalog, &refused->resources);
        refused->checked = on->refused_vacant;
        on->refused_vacant = filter->refused;
    }
    uint32_t last = --on->filter_sub.count;
    on->filter_row.count--;
    if (filter->place != last) {
        on->filter_sub.at[filter->place] = on->filter_sub.at[last];
        on->filter_row.at[filter->place] = on->filter_row.at[last];
        filters->rows.at[on->filter_row.at[filter->place]].place = filter->place;
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
    while (on->filter_row.count > 0) drop(allocator, *hf_vec_last(&on->filter_row));
}

/* Its sub may get something on its agent now. */
static void ended(HfAllocator *allocator, const HfLaneEntry *entry)
{
    HfFilter *filter = &allocator->filters.rows.at[entry->filter];
    if (filter->generation != entry->generation) return;
    uint32_t agent = filter->agent, sub = filter->sub;
    drop(allocator, entry->filter);
    allocator->counters.filters_expired++;
    HfAgent *on = &allocator->agents.at[agent];
    if (on->flags & HF_AGENT_CHANGED) return;
    if (on->pending.count > 0 && *hf_vec_last(&on->pending) == sub) return;
    hf_vec_push(&on->pending, sub);
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

/* ---- The test ---- */

static gboolean covers(HfAllocator *allocator, HfAgent *agent, uint32_t filter,
                       const HfResources *offer, gboolean whole)
{
    allocator->counters.filter_checks++;
    HfRefused *row = &agent->refused.at[allocator->filters.rows.at[filter].refused];
    if (!whole) return hf_resources_contains(allocator->catalog, &row->resources, offer);
    if (row->checked != agent->version) {
        row->covers = hf_resources_contains(allocator->catalog, &row->resources, offer);
        row->checked = agent->version;
    }
    return row->covers;
}

gboolean hf_filters__refuses(HfAllocator *allocator, HfAgent *agent, uint32_t sub,
                             const HfResources *offer, gboolean whole)
{
    const uint32_t *subs = agent->filter_sub.at;
    for (uint32_t f = 0; f < agent->filter_sub.count; f++)
        if (subs[f] == sub && covers(allocator, agent, agent->filter_row.at[f], offer, whole))
            return TRUE;
    return FALSE;
}
