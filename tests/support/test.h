/*
 * What every cmocka test includes: cmocka's own prerequisites in the right order, and a main()
 * helper that turns a failed HF_ASSERT into something expect_assert_failure() can catch.
 */
#ifndef HF_TESTS_SUPPORT_TEST_H
#define HF_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ctest's code for "skipped" (SKIP_RETURN_CODE); print the reason before returning it. */
#define HF_TEST_SKIPPED 77

/* Route failed HF_ASSERTs to cmocka's mock_assert(). Call first in main(). */
void hf_test_init(void);

#endif
