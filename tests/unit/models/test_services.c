/* The service engine: waiting, giving up, plans, back-off, reservations, copies; and bad input. */
#include "unit/models/lab.h"

#include "world/data.h"

static Cell *lab(uint32_t hosts, const char *head, const char *framework)
{
    g_autofree char *text =
        g_strdup_printf("duration: 2d\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\n%s\n"
                        "agents: [{name: a, count: %u, resources: 'cpus:8;mem:32768;disk:1000000;"
                        "ports:[31000-31099]', attributes: 'rack:r{index/2}'}]\n"
                        "frameworks: [{name: f, role: db, principal: f, %s}]\n",
                        head, hosts, framework);
    return cell_new(text);
}

static uint32_t running(const Cell *cell)
{
    return cell->world->run_slots.live;
}

static uint32_t running_on(const Cell *cell, uint32_t host)
{
    uint32_t count = 0;
    for (uint32_t row = cell->world->hosts[host].first_run; row != NO_ROW;
         row = cell->world->runs.at[row].next)
        count++;
    return count;
}

static uint32_t a_host_with_one(const Cell *cell)
{
    uint32_t host = 0;
    while (running_on(cell, host) == 0) host++;
    return host;
}

/* ---- waiting ---- */

static void a_volume_is_waited_for_and_nothing_is_copied(void **state)
{
    Cell *cell = lab(5, "", "model: cassandra");
    cell_run(cell, 1000 * S);
    assert_int_equal(running(cell), 3);
    uint32_t host = a_host_with_one(cell);
    hf_world_host_crash(cell->world, host, TRUE);
    cell_run(cell, 40000 * S);
    assert_int_equal(running(cell), 2); /* half a day, and nobody else takes its place */
    hf_world_host_return(cell->world, host);
    cell_run(cell, 40010 * S);
    assert_int_equal(running(cell), 3);
    assert_int_equal(running_on(cell, host), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_COPY_STARTED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_REPLICA_GONE), 0);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_REPLACED, 0)->state, 1);
    cell_free(cell);
}

static void patience_ends_and_the_data_is_copied_elsewhere(void **state)
{
    Cell *cell = lab(5, "", "model: cassandra, same_wait: 20m, ready_after: 0s");
    cell_run(cell, 1000 * S);
    uint32_t host = a_host_with_one(cell);
    hf_world_host_crash(cell->world, host, TRUE);
    HfTime at = 1000 * S;
    cell_run(cell, at + 1200 * S); /* 75 s of silence, then 20 min */
    assert_int_equal(cell_count(cell, HF_RECORD_MEMBER_REPLACED), 0);
    cell_run(cell, at + 1290 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_MEMBER_REPLACED), 1);
    assert_int_equal(running(cell), 3);
    assert_int_equal(running_on(cell, host), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_DATA_LOST), 0);
    /* 8192 MB at 25 MB/s. */
    cell_run(cell, 3600 * S);
    const HfRecord *ended = cell_record(cell, HF_RECORD_COPY_ENDED, 0);
    const HfRecord *started = cell_record(cell, HF_RECORD_COPY_STARTED, 0);
    assert_int_equal(ended->value, INT64_C(8192) * 1048576);
    assert_int_equal((ended->at - started->at + S / 2) / S, 328);
    cell_free(cell);
}

/* The clock of a scheduler starts with its process: restarted more often than its patience lasts,
 * it never gives up (dcos-commons, TimedFailureMonitor). */
static void a_scheduler_that_restarts_too_often_never_gives_up(void **state)
{
    Cell *cell = lab(5, "", "model: cassandra, same_wait: 20m, failover_timeout: 1d");
    cell_run(cell, 1000 * S);
    hf_world_host_crash(cell->world, a_host_with_one(cell), TRUE);
    for (uint32_t i = 1; i <= 20; i++) {
        cell_run(cell, (1000 + i * 900) * S);
        hf_world_scheduler_stop(cell->world, 0);
        hf_world_scheduler_start(cell->world, 0);
    }
    assert_int_equal(running(cell), 2);
    cell_run(cell, (1000 + 20 * 900 + 1190) * S);
    assert_int_equal(running(cell), 2);
    cell_run(cell, (1000 + 20 * 900 + 1300) * S);
    assert_int_equal(running(cell), 3);
    cell_free(cell);
}

