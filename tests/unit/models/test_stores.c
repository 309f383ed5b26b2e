/*
 * Stores out of band: what services keep there, who sets up and cleans up, who gets how much of
 * their bandwidth, and that each place for data is what the table of places says.
 */
#include "unit/models/stores.h"

static int64_t sum_of(const Cell *cell, HfRecordType type)
{
    int64_t sum = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == type) sum += cell->log.at[i].value;
    return sum;
}

/* ---- set-up and clean-up ---- */

static void an_operator_sets_up_one_thing_after_the_other(void **state)
{
    Cell *cell = lab(1, "kind: san, setup: 20m", "nodes: 3", "");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    for (uint32_t i = 0; i < 3; i++) {
        HfTime ready = (HfTime)(i + 1) * 20 * HF_NS_PER_MINUTE;
        HfTime at = when(cell, HF_RECORD_TASK_STARTED, i);
        assert_true(at >= ready && at < ready + 10 * S);
    }
    assert_true(cell_metric(metrics, "store.s.operator_actions") == 3);
    cell_free(cell);
}

static void a_file_server_is_set_up_once_for_each_service(void **state)
{
    Cell *cell =
        lab(1, "kind: nfs, setup: 20m", "nodes: 3",
            "- {name: g, model: service, variant: stateful-centralized, role: r, cpus: 1,\n"
            "   mem: 64, disk: 0, store: s}\n");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    for (uint32_t i = 0; i < 4; i++) {
        HfTime ready = (i < 3 ? 1 : 2) * 20 * HF_NS_PER_MINUTE;
        HfTime at = when(cell, HF_RECORD_TASK_STARTED, i);
        assert_true(at >= ready && at < ready + 10 * S);
    }
    assert_true(cell_metric(metrics, "stores.operator_actions") == 2);
    cell_free(cell);
}

/* Each life of an instance that nothing ties to its data takes a share of its own. */
static void what_is_left_is_removed_by_whom_the_store_says(void **state)
{
    static const struct {
        const char *cleaning;
        gboolean is_removed;
        uint32_t actions;
    } cases[] = {{"never", FALSE, 0}, {"owner", TRUE, 0}, {"operator", TRUE, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *store =
            g_strdup_printf("kind: nfs, setup: 0s, cleaning: %s, cleanup: 30m", cases[i].cleaning);
        Cell *cell = lab(2, store, "identity: none, lifetime: {law: constant, value: 1h}", "");
        g_autoptr(HfMetrics) metrics = lab_metrics(cell);
        uint32_t left = cell_count(cell, HF_RECORD_TASK_STARTED) - 1;
        assert_true(left >= 20);
        assert_int_equal(sum_of(cell, HF_RECORD_STORE_LEFT), left * 100 * MB);
        uint32_t gone = cell_count(cell, HF_RECORD_STORE_FREED);
        if (!cases[i].is_removed) assert_int_equal(gone, 0);
        if (cases[i].is_removed) assert_true(gone == left || gone == left - 1);
        assert_true(cell_metric(metrics, "store.s.left_at_end") == (left - gone) * 100);
        assert_true(cell_metric(metrics, "stores.left_at_end") == (left - gone) * 100);
        assert_true(cell_metric(metrics, "store.s.held_at_end") == (left - gone + 1) * 100);
        assert_true(cell_metric(metrics, "store.s.operator_actions") ==
                    1 + cases[i].actions * gone);
        if (cases[i].actions > 0)
            assert_int_equal(when(cell, HF_RECORD_STORE_FREED, 0),
                             when(cell, HF_RECORD_STORE_LEFT, 0) + 30 * HF_NS_PER_MINUTE);
        cell_free(cell);
    }
}

static void an_uninstalled_service_leaves_its_share(void **state)
{
    Cell *cell = lab(1, "kind: nfs, setup: 0s", "uninstall_at: 1h", "");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_true(cell_metric(metrics, "store.s.left_at_end") == 100);
    cell_free(cell);
}

/* ---- room ---- */

static void each_byte_takes_as_many_as_there_are_replicas(void **state)
{
    Cell *cell = lab(1, "kind: hdfs, setup: 0s", "nodes: 2", "");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_true(cell_metric(metrics, "store.s.held_at_end") == 600);
    assert_true(cell_metric(metrics, "store.s.left_at_end") == 0);
    assert_true(cell_metric(metrics, "disk.real") == 0); /* it is nobody's disk */
    cell_free(cell);
}

static void without_room_a_task_fails(void **state)
{
    Cell *cell = lab(1, "kind: nfs, setup: 0s, capacity: 250", "nodes: 3", "");
    cell_run(cell, 100 * S);
    assert_int_equal(sum_of(cell, HF_RECORD_STORE_TAKEN), 200 * MB);
    assert_true(cell_count(cell, HF_RECORD_STORE_FULL) > 1);
    HfTime full = when(cell, HF_RECORD_STORE_FULL, 0);
    const HfRecord *ended = cell_record(cell, HF_RECORD_TASK_ENDED, 0);
    assert_int_equal(ended->at, full + S);
    assert_int_equal(ended->state, HF_TASK_FAILED);
    cell_free(cell);
}

/* ---- moving ---- */

/* 30 s to attach; 360 s more while the host that went down is not fenced off. */
static void a_share_is_fenced_off_from_a_host_that_holds_it(void **state)
{
    for (int is_crash = 0; is_crash < 2; is_crash++) {
        Cell *cell = lab(2, "kind: san, setup: 0s", "", "");
        cell_run(cell, 100 * S);
        uint32_t home = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
        if (is_crash) {
            hf_world_host_crash(cell->world, home, TRUE);
            hf_world_disk_lose(cell->world, home);
        } else {
            hf_world__fail_run(cell->world, home, 0, 1, HF_REASON_NONE);
            hf_world__flush(cell->world, (HfPeer){HF_PEER_AGENT, home});
        }
        cell_run(cell, 2000 * S);
        HfTime started = when(cell, HF_RECORD_TASK_STARTED, 1);
        assert_int_equal(quorum_at(cell, TRUE), 100 * S);
        assert_int_equal(quorum_at(cell, FALSE), started + (is_crash ? 390 : 30) * S);
        assert_int_equal(cell_count(cell, HF_RECORD_DATA_LOST), 0);
        assert_int_equal(cell_count(cell, HF_RECORD_STORE_TAKEN), 1);
        cell_free(cell);
    }
}

static Cell *external_lab(const char *store, const char *more)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\n"
        "agents: [{name: n, count: 2, resources: 'cpus:8;mem:4096', network_bandwidth: 0}]\n"
        "stores: [{name: s, kind: external, attach: 30s, detach: 15s, %s}]\n"
        "frameworks: [{name: f, model: service, variant: stateful-centralized, role: r, cpus: 1,\n"
        "  mem: 64, disk: 0, data: 100, place: external, store: s, backoff: 1m, %s}]\n",
        store, more);
    return cell_new(text);
}

