/* The table of quirks; see quirks.h. */
#include "resource/quirks.h"

#include <stddef.h>

const HfQuirkInfo hf_quirks[] = {
    {.name = "contains-indivisible",
     .bit = HF_QUIRK_CONTAINS,
     .documented = "Whether resources contain others uses up every indivisible entry: one MOUNT "
                   "disk of 100 does not contain two of them.",
     .strict = "Only persistent volumes are used up: one MOUNT disk of 100 contains two of them.",
     .source = "resources.cpp, Resources::contains"},
    {.name = "double-quantities",
     .bit = HF_QUIRK_QUANTITIES,
     .documented = "Quantities are compared in fixed point: 0.1 and 0.7 contain 0.8.",
     .strict = "They are added as plain doubles first: 0.1 and 0.7 do not contain 0.8.",
     .source = "resources.cpp, Resources::contains(ResourceQuantities)"},
    {.name = "range-overlap",
     .bit = HF_QUIRK_RANGE_OVERLAP,
     .documented = "Ranges of one resource that overlap are refused.",
     .strict = "Only a later range that begins inside an earlier one is noticed: [5-10],[1-6] "
               "passes.",
     .source = "resources.cpp, Resources::validate"},
    {.name = "weight-cache",
     .bit = HF_QUIRK_WEIGHT_CACHE,
     .documented = "A new weight counts from the next run.",
     .strict = "That of a role without frameworks of its own, with only sub-roles, goes unseen "
               "once its first weight was looked up.",
     .source = "sorter/drf/sorter.cpp, DRFSorter::updateWeight"},
    {.name = "shared-again",
     .bit = HF_QUIRK_SHARED_AGAIN,
     .documented = "A shared volume is offered at most once per agent and run.",
     .strict = "It is offered again within the run when it alone meets the minimum.",
     .source = "hierarchical.cpp, offeredSharedResources"},
    {.name = "collapse-count",
     .bit = HF_QUIRK_COLLAPSE_COUNT,
     .documented = "A role whose sub-roles all went keeps the number of its own allocations, "
                   "which breaks ties.",
     .strict = "It inherits the number of all allocations below it, theirs included.",
     .source = "sorter/drf/sorter.cpp, DRFSorter::remove"},
    {.name = "revive-inactive",
     .bit = HF_QUIRK_REVIVE_INACTIVE,
     .documented = "A framework that is not active is offered nothing before it is activated, "
                   "whatever it revives or subscribes to meanwhile.",
     .strict = "Reviving it, or updating it with a role that is new or no longer suppressed, puts "
               "it among those that are offered something. Mesos's master never does the first.",
     .source = "hierarchical.cpp, reviveRoles and updateFramework"},
    {.name = "set-order",
     .documented = "Sets are equal whatever the order of their items.",
     .strict = "Not reproduced: nothing compares single SET resources.",
     .source = "values.cpp, operator==(Value::Set)"},
    {.name = "label-duplicates",
     .documented = "Label lists are equal as multisets.",
     .strict = "Not reproduced: there, with duplicates, whether two lists are equal depends on "
               "which is asked about the other.",
     .source = "type_utils.cpp, operator==(Labels)"},
    {.name = "range-wrap",
     .documented = "A range that ends at 2^64-1 is merged with those inside it.",
     .strict = "Not reproduced: there, adding 1 to its end wraps, and ranges stay that overlap.",
     .source = "values.cpp, coalesce"},
    {0}};
