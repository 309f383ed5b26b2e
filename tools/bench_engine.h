/*
 * Speed and work of the pending-event set: the workloads that event lists are judged by, on the
 * ladder, on the heap that is its oracle, and on GLib's balanced tree as the naive choice.
 *
 *   hold       n pending; each event schedules the next after an exponential delay of mean 1 s
 *   touch      the same, and each event reads and writes the 64 bytes of its agent
 *   cancel     each event also cancels a timeout at +10 s and schedules it anew: it never fires
 *   extend     the same with a timer, extended instead of cancelled
 *   post       each event posts the next after 1 s: messages of one constant latency
 *   mm1        a single-server queue at load 0.9; the operation is a customer: two events
 *
 * Times are of this process's CPU clock, draws of random numbers and handlers included. Counts of
 * work are free of noise: equal on every machine and build, which is what a gate can be set on.
 */
#ifndef HF_TOOLS_BENCH_ENGINE_H
#define HF_TOOLS_BENCH_ENGINE_H

#include <glib.h>
#include <stdint.h>

typedef struct HfBenchResult {
    const char *workload;  /* as above */
    const char *structure; /* ladder, heap, gtree */
    uint64_t pending;      /* n; 1 for mm1 */
    uint64_t operations;   /* in one pass */
    uint32_t passes;
    double ns_least, ns_median;           /* of an operation, over the passes */
    double moves_per_op, compares_per_op; /* keys written, keys compared */
    double bytes_per_pending;             /* memory of the engine; 0 for mm1 */
    uint64_t allocations;                 /* during the passes; 0 when steady. gtree: not counted */
} HfBenchResult;

/* Called once for each workload, structure and size, in a fixed order. `result` is borrowed. */
typedef void (*HfBenchSink)(void *context, const HfBenchResult *result);

typedef struct HfBenchOptions {
    uint64_t pending_max; /* sizes 1e2, 1e3 .. up to this; at most 1e7 */
    uint32_t passes;      /* 1 .. 31; 5 is usual */
    const char *workload; /* this one alone; NULL = all */
    double effort;        /* operations in a pass, 1 = about 2 million; less is quicker */
} HfBenchOptions;

/* Whether `workload` names one. */
gboolean hf_bench_engine_has(const char *workload);

/* Run them. Takes about a minute for everything up to 1e6. At 1e7 it needs up to 6 GiB, and the
 * heap and the tree take some minutes. */
void hf_bench_engine(const HfBenchOptions *options, HfBenchSink sink, void *context);

#endif
