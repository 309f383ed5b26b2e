/*
 * Who comes next: shares of roles and frameworks, weights, ties. Each behaviour is one that a test
 * of Mesos pins; agents and frameworks count from 0 here.
 */
#include "unit/allocator/cell.h"

/* a0: r1 holds everything. a1: r1 2/3, r2 0. a2: r1 max(2/6, 1024/3584) = .33, r2 1/6. a3: r1 2/10,
 * r2 max(4/10, 2560/7680); within r1 f0 has .2, f2 nothing. a4: r1 mem 5120/8192 = .63, r2 4/11.
 * Mesos rows: 1. */
static void the_role_decides_first_and_then_the_framework(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:2;mem@r1:1024");
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus@r2:1;mem@r2:512");
    cell_agent(cell, 2, "cpus:3;mem:2048");
    assert_string_equal(cell_run(cell), "f1 r2 a2 cpus@r2:3;mem@r2:2048");
    cell_framework(cell, 2, "r1");
    cell_agent(cell, 3, "cpus:4;mem:4096");
    assert_string_equal(cell_run(cell), "f2 r1 a3 cpus@r1:4;mem@r1:4096");
    cell_framework(cell, 3, "r1");
    cell_agent(cell, 4, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f1 r2 a4 cpus@r2:1;mem@r2:512");
}

/* 100 reserved cpus in use keep r1 behind r2; within r1, f0 has all of them. Mesos rows: 2. */
static void reservations_in_use_count_in_shares(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_agent(cell, 0, "cpus:1;mem:512;cpus(S:r1):100;mem(S:r1):1024");
    assert_string_equal(cell_run(cell),
                        "f0 r1 a0 cpus(S:r1)@r1:100;cpus@r1:1;mem(S:r1)@r1:1024;mem@r1:512");
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 1, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus@r2:2;mem@r2:512");
    cell_agent(cell, 2, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f1 r2 a2 cpus@r2:2;mem@r2:512");
    cell_framework(cell, 2, "r1");
    cell_agent(cell, 3, "cpus(S:r1):2;mem(S:r1):1024");
    assert_string_equal(cell_run(cell), "f2 r1 a3 cpus(S:r1)@r1:2;mem(S:r1)@r1:1024");
}

/* The cluster's only gpu would make r1's share 1 for good; left out, the order is that of cpus and
 * mem, as above. Mesos rows: 3. */
static void excluded_names_do_not_count(void **state)
{
    static const char *const expected[] = {"f1 r2 a1 cpus@r2:1;mem@r2:512",
                                           "f1 r2 a2 cpus@r2:3;mem@r2:2048",
                                           "f2 r1 a3 cpus@r1:4;mem@r1:4096"};
    static const char *const unlike = "f1 r2 a3 cpus@r2:4;mem@r2:4096";
    for (int excluded = 0; excluded < 2; excluded++) {
        Cell *cell = cell_new();
        HfKindId gpus = HF_KIND_GPUS;
        cell->config.fairness_excluded = &gpus;
        cell->config.fairness_excluded_count = (uint32_t)excluded;
        cell_start(cell);
        uint32_t capabilities = HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_GPU_RESOURCES;
        cell_framework_as(cell, 0, "r1", capabilities, TRUE, FALSE);
        cell_agent(cell, 0, "cpus:2;mem:1024;gpus:1");
        assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:2;gpus@r1:1;mem@r1:1024");
        cell_framework(cell, 1, "r2");
        cell_agent(cell, 1, "cpus:1;mem:512");
        assert_string_equal(cell_run(cell), expected[0]);
        cell_agent(cell, 2, "cpus:3;mem:2048");
        assert_string_equal(cell_run(cell), expected[1]);
        cell_framework(cell, 2, "r1");
        cell_agent(cell, 3, "cpus:4;mem:4096");
        assert_string_equal(cell_run(cell), excluded ? expected[2] : unlike);
        cell_free(cell);
    }
}

/* a0 gives a/b 2/3 of the cell, so d is next; then a has 2/5, d 1/5, and within d f has nothing.
 * f1 in a/c has nothing at all, but a stands before it. Mesos rows: 4. */
static void siblings_compete_at_the_top_first(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "a/b");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 a/b a0 cpus@a/b:2;mem@a/b:1024");
    cell_framework(cell, 1, "a/c");
    cell_framework(cell, 2, "d/e");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f2 d/e a1 cpus@d/e:1;mem@d/e:512");
    cell_framework(cell, 3, "d/f");
    cell_agent(cell, 2, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f3 d/f a2 cpus@d/f:2;mem@d/f:1024");
}

/* r2 has been served less often, so the first agent is its; then r1 is behind. Mesos rows: 9. */
static void whole_agents_are_shared_out(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    cell_agent(cell, 1, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:2;mem@r1:1024\n"
                                        "f0 r1 a1 cpus@r1:2;mem@r1:1024");
    cell_decline_all(cell, HF_NO_FILTER);
    cell_framework(cell, 1, "r2");
    assert_string_equal(cell_run(cell), "f1 r2 a0 cpus@r2:2;mem@r2:1024\n"
                                        "f0 r1 a1 cpus@r1:2;mem@r1:1024");
}

/* Ten offers of the one agent, each given back: five for each of two equals. Mesos rows: 10. */
static void equals_take_turns(void **state)
{
    Cell *cell = *state;
    int served[2] = {0, 0};
    cell_framework(cell, 0, "*");
    cell_framework(cell, 1, "*");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    cell_run(cell);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(cell->list.offers.count, 1);
        served[cell->list.offers.at[0].framework]++;
        cell_decline_all(cell, HF_NO_FILTER);
        cell_batch(cell);
    }
    assert_int_equal(served[0], 5);
    assert_int_equal(served[1], 5);
}

/* The agent of f0 takes its share along when it goes: r1 has nothing then, r2 all of a1
 * (MESOS-621). Mesos rows: 34. */
static void a_removed_agent_takes_its_shares_along(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_agent(cell, 0, "cpus:2;mem:200");
    cell_run(cell);
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 1, "cpus:1;mem:100");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus@r2:1;mem@r2:100");
    assert_int_equal(hf_allocator_agent_remove(cell->allocator, 0, 0), HF_OK);
    cell_agent(cell, 2, "cpus:1;mem:100");
    assert_string_equal(cell_run(cell), "f0 r1 a2 cpus@r1:1;mem@r1:100");
}

