/*
 * Levels and rows of the recorder, on streams of records written by hand: every number below is
 * worked out in the test that expects it.
 */
#include "unit/world/recorder.h"

/* The life of one task: offered 10..20 s, allocated 20..70 s, running 25..65 s at half its size. */
static void feed_one_task(Fixture *f)
{
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4;mem:1024");
    agent(f, 10 * S, HF_RECORD_AGENT_REGISTERED, 1, "cpus:4;mem:1024");
    offer(f, 10 * S, HF_RECORD_OFFER_SENT, "cpus:4;mem:1024");
    offer(f, 20 * S, HF_RECORD_OFFER_ACCEPTED, "cpus:4;mem:1024");
    task(f, 20 * S, HF_RECORD_TASK_LAUNCHED, 1, 0, "cpus:2;mem:100");
    task(f, 25 * S, HF_RECORD_TASK_STARTED, 1, HF_TASK_RUNNING, "cpus:2;mem:100");
    task(f, 26 * S, HF_RECORD_TASK_STATE, 1, HF_TASK_RUNNING, NULL);
    task(f, 65 * S, HF_RECORD_TASK_ENDED, 1, HF_TASK_FINISHED, "cpus:2;mem:100");
    task(f, 70 * S, HF_RECORD_TASK_STATE, 1, HF_TASK_FINISHED, "cpus:2;mem:100");
}

static void levels_are_integrals_over_the_run(void **state)
{
    Fixture *f = start(0);
    feed_one_task(f);
    finish(f, 100 * S);
    /* 4 CPUs for 100 s and 4 more for 90 s, over 100 s. */
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_TOTAL), 7.6);
    assert_near(mean(f, HF_KIND_MEM, HF_LEVEL_TOTAL), (102400 + 92160) / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_OFFERED), 4 * 10 / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_ALLOCATED), 2 * 50 / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_USED), 1 * 40 / 100.0);
    assert_near(mean(f, HF_KIND_MEM, HF_LEVEL_USED), 50 * 40 / 100.0);
    assert_near(mean(f, HF_KIND_GPUS, HF_LEVEL_TOTAL), 0);
    assert_near(cluster(f, HF_LEVEL_TASKS_RUNNING), 0.4);
    assert_near(cluster(f, HF_LEVEL_OFFERS), 0.1);
    assert_near(cluster(f, HF_LEVEL_AGENTS_UP), 2);
    assert_true(hf_recorder__is_shown(f->recorder, HF_KIND_CPUS));
    assert_false(hf_recorder__is_shown(f->recorder, HF_KIND_GPUS));
    assert_int_equal(counted(f, HF_COUNT_OFFERS_SENT), 1);
    assert_int_equal(counted(f, HF_COUNT_OFFERS_ACCEPTED), 1);
    assert_int_equal(counted(f, HF_COUNT_TASKS_LAUNCHED), 1);
    assert_int_equal(counted(f, HF_COUNT_TASKS_FINISHED), 1);
    stop(f);
}

/* A task runs on while the master does not count its agent: 10..90 s, the agent is away 40..70 s; a
 * second one ends meanwhile, and a third begins under a new id while the old one is not yet gone.
 */
static void what_runs_on_agents_that_are_not_counted_is_used_apart(void **state)
{
    Fixture *f = start(0);
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4");
    task(f, 10 * S, HF_RECORD_TASK_STARTED, 1, HF_TASK_RUNNING, "cpus:2"); /* uses half */
    task(f, 20 * S, HF_RECORD_TASK_STARTED, 2, HF_TASK_RUNNING, "cpus:1");
    agent(f, 40 * S, HF_RECORD_AGENT_UNREACHABLE, 0, "cpus:4");
    task(f, 60 * S, HF_RECORD_TASK_ENDED, 2, HF_TASK_FINISHED, "cpus:1");
    agent(f, 70 * S, HF_RECORD_AGENT_REREGISTERED, 0, "cpus:4");
    agent(f, 72 * S, HF_RECORD_AGENT_REREGISTERED, 0, "cpus:4"); /* once more, with nothing new */
    feed(f, (HfRecord){.at = 80 * S,
                       .type = HF_RECORD_AGENT_REGISTERED,
                       .agent = 1,
                       .framework = HF_ROW_NONE,
                       .value = 0,
                       .resources = resources(f, "cpus:4")});
    agent(f, 85 * S, HF_RECORD_AGENT_REMOVED, 0, "cpus:4");
    task(f, 90 * S, HF_RECORD_TASK_ENDED, 1, HF_TASK_FINISHED, "cpus:2");
    finish(f, 100 * S);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_TOTAL), (4 * 40 + 4 * 30 + 4 * 5) / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_USED), (1 * 30 + 0.5 * 20 + 1 * 20) / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_USED_UNREACHABLE), (1 * 30 + 0.5 * 20) / 100.0);
    assert_near(cluster(f, HF_LEVEL_TASKS_RUNNING), (80 + 40) / 100.0);
    stop(f);
}

