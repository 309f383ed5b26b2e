/* Volumes and reservations over restarts of their agent, and shared volumes over several accepts.
 */
#include "unit/control/lab.h"

#include "resource/text.h"

#define SHARED(id) "disk(S:web)[" id ":p]{shared}:64"

static uint64_t data_of(HfPump *pump, const char *volume)
{
    HfResources one = {0};
    assert_true(hf_resources_parse_canonical(pump->catalog, volume, &one, NULL));
    uint64_t data = hf_checkpoint_data(pump->catalog, &hf_pump_host(pump, 0)->agent.disk,
                                       hf_resources_at(&one, 0));
    hf_resources_clear(pump->catalog, &one);
    return data;
}

static HfPump *volume_cell(HfEra era, gboolean checkpoint)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.era = era;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk(web):1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(
        pump, "web", "web",
        era >= HF_ERA_1_4 ? HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES : 0,
        checkpoint);
    hf_pump_run_for(pump, 0);
    return pump;
}

/* Mesos rows: 424. */
static void a_task_keeps_its_volume_while_its_agent_restarts(void **state)
{
    HfPump *pump = volume_cell(HF_ERA_1_11, TRUE);
    hf_pump_operate(pump, 0, 1, "CREATE disk(S:web)[v:p]:64 | LAUNCH 1=cpus:1;disk(S:web)[v:p]:64",
                    0);
    hf_pump_run_for(pump, HF_SECONDS(3));
    uint64_t data = data_of(pump, "disk(S:web)[v:p]:64");
    assert_int_not_equal(data, 0);
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_suppress(pump, 0);
    hf_pump_stop(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(data_of(pump, "disk(S:web)[v:p]:64"), data);
    assert_available(pump, "cpus:3;disk(S:web):960;mem:1024");
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_available(pump, "cpus:4;disk(S:web):960;disk(S:web)[v:p]:64;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 406, 407, 416. Only what is created anew has other data. */
static void a_volume_keeps_its_data_while_it_grows_and_shrinks(void **state)
{
    HfPump *pump = volume_cell(HF_ERA_1_11, FALSE);
    hf_pump_operate(pump, 0, 1, "CREATE disk(S:web)[v:p]:512", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    uint64_t data = data_of(pump, "disk(S:web)[v:p]:512");
    assert_int_not_equal(data, 0);
    hf_pump_operate(pump, 0, 1, "GROW disk(S:web)[v:p]:512 disk(S:web):512", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(data_of(pump, "disk(S:web)[v:p]:1024"), data);
    hf_pump_operate(pump, 0, 1, "LAUNCH 1:1=cpus:1;disk(S:web)[v:p]:1024", 0);
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_told(pump, 1, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(data_of(pump, "disk(S:web)[v:p]:1024"), data);
    hf_pump_operate(pump, 0, hf_pump_framework(pump, 0)->offers.count,
                    "SHRINK disk(S:web)[v:p]:1024 512", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(data_of(pump, "disk(S:web)[v:p]:512"), data);
    hf_pump_operate(pump, 0, hf_pump_framework(pump, 0)->offers.count,
                    "DESTROY disk(S:web)[v:p]:512 | CREATE disk(S:web)[v:p]:512", 0);
    hf_pump_run_for(pump, 0);
    assert_true(data_of(pump, "disk(S:web)[v:p]:512") > data);
    hf_pump_free(pump);
}

/* Mesos rows: 423. What was made and is used before is offered again, beside what is made next. */
static void shared_volumes_are_made_one_after_another(void **state)
{
    HfPump *pump = volume_cell(HF_ERA_1_11, FALSE);
    hf_pump_operate(pump, 0, 1, "CREATE " SHARED("v1") " | LAUNCH 1=cpus:1;" SHARED("v1"), 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    hf_pump_operate(pump, 0, 1,
                    "CREATE " SHARED("v2") " | LAUNCH 2=cpus:1;" SHARED("v1") " 3=cpus:1;" SHARED(
                        "v2") ";" SHARED("v1"),
                    0);
    hf_pump_run_for(pump, 0);
    for (uint64_t task = 1; task <= 3; task++)
        assert_told(pump, task, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_available(pump, "cpus:1;disk(S:web):896;" SHARED("v1") ";" SHARED("v2") ";mem:1024");
    hf_pump_free(pump);
}

/* An agent that was out of reach is back with two tasks that use one volume: both go on. */
static void tasks_that_share_a_volume_come_back_together(void **state)
{
    HfPump *pump = volume_cell(HF_ERA_1_11, TRUE);
    hf_pump_operate(
        pump, 0, 1,
        "CREATE " SHARED("v") " | LAUNCH 1=cpus:1;" SHARED("v") " 2=cpus:1;" SHARED("v"), 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(200));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    assert_int_equal(tasks_at_agent(pump), 2);
    hf_pump_free(pump);
}

/*
 * Mesos rows: 383.
 * Nothing but what the agent wrote down of its resources is needed: neither the master's answer nor
 * an acknowledgement, in the era of one file for all resources and in that of operations.
 */
static void what_is_checkpointed_is_enough(void **state)
{
    static const HfEra eras[] = {HF_ERA_1_4, HF_ERA_1_11};
    for (gsize i = 0; i < G_N_ELEMENTS(eras); i++) {
        HfPump *pump = volume_cell(eras[i], FALSE);
        hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, UINT32_MAX);
        hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):2", 0);
        hf_pump_run_for(pump, 0);
        hf_pump_stop(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(1));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(5));
        assert_true(hf_master_agent_is_registered(pump->master, 0));
        g_autofree char *has =
            hf_resources_to_text(pump->catalog, hf_agent_total(&hf_pump_host(pump, 0)->agent));
        assert_string_equal(has, "cpus(D:web):2;cpus:2;disk(S:web):1024;mem:1024");
        hf_pump_decline_all(pump, 0, 3600);
        hf_pump_run_for(pump, 0);
        assert_available(pump, "cpus(D:web):2;cpus:2;disk(S:web):1024;mem:1024");
        hf_pump_free(pump);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_keeps_its_volume_while_its_agent_restarts),
        cmocka_unit_test(a_volume_keeps_its_data_while_it_grows_and_shrinks),
        cmocka_unit_test(shared_volumes_are_made_one_after_another),
        cmocka_unit_test(tasks_that_share_a_volume_come_back_together),
        cmocka_unit_test(what_is_checkpointed_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
