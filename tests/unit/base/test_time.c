/* Durations: text to nanoseconds and back, seconds to nanoseconds without wrapping. */
#include "base/time.h"

#include <math.h>

#include "support/test.h"

static void each_spelling_of_a_duration_is_read(void **state)
{
    static const struct {
        const char *text;
        HfTime ns;
    } cases[] = {
        {"0", 0},
        {"0s", 0},
        {"1ns", 1},
        {"7us", 7000},
        {"500ms", 500 * HF_NS_PER_MS},
        {"90s", 90 * HF_NS_PER_SECOND},
        {"90secs", 90 * HF_NS_PER_SECOND},
        {"15m", 15 * HF_NS_PER_MINUTE},
        {"15mins", 15 * HF_NS_PER_MINUTE},
        {"1.5h", 90 * HF_NS_PER_MINUTE},
        {"2hrs", 2 * HF_NS_PER_HOUR},
        {"7d", 7 * HF_NS_PER_DAY},
        {"1w", 7 * HF_NS_PER_DAY},
        {"1weeks", 7 * HF_NS_PER_DAY},
        {"1e3s", 1000 * HF_NS_PER_SECOND},
        {"0.1s", HF_NS_PER_SECOND / 10},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfTime time = -1;
        const char *why = NULL;
        if (!hf_time_parse(cases[i].text, &time, &why)) fail_msg("%s: %s", cases[i].text, why);
        assert_true(time == cases[i].ns);
    }
}

static void what_is_no_duration_is_refused_and_the_result_left_alone(void **state)
{
    static const char *const cases[] = {"",    "s",   "-1s",   "5",     "5 parsecs",   "1e300s",
                                        "inf", "nan", "0x10s", "37w1d", "2000000000w", "1s2"};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfTime time = 42;
        const char *why = NULL;
        if (hf_time_parse(cases[i], &time, &why)) fail_msg("\"%s\" was taken", cases[i]);
        assert_non_null(why);
        assert_true(time == 42);
    }
}

static void printing_uses_the_largest_exact_unit(void **state)
{
    static const struct {
        HfTime ns;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {1, "1ns"},
        {1500 * HF_NS_PER_MS, "1500ms"},
        {90 * HF_NS_PER_SECOND, "90s"},
        {90 * HF_NS_PER_MINUTE, "90m"},
        {36 * HF_NS_PER_HOUR, "36h"},
        {14 * HF_NS_PER_DAY, "2w"},
        {HF_TIME_NEVER, "never"},
    };
    char text[32];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(hf_time_print(cases[i].ns, text, sizeof text), cases[i].text);
}

static void what_is_printed_is_read_back(void **state)
{
    char text[32];
    const char *why;
    for (HfTime time = 1; time < HF_TIME_MAX / 7; time *= 7) {
        HfTime back = 0;
        assert_true(hf_time_parse(hf_time_print(time, text, sizeof text), &back, &why));
        /* Beyond 2^53 ns the number in the text passes through a double. */
        assert_true(llabs(back - time) <= time >> 52);
    }
}

static void seconds_never_wrap(void **state)
{
    assert_true(hf_time_from_seconds(1.5) == 1500 * HF_NS_PER_MS);
    assert_true(hf_time_from_seconds(0.4e-9) == 0);
    assert_true(hf_time_from_seconds(0.6e-9) == 1);
    assert_true(hf_time_from_seconds(-3) == 0);
    assert_true(hf_time_from_seconds(NAN) == 0);
    assert_true(hf_time_from_seconds(1e300) == HF_TIME_MAX);
    assert_true(hf_time_from_seconds(INFINITY) == HF_TIME_MAX);
    assert_true(hf_time_to_seconds(1500 * HF_NS_PER_MS) == 1.5);
}

static void adding_saturates_at_never(void **state)
{
    assert_true(hf_time_add(1, 2) == 3);
    assert_true(hf_time_add(HF_TIME_NEVER, 1) == HF_TIME_NEVER);
    assert_true(hf_time_add(HF_TIME_MAX, HF_TIME_MAX) == 2 * HF_TIME_MAX);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_spelling_of_a_duration_is_read),
        cmocka_unit_test(what_is_no_duration_is_refused_and_the_result_left_alone),
        cmocka_unit_test(printing_uses_the_largest_exact_unit),
        cmocka_unit_test(what_is_printed_is_read_back),
        cmocka_unit_test(seconds_never_wrap),
        cmocka_unit_test(adding_saturates_at_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
