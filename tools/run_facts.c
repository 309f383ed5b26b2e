/* One pass over each table. */
#include "tools/run_facts.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "tools/csv.h"

static gboolean refuse(GError **error, const char *what, const char *field)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: '%s'", what, field);
    return FALSE;
}

static gboolean number(const char *field, double *value_out, GError **error)
{
    char *end = NULL;
    double value = g_ascii_strtod(field, &end);
    if (end == field || *end != '\0') return refuse(error, "expected a number", field);
    *value_out = value;
    return TRUE;
}

static gboolean has_text(const GPtrArray *list, const char *text)
{
    for (guint i = 0; i < list->len; i++) {
        if (strcmp(list->pdata[i], text) == 0) return TRUE;
    }
    return FALSE;
}

static void add_distinct(GPtrArray *list, const char *text)
{
    if (!has_text(list, text)) g_ptr_array_add(list, g_strdup(text));
}

/* ---- timeseries.csv ---- */

static void clear_column(void *column)
{
    g_free(((HfColumnFacts *)column)->name);
    g_array_unref(((HfColumnFacts *)column)->bins);
}

static HfColumnFacts *column_at(const HfSeriesFacts *facts, guint i)
{
    return &g_array_index(facts->columns, HfColumnFacts, i);
}

static gboolean series_header(char *const *fields, guint count, HfSeriesFacts *facts,
                              GError **error)
{
    if (strcmp(fields[0], "time_s") != 0)
        return refuse(error, "expected the first column to be time_s", fields[0]);
    for (guint i = 0; i < count; i++) {
        HfColumnFacts column = {.name = g_strdup(fields[i]),
                                .minimum = INFINITY,
                                .maximum = -INFINITY,
                                .bins = g_array_new(FALSE, FALSE, sizeof(double))};
        column.is_count =
            g_str_has_prefix(fields[i], "offers_") && strcmp(fields[i], "offers_outstanding") != 0;
        g_array_append_val(facts->columns, column);
    }
    return TRUE;
}

/* All bins are full: join them by twos, so that each holds twice as many rows. */
static void halve_bins(HfSeriesFacts *facts)
{
    guint half = facts->bin_ends->len / 2;
    for (guint b = 0; b < half; b++)
        g_array_index(facts->bin_ends, double, b) =
            g_array_index(facts->bin_ends, double, 2 * b + 1);
    g_array_set_size(facts->bin_ends, half);
    for (guint i = 0; i < facts->columns->len; i++) {
        GArray *bins = column_at(facts, i)->bins;
        for (guint b = 0; b < half; b++)
            g_array_index(bins, double, b) =
                g_array_index(bins, double, 2 * b) + g_array_index(bins, double, 2 * b + 1);
        g_array_set_size(bins, half);
    }
    facts->rows_per_bin *= 2;
}

/* Give the next row a place in the last bin, or in a new one. */
static void extend_bins(HfSeriesFacts *facts)
{
    double zero = 0;
    if (facts->rows % facts->rows_per_bin != 0) return;
    if (facts->bin_ends->len == HF_SERIES_BINS_MAX) {
        halve_bins(facts);
        if (facts->rows % facts->rows_per_bin != 0) return;
    }
    g_array_append_val(facts->bin_ends, zero);
    for (guint i = 0; i < facts->columns->len; i++)
        g_array_append_val(column_at(facts, i)->bins, zero);
}

static gboolean series_row(guint line, char *const *fields, guint count, void *data, GError **error)
{
    HfSeriesFacts *facts = data;
    if (line == 1) return series_header(fields, count, facts, error);
    double time;
    if (!number(fields[0], &time, error)) return FALSE;
    double gap = time - facts->end_s;
    if (!(gap > 0)) return refuse(error, "time_s does not grow", fields[0]);
    extend_bins(facts);
    guint bin = facts->bin_ends->len - 1;
    g_array_index(facts->bin_ends, double, bin) = time;
    for (guint i = 0; i < count; i++) {
        HfColumnFacts *column = column_at(facts, i);
        double value = NAN;
        if (fields[i][0] != '\0' && !number(fields[i], &value, error)) return FALSE;
        g_array_index(column->bins, double, bin) += column->is_count ? value : value * gap;
        if (isnan(value)) continue;
        column->minimum = MIN(column->minimum, value);
        column->maximum = MAX(column->maximum, value);
        column->sum += value;
    }
    facts->rows++;
    facts->end_s = time;
    return TRUE;
}

static void append_row(GString *table, const HfSeriesFacts *facts, double time, guint bin,
                       double width)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(table, "\n%s", g_ascii_formatd(text, sizeof text, "%.12g", time));
    for (guint i = 1; i < facts->columns->len; i++) {
        double mean = g_array_index(column_at(facts, i)->bins, double, bin) / width;
        g_string_append_printf(table, ",%s", g_ascii_formatd(text, sizeof text, "%.9g", mean));
    }
}

