/*
 * The order in which agents are visited.
 *
 * What is random comes from a key drawn for (run, agent), and in draw.c for (run, agent, client),
 * so that leaving out agents that cannot yield an offer does not change the order of the others.
 * Source: MESOS.md 3.10.
 */
#include <stdlib.h>
#include <string.h>

#include "allocator/allocator_internal.h"

/* Insertion, for what is few or nearly in order. */
static void sort_by_insertion(uint64_t *at, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint64_t key = at[i];
        uint32_t j = i;
        if (at[i - 1] <= key) continue;
        for (; j > 0 && at[j - 1] > key; j--) at[j] = at[j - 1];
        at[j] = key;
    }
}

/* Put keys roughly in order, from `at` to `to`: into a bucket for each number of so many bits, of
 * which `first` says how many keys begin with it; then, where the first of them goes. */
static void put_into_buckets(const uint64_t *at, uint64_t *to, uint32_t count, uint32_t *first,
                             uint32_t bits)
{
    uint32_t sum = 0;
    for (uint32_t b = 0; b < 1U << bits; b++) {
        uint32_t next = sum + first[b];
        first[b] = sum;
        sum = next;
    }
    for (uint32_t i = 0; i < count; i++) to[first[at[i] >> (64 - bits)]++] = at[i];
}

/* By keys, of which each holds its agent in its lower half: that orders equal ones. */
static void shuffle_visit(HfAllocator *allocator, uint64_t stage)
{
    uint64_t run =
        hf_order__mix(allocator->order_key + hf_order__mix(allocator->run_number * 2 + stage));
    uint32_t count = allocator->visit.count, bits = 6, *visit = allocator->visit.at;
    while (UINT64_C(2) << bits < count) bits++; /* a bucket for every one to two of them */
    hf_vec_reset(&allocator->visit_keys);
    hf_vec_reserve(&allocator->visit_keys, 2 * count);
    hf_vec_reset(&allocator->visit_buckets);
    hf_vec_reserve(&allocator->visit_buckets, 1U << bits);
    uint64_t *keys = allocator->visit_keys.at;
    uint32_t *buckets = allocator->visit_buckets.at;
    memset(buckets, 0, sizeof *buckets << bits);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = hf_order__mix(run + visit[i]) >> 32 << 32 | visit[i];
        buckets[keys[i] >> (64 - bits)]++;
    }
    if (count > 64) {
        put_into_buckets(keys, keys + count, count, buckets, bits);
        keys += count;
    }
    sort_by_insertion(keys, count);
    for (uint32_t i = 0; i < count; i++) visit[i] = (uint32_t)keys[i];
}

static int compare_ranked(const void *a, const void *b)
{
    const HfRanked *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Sort `visit` by the policy's key of each agent; equal ones stay as they are. */
static void rank_visit(HfAllocator *allocator)
{
    HfPolicyView *view = allocator->sorters.view;
    const HfCatalog *catalog = allocator->catalog;
    HfQuantities available = {0}, total = {0};
    hf_vec_reset(&view->ranked);
    for (uint32_t i = 0; i < allocator->visit.count; i++) {
        uint32_t agent = allocator->visit.at[i];
        hf_quantities_clear(&available);
        hf_quantities_clear(&total);
        hf_resources_scalar_quantities(
            catalog, hf_bundle__resources(allocator->agents.at[agent].available), &available);
        hf_resources_scalar_quantities(catalog, &allocator->infos.at[agent].total, &total);
        double key = hf_policy_view__agent_key(&allocator->sorters, &available, &total);
        hf_vec_push(&view->ranked, (HfRanked){key, i, agent});
    }
    hf_quantities_clear(&available);
    hf_quantities_clear(&total);
    qsort(view->ranked.at, view->ranked.count, sizeof(HfRanked), compare_ranked);
    for (uint32_t i = 0; i < allocator->visit.count; i++)
        allocator->visit.at[i] = view->ranked.at[i].agent;
}

void hf_order__visit(HfAllocator *allocator, uint64_t stage)
{
    if (allocator->visit.count < 2) return;
    if (allocator->agent_order == HF_AGENT_ORDER_SHUFFLED) shuffle_visit(allocator, stage);
    if (allocator->policy->agent_key != NULL) rank_visit(allocator);
}
