/*
 * Data that services keep in directories of their hosts, out of band: real disk that Mesos does not
 * account for, that nobody removes, and that a successor may find. Latency is 0.
 */
#include "unit/models/lab.h"

#define MIB 1024 /* KiB */

/* Hosts with a file system of `mb`, and one instance with 100 MB of data. */
static Cell *one_service(uint32_t hosts, uint32_t mb, const char *head, const char *keys)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\n%s\n"
        "agents: [{name: n, count: %u, resources: 'cpus:4;mem:4096', filesystem: %u}]\n"
        "frameworks: [{name: f, model: service, variant: stateful-centralized, role: r,\n"
        "  cpus: 1, mem: 64, disk: 0, data: 100, %s}]\n",
        head, hosts, mb, keys);
    return cell_new(text);
}

static int64_t sum_of(const Cell *cell, HfRecordType type)
{
    int64_t sum = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == type) sum += cell->log.at[i].value;
    return sum;
}

static int64_t last_of(const Cell *cell, HfRecordType type)
{
    int64_t value = -1;
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == type) value = cell->log.at[i].value;
    return value;
}

static void it_is_real_disk_and_not_accounted_for(void **state)
{
    Cell *cell = one_service(1, 1000, "", "place: path, identity: host");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_int_equal(last_of(cell, HF_RECORD_DISK_USED), 100 * MIB);
    assert_true(cell_metric(metrics, "disk.paths_at_end") == 100);
    assert_true(cell_metric(metrics, "disk.paths_left_at_end") == 0);
    assert_true(cell_metric(metrics, "disk.accounted") == 0);
    assert_true(cell_metric(metrics, "disk.real") > 99.9);
    cell_free(cell);
}

/* Nothing ties an instance to what it had: each of its lives begins with a directory of its own. */
static void each_move_leaves_its_data_behind(void **state)
{
    Cell *cell = one_service(3, 100000, "",
                             "place: path, identity: none, lifetime: {law: constant, value: 1h}");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    uint32_t lives = cell_count(cell, HF_RECORD_TASK_STARTED);
    assert_true(lives > 20);
    assert_true(cell_metric(metrics, "disk.paths_left_at_end") == (lives - 1) * 100);
    assert_true(cell_metric(metrics, "disk.paths_at_end") == 100);
    assert_true(cell_metric(metrics, "data.left_behind") == (lives - 1) * 100);
    assert_int_equal(cell_count(cell, HF_RECORD_PATH_ADOPTED), 0);
    cell_free(cell);
}

/* To the other host and back: at home it finds what it left there, and leaves what it had there. */
static void who_comes_to_a_host_takes_what_was_left_there(void **state)
{
    Cell *cell = one_service(2, 1000, "", "place: path, identity: host, same_wait: 0s");
    cell_run(cell, 100 * S);
    uint32_t home = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
    hf_world_host_crash(cell->world, home, TRUE);
    cell_run(cell, 200 * S);
    assert_int_equal(sum_of(cell, HF_RECORD_PATH_LEFT), 100 * MIB);
    assert_int_equal(cell_count(cell, HF_RECORD_PATH_ADOPTED), 0);
    hf_world_host_return(cell->world, home);
    cell_run(cell, 300 * S);
    hf_world_host_crash(cell->world, 1 - home, TRUE);
    cell_run(cell, 400 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_PATH_ADOPTED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_PATH_ADOPTED, 0)->agent, home);
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_true(cell_metric(metrics, "disk.paths_adopted") == 1);
    assert_true(cell_metric(metrics, "disk.paths_left_at_end") == 100);
    assert_true(cell_metric(metrics, "disk.paths_at_end") == 100);
    assert_true(cell_metric(metrics, "data.losses") == 2); /* what it finds is not what it had */
    cell_free(cell);
}

