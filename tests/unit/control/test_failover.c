/* Schedulers that go away, come back, or are replaced; and what is answered to those who ask. */
#include "unit/control/cell.h"

static HfPump *lasting_cell(HfTime failover_timeout, uint32_t capabilities)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout = failover_timeout;
    config.log_messages = TRUE;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE | capabilities, FALSE);
    hf_pump_run_for(pump, 0);
    HfPumpTask task = {.id = 1, .resources = "cpus:1", .duration = HF_TIME_NEVER};
    hf_pump_accept(pump, 0, &hf_pump_framework(pump, 0)->offers.at[0].id, 1, &task, 1, 3600);
    hf_pump_run_for(pump, 0);
    return pump;
}

/* ---- the failover timeout ---- */

/* Mesos rows: 528. Its tasks run on; what they leave is offered to it at once, filters are gone. */
static void a_scheduler_that_is_back_in_time_finds_its_tasks(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(59));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_DISCONNECTED), 1);
    assert_int_equal(hf_master_offers_outstanding(pump->master), 0);
    guint before = updates(pump);
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 1);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 0);
    assert_int_equal(updates(pump), before);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    hf_pump_decline(pump, 0, 3600);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:3;mem:1024");
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, 0);
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_NONE);
    hf_pump_free(pump);
}

/* U13. Removed when the timeout is over; whoever comes under its id then is turned away. */
static void a_scheduler_that_is_back_too_late_is_turned_away(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    hf_pump_scheduler_stop(pump, 0);
    HfTime stopped = pump->now;
    hf_pump_run(pump, stopped + HF_SECONDS(60) - 1);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 0);
    hf_pump_run(pump, stopped + HF_SECONDS(60));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_int_equal(hf_master_tasks(pump->master), 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(200));
    assert_int_equal(hf_pump_framework(pump, 0)->errors, 1);
    assert_false(hf_driver_is_subscribed(hf_pump_framework(pump, 0)->driver));
    assert_int_equal(occurrences(pump, "\"msg\":\"SUBSCRIBE\""), 2); /* it does not insist */
    hf_pump_free(pump);
}

static void without_a_timeout_a_framework_goes_with_its_connection(void **state)
{
    HfPump *pump = lasting_cell(0, 0);
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 1);
    hf_pump_free(pump);
}

/* Each disconnection has a timeout of its own. */
static void a_timeout_of_an_earlier_disconnection_means_nothing(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    for (int i = 0; i < 3; i++) {
        hf_pump_scheduler_stop(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(40));
        hf_pump_scheduler_start(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(1));
    }
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 3);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 0);
    hf_pump_free(pump);
}

/* An update that comes meanwhile waits at the agent. */
static void news_wait_for_the_scheduler_at_the_agent(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(600), 0);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_SECONDS(10));
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(20));
    assert_told(pump, 2, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_int_equal(hf_master_tasks(pump->master), 2);
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_told(pump, 2, HF_TASK_FINISHED, HF_REASON_NONE);
    assert_int_equal(hf_master_tasks(pump->master), 1);
    hf_pump_free(pump);
}

/* ---- a second scheduler ---- */

/* Mesos rows: 566. The first is told that it is over; what it says after that counts for nothing.
 */
static void a_successor_takes_the_place_of_a_scheduler_that_still_runs(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 1);
    hf_pump_rule(pump, HF_MESSAGE_ERROR, HF_PUMP_LATE, HF_SECONDS(5), 1);
    uint32_t successor = hf_pump_add_successor(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_framework(pump, successor)->id, 0);
    assert_int_equal(hf_pump_framework(pump, successor)->offers.count, 1);
    hf_pump_kill(pump, 0, 1);
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_TIME_NEVER); /* of an offer that is void */
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    assert_int_equal(hf_pump_framework(pump, 0)->errors, 1);
    hf_pump_kill(pump, successor, 1);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    assert_int_equal(hf_pump_update(pump, successor, 1)->status.state, HF_TASK_KILLED);
    hf_pump_free(pump);
}

/* The answer is lost twice: it asks again after U(0,1) of 2, 4, ... s, and is one framework. */
static void a_subscription_without_answer_is_repeated(void **state)
{
    HfPump *pump = pump_with(FALSE, 0, TRUE);
    hf_pump_rule(pump, HF_MESSAGE_SUBSCRIBED, HF_PUMP_LOSE, 0, 2);
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(6));
    assert_true(hf_driver_is_subscribed(hf_pump_framework(pump, 0)->driver));
    assert_int_equal(occurrences(pump, "\"msg\":\"SUBSCRIBE\""), 3);
    assert_int_equal(hf_master_frameworks(pump->master), 1);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_SUBSCRIBED), 1);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 0);
    hf_pump_free(pump);
}

/* The master noticed a broken connection that the scheduler did not: it must subscribe anew. */
static void who_is_not_subscribed_is_told_so(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    HfMessage *message =
        hf_pump_message(pump, HF_MESSAGE_EXITED, (HfPeer){HF_PEER_FRAMEWORK, 0}, to_master);
    message->framework = 0;
    hf_pump_send(pump, message);
    hf_pump_run_for(pump, 0);
    hf_pump_kill(pump, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 1);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE); /* the kill itself was lost */
    hf_pump_free(pump);
}

