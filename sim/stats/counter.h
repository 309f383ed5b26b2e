/* A count of things that happened, with a mark at the end of the warm-up. */
#ifndef HF_STATS_COUNTER_H
#define HF_STATS_COUNTER_H

#include <stdint.h>

/* In place; zeroed is legal and empty. */
typedef struct HfCounter {
    uint64_t total;  /* since the start of the run */
    uint64_t before; /* of them before the mark */
} HfCounter;

static inline void hf_counter_add(HfCounter *counter, uint64_t n)
{
    counter->total += n;
}

/* From now on hf_counter_value() counts from 0. */
static inline void hf_counter_restart(HfCounter *counter)
{
    counter->before = counter->total;
}

static inline uint64_t hf_counter_value(const HfCounter *counter)
{
    return counter->total - counter->before;
}

#endif
