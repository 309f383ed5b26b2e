/*
 * The ladder queue; see ladder_internal.h for its parts.
 *
 * Invariants, beside the ranges:
 *  - bottom is sorted; of equal `high` the smaller `low` (scheduled earlier) is popped first.
 *  - Within one bucket keys mostly lie in order of arrival, so that keys of one instant are found
 *    sorted already. Only speed depends on it.
 *  - Buckets of a rung before now_ix are empty, and so are all buckets of a rung not in use.
 *  - Of the last rung, start + now_ix * width is from[rungs], where bottom ends, unless the rung is
 *    used up: that is then from[rungs - 1], the end of its range, which may cut its last bucket.
 *  - No key of the inbox is for bottom; bottom's end rises only when the inbox is empty.
 */
#include "engine/ladder_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define MIN_BUCKETS 4
#define SPILL_KEEPS 32   /* keys that stay in bottom when the rest goes to top */
#define SPREAD      256  /* keys for each bucket of a rung made of one */
#define NEAR_CHUNKS 1024 /* so many are held by the nearer caches: nothing is fetched ahead */

static inline HfBucket *top_of(HfLadder *ladder)
{
    return ladder->rung[0].bucket;
}

static inline void set_bottom_end(HfLadder *ladder, uint64_t high)
{
    ladder->from[ladder->rungs] = ladder->bottom_end = high;
}

/* Room for `limit` keys, and beside them for what sorting and fetching ahead read and write. */
static void limit_bottom(HfLadder *ladder, uint32_t limit)
{
    ladder->fullest = ladder->bottom + limit;
    if (limit <= ladder->bottom_room) return;
    uint32_t room = MAX(2 * ladder->bottom_room, limit);
    size_t places = HF_LADDER_AHEAD + 1 + (size_t)room + HF_SORT_PAD;
    HfEventKey *base = g_new0(HfEventKey, places);
    base[HF_LADDER_AHEAD] = (HfEventKey){0, UINT64_MAX};
    uint32_t count = hf_ladder__in_bottom(ladder);
    if (ladder->bottom != NULL) {
        memcpy(base, ladder->bottom - HF_LADDER_AHEAD,
               (HF_LADDER_AHEAD + 1 + (size_t)count) * sizeof *base);
        g_free(ladder->bottom - HF_LADDER_AHEAD);
    }
    ladder->bottom = base + HF_LADDER_AHEAD;
    ladder->least = ladder->bottom + count;
    ladder->fullest = ladder->bottom + limit;
    ladder->bottom_room = room;
    ladder->work.allocations++;
}

void hf_ladder__init(HfLadder *ladder)
{
    *ladder = (HfLadder){.inbox_room = HF_LADDER_INBOX};
    ladder->rung[0] = (HfRung){.bucket = g_new0(HfBucket, 1), .shift = 63, .buckets = 1, .room = 1};
    set_bottom_end(ladder, HF_LADDER_NO_END);
    limit_bottom(ladder, HF_SORT_MANY + HF_LADDER_BOTTOM); /* seldom will it need more */
    limit_bottom(ladder, HF_LADDER_BOTTOM);
}

void hf_ladder__clear(HfLadder *ladder)
{
    for (int i = 0; i <= HF_LADDER_RUNGS; i++) g_free(ladder->rung[i].bucket);
    if (ladder->bottom != NULL) g_free(ladder->bottom - HF_LADDER_AHEAD);
    g_free(ladder->ring);
    free(ladder->chunk);
    g_free(ladder->next);
    *ladder = (HfLadder){0};
}

/* ---- Buckets: appending, and giving chunks back -----------------------------------------------*/

