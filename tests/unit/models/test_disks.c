/*
 * Disks of hosts: sandboxes that grow, are kept and collected; a file system that is full; quota;
 * volumes, which none of this touches. Latency is 0, the agent starts at 0, a look at the disk
 * comes each minute, and the app /a launches its task within the first seconds.
 */
#include "unit/models/lab.h"

#include <math.h>

#define MIB 1024 /* KiB */

/* One host with a file system of 1000 MB and one app. */
static Cell *one_disk(const char *flags, const char *app, const char *more)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 3d\nnetwork: {latency: 0s}\nagent: {%s}\n"
        "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024;disk:800', filesystem: 1000}]\n"
        "frameworks: [{name: f, model: marathon, role: r, checkpoint: true, backoff: 0s,\n"
        "  apps: [{id: /a, cpus: 1, mem: 0, %s}]}]\n%s",
        flags, app, more);
    return cell_new(text);
}

static HfTime when(const Cell *cell, HfRecordType type, uint32_t n)
{
    const HfRecord *record = cell_record(cell, type, n);
    if (record == NULL) fail_msg("%s never came the %u. time", hf_record_shapes[type].name, n + 1);
    return record->at;
}

static int64_t value(const Cell *cell, HfRecordType type, uint32_t n)
{
    when(cell, type, n);
    return cell_record(cell, type, n)->value;
}

/* 400 of 1000 MB: 100 min * (1 - 0.1 - 0.4) = 50 min; the task of the second 100 MB makes it
 * 100 * (1 - 0.1 - 0.5). Mesos rows: 608, 611. */
static void a_sandbox_is_collected_at_the_first_look_that_finds_it_too_old(void **state)
{
    Cell *cell = one_disk("gc_delay: 100m", "lifetime: {law: constant, value: 24h}, sandbox: 400",
                          "failures: [{what: reboot, at: 600s, down: 1s}]");
    cell_run(cell, HF_NS_PER_HOUR * 10);
    HfTime closed = when(cell, HF_RECORD_SANDBOX_CLOSED, 0);
    assert_int_equal(closed, 600 * S);
    assert_int_equal(value(cell, HF_RECORD_SANDBOX_CLOSED, 0), 400 * MIB);
    assert_int_equal(value(cell, HF_RECORD_SANDBOX_MADE, 1), 400 * MIB); /* now 800 of 1000 */
    /* 100 min * 0.1 = 10 min; looks at 601 s + whole minutes: 1200 < 1201 */
    assert_int_equal(when(cell, HF_RECORD_SANDBOX_REMOVED, 0), (601 + 600) * S);
    assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_REMOVED), 1); /* the other one runs */
    cell_free(cell);
}

/* Nothing but the closed sandbox is on the disk, so only its own age and size count. */
static void an_emptier_disk_keeps_sandboxes_longer(void **state)
{
    static const struct {
        int mb, minutes;
    } cases[] = {{0, 90}, {100, 80}, {400, 50}, {899, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1d\nnetwork: {latency: 0s}\nagent: {gc_delay: 100m}\n"
            "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024', filesystem: 1000}]\n"
            "frameworks: [{name: f, model: batch, role: r, jobs: 1, arrivals: 1s, duration: 10s,\n"
            "  cpus: 1, mem: 1, sandbox: %d}]\n",
            cases[i].mb);
        Cell *cell = cell_new(text);
        cell_run(cell, HF_NS_PER_HOUR * 3);
        if (cases[i].mb == 0) {
            assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_MADE), 0); /* it pays nothing */
            assert_null(cell->world->hosts[0].disk);
            cell_free(cell);
            continue;
        }
        HfTime age =
            when(cell, HF_RECORD_SANDBOX_REMOVED, 0) - when(cell, HF_RECORD_SANDBOX_CLOSED, 0);
        HfTime most = cases[i].minutes * HF_NS_PER_MINUTE;
        assert_true(age >= most - HF_NS_PER_MINUTE && age < most + HF_NS_PER_MINUTE);
        assert_int_equal(when(cell, HF_RECORD_SANDBOX_REMOVED, 0) % HF_NS_PER_MINUTE, 0);
        cell_free(cell);
    }
}

