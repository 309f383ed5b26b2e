/*
 * Speed of the allocator on the workloads of Mesos's own benchmarks of it, by their names there
 * (hierarchical_allocator_tests.cpp, hierarchical_allocator_benchmarks.cpp, sorter_tests.cpp), and
 * of the resource algebra (bench_resource.h), beside what the real Mesos took where that was
 * measured.
 *
 * Phases are named for what they do: "add frameworks", "add agents", "run", ... Everything that a
 * phase says is about one time of it (one run, one round of declining), whose time is taken several
 * times. The run that a call triggers comes behind all calls of its phase, as it waits in Mesos's
 * queue, unless the variant says otherwise.
 *
 * Memory is a true peak: a child process plays the workload once, from a heap without slack, and
 * the kernel's high-water mark is read after each phase.
 *
 * Times are of this process's CPU clock. Counts of work are equal on every machine and build.
 */
#ifndef HF_TOOLS_BENCH_ALLOCATOR_H
#define HF_TOOLS_BENCH_ALLOCATOR_H

#include <glib.h>
#include <stdint.h>

#include "allocator/allocator.h"

#define HF_BENCH_ALLOCATOR_AGENTS_MAX     100000
#define HF_BENCH_ALLOCATOR_FRAMEWORKS_MAX 10000

typedef struct HfBenchAllocatorResult {
    const char *workload;        /* "DeclineOffers", ... */
    const char *variant;         /* of the workload: "regular", "random", ...; "" = it has none */
    const char *phase;           /* what was timed */
    uint32_t agents, frameworks; /* size; roles where the workload is about roles */
    uint32_t samples;            /* how many times it was timed */
    double ms_least, ms_median;
    gboolean has_work;        /* it is of an allocator: `work` means something */
    HfAllocatorCounters work; /* of all times of the first pass; none of a time */
    double peak_mib;     /* most memory that was resident by its end, of a process that plays the
                            workload alone, once; 0 where that is not known */
    double ns_per_offer; /* median; 0 where no offer was made */
    double mesos_ms, mesos_mib;     /* the real Mesos; 0 = not measured */
    double at_most_ms, at_most_mib; /* what is asked of Holdfast; 0 = nothing */
} HfBenchAllocatorResult;

/* Called once for each workload, size and phase, in a fixed order. `result` is borrowed. */
typedef void (*HfBenchAllocatorSink)(void *context, const HfBenchAllocatorResult *result);

typedef struct HfBenchAllocatorOptions {
    const char *workload; /* this one alone; NULL = all */
    uint32_t agents;      /* this size; 0 = the sizes at which Mesos was measured */
    uint32_t frameworks;  /* with agents; 0 = 50 */
    gboolean is_full;     /* the grid of Mesos's benchmarks instead: hours */
    uint32_t passes;      /* each workload so many times; 1 .. 31 */
} HfBenchAllocatorOptions;

/* The exact name of a workload, whatever the case of `name`; NULL when there is none. */
const char *hf_bench_allocator_find(const char *name);

/* Names of all workloads with what each does, NULL-terminated pairs, static. */
const char *const *hf_bench_allocator_names(void);

void hf_bench_allocator(const HfBenchAllocatorOptions *options, HfBenchAllocatorSink sink,
                        void *context);

#endif