static void fail_first(Cell *cell, HfTime at)
{
    cell_run(cell, at);
    uint32_t home = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
    hf_world__fail_run(cell->world, home, 0, 1, HF_REASON_NONE);
    hf_world__flush(cell->world, (HfPeer){HF_PEER_AGENT, home});
}

/* It is let go 15 s after its task, and attached in 30 s: whichever comes later begins that. */
static void an_external_volume_is_attached_and_detached(void **state)
{
    Cell *cell = external_lab("fence: 360s", "max_backoff: 1m");
    fail_first(cell, 100 * S);
    cell_run(cell, 1000 * S);
    for (uint32_t i = 0; i < 2; i++) { /* it runs when it is there, and not before */
        HfTime attached = when(cell, HF_RECORD_SHARE_ATTACHED, i);
        assert_int_equal(attached, when(cell, HF_RECORD_TASK_LAUNCHED, i) + 30 * S);
        assert_int_equal(attached, when(cell, HF_RECORD_TASK_STARTED, i));
        assert_int_equal(attached, when(cell, HF_RECORD_SERVICE_MEMBERS, 2 * i));
    }
    assert_int_equal(when(cell, HF_RECORD_SHARE_DETACHED, 0), 115 * S);
    cell_free(cell);
}

static void one_that_is_slow_to_let_go_is_waited_for(void **state)
{
    g_autofree char *text = g_strdup(
        "duration: 1d\nnetwork: {latency: 0s}\n"
        "agents: [{name: n, count: 1, resources: 'cpus:8;mem:4096'}]\n"
        "stores: [{name: s, kind: external, attach: 30s, detach: 10m}]\n"
        "frameworks: [{name: f, model: service, variant: stateful-centralized, role: r, cpus: 1,\n"
        "  mem: 64, disk: 0, data: 100, place: external, store: s, backoff: 1m}]\n");
    Cell *cell = cell_new(text);
    fail_first(cell, 100 * S);
    cell_run(cell, 1000 * S);
    assert_int_equal(when(cell, HF_RECORD_SHARE_DETACHED, 0), 700 * S);
    assert_int_equal(when(cell, HF_RECORD_SHARE_ATTACHED, 1), 730 * S);
    assert_int_equal(quorum_at(cell, FALSE), 730 * S);
    cell_free(cell);
}