char *hf_series_facts_table(const HfSeriesFacts *facts)
{
    GString *table = g_string_new("time_s");
    for (guint i = 1; i < facts->columns->len; i++)
        g_string_append_printf(table, ",%s%s", column_at(facts, i)->name,
                               column_at(facts, i)->is_count ? "_per_s" : "");
    double start = 0;
    for (guint b = 0; b < facts->bin_ends->len; b++) {
        double end = g_array_index(facts->bin_ends, double, b);
        if (b == 0) append_row(table, facts, start, b, end - start);
        append_row(table, facts, (start + end) / 2, b, end - start);
        if (b + 1 == facts->bin_ends->len) append_row(table, facts, end, b, end - start);
        start = end;
    }
    g_string_append_c(table, '\n');
    return g_string_free(table, FALSE);
}

static int by_mean_share(const void *a, const void *b, void *data)
{
    g_autofree char *name_a = g_strconcat("share_", *(char *const *)a, NULL);
    g_autofree char *name_b = g_strconcat("share_", *(char *const *)b, NULL);
    double sum_a = hf_series_facts_column(data, name_a)->sum;
    double sum_b = hf_series_facts_column(data, name_b)->sum;
    if (sum_a != sum_b) return sum_a > sum_b ? -1 : 1;
    return strcmp(name_a, name_b);
}

static void find_names(HfSeriesFacts *facts)
{
    for (guint i = 0; i < facts->columns->len; i++) {
        const HfColumnFacts *column = column_at(facts, i);
        if (g_str_has_prefix(column->name, "share_")) {
            g_ptr_array_add(facts->roles, g_strdup(column->name + strlen("share_")));
        } else if (g_str_has_suffix(column->name, "_total") && column->maximum > 0) {
            gsize size = strlen(column->name) - strlen("_total");
            g_ptr_array_add(facts->resources, g_strndup(column->name, size));
        }
    }
    g_ptr_array_sort_with_data(facts->roles, by_mean_share, facts);
}

HfSeriesFacts *hf_series_facts_read(const char *path, GError **error)
{
    g_autoptr(HfSeriesFacts) facts = g_new0(HfSeriesFacts, 1);
    facts->columns = g_array_new(FALSE, TRUE, sizeof(HfColumnFacts));
    g_array_set_clear_func(facts->columns, clear_column);
    facts->bin_ends = g_array_new(FALSE, FALSE, sizeof(double));
    facts->rows_per_bin = 1;
    facts->resources = g_ptr_array_new_with_free_func(g_free);
    facts->roles = g_ptr_array_new_with_free_func(g_free);
    if (!hf_csv_read(path, series_row, facts, error)) return NULL;
    find_names(facts);
    return g_steal_pointer(&facts);
}

void hf_series_facts_free(HfSeriesFacts *facts)
{
    if (facts == NULL) return;
    g_array_unref(facts->columns);
    g_array_unref(facts->bin_ends);
    g_ptr_array_unref(facts->resources);
    g_ptr_array_unref(facts->roles);
    g_free(facts);
}

const HfColumnFacts *hf_series_facts_column(const HfSeriesFacts *facts, const char *name)
{
    for (guint i = 0; i < facts->columns->len; i++) {
        if (strcmp(column_at(facts, i)->name, name) == 0) return column_at(facts, i);
    }
    return NULL;
}

/* ---- waits.csv: quantile,wait_s,framework ---- */

static gboolean waits_row(guint line, char *const *fields, guint count, void *data, GError **error)
{
    HfWaitsFacts *facts = data;
    if (count != 3) return refuse(error, "expected quantile,wait_s,framework", fields[0]);
    if (line == 1) return TRUE;
    double wait;
    if (!number(fields[1], &wait, error)) return FALSE;
    if (wait > 0) {
        facts->smallest = facts->smallest > 0 ? MIN(facts->smallest, wait) : wait;
        facts->largest = MAX(facts->largest, wait);
    }
    /* Rows of one framework stand together, so the last name is nearly always the one. */
    guint known = facts->frameworks->len;
    if (known > 0 && strcmp(facts->frameworks->pdata[known - 1], fields[2]) == 0) return TRUE;
    if (strcmp(fields[2], "all") == 0 && !has_text(facts->frameworks, "all"))
        g_ptr_array_insert(facts->frameworks, 0, g_strdup("all"));
    else
        add_distinct(facts->frameworks, fields[2]);
    return TRUE;
}

