/* A list of blocks, each at least block_size; reset starts again at the first. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/vec.h"

typedef struct Block {
    char *memory;
    size_t size;
} Block;

struct HfArena {
    HF_VEC(Block) blocks;
    size_t block_size;
    size_t used;       /* of the current block */
    guint32 block_now; /* index of the current block */
};

HfArena *hf_arena_new(size_t block_size)
{
    HF_ASSERT(block_size > 0);
    HfArena *arena = g_new0(HfArena, 1);
    arena->block_size = block_size;
    return arena;
}

void hf_arena_free(HfArena *arena)
{
    if (arena == NULL) return;
    for (guint32 i = 0; i < arena->blocks.count; i++) g_free(arena->blocks.at[i].memory);
    hf_vec_clear(&arena->blocks);
    g_free(arena);
}

void *hf_arena_take(HfArena *arena, size_t size)
{
    HF_ASSERT(size <= G_MAXSIZE - 16);
    size = (size + 15) & ~(size_t)15;
    while (arena->block_now < arena->blocks.count) {
        Block *block = &arena->blocks.at[arena->block_now];
        if (block->size - arena->used >= size) {
            void *result = block->memory + arena->used;
            arena->used += size;
            return result;
        }
        arena->block_now++;
        arena->used = 0;
    }
    size_t room = MAX(size, arena->block_size);
    hf_vec_push(&arena->blocks, (Block){g_malloc(room), room});
    arena->used = size;
    return hf_vec_last(&arena->blocks)->memory;
}

void hf_arena_reset(HfArena *arena)
{
    arena->block_now = 0;
    arena->used = 0;
}
