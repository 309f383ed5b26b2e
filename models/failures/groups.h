/* Which hosts a failure strikes: the key `agents`, names of groups, NULL = every group; and
 * attributes. */
#ifndef HF_MODELS_FAILURES_GROUPS_H
#define HF_MODELS_FAILURES_GROUPS_H

#include "world/faults.h"

/* Errors: FALSE and a GError that names the first of `names` that is no group of agents. */
gboolean hf_failure_groups_check(const HfWorld *world, const char **names, GError **error);

/* Does `have` hold all of `want`? */
gboolean hf_failure_has_attributes(const HfAttributes *have, const HfAttributes *want);

gboolean hf_failure_groups_has(const HfWorld *world, const char **names, uint32_t host);

#endif
