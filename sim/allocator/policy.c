/* The policies, one table each; see policy.h. */
#include "allocator/policy.h"

#include <string.h>

static const HfPolicyOps policy_drf = {
    .name = "drf",
    .help = "dominant resource fairness at both levels, as Mesos (sorters as configured)",
    .role_sorter = -1,
    .framework_sorter = -1,
};

static const HfPolicyOps policy_random = {
    .name = "random",
    .help = "roles and frameworks in weighted random order, drawn again for each agent",
    .role_sorter = HF_SORTER_RANDOM,
    .framework_sorter = HF_SORTER_RANDOM,
};

static const HfPolicyOps policy_fifo = {
    .name = "fifo",
    .help = "roles and frameworks in order of first subscription",
    .role_sorter = HF_SORTER_FIFO,
    .framework_sorter = HF_SORTER_FIFO,
};

static const HfPolicyOps policy_static = {
    .name = "static",
    .help = "static partitioning: an agent with an owner is offered to that role alone",
    .role_sorter = -1,
    .framework_sorter = -1,
    .honours_owner = TRUE,
};

const HfPolicyOps *const hf_policies[] = {&policy_drf, &policy_random, &policy_fifo, &policy_static,
                                          NULL};

const HfPolicyOps *hf_policy_find(const char *name)
{
    for (uint32_t p = 0; hf_policies[p] != NULL; p++)
        if (strcmp(hf_policies[p]->name, name) == 0) return hf_policies[p];
    return NULL;
}
