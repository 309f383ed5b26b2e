/*
 * Operations on resources, of frameworks on what they hold and of operators on what nobody holds,
 * and the roles that come and go with reservations. Each behaviour is one that a test of Mesos
 * pins.
 */
#include "unit/allocator/cell.h"

#include "resource/error.h"

#define SHARED (HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES)

/* The volume is in the offer, in the total, and in the next offer. Mesos rows: 25. */
static void a_volume_is_offered_again(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:100;mem:100;disk(S:r):100");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus@r:100;disk(S:r)@r:100;mem@r:100");
    assert_int_equal(cell_operate(cell, 0, 0, "r", "cpus@r:100;disk(S:r)@r:100;mem@r:100",
                                  HF_OPERATION_CREATE, "disk(S:r)[v:p]:5"),
                     HF_OK);
    cell_expect(cell, "agents|a0|total",
                "[\"cpus:100\",\"disk(S:r):95\",\"disk(S:r)[v:p]:5\",\"mem:100\"]");
    cell_back(cell, 0, 0, "r", "cpus@r:100;disk(S:r)@r:95;disk(S:r)[v:p]@r:5;mem@r:100");
    assert_string_equal(cell_batch(cell),
                        "f0 r a0 cpus@r:100;disk(S:r)@r:95;disk(S:r)[v:p]@r:5;mem@r:100");
}

/* A conversion to nothing takes it from the total for good. Mesos rows: 26. */
static void a_conversion_may_leave_nothing(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:100;mem:100;disk:100");
    cell_run(cell);
    HfConversion gone = {.consumed = cell_resources(cell, "disk@r:100")};
    HfConversions conversions = {&gone, 1};
    HfResources offered = cell_resources(cell, "cpus@r:100;disk@r:100;mem@r:100"), left = {0};
    assert_int_equal(hf_allocator_update_allocation(cell->allocator, 0, 0, 0, cell_role(cell, "r"),
                                                    &offered, &conversions, &left, NULL),
                     HF_OK);
    g_autofree char *text = hf_resources_to_text(cell->catalog, &left);
    assert_string_equal(text, "cpus@r:100;mem@r:100");
    cell_expect(cell, "total", "{\"cpus\":100,\"mem\":100}");
    cell_back(cell, 0, 0, "r", text);
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:100;mem@r:100");
    hf_resources_clear(cell->catalog, &gone.consumed);
    hf_resources_clear(cell->catalog, &offered);
    hf_resources_clear(cell->catalog, &left);
}

/* Created and destroyed, a shared volume leaves everything as it was. Mesos rows: 27. */
static void a_shared_volume_leaves_no_trace(void **state)
{
    Cell *cell = *state;
    static const char *const before = "cpus@r:100;disk(S:r)@r:100;mem@r:100";
    static const char *const with =
        "cpus@r:100;disk(S:r)@r:95;disk(S:r)[v:p]{shared}@r:5;mem@r:100";
    g_autofree char *first = g_strconcat("f0 r a0 ", before, NULL);
    g_autofree char *second = g_strconcat("f0 r a0 ", with, NULL);
    cell_framework_as(cell, 0, "r", SHARED, TRUE, FALSE);
    cell_agent(cell, 0, "cpus:100;mem:100;disk(S:r):100");
    assert_string_equal(cell_run(cell), first);
    assert_int_equal(
        cell_operate(cell, 0, 0, "r", before, HF_OPERATION_CREATE, "disk(S:r)[v:p]{shared}:5"),
        HF_OK);
    cell_back(cell, 0, 0, "r", with);
    assert_string_equal(cell_batch(cell), second);
    assert_int_equal(
        cell_operate(cell, 0, 0, "r", with, HF_OPERATION_DESTROY, "disk(S:r)[v:p]{shared}:5"),
        HF_OK);
    cell_back(cell, 0, 0, "r", before);
    assert_string_equal(cell_batch(cell), first);
    cell_expect(cell, "agents|a0|total", "[\"cpus:100\",\"disk(S:r):100\",\"mem:100\"]");
}