static void a_task_out_of_reach_that_is_waited_for_runs_on(void **state)
{
    Cell *cell = lab(5, "", "model: cassandra, capabilities: [PARTITION_AWARE]");
    cell_run(cell, 1000 * S);
    uint32_t host = a_host_with_one(cell);
    hf_world_link_cut(cell->world, host, HF_CUT_BOTH);
    cell_run(cell, 2000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_world_link_cut(cell->world, host, 0);
    cell_run(cell, 3000 * S);
    assert_int_equal(running(cell), 3);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_KILL), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 3 + 1); /* one came back */
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 3);
    cell_free(cell);
}

/* ---- plans and places ---- */

static void a_plan_goes_one_by_one_and_waits_for_each_to_be_ready(void **state)
{
    Cell *cell = lab(6, "", "model: cassandra, nodes: 4, ready_after: 100s");
    cell_run(cell, 1000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    for (uint32_t i = 1; i < 4; i++)
        assert_true(cell_record(cell, HF_RECORD_TASK_STARTED, i)->at -
                        cell_record(cell, HF_RECORD_TASK_STARTED, i - 1)->at >=
                    100 * S);
    cell_free(cell);
    cell = lab(6, "", "model: cassandra, nodes: 4, ready_after: 100s, serial: false");
    cell_run(cell, 10 * S);
    assert_int_equal(running(cell), 4);
    cell_free(cell);
}

static void racks_and_hosts_hold_no_more_than_they_may(void **state)
{
    Cell *cell = lab(6, "",
                     "model: service, variant: stateless-distributed, nodes: 6,"
                     " max_per_rack: 2, max_per_host: 1, quorum: 1");
    cell_run(cell, 100 * S);
    assert_int_equal(running(cell), 6); /* three racks of two hosts */
    for (uint32_t h = 0; h < 6; h++) assert_int_equal(running_on(cell, h), 1);
    hf_world_host_crash(cell->world, 0, TRUE);
    cell_run(cell, 1000 * S);
    assert_int_equal(running(cell), 5); /* each of the others has one */
    cell_free(cell);
    cell = lab(6, "",
               "model: service, variant: stateless-distributed, nodes: 3, max_per_rack: 1,"
               " quorum: 1");
    cell_run(cell, 100 * S);
    assert_int_equal(running(cell), 3);
    uint32_t first = a_host_with_one(cell), second = 0;
    gboolean had_one[6];
    for (uint32_t h = 0; h < 6; h++) had_one[h] = running_on(cell, h) == 1;
    hf_world_host_crash(cell->world, first, TRUE);
    cell_run(cell, 300 * S);
    assert_int_equal(running(cell), 3); /* its rack has another host */
    while (had_one[second] || running_on(cell, second) == 0) second++;
    hf_world_host_crash(cell->world, second, TRUE);
    cell_run(cell, 1000 * S);
    assert_int_equal(running(cell), 2); /* and no third one */
    cell_free(cell);
}

/* ---- back-off ---- */

/* Launches in an hour of a task that fails `life` after its start. */
static uint32_t launches(const char *forget, const char *life, const char *longest)
{
    g_autofree char *keys = g_strdup_printf(
        "model: aurora, backoff: 1s, backoff_factor: 1.15, max_backoff: %s, forget: %s,"
        " lifetime: %s, min_revive_interval: 0s",
        longest, forget, life);
    Cell *cell = lab(1, "", keys);
    cell_run(cell, 3600 * S);
    uint32_t count = cell_count(cell, HF_RECORD_TASK_LAUNCHED);
    cell_free(cell);
    return count;
}

/* Marathon's four rules, of which its documentation states none (Marathon 0.8 to 1.8). */
static void back_off_is_forgotten_as_in_each_era_of_marathon(void **state)
{
    /* a: erased at each TASK_RUNNING, so it never waits more than 1 s: 3600 / (1 + 1). */
    assert_int_equal(launches("running", "1s", "1h"), 1800);
    /* b: a sweep each 10 s erases what has passed: as long as the delay is short, nearly at once.
     * Between one and two seconds apart. */
    uint32_t swept = launches("sweep", "12s", "1h");
    assert_true(swept > 250 && swept < 300);
    /* d: nothing is forgotten before the longest delay has passed since it started: the delays are
     * 1.15^k, and 3600 s hold 1 s x n + (1.15^n - 1) / 0.15, n = 43 (delay 41 is the first of 300
     * s).
     */
    uint32_t kept = launches("delay", "1s", "300s");
    assert_true(kept >= 43 && kept <= 47);
}

/* ---- reservations ---- */

static void what_is_reserved_is_used_when_it_is_offered(void **state)
{
    Cell *cell = lab(3, "", "model: arangodb");
    cell_run(cell, 100 * S);
    assert_int_equal(running(cell), 4);
    const HfRecord *operation = cell_record(cell, HF_RECORD_OPERATION, 0);
    uint32_t launched_later = 0;
    for (uint32_t i = 0; i < 4; i++)
        launched_later += cell_record(cell, HF_RECORD_TASK_LAUNCHED, i)->at > operation->at;
    assert_int_equal(launched_later, 3); /* all but the coordinator, which reserves nothing */
    cell_free(cell);
}

static double reserved_at_end(const char *framework)
{
    Cell *cell = lab(5, "", framework);
    cell_run(cell, 3600 * S);
    hf_world_finish(cell->world);
    HfMetrics *metrics = hf_metrics_new(cell->world);
    double there;
    assert_true(hf_metrics_find(metrics, "volumes.there_at_end", &there));
    assert_int_equal(running(cell), 0);
    hf_metrics_free(metrics);
    cell_free(cell);
    return there;
}

/* I-26, and the leaks that users reported (dcos-commons #1212, marathon #3455). */
static void uninstalling_gives_back_what_was_reserved_or_leaks_it(void **state)
{
    assert_true(reserved_at_end("model: cassandra, uninstall_at: 30m") == 0);
    assert_true(reserved_at_end("model: cassandra, uninstall_at: 30m, cleaning: never") == 3);
    assert_true(reserved_at_end("model: cassandra, uninstall_at: 30m, reserve: disk") == 0);
}

/* ---- copies ---- */

/* One member is lost with its disk and begins anew: what it had comes from the two others. */
static HfTime time_to_copy(const char *bandwidths, const char *keys)
{
    g_autofree char *framework = g_strdup_printf(
        "{name: f, role: db, model: service, variant: stateful-distributed,"
        " nodes: 3, parts: 2, data: 2000, replicas: 0, max_per_host: 1, place: path,"
        " identity: host, %s}",
        keys);
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nnetwork: {latency: 0s}\nagents: [{name: a, count: 3, resources: "
        "'cpus:8;mem:32768;disk:100000', %s}]\nframeworks: [%s]\n",
        bandwidths, framework);
    Cell *cell = cell_new(text);
    cell_run(cell, 1000 * S);
    hf_world_host_crash(cell->world, 0, TRUE);
    hf_world_disk_lose(cell->world, 0);
    cell_run(cell, 1200 * S);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 40000 * S);
    uint32_t copies = cell_count(cell, HF_RECORD_COPY_ENDED);
    assert_int_equal(copies, 2);
    HfTime took = cell_record(cell, HF_RECORD_COPY_ENDED, copies - 1)->at -
                  cell_record(cell, HF_RECORD_COPY_STARTED, 0)->at;
    cell_free(cell);
    return (took + S / 2) / S;
}

static void copies_share_interfaces_and_disks_and_keep_to_their_limit(void **state)
{
    /* Two parts of 1000 MB each. At 10 MB/s into the host: 5 MB/s each, 200 s. */
    assert_int_equal(time_to_copy("network_bandwidth: 10, disk_bandwidth: 0", "streams: 2"), 200);
    /* One after the other at the full rate: the same. */
    assert_int_equal(time_to_copy("network_bandwidth: 10, disk_bandwidth: 0", "streams: 1"), 200);
    /* The disk is the narrowest. */
    assert_int_equal(time_to_copy("network_bandwidth: 100, disk_bandwidth: 4", "streams: 2"), 500);
    /* The limit of each stream. */
    assert_int_equal(
        time_to_copy("network_bandwidth: 100, disk_bandwidth: 0", "streams: 2, rate: 2"), 500);
    /* No limit but 8000 MB/s in the way of nobody. */
    assert_int_equal(time_to_copy("network_bandwidth: 0, disk_bandwidth: 0", "rate: 8, streams: 1"),
                     250);
}

/* ---- bad input ---- */

static void what_cannot_be_is_refused_before_the_run(void **state)
{
    static const struct {
        const char *head, *framework, *message;
    } cases[] = {
        {"", "model: cassandra, quorum: 4",
         "frameworks[0] (f): node: quorum: 4 is more than the "
         "replicas, of which there are 3"},
        {"", "model: cassandra, nodes: 2",
         "frameworks[0] (f): node: replicas: 3 of each part "
         "cannot lie on 2 instances"},
        {"", "model: cassandra, disk: 2TB, data: 1GB",
         "frameworks[0] (f): node: no host is large enough for one instance, which asks for "},
        {"", "model: cassandra, data: 20GB",
         "frameworks[0] (f): node: data: it is more than its disk can hold"},
        {"", "model: hdfs, kinds: [{name: tracker}]",
         "frameworks[0] (f): kinds[0].name: variant sdk of hdfs has no instances called "
         "\"tracker\""},
        {"", "model: aurora, nodes: 1, quorum: 2",
         "frameworks[0] (f): task: quorum: 2 is more than the instances, of which there are 1"},
        {"", "model: ceph", "osd: no host is large enough"},
        {"", "model: cassandra, place: path",
         "frameworks[0] (f): node: identity: only a volume lies in a reservation"},
        {"era: '0.22'", "model: cassandra, variant: sdk", "frameworks[0] (f): node: place: "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("duration: 1h\n%s\nagents: [{name: a, count: 5, resources: "
                            "'cpus:8;mem:32768;disk:1000000;ports:[31000-31099]'}]\n"
                            "frameworks: [{name: f, role: db, %s}]\n",
                            cases[i].head, cases[i].framework);
        g_autofree char *message = lab_complaint(text);
        assert_contains(message, cases[i].message);
    }
}

/* One that reserves before it launches is bound to its new host by then; it comes from the old. */
static void where_it_ran_is_not_where_it_reserves(void **state)
{
    static const char *const waits[] = {"0s", "20s"}; /* all at once; RESERVE first */
    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 10h\n"
            "agents: [{name: a, count: 3, resources: "
            "'cpus:2;mem:4096;disk:10000;ports:[1000-1999]'}]\n"
            "frameworks: [{name: f, model: service, variant: stateful-distributed, role: f,"
            " principal: f, nodes: 1, replicas: 1, quorum: 1, cpus: 2, mem: 1000, disk: 5000, "
            "data: 100, "
            "place: volume,"
            " identity: reservation, reserve_wait: %s, same_wait: 0s}]\n",
            waits[i]);
        Cell *cell = cell_new(text);
        cell_run(cell, 1000 * S);
        uint32_t first = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
        hf_world_host_crash(cell->world, first, TRUE);
        cell_run(cell, 5000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_REPLACED), 1);
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_REPLACED, 0)->state, 0);
        assert_int_not_equal(cell_record(cell, HF_RECORD_TASK_REPLACED, 0)->agent, first);
        cell_free(cell);
    }
}

