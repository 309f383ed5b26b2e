/* Where the costs of waiting and of rebuilding cross. */
#include "support/test.h"

#include <glib.h>
#include <math.h>

#include "tools/crossing.h"

#define COUNT 4

static gboolean find(const double *wait, const double *missing, const double *copying,
                     double *wait_out, double *cost_out)
{
    return hf_wait_crossover(wait, missing, copying, COUNT, wait_out, cost_out);
}

static void it_lies_on_the_lines_between_the_points(void **state)
{
    static const double wait[COUNT] = {0, 60, 240, INFINITY};
    static const double missing[COUNT] = {2, 40, 70, 100};
    static const double copying[COUNT] = {80, 60, 20, 0};
    double at, cost;
    assert_true(find(wait, missing, copying, &at, &cost));
    /* From 20 below at 60 s to 50 above at 240 s: 2/7 of the way, at 40 + 2/7 x 30. */
    assert_float_equal(at, 60 + 180 * 2.0 / 7, 1e-9);
    assert_float_equal(cost, 40 + 30 * 2.0 / 7, 1e-9);
}

static void a_point_where_they_are_equal_is_it(void **state)
{
    static const double wait[COUNT] = {0, 60, 240, 480};
    static const double missing[COUNT] = {2, 60, 70, 100};
    static const double copying[COUNT] = {80, 60, 20, 0};
    double at, cost;
    assert_true(find(wait, missing, copying, &at, &cost));
    assert_float_equal(at, 60, 1e-9);
    assert_float_equal(cost, 60, 1e-9);
}

static void there_is_none_where_it_is_not_between_finite_waits(void **state)
{
    static const double wait[COUNT] = {0, 60, 240, INFINITY};
    static const double always[COUNT] = {90, 91, 92, 93}, never[COUNT] = {1, 2, 3, 4};
    static const double at_last[COUNT] = {1, 2, 3, 90}, unknown[COUNT] = {NAN, NAN, NAN, NAN};
    static const double copying[COUNT] = {80, 60, 20, 10};
    double at = -1, cost = -1;
    assert_false(find(wait, always, copying, &at, &cost));
    assert_false(find(wait, never, copying, &at, &cost));
    assert_false(find(wait, at_last, copying, &at, &cost)); /* behind 240 s, who knows where */
    assert_false(find(wait, unknown, copying, &at, &cost));
    assert_true(at == -1 && cost == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lies_on_the_lines_between_the_points),
        cmocka_unit_test(a_point_where_they_are_equal_is_it),
        cmocka_unit_test(there_is_none_where_it_is_not_between_finite_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
