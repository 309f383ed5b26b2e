/*
 * What shared volumes and revocable resources count in shares: orders that Mesos's tests of its
 * sorter pin, seen through frameworks of one role. Each holds something from the start, and the
 * order is asked for; shares stand in the comments in percent.
 */
#include "unit/allocator/cell.h"

#define VOLUME_TOTAL "cpus:100;mem:100;disk(S:r):900;disk(S:r)[v:p]{shared}:100"

/* Agent 0 with frameworks 0.. of role r that hold these; "" = nothing. */
static void start(Cell *cell, const char *total, const char *const *holds, uint32_t count)
{
    HfResources all = cell_resources(cell, total), parts[4] = {{0}};
    HfHolding used[4];
    for (uint32_t f = 0; f < count; f++) {
        cell_framework_as(cell, f, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES,
                          TRUE, FALSE);
        parts[f] = cell_resources(cell, holds[f]);
        used[f] = (HfHolding){f, 0, cell_role(cell, "r"), &parts[f], NULL};
    }
    HfAgentSpec spec = cell_agent_spec("a0", &all);
    assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, 0, &spec, used, count), HF_OK);
    for (uint32_t f = 0; f < count; f++) hf_resources_clear(cell->catalog, &parts[f]);
    hf_resources_clear(cell->catalog, &all);
}

static void ends(Cell *cell, uint32_t framework, const char *resources)
{
    assert_int_equal(cell_recover(cell, framework, 0, "r", resources, HF_NO_FILTER, TRUE), HF_OK);
}

/* Revocable cpus count like others: of 10 + 10, f0 2 (10), f1 1 + 9 (50). Mesos rows: 117. */
static void revocable_counts_like_the_rest(void **state)
{
    Cell *cell = *state;
    static const char *const holds[] = {"cpus@r:2", "cpus@r:1;cpus{rev}@r:9"};
    start(cell, "cpus:10;cpus{rev}:10", holds, 2);
    cell_expect(cell, "framework_sorters|r",
                "[{\"path\":\"f0\",\"kind\":\"active\",\"share\":0.10000000000000001,\"count\":1,"
                "\"allocated\":{\"cpus\":2}},"
                "{\"path\":\"f1\",\"kind\":\"active\",\"share\":0.5,\"count\":1,"
                "\"allocated\":{\"cpus\":10}}]");
    cell_expect_order(cell, "r", "f0 f1");
}

/* The volume is 100 of 1000 disk, whole for each that holds it: f0 10, f1 6, f2 10. f0 gone, and f1
 * down to 2: f1, f2, and f3 with the volume, too. Mesos rows: 118. */
static void a_shared_volume_counts_whole_for_each(void **state)
{
    Cell *cell = *state;
    static const char *const holds[] = {"cpus@r:5;mem@r:5;disk(S:r)[v:p]{shared}@r:100",
                                        "cpus@r:6;mem@r:6",
                                        "cpus@r:1;mem@r:1;disk(S:r)[v:p]{shared}@r:100"};
    start(cell, VOLUME_TOTAL, holds, 3);
    cell_expect_order(cell, "r", "f1 f0 f2");
    ends(cell, 0, holds[0]);
    assert_int_equal(hf_allocator_framework_remove(cell->allocator, 0, 0), HF_OK);
    ends(cell, 1, "cpus@r:4;mem@r:4");
    cell_expect_order(cell, "r", "f1 f2");
    HfResources more = cell_resources(cell, "cpus@r:1;mem@r:5;disk(S:r)[v:p]{shared}@r:100");
    HfResources none = {0};
    HfHolding used = {3, 0, cell_role(cell, "r"), &more, NULL};
    cell_framework(cell, 3, "r");
    assert_int_equal(hf_allocator_provider_add(cell->allocator, 0, 0, &none, &used, 1), HF_OK);
    cell_expect_order(cell, "r", "f1 f2 f3");
    /* for the role it is there once: 2 + 1 + 1 cpus, 100 disk */
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 0.1);
    hf_resources_clear(cell->catalog, &more);
}

/* A volume of 900 of 1000 makes all equal, whatever else they hold: names decide.
 * Mesos rows: 119. */
