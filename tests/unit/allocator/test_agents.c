/*
 * Agents: what they have, what of it may be offered to whom, and what happens when it changes. Each
 * behaviour is one that a test of Mesos pins; agents and frameworks count from 0 here.
 */
#include "unit/allocator/cell.h"

/* ---- Reservations ---- */

/* r1 gets its own and what is nobody's, r2 its own; what is r3's stays where it is.
 * Mesos rows: 17. */
static void reservations_go_to_their_role_only(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus(S:r1):2;mem(S:r1):1024");
    cell_agent(cell, 1, "cpus(S:r2):2;mem(S:r2):1024;cpus:1;mem:1024");
    cell_agent(cell, 2, "cpus(S:r3):1;mem(S:r3):1024");
    cell_framework(cell, 0, "r1");
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus(S:r1)@r1:2;mem(S:r1)@r1:1024\n"
                                        "f0 r1 a1 cpus@r1:1;mem@r1:1024");
    cell_framework(cell, 1, "r2");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus(S:r2)@r2:2;mem(S:r2)@r2:1024");
    assert_string_equal(cell_batch(cell), "");
}

/* What comes back in pieces is offered in pieces, each at the next batch. Mesos rows: 19, U20. */
static void what_comes_back_is_offered_again(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r1");
    cell_agent(cell, 0, "cpus(S:r1):1;mem(S:r1):200;cpus:1;mem:200");
    assert_string_equal(cell_run(cell),
                        "f0 r1 a0 cpus(S:r1)@r1:1;cpus@r1:1;mem(S:r1)@r1:200;mem@r1:200");
    cell_back(cell, 0, 0, "r1", "cpus(S:r1)@r1:1;mem(S:r1)@r1:200");
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "f0 r1 a0 cpus(S:r1)@r1:1;mem(S:r1)@r1:200");
    cell_back(cell, 0, 0, "r1", "cpus@r1:1;mem@r1:200");
    assert_string_equal(cell_batch(cell), "f0 r1 a0 cpus@r1:1;mem@r1:200");
}

/* a/b/c gets what is reserved to a and to a/b. Mesos rows: 72. */
static void what_is_reserved_to_ancestors_is_offered(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "a/b/c");
    cell_agent(cell, 0, "cpus(S:a):1;mem(S:a):512");
    assert_string_equal(cell_run(cell), "f0 a/b/c a0 cpus(S:a)@a/b/c:1;mem(S:a)@a/b/c:512");
    cell_agent(cell, 1, "cpus:2;mem:1024;cpus(S:a/b):4;mem(S:a/b):2048");
    assert_string_equal(cell_run(cell), "f0 a/b/c a1 cpus(S:a/b)@a/b/c:4;cpus@a/b/c:2;"
                                        "mem(S:a/b)@a/b/c:2048;mem@a/b/c:1024");
}

/* Ports alone are reserved: no scalars to keep account of, and none left behind (MESOS-9555).
 * Mesos rows: 36. */
static void reserved_ports_leave_no_trace(void **state)
{
    Cell *cell = *state;
    for (uint32_t a = 0; a < 2; a++) cell_agent(cell, a, "cpus:1;mem:1;disk:1;ports(S:role):[1-2]");
    for (uint32_t a = 0; a < 2; a++)
        assert_int_equal(hf_allocator_agent_remove(cell->allocator, 0, a), HF_OK);
    cell_expect(cell, "roles", "{}");
    cell_expect(cell, "total", "{}");
}

/* ---- Totals that change ---- */

/* Of R + 2R, f0 holds the 2R that a provider brought: f1 gets R, and of a second R agent again, as
 * r1 has 2/4 and r2 1/4. Nothing of this asks for a run. Mesos rows: 20. */
