/* What the tests of executors share: one agent, a framework, and what it has launched there. */
#ifndef HF_TESTS_UNIT_CONTROL_EXECUTORS_H
#define HF_TESTS_UNIT_CONTROL_EXECUTORS_H

#include "unit/control/lab.h"

#define HELD "7=cpus:0.5;mem:64"

static inline void say(HfPump *pump, const char *script)
{
    hf_pump_operate(pump, 0, hf_pump_framework(pump, 0)->offers.count, script, 0);
    hf_pump_run_for(pump, 0);
}

static inline HfPump *busy_as(uint32_t capabilities, gboolean checkpoint, const char *script,
                              HfEra era)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.log_messages = TRUE;
    config.failover_timeout = HF_SECONDS(3600);
    config.era = era;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:256;disk:64");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(
        pump, "web", "web",
        (era >= HF_ERA_1_4 ? (uint32_t)HF_CAPABILITY_MULTI_ROLE : 0) | capabilities, checkpoint);
    hf_pump_run_for(pump, 0);
    say(pump, script);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    return pump;
}

static inline HfPump *busy(uint32_t capabilities, gboolean checkpoint, const char *script)
{
    return busy_as(capabilities, checkpoint, script, HF_ERA_1_11);
}

static inline guint32 executors_at_agent(HfPump *pump)
{
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    guint32 count = 0;
    for (guint32 i = 0; i < agent->executors.count; i++)
        count += agent->executors.at[i].info != NULL;
    return count;
}

static inline guint32 processes(HfPump *pump)
{
    return hf_pump_host(pump, 0)->executors.count;
}

/* Nothing is outstanding: what nobody holds is all that is not allocated. */
static inline void assert_free(HfPump *pump, const char *expected)
{
    while (hf_pump_framework(pump, 0)->offers.count > 0) {
        hf_pump_decline(pump, 0, 0);
        hf_pump_run_for(pump, 0);
    }
    assert_available(pump, expected);
}

#endif
