/*
 * What the recorder counts (waits, jobs, offers, tasks, relaunches), and the tasks that it tells,
 * on streams of records written by hand.
 */
#include "unit/world/recorder.h"

static void wait(Fixture *f, HfTime at, uint32_t framework, HfTime waited)
{
    feed(f, (HfRecord){
                .at = at, .type = HF_RECORD_TASK_WAITED, .framework = framework, .value = waited});
}

static void waits_are_kept_by_framework_and_for_all(void **state)
{
    Fixture *f = start(10 * S);
    wait(f, 5 * S, 0, 80 * S); /* in the warm-up */
    for (int i = 1; i <= 100; i++) wait(f, 20 * S, i <= 90 ? 0 : 2, i * S);
    finish(f, 100 * S);
    g_autoptr(HfHistogram) all = hf_recorder__waits(f->recorder);
    assert_int_equal(hf_histogram_count(all), 100);
    /* Nearest ranks of 1 .. 100 s, within the histogram's bound of 2^-6. */
    double p50 = (double)hf_histogram_quantile(all, 0.5) / 1e9;
    double p95 = (double)hf_histogram_quantile(all, 0.95) / 1e9;
    assert_true(fabs(p50 - 50) <= 50.0 / 64 && fabs(p95 - 95) <= 95.0 / 64);
    assert_int_equal(hf_histogram_max(all), 100 * S);
    assert_int_equal(hf_histogram_count(f->recorder->frameworks.at[0].waits), 90);
    assert_int_equal(hf_histogram_max(f->recorder->frameworks.at[0].waits), 90 * S);
    assert_null(f->recorder->frameworks.at[1].waits);
    assert_int_equal(hf_histogram_count(f->recorder->frameworks.at[2].waits), 10);
    stop(f);
}

static void demand_of_frameworks_adds_up_to_the_tasks_waiting(void **state)
{
    Fixture *f = start(0);
    feed(f, (HfRecord){.at = 0, .type = HF_RECORD_DEMAND, .framework = 0, .value = 10});
    feed(f, (HfRecord){.at = 20 * S, .type = HF_RECORD_DEMAND, .framework = 1, .value = 5});
    feed(f, (HfRecord){.at = 60 * S, .type = HF_RECORD_DEMAND, .framework = 0, .value = 2});
    finish(f, 100 * S);
    /* 10 for 20 s, 15 for 40 s, 7 for 40 s. */
    assert_near(cluster(f, HF_LEVEL_TASKS_WAITING), (200 + 600 + 280) / 100.0);
    assert_int_equal(hf_recorder_tasks_waiting(f->recorder), 7);
    assert_int_equal(hf_recorder_tasks_running(f->recorder), 0);
    stop(f);
}

static void submitted_jobs_are_counted_with_all_their_tasks(void **state)
{
    Fixture *f = start(0);
    feed(f, (HfRecord){.at = S,
                       .type = HF_RECORD_JOB_SUBMITTED,
                       .id = 1,
                       .value = 20,
                       .resources = resources(f, "cpus:0.5;mem:64")});
    feed(f, (HfRecord){.at = 2 * S, .type = HF_RECORD_JOB_FINISHED, .id = 1, .value = S});
    finish(f, 100 * S);
    assert_int_equal(counted(f, HF_COUNT_JOBS_SUBMITTED), 1);
    assert_int_equal(counted(f, HF_COUNT_TASKS_SUBMITTED), 20);
    assert_int_equal(counted(f, HF_COUNT_JOBS_FINISHED), 1);
    assert_int_equal(f->recorder->demand[HF_KIND_CPUS], 10000);
    assert_int_equal(f->recorder->demand[HF_KIND_MEM], 20 * 64000);
    assert_int_equal(hf_histogram_max(f->recorder->responses), S);
    stop(f);
}

