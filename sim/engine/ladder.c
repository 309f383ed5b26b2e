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
 */
#include "engine/ladder_internal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/memory_internal.h"

#define MIN_BUCKETS      4
#define HF_LADDER_SPREAD 12

static inline HfEventKey *chunk_at(const HfLadder *ladder, uint32_t chunk)
{
    return ladder->chunk + (size_t)chunk * HF_LADDER_CHUNK;
}

static inline uint32_t chunks_of(uint32_t keys)
{
    return keys / HF_LADDER_CHUNK + (keys % HF_LADDER_CHUNK != 0);
}

/* Of a bucket that is not empty. */
static inline uint32_t last_chunk(const HfBucket *bucket)
{
    return (bucket->after - 1) / HF_LADDER_CHUNK;
}

static inline uint32_t first_chunk(const HfLadder *ladder, const HfBucket *bucket)
{
    return ladder->next[last_chunk(bucket)];
}

static inline uint64_t bottom_end(const HfLadder *ladder)
{
    return ladder->from[ladder->rungs];
}

static inline void set_bottom_end(HfLadder *ladder, uint64_t high)
{
    ladder->from[ladder->rungs] = high;
}

static void reserve_bottom(HfLadder *ladder, uint32_t room)
{
    if (room <= ladder->bottom_room) return;
    uint32_t doubled = MAX(ladder->bottom_room, HF_LADDER_BOTTOM * 2);
    while (doubled < room) doubled *= 2;
    ladder->bottom = g_renew(HfEventKey, ladder->bottom, doubled);
    ladder->bottom_room = doubled;
    ladder->work.allocations++;
}

void hf_ladder__init(HfLadder *ladder)
{
    *ladder = (HfLadder){0};
    set_bottom_end(ladder, HF_LADDER_NO_END);
    reserve_bottom(ladder, HF_LADDER_BOTTOM); /* below the limit nobody asks for room */
}

void hf_ladder__clear(HfLadder *ladder)
{
    for (int i = 0; i < HF_LADDER_RUNGS; i++) g_free(ladder->rung[i].bucket);
    g_free(ladder->bottom);
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
        hf_memory__grow(ladder->chunk, ladder->chunks_room * chunk_bytes, room * chunk_bytes);
    ladder->next = g_renew(uint32_t, ladder->next, room);
    ladder->work.allocations += 2;
    for (uint32_t i = room; i-- > ladder->chunks_room;) {
        ladder->next[i] = ladder->chunks_free_head;
        ladder->chunks_free_head = i;
    }
    ladder->chunks_free += room - ladder->chunks_room;
    ladder->chunks_room = room;
}

uint64_t hf_ladder__append_chunk(HfLadder *ladder, HfBucket *bucket, HfEventKey key)
{
    if (G_UNLIKELY(ladder->chunks_free == 0)) grow_pool(ladder, 1);
    uint32_t chunk = ladder->chunks_free_head;
    ladder->chunks_free_head = ladder->next[chunk];
    ladder->chunks_free--;
    if (bucket->count == 0) {
        ladder->next[chunk] = chunk;
    } else {
        uint32_t last = last_chunk(bucket);
        ladder->next[chunk] = ladder->next[last];
        ladder->next[last] = chunk;
    }
    hf_key__put(chunk_at(ladder, chunk), key);
    bucket->after = chunk * HF_LADDER_CHUNK + 1;
    bucket->count++;
    return key.low;
}

uint64_t hf_ladder__push_top(HfLadder *ladder, HfEventKey key)
{
    if (ladder->top.count == 0) ladder->top_min = ladder->top_max = key.high;
    if (key.high < ladder->top_min) ladder->top_min = key.high;
    if (key.high > ladder->top_max) ladder->top_max = key.high;
    return hf_ladder__append(ladder, &ladder->top, key);
}

static inline void free_chunk(HfLadder *ladder, uint32_t chunk)
{
    ladder->next[chunk] = ladder->chunks_free_head;
    ladder->chunks_free_head = chunk;
    ladder->chunks_free++;
}

/* Empty a bucket, which is not empty, of its keys, all of which were read. */
static inline void free_chunks(HfLadder *ladder, HfBucket *bucket)
{
    uint32_t last = last_chunk(bucket), first = ladder->next[last];
    ladder->next[last] = ladder->chunks_free_head;
    ladder->chunks_free_head = first;
    ladder->chunks_free += chunks_of(bucket->count);
    bucket->count = 0;
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
    HfRung *rung = &ladder->rung[ladder->rungs++];
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
}

