/*
 * The ladder as a priority queue, on the inputs that break ladders: bursts, descending times,
 * ranges of many orders of magnitude, a sequence number that carries into `high`, few chunks.
 */
#include "engine/ladder_internal.h"

#include <stdlib.h>

#include "base/random.h"
#include "support/test.h"

typedef struct Bench {
    HfLadder ladder;
    uint64_t sequence;
    HfTime now;
    HfEventKey last; /* popped */
} Bench;

static void begin(Bench *bench)
{
    *bench = (Bench){0};
    hf_ladder__init(&bench->ladder);
}

static void push(Bench *bench, HfTime when)
{
    HfEventKey key = hf_key__make(when, ++bench->sequence, 1);
    hf_ladder__push(&bench->ladder, key, hf_key__high_first(bench->now));
}

/* Pop the smallest, which must be greater than the one before. FALSE when empty. */
static gboolean pop(Bench *bench)
{
    HfLadder *ladder = &bench->ladder;
    if (hf_ladder__in_bottom(ladder) == 0 && !hf_ladder__refill(ladder, UINT64_MAX, NULL))
        return FALSE;
    HfEventKey key = *ladder->least--;
    assert_true(hf_key__less(bench->last, key));
    bench->last = key;
    bench->now = hf_key__time(key);
    return TRUE;
}

static uint32_t slot_is_live(const HfEventRecord *records, HfEventKey key)
{
    return records[hf_key__slot(key.low)].low == key.low;
}

static void expect_to_pop(Bench *bench, uint32_t count)
{
    assert_int_equal(hf_ladder__count(&bench->ladder), count);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(pop(bench));
        if (i % 1000 == 0) hf_ladder__check(&bench->ladder, hf_key__high_first(bench->now));
    }
    assert_false(pop(bench));
    assert_int_equal(hf_ladder__count(&bench->ladder), 0);
    hf_ladder__check(&bench->ladder, hf_key__high_first(bench->now));
}

static void times_in_any_order_come_out_sorted(void **state)
{
    Bench b;
    begin(&b);
    HfStream stream;
    hf_stream_init(&stream, 1, "ladder", 0);
    for (int i = 0; i < 50000; i++) push(&b, (HfTime)hf_stream_below(&stream, 1000000000));
    expect_to_pop(&b, 50000);
    /* Run dry, it must start again from nothing: its ranges were those of the old keys. */
    for (int i = 0; i < 50000; i++) push(&b, b.now + (HfTime)hf_stream_below(&stream, 1000));
    expect_to_pop(&b, 50000);
    hf_ladder__clear(&b.ladder);
}

static void a_burst_of_one_instant_keeps_its_order(void **state)
{
    Bench b;
    begin(&b);
    push(&b, 5);
    for (int i = 0; i < 100000; i++) push(&b, 1000);
    for (int i = 0; i < 100; i++) push(&b, 999);
    expect_to_pop(&b, 100101);
    hf_ladder__clear(&b.ladder);
}

/* A burst whose keys did not come in order: what requeued timers can bring about. */
static void a_burst_out_of_order_is_sorted(void **state)
{
    Bench b;
    begin(&b);
    for (uint64_t i = 0; i < 10000; i++) {
        HfEventKey key = hf_key__make(7, 1 + i * 7919 % 10007, 1); /* 10007 is prime: all differ */
        hf_ladder__push(&b.ladder, key, 0);
    }
    expect_to_pop(&b, 10000);
    for (uint64_t i = 0; i < 20; i++) { /* few: the other way of sorting */
        HfEventKey key = hf_key__make(b.now + 3, 20000 - i, 1);
        hf_ladder__push(&b.ladder, key, 0);
    }
    expect_to_pop(&b, 20);
    hf_ladder__clear(&b.ladder);
}

/* Each key is the new smallest: they all arrive at the bottom, which must not grow without bound.
 */
