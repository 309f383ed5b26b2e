/* `holdfast run FILE...`: simulate scenarios, print their results, write their run directories. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/paths.h"
#include "tools/registry.h"
#include "tools/run_arm.h"

typedef struct RunFlags {
    char *output;
    HfSeedOption seed;
    char **set;
    char *policy;
    gint64 until;
    int events; /* 0 = as the scenario says */
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
} Run;

/* ---- what is printed ---- */

static void print_number(double value, const char *unit)
{
    if (!isfinite(value))
        printf("%14s", "-");
    else if (strcmp(unit, "1") == 0)
        printf("%13.1f%%", value * 100);
    else if (value == floor(value) && fabs(value) < 1e12)
        printf("%14.0f", value);
    else
        printf("%14.3f", value);
}

/* A metric for each arm, on one line, if any arm has it. */
static void print_row(const GArray *arms, const char *name)
{
    const char *unit = NULL;
    for (guint a = 0; a < arms->len; a++) {
        const HfMetrics *metrics = g_array_index(arms, HfArmResult, a).metrics;
        for (uint32_t i = 0; i < hf_metrics_count(metrics); i++)
            if (strcmp(hf_metrics_at(metrics, i)->name, name) == 0)
                unit = hf_metrics_at(metrics, i)->kind->unit;
    }
    if (unit == NULL) return;
    printf("  %-36s", name);
    for (guint a = 0; a < arms->len; a++) {
        double value = NAN;
        hf_metrics_find(g_array_index(arms, HfArmResult, a).metrics, name, &value);
        print_number(value, unit);
    }
    printf("  %s\n", strcmp(unit, "1") == 0 ? "" : unit);
}

static gboolean is_headline(const char *name)
{
    static const char *const prefixes[] = {"utilization.", "role.", "refusal.1.", NULL};
    static const char *const names[] = {"capacity.cpus",
                                        "demand.cpus",
                                        "agents.up",
                                        "agents.crashes",
                                        "tasks.submitted",
                                        "tasks.launched",
                                        "tasks.finished",
                                        "tasks.lost",
                                        "tasks.running",
                                        "tasks.waiting",
                                        "wait.mean",
                                        "wait.p50",
                                        "wait.p99",
                                        "jobs.finished",
                                        "jobs.response.mean",
                                        "offers.sent",
                                        "offers.declined",
                                        "offers.held",
                                        "relaunch.count",
                                        "relaunch.time.p50",
                                        "placement.refused",
                                        "fairness.jain",
                                        NULL};
    for (const char *const *prefix = prefixes; *prefix; prefix++)
        if (g_str_has_prefix(name, *prefix)) return !g_str_has_suffix(name, "_peak");
    return g_strv_contains(names, name);
}

/* The line itself says whether it was met; a miss is marked so that the eye finds it. */
static void print_outcomes(const GArray *outcomes, const char *arm)
{
    for (guint i = 0; i < outcomes->len; i++) {
        const HfExpectOutcome *outcome = &g_array_index(outcomes, HfExpectOutcome, i);
        printf("%s%s%s%s\n", outcome->holds ? "  " : "! ", arm ? arm : "", arm ? ": " : "",
               outcome->line);
    }
}

static void print_text(const HfScenarioSet *set, const GArray *arms, const GArray *outcomes,
                       const HfRunDir *dir)
{
    printf("%s: %s\n\n", set->name, set->question ? set->question : "");
    printf("  %-36s", "");
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        printf("%14s", arm->scenario->arm ? arm->scenario->arm : "");
    }
    printf("\n");
    const HfMetrics *first = g_array_index(arms, HfArmResult, 0).metrics;
    for (uint32_t i = 0; i < hf_metrics_count(first); i++)
        if (is_headline(hf_metrics_at(first, i)->name))
            print_row(arms, hf_metrics_at(first, i)->name);
    printf("\n");
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        print_outcomes(arm->outcomes, arm->scenario->arm);
    }
    print_outcomes(outcomes, NULL);
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        printf("  %s%ssimulated %.0f s in %.2f s, %" G_GUINT64_FORMAT
               " events (%.2f M/s), seed %" G_GUINT64_FORMAT ", trace digest %s%s\n",
               arm->scenario->arm ? arm->scenario->arm : "", arm->scenario->arm ? ": " : "",
               hf_time_to_seconds(arm->simulated), arm->wall_seconds, (guint64)arm->events,
               (double)arm->events / MAX(arm->wall_seconds, 1e-9) / 1e6,
               (guint64)arm->scenario->seed, arm->digest, arm->is_partial ? " (partial)" : "");
    }
    if (dir)
        printf("\n  results: %s   figures: holdfast plot %s\n", hf_run_dir_path(dir),
               hf_run_dir_path(dir));
}

