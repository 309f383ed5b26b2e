/* Quantities and limits: text, arithmetic, containment. */
#include "unit/resource/fixture.h"

static HfQuantities pool[32];
static size_t used;

static int setup(void **state)
{
    used = 0;
    memset(pool, 0, sizeof pool);
    return fixture_setup(state);
}

static int teardown(void **state)
{
    for (size_t i = 0; i < used; i++) hf_quantities_clear(&pool[i]);
    return fixture_teardown(state);
}

static HfQuantities *q(const char *text)
{
    HfQuantities *quantities = &pool[used++];
    GError *error = NULL;
    if (!hf_quantities_parse(fx.catalog, text, quantities, &error))
        fail_msg("%s: %s", text, error->message);
    return quantities;
}

/* Limits live in the same pool: the storage is the same. */
static HfLimits *l(const char *text)
{
    HfLimits *limits = (HfLimits *)&pool[used++];
    GError *error = NULL;
    if (!hf_limits_parse(fx.catalog, text, limits, &error))
        fail_msg("%s: %s", text, error->message);
    return limits;
}

static void assert_quantities(const HfQuantities *quantities, const char *expected)
{
    char *text = hf_quantities_print(fx.catalog, quantities);
    assert_string_equal(text, expected);
    g_free(text);
}

static void assert_limits(const HfLimits *limits, const char *expected)
{
    char *text = hf_limits_print(fx.catalog, limits);
    assert_string_equal(text, expected);
    g_free(text);
}

/* Mesos rows: 248. */
static void quantities_are_trimmed_sorted_summed_and_without_zeros(void **state)
{
    assert_quantities(q("cpus:10"), "cpus:10");
    assert_quantities(q(" cpus : 10 ; mem:10 "), "cpus:10; mem:10");
    assert_quantities(q("ports:3;cpus:1;cpus:10.5"), "cpus:11.5; ports:3");
    assert_quantities(q("cpus:0"), "{}");
    assert_quantities(q(""), "{}");
    assert_quantities(q(";cpus:1;;"), "cpus:1");
    assert_quantities(q("c p us:10"), "c p us:10");
    assert_quantities(q("cpus:0.0004"), "{}");
}

/* Mesos rows: 249. */
static void bad_quantities_give_their_code_and_change_nothing(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"gibberish", HF_RESOURCE_ERROR_SYNTAX},
        {"gibberish;cpus:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:1,mem:2", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:a", HF_RESOURCE_ERROR_TYPE},
        {"cpus:-1", HF_RESOURCE_ERROR_NEGATIVE},
        {"cpus:nan", HF_RESOURCE_ERROR_TYPE},
        {"cpus:inf", HF_RESOURCE_ERROR_TYPE},
        {"cpus:-inf", HF_RESOURCE_ERROR_NEGATIVE},
        {"ports:[1,2]", HF_RESOURCE_ERROR_TYPE},
        {"z:{a}", HF_RESOURCE_ERROR_TYPE},
        {":1", HF_RESOURCE_ERROR_NAME},
        {"cpus:", HF_RESOURCE_ERROR_SYNTAX},
        {"mem:1e12;mem:1e12", HF_RESOURCE_ERROR_TOO_LARGE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfQuantities *out = q("mem:7");
        GError *error = NULL;
        if (hf_quantities_parse(fx.catalog, cases[i].text, out, &error))
            fail_msg("'%s' was accepted", cases[i].text);
        assert_error(&error, cases[i].code);
        assert_quantities(out, "mem:7");
    }
}

/* Mesos rows: 250, 251. */
static void quantities_of_resources_sum_over_reservations(void **state)
{
    HfQuantities *all = q(""), *scalars = q("");
    HfResources *r =
        res("mem:5;cpus:1;cpus(r):2;ports:[5000-6000];z:{a,b};disk(r)[v:p]{shared*3}:7");
    hf_resources_quantities(fx.catalog, r, all);
    hf_resources_scalar_quantities(fx.catalog, r, scalars);
    assert_quantities(all, "cpus:3; disk:7; mem:5; ports:1001; z:2");
    assert_quantities(scalars, "cpus:3; disk:7; mem:5");
}

