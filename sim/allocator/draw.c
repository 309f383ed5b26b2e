/*
 * Draws among the clients of random sorters; see draw_internal.h.
 * Source: Mesos 1.11, src/master/allocator/mesos/sorter/random/sorter.cpp; MESOS.md 3.2.
 */
#include <math.h>
#include <stdlib.h>

#include "allocator/allocator_internal.h"
#include "base/maths.h"

#define HF_DRAW_ONE_BY_ONE 4

/* Bounds are worked out with rounding errors, of some 1e-15. */
#define HF_DRAW_SLACK (1.0 + 1e-12)

void hf_draw__clear(HfDraw *draw)
{
    g_free(draw->clients.leaf);
    g_free(draw->clients.chance);
    g_free(draw->clients.spread);
    g_free(draw->clients.least);
    hf_vec_clear(&draw->sorted);
}

/* ---- Chances ---- */

static gboolean has_active(const HfSorters *sorters, HfNode node)
{
    const HfSorterNode *row = &sorters->nodes.at[node];
    if (row->kind == HF_NODE_ACTIVE) return TRUE;
    if (row->kind != HF_NODE_INTERNAL) return FALSE;
    const HfSorterGroup *group = &sorters->groups.at[row->group];
    for (uint32_t i = 0; i < group->order.count; i++)
        if (has_active(sorters, group->order.at[i])) return TRUE;
    return FALSE;
}

/* The active frameworks of the roles at and below a node of the role sorter, where every leaf is
 * active whether its frameworks are or not. */
static uint32_t count_frameworks(const HfAllocator *allocator, HfNode node)
{
    const HfSorters *sorters = &allocator->sorters;
    const HfSorterNode *row = &sorters->nodes.at[node];
    if (row->kind == HF_NODE_ACTIVE) {
        HfNode frameworks = allocator->roles.at[row->client].frameworks;
        return sorters->groups.at[sorters->nodes.at[frameworks].group].order.count;
    }
    if (row->kind != HF_NODE_INTERNAL) return 0;
    const HfSorterGroup *group = &sorters->groups.at[row->group];
    uint32_t count = 0;
    for (uint32_t i = 0; i < group->order.count; i++)
        count += count_frameworks(allocator, group->order.at[i]);
    return count;
}

/* 0 = no part in the draw. */
static double tickets_of(const HfAllocator *allocator, gboolean of_roles, HfNode node)
{
    const HfSorters *sorters = &allocator->sorters;
    if (!has_active(sorters, node)) return 0.0;
    if (allocator->policy->tickets == NULL) return hf_sorter__weight(sorters, node);
    uint32_t frameworks = of_roles ? count_frameworks(allocator, node) : 1;
    return frameworks > 0 ? hf_policy_view__tickets(sorters, node, frameworks) : 0.0;
}

static void add_client(HfDraw *draw, HfNode leaf, double chance)
{
    if (draw->clients.count == draw->clients.room) {
        draw->clients.room = MAX(draw->clients.room * 2, 8);
        draw->clients.leaf = g_renew(HfNode, draw->clients.leaf, draw->clients.room);
        draw->clients.chance = g_renew(double, draw->clients.chance, draw->clients.room);
        draw->clients.spread = g_renew(double, draw->clients.spread, draw->clients.room);
        draw->clients.least = g_renew(double, draw->clients.least, draw->clients.room);
    }
    draw->clients.leaf[draw->clients.count] = leaf;
    draw->clients.spread[draw->clients.count] = 1.0 / chance;
    draw->clients.chance[draw->clients.count++] = chance;
}

/* The active clients below a node, each with its weight relative to active siblings, all the way
 * up. */
static void look_below(const HfAllocator *allocator, HfDraw *draw, HfNode internal, double weight)
{
    const HfSorters *sorters = &allocator->sorters;
    const HfSorterGroup *group = &sorters->groups.at[sorters->nodes.at[internal].group];
    gboolean of_roles = draw->root == allocator->role_root;
    double sum = 0.0;
    for (uint32_t i = 0; i < group->by_name.count; i++)
        sum += tickets_of(allocator, of_roles, group->by_name.at[i]);
    for (uint32_t i = 0; i < group->by_name.count; i++) {
        HfNode node = group->by_name.at[i];
        double tickets = tickets_of(allocator, of_roles, node);
        if (tickets == 0.0) continue;
        double relative = weight * tickets / sum;
        if (sorters->nodes.at[node].kind == HF_NODE_INTERNAL)
            look_below(allocator, draw, node, relative);
        else
            add_client(draw, node, relative);
    }
}