static void a_large_shared_volume_makes_all_equal(void **state)
{
    Cell *cell = *state;
    static const char *const holds[] = {"cpus@r:50;mem@r:40;disk(S:r)[v:p]{shared}@r:900",
                                        "cpus@r:5;mem@r:5;disk(S:r)[v:p]{shared}@r:900",
                                        "cpus@r:1;mem@r:1;disk(S:r)[v:p]{shared}@r:900"};
    start(cell, "cpus:100;mem:100;disk(S:r):100;disk(S:r)[v:p]{shared}:900", holds, 3);
    cell_expect_order(cell, "r", "f0 f1 f2");
}

/* 50 of 1000 disk: f0 5 < f1 6, with one copy or four. Mesos rows: 120. */
static void further_copies_count_nothing(void **state)
{
    Cell *cell = *state;
    static const char *const holds[] = {"cpus@r:2;mem@r:2;disk(S:r)[v:p]{shared}@r:50",
                                        "cpus@r:6;mem@r:6"};
    start(cell, "cpus:100;mem:100;disk(S:r):950;disk(S:r)[v:p]{shared}:50", holds, 2);
    cell_expect_order(cell, "r", "f0 f1");
    HfResources copies = cell_resources(cell, "disk(S:r)[v:p]{shared*3}@r:50"), none = {0};
    HfHolding used = {0, 0, cell_role(cell, "r"), &copies, NULL};
    assert_int_equal(hf_allocator_provider_add(cell->allocator, 0, 0, &none, &used, 1), HF_OK);
    cell_expect_order(cell, "r", "f0 f1");
    cell_expect(cell, "agents|a0|used|f0",
                "[\"cpus@r:2\",\"disk(S:r)[v:p]{shared*4}@r:50\",\"mem@r:2\"]");
    hf_resources_clear(cell->catalog, &copies);
}

/* Three copies of 100: f0 10 > f1 6 until the last of them is back. Mesos rows: 121. */
static void the_last_copy_takes_the_share_along(void **state)
{
    Cell *cell = *state;
    static const char *const holds[] = {"cpus@r:2;mem@r:2;disk(S:r)[v:p]{shared*3}@r:100",
                                        "cpus@r:6;mem@r:6"};
    start(cell, VOLUME_TOTAL, holds, 2);
    cell_expect_order(cell, "r", "f1 f0");
    ends(cell, 0, "disk(S:r)[v:p]{shared}@r:100");
    cell_expect_order(cell, "r", "f1 f0");
    ends(cell, 0, "disk(S:r)[v:p]{shared*2}@r:100");
    cell_expect_order(cell, "r", "f0 f1");
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 0.08);
}

/* Frameworks of two roles hold a volume that is reserved to nobody (the master refuses such; the
 * allocator does not): it is used once by each role. */
static void an_unreserved_shared_volume_counts_once_for_its_role(void **state)
{
    Cell *cell = *state;
    static const char *const holds[] = {"disk[v:p]{shared}@r:100", "disk[v:p]{shared*2}@r:100"};
    start(cell, "cpus:10;mem:320;disk:900;disk[v:p]{shared}:100", holds, 2);
    cell_expect(cell, "roles|r|quota_offered_or_consumed", "{\"disk\":100}");
    ends(cell, 0, holds[0]);
    cell_expect(cell, "roles|r|quota_offered_or_consumed", "{\"disk\":100}");
    ends(cell, 1, "disk[v:p]{shared}@r:100");
    cell_expect(cell, "roles|r|quota_offered_or_consumed", "{\"disk\":100}");
    ends(cell, 1, "disk[v:p]{shared}@r:100");
    cell_expect(cell, "roles|r|quota_offered_or_consumed", "{}");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(revocable_counts_like_the_rest),
        CELL_TEST(a_shared_volume_counts_whole_for_each),
        CELL_TEST(a_large_shared_volume_makes_all_equal),
        CELL_TEST(further_copies_count_nothing),
        CELL_TEST(the_last_copy_takes_the_share_along),
        CELL_TEST(an_unreserved_shared_volume_counts_once_for_its_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
