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

/*
 * Into order, from `at` to `to`, where count + 1 zeros are: into a bucket for each number of so
 * many bits, of which `first` says how many keys begin with it; then, where the first of them goes.
 * In its bucket a key is inserted among those that are there already; what stands before them is
 * less, or nothing yet. Returns the first.
 */
static const uint64_t *sort_keys(const uint64_t *at, uint64_t *to, uint32_t count, uint32_t *first,
                                 uint32_t bits)
{
    uint32_t sum = 1;
    for (uint32_t b = 0; b < 1U << bits; b++) {
        uint32_t next = sum + first[b];
        first[b] = sum;
        sum = next;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = at[i], *place = &to[first[key >> (64 - bits)]++];
        for (; place[-1] > key; place--) *place = place[-1];
        *place = key;
    }
    return to + 1;
}

/* By keys, of which each holds its agent in its lower half: that orders equal ones. */
static void shuffle_visit(HfAllocator *allocator, uint64_t stage)
{
    uint64_t run =
        hf_order__mix(allocator->order_key + hf_order__mix(allocator->run_number * 2 + stage));
    uint32_t count = allocator->visit.count, bits = 6, *visit = allocator->visit.at;
    while (UINT64_C(2) << bits < count) bits++; /* a bucket for every one to two of them */
    hf_vec_reset(&allocator->visit_keys);
    hf_vec_reserve(&allocator->visit_keys, 2 * count + 1);
    hf_vec_reset(&allocator->visit_buckets);
    hf_vec_reserve(&allocator->visit_buckets, 1U << bits);
    uint64_t *keys = allocator->visit_keys.at;
    uint32_t *buckets = allocator->visit_buckets.at;
    memset(buckets, 0, sizeof *buckets << bits);
    memset(keys + count, 0, (count + 1) * sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = hf_order__mix(run + visit[i]) >> 32 << 32 | visit[i];
        buckets[keys[i] >> (64 - bits)]++;
    }
    const uint64_t *sorted = sort_keys(keys, keys + count, count, buckets, bits);
    for (uint32_t i = 0; i < count; i++) visit[i] = (uint32_t)sorted[i];
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
    uint32_t count = allocator->visit.count;
    if (count == 0) return;
    if (count > 1) {
        if (allocator->agent_order == HF_AGENT_ORDER_SHUFFLED) shuffle_visit(allocator, stage);
        if (allocator->policy->agent_key != NULL) rank_visit(allocator);
    }
    hf_vec_reserve(&allocator->visit, HF_VISIT_TAIL);
    for (uint32_t i = 0; i < HF_VISIT_TAIL; i++)
        allocator->visit.at[count + i] = allocator->visit.at[0];
}
