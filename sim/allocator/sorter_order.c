/*
 * Shares, keys, and the order of siblings by them; see sorter_internal.h. Source: Mesos 1.11,
 * src/master/allocator/mesos/sorter/drf/sorter.cpp.
 */
#include <string.h>

#include "allocator/policy_internal.h"
#include "allocator/sorter_internal.h"

/* Is `a` before `b` by their stored keys? Total: labels of siblings differ. */
static inline gboolean is_before(const HfSorterNode *a, const HfSorterNode *b, HfSorterKind sort)
{
    if (sort == HF_SORTER_DRF) {
        if (a->share != b->share) return a->share < b->share;
        if (a->key_count != b->key_count) return a->key_count < b->key_count;
        return a->label < b->label;
    }
    if (sort == HF_SORTER_KEY) {
        if (a->share != b->share) return a->share < b->share;
        if (a->second != b->second) return a->second < b->second;
        if (a->key_count != b->key_count) return a->key_count < b->key_count;
    }
    return a->label < b->label;
}

void hf_sorters__look_up_weights(HfSorters *sorters)
{
    for (uint32_t i = 0; i < sorters->unweighted.count; i++) {
        HfSorterNode *row = &sorters->nodes.at[sorters->unweighted.at[i]];
        row->weight = hf_sorter__weight(sorters, sorters->unweighted.at[i]);
        row->has_weight = 1;
    }
    if (sorters->unweighted.count > 0) sorters->structure++;
    hf_vec_reset(&sorters->unweighted);
}

static double pool_share(const HfSorters *sorters, HfNode node)
{
    const int64_t *alloc = hf_sorter__alloc(sorters, node);
    const int64_t *pool = hf_sorter__alloc(sorters, sorters->nodes.at[node].parent);
    double share = 0.0;
    for (uint32_t k = 0; k < sorters->stride; k++) {
        if (pool[k] <= 0 || sorters->is_excluded[k]) continue;
        share = MAX(share, hf_sorter__units(alloc[k]) / hf_sorter__units(pool[k]));
    }
    return share;
}

double hf_sorter__raw_share(const HfSorters *sorters, HfNode node)
{
    HfNode parent = sorters->nodes.at[node].parent;
    if (G_UNLIKELY(sorters->has_pools) && parent != HF_NODE_NONE &&
        sorters->groups.at[sorters->nodes.at[parent].group].own_pool)
        return pool_share(sorters, node);
    const int64_t *alloc = hf_sorter__alloc(sorters, node);
    double share = 0.0;
    hf_sorters__count(sorters);
    for (uint32_t i = 0; i < sorters->counted_count; i++) {
        double part = hf_sorter__units(alloc[sorters->counted[i].kind]) / sorters->counted[i].total;
        if (part > share) share = part;
    }
    return share;
}

double hf_sorter__share(const HfSorters *sorters, HfNode node)
{
    return hf_sorter__raw_share(sorters, node) / hf_sorter__weight(sorters, node);
}

/* First place in order[from, to) whose member is not before `row`. */
static uint32_t lower_bound(const HfSorters *sorters, const HfSorterGroup *group, uint32_t from,
                            uint32_t to, const HfSorterNode *row)
{
    const HfSorterNode *nodes = sorters->nodes.at;
    const HfNode *order = group->order.at;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (is_before(&nodes[order[middle]], row, group->sort))
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static uint32_t place_of(const HfSorters *sorters, const HfSorterGroup *group, HfNode node)
{
    uint32_t place = lower_bound(sorters, group, 0, group->order.count, &sorters->nodes.at[node]);
    HF_ASSERT(place < group->order.count && group->order.at[place] == node);
    return place;
}

/* hf_sorter__share(), which is not worked out again for one that holds what the last one held. */
static double alike_share(HfSorters *sorters, HfNode node)
{
    const int64_t *alloc = hf_sorter__alloc(sorters, node);
    hf_sorters__count(sorters);
    if (!sorters->counts_first || sorters->has_pools) return hf_sorter__share(sorters, node);
    if (sorters->alike.version != sorters->version ||
        memcmp(sorters->alike.alloc, alloc, sizeof sorters->alike.alloc) != 0) {
        sorters->alike.version = sorters->version;
        memcpy(sorters->alike.alloc, alloc, sizeof sorters->alike.alloc);
        sorters->alike.share = hf_sorter__raw_share(sorters, node);
    }
    return sorters->alike.share / hf_sorter__weight(sorters, node);
}

static void renew_key(HfSorters *sorters, HfSorterGroup *group, HfNode node)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    if (group->sort == HF_SORTER_DRF) {
        row->share = alike_share(sorters, node);
    } else if (group->sort == HF_SORTER_KEY) {
        HfPolicyKey key = hf_policy_view__key(sorters, node);
        row->share = key.first;
        row->second = key.second;
    }
    row->key_count = row->count;
    row->is_dirty = 0;
}

