/* What crosses a registration, or happens while nobody hears of it. */
#include "unit/control/cell.h"

/* Mesos rows: 570, 571. The order to reserve is lost; when the agent registers again the master
 * asks it, hears that it knows of no such operation, and both have the same again. The framework is
 * told. */
static void a_lost_operation_is_dropped(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):2", 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_STATES); /* nothing was said */
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_DROPPED);
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:3;mem:1024");
    assert_true(hf_resources_equal(pump->catalog, hf_agent_total(&hf_pump_host(pump, 0)->agent),
                                   &hf_pump_host(pump, 0)->total));
    hf_pump_free(pump);
}

/* Mesos rows: 577. The agent asks again before it is answered: operations go to the newest of its
 * requests, or it would drop them as meant for an earlier one. */
static void operations_go_to_the_newest_registration(void **state)
{
    HfPump *pump = pump_with(FALSE, HF_SECONDS(1.5), TRUE);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(10));
    assert_true(occurrences(pump, "\"msg\":\"REGISTER_AGENT\"") >= 2);
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):2", 3600);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(hf_pump_operation(pump, 0, 7), HF_OPERATION_FINISHED);
    hf_pump_free(pump);
}

/* Mesos rows: 556. Its executor ends by itself while nobody hears of it: FAILED is told when the
 * agent is back, and once. */
static void an_executor_that_ends_during_a_partition_is_told(void **state)
{
    HfPump *pump = cell(HF_CAPABILITY_PARTITION_AWARE, TRUE);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    HfPumpTask task = {
        .id = 2, .resources = "cpus:1", .duration = HF_SECONDS(100), .end = HF_TASK_FAILED};
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, &task, 1, 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(150));
    assert_told(pump, 2, HF_TASK_UNREACHABLE, HF_REASON_SLAVE_REMOVED);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(120));
    guint failed = 0;
    for (guint32 i = 0; i < updates(pump); i++)
        failed += hf_pump_framework(pump, 0)->updates.at[i].status.state == HF_TASK_FAILED;
    assert_int_equal(failed, 1);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_operation_is_dropped),
        cmocka_unit_test(operations_go_to_the_newest_registration),
        cmocka_unit_test(an_executor_that_ends_during_a_partition_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
