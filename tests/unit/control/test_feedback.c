/*
 * How operations fare at the agent, and who is told: updates, acknowledgements, reconciliation;
 * without feedback, and in eras before there was any.
 */
#include "unit/control/cell.h"

/* One agent and one framework that holds its offer at 2 s. */
static HfPump *pump_in(HfEra era)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.era = era;
    config.latency = HF_NS_PER_MS;
    config.log_messages = TRUE;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_PARTITION_AWARE, FALSE);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    return pump;
}

static HfPump *pump_with_operation(const char *script)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_operate(pump, 0, 1, script, 3600);
    return pump;
}

static void assert_operation(HfPump *pump, uint64_t id, HfOperationState state)
{
    HfOperationState told = hf_pump_operation(pump, 0, id);
    assert_string_equal(told < HF_OPERATION_STATES ? hf_operation_state_name(told) : "nothing",
                        state < HF_OPERATION_STATES ? hf_operation_state_name(state) : "nothing");
}

static guint32 kept_at_agent(HfPump *pump)
{
    return hf_pump_host(pump, 0)->agent.operations.count;
}

/* Mesos rows: 592. */
static void an_operation_with_an_id_is_told_and_acknowledged(void **state)
{
    HfPump *pump = pump_with_operation("RESERVE#7 cpus(D:web):1");
    hf_pump_run_for(pump, 2.5 * HF_NS_PER_MS);
    assert_int_equal(kept_at_agent(pump), 1);
    assert_operation(pump, 7, HF_OPERATION_STATES);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_operation(pump, 7, HF_OPERATION_FINISHED);
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 1);
    assert_int_equal(kept_at_agent(pump), 0);
    hf_pump_reconcile_operation(pump, 0, 7, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_operation(pump, 7, HF_OPERATION_UNKNOWN); /* it is over, and forgotten */
    hf_pump_free(pump);
}

/*
 * The agent dies while it writes what the operation did. The answer is written in the same go: it
 * is that the operation was done whenever it was, and that it was dropped when it was not.
 */
static void an_agent_that_dies_while_writing_tells_the_truth_when_it_is_back(void **state)
{
    for (int step = HF_CHECKPOINT_NOTHING; step < HF_CHECKPOINT_STEPS; step++) {
        HfPump *pump = pump_in(HF_ERA_1_11);
        hf_pump_host(pump, 0)->agent.dies_at = (uint8_t)step;
        hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
        hf_pump_run_for(pump, HF_SECONDS(1));
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(20));
        gboolean is_done = hf_resources_any(
            pump->catalog, hf_agent_total(&hf_pump_host(pump, 0)->agent), HF_META_DYNAMIC);
        assert_int_equal(is_done != FALSE, step >= HF_CHECKPOINT_TARGET);
        assert_operation(pump, 7, is_done ? HF_OPERATION_FINISHED : HF_OPERATION_DROPPED);
        assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 1);
        assert_int_equal(kept_at_agent(pump), 0);
        hf_pump_free(pump);
    }
}

static void one_without_an_id_is_forgotten_at_once(void **state)
{
    HfPump *pump = pump_with_operation("RESERVE cpus(D:web):1");
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_int_equal(occurrences(pump, "\"msg\":\"APPLY_OPERATION\""), 1);
    assert_int_equal(occurrences(pump, "\"msg\":\"OPERATION_STATUS\""), 1);
    assert_int_equal(occurrences(pump, "OPERATION_ACKNOWLEDGEMENT"), 0);
    assert_int_equal(kept_at_agent(pump), 0);
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 0);
    hf_pump_free(pump);
}

/* Mesos rows: 591, 667. */
static void an_answer_is_repeated_until_it_is_acknowledged(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_ACKNOWLEDGEMENT, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, HF_SECONDS(9));
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 1);
    HfAgent *agent = &hf_pump_host(pump, 0)->agent;
    assert_int_not_equal(agent->retry_at, HF_TIME_NEVER);
    assert_false(hf_agent_spares_retry(agent, agent->retry_at, agent->life));
    hf_pump_run_for(pump, HF_SECONDS(2)); /* 10 s after the first */
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 2);
    hf_pump_run_for(pump, HF_SECONDS(20)); /* and 20 s after the second */
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 3);
    assert_int_equal(kept_at_agent(pump), 0);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_int_equal(hf_pump_framework(pump, 0)->operations.count, 3);
    hf_pump_free(pump);
}

