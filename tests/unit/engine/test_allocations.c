/*
 * Once a run has seen its peak, scheduling, posting, firing, cancelling and extending ask the
 * system for no memory. Counted at malloc itself, which this file stands in front of; under
 * AddressSanitizer, which does the same, there is nothing to count and the test is skipped.
 */
#include "base/random.h"
#include "engine/engine.h"
#include "support/malloc_calls.h"

#ifndef HF_MALLOC_IS_COUNTED

HF_MALLOC_NOT_COUNTED

#else

enum { AGENTS = 3000 };

typedef struct Bench {
    HfEngine *engine;
    HfStream stream;
    HfEventKind work, timeout;
    HfEvent offer[AGENTS];
    HfTimer ping[AGENTS];
    uint64_t left;
} Bench;

/* Everything a handler can do, with delays from none to days. */
static void work(void *context, const HfEventArgs *event)
{
    Bench *b = context;
    uint32_t agent = event->target;
    if (--b->left == 0) hf_engine_stop(b->engine);
    hf_engine_cancel(b->engine, &b->offer[agent]);
    b->offer[agent] = hf_engine_after(b->engine, 10 * HF_NS_PER_SECOND, b->timeout, agent, 0);
    HfTime due = event->now + 75 * HF_NS_PER_SECOND;
    if (!hf_timer_extend(b->engine, b->ping[agent], due))
        b->ping[agent] = hf_timer_arm(b->engine, due, b->timeout, agent, 0);
    if (hf_stream_below(&b->stream, 4) == 0) hf_engine_after(b->engine, 0, b->timeout, agent, 0);
    hf_engine_post(b->engine, event->now + HF_NS_PER_SECOND, b->timeout, agent, 0);
    double mean = hf_stream_below(&b->stream, 50) == 0 ? 1e5 : 1;
    hf_engine_after(b->engine, hf_time_from_seconds(mean * hf_stream_exponential(&b->stream)),
                    b->work, agent, 0);
}

static void timeout(void *context, const HfEventArgs *event)
{
}

static void after_warm_up_nothing_is_allocated(void **state)
{
    static Bench b;
    b.engine = hf_engine_new(HF_EVENT_LIST_LADDER);
    b.work = hf_engine_register(b.engine, "work", work, &b);
    b.timeout = hf_engine_register(b.engine, "timeout", timeout, &b);
    hf_stream_init(&b.stream, 1, "allocations", 0);
    for (uint32_t agent = 0; agent < AGENTS; agent++)
        hf_engine_after(b.engine, agent, b.work, agent, 0);
    b.left = 600000;
    assert_int_equal(hf_engine_run_until(b.engine, HF_TIME_NEVER), HF_RUN_STOPPED);
    HfEngineStats before, after;
    hf_engine_stats(b.engine, &before);
    assert_true(hf_malloc_calls > 0); /* the count works */
    uint64_t calls_before = hf_malloc_calls;
    b.left = 600000;
    assert_int_equal(hf_engine_run_until(b.engine, HF_TIME_NEVER), HF_RUN_STOPPED);
    assert_int_equal(hf_malloc_calls, calls_before);
    hf_engine_stats(b.engine, &after);
    assert_int_equal(after.allocations, before.allocations);
    assert_int_equal(after.memory_bytes, before.memory_bytes);
    hf_engine_free(b.engine);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(after_warm_up_nothing_is_allocated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
