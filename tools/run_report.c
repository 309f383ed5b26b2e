/* See run_report.h. With several replications each number is a mean with the half width of its
 * confidence interval. */
#include "tools/run_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/crossover.h"
#include "tools/json_out.h"

static gboolean has_arms(const HfBatch *batch)
{
    return batch->set->arms[0]->arm != NULL;
}

static const char *arm_name(const HfBatch *batch, uint32_t arm)
{
    return batch->set->arms[arm]->arm ? batch->set->arms[arm]->arm : "";
}

/* ---- for people ---- */

/* One number of `unit`, without blanks. */
static char *number_text(double value, const char *unit)
{
    if (!isfinite(value)) return g_strdup("-");
    if (strcmp(unit, "1") == 0) return g_strdup_printf("%.1f%%", value * 100);
    if (value == floor(value) && fabs(value) < 1e12) return g_strdup_printf("%.0f", value);
    return g_strdup_printf("%.3f", value);
}

static char *interval_text(const HfInterval *interval, const char *unit)
{
    if (interval->count == 0) return g_strdup("-");
    gboolean is_ratio = strcmp(unit, "1") == 0;
    if (interval->half_width == 0) return number_text(interval->mean, unit);
    double scale = is_ratio ? 100 : 1, mean = interval->mean * scale;
    double half = interval->half_width * scale;
    int digits = is_ratio ? 1 : fabs(mean) >= 1000 ? 0 : fabs(mean) >= 10 ? 1 : 3;
    if (!isfinite(half)) return g_strdup_printf("%.*f +- ?", digits, mean);
    return g_strdup_printf("%.*f +- %.*f%s", digits, mean, digits, half, is_ratio ? "%" : "");
}

/* Whether it has a column: after an interrupt some arms have not run. */
static gboolean has_run(const HfBatch *batch, uint32_t arm)
{
    return hf_batch_at(batch, arm, 0)->metrics != NULL;
}

#define NAME_WIDTH 36  /* of metrics; a longer one moves its own line */
#define LINE_WIDTH 150 /* about; what has more columns is printed as several tables */

/* Arms whose columns stand in one table: from `first` up to `end`. */
typedef struct Columns {
    uint32_t first, end;
    int width;
} Columns;

/* Room for the name of each arm, too. */
static Columns first_columns(const HfBatch *batch)
{
    int width = batch->replications > 1 ? 20 : 14;
    for (uint32_t a = 0; a < batch->arms; a++)
        if (has_run(batch, a)) width = MAX(width, (int)strlen(arm_name(batch, a)) + 2);
    return (Columns){0, 0, width};
}

/* The next table of them; FALSE when all arms have been in one. */
static gboolean next_columns(const HfBatch *batch, Columns *columns)
{
    int room = MAX(1, (LINE_WIDTH - NAME_WIDTH) / columns->width);
    columns->first = columns->end;
    for (; columns->end < batch->arms; columns->end++)
        if (has_run(batch, columns->end) && room-- == 0) break;
    return columns->first < batch->arms;
}

/* Whether some arm has a value of it that is not 0 as it would be printed. */
static gboolean says_something(const HfBatch *batch, const HfMetric *metric, uint32_t hint)
{
    for (uint32_t a = 0; a < batch->arms; a++) {
        HfInterval interval = hf_batch_interval(batch, a, metric->name, hint, NULL);
        if (interval.count > 0 && fabs(interval.mean) >= 0.0005) return TRUE;
    }
    return FALSE;
}

/* A metric for each arm, on one line. */
static void print_row(const HfBatch *batch, const Columns *columns, const HfMetric *metric,
                      uint32_t hint)
{
    const char *name = metric->name, *unit = metric->kind->unit;
    printf("  %-*s", NAME_WIDTH, name);
    for (uint32_t a = columns->first; a < columns->end; a++) {
        const HfMetrics *metrics = hf_batch_at(batch, a, 0)->metrics;
        if (!has_run(batch, a)) continue;
        double value = NAN;
        g_autofree char *text = NULL;
        if (batch->replications > 1) {
            HfInterval interval = hf_batch_interval(batch, a, name, hint, NULL);
            text = interval_text(&interval, unit);
        } else {
            if (metrics) hf_metrics_find(metrics, name, &value);
            text = number_text(value, unit);
        }
        printf("%*s", columns->width, text);
    }
    if (strcmp(unit, "units") == 0) unit = g_str_has_suffix(name, ".cpus") ? "CPUs" : "1";
    printf("%s%s\n", strcmp(unit, "1") == 0 ? "" : "  ", strcmp(unit, "1") == 0 ? "" : unit);
}

