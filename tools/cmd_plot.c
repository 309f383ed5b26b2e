/*
 * `holdfast plot DIR`: draws the figures of a run directory with gnuplot.
 *
 * A figure is a file of plots/. What a script cannot find out by itself (names of roles, spans,
 * where tics fall) is written in front of it as variables, after the look that all share; the whole
 * script is kept beside the figure. Drawing reads only the tables of the run directory.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/paths.h"
#include "tools/run_facts.h"

#define NAMED_MAX 10 /* series with a name and colour of their own; the rest is faint */

typedef struct PlotOptions {
    int terminal; /* index into terminals */
} PlotOptions;

static const struct {
    const char *name, *setting;
} terminals[] = {
    {"svg", "svg size 1200,700 noenhanced font 'Helvetica,Arial,sans-serif,15' background 'white'"},
    {"png", "pngcairo size 1200,700 noenhanced font 'sans,13' background 'white'"},
    {"pdf", "pdfcairo size 12in,7in noenhanced font 'sans,15' background 'white'"},
};

static const HfOption plot_options[] = {{"term", 't', HF_OPTION_CHOICE, "svg|png|pdf",
                                         "form of the figures (default svg)",
                                         offsetof(PlotOptions, terminal)},
                                        {0}};

/* All that drawing one directory needs, and what it has drawn. */
typedef struct Plotter {
    const char *gnuplot;        /* path of the program */
    const char *plots;          /* directory of the scripts */
    const char *dir;            /* the run directory */
    const char *scenario, *arm; /* arm NULL: the run has none */
    char *out_dir;              /* dir/plots */
    double warm_up;             /* s, of the run being drawn */
    const char *detail; /* how the points came about, for the line below the heading; or "" */
    int terminal;
    JsonBuilder *drawn; /* an open array of objects */
    const HfGlobals *globals;
} Plotter;

/* ---- text of a script ---- */

/* 'text' as gnuplot's single-quoted string, where nothing but the quote itself is special. */
static void set_text(GString *script, const char *name, const char *text)
{
    g_string_append_printf(script, "%s = '", name);
    for (; *text != '\0'; text++) {
        if (*text == '\'') g_string_append_c(script, '\'');
        g_string_append_c(script, *text == '\n' ? ' ' : *text);
    }
    g_string_append(script, "'\n");
}

static void set_number(GString *script, const char *name, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(script, "%s = %s\n", name,
                           g_ascii_formatd(buffer, sizeof buffer, "%.12g", value));
}

/* The names from `first` on, `count` of them, as one string of words. */
static void set_words(GString *script, const char *name, const GPtrArray *list, guint first,
                      guint count)
{
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = first; i < list->len && i < first + count; i++)
        g_string_append_printf(words, "%s%s", i > first ? " " : "", (char *)list->pdata[i]);
    set_text(script, name, words->str);
}

static const char *resource_label(const char *resource)
{
    static const char *const labels[][2] = {
        {"cpus", "CPUs"}, {"mem", "Memory"}, {"disk", "Disk"}, {"gpus", "GPUs"}};
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (strcmp(labels[i][0], resource) == 0) return labels[i][1];
    }
    return resource;
}

/* ---- the time axis ---- */

typedef struct TimeAxis {
    const char *unit;
    double scale, up_to; /* seconds in one unit; the longest span in s it is used for */
    double tics[10];     /* candidates in units, ascending, ended by 0 */
} TimeAxis;

/* The tic so that at most 12 fit; 0 = none of the candidates: let gnuplot choose. */
static double time_tic(const TimeAxis *axis, double span)
{
    for (const double *tic = axis->tics; *tic != 0; tic++) {
        if (span / axis->scale / *tic <= 12) return *tic;
    }
    return 0;
}

static const TimeAxis axes[] = {
    {"seconds", 1, 180, {1, 2, 5, 10, 15, 20, 30}},
    {"minutes", 60, 3 * 3600, {1, 2, 5, 10, 15, 20, 30}},
    {"hours", 3600, 4 * 86400, {1, 2, 3, 4, 6, 12, 24}},
    {"days", 86400, INFINITY, {1, 2, 5, 7, 14, 30, 60, 90, 180}},
};

