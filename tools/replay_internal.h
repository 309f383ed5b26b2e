/*
 * Inside of the replay of scripts (replay.h): the state, members of an operation read by their
 * shape (replay_fields.c), and the operations by topic. Readers say what is wrong as "member: why"
 * and leave their outputs alone then, but for lists, which the caller owns in any case.
 */
#ifndef HF_TOOLS_REPLAY_INTERNAL_H
#define HF_TOOLS_REPLAY_INTERNAL_H

#include "allocator/allocator.h"
#include "base/intern.h"
#include "tools/replay.h"

struct HfReplay {
    HfCatalog *catalog;
    HfAllocator *allocator; /* NULL before init */
    HfEra era;
    HfIntern *agents, *frameworks;
    HfOfferList list;
    HfTime now, interval, next_batch;
    gint64 number; /* of the operation */
    JsonObject *line;
    GPtrArray *out;
};

/* ---- replay_fields.c ---- */

/* Sets "member: why"; FALSE. */
gboolean hf_replay__bad(GError **error, const char *field, const char *why);
/* What the allocator says to a caller that broke its contract. */
gboolean hf_replay__status_ok(HfStatus status, GError **error);
/* A member of the line at hand; NULL when absent or null. */
JsonNode *hf_replay__field(const HfReplay *replay, const char *name);
gboolean hf_replay__is_text(JsonNode *node);
gboolean hf_replay__is_number(JsonNode *node);
/* NULL when absent. */
gboolean hf_replay__text(HfReplay *replay, const char *name, gboolean required,
                         const char **text_out, GError **error);
/* Unchanged when absent. */
gboolean hf_replay__number(HfReplay *replay, const char *name, gboolean required,
                           double *number_out, GError **error);
gboolean hf_replay__flag(HfReplay *replay, const char *name, gboolean *flag_out, GError **error);
/* A time in milliseconds, unchanged when absent; FALSE in *given_out (may be NULL) then. */
gboolean hf_replay__ms(HfReplay *replay, const char *name, gboolean required, HfTime *time_out,
                       gboolean *given_out, GError **error);
/* The row of an agent's or framework's id, which gets one at first sight. */
gboolean hf_replay__known(HfReplay *replay, HfIntern *names, const char *name, uint32_t *row_out,
                          GError **error);
gboolean hf_replay__role(HfReplay *replay, const char *path, HfRoleId *role_out, GError **error);
/* A new list of borrowed texts, empty when absent. */
gboolean hf_replay__texts(HfReplay *replay, const char *name, GPtrArray **texts_out,
                          GError **error);
/* Appended to `roles`, an array of HfRoleId. */
gboolean hf_replay__roles(HfReplay *replay, const char *name, GArray *roles, GError **error);
gboolean hf_replay__resources(HfReplay *replay, const char *name, HfResources *out, GError **error);

/* Capabilities by name, in a table that ends with {NULL}; bit 0: known, and of no consequence. */
typedef struct HfReplayCapability {
    const char *name;
    uint32_t bit;
} HfReplayCapability;
gboolean hf_replay__capabilities(HfReplay *replay, const HfReplayCapability *table,
                                 uint32_t *bits_out, GError **error);
/* "region/zone" into two new texts; both NULL when absent. */
gboolean hf_replay__domain(HfReplay *replay, char **region_out, char **zone_out, GError **error);

/* What somebody holds from the start. */
typedef struct HfReplayUsed {
    HfCatalog *catalog;
    GArray *holdings; /* of HfHolding */
    GPtrArray *parts; /* of HfResources *, what the holdings point to */
} HfReplayUsed;
void hf_replay__used_init(HfReplay *replay, HfReplayUsed *used);
void hf_replay__used_clear(HfReplayUsed *used);
/* `used`: resources by framework (of an agent: framework UINT32_MAX) or by agent. */
gboolean hf_replay__used(HfReplay *replay, HfReplayUsed *used, uint32_t agent, uint32_t framework,
                         GError **error);

/* An empty array of HfQuantities that clears its elements. */
GArray *hf_replay__quantities_array(void);
/* Alternatives of a minimum, as one text with '|' or as a list, appended to such an array. */
gboolean hf_replay__alternatives(HfReplay *replay, JsonNode *node, GArray *out, GError **error);

/* An operation that is one call with the row of `id`. */
typedef HfStatus (*HfReplayRowCall)(HfAllocator *allocator, HfTime now, uint32_t row);
gboolean hf_replay__row_op(HfReplay *replay, HfIntern *names, HfReplayRowCall call, GError **error);

/* ---- replay_era.c ---- */

/* Reads `era` and `quirks` of init into the replay and its catalog. */
gboolean hf_replay__settings(HfReplay *replay, GError **error);
/* Is there such an operation, with the members it has, in the era? */
gboolean hf_replay__era_check(const HfReplay *replay, GError **error);

/* ---- The operations: FALSE with *error when refused, and nothing is changed then; `ok` may get
 * members of its own. ---- */
typedef gboolean HfReplayOp(HfReplay *replay, JsonObject *ok, GError **error);

/* replay_agents.c */
HfReplayOp hf_replay__op_init, hf_replay__op_add_agent, hf_replay__op_update_agent,
    hf_replay__op_remove_agent, hf_replay__op_activate_agent, hf_replay__op_deactivate_agent;
/* replay_frameworks.c */
HfReplayOp hf_replay__op_add_framework, hf_replay__op_update_framework,
    hf_replay__op_remove_framework, hf_replay__op_activate_framework,
    hf_replay__op_deactivate_framework, hf_replay__op_suppress, hf_replay__op_revive;
/* replay_resources.c */
HfReplayOp hf_replay__op_recover, hf_replay__op_launch, hf_replay__op_update_allocation,
    hf_replay__op_update_available;
/* replay_operators.c */
HfReplayOp hf_replay__op_update_weights, hf_replay__op_update_quota, hf_replay__op_recover_quotas,
    hf_replay__op_whitelist, hf_replay__op_unavailability, hf_replay__op_inverse_response,
    hf_replay__op_pause, hf_replay__op_resume;

#endif
