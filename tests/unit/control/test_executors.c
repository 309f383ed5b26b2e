/*
 * Executors that frameworks bring with them: who pays for one, what may be launched beside it, how
 * long it holds what it holds, and what master, agent and framework hear of its end.
 */
#include "unit/control/executors.h"

static const Case launches[] = {
    {"the first task pays for the executor, the next ones do not", "cpus:4;mem:256",
     "LAUNCH 1=cpus:1+7=cpus:0.5;mem:64 2=cpus:1+7=cpus:0.5;mem:64\n"
     "LAUNCH 3=cpus:1+7=cpus:0.5;mem:64",
     "x7 +1 +2 +3", "cpus:0.5;mem:192"},
    {"plain tasks, and those of two executors, in one list", "cpus:4;mem:256",
     "LAUNCH 1=cpus:1 2=cpus:1+7=mem:32 3=cpus:1+8=mem:64", "+1 x7 +2 x8 +3", "cpus:1;mem:160"},
    {"there must be room for both", "cpus:2;mem:64",
     "LAUNCH 1=cpus:2+7=cpus:0.5 2=cpus:1+7=cpus:0.5 3=cpus:0.6+7=cpus:0.5 4=cpus:0.5+7=cpus:0.5",
     "!1 x7 +2 !3 +4", "mem:64"},
    {"an executor may hold nothing", "cpus:2;mem:64", "LAUNCH 1=cpus:1+7= 2=cpus:1+7=", "x7 +1 +2",
     "mem:64"},
    /* Mesos rows: 345. */
    {"the same id is the same executor", "cpus:4;mem:256",
     "LAUNCH 1=cpus:1+7=mem:32 2=cpus:1+7=mem:64 3=cpus:1+7=mem:32 4=cpus:1+8=mem:64\n"
     "LAUNCH 5=cpus:1+8=mem:32",
     "x7 +1 !2 +3 x8 +4 !5", "cpus:1;mem:160"},
    /* Mesos rows: 350. */
    {"a task and its executor are revocable or not",
     "[{'name':'cpus','type':'SCALAR','scalar':"
     "{'value':9}},{'name':'cpus','type':'SCALAR','scalar':{'value':9},'revocable':{}}]",
     "LAUNCH 1=cpus{rev}:1+7=cpus:1 2=cpus:1+8=cpus{rev}:1 3=cpus{rev}:1+9=cpus{rev}:1 "
     "4=cpus:1+10=cpus:1 5=cpus{rev}:1+10=cpus:1 6=cpus:1+11=cpus:1;cpus{rev}:1",
     "!1 !2 x9 +3 x10 +4 !5 !6", "cpus:7;cpus{rev}:7"},
    /* Mesos rows: 352. */
    {"a group and its executor, too",
     "[{'name':'cpus','type':'SCALAR','scalar':{'value':9}},"
     "{'name':'cpus','type':'SCALAR','scalar':{'value':9},'revocable':{}},{'name':'mem','type':"
     "'SCALAR','scalar':{'value':64}},{'name':'disk','type':'SCALAR','scalar':{'value':64}}]",
     "LAUNCH_GROUP 1=cpus{rev}:1+!7=cpus:1;mem:32;disk:1 2=mem:1+!7=cpus:1;mem:32;disk:1 | "
     "LAUNCH_GROUP 3=cpus{rev}:1+!8=cpus{rev}:1;mem:32;disk:1 4=mem:1+!8=cpus{rev}:1;mem:32;disk:1",
     "!1 !2 x8 +3 +4", "cpus:9;cpus{rev}:7;disk:63;mem:31"},
    {"a task and its executor share no port", "cpus:9;ports:[1-9]",
     "LAUNCH 1=ports:[1-3]+7=ports:[3-4] 2=ports:[1-2]+7=ports:[3-4] 3=ports:[4-5]+7=ports:[3-4]",
     "!1 x7 +2 !3", "cpus:9;ports:[5-9]"},
    {"a group has an executor", "cpus:3;mem:64;disk:9",
     "LAUNCH_GROUP 1=cpus:1 2=cpus:1 | LAUNCH_GROUP 3=cpus:1+!7=cpus:0.1;mem:32;disk:1 4=cpus:1 | "
     "LAUNCH_GROUP 5=cpus:1 6=cpus:1+!7=cpus:0.1;mem:32;disk:1 | LAUNCH 7=cpus:1",
     "!1 !2 !3 !4 !5 !6 +7", "cpus:2;disk:9;mem:64"},
    {"a default executor is for groups", "cpus:2;mem:64;disk:9",
     "LAUNCH 1=cpus:1+!7=cpus:0.1;mem:32;disk:1 | "
     "LAUNCH_GROUP 2=cpus:1+!7=cpus:0.1;mem:32;disk:1",
     "!1 x7 +2", "cpus:0.9;disk:8;mem:32"},
    {"the executor of a group has a least size", "cpus:2;mem:64;disk:9",
     "LAUNCH_GROUP 1=cpus:1+!7=cpus:0.009;mem:32;disk:1 | "
     "LAUNCH_GROUP 2=cpus:1+!7=cpus:0.01;mem:31;disk:1 | "
     "LAUNCH_GROUP 3=cpus:1+!7=cpus:0.01;mem:32 | LAUNCH_GROUP 4=cpus:1+7=cpus:0.01;mem:32;disk:1",
     "!1 !2 !3 x7 +4", "cpus:0.99;disk:8;mem:32"},
    {"a group has one executor, which its tasks pay once", "cpus:4;mem:128;disk:9",
     "LAUNCH_GROUP 1=cpus:1+!7=cpus:1;mem:32;disk:1 2=cpus:1+!8=cpus:1;mem:32;disk:1 | "
     "LAUNCH_GROUP 3=cpus:1+!7=cpus:1;mem:32;disk:1 4=cpus:1 | "
     "LAUNCH_GROUP 5=cpus:2+!7=cpus:1;mem:32;disk:1 6=cpus:2+!7=cpus:1;mem:32;disk:1 | "
     "LAUNCH_GROUP 7=cpus:2+!7=cpus:1;mem:32;disk:1 8=cpus:1+!7=cpus:1;mem:32;disk:1",
     "!1 !2 !3 !4 !5 !6 x7 +7 +8", "disk:8;mem:96"},
    {"no executor holds a shared volume", "cpus:2;mem:64;disk(web):64",
     "CREATE disk(S:web)[a:p,p=ops]{shared}:4 | LAUNCH 1=cpus:1+7=disk(S:web)[a:p,p=ops]{shared}:4",
     "CREATE !1", "cpus:2;disk(S:web):60;disk(S:web)[a:p,p=ops]{shared}:4;mem:64"},
    {"it may hold a volume, which then no task has", "cpus:2;mem:64;disk(web):64",
     "CREATE disk(S:web)[a:p,p=ops]:4 | LAUNCH 1=cpus:1+7=disk(S:web)[a:p,p=ops]:4 "
     "2=disk(S:web)[a:p,p=ops]:4 | DESTROY disk(S:web)[a:p,p=ops]:4",
     "CREATE x7 +1 !2 DESTROY:NOT_CONTAINED", "cpus:1;disk(S:web):60;mem:64"},
};

