/*
 * What every fuzz target offers: one function that is given one input and aborts when a property
 * does not hold. The driver (fuzz_main.c) feeds it files, folders of files, or standard input, so
 * that the same program serves afl-fuzz, the replay of a corpus, and a debugger.
 */
#ifndef HF_TESTS_FUZZ_FUZZ_H
#define HF_TESTS_FUZZ_FUZZ_H

#include <stddef.h>

#include "base/assert.h"

/* `text` has `size` bytes and a NUL after them; there may be NULs inside. */
void hf_fuzz_one(const char *text, size_t size);

/* A property of the code under test; unlike HF_ASSERT it is about results, not about callers. */
#define HF_FUZZ_CHECK(expression) HF_ASSERT(expression)

#endif
