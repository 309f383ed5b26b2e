/* What is too little to be offered: min_allocatable of the master and of a framework's role. */
#include "unit/allocator/cell.h"

/* One of the alternatives, in the sum of all that the role would get: 16 + 16 mem of a3 are 32,
 * though neither part is. Mesos rows: 22. */
static void one_of_the_alternatives_is_enough(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_agent(cell, 0, "cpus:0.005;mem:16;disk:128");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 1, "cpus:0.01;mem:16;disk:128");
    assert_string_equal(cell_run(cell), "f0 r1 a1 cpus@r1:0.01;disk@r1:128;mem@r1:16");
    cell_agent(cell, 2, "cpus:0.005;mem:32;disk:128");
    assert_string_equal(cell_run(cell), "f0 r1 a2 cpus@r1:0.005;disk@r1:128;mem@r1:32");
    cell_agent(cell, 3, "cpus:0.003;mem:16;disk:128;cpus(S:r1):0.003;mem(S:r1):16");
    assert_string_equal(cell_run(cell), "f0 r1 a3 cpus(S:r1)@r1:0.003;cpus@r1:0.003;disk@r1:128;"
                                        "mem(S:r1)@r1:16;mem@r1:16");
    cell_agent(cell, 4, "cpus:0.003;mem:16;disk:128;cpus(S:x):0.01;mem(S:x):16");
    assert_string_equal(cell_run(cell), ""); /* what another role has does not count */
}

/* The alternatives may be of several names, and ports count by their number. Mesos rows: 535. */
static void alternatives_may_be_of_several_names(void **state)
{
    static const struct {
        const char *total;
        gboolean enough;
    } agents[] = {
        {"cpus:1;mem:10;disk:10;ports:[1-5]", FALSE},
        {"cpus:0.5;mem:100;disk:10;ports:[1-5]", FALSE},
        {"cpus:0.5;mem:200;disk:10", FALSE},
        {"cpus:0.5;mem:10;disk:50", FALSE},
        {"cpus:1;mem:100", TRUE},
        {"cpus:0.5;mem:10;disk:100", TRUE},
        {"cpus:1;mem:100;disk:50", TRUE},
        {"cpus:1;mem:10;disk:10;ports:[1-4,11-16]", TRUE},
    };
    for (size_t a = 0; a < G_N_ELEMENTS(agents); a++) {
        Cell *cell = cell_new();
        cell_minimum(cell, "cpus:1;mem:100|disk:100|cpus:1;ports:10");
        cell_start(cell);
        cell_framework(cell, 0, "r");
        cell_agent(cell, 0, agents[a].total);
        cell_run(cell);
        if (cell->list.offers.count != (agents[a].enough ? 1 : 0)) fail_msg("%s", agents[a].total);
        cell_free(cell);
    }
}

static void update_minimum(Cell *cell, const char *minimum)
{
    HfQuantities quantities = {0};
    HfRoleId role = cell_role(cell, "r");
    HfRoleMinimum alternatives = {role, &quantities, minimum != NULL ? 1 : 0};
    HfFrameworkSpec spec = {.name = "f0",
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE,
                            .minima = &alternatives,
                            .minimum_count = 1};
    if (minimum != NULL)
        assert_true(hf_quantities_parse(cell->catalog, minimum, &quantities, NULL));
    assert_int_equal(hf_allocator_framework_update(cell->allocator, cell->now, 0, &spec), HF_OK);
    hf_quantities_clear(&quantities);
}

/* Instead of the master's; it acts from the next run on, and asks for none. Mesos rows: 23. */
static void a_framework_may_ask_for_less(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:0.005;mem:16;disk:128");
    assert_string_equal(cell_run(cell), "");
    update_minimum(cell, "cpus:0.003");
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:0.005;disk@r:128;mem@r:16");
}

/* ... or for more. */
static void a_framework_may_ask_for_more(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    update_minimum(cell, "cpus:2;mem:64");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 1, "cpus:2;mem:64");
    assert_string_equal(cell_run(cell), "f0 r a1 cpus@r:2;mem@r:64");
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE); /* the master's again */
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
}

/* Present but empty: everything is enough, from the first run on. Mesos rows: 24. */
static void an_empty_minimum_takes_everything(void **state)
{
    Cell *cell = *state;
    HfRoleId role = cell_role(cell, "r");
    HfRoleMinimum none = {role, NULL, 0};
    HfFrameworkSpec spec = {.name = "f0",
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE,
                            .minima = &none,
                            .minimum_count = 1};
    cell_agent(cell, 0, "cpus:0.005;mem:16;disk:128");
    assert_int_equal(hf_allocator_framework_add(cell->allocator, 0, 0, &spec, NULL, 0), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:0.005;disk@r:128;mem@r:16");
}

/* A volume alone on an agent that is full otherwise is offered to nobody (MESOS-8626).
 * Mesos rows: U9. */
static void a_volume_alone_is_not_offered(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512;disk(S:r)[v:p]:100");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:1;disk(S:r)[v:p]@r:100;mem@r:512");
    cell_back(cell, 0, 0, "r", "disk(S:r)[v:p]@r:100");
    assert_string_equal(cell_batch(cell), "");
    update_minimum(cell, NULL);
    assert_string_equal(cell_batch(cell), "f0 r a0 disk(S:r)[v:p]@r:100");
}

/* In scope cell the minimum is for what is free everywhere, of the first kinds and of others. */
static void a_cell_meets_the_minimum_together(void **state)
{
    Cell *cell = cell_new();
    cell->config.offer_scope = HF_OFFER_SCOPE_CELL;
    cell_minimum(cell, "cpus:4;licences:3");
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;licences:1");
    cell_agent(cell, 1, "cpus:1");
    assert_string_equal(cell_batch(cell), "");
    cell_agent(cell, 2, "cpus:1;licences:1");
    assert_string_equal(cell_batch(cell), "");
    cell_agent(cell, 3, "licences:1");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;licences@r:1\n"
                                          "f0 r a1 cpus@r:1\n"
                                          "f0 r a2 cpus@r:1;licences@r:1\n"
                                          "f0 r a3 licences@r:1");
    cell_free(cell);
}

/* One that the framework asks for holds for each agent, though they would go whole in a row. */
static void a_framework_in_a_cell_may_ask_for_more(void **state)
{
    Cell *cell = cell_new();
    cell->config.offer_scope = HF_OFFER_SCOPE_CELL;
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:4");
    for (int round = 0; round < 2; round++) {
        assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:4");
        cell_decline_all(cell, HF_NO_FILTER);
    }
    update_minimum(cell, "cpus:8");
    assert_string_equal(cell_batch(cell), "");
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(one_of_the_alternatives_is_enough),
        CELL_TEST(alternatives_may_be_of_several_names),
        CELL_TEST(a_framework_may_ask_for_less),
        CELL_TEST(a_framework_may_ask_for_more),
        CELL_TEST(an_empty_minimum_takes_everything),
        CELL_TEST(a_volume_alone_is_not_offered),
        cmocka_unit_test(a_cell_meets_the_minimum_together),
        cmocka_unit_test(a_framework_in_a_cell_may_ask_for_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
