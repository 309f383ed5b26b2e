/*
 * The engine's benchmark; see bench_engine.h. Each case is set up, run until it is in its steady
 * state (the ladder has gone through its whole range once), then timed in passes.
 */
#include "tools/bench_engine.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "base/random.h"
#include "engine/engine.h"

#define PASSES_MAX    31
#define PASS_OPS      2000000
#define TIMEOUT       (10 * HF_NS_PER_SECOND)
#define DRAWS         1024 /* random numbers drawn together */
#define MM1_LOAD      0.9
#define MM1_QUEUE_MAX 1024 /* at load 0.9 never reached in a lifetime: 0.9^1024 = 1e-47 */

typedef struct Agent {
    uint64_t field[8];
} Agent;

_Static_assert(sizeof(Agent) == 64, "one agent fills a cache line");

/* Exponential variates of mean 1, some ahead. */
typedef struct Draws {
    double draw[DRAWS];
    uint32_t used;
    HfStream stream;
} Draws;

/* What the handlers share. */
typedef struct Bench {
    HfEngine *engine;
    uint64_t left; /* operations until the pass ends */
    Draws draws;
    Agent *agent;
    HfEvent *timeout;
    HfTimer *timer;
    HfTime waiting[MM1_QUEUE_MAX]; /* arrival times; [head, head + present) */
    uint32_t head, present;
    HfTime sojourn; /* summed, so that it is computed */
} Bench;

enum { KIND_MAIN, KIND_OTHER };

static void init_draws(Draws *draws)
{
    hf_stream_init(&draws->stream, 1, "bench-engine", 0);
    draws->used = DRAWS;
}

static void draw_more(Draws *draws)
{
    hf_stream_exponentials(&draws->stream, draws->draw, DRAWS);
    draws->used = 0;
}

static inline HfTime exponential(Draws *draws, double mean_ns)
{
    if (G_UNLIKELY(draws->used == DRAWS)) draw_more(draws);
    return (HfTime)(mean_ns * draws->draw[draws->used++]);
}

static inline void count_down(Bench *bench)
{
    if (--bench->left == 0) hf_engine_stop(bench->engine);
}

/* The one event in many where more is to be done; kept out of the way of the others. */
static __attribute__((noinline)) void hold_seldom(Bench *bench, uint32_t target)
{
    hf_engine_after(bench->engine, exponential(&bench->draws, 1e9), KIND_MAIN, target, 0);
    if (bench->left == 0) hf_engine_stop(bench->engine);
}

static inline void hold(Bench *bench, uint32_t target)
{
    if (G_UNLIKELY(--bench->left == 0 || bench->draws.used == DRAWS))
        hold_seldom(bench, target);
    else
        hf_engine_after(bench->engine, exponential(&bench->draws, 1e9), KIND_MAIN, target, 0);
}

static void on_hold(void *context, const HfEventArgs *event)
{
    hold(context, event->target);
}

static void on_touch(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    Agent *agent = &bench->agent[event->target];
    agent->field[0]++;
    agent->field[7] += (uint64_t)event->now;
    hold(bench, event->target);
}

static void on_cancel(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    HfEvent *timeout = &bench->timeout[event->target];
    hf_engine_cancel(bench->engine, timeout);
    *timeout = hf_engine_after(bench->engine, TIMEOUT, KIND_OTHER, event->target, 0);
    hold(bench, event->target);
}

static void on_extend(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    HfTimer *timer = &bench->timer[event->target];
    if (!hf_timer_extend(bench->engine, *timer, event->now + TIMEOUT))
        *timer = hf_timer_arm(bench->engine, event->now + TIMEOUT, KIND_OTHER, event->target, 0);
    hold(bench, event->target);
}

static void on_post(void *context, const HfEventArgs *event)
{
    hf_engine_post(((Bench *)context)->engine, event->now + HF_NS_PER_SECOND, KIND_MAIN,
                   event->target, 0);
    count_down(context);
}

static void on_timeout(void *context, const HfEventArgs *event)
{
}

