/*
 * Limits: what a role is given at most, how an agent is chopped to it, and what counts against it.
 * Each behaviour is one that a test of Mesos pins; agents and frameworks count from 0 here, and a
 * quota is guarantee and limit.
 */
#include "unit/allocator/cell.h"

#define SHARED (HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES)

static void quota(Cell *cell, const char *role, const char *amount)
{
    cell_quota(cell, role, amount, amount);
}

/* An idle reservation, of either sort, is all of q's quota already. Mesos rows: 11. */
static void an_idle_reservation_consumes_quota(void **state)
{
    static const char *const totals[] = {"cpus(S:q):1;mem(S:q):1024",
                                         "cpus(D:q,p=x):1;mem(D:q,p=x):1024"};
    static const char *const offers[] = {"f0 q a0 cpus(S:q)@q:1;mem(S:q)@q:1024",
                                         "f0 q a0 cpus(D:q,p=x)@q:1;mem(D:q,p=x)@q:1024"};
    for (int sort = 0; sort < 2; sort++) {
        Cell *cell = cell_new_started();
        quota(cell, "q", "cpus:1;mem:1024");
        cell_framework(cell, 0, "q");
        cell_agent(cell, 0, totals[sort]);
        assert_string_equal(cell_run(cell), offers[sort]);
        cell_decline_all(cell, 86400.0);
        cell_agent(cell, 1, "cpus:1;mem:1024");
        assert_string_equal(cell_run(cell), "");
        cell_free(cell);
    }
}

/* What a role was given before it had a quota is consumed, though nobody has asked about it since.
 */
static void what_was_given_before_the_quota_counts(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:1;mem@q:1024");
    quota(cell, "q", "cpus:2;mem:2048");
    cell_agent(cell, 1, "cpus:2;mem:2048");
    assert_string_equal(cell_run(cell), "f0 q a1 cpus@q:1;mem@q:1024");
}

/* A reservation in use counts once: of 2 cpus one is left for a1, none for a2. Mesos rows: 12. */
static void a_reservation_in_use_consumes_quota_once(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:2048");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus(S:q):1;mem(S:q):1024");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus(S:q)@q:1;mem(S:q)@q:1024");
    cell_agent(cell, 1, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "f0 q a1 cpus@q:1;mem@q:1024");
    cell_agent(cell, 2, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "");
}

/* The volume is offered a second time, but of the 100 disk it is only 50: with a1 all of the quota
 * of 3 cpus, 2048 mem and 100 disk is consumed, and a2 gets nothing. Mesos rows: 14. */
static void a_shared_volume_consumes_quota_once(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:3;mem:2048;disk:100");
    cell_framework_as(cell, 0, "q", SHARED, TRUE, FALSE);
    cell_agent(cell, 0, "cpus(S:q):2;mem(S:q):1024;disk(S:q):50");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus(S:q)@q:2;disk(S:q)@q:50;mem(S:q)@q:1024");
    assert_int_equal(cell_operate(cell, 0, 0, "q", "cpus(S:q)@q:2;disk(S:q)@q:50;mem(S:q)@q:1024",
                                  HF_OPERATION_CREATE, "disk(S:q)[v:p]{shared}:50"),
                     HF_OK);
    cell_back(cell, 0, 0, "q", "cpus(S:q)@q:1;mem(S:q)@q:512");
    assert_string_equal(cell_batch(cell),
                        "f0 q a0 cpus(S:q)@q:1;disk(S:q)[v:p]{shared}@q:50;mem(S:q)@q:512");
    cell_expect(cell, "roles|q|quota_offered_or_consumed", "{\"cpus\":2,\"mem\":1024,\"disk\":50}");
    cell_agent(cell, 1, "cpus:1;mem:1024;disk:50");
    assert_string_equal(cell_run(cell), "f0 q a1 cpus@q:1;disk@q:50;mem@q:1024");
    cell_agent(cell, 2, "cpus:0.5;mem:512;disk:50");
    assert_string_equal(cell_run(cell), "");
}

/* What is held and then reserved is consumed as before: 5 cpus of 10. Mesos rows: 15. */
static void reserving_what_is_held_consumes_no_more(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:10;mem:1024");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:5;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:5;mem@q:512");
    assert_int_equal(cell_operate(cell, 0, 0, "q", "cpus@q:5;mem@q:512", HF_OPERATION_RESERVE,
                                  "cpus(D:q,p=x):5;mem(D:q,p=x):512"),
                     HF_OK);
    cell_expect(cell, "roles|q|quota_offered_or_consumed", "{\"cpus\":5,\"mem\":512}");
    cell_agent(cell, 1, "cpus:5;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a1 cpus@q:5;mem@q:512");
}

