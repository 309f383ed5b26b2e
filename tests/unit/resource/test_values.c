/* Scalars, ranges and sets on their own, and the grammar of one value. */
#include "resource/value.h"
#include "unit/resource/fixture.h"

static HfValue parse(const char *text)
{
    HfValue value = {.type = HF_VALUE_TEXT};
    GError *error = NULL;
    if (!hf_value_parse(fx.catalog, text, &value, &error)) fail_msg("%s: %s", text, error->message);
    return value;
}

static HfRanges *ranges(const char *text)
{
    HfValue value = parse(text);
    assert_int_equal(value.type, HF_VALUE_RANGES);
    return value.ranges;
}

static void assert_ranges(HfRanges *got, const char *expected)
{
    GString *text = g_string_new(NULL);
    hf_ranges_print(got, ",", text);
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
    hf_ranges_unref(fx.catalog, got);
}

/* Mesos rows: 262. */
static void first_character_decides_the_type(void **state)
{
    static const struct {
        const char *text;
        HfValueType type;
    } cases[] = {
        {"45.55", HF_VALUE_SCALAR},
        {" 3 ", HF_VALUE_SCALAR},
        {"0", HF_VALUE_SCALAR},
        {"1e3", HF_VALUE_SCALAR},
        {"[10000-20000, 30000-50000]", HF_VALUE_RANGES},
        {"[]", HF_VALUE_RANGES},
        {"{sda1, sda2}", HF_VALUE_SET},
        {"{}", HF_VALUE_SET},
        {"123abc,s", HF_VALUE_TEXT},
        {"inf", HF_VALUE_TEXT},
        {"infinity", HF_VALUE_TEXT},
        {"nan", HF_VALUE_TEXT},
        {"NAN", HF_VALUE_TEXT},
        {"-1", HF_VALUE_TEXT},
        {"+1", HF_VALUE_SCALAR},
        {"-0", HF_VALUE_SCALAR},
        {"-0.0", HF_VALUE_SCALAR},
        {"+", HF_VALUE_TEXT},
        {"--1", HF_VALUE_TEXT},
        {"20261129171500", HF_VALUE_SCALAR},
        {"0x10", HF_VALUE_TEXT},
        {"rack-1", HF_VALUE_TEXT},
        {"1.2.3", HF_VALUE_TEXT},
        {"e5", HF_VALUE_TEXT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfValue value = parse(cases[i].text);
        if (value.type != cases[i].type) fail_msg("%s: type %d", cases[i].text, (int)value.type);
        hf_value_clear(fx.catalog, &value);
    }
}

/* Mesos rows: 263. */
static void bad_values_are_refused_with_their_code(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"", HF_RESOURCE_ERROR_SYNTAX},
        {"  ", HF_RESOURCE_ERROR_SYNTAX},
        {"{aa,b}}", HF_RESOURCE_ERROR_SYNTAX},
        {"[1-2]]", HF_RESOURCE_ERROR_SYNTAX},
        {"}{", HF_RESOURCE_ERROR_SYNTAX},
        {"(1", HF_RESOURCE_ERROR_SYNTAX},
        {"a[1-2]", HF_RESOURCE_ERROR_SYNTAX},
        {"a{b}", HF_RESOURCE_ERROR_SYNTAX},
        {"{[1-2]}", HF_RESOURCE_ERROR_SYNTAX},
        {"[1-2b]", HF_RESOURCE_ERROR_NUMBER},
        {"[1-18446744073709551616]", HF_RESOURCE_ERROR_NUMBER},
        {"[1-2,3]", HF_RESOURCE_ERROR_RANGE},
        {"[5-1]", HF_RESOURCE_ERROR_RANGE},
        {"{a,b,a}", HF_RESOURCE_ERROR_SET},
        {"{a(,)b}", HF_RESOURCE_ERROR_SYNTAX},
        {"7.63918e-313", HF_RESOURCE_ERROR_NUMBER},
        {"1e-400", HF_RESOURCE_ERROR_NUMBER},
        {"1e300", HF_RESOURCE_ERROR_TOO_LARGE},
        {"1e999", HF_RESOURCE_ERROR_TOO_LARGE},
        {"9000000000000001", HF_RESOURCE_ERROR_TOO_LARGE},
        {"-7.63918e-313", HF_RESOURCE_ERROR_NUMBER},
        {"[+-1]", HF_RESOURCE_ERROR_NUMBER},
        {"[0x-1]", HF_RESOURCE_ERROR_NUMBER},
        {"[0xg-1]", HF_RESOURCE_ERROR_NUMBER},
        {"[0x10000000000000000-1]", HF_RESOURCE_ERROR_NUMBER},
        {"[5-1,7-9]", HF_RESOURCE_ERROR_RANGE},
        {"[0-3,5-1]", HF_RESOURCE_ERROR_RANGE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfValue value;
        GError *error = NULL;
        if (hf_value_parse(fx.catalog, cases[i].text, &value, &error))
            fail_msg("'%s' was accepted", cases[i].text);
        assert_error(&error, cases[i].code);
    }
}

