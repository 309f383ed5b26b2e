/*
 * Records, handles, kinds, timers and the run loop; see engine.h. The order of events is the event
 * list's business (ladder.c, heap.c).
 *
 * A record is filled when an event is scheduled and free again as soon as the event fires or is
 * cancelled; the key of a cancelled event stays in the list and is recognised when met, because its
 * record no longer carries the same `low`. When there are twice as many of these dead keys as
 * live ones they are swept out.
 *
 * A timer owns one queued event and remembers beside it when it is really due. If that event
 * surfaces and the timer was extended meanwhile, the event goes back into the list under the key
 * (due instant, sequence number of the extension), and nothing fires.
 *
 * Invariants:  live = records filled = scheduled - fired - cancelled, over all kinds.
 *              every live event has one key in the list; `dead` others have no event.
 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "engine/heap_internal.h"
#include "engine/ladder_internal.h"
#include "engine/memory_internal.h"

#define SWEEP_SLACK    1024 /* dead keys that are never worth a sweep */
#define SWEEP_FACTOR   2    /* dead keys for each live one before they are swept out */
#define PREFETCH_SLOTS 8192 /* below this many records the second cache holds them all */

typedef struct Kind {
    HfEventHandler handler;
    void *context;
    HfEventCounts counts;
    const char *prefetch_base; /* NULL = none */
    size_t prefetch_stride;
    HfLookAhead look; /* NULL = none */
    char *name;
} Kind;

/* A row; the handle is row and generation. Generations count up by one with every use. */
typedef struct Timer {
    HfEvent event;     /* the queued one; 0 = the row is free */
    HfTime queued;     /* when that surfaces */
    HfTime due;        /* >= queued */
    uint64_t sequence; /* of the last extension; 0 = the event is due as queued */
    uint64_t arg;      /* of a free row: the next free one + 1, 0 = none */
    uint32_t target;
    uint32_t generation;
    uint64_t unused[2];
} Timer;

_Static_assert(sizeof(Timer) == 64, "a timer is one cache line");

struct HfEngine {
    HfTime now;
    uint64_t sequence;      /* the last one given out */
    HfEventRecord *records; /* [records_room]; 0 is not used */
    uint32_t records_room;
    uint32_t records_used;  /* ever, 0 included: one more than the peak */
    uint32_t records_empty; /* head of the free list; 0 = none */
    uint32_t live;
    HfEventListKind list;
    gboolean is_running, is_stopped;
    gboolean is_prefetching; /* there is something to fetch beside the records */
    gboolean is_looking;     /* some kind has a look-ahead */
    HF_VEC(Kind) kinds;
    HfLadder ladder;
    HfHeap heap;
    uint64_t dead; /* of the heap; the ladder counts its own */
    HfEventHandler hook;
    void *hook_context;
    Timer *timers; /* [timers_room] */
    uint32_t timers_used, timers_room;
    uint32_t timers_empty; /* head of the free rows, + 1; 0 = none */
    uint64_t requeued, allocations;
};

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
    for (guint32 i = 0; i < engine->kinds.count; i++) g_free(engine->kinds.at[i].name);
    hf_vec_clear(&engine->kinds);
    hf_ladder__clear(&engine->ladder);
    hf_heap__clear(&engine->heap);
    free(engine->records);
    free(engine->timers);
    g_free(engine);
}

HfEventKind hf_engine_register(HfEngine *engine, const char *name, HfEventHandler handler,
                               void *context)
{
    HF_ASSERT(handler != NULL);
    HF_ASSERT(engine->kinds.count < UINT16_MAX);
    for (guint32 i = 0; i < engine->kinds.count; i++)
        HF_ASSERT(strcmp(engine->kinds.at[i].name, name) != 0);
    hf_vec_push(&engine->kinds,
                (Kind){.handler = handler, .context = context, .name = g_strdup(name)});
    return (HfEventKind)(engine->kinds.count - 1);
}

const char *hf_engine_kind_name(const HfEngine *engine, HfEventKind kind)
{
    HF_ASSERT(kind < engine->kinds.count);
    return engine->kinds.at[kind].name;
}

uint32_t hf_engine_kinds(const HfEngine *engine)
{
    return engine->kinds.count;
}