static const TimeAxis *time_axis(double span)
{
    const TimeAxis *axis = axes;
    while (span > axis->up_to) axis++;
    return axis;
}

/* A length of time for people: "90 seconds" is "1.5 minutes", and one is singular. */
static char *time_text(double seconds)
{
    size_t i = G_N_ELEMENTS(axes) - 1;
    while (i > 0 && seconds < axes[i].scale) i--;
    char *text = g_strdup_printf("%.3g %s", seconds / axes[i].scale, axes[i].unit);
    if (seconds == axes[i].scale) text[strlen(text) - 1] = '\0';
    return text;
}

static void set_series(GString *script, const HfSeriesFacts *facts, double warm_up)
{
    double span = MAX(facts->end_s, 1e-9);
    const TimeAxis *axis = time_axis(span);
    set_text(script, "data", "series.csv");
    set_text(script, "time_unit", axis->unit);
    set_number(script, "time_scale", axis->scale);
    set_number(script, "time_end", span / axis->scale);
    set_number(script, "warm_up", warm_up / axis->scale);
    set_number(script, "time_tic", span < 3 ? 0 : time_tic(axis, span));
}

/* ---- drawing ---- */

static gboolean append_part(GString *script, const char *plots, const char *name, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.gp", plots, name);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error)) return FALSE;
    g_string_append_printf(script, "\n# ---- %s.gp\n%s", name, text);
    return TRUE;
}

/* The script draws into `figure`; here it is told to draw into `figure`.part. */
static gboolean run_gnuplot(const Plotter *plotter, const char *script_name, const char *figure,
                            GError **error)
{
    g_autofree char *setting = g_strdup_printf("output = '%s.part'", figure);
    char *argv[] = {(char *)plotter->gnuplot, "-e", setting, (char *)script_name, NULL};
    g_autofree char *complaints = NULL;
    int status = 0;
    if (!g_spawn_sync(plotter->out_dir, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                      &complaints, &status, error))
        return FALSE;
    if (g_spawn_check_wait_status(status, NULL)) return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "gnuplot failed on %s/%s: %s",
                plotter->out_dir, script_name, g_strstrip(complaints));
    return FALSE;
}

static void add_drawn(Plotter *plotter, const char *path, const char *script_path)
{
    json_builder_begin_object(plotter->drawn);
    hf_json_string(plotter->drawn, "figure", path);
    hf_json_string(plotter->drawn, "script", script_path);
    json_builder_end_object(plotter->drawn);
    if (plotter->globals->format == HF_FORMAT_TEXT) printf("%s\n", path);
}

/*
 * Draw one figure: `parts` are the files of plots/ to use after common.gp, `file` the name of the
 * figure without suffix, `variables` what they need. The figure gets its name only when it is
 * whole.
 */