/* Mesos rows: 265, 266, 267, 269, 270. */
static void parsed_ranges_are_coalesced(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"[1-10]", "[1-10]"},
        {"[1-4,3-5,7-8,8-10]", "[1-5,7-10]"},
        {"[4-6, 6-8, 5-9, 3-4, 2-5, 4-6, 1-1, 10-10, 4-6]", "[1-10]"},
        {"[7-8, 1-4, [8-10], 4-5]", "[1-5,7-10]"},
        {"[1-2,3-4]", "[1-4]"},
        {"[1-1,3-5,7-8]", "[1-1,3-5,7-8]"},
        {"[1-2,4-5]", "[1-2,4-5]"},
        {"[10-20,1-30]", "[1-30]"},
        {"[0-18446744073709551615,5-6]", "[0-18446744073709551615]"},
        {"[18446744073709551615-18446744073709551615,0-0]",
         "[0-0,18446744073709551615-18446744073709551615]"},
        {"[1-2\n,4-5]", "[1-2,4-5]"},
        {"[]", "[]"},
        /* numbers as Mesos's numify has them */
        {"[+1-+5]", "[1-5]"},
        {"[0x10-0X1f]", "[16-31]"},
        {"[0xFFFFFFFFFFFFFFFF-18446744073709551615]",
         "[18446744073709551615-18446744073709551615]"},
        /* joined before one is looked at that begins after its end: another one reaches it */
        {"[0-10,5-1]", "[0-10]"},
        {"[0-4,5-1]", "[0-4]"},
        {"[5-1,5-9]", "[5-9]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_ranges(ranges(cases[i].text), cases[i].expected);
}

