/* The bridge between HF_ASSERT and cmocka; see test.h. */
#include "support/test.h"

#include "base/assert.h"

static void to_cmocka(const char *expression, const char *file, int line)
{
    mock_assert(0, expression, file, line);
}

void hf_test_init(void)
{
    hf_assert_hook = to_cmocka;
}
