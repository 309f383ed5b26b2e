/*
 * The benchmark of the resource algebra; see bench_resource.h. A case is a function that does one
 * operation on operands made beforehand; the frame around it counts passes and takes the time.
 */
#include "tools/bench_resource.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "resource/text.h"

#define PASSES_MAX 31

/* What the cases share: a pass begins with `total` as a copy of `start`. */
typedef struct Bench {
    HfCatalog *catalog;
    HfResources start, total, operand, out;
    char *text;
    HfRoleId role;
    uint64_t truths; /* results of predicates, summed so that they are computed */
} Bench;

typedef void (*Operation)(Bench *bench);

static HfResources parse(Bench *bench, const char *text)
{
    HfResources resources = {0};
    gboolean is_ok = hf_resources_parse_canonical(bench->catalog, text, &resources, NULL);
    HF_ASSERT(is_ok); /* the texts are ours */
    return resources;
}

static Bench *bench_new(void)
{
    Bench *bench = g_new0(Bench, 1);
    bench->catalog = hf_catalog_new(0);
    gboolean is_ok = hf_role_intern(bench->catalog, "role", &bench->role, NULL);
    HF_ASSERT(is_ok);
    return bench;
}

static void bench_free(Bench *bench)
{
    hf_resources_clear(bench->catalog, &bench->start);
    hf_resources_clear(bench->catalog, &bench->total);
    hf_resources_clear(bench->catalog, &bench->operand);
    hf_resources_clear(bench->catalog, &bench->out);
    hf_catalog_free(bench->catalog);
    g_free(bench->text);
    g_free(bench);
}

/* ---- Operations ---- */

static void add_in_place(Bench *bench)
{
    hf_resources_add(bench->catalog, &bench->total, &bench->operand);
}

static void subtract_in_place(Bench *bench)
{
    hf_resources_subtract(bench->catalog, &bench->total, &bench->operand);
}

static void add_and_assign(Bench *bench)
{
    HfResources sum = {0};
    hf_resources_copy(bench->catalog, &sum, &bench->total);
    hf_resources_add(bench->catalog, &sum, &bench->operand);
    hf_resources_move(bench->catalog, &bench->total, &sum);
}

static void subtract_and_assign(Bench *bench)
{
    HfResources rest = {0};
    hf_resources_copy(bench->catalog, &rest, &bench->total);
    hf_resources_subtract(bench->catalog, &rest, &bench->operand);
    hf_resources_move(bench->catalog, &bench->total, &rest);
}

static void contains(Bench *bench)
{
    bench->truths +=
        (uint64_t)hf_resources_contains(bench->catalog, &bench->total, &bench->operand);
}

static void filter_unreserved(Bench *bench)
{
    hf_resources_unreserved(bench->catalog, &bench->total, &bench->out);
}

static void filter_reserved_to(Bench *bench)
{
    hf_resources_reserved_to(bench->catalog, &bench->total, bench->role, &bench->out);
}

static void filter_allocatable_to(Bench *bench)
{
    hf_resources_allocatable_to(bench->catalog, &bench->total, bench->role, &bench->out);
}

static void filter_non_revocable(Bench *bench)
{
    hf_resources_non_revocable(bench->catalog, &bench->total, &bench->out);
}

static void filter_shared(Bench *bench)
{
    hf_resources_shared(bench->catalog, &bench->total, &bench->out);
}

static void filter_volumes(Bench *bench)
{
    hf_resources_persistent_volumes(bench->catalog, &bench->total, &bench->out);
}

static void filter_scalars(Bench *bench)
{
    hf_resources_scalars(bench->catalog, &bench->total, &bench->out);
}

static void parse_text(Bench *bench)
{
    gboolean is_ok =
        hf_resources_parse(bench->catalog, bench->text, HF_ROLE_STAR, 0, &bench->out, NULL);
    HF_ASSERT(is_ok);
}

/* ---- The frame ---- */

