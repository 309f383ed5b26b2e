/* Maintenance, whitelist, operations on resources, and what is used before it is known. */
#include "unit/allocator/cell.h"

static int setup(void **state)
{
    Cell *cell = cell_new();
    cell_start(cell);
    *state = cell;
    return 0;
}

static int teardown(void **state)
{
    cell_free(*state);
    return 0;
}

/* ---- Maintenance ---- */

static void who_holds_something_is_told_of_maintenance(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "s");
    cell_agent(cell, 0, "cpus:2;mem:512");
    cell_run(cell);
    assert_int_equal(hf_allocator_unavailability_set(allocator, 0, 0, TRUE, 60 * HF_NS_PER_SECOND,
                                                     HF_TIME_NEVER),
                     HF_OK);
    cell_run(cell);
    assert_int_equal(cell->list.inverse.count, 1);
    assert_int_equal(cell->list.inverse.at[0].framework, 0);
    assert_int_equal(cell->list.inverse.at[0].start, 60 * HF_NS_PER_SECOND);
    cell_batch(cell); /* it is outstanding */
    assert_int_equal(cell->list.inverse.count, 0);
    assert_int_equal(
        hf_allocator_inverse_response(allocator, cell->now, 0, 0, HF_INVERSE_DECLINE, HF_NO_FILTER),
        HF_OK);
    cell_batch(cell);
    assert_int_equal(cell->list.inverse.count, 1);
    assert_int_equal(
        hf_allocator_inverse_response(allocator, cell->now, 0, 0, HF_INVERSE_ACCEPT, 1.0), HF_OK);
    cell_batch(cell); /* the filter is younger than this batch's timer */
    assert_int_equal(cell->list.inverse.count, 0);
    cell_batch(cell);
    assert_int_equal(cell->list.inverse.count, 1);
    assert_int_equal(hf_allocator_unavailability_set(allocator, cell->now, 0, FALSE, 0, 0), HF_OK);
    assert_int_equal(
        hf_allocator_inverse_response(allocator, cell->now, 0, 0, HF_INVERSE_ACCEPT, 0.0),
        HF_CONFLICT);
}

/* ---- Whitelist ---- */

static void only_whitelisted_hosts_are_offered(void **state)
{
    Cell *cell = *state;
    static const char *const hosts[] = {"a1"};
    hf_allocator_whitelist_set(cell->allocator, 0, hosts, 1);
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:1");
    cell_agent(cell, 1, "cpus:1");
    assert_string_equal(cell_run(cell), "f0 r a1 cpus@r:1");
    hf_allocator_whitelist_set(cell->allocator, 0, NULL, 0);
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1");
}

/* ---- Operations ---- */

static HfConversions reserve(Cell *cell, const char *text)
{
    HfOperation operation = {.type = HF_OPERATION_RESERVE, .resources = cell_resources(cell, text)};
    HfConversions conversions = {0};
    assert_true(hf_operation_convert(cell->catalog, &operation, &conversions, NULL));
    hf_operation_clear(cell->catalog, &operation);
    return conversions;
}

/* Reserved in the offer, given back without filter: offered again with the reservation. */
static void a_reservation_changes_offer_and_total(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:4;mem:512");
    cell_run(cell);
    HfConversions conversions = reserve(cell, "cpus(D:r,p=x):3");
    HfResources offered = cell_resources(cell, "cpus@r:4;mem@r:512"), converted = {0};
    assert_int_equal(hf_allocator_update_allocation(cell->allocator, 0, 0, 0, cell_role(cell, "r"),
                                                    &offered, &conversions, &converted, NULL),
                     HF_OK);
    g_autofree char *text = hf_resources_to_text(cell->catalog, &converted);
    assert_string_equal(text, "cpus(D:r,p=x)@r:3;cpus@r:1;mem@r:512");
    /* a second time there is no unreserved 3 left; nothing changes */
    g_autoptr(GError) error = NULL;
    assert_int_equal(hf_allocator_update_allocation(cell->allocator, 0, 0, 0, cell_role(cell, "r"),
                                                    &converted, &conversions, NULL, &error),
                     HF_CONFLICT);
    assert_non_null(error);
    assert_int_equal(cell_recover(cell, 0, 0, "r", text, HF_NO_FILTER, FALSE), HF_OK);
    assert_false(hf_allocator_wants_run(cell->allocator));
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus(D:r,p=x)@r:3;cpus@r:1;mem@r:512");
    hf_conversions_clear(cell->catalog, &conversions);
    hf_resources_clear(cell->catalog, &offered);
    hf_resources_clear(cell->catalog, &converted);
}

/* What is offered cannot be reserved by an operator, though the total has it. */
static void operators_change_only_what_is_available(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:4;mem:512");
    cell_run(cell);
    HfOperation operation = {.type = HF_OPERATION_RESERVE,
                             .resources = cell_resources(cell, "cpus(D:s,p=x):3")};
    assert_int_equal(hf_allocator_update_available(cell->allocator, 0, 0, &operation, 1, NULL),
                     HF_CONFLICT);
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus@r:4;mem@r:512", HF_NO_FILTER, FALSE),
                     HF_OK);
    assert_int_equal(hf_allocator_update_available(cell->allocator, 0, 0, &operation, 1, NULL),
                     HF_OK);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1;mem@r:512");
    hf_operation_clear(cell->catalog, &operation);
}

