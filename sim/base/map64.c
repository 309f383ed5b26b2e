/*
 * Linear probing at a load of at most 1/2; see map64.h.
 *
 * The home of a key is the top of its product with 2^64 / golden ratio: numbers that follow each
 * other, as ids of tasks do, are spread as evenly as can be and hardly ever meet (Knuth, The Art of
 * Computer Programming 6.4, on Fibonacci hashing). The lower half of the factor is the same number
 * again, for keys that differ in their upper half alone.
 */
#include "base/map64.h"

#include "base/assert.h"

static inline uint32_t home(const HfMap64 *map, uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b99e3779b1) >>
                      __builtin_clzll(map->room - UINT64_C(1)));
}

/* Where the key is, or the empty place where it would go. */
static uint32_t place_of(const HfMap64 *map, uint64_t key)
{
    uint32_t at = home(map, key);
    while (map->value[at] != HF_MAP64_NONE && map->key[at] != key) at = (at + 1) & (map->room - 1);
    return at;
}

static void resize(HfMap64 *map, uint32_t room)
{
    HfMap64 old = *map;
    map->key = g_new(uint64_t, room);
    map->value = g_new(uint32_t, room);
    map->room = room;
    for (uint32_t i = 0; i < room; i++) map->value[i] = HF_MAP64_NONE;
    for (uint32_t i = 0; i < old.room; i++) {
        if (old.value[i] == HF_MAP64_NONE) continue;
        uint32_t at = place_of(map, old.key[i]);
        map->key[at] = old.key[i];
        map->value[at] = old.value[i];
    }
    g_free(old.key);
    g_free(old.value);
}

uint32_t hf_map64_get(const HfMap64 *map, uint64_t key)
{
    if (map->count == 0) return HF_MAP64_NONE;
    return map->value[place_of(map, key)];
}

void hf_map64_set(HfMap64 *map, uint64_t key, uint32_t value)
{
    HF_ASSERT(value != HF_MAP64_NONE);
    if (G_UNLIKELY(map->count >= map->room / 2)) {
        HF_ASSERT(map->room < UINT32_C(1) << 31);
        resize(map, map->room ? map->room * 2 : 16);
    }
    uint32_t at = place_of(map, key);
    if (map->value[at] == HF_MAP64_NONE) map->count++;
    map->key[at] = key;
    map->value[at] = value;
}

gboolean hf_map64_remove(HfMap64 *map, uint64_t key)
{
    if (map->count == 0) return FALSE;
    uint32_t hole = place_of(map, key);
    if (map->value[hole] == HF_MAP64_NONE) return FALSE;
    /* Move back every later key of this run whose home does not lie between the hole and itself. */
    uint32_t mask = map->room - 1;
    for (uint32_t at = (hole + 1) & mask; map->value[at] != HF_MAP64_NONE; at = (at + 1) & mask) {
        if (((at - home(map, map->key[at])) & mask) >= ((at - hole) & mask)) {
            map->key[hole] = map->key[at];
            map->value[hole] = map->value[at];
            hole = at;
        }
    }
    map->value[hole] = HF_MAP64_NONE;
    map->count--;
    return TRUE;
}

void hf_map64_clear(HfMap64 *map)
{
    g_free(map->key);
    g_free(map->value);
    *map = (HfMap64){0};
}