/* The next run of a job is no relaunch; another try of one that its host took with it is. */
static void a_run_that_is_due_replaces_nothing(void **state)
{
    Cell *cell =
        cell_new("duration: 10h\n"
                 "agents: [{name: a, count: 2, resources: 'cpus:2;mem:4096;disk:1000'}]\n"
                 "frameworks: [{name: f, model: chronos, nodes: 1, period: 10m, retries: 2,"
                 " lifetime: 1m}]\n");
    cell_run(cell, 3500 * S);
    uint32_t runs = cell_count(cell, HF_RECORD_TASK_STARTED);
    assert_true(runs >= 5);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_REPLACED), 0);
    while (running(cell) == 0) cell_run(cell, hf_world_now(cell->world) + S);
    hf_world_host_crash(cell->world, running_on(cell, 0) > 0 ? 0 : 1, TRUE);
    cell_run(cell, 4100 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_REPLACED), 1);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_is_due_replaces_nothing),
        cmocka_unit_test(where_it_ran_is_not_where_it_reserves),
        cmocka_unit_test(a_volume_is_waited_for_and_nothing_is_copied),
        cmocka_unit_test(patience_ends_and_the_data_is_copied_elsewhere),
        cmocka_unit_test(a_scheduler_that_restarts_too_often_never_gives_up),
        cmocka_unit_test(a_task_out_of_reach_that_is_waited_for_runs_on),
        cmocka_unit_test(a_plan_goes_one_by_one_and_waits_for_each_to_be_ready),
        cmocka_unit_test(racks_and_hosts_hold_no_more_than_they_may),
        cmocka_unit_test(back_off_is_forgotten_as_in_each_era_of_marathon),
        cmocka_unit_test(what_is_reserved_is_used_when_it_is_offered),
        cmocka_unit_test(uninstalling_gives_back_what_was_reserved_or_leaks_it),
        cmocka_unit_test(copies_share_interfaces_and_disks_and_keep_to_their_limit),
        cmocka_unit_test(what_cannot_be_is_refused_before_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
