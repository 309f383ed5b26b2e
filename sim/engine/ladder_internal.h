/*
 * The fast event list: a ladder queue of keys (Tang, Goh and Thng, "Ladder queue: an O(1) priority
 * queue structure for large-scale discrete event simulation", ACM TOMACS 15(3), 2005), with integer
 * bucket widths that are powers of two and buckets made of small chunks of keys.
 *
 *   ring      keys of the current instant, in the order they came (zero delays)
 *   bottom    the next few keys, sorted, smallest last: a pop is one decrement
 *   rung[]    each one bucket of the rung above it, cut finer; unsorted buckets
 *   top       everything later, unsorted
 *
 * Ranges of `high`, without gap or overlap:  bottom [.., bottom_end)  rung[last] [.., end) ..
 * rung[0] [.., end)  top [rung[0].end, ..). A key moves down at most a few times before it is
 * popped, each time by sequential reads and an append; nothing is followed by pointer.
 * With nothing but a few keys, all of them live in bottom (bottom_end is then without limit).
 */
#ifndef HF_ENGINE_LADDER_INTERNAL_H
#define HF_ENGINE_LADDER_INTERNAL_H

#include "engine/key_internal.h"

#define HF_LADDER_CHUNK  16 /* keys in one chunk: four cache lines */
#define HF_LADDER_SORT   24 /* a bucket up to this size is sorted into bottom, a larger one cut */
#define HF_LADDER_BOTTOM 64 /* insertion into bottom stops at this size */
#define HF_LADDER_FANOUT 8192
#define HF_LADDER_RUNGS  20
#define HF_LADDER_NO_END UINT64_MAX

/* Keys in chunks, a circular list in order of arrival; `tail` means something while count > 0. */
typedef struct HfBucket {
    uint32_t tail, count;
} HfBucket;

/* Buckets of width 2^shift from `start`; buckets before `now_ix` are used up and empty. */
typedef struct HfRung {
    uint64_t start, end;
    HfBucket *bucket;
    uint32_t buckets, room, now_ix, shift;
} HfRung;

/* In place, after hf_ladder__init(). */
typedef struct HfLadder {
    HfEventKey *bottom; /* sorted, the smallest at bottom_count - 1 */
    uint32_t bottom_count, bottom_room;
    uint64_t bottom_end;

    HfEventKey *ring; /* a FIFO; ring_room is a power of two */
    uint32_t ring_head, ring_count, ring_room;

    uint32_t rungs;
    HfRung rung[HF_LADDER_RUNGS];

    HfBucket top;
    uint64_t top_min, top_max; /* of `high` in top; meaningless while top is empty */

    HfEventKey *chunk; /* [chunks_room][HF_LADDER_CHUNK] */
    uint32_t *next;    /* [chunks_room]: of a bucket's list, or of the free list */
    uint32_t chunks_room, chunks_free, chunks_free_head;

    uint64_t dead; /* keys held whose event was cancelled; the caller counts up, we count down */
    HfListWork work;
} HfLadder;

void hf_ladder__init(HfLadder *ladder);
void hf_ladder__clear(HfLadder *ladder);

/* Insert a key that is not less than (`floor`, 0); `floor` is the first `high` of the present. */
void hf_ladder__push(HfLadder *ladder, HfEventKey key, uint64_t floor);

/* Insert a key of the present instant, greater than every key given to this function before. */
void hf_ladder__push_now(HfLadder *ladder, HfEventKey key);

/*
 * Fill the empty bottom with the next keys, if there are any with `high` <= `limit`; nothing beyond
 * the bucket they are in is touched. FALSE when there are none. Dead keys met on the way may be
 * dropped, and may be what bottom is filled with.
 */
gboolean hf_ladder__refill(HfLadder *ladder, uint64_t limit, const HfEventRecord *records);

/* The keys that the next refill will probably bring, unsorted: as many as lie in one chunk. */
const HfEventKey *hf_ladder__ahead(const HfLadder *ladder, uint32_t *count_out);

/* Drop the keys whose event is no longer to happen. */
void hf_ladder__sweep(HfLadder *ladder, const HfEventRecord *records);

/* Keys in all parts, dead ones among them. O(rungs and buckets). */
uint64_t hf_ladder__count(const HfLadder *ladder);

void hf_ladder__check(const HfLadder *ladder, uint64_t floor);
size_t hf_ladder__memory(const HfLadder *ladder);

#endif