static void shares_are_of_the_largest_resource(void **state)
{
    Fixture *f = start(0);
    feed_one_task(f);
    finish(f, 100 * S);
    /* CPUs 1.0 of 7.6; memory 50 of 1945.6: the CPUs dominate. */
    assert_near(hf_recorder__share(f->recorder, f->recorder->roles.at[0].allocated), 1 / 7.6);
    assert_near(hf_recorder__share(f->recorder, f->recorder->frameworks.at[0].allocated), 1 / 7.6);
    stop(f);
}

static void what_lies_before_the_end_of_the_warm_up_counts_in_no_metric(void **state)
{
    Fixture *f = start(50 * S);
    feed(f, (HfRecord){.type = HF_RECORD_JOB_SUBMITTED,
                       .id = 1,
                       .value = 1,
                       .resources = resources(f, "cpus:2")});
    feed_one_task(f);
    finish(f, 100 * S);
    assert_int_equal(counted(f, HF_COUNT_TASKS_SUBMITTED), 0);
    assert_int_equal(f->recorder->demand[HF_KIND_CPUS], 0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_TOTAL), 8);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_OFFERED), 0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_ALLOCATED), 2 * 20 / 50.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_USED), 1 * 15 / 50.0);
    assert_near(cluster(f, HF_LEVEL_TASKS_RUNNING), 15 / 50.0);
    assert_int_equal(counted(f, HF_COUNT_OFFERS_SENT), 0);
    assert_int_equal(counted(f, HF_COUNT_TASKS_LAUNCHED), 0);
    assert_int_equal(counted(f, HF_COUNT_TASKS_FINISHED), 1);
    /* The peak is that of what is left, and what was held at the warm-up's end belongs to it. */
    const HfTracked *allocated =
        hf_recorder__resource(f->recorder, HF_KIND_CPUS, HF_LEVEL_ALLOCATED);
    assert_int_equal(allocated->level.max, 2000);
    assert_int_equal(hf_recorder__resource(f->recorder, HF_KIND_CPUS, HF_LEVEL_OFFERED)->level.max,
                     0);
    stop(f);
}

static void a_record_at_the_end_of_the_warm_up_counts(void **state)
{
    const HfTime warm_ups[] = {0, 50 * S};
    for (size_t i = 0; i < G_N_ELEMENTS(warm_ups); i++) {
        Fixture *f = start(warm_ups[i]);
        offer(f, warm_ups[i], HF_RECORD_OFFER_SENT, "cpus:1");
        finish(f, 100 * S);
        assert_int_equal(counted(f, HF_COUNT_OFFERS_SENT), 1);
        stop(f);
    }
}

/* Without this, a share would be averaged over another span than the total it is divided by. */
static void a_framework_that_comes_late_is_averaged_over_the_same_span(void **state)
{
    Fixture *f = start(50 * S);
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4");
    task(f, 75 * S, HF_RECORD_TASK_LAUNCHED, 1, 0, "cpus:4");
    task(f, 75 * S, HF_RECORD_TASK_STARTED, 1, HF_TASK_RUNNING, "cpus:4");
    finish(f, 100 * S);
    /* All of the cluster for 25 of the 50 s after the warm-up. */
    assert_near(hf_recorder__share(f->recorder, f->recorder->roles.at[0].allocated), 0.5);
    assert_near(hf_recorder__share(f->recorder, f->recorder->frameworks.at[0].allocated), 0.5);
    assert_near(hf_recorder__mean(f->recorder, &f->recorder->frameworks.at[0].running), 0.5);
    stop(f);
}

static void reserved_is_idle_until_it_is_allocated(void **state)
{
    Fixture *f = start(0);
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus(web):3;cpus(*):5;mem(*):100");
    task(f, 20 * S, HF_RECORD_TASK_LAUNCHED, 1, 0, "cpus(web):2;cpus(*):1");
    task(f, 60 * S, HF_RECORD_TASK_STATE, 1, HF_TASK_FAILED, "cpus(web):2;cpus(*):1");
    agent(f, 80 * S, HF_RECORD_AGENT_UNREACHABLE, 0, "cpus(web):3;cpus(*):5;mem(*):100");
    finish(f, 100 * S);
    /* 3 for 20 s, 1 for 40 s, 3 for 20 s, 0 for 20 s. */
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_RESERVED_IDLE), (60 + 40 + 60) / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_TOTAL), 8 * 80 / 100.0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_ALLOCATED), 3 * 40 / 100.0);
    stop(f);
}

