/*
 * Scratch memory for one cycle: allocate by bumping, free everything at once by reset. After the
 * first cycles it asks the system for nothing.
 */
#ifndef HF_BASE_ARENA_H
#define HF_BASE_ARENA_H

#include <glib.h>
#include <stddef.h>

typedef struct HfArena HfArena;

HfArena *hf_arena_new(size_t block_size);
void hf_arena_free(HfArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArena, hf_arena_free)

/* `size` bytes aligned to 16, uninitialised, valid until reset. Size 0 is legal. */
void *hf_arena_take(HfArena *arena, size_t size);

/* Everything taken becomes invalid; the memory is kept. */
void hf_arena_reset(HfArena *arena);

#define hf_arena_take_n(arena, type, count) ((type *)hf_arena_take((arena), sizeof(type) * (count)))

#endif
