/*
 * Stories that the auditor judges: records as text (script.h) behind those of a cluster, and what
 * must be said of them. A story without an invariant can be true; of another it says which is
 * broken, and a part of the sentence. Every breach names the records that led to it.
 */
#ifndef HF_TESTS_UNIT_AUDIT_STORY_H
#define HF_TESTS_UNIT_AUDIT_STORY_H

#include "unit/audit/script.h"

/* invariant: NULL = everything can be true; says: part of the sentence. */
typedef struct Story {
    const char *name, *text, *invariant, *says;
} Story;

/* Is the story judged as it should be? Says so if not. */
static inline gboolean story_is_judged(const Story *story, const char *cluster)
{
    Script script = script_new();
    script_play(&script, cluster);
    assert_null(hf_audit_breach(script.audit));
    script_play(&script, story->text);
    if (hf_audit_breach(script.audit) == NULL) hf_audit_finish(script.audit);
    const HfAuditBreach *breach = hf_audit_breach(script.audit);
    gboolean good = breach == NULL
                        ? story->invariant == NULL
                        : g_strcmp0(breach->invariant, story->invariant) == 0 &&
                              strstr(breach->sentence, story->says) && breach->records->len > 0;
    if (!good)
        print_error("\"%s\" is %s: %s\n", story->name, breach ? breach->invariant : "let pass",
                    breach ? breach->sentence : "no breach");
    script_clear(&script);
    return good;
}

#endif
