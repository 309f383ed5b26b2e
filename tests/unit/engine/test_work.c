/*
 * The gate on the event list's speed, in counts instead of nanoseconds: keys written and compared
 * for each event of the hold model. Counts are the same in every build and on every machine, so the
 * bounds are tight; whoever changes the ladder and moves them should know why.
 */
#include "base/random.h"
#include "engine/engine.h"
#include "support/test.h"

typedef struct Bench {
    HfEngine *engine;
    HfStream stream;
    uint64_t left;
} Bench;

typedef struct Work {
    double moves, compares;
} Work;

static void on_event(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    HfTime delay = (HfTime)(1e9 * hf_stream_exponential(&bench->stream));
    hf_engine_after(bench->engine, delay, event->kind, event->target, 0);
    if (--bench->left == 0) hf_engine_stop(bench->engine);
}

/* Of one event, in the hold model with n pending and exponential delays. */
static Work hold(HfEventListKind list, uint32_t n, uint64_t events)
{
    Bench bench = {.engine = hf_engine_new(list), .left = 2 * n};
    hf_engine_register(bench.engine, "hold", on_event, &bench);
    hf_stream_init(&bench.stream, 1, "work", 0);
    for (uint32_t i = 0; i < n; i++)
        hf_engine_after(bench.engine, (HfTime)(1e9 * hf_stream_exponential(&bench.stream)), 0, i,
                        0);
    HfEngineStats before, after;
    hf_engine_run_until(bench.engine, HF_TIME_NEVER);
    hf_engine_stats(bench.engine, &before);
    bench.left = events;
    hf_engine_run_until(bench.engine, HF_TIME_NEVER);
    hf_engine_stats(bench.engine, &after);
    hf_engine_free(bench.engine);
    return (Work){(double)(after.keys_moved - before.keys_moved) / (double)events,
                  (double)(after.comparisons - before.comparisons) / (double)events};
}

/* A key is written when scheduled, once or twice on its way down, and when sorted into bottom. */
static void the_ladders_work_does_not_grow_with_what_is_pending(void **state)
{
    static const uint32_t sizes[] = {30, 100, 1000, 10000, 100000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        Work work = hold(HF_EVENT_LIST_LADDER, sizes[i], 150000);
        print_message("    %6u pending: %.2f moves, %.2f compares\n", (unsigned)sizes[i],
                      work.moves, work.compares);
        /* Thirty live in bottom and are shifted there, half of them for each event. */
        assert_true(work.moves < (sizes[i] == 30 ? 17 : 3.3));
        assert_true(work.compares < (sizes[i] == 30 ? 17 : 10));
    }
}

static void at_a_hundred_thousand_the_ladder_does_a_fraction_of_the_heaps_work(void **state)
{
    Work ladder = hold(HF_EVENT_LIST_LADDER, 100000, 150000);
    Work heap = hold(HF_EVENT_LIST_HEAP, 100000, 150000);
    assert_true(ladder.moves < 0.35 * heap.moves);
    assert_true(ladder.compares < 0.25 * heap.compares);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ladders_work_does_not_grow_with_what_is_pending),
        cmocka_unit_test(at_a_hundred_thousand_the_ladder_does_a_fraction_of_the_heaps_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