static gboolean draw(Plotter *plotter, const char *file, const char *heading,
                     const char *const *parts, const GString *variables, GError **error)
{
    g_autoptr(GString) script =
        g_string_new("# Drawn by 'holdfast plot'. To draw it again: gnuplot ");
    const char *suffix = terminals[plotter->terminal].name;
    g_autofree char *figure = g_strdup_printf("%s.%s", file, suffix);
    g_autofree char *script_name = g_strdup_printf("%s.gp", file);
    g_string_append_printf(script,
                           "%s (in this directory)\nset terminal %s\n"
                           "if (!exists('output')) output = '%s'\nset output output\n",
                           script_name, terminals[plotter->terminal].setting, figure);
    g_autofree char *below = g_strdup_printf(
        "scenario %s%s%s%s", plotter->scenario, plotter->arm != NULL ? ", arm " : "",
        plotter->arm != NULL ? plotter->arm : "", plotter->detail);
    set_text(script, "heading", heading);
    set_text(script, "subheading", below);
    g_string_append(script, variables->str);
    if (!append_part(script, plotter->plots, "common", error)) return FALSE;
    for (; *parts != NULL; parts++) {
        if (!append_part(script, plotter->plots, *parts, error)) return FALSE;
    }
    g_string_append_printf(script, "\nset output\n");

    g_autofree char *script_path = g_build_filename(plotter->out_dir, script_name, NULL);
    g_autofree char *path = g_build_filename(plotter->out_dir, figure, NULL);
    g_autofree char *part_path = g_strconcat(path, ".part", NULL);
    if (!g_file_set_contents(script_path, script->str, (gssize)script->len, error)) return FALSE;
    if (!run_gnuplot(plotter, script_name, figure, error)) {
        g_unlink(part_path);
        return FALSE;
    }
    if (g_rename(part_path, path) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    add_drawn(plotter, path, script_path);
    return TRUE;
}

/* ---- the figures ---- */

static GString *series_variables(const Plotter *plotter, const HfSeriesFacts *facts)
{
    GString *script = g_string_new(NULL);
    set_series(script, facts, plotter->warm_up);
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

static gboolean draw_utilization(Plotter *plotter, const HfSeriesFacts *facts, GError **error)
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
        set_text(variables, "resource", resource);
        g_autofree char *file = g_strconcat("utilization-", resource, NULL);
        g_autofree char *heading =
            g_strdup_printf("%s: utilization over time", resource_label(resource));
        g_strdelimit(file, "/ '\"\\", '_');
        if (!draw(plotter, file, heading, parts, variables, error)) return FALSE;
    }
    return TRUE;
}

/* The least of 1, 2, 5 times a power of ten that is not below `value` (> 0). */
static double round_up(double value)
{
    double power = pow(10, floor(log10(value)));
    if (value <= power) return power;
    if (value <= 2 * power) return 2 * power;
    return value <= 5 * power ? 5 * power : 10 * power;
}

static gboolean draw_shares(Plotter *plotter, const HfSeriesFacts *facts, GError **error)
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
    set_words(variables, "roles", facts->roles, 0, named);
    set_words(variables, "other_roles", facts->roles, named, G_MAXUINT - named);
    set_number(variables, "other_count", facts->roles->len - named);
    set_number(variables, "share_top", highest > 0 ? MIN(100, round_up(highest * 100)) : 1);
    return draw(plotter, "shares", "Dominant share by role", parts, variables, error);
}

/* A whole number with its thousands apart: 1,234,567. */
static char *grouped(double value)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%.0f", value);
    for (gssize at = (gssize)text->len - 3; at > 0; at -= 3) g_string_insert_c(text, at, ',');
    return g_string_free(text, FALSE);
}

static gboolean draw_offers(Plotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    static const char *const fates[] = {"sent", "accepted", "declined", "rescinded", "expired"};
    const char *const parts[] = {"time", "offers", NULL};
    g_autoptr(GString) variables = series_variables(plotter, facts);
    for (size_t i = 0; i < G_N_ELEMENTS(fates); i++) {
        g_autofree char *column = g_strconcat("offers_", fates[i], NULL);
        g_autofree char *variable = g_strconcat("total_", fates[i], NULL);
        g_autofree char *total = grouped(hf_series_facts_column(facts, column)->sum);
        set_text(variables, variable, total);
    }
    return draw(plotter, "offers", "Offers by fate", parts, variables, error);
}

static gboolean draw_agents(Plotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "agents", NULL};
    const HfColumnFacts *up = hf_series_facts_column(facts, "agents_up");
    double spread = up->maximum - up->minimum;
    double room = MAX(1, ceil(spread / 10));
    gboolean from_zero = spread == 0 || up->minimum - 2 * spread <= 0;
    g_autoptr(GString) variables = series_variables(plotter, facts);
    set_text(variables, "agents_label",
             from_zero ? "agents up" : "agents up (the axis does not begin at 0)");
    set_number(variables, "agents_low", from_zero ? 0 : MAX(0, up->minimum - room));
    set_number(variables, "agents_high",
               from_zero ? MAX(1, up->maximum * 1.1) : up->maximum + room);
    return draw(plotter, "agents", "Agents up", parts, variables, error);
}

