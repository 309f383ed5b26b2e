/*
 * Scheduling, cancelling and the run loop; see engine.h, and engine_internal.h for the insides. The
 * order of events is the event list's business (ladder.c, heap.c).
 *
 * The run loop takes the next key straight from the end of the ladder's sorted bottom as long as
 * that is below `free_run`. Everything that may come in between (bottom is empty, events of the
 * present in the ring, a post, a stop, the end of the run, a heap instead of a ladder) makes that
 * comparison fail, so that the common case asks nothing else. Posts are fired from their queue in
 * the same way, as long as none of these may come before the next.
 */
#include "engine/engine_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SWEEP_SLACK  1024 /* dead keys that are never worth a sweep */
#define SWEEP_FACTOR 2    /* dead keys for each live one before they are swept out */
#define NEAR_RECORDS 8192 /* so many are held by the nearer caches */
#define FETCH_RECORD 24   /* how many events ahead a record is fetched.. */
#define FETCH_TARGET 12   /* ..and what its handler will touch.. */
#define FETCH_HANDLE 6    /* ..and what stands behind the handle there */
#define POSTS_A_STEP 2    /* how many posts fire between a look ahead and the next */

_Static_assert(FETCH_RECORD <= HF_LADDER_AHEAD && 2 * HF_LOOK_STEPS <= HF_LADDER_AHEAD,
               "places before bottom are read");

HfEngine *hf_engine_new(HfEventListKind list)
{
    HfEngine *engine = g_new0(HfEngine, 1);
    engine->list = list;
    engine->records_used = 1;
    if (list == HF_EVENT_LIST_LADDER) hf_ladder__init(&engine->ladder);
    return engine;
}

void hf_engine_free(HfEngine *engine)
{
    if (engine == NULL) return;
    for (guint32 i = 0; i < engine->names.count; i++) g_free(engine->names.at[i]);
    hf_vec_clear(&engine->names);
    hf_vec_clear(&engine->kinds);
    hf_ladder__clear(&engine->ladder);
    hf_heap__clear(&engine->heap);
    free(engine->records);
    free(engine->timers);
    free(engine->posts.at);
    g_free(engine);
}

HfEventKind hf_engine_register(HfEngine *engine, const char *name, HfEventHandler handler,
                               void *context)
{
    HF_ASSERT(handler != NULL);
    HF_ASSERT(engine->kinds.count < UINT16_MAX);
    for (guint32 i = 0; i < engine->kinds.count; i++)
        HF_ASSERT(strcmp(engine->names.at[i], name) != 0);
    hf_vec_push(&engine->kinds, (Kind){.handler = handler, .context = context});
    hf_vec_push(&engine->names, g_strdup(name));
    return (HfEventKind)(engine->kinds.count - 1);
}

const char *hf_engine_kind_name(const HfEngine *engine, HfEventKind kind)
{
    HF_ASSERT(kind < engine->kinds.count);
    return engine->names.at[kind];
}

uint32_t hf_engine_kinds(const HfEngine *engine)
{
    return engine->kinds.count;
}

static void prefetch(HfEngine *engine, HfEventKind kind, const void *base, size_t stride,
                     uint32_t what)
{
    HF_ASSERT(kind < engine->kinds.count);
    HF_ASSERT(stride <= UINT32_MAX);
    engine->kinds.at[kind].prefetch_base = base;
    engine->kinds.at[kind].prefetch_stride = (uint32_t)stride;
    engine->kinds.at[kind].prefetch_what = base != NULL ? what : 0;
    engine->ahead &= AHEAD_RECORDS | AHEAD_LOOK;
    if (engine->timers_used > 0) engine->ahead |= AHEAD_TARGETS;
    for (guint32 i = 0; i < engine->kinds.count; i++)
        engine->ahead |= engine->kinds.at[i].prefetch_what;
}

void hf_engine_prefetch(HfEngine *engine, HfEventKind kind, const void *base, size_t stride)
{
    prefetch(engine, kind, base, stride, AHEAD_TARGETS);
}

void hf_engine_prefetch_events(HfEngine *engine, HfEventKind kind, const HfEvent *base,
                               size_t stride)
{
    prefetch(engine, kind, base, stride, AHEAD_TARGETS | AHEAD_EVENTS);
}

void hf_engine_prefetch_timers(HfEngine *engine, HfEventKind kind, const HfTimer *base,
                               size_t stride)
{
    prefetch(engine, kind, base, stride, AHEAD_TARGETS | AHEAD_TIMERS);
}

