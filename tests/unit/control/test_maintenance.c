/* Maintenance that is announced: unavailability in offers, inverse offers, what frameworks answer.
 */
#include "unit/control/operators.h"

#define HOUR           "3600000000000"
#define MACHINES(name) "{'hostname':'" name "'}"
#define WINDOW(machines, at)                                                                       \
    "{'machine_ids':[" machines "],'unavailability':{'start':{'nanoseconds':" at "}}}"
#define SCHEDULE(windows) "{'schedule':{'windows':[" windows "]}}"
#define ONE               SCHEDULE(WINDOW(MACHINES("host0"), HOUR))
#define BOTH              SCHEDULE(WINDOW(MACHINES("host0") "," MACHINES("host1"), HOUR))

static HfPumpFramework *self(HfPump *pump, uint32_t row)
{
    return hf_pump_framework(pump, row);
}

/* Mesos rows: 515. Offers come back and are made anew with the unavailability; who now holds an
 * offer gets an inverse offer, once. */
static void a_schedule_renews_offers_and_asks_for_what_is_held(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    assert_int_equal(self(pump, a)->offers.count, 1);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, ONE, 200);
    assert_int_equal(self(pump, a)->rescinds, 1);
    assert_int_equal(self(pump, a)->offers.count, 1);
    assert_int_equal(self(pump, a)->window.start, 3600 * HF_NS_PER_SECOND);
    assert_int_equal(self(pump, a)->window.duration, HF_TIME_NEVER);
    assert_int_equal(self(pump, a)->inverse.count, 1);
    assert_int_equal(self(pump, a)->inverse.at[0].host, 0);
    assert_int_equal(self(pump, a)->inverse.at[0].window.start, 3600 * HF_NS_PER_SECOND);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(self(pump, a)->inverse_offered, 1);
    hf_pump_free(pump);
}

/* Mesos rows: 516. Who never answers is asked once, and is offered the agent as ever. */
static void inverse_offers_may_be_ignored(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, ONE, 200);
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(60));
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    assert_int_equal(self(pump, a)->offers.count, 1);
    assert_int_equal(self(pump, a)->inverse_offered, 1);
    hf_pump_free(pump);
}

/* Mesos rows: 521. With a refuse time of 0 it is asked again by the next run; each answer is kept.
 */
static void answers_are_kept_and_the_question_comes_again(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, ONE, 200);
    static const char *const kept[] = {"DECLINE", "ACCEPT"};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(self(pump, a)->inverse.count, 1);
        hf_pump_answer_inverse(pump, a, i == 1, 0);
        hf_pump_run_for(pump, HF_SECONDS(1));
        g_autoptr(JsonNode) node = hf_allocator_state(hf_master_allocator(pump->master));
        g_autofree char *text = json_to_string(node, FALSE);
        assert_non_null(strstr(text, kept[i]));
    }
    assert_int_equal(self(pump, a)->inverse_offered, 3);
    assert_int_equal(count(pump, HF_RECORD_INVERSE_OFFER_ACCEPTED), 1);
    assert_int_equal(count(pump, HF_RECORD_INVERSE_OFFER_DECLINED), 1);
    hf_pump_free(pump);
}

/* Mesos rows: 522. A filter is for one framework on one agent; without a refuse time it is 5 s. */
static void a_filter_delays_one_question(void **state)
{
    HfPump *pump = cluster(2, NULL);
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, BOTH, 200);
    assert_int_equal(self(pump, a)->inverse.count, 2);
    uint32_t quiet = self(pump, a)->inverse.at[0].host;
    hf_pump_answer_inverse(pump, a, FALSE, 101);
    hf_pump_answer_inverse(pump, a, FALSE, 0);
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(self(pump, a)->inverse.count, 1);
    assert_int_not_equal(self(pump, a)->inverse.at[0].host, quiet);
    hf_pump_run_for(pump, HF_SECONDS(96));
    assert_int_equal(self(pump, a)->inverse.count, 1);
    hf_pump_run_for(pump, HF_SECONDS(4));
    assert_int_equal(self(pump, a)->inverse.count, 2);
    hf_pump_free(pump);
}

