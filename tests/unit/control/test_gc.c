/* When sandboxes are too old: the formula, and the looks at the disk. */
#include "support/test.h"

#include "control/gc.h"

/* With Mesos's defaults: 7 days, headroom 0.1. Mesos rows: 614. */
static void the_fuller_the_disk_the_sooner_a_sandbox_goes(void **state)
{
    static const struct {
        double usage, days;
    } cases[] = {{0, 6.3}, {0.5, 2.8}, {0.8, 0.7}, {0.9, 0}, {1, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfTime most = hf_gc_age_max(7 * HF_NS_PER_DAY, 0.1, cases[i].usage);
        HfTime expected = (HfTime)(cases[i].days * (double)HF_NS_PER_DAY);
        assert_true(ABS(most - expected) < HF_NS_PER_SECOND);
    }
    assert_int_equal(hf_gc_age_max(7 * HF_NS_PER_DAY, 0, 0), 7 * HF_NS_PER_DAY);
    assert_int_equal(hf_gc_age_max(7 * HF_NS_PER_DAY, 1, 0), 0);
    assert_int_equal(hf_gc_age_max(0, 0.1, 0), 0);
}

static void looks_come_at_whole_intervals_after_the_start(void **state)
{
    assert_int_equal(hf_gc_next_look(7, 10, 0), 17); /* not yet started */
    assert_int_equal(hf_gc_next_look(7, 10, 7), 17);
    assert_int_equal(hf_gc_next_look(7, 10, 16), 17);
    assert_int_equal(hf_gc_next_look(7, 10, 17), 27); /* after, not at */
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fuller_the_disk_the_sooner_a_sandbox_goes),
        cmocka_unit_test(looks_come_at_whole_intervals_after_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