/* Mesos rows: 252, 256. */
static void adding_merges_by_name(void **state)
{
    HfQuantities *sum = q("alphas:1;cpus:10.1");
    hf_quantities_add(sum, q("cpus:1;mem:100"));
    assert_quantities(sum, "alphas:1; cpus:11.1; mem:100");
    hf_quantities_add(sum, q(""));
    hf_quantities_add(sum, sum);
    assert_quantities(sum, "alphas:2; cpus:22.2; mem:200");
    HfQuantities *more = q("a:1;b:2;c:3;d:4;e:5;f:6;g:7;h:8;i:9"); /* beyond the inline room */
    hf_quantities_add(more, q("e:1;j:1"));
    assert_quantities(more, "a:1; b:2; c:3; d:4; e:6; f:6; g:7; h:8; i:9; j:1");
}

/* Mesos rows: 253. */
static void subtracting_clips_and_drops(void **state)
{
    static const struct {
        const char *a, *b, *rest;
    } cases[] = {
        {"cpus:1", "cpus:1.4", "{}"}, {"cpus:1", "mem:1", "cpus:1"},
        {"cpus:1", "cpus:1", "{}"},   {"cpus:2;mem:3", "cpus:1.5;disk:9", "cpus:0.5; mem:3"},
        {"", "cpus:1", "{}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfQuantities *rest = q(cases[i].a);
        hf_quantities_subtract(rest, q(cases[i].b));
        assert_quantities(rest, cases[i].rest);
    }
}

/* Mesos rows: 254. */
static void absent_quantities_are_zero(void **state)
{
    assert_true(hf_quantities_contains(q(""), q("")));
    assert_true(hf_quantities_contains(q("cpus:1"), q("")));
    assert_false(hf_quantities_contains(q(""), q("cpus:1")));
    assert_true(hf_quantities_contains(q("cpus:2;mem:1"), q("cpus:1")));
    assert_false(hf_quantities_contains(q("cpus:2;mem:1"), q("cpus:1;mem:2")));
    assert_false(hf_quantities_contains(q("cpus:2"), q("cpus:1;disk:1")));
    assert_int_equal(hf_quantities_get(q("cpus:1"), HF_KIND_MEM), 0);
    assert_true(hf_quantities_equal(q("cpus:1;mem:2"), q("mem:2;cpus:1")));
    assert_false(hf_quantities_equal(q("cpus:1"), q("cpus:1;mem:2")));
}

/* Mesos rows: 255. */
static void quantities_print_by_name(void **state)
{
    assert_quantities(q(""), "{}");
    assert_quantities(q("mem:1024;cpus:1"), "cpus:1; mem:1024");
    HfQuantities *copy = q("disk:1");
    hf_quantities_copy(copy, q("zz:1;a:2;b:3;c:4;d:5"));
    hf_quantities_set(copy, hf_kind_find(fx.catalog, "b"), 0);
    hf_quantities_set(copy, hf_kind_find(fx.catalog, "a"), 7500);
    assert_quantities(copy, "a:7.5; c:4; d:5; zz:1");
}

/* A name is one quantity, whatever the type of the resources that carry it. */
static void one_name_of_two_types_is_one_quantity(void **state)
{
    HfQuantities *sum = q("");
    hf_resources_quantities(fx.catalog, res("foo:1;foo(r):[1-2]"), sum);
    assert_quantities(sum, "foo:3");
}

/* Mesos rows: 257. */
static void limits_keep_zeros(void **state)
{
    assert_limits(l("cpus:0"), "cpus:0");
    assert_limits(l(" mem:1; cpus:0 "), "cpus:0; mem:1");
    assert_limits(l(""), "{}");
}

/* Mesos rows: 258. */
static void limits_refuse_a_name_twice_and_all_that_quantities_refuse(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"cpus:1;cpus:2", HF_RESOURCE_ERROR_DUPLICATE},
        {"cpus:0;cpus:0", HF_RESOURCE_ERROR_DUPLICATE},
        {"gibberish", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:-1", HF_RESOURCE_ERROR_NEGATIVE},
        {"cpus:nan", HF_RESOURCE_ERROR_TYPE},
        {"cpus:1e20", HF_RESOURCE_ERROR_TOO_LARGE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfLimits *out = l("mem:7");
        GError *error = NULL;
        if (hf_limits_parse(fx.catalog, cases[i].text, out, &error))
            fail_msg("'%s' was accepted", cases[i].text);
        assert_error(&error, cases[i].code);
        assert_limits(out, "mem:7");
    }
}

/* Mesos rows: 259. */
static void fewer_limits_contain_more(void **state)
{
    assert_true(hf_limits_contains(l("cpus:1;mem:1"), l("cpus:1;mem:1;disk:1")));
    assert_false(hf_limits_contains(l("cpus:1;mem:1;disk:1"), l("cpus:1;mem:1")));
    assert_true(hf_limits_contains(l(""), l("cpus:1")));
    assert_true(hf_limits_contains(l(""), l("")));
    assert_false(hf_limits_contains(l("cpus:1"), l("")));
    assert_false(hf_limits_contains(l("cpus:1"), l("cpus:2")));
    assert_true(hf_limits_contains(l("cpus:2"), l("cpus:1")));
}

/* Mesos rows: 260. */
static void no_limited_name_may_be_exceeded(void **state)
{
    assert_true(hf_limits_contains_quantities(l(""), q("cpus:99")));
    assert_true(hf_limits_contains_quantities(l("cpus:1"), q("")));
    assert_true(hf_limits_contains_quantities(l("cpus:1"), q("cpus:1;mem:99")));
    assert_false(hf_limits_contains_quantities(l("cpus:1"), q("cpus:1.001")));
    assert_false(hf_limits_contains_quantities(l("cpus:0"), q("cpus:1")));
}

/* Mesos rows: 261. */
static void limits_clip_at_zero_and_stay(void **state)
{
    static const struct {
        const char *a, *b, *rest;
    } cases[] = {
        {"cpus:1", "cpus:2", "cpus:0"},
        {"cpus:1;mem:10", "cpus:1;mem:5;disk:10", "cpus:0; mem:5"},
        {"", "cpus:1", "{}"},
        {"cpus:1", "", "cpus:1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfLimits *rest = l(cases[i].a);
        hf_limits_subtract(rest, q(cases[i].b));
        assert_limits(rest, cases[i].rest);
    }
    int64_t milli = -7;
    assert_false(hf_limits_get(l("cpus:1"), HF_KIND_MEM, &milli));
    assert_int_equal(milli, -7);
    assert_true(hf_limits_get(l("cpus:0"), HF_KIND_CPUS, &milli));
    assert_int_equal(milli, 0);
}

static void limits_can_be_set_copied_and_compared(void **state)
{
    HfLimits *limits = l("cpus:1"), *copy = l("mem:9");
    hf_limits_set(limits, HF_KIND_MEM, 0);
    hf_limits_set(limits, HF_KIND_CPUS, 2500);
    hf_limits_copy(copy, limits);
    hf_limits_copy(copy, copy);
    assert_limits(copy, "cpus:2.5; mem:0");
    assert_true(hf_limits_equal(limits, copy));
    assert_false(hf_limits_equal(limits, l("cpus:2.5")));
    expect_assert_failure(hf_limits_set(limits, HF_KIND_CPUS, -1));
}

static void too_many_names_are_refused(void **state)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < HF_ENTRIES_MAX; i++) g_string_append_printf(text, "k%u:1;", i);
    HfQuantities *many = q(text->str);
    assert_int_equal(many->count, HF_ENTRIES_MAX);
    assert_int_equal(hf_quantities_get(many, hf_kind_find(fx.catalog, "k777")), 1000);
    g_string_append(text, "one_more:1");
    GError *error = NULL;
    assert_false(hf_quantities_parse(fx.catalog, text->str, many, &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    g_string_free(text, TRUE);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        TEST(quantities_are_trimmed_sorted_summed_and_without_zeros),
        TEST(bad_quantities_give_their_code_and_change_nothing),
        TEST(quantities_of_resources_sum_over_reservations),
        TEST(adding_merges_by_name),
        TEST(subtracting_clips_and_drops),
        TEST(absent_quantities_are_zero),
        TEST(quantities_print_by_name),
        TEST(one_name_of_two_types_is_one_quantity),
        TEST(limits_keep_zeros),
        TEST(limits_refuse_a_name_twice_and_all_that_quantities_refuse),
        TEST(fewer_limits_contain_more),
        TEST(no_limited_name_may_be_exceeded),
        TEST(limits_clip_at_zero_and_stay),
        TEST(limits_can_be_set_copied_and_compared),
        TEST(too_many_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