static void on_arrival(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    gboolean is_idle = bench->present == 0;
    HF_ASSERT(bench->present < MM1_QUEUE_MAX);
    bench->waiting[(bench->head + bench->present++) % MM1_QUEUE_MAX] = event->now;
    hf_engine_after(bench->engine, exponential(&bench->draws, 1e9 / MM1_LOAD), KIND_MAIN, 0, 0);
    if (is_idle) hf_engine_after(bench->engine, exponential(&bench->draws, 1e9), KIND_OTHER, 0, 0);
}

static void on_departure(void *context, const HfEventArgs *event)
{
    Bench *bench = context;
    bench->sojourn += event->now - bench->waiting[bench->head];
    bench->head = (bench->head + 1) % MM1_QUEUE_MAX;
    count_down(bench);
    if (--bench->present > 0)
        hf_engine_after(bench->engine, exponential(&bench->draws, 1e9), KIND_OTHER, 0, 0);
}

typedef struct Workload {
    const char *name;
    HfEventHandler main, other;
    gboolean is_queue; /* one size, not n */
} Workload;

static const Workload workloads[] = {
    {"hold", on_hold, on_timeout, FALSE},     {"touch", on_touch, on_timeout, FALSE},
    {"cancel", on_cancel, on_timeout, FALSE}, {"extend", on_extend, on_timeout, FALSE},
    {"post", on_post, on_timeout, FALSE},     {"mm1", on_arrival, on_departure, TRUE},
};

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void summarise(HfBenchResult *result, double *ns)
{
    qsort(ns, result->passes, sizeof *ns, compare_doubles);
    result->ns_least = ns[0];
    result->ns_median = ns[result->passes / 2];
}

/* ---- On the engine ----------------------------------------------------------------------------*/

static void set_up(Bench *bench, const Workload *workload, HfEventListKind list, uint64_t n)
{
    *bench = (Bench){.engine = hf_engine_new(list)};
    init_draws(&bench->draws);
    hf_engine_register(bench->engine, "main", workload->main, bench);
    hf_engine_register(bench->engine, "other", workload->other, bench);
    if (workload->main == on_touch) {
        bench->agent = aligned_alloc(sizeof(Agent), n * sizeof(Agent));
        memset(bench->agent, 0, n * sizeof(Agent));
        hf_engine_prefetch(bench->engine, KIND_MAIN, bench->agent, sizeof(Agent));
    }
    if (workload->main == on_cancel) {
        bench->timeout = g_new0(HfEvent, n);
        hf_engine_prefetch_events(bench->engine, KIND_MAIN, bench->timeout, sizeof(HfEvent));
    }
    if (workload->main == on_extend) {
        bench->timer = g_new0(HfTimer, n);
        hf_engine_prefetch_timers(bench->engine, KIND_MAIN, bench->timer, sizeof(HfTimer));
    }
    for (uint64_t i = 0; i < n; i++)
        hf_engine_after(bench->engine, exponential(&bench->draws, 1e9), KIND_MAIN, (uint32_t)i, 0);
}

static void tear_down(Bench *bench)
{
    hf_engine_free(bench->engine);
    free(bench->agent);
    g_free(bench->timeout);
    g_free(bench->timer);
}

static void run_operations(Bench *bench, uint64_t operations)
{
    bench->left = operations;
    HF_ASSERT(hf_engine_run_until(bench->engine, HF_TIME_NEVER) == HF_RUN_STOPPED);
}

static void bench_engine(const HfBenchOptions *options, const Workload *workload,
                         HfEventListKind list, HfBenchResult *result)
{
    Bench *bench = g_new(Bench, 1);
    double ns[PASSES_MAX];
    set_up(bench, workload, list, result->pending);
    run_operations(bench, MIN(16 * result->pending + 10000, 40000000));
    HfEngineStats before, after;
    hf_engine_stats(bench->engine, &before);
    for (uint32_t pass = 0; pass < options->passes; pass++) {
        double start = cpu_ns();
        run_operations(bench, result->operations);
        ns[pass] = (cpu_ns() - start) / (double)result->operations;
    }
    hf_engine_stats(bench->engine, &after);
    double all = (double)result->operations * options->passes;
    summarise(result, ns);
    result->moves_per_op = (double)(after.keys_moved - before.keys_moved) / all;
    result->compares_per_op = (double)(after.comparisons - before.comparisons) / all;
    result->allocations = after.allocations - before.allocations;
    if (!workload->is_queue)
        result->bytes_per_pending = (double)after.memory_bytes / (double)after.pending_peak;
    tear_down(bench);
    g_free(bench);
}

