/* `holdfast run FILE...`: simulate scenarios, print their results, write their run directories. */
#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/paths.h"
#include "tools/registry.h"
#include "tools/run_report.h"

#define JOBS_MAX 1024

typedef struct RunFlags {
    char *output;
    HfSeedOption seed;
    char **set, **arms;
    char *policy;
    gint64 until, reps, jobs; /* 0 = not given */
    int events;               /* 0 = as the scenario says */
    gboolean force, audit;
} RunFlags;

static const HfOption options[] = {
    {"output", 'o', HF_OPTION_FILE, "DIR",
     "where the results go (default: out/NAME); several files: DIR/NAME",
     offsetof(RunFlags, output)},
    {"force", 'f', HF_OPTION_FLAG, NULL, "replace the run directory if it exists",
     offsetof(RunFlags, force)},
    {"seed", 's', HF_OPTION_SEED, "N", "use this seed instead of the scenario's",
     offsetof(RunFlags, seed)},
    {"reps", 'n', HF_OPTION_COUNT, "N",
     "run each arm N times, under seed, seed + 1, ..., and give confidence intervals",
     offsetof(RunFlags, reps)},
    {"jobs", 'j', HF_OPTION_COUNT, "N", "run so many at once (default: 1)",
     offsetof(RunFlags, jobs)},
    {"arm", 0, HF_OPTION_TEXTS, "NAME",
     "run this arm alone; may be repeated. Expectations over arms that do not run are left out",
     offsetof(RunFlags, arms)},
    {"set", 0, HF_OPTION_TEXTS, "KEY=VALUE", "override a key of the scenario; may be repeated",
     offsetof(RunFlags, set)},
    {"policy", 0, HF_OPTION_FILE, "POLICY",
     "allocate by this policy: one of 'holdfast list policies', or a library, ./mine.so",
     offsetof(RunFlags, policy)},
    {"until", 0, HF_OPTION_TIME, "TIME",
     "stop at this simulated time; the result is marked partial", offsetof(RunFlags, until)},
    {"events", 0, HF_OPTION_CHOICE, "default|none|jsonl", "write every record to events.jsonl",
     offsetof(RunFlags, events)},
    {"audit", 0, HF_OPTION_FLAG, NULL,
     "recount the cluster from the records and stop at the first broken invariant",
     offsetof(RunFlags, audit)},
    {NULL, 0, 0, NULL, NULL, 0}};

typedef struct Run {
    RunFlags flags;
    HfGlobals globals;
    HfRegistry registry;
    char **overrides, **trace_dirs;
    JsonBuilder *json; /* an open array */
    gboolean has_many_files;
    GHashTable *outputs; /* run directories written so far; no two files have the same */
    const char *path;    /* of the scenario that runs */
} Run;

/* ---- one file ---- */

static char *output_of(const Run *run, const HfScenarioSet *set)
{
    if (run->flags.output == NULL) return g_build_filename("out", set->name, NULL);
    if (run->has_many_files) return g_build_filename(run->flags.output, set->name, NULL);
    return g_strdup(run->flags.output);
}

/* The command that repeats a run; its end is not in it. */
static char *replay_of(const Run *run, const HfScenario *scenario, const char *path)
{
    g_autofree char *file = g_shell_quote(path);
    GString *command = g_string_new(NULL);
    g_string_printf(command, "holdfast run %s --seed %" G_GUINT64_FORMAT, file,
                    (guint64)scenario->seed);
    if (scenario->replications > 1) g_string_append(command, " --reps 1");
    if (scenario->arm != NULL) g_string_append_printf(command, " --arm %s", scenario->arm);
    if (run->flags.policy != NULL) {
        g_autofree char *policy = g_shell_quote(run->flags.policy);
        g_string_append_printf(command, " --policy %s", policy);
    }
    for (char **one = run->flags.set; one && *one; one++) {
        g_autofree char *pair = g_shell_quote(*one);
        g_string_append_printf(command, " --set %s", pair);
    }
    return g_string_free(command, FALSE);
}