/* Nothing limits the disk, no headroom: its own timer, between two looks. Mesos rows: 606. */
static void a_sandbox_that_no_look_removes_goes_when_gc_delay_is_over(void **state)
{
    static const int delays[] = {0, 90};
    for (size_t i = 0; i < G_N_ELEMENTS(delays); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1d\nnetwork: {latency: 0s}\n"
            "agent: {gc_delay: %ds, gc_disk_headroom: 0}\n"
            "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
            "frameworks: [{name: f, model: batch, role: r, jobs: 1, arrivals: 1s, duration: 10s,\n"
            "  cpus: 1, mem: 1, sandbox: 10}]\n",
            delays[i]);
        Cell *cell = cell_new(text);
        cell_run(cell, 600 * S);
        HfTime age =
            when(cell, HF_RECORD_SANDBOX_REMOVED, 0) - when(cell, HF_RECORD_SANDBOX_CLOSED, 0);
        assert_true(age - delays[i] * S >= 0 && age - delays[i] * S <= 1);
        cell_free(cell);
    }
}

/* Mesos rows: 610. */
static void a_framework_that_is_gone_leaves_volumes_and_no_sandboxes(void **state)
{
    Cell *cell = one_disk("gc_delay: 1h", "disk: 400, residency: true, sandbox: 100",
                          "operators: [{at: 10m, teardown: {framework_id: {value: f}}}]");
    cell_run(cell, HF_NS_PER_HOUR * 2);
    HfTime age = when(cell, HF_RECORD_SANDBOX_REMOVED, 0) - when(cell, HF_RECORD_SANDBOX_CLOSED, 0);
    assert_true(age > 20 * HF_NS_PER_MINUTE && age < HF_NS_PER_HOUR); /* 60 min * (0.9 - 0.5) */
    const HfCheckpoint *disk = &cell->world->hosts[0].agent.disk;
    assert_non_null(disk->kept);
    assert_int_equal(disk->kept->volumes.count, 1);
    assert_int_equal(disk->kept->volumes.at[0].kib, 400 * MIB);
    cell_free(cell);
}

/* Mesos rows: 614. */
static void ended_sandboxes_go_at_the_next_look_when_the_disk_is_nine_tenths_full(void **state)
{
    Cell *cell = one_disk("", "lifetime: 90s, sandbox: 300", "");
    cell_run(cell, HF_NS_PER_HOUR);
    /* The third sandbox makes 900 MB: the two closed ones go at the next whole minute. */
    HfTime third = when(cell, HF_RECORD_SANDBOX_MADE, 2);
    HfTime look = (third / HF_NS_PER_MINUTE + 1) * HF_NS_PER_MINUTE;
    assert_int_equal(when(cell, HF_RECORD_SANDBOX_REMOVED, 0), look);
    assert_int_equal(when(cell, HF_RECORD_SANDBOX_REMOVED, 1), look);
    cell_free(cell);
}

/* 10 MB/s on 1000 MB, the last of which is as good as none: 99.9 s. Mesos knows nothing of it: the
 * task fails by itself, and so does each successor until a look collects the first sandbox. */
static void tasks_that_write_fail_on_a_full_disk(void **state)
{
    Cell *cell = one_disk("", "instances: 1, sandbox_growth: 10", "");
    cell_run(cell, HF_NS_PER_MINUTE * 3);
    HfTime start = when(cell, HF_RECORD_SANDBOX_MADE, 0), full = when(cell, HF_RECORD_DISK_FULL, 0);
    assert_true(full - start >= 999 * (S / 10) && full - start < 1000 * (S / 10));
    assert_int_equal(when(cell, HF_RECORD_SANDBOX_CLOSED, 0), full);
    const HfRecord *ended = cell_record(cell, HF_RECORD_TASK_ENDED, 0);
    assert_int_equal(ended->at, full);
    assert_int_equal(ended->state, HF_TASK_FAILED);
    /* Its successor has no room from the start, and fails with its first write, a second later. */
    assert_int_equal(when(cell, HF_RECORD_TASK_ENDED, 1),
                     when(cell, HF_RECORD_TASK_STARTED, 1) + S);
    assert_true(cell_count(cell, HF_RECORD_TASK_ENDED) > 2); /* successors, at once */
    assert_int_equal(when(cell, HF_RECORD_DISK_FREED, 0), 120 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_DISK_FULL), 1);
    cell_free(cell);
}