typedef struct Run {
    const HfBenchResourceOptions *options;
    HfBenchResourceSink sink;
    void *context;
} Run;

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void time_case(const Run *run, Bench *bench, HfBenchResourceResult result,
                      Operation operation)
{
    double ms[PASSES_MAX];
    result.passes = CLAMP(run->options->passes, 1, PASSES_MAX);
    for (uint32_t pass = 0; pass < result.passes; pass++) {
        hf_resources_copy(bench->catalog, &bench->total, &bench->start);
        double before = cpu_ms();
        for (uint64_t i = 0; i < result.operations; i++) operation(bench);
        ms[pass] = cpu_ms() - before;
    }
    qsort(ms, result.passes, sizeof *ms, compare_doubles);
    result.ms_least = ms[0];
    result.ms_median = ms[result.passes / 2];
    result.ns_per_op = ms[0] * 1e6 / (double)result.operations;
    run->sink(run->context, &result);
}

/* The four operations, where `operand` is set: sums begin with nothing, differences with the sum.
 */
static void time_arithmetic(const Run *run, Bench *bench, const char *workload, uint64_t size,
                            uint64_t operations)
{
    static const struct {
        const char *name;
        Operation operation;
        gboolean subtracts;
    } cases[] = {{"+=", add_in_place, FALSE},
                 {"-=", subtract_in_place, TRUE},
                 {"a=a+b", add_and_assign, FALSE},
                 {"a=a-b", subtract_and_assign, TRUE}};
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        hf_resources_reset(bench->catalog, &bench->start);
        for (uint64_t i = 0; i < operations && cases[c].subtracts; i++)
            hf_resources_add(bench->catalog, &bench->start, &bench->operand);
        time_case(run, bench,
                  (HfBenchResourceResult){.workload = workload,
                                          .operation = cases[c].name,
                                          .size = size,
                                          .operations = operations},
                  cases[c].operation);
    }
}

/* ---- Workloads ---- */

static void run_arithmetic(const Run *run)
{
    Bench *bench = bench_new();
    bench->operand = parse(bench, "cpus:1;gpus:1;mem:128;disk:256");
    time_arithmetic(run, bench, "arithmetic", hf_resources_count(&bench->operand), 50000);
    bench_free(bench);
}

static void run_labels(const Run *run)
{
    Bench *bench = bench_new();
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < 1000; i++) {
        static const char *const scalars[] = {"cpus:1", "gpus:1", "mem:128", "disk:256"};
        for (size_t s = 0; s < G_N_ELEMENTS(scalars); s++) {
            const char *colon = strchr(scalars[s], ':');
            g_string_append_printf(text, "%.*s(D:role,p=principal,l=key=%u)%s;",
                                   (int)(colon - scalars[s]), scalars[s], i, colon);
        }
    }
    bench->operand = parse(bench, text->str);
    g_string_free(text, TRUE);
    time_arithmetic(run, bench, "labels", hf_resources_count(&bench->operand), 10);
    bench_free(bench);
}

static void run_shared(const Run *run)
{
    Bench *bench = bench_new();
    bench->operand =
        parse(bench, "cpus:1;gpus:1;mem:128;disk:256;disk(S:role)[id:path]{shared}:512");
    time_arithmetic(run, bench, "shared", hf_resources_count(&bench->operand), 50000);
    bench_free(bench);
}

static void run_filters(const Run *run)
{
    static const struct {
        const char *name;
        Operation operation;
    } cases[] = {{"unreserved", filter_unreserved},
                 {"reserved-to", filter_reserved_to},
                 {"allocatable-to", filter_allocatable_to},
                 {"non-revocable", filter_non_revocable},
                 {"shared", filter_shared},
                 {"volumes", filter_volumes},
                 {"scalars", filter_scalars}};
    Bench *bench = bench_new();
    bench->start = parse(bench, "cpus:1;gpus:1;mem:128;disk:256;ports:[31000-32000];cpus(S:role):1;"
                                "mem(S:role):128;disk(S:role):256;disk(S:role)[id:path]:64;"
                                "disk(S:role)[id2:path]{shared}:64;cpus{rev}:4");
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++)
        time_case(run, bench,
                  (HfBenchResourceResult){.workload = "filters",
                                          .operation = cases[c].name,
                                          .size = hf_resources_count(&bench->start),
                                          .operations = 50000},
                  cases[c].operation);
    bench_free(bench);
}

