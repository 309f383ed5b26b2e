/*
 * Cost follows change: a cycle in which everything is refused and nothing has changed does the same
 * work in a cell of any size.
 */
#include <string.h>

#include "unit/allocator/cell.h"

/* The work that one idle batch counts, in a cell where every framework has refused every agent. */
static HfAllocatorCounters idle_work(uint32_t agents, uint32_t frameworks, gboolean fully)
{
    Cell *cell = cell_new();
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_start(cell);
    for (uint32_t f = 0; f < frameworks; f++) cell_framework(cell, f, f % 2 ? "a" : "b");
    for (uint32_t a = 0; a < agents; a++) cell_agent(cell, a, "cpus:4;mem:1024;ports:[1-9]");
    cell_run(cell);
    while (cell->list.offers.count > 0) {
        cell_decline_all(cell, 3600);
        cell_batch(cell);
    }
    hf_allocator_full_visits(cell->allocator, fully);
    HfAllocatorCounters before = hf_allocator_counters(cell->allocator);
    assert_int_equal(before.filters_made, agents * frameworks);
    cell_batch(cell);
    HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
    assert_int_equal(cell->list.offers.count, 0);
    cell_free(cell);
    return (HfAllocatorCounters){
        .runs = after.runs - before.runs,
        .agents_visited = after.agents_visited - before.agents_visited,
        .frameworks_tried = after.frameworks_tried - before.frameworks_tried,
        .filter_checks = after.filter_checks - before.filter_checks,
        .words_scanned = after.words_scanned - before.words_scanned,
    };
}

static void an_idle_cycle_does_not_grow_with_agents_or_frameworks(void **state)
{
    static const uint32_t agents[] = {1, 10, 100, 5000}, frameworks[] = {1, 4, 20};
    (void)state;
    for (size_t a = 0; a < G_N_ELEMENTS(agents); a++)
        for (size_t f = 0; f < G_N_ELEMENTS(frameworks); f++) {
            HfAllocatorCounters work = idle_work(agents[a], frameworks[f], FALSE);
            assert_int_equal(work.runs, 1);
            assert_int_equal(work.agents_visited, 0);
            assert_int_equal(work.frameworks_tried, 0);
            assert_int_equal(work.filter_checks, 0);
            assert_int_equal(work.words_scanned, 0);
        }
}

/* The counters see what there would be to do: as Mesos does it, each framework is tried on each
 * agent. */
static void without_it_the_work_is_agents_times_frameworks(void **state)
{
    (void)state;
    HfAllocatorCounters work = idle_work(130, 6, TRUE);
    assert_int_equal(work.agents_visited, 130);
    assert_int_equal(work.frameworks_tried, 130 * 6);
    assert_int_equal(work.filter_checks, 130 * 6);
    assert_int_equal(work.words_scanned, 3);
}

/* One agent changes: it is visited and no other, and one word of agents is looked at, however many
 * there are. */
static void one_change_costs_one_visit(void **state)
{
    (void)state;
    Cell *cell = cell_new();
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < 5000; a++) cell_agent(cell, a, "cpus:4;mem:1024");
    cell_run(cell);
    cell_decline_all(cell, 3600);
    cell_batch(cell);
    HfResources total = cell_resources(cell, "cpus:8;mem:1024");
    HfAgentSpec spec = cell_agent_spec(NULL, &total);
    spec.capabilities = HF_AGENT_CAPABILITIES_KEEP;
    assert_int_equal(hf_allocator_agent_update(cell->allocator, cell->now, 4711, &spec), HF_OK);
    hf_resources_clear(cell->catalog, &total);
    HfAllocatorCounters before = hf_allocator_counters(cell->allocator);
    assert_string_equal(cell_batch(cell), "f0 r a4711 cpus@r:8;mem@r:1024");
    HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
    assert_int_equal(after.agents_visited - before.agents_visited, 1);
    assert_int_equal(after.frameworks_tried - before.frameworks_tried, 1);
    assert_int_equal(after.words_scanned - before.words_scanned, 1);
    cell_free(cell);
}

/* A full cell in which somebody revives: all its agents are looked at, as the counters say, and
 * those of which too little is left are given no thought. What comes back to one is offered, and so
 * is what is left everywhere as soon as somebody is content with it. */