/* And the other way round. Mesos rows: 16. */
static void unreserving_what_is_held_consumes_no_less(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:1;mem:1024");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus(D:q,p=x):1;mem(D:q,p=x):1024");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus(D:q,p=x)@q:1;mem(D:q,p=x)@q:1024");
    cell_agent(cell, 1, "cpus:1;mem:1024");
    assert_string_equal(cell_run(cell), "");
    assert_int_equal(cell_operate(cell, 0, 0, "q", "cpus(D:q,p=x)@q:1;mem(D:q,p=x)@q:1024",
                                  HF_OPERATION_UNRESERVE, "cpus(D:q,p=x):1;mem(D:q,p=x):1024"),
                     HF_OK);
    cell_expect(cell, "roles|q|reserved", "{}");
    cell_expect(cell, "roles|q|quota_offered_or_consumed", "{\"cpus\":1,\"mem\":1024}");
    assert_string_equal(cell_batch(cell), "");
}

/* Nothing for `*` at a limit of 0, so all of a0 is n's; raised, it lets half of a1 through, and n,
 * behind it now, gets the rest. Mesos rows: 42. */
static void limits_bind_without_guarantees(void **state)
{
    Cell *cell = *state;
    cell_quota(cell, "*", "", "cpus:0;mem:0;disk:0");
    cell_framework(cell, 0, "*");
    cell_agent(cell, 0, "cpus:2;mem:1024;disk:1024");
    assert_string_equal(cell_run(cell), "");
    cell_framework(cell, 1, "n");
    assert_string_equal(cell_run(cell), "f1 n a0 cpus@n:2;disk@n:1024;mem@n:1024");
    cell_quota(cell, "*", "", "cpus:1;mem:512;disk:512");
    cell_agent(cell, 1, "cpus:2;mem:1024;disk:1024");
    assert_string_equal(cell_run(cell), "f0 * a1 cpus@*:1;disk@*:512;mem@*:512\n"
                                        "f1 n a1 cpus@n:1;disk@n:512;mem@n:512");
}

/* An agent is chopped to what is owed; the rest is n's. Mesos rows: 45. */
static void scalars_are_chopped_to_the_quota(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:0.5;mem:200");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:0.5;mem@q:200");
    cell_framework(cell, 1, "n");
    assert_string_equal(cell_run(cell), "f1 n a0 cpus@n:0.5;mem@n:312");
}

/* Of 150 disk one mounted disk of 100 fits, a second does not and cannot be cut; of a plain one the
 * 50 that are left. Mesos rows: 46. */
static void mounted_disks_are_not_chopped(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:2;mem:2048;disk:150");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:0.5;mem:512;disk{src=MOUNT/m}:100");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:0.5;disk{src=MOUNT/m}@q:100;mem@q:512");
    cell_agent(cell, 1, "cpus:0.5;mem:512;disk{src=MOUNT/m}:100");
    assert_string_equal(cell_run(cell), "f0 q a1 cpus@q:0.5;mem@q:512");
    cell_agent(cell, 2, "cpus:2;mem:2048;disk:150");
    assert_string_equal(cell_run(cell), "f0 q a2 cpus@q:1;disk@q:50;mem@q:1024");
}

/* A plain and a mounted disk of 50 are together the 100 that are owed, in one offer (MESOS-9692).
 * Mesos rows: 47. */
static void several_disks_serve_one_quota(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:1;mem:512;disk:100");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:1;mem:512;disk:50;disk{src=MOUNT/m}:50");
    assert_string_equal(cell_run(cell),
                        "f0 q a0 cpus@q:1;disk@q:50;disk{src=MOUNT/m}@q:50;mem@q:512");
}

/* q1 has a quota of cpus alone: mem and ports come along, until q2 is owed all mem there is, and
 * then ports alone; a2 has enough mem for both, but cpus are at their limit. Mesos rows: 48. */
static void what_has_no_limit_comes_along(void **state)
{
    Cell *cell = *state;
    quota(cell, "q1", "cpus:2");
    cell_framework(cell, 0, "q1");
    cell_agent(cell, 0, "cpus:1;mem:1024;ports:[31000-31009]");
    assert_string_equal(cell_run(cell), "f0 q1 a0 cpus@q1:1;mem@q1:1024;ports@q1:[31000-31009]");
    quota(cell, "q2", "mem:1024");
    cell_agent(cell, 1, "cpus:1;mem:1024;ports:[31000-31009]");
    assert_string_equal(cell_run(cell), "f0 q1 a1 cpus@q1:1;ports@q1:[31000-31009]");
    cell_agent(cell, 2, "cpus:1;mem:1024;ports:[31000-31009]");
    assert_string_equal(cell_run(cell), "f0 q1 a2 mem@q1:1024;ports@q1:[31000-31009]");
}

