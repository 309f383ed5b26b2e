/* Time-weighted means are exact, whatever the order and the size of the changes. */
#include "stats/level.h"

#include <math.h>

#include "stats/counter.h"
#include "support/test.h"

/* 4 for 10 ns, 10 for 5, 0 for 5: 40 + 50 + 0 = 90 over 20 ns. */
static void the_mean_weighs_each_value_by_how_long_it_held(void **state)
{
    HfLevel level;
    hf_level_init(&level, 100, 4);
    hf_level_set(&level, 110, 10);
    hf_level_add(&level, 115, -10);
    assert_true(hf_level_integral(&level, 120) == 90);
    assert_true(hf_level_mean(&level, 120) == 4.5);
    assert_true(hf_level_value(&level) == 0);
    assert_true(level.max == 10);
    /* Asking changes nothing: 0 for 5 more, 90 over 25. */
    assert_true(hf_level_mean(&level, 125) == 3.6);
}

static void over_no_time_the_mean_is_the_value(void **state)
{
    HfLevel level;
    hf_level_init(&level, 7, -3);
    assert_true(hf_level_mean(&level, 7) == -3);
    hf_level_set(&level, 7, 5);
    assert_true(hf_level_mean(&level, 7) == 5);
    assert_true(level.max == 5);
}

/* 9e15 mCPU (more than any cluster) for 36 years: the integral needs 113 bits. */
static void a_large_level_over_a_long_time_does_not_overflow(void **state)
{
    HfLevel level;
    int64_t huge = INT64_C(9007199254740993); /* 2^53 + 1: no double */
    hf_level_init(&level, 0, huge);
    hf_level_set(&level, HF_TIME_MAX / 2, huge + 1000);
    hf_level_set(&level, HF_TIME_MAX - 1, huge);
    HfWide expected =
        (HfWide)huge * (HF_TIME_MAX - 1) + (HfWide)1000 * (HF_TIME_MAX - 1 - HF_TIME_MAX / 2);
    assert_true(hf_level_integral(&level, HF_TIME_MAX - 1) == expected);
    double mean = hf_level_mean(&level, HF_TIME_MAX - 1);
    assert_true(fabs(mean - (double)(huge + 500)) <= 4); /* doubles are 2 apart there */
}

/* Warm-up: 100 until 50, then 2. The mean over [60, 80] must not remember the 100. */
static void restarting_forgets_what_was_before(void **state)
{
    HfLevel level;
    hf_level_init(&level, 0, 100);
    hf_level_set(&level, 50, 2);
    hf_level_restart(&level, 60);
    hf_level_set(&level, 70, 4);
    assert_true(hf_level_mean(&level, 80) == 3);
    assert_true(level.max == 4);
}

static void going_back_and_overflowing_are_programming_errors(void **state)
{
    HfLevel level;
    hf_level_init(&level, 10, INT64_MAX);
    expect_assert_failure(hf_level_set(&level, 9, 0));
    expect_assert_failure(hf_level_add(&level, 11, 1));
    expect_assert_failure(hf_level_restart(&level, 9));
}

/* Changes at one instant count as one: the 50 held for no time, but it was there. 2 for 3 ns. */
static void of_changes_at_one_instant_the_last_holds(void **state)
{
    HfLevel level;
    hf_level_init(&level, 1000, 2);
    hf_level_add(&level, 1003, 48);
    hf_level_add(&level, 1003, -60);
    hf_level_set(&level, 1003, 7);
    assert_true(hf_level_integral(&level, 1003) == 6);
    assert_true(hf_level_integral(&level, 1005) == 20);
    assert_true(level.max == 50);
}

static void a_counter_counts_from_its_restart(void **state)
{
    HfCounter counter = {0};
    hf_counter_add(&counter, 5);
    assert_int_equal(hf_counter_value(&counter), 5);
    hf_counter_restart(&counter);
    assert_int_equal(hf_counter_value(&counter), 0);
    hf_counter_add(&counter, 2);
    assert_int_equal(hf_counter_value(&counter), 2);
    assert_int_equal(counter.total, 7);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mean_weighs_each_value_by_how_long_it_held),
        cmocka_unit_test(over_no_time_the_mean_is_the_value),
        cmocka_unit_test(a_large_level_over_a_long_time_does_not_overflow),
        cmocka_unit_test(restarting_forgets_what_was_before),
        cmocka_unit_test(going_back_and_overflowing_are_programming_errors),
        cmocka_unit_test(of_changes_at_one_instant_the_last_holds),
        cmocka_unit_test(a_counter_counts_from_its_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
