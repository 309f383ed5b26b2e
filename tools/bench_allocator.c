/* The frame of the allocator's benchmark: sizes, passes, the stop watch; see bench_allocator.h. */
#include "tools/bench_allocator.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "tools/bench_allocator_internal.h"
#include "tools/bench_resource.h"

#define FRAMEWORKS_DEFAULT 50

static const uint32_t grid_agents[] = {1000, 5000, 10000, 20000, 30000, 50000};
static const uint32_t grid_frameworks[] = {1, 50, 100, 200, 500, 1000, 3000, 6000};

static const HfBenchLoad *const tables[] = {hf_bench_loads_offers, hf_bench_loads_quota,
                                            hf_bench_loads_sorter};

/* The resource algebra has no agents and a benchmark of its own. */
#define RESOURCES_NAME "Resources"
#define RESOURCES_HELP "arithmetic, contains, filters and parsing, as `bench resource`"

/* ---- The stop watch ---- */

/* What is known of one phase of one workload at one size. */
typedef struct Phase {
    const char *name;
    HF_VEC(double) ms;
    HfAllocatorCounters work;
    gboolean has_work;
    uint64_t peak; /* bytes */
} Phase;

struct HfBenchWatch {
    HF_VEC(Phase) phases;
    double started_ms;
    HfAllocatorCounters started_work;
    int peaks;          /* of the child that measures memory: where it says so; else -1 */
    uint64_t peak_base; /* bytes it had before the workload began */
    uint32_t pass;
};

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void hf_bench_start(HfBenchWatch *watch, const HfBenchCell *cell)
{
    if (cell != NULL) watch->started_work = hf_allocator_counters(cell->allocator);
    watch->started_ms = cpu_ms();
}

/* ---- Memory ---- */

/* What the child says at the end of a phase. The name is static text, at the same address here. */
typedef struct Peak {
    const char *phase;
    uint64_t bytes;
} Peak;

/* The most that was resident since the mark was reset, or ever; 0 = not known. */
static uint64_t peak_now(void)
{
    char line[128];
    unsigned long long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return 0;
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %llu", &kib) == 1) break;
    fclose(status);
    return (uint64_t)kib * 1024;
}

static void reset_peak(void)
{
    malloc_trim(0);
    int mark = open("/proc/self/clear_refs", O_WRONLY);
    if (mark < 0) return;
    if (write(mark, "5", 1) != 1) peak_now(); /* then the mark of the fork is kept, which is more */
    close(mark);
}

/* ---- Phases ---- */

static Phase *phase_named(HfBenchWatch *watch, const char *name)
{
    for (uint32_t p = 0; p < watch->phases.count; p++)
        if (strcmp(watch->phases.at[p].name, name) == 0) return &watch->phases.at[p];
    hf_vec_push_zero(&watch->phases);
    hf_vec_last(&watch->phases)->name = name;
    return hf_vec_last(&watch->phases);
}

/* The counters as an array: all of them are of one type. */
#define COUNTERS (sizeof(HfAllocatorCounters) / sizeof(uint64_t))

static void add_work(HfAllocatorCounters *sum, const HfAllocatorCounters *now,
                     const HfAllocatorCounters *before)
{
    uint64_t a[COUNTERS], b[COUNTERS], c[COUNTERS];
    memcpy(a, sum, sizeof a);
    memcpy(b, now, sizeof b);
    memcpy(c, before, sizeof c);
    for (size_t i = 0; i < COUNTERS; i++) a[i] += b[i] - c[i];
    memcpy(sum, a, sizeof a);
}

void hf_bench_stop(HfBenchWatch *watch, const HfBenchCell *cell, const char *phase_name)
{
    double ms = cpu_ms() - watch->started_ms;
    Phase *phase = phase_named(watch, phase_name);
    hf_vec_push(&phase->ms, ms);
    if (watch->peaks >= 0) {
        Peak peak = {phase_name, peak_now() - watch->peak_base};
        if (write(watch->peaks, &peak, sizeof peak) != (ssize_t)sizeof peak) _exit(1);
    }
    if (cell == NULL || watch->pass > 0) return;
    HfAllocatorCounters now = hf_allocator_counters(cell->allocator);
    add_work(&phase->work, &now, &watch->started_work);
    phase->has_work = TRUE;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void report(HfBenchWatch *watch, HfBenchAllocatorResult result, HfBenchAllocatorSink sink,
                   void *context)
{
    for (uint32_t p = 0; p < watch->phases.count; p++) {
        Phase *phase = &watch->phases.at[p];
        qsort(phase->ms.at, phase->ms.count, sizeof(double), compare_doubles);
        result.phase = phase->name;
        result.samples = phase->ms.count;
        result.ms_least = phase->ms.at[0];
        result.ms_median = phase->ms.at[phase->ms.count / 2];
        result.has_work = phase->has_work;
        result.work = phase->work;
        result.peak_mib = (double)phase->peak / (1 << 20);
        double offers = phase->has_work ? (double)phase->work.offers : 0;
        uint32_t a_pass = phase->ms.count / MAX(watch->pass, 1);
        result.ns_per_offer = offers > 0 ? result.ms_median * 1e6 * (double)a_pass / offers : 0;
        hf_bench_mesos_fill(&result);
        sink(context, &result);
        hf_vec_clear(&phase->ms);
    }
    hf_vec_clear(&watch->phases);
}

/* ---- Workloads and sizes ---- */

/* Play the workload once in a process of its own. Without one nothing is known. */
static void measure_peaks(HfBenchWatch *watch, const HfBenchLoad *load, HfBenchSize size,
                          const char *variant)
{
    int ends[2];
    if (pipe(ends) != 0) return;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        reset_peak();
        watch->peaks = ends[1];
        watch->peak_base = peak_now();
        load->run(watch, size, variant);
        _exit(0);
    }
    close(ends[1]);
    Peak peak;
    while (child > 0 && read(ends[0], &peak, sizeof peak) == (ssize_t)sizeof peak) {
        Phase *phase = phase_named(watch, peak.phase);
        phase->peak = MAX(phase->peak, peak.bytes);
    }
    close(ends[0]);
    if (child > 0) waitpid(child, NULL, 0);
}

