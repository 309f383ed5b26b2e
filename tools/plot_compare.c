/*
 * Figures that compare metrics: of services, by arm; and of arms. What is drawn is written beside
 * the figure as a table of its own, in the units of the figure.
 */
#include <math.h>
#include <string.h>

#include "tools/plot_figures.h"
#include "tools/plot_script.h"

#define BARS_MAX     48 /* in one panel: more could not be told apart */
#define SERVICES_MAX 24 /* with a name of their own */
#define PANELS_MAX   3
#define IDLE_LEAST   0.0005 /* of the total; less is no percentage */

static void append_number(GString *table, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(table, ",%s", g_ascii_formatd(text, sizeof text, "%.9g", value));
}

/* The table `figure`.csv beside the figure. */
static gboolean write_table(const HfPlotter *plotter, const char *figure, const GString *table,
                            GString *variables, GError **error)
{
    g_autofree char *name = g_strconcat(figure, ".csv", NULL);
    g_autofree char *path = g_build_filename(plotter->out_dir, name, NULL);
    hf_script_text(variables, "data", name);
    return g_file_set_contents(path, table->str, (gssize)table->len, error);
}

/* name = an array of numbers, or of texts. */
static void set_numbers(GString *script, const char *name, const double *values, guint count)
{
    g_string_append_printf(script, "array %s[%u]\n", name, count);
    for (guint i = 0; i < count; i++) {
        g_autofree char *element = g_strdup_printf("%s[%u]", name, i + 1);
        hf_script_number(script, element, values[i]);
    }
}

static void set_texts(GString *script, const char *name, const char *const *texts, guint count)
{
    g_string_append_printf(script, "array %s[%u]\n", name, count);
    for (guint i = 0; i < count; i++) {
        g_autofree char *element = g_strdup_printf("%s[%u]", name, i + 1);
        hf_script_text(script, element, texts[i]);
    }
}

static void set_arms(GString *script, const GPtrArray *arms)
{
    if (arms != NULL)
        hf_script_words(script, "arms", arms, 0, arms->len);
    else
        hf_script_text(script, "arms", "");
}

static const char *detail_of(const HfRunMetrics *metrics)
{
    return hf_run_metrics_has_intervals(metrics)
               ? " \302\267 means over replications, with their confidence intervals"
               : "";
}

/* ---- bars: services by arm ---- */

typedef struct BarPanel {
    const char *suffix; /* of the metric framework.NAME.suffix */
    const char *title;
} BarPanel;

typedef struct BarFigure {
    const char *file, *heading;
    const char *nothing; /* what to say when all is 0 */
    gboolean is_time;    /* s; else MB */
    BarPanel panels[2];
} BarFigure;

static const BarFigure unavailability = {
    "unavailability",
    "How long services were not whole",
    "every service had its quorum and all its instances all the time",
    TRUE,
    {{"unavailable", "some of it below its quorum"},
     {"below_target", "fewer instances than wanted"}}};
static const BarFigure copied = {
    "copied",
    "Data copied again and left behind",
    "no service copied anything",
    FALSE,
    {{"copied", "copied between instances"}, {"left_behind", "left on disks by those replaced"}}};

/* A service and what it is placed by. */
typedef struct Service {
    const char *name;
    double largest[2]; /* over the arms, in each panel */
    guint row;
} Service;

static HfMeasure bar(const HfRunMetrics *metrics, guint arm, const char *service,
                     const BarPanel *panel)
{
    g_autofree char *name = g_strdup_printf("framework.%s.%s", service, panel->suffix);
    return hf_run_metrics_get(metrics, arm, name);
}

static int by_largest(const void *a, const void *b)
{
    const Service *one = a, *other = b;
    for (int p = 0; p < 2; p++)
        if (one->largest[p] != other->largest[p])
            return one->largest[p] > other->largest[p] ? -1 : 1;
    return (one->row > other->row) - (one->row < other->row);
}

