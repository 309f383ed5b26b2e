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

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_order_by_time_then_sequence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
