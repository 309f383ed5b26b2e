/* Timers: extended as often as one likes, they fire once, when and in the order an event would. */
#include <string.h>

#include "engine/engine.h"
#include "support/test.h"

enum { LISTS = 2 };

typedef struct Bench {
    HfEngine *engine;
    HfEventKind note;
    char fired[64]; /* targets, in order */
    HfTime when[64];
    int count;
    uint64_t arg;
    HfTimer timer; /* armed again by the handler when arms_again is set */
    gboolean arms_again;
} Bench;

static void note(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    bench->fired[bench->count] = (char)event->target;
    bench->when[bench->count++] = event->now;
    bench->arg = event->arg;
    if (!bench->arms_again || bench->count >= 3) return;
    assert_false(hf_timer_extend(bench->engine, bench->timer, event->now + 5)); /* it has fired */
    bench->timer = hf_timer_arm(bench->engine, event->now + 5, bench->note, 't', 0);
}

static void begin(Bench *bench, int list)
{
    memset(bench, 0, sizeof *bench);
    bench->engine = hf_engine_new(list == 0 ? HF_EVENT_LIST_LADDER : HF_EVENT_LIST_HEAP);
    bench->note = hf_engine_register(bench->engine, "note", note, bench);
}

static HfTimer arm(Bench *bench, HfTime when, uint32_t target)
{
    return hf_timer_arm(bench->engine, when, bench->note, target, 77);
}

static void end(Bench *bench, const char *fired)
{
    hf_engine_run_until(bench->engine, HF_TIME_NEVER);
    assert_string_equal(bench->fired, fired);
    hf_engine_check(bench->engine);
    hf_engine_free(bench->engine);
}

static void an_armed_timer_fires_once_at_its_deadline(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfTimer timer = arm(&b, 10, 't');
        assert_true(hf_timer_due(b.engine, timer) == 10);
        hf_engine_run_until(b.engine, 100);
        assert_true(b.when[0] == 10);
        assert_true(b.arg == 77);
        assert_true(hf_timer_due(b.engine, timer) == HF_TIME_NEVER);
        end(&b, "t");
    }
}

/* Ten events, each of which pushes the deadline out: it passes once, 100 after the last. */
static void an_extended_timer_fires_at_its_last_deadline_only(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfTimer timer = arm(&b, 10, 't');
        for (int i = 1; i <= 10; i++) {
            hf_engine_run_until(b.engine, 5 * i);
            assert_true(hf_timer_extend(b.engine, timer, 5 * i + 100));
            assert_true(hf_timer_due(b.engine, timer) == 5 * i + 100);
        }
        hf_engine_run_until(b.engine, 149);
        assert_int_equal(b.count, 0);
        hf_engine_run_until(b.engine, 150);
        assert_int_equal(b.count, 1);
        HfEngineStats stats;
        hf_engine_stats(b.engine, &stats);
        /* Queued at 10, found due at 105 there; at 105 found due at 150: twice, not ten times. */
        assert_int_equal(stats.requeued, 2);
        assert_int_equal(stats.scheduled, 1);
        assert_int_equal(stats.fired, 1);
        assert_int_equal(stats.cancelled, 0);
        end(&b, "t");
    }
}

static void a_deadline_can_come_nearer(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfTimer timer = arm(&b, 100, 't');
        assert_true(hf_timer_extend(b.engine, timer, 200));
        assert_true(hf_timer_extend(b.engine, timer, 20));
        assert_true(hf_timer_due(b.engine, timer) == 20);
        assert_true(hf_engine_next(b.engine) == 20);
        hf_engine_run_until(b.engine, 20);
        assert_int_equal(b.count, 1);
        end(&b, "t");
    }
}

static void a_stopped_timer_does_not_fire_and_stale_handles_are_harmless(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfTimer none = 0, timer = arm(&b, 10, 't'), copy = timer;
        assert_false(hf_timer_stop(b.engine, &none));
        assert_false(hf_timer_extend(b.engine, none, 5));
        assert_true(hf_timer_extend(b.engine, timer, 30));
        assert_true(hf_timer_stop(b.engine, &timer));
        assert_true(timer == 0);
        assert_false(hf_timer_stop(b.engine, &copy));
        assert_false(hf_timer_extend(b.engine, copy, 40));
        HfTimer other = arm(&b, 20, 'u'); /* takes the same place */
        assert_true(hf_timer_due(b.engine, copy) == HF_TIME_NEVER);
        assert_true(hf_timer_due(b.engine, other) == 20);
        end(&b, "u");
    }
}

/* As if cancelled and scheduled anew at each extension: the sequence number of the last counts. */
static void among_equal_deadlines_the_last_extension_decides(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfTimer t = arm(&b, 10, 't'), u = arm(&b, 50, 'u'), v = arm(&b, 10, 'v');
        hf_engine_at(b.engine, 50, b.note, 'a', 0);
        hf_timer_extend(b.engine, t, 50); /* after a */
        hf_engine_at(b.engine, 50, b.note, 'b', 0);
        hf_timer_extend(b.engine, u, 50); /* same deadline, but after b now */
        hf_engine_run_until(b.engine, 30);
        hf_engine_at(b.engine, 50, b.note, 'c', 0); /* after t, though t is queued again before */
        (void)v;
        end(&b, "vatbuc");
    }
}

/* A timer found extended at instant 50 goes back to 50, before what is scheduled there with no
 * delay, since it was extended earlier. */
static void an_extended_timer_keeps_its_turn_in_the_present(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfTimer t = arm(&b, 49, 't');
        hf_timer_extend(b.engine, t, 50);
        hf_engine_run_until(b.engine, 49);
        hf_engine_at(b.engine, 50, b.note, 'a', 0);
        hf_engine_run_until(b.engine, 50);
        end(&b, "ta");
    }
}

static void the_handler_can_arm_again(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        b.arms_again = TRUE;
        b.timer = arm(&b, 5, 't');
        end(&b, "ttt");
        assert_true(b.when[2] == 15);
    }
}

static void a_timer_is_not_an_event_to_cancel(void **state)
{
    Bench b;
    begin(&b, 0);
    arm(&b, 5, 't');
    HfEngineStats stats;
    hf_engine_stats(b.engine, &stats);
    assert_int_equal(stats.pending, 1);
    expect_assert_failure(hf_timer_arm(b.engine, 5, 9, 0, 0));
    expect_assert_failure(hf_timer_arm(b.engine, -1, b.note, 0, 0));
    hf_engine_free(b.engine);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_armed_timer_fires_once_at_its_deadline),
        cmocka_unit_test(an_extended_timer_fires_at_its_last_deadline_only),
        cmocka_unit_test(a_deadline_can_come_nearer),
        cmocka_unit_test(a_stopped_timer_does_not_fire_and_stale_handles_are_harmless),
        cmocka_unit_test(among_equal_deadlines_the_last_extension_decides),
        cmocka_unit_test(an_extended_timer_keeps_its_turn_in_the_present),
        cmocka_unit_test(the_handler_can_arm_again),
        cmocka_unit_test(a_timer_is_not_an_event_to_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