/* Make sure that `wanted` chunks are free, by doubling the pool. */
static __attribute__((noinline)) void grow_pool(HfLadder *ladder, uint32_t wanted)
{
    uint32_t room = ladder->chunks_room;
    while (room - ladder->chunks_room + ladder->chunks_free < wanted) {
        HF_ASSERT(room < UINT32_C(1) << 30);
        room = room > 0 ? room * 2 : 16;
    }
    const size_t chunk_bytes = HF_LADDER_CHUNK * sizeof(HfEventKey);
    ladder->chunk =
        hf_memory_grow_huge(ladder->chunk, ladder->chunks_room * chunk_bytes, room * chunk_bytes);
    ladder->next = g_renew(uint32_t, ladder->next, room);
    ladder->work.allocations += 2;
    for (uint32_t i = room; i-- > ladder->chunks_room;) {
        ladder->next[i] = ladder->chunks_free_head;
        ladder->chunks_free_head = i;
    }
    ladder->chunks_free += room - ladder->chunks_room;
    ladder->chunks_room = room;
}

/* The pool in locals, for loops that append: their stores could alias any field. */
typedef struct Pool {
    HfEventKey *chunk;
    uint32_t *next;
    uint32_t free_head, taken;
} Pool;

/* With `spare` chunks free. */
static inline Pool begin_pool(HfLadder *ladder, uint32_t spare)
{
    if (ladder->chunks_free < spare) grow_pool(ladder, spare);
    return (Pool){ladder->chunk, ladder->next, ladder->chunks_free_head, 0};
}

static inline void end_pool(HfLadder *ladder, const Pool *pool)
{
    ladder->chunks_free_head = pool->free_head;
    ladder->chunks_free -= pool->taken;
}

static inline void append(Pool *pool, HfBucket *bucket, HfEventKey key)
{
    uint32_t after = bucket->after;
    if (after % HF_LADDER_CHUNK == 0) { /* empty, or its last chunk is full */
        uint32_t fresh = pool->free_head, last = (after - 1) / HF_LADDER_CHUNK;
        pool->free_head = pool->next[fresh];
        pool->next[fresh] = after == 0 ? fresh : pool->next[last];
        if (after > 0) pool->next[last] = fresh;
        after = fresh * HF_LADDER_CHUNK;
        bucket->chunks++;
        pool->taken++;
    }
    hf_key__put(&pool->chunk[after], key);
    bucket->after = after + 1;
}

/* Give a chunk back whose keys were read. */
static inline void drop_chunk(Pool *pool, uint32_t chunk)
{
    pool->next[chunk] = pool->free_head;
    pool->free_head = chunk;
    pool->taken--;
}

/* Empty a bucket, which is not empty, of its keys, all of which were read. */
static inline void free_chunks(HfLadder *ladder, HfBucket *bucket)
{
    uint32_t last = hf_bucket__last_chunk(bucket), first = ladder->next[last];
    ladder->next[last] = ladder->chunks_free_head;
    ladder->chunks_free_head = first;
    ladder->chunks_free += bucket->chunks;
    *bucket = (HfBucket){0, 0};
}

static inline HfBucket *bucket_for(const HfRung *rung, uint64_t high)
{
    return &rung->bucket[(high - rung->start) >> rung->shift];
}

/* Where a key of the inbox goes. Whether that is top or the first rung is as good as random, so it
 * is found without a branch; keys for deeper rungs are few. */
static inline HfBucket *home_of(const HfLadder *ladder, uint64_t high)
{
    const HfRung *rung = ladder->rung + (size_t)(high < ladder->from[0]);
    if (G_UNLIKELY(high < ladder->from[1]))
        for (rung++; high < ladder->from[rung - ladder->rung];) rung++;
    return bucket_for(rung, high);
}

static void empty_inbox(HfLadder *ladder)
{
    const uint32_t count = ladder->inbox_count;
    const HfEventKey *const key = ladder->inbox;
    Pool pool = begin_pool(ladder, count);
    if (ladder->chunks_room <= NEAR_CHUNKS) {
        for (size_t i = 0; i < count; i++) append(&pool, home_of(ladder, key[i].high), key[i]);
    } else {
        HfBucket *home[HF_LADDER_INBOX];
        for (size_t i = 0; i < count; i++) {
            home[i] = home_of(ladder, key[i].high);
            __builtin_prefetch(&pool.chunk[home[i]->after], 1);
        }
        for (size_t i = 0; i < count; i++) append(&pool, home[i], key[i]);
    }
    end_pool(ladder, &pool);
    ladder->work.keys_moved += count;
    ladder->inbox_count = 0;
}

