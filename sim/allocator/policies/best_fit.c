/*
 * Agents with the least left first: the sum over all resources of what is free on the agent, as a
 * share of the cell. Who comes first in order thus gets the remains of half-full agents, and whole
 * ones stay whole for those who need them. Roles and frameworks are ordered by the sorters of the
 * configuration.
 * Source: the best-fit rule of bin packing (Johnson, 1974) for vectors, with the sum of the
 * components as size (Panigrahy et al., "Heuristics for Vector Bin Packing", 2011).
 */
#include "allocator/policy.h"

static double free_sum(const HfPolicyAgent *agent)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < agent->cell->kinds; k++) sum += agent->available[k];
    return sum;
}

extern const HfPolicyOps hf_policy_best_fit;
const HfPolicyOps hf_policy_best_fit = {
    .name = "best-fit",
    .help = "agents with the least free first, which packs tasks together (sorters as configured)",
    .agent_key = free_sum,
};