static void a_resource_provider_adds_to_an_agent(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    cell_framework_as(cell, 0, "r1", HF_CAPABILITY_MULTI_ROLE, FALSE, FALSE);
    cell_framework_as(cell, 1, "r2", HF_CAPABILITY_MULTI_ROLE, FALSE, FALSE);
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "");
    HfResources more = cell_resources(cell, "cpus:2;mem:1024");
    HfHolding used[] = {{0, 0, cell_role(cell, "r1"), &more, NULL},
                        {7, 0, cell_role(cell, "r1"), &more, NULL}}; /* unknown: ignored */
    assert_int_equal(hf_allocator_provider_add(allocator, 0, 0, &more, used, 2), HF_OK);
    assert_false(hf_allocator_wants_run(allocator));
    cell_expect(cell, "total", "{\"cpus\":3,\"mem\":1536}");
    assert_int_equal(hf_allocator_framework_activate(allocator, 0, 1), HF_OK);
    assert_string_equal(cell_run(cell), "f1 r2 a0 cpus@r2:1;mem@r2:512");
    assert_int_equal(hf_allocator_framework_activate(allocator, 0, 0), HF_OK);
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus@r2:1;mem@r2:512");
    assert_int_equal(hf_allocator_provider_add(allocator, 0, 9, &more, NULL, 0), HF_UNKNOWN);
    hf_resources_clear(cell->catalog, &more);
}

/* Usage without a total: of 2R there is R left. Mesos rows: 21. */
static void usage_that_comes_without_a_total_leaves_less(void **state)
{
    Cell *cell = *state;
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE, FALSE, FALSE);
    cell_agent(cell, 0, "cpus:2;mem:1024");
    HfResources none = {0}, used = cell_resources(cell, "cpus:1;mem:512");
    HfHolding holding = {0, 0, cell_role(cell, "r"), &used, NULL};
    assert_int_equal(hf_allocator_provider_add(cell->allocator, 0, 0, &none, &holding, 1), HF_OK);
    assert_int_equal(hf_allocator_framework_activate(cell->allocator, 0, 0), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:1;mem@r:512");
    hf_resources_clear(cell->catalog, &used);
}

/* 10 revocable cpus more are offered, then the 2 that 12 are above 10; 5 are less than is held.
 * Mesos rows: 31. */
static void an_estimate_that_grows_is_offered_by_its_growth(void **state)
{
    Cell *cell = *state;
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_REVOCABLE_RESOURCES,
                      TRUE, FALSE);
    cell_agent(cell, 0, "cpus:100;mem:100;disk:100");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:100;disk@r:100;mem@r:100");
    cell_total(cell, 0, "cpus:100;mem:100;disk:100;cpus{rev}:10");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus{rev}@r:10");
    cell_total(cell, 0, "cpus:100;mem:100;disk:100;cpus{rev}:12");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus{rev}@r:2");
    cell_total(cell, 0, "cpus:100;mem:100;disk:100;cpus{rev}:5");
    assert_string_equal(cell_run(cell), "");
    cell_expect(cell, "agents|a0|available", "[]");
}

/* More is offered, less than is held hides the agent; what comes back counts against the total of
 * then. Mesos rows: 32. */
static void a_total_may_grow_and_shrink(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:100;mem:100;disk:100");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:100;disk@r:100;mem@r:100");
    cell_total(cell, 0, "cpus:112;mem:100;disk:100");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:12");
    cell_total(cell, 0, "cpus:50;mem:50;disk:50");
    assert_string_equal(cell_run(cell), "");
    cell_back(cell, 0, 0, "r", "cpus@r:112;mem@r:100;disk@r:100");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:50;disk@r:50;mem@r:50");
    cell_total(cell, 0, "cpus:100;mem:100;disk:100");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:50;disk@r:50;mem@r:50");
    cell_total(cell, 0, "cpus:100;mem:100;disk:100"); /* the same: no run */
    assert_false(hf_allocator_wants_run(cell->allocator));
}

/* Without the capability nothing revocable is offered. Mesos rows: 37. */
static void revocable_is_kept_from_who_cannot_take_it(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_run(cell);
    cell_total(cell, 0, "cpus:1;mem:512;cpus{rev}:10");
    assert_string_equal(cell_run(cell), "");
    assert_string_equal(cell_batch(cell), "");
}

