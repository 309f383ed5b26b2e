/* Each policy by hand, and each together with quota, reservations, filters and sub-roles. */
#include "unit/allocator/filling.h"

#include <math.h>

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

static void start(Cell *cell, const char *policy)
{
    cell->config.policy = hf_policy_find(policy);
    assert_non_null(cell->config.policy);
    cell_start(cell);
}

static void weigh(Cell *cell, const char *role, double weight)
{
    assert_int_equal(
        hf_allocator_weight_set(cell->allocator, cell->now, cell_role(cell, role), weight), HF_OK);
}

/* Offers of the last run that went to a framework. */
static uint32_t count_of(const Cell *cell, uint32_t framework)
{
    uint32_t count = 0;
    for (uint32_t o = 0; o < cell->list.offers.count; o++)
        count += cell->list.offers.at[o].framework == framework;
    return count;
}

/* The agents of the last run's offers in order, "a2 a0". */
static const char *agents_of(Cell *cell)
{
    g_string_truncate(cell->text, 0);
    for (uint32_t o = 0; o < cell->list.offers.count; o++)
        g_string_append_printf(cell->text, "%sa%u", o > 0 ? " " : "",
                               cell->list.offers.at[o].agent);
    return cell->text->str;
}

/* ---- The list ---- */

static void all_policies_are_valid_and_have_names_of_their_own(void **state)
{
    (void)state;
    assert_string_equal(hf_policies[0]->name, "drf");
    for (uint32_t p = 0; hf_policies[p] != NULL; p++) {
        assert_null(hf_policy_invalid(hf_policies[p]));
        assert_ptr_equal(hf_policy_find(hf_policies[p]->name), hf_policies[p]);
    }
    assert_null(hf_policy_find("fairest"));
}

static HfPolicyKey nothing(const HfPolicyClient *client)
{
    (void)client;
    return (HfPolicyKey){0.0, 0.0};
}

static void what_is_missing_in_a_policy_is_said(void **state)
{
    (void)state;
    HfPolicyOps policy = {.name = "mine", .help = "of mine"};
    assert_null(hf_policy_invalid(&policy));
    policy.framework_order = HF_SORTER_KEY;
    assert_non_null(strstr(hf_policy_invalid(&policy), "client_key is missing"));
    policy.client_key = nothing;
    assert_null(hf_policy_invalid(&policy));
    policy.role_order = (HfSorterKind)77;
    assert_non_null(strstr(hf_policy_invalid(&policy), "role_order"));
    policy.role_order = HF_SORTER_DRF;
    policy.help = NULL;
    assert_non_null(strstr(hf_policy_invalid(&policy), "help"));
    policy.help = "of mine";
    const char *const names[] = {NULL, "", "Mine", "1st", "my policy", "a/b"};
    for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
        policy.name = names[n];
        assert_non_null(strstr(hf_policy_invalid(&policy), "name"));
    }
}

/* ---- Fairness by keys ---- */

/* The DRF paper's example for asset fairness: <30 CPUs, 30 GB>, tasks of <1, 3> and <1, 1>. */
static Filling thirty(const char *policy)
{
    return (Filling){.policy = hf_policy_find(policy),
                     .agents = 1,
                     .users = 2,
                     .has = {{30, 30}},
                     .task = {{1, 3}, {1, 1}}};
}

/* Sums of shares: 4x/30 and 2y/30 are equal when y = 2x; memory: 3x + y = 5x = 30, so x = 6 and
 * y = 12. The second user has 12/30 of both resources, less than half. */
static void asset_fairness_gives_6_and_12_tasks_in_the_papers_example(void **state)
{
    (void)state;
    Filling filling = thirty("asset-fair");
    filling_run(&filling);
    assert_int_equal(filling.tasks[0], 6);
    assert_int_equal(filling.tasks[1], 12);
    assert_int_equal(filling.left[0][HF_KIND_MEM], 0);
}

/* Dominant shares: 3x/30 and y/30, so y = 3x; memory: 6x = 30. Each has half of the memory. */
static void drf_gives_5_and_15_tasks_there(void **state)
{
    (void)state;
    Filling filling = thirty("drf");
    filling_run(&filling);
    assert_int_equal(filling.tasks[0], 5);
    assert_int_equal(filling.tasks[1], 15);
}