static void descending_times_do_not_pile_up_in_bottom(void **state)
{
    Bench b;
    begin(&b);
    for (int i = 0; i < 20000; i++) {
        push(&b, 1000000 - i);
        assert_true(hf_ladder__in_bottom(&b.ladder) <= HF_LADDER_BOTTOM);
    }
    hf_ladder__check(&b.ladder, 0);
    expect_to_pop(&b, 20000);
    hf_ladder__clear(&b.ladder);
}

/* The same while rungs are in use: a wide range first, then many keys just after the present. */
static void descending_times_before_a_rung_do_not_pile_up_either(void **state)
{
    Bench b;
    begin(&b);
    for (int i = 0; i < 10000; i++) push(&b, HF_NS_PER_SECOND * (i + 1));
    assert_true(pop(&b));
    for (int i = 0; i < 20000; i++) {
        push(&b, HF_NS_PER_SECOND + 900000000 - i);
        assert_true(hf_ladder__in_bottom(&b.ladder) <= HF_LADDER_BOTTOM);
        if (i % 500 == 0) hf_ladder__check(&b.ladder, hf_key__high_first(b.now));
    }
    expect_to_pop(&b, 29999);
    hf_ladder__clear(&b.ladder);
}

/* From 1 ns to 36 years, half of the keys at each scale: one rung within the other. */
static void times_of_every_magnitude_come_out_sorted(void **state)
{
    Bench b;
    begin(&b);
    HfStream stream;
    hf_stream_init(&stream, 2, "ladder", 0);
    uint32_t count = 0;
    for (int bit = 0; bit < 60; bit++)
        for (int i = 0; i < 500; i++, count++)
            push(&b, (HfTime)hf_stream_below(&stream, UINT64_C(1) << bit));
    push(&b, HF_TIME_MAX);
    push(&b, HF_TIME_MAX);
    expect_to_pop(&b, count + 2);
    hf_ladder__clear(&b.ladder);
}

static void one_instant_stays_in_order_when_the_sequence_carries_into_high(void **state)
{
    Bench b;
    begin(&b);
    b.sequence = (UINT64_C(1) << HF_KEY_SEQUENCE_LOW) - 500;
    for (int i = 0; i < 1000; i++) push(&b, 5 + i % 3);
    expect_to_pop(&b, 1000);
    hf_ladder__clear(&b.ladder);
}

/* Looking for something up to a limit must not disturb what lies beyond it. */
static void refill_stops_at_its_limit(void **state)
{
    Bench b;
    begin(&b);
    uint32_t left = 1000;
    for (int i = 0; i < 1000; i++) push(&b, 1000000 + i * 1000);
    for (; hf_ladder__in_bottom(&b.ladder) > 0; left--) assert_true(pop(&b));
    HfTime next = b.now + 1000;
    assert_false(hf_ladder__refill(&b.ladder, hf_key__high_last(next - 1), NULL));
    assert_int_equal(hf_ladder__in_bottom(&b.ladder), 0);
    assert_int_equal(b.ladder.rungs, 0); /* top was not touched */
    assert_true(hf_ladder__refill(&b.ladder, hf_key__high_last(next), NULL));
    assert_in_range(hf_ladder__in_bottom(&b.ladder), 1, HF_SORT_MANY);
    for (; hf_ladder__in_bottom(&b.ladder) > 0; left--) assert_true(pop(&b));
    assert_true(b.ladder.rungs > 0); /* now it is a rung's bucket that must be left alone */
    assert_false(hf_ladder__refill(&b.ladder, hf_key__high_last(b.now), NULL));
    assert_int_equal(hf_ladder__in_bottom(&b.ladder), 0);
    hf_ladder__check(&b.ladder, 0);
    expect_to_pop(&b, left);
    hf_ladder__clear(&b.ladder);
}

