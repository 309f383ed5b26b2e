/* What one framework after the other is offered: order, filters, triggers, and what hides agents.
 */
#include "unit/allocator/cell.h"

static int setup(void **state)
{
    *state = cell_new();
    return 0;
}

static int teardown(void **state)
{
    cell_free(*state);
    return 0;
}

static void first_framework_gets_the_whole_agent(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 0, "cpus:4;mem:1024;ports:[31000-31009]");
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:4;mem@r1:1024;ports@r1:[31000-31009]");
    assert_string_equal(cell_batch(cell), "");
}

/* Equal shares: fewer allocations first, then the name (MESOS-VERIFIED 5). */
static void ties_go_by_count_then_by_name(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:1;mem@r:512");
    cell_decline_all(cell, 0);
    assert_string_equal(cell_batch(cell), "f1 r a0 cpus@r:1;mem@r:512");
    cell_decline_all(cell, 0);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
}

/* r1 holds 1/2 of cpus and 1/4 of mem: dominant share 1/2; r2 holds 3/8 of mem: 3/8. The third
 * agent goes to r2 although r1 was there first. */
static void the_lowest_dominant_share_comes_first(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 0, "cpus:4;mem:1024");
    cell_run(cell);
    cell_agent(cell, 1, "cpus:2;mem:1536");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus@r2:2;mem@r2:1536");
    cell_agent(cell, 2, "cpus:2;mem:1536");
    assert_string_equal(cell_run(cell), "f1 r2 a2 cpus@r2:2;mem@r2:1536");
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r1")) == 0.5);
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r2")) == 0.75);
}

/* Weight 3 makes 3/4 count as 1/4, which is below r1's 1/2. */
static void weights_divide_the_share(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    assert_int_equal(hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, "r2"), 3.0),
                     HF_OK);
    assert_int_equal(hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, "r2"), 0.0),
                     HF_INVALID);
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 0, "cpus:4;mem:1024");
    cell_run(cell);
    cell_agent(cell, 1, "cpus:2;mem:1536");
    cell_run(cell);
    cell_agent(cell, 2, "cpus:2;mem:1536");
    cell_run(cell);
    cell_agent(cell, 3, "cpus:1;mem:32");
    assert_string_equal(cell_run(cell), "f1 r2 a3 cpus@r2:1;mem@r2:32");
}

/* A filter of 2 s made right after a batch is older than the timer of the batch 2 s later. */
static void a_filter_holds_at_least_one_batch(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_run(cell);
    cell_decline_all(cell, 0.5); /* at least the interval: until 1 s, after that batch's timer */
    assert_string_equal(cell_batch(cell), "");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
    cell_decline_all(cell, 2.0);
    assert_string_equal(cell_batch(cell), "");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
}

/* Declined before the timer of the next batch is armed: gone when that batch runs. */
static void a_filter_older_than_the_batch_timer_is_gone(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1;mem:512");
    cell_run(cell);
    cell_decline_all(cell, 1.0);
    hf_allocator_batch_armed(cell->allocator);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
}

static void a_filter_lets_pass_what_is_more_than_was_refused(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_run(cell);
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:1;mem:512", 100.0, FALSE), HF_OK);
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:1", HF_NO_FILTER, FALSE), HF_OK);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;mem@r:512");
}

