/* One table for each arm; see run_metrics.h. */
#include "tools/run_metrics.h"

#include <math.h>
#include <string.h>

#include "tools/csv.h"
#include "tools/run_facts.h"

struct HfRunMetrics {
    GPtrArray *values;  /* [arm] of GHashTable: name -> HfMeasure * */
    GPtrArray *names;   /* char *, owned by `known`: as first met, over all arms */
    GHashTable *known;  /* set of names */
    GHashTable *arm_ix; /* arm -> 1 + its number */
    gboolean has_intervals;
};

static HfRunMetrics *new_for(const GPtrArray *arms)
{
    HfRunMetrics *metrics = g_new0(HfRunMetrics, 1);
    guint count = arms != NULL ? arms->len : 1;
    metrics->values = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    metrics->names = g_ptr_array_new();
    metrics->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    metrics->arm_ix = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint a = 0; a < count; a++) {
        const char *name = arms != NULL ? arms->pdata[a] : "";
        g_ptr_array_add(metrics->values,
                        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free));
        g_hash_table_insert(metrics->arm_ix, g_strdup(name), GUINT_TO_POINTER(a + 1));
    }
    return metrics;
}

void hf_run_metrics_free(HfRunMetrics *metrics)
{
    if (metrics == NULL) return;
    g_ptr_array_unref(metrics->values);
    g_ptr_array_unref(metrics->names);
    g_hash_table_unref(metrics->known);
    g_hash_table_unref(metrics->arm_ix);
    g_free(metrics);
}

static void take(HfRunMetrics *metrics, guint arm, const char *name, HfMeasure measure)
{
    char *own;
    if (!g_hash_table_lookup_extended(metrics->known, name, (gpointer *)&own, NULL)) {
        own = g_strdup(name);
        g_hash_table_add(metrics->known, own);
        g_ptr_array_add(metrics->names, own);
    }
    HfMeasure *copy = g_new(HfMeasure, 1);
    *copy = measure;
    g_hash_table_insert(metrics->values->pdata[arm], own, copy);
}

/* ---- intervals.csv: arm,metric,unit,replications,mean,half_width,least,greatest ---- */

static double number_or_nan(const char *field)
{
    return field[0] != '\0' ? g_ascii_strtod(field, NULL) : NAN;
}

static gboolean interval_row(guint line, char *const *fields, guint count, void *data,
                             GError **error)
{
    HfRunMetrics *metrics = data;
    if (count != 8) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "expected arm,metric,unit,replications and four numbers");
        return FALSE;
    }
    guint arm = GPOINTER_TO_UINT(g_hash_table_lookup(metrics->arm_ix, fields[0]));
    if (line == 1 || arm == 0) return TRUE;
    double half_width = number_or_nan(fields[5]);
    take(metrics, arm - 1, fields[1],
         (HfMeasure){number_or_nan(fields[4]), isfinite(half_width) ? half_width : 0});
    return TRUE;
}

/* ---- summary.json ---- */

typedef struct Target {
    HfRunMetrics *metrics;
    guint arm;
} Target;

static void one_value(const char *name, double value, void *data)
{
    const Target *target = data;
    take(target->metrics, target->arm, name, (HfMeasure){value, 0});
}

HfRunMetrics *hf_run_metrics_read(const char *dir, const GPtrArray *arms, GError **error)
{
    g_autoptr(HfRunMetrics) metrics = new_for(arms);
    g_autofree char *intervals = g_build_filename(dir, "intervals.csv", NULL);
    if (g_file_test(intervals, G_FILE_TEST_EXISTS)) {
        metrics->has_intervals = TRUE;
        if (!hf_csv_read(intervals, interval_row, metrics, error)) return NULL;
        return g_steal_pointer(&metrics);
    }
    for (guint a = 0; a < metrics->values->len; a++) {
        Target target = {metrics, a};
        g_autofree char *summary = g_build_filename(
            dir, arms != NULL ? (const char *)arms->pdata[a] : ".", "summary.json", NULL);
        if (!hf_summary_each(summary, one_value, &target, error)) return NULL;
    }
    return g_steal_pointer(&metrics);
}

gboolean hf_run_metrics_has_intervals(const HfRunMetrics *metrics)
{
    return metrics->has_intervals;
}

guint hf_run_metrics_arms(const HfRunMetrics *metrics)
{
    return metrics->values->len;
}

HfMeasure hf_run_metrics_get(const HfRunMetrics *metrics, guint arm, const char *name)
{
    const HfMeasure *measure = g_hash_table_lookup(metrics->values->pdata[arm], name);
    return measure != NULL ? *measure : (HfMeasure){NAN, 0};
}

GPtrArray *hf_run_metrics_named(const HfRunMetrics *metrics, const char *prefix, const char *suffix)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    gsize before = strlen(prefix), after = strlen(suffix);
    for (guint i = 0; i < metrics->names->len; i++) {
        const char *name = metrics->names->pdata[i];
        gsize size = strlen(name);
        if (size > before + after && g_str_has_prefix(name, prefix) &&
            g_str_has_suffix(name, suffix))
            g_ptr_array_add(found, g_strndup(name + before, size - before - after));
    }
    return found;
}
