/* Agents that are not heard: when they are given up, what is lost, and how they come back. */
#include "unit/control/cell.h"

/* ---- silence ---- */

/* An agent registered at R is pinged at R + 15 k s. Silent from R + `from` s on, it is given up
 * this many seconds after R. */
static double given_up_after(gboolean explicit_heartbeats, double from, HfTime latency)
{
    HfPump *pump = pump_with(explicit_heartbeats, latency, FALSE);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    while (hf_master_agents(pump->master) == 0) hf_pump_step(pump);
    HfTime registered = pump->now;
    hf_pump_run(pump, registered + HF_SECONDS(from));
    hf_pump_crash(pump, 0, FALSE);
    while (count(pump, HF_RECORD_AGENT_UNREACHABLE) == 0 && pump->now < HF_SECONDS(400))
        hf_pump_step(pump);
    double after = hf_time_to_seconds(pump->now - registered);
    hf_pump_free(pump);
    return after;
}

/* Mesos rows: 547. First unanswered ping at or after the silence begins, plus 5 x 15 s: 75 to 90 s.
 */
static void a_silent_agent_is_given_up_75_s_after_the_first_unanswered_ping(void **state)
{
    assert_float_equal(given_up_after(FALSE, 0.5, 0), 90, 0); /* the ping of 15 s + 75 s */
    assert_float_equal(given_up_after(FALSE, 14.9, 0), 90, 0);
    assert_float_equal(given_up_after(FALSE, 15, 0), 90, 0); /* that ping is not answered */
    assert_float_equal(given_up_after(FALSE, 15.1, 0), 105, 0);
    assert_float_equal(given_up_after(FALSE, 100, 0), 180, 0); /* 105 + 75 */
}

/* With pings as messages and without them, at once and with 200 ms of latency; also when the
 * silence begins while a ping (15 s + 0.2) or its answer (+ 0.4) is under way. */
static void virtual_and_explicit_heartbeats_decide_at_the_same_instant(void **state)
{
    static const double from[] = {0.5, 7, 14.5, 14.95, 15.1, 15.3, 15.5, 44.5, 45.15, 60.35, 61.3};
    for (guint i = 0; i < G_N_ELEMENTS(from); i++) {
        for (int late = 0; late < 2; late++) {
            HfTime latency = late ? HF_SECONDS(0.2) : 0;
            assert_float_equal(given_up_after(TRUE, from[i], latency),
                               given_up_after(FALSE, from[i], latency), 0);
        }
    }
}

/* Silent for 70 s, then heard: it survives, by either kind of heartbeat. */
static void an_agent_heard_in_time_survives(void **state)
{
    for (int explicitly = 0; explicitly < 2; explicitly++) {
        HfPump *pump = cell_as(explicitly, 0, FALSE);
        hf_pump_run(pump, HF_SECONDS(20));
        hf_pump_cut(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(70));
        hf_pump_heal(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(1000));
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
        assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 0);
        assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
        hf_pump_free(pump);
    }
}

/* Each silence counts for itself: 70 s, a breath, 70 s. */
static void silences_do_not_add_up(void **state)
{
    for (int explicitly = 0; explicitly < 2; explicitly++) {
        HfPump *pump = cell_as(explicitly, 0, FALSE);
        hf_pump_run(pump, HF_SECONDS(20));
        for (int i = 0; i < 3; i++) {
            hf_pump_cut(pump, 0);
            hf_pump_run_for(pump, HF_SECONDS(70));
            hf_pump_heal(pump, 0);
            hf_pump_run_for(pump, HF_SECONDS(16));
        }
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
        hf_pump_free(pump);
    }
}

/* Mesos rows: 651. A host that is up answers pings before it has registered again. */
static void an_agent_that_takes_long_to_register_answers_pings_meanwhile(void **state)
{
    for (int explicitly = 0; explicitly < 2; explicitly++) {
        HfPump *pump = cell_as(explicitly, 0, FALSE);
        hf_pump_run(pump, HF_SECONDS(20));
        hf_pump_rule(pump, HF_MESSAGE_REREGISTER_AGENT, HF_PUMP_LOSE, 0, UINT32_MAX);
        hf_pump_crash(pump, 0, FALSE);
        hf_pump_run_for(pump, HF_SECONDS(30));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(300));
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
        hf_pump_free(pump);
    }
}

static void registering_again_proves_that_an_agent_can_be_heard(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_send(pump,
                 hf_pump_message(pump, HF_MESSAGE_SILENT, (HfPeer){HF_PEER_AGENT, 0}, to_master));
    hf_pump_run(pump, HF_SECONDS(60));
    const uint64_t task = 1;
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, &task, 1);
    hf_pump_run(pump, HF_SECONDS(200));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
    hf_pump_free(pump);
}