/* ---- Rungs ------------------------------------------------------------------------------------*/

/*
 * Begin a rung over [start, end), where `end` is where bottom ends so far; bottom then ends at
 * `start`. Cost: O(1) after warm-up, as buckets are empty when a rung is not in use.
 */
static HfRung *begin_rung(HfLadder *ladder, uint64_t start, uint64_t end, uint32_t buckets_wanted)
{
    HF_ASSERT(start < end);
    HF_ASSERT(ladder->rungs < HF_LADDER_RUNGS);
    set_bottom_end(ladder, end);
    HfRung *rung = &ladder->rung[++ladder->rungs];
    set_bottom_end(ladder, start);
    uint32_t wanted = CLAMP(buckets_wanted, MIN_BUCKETS, HF_LADDER_FANOUT);
    uint64_t last = end - 1 - start;
    uint32_t shift = 0;
    int span_bits = last > 0 ? 64 - __builtin_clzll(last) : 0;
    int bucket_bits = 64 - __builtin_clzll(wanted - 1);
    if (span_bits > bucket_bits) shift = (uint32_t)(span_bits - bucket_bits);
    uint32_t buckets = (uint32_t)(last >> shift) + 1;
    HF_ASSERT(buckets <= HF_LADDER_FANOUT);
    if (buckets > rung->room) {
        uint32_t room = MAX(rung->room, 16);
        while (room < buckets) room *= 2;
        rung->bucket = g_renew(HfBucket, rung->bucket, room);
        for (uint32_t i = rung->room; i < room; i++) rung->bucket[i] = (HfBucket){0, 0};
        rung->room = room;
        ladder->work.allocations++;
    }
    rung->start = start;
    rung->shift = shift;
    rung->buckets = buckets;
    rung->now_ix = 0;
    return rung;
}

/* Forget the last rung, which is used up: bottom then ends where the rung ended. */
static inline void end_rung(HfLadder *ladder)
{
    ladder->from[ladder->rungs--] = 0;
    ladder->bottom_end = ladder->from[ladder->rungs];
}

/* Whether keys are live is asked of their records, which lie anywhere: fetch those of a chunk at
 * once. */
static inline __attribute__((always_inline)) void fetch_records(const HfEventRecord *records,
                                                                const HfEventKey *key, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) __builtin_prefetch(&records[hf_key__slot(key[i].low)]);
}

/*
 * Spread the keys of `from` over a rung that covers them, dropping dead ones when `records` is
 * given. Chunk by chunk: the chunk two after the one being read is fetched meanwhile, and each is
 * free as soon as it was read, so that spreading needs few chunks more than there are.
 */
static void spread(HfLadder *ladder, const HfRung *rung, HfBucket from,
                   const HfEventRecord *records)
{
    Pool pool = begin_pool(ladder, MIN(rung->buckets, hf_bucket__count(&from)) + 1);
    HfBucket *const buckets = rung->bucket;
    const uint64_t start = rung->start;
    const uint32_t shift = rung->shift;
    uint32_t dropped = 0, left = hf_bucket__count(&from),
             chunk = hf_bucket__first_chunk(ladder, &from);
    while (left > 0) {
        uint32_t following = pool.next[chunk], n = MIN(left, HF_LADDER_CHUNK);
        const HfEventKey *key = pool.chunk + (size_t)chunk * HF_LADDER_CHUNK;
        const HfEventKey *ahead = pool.chunk + (size_t)pool.next[following] * HF_LADDER_CHUNK;
        for (int line = 0; line < HF_LADDER_CHUNK; line += 4) __builtin_prefetch(ahead + line);
        if (records != NULL && left > n)
            fetch_records(records, pool.chunk + (size_t)following * HF_LADDER_CHUNK,
                          MIN(left - n, HF_LADDER_CHUNK));
        for (uint32_t i = 0; i < n; i++) {
            if (records != NULL && !hf_key__is_live(records, key[i]))
                dropped++;
            else
                append(&pool, &buckets[(key[i].high - start) >> shift], key[i]);
        }
        drop_chunk(&pool, chunk);
        chunk = following;
        left -= n;
    }
    end_pool(ladder, &pool);
    ladder->dead -= dropped;
    ladder->work.keys_moved += hf_bucket__count(&from) - dropped;
}

