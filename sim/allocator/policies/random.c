/*
 * Roles and frameworks in weighted random order, drawn again for each agent: Mesos's random sorter
 * at both levels. A role's chance is its weight relative to its active siblings, all the way up,
 * however many frameworks it has.
 * Source: Mesos 1.11, src/master/allocator/mesos/sorter/random/sorter.cpp.
 */
#include "allocator/policy.h"

extern const HfPolicyOps hf_policy_random;
const HfPolicyOps hf_policy_random = {
    .name = "random",
    .help = "roles and frameworks in weighted random order, drawn again for each agent",
    .role_order = HF_SORTER_RANDOM,
    .framework_order = HF_SORTER_RANDOM,
};
