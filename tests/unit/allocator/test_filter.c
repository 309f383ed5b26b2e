/* Filters that are dropped before they end: what is left of them goes away, and the others stay. */
#include "unit/allocator/cell.h"

#define AGENTS 4

static Cell *revived_cell(void)
{
    Cell *cell = cell_new();
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < AGENTS; a++) cell_agent(cell, a, "cpus:4;mem:1024");
    return cell;
}

/* Decline everything for an hour and more (in more lengths than there are rings), revive, again. */
static void decline_and_revive(Cell *cell, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++) {
        cell_run(cell);
        assert_int_equal(cell->list.offers.count, AGENTS);
        cell_decline_all(cell, 3600.0 + i % 40);
        assert_int_equal(hf_allocator_revive(cell->allocator, cell->now, 0, NULL, 0), HF_OK);
    }
}

static void filters_of_revived_frameworks_take_no_room(void **state)
{
    (void)state;
    Cell *cell = revived_cell();
    decline_and_revive(cell, 5000);
    size_t before = hf_allocator_memory(cell->allocator);
    decline_and_revive(cell, 20000);
    assert_true(hf_allocator_memory(cell->allocator) <= before);
    cell_free(cell);
}

static void filters_made_after_a_revive_hold(void **state)
{
    (void)state;
    Cell *cell = revived_cell();
    decline_and_revive(cell, 3);
    cell_run(cell);
    cell_decline_all(cell, 10);
    HfAllocatorCounters counters = hf_allocator_counters(cell->allocator);
    assert_int_equal(counters.filters_made, 4 * AGENTS);
    assert_int_equal(counters.filters_expired, 0);
    for (int second = 1; second < 10; second++) assert_string_equal(cell_batch(cell), "");
    cell_batch(cell); /* those of the last decline end; the dead ones never counted */
    assert_int_equal(cell->list.offers.count, AGENTS);
    assert_int_equal(hf_allocator_counters(cell->allocator).filters_expired, AGENTS);
    cell->now += 2 * HF_NS_PER_HOUR;
    hf_allocator_expire(cell->allocator, cell->now);
    assert_int_equal(hf_allocator_counters(cell->allocator).filters_expired, AGENTS);
    cell_free(cell);
}

/* The row of a framework that is gone is used again: its old filters are not the new one's. */
static void filters_do_not_pass_to_the_next_framework(void **state)
{
    (void)state;
    Cell *cell = revived_cell();
    cell_run(cell);
    cell_decline_all(cell, 3600);
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(hf_allocator_framework_remove(cell->allocator, cell->now, 0), HF_OK);
    cell_framework(cell, 0, "r");
    cell_batch(cell);
    assert_int_equal(cell->list.offers.count, AGENTS);
    cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_of_revived_frameworks_take_no_room),
        cmocka_unit_test(filters_made_after_a_revive_hold),
        cmocka_unit_test(filters_do_not_pass_to_the_next_framework),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