/* Mesos rows: 524. Answers to what is void, twice, or somebody else's, mean nothing. */
static void an_answer_to_a_void_question_means_nothing(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a"), b = add(pump, "b");
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, ONE, 200);
    hf_pump_run_for(pump, HF_SECONDS(2));
    HfInverseOfferInfo first = self(pump, a)->inverse.at[0];
    hf_vec_reset(&self(pump, b)->inverse); /* it was asked, too: for an offer that it holds */
    hf_vec_push(&self(pump, b)->inverse, first);
    hf_pump_answer_inverse(pump, b, TRUE, 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_INVERSE_OFFER_ACCEPTED), 0);
    hf_pump_answer_inverse(pump, a, TRUE, 3600);
    hf_vec_push(&self(pump, a)->inverse, first);
    hf_pump_answer_inverse(pump, a, FALSE, 3600);
    first.id = UINT64_MAX;
    hf_vec_push(&self(pump, a)->inverse, first);
    hf_pump_answer_inverse(pump, a, FALSE, 3600);
    hf_pump_run_for(pump, 0);
    assert_int_equal(count(pump, HF_RECORD_INVERSE_OFFER_ACCEPTED), 1);
    assert_int_equal(count(pump, HF_RECORD_INVERSE_OFFER_DECLINED), 0);
    hf_pump_free(pump);
}

/* Who has nothing there, or an idle reservation alone, is not asked; nor who is not subscribed. */
static void who_holds_nothing_is_not_asked(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout = HF_SECONDS(100);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(2.5));
    uint32_t a = add(pump, "a"), b = add(pump, "b");
    hf_pump_operate(pump, a, 1, "RESERVE cpus(D:a,p=a):1", 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_decline_all(pump, a, 3600);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_launch(pump, b, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, HF_SECONDS(0.2));
    hf_pump_decline_all(pump, b, 3600);
    hf_pump_run_for(pump, HF_SECONDS(0.2));
    hf_pump_scheduler_stop(pump, b);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, ONE, 200);
    hf_pump_decline_all(pump, a, 3600);
    hf_pump_run_for(pump, 0);
    uint32_t asked = self(pump, a)->inverse_offered; /* of the offer that the schedule renewed */
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(self(pump, a)->inverse_offered, asked);
    assert_int_equal(self(pump, b)->inverse_offered, 0);
    hf_pump_scheduler_start(pump, b);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(self(pump, b)->inverse_offered, 1);
    hf_pump_free(pump);
}

/* A new schedule, an agent that goes, a drain: what is out is taken back. */
static void questions_are_taken_back(void **state)
{
    for (int how = 0; how < 3; how++) {
        HfPump *pump = cluster(1, NULL);
        uint32_t a = add(pump, "a");
        hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
        hf_pump_run_for(pump, 0);
        assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, ONE, 200);
        assert_int_equal(self(pump, a)->inverse.count, 1);
        if (how == 0) assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, SCHEDULE(""), 200);
        if (how == 1) hf_pump_crash(pump, 0, TRUE);
        if (how == 2) assert_call(pump, HF_CALL_DEACTIVATE_AGENT, AGENT_0, 200);
        hf_pump_run_for(pump, 0);
        assert_int_equal(self(pump, a)->inverse_rescinds, 1);
        assert_int_equal(count(pump, HF_RECORD_INVERSE_OFFER_RESCINDED), 1);
        hf_pump_free(pump);
    }
}

/* Mesos rows: 520. Where the machines stand, as the registry has it: draining, down, up again. */
static void modes_of_machines_are_in_the_registry(void **state)
{
    HfPump *pump = cluster(2, NULL);
    const HfMasterRegistry *registry = hf_master_registry(pump->master);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, BOTH, 200);
    assert_int_equal(registry->machines.count, 2);
    assert_false(registry->machines.at[0].is_down || registry->machines.at[1].is_down);
    assert_call(pump, HF_CALL_START_MAINTENANCE, "{'machines':[" MACHINES("host0") "]}", 200);
    assert_true(registry->machines.at[0].is_down);
    assert_false(registry->machines.at[1].is_down);
    hf_pump_master_failover(pump, HF_SECONDS(1));
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(hf_pump_host(pump, 0)->agent.state, HF_AGENT_REGISTERING); /* not let in */
    assert_int_equal(hf_pump_host(pump, 1)->agent.state, HF_AGENT_REGISTERED);
    assert_call(pump, HF_CALL_STOP_MAINTENANCE, "{'machines':[" MACHINES("host0") "]}", 200);
    assert_int_equal(registry->machines.count, 1);
    hf_pump_run_for(pump, HF_SECONDS(65));
    assert_int_equal(hf_pump_host(pump, 0)->agent.state, HF_AGENT_REGISTERED);
    uint32_t a = add(pump, "a");
    assert_int_equal(self(pump, a)->inverse_offered, 1); /* host1: the schedule was kept */
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_renews_offers_and_asks_for_what_is_held),
        cmocka_unit_test(inverse_offers_may_be_ignored),
        cmocka_unit_test(answers_are_kept_and_the_question_comes_again),
        cmocka_unit_test(a_filter_delays_one_question),
        cmocka_unit_test(an_answer_to_a_void_question_means_nothing),
        cmocka_unit_test(who_holds_nothing_is_not_asked),
        cmocka_unit_test(questions_are_taken_back),
        cmocka_unit_test(modes_of_machines_are_in_the_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