/* Move one member to where its new key belongs. The first member is the one that a run serves, and
 * the last place is where it goes when shares are equal, so both are looked at before searching. */
static void move_member(HfSorters *sorters, HfSorterGroup *group, HfNode node)
{
    HfSorterNode *row = &sorters->nodes.at[node];
    const HfNode *order = group->order.at;
    uint32_t count = group->order.count;
    uint32_t from = order[0] == node ? 0 : place_of(sorters, group, node);
    HfSorterNode before = {.share = row->share,
                           .second = row->second,
                           .key_count = row->key_count,
                           .label = row->label};
    renew_key(sorters, group, node);
    if (is_before(&before, row, group->sort)) {
        uint32_t to = count - 1;
        if (to > from && !is_before(&sorters->nodes.at[order[to]], row, group->sort))
            to = lower_bound(sorters, group, from + 1, to, row) - 1;
        hf_line__move(&group->order, from, to);
    } else {
        uint32_t to = lower_bound(sorters, group, 0, from, row);
        hf_line__move(&group->order, from, to);
    }
}

/* Merge two runs that stand in order: from[low, middle) and from[middle, high). */
static void merge_runs(const HfSorterNode *nodes, HfSorterKind sort, const HfNode *from, HfNode *to,
                       uint32_t low, uint32_t middle, uint32_t high)
{
    uint32_t i = low, j = middle, k = low;
    while (i < middle && j < high)
        to[k++] = is_before(&nodes[from[j]], &nodes[from[i]], sort) ? from[j++] : from[i++];
    memcpy(to + k, from + i, (middle - i) * sizeof *to);
    memcpy(to + k + (middle - i), from + j, (high - j) * sizeof *to);
}

/* Where each run begins that is in order already, and behind them the count of members. */
static void find_runs(HfSorters *sorters, const HfSorterGroup *group)
{
    const HfSorterNode *nodes = sorters->nodes.at;
    const HfNode *at = group->order.at;
    hf_vec_reset(&sorters->runs);
    hf_vec_push(&sorters->runs, 0);
    for (uint32_t i = 1; i < group->order.count; i++)
        if (!is_before(&nodes[at[i - 1]], &nodes[at[i]], group->sort))
            hf_vec_push(&sorters->runs, i);
    hf_vec_push(&sorters->runs, group->order.count);
}

/* Merge sort by stored keys, from the runs that are there upwards: most often they are few, since a
 * change of the total leaves nearly all members in their order. */
static void sort_group(HfSorters *sorters, HfSorterGroup *group)
{
    uint32_t count = group->order.count;
    HfNode *at = group->order.at;
    if (count < 2) return;
    if (count == 2) {
        HfNode first = at[0];
        if (!is_before(&sorters->nodes.at[at[1]], &sorters->nodes.at[first], group->sort)) return;
        at[0] = at[1];
        at[1] = first;
        return;
    }
    find_runs(sorters, group);
    if (sorters->runs.count == 2) return;
    hf_vec_reset(&sorters->scratch);
    hf_vec_reserve(&sorters->scratch, count);
    HfNode *from = at, *to = sorters->scratch.at;
    uint32_t *runs = sorters->runs.at, left = sorters->runs.count - 1;
    while (left > 1) {
        uint32_t kept = 0;
        for (uint32_t r = 0; r < left; r += 2) {
            uint32_t low = runs[r], middle = runs[MIN(r + 1, left)], high = runs[MIN(r + 2, left)];
            merge_runs(sorters->nodes.at, group->sort, from, to, low, middle, high);
            runs[kept++] = low;
        }
        runs[kept] = count;
        left = kept;
        HfNode *swap = from;
        from = to;
        to = swap;
    }
    if (from != group->order.at) memcpy(group->order.at, from, count * sizeof *from);
}