static inline HfBucket *bucket_for(const HfRung *rung, uint64_t high)
{
    return &rung->bucket[(high - rung->start) >> rung->shift];
}

/* Whether keys are live is asked of their records, which lie anywhere: fetch those of a chunk at
 * once. */
static inline void fetch_records(const HfEventRecord *records, const HfEventKey *key, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) __builtin_prefetch(&records[hf_key__slot(key[i].low)]);
}

/*
 * Spread the keys of `from` over a rung that covers them, dropping dead ones when `records` is
 * given. Chunk by chunk: the chunk two after the one being read is fetched meanwhile, and each is
 * free as soon as it was read, so that spreading needs few chunks more than there are.
 * Everything the inner loop needs is held in locals: its stores could alias any field.
 */
static void spread(HfLadder *ladder, HfRung *rung, HfBucket from, const HfEventRecord *records)
{
    uint32_t spare = MIN(rung->buckets, from.count) + 1;
    if (ladder->chunks_free < spare) grow_pool(ladder, spare);
    HfEventKey *const pool = ladder->chunk;
    uint32_t *const next = ladder->next;
    HfBucket *const buckets = rung->bucket;
    const uint64_t start = rung->start;
    const uint32_t shift = rung->shift;
    uint32_t free_head = ladder->chunks_free_head, taken = 0, kept = 0;
    uint32_t left = from.count, chunk = first_chunk(ladder, &from);
    while (left > 0) {
        uint32_t following = next[chunk], n = MIN(left, HF_LADDER_CHUNK);
        const HfEventKey *key = pool + (size_t)chunk * HF_LADDER_CHUNK;
        const HfEventKey *ahead = pool + (size_t)next[following] * HF_LADDER_CHUNK;
        for (int line = 0; line < HF_LADDER_CHUNK; line += 4) __builtin_prefetch(ahead + line);
        if (records != NULL && left > n)
            fetch_records(records, pool + (size_t)following * HF_LADDER_CHUNK,
                          MIN(left - n, HF_LADDER_CHUNK));
        for (uint32_t i = 0; i < n; i++) {
            if (records != NULL && !hf_key__is_live(records, key[i])) continue;
            HfBucket *bucket = &buckets[(key[i].high - start) >> shift];
            uint32_t after = bucket->after, count = bucket->count;
            if (count % HF_LADDER_CHUNK == 0) { /* as hf_ladder__append_chunk() */
                uint32_t fresh = free_head, last = (after - 1) / HF_LADDER_CHUNK;
                free_head = next[fresh];
                next[fresh] = count == 0 ? fresh : next[last];
                if (count > 0) next[last] = fresh;
                after = fresh * HF_LADDER_CHUNK;
                taken++;
            }
            hf_key__put(&pool[after], key[i]);
            bucket->after = after + 1;
            bucket->count = count + 1;
            kept++;
        }
        next[chunk] = free_head;
        free_head = chunk;
        chunk = following;
        left -= n;
    }
    ladder->chunks_free_head = free_head;
    ladder->chunks_free += chunks_of(from.count) - taken;
    ladder->dead -= from.count - kept;
    ladder->work.keys_moved += kept;
}

/* ---- Bottom -----------------------------------------------------------------------------------*/

/* Heap sort, smallest last. For big bursts of one instant that did not come in order: seldom. */
static void sift(HfEventKey *key, uint32_t i, uint32_t count)
{
    HfEventKey k = key[i];
    for (;;) {
        uint64_t child = 2 * (uint64_t)i + 1;
        if (child >= count) break;
        if (child + 1 < count && hf_key__less(key[child + 1], key[child])) child++;
        if (!hf_key__less(key[child], k)) break;
        key[i] = key[child];
        i = (uint32_t)child;
    }
    key[i] = k;
}

static void sort_descending(HfEventKey *key, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;) sift(key, i, count);
    for (uint32_t n = count; n-- > 1;) {
        HfEventKey k = key[n];
        key[n] = key[0];
        key[0] = k;
        sift(key, 0, n);
    }
}