/* mesos/elasticsearch: the directory is named after the agent's id, which changes with a reboot. */
static void under_a_new_agent_id_it_is_not_found(void **state)
{
    for (int is_new = 0; is_new < 2; is_new++) {
        Cell *cell = one_service(1, 1000, is_new ? "era: '0.22'" : "era: '1.11'",
                                 "place: path, identity: agent, same_wait: 0s");
        cell_run(cell, 100 * S);
        hf_world_host_crash(cell->world, 0, TRUE);
        cell_run(cell, 110 * S);
        hf_world_host_return(cell->world, 0);
        cell_run(cell, 1000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_PATH_LEFT), is_new);
        assert_int_equal(cell_count(cell, HF_RECORD_PATH_ADOPTED), 0);
        assert_int_equal(last_of(cell, HF_RECORD_DISK_USED), (is_new ? 200 : 100) * MIB);
        cell_free(cell);
    }
}

/* The third directory finds 50 of 250 MB: its task fails a second after its start, again and again,
 * and so does the neighbour that writes. */
static void without_room_its_task_fails(void **state)
{
    Cell *cell = one_service(1, 250, "",
                             "place: path, identity: none, lifetime: {law: constant, value: 1h}}\n"
                             "  , {name: w, model: marathon, role: w, apps: [{id: /w, cpus: 1, "
                             "mem: 64, sandbox_growth: 0.001}]");
    cell_run(cell, 2 * HF_NS_PER_HOUR + 600 * S);
    const HfRecord *full = cell_record(cell, HF_RECORD_DISK_FULL, 0);
    assert_non_null(full);
    assert_true(full->at > 2 * HF_NS_PER_HOUR && full->value == 250 * MIB);
    uint32_t failed = 0;
    gboolean neighbour = FALSE;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type != HF_RECORD_TASK_ENDED || record->at < full->at) continue;
        assert_int_equal(record->state, HF_TASK_FAILED);
        if (record->at == full->at)
            neighbour = TRUE;
        else
            failed++;
    }
    assert_true(failed > 2 && neighbour);
    cell_free(cell);
}

static void it_ends_with_its_disk(void **state)
{
    Cell *cell = one_service(1, 1000, "",
                             "place: path, identity: none, lifetime: {law: constant, "
                             "value: 100s}");
    cell_run(cell, 150 * S);
    hf_world_host_crash(cell->world, 0, TRUE);
    hf_world_disk_lose(cell->world, 0);
    cell_run(cell, 200 * S);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 230 * S);
    assert_int_equal(last_of(cell, HF_RECORD_DISK_USED), 100 * MIB); /* the new one */
    hf_world_finish(cell->world);
    g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
    assert_true(cell_metric(metrics, "disk.paths_at_end") == 100);
    assert_true(cell_metric(metrics, "disk.paths_left_at_end") == 0);
    cell_free(cell);
}

/* What others have taken over meanwhile is removed once the instance is back, not before. */
static void replicas_that_moved_stay_on_the_disk_until_it_is_back(void **state)
{
    Cell *cell = cell_new(
        "duration: 1d\nnetwork: {latency: 0s}\n"
        "agents: [{name: n, count: 3, resources: 'cpus:4;mem:4096', filesystem: 100000}]\n"
        "frameworks: [{name: f, model: service, variant: stateful-distributed, role: r, nodes: 3,\n"
        "  cpus: 1, mem: 64, disk: 0, data: 100, replicas: 2, quorum: 1, parts: 1,\n"
        "  place: path, identity: host, dead_after: 10s, copy_after: 0s}]\n");
    cell_run(cell, 100 * S);
    assert_int_equal(sum_of(cell, HF_RECORD_PATH_WRITTEN), 300 * MIB);
    uint32_t away = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
    hf_world_host_crash(cell->world, away, TRUE);
    cell_run(cell, 200 * S); /* two parts of 50 MB each go to the others */
    assert_int_equal(cell_count(cell, HF_RECORD_COPY_ENDED), 2);
    assert_int_equal(sum_of(cell, HF_RECORD_PATH_WRITTEN), 400 * MIB);
    hf_world_host_return(cell->world, away);
    cell_run(cell, 300 * S);
    assert_int_equal(sum_of(cell, HF_RECORD_PATH_WRITTEN), 300 * MIB);
    cell_free(cell);
}

