/* What the tests of agents share: one host with one task, and a registration written by hand. */
#ifndef HF_TESTS_UNIT_CONTROL_CELL_H
#define HF_TESTS_UNIT_CONTROL_CELL_H

#include "support/pump.h"

static const HfPeer to_master = {HF_PEER_MASTER, 0};

static inline HfPump *pump_with(gboolean explicit_heartbeats, HfTime latency, gboolean log)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.explicit_heartbeats = explicit_heartbeats;
    config.latency = latency;
    config.log_messages = log;
    return hf_pump_new(&config);
}

/* A host of 4 cpus and 1 GB and a framework whose task 1 of 1 cpu runs there since 2 s; what is
 * left is refused for an hour. */
static inline HfPump *cell_as(gboolean explicit_heartbeats, uint32_t capabilities,
                              gboolean checkpoint)
{
    HfPump *pump = pump_with(explicit_heartbeats, 0, TRUE);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE | capabilities, checkpoint);
    hf_pump_run_for(pump, 0);
    HfPumpTask task = {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, &task, 1, 3600);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_update(pump, 0, 1)->status.state, HF_TASK_RUNNING);
    return pump;
}

static inline HfPump *cell(uint32_t capabilities, gboolean checkpoint)
{
    return cell_as(FALSE, capabilities, checkpoint);
}

static inline void assert_told(HfPump *pump, uint64_t task, HfTaskState state, HfTaskReason reason)
{
    const HfPumpUpdate *update = hf_pump_update(pump, 0, task);
    assert_non_null(update);
    assert_string_equal(hf_task_state_name(update->status.state), hf_task_state_name(state));
    assert_string_equal(hf_task_reason_name(update->status.reason), hf_task_reason_name(reason));
}

static inline void assert_available(HfPump *pump, const char *expected)
{
    g_autofree char *text = hf_pump_available(pump, 0);
    assert_string_equal(text, expected);
}

static inline uint64_t count(HfPump *pump, HfRecordType type)
{
    return hf_trace_count(pump->trace, type);
}

static inline guint updates(HfPump *pump)
{
    return hf_pump_framework(pump, 0)->updates.count;
}

static inline guint32 tasks_at_agent(HfPump *pump)
{
    return hf_pump_host(pump, 0)->agent.tasks.count;
}

/* How often a text stands in what happened so far. */
static inline guint occurrences(HfPump *pump, const char *text)
{
    guint found = 0;
    for (const char *at = pump->text->str; (at = strstr(at, text)) != NULL; at++) found++;
    return found;
}

/* A (re-)registration as the agent of host 0 would send it, with the tasks named. */
static inline void send_registration(HfPump *pump, HfMessageType type, const uint64_t *tasks,
                                     uint32_t task_count)
{
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    HfMessage *message = hf_pump_message(pump, type, (HfPeer){HF_PEER_AGENT, 0}, to_master);
    message->agent = type == HF_MESSAGE_REGISTER_AGENT ? HF_ROW_NONE : 0;
    hf_agent_introduce(agent, message);
    for (uint32_t i = 0; i < task_count; i++) {
        HfTaskReport report = {.task = tasks[i],
                               .framework = 0,
                               .role = hf_role_find(pump->catalog, "web"),
                               .state = HF_TASK_RUNNING};
        report.resources = hf_pump_parcel(pump, "cpus:1");
        hf_vec_push(&message->reports, report);
    }
    hf_pump_send(pump, message);
    hf_pump_run_for(pump, 0);
}

#endif
