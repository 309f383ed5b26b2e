/* Failures of links: who is cut off, slow or unheard, and how it is found out. */
#include "unit/models/failures.h"

static Cell *linked(const char *heartbeats, const char *network, const char *keys)
{
    g_autofree char *text =
        g_strdup_printf("duration: 1d\n"
                        "master: {heartbeats: %s}\n"
                        "network: {latency: 1ms, %s}\n"
                        "agents: [{name: a, count: 3, resources: 'cpus:4'}]\n"
                        "frameworks: [{name: web, model: marathon, checkpoint: true,"
                        " apps: [{id: /a, mem: 0, instances: 3, unique_hosts: true}]}]\n"
                        "failures: [{what: partition, at: 200s, fraction: 0.34, %s}]\n",
                        heartbeats, network, keys);
    return cell_new(text);
}

/* Whatever way is cut, and for how long: pings as messages and understood ones tell the same. An
 * agent that hears no pings registers again in time, over and over. Mesos rows: 565. */
static void a_partition_is_found_out_by_pings_either_way(void **state)
{
    static const struct {
        const char *way;
        int seconds;
        uint32_t lost;
    } cases[] = {{"both", 50, 0},        {"both", 70, 0},         {"both", 120, 1},
                 {"to-master", 70, 0},   {"to-master", 120, 1},   {"to-master", 400, 1},
                 {"from-master", 70, 0}, {"from-master", 120, 0}, {"from-master", 400, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfTime at[2] = {0, 0};
        for (int explicitly = 0; explicitly < 2; explicitly++) {
            g_autofree char *keys =
                g_strdup_printf("way: %s, for: %ds", cases[i].way, cases[i].seconds);
            Cell *cell = linked(explicitly ? "explicit" : "virtual", "loss: 0", keys);
            cell_run(cell, 3000 * S);
            if (cell_count(cell, HF_RECORD_AGENT_UNREACHABLE) != cases[i].lost)
                fail_msg("%s for %d s, heartbeats %d", cases[i].way, cases[i].seconds, explicitly);
            assert_int_equal(cell_count(cell, HF_RECORD_LINK_CUT), 2);
            const HfRecord *lost = cell_record(cell, HF_RECORD_AGENT_UNREACHABLE, 0);
            if (lost != NULL) at[explicitly] = lost->at;
            assert_true(
                hf_master_agent_is_registered(hf_world_master(cell->world), 0)); /* it is back */
            uint32_t runs = 0;
            for (uint32_t h = 0; h < 3; h++) runs += runs_on(cell, h);
            assert_int_equal(runs, 3);
            cell_free(cell);
        }
        assert_true(ABS(at[0] - at[1]) <= 2 * HF_NS_PER_MS); /* but for the way there and back */
    }
}

/* The same when TCP repeats what a partition stops, for longer than it lasts or not: the verdict is
 * the same, and comes at the same instant. Then pings flow again when they are repeated. */
static void with_tcp_pings_as_messages_and_understood_ones_tell_the_same(void **state)
{
    static const struct {
        const char *way, *patience;
        int seconds;
        uint32_t lost;
    } cases[] = {
        {"both", "15m", 50, 0},       {"both", "15m", 120, 1},       {"both", "30s", 60, 0},
        {"both", "30s", 120, 1},      {"to-master", "15m", 50, 0},   {"to-master", "15m", 400, 1},
        {"to-master", "30s", 400, 1}, {"from-master", "15m", 60, 0}, {"from-master", "15m", 400, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfTime at[2] = {0, 0};
        for (int explicitly = 0; explicitly < 2; explicitly++) {
            g_autofree char *keys =
                g_strdup_printf("way: %s, for: %ds", cases[i].way, cases[i].seconds);
            g_autofree char *network = g_strdup_printf("retransmit_for: %s", cases[i].patience);
            Cell *cell = linked(explicitly ? "explicit" : "virtual", network, keys);
            cell_run(cell, 3000 * S);
            if (cell_count(cell, HF_RECORD_AGENT_UNREACHABLE) != cases[i].lost)
                fail_msg("%s for %d s, %s, heartbeats %d: %u", cases[i].way, cases[i].seconds,
                         cases[i].patience, explicitly,
                         cell_count(cell, HF_RECORD_AGENT_UNREACHABLE));
            const HfRecord *verdict = cell_record(cell, HF_RECORD_AGENT_UNREACHABLE, 0);
            if (verdict != NULL) at[explicitly] = verdict->at;
            assert_true(hf_master_agent_is_registered(hf_world_master(cell->world), 0));
            uint32_t runs = 0;
            for (uint32_t h = 0; h < 3; h++) runs += runs_on(cell, h);
            assert_int_equal(runs, 3);
            cell_free(cell);
        }
        assert_true(ABS(at[0] - at[1]) <= 2 * HF_NS_PER_MS);
    }
}

static void links_that_are_slow_or_lossy_are_so_for_a_while(void **state)
{
    Cell *cell = cell_new("duration: 1d\n"
                          "agents: [{name: a, count: 3, resources: 'cpus:4'}]\n"
                          "frameworks: [{name: web, model: marathon,"
                          " apps: [{id: /a, mem: 0, instances: 3, lifetime: 60s}]}]\n"
                          "failures: [{what: slow-link, at: 200s, for: 300s, latency: 5s},\n"
                          "           {what: slow-link, at: 1000s, for: 300s, loss: 0.5}]\n");
    cell_run(cell, 2000 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_LINK_SLOW), 12);
    assert_int_equal(cell_count(cell, HF_RECORD_MESSAGE_LOST), 0);
    HfTime started[3] = {0}; /* launches that began in the first phase, in the second, and after */
    uint32_t count[3] = {0};
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type != HF_RECORD_TASK_STARTED) continue;
        for (guint32 k = i; k-- > 0;) {
            if (cell->log.at[k].type != HF_RECORD_TASK_LAUNCHED || cell->log.at[k].id != record->id)
                continue;
            HfTime at = cell->log.at[k].at;
            int phase = at < 200 * S || (at >= 500 * S && at < 1000 * S) || at >= 1300 * S ? 2
                        : at < 500 * S                                                     ? 0
                                                                                           : 1;
            started[phase] += record->at - at;
            count[phase]++;
            break;
        }
    }
    assert_true(count[0] > 3 && count[1] > 3 && count[2] > 3);
    assert_int_equal(started[0] / count[0], 5 * S);
    assert_true(started[1] / count[1] > 50 * HF_NS_PER_MS);
    assert_int_equal(started[2] / count[2], HF_NS_PER_MS);
    cell_free(cell);
}

