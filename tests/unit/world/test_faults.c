/* Hosts going down and coming back: what the master finds out, and when. */
#include "unit/world/greedy.h"

#define MS HF_NS_PER_MS

static Cell *cell_of(const char *heartbeats, const char *latency, uint32_t hosts)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\n"
        "master: {heartbeats: %s}\n"
        "network: {latency: %s}\n"
        "agents: [{name: a, count: %u, resources: 'cpus:4', attributes: 'rack:r{index/2}'},\n"
        "         {name: b, count: 1, resources: 'cpus:8'}]\n"
        "frameworks: [{name: f, model: greedy, tasks: 100000, duration: 50s}]\n",
        heartbeats, latency, hosts);
    return cell_new(text);
}

static void hosts_are_rows_in_the_order_of_the_scenario(void **state)
{
    Cell *cell = cell_of("virtual", "1ms", 3);
    assert_int_equal(hf_world_hosts(cell->world), 4);
    assert_string_equal(hf_world_host_name(cell->world, 0), "a-0");
    assert_string_equal(hf_world_host_name(cell->world, 3), "b-0");
    assert_string_equal(hf_world_host_group(cell->world, 2), "a");
    assert_string_equal(hf_world_host_group(cell->world, 3), "b");
    HfAttributes rack = {0};
    assert_true(hf_attributes_parse(hf_world_catalog(cell->world), "rack:r1", &rack, NULL));
    assert_true(hf_attributes_equal(hf_world_host_attributes(cell->world, 2), &rack));
    assert_false(hf_attributes_equal(hf_world_host_attributes(cell->world, 1), &rack));
    assert_int_equal(hf_world_host_attributes(cell->world, 3)->count, 0);
    hf_attributes_clear(hf_world_catalog(cell->world), &rack);
    assert_true(hf_world_host_is_up(cell->world, 3));
    expect_assert_failure(hf_world_host_is_up(cell->world, 4));
    cell_free(cell);
}

static void what_is_down_stays_down_and_what_is_up_stays_up(void **state)
{
    Cell *cell = cell_of("virtual", "1ms", 2);
    cell_run(cell, 20 * S);
    assert_false(hf_world_host_return(cell->world, 1));
    assert_true(hf_world_host_crash(cell->world, 1, TRUE));
    assert_false(hf_world_host_is_up(cell->world, 1));
    assert_false(hf_world_host_crash(cell->world, 1, FALSE));
    assert_true(hf_world_host_return(cell->world, 1));
    assert_true(hf_world_host_is_up(cell->world, 1));
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_CRASHED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_RETURNED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_CRASHED, 0)->value, 1);
    cell_free(cell);
}

static void a_host_that_is_down_from_the_start_comes_when_it_returns(void **state)
{
    Cell *cell = cell_of("virtual", "10ms", 1);
    assert_true(hf_world_host_crash(cell->world, 0, TRUE));
    cell_run(cell, 100 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 1); /* the other */
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_REGISTERED, 0)->value, 1);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 102 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 2);
    cell_free(cell);
}

/* A visible crash breaks the connection: the master knows one latency later. */
static void a_visible_crash_disconnects_the_agent_at_once(void **state)
{
    Cell *cell = cell_of("virtual", "10ms", 2);
    cell_run(cell, 20 * S);
    hf_world_host_crash(cell->world, 0, TRUE);
    cell_run(cell, 21 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_DISCONNECTED, 0)->at, 20 * S + 10 * MS);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 0);
    cell_free(cell);
}

static HfTime registered_at(const Cell *cell, uint32_t host)
{
    for (uint32_t i = 0;; i++) {
        const HfRecord *record = cell_record(cell, HF_RECORD_AGENT_REGISTERED, i);
        if (record == NULL) fail_msg("host %u did not register", host);
        if (record->value == host) return record->at;
    }
}

/*
 * A silent crash is found out by pings: one at registration and each 15 s; the agent is given up
 * when five in a row went unanswered, 75 s after the first of them.
 */
static void a_silent_crash_is_found_out_by_five_missed_pings(void **state)
{
    Cell *cell = cell_of("virtual", "10ms", 2);
    cell_run(cell, 100 * S);
    HfTime registered = registered_at(cell, 0);
    hf_world_host_crash(cell->world, 0, FALSE);
    cell_run(cell, 300 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 1);
    /* Registered within the first second, so a ping went out within the second before 106 s. */
    HfTime first_missed = registered + 7 * 15 * S;
    assert_true(first_missed > 100 * S && first_missed < 107 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_UNREACHABLE, 0)->at, first_missed + 75 * S);
    assert_int_equal(cell_greedy(cell, 0)->failures, 1);
    cell_free(cell);
}

