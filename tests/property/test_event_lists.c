/*
 * The ladder against the heap: the same random program on both must fire the same events at the
 * same times, give the same answers and end the same way. Programs mix delays of many shapes (none,
 * equal, heavy-tailed, periodic), bursts in ascending and descending order, cancellations, timers,
 * posts, steps, bounded runs and runs until nothing is left. Every difference is a bug, in the
 * ladder most likely; the failing seed is printed and is enough to see it again.
 */
#include <stdlib.h>

#include "base/random.h"
#include "engine/engine.h"
#include "support/test.h"

#ifdef HF_SLOW_ASSERTIONS
#define SEEDS 60
#else
#define SEEDS 400
#endif

enum { EVENTS = 4096, TIMERS = 256, BUDGET = 12000 };

typedef struct Program {
    HfEngine *engine;
    HfStream stream; /* the program itself is random; both runs read the same */
    HfEvent event[EVENTS];
    HfTimer timer[TIMERS];
    uint32_t shape;   /* of the delays */
    uint32_t posts;   /* of 100 events, how many are posts */
    uint32_t budget;  /* events it may still schedule */
    uint64_t outcome; /* everything that could differ, mixed */
    uint64_t fired;
    HfTime last;
} Program;

static uint64_t below(Program *program, uint64_t bound)
{
    return hf_stream_below(&program->stream, bound);
}

static HfTime delay(Program *program)
{
    switch (program->shape % 8) {
    case 0:
        return (HfTime)(1e9 * hf_stream_exponential(&program->stream));
    case 1:
        return below(program, 3) > 0 ? 0 : (HfTime)below(program, 1000);
    case 2: /* bimodal */
        return below(program, 10) > 0 ? (HfTime)below(program, 100000000) : 100000000000;
    case 3: /* few distinct instants */
        return (HfTime)below(program, 20) * 1000000;
    case 4: /* from a millisecond to years */
        return (HfTime)(UINT64_C(1000000) << below(program, 36));
    case 5: /* heartbeats */
        return 15 * HF_NS_PER_SECOND;
    case 6:
        return (HfTime)below(program, 5);
    default:
        switch (below(program, 4)) {
        case 0:
            return 0;
        case 1:
            return (HfTime)below(program, 100);
        case 2:
            return 1000000 + (HfTime)below(program, 7);
        default:
            return (HfTime)(1e10 * hf_stream_exponential(&program->stream));
        }
    }
}

static void mix(Program *program, uint64_t word)
{
    program->outcome = (program->outcome ^ word) * UINT64_C(0x9fb21c651e98df25);
    program->outcome ^= program->outcome >> 29;
}

static HfTime later(Program *program, HfTime by)
{
    HfTime now = hf_engine_now(program->engine);
    return MIN(now + MIN(by, HF_TIME_MAX), HF_TIME_MAX);
}

static void schedule(Program *program, HfTime when)
{
    if (program->budget == 0) return;
    program->budget--;
    uint32_t place = (uint32_t)below(program, EVENTS);
    if (below(program, 100) < program->posts)
        hf_engine_post(program->engine, when, 2, place, program->budget);
    else
        program->event[place] = hf_engine_at(program->engine, when, 0, place, program->budget);
}

static void schedule_burst(Program *program, gboolean is_one_instant)
{
    HfTime first = delay(program);
    for (uint32_t left = (uint32_t)below(program, 300); left > 0; left--)
        schedule(program, later(program, first + (is_one_instant ? 0 : left * 1000)));
}

static void cancel_some(Program *program, uint32_t count)
{
    for (; count > 0; count--)
        mix(program,
            (uint64_t)hf_engine_cancel(program->engine, &program->event[below(program, EVENTS)]));
}