/* Told of together or one by one, the same levels, peaks and counts. */
static void offers_of_a_run_count_as_if_one_by_one(void **state)
{
    Fixture *single = start(10 * S), *run = start(10 * S);
    static const struct {
        HfTime at;
        HfRecordType type;
        uint32_t count;
    } steps[] = {{9 * S, HF_RECORD_OFFER_SENT, 5}, /* before the warm-up ends */
                 {12 * S, HF_RECORD_OFFER_SENT, 70},
                 {20 * S, HF_RECORD_OFFER_DECLINED, 30},
                 {20 * S, HF_RECORD_OFFER_SENT, 2},
                 {31 * S, HF_RECORD_OFFER_DECLINED, 47}};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        for (uint32_t n = 0; n < steps[i].count; n++)
            offer(single, steps[i].at, steps[i].type, "cpus:2;mem:8");
        HfRecord record = {.at = steps[i].at,
                           .type = (uint16_t)steps[i].type,
                           .resources = resources(run, "cpus:2;mem:8")};
        while (run->recorder->row_start + run->scenario.record.interval <= record.at)
            hf_recorder_tick(run->recorder,
                             run->recorder->row_start + run->scenario.record.interval);
        hf_recorder_listen_run(run->recorder, &record, steps[i].count);
    }
    finish(single, 100 * S);
    finish(run, 100 * S);
    const HfRecorder *a = single->recorder, *b = run->recorder;
    for (int kind = HF_KIND_CPUS; kind <= HF_KIND_MEM; kind++) {
        const HfLevel *x = &hf_recorder__resource(a, (uint32_t)kind, HF_LEVEL_OFFERED)->level;
        const HfLevel *y = &hf_recorder__resource(b, (uint32_t)kind, HF_LEVEL_OFFERED)->level;
        assert_true(hf_level_integral(x, 100 * S) == hf_level_integral(y, 100 * S));
        assert_int_equal(x->max, y->max);
        assert_int_equal(x->value, y->value);
    }
    assert_int_equal(hf_recorder__resource(b, HF_KIND_CPUS, HF_LEVEL_OFFERED)->level.max, 150000);
    assert_int_equal(b->cluster[HF_LEVEL_OFFERS].level.max, 75);
    assert_true(hf_level_integral(&a->cluster[HF_LEVEL_OFFERS].level, 100 * S) ==
                hf_level_integral(&b->cluster[HF_LEVEL_OFFERS].level, 100 * S));
    assert_memory_equal(a->count, b->count, sizeof a->count);
    assert_memory_equal(a->marked, b->marked, sizeof a->marked);
    assert_int_equal(counted(run, HF_COUNT_OFFERS_SENT), 72);
    assert_int_equal(a->rows.count, b->rows.count);
    assert_memory_equal(a->rows.at, b->rows.at, a->rows.count * sizeof *a->rows.at);
    stop(single);
    stop(run);
}

static void each_end_of_an_offer_has_its_counter(void **state)
{
    static const struct {
        HfRecordType type;
        HfCounter counter;
    } ends[] = {{HF_RECORD_OFFER_ACCEPTED, HF_COUNT_OFFERS_ACCEPTED},
                {HF_RECORD_OFFER_DECLINED, HF_COUNT_OFFERS_DECLINED},
                {HF_RECORD_OFFER_RESCINDED, HF_COUNT_OFFERS_RESCINDED},
                {HF_RECORD_OFFER_EXPIRED, HF_COUNT_OFFERS_EXPIRED}};
    Fixture *f = start(0);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        for (size_t n = 0; n <= i; n++) { /* a different number of each */
            offer(f, (HfTime)(2 * i) * S, HF_RECORD_OFFER_SENT, "cpus:1");
            if (n == i)
                for (size_t k = 0; k <= i; k++)
                    offer(f, (HfTime)(2 * i + 1) * S, ends[i].type, "cpus:1");
        }
        assert_int_equal(f->recorder->count[ends[i].counter], i + 1);
        assert_int_equal(f->recorder->cluster[HF_LEVEL_OFFERS].level.value, 0);
    }
    assert_int_equal(f->recorder->count[HF_COUNT_OFFERS_SENT], 10);
    stop(f);
}

static void each_end_of_a_task_has_its_counter(void **state)
{
    static const struct {
        HfTaskState state;
        HfCounter counter;
    } ends[] = {{HF_TASK_FINISHED, HF_COUNT_TASKS_FINISHED},
                {HF_TASK_FAILED, HF_COUNT_TASKS_FAILED},
                {HF_TASK_KILLED, HF_COUNT_TASKS_KILLED},
                {HF_TASK_ERROR, HF_COUNT_TASKS_ERROR},
                {HF_TASK_LOST, HF_COUNT_TASKS_LOST},
                {HF_TASK_DROPPED, HF_COUNT_TASKS_LOST},
                {HF_TASK_GONE, HF_COUNT_TASKS_LOST},
                {HF_TASK_GONE_BY_OPERATOR, HF_COUNT_TASKS_LOST},
                {HF_TASK_UNREACHABLE, HF_COUNT_TASKS_LOST}};
    uint64_t expected[HF_COUNTERS] = {0};
    Fixture *f = start(0);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        HfTime at = (HfTime)i * S;
        task(f, at, HF_RECORD_TASK_LAUNCHED, i + 1, 0, "cpus:1");
        task(f, at, HF_RECORD_TASK_STATE, i + 1, HF_TASK_RUNNING, NULL);
        task(f, at, HF_RECORD_TASK_STATE, i + 1, ends[i].state, "cpus:1");
        expected[ends[i].counter]++;
        assert_int_equal(f->recorder->count[ends[i].counter], expected[ends[i].counter]);
        assert_int_equal(f->recorder->frameworks.at[0].count[ends[i].counter],
                         expected[ends[i].counter]);
        assert_int_equal(
            hf_recorder__resource(f->recorder, HF_KIND_CPUS, HF_LEVEL_ALLOCATED)->level.value, 0);
    }
    stop(f);
}

