/* What engine.h promises, for both event lists: order, cancellation, running, counting. */
#include "engine/engine.h"

#include <string.h>

#include "support/test.h"

enum { LISTS = 2, LOG_MAX = 64 };

/* An engine with one kind of event, which writes down its arguments; a handler may do more. */
typedef struct Bench {
    HfEngine *engine;
    HfEventKind note;
    HfEventArgs log[LOG_MAX];
    int count;
    void (*then)(struct Bench *bench, const HfEventArgs *event);
    HfEvent event;
    HfPlace places[2];
    gboolean outcome;
} Bench;

static void note(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    assert_in_range(bench->count, 0, LOG_MAX - 1);
    assert_true(event->now == hf_engine_now(bench->engine));
    bench->log[bench->count++] = *event;
    if (bench->then != NULL) bench->then(bench, event);
}

static void begin(Bench *bench, int list)
{
    memset(bench, 0, sizeof *bench);
    bench->engine = hf_engine_new(list == 0 ? HF_EVENT_LIST_LADDER : HF_EVENT_LIST_HEAP);
    bench->note = hf_engine_register(bench->engine, "note", note, bench);
}

static void end(Bench *bench)
{
    hf_engine_check(bench->engine);
    hf_engine_free(bench->engine);
}

static HfEvent at(Bench *bench, HfTime when, uint32_t target)
{
    return hf_engine_at(bench->engine, when, bench->note, target, 0);
}

static void expect_targets(const Bench *bench, const char *targets)
{
    char text[LOG_MAX + 1] = {0};
    for (int i = 0; i < bench->count; i++) text[i] = (char)bench->log[i].target;
    assert_string_equal(text, targets);
}

static void events_fire_in_order_of_time_with_their_arguments(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        hf_engine_at2(b.engine, 30, b.note, 3, UINT64_MAX, 5);
        hf_engine_at(b.engine, 10, b.note, 1, 11);
        hf_engine_after2(b.engine, 20, b.note, UINT32_MAX, 22, 4);
        assert_int_equal(hf_engine_run_until(b.engine, 100), HF_RUN_DRY);
        assert_int_equal(b.count, 3);
        assert_true(b.log[0].now == 10 && b.log[0].target == 1);
        assert_true(b.log[0].arg == 11 && b.log[0].arg2 == 0);
        assert_true(b.log[1].now == 20 && b.log[1].target == UINT32_MAX);
        assert_true(b.log[1].arg == 22 && b.log[1].arg2 == 4);
        assert_true(b.log[2].now == 30 && b.log[2].arg == UINT64_MAX && b.log[2].arg2 == 5);
        assert_true(hf_engine_now(b.engine) == 100);
        end(&b);
    }
}

static void equal_times_fire_in_the_order_they_were_scheduled(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        at(&b, 7, 'c');
        at(&b, 5, 'a');
        at(&b, 7, 'd');
        at(&b, 5, 'b');
        at(&b, 7, 'e');
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect_targets(&b, "abcde");
        end(&b);
    }
}

static void schedule_x_now_and_y_later(Bench *bench, const HfEventArgs *event)
{
    if (event->target != 'a') return;
    hf_engine_after(bench->engine, 0, bench->note, 'x', 0);
    hf_engine_at(bench->engine, event->now, bench->note, 'y', 0);
    hf_engine_after(bench->engine, 1, bench->note, 'z', 0);
}

/* b was there before x and y, though all are due at 5; c comes after them, and z was scheduled
 * after c. */
static void an_event_of_the_present_comes_after_those_already_due(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        b.then = schedule_x_now_and_y_later;
        at(&b, 5, 'a');
        at(&b, 5, 'b');
        at(&b, 6, 'c');
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect_targets(&b, "abxycz");
        end(&b);
    }
}

static void take_the_places(Bench *bench, const HfEventArgs *event)
{
    if (event->target != 'a') return;
    hf_engine_after(bench->engine, 0, bench->note, 'g', 0);
    hf_engine_at_place(bench->engine, 7, bench->places[1], bench->note, 'i', 9);
    hf_engine_at_place(bench->engine, event->now, bench->places[0], bench->note, 'c', 8);
}

