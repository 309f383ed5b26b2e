/* The figures of a run of several arms: the arms side by side. */
#include <math.h>

#include "tools/plot_figures.h"
#include "tools/plot_script.h"
#include "tools/run_facts.h"

static gboolean draw_arms(HfPlotter *plotter, const HfArmsFacts *facts, GError **error)
{
    const char *const parts[] = {"arms", NULL};
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    for (guint i = 0; i < facts->resources->len; i++)
        g_ptr_array_add(labels, (char *)hf_script_resource(facts->resources->pdata[i]));
    g_autoptr(GString) variables = g_string_new(NULL);
    hf_script_text(variables, "data", "../arms.csv");
    hf_script_words(variables, "arms", facts->arms, 0, facts->arms->len);
    hf_script_words(variables, "resources", facts->resources, 0, facts->resources->len);
    hf_script_words(variables, "resource_labels", labels, 0, labels->len);
    return hf_plotter_draw(plotter, "arms", "Utilization side by side", parts, variables, error);
}

/* The times until stateful tasks ran again, a curve for each arm in which any did. */
static gboolean draw_relaunches_by_arm(HfPlotter *plotter, const HfArmsFacts *arms, GError **error)
{
    const char *const parts[] = {"relaunches_arms", NULL};
    g_autoptr(GPtrArray) drawn = g_ptr_array_new();
    g_autoptr(GPtrArray) ratios = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
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
        g_ptr_array_add(places, g_strdup_printf("%u", i + 1));
        g_ptr_array_add(ratios,
                        isnan(ratio) ? g_strdup("-") : g_strdup_printf("%.3g", 100 * ratio));
        largest = MAX(largest, facts->largest);
        if (facts->smallest > 0 && (smallest == 0 || facts->smallest < smallest))
            smallest = facts->smallest;
    }
    if (drawn->len == 0) return TRUE;
    g_autoptr(GString) variables = g_string_new(NULL);
    hf_script_words(variables, "arms", drawn, 0, drawn->len);
    hf_script_words(variables, "arm_places", places, 0, places->len);
    hf_script_words(variables, "same_agent", ratios, 0, ratios->len);
    hf_script_wait_axis(variables, smallest, largest);
    return hf_plotter_draw(plotter, "relaunches", "How long stateful tasks were down, by arm",
                           parts, variables, error);
}

gboolean hf_plot_arms(const HfPlotter *base, const char *arms_path, GError **error)
{
    g_autoptr(HfArmsFacts) facts = hf_arms_facts_read(arms_path, error);
    if (facts == NULL) return FALSE;
    g_autoptr(HfRunMetrics) metrics = hf_run_metrics_read(base->dir, facts->arms, error);
    if (metrics == NULL) return FALSE;
    HfPlotter plotter = *base;
    gboolean ok = hf_plotter_open(&plotter, error) && draw_arms(&plotter, facts, error) &&
                  draw_relaunches_by_arm(&plotter, facts, error) &&
                  hf_plot_services(&plotter, facts->arms, metrics, error) &&
                  hf_plot_guarantee(&plotter, facts->arms, metrics, error) &&
                  hf_plot_crossover(&plotter, error);
    g_free(plotter.out_dir);
    for (guint i = 0; ok && i < facts->arms->len; i++) {
        g_autofree char *dir = g_build_filename(base->dir, facts->arms->pdata[i], NULL);
        ok = hf_plot_run(base, dir, facts->arms->pdata[i], error);
    }
    return ok;
}
