/*
 * What a run leaves out must not show: each test here needs one condition under which the allocator
 * may not take one of its shortcuts.
 */
#include "unit/allocator/cell.h"

#include "allocator/constraints.h"

/* ---- Agents that are passed by, since too little is left of them ---- */

/* Three machines of which no cpus are left, for two frameworks that want one; all are barren. */
static Cell *cell_of_full_machines(void)
{
    Cell *cell = cell_new();
    cell_minimum(cell, "cpus:1");
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "s");
    for (uint32_t a = 0; a < 3; a++)
        cell_agent_used(cell, a, "cpus:4;mem:1024", 0, "r", "cpus:4;mem:256");
    cell_expect_visits(cell, 3, 6);
    return cell;
}

static void revive(Cell *cell, uint32_t framework)
{
    assert_int_equal(hf_allocator_revive(cell->allocator, cell->now, framework, NULL, 0), HF_OK);
}

/* A task of f0 ends. */
static void one_cpu_is_free(Cell *cell, uint32_t agent)
{
    assert_int_equal(cell_recover(cell, 0, agent, "r", "cpus:1;mem:64", HF_NO_FILTER, TRUE), HF_OK);
}

/* choose_idle: a barren agent that is to be visited is none any more. */
static void what_came_back_is_offered_in_a_run_over_all_agents(void **state)
{
    (void)state;
    Cell *cell = cell_of_full_machines();
    one_cpu_is_free(cell, 1);
    revive(cell, 1);
    assert_string_equal(cell_batch(cell), "f1 s a1 cpus@s:1;mem@s:832");
    cell_free(cell);
}

/* choose_visitable: the same in a run that visits nobody else, after which nothing is left. */
static void an_agent_given_away_after_a_gain_is_not_passed_by(void **state)
{
    (void)state;
    Cell *cell = cell_of_full_machines();
    one_cpu_is_free(cell, 1);
    assert_string_equal(cell_batch(cell), "f1 s a1 cpus@s:1;mem@s:832");
    revive(cell, 1);
    cell_expect_visits(cell, 2, 2);
    cell_free(cell);
}

/* choose_candidates: the same in a run over the agents that something happened to. */
static void an_agent_given_away_by_an_event_is_not_passed_by(void **state)
{
    (void)state;
    Cell *cell = cell_of_full_machines();
    cell_total(cell, 1, "cpus:6;mem:1024");
    assert_string_equal(cell_run(cell), "f1 s a1 cpus@s:2;mem@s:768");
    revive(cell, 1);
    cell_expect_visits(cell, 2, 2);
    cell_free(cell);
}

/* join_barren: an agent that saw more than the last run over all agents did keeps that in its row,
 * so that who revived is not tried on it again. */
static void an_agent_that_saw_more_than_others_is_not_passed_by_with_them(void **state)
{
    (void)state;
    Cell *cell = cell_of_full_machines();
    hf_allocator_pause(cell->allocator);
    revive(cell, 1);
    hf_allocator_resume(cell->allocator);
    cell_total(cell, 0, "cpus:4;mem:1100");
    cell_total(cell, 1, "cpus:4;mem:1100"); /* barren at once, since a0 was found to be */
    assert_string_equal(cell_run(cell), "");
    cell_expect_visits(cell, 3, 1); /* f1 on a2 */
    cell_free(cell);
}

/* ---- A framework alone ---- */

/* Three agents whose bundles are known to meet the minimum, since f1 was offered them. */
static Cell *cell_of_known_machines(void)
{
    Cell *cell = cell_new();
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_minimum(cell, "cpus:0.01|mem:32");
    cell_start(cell);
    cell_framework(cell, 1, "s");
    for (uint32_t a = 0; a < 3; a++) cell_agent(cell, a, "cpus:2;mem:512");
    cell_run(cell);
    assert_int_equal(cell->list.offers.count, 3);
    return cell;
}

/* f1 gives them back and wants no more; f0 is alone. */
static void f0_comes_instead(Cell *cell, const HfRoleMinimum *minimum,
                             HfOfferConstraints *constraints)
{
    HfStatus status = hf_allocator_suppress(cell->allocator, cell->now, 1, NULL, 0);
    assert_int_equal(status, HF_OK);
    cell_decline_all(cell, HF_NO_FILTER);
    HfRoleId role = cell_role(cell, "r");
    HfFrameworkSpec spec = {.name = "f0",
                            .roles = &role,
                            .role_count = 1,
                            .capabilities = HF_CAPABILITY_MULTI_ROLE,
                            .active = TRUE,
                            .minima = minimum,
                            .minimum_count = minimum != NULL,
                            .constraints = constraints};
    status = hf_allocator_framework_add(cell->allocator, cell->now, 0, &spec, NULL, 0);
    assert_int_equal(status, HF_OK);
}

/* What the tests below rely on: nothing else keeps the agents from f0. */
static void one_alone_is_given_all_agents(void **state)
{
    (void)state;
    Cell *cell = cell_of_known_machines();
    f0_comes_instead(cell, NULL, NULL);
    cell_batch(cell);
    assert_int_equal(cell->list.offers.count, 3);
    cell_free(cell);
}

