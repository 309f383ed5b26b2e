/* Where two costs, known at some points alone, are equal. */
#ifndef HF_TOOLS_CROSSING_H
#define HF_TOOLS_CROSSING_H

#include <glib.h>

/*
 * Where the cost of waiting, below that of rebuilding before, gets above it: on straight lines
 * between the points, which are in order of `wait`, each above the one before.
 * Errors: FALSE when that is nowhere, or behind the last finite wait.
 */
gboolean hf_wait_crossover(const double *wait, const double *missing, const double *copying,
                           guint count, double *wait_out, double *cost_out);

#endif
