/*
 * Guarantees and the headroom kept for them: what a role is owed comes first, what it is still owed
 * is kept free, and how much that is, with reservations and sub-roles. Each behaviour is one that a
 * test of Mesos pins; agents and frameworks count from 0 here, and a quota is guarantee and limit.
 */
#include "unit/allocator/cell.h"

/* Guarantee = limit, as Mesos's tests have it. */
static void quota(Cell *cell, const char *role, const char *amount)
{
    cell_quota(cell, role, amount, amount);
}

/* What f0 refused is kept free for q, as it is owed 2 cpus and has 1, and not given to f1.
 * Mesos rows: 41. */
static void what_was_refused_is_kept_free(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:1024");
    cell_framework(cell, 0, "q");
    cell_framework(cell, 1, "n");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:1;mem@q:512\nf0 q a1 cpus@q:1;mem@q:512");
    cell_decline(cell, 0, 1, "q", "cpus@q:1;mem@q:512", 2.0);
    assert_string_equal(cell_batch(cell), "");
    assert_string_equal(cell_batch(cell), "f0 q a1 cpus@q:1;mem@q:512");
}

/* q holds both agents; without its quota the next free one is n's. Mesos rows: 43. */
static void without_quota_fairness_is_back(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:1024");
    cell_framework(cell, 0, "q");
    cell_framework(cell, 1, "n");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_agent(cell, 1, "cpus:1;mem:512");
    cell_run(cell);
    cell_expect(cell, "roles|q|guarantees", "{\"cpus\":2,\"mem\":1024}");
    quota(cell, "q", "");
    cell_expect(cell, "roles|q|guarantees", "{}");
    cell_expect(cell, "roles|q|limits", "{}");
    cell_back(cell, 0, 0, "q", "cpus@q:1;mem@q:512");
    assert_string_equal(cell_batch(cell), "f1 n a0 cpus@n:1;mem@n:512");
}

/* a1 goes to f1, which has nothing; a2 to f0, 1 against 2 cpus; refused, it is f1's, which brings q
 * to its 4. Mesos rows: 44. */
static void frameworks_share_their_quota(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:4;mem:2048");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:1;mem@q:512");
    cell_framework(cell, 1, "q");
    cell_agent(cell, 1, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f1 q a1 cpus@q:2;mem@q:1024");
    cell_agent(cell, 2, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a2 cpus@q:1;mem@q:512");
    cell_decline(cell, 0, 2, "q", "cpus@q:1;mem@q:512", 5.0);
    assert_string_equal(cell_batch(cell), "f1 q a2 cpus@q:1;mem@q:512");
}

/* q has its .25 of a cpu, so a1 is n's although n has three times that; what is asked of q's
 * account has no disk. Mesos rows: 49. */
static void beyond_quota_shares_decide(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:0.25;mem:128");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:0.25;mem@q:128");
    cell_framework(cell, 1, "n");
    assert_string_equal(cell_run(cell), "f1 n a0 cpus@n:0.75;mem@n:384");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f1 n a1 cpus@n:1;mem@n:512");
    cell_expect(cell, "roles|q|guarantees", "{\"cpus\":0.25,\"mem\":128}");
    cell_expect(cell, "roles|q|limits", "{\"cpus\":0.25,\"mem\":128}");
    cell_expect(cell, "roles|q|quota_offered_or_consumed", "{\"cpus\":0.25,\"mem\":128}");
}

/* f1 gives a1 back again and again without a filter, and gets it again, as its share is lower. A
 * guarantee ends that. Mesos rows: 50. */
static void a_guarantee_ends_starvation(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "q");
    cell_agent_used(cell, 0, "cpus:1;mem:512", 0, "q", "cpus@q:1;mem@q:512");
    cell_framework(cell, 1, "n");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f1 n a1 cpus@n:1;mem@n:512");
    cell_decline_all(cell, 0.0);
    assert_string_equal(cell_batch(cell), "f1 n a1 cpus@n:1;mem@n:512");
    cell_decline_all(cell, 0.0);
    quota(cell, "q", "cpus:2;mem:1024");
    assert_string_equal(cell_batch(cell), "f0 q a1 cpus@q:1;mem@q:512");
}

