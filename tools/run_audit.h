/* A run under audit: stops it at the first broken invariant, and says which, why and how to see it
 * again. */
#ifndef HF_TOOLS_RUN_AUDIT_H
#define HF_TOOLS_RUN_AUDIT_H

#include "world/world.h"

#define HF_RUN_AUDIT_ERROR (g_quark_from_static_string("hf-run-audit-error"))

typedef struct HfRunAudit HfRunAudit;

/* Listens to the world's trace from here on: call before the world runs. Free it before the world.
 */
HfRunAudit *hf_run_audit_new(HfWorld *world);
void hf_run_audit_free(HfRunAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRunAudit, hf_run_audit_free)

gboolean hf_run_audit_is_broken(const HfRunAudit *audit); /* NULL allowed: no */

/*
 * The run is over. `replay`: the command that repeats it, without its end.
 * Errors: FALSE and HF_RUN_AUDIT_ERROR with the invariant, what was found, the records that led to
 * it as lines of JSON, and the command that replays it up to there.
 */
gboolean hf_run_audit_finish(HfRunAudit *audit, const char *replay, GError **error);

#endif
