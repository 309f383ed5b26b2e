/* `holdfast bench [WORKLOAD]`: speed and work of the parts, and the gate that CI sets on them. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tools/baseline.h"
#include "tools/bench_engine.h"
#include "tools/bench_resource.h"
#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/version.h"

#define PENDING_LIMIT 10000000
#define PASSES_LIMIT  31

typedef struct BenchFlags {
    gboolean json, quick;
    char *baseline;
    gint64 pending_max, passes; /* 0 = not given */
} BenchFlags;

static const HfOption options[] = {
    {"json", 0, HF_OPTION_FLAG, NULL, "the same as --format json", offsetof(BenchFlags, json)},
    {"baseline", 'b', HF_OPTION_FILE, "FILE",
     "compare with results kept as JSON; status 3 if work or memory grew",
     offsetof(BenchFlags, baseline)},
    {"quick", 0, HF_OPTION_FLAG, NULL, "at most 10000 pending, 3 short passes",
     offsetof(BenchFlags, quick)},
    {"pending-max", 0, HF_OPTION_COUNT, "N", "largest event list (default 1000000, at most 10^7)",
     offsetof(BenchFlags, pending_max)},
    {"passes", 0, HF_OPTION_COUNT, "N", "timed passes of each case (default 5, at most 31)",
     offsetof(BenchFlags, passes)},
    {0}};

typedef struct Bench {
    gboolean is_json;
    JsonBuilder *json; /* an open array of results */
} Bench;

static void on_engine_result(void *context, const HfBenchResult *result)
{
    Bench *bench = context;
    json_builder_begin_object(bench->json);
    hf_json_string(bench->json, "suite", "engine");
    hf_json_string(bench->json, "workload", result->workload);
    hf_json_string(bench->json, "structure", result->structure);
    hf_json_int(bench->json, "pending", (gint64)result->pending);
    hf_json_int(bench->json, "operations", (gint64)result->operations);
    hf_json_int(bench->json, "passes", result->passes);
    hf_json_double(bench->json, "ns_least", result->ns_least);
    hf_json_double(bench->json, "ns_median", result->ns_median);
    hf_json_double(bench->json, "moves_per_op", result->moves_per_op);
    hf_json_double(bench->json, "compares_per_op", result->compares_per_op);
    hf_json_double(bench->json, "bytes_per_pending", result->bytes_per_pending);
    hf_json_int(bench->json, "allocations", (gint64)result->allocations);
    json_builder_end_object(bench->json);
    if (bench->is_json) return;
    printf("%-8s %-7s %9" G_GUINT64_FORMAT " %9.1f %9.1f %7.2f %9.2f %9.1f %6" G_GUINT64_FORMAT
           "\n",
           result->workload, result->structure, (guint64)result->pending, result->ns_least,
           result->ns_median, result->moves_per_op, result->compares_per_op,
           result->bytes_per_pending, (guint64)result->allocations);
    fflush(stdout);
}

static void on_resource_result(void *context, const HfBenchResourceResult *result)
{
    Bench *bench = context;
    json_builder_begin_object(bench->json);
    hf_json_string(bench->json, "suite", "resource");
    hf_json_string(bench->json, "workload", result->workload);
    hf_json_string(bench->json, "operation", result->operation);
    hf_json_int(bench->json, "size", (gint64)result->size);
    hf_json_int(bench->json, "operations", (gint64)result->operations);
    hf_json_int(bench->json, "passes", result->passes);
    hf_json_double(bench->json, "ms_least", result->ms_least);
    hf_json_double(bench->json, "ms_median", result->ms_median);
    hf_json_double(bench->json, "ns_per_op", result->ns_per_op);
    json_builder_end_object(bench->json);
    if (bench->is_json) return;
    printf("%-10s %-14s %9" G_GUINT64_FORMAT " %9" G_GUINT64_FORMAT " %11.3f %11.3f %11.1f\n",
           result->workload, result->operation, (guint64)result->size, (guint64)result->operations,
           result->ms_least, result->ms_median, result->ns_per_op);
    fflush(stdout);
}

/* The resource algebra: times alone, so there is nothing that a baseline could hold. */
static int bench_resource(const BenchFlags *flags, const HfGlobals *globals)
{
    HfBenchResourceOptions how = {.passes = flags->passes > 0 ? (uint32_t)flags->passes : 5};
    if (flags->quick) how.passes = 1;
    Bench bench = {.is_json = flags->json || globals->format == HF_FORMAT_JSON,
                   .json = json_builder_new()};
    json_builder_begin_array(bench.json);
    if (!bench.is_json)
        printf("%-10s %-14s %9s %9s %11s %11s %11s\n", "workload", "operation", "size", "times",
               "ms least", "ms median", "ns each");
    hf_bench_resource(&how, on_resource_result, &bench);
    json_builder_end_array(bench.json);
    if (bench.is_json) hf_json_print(bench.json);
    g_object_unref(bench.json);
    return HF_EXIT_OK;
}

static void begin(Bench *bench, const HfBenchOptions *how)
{
    bench->json = json_builder_new();
    json_builder_begin_object(bench->json);
    hf_json_string(bench->json, "version", HF_VERSION);
    hf_json_string(bench->json, "commit", HF_COMMIT);
    hf_json_int(bench->json, "pending_max", (gint64)how->pending_max);
    hf_json_int(bench->json, "passes", how->passes);
    hf_json_double(bench->json, "effort", how->effort);
    json_builder_set_member_name(bench->json, "results");
    json_builder_begin_array(bench->json);
    if (!bench->is_json)
        printf("%-8s %-7s %9s %9s %9s %7s %9s %9s %6s\n", "workload", "list", "pending", "ns least",
               "median", "moves", "compares", "bytes", "allocs");
}