/* As much as q is owed is kept free although it has no framework: the first agent is; the second
 * can go. Mesos rows: 51. */
static void guarantees_of_absent_frameworks_are_kept_free(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:1024");
    cell_framework(cell, 0, "n");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 1, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 n a1 cpus@n:2;mem@n:1024");
    assert_string_equal(cell_batch(cell), "");
}

/* q1 is absent and owed half of the agent; q2 gets all, as it is owed all. Mesos rows: 52. */
static void guarantees_are_given_even_when_overcommitted(void **state)
{
    Cell *cell = *state;
    quota(cell, "q1", "cpus:1;mem:1024");
    quota(cell, "q2", "cpus:2;mem:2048");
    cell_framework(cell, 0, "q2");
    cell_agent(cell, 0, "cpus:2;mem:2048");
    assert_string_equal(cell_run(cell), "f0 q2 a0 cpus@q2:2;mem@q2:2048");
}

/* Both hold 1 cpu and 1024 mem; q1 has its quota and more, q2 lacks 1 cpu and 976 mem and gets just
 * that. Mesos rows: 53. */
static void only_who_is_owed_something_is_served(void **state)
{
    Cell *cell = *state;
    quota(cell, "q1", "cpus:1;mem:200");
    quota(cell, "q2", "cpus:2;mem:2000");
    cell_framework(cell, 0, "q1");
    cell_framework(cell, 1, "q2");
    cell_agent_used(cell, 0, "cpus:1;mem:1024", 0, "q1", "cpus@q1:1;mem@q1:1024");
    cell_agent_used(cell, 1, "cpus:1;mem:1024", 1, "q2", "cpus@q2:1;mem@q2:1024");
    cell_agent(cell, 2, "cpus:2;mem:2048");
    assert_string_equal(cell_run(cell), "f1 q2 a2 cpus@q2:1;mem@q2:976");
}

/* What q uses, reserved or not, is its quota: the rest is n's, and so is a1, as q holds all mem.
 * Mesos rows: 54. */
static void reservations_in_use_are_within_quota(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:256");
    cell_framework(cell, 0, "q");
    cell_framework(cell, 1, "n");
    cell_agent_used(cell, 0, "cpus:8;mem(S:q):256", 0, "q", "cpus@q:2;mem(S:q)@q:256");
    assert_string_equal(cell_run(cell), "f1 n a0 cpus@n:6");
    cell_agent(cell, 1, "cpus:4");
    assert_string_equal(cell_run(cell), "f1 n a1 cpus@n:4");
}

/* a1 is reserved for n by an operator, so only a0 can serve q: refused by f0, it stays free, and n
 * gets what is reserved for it and no more. Mesos rows: 55. */
static void reservations_of_others_do_not_serve_a_guarantee(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus:4;mem:512");
    cell_agent(cell, 1, "cpus:4;mem:512");
    assert_int_equal(
        cell_operator(cell, 1, HF_OPERATION_RESERVE, "cpus(D:n,p=ops):4;mem(D:n,p=ops):512"),
        HF_OK);
    quota(cell, "q", "cpus:4;mem:512");
    cell_framework(cell, 0, "q");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:4;mem@q:512");
    cell_decline_all(cell, 10.0);
    assert_string_equal(cell_batch(cell), "");
    cell_framework(cell, 1, "n");
    assert_string_equal(cell_run(cell), "f1 n a1 cpus(D:n,p=ops)@n:4;mem(D:n,p=ops)@n:512");
    cell_decline_all(cell, 10.0);
    assert_string_equal(cell_batch(cell), "");
}

/* q1 has twice its quota reserved. That is nothing for q2, whose 1 cpu is kept free: a1 is, and a2
 * can go. Mesos rows: 18. */
