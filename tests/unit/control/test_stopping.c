/*
 * Tasks that take their time to stop: kill policies, TASK_KILLING, and draining, which waits for
 * them and allows no more than operators do.
 */
#include "unit/control/operators.h"

static void keep_end(void *context, const HfRecord *record)
{
    if (record->type == HF_RECORD_TASK_ENDED) *(HfTime *)context = record->at;
}

typedef struct Stopping {
    HfPump *pump;
    uint32_t a; /* a framework that knows of TASK_KILLING and partitions */
    HfTime ended_at;
} Stopping;

/* Task 1 runs on host 0, and takes so long to stop. */
static void begin(Stopping *s, HfTime stop_time, HfTime kill_grace)
{
    *s = (Stopping){.pump = cluster(1, NULL)};
    hf_trace_listen(s->pump->trace, keep_end, &s->ended_at);
    s->a = hf_pump_add_framework(s->pump, "a", "a",
                                 HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_PARTITION_AWARE |
                                     HF_CAPABILITY_TASK_KILLING_STATE,
                                 TRUE);
    hf_pump_run_for(s->pump, 0);
    hf_pump_accept(s->pump, s->a, &hf_pump_framework(s->pump, s->a)->offers.at[0].id, 1,
                   &(HfPumpTask){.id = 1,
                                 .resources = "cpus:1",
                                 .duration = HF_TIME_NEVER,
                                 .stop_time = stop_time,
                                 .kill_grace = kill_grace},
                   1, 0);
    hf_pump_run_for(s->pump, HF_SECONDS(1));
}

static void drain(Stopping *s, int max_grace_s, gboolean is_gone)
{
    g_autofree char *most =
        max_grace_s < 0
            ? g_strdup("")
            : g_strdup_printf(",'max_grace_period':{'nanoseconds':%" G_GINT64_FORMAT "}",
                              (gint64)max_grace_s * HF_NS_PER_SECOND);
    g_autofree char *body = g_strdup_printf("{'agent_id':{'value':'host0'}%s%s}", most,
                                            is_gone ? ",'mark_gone':true" : "");
    assert_call(s->pump, HF_CALL_DRAIN_AGENT, body, 200);
}

