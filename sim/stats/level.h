/*
 * A quantity that holds between changes (CPUs in use, agents up, queue length), averaged over time
 * exactly: the integral is a 128-bit integer, so that means do not depend on the order of summation
 * and two parts of a run can be added up without loss. Nothing is sampled.
 *
 * What is kept is the sum of all changes, each times the moment at which it came: the integral up
 * to `now` is value x now less that. So a change looks at no change before it, and levels that
 * change by the same amount at once share the product.
 */
#ifndef HF_STATS_LEVEL_H
#define HF_STATS_LEVEL_H

#include <stdint.h>

#include "base/assert.h"
#include "base/time.h"

__extension__ typedef __int128 HfWide; /* value x ns */

/* In place. Fields are private; start it with hf_level_init(). */
typedef struct HfLevel {
    HfWide moments;     /* of the changes: amount x ns; the value at `since` is one of them */
    HfTime since;       /* start of what is averaged */
    HfTime last;        /* of the last change */
    int64_t value, max; /* max: held at any moment since `since`, however short */
} HfLevel;

/* Units: any integer unit of value; the same everywhere. */
static inline void hf_level_init(HfLevel *level, HfTime now, int64_t value)
{
    *level = (HfLevel){
        .since = now, .last = now, .value = value, .max = value, .moments = (HfWide)value * now};
}

/* The quantity is `value` from `now` on; `now` is not before the change before it. About 4 ns. */
static inline void hf_level_set(HfLevel *level, HfTime now, int64_t value)
{
    HF_ASSERT(now >= level->last);
    level->moments += ((HfWide)value - level->value) * now;
    level->last = now;
    level->value = value;
    if (value > level->max) level->max = value;
}

/* Private: `moment` is delta x now. */
static inline void hf_level__add(HfLevel *level, HfTime now, int64_t delta, HfWide moment)
{
    int64_t value;
    HF_ASSERT(!__builtin_add_overflow(level->value, delta, &value));
    HF_ASSERT(now >= level->last);
    level->moments += moment;
    level->last = now;
    level->value = value;
    if (value > level->max) level->max = value;
}

/* Change it by `delta`; an overflow is an assertion. */
static inline void hf_level_add(HfLevel *level, HfTime now, int64_t delta)
{
    hf_level__add(level, now, delta, (HfWide)delta * now);
}

/* The same of three levels at once. */
static inline void hf_level_add_to_three(HfLevel *first, HfLevel *second, HfLevel *third,
                                         HfTime now, int64_t delta)
{
    HfWide moment = (HfWide)delta * now;
    hf_level__add(first, now, delta, moment);
    hf_level__add(second, now, delta, moment);
    hf_level__add(third, now, delta, moment);
}

/* Forget what was before `now`, as the end of a warm-up; the quantity itself stays. */
static inline void hf_level_restart(HfLevel *level, HfTime now)
{
    HF_ASSERT(now >= level->last);
    hf_level_init(level, now, level->value);
}

static inline int64_t hf_level_value(const HfLevel *level)
{
    return level->value;
}

/* The integral from the start to `now`, in value x ns. */
static inline HfWide hf_level_integral(const HfLevel *level, HfTime now)
{
    HF_ASSERT(now >= level->last);
    return (HfWide)level->value * now - level->moments;
}

/* The mean over [start, now]; over no time at all, the value. One rounding to double. */
double hf_level_mean(const HfLevel *level, HfTime now);

#endif
