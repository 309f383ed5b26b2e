/* Agents: registering, going down and coming back, and what becomes of their tasks. */
#include "unit/control/cell.h"

/* ---- registration ---- */

/* The first attempt comes within 1 s, the next U(0,1) of 2, 4, ... s later, never more than 60 s.
 */
static void attempts_to_register_back_off_to_a_minute(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_REGISTER_AGENT, HF_PUMP_LOSE, 0, UINT32_MAX);
    uint32_t host = hf_pump_add_agent(pump, "cpus:4");
    HfAgent *agent = &hf_pump_host(pump, host)->agent;
    HfTime before = 0;
    HfTime longest = 0;
    for (uint32_t attempt = 0; attempt < 40; attempt++) {
        while (agent->attempts == attempt) hf_pump_step(pump);
        HfTime gap = pump->now - before;
        assert_in_range(gap, 0, MIN(HF_SECONDS((double)(UINT64_C(1) << attempt)), HF_SECONDS(60)));
        longest = MAX(longest, gap);
        before = pump->now;
    }
    assert_true(longest > HF_SECONDS(50)); /* of 34 draws below 60 s: fails once in 500 seeds */
    hf_pump_free(pump);
}

static void the_back_off_of_a_host_is_its_own_and_the_same_in_each_run(void **state)
{
    HfTime at[2][2];
    for (int run = 0; run < 2; run++) {
        HfPump *pump = pump_with(FALSE, 0, FALSE);
        for (int host = 0; host < 2; host++) {
            hf_pump_add_agent(pump, "cpus:4");
            while (hf_master_agents(pump->master) == (uint32_t)host) hf_pump_step(pump);
            at[run][host] = pump->now - (host ? at[run][0] : 0);
        }
        hf_pump_free(pump);
    }
    assert_int_equal(at[0][0], at[1][0]);
    assert_int_equal(at[0][1], at[1][1]);
    assert_int_not_equal(at[0][0], at[0][1]);
}

static void an_agent_that_asks_again_gets_the_same_id(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_AGENT_REGISTERED, HF_PUMP_LOSE, 0, 2);
    hf_pump_rule(pump, HF_MESSAGE_REGISTER_AGENT, HF_PUMP_TWICE, 0, 1);
    hf_pump_add_agent(pump, "cpus:4");
    hf_pump_run(pump, HF_SECONDS(10));
    assert_int_equal(hf_master_agents(pump->master), 1);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REGISTERED), 1);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 0);
    assert_int_equal(hf_pump_host(pump, 0)->agent.id, 0);
    assert_int_equal(hf_pump_host(pump, 0)->agent.state, HF_AGENT_REGISTERED);
    assert_string_equal(hf_master_agent_name(pump->master, 0), "S00000000");
    assert_int_equal(hf_master_agent_host(pump->master, 0), 0);
    hf_pump_free(pump);
}

/* The master has it in its book, the answer was lost with the host: it must not be listed for ever,
 * nor its tasks wait for a launch that went to a dead host. */
static void a_host_that_dies_before_it_hears_its_id_is_given_up_too(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_AGENT_REGISTERED, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    while (hf_master_agents(pump->master) == 0) hf_pump_step(pump);
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(100));
    assert_false(hf_master_agent_is_registered(pump->master, 0));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    pump->rules.count = 0;
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(110));
    assert_false(hf_master_agent_is_registered(pump->master, 0)); /* it never knew this id */
    assert_true(hf_master_agent_is_registered(pump->master, 1));
    hf_pump_free(pump);
}

/* The same, but it is back before it is given up; the task launched meanwhile never arrived. */
static void a_task_sent_to_a_host_that_restarted_unheard_is_lost(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_AGENT_REGISTERED, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    while (hf_master_agents(pump->master) == 0) hf_pump_step(pump);
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_master_tasks(pump->master), 1);
    pump->rules.count = 0;
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_DISCONNECTED);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REMOVED), 1);
    assert_true(hf_master_agent_is_registered(pump->master, 1));
    hf_pump_free(pump);
}

/* Mesos rows: 554. */
static void registering_again_while_registered_changes_nothing(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 1);
    guint before = updates(pump);
    const uint64_t task = 1;
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, &task, 1);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 1);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    assert_int_equal(updates(pump), before);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    hf_pump_free(pump);
}

