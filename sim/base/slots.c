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
