/* Scripts put together, and gnuplot called; see plotter.h. */
#include "tools/plotter.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "tools/json_out.h"
#include "tools/plot_script.h"

static const struct {
    const char *name, *setting;
} terminals[] = {
    {"svg", "svg size 1200,700 rounded noenhanced font 'Helvetica,Arial,sans-serif,15' background "
            "'white'"},
    {"png", "pngcairo size 1200,700 rounded noenhanced font 'sans,13' background 'white'"},
    {"pdf", "pdfcairo size 12in,7in rounded noenhanced font 'sans,15' background 'white'"},
};

static gboolean append_part(GString *script, const char *plots, const char *name, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.gp", plots, name);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error)) return FALSE;
    g_string_append_printf(script, "\n# ---- %s.gp\n%s", name, text);
    return TRUE;
}

/* The script draws into `figure`; here it is told to draw into `figure`.part. */
static gboolean run_gnuplot(const HfPlotter *plotter, const char *script_name, const char *figure,
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

static void add_drawn(HfPlotter *plotter, const char *path, const char *script_path)
{
    json_builder_begin_object(plotter->drawn);
    hf_json_string(plotter->drawn, "figure", path);
    hf_json_string(plotter->drawn, "script", script_path);
    json_builder_end_object(plotter->drawn);
    if (plotter->globals->format == HF_FORMAT_TEXT) printf("%s\n", path);
}

gboolean hf_plotter_draw(HfPlotter *plotter, const char *file, const char *heading,
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
    hf_script_text(script, "heading", heading);
    hf_script_text(script, "subheading", below);
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

gboolean hf_plotter_open(HfPlotter *plotter, GError **error)
{
    plotter->out_dir = g_build_filename(plotter->dir, "plots", NULL);
    if (g_mkdir_with_parents(plotter->out_dir, 0777) == 0) return TRUE;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", plotter->out_dir,
                g_strerror(errno));
    return FALSE;
}
