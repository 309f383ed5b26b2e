/*
 * Links in trouble: what a partition stops is lost or repeated as TCP repeats it, a connection that
 * breaks loses what is under way, a slow link keeps its order; and what the protocol then says
 * twice does no harm. Every cell is under audit.
 */
#include "unit/world/greedy.h"

#include <math.h>

#include "world/faults.h"

#define MS HF_NS_PER_MS

/* One host; the framework subscribes at 100 s. */
static Cell *cell_of(const char *network, const char *framework)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1h\n"
        "network: {latency: 10ms, %s}\n"
        "agents: [{name: a, count: 1, resources: 'cpus:4'}]\n"
        "frameworks: [{name: f, model: greedy, start: 100s, checkpoint: true, tasks: 4, %s}]\n",
        network, framework);
    return cell_new(text);
}

static uint32_t lost(const Cell *cell, HfMessageType type)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        count += cell->log.at[i].type == HF_RECORD_MESSAGE_LOST &&
                 cell->log.at[i].value == (int64_t)type;
    return count;
}

static uint32_t heard(Cell *cell, HfTaskState state)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell_greedy(cell, 0)->heard.count; i++)
        count += cell_greedy(cell, 0)->heard.at[i].state == state;
    return count;
}

static void cut_from_to(Cell *cell, HfTime from, HfTime to, uint32_t cut)
{
    cell_run(cell, from);
    hf_world_link_cut(cell->world, 0, cut);
    assert_int_equal(hf_world_link_is_cut(cell->world, 0), cut);
    cell_run(cell, to);
    hf_world_link_cut(cell->world, 0, 0);
}

static void what_a_partition_stops_is_lost_without_tcp(void **state)
{
    Cell *cell = cell_of("retransmit_for: 0s", "duration: never");
    cut_from_to(cell, 99 * S, 130 * S, HF_CUT_BOTH);
    cell_run(cell, 140 * S);
    assert_int_equal(lost(cell, HF_MESSAGE_RUN_TASK), 4);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 0);
    cell_free(cell);
}

/*
 * Launched at 100 s plus two messages of the framework's and one of the master's, all 10 ms. TCP
 * repeats the orders after 0.2 s and twice that each time: at 25.4 s and at 51 s, by when the link
 * is whole again. The tasks start then, in the order of their launch.
 */
static void tcp_repeats_it_when_the_link_is_whole_again(void **state)
{
    Cell *cell = cell_of("retransmit_for: 15m", "duration: never");
    cut_from_to(cell, 99 * S, 130 * S, HF_CUT_BOTH);
    cell_run(cell, 200 * S);
    HfTime launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at;
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, i)->id, i + 1);
        assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, i)->at,
                         launched + 51 * S + 10 * MS);
    }
    assert_int_equal(cell_count(cell, HF_RECORD_MESSAGE_LOST), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_UNREACHABLE), 0);
    assert_int_equal(heard(cell, HF_TASK_RUNNING), 4);
    cell_free(cell);
}

/* 20 s after the orders nobody acknowledged them: the connection breaks, the master sees it, and
 * the agent when the link is whole. It registers again and says that it has no such tasks. */
static void tcp_gives_up_and_the_connection_breaks(void **state)
{
    Cell *cell = cell_of("retransmit_for: 20s", "duration: never");
    cut_from_to(cell, 99 * S, 150 * S, HF_CUT_BOTH);
    HfTime launched = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at;
    assert_int_equal(cell_count(cell, HF_RECORD_LINK_BROKEN), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_LINK_BROKEN, 0)->at, launched + 20 * S);
    assert_int_equal(lost(cell, HF_MESSAGE_RUN_TASK), 4);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 0);
    cell_run(cell, 300 * S);
    assert_true(cell_count(cell, HF_RECORD_AGENT_REREGISTERED) > 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 0);
    assert_int_equal(heard(cell, HF_TASK_LOST), 4);
    cell_free(cell);
}

/* Tasks end at about 105 s, unheard: TCP says so again until 12.6 s after, and would 25.4 s after.
 * The link is whole at 118 s, too late for it to be known before TCP gives up, 20 s after: then
 * both ends see at once that the connection broke, and the next cut finds another one. */
static void tcp_may_give_up_when_the_link_is_whole(void **state)
{
    Cell *cell = cell_of("retransmit_for: 20s", "duration: 5s");
    cut_from_to(cell, 102 * S, 118 * S, HF_CUT_TO_MASTER);
    assert_int_equal(cell_count(cell, HF_RECORD_LINK_BROKEN), 0);
    cell_run(cell, 126 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_LINK_BROKEN), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), 1);
    cut_from_to(cell, 200 * S, 201 * S, HF_CUT_TO_MASTER);
    cell_run(cell, 220 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), 1);
    cell_free(cell);
}

