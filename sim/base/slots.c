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

void hf_slots_clear(HfSlots *slots)
{
    hf_vec_clear(&slots->generation);
    hf_vec_clear(&slots->vacant);
    slots->live = 0;
}

void hf_slots_take_many(HfSlots *slots, HfHandle *handles_out, uint32_t count)
{
    uint32_t *generation = slots->generation.at;
    uint32_t again = MIN(count, slots->vacant.count);
    const uint32_t *vacant = slots->vacant.at;
    uint32_t top = slots->vacant.count;
    slots->vacant.count -= again;
    slots->live += again;
    for (uint32_t i = 0; i < again; i++) {
        uint32_t row = vacant[--top];
        HF_ASSERT(generation[row] % 2 == 0);
        handles_out[i] = (HfHandle){row, ++generation[row]};
    }
    for (uint32_t i = again; i < count; i++) handles_out[i] = hf_slots_take(slots);
}
