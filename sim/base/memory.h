/*
 * Big arrays that grow by doubling, aligned to cache lines, so that no row or chunk straddles one
 * line more than it must.
 */
#ifndef HF_BASE_MEMORY_H
#define HF_BASE_MEMORY_H

#include <stddef.h>

/*
 * A new array of `bytes_new` >= `bytes_old` with the content of `old`, which is freed (NULL is
 * allowed with 0). The rest is uninitialised. Aborts when memory is out. Free: free().
 */
void *hf_memory_grow(void *old, size_t bytes_old, size_t bytes_new);

/*
 * The same, aligned to huge pages once that large, where a system offers them: at a million pending
 * events most of the time lost is lost in page tables. Costs up to 2 MiB of address space.
 */
void *hf_memory_grow_huge(void *old, size_t bytes_old, size_t bytes_new);

#endif