/*
 * Sort `count` keys into bottom; of key[], 4 * `vectors` >= `count` places can be read.
 *
 * Each key's place is how many are greater, counted in vector registers. What is compared is the
 * upper 26 bits of the distance from `start`, then the order of arrival; in the rare case that this
 * is not the order of the keys themselves, it is mended afterwards. Places beyond `count` compare
 * as less than any key and become zeroed keys behind the last one.
 * `vectors` is a constant where this is inlined: then no loop has a count to mispredict.
 */
static inline __attribute__((always_inline)) void sort_vectors(HfEventKey *restrict bottom,
                                                               const HfEventKey *restrict key,
                                                               int count, uint64_t start,
                                                               uint32_t shift, const int vectors)
{
    typedef int32_t Four __attribute__((vector_size(16)));
    int32_t brief[HF_LADDER_SORT] __attribute__((aligned(16)));
    int32_t greater[HF_LADDER_SORT] __attribute__((aligned(16)));
    for (int i = 0; i < 4 * vectors; i++) {
        int32_t distance = (int32_t)((key[i].high - start) >> shift << 5 | (uint32_t)i);
        brief[i] = i < count ? distance : -1;
    }
    for (int v = 0; v < vectors; v++) {
        Four mine = *(const Four *)(const void *)&brief[4 * v], sum = {0, 0, 0, 0};
        for (int j = 0; j < 4 * vectors; j++) sum -= brief[j] > mine;
        *(Four *)(void *)&greater[4 * v] = sum;
    }
    for (int i = 0; i < 4 * vectors; i++) hf_key__put(&bottom[greater[i]], key[i]);
    for (int i = 0; i < 4; i++) hf_key__put(&bottom[count + i], (HfEventKey){0, 0});
    int is_wrong = 0;
    for (int i = 1; i < 4 * vectors; i++) is_wrong |= hf_key__less(bottom[i - 1], bottom[i]);
    if (G_UNLIKELY(is_wrong)) sort_descending(bottom, (uint32_t)count);
}

/* Sort few keys, no two of which are further apart than `width_bits` bits, from `start` up. */
static void load_few(HfLadder *ladder, const HfEventKey *key, uint32_t count, uint64_t start,
                     uint32_t width_bits)
{
    HfEventKey *bottom = ladder->bottom;
    uint32_t shift = width_bits > 26 ? width_bits - 26 : 0;
    int n = (int)count;
    ladder->work.comparisons += (uint64_t)count * (count - 1) / 2;
    switch ((count - 1) / 4) {
    case 0:
        return sort_vectors(bottom, key, n, start, shift, 1);
    case 1:
        return sort_vectors(bottom, key, n, start, shift, 2);
    case 2:
        return sort_vectors(bottom, key, n, start, shift, 3);
    case 3:
        return sort_vectors(bottom, key, n, start, shift, 4);
    case 4:
        return sort_vectors(bottom, key, n, start, shift, 5);
    case 5:
        return sort_vectors(bottom, key, n, start, shift, 6);
    case 6:
        return sort_vectors(bottom, key, n, start, shift, 7);
    case 7:
        return sort_vectors(bottom, key, n, start, shift, 8);
    }
}

/* Read a bucket, in order of arrival, into `keys_out`, and empty it. */
static void take_bucket(HfLadder *ladder, HfBucket *bucket, HfEventKey *keys_out)
{
    uint32_t left = bucket->count, chunk = first_chunk(ladder, bucket);
    while (left > 0) {
        uint32_t n = MIN(left, HF_LADDER_CHUNK);
        memcpy(keys_out, chunk_at(ladder, chunk), n * sizeof *keys_out);
        keys_out += n;
        left -= n;
        chunk = ladder->next[chunk];
    }
    free_chunks(ladder, bucket);
}

/* A burst of one instant: of any size, and nearly always in order already. */
static void load_many(HfLadder *ladder, HfBucket *bucket)
{
    uint32_t n = bucket->count;
    HfEventKey *bottom = ladder->bottom;
    take_bucket(ladder, bucket, bottom);
    gboolean is_sorted = TRUE;
    for (uint32_t i = 1; i < n; i++) is_sorted &= hf_key__less(bottom[i - 1], bottom[i]);
    for (uint32_t i = 0; i < n / 2; i++) {
        HfEventKey k = bottom[i];
        bottom[i] = bottom[n - 1 - i];
        bottom[n - 1 - i] = k;
    }
    ladder->work.comparisons += n - 1;
    if (!is_sorted) {
        sort_descending(bottom, n);
        ladder->work.comparisons += (uint64_t)n * (64 - __builtin_clzll(n)) * 2; /* at most */
    }
}