typedef struct Run {
    const HfBenchAllocatorOptions *options;
    HfBenchAllocatorSink sink;
    void *context;
} Run;

static void run_size(const Run *run, const HfBenchLoad *load, HfBenchSize size)
{
    static const char *const no_variants[] = {"", NULL};
    const char *const *variants = load->variants != NULL ? load->variants : no_variants;
    for (uint32_t v = 0; variants[v] != NULL; v++) {
        HfBenchWatch watch = {.peaks = -1};
        measure_peaks(&watch, load, size, variants[v]);
        for (watch.pass = 0; watch.pass < MAX(run->options->passes, 1); watch.pass++)
            load->run(&watch, size, variants[v]);
        report(&watch,
               (HfBenchAllocatorResult){.workload = load->name,
                                        .variant = variants[v],
                                        .agents = size.agents,
                                        .frameworks = size.frameworks},
               run->sink, run->context);
    }
}

static void run_load(const Run *run, const HfBenchLoad *load)
{
    uint32_t agents = run->options->agents;
    if (agents > 0) {
        uint32_t frameworks = run->options->frameworks;
        run_size(run, load,
                 (HfBenchSize){agents, frameworks > 0 ? frameworks : FRAMEWORKS_DEFAULT});
    } else if (run->options->is_full && load->has_grid) {
        for (size_t a = 0; a < G_N_ELEMENTS(grid_agents); a++)
            for (size_t f = 0; f < G_N_ELEMENTS(grid_frameworks); f++)
                run_size(run, load, (HfBenchSize){grid_agents[a], grid_frameworks[f]});
    } else {
        for (size_t s = 0; s < G_N_ELEMENTS(load->sizes) && load->sizes[s].agents > 0; s++)
            run_size(run, load, load->sizes[s]);
    }
}

static void on_resource(void *context, const HfBenchResourceResult *from)
{
    const Run *run = context;
    HfBenchAllocatorResult result = {.workload = RESOURCES_NAME,
                                     .variant = from->workload,
                                     .phase = from->operation,
                                     .frameworks = (uint32_t)from->size,
                                     .samples = from->passes,
                                     .ms_least = from->ms_least,
                                     .ms_median = from->ms_median};
    hf_bench_mesos_fill(&result);
    run->sink(run->context, &result);
}

static gboolean is_asked(const Run *run, const char *name)
{
    return run->options->workload == NULL || strcmp(run->options->workload, name) == 0;
}

void hf_bench_allocator(const HfBenchAllocatorOptions *options, HfBenchAllocatorSink sink,
                        void *context)
{
    Run run = {options, sink, context};
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
        for (const HfBenchLoad *load = tables[t]; load->name != NULL; load++)
            if (is_asked(&run, load->name)) run_load(&run, load);
    if (!is_asked(&run, RESOURCES_NAME) || (options->agents > 0 && options->workload == NULL))
        return;
    HfBenchResourceOptions how = {.passes = options->passes};
    hf_bench_resource(&how, on_resource, &run);
}

const char *const *hf_bench_allocator_names(void)
{
    static const char *names[64];
    uint32_t count = 0;
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
        for (const HfBenchLoad *load = tables[t]; load->name != NULL; load++) {
            HF_ASSERT(count + 5 <= G_N_ELEMENTS(names));
            names[count++] = load->name;
            names[count++] = load->help;
        }
    names[count++] = RESOURCES_NAME;
    names[count++] = RESOURCES_HELP;
    return names;
}

const char *hf_bench_allocator_find(const char *name)
{
    const char *const *names = hf_bench_allocator_names();
    for (uint32_t n = 0; names[n] != NULL; n += 2)
        if (g_ascii_strcasecmp(names[n], name) == 0) return names[n];
    return NULL;
}
