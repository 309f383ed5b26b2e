/* What is offered to whom as agents and frameworks come, use and go: the whole way through master
 * and allocator. */
#include "unit/control/operators.h"

static HfPumpFramework *self(HfPump *pump, uint32_t row)
{
    return hf_pump_framework(pump, row);
}

static void run(HfPump *pump, double seconds)
{
    hf_pump_run_for(pump, HF_SECONDS(seconds));
}

/* All that a framework holds in offers, in canonical text. */
static void assert_held(HfPump *pump, uint32_t row, guint offers, const char *text)
{
    assert_int_equal(self(pump, row)->offers.count, offers);
    g_autofree char *lines = hf_pump_take_text(pump);
    if (text != NULL && strstr(lines, text) == NULL) fail_msg("no offer of %s in %s", text, lines);
}

/* Mesos rows: 525, 526, 532. One framework is offered all; what it leaves goes to another, and so
 * does what ends. */
static void what_is_not_used_goes_on(void **state)
{
    HfPump *pump = cluster(0, NULL);
    hf_pump_add_agent(pump, "cpus:2;mem:1024");
    run(pump, 2);
    uint32_t a = add(pump, "a");
    assert_held(pump, a, 1, "cpus@a:2;mem@a:1024");
    hf_pump_operate(pump, a, 1, "LAUNCH 1=cpus:0.5;mem:256 2:30=cpus:0.5;mem:256", 3600);
    run(pump, 0);
    uint32_t b = add(pump, "b");
    run(pump, 1);
    assert_held(pump, b, 1, "cpus@b:1;mem@b:512");
    run(pump, 31); /* the second task has ended */
    assert_int_equal(self(pump, a)->offers.count + self(pump, b)->offers.count, 2);
    hf_pump_free(pump);
}

/* Mesos rows: 533, 534. */
static void agents_of_one_kind_alone_are_used(void **state)
{
    static const char *const totals[] = {"cpus:2", "mem:200"};
    for (gsize i = 0; i < G_N_ELEMENTS(totals); i++) {
        HfPump *pump = cluster(0, NULL);
        hf_pump_add_agent(pump, totals[i]);
        run(pump, 2);
        uint32_t a = add(pump, "a");
        hf_pump_launch(pump, a, 1, totals[i], HF_TIME_NEVER);
        run(pump, 0);
        assert_int_equal(hf_pump_update(pump, a, 1)->status.state, HF_TASK_RUNNING);
        hf_pump_free(pump);
    }
}

/* Mesos rows: 542. */
static void one_message_may_have_offers_of_many_agents(void **state)
{
    HfPump *pump = cluster(10, NULL);
    uint32_t a = add(pump, "a");
    assert_int_equal(self(pump, a)->offers.count, 10);
    assert_int_equal(occurrences(pump, "\"msg\":\"OFFERS\""), 1);
    for (guint32 i = 0; i < 10; i++)
        for (guint32 k = 0; k < i; k++)
            assert_int_not_equal(self(pump, a)->offers.at[i].agent,
                                 self(pump, a)->offers.at[k].agent);
    hf_pump_free(pump);
}

/* Mesos rows: 529. What a framework that is torn down had goes to another. */
static void what_a_removed_framework_had_goes_to_another(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_launch(pump, a, 1, "cpus:3", HF_TIME_NEVER);
    run(pump, 0.1);
    hf_pump_teardown(pump, a);
    uint32_t b = add(pump, "b");
    run(pump, 2);
    assert_held(pump, b, 1, "cpus@b:4");
    hf_pump_free(pump);
}

/* Mesos rows: 530, 531. An agent that is lost is never offered again; one that comes late is. */
static void a_lost_agent_is_not_offered(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    run(pump, 0.1);
    hf_pump_crash(pump, 0, FALSE);
    run(pump, 100);
    assert_int_equal(count(pump, HF_RECORD_AGENT_UNREACHABLE), 1);
    assert_int_equal(self(pump, a)->offers.count, 0);
    uint32_t late = hf_pump_add_agent(pump, "cpus:1;mem:64");
    run(pump, 2);
    assert_int_equal(self(pump, a)->offers.count, 1);
    assert_int_equal(self(pump, a)->offers.at[0].host, late);
    hf_pump_free(pump);
}

