/* What is drawn of a run directory: the figures of one run, and of several arms side by side. */
#ifndef HF_TOOLS_PLOT_FIGURES_H
#define HF_TOOLS_PLOT_FIGURES_H

#include "tools/plotter.h"
#include "tools/run_metrics.h"

/*
 * All figures of the run in `dir`, into `dir`/plots; `arm` names it below the headings (NULL: it is
 * no arm). A figure of what the run did not have is left out, and said so where it would be missed.
 * Shape:  `base` holds what does not depend on the directory.
 * Errors: FALSE with the table and line that cannot be read, or what drawing failed of.
 */
gboolean hf_plot_run(const HfPlotter *base, const char *dir, const char *arm, GError **error);

/* The arms of base->dir side by side, by its arms.csv; then the figures of each. */
gboolean hf_plot_arms(const HfPlotter *base, const char *arms_path, GError **error);

/*
 * Figures that compare metrics, into plotter->out_dir: how services fared, a bar for each arm
 * (`arms` NULL: one run); and what was reserved and idle in each arm against what it was good for.
 * Nothing is drawn where there were no services, or no reservations.
 */
gboolean hf_plot_services(HfPlotter *plotter, const GPtrArray *arms, const HfRunMetrics *metrics,
                          GError **error);
gboolean hf_plot_guarantee(HfPlotter *plotter, const GPtrArray *arms, const HfRunMetrics *metrics,
                           GError **error);

/* What waiting and what rebuilding cost, and where they are equal, where the run has crossover.csv.
 */
gboolean hf_plot_crossover(HfPlotter *plotter, GError **error);

#endif
