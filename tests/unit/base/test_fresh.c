/* Ids that were never used: never wrong, and not needlessly unsure. */
#include "base/fresh.h"

#include "base/random.h"
#include "support/test.h"

#define IDS   400
#define HANDS 6
#define BLOCK 10

static void ids_in_any_order_are_never_taken_for_new_twice(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 3, "fresh", 0);
    HfFresh fresh = {0};
    gboolean is_used[IDS + 1] = {FALSE};
    uint32_t unsure = 0;
    for (int step = 0; step < 4000; step++) {
        uint64_t id = 1 + hf_stream_below(&stream, IDS);
        if (is_used[id]) assert_false(hf_fresh_is(&fresh, id));
        unsure += !is_used[id] && !hf_fresh_is(&fresh, id);
        hf_fresh_use(&fresh, id);
        is_used[id] = TRUE;
        assert_false(hf_fresh_is(&fresh, id));
        assert_true(hf_fresh_is(&fresh, IDS + 1));
        assert_true(fresh.count <= HF_FRESH_GAPS);
        for (uint32_t g = 0; g < fresh.count; g++) {
            assert_true(fresh.gaps[g].first <= fresh.gaps[g].last);
            assert_true(fresh.gaps[g].last <
                        (g + 1 < fresh.count ? fresh.gaps[g + 1].first - 1 : fresh.top));
        }
    }
    assert_true(unsure > 0); /* there were more gaps than fit */
}

/* As jobs of one framework that think at the same time: each has a block of ids of its own. */
static void a_few_hands_that_share_a_counter_are_always_sure(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 4, "fresh", 0);
    HfFresh fresh = {0};
    uint64_t counter = 0, next[HANDS] = {0}, end[HANDS] = {0};
    for (int step = 0; step < 5000; step++) {
        uint64_t hand = hf_stream_below(&stream, HANDS);
        if (next[hand] == end[hand]) {
            next[hand] = counter + 1;
            counter += BLOCK;
            end[hand] = counter + 1;
        }
        assert_true(hf_fresh_is(&fresh, next[hand]));
        hf_fresh_use(&fresh, next[hand]);
        assert_false(hf_fresh_is(&fresh, next[hand]));
        next[hand]++;
    }
}

static void zero_is_no_id(void **state)
{
    HfFresh fresh = {0};
    assert_false(hf_fresh_is(&fresh, 0));
    assert_true(hf_fresh_is(&fresh, 1));
    assert_true(hf_fresh_is(&fresh, UINT64_MAX));
    hf_fresh_use(&fresh, UINT64_MAX);
    assert_false(hf_fresh_is(&fresh, UINT64_MAX));
    assert_true(hf_fresh_is(&fresh, UINT64_MAX - 1));
    assert_false(hf_fresh_is(&fresh, 0));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_in_any_order_are_never_taken_for_new_twice),
        cmocka_unit_test(a_few_hands_that_share_a_counter_are_always_sure),
        cmocka_unit_test(zero_is_no_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
