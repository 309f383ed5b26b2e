/*
 * What instructions.sh has counted: the hold model on one event list, with nothing beside it. The
 * delays are drawn beforehand, for how they are drawn depends on the processor.
 *
 *   hold_steps LIST PENDING EVENTS     LIST: ladder or heap
 *
 * The last EVENTS events are fired by measured(), where the counting is switched on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/random.h"
#include "engine/engine.h"

enum { DELAYS = 1 << 16 };

typedef struct Bench {
    HfEngine *engine;
    uint64_t left, drawn;
    HfTime delay[DELAYS];
} Bench;

/* Once round the delays they begin again one further on, so that no event meets the same twice. */
static HfTime next_delay(Bench *bench)
{
    uint64_t i = bench->drawn++;
    return bench->delay[(i + i / DELAYS) % DELAYS];
}

static void on_event(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    hf_engine_after(bench->engine, next_delay(bench), event->kind, event->target, 0);
    if (--bench->left == 0) hf_engine_stop(bench->engine);
}

static void run_events(Bench *bench, uint64_t events)
{
    bench->left = events;
    HF_ASSERT(hf_engine_run_until(bench->engine, HF_TIME_NEVER) == HF_RUN_STOPPED);
}

void measured(Bench *bench, uint64_t events);

__attribute__((noinline)) void measured(Bench *bench, uint64_t events)
{
    run_events(bench, events);
    __asm__ volatile("" ::: "memory"); /* so that the call is one, and no jump */
}

int main(int argc, char **argv)
{
    static Bench bench;
    HfStream stream;
    if (argc != 4) return 2;
    uint32_t pending = (uint32_t)strtoul(argv[2], NULL, 10);
    bench.engine =
        hf_engine_new(strcmp(argv[1], "heap") == 0 ? HF_EVENT_LIST_HEAP : HF_EVENT_LIST_LADDER);
    hf_engine_register(bench.engine, "hold", on_event, &bench);
    hf_stream_init(&stream, 1, "hold-steps", 0);
    for (int i = 0; i < DELAYS; i++)
        bench.delay[i] = (HfTime)(1e9 * hf_stream_exponential(&stream));
    for (uint32_t i = 0; i < pending; i++)
        hf_engine_after(bench.engine, next_delay(&bench), 0, i, 0);
    run_events(&bench, 12 * (uint64_t)pending + 10000); /* once through the whole range */
    measured(&bench, strtoull(argv[3], NULL, 10));
    hf_engine_check(bench.engine);
    hf_engine_free(bench.engine);
    return 0;
}