/* Who has not the capability sees everything but the volume. Mesos rows: 28. */
static void shared_volumes_are_for_who_knows_them(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:100;mem:100;disk(S:r):100");
    cell_run(cell);
    assert_int_equal(cell_operate(cell, 0, 0, "r", "cpus@r:100;disk(S:r)@r:100;mem@r:100",
                                  HF_OPERATION_CREATE, "disk(S:r)[v:p]{shared}:5"),
                     HF_OK);
    cell_back(cell, 0, 0, "r", "cpus@r:100;disk(S:r)@r:95;disk(S:r)[v:p]{shared}@r:5;mem@r:100");
    assert_string_equal(cell_batch(cell), "f0 r a0 cpus@r:100;disk(S:r)@r:95;mem@r:100");
    cell_back(cell, 0, 0, "r", "cpus@r:100;disk(S:r)@r:95;mem@r:100");
    cell_framework_as(cell, 1, "r", SHARED, TRUE, FALSE);
    assert_string_equal(cell_run(cell), "f1 r a0 cpus@r:100;disk(S:r)@r:95;"
                                        "disk(S:r)[v:p]{shared}@r:5;mem@r:100");
}

/* An operator reserves what nobody holds, at once. Mesos rows: 29. */
static void operators_reserve_what_is_free(void **state)
{
    Cell *cell = *state;
    cell_agent(cell, 0, "cpus:100;mem:100;disk:100");
    assert_int_equal(
        cell_operator(cell, 0, HF_OPERATION_RESERVE, "cpus(D:r,p=x):25;mem(D:r,p=x):50"), HF_OK);
    cell_expect(cell, "roles|r|reserved", "{\"cpus\":25,\"mem\":50}");
    cell_framework(cell, 0, "r");
    assert_string_equal(cell_run(cell), "f0 r a0 cpus(D:r,p=x)@r:25;cpus@r:75;disk@r:100;"
                                        "mem(D:r,p=x)@r:50;mem@r:50");
}

/* ... and nothing of what is offered. Mesos rows: 30. */
static void operators_do_not_reserve_what_is_offered(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:100;mem:100;disk:100");
    cell_run(cell);
    g_autofree char *before = cell_state(cell);
    assert_int_equal(
        cell_operator(cell, 0, HF_OPERATION_RESERVE, "cpus(D:r,p=x):25;mem(D:r,p=x):50"),
        HF_CONFLICT);
    g_autofree char *after = cell_state(cell);
    assert_string_equal(before, after);
}

/* One operation for each code that applying can end with, after another one that would apply: the
 * list is refused as a whole, the error names the code, and nothing is changed. */
static void refused_operations_change_nothing(void **state)
{
    static const struct {
        const char *operation;
        int code;
    } cases[] = {
        {"{'type':'RESERVE','resources':['cpus:1']}", HF_RESOURCE_ERROR_NOT_DYNAMIC},
        {"{'type':'UNRESERVE','resources':['cpus:1']}", HF_RESOURCE_ERROR_NOT_DYNAMIC},
        {"{'type':'CREATE','volumes':['disk(S:r):1']}", HF_RESOURCE_ERROR_NOT_PERSISTENT},
        {"{'type':'CREATE','volumes':['disk(S:r)[a:p]{shared*2}:1e12']}",
         HF_RESOURCE_ERROR_TOO_LARGE},
        {"{'type':'DESTROY','volumes':['disk(S:r)[x:p]:1']}", HF_RESOURCE_ERROR_NOT_CONTAINED},
        {"{'type':'DESTROY','volumes':['disk(S:r)[s:p]{shared}:10']}",
         HF_RESOURCE_ERROR_STILL_THERE},
        {"{'type':'GROW_VOLUME','volume':'disk(S:r):1','addition':'disk(S:r):1'}",
         HF_RESOURCE_ERROR_NOT_PERSISTENT},
        {"{'type':'GROW_VOLUME','volume':'disk(S:r)[v:p]:20','addition':'cpus:1'}",
         HF_RESOURCE_ERROR_GROW},
        {"{'type':'SHRINK_VOLUME','volume':'disk(S:r)[v:p]:20','subtract':20}",
         HF_RESOURCE_ERROR_SHRINK},
        {"{'type':'RESERVE','resources':['cpus(D:r):9']}", HF_RESOURCE_ERROR_NOT_CONTAINED},
    };
    Cell *cell = *state;
    cell_framework(cell, 0, "!r");
    cell_agent(cell, 0,
               "cpus:4;mem:512;disk(S:r):100;disk(S:r)[v:p]:20;"
               "disk(S:r)[s:p]{shared*2}:10");
    g_autofree char *before = cell_state(cell);
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autofree char *text = g_strdelimit(g_strdup(cases[c].operation), "'", '"');
        g_autoptr(JsonNode) node = json_from_string(text, NULL);
        HfOperation operations[2] = {cell_operation(cell, HF_OPERATION_RESERVE, "cpus(D:r,p=x):1")};
        g_autoptr(GError) error = NULL;
        assert_non_null(node);
        if (!hf_operation_from_json(cell->catalog, node, &operations[1], &error))
            fail_msg("%s: %s", text, error->message);
        assert_int_equal(
            hf_allocator_update_available(cell->allocator, 0, 0, operations, 2, &error),
            HF_CONFLICT);
        if (!g_error_matches(error, HF_RESOURCE_ERROR, cases[c].code))
            fail_msg("%s: %d %s", text, error->code, error->message);
        g_autofree char *after = cell_state(cell);
        assert_string_equal(before, after);
        for (int o = 0; o < 2; o++) hf_operation_clear(cell->catalog, &operations[o]);
    }
    assert_string_equal(cell_run(cell), "");
}

