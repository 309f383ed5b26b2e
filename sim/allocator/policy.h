/*
 * Allocation policies: one table of functions each, in a file of its own (policies/), registered by
 * name in one array. A policy decides in which order roles and frameworks are asked, in which order
 * agents are gone through, and which agents a role may be offered at all; everything else (filters,
 * quota, reservations, capabilities, accounting) is common to all of them.
 *
 * This header is also the whole interface of policies outside the tree. It needs nothing but C:
 *
 *     #include <allocator/policy.h>
 *     static HfPolicyKey key(const HfPolicyClient *client)
 *     {
 *         return (HfPolicyKey){client->share[HF_POLICY_MEM] / client->weight, 0.0};
 *     }
 *     static const HfPolicyOps fair_mem = {
 *         .name = "fair-mem", .help = "max-min fairness of memory alone",
 *         .role_order = HF_SORTER_KEY, .framework_order = HF_SORTER_KEY, .client_key = key};
 *     HF_POLICY_EXPORT(fair_mem);
 *
 *     cc -std=c17 -shared -fPIC $(pkg-config --cflags holdfast) -o fair_mem.so fair_mem.c
 *     holdfast run SCENARIO --policy ./fair_mem.so
 *
 * The functions must be pure: what they return may depend on their argument alone, must not be NaN,
 * and they must keep no pointer into it. Then a run is repeatable to the byte under them, too.
 */
#ifndef HF_ALLOCATOR_POLICY_H
#define HF_ALLOCATOR_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* How the clients of one sorter are ordered. */
typedef enum HfSorterKind {
    HF_SORTER_CONFIGURED, /* as the master is configured: DRF or RANDOM */
    HF_SORTER_DRF,        /* dominant share / weight, then number of allocations, then name */
    HF_SORTER_RANDOM,     /* drawn by tickets without replacement, again for each agent */
    HF_SORTER_KEY         /* by HfPolicyOps.client_key, then number of allocations, then name */
} HfSorterKind;

/* Kinds of resources that stand in the same place in every run; others come behind, by name. */
enum { HF_POLICY_CPUS, HF_POLICY_MEM, HF_POLICY_DISK, HF_POLICY_GPUS };

/* The whole cluster. */
typedef struct HfPolicyCell {
    uint32_t kinds;
    const char *const *name; /* [kinds]; NULL = there is no such kind */
    const double *total;     /* [kinds] of all agents; 0 = no share counts this kind (Mesos's
                                fair_sharing_excluded_resource_names) */
} HfPolicyCell;

/* A role or a framework among its siblings. Of a role with sub-roles: of all of them together. */
typedef struct HfPolicyClient {
    const HfPolicyCell *cell;
    const double *share;  /* [cell->kinds] of the cell's total that it holds or is offered, 0..1 */
    double dominant;      /* the largest of them */
    double weight;        /* of a role; frameworks have 1 */
    uint64_t allocations; /* offers ever made to it */
    uint64_t entry;       /* order of coming: lower was here first */
    const char *name;     /* last part of the role's path, or framework id; not ended by 0 */
    uint32_t name_size;
    bool is_framework;
} HfPolicyClient;

/* An agent that is about to be offered. */
typedef struct HfPolicyAgent {
    const HfPolicyCell *cell;
    const double *available; /* [cell->kinds] of the cell's total: what nobody holds on it */
    const double *size;      /* [cell->kinds] of the cell's total: what it has in all */
} HfPolicyAgent;

/* The lower comes first; `second` decides where `first` is equal. */
typedef struct HfPolicyKey {
    double first, second;
} HfPolicyKey;

typedef struct HfPolicyOps {
    const char *name; /* a lower-case letter, then such letters, digits and '-' */
    const char *help; /* one or two sentences, lower case */
    HfSorterKind role_order, framework_order;
    /* An agent with an owner is offered to that role and its sub-roles alone. */
    bool honours_owner;
    /* With HF_SORTER_KEY: where a client stands. Asked again only when something in its argument
     * has changed. */
    HfPolicyKey (*client_key)(const HfPolicyClient *client);
    /* With HF_SORTER_RANDOM: how many tickets a client has, > 0. `frameworks`: how many active ones
     * stand for it, >= 1; 1 for a framework. NULL: its weight, as in Mesos. */
    double (*tickets)(const HfPolicyClient *client, uint32_t frameworks);
    /* Where an agent stands among those of a run; equal ones stay in the configured order. NULL:
     * all of them do, and nothing is computed for agents. */
    double (*agent_key)(const HfPolicyAgent *agent);
} HfPolicyOps;

extern const HfPolicyOps *const hf_policies[];       /* NULL-terminated; drf first */
const HfPolicyOps *hf_policy_find(const char *name); /* NULL when unknown */

/* Why this is no policy (static text), or NULL when it is one. */
const char *hf_policy_invalid(const HfPolicyOps *policy);

/*
 * What a library of a policy exports under HF_POLICY_SYMBOL. The version is raised whenever a
 * struct above changes, and is looked at before anything else.
 */
#define HF_POLICY_VERSION 1u
#define HF_POLICY_SYMBOL  "hf_policy_library"
typedef struct HfPolicyLibrary {
    uint32_t version;
    const HfPolicyOps *policy;
} HfPolicyLibrary;

#define HF_POLICY_EXPORT(policy)                                                                   \
    extern const HfPolicyLibrary hf_policy_library;                                                \
    __attribute__((visibility("default")))                                                         \
    const HfPolicyLibrary hf_policy_library = {HF_POLICY_VERSION, &(policy)}

#endif
