/* What a failure strikes. Hosts: the key `agents`, names of groups, NULL = every group; and
 * attributes. Schedulers: the key `frameworks`, their names. */
#ifndef HF_MODELS_FAILURES_GROUPS_H
#define HF_MODELS_FAILURES_GROUPS_H

#include "world/faults.h"

/* Errors: FALSE and a GError that names the first of `names` that is no group of agents. */
gboolean hf_failure_groups_check(const HfWorld *world, const char **names, GError **error);

/* Does `have` hold all of `want`? */
gboolean hf_failure_has_attributes(const HfAttributes *have, const HfAttributes *want);

/* The same for the names of frameworks, NULL = every one. */
gboolean hf_failure_frameworks_check(const HfWorld *world, const char **names, GError **error);
gboolean hf_failure_frameworks_has(const HfWorld *world, const char **names, uint32_t framework);

gboolean hf_failure_groups_has(const HfWorld *world, const char **names, uint32_t host);

#endif
