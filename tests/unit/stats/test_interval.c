/* Tallies, confidence intervals, batch means and the warm-up rule, against values worked by hand.
 */
#include "stats/interval.h"

#include <math.h>

#include "base/random.h"
#include "stats/batches.h"
#include "stats/warm_up.h"
#include "support/test.h"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-6 * fmax(1, fabs(expected))))
        fail_msg("%.9g is not %.9g", value, expected);
}

static HfTally tally_of(const double *value, int count)
{
    HfTally tally = {0};
    for (int i = 0; i < count; i++) hf_tally_add(&tally, value[i]);
    return tally;
}

/* 2 4 4 4 5 5 7 9: mean 5, squared distances 9+1+1+1+0+0+4+16 = 32, variance 32/7. */
static void a_tally_has_mean_variance_and_extremes(void **state)
{
    HfTally tally = tally_of((double[]){2, 4, 4, 4, 5, 5, 7, 9}, 8);
    assert_int_equal(tally.count, 8);
    near(tally.mean, 5);
    near(hf_tally_variance(&tally), 32.0 / 7);
    near(hf_tally_deviation(&tally), sqrt(32.0 / 7));
    near(tally.min, 2);
    near(tally.max, 9);
}

static void one_or_no_observation_has_no_variance(void **state)
{
    HfTally tally = {0};
    near(hf_tally_variance(&tally), 0);
    hf_tally_add(&tally, -3);
    near(tally.mean, -3);
    near(tally.max, -3);
    near(hf_tally_variance(&tally), 0);
    expect_assert_failure(hf_tally_add(&tally, NAN));
}

/* 1e9 + {4, 7, 13, 16}: variance 30. The sum of squares would have lost it all. */
static void a_large_offset_does_not_cancel(void **state)
{
    HfTally tally = tally_of((double[]){1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 4);
    near(hf_tally_variance(&tally), 30);
}

static void merged_tallies_equal_one(void **state)
{
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    HfTally a = tally_of(values, 3), b = tally_of(values + 3, 5), empty = {0};
    hf_tally_merge(&a, &b);
    near(a.mean, 5);
    near(hf_tally_variance(&a), 32.0 / 7);
    near(a.min, 2);
    near(a.max, 9);
    hf_tally_merge(&a, &empty);
    assert_int_equal(a.count, 8);
    hf_tally_merge(&empty, &a);
    near(empty.mean, 5);
}

/* 9.8 10.2 10.4 9.8 10 10.2 9.6: mean 10, s^2 = 0.48/6 = 0.08; t(6, 97.5 %) = 2.446912;
 * half width = 2.446912 * sqrt(0.08 / 7) = 0.2615864. */
static void a_students_t_interval_is_as_in_the_tables(void **state)
{
    HfTally tally = tally_of((double[]){9.8, 10.2, 10.4, 9.8, 10.0, 10.2, 9.6}, 7);
    HfInterval interval = hf_interval_of(&tally, 0.95);
    near(interval.mean, 10);
    near(interval.half_width, 0.2615864);
    assert_int_equal(interval.count, 7);
    assert_true(hf_interval_holds(&interval, 9.75));
    assert_false(hf_interval_holds(&interval, 9.73));
    assert_false(hf_interval_holds(&interval, 10.27));
}

static void one_observation_says_nothing(void **state)
{
    HfTally tally = tally_of((double[]){5}, 1);
    HfInterval interval = hf_interval_of(&tally, 0.99);
    assert_true(isinf(interval.half_width));
    assert_true(hf_interval_holds(&interval, -1e300));
    expect_assert_failure(hf_interval_of(&tally, 1));
}

/* Differences 1 3 2 2: mean 2, s^2 = 2/3; t(3, 95 %) two-sided 90 % = 2.353363;
 * half width = 2.353363 * sqrt(2/3/4) = 0.960756. The values themselves spread over 100. */
static void pairing_removes_what_both_runs_share(void **state)
{
    const double a[] = {11, 53, 92, 32}, b[] = {10, 50, 90, 30};
    HfInterval interval = hf_interval_paired(a, b, 4, 0.90);
    near(interval.mean, 2);
    near(interval.half_width, 0.9607564);
}

/* 1..64 in 64 batches of 1: at the 64th they are joined into 32 of 2, means 1.5 3.5 .. 63.5. */
static void batches_join_when_there_are_too_many(void **state)
{
    HfBatches batches = {0};
    for (int i = 1; i <= 63; i++) hf_batches_add(&batches, i);
    assert_int_equal(batches.whole, 63);
    assert_int_equal(batches.size, 1);
    hf_batches_add(&batches, 64);
    assert_int_equal(batches.whole, 32);
    assert_int_equal(batches.size, 2);
    HfInterval interval = hf_batches_interval(&batches, 0.95);
    near(interval.mean, 32.5);
    /* s^2 of 32 values 2 apart: 4 * 32 * 33 / 12 = 352; t(31) = 2.039513 */
    near(interval.half_width, 2.039513446 * sqrt(352.0 / 32));
    hf_batches_add(&batches, 1000); /* a batch of two, half filled: not counted */
    near(hf_batches_interval(&batches, 0.95).mean, 32.5);
    hf_batches_add(&batches, 1001);
    near(hf_batches_interval(&batches, 0.95).mean, (32.5 * 32 + 1000.5) / 33);
}

/* x' = 0.9 x + noise: neighbours are as alike as 0.9, batches of hundreds nearly independent. */
static void batches_of_a_correlated_series_are_nearly_independent(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 2, "batches", 0);
    HfBatches batches = {0};
    double x = 0;
    for (int i = 0; i < 50; i++) {
        x = 0.9 * x + hf_stream_normal(&stream);
        hf_batches_add(&batches, x);
    }
    assert_true(hf_batches_correlation(&batches) > 0.5);
    for (int i = 0; i < 60000; i++) {
        x = 0.9 * x + hf_stream_normal(&stream);
        hf_batches_add(&batches, x);
    }
    assert_true(fabs(hf_batches_correlation(&batches)) < 0.3);
    /* Asymptotic variance 1 / (1 - 0.9)^2 = 100: half width near 2.0 * sqrt(100 / 60000) = 0.082;
     * taking the values for independent would have given 0.018. */
    HfInterval interval = hf_batches_interval(&batches, 0.95);
    assert_true(interval.half_width > 0.05 && interval.half_width < 0.12);
    assert_true(hf_interval_holds(&interval, 0));
}