static void a_filter_is_of_one_framework_and_role(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r1,r2");
    cell_agent(cell, 0, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:2;mem@r1:512");
    cell_decline_all(cell, 100.0);
    assert_string_equal(cell_batch(cell), "f0 r2 a0 cpus@r2:2;mem@r2:512");
    cell_decline_all(cell, 100.0);
    assert_string_equal(cell_batch(cell), "");
    HfRoleId role = cell_role(cell, "r2");
    assert_int_equal(hf_allocator_revive(cell->allocator, cell->now, 0, &role, 1), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r2 a0 cpus@r2:2;mem@r2:512");
}

/* 40 different timeouts, more than there are lanes: agent i refused for i + 2 s right after a batch
 * comes back with the batch i + 2 s later. */
static void filters_of_many_timeouts_end_in_time(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < 40; a++) cell_agent(cell, a, "cpus:1");
    cell_run(cell);
    for (uint32_t a = 0; a < 40; a++)
        assert_int_equal(
            cell_recover(cell, 0, (a * 7) % 40, "r", "cpus@r:1", (double)((a * 7) % 40 + 2), FALSE),
            HF_OK);
    hf_allocator_batch_armed(cell->allocator);
    assert_string_equal(cell_batch(cell), "");
    for (uint32_t a = 0; a < 40; a++) {
        cell_batch(cell);
        assert_int_equal(cell->list.offers.count, 1);
        assert_int_equal(cell->list.offers.at[0].agent, a);
    }
}

static void suppress_stops_offers_and_keeps_filters(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    assert_int_equal(hf_allocator_suppress(cell->allocator, 0, 0, NULL, 0), HF_OK);
    cell_agent(cell, 0, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "");
    assert_int_equal(hf_allocator_revive(cell->allocator, 0, 0, NULL, 0), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:2;mem@r:512");
    assert_int_equal(hf_allocator_suppress(cell->allocator, 0, 9, NULL, 0), HF_UNKNOWN);
}

static void only_some_calls_ask_for_a_run(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    assert_true(hf_allocator_wants_run(cell->allocator));
    cell_run(cell);
    assert_false(hf_allocator_wants_run(cell->allocator));
    cell_agent(cell, 0, "cpus:2;mem:512");
    assert_true(hf_allocator_wants_run(cell->allocator));
    cell_run(cell);
    cell_decline_all(cell, HF_NO_FILTER);
    assert_false(hf_allocator_wants_run(cell->allocator));
    hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, "r"), 2.0);
    hf_allocator_suppress(cell->allocator, 0, 0, NULL, 0);
    hf_allocator_agent_deactivate(cell->allocator, 0, 0);
    hf_allocator_agent_activate(cell->allocator, 0, 0);
    assert_false(hf_allocator_wants_run(cell->allocator));
    hf_allocator_framework_deactivate(cell->allocator, 0, 0);
    assert_false(hf_allocator_wants_run(cell->allocator));
    hf_allocator_framework_activate(cell->allocator, 0, 0);
    assert_true(hf_allocator_wants_run(cell->allocator));
}

static void a_paused_allocator_drops_triggers(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_run(cell);
    hf_allocator_pause(cell->allocator);
    cell_framework(cell, 0, "r");
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "");
    hf_allocator_resume(cell->allocator);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;mem@r:512");
}

static void a_deactivated_agent_is_not_offered(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:512");
    hf_allocator_agent_deactivate(cell->allocator, 0, 0);
    assert_string_equal(cell_run(cell), "");
    hf_allocator_agent_activate(cell->allocator, 0, 0);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;mem@r:512");
}

/* Deactivation clears filters, keeps what is held, and stops offers. */
static void a_deactivated_framework_keeps_its_share(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_run(cell);
    hf_allocator_framework_deactivate(cell->allocator, 0, 0);
    cell_agent(cell, 1, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f1 r a1 cpus@r:2;mem@r:512");
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 1.0);
    assert_int_equal(hf_allocator_framework_remove(cell->allocator, 0, 0), HF_OK);
    assert_string_equal(cell_batch(cell), "f1 r a0 cpus@r:2;mem@r:512");
}

/* a4's 0.009 cpus and 31 MB meet neither alternative of Mesos's default minimum. */
static void too_little_is_not_offered(void **state)
{
    Cell *cell = *state;
    HfQuantities min[2] = {{0}, {0}};
    hf_quantities_set(&min[0], HF_KIND_CPUS, 10);
    hf_quantities_set(&min[1], HF_KIND_MEM, 32000);
    cell->config.min_allocatable = min;
    cell->config.min_allocatable_count = 2;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:0.009;mem:31;disk:100");
    assert_string_equal(cell_run(cell), "");
    cell_agent(cell, 1, "cpus:0.01");
    assert_string_equal(cell_run(cell), "f0 r a1 cpus@r:0.01");
    cell_agent(cell, 2, "mem:32");
    assert_string_equal(cell_run(cell), "f0 r a2 mem@r:32");
}

