/*
 * Max-min fairness of one resource, the CPUs: at both levels the client with the smallest share of
 * the CPUs, divided by its weight, comes first; other resources count for nothing. Who needs much
 * memory and few CPUs gets more than its part of the memory, so there is no sharing incentive; who
 * asks for no CPU at all is always first.
 * Source: schedulers of slots or CPUs, which Ghodsi et al., "Dominant Resource Fairness", NSDI
 * 2011, sections 1 and 2, start from.
 */
#include "allocator/policy.h"

static HfPolicyKey by_cpus(const HfPolicyClient *client)
{
    return (HfPolicyKey){client->share[HF_POLICY_CPUS] / client->weight, 0.0};
}

extern const HfPolicyOps hf_policy_fair_cpu;
const HfPolicyOps hf_policy_fair_cpu = {
    .name = "fair-cpu",
    .help = "max-min fairness of CPUs alone, at both levels",
    .role_order = HF_SORTER_KEY,
    .framework_order = HF_SORTER_KEY,
    .client_key = by_cpus,
};