/* Revocable and other parts come back each for itself. Mesos rows: 38. */
static void revocable_parts_come_back_by_themselves(void **state)
{
    Cell *cell = *state;
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_REVOCABLE_RESOURCES,
                      TRUE, FALSE);
    cell_agent(cell, 0, "cpus:4;mem:512;cpus{rev}:10");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:4;cpus{rev}@r:10;mem@r:512");
    cell_back(cell, 0, 0, "r", "cpus{rev}@r:6;cpus@r:2");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;cpus{rev}@r:6");
}

/* Totals and what is used of them, as asked for, follow each change. Mesos rows: 58. */
static void totals_and_usage_can_be_asked_for(void **state)
{
    Cell *cell = *state;
    cell_expect(cell, "total", "{}");
    cell_agent(cell, 0, "cpus:2;mem:1024;disk:0");
    cell_run(cell);
    cell_expect(cell, "total", "{\"cpus\":2,\"mem\":1024}");
    cell_expect(cell, "agents|a0|used", "{}");
    cell_framework(cell, 0, "r");
    cell_run(cell);
    cell_expect(cell, "agents|a0|used", "{\"f0\":[\"cpus@r:2\",\"mem@r:1024\"]}");
    cell_expect(cell, "total", "{\"cpus\":2,\"mem\":1024}");
    assert_int_equal(hf_allocator_agent_remove(cell->allocator, 0, 0), HF_OK);
    cell_expect(cell, "total", "{}");
    cell_expect(cell, "agents", "{}");
}

/* Two agents and frameworks, settled one by one: a run each. Mesos rows: 61. */
static void runs_are_counted_once(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus:2;mem:1024");
    cell_run(cell);
    cell_framework(cell, 0, "r");
    cell_run(cell);
    assert_int_equal(hf_allocator_counters(cell->allocator).runs, 2);
    cell_run(cell); /* nothing asks for one */
    assert_int_equal(hf_allocator_counters(cell->allocator).runs, 2);
}

/* Two agents come before anybody runs: one run for both. Mesos rows: U19. */
static void triggers_before_a_run_are_one_run(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_run(cell);
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_agent(cell, 1, "cpus:1;mem:512");
    cell_framework(cell, 1, "!r");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:1;mem@r:512\nf0 r a1 cpus@r:1;mem@r:512");
    assert_int_equal(hf_allocator_counters(cell->allocator).runs, 2);
    assert_false(hf_allocator_wants_run(cell->allocator));
}

/* ---- Capabilities and regions ---- */

static void agent_as(Cell *cell, uint32_t agent, uint32_t capabilities, const char *region,
                     const char *zone, gboolean update)
{
    char name[16];
    g_snprintf(name, sizeof name, "a%u", agent);
    HfResources total = cell_resources(cell, "cpus:1;mem:512");
    HfAgentSpec spec = cell_agent_spec(name, &total);
    spec.capabilities = capabilities;
    spec.region = region;
    spec.zone = zone;
    assert_int_equal(
        update ? hf_allocator_agent_update(cell->allocator, cell->now, agent, &spec)
               : hf_allocator_agent_add(cell->allocator, cell->now, agent, &spec, NULL, 0),
        HF_OK);
    hf_resources_clear(cell->catalog, &total);
}

/* A framework of many roles does not see an agent that knows but one, until that learns.
 * Mesos rows: 33, 70. */
static void old_agents_are_hidden_from_new_frameworks(void **state)
{
    Cell *cell = *state;
    const uint32_t old = HF_AGENT_CAPABILITY_ALL & ~(uint32_t)HF_AGENT_CAPABILITY_MULTI_ROLE;
    cell_framework(cell, 0, "r");
    agent_as(cell, 0, old, NULL, NULL, FALSE);
    assert_string_equal(cell_run(cell), "");
    assert_string_equal(cell_batch(cell), "");
    agent_as(cell, 0, HF_AGENT_CAPABILITY_ALL, NULL, NULL, TRUE);
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:1;mem@r:512");
    cell_framework_as(cell, 1, "s", 0, TRUE, FALSE); /* an old framework sees old agents */
    agent_as(cell, 1, old, NULL, NULL, FALSE);
    assert_string_equal(cell_run(cell), "f1 s a1 cpus@s:1;mem@s:512");
}