/* What takes a place fires before what was scheduled since, and after what was before. */
static void a_place_that_was_taken_is_kept(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        b.then = take_the_places;
        at(&b, 5, 'a');
        hf_engine_post(b.engine, 5, b.note, 'b', 0);
        b.places[0] = hf_engine_take_place(b.engine);
        at(&b, 7, 'h');
        b.places[1] = hf_engine_take_place(b.engine);
        hf_engine_post(b.engine, 5, b.note, 'd', 0);
        at(&b, 5, 'e');
        hf_engine_post(b.engine, 5, b.note, 'f', 0);
        hf_engine_post(b.engine, 7, b.note, 'j', 0);
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect_targets(&b, "abcdefghij");
        assert_true(b.log[2].arg == 8 && b.log[8].arg == 9);
        end(&b);
    }
}

static void run_until_includes_its_instant_and_leaves_the_clock_there(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        at(&b, 10, 'a');
        at(&b, 11, 'b');
        assert_int_equal(hf_engine_run_until(b.engine, 10), HF_RUN_REACHED);
        expect_targets(&b, "a");
        assert_true(hf_engine_now(b.engine) == 10);
        at(&b, 10, 'c'); /* the present is not the past */
        assert_int_equal(hf_engine_run_until(b.engine, 10), HF_RUN_REACHED);
        expect_targets(&b, "ac");
        assert_int_equal(hf_engine_run_until(b.engine, HF_TIME_NEVER), HF_RUN_DRY);
        expect_targets(&b, "acb");
        assert_true(hf_engine_now(b.engine) == 11); /* no end was given: the last event */
        assert_int_equal(hf_engine_run_until(b.engine, 50), HF_RUN_DRY);
        assert_true(hf_engine_now(b.engine) == 50);
        end(&b);
    }
}

static void stop_at_b(Bench *bench, const HfEventArgs *event)
{
    if (event->target == 'b') hf_engine_stop(bench->engine);
}

static void stop_ends_the_run_after_the_handler_and_it_can_go_on(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        b.then = stop_at_b;
        at(&b, 1, 'a');
        at(&b, 2, 'b');
        at(&b, 2, 'c');
        assert_int_equal(hf_engine_run_until(b.engine, 9), HF_RUN_STOPPED);
        expect_targets(&b, "ab");
        assert_true(hf_engine_now(b.engine) == 2);
        assert_int_equal(hf_engine_run_until(b.engine, 9), HF_RUN_DRY);
        expect_targets(&b, "abc");
        hf_engine_stop(b.engine); /* outside a run: the next ends before its start */
        at(&b, 20, 'd');
        assert_int_equal(hf_engine_run_until(b.engine, 30), HF_RUN_STOPPED);
        assert_true(hf_engine_now(b.engine) == 9);
        assert_int_equal(hf_engine_run_until(b.engine, 30), HF_RUN_DRY);
        end(&b);
    }
}

static void step_fires_one_event(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        at(&b, 3, 'a');
        at(&b, 3, 'b');
        assert_true(hf_engine_step(b.engine));
        expect_targets(&b, "a");
        assert_true(hf_engine_now(b.engine) == 3);
        assert_true(hf_engine_step(b.engine));
        assert_false(hf_engine_step(b.engine));
        expect_targets(&b, "ab");
        end(&b);
    }
}

static void a_cancelled_event_does_not_fire(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        at(&b, 1, 'a');
        HfEvent event = at(&b, 2, 'b'), copy = event;
        at(&b, 3, 'c');
        assert_true(hf_engine_is_pending(b.engine, event));
        assert_true(hf_engine_cancel(b.engine, &event));
        assert_true(event == 0);
        assert_false(hf_engine_is_pending(b.engine, copy));
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect_targets(&b, "ac");
        end(&b);
    }
}

static void stale_handles_are_harmless(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfEvent none = 0, fired = at(&b, 1, 'a'), cancelled = at(&b, 2, 'b'), copy = cancelled;
        assert_false(hf_engine_cancel(b.engine, &none));
        hf_engine_run_until(b.engine, 1);
        assert_false(hf_engine_cancel(b.engine, &fired));
        assert_true(fired == 0);
        assert_true(hf_engine_cancel(b.engine, &cancelled));
        assert_false(hf_engine_cancel(b.engine, &copy));
        HfEvent foreign = UINT64_MAX; /* names a slot that never was */
        assert_false(hf_engine_cancel(b.engine, &foreign));
        end(&b);
    }
}

/* The memory of an event is used again at once: an old handle must not reach the new tenant. */
static void an_old_handle_does_not_cancel_the_event_that_took_its_place(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfEvent first = at(&b, 5, 'a'), copy = first;
        hf_engine_cancel(b.engine, &first);
        HfEvent second = at(&b, 5, 'b'); /* in the same slot, at the same time */
        assert_true(second != copy);
        assert_false(hf_engine_cancel(b.engine, &copy));
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect_targets(&b, "b");
        end(&b);
    }
}

