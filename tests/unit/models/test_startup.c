/*
 * Executors that take time to start, hang, or do not answer their agent's next process: when their
 * tasks run, how they end, and what is recorded of it. (The cells are under audit.)
 */
#include "unit/models/lab.h"

static Cell *slow(const char *agent, const char *framework, const char *failures)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 2d\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\nagent: {%s}\n"
        "agents: [{name: n, count: 2, resources: 'cpus:4;mem:4096'}]\n"
        "frameworks: [{name: f, checkpoint: true, %s}]\nfailures: %s\n",
        agent, framework, failures);
    return cell_new(text);
}

#define APP(N) "model: marathon, apps: [{id: /a, instances: " #N ", cpus: 1, mem: 0}]"

static uint32_t told(const Cell *cell, HfTaskState state, HfTaskReason reason)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        count += cell->log.at[i].type == HF_RECORD_TASK_STATE && cell->log.at[i].state == state &&
                 cell->log.at[i].reason == reason;
    return count;
}

static double metric(Cell *cell, const char *name)
{
    HfMetrics *metrics = lab_metrics(cell);
    double value = -1;
    assert_true(hf_metrics_find(metrics, name, &value));
    hf_metrics_free(metrics);
    return value;
}

static void a_task_runs_when_its_executor_has_registered(void **state)
{
    Cell *cell = slow("executor_startup: 20s", APP(3), "[]");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_BEGUN), 3);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 3);
    for (uint32_t i = 0; i < 3; i++) {
        HfTime launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, i)->at;
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_BEGUN, i)->at, launched);
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_BEGUN, i)->value, 20 * S);
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, i)->at, launched + 20 * S);
    }
    assert_true(metric(cell, "tasks.executor_late") == 0);
    cell_free(cell);
}

/* One that takes no time is not recorded: scenarios that do not ask for it are as they were. */
static void at_once_is_the_default(void **state)
{
    Cell *cell = slow("executor_startup: 0s", APP(3), "[]");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_BEGUN), 0);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at,
                     cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at);
    cell_free(cell);
}

/* Each is killed a minute after it was begun, and its app waits longer each time. */
static void an_executor_that_hangs_is_killed_at_the_timeout(void **state)
{
    Cell *cell = slow("executor_hangs: 1", APP(1), "[]");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 0);
    uint32_t begun = cell_count(cell, HF_RECORD_TASK_BEGUN);
    assert_true(begun > 5);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_BEGUN, 0)->value, -1);
    assert_int_equal(told(cell, HF_TASK_FAILED, HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT),
                     begun - 1);
    assert_true(metric(cell, "tasks.executor_late") > 0); /* but for the warm-up */
    const HfRecord *second = cell_record(cell, HF_RECORD_TASK_BEGUN, 1);
    assert_true(second->at - cell_record(cell, HF_RECORD_TASK_BEGUN, 0)->at >= 61 * S);
    cell_free(cell);
}

static void one_that_is_too_slow_is_late_and_one_that_is_not_is_not(void **state)
{
    for (int late = 0; late < 2; late++) {
        Cell *cell = slow(late ? "executor_startup: 20s, executor_registration_timeout: 20s"
                               : "executor_startup: 20s, executor_registration_timeout: 21s",
                          APP(1), "[]");
        cell_run(cell, 100 * S);
        /* Both at one instant: what was asked for first, the registration, is first. */
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 1);
        cell_free(cell);
    }
    Cell *cell = slow("executor_startup: 20s, executor_registration_timeout: 19s", APP(1), "[]");
    cell_run(cell, 100 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 0);
    assert_true(told(cell, HF_TASK_FAILED, HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT) > 2);
    cell_free(cell);
}

/* Fine-grained Spark: the tasks of a job wait for the executor that their framework brings; those
 * of the next job find it there. */
