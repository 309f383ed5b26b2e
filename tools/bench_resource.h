/*
 * Speed of the resource algebra, on the workloads of Mesos's own benchmarks of it (MESOS.md 7.5),
 * in its sizes and numbers of repetitions:
 *
 *   arithmetic   cpus, gpus, mem, disk: 50,000 times each of += -= a=a+b a=a-b
 *   labels       the same on 1,000 unique labelled reservations (4,000 entries), 10 times
 *   shared       the same on scalars and a shared volume, 50,000 times
 *   filters      50,000 times each of the filters that an allocation run uses
 *   contains     scalars 5,000 times; ports 1-16000 against 8,000 fragments of them 100 times, and
 *                the fragments against their like
 *   parse        text of 100 resources, 1,000 times
 *   ranges       10, 100, 1,000 sub-ranges of 6 ports, offset by 2, stride 10: 1,000 times each
 *
 * Times are of this process's CPU clock; building the operands is not counted.
 */
#ifndef HF_TOOLS_BENCH_RESOURCE_H
#define HF_TOOLS_BENCH_RESOURCE_H

#include <glib.h>
#include <stdint.h>

typedef struct HfBenchResourceResult {
    const char *workload;  /* as above */
    const char *operation; /* "+=", "contains", ... */
    uint64_t size;         /* entries of the operand; sub-ranges for contains-ports and ranges */
    uint64_t operations;   /* in one pass */
    uint32_t passes;
    double ms_least, ms_median; /* of a whole pass, which is what Mesos prints, over the passes */
    double ns_per_op;           /* of the least */
} HfBenchResourceResult;

/* Called once for each workload and operation, in a fixed order. `result` is borrowed. */
typedef void (*HfBenchResourceSink)(void *context, const HfBenchResourceResult *result);

typedef struct HfBenchResourceOptions {
    uint32_t passes;      /* 1 .. 31; 5 is usual */
    const char *workload; /* this one alone; NULL = all */
} HfBenchResourceOptions;

/* Whether `workload` names one. */
gboolean hf_bench_resource_has(const char *workload);

/* Run them: about two seconds for everything with 5 passes. */
void hf_bench_resource(const HfBenchResourceOptions *options, HfBenchResourceSink sink,
                       void *context);

#endif
