/* The key table of operators' calls. */
#include "scenario/scenario_internal.h"

#include <string.h>

#define AT(record, member) .offset = offsetof(record, member)
#define BODY(i, key, what)                                                                         \
    {                                                                                              \
        .name = key, .type = HF_KEY_JSON,                                                          \
        .offset = offsetof(HfScenarioOperator, body) + (i) * sizeof(const char *), .help = what    \
    }

static const HfKey operator_keys[] = {
    {.name = "at",
     .type = HF_KEY_DURATION,
     AT(HfScenarioOperator, at),
     .is_required = TRUE,
     .help = "When the call is made."},
    {.name = "every",
     .type = HF_KEY_DURATION,
     AT(HfScenarioOperator, every),
     .maximum = 1e9,
     .above_minimum = TRUE,
     .help = "Make it again and again, so long apart."},
    {.name = "times",
     .type = HF_KEY_INT,
     AT(HfScenarioOperator, times),
     .minimum = 1,
     .maximum = 1e9,
     .help = "How often in all; absent = until the run ends. Only with every."},
    {.name = "principal",
     .type = HF_KEY_STRING,
     AT(HfScenarioOperator, principal),
     .help = "Who asks; absent = nobody that is known."},
    BODY(0, "reserve_resources", "Reserve what nobody holds: {agent_id, resources[, source]}."),
    BODY(1, "unreserve_resources", "Take reservations away: {agent_id, resources}."),
    BODY(2, "create_volumes", "Make persistent volumes: {agent_id, volumes}."),
    BODY(3, "destroy_volumes", "Delete persistent volumes with their data: {agent_id, volumes}."),
    BODY(4, "grow_volume", "Add disk to a volume: {agent_id, volume, addition}."),
    BODY(5, "shrink_volume", "Take disk from a volume: {agent_id, volume, subtract: {value}}."),
    BODY(6, "update_weights", "Weights of roles: {weight_infos: [{role, weight}]}."),
    BODY(7, "update_quota",
         "Guarantees and limits: {force, quota_configs: [{role, guarantees, limits}]}."),
    BODY(8, "set_quota", "The older call: {quota_request: {force, role, guarantee}}."),
    BODY(9, "remove_quota", "The older call: {role}."),
    BODY(10, "update_maintenance_schedule",
         "The schedule as a whole: {schedule: {windows: [{machine_ids, unavailability}]}}."),
    BODY(11, "start_maintenance", "Scheduled machines go down: {machines: [{hostname}]}."),
    BODY(12, "stop_maintenance", "They come up: {machines: [{hostname}]}."),
    BODY(13, "drain_agent", "Its tasks are killed: {agent_id[, max_grace_period, mark_gone]}."),
    BODY(14, "deactivate_agent", "It is not offered: {agent_id}."),
    BODY(15, "reactivate_agent", "It is offered again: {agent_id}."),
    BODY(16, "mark_agent_gone", "It never comes back: {agent_id}."),
    BODY(17, "teardown", "A framework is removed: {framework_id}."),
    BODY(18, "get_roles", "Each known role with weight, quota, what it holds, its frameworks: {}."),
    BODY(19, "get_agents", "Each agent with its state and resources: {}."),
    BODY(20, "get_quota", "Guarantees and limits: {}."),
    BODY(21, "get_weights", "Weights that are not 1: {}."),
    BODY(22, "restart_agent",
         "Not of the API, but done on the host: the agent's process is stopped and started with "
         "other flags: {agent_id[, resources, attributes, down: {nanoseconds}, forget_id, "
         "recover: cleanup]}. It "
         "refuses to start when its checkpoint or agent.reconfiguration_policy forbids it."),
    {0}};
_Static_assert(G_N_ELEMENTS(operator_keys) == 4 + HF_OPERATOR_CALLS + 1, "a key for each call");

const char *hf_operator_call_key(uint32_t call)
{
    HF_ASSERT(call < HF_OPERATOR_CALLS);
    return operator_keys[4 + call].name;
}

static gboolean check_operator(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioOperator *entry = record;
    uint32_t calls = 0;
    for (uint32_t i = 0; i < HF_OPERATOR_CALLS; i++) {
        if (entry->body[i] == NULL) continue;
        *key_out = operator_keys[4 + i].name;
        calls++;
    }
    if (calls == 1 && (entry->times == 0 || entry->every != 0)) return TRUE;
    if (calls == 1) {
        *key_out = "times";
        *why_out = g_strdup("times needs every");
    } else if (calls == 0) {
        *key_out = NULL;
        *why_out = g_strdup("no call is given, such as reserve_resources or drain_agent");
    } else {
        *why_out = g_strdup("one entry makes one call");
    }
    return FALSE;
}

const HfKeyTable hf_operator__table = {
    .name = "operators[]",
    .struct_size = sizeof(HfScenarioOperator),
    .keys = operator_keys,
    .help =
        "A call of Mesos's operator API, with Mesos's own JSON as its body. Agents are named by "
        "agent id or by host, frameworks by name; times are nanoseconds from the start.",
    .check = check_operator,
};
