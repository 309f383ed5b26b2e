/*
 * A map from 64-bit keys to 32-bit values: open addressing, linear probing, deletion by shifting
 * back, so there are no tombstones and no allocation but to grow. For look-ups on the hot path
 * (task id to row); never iterated, because its order means nothing.
 */
#ifndef HF_BASE_MAP64_H
#define HF_BASE_MAP64_H

#include <glib.h>
#include <stdint.h>

#define HF_MAP64_NONE UINT32_MAX /* not a legal value */

/* In place; zero-initialised is empty. */
typedef struct HfMap64 {
    uint64_t *key;
    uint32_t *value; /* HF_MAP64_NONE marks an empty place */
    uint32_t count, room;
} HfMap64;

/* The value of `key`, or HF_MAP64_NONE. Expected O(1). */
uint32_t hf_map64_get(const HfMap64 *map, uint64_t key);

/* Set or replace. */
void hf_map64_set(HfMap64 *map, uint64_t key, uint32_t value);

/* Remove; FALSE when it was not there. */
gboolean hf_map64_remove(HfMap64 *map, uint64_t key);

void hf_map64_clear(HfMap64 *map);

/*
 * A map that is kept from when it is first asked on, for rows that are nearly always found without
 * it. Its owner looks at `is_kept` before it asks; if not, it sets that and then every row it has.
 * In place; zero-initialised is empty and not kept.
 */
typedef struct HfLateMap64 {
    HfMap64 map;
    gboolean is_kept;
} HfLateMap64;

static inline void hf_late_map64_set(HfLateMap64 *late, uint64_t key, uint32_t value)
{
    if (late->is_kept) hf_map64_set(&late->map, key, value);
}

static inline void hf_late_map64_remove(HfLateMap64 *late, uint64_t key)
{
    if (late->is_kept) hf_map64_remove(&late->map, key);
}

#endif
