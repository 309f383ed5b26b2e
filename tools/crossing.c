/* Straight lines between the points; see crossing.h. */
#include "tools/crossing.h"

#include <math.h>

gboolean hf_wait_crossover(const double *wait, const double *missing, const double *copying,
                           guint count, double *wait_out, double *cost_out)
{
    for (guint i = 1; i < count && isfinite(wait[i]); i++) {
        double before = missing[i - 1] - copying[i - 1], after = missing[i] - copying[i];
        if (!(before <= 0 && after > 0)) continue;
        double part = before / (before - after);
        *wait_out = wait[i - 1] + part * (wait[i] - wait[i - 1]);
        *cost_out = missing[i - 1] + part * (missing[i] - missing[i - 1]);
        return TRUE;
    }
    return FALSE;
}