static void reservations_flow_down_only(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "x");
    cell_framework(cell, 1, "a/b");
    cell_agent(cell, 0, "cpus(S:a):2;mem(S:a):512;cpus:1;mem:64");
    /* same share and count: a/b is before x; the reservations of a are for a/b, not for x */
    assert_string_equal(cell_run(cell), "f1 a/b a0 cpus(S:a)@a/b:2;cpus@a/b:1;mem(S:a)@a/b:512;"
                                        "mem@a/b:64");
    cell_decline_all(cell, 100.0);
    assert_string_equal(cell_batch(cell), "f0 x a0 cpus@x:1;mem@x:64");
}

static void gpus_need_the_capability(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:512;gpus:1");
    assert_string_equal(cell_run(cell), "");
    cell_framework_as(cell, 1, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_GPU_RESOURCES, TRUE,
                      FALSE);
    assert_string_equal(cell_run(cell), "f1 r a0 cpus@r:2;gpus@r:1;mem@r:512");
}

static void revocable_needs_the_capability(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:512;cpus{rev}:3");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:2;mem@r:512");
    cell_framework_as(cell, 1, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_REVOCABLE_RESOURCES,
                      TRUE, FALSE);
    assert_string_equal(cell_run(cell), "f1 r a0 cpus{rev}@r:3");
}

/* A task of the batch ends on an agent whose rest everybody refused: only that agent is visited. */
static void an_idle_cycle_visits_nobody(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    for (uint32_t f = 0; f < 3; f++) cell_framework(cell, f, "r");
    for (uint32_t a = 0; a < 70; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    cell_decline_all(cell, 1000.0);
    for (uint32_t b = 0; b < 2; b++) {
        cell_batch(cell);
        cell_decline_all(cell, 1000.0);
    }
    assert_string_equal(cell_batch(cell), "");
    uint64_t visited = hf_allocator_counters(cell->allocator).agents_visited;
    for (uint32_t b = 0; b < 10; b++) assert_string_equal(cell_batch(cell), "");
    assert_int_equal(hf_allocator_counters(cell->allocator).agents_visited, visited);
    assert_int_equal(hf_allocator_counters(cell->allocator).filters_made, 210);
}

static void static_agents_go_to_their_owner_alone(void **state)
{
    Cell *cell = *state;
    cell->config.policy = hf_policy_find("static");
    cell_start(cell);
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2/x");
    HfResources total = cell_resources(cell, "cpus:2;mem:512");
    HfAgentSpec spec = cell_agent_spec("a0", &total);
    spec.owner = cell_role(cell, "r2");
    assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, 0, &spec, NULL, 0), HF_OK);
    assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, 0, &spec, NULL, 0), HF_EXISTS);
    hf_resources_clear(cell->catalog, &total);
    assert_string_equal(cell_run(cell), "f1 r2/x a0 cpus@r2/x:2;mem@r2/x:512");
    cell_decline_all(cell, 10.0);
    assert_string_equal(cell_batch(cell), "");
}

static void fifo_serves_the_oldest_first(void **state)
{
    Cell *cell = *state;
    cell->config.policy = hf_policy_find("fifo");
    cell_start(cell);
    cell_framework(cell, 0, "z");
    cell_framework(cell, 1, "a");
    for (uint32_t a = 0; a < 3; a++) cell_agent(cell, a, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f0 z a0 cpus@z:2;mem@z:512\n"
                                        "f0 z a1 cpus@z:2;mem@z:512\n"
                                        "f0 z a2 cpus@z:2;mem@z:512");
}

