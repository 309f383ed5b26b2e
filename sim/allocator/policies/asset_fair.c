/*
 * Asset fairness: equal shares of different resources are worth the same, and the client whose
 * shares sum up to least, divided by its weight, comes first, at both levels. A client may end with
 * less than 1/n of each resource, so there is no sharing incentive: of 30 CPUs and 30 GB, tasks of
 * <1, 3> and <1, 1> get 6 and 12, and the second client has 12/30 of both.
 * Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, section 5.1 (definition) and
 * 6.1.1 (the example).
 */
#include "allocator/policy.h"

static HfPolicyKey by_sum(const HfPolicyClient *client)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < client->cell->kinds; k++) sum += client->share[k];
    return (HfPolicyKey){sum / client->weight, 0.0};
}

extern const HfPolicyOps hf_policy_asset_fair;
const HfPolicyOps hf_policy_asset_fair = {
    .name = "asset-fair",
    .help = "equal sums of shares over all resources, at both levels (asset fairness)",
    .role_order = HF_SORTER_KEY,
    .framework_order = HF_SORTER_KEY,
    .client_key = by_sum,
};