/* ---- Bottom -----------------------------------------------------------------------------------*/

/* Read a bucket, in order of arrival, into `keys_out`, and empty it. Writes whole chunks. */
static void take_bucket(HfLadder *ladder, HfBucket *bucket, HfEventKey *keys_out)
{
    uint32_t chunk = hf_bucket__first_chunk(ladder, bucket);
    for (uint32_t left = bucket->chunks; left > 0; left--, keys_out += HF_LADDER_CHUNK) {
        memcpy(keys_out, hf_ladder__chunk_at(ladder, chunk), HF_LADDER_CHUNK * sizeof *keys_out);
        chunk = ladder->next[chunk];
    }
    free_chunks(ladder, bucket);
}

/* Move a bucket, which is not empty, into bottom, which is. `start`, `width_bits`: its range. */
static void load_bottom(HfLadder *ladder, HfBucket *bucket, uint64_t start, uint32_t width_bits)
{
    uint32_t n = hf_bucket__count(bucket);
    limit_bottom(ladder, n + HF_LADDER_BOTTOM);
    HfEventKey *bottom = ladder->bottom + 1;
    HfEventKey keys[HF_SORT_MANY + HF_LADDER_CHUNK];
    if (n <= HF_LADDER_CHUNK) { /* one chunk: sort it from where it lies */
        const HfEventKey *key = hf_ladder__chunk_at(ladder, hf_bucket__last_chunk(bucket));
        ladder->work.comparisons += hf_sort__range(bottom, key, n, start, width_bits);
        free_chunks(ladder, bucket);
    } else if (n <= HF_SORT_MANY) {
        take_bucket(ladder, bucket, keys);
        ladder->work.comparisons += hf_sort__range(bottom, keys, n, start, width_bits);
    } else {
        limit_bottom(ladder, n + HF_LADDER_CHUNK);
        bottom = ladder->bottom + 1;
        take_bucket(ladder, bucket, bottom);
        ladder->work.comparisons += hf_sort__burst(bottom, n);
    }
    if (n <= HF_LADDER_BOTTOM / 2) limit_bottom(ladder, HF_LADDER_BOTTOM);
    ladder->shifts_left = 4 * n;
    ladder->least = ladder->bottom + n;
    ladder->work.keys_moved += n;
}

/*
 * Bottom grew too long by insertion, and there is no rung: keep the smallest keys, move the rest to
 * top. Keys of one instant stay together, or a later one could overtake an earlier one.
 */
static void spill_to_top(HfLadder *ladder)
{
    uint32_t n = hf_ladder__in_bottom(ladder), moved = n - SPILL_KEEPS;
    HfEventKey *bottom = ladder->bottom + 1;
    while (moved < n && bottom[moved].high == bottom[moved - 1].high) moved++;
    Pool pool = begin_pool(ladder, moved / HF_LADDER_CHUNK + 1);
    for (uint32_t i = moved; i-- > 0;) append(&pool, top_of(ladder), bottom[i]);
    end_pool(ladder, &pool);
    set_bottom_end(ladder, bottom[moved - 1].high);
    ladder->least = ladder->bottom + (n - moved);
    for (uint32_t i = 0; i < n - moved; i++) hf_key__put(&bottom[i], bottom[moved + i]);
    ladder->work.keys_moved += n;
}

