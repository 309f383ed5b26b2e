/* Aligned growth; see memory.h. */
#define _DEFAULT_SOURCE 1 /* madvise() */

#include "base/memory.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/assert.h"

#define LINE_BYTES      64
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

static void *grow(void *old, size_t bytes_old, size_t bytes_new, size_t alignment)
{
    HF_ASSERT(bytes_new >= bytes_old);
    bytes_new = (bytes_new + alignment - 1) & ~(alignment - 1);
    void *grown = aligned_alloc(alignment, bytes_new);
    if (grown == NULL) g_error("out of memory: %zu bytes asked for", bytes_new);
#ifdef MADV_HUGEPAGE
    if (alignment == HUGE_PAGE_BYTES) /* a hint: may be refused */
        (void)madvise(grown, bytes_new, MADV_HUGEPAGE);
#endif
    if (bytes_old > 0) memcpy(grown, old, bytes_old);
    free(old);
    return grown;
}

void *hf_memory_grow(void *old, size_t bytes_old, size_t bytes_new)
{
    return grow(old, bytes_old, bytes_new, LINE_BYTES);
}

void *hf_memory_grow_huge(void *old, size_t bytes_old, size_t bytes_new)
{
    gboolean is_huge = bytes_new >= 2 * HUGE_PAGE_BYTES;
    return grow(old, bytes_old, bytes_new, is_huge ? HUGE_PAGE_BYTES : LINE_BYTES);
}