/* hf_offer__try_each: a sub with a minimum of its own is not like most. */
static void one_alone_with_a_minimum_of_its_own_is_refused(void **state)
{
    (void)state;
    Cell *cell = cell_of_known_machines();
    HfQuantities min = {0};
    assert_true(hf_quantities_parse(cell->catalog, "cpus:4", &min, NULL));
    f0_comes_instead(cell, &(HfRoleMinimum){cell_role(cell, "r"), &min, 1}, NULL);
    assert_string_equal(cell_batch(cell), "");
    hf_quantities_clear(&min);
    cell_free(cell);
}

/* hf_offer__try_each: nor is one to which it matters which agent it is. */
static void one_alone_with_constraints_is_refused(void **state)
{
    (void)state;
    Cell *cell = cell_of_known_machines();
    g_autoptr(JsonNode) node = json_from_string(
        "{\"role_constraints\":{\"r\":{\"groups\":[{\"attribute_constraints\":[{\"selector\":"
        "{\"attribute_name\":\"level\"},\"predicate\":{\"exists\":{}}}]}]}}}",
        NULL);
    HfOfferConstraints *constraints = hf_offer_constraints_from_json(cell->catalog, node, NULL);
    assert_non_null(constraints);
    f0_comes_instead(cell, NULL, constraints);
    assert_string_equal(cell_batch(cell), "");
    hf_offer_constraints_unref(constraints);
    cell_free(cell);
}

/* goes_whole: an agent that does not know of several roles is not for a framework that does. */
static void one_alone_is_not_given_agents_it_cannot_use(void **state)
{
    (void)state;
    Cell *cell = cell_of_known_machines();
    for (uint32_t a = 3; a < 6; a++) {
        char name[16];
        g_snprintf(name, sizeof name, "a%u", a);
        HfResources total = cell_resources(cell, "cpus:2;mem:512");
        HfAgentSpec spec = cell_agent_spec(name, &total);
        spec.capabilities = 0;
        HfStatus status = hf_allocator_agent_add(cell->allocator, cell->now, a, &spec, NULL, 0);
        assert_int_equal(status, HF_OK);
        hf_resources_clear(cell->catalog, &total);
    }
    assert_string_equal(cell_batch(cell), "");
    cell_free(cell);
}

/* is_open_to_all: a shared volume comes back by itself, so that its agent is visited again. */
static void one_alone_is_offered_a_shared_volume_again_and_again(void **state)
{
    (void)state;
    Cell *cell = cell_new();
    cell_minimum(cell, "cpus:0.01|mem:32|disk:1");
    cell_start(cell);
    cell_framework_as(cell, 0, "r", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES, TRUE,
                      FALSE);
    cell_agent(cell, 0, "cpus:2;mem:512;disk(S:r)[v:p]{shared}:100");
    cell_batch(cell);
    assert_int_equal(cell->list.offers.count, 1);
    for (int again = 0; again < 3; again++)
        assert_string_equal(cell_batch(cell), "f0 r a0 disk(S:r)[v:p]{shared}@r:100");
    cell_free(cell);
}

/* ---- Offers that come back in a list ---- */

/* find_offer: the last grant may be the same parcel and yet another's. */
static void what_comes_back_is_taken_from_who_returns_it(void **state)
{
    (void)state;
    Cell *cell = cell_new();
    cell->config.agent_order = HF_AGENT_ORDER_SHUFFLED;
    cell_start(cell);
    cell_framework(cell, 0, "r");
    cell_agent_used(cell, 0, "cpus:4;mem:1024", 0, "r", "cpus:2;mem:512");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:2;mem@r:512");
    HfParcel *first = hf_parcel_ref(cell->list.offers.at[0].resources);
    cell_framework(cell, 1, "r");
    HfStatus status = cell_recover(cell, 0, 0, "r", "cpus:2;mem:512", HF_NO_FILTER, TRUE);
    assert_int_equal(status, HF_OK);
    assert_string_equal(cell_batch(cell), "f1 r a0 cpus@r:2;mem@r:512");
    assert_ptr_equal(cell->list.offers.at[0].resources, first);
    HfReturns returns;
    hf_allocator_returns(cell->allocator, 0, cell_role(cell, "r"), HF_NO_FILTER, &returns);
    assert_true(returns.may_move);
    status = hf_allocator_return(cell->allocator, cell->now, &returns, &(HfReturned){0, first}, 1);
    assert_int_equal(status, HF_OK);
    hf_parcel_drop(cell->catalog, &first);
    status = hf_allocator_suppress(cell->allocator, cell->now, 1, NULL, 0);
    assert_int_equal(status, HF_OK);
    cell_back(cell, 1, 0, "r", "cpus:2;mem:512");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:4;mem@r:1024");
    cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_back_is_offered_in_a_run_over_all_agents),
        cmocka_unit_test(an_agent_given_away_after_a_gain_is_not_passed_by),
        cmocka_unit_test(an_agent_given_away_by_an_event_is_not_passed_by),
        cmocka_unit_test(an_agent_that_saw_more_than_others_is_not_passed_by_with_them),
        cmocka_unit_test(one_alone_is_given_all_agents),
        cmocka_unit_test(one_alone_with_a_minimum_of_its_own_is_refused),
        cmocka_unit_test(one_alone_with_constraints_is_refused),
        cmocka_unit_test(one_alone_is_not_given_agents_it_cannot_use),
        cmocka_unit_test(one_alone_is_offered_a_shared_volume_again_and_again),
        cmocka_unit_test(what_comes_back_is_taken_from_who_returns_it),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
