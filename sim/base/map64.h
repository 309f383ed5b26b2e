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

/* Start loading what hf_map64_get() will read; changes nothing. */
void hf_map64_prefetch(const HfMap64 *map, uint64_t key);

/* Set or replace. */
void hf_map64_set(HfMap64 *map, uint64_t key, uint32_t value);

/* Remove; FALSE when it was not there. */
gboolean hf_map64_remove(HfMap64 *map, uint64_t key);

void hf_map64_clear(HfMap64 *map);

#endif