/* Counts of work depend on how much is run, so a comparison runs what its baseline did. */
static void take_from_baseline(HfBenchOptions *how, JsonObject *before)
{
    how->pending_max = (uint64_t)CLAMP(
        json_object_get_int_member_with_default(before, "pending_max", 0), 100, PENDING_LIMIT);
    how->passes = (uint32_t)CLAMP(json_object_get_int_member_with_default(before, "passes", 0), 1,
                                  PASSES_LIMIT);
    how->effort =
        CLAMP(json_object_get_double_member_with_default(before, "effort", 0), 0.001, 100);
}

static int check_arguments(const BenchFlags *flags, char **args)
{
    if (args[0] != NULL && args[1] != NULL)
        return hf_cli_usage_error(&hf_cmd_bench, "expected at most one workload");
    gboolean is_resource = g_strcmp0(args[0], "resource") == 0;
    if (is_resource && (flags->baseline != NULL || flags->pending_max > 0))
        return hf_cli_usage_error(&hf_cmd_bench,
                                  "resource takes neither --baseline nor --pending-max");
    if (args[0] != NULL && !is_resource && strcmp(args[0], "engine") != 0 &&
        !hf_bench_engine_has(args[0]))
        return hf_cli_usage_error(&hf_cmd_bench, "unknown workload '%s'", args[0]);
    if (flags->pending_max > PENDING_LIMIT)
        return hf_cli_usage_error(&hf_cmd_bench, "--pending-max: at most %d", PENDING_LIMIT);
    if (flags->passes > PASSES_LIMIT)
        return hf_cli_usage_error(&hf_cmd_bench, "--passes: at most %d", PASSES_LIMIT);
    if (flags->baseline != NULL && (flags->quick || flags->pending_max > 0 || flags->passes > 0))
        return hf_cli_usage_error(&hf_cmd_bench,
                                  "--baseline says how much to run: no --quick, --pending-max or "
                                  "--passes beside it");
    return HF_EXIT_OK;
}

static int say_worse(const GPtrArray *worse, const char *baseline)
{
    for (guint i = 0; i < worse->len; i++) hf_cli_error("%s", (char *)worse->pdata[i]);
    if (worse->len == 0) return HF_EXIT_OK;
    hf_cli_note("worse than %s; if that is wanted, keep the output of --json as the new one",
                baseline);
    return HF_EXIT_EXPECTATION;
}

static int bench_all(const BenchFlags *flags, const HfGlobals *globals, const char *workload)
{
    GError *error = NULL;
    g_autoptr(JsonObject) before = NULL;
    HfBenchOptions how = {.pending_max = flags->quick ? 10000 : 1000000,
                          .passes = flags->quick ? 3 : 5,
                          .workload = workload,
                          .effort = flags->quick ? 0.1 : 1};
    if (flags->pending_max > 0) how.pending_max = (uint64_t)flags->pending_max;
    if (flags->passes > 0) how.passes = (uint32_t)flags->passes;
    if (flags->baseline != NULL) {
        before = hf_baseline_load(flags->baseline, &error);
        if (before == NULL) return hf_cli_fail(HF_EXIT_USAGE, error);
        take_from_baseline(&how, before);
    }

    Bench bench = {.is_json = flags->json || globals->format == HF_FORMAT_JSON};
    begin(&bench, &how);
    hf_bench_engine(&how, on_engine_result, &bench);
    json_builder_end_array(bench.json);
    json_builder_end_object(bench.json);
    g_autoptr(JsonNode) root = json_builder_get_root(bench.json);
    if (bench.is_json) hf_json_print(bench.json);
    g_object_unref(bench.json);
    if (before == NULL) return HF_EXIT_OK;
    g_autoptr(GPtrArray) worse = hf_baseline_compare(json_node_get_object(root), before, workload);
    return say_worse(worse, flags->baseline);
}

static int run(int argc, char **argv)
{
    BenchFlags flags = {0};
    HfGlobals globals;
    char **args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_bench, argc, argv, &flags, &globals, &args, &code)) return code;
    signal(SIGINT, SIG_DFL); /* nothing is written: an interrupt may end it at once */
    code = check_arguments(&flags, args);
    if (code == HF_EXIT_OK && g_strcmp0(args[0], "resource") == 0) {
        code = bench_resource(&flags, &globals);
    } else if (code == HF_EXIT_OK) {
        gboolean is_all = args[0] == NULL || strcmp(args[0], "engine") == 0;
        code = bench_all(&flags, &globals, is_all ? NULL : args[0]);
    }
    hf_cli_clear(&hf_cmd_bench, &flags, args);
    return code;
}

const HfCommand hf_cmd_bench = {
    .name = "bench",
    .summary = "measure speed and work of the parts",
    .usage = "[engine|hold|touch|cancel|extend|mm1|resource]",
    .description =
        "Measures the engine's event list, on the ladder, on the heap that is its oracle, and on\n"
        "GLib's tree: nanoseconds for each operation (least and median of the passes), keys moved\n"
        "and compared, bytes for each pending event, allocations during the passes. Workloads:\n"
        "hold (each event schedules the next), touch (and reads and writes its agent), cancel and\n"
        "extend (and moves a timeout), mm1 (a queue; the operation is a customer). The default is\n"
        "all of them, with up to a million pending events: some minutes.\n\n"
        "resource measures the resource algebra instead, on the workloads of Mesos's own "
        "benchmarks\n"
        "of it: arithmetic, labelled reservations, contains, parsing, port ranges.\n\n"
        "With --baseline the results are compared with ones kept before: counts of work and bytes\n"
        "may grow by 2 %, and the ladder may not become slower than the heap. Nanoseconds are "
        "never\n"
        "compared.",
    .options = options,
    .run = run,
};
