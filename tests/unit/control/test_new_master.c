/* What a new master learns of reservations, volumes, quota, weights and roles. */
#include "unit/control/operators.h"

#include "resource/text.h"

static HfPump *cell_of(const char *resources, HfTime failover_timeout)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout = failover_timeout;
    config.log_messages = TRUE;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, resources);
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web",
                          HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES, TRUE);
    hf_pump_run_for(pump, 0);
    return pump;
}

static void fail_over(HfPump *pump)
{
    hf_pump_master_failover(pump, HF_SECONDS(5));
    hf_pump_run_for(pump, HF_SECONDS(30));
}

/* Mesos rows: 370, 414. The new master is told by the agent, and offers what it is told. */
static void a_new_master_learns_reservations_and_volumes(void **state)
{
    HfPump *pump = cell_of("cpus:4;mem:1024;disk:1024", HF_SECONDS(3600));
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):2;disk(D:web):64 | CREATE disk(D:web)[v:p]:64",
                    0);
    hf_pump_run_for(pump, 0);
    fail_over(pump);
    assert_true(hf_pump_framework(pump, 0)->offers.count > 0);
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus(D:web):2;cpus:2;disk(D:web)[v:p]:64;disk:960;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 421. Two tasks go on using the volume, which is offered beside what they leave. */
static void a_shared_volume_in_use_is_offered_by_a_new_master(void **state)
{
    HfPump *pump = cell_of("cpus:2;mem:2048;disk(web):2048", HF_SECONDS(3600));
    hf_pump_operate(pump, 0, 1,
                    "CREATE disk(S:web)[v:p]{shared}:2048 | "
                    "LAUNCH 1=cpus:0.5;mem:512;disk(S:web)[v:p]{shared}:2048 "
                    "2=cpus:0.5;mem:512;disk(S:web)[v:p]{shared}:2048",
                    0);
    hf_pump_run_for(pump, 0);
    fail_over(pump);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_true(hf_pump_framework(pump, 0)->offers.count > 0);
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:1;disk(S:web)[v:p]{shared}:2048;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 363. The role that the framework left is learned from the agent, with its task. */
static void a_role_changes_while_no_master_leads(void **state)
{
    HfPump *pump = cell_of("cpus:4;mem:1024", HF_SECONDS(3600));
    hf_pump_operate(pump, 0, 1, "LAUNCH 1=cpus:1;mem:512", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_master_failover(pump, HF_SECONDS(5));
    hf_pump_run_for(pump, HF_SECONDS(30));
    uint32_t next = hf_pump_add_successor_as(pump, 0, NULL, "db", HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(5));
    const HfPumpFramework *framework = hf_pump_framework(pump, next);
    assert_int_equal(framework->offers.count, 1);
    assert_int_equal(framework->offers.at[0].role, hf_role_find(pump->catalog, "db"));
    HfAllocator *allocator = hf_master_allocator(pump->master);
    assert_true(hf_allocator_role_share(allocator, hf_role_find(pump->catalog, "web")) == 0.5);
    hf_pump_free(pump);
}

/* Mesos rows: 470, 512. */
static void quota_and_weights_outlive_their_master(void **state)
{
    HfPump *pump = cluster(0, NULL);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'force':true,'quota_configs':[{'role':'role1','guarantees':{'cpus':{'value':1}},"
                "'limits':{'cpus':{'value':2}}}]}",
                200);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'role2','weight':4}]}",
                200);
    fail_over(pump);
    g_free(hf_pump_take_text(pump));
    assert_call(pump, HF_CALL_GET_QUOTA, "{}", 200);
    assert_int_equal(occurrences(pump, "[{\"role\":\"role1\",\"guarantees\":{\"cpus\":1},"
                                       "\"limits\":{\"cpus\":2}}]"),
                     1);
    assert_call(pump, HF_CALL_GET_WEIGHTS, "{}", 200);
    assert_int_equal(occurrences(pump, "[{\"role\":\"role2\",\"weight\":4.0}]"), 1);
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'role1'}", 200);
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'role1'}", 400);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_master_learns_reservations_and_volumes),
        cmocka_unit_test(a_shared_volume_in_use_is_offered_by_a_new_master),
        cmocka_unit_test(a_role_changes_while_no_master_leads),
        cmocka_unit_test(quota_and_weights_outlive_their_master),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