void hf_engine_prefetch(HfEngine *engine, HfEventKind kind, const void *base, size_t stride)
{
    HF_ASSERT(kind < engine->kinds.count);
    engine->kinds.at[kind].prefetch_base = base;
    engine->kinds.at[kind].prefetch_stride = stride;
    engine->is_prefetching = engine->timers_used > 0;
    for (guint32 i = 0; i < engine->kinds.count; i++)
        if (engine->kinds.at[i].prefetch_base != NULL) engine->is_prefetching = TRUE;
}

void hf_engine_look_ahead(HfEngine *engine, HfEventKind kind, HfLookAhead look)
{
    HF_ASSERT(kind < engine->kinds.count);
    engine->kinds.at[kind].look = look;
    engine->is_looking = FALSE;
    for (guint32 i = 0; i < engine->kinds.count; i++)
        if (engine->kinds.at[i].look != NULL) engine->is_looking = TRUE;
}

/* ---- Records ----------------------------------------------------------------------------------*/

static __attribute__((noinline)) void grow_records(HfEngine *engine)
{
    uint32_t room = MAX(engine->records_room * 2, 64);
    HF_ASSERT(room <= HF_KEY_SLOT_MAX + 1);
    engine->records = hf_memory__grow(engine->records, engine->records_room * sizeof(HfEventRecord),
                                      room * sizeof(HfEventRecord));
    engine->records_room = room;
    engine->allocations++;
}

/* All records are filled: put one more on the list of empty ones. */
static __attribute__((noinline)) void add_empty_record(HfEngine *engine)
{
    if (engine->records_used >= engine->records_room) grow_records(engine);
    uint32_t slot = engine->records_used++;
    engine->records[slot] = (HfEventRecord){0};
    engine->records_empty = slot;
}

static inline void give_slot(HfEngine *engine, uint32_t slot)
{
    HfEventRecord *record = &engine->records[slot];
    record->low = 0;
    record->arg2 = engine->records_empty;
    engine->records_empty = slot;
    engine->live--;
}

static inline HfEventRecord *find_live(const HfEngine *engine, HfEvent event)
{
    uint32_t slot = hf_key__slot(event);
    if (event == 0 || slot >= engine->records_used) return NULL;
    return engine->records[slot].low == event ? &engine->records[slot] : NULL;
}

/* ---- Putting keys into the list and taking them out -------------------------------------------*/

static inline HfEvent push_key(HfEngine *engine, HfEventKey key)
{
    if (G_LIKELY(engine->list == HF_EVENT_LIST_LADDER))
        return hf_ladder__push(&engine->ladder, key, hf_key__high_first(engine->now));
    return hf_heap__push(&engine->heap, key);
}

/* What the event of a record will touch: the timer behind it, or what the caller named. */
static inline void fetch_target(const HfEngine *engine, const HfEventRecord *record)
{
    const Kind *kind = &engine->kinds.at[record->kind];
    if (record->is_timer)
        __builtin_prefetch(&engine->timers[record->target], 1);
    else if (kind->prefetch_base != NULL)
        __builtin_prefetch(kind->prefetch_base + record->target * kind->prefetch_stride, 1);
}

/*
 * Bottom has just been filled. Fetch what the events of the bucket after it will touch, and the
 * records of the bucket after that: by the time they are needed, the misses have overlapped.
 */
static void look_ahead(HfEngine *engine)
{
    const HfLadder *ladder = &engine->ladder;
    const HfEventRecord *records = engine->records;
    uint32_t cursor = 0, count;
    const HfEventKey *key = hf_ladder__ahead(ladder, &cursor, &count);
    if (engine->is_prefetching)
        for (uint32_t i = 0; i < count; i++)
            fetch_target(engine, &records[hf_key__slot(key[i].low)]);
    key = hf_ladder__ahead(ladder, &cursor, &count);
    for (uint32_t i = 0; i < count; i++) __builtin_prefetch(&records[hf_key__slot(key[i].low)], 1);
}

/* Show the event of a key to its kind. */
static void look(const HfEngine *engine, HfEventKey key, uint32_t step)
{
    const HfEventRecord *record = &engine->records[hf_key__slot(key.low)];
    const Kind *kind = &engine->kinds.at[record->kind];
    if (record->low != key.low || record->is_timer || kind->look == NULL) return;
    kind->look(kind->context,
               &(HfEventArgs){.now = hf_key__time(key),
                              .arg = record->arg,
                              .arg2 = record->arg2,
                              .target = record->target,
                              .kind = record->kind},
               step);
}

