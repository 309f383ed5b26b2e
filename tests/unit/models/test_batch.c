/* The batch model: who is served first, when it asks for offers, how it thinks, what it repeats. */
#include "unit/models/lab.h"

#include <math.h>

#define MS HF_NS_PER_MS

/* Without latency, so that instants can be worked out: `count` agents and one framework. */
static Cell *lab(uint32_t count, const char *agent, const char *framework)
{
    g_autofree char *text = g_strdup_printf("duration: 1h\n"
                                            "network: {latency: 0s}\n"
                                            "agents: [{name: a, count: %u, resources: '%s'}]\n"
                                            "frameworks: [{name: f, model: batch, %s}]\n",
                                            count, agent, framework);
    return cell_new(text);
}

static void jobs_are_served_in_the_order_of_their_arrival(void **state)
{
    Cell *cell = lab(1, "cpus:2;mem:1000", "arrivals: 10s, jobs: 5, tasks: 3, duration: 35s");
    cell_run(cell, 3600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_SUBMITTED), 5);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 15);
    for (uint32_t i = 0; i < 15; i++) {
        const HfRecord *launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, i);
        assert_int_equal(launched->value, i / 3 + 1); /* its job */
        assert_int_equal(launched->id, i + 1);
    }
    /* 15 tasks of 35 s, two at a time; each round starts within the allocation interval of 1 s. */
    HfTime end = cell_record(cell, HF_RECORD_TASK_ENDED, 14)->at;
    assert_true(end >= (10 + 8 * 35) * S && end <= (10 + 8 * 36) * S);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 5);
    assert_int_equal(cell_record(cell, HF_RECORD_JOB_SUBMITTED, 0)->at, 10 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_JOB_SUBMITTED, 0)->value, 3);
    cell_free(cell);
}

static void waits_count_from_arrival_to_running(void **state)
{
    Cell *cell = lab(1, "cpus:1;mem:1000", "arrivals: 10s, jobs: 2, duration: 25s");
    cell_run(cell, 3600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_WAITED), 2);
    /* The first runs at once, 10 .. 35 s; the second came at 20 s and starts with the next batch
     * allocation. */
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_WAITED, 0)->value, 0);
    HfTime second = cell_record(cell, HF_RECORD_TASK_WAITED, 1)->value;
    assert_true(second >= 15 * S && second <= 16 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_JOB_FINISHED, 0)->value, 25 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_JOB_FINISHED, 1)->value, second + 25 * S);
    cell_free(cell);
}

static void tasks_per_offer_is_a_limit(void **state)
{
    static const struct {
        const char *keys;
        uint32_t accepts;
    } cases[] = {{"tasks_per_offer: 0", 1}, {"tasks_per_offer: 2", 5}, {"tasks_per_offer: 3", 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *keys = g_strdup_printf(
            "arrivals: 10s, jobs: 1, tasks: 10, duration: 100s, refuse: 0s, %s", cases[i].keys);
        Cell *cell = lab(1, "cpus:10;mem:10000", keys);
        cell_run(cell, 90 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 10);
        assert_int_equal(cell_count(cell, HF_RECORD_OFFER_ACCEPTED), cases[i].accepts);
        cell_free(cell);
    }
}

/* Offers behind one that is too small for the next task are looked into, unless they are like it.
 */
static void small_offers_hide_no_larger_one(void **state)
{
    Cell *cell = cell_new("duration: 1h\n"
                          "network: {latency: 0s}\n"
                          "agents:\n"
                          "- {name: a, count: 4, resources: 'cpus:0.5;mem:1000'}\n"
                          "- {name: b, count: 1, resources: 'cpus:2;mem:1000'}\n"
                          "- {name: c, count: 4, resources: 'cpus:0.5;mem:1000'}\n"
                          "frameworks: [{name: f, model: batch, cpus: 1, mem: 1,\n"
                          "              arrivals: 10s, jobs: 8, duration: 1s}]\n");
    cell_run(cell, 3600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_WAITED), 8);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_WAITED, i)->value, 0);
    cell_free(cell);
}

static void a_framework_without_work_suppresses_and_revives_when_a_job_comes(void **state)
{
    Cell *cell = lab(3, "cpus:1;mem:1000", "arrivals: 60s, jobs: 3, duration: 5s");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_REVIVED), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_REVIVED, i)->at, (i + 1) * 60 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_SUPPRESSED), 4); /* at first, and after each job */
    /* Offers of the three agents come as they register, and at each revival: nothing else. */
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_OFFER_SENT)
            assert_true(record->at <= S || record->at % (60 * S) == 0);
    }
    cell_free(cell);
}

