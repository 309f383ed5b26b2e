/* Executors: tasks that end by themselves, are killed, or go down with their host. */
#include "unit/world/greedy.h"

static Cell *one_agent(const char *framework)
{
    g_autofree char *text = g_strdup_printf("duration: 10m\n"
                                            "agents: [{name: a, count: 1, resources: 'cpus:4'}]\n"
                                            "frameworks: [{name: f, model: greedy, %s}]\n",
                                            framework);
    return cell_new(text);
}

static void a_task_ends_when_its_time_has_come(void **state)
{
    Cell *cell = one_agent("tasks: 3, duration: 30s, usage: 0.25");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 3);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 3);
    for (uint32_t i = 0; i < 3; i++) {
        const HfRecord *started = cell_record(cell, HF_RECORD_TASK_STARTED, i);
        const HfRecord *ended = cell_record(cell, HF_RECORD_TASK_ENDED, i);
        assert_int_equal(started->id, i + 1);
        assert_int_equal(started->value, 250);
        assert_int_equal(ended->id, i + 1);
        assert_int_equal(ended->value, 250);
        assert_int_equal(ended->at, started->at + 30 * S);
        assert_int_equal(ended->state, HF_TASK_FINISHED);
    }
    const Greedy *greedy = cell_greedy(cell, 0);
    assert_int_equal(greedy->heard.count, 6); /* RUNNING and FINISHED of each */
    assert_int_equal(greedy->heard.at[0].state, HF_TASK_RUNNING);
    assert_int_equal(greedy->heard.at[5].state, HF_TASK_FINISHED);
    assert_int_equal(hf_master_tasks(hf_world_master(cell->world)), 0);
    cell_free(cell);
}

static void a_task_may_fail_by_itself(void **state)
{
    Cell *cell = one_agent("tasks: 1, duration: 5s, fails: true");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, 0)->state, HF_TASK_FAILED);
    assert_int_equal(cell_greedy(cell, 0)->heard.at[1].state, HF_TASK_FAILED);
    cell_free(cell);
}

static void a_task_without_end_runs_until_it_is_killed(void **state)
{
    Cell *cell = one_agent("tasks: 4, kill_after: 100s");
    cell_run(cell, 90 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 4);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, 0)->state, HF_TASK_KILLED);
    /* Launched when the accept is sent; the kill travels 1 ms to the master and 1 ms to the agent,
     * as the launch did. */
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, 0)->at,
                     cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at + 100 * S);
    const Greedy *greedy = cell_greedy(cell, 0);
    assert_int_equal(greedy->heard.at[greedy->heard.count - 1].state, HF_TASK_KILLED);
    assert_int_equal(cell->world->run_slots.live, 0);
    cell_free(cell);
}

static void a_killed_task_does_not_end_a_second_time(void **state)
{
    Cell *cell = one_agent("tasks: 4, duration: 200s, kill_after: 100s");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, i)->state, HF_TASK_KILLED);
    cell_free(cell);
}

/* The kill comes when the master has forgotten the task: it answers as if asked what it knows. */
static void killing_what_has_ended_changes_nothing(void **state)
{
    Cell *cell = one_agent("tasks: 2, duration: 20s, kill_after: 100s");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_KILL), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 2);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, 1)->state, HF_TASK_FINISHED);
    const Greedy *greedy = cell_greedy(cell, 0);
    assert_int_equal(greedy->heard.at[greedy->heard.count - 1].state, HF_TASK_LOST);
    cell_free(cell);
}

/* The kill and the end by itself meet at the agent: it ends once, however close they are. */
static void a_kill_that_meets_the_end_finds_one_of_them_done(void **state)
{
    for (int us = -3000; us <= 3000; us += 250) {
        g_autofree char *keys =
            g_strdup_printf("tasks: 1, duration: 100s, kill_after: %dus", 100000000 + us);
        Cell *cell = one_agent(keys);
        cell_run(cell, 600 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 1);
        assert_int_equal(cell->world->run_slots.live, 0);
        assert_int_equal(hf_master_tasks(hf_world_master(cell->world)), 0);
        cell_free(cell);
    }
}

static void a_crash_takes_the_tasks_of_its_host_alone(void **state)
{
    Cell *cell = cell_new("duration: 10m\n"
                          "agents: [{name: a, count: 3, resources: 'cpus:4'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 12, duration: 300s}]\n");
    cell_run(cell, 100 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 12);
    assert_true(hf_world_host_crash(cell->world, 1, TRUE));
    hf_world_check(cell->world);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 4);
    for (uint32_t i = 0; i < 4; i++) {
        const HfRecord *ended = cell_record(cell, HF_RECORD_TASK_ENDED, i);
        assert_int_equal(ended->agent, 1);
        assert_int_equal(ended->state, HF_TASK_LOST);
        assert_int_equal(ended->at, 100 * S);
    }
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 12); /* no event was left behind */
    cell_free(cell);
}

/* Rows of runs are used again; a stale event must never end somebody else's task. */
static void every_start_has_one_end_on_the_same_host(void **state)
{
    Cell *cell = cell_new("duration: 10m\n"
                          "agents: [{name: a, count: 5, resources: 'cpus:4'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 400, duration: 9s}]\n");
    for (HfTime at = 10 * S; at < 500 * S; at += 10 * S) {
        cell_run(cell, at);
        uint32_t host = (uint32_t)(at / (10 * S)) % 5;
        if (!hf_world_host_crash(cell->world, host, (at / S) % 20 == 0))
            hf_world_host_return(cell->world, host);
        cell_run(cell, at + S);
        hf_world_host_return(cell->world, host);
    }
    cell_run(cell, 600 * S);
    HF_VEC(HfRecord) open = {0};
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_TASK_STARTED) hf_vec_push(&open, *record);
        if (record->type != HF_RECORD_TASK_ENDED) continue;
        guint32 k = 0;
        while (k < open.count && open.at[k].id != record->id) k++;
        assert_true(k < open.count);
        assert_int_equal(open.at[k].agent, record->agent);
        if (record->state == HF_TASK_FINISHED) assert_int_equal(record->at, open.at[k].at + 9 * S);
        hf_vec_remove(&open, k);
    }
    assert_int_equal(open.count, cell->world->run_slots.live);
    hf_vec_clear(&open);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_ends_when_its_time_has_come),
        cmocka_unit_test(a_task_may_fail_by_itself),
        cmocka_unit_test(a_task_without_end_runs_until_it_is_killed),
        cmocka_unit_test(a_killed_task_does_not_end_a_second_time),
        cmocka_unit_test(killing_what_has_ended_changes_nothing),
        cmocka_unit_test(a_kill_that_meets_the_end_finds_one_of_them_done),
        cmocka_unit_test(a_crash_takes_the_tasks_of_its_host_alone),
        cmocka_unit_test(every_start_has_one_end_on_the_same_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
