/* Why a framework is not offered what it wants of an agent: one reason after the other is taken
 * away. */
#include "unit/allocator/cell.h"

static HfWithheld why(Cell *cell, uint32_t framework, const char *role, uint32_t agent,
                      const char *wanted)
{
    HfQuantities amount = {0};
    assert_true(hf_quantities_parse(cell->catalog, wanted, &amount, NULL));
    g_autofree char *before = cell_state(cell);
    HfAllocatorCounters counters = hf_allocator_counters(cell->allocator);
    HfWithheld reason =
        hf_allocator_withheld(cell->allocator, framework, cell_role(cell, role), agent, &amount);
    HfAllocatorCounters after = hf_allocator_counters(cell->allocator);
    g_autofree char *state = cell_state(cell);
    assert_string_equal(before, state); /* asking changes nothing */
    assert_memory_equal(&counters, &after, sizeof after);
    hf_quantities_clear(&amount);
    return reason;
}

static void agents_and_frameworks_that_take_no_part(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus:4;mem:1024");
    cell_framework(cell, 0, "r");
    assert_int_equal(why(cell, 0, "r", 7, "cpus:1"), HF_WITHHELD_AGENT);
    assert_int_equal(hf_allocator_agent_deactivate(cell->allocator, 0, 0), HF_OK);
    assert_int_equal(why(cell, 0, "r", 0, "cpus:1"), HF_WITHHELD_AGENT);
    assert_int_equal(hf_allocator_agent_activate(cell->allocator, 0, 0), HF_OK);
    assert_int_equal(why(cell, 0, "other", 0, "cpus:1"), HF_WITHHELD_FRAMEWORK);
    assert_int_equal(hf_allocator_suppress(cell->allocator, 0, 0, NULL, 0), HF_OK);
    assert_int_equal(why(cell, 0, "r", 0, "cpus:1"), HF_WITHHELD_FRAMEWORK);
    assert_int_equal(hf_allocator_revive(cell->allocator, 0, 0, NULL, 0), HF_OK);
    assert_int_equal(why(cell, 0, "r", 0, "cpus:1"), HF_WITHHELD_NOTHING);
}

static void what_is_there_but_not_for_it(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus:2;cpus(S:db):6;mem:1024");
    cell_agent(cell, 1, "cpus:4;mem:1024;gpus:2");
    cell_framework(cell, 0, "r");
    assert_int_equal(why(cell, 0, "r", 0, "cpus:4"), HF_WITHHELD_SHORT);
    assert_int_equal(why(cell, 0, "r", 0, "cpus:2"), HF_WITHHELD_NOTHING);
    assert_int_equal(why(cell, 0, "r", 1, "cpus:4"), HF_WITHHELD_CAPABILITY); /* GPU_RESOURCES */
    cell_batch(cell); /* all of it is offered */
    assert_int_equal(why(cell, 0, "r", 0, "cpus:1"), HF_WITHHELD_SHORT);
    cell_decline_all(cell, HF_NO_FILTER);
    assert_int_equal(why(cell, 0, "r", 0, "cpus:2"), HF_WITHHELD_NOTHING);
}

static void filters_quota_and_the_minimum(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus:4;mem:1024");
    cell_framework(cell, 0, "r");
    cell_batch(cell);
    cell_decline_all(cell, 3600);
    assert_int_equal(why(cell, 0, "r", 0, "cpus:4"), HF_WITHHELD_FILTER);
    cell_framework(cell, 1, "q");
    assert_int_equal(why(cell, 1, "q", 0, "cpus:4"), HF_WITHHELD_NOTHING);
    cell_quota(cell, "q", "", "cpus:3");
    assert_int_equal(why(cell, 1, "q", 0, "cpus:4"), HF_WITHHELD_QUOTA);
    assert_int_equal(why(cell, 1, "q", 0, "cpus:3"), HF_WITHHELD_NOTHING);
    cell_agent(cell, 1, "cpus:0.001;mem:8");
    assert_int_equal(why(cell, 1, "q", 1, "mem:8"), HF_WITHHELD_MINIMUM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(agents_and_frameworks_that_take_no_part, cell_setup,
                                        cell_teardown),
        cmocka_unit_test_setup_teardown(what_is_there_but_not_for_it, cell_setup, cell_teardown),
        cmocka_unit_test_setup_teardown(filters_quota_and_the_minimum, cell_setup, cell_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