/* Mesos rows: 145, 147, 148, 149, 150, 268, 271. */
static void adding_ranges_is_union(void **state)
{
    static const struct {
        const char *a, *b, *sum;
    } cases[] = {
        {"[20000-40000]", "[30000-50000,10000-20000]", "[10000-50000]"},
        {"[1-10,5-30,50-60]", "[1-65,70-80]", "[1-65,70-80]"},
        {"[1-2]", "[3-4]", "[1-4]"},
        {"[7-8]", "[5-6]", "[5-8]"},
        {"[1-4]", "[5-8]", "[1-8]"},
        {"[1-4,9-10,20-22,26-30]", "[5-8,23-25]", "[1-10,20-30]"},
        {"[1-4,8-10]", "[4-8]", "[1-10]"},
        {"[1-10]", "[20-21]", "[1-10,20-21]"},
        {"[20-30,31-39,40-40]", "[20-40]", "[20-40]"},
        {"[1-10]", "[]", "[1-10]"},
        {"[]", "[]", "[]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfRanges *a = ranges(cases[i].a), *b = ranges(cases[i].b);
        assert_ranges(hf_ranges_add(fx.catalog, a, b), cases[i].sum);
        assert_ranges(hf_ranges_add(fx.catalog, b, a), cases[i].sum);
        hf_ranges_unref(fx.catalog, a);
        hf_ranges_unref(fx.catalog, b);
    }
}

/* Mesos rows: 151, 152, 153, 156, 157, 272. */
static void subtracting_ranges_cuts_pieces(void **state)
{
    static const struct {
        const char *a, *b, *rest;
    } cases[] = {
        {"[20000-40000]", "[10000-20000,30000-50000]", "[20001-29999]"},
        {"[50000-60000]", "[50000-50001]", "[50002-60000]"},
        {"[50000-60000]", "[50000-50000]", "[50001-60000]"},
        {"[1-10,20-30,40-50]", "[2-9,15-45,48-50]", "[1-1,10-10,46-47]"},
        {"[1-10]", "[11-20]", "[1-10]"},
        {"[3-8]", "[5-6]", "[3-4,7-8]"},
        {"[3-8]", "[3-8]", "[]"},
        {"[3-8]", "[1-20]", "[]"},
        {"[3-8]", "[1-2]", "[3-8]"},
        {"[3-8]", "[8-20]", "[3-7]"},
        {"[1-3,5-7]", "[2-6]", "[1-1,7-7]"},
        {"[1-3,5-7]", "[2-2,6-6]", "[1-1,3-3,5-5,7-7]"},
        {"[0-18446744073709551615]", "[0-0,18446744073709551615-18446744073709551615]",
         "[1-18446744073709551614]"},
        {"[]", "[1-2]", "[]"},
        {"[1-2]", "[]", "[1-2]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfRanges *a = ranges(cases[i].a), *b = ranges(cases[i].b);
        assert_ranges(hf_ranges_subtract(fx.catalog, a, b), cases[i].rest);
        hf_ranges_unref(fx.catalog, a);
        hf_ranges_unref(fx.catalog, b);
    }
}

/* Mesos rows: 146. */
static void containing_ranges_is_by_points(void **state)
{
    static const struct {
        const char *whole, *part;
        gboolean is_contained;
    } cases[] = {
        {"[1-10]", "[2-2,4-5]", TRUE},    {"[2-2,4-5]", "[1-10]", FALSE},
        {"[1-4,5-5]", "[2-2,4-5]", TRUE}, {"[1-10]", "[1-10]", TRUE},
        {"[1-10]", "[1-11]", FALSE},      {"[1-10]", "[0-1]", FALSE},
        {"[1-4,6-10]", "[4-6]", FALSE},   {"[1-4,6-10]", "[6-6,8-10]", TRUE},
        {"[1-4,6-10]", "[]", TRUE},       {"[]", "[1-1]", FALSE},
        {"[1-4,6-10]", "[12-13]", FALSE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfRanges *whole = ranges(cases[i].whole), *part = ranges(cases[i].part);
        if (hf_ranges_contains(whole, part) != cases[i].is_contained)
            fail_msg("%s in %s", cases[i].part, cases[i].whole);
        hf_ranges_unref(fx.catalog, whole);
        hf_ranges_unref(fx.catalog, part);
    }
}

static void width_counts_numbers_and_saturates(void **state)
{
    HfRanges *few = ranges("[31000-32000,5-5]"); /* 1001 + 1 */
    HfRanges *all = ranges("[0-18446744073709551615]");
    assert_true(hf_ranges_width(few) == 1002);
    assert_true(hf_ranges_width(all) == UINT64_MAX);
    assert_true(hf_ranges_width(NULL) == 0);
    hf_ranges_unref(fx.catalog, few);
    hf_ranges_unref(fx.catalog, all);
}

/* Mesos rows: 158, 159, 160, 161, 264. */
static void sets_join_differ_and_contain(void **state)
{
    HfValue abc = parse("{a,b,c}"), cb = parse("{c,b}"), d = parse("{d}"), bc = parse("{b,c}");
    HfSet *rest = hf_set_subtract(fx.catalog, abc.set, cb.set);
    HfSet *other = hf_set_subtract(fx.catalog, d.set, abc.set);
    HfSet *sum = hf_set_add(fx.catalog, abc.set, d.set);
    GString *text = g_string_new(NULL);
    hf_set_print(fx.catalog, rest, ",", text);
    hf_set_print(fx.catalog, other, ",", text);
    hf_set_print(fx.catalog, sum, ", ", text);
    assert_string_equal(text->str, "{a}{d}{a, b, c, d}");
    assert_true(hf_set_equal(cb.set, bc.set));
    assert_false(hf_set_equal(abc.set, cb.set));
    assert_true(hf_set_contains(abc.set, cb.set));
    assert_false(hf_set_contains(cb.set, abc.set));
    assert_false(hf_set_contains(abc.set, d.set));
    assert_true(hf_set_contains(d.set, NULL));
    assert_null(hf_set_subtract(fx.catalog, cb.set, abc.set));
    g_string_free(text, TRUE);
    hf_set_unref(fx.catalog, rest);
    hf_set_unref(fx.catalog, other);
    hf_set_unref(fx.catalog, sum);
    hf_value_clear(fx.catalog, &abc);
    hf_value_clear(fx.catalog, &cb);
    hf_value_clear(fx.catalog, &d);
    hf_value_clear(fx.catalog, &bc);
}

/* 1.2345 * 1000 is exactly 1234.5 as a double, and halves go away from zero. */
/* Mesos rows: 135, 180. */
static void scalars_round_as_mesos_rounds(void **state)
{
    static const struct {
        double units;
        int64_t milli;
        const char *text;
    } cases[] = {
        {1.2345, 1235, "1.235"},
        {1.2344, 1234, "1.234"},
        {1.5015, 1502, "1.502"},
        {1.5011, 1501, "1.501"},
        {1.1, 1100, "1.1"},
        {1000001, 1000001000, "1000001"},
        {99999999999.9994, INT64_C(99999999999999), "99999999999.999"},
        {0, 0, "0"},
        {0.0005, 1, "0.001"},
        {0.0004, 0, "0"},
        {-1.5, -1500, "-1.5"},
        {-0.001, -1, "-0.001"},
        {32768, 32768000, "32768"},
        {0.01, 10, "0.01"},
    };
    char text[HF_MILLI_TEXT_SIZE];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(hf_milli_from_double(cases[i].units), cases[i].milli);
        assert_string_equal(hf_milli_print(cases[i].milli, text), cases[i].text);
    }
    assert_string_equal(hf_milli_print(INT64_MIN, text), "-9223372036854775.808");
}

/* Shares are compared as doubles, so the way back must be Mesos's: (n / 1000) + (n % 1000) / 1000.
 */
static void milli_to_double_adds_whole_and_fraction(void **state)
{
    assert_true(hf_milli_to_double(1234) == 1.0 + 234 / 1000.0);
    assert_true(hf_milli_to_double(INT64_C(99999999999999)) == 99999999999.0 + 999 / 1000.0);
    assert_true(hf_milli_to_double(-1500) == -1.5);
}

/* Blocks go back to the pool and come out of it again, so that arithmetic stops asking the system.
 */
static void a_dropped_block_is_used_again(void **state)
{
    HfRanges *first = ranges("[1-2]");
    const void *place = first;
    assert_ptr_equal(hf_ranges_ref(first), first);
    hf_ranges_unref(fx.catalog, first);
    HfRanges *second = ranges("[3-4]"); /* the first is still held once */
    assert_ptr_not_equal(second, place);
    hf_ranges_unref(fx.catalog, first);
    HfRanges *third = ranges("[5-6]");
    assert_ptr_equal(third, place);
    hf_ranges_unref(fx.catalog, second);
    hf_ranges_unref(fx.catalog, third);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(first_character_decides_the_type),
        WITH_FIXTURE(bad_values_are_refused_with_their_code),
        WITH_FIXTURE(parsed_ranges_are_coalesced),
        WITH_FIXTURE(adding_ranges_is_union),
        WITH_FIXTURE(subtracting_ranges_cuts_pieces),
        WITH_FIXTURE(containing_ranges_is_by_points),
        WITH_FIXTURE(width_counts_numbers_and_saturates),
        WITH_FIXTURE(sets_join_differ_and_contain),
        WITH_FIXTURE(scalars_round_as_mesos_rounds),
        WITH_FIXTURE(milli_to_double_adds_whole_and_fraction),
        WITH_FIXTURE(a_dropped_block_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
