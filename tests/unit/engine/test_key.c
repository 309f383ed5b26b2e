/* The key is the total order: time first, then sequence, over the full range of both. */
#include "engine/key_internal.h"

#include "support/test.h"

static void keys_order_by_time_then_sequence(void **state)
{
    const HfTime times[] = {0, 1, 2, INT64_C(1) << 40, HF_TIME_MAX - 1, HF_TIME_MAX};
    const uint64_t low_end = UINT64_C(1) << HF_KEY_SEQUENCE_LOW; /* where the sequence carries */
    const uint64_t sequences[] = {1, 2, low_end - 1, low_end, low_end + 1, HF_KEY_SEQUENCE_MAX};
    HfEventKey before = {0, 0};
    for (size_t t = 0; t < G_N_ELEMENTS(times); t++)
        for (size_t s = 0; s < G_N_ELEMENTS(sequences); s++) {
            /* Larger slots first: the slot must never decide. */
            HfEventKey key = hf_key__make(times[t], sequences[s], HF_KEY_SLOT_MAX - (uint32_t)s);
            assert_true(hf_key__less(before, key));
            assert_false(hf_key__less(key, before));
            assert_false(hf_key__less(key, key));
            assert_true(hf_key__time(key) == times[t]);
            assert_int_equal(hf_key__slot(key.low), HF_KEY_SLOT_MAX - s);
            assert_true(hf_key__high_first(times[t]) <= key.high);
            assert_true(hf_key__high_last(times[t]) >= key.high);
            before = key;
        }
    assert_true(before.high < UINT64_C(1) << 63); /* the ladder adds to it */
}

/* Counting up gives the keys of the numbers counted, over the carry and up to the last one. */
static void a_sequence_counts_up_to_the_last_number(void **state)
{
    const uint64_t low_end = UINT64_C(1) << HF_KEY_SEQUENCE_LOW;
    const uint64_t starts[] = {0, 7, low_end - 2, 5 * low_end - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
        HfSequence sequence = {starts[i] << HF_KEY_SLOT_BITS, starts[i] >> HF_KEY_SEQUENCE_LOW};
        for (uint64_t number = starts[i] + 1; number < starts[i] + 4; number++) {
            assert_true(hf_sequence__step(&sequence));
            HfEventKey key = hf_key__place(99, sequence, 5), expected = hf_key__make(99, number, 5);
            assert_true(key.low == expected.low);
            assert_true(key.high == expected.high);
        }
    }
    HfSequence last = {HF_KEY_SEQUENCE_MAX << HF_KEY_SLOT_BITS,
                       HF_KEY_SEQUENCE_MAX >> HF_KEY_SEQUENCE_LOW};
    assert_false(hf_sequence__step(&last));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_order_by_time_then_sequence),
        cmocka_unit_test(a_sequence_counts_up_to_the_last_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