void hf_engine_look_ahead(HfEngine *engine, HfEventKind kind, HfLookAhead look)
{
    HF_ASSERT(kind < engine->kinds.count);
    engine->kinds.at[kind].look = look;
    engine->ahead &= ~AHEAD_LOOK;
    for (guint32 i = 0; i < engine->kinds.count; i++)
        if (engine->kinds.at[i].look != NULL) engine->ahead |= AHEAD_LOOK;
}

/* ---- Records ----------------------------------------------------------------------------------*/

static void grow_records(HfEngine *engine)
{
    uint32_t room = MAX(engine->records_room * 2, 64);
    HF_ASSERT(room <= HF_KEY_SLOT_MAX + 1);
    engine->records =
        hf_memory_grow_huge(engine->records, engine->records_room * sizeof(HfEventRecord),
                            room * sizeof(HfEventRecord));
    if (engine->records_room == 0) engine->records[0] = (HfEventRecord){0}; /* looked ahead at */
    engine->records_room = room;
    if (room > NEAR_RECORDS) engine->ahead |= AHEAD_RECORDS;
    engine->allocations++;
}

void hf_engine__add_record(HfEngine *engine)
{
    HF_ASSERT(engine->records_empty == 0);
    if (engine->records_used >= engine->records_room) grow_records(engine);
    uint32_t slot = engine->records_used++;
    engine->records[slot] = (HfEventRecord){0};
    engine->records_empty = slot;
}

/* ---- Putting keys into the list and taking them out -------------------------------------------*/

uint64_t hf_engine__push(HfEngine *engine, HfEventKey key)
{
    if (engine->list == HF_EVENT_LIST_HEAP) return hf_heap__push(&engine->heap, key);
    return hf_ladder__push(&engine->ladder, key, hf_key__high_first(engine->now));
}

uint64_t hf_engine__push_present(HfEngine *engine, HfEventKey key)
{
    if (engine->list == HF_EVENT_LIST_HEAP) return hf_heap__push(&engine->heap, key);
    engine->free_run = engine->free_posts = 0;
    return hf_ladder__push_now(&engine->ladder, key);
}

static inline const HfEventRecord *record_of(const HfEngine *engine, const HfEventKey *key)
{
    return &engine->records[hf_key__slot(key->low)];
}

/* What the event of a key will touch: the timer behind it, or what the caller named. Inlined
 * always: a compiler may drop a call that does nothing but fetch. */
static inline __attribute__((always_inline)) void fetch_target(const HfEngine *engine,
                                                               const HfEventKey *key)
{
    uint64_t what = record_of(engine, key)->what;
    const Kind *kind = &engine->kinds.at[hf_event__kind(what)];
    uint32_t target = hf_event__target(what);
    if (hf_event__is_timer(what))
        __builtin_prefetch(&engine->timers[target], 1);
    else if (kind->prefetch_base != NULL)
        __builtin_prefetch(kind->prefetch_base + (size_t)target * kind->prefetch_stride, 1);
}

/* The event or the timer whose handle lies there. */
static inline __attribute__((always_inline)) void fetch_handle(const HfEngine *engine,
                                                               const HfEventKey *key)
{
    const HfEventRecord *record = record_of(engine, key);
    uint64_t what = record->what;
    const Kind *kind = &engine->kinds.at[hf_event__kind(what)];
    if (!(kind->prefetch_what & (AHEAD_EVENTS | AHEAD_TIMERS))) return;
    if (record->low != key->low || hf_event__is_timer(what)) return; /* the target may be gone */
    const uint64_t *handle = (const void *)(kind->prefetch_base +
                                            (size_t)hf_event__target(what) * kind->prefetch_stride);
    if (kind->prefetch_what & AHEAD_EVENTS)
        __builtin_prefetch(&engine->records[hf_key__slot(*handle)], 1);
    else
        __builtin_prefetch(&engine->timers[(uint32_t)*handle], 1);
}

/*
 * The event at `next` is about to fire. Those that follow lie before it: fetch the record of one
 * some way ahead, and what the handler of a nearer one will touch, whose record has come by now.
 */