/* 1 MB/s against 50 MB: beyond after 50 s, found when it is measured at 60 s. */
static void quota_ends_a_task_at_the_next_measurement_when_it_is_enforced(void **state)
{
    for (int enforced = 0; enforced < 2; enforced++) {
        g_autofree char *flags =
            g_strdup_printf("enforce_container_disk_quota: %s", enforced ? "true" : "false");
        Cell *cell = one_disk(flags, "disk: 50, sandbox_growth: 1", "");
        cell_run(cell, 100 * S);
        HfTime start = when(cell, HF_RECORD_TASK_STARTED, 0);
        assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_CLOSED) > 0, enforced);
        if (enforced) {
            assert_int_equal(when(cell, HF_RECORD_TASK_ENDED, 0), start + 60 * S);
            guint32 killed = 0;
            for (guint32 i = 0; i < cell->log.count; i++) {
                const HfRecord *record = &cell->log.at[i];
                if (record->type != HF_RECORD_TASK_STATE || record->state != HF_TASK_FAILED)
                    continue;
                assert_int_equal(record->reason, HF_REASON_CONTAINER_LIMITATION_DISK);
                killed++;
            }
            assert_int_equal(killed, 1);
        }
        cell_free(cell);
    }
}

/* A task that asks for no disk has no limit, as with Mesos's disk/du isolator. */
static void without_disk_there_is_no_quota(void **state)
{
    Cell *cell = one_disk("enforce_container_disk_quota: true", "disk: 0, sandbox_growth: 1", "");
    cell_run(cell, 300 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    cell_free(cell);
}

/* A full disk, reboots and collections: the volume is the same each time it is opened. */
static void volumes_outlive_collection_and_a_full_disk(void **state)
{
    Cell *cell = one_disk(
        "gc_delay: 10m", "disk: 400, residency: true, usage: 0.5, lifetime: 10m, sandbox: 100",
        "failures: [{what: disk-fill, at: 1h, for: 10m}, {what: reboot, at: 2h, down: 1m}]");
    cell_run(cell, HF_NS_PER_HOUR * 3);
    assert_true(cell_count(cell, HF_RECORD_VOLUME_OPENED) > 5);
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == HF_RECORD_VOLUME_OPENED)
            assert_int_equal(cell->log.at[i].value, 1);
    assert_int_equal(cell_count(cell, HF_RECORD_VOLUME_FILLED), 1);
    assert_int_equal(value(cell, HF_RECORD_VOLUME_FILLED, 0), 200 * MIB);
    assert_true(cell_count(cell, HF_RECORD_SANDBOX_REMOVED) > 5);
    assert_true(cell_count(cell, HF_RECORD_DISK_FULL) > 0);
    cell_free(cell);
}

/* What is still mounted in a sandbox that is collected is emptied in eras before 1.4, and the task
 * that uses it then with it (MESOS-7366). */
static void a_volume_that_stays_mounted_is_emptied_with_its_sandbox(void **state)
{
    static const struct {
        const char *era, *stuck;
        gboolean is_emptied;
    } cases[] = {{"0.23", "1", TRUE}, {"0.23", "0", FALSE}, {"1.4", "1", FALSE}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *flags =
            g_strdup_printf("gc_delay: 10m, stuck_unmounts: %s", cases[i].stuck);
        g_autofree char *more = g_strdup_printf("era: \"%s\"\n", cases[i].era);
        Cell *cell = one_disk(flags, "disk: 400, residency: true, usage: 0.5, lifetime: 1h", more);
        cell_run(cell, HF_NS_PER_HOUR * 2);
        assert_int_equal(cell_count(cell, HF_RECORD_VOLUME_EMPTIED), cases[i].is_emptied);
        if (cases[i].is_emptied) {
            HfTime ended = when(cell, HF_RECORD_TASK_ENDED, 0);
            HfTime emptied = when(cell, HF_RECORD_VOLUME_EMPTIED, 0);
            assert_true(emptied > ended + 60 * S && emptied < ended + 600 * S);
            assert_int_equal(value(cell, HF_RECORD_VOLUME_EMPTIED, 0), 200 * MIB);
            assert_int_equal(when(cell, HF_RECORD_SANDBOX_REMOVED, 0), emptied);
        }
        cell_free(cell);
    }
}

/* While nothing can be written the agent cannot write its checkpoint: it dies, and comes back. */
static void an_agent_dies_when_it_writes_its_checkpoint_on_a_full_disk(void **state)
{
    Cell *cell = one_disk("", "disk: 400, residency: true, instances: 1",
                          "failures: [{what: disk-fill, at: 0s, for: 5m}]");
    cell_run(cell, 600 * S);
    assert_true(cell_count(cell, HF_RECORD_AGENT_STOPPED) > 0);
    assert_int_equal(value(cell, HF_RECORD_AGENT_STOPPED, 0), HF_DEATH_WRITING);
    assert_int_equal(when(cell, HF_RECORD_AGENT_STARTED, 0),
                     when(cell, HF_RECORD_AGENT_STOPPED, 0) + 20 * S);
    assert_int_equal(when(cell, HF_RECORD_DISK_FREED, 0), 300 * S);
    assert_true(when(cell, HF_RECORD_VOLUME_OPENED, 0) > 300 * S); /* then it works */
    cell_free(cell);
}