static void touch_a_timer(Program *program)
{
    uint32_t place = (uint32_t)below(program, TIMERS);
    HfTime due = later(program, delay(program));
    if (below(program, 5) == 0)
        mix(program, (uint64_t)hf_timer_stop(program->engine, &program->timer[place]));
    else if (!hf_timer_extend(program->engine, program->timer[place], due))
        program->timer[place] = hf_timer_arm(program->engine, due, 1, place, 7);
}

/* What a handler does, and what is done between runs. */
static void act(Program *program)
{
    uint64_t choice = below(program, 100);
    if (choice == 0)
        schedule_burst(program, TRUE);
    else if (choice == 1)
        schedule_burst(program, FALSE);
    else if (choice < 95 || program->shape < 8) /* some programs shrink, and run dry */
        schedule(program, later(program, delay(program)));
    if (choice % 4 == 0) cancel_some(program, 1);
    if (choice % 8 == 1) cancel_some(program, 50);
    if (choice % 5 == 0) touch_a_timer(program);
}

static void handle(void *context, const HfEventArgs *event)
{
    Program *program = context;
    assert_true(event->now >= program->last);
    program->last = event->now;
    program->fired++;
    mix(program, (uint64_t)event->now);
    mix(program, event->arg << 20 ^ event->target << 2 ^ event->kind);
    act(program);
    if (below(program, 500) == 0) hf_engine_stop(program->engine);
}

static void drive(Program *program)
{
    HfTime next;
    switch (below(program, 4)) {
    case 0:
        mix(program, (uint64_t)hf_engine_step(program->engine));
        break;
    case 1:
        next = hf_engine_next(program->engine);
        mix(program, (uint64_t)next);
        break;
    default:
        mix(program, hf_engine_run_until(program->engine, later(program, delay(program))));
        act(program);
    }
    program->last = MAX(program->last, hf_engine_now(program->engine));
}

static uint64_t outcome(uint64_t seed, HfEventListKind list, uint64_t *fired_out)
{
    static Program program;
    program = (Program){.engine = hf_engine_new(list), .budget = BUDGET};
    hf_stream_init(&program.stream, seed, "event-lists", 0);
    program.shape = (uint32_t)below(&program, 24);
    program.posts = (uint32_t)below(&program, 3) * 45;
    hf_engine_register(program.engine, "event", handle, &program);
    hf_engine_register(program.engine, "timer", handle, &program);
    hf_engine_register(program.engine, "post", handle, &program);
    uint64_t prefill = below(&program, 3) == 0 ? 5000 : 1 + below(&program, 50);
    for (uint64_t i = 0; i < prefill; i++) act(&program);
    for (int round = 0; round < 300; round++) {
        drive(&program);
        if (round % 16 == 0) hf_engine_check(program.engine);
    }
    while (hf_engine_run_until(program.engine, HF_TIME_NEVER) == HF_RUN_STOPPED) continue;
    hf_engine_check(program.engine);
    assert_true(hf_engine_next(program.engine) == HF_TIME_NEVER);
    HfEngineStats stats;
    hf_engine_stats(program.engine, &stats);
    assert_int_equal(stats.pending, 0);
    mix(&program, stats.scheduled);
    mix(&program, stats.requeued);
    hf_engine_free(program.engine);
    *fired_out = program.fired;
    return program.outcome;
}

static void the_ladder_does_what_the_heap_does(void **state)
{
    uint64_t total = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t by_ladder, by_heap;
        uint64_t ladder = outcome(seed, HF_EVENT_LIST_LADDER, &by_ladder);
        uint64_t heap = outcome(seed, HF_EVENT_LIST_HEAP, &by_heap);
        if (ladder != heap || by_ladder != by_heap)
            fail_msg("seed %u: the ladder fired %u events, the heap %u", (unsigned)seed,
                     (unsigned)by_ladder, (unsigned)by_heap);
        total += by_ladder;
    }
    print_message("    %u programs, %u events\n", (unsigned)SEEDS, (unsigned)total);
    assert_true(total > 4000 * SEEDS); /* the programs did something */
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_ladder_does_what_the_heap_does)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
