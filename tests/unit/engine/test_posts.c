/*
 * Events that are posted: the same order as of any others, beside which they wait in a queue of
 * their own. tests/property/test_event_lists.c tries the same with random programs.
 */
#include "engine/engine.h"

#include <string.h>

#include "support/test.h"

enum { LOG_MAX = 400 };

typedef struct Bench {
    HfEngine *engine;
    HfEventKind note, stop, again;
    uint32_t target[LOG_MAX];
    uint32_t count, shown;
} Bench;

static void on_note(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    assert_in_range(bench->count, 0, LOG_MAX - 1);
    assert_int_equal(event->arg, event->target * 7);
    bench->target[bench->count++] = event->target;
}

static void on_stop(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    hf_engine_stop(bench->engine);
}

/* Posts at the present, at the instant of the event behind it, and one before that. */
static void on_again(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    hf_engine_post(bench->engine, event->now, bench->note, 1, 7);
    hf_engine_post(bench->engine, event->now + 10, bench->note, 4, 28);
    hf_engine_post(bench->engine, event->now + 5, bench->note, 2, 14);
    hf_engine_at(bench->engine, event->now, bench->note, 9, 63);
}

static void look(void *context, uint32_t target, uint64_t arg, uint32_t step)
{
    Bench *bench = context;
    assert_int_equal(arg, target * 7);
    bench->shown++;
}

static void begin(Bench *bench, HfEventListKind list)
{
    memset(bench, 0, sizeof *bench);
    bench->engine = hf_engine_new(list);
    bench->note = hf_engine_register(bench->engine, "note", on_note, bench);
    bench->stop = hf_engine_register(bench->engine, "stop", on_stop, bench);
    bench->again = hf_engine_register(bench->engine, "again", on_again, bench);
}

static void end(Bench *bench)
{
    hf_engine_check(bench->engine);
    hf_engine_free(bench->engine);
}

static void post(Bench *bench, HfTime when, uint32_t target)
{
    hf_engine_post(bench->engine, when, bench->note, target, target * 7);
}

static void at(Bench *bench, HfTime when, uint32_t target)
{
    hf_engine_at(bench->engine, when, bench->note, target, target * 7);
}

static void expect(const Bench *bench, const char *digits)
{
    char text[LOG_MAX + 1] = {0};
    for (uint32_t i = 0; i < bench->count; i++) text[i] = (char)('0' + bench->target[i]);
    assert_string_equal(text, digits);
}

static void posts_and_events_of_one_instant_fire_as_they_were_scheduled(void **state)
{
    for (int list = HF_EVENT_LIST_LADDER; list <= HF_EVENT_LIST_HEAP; list++) {
        Bench b;
        begin(&b, (HfEventListKind)list);
        post(&b, 20, 2);
        at(&b, 20, 3);
        post(&b, 20, 4);
        at(&b, 10, 1);
        post(&b, 20, 5);
        at(&b, 30, 7);
        post(&b, 25, 6); /* later than the post before it, earlier than the event */
        assert_true(hf_engine_run_until(b.engine, HF_TIME_NEVER) == HF_RUN_DRY);
        expect(&b, "1234567");
        end(&b);
    }
}

static void a_post_that_is_due_before_the_last_one_waits_like_any_event(void **state)
{
    Bench b;
    begin(&b, HF_EVENT_LIST_LADDER);
    post(&b, 50, 5);
    post(&b, 10, 1);
    post(&b, 60, 6);
    post(&b, 20, 2);
    hf_engine_check(b.engine);
    assert_true(hf_engine_run_until(b.engine, 55) == HF_RUN_REACHED);
    expect(&b, "125");
    assert_true(hf_engine_now(b.engine) == 55);
    assert_true(hf_engine_next(b.engine) == 60);
    assert_true(hf_engine_step(b.engine));
    assert_false(hf_engine_step(b.engine));
    expect(&b, "1256");
    end(&b);
}

