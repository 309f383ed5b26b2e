/*
 * Scope cell: all that is free and the first framework in order may have goes to it; the others
 * wait for the next run. That is the two-level model of Omega's simulator (EuroSys 2013), which
 * orders frameworks by what they run, and offers nothing below a minimum over the whole cell.
 */
#include "allocator/allocator_internal.h"

/* TRUE when the sub was offered something. */
static gboolean try_everywhere(HfAllocator *allocator, uint32_t sub)
{
    uint64_t offers = allocator->counters.offers;
    hf_offer__try_each(allocator, sub);
    return allocator->counters.offers != offers;
}

static gboolean cell_role(HfAllocator *allocator, HfNode leaf)
{
    HfNode root = allocator->roles.at[allocator->sorters.nodes.at[leaf].client].frameworks;
    const HfSorterNode *nodes = allocator->sorters.nodes.at;
    gboolean given = FALSE;
    if (allocator->framework_sort == HF_SORTER_RANDOM) {
        HfNode drawn;
        hf_draw__begin(allocator, &allocator->framework_draw, root,
                       hf_order__mix(allocator->order_key ^ leaf) + allocator->run_number);
        while (!given && (drawn = hf_draw__next(&allocator->framework_draw)) != HF_NODE_NONE)
            given = try_everywhere(allocator, nodes[drawn].client);
        return given;
    }
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, root);
    for (uint32_t i = 0; i < group->order.count && !given; i++)
        given = try_everywhere(allocator, nodes[group->order.at[i]].client);
    return given;
}

static gboolean cell_roles(HfAllocator *allocator, HfNode internal)
{
    const HfSorterGroup *group = hf_sorter__flush(&allocator->sorters, internal);
    for (uint32_t i = 0; i < group->order.count; i++) {
        HfNode node = group->order.at[i];
        if (allocator->sorters.nodes.at[node].kind == HF_NODE_ACTIVE ? cell_role(allocator, node)
                                                                     : cell_roles(allocator, node))
            return TRUE;
    }
    return FALSE;
}

/* What is free on some agents: amounts of the first kinds, and of all kinds where an agent has
 * scalars of others. */
typedef struct Free {
    int64_t first[HF_KIND_PORTS];
    HfQuantities others;
} Free;

static gboolean contains(const Free *whole, const HfQuantities *part)
{
    const HfQuantity *want = hf_quantities_entries(part);
    for (uint32_t i = 0; i < part->count; i++) {
        int64_t have = hf_quantities_get(&whole->others, want[i].kind);
        if (want[i].kind < HF_KIND_PORTS) have += whole->first[want[i].kind];
        if (have < want[i].milli) return FALSE;
    }
    return TRUE;
}

static gboolean meets_minimum(const HfAllocator *allocator, const Free *sum)
{
    for (uint32_t m = 0; m < allocator->min_count; m++)
        if (contains(sum, &allocator->min[m])) return TRUE;
    return allocator->min_count == 0;
}

static void add_available(HfAllocator *allocator, uint32_t agent, Free *sum)
{
    const HfBundle *available = allocator->agents.at[agent].available;
    if (available == NULL) return;
    const int64_t *amounts = hf_allocator__first_kinds(allocator, available);
    if (G_LIKELY(amounts != NULL))
        for (int k = 0; k < HF_KIND_PORTS; k++) sum->first[k] += amounts[k];
    else
        hf_resources_scalar_quantities(allocator->catalog, &available->resources, &sum->others);
}

/* Is what is free on the agents of this run, taken together, at least the minimum? Those that are
 * not to be visited count as well: they are free, and nobody wants them. */
static gboolean cell_is_allocatable(HfAllocator *allocator)
{
    Free sum = {0};
    gboolean enough = meets_minimum(allocator, &sum);
    if (allocator->all_candidates) {
        for (uint32_t w = 0; w * 64 < allocator->by_name.count && !enough; w++) {
            uint64_t word = allocator->idle_bits[w];
            if (word == 0) continue;
            for (; word != 0; word &= word - 1)
                add_available(allocator,
                              allocator->by_name.at[w * 64 + (uint32_t)__builtin_ctzll(word)],
                              &sum);
            enough = meets_minimum(allocator, &sum);
        }
    } else {
        for (uint32_t c = 0; c < allocator->candidates.count; c++) {
            uint32_t agent = allocator->candidates.at[c], rank = allocator->agents.at[agent].rank;
            if (allocator->idle_bits[rank >> 6] >> (rank & 63) & 1)
                add_available(allocator, agent, &sum);
        }
        enough = enough || meets_minimum(allocator, &sum);
    }
    hf_quantities_clear(&sum.others);
    return enough;
}

/* All that the first framework in order may have goes to it; the others wait for the next run. */
void hf_allocator__run_cell(HfAllocator *allocator)
{
    gboolean given = FALSE;
    if (!cell_is_allocatable(allocator)) return; /* the agents stay to be visited */
    allocator->counters.agents_visited += allocator->visit.count;
    if (allocator->sole_role != HF_NODE_NONE) {
        given = cell_role(allocator, allocator->sole_role);
    } else if (allocator->role_sort == HF_SORTER_RANDOM) {
        HfNode drawn;
        hf_draw__begin(allocator, &allocator->role_draw, allocator->role_root,
                       hf_order__mix(allocator->order_key ^ hf_order__mix(allocator->run_number)));
        while (!given && (drawn = hf_draw__next(&allocator->role_draw)) != HF_NODE_NONE)
            given = cell_role(allocator, drawn);
    } else {
        given = cell_roles(allocator, allocator->role_root);
    }
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        HfAgent *row = &allocator->agents.at[allocator->visit.at[i]];
        if (given) {
            row->flags |= HF_AGENT_CHANGED; /* others were not asked */
        } else {
            row->flags &= ~(uint32_t)HF_AGENT_CHANGED;
            hf_agent__forget_pending(row);
            row->seen = allocator->eligible_base + allocator->eligible.count;
            row->quota_seen = allocator->quota_epoch;
        }
        hf_allocator__agent_visited(allocator, allocator->visit.at[i]);
    }
}