/* Without pings as messages it understands when the last one came: 15 s after it registered. */
static void an_agent_told_of_the_silence_gives_up_as_if_pings_had_stopped(void **state)
{
    HfPump *pump = cell_as(FALSE, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    const HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    HfTime registered = agent->registered_at;
    while (agent->state == HF_AGENT_REGISTERED) hf_pump_step(pump);
    assert_int_equal(pump->now, registered + HF_SECONDS(15) + HF_SECONDS(75) + 1);
    hf_pump_free(pump);
}

/* The agent waits for its first ping from the answer to its registration on. */
static void an_agent_that_never_heard_a_ping_registers_again(void **state)
{
    HfPump *pump = pump_with(TRUE, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_PING, HF_PUMP_LOSE, 0, 6);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(60));
    HfTime registered = pump->last[HF_RECORD_AGENT_REGISTERED].at;
    hf_pump_run(pump, registered + HF_SECONDS(75));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    assert_int_equal(hf_pump_host(pump, 0)->agent.state, HF_AGENT_REGISTERED);
    hf_pump_run_for(pump, 1);
    assert_int_equal(hf_pump_host(pump, 0)->agent.state, HF_AGENT_REGISTERING);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    hf_pump_free(pump);
}

/* Five pings lost of six are not five in a row. */
static void one_answer_resets_the_count_of_missed_pings(void **state)
{
    HfPump *pump = cell_as(TRUE, 0, FALSE);
    for (int i = 0; i < 5; i++) {
        hf_pump_rule(pump, HF_MESSAGE_PONG, HF_PUMP_LOSE, 0, 4);
        hf_pump_rule(pump, HF_MESSAGE_PONG, HF_PUMP_PASS, 0, 1);
    }
    hf_pump_run(pump, HF_SECONDS(600));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
    hf_pump_rule(pump, HF_MESSAGE_PONG, HF_PUMP_LOSE, 0, 5);
    hf_pump_run(pump, HF_SECONDS(700));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_pump_free(pump);
}

static void pings_are_messages_only_when_asked_for(void **state)
{
    HfPump *pump = cell_as(FALSE, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(100));
    assert_int_equal(occurrences(pump, "PING"), 0);
    hf_pump_free(pump);
    pump = cell_as(TRUE, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(100)); /* registered within the first second: at +0, 15, .. 90 */
    assert_int_equal(occurrences(pump, "\"msg\":\"PING\""), 7);
    assert_int_equal(occurrences(pump, "\"msg\":\"PONG\""), 7);
    hf_pump_free(pump);
}

/* ---- unreachable, and back ---- */

