/*
 * What a policy is shown, and asked. The allocator keeps amounts by kind as whole milli-units in
 * its own rows; a policy sees shares of the cell as plain doubles. They are made here, one client
 * or agent at a time, only for policies that have the function, so that the others pay nothing.
 */
#ifndef HF_ALLOCATOR_POLICY_INTERNAL_H
#define HF_ALLOCATOR_POLICY_INTERNAL_H

#include "allocator/sorter_internal.h"
#include "base/vec.h"

/* An agent among those of a run. */
typedef struct HfRanked {
    double key;
    uint32_t place, agent; /* place: in the configured order */
} HfRanked;

typedef struct HfPolicyView {
    const HfPolicyOps *policy;
    const HfCatalog *catalog;
    HfNode role_root; /* tells roles from frameworks */
    HfPolicyCell cell;
    uint64_t version; /* HfSorters.version that the cell was filled from; 0 = none */
    const char **names;
    double *totals, *share, *size; /* [cell.kinds] each */
    HF_VEC(HfRanked) ranked;
} HfPolicyView;

HfPolicyView *hf_policy_view__new(const HfPolicyOps *policy, const HfCatalog *catalog);
void hf_policy_view__free(HfPolicyView *view); /* NULL allowed */

/* The policy's key of a node (HF_SORTER_KEY). Cost: O(kinds). */
HfPolicyKey hf_policy_view__key(const HfSorters *sorters, HfNode node);

/* Tickets of a node for which so many frameworks stand (HF_SORTER_RANDOM). Cost: O(kinds). */
double hf_policy_view__tickets(const HfSorters *sorters, HfNode node, uint32_t frameworks);

/* The policy's key of an agent with these amounts. Cost: O(kinds). */
double hf_policy_view__agent_key(const HfSorters *sorters, const HfQuantities *available,
                                 const HfQuantities *total);

#endif