static inline __attribute__((always_inline)) void fetch_ahead(const HfEngine *engine,
                                                              const HfEventKey *next)
{
    __builtin_prefetch(record_of(engine, next - FETCH_RECORD), 1);
    if (engine->ahead & AHEAD_TARGETS) fetch_target(engine, next - FETCH_TARGET);
    if (engine->ahead & (AHEAD_EVENTS | AHEAD_TIMERS)) fetch_handle(engine, next - FETCH_HANDLE);
}

/* Bottom was filled: do the same for the first events of it, all at once. */
static inline __attribute__((always_inline)) void fetch_first(const HfEngine *engine)
{
    const HfEventKey *next = engine->ladder.least;
    for (int i = 0; i < FETCH_RECORD; i++) __builtin_prefetch(record_of(engine, next - i), 1);
    if (engine->ahead & AHEAD_TARGETS)
        for (int i = 0; i < FETCH_TARGET; i++) fetch_target(engine, next - i);
    if (engine->ahead & (AHEAD_EVENTS | AHEAD_TIMERS))
        for (int i = 0; i < FETCH_HANDLE; i++) fetch_handle(engine, next - i);
}

/* What a handler is told. */
static inline void tell(HfEventArgs *event, HfEventKey key, const HfEventRecord *record)
{
    uint64_t what = record->what;
    event->now = hf_key__time(key);
    event->arg = record->arg;
    event->arg2 = record->arg2;
    event->target = hf_event__target(what);
    event->kind = hf_event__kind(what);
}

/* Show the event of a key to its kind: in registers, for there are as many of these calls as steps
 * for each event. */
static inline __attribute__((always_inline)) void look(const HfEngine *engine,
                                                       const HfEventKey *key, uint32_t step)
{
    const HfEventRecord *record = record_of(engine, key);
    uint64_t what = record->what;
    if (record->low != key->low || hf_event__is_timer(what)) return;
    const Kind *kind = &engine->kinds.at[hf_event__kind(what)];
    if (kind->look != NULL) kind->look(kind->context, hf_event__target(what), record->arg, step);
}

/* An event is about to fire: those behind it in bottom come a step nearer. */
static void look_from_bottom(const HfEngine *engine)
{
    const HfLadder *ladder = &engine->ladder;
    uint32_t count = hf_ladder__in_bottom(ladder);
    __builtin_prefetch(record_of(engine, ladder->least - 2 * HF_LOOK_STEPS));
    for (uint32_t step = 0; step < HF_LOOK_STEPS; step++) {
        uint32_t behind = HF_LOOK_STEPS - step;
        if (behind <= count) look(engine, &ladder->least[1 - (int)behind], step);
    }
}

/* The same for a post that is `behind` places behind the first. */
static inline void look_at_post(const HfEngine *engine, uint32_t behind, uint32_t step)
{
    const HfPost *post = hf_posts__at(&engine->posts, behind);
    const Kind *kind = &engine->kinds.at[hf_event__kind(post->what)];
    if (kind->look != NULL)
        kind->look(kind->context, hf_event__target(post->what), post->arg, step);
}

/* A post is about to fire, and has left the queue. Step 1 was taken when it was posted. */
static inline void look_at_posts(const HfEngine *engine)
{
    for (uint32_t step = 2; step < HF_LOOK_STEPS; step++) {
        uint32_t behind = POSTS_A_STEP * (HF_LOOK_STEPS - step) - 1;
        if (behind < engine->posts.count) look_at_post(engine, behind, step);
    }
}

/* The first events of a new bottom have missed steps: one of them for each post that fires before
 * they do. */
static __attribute__((noinline)) void look_at_first(HfEngine *engine)
{
    const HfLadder *ladder = &engine->ladder;
    uint32_t count = hf_ladder__in_bottom(ladder), step = engine->first_step;
    for (uint32_t behind = 1; behind < HF_LOOK_STEPS - step; behind++)
        if (behind <= count) look(engine, &ladder->least[1 - (int)behind], step);
    engine->first_step = step + 2 < HF_LOOK_STEPS ? step + 1 : 0;
}

static gboolean refill(HfEngine *engine, uint64_t limit)
{
    HfLadder *ladder = &engine->ladder;
    gboolean is_purging = ladder->dead * 4 > engine->live;
    if (!hf_ladder__refill(ladder, limit, is_purging ? engine->records : NULL)) return FALSE;
    if (engine->ahead & AHEAD_RECORDS) fetch_first(engine);
    if (engine->ahead & AHEAD_LOOK) {
        engine->first_step = 0;
        look_at_first(engine);
    }
    return TRUE;
}

