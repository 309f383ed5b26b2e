/* Which arms are comparable, and where their costs cross; see crossover.h. */
#include "tools/crossover.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/crossing.h"
#include "tools/plot_script.h"

#define POINTS_LEAST 3 /* fewer are no curve */

/* ---- which arms form a curve ---- */

static gboolean is_wait(const char *key)
{
    return g_str_has_prefix(key, "frameworks") && g_str_has_suffix(key, ".same_wait");
}

/* What an arm sets besides waits; keys of the framework itself without its name. */
static char *others_of(const HfScenario *scenario, const char *framework)
{
    g_autofree char *own = g_strdup_printf("frameworks.%s.", framework);
    GString *text = g_string_new(NULL);
    for (uint32_t i = 0; i < scenario->settings.count; i++) {
        const HfScenarioSetting *setting = &scenario->settings.at[i];
        if (is_wait(setting->key)) continue;
        const char *key = setting->key;
        if (g_str_has_prefix(key, own)) key += strlen(own);
        g_string_append_printf(text, "%s%s: %s", text->len > 0 ? ", " : "", key, setting->value);
    }
    return g_string_free(text, FALSE);
}

/* The service's `same_wait` in s, INFINITY = for ever; NAN: it has none of its own. */
static double wait_of(const HfScenario *scenario, uint32_t framework)
{
    if (framework >= scenario->frameworks.count) return NAN;
    const HfModelChoice *model = &scenario->frameworks.at[framework].model;
    if (model->config == NULL || model->model->keys == NULL) return NAN;
    const HfKey *key = model->model->keys->keys;
    while (key->name != NULL && strcmp(key->name, "same_wait") != 0) key++;
    if (key->name == NULL || key->type != HF_KEY_DURATION) return NAN;
    HfTime wait = *(const HfTime *)((const char *)model->config + key->offset);
    if (wait < 0) return NAN; /* as its variant has it */
    return wait == HF_TIME_NEVER ? INFINITY : hf_time_to_seconds(wait);
}

static HfInterval cost_of(const HfBatch *batch, uint32_t arm, const char *framework,
                          const char *which)
{
    g_autofree char *name = g_strdup_printf("framework.%s.%s", framework, which);
    return hf_batch_interval(batch, arm, name, UINT32_MAX, NULL);
}

static void free_curve(void *data)
{
    HfWaitCurve *curve = data;
    g_free(curve->others);
    g_array_unref(curve->points);
    g_free(curve);
}

static HfWaitCurve *curve_for(GPtrArray *curves, guint first, const char *framework,
                              const char *others)
{
    for (guint i = first; i < curves->len; i++) {
        HfWaitCurve *curve = curves->pdata[i];
        if (strcmp(curve->others, others) == 0) return curve;
    }
    HfWaitCurve *curve = g_new0(HfWaitCurve, 1);
    curve->framework = framework;
    curve->others = g_strdup(others);
    curve->points = g_array_new(FALSE, FALSE, sizeof(HfWaitPoint));
    g_ptr_array_add(curves, curve);
    return curve;
}

/* In order of waits; of equal ones the first. */
static void insert(GArray *points, HfWaitPoint point)
{
    guint at = 0;
    while (at < points->len && g_array_index(points, HfWaitPoint, at).wait < point.wait) at++;
    if (at < points->len && g_array_index(points, HfWaitPoint, at).wait == point.wait) return;
    g_array_insert_val(points, at, point);
}

/* ---- where they cross ---- */

static double value_in(const HfMetrics *metrics, const char *framework, const char *which)
{
    double value = NAN;
    g_autofree char *name = g_strdup_printf("framework.%s.%s", framework, which);
    return metrics != NULL && hf_metrics_find(metrics, name, &value) ? value : NAN;
}

/* The crossover in each replication, which had the same failures in all arms. */
static double half_width_of(const HfBatch *batch, const HfWaitCurve *curve, const double *wait)
{
    HfTally tally = {0};
    guint count = curve->points->len;
    g_autofree double *missing = g_new(double, count), *copying = g_new(double, count);
    for (uint32_t r = 0; r < batch->replications; r++) {
        double at, cost;
        for (guint i = 0; i < count; i++) {
            uint32_t arm = g_array_index(curve->points, HfWaitPoint, i).arm_ix;
            const HfMetrics *metrics = hf_batch_at(batch, arm, r)->metrics;
            missing[i] = value_in(metrics, curve->framework, "missing");
            copying[i] = value_in(metrics, curve->framework, "copying");
        }
        if (hf_wait_crossover(wait, missing, copying, count, &at, &cost)) hf_tally_add(&tally, at);
    }
    if (tally.count < 2 || tally.count < batch->replications) return NAN;
    return hf_interval_of(&tally, batch->set->arms[0]->confidence).half_width;
}

static void find_crossover(const HfBatch *batch, HfWaitCurve *curve)
{
    guint count = curve->points->len;
    g_autofree double *wait = g_new(double, count), *missing = g_new(double, count);
    g_autofree double *copying = g_new(double, count);
    for (guint i = 0; i < count; i++) {
        const HfWaitPoint *point = &g_array_index(curve->points, HfWaitPoint, i);
        wait[i] = point->wait;
        missing[i] = point->missing.mean;
        copying[i] = point->copying.mean;
    }
    curve->wait = curve->cost = curve->half_width = NAN;
    if (hf_wait_crossover(wait, missing, copying, count, &curve->wait, &curve->cost))
        curve->half_width = half_width_of(batch, curve, wait);
}