/* A role and its ancestors are there as long as something is said of it: weight, quota,
 * reservation, framework. Reservations sum up the tree, frameworks do not. Mesos rows: 124. */
static void roles_come_and_go_with_what_is_said_of_them(void **state)
{
    Cell *cell = *state;
    HfAllocator *allocator = cell->allocator;
    HfRoleId nested = cell_role(cell, "a/b/c");
    cell_expect(cell, "roles", "{}");
    assert_int_equal(hf_allocator_weight_set(allocator, 0, nested, 2.0), HF_OK);
    cell_expect(cell, "roles|a/b/c|weight", "2");
    cell_expect(cell, "roles|a/b|weight", "1");
    cell_expect(cell, "roles|a|weight", "1");
    assert_int_equal(hf_allocator_weight_set(allocator, 0, nested, 1.0), HF_OK);
    cell_expect(cell, "roles", "{}");
    cell_quota(cell, "a", "cpus:1", "cpus:1");
    cell_expect(cell, "roles|a|guarantees", "{\"cpus\":1}");
    cell_quota(cell, "a", "", "");
    cell_expect(cell, "roles", "{}");
    cell_agent(cell, 0, "cpus(S:a/b/c):1");
    cell_expect(cell, "roles|a|reserved", "{\"cpus\":1}");
    cell_expect(cell, "roles|a/b|reserved", "{\"cpus\":1}");
    cell_expect(cell, "roles|a/b/c|reserved", "{\"cpus\":1}");
    assert_int_equal(hf_allocator_agent_remove(allocator, 0, 0), HF_OK);
    cell_expect(cell, "roles", "{}");
    cell_framework(cell, 0, "a/b/c");
    cell_expect(cell, "roles|a/b/c|frameworks", "[\"f0\"]");
    cell_expect(cell, "roles|a/b|frameworks", "[]");
    cell_expect(cell, "roles|a|frameworks", "[]");
    assert_int_equal(hf_allocator_framework_remove(allocator, 0, 0), HF_OK);
    cell_expect(cell, "roles", "{}");
}

/* ---- What the sorters hold after an operation ---- */

/* Names and amounts only, so a volume made of disk changes nothing; on several agents, and for a
 * nested client, as well. Mesos rows: 109, 110, 112, 113. */
