/* See warm_up.h. */
#include "stats/warm_up.h"

#include <math.h>

#define BATCH       5
#define BATCHES_MIN 4

gboolean hf_warm_up_mser5(const double *value, uint32_t count, uint32_t *drop_out)
{
    uint32_t batches = count / BATCH;
    if (batches < BATCHES_MIN) return FALSE;
    g_autofree double *mean = g_new(double, batches);
    for (uint32_t b = 0; b < batches; b++) {
        double sum = 0;
        for (uint32_t i = 0; i < BATCH; i++) sum += value[b * BATCH + i];
        mean[b] = sum / BATCH;
    }
    /* From the end backwards: mean and squared distances of batches d .. batches - 1 (Welford). */
    double centre = 0, squares = 0, least = INFINITY;
    uint32_t best = 0;
    for (uint32_t d = batches; d-- > 0;) {
        double kept = batches - d, distance = mean[d] - centre;
        centre += distance / kept;
        squares += distance * (mean[d] - centre);
        double error = squares / (kept * kept);
        if (kept >= BATCHES_MIN && error <= least) { /* of equals, drop less */
            least = error;
            best = d;
        }
    }
    if (best > batches / 2) return FALSE;
    *drop_out = best * BATCH;
    return TRUE;
}
