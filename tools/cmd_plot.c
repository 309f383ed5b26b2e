/*
 * `holdfast plot DIR`: draws the figures of a run directory with gnuplot. What is drawn stands in
 * plot_figures.h, how in plotter.h; drawing reads only the tables of the run directory.
 */
#include <json-glib/json-glib.h>

#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/paths.h"
#include "tools/plot_figures.h"
#include "tools/run_facts.h"

typedef struct PlotOptions {
    int terminal; /* index into terminals */
} PlotOptions;

static const HfOption plot_options[] = {{"term", 't', HF_OPTION_CHOICE, HF_PLOT_TERMINALS,
                                         "form of the figures (default svg)",
                                         offsetof(PlotOptions, terminal)},
                                        {0}};

static int plot(HfPlotter *plotter, const HfCommand *command)
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
                      ? hf_plot_arms(plotter, arms, &error)
                      : hf_plot_run(plotter, plotter->dir, NULL, &error);
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
    HfPlotter plotter = {.dir = args[0],
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
    .description =
        "Draws with gnuplot what a run left in DIR, into DIR/plots: utilization of each resource\n"
        "over time (allocated, used, reserved but idle, and offered kept apart), dominant shares\n"
        "by role, offers by fate, tasks running and waiting, agents up, how long tasks waited; "
        "and\n"
        "where there were any, persistent volumes, how long tasks that held one were down, what "
        "is\n"
        "really on the disks beside what the master accounts for, how long services were\n"
        "unavailable, and what they copied again. A run of several arms gets each arm's figures,\n"
        "and figures of the arms side by side: utilization, how long tasks were down, how "
        "services\n"
        "fared, what was reserved and idle against relaunches on the same agent, and how long it\n"
        "pays to wait for a host before rebuilding.\n\n"
        "The gnuplot script of each figure stays beside it, to be changed and drawn again. The\n"
        "paths of the figures go to standard output.",
    .options = plot_options,
    .run = run,
};
