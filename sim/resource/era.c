/* The table of eras; see era.h. */
#include "resource/era.h"

#include <string.h>

static const char *const names[HF_ERAS] = {"0.22", "0.23", "1.4", "1.11"};

const HfEraRuleInfo hf_era_rules[HF_RULES] = {
    [HF_RULE_DYNAMIC_RESERVATIONS] = {"dynamic-reservations", HF_ERA_0_23, "0.23.0", "MESOS-2018",
                                      "RESERVE and UNRESERVE are refused; reservations are static.",
                                      "Frameworks reserve resources for their role."},
    [HF_RULE_PERSISTENT_VOLUMES] = {"persistent-volumes", HF_ERA_0_23, "0.23.0", "MESOS-1554",
                                    "CREATE and DESTROY are refused.",
                                    "Frameworks create and destroy persistent volumes."},
    [HF_RULE_OPERATOR_OPERATIONS] = {"operator-operations", HF_ERA_1_4, "0.25.0", "MESOS-2600",
                                     "Operators cannot reserve resources or create volumes.",
                                     "They can, with what nobody holds (volumes since 0.27.0)."},
    [HF_RULE_RESIZE_VOLUME] = {"resize-volume", HF_ERA_1_11, "1.6.0", "MESOS-4965",
                               "GROW_VOLUME and SHRINK_VOLUME are refused.",
                               "Volumes can be resized."},
    [HF_RULE_REVOCABLE] = {"revocable-resources", HF_ERA_0_23, "0.23.0", "MESOS-354",
                           "There are no revocable resources.",
                           "Frameworks that are REVOCABLE_RESOURCES capable are offered them."},
    [HF_RULE_PING_FLAGS] = {"ping-flags", HF_ERA_0_23, "0.23.0", "MESOS-2110",
                            "Agents have 15 s for each of 5 pings.",
                            "agent_ping_timeout and max_agent_ping_timeouts can be set."},
    [HF_RULE_QUOTA] = {"quota", HF_ERA_1_4, "0.27.0", "MESOS-3718", "There is no quota.",
                       "A role can be guaranteed quantities."},
    [HF_RULE_QUOTA_LIMITS] = {"quota-limits", HF_ERA_1_11, "1.9.0", "CHANGELOG 1.9.0",
                              "A quota is a guarantee and a limit in one.",
                              "Guarantee and limit of a role are set apart."},
    [HF_RULE_HIERARCHICAL_ROLES] = {"hierarchical-roles", HF_ERA_1_4, "1.4.0", "MESOS-6375",
                                    "Roles are flat: a name with / is refused.",
                                    "Roles form a tree."},
    [HF_RULE_MULTI_ROLE] = {"multi-role-frameworks", HF_ERA_1_4, "1.3.0", "MESOS-1763",
                            "A framework has one role, for good.",
                            "A framework may have several roles and change them."},
    [HF_RULE_REFINEMENT] = {"reservation-refinement", HF_ERA_1_4, "1.4.0", "mesos commit 5821df6aa",
                            "What is reserved cannot be reserved again.",
                            "Reservations form a stack down the tree of roles."},
    [HF_RULE_SUPPRESS] = {"suppress", HF_ERA_1_4, "0.25.0", "MESOS-3037",
                          "SUPPRESS does not exist: the call is dropped.",
                          "Frameworks suppress offers."},
    [HF_RULE_MAINTENANCE] = {"maintenance", HF_ERA_1_4, "0.25.0", "MESOS-1474",
                             "No unavailability is scheduled, and there are no inverse offers.",
                             "Agents have maintenance schedules; frameworks get inverse offers."},
    [HF_RULE_SHARED_VOLUMES] = {"shared-volumes", HF_ERA_1_4, "1.1.0", "MESOS-3421",
                                "No volume is shared.",
                                "Volumes may be shared by tasks of SHARED_RESOURCES frameworks."},
    [HF_RULE_GPUS] = {"gpu-filter", HF_ERA_1_4, "1.0.0", "MESOS-5634",
                      "Agents with GPUs are offered to everybody.",
                      "They are offered to frameworks that are GPU_RESOURCES capable alone, unless "
                      "filter_gpu_resources is off."},
    [HF_RULE_REGIONS] = {"regions", HF_ERA_1_4, "1.4.0", "mesos commit 25111bb03",
                         "Agents of every region are offered to everybody.",
                         "Agents of other regions are offered to REGION_AWARE frameworks alone."},
    [HF_RULE_PARTITION_AWARE] =
        {"partition-aware", HF_ERA_1_4, "1.1.0", "MESOS-4049",
         "Every framework is told TASK_LOST of a task that is out of sight.",
         "PARTITION_AWARE frameworks are told TASK_UNREACHABLE and its "
         "kin."},
    [HF_RULE_FAIRNESS_EXCLUSION] = {"fairness-exclusion", HF_ERA_1_4, "1.0.0",
                                    "mesos commit 32c7bb530",
                                    "Every scalar counts in dominant shares.",
                                    "fair_sharing_excluded_resource_names can be set."},
    [HF_RULE_RANDOM_SORTER] = {"random-sorter", HF_ERA_1_11, "1.7.0", "MESOS-8936",
                               "Both sorters are DRF.", "Either may be random instead."},
    [HF_RULE_MIN_ALLOCATABLE] = {"min-allocatable", HF_ERA_1_11, "1.7.0", "mesos commit a7e31366d",
                                 "An agent is offered when 0.01 cpus or 32 MB are free, always.",
                                 "min_allocatable_resources can be set."},
    [HF_RULE_FRAMEWORK_MINIMUM] = {"framework-minimum", HF_ERA_1_11, "1.8.0", "MESOS-9523",
                                   "One minimum is for all.",
                                   "A framework may set its own for each of its roles."},
    [HF_RULE_OPERATION_FEEDBACK] = {"operation-feedback", HF_ERA_1_11, "1.8.0", "MESOS-9472",
                                    "Nobody is told how an operation fared.",
                                    "Operations with an id get OPERATION_* updates, which are "
                                    "acknowledged."},
    [HF_RULE_OFFER_CONSTRAINTS] = {"offer-constraints", HF_ERA_1_11, "1.11.0", "MESOS-10161",
                                   "Frameworks cannot say which agents they want.",
                                   "They can, by attributes, for each of their roles."},
    [HF_RULE_UPDATE_FRAMEWORK] = {"update-framework", HF_ERA_1_11, "1.9.0", "MESOS-7258",
                                  "A framework changes what it says of itself by subscribing anew.",
                                  "It can also do so by UPDATE_FRAMEWORK, and goes on."},
    [HF_RULE_DISK_OPERATIONS] = {"disk-operations", HF_ERA_1_11, "1.7.0", "MESOS-9066",
                                 "CREATE_DISK and DESTROY_DISK are refused.",
                                 "Frameworks make disks out of the raw storage of resource "
                                 "providers, and give them back."},
    [HF_RULE_TASK_GROUPS] = {"task-groups", HF_ERA_1_4, "1.1.0", "MESOS-2449",
                             "LAUNCH_GROUP is refused: there are no pods.",
                             "Frameworks launch groups of tasks in a default executor, all or "
                             "none."},
    [HF_RULE_RESERVED_IN_ROLE_SHARE] = {"reserved-in-role-share", HF_ERA_1_4, "0.27.0",
                                        "mesos commit 1f17e8c5b",
                                        "Shares of roles count unreserved resources alone, held "
                                        "and in all.",
                                        "Reserved ones count as well."},
    [HF_RULE_CLUSTER_WIDE_SHARE] = {"cluster-wide-share", HF_ERA_1_11, "1.7.1", "MESOS-9255",
                                    "A framework's share is that of what its role holds.",
                                    "It is that of the whole cluster."},
    [HF_RULE_COUNT_KEPT] = {"count-kept", HF_ERA_1_4, "1.3.0", "mesos commit 932164675",
                            "A framework that was deactivated counts its allocations, which break "
                            "ties, from 0 again.",
                            "It keeps their number."},
    [HF_RULE_FILTER_OUTLIVES_BATCH] = {"filter-outlives-batch", HF_ERA_1_4, "0.27.0", "MESOS-4302",
                                       "A filter ends at its time, even before the next batch.",
                                       "No filter is shorter than the allocation interval."},
    [HF_RULE_FILTER_CAP] = {"filter-cap", HF_ERA_1_11, "1.5.0", "MESOS-7660",
                            "A filter may last 292 years.", "It lasts 365 days at most."},
    [HF_RULE_REVIVE_BY_ROLE] = {"revive-by-role", HF_ERA_1_11, "1.9.0", "MESOS-9856",
                                "REVIVE of some roles clears the framework's filters for all.",
                                "It clears those of the roles it names."},
    [HF_RULE_BATCHED_RUNS] =
        {"batched-runs", HF_ERA_1_4, "1.2.0", "MESOS-6904",
         "Each call that triggers an allocation has a run of its own, at once.",
         "Triggers that wait together have one run."},
    [HF_RULE_QUOTA_CHOPPING] = {"quota-chopping", HF_ERA_1_11, "1.5.0",
                                "MESOS-7099, MESOS-8352, MESOS-4527",
                                "Guarantees are met by whole agents until one of a role's kinds is "
                                "reached; a role with quota gets nothing unreserved beyond; idle "
                                "reservations do not count.",
                                "What is offered is chopped to guarantees, limits and headroom."},
    [HF_RULE_SHARE_BY_AGENT] = {"share-by-agent", HF_ERA_1_11, "1.5.0", "MESOS-8352",
                                "Since there is quota, the fair share of a run is bounded by what "
                                "nobody holds of the whole cluster: where more is held of an agent "
                                "than it has, as much is withheld elsewhere.",
                                "What is offered of an agent depends on that agent alone, quota "
                                "aside."},
    [HF_RULE_REBOOT_KEEPS_ID] = {"reboot-keeps-id", HF_ERA_1_4, "1.4.0", "MESOS-6223",
                                 "An agent whose host was rebooted is a new agent.",
                                 "It keeps its id."},
    [HF_RULE_AGENTS_RETURN] = {"agents-return", HF_ERA_1_4, "1.1.0", "MESOS-5344",
                               "An agent that was given up and comes back is shut down, its tasks "
                               "with it, and starts as a new one.",
                               "It is taken back."},
    [HF_RULE_TASKS_RETURN] = {"tasks-return", HF_ERA_1_11, "1.5.0", "MESOS-7215",
                              "Of an agent that comes back, tasks of frameworks that are not "
                              "PARTITION_AWARE are killed.",
                              "All of them run on."},
    [HF_RULE_EXECUTOR_LAUNCH_TOLD] =
        {"executor-launch-told", HF_ERA_1_11, "1.5.1", "MESOS-1720",
         "An agent begins a task's executor if it is not there. Of one that it did not begin, "
         "since "
         "it refused the task, it says nothing, and its resources stay allocated.",
         "The master says whether it is to be there, and hears of one that is not begun."},
    [HF_RULE_SHUTDOWN_KEEPS_ID] = {"shutdown-keeps-id", HF_ERA_1_11, "1.5.0", "3da4f8a65",
                                   "An agent that the master shuts down, or that is started with "
                                   "recover: cleanup, comes back as a new agent.",
                                   "It keeps its id."},
    [HF_RULE_EXECUTOR_VERDICTS] =
        {"executor-verdicts", HF_ERA_1_4, "1.2.0", "mesos commit 01aa3ba4a",
         "A task whose executor ended, or did not register in time, is FAILED if that was its own "
         "(COMMAND_EXECUTOR_FAILED), and LOST if its framework brought it.",
         "It is FAILED and told why; where its executor did not come back to an agent that was "
         "restarted, GONE, or LOST to frameworks that are not PARTITION_AWARE."},
    [HF_RULE_GC_UNMOUNTS] =
        {"gc-unmounts", HF_ERA_1_4, "1.2.1", "MESOS-7366",
         "What is still mounted in a sandbox that is removed is emptied with it: "
         "a persistent volume, too.",
         "It is unmounted first."},
};

