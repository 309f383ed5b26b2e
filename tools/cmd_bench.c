/* `holdfast bench [WORKLOAD]`: speed and work of the parts, and the gate that CI sets on them. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tools/baseline.h"
#include "tools/bench_out.h"
#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/version.h"

#define PENDING_LIMIT 10000000
#define PASSES_LIMIT  31

/* The allocator's size in `--quick` and in a baseline. */
#define QUICK_AGENTS     200
#define QUICK_FRAMEWORKS 20

typedef struct BenchFlags {
    gboolean json, quick, full, growth;
    char *baseline;
    gint64 pending_max, passes, agents, frameworks; /* 0 = not given */
} BenchFlags;

static const HfOption options[] = {
    {"json", 0, HF_OPTION_FLAG, NULL, "the same as --format json", offsetof(BenchFlags, json)},
    {"baseline", 'b', HF_OPTION_FILE, "FILE",
     "compare with results kept as JSON; status 3 if work or memory grew",
     offsetof(BenchFlags, baseline)},
    {"quick", 0, HF_OPTION_FLAG, NULL,
     "at most 10000 pending, 3 short passes; 200 agents, 20 frameworks",
     offsetof(BenchFlags, quick)},
    {"agents", 0, HF_OPTION_COUNT, "N", "allocator: so many agents (at most 100000)",
     offsetof(BenchFlags, agents)},
    {"frameworks", 0, HF_OPTION_COUNT, "N",
     "allocator: so many frameworks, or roles (default 50, at most 10000)",
     offsetof(BenchFlags, frameworks)},
    {"full", 0, HF_OPTION_FLAG, NULL, "allocator: Mesos's whole grid of sizes, which takes hours",
     offsetof(BenchFlags, full)},
    {"growth", 0, HF_OPTION_FLAG, NULL,
     "allocator: how a cycle's cost grows along agents and frameworks",
     offsetof(BenchFlags, growth)},
    {"pending-max", 0, HF_OPTION_COUNT, "N",
     "largest event list, in powers of ten (default 1000000, at most 10^7)",
     offsetof(BenchFlags, pending_max)},
    {"passes", 0, HF_OPTION_COUNT, "N", "timed passes of each case (default 5, at most 31)",
     offsetof(BenchFlags, passes)},
    {0}};

/* What a call of the program measures. */
typedef struct Plan {
    gboolean has_engine, has_allocator;
    HfBenchOptions engine;
    HfBenchAllocatorOptions allocator;
} Plan;

/* The resource algebra: times alone, so there is nothing that a baseline could hold. */
static int bench_resource(const BenchFlags *flags, const HfGlobals *globals)
{
    HfBenchResourceOptions how = {.passes = flags->passes > 0 ? (uint32_t)flags->passes : 5};
    if (flags->quick) how.passes = 1;
    HfBenchOut out = {.is_json = flags->json || globals->format == HF_FORMAT_JSON,
                      .json = json_builder_new()};
    json_builder_begin_array(out.json);
    hf_bench_out_resource_head(&out);
    hf_bench_resource(&how, hf_bench_out_resource, &out);
    json_builder_end_array(out.json);
    if (out.is_json) hf_json_print(out.json);
    g_object_unref(out.json);
    return HF_EXIT_OK;
}

static Plan plan_of(const BenchFlags *flags, char **args)
{
    Plan plan = {.engine = {.pending_max = flags->quick ? 10000 : 1000000,
                            .passes = flags->quick ? 3 : 5,
                            .effort = flags->quick ? 0.1 : 1},
                 .allocator = {.passes = flags->quick ? 1 : 3, .is_full = flags->full}};
    plan.has_allocator = args[0] == NULL || strcmp(args[0], "allocator") == 0;
    plan.has_engine = args[0] == NULL || !plan.has_allocator;
    if (plan.has_allocator && args[0] != NULL && args[1] != NULL)
        plan.allocator.workload = hf_bench_allocator_find(args[1]);
    if (plan.has_engine && args[0] != NULL && strcmp(args[0], "engine") != 0)
        plan.engine.workload = args[0];
    if (flags->pending_max > 0) plan.engine.pending_max = (uint64_t)flags->pending_max;
    if (flags->passes > 0) plan.engine.passes = plan.allocator.passes = (uint32_t)flags->passes;
    plan.allocator.agents = flags->quick ? QUICK_AGENTS : (uint32_t)flags->agents;
    plan.allocator.frameworks = flags->quick ? QUICK_FRAMEWORKS : (uint32_t)flags->frameworks;
    return plan;
}

