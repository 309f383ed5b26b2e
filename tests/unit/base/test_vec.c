/* Growable arrays: what is pushed stays, in order; growth doubles. */
#include "base/vec.h"

#include "support/test.h"

typedef HF_VEC(int) Ints;

static void pushed_elements_keep_their_order_across_growth(void **state)
{
    Ints vec = {0};
    for (int i = 0; i < 1000; i++) hf_vec_push(&vec, i * i);
    assert_int_equal(vec.count, 1000);
    assert_int_equal(vec.room, 1024);
    for (int i = 0; i < 1000; i++) assert_int_equal(vec.at[i], i * i);
    assert_int_equal(*hf_vec_last(&vec), 999 * 999);
    hf_vec_clear(&vec);
}

static void reserve_makes_room_at_once_and_keeps_the_content(void **state)
{
    Ints vec = {0};
    hf_vec_push(&vec, 42);
    hf_vec_reserve(&vec, 100);
    assert_int_equal(vec.room, 128); /* 8, 16, 32, 64, 128 >= 101 */
    int *before = vec.at;
    for (int i = 0; i < 100; i++) hf_vec_push(&vec, i);
    assert_ptr_equal(vec.at, before);
    assert_int_equal(vec.at[0], 42);
    hf_vec_clear(&vec);
}

static void remove_closes_the_gap(void **state)
{
    Ints vec = {0};
    for (int i = 0; i < 4; i++) hf_vec_push(&vec, i);
    hf_vec_remove(&vec, 1);
    assert_int_equal(vec.count, 3);
    assert_int_equal(vec.at[0], 0);
    assert_int_equal(vec.at[1], 2);
    assert_int_equal(vec.at[2], 3);
    expect_assert_failure(({ hf_vec_remove(&vec, 3); }));
    hf_vec_clear(&vec);
}

static void a_zeroed_push_is_zero_after_reset_too(void **state)
{
    Ints vec = {0};
    hf_vec_push(&vec, 7);
    hf_vec_reset(&vec);
    assert_int_equal(vec.count, 0);
    assert_true(vec.room > 0);
    hf_vec_push_zero(&vec);
    assert_int_equal(vec.at[0], 0);
    hf_vec_clear(&vec);
    assert_null(vec.at);
    assert_int_equal(vec.room, 0);
}

static void large_ones_begin_with_a_cache_line_and_keep_what_lies_behind_the_count(void **state)
{
    struct {
        HF_VEC(uint64_t) words;
    } row = {0};
    for (uint64_t i = 0; i < 255; i++) hf_vec_push(&row.words, i * 3);
    hf_vec_reset(&row.words); /* as rows do that hold lists of their own: they keep them */
    hf_vec_reserve(&row.words, 5000);
    assert_int_equal((uintptr_t)row.words.at % 64, 0);
    for (uint64_t i = 0; i < 255; i++) assert_int_equal(row.words.at[i], i * 3);
    hf_vec_clear(&row.words);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushed_elements_keep_their_order_across_growth),
        cmocka_unit_test(reserve_makes_room_at_once_and_keeps_the_content),
        cmocka_unit_test(large_ones_begin_with_a_cache_line_and_keep_what_lies_behind_the_count),
        cmocka_unit_test(remove_closes_the_gap),
        cmocka_unit_test(a_zeroed_push_is_zero_after_reset_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