/* Mesos rows: 540. A weight takes all offers back; the next run follows it. */
static void weights_divide_anew(void **state)
{
    HfPump *pump = cluster(3, NULL);
    uint32_t a = add(pump, "a");
    assert_int_equal(self(pump, a)->offers.count, 3);
    uint32_t b = add(pump, "b");
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'b','weight':2}]}", 200);
    assert_int_equal(self(pump, a)->rescinds, 3);
    run(pump, 1);
    assert_int_equal(self(pump, a)->offers.count, 1);
    assert_int_equal(self(pump, b)->offers.count, 2);
    hf_pump_free(pump);
}

/* Mesos rows: 541. Siblings compete at the top: a/b uses something, and so b/x is before a/c. */
static void nested_roles_are_ordered_from_the_top(void **state)
{
    HfPump *pump = cluster(0, NULL);
    hf_pump_add_agent(pump, "cpus:2;mem:1024");
    run(pump, 2);
    uint32_t first = hf_pump_add_framework(pump, "first", "a/b", HF_CAPABILITY_MULTI_ROLE, FALSE);
    run(pump, 0);
    hf_pump_launch(pump, first, 1, "cpus:2;mem:1024", HF_TIME_NEVER);
    run(pump, 0.1);
    uint32_t c = hf_pump_add_framework(pump, "c", "a/c", HF_CAPABILITY_MULTI_ROLE, FALSE);
    uint32_t x = hf_pump_add_framework(pump, "x", "b/x", HF_CAPABILITY_MULTI_ROLE, FALSE);
    run(pump, 0.1);
    hf_pump_add_agent(pump, "cpus:1;mem:512");
    run(pump, 2);
    assert_int_equal(self(pump, c)->offers.count, 0);
    assert_int_equal(self(pump, x)->offers.count, 1);
    hf_pump_free(pump);
}

/* Mesos rows: 536. */
static void only_agents_of_the_whitelist_are_offered(void **state)
{
    HfPump *pump = cluster(2, NULL);
    static const char *const names[] = {"host1"};
    hf_allocator_whitelist_set(hf_master_allocator(pump->master), pump->now, names, 1);
    uint32_t a = add(pump, "a");
    assert_int_equal(self(pump, a)->offers.count, 1);
    assert_int_equal(self(pump, a)->offers.at[0].host, 1);
    hf_allocator_whitelist_set(hf_master_allocator(pump->master), pump->now, NULL, 0);
    run(pump, 1);
    assert_int_equal(self(pump, a)->offers.count, 2);
    hf_pump_free(pump);
}

/* Mesos rows: 699. What rounds to nothing is not there; the task runs with the rest. */
static void what_rounds_to_nothing_vanishes(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    HfPumpTask task = {.id = 1, .duration = HF_TIME_NEVER};
    task.resources = "[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":0}},"
                     "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1}}]";
    hf_pump_accept(pump, a, &self(pump, a)->offers.at[0].id, 1, &task, 1, 3600);
    run(pump, 0);
    assert_int_equal(hf_pump_update(pump, a, 1)->status.state, HF_TASK_RUNNING);
    assert_available(pump, "cpus:4;disk:1024;mem:1023");
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_used_goes_on),
        cmocka_unit_test(agents_of_one_kind_alone_are_used),
        cmocka_unit_test(one_message_may_have_offers_of_many_agents),
        cmocka_unit_test(what_a_removed_framework_had_goes_to_another),
        cmocka_unit_test(a_lost_agent_is_not_offered),
        cmocka_unit_test(weights_divide_anew),
        cmocka_unit_test(nested_roles_are_ordered_from_the_top),
        cmocka_unit_test(only_agents_of_the_whitelist_are_offered),
        cmocka_unit_test(what_rounds_to_nothing_vanishes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
