/*
 * A time-weighted level: a quantity that steps up and down, and its integral over time. Never sampled: the area is
 * exact, in 128-bit integers, so equal runs give equal results and areas can be subtracted (warm-up) and added.
 */
#ifndef HF_STATS_LEVEL_H
#define HF_STATS_LEVEL_H

#include <stdint.h>

#include "base/checked.h"
#include "base/time.h"

typedef __int128 HfArea; /* level unit x ns */

/* In place; zeroed is a level of 0 since time 0. */
typedef struct HfLevel {
    int64_t value, peak;
    HfTime since; /* the area is complete up to here */
    HfArea area;
} HfLevel;

/* Step by `delta` at `now`, which must not go back. */
static inline void hf_level_add(HfLevel *level, HfTime now, int64_t delta)
{
    if (now != level->since) {
        HF_ASSERT(now > level->since);
        level->area += (HfArea)level->value * (now - level->since);
        level->since = now;
    }
    level->value = hf_add(level->value, delta);
    if (level->value > level->peak) level->peak = level->value;
}

static inline void hf_level_set(HfLevel *level, HfTime now, int64_t value)
{
    hf_level_add(level, now, hf_sub(value, level->value));
}

/* The integral from time 0 up to `now` >= the last step. */
static inline HfArea hf_level_area(const HfLevel *level, HfTime now)
{
    HF_ASSERT(now >= level->since);
    return level->area + (HfArea)level->value * (now - level->since);
}

/* Forget the peak so far: it is counted anew from the present value (warm-up). */
static inline void hf_level_reset_peak(HfLevel *level)
{
    level->peak = level->value;
}

/* Mean level over a span whose area is known; 0 for an empty span. */
static inline double hf_area_mean(HfArea area, HfTime span)
{
    return span > 0 ? (double)area / (double)span : 0;
}

#endif
