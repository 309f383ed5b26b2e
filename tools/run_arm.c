/* Running one arm, with progress, and writing what came of it; see run_arm.h. */
#include "tools/run_arm.h"

#include <string.h>
#include <sys/resource.h>

#include "tools/heap.h"
#include "tools/json_out.h"
#include "tools/run_audit.h"
#include "tools/version.h"
#include "world/stall.h"
#include "world/tables.h"

#define SLICES 2000 /* how often a run looks up: for the interrupt and the progress line */

void hf_arm_result_clear(HfArmResult *result)
{
    hf_metrics_free(result->metrics);
    g_free(result->stall);
    if (result->outcomes) {
        for (guint i = 0; i < result->outcomes->len; i++)
            g_free(g_array_index(result->outcomes, HfExpectOutcome, i).line);
        g_array_unref(result->outcomes);
    }
    *result = (HfArmResult){0};
}

/* ---- progress ---- */

typedef struct Progress {
    const HfScenario *scenario;
    gboolean is_shown;
    gint64 started_us, drawn_us;
} Progress;

static char *span(double seconds)
{
    if (seconds < 120) return g_strdup_printf("%.0f s", seconds);
    if (seconds < 2 * 3600) return g_strdup_printf("%.0f min", seconds / 60);
    if (seconds < 48 * 3600) return g_strdup_printf("%.1f h", seconds / 3600);
    return g_strdup_printf("%.1f d", seconds / 86400);
}

static void draw(Progress *progress, HfWorld *world, HfTime until)
{
    gint64 now_us = g_get_monotonic_time();
    if (!progress->is_shown || now_us - progress->drawn_us < 200000) return;
    progress->drawn_us = now_us;
    HfEngineStats stats;
    hf_engine_stats(hf_world_engine(world), &stats);
    double wall = (double)(now_us - progress->started_us) / 1e6;
    double done = hf_time_to_seconds(hf_world_now(world)), all = hf_time_to_seconds(until);
    g_autofree char *at = span(done), *of = span(all),
                    *left = span(done > 0 ? wall * (all - done) / done : 0);
    g_printerr(
        "\r\033[K%s%s%s: %s of %s (%.0f %%), %.0f x real time, %.2f M events/s, %" G_GINT64_FORMAT
        " running, %" G_GINT64_FORMAT " waiting, %s left",
        progress->scenario->name, progress->scenario->arm ? "/" : "",
        progress->scenario->arm ? progress->scenario->arm : "", at, of, 100 * done / all,
        done / wall, (double)stats.fired / wall / 1e6,
        (gint64)hf_recorder_tasks_running(hf_world_recorder(world)),
        (gint64)hf_recorder_tasks_waiting(hf_world_recorder(world)), left);
}

static void end_progress(Progress *progress)
{
    if (progress->is_shown && progress->drawn_us > 0) g_printerr("\r\033[K");
}

/* ---- files written while it runs ---- */

typedef struct Streams {
    HfWorld *world;
    HfTraceNames names;
    HfRunFile *events, *tasks;
    GString *line;
    const HfRunAudit *audit; /* NULL without */
} Streams;

static void on_record(void *context, const HfRecord *record)
{
    Streams *streams = context;
    g_string_truncate(streams->line, 0);
    hf_trace_print_json(record, hf_world_catalog(streams->world), &streams->names, streams->line);
    hf_run_file_append(streams->events, streams->line->str, streams->line->len);
}

static void on_task(void *context, const HfTaskRecord *task)
{
    Streams *streams = context;
    g_string_truncate(streams->line, 0);
    hf_table_tasks_row(streams->world, task, streams->line);
    hf_run_file_append(streams->tasks, streams->line->str, streams->line->len);
}

static char *file_in(const char *subdirectory, const char *name)
{
    return subdirectory[0] ? g_strdup_printf("%s/%s", subdirectory, name) : g_strdup(name);
}

