/*
 * The simulated clock and what happens next: a pending-event set, a run loop, cancellation and
 * lazily extended timers.
 *
 * An event is a kind (registered once, with a name and a handler), a target (a row number of the
 * caller's choice) and two arguments; never a pointer, so the pending set can be printed, copied
 * and compared. Events fire in the total order (time, sequence): equal times fire in the order they
 * were scheduled. Because the order is total, what fires does not depend on the event list chosen;
 * the ladder is the fast one, the heap the short one that tests compare it with.
 *
 * Limits: times to HF_TIME_MAX (36.5 years), 2^26 - 1 events pending at once (67 million), 2^41
 * scheduled in one run (2.2e12), 65534 kinds. Going beyond one is an assertion.
 * Memory: a record of 32 bytes and a key of 16 to 20 for each pending event, in arrays that double;
 *         up to twice as many cancelled keys wait to be swept, and some dozens of KiB are needed
 *         for any number. After warm-up nothing is allocated.
 */
#ifndef HF_ENGINE_ENGINE_H
#define HF_ENGINE_ENGINE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

typedef struct HfEngine HfEngine;

/* Names one scheduled event, until it fires or is cancelled; never used again. 0 = none. */
typedef uint64_t HfEvent;

/* Names one armed timer, until it fires or is stopped; never used again. 0 = none. */
typedef uint64_t HfTimer;

/* A registered kind of event: 0, 1, 2... in order of registration. */
typedef uint16_t HfEventKind;

/* What a handler is told. Valid during the call only. */
typedef struct HfEventArgs {
    HfTime now;       /* ns; equals hf_engine_now() */
    uint64_t arg;     /* as scheduled */
    uint64_t arg2;    /* as scheduled; 0 when not given */
    uint32_t target;  /* as scheduled */
    HfEventKind kind; /* whose handler this is */
} HfEventArgs;

/* May schedule, cancel and stop; must not free the engine or call a run function. */
typedef void (*HfEventHandler)(void *context, const HfEventArgs *event);

typedef enum HfEventListKind {
    HF_EVENT_LIST_LADDER = 0, /* amortised O(1) */
    HF_EVENT_LIST_HEAP        /* O(log n); the oracle of the tests */
} HfEventListKind;

/* ---- Life -------------------------------------------------------------------------------------*/

/* An engine at time 0 with nothing pending. Free: hf_engine_free(), NULL allowed. */
HfEngine *hf_engine_new(HfEventListKind list);
void hf_engine_free(HfEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfEngine, hf_engine_free)

/*
 * Register a kind of event.
 * Shape: `name` is copied, and must differ from the names registered before; `context` is borrowed
 *        and handed to each call of `handler`.
 * Returns the kind, counted from 0.
 */
HfEventKind hf_engine_register(HfEngine *engine, const char *name, HfEventHandler handler,
                               void *context);

/* The name given at registration; borrowed for the life of the engine. */
const char *hf_engine_kind_name(const HfEngine *engine, HfEventKind kind);
uint32_t hf_engine_kinds(const HfEngine *engine);

/*
 * Say where the targets of a kind live, so that their memory can be fetched ahead of their events:
 * the record of target t starts at `base + t * stride`. Optional, changes no result. Nothing is
 * read through `base`; call again when the column moves, with NULL to end it.
 */
void hf_engine_prefetch(HfEngine *engine, HfEventKind kind, const void *base, size_t stride);

/*
 * The same where the record of a target is, or begins with, the handle of an event that the handler
 * will probably cancel, or of a timer that it will move: what stands behind the handle is fetched,
 * too. Here `base` is read through: for every target of a pending event the handle must be legible.
 */
void hf_engine_prefetch_events(HfEngine *engine, HfEventKind kind, const HfEvent *base,
                               size_t stride);
void hf_engine_prefetch_timers(HfEngine *engine, HfEventKind kind, const HfTimer *base,
                               size_t stride);

/*
 * Where one event follows pointers through much memory, its cost is the sum of the misses. A kind
 * may be shown its events before they fire, once for each step, a step being one event fired in
 * between: step 0 asks for the memory that `target` and `arg` name, step 1 for what that points to,
 * and so on. Optional, with the ladder only, changes no result: it must only prefetch, and read
 * only what it asked for in the step before. An event may miss steps, see them again, or never
 * fire. A post is shown step 1 while it is posted, since whoever posts has its memory at hand; the
 * steps after that are two posts apart.
 */
#define HF_LOOK_STEPS 4
typedef void (*HfLookAhead)(void *context, uint32_t target, uint64_t arg, uint32_t step);
void hf_engine_look_ahead(HfEngine *engine, HfEventKind kind, HfLookAhead look);

/* ---- Scheduling -------------------------------------------------------------------------------*/

/*
 * Schedule an event at an instant, or after a delay.
 * Units:  ns; `when` in now .. HF_TIME_MAX, `delay` >= 0. An earlier instant is an assertion: the
 *         past cannot change. A sum beyond HF_TIME_MAX becomes HF_TIME_MAX (heavy-tailed draws).
 * Cost:   amortised O(1) for the ladder; allocates only when the pending set reaches a new peak.
 */
HfEvent hf_engine_at(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target,
                     uint64_t arg);
HfEvent hf_engine_after(HfEngine *engine, HfTime delay, HfEventKind kind, uint32_t target,
                        uint64_t arg);

/* The same with a second argument. */
HfEvent hf_engine_at2(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target,
                      uint64_t arg, uint64_t arg2);
