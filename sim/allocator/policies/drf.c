/*
 * Dominant resource fairness, the policy of Mesos: at both levels the client with the smallest
 * dominant share (the largest of its shares of any resource, divided by its weight) comes first.
 * The sorters are those of the configuration, which is how Mesos's flags role_sorter and
 * framework_sorter choose; the key itself stands in sorter.c, where the hot path has it in line.
 * Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Mesos 1.11, DRFSorter.
 */
#include "allocator/policy.h"

extern const HfPolicyOps hf_policy_drf;
const HfPolicyOps hf_policy_drf = {
    .name = "drf",
    .help = "dominant resource fairness at both levels, as Mesos (sorters as configured)",
};
