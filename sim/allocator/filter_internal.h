/* Where offer filters stand, and when they end (filter.c). */
#ifndef HF_ALLOCATOR_FILTER_INTERNAL_H
#define HF_ALLOCATOR_FILTER_INTERNAL_H

#include "allocator/allocator.h"
#include "base/vec.h"

/* A filter, where it stands with its agent. */
typedef struct HfFilterPlace {
    uint64_t armed;   /* the number of its timer: it has no other name */
    uint32_t sub;     /* live while armed >= HfSub.filters_from of it */
    uint32_t refused; /* HfBundle.number; a reference */
} HfFilterPlace;

/* When one ends. A filter that was dropped early leaves it behind. */
typedef struct HfLaneEntry {
    HfTime ends;
    uint64_t armed; /* order in which timers were armed */
    uint32_t agent, sub;
} HfLaneEntry;

/* Filters of one timeout end in the order they were made: a ring. */
typedef struct HfLane {
    HfTime timeout;
    HfLaneEntry *at; /* [room], a power of two */
    uint32_t head, count, room;
} HfLane;

#define HF_LANES_MAX 16

typedef struct HfFilters {
    HfLane lanes[HF_LANES_MAX];
    uint32_t lane_count, lane_last;
    HF_VEC(HfLaneEntry) heap; /* timeouts beyond the lanes: a binary heap by (ends, armed) */
    uint64_t armed;           /* next */
    uint64_t batch_armed;     /* when the timer of the next batch was armed */
    uint32_t live, dead;      /* filters; dead ones that may still stand somewhere */
} HfFilters;

#endif