/* F-06: the master waits in vain; with no MOUNT disk among its resources the agent does not care.
 */
static void an_agent_refuses_to_start_without_its_mounts(void **state)
{
    static const char *const resources[] = {
        "cpus:4;mem:1024",
        "[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":4}},"
        "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1024}},"
        "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":500},"
        "\"disk\":{\"source\":{\"type\":\"MOUNT\",\"mount\":{\"root\":\"/d\"}}}}]"};
    for (int mounted = 0; mounted < 2; mounted++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1d\nagents: [{name: n, count: 1, resources: '%s'}]\n"
            "frameworks: [{name: f, model: marathon, role: r, apps: [{id: /a, instances: 0}]}]\n"
            "failures: [{what: mount-missing, at: 1h, down: 2m, missing: 30m}]\n",
            resources[mounted]);
        Cell *cell = cell_new(text);
        cell_run(cell, HF_NS_PER_HOUR * 2);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REFUSED), mounted);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
        HfTime back = when(cell, HF_RECORD_AGENT_REREGISTERED, 0);
        HfTime expected = HF_NS_PER_HOUR + (mounted ? 32 : 2) * HF_NS_PER_MINUTE;
        assert_true(back >= expected && back < expected + 2 * S);
        if (mounted) assert_int_equal(value(cell, HF_RECORD_AGENT_REFUSED, 0), HF_REFUSAL_MOUNT);
        cell_free(cell);
    }
}

/* Two sandboxes of 300 and 100 MB, for half of the time each on average, say the integrals. */
static void the_metrics_are_integrals_of_what_is_used(void **state)
{
    Cell *cell = cell_new(
        "duration: 100s\nnetwork: {latency: 0s}\n"
        "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024', filesystem: 1000}]\n"
        "frameworks: [{name: f, model: batch, role: r, jobs: 1, arrivals: 10s, duration: 40s,\n"
        "  cpus: 1, mem: 1, sandbox: 100, sandbox_growth: 5}]\n"
        "failures: [{what: disk-fill, at: 80s, amount: 500, for: 10s}]\n");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    double start = (double)when(cell, HF_RECORD_SANDBOX_MADE, 0) / (double)S; /* soon after 10 s */
    double running = (100.0 * 40 + 5.0 * 40 * 40 / 2) / 100;
    double dead = 300.0 * (100 - (start + 40)) / 100;
    assert_true(fabs(cell_metric(metrics, "disk.sandboxes") - running) < 0.01);
    assert_true(fabs(cell_metric(metrics, "disk.orphaned") - dead) < 0.01);
    assert_true(fabs(cell_metric(metrics, "disk.out_of_band") - 50) < 0.01);
    assert_true(fabs(cell_metric(metrics, "disk.real") - (running + dead + 50)) < 0.01);
    assert_true(fabs(cell_metric(metrics, "disk.real_peak") - 800) < 0.01);
    assert_true(cell_metric(metrics, "disk.full") == 0);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sandbox_is_collected_at_the_first_look_that_finds_it_too_old),
        cmocka_unit_test(an_emptier_disk_keeps_sandboxes_longer),
        cmocka_unit_test(a_sandbox_that_no_look_removes_goes_when_gc_delay_is_over),
        cmocka_unit_test(a_framework_that_is_gone_leaves_volumes_and_no_sandboxes),
        cmocka_unit_test(ended_sandboxes_go_at_the_next_look_when_the_disk_is_nine_tenths_full),
        cmocka_unit_test(tasks_that_write_fail_on_a_full_disk),
        cmocka_unit_test(quota_ends_a_task_at_the_next_measurement_when_it_is_enforced),
        cmocka_unit_test(without_disk_there_is_no_quota),
        cmocka_unit_test(volumes_outlive_collection_and_a_full_disk),
        cmocka_unit_test(a_volume_that_stays_mounted_is_emptied_with_its_sandbox),
        cmocka_unit_test(an_agent_dies_when_it_writes_its_checkpoint_on_a_full_disk),
        cmocka_unit_test(an_agent_refuses_to_start_without_its_mounts),
        cmocka_unit_test(the_metrics_are_integrals_of_what_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
