/* Quantiles within their bound, merging without loss, over 19 decades of values. */
#include "stats/histogram.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "support/test.h"

/* precision 3: exact below 16, then 8 buckets an octave. 1..10 once each. */
static void small_values_are_exact(void **state)
{
    g_autoptr(HfHistogram) h = hf_histogram_new(3);
    for (int i = 10; i >= 1; i--) hf_histogram_add(h, i, 1);
    assert_int_equal(hf_histogram_count(h), 10);
    assert_int_equal(hf_histogram_min(h), 1);
    assert_int_equal(hf_histogram_max(h), 10);
    assert_true(hf_histogram_mean(h) == 5.5);
    assert_int_equal(hf_histogram_quantile(h, 0), 1);
    assert_int_equal(hf_histogram_quantile(h, 0.1), 1);
    assert_int_equal(hf_histogram_quantile(h, 0.11), 2);
    assert_int_equal(hf_histogram_quantile(h, 0.5), 5);
    assert_int_equal(hf_histogram_quantile(h, 0.95), 10);
    assert_int_equal(hf_histogram_quantile(h, 1), 10);
}

static void an_empty_histogram_gives_zeros(void **state)
{
    g_autoptr(HfHistogram) h = hf_histogram_new(5);
    int64_t low, high;
    uint64_t count;
    uint32_t cursor = 0;
    assert_int_equal(hf_histogram_quantile(h, 0.5), 0);
    assert_true(hf_histogram_mean(h) == 0);
    assert_false(hf_histogram_next(h, &cursor, &low, &high, &count));
    hf_histogram_add(h, 5, 0); /* no times: nothing was seen */
    assert_int_equal(hf_histogram_count(h), 0);
    assert_int_equal(hf_histogram_max(h), 0);
}

/* With precision 3, octave [16, 32) has 8 buckets of 2: 16-17, 18-19, ... */
static void the_buckets_are_where_the_layout_puts_them(void **state)
{
    g_autoptr(HfHistogram) h = hf_histogram_new(3);
    static const int64_t values[] = {15, 16, 17, 18, 31, 32, 35, 36, INT64_MAX};
    static const int64_t lows[] = {15, 16, 18, 30, 32, 36}, highs[] = {15, 17, 19, 31, 35, 39};
    static const uint64_t counts[] = {1, 2, 1, 1, 2, 1};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) hf_histogram_add(h, values[i], 1);
    uint32_t cursor = 0;
    int64_t low, high;
    uint64_t count;
    for (size_t i = 0; i < G_N_ELEMENTS(lows); i++) {
        assert_true(hf_histogram_next(h, &cursor, &low, &high, &count));
        assert_int_equal(low, lows[i]);
        assert_int_equal(high, highs[i]);
        assert_int_equal(count, counts[i]);
    }
    assert_true(hf_histogram_next(h, &cursor, &low, &high, &count));
    assert_true(high == INT64_MAX); /* 2^63 - 2^59 .. the largest there is */
    assert_true(low == INT64_MAX - ((INT64_C(1) << 59) - 1));
    assert_false(hf_histogram_next(h, &cursor, &low, &high, &count));
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Against the sorted sample, from nanoseconds to years, at each precision. */
static void quantiles_are_within_the_relative_bound(void **state)
{
    enum { SAMPLE = 5000 };
    static int64_t sample[SAMPLE];
    static const double quantiles[] = {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
    HfStream stream;
    hf_stream_init(&stream, 1, "histogram", 0);
    for (uint32_t precision = 1; precision <= 12; precision++) {
        g_autoptr(HfHistogram) h = hf_histogram_new(precision);
        for (int i = 0; i < SAMPLE; i++) {
            sample[i] = (int64_t)exp2(hf_stream_uniform(&stream) * 62);
            hf_histogram_add(h, sample[i], 1);
        }
        qsort(sample, SAMPLE, sizeof *sample, compare);
        for (size_t q = 0; q < G_N_ELEMENTS(quantiles); q++) {
            double exact = (double)sample[(int)ceil(quantiles[q] * SAMPLE) - 1];
            double error = fabs((double)hf_histogram_quantile(h, quantiles[q]) - exact) / exact;
            assert_true(error <= ldexp(1, -(int)precision - 1));
        }
    }
}

/* In any order, into any number of parts: the same bits. */
static void merging_parts_equals_observing_the_whole(void **state)
{
    g_autoptr(HfHistogram) whole = hf_histogram_new(5);
    g_autoptr(HfHistogram) a = hf_histogram_new(5);
    g_autoptr(HfHistogram) b = hf_histogram_new(5);
    g_autoptr(HfHistogram) empty = hf_histogram_new(5);
    HfStream stream;
    hf_stream_init(&stream, 2, "histogram", 0);
    for (int i = 0; i < 10000; i++) {
        int64_t value = (int64_t)(1e9 * hf_stream_exponential(&stream));
        hf_histogram_add(whole, value, 3);
        hf_histogram_add(i % 7 == 0 ? a : b, value, 3);
    }
    hf_histogram_merge(a, empty);
    hf_histogram_merge(empty, b);
    hf_histogram_merge(empty, a);
    assert_int_equal(hf_histogram_count(empty), 30000);
    assert_int_equal(hf_histogram_min(empty), hf_histogram_min(whole));
    assert_int_equal(hf_histogram_max(empty), hf_histogram_max(whole));
    assert_true(hf_histogram_mean(empty) == hf_histogram_mean(whole));
    for (double q = 0; q <= 1; q += 0.01)
        assert_int_equal(hf_histogram_quantile(empty, q), hf_histogram_quantile(whole, q));
    g_autoptr(HfHistogram) other = hf_histogram_new(6);
    expect_assert_failure(hf_histogram_merge(other, whole));
}

static void restarting_forgets_everything(void **state)
{
    g_autoptr(HfHistogram) h = hf_histogram_new(5);
    hf_histogram_add(h, 1000000, 5);
    hf_histogram_restart(h);
    assert_int_equal(hf_histogram_count(h), 0);
    assert_int_equal(hf_histogram_max(h), 0);
    hf_histogram_add(h, 3, 1);
    assert_int_equal(hf_histogram_min(h), 3);
    assert_int_equal(hf_histogram_quantile(h, 0.99), 3);
}

static void what_is_out_of_range_is_a_programming_error(void **state)
{
    g_autoptr(HfHistogram) h = hf_histogram_new(5);
    expect_assert_failure(hf_histogram_new(0));
    expect_assert_failure(hf_histogram_new(13));
    expect_assert_failure(hf_histogram_add(h, -1, 1));
    expect_assert_failure(hf_histogram_quantile(h, 1.01));
    hf_histogram_free(NULL);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(an_empty_histogram_gives_zeros),
        cmocka_unit_test(the_buckets_are_where_the_layout_puts_them),
        cmocka_unit_test(quantiles_are_within_the_relative_bound),
        cmocka_unit_test(merging_parts_equals_observing_the_whole),
        cmocka_unit_test(restarting_forgets_everything),
        cmocka_unit_test(what_is_out_of_range_is_a_programming_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