/* Move a bucket, which is not empty, into bottom, which is. `start`, `width_bits`: its range. */
static void load_bottom(HfLadder *ladder, HfBucket *bucket, uint64_t start, uint32_t width_bits)
{
    uint32_t n = bucket->count;
    reserve_bottom(ladder, n + 4);
    if (n <= HF_LADDER_CHUNK) { /* one chunk: sort it from where it lies */
        load_few(ladder, chunk_at(ladder, last_chunk(bucket)), n, start, width_bits);
        free_chunks(ladder, bucket);
    } else if (n <= HF_LADDER_SORT) {
        HfEventKey few[HF_LADDER_SORT] = {{0, 0}};
        take_bucket(ladder, bucket, few);
        load_few(ladder, few, n, start, width_bits);
    } else {
        load_many(ladder, bucket);
    }
    ladder->bottom_count = n;
    ladder->work.keys_moved += n;
}

/*
 * Bottom grew too long by insertion, and there is no rung: keep the smallest keys, move the rest to
 * top. Keys of one instant stay together, or a later one could overtake an earlier one.
 */
static void spill_to_top(HfLadder *ladder)
{
    uint32_t n = ladder->bottom_count, moved = n - HF_LADDER_SORT;
    HfEventKey *bottom = ladder->bottom;
    while (moved < n && bottom[moved].high == bottom[moved - 1].high) moved++;
    for (uint32_t i = moved; i-- > 0;) (void)hf_ladder__push_top(ladder, bottom[i]);
    set_bottom_end(ladder, bottom[moved - 1].high);
    ladder->bottom_count = n - moved;
    for (uint32_t i = 0; i < n - moved; i++) hf_key__put(&bottom[i], bottom[moved + i]);
    ladder->work.keys_moved += n;
}

/* Bottom grew too long by insertion: make it a rung, from the present on. */
static void spill_to_rung(HfLadder *ladder, uint64_t floor)
{
    uint32_t n = ladder->bottom_count;
    HfRung *rung = begin_rung(ladder, floor, bottom_end(ladder), n / 4);
    for (uint32_t i = n; i-- > 0;)
        hf_ladder__append(ladder, bucket_for(rung, ladder->bottom[i].high), ladder->bottom[i]);
    ladder->bottom_count = 0;
    ladder->work.keys_moved += n;
}

/* TRUE when bottom changed, and its range with it. A deep ladder lets bottom grow instead. */
static gboolean spill(HfLadder *ladder, uint64_t floor)
{
    while (ladder->rungs > 0) { /* rungs that are used up would only stand in the way */
        HfRung *last = &ladder->rung[ladder->rungs - 1];
        if (last->now_ix < last->buckets) break;
        end_rung(ladder);
    }
    if (ladder->rungs == HF_LADDER_RUNGS) return FALSE;
    if (ladder->rungs == 0)
        spill_to_top(ladder);
    else
        spill_to_rung(ladder, floor);
    return TRUE;
}

static inline uint64_t insert_bottom(HfLadder *ladder, HfEventKey key)
{
    HfEventKey *const first = ladder->bottom, *const last = first + ladder->bottom_count++;
    HfEventKey *place = last;
    for (; place > first && hf_key__less(place[-1], key); place--) hf_key__put(place, place[-1]);
    hf_key__put(place, key);
    uint64_t shifted = (uint64_t)(last - place);
    ladder->work.keys_moved += shifted;
    ladder->work.comparisons += shifted + 1;
    return key.low;
}

/* ---- The operations ---------------------------------------------------------------------------*/

/* Bottom is at its limit: make it short, or else longer. */
static __attribute__((noinline)) uint64_t push_full_bottom(HfLadder *ladder, HfEventKey key,
                                                           uint64_t floor)
{
    if (spill(ladder, floor)) {
        ladder->work.keys_moved--; /* the key comes a second time, with bottom short */
        return hf_ladder__push(ladder, key, floor);
    }
    reserve_bottom(ladder, ladder->bottom_count + 1);
    return insert_bottom(ladder, key);
}

