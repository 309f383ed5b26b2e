/* Rows with generations; see slots.h. Invariant: live + vacant = rows. */
#include "base/slots.h"

HfHandle hf_slots_take(HfSlots *slots)
{
    uint32_t row;
    if (slots->vacant.count > 0) {
        row = slots->vacant.at[--slots->vacant.count];
        if (slots->vacant.count >= HF_SLOTS_AHEAD)
            __builtin_prefetch(&slots->generation.at[hf_slots_coming(slots, HF_SLOTS_AHEAD)], 1);
    } else {
        row = slots->generation.count;
        HF_ASSERT(row < UINT32_MAX);
        hf_vec_push(&slots->generation, 0);
    }
    HF_ASSERT(slots->generation.at[row] % 2 == 0);
    slots->generation.at[row]++;
    slots->live++;
    return (HfHandle){row, slots->generation.at[row]};
}

void hf_slots_give(HfSlots *slots, HfHandle handle)
{
    HF_ASSERT(hf_slots_is_live(slots, handle));
    slots->generation.at[handle.row]++;
    slots->live--;
    /* A row whose generations ran out is retired rather than let an old handle come alive again. */
    if (slots->generation.at[handle.row] != UINT32_MAX - 1) hf_vec_push(&slots->vacant, handle.row);
}

void hf_slots_clear(HfSlots *slots)
{
    hf_vec_clear(&slots->generation);
    hf_vec_clear(&slots->vacant);
    slots->live = 0;
}
