/*
 * The recorder on streams of records written by hand: every number below is worked out in the test
 * that expects it.
 */
#include "support/test.h"

#include <math.h>
#include <string.h>

#include "resource/text.h"
#include "world/recorder_internal.h"

#define S HF_NS_PER_SECOND

typedef struct Fixture {
    HfScenario scenario;
    HfCatalog *catalog;
    HfRecorder *recorder;
    GPtrArray *texts; /* HfResources * handed out */
    HF_VEC(HfTaskRecord) sunk;
} Fixture;

static HfResources *resources(Fixture *f, const char *text)
{
    HfResources *parsed = g_new0(HfResources, 1);
    GError *error = NULL;
    if (!hf_resources_parse(f->catalog, text, HF_ROLE_STAR, HF_PARSE_AGENT, parsed, &error))
        fail_msg("%s: %s", text, error->message);
    g_ptr_array_add(f->texts, parsed);
    return parsed;
}

/* A recorder of one run: two hosts, rows of 10 s, 100 s in all. */
static Fixture *start(HfTime warm_up)
{
    Fixture *f = g_new0(Fixture, 1);
    f->catalog = hf_catalog_new(0);
    f->texts = g_ptr_array_new();
    f->scenario.duration = 100 * S;
    f->scenario.warm_up = warm_up;
    f->scenario.record.interval = 10 * S;
    resources(f, "cpus:1;mem:1;disk:1;gpus:1;ports:[1-2]"); /* kinds are known from the start */
    f->recorder = hf_recorder_new(f->catalog, &f->scenario, 2, NULL);
    return f;
}

static void stop(Fixture *f)
{
    hf_recorder_free(f->recorder);
    for (guint i = 0; i < f->texts->len; i++) {
        hf_resources_clear(f->catalog, g_ptr_array_index(f->texts, i));
        g_free(g_ptr_array_index(f->texts, i));
    }
    g_ptr_array_unref(f->texts);
    hf_vec_clear(&f->sunk);
    hf_catalog_free(f->catalog);
    g_free(f);
}

/* Feed one record; rows that are due before it are closed first, as the world does. */
static void feed(Fixture *f, HfRecord record)
{
    while (f->recorder->row_start + f->scenario.record.interval <= record.at)
        hf_recorder_tick(f->recorder, f->recorder->row_start + f->scenario.record.interval);
    hf_recorder_listen(f->recorder, &record);
}

static void finish(Fixture *f, HfTime now)
{
    while (f->recorder->row_start + f->scenario.record.interval <= now)
        hf_recorder_tick(f->recorder, f->recorder->row_start + f->scenario.record.interval);
    hf_recorder_finish(f->recorder, now);
}

static void agent(Fixture *f, HfTime at, HfRecordType type, uint32_t id, const char *text)
{
    feed(f, (HfRecord){.at = at,
                       .type = (uint16_t)type,
                       .agent = id,
                       .framework = HF_ROW_NONE,
                       .value = id,
                       .resources = resources(f, text)});
}

static void offer(Fixture *f, HfTime at, HfRecordType type, const char *text)
{
    feed(f, (HfRecord){.at = at, .type = (uint16_t)type, .resources = resources(f, text)});
}

static void task(Fixture *f, HfTime at, HfRecordType type, uint64_t id, HfTaskState state,
                 const char *text)
{
    feed(f, (HfRecord){.at = at,
                       .type = (uint16_t)type,
                       .state = (uint16_t)state,
                       .id = id,
                       .value = type == HF_RECORD_TASK_LAUNCHED ? 7 : 500,
                       .resources = text ? resources(f, text) : NULL});
}

static double mean(const Fixture *f, HfKindId kind, HfResourceLevel level)
{
    return hf_recorder__mean(f->recorder, hf_recorder__resource(f->recorder, kind, level)) / 1000;
}

static double cluster(const Fixture *f, HfClusterLevel level)
{
    return hf_recorder__mean(f->recorder, &f->recorder->cluster[level]);
}

static uint64_t counted(const Fixture *f, HfCounter counter)
{
    return hf_recorder__count(f->recorder, counter);
}

#define assert_near(have, want) assert_true(fabs((have) - (want)) < 1e-12)

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
    assert_int_equal(hf_histogram_count(f->recorder->waits), 100);
    /* Nearest ranks of 1 .. 100 s, within the histogram's bound of 2^-6. */
    double p50 = (double)hf_histogram_quantile(f->recorder->waits, 0.5) / 1e9;
    double p95 = (double)hf_histogram_quantile(f->recorder->waits, 0.95) / 1e9;
    assert_true(fabs(p50 - 50) <= 50.0 / 64 && fabs(p95 - 95) <= 95.0 / 64);
    assert_int_equal(hf_histogram_max(f->recorder->waits), 100 * S);
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
        assert_int_equal(x->min, y->min);
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
        cmocka_unit_test(the_warm_up_can_be_found_in_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