/* ---- Shared volumes ---- */

/* Always available, once per run: f1 gets the volume that f0 holds, and both count it. */
static void a_shared_volume_is_offered_again(void **state)
{
    Cell *cell = *state;
    uint32_t capabilities = HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES;
    cell_framework_as(cell, 0, "r", capabilities, TRUE, FALSE);
    cell_framework_as(cell, 1, "r", capabilities, TRUE, FALSE);
    cell_agent(cell, 0, "disk(S:r)[v:p]{shared}:100");
    assert_string_equal(cell_run(cell), "f0 r a0 disk(S:r)[v:p]{shared}@r:100");
    assert_string_equal(cell_batch(cell), "f1 r a0 disk(S:r)[v:p]{shared}@r:100");
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 1.0);
    assert_int_equal(
        cell_recover(cell, 0, 0, "r", "disk(S:r)[v:p]{shared}@r:100", HF_NO_FILTER, FALSE), HF_OK);
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 1.0);
    assert_int_equal(
        cell_recover(cell, 1, 0, "r", "disk(S:r)[v:p]{shared}@r:100", HF_NO_FILTER, FALSE), HF_OK);
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 0.0);
}

/* ---- Used before it is known ---- */

/* What a framework holds makes less available at once, but counts for nobody until it is added. */
static void used_of_an_unknown_framework_counts_once_it_is_added(void **state)
{
    Cell *cell = *state;
    HfResources total = cell_resources(cell, "cpus:4"), used = cell_resources(cell, "cpus:1");
    HfAgentSpec spec = cell_agent_spec("a0", &total);
    HfRoleId role = cell_role(cell, "r");
    HfHolding holding = {
        .framework = 0, .agent = 0, .role = role, .resources = &used, .framework_name = "f0"};
    assert_int_equal(hf_allocator_agent_add(cell->allocator, 0, 0, &spec, &holding, 1), HF_OK);
    assert_true(hf_allocator_role_share(cell->allocator, role) == 0.0);
    HfFrameworkSpec framework = {.name = "f0",
                                 .roles = &role,
                                 .role_count = 1,
                                 .capabilities = HF_CAPABILITY_MULTI_ROLE,
                                 .active = TRUE};
    assert_int_equal(hf_allocator_framework_add(cell->allocator, 0, 0, &framework, &holding, 1),
                     HF_OK);
    assert_true(hf_allocator_role_share(cell->allocator, role) == 0.25);
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:3");
    hf_resources_clear(cell->catalog, &total);
    hf_resources_clear(cell->catalog, &used);
}

/* A role given up is left when the last of it comes back. */
static void a_role_given_up_lasts_until_it_is_empty(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r,s");
    cell_agent(cell, 0, "cpus:4");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:4");
    cell_framework_as(cell, 0, "s", HF_CAPABILITY_MULTI_ROLE, TRUE, TRUE);
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 1.0);
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus@r:4", 100.0, FALSE), HF_OK);
    assert_true(hf_allocator_role_share(cell->allocator, cell_role(cell, "r")) == 0.0);
    assert_string_equal(cell_batch(cell), "f0 s a0 cpus@s:4");
}

/* Less than is used: nothing is taken away, and nothing more is offered until enough came back. */
static void an_agent_may_shrink_below_what_is_used(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:4;mem:512");
    cell_run(cell);
    HfResources total = cell_resources(cell, "cpus:2;mem:1024");
    HfAgentSpec spec = cell_agent_spec("a0", &total);
    assert_int_equal(hf_allocator_agent_update(cell->allocator, 0, 0, &spec), HF_OK);
    assert_string_equal(cell_run(cell), "f0 r a0 mem@r:512");
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus@r:1", HF_NO_FILTER, FALSE), HF_OK);
    assert_string_equal(cell_batch(cell), "");
    assert_int_equal(cell_recover(cell, 0, 0, "r", "cpus@r:2", HF_NO_FILTER, FALSE), HF_OK);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:1");
    hf_resources_clear(cell->catalog, &total);
}

int main(void)
{
    hf_test_init();
#define OPERATOR_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        OPERATOR_TEST(who_holds_something_is_told_of_maintenance),
        OPERATOR_TEST(only_whitelisted_hosts_are_offered),
        OPERATOR_TEST(a_reservation_changes_offer_and_total),
        OPERATOR_TEST(operators_change_only_what_is_available),
        OPERATOR_TEST(a_shared_volume_is_offered_again),
        OPERATOR_TEST(used_of_an_unknown_framework_counts_once_it_is_added),
        OPERATOR_TEST(a_role_given_up_lasts_until_it_is_empty),
        OPERATOR_TEST(an_agent_may_shrink_below_what_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
