/*
 * Stores out of band that are down or lost: who waits, who fails, what is lost with them and what
 * is made anew.
 */
#include "unit/models/stores.h"

/* ---- outages ---- */

static void tasks_hang_while_their_store_is_down(void **state)
{
    Cell *cell = lab(2, "kind: nfs, setup: 0s", "nodes: 2",
                     "failures: [{what: store-outage, at: 1h, for: 10m}]\n");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    assert_int_equal(quorum_at(cell, TRUE), HF_NS_PER_HOUR);
    assert_int_equal(quorum_at(cell, FALSE), HF_NS_PER_HOUR + 600 * S);
    assert_true(fabs(cell_metric(metrics, "framework.f.unavailable") - 600) < 1e-6);
    assert_true(fabs(cell_metric(metrics, "store.s.unavailable") - 600) < 1e-6);
    assert_true(fabs(cell_metric(metrics, "store.s.stalled") - 1200) < 1e-6);
    assert_true(cell_metric(metrics, "store.s.outages") == 1);
    cell_free(cell);
}

static void or_they_fail(void **state)
{
    Cell *cell = lab(2, "kind: nfs, setup: 0s, on_outage: fail", "",
                     "failures: [{what: store-outage, at: 1h, for: 10m}]\n");
    cell_run(cell, 2 * HF_NS_PER_HOUR);
    assert_int_equal(when(cell, HF_RECORD_TASK_ENDED, 0), HF_NS_PER_HOUR + S);
    assert_true(cell_count(cell, HF_RECORD_TASK_ENDED) > 5); /* so do its successors */
    HfTime back = HF_NS_PER_HOUR + 600 * S;
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == HF_RECORD_TASK_ENDED) {
            assert_int_equal(cell->log.at[i].state, HF_TASK_FAILED);
            assert_true(cell->log.at[i].at <= back + S);
        }
    assert_true(quorum_at(cell, FALSE) >= back && quorum_at(cell, FALSE) < back + 5 * S);
    assert_int_equal(cell->world->run_slots.live, 1);
    cell_free(cell);
}

/* What comes and goes at one instant is seen by nobody. */
static void it_is_down_when_more_servers_are_than_it_has_spares(void **state)
{
    Cell *cell = lab(1, "kind: ceph, setup: 0s, servers: 4, spares: 1", "", "");
    cell_run(cell, 100 * S);
    hf_world_store_server_stop(cell->world, 0, 0);
    cell_run(cell, 200 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_STATE), 0);
    hf_world_store_server_stop(cell->world, 0, 1);
    hf_world_store_server_start(cell->world, 0, 1);
    cell_run(cell, 300 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_STATE), 0);
    hf_world_store_server_stop(cell->world, 0, 2);
    cell_run(cell, 400 * S);
    assert_int_equal(quorum_at(cell, TRUE), 300 * S);
    assert_false(hf_world_store_is_up(cell->world, 0));
    hf_world_store_server_start(cell->world, 0, 2);
    cell_run(cell, 500 * S);
    assert_int_equal(quorum_at(cell, FALSE), 400 * S);
    assert_true(hf_world_store_is_up(cell->world, 0));
    cell_free(cell);
}

/* By a law each server fails by itself: with a spare the store is down less often. */
static void servers_fail_one_by_one(void **state)
{
    double unavailable[2];
    for (int spares = 0; spares < 2; spares++) {
        g_autofree char *store =
            g_strdup_printf("kind: nas, setup: 0s, servers: 2, spares: %d", spares);
        Cell *cell = lab(1, store, "",
                         "failures: [{what: store-outage, stores: [s], for: 15m,\n"
                         "  mtbf: {law: exponential, mean: 2h}}]\n");
        g_autoptr(HfMetrics) metrics = lab_metrics(cell);
        unavailable[spares] = cell_metric(metrics, "store.s.unavailable");
        assert_true(spares == 1 || cell_metric(metrics, "store.s.outages") > 5);
        cell_free(cell);
    }
    assert_true(unavailable[0] > 2 * unavailable[1] && unavailable[0] < 2 * 86400.0 / 9 * 2);
}

