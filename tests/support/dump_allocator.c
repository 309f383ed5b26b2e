/* What the allocator knows, as text; see dump.h. */
#include "support/dump_allocator.h"
#include "allocator/allocator_internal.h"
#include "resource/text.h"

static void say_resources(HfCatalog *catalog, const char *key, const HfResources *resources,
                          GString *out)
{
    g_autofree char *text = hf_resources_to_text(catalog, resources);
    g_string_append_printf(out, " %s=%s", key, text);
}

/* When a filter ends: it is found by the number of its timer. */
static HfTime end_of(const HfFilters *filters, uint64_t armed)
{
    for (uint32_t l = 0; l < filters->lane_count; l++) {
        const HfLane *lane = &filters->lanes[l];
        for (uint32_t i = 0; i < lane->count; i++) {
            const HfLaneEntry *entry = &lane->at[(lane->head + i) & (lane->room - 1)];
            if (entry->armed == armed) return entry->ends;
        }
    }
    for (uint32_t i = 0; i < filters->heap.count; i++)
        if (filters->heap.at[i].armed == armed) return filters->heap.at[i].ends;
    return HF_TIME_NEVER;
}

static void dump_agent(HfAllocator *allocator, uint32_t agent, HfTime now, GString *out)
{
    const HfAgent *row = hf_allocator__agent(allocator, agent);
    HfCatalog *catalog = allocator->catalog;
    if (row == NULL) return;
    g_string_append_printf(out, "\n a%u %x", agent,
                           row->flags & (HF_AGENT_ACTIVE | HF_AGENT_CANDIDATE));
    say_resources(catalog, "total", &allocator->infos.at[agent].total, out);
    say_resources(catalog, "free", hf_bundle__resources(row->available), out);
    HfResources launched = {0};
    hf_launched__list(allocator, agent, &launched);
    say_resources(catalog, "launched", &launched, out);
    hf_resources_clear(catalog, &launched);
    if (allocator->infos.at[agent].launched_early != NULL)
        say_resources(catalog, "early", allocator->infos.at[agent].launched_early, out);
    for (uint32_t g = 0; g < row->grants.count; g++) {
        const HfGrant *grant = &hf_few_at(&row->grants)[g];
        g_string_append_printf(out, " g%u:%u", grant->sub, grant->is_counted);
        say_resources(catalog, "", hf_bundle__resources(hf_grant__bundle(allocator, grant)), out);
    }
    for (uint32_t f = 0; f < row->filters.count; f++) {
        const HfFilterPlace *place = &hf_few_at(&row->filters)[f];
        if (!hf_filters__is_live(allocator, place)) continue;
        HfTime ends = end_of(&allocator->filters, place->armed);
        g_string_append_printf(out, " x%u@%" G_GINT64_FORMAT, place->sub,
                               (gint64)MIN(ends - now, HF_DUMP_FAR));
        say_resources(catalog, "", &hf_bundle__numbered(allocator, place->refused)->resources, out);
    }
}

/* Counts of allocations break ties among siblings: what matters is how far they are apart. */
static void dump_counts(const HfAllocator *allocator, GString *out)
{
    uint64_t least = UINT64_MAX;
    for (HfRoleId r = 0; r < allocator->roles.count; r++)
        if (allocator->roles.at[r].leaf != HF_NODE_NONE)
            least = MIN(least, allocator->sorters.nodes.at[allocator->roles.at[r].leaf].count);
    for (HfRoleId r = 0; r < allocator->roles.count; r++)
        if (allocator->roles.at[r].leaf != HF_NODE_NONE)
            g_string_append_printf(
                out, " r%u+%" G_GUINT64_FORMAT, r,
                (guint64)(allocator->sorters.nodes.at[allocator->roles.at[r].leaf].count - least));
}

void hf_dump_allocator(HfAllocator *allocator, HfCatalog *catalog, HfTime now, GString *out)
{
    g_string_append_printf(out, "\nallocator %d%d%d", allocator->is_paused, allocator->wants_run,
                           allocator->all_candidates);
    for (uint32_t s = 0; s < allocator->subs.count; s++) {
        const HfSub *sub = &allocator->subs.at[s];
        if (sub->is_live)
            g_string_append_printf(out, " s%u:f%u:r%u:%d%d%d", s, sub->framework, sub->role,
                                   sub->is_subscribed, sub->is_suppressed,
                                   allocator->frameworks.at[sub->framework].is_active);
    }
    dump_counts(allocator, out);
    for (uint32_t a = 0; a < allocator->agents.count; a++) dump_agent(allocator, a, now, out);
}

static void say_bytes(GString *out, const char *name, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    g_string_append_printf(out, "\n%s", name);
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(out, "%s%02x", i % 64 == 0 ? "\n " : "", at[i]);
}

#define say_vec(out, name, vec) say_bytes(out, name, (vec)->at, (vec)->count * sizeof *(vec)->at)

void hf_dump_allocator_tables(const HfAllocator *allocator, GString *out)
{
    const HfSorters *sorters = &allocator->sorters;
    const HfFilters *filters = &allocator->filters;
    say_bytes(out, "agents", allocator->agents.at, allocator->agents.count * sizeof(HfAgent));
    say_vec(out, "infos", &allocator->infos);
    say_vec(out, "frameworks", &allocator->frameworks);
    say_vec(out, "subs", &allocator->subs);
    say_vec(out, "vacant subs", &allocator->vacant_subs);
    say_vec(out, "roles", &allocator->roles);
    say_vec(out, "weights", &allocator->weights);
    say_bytes(out, "amounts", allocator->amounts,
              sizeof(int64_t) * allocator->amount_roles * HF_ROLE_AMOUNTS *
                  allocator->amount_stride);
    say_vec(out, "quota roles", &allocator->quota_roles);
    say_vec(out, "maintained", &allocator->maintained);
    for (uint32_t m = 0; m < allocator->maintained.count; m++) {
        const HfMaintenance *of = allocator->infos.at[allocator->maintained.at[m]].maintenance;
        say_bytes(out, "maintenance", of, sizeof *of);
        say_vec(out, "outstanding", &of->outstanding);
        say_vec(out, "inverse filters", &of->filters);
    }
    say_vec(out, "candidates", &allocator->candidates);
    say_vec(out, "eligible", &allocator->eligible);
    say_bytes(out, "filters", filters, sizeof *filters);
    for (uint32_t l = 0; l < filters->lane_count; l++)
        say_bytes(out, "lane", filters->lanes[l].at,
                  filters->lanes[l].room * sizeof *filters->lanes[l].at);
    say_vec(out, "timers", &filters->heap);
    say_vec(out, "nodes", &sorters->nodes);
    say_vec(out, "groups", &sorters->groups);
    say_bytes(out, "allocated", sorters->alloc,
              sizeof(int64_t) * sorters->nodes.count * sorters->stride);
    say_bytes(out, "total", sorters->total, sizeof(int64_t) * sorters->stride);
    g_string_append_printf(out, "\nflags %d%d%d%d%d%d%d %u %u %u %" G_GUINT64_FORMAT "\n",
                           allocator->is_paused, allocator->wants_run, allocator->all_candidates,
                           allocator->is_recovering, allocator->quota_has_eased,
                           allocator->quota_has_drifted, allocator->quota_is_counted,
                           allocator->active_subs, allocator->agent_count, allocator->quota_epoch,
                           (guint64)allocator->gives);
}
