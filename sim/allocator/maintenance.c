/*
 * Scheduled maintenance: after a run, every active framework that holds something on a candidate
 * agent about to become unavailable gets an inverse offer, unless one is outstanding or filtered.
 * Source: MESOS.md 3.9, MESOS-VERIFIED 1, 14.
 */
#include "allocator/allocator_internal.h"

void hf_allocator__maintenance_free(HfMaintenance *maintenance)
{
    if (maintenance == NULL) return;
    hf_vec_clear(&maintenance->outstanding);
    hf_vec_clear(&maintenance->answers);
    hf_vec_clear(&maintenance->filters);
    g_free(maintenance);
}

void hf_allocator__maintain(HfAllocator *allocator, uint32_t agent, gboolean is_set, HfTime start,
                            HfTime duration)
{
    HfAgentInfo *row = &allocator->infos.at[agent];
    if (row->maintenance != NULL) {
        uint32_t place = row->maintenance->place;
        allocator->inverse_filters -= row->maintenance->filters.count;
        hf_allocator__maintenance_free(row->maintenance);
        row->maintenance = NULL;
        hf_vec_remove(&allocator->maintained, place);
        for (; place < allocator->maintained.count; place++)
            allocator->infos.at[allocator->maintained.at[place]].maintenance->place = place;
    }
    if (!is_set) return;
    row->maintenance = g_new0(HfMaintenance, 1);
    row->maintenance->start = start;
    row->maintenance->duration = duration;
    row->maintenance->place = allocator->maintained.count;
    hf_vec_push(&allocator->maintained, agent);
}

HfStatus hf_allocator_unavailability_set(HfAllocator *allocator, HfTime now, uint32_t agent,
                                         gboolean is_set, HfTime start, HfTime duration)
{
    if (hf_allocator__agent(allocator, agent) == NULL) return HF_UNKNOWN;
    hf_allocator__resume_if_due(allocator, now, UINT64_MAX);
    hf_allocator__inverse_drop(allocator, HF_ROW_NONE, agent);
    hf_allocator__maintain(allocator, agent, is_set, start, duration);
    hf_allocator__trigger(allocator, agent);
    return HF_OK;
}

gboolean hf_allocator_unavailability(const HfAllocator *allocator, uint32_t agent,
                                     HfTime *start_out, HfTime *duration_out)
{
    if (agent >= allocator->infos.count || allocator->infos.at[agent].maintenance == NULL)
        return FALSE;
    *start_out = allocator->infos.at[agent].maintenance->start;
    *duration_out = allocator->infos.at[agent].maintenance->duration;
    return TRUE;
}

/* Filters of a framework on one agent; HF_ROW_NONE = of any. */
static void drop_filters(HfAllocator *allocator, uint32_t agent, uint32_t framework)
{
    HfMaintenance *maintenance = allocator->infos.at[agent].maintenance;
    if (maintenance == NULL) return;
    uint32_t kept = 0, count = maintenance->filters.count;
    for (uint32_t i = 0; i < count; i++)
        if (framework != HF_ROW_NONE && maintenance->filters.at[i].framework != framework)
            maintenance->filters.at[kept++] = maintenance->filters.at[i];
    maintenance->filters.count = kept;
    allocator->inverse_filters -= count - kept;
}

/* Filters of a framework, or on an agent; HF_ROW_NONE = any. */
void hf_allocator__inverse_drop(HfAllocator *allocator, uint32_t framework, uint32_t agent)
{
    if (allocator->inverse_filters == 0) return;
    if (agent != HF_ROW_NONE) {
        drop_filters(allocator, agent, framework);
        return;
    }
    for (uint32_t m = 0; m < allocator->maintained.count; m++)
        drop_filters(allocator, allocator->maintained.at[m], framework);
}

uint32_t hf_allocator__inverse_count(const HfAllocator *allocator, uint32_t framework)
{
    uint32_t count = 0;
    if (allocator->inverse_filters == 0) return 0;
    for (uint32_t m = 0; m < allocator->maintained.count; m++) {
        const HfMaintenance *of = allocator->infos.at[allocator->maintained.at[m]].maintenance;
        for (uint32_t i = 0; i < of->filters.count; i++)
            count += of->filters.at[i].framework == framework;
    }
    return count;
}