/* Weights 1 and 3: of 4,000 agents the second role's expectation is 3,000, deviation 27. */
static void random_serves_by_weight(void **state)
{
    Cell *cell = *state;
    cell->config.policy = hf_policy_find("random");
    cell_start(cell);
    hf_allocator_weight_set(cell->allocator, 0, cell_role(cell, "r2"), 3.0);
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    for (uint32_t a = 0; a < 4000; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    uint32_t second = 0;
    for (uint32_t o = 0; o < cell->list.offers.count; o++)
        second += cell->list.offers.at[o].framework == 1;
    assert_int_equal(cell->list.offers.count, 4000);
    assert_in_range(second, 2880, 3120);
}

static void shuffled_agents_are_all_offered_and_not_in_order(void **state)
{
    Cell *cell = *state;
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < 200; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    assert_int_equal(cell->list.offers.count, 200);
    uint32_t ascents = 0;
    gboolean seen[200] = {0};
    for (uint32_t o = 0; o < 200; o++) {
        assert_false(seen[cell->list.offers.at[o].agent]);
        seen[cell->list.offers.at[o].agent] = TRUE;
        ascents += o > 0 && cell->list.offers.at[o].agent > cell->list.offers.at[o - 1].agent;
    }
    assert_in_range(ascents, 70, 130); /* 99.5 expected, deviation 4 */
}

/* The whole free cell to one framework each run, as the Omega paper models Mesos. */
static void cell_scope_offers_everything_to_one(void **state)
{
    Cell *cell = *state;
    cell->config.offer_scope = HF_OFFER_SCOPE_CELL;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "s");
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_agent(cell, 1, "cpus:2;mem:512");
    cell_agent(cell, 2, "cpus:2;mem:512");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:2;mem@r:512\n"
                                        "f0 r a1 cpus@r:2;mem@r:512\n"
                                        "f0 r a2 cpus@r:2;mem@r:512");
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:2;mem:512", 100.0, FALSE), HF_OK);
    assert_int_equal(cell_recover(cell, 0, 1, "r", "cpus:1;mem:512", 100.0, FALSE), HF_OK);
    assert_string_equal(cell_batch(cell), "f1 s a0 cpus@s:2;mem@s:512\n"
                                          "f1 s a1 cpus@s:1;mem@s:512");
    cell_decline_all(cell, 1000.0);
    assert_string_equal(cell_batch(cell), "");
}

/* A list may hold what several runs offered, to one framework each or to several. */
static void a_list_of_several_runs_is_not_for_one(void **state)
{
    for (int scope = 0; scope < 2; scope++) {
        Cell *cell = cell_new();
        if (scope == 0) cell->config.offer_scope = HF_OFFER_SCOPE_CELL;
        cell_start(cell);
        cell_framework(cell, 0, "r");
        cell_agent(cell, 0, "cpus:1");
        hf_allocator_run(cell->allocator, cell->now, &cell->list);
        assert_true(cell->list.is_for_one);
        cell_framework(cell, 1, "q");
        cell_agent(cell, 1, "cpus:1");
        hf_allocator_run(cell->allocator, cell->now, &cell->list);
        assert_string_equal(cell_offers(cell), "f0 r a0 cpus@r:1\nf1 q a1 cpus@q:1");
        assert_false(cell->list.is_for_one);
        hf_offer_list_reset(cell->catalog, &cell->list);
        cell_agent(cell, 2, "cpus:1");
        hf_allocator_run(cell->allocator, cell->now, &cell->list);
        assert_string_equal(cell_offers(cell), "f1 q a2 cpus@q:1");
        assert_int_equal(cell->list.is_for_one, scope == 0);
        cell_free(cell);
    }
}

static void recover_refuses_what_is_not_held(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_run(cell);
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:3", 0, FALSE), HF_CONFLICT);
    assert_int_equal(cell_recover(cell, 0, 0, "s", "cpus:1", 0, FALSE), HF_CONFLICT);
    assert_int_equal(cell_recover(cell, 0, 7, "r", "cpus:1", 0, FALSE), HF_UNKNOWN);
    assert_int_equal(cell_recover(cell, 7, 0, "r", "cpus:1", 0, FALSE), HF_UNKNOWN);
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:1", 0, TRUE), HF_CONFLICT);
    assert_true(hf_resources_is_empty(hf_allocator_available(cell->allocator, 0)));
}

/* One that comes back with others, as far as `returns` knows. */
static HfStatus return_one(Cell *cell, const HfReturns *returns, uint32_t agent, HfParcel *parcel)
{
    return hf_allocator_return(cell->allocator, 0, returns, &(HfReturned){agent, parcel}, 1);
}

static HfParcel *parcel_of(Cell *cell, const char *text)
{
    HfResources content = cell_resources(cell, text);
    return hf_parcel_take(cell->catalog, &content);
}

