/* The figure of how long a service should wait before it rebuilds elsewhere: from crossover.csv. */
#include <math.h>
#include <string.h>

#include "tools/csv.h"
#include "tools/plot_figures.h"
#include "tools/plot_script.h"

#define CURVES_MAX 3 /* panels side by side */
#define FIELDS     11

/* The arms of one curve, in order of their waits. */
typedef struct Curve {
    char *title;
    GString *tics;
    GArray *waits; /* of double: s */
    double crossover, half_width, cost;
} Curve;

typedef struct Row {
    guint panel, place;
    double missing, missing_half, copying, copying_half;
} Row;

typedef struct Table {
    GPtrArray *curves;        /* Curve * */
    GArray *rows;             /* Row */
    char *framework, *others; /* of the last row */
    double largest;           /* s, of both costs together */
} Table;

static void free_curve(void *data)
{
    Curve *curve = data;
    g_free(curve->title);
    g_string_free(curve->tics, TRUE);
    g_array_unref(curve->waits);
    g_free(curve);
}

/* NAN where the field is empty. */
static double number(const char *field)
{
    return field[0] != '\0' ? g_ascii_strtod(field, NULL) : NAN;
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static void begin_curve(Table *table, char *const *fields)
{
    Curve *curve = g_new0(Curve, 1);
    curve->title = fields[1][0] != '\0' ? g_strdup_printf("%s, %s", fields[0], fields[1])
                                        : g_strdup(fields[0]);
    curve->tics = g_string_new(NULL);
    curve->waits = g_array_new(FALSE, FALSE, sizeof(double));
    curve->crossover = number(fields[8]);
    curve->half_width = number(fields[9]);
    curve->cost = number(fields[10]);
    g_ptr_array_add(table->curves, curve);
    g_free(table->framework);
    g_free(table->others);
    table->framework = g_strdup(fields[0]);
    table->others = g_strdup(fields[1]);
}

static gboolean crossover_row(guint line, char *const *fields, guint count, void *data,
                              GError **error)
{
    Table *table = data;
    if (count != FIELDS) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "expected %d columns, got %u", FIELDS,
                    count);
        return FALSE;
    }
    if (line == 1) return TRUE;
    if (table->curves->len == 0 || strcmp(fields[0], table->framework) != 0 ||
        strcmp(fields[1], table->others) != 0)
        begin_curve(table, fields);
    Curve *curve = table->curves->pdata[table->curves->len - 1];
    double wait = number(fields[3]);
    Row row = {.panel = table->curves->len,
               .place = curve->waits->len,
               .missing = or_zero(number(fields[4])),
               .missing_half = or_zero(number(fields[5])),
               .copying = or_zero(number(fields[6])),
               .copying_half = or_zero(number(fields[7]))};
    g_autofree char *label = isinf(wait) ? g_strdup("for ever")
                             : wait == 0 ? g_strdup("none")
                                         : hf_script_time_short(wait);
    g_string_append_printf(curve->tics, "%s\"%s\" %u", row.place > 0 ? ", " : "", label, row.place);
    g_array_append_val(curve->waits, wait);
    g_array_append_val(table->rows, row);
    table->largest = MAX(table->largest, row.missing + row.copying);
    return TRUE;
}

/* Where a wait lies among those of the curve, which are evenly spaced. */
static double place_of(const Curve *curve, double wait)
{
    for (guint i = 1; i < curve->waits->len; i++) {
        double low = g_array_index(curve->waits, double, i - 1);
        double high = g_array_index(curve->waits, double, i);
        if (wait >= low && wait <= high && isfinite(high))
            return i - 1 + (wait - low) / (high - low);
    }
    return NAN;
}

static char *crossover_label(const Curve *curve)
{
    if (isnan(curve->crossover)) return g_strdup("");
    g_autofree char *wait = hf_script_time_short(curve->crossover);
    if (isnan(curve->half_width)) return g_steal_pointer(&wait);
    g_autofree char *half = hf_script_time_short(curve->half_width);
    return g_strdup_printf("%s \302\261 %s", wait, half);
}

static void set_element(GString *script, const char *array, guint i, double value)
{
    g_autofree char *element = g_strdup_printf("%s[%u]", array, i + 1);
    if (isnan(value))
        g_string_append_printf(script, "%s = NaN\n", element);
    else
        hf_script_number(script, element, value);
}

static void set_text_element(GString *script, const char *array, guint i, const char *text)
{
    g_autofree char *element = g_strdup_printf("%s[%u]", array, i + 1);
    hf_script_text(script, element, text);
}

static gboolean draw(HfPlotter *plotter, const Table *table, GError **error)
{
    const char *const parts[] = {"crossover", NULL};
    guint panels = MIN(table->curves->len, CURVES_MAX);
    double unit;
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(GString) rows = g_string_new("panel,x,missing,missing_half,copying,copying_half\n");
    hf_script_text(script, "data", "crossover.csv");
    hf_script_text(script, "cost_unit", hf_script_time_unit(table->largest, &unit));
    hf_script_number(script, "panels", panels);
    static const char *const arrays[] = {"panel_title", "panel_tics", "panel_end",
                                         "cross_x",     "cross_y",    "cross_label"};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_string_append_printf(script, "array %s[%u]\n", arrays[i], panels);
    for (guint p = 0; p < panels; p++) {
        const Curve *curve = table->curves->pdata[p];
        g_autofree char *label = crossover_label(curve);
        set_text_element(script, "panel_title", p, curve->title);
        set_text_element(script, "panel_tics", p, curve->tics->str);
        set_element(script, "panel_end", p, curve->waits->len - 1);
        set_element(script, "cross_x", p, place_of(curve, curve->crossover));
        set_element(script, "cross_y", p, curve->cost / unit);
        set_text_element(script, "cross_label", p, label);
    }
    for (guint i = 0; i < table->rows->len; i++) {
        const Row *row = &g_array_index(table->rows, Row, i);
        const double values[] = {row->missing / unit, row->missing_half / unit, row->copying / unit,
                                 row->copying_half / unit};
        g_string_append_printf(rows, "%u,%u", row->panel, row->place);
        for (size_t k = 0; k < G_N_ELEMENTS(values); k++) {
            char text[G_ASCII_DTOSTR_BUF_SIZE];
            g_string_append_printf(rows, ",%s",
                                   g_ascii_formatd(text, sizeof text, "%.9g", values[k]));
        }
        g_string_append_c(rows, '\n');
    }
    g_autofree char *path = g_build_filename(plotter->out_dir, "crossover.csv", NULL);
    return g_file_set_contents(path, rows->str, (gssize)rows->len, error) &&
           hf_plotter_draw(plotter, "crossover", "Wait for the data, or rebuild it elsewhere?",
                           parts, script, error);
}

gboolean hf_plot_crossover(HfPlotter *plotter, GError **error)
{
    g_autofree char *path = g_build_filename(plotter->dir, "crossover.csv", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) return TRUE;
    Table table = {.curves = g_ptr_array_new_with_free_func(free_curve),
                   .rows = g_array_new(FALSE, FALSE, sizeof(Row))};
    gboolean ok = hf_csv_read(path, crossover_row, &table, error) &&
                  (table.curves->len == 0 || draw(plotter, &table, error));
    g_ptr_array_unref(table.curves);
    g_array_unref(table.rows);
    g_free(table.framework);
    g_free(table.others);
    return ok;
}