/* Every second number of 1-16000: 8,000 ranges of one. */
static HfResources port_fragments(Bench *bench)
{
    GString *text = g_string_new("ports:[");
    for (unsigned port = 1; port <= 16000; port += 2)
        g_string_append_printf(text, "%s%u-%u", port > 1 ? "," : "", port, port);
    g_string_append_c(text, ']');
    HfResources fragments = parse(bench, text->str);
    g_string_free(text, TRUE);
    return fragments;
}

static void run_contains(const Run *run)
{
    Bench *bench = bench_new();
    HfBenchResourceResult result = {.workload = "contains", .operation = "scalars", .size = 4};
    result.operations = 5000;
    bench->start = parse(bench, "cpus:10;gpus:10;mem:1280;disk:2560");
    bench->operand = parse(bench, "cpus:1;gpus:1;mem:128;disk:256");
    time_case(run, bench, result, contains);
    bench_free(bench);

    bench = bench_new();
    result.operation = "ports-in-whole";
    result.size = 8000;
    result.operations = 100;
    bench->start = parse(bench, "ports:[1-16000]");
    bench->operand = port_fragments(bench);
    time_case(run, bench, result, contains);
    result.operation = "ports-in-ports";
    hf_resources_clear(bench->catalog, &bench->start);
    bench->start = port_fragments(bench);
    time_case(run, bench, result, contains);
    bench_free(bench);
}

static void run_parse(const Run *run)
{
    Bench *bench = bench_new();
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < 100; i++)
        g_string_append_printf(text, "%sresource%u(role%u):%u", i > 0 ? ";" : "", i, i % 10, i + 1);
    bench->text = g_string_free(text, FALSE);
    time_case(run, bench,
              (HfBenchResourceResult){
                  .workload = "parse", .operation = "parse", .size = 100, .operations = 1000},
              parse_text);
    bench_free(bench);
}

/* Ranges of 6 numbers, one every 10, beginning with `offset`. */
static HfResources sub_ranges(Bench *bench, unsigned count, unsigned offset)
{
    GString *text = g_string_new("ports:[");
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "%s%u-%u", i > 0 ? "," : "", offset + 10 * i,
                               offset + 10 * i + 5);
    g_string_append_c(text, ']');
    HfResources resources = parse(bench, text->str);
    g_string_free(text, TRUE);
    return resources;
}

static void run_ranges(const Run *run)
{
    static const struct {
        const char *name;
        Operation operation;
    } cases[] = {{"+=", add_in_place},
                 {"-=", subtract_in_place},
                 {"a=a+b", add_and_assign},
                 {"a=a-b", subtract_and_assign}};
    for (unsigned count = 10; count <= 1000; count *= 10) {
        Bench *bench = bench_new();
        bench->start = sub_ranges(bench, count, 0);
        bench->operand = sub_ranges(bench, count, 2);
        for (size_t c = 0; c < G_N_ELEMENTS(cases); c++)
            time_case(run, bench,
                      (HfBenchResourceResult){.workload = "ranges",
                                              .operation = cases[c].name,
                                              .size = count,
                                              .operations = 1000},
                      cases[c].operation);
        bench_free(bench);
    }
}

static const struct Workload {
    const char *name;
    void (*run)(const Run *run);
} workloads[] = {
    {"arithmetic", run_arithmetic}, {"labels", run_labels},     {"shared", run_shared},
    {"filters", run_filters},       {"contains", run_contains}, {"parse", run_parse},
    {"ranges", run_ranges},
};

gboolean hf_bench_resource_has(const char *workload)
{
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++)
        if (strcmp(workloads[i].name, workload) == 0) return TRUE;
    return FALSE;
}

void hf_bench_resource(const HfBenchResourceOptions *options, HfBenchResourceSink sink,
                       void *context)
{
    Run run = {options, sink, context};
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++)
        if (options->workload == NULL || strcmp(options->workload, workloads[i].name) == 0)
            workloads[i].run(&run);
}