/* f1 has nothing, but cannot take refined reservations; the loop goes on to f0, which holds a0 and
 * can (MESOS-9554). Mesos rows: 35. */
static void who_cannot_take_it_is_passed_over(void **state)
{
    Cell *cell = *state;
    cell_framework_as(cell, 0, "p/c",
                      HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_RESERVATION_REFINEMENT, TRUE, FALSE);
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 p/c a0 cpus@p/c:1;mem@p/c:512");
    cell_framework(cell, 1, "p/c");
    cell_agent(cell, 1, "cpus(D:p,p=x)(D:p/c,p=x):1;mem(D:p,p=x)(D:p/c,p=x):512");
    assert_string_equal(cell_run(cell), "f0 p/c a1 cpus(D:p,p=x)(D:p/c,p=x)@p/c:1;"
                                        "mem(D:p,p=x)(D:p/c,p=x)@p/c:512");
}

/* What is used is counted once, whether the framework or the agent came first. Mesos rows: 40. */
static void what_is_used_is_counted_once(void **state)
{
    Cell *cell = *state;
    HfRoleId role = cell_role(cell, "r");
    HfResources used = cell_resources(cell, "cpus:1;mem:512");
    HfHolding holding = {1, 1, role, &used, NULL};
    HfFrameworkSpec spec = {.name = "f1",
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE};
    cell_framework(cell, 0, "r");
    cell_agent_used(cell, 0, "cpus:1;mem:512", 0, "r", "cpus@r:1;mem@r:512");
    cell_agent_used(cell, 1, "cpus:1;mem:512", 1, "r", "cpus@r:1;mem@r:512");
    assert_int_equal(hf_allocator_framework_add(cell->allocator, 0, 1, &spec, &holding, 1), HF_OK);
    cell_expect(cell, "framework_sorters|r",
                "[{\"path\":\"f0\",\"kind\":\"active\",\"share\":0.5,\"count\":1,"
                "\"allocated\":{\"cpus\":1,\"mem\":512}},"
                "{\"path\":\"f1\",\"kind\":\"active\",\"share\":0.5,\"count\":1,"
                "\"allocated\":{\"cpus\":1,\"mem\":512}}]");
    assert_true(hf_allocator_role_share(cell->allocator, role) == 1.0);
    hf_resources_clear(cell->catalog, &used);
}

