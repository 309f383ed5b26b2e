/*
 * Lottery: for each agent the frameworks draw lots, and each has as many tickets as its role has
 * weight. A role's tickets are therefore its weight times the active frameworks that stand for it
 * (those of its sub-roles included): unlike under `random`, a role gains from having more of them.
 * Source: Hindman et al., "Mesos", NSDI 2011, on placement preferences: slots are offered with
 * probabilities in proportion to the frameworks' intended allocations, by lottery scheduling
 * (Waldspurger and Weihl, OSDI 1994). That the intended allocation is the weight is our choice.
 */
#include "allocator/policy.h"

static double by_frameworks(const HfPolicyClient *client, uint32_t frameworks)
{
    return client->weight * (double)frameworks;
}

extern const HfPolicyOps hf_policy_lottery;
const HfPolicyOps hf_policy_lottery = {
    .name = "lottery",
    .help = "a draw for each agent in which each framework has its role's weight in tickets",
    .role_order = HF_SORTER_RANDOM,
    .framework_order = HF_SORTER_RANDOM,
    .tickets = by_frameworks,
};
