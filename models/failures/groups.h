/* The key `agents` of failure models: names of the groups that are struck; NULL = every group. */
#ifndef HF_MODELS_FAILURES_GROUPS_H
#define HF_MODELS_FAILURES_GROUPS_H

#include "world/faults.h"

/* Errors: FALSE and a GError that names the first of `names` that is no group of agents. */
gboolean hf_failure_groups_check(const HfWorld *world, const char **names, GError **error);

gboolean hf_failure_groups_has(const HfWorld *world, const char **names, uint32_t host);

#endif