static void cancel_itself(Bench *bench, const HfEventArgs *event)
{
    bench->outcome = hf_engine_cancel(bench->engine, &bench->event);
}

static void an_event_has_fired_from_the_start_of_its_handler(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        b.then = cancel_itself;
        b.outcome = TRUE;
        b.event = at(&b, 5, 'a');
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        assert_false(b.outcome);
        assert_int_equal(hf_engine_counts(b.engine, b.note).cancelled, 0);
        end(&b);
    }
}

static void guard_past_and_end_of_time(int list)
{
    Bench b;
    begin(&b, list);
    hf_engine_run_until(b.engine, 10);
    at(&b, 10, 'a'); /* so that there is a record to take */
    hf_engine_run_until(b.engine, 10);
    HfEventCounts before = hf_engine_counts(b.engine, b.note);
    expect_assert_failure(at(&b, 9, 'a'));
    expect_assert_failure(at(&b, HF_TIME_MAX + 1, 'a'));
    expect_assert_failure(hf_engine_after(b.engine, -1, b.note, 0, 0));
    expect_assert_failure(hf_engine_at(b.engine, 20, 7, 0, 0)); /* no such kind */
    expect_assert_failure(hf_engine_run_until(b.engine, 9));
    hf_engine_after(b.engine, HF_TIME_MAX, b.note, 'z', 0); /* a heavy tail, not a mistake */
    assert_true(hf_engine_next(b.engine) == HF_TIME_MAX);
    assert_true(hf_engine_run_until(b.engine, HF_TIME_NEVER) == HF_RUN_DRY);
    assert_true(hf_engine_now(b.engine) == HF_TIME_MAX);
    assert_true(before.fired == 1);
    hf_engine_free(b.engine);
}

static void the_past_and_the_end_of_time_are_guarded(void **state)
{
    for (int list = 0; list < LISTS; list++) guard_past_and_end_of_time(list);
}

static void run_again(Bench *bench, const HfEventArgs *event)
{
    expect_assert_failure(hf_engine_run_until(bench->engine, HF_TIME_NEVER));
    expect_assert_failure(hf_engine_step(bench->engine));
}

static void a_handler_cannot_run_the_engine(void **state)
{
    Bench b;
    begin(&b, 0);
    b.then = run_again;
    at(&b, 1, 'a');
    hf_engine_run_until(b.engine, 1);
    end(&b);
}

static void kinds_are_numbered_and_named(void **state)
{
    Bench b;
    begin(&b, 0);
    char name[] = "crash";
    HfEventKind crash = hf_engine_register(b.engine, name, note, &b);
    name[0] = 'C';
    assert_int_equal(b.note, 0);
    assert_int_equal(crash, 1);
    assert_int_equal(hf_engine_kinds(b.engine), 2);
    assert_string_equal(hf_engine_kind_name(b.engine, crash), "crash");
    expect_assert_failure(hf_engine_register(b.engine, "note", note, &b));
    expect_assert_failure(hf_engine_kind_name(b.engine, 2));
    hf_engine_at(b.engine, 1, crash, 0, 0);
    hf_engine_run_until(b.engine, 1);
    assert_int_equal(b.log[0].kind, crash);
    end(&b);
}

static void counters_add_up(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        HfEvent event[10];
        for (uint32_t i = 0; i < 10; i++) event[i] = at(&b, 1 + i, 'a');
        for (int i = 0; i < 3; i++) hf_engine_cancel(b.engine, &event[3 * i]);
        hf_engine_run_until(b.engine, 5); /* of 1..5, those at 1 and 4 are gone */
        HfEventCounts counts = hf_engine_counts(b.engine, b.note);
        assert_int_equal(counts.scheduled, 10);
        assert_int_equal(counts.cancelled, 3);
        assert_int_equal(counts.fired, 3);
        HfEngineStats stats;
        hf_engine_stats(b.engine, &stats);
        assert_int_equal(stats.scheduled, 10);
        assert_int_equal(stats.fired, 3);
        assert_int_equal(stats.cancelled, 3);
        assert_int_equal(stats.pending, 4);
        assert_int_equal(stats.pending_peak, 10);
        assert_true(stats.memory_bytes > 10 * 32);
        end(&b);
    }
}