/* Equal CPUs: 7 tasks each take 28 GB; in the 2 GB left only tasks of the second user fit. */
static void fair_cpu_counts_cpus_alone(void **state)
{
    (void)state;
    Filling filling = thirty("fair-cpu");
    filling_run(&filling);
    assert_int_equal(filling.tasks[0], 7);
    assert_int_equal(filling.tasks[1], 9);
}

/* Weight 5 for the second user: sums 4x/30 and 2y/150 are level at x = 2, y = 20, which take 26 GB.
 * Whoever is next, the other one follows: x = 3, y = 21 take all 30. */
static void asset_fairness_divides_by_weight(void **state)
{
    (void)state;
    Filling filling = thirty("asset-fair");
    filling.weight[1] = 5.0;
    filling_run(&filling);
    assert_int_equal(filling.tasks[0], 3);
    assert_int_equal(filling.tasks[1], 21);
}

/* The frameworks of one role are ordered by the same key as roles. */
static void keys_order_frameworks_as_well(void **state)
{
    (void)state;
    Filling filling = thirty("asset-fair");
    filling.in_one_role = TRUE;
    filling_run(&filling);
    assert_int_equal(filling.tasks[0], 6);
    assert_int_equal(filling.tasks[1], 12);
}

/* Excluded from fairness, memory is in no sum: 1/30 each, as under fair-cpu. */
static void kinds_excluded_from_fairness_are_in_no_key(void **state)
{
    Cell *cell = *state;
    HfKindId excluded[] = {HF_KIND_MEM};
    cell->config.fairness_excluded = excluded;
    cell->config.fairness_excluded_count = 1;
    start(cell, "asset-fair");
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    cell_agent(cell, 0, "cpus:1;mem:3000");
    assert_string_equal(cell_run(cell), "f0 r1 a0 cpus@r1:1;mem@r1:3000");
    cell_agent(cell, 1, "cpus:2;mem:10");
    assert_string_equal(cell_run(cell), "f1 r2 a1 cpus@r2:2;mem@r2:10");
    cell_agent(cell, 2, "cpus:4;mem:10"); /* r1 holds 1/7 of the CPUs, r2 2/7 */
    assert_string_equal(cell_run(cell), "f0 r1 a2 cpus@r1:4;mem@r1:10");
}

/* ---- Order of service ---- */

/* The weights put high first however much it holds; among equals the smaller share goes first. */
static void priority_serves_the_greater_weight_first(void **state)
{
    Cell *cell = *state;
    start(cell, "priority");
    weigh(cell, "high", 5.0);
    cell_framework(cell, 0, "low1");
    cell_framework(cell, 1, "low2");
    cell_framework(cell, 2, "high");
    cell_agent(cell, 0, "cpus:8;mem:1024");
    assert_string_equal(cell_run(cell), "f2 high a0 cpus@high:8;mem@high:1024");
    cell_agent(cell, 1, "cpus:1;mem:512");
    assert_string_equal(cell_run(cell), "f2 high a1 cpus@high:1;mem@high:512");
    assert_int_equal(hf_allocator_suppress(cell->allocator, cell->now, 2, NULL, 0), HF_OK);
    cell_agent(cell, 2, "cpus:4;mem:512");
    assert_string_equal(cell_run(cell), "f0 low1 a2 cpus@low1:4;mem@low1:512");
    cell_agent(cell, 3, "cpus:1;mem:32");
    assert_string_equal(cell_run(cell), "f1 low2 a3 cpus@low2:1;mem@low2:32");
    cell_agent(cell, 4, "cpus:1;mem:32"); /* 1/14 of the CPUs and 32/1600 against 4/15 */
    assert_string_equal(cell_run(cell), "f1 low2 a4 cpus@low2:1;mem@low2:32");
    weigh(cell, "low1", 7.0); /* above all, at once */
    cell_agent(cell, 5, "cpus:1;mem:32");
    assert_string_equal(cell_run(cell), "f0 low1 a5 cpus@low1:1;mem@low1:32");
}

/* z came before a; its sub-role counts as z, and within z the first that came is first. */
static void fifo_goes_by_the_first_subscription_of_a_role(void **state)
{
    Cell *cell = *state;
    start(cell, "fifo");
    cell_framework(cell, 0, "z");
    cell_framework(cell, 1, "a");
    cell_framework(cell, 2, "z/sub");
    cell_framework(cell, 3, "z");
    for (uint32_t a = 0; a < 4; a++) {
        cell_agent(cell, a, "cpus:1;mem:64");
        cell_run(cell);
        assert_int_equal(cell->list.offers.count, 1);
        static const uint32_t expected[] = {0, 3, 2, 1};
        uint32_t served = cell->list.offers.at[0].framework;
        assert_int_equal(served, expected[a]);
        hf_allocator_suppress(cell->allocator, cell->now, served, NULL, 0);
    }
}

