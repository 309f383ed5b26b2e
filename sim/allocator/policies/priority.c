/*
 * Strict priorities: among sibling roles the greater weight always comes first, whatever it holds;
 * those of equal weight by dominant share. Frameworks of one role have equal weight, so they are
 * ordered by dominant share. Nothing protects a role of low weight from starving but a quota
 * guarantee.
 * Source: the second allocation module of Hindman et al., "Mesos", NSDI 2011, section 3.3 (strict
 * priorities). That priority is the weight of a role is our choice: Mesos has no other number
 * there.
 */
#include "allocator/policy.h"

static HfPolicyKey by_weight(const HfPolicyClient *client)
{
    return (HfPolicyKey){-client->weight, client->dominant};
}

extern const HfPolicyOps hf_policy_priority;
const HfPolicyOps hf_policy_priority = {
    .name = "priority",
    .help = "strict priorities: roles of greater weight first, equal ones by dominant share",
    .role_order = HF_SORTER_KEY,
    .framework_order = HF_SORTER_KEY,
    .client_key = by_weight,
};