static void the_unreachable_are_told_of_and_their_tasks_lost(void **state)
{
    HfPump *pump = cell(0, FALSE);
    uint32_t other = hf_pump_add_framework(pump, "other", "other", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    assert_int_equal(hf_pump_framework(pump, other)->offers.count, 1); /* 3 cpus */
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    assert_int_equal(hf_pump_framework(pump, 0)->failures, 1);
    assert_int_equal(hf_pump_framework(pump, other)->failures, 1); /* slaveLost goes to all */
    assert_int_equal(hf_pump_framework(pump, other)->rescinds, 1);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_available(pump, "unknown");
    hf_pump_free(pump);
}

static void the_aware_are_told_unreachable(void **state)
{
    HfPump *pump = cell(HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    assert_told(pump, 1, HF_TASK_UNREACHABLE, HF_REASON_SLAVE_REMOVED);
    hf_pump_free(pump);
}

/* Silent from 20 s to 200 s. The agent notices by itself that no ping comes, and asks until it is
 * heard; what runs there still is entered again, and its framework told. */
static void expect_return(gboolean explicitly, uint32_t capabilities)
{
    HfPump *pump = cell_as(explicitly, capabilities, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(200));
    assert_false(hf_master_agent_is_registered(pump->master, 0));
    assert_int_equal(hf_pump_host(pump, 0)->agent.state, HF_AGENT_REGISTERING);
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(261));
    assert_true(hf_master_agent_is_registered(pump->master, 0));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    HfPumpFramework *self = hf_pump_framework(pump, 0);
    assert_int_equal(self->offers.count,
                     1); /* 3 cpus and all memory: filters went with the agent */
    assert_available(pump, "");
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
    assert_available(pump, "cpus:1");
    hf_pump_free(pump);
}

/* Mesos rows: 550. */
static void an_unreachable_agent_comes_back_with_its_tasks(void **state)
{
    expect_return(FALSE, 0);
    expect_return(TRUE, 0);
}

/* Mesos rows: 549. */
static void tasks_of_the_aware_come_back_too(void **state)
{
    expect_return(FALSE, HF_CAPABILITY_PARTITION_AWARE);
    expect_return(TRUE, HF_CAPABILITY_PARTITION_AWARE);
}

/* Mesos rows: 565. Only the pings do not arrive; the master never misses the agent. */
static void an_agent_that_hears_no_ping_registers_again(void **state)
{
    HfPump *pump = cell_as(TRUE, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_rule(pump, HF_MESSAGE_PING, HF_PUMP_LOSE, 0, 5);
    HfTime last_ping = hf_pump_host(pump, 0)->agent.registered_at + HF_SECONDS(15);
    while (hf_pump_host(pump, 0)->agent.state == HF_AGENT_REGISTERED) hf_pump_step(pump);
    assert_int_equal(pump->now, last_ping + HF_SECONDS(75) + 1);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* Mesos rows: 548. */
static void a_task_that_never_arrived_is_not_there_after_the_return(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_rule(pump, HF_MESSAGE_RUN_TASK, HF_PUMP_LOSE, 0, 1);
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(200));
    assert_told(pump, 2, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_told(pump, 2, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

/* Mesos rows: 552. */
static void tasks_of_a_framework_gone_meanwhile_are_shut_down_at_the_return(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    hf_pump_teardown(pump, 0);
    hf_pump_run(pump, HF_SECONDS(200));
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* Torn down while the agent was away but not yet given up. */
static void a_framework_torn_down_while_its_agent_is_away_is_shut_down_at_the_return(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_send(pump,
                 hf_pump_message(pump, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_AGENT, 0}, to_master));
    hf_pump_run_for(pump, 0);
    hf_pump_teardown(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    const uint64_t task = 1;
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, &task, 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    hf_pump_free(pump);
}

/* Mesos rows: 555, 557, 558. */
static void an_update_of_an_unreachable_agent_waits_until_it_is_back(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, FALSE);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_SECONDS(150)); /* ends at 152 s */
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(200));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_told(pump, 1, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(updates(pump), 3); /* RUNNING, LOST, FINISHED once */
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_available(pump, "");
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    hf_pump_free(pump);
}

/* An update under way when the agent is given up is no update of a registered agent. */
static void an_update_that_arrives_after_the_verdict_is_ignored(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    guint before = updates(pump);
    HfMessage *late =
        hf_pump_message(pump, HF_MESSAGE_STATUS_UPDATE, (HfPeer){HF_PEER_AGENT, 0}, to_master);
    late->agent = 0;
    late->status = (HfTaskStatus){.framework = 0,
                                  .task = 1,
                                  .state = HF_TASK_FINISHED,
                                  .latest = HF_TASK_FINISHED,
                                  .agent = 0,
                                  .needs_ack = TRUE};
    hf_pump_host(pump, 0)->is_cut = FALSE;
    hf_pump_send(pump, late);
    hf_pump_run_for(pump, 0);
    assert_int_equal(updates(pump), before);
    hf_pump_free(pump);
}

/* Mesos rows: 559. In the book it stays as it ended; its framework, which did not say that it knows
 * of the end, is told what all others there are told (Master::__removeSlave). */
static void a_task_that_had_ended_is_not_lost_with_its_agent(void **state)
{
    HfPump *pump = cell(HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(200));
    assert_told(pump, 1, HF_TASK_UNREACHABLE, HF_REASON_SLAVE_REMOVED);
    assert_string_equal(hf_task_state_name((HfTaskState)pump->last[HF_RECORD_TASK_STATE].state),
                        "TASK_KILLED");
    assert_int_equal(hf_pump_framework(pump, 0)->failures, 1);
    hf_pump_free(pump);
}

/*
 * The master gave it up, and only then does its host say that pings arrive again: none does. It is
 * told so, and registers again. (It went on as if it were registered, for ever.)
 */
static void an_agent_given_up_while_its_host_knew_of_no_silence_comes_back(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_run(pump, HF_SECONDS(20));
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_host(pump, 0)->agent.give_up_at = HF_TIME_NEVER; /* as if it did not hear of it */
    while (count(pump, HF_RECORD_AGENT_UNREACHABLE) == 0) hf_pump_step(pump);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(200));
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_SLAVE_REREGISTERED);
    hf_pump_free(pump);
}

/* Mesos rows: 347. As long as the master remembers a task out of reach, nobody may use its id. */
static void the_id_of_a_task_out_of_reach_cannot_be_used_again(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    uint32_t other = hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(122));
    hf_pump_launch(pump, 0, 1, "cpus:2", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_ERROR, HF_REASON_TASK_INVALID);
    hf_pump_run(pump, HF_SECONDS(200));
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    assert_int_equal(hf_pump_host(pump, other)->runs.count, 0);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

/* Some of them must have been told to stop, in messages that were lost. */
static void a_report_that_exceeds_the_agent_is_cut_to_it(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_cut(pump, 0);
    hf_pump_run(pump, HF_SECONDS(120));
    hf_pump_host(pump, 0)->is_cut = FALSE;
    const uint64_t tasks[] = {1, 2, 3, 4, 5};
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, tasks, 5);
    assert_int_equal(hf_master_tasks(pump->master), 4); /* of 1 cpu each, on 4 */
    assert_int_equal(occurrences(pump, "\"msg\":\"KILL_TASK\""), 1);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1); /* the memory */
    hf_pump_free(pump);
}