static int report(Run *run, const HfBatch *batch, const HfRunDir *dir)
{
    if (run->globals.format == HF_FORMAT_JSON)
        hf_report_json(batch, dir, run->json);
    else if (!run->globals.quiet)
        hf_report_print(batch, dir);
    if (hf_cli_interrupted()) {
        hf_cli_note("interrupted: the results are marked partial, expectations were not checked");
        return HF_EXIT_FAILURE;
    }
    if (hf_batch_is_stalled(batch)) {
        hf_cli_note("%s: it came to a stop with tasks waiting (see `stall` in summary.json); a "
                    "scenario that is to show that says stall: expected",
                    batch->set->name);
        return HF_EXIT_FAILURE;
    }
    return hf_batch_holds(batch) ? HF_EXIT_OK : HF_EXIT_EXPECTATION;
}

static char *replay_in_batch(const void *data, const HfScenario *scenario)
{
    const Run *run = data;
    return replay_of(run, scenario, run->path);
}

static int run_set(Run *run, const HfScenarioSet *set)
{
    GError *error = NULL;
    int code = HF_EXIT_FAILURE;
    g_autofree char *path = output_of(run, set);
    if (!g_hash_table_add(run->outputs, g_strdup(path))) {
        hf_cli_error("%s: it is called %s, as one before it is, so the results of both would be %s",
                     set->path, set->name, path);
        return HF_EXIT_USAGE;
    }
    g_autoptr(HfRunDir) dir = hf_run_dir_new(path, run->flags.force, &error);
    if (dir == NULL) return hf_cli_fail(HF_EXIT_FAILURE, error);
    g_autoptr(HfBatch) batch = hf_batch_new(set);
    HfBatchOptions how = {.run = {.until = run->flags.until > 0 ? run->flags.until : HF_TIME_NEVER,
                                  .events = run->flags.events - 1,
                                  .show_progress = hf_cli_wants_progress(&run->globals),
                                  .is_one_of_many = batch->replications > 1,
                                  .audit = run->flags.audit},
                          .jobs =
                              run->flags.jobs > 0 ? (uint32_t)MIN(run->flags.jobs, JOBS_MAX) : 1,
                          .replay = replay_in_batch,
                          .replay_data = run};
    run->path = set->path;
    if (!hf_batch_run(batch, &how, dir, &code, &error)) {
        g_autofree char *where = hf_scenario_where(set, error->message);
        g_prefix_error(&error, "%s: ", where);
        return hf_cli_fail((HfExit)code, error);
    }
    hf_batch_judge(batch);
    if (!hf_report_write(batch, dir, &error)) return hf_cli_fail(HF_EXIT_FAILURE, error);
    if (!hf_run_dir_commit(dir, &error)) return hf_cli_fail(HF_EXIT_FAILURE, error);
    return report(run, batch, dir);
}

static int run_file(Run *run, const char *name)
{
    GError *error = NULL;
    g_autofree char *path = hf_paths_scenario(name, &error);
    if (path == NULL) return hf_cli_fail(HF_EXIT_USAGE, error);
    HfScenarioOptions load = {.registry = &run->registry.scenario,
                              .overrides = (const char *const *)run->overrides,
                              .trace_dirs = (const char *const *)run->trace_dirs};
    g_autoptr(HfScenarioSet) set = hf_scenario_load(path, &load, NULL, &error);
    if (set == NULL) {
        gboolean is_io = g_error_matches(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_IO);
        return hf_cli_fail(is_io ? HF_EXIT_FAILURE : HF_EXIT_USAGE, error);
    }
    if (run->flags.arms != NULL) {
        int gone = hf_scenario_set_choose(set, (const char *const *)run->flags.arms, &error);
        if (gone < 0) return hf_cli_fail(HF_EXIT_USAGE, error);
        if (gone > 0 && !run->globals.quiet)
            hf_cli_note("%s: %d expectation%s over arms that do not run %s left out", set->name,
                        gone, gone == 1 ? "" : "s", gone == 1 ? "is" : "are");
    }
    g_autoptr(GPtrArray) late = hf_scenario_late(set);
    for (guint i = 0; i < late->len && !run->globals.quiet; i++)
        hf_cli_note("%s", (char *)late->pdata[i]);
    return run_set(run, set);
}