/* Its kill policy is that of any other task: 20 s, within a grace of 1 min. */
static void one_that_waited_for_its_volume_takes_its_time_to_stop(void **state)
{
    Cell *cell =
        cell_new("duration: 1h\nnetwork: {latency: 0s}\n"
                 "agents: [{name: n, count: 1, resources: 'cpus:8;mem:4096;disk:9999'}]\n"
                 "frameworks: [{name: f, model: marathon, stop_time: 20s, kill_grace: 1m,\n"
                 "  apps: [{id: /db, external: true, disk: 1000}],\n"
                 "  deployments: [{at: 10m, app: /db, scale: 0}]}]\n");
    cell_run(cell, 700 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_PREPARES), 1);
    assert_true(when(cell, HF_RECORD_TASK_STARTED, 0) > when(cell, HF_RECORD_TASK_LAUNCHED, 0));
    assert_int_equal(when(cell, HF_RECORD_TASK_STOPPING, 0), 600 * S);
    assert_int_equal(when(cell, HF_RECORD_TASK_ENDED, 0), 620 * S);
    cell_free(cell);
}

/* Out of reach its task runs on: it is taken from it by force, or tasks elsewhere fail until it is
 * found and killed. */
static void an_external_volume_is_attached_to_one_host_at_a_time(void **state)
{
    for (int is_forced = 0; is_forced < 2; is_forced++) {
        Cell *cell = external_lab(is_forced ? "fence: 360s" : "fence: forever", "max_backoff: 1m");
        cell_run(cell, 100 * S);
        uint32_t home = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
        hf_world_link_cut(cell->world, home, HF_CUT_BOTH);
        cell_run(cell, 2000 * S);
        HfTime second = when(cell, HF_RECORD_TASK_LAUNCHED, 1);
        if (is_forced) {
            assert_int_equal(when(cell, HF_RECORD_SHARE_DETACHED, 0), second + 390 * S);
            assert_int_equal(when(cell, HF_RECORD_SHARE_ATTACHED, 1), second + 390 * S);
            assert_int_equal(cell_record(cell, HF_RECORD_SHARE_ATTACHED, 1)->value, 1);
            assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 2);
        } else {
            assert_true(cell_count(cell, HF_RECORD_TASK_LAUNCHED) > 10);
            assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 1); /* none of these ran */
            assert_int_equal(cell_count(cell, HF_RECORD_SHARE_ATTACHED), 1);
        }
        hf_world_link_cut(cell->world, home, 0);
        cell_run(cell, 4000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_SHARE_ATTACHED), 2);
        assert_true(quorum_at(cell, FALSE) >= quorum_at(cell, TRUE));
        cell_free(cell);
    }
}

/* ---- bandwidth ---- */

/* Four instances read 100 MB each at 10 MB/s: at once, each gets a quarter. */
static void who_reads_shares_its_bandwidth(void **state)
{
    Cell *cell = lab(2, "kind: nfs, setup: 0s, attach: 0s, bandwidth: 10", "nodes: 4, reads: 100",
                     "failures: [{what: store-outage, at: 10m, for: 1m}]\n");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    assert_int_equal(cell_count(cell, HF_RECORD_STORE_READ), 4);
    HfTime started = when(cell, HF_RECORD_TASK_STARTED, 0);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(when(cell, HF_RECORD_TASK_STARTED, i), started);
        assert_int_equal((when(cell, HF_RECORD_STORE_READ, i) - started + S / 2) / S, 40);
    }
    assert_true(cell_metric(metrics, "store.s.read") == 400); /* an outage is not a start */
    assert_true(cell_metric(metrics, "data.copied") == 0);
    cell_free(cell);
}

