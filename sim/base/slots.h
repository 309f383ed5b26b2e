/*
 * Rows for things that die: a handle is {row, generation}, rows are used again, generations are
 * not, so a stale handle is recognised instead of naming somebody else. All-zero means none. The
 * caller keeps its columns beside it, indexed by row.
 */
#ifndef HF_BASE_SLOTS_H
#define HF_BASE_SLOTS_H

#include <glib.h>
#include <stdint.h>

#include "base/vec.h"

typedef struct HfHandle {
    uint32_t row;        /* 0 .. rows-1 */
    uint32_t generation; /* >= 1 for a live handle; 0 = none */
} HfHandle;

#define HF_HANDLE_NONE ((HfHandle){0, 0})

/* An even generation is a free row, an odd one a live row. In place: zero-initialised is empty. */
typedef struct HfSlots {
    HF_VEC(uint32_t) generation;
    HF_VEC(uint32_t) vacant;
    uint32_t live;
} HfSlots;

void hf_slots_clear(HfSlots *slots);

static inline gboolean hf_slots_is_live(const HfSlots *slots, HfHandle handle)
{
    return handle.generation != 0 && handle.row < slots->generation.count &&
           slots->generation.at[handle.row] == handle.generation;
}

/*
 * The row that the n-th take from now (1 = the next) will give if nothing is freed before, or
 * UINT32_MAX when that will be a new one: to load its columns ahead. HF_SLOTS_AHEAD is how far
 * ahead hf_slots_take() loads what it needs itself.
 */
#define HF_SLOTS_AHEAD 8
static inline uint32_t hf_slots_coming(const HfSlots *slots, uint32_t n)
{
    return n <= slots->vacant.count ? slots->vacant.at[slots->vacant.count - n] : UINT32_MAX;
}

/* Private: a row more; room for a vacant one more. */
uint32_t hf_slots__add(HfSlots *slots);
void hf_slots__make_room(HfSlots *slots);

/* Take the row freed last, else a new one. Amortised O(1). Aborts after 2^32-1 rows. */
static inline HfHandle hf_slots_take(HfSlots *slots)
{
    uint32_t row;
    if (G_LIKELY(slots->vacant.count > 0)) {
        row = slots->vacant.at[--slots->vacant.count];
        if (slots->vacant.count >= HF_SLOTS_AHEAD)
            __builtin_prefetch(&slots->generation.at[hf_slots_coming(slots, HF_SLOTS_AHEAD)], 1);
    } else {
        row = hf_slots__add(slots);
    }
    HF_ASSERT(slots->generation.at[row] % 2 == 0);
    slots->live++;
    return (HfHandle){row, ++slots->generation.at[row]};
}

/* Start loading what hf_slots_give() will read. */
static inline __attribute__((always_inline)) void hf_slots_prefetch(const HfSlots *slots,
                                                                    uint32_t row)
{
    __builtin_prefetch(&slots->generation.at[row], 1);
}

/* Free a live handle; a stale or foreign one is a programming error. */
static inline void hf_slots_give(HfSlots *slots, HfHandle handle)
{
    HF_ASSERT(hf_slots_is_live(slots, handle));
    uint32_t generation = ++slots->generation.at[handle.row];
    slots->live--;
    /* A row whose generations ran out is retired rather than let an old handle come alive again. */
    if (G_UNLIKELY(generation == UINT32_MAX - 1)) return;
    if (G_UNLIKELY(slots->vacant.count == slots->vacant.room)) hf_slots__make_room(slots);
    slots->vacant.at[slots->vacant.count++] = handle.row;
}

/* How many rows were ever in use at once: the length the caller's columns need. */
static inline uint32_t hf_slots_rows(const HfSlots *slots)
{
    return slots->generation.count;
}

/* A handle as one number (row low, generation high), for messages and events. */
static inline uint64_t hf_handle_pack(HfHandle handle)
{
    return (uint64_t)handle.generation << 32 | handle.row;
}

static inline HfHandle hf_handle_unpack(uint64_t packed)
{
    return (HfHandle){(uint32_t)packed, (uint32_t)(packed >> 32)};
}

#endif
