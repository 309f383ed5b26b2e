/*
 * The figures of one run: those over time, from timeseries.csv, and those of how long something
 * took, from tables of quantiles.
 */
#include <math.h>
#include <string.h>

#include "tools/plot_figures.h"
#include "tools/plot_script.h"
#include "tools/run_facts.h"

/* Series with a name and colour of their own; the rest is faint. */
#define NAMED_MAX 10

static GString *series_variables(const HfPlotter *plotter, const HfSeriesFacts *facts)
{
    GString *script = g_string_new(NULL);
    hf_script_time_axis(script, facts->end_s, plotter->warm_up);
    return script;
}

/* FALSE when there is nothing to see: no task or reservation ever held any of it. */
static gboolean was_ever_held(const HfSeriesFacts *facts, const char *resource)
{
    static const char *const kinds[] = {"allocated", "used", "reserved_idle"};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *name = g_strdup_printf("%s_%s", resource, kinds[i]);
        const HfColumnFacts *column = hf_series_facts_column(facts, name);
        if (column != NULL && column->maximum > 0) return TRUE;
    }
    return FALSE;
}

static gboolean draw_utilization(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "utilization", NULL};
    for (guint i = 0; i < facts->resources->len; i++) {
        const char *resource = facts->resources->pdata[i];
        if (!was_ever_held(facts, resource)) {
            if (!plotter->globals->quiet)
                hf_cli_note("%s: nothing ever held any %s, so there is no figure of it",
                            plotter->dir, resource);
            continue;
        }
        g_autoptr(GString) variables = series_variables(plotter, facts);
        hf_script_text(variables, "resource", resource);
        g_autofree char *file = g_strconcat("utilization-", resource, NULL);
        g_autofree char *heading =
            g_strdup_printf("%s: utilization over time", hf_script_resource(resource));
        g_strdelimit(file, "/ '\"\\", '_');
        if (!hf_plotter_draw(plotter, file, heading, parts, variables, error)) return FALSE;
    }
    return TRUE;
}

static gboolean draw_shares(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "shares", NULL};
    if (facts->roles->len == 0) return TRUE;
    double highest = 0;
    for (guint i = 0; i < facts->roles->len; i++) {
        g_autofree char *name = g_strconcat("share_", (char *)facts->roles->pdata[i], NULL);
        highest = MAX(highest, hf_series_facts_column(facts, name)->maximum);
    }
    guint named = MIN(facts->roles->len, NAMED_MAX);
    g_autoptr(GString) variables = series_variables(plotter, facts);
    hf_script_words(variables, "roles", facts->roles, 0, named);
    hf_script_words(variables, "other_roles", facts->roles, named, G_MAXUINT - named);
    hf_script_number(variables, "other_count", facts->roles->len - named);
    double tic = hf_script_round_up(highest * 100 / 5); /* no more room than to the next tic */
    hf_script_number(variables, "share_top",
                     highest > 0 ? MIN(100, ceil(highest * 100 / tic) * tic) : 1);
    return hf_plotter_draw(plotter, "shares", "Dominant share by role", parts, variables, error);
}

static gboolean draw_offers(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    static const char *const fates[] = {"sent", "accepted", "declined", "rescinded", "expired"};
    const char *const parts[] = {"time", "offers", NULL};
    g_autoptr(GString) variables = series_variables(plotter, facts);
    for (size_t i = 0; i < G_N_ELEMENTS(fates); i++) {
        g_autofree char *column = g_strconcat("offers_", fates[i], NULL);
        g_autofree char *variable = g_strconcat("total_", fates[i], NULL);
        g_autofree char *total = hf_script_grouped(hf_series_facts_column(facts, column)->sum);
        hf_script_text(variables, variable, total);
    }
    hf_script_number(variables, "bins", facts->bin_ends->len);
    return hf_plotter_draw(plotter, "offers", "Offers by fate", parts, variables, error);
}

static gboolean draw_agents(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "agents", NULL};
    const HfColumnFacts *up = hf_series_facts_column(facts, "agents_up");
    double spread = up->maximum - up->minimum;
    double room = MAX(1, ceil(spread / 10));
    gboolean from_zero = spread == 0 || up->minimum - 2 * spread <= 0;
    g_autoptr(GString) variables = series_variables(plotter, facts);
    hf_script_text(variables, "agents_label",
                   from_zero ? "agents up" : "agents up (the axis does not begin at 0)");
    hf_script_number(variables, "agents_low", from_zero ? 0 : MAX(0, up->minimum - room));
    hf_script_number(variables, "agents_high",
                     from_zero ? MAX(1, up->maximum * 1.1) : up->maximum + room);
    return hf_plotter_draw(plotter, "agents", "Agents up", parts, variables, error);
}

