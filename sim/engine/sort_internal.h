/*
 * Sorting keys that lie in a known range of `high`, which is what a bucket of the ladder is: by
 * counting for each how many are greater (few keys), by the cell of the range it falls into (more),
 * and by heap sort where neither suits.
 */
#ifndef HF_ENGINE_SORT_INTERNAL_H
#define HF_ENGINE_SORT_INTERNAL_H

#include "engine/key_internal.h"

#define HF_SORT_FEW  32  /* up to so many are sorted by rank */
#define HF_SORT_MANY 512 /* and up to so many by cell */
#define HF_SORT_PAD  8   /* places that are read or written behind the last key */

/*
 * Sort keys into `sorted_out`, the greatest first.
 * Shape:  1 <= count <= HF_SORT_MANY. HF_SORT_PAD more places of key[] can be read, whatever is in
 *         them, and as many of sorted_out[] are overwritten. The arrays do not overlap. Every
 *         `high` lies in `start` .. start + 2^width_bits - 1.
 * Cost:   O(count) when they are spread evenly, O(count log count) at worst.
 * Returns how many keys were compared.
 */
uint64_t hf_sort__range(HfEventKey *sorted_out, const HfEventKey *key, uint32_t count,
                        uint64_t start, uint32_t width_bits);

/*
 * Sort in place, the greatest first, any number of keys, which are nearly always in ascending order
 * already: a burst of one instant. O(count) then. Returns how many keys were compared, at most.
 */
uint64_t hf_sort__burst(HfEventKey *key, uint32_t count);

#endif
