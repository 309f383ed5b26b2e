/*
 * Timers; see engine.h.
 *
 * A timer owns one queued event and remembers beside it when it is really due. If that event
 * surfaces and the timer was extended meanwhile, the event goes back into the list under the key
 * (due instant, sequence number of the extension), and nothing fires.
 */
#include "base/memory.h"
#include "engine/engine_internal.h"

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
            engine->timers = hf_memory_grow_huge(
                engine->timers, engine->timers_room * sizeof(Timer), room * sizeof(Timer));
            engine->timers_room = room;
            engine->allocations++;
        }
        engine->timers[row].generation = 0;
        engine->ahead |= AHEAD_TARGETS;
    }
    engine->timers[row].generation++;
    return row;
}

/* A row whose generations ran out is retired, rather than let an old handle come alive again. */
void hf_engine__give_timer(HfEngine *engine, uint32_t row)
{
    Timer *timer = &engine->timers[row];
    timer->event = 0;
    if (timer->generation == UINT32_MAX) return;
    timer->arg = engine->timers_empty;
    engine->timers_empty = row + 1;
}

static void queue_timer(HfEngine *engine, uint32_t row, HfEventKind kind, HfTime when)
{
    if (engine->records_empty == 0) hf_engine__add_record(engine);
    HfEvent event =
        hf_engine__schedule(engine, engine->now, when, hf_event__what(row, kind, TRUE), 0, 0);
    Timer *timer = &engine->timers[row];
    timer->event = event;
    timer->queued = timer->due = when;
}

HfTimer hf_timer_arm(HfEngine *engine, HfTime when, HfEventKind kind, uint32_t target, uint64_t arg)
{
    HF_ASSERT(kind < engine->kinds.count);
    HF_ASSERT(when >= engine->now);
    HF_ASSERT(when <= HF_TIME_MAX);
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
        timer->sequence = hf_engine__next_sequence(engine);
        return TRUE;
    }
    uint32_t slot = hf_key__slot(timer->event);
    HfEventKind kind = hf_event__kind(engine->records[slot].what);
    hf_engine__give_slot(engine, slot);
    hf_engine__leave_dead_key(engine);
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
    engine->kinds.at[hf_event__kind(engine->records[slot].what)].counts.cancelled++;
    hf_engine__give_timer(engine, row);
    hf_engine__give_slot(engine, slot);
    hf_engine__leave_dead_key(engine);
    return TRUE;
}

HfTime hf_timer_due(const HfEngine *engine, HfTimer handle)
{
    const Timer *timer = find_timer(engine, handle);
    return timer != NULL ? timer->due : HF_TIME_NEVER;
}
