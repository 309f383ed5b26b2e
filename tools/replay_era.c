/* The settings `era` and `quirks` of a script, and what an era does not know. */
#include <string.h>

#include "tools/replay_internal.h"

/* Operations, or members of them, that came with a release. */
static const struct {
    const char *op, *member; /* NULL: the operation itself */
    HfEraRule rule;
} gates[] = {
    {"init", "min_allocatable", HF_RULE_MIN_ALLOCATABLE},
    {"init", "fairness_exclude", HF_RULE_FAIRNESS_EXCLUSION},
    {"init", "domain", HF_RULE_REGIONS},
    {"add_agent", "start_ms", HF_RULE_MAINTENANCE},
    {"add_agent", "domain", HF_RULE_REGIONS},
    {"update_agent", "domain", HF_RULE_REGIONS},
    {"add_framework", "suppressed_roles", HF_RULE_SUPPRESS},
    {"add_framework", "min_allocatable", HF_RULE_FRAMEWORK_MINIMUM},
    {"add_framework", "offer_constraints", HF_RULE_OFFER_CONSTRAINTS},
    {"update_framework", NULL, HF_RULE_MULTI_ROLE},
    {"update_framework", "min_allocatable", HF_RULE_FRAMEWORK_MINIMUM},
    {"update_framework", "offer_constraints", HF_RULE_OFFER_CONSTRAINTS},
    {"suppress", NULL, HF_RULE_SUPPRESS},
    {"update_quota", NULL, HF_RULE_QUOTA},
    {"recover_quotas", NULL, HF_RULE_QUOTA},
    {"unavailability", NULL, HF_RULE_MAINTENANCE},
    {"inverse_response", NULL, HF_RULE_MAINTENANCE},
};

gboolean hf_replay__settings(HfReplay *replay, GError **error)
{
    const char *era, *quirks;
    if (!hf_replay__text(replay, "era", FALSE, &era, error) ||
        !hf_replay__text(replay, "quirks", FALSE, &quirks, error))
        return FALSE;
    if (era != NULL && !hf_era_find(era, &replay->era))
        return hf_replay__bad(error, "era", "must be 0.22, 0.23, 1.4 or 1.11");
    if (quirks == NULL || strcmp(quirks, "strict") == 0)
        replay->catalog->quirks = HF_QUIRKS_MESOS;
    else if (strcmp(quirks, "documented") == 0)
        replay->catalog->quirks = 0;
    else
        return hf_replay__bad(error, "quirks", "must be strict or documented");
    return TRUE;
}

gboolean hf_replay__era_check(const HfReplay *replay, GError **error)
{
    const char *op = json_object_get_string_member(replay->line, "op");
    for (size_t g = 0; g < G_N_ELEMENTS(gates); g++)
        if (strcmp(gates[g].op, op) == 0 &&
            (gates[g].member == NULL || json_object_has_member(replay->line, gates[g].member)) &&
            !hf_era_check(replay->era, gates[g].rule, error))
            return FALSE;
    return TRUE;
}