static void suppression_can_be_left_out(void **state)
{
    Cell *cell = lab(3, "cpus:1;mem:1000", "arrivals: 60s, jobs: 3, duration: 5s, suppress: false");
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_REVIVED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_SUPPRESSED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 3);
    /* Declined again whenever the filter of 5 s has run out: each agent about 600 / 6 times. */
    assert_true(cell_count(cell, HF_RECORD_OFFER_DECLINED) > 250);
    cell_free(cell);
}

static void revivals_keep_their_distance(void **state)
{
    Cell *cell =
        lab(5, "cpus:1;mem:1000", "arrivals: 7s, jobs: 50, duration: 1s, min_revive_interval: 20s");
    cell_run(cell, 3600 * S);
    /* Jobs come at 7, 14, .. 350 s: there is always one within 20 s of the last revival. */
    assert_int_equal(cell_count(cell, HF_RECORD_REVIVED), 19);
    for (uint32_t i = 0; i < 19; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_REVIVED, i)->at, (7 + 20 * i) * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 50);
    cell_free(cell);
}

/* One job of 3 tasks at 30 s; thinking takes 1 s + 3 x 2 s. Four agents of one CPU. */
static Cell *thinker(const char *hold)
{
    g_autofree char *keys = g_strdup_printf("arrivals: 30s, jobs: 1, tasks: 3, duration: 100s, "
                                            "hold: %s, think: {base: 1s, per_task: 2s}",
                                            hold);
    Cell *cell = lab(4, "cpus:1;mem:1000", keys);
    cell_run(cell, 60 * S);
    return cell;
}

static uint32_t count_between(const Cell *cell, HfRecordType type, HfTime from, HfTime to)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        count +=
            cell->log.at[i].type == type && cell->log.at[i].at >= from && cell->log.at[i].at <= to;
    return count;
}

static void thinking_holds_all_offers_or_those_it_will_use(void **state)
{
    static const struct {
        const char *hold;
        HfTime declined_at;
    } cases[] = {{"all", 37 * S}, {"used", 30 * S}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Cell *cell = thinker(cases[i].hold);
        assert_int_equal(count_between(cell, HF_RECORD_OFFER_SENT, 30 * S, 30 * S), 4);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 3);
        for (uint32_t t = 0; t < 3; t++)
            assert_int_equal(cell_record(cell, HF_RECORD_TASK_LAUNCHED, t)->at, 37 * S);
        assert_int_equal(
            count_between(cell, HF_RECORD_OFFER_DECLINED, 30 * S, cases[i].declined_at), 1);
        assert_int_equal(
            count_between(cell, HF_RECORD_OFFER_DECLINED, 30 * S, cases[i].declined_at - 1), 0);
        cell_free(cell);
    }
}

static void nothing_to_decide_takes_no_time(void **state)
{
    Cell *cell =
        lab(4, "cpus:1;mem:1000", "arrivals: 1000s, duration: 1s, hold: all, think: {base: 10s}");
    cell_run(cell, 60 * S);
    assert_true(cell_count(cell, HF_RECORD_OFFER_DECLINED) >= 1);
    assert_int_equal(hf_master_offers_outstanding(hf_world_master(cell->world)), 0);
    cell_free(cell);
}

/* An offer that was taken back while it was thought about: its tasks are launched once more. */
static void tasks_of_a_rescinded_offer_are_launched_again(void **state)
{
    Cell *cell =
        lab(4, "cpus:1;mem:1000",
            "arrivals: 30s, jobs: 1, tasks: 3, duration: 100s, hold: all, think: {base: 7s}");
    cell_run(cell, 33 * S);
    uint32_t host = hf_master_agent_host(
        hf_world_master(cell->world),
        cell_record(cell, HF_RECORD_OFFER_SENT, cell_count(cell, HF_RECORD_OFFER_SENT) - 1)->agent);
    for (uint32_t h = 0; h < 4; h++)
        if (h != host) hf_world_host_crash(cell->world, h, TRUE);
    cell_run(cell, 34 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_OFFER_RESCINDED), 3);
    for (uint32_t h = 0; h < 4; h++)
        if (h != host) hf_world_host_return(cell->world, h);
    cell_run(cell, 600 * S);
    assert_true(cell_count(cell, HF_RECORD_ACCEPT_INVALID) >= 2);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 1);
    uint32_t finished = 0;
    for (uint32_t i = 0; i < cell_count(cell, HF_RECORD_TASK_ENDED); i++)
        finished += cell_record(cell, HF_RECORD_TASK_ENDED, i)->state == HF_TASK_FINISHED;
    assert_int_equal(finished, 3);
    cell_free(cell);
}