/* Some events of the present were scheduled with no delay: they come after those of bottom. */
static HfEventKey pop_present(HfEngine *engine)
{
    HfLadder *ladder = &engine->ladder;
    HfEventKey first = ladder->ring[ladder->ring_head];
    if (ladder->least == ladder->bottom) (void)refill(engine, first.high);
    if (hf_key__less(*ladder->least, first)) return *ladder->least--;
    ladder->ring_head = (ladder->ring_head + 1) & (ladder->ring_room - 1);
    ladder->ring_count--;
    return first;
}

/* The smallest key, if its `high` is at most `limit`; dead ones included. */
static gboolean pop_key(HfEngine *engine, uint64_t limit, HfEventKey *key_out)
{
    HfLadder *ladder = &engine->ladder;
    if (engine->list == HF_EVENT_LIST_HEAP) {
        if (engine->heap.count == 0 || engine->heap.key[0].high > limit) return FALSE;
        *key_out = hf_heap__pop(&engine->heap);
        return TRUE;
    }
    if (ladder->ring_count > 0) {
        *key_out = pop_present(engine);
        return TRUE;
    }
    if (ladder->least == ladder->bottom && !refill(engine, limit)) return FALSE;
    *key_out = *ladder->least;
    if (key_out->high > limit) return FALSE;
    while (G_UNLIKELY(engine->first_step > 0)) look_at_first(engine);
    ladder->least--;
    if (engine->ahead & AHEAD_LOOK) look_from_bottom(engine);
    return TRUE;
}

static inline uint64_t *dead_keys(HfEngine *engine)
{
    return engine->list == HF_EVENT_LIST_LADDER ? &engine->ladder.dead : &engine->dead;
}

void hf_engine__leave_dead_key(HfEngine *engine)
{
    uint64_t *dead = dead_keys(engine);
    if (++*dead <= SWEEP_FACTOR * (uint64_t)engine->live + SWEEP_SLACK) return;
    if (engine->list == HF_EVENT_LIST_LADDER)
        hf_ladder__sweep(&engine->ladder, engine->records);
    else
        hf_heap__sweep(&engine->heap, engine->records);
    *dead = 0;
}

/* The event of an extended timer surfaced early: put it back under its real key. */
static gboolean requeue_if_extended(HfEngine *engine, HfEventKey key, HfEventRecord *record)
{
    Timer *timer = &engine->timers[hf_event__target(record->what)];
    HF_ASSERT(timer->event == key.low);
    if (timer->due == timer->queued) return FALSE;
    HfEventKey real = hf_key__place(timer->due, timer->sequence, hf_key__slot(key.low));
    record->low = timer->event = real.low;
    timer->queued = timer->due;
    engine->requeued++;
    (void)hf_engine__push(engine, real);
    return TRUE;
}

/* Whether an event fires now that its key was taken out: not if it was cancelled or put off. */
static gboolean is_due(HfEngine *engine, HfEventKey key)
{
    HfEventRecord *record = &engine->records[hf_key__slot(key.low)];
    if (record->low == key.low)
        return !hf_event__is_timer(record->what) || !requeue_if_extended(engine, key, record);
    --*dead_keys(engine);
    return FALSE;
}

/* Is the first post, and there must be one, before every key in the ladder, dead ones included? */
static gboolean post_is_first(HfEngine *engine)
{
    HfLadder *ladder = &engine->ladder;
    HfEventKey post = hf_posts__at(&engine->posts, 0)->key;
    if (ladder->ring_count > 0 && hf_key__less(ladder->ring[ladder->ring_head], post)) return FALSE;
    if (ladder->least == ladder->bottom) {
        if (post.high < ladder->bottom_end) return TRUE;
        if (!refill(engine, post.high)) return TRUE;
    }
    return hf_key__less(post, *ladder->least) != 0;
}

/* What is to fire next. */
typedef enum Next { NEXT_NONE, NEXT_EVENT, NEXT_POST } Next;

/* Take the next event that will really fire, at or before `limit`; a post is left where it is. */
static __attribute__((noinline)) Next pop_event(HfEngine *engine, uint64_t limit,
                                                HfEventKey *key_out)
{
    do {
        if (engine->posts.count > 0 && post_is_first(engine))
            return hf_posts__at(&engine->posts, 0)->key.high <= limit ? NEXT_POST : NEXT_NONE;
        if (!pop_key(engine, limit, key_out)) return NEXT_NONE;
    } while (!is_due(engine, *key_out));
    return NEXT_EVENT;
}