void hf_draw__look_up(HfAllocator *allocator, HfDraw *draw, HfNode root)
{
    /* a policy's tickets may depend on anything */
    if (draw->root == root && draw->structure == allocator->sorters.structure &&
        allocator->policy->tickets == NULL)
        return;
    draw->root = root;
    draw->structure = allocator->sorters.structure;
    draw->clients.count = 0;
    look_below(allocator, draw, root, 1.0);
}

void hf_draw__choose(const HfAllocator *allocator, HfDraw *some, const HfDraw *all,
                     gboolean (*is_in)(const HfAllocator *allocator, HfNode leaf))
{
    some->clients.count = 0;
    for (uint32_t i = 0; i < all->clients.count; i++)
        if (is_in(allocator, all->clients.leaf[i]))
            add_client(some, all->clients.leaf[i], all->clients.chance[i]);
}

void hf_draw__drop(HfDraw *draw, HfNode leaf)
{
    uint32_t i = 0;
    while (draw->clients.leaf[i] != leaf) i++;
    uint32_t last = --draw->clients.count;
    draw->clients.leaf[i] = draw->clients.leaf[last];
    draw->clients.chance[i] = draw->clients.chance[last];
    draw->clients.spread[i] = draw->clients.spread[last];
    draw->clients.least[i] = draw->clients.least[last];
}

/* ---- Keys ---- */

/* Between 0 and 1, neither of them. */
static inline double uniform_of(uint64_t key, HfNode leaf)
{
    return ((double)(int64_t)(hf_order__mix(key + leaf) >> 11) + 0.5) * 0x1p-53;
}

/*
 * The key of a weighted shuffle without replacement: Mesos's -U^(1/w) as its logarithm. The order
 * is the same, but where the power is no double any more: of a thousand equal clients (1/w = 1000)
 * nearly half would have the key 0, and come last in an order that nobody drew.
 */
static double key_at(const HfDraw *draw, uint32_t i)
{
    return -hf_log(uniform_of(draw->key, draw->clients.leaf[i])) / draw->clients.chance[i];
}

void hf_draw__again(HfDraw *draw, uint64_t key)
{
    draw->key = key;
    draw->taken = 0;
    draw->is_sorted = FALSE;
    const HfNode *leaf = draw->clients.leaf;
    const double *spread = draw->clients.spread;
    double *least = draw->clients.least;
    for (uint32_t i = 0; i < draw->clients.count; i++)
        least[i] = (1.0 - uniform_of(key, leaf[i])) * spread[i]; /* -log(u) >= 1 - u */
}

void hf_draw__begin(HfAllocator *allocator, HfDraw *draw, HfNode root, uint64_t key)
{
    hf_draw__look_up(allocator, draw, root);
    hf_draw__again(draw, key);
}

static inline gboolean is_drawn_before(const HfDrawn *a, const HfDrawn *b)
{
    return a->key < b->key || (a->key == b->key && a->leaf < b->leaf);
}

static int compare_drawn(const void *a, const void *b)
{
    return is_drawn_before(a, b) ? -1 : is_drawn_before(b, a);
}

static void sort_rest(HfDraw *draw)
{
    hf_vec_reset(&draw->sorted);
    for (uint32_t i = 0; i < draw->clients.count; i++)
        if (draw->clients.least[i] < INFINITY)
            hf_vec_push(&draw->sorted, (HfDrawn){key_at(draw, i), draw->clients.leaf[i]});
    if (draw->sorted.count > 1)
        qsort(draw->sorted.at, draw->sorted.count, sizeof(HfDrawn), compare_drawn);
    draw->next = 0;
    draw->is_sorted = TRUE;
}

HfNode hf_draw__next(HfDraw *draw)
{
    if (!draw->is_sorted && draw->taken == HF_DRAW_ONE_BY_ONE) sort_rest(draw);
    if (draw->is_sorted)
        return draw->next < draw->sorted.count ? draw->sorted.at[draw->next++].leaf : HF_NODE_NONE;
    const double *least = draw->clients.least;
    uint32_t count = draw->clients.count, first = 0;
    double second = INFINITY; /* the bound of all but the first */
    for (uint32_t i = 1; i < count; i++) {
        if (least[i] >= second) continue;
        if (least[i] < least[first]) {
            second = least[first];
            first = i;
        } else {
            second = least[i];
        }
    }
    if (count == 0 || least[first] == INFINITY) return HF_NODE_NONE;
    HfDrawn best = {key_at(draw, first), draw->clients.leaf[first]};
    if (second <= best.key * HF_DRAW_SLACK)
        for (uint32_t i = 0; i < count; i++) {
            if (least[i] > best.key * HF_DRAW_SLACK) continue;
            HfDrawn other = {key_at(draw, i), draw->clients.leaf[i]};
            if (!is_drawn_before(&other, &best)) continue;
            best = other;
            first = i;
        }
    draw->clients.least[first] = INFINITY;
    draw->taken++;
    return best.leaf;
}