/* Counts of work depend on how much is run, so a comparison runs what its baseline did. */
static void take_from_baseline(Plan *plan, JsonObject *before)
{
    plan->engine.pending_max = (uint64_t)CLAMP(
        json_object_get_int_member_with_default(before, "pending_max", 0), 100, PENDING_LIMIT);
    plan->engine.passes = (uint32_t)CLAMP(
        json_object_get_int_member_with_default(before, "passes", 0), 1, PASSES_LIMIT);
    plan->engine.effort =
        CLAMP(json_object_get_double_member_with_default(before, "effort", 0), 0.001, 100);
    plan->allocator.passes = 1;
    plan->allocator.agents =
        (uint32_t)CLAMP(json_object_get_int_member_with_default(before, "agents", 0), 1,
                        HF_BENCH_ALLOCATOR_AGENTS_MAX);
    plan->allocator.frameworks =
        (uint32_t)CLAMP(json_object_get_int_member_with_default(before, "frameworks", 0), 1,
                        HF_BENCH_ALLOCATOR_FRAMEWORKS_MAX);
}

static void begin(HfBenchOut *out, const Plan *plan)
{
    out->json = json_builder_new();
    json_builder_begin_object(out->json);
    hf_json_string(out->json, "version", HF_VERSION);
    hf_json_string(out->json, "commit", HF_COMMIT);
    hf_json_int(out->json, "pending_max", (gint64)plan->engine.pending_max);
    hf_json_int(out->json, "passes", plan->engine.passes);
    hf_json_double(out->json, "effort", plan->engine.effort);
    hf_json_int(out->json, "agents", plan->allocator.agents);
    hf_json_int(out->json, "frameworks", plan->allocator.frameworks);
    json_builder_set_member_name(out->json, "results");
    json_builder_begin_array(out->json);
}

static int check_sizes(const BenchFlags *flags)
{
    if (flags->pending_max > PENDING_LIMIT)
        return hf_cli_usage_error(&hf_cmd_bench, "--pending-max: at most %d", PENDING_LIMIT);
    if (flags->passes > PASSES_LIMIT)
        return hf_cli_usage_error(&hf_cmd_bench, "--passes: at most %d", PASSES_LIMIT);
    if (flags->agents > HF_BENCH_ALLOCATOR_AGENTS_MAX)
        return hf_cli_usage_error(&hf_cmd_bench, "--agents: at most %d",
                                  HF_BENCH_ALLOCATOR_AGENTS_MAX);
    if (flags->frameworks > HF_BENCH_ALLOCATOR_FRAMEWORKS_MAX)
        return hf_cli_usage_error(&hf_cmd_bench, "--frameworks: at most %d",
                                  HF_BENCH_ALLOCATOR_FRAMEWORKS_MAX);
    gboolean has_size = flags->agents > 0 || flags->frameworks > 0;
    if (flags->frameworks > 0 && flags->agents == 0)
        return hf_cli_usage_error(&hf_cmd_bench, "--frameworks needs --agents");
    if ((has_size ? 1 : 0) + (flags->full ? 1 : 0) + (flags->quick ? 1 : 0) > 1)
        return hf_cli_usage_error(&hf_cmd_bench, "--quick, --full and --agents exclude each other");
    if (flags->baseline != NULL &&
        (flags->quick || flags->full || has_size || flags->pending_max > 0 || flags->passes > 0))
        return hf_cli_usage_error(&hf_cmd_bench,
                                  "--baseline says how much to run: no --quick, --full, --agents, "
                                  "--pending-max or --passes beside it");
    return HF_EXIT_OK;
}

/* Says which there are. */
static int unknown_load(const char *name)
{
    g_autofree char *known = NULL;
    const char *const *names = hf_bench_allocator_names();
    for (uint32_t n = 0; names[n] != NULL; n += 2) {
        char *more = g_strconcat(known != NULL ? known : "", n > 0 ? ", " : "", names[n], NULL);
        g_free(known);
        known = more;
    }
    return hf_cli_usage_error(&hf_cmd_bench, "unknown workload '%s'; known: %s", name, known);
}

static int check_arguments(const BenchFlags *flags, char **args)
{
    gboolean is_resource = g_strcmp0(args[0], "resource") == 0;
    gboolean is_allocator = g_strcmp0(args[0], "allocator") == 0;
    if (args[0] != NULL && args[1] != NULL && (!is_allocator || args[2] != NULL))
        return hf_cli_usage_error(&hf_cmd_bench, "expected at most one workload");
    if (is_resource && (flags->baseline != NULL || flags->pending_max > 0))
        return hf_cli_usage_error(&hf_cmd_bench,
                                  "resource takes neither --baseline nor --pending-max");
    if (!is_allocator &&
        (flags->agents > 0 || flags->frameworks > 0 || flags->full || flags->growth))
        return hf_cli_usage_error(&hf_cmd_bench,
                                  "--agents, --frameworks, --full and --growth are for allocator");
    if (flags->growth && (args[1] != NULL || flags->agents > 0 || flags->frameworks > 0 ||
                          flags->full || flags->passes > 0 || flags->baseline != NULL))
        return hf_cli_usage_error(&hf_cmd_bench, "--growth takes --quick alone");
    if (is_allocator && flags->pending_max > 0)
        return hf_cli_usage_error(&hf_cmd_bench, "allocator does not take --pending-max");
    if (is_allocator && args[1] != NULL && hf_bench_allocator_find(args[1]) == NULL)
        return unknown_load(args[1]);
    const char *unknown = NULL;
    if (args[0] != NULL && !is_resource && !is_allocator && strcmp(args[0], "engine") != 0 &&
        !hf_bench_engine_has(args[0]))
        unknown = args[0];
    if (unknown != NULL) return hf_cli_usage_error(&hf_cmd_bench, "unknown workload '%s'", unknown);
    return check_sizes(flags);
}