/* ---- Scheduling -------------------------------------------------------------------------------*/

/* The first event at a new peak: the way round that needs no registers saved on the other. */
static __attribute__((noinline)) HfEvent schedule_more(HfEngine *engine, HfTime when,
                                                       HfEventKind kind, uint32_t target,
                                                       uint64_t arg, uint64_t arg2)
{
    hf_engine__add_record(engine);
    return hf_engine_at2(engine, when, kind, target, arg, arg2);
}

/* `when` was checked. */
static inline HfEvent schedule(HfEngine *engine, HfTime now, HfTime when, HfEventKind kind,
                               uint32_t target, uint64_t arg, uint64_t arg2)
{
    if (G_UNLIKELY(engine->records_empty == 0))
        return schedule_more(engine, when, kind, target, arg, arg2);
    HF_ASSERT(kind < engine->kinds.count);
    engine->kinds.at[kind].counts.scheduled++;
    return hf_engine__schedule(engine, now, when, hf_event__what(target, kind, FALSE), arg, arg2);
}

HfEvent hf_engine_at2(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target,
                      uint64_t arg, uint64_t arg2)
{
    HF_ASSERT(when >= engine->now); /* the past cannot change */
    HF_ASSERT(when <= HF_TIME_MAX);
    return schedule(engine, engine->now, when, kind, target, arg, arg2);
}

HfEvent hf_engine_at(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target, uint64_t arg)
{
    return hf_engine_at2(engine, when, kind, target, arg, 0);
}

/* One comparison finds both a delay that is negative and one beyond the end of time. */
static inline HfTime after(HfTime now, HfTime delay)
{
    if (G_LIKELY((uint64_t)delay <= (uint64_t)(HF_TIME_MAX - now))) return now + delay;
    HF_ASSERT(delay >= 0);
    return HF_TIME_MAX;
}

HfEvent hf_engine_after2(HfEngine *engine, HfTime delay, HfEventKind kind, uint32_t target,
                         uint64_t arg, uint64_t arg2)
{
    HfTime now = engine->now;
    return schedule(engine, now, after(now, delay), kind, target, arg, arg2);
}

HfEvent hf_engine_after(HfEngine *engine, HfTime delay, HfEventKind kind, uint32_t target,
                        uint64_t arg)
{
    HfTime now = engine->now;
    return schedule(engine, now, after(now, delay), kind, target, arg, 0);
}

HfPlace hf_engine_take_place(HfEngine *engine)
{
    HfSequence sequence = hf_engine__next_sequence(engine);
    return (HfPlace){sequence.low, sequence.high};
}

HfEvent hf_engine_at_place(HfEngine *engine, HfTime when, HfPlace place, HfEventKind kind,
                           uint32_t target, uint64_t arg)
{
    HF_ASSERT(when >= engine->now);
    HF_ASSERT(when <= HF_TIME_MAX);
    HF_ASSERT(kind < engine->kinds.count);
    if (engine->records_empty == 0) hf_engine__add_record(engine);
    uint32_t slot = engine->records_empty;
    HfEventRecord *record = &engine->records[slot];
    HfEventKey key = hf_key__place(when, (HfSequence){place.low, place.high}, slot);
    engine->kinds.at[kind].counts.scheduled++;
    engine->records_empty = (uint32_t)record->low;
    engine->live++;
    record->low = key.low;
    record->arg = arg;
    record->arg2 = 0;
    record->what = hf_event__what(target, kind, FALSE);
    return hf_engine__push(engine, key);
}

/* A post that has no place in the queue: it is an event like any other, or there is room to be
 * made. The way round that needs no registers saved on the other. */
static __attribute__((noinline)) void post_slowly(HfEngine *engine, HfTime when, HfEventKind kind,
                                                  uint32_t target, uint64_t arg)
{
    HfPosts *posts = &engine->posts;
    if (engine->list != HF_EVENT_LIST_LADDER || !hf_posts__takes(posts, hf_key__high_first(when))) {
        hf_engine_at(engine, when, kind, target, arg);
        return;
    }
    hf_posts__grow(posts);
    hf_engine_post(engine, when, kind, target, arg);
}

