/* Scratch memory: aligned, disjoint, and the same again after a reset. */
#include "base/arena.h"

#include <string.h>

#include "support/test.h"

static void pieces_are_aligned_and_do_not_overlap(void **state)
{
    g_autoptr(HfArena) arena = hf_arena_new(256);
    unsigned char *piece[64];
    for (size_t i = 0; i < 64; i++) {
        piece[i] = hf_arena_take(arena, i);
        assert_int_equal((uintptr_t)piece[i] % 16, 0);
        memset(piece[i], (int)i, i);
    }
    for (size_t i = 0; i < 64; i++)
        for (size_t k = 0; k < i; k++) assert_int_equal(piece[i][k], i);
}

static void a_piece_larger_than_a_block_is_served(void **state)
{
    g_autoptr(HfArena) arena = hf_arena_new(64);
    char *big = hf_arena_take(arena, 100000);
    memset(big, 1, 100000);
    char *small = hf_arena_take(arena, 8);
    assert_true(small + 8 <= big || small >= big + 100000);
}

/* What makes a cycle allocate nothing once it has been run. */
static void reset_hands_out_the_same_memory_again(void **state)
{
    g_autoptr(HfArena) arena = hf_arena_new(128);
    void *first[20];
    for (int i = 0; i < 20; i++) first[i] = hf_arena_take(arena, 48);
    hf_arena_reset(arena);
    for (int i = 0; i < 20; i++) assert_ptr_equal(hf_arena_take(arena, 48), first[i]);
}

static void freeing_nothing_is_allowed(void **state)
{
    hf_arena_free(NULL);
    expect_assert_failure(hf_arena_new(0));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(a_piece_larger_than_a_block_is_served),
        cmocka_unit_test(reset_hands_out_the_same_memory_again),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