static gboolean draw_tasks(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "tasks", NULL};
    g_autoptr(GString) variables = series_variables(plotter, facts);
    return hf_plotter_draw(plotter, "tasks", "Tasks running and waiting", parts, variables, error);
}

/* A figure of how many took at most so long: one table of quantiles by framework. */
typedef struct Quantiles {
    const char *table, *file, *heading;
    const char *x_label, *y_label;
    const char *nothing;  /* what to say when the table is empty; NULL = nothing */
    const char *left_out; /* metric: how many had come to no end with the run; NULL = none is */
} Quantiles;

static const Quantiles waits = {"waits.csv",
                                "waits",
                                "How long tasks waited",
                                "wait from submission to start",
                                "tasks that waited at most so long (%)",
                                "no task of a batch framework or service was started, so there "
                                "is no figure of waits",
                                "tasks.waiting_at_end"};
static const Quantiles relaunches = {
    "relaunch_times.csv",
    "relaunches",
    "How long stateful tasks were down",
    "from the end of a task that held a reservation or volume until its successor ran",
    "failures repaired after at most so long (%)",
    NULL,
    "stateful.waiting_at_end"};

/* What the figure's percentages are not of; "" when they are of all. Newly allocated. */
static char *left_out(const HfPlotter *plotter, const Quantiles *kind)
{
    double count = 0;
    g_autofree char *summary = g_build_filename(plotter->dir, "summary.json", NULL);
    if (!hf_summary_metric(summary, kind->left_out, &count, NULL) || !(count > 0))
        return g_strdup("");
    g_autofree char *text = hf_script_grouped(count);
    return g_strdup_printf(" \302\267 without the %s that still waited when the run ended", text);
}

static gboolean draw_quantiles(HfPlotter *plotter, const Quantiles *kind, GError **error)
{
    const char *const parts[] = {"waits", NULL};
    g_autofree char *path = g_build_filename(plotter->dir, kind->table, NULL);
    if (kind->nothing == NULL && !g_file_test(path, G_FILE_TEST_EXISTS)) return TRUE;
    g_autoptr(HfWaitsFacts) facts = hf_waits_facts_read(path, error);
    if (facts == NULL) return FALSE;
    if (facts->frameworks->len == 0) {
        if (kind->nothing != NULL && !plotter->globals->quiet)
            hf_cli_note("%s: %s", path, kind->nothing);
        return TRUE;
    }
    /* "all" beside a single framework would be the same line twice. */
    if (facts->frameworks->len == 2) g_ptr_array_remove_index(facts->frameworks, 0);
    guint named = MIN(facts->frameworks->len, NAMED_MAX);
    g_autofree char *data = g_strconcat("../", kind->table, NULL);
    g_autoptr(GString) variables = g_string_new(NULL);
    hf_script_text(variables, "data", data);
    hf_script_text(variables, "x_label", kind->x_label);
    hf_script_text(variables, "y_label", kind->y_label);
    hf_script_words(variables, "frameworks", facts->frameworks, 0, named);
    hf_script_words(variables, "other_frameworks", facts->frameworks, named, G_MAXUINT - named);
    hf_script_number(variables, "other_count", facts->frameworks->len - named);
    hf_script_wait_axis(variables, facts->smallest, facts->largest);
    g_autofree char *detail = left_out(plotter, kind);
    plotter->detail = detail;
    gboolean ok = hf_plotter_draw(plotter, kind->file, kind->heading, parts, variables, error);
    plotter->detail = "";
    return ok;
}

/* Only of a run in which there were any. */
static gboolean draw_volumes(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "volumes", NULL};
    const HfColumnFacts *volumes = hf_series_facts_column(facts, "volumes");
    if (volumes == NULL || !(volumes->maximum > 0)) return TRUE;
    if (hf_series_facts_column(facts, "orphaned_disk_mb") == NULL) return TRUE;
    g_autoptr(GString) variables = series_variables(plotter, facts);
    double largest = hf_series_facts_column(facts, "orphaned_disk_mb")->maximum, unit;
    hf_script_text(variables, "orphaned_unit", hf_script_size_unit(largest, &unit));
    hf_script_number(variables, "orphaned_mb", unit);
    hf_script_number(variables, "orphaned_top", largest / unit * 1.1);
    return hf_plotter_draw(plotter, "volumes",
                           largest > 0
                               ? "Persistent volumes, and what those hold that nobody would use"
                               : "Persistent volumes: at no time was there one nobody would use",
                           parts, variables, error);
}

