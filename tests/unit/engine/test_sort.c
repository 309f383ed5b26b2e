/*
 * Sorting a range of keys by rank and by cell: every count, on keys spread evenly, in clusters, at
 * one instant and in every order of arrival, against the C library's sort.
 */
#include "engine/sort_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "support/test.h"

enum { MANY = HF_SORT_MANY };

static int descending(const void *a, const void *b)
{
    const HfEventKey *x = a, *y = b;
    return hf_key__less(*x, *y) - hf_key__less(*y, *x);
}

typedef enum Shape {
    EVEN,        /* over the whole range */
    CLUSTERS,    /* two heaps at the ends of the range, each in one cell */
    INSTANTS,    /* three instants, in order of arrival */
    OUT_OF_TURN, /* the same, arrived in another order */
    GROWING,     /* in order already */
    FALLING,
    SHAPES
} Shape;

static uint64_t distance(HfStream *stream, Shape shape, uint32_t i, uint32_t count, uint64_t width)
{
    switch (shape) {
    case EVEN:
        return hf_stream_below(stream, width);
    case CLUSTERS:
        return (i % 2 == 0 ? 0 : width - 1 - (width - 1) / 1000) +
               hf_stream_below(stream, width / 1000 + 1);
    case INSTANTS:
    case OUT_OF_TURN:
        return i % 3 * (width / 3);
    case GROWING:
        return (uint64_t)((double)i / count * (double)width);
    default:
        return (uint64_t)((double)(count - 1 - i) / count * (double)width);
    }
}

static void expect_sorted(HfStream *stream, Shape shape, uint32_t count, uint32_t width_bits)
{
    HfEventKey key[MANY + HF_SORT_PAD], sorted[MANY + HF_SORT_PAD], expected[MANY];
    const uint64_t start = UINT64_C(1) << 61 | 12345;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t sequence = shape == OUT_OF_TURN ? 1 + i * 7919ULL % 10007 : 1 + i;
        key[i] = (HfEventKey){
            sequence << HF_KEY_SLOT_BITS | (count - i),
            start + distance(stream, shape, i, count, UINT64_C(1) << width_bits),
        };
    }
    memset(key + count, 0xff, HF_SORT_PAD * sizeof *key); /* must not matter */
    memcpy(expected, key, count * sizeof *key);
    qsort(expected, count, sizeof *expected, descending);
    assert_true(hf_sort__range(sorted, key, count, start, width_bits) + 1 >= count);
    assert_memory_equal(sorted, expected, count * sizeof *sorted);
    hf_sort__burst(key, count);
    assert_memory_equal(key, expected, count * sizeof *key);
}

static void any_count_of_any_shape_is_sorted(void **state)
{
    static const uint32_t widths[] = {0, 1, 5, 9, 10, 11, 26, 45, 60};
    HfStream stream;
    hf_stream_init(&stream, 1, "sort", 0);
    for (uint32_t count = 1; count <= MANY; count += count < 70 ? 1 : 17)
        for (size_t w = 0; w < G_N_ELEMENTS(widths); w++)
            for (Shape shape = EVEN; shape < SHAPES; shape++)
                expect_sorted(&stream, shape, count, widths[w]);
    expect_sorted(&stream, EVEN, MANY, 40);
}

static void more_than_it_can_is_a_programming_error(void **state)
{
    HfEventKey key[1] = {{1, 1}};
    expect_assert_failure(hf_sort__range(key, key, MANY + 1, 0, 10));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_count_of_any_shape_is_sorted),
        cmocka_unit_test(more_than_it_can_is_a_programming_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