/* Two instances have 100 MB each in it and read them at 10 MB/s; it is down for 5 s at 60 s. */
static void a_table_has_each_store_over_time(void **state)
{
    static const char *const names[] = {"capacity",         "used",    "left", "bandwidth", "moved",
                                        "clients",          "stalled", "down", "outages",   "full",
                                        "replicas_missing", "lost"};
    Cell *cell = lab(1, "kind: nfs, setup: 0s, attach: 0s, bandwidth: 10, capacity: 500",
                     "nodes: 2, reads: 100",
                     "failures: [{what: store-outage, at: 60s, for: 5s}]\n"
                     "record: {interval: 10s}\n");
    cell_run(cell, 200 * S);
    hf_world_finish(cell->world);
    const HfTable *table = hf_tables;
    while (strcmp(table->file, "stores.csv") != 0) table++;
    g_autoptr(GString) text = g_string_new(NULL);
    table->print(cell->world, text);
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
    g_auto(GStrv) header = g_strsplit(lines[0], ",", -1);
    assert_int_equal(g_strv_length(header), 1 + G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *prefix = g_strconcat("store_s_", names[i], NULL);
        assert_true(g_str_has_prefix(header[1 + i], prefix));
    }
    double moved = 0;
    for (uint32_t row = 1; row <= 20; row++) {
        g_auto(GStrv) fields = g_strsplit(lines[row], ",", -1);
        assert_int_equal(g_ascii_strtoll(fields[0], NULL, 10), 10 * row);
        moved += 10 * g_ascii_strtod(fields[5], NULL);
        if (row == 7)
            assert_string_equal(lines[row],
                                "70,500,200,0,10,0,2,1,0.5,1,0,0,0"); /* 2 x 5 of 10 s */
        if (row == 20) assert_string_equal(lines[row], "200,500,200,0,10,0,2,0,0,1,0,0,0");
    }
    assert_true(fabs(moved - 200) < 1e-3);
    assert_string_equal(lines[21], "");
    cell_free(cell);
}

/* A read that an outage stops begins anew: 10 s, of which 4 were done. */
static void a_read_that_an_outage_stops_begins_anew(void **state)
{
    Cell *cell = lab(1, "kind: nfs, setup: 0s, attach: 0s, bandwidth: 10", "reads: 100", "");
    cell_run(cell, 3 * S);
    HfTime started = when(cell, HF_RECORD_TASK_STARTED, 0);
    cell_run(cell, started + 4 * S);
    hf_world_store_server_stop(cell->world, 0, 0);
    cell_run(cell, 100 * S);
    hf_world_store_server_start(cell->world, 0, 0);
    cell_run(cell, 200 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_STORE_READ, 0)->value, 40 * MB);
    assert_int_equal(when(cell, HF_RECORD_STORE_READ, 1), 110 * S);
    cell_free(cell);
}

/* A part of 100 MB is read once and written three times: 40 MB/s are shared by four. */
static void a_copy_is_written_as_often_as_there_are_replicas(void **state)
{
    Cell *cell =
        lab(3, "kind: hdfs, setup: 0s, attach: 0s, bandwidth: 40, servers: 3",
            "nodes: 2, replicas: 2, parts: 1, quorum: 1, identity: host, max_per_host: 1", "");
    cell_run(cell, 100 * S);
    uint32_t home = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
    hf_world_host_crash(cell->world, home, TRUE); /* elsewhere it has another directory */
    cell_run(cell, 1000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_COPY_ENDED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_COPY_ENDED, 0)->value, 100 * MB);
    assert_int_equal(when(cell, HF_RECORD_COPY_ENDED, 0) - when(cell, HF_RECORD_COPY_STARTED, 0),
                     10 * S);
    cell_free(cell);
}

/* ---- the table of places ---- */

static Cell *place_lab(HfStorageKind kind)
{
    static const char *const keys[] = {
        [HF_STORAGE_SANDBOX] = "place: sandbox, identity: host, disk: 200",
        [HF_STORAGE_PATH] = "place: path, identity: host, disk: 0",
        [HF_STORAGE_VOLUME] = "place: volume, disk: 200",
        [HF_STORAGE_MOUNT] = "place: mount, disk: 200",
        [HF_STORAGE_EXTERNAL] = "place: external, identity: anywhere, disk: 0",
    };
    gboolean is_store = kind >= HF_STORAGE_NFS;
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nnetwork: {latency: 0s}\n"
        "agents: [{name: n, count: 1, filesystem: 10000, resources:\n"
        "'[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":4}},"
        "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1024}},"
        "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1000}},"
        "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":500},"
        "\"disk\":{\"source\":{\"type\":\"MOUNT\",\"mount\":{\"root\":\"/d\"}}}}]'}]\n"
        "stores: [{name: s, kind: %s, setup: 0s}]\n"
        "frameworks: [{name: f, model: service, variant: stateful-centralized, role: r,\n"
        "  principal: f, cpus: 1, mem: 64, data: 100, %s}]\n",
        is_store ? hf_storage[kind].name : "nfs", is_store ? "disk: 0, store: s" : keys[kind]);
    return cell_new(text);
}