static void json_arm(JsonBuilder *json, const HfArmResult *arm)
{
    json_builder_begin_object(json);
    hf_json_string(json, "arm", arm->scenario->arm);
    hf_json_string(json, "trace_digest", arm->digest);
    hf_json_bool(json, "partial", arm->is_partial);
    hf_json_double(json, "simulated_s", hf_time_to_seconds(arm->simulated));
    hf_json_double(json, "wall_s", arm->wall_seconds);
    hf_json_int(json, "events", (gint64)arm->events);
    hf_json_int(json, "peak_bytes", (gint64)arm->peak_kib * 1024);
    json_builder_set_member_name(json, "metrics");
    json_builder_begin_object(json);
    for (uint32_t i = 0; i < hf_metrics_count(arm->metrics); i++)
        hf_json_double(json, hf_metrics_at(arm->metrics, i)->name,
                       hf_metrics_at(arm->metrics, i)->value);
    json_builder_end_object(json);
    json_builder_end_object(json);
}

static void json_outcomes(JsonBuilder *json, const GArray *outcomes, const char *arm)
{
    for (guint i = 0; i < outcomes->len; i++) {
        const HfExpectOutcome *outcome = &g_array_index(outcomes, HfExpectOutcome, i);
        json_builder_begin_object(json);
        hf_json_string(json, "arm", arm);
        hf_json_bool(json, "holds", outcome->holds);
        hf_json_string(json, "text", outcome->line);
        json_builder_end_object(json);
    }
}

static void add_json(JsonBuilder *json, const HfScenarioSet *set, const GArray *arms,
                     const GArray *outcomes, const HfRunDir *dir)
{
    json_builder_begin_object(json);
    hf_json_string(json, "name", set->name);
    hf_json_string(json, "directory", hf_run_dir_path(dir));
    json_builder_set_member_name(json, "arms");
    json_builder_begin_array(json);
    for (guint a = 0; a < arms->len; a++) json_arm(json, &g_array_index(arms, HfArmResult, a));
    json_builder_end_array(json);
    json_builder_set_member_name(json, "expect");
    json_builder_begin_array(json);
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        json_outcomes(json, arm->outcomes, arm->scenario->arm);
    }
    json_outcomes(json, outcomes, NULL);
    json_builder_end_array(json);
    json_builder_end_object(json);
}

/* ---- several arms ---- */

/* "ARM.metric" -> the metric of that arm. */
static gboolean find_in_arms(const char *name, double *value_out, void *data)
{
    const GArray *arms = data;
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        size_t length = strlen(arm->scenario->arm);
        if (strncmp(name, arm->scenario->arm, length) == 0 && name[length] == '.')
            return hf_metrics_find(arm->metrics, name + length + 1, value_out);
    }
    return FALSE;
}

static GPtrArray *names_of_arms(const GArray *arms)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        for (uint32_t i = 0; i < hf_metrics_count(arm->metrics); i++)
            g_ptr_array_add(names, g_strdup_printf("%s.%s", arm->scenario->arm,
                                                   hf_metrics_at(arm->metrics, i)->name));
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static gboolean compare_arms(const HfScenarioSet *set, GArray *arms, GArray *outcomes,
                             GError **error)
{
    for (guint a = 0; a < arms->len; a++)
        if (g_array_index(arms, HfArmResult, a).is_partial) return TRUE;
    g_autoptr(GPtrArray) names = names_of_arms(arms);
    HfExpectMetrics metrics = {find_in_arms, arms, (const char *const *)names->pdata};
    return hf_check_expectations(set->expect, &metrics, outcomes, error);
}

