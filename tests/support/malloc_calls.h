/*
 * Counts calls of malloc and its kin in hf_malloc_calls, by standing in front of them: include it
 * in one file of a test program. Where that cannot be done (under AddressSanitizer, which does the
 * same, or with another C library) HF_MALLOC_IS_COUNTED is not defined, and the test says so with
 * HF_MALLOC_NOT_COUNTED, its whole main().
 */
#ifndef HF_TESTS_MALLOC_CALLS_H
#define HF_TESTS_MALLOC_CALLS_H

#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)

#define HF_MALLOC_NOT_COUNTED                                                                      \
    int main(void)                                                                                 \
    {                                                                                              \
        puts("skipped: malloc cannot be counted in this build");                                   \
        return HF_TEST_SKIPPED;                                                                    \
    }

#else

#define HF_MALLOC_IS_COUNTED 1

static uint64_t hf_malloc_calls;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    hf_malloc_calls++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    hf_malloc_calls++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    hf_malloc_calls++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    hf_malloc_calls++;
    return __libc_memalign(alignment, size);
}

#endif

#endif
