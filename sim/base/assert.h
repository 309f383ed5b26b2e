/*
 * Assertions that stay on in every build.
 *
 * HF_ASSERT states what must be true for the result to be trusted; a failure is a bug in Holdfast,
 * never bad input. HF_SLOW_ASSERT may walk whole structures and is compiled only in debug and
 * sanitizer builds.
 */
#ifndef HF_BASE_ASSERT_H
#define HF_BASE_ASSERT_H

/* Called with the failed expression; must not return. Tests replace it, nobody else does. */
typedef void (*HfAssertHook)(const char *expression, const char *file, int line);
extern HfAssertHook hf_assert_hook;

/* Cold: what leads to it is kept out of the way of what is run. */
_Noreturn __attribute__((cold)) void hf_assert_failed(const char *expression, const char *file,
                                                      int line);

#define HF_ASSERT(expression)                                                                      \
    (__builtin_expect(!!(expression), 1) ? (void)0                                                 \
                                         : hf_assert_failed(#expression, __FILE__, __LINE__))

#ifdef HF_SLOW_ASSERTIONS
#define HF_SLOW_ASSERT(expression) HF_ASSERT(expression)
#else
#define HF_SLOW_ASSERT(expression) ((void)0)
#endif

#endif
