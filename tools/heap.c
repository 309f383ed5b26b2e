/* Huge pages for the heap; see heap.h. */
#define _DEFAULT_SOURCE 1 /* sbrk(), madvise() */

#include "tools/heap.h"

#include <glib.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__GLIBC__) && defined(MADV_HUGEPAGE) && !defined(HF_SLOW_ASSERTIONS)

#define PAGE ((uintptr_t)2 << 20)
#define STEP (64 << 20) /* by which the heap grows */
#define LONE (32 << 20) /* what is as large as that lies by itself: the most that glibc allows */

static char *round_up(char *at)
{
    return (char *)(((uintptr_t)at + PAGE - 1) & ~(PAGE - 1));
}

HfHeap hf_heap_begin(void)
{
    HfHeap heap = {round_up(sbrk(0))};
    mallopt(M_TOP_PAD, STEP);
    mallopt(M_MMAP_THRESHOLD, LONE);
    mallopt(M_TRIM_THRESHOLD, G_MAXINT);
    void *volatile first = malloc(LONE / 2); /* lets it grow now */
    free(first);
    hf_heap_follow(&heap);
    return heap;
}

void hf_heap_follow(HfHeap *heap)
{
    char *end = sbrk(0);
    if (heap->advised == NULL || end < heap->advised + PAGE) return;
    end = (char *)((uintptr_t)end & ~(PAGE - 1));
    size_t bytes = (size_t)(end - heap->advised);
    gboolean is_had = madvise(heap->advised, bytes, MADV_HUGEPAGE) == 0;
#ifdef MADV_COLLAPSE
    if (is_had) (void)madvise(heap->advised, bytes, MADV_COLLAPSE); /* what was used before this */
#endif
    heap->advised = is_had ? end : NULL;
}

#else

HfHeap hf_heap_begin(void)
{
    return (HfHeap){NULL};
}

void hf_heap_follow(HfHeap *heap)
{
}

#endif
