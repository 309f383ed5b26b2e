/* Expectations: what they accept, what they compute, what they say. */
#include "fixture.h"

static gboolean find(const char *name, double *value_out, void *data)
{
    static const struct {
        const char *name;
        double value;
    } known[] = {{"a", 3},           {"b.c", 0.25},    {"p99", 75},
                 {"undefined", NAN}, {"web-app.x", 8}, {"roles.eng/web.x", 2}};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i].name, name) != 0) continue;
        *value_out = known[i].value;
        return TRUE;
    }
    return FALSE;
}

static const char *const names[] = {"a", "b.c", "p99", NULL};
static const HfExpectMetrics source = {.find = find, .names = names};

static HfExpectResult check(const char *text)
{
    HfExpectResult result = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(HfExpect) expect = hf_expect_parse(text, &error);
    if (expect == NULL) fail_msg("%s: %s", text, error->message);
    hf_expect_check(expect, &source, &result);
    return result;
}

static void every_relation_holds_where_it_should(void **state)
{
    static const struct {
        const char *text;
        gboolean holds;
    } cases[] = {
        {"a == 3", TRUE},
        {"a == 4", FALSE},
        {"a != 4", TRUE},
        {"a != 3", FALSE},
        {"a < 3", FALSE},
        {"a <= 3", TRUE},
        {"a > 2.9", TRUE},
        {"a >= 3", TRUE},
        {"a > 3", FALSE},
        {"a ~ 3.5 +- 0.5", TRUE},
        {"a ~ 3.5 +- 0.4", FALSE},
        {"a~3.5\302\2610.5", TRUE},
        {"0.1 + 0.2 == 0.3", FALSE}, /* exact, not about */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (check(cases[i].text).holds != cases[i].holds) fail_msg("%s", cases[i].text);
}

static void arithmetic_follows_the_usual_precedence(void **state)
{
    static const struct {
        const char *text;
        double left;
    } cases[] = {
        {"1 + 2 * a > 0", 7},
        {"(1 + 2) * a > 0", 9},
        {"10 - 2 - 3 > 0", 5},
        {"12 / 2 / 3 > 0", 2},
        {"-a + 1 > 0", -2},
        {"2 * -a > 0", -6},
        {"abs(-a) > 0", 3},
        {"min(4, a, 5) > 0", 3},
        {"max(4, a, 5) > 0", 5},
        {"min(a) > 0", 3},
        {"max(1, min(2, 7)) > 0", 2},
        {"--a > 0", 3},
        {"a -1 > 0", 2},
        {"a - -1 > 0", 4},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (check(cases[i].text).left != cases[i].left)
            fail_msg("%s: %g", cases[i].text, check(cases[i].text).left);
}

static void numbers_may_carry_units(void **state)
{
    static const struct {
        const char *text;
        double left;
    } cases[] = {{"75% > 0", 0.75}, {"90s > 0", 90},    {"1.5m > 0", 90},   {"2h > 0", 7200},
                 {"1ms > 0", 1e-3}, {"512MB > 0", 512}, {"2GiB > 0", 2048}, {"1e3 > 0", 1000}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_true(fabs(check(cases[i].text).left - cases[i].left) < 1e-12);
}

static void names_hold_dots_and_inner_dashes(void **state)
{
    assert_true(check("web-app.x == 8").holds);
    assert_true(check("\"roles.eng/web.x\" == 2").holds);
    assert_true(check("web-app.x - a == 5").holds);
}

static void nothing_holds_for_what_is_undefined(void **state)
{
    assert_false(check("undefined == undefined").holds);
    assert_false(check("undefined != 1").holds);
    assert_false(check("undefined < 1").holds);
    assert_false(check("undefined >= 1").holds);
    assert_false(check("max(undefined, 5) == 5").holds);
    assert_false(check("min(5, undefined) == 5").holds);
    assert_false(check("undefined ~ 1 +- 100").holds);
}

static void names_are_listed_once_in_order(void **state)
{
    g_autoptr(HfExpect) expect = hf_expect_parse(" p99 + a > b.c * a ", NULL);
    const char *const *list = hf_expect_names(expect);
    assert_string_equal(list[0], "p99");
    assert_string_equal(list[1], "a");
    assert_string_equal(list[2], "b.c");
    assert_null(list[3]);
    assert_string_equal(hf_expect_text(expect), "p99 + a > b.c * a");
}

static void a_metric_that_is_not_there_is_told_with_a_near_one_and_meets_nothing(void **state)
{
    HfExpectResult result;
    g_autoptr(HfExpect) expect = hf_expect_parse("p98 < 1", NULL);
    hf_expect_check(expect, &source, &result);
    assert_false(result.holds);
    g_autofree char *line = hf_expect_explain(expect, &source, &result);
    assert_string_equal(
        line, "p98 < 1: not met, for there is no metric p98; did you mean p99? (p98 = nan)");
    g_autofree char *missing = hf_expect_missing(expect, &source);
    assert_string_equal(missing, "there is no metric p98; did you mean p99?");
    g_autoptr(HfExpect) good = hf_expect_parse("p99 != a", NULL);
    assert_null(hf_expect_missing(good, &source));
}

static void a_side_without_a_value_meets_nothing(void **state)
{
    static const char *const texts[] = {"a / 0 > 1",         "1 / 0 != 2", "a < 3 / 0",
                                        "0 / 0 == 0 / 0",    "a / 0 >= 1", "-1 / 0 <= 1",
                                        "1 / 0 ~ 1 / 0 +- 1"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        HfExpectResult result;
        g_autoptr(HfExpect) expect = hf_expect_parse(texts[i], NULL);
        assert_non_null(expect);
        hf_expect_check(expect, &source, &result);
        if (result.holds) fail_msg("%s is met", texts[i]);
        g_autofree char *line = hf_expect_explain(expect, &source, &result);
        assert_non_null(strstr(line, ": not met, for a side of it has no value"));
    }
}

static void explaining_shows_the_value_of_every_metric(void **state)
{
    HfExpectResult result;
    g_autoptr(HfExpect) expect = hf_expect_parse("p99 - a < 1m", NULL);
    hf_expect_check(expect, &source, &result);
    g_autofree char *line = hf_expect_explain(expect, &source, &result);
    assert_string_equal(line, "p99 - a < 1m: not met (p99 = 75, a = 3)");
    assert_true(result.left == 72 && result.right == 60);

    g_autoptr(HfExpect) plain = hf_expect_parse("1 < 2", NULL);
    hf_expect_check(plain, &source, &result);
    g_autofree char *short_line = hf_expect_explain(plain, &source, &result);
    assert_string_equal(short_line, "1 < 2: met");
}

static void what_is_no_expectation_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "expectation, character 1: expected a metric or a number, got the end"},
        {"a", "expectation, character 2: expected one of == != < <= > >= ~, got the end"},
        {"a = 3", "expectation, character 3: expected one of == != < <= > >= ~, got \"= 3\""},
        {"a > ", "expectation, character 4: expected a metric or a number, got the end"},
        {"a > 3 b", "expectation, character 7: expected the end, got \"b\""},
        {"a ~ 3", "expectation, character 6: expected +- and a tolerance after ~, got the end"},
        {"(a > 3", "expectation, character 4: expected ), got \"> 3\""},
        {"abs(a, b.c) > 3", "expectation, character 6: expected ), got \", b.c) > 3\""},
        {"max(a > 3", "expectation, character 7: expected , or ), got \"> 3\""},
        {"\"a > 3", "expectation, character 1: expected a name in quotes, got \"\"a > 3\""},
        {"a > 3x7", "expectation, character 6: expected a unit such as %, s, m, h, d, MB or GiB, "
                    "got \"x7\""},
        {"a > 1.2.3", "expectation, character 8: expected an operator, got \".3\""},
        {"a > 1e999", "expectation, character 5: expected a smaller number, got \"1e999\""},
        {"\303\251 > 3",
         "expectation, character 1: expected a metric or a number, got \"\303\251 > 3\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(hf_expect_parse(cases[i].text, &error));
        assert_string_equal(error->message, cases[i].message);
        assert_true(g_error_matches(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT));
    }
}

static void depth_and_length_are_bounded(void **state)
{
    g_autofree char *deep = g_strnfill(4000, '(');
    g_autofree char *minus = g_strnfill(4000, '-');
    g_autofree char *wide = g_strnfill(5000, '1');
    assert_null(hf_expect_parse(deep, NULL));
    assert_null(hf_expect_parse(minus, NULL));
    assert_null(hf_expect_parse(wide, NULL));
    GString *sum = g_string_new("a");
    for (int i = 0; i < 1000; i++) g_string_append(sum, "+1");
    g_string_append(sum, " == 1003");
    assert_true(check(sum->str).holds);
    g_string_free(sum, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_relation_holds_where_it_should),
        cmocka_unit_test(arithmetic_follows_the_usual_precedence),
        cmocka_unit_test(numbers_may_carry_units),
        cmocka_unit_test(names_hold_dots_and_inner_dashes),
        cmocka_unit_test(nothing_holds_for_what_is_undefined),
        cmocka_unit_test(names_are_listed_once_in_order),
        cmocka_unit_test(a_metric_that_is_not_there_is_told_with_a_near_one_and_meets_nothing),
        cmocka_unit_test(a_side_without_a_value_meets_nothing),
        cmocka_unit_test(explaining_shows_the_value_of_every_metric),
        cmocka_unit_test(what_is_no_expectation_is_refused_with_its_place),
        cmocka_unit_test(depth_and_length_are_bounded),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
