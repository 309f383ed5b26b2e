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
 * Ranges of `high`, without gap or overlap: top accepts from[0] and up, rung[i] from[i + 1] up to
 * from[i], bottom what is below from[rungs]. A key moves down at most a few times before it is
 * popped, each time by sequential reads and an append; nothing is followed by pointer.
 * With nothing but a few keys, all of them live in bottom (from[0] is then without limit).
 */
#ifndef HF_ENGINE_LADDER_INTERNAL_H
#define HF_ENGINE_LADDER_INTERNAL_H

#include "engine/key_internal.h"

#define HF_LADDER_CHUNK  16 /* keys in one chunk: four cache lines */
#define HF_LADDER_SORT   32 /* a bucket up to this size is sorted into bottom, a larger one cut */
#define HF_LADDER_BOTTOM 64 /* insertion into bottom stops at this size */
#define HF_LADDER_FANOUT 8192
#define HF_LADDER_RUNGS  20
#define HF_LADDER_NO_END UINT64_MAX

/* Keys in chunks, a circular list in order of arrival. */
typedef struct HfBucket {
    uint32_t after; /* place in chunk[] behind the last key; means nothing while count = 0 */
    uint32_t count;
} HfBucket;

/* Buckets of width 2^shift from `start`; buckets before `now_ix` are used up and empty. */
typedef struct HfRung {
    uint64_t start;
    HfBucket *bucket;
    uint32_t shift, now_ix, buckets, room;
} HfRung;

/* In place, after hf_ladder__init(). */
typedef struct HfLadder {
    HfEventKey *bottom; /* sorted, the smallest at bottom_count - 1 */
    uint32_t bottom_count, bottom_room;
    uint32_t ring_count, rungs;
    HfEventKey *chunk; /* [chunks_room][HF_LADDER_CHUNK] */
    uint32_t *next;    /* [chunks_room]: of a bucket's list, or of the free list */
    uint32_t chunks_room, chunks_free, chunks_free_head;
    uint32_t ring_head, ring_room;
    HfEventKey *ring; /* a FIFO; ring_room is a power of two */
    HfBucket top;
    uint64_t top_min, top_max; /* of `high` in top; meaningless while top is empty */
    uint64_t dead; /* keys held whose event was cancelled; the caller counts up, we count down */
    HfListWork work;
    uint64_t
        from[HF_LADDER_RUNGS + 2]; /* where the range of top, rung[0], rung[1].. begins; then 0 */
    HfRung rung[HF_LADDER_RUNGS];
} HfLadder;

void hf_ladder__init(HfLadder *ladder);
void hf_ladder__clear(HfLadder *ladder);

/* The rarer ways of hf_ladder__push(); like it, they return key.low. */
uint64_t hf_ladder__push_bottom(HfLadder *ladder, HfEventKey key, uint64_t floor);
uint64_t hf_ladder__push_top(HfLadder *ladder, HfEventKey key);

/* Append to a bucket whose last chunk is full, or which is empty. */
uint64_t hf_ladder__append_chunk(HfLadder *ladder, HfBucket *bucket, HfEventKey key);

static inline uint64_t hf_ladder__append(HfLadder *ladder, HfBucket *bucket, HfEventKey key)
{
    if (bucket->count % HF_LADDER_CHUNK == 0) return hf_ladder__append_chunk(ladder, bucket, key);
    hf_key__put(&ladder->chunk[bucket->after++], key);
    bucket->count++;
    return key.low;
}

/*
 * Insert a key that is not less than (`floor`, 0); `floor` is the first `high` of the present.
 * Which range it falls in is as good as random, so it is counted without a branch; and every way
 * ends in a call or none, which spares the caller saving registers: hence the result, key.low.
 */
static inline uint64_t hf_ladder__push(HfLadder *ladder, HfEventKey key, uint64_t floor)
{
    const uint64_t *from = ladder->from;
    ladder->work.keys_moved++;
    uint32_t i = (uint32_t)(key.high < from[0]) + (uint32_t)(key.high < from[1]) +
                 (uint32_t)(key.high < from[2]) + (uint32_t)(key.high < from[3]);
    while (G_UNLIKELY(i > 3) && key.high < from[i]) i++;
    if (G_UNLIKELY(i == 0)) return hf_ladder__push_top(ladder, key);
    if (G_UNLIKELY(i > ladder->rungs)) return hf_ladder__push_bottom(ladder, key, floor);
    HfRung *rung = &ladder->rung[i - 1];
    HfBucket *bucket = &rung->bucket[(key.high - rung->start) >> rung->shift];
    return hf_ladder__append(ladder, bucket, key);
}

/* Insert a key of the present instant, greater than every key given to this function before. */
uint64_t hf_ladder__push_now(HfLadder *ladder, HfEventKey key);

/*
 * Fill the empty bottom with the next keys, up to the end of the bucket in which `limit` lies: no
 * bucket that begins beyond it is touched. FALSE when that leaves nothing. Dead keys met on the way
 * may be dropped when `records` is given, and may be among those that bottom is filled with.
 */
gboolean hf_ladder__refill(HfLadder *ladder, uint64_t limit, const HfEventRecord *records);

/*
 * The keys that the next refills will probably bring, bucket by bucket, each unsorted and as far as
 * it lies in one chunk: start with *cursor = 0. NULL when no more are known.
 */
const HfEventKey *hf_ladder__ahead(const HfLadder *ladder, uint32_t *cursor, uint32_t *count_out);

/* Drop the keys whose event is no longer to happen. */
void hf_ladder__sweep(HfLadder *ladder, const HfEventRecord *records);

/* Keys in all parts, dead ones among them. O(rungs and buckets). */
uint64_t hf_ladder__count(const HfLadder *ladder);

void hf_ladder__check(const HfLadder *ladder, uint64_t floor);
size_t hf_ladder__memory(const HfLadder *ladder);

#endif