static void strike(Cell *cell, HfStorageLife what)
{
    HfWorld *world = cell->world;
    switch (what) {
    case HF_OUTLIVES_TASK:
        hf_world__fail_run(world, 0, 0, 1, HF_REASON_NONE);
        hf_world__flush(world, (HfPeer){HF_PEER_AGENT, 0});
        return;
    case HF_OUTLIVES_AGENT:
        hf_world_agent_stop(world, 0);
        cell_run(cell, 110 * S);
        hf_world_agent_start(world, 0);
        return;
    case HF_OUTLIVES_REBOOT:
    case HF_OUTLIVES_AGENT_ID: /* which a reboot can bring */
    case HF_OUTLIVES_HOST:
        hf_world_host_crash(world, 0, TRUE);
        if (what == HF_OUTLIVES_AGENT_ID) hf_world_agent_forget(world, 0);
        if (what == HF_OUTLIVES_HOST) hf_world_disk_lose(world, 0);
        cell_run(cell, 110 * S);
        hf_world_host_return(world, 0);
    }
}

/* Each place meets each failure, and what becomes of its data is what the table says. */
static void the_table_of_places_says_what_data_outlives(void **state)
{
    for (int kind = 0; kind < HF_STORAGE_KINDS; kind++) {
        for (uint32_t what = 1; what <= HF_OUTLIVES_ALL; what <<= 1) {
            Cell *cell = place_lab((HfStorageKind)kind);
            cell_run(cell, 100 * S);
            assert_int_equal(cell_count(cell, HF_RECORD_REPLICA_MADE), 1);
            strike(cell, (HfStorageLife)what);
            cell_run(cell, 20000 * S);
            gboolean is_lost = cell_count(cell, HF_RECORD_DATA_LOST) > 0;
            if (is_lost == ((hf_storage[kind].outlives & what) != 0))
                fail_msg("%s, failure %u: %s", hf_storage[kind].name, what,
                         is_lost ? "lost" : "there");
            assert_true(is_lost || quorum_at(cell, FALSE) >= quorum_at(cell, TRUE));
            cell_free(cell);
        }
    }
}

static void only_volumes_are_accounted_for(void **state)
{
    for (int kind = 0; kind < HF_STORAGE_KINDS; kind++) {
        Cell *cell = place_lab((HfStorageKind)kind);
        cell_run(cell, 1000 * S);
        hf_world_finish(cell->world);
        g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
        assert_true(g_str_has_prefix(hf_storage[kind].accounted, "yes") ==
                    (cell_metric(metrics, "volumes.there_at_end") > 0));
        cell_free(cell);
    }
}

/* ---- bad input ---- */

static char *complaint(const char *keys)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nagents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
        "stores: [{name: s, kind: nfs}]\n"
        "frameworks: [{name: f, model: service, variant: stateful-centralized, role: r,\n"
        "  cpus: 1, mem: 64, disk: 0, %s}]\n",
        keys);
    return lab_complaint(text);
}