/* The store is there once all of c run, and gone while two of its three are. */
static void a_framework_can_run_the_store(void **state)
{
    Cell *cell =
        lab(4, "kind: ceph, setup: 0s, framework: c", "",
            "- {name: c, model: service, variant: stateful-distributed, role: c, nodes: 3,\n"
            "   cpus: 1, mem: 64, disk: 0, place: path, identity: host, same_wait: 1h,\n"
            "   replicas: 3, quorum: 2, data: 10, start: 10m}\n");
    cell_run(cell, 1200 * S);
    HfTime third = 0;
    uint32_t hosts[3], count = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        if (cell->log.at[i].type != HF_RECORD_TASK_STARTED || cell->log.at[i].framework == 0)
            continue;
        third = cell->log.at[i].at;
        hosts[count++] = cell->log.at[i].agent;
    }
    assert_int_equal(count, 3);
    assert_int_equal(when(cell, HF_RECORD_STORE_STATE, 0), 0);
    assert_int_equal(when(cell, HF_RECORD_STORE_STATE, 1), third);
    assert_int_equal(cell_record(cell, HF_RECORD_STORE_STATE, 1)->value, 1);
    hf_world_host_crash(cell->world, hosts[0], TRUE);
    cell_run(cell, 1300 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_STATE), 2);
    hf_world_host_crash(cell->world, hosts[1], TRUE);
    cell_run(cell, 1400 * S);
    assert_int_equal(when(cell, HF_RECORD_STORE_STATE, 2), 1300 * S);
    hf_world_host_return(cell->world, hosts[1]);
    cell_run(cell, 1500 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_STATE), 4);
    assert_true(hf_world_store_is_up(cell->world, 0));
    cell_free(cell);
}

/* What the framework loses is lost: one of two servers without replicas, and half of 100 parts.
 * What it copies again is missing until then. */
static void what_the_framework_that_runs_it_loses_is_lost(void **state)
{
    Cell *cell =
        lab(4, "kind: hdfs, setup: 0s, block: 0, framework: c", "parts: 100",
            "- {name: c, model: service, variant: stateful-distributed, role: c, nodes: 2,\n"
            "   cpus: 1, mem: 64, disk: 0, place: path, identity: host, same_wait: 1h,\n"
            "   replicas: 1, quorum: 1, data: 10, parts: 8}\n");
    cell_run(cell, 1200 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_LOST), 0);
    uint32_t host = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_TASK_STARTED && record->framework == 1) host = record->agent;
    }
    hf_world_host_crash(cell->world, host, TRUE);
    cell_run(cell, 1300 * S);
    uint32_t before = cell_count(cell, HF_RECORD_DATA_LOST);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_LOST), 0); /* it may come back */
    hf_world_disk_lose(cell->world, host);
    cell_run(cell, 1400 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_LOST), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_STORE_LOST, 0)->value, 3 * 50 * MB);
    uint32_t lost = cell_count(cell, HF_RECORD_DATA_LOST) - before; /* 8 of c, and those of f */
    assert_true(lost >= 8 + 35 && lost <= 8 + 65);
    cell_free(cell);
}

/* With a replica of each part on another server nothing is lost, and the store is degraded until it
 * is copied: one of two replicas. */
static void what_it_copies_is_missing_until_then(void **state)
{
    Cell *cell =
        lab(4, "kind: hdfs, setup: 0s, groups: 100, framework: c", "",
            "- {name: c, model: service, variant: stateful-distributed, role: c, nodes: 2,\n"
            "   cpus: 1, mem: 64, disk: 0, place: path, identity: host, same_wait: 10m,\n"
            "   replicas: 2, quorum: 1, data: 1000, rate: 10, parts: 1}\n");
    cell_run(cell, 1200 * S);
    uint32_t host = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_TASK_STARTED && record->framework == 1) host = record->agent;
    }
    hf_world_host_crash(cell->world, host, TRUE);
    cell_run(cell, 3000 * S);
    hf_world_finish(cell->world);
    uint32_t count = cell_count(cell, HF_RECORD_STORE_DEGRADED);
    const HfRecord *first = cell_record(cell, HF_RECORD_STORE_DEGRADED, count - 2);
    const HfRecord *last = cell_record(cell, HF_RECORD_STORE_DEGRADED, count - 1);
    assert_int_equal(first->at, 1200 * S);
    assert_int_equal(first->value, 150); /* half of 100 groups x 3 */
    assert_int_equal(last->value, 0);
    assert_int_equal(last->at, when(cell, HF_RECORD_COPY_ENDED, 0));
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_LOST), 0);
    cell_free(cell);
}