/* Bottom grew too long by insertion: make it a rung, from the present on. */
static void spill_to_rung(HfLadder *ladder, uint64_t floor)
{
    uint32_t n = hf_ladder__in_bottom(ladder);
    HfRung *rung = begin_rung(ladder, floor, ladder->bottom_end, n / 4);
    const HfEventKey *bottom = ladder->bottom + 1;
    Pool pool = begin_pool(ladder, n);
    for (uint32_t i = n; i-- > 0;) append(&pool, bucket_for(rung, bottom[i].high), bottom[i]);
    end_pool(ladder, &pool);
    ladder->least = ladder->bottom;
    ladder->work.keys_moved += n;
}

/* TRUE when bottom changed, and its range with it. A deep ladder lets bottom grow instead. */
static gboolean spill(HfLadder *ladder, uint64_t floor)
{
    empty_inbox(ladder);        /* so that the end of bottom may change either way */
    while (ladder->rungs > 0) { /* rungs that are used up would only stand in the way */
        HfRung *last = &ladder->rung[ladder->rungs];
        if (last->now_ix < last->buckets) break;
        end_rung(ladder);
    }
    if (ladder->rungs == HF_LADDER_RUNGS) return FALSE;
    if (ladder->rungs == 0)
        spill_to_top(ladder);
    else
        spill_to_rung(ladder, floor);
    limit_bottom(ladder, HF_LADDER_BOTTOM);
    return TRUE;
}

/* A key was inserted far from the end of a long bottom. That may happen now and then. */
static __attribute__((noinline)) uint64_t count_far_shift(HfLadder *ladder, uint32_t shifted,
                                                          uint64_t low)
{
    if (shifted > ladder->shifts_left) limit_bottom(ladder, HF_LADDER_BOTTOM);
    ladder->shifts_left -= MIN(shifted, ladder->shifts_left);
    return low;
}

/* The key at bottom[0] ends the search. */
static inline uint64_t insert_bottom(HfLadder *ladder, HfEventKey key)
{
    HfEventKey *const last = ++ladder->least;
    HfEventKey *place = last;
    for (; hf_key__less(place[-1], key); place--) hf_key__put(place, place[-1]);
    hf_key__put(place, key);
    uint32_t shifted = (uint32_t)(last - place);
    ladder->inserted += shifted + 1;
    if (G_UNLIKELY(shifted >= HF_LADDER_BOTTOM)) return count_far_shift(ladder, shifted, key.low);
    return key.low;
}

/* ---- The operations ---------------------------------------------------------------------------*/

/* Bottom is at its limit: make it short, or else longer. */
static __attribute__((noinline)) uint64_t push_full_bottom(HfLadder *ladder, HfEventKey key,
                                                           uint64_t floor)
{
    if (spill(ladder, floor)) return hf_ladder__push(ladder, key, floor);
    limit_bottom(ladder, hf_ladder__in_bottom(ladder) + HF_LADDER_BOTTOM);
    return insert_bottom(ladder, key);
}

uint64_t hf_ladder__push_bottom(HfLadder *ladder, HfEventKey key, uint64_t floor)
{
    if (G_UNLIKELY(ladder->least >= ladder->fullest)) return push_full_bottom(ladder, key, floor);
    return insert_bottom(ladder, key);
}

uint64_t hf_ladder__push_full(HfLadder *ladder, HfEventKey key)
{
    empty_inbox(ladder);
    ladder->inbox_count = 1;
    hf_key__put(&ladder->inbox[0], key);
    return key.low;
}

static __attribute__((noinline)) void grow_ring(HfLadder *ladder)
{
    uint32_t room = MAX(ladder->ring_room * 2, 64);
    HfEventKey *ring = g_new(HfEventKey, room);
    for (uint32_t i = 0; i < ladder->ring_count; i++)
        ring[i] = ladder->ring[(ladder->ring_head + i) & (ladder->ring_room - 1)];
    g_free(ladder->ring);
    ladder->ring = ring;
    ladder->ring_room = room;
    ladder->ring_head = 0;
    ladder->work.allocations++;
}

uint64_t hf_ladder__push_now(HfLadder *ladder, HfEventKey key)
{
    if (G_UNLIKELY(ladder->ring_count == ladder->ring_room)) grow_ring(ladder);
    uint32_t place = (ladder->ring_head + ladder->ring_count++) & (ladder->ring_room - 1);
    hf_key__put(&ladder->ring[place], key);
    ladder->work.keys_moved++;
    return key.low;
}