static void the_first_and_each_hundredth_refusal_leave_a_row(void **state)
{
    Fixture *f = start(0);
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4;mem:1000");
    task(f, S, HF_RECORD_TASK_LAUNCHED, 1, 0, "cpus:3;mem:100");
    for (int i = 1; i <= 250; i++) {
        if (i == 150) task(f, 2 * S, HF_RECORD_TASK_LAUNCHED, 2, 0, "cpus:1");
        feed(f, (HfRecord){.at = 2 * S, .type = HF_RECORD_PLACEMENT_REFUSED, .value = i});
    }
    assert_int_equal(f->recorder->refusals.count, 3);
    static const int64_t numbers[] = {1, 100, 200};
    static const double cpus[] = {0.75, 0.75, 1};
    for (uint32_t i = 0; i < 3; i++) {
        const HfRefusal *refusal = &f->recorder->refusals.at[i];
        assert_int_equal(refusal->number, numbers[i]);
        assert_int_equal(refusal->launched, i < 2 ? 1 : 2);
        assert_near(refusal->allocated[HF_KIND_CPUS], cpus[i]);
        assert_near(refusal->allocated[HF_KIND_MEM], 0.1);
    }
    assert_int_equal(f->recorder->count[HF_COUNT_PLACEMENTS_REFUSED], 250);
    stop(f);
}