static int say_worse(const GPtrArray *worse, const char *baseline)
{
    for (guint i = 0; i < worse->len; i++) hf_cli_error("%s", (char *)worse->pdata[i]);
    if (worse->len == 0) return HF_EXIT_OK;
    hf_cli_note("worse than %s; if that is wanted, keep the output of --json as the new one",
                baseline);
    return HF_EXIT_EXPECTATION;
}

static int bench(const BenchFlags *flags, const HfGlobals *globals, char **args)
{
    GError *error = NULL;
    g_autoptr(JsonObject) before = NULL;
    Plan plan = plan_of(flags, args);
    if (flags->baseline != NULL) {
        before = hf_baseline_load(flags->baseline, &error);
        if (before == NULL) return hf_cli_fail(HF_EXIT_USAGE, error);
        take_from_baseline(&plan, before);
    }
    HfBenchOut out = {.is_json = flags->json || globals->format == HF_FORMAT_JSON};
    begin(&out, &plan);
    if (plan.has_engine) {
        hf_bench_out_engine_head(&out);
        hf_bench_engine(&plan.engine, hf_bench_out_engine, &out);
        if (plan.has_allocator && !out.is_json) printf("\n");
    }
    if (flags->growth)
        hf_bench_growth(flags->quick, hf_bench_out_growth, &out);
    else if (plan.has_allocator)
        hf_bench_allocator(&plan.allocator, hf_bench_out_allocator, &out);
    json_builder_end_array(out.json);
    json_builder_end_object(out.json);
    g_autoptr(JsonNode) root = json_builder_get_root(out.json);
    if (out.is_json) hf_json_print(out.json);
    g_object_unref(out.json);
    if (before == NULL) return HF_EXIT_OK;
    const char *suite = !plan.has_engine ? "allocator" : !plan.has_allocator ? "engine" : NULL;
    const char *workload = plan.has_engine ? plan.engine.workload : plan.allocator.workload;
    g_autoptr(GPtrArray) worse =
        hf_baseline_compare(json_node_get_object(root), before, suite, workload);
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
    if (code == HF_EXIT_OK)
        code = g_strcmp0(args[0], "resource") == 0 ? bench_resource(&flags, &globals)
                                                   : bench(&flags, &globals, args);
    hf_cli_clear(&hf_cmd_bench, &flags, args);
    return code;
}

const HfCommand hf_cmd_bench = {
    .name = "bench",
    .summary = "measure speed and work of the parts",
    .usage = "[engine|hold|touch|cancel|extend|post|mm1|resource|allocator [WORKLOAD]]",
    .description =
        "Measures the engine's event list, on the ladder, on the heap that is its oracle, and on\n"
        "GLib's tree: nanoseconds for each operation (least and median of the passes), keys moved\n"
        "and compared, bytes for each pending event, allocations during the passes. Workloads:\n"
        "hold (each event schedules the next), touch (and reads and writes its agent), cancel and\n"
        "extend (and moves a timeout), post (each posts the next, as messages are), mm1 (a queue;\n"
        "the operation is a customer). The default is all of them, with up to a million pending\n"
        "events, and the allocator: some minutes.\n"
        "--pending-max 10000000 measures ten millions as well, on each list and on the tree.\n\n"
        "resource measures the resource algebra instead, on the workloads of Mesos's own "
        "benchmarks\n"
        "of it: arithmetic, labelled reservations, contains, parsing, port ranges.\n\n"
        "allocator measures the allocator on the workloads of Mesos's own benchmarks of it, by\n"
        "their names there (DeclineOffers, SuppressOffers, AddAndUpdateSlave, LargeAndSmallQuota,\n"
        "FullSort, Resources, ...), or one of them: time of each phase (CPU time, least and\n"
        "median), what the real Mesos took for it where that was measured, the ratio, what is\n"
        "asked of Holdfast, memory allocated, and counts of work. The default is the sizes at\n"
        "which Mesos was measured. With --growth: the cost of a cycle in which everything is\n"
        "declined and offered again, and of one in which nothing has changed, along agents, along\n"
        "frameworks and along both, with the exponent of each.\n\n"
        "With --baseline the results are compared with ones kept before: counts of work and bytes\n"
        "may grow by 2 %, and the ladder may not become slower than the heap. Times are never\n"
        "compared.",
    .options = options,
    .run = run,
};