static void an_agent_counts_while_the_master_knows_it(void **state)
{
    Fixture *f = start(0);
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4");
    agent(f, 5 * S, HF_RECORD_AGENT_REREGISTERED, 0, "cpus:4"); /* it is counted already */
    agent(f, 30 * S, HF_RECORD_AGENT_UNREACHABLE, 0, "cpus:4");
    agent(f, 60 * S, HF_RECORD_AGENT_REREGISTERED, 0, "cpus:4");
    finish(f, 100 * S);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_TOTAL), 4 * 70 / 100.0);
    assert_int_equal(counted(f, HF_COUNT_AGENTS_UNREACHABLE), 1);
    stop(f);
}

static void crashes_and_returns_move_the_number_of_hosts_that_are_up(void **state)
{
    Fixture *f = start(0);
    HfRecord crash = {.at = 20 * S, .type = HF_RECORD_AGENT_CRASHED, .framework = HF_ROW_NONE};
    HfRecord back = {.at = 70 * S, .type = HF_RECORD_AGENT_RETURNED, .framework = HF_ROW_NONE};
    feed(f, crash);
    feed(f, back);
    finish(f, 100 * S);
    assert_near(cluster(f, HF_LEVEL_AGENTS_UP), 1.5);
    assert_int_equal(counted(f, HF_COUNT_AGENT_CRASHES), 1);
    assert_int_equal(f->recorder->frameworks.count, 0); /* nobody's framework is made up */
    stop(f);
}

static double cell(const Fixture *f, uint32_t row, uint32_t column)
{
    return f->recorder->rows.at[(size_t)row * f->recorder->row_width + column];
}

static void rows_hold_the_mean_of_their_interval_whatever_the_warm_up(void **state)
{
    const HfTime warm_ups[] = {0, 22 * S, 50 * S, 99 * S};
    const uint32_t allocated =
        HF_ROW_RESOURCES + HF_KIND_CPUS * HF_RESOURCE_LEVELS + HF_LEVEL_ALLOCATED;
    for (size_t i = 0; i < G_N_ELEMENTS(warm_ups); i++) {
        Fixture *f = start(warm_ups[i]);
        feed_one_task(f);
        finish(f, 95 * S); /* a last, shorter row */
        assert_int_equal(f->recorder->row_times.count, 10);
        assert_int_equal(f->recorder->row_times.at[0], 10 * S);
        assert_int_equal(f->recorder->row_times.at[9], 95 * S);
        static const double running[] = {0, 0, 0.5, 1, 1, 1, 0.5, 0, 0, 0};
        static const double held[] = {0, 0, 2, 2, 2, 2, 2, 0, 0, 0};
        static const double offers_sent[] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        for (uint32_t r = 0; r < 10; r++) {
            assert_near(cell(f, r, HF_LEVEL_TASKS_RUNNING), running[r]);
            assert_near(cell(f, r, allocated) / 1000, held[r]);
            assert_near(cell(f, r, HF_CLUSTER_LEVELS), offers_sent[r]);
        }
        stop(f);
    }
}

/* A sandbox of 2 MB at 5 s that grows by 1 MB/s from 10 s on and is closed at 30 s with 22 MB; a
 * file of 8 MB that nobody of the cluster wrote, from 25 s on. */