/* Mesos rows: 578, 579, 586. */
static void what_is_under_way_is_pending(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LATE, HF_SECONDS(5), 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1 | RESERVE#8 mem(D:web):1", 3600);
    hf_pump_rule(pump, HF_MESSAGE_ACKNOWLEDGE_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_reconcile_operation(pump, 0, 7, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_operation(pump, 7, HF_OPERATION_PENDING);
    hf_pump_reconcile_operation(pump, 0, 0, HF_ROW_NONE); /* all of them */
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_operation(pump, 7, HF_OPERATION_PENDING);
    assert_operation(pump, 8, HF_OPERATION_FINISHED); /* not acknowledged: still in the book */
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_operation(pump, 7, HF_OPERATION_FINISHED);
    hf_pump_free(pump);
}

/* Mesos rows: 581, 582, 584. */
static void of_one_that_nobody_knows_the_agent_decides(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_reconcile_operation(pump, 0, 1, 0);
    hf_pump_reconcile_operation(pump, 0, 2, 5);
    hf_pump_reconcile_operation(pump, 0, 3, HF_ROW_NONE);
    hf_pump_run_for(pump, HF_SECONDS(1));
    for (uint64_t id = 1; id <= 3; id++) assert_operation(pump, id, HF_OPERATION_UNKNOWN);
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(100));
    hf_pump_reconcile_operation(pump, 0, 1, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_operation(pump, 1, HF_OPERATION_UNREACHABLE);
    hf_pump_free(pump);
}

static void with_its_agent_an_operation_is_unreachable(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_cut(pump, 0);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, HF_SECONDS(100));
    assert_operation(pump, 7, HF_OPERATION_UNREACHABLE);
    hf_pump_heal(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(100)); /* it is back, without the reservation */
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 594, 595. */
static void a_lost_operation_is_dropped_once(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_TWICE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    send_registration(pump, HF_MESSAGE_REREGISTER_AGENT, NULL, 0);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_operation(pump, 7, HF_OPERATION_DROPPED);
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_available(pump, "cpus:4;mem:1024");
    assert_int_equal(kept_at_agent(pump), 0);
    hf_pump_free(pump);
}

/* One that the agent had already answered when it restarts is answered again. */
static void an_answer_outlives_the_process(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_operation(pump, 7, HF_OPERATION_FINISHED);
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_available(pump, "cpus(D:web):1;cpus:3;mem:1024");
    hf_pump_free(pump);
}

/* CREATE builds on a RESERVE that the agent never saw: it says so, and what it has counts. */
static void what_cannot_be_done_is_undone(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 mem(D:web):64 | UNRESERVE#8 mem(D:web):32", 3600);
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_operation(pump, 7, HF_OPERATION_DROPPED);
    assert_operation(pump, 8, HF_OPERATION_DROPPED);
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

static void the_master_answers_what_it_drops(void **state)
{
    HfPump *pump = pump_with_operation("RESERVE#7 cpus(D:web):9");
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_operation(pump, 7, HF_OPERATION_ERROR);
    hf_pump_run_for(pump, HF_SECONDS(3));
    const uint64_t stale = 12345;
    HfMessage *accept =
        hf_pump_message(pump, HF_MESSAGE_ACCEPT, (HfPeer){HF_PEER_FRAMEWORK, 0}, to_master);
    accept->framework = 0;
    hf_vec_push(&accept->ids, stale);
    HfOfferOperation reserve = {.action = HF_OFFER_CONVERT, .id = 8};
    reserve.change.resources = hf_pump_resources(pump, "cpus:1");
    hf_message_add_operation(accept, &reserve);
    hf_pump_send(pump, accept);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_operation(pump, 8, HF_OPERATION_ERROR);
    assert_int_equal(occurrences(pump, "\"rule\":\"INVALID_OFFER\""), 1);
    hf_pump_free(pump);
}

static void nobody_is_left_to_acknowledge(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_11);
    hf_pump_rule(pump, HF_MESSAGE_OPERATION_STATUS, HF_PUMP_LOSE, 0, 1);
    hf_pump_operate(pump, 0, 1, "RESERVE#7 cpus(D:web):1", 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_teardown(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(20));
    assert_int_equal(kept_at_agent(pump), 0);
    assert_available(pump, "cpus(D:web):1;cpus:3;mem:1024"); /* the reservation stays */
    hf_pump_free(pump);
}

/* Mesos rows: 382. */
static void older_agents_are_sent_all_that_they_have(void **state)
{
    HfPump *pump = pump_in(HF_ERA_1_4);
    hf_pump_operate(pump, 0, 1,
                    "RESERVE#7 cpus(D:web):4 | RESERVE mem(D:web):64 | UNRESERVE cpus(D:web):4",
                    3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(occurrences(pump, "\"checkpointed\":\"cpus(D:web):4\""), 1);
    assert_int_equal(occurrences(pump, "\"checkpointed\":\"cpus(D:web):4;mem(D:web):64\""), 1);
    assert_int_equal(occurrences(pump, "\"checkpointed\":\"mem(D:web):64\""), 1);
    assert_int_equal(occurrences(pump, "OPERATION_STATUS"), 0);
    assert_operation(pump, 7, HF_OPERATION_STATES);
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(5));
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.1));
    assert_available(pump, "cpus:4;mem(D:web):64;mem:960");
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_with_an_id_is_told_and_acknowledged),
        cmocka_unit_test(an_agent_that_dies_while_writing_tells_the_truth_when_it_is_back),
        cmocka_unit_test(one_without_an_id_is_forgotten_at_once),
        cmocka_unit_test(an_answer_is_repeated_until_it_is_acknowledged),
        cmocka_unit_test(what_is_under_way_is_pending),
        cmocka_unit_test(of_one_that_nobody_knows_the_agent_decides),
        cmocka_unit_test(with_its_agent_an_operation_is_unreachable),
        cmocka_unit_test(a_lost_operation_is_dropped_once),
        cmocka_unit_test(an_answer_outlives_the_process),
        cmocka_unit_test(what_cannot_be_done_is_undone),
        cmocka_unit_test(the_master_answers_what_it_drops),
        cmocka_unit_test(nobody_is_left_to_acknowledge),
        cmocka_unit_test(older_agents_are_sent_all_that_they_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
