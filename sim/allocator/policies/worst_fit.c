/*
 * Agents with the most left first, measured as in best-fit: the sum over all resources of what is
 * free on the agent, as a share of the cell. It spreads tasks over the cell. Roles and frameworks
 * are ordered by the sorters of the configuration.
 * Source: the worst-fit rule of bin packing (Johnson, 1974).
 */
#include "allocator/policy.h"

static double less_free_sum(const HfPolicyAgent *agent)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < agent->cell->kinds; k++) sum += agent->available[k];
    return -sum;
}

extern const HfPolicyOps hf_policy_worst_fit;
const HfPolicyOps hf_policy_worst_fit = {
    .name = "worst-fit",
    .help = "agents with the most free first, which spreads tasks (sorters as configured)",
    .agent_key = less_free_sum,
};
