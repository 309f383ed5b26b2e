/*
 * The short event list: a 4-ary heap of keys. It is the oracle of the ladder's tests, and the
 * baseline of its benchmark. Every operation is O(log n).
 */
#ifndef HF_ENGINE_HEAP_INTERNAL_H
#define HF_ENGINE_HEAP_INTERNAL_H

#include "engine/key_internal.h"

/* In place; zeroed is empty. The smallest key is key[0]. */
typedef struct HfHeap {
    HfEventKey *key;
    uint32_t count, room;
    HfListWork work;
} HfHeap;

void hf_heap__clear(HfHeap *heap);
/* Returns key.low. */
uint64_t hf_heap__push(HfHeap *heap, HfEventKey key);

/* Remove the smallest; the heap is not empty. */
HfEventKey hf_heap__pop(HfHeap *heap);

/* Drop the keys whose event is no longer to happen. */
void hf_heap__sweep(HfHeap *heap, const HfEventRecord *records);

void hf_heap__check(const HfHeap *heap);
size_t hf_heap__memory(const HfHeap *heap);

#endif
