/*
 * Drawing figures into a run directory. A figure is a file of plots/. What it cannot find out by
 * itself is written in front of it as variables, after the look that all share; the whole script
 * is kept beside the figure. Only this file knows how gnuplot is called.
 */
#ifndef HF_TOOLS_PLOTTER_H
#define HF_TOOLS_PLOTTER_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "tools/cli.h"

/* All that drawing one directory needs, and what it has drawn. */
typedef struct HfPlotter {
    const char *gnuplot;        /* path of the program */
    const char *plots;          /* directory of the scripts */
    const char *dir;            /* the run directory */
    const char *scenario, *arm; /* arm NULL: the run has none */
    char *out_dir;              /* dir/plots; new text, made by hf_plotter_open() */
    double warm_up;             /* s, of the run being drawn */
    const char *detail; /* how the points came about, for the line below the heading; or "" */
    int terminal;       /* HF_PLOT_TERMINALS, in their order */
    JsonBuilder *drawn; /* an open array of objects */
    const HfGlobals *globals;
} HfPlotter;

#define HF_PLOT_TERMINALS "svg|png|pdf"

/* Make the directory of the figures. Errors: FALSE when it cannot be made. */
gboolean hf_plotter_open(HfPlotter *plotter, GError **error);

/*
 * Draw one figure: `parts` (ended by NULL) are the files of plots/ to use after common.gp, `file`
 * the name of the figure without suffix, `variables` what they need. The figure gets its name only
 * when it is whole; its path goes to standard output, or into `drawn`.
 * Errors: FALSE with what gnuplot complained of, or the file that cannot be read or written.
 */
gboolean hf_plotter_draw(HfPlotter *plotter, const char *file, const char *heading,
                         const char *const *parts, const GString *variables, GError **error);

#endif