static void tasks_of_a_frameworks_executor_wait_for_it_once(void **state)
{
    Cell *cell = slow("executor_startup: 30s",
                      "model: spark, mode: fine, arrivals: 2m, jobs: 2,\n"
                      "  stages: [{tasks: 6, duration: 10s}]",
                      "[]");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_BEGUN), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_STARTED), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_BEGUN), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 12);
    for (uint32_t i = 0; i < 12; i++) {
        HfTime wait = cell_record(cell, HF_RECORD_TASK_STARTED, i)->at -
                      cell_record(cell, HF_RECORD_TASK_LAUNCHED, i)->at;
        assert_int_equal(wait, i < 6 ? 30 * S : 0);
    }
    cell_free(cell);
}

/* They run on, do not answer, and are killed after 2 s; the next ones start elsewhere or there. */
static void executors_that_hang_while_their_agent_is_away_are_killed(void **state)
{
    Cell *cell = slow("", APP(4),
                      "[{what: agent-restart, at: 100s, down: 10s, hang_executors: 1,\n"
                      "  agents: [n]}]");
    cell_run(cell, 99 * S);
    uint32_t there = cell->world->run_slots.live;
    assert_int_equal(there, 4);
    cell_run(cell, 111 * S);
    assert_int_equal(cell->world->run_slots.live, 4);
    cell_run(cell, 200 * S);
    assert_int_equal(told(cell, HF_TASK_LOST, HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT), 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, i)->at, 112 * S);
    assert_int_equal(cell->world->run_slots.live, 4);
    cell_free(cell);
}

/* What is being started ends with the process of its agent, and with its host. */
static void what_is_being_started_does_not_outlive_its_agent(void **state)
{
    static const char *const failures[] = {"agent-restart, at: 20s, down: 5s",
                                           "reboot, at: 20s, down: 5s",
                                           "agent-crash, at: 20s, down: 5s"};
    for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autofree char *what = g_strdup_printf("[{what: %s}]", failures[i]);
        Cell *cell = slow("executor_startup: 30s", APP(2), what);
        cell_run(cell, 19 * S);
        assert_int_equal(cell->world->start_slots.live, 2);
        cell_run(cell, 21 * S);
        assert_int_equal(cell->world->start_slots.live, 0);
        cell_run(cell, 300 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 2);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_BEGUN), 4);
        cell_free(cell);
    }
}

/* The draws are of the host, so a run with the same seed is the same. */
static void how_long_each_takes_is_drawn(void **state)
{
    HfTime first[2];
    for (int run = 0; run < 2; run++) {
        Cell *cell =
            slow("executor_startup: {law: exponential, mean: 10s}, executor_hangs: 0.2",
                 "model: batch, jobs: 400, arrivals: 5s, duration: 4s, cpus: 1, mem: 1", "[]");
        cell_run(cell, 7200 * S);
        uint32_t begun = cell_count(cell, HF_RECORD_TASK_BEGUN), hung = 0;
        double sum = 0;
        for (uint32_t i = 0; i < begun; i++) {
            int64_t takes = cell_record(cell, HF_RECORD_TASK_BEGUN, i)->value;
            hung += takes < 0;
            if (takes > 0) sum += hf_time_to_seconds(takes);
        }
        first[run] = cell_record(cell, HF_RECORD_TASK_BEGUN, 0)->value;
        assert_true(begun >= 300);
        assert_true(hung > begun / 10 && hung < begun * 3 / 10);
        assert_true(sum / (begun - hung) > 8 && sum / (begun - hung) < 12);
        cell_free(cell);
    }
    assert_int_equal(first[0], first[1]);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_runs_when_its_executor_has_registered),
        cmocka_unit_test(at_once_is_the_default),
        cmocka_unit_test(an_executor_that_hangs_is_killed_at_the_timeout),
        cmocka_unit_test(one_that_is_too_slow_is_late_and_one_that_is_not_is_not),
        cmocka_unit_test(tasks_of_a_frameworks_executor_wait_for_it_once),
        cmocka_unit_test(executors_that_hang_while_their_agent_is_away_are_killed),
        cmocka_unit_test(what_is_being_started_does_not_outlive_its_agent),
        cmocka_unit_test(how_long_each_takes_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
