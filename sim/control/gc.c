/* When sandboxes go; see gc.h. */
#include "control/gc.h"

#include "base/assert.h"

HfTime hf_gc_age_max(HfTime gc_delay, double headroom, double usage)
{
    HF_ASSERT(gc_delay >= 0 && headroom >= 0 && headroom <= 1 && usage >= 0);
    double share = 1 - headroom - usage;
    return share > 0 ? (HfTime)((double)gc_delay * share) : 0;
}

HfTime hf_gc_next_look(HfTime phase, HfTime interval, HfTime now)
{
    HF_ASSERT(interval > 0);
    return now < phase ? phase + interval : phase + ((now - phase) / interval + 1) * interval;
}
