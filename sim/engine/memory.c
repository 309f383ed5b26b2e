/* Aligned growth; see memory_internal.h. */
#define _DEFAULT_SOURCE 1 /* madvise() */

#include "engine/memory_internal.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/assert.h"

#define LINE_BYTES      64
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

void *hf_memory__grow(void *old, size_t bytes_old, size_t bytes_new)
{
    HF_ASSERT(bytes_new >= bytes_old);
    gboolean is_huge = bytes_new >= 2 * HUGE_PAGE_BYTES;
    size_t alignment = is_huge ? HUGE_PAGE_BYTES : LINE_BYTES;
    bytes_new = (bytes_new + alignment - 1) & ~(alignment - 1);
    void *grown = aligned_alloc(alignment, bytes_new);
    if (grown == NULL) g_error("out of memory: %zu bytes for the event list", bytes_new);
#ifdef MADV_HUGEPAGE
    if (is_huge) (void)madvise(grown, bytes_new, MADV_HUGEPAGE); /* a hint: may be refused */
#endif
    if (bytes_old > 0) memcpy(grown, old, bytes_old);
    free(old);
    return grown;
}