static void relaunches_are_counted_by_where_they_went(void **state)
{
    Fixture *f = start(10 * S);
    const struct {
        HfTime at, after;
        uint16_t same;
    } list[] = {{5 * S, S, 1}, {20 * S, 3 * S, 1}, {30 * S, 9 * S, 0}, {40 * S, 6 * S, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
        feed(f, (HfRecord){.at = list[i].at,
                           .type = HF_RECORD_TASK_REPLACED,
                           .agent = 1,
                           .id = i + 1,
                           .state = list[i].same,
                           .value = list[i].after});
    finish(f, 100 * S);
    assert_int_equal(counted(f, HF_COUNT_RELAUNCHES), 3);
    assert_int_equal(counted(f, HF_COUNT_RELAUNCHES_SAME_HOST), 2);
    assert_int_equal(hf_histogram_max(f->recorder->relaunch_times), 9 * S);
    assert_int_equal(hf_histogram_min(f->recorder->relaunch_times), 3 * S);
    /* The table has them all. */
    assert_int_equal(f->recorder->relaunches.count, 4);
    assert_int_equal(f->recorder->relaunches.at[2].host, 1);
    assert_false(f->recorder->relaunches.at[2].same_host);
    stop(f);
}

static void sink(void *context, const HfTaskRecord *task)
{
    Fixture *f = context;
    hf_vec_push(&f->sunk, *task);
}

static void the_sink_is_told_of_each_task_once_with_its_times(void **state)
{
    Fixture *f = start(50 * S); /* tables have what lies before the end of the warm-up, too */
    hf_recorder_set_task_sink(f->recorder, sink, f);
    task(f, 20 * S, HF_RECORD_TASK_LAUNCHED, 1, 0, "cpus:2;mem:100");
    task(f, 26 * S, HF_RECORD_TASK_STATE, 1, HF_TASK_RUNNING, NULL);
    feed(f, (HfRecord){.at = 27 * S, .type = HF_RECORD_TASK_WAITED, .id = 1, .value = 20 * S});
    task(f, 30 * S, HF_RECORD_TASK_STATE, 1, HF_TASK_FINISHED, "cpus:2;mem:100");
    task(f, 31 * S, HF_RECORD_TASK_LAUNCHED, 2, 0, "cpus:1");
    task(f, 32 * S, HF_RECORD_TASK_STATE, 2, HF_TASK_LOST, "cpus:1"); /* never ran */
    assert_int_equal(f->sunk.count, 2);
    assert_int_equal(f->sunk.at[0].task, 1);
    assert_int_equal(f->sunk.at[0].job, 7);
    assert_int_equal(f->sunk.at[0].submit, 7 * S);
    assert_int_equal(f->sunk.at[0].launch, 20 * S);
    assert_int_equal(f->sunk.at[0].start, 26 * S);
    assert_int_equal(f->sunk.at[0].end, 30 * S);
    assert_int_equal(f->sunk.at[0].state, HF_TASK_FINISHED);
    assert_int_equal(f->sunk.at[0].cpus_milli, 2000);
    assert_int_equal(f->sunk.at[0].mem_milli, 100000);
    assert_int_equal(f->sunk.at[1].submit, -1);
    assert_int_equal(f->sunk.at[1].start, -1);
    assert_int_equal(f->sunk.at[1].end, 32 * S);
    finish(f, 100 * S);
    assert_int_equal(f->sunk.count, 2);
    stop(f);
}

static void tasks_that_still_run_come_last_in_order_of_framework_and_task(void **state)
{
    Fixture *f = start(0);
    hf_recorder_set_task_sink(f->recorder, sink, f);
    const struct {
        uint32_t framework;
        uint64_t id;
    } launched[] = {{1, 1}, {0, 1}, {0, 2}, {1, 2}};
    for (size_t i = 0; i < G_N_ELEMENTS(launched); i++)
        feed(f, (HfRecord){.at = S,
                           .type = HF_RECORD_TASK_LAUNCHED,
                           .framework = launched[i].framework,
                           .id = launched[i].id,
                           .resources = resources(f, "cpus:1")});
    task(f, 2 * S, HF_RECORD_TASK_STATE, 1, HF_TASK_FINISHED, "cpus:1"); /* framework 0 */
    task(f, 3 * S, HF_RECORD_TASK_LAUNCHED, 9, 0, "cpus:1");             /* takes its row */
    task(f, 4 * S, HF_RECORD_TASK_STATE, 2, HF_TASK_RUNNING, NULL);
    finish(f, 100 * S);
    static const struct {
        uint32_t framework;
        uint64_t id;
        HfTaskState state;
    } expected[] = {{0, 1, HF_TASK_FINISHED},
                    {0, 2, HF_TASK_RUNNING},
                    {0, 9, HF_TASK_STAGING},
                    {1, 1, HF_TASK_STAGING},
                    {1, 2, HF_TASK_STAGING}};
    assert_int_equal(f->sunk.count, G_N_ELEMENTS(expected));
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_int_equal(f->sunk.at[i].framework, expected[i].framework);
        assert_int_equal(f->sunk.at[i].task, expected[i].id);
        assert_int_equal(f->sunk.at[i].state, expected[i].state);
        if (i > 0) assert_int_equal(f->sunk.at[i].end, -1);
    }
    stop(f);
}

static void a_run_cut_short_in_its_warm_up_still_ends_in_order(void **state)
{
    Fixture *f = start(50 * S);
    agent(f, 0, HF_RECORD_AGENT_REGISTERED, 0, "cpus:4");
    offer(f, S, HF_RECORD_OFFER_SENT, "cpus:4");
    finish(f, 20 * S);
    assert_int_equal(f->recorder->marked_at, 20 * S);
    assert_int_equal(counted(f, HF_COUNT_OFFERS_SENT), 0);
    assert_near(mean(f, HF_KIND_CPUS, HF_LEVEL_OFFERED), 4); /* the value at the end */
    stop(f);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_are_kept_by_framework_and_for_all),
        cmocka_unit_test(demand_of_frameworks_adds_up_to_the_tasks_waiting),
        cmocka_unit_test(submitted_jobs_are_counted_with_all_their_tasks),
        cmocka_unit_test(offers_of_a_run_count_as_if_one_by_one),
        cmocka_unit_test(each_end_of_an_offer_has_its_counter),
        cmocka_unit_test(each_end_of_a_task_has_its_counter),
        cmocka_unit_test(the_first_and_each_hundredth_refusal_leave_a_row),
        cmocka_unit_test(relaunches_are_counted_by_where_they_went),
        cmocka_unit_test(the_sink_is_told_of_each_task_once_with_its_times),
        cmocka_unit_test(tasks_that_still_run_come_last_in_order_of_framework_and_task),
        cmocka_unit_test(a_run_cut_short_in_its_warm_up_still_ends_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
