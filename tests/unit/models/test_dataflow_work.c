/* The work of data-parallel frameworks: order, locality and its wait, stages, failures. */
#include "support/test.h"

#include "models/frameworks/dataflow/work.h"

#define S HF_NS_PER_SECOND

typedef struct Bench {
    HfStageConfig stages[2];
    HfWork work;
} Bench;

/* Jobs of `maps` tasks of 10 s, and then 2 of 5 s. */
static Bench *bench(double maps, gboolean is_fair, gboolean reads, HfTime wait, uint32_t hosts)
{
    Bench *made = g_new0(Bench, 1);
    made->stages[0] = (HfStageConfig){hf_law_constant(maps), hf_law_constant(10)};
    made->stages[1] = (HfStageConfig){hf_law_constant(2), hf_law_constant(5)};
    HfWorkConfig config = {.stages = made->stages,
                           .stage_count = 2,
                           .is_fair = is_fair,
                           .reads_blocks = reads,
                           .replicas = 2,
                           .wait = wait,
                           .remote_factor = 1.5};
    hf_work_init(&made->work, &config, 1, 2, hosts);
    return made;
}

static void bench_free(Bench *made)
{
    hf_work_clear(&made->work);
    g_free(made);
}

/* The number of the job whose task comes next on a host; 0 = none. */
static uint64_t pick(Bench *made, uint32_t host, HfTime now, HfPick *pick_out)
{
    HfTime again;
    if (!hf_work_pick(&made->work, host, now, HF_HANDLE_NONE, HF_PICK_ANY, pick_out, &again))
        return 0;
    return hf_work_job(&made->work, pick_out->job)->number;
}

static void the_oldest_job_is_first_or_that_with_fewest_running(void **state)
{
    HfPick got;
    Bench *fifo = bench(2, FALSE, FALSE, 0, 4);
    hf_work_arrive(&fifo->work, 0);
    hf_work_arrive(&fifo->work, 1);
    static const uint64_t in_line[] = {1, 1, 2, 2, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(in_line); i++)
        assert_int_equal(pick(fifo, 0, 2, &got), in_line[i]);
    bench_free(fifo);
    Bench *fair = bench(2, TRUE, FALSE, 0, 4);
    hf_work_arrive(&fair->work, 0);
    hf_work_arrive(&fair->work, 1);
    static const uint64_t in_turn[] = {1, 2, 1, 2, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(in_turn); i++)
        assert_int_equal(pick(fair, 0, 2, &got), in_turn[i]);
    bench_free(fair);
}

static void a_stage_begins_when_the_one_before_is_done(void **state)
{
    HfPick first, second, reduce;
    HfTime again;
    Bench *made = bench(2, FALSE, FALSE, 0, 4);
    HfHandle job = hf_work_arrive(&made->work, 0);
    assert_int_equal(made->work.pending, 2);
    assert_false(hf_work_pick(&made->work, 0, 0, HF_HANDLE_NONE, HF_PICK_LATER, &reduce, &again));
    assert_int_equal(again, HF_TIME_NEVER);
    pick(made, 0, 0, &first);
    pick(made, 0, 0, &second);
    assert_int_equal(first.duration, 10 * S);
    assert_int_equal(hf_work_finish(&made->work, job, first.unit, 10 * S), HF_WORK_GOES_ON);
    assert_int_equal(pick(made, 0, 10 * S, &reduce), 0);
    assert_int_equal(hf_work_finish(&made->work, job, second.unit, 11 * S), HF_WORK_STAGE_DONE);
    assert_int_equal(made->work.pending, 2);
    assert_false(hf_work_pick(&made->work, 0, 0, HF_HANDLE_NONE, HF_PICK_FIRST, &reduce, &again));
    assert_true(hf_work_pick(&made->work, 0, 0, job, HF_PICK_LATER, &reduce, &again));
    assert_int_equal(reduce.duration, 5 * S);
    assert_int_equal(hf_work_finish(&made->work, job, reduce.unit, 20 * S), HF_WORK_GOES_ON);
    assert_int_equal(pick(made, 0, 20 * S, &reduce), 1);
    assert_int_equal(hf_work_finish(&made->work, job, reduce.unit, 25 * S), HF_WORK_JOB_DONE);
    hf_work_leave(&made->work, job);
    assert_null(hf_work_job(&made->work, job));
    assert_int_equal(made->work.line.count, 0);
    bench_free(made);
}

