/* The line against a plain array, over random moves, insertions and removals. */
#include "support/test.h"

#include <string.h>

#include "allocator/line_internal.h"
#include "base/random.h"

#define MEMBERS_MAX 40

typedef struct Plain {
    uint32_t at[MEMBERS_MAX + 1], count;
} Plain;

static void plain_insert(Plain *plain, uint32_t place, uint32_t member)
{
    for (uint32_t i = plain->count++; i > place; i--) plain->at[i] = plain->at[i - 1];
    plain->at[place] = member;
}

static uint32_t plain_remove(Plain *plain, uint32_t place)
{
    uint32_t member = plain->at[place];
    plain->count--;
    for (uint32_t i = place; i < plain->count; i++) plain->at[i] = plain->at[i + 1];
    return member;
}

static void a_line_is_an_array(void **state)
{
    (void)state;
    HfLine line = {0};
    Plain plain = {0};
    HfStream stream;
    hf_stream_init(&stream, 7, "line", 0);
    for (uint32_t step = 0; step < 100000; step++) {
        uint64_t what = hf_stream_below(&stream, 8);
        if (plain.count < 2 || (what == 0 && plain.count < MEMBERS_MAX)) {
            uint32_t place = (uint32_t)hf_stream_below(&stream, plain.count + 1);
            plain_insert(&plain, place, step);
            hf_line__insert(&line, place, step);
        } else if (what == 1) {
            uint32_t place = (uint32_t)hf_stream_below(&stream, plain.count);
            plain_remove(&plain, place);
            hf_line__remove(&line, place);
        } else {
            uint32_t from = (uint32_t)hf_stream_below(&stream, plain.count);
            uint32_t to = (uint32_t)hf_stream_below(&stream, plain.count);
            if (what == 2) from = 0, to = plain.count - 1;
            if (what == 3) from = plain.count - 1, to = 0;
            plain_insert(&plain, to, plain_remove(&plain, from));
            hf_line__move(&line, from, to);
        }
        assert_int_equal(line.count, plain.count);
        assert_memory_equal(line.at, plain.at, plain.count * sizeof *plain.at);
    }
    assert_true(line.room <= 8 * MEMBERS_MAX); /* it wanders, but does not grow */
    hf_line__reset(&line);
    assert_int_equal(line.count, 0);
    hf_line__insert(&line, 0, 3);
    assert_int_equal(line.at[0], 3);
    hf_line__clear(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_is_an_array)};
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