static gboolean draw_tasks(Plotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "tasks", NULL};
    g_autoptr(GString) variables = series_variables(plotter, facts);
    return draw(plotter, "tasks", "Tasks running and waiting", parts, variables, error);
}

/* Tics people read a wait by, from 1 us up. */
static void set_wait_tics(GString *script, double low, double high)
{
    static const struct {
        const char *label;
        double seconds;
    } tics[] = {
        {"1 us", 1e-6},  {"10 us", 1e-5}, {"100 us", 1e-4}, {"1 ms", 1e-3},
        {"10 ms", 0.01}, {"100 ms", 0.1}, {"1 s", 1},       {"10 s", 10},
        {"1 min", 60},   {"10 min", 600}, {"1 h", 3600},    {"10 h", 36000},
        {"1 d", 86400},  {"10 d", 864e3}, {"100 d", 864e4}, {"1000 d", 864e5},
    };
    g_autoptr(GString) list = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tics); i++) {
        if (tics[i].seconds < low * 0.999 || tics[i].seconds > high * 1.001) continue;
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(list, "%s\"%s\" %s", list->len > 0 ? ", " : "", tics[i].label,
                               g_ascii_formatd(buffer, sizeof buffer, "%g", tics[i].seconds));
    }
    set_text(script, "wait_tics", list->str);
}

/* The axis for waits of which the positive ones lie between these two; 0 = none is positive. */
static void set_wait_axis(GString *script, double smallest, double largest)
{
    double low = smallest > 0 ? pow(10, floor(log10(MAX(smallest, 1e-6)))) : 1e-3;
    double high = MAX(largest * 1.3, low * 100);
    set_number(script, "wait_low", low);
    set_number(script, "wait_high", high);
    set_wait_tics(script, low, high);
}

/* A figure of how many took at most so long: one table of quantiles by framework. */
typedef struct Quantiles {
    const char *table, *file, *heading;
    const char *x_label, *y_label;
    const char *nothing; /* what to say when the table is empty; NULL = nothing */
} Quantiles;

static const Quantiles waits = {"waits.csv",
                                "waits",
                                "How long tasks waited",
                                "wait from submission to start",
                                "tasks that waited at most so long (%)",
                                "no task was started, so there is no figure of waits"};
static const Quantiles relaunches = {
    "relaunch_times.csv",
    "relaunches",
    "How long stateful tasks were down",
    "from the end of a task that held a reservation or volume until its successor ran",
    "failures repaired after at most so long (%)",
    NULL};

static gboolean draw_quantiles(Plotter *plotter, const Quantiles *kind, GError **error)
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
    set_text(variables, "data", data);
    set_text(variables, "x_label", kind->x_label);
    set_text(variables, "y_label", kind->y_label);
    set_words(variables, "frameworks", facts->frameworks, 0, named);
    set_words(variables, "other_frameworks", facts->frameworks, named, G_MAXUINT - named);
    set_number(variables, "other_count", facts->frameworks->len - named);
    set_wait_axis(variables, facts->smallest, facts->largest);
    return draw(plotter, kind->file, kind->heading, parts, variables, error);
}

/* Only of a run in which there were any. */
static gboolean draw_volumes(Plotter *plotter, const HfSeriesFacts *facts, GError **error)
{
    const char *const parts[] = {"time", "volumes", NULL};
    const HfColumnFacts *volumes = hf_series_facts_column(facts, "volumes");
    if (volumes == NULL || !(volumes->maximum > 0)) return TRUE;
    g_autoptr(GString) variables = series_variables(plotter, facts);
    set_number(variables, "orphaned_top",
               MAX(1, hf_series_facts_column(facts, "volumes_orphaned")->maximum * 1.1));
    return draw(plotter, "volumes", "Persistent volumes, and those nobody would use", parts,
                variables, error);
}