/* ---- Agent order ---- */

/* Shares of the cell of 14 CPUs and 14,000 MB: a0 8/14, a1 16/14, a2 4/14; then a3, 4/14 as well,
 * behind a2 by its name. */
static void best_fit_visits_the_least_free_agent_first(void **state)
{
    Cell *cell = *state;
    start(cell, "best-fit");
    cell_agent(cell, 0, "cpus:4;mem:4000");
    cell_agent(cell, 1, "cpus:8;mem:8000");
    cell_agent(cell, 2, "cpus:2;mem:2000");
    cell_framework(cell, 0, "r");
    cell_run(cell);
    assert_string_equal(agents_of(cell), "a2 a0 a1");
    /* 7 of a1's 8 CPUs and all but 500 MB stay in use: a1 has least left */
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus:4;mem:4000", HF_NO_FILTER, FALSE), HF_OK);
    assert_int_equal(cell_recover(cell, 0, 1, "r", "cpus:1;mem:500", HF_NO_FILTER, FALSE), HF_OK);
    assert_int_equal(cell_recover(cell, 0, 2, "r", "cpus:2;mem:2000", HF_NO_FILTER, FALSE), HF_OK);
    cell_batch(cell);
    assert_string_equal(agents_of(cell), "a1 a2 a0");
    cell_decline_all(cell, HF_NO_FILTER);
    cell_agent(cell, 3, "cpus:2;mem:2000");
    cell_batch(cell);
    assert_string_equal(agents_of(cell), "a1 a2 a3 a0");
}

static void worst_fit_visits_the_most_free_agent_first(void **state)
{
    Cell *cell = *state;
    start(cell, "worst-fit");
    cell_agent(cell, 0, "cpus:4;mem:4000");
    cell_agent(cell, 1, "cpus:8;mem:8000");
    cell_agent(cell, 2, "cpus:2;mem:2000");
    cell_agent(cell, 3, "cpus:4;mem:4000");
    cell_framework(cell, 0, "r");
    cell_run(cell);
    assert_string_equal(agents_of(cell), "a1 a0 a3 a2");
}

/* All resources count: a0 has 1/10 + 9/10, a1 has 9/10 + 2/11 of the cell's CPUs and memory. */
static void fit_adds_up_all_resources(void **state)
{
    Cell *cell = *state;
    start(cell, "best-fit");
    cell_agent(cell, 0, "cpus:1;mem:9000");
    cell_agent(cell, 1, "cpus:9;mem:2000");
    cell_framework(cell, 0, "r");
    cell_run(cell);
    assert_string_equal(agents_of(cell), "a0 a1");
}

/* What an agent does not have counts 0: a1 has 3/5 of the CPUs, a0 2/5 and all memory. */
static void fit_counts_nothing_for_what_is_not_there(void **state)
{
    Cell *cell = *state;
    start(cell, "best-fit");
    cell_agent(cell, 0, "cpus:2;mem:1000");
    cell_agent(cell, 1, "cpus:3");
    cell_framework(cell, 0, "r");
    cell_run(cell);
    assert_string_equal(agents_of(cell), "a1 a0");
}

/* Equal agents stay in the configured order, which is a new one in each run when shuffled. */
static void equal_agents_stay_in_the_configured_order(void **state)
{
    Cell *cell = *state;
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    start(cell, "worst-fit");
    for (uint32_t a = 0; a < 8; a++) cell_agent(cell, a, a < 4 ? "cpus:1" : "cpus:2");
    cell_framework(cell, 0, "r");
    cell_run(cell);
    g_autofree char *first = g_strdup(agents_of(cell));
    uint32_t different = 0;
    for (uint32_t run = 0; run < 8; run++) {
        for (uint32_t o = 0; o < 8; o++)
            assert_int_equal(cell->list.offers.at[o].agent >= 4, o < 4);
        cell_decline_all(cell, HF_NO_FILTER);
        cell_batch(cell);
        different += strcmp(first, agents_of(cell)) != 0;
    }
    assert_true(different >= 7); /* 1 in 576 is equal */
}

/* ---- Draws ---- */