static void rows_hold_what_is_really_on_the_disks_whatever_the_warm_up(void **state)
{
    static const double sandboxes[] = {1, 7, 17, 0, 0}, ended[] = {0, 0, 0, 22, 22};
    static const double others[] = {0, 0, 4, 8, 8};
    static const HfTime warm_ups[] = {0, 7 * S, 20 * S, 33 * S, 50 * S};
    const HfRecord records[] = {
        {.at = 5 * S, .type = HF_RECORD_SANDBOX_MADE, .id = 1, .value = 2048},
        {.at = 10 * S, .type = HF_RECORD_SANDBOX_GROWS, .id = 1, .value = 1024},
        {.at = 25 * S, .type = HF_RECORD_OUT_OF_BAND, .value = 8192},
        {.at = 30 * S, .type = HF_RECORD_SANDBOX_CLOSED, .id = 1, .value = 22528}};
    const uint32_t first = HF_CLUSTER_LEVELS + HF_OFFER_COUNTERS;
    for (size_t i = 0; i < G_N_ELEMENTS(warm_ups); i++) {
        Fixture *f = start(warm_ups[i]);
        for (size_t r = 0; r < G_N_ELEMENTS(records); r++) feed(f, records[r]);
        finish(f, 50 * S);
        assert_int_equal(f->recorder->row_times.count, 5);
        for (uint32_t r = 0; r < 5; r++) {
            assert_near(cell(f, r, first + HF_DISK_RUNNING), sandboxes[r]);
            assert_near(cell(f, r, first + HF_DISK_DEAD), ended[r]);
            assert_near(cell(f, r, first + HF_DISK_OUT_OF_BAND), others[r]);
            assert_near(cell(f, r, first + HF_DISK_VOLUMES), 0);
        }
        stop(f);
    }
}

static void roles_of_a_row_are_shares_of_the_total_of_that_row(void **state)
{
    Fixture *f = start(0);
    feed_one_task(f);
    finish(f, 100 * S);
    /* 2 of 8 CPUs in the rows that end at 30 .. 70 s; nobody had a role before the third row. */
    static const double shares[] = {0, 0, 0.25, 0.25, 0.25, 0.25, 0.25, 0, 0, 0};
    assert_int_equal(f->recorder->role_counts.at[1], 0);
    assert_int_equal(f->recorder->role_counts.at[2], 1);
    for (uint32_t r = 2; r < 10; r++) assert_near(f->recorder->role_shares.at[r - 2], shares[r]);
    stop(f);
}

static void next_tick_is_an_interval_on_and_never_beyond_the_end(void **state)
{
    Fixture *f = start(0);
    f->scenario.duration = 25 * S;
    assert_int_equal(hf_recorder_next_tick(f->recorder), 10 * S);
    hf_recorder_tick(f->recorder, 10 * S);
    hf_recorder_tick(f->recorder, 20 * S);
    assert_int_equal(hf_recorder_next_tick(f->recorder), 25 * S);
    stop(f);
}

static void the_warm_up_can_be_found_in_the_rows(void **state)
{
    /* Allocated: 0 in the first 100 rows, then 3 and 4 CPUs in turn: MSER-5 drops the start. */
    Fixture *f = start(0);
    f->scenario.duration = 500 * 10 * S;
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4");
    task(f, 1000 * S, HF_RECORD_TASK_LAUNCHED, 1, 0, "cpus:3");
    for (int i = 101; i < 499; i += 2) {
        task(f, i * 10 * S, HF_RECORD_TASK_LAUNCHED, 2, 0, "cpus:1");
        task(f, (i + 1) * 10 * S, HF_RECORD_TASK_STATE, 2, HF_TASK_FINISHED, "cpus:1");
    }
    finish(f, 500 * 10 * S);
    HfTime found = 0;
    assert_true(hf_recorder_find_warm_up(f->recorder, &found));
    assert_int_equal(found, 1000 * S);
    stop(f);
    Fixture *g = start(0);
    finish(g, 100 * S);
    assert_false(hf_recorder_find_warm_up(g->recorder, &found)); /* nobody has anything */
    stop(g);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_integrals_over_the_run),
        cmocka_unit_test(what_runs_on_agents_that_are_not_counted_is_used_apart),
        cmocka_unit_test(shares_are_of_the_largest_resource),
        cmocka_unit_test(what_lies_before_the_end_of_the_warm_up_counts_in_no_metric),
        cmocka_unit_test(a_record_at_the_end_of_the_warm_up_counts),
        cmocka_unit_test(a_framework_that_comes_late_is_averaged_over_the_same_span),
        cmocka_unit_test(reserved_is_idle_until_it_is_allocated),
        cmocka_unit_test(an_agent_counts_while_the_master_knows_it),
        cmocka_unit_test(crashes_and_returns_move_the_number_of_hosts_that_are_up),
        cmocka_unit_test(rows_hold_the_mean_of_their_interval_whatever_the_warm_up),
        cmocka_unit_test(rows_hold_what_is_really_on_the_disks_whatever_the_warm_up),
        cmocka_unit_test(roles_of_a_row_are_shares_of_the_total_of_that_row),
        cmocka_unit_test(next_tick_is_an_interval_on_and_never_beyond_the_end),
        cmocka_unit_test(the_warm_up_can_be_found_in_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