/* Half of the keys have no event any more, in every part of the ladder. */
static void sweeping_drops_the_dead_and_keeps_the_order_of_the_rest(void **state)
{
    enum { KEYS = 20000 };
    Bench b;
    begin(&b);
    HfStream stream;
    hf_stream_init(&stream, 3, "ladder", 0);
    HfEventRecord *records = calloc(KEYS + 1, sizeof *records);
    uint32_t held = 0, live = 0;
    for (uint32_t slot = 1; slot <= KEYS; slot++) {
        if (slot == KEYS / 2) { /* from now on there are rungs */
            for (; hf_ladder__in_bottom(&b.ladder) > 0; held--) {
                live -= slot_is_live(records, *b.ladder.least);
                assert_true(pop(&b));
            }
            assert_true(hf_ladder__refill(&b.ladder, UINT64_MAX, NULL));
            assert_true(b.ladder.rungs > 0);
        }
        uint64_t range = slot % 3 == 0 ? 1000 : 1000000;
        HfTime when = b.now + (HfTime)hf_stream_below(&stream, range);
        gboolean is_present = slot > KEYS / 2 && slot % 10 == 0;
        HfEventKey key = hf_key__make(is_present ? b.now : when, slot, slot);
        records[slot].low = slot % 2 == 0 ? 0 : key.low;
        live += slot % 2;
        held++;
        if (is_present)
            hf_ladder__push_now(&b.ladder, key);
        else
            hf_ladder__push(&b.ladder, key, hf_key__high_first(b.now));
    }
    b.ladder.dead = held - live;
    hf_ladder__sweep(&b.ladder, records);
    hf_ladder__check(&b.ladder, hf_key__high_first(b.now));
    assert_int_equal(b.ladder.dead, 0);
    assert_int_equal(b.ladder.ring_count, 0); /* every tenth slot is even: all were dead */
    assert_true(live > KEYS / 4);
    expect_to_pop(&b, live);
    free(records);
    hf_ladder__clear(&b.ladder);
}

/* On the way down, dead keys are dropped when records are given: they are moved once or twice. */
static void refill_drops_dead_keys_on_the_way(void **state)
{
    enum { KEYS = 5000 };
    Bench b;
    begin(&b);
    HfEventRecord *records = calloc(KEYS + 1, sizeof *records);
    for (uint32_t slot = 1; slot <= KEYS; slot++) {
        HfEventKey key = hf_key__make(slot, slot, slot);
        records[slot].low = slot == KEYS ? key.low : 0;
        hf_ladder__push(&b.ladder, key, 0);
    }
    b.ladder.dead = KEYS - 1;
    uint64_t moved = hf_ladder__work(&b.ladder).keys_moved;
    uint32_t popped = 0;
    for (gboolean is_last = FALSE; !is_last; popped++) {
        if (hf_ladder__in_bottom(&b.ladder) == 0)
            assert_true(hf_ladder__refill(&b.ladder, UINT64_MAX, records));
        HfEventKey key = *b.ladder.least--;
        is_last = slot_is_live(records, key) != 0;
        if (!is_last) b.ladder.dead--;
    }
    assert_int_equal(b.ladder.dead, 0);
    assert_true(popped <=
                2 * HF_LADDER_BOTTOM); /* those in bottom to begin with, and the last few */
    assert_true(hf_ladder__work(&b.ladder).keys_moved - moved < 200);
    free(records);
    hf_ladder__clear(&b.ladder);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_in_any_order_come_out_sorted),
        cmocka_unit_test(a_burst_of_one_instant_keeps_its_order),
        cmocka_unit_test(a_burst_out_of_order_is_sorted),
        cmocka_unit_test(descending_times_do_not_pile_up_in_bottom),
        cmocka_unit_test(descending_times_before_a_rung_do_not_pile_up_either),
        cmocka_unit_test(times_of_every_magnitude_come_out_sorted),
        cmocka_unit_test(one_instant_stays_in_order_when_the_sequence_carries_into_high),
        cmocka_unit_test(refill_stops_at_its_limit),
        cmocka_unit_test(sweeping_drops_the_dead_and_keeps_the_order_of_the_rest),
        cmocka_unit_test(refill_drops_dead_keys_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