/* An event is about to fire: those behind it in bottom come a step nearer. */
static void look_from_bottom(const HfEngine *engine)
{
    const HfLadder *ladder = &engine->ladder;
    for (uint32_t step = 0; step < HF_LOOK_STEPS; step++) {
        uint32_t behind = HF_LOOK_STEPS - step;
        if (behind <= ladder->bottom_count)
            look(engine, ladder->bottom[ladder->bottom_count - behind], step);
    }
}

/* The first events of a new bottom have missed steps. */
static void look_at_first(const HfEngine *engine)
{
    const HfLadder *ladder = &engine->ladder;
    for (uint32_t step = 0; step + 1 < HF_LOOK_STEPS; step++)
        for (uint32_t behind = 1; behind < HF_LOOK_STEPS - step; behind++)
            if (behind <= ladder->bottom_count)
                look(engine, ladder->bottom[ladder->bottom_count - behind], step);
}

static gboolean refill(HfEngine *engine, uint64_t limit)
{
    HfLadder *ladder = &engine->ladder;
    gboolean is_purging = ladder->dead * 4 > engine->live;
    if (!hf_ladder__refill(ladder, limit, is_purging ? engine->records : NULL)) return FALSE;
    if (engine->records_used > PREFETCH_SLOTS) look_ahead(engine);
    if (engine->is_looking) look_at_first(engine);
    return TRUE;
}

/* Some events of the present were scheduled with no delay: they come after those of bottom. */
static gboolean pop_present(HfEngine *engine, HfEventKey *key_out)
{
    HfLadder *ladder = &engine->ladder;
    HfEventKey first = ladder->ring[ladder->ring_head];
    if (ladder->bottom_count == 0) (void)refill(engine, first.high);
    if (ladder->bottom_count > 0 && hf_key__less(ladder->bottom[ladder->bottom_count - 1], first)) {
        *key_out = ladder->bottom[--ladder->bottom_count];
        return TRUE;
    }
    ladder->ring_head = (ladder->ring_head + 1) & (ladder->ring_room - 1);
    ladder->ring_count--;
    *key_out = first;
    return TRUE;
}

/* The smallest key, if its `high` is at most `limit`; dead ones included. */
static inline gboolean pop_key(HfEngine *engine, uint64_t limit, HfEventKey *key_out)
{
    if (G_LIKELY(engine->list == HF_EVENT_LIST_LADDER)) {
        HfLadder *ladder = &engine->ladder;
        if (G_UNLIKELY(ladder->ring_count > 0)) return pop_present(engine, key_out);
        if (ladder->bottom_count == 0 && !refill(engine, limit)) return FALSE;
        *key_out = ladder->bottom[ladder->bottom_count - 1];
        if (key_out->high > limit) return FALSE;
        ladder->bottom_count--;
        if (G_UNLIKELY(engine->is_looking)) look_from_bottom(engine);
        return TRUE;
    }
    if (engine->heap.count == 0 || engine->heap.key[0].high > limit) return FALSE;
    *key_out = hf_heap__pop(&engine->heap);
    return TRUE;
}

static inline uint64_t *dead_keys(HfEngine *engine)
{
    return engine->list == HF_EVENT_LIST_LADDER ? &engine->ladder.dead : &engine->dead;
}

/* An event was cancelled: its key stays behind. */
static void leave_dead_key(HfEngine *engine)
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
    Timer *timer = &engine->timers[record->target];
    HF_ASSERT(timer->event == key.low);
    if (timer->sequence == 0) return FALSE;
    HfEventKey real = hf_key__make(timer->due, timer->sequence, hf_key__slot(key.low));
    record->low = timer->event = real.low;
    timer->queued = timer->due;
    timer->sequence = 0;
    engine->requeued++;
    (void)push_key(engine, real);
    return TRUE;
}

/* Take the next event that will really fire, at or before `limit`. */
static inline gboolean pop_event(HfEngine *engine, uint64_t limit, HfEventKey *key_out)
{
    while (pop_key(engine, limit, key_out)) {
        HfEventRecord *record = &engine->records[hf_key__slot(key_out->low)];
        if (G_UNLIKELY(record->low != key_out->low)) {
            --*dead_keys(engine);
            continue;
        }
        if (G_UNLIKELY(record->is_timer) && requeue_if_extended(engine, *key_out, record)) continue;
        return TRUE;
    }
    return FALSE;
}