static void agents_with_too_little_are_passed_by(void **state)
{
    (void)state;
    Cell *cell = cell_new();
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_minimum(cell, "cpus:1");
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "s");
    for (uint32_t a = 0; a < 200; a++)
        cell_agent_used(cell, a, "cpus:4;mem:1024", 0, "r", "cpus:4;mem:256");
    assert_string_equal(cell_run(cell), "");
    for (int again = 0; again < 2; again++) {
        HfAllocatorCounters before = hf_allocator_counters(cell->allocator);
        assert_int_equal(hf_allocator_revive(cell->allocator, cell->now, 1, NULL, 0), HF_OK);
        assert_string_equal(cell_batch(cell), "");
        HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
        assert_int_equal(after.agents_visited - before.agents_visited, 200);
        assert_int_equal(after.frameworks_tried - before.frameworks_tried, 200);
    }
    HfStatus status = cell_recover(cell, 0, 77, "r", "cpus:1;mem:64", HF_NO_FILTER, TRUE);
    assert_int_equal(status, HF_OK);
    HfAllocatorCounters before = hf_allocator_counters(cell->allocator);
    assert_string_equal(cell_batch(cell), "f1 s a77 cpus@s:1;mem@s:832");
    HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
    assert_int_equal(after.agents_visited - before.agents_visited, 1);
    HfRoleId role = cell_role(cell, "s");
    HfRoleMinimum none = {role, NULL, 0};
    HfFrameworkSpec spec = {.name = "f1",
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE,
                            .minima = &none,
                            .minimum_count = 1};
    assert_int_equal(hf_allocator_framework_update(cell->allocator, cell->now, 1, &spec), HF_OK);
    cell_batch(cell);
    assert_int_equal(cell->list.offers.count, 199);
    cell_free(cell);
}

/* What happens to one that is passed by with the others is noticed, and it has seen what they had
 * seen by then. */
static void one_that_was_passed_by_is_an_agent_as_others(void **state)
{
    (void)state;
    Cell *cell = cell_new();
    cell_minimum(cell, "cpus:1");
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "s");
    for (uint32_t a = 0; a < 200; a++)
        cell_agent_used(cell, a, "cpus:4;mem:1024", 0, "r", "cpus:4;mem:256");
    cell_expect_visits(cell, 200, 400);
    hf_allocator_revive(cell->allocator, cell->now, 0, NULL, 0);
    cell_expect_visits(cell, 200, 200);
    assert_int_equal(hf_allocator_agent_deactivate(cell->allocator, cell->now, 3), HF_OK);
    hf_allocator_revive(cell->allocator, cell->now, 1, NULL, 0);
    cell_expect_visits(cell, 199, 199);
    assert_int_equal(hf_allocator_agent_activate(cell->allocator, cell->now, 3), HF_OK);
    cell_expect_visits(cell, 1, 1); /* f0 had been tried */
    cell_total(cell, 5, "cpus:4;mem:2048");
    cell_expect_visits(cell, 1, 2);
    hf_allocator_revive(cell->allocator, cell->now, 1, NULL, 0);
    cell_expect_visits(cell, 200, 200);
    assert_int_equal(hf_allocator_agent_remove(cell->allocator, cell->now, 4), HF_OK);
    hf_allocator_revive(cell->allocator, cell->now, 0, NULL, 0);
    cell_expect_visits(cell, 199, 199);
    cell_expect_visits(cell, 0, 0);
    cell_free(cell);
}

/* A cell of two groups: what follows from a total, and what is left of it, is worked out once for
 * each; and an agent that differs is not taken for one of them. */
static void agents_that_are_alike_are_worked_out_once(void **state)
{
    (void)state;
    Cell *cell = cell_new();
    cell_start(cell);
    cell_framework(cell, 0, "r");
    HfAllocatorCounters before = hf_allocator_counters(cell->allocator);
    for (uint32_t a = 0; a < 100; a++)
        cell_agent_used(cell, a, a % 2 ? "cpus:4;mem:1024;ports:[1-9]" : "cpus:8;mem:512", 0, "r",
                        "cpus:1;mem:128");
    HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
    assert_int_equal(after.totals_worked_out - before.totals_worked_out, 2);
    assert_int_equal(after.left_worked_out - before.left_worked_out, 2);
    cell_agent_used(cell, 100, "cpus:4;mem:1024;ports:[1-8]", 0, "r", "cpus:1;mem:128");
    cell_agent_used(cell, 101, "cpus:8;mem:512", 0, "r", "cpus:2;mem:128");
    const char *offers = cell_run(cell);
    assert_int_equal(cell->list.offers.count, 102);
    assert_non_null(strstr(offers, "a98 cpus@r:7;mem@r:384\n"));
    assert_non_null(strstr(offers, "a99 cpus@r:3;mem@r:896;ports@r:[1-9]"));
    assert_non_null(strstr(offers, "a100 cpus@r:3;mem@r:896;ports@r:[1-8]"));
    assert_non_null(strstr(offers, "a101 cpus@r:6;mem@r:384"));
    cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_cycle_does_not_grow_with_agents_or_frameworks),
        cmocka_unit_test(without_it_the_work_is_agents_times_frameworks),
        cmocka_unit_test(one_change_costs_one_visit),
        cmocka_unit_test(agents_with_too_little_are_passed_by),
        cmocka_unit_test(one_that_was_passed_by_is_an_agent_as_others),
        cmocka_unit_test(agents_that_are_alike_are_worked_out_once),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