/* What is printed in any case. */
static gboolean is_always_shown(const char *name)
{
    static const char *const names[] = {"capacity.cpus",
                                        "demand.cpus",
                                        "utilization.cpus.allocated",
                                        "utilization.cpus.used",
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
                                        "fairness.jain",
                                        NULL};
    return g_strv_contains(names, name);
}

/* What is printed where it is not 0 in every arm. */
static gboolean is_shown_if_any(const char *name)
{
    static const char *const prefixes[] = {"utilization.", "role.", "refusal.1.", "store.", NULL};
    static const char *const names[] = {"tasks.failed",
                                        "relaunch.count",
                                        "relaunch.time.p50",
                                        "stateful.failures",
                                        "stateful.same_agent.ratio",
                                        "stateful.time.p50",
                                        "stateful.time.p99",
                                        "volumes.there_at_end",
                                        "volumes.orphaned_at_end",
                                        "data.losses",
                                        "data.copied",
                                        "stores.left_at_end",
                                        "operators.refused",
                                        "placement.refused",
                                        NULL};
    for (const char *const *prefix = prefixes; *prefix; prefix++)
        if (g_str_has_prefix(name, *prefix)) return !g_str_has_suffix(name, "_peak");
    return g_strv_contains(names, name);
}

/* The metrics that one wants to see first, in the order of the table; how many there are in all. */
static guint print_metrics(const HfBatch *batch, const Columns *columns)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (uint32_t a = 0; a < batch->arms; a++) {
        const HfMetrics *metrics = hf_batch_at(batch, a, 0)->metrics;
        for (uint32_t i = 0; metrics && i < hf_metrics_count(metrics); i++) {
            const HfMetric *metric = hf_metrics_at(metrics, i);
            if (!g_hash_table_add(seen, metric->name)) continue;
            if (is_always_shown(metric->name) ||
                (is_shown_if_any(metric->name) && says_something(batch, metric, i)))
                print_row(batch, columns, metric, i);
        }
    }
    return g_hash_table_size(seen);
}

/* The line itself says whether it was met; a miss is marked so that the eye finds it. */
static void print_verdicts(const HfBatch *batch)
{
    for (guint i = 0; i < batch->verdicts->len; i++) {
        const HfVerdict *verdict = batch->verdicts->pdata[i];
        printf("%s%s%s%s\n", verdict->holds ? "  " : "! ", verdict->arm ? verdict->arm : "",
               verdict->arm ? ": " : "", verdict->line);
    }
}

static void print_run(const HfBatch *batch, uint32_t a)
{
    const HfArmResult *arm = hf_batch_at(batch, a, 0);
    printf("  %s%ssimulated %.0f s in %.2f s, %" G_GUINT64_FORMAT
           " events (%.2f M/s), seed %" G_GUINT64_FORMAT ", trace digest %s%s\n",
           arm_name(batch, a), has_arms(batch) ? ": " : "", hf_time_to_seconds(arm->simulated),
           arm->wall_seconds, (guint64)arm->events,
           (double)arm->events / MAX(arm->wall_seconds, 1e-9) / 1e6, (guint64)arm->scenario->seed,
           arm->digest, arm->is_partial ? " (partial)" : "");
}

static void print_replications(const HfBatch *batch, uint32_t a)
{
    double wall = 0;
    uint32_t count = 0, partial = 0;
    for (uint32_t r = 0; r < batch->replications; r++) {
        const HfArmResult *result = hf_batch_at(batch, a, r);
        if (result->metrics == NULL) continue;
        count++;
        partial += result->is_partial;
        wall += result->wall_seconds;
    }
    const HfArmResult *first = hf_batch_at(batch, a, 0);
    printf("  %s%s%u replication%s of %.0f s in %.2f s, seeds from %" G_GUINT64_FORMAT
           ", trace digest of the first %s",
           arm_name(batch, a), has_arms(batch) ? ": " : "", count, count == 1 ? "" : "s",
           hf_time_to_seconds(first->simulated), wall, (guint64)first->scenario->seed,
           first->digest);
    if (partial > 0) printf(" (%u partial)", partial);
    printf("\n");
}