static inline uint32_t bits_of(uint64_t number)
{
    return number > 0 ? 64 - (uint32_t)__builtin_clzll(number) : 0;
}

/* The least and the greatest `high` of a bucket that is not empty. */
static void range_of(const HfLadder *ladder, const HfBucket *bucket, uint64_t *least_out,
                     uint64_t *greatest_out)
{
    uint64_t least = UINT64_MAX, greatest = 0;
    uint32_t chunk = hf_bucket__first_chunk(ladder, bucket);
    for (uint32_t left = hf_bucket__count(bucket), n; left > 0; left -= n) {
        const HfEventKey *key = hf_ladder__chunk_at(ladder, chunk);
        n = MIN(left, HF_LADDER_CHUNK);
        chunk = ladder->next[chunk];
        for (int line = 0; line < HF_LADDER_CHUNK; line += 4)
            __builtin_prefetch(hf_ladder__chunk_at(ladder, ladder->next[chunk]) + line);
        for (uint32_t i = 0; i < n; i++) {
            least = MIN(least, key[i].high);
            greatest = MAX(greatest, key[i].high);
        }
    }
    *least_out = least;
    *greatest_out = greatest;
}

/* How many buckets for the keys of top; each will have got several times as many keys when it is
 * its turn. */
static uint32_t top_buckets(uint32_t count)
{
    return MIN(count / 4, MAX(count / 32, 1024));
}

/*
 * The whole of top becomes bottom, or the first rung; unless all of it lies beyond `limit`: then
 * bottom ends where the first of it is, so that it is not looked at again.
 */
static gboolean take_top(HfLadder *ladder, uint64_t limit, const HfEventRecord *records)
{
    HfBucket *top = top_of(ladder), keys = *top;
    uint64_t least, greatest;
    range_of(ladder, top, &least, &greatest);
    set_bottom_end(ladder, least);
    if (least > limit) return FALSE;
    uint32_t count = hf_bucket__count(top);
    if (count <= HF_SORT_FEW) {
        load_bottom(ladder, top, least, bits_of(greatest - least));
        set_bottom_end(ladder, HF_LADDER_NO_END);
        return TRUE;
    }
    *top = (HfBucket){0, 0};
    spread(ladder, begin_rung(ladder, least, greatest + 1, top_buckets(count)), keys, records);
    return TRUE;
}

/* The bucket that is next becomes bottom, or a rung of its own. */
static void take_next_bucket(HfLadder *ladder, HfRung *rung, uint64_t start,
                             const HfEventRecord *records)
{
    HfBucket *bucket = &rung->bucket[rung->now_ix++];
    uint64_t end = MIN(start + (UINT64_C(1) << rung->shift), ladder->from[ladder->rungs - 1]);
    uint32_t count = hf_bucket__count(bucket);
    if (count <= HF_SORT_MANY || rung->shift == 0 || ladder->rungs == HF_LADDER_RUNGS) {
        load_bottom(ladder, bucket, start, rung->shift);
        set_bottom_end(ladder, end);
        return;
    }
    HfBucket keys = *bucket;
    *bucket = (HfBucket){0, 0};
    spread(ladder, begin_rung(ladder, start, end, count / SPREAD), keys, records);
}

static inline __attribute__((always_inline)) void fetch_chunk(const HfLadder *ladder,
                                                              uint32_t chunk)
{
    for (int line = 0; line < HF_LADDER_CHUNK; line += 4)
        __builtin_prefetch(hf_ladder__chunk_at(ladder, chunk) + line);
}

/* The keys that the next refill will bring are read then, in whatever cache they are: fetch them.
 */
static inline __attribute__((always_inline)) void fetch_bucket(const HfLadder *ladder,
                                                               const HfBucket *bucket)
{
    if (bucket->chunks == 0 || bucket->chunks > HF_SORT_MANY / HF_LADDER_CHUNK) return;
    uint32_t chunk = hf_bucket__first_chunk(ladder, bucket);
    for (uint32_t left = bucket->chunks; left > 0; left--, chunk = ladder->next[chunk])
        fetch_chunk(ladder, chunk);
}