/* ---- losses ---- */

static int64_t events(const Cell *cell, HfRecordType type)
{
    return cell_count(cell, type);
}

/* A file server is lost with what is on it; an array with its last controller, at 1 h and 2 h. */
static void a_single_server_loses_everything(void **state)
{
    static const struct {
        const char *store, *failures;
        HfTime lost; /* -1 = nothing is */
    } cases[] = {
        {"kind: nfs, setup: 0s", "{what: store-loss, at: 1h, replaced_after: 10m}", HF_NS_PER_HOUR},
        {"kind: san, setup: 0s, fence: 0s", "{what: store-loss, at: 1h, replaced_after: 2h}", -1},
        {"kind: san, setup: 0s, fence: 0s",
         "{what: store-loss, at: 1h, servers: 2, replaced_after: 10m}", HF_NS_PER_HOUR},
        {"kind: hdfs, setup: 0s", "{what: store-loss, at: 1h, servers: 2, replaced_after: 2h}", -1},
        {"kind: hdfs, setup: 0s", "{what: store-loss, at: 1h, servers: 10, replaced_after: 10m}",
         HF_NS_PER_HOUR},
        {"kind: hdfs, setup: 0s, replicas: 1, block: 1",
         "{what: store-loss, at: 1h, replaced_after: 10m}", HF_NS_PER_HOUR},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *more = g_strdup_printf("failures: [%s]\n", cases[i].failures);
        Cell *cell = lab(2, cases[i].store, "nodes: 2", more);
        g_autoptr(HfMetrics) metrics = lab_metrics(cell);
        int64_t lost = cases[i].lost >= 0 ? 2 : 0; /* each instance has a share */
        if (events(cell, HF_RECORD_STORE_LOST) != lost) fail_msg("case %zu", i);
        assert_int_equal(events(cell, HF_RECORD_DATA_LOST), lost);
        assert_true(cell_metric(metrics, "store.s.losses") == lost);
        assert_true(cell_metric(metrics, "stores.losses") == lost);
        if (lost > 0) assert_int_equal(when(cell, HF_RECORD_STORE_LOST, 0), cases[i].lost);
        /* It serves again, and they with it, with nothing in it. */
        assert_true(hf_world_store_is_up(cell->world, 0));
        assert_true(quorum_at(cell, FALSE) >= quorum_at(cell, TRUE));
        assert_true(cell_metric(metrics, "store.s.held_at_end") ==
                    200 * (double)hf_world_store_rules(cell->world, 0)->replicas);
        cell_free(cell);
    }
}

/* Of 600 MB on ten servers: a server has about 60. After 10 m 30 s they are made anew with 1 MB/s,
 * one replica of a group after the other; and again when a disk of ten is lost. */
static void lost_replicas_are_made_anew(void **state)
{
    Cell *cell = lab(2, "kind: hdfs, setup: 0s, groups: 100, recovery: 1, bandwidth: 20",
                     "nodes: 2", "failures: [{what: store-loss, at: 1h, replaced_after: 5h}]\n");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    int64_t missing = cell_record(cell, HF_RECORD_STORE_DEGRADED, 0)->value;
    int64_t bytes = 600 * MB / 300;
    assert_true(missing >= 15 && missing <= 50);
    assert_int_equal(events(cell, HF_RECORD_STORE_RECOVERED), missing);
    assert_int_equal(cell_record(cell, HF_RECORD_STORE_RECOVERED, 0)->value, bytes);
    HfTime begun = HF_NS_PER_HOUR + 630 * S;
    assert_int_equal(when(cell, HF_RECORD_STORE_RECOVERED, 0), begun + 2 * S);
    assert_int_equal(when(cell, HF_RECORD_STORE_RECOVERED, (uint32_t)missing - 1),
                     begun + missing * 2 * S);
    assert_int_equal(events(cell, HF_RECORD_DATA_LOST), 0);
    assert_true(cell_metric(metrics, "store.s.remade") == (double)missing * 2);
    double degraded = (double)missing / 300 * (630 + (double)missing + 1) / 86400;
    assert_true(fabs(cell_metric(metrics, "store.s.degraded") / degraded - 1) < 1e-6);
    cell_free(cell);
}

