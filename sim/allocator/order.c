/*
 * Orders that are random: in which agents are visited, and of clients of random sorters.
 *
 * Each comes from a key drawn for (run, agent) or (run, agent, client), so that leaving out agents
 * that cannot yield an offer does not change the order of the others.
 * Source: MESOS.md 3.2 (random sorter), 3.10.
 */
#include <stdlib.h>
#include <string.h>

#include "allocator/allocator_internal.h"
#include "base/maths.h"

uint64_t hf_order__mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Sort `visit_keys` by their upper 32 bits: passes of 8 or 11 bits, or plain insertion when few. */
static void sort_keys(HfAllocator *allocator)
{
    uint64_t *at = allocator->visit_keys.at;
    uint32_t count = allocator->visit_keys.count;
    if (count <= 64) {
        for (uint32_t i = 1; i < count; i++) {
            uint64_t key = at[i];
            uint32_t j = i;
            for (; j > 0 && at[j - 1] > key; j--) at[j] = at[j - 1];
            at[j] = key;
        }
        return;
    }
    hf_vec_reserve(&allocator->visit_keys, count);
    at = allocator->visit_keys.at;
    uint64_t *from = at, *to = at + count;
    uint32_t bits = count < 2048 ? 8 : 11, buckets = 1U << bits;
    for (uint32_t shift = 32; shift < 64; shift += bits) {
        uint32_t first[2048];
        memset(first, 0, buckets * sizeof *first);
        for (uint32_t i = 0; i < count; i++) first[from[i] >> shift & (buckets - 1)]++;
        uint32_t sum = 0;
        for (uint32_t b = 0; b < buckets; b++) {
            uint32_t next = sum + first[b];
            first[b] = sum;
            sum = next;
        }
        for (uint32_t i = 0; i < count; i++)
            to[first[from[i] >> shift & (buckets - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != at) memcpy(at, from, count * sizeof *at);
}

void hf_order__shuffle_visit(HfAllocator *allocator, uint64_t stage)
{
    if (allocator->agent_order != HF_AGENT_ORDER_SHUFFLED || allocator->visit.count < 2) return;
    uint64_t run =
        hf_order__mix(allocator->order_key + hf_order__mix(allocator->run_number * 2 + stage));
    hf_vec_reset(&allocator->visit_keys);
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        uint32_t agent = allocator->visit.at[i];
        hf_vec_push(&allocator->visit_keys, hf_order__mix(run + agent) >> 32 << 32 | agent);
    }
    sort_keys(allocator);
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        allocator->visit.at[i] = (uint32_t)allocator->visit_keys.at[i];
}

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

/* Append the active clients below a node with the keys of a weighted shuffle without replacement,
 * -U^(1/w) with w relative to active siblings all the way up (MESOS.md 3.2). */
static void draw(HfAllocator *allocator, HfNode internal, double weight, uint64_t key)
{
    const HfSorters *sorters = &allocator->sorters;
    const HfSorterGroup *group = &sorters->groups.at[sorters->nodes.at[internal].group];
    double sum = 0.0;
    for (uint32_t i = 0; i < group->by_name.count; i++)
        if (has_active(sorters, group->by_name.at[i]))
            sum += hf_sorter__weight(sorters, group->by_name.at[i]);
    for (uint32_t i = 0; i < group->by_name.count; i++) {
        HfNode node = group->by_name.at[i];
        if (!has_active(sorters, node)) continue;
        double relative = weight * hf_sorter__weight(sorters, node) / sum;
        if (sorters->nodes.at[node].kind == HF_NODE_INTERNAL) {
            draw(allocator, node, relative, key);
        } else {
            double uniform = ((double)(hf_order__mix(key + node) >> 11) + 0.5) * 0x1p-53;
            hf_vec_push(&allocator->drawn, (HfDrawn){-hf_pow(uniform, 1.0 / relative), node});
        }
    }
}

static int compare_drawn(const void *a, const void *b)
{
    const HfDrawn *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

uint32_t hf_order__draw(HfAllocator *allocator, HfNode root, uint64_t key)
{
    uint32_t from = allocator->drawn.count;
    draw(allocator, root, 1.0, key);
    qsort(allocator->drawn.at + from, allocator->drawn.count - from, sizeof(HfDrawn),
          compare_drawn);
    return from;
}