static void a_surplus_of_reservations_pays_for_nobody(void **state)
{
    Cell *cell = *state;
    quota(cell, "q1", "cpus:1;mem:1024");
    quota(cell, "q2", "cpus:1;mem:1024");
    cell_agent(cell, 0, "cpus(S:q1):2;mem(S:q1):2048");
    cell_agent(cell, 1, "cpus:1;mem:1024");
    cell_framework(cell, 0, "n");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 2, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "f0 n a2 cpus@n:1;mem@n:1024");
}

/* f0 refuses what q is owed, so it is kept free; n gets its own reservation all the same
 * (MESOS-8293). Mesos rows: 13. */
static void headroom_never_keeps_back_a_reservation(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:2048");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:2;mem:2048;cpus(S:n):2;mem(S:n):2048");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:2;mem@q:2048");
    cell_decline_all(cell, 86400.0);
    cell_framework(cell, 1, "n");
    assert_string_equal(cell_run(cell), "f1 n a0 cpus(S:n)@n:2;mem(S:n)@n:2048");
}

/* What is reserved to a and held by a/b is a reservation in use, not an idle one: of two free
 * agents one is kept for q, and the other can go (MESOS-8604). Mesos rows: 73. */
static void reservations_that_flowed_down_are_in_use(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:1;mem:1024");
    cell_framework(cell, 0, "a/b");
    cell_agent(cell, 0, "cpus(S:a):1;mem(S:a):1024");
    assert_string_equal(cell_run(cell), "f0 a/b a0 cpus(S:a)@a/b:1;mem(S:a)@a/b:1024");
    cell_framework(cell, 1, "n");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 1, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 2, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "f1 n a2 cpus@n:1;mem@n:1024");
}

/* What is reserved to a/b is consumption of a: of a quota of 2 cpus 1 is left (MESOS-9688).
 * Mesos rows: 74. */
static void reservations_of_sub_roles_consume_quota(void **state)
{
    Cell *cell = *state;
    quota(cell, "a", "cpus:2;mem:200");
    cell_agent(cell, 0, "cpus(S:a/b):1;mem(S:a/b):100");
    cell_agent(cell, 1, "cpus:10;mem:1000");
    cell_framework(cell, 0, "a");
    assert_string_equal(cell_run(cell), "f0 a a1 cpus@a:1;mem@a:100");
}

/* What a/b uses is all of a's quota, so a itself gets nothing; a/b is not limited.
 * Mesos rows: 75. */
static void usage_of_sub_roles_consumes_quota(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "a/b");
    cell_agent(cell, 0, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "f0 a/b a0 cpus@a/b:1;mem@a/b:1024");
    quota(cell, "a", "cpus:1;mem:1024");
    cell_framework(cell, 1, "a");
    cell_run(cell);
    cell_agent(cell, 1, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "f0 a/b a1 cpus@a/b:1;mem@a/b:1024");
}

/* a/b holds a0 and a holds a1: of what is free one agent is kept for q, the other can go.
 * Mesos rows: 76. */
static void headroom_counts_sub_roles_once(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "a/b");
    cell_agent(cell, 0, "cpus:1;mem:100");
    assert_string_equal(cell_run(cell), "f0 a/b a0 cpus@a/b:1;mem@a/b:100");
    cell_framework(cell, 1, "a");
    cell_agent(cell, 1, "cpus:1;mem:100");
    assert_string_equal(cell_run(cell), "f1 a a1 cpus@a:1;mem@a:100");
    quota(cell, "q", "cpus:1;mem:100");
    cell_agent(cell, 2, "cpus:1;mem:100");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 3, "cpus:1;mem:100");
    cell_run(cell);
    assert_int_equal(cell->list.offers.count, 1);
    assert_string_equal(cell_batch(cell), "");
}

/* Account of a quota: only what is set is there, and nothing after it is unset.
 * Mesos rows: 59. */
static void a_quota_shows_what_is_set(void **state)
{
    Cell *cell = *state;
    cell_quota(cell, "q", "cpus:1", "mem:1024");
    cell_expect(cell, "roles|q|guarantees", "{\"cpus\":1}");
    cell_expect(cell, "roles|q|limits", "{\"mem\":1024}");
    cell_quota(cell, "q", "cpus:2", "mem:2048");
    cell_expect(cell, "roles|q|guarantees", "{\"cpus\":2}");
    cell_expect(cell, "roles|q|limits", "{\"mem\":2048}");
    cell_quota(cell, "q", "", "");
    cell_expect(cell, "roles", "{}");
}

