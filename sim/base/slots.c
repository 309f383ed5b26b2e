/* Rows with generations; see slots.h. Invariant: live + vacant = rows. */
#include "base/slots.h"

uint32_t hf_slots__add(HfSlots *slots)
{
    uint32_t row = slots->generation.count;
    HF_ASSERT(row < UINT32_MAX);
    hf_vec_push(&slots->generation, 0);
    return row;
}

void hf_slots__make_room(HfSlots *slots)
{
    hf_vec_reserve(&slots->vacant, 1);
}

void hf_slots_give_many(HfSlots *slots, const uint64_t *handles, uint32_t count)
{
    hf_vec_reserve(&slots->vacant, count);
    uint32_t *generation = slots->generation.at, rows = slots->generation.count;
    uint32_t *vacant = slots->vacant.at + slots->vacant.count;
    for (uint32_t i = 0; i < count; i++) {
        HfHandle handle = hf_handle_unpack(handles[i]);
        HF_ASSERT(handle.generation % 2 != 0 && handle.row < rows &&
                  generation[handle.row] == handle.generation);
        generation[handle.row] = handle.generation + 1;
        *vacant = handle.row;
        vacant += handle.generation != UINT32_MAX - 2; /* else it is retired */
    }
    slots->vacant.count = (uint32_t)(vacant - slots->vacant.at);
    slots->live -= count;
}

void hf_slots_clear(HfSlots *slots)
{
    hf_vec_clear(&slots->generation);
    hf_vec_clear(&slots->vacant);
    slots->live = 0;
}

/* Rows that were given back in any order lie anywhere: their generations are loaded ahead. */
void hf_slots_take_many(HfSlots *slots, uint64_t *handles_out, uint32_t count)
{
    enum { AHEAD = 16 };
    uint32_t *generation = slots->generation.at;
    uint32_t again = MIN(count, slots->vacant.count), i = 0;
    const uint32_t *next = slots->vacant.at + slots->vacant.count;
    uint32_t ahead = again > AHEAD ? again - AHEAD : 0;
    slots->vacant.count -= again;
    slots->live += again;
    for (; i < again; i++) {
        uint32_t row = *--next;
        if (i < ahead) __builtin_prefetch(&generation[next[-AHEAD]], 1);
        HF_ASSERT(generation[row] % 2 == 0);
        handles_out[i] = hf_handle_pack((HfHandle){row, ++generation[row]});
    }
    for (; i < count; i++) handles_out[i] = hf_handle_pack(hf_slots_take(slots));
}