/* The same for a visible crash: the limit for coming back, 10 min, is the later of the two. */
static void a_disconnected_agent_is_given_up_by_its_pings_too(void **state)
{
    Cell *cell = cell_of("virtual", "10ms", 2);
    cell_run(cell, 100 * S);
    HfTime registered = registered_at(cell, 0);
    hf_world_host_crash(cell->world, 0, TRUE);
    cell_run(cell, 300 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_UNREACHABLE, 0)->at,
                     registered + 7 * 15 * S + 75 * S);
    cell_free(cell);
}

static void an_agent_that_comes_back_in_time_is_not_given_up(void **state)
{
    const char *const heartbeats[] = {"virtual", "explicit"};
    for (int i = 0; i < 4; i++) {
        Cell *cell = cell_of(heartbeats[i % 2], "10ms", 2);
        cell_run(cell, 100 * S);
        hf_world_host_crash(cell->world, 0, i < 2);
        cell_run(cell, 160 * S);
        hf_world_host_return(cell->world, 0);
        cell_run(cell, 1000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 0);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
        HfTime back = cell_record(cell, HF_RECORD_AGENT_REREGISTERED, 0)->at;
        assert_true(back >= 160 * S + 10 * MS && back <= 161 * S + 10 * MS);
        assert_true(hf_master_agent_is_registered(hf_world_master(cell->world), 0));
        cell_free(cell);
    }
}

static void an_agent_that_comes_back_late_is_offered_again(void **state)
{
    const char *const heartbeats[] = {"virtual", "explicit"};
    for (int i = 0; i < 4; i++) {
        Cell *cell = cell_of(heartbeats[i % 2], "10ms", 1);
        cell_run(cell, 100 * S);
        hf_world_host_crash(cell->world, 0, i < 2);
        cell_run(cell, 1000 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 1);
        hf_world_host_return(cell->world, 0);
        guint32 before = cell->log.count;
        cell_run(cell, 1100 * S);
        uint32_t started = 0;
        for (guint32 k = before; k < cell->log.count; k++)
            started += cell->log.at[k].type == HF_RECORD_TASK_STARTED && cell->log.at[k].agent == 0;
        assert_true(started >= 4);
        cell_free(cell);
    }
}

/* When each agent was given up, crash by crash: the text of all of it. */
static char *unreachable_times(const char *heartbeats, const char *latency, HfTime step)
{
    enum { HOSTS = 20 };
    Cell *cell = cell_of(heartbeats, latency, HOSTS);
    GString *text = g_string_new(NULL);
    HfTime at = 40 * S;
    for (uint32_t h = 0; h < HOSTS; h++) {
        at += step;
        cell_run(cell, at);
        hf_world_host_crash(cell->world, h, h % 2 == 0);
    }
    cell_run(cell, at + 1000 * S);
    for (uint32_t i = 0; i < cell_count(cell, HF_RECORD_AGENT_UNREACHABLE); i++) {
        const HfRecord *record = cell_record(cell, HF_RECORD_AGENT_UNREACHABLE, i);
        uint32_t host = hf_master_agent_host(hf_world_master(cell->world), record->agent);
        g_string_append_printf(text, "%u %" G_GINT64_FORMAT "\n", host, (gint64)record->at);
    }
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), HOSTS);
    cell_free(cell);
    return g_string_free(text, FALSE);
}

/* With a latency of seconds, many crashes fall between a ping and its pong. */
static void virtual_and_explicit_heartbeats_decide_at_the_same_instants(void **state)
{
    const char *const latencies[] = {"0s", "1ms", "700ms", "3s", "9s"};
    const HfTime steps[] = {S, 1300 * MS, 3777 * MS};
    for (size_t l = 0; l < G_N_ELEMENTS(latencies); l++) {
        for (size_t s = 0; s < G_N_ELEMENTS(steps); s++) {
            g_autofree char *is = unreachable_times("virtual", latencies[l], steps[s]);
            g_autofree char *should = unreachable_times("explicit", latencies[l], steps[s]);
            assert_string_equal(is, should);
        }
    }
}

