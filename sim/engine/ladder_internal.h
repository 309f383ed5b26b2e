/*
 * The fast event list: a ladder queue of keys (Tang, Goh and Thng, "Ladder queue: an O(1) priority
 * queue structure for large-scale discrete event simulation", ACM TOMACS 15(3), 2005), with integer
 * bucket widths that are powers of two and buckets made of small chunks of keys.
 *
 *   ring      keys of the current instant, in the order they came (zero delays)
 *   bottom    the next keys, sorted, smallest last: a pop is one decrement
 *   rung[i]   from 1: each one bucket of the rung above it, cut finer; unsorted buckets
 *   rung[0]   everything later, in one unsorted bucket; called top
 *   inbox     new keys that are not for bottom, until there are enough to be put away together
 *
 * Ranges of `high`, without gap or overlap: top accepts from[0] and up, rung[i] from[i] up to
 * from[i - 1], bottom what is below from[rungs]. A key moves down at most a few times before it is
 * popped, each time by sequential reads and an append; nothing is followed by pointer.
 * With nothing but a few keys, all of them live in bottom (from[0] is then without limit).
 *
 * Where a key is put away is as good as random, so the place is seldom in the nearest cache. That
 * is what the inbox is for: the places of many keys are fetched before the first is written to.
 */
#ifndef HF_ENGINE_LADDER_INTERNAL_H
#define HF_ENGINE_LADDER_INTERNAL_H

#include "engine/key_internal.h"
#include "engine/sort_internal.h"

#define HF_LADDER_CHUNK  32 /* keys in one chunk: eight cache lines */
#define HF_LADDER_INBOX  64
#define HF_LADDER_BOTTOM 64 /* insertion into bottom stops at this size, if not filled to more */
#define HF_LADDER_FANOUT 8192
#define HF_LADDER_RUNGS  20 /* beside top */
#define HF_LADDER_AHEAD  24 /* places before the first of bottom that can be read */
#define HF_LADDER_NO_END UINT64_MAX

/* Keys in chunks, a circular list in order of arrival. */
typedef struct HfBucket {
    uint32_t after; /* place in chunk[] behind the last key; 0 when empty */
    uint32_t chunks;
} HfBucket;

/* Buckets of width 2^shift from `start`; buckets before `now_ix` are used up and empty. */
typedef struct HfRung {
    uint64_t start;
    HfBucket *bucket;
    uint32_t shift, now_ix, buckets, room;
} HfRung;

/* In place, after hf_ladder__init(). */
typedef struct HfLadder {
    HfEventKey *bottom;  /* [0] is greater than any key; then the keys, sorted, smallest last */
    HfEventKey *least;   /* that one; bottom itself when there is none */
    HfEventKey *fullest; /* where least may be at most; behind it is room for it, and more */
    uint64_t bottom_end; /* from[rungs] */
    uint32_t bottom_room;
    uint32_t inbox_count, inbox_room; /* room: HF_LADDER_INBOX, or 0 when another list is used */
    uint32_t ring_count, rungs;
    uint32_t shifts_left; /* of keys in a long bottom, before it is cut */
    HfEventKey *chunk;    /* [chunks_room][HF_LADDER_CHUNK] */
    uint32_t *next;       /* [chunks_room]: of a bucket's list, or of the free list */
    uint32_t chunks_room, chunks_free, chunks_free_head;
    uint32_t ring_head, ring_room;
    HfEventKey *ring; /* a FIFO; ring_room is a power of two */
    uint64_t dead;    /* keys held whose event was cancelled; the caller counts up, we count down */
    HfListWork work;
    uint64_t inserted; /* keys written when inserting into bottom; as many were compared */
    uint64_t from[HF_LADDER_RUNGS + 3]; /* where the range of top, rung[1], .. begins; then 0 */
    HfRung rung[HF_LADDER_RUNGS + 1];
    HfEventKey inbox[HF_LADDER_INBOX];
} HfLadder;

static inline HfEventKey *hf_ladder__chunk_at(const HfLadder *ladder, uint32_t chunk)
{
    return ladder->chunk + (size_t)chunk * HF_LADDER_CHUNK;
}

/* Keys in a bucket: all of its chunks are full but the last. */
static inline uint32_t hf_bucket__count(const HfBucket *bucket)
{
    return bucket->chunks * HF_LADDER_CHUNK - (-bucket->after & (HF_LADDER_CHUNK - 1));
}

/* Of a bucket that is not empty. */
static inline uint32_t hf_bucket__last_chunk(const HfBucket *bucket)
{
    return (bucket->after - 1) / HF_LADDER_CHUNK;
}

static inline uint32_t hf_bucket__first_chunk(const HfLadder *ladder, const HfBucket *bucket)
{
    return ladder->next[hf_bucket__last_chunk(bucket)];
}

/* Keys in bottom. */
static inline uint32_t hf_ladder__in_bottom(const HfLadder *ladder)
{
    return (uint32_t)(ladder->least - ladder->bottom);
}

void hf_ladder__init(HfLadder *ladder);
void hf_ladder__clear(HfLadder *ladder);

/* The rarer ways of hf_ladder__push(). */
uint64_t hf_ladder__push_bottom(HfLadder *ladder, HfEventKey key, uint64_t floor);
uint64_t hf_ladder__push_full(HfLadder *ladder, HfEventKey key);

/* Insert a key that is not for bottom, if there is room in the inbox; FALSE if not. */
static inline gboolean hf_ladder__post(HfLadder *ladder, HfEventKey key)
{
    uint32_t place = ladder->inbox_count;
    if (G_UNLIKELY(place >= ladder->inbox_room)) return FALSE;
    ladder->inbox_count = place + 1;
    hf_key__put(&ladder->inbox[place], key);
    return TRUE;
}

/*
 * Insert a key that is not less than (`floor`, 0); `floor` is the first `high` of the present.
 * Every way ends in a call or none, which spares the caller saving registers: hence the result,
 * key.low.
 */
static inline uint64_t hf_ladder__push(HfLadder *ladder, HfEventKey key, uint64_t floor)
{
    if (key.high < ladder->bottom_end) return hf_ladder__push_bottom(ladder, key, floor);
    if (G_LIKELY(hf_ladder__post(ladder, key))) return key.low;
    return hf_ladder__push_full(ladder, key);
}

/* Insert a key of the present instant, greater than every key given to this function before. */
uint64_t hf_ladder__push_now(HfLadder *ladder, HfEventKey key);

/*
 * Fill the empty bottom with the next keys, up to the end of the bucket in which `limit` lies: no
 * bucket that begins beyond it is touched. FALSE when that leaves nothing. Dead keys met on the way
 * may be dropped when `records` is given, and may be among those that bottom is filled with.
 */
gboolean hf_ladder__refill(HfLadder *ladder, uint64_t limit, const HfEventRecord *records);

/* Drop the keys whose event is no longer to happen. */
void hf_ladder__sweep(HfLadder *ladder, const HfEventRecord *records);

/* Keys in all parts, dead ones among them. O(rungs and buckets). */
uint64_t hf_ladder__count(const HfLadder *ladder);

void hf_ladder__check(const HfLadder *ladder, uint64_t floor);
size_t hf_ladder__memory(const HfLadder *ladder);
HfListWork hf_ladder__work(const HfLadder *ladder);

#endif