GPtrArray *hf_wait_curves(const HfBatch *batch)
{
    GPtrArray *curves = g_ptr_array_new_with_free_func(free_curve);
    const HfScenario *first = batch->set->arms[0];
    for (uint32_t f = 0; f < first->frameworks.count; f++) {
        const char *name = first->frameworks.at[f].name;
        guint begin = curves->len;
        for (uint32_t a = 0; a < batch->arms; a++) {
            const HfScenario *scenario = batch->set->arms[a];
            HfWaitPoint point = {.arm = scenario->arm, .arm_ix = a, .wait = wait_of(scenario, f)};
            if (isnan(point.wait) || hf_batch_at(batch, a, 0)->metrics == NULL) continue;
            if (strcmp(scenario->frameworks.at[f].name, name) != 0) continue;
            point.missing = cost_of(batch, a, name, "missing");
            point.copying = cost_of(batch, a, name, "copying");
            if (point.missing.count == 0 || point.copying.count == 0) continue;
            g_autofree char *others = others_of(scenario, name);
            insert(curve_for(curves, begin, name, others)->points, point);
        }
        for (guint i = curves->len; i > begin; i--) {
            HfWaitCurve *curve = curves->pdata[i - 1];
            if (curve->points->len < POINTS_LEAST)
                g_ptr_array_remove_index(curves, i - 1);
            else
                find_crossover(batch, curve);
        }
    }
    return curves;
}

/* ---- told ---- */

void hf_wait_curves_print(const GPtrArray *curves)
{
    if (curves->len > 0) printf("\n");
    for (guint i = 0; i < curves->len; i++) {
        const HfWaitCurve *curve = curves->pdata[i];
        printf("  %s%s%s%s: ", curve->framework, curve->others[0] ? " (" : "", curve->others,
               curve->others[0] ? ")" : "");
        if (isnan(curve->wait)) {
            printf("the costs of waiting and of rebuilding do not cross at any same_wait tried\n");
            continue;
        }
        g_autofree char *wait = hf_script_time_short(curve->wait);
        g_autofree char *cost = hf_script_time_short(curve->cost);
        g_autofree char *half = hf_script_time_short(curve->half_width);
        printf("waiting costs as much as rebuilding at same_wait %s%s%s: %s without a replica "
               "each\n",
               wait, isnan(curve->half_width) ? "" : " +- ", isnan(curve->half_width) ? "" : half,
               cost);
    }
}

void hf_wait_curves_json(const GPtrArray *curves, JsonBuilder *json)
{
    if (curves->len == 0) return;
    json_builder_set_member_name(json, "crossovers");
    json_builder_begin_array(json);
    for (guint i = 0; i < curves->len; i++) {
        const HfWaitCurve *curve = curves->pdata[i];
        json_builder_begin_object(json);
        hf_json_string(json, "framework", curve->framework);
        hf_json_string(json, "others", curve->others);
        hf_json_double(json, "same_wait_s", curve->wait);
        hf_json_double(json, "half_width_s", curve->half_width);
        hf_json_double(json, "cost_s", curve->cost);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

/* Empty for what there is not; a wait for ever is inf. */
static void append(GString *table, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_c(table, ',');
    if (isinf(value))
        g_string_append(table, "inf");
    else if (!isnan(value))
        g_string_append(table, g_ascii_formatd(text, sizeof text, "%.9g", value));
}

static double half(const HfInterval *interval)
{
    return isfinite(interval->half_width) ? interval->half_width : NAN;
}

gboolean hf_wait_curves_write(const GPtrArray *curves, HfRunDir *dir, GError **error)
{
    if (curves->len == 0) return TRUE;
    g_autoptr(GString) table =
        g_string_new("framework,others,arm,wait_s,missing_s,missing_half_width_s,copying_s,"
                     "copying_half_width_s,crossover_s,crossover_half_width_s,cost_s\n");
    for (guint i = 0; i < curves->len; i++) {
        const HfWaitCurve *curve = curves->pdata[i];
        g_auto(GStrv) quoted = g_strsplit(curve->others, "\"", -1);
        g_autofree char *others = g_strjoinv("\"\"", quoted);
        for (guint k = 0; k < curve->points->len; k++) {
            const HfWaitPoint *point = &g_array_index(curve->points, HfWaitPoint, k);
            g_string_append_printf(table, "%s,\"%s\",%s", curve->framework, others, point->arm);
            append(table, point->wait);
            append(table, point->missing.mean);
            append(table, half(&point->missing));
            append(table, point->copying.mean);
            append(table, half(&point->copying));
            append(table, curve->wait);
            append(table, curve->half_width);
            append(table, curve->cost);
            g_string_append_c(table, '\n');
        }
    }
    return hf_run_dir_write(dir, "crossover.csv", table->str, (gssize)table->len, error);
}