static void what_failed_waits_again(void **state)
{
    HfPick got[3];
    Bench *made = bench(3, FALSE, TRUE, 0, 5);
    HfHandle job = hf_work_arrive(&made->work, 0);
    for (int i = 0; i < 3; i++) assert_int_equal(pick(made, 0, S, &got[i]), 1);
    hf_work_return(&made->work, job, got[1].unit);
    assert_int_equal(made->work.pending, 1);
    HfPick again;
    assert_int_equal(pick(made, 0, S, &again), 1);
    assert_int_equal(again.unit, got[1].unit);
    assert_int_equal(pick(made, 0, S, &again), 0);
    bench_free(made);
}

/* Of every block both replicas are known; each local pick is checked against them, and a host with
 * a pending block is never given another host's. */
static void blocks_are_read_where_they_lie(void **state)
{
    Bench *made = bench(400, FALSE, TRUE, HF_TIME_NEVER / 2, 10);
    HfHandle handle = hf_work_arrive(&made->work, 0);
    HfWorkJob *job = hf_work_job(&made->work, handle);
    uint32_t on[10] = {0};
    for (guint32 i = 0; i < job->units.count; i++) {
        const HfWorkUnit *unit = &job->units.at[i];
        assert_true(unit->host[0] < 10 && unit->host[1] < 10 && unit->host[0] != unit->host[1]);
        on[unit->host[0]]++;
        on[unit->host[1]]++;
    }
    /* 80 of each expected, deviation sqrt(400 x 0.2 x 0.8) = 8. */
    for (int h = 0; h < 10; h++) assert_true(on[h] > 80 - 32 && on[h] < 80 + 32);
    uint32_t count = 0;
    for (uint32_t round = 0; round < 4000; round++) {
        HfPick got;
        if (pick(made, round % 10, round, &got) == 0) continue;
        const HfWorkUnit *unit = &job->units.at[got.unit];
        assert_true(got.is_local && got.reads);
        assert_true(unit->host[0] == round % 10 || unit->host[1] == round % 10);
        count++;
    }
    assert_int_equal(count, 400);
    bench_free(made);
}

static void a_job_waits_for_a_local_host_and_then_takes_any(void **state)
{
    HfPick got;
    HfTime again;
    Bench *made = bench(1, FALSE, TRUE, 3 * S, 1000);
    HfHandle handle = hf_work_arrive(&made->work, 7 * S);
    const HfWorkUnit *unit = hf_work_job(&made->work, handle)->units.at;
    uint32_t elsewhere = (unit->host[0] + 1) % 1000 == unit->host[1] ? (unit->host[0] + 2) % 1000
                                                                     : (unit->host[0] + 1) % 1000;
    assert_false(
        hf_work_pick(&made->work, elsewhere, 9 * S, HF_HANDLE_NONE, HF_PICK_ANY, &got, &again));
    assert_int_equal(again, 10 * S); /* 3 s after it arrived */
    assert_true(
        hf_work_pick(&made->work, elsewhere, 10 * S, HF_HANDLE_NONE, HF_PICK_ANY, &got, &again));
    assert_false(got.is_local);
    assert_int_equal(got.duration, 15 * S); /* 10 s, half as long again */
    bench_free(made);
    /* While one job waits, the next in line may have the host. */
    made = bench(1, FALSE, TRUE, 3 * S, 1000);
    hf_work_arrive(&made->work, 0);
    HfHandle second = hf_work_arrive(&made->work, 0);
    uint32_t home = hf_work_job(&made->work, second)->units.at[0].host[0];
    assert_int_equal(pick(made, home, S, &got), 2);
    assert_true(got.is_local);
    bench_free(made);
}