static GArray *services_of(const HfRunMetrics *metrics, const BarFigure *figure,
                           const GPtrArray *names)
{
    GArray *services = g_array_new(FALSE, TRUE, sizeof(Service));
    for (guint i = 0; i < names->len; i++) {
        Service service = {.name = names->pdata[i], .row = i};
        for (int p = 0; p < 2; p++) {
            for (guint a = 0; a < hf_run_metrics_arms(metrics); a++) {
                HfMeasure measure = bar(metrics, a, service.name, &figure->panels[p]);
                if (measure.mean > service.largest[p]) service.largest[p] = measure.mean;
            }
        }
        g_array_append_val(services, service);
    }
    g_array_sort(services, by_largest);
    return services;
}

/* The rows of one panel; the end of its axis, in its unit. */
static double append_panel(GString *table, const HfRunMetrics *metrics, const BarFigure *figure,
                           int p, guint panel, const GArray *services, guint count, double unit)
{
    guint arms = hf_run_metrics_arms(metrics);
    double end = 0;
    for (guint s = 0; s < count; s++) {
        const char *name = g_array_index(services, Service, s).name;
        for (guint a = 0; a < arms; a++) {
            HfMeasure measure = bar(metrics, a, name, &figure->panels[p]);
            if (isnan(measure.mean)) continue; /* this arm has no such service */
            double value = measure.mean / unit, half = measure.half_width / unit;
            g_string_append_printf(table, "%u,%u", panel, a + 1);
            append_number(table, s + 0.5 + ((double)a + 0.5 - arms / 2.0) * 0.8 / arms);
            append_number(table, value);
            append_number(table, MAX(value - half, 0));
            append_number(table, value + half);
            g_autofree char *label = figure->is_time ? hf_script_time_beside(measure.mean, unit)
                                                     : hf_script_size_short(measure.mean);
            g_string_append_printf(table, ",%s\n", label);
            end = MAX(end, value + half);
        }
    }
    return end > 0 ? end * 1.12 : 1;
}

static double largest_of(const GArray *services, int p)
{
    double largest = 0;
    for (guint i = 0; i < services->len; i++)
        largest = MAX(largest, g_array_index(services, Service, i).largest[p]);
    return largest;
}

/* Those with anything to show, which stand first. */
static guint count_shown(const GArray *services)
{
    guint count = 0;
    for (guint i = 0; i < services->len && i < SERVICES_MAX; i++) {
        const Service *service = &g_array_index(services, Service, i);
        if (service->largest[0] > 0 || service->largest[1] > 0) count = i + 1;
    }
    return count;
}

static gboolean draw_bars(HfPlotter *plotter, const GPtrArray *arms, const HfRunMetrics *metrics,
                          const BarFigure *figure, GError **error)
{
    const char *const parts[] = {"bars", NULL};
    g_autoptr(GPtrArray) names =
        hf_run_metrics_named(metrics, "framework.", ".unavailable"); /* services alone have it */
    if (names->len == 0) return TRUE;
    g_autoptr(GArray) services = services_of(metrics, figure, names);
    if (largest_of(services, 0) <= 0 && largest_of(services, 1) <= 0) {
        if (!plotter->globals->quiet)
            hf_cli_note("%s: %s, so there is no figure of it", plotter->dir, figure->nothing);
        return TRUE;
    }
    guint count = MIN(count_shown(services), MAX(1, BARS_MAX / hf_run_metrics_arms(metrics)));
    g_autoptr(GString) table = g_string_new("panel,arm,place,value,low,high,label\n");
    g_autoptr(GString) variables = g_string_new(NULL);
    g_autoptr(GString) service_places = g_string_new(NULL);
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    double ends[2];
    const char *titles[2], *units[2];
    guint panels = 0;
    for (int p = 0; p < 2; p++) {
        double unit = 1, largest = largest_of(services, p);
        if (largest <= 0) continue;
        units[panels] = figure->is_time ? hf_script_time_unit(largest, &unit)
                                        : hf_script_size_unit(largest, &unit);
        titles[panels] = figure->panels[p].title;
        ends[panels] = append_panel(table, metrics, figure, p, panels + 1, services, count, unit);
        panels++;
    }
    for (guint i = 0; i < count; i++) {
        g_ptr_array_add(chosen, (char *)g_array_index(services, Service, i).name);
        g_string_append_printf(service_places, "%s%u.5", i > 0 ? " " : "", i);
    }
    if (!write_table(plotter, figure->file, table, variables, error)) return FALSE;
    hf_script_number(variables, "panels", panels);
    set_texts(variables, "panel_title", titles, panels);
    set_texts(variables, "panel_unit", units, panels);
    set_numbers(variables, "panel_top", ends, panels);
    hf_script_words(variables, "services", chosen, 0, count);
    hf_script_text(variables, "service_places", service_places->str);
    hf_script_number(variables, "places", count);
    hf_script_number(variables, "bar", 0.8 / hf_run_metrics_arms(metrics));
    set_arms(variables, arms);
    hf_script_number(variables, "crowded", count * hf_run_metrics_arms(metrics) > 20);
    hf_script_number(variables, "more", services->len - count);
    plotter->detail = detail_of(metrics);
    gboolean ok = hf_plotter_draw(plotter, figure->file, figure->heading, parts, variables, error);
    plotter->detail = "";
    return ok;
}

