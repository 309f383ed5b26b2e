/* Expectations over replications: what counts as shown. Intervals worked out by hand. */
#include "support/test.h"

#include <math.h>
#include <string.h>

#include "tools/verdict.h"

/* left - right = 1, 2, 3: mean 2, deviation 1, so at 95 % the half width is t(2) / sqrt(3) =
 * 4.302653 / 1.732051 = 2.484138 and the interval (-0.484, 4.484). */
static const HfExpectResult wide[] = {{.left = 11, .right = 10, .tolerance = 4.4},
                                      {.left = 12, .right = 10, .tolerance = 4.4},
                                      {.left = 13, .right = 10, .tolerance = 4.4}};
/* left - right = 1.9, 2, 2.1: half width 0.248414, the interval (1.752, 2.248). */
static const HfExpectResult narrow[] = {{.left = 11.9, .right = 10, .tolerance = 2.3},
                                        {.left = 12, .right = 10, .tolerance = 2.3},
                                        {.left = 12.1, .right = 10, .tolerance = 2.3}};

static gboolean verdict(HfExpectClaim claim, const HfExpectResult *trials, const char *needle)
{
    char *why = NULL;
    gboolean holds = hf_verdict_of(claim, (HfTrials){trials, 3}, 0.95, &why);
    assert_non_null(strstr(why, needle));
    g_free(why);
    return holds;
}

static void an_inequality_needs_its_whole_interval(void **state)
{
    assert_false(verdict(HF_EXPECT_MORE, wide, "3 of 3")); /* true in each, yet not shown */
    assert_false(verdict(HF_EXPECT_AT_LEAST, wide, "3 of 3"));
    assert_true(verdict(HF_EXPECT_MORE, narrow, "2 +- 0.25 at 95 %"));
    assert_true(verdict(HF_EXPECT_AT_LEAST, narrow, "3 of 3"));
    assert_false(verdict(HF_EXPECT_LESS, narrow, "0 of 3"));
    assert_false(verdict(HF_EXPECT_AT_MOST, narrow, "0 of 3"));
}

static void near_means_that_the_interval_is_within_the_tolerance(void **state)
{
    assert_false(verdict(HF_EXPECT_NEAR, wide, "3 of 3")); /* up to 4.484, more than 4.4 */
    assert_true(verdict(HF_EXPECT_NEAR, narrow, "3 of 3"));
}

static void equality_is_asked_of_each(void **state)
{
    const HfExpectResult same[] = {{.left = 1, .right = 1}, {.left = 2, .right = 2}, {0}};
    HfExpectResult odd[3];
    memcpy(odd, same, sizeof odd);
    odd[1].right = 2.5;
    assert_true(verdict(HF_EXPECT_EQUAL, same, "3 of 3"));
    assert_false(verdict(HF_EXPECT_EQUAL, odd, "2 of 3"));
    assert_false(verdict(HF_EXPECT_OTHER, odd, "1 of 3"));
    assert_true(verdict(HF_EXPECT_OTHER, narrow, "3 of 3"));
}

static void without_spread_a_bound_may_be_touched(void **state)
{
    const HfExpectResult same[] = {
        {.left = 1, .right = 1}, {.left = 1, .right = 1}, {.left = 1, .right = 1}};
    assert_true(verdict(HF_EXPECT_AT_LEAST, same, "3 of 3"));
    assert_false(verdict(HF_EXPECT_MORE, same, "0 of 3"));
}

static void a_side_without_a_value_is_never_met(void **state)
{
    HfExpectResult some[3];
    memcpy(some, narrow, sizeof some);
    some[2].left = NAN;
    assert_false(verdict(HF_EXPECT_MORE, some, "no value in 1 of 3"));
    assert_false(verdict(HF_EXPECT_OTHER, some, "no value in 1 of 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inequality_needs_its_whole_interval),
        cmocka_unit_test(near_means_that_the_interval_is_within_the_tolerance),
        cmocka_unit_test(equality_is_asked_of_each),
        cmocka_unit_test(without_spread_a_bound_may_be_touched),
        cmocka_unit_test(a_side_without_a_value_is_never_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