static void a_local_launch_starts_the_wait_anew(void **state)
{
    HfPick got;
    HfTime again;
    Bench *made = bench(2, FALSE, TRUE, 3 * S, 1000);
    HfHandle handle = hf_work_arrive(&made->work, 0);
    uint32_t home = hf_work_job(&made->work, handle)->units.at[0].host[0];
    assert_int_equal(pick(made, home, 2 * S, &got), 1);
    const HfWorkUnit *other = &hf_work_job(&made->work, handle)->units.at[1];
    uint32_t elsewhere = 0;
    while (elsewhere == other->host[0] || elsewhere == other->host[1]) elsewhere++;
    assert_false(
        hf_work_pick(&made->work, elsewhere, 4 * S, HF_HANDLE_NONE, HF_PICK_ANY, &got, &again));
    assert_int_equal(again, 5 * S);
    bench_free(made);
}

static void the_draws_of_a_job_are_its_own(void **state)
{
    Bench *one = bench(5, FALSE, TRUE, 0, 100), *two = bench(5, TRUE, TRUE, S, 100);
    HfPick got;
    hf_work_arrive(&one->work, 0);
    for (int i = 0; i < 3; i++) pick(one, 0, 0, &got); /* what ran before shifts nothing */
    hf_work_arrive(&two->work, 9);
    HfHandle a = hf_work_arrive(&one->work, 1), b = hf_work_arrive(&two->work, 9);
    for (int i = 0; i < 5; i++)
        for (int r = 0; r < 2; r++)
            assert_int_equal(hf_work_job(&one->work, a)->units.at[i].host[r],
                             hf_work_job(&two->work, b)->units.at[i].host[r]);
    bench_free(one);
    bench_free(two);
}

/* What one of two has done runs again, until the last stage has begun. */
static void what_is_lost_with_who_had_done_it_runs_again(void **state)
{
    static const HfHandle one = {1, 1}, other = {2, 1};
    HfPick got[4];
    Bench *made = bench(4, FALSE, FALSE, 0, 4);
    HfHandle job = hf_work_arrive(&made->work, 0);
    for (int i = 0; i < 4; i++) assert_int_equal(pick(made, 0, 0, &got[i]), 1);
    for (int i = 0; i < 3; i++) {
        hf_work_credit(&made->work, job, got[i].unit, i < 2 ? one : other);
        assert_int_equal(hf_work_finish(&made->work, job, got[i].unit, 10 * S), HF_WORK_GOES_ON);
    }
    assert_int_equal(hf_work_undo(&made->work, job, one), 2);
    assert_int_equal(hf_work_undo(&made->work, job, one), 0);
    assert_int_equal(made->work.pending, 2);
    assert_int_equal(hf_work_finish(&made->work, job, got[3].unit, 10 * S), HF_WORK_GOES_ON);
    for (int i = 0; i < 2; i++) assert_int_equal(pick(made, 0, 20 * S, &got[i]), 1);
    assert_int_equal(hf_work_finish(&made->work, job, got[0].unit, 30 * S), HF_WORK_GOES_ON);
    assert_int_equal(hf_work_finish(&made->work, job, got[1].unit, 30 * S), HF_WORK_STAGE_DONE);
    assert_int_equal(pick(made, 0, 30 * S, &got[0]), 1);
    hf_work_credit(&made->work, job, got[0].unit, one);
    assert_int_equal(hf_work_finish(&made->work, job, got[0].unit, 40 * S), HF_WORK_GOES_ON);
    assert_int_equal(hf_work_undo(&made->work, job, one), 0); /* of the last stage */
    bench_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_job_is_first_or_that_with_fewest_running),
        cmocka_unit_test(a_stage_begins_when_the_one_before_is_done),
        cmocka_unit_test(what_failed_waits_again),
        cmocka_unit_test(blocks_are_read_where_they_lie),
        cmocka_unit_test(a_job_waits_for_a_local_host_and_then_takes_any),
        cmocka_unit_test(a_local_launch_starts_the_wait_anew),
        cmocka_unit_test(the_draws_of_a_job_are_its_own),
        cmocka_unit_test(what_is_lost_with_who_had_done_it_runs_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