static void what_a_handler_posts_comes_in_its_place(void **state)
{
    for (int list = HF_EVENT_LIST_LADDER; list <= HF_EVENT_LIST_HEAP; list++) {
        Bench b;
        begin(&b, (HfEventListKind)list);
        hf_engine_at(b.engine, 100, b.again, 0, 0);
        at(&b, 110, 3);
        at(&b, 111, 5);
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect(&b, "192345");
        end(&b);
    }
}

/* Whether it was a post or not that is handled: what it schedules for the present comes behind what
 * waits there already, and before the next post. */
static void no_post_passes_an_event_of_the_present(void **state)
{
    for (int i = 0; i < 4; i++) {
        Bench b;
        begin(&b, i < 2 ? HF_EVENT_LIST_LADDER : HF_EVENT_LIST_HEAP);
        at(&b, 90, 6);
        if (i % 2 == 0)
            hf_engine_post(b.engine, 100, b.again, 0, 0);
        else
            hf_engine_at(b.engine, 100, b.again, 0, 0);
        post(&b, 100, 0);
        post(&b, 101, 3);
        at(&b, 120, 5);
        hf_engine_run_until(b.engine, HF_TIME_NEVER);
        expect(&b, "60193245");
        end(&b);
    }
}

static void a_run_ends_between_two_posts(void **state)
{
    Bench b;
    begin(&b, HF_EVENT_LIST_LADDER);
    post(&b, 10, 1);
    hf_engine_post(b.engine, 10, b.stop, 0, 0);
    post(&b, 10, 2);
    assert_true(hf_engine_run_until(b.engine, HF_TIME_NEVER) == HF_RUN_STOPPED);
    expect(&b, "1");
    assert_true(hf_engine_run_until(b.engine, 9 + 1) == HF_RUN_DRY);
    expect(&b, "12");
    end(&b);
}

static void cancelled_events_before_a_post_do_not_let_a_later_one_pass(void **state)
{
    Bench b;
    begin(&b, HF_EVENT_LIST_LADDER);
    HfEvent dead = hf_engine_at(b.engine, 10, b.note, 8, 56);
    post(&b, 20, 1);
    at(&b, 30, 2);
    assert_true(hf_engine_cancel(b.engine, &dead));
    hf_engine_run_until(b.engine, HF_TIME_NEVER);
    expect(&b, "12");
    end(&b);
}

/* Far more than the queue has room for at first, while it goes round; counted as events are. */
static void the_queue_grows_and_everything_is_counted(void **state)
{
    static Bench b;
    begin(&b, HF_EVENT_LIST_LADDER);
    hf_engine_look_ahead(b.engine, b.note, look);
    uint32_t posted = 0;
    for (uint32_t round = 1; round <= 8; round++) {
        for (uint32_t i = 0; i < 30; i++, posted++) post(&b, 1000 * round + i, posted);
        hf_engine_run_until(b.engine, 1000 * round + 9); /* twenty stay */
        hf_engine_check(b.engine);
    }
    HfEventCounts counts = hf_engine_counts(b.engine, b.note);
    assert_int_equal(counts.scheduled, posted);
    assert_int_equal(counts.fired, b.count);
    HfEngineStats stats;
    hf_engine_stats(b.engine, &stats);
    assert_int_equal(stats.pending, posted - b.count);
    assert_int_equal(stats.pending_peak, 50);
    assert_true(b.shown > posted); /* in several steps, as a rule */
    for (uint32_t i = 0; i < 100; i++, posted++) post(&b, 100000, posted);
    hf_engine_run_until(b.engine, HF_TIME_NEVER);
    assert_int_equal(b.count, posted);
    for (uint32_t i = 0; i < posted; i++) assert_int_equal(b.target[i], i);
    end(&b);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_and_events_of_one_instant_fire_as_they_were_scheduled),
        cmocka_unit_test(a_post_that_is_due_before_the_last_one_waits_like_any_event),
        cmocka_unit_test(what_a_handler_posts_comes_in_its_place),
        cmocka_unit_test(no_post_passes_an_event_of_the_present),
        cmocka_unit_test(a_run_ends_between_two_posts),
        cmocka_unit_test(cancelled_events_before_a_post_do_not_let_a_later_one_pass),
        cmocka_unit_test(the_queue_grows_and_everything_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