static gboolean draw_arms(Plotter *plotter, const HfArmsFacts *facts, GError **error)
{
    const char *const parts[] = {"arms", NULL};
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    for (guint i = 0; i < facts->resources->len; i++)
        g_ptr_array_add(labels, (char *)resource_label(facts->resources->pdata[i]));
    g_autoptr(GString) variables = g_string_new(NULL);
    set_text(variables, "data", "../arms.csv");
    set_words(variables, "arms", facts->arms, 0, facts->arms->len);
    set_words(variables, "resources", facts->resources, 0, facts->resources->len);
    set_words(variables, "resource_labels", labels, 0, labels->len);
    return draw(plotter, "arms", "Utilization side by side", parts, variables, error);
}

/* The times until stateful tasks ran again, a curve for each arm in which any did. */
static gboolean draw_relaunches_by_arm(Plotter *plotter, const HfArmsFacts *arms, GError **error)
{
    const char *const parts[] = {"relaunches_arms", NULL};
    g_autoptr(GPtrArray) drawn = g_ptr_array_new();
    g_autoptr(GPtrArray) ratios = g_ptr_array_new_with_free_func(g_free);
    double smallest = 0, largest = 0;
    for (guint i = 0; i < arms->arms->len; i++) {
        char *arm = arms->arms->pdata[i];
        g_autofree char *path = g_build_filename(plotter->dir, arm, "relaunch_times.csv", NULL);
        if (!g_file_test(path, G_FILE_TEST_EXISTS)) continue;
        g_autoptr(HfWaitsFacts) facts = hf_waits_facts_read(path, error);
        if (facts == NULL) return FALSE;
        if (facts->frameworks->len == 0) continue;
        /* Runs of before there was the metric are drawn without it. */
        g_autofree char *summary = g_build_filename(plotter->dir, arm, "summary.json", NULL);
        double ratio = NAN;
        if (!hf_summary_metric(summary, "stateful.same_agent.ratio", &ratio, NULL)) ratio = NAN;
        g_ptr_array_add(drawn, arm);
        g_ptr_array_add(ratios,
                        isnan(ratio) ? g_strdup("-") : g_strdup_printf("%.3g", 100 * ratio));
        largest = MAX(largest, facts->largest);
        if (facts->smallest > 0 && (smallest == 0 || facts->smallest < smallest))
            smallest = facts->smallest;
    }
    if (drawn->len == 0) return TRUE;
    g_autoptr(GString) variables = g_string_new(NULL);
    set_words(variables, "arms", drawn, 0, drawn->len);
    set_words(variables, "same_agent", ratios, 0, ratios->len);
    set_wait_axis(variables, smallest, largest);
    return draw(plotter, "relaunches", "How long stateful tasks were down, by arm", parts,
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

static gboolean draw_series(Plotter *plotter, const char *path, GError **error)
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
    g_autofree char *width = time_text(g_array_index(facts->bin_ends, double, 0));
    g_autofree char *detail = g_strdup_printf(" \302\267 each point the mean of %s", width);
    plotter->detail = detail;
    gboolean ok = draw_utilization(plotter, facts, error) && draw_shares(plotter, facts, error) &&
                  draw_offers(plotter, facts, error) && draw_tasks(plotter, facts, error) &&
                  draw_agents(plotter, facts, error) && draw_volumes(plotter, facts, error);
    plotter->detail = "";
    return ok;
}

static gboolean make_out_dir(Plotter *plotter, GError **error)
{
    plotter->out_dir = g_build_filename(plotter->dir, "plots", NULL);
    if (g_mkdir_with_parents(plotter->out_dir, 0777) == 0) return TRUE;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", plotter->out_dir,
                g_strerror(errno));
    return FALSE;
}

/* The figures of one run: those over time, and of the waits. */
static gboolean plot_run(const Plotter *base, const char *dir, const char *arm, GError **error)
{
    Plotter plotter = *base;
    plotter.dir = dir;
    plotter.arm = arm;
    g_autofree char *series = g_build_filename(dir, "timeseries.csv", NULL);
    g_autofree char *summary = g_build_filename(dir, "summary.json", NULL);
    if (!hf_summary_metric(summary, "run.warm_up", &plotter.warm_up, error)) return FALSE;
    gboolean ok = make_out_dir(&plotter, error) && draw_series(&plotter, series, error) &&
                  draw_quantiles(&plotter, &waits, error) &&
                  draw_quantiles(&plotter, &relaunches, error);
    g_free(plotter.out_dir);
    return ok;
}