/* What is really on the disks, beside what the master knows of; only where somebody wrote. */
static gboolean draw_disk(HfPlotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    static const char *const columns[] = {"real_volumes_mb",         "real_sandboxes_mb",
                                          "real_ended_sandboxes_mb", "real_paths_mb",
                                          "real_paths_left_mb",      "real_out_of_band_mb"};
    const char *const parts[] = {"time", "disk", NULL};
    g_autoptr(GPtrArray) drawn = g_ptr_array_new();
    double real = 0, accounted = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        const HfColumnFacts *column = hf_series_facts_column(facts, columns[i]);
        if (column == NULL || !(column->maximum > 0)) continue;
        g_ptr_array_add(drawn, (char *)columns[i]);
        real += column->maximum;
    }
    if (drawn->len == 0) return TRUE;
    const HfColumnFacts *allocated = hf_series_facts_column(facts, "disk_allocated");
    const HfColumnFacts *idle = hf_series_facts_column(facts, "disk_reserved_idle");
    gboolean has_disk = allocated != NULL && idle != NULL;
    if (has_disk) accounted = allocated->maximum + idle->maximum;
    g_autoptr(GString) variables = series_variables(plotter, facts);
    hf_script_number(variables, "has_disk", has_disk);
    hf_script_words(variables, "parts", drawn, 0, drawn->len);
    double above, below;
    hf_script_text(variables, "above_unit", hf_script_size_unit(MAX(real, accounted), &above));
    hf_script_text(variables, "below_unit", hf_script_size_unit(real, &below));
    hf_script_number(variables, "above_mb", above);
    hf_script_number(variables, "below_mb", below);
    return hf_plotter_draw(plotter, "disk",
                           "Disk: what the master accounts for, and what is really used", parts,
                           variables, error);
}

/* ---- a directory ---- */

static const char *missing_column(const HfSeriesFacts *facts)
{
    static const char *const needed[] = {"agents_up",        "tasks_running",   "tasks_waiting",
                                         "offers_sent",      "offers_accepted", "offers_declined",
                                         "offers_rescinded", "offers_expired"};
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (hf_series_facts_column(facts, needed[i]) == NULL) return needed[i];
    }
    return NULL;
}

static gboolean draw_series(HfPlotter *plotter, const char *path, GError **error)
{
    g_autoptr(HfSeriesFacts) facts = hf_series_facts_read(path, error);
    if (facts == NULL) return FALSE;
    const char *missing = missing_column(facts);
    if (missing != NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no column %s", path, missing);
        return FALSE;
    }
    if (facts->rows == 0) {
        if (!plotter->globals->quiet)
            hf_cli_note("%s: no rows, so there are no figures over time", path);
        return TRUE;
    }
    g_autofree char *table = hf_series_facts_table(facts);
    g_autofree char *table_path = g_build_filename(plotter->out_dir, "series.csv", NULL);
    if (!g_file_set_contents(table_path, table, -1, error)) return FALSE;
    g_autofree char *width = hf_script_time(g_array_index(facts->bin_ends, double, 0));
    g_autofree char *detail = g_strdup_printf(" \302\267 each point the mean of %s", width);
    plotter->detail = detail;
    gboolean ok = draw_utilization(plotter, facts, error) && draw_shares(plotter, facts, error) &&
                  draw_offers(plotter, facts, error) && draw_tasks(plotter, facts, error) &&
                  draw_agents(plotter, facts, error) && draw_volumes(plotter, facts, error) &&
                  draw_disk(plotter, facts, error);
    plotter->detail = "";
    return ok;
}

/* ---- stores out of band, from stores.csv ---- */

#define STORES_MAX 8 /* in one figure: those with most in them */

static double largest_of(const HfSeriesFacts *facts, const char *store, const char *what)
{
    g_autofree char *name = g_strconcat(store, what, NULL);
    const HfColumnFacts *column = hf_series_facts_column(facts, name);
    return column != NULL && column->maximum > 0 ? column->maximum : 0;
}

/* The same of what is drawn, the means of bins. */
static double largest_drawn(const HfSeriesFacts *facts, const char *store, const char *what)
{
    g_autofree char *name = g_strconcat(store, what, NULL);
    const HfColumnFacts *column = hf_series_facts_column(facts, name);
    double largest = 0, start = 0;
    for (guint b = 0; column != NULL && b < facts->bin_ends->len; b++) {
        double end = g_array_index(facts->bin_ends, double, b);
        double mean = g_array_index(column->bins, double, b) / (end - start);
        if (mean > largest) largest = mean;
        start = end;
    }
    return largest;
}