/* Mem is consumed with the first agent, cpus go on to their own limit. Mesos rows: 71. */
static void each_name_is_held_to_its_own_limit(void **state)
{
    Cell *cell = *state;
    quota(cell, "q", "cpus:4;mem:1024");
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus@q:2;mem@q:1024");
    cell_agent(cell, 1, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f0 q a1 cpus@q:2");
}

/* A volume in use is offered to the other framework with all the rest, with and without quota.
 * Mesos rows: 80. */
static void a_shared_volume_in_use_is_offered_along(void **state)
{
    for (int with = 0; with < 2; with++) {
        Cell *cell = cell_new_started();
        if (with) quota(cell, "r1", "cpus:8;mem:2048;disk:4096");
        cell_framework_as(cell, 0, "r1", SHARED, TRUE, FALSE);
        cell_framework_as(cell, 1, "r1", SHARED, TRUE, FALSE);
        cell_agent(cell, 0, "cpus:4;mem:1024;disk(S:r1):2048");
        assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:4;disk(S:r1)@r1:2048;mem@r1:1024");
        assert_int_equal(cell_operate(cell, 0, 0, "r1", "cpus@r1:4;disk(S:r1)@r1:2048;mem@r1:1024",
                                      HF_OPERATION_CREATE, "disk(S:r1)[v:p]{shared}:5"),
                         HF_OK);
        cell_back(cell, 0, 0, "r1", "cpus@r1:3;disk(S:r1)@r1:2043;mem@r1:1019");
        assert_string_equal(cell_batch(cell), "f1 r1 a0 cpus@r1:3;disk(S:r1)@r1:2043;"
                                              "disk(S:r1)[v:p]{shared}@r1:5;mem@r1:1019");
        assert_string_equal(cell_batch(cell), ""); /* the volume alone is not worth an offer */
        cell_free(cell);
    }
}

/* Reservations beyond the limit are offered all the same and leave nothing else; what is held
 * beyond a lowered limit stays held; revocable is not limited. Mesos rows: U5, U6, U7. */
static void a_limit_takes_nothing_away(void **state)
{
    Cell *cell = *state;
    cell_framework_as(cell, 0, "q", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_REVOCABLE_RESOURCES,
                      TRUE, FALSE);
    cell_quota(cell, "q", "", "cpus:1");
    cell_agent(cell, 0, "cpus(D:q,p=x):3;cpus:4;cpus{rev}:10");
    assert_string_equal(cell_run(cell), "f0 q a0 cpus(D:q,p=x)@q:3;cpus{rev}@q:10");
    cell_quota(cell, "q", "", "cpus:7");
    assert_string_equal(cell_batch(cell), "f0 q a0 cpus@q:4");
    cell_quota(cell, "q", "", "cpus:5");
    cell_back(cell, 0, 0, "q", "cpus@q:1"); /* 6 are consumed then */
    assert_string_equal(cell_batch(cell), "");
    cell_back(cell, 0, 0, "q", "cpus@q:2"); /* 4, and 3 free: 1 may go */
    assert_string_equal(cell_batch(cell), "f0 q a0 cpus@q:1");
}

/* Consumed is what was launched, and all that is reserved, be it used, offered or idle; what is
 * offered besides is not. The allocator keeps account of scalars; in Mesos it is the endpoint that
 * adds the width of reserved ports. Mesos rows: 487. */
static void consumed_is_launched_and_reserved(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "q");
    cell_agent(cell, 0, "cpus(S:q):1;mem(S:q):10;cpus:10;mem:100");
    cell_run(cell);
    HfResources all = cell_resources(cell, "cpus(S:q)@q:1;mem(S:q)@q:10;cpus@q:10;mem@q:100");
    assert_int_equal(hf_allocator_launched(cell->allocator, 0, 0, cell_role(cell, "q"), &all, NULL),
                     HF_OK);
    cell_agent(cell, 1, "cpus(S:q):100;mem(S:q):1000;ports(S:q):[100-199];cpus:1000;mem:10000");
    assert_string_equal(cell_run(cell),
                        "f0 q a1 cpus(S:q)@q:100;cpus@q:1000;mem(S:q)@q:1000;mem@q:10000;"
                        "ports(S:q)@q:[100-199]");
    cell_expect(cell, "roles|q|reserved", "{\"cpus\":101,\"mem\":1010}");
    cell_expect(cell, "roles|q|quota_consumed", "{\"cpus\":111,\"mem\":1110}");
    cell_expect(cell, "roles|q|quota_offered_or_consumed", "{\"cpus\":1111,\"mem\":11110}");
    cell_decline_all(cell, 1000.0); /* idle reservations go on counting */
    cell_expect(cell, "roles|q|quota_consumed", "{\"cpus\":111,\"mem\":1110}");
    cell_expect(cell, "roles|q|quota_offered_or_consumed", "{\"cpus\":111,\"mem\":1110}");
    hf_resources_clear(cell->catalog, &all);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(an_idle_reservation_consumes_quota),
        CELL_TEST(what_was_given_before_the_quota_counts),
        CELL_TEST(a_reservation_in_use_consumes_quota_once),
        CELL_TEST(a_shared_volume_consumes_quota_once),
        CELL_TEST(reserving_what_is_held_consumes_no_more),
        CELL_TEST(unreserving_what_is_held_consumes_no_less),
        CELL_TEST(limits_bind_without_guarantees),
        CELL_TEST(scalars_are_chopped_to_the_quota),
        CELL_TEST(mounted_disks_are_not_chopped),
        CELL_TEST(several_disks_serve_one_quota),
        CELL_TEST(what_has_no_limit_comes_along),
        CELL_TEST(each_name_is_held_to_its_own_limit),
        CELL_TEST(a_shared_volume_in_use_is_offered_along),
        CELL_TEST(a_limit_takes_nothing_away),
        CELL_TEST(consumed_is_launched_and_reserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