/* A nested role needs agents that know of nesting. */
static void nested_roles_need_agents_that_know_them(void **state)
{
    Cell *cell = *state;
    const uint32_t flat =
        HF_AGENT_CAPABILITY_ALL & ~(uint32_t)HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE;
    cell_framework(cell, 0, "r/s");
    agent_as(cell, 0, flat, NULL, NULL, FALSE);
    assert_string_equal(cell_run(cell), "");
    cell_framework(cell, 1, "r");
    assert_string_equal(cell_run(cell), "f1 r a0 cpus@r:1;mem@r:512");
}

/* The master stands in R1. An agent in R2 is for who knows regions; other zones, and agents that
 * say nothing, are for all. Mesos rows: 701, 702, 703. */
static void remote_regions_are_for_who_knows_them(void **state)
{
    static const struct {
        const char *region, *zone;
        gboolean is_local;
    } agents[] = {{"R2", "z1", FALSE}, {"R1", "z2", TRUE}, {NULL, NULL, TRUE}};
    for (size_t a = 0; a < G_N_ELEMENTS(agents); a++) {
        Cell *cell = cell_new();
        cell->config.region = "R1";
        cell_start(cell);
        cell_framework(cell, 0, "r");
        agent_as(cell, 0, HF_AGENT_CAPABILITY_ALL, agents[a].region, agents[a].zone, FALSE);
        assert_string_equal(cell_run(cell), agents[a].is_local ? "f0 r a0 cpus@r:1;mem@r:512" : "");
        cell_decline_all(cell, 1000.0);
        cell_framework_as(cell, 1, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_REGION_AWARE, TRUE,
                          FALSE);
        assert_string_equal(cell_run(cell), "f1 r a0 cpus@r:1;mem@r:512");
        cell_free(cell);
    }
}

/* Who is not listed is no candidate; a change of the list waits for the next batch.
 * Mesos rows: 39. */
static void the_whitelist_acts_at_the_next_batch(void **state)
{
    Cell *cell = *state;
    static const char *const hosts[] = {"dummy", "a0"};
    hf_allocator_whitelist_set(cell->allocator, 0, hosts, 1);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "");
    assert_string_equal(cell_batch(cell), "");
    hf_allocator_whitelist_set(cell->allocator, cell->now, hosts, 2);
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
    cell_back(cell, 0, 0, "r", "cpus@r:1;mem@r:512");
    hf_allocator_whitelist_set(cell->allocator, cell->now, hosts, 0); /* nobody at all */
    assert_string_equal(cell_batch(cell), "");
}

/* F left `two` while the agent that runs its task was away. When that comes back, the task counts
 * for `two`, which is tracked again, but nothing is offered there. Mesos rows: 700. */
static void what_runs_under_a_left_role_counts_there(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "one,two");
    cell_agent_used(cell, 0, "cpus:4;mem:1024", 0, "two", "cpus@two:1;mem@two:512");
    cell_run(cell);
    assert_int_equal(hf_allocator_agent_remove(cell->allocator, 0, 0), HF_OK);
    cell_framework_as(cell, 0, "one", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    cell_expect(cell, "roles|two", NULL);
    cell_agent_used(cell, 0, "cpus:4;mem:1024", 0, "two", "cpus@two:1;mem@two:512");
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "two")) == 0.5);
    assert_string_equal(cell_run(cell), "f0 one a0 cpus@one:3;mem@one:512");
    cell_expect(cell, "roles|two|frameworks", "[\"f0\"]");
    cell_expect(cell, "frameworks|f0|roles", "[\"one\"]");
}

/* ---- Maintenance ---- */

static void unavailable(Cell *cell, uint32_t agent, HfTime start)
{
    assert_int_equal(hf_allocator_unavailability_set(cell->allocator, cell->now, agent, TRUE, start,
                                                     HF_TIME_NEVER),
                     HF_OK);
}