static void next_looks_past_cancelled_events_and_changes_nothing(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        assert_true(hf_engine_next(b.engine) == HF_TIME_NEVER);
        HfEvent a = at(&b, 5, 'a');
        at(&b, 9, 'b');
        at(&b, 9, 'c');
        assert_true(hf_engine_next(b.engine) == 5);
        hf_engine_cancel(b.engine, &a);
        assert_true(hf_engine_next(b.engine) == 9);
        assert_true(hf_engine_now(b.engine) == 0);
        at(&b, 7, 'x'); /* before what was looked at */
        assert_true(hf_engine_next(b.engine) == 7);
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect_targets(&b, "xbc");
        end(&b);
    }
}

/* Cancelled keys must not pile up: 100 000 timeouts that never fire, with one event pending. */
static void cancelled_events_leave_no_memory_behind(void **state)
{
    for (int list = 0; list < LISTS; list++) {
        Bench b;
        begin(&b, list);
        for (int i = 0; i < 100000; i++) {
            HfEvent event = at(&b, 1000 + i, 'a');
            hf_engine_cancel(b.engine, &event);
        }
        HfEngineStats stats;
        hf_engine_stats(b.engine, &stats);
        assert_int_equal(stats.pending, 0);
        assert_int_equal(stats.pending_peak, 1);
        assert_true(stats.memory_bytes < 200000);
        assert_int_equal(hf_engine_run_until(b.engine, 10), HF_RUN_DRY);
        end(&b);
    }
}

static void remember(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    assert_int_equal(bench->count, 0); /* before the handler */
    bench->event = event->target;
}

static void the_hook_is_called_before_each_handler(void **state)
{
    Bench b;
    begin(&b, 0);
    hf_engine_on_event(b.engine, remember, &b);
    at(&b, 1, 'a');
    hf_engine_run_until(b.engine, 1);
    assert_true(b.event == 'a');
    hf_engine_on_event(b.engine, NULL, NULL);
    b.event = 0;
    at(&b, 2, 'b');
    hf_engine_run_until(b.engine, 2);
    assert_true(b.event == 0);
    expect_targets(&b, "ab");
    end(&b);
}

static uint64_t order_of_run(gboolean is_prefetching)
{
    enum { EVENTS = 20000 };
    static uint64_t column[100][8];
    Bench b;
    begin(&b, 0);
    b.then = NULL;
    if (is_prefetching) hf_engine_prefetch(b.engine, b.note, column, sizeof column[0]);
    for (uint32_t i = 0; i < EVENTS; i++) at(&b, (HfTime)(i * 7919ULL % 10007), i % 100);
    uint64_t hash = 0;
    while (hf_engine_step(b.engine)) {
        hash = hash * 31 + b.log[0].target;
        b.count = 0;
    }
    end(&b);
    return hash;
}

static void prefetching_changes_no_result(void **state)
{
    assert_true(order_of_run(FALSE) == order_of_run(TRUE));
}

static void freeing_nothing_is_allowed(void **state)
{
    hf_engine_free(NULL);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_fire_in_order_of_time_with_their_arguments),
        cmocka_unit_test(equal_times_fire_in_the_order_they_were_scheduled),
        cmocka_unit_test(an_event_of_the_present_comes_after_those_already_due),
        cmocka_unit_test(a_place_that_was_taken_is_kept),
        cmocka_unit_test(run_until_includes_its_instant_and_leaves_the_clock_there),
        cmocka_unit_test(stop_ends_the_run_after_the_handler_and_it_can_go_on),
        cmocka_unit_test(step_fires_one_event),
        cmocka_unit_test(a_cancelled_event_does_not_fire),
        cmocka_unit_test(stale_handles_are_harmless),
        cmocka_unit_test(an_old_handle_does_not_cancel_the_event_that_took_its_place),
        cmocka_unit_test(an_event_has_fired_from_the_start_of_its_handler),
        cmocka_unit_test(the_past_and_the_end_of_time_are_guarded),
        cmocka_unit_test(a_handler_cannot_run_the_engine),
        cmocka_unit_test(kinds_are_numbered_and_named),
        cmocka_unit_test(counters_add_up),
        cmocka_unit_test(next_looks_past_cancelled_events_and_changes_nothing),
        cmocka_unit_test(cancelled_events_leave_no_memory_behind),
        cmocka_unit_test(the_hook_is_called_before_each_handler),
        cmocka_unit_test(prefetching_changes_no_result),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