/* A list of offers that was declined: what is looked up once is what each would have found. */
static void offers_come_back_together_as_one_by_one(void **state)
{
    Cell *cell = *state;
    HfReturns returns;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_agent(cell, 1, "cpus:2;mem:512");
    cell_run(cell);
    HfParcel *whole = parcel_of(cell, "cpus:2;mem:512"), *more = parcel_of(cell, "cpus:3");
    uint32_t framework = cell->list.offers.at[0].framework;
    uint32_t agent = cell->list.offers.at[0].agent;
    hf_allocator_returns(cell->allocator, framework, cell_role(cell, "r"), 1000.0, &returns);
    assert_int_equal(hf_allocator_return(cell->allocator, 0, &returns, NULL, 0), HF_OK);
    assert_int_equal(return_one(cell, &returns, 7, whole), HF_UNKNOWN);
    assert_int_equal(return_one(cell, &returns, agent, more), HF_CONFLICT);
    assert_int_equal(return_one(cell, &returns, agent, NULL), HF_OK);
    assert_int_equal(return_one(cell, &returns, agent, whole), HF_OK);
    assert_int_equal(return_one(cell, &returns, agent, whole), HF_CONFLICT);
    assert_false(hf_resources_is_empty(hf_allocator_available(cell->allocator, agent)));
    /* it is filtered: only the other framework is offered it */
    g_autofree char *expected =
        g_strdup_printf("f%u r a%u cpus@r:2;mem@r:512", 1 - framework, agent);
    assert_string_equal(cell_batch(cell), expected);
    hf_allocator_returns(cell->allocator, 5, cell_role(cell, "r"), 0, &returns);
    assert_int_equal(return_one(cell, &returns, 0, whole), HF_UNKNOWN);
    hf_allocator_returns(cell->allocator, 0, cell_role(cell, "s"), 0, &returns);
    assert_int_equal(return_one(cell, &returns, 0, whole), HF_CONFLICT);
    hf_parcel_drop(cell->catalog, &whole);
    hf_parcel_drop(cell->catalog, &more);
}

/* What stands before the one that is not held is back, what stands behind it is not. */
static void a_list_comes_back_up_to_what_is_not_held(void **state)
{
    Cell *cell = *state;
    HfReturns returns;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < 3; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    HfParcel *whole = parcel_of(cell, "cpus:2;mem:512"), *more = parcel_of(cell, "cpus:3");
    hf_allocator_returns(cell->allocator, 0, cell_role(cell, "r"), 0, &returns);
    HfReturned back[] = {{0, whole}, {1, more}, {2, whole}};
    assert_int_equal(hf_allocator_return(cell->allocator, 0, &returns, back, 3), HF_CONFLICT);
    assert_false(hf_resources_is_empty(hf_allocator_available(cell->allocator, 0)));
    assert_true(hf_resources_is_empty(hf_allocator_available(cell->allocator, 1)));
    assert_true(hf_resources_is_empty(hf_allocator_available(cell->allocator, 2)));
    back[1].resources = whole;
    assert_int_equal(hf_allocator_return(cell->allocator, 0, &returns, back + 1, 2), HF_OK);
    assert_false(hf_resources_is_empty(hf_allocator_available(cell->allocator, 2)));
    hf_parcel_drop(cell->catalog, &whole);
    hf_parcel_drop(cell->catalog, &more);
}

static void used_resources_count_from_the_start(void **state)
{
    Cell *cell = *state;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    HfResources total = cell_resources(cell, "cpus:4;mem:1024");
    HfResources used = cell_resources(cell, "cpus:1;mem:256");
    HfAgentSpec spec = cell_agent_spec("a0", &total);
    HfHolding holding = {.framework = 0, .agent = 0, .role = cell_role(cell, "r"), &used};
    assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, 0, &spec, &holding, 1), HF_OK);
    hf_resources_clear(cell->catalog, &total);
    hf_resources_clear(cell->catalog, &used);
    assert_string_equal(cell_run(cell), "f1 r a0 cpus@r:3;mem@r:768");
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:1;mem:256", HF_NO_FILTER, TRUE), HF_OK);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:256");
}