uint64_t hf_ladder__push_bottom(HfLadder *ladder, HfEventKey key, uint64_t floor)
{
    if (G_UNLIKELY(ladder->bottom_count >= HF_LADDER_BOTTOM))
        return push_full_bottom(ladder, key, floor);
    return insert_bottom(ladder, key);
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

/* The whole of top becomes bottom, or the first rung. */
static void take_top(HfLadder *ladder, const HfEventRecord *records)
{
    HfBucket top = ladder->top;
    ladder->top.count = 0;
    if (top.count <= HF_LADDER_SORT) {
        load_bottom(ladder, &top, ladder->top_min, bits_of(ladder->top_max - ladder->top_min));
        set_bottom_end(ladder, HF_LADDER_NO_END);
        return;
    }
    uint32_t buckets = top.count < 1024 ? top.count / 8 : top.count / 32;
    HfRung *rung = begin_rung(ladder, ladder->top_min, ladder->top_max + 1, buckets);
    spread(ladder, rung, top, records);
}

/* The bucket that is next becomes bottom, or a rung of its own. */
static void take_next_bucket(HfLadder *ladder, HfRung *rung, uint64_t start,
                             const HfEventRecord *records)
{
    HfBucket *bucket = &rung->bucket[rung->now_ix++];
    uint64_t end = MIN(start + (UINT64_C(1) << rung->shift), ladder->from[ladder->rungs - 1]);
    if (bucket->count <= HF_LADDER_SORT || rung->shift == 0 || ladder->rungs == HF_LADDER_RUNGS) {
        load_bottom(ladder, bucket, start, rung->shift);
        set_bottom_end(ladder, end);
        return;
    }
    HfBucket from = *bucket;
    bucket->count = 0;
    spread(ladder, begin_rung(ladder, start, end, from.count / HF_LADDER_SPREAD), from, records);
}

gboolean hf_ladder__refill(HfLadder *ladder, uint64_t limit, const HfEventRecord *records)
{
    HF_ASSERT(ladder->bottom_count == 0);
    while (ladder->bottom_count == 0) {
        if (ladder->rungs == 0) {
            if (ladder->top.count == 0) {
                set_bottom_end(ladder, HF_LADDER_NO_END);
                return FALSE;
            }
            if (ladder->top_min > limit) return FALSE;
            take_top(ladder, records);
            continue;
        }
        HfRung *rung = &ladder->rung[ladder->rungs - 1];
        uint32_t ix = rung->now_ix, buckets = rung->buckets;
        while (ix < buckets && rung->bucket[ix].count == 0) ix++;
        rung->now_ix = ix;
        if (ix == buckets) {
            end_rung(ladder);
            continue;
        }
        uint64_t start = rung->start + ((uint64_t)ix << rung->shift);
        set_bottom_end(ladder, start);
        if (start > limit) return FALSE;
        take_next_bucket(ladder, rung, start, records);
    }
    return TRUE;
}

const HfEventKey *hf_ladder__ahead(const HfLadder *ladder, uint32_t *cursor, uint32_t *count_out)
{
    *count_out = 0;
    if (ladder->rungs == 0) return NULL;
    const HfRung *rung = &ladder->rung[ladder->rungs - 1];
    uint32_t ix = MAX(*cursor, rung->now_ix);
    while (ix < rung->buckets && rung->bucket[ix].count == 0) ix++;
    *cursor = ix + 1;
    if (ix >= rung->buckets) return NULL;
    const HfBucket *bucket = &rung->bucket[ix];
    *count_out = MIN(bucket->count, HF_LADDER_CHUNK);
    return chunk_at(ladder, first_chunk(ladder, bucket));
}

/* ---- Sweeping, counting, checking -------------------------------------------------------------*/

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
    uint32_t left = bucket->count;
    if (left == 0) return;
    uint32_t chunk = first_chunk(ladder, bucket);
    if (ladder->chunks_free == 0) grow_pool(ladder, 1);
    while (left > 0) {
        uint32_t next = ladder->next[chunk], n = MIN(left, HF_LADDER_CHUNK);
        const HfEventKey *key = chunk_at(ladder, chunk);
        if (left > n)
            fetch_records(records, chunk_at(ladder, next), MIN(left - n, HF_LADDER_CHUNK));
        for (uint32_t i = 0; i < n; i++)
            if (hf_key__is_live(records, key[i])) hf_ladder__append(ladder, &kept, key[i]);
        free_chunk(ladder, chunk);
        chunk = next;
        left -= n;
    }
    ladder->work.keys_moved += kept.count;
    *bucket = kept;
}