/* ---- Scheduling -------------------------------------------------------------------------------*/

static inline uint64_t next_sequence(HfEngine *engine)
{
    HF_ASSERT(engine->sequence < HF_KEY_SEQUENCE_MAX);
    return ++engine->sequence;
}

/* Into the record emptied last, of which there is one: the one most likely in cache. */
static inline HfEvent schedule(HfEngine *engine, HfTime when, HfEventRecord content)
{
    HF_ASSERT(when >= engine->now); /* the past cannot change */
    HF_ASSERT(when <= HF_TIME_MAX);
    uint32_t slot = engine->records_empty;
    HfEventRecord *record = &engine->records[slot];
    engine->records_empty = (uint32_t)record->arg2;
    engine->live++;
    HfEventKey key = hf_key__make(when, next_sequence(engine), slot);
    record->low = key.low;
    record->arg = content.arg;
    record->arg2 = content.arg2;
    record->target = content.target;
    record->kind = content.kind;
    record->is_timer = content.is_timer;
    if (when == engine->now && engine->list == HF_EVENT_LIST_LADDER)
        return hf_ladder__push_now(&engine->ladder, key);
    return push_key(engine, key);
}

/* The first event at a new peak: the way round that needs no registers saved on the other. */
static __attribute__((noinline)) HfEvent schedule_more(HfEngine *engine, HfTime when,
                                                       HfEventKind kind, uint32_t target,
                                                       uint64_t arg, uint64_t arg2)
{
    add_empty_record(engine);
    return hf_engine_at2(engine, when, kind, target, arg, arg2);
}

static inline HfEvent at2(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target,
                          uint64_t arg, uint64_t arg2)
{
    if (G_UNLIKELY(engine->records_empty == 0))
        return schedule_more(engine, when, kind, target, arg, arg2);
    HF_ASSERT(kind < engine->kinds.count);
    engine->kinds.at[kind].counts.scheduled++;
    return schedule(engine, when,
                    (HfEventRecord){.arg = arg, .arg2 = arg2, .target = target, .kind = kind});
}

HfEvent hf_engine_at2(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target,
                      uint64_t arg, uint64_t arg2)
{
    return at2(engine, when, kind, target, arg, arg2);
}

HfEvent hf_engine_at(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target, uint64_t arg)
{
    return at2(engine, when, kind, target, arg, 0);
}

static inline HfTime after(const HfEngine *engine, HfTime delay)
{
    HF_ASSERT(delay >= 0);
    return MIN(hf_time_add(engine->now, delay), HF_TIME_MAX);
}

HfEvent hf_engine_after2(HfEngine *engine, HfTime delay, HfEventKind kind, uint32_t target,
                         uint64_t arg, uint64_t arg2)
{
    return at2(engine, after(engine, delay), kind, target, arg, arg2);
}

HfEvent hf_engine_after(HfEngine *engine, HfTime delay, HfEventKind kind, uint32_t target,
                        uint64_t arg)
{
    return at2(engine, after(engine, delay), kind, target, arg, 0);
}

gboolean hf_engine_is_pending(const HfEngine *engine, HfEvent event)
{
    return find_live(engine, event) != NULL;
}

gboolean hf_engine_cancel(HfEngine *engine, HfEvent *event)
{
    HfEventRecord *record = find_live(engine, *event);
    uint32_t slot = hf_key__slot(*event);
    *event = 0;
    if (record == NULL) return FALSE;
    HF_ASSERT(!record->is_timer); /* timers are stopped */
    engine->kinds.at[record->kind].counts.cancelled++;
    give_slot(engine, slot);
    leave_dead_key(engine);
    return TRUE;
}

/* ---- Timers -----------------------------------------------------------------------------------*/

static inline HfTimer timer_handle(uint32_t row, const Timer *timer)
{
    return (HfTimer)timer->generation << 32 | row;
}

static inline Timer *find_timer(const HfEngine *engine, HfTimer handle)
{
    uint32_t row = (uint32_t)handle;
    if (handle == 0 || row >= engine->timers_used) return NULL;
    Timer *timer = &engine->timers[row];
    return timer->event != 0 && timer_handle(row, timer) == handle ? timer : NULL;
}