/* Of the first replication that stalled; how many did. */
static void print_stalls(const HfBatch *batch)
{
    for (uint32_t a = 0; a < batch->arms; a++) {
        const HfArmResult *first = NULL;
        uint32_t count = 0;
        for (uint32_t r = 0; r < batch->replications; r++) {
            const HfArmResult *result = hf_batch_at(batch, a, r);
            if (result->stall == NULL) continue;
            if (count++ == 0) first = result;
        }
        if (first == NULL) continue;
        printf("\n%s %s%sstalled", first->scenario->stall == HF_SCENARIO_STALL_FAIL ? "!" : " ",
               arm_name(batch, a), has_arms(batch) ? " " : "");
        if (batch->replications > 1)
            printf(" in %u of %u replications", count, batch->replications);
        printf(": %s", first->stall);
    }
}

void hf_report_print(const HfBatch *batch, const HfRunDir *dir)
{
    const HfScenarioSet *set = batch->set;
    printf("%s%s%s\n\n", set->name, set->question ? ": " : "", set->question ? set->question : "");
    guint metrics = 0;
    for (Columns columns = first_columns(batch); next_columns(batch, &columns);) {
        if (has_arms(batch)) {
            printf("  %-*s", NAME_WIDTH, "");
            for (uint32_t a = columns.first; a < columns.end; a++)
                if (has_run(batch, a)) printf("%*s", columns.width, arm_name(batch, a));
            printf("\n");
        }
        metrics = print_metrics(batch, &columns);
        printf("\n");
    }
    print_verdicts(batch);
    for (uint32_t a = 0; a < batch->arms; a++) {
        if (hf_batch_at(batch, a, 0)->metrics == NULL) continue;
        if (batch->replications > 1)
            print_replications(batch, a);
        else
            print_run(batch, a);
    }
    g_autoptr(GPtrArray) curves = hf_wait_curves(batch);
    hf_wait_curves_print(curves);
    print_stalls(batch);
    if (dir)
        printf("\n  results: %s (all %u metrics: %s)   figures: holdfast plot %s\n",
               hf_run_dir_path(dir), metrics, has_arms(batch) ? "ARM/summary.json" : "summary.json",
               hf_run_dir_path(dir));
}

/* ---- as JSON ---- */

static void json_run(JsonBuilder *json, const HfArmResult *arm)
{
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
}

/* metric: {mean, half_width, replications} */
static void json_intervals(JsonBuilder *json, const HfBatch *batch, uint32_t arm)
{
    const HfMetrics *first = hf_batch_at(batch, arm, 0)->metrics;
    hf_json_double(json, "confidence", batch->set->arms[0]->confidence);
    json_builder_set_member_name(json, "intervals");
    json_builder_begin_object(json);
    for (uint32_t i = 0; first && i < hf_metrics_count(first); i++) {
        const char *name = hf_metrics_at(first, i)->name;
        HfInterval interval = hf_batch_interval(batch, arm, name, i, NULL);
        json_builder_set_member_name(json, name);
        json_builder_begin_object(json);
        hf_json_double(json, "mean", interval.count > 0 ? interval.mean : NAN);
        hf_json_double(json, "half_width", interval.half_width);
        hf_json_int(json, "replications", (gint64)interval.count);
        json_builder_end_object(json);
    }
    json_builder_end_object(json);
}

static void json_arm(JsonBuilder *json, const HfBatch *batch, uint32_t arm)
{
    json_builder_begin_object(json);
    hf_json_string(json, "arm", batch->set->arms[arm]->arm);
    if (batch->replications == 1) {
        json_run(json, hf_batch_at(batch, arm, 0));
    } else {
        json_intervals(json, batch, arm);
        json_builder_set_member_name(json, "replications");
        json_builder_begin_array(json);
        for (uint32_t r = 0; r < batch->replications; r++) {
            const HfArmResult *result = hf_batch_at(batch, arm, r);
            if (result->metrics == NULL) continue;
            json_builder_begin_object(json);
            g_autofree char *seed =
                g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)result->scenario->seed);
            hf_json_string(json, "seed", seed);
            json_run(json, result);
            json_builder_end_object(json);
        }
        json_builder_end_array(json);
    }
    json_builder_end_object(json);
}

