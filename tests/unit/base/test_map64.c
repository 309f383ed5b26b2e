/* The map against the simplest thing that could be right: an array searched from end to end. */
#include "base/map64.h"

#include "base/random.h"
#include "support/test.h"

#define KEYS 300

static void an_empty_map_knows_nothing(void **state)
{
    HfMap64 map = {0};
    assert_true(hf_map64_get(&map, 0) == HF_MAP64_NONE);
    assert_false(hf_map64_remove(&map, 0));
    hf_map64_clear(&map);
}

/* Keys that collide, and deletions in the middle of a probe chain, are what goes wrong in these. */
static void random_changes_agree_with_an_array(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 5, "map64", 0);
    HfMap64 map = {0};
    uint64_t key[KEYS];
    uint32_t value[KEYS];
    for (int i = 0; i < KEYS; i++) {
        key[i] = i < 100 ? (uint64_t)i : i < 200 ? (uint64_t)i << 40 : hf_stream_u64(&stream);
        value[i] = HF_MAP64_NONE;
    }
    uint32_t count = 0;
    for (int step = 0; step < 20000; step++) {
        uint64_t i = hf_stream_below(&stream, KEYS);
        if (hf_stream_below(&stream, 2) == 0) {
            assert_int_equal(hf_map64_remove(&map, key[i]), value[i] != HF_MAP64_NONE);
            if (value[i] != HF_MAP64_NONE) count--;
            value[i] = HF_MAP64_NONE;
        } else {
            if (value[i] == HF_MAP64_NONE) count++;
            value[i] = (uint32_t)hf_stream_below(&stream, 1000);
            hf_map64_set(&map, key[i], value[i]);
        }
        assert_int_equal(map.count, count);
        uint64_t j = hf_stream_below(&stream, KEYS);
        assert_true(hf_map64_get(&map, key[j]) == value[j]);
    }
    for (int i = 0; i < KEYS; i++) assert_true(hf_map64_get(&map, key[i]) == value[i]);
    hf_map64_clear(&map);
}

/* Nothing is stored, and so nothing is there, before its owner says that it is to be kept. */
static void a_late_map_is_kept_from_when_it_is_asked_on(void **state)
{
    HfLateMap64 late = {0};
    hf_late_map64_set(&late, 1, 10);
    hf_late_map64_remove(&late, 2);
    assert_int_equal(late.map.room, 0);
    late.is_kept = TRUE;
    hf_late_map64_set(&late, 1, 10);
    hf_late_map64_set(&late, 2, 20);
    hf_late_map64_remove(&late, 1);
    assert_true(hf_map64_get(&late.map, 1) == HF_MAP64_NONE);
    assert_int_equal(hf_map64_get(&late.map, 2), 20);
    hf_map64_clear(&late.map);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_knows_nothing),
        cmocka_unit_test(random_changes_agree_with_an_array),
        cmocka_unit_test(a_late_map_is_kept_from_when_it_is_asked_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