void hf_ladder__sweep(HfLadder *ladder, const HfEventRecord *records)
{
    ladder->bottom_count = sweep_array(ladder->bottom, ladder->bottom_count, records);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ladder->ring_count; i++) {
        HfEventKey key = ladder->ring[(ladder->ring_head + i) & (ladder->ring_room - 1)];
        if (!hf_key__is_live(records, key)) continue;
        ladder->ring[(ladder->ring_head + kept++) & (ladder->ring_room - 1)] = key;
    }
    ladder->ring_count = kept;
    for (uint32_t r = 0; r < ladder->rungs; r++)
        for (uint32_t i = ladder->rung[r].now_ix; i < ladder->rung[r].buckets; i++)
            sweep_bucket(ladder, &ladder->rung[r].bucket[i], records);
    sweep_bucket(ladder, &ladder->top, records);
    ladder->dead = 0;
}

uint64_t hf_ladder__count(const HfLadder *ladder)
{
    uint64_t count = (uint64_t)ladder->bottom_count + ladder->ring_count + ladder->top.count;
    for (uint32_t r = 0; r < ladder->rungs; r++)
        for (uint32_t i = 0; i < ladder->rung[r].buckets; i++)
            count += ladder->rung[r].bucket[i].count;
    return count;
}

/* Every key of a bucket lies in [first, end); returns the chunks it holds. */
static uint32_t check_bucket(const HfLadder *ladder, const HfBucket *bucket, uint64_t first,
                             uint64_t end)
{
    if (bucket->count == 0) return 0;
    uint32_t chunk = first_chunk(ladder, bucket), chunks = chunks_of(bucket->count);
    for (uint32_t i = 0; i < bucket->count; i++) {
        if (i > 0 && i % HF_LADDER_CHUNK == 0) chunk = ladder->next[chunk];
        uint64_t high = chunk_at(ladder, chunk)[i % HF_LADDER_CHUNK].high;
        HF_ASSERT(high >= first);
        HF_ASSERT(high < end);
    }
    HF_ASSERT(chunk == last_chunk(bucket));
    return chunks;
}

void hf_ladder__check(const HfLadder *ladder, uint64_t floor)
{
    for (uint32_t i = 0; i < ladder->bottom_count; i++) {
        HF_ASSERT(ladder->bottom[i].high < bottom_end(ladder));
        HF_ASSERT(ladder->bottom[i].high >= floor);
        HF_ASSERT(i == 0 || hf_key__less(ladder->bottom[i], ladder->bottom[i - 1]));
    }
    uint64_t chunks = 0, first = bottom_end(ladder);
    for (uint32_t r = ladder->rungs; r-- > 0;) {
        const HfRung *rung = &ladder->rung[r];
        for (uint32_t i = 0; i < rung->buckets; i++) {
            uint64_t start = rung->start + ((uint64_t)i << rung->shift);
            uint64_t end = MIN(start + (UINT64_C(1) << rung->shift), ladder->from[r]);
            HF_ASSERT(i >= rung->now_ix || rung->bucket[i].count == 0);
            chunks += check_bucket(ladder, &rung->bucket[i], MAX(start, first), end);
        }
        for (uint32_t i = rung->buckets; i < rung->room; i++) HF_ASSERT(!rung->bucket[i].count);
        first = ladder->from[r];
    }
    if (ladder->top.count > 0) HF_ASSERT(ladder->top_min >= first);
    chunks += check_bucket(ladder, &ladder->top, ladder->top_min, ladder->top_max + 1);
    HF_ASSERT(chunks + ladder->chunks_free == ladder->chunks_room);
}

size_t hf_ladder__memory(const HfLadder *ladder)
{
    size_t bytes = sizeof(HfEventKey) * ((size_t)ladder->bottom_room + ladder->ring_room);
    for (int r = 0; r < HF_LADDER_RUNGS; r++) bytes += sizeof(HfBucket) * ladder->rung[r].room;
    return bytes + ladder->chunks_room * (sizeof(HfEventKey) * HF_LADDER_CHUNK + sizeof(uint32_t));
}