/* An agent that is stopped meanwhile takes with it what it had said and nobody heard. */
static void what_waits_dies_with_its_sender(void **state)
{
    Cell *cell = cell_of("retransmit_for: 15m", "duration: 5s");
    cut_from_to(cell, 102 * S, 104 * S, HF_CUT_TO_MASTER); /* nothing is said: nothing waits */
    cell_run(cell, 104 * S + 100 * MS);
    hf_world_link_cut(cell->world, 0, HF_CUT_TO_MASTER);
    cell_run(cell, 110 * S); /* the tasks have ended */
    assert_int_equal(heard(cell, HF_TASK_FINISHED), 0);
    hf_world_host_crash(cell->world, 0, FALSE);
    assert_int_equal(lost(cell, HF_MESSAGE_STATUS_UPDATE), 4);
    hf_world_link_cut(cell->world, 0, 0);
    cell_run(cell, 111 * S);
    hf_world_host_return(cell->world, 0);
    cell_run(cell, 200 * S);
    assert_int_equal(heard(cell, HF_TASK_FINISHED) + heard(cell, HF_TASK_FAILED) +
                         heard(cell, HF_TASK_LOST),
                     4); /* each ended once */
    cell_free(cell);
}

/* What the agent says waits, and it says it again after 10 s, 20 s ...: all of it arrives at once.
 */
static void an_update_repeated_into_a_partition_arrives_more_than_once(void **state)
{
    Cell *cell = cell_of("retransmit_for: 15m", "duration: never");
    cut_from_to(cell, 99 * S, 140 * S, HF_CUT_TO_MASTER);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4); /* the orders came through */
    assert_int_equal(heard(cell, HF_TASK_RUNNING), 0);
    cell_run(cell, 300 * S);
    assert_true(heard(cell, HF_TASK_RUNNING) >= 8);
    assert_int_equal(heard(cell, HF_TASK_RUNNING) % 4, 0);
    uint32_t entered = 0; /* in the master's book it happens once */
    for (guint32 i = 0; i < cell->log.count; i++)
        entered += cell->log.at[i].type == HF_RECORD_TASK_STATE &&
                   cell->log.at[i].state == HF_TASK_RUNNING;
    assert_int_equal(entered, 4);
    cell_free(cell);
}

/* The update is delivered, and its acknowledgement is lost on the way back: it comes again. */
static void a_lost_acknowledgement_doubles_an_update(void **state)
{
    Cell *cell = cell_of("retransmit_for: 0s", "duration: 5s");
    cell_run(cell, 101 * S);
    assert_int_equal(heard(cell, HF_TASK_RUNNING), 4);
    cut_from_to(cell, 104 * S, 120 * S, HF_CUT_FROM_MASTER);
    assert_int_equal(lost(cell, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT) > 0, TRUE);
    cell_run(cell, 300 * S);
    assert_true(heard(cell, HF_TASK_FINISHED) > 4);
    assert_int_equal(cell->world->hosts[0].agent.tasks.count, 0); /* all acknowledged in the end */
    uint32_t ended = 0;
    for (guint32 i = 0; i < cell->log.count; i++)
        ended += cell->log.at[i].type == HF_RECORD_TASK_STATE &&
                 cell->log.at[i].state == HF_TASK_FINISHED;
    assert_int_equal(ended, 4);
    cell_free(cell);
}

/*
 * Timers of repetitions are looked at before their time, and left out where all is acknowledged: of
 * two hosts whose tasks start 0.4 s apart, both are looked at when that of the first comes. On the
 * second host the acknowledgement of RUNNING is lost, which keeps its timer; or that of FINISHED,
 * after its timer was left out: both are repeated after 10 s to the instant.
 */