/* Whatever is lost is run again until it finishes; `keys` choose how the framework hears of it. */
static void check_losses_are_made_good(const char *keys, gboolean visible)
{
    g_autofree char *all =
        g_strdup_printf("arrivals: 10s, jobs: 20, tasks: 4, duration: 100s, cpus: 1, %s", keys);
    Cell *cell = lab(5, "cpus:4;mem:10000", all);
    for (uint32_t i = 1; i <= 5; i++) {
        cell_run(cell, i * 100 * S);
        hf_world_host_crash(cell->world, i % 5, visible);
        cell_run(cell, (i * 100 + 95) * S); /* silent ones are found out after 75 to 90 s */
        hf_world_host_return(cell->world, i % 5);
    }
    cell_run(cell, 3600 * S);
    uint32_t finished = 0, lost = 0;
    for (uint32_t i = 0; i < cell_count(cell, HF_RECORD_TASK_ENDED); i++) {
        finished += cell_record(cell, HF_RECORD_TASK_ENDED, i)->state == HF_TASK_FINISHED;
        lost += cell_record(cell, HF_RECORD_TASK_ENDED, i)->state == HF_TASK_LOST;
    }
    assert_int_equal(finished, 80);
    assert_true(lost >= 12);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 80 + lost);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 20);
    assert_int_equal(hf_recorder_tasks_waiting(hf_world_recorder(cell->world)), 0);
    cell_free(cell);
}

static void lost_tasks_are_run_again_until_they_finish(void **state)
{
    check_losses_are_made_good("checkpoint: false", TRUE);
    check_losses_are_made_good("checkpoint: true", TRUE);
    check_losses_are_made_good("checkpoint: true", FALSE);
    check_losses_are_made_good("capabilities: [PARTITION_AWARE]", FALSE);
    check_losses_are_made_good("capabilities: [PARTITION_AWARE]", TRUE);
}

static void lost_tasks_go_before_waiting_jobs_in_the_order_in_which_they_were_lost(void **state)
{
    /* Two agents of 2 CPUs; jobs of 4 tasks fill them, the next one waits. */
    Cell *cell = lab(2, "cpus:2;mem:10000",
                     "arrivals: 5s, jobs: 2, tasks: 4, duration: 1000s, checkpoint: false");
    cell_run(cell, 20 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
    hf_world_host_crash(cell->world, 0, TRUE);
    cell_run(cell, 30 * S);
    hf_world_host_crash(cell->world, 1, TRUE);
    cell_run(cell, 40 * S);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 50 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 6);
    /* Those lost first, of host 0, and not the second job's. */
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_LAUNCHED, 4)->value, 1);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_LAUNCHED, 5)->value, 1);
    assert_int_equal(count_between(cell, HF_RECORD_TASK_WAITED, 40 * S, 50 * S), 2);
    for (uint32_t i = 4; i < 6; i++) { /* lost at 20 s, back within a second after 40 s */
        HfTime waited = cell_record(cell, HF_RECORD_TASK_WAITED, i)->value;
        assert_true(waited >= 20 * S && waited <= 21 * S);
    }
    cell_free(cell);
}

/* With 6 s one way, an update is sent again before its acknowledgement can be back. */
static void repeated_updates_count_once(void **state)
{
    Cell *cell =
        cell_new("duration: 2h\n"
                 "network: {latency: 6s}\n"
                 "agents: [{name: a, count: 3, resources: 'cpus:2;mem:1000'}]\n"
                 "frameworks: [{name: f, model: batch, arrivals: 20s, jobs: 30, duration: 40s}]\n");
    cell_run(cell, 7200 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 30);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_WAITED), 30);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 30);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_KILL), 0);
    cell_free(cell);
}

