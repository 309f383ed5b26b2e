/*
 * Drives the allocator alone by a script of operations, one JSON object per line, and answers as
 * the recordings of the real Mesos allocator do: offers and inverse offers as they are made, then
 * `ok` or `error` for each operation. The settings are Mesos's own, with agents visited in byte
 * order of their ids and, unless `init` says otherwise, the quirks of its code (quirks: strict) in
 * its last era (era: "1.11"). What an era does not have is answered by an `error` that names it.
 *
 *   op                    fields (in brackets: optional)
 *   init                  [allocation_interval_ms] [min_allocatable] [role_sorter]
 *                         [framework_sorter] [filter_gpu_resources] [fairness_exclude] [domain]
 *                         [recovery_timeout_ms] [agent_recovery_factor] [era]
 *                         [quirks: strict or documented]; must come first
 *   add_agent             id resources [hostname] [attributes] [capabilities] [domain]
 *                         [start_ms [duration_ms]] [used]
 *   update_agent          id [resources] [hostname] [attributes] [capabilities] [domain]
 *   remove_agent, activate_agent, deactivate_agent              id
 *   add_framework, update_framework   id roles [suppressed_roles] [capabilities] [active] [used]
 *                                     [min_allocatable] [offer_constraints]
 *   remove_framework, activate_framework, deactivate_framework  id
 *   recover               framework agent resources [filter_s] [launched]
 *   launch                framework agent resources
 *   update_allocation     framework agent resources operations [share]
 *   update_available      agent operations
 *   suppress, revive      framework [roles]
 *   update_weights        weights
 *   update_quota          role [guarantees] [limits]
 *   recover_quotas        expected_agents quotas
 *   whitelist             [hosts]
 *   unavailability        agent [start_ms [duration_ms]]
 *   inverse_response      framework agent [status] [filter_s]
 *   pause, resume, state
 *   tick                  ms
 */
#ifndef HF_TOOLS_REPLAY_H
#define HF_TOOLS_REPLAY_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct HfReplay HfReplay;

HfReplay *hf_replay_new(void);
void hf_replay_free(HfReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfReplay, hf_replay_free)

#define HF_REPLAY_ERROR (g_quark_from_static_string("hf-replay-error"))

/*
 * Perform the operation of one line. Empty lines and those that start with '#' do nothing.
 * Shape:  the output lines are appended to `out`, a GPtrArray of JsonNode.
 * Errors: FALSE and HF_REPLAY_ERROR when the line is not an operation: no JSON object, unknown op,
 * or not `init` first. Everything else that is wrong with an operation is answered by an `error`
 * line, and the operation does nothing.
 */
gboolean hf_replay_line(HfReplay *replay, const char *line, GPtrArray *out, GError **error);

/* One line, without its end; doubles as short as they are exact to 15 digits. Free with g_free. */
char *hf_replay_print(JsonNode *node);

/* Equal as JSON values; of an `error` line only ev, n and t count. */
gboolean hf_replay_matches(JsonNode *expected, JsonNode *actual);

#endif
