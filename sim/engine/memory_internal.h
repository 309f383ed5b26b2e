/*
 * Big arrays that grow by doubling: aligned to cache lines, so that no record or chunk straddles
 * two more than it must, and to huge pages once that large, where a system offers them: at a
 * million pending events most of the time lost is lost in page tables.
 */
#ifndef HF_ENGINE_MEMORY_INTERNAL_H
#define HF_ENGINE_MEMORY_INTERNAL_H

#include <stddef.h>

/*
 * A new array of `bytes_new` >= `bytes_old` with the content of `old`, which is freed (NULL is
 * allowed with 0). The rest is uninitialised. Aborts when memory is out. Free: free().
 */
void *hf_memory__grow(void *old, size_t bytes_old, size_t bytes_new);

#endif