static gboolean open_streams(Streams *streams, HfWorld *world, const HfRunOptions *options,
                             HfRunDir *dir, const char *subdirectory, GError **error)
{
    const HfScenarioRecord *record = &hf_world_scenario(world)->record;
    streams->world = world;
    streams->names = hf_world_names(world);
    streams->line = g_string_new(NULL);
    if (dir == NULL) return TRUE;
    int events = options->events >= 0 ? options->events : (int)record->events;
    if (events == HF_EVENTS_JSONL) {
        g_autofree char *name = file_in(subdirectory, "events.jsonl");
        streams->events = hf_run_file_open(dir, name, error);
        if (streams->events == NULL) return FALSE;
        hf_trace_listen(hf_world_trace(world), on_record, streams);
    }
    if (record->tasks == HF_TASKS_ALL) {
        g_autofree char *name = file_in(subdirectory, "tasks.csv");
        streams->tasks = hf_run_file_open(dir, name, error);
        if (streams->tasks == NULL) return FALSE;
        hf_table_tasks_header(streams->line);
        hf_run_file_append(streams->tasks, streams->line->str, streams->line->len);
        hf_recorder_set_task_sink(hf_world_recorder(world), on_task, streams);
    }
    return TRUE;
}

static gboolean streams_failed(const Streams *streams)
{
    return hf_run_audit_is_broken(streams->audit) ||
           (streams->events && hf_run_file_failed(streams->events)) ||
           (streams->tasks && hf_run_file_failed(streams->tasks));
}

static gboolean close_streams(Streams *streams, GError **error)
{
    gboolean good = TRUE;
    if (streams->events) good = hf_run_file_close(streams->events, error);
    if (streams->tasks) good = hf_run_file_close(streams->tasks, good ? error : NULL) && good;
    g_string_free(streams->line, TRUE);
    *streams = (Streams){0};
    return good;
}

/* ---- running ---- */

static HfTime end_of(const HfScenario *scenario, const HfRunOptions *options)
{
    return MIN(scenario->duration, options->until);
}

/* Until the end, an interrupt, or a write or an audit that failed (then there is no point in going
 * on). */
static void run_to_end(HfWorld *world, const HfRunOptions *options, const Streams *streams,
                       HfHeap *heap, Progress *progress)
{
    HfTime end = end_of(hf_world_scenario(world), options);
    HfTime slice = MAX(end / SLICES, 1);
    for (HfTime at = 0; at < end && !hf_cli_interrupted() && !streams_failed(streams) &&
                        !hf_stall_is_standing(world);) {
        at = end - at > slice ? at + slice : end;
        hf_world_run(world, at);
        hf_heap_follow(heap);
        draw(progress, world, end);
    }
    end_progress(progress);
}

/* ---- results ---- */

static void add_memory(JsonBuilder *json, const HfArmResult *result)
{
    json_builder_set_member_name(json, "memory_bytes");
    json_builder_begin_object(json);
    hf_json_int(json, "peak_of_process", (gint64)result->peak_kib * 1024);
    hf_json_int(json, "engine", (gint64)result->memory.engine);
    hf_json_int(json, "master", (gint64)result->memory.master);
    hf_json_int(json, "allocator", (gint64)result->memory.allocator);
    hf_json_int(json, "messages", (gint64)result->memory.messages);
    hf_json_int(json, "hosts", (gint64)result->memory.hosts);
    hf_json_int(json, "recorder", (gint64)result->memory.recorder);
    json_builder_end_object(json);
}

static char *run_json(const HfArmResult *result)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    hf_json_string(json, "name", result->scenario->name);
    hf_json_string(json, "arm", result->scenario->arm);
    if (result->scenario->arm != NULL) {
        json_builder_set_member_name(json, "set");
        json_builder_begin_object(json);
        for (uint32_t i = 0; i < result->scenario->settings.count; i++)
            hf_json_string(json, result->scenario->settings.at[i].key,
                           result->scenario->settings.at[i].value);
        json_builder_end_object(json);
    }
    hf_json_string(json, "question", result->scenario->question);
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)result->scenario->seed);
    hf_json_string(json, "seed", seed);
    hf_json_string(json, "scenario_digest", result->scenario->digest);
    hf_json_string(json, "trace_digest", result->digest);
    hf_json_string(json, "version", HF_VERSION);
    hf_json_string(json, "commit", HF_COMMIT);
    hf_json_bool(json, "partial", result->is_partial);
    hf_json_double(json, "simulated_s", hf_time_to_seconds(result->simulated));
    hf_json_int(json, "events", (gint64)result->events);
    hf_json_int(json, "records", (gint64)result->records);
    hf_json_double(json, "wall_s", result->wall_seconds);
    hf_json_double(json, "events_per_s", (double)result->events / MAX(result->wall_seconds, 1e-9));
    add_memory(json, result);
    json_builder_end_object(json);
    return hf_json_text(json);
}