static void nobody_registers_again_under_the_id_of_another(void **state)
{
    HfPump *pump = cell(0, FALSE);
    uint32_t other = hf_pump_add_agent(pump, "cpus:2;mem:512");
    uint32_t stranger = hf_pump_add_host(pump, "cpus:1");
    hf_pump_run(pump, HF_SECONDS(5));
    HfMessage *message = hf_pump_message(pump, HF_MESSAGE_REREGISTER_AGENT,
                                         (HfPeer){HF_PEER_AGENT, other}, to_master);
    message->agent = 0;
    hf_pump_send(pump, message);
    HfMessage *unknown = hf_pump_message(pump, HF_MESSAGE_REREGISTER_AGENT,
                                         (HfPeer){HF_PEER_AGENT, stranger}, to_master);
    unknown->agent = 12;
    hf_pump_send(pump, unknown);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 0);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

/* ---- a host that goes down and comes back ---- */

/* Mesos rows: 660, 568. Nobody saw the crash; the master learns from the agent's own report that
 * the task is gone. */
static void a_host_back_before_it_was_missed_loses_its_tasks(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(20));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(30));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_RECONCILIATION);
    assert_int_equal(hf_pump_host(pump, 0)->agent.id, 0);
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1); /* more than was refused */
    hf_pump_free(pump);
}

/* Mesos rows: 569, 660. */
static void the_aware_are_told_dropped(void **state)
{
    HfPump *pump = cell(HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10));
    assert_told(pump, 1, HF_TASK_DROPPED, HF_REASON_RECONCILIATION);
    hf_pump_free(pump);
}

/* The report that a task is not there is as reliable as any other update. */
static void a_lost_report_of_a_missing_task_is_sent_again(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_rule(pump, HF_MESSAGE_STATUS_UPDATE, HF_PUMP_LOSE, 0, 1);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(5));
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_run(pump, HF_SECONDS(20));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_RECONCILIATION);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

/* Mesos rows: 572. The agent asks a second time, without the task, which is sent to it at the same
 * instant: it must not be called lost. */
static void a_task_on_its_way_is_not_called_lost_by_a_registration_that_crosses_it(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_TIME_NEVER);
    const uint64_t known = 1; /* written before task 2 arrived, read after it was sent */
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, &known, 1);
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(hf_master_tasks(pump->master), 2);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 2);
    hf_pump_free(pump);
}

/* Mesos rows: 574. The agent names it, with its end, and tells of that again. */
static void a_task_that_had_ended_is_not_called_lost(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE, HF_PUMP_LOSE, 0, 1);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    hf_pump_break(pump, 0);
    hf_pump_run(pump, HF_SECONDS(60));
    assert_int_equal(count(pump, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
    assert_int_equal(occurrences(pump, "TASK_LOST"), 0);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_free(pump);
}

/*
 * Its framework never heard of the end, and the agent forgot it: the master alone knows that it is
 * over, but not that the framework knows. The agent is asked as about any other task that it does
 * not name (reconcileKnownSlave), or given up with it.
 */
static void an_end_that_nobody_told_is_told_when_the_agent_has_forgotten_the_task(void **state)
{
    for (int is_seen = 0; is_seen < 2; is_seen++) { /* that the host crashed */
        HfPump *pump = cell(0, FALSE);
        hf_pump_rule(pump, HF_MESSAGE_UPDATE, HF_PUMP_LOSE, 0, 1);
        hf_pump_kill(pump, 0, 1);
        hf_pump_run_for(pump, 0);
        assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
        hf_pump_crash(pump, 0, is_seen);
        hf_pump_boot(pump, 0);
        hf_pump_run(pump, HF_SECONDS(60));
        assert_told(pump, 1, HF_TASK_LOST,
                    is_seen ? HF_REASON_SLAVE_DISCONNECTED : HF_REASON_RECONCILIATION);
        assert_int_equal(hf_master_tasks(pump->master), 0);
        assert_int_equal(occurrences(pump, "\"ev\":\"task_state\",\"agent\":\"S00000000\","
                                           "\"framework\":\"web\",\"role\":\"web\",\"task\":1,"
                                           "\"state\":\"TASK_LOST\""),
                         0); /* in the book it ended once, as it did */
        hf_pump_free(pump);
    }
}

/* The same when its host comes back as a new agent: the old one is removed with all it had. */
static void an_end_that_nobody_told_is_told_when_its_agent_is_removed(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_rule(pump, HF_MESSAGE_UPDATE, HF_PUMP_LOSE, 0, 1);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    hf_pump_crash(pump, 0, TRUE);
    hf_agent_forget(&hf_pump_host(pump, 0)->agent);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10));
    assert_int_equal(count(pump, HF_RECORD_AGENT_REMOVED), 1);
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    hf_pump_free(pump);
}

