/*
 * Arithmetic on amounts that must not wrap: an overflow of a simulated quantity is a broken
 * precondition (parsers bound their input), so these assert instead of returning an error.
 */
#ifndef HF_BASE_CHECKED_H
#define HF_BASE_CHECKED_H

#include <stdint.h>

#include "base/assert.h"

static inline int64_t hf_add(int64_t a, int64_t b)
{
    int64_t result;
    HF_ASSERT(!__builtin_add_overflow(a, b, &result));
    return result;
}

static inline int64_t hf_sub(int64_t a, int64_t b)
{
    int64_t result;
    HF_ASSERT(!__builtin_sub_overflow(a, b, &result));
    return result;
}

static inline int64_t hf_mul(int64_t a, int64_t b)
{
    int64_t result;
    HF_ASSERT(!__builtin_mul_overflow(a, b, &result));
    return result;
}

#endif