HfEvent hf_engine_after2(HfEngine *engine, HfTime delay, HfEventKind kind, uint32_t target,
                         uint64_t arg, uint64_t arg2);

/* A place among the events of an instant, whichever that will be: what is scheduled there later
 * fires as if it had been scheduled when the place was taken. For who keeps what falls due in a
 * list of its own, with an event for the first of it. A place is for one pending event at a time,
 * or the order of the two is not said; `when` is not before the present (assertion). Cost: as of
 * hf_engine_at(). */
typedef struct HfPlace {
    uint64_t low, high; /* private */
} HfPlace;
HfPlace hf_engine_take_place(HfEngine *engine);
HfEvent hf_engine_at_place(HfEngine *engine, HfTime when, HfPlace place, HfEventKind kind,
                           uint32_t target, uint64_t arg);

/*
 * Schedule an event at an instant for good: it has no handle, and cannot be cancelled. It fires in
 * the same order as any other. Posts that come in the order of their instants, as messages of one
 * constant latency do, cost a fraction of other events, since they wait in a queue; one that is due
 * before the post before it waits like any other event.
 */
void hf_engine_post(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target, uint64_t arg);

/*
 * Cancel a pending event and set *event to 0.
 * Returns TRUE when it was pending; FALSE when it is 0, has fired or was cancelled before: such a
 * handle is harmless. An event counts as fired from the start of its handler.
 * Cost: O(1) amortised; the event's memory is used again at once.
 */
gboolean hf_engine_cancel(HfEngine *engine, HfEvent *event);

gboolean hf_engine_is_pending(const HfEngine *engine, HfEvent event);

/* ---- Timers: for deadlines that nearly always move before they pass ---------------------------*/

/*
 * Arm a timer: at `when`, the handler of `kind` is called as for an event, and the timer is gone.
 * The difference from an event is the cost of moving it: extending only stores the new deadline,
 * and the timer is queued again when the old one surfaces. Firing order is as if the timer had been
 * cancelled and scheduled anew at each extension.
 */
HfTimer hf_timer_arm(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target,
                     uint64_t arg);

/*
 * Move the deadline to `when` >= now, later (one store) or earlier (a cancellation and an event).
 * Returns FALSE, with nothing done, when the timer has fired or was stopped, or is 0.
 */
gboolean hf_timer_extend(HfEngine *engine, HfTimer timer, HfTime when);

/* Stop an armed timer and set *timer to 0; FALSE when it was not armed. O(1) amortised. */
gboolean hf_timer_stop(HfEngine *engine, HfTimer *timer);

/* When it will fire; HF_TIME_NEVER when it is not armed. O(1). */
HfTime hf_timer_due(const HfEngine *engine, HfTimer timer);

/* ---- Running ----------------------------------------------------------------------------------*/

typedef enum HfRunEnd {
    HF_RUN_REACHED = 0, /* everything up to `until` has fired; more is pending */
    HF_RUN_DRY,         /* nothing is pending any more */
    HF_RUN_STOPPED      /* a handler called hf_engine_stop() */
} HfRunEnd;

/*
 * Fire events, in order, up to and including the instant `until`.
 * The clock then stands at `until`; after HF_RUN_STOPPED, or when `until` is HF_TIME_NEVER, at the
 * last event fired. Calling again continues.
 * Units: `until` >= now.
 */
HfRunEnd hf_engine_run_until(HfEngine *engine, HfTime until);

/* Fire the next event, if there is one; FALSE if nothing is pending. */
gboolean hf_engine_step(HfEngine *engine);

/* End the run after the current handler returns. Outside a run: ends the next before its start. */
void hf_engine_stop(HfEngine *engine);

/* The simulated time: of the event being handled, or where the last run ended. */
HfTime hf_engine_now(const HfEngine *engine);
/* Where that is read, as long as the engine lives: for those who ask at every event. */
const HfTime *hf_engine_clock(const HfEngine *engine);

/* The instant of the next event (a timer counts with its deadline); HF_TIME_NEVER when dry. */
HfTime hf_engine_next(HfEngine *engine);

/* Called before each handler; NULL to end it. For event logs and digests. */
void hf_engine_on_event(HfEngine *engine, HfEventHandler hook, void *context);

/* ---- Counters ---------------------------------------------------------------------------------*/

/* Of one kind. scheduled = fired + cancelled + pending, always. Extending a timer counts nowhere,
 * arming counts as scheduled, stopping as cancelled. */
typedef struct HfEventCounts {
    uint64_t scheduled, fired, cancelled;
} HfEventCounts;

/* Of the whole engine. The last four measure work, free of noise: equal runs have equal counts. */
typedef struct HfEngineStats {
    uint64_t scheduled, fired, cancelled;
    uint64_t pending;      /* events, timers and posts that will fire */
    uint64_t pending_peak; /* the most at once, posts counted for themselves */
    size_t memory_bytes;   /* held now, all parts */
    uint64_t allocations;  /* times memory was asked for since the start */
    uint64_t keys_moved;   /* 16-byte keys written into any place of the event list */
    uint64_t comparisons;  /* of keys, when choosing or sorting */
    uint64_t requeued;     /* timers found extended when their old deadline surfaced */
} HfEngineStats;

/* Cost: O(posts that are pending), which are counted here. */
HfEventCounts hf_engine_counts(const HfEngine *engine, HfEventKind kind);
void hf_engine_stats(const HfEngine *engine, HfEngineStats *stats_out);

/* Walk the event list and check every invariant (assertions). O(n log n); tests and debug runs. */
void hf_engine_check(const HfEngine *engine);

#endif
