/* A 4-ary heap of keys; see heap_internal.h. Invariant: no key is less than its parent. */
#include "engine/heap_internal.h"

#define ARITY 4

void hf_heap__clear(HfHeap *heap)
{
    g_free(heap->key);
    *heap = (HfHeap){0};
}

uint64_t hf_heap__push(HfHeap *heap, HfEventKey key)
{
    if (heap->count == heap->room) {
        heap->room = heap->room > 0 ? heap->room * 2 : 64;
        heap->key = g_renew(HfEventKey, heap->key, heap->room);
        heap->work.allocations++;
    }
    uint32_t i = heap->count++;
    while (i > 0) {
        uint32_t parent = (i - 1) / ARITY;
        heap->work.comparisons++;
        if (!hf_key__less(key, heap->key[parent])) break;
        hf_key__put(&heap->key[i], heap->key[parent]);
        heap->work.keys_moved++;
        i = parent;
    }
    hf_key__put(&heap->key[i], key);
    heap->work.keys_moved++;
    return key.low;
}

static void sift_down(HfHeap *heap, uint32_t i, HfEventKey key)
{
    for (;;) {
        uint64_t child = (uint64_t)i * ARITY + 1;
        if (child >= heap->count) break;
        uint64_t end = MIN(child + ARITY, heap->count), least = child;
        for (uint64_t c = child + 1; c < end; c++)
            if (hf_key__less(heap->key[c], heap->key[least])) least = c;
        heap->work.comparisons += end - child;
        if (!hf_key__less(heap->key[least], key)) break;
        hf_key__put(&heap->key[i], heap->key[least]);
        heap->work.keys_moved++;
        i = (uint32_t)least;
    }
    hf_key__put(&heap->key[i], key);
    heap->work.keys_moved++;
}

HfEventKey hf_heap__pop(HfHeap *heap)
{
    HF_ASSERT(heap->count > 0);
    HfEventKey result = heap->key[0];
    heap->count--;
    if (heap->count > 0) sift_down(heap, 0, heap->key[heap->count]);
    return result;
}

void hf_heap__sweep(HfHeap *heap, const HfEventRecord *records)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < heap->count; i++)
        if (hf_key__is_live(records, heap->key[i])) heap->key[kept++] = heap->key[i];
    heap->count = kept;
    heap->work.keys_moved += kept;
    if (kept < 2) return;
    for (uint32_t i = (kept - 2) / ARITY + 1; i-- > 0;) sift_down(heap, i, heap->key[i]);
}

void hf_heap__check(const HfHeap *heap)
{
    for (uint32_t i = 1; i < heap->count; i++)
        HF_ASSERT(hf_key__less(heap->key[(i - 1) / ARITY], heap->key[i]));
}

size_t hf_heap__memory(const HfHeap *heap)
{
    return (size_t)heap->room * sizeof *heap->key;
}
