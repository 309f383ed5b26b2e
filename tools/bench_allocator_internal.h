/*
 * What the files of the allocator's benchmark share: the cell, which is a host of one allocator,
 * the stop watch, and the workloads.
 */
#ifndef HF_TOOLS_BENCH_ALLOCATOR_INTERNAL_H
#define HF_TOOLS_BENCH_ALLOCATOR_INTERNAL_H

#include "base/vec.h"
#include "resource/text.h"
#include "tools/bench_allocator.h"

/* ---- The cell (bench_cell.c) ---- */

/* One allocator with Mesos's defaults (min_allocatable cpus:0.01|mem:32, interval 1 s), and what is
 * on offer. */
typedef struct HfBenchCell {
    HfCatalog *catalog;
    HfAllocator *allocator;
    HfOfferList offers; /* outstanding, as the runs gave them */
    HfTime now;
    gboolean runs_each; /* each call that triggers a run is followed by it at once; else the host
                           settles when all calls are done, as runs in Mesos queue behind them */
    GString *name;      /* scratch */
    GPtrArray *names;   /* of agents */
} HfBenchCell;

HfBenchCell *hf_bench_cell_new(HfSorterKind sorter);
void hf_bench_cell_free(HfBenchCell *cell);
HfRoleId hf_bench_cell_role(HfBenchCell *cell, const char *path);
/* Resources from the canonical text, which must be right. */
HfResources hf_bench_cell_parse(HfBenchCell *cell, const char *text);
void hf_bench_cell_framework(HfBenchCell *cell, uint32_t framework, HfRoleId role,
                             uint32_t capabilities);
/* Make the names of so many agents beforehand, as it is not the allocator that does. */
void hf_bench_cell_name_agents(HfBenchCell *cell, uint32_t count);
/* An agent of which a framework holds `used` (NULL = nothing) under a role. */
void hf_bench_cell_agent(HfBenchCell *cell, uint32_t agent, const HfResources *total,
                         uint32_t framework, HfRoleId role, const HfResources *used);
/* A guarantee that is the limit as well, "cpus:1;mem:512". */
void hf_bench_cell_quota(HfBenchCell *cell, HfRoleId role, const char *text);
/* The run that was triggered, if one was. */
void hf_bench_cell_settle(HfBenchCell *cell);
/* The same behind one call of several: only if runs_each. */
void hf_bench_cell_called(HfBenchCell *cell);
/* The next batch run, one interval later. */
void hf_bench_cell_batch(HfBenchCell *cell);
/* Everything on offer comes back. */
void hf_bench_cell_decline(HfBenchCell *cell, double refuse_seconds);
/* "ports:[..]": the numbers from..to in so many ranges with a gap behind each. */
char *hf_bench_ports(unsigned from, unsigned to, unsigned ranges);

/* ---- The stop watch (bench_allocator.c) ---- */

typedef struct HfBenchWatch HfBenchWatch;
typedef struct HfBenchSize {
    uint32_t agents, frameworks; /* a workload without a size of its own has 0 and 0 */
} HfBenchSize;

/* Time what lies between the two calls as one time of `phase` (static text). `cell` may be NULL. */
void hf_bench_start(HfBenchWatch *watch, const HfBenchCell *cell);
void hf_bench_stop(HfBenchWatch *watch, const HfBenchCell *cell, const char *phase);

/* ---- Workloads ---- */

typedef struct HfBenchLoad {
    const char *name;
    const char *help;
    const char *const *variants; /* NULL-terminated; NULL = none */
    gboolean has_grid;           /* Mesos runs it on its grid of agents x frameworks */
    HfBenchSize sizes[8];        /* by default, ended by zeros */
    void (*run)(HfBenchWatch *watch, HfBenchSize size, const char *variant);
} HfBenchLoad;

extern const HfBenchLoad hf_bench_loads_offers[]; /* bench_load_offers.c; ended by a NULL name */
extern const HfBenchLoad hf_bench_loads_quota[];  /* bench_load_quota.c */
extern const HfBenchLoad hf_bench_loads_sorter[]; /* bench_load_sorter.c */

/* ---- What Mesos took, and what Holdfast may (bench_mesos.c) ---- */

/* Fill the fields mesos_* and at_most_* of a result that is otherwise complete. */
void hf_bench_mesos_fill(HfBenchAllocatorResult *result);

#endif