static uint32_t take_timer(HfEngine *engine)
{
    uint32_t row = engine->timers_empty - 1;
    if (engine->timers_empty != 0) {
        engine->timers_empty = (uint32_t)engine->timers[row].arg;
    } else {
        row = engine->timers_used++;
        if (row == engine->timers_room) {
            uint32_t room = MAX(2 * engine->timers_room, 16);
            engine->timers = hf_memory__grow(engine->timers, engine->timers_room * sizeof(Timer),
                                             room * sizeof(Timer));
            engine->timers_room = room;
            engine->allocations++;
        }
        engine->timers[row].generation = 0;
        engine->is_prefetching = TRUE;
    }
    engine->timers[row].generation++;
    return row;
}

/* A row whose generations ran out is retired, rather than let an old handle come alive again. */
static void give_timer(HfEngine *engine, uint32_t row)
{
    Timer *timer = &engine->timers[row];
    timer->event = 0;
    if (timer->generation == UINT32_MAX) return;
    timer->arg = engine->timers_empty;
    engine->timers_empty = row + 1;
}

static void queue_timer(HfEngine *engine, uint32_t row, HfEventKind kind, HfTime when)
{
    if (engine->records_empty == 0) add_empty_record(engine);
    HfEvent event =
        schedule(engine, when, (HfEventRecord){.target = row, .kind = kind, .is_timer = TRUE});
    Timer *timer = &engine->timers[row];
    timer->event = event;
    timer->queued = timer->due = when;
    timer->sequence = 0;
}

HfTimer hf_timer_arm(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target, uint64_t arg)
{
    HF_ASSERT(kind < engine->kinds.count);
    HF_ASSERT(when >= engine->now);
    uint32_t row = take_timer(engine);
    engine->timers[row].arg = arg;
    engine->timers[row].target = target;
    engine->kinds.at[kind].counts.scheduled++;
    queue_timer(engine, row, kind, when);
    return timer_handle(row, &engine->timers[row]);
}

gboolean hf_timer_extend(HfEngine *engine, HfTimer handle, HfTime when)
{
    Timer *timer = find_timer(engine, handle);
    if (timer == NULL) return FALSE;
    HF_ASSERT(when >= engine->now);
    HF_ASSERT(when <= HF_TIME_MAX);
    if (G_LIKELY(when > timer->queued)) {
        timer->due = when;
        timer->sequence = next_sequence(engine);
        return TRUE;
    }
    uint32_t slot = hf_key__slot(timer->event);
    HfEventKind kind = engine->records[slot].kind;
    give_slot(engine, slot);
    leave_dead_key(engine);
    queue_timer(engine, (uint32_t)handle, kind, when);
    return TRUE;
}

gboolean hf_timer_stop(HfEngine *engine, HfTimer *handle)
{
    Timer *timer = find_timer(engine, *handle);
    uint32_t row = (uint32_t)*handle;
    *handle = 0;
    if (timer == NULL) return FALSE;
    uint32_t slot = hf_key__slot(timer->event);
    engine->kinds.at[engine->records[slot].kind].counts.cancelled++;
    give_timer(engine, row);
    give_slot(engine, slot);
    leave_dead_key(engine);
    return TRUE;
}

HfTime hf_timer_due(const HfEngine *engine, HfTimer handle)
{
    const Timer *timer = find_timer(engine, handle);
    return timer != NULL ? timer->due : HF_TIME_NEVER;
}

/* ---- Running ----------------------------------------------------------------------------------*/

/* From here on the event has fired: its slot and its timer are free for what the handler does. */
static inline void fire(HfEngine *engine, HfEventKey key)
{
    uint32_t slot = hf_key__slot(key.low);
    const HfEventRecord *record = &engine->records[slot];
    HfEventArgs event = {.now = hf_key__time(key),
                         .arg = record->arg,
                         .arg2 = record->arg2,
                         .target = record->target,
                         .kind = record->kind};
    if (G_UNLIKELY(record->is_timer)) {
        const Timer *timer = &engine->timers[record->target];
        event.arg = timer->arg;
        event.target = timer->target;
        give_timer(engine, record->target);
    }
    give_slot(engine, slot);
    HF_ASSERT(event.now >= engine->now);
    engine->now = event.now;
    Kind *kind = &engine->kinds.at[event.kind];
    kind->counts.fired++;
    if (G_UNLIKELY(engine->hook != NULL)) engine->hook(engine->hook_context, &event);
    kind->handler(kind->context, &event);
}