static void an_uninstalled_service_leaves_it(void **state)
{
    Cell *cell = one_service(1, 1000, "", "place: path, identity: host, uninstall_at: 1h");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_true(cell_metric(metrics, "disk.paths_left_at_end") == 100);
    assert_true(cell_metric(metrics, "disk.paths_at_end") == 0);
    cell_free(cell);
}

/* Torn down by an operator, or away for longer than its failover timeout: nobody comes back to it,
 * whether or not the scheduler hears of that. */
static void what_a_removed_framework_had_is_left(void **state)
{
    static const char *const heads[] = {
        "operators: [{at: 1h, teardown: {framework_id: f}}]",
        "failures: [{what: framework-failover, at: 59m, down: 10h}]"};
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        Cell *cell =
            one_service(1, 1000, heads[i], "place: path, identity: host, failover_timeout: 1m");
        cell_run(cell, HF_NS_PER_HOUR - 1);
        assert_int_equal(cell_count(cell, HF_RECORD_PATH_LEFT), 0);
        cell_run(cell, HF_NS_PER_HOUR + 10 * S); /* its executor has a grace period */
        assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_PATH_LEFT), 1);
        hf_world_host_crash(cell->world, 0, TRUE);
        hf_world_disk_lose(cell->world, 0);
        cell_run(cell, 2 * HF_NS_PER_HOUR);
        assert_int_equal(cell_count(cell, HF_RECORD_DATA_LOST), 0); /* it is nobody's data */
        cell_free(cell);
    }
}

/* Out of reach it runs on, and has its data: only when it is found and killed is that left. */
static void what_runs_on_out_of_reach_keeps_its_data(void **state)
{
    Cell *cell = one_service(1, 1000, "operators: [{at: 1h, teardown: {framework_id: f}}]",
                             "place: path, identity: host");
    cell_run(cell, 600 * S);
    hf_world_link_cut(cell->world, 0, HF_CUT_BOTH);
    cell_run(cell, 2 * HF_NS_PER_HOUR);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_PATH_LEFT), 0);
    hf_world_link_cut(cell->world, 0, 0);
    cell_run(cell, 3 * HF_NS_PER_HOUR);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_PATH_LEFT), 1);
    cell_free(cell);
}

/* In a sandbox it is there as long as that is: until garbage collection, and of no use. */
static void in_a_sandbox_it_waits_for_garbage_collection(void **state)
{
    Cell *cell = one_service(1, 1000, "agent: {gc_delay: 1h}", "place: sandbox, identity: host");
    cell_run(cell, 600 * S);
    assert_int_equal(last_of(cell, HF_RECORD_DISK_USED), 100 * MIB);
    hf_world_host_crash(cell->world, 0, TRUE);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 700 * S);
    assert_int_equal(last_of(cell, HF_RECORD_DISK_USED), 200 * MIB);
    assert_int_equal(cell_count(cell, HF_RECORD_DATA_LOST), 1);
    cell_run(cell, 2 * HF_NS_PER_HOUR);
    assert_int_equal(last_of(cell, HF_RECORD_DISK_USED), 100 * MIB);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_real_disk_and_not_accounted_for),
        cmocka_unit_test(each_move_leaves_its_data_behind),
        cmocka_unit_test(who_comes_to_a_host_takes_what_was_left_there),
        cmocka_unit_test(under_a_new_agent_id_it_is_not_found),
        cmocka_unit_test(without_room_its_task_fails),
        cmocka_unit_test(it_ends_with_its_disk),
        cmocka_unit_test(replicas_that_moved_stay_on_the_disk_until_it_is_back),
        cmocka_unit_test(an_uninstalled_service_leaves_it),
        cmocka_unit_test(what_a_removed_framework_had_is_left),
        cmocka_unit_test(what_runs_on_out_of_reach_keeps_its_data),
        cmocka_unit_test(in_a_sandbox_it_waits_for_garbage_collection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