/* One agent given and given back, then offered to B, which was served less often; a second agent
 * makes it half and half; a role without frameworks has no share. Mesos rows: 65. */
static void the_share_of_a_role_can_be_asked_for(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    HfRoleId a = cell_role(cell, "A"), b = cell_role(cell, "B");
    cell_framework(cell, 0, "A");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 A a0 cpus@A:2;mem@A:1024");
    assert_true(hf_allocator_role_share(allocator, a) == 1.0);
    cell_decline_all(cell, HF_NO_FILTER);
    assert_true(hf_allocator_role_share(allocator, a) == 0.0);
    cell_framework(cell, 1, "B");
    assert_string_equal(cell_run(cell), "f1 B a0 cpus@B:2;mem@B:1024");
    assert_true(hf_allocator_role_share(allocator, b) == 1.0);
    cell_agent(cell, 1, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 A a1 cpus@A:2;mem@A:1024");
    assert_true(hf_allocator_role_share(allocator, a) == 0.5);
    assert_true(hf_allocator_role_share(allocator, b) == 0.5);
    assert_int_equal(hf_allocator_framework_remove(allocator, 0, 1), HF_OK);
    assert_true(hf_allocator_role_share(allocator, a) == 0.5);
    cell_expect(cell, "roles|B", NULL);
    cell_expect(cell, "framework_sorters|B", NULL);
}

/* Of 4 cpus and 4096 mem A has a quarter, whatever its gpu. Mesos rows: 66. */
static void excluded_names_are_not_in_the_share_shown(void **state)
{
    Cell *cell = cell_new();
    HfKindId gpus = HF_KIND_GPUS;
    cell->config.fairness_excluded = &gpus;
    cell->config.fairness_excluded_count = 1;
    cell_start(cell);
    cell_framework_as(cell, 0, "A", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_GPU_RESOURCES, TRUE,
                      FALSE);
    cell_agent(cell, 0, "cpus:1;mem:1024;gpus:1");
    cell_run(cell);
    cell_framework(cell, 1, "B");
    cell_agent(cell, 1, "cpus:3;mem:3072");
    assert_string_equal(cell_run(cell), "f1 B a1 cpus@B:3;mem@B:3072");
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "A")) == 0.25);
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "B")) == 0.75);
    cell_free(cell);
}

/* How many agents each framework got in the last run. */
static void expect_split(Cell *cell, int f0, int f1, int f2)
{
    int got[3] = {0, 0, 0};
    for (uint32_t o = 0; o < cell->list.offers.count; o++) got[cell->list.offers.at[o].framework]++;
    assert_int_equal(got[0], f0);
    assert_int_equal(got[1], f1);
    assert_int_equal(got[2], f2);
}

/* Six equal agents. Equal weights: one after the other. r2 twice r1: after r1 and r2 have 1/6, r2's
 * counts as 1/12. r3 thrice: 1:2:3. A change of weight asks for no run. Mesos rows: 67. */
static void agents_are_split_as_weights_are(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    for (uint32_t a = 0; a < 6; a++) cell_agent(cell, a, "cpus:2;mem:1024");
    cell_run(cell);
    expect_split(cell, 3, 3, 0);
    cell_decline_all(cell, HF_NO_FILTER);
    assert_int_equal(hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, "r2"), 2.0),
                     HF_OK);
    assert_false(hf_allocator_wants_run(cell->allocator));
    cell_batch(cell);
    expect_split(cell, 2, 4, 0);
    cell_decline_all(cell, HF_NO_FILTER);
    assert_int_equal(hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, "r3"), 3.0),
                     HF_OK);
    cell_framework(cell, 2, "r3");
    cell_run(cell);
    expect_split(cell, 1, 2, 3);
}

/* The first of two who has been served before loses each tie until the newcomer has caught up.
 * Mesos rows: U15. */
