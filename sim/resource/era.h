/*
 * Eras: which release of Mesos is reproduced, and the one table of what that changes. A row is a
 * rule with the first era that has it; code asks hf_era_has() and never compares eras itself. Rules
 * of two sorts stand in it: what could not be asked for at all before (the host refuses it and
 * names the rule, see hf_era_check), and what the master and its allocator did otherwise.
 *
 * Eras are the releases that users' reports come from: 0.22 (March 2015), 0.23 (July 2015), 1.4
 * (September 2017), 1.11 (November 2020). Each stands for the releases up to the next, and behaves
 * as its own first one; what came and went in between is in no era.
 * Source: CHANGELOG of Mesos, and its allocator and sorter at these tags.
 */
#ifndef HF_RESOURCE_ERA_H
#define HF_RESOURCE_ERA_H

#include <glib.h>

#include "resource/operation.h"

/* Ordered. */
typedef enum HfEra { HF_ERA_0_22, HF_ERA_0_23, HF_ERA_1_4, HF_ERA_1_11, HF_ERAS } HfEra;

typedef enum HfEraRule {
    /* What can be asked for. */
    HF_RULE_DYNAMIC_RESERVATIONS,
    HF_RULE_PERSISTENT_VOLUMES,
    HF_RULE_OPERATOR_OPERATIONS,
    HF_RULE_RESIZE_VOLUME,
    HF_RULE_REVOCABLE,
    HF_RULE_PING_FLAGS,
    HF_RULE_QUOTA,
    HF_RULE_QUOTA_LIMITS,
    HF_RULE_HIERARCHICAL_ROLES,
    HF_RULE_MULTI_ROLE,
    HF_RULE_REFINEMENT,
    HF_RULE_SUPPRESS,
    HF_RULE_MAINTENANCE,
    HF_RULE_SHARED_VOLUMES,
    HF_RULE_GPUS,
    HF_RULE_REGIONS,
    HF_RULE_PARTITION_AWARE,
    HF_RULE_FAIRNESS_EXCLUSION,
    HF_RULE_RANDOM_SORTER,
    HF_RULE_MIN_ALLOCATABLE,
    HF_RULE_FRAMEWORK_MINIMUM,
    HF_RULE_OPERATION_FEEDBACK,
    HF_RULE_OFFER_CONSTRAINTS,
    HF_RULE_UPDATE_FRAMEWORK,
    HF_RULE_DISK_OPERATIONS,
    HF_RULE_TASK_GROUPS,
    /* What is done otherwise. */
    HF_RULE_RESERVED_IN_ROLE_SHARE,
    HF_RULE_CLUSTER_WIDE_SHARE,
    HF_RULE_COUNT_KEPT,
    HF_RULE_FILTER_OUTLIVES_BATCH,
    HF_RULE_FILTER_CAP,
    HF_RULE_REVIVE_BY_ROLE,
    HF_RULE_BATCHED_RUNS,
    HF_RULE_QUOTA_CHOPPING,
    HF_RULE_SHARE_BY_AGENT,
    HF_RULE_REBOOT_KEEPS_ID,
    HF_RULE_AGENTS_RETURN,
    HF_RULE_TASKS_RETURN,
    HF_RULE_EXECUTOR_LAUNCH_TOLD,
    HF_RULE_SHUTDOWN_KEEPS_ID,
    HF_RULE_EXECUTOR_VERDICTS,
    HF_RULE_GC_UNMOUNTS,
    HF_RULES
} HfEraRule;

typedef struct HfEraRuleInfo {
    const char *name;
    HfEra since;         /* the first era that has it */
    const char *release; /* the first release that has it: not after that of `since` */
    const char *source;  /* ticket, or commit where there was none */
    const char *before;  /* what earlier eras do */
    const char *after;   /* what this and later eras do */
} HfEraRuleInfo;

extern const HfEraRuleInfo hf_era_rules[HF_RULES];

const char *hf_era_name(HfEra era); /* "0.22", ... */

/* FALSE when there is no era of that name. */
gboolean hf_era_find(const char *name, HfEra *era_out);

static inline gboolean hf_era_has(HfEra era, HfEraRule rule)
{
    return era >= hf_era_rules[rule].since;
}

#define HF_ERA_ERROR (g_quark_from_static_string("hf-era-error"))

/* FALSE and an error that names rule, release and ticket when the era does not have it. */
gboolean hf_era_check(HfEra era, HfEraRule rule, GError **error);

/* The same for a framework capability by its Mesos name; a name no rule is about is good. */
gboolean hf_era_check_capability(HfEra era, const char *capability, GError **error);

/* The same for resources: dynamic or refined reservations, volumes, what is revocable or
 * shared. */
gboolean hf_era_check_resources(HfEra era, const HfCatalog *catalog, const HfResources *resources,
                                GError **error);

/* The same for an operation of a framework, or of an operator, and the resources in it. */
gboolean hf_era_check_operation(HfEra era, const HfCatalog *catalog, const HfOperation *operation,
                                gboolean by_operator, GError **error);

#endif
