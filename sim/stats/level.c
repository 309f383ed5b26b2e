/* See level.h. */
#include "stats/level.h"

double hf_level_mean(const HfLevel *level, HfTime now)
{
    HfTime span = now - level->since;
    if (span == 0) return (double)level->value;
    /* Whole part and rest apart, so that a big integral loses nothing on its way to a double. */
    HfWide integral = hf_level_integral(level, now);
    return (double)(int64_t)(integral / span) + (double)(int64_t)(integral % span) / (double)span;
}