HfWaitsFacts *hf_waits_facts_read(const char *path, GError **error)
{
    g_autoptr(HfWaitsFacts) facts = g_new0(HfWaitsFacts, 1);
    facts->frameworks = g_ptr_array_new_with_free_func(g_free);
    if (!hf_csv_read(path, waits_row, facts, error)) return NULL;
    return g_steal_pointer(&facts);
}

void hf_waits_facts_free(HfWaitsFacts *facts)
{
    if (facts == NULL) return;
    g_ptr_array_unref(facts->frameworks);
    g_free(facts);
}

/* ---- arms.csv: arm,resource,allocated,used,offered,reserved_idle ---- */

typedef struct ArmsRead {
    HfArmsFacts *facts;
    GPtrArray *all_resources; /* those of nothing too */
} ArmsRead;

static gboolean arms_row(guint line, char *const *fields, guint count, void *data, GError **error)
{
    ArmsRead *read = data;
    if (count != 6) return refuse(error, "expected arm,resource and four numbers", fields[0]);
    if (line == 1) return TRUE;
    add_distinct(read->facts->arms, fields[0]);
    add_distinct(read->all_resources, fields[1]);
    for (guint i = 2; i < count; i++) {
        double value;
        if (!number(fields[i], &value, error)) return FALSE;
        /* What no percentage would show is nothing; what is only offered is not held either. */
        gboolean is_offered = i == 4;
        if (!is_offered && value >= 0.005) add_distinct(read->facts->resources, fields[1]);
    }
    return TRUE;
}

HfArmsFacts *hf_arms_facts_read(const char *path, GError **error)
{
    g_autoptr(HfArmsFacts) facts = g_new0(HfArmsFacts, 1);
    g_autoptr(GPtrArray) all_resources = g_ptr_array_new_with_free_func(g_free);
    facts->arms = g_ptr_array_new_with_free_func(g_free);
    facts->resources = g_ptr_array_new_with_free_func(g_free);
    ArmsRead read = {facts, all_resources};
    if (!hf_csv_read(path, arms_row, &read, error)) return NULL;
    if (facts->resources->len == 0) {
        g_ptr_array_unref(facts->resources);
        facts->resources = g_steal_pointer(&all_resources);
    }
    return g_steal_pointer(&facts);
}

void hf_arms_facts_free(HfArmsFacts *facts)
{
    if (facts == NULL) return;
    g_ptr_array_unref(facts->arms);
    g_ptr_array_unref(facts->resources);
    g_free(facts);
}

/* ---- run.json and summary.json ---- */

/* The object at the top of a JSON file; borrowed from the parser. */
static JsonObject *load_object(JsonParser *parser, const char *path, GError **error)
{
    if (!json_parser_load_from_file(parser, path, error)) return NULL;
    JsonNode *root = json_parser_get_root(parser);
    if (root != NULL && JSON_NODE_HOLDS_OBJECT(root)) return json_node_get_object(root);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no JSON object", path);
    return NULL;
}

char *hf_run_json_string(const char *path, const char *member, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = load_object(parser, path, error);
    if (object == NULL) return NULL;
    JsonNode *node = json_object_get_member(object, member);
    if (node == NULL || json_node_get_value_type(node) != G_TYPE_STRING) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no string \"%s\"", path, member);
        return NULL;
    }
    return g_strdup(json_node_get_string(node));
}

gboolean hf_summary_each(const char *path, HfMetricSink one, void *data, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = load_object(parser, path, error);
    if (object == NULL) return FALSE;
    JsonNode *list = json_object_get_member(object, "metrics");
    JsonArray *metrics =
        list != NULL && JSON_NODE_HOLDS_ARRAY(list) ? json_node_get_array(list) : NULL;
    for (guint i = 0; metrics != NULL && i < json_array_get_length(metrics); i++) {
        JsonNode *node = json_array_get_element(metrics, i);
        if (!JSON_NODE_HOLDS_OBJECT(node)) continue;
        JsonObject *metric = json_node_get_object(node);
        const char *name = json_object_get_string_member_with_default(metric, "name", NULL);
        if (name != NULL)
            one(name, json_object_get_double_member_with_default(metric, "value", NAN), data);
    }
    return TRUE;
}

/* The metric that is looked for. */
typedef struct Wanted {
    const char *name;
    double value;
    gboolean is_found;
} Wanted;

static void look_at(const char *name, double value, void *data)
{
    Wanted *wanted = data;
    if (wanted->is_found || strcmp(name, wanted->name) != 0) return;
    wanted->value = value;
    wanted->is_found = TRUE;
}

gboolean hf_summary_metric(const char *path, const char *name, double *value_out, GError **error)
{
    Wanted wanted = {.name = name};
    if (!hf_summary_each(path, look_at, &wanted, error)) return FALSE;
    if (wanted.is_found) {
        *value_out = wanted.value;
        return TRUE;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no metric \"%s\"", path, name);
    return FALSE;
}