static void what_is_lost_is_repeated_in_time_beside_what_is_not(void **state)
{
    static const HfTaskState losses[] = {HF_TASK_RUNNING, HF_TASK_FINISHED};
    for (size_t i = 0; i < G_N_ELEMENTS(losses); i++) {
        Cell *cell = cell_new("duration: 1h\n"
                              "network: {latency: 10ms, retransmit_for: 0s}\n"
                              "agents: [{name: a, count: 2, resources: 'cpus:4'}]\n"
                              "frameworks: [{name: f, model: greedy, start: 100s, tasks: 1,\n"
                              "              cpus: 4},\n"
                              "             {name: g, model: greedy, start: 100.4s, tasks: 1,\n"
                              "              cpus: 4, duration: 9.8s}]\n");
        HfTime now = 100 * S;
        while (cell_count(cell, HF_RECORD_TASK_STARTED) < 2) cell_run(cell, now += MS);
        HfTime first = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at, sent = now;
        uint32_t host = cell_record(cell, HF_RECORD_TASK_STARTED, 1)->agent;
        assert_int_equal(sent - first, 400 * MS);
        assert_int_equal(cell->world->retries.count, 2);
        if (losses[i] == HF_TASK_FINISHED) sent += 9800 * MS;
        cell_run(cell, sent + 5 * MS);
        assert_int_equal(cell->world->retries.count, losses[i] == HF_TASK_FINISHED ? 1 : 2);
        hf_world_link_cut(cell->world, host, HF_CUT_FROM_MASTER);
        cell_run(cell, sent + S);
        hf_world_link_cut(cell->world, host, 0);
        cell_run(cell, sent + 15 * S);
        uint32_t again = 0;
        for (guint32 h = 0; h < cell_greedy(cell, 1)->heard.count; h++) {
            const Heard *heard = &cell_greedy(cell, 1)->heard.at[h];
            if (heard->state != losses[i]) continue;
            assert_int_equal(heard->at, sent + 20 * MS + again * 10 * S);
            again++;
        }
        assert_int_equal(again, 2);
        assert_int_equal(lost(cell, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT), 1);
        cell_free(cell);
    }
}

/* It hears pings and is not heard, until it is given up; what it asked meanwhile comes all at once.
 */
static void requests_to_be_registered_come_twice_and_count_once(void **state)
{
    Cell *cell = cell_of("retransmit_for: 15m", "duration: never");
    cell_run(cell, 120 * S);
    hf_world_link_cut(cell->world, 0, HF_CUT_FROM_MASTER);
    cell_run(cell, 400 * S); /* no ping: it registers again and again, and is heard */
    assert_true(cell_count(cell, HF_RECORD_AGENT_REREGISTERED) >= 2);
    hf_world_link_cut(cell->world, 0, HF_CUT_BOTH);
    cell_run(cell, 600 * S);
    uint32_t before = cell_count(cell, HF_RECORD_AGENT_REREGISTERED);
    hf_world_link_cut(cell->world, 0, 0);
    cell_run(cell, 1000 * S);
    assert_true(cell_count(cell, HF_RECORD_AGENT_REREGISTERED) >= before + 2);
    assert_true(hf_master_agent_is_registered(hf_world_master(cell->world), 0));
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 4);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    cell_free(cell);
}

/* ---- order ---- */

/* a-0 is slow: what it says comes late and in order, and a-1 overtakes it. */
static void a_slow_link_keeps_its_order_and_others_overtake_it(void **state)
{
    Cell *cell = cell_new("duration: 1h\n"
                          "agents: [{name: a, count: 2, resources: 'cpus:4'}]\n"
                          "frameworks: [{name: f, model: greedy, start: 100s, tasks: 8,"
                          " duration: 4s}]\n");
    HfLaw law = hf_law_constant(2);
    cell_run(cell, 99 * S);
    hf_world_link_slow(cell->world, 0, &law, 0);
    cell_run(cell, 106 * S + 500 * MS); /* its updates of the end are under way */
    hf_world_link_slow(cell->world, 0, NULL, 0);
    cell_run(cell, 200 * S);
    HfTime last[2] = {0, 0}, first[2] = {0, 0};
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type != HF_RECORD_TASK_STATE || record->state != HF_TASK_RUNNING) continue;
        uint32_t host = hf_master_agent_host(hf_world_master(cell->world), record->agent);
        if (first[host] == 0) first[host] = record->at;
        assert_true(record->at >= last[host]);
        last[host] = record->at;
    }
    assert_true(first[0] >= first[1] + 3 * S); /* the order and the answer, 2 s each */
    assert_int_equal(cell_count(cell, HF_RECORD_LINK_SLOW), 2);
    assert_int_equal(heard(cell, HF_TASK_FINISHED), 8);
    cell_free(cell);
}

static void lost_packets_cost_time_and_nothing_else(void **state)
{
    HfTime last[2];
    for (int lossy = 0; lossy < 2; lossy++) {
        Cell *cell = cell_of(lossy ? "loss: 0.5" : "loss: 0", "duration: 10s");
        cell_run(cell, 600 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_MESSAGE_LOST), 0);
        assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 0);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 4);
        assert_true(heard(cell, HF_TASK_FINISHED) >= 4);
        last[lossy] = hf_vec_last(&cell_greedy(cell, 0)->heard)->at;
        cell_free(cell);
    }
    assert_true(last[1] >= last[0] + 200 * MS);
}

