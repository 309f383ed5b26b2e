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
    hf_slots_give(&slots, a);
    expect_assert_failure(hf_slots_give(&slots, a));
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
        cmocka_unit_test(none_and_foreign_handles_are_not_live),
        cmocka_unit_test(giving_back_twice_is_a_programming_error),
        cmocka_unit_test(a_row_whose_generations_ran_out_is_retired),
        cmocka_unit_test(packing_keeps_row_and_generation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