static char *summary_json(const HfArmResult *result)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    hf_json_int(json, "schema", 1);
    hf_json_string(json, "name", result->scenario->name);
    hf_json_string(json, "arm", result->scenario->arm);
    hf_json_bool(json, "partial", result->is_partial);
    hf_json_string(json, "stall", result->stall);
    json_builder_set_member_name(json, "metrics");
    json_builder_begin_array(json);
    for (uint32_t i = 0; i < hf_metrics_count(result->metrics); i++) {
        const HfMetric *metric = hf_metrics_at(result->metrics, i);
        json_builder_begin_object(json);
        hf_json_string(json, "name", metric->name);
        hf_json_double(json, "value", metric->value);
        hf_json_string(json, "unit", metric->kind->unit);
        hf_json_string(json, "description", metric->kind->help);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_set_member_name(json, "expect");
    json_builder_begin_array(json);
    for (guint i = 0; i < result->outcomes->len; i++) {
        const HfExpectOutcome *outcome = &g_array_index(result->outcomes, HfExpectOutcome, i);
        json_builder_begin_object(json);
        hf_json_bool(json, "holds", outcome->holds);
        hf_json_string(json, "text", outcome->line);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    return hf_json_text(json);
}

static gboolean write_results(HfWorld *world, const HfArmResult *result, HfRunDir *dir,
                              const char *subdirectory, GError **error)
{
    for (const HfTable *table = hf_tables; table->file; table++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *name = file_in(subdirectory, table->file);
        table->print(world, text);
        if (!hf_run_dir_write(dir, name, text->str, (gssize)text->len, error)) return FALSE;
    }
    g_autofree char *summary = summary_json(result),
                    *summary_name = file_in(subdirectory, "summary.json");
    g_autofree char *run = run_json(result), *run_name = file_in(subdirectory, "run.json");
    return hf_run_dir_write(dir, summary_name, summary, -1, error) &&
           hf_run_dir_write(dir, run_name, run, -1, error);
}

static gboolean find_metric(const char *name, double *value_out, void *data)
{
    return hf_metrics_find(data, name, value_out);
}

static void check_expectations(const HfExpect *const *expect, const HfExpectMetrics *metrics,
                               GArray *outcomes)
{
    for (; *expect != NULL; expect++) {
        HfExpectResult result;
        hf_expect_check(*expect, metrics, &result);
        HfExpectOutcome outcome = {hf_expect_explain(*expect, metrics, &result), result.holds};
        g_array_append_val(outcomes, outcome);
    }
}

static void take_result(HfWorld *world, const HfRunOptions *options, gint64 started_us,
                        HfArmResult *result)
{
    HfEngineStats stats;
    struct rusage usage;
    hf_engine_stats(hf_world_engine(world), &stats);
    getrusage(RUSAGE_SELF, &usage);
    result->scenario = hf_world_scenario(world);
    result->simulated = hf_world_now(world);
    result->is_partial = result->simulated < result->scenario->duration;
    if (!result->is_partial) result->stall = hf_stall_explain(world);
    result->wall_seconds = (double)(g_get_monotonic_time() - started_us) / 1e6;
    result->events = stats.fired;
    result->records = hf_trace_total(hf_world_trace(world));
    hf_trace_digest(hf_world_trace(world), result->digest);
    result->memory = hf_world_memory(world);
    result->peak_kib = usage.ru_maxrss;
    result->metrics = hf_metrics_new(world);
    result->outcomes = g_array_new(FALSE, FALSE, sizeof(HfExpectOutcome));
}

/*
 * warm_up: auto. A pilot run of the same scenario and seed, which writes nothing, finds where the
 * steady part begins; the real run, which is the same run, then deletes what lies before.
 */
static gboolean find_warm_up(const HfScenario *scenario, const HfRunOptions *options, HfHeap *heap,
                             HfTime *warm_up_out, GError **error)
{
    g_autoptr(HfWorld) pilot = hf_world_new(scenario, error);
    if (pilot == NULL) return FALSE;
    Streams none = {0};
    Progress progress = {scenario, options->show_progress, g_get_monotonic_time(), 0};
    run_to_end(pilot, options, &none, heap, &progress);
    hf_world_finish(pilot);
    if (hf_recorder_find_warm_up(hf_world_recorder(pilot), warm_up_out)) return TRUE;
    *warm_up_out = 0;
    hf_cli_note("%s: warm_up: auto found no steady part (MSER-5 over the rows of record.interval), "
                "so nothing is "
                "deleted; run longer, or give the warm-up",
                scenario->name);
    return TRUE;
}

static gboolean wants_audit(const HfRunOptions *options)
{
#ifdef HF_SLOW_ASSERTIONS
    return options->replay != NULL;
#else
    return options->audit;
#endif
}

gboolean hf_run_arm(const HfScenario *scenario, const HfRunOptions *options, HfRunDir *dir,
                    const char *subdirectory, HfArmResult *result_out, int *exit_out,
                    GError **error)
{
    gint64 started_us = g_get_monotonic_time();
    GError *inner = NULL;
    HfTime warm_up = scenario->warm_up;
    HfHeap heap = hf_heap_begin();
    g_autoptr(HfWorld) world = NULL;
    if (warm_up != HF_WARM_UP_AUTO || find_warm_up(scenario, options, &heap, &warm_up, &inner))
        world = hf_world_new(scenario, &inner);
    if (world == NULL) {
        *exit_out = g_error_matches(inner, HF_WORLD_ERROR, HF_WORLD_ERROR_IO) ? HF_EXIT_FAILURE
                                                                              : HF_EXIT_USAGE;
        g_propagate_error(error, inner);
        return FALSE;
    }
    hf_recorder_set_warm_up(hf_world_recorder(world), warm_up);
    *exit_out = HF_EXIT_FAILURE;
    g_autoptr(HfRunAudit) audit = wants_audit(options) ? hf_run_audit_new(world) : NULL;
    Streams streams = {0};
    Progress progress = {scenario, options->show_progress, started_us, 0};
    gboolean good = open_streams(&streams, world, options, dir, subdirectory, error);
    streams.audit = audit;
    if (good) {
        run_to_end(world, options, &streams, &heap, &progress);
        hf_world_finish(world);
    }
    if (good && audit && !hf_run_audit_finish(audit, options->replay, error)) {
        close_streams(&streams, NULL);
        *exit_out = HF_EXIT_INVARIANT;
        return FALSE;
    }
    good = close_streams(&streams, good ? error : NULL) && good;
    if (!good) return FALSE;
    if (hf_stall_is_standing(world)) {
        g_autofree char *what = hf_stall_explain_standing(world);
        g_set_error_literal(error, HF_WORLD_ERROR, HF_WORLD_ERROR_IO, what);
        return FALSE;
    }
    HfArmResult result = {0};
    take_result(world, options, started_us, &result);
    HfExpectMetrics metrics = {find_metric, result.metrics, hf_metrics_names(result.metrics)};
    /* A run that was cut short cannot meet or miss what is expected of the whole. */
    if (!result.is_partial && !options->is_one_of_many)
        check_expectations(scenario->expect, &metrics, result.outcomes);
    good = dir == NULL || write_results(world, &result, dir, subdirectory, error);
    if (good)
        *result_out = result;
    else
        hf_arm_result_clear(&result);
    return good;
}
