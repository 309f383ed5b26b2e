/*
 * Messages under way when a host goes down or registers again: what is lost with the connection,
 * and what the master may conclude from an agent's report that is older than its own orders.
 */
#include "unit/world/greedy.h"

#define MS HF_NS_PER_MS

static Cell *cell_of(const char *latency, const char *start, const char *duration)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1h\n"
        "network: {latency: %s}\n"
        "agents: [{name: a, count: 1, resources: 'cpus:4'}]\n"
        "frameworks: [{name: f, model: greedy, start: %s, tasks: 4, duration: %s}]\n",
        latency, start, duration);
    return cell_new(text);
}

static uint32_t count_reason(const Cell *cell, HfTaskReason reason)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        count += cell->log.at[i].type == HF_RECORD_TASK_STATE && cell->log.at[i].reason == reason;
    return count;
}

/* The order to run is under way for 2 s; the host is down for 100 ms of them. */
static void what_was_sent_to_an_earlier_life_is_lost(void **state)
{
    for (int visible = 0; visible < 2; visible++) {
        Cell *cell = cell_of("2s", "0s", "never");
        HfTime at = 0;
        while (cell_count(cell, HF_RECORD_TASK_LAUNCHED) == 0) cell_run(cell, at += 10 * MS);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
        hf_world_host_crash(cell->world, 0, visible);
        cell_run(cell, at += 100 * MS);
        hf_world_host_return(cell->world, 0);
        cell_run(cell, at += 60 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 0);
        uint32_t lost = 0;
        for (guint32 i = 0; i < cell->log.count; i++)
            lost += cell->log.at[i].type == HF_RECORD_MESSAGE_LOST &&
                    cell->log.at[i].value == HF_MESSAGE_RUN_TASK;
        assert_int_equal(lost, 4);
        assert_int_equal(cell_greedy(cell, 0)->heard.count, 4); /* each that its task is lost */
        for (uint32_t i = 0; i < 4; i++)
            assert_int_equal(cell_greedy(cell, 0)->heard.at[i].state, HF_TASK_LOST);
        cell_free(cell);
    }
}

/* A new life has a connection of its own as soon as the master has heard of it. */
static void what_is_sent_to_the_next_life_arrives(void **state)
{
    Cell *cell = cell_of("10ms", "60s", "never");
    cell_run(cell, 30 * S);
    for (int i = 0; i < 3; i++) {
        hf_world_host_crash(cell->world, 0, TRUE);
        hf_world_host_return(cell->world, 0);
        cell_run(cell, (32 + i * 2) * S);
    }
    cell_run(cell, 70 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    assert_int_equal(cell_count(cell, HF_RECORD_MESSAGE_LOST), 0);
    cell_free(cell);
}

/*
 * Latency 5 s. The host is back at 29 s and asks to be registered again until it has the answer, at
 * about 39.5 s; the last of its requests arrive up to 5 s later. Subscribed at 30 s, the framework
 * has its offer at 35 s, and at 40 s its tasks are launched, between two of these requests: their
 * reports say nothing of them.
 */
static void a_report_older_than_a_launch_does_not_end_the_task(void **state)
{
    Cell *cell = cell_of("5s", "25s", "1000s");
    cell_run(cell, 28 * S);
    hf_world_host_crash(cell->world, 0, FALSE);
    cell_run(cell, 29 * S);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 100 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
    HfTime launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at;
    assert_int_equal(launched, 40 * S);
    uint32_t between = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        between += record->type == HF_RECORD_AGENT_REREGISTERED && record->at >= launched &&
                   record->at < launched + 5 * S;
    }
    assert_true(between > 0); /* else this test tests nothing */
    assert_int_equal(count_reason(cell, HF_REASON_RECONCILIATION), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    cell_free(cell);
}

/* Asked for tasks that it lost, the agent answers: the master knows one round trip later. */
static void an_agent_answers_for_tasks_that_it_lost(void **state)
{
    Cell *cell = cell_of("10ms", "0s", "never");
    cell_run(cell, 50 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    hf_world_host_crash(cell->world, 0, FALSE); /* nobody notices */
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 60 * S);
    HfTime back = cell_record(cell, HF_RECORD_AGENT_REREGISTERED, 0)->at;
    uint32_t lost = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type != HF_RECORD_TASK_STATE || record->state != HF_TASK_LOST) continue;
        assert_int_equal(record->reason, HF_REASON_RECONCILIATION);
        assert_int_equal(record->at, back + 20 * MS);
        lost++;
    }
    assert_int_equal(lost, 4);
    assert_int_equal(cell->world->hosts[0].agent.tasks.count, 0); /* acknowledged and forgotten */
    assert_int_equal(hf_master_tasks(hf_world_master(cell->world)), 0);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_to_an_earlier_life_is_lost),
        cmocka_unit_test(what_is_sent_to_the_next_life_arrives),
        cmocka_unit_test(a_report_older_than_a_launch_does_not_end_the_task),
        cmocka_unit_test(an_agent_answers_for_tasks_that_it_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