gboolean hf_plot_services(HfPlotter *plotter, const GPtrArray *arms, const HfRunMetrics *metrics,
                          GError **error)
{
    return draw_bars(plotter, arms, metrics, &unavailability, error) &&
           draw_bars(plotter, arms, metrics, &copied, error);
}

/* ---- what is reserved and idle against the guarantee ---- */

/* How many came back on the same agent: of the tasks that held something reserved; where none did,
 * of all instances of services. */
static HfMeasure came_back(const HfRunMetrics *metrics, guint arm)
{
    HfMeasure stateful = hf_run_metrics_get(metrics, arm, "stateful.same_agent.ratio");
    if (!isnan(stateful.mean)) return stateful;
    return hf_run_metrics_get(metrics, arm, "relaunch.same_agent.ratio");
}

/* Of one resource: rows of the arms that have anything to show; the end of the axis, or 0. */
static double append_guarantee(GString *table, const HfRunMetrics *metrics, const char *resource,
                               guint panel)
{
    g_autofree char *name = g_strdup_printf("utilization.%s.reserved_idle", resource);
    double end = 0, most = 0;
    for (guint a = 0; a < hf_run_metrics_arms(metrics); a++) {
        HfMeasure idle = hf_run_metrics_get(metrics, a, name);
        HfMeasure same = came_back(metrics, a);
        if (isnan(idle.mean) || isnan(same.mean)) continue;
        g_string_append_printf(table, "%u,%u", panel, a + 1);
        append_number(table, 100 * idle.mean);
        append_number(table, 100 * idle.half_width);
        append_number(table, 100 * same.mean);
        append_number(table, 100 * same.half_width);
        g_string_append_c(table, '\n');
        most = MAX(most, idle.mean);
        end = MAX(end, 100 * (idle.mean + idle.half_width));
    }
    return most >= IDLE_LEAST ? end * 1.15 : 0;
}

gboolean hf_plot_guarantee(HfPlotter *plotter, const GPtrArray *arms, const HfRunMetrics *metrics,
                           GError **error)
{
    const char *const parts[] = {"guarantee", NULL};
    g_autoptr(GPtrArray) resources =
        hf_run_metrics_named(metrics, "utilization.", ".reserved_idle");
    g_autoptr(GString) table = g_string_new("panel,arm,idle,idle_half,same,same_half\n");
    g_autoptr(GString) variables = g_string_new(NULL);
    double ends[PANELS_MAX];
    const char *titles[PANELS_MAX];
    guint panels = 0;
    for (guint i = 0; i < resources->len && panels < PANELS_MAX; i++) {
        const char *resource = resources->pdata[i];
        g_autoptr(GString) rows = g_string_new(NULL);
        ends[panels] = append_guarantee(rows, metrics, resource, panels + 1);
        if (ends[panels] <= 0) continue;
        g_string_append(table, rows->str);
        titles[panels++] = hf_script_resource(resource);
    }
    if (panels == 0) return TRUE; /* nobody reserved, or nothing was launched again */
    if (!write_table(plotter, "guarantee", table, variables, error)) return FALSE;
    hf_script_number(variables, "panels", panels);
    set_texts(variables, "panel_title", titles, panels);
    set_numbers(variables, "panel_top", ends, panels);
    set_arms(variables, arms);
    plotter->detail = detail_of(metrics);
    gboolean ok = hf_plotter_draw(plotter, "guarantee", "What coming back on the same agent costs",
                                  parts, variables, error);
    plotter->detail = "";
    return ok;
}
