/* Handles that outlive their row must be recognised. */
#include "base/slots.h"

#include "support/test.h"

static void a_given_back_row_is_used_again_under_another_generation(void **state)
{
    HfSlots slots = {0};
    HfHandle a = hf_slots_take(&slots), b = hf_slots_take(&slots);
    assert_int_equal(a.row, 0);
    assert_int_equal(b.row, 1);
    hf_slots_give(&slots, a);
    HfHandle c = hf_slots_take(&slots);
    assert_int_equal(c.row, 0);
    assert_int_not_equal(c.generation, a.generation);
    assert_false(hf_slots_is_live(&slots, a));
    assert_true(hf_slots_is_live(&slots, b));
    assert_true(hf_slots_is_live(&slots, c));
    assert_int_equal(slots.live, 2);
    assert_int_equal(hf_slots_rows(&slots), 2);
    hf_slots_clear(&slots);
}

/* Of two tables with the same past, one gives rows one by one and the other several at once: those
 * given back last come first, then new ones. */
static void rows_taken_at_once_are_those_taken_one_by_one(void **state)
{
    HfSlots one = {0}, many = {0};
    HfHandle all[50];
    uint64_t again[49], at_once[50];
    for (int i = 0; i < 50; i++) all[i] = hf_slots_take(&one);
    hf_slots_take_many(&many, at_once, 50);
    for (int i = 48; i > 0; i--) {
        assert_int_equal(at_once[i], hf_handle_pack(all[i]));
        hf_slots_give(&one, all[i]);
        hf_slots_give(&many, all[i]);
    }
    for (int i = 0; i < 49; i++) again[i] = hf_handle_pack(hf_slots_take(&one));
    hf_slots_take_many(&many, at_once, 49);
    assert_memory_equal(at_once, again, sizeof again);
    assert_int_equal(hf_handle_unpack(at_once[0]).row, 1);
    assert_int_equal(hf_handle_unpack(at_once[48]).row, 50);
    assert_int_equal(many.live, 51);
    hf_slots_take_many(&many, at_once, 0);
    assert_int_equal(many.live, 51);
    hf_slots_clear(&one);
    hf_slots_clear(&many);
}

/* The same of giving back; one of them is never used again. */
static void rows_given_at_once_are_those_given_one_by_one(void **state)
{
    HfSlots one = {0}, many = {0};
    uint64_t handles[4], again[3];
    hf_slots_take_many(&one, handles, 4);
    hf_slots_take_many(&many, handles, 4);
    one.generation.at[1] = many.generation.at[1] = UINT32_MAX - 2;
    handles[1] = hf_handle_pack((HfHandle){1, UINT32_MAX - 2});
    for (int i = 0; i < 3; i++) hf_slots_give(&one, hf_handle_unpack(handles[i]));
    hf_slots_give_many(&many, handles, 3);
    assert_int_equal(many.live, 1);
    assert_int_equal(many.live, one.live);
    assert_true(hf_slots_is_live(&many, hf_handle_unpack(handles[3])));
    for (int i = 0; i < 3; i++) assert_false(hf_slots_is_live(&many, hf_handle_unpack(handles[i])));
    for (int i = 0; i < 3; i++) again[i] = hf_handle_pack(hf_slots_take(&one));
    hf_slots_take_many(&many, handles, 3);
    assert_memory_equal(handles, again, sizeof again);
    assert_int_equal(hf_handle_unpack(handles[0]).row, 2);
    assert_int_equal(hf_handle_unpack(handles[1]).row, 0);
    assert_int_equal(hf_handle_unpack(handles[2]).row, 4);
    hf_slots_clear(&one);
    hf_slots_clear(&many);
}

static void none_and_foreign_handles_are_not_live(void **state)
{
    HfSlots slots = {0};
    HfHandle a = hf_slots_take(&slots);
    assert_false(hf_slots_is_live(&slots, HF_HANDLE_NONE));
    assert_false(hf_slots_is_live(&slots, (HfHandle){7, 1}));
    assert_false(hf_slots_is_live(&slots, (HfHandle){a.row, a.generation + 2}));
    hf_slots_clear(&slots);
}

static void giving_back_twice_is_a_programming_error(void **state)
{
    HfSlots slots = {0};
    HfHandle a = hf_slots_take(&slots);
    uint64_t handle = hf_handle_pack(a);
    hf_slots_give(&slots, a);
    expect_assert_failure(hf_slots_give(&slots, a));
    expect_assert_failure(hf_slots_give_many(&slots, &handle, 1));
    hf_slots_clear(&slots);
}

/* 2^31 lives of one row: the next would repeat a handle, so the row is left alone. */
static void a_row_whose_generations_ran_out_is_retired(void **state)
{
    HfSlots slots = {0};
    HfHandle a = hf_slots_take(&slots);
    slots.generation.at[0] = UINT32_MAX - 2; /* odd: live, in its last life */
    a.generation = UINT32_MAX - 2;
    hf_slots_give(&slots, a);
    HfHandle b = hf_slots_take(&slots);
    assert_int_equal(b.row, 1);
    hf_slots_clear(&slots);
}

static void packing_keeps_row_and_generation(void **state)
{
    HfHandle handle = {0x12345678, 0x9abcdef1};
    assert_true(hf_handle_pack(handle) == UINT64_C(0x9abcdef112345678));
    HfHandle back = hf_handle_unpack(hf_handle_pack(handle));
    assert_int_equal(back.row, handle.row);
    assert_int_equal(back.generation, handle.generation);
    assert_true(hf_handle_pack(HF_HANDLE_NONE) == 0);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_given_back_row_is_used_again_under_another_generation),
        cmocka_unit_test(rows_taken_at_once_are_those_taken_one_by_one),
        cmocka_unit_test(rows_given_at_once_are_those_given_one_by_one),
        cmocka_unit_test(none_and_foreign_handles_are_not_live),
        cmocka_unit_test(giving_back_twice_is_a_programming_error),
        cmocka_unit_test(a_row_whose_generations_ran_out_is_retired),
        cmocka_unit_test(packing_keeps_row_and_generation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