HfRunEnd hf_engine_run_until(HfEngine *engine, HfTime until)
{
    HF_ASSERT(until >= engine->now);
    HF_ASSERT(!engine->is_running);
    uint64_t limit = until > HF_TIME_MAX ? UINT64_MAX : hf_key__high_last(until);
    engine->is_running = TRUE;
    HfEventKey key;
    while (!engine->is_stopped && pop_event(engine, limit, &key)) fire(engine, key);
    engine->is_running = FALSE;
    if (engine->is_stopped) {
        engine->is_stopped = FALSE;
        return HF_RUN_STOPPED;
    }
    if (until <= HF_TIME_MAX) engine->now = until;
    return engine->live > 0 ? HF_RUN_REACHED : HF_RUN_DRY;
}

gboolean hf_engine_step(HfEngine *engine)
{
    HF_ASSERT(!engine->is_running);
    HfEventKey key;
    if (!pop_event(engine, UINT64_MAX, &key)) return FALSE;
    engine->is_running = TRUE;
    fire(engine, key);
    engine->is_running = FALSE;
    engine->is_stopped = FALSE;
    return TRUE;
}

void hf_engine_stop(HfEngine *engine)
{
    engine->is_stopped = TRUE;
}

HfTime hf_engine_now(const HfEngine *engine)
{
    return engine->now;
}

HfTime hf_engine_next(HfEngine *engine)
{
    HfEventKey key;
    if (!pop_event(engine, UINT64_MAX, &key)) return HF_TIME_NEVER;
    (void)push_key(engine, key); /* the list orders it where it was */
    return hf_key__time(key);
}

void hf_engine_on_event(HfEngine *engine, HfEventHandler hook, void *context)
{
    engine->hook = hook;
    engine->hook_context = context;
}

/* ---- Counters ---------------------------------------------------------------------------------*/

HfEventCounts hf_engine_counts(const HfEngine *engine, HfEventKind kind)
{
    HF_ASSERT(kind < engine->kinds.count);
    return engine->kinds.at[kind].counts;
}

void hf_engine_stats(const HfEngine *engine, HfEngineStats *stats_out)
{
    const HfListWork *work =
        engine->list == HF_EVENT_LIST_LADDER ? &engine->ladder.work : &engine->heap.work;
    HfEngineStats stats = {
        .pending = engine->live,
        .pending_peak = engine->records_used - 1,
        .memory_bytes = sizeof *engine + engine->records_room * sizeof(HfEventRecord) +
                        engine->kinds.room * sizeof(Kind) + engine->timers_room * sizeof(Timer) +
                        hf_ladder__memory(&engine->ladder) + hf_heap__memory(&engine->heap),
        .allocations = engine->allocations + work->allocations,
        .keys_moved = work->keys_moved,
        .comparisons = work->comparisons,
        .requeued = engine->requeued,
    };
    for (guint32 i = 0; i < engine->kinds.count; i++) {
        stats.scheduled += engine->kinds.at[i].counts.scheduled;
        stats.fired += engine->kinds.at[i].counts.fired;
        stats.cancelled += engine->kinds.at[i].counts.cancelled;
    }
    *stats_out = stats;
}

void hf_engine_check(const HfEngine *engine)
{
    HfEngineStats stats;
    hf_engine_stats(engine, &stats);
    HF_ASSERT(stats.scheduled - stats.fired - stats.cancelled == engine->live);
    uint64_t keys, dead;
    if (engine->list == HF_EVENT_LIST_LADDER) {
        hf_ladder__check(&engine->ladder, hf_key__high_first(engine->now));
        keys = hf_ladder__count(&engine->ladder);
        dead = engine->ladder.dead;
    } else {
        hf_heap__check(&engine->heap);
        keys = engine->heap.count;
        dead = engine->dead;
    }
    HF_ASSERT(keys == engine->live + dead);
    uint64_t filled = 0;
    for (uint32_t i = 1; i < engine->records_used; i++) filled += engine->records[i].low != 0;
    HF_ASSERT(filled == engine->live);
    for (uint32_t i = 0, slot = engine->records_empty; slot != 0; i++) {
        HF_ASSERT(i < engine->records_used);
        HF_ASSERT(engine->records[slot].low == 0);
        slot = (uint32_t)engine->records[slot].arg2;
    }
}