/* 4,000 agents; r1 has three frameworks of weight 1 each, r2 one: r2's expectation is 1,000, its
 * deviation sqrt(4000 * 1/4 * 3/4) = 27.4. Under random it would be 2,000. */
static void a_lottery_counts_frameworks_times_weight(void **state)
{
    Cell *cell = *state;
    start(cell, "lottery");
    for (uint32_t f = 0; f < 3; f++) cell_framework(cell, f, "r1");
    cell_framework(cell, 3, "r2");
    for (uint32_t a = 0; a < 4000; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    assert_in_range(count_of(cell, 3), 1000 - 137, 1000 + 137);
    assert_in_range(count_of(cell, 0), 1000 - 137, 1000 + 137);
    cell_decline_all(cell, HF_NO_FILTER);
    weigh(cell, "r2", 3.0); /* 3 tickets of 6; deviation 31.6 */
    cell_batch(cell);
    assert_in_range(count_of(cell, 3), 2000 - 158, 2000 + 158);
    cell_decline_all(cell, HF_NO_FILTER);
    hf_allocator_suppress(cell->allocator, cell->now, 0, NULL, 0); /* 3 tickets of 5 */
    cell_batch(cell);
    assert_in_range(count_of(cell, 3), 2400 - 155, 2400 + 155);
    assert_int_equal(count_of(cell, 0), 0);
    cell_decline_all(cell, HF_NO_FILTER);
    hf_allocator_suppress(cell->allocator, cell->now, 1, NULL, 0);
    hf_allocator_suppress(cell->allocator, cell->now, 2, NULL, 0);
    cell_batch(cell); /* r1 has nobody to draw for */
    assert_int_equal(count_of(cell, 3), 4000);
}

/* Tickets of sub-roles: a has 2 frameworks (a/x weight 3, a/y weight 1), b one: a wins 2 of 3, and
 * of those a/x 3 of 4. Of 4,000 agents: 2,000, 667 and 1,333. */
static void a_lottery_goes_down_the_role_tree(void **state)
{
    Cell *cell = *state;
    start(cell, "lottery");
    weigh(cell, "a/x", 3.0);
    cell_framework(cell, 0, "a/x");
    cell_framework(cell, 1, "a/y");
    cell_framework(cell, 2, "b");
    for (uint32_t a = 0; a < 4000; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    assert_in_range(count_of(cell, 0), 2000 - 158, 2000 + 158);
    assert_in_range(count_of(cell, 1), 667 - 118, 667 + 118);
    assert_in_range(count_of(cell, 2), 1333 - 149, 1333 + 149);
}

/* ---- Together with everything else ---- */

static void every_policy(void (*check)(Cell *cell))
{
    for (uint32_t p = 0; hf_policies[p] != NULL; p++) {
        Cell *cell = cell_new();
        start(cell, hf_policies[p]->name);
        check(cell);
        cell_free(cell);
    }
}

/* r2 is owed 4 CPUs, so no policy may give the only agent to r1, whom all of them would prefer. */
static void check_guarantee(Cell *cell)
{
    HfQuantities guarantee = {0};
    HfLimits limits = {0};
    hf_quantities_set(&guarantee, HF_KIND_CPUS, 4000);
    weigh(cell, "r1", 100.0);
    for (uint32_t f = 0; f < 5; f++) cell_framework(cell, f, "r1");
    cell_framework(cell, 5, "r2");
    hf_allocator_quota_set(cell->allocator, 0, cell_role(cell, "r2"), &guarantee, &limits);
    cell_agent(cell, 0, "cpus:4;mem:64");
    assert_string_equal(cell_run(cell), "f5 r2 a0 cpus@r2:4;mem@r2:64");
    hf_quantities_clear(&guarantee);
}

static void guarantees_come_before_every_policy(void **state)
{
    (void)state;
    every_policy(check_guarantee);
}

static void check_limit(Cell *cell)
{
    HfQuantities guarantee = {0};
    HfLimits limits = {0};
    hf_limits_set(&limits, HF_KIND_CPUS, 3000);
    cell_framework(cell, 0, "r1");
    hf_allocator_quota_set(cell->allocator, 0, cell_role(cell, "r1"), &guarantee, &limits);
    cell_agent(cell, 0, "cpus:2");
    cell_agent(cell, 1, "cpus:2");
    cell_run(cell);
    assert_int_equal(cell->list.offers.count, 2);
    int64_t cpus = 0;
    for (uint32_t o = 0; o < 2; o++)
        cpus += hf_resources_at(hf_parcel_resources(cell->list.offers.at[o].resources), 0)->milli;
    assert_int_equal(cpus, 3000);
    hf_limits_clear(&limits);
}

static void limits_hold_under_every_policy(void **state)
{
    (void)state;
    every_policy(check_limit);
}

/* What is reserved for r1 goes to r1 and r1/x alone; r2 is offered the rest. */
static void check_reservation(Cell *cell)
{
    weigh(cell, "r2", 100.0);
    for (uint32_t f = 0; f < 5; f++) cell_framework(cell, f, "r2");
    cell_framework(cell, 5, "r1/x");
    cell_agent(cell, 0, "cpus(S:r1):3;cpus:1");
    gboolean is_served = FALSE;
    for (uint32_t batch = 0; batch < 40; batch++) {
        cell_batch(cell);
        for (uint32_t o = 0; o < cell->list.offers.count; o++) {
            const HfOffered *offer = &cell->list.offers.at[o];
            gboolean has_reserved = FALSE;
            for (uint32_t i = 0; i < hf_resources_count(hf_parcel_resources(offer->resources)); i++)
                has_reserved |= !hf_meta_is_unreserved(
                    cell->catalog, hf_resources_at(hf_parcel_resources(offer->resources), i)->meta);
            assert_true(has_reserved == (offer->framework == 5));
            is_served |= has_reserved;
        }
        cell_decline_all(cell, 1.0);
    }
    assert_true(is_served);
}

static void reservations_hold_under_every_policy(void **state)
{
    (void)state;
    every_policy(check_reservation);
}

/* Everybody refuses everything for 100 s: each of six frameworks, at three levels of roles, has
 * been asked about each agent exactly once by then. */
static void check_filters(Cell *cell)
{
    static const char *const roles[] = {"a", "a/b", "a/b/c", "b", "b", "*"};
    uint32_t asked[6][3] = {{0}};
    for (uint32_t f = 0; f < 6; f++) cell_framework(cell, f, roles[f]);
    for (uint32_t a = 0; a < 3; a++) cell_agent(cell, a, "cpus:2;mem:64");
    for (uint32_t batch = 0; batch < 60; batch++) {
        cell_batch(cell);
        for (uint32_t o = 0; o < cell->list.offers.count; o++)
            asked[cell->list.offers.at[o].framework][cell->list.offers.at[o].agent]++;
        cell_decline_all(cell, 100.0);
    }
    for (uint32_t f = 0; f < 6; f++)
        for (uint32_t a = 0; a < 3; a++) assert_int_equal(asked[f][a], 1);
}

static void filters_and_sub_roles_work_under_every_policy(void **state)
{
    (void)state;
    every_policy(check_filters);
}

/* ---- What a policy is shown ---- */

/* Notes the clients and agents that it was shown; the text is the only argument beside what is
 * handed in, and is set by the test alone. */
static GString *shown;

static HfPolicyKey show_client(const HfPolicyClient *client)
{
    char cpus[32], mem[32];
    const HfPolicyCell *cell = client->cell;
    g_assert_cmpstr(cell->name[HF_POLICY_MEM], ==, "mem");
    g_string_append_printf(
        shown, "%.*s%s cpus %s mem %s of %g weight %g offers %u\n", (int)client->name_size,
        client->name, client->is_framework ? " (framework)" : "",
        g_ascii_formatd(cpus, sizeof cpus, "%g", client->share[HF_POLICY_CPUS]),
        g_ascii_formatd(mem, sizeof mem, "%g", client->share[HF_POLICY_MEM]),
        cell->total[HF_POLICY_MEM], client->weight, (unsigned)client->allocations);
    return (HfPolicyKey){client->dominant, 0.0};
}

static double show_agent(const HfPolicyAgent *agent)
{
    g_string_append_printf(shown, "agent free %g of %g\n", agent->available[HF_POLICY_CPUS],
                           agent->size[HF_POLICY_CPUS]);
    return 0.0;
}

static void a_policy_sees_shares_weights_and_names(void **state)
{
    Cell *cell = *state;
    static const HfPolicyOps policy = {.name = "show",
                                       .help = "shows",
                                       .role_order = HF_SORTER_KEY,
                                       .client_key = show_client,
                                       .agent_key = show_agent};
    assert_null(hf_policy_invalid(&policy));
    shown = g_string_new(NULL);
    cell->config.policy = &policy;
    cell_start(cell);
    weigh(cell, "eng", 2.0);
    cell_framework(cell, 0, "eng/web");
    cell_framework(cell, 1, "ops");
    cell_agent(cell, 0, "cpus:3;mem:100");
    cell_run(cell); /* eng/web has all of a0: its parent has, too */
    cell_agent(cell, 1, "cpus:1;mem:100");
    g_string_truncate(shown, 0);
    cell_run(cell);
    assert_string_equal(shown->str, "eng cpus 0.75 mem 0.5 of 200 weight 2 offers 1\n"
                                    "ops cpus 0 mem 0 of 200 weight 1 offers 0\n");
    assert_string_equal(cell_offers(cell), "f1 ops a1 cpus@ops:1;mem@ops:100");
    cell_decline_all(cell, HF_NO_FILTER);
    assert_int_equal(cell_recover(cell, 0, 0, "eng/web", "cpus:2", HF_NO_FILTER, FALSE), HF_OK);
    g_string_truncate(shown, 0);
    cell_batch(cell);
    assert_non_null(strstr(shown->str, "agent free 0.5 of 0.75\nagent free 0.25 of 0.25\n"));
    g_string_free(shown, TRUE);
}

static HfPolicyKey nan_key(const HfPolicyClient *client)
{
    return (HfPolicyKey){client->weight, NAN};
}

static double no_tickets(const HfPolicyClient *client, uint32_t frameworks)
{
    return client->weight - (double)frameworks;
}

static double nan_agent(const HfPolicyAgent *agent)
{
    (void)agent;
    return NAN;
}

/* Two frameworks and two agents, so that there is something to order. */
static void run_two(Cell *cell, const HfPolicyOps *policy)
{
    assert_null(hf_policy_invalid(policy));
    cell->config.policy = policy;
    cell_start(cell);
    cell_agent(cell, 0, "cpus:1");
    cell_agent(cell, 1, "cpus:1");
    cell_framework(cell, 0, "r1");
    cell_framework(cell, 1, "r2");
    cell_run(cell);
}

static void stops_the_run(const HfPolicyOps *policy)
{
    Cell *cell = cell_new();
    expect_assert_failure(run_two(cell, policy));
    cell_free(cell);
}

static void answers_that_are_no_numbers_stop_the_run(void **state)
{
    (void)state;
    static const HfPolicyOps policies[] = {
        {.name = "key", .help = "", .role_order = HF_SORTER_KEY, .client_key = nan_key},
        {.name = "tickets", .help = "", .role_order = HF_SORTER_RANDOM, .tickets = no_tickets},
        {.name = "agent", .help = "", .agent_key = nan_agent}};
    for (size_t p = 0; p < G_N_ELEMENTS(policies); p++) stops_the_run(&policies[p]);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_policies_are_valid_and_have_names_of_their_own),
        cmocka_unit_test(what_is_missing_in_a_policy_is_said),
        cmocka_unit_test(asset_fairness_gives_6_and_12_tasks_in_the_papers_example),
        cmocka_unit_test(drf_gives_5_and_15_tasks_there),
        cmocka_unit_test(fair_cpu_counts_cpus_alone),
        cmocka_unit_test(asset_fairness_divides_by_weight),
        cmocka_unit_test(keys_order_frameworks_as_well),
        cmocka_unit_test_setup_teardown(kinds_excluded_from_fairness_are_in_no_key, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(priority_serves_the_greater_weight_first, setup, teardown),
        cmocka_unit_test_setup_teardown(fifo_goes_by_the_first_subscription_of_a_role, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(best_fit_visits_the_least_free_agent_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(worst_fit_visits_the_most_free_agent_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fit_adds_up_all_resources, setup, teardown),
        cmocka_unit_test_setup_teardown(fit_counts_nothing_for_what_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_agents_stay_in_the_configured_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lottery_counts_frameworks_times_weight, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lottery_goes_down_the_role_tree, setup, teardown),
        cmocka_unit_test(guarantees_come_before_every_policy),
        cmocka_unit_test(limits_hold_under_every_policy),
        cmocka_unit_test(reservations_hold_under_every_policy),
        cmocka_unit_test(filters_and_sub_roles_work_under_every_policy),
        cmocka_unit_test_setup_teardown(a_policy_sees_shares_weights_and_names, setup, teardown),
        cmocka_unit_test(answers_that_are_no_numbers_stop_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