/* ---- On GLib's tree ---------------------------------------------------------------------------*/

typedef struct TreeKey {
    HfTime when;
    uint64_t sequence;
} TreeKey;

static gint compare_keys(gconstpointer a, gconstpointer b, gpointer counter)
{
    const TreeKey *x = a, *y = b;
    ++*(uint64_t *)counter;
    if (x->when != y->when) return x->when < y->when ? -1 : 1;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static void hold_tree(GTree *tree, Draws *draws, uint64_t *sequence, uint64_t operations)
{
    for (uint64_t i = 0; i < operations; i++) {
        TreeKey *key = g_tree_node_key(g_tree_node_first(tree));
        g_tree_remove(tree, key);
        key->when += exponential(draws, 1e9);
        key->sequence = ++*sequence;
        g_tree_insert(tree, key, key);
    }
}

static void bench_gtree(const HfBenchOptions *options, HfBenchResult *result)
{
    uint64_t n = result->pending, sequence = 0, comparisons = 0;
    double ns[PASSES_MAX];
    Draws draws;
    init_draws(&draws);
    GTree *tree = g_tree_new_full(compare_keys, &comparisons, NULL, NULL);
    TreeKey *keys = g_new(TreeKey, n);
    for (uint64_t i = 0; i < n; i++) {
        keys[i] = (TreeKey){exponential(&draws, 1e9), ++sequence};
        g_tree_insert(tree, &keys[i], &keys[i]);
    }
    hold_tree(tree, &draws, &sequence, MIN(n, 1000000));
    comparisons = 0;
    for (uint32_t pass = 0; pass < options->passes; pass++) {
        double start = cpu_ns();
        hold_tree(tree, &draws, &sequence, result->operations);
        ns[pass] = (cpu_ns() - start) / (double)result->operations;
    }
    summarise(result, ns);
    result->compares_per_op = (double)comparisons / ((double)result->operations * options->passes);
    g_tree_destroy(tree);
    g_free(keys);
}

/* ---- All of them ------------------------------------------------------------------------------*/

gboolean hf_bench_engine_has(const char *workload)
{
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++)
        if (strcmp(workloads[i].name, workload) == 0) return TRUE;
    return FALSE;
}

static void bench_size(const HfBenchOptions *options, const Workload *workload, uint64_t n,
                       HfBenchSink sink, void *context)
{
    static const char *const structures[] = {"ladder", "heap", "gtree"};
    for (int s = 0; s < 3; s++) {
        HfBenchResult result = {.workload = workload->name,
                                .structure = structures[s],
                                .pending = n,
                                .operations = (uint64_t)MAX(PASS_OPS * options->effort, 1000),
                                .passes = options->passes};
        if (s > 0) result.operations = result.operations / 4 + 1; /* the slow ones */
        if (s == 2 && workload->main != on_hold) continue;
        if (s == 2)
            bench_gtree(options, &result);
        else
            bench_engine(options, workload, s == 0 ? HF_EVENT_LIST_LADDER : HF_EVENT_LIST_HEAP,
                         &result);
        sink(context, &result);
    }
}

void hf_bench_engine(const HfBenchOptions *options, HfBenchSink sink, void *context)
{
    HF_ASSERT(options->passes >= 1 && options->passes <= PASSES_MAX);
    HF_ASSERT(options->pending_max <= 10000000);
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++) {
        const Workload *workload = &workloads[i];
        if (options->workload != NULL && strcmp(options->workload, workload->name) != 0) continue;
        if (workload->is_queue) {
            bench_size(options, workload, 1, sink, context);
            continue;
        }
        for (uint64_t n = 100; n <= options->pending_max; n *= 10)
            bench_size(options, workload, n, sink, context);
    }
}