void hf_allocator__inverse_expire(HfAllocator *allocator, HfTime now, uint64_t armed)
{
    for (uint32_t m = 0; m < allocator->maintained.count; m++) {
        HfMaintenance *of = allocator->infos.at[allocator->maintained.at[m]].maintenance;
        uint32_t kept = 0, count = of->filters.count;
        for (uint32_t i = 0; i < count; i++) {
            const HfInverseFilter *filter = &of->filters.at[i];
            gboolean due = filter->ends < now || (filter->ends == now && filter->armed < armed);
            if (!due) of->filters.at[kept++] = *filter;
        }
        of->filters.count = kept;
        allocator->inverse_filters -= count - kept;
    }
}

static uint32_t find_outstanding(const HfMaintenance *maintenance, HfTextId framework)
{
    for (uint32_t o = 0; o < maintenance->outstanding.count; o++)
        if (maintenance->outstanding.at[o] == framework) return o;
    return HF_ROW_NONE;
}

HfStatus hf_allocator_inverse_response(HfAllocator *allocator, HfTime now, uint32_t framework,
                                       uint32_t agent, HfInverseStatus status,
                                       double refuse_seconds)
{
    HfAgent *row = hf_allocator__agent(allocator, agent);
    const HfFramework *from = hf_allocator__framework(allocator, framework);
    if (row == NULL || from == NULL) return HF_UNKNOWN;
    HfMaintenance *maintenance = allocator->infos.at[agent].maintenance;
    if (maintenance == NULL) return HF_CONFLICT;
    HfTextId name = hf_text_intern(allocator->catalog, from->name);
    uint32_t place = find_outstanding(maintenance, name);
    if (place != HF_ROW_NONE) {
        hf_vec_remove(&maintenance->outstanding, place);
        if (status != HF_INVERSE_NONE) {
            uint32_t a = 0;
            while (a < maintenance->answers.count && maintenance->answers.at[a].framework != name)
                a++;
            if (a == maintenance->answers.count)
                hf_vec_push(&maintenance->answers, (HfInverseAnswer){name, status});
            maintenance->answers.at[a].status = status;
        }
    }
    HfTime timeout = hf_allocator__refuse_time(allocator->era, refuse_seconds);
    if (timeout == 0) return HF_OK;
    HfInverseFilter filter = {framework, hf_time_add(now, timeout), allocator->filters.armed++};
    hf_vec_push(&maintenance->filters, filter);
    allocator->inverse_filters++;
    return HF_OK;
}

static gboolean is_filtered(const HfMaintenance *maintenance, uint32_t framework)
{
    for (uint32_t i = 0; i < maintenance->filters.count; i++)
        if (maintenance->filters.at[i].framework == framework) return TRUE;
    return FALSE;
}

void hf_allocator__inverse_offers(HfAllocator *allocator, HfOfferList *out)
{
    for (uint32_t m = 0; m < allocator->maintained.count; m++) {
        uint32_t agent = allocator->maintained.at[m];
        const HfAgent *row = &allocator->agents.at[agent];
        HfMaintenance *maintenance = allocator->infos.at[agent].maintenance;
        if (!allocator->all_candidates && !(row->flags & HF_AGENT_CANDIDATE)) continue;
        for (uint32_t g = 0; g < row->grants.count; g++) {
            uint32_t framework = allocator->subs.at[hf_few_at(&row->grants)[g].sub].framework;
            const HfFramework *to = hf_allocator__framework(allocator, framework);
            if (to == NULL || !to->is_active) continue;
            HfTextId name = hf_text_intern(allocator->catalog, to->name);
            if (find_outstanding(maintenance, name) != HF_ROW_NONE) continue;
            if (is_filtered(maintenance, framework)) continue;
            hf_vec_push(&maintenance->outstanding, name);
            hf_vec_push(&out->inverse, (HfInverseOffered){framework, agent, maintenance->start,
                                                          maintenance->duration});
        }
    }
}
