/*
 * The example of a policy outside the tree: max-min fairness of memory alone. A framework or role
 * with the least memory for its weight comes first, and agents with the least free memory are
 * offered first. Built, against the installed header alone, by
 *
 *     cc -std=c17 -shared -fPIC $(pkg-config --cflags holdfast) -o fair_mem.so fair_mem.c
 *
 * or by CMake:
 *
 *     find_package(PkgConfig REQUIRED)
 *     pkg_check_modules(HOLDFAST REQUIRED holdfast)
 *     add_library(fair_mem MODULE fair_mem.c)
 *     target_include_directories(fair_mem PRIVATE ${HOLDFAST_INCLUDE_DIRS})
 *     set_target_properties(fair_mem PROPERTIES PREFIX "" C_STANDARD 17)
 *
 * and used by
 *
 *     holdfast run SCENARIO --policy ./fair_mem.so
 */
#include "allocator/policy.h"

static HfPolicyKey memory_held(const HfPolicyClient *client)
{
    return (HfPolicyKey){client->share[HF_POLICY_MEM] / client->weight, 0.0};
}

static double memory_free(const HfPolicyAgent *agent)
{
    return agent->available[HF_POLICY_MEM];
}

static const HfPolicyOps fair_mem = {
    .name = "fair-mem",
    .help = "max-min fairness of memory alone; agents with the least free memory first",
    .role_order = HF_SORTER_KEY,
    .framework_order = HF_SORTER_KEY,
    .client_key = memory_held,
    .agent_key = memory_free,
};

HF_POLICY_EXPORT(fair_mem);