/* A run of several arms: each arm's own figures, and all side by side. */
static gboolean plot_arms(const Plotter *base, const char *arms_path, GError **error)
{
    g_autoptr(HfArmsFacts) facts = hf_arms_facts_read(arms_path, error);
    if (facts == NULL) return FALSE;
    Plotter plotter = *base;
    gboolean ok = make_out_dir(&plotter, error) && draw_arms(&plotter, facts, error) &&
                  draw_relaunches_by_arm(&plotter, facts, error);
    g_free(plotter.out_dir);
    for (guint i = 0; ok && i < facts->arms->len; i++) {
        g_autofree char *dir = g_build_filename(base->dir, facts->arms->pdata[i], NULL);
        ok = plot_run(base, dir, facts->arms->pdata[i], error);
    }
    return ok;
}

static int plot(Plotter *plotter, const HfCommand *command)
{
    GError *error = NULL;
    g_autofree char *json = g_build_filename(plotter->dir, "run.json", NULL);
    g_autofree char *arms = g_build_filename(plotter->dir, "arms.csv", NULL);
    if (!g_file_test(json, G_FILE_TEST_EXISTS))
        return hf_cli_usage_error(command, "'%s' is no run directory: it has no run.json",
                                  plotter->dir);
    g_autofree char *gnuplot = g_find_program_in_path("gnuplot");
    if (gnuplot == NULL) {
        hf_cli_error("gnuplot not found in PATH; on Debian: apt-get install gnuplot-nox");
        return HF_EXIT_FAILURE;
    }
    g_autofree char *plots = hf_paths_find("plots", &error);
    if (plots == NULL) return hf_cli_fail(HF_EXIT_FAILURE, error);
    g_autofree char *scenario = hf_run_json_string(json, "name", &error);
    if (scenario == NULL) return hf_cli_fail(HF_EXIT_USAGE, error);

    plotter->gnuplot = gnuplot;
    plotter->plots = plots;
    plotter->scenario = scenario;
    gboolean ok = g_file_test(arms, G_FILE_TEST_EXISTS)
                      ? plot_arms(plotter, arms, &error)
                      : plot_run(plotter, plotter->dir, NULL, &error);
    return ok ? HF_EXIT_OK : hf_cli_fail(HF_EXIT_FAILURE, error);
}

static int run(int argc, char **argv)
{
    PlotOptions options = {0};
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_plot, argc, argv, &options, &globals, &args, &code)) return code;
    if (g_strv_length(args) != 1)
        return hf_cli_usage_error(&hf_cmd_plot, "expected one run directory, got %u",
                                  g_strv_length(args));

    g_autoptr(JsonBuilder) drawn = json_builder_new();
    Plotter plotter = {.dir = args[0],
                       .detail = "",
                       .terminal = options.terminal,
                       .drawn = drawn,
                       .globals = &globals};
    json_builder_begin_array(drawn);
    code = plot(&plotter, &hf_cmd_plot);
    json_builder_end_array(drawn);
    if (code == HF_EXIT_OK && globals.format == HF_FORMAT_JSON) hf_json_print(drawn);
    return code;
}

const HfCommand hf_cmd_plot = {
    .name = "plot",
    .summary = "draw the figures of a run directory",
    .usage = "DIR",
    .description = "Draws with gnuplot what a run left in DIR, into DIR/plots: utilization of each "
                   "resource over\n"
                   "time (allocated, used, reserved but idle, and offered kept apart), dominant "
                   "shares by role,\n"
                   "offers by fate, tasks running and waiting, agents up, how long tasks "
                   "waited; and where there\n"
                   "were any, persistent volumes, and how long tasks that held one were down. A "
                   "run of several arms\n"
                   "gets each arm's figures, one with the arms side by side, and one of how long "
                   "tasks were down in each.\n\n"
                   "The gnuplot script of each figure stays beside it, to be changed and drawn "
                   "again. The paths\n"
                   "of the figures go to standard output.",
    .options = plot_options,
    .run = run,
};