static void sorters_keep_amounts_whatever_is_made_of_them(void **state)
{
    static const char *const roles[] = {"a", "a/x"};
    for (size_t r = 0; r < G_N_ELEMENTS(roles); r++) {
        Cell *cell = cell_new_started();
        const char *role = roles[r];
        g_autofree char *total =
            g_strdup_printf("cpus:10;mem:10;disk(S:%s):10;ports:[31000-32000]", role);
        g_autofree char *offered =
            g_strdup_printf("cpus@%s:10;disk(S:%s)@%s:10;mem@%s:10;ports@%s:[31000-32000]", role,
                            role, role, role, role);
        g_autofree char *volume = g_strdup_printf("disk(S:%s)[v:p]:5", role);
        g_autofree char *sorter = g_strdup_printf("framework_sorters|%s", role);
        g_autofree char *reserved = g_strdup_printf("roles|%s|reserved", role);
        cell_framework(cell, 0, role);
        for (uint32_t a = 0; a < 2; a++) cell_agent(cell, a, total);
        cell_run(cell);
        assert_int_equal(cell->list.offers.count, 2);
        static const char *const sums =
            "[{\"path\":\"f0\",\"kind\":\"active\",\"share\":1,\"count\":2,"
            "\"allocated\":{\"cpus\":20,\"mem\":20,\"disk\":20}}]"; /* ports are no scalars */
        cell_expect(cell, sorter, sums);
        for (uint32_t a = 0; a < 2; a++)
            assert_int_equal(cell_operate(cell, 0, a, role, offered, HF_OPERATION_CREATE, volume),
                             HF_OK);
        cell_expect(cell, sorter, sums); /* no allocation is counted either */
        cell_expect(cell, reserved, "{\"disk\":20}");
        cell_free(cell);
    }
}

/* An allocation that becomes nothing is none: the role that was given up is left, and the agent has
 * nothing of the framework. Mesos rows: 109. */
static void an_allocation_may_become_nothing(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_agent(cell, 0, "cpus:2;mem:64");
    cell_run(cell);
    HfConversion gone = {.consumed = cell_resources(cell, "cpus@r:2;mem@r:64")};
    HfConversions conversions = {&gone, 1};
    HfResources left = {0};
    assert_int_equal(hf_allocator_update_allocation(cell->allocator, 0, 0, 0, cell_role(cell, "r"),
                                                    &gone.consumed, &conversions, &left, NULL),
                     HF_OK);
    assert_true(hf_resources_is_empty(&left));
    cell_expect(cell, "agents|a0|used", "{}");
    cell_expect(cell, "framework_sorters|r",
                "[{\"path\":\"f0\",\"kind\":\"active\",\"share\":0,\"count\":1,\"allocated\":{}}]");
    hf_resources_clear(cell->catalog, &gone.consumed);
}

/* What an inactive client holds can be asked for like that of the others. Mesos rows: 111. */
static void inactive_clients_hold_what_they_hold(void **state)
{
    Cell *cell = *state;
    cell_framework(cell, 0, "r");
    cell_framework(cell, 1, "r");
    cell_agent(cell, 0, "cpus:2;mem:2048");
    cell_run(cell);
    cell_agent(cell, 1, "cpus:6;mem:6144");
    cell_run(cell);
    assert_int_equal(hf_allocator_suppress(cell->allocator, 0, 0, NULL, 0), HF_OK);
    cell_expect(cell, "framework_sorters|r",
                "[{\"path\":\"f1\",\"kind\":\"active\",\"share\":0.75,\"count\":1,"
                "\"allocated\":{\"cpus\":6,\"mem\":6144}},"
                "{\"path\":\"f0\",\"kind\":\"inactive\",\"count\":1,"
                "\"allocated\":{\"cpus\":2,\"mem\":2048}}]");
    cell_expect(cell, "role_sorter",
                "[{\"path\":\"r\",\"kind\":\"active\",\"share\":1,\"count\":2,"
                "\"allocated\":{\"cpus\":8,\"mem\":8192}}]");
    cell_expect_order(cell, "r", "f1");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        CELL_TEST(a_volume_is_offered_again),
        CELL_TEST(a_conversion_may_leave_nothing),
        CELL_TEST(a_shared_volume_leaves_no_trace),
        CELL_TEST(shared_volumes_are_for_who_knows_them),
        CELL_TEST(operators_reserve_what_is_free),
        CELL_TEST(operators_do_not_reserve_what_is_offered),
        CELL_TEST(refused_operations_change_nothing),
        CELL_TEST(roles_come_and_go_with_what_is_said_of_them),
        CELL_TEST(sorters_keep_amounts_whatever_is_made_of_them),
        CELL_TEST(an_allocation_may_become_nothing),
        CELL_TEST(inactive_clients_hold_what_they_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