static void schedulers_are_cut_off_by_name(void **state)
{
    static const struct {
        const char *way;
        uint32_t cuts, breaks;
    } cases[] = {{"both", 2, 0}, {"to-master", 2, 0}, {"from-master", 2, 0}, {"break", 0, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *failures =
            g_strdup_printf("[{what: scheduler-partition, at: 100s, for: 30s, frameworks: [web],"
                            " way: %s}]",
                            cases[i].way);
        Cell *cell = two_frameworks("1m", failures);
        cell_run(cell, 5000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_LINK_CUT), cases[i].cuts);
        assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_LINK_BROKEN), cases[i].breaks);
        assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED), cases[i].breaks);
        assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 50); /* the other's */
        cell_free(cell);
    }
    g_autofree char *complaint =
        lab_complaint("duration: 1h\nagents: [{name: a, count: 1, resources: 'cpus:4;mem:1024'}]\n"
                      "frameworks: [{name: web, model: marathon, apps: [{id: /a}]}]\n"
                      "failures: [{what: scheduler-partition, at: 1s, frameworks: [nobody]}]\n");
    assert_contains(complaint, "there is no framework named \"nobody\"");
}

/* The next ping tells the agent that it is taken for disconnected. */
static void a_broken_connection_is_made_anew_at_the_next_ping(void **state)
{
    for (int explicitly = 0; explicitly < 2; explicitly++) {
        Cell *cell = linked(explicitly ? "explicit" : "virtual", "loss: 0", "way: break");
        cell_run(cell, 1000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_LINK_BROKEN), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
        HfTime back = cell_record(cell, HF_RECORD_AGENT_REREGISTERED, 0)->at;
        assert_in_range(back, 200 * S, 200 * S + 16 * S + S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 3); /* checkpointed: they stay */
        cell_free(cell);
    }
}

/* Links have latencies of their own: a round trip of 4 s, beside one of 2 ms. */
static void each_link_may_have_a_latency_of_its_own(void **state)
{
    Cell *cell = cell_new("duration: 1d\n"
                          "agents: [{name: near, count: 1, resources: 'cpus:4'},\n"
                          "         {name: far, count: 1, resources: 'cpus:4', latency: 2s}]\n"
                          "frameworks: [{name: web, model: marathon, latency: 100ms,"
                          " apps: [{id: /a, mem: 0}]}]\n"
                          "failures: []\n");
    cell_run(cell, 60 * S);
    HfTime at[2] = {0, 0};
    for (uint32_t i = 0; i < 2; i++) {
        const HfRecord *record = cell_record(cell, HF_RECORD_AGENT_REGISTERED, i);
        at[record->value] = record->at;
    }
    assert_true(at[0] <= S + HF_NS_PER_MS);
    assert_in_range(at[1], 2 * S, 3 * S);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partition_is_found_out_by_pings_either_way),
        cmocka_unit_test(with_tcp_pings_as_messages_and_understood_ones_tell_the_same),
        cmocka_unit_test(links_that_are_slow_or_lossy_are_so_for_a_while),
        cmocka_unit_test(schedulers_are_cut_off_by_name),
        cmocka_unit_test(a_broken_connection_is_made_anew_at_the_next_ping),
        cmocka_unit_test(each_link_may_have_a_latency_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