/* An agent comes with usage of a framework nobody knows yet, and with maintenance: no inverse offer
 * for it, and none for a0 to f1, which holds nothing there (MESOS-10109). Mesos rows: 7. */
static void unknown_frameworks_get_no_inverse_offer(void **state)
{
    Cell *cell = *state;
    HfResources total = cell_resources(cell, "cpus:2;mem:1024");
    HfHolding holding = {0, 0, cell_role(cell, "r"), &total, "f0"};
    HfAgentSpec spec = cell_agent_spec("a0", &total);
    spec.has_unavailability = TRUE;
    spec.unavailable_start = 365 * HF_NS_PER_DAY;
    spec.unavailable_duration = HF_TIME_NEVER;
    assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, 0, &spec, &holding, 1), HF_OK);
    assert_string_equal(cell_run(cell), "");
    assert_int_equal(cell->list.inverse.count, 0);
    cell_framework(cell, 1, "r");
    cell_agent(cell, 1, "cpus:2;mem:1024");
    assert_string_equal(cell_run(cell), "f1 r a1 cpus@r:2;mem@r:1024");
    assert_int_equal(cell->list.inverse.count, 0);
    unavailable(cell, 1, 60 * HF_NS_PER_SECOND);
    cell_run(cell);
    assert_int_equal(cell->list.inverse.count, 1);
    assert_int_equal(cell->list.inverse.at[0].framework, 1);
    assert_int_equal(cell->list.inverse.at[0].agent, 1);
    hf_resources_clear(cell->catalog, &total);
}

/* f0 declined all of a1, so it is asked about a0 alone, once. Mesos rows: 8. */
static void who_declined_everything_is_not_asked(void **state)
{
    Cell *cell = *state;
    const HfTime start = 60 * HF_NS_PER_SECOND;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:1024");
    cell_agent(cell, 1, "cpus:2;mem:1024");
    cell_run(cell);
    cell_decline(cell, 0, 1, "r", "cpus@r:2;mem@r:1024", 86400.0);
    unavailable(cell, 0, start);
    unavailable(cell, 1, start);
    assert_string_equal(cell_run(cell), "");
    assert_int_equal(cell->list.inverse.count, 1);
    const HfInverseOffered *asked = &cell->list.inverse.at[0];
    assert_int_equal(asked->framework, 0);
    assert_int_equal(asked->agent, 0);
    assert_int_equal(asked->start, start);
    assert_int_equal(asked->duration, HF_TIME_NEVER);
    cell_batch(cell); /* it is outstanding */
    assert_int_equal(cell->list.inverse.count, 0);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(reservations_go_to_their_role_only),
        CELL_TEST(what_comes_back_is_offered_again),
        CELL_TEST(what_is_reserved_to_ancestors_is_offered),
        CELL_TEST(reserved_ports_leave_no_trace),
        CELL_TEST(a_resource_provider_adds_to_an_agent),
        CELL_TEST(usage_that_comes_without_a_total_leaves_less),
        CELL_TEST(an_estimate_that_grows_is_offered_by_its_growth),
        CELL_TEST(a_total_may_grow_and_shrink),
        CELL_TEST(revocable_is_kept_from_who_cannot_take_it),
        CELL_TEST(revocable_parts_come_back_by_themselves),
        CELL_TEST(totals_and_usage_can_be_asked_for),
        CELL_TEST(runs_are_counted_once),
        CELL_TEST(triggers_before_a_run_are_one_run),
        CELL_TEST(old_agents_are_hidden_from_new_frameworks),
        CELL_TEST(nested_roles_need_agents_that_know_them),
        CELL_TEST(remote_regions_are_for_who_knows_them),
        CELL_TEST(the_whitelist_acts_at_the_next_batch),
        CELL_TEST(what_runs_under_a_left_role_counts_there),
        CELL_TEST(unknown_frameworks_get_no_inverse_offer),
        CELL_TEST(who_declined_everything_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