static void launches_with_executors_keep_the_rules(void **state)
{
    are_as_expected(launches, G_N_ELEMENTS(launches));
}

/* ---- one agent, a framework, executor 7 with cpus:0.5;mem:64 and task 1 on it ---- */

static void a_custom_executor_outlives_its_tasks(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1:10=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_told(pump, 1, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_int_equal(processes(pump), 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 0);
    assert_free(pump, "cpus:3.5;disk:64;mem:192");
    /* another task pays nothing for it */
    hf_pump_run_for(pump, HF_SECONDS(2));
    say(pump, "LAUNCH 2=cpus:3.5+" HELD);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_LAUNCHED), 1);
    hf_pump_free(pump);
}

static void a_default_executor_ends_with_its_last_task(void **state)
{
    HfPump *pump = busy(0, FALSE,
                        "LAUNCH_GROUP 1:10=cpus:1+!7=cpus:0.5;mem:64;disk:1 "
                        "2:20=cpus:1+!7=cpus:0.5;mem:64;disk:1");
    hf_pump_run_for(pump, HF_SECONDS(15));
    assert_told(pump, 1, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(processes(pump), 1);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 2, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
    assert_int_equal(hf_pump_framework(pump, 0)->executor_lost, 7);
    assert_free(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

#define POD "!7=cpus:0.5;mem:64;disk:1"

/* One task that fails, or is killed, takes its group along, and no other of the same executor; one
 * that finishes does not. Source: Mesos 1.11 src/launcher/default_executor.cpp, waited. */
static void a_task_that_fails_takes_its_group_along(void **state)
{
    for (int killed = 0; killed < 2; killed++) {
        HfPump *pump = busy(0, FALSE,
                            "LAUNCH_GROUP 1=cpus:0.1+" POD " 2=cpus:0.1+" POD " 3:1=cpus:0.1+" POD
                            " | LAUNCH_GROUP 4=cpus:0.1+" POD " 5=cpus:0.1+" POD);
        hf_pump_run_for(pump, HF_SECONDS(2));
        assert_told(pump, 3, HF_TASK_FINISHED, HF_REASON_NONE);
        assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
        hf_pump_host(pump, 0)->runs.at[1].stop_time = HF_SECONDS(60); /* task 2: it gets 3 s */
        hf_pump_host(pump, 0)->runs.at[1].grace = HF_SECONDS(60);
        if (killed) {
            hf_pump_kill(pump, 0, 1);
        } else {
            hf_pump_host(pump, 0)->runs.at[0].end = HF_TASK_FAILED;
            hf_pump_end_run(pump, 0, 0);
        }
        hf_pump_run_for(pump, 0);
        assert_told(pump, 1, killed ? HF_TASK_KILLED : HF_TASK_FAILED, HF_REASON_NONE);
        assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
        hf_pump_run_for(pump, HF_SECONDS(3));
        assert_told(pump, 2, HF_TASK_KILLED, HF_REASON_NONE);
        assert_told(pump, 4, HF_TASK_RUNNING, HF_REASON_NONE);
        assert_told(pump, 5, HF_TASK_RUNNING, HF_REASON_NONE);
        assert_int_equal(processes(pump), 1);
        hf_pump_kill(pump, 0, 5);
        hf_pump_run_for(pump, 0);
        assert_told(pump, 4, HF_TASK_KILLED, HF_REASON_NONE);
        assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
        assert_free(pump, "cpus:4;disk:64;mem:256");
        hf_pump_free(pump);
    }
}

/* RunTaskGroupMessage is one message: it arrives or is lost, and what it brings is run or refused,
 * as a whole. */
static void a_group_arrives_and_is_refused_as_a_whole(void **state)
{
    for (int lost = 0; lost < 2; lost++) {
        HfPump *pump = busy(HF_CAPABILITY_PARTITION_AWARE, TRUE, "LAUNCH 1=cpus:0.1");
        hf_pump_run_for(pump, HF_SECONDS(2));
        hf_pump_rule(pump, lost ? HF_MESSAGE_RUN_TASK_GROUP : HF_MESSAGE_APPLY_OPERATION,
                     HF_PUMP_LOSE, 0, 1);
        say(pump, "RESERVE cpus(D:web):1 | LAUNCH_GROUP 2=cpus:1+" POD " 3=cpus(D:web):1+" POD);
        if (lost) {
            assert_int_equal(processes(pump), 0);
            hf_pump_break(pump, 0); /* the agent registers again, and does not name them */
            hf_pump_run_for(pump, HF_SECONDS(30));
        }
        for (uint64_t task = 2; task < 4; task++)
            assert_told(pump, task, HF_TASK_DROPPED,
                        lost ? HF_REASON_RECONCILIATION : HF_REASON_RESOURCES_UNKNOWN);
        assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
        assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
        hf_pump_free(pump);
    }
}

/* All tasks of a group that is refused are told why, and there are none before era 1.4. */
static void a_group_that_is_refused_is_an_error_of_each_of_its_tasks(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:0.1");
    hf_pump_run_for(pump, HF_SECONDS(2));
    say(pump, "LAUNCH_GROUP 2=cpus:1 3=cpus:1");
    assert_told(pump, 2, HF_TASK_ERROR, HF_REASON_TASK_GROUP_INVALID);
    assert_told(pump, 3, HF_TASK_ERROR, HF_REASON_TASK_GROUP_INVALID);
    hf_pump_free(pump);
    for (int era = HF_ERA_0_22; era <= HF_ERA_1_11; era++) {
        pump = busy_as(0, FALSE, "LAUNCH 1=cpus:0.1", (HfEra)era);
        hf_pump_run_for(pump, HF_SECONDS(2));
        say(pump, "LAUNCH_GROUP 2=cpus:1+" POD);
        assert_told(pump, 2, era >= HF_ERA_1_4 ? HF_TASK_RUNNING : HF_TASK_ERROR,
                    era >= HF_ERA_1_4 ? HF_REASON_NONE : HF_REASON_TASK_GROUP_INVALID);
        hf_pump_free(pump);
    }
}

/* Mesos: ExitedExecutorMessage; the tasks' updates come from the agent, as reliable as any. */
static void what_an_executor_runs_fails_when_it_ends(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:1+" HELD " 2=cpus:1+" HELD " 3=cpus:0.1");
    hf_pump_end_executor(pump, 0, 0);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    assert_told(pump, 2, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    assert_told(pump, 3, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(hf_pump_framework(pump, 0)->executors_lost, 1);
    assert_int_equal(hf_pump_framework(pump, 0)->failures, 0);
    assert_int_equal(executors_at_agent(pump), 0);
    assert_free(pump, "cpus:3.9;disk:64;mem:256");
    hf_pump_free(pump);
}

/* What is repeated 10 s later of the time before is not told with the reason of the end. */
static void the_reason_of_the_end_is_not_that_of_what_was_before(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "LAUNCH 2=cpus:1+" HELD, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    guint32 told = hf_pump_framework(pump, 0)->updates.count;
    hf_pump_end_executor(pump, 0, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    const HfPumpUpdate *updates = hf_pump_framework(pump, 0)->updates.at;
    assert_int_equal(hf_pump_framework(pump, 0)->updates.count, told + 3);
    assert_int_equal(updates[told + 1].status.task, 2);
    assert_int_equal(updates[told + 1].status.state, HF_TASK_RUNNING);
    assert_int_equal(updates[told + 1].status.latest, HF_TASK_FAILED);
    assert_int_equal(updates[told + 1].status.reason, HF_REASON_NONE);
    assert_told(pump, 2, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    hf_pump_free(pump);
}

/* A row of the agent stays until the last update of its tasks is acknowledged, and until then no
 * other executor begins under that id: "Master wants to launch executor, but one already exists".
 */
static void an_executor_is_not_begun_anew_before_its_tasks_are_acknowledged(void **state)
{
    HfPump *pump = busy(HF_CAPABILITY_PARTITION_AWARE, FALSE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_LOSE, 0, 1);
    hf_pump_end_executor(pump, 0, 0);
    hf_pump_run_for(pump, HF_SECONDS(2)); /* the master knows of the executor, not of the task */
    assert_int_equal(executors_at_agent(pump), 1);
    say(pump, "LAUNCH 2=cpus:1+" HELD);
    assert_told(pump, 2, HF_TASK_DROPPED, HF_REASON_EXECUTOR_TERMINATED);
    assert_int_equal(hf_pump_framework(pump, 0)->executors_lost, 2);
    assert_int_equal(processes(pump), 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 1, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    assert_int_equal(executors_at_agent(pump), 0);
    say(pump, "LAUNCH 3=cpus:1+" HELD);
    assert_told(pump, 3, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* Its end and a launch that counts on it cross: "No executor is expected to launch and there is
 * none running". */
static void a_task_for_an_executor_that_has_just_ended_is_dropped(void **state)
{
    HfPump *pump = busy(HF_CAPABILITY_PARTITION_AWARE, FALSE, "LAUNCH 1:1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_told(pump, 1, HF_TASK_FINISHED, HF_REASON_NONE);
    hf_pump_rule(pump, HF_MESSAGE_EXITED_EXECUTOR, HF_PUMP_LATE, HF_SECONDS(1), 1);
    hf_pump_end_executor(pump, 0, 0);
    say(pump, "LAUNCH 2=cpus:1+" HELD);
    assert_told(pump, 2, HF_TASK_DROPPED, HF_REASON_EXECUTOR_TERMINATED);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_free(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

/* In eras without HF_RULE_EXECUTOR_LAUNCH_TOLD the agent begins one as needed, and says nothing of
 * one that it does not begin (MESOS-1720): it stays in the master's book. */
static void older_masters_do_not_say_whether_an_executor_is_there(void **state)
{
    HfPump *pump = busy_as(0, FALSE, "LAUNCH 1:1=cpus:1+" HELD, HF_ERA_1_4);
    hf_pump_run_for(pump, HF_SECONDS(3));
    hf_pump_rule(pump, HF_MESSAGE_EXITED_EXECUTOR, HF_PUMP_LATE, HF_SECONDS(1), 1);
    hf_pump_end_executor(pump, 0, 0);
    say(pump, "LAUNCH 2=cpus:1+" HELD);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(processes(pump), 1);
    hf_pump_free(pump);

    for (int era = HF_ERA_1_4; era <= HF_ERA_1_11; era++) {
        pump = busy_as(0, FALSE, "LAUNCH 1=cpus:1", (HfEra)era);
        hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
        hf_pump_rule(pump, HF_MESSAGE_CHECKPOINT_RESOURCES, HF_PUMP_LOSE, 0, 1);
        hf_pump_run_for(pump, HF_SECONDS(2));
        say(pump, "RESERVE cpus(D:web):1 | LAUNCH 2=cpus(D:web):1+" HELD);
        assert_told(pump, 2, HF_TASK_LOST, HF_REASON_RESOURCES_UNKNOWN);
        assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), era == HF_ERA_1_11);
        hf_pump_free(pump);
    }
}

/* ---- shut down ---- */

static void a_framework_may_shut_an_executor_down(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:1+" HELD " 2=cpus:1");
    hf_pump_shutdown(pump, 0, 0, 7);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(hf_pump_framework(pump, 0)->executor_lost, 7);
    assert_free(pump, "cpus:3;disk:64;mem:256");
    hf_pump_shutdown(pump, 0, 0, 7); /* no such executor; no such agent */
    hf_pump_shutdown(pump, 0, 99, 7);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_framework(pump, 0)->executors_lost, 1);
    hf_pump_free(pump);
}

/* Tasks take up to the agent's executor_shutdown_grace_period, 5 s, less 2 s. */
static void a_removed_framework_has_its_executors_shut_down(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1=cpus:1+" HELD);
    hf_pump_host(pump, 0)->runs.at[0].stop_time = HF_SECONDS(60);
    hf_pump_host(pump, 0)->runs.at[0].grace = HF_SECONDS(60);
    hf_pump_teardown(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:4;disk:64;mem:256"); /* at once, in the master's book */
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
    hf_pump_run_for(pump, HF_SECONDS(2.9));
    assert_int_equal(processes(pump), 1);
    hf_pump_run_for(pump, HF_SECONDS(0.2));
    assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
    hf_pump_free(pump);
}

/* With no task left there was nothing else by which the agent knew the framework. */
static void an_idle_executor_of_a_removed_framework_is_shut_down(void **state)
{
    HfPump *pump = busy(0, FALSE, "LAUNCH 1:1=cpus:1+" HELD);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_teardown(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
    assert_available(pump, "cpus:4;disk:64;mem:256");
    hf_pump_free(pump);
}

/* ---- those that take time to start ---- */

/* Executors start when the test says so; the agent gives them a minute, or what it says. */
static HfPump *slow_as(uint32_t capabilities, const char *script, HfEra era)
{
    HfPump *pump = busy_as(capabilities, TRUE, "LAUNCH 1=cpus:0.1", era);
    hf_pump_run_for(pump, HF_SECONDS(2));
    pump->executors_wait = TRUE;
    pump->agent_config.executor_registration_timeout = HF_SECONDS(60);
    say(pump, script);
    return pump;
}

static HfPump *slow(const char *script)
{
    return slow_as(HF_CAPABILITY_PARTITION_AWARE, script, HF_ERA_1_11);
}

static void tasks_wait_until_their_executor_has_registered(void **state)
{
    HfPump *pump = slow("LAUNCH 2=cpus:0.1+" HELD " 3=cpus:0.1+" HELD " 4=cpus:0.1");
    hf_pump_run_for(pump, HF_SECONDS(20));
    assert_int_equal(processes(pump), 0);
    assert_int_equal(executors_at_agent(pump), 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    assert_true(hf_pump_register_executor(pump, 0));
    hf_pump_run_for(pump, 0);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_told(pump, 3, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 3);
    assert_true(hf_pump_register_executor(pump, 0)); /* task 4's own */
    hf_pump_run_for(pump, 0);
    assert_told(pump, 4, HF_TASK_RUNNING, HF_REASON_NONE);
    say(pump, "LAUNCH 5=cpus:0.1+" HELD); /* it is there: this one need not wait */
    assert_told(pump, 5, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_false(hf_pump_register_executor(pump, 0));
    hf_pump_run_for(pump, HF_SECONDS(100)); /* and nobody is late */
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_told(pump, 4, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* Slave::registerExecutorTimeout: a minute, to the instant. In eras before 1.4 the reason is
 * another, and the tasks of a framework's executor are lost. */
static void an_executor_that_does_not_register_in_time_is_killed(void **state)
{
    for (int era = HF_ERA_0_22; era <= HF_ERA_1_11; era++) {
        HfPump *pump =
            slow_as(0, "LAUNCH 2=cpus:1+" HELD " 3=cpus:1+" HELD " 4=cpus:0.1", (HfEra)era);
        gboolean is_old = era < HF_ERA_1_4;
        hf_pump_run_for(pump, HF_SECONDS(60) - 1);
        assert_int_equal(executors_at_agent(pump), 1);
        assert_int_equal(hf_pump_host(pump, 0)->agent.tasks.count, 4);
        hf_pump_run_for(pump, 1);
        for (uint64_t task = 2; task < 4; task++)
            assert_told(pump, task, is_old ? HF_TASK_LOST : HF_TASK_FAILED,
                        is_old ? HF_REASON_EXECUTOR_TERMINATED
                               : HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT);
        assert_told(pump, 4, HF_TASK_FAILED,
                    is_old ? HF_REASON_COMMAND_EXECUTOR_FAILED
                           : HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT);
        assert_int_equal(executors_at_agent(pump), 0);
        assert_int_equal(hf_pump_host(pump, 0)->starts.count, 0);
        assert_int_equal(hf_pump_framework(pump, 0)->executor_lost, 7);
        assert_free(pump, "cpus:3.9;disk:64;mem:256");
        hf_pump_free(pump);
    }
}

/* SlaveRecoveryTest.KillQueuedTaskDuringExecutorRegistration; a group is killed as a whole, and an
 * executor that has nothing to do when it registers is shut down (MESOS-8411). */
static void a_task_that_waits_for_its_executor_is_killed_at_once(void **state)
{
    HfPump *pump = slow("LAUNCH_GROUP 2=cpus:0.1+" POD " 3=cpus:0.1+" POD " | LAUNCH 4=cpus:0.1+8= "
                        "5=cpus:0.1+8= 6=cpus:0.1");
    hf_pump_kill(pump, 0, 3);
    hf_pump_kill(pump, 0, 4);
    hf_pump_kill(pump, 0, 6);
    hf_pump_run_for(pump, 0);
    static const uint64_t killed[] = {2, 3, 4, 6};
    for (size_t i = 0; i < G_N_ELEMENTS(killed); i++)
        assert_told(pump, killed[i], HF_TASK_KILLED, HF_REASON_TASK_KILLED_DURING_LAUNCH);
    assert_int_equal(executors_at_agent(pump), 2);
    while (hf_pump_register_executor(pump, 0)) hf_pump_run_for(pump, 0);
    assert_told(pump, 5, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(processes(pump), 1);
    assert_int_equal(executors_at_agent(pump), 1);
    assert_int_equal(hf_pump_framework(pump, 0)->executor_lost, 7);
    hf_pump_free(pump);
}

/* SlaveRecoveryTest.RecoverUnregisteredExecutor: what had not registered is given up, and what
 * waited for it is gone; so are tasks whose executors hang. */
static void what_had_not_registered_does_not_outlive_the_agent(void **state)
{
    for (int aware = 0; aware < 2; aware++) {
        HfPump *pump = slow_as(aware ? HF_CAPABILITY_PARTITION_AWARE : 0,
                               "LAUNCH 2=cpus:1+" HELD " 3=cpus:0.1", HF_ERA_1_11);
        hf_pump_stop(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(5));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(10));
        assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
        for (uint64_t task = 2; task < 4; task++)
            assert_told(pump, task, aware ? HF_TASK_GONE : HF_TASK_LOST,
                        HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT);
        assert_int_equal(processes(pump) + executors_at_agent(pump), 0);
        assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 1);
        assert_free(pump, "cpus:3.9;disk:64;mem:256");
        hf_pump_free(pump);
    }
}

/* An agent that registers again names what waits there, too. Mesos rows: 573. */
static void tasks_that_wait_for_their_executor_are_reported(void **state)
{
    HfPump *pump = slow("LAUNCH 2=cpus:1+" HELD " 3=cpus:0.1");
    hf_pump_break(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_int_equal(count(pump, HF_RECORD_EXECUTOR_REMOVED), 0);
    while (hf_pump_register_executor(pump, 0)) hf_pump_run_for(pump, 0);
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_told(pump, 3, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* A framework that goes, or shuts one down, ends it before it is there: its tasks have failed. */
static void an_executor_may_be_shut_down_before_it_registers(void **state)
{
    HfPump *pump = slow("LAUNCH 2=cpus:1+" HELD);
    hf_pump_shutdown(pump, 0, 0, 7);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_told(pump, 2, HF_TASK_FAILED, HF_REASON_EXECUTOR_TERMINATED);
    assert_int_equal(executors_at_agent(pump), 0);
    assert_false(hf_pump_register_executor(pump, 0));
    assert_free(pump, "cpus:3.9;disk:64;mem:256");
    hf_pump_free(pump);
}

/* An agent drains when its tasks are over; an executor that goes on keeps it from taking others. */
static void an_executor_that_goes_on_keeps_an_agent_draining(void **state)
{
    HfPump *pump = busy(HF_CAPABILITY_PARTITION_AWARE, FALSE, "LAUNCH 1=cpus:1+" HELD);
    assert_int_equal(
        hf_pump_call(pump, NULL, HF_CALL_DRAIN_AGENT, "{'agent_id':{'value':'S00000000'}}"), 200);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(count(pump, HF_RECORD_AGENT_DRAINED), 1);
    assert_int_equal(processes(pump), 1);
    assert_int_equal(hf_pump_host(pump, 0)->agent.drain, HF_AGENT_DRAIN_GOING);
    hf_pump_shutdown(pump, 0, 0, 7);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_host(pump, 0)->agent.drain, HF_AGENT_DRAIN_NONE);
    hf_pump_free(pump);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(launches_with_executors_keep_the_rules),
        cmocka_unit_test(a_custom_executor_outlives_its_tasks),
        cmocka_unit_test(a_default_executor_ends_with_its_last_task),
        cmocka_unit_test(a_task_that_fails_takes_its_group_along),
        cmocka_unit_test(a_group_arrives_and_is_refused_as_a_whole),
        cmocka_unit_test(a_group_that_is_refused_is_an_error_of_each_of_its_tasks),
        cmocka_unit_test(what_an_executor_runs_fails_when_it_ends),
        cmocka_unit_test(the_reason_of_the_end_is_not_that_of_what_was_before),
        cmocka_unit_test(an_executor_is_not_begun_anew_before_its_tasks_are_acknowledged),
        cmocka_unit_test(a_task_for_an_executor_that_has_just_ended_is_dropped),
        cmocka_unit_test(older_masters_do_not_say_whether_an_executor_is_there),
        cmocka_unit_test(a_framework_may_shut_an_executor_down),
        cmocka_unit_test(a_removed_framework_has_its_executors_shut_down),
        cmocka_unit_test(an_idle_executor_of_a_removed_framework_is_shut_down),
        cmocka_unit_test(tasks_wait_until_their_executor_has_registered),
        cmocka_unit_test(an_executor_that_does_not_register_in_time_is_killed),
        cmocka_unit_test(a_task_that_waits_for_its_executor_is_killed_at_once),
        cmocka_unit_test(what_had_not_registered_does_not_outlive_the_agent),
        cmocka_unit_test(tasks_that_wait_for_their_executor_are_reported),
        cmocka_unit_test(an_executor_may_be_shut_down_before_it_registers),
        cmocka_unit_test(an_executor_that_goes_on_keeps_an_agent_draining),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