gboolean hf_ladder__refill(HfLadder *ladder, uint64_t limit, const HfEventRecord *records)
{
    HF_ASSERT(hf_ladder__in_bottom(ladder) == 0);
    if (ladder->inbox_count > 0) empty_inbox(ladder);
    while (hf_ladder__in_bottom(ladder) == 0) {
        if (ladder->rungs == 0) {
            if (top_of(ladder)->chunks == 0) {
                set_bottom_end(ladder, HF_LADDER_NO_END);
                limit_bottom(ladder, HF_LADDER_BOTTOM);
                return FALSE;
            }
            if (ladder->bottom_end > limit || !take_top(ladder, limit, records)) return FALSE;
            continue;
        }
        HfRung *rung = &ladder->rung[ladder->rungs];
        uint32_t ix = rung->now_ix, buckets = rung->buckets;
        while (ix < buckets && rung->bucket[ix].chunks == 0) ix++;
        rung->now_ix = ix;
        if (ix == buckets) {
            end_rung(ladder);
            continue;
        }
        uint64_t start = rung->start + ((uint64_t)ix << rung->shift);
        set_bottom_end(ladder, start);
        if (start > limit) return FALSE;
        take_next_bucket(ladder, rung, start, records);
        if (ladder->chunks_room > NEAR_CHUNKS && ix + 1 < buckets)
            fetch_bucket(ladder, &rung->bucket[ix + 1]);
    }
    return TRUE;
}

/* ---- Sweeping ---------------------------------------------------------------------------------*/

static uint32_t sweep_array(HfEventKey *key, uint32_t count, const HfEventRecord *records)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (hf_key__is_live(records, key[i])) key[kept++] = key[i];
    return kept;
}

/* The live keys of a bucket, in the same order, into its first chunks. */
static void sweep_bucket(HfLadder *ladder, HfBucket *bucket, const HfEventRecord *records)
{
    HfBucket kept = {0, 0};
    uint32_t left = hf_bucket__count(bucket);
    if (left == 0) return;
    Pool pool = begin_pool(ladder, 1);
    uint32_t chunk = hf_bucket__first_chunk(ladder, bucket);
    while (left > 0) {
        uint32_t following = pool.next[chunk], n = MIN(left, HF_LADDER_CHUNK);
        const HfEventKey *key = hf_ladder__chunk_at(ladder, chunk);
        if (left > n)
            fetch_records(records, hf_ladder__chunk_at(ladder, following),
                          MIN(left - n, HF_LADDER_CHUNK));
        for (uint32_t i = 0; i < n; i++)
            if (hf_key__is_live(records, key[i])) append(&pool, &kept, key[i]);
        drop_chunk(&pool, chunk);
        chunk = following;
        left -= n;
    }
    end_pool(ladder, &pool);
    ladder->work.keys_moved += hf_bucket__count(&kept);
    *bucket = kept;
}

void hf_ladder__sweep(HfLadder *ladder, const HfEventRecord *records)
{
    ladder->least =
        ladder->bottom + sweep_array(ladder->bottom + 1, hf_ladder__in_bottom(ladder), records);
    ladder->inbox_count = sweep_array(ladder->inbox, ladder->inbox_count, records);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ladder->ring_count; i++) {
        HfEventKey key = ladder->ring[(ladder->ring_head + i) & (ladder->ring_room - 1)];
        if (!hf_key__is_live(records, key)) continue;
        ladder->ring[(ladder->ring_head + kept++) & (ladder->ring_room - 1)] = key;
    }
    ladder->ring_count = kept;
    for (uint32_t r = 0; r <= ladder->rungs; r++)
        for (uint32_t i = ladder->rung[r].now_ix; i < ladder->rung[r].buckets; i++)
            sweep_bucket(ladder, &ladder->rung[r].bucket[i], records);
    ladder->dead = 0;
}