/* Of 10 cpus that are enough for a guarantee, agents of half a cpu each are no use to a task of one
 * cpu, but they are headroom (MESOS-8935). Mesos rows: U4. */
static void headroom_is_an_amount_not_a_place(void **state)
{
    Cell *cell = *state;
    cell_quota(cell, "q", "cpus:1", "");
    cell_framework(cell, 0, "n");
    cell_agent(cell, 0, "cpus:0.5;mem:64");
    cell_agent(cell, 1, "cpus:0.5;mem:64");
    assert_string_equal(cell_run(cell), "f0 n a0 mem@n:64\nf0 n a1 mem@n:64");
    cell_agent(cell, 2, "cpus:1;mem:64");
    assert_string_equal(cell_run(cell), "f0 n a2 cpus@n:1;mem@n:64");
}

/* a1 has 2 cpus reserved for a, and 2. a holds 1; as long as it is owed more than that and the
 * reservation, it comes first and takes both; owed no more, it stands behind a/x, which has nothing
 * and may have what is reserved for a as well. Mesos rows: U3. */
static void reservations_are_the_roles_own_only_while_it_is_owed(void **state)
{
    static const char *const expected[] = {"f0 a a1 cpus(S:a)@a:2;cpus@a:2",
                                           "f1 a/x a1 cpus(S:a)@a/x:2;cpus@a/x:2"};
    static const char *const guarantees[] = {"cpus:5", "cpus:3"};
    for (int met = 0; met < 2; met++) {
        Cell *cell = cell_new_started();
        cell_framework(cell, 0, "a");
        cell_agent(cell, 0, "cpus:1");
        assert_string_equal(cell_run(cell), "f0 a a0 cpus@a:1");
        cell_framework(cell, 1, "a/x");
        cell_quota(cell, "a", guarantees[met], "");
        cell_agent(cell, 1, "cpus(S:a):2;cpus:2");
        assert_string_equal(cell_run(cell), expected[met]);
        cell_free(cell);
    }
}

/* 9 revocable cpus are free, but no headroom: the one that is not is kept for q. */
static void revocable_is_no_headroom(void **state)
{
    Cell *cell = *state;
    cell_quota(cell, "q", "cpus:1", "");
    cell_framework(cell, 0, "n");
    cell_agent(cell, 0, "cpus:1;mem:64;cpus{rev}:9");
    assert_string_equal(cell_run(cell), "f0 n a0 mem@n:64");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(what_was_refused_is_kept_free),
        CELL_TEST(without_quota_fairness_is_back),
        CELL_TEST(frameworks_share_their_quota),
        CELL_TEST(beyond_quota_shares_decide),
        CELL_TEST(a_guarantee_ends_starvation),
        CELL_TEST(guarantees_of_absent_frameworks_are_kept_free),
        CELL_TEST(guarantees_are_given_even_when_overcommitted),
        CELL_TEST(only_who_is_owed_something_is_served),
        CELL_TEST(reservations_in_use_are_within_quota),
        CELL_TEST(reservations_of_others_do_not_serve_a_guarantee),
        CELL_TEST(a_surplus_of_reservations_pays_for_nobody),
        CELL_TEST(headroom_never_keeps_back_a_reservation),
        CELL_TEST(reservations_that_flowed_down_are_in_use),
        CELL_TEST(reservations_of_sub_roles_consume_quota),
        CELL_TEST(usage_of_sub_roles_consumes_quota),
        CELL_TEST(headroom_counts_sub_roles_once),
        CELL_TEST(a_quota_shows_what_is_set),
        CELL_TEST(headroom_is_an_amount_not_a_place),
        CELL_TEST(reservations_are_the_roles_own_only_while_it_is_owed),
        CELL_TEST(revocable_is_no_headroom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