/* NULL if the policy cannot be had. */
static char **overrides_of(const RunFlags *flags, HfRegistry *registry, GError **error)
{
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    if (flags->policy != NULL) {
        g_autofree char *policy = hf_registry_policy_setting(registry, flags->policy, error);
        if (policy == NULL) return NULL;
        g_strv_builder_add(list, policy);
    }
    for (char **one = flags->set; one && *one; one++) g_strv_builder_add(list, *one);
    if (flags->seed.given) {
        g_autofree char *seed = g_strdup_printf("seed=%" G_GUINT64_FORMAT, flags->seed.value);
        g_strv_builder_add(list, seed);
    }
    if (flags->reps > 0) {
        g_autofree char *reps = g_strdup_printf("replications=%" G_GINT64_FORMAT, flags->reps);
        g_strv_builder_add(list, reps);
    }
    return g_strv_builder_end(list);
}

static int run_all(Run *run, char **args)
{
    int worst = HF_EXIT_OK;
    run->has_many_files = args[1] != NULL;
    json_builder_begin_array(run->json);
    for (char **name = args; *name && !hf_cli_interrupted(); name++) {
        int code = run_file(run, *name);
        if (worst == HF_EXIT_OK || code == HF_EXIT_INVARIANT) worst = code;
    }
    json_builder_end_array(run->json);
    if (run->globals.format == HF_FORMAT_JSON) hf_json_print(run->json);
    return worst;
}

static int run_command(int argc, char **argv)
{
    Run run = {0};
    GError *error = NULL;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_run, argc, argv, &run.flags, &run.globals, &args, &code)) return code;
    if (args[0] == NULL) {
        code = hf_cli_usage_error(&hf_cmd_run, "expected a scenario file");
    } else {
        g_autoptr(JsonBuilder) json = json_builder_new();
        hf_registry_init(&run.registry);
        run.json = json;
        run.overrides = overrides_of(&run.flags, &run.registry, &error);
        run.trace_dirs = hf_paths_trace_dirs();
        run.outputs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        code = run.overrides ? run_all(&run, args) : hf_cli_fail(HF_EXIT_USAGE, error);
        g_hash_table_unref(run.outputs);
        g_strfreev(run.overrides);
        g_strfreev(run.trace_dirs);
        hf_registry_clear(&run.registry);
    }
    hf_cli_clear(&hf_cmd_run, &run.flags, NULL);
    return code;
}

const HfCommand hf_cmd_run = {
    .name = "run",
    .summary = "simulate scenarios",
    .usage = "FILE...",
    .description =
        "Runs each FILE (or scenario that comes with the program, by name), prints the result and\n"
        "writes a run directory: run.json, summary.json, timeseries.csv, frameworks.csv, tasks.csv "
        "and more.\n"
        "A scenario with arms is run once for each, side by side.\n\n"
        "With --reps each arm is run several times under different seeds: numbers are means with\n"
        "confidence intervals (replications.csv, intervals.csv), and an inequality in `expect` is\n"
        "met if the interval of what it compares lies wholly on the side that it claims. --jobs\n"
        "runs arms and replications at once, each in a process of its own; the results are the "
        "same.\n\n"
        "The same scenario and seed give the same trace digest, on any machine.\n\n"
        "SIGINT, SIGTERM or SIGHUP end a run with what was measured so far, marked partial.\n\n"
        "Exit status 1 if a run is interrupted, or comes to a stop with tasks waiting and the\n"
        "scenario does not say stall: expected (also if an expectation is not met); 3 if an\n"
        "expectation is not met, 4 if an audit finds an invariant broken.",
    .options = options,
    .run = run_command,
};
