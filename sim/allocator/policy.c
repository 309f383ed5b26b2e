/* The list of the policies; each stands in a file of policies/. */
#include "allocator/policy.h"

#include <stddef.h>
#include <string.h>

extern const HfPolicyOps hf_policy_drf, hf_policy_random, hf_policy_fifo, hf_policy_priority,
    hf_policy_static, hf_policy_best_fit, hf_policy_worst_fit, hf_policy_fair_cpu,
    hf_policy_asset_fair, hf_policy_lottery;

const HfPolicyOps *const hf_policies[] = {&hf_policy_drf,
                                          &hf_policy_random,
                                          &hf_policy_fifo,
                                          &hf_policy_priority,
                                          &hf_policy_static,
                                          &hf_policy_best_fit,
                                          &hf_policy_worst_fit,
                                          &hf_policy_fair_cpu,
                                          &hf_policy_asset_fair,
                                          &hf_policy_lottery,
                                          NULL};

const HfPolicyOps *hf_policy_find(const char *name)
{
    for (uint32_t p = 0; hf_policies[p] != NULL; p++)
        if (strcmp(hf_policies[p]->name, name) == 0) return hf_policies[p];
    return NULL;
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return name != NULL && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, letters) == strlen(name);
}

const char *hf_policy_invalid(const HfPolicyOps *policy)
{
    if (!is_name(policy->name))
        return "its name is not a lower-case letter followed by such letters, digits and '-'";
    if (policy->help == NULL) return "it has no help";
    if ((unsigned)policy->role_order > HF_SORTER_KEY ||
        (unsigned)policy->framework_order > HF_SORTER_KEY)
        return "its role_order or framework_order is none that there is";
    if ((policy->role_order == HF_SORTER_KEY || policy->framework_order == HF_SORTER_KEY) &&
        policy->client_key == NULL)
        return "it orders by key, but its function client_key is missing";
    return NULL;
}