/* The host goes down while its registration, or the answer to it, is on the way. */
static void check_crash_while_registering(const char *heartbeats, HfTime after)
{
    Cell *cell = cell_of(heartbeats, "2s", 1);
    HfTime at = 0;
    while (cell->world->hosts[0].agent.attempts == 0) cell_run(cell, at += 10 * MS);
    cell_run(cell, at + after); /* 2 s later the master knows, 4 s later the agent would */
    assert_int_equal(cell->world->hosts[0].agent.id, HF_ROW_NONE);
    hf_world_host_crash(cell->world, 0, FALSE);
    cell_run(cell, 400 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_world_host_return(cell->world, 0);
    guint32 before = cell->log.count;
    cell_run(cell, 600 * S);
    uint32_t started = 0;
    for (guint32 k = before; k < cell->log.count; k++)
        started += cell->log.at[k].type == HF_RECORD_TASK_STARTED && cell->log.at[k].agent == 0;
    assert_true(started > 0);
    assert_int_equal(hf_master_agents(hf_world_master(cell->world)), 3); /* it never knew its id */
    cell_free(cell);
}

static void a_crash_while_registering_is_found_out_and_mended(void **state)
{
    const char *const heartbeats[] = {"explicit", "virtual"};
    for (int i = 0; i < 2; i++) {
        check_crash_while_registering(heartbeats[i], S);
        check_crash_while_registering(heartbeats[i], 3 * S);
    }
}

/* It is back before the master noticed anything: what was launched there meanwhile is lost. */
static void a_crash_while_registering_and_a_quick_return_lose_no_task(void **state)
{
    const char *const heartbeats[] = {"explicit", "virtual"};
    for (int i = 0; i < 2; i++) {
        Cell *cell = cell_of(heartbeats[i], "2s", 1);
        HfTime at = 0;
        while (cell->world->hosts[0].agent.attempts == 0) cell_run(cell, at += 10 * MS);
        cell_run(cell, at + S);
        hf_world_host_crash(cell->world, 0, FALSE);
        cell_run(cell, at + 30 * S); /* registered, offered, and tasks sent into the void */
        hf_world_host_return(cell->world, 0);
        cell_run(cell, 500 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 0);
        assert_true(cell_count(cell, HF_RECORD_MESSAGE_LOST) > 0);
        uint32_t started[2] = {0};
        for (guint32 k = 0; k < cell->log.count; k++) {
            const HfRecord *record = &cell->log.at[k];
            started[record->agent % 2] +=
                record->type == HF_RECORD_TASK_STARTED && record->at > 400 * S;
        }
        assert_true(started[0] >= 4 && started[1] >= 8); /* both work, in rounds of 50 s */
        cell_run(cell, 600 * S);
        uint32_t launched = 0, ended = 0;
        for (guint32 k = 0; k < cell->log.count; k++) {
            const HfRecord *record = &cell->log.at[k];
            if (record->at > 500 * S) continue;
            launched += record->type == HF_RECORD_TASK_LAUNCHED;
        }
        for (guint32 k = 0; k < cell->log.count; k++)
            ended += cell->log.at[k].type == HF_RECORD_TASK_STATE &&
                     hf_task_state_is_terminal((HfTaskState)cell->log.at[k].state);
        assert_true(ended >= launched); /* none of them hangs */
        cell_free(cell);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_rows_in_the_order_of_the_scenario),
        cmocka_unit_test(what_is_down_stays_down_and_what_is_up_stays_up),
        cmocka_unit_test(a_host_that_is_down_from_the_start_comes_when_it_returns),
        cmocka_unit_test(a_visible_crash_disconnects_the_agent_at_once),
        cmocka_unit_test(a_silent_crash_is_found_out_by_five_missed_pings),
        cmocka_unit_test(a_disconnected_agent_is_given_up_by_its_pings_too),
        cmocka_unit_test(an_agent_that_comes_back_in_time_is_not_given_up),
        cmocka_unit_test(an_agent_that_comes_back_late_is_offered_again),
        cmocka_unit_test(virtual_and_explicit_heartbeats_decide_at_the_same_instants),
        cmocka_unit_test(a_crash_while_registering_is_found_out_and_mended),
        cmocka_unit_test(a_crash_while_registering_and_a_quick_return_lose_no_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
