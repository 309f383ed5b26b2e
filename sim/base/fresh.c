/* Ids never used; see fresh.h. */
#include "base/fresh.h"

#include <string.h>

/* The gap that an id lies in, or count; ids in use are mostly near the top. */
static uint32_t gap_of(const HfFresh *fresh, uint64_t id)
{
    for (uint32_t g = fresh->count; g-- > 0;)
        if (fresh->gaps[g].first <= id) return id <= fresh->gaps[g].last ? g : fresh->count;
    return fresh->count;
}

gboolean hf_fresh__is_in_gap(const HfFresh *fresh, uint64_t id)
{
    return gap_of(fresh, id) < fresh->count;
}

static void remove_gap(HfFresh *fresh, uint32_t g)
{
    fresh->count--;
    memmove(&fresh->gaps[g], &fresh->gaps[g + 1], (fresh->count - g) * sizeof *fresh->gaps);
}

/* Before the g-th; where there is no room the first one goes, which is this one if it would be. */
static void insert_gap(HfFresh *fresh, uint32_t g, HfFreshGap gap)
{
    if (fresh->count == HF_FRESH_GAPS) {
        if (g == 0) return;
        remove_gap(fresh, 0);
        g--;
    }
    memmove(&fresh->gaps[g + 1], &fresh->gaps[g], (fresh->count - g) * sizeof *fresh->gaps);
    fresh->gaps[g] = gap;
    fresh->count++;
}

void hf_fresh__use_other(HfFresh *fresh, uint64_t id)
{
    if (id > fresh->top) {
        insert_gap(fresh, fresh->count, (HfFreshGap){fresh->top + 1, id - 1});
        fresh->top = id;
        return;
    }
    uint32_t g = gap_of(fresh, id);
    if (g == fresh->count) return;
    HfFreshGap *gap = &fresh->gaps[g];
    if (gap->first == id && gap->last == id) {
        remove_gap(fresh, g);
    } else if (gap->first == id) {
        gap->first++;
    } else if (gap->last == id) {
        gap->last--;
    } else {
        HfFreshGap below = {gap->first, id - 1};
        gap->first = id + 1;
        insert_gap(fresh, g, below);
    }
}