/* Memory of the allocator when so many agents were offered and declined once. */
static size_t memory_of_agents(gboolean alike)
{
    Cell *cell = cell_new();
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < 500; a++) {
        g_autofree char *total = g_strdup_printf("cpus:4;mem:%u", alike ? 1024 : 1024 + a);
        cell_agent(cell, a, total);
    }
    cell_run(cell);
    cell_decline_all(cell, 0);
    cell_batch(cell);
    assert_int_equal(cell->list.offers.count, 500);
    cell_decline_all(cell, 5);
    size_t bytes = hf_allocator_memory(cell->allocator);
    cell_batch(cell);
    assert_int_equal(cell->list.offers.count, 0); /* refused, also where one refusal is like all */
    cell_free(cell);
    return bytes;
}

/* 500 bundles of two cache lines are 64 kB; they come before they are seen to be alike. What is
 * made after that comes out of those. */
static void agents_that_are_alike_share_what_is_free(void **state)
{
    (void)state;
    assert_true(memory_of_agents(TRUE) <= memory_of_agents(FALSE));
    Cell *cell = cell_new();
    cell_start(cell);
    cell_framework(cell, 0, "r");
    for (uint32_t a = 0; a < 3; a++) cell_agent(cell, a, "cpus:4;mem:1024;ports:[1-2]");
    cell_run(cell);
    cell_decline_all(cell, 0);
    cell_batch(cell);
    cell_decline_all(cell, 0);
    /* one of them changes: the others do not */
    HfResources total = cell_resources(cell, "cpus:2;mem:1024;ports:[1-2]");
    HfAgentSpec spec = cell_agent_spec(NULL, &total);
    spec.capabilities = HF_AGENT_CAPABILITIES_KEEP;
    assert_int_equal(hf_allocator_agent_update(cell->allocator, cell->now, 1, &spec), HF_OK);
    hf_resources_clear(cell->catalog, &total);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:4;mem@r:1024;ports@r:[1-2]\n"
                                          "f0 r a1 cpus@r:2;mem@r:1024;ports@r:[1-2]\n"
                                          "f0 r a2 cpus@r:4;mem@r:1024;ports@r:[1-2]");
    cell_decline_all(cell, 5);
    assert_string_equal(cell_batch(cell), "");
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_that_are_alike_share_what_is_free),
        cmocka_unit_test_setup_teardown(first_framework_gets_the_whole_agent, setup, teardown),
        cmocka_unit_test_setup_teardown(ties_go_by_count_then_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(the_lowest_dominant_share_comes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(weights_divide_the_share, setup, teardown),
        cmocka_unit_test_setup_teardown(a_filter_holds_at_least_one_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(a_filter_older_than_the_batch_timer_is_gone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_filter_lets_pass_what_is_more_than_was_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_filter_is_of_one_framework_and_role, setup, teardown),
        cmocka_unit_test_setup_teardown(filters_of_many_timeouts_end_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(suppress_stops_offers_and_keeps_filters, setup, teardown),
        cmocka_unit_test_setup_teardown(only_some_calls_ask_for_a_run, setup, teardown),
        cmocka_unit_test_setup_teardown(a_paused_allocator_drops_triggers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_deactivated_agent_is_not_offered, setup, teardown),
        cmocka_unit_test_setup_teardown(a_deactivated_framework_keeps_its_share, setup, teardown),
        cmocka_unit_test_setup_teardown(too_little_is_not_offered, setup, teardown),
        cmocka_unit_test_setup_teardown(reservations_flow_down_only, setup, teardown),
        cmocka_unit_test_setup_teardown(gpus_need_the_capability, setup, teardown),
        cmocka_unit_test_setup_teardown(revocable_needs_the_capability, setup, teardown),
        cmocka_unit_test_setup_teardown(an_idle_cycle_visits_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(static_agents_go_to_their_owner_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(fifo_serves_the_oldest_first, setup, teardown),
        cmocka_unit_test_setup_teardown(random_serves_by_weight, setup, teardown),
        cmocka_unit_test_setup_teardown(shuffled_agents_are_all_offered_and_not_in_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(cell_scope_offers_everything_to_one, setup, teardown),
        cmocka_unit_test(a_list_of_several_runs_is_not_for_one),
        cmocka_unit_test_setup_teardown(recover_refuses_what_is_not_held, setup, teardown),
        cmocka_unit_test_setup_teardown(offers_come_back_together_as_one_by_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_comes_back_up_to_what_is_not_held, setup, teardown),
        cmocka_unit_test_setup_teardown(used_resources_count_from_the_start, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
