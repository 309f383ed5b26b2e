/*
 * Allocation policies: one table of functions each, registered by name in one array. A policy
 * decides the order in which roles and frameworks are asked and which agents a role may be offered
 * at all; everything else (filters, capabilities, accounting) is common to all of them.
 */
#ifndef HF_ALLOCATOR_POLICY_H
#define HF_ALLOCATOR_POLICY_H

#include <glib.h>
#include <stdint.h>

typedef enum HfSorterKind {
    HF_SORTER_DRF,    /* dominant share / weight, then number of allocations, then path */
    HF_SORTER_RANDOM, /* weighted shuffle, drawn again for each agent */
    HF_SORTER_FIFO    /* order of first subscription */
} HfSorterKind;

typedef struct HfPolicyOps {
    const char *name;
    const char *help;
    /* Sorters the policy imposes; -1 = those of the configuration. */
    int role_sorter, framework_sorter;
    /* TRUE: an agent with an owner is offered to that role and its sub-roles alone (static
     * partitioning). */
    gboolean honours_owner;
} HfPolicyOps;

extern const HfPolicyOps *const hf_policies[];       /* NULL-terminated; drf first */
const HfPolicyOps *hf_policy_find(const char *name); /* NULL when unknown */

#endif