static double most_in(const HfSeriesFacts *facts, const char *store)
{
    return largest_of(facts, store, "_used_mb") + largest_of(facts, store, "_left_mb");
}

static int by_size(const void *a, const void *b, void *facts)
{
    double left = most_in(facts, *(char *const *)a), right = most_in(facts, *(char *const *)b);
    if (left != right) return left > right ? -1 : 1;
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the columns of each store that held anything begin with. */
static GPtrArray *stores_of(HfSeriesFacts *facts)
{
    static const char last[] = "_left_mb";
    GPtrArray *stores = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < facts->columns->len; i++) {
        const char *name = g_array_index(facts->columns, HfColumnFacts, i).name;
        if (!g_str_has_prefix(name, "store_") || !g_str_has_suffix(name, last)) continue;
        char *store = g_strndup(name, strlen(name) - strlen(last));
        g_ptr_array_add(stores, store);
        if (!(most_in(facts, store) > 0)) g_ptr_array_set_size(stores, (int)stores->len - 1);
    }
    g_ptr_array_sort_with_data(stores, by_size, facts);
    return stores;
}

static gboolean draw_stores_of(HfPlotter *plotter, HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "stores", NULL};
    g_autoptr(GPtrArray) stores = stores_of(facts);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    double size = 0, rate = 0, missing = 0, stalled = 0, unit;
    if (stores->len == 0) return TRUE;
    guint drawn = MIN(stores->len, STORES_MAX);
    for (guint i = 0; i < drawn; i++) {
        const char *store = stores->pdata[i];
        g_ptr_array_add(names, (char *)store + strlen("store_"));
        size = MAX(size, most_in(facts, store));
        rate = MAX(rate, largest_drawn(facts, store, "_moved_mb_per_s"));
        missing = MAX(missing, largest_drawn(facts, store, "_replicas_missing"));
        stalled = MAX(stalled, largest_drawn(facts, store, "_stalled"));
    }
    g_autofree char *table = hf_series_facts_table(facts);
    g_autofree char *path = g_build_filename(plotter->out_dir, "stores.csv", NULL);
    if (!g_file_set_contents(path, table, -1, error)) return FALSE;
    g_autoptr(GString) variables = series_variables(plotter, facts);
    hf_script_text(variables, "data", "stores.csv");
    hf_script_words(variables, "stores", stores, 0, drawn);
    hf_script_words(variables, "store_names", names, 0, drawn);
    hf_script_text(variables, "size_unit", hf_script_size_unit(size, &unit));
    hf_script_number(variables, "size_mb", unit);
    hf_script_number(variables, "most_mb", size / unit);
    hf_script_number(variables, "has_rates", rate > 0);
    hf_script_number(variables, "rate_top", rate);
    hf_script_number(variables, "missing_top", missing);
    hf_script_number(variables, "stalled_top", stalled);
    return hf_plotter_draw(plotter, "stores", "Stores out of band: what is in them, and what moves",
                           parts, variables, error);
}

/* Only of a run that had stores with something in them. */
static gboolean draw_stores(HfPlotter *plotter, GError **error)
{
    g_autofree char *path = g_build_filename(plotter->dir, "stores.csv", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) return TRUE;
    g_autoptr(HfSeriesFacts) facts = hf_series_facts_read(path, error);
    if (facts == NULL) return FALSE;
    return facts->rows == 0 || draw_stores_of(plotter, facts, error);
}

/* Of a run that is no arm: those of arms stand side by side. */
static gboolean draw_services(HfPlotter *plotter, GError **error)
{
    g_autoptr(HfRunMetrics) metrics = hf_run_metrics_read(plotter->dir, NULL, error);
    return metrics != NULL && hf_plot_services(plotter, NULL, metrics, error);
}

gboolean hf_plot_run(const HfPlotter *base, const char *dir, const char *arm, GError **error)
{
    HfPlotter plotter = *base;
    plotter.dir = dir;
    plotter.arm = arm;
    g_autofree char *series = g_build_filename(dir, "timeseries.csv", NULL);
    g_autofree char *summary = g_build_filename(dir, "summary.json", NULL);
    if (!hf_summary_metric(summary, "run.warm_up", &plotter.warm_up, error)) return FALSE;
    gboolean ok = hf_plotter_open(&plotter, error) && draw_series(&plotter, series, error) &&
                  draw_quantiles(&plotter, &waits, error) &&
                  draw_quantiles(&plotter, &relaunches, error) && draw_stores(&plotter, error) &&
                  (arm != NULL || draw_services(&plotter, error));
    g_free(plotter.out_dir);
    return ok;
}