static void json_verdicts(JsonBuilder *json, const HfBatch *batch)
{
    json_builder_set_member_name(json, "expect");
    json_builder_begin_array(json);
    for (guint i = 0; i < batch->verdicts->len; i++) {
        const HfVerdict *verdict = batch->verdicts->pdata[i];
        json_builder_begin_object(json);
        hf_json_string(json, "arm", verdict->arm);
        hf_json_bool(json, "holds", verdict->holds);
        hf_json_string(json, "text", verdict->line);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

void hf_report_json(const HfBatch *batch, const HfRunDir *dir, JsonBuilder *json)
{
    json_builder_begin_object(json);
    hf_json_string(json, "name", batch->set->name);
    hf_json_string(json, "directory", hf_run_dir_path(dir));
    json_builder_set_member_name(json, "arms");
    json_builder_begin_array(json);
    for (uint32_t a = 0; a < batch->arms; a++)
        if (hf_batch_at(batch, a, 0)->metrics) json_arm(json, batch, a);
    json_builder_end_array(json);
    json_verdicts(json, batch);
    g_autoptr(GPtrArray) curves = hf_wait_curves(batch);
    hf_wait_curves_json(curves, json);
    json_builder_end_object(json);
}

/* ---- files ---- */

static void append_arm(GString *table, const HfBatch *batch, uint32_t arm)
{
    static const char *const levels[] = {"allocated", "used", "offered", "reserved_idle"};
    const HfMetrics *metrics = hf_batch_at(batch, arm, 0)->metrics;
    for (uint32_t i = 0; metrics && i < hf_metrics_count(metrics); i++) {
        const char *name = hf_metrics_at(metrics, i)->name;
        if (!g_str_has_prefix(name, "capacity.")) continue;
        const char *resource = name + strlen("capacity.");
        g_string_append_printf(table, "%s,%s", arm_name(batch, arm), resource);
        for (size_t l = 0; l < G_N_ELEMENTS(levels); l++) {
            char text[64];
            g_autofree char *metric = g_strdup_printf("utilization.%s.%s", resource, levels[l]);
            HfInterval interval = hf_batch_interval(batch, arm, metric, UINT32_MAX, NULL);
            g_string_append_printf(
                table, ",%s",
                g_ascii_formatd(text, sizeof text, "%.6f", interval.count ? interval.mean : 0));
        }
        g_string_append_c(table, '\n');
    }
}

/* arms.csv (means over replications), and a run.json that names the arms. */
static gboolean write_arms(const HfBatch *batch, HfRunDir *dir, GError **error)
{
    g_autoptr(GString) table = g_string_new("arm,resource,allocated,used,offered,reserved_idle\n");
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    hf_json_string(json, "name", batch->set->name);
    json_builder_set_member_name(json, "arms");
    json_builder_begin_array(json);
    for (uint32_t a = 0; a < batch->arms; a++) {
        if (hf_batch_at(batch, a, 0)->metrics == NULL) continue;
        json_builder_add_string_value(json, arm_name(batch, a));
        append_arm(table, batch, a);
    }
    json_builder_end_array(json);
    hf_json_bool(json, "partial", !hf_batch_is_whole(batch));
    g_autoptr(GPtrArray) curves = hf_wait_curves(batch);
    hf_wait_curves_json(curves, json);
    json_builder_end_object(json);
    g_autofree char *run = hf_json_text(json);
    return hf_run_dir_write(dir, "arms.csv", table->str, (gssize)table->len, error) &&
           hf_wait_curves_write(curves, dir, error) &&
           hf_run_dir_write(dir, "run.json", run, -1, error);
}

gboolean hf_report_write(const HfBatch *batch, HfRunDir *dir, GError **error)
{
    if (!has_arms(batch) && batch->replications == 1) return TRUE;
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    hf_json_int(json, "replications", batch->replications);
    hf_json_double(json, "confidence", batch->set->arms[0]->confidence);
    json_verdicts(json, batch);
    json_builder_end_object(json);
    g_autofree char *verdicts = hf_json_text(json);
    return hf_run_dir_write(dir, "verdicts.json", verdicts, -1, error) &&
           (!has_arms(batch) || write_arms(batch, dir, error)) &&
           (batch->replications == 1 || hf_batch_write(batch, dir, error));
}