/*
 * Its first request is answered, the answer is lost, and it asks again. What the master took for
 * reserved meanwhile was meant for the first request, and the agent does not do it: the second says
 * so. (The master went on believing in it, and the agent refused every task there for ever.)
 */
static void an_agent_that_asks_again_says_what_it_has(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, TRUE);
    hf_pump_add_framework(pump, "web", "web", 0, TRUE);
    hf_pump_rule(pump, HF_MESSAGE_AGENT_REGISTERED, HF_PUMP_LOSE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LATE, HF_SECONDS(30), 1);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    while (hf_pump_framework(pump, 0)->offers.count == 0) hf_pump_step(pump);
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web):1", 0);
    hf_pump_run_for(pump, HF_SECONDS(60));
    HfResources plain = hf_pump_resources(pump, "cpus:4;mem:1024");
    assert_true(
        hf_resources_equal(pump->catalog, hf_agent_total(&hf_pump_host(pump, 0)->agent), &plain));
    hf_resources_clear(pump->catalog, &plain);
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 567. */
static void an_update_that_the_master_never_got_is_sent_after_registering_again(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_cut(pump, 0);
    HfMessage *end = hf_pump_message(pump, HF_MESSAGE_EXECUTOR_STATUS,
                                     (HfPeer){HF_PEER_EXECUTOR, 0}, (HfPeer){HF_PEER_AGENT, 0});
    end->status = (HfTaskStatus){.framework = 0, .task = 1, .state = HF_TASK_FAILED, .host = 0};
    hf_pump_send(pump, end);
    hf_pump_run(pump, HF_SECONDS(200)); /* unreachable; the agent tries to register */
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    hf_pump_heal(pump, 0);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_told(pump, 1, HF_TASK_FAILED, HF_REASON_NONE);
    assert_int_equal(tasks_at_agent(pump), 0);
    assert_int_equal(hf_master_tasks(pump->master), 0); /* it was not entered again */
    hf_pump_free(pump);
}

/* ---- the connection breaks ---- */

/* Mesos rows: 652. */
static void a_visible_crash_ends_tasks_without_checkpoint_at_once(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_revive(pump, 0); /* an offer is out as well */
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_DISCONNECTED);
    assert_int_equal(hf_pump_update(pump, 0, 1)->at, HF_SECONDS(10));
    assert_int_equal(hf_pump_framework(pump, 0)->rescinds, 1);
    assert_int_equal(hf_pump_framework(pump, 0)->failures, 0);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(20));
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 0); /* it is not offered */
    hf_pump_free(pump);
}

static void a_visible_crash_leaves_tasks_with_checkpoint_until_the_agent_is_given_up(void **state)
{
    HfPump *pump = cell(0, TRUE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(80));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_run(pump, HF_SECONDS(101));
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_REMOVED);
    assert_int_equal(hf_pump_framework(pump, 0)->failures, 1);
    assert_available(pump, "unknown");
    hf_pump_free(pump);
}

/* "activateSlave alone does not trigger allocation" (MESOS 4.2): the next batch offers it. */
static void a_disconnected_agent_is_offered_again_by_the_batch_after_its_return(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_boot(pump, 0);
    hf_pump_revive(pump, 0);
    while (count(pump, HF_RECORD_AGENT_REREGISTERED) == 0) hf_pump_step(pump);
    HfTime back = pump->now;
    while (hf_pump_framework(pump, 0)->offers.count == 0) hf_pump_step(pump);
    assert_true(pump->now > back);
    assert_int_equal(pump->now % HF_SECONDS(1), 0);
    assert_true(pump->now - back <= HF_SECONDS(1));
    hf_pump_free(pump);
}

