/*
 * What engine.c and timer.c share: the engine's insides, and the way of an event into the list.
 *
 * A record is filled when an event is scheduled and free again as soon as the event fires or is
 * cancelled; the key of a cancelled event stays in the list and is recognised when met, because its
 * record no longer carries the same `low`. When there are twice as many of these dead keys as
 * live ones they are swept out.
 *
 * Posts (posts_internal.h) have neither record nor place in the list.
 *
 * Invariants:  live = records filled = scheduled - fired - cancelled, over all kinds.
 *              every live event has one key in the list; `dead` others there have no event.
 */
#ifndef HF_ENGINE_ENGINE_INTERNAL_H
#define HF_ENGINE_ENGINE_INTERNAL_H

#include "base/vec.h"
#include "engine/engine.h"
#include "engine/heap_internal.h"
#include "engine/ladder_internal.h"
#include "engine/posts_internal.h"

typedef struct Kind {
    HfEventHandler handler;
    void *context;
    HfEventCounts counts;      /* without posts that are pending */
    const char *prefetch_base; /* NULL = none */
    uint32_t prefetch_stride;
    uint32_t prefetch_what; /* AHEAD_..: what else */
    HfLookAhead look;       /* NULL = none */
} Kind;

_Static_assert(sizeof(Kind) == 64, "a kind is one cache line");

/* A row; the handle is row and generation. Generations count up by one with every use. */
typedef struct Timer {
    HfEvent event;       /* the queued one; 0 = the row is free */
    HfTime queued;       /* when that surfaces */
    HfTime due;          /* >= queued; if later, the timer was extended.. */
    HfSequence sequence; /* ..and this is the number of the last extension */
    uint64_t arg;        /* of a free row: the next free one + 1, 0 = none */
    uint32_t target;
    uint32_t generation;
    uint64_t unused;
} Timer;

_Static_assert(sizeof(Timer) == 64, "a timer is one cache line");

enum {
    AHEAD_RECORDS = 1, /* fetch them: there are more than the nearer caches hold */
    AHEAD_TARGETS = 2, /* there is something to fetch beside them */
    AHEAD_EVENTS = 4,  /* targets have handles of events */
    AHEAD_TIMERS = 8,  /* or of timers */
    AHEAD_LOOK = 16    /* some kind has a look-ahead */
};

struct HfEngine {
    HfTime now;
    HfSequence sequence; /* the last one given out */
    /* Keys whose `high` is below may be fired straight from the ladder's bottom: 0 outside a run,
     * and whenever there is something to be asked before the next event; never above the first
     * post's. */
    uint64_t free_run;
    uint64_t free_posts;    /* the same of posts in a row; bottom is asked beside */
    uint64_t limit;         /* of the run: the greatest `high` that may fire */
    HfEventRecord *records; /* [records_room]; 0 is not used */
    uint32_t records_room;
    uint32_t records_used;  /* ever, 0 included: one more than the peak */
    uint32_t records_empty; /* head of the free list; 0 = none */
    uint32_t live;          /* in the list; there are posts beside */
    HF_VEC(Kind) kinds;
    HF_VEC(char *) names; /* of the kinds */
    HfEventHandler hook;
    void *hook_context;
    HfEventListKind list;
    gboolean is_running, is_stopped;
    uint32_t ahead;      /* AHEAD_..: what is done for events before their turn */
    uint32_t first_step; /* the next step for the first events of a new bottom; 0 = it was looked
                            at */
    HfLadder ladder;
    HfHeap heap;
    uint64_t dead;      /* of the heap; the ladder counts its own */
    HfPosts posts;      /* beside the ladder */
    uint64_t last_look; /* `high` of the newest whose kind has a look-ahead */
    Timer *timers;      /* [timers_room] */
    uint32_t timers_used, timers_room;
    uint32_t timers_empty; /* head of the free rows, + 1; 0 = none */
    uint64_t requeued, allocations;
};

/* Put one more record on the free list, which is empty. */
void hf_engine__add_record(HfEngine *engine);

/* An event was cancelled and its record given back: its key stays behind. */
void hf_engine__leave_dead_key(HfEngine *engine);

/* A record emptied: its `low` now says which is the next empty one, and so is no handle. */
static inline void hf_engine__give_slot(HfEngine *engine, uint32_t slot)
{
    engine->records[slot].low = engine->records_empty;
    engine->records_empty = slot;
    engine->live--;
}

static inline HfEventRecord *hf_engine__find(const HfEngine *engine, HfEvent event)
{
    uint32_t slot = hf_key__slot(event);
    if (event == 0 || slot >= engine->records_used) return NULL;
    return engine->records[slot].low == event ? &engine->records[slot] : NULL;
}

static inline HfSequence hf_engine__next_sequence(HfEngine *engine)
{
    HF_ASSERT(hf_sequence__step(&engine->sequence));
    return engine->sequence;
}

/* The row of a timer is free again. */
void hf_engine__give_timer(HfEngine *engine, uint32_t row);

/* A key of the present instant, greater than every other. Returns key.low. */
uint64_t hf_engine__push_present(HfEngine *engine, HfEventKey key);

/* Any key from the present on. Returns key.low. */
uint64_t hf_engine__push(HfEngine *engine, HfEventKey key);

/* `when` was checked. Into the record emptied last, of which there is one: the one most likely in
 * cache. Where a heap is used, the ladder has no bottom and no inbox, so that the last way is left.
 */
static inline __attribute__((always_inline)) HfEvent
hf_engine__schedule(HfEngine *engine, HfTime now, HfTime when, uint64_t what, uint64_t arg,
                    uint64_t arg2)
{
    uint32_t slot = engine->records_empty;
    HfEventRecord *records = engine->records, *record = &records[slot];
    uint32_t empty = (uint32_t)record->low;
    __builtin_prefetch(&records[empty], 1); /* of the next event */
    HfEventKey key = hf_key__place(when, hf_engine__next_sequence(engine), slot);
    engine->records_empty = empty;
    engine->live++;
    record->low = key.low;
    record->arg = arg;
    record->arg2 = arg2;
    record->what = what;
    if (G_UNLIKELY(when == now)) return hf_engine__push_present(engine, key);
    if (key.high < engine->ladder.bottom_end)
        return hf_ladder__push_bottom(&engine->ladder, key, hf_key__high_first(now));
    if (hf_ladder__post(&engine->ladder, key)) return key.low;
    return hf_engine__push(engine, key);
}

#endif
