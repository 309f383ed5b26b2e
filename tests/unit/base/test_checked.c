/* Amounts never wrap: an overflow stops the run. */
#include "base/checked.h"

#include "support/test.h"

static void sums_and_products_within_range_are_exact(void **state)
{
    assert_true(hf_add(INT64_MAX - 1, 1) == INT64_MAX);
    assert_true(hf_sub(INT64_MIN + 1, 1) == INT64_MIN);
    assert_true(hf_mul(INT64_C(3037000499), INT64_C(3037000499)) == INT64_C(9223372030926249001));
    assert_true(hf_mul(-4, 5) == -20);
}

static void an_overflow_is_a_programming_error(void **state)
{
    expect_assert_failure(hf_add(INT64_MAX, 1));
    expect_assert_failure(hf_sub(INT64_MIN, 1));
    expect_assert_failure(hf_mul(INT64_C(1) << 32, INT64_C(1) << 31));
    expect_assert_failure(hf_mul(INT64_MIN, -1));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products_within_range_are_exact),
        cmocka_unit_test(an_overflow_is_a_programming_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
