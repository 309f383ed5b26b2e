/* Cutting demands out of offers. */
#include "support/test.h"

#include <string.h>

#include "models/frameworks/constraint.h"
#include "models/frameworks/placement.h"
#include "resource/text.h"
#include "world/model.h"

static HfCatalog *catalog;

static int setup(void **state)
{
    catalog = hf_catalog_new(0);
    return 0;
}

static int teardown(void **state)
{
    hf_catalog_free(catalog);
    return 0;
}

static HfResources parse(const char *text)
{
    HfResources resources = {0};
    GError *error = NULL;
    if (!hf_resources_parse(catalog, text, HF_ROLE_STAR, HF_PARSE_AGENT, &resources, &error))
        fail_msg("%s: %s", text, error->message);
    return resources;
}

static HfDemand demand_of(const char *text, uint32_t ports)
{
    HfDemand demand = {0};
    GError *error = NULL;
    if (!hf_demand_parse(catalog, text, &demand, &error)) fail_msg("%s", error->message);
    demand.ports = ports;
    return demand;
}

static void fits_counts_whole_tasks_of_the_scarcest_kind(void **state)
{
    static const struct {
        const char *pool, *demand;
        uint32_t ports, limit, fits;
    } cases[] = {
        {"cpus:4;mem:1000", "cpus:1;mem:100", 0, 100, 4},
        {"cpus:4;mem:1000", "cpus:0.3", 0, 100, 13},
        {"cpus:4;mem:299", "cpus:1;mem:100", 0, 100, 2},
        {"cpus:4;mem:1000", "cpus:1;mem:100", 0, 3, 3},
        {"cpus:4", "cpus:1;mem:100", 0, 100, 0},
        {"cpus:0.999", "cpus:1", 0, 100, 0},
        {"cpus:4;ports:[1-5,8-9]", "cpus:1", 3, 100, 2}, /* seven ports */
        {"cpus:4;ports:[1-5]", "cpus:1", 6, 100, 0},
        {"cpus(a):1;cpus(*):2", "cpus:1", 0, 100, 3},
        {"cpus:4", "cpus:1", 0, 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources pool = parse(cases[i].pool);
        HfDemand demand = demand_of(cases[i].demand, cases[i].ports);
        assert_int_equal(hf_demand_fits(catalog, &demand, &pool, cases[i].limit), cases[i].fits);
        hf_resources_clear(catalog, &pool);
    }
}

static void cut_takes_reserved_first_and_the_lowest_ports(void **state)
{
    static const struct {
        const char *pool, *demand;
        uint32_t ports;
        const char *cut, *left;
    } cases[] = {
        {"cpus:4;mem:1000", "cpus:1;mem:100", 0, "cpus:1;mem:100", "cpus:3;mem:900"},
        {"cpus:4", "cpus:4", 0, "cpus:4", ""},
        {"cpus(a):1;cpus(*):2", "cpus:1.5", 0, "cpus(a):1;cpus(*):0.5", "cpus(*):1.5"},
        {"cpus(*):2;cpus(a):1;mem:10", "cpus:1", 0, "cpus(a):1", "cpus(*):2;mem:10"},
        {"cpus:1;ports:[1-2,5-9]", "cpus:1", 4, "cpus:1;ports:[1-2,5-6]", "ports:[7-9]"},
        {"cpus:1;ports:[5-9]", "cpus:0.5", 5, "cpus:0.5;ports:[5-9]", "cpus:0.5"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources pool = parse(cases[i].pool), out = {0};
        HfDemand demand = demand_of(cases[i].demand, cases[i].ports);
        hf_demand_cut(catalog, &demand, &pool, &out);
        HfResources cut = parse(cases[i].cut), left = {0};
        if (cases[i].left[0]) left = parse(cases[i].left);
        assert_true(hf_resources_equal(catalog, &out, &cut));
        assert_true(hf_resources_equal(catalog, &pool, &left));
        hf_resources_clear(catalog, &pool);
        hf_resources_clear(catalog, &out);
        hf_resources_clear(catalog, &cut);
        hf_resources_clear(catalog, &left);
    }
}

/* One after another: each must give what a cut gives, whatever the one before it gave. */
static void taking_gives_what_a_cut_gives(void **state)
{
    static const struct {
        const char *pool, *demand;
        uint32_t ports;
    } cases[] = {
        {"cpus:4;mem:1000", "cpus:1;mem:100", 0},
        {"cpus:1;mem:100", "cpus:1;mem:100", 0},                /* the same */
        {"cpus(a):1;cpus(*):2;mem:100", "cpus:1;mem:100", 0},   /* reserved ones first */
        {"cpus(*):2;cpus(a):0.5;mem:100", "cpus:1;mem:100", 0}, /* not all of it is reserved */
        {"cpus(a):3;mem:100;disk:7", "cpus:1;mem:100", 0},
        {"cpus(a):3;cpus(b):3;mem:100", "cpus:1;mem:100", 0},
        {"cpus(b):3;mem:100;disk:7", "cpus:1;mem:100", 0},
        {"cpus:9;mem:100", "cpus:2;mem:100", 0},
        {"cpus:9;mem:100", "cpus:2", 0},
        {"cpus:9;ports:[1-3]", "cpus:2", 1},
        {"cpus:9;ports:[2-3]", "cpus:2", 1},
    };
    HfParcel *last = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources pool = parse(cases[i].pool), left = parse(cases[i].pool), cut = {0};
        HfDemand demand = demand_of(cases[i].demand, cases[i].ports);
        HfParcel *taken = hf_demand_take(catalog, &demand, &pool, &last);
        hf_demand_cut(catalog, &demand, &left, &cut);
        assert_ptr_equal(taken, last);
        assert_true(hf_resources_equal(catalog, hf_parcel_resources(taken), &cut));
        assert_true(hf_resources_equal(catalog, &pool, &left));
        hf_parcel_drop(catalog, &taken);
        hf_resources_clear(catalog, &pool);
        hf_resources_clear(catalog, &left);
        hf_resources_clear(catalog, &cut);
    }
    hf_parcel_drop(catalog, &last);
}

/* More pools than are remembered, each cut until nothing fits, twice. What is left of one may push
 * it out of its place. */
static void what_is_remembered_of_a_cut_is_what_it_gives(void **state)
{
    HfDemand demand = demand_of("cpus:1;mem:100", 0);
    HfCuts cuts = {0};
    HfParcel *others[37] = {0}; /* come and go, so that any number may be the next */
    HfResources other = parse("bugs:{a}");
    uint32_t step = 0;
    for (int i = 0; i < 80; i++) {
        g_autofree char *text = g_strdup_printf("cpus:%d;mem:%d;%s", i % 40, 100 * (i % 40) + 3,
                                                i % 2 ? "disk:7" : "bugs:{a}");
        HfResources left = parse(text), cut = {0};
        HfParcel *first = hf_parcel_copy(catalog, &left), *pool = first;
        while (hf_demand_fits(catalog, &demand, &left, 1) > 0) {
            uint32_t k = step++ * 11 % G_N_ELEMENTS(others);
            hf_parcel_drop(catalog, &others[k]);
            if (step % 3 > 0) others[k] = hf_parcel_copy(catalog, &other);
            const HfCut *known = hf_cuts_find(&cuts, catalog, &demand, pool);
            hf_demand_cut(catalog, &demand, &left, &cut);
            assert_true(hf_resources_equal(catalog, hf_parcel_resources(known->task), &cut));
            pool = known->rest;
            assert_true(hf_resources_equal(catalog, hf_parcel_resources(pool), &left));
        }
        assert_null(hf_cuts_find(&cuts, catalog, &demand, pool)->task);
        hf_parcel_drop(catalog, &first);
        hf_resources_clear(catalog, &left);
        hf_resources_clear(catalog, &cut);
    }
    for (size_t k = 0; k < G_N_ELEMENTS(others); k++) hf_parcel_drop(catalog, &others[k]);
    hf_resources_clear(catalog, &other);
    hf_cuts_clear(&cuts, catalog);
}

static void cutting_more_than_there_is_is_a_programming_error(void **state)
{
    HfResources pool = parse("cpus:1"), out = {0};
    HfDemand demand = demand_of("cpus:2", 0);
    expect_assert_failure(hf_demand_cut(catalog, &demand, &pool, &out));
    hf_resources_clear(catalog, &pool);
    hf_resources_clear(catalog, &out);
}

static void amounts_of_a_kind_add_up_and_nothing_counts_as_nothing(void **state)
{
    HfDemand demand = {0};
    assert_true(hf_demand_add(&demand, HF_KIND_CPUS, 0));
    assert_int_equal(demand.count, 0);
    assert_true(hf_demand_add(&demand, HF_KIND_CPUS, 500));
    assert_true(hf_demand_add(&demand, HF_KIND_MEM, 100));
    assert_true(hf_demand_add(&demand, HF_KIND_CPUS, 700));
    assert_int_equal(demand.count, 2);
    assert_int_equal(demand.milli[0], 1200);
    HfResources wanted = {0}, expected = parse("cpus:1.2;mem:0.1");
    demand.ports = 3; /* left out */
    hf_demand_resources(catalog, &demand, &wanted);
    assert_true(hf_resources_equal(catalog, &wanted, &expected));
    hf_resources_clear(catalog, &wanted);
    hf_resources_clear(catalog, &expected);
}

static void only_so_many_kinds_fit_into_a_demand(void **state)
{
    HfDemand demand = {0};
    for (uint32_t k = 0; k < HF_DEMAND_KINDS; k++) assert_true(hf_demand_add(&demand, k, 1));
    assert_false(hf_demand_add(&demand, HF_DEMAND_KINDS, 1));
    assert_true(hf_demand_add(&demand, 0, 1));
}

static void texts_that_are_no_demand_are_refused_with_a_reason(void **state)
{
    static const char *const bad[] = {"ports:[1-2]", "disks:{a,b}", "cpus(web):1",
                                      "a:1;b:1;c:1;d:1;e:1;f:1;g:1;h:1;i:1", "cpus:x"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        HfDemand demand = {.count = 77};
        GError *error = NULL;
        assert_false(hf_demand_parse(catalog, bad[i], &demand, &error));
        assert_non_null(error);
        assert_int_equal(demand.count, 77); /* left alone */
        g_error_free(error);
    }
}

static void constraints_allow_any_of_their_values(void **state)
{
    HfConstraintValues values = {0};
    HfConstraint any = hf_constraint_parse(catalog, NULL, &values);
    HfConstraint one = hf_constraint_parse(catalog, "gpu_model:T4", &values);
    HfConstraint two = hf_constraint_parse(catalog, "gpu_model:P100|V100", &values);
    static const struct {
        const char *attributes;
        gboolean any, one, two;
    } cases[] = {
        {"gpu_model:T4", TRUE, TRUE, FALSE},   {"gpu_model:V100;rack:r1", TRUE, FALSE, TRUE},
        {"gpu_model:P100", TRUE, FALSE, TRUE}, {"gpu_model:V10", TRUE, FALSE, FALSE},
        {"gpu_model:7", TRUE, FALSE, FALSE}, /* a number */
        {"model:T4", TRUE, FALSE, FALSE}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfAttributes attributes = {0};
        assert_true(hf_attributes_parse(catalog, cases[i].attributes, &attributes, NULL));
        assert_int_equal(hf_constraint_allows(&any, &values, &attributes), cases[i].any);
        assert_int_equal(hf_constraint_allows(&one, &values, &attributes), cases[i].one);
        assert_int_equal(hf_constraint_allows(&two, &values, &attributes), cases[i].two);
        hf_attributes_clear(catalog, &attributes);
    }
    hf_vec_clear(&values);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_counts_whole_tasks_of_the_scarcest_kind),
        cmocka_unit_test(cut_takes_reserved_first_and_the_lowest_ports),
        cmocka_unit_test(taking_gives_what_a_cut_gives),
        cmocka_unit_test(what_is_remembered_of_a_cut_is_what_it_gives),
        cmocka_unit_test(cutting_more_than_there_is_is_a_programming_error),
        cmocka_unit_test(amounts_of_a_kind_add_up_and_nothing_counts_as_nothing),
        cmocka_unit_test(only_so_many_kinds_fit_into_a_demand),
        cmocka_unit_test(texts_that_are_no_demand_are_refused_with_a_reason),
        cmocka_unit_test(constraints_allow_any_of_their_values),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
