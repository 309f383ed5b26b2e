/* The failure path of HF_ASSERT: tell stderr where, then abort so that a debugger or core dump has
 * the stack. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

static void print_and_abort(const char *expression, const char *file, int line)
{
    fprintf(stderr, "holdfast: %s:%d: broken invariant: %s (a bug in Holdfast, please report it)\n",
            file, line, expression);
    abort();
}

HfAssertHook hf_assert_hook = print_and_abort;

void hf_assert_failed(const char *expression, const char *file, int line)
{
    hf_assert_hook(expression, file, line);
    abort();
}