void hf_engine_post(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target, uint64_t arg)
{
    HF_ASSERT(when >= engine->now);
    HF_ASSERT(when <= HF_TIME_MAX);
    HF_ASSERT(kind < engine->kinds.count);
    HfPosts *posts = &engine->posts;
    if (G_UNLIKELY(posts->count == posts->room || /* beside a heap it has none */
                   !hf_posts__takes(posts, hf_key__high_first(when)))) {
        post_slowly(engine, when, kind, target, arg);
        return;
    }
    HfEventKey key = hf_key__place(when, hf_engine__next_sequence(engine), 0);
    const Kind *row = &engine->kinds.at[kind];
    hf_posts__push(posts, key, hf_event__what(target, kind, FALSE), arg);
    if (posts->count == 1) engine->free_run = MIN(engine->free_run, key.high);
    if (row->look == NULL) return;
    engine->last_look = key.high;
    row->look(row->context, target, arg, 1);
}

gboolean hf_engine_is_pending(const HfEngine *engine, HfEvent event)
{
    return hf_engine__find(engine, event) != NULL;
}

gboolean hf_engine_cancel(HfEngine *engine, HfEvent *event)
{
    HfEventRecord *record = hf_engine__find(engine, *event);
    uint32_t slot = hf_key__slot(*event);
    *event = 0;
    if (record == NULL) return FALSE;
    HF_ASSERT(!hf_event__is_timer(record->what)); /* timers are stopped */
    engine->kinds.at[hf_event__kind(record->what)].counts.cancelled++;
    hf_engine__give_slot(engine, slot);
    hf_engine__leave_dead_key(engine);
    return TRUE;
}

/* ---- Running ----------------------------------------------------------------------------------*/

/* From here on the event has fired: its place is free for what the handler does. `now` and `kind`
 * are those of the event, at hand. */
static inline __attribute__((always_inline)) void
hand_over(HfEngine *engine, HfTime now, HfEventKind kind_ix, gboolean is_post, HfEventArgs *event)
{
    HF_ASSERT(now >= engine->now);
    engine->now = now;
    Kind *kind = &engine->kinds.at[kind_ix];
    kind->counts.fired++;
    if (is_post) kind->counts.scheduled++;
    if (G_UNLIKELY(engine->hook != NULL)) engine->hook(engine->hook_context, event);
    kind->handler(kind->context, event);
}

/* The row of a timer is free for what the handler does, too. */
static __attribute__((noinline)) void fire_timer(HfEngine *engine, HfEventKey key)
{
    uint32_t slot = hf_key__slot(key.low);
    uint64_t what = engine->records[slot].what;
    uint32_t row = hf_event__target(what);
    HfEventArgs event = {.now = hf_key__time(key),
                         .arg = engine->timers[row].arg,
                         .target = engine->timers[row].target,
                         .kind = hf_event__kind(what)};
    hf_engine__give_timer(engine, row);
    hf_engine__give_slot(engine, slot);
    hand_over(engine, event.now, event.kind, FALSE, &event);
}

static inline __attribute__((always_inline)) void fire_event(HfEngine *engine, HfEventKey key,
                                                             const HfEventRecord *record)
{
    HfEventArgs event;
    HfEventKind kind = hf_event__kind(record->what);
    tell(&event, key, record);
    hf_engine__give_slot(engine, hf_key__slot(key.low));
    hand_over(engine, hf_key__time(key), kind, FALSE, &event);
}

static void fire(HfEngine *engine, HfEventKey key)
{
    const HfEventRecord *record = &engine->records[hf_key__slot(key.low)];
    if (hf_event__is_timer(record->what))
        fire_timer(engine, key);
    else
        fire_event(engine, key, record);
}

/* Fire from bottom until something is to be asked first. */
static void run_freely(HfEngine *engine)
{
    HfLadder *ladder = &engine->ladder;
    for (;;) {
        const HfEventKey *next = ladder->least;
        HfEventKey key = *next;
        if (key.high >= engine->free_run) return;
        ladder->least--;
        if (engine->ahead != 0) {
            if (engine->ahead & AHEAD_RECORDS) fetch_ahead(engine, next);
            if (engine->ahead & AHEAD_LOOK) look_from_bottom(engine);
        }
        const HfEventRecord *record = &engine->records[hf_key__slot(key.low)];
        if (G_LIKELY(record->low == key.low && !hf_event__is_timer(record->what)))
            fire_event(engine, key, record);
        else if (is_due(engine, key))
            fire_timer(engine, key);
    }
}