const char *hf_era_name(HfEra era)
{
    return names[era];
}

gboolean hf_era_find(const char *name, HfEra *era_out)
{
    for (int era = 0; era < HF_ERAS; era++) {
        if (strcmp(names[era], name) != 0) continue;
        *era_out = (HfEra)era;
        return TRUE;
    }
    return FALSE;
}

gboolean hf_era_check(HfEra era, HfEraRule rule, GError **error)
{
    const HfEraRuleInfo *info = &hf_era_rules[rule];
    if (hf_era_has(era, rule)) return TRUE;
    g_set_error(error, HF_ERA_ERROR, (int)rule + 1, "era %s has no %s (since Mesos %s, %s)",
                names[era], info->name, info->release, info->source);
    return FALSE;
}

gboolean hf_era_check_capability(HfEra era, const char *capability, GError **error)
{
    static const struct {
        const char *name;
        HfEraRule rule;
    } rules[] = {
        {"REVOCABLE_RESOURCES", HF_RULE_REVOCABLE},
        {"GPU_RESOURCES", HF_RULE_GPUS},
        {"SHARED_RESOURCES", HF_RULE_SHARED_VOLUMES},
        {"PARTITION_AWARE", HF_RULE_PARTITION_AWARE},
        {"MULTI_ROLE", HF_RULE_MULTI_ROLE},
        {"RESERVATION_REFINEMENT", HF_RULE_REFINEMENT},
        {"REGION_AWARE", HF_RULE_REGIONS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        if (strcmp(rules[i].name, capability) == 0) return hf_era_check(era, rules[i].rule, error);
    return TRUE;
}

static HfEraRule rule_of(HfOperationType type)
{
    switch (type) {
    case HF_OPERATION_RESERVE:
    case HF_OPERATION_UNRESERVE:
        return HF_RULE_DYNAMIC_RESERVATIONS;
    case HF_OPERATION_CREATE:
    case HF_OPERATION_DESTROY:
        return HF_RULE_PERSISTENT_VOLUMES;
    case HF_OPERATION_GROW_VOLUME:
    case HF_OPERATION_SHRINK_VOLUME:
        return HF_RULE_RESIZE_VOLUME;
    case HF_OPERATION_CREATE_DISK:
    case HF_OPERATION_DESTROY_DISK:
        return HF_RULE_DISK_OPERATIONS;
    case HF_OPERATION_TYPES:
        break;
    }
    g_assert_not_reached();
}

gboolean hf_era_check_operation(HfEra era, const HfCatalog *catalog, const HfOperation *operation,
                                gboolean by_operator, GError **error)
{
    if (!hf_era_check(era, rule_of(operation->type), error)) return FALSE;
    if (by_operator && !hf_era_check(era, HF_RULE_OPERATOR_OPERATIONS, error)) return FALSE;
    return hf_era_check_resources(era, catalog, &operation->resources, error);
}

gboolean hf_era_check_resources(HfEra era, const HfCatalog *catalog, const HfResources *resources,
                                GError **error)
{
    static const struct {
        uint32_t flag;
        HfEraRule rule;
    } kinds[] = {
        {HF_META_DYNAMIC, HF_RULE_DYNAMIC_RESERVATIONS},
        {HF_META_PERSISTENT, HF_RULE_PERSISTENT_VOLUMES},
        {HF_META_REFINED, HF_RULE_REFINEMENT},
        {HF_META_REVOCABLE, HF_RULE_REVOCABLE},
        {HF_META_SHARED, HF_RULE_SHARED_VOLUMES},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (hf_resources_any(catalog, resources, kinds[i].flag) &&
            !hf_era_check(era, kinds[i].rule, error))
            return FALSE;
    return TRUE;
}
