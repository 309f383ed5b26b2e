/*
 * What master and agent have of each other when an agent registers again, is shut down, or is given
 * up twice at once.
 */
#include "unit/control/operators.h"

#include "control/master_internal.h"
#include "resource/text.h"

static HfPump *lone(HfEra era, double registry_latency)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.era = era;
    config.log_messages = TRUE;
    if (registry_latency > 0) config.master.registry_latency = hf_law_constant(registry_latency);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(12));
    hf_pump_add_framework(pump, "web", "web", 0, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(1));
    return pump;
}

static void assert_same_total(HfPump *pump, const char *expected)
{
    HfResources total = {0};
    assert_true(hf_resources_parse_canonical(pump->catalog, expected, &total, NULL));
    assert_true(
        hf_resources_equal(pump->catalog, &total, hf_agent_total(&hf_pump_host(pump, 0)->agent)));
    assert_true(hf_resources_equal(pump->catalog, &total, pump->master->agents_more.at[0].total));
    hf_resources_clear(pump->catalog, &total);
}

/* Mesos rows: 662. An older agent is sent all that the master has for it, again and again: what one
 * message lost, the next one brings. */
static void an_older_agent_takes_over_what_the_master_has(void **state)
{
    HfPump *pump = lone(HF_ERA_1_4, 0);
    hf_pump_rule(pump, HF_MESSAGE_CHECKPOINT_RESOURCES, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):1", 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_operate(pump, 0, 1, "RESERVE mem(D:web):24", 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_same_total(pump, "cpus(D:web):1;mem(D:web):24;cpus:3;mem:1000;disk:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 668. */
static void what_an_agent_has_includes_its_reservations(void **state)
{
    HfPump *pump = lone(HF_ERA_1_11, 0);
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):1", 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_same_total(pump, "cpus(D:web):1;cpus:3;mem:1024;disk:1024");
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_same_total(pump, "cpus(D:web):1;cpus:3;mem:1024;disk:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 669. An operation for an earlier registration is not done. */
static void each_registration_has_a_version_of_its_own(void **state)
{
    HfPump *pump = lone(HF_ERA_1_11, 0);
    HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    uint32_t before = agent->version;
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LATE, HF_SECONDS(10), 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, 0);
    hf_pump_send(pump, hf_pump_message(pump, HF_MESSAGE_DETECTED, (HfPeer){HF_PEER_MASTER, 0},
                                       (HfPeer){HF_PEER_AGENT, 0}));
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_not_equal(agent->version, before);
    hf_pump_run_for(pump, HF_SECONDS(20));
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_DROPPED);
    assert_same_total(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_free(pump);
}

#define MACHINE "{'machines':[{'hostname':'host0'}]}"
#define SCHEDULE                                                                                   \
    "{'schedule':{'windows':[{'machine_ids':[{'hostname':'host0'}],"                               \
    "'unavailability':{'start':{'nanoseconds':0}}}]}}"

/* Mesos rows: 658. */
static void an_agent_that_is_shut_down_keeps_its_id(void **state)
{
    HfPump *pump = lone(HF_ERA_1_11, 0);
    uint32_t id = hf_pump_host(pump, 0)->agent.id;
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, SCHEDULE, 200);
    assert_call(pump, HF_CALL_START_MAINTENANCE, MACHINE, 200);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_false(hf_master_agent_is_registered(pump->master, 0));
    assert_call(pump, HF_CALL_STOP_MAINTENANCE, MACHINE, 200);
    hf_pump_run_for(pump, HF_SECONDS(120));
    assert_true(hf_master_agent_is_registered(pump->master, 0));
    assert_int_equal(hf_pump_host(pump, 0)->agent.id, id);
    hf_pump_free(pump);
}

/* Mesos rows: 665, 666. The registry takes 5 s; within them the other verdict comes. Either way the
 * agent is out once, and its task is told once. */
static void unreachable_and_removed_at_once_is_out_once(void **state)
{
    for (int first = 0; first < 2; first++) {
        HfPump *pump = lone(HF_ERA_1_11, 5);
        hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
        hf_pump_run_for(pump, HF_SECONDS(1));
        assert_int_equal(hf_pump_call(pump, "ops", HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, SCHEDULE),
                         HF_CALL_PENDING); /* in the registry after 5 s */
        hf_pump_run_for(pump, HF_SECONDS(20));
        hf_pump_crash(pump, 0, FALSE);
        HfTime step = HF_SECONDS(0.5);
        if (first == 0) /* until it is being marked unreachable */
            while (hf_master_changes_waiting(pump->master) == 0) hf_pump_run_for(pump, step);
        else
            hf_pump_run_for(pump, HF_SECONDS(70));
        hf_pump_call(pump, "ops", HF_CALL_START_MAINTENANCE, MACHINE);
        hf_pump_run_for(pump, HF_SECONDS(60));
        assert_false(hf_master_agent_is_registered(pump->master, 0));
        assert_int_equal(
            count(pump, HF_RECORD_AGENT_UNREACHABLE) + count(pump, HF_RECORD_AGENT_REMOVED), 1);
        assert_int_equal(hf_master_tasks(pump->master), 0);
        hf_pump_free(pump);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_agent_takes_over_what_the_master_has),
        cmocka_unit_test(what_an_agent_has_includes_its_reservations),
        cmocka_unit_test(each_registration_has_a_version_of_its_own),
        cmocka_unit_test(an_agent_that_is_shut_down_keeps_its_id),
        cmocka_unit_test(unreachable_and_removed_at_once_is_out_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