/* Mesos rows: 696. It answers pings but does not register for 10 min. */
static void a_disconnected_agent_that_does_not_register_for_ten_minutes_is_given_up(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_rule(pump, HF_MESSAGE_REREGISTER_AGENT, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(610) - 1);
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
    hf_pump_run(pump, HF_SECONDS(610));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_pump_free(pump);
}

/* The limit counts from the last time the connection broke. */
static void each_disconnection_has_its_own_ten_minutes(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(300));
    assert_true(hf_master_agent_is_registered(pump->master, 0));
    hf_pump_rule(pump, HF_MESSAGE_REREGISTER_AGENT, HF_PUMP_LOSE, 0, UINT32_MAX);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(899));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 0);
    hf_pump_run(pump, HF_SECONDS(900));
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    hf_pump_free(pump);
}

static void the_end_of_a_connection_told_twice_is_one_disconnection(void **state)
{
    HfPump *pump = cell(0, TRUE);
    uint32_t unknown = hf_pump_add_host(pump, "cpus:1");
    hf_pump_crash(pump, 0, TRUE);
    HfMessage *again =
        hf_pump_message(pump, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_AGENT, 0}, to_master);
    hf_pump_send(pump, again);
    HfMessage *stranger =
        hf_pump_message(pump, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_AGENT, unknown}, to_master);
    hf_pump_send(pump, stranger);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_AGENT_DISCONNECTED), 1);
    hf_pump_free(pump);
}

/* The connection broke but the agent lived on: what the master gave up must not run on for nobody,
 * beside what is launched in its place. */
static void a_task_that_was_given_up_is_stopped_when_its_agent_is_back(void **state)
{
    HfPump *pump = cell(0, FALSE);
    hf_pump_send(pump,
                 hf_pump_message(pump, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_AGENT, 0}, to_master));
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_LOST, HF_REASON_SLAVE_DISCONNECTED);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    const uint64_t task = 1;
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, &task, 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    assert_int_equal(tasks_at_agent(pump), 0);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_to_register_back_off_to_a_minute),
        cmocka_unit_test(the_back_off_of_a_host_is_its_own_and_the_same_in_each_run),
        cmocka_unit_test(an_agent_that_asks_again_gets_the_same_id),
        cmocka_unit_test(a_host_that_dies_before_it_hears_its_id_is_given_up_too),
        cmocka_unit_test(a_task_sent_to_a_host_that_restarted_unheard_is_lost),
        cmocka_unit_test(registering_again_while_registered_changes_nothing),
        cmocka_unit_test(nobody_registers_again_under_the_id_of_another),
        cmocka_unit_test(a_host_back_before_it_was_missed_loses_its_tasks),
        cmocka_unit_test(the_aware_are_told_dropped),
        cmocka_unit_test(a_lost_report_of_a_missing_task_is_sent_again),
        cmocka_unit_test(a_task_on_its_way_is_not_called_lost_by_a_registration_that_crosses_it),
        cmocka_unit_test(a_task_that_had_ended_is_not_called_lost),
        cmocka_unit_test(an_end_that_nobody_told_is_told_when_the_agent_has_forgotten_the_task),
        cmocka_unit_test(an_end_that_nobody_told_is_told_when_its_agent_is_removed),
        cmocka_unit_test(an_agent_that_asks_again_says_what_it_has),
        cmocka_unit_test(an_update_that_the_master_never_got_is_sent_after_registering_again),
        cmocka_unit_test(a_visible_crash_ends_tasks_without_checkpoint_at_once),
        cmocka_unit_test(a_visible_crash_leaves_tasks_with_checkpoint_until_the_agent_is_given_up),
        cmocka_unit_test(a_disconnected_agent_is_offered_again_by_the_batch_after_its_return),
        cmocka_unit_test(a_disconnected_agent_that_does_not_register_for_ten_minutes_is_given_up),
        cmocka_unit_test(each_disconnection_has_its_own_ten_minutes),
        cmocka_unit_test(the_end_of_a_connection_told_twice_is_one_disconnection),
        cmocka_unit_test(a_task_that_was_given_up_is_stopped_when_its_agent_is_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