/* ---- reconciliation ---- */

static void assert_answer(HfPump *pump, uint64_t task, HfTaskState state)
{
    assert_told(pump, task, state, HF_REASON_RECONCILIATION);
    assert_false(hf_pump_update(pump, 0, task)->status.needs_ack);
}

/* Mesos rows: 549, 705, 706, 707. */
static void explicit_questions_are_answered_by_where_the_task_should_be(void **state)
{
    for (int aware = 0; aware < 2; aware++) {
        HfPump *pump = lasting_cell(HF_SECONDS(60), aware ? HF_CAPABILITY_PARTITION_AWARE : 0);
        hf_pump_reconcile(pump, 0, 1, HF_ROW_NONE);
        hf_pump_reconcile(pump, 0, 8, HF_ROW_NONE);
        hf_pump_reconcile(pump, 0, 9, 0);
        hf_pump_reconcile(pump, 0, 10, 77); /* an agent that never was */
        hf_pump_run_for(pump, 0);
        assert_answer(pump, 1, HF_TASK_RUNNING);
        assert_answer(pump, 8, aware ? HF_TASK_UNKNOWN : HF_TASK_LOST);
        assert_answer(pump, 9, aware ? HF_TASK_GONE : HF_TASK_LOST);
        assert_answer(pump, 10, aware ? HF_TASK_UNKNOWN : HF_TASK_LOST);
        hf_pump_cut(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(200));
        hf_pump_reconcile(pump, 0, 1, HF_ROW_NONE); /* remembered */
        hf_pump_reconcile(pump, 0, 9, 0);
        hf_pump_run_for(pump, 0);
        assert_answer(pump, 1, aware ? HF_TASK_UNREACHABLE : HF_TASK_LOST);
        assert_answer(pump, 9, aware ? HF_TASK_UNREACHABLE : HF_TASK_LOST);
        hf_pump_heal(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(200));
        hf_pump_reconcile(pump, 0, 1, HF_ROW_NONE);
        hf_pump_run_for(pump, 0);
        assert_answer(pump, 1, HF_TASK_RUNNING);
        hf_pump_free(pump);
    }
}

/* Mesos rows: 553. The agent goes while the scheduler is away. */
static void a_scheduler_that_missed_a_loss_can_ask(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(1000), HF_CAPABILITY_PARTITION_AWARE);
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(200));
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    hf_pump_reconcile(pump, 0, 1, HF_ROW_NONE);
    hf_pump_run_for(pump, 0);
    assert_answer(pump, 1, HF_TASK_UNREACHABLE);
    hf_pump_free(pump);
}

/* Mesos rows: 709. */
static void an_implicit_question_is_answered_with_every_task(void **state)
{
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 2, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    guint before = updates(pump);
    hf_pump_reconcile_all(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(updates(pump), before + 2);
    assert_answer(pump, 1, HF_TASK_RUNNING);
    assert_answer(pump, 2, HF_TASK_RUNNING);
    hf_pump_free(pump);
}

/* Task 4 stands in the row that task 2 left, before that of task 3. */
static void an_implicit_question_is_answered_newest_first(void **state)
{
    static const uint64_t newest_first[] = {4, 3, 1};
    HfPump *pump = lasting_cell(HF_SECONDS(60), 0);
    const HfPumpFramework *framework = hf_pump_framework(pump, 0);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    const HfPumpTask two[] = {{.id = 2, .resources = "cpus:1", .duration = HF_SECONDS(10)},
                              {.id = 3, .resources = "cpus:1", .duration = HF_TIME_NEVER}};
    hf_pump_accept(pump, 0, &framework->offers.at[0].id, 1, two, 2, 0);
    hf_pump_run_for(pump, HF_SECONDS(20));
    assert_int_equal(hf_master_tasks(pump->master), 2);
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 4, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    guint32 before = framework->updates.count;
    hf_pump_reconcile_all(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(framework->updates.count, before + G_N_ELEMENTS(newest_first));
    for (guint i = 0; i < G_N_ELEMENTS(newest_first); i++)
        assert_int_equal(framework->updates.at[before + i].status.task, newest_first[i]);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheduler_that_is_back_in_time_finds_its_tasks),
        cmocka_unit_test(a_scheduler_that_is_back_too_late_is_turned_away),
        cmocka_unit_test(without_a_timeout_a_framework_goes_with_its_connection),
        cmocka_unit_test(a_timeout_of_an_earlier_disconnection_means_nothing),
        cmocka_unit_test(news_wait_for_the_scheduler_at_the_agent),
        cmocka_unit_test(a_successor_takes_the_place_of_a_scheduler_that_still_runs),
        cmocka_unit_test(a_subscription_without_answer_is_repeated),
        cmocka_unit_test(who_is_not_subscribed_is_told_so),
        cmocka_unit_test(explicit_questions_are_answered_by_where_the_task_should_be),
        cmocka_unit_test(a_scheduler_that_missed_a_loss_can_ask),
        cmocka_unit_test(an_implicit_question_is_answered_with_every_task),
        cmocka_unit_test(an_implicit_question_is_answered_newest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
