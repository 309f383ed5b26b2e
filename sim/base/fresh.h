/*
 * Which ids were certainly never used, where ids mostly count up but may come a little out of order
 * (several hands draw numbers from one counter and use them later): the greatest id so far, and the
 * gaps below it, as many as fit. What does not fit is forgotten, and its ids are no longer certain.
 */
#ifndef HF_BASE_FRESH_H
#define HF_BASE_FRESH_H

#include <glib.h>
#include <stdint.h>

#define HF_FRESH_GAPS 8

/* Ids first .. last. */
typedef struct HfFreshGap {
    uint64_t first, last;
} HfFreshGap;

/* In place; zero-initialised: none was used, and ids begin with 1. */
typedef struct HfFresh {
    uint64_t top; /* the greatest one used */
    uint32_t count;
    HfFreshGap gaps[HF_FRESH_GAPS]; /* [count], ascending, none empty, all below top */
} HfFresh;

/* TRUE: it was never used. FALSE: it may have been. O(gaps). */
gboolean hf_fresh__is_in_gap(const HfFresh *fresh, uint64_t id); /* private */
static inline gboolean hf_fresh_is(const HfFresh *fresh, uint64_t id)
{
    return id > fresh->top || hf_fresh__is_in_gap(fresh, id);
}

/* It is used from now on. O(gaps). When there are too many gaps the lowest is forgotten. */
void hf_fresh__use_other(HfFresh *fresh, uint64_t id); /* private: not the one after the top */
static inline void hf_fresh_use(HfFresh *fresh, uint64_t id)
{
    if (id == fresh->top + 1)
        fresh->top = id;
    else
        hf_fresh__use_other(fresh, id);
}

#endif