static void a_lossy_link_repeats_each_packet_after_a_time_that_doubles(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 1, "test", 0);
    assert_int_equal(hf_world__retransmission_delay(0, &stream), 0);
    uint32_t seen[4] = {0};
    for (int i = 0; i < 4000; i++) {
        HfTime delay = hf_world__retransmission_delay(0.5, &stream);
        for (int k = 0; k < 4; k++) seen[k] += delay == ((1 << k) - 1) * 200 * MS;
    }
    /* 1/2, 1/4, 1/8, 1/16 of them, each within five standard deviations. */
    for (int k = 0; k < 4; k++) {
        double p = 1.0 / (2 << k), mean = 4000 * p;
        assert_true(ABS(seen[k] - mean) < 5 * sqrt(mean * (1 - p)));
    }
}

/* ---- schedulers ---- */

static void a_scheduler_cut_off_hears_nothing_and_is_told_later(void **state)
{
    for (int tcp = 0; tcp < 2; tcp++) {
        Cell *cell = cell_of(tcp ? "retransmit_for: 15m" : "retransmit_for: 0s", "duration: 10s");
        cell_run(cell, 105 * S);
        assert_int_equal(heard(cell, HF_TASK_RUNNING), 4);
        hf_world_scheduler_link_cut(cell->world, 0, HF_CUT_BOTH);
        assert_int_equal(hf_world_scheduler_link_is_cut(cell->world, 0), HF_CUT_BOTH);
        cell_run(cell, 130 * S);
        assert_int_equal(heard(cell, HF_TASK_FINISHED), 0);
        assert_int_equal(lost(cell, HF_MESSAGE_UPDATE) > 0, !tcp);
        hf_world_scheduler_link_cut(cell->world, 0, 0);
        cell_run(cell, 400 * S);
        assert_true(heard(cell, HF_TASK_FINISHED) >= 4);
        assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_LINK_CUT), 2);
        assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_DISCONNECTED), 0);
        assert_int_equal(cell->world->hosts[0].agent.tasks.count, 0);
        cell_free(cell);
    }
}

static void a_scheduler_subscribes_anew_when_its_connection_breaks(void **state)
{
    Cell *cell = cell_of("retransmit_for: 0s", "duration: never, failover_timeout: 1m");
    cell_run(cell, 105 * S);
    hf_world_scheduler_link_break(cell->world, 0);
    cell_run(cell, 200 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_LINK_BROKEN), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_DISCONNECTED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    cell_free(cell);
}

/* Its offers are not acknowledged: TCP gives up after 30 s, the master takes it for disconnected,
 * and removes it when the failover timeout is over; in time it subscribes again. */
static void a_scheduler_cut_off_for_long_is_disconnected(void **state)
{
    for (int late = 0; late < 2; late++) {
        Cell *cell = cell_of("retransmit_for: 30s", "duration: 10s, failover_timeout: 2m");
        cell_run(cell, 105 * S);
        hf_world_scheduler_link_cut(cell->world, 0, HF_CUT_BOTH);
        cell_run(cell, 200 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_SCHEDULER_LINK_BROKEN), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_DISCONNECTED), 1);
        cell_run(cell, late ? 400 * S : 220 * S);
        hf_world_scheduler_link_cut(cell->world, 0, 0);
        cell_run(cell, 600 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REMOVED), late);
        assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED), !late);
        cell_free(cell);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_partition_stops_is_lost_without_tcp),
        cmocka_unit_test(tcp_repeats_it_when_the_link_is_whole_again),
        cmocka_unit_test(tcp_gives_up_and_the_connection_breaks),
        cmocka_unit_test(tcp_may_give_up_when_the_link_is_whole),
        cmocka_unit_test(what_waits_dies_with_its_sender),
        cmocka_unit_test(an_update_repeated_into_a_partition_arrives_more_than_once),
        cmocka_unit_test(a_lost_acknowledgement_doubles_an_update),
        cmocka_unit_test(what_is_lost_is_repeated_in_time_beside_what_is_not),
        cmocka_unit_test(requests_to_be_registered_come_twice_and_count_once),
        cmocka_unit_test(a_slow_link_keeps_its_order_and_others_overtake_it),
        cmocka_unit_test(lost_packets_cost_time_and_nothing_else),
        cmocka_unit_test(a_lossy_link_repeats_each_packet_after_a_time_that_doubles),
        cmocka_unit_test(a_scheduler_cut_off_hears_nothing_and_is_told_later),
        cmocka_unit_test(a_scheduler_subscribes_anew_when_its_connection_breaks),
        cmocka_unit_test(a_scheduler_cut_off_for_long_is_disconnected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