/* Is it less work to renew the keys and sort than to move each member that changed? */
static gboolean is_better_sorted(const HfSorterGroup *group)
{
    uint32_t count = group->order.count;
    return group->is_unsorted || count <= 2 || group->dirty.count > 8 + count / 8;
}

void hf_sorter__flush_group(HfSorters *sorters, HfSorterGroup *group)
{
    if ((group->version != sorters->version || group->own_pool) &&
        group->sort != HF_SORTER_RANDOM) {
        for (uint32_t i = 0; i < group->order.count; i++)
            renew_key(sorters, group, group->order.at[i]);
        sort_group(sorters, group);
    } else if (is_better_sorted(group)) {
        for (uint32_t i = 0; i < group->dirty.count; i++)
            renew_key(sorters, group, group->dirty.at[i]);
        sort_group(sorters, group);
    } else {
        for (uint32_t i = 0; i < group->dirty.count; i++)
            move_member(sorters, group, group->dirty.at[i]);
    }
    hf_vec_reset(&group->dirty);
    group->version = sorters->version;
    group->is_unsorted = FALSE;
}

/* Put a child among those in order: at its place when the others are sorted by current totals, else
 * anywhere, to be sorted by the next flush. */
void hf_sorter__order_insert(HfSorters *sorters, HfNode node)
{
    HfSorterGroup *group = hf_sorters__group_of(sorters, sorters->nodes.at[node].parent);
    HF_ASSERT(sorters->nodes.at[node].kind != HF_NODE_INACTIVE);
    sorters->nodes.at[node].is_dirty = 0;
    if (group->order.count == 1) group->version = 0; /* no flush has kept its key */
    if (group->is_unsorted || group->version != sorters->version) {
        hf_line__insert(&group->order, group->order.count, node);
        group->is_unsorted = TRUE;
        hf_sorter__mark_dirty(sorters, node);
        return;
    }
    renew_key(sorters, group, node);
    uint32_t place = lower_bound(sorters, group, 0, group->order.count, &sorters->nodes.at[node]);
    hf_line__insert(&group->order, place, node);
}

void hf_sorter__order_remove(HfSorters *sorters, HfNode node)
{
    HfSorterGroup *group = hf_sorters__group_of(sorters, sorters->nodes.at[node].parent);
    uint32_t place = 0;
    if (group->is_unsorted)
        while (group->order.at[place] != node) place++;
    else
        place = place_of(sorters, group, node);
    hf_line__remove(&group->order, place);
    if (!sorters->nodes.at[node].is_dirty) return;
    for (uint32_t i = 0; i < group->dirty.count; i++)
        if (group->dirty.at[i] == node) {
            hf_vec_remove(&group->dirty, i);
            break;
        }
    sorters->nodes.at[node].is_dirty = 0;
}

static uint32_t depth_of(const HfSorters *sorters, HfNode node)
{
    uint32_t depth = 0;
    for (; sorters->nodes.at[node].parent != HF_NODE_NONE; node = sorters->nodes.at[node].parent)
        depth++;
    return depth;
}

gboolean hf_sorter__is_before(HfSorters *sorters, HfNode a, HfNode b)
{
    uint32_t depth_a = depth_of(sorters, a), depth_b = depth_of(sorters, b);
    for (; depth_a > depth_b; depth_a--) a = sorters->nodes.at[a].parent;
    for (; depth_b > depth_a; depth_b--) b = sorters->nodes.at[b].parent;
    HF_ASSERT(a != b);
    while (sorters->nodes.at[a].parent != sorters->nodes.at[b].parent) {
        a = sorters->nodes.at[a].parent;
        b = sorters->nodes.at[b].parent;
    }
    const HfSorterGroup *group = hf_sorter__flush(sorters, sorters->nodes.at[a].parent);
    return is_before(&sorters->nodes.at[a], &sorters->nodes.at[b], group->sort);
}