static void a_service_that_cannot_use_its_store_is_refused(void **state)
{
    static const struct {
        const char *keys, *why;
    } cases[] = {
        {"place: store, identity: anywhere", "place: key store says which store"},
        {"place: path, identity: host, store: s", "store: its data has another place (place)"},
        {"place: path, identity: host, reads: 1", "reads: its data is in no store"},
        {"store: s, data: 10, reads: 11", "reads: it is more than its data"},
        {"store: s, identity: reservation", "identity: only a volume lies in a reservation"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *message = complaint(cases[i].keys);
        assert_contains(message, cases[i].why);
    }
}

/* Each with its place. */
static void stores_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *stores, *service, *why;
    } cases[] = {
        {"{name: s, kind: nfs}", "store: q",
         "cell.yaml:4:96: frameworks[0].store: no store is "
         "called \"q\""},
        {"{name: files, kind: nfs}", "store: flies", "did you mean \"files\"?"},
        {"{name: s, kind: nfs}", "kinds: [{name: server, store: t}]",
         "frameworks[0].kinds[0].store: no store is called \"t\""},
        {"{name: s, kind: nfs}, {name: s, kind: nas}", "store: s",
         "cell.yaml:3:39: stores[1].name: another entry is called \"s\", too"},
        {"{name: s, kind: ceph, framework: g}", "store: s",
         "cell.yaml:3:43: stores[0].framework: no framework is called \"g\""},
        {"{name: s, kind: ceph, framework: f}", "store: s",
         "frameworks[0].store: it runs the store \"s\", and cannot keep its own data in one"},
        {"{name: s, kind: nas, spares: 2}", "store: s",
         "stores[0].spares: of 2 servers at least one must be up"},
        {"{name: s, kind: hdfs, servers: 2, replicas: 3}", "store: s",
         "stores[0].replicas: 3 cannot lie on 2 servers"},
        {"{name: s, kind: nfs, detach: 1s}", "store: s",
         "stores[0].detach: many hosts may have it at once: nobody is fenced off"},
        {"{name: s, kind: nfs, fence: 1s}", "store: s",
         "stores[0].fence: many hosts may have it at once: nobody is fenced off"},
        {"{name: s, kind: ceph, bandwidth: 100, recovery: 60}", "store: s",
         "stores[0].recovery: what it makes anew it reads and writes: half its bandwidth at most"},
        {"{name: s}", "store: s", "kind"},
        {"{name: s, kind: tape}", "store: s", "stores[0].kind"},
        {"{name: s, kind: nfs, capacity: -1}", "store: s", "stores[0].capacity"},
        {"{name: s, kind: nfs, bandwith: 1}", "store: s", "did you mean \"bandwidth\"?"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("duration: 1d\nstores: [%s]\n"
                            "frameworks: [{name: f, model: service, variant: stateful-centralized, "
                            "role: r, disk: 0, "
                            "%s}]\nagents: [{name: n, count: 1, resources: 'cpus:4;mem:8192'}]\n",
                            cases[i].stores, cases[i].service);
        g_autofree char *message = lab_complaint(text);
        assert_contains(message, cases[i].why);
    }
}

static void an_outage_strikes_stores_that_there_are(void **state)
{
    static const struct {
        const char *failure, *why;
    } cases[] = {
        {"what: store-outage, at: 1h, for: 1h, stores: [q]", "no store named \"q\""},
        {"what: store-outage, at: 1h, for: 1h", "the scenario has no stores"},
        {"what: store-outage, for: 1h", "`mtbf`"},
        {"what: store-outage, at: 1h", "for"},
        {"what: store-loss, at: 1h", "the scenario has no stores"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1d\nagents: [{name: n, count: 1, resources: 'cpus:4;mem:8192'}]\n"
            "%sframeworks: [{name: f, model: service, variant: stateless-centralized, role: r}]\n"
            "failures: [{%s}]\n",
            i == 0 ? "stores: [{name: s, kind: nfs}]\n" : "", cases[i].failure);
        g_autofree char *message = lab_complaint(text);
        assert_contains(message, cases[i].why);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operator_sets_up_one_thing_after_the_other),
        cmocka_unit_test(a_file_server_is_set_up_once_for_each_service),
        cmocka_unit_test(what_is_left_is_removed_by_whom_the_store_says),
        cmocka_unit_test(an_uninstalled_service_leaves_its_share),
        cmocka_unit_test(each_byte_takes_as_many_as_there_are_replicas),
        cmocka_unit_test(without_room_a_task_fails),
        cmocka_unit_test(a_share_is_fenced_off_from_a_host_that_holds_it),
        cmocka_unit_test(an_external_volume_is_attached_and_detached),
        cmocka_unit_test(one_that_is_slow_to_let_go_is_waited_for),
        cmocka_unit_test(one_that_waited_for_its_volume_takes_its_time_to_stop),
        cmocka_unit_test(an_external_volume_is_attached_to_one_host_at_a_time),
        cmocka_unit_test(a_table_has_each_store_over_time),
        cmocka_unit_test(who_reads_shares_its_bandwidth),
        cmocka_unit_test(a_read_that_an_outage_stops_begins_anew),
        cmocka_unit_test(a_copy_is_written_as_often_as_there_are_replicas),
        cmocka_unit_test(the_table_of_places_says_what_data_outlives),
        cmocka_unit_test(only_volumes_are_accounted_for),
        cmocka_unit_test(a_service_that_cannot_use_its_store_is_refused),
        cmocka_unit_test(stores_that_cannot_be_are_refused),
        cmocka_unit_test(an_outage_strikes_stores_that_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