static void usage_is_what_tasks_really_take(void **state)
{
    Cell *cell = lab(4, "cpus:4;mem:4000", "arrivals: 10s, jobs: 8, duration: 30s, usage: 0.25");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 0)->value, 250);
    double share = cell_metric(metrics, "utilization.cpus.used_of_allocated");
    assert_true(fabs(share - 0.25) < 1e-9);
    cell_free(cell);
}

/* The tasks of a job are its own: neither policy nor room changes how long they run. */
static char *durations(uint32_t agents, const char *policy, uint64_t seed)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nseed: %u\n"
        "master: {policy: %s}\n"
        "agents: [{name: a, count: %u, resources: 'cpus:4;mem:10000'}]\n"
        "frameworks:\n"
        "  - {name: f, model: batch, arrivals: {law: exponential, mean: 60s}, jobs: 40,\n"
        "     tasks: {law: geometric, mean: 5}, duration: {law: lognormal, mean: 5m, sigma: 1}}\n"
        "  - {name: g, model: batch, role: other, arrivals: 45s, jobs: 40, duration: 3m}\n",
        (unsigned)seed, policy, agents);
    Cell *cell = cell_new(text);
    cell_run(cell, 86400 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 80);
    GString *list = g_string_new(NULL);
    for (uint64_t id = 1; id <= 1000; id++) { /* f numbers its tasks in the order of its jobs */
        HfTime started = -1, ended = -1;
        for (guint32 i = 0; i < cell->log.count; i++) {
            const HfRecord *record = &cell->log.at[i];
            if (record->framework != 0 || record->id != id) continue;
            if (record->type == HF_RECORD_TASK_STARTED) started = record->at;
            if (record->type == HF_RECORD_TASK_ENDED) ended = record->at;
        }
        if (started < 0) break;
        g_string_append_printf(list, "%" G_GINT64_FORMAT "\n", (gint64)(ended - started));
    }
    cell_free(cell);
    return g_string_free(list, FALSE);
}

static void jobs_are_the_same_under_every_policy(void **state)
{
    g_autofree char *roomy = durations(40, "drf", 1);
    g_autofree char *tight = durations(6, "drf", 1);
    g_autofree char *fifo = durations(6, "fifo", 1);
    g_autofree char *other = durations(40, "drf", 2);
    assert_string_equal(roomy, tight);
    assert_string_equal(tight, fifo);
    assert_string_not_equal(roomy, other);
}

static void wrong_keys_are_refused(void **state)
{
    static const struct {
        const char *keys, *complaint;
    } cases[] = {
        {"arrivals: 1s", "needs arrivals and duration, or a workload"},
        {"duration: 1s", "needs arrivals and duration, or a workload"},
        {"arrivals: 1s, duration: 1s, cpus: 0, mem: 0", "a task must ask for something"},
        {"arrivals: 1s, duration: 1s, tasks: 0", "tasks"},
        {"arrivals: 1s, duration: 1s, hold: some", "hold"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("duration: 1h\nagents: [{name: a, count: 1, resources: 'cpus:1'}]\n"
                            "frameworks: [{name: f, model: batch, %s}]\n",
                            cases[i].keys);
        g_autofree char *message = lab_complaint(text);
        assert_contains(message, cases[i].complaint);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_served_in_the_order_of_their_arrival),
        cmocka_unit_test(waits_count_from_arrival_to_running),
        cmocka_unit_test(tasks_per_offer_is_a_limit),
        cmocka_unit_test(small_offers_hide_no_larger_one),
        cmocka_unit_test(a_framework_without_work_suppresses_and_revives_when_a_job_comes),
        cmocka_unit_test(suppression_can_be_left_out),
        cmocka_unit_test(revivals_keep_their_distance),
        cmocka_unit_test(thinking_holds_all_offers_or_those_it_will_use),
        cmocka_unit_test(nothing_to_decide_takes_no_time),
        cmocka_unit_test(tasks_of_a_rescinded_offer_are_launched_again),
        cmocka_unit_test(lost_tasks_are_run_again_until_they_finish),
        cmocka_unit_test(lost_tasks_go_before_waiting_jobs_in_the_order_in_which_they_were_lost),
        cmocka_unit_test(repeated_updates_count_once),
        cmocka_unit_test(usage_is_what_tasks_really_take),
        cmocka_unit_test(jobs_are_the_same_under_every_policy),
        cmocka_unit_test(wrong_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
