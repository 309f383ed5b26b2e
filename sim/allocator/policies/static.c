/*
 * Static partitioning: an agent that a role owns is offered to that role and its sub-roles alone,
 * even when it stands idle; within a role, and for agents without an owner, the sorters are those
 * of the configuration. It is what sharing is compared with.
 * Source: Hindman et al., "Mesos", NSDI 2011, section 6.1 (statically partitioned cluster).
 */
#include "allocator/policy.h"

extern const HfPolicyOps hf_policy_static;
const HfPolicyOps hf_policy_static = {
    .name = "static",
    .help = "static partitioning: an agent with an owner is offered to that role alone",
    .honours_owner = true,
};
