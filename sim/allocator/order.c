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

/* Sort `visit_keys`, by agent where they are equal: plain insertion when they are few, else after
 * they were put roughly in order, into a bucket for every one to two of them. */
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
    uint32_t bits = 6, sum = 0;
    while (UINT64_C(2) << bits < count) bits++;
    hf_vec_reset(&allocator->visit_buckets);
    hf_vec_reserve(&allocator->visit_buckets, 1U << bits);
    hf_vec_reserve(&allocator->visit_keys, count);
    at = allocator->visit_keys.at;
    uint64_t *to = at + count;
    uint32_t *first = allocator->visit_buckets.at;
    memset(first, 0, sizeof *first << bits);
    for (uint32_t i = 0; i < count; i++) first[at[i] >> (64 - bits)]++;
    for (uint32_t b = 0; b < 1U << bits; b++) {
        uint32_t next = sum + first[b];
        first[b] = sum;
        sum = next;
    }
    for (uint32_t i = 0; i < count; i++) to[first[at[i] >> (64 - bits)]++] = at[i];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = to[i];
        uint32_t j = i;
        for (; j > 0 && at[j - 1] > key; j--) at[j] = at[j - 1];
        at[j] = key;
    }
}

static void shuffle_visit(HfAllocator *allocator, uint64_t stage)
{
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