/* CommandExecutor::kill: 3 s unless its policy says otherwise. */
static void a_task_stops_by_itself_or_is_ended(void **state)
{
    static const struct {
        HfTime stop, grace;
        double after;
    } rows[] = {
        {0, 0, 0},
        {HF_SECONDS(2), 0, 2},
        {HF_SECONDS(60), 0, 3},
        {HF_SECONDS(60), HF_SECONDS(30), 30},
        {HF_SECONDS(2), HF_SECONDS(30), 2},
        {HF_SECONDS(2), HF_SECONDS(1), 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Stopping s;
        begin(&s, rows[i].stop, rows[i].grace);
        HfTime now = s.pump->now;
        hf_pump_kill(s.pump, s.a, 1);
        hf_pump_run_for(s.pump, 0);
        if (rows[i].after > 0) {
            assert_told(s.pump, 1, HF_TASK_KILLING, HF_REASON_NONE);
            assert_int_equal(s.ended_at, 0);
            hf_pump_kill(s.pump, s.a, 1); /* once more changes nothing */
        }
        hf_pump_run_for(s.pump, HF_SECONDS(70));
        assert_told(s.pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
        assert_int_equal(s.ended_at, now + HF_SECONDS(rows[i].after));
        hf_pump_free(s.pump);
    }
}

/* Call.Kill.kill_policy, in the place of the task's own: longer, shorter, or at once; of several
 * the shortest counts, from the first on. */
static void a_kill_may_bring_a_policy_of_its_own(void **state)
{
    static const struct {
        HfTime own, first, second; /* 0 = no policy, never = no second call */
        double after;
    } rows[] = {
        {0, HF_SECONDS(20), HF_TIME_NEVER, 20},
        {HF_SECONDS(30), HF_SECONDS(20), HF_TIME_NEVER, 20},
        {HF_SECONDS(5), HF_SECONDS(20), HF_TIME_NEVER, 20},
        {HF_SECONDS(30), 0, HF_TIME_NEVER, 0},
        {HF_SECONDS(30), HF_SECONDS(20), HF_SECONDS(10), 10},
        {HF_SECONDS(30), HF_SECONDS(20), HF_SECONDS(1), 4},
        {HF_SECONDS(30), HF_SECONDS(20), HF_SECONDS(50), 20},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Stopping s;
        begin(&s, HF_SECONDS(60), rows[i].own);
        HfTime now = s.pump->now;
        hf_pump_rule(s.pump, HF_MESSAGE_KILL_TASK, HF_PUMP_TWICE, 0, 1);
        hf_pump_kill_within(s.pump, s.a, 1, rows[i].first);
        hf_pump_run_for(s.pump, HF_SECONDS(4));
        if (rows[i].second != HF_TIME_NEVER) hf_pump_kill_within(s.pump, s.a, 1, rows[i].second);
        hf_pump_run_for(s.pump, HF_SECONDS(70));
        assert_told(s.pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
        assert_int_equal(s.ended_at, now + HF_SECONDS(rows[i].after));
        hf_pump_free(s.pump);
    }
}

/* CommandExecutor::shutdown: --executor_shutdown_grace_period less 2 s, whatever the task's policy;
 * nothing if that leaves nothing. */
static void a_framework_that_is_shut_down_waits_for_no_policy(void **state)
{
    static const struct {
        double period;
        HfTime stop, grace;
        double after;
    } rows[] = {
        {5, HF_SECONDS(60), 0, 3},   {5, HF_SECONDS(60), HF_SECONDS(30), 3},
        {5, HF_SECONDS(1), 0, 1},    {5, HF_SECONDS(60), HF_SECONDS(1), 3},
        {20, HF_SECONDS(60), 0, 18}, {1, HF_SECONDS(60), 0, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Stopping s;
        begin(&s, rows[i].stop, rows[i].grace);
        s.pump->agent_config.executor_shutdown_grace = HF_SECONDS(rows[i].period);
        HfTime now = s.pump->now;
        hf_pump_teardown(s.pump, s.a);
        hf_pump_run_for(s.pump, HF_SECONDS(70));
        assert_int_equal(s.ended_at, now + HF_SECONDS(rows[i].after));
        assert_int_equal(hf_pump_host(s.pump, 0)->agent.tasks.count, 0);
        hf_pump_free(s.pump);
    }
}

/* Slave::drain: a task without a policy gets the most that is allowed, one with a shorter keeps its
 * own; the agent is drained when it has ended. Mesos rows: 671. */
static void draining_waits_no_longer_than_allowed(void **state)
{
    static const struct {
        int most;
        HfTime stop, grace;
        double after;
    } rows[] = {
        {-1, HF_SECONDS(60), 0, 3},
        {-1, HF_SECONDS(60), HF_SECONDS(30), 30},
        {10, HF_SECONDS(60), 0, 10},
        {10, HF_SECONDS(60), HF_SECONDS(30), 10},
        {10, HF_SECONDS(60), HF_SECONDS(5), 5},
        {10, HF_SECONDS(2), HF_SECONDS(5), 2},
        {0, HF_SECONDS(60), HF_SECONDS(5), 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        for (gboolean is_gone = FALSE; is_gone <= TRUE; is_gone++) {
            Stopping s;
            begin(&s, rows[i].stop, rows[i].grace);
            HfTime now = s.pump->now;
            drain(&s, rows[i].most, is_gone);
            if (rows[i].after > 0) {
                assert_told(s.pump, 1, HF_TASK_KILLING, HF_REASON_SLAVE_DRAINING);
                hf_pump_run_for(s.pump, HF_SECONDS(rows[i].after - 0.5));
                assert_int_equal(count(s.pump, HF_RECORD_AGENT_DRAINED), 0);
            }
            hf_pump_run_for(s.pump, HF_SECONDS(1));
            assert_int_equal(s.ended_at, now + HF_SECONDS(rows[i].after));
            assert_told(s.pump, 1, is_gone ? HF_TASK_GONE_BY_OPERATOR : HF_TASK_KILLED,
                        HF_REASON_SLAVE_DRAINING);
            assert_int_equal(count(s.pump, HF_RECORD_AGENT_DRAINED), 1);
            assert_int_equal(count(s.pump, HF_RECORD_AGENT_GONE), is_gone);
            hf_pump_free(s.pump);
        }
}

static void a_later_kill_may_only_shorten_the_grace(void **state)
{
    static const struct {
        int most;
        double after;
    } rows[] = {{5, 10}, {20, 20}, {60, 40}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Stopping s;
        begin(&s, HF_SECONDS(100), HF_SECONDS(40));
        HfTime now = s.pump->now;
        hf_pump_kill(s.pump, s.a, 1);
        hf_pump_run_for(s.pump, HF_SECONDS(10));
        drain(&s, rows[i].most, FALSE);
        hf_pump_run_for(s.pump, HF_SECONDS(60));
        assert_int_equal(s.ended_at, now + HF_SECONDS(rows[i].after));
        hf_pump_free(s.pump);
    }
}

/* Mesos rows: 672. An order that reaches an agent which drains is refused there; the drain ends
 * when its refusal is acknowledged, too. */
static void a_draining_agent_refuses_launches(void **state)
{
    Stopping s;
    begin(&s, HF_SECONDS(20), HF_SECONDS(30));
    hf_pump_operate(s.pump, s.a, 1, "LAUNCH 2=cpus:1", 0);
    hf_pump_rule(s.pump, HF_MESSAGE_RUN_TASK, HF_PUMP_LATE, HF_SECONDS(5), 1);
    hf_pump_run_for(s.pump, HF_SECONDS(1));
    drain(&s, -1, FALSE);
    hf_pump_run_for(s.pump, HF_SECONDS(6));
    assert_told(s.pump, 2, HF_TASK_DROPPED, HF_REASON_SLAVE_DRAINING);
    assert_int_equal(count(s.pump, HF_RECORD_AGENT_DRAINED), 0);
    hf_pump_run_for(s.pump, HF_SECONDS(20));
    assert_told(s.pump, 1, HF_TASK_KILLED, HF_REASON_SLAVE_DRAINING);
    assert_int_equal(count(s.pump, HF_RECORD_AGENT_DRAINED), 1);
    assert_int_equal(hf_pump_host(s.pump, 0)->agent.drain, HF_AGENT_DRAIN_NONE);
    hf_pump_free(s.pump);
}

/* Mesos rows: 673. The order to drain is on the agent's disk: without a master, it goes on. */
static void a_drain_survives_the_agents_process(void **state)
{
    Stopping s;
    begin(&s, HF_SECONDS(20), HF_SECONDS(30));
    hf_pump_host(s.pump, 0)->agent.drain =
        HF_AGENT_DRAIN_GOING; /* told, and died before it acted */
    hf_pump_host(s.pump, 0)->agent.drain_grace = HF_SECONDS(10);
    hf_pump_stop(s.pump, 0);
    hf_pump_boot(s.pump, 0);
    HfTime now = s.pump->now;
    hf_pump_host(s.pump, 0)->is_cut = TRUE;
    hf_pump_run_for(s.pump, HF_SECONDS(14));
    assert_int_equal(s.ended_at, now + HF_SECONDS(2 + 10)); /* executors had 2 s to come back */
    hf_pump_free(s.pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_stops_by_itself_or_is_ended),
        cmocka_unit_test(a_kill_may_bring_a_policy_of_its_own),
        cmocka_unit_test(a_framework_that_is_shut_down_waits_for_no_policy),
        cmocka_unit_test(draining_waits_no_longer_than_allowed),
        cmocka_unit_test(a_later_kill_may_only_shorten_the_grace),
        cmocka_unit_test(a_draining_agent_refuses_launches),
        cmocka_unit_test(a_drain_survives_the_agents_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