/* Take the first post out of the queue and fire it. */
static inline void fire_post(HfEngine *engine)
{
    const HfPost *post = hf_posts__at(&engine->posts, 0);
    uint64_t what = post->what;
    HfEventArgs event = {.now = hf_key__time(post->key),
                         .arg = post->arg,
                         .target = hf_event__target(what),
                         .kind = hf_event__kind(what)};
    gboolean looks = post->key.high <= engine->last_look;
    hf_posts__drop_first(&engine->posts);
    if (looks) look_at_posts(engine);
    if (G_UNLIKELY(engine->first_step > 0)) look_at_first(engine);
    hand_over(engine, event.now, event.kind, TRUE, &event);
}

/* The least `high` that is greater than a limit. */
static inline uint64_t first_beyond(uint64_t limit)
{
    return limit == UINT64_MAX ? UINT64_MAX : limit + 1;
}

/* Fire the first post, and those behind it until something may come before the next: what stands at
 * the end of an empty bottom is greater than any key. */
static void run_posts(HfEngine *engine)
{
    const HfLadder *ladder = &engine->ladder;
    const HfPosts *posts = &engine->posts;
    engine->free_posts = ladder->ring_count == 0 ? first_beyond(engine->limit) : 0;
    uint64_t next;
    do {
        fire_post(engine);
        if (posts->count == 0) return;
        next = hf_posts__at(posts, 0)->key.high;
    } while (next < engine->free_posts && next < ladder->least->high && next < ladder->bottom_end);
}

/* Events of the present come first, and the heap has no bottom. */
static inline void free_the_run(HfEngine *engine)
{
    gboolean is_free = engine->list == HF_EVENT_LIST_LADDER && engine->ladder.ring_count == 0;
    engine->free_run = is_free ? first_beyond(engine->limit) : 0;
    if (engine->posts.count > 0)
        engine->free_run = MIN(engine->free_run, hf_posts__at(&engine->posts, 0)->key.high);
}

HfRunEnd hf_engine_run_until(HfEngine *engine, HfTime until)
{
    HF_ASSERT(until >= engine->now);
    HF_ASSERT(!engine->is_running);
    engine->limit = until > HF_TIME_MAX ? UINT64_MAX : hf_key__high_last(until);
    engine->is_running = TRUE;
    HfEventKey key;
    Next next;
    while (!engine->is_stopped && (next = pop_event(engine, engine->limit, &key)) != NEXT_NONE) {
        if (next == NEXT_POST) {
            run_posts(engine);
            continue;
        }
        free_the_run(engine);
        fire(engine, key);
        if (engine->free_run > 0) run_freely(engine);
    }
    engine->free_run = 0;
    engine->is_running = FALSE;
    if (engine->is_stopped) {
        engine->is_stopped = FALSE;
        return HF_RUN_STOPPED;
    }
    if (until <= HF_TIME_MAX) engine->now = until;
    return engine->live + engine->posts.count > 0 ? HF_RUN_REACHED : HF_RUN_DRY;
}

gboolean hf_engine_step(HfEngine *engine)
{
    HF_ASSERT(!engine->is_running);
    HfEventKey key;
    Next next = pop_event(engine, UINT64_MAX, &key);
    if (next == NEXT_NONE) return FALSE;
    engine->is_running = TRUE;
    if (next == NEXT_POST)
        fire_post(engine);
    else
        fire(engine, key);
    engine->is_running = FALSE;
    engine->is_stopped = FALSE;
    return TRUE;
}

void hf_engine_stop(HfEngine *engine)
{
    engine->is_stopped = TRUE;
    engine->free_run = engine->free_posts = 0;
}

HfTime hf_engine_now(const HfEngine *engine)
{
    return engine->now;
}

const HfTime *hf_engine_clock(const HfEngine *engine)
{
    return &engine->now;
}

HfTime hf_engine_next(HfEngine *engine)
{
    HfEventKey key;
    switch (pop_event(engine, UINT64_MAX, &key)) {
    case NEXT_NONE:
        break;
    case NEXT_POST:
        return hf_key__time(hf_posts__at(&engine->posts, 0)->key);
    case NEXT_EVENT:
        (void)hf_engine__push(engine, key); /* the list orders it where it was */
        return hf_key__time(key);
    }
    return HF_TIME_NEVER;
}

void hf_engine_on_event(HfEngine *engine, HfEventHandler hook, void *context)
{
    engine->hook = hook;
    engine->hook_context = context;
}