static void a_constant_series_has_no_correlation(void **state)
{
    HfBatches batches = {0};
    assert_true(hf_batches_correlation(&batches) == 0);
    for (int i = 0; i < 100; i++) hf_batches_add(&batches, 4);
    assert_true(hf_batches_correlation(&batches) == 0);
    near(hf_batches_interval(&batches, 0.99).half_width, 0);
}

/* Of 99 % intervals, about 99 of 100 hold the truth: 1000 samples of 5 normals, 10 +- 9.4 miss. */
static void intervals_cover_the_truth_as_often_as_they_say(void **state)
{
    int missed = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        HfStream stream;
        hf_stream_init(&stream, 1, "coverage", i);
        HfTally tally = {0};
        for (int k = 0; k < 5; k++) hf_tally_add(&tally, 3 + 7 * hf_stream_normal(&stream));
        HfInterval interval = hf_interval_of(&tally, 0.99);
        missed += !hf_interval_holds(&interval, 3);
    }
    assert_in_range(missed, 1, 19);
}

/* Two batches of 100, then 10 that alternate 4 and 6 (means of five: 4.8 5.2 4.8 ..). */
static void the_start_is_cut_where_the_series_becomes_steady(void **state)
{
    double value[60];
    for (int i = 0; i < 10; i++) value[i] = 100;
    for (int i = 10; i < 60; i++) value[i] = i % 2 == 0 ? 4 : 6;
    uint32_t drop = 0;
    assert_true(hf_warm_up_mser5(value, 60, &drop));
    assert_int_equal(drop, 10);
}

/* Batch means 9 1 1 1 1 1: cutting one leaves no variance; of equals, the one that drops least. */
static void of_equally_good_cuts_the_smallest_is_taken(void **state)
{
    double value[33];
    for (int i = 0; i < 33; i++) value[i] = i < 5 ? 9 : 1; /* the last three fill no batch */
    uint32_t drop = 99;
    assert_true(hf_warm_up_mser5(value, 33, &drop));
    assert_int_equal(drop, 5);
    for (int i = 0; i < 33; i++) value[i] = 1;
    assert_true(hf_warm_up_mser5(value, 33, &drop));
    assert_int_equal(drop, 0);
}

/* A series that only grows has its best cut near the end: it never was steady. */
static void a_series_that_never_settles_is_refused(void **state)
{
    double value[200];
    uint32_t drop = 99;
    for (int i = 0; i < 200; i++) value[i] = i * (double)i;
    assert_false(hf_warm_up_mser5(value, 200, &drop));
    assert_false(hf_warm_up_mser5(value, 19, &drop));
    assert_int_equal(drop, 99);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tally_has_mean_variance_and_extremes),
        cmocka_unit_test(one_or_no_observation_has_no_variance),
        cmocka_unit_test(a_large_offset_does_not_cancel),
        cmocka_unit_test(merged_tallies_equal_one),
        cmocka_unit_test(a_students_t_interval_is_as_in_the_tables),
        cmocka_unit_test(one_observation_says_nothing),
        cmocka_unit_test(pairing_removes_what_both_runs_share),
        cmocka_unit_test(batches_join_when_there_are_too_many),
        cmocka_unit_test(batches_of_a_correlated_series_are_nearly_independent),
        cmocka_unit_test(a_constant_series_has_no_correlation),
        cmocka_unit_test(intervals_cover_the_truth_as_often_as_they_say),
        cmocka_unit_test(the_start_is_cut_where_the_series_becomes_steady),
        cmocka_unit_test(of_equally_good_cuts_the_smallest_is_taken),
        cmocka_unit_test(a_series_that_never_settles_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
