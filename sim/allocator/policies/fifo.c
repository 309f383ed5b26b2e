/*
 * First come, first served: roles, and the frameworks of a role, in the order in which they first
 * subscribed, whatever they hold. A framework that left and comes back is at the end. Weights do
 * not count.
 * Source: Hadoop's first scheduler (JobQueueTaskScheduler), which fair schedulers are compared
 * with.
 */
#include "allocator/policy.h"

static HfPolicyKey by_entry(const HfPolicyClient *client)
{
    return (HfPolicyKey){(double)client->entry, 0.0}; /* exact up to 2^53 */
}

extern const HfPolicyOps hf_policy_fifo;
const HfPolicyOps hf_policy_fifo = {
    .name = "fifo",
    .help = "roles and frameworks in order of first subscription",
    .role_order = HF_SORTER_KEY,
    .framework_order = HF_SORTER_KEY,
    .client_key = by_entry,
};