/* Of 60 MB on each server: down for 20 min, it is out after 10 min 30 s; of its 30 replicas of 2 MB
 * so many are made anew with 1 MB/s as there is time for (570 s: all of them; or 21 s: ten), and
 * are one too many then. Down for 5 min it costs nothing. */
static void a_server_that_is_down_for_too_long_is_out(void **state)
{
    static const struct {
        const char *lasts;
        int64_t seconds, made; /* -1 = all */
    } cases[] = {{"20m", 1200, -1}, {"651s", 651, 10}, {"5m", 300, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *more = g_strdup_printf(
            "failures: [{what: store-outage, at: 1h, for: %s, servers: 1}]\n", cases[i].lasts);
        Cell *cell = lab(2, "kind: hdfs, setup: 0s, groups: 100, recovery: 1, bandwidth: 20",
                         "nodes: 2", more);
        g_autoptr(HfMetrics) metrics = lab_metrics(cell);
        int64_t missing = 0;
        for (guint32 r = 0; r < cell->log.count; r++)
            if (cell->log.at[r].type == HF_RECORD_STORE_DEGRADED)
                missing = MAX(missing, cell->log.at[r].value);
        assert_true(missing >= 15 && missing <= 50);
        int64_t made = cases[i].made < 0 ? missing : cases[i].made;
        assert_int_equal(events(cell, HF_RECORD_STORE_RECOVERED), made);
        assert_true(cell_metric(metrics, "store.s.remade") == 2 * (double)made);
        assert_true(cell_metric(metrics, "store.s.surplus") == 2 * (double)made);
        if (made > 0)
            assert_int_equal(when(cell, HF_RECORD_STORE_SURPLUS, 0),
                             HF_NS_PER_HOUR + cases[i].seconds * S);
        assert_int_equal(events(cell, HF_RECORD_DATA_LOST), 0);
        assert_int_equal(events(cell, HF_RECORD_STORE_LOST), 0);
        assert_true(cell_metric(metrics, "store.s.unavailable") == 0);
        cell_free(cell);
    }
}

/* All of its servers are down, and with them all that it has: that is no loss, and nothing is made
 * anew. */
static void what_is_down_altogether_is_unavailable_and_not_degraded(void **state)
{
    static const char *const stores[] = {"kind: hdfs, setup: 0s", "kind: nfs, setup: 0s"};
    for (size_t i = 0; i < G_N_ELEMENTS(stores); i++) {
        Cell *cell = lab(2, stores[i], "", "failures: [{what: store-outage, at: 1h, for: 2h}]\n");
        g_autoptr(HfMetrics) metrics = lab_metrics(cell);
        assert_true(fabs(cell_metric(metrics, "store.s.unavailable") - 7200) < 1e-6);
        assert_true(cell_metric(metrics, "store.s.degraded") == 0);
        assert_true(cell_metric(metrics, "store.s.remade") == 0);
        assert_int_equal(events(cell, HF_RECORD_DATA_LOST), 0);
        cell_free(cell);
    }
}

/* The only server is lost, and another takes its place after 2 h: it is down, and not degraded. */
static void a_lost_file_server_is_unavailable_until_it_is_replaced(void **state)
{
    Cell *cell = lab(2, "kind: nfs, setup: 0s", "",
                     "failures: [{what: store-loss, at: 1h, replaced_after: 2h}]\n");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_true(fabs(cell_metric(metrics, "store.s.unavailable") - 7200) < 1e-6);
    assert_true(cell_metric(metrics, "store.s.degraded") == 0);
    assert_int_equal(events(cell, HF_RECORD_DATA_LOST), 1);
    cell_free(cell);
}

/* Half of the groups of a store without replicas are on the lost one of its two servers. Of 100
 * parts of 1 MB in one block each half are lost; in blocks of 64 KB, 16 to a part, all are. */
static void a_loss_takes_the_parts_that_it_hits(void **state)
{
    static const struct {
        const char *block;
        uint32_t least, most;
    } cases[] = {{"block: 0", 35, 65}, {"block: 0.0625", 100, 100}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *store =
            g_strdup_printf("kind: hdfs, setup: 0s, servers: 2, replicas: 1, %s", cases[i].block);
        Cell *cell = lab(2, store, "parts: 100",
                         "failures: [{what: store-loss, at: 1h, replaced_after: 10m}]\n");
        g_autoptr(HfMetrics) metrics = lab_metrics(cell);
        uint32_t lost = cell_count(cell, HF_RECORD_DATA_LOST);
        if (lost < cases[i].least || lost > cases[i].most) fail_msg("%zu: %u", i, lost);
        double part = cell_metric(metrics, "store.s.lost") / 100;
        assert_true(part > 0.4 && part < 0.6); /* what is lost of the store is the same */
        cell_free(cell);
    }
}

/* 100 MB at 10 MB/s take 10 s; while replicas are made anew with 2.5 MB/s, half of it is left. */
static void what_is_made_anew_takes_bandwidth(void **state)
{
    Cell *cell = lab(
        2,
        "kind: hdfs, setup: 0s, attach: 0s, spares: 9, groups: 1, recovery: 2.5, bandwidth: 10, "
        "recover_after: 0s",
        "nodes: 1, reads: 100, backoff: 1s, max_backoff: 1s", "");
    cell_run(cell, 100 * S);
    for (uint32_t server = 0; server < 10; server++) { /* one that has it, and it is made anew */
        hf_world_store_server_lose(cell->world, 0, server, 1);
        if (cell_count(cell, HF_RECORD_STORE_DEGRADED) > 0) break;
    }
    uint32_t home = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
    hf_world__fail_run(cell->world, home, 0, 1, HF_REASON_NONE);
    hf_world__flush(cell->world, (HfPeer){HF_PEER_AGENT, home});
    cell_run(cell, 200 * S);
    HfTime started = when(cell, HF_RECORD_TASK_STARTED, 1);
    HfTime made = when(cell, HF_RECORD_STORE_RECOVERED, 0); /* 100 MB */
    assert_int_equal(made, 140 * S);
    assert_int_equal(when(cell, HF_RECORD_STORE_READ, 1), started + 20 * S);
    cell_free(cell);
}

/* What another instance has a replica of is copied from there, and is not lost. */
static void replicas_of_a_service_outlive_its_store(void **state)
{
    Cell *cell = lab(2, "kind: ceph, setup: 0s", "nodes: 2, replicas: 2, quorum: 1, parts: 1", "");
    cell_run(cell, 100 * S);
    const HfGuest *guest = &cell->world->guests[0];
    guest->ops->data->store_lost(guest->model, 0, 0, 1);
    assert_int_equal(events(cell, HF_RECORD_DATA_LOST), 0);
    cell_run(cell, 1000 * S);
    assert_int_equal(events(cell, HF_RECORD_COPY_ENDED), 1);
    guest->ops->data->store_lost(guest->model, 0, 0, 1);
    guest->ops->data->store_lost(guest->model, 0, 1, 1); /* before it is whole again */
    assert_int_equal(events(cell, HF_RECORD_DATA_LOST), 1);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_hang_while_their_store_is_down),
        cmocka_unit_test(or_they_fail),
        cmocka_unit_test(it_is_down_when_more_servers_are_than_it_has_spares),
        cmocka_unit_test(servers_fail_one_by_one),
        cmocka_unit_test(a_framework_can_run_the_store),
        cmocka_unit_test(a_single_server_loses_everything),
        cmocka_unit_test(a_server_that_is_down_for_too_long_is_out),
        cmocka_unit_test(what_is_down_altogether_is_unavailable_and_not_degraded),
        cmocka_unit_test(a_lost_file_server_is_unavailable_until_it_is_replaced),
        cmocka_unit_test(a_loss_takes_the_parts_that_it_hits),
        cmocka_unit_test(what_the_framework_that_runs_it_loses_is_lost),
        cmocka_unit_test(what_it_copies_is_missing_until_then),
        cmocka_unit_test(lost_replicas_are_made_anew),
        cmocka_unit_test(what_is_made_anew_takes_bandwidth),
        cmocka_unit_test(replicas_of_a_service_outlive_its_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
