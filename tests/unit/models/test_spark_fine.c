/*
 * Spark, fine-grained: an executor of its own on each agent, which holds a CPU and its memory from
 * its first task there until it ends. (The cells are under audit, which recounts what they hold.)
 */
#include "unit/models/lab.h"

#include "world/faults.h"

#define AGENTS                                                                                     \
    "duration: 1h\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\n"                        \
    "agents: [{name: n, count: 2, resources: 'cpus:4;mem:4096'}]\n"

/* A job at 1 min, and each minute from then on: 6 tasks of 1 CPU for 10 s. */
static Cell *spark(const char *head, const char *more)
{
    g_autofree char *text =
        g_strdup_printf(AGENTS "%s"
                               "frameworks: [{name: s, model: spark, mode: fine, arrivals: 1m,\n"
                               "  stages: [{tasks: 6, duration: 10s}], %s}]\n",
                        head, more);
    return cell_new(text);
}

static uint32_t executors(const Cell *cell)
{
    return cell->world->process_slots.live;
}

/* What nobody holds on a host. */
static void assert_left(Cell *cell, uint32_t host, int64_t cpus_milli, int64_t mem_milli)
{
    const HfResources *left = hf_allocator_available(hf_master_allocator(cell->world->master),
                                                     cell->world->hosts[host].agent.id);
    assert_non_null(left);
    assert_int_equal(hf_resources_milli(left, HF_KIND_CPUS), cpus_milli);
    assert_int_equal(hf_resources_milli(left, HF_KIND_MEM), mem_milli);
}

static void executors_hold_their_own_between_jobs(void **state)
{
    Cell *cell = spark("", "jobs: 2");
    cell_run(cell, 65 * S);
    assert_int_equal(executors(cell), 2);
    assert_int_equal(cell->world->run_slots.live, 6);
    cell_run(cell, 100 * S); /* the framework suppresses: nothing is offered */
    assert_int_equal(executors(cell), 2);
    assert_int_equal(cell->world->run_slots.live, 0);
    assert_left(cell, 0, 3000, (4096 - 1408) * 1000);
    assert_left(cell, 1, 3000, (4096 - 1408) * 1000);
    cell_run(cell, 3000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED), 2); /* nobody paid twice */
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 12);
    HfMetrics *metrics = lab_metrics(cell);
    double value;
    assert_true(hf_metrics_find(metrics, "executors.started", &value) && value == 2);
    assert_true(hf_metrics_find(metrics, "executors.running", &value) && value > 1.9);
    assert_true(hf_metrics_find(metrics, "tasks.launched", &value) && value == 12);
    assert_true(hf_metrics_find(metrics, "utilization.cpus.allocated", &value) && value > 0.24);
    hf_metrics_free(metrics);
    cell_free(cell);
}

static void without_cpus_of_its_own_there_is_no_executor(void **state)
{
    Cell *cell = spark("", "mesos_executor_cpus: 0");
    cell_run(cell, 65 * S);
    assert_int_equal(executors(cell), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED), 0);
    assert_true(cell->world->run_slots.live > 0);
    cell_free(cell);
}

static void an_executor_goes_with_its_host_and_is_brought_again(void **state)
{
    Cell *cell = spark("", "checkpoint: true");
    cell_run(cell, 65 * S);
    hf_world_host_crash(cell->world, 0, TRUE);
    assert_int_equal(executors(cell), 1);
    cell_run(cell, 70 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_REMOVED), 0); /* its agent may be back */
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 200 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_REMOVED), 1);
    assert_int_equal(executors(cell), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED), 3);
    cell_free(cell);
}

/* It outlives its agent's process if the framework has checkpointing, and only then. */
static void an_agent_that_is_restarted_finds_its_executors_again(void **state)
{
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        Cell *cell = spark("", checkpoint ? "checkpoint: true" : "checkpoint: false");
        cell_run(cell, 90 * S); /* idle */
        hf_world_agent_stop(cell->world, 0);
        assert_int_equal(executors(cell), 1 + checkpoint);
        cell_run(cell, 95 * S);
        hf_world_agent_start(cell->world, 0);
        cell_run(cell, 110 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_REMOVED), 1 - checkpoint);
        cell_run(cell, 200 * S);
        assert_int_equal(executors(cell), 2);
        assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED), 3 - checkpoint);
        cell_free(cell);
    }
}

/* Idle executors that die while the agent's process is down: it waits for them, and does not name
 * them. So do they when it is down for longer than recovery_timeout. */
static void an_executor_that_dies_meanwhile_is_struck_off(void **state)
{
    for (int waits = 0; waits < 2; waits++) {
        Cell *cell = spark("agent: {recovery_timeout: 10s}\n", "checkpoint: true, jobs: 1");
        HfStream stream;
        hf_stream_init(&stream, 1, "test", 0);
        cell_run(cell, 90 * S);
        hf_world_agent_stop(cell->world, 0);
        if (waits)
            cell_run(cell, 105 * S);
        else
            hf_world_executors_lose(cell->world, 0, 1, &stream);
        assert_int_equal(executors(cell), 1);
        hf_world_agent_start(cell->world, 0);
        cell_run(cell, 120 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_REMOVED), 1);
        assert_left(cell, 0, 4000, 4096 * 1000);
        cell_free(cell);
    }
}

static void a_new_master_books_executors_again(void **state)
{
    Cell *cell = spark("failures: [{what: master-failover, at: 90s, down: 1s}]\n",
                       "checkpoint: true, failover_timeout: 1h, jobs: 2");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_MASTER_ELECTED), 1);
    assert_int_equal(executors(cell), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED), 4); /* each again, once */
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_STARTED), 2);
    assert_left(cell, 0, 3000, (4096 - 1408) * 1000);
    cell_free(cell);
}

static void executors_end_with_their_framework(void **state)
{
    Cell *cell = spark("operators: [{at: 90s, teardown: {framework_id: s}}]\n", "jobs: 1");
    cell_run(cell, 100 * S);
    assert_int_equal(executors(cell), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_ENDED), 2);
    assert_left(cell, 0, 4000, 4096 * 1000);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(executors_hold_their_own_between_jobs),
        cmocka_unit_test(without_cpus_of_its_own_there_is_no_executor),
        cmocka_unit_test(an_executor_goes_with_its_host_and_is_brought_again),
        cmocka_unit_test(an_agent_that_is_restarted_finds_its_executors_again),
        cmocka_unit_test(an_executor_that_dies_meanwhile_is_struck_off),
        cmocka_unit_test(a_new_master_books_executors_again),
        cmocka_unit_test(executors_end_with_their_framework),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