static void a_newcomer_wins_ties_until_it_was_served_as_often(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    cell_run(cell);
    for (int i = 0; i < 3; i++) { /* f0 was served four times then */
        cell_decline_all(cell, HF_NO_FILTER);
        assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;mem@r:1024");
    }
    cell_decline_all(cell, HF_NO_FILTER);
    cell_framework(cell, 1, "r");
    assert_string_equal(cell_run(cell), "f1 r a0 cpus@r:2;mem@r:1024");
    for (int i = 0; i < 3; i++) {
        cell_decline_all(cell, HF_NO_FILTER);
        assert_string_equal(cell_batch(cell), "f1 r a0 cpus@r:2;mem@r:1024");
    }
    cell_decline_all(cell, HF_NO_FILTER); /* four each: the name decides */
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;mem@r:1024");
}

/* Of 10 cpus and 1000 mem f0 has .2 and .1, f1 .1 and .25; more mem anywhere, for whomever, turns
 * the order within the role: .2 against .125. Mesos rows: U16. */
static void shares_within_a_role_are_of_the_whole_cell(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    cell_agent_used(cell, 0, "cpus:5;mem:500", 0, "r", "cpus@r:2;mem@r:100");
    cell_agent_used(cell, 1, "cpus:5;mem:500", 1, "r", "cpus@r:1;mem@r:250");
    cell_expect_order(cell, "r", "f0 f1");
    cell_agent(cell, 2, "mem(S:x):1000");
    cell_expect_order(cell, "r", "f1 f0");
}

/* While one framework alone wants offers nobody is compared with it. What it is given counts all
 * the same when others come back: those of its role, and other roles. */
static void what_one_alone_was_given_counts_later(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_framework_as(cell, 1, "!r", HF_CAPABILITY_MULTI_ROLE, TRUE, FALSE);
    cell_framework_as(cell, 2, "!s", HF_CAPABILITY_MULTI_ROLE, TRUE, FALSE);
    for (uint32_t a = 0; a < 2; a++) cell_agent(cell, a, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:2;mem@r:512\nf0 r a1 cpus@r:2;mem@r:512");
    assert_float_equal(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")), 1.0, 0.0);
    hf_allocator_suppress(cell->allocator, cell->now, 0, NULL, 0);
    hf_allocator_revive(cell->allocator, cell->now, 2, NULL, 0);
    cell_agent(cell, 2, "cpus:4;mem:1024");
    assert_string_equal(cell_run(cell), "f2 s a2 cpus@s:4;mem@s:1024"); /* s has as much as r */
    hf_allocator_revive(cell->allocator, cell->now, 0, NULL, 0);
    hf_allocator_revive(cell->allocator, cell->now, 1, NULL, 0);
    cell_agent(cell, 3, "cpus:1;mem:256");
    /* s was given one offer, r two; the order of roles is decided by that */
    assert_string_equal(cell_run(cell), "f2 s a3 cpus@s:1;mem@s:256");
    cell_agent(cell, 4, "cpus:1;mem:256");
    /* r has the smaller share now, and f1 nothing */
    assert_string_equal(cell_run(cell), "f1 r a4 cpus@r:1;mem@r:256");
    cell_expect_order(cell, "r", "f1 f0");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(the_role_decides_first_and_then_the_framework),
        CELL_TEST(reservations_in_use_count_in_shares),
        CELL_TEST(excluded_names_do_not_count),
        CELL_TEST(siblings_compete_at_the_top_first),
        CELL_TEST(whole_agents_are_shared_out),
        CELL_TEST(equals_take_turns),
        CELL_TEST(a_removed_agent_takes_its_shares_along),
        CELL_TEST(who_cannot_take_it_is_passed_over),
        CELL_TEST(what_is_used_is_counted_once),
        CELL_TEST(the_share_of_a_role_can_be_asked_for),
        CELL_TEST(excluded_names_are_not_in_the_share_shown),
        CELL_TEST(agents_are_split_as_weights_are),
        CELL_TEST(a_newcomer_wins_ties_until_it_was_served_as_often),
        CELL_TEST(shares_within_a_role_are_of_the_whole_cell),
        CELL_TEST(what_one_alone_was_given_counts_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
