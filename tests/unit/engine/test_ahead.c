/*
 * What is fetched and looked at ahead of its turn changes nothing: the same program fires the same
 * events with everything asked for and with nothing.
 */
#include "engine/engine.h"

#include <string.h>

#include "base/random.h"
#include "support/test.h"

enum { AGENTS = 12000, EVENTS = 100000 };

typedef struct Agent {
    HfEvent offer;
    uint64_t rest[7];
} Agent;

typedef struct Bench {
    HfEngine *engine;
    HfStream stream;
    HfEventKind work, move, other;
    Agent agent[AGENTS];
    HfTimer ping[AGENTS];
    uint64_t left, hash;
    uint64_t shown_at[HF_LOOK_STEPS]; /* look-aheads, by step */
} Bench;

static void note(Bench *bench, const HfEventArgs *event)
{
    bench->hash = (bench->hash ^ (uint64_t)event->now) * UINT64_C(0x9fb21c651e98df25);
    bench->hash ^= (uint64_t)event->kind << 32 | event->target;
    if (--bench->left == 0) hf_engine_stop(bench->engine);
}

static HfTime soon(Bench *bench)
{
    return (HfTime)(1e9 * hf_stream_exponential(&bench->stream));
}

static void on_work(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    Agent *agent = &bench->agent[event->target];
    note(bench, event);
    hf_engine_cancel(bench->engine, &agent->offer);
    agent->offer = hf_engine_after(bench->engine, 3000000000, bench->other, event->target, 0);
    hf_engine_after(bench->engine, soon(bench), bench->move, event->target, 0);
}

static void on_move(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    HfTimer *ping = &bench->ping[event->target];
    note(bench, event);
    if (!hf_timer_extend(bench->engine, *ping, event->now + 2000000000))
        *ping =
            hf_timer_arm(bench->engine, event->now + 2000000000, bench->other, event->target, 9);
    hf_engine_after(bench->engine, soon(bench), bench->work, event->target, 0);
}

static void on_other(void *context, const HfEventArgs *event)
{
    note(context, event);
}

static void look(void *context, uint32_t target, uint64_t arg, uint32_t step)
{
    Bench *bench = context;
    assert_true(target < AGENTS);
    assert_in_range(step, 0, HF_LOOK_STEPS - 1);
    bench->shown_at[step]++;
}

static uint64_t order_of_run(gboolean is_fetching, gboolean is_looking)
{
    static Bench b;
    memset(&b, 0, sizeof b);
    b.engine = hf_engine_new(HF_EVENT_LIST_LADDER);
    b.left = EVENTS;
    hf_stream_init(&b.stream, 1, "ahead", 0);
    b.work = hf_engine_register(b.engine, "work", on_work, &b);
    b.move = hf_engine_register(b.engine, "move", on_move, &b);
    b.other = hf_engine_register(b.engine, "other", on_other, &b);
    if (is_fetching) {
        hf_engine_prefetch_events(b.engine, b.work, &b.agent[0].offer, sizeof b.agent[0]);
        hf_engine_prefetch_timers(b.engine, b.move, b.ping, sizeof b.ping[0]);
        hf_engine_prefetch(b.engine, b.other, b.agent, sizeof b.agent[0]);
    }
    if (is_looking) hf_engine_look_ahead(b.engine, b.work, look);
    for (uint32_t i = 0; i < AGENTS; i++) hf_engine_after(b.engine, soon(&b), b.work, i, 0);
    assert_int_equal(hf_engine_run_until(b.engine, HF_TIME_NEVER), HF_RUN_STOPPED);
    hf_engine_prefetch(b.engine, b.other, NULL, 0);
    b.left = EVENTS;
    assert_int_equal(hf_engine_run_until(b.engine, HF_TIME_NEVER), HF_RUN_STOPPED);
    for (int step = 0; step < HF_LOOK_STEPS; step++)
        assert_int_equal(b.shown_at[step] > EVENTS / 3, is_looking);
    hf_engine_check(b.engine);
    hf_engine_free(b.engine);
    return b.hash;
}

static void fetching_and_looking_ahead_change_no_result(void **state)
{
    uint64_t plain = order_of_run(FALSE, FALSE);
    assert_true(order_of_run(TRUE, FALSE) == plain);
    assert_true(order_of_run(FALSE, TRUE) == plain);
    assert_true(order_of_run(TRUE, TRUE) == plain);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetching_and_looking_ahead_change_no_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