/* arms.csv, and a run.json that names the arms. */
static gboolean write_arms(const HfScenarioSet *set, const GArray *arms, HfRunDir *dir,
                           GError **error)
{
    g_autoptr(GString) table = g_string_new("arm,resource,allocated,used,offered,reserved_idle\n");
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    hf_json_string(json, "name", set->name);
    json_builder_set_member_name(json, "arms");
    json_builder_begin_array(json);
    for (guint a = 0; a < arms->len; a++) {
        const HfArmResult *arm = &g_array_index(arms, HfArmResult, a);
        json_builder_add_string_value(json, arm->scenario->arm);
        for (uint32_t i = 0; i < hf_metrics_count(arm->metrics); i++) {
            const char *name = hf_metrics_at(arm->metrics, i)->name;
            if (!g_str_has_prefix(name, "capacity.")) continue;
            const char *resource = name + strlen("capacity.");
            g_string_append_printf(table, "%s,%s", arm->scenario->arm, resource);
            static const char *const levels[] = {"allocated", "used", "offered", "reserved_idle"};
            for (size_t l = 0; l < G_N_ELEMENTS(levels); l++) {
                double value = 0;
                char text[64];
                g_autofree char *metric = g_strdup_printf("utilization.%s.%s", resource, levels[l]);
                hf_metrics_find(arm->metrics, metric, &value);
                g_string_append_printf(table, ",%s",
                                       g_ascii_formatd(text, sizeof text, "%.6f", value));
            }
            g_string_append_c(table, '\n');
        }
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_autofree char *run = hf_json_text(json);
    return hf_run_dir_write(dir, "arms.csv", table->str, (gssize)table->len, error) &&
           hf_run_dir_write(dir, "run.json", run, -1, error);
}

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

static gboolean run_arms(const Run *run, const HfScenarioSet *set, HfRunDir *dir, GArray *arms,
                         int *exit_out, GError **error)
{
    HfRunOptions how = {.until = run->flags.until > 0 ? run->flags.until : HF_TIME_NEVER,
                        .events = run->flags.events - 1,
                        .show_progress = hf_cli_wants_progress(&run->globals),
                        .audit = run->flags.audit};
    for (uint32_t a = 0; a < set->count && !hf_cli_interrupted(); a++) {
        const char *name = set->arms[a]->arm;
        if (name && !hf_run_dir_add(dir, name, error)) {
            *exit_out = HF_EXIT_FAILURE;
            return FALSE;
        }
        g_autofree char *replay = replay_of(run, set->arms[a], set->path);
        how.replay = replay;
        HfArmResult result;
        if (!hf_run_arm(set->arms[a], &how, dir, name ? name : "", &result, exit_out, error))
            return FALSE;
        g_array_append_val(arms, result);
    }
    return TRUE;
}

static gboolean all_hold(const GArray *outcomes)
{
    for (guint i = 0; i < outcomes->len; i++)
        if (!g_array_index(outcomes, HfExpectOutcome, i).holds) return FALSE;
    return TRUE;
}

static int report(Run *run, const HfScenarioSet *set, const GArray *arms, const GArray *outcomes,
                  const HfRunDir *dir)
{
    if (run->globals.format == HF_FORMAT_JSON)
        add_json(run->json, set, arms, outcomes, dir);
    else if (!run->globals.quiet)
        print_text(set, arms, outcomes, dir);
    gboolean good = all_hold(outcomes);
    for (guint a = 0; a < arms->len; a++)
        good = all_hold(g_array_index(arms, HfArmResult, a).outcomes) && good;
    if (hf_cli_interrupted()) {
        hf_cli_note("interrupted: the results are marked partial, expectations were not checked");
        return HF_EXIT_FAILURE;
    }
    return good ? HF_EXIT_OK : HF_EXIT_EXPECTATION;
}

static int run_set(Run *run, const HfScenarioSet *set, GArray *arms, GArray *outcomes)
{
    GError *error = NULL;
    int code = HF_EXIT_FAILURE;
    g_autofree char *path = output_of(run, set);
    g_autoptr(HfRunDir) dir = hf_run_dir_new(path, run->flags.force, &error);
    if (dir == NULL) return hf_cli_fail(HF_EXIT_FAILURE, error);
    if (!run_arms(run, set, dir, arms, &code, &error)) {
        g_prefix_error(&error, "%s: ", set->path);
        return hf_cli_fail((HfExit)code, error);
    }
    gboolean has_arms = set->arms[0]->arm != NULL;
    if (has_arms && !compare_arms(set, arms, outcomes, &error)) {
        g_prefix_error(&error, "%s: ", set->path);
        return hf_cli_fail(HF_EXIT_USAGE, error);
    }
    if (has_arms && !write_arms(set, arms, dir, &error)) return hf_cli_fail(HF_EXIT_FAILURE, error);
    if (!hf_run_dir_commit(dir, &error)) return hf_cli_fail(HF_EXIT_FAILURE, error);
    return report(run, set, arms, outcomes, dir);
}

static void clear_result(gpointer data)
{
    hf_arm_result_clear(data);
}

static void clear_outcome(gpointer data)
{
    g_free(((HfExpectOutcome *)data)->line);
}

static int run_file(Run *run, const char *name)
{
    g_autofree char *path = hf_paths_scenario(name);
    HfScenarioOptions load = {.registry = &run->registry.scenario,
                              .overrides = (const char *const *)run->overrides,
                              .trace_dirs = (const char *const *)run->trace_dirs};
    GError *error = NULL;
    g_autoptr(HfScenarioSet) set = hf_scenario_load(path, &load, NULL, &error);
    if (set == NULL) {
        gboolean is_io = g_error_matches(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_IO);
        return hf_cli_fail(is_io ? HF_EXIT_FAILURE : HF_EXIT_USAGE, error);
    }
    g_autoptr(GArray) arms = g_array_new(FALSE, FALSE, sizeof(HfArmResult));
    g_autoptr(GArray) outcomes = g_array_new(FALSE, FALSE, sizeof(HfExpectOutcome));
    g_array_set_clear_func(arms, clear_result);
    g_array_set_clear_func(outcomes, clear_outcome);
    return run_set(run, set, arms, outcomes);
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
        code = run.overrides ? run_all(&run, args) : hf_cli_fail(HF_EXIT_USAGE, error);
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
        "The same scenario and seed give the same trace digest, on any machine.\n\n"
        "Exit status 3 if an expectation of the scenario is not met, 4 if an audit finds an "
        "invariant broken.",
    .options = options,
    .run = run_command,
};
