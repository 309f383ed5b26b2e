/*
 * Executors whose agents and masters go and come back: which of them go on, which are given up, and
 * who is told.
 */
#include "unit/control/executors.h"

static void an_executor_comes_back_to_the_next_process_of_its_agent(void **state)
{
    HfPump *pump = busy(0, TRUE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_stop(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(processes(pump), 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 0);
    assert_free(pump, "cpus:2.5;disk:64;mem:192");
    hf_pump_free(pump);
}

/* An idle one is waited for, too, and is not named when it does not come back. */
static void an_executor_that_does_not_come_back_is_given_up(void **state)
{
    HfPump *pump = busy(0, TRUE, "LAUNCH 1:1=cpus:1+" HELD " 2=cpus:1+8=mem:1");
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_stop(pump, 0);
    hf_pump_end_executor(pump, 0, 1);
    hf_pump_end_executor(pump, 0, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 2, HF_TASK_LOST, HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT);
    assert_int_equal(executors_at_agent(pump), 0);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 2);
    assert_int_equal(hf_pump_framework(pump, 0)->executors_lost, 0); /* nobody told the master */
    assert_free(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

static void a_reboot_ends_executors(void **state)
{
    HfPump *pump = busy(0, TRUE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 0); /* it may come back */
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 1, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
    assert_free(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

/* Mesos rows: 695. */
static void an_idle_executor_without_checkpointing_goes_with_its_agent(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1:1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_stop(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    assert_available(pump, "cpus:4;disk:64;mem:256");
    hf_pump_run_for(pump, HF_SECONDS(100)); /* and nothing is left of it when that is given up */
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_pump_free(pump);
}

/* The connection breaks while both live: the master strikes the executor off, so it is ended. */
static void an_executor_that_was_struck_off_with_the_connection_is_shut_down(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_break(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_int_equal(hf_pump_framework(pump, 0)->updates.at[1].status.state, HF_TASK_LOST);
    assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
    assert_free(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

static void executors_come_back_with_an_agent_that_was_unreachable(void **state)
{
    HfPump *pump = busy(HF_CAPABILITY_PARTITION_AWARE, TRUE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_told(pump, 1, HF_TASK_UNREACHABLE, HF_REASON_SLAVE_REMOVED);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_LAUNCHED), 2);
    assert_int_equal(processes(pump), 1);
    assert_free(pump, "cpus:2.5;disk:64;mem:192");
    hf_pump_free(pump);
}

/* A new master learns of an idle executor, and of its framework, from the agent alone. */
static void a_new_master_learns_of_executors_from_agents(void **state)
{
    HfPump *pump = busy(0, TRUE, "LAUNCH 1:1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_RECOVERED), 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_LAUNCHED), 2);
    assert_available(pump, "cpus:3.5;disk:64;mem:192");
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    say(pump, "LAUNCH 2=cpus:3.5+" HELD);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* Its agent has just asked to be registered, and named executor 7. It is answered before it asks
 * again, which would not name it any more. */
static void ask_to_register(HfPump *pump)
{
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    uint32_t before = agent->version;
    pump->config.latency = HF_SECONDS(0.01);
    while (agent->version == before) assert_true(hf_pump_step(pump));
    assert_int_equal(executors_at_agent(pump), 1);
    assert_int_equal(agent->state, HF_AGENT_REGISTERING);
}

/* One that ends by itself after the request that names it, and before the answer, is told as well:
 * else the next master would keep it in its book. */
static void what_ends_while_its_agent_registers_is_told_to_a_new_master(void **state)
{
    for (int checkpoint = FALSE; checkpoint <= TRUE; checkpoint++) {
        HfPump *pump = busy(0, checkpoint, "LAUNCH 1:1=cpus:1+" HELD);
        hf_pump_run_for(pump, HF_SECONDS(5));
        hf_pump_master_failover(pump, HF_SECONDS(1));
        ask_to_register(pump);
        hf_pump_end_executor(pump, 0, 0);
        hf_pump_run_for(pump, HF_SECONDS(30));
        pump->config.latency = 0;
        assert_int_equal(count(pump, HF_RECORD_EXECUTOR_LAUNCHED), 2); /* by the request */
        assert_int_equal(executors_at_agent(pump), 0);
        assert_free(pump, "cpus:4;disk:64;mem:256");
        hf_pump_free(pump);
    }
}

/* The same where the master is the one of before, and the framework has checkpointing: the master
 * has kept it. */
static void what_ends_while_its_agent_registers_is_told_to_the_old_master(void **state)
{
    HfPump *pump = busy(0, TRUE, "LAUNCH 1:1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_break(pump, 0);
    ask_to_register(pump);
    hf_pump_end_executor(pump, 0, 0);
    hf_pump_run_for(pump, HF_SECONDS(30));
    pump->config.latency = 0;
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_LAUNCHED), 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    assert_free(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

/* Without checkpointing the master struck it off when it saw the connection break, and may have
 * launched another of that id, which an EXITED_EXECUTOR of the first would strike off (in Mesos it
 * does). */
static void what_was_struck_off_is_not_told_for_another_may_run(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1:1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_break(pump, 0);
    hf_pump_rule(pump, HF_MESSAGE_EXITED_EXECUTOR, HF_PUMP_LATE, HF_SECONDS(5), 1);
    ask_to_register(pump);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    hf_pump_end_executor(pump, 0, 0);
    pump->config.latency = 0;
    hf_pump_run_for(pump, HF_SECONDS(2));
    say(pump, "LAUNCH 2=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(processes(pump), 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    assert_free(pump, "cpus:2.5;disk:64;mem:192");
    hf_pump_free(pump);
}

/* An order to begin one crosses a registration, which does not name it: it is struck off, though it
 * runs, until the next order to begin it ends it (Mesos: a lingering executor). */
static void an_executor_that_crossed_a_registration_lingers(void **state)
{
    HfPump *pump = busy(HF_CAPABILITY_PARTITION_AWARE, TRUE, "LAUNCH 1=cpus:0.1");
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_rule(pump, HF_MESSAGE_RUN_TASK, HF_PUMP_LATE, HF_SECONDS(1), 1);
    say(pump, "LAUNCH 2=cpus:1+" HELD);
    static const uint64_t known[] = {1};
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, known, 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(processes(pump), 1);
    say(pump, "LAUNCH 3=cpus:1+" HELD);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 3, HF_TASK_DROPPED, HF_REASON_EXECUTOR_TERMINATED);
    assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_free(pump, "cpus:3.9;disk:64;mem:256");
    hf_pump_free(pump);
}

/* Mesos rows: 346. */
static void executors_of_one_id_may_differ_between_agents(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_add_agent(pump, "cpus:4;mem:256");
    hf_pump_run_for(pump, HF_SECONDS(2));
    say(pump, "LAUNCH 2=cpus:1+7=mem:32");
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_LAUNCHED), 2);
    hf_pump_free(pump);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_executor_comes_back_to_the_next_process_of_its_agent),
        cmocka_unit_test(an_executor_that_does_not_come_back_is_given_up),
        cmocka_unit_test(a_reboot_ends_executors),
        cmocka_unit_test(an_idle_executor_without_checkpointing_goes_with_its_agent),
        cmocka_unit_test(an_executor_that_was_struck_off_with_the_connection_is_shut_down),
        cmocka_unit_test(executors_come_back_with_an_agent_that_was_unreachable),
        cmocka_unit_test(a_new_master_learns_of_executors_from_agents),
        cmocka_unit_test(what_ends_while_its_agent_registers_is_told_to_a_new_master),
        cmocka_unit_test(what_ends_while_its_agent_registers_is_told_to_the_old_master),
        cmocka_unit_test(what_was_struck_off_is_not_told_for_another_may_run),
        cmocka_unit_test(an_executor_that_crossed_a_registration_lingers),
        cmocka_unit_test(executors_of_one_id_may_differ_between_agents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