/* Mesos rows: 697. Three agents are silent at once; one may go each minute, and who is heard before
 * its turn is spared. */
static void removals_are_limited(void **state)
{
    for (int explicitly = 0; explicitly < 2; explicitly++) {
        HfPumpConfig config;
        hf_pump_config_init(&config);
        config.master.explicit_heartbeats = explicitly;
        config.master.agent_removal_interval = HF_SECONDS(60);
        HfPump *pump = hf_pump_new(&config);
        for (int i = 0; i < 3; i++) hf_pump_add_agent(pump, "cpus:4");
        hf_pump_run(pump, HF_SECONDS(5));
        for (uint32_t h = 0; h < 3; h++) hf_pump_cut(pump, h);
        while (count(pump, HF_RECORD_AGENT_UNREACHABLE) == 0) hf_pump_step(pump);
        HfTime first = pump->now;
        hf_pump_run(pump, first + HF_SECONDS(60) - 1);
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
        hf_pump_run(pump, first + HF_SECONDS(60));
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 2);
        for (uint32_t h = 0; h < 3; h++) hf_pump_heal(pump, h);
        hf_pump_run(pump, first + HF_SECONDS(300));
        assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 2);
        for (uint32_t a = 0; a < 3; a++)
            assert_true(hf_master_agent_is_registered(pump->master, a));
        hf_pump_free(pump);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_agent_is_given_up_75_s_after_the_first_unanswered_ping),
        cmocka_unit_test(virtual_and_explicit_heartbeats_decide_at_the_same_instant),
        cmocka_unit_test(an_agent_heard_in_time_survives),
        cmocka_unit_test(silences_do_not_add_up),
        cmocka_unit_test(an_agent_that_takes_long_to_register_answers_pings_meanwhile),
        cmocka_unit_test(registering_again_proves_that_an_agent_can_be_heard),
        cmocka_unit_test(an_agent_told_of_the_silence_gives_up_as_if_pings_had_stopped),
        cmocka_unit_test(an_agent_that_never_heard_a_ping_registers_again),
        cmocka_unit_test(one_answer_resets_the_count_of_missed_pings),
        cmocka_unit_test(pings_are_messages_only_when_asked_for),
        cmocka_unit_test(the_unreachable_are_told_of_and_their_tasks_lost),
        cmocka_unit_test(the_aware_are_told_unreachable),
        cmocka_unit_test(an_unreachable_agent_comes_back_with_its_tasks),
        cmocka_unit_test(tasks_of_the_aware_come_back_too),
        cmocka_unit_test(an_agent_that_hears_no_ping_registers_again),
        cmocka_unit_test(a_task_that_never_arrived_is_not_there_after_the_return),
        cmocka_unit_test(tasks_of_a_framework_gone_meanwhile_are_shut_down_at_the_return),
        cmocka_unit_test(a_framework_torn_down_while_its_agent_is_away_is_shut_down_at_the_return),
        cmocka_unit_test(an_update_of_an_unreachable_agent_waits_until_it_is_back),
        cmocka_unit_test(an_update_that_arrives_after_the_verdict_is_ignored),
        cmocka_unit_test(a_task_that_had_ended_is_not_lost_with_its_agent),
        cmocka_unit_test(an_agent_given_up_while_its_host_knew_of_no_silence_comes_back),
        cmocka_unit_test(the_id_of_a_task_out_of_reach_cannot_be_used_again),
        cmocka_unit_test(a_report_that_exceeds_the_agent_is_cut_to_it),
        cmocka_unit_test(removals_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
