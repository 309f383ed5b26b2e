/* How messages travel: how long, in which order, and what becomes of those to a host that is down.
 */
#include "unit/world/greedy.h"

#define MS HF_NS_PER_MS

/* Each leg of the way of one task takes one latency: offer, accept, run, update, update. */
static void each_message_takes_the_latency(void **state)
{
    Cell *cell = cell_new("duration: 1m\n"
                          "network: {latency: 10ms}\n"
                          "agents: [{name: a, count: 1, resources: 'cpus:1'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 1, start: 2s}]\n");
    cell_run(cell, 60 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_FRAMEWORK_SUBSCRIBED, 0)->at, 2010 * MS);
    HfTime offered = cell_record(cell, HF_RECORD_OFFER_SENT, 0)->at;
    assert_int_equal(cell_record(cell, HF_RECORD_OFFER_ACCEPTED, 0)->at, offered + 20 * MS);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at, offered + 20 * MS);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at, offered + 30 * MS);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STATE, 0)->at, offered + 40 * MS);
    assert_int_equal(cell_greedy(cell, 0)->heard.count, 1);
    assert_int_equal(cell_greedy(cell, 0)->heard.at[0].at, offered + 50 * MS);
    assert_int_equal(hf_message_pool_live(cell->world->pool), 0); /* each was given back */
    cell_free(cell);
}

static void no_latency_at_all_is_legal(void **state)
{
    Cell *cell = cell_new("duration: 1m\n"
                          "network: {latency: 0s}\n"
                          "agents: [{name: a, count: 3, resources: 'cpus:2'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 6, duration: 5s}]\n");
    cell_run(cell, 60 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_FRAMEWORK_SUBSCRIBED, 0)->at, 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 6);
    HfTime launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at;
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at, launched);
    cell_free(cell);
}

/* Kills leave in order of launch, all at one instant; the master must hear them so. */
static void check_order_of_kills(const char *latency)
{
    g_autofree char *text =
        g_strdup_printf("duration: 2m\n"
                        "network: {latency: %s}\n"
                        "agents: [{name: a, count: 20, resources: 'cpus:10'}]\n"
                        "frameworks: [{name: f, model: greedy, tasks: 200, kill_after: 30s}]\n",
                        latency);
    Cell *cell = cell_new(text);
    cell_run(cell, 120 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_KILL), 200);
    for (uint32_t i = 1; i < 200; i++) {
        const HfRecord *before = cell_record(cell, HF_RECORD_TASK_KILL, i - 1);
        const HfRecord *after = cell_record(cell, HF_RECORD_TASK_KILL, i);
        assert_true(before->id < after->id);
    }
    cell_free(cell);
}

static void a_channel_keeps_its_order_under_constant_and_drawn_latency(void **state)
{
    check_order_of_kills("5ms");
    check_order_of_kills("{law: uniform, min: 0s, max: 900ms}");
    check_order_of_kills("{law: lognormal, median: 20ms, sigma: 2}");
}

/* What the master says of tasks reaches the framework in the order in which the master said it. */
static void updates_arrive_in_the_order_of_the_masters_book(void **state)
{
    Cell *cell = cell_new("duration: 2m\n"
                          "network: {latency: {law: exponential, mean: 300ms}}\n"
                          "agents: [{name: a, count: 20, resources: 'cpus:10'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 200, duration: 3s}]\n");
    cell_run(cell, 120 * S);
    const Greedy *greedy = cell_greedy(cell, 0);
    assert_int_equal(greedy->heard.count, 400);
    guint32 k = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type != HF_RECORD_TASK_STATE) continue;
        assert_true(k < greedy->heard.count);
        assert_int_equal(greedy->heard.at[k].task, record->id);
        assert_int_equal(greedy->heard.at[k].state, record->state);
        assert_true(greedy->heard.at[k].at >= record->at);
        k++;
    }
    assert_int_equal(k, 400);
    cell_free(cell);
}

/* The answer to an update takes 10 s, after which it is repeated: the timer, which is older than
 * the last leg of the answer, comes first at that instant, whatever other agents do meanwhile. */
static void a_repetition_comes_before_an_answer_of_the_same_instant(void **state)
{
    Cell *cell = cell_new("duration: 2m\n"
                          "network: {latency: 2500ms}\n"
                          "agents: [{name: a, count: 20, resources: 'cpus:1'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 20}]\n");
    cell_run(cell, 120 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 20);
    assert_int_equal(cell_greedy(cell, 0)->heard.count, 40);
    cell_free(cell);
}

static void each_host_draws_its_own_latency(void **state)
{
    Cell *cell = cell_new("duration: 1m\n"
                          "network: {latency: {law: uniform, min: 1s, max: 3s}}\n"
                          "agents: [{name: a, count: 50, resources: 'cpus:1'}]\n"
                          "frameworks: [{name: f, model: greedy}]\n");
    cell_run(cell, 60 * S);
    HfTime least = HF_TIME_NEVER, most = 0;
    for (uint32_t i = 0; i < 50; i++) {
        /* The first attempt leaves within the first second, and travels 1 to 3 s. */
        HfTime at = cell_record(cell, HF_RECORD_AGENT_REGISTERED, i)->at;
        assert_true(at >= S && at <= 4 * S);
        least = MIN(least, at);
        most = MAX(most, at);
    }
    assert_true(most - least > S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 50);
    cell_free(cell);
}

static void what_is_sent_to_a_dead_host_is_lost_and_recorded(void **state)
{
    Cell *cell = cell_new("duration: 5m\n"
                          "network: {latency: 100ms}\n"
                          "agents: [{name: a, count: 1, resources: 'cpus:1'}]\n"
                          "frameworks: [{name: f, model: greedy, tasks: 1, start: 9.9s}]\n");
    cell_run(cell, 10 * S);
    /* The framework has just subscribed; its offer is on the way, and the task is at 10.3 s. */
    HfTime offered = cell_record(cell, HF_RECORD_OFFER_SENT, 0)->at;
    cell_run(cell, offered + 250 * MS);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 1);
    assert_true(hf_world_host_crash(cell->world, 0, FALSE));
    cell_run(cell, offered + S);
    assert_int_equal(cell_count(cell, HF_RECORD_MESSAGE_LOST), 1);
    const HfRecord *lost = cell_record(cell, HF_RECORD_MESSAGE_LOST, 0);
    assert_int_equal(lost->at, offered + 300 * MS);
    assert_int_equal(lost->agent, 0);
    assert_int_equal(lost->value, HF_MESSAGE_RUN_TASK);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 0);
    assert_int_equal(hf_message_pool_live(cell->world->pool), 0);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_takes_the_latency),
        cmocka_unit_test(no_latency_at_all_is_legal),
        cmocka_unit_test(a_channel_keeps_its_order_under_constant_and_drawn_latency),
        cmocka_unit_test(updates_arrive_in_the_order_of_the_masters_book),
        cmocka_unit_test(a_repetition_comes_before_an_answer_of_the_same_instant),
        cmocka_unit_test(each_host_draws_its_own_latency),
        cmocka_unit_test(what_is_sent_to_a_dead_host_is_lost_and_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
