/* What a ladder holds: counted, and its invariants checked; see ladder_internal.h. */
#include "engine/ladder_internal.h"

uint64_t hf_ladder__count(const HfLadder *ladder)
{
    uint64_t count =
        (uint64_t)hf_ladder__in_bottom(ladder) + ladder->ring_count + ladder->inbox_count;
    for (uint32_t r = 0; r <= ladder->rungs; r++)
        for (uint32_t i = 0; i < ladder->rung[r].buckets; i++)
            count += hf_bucket__count(&ladder->rung[r].bucket[i]);
    return count;
}

/* Every key of a bucket lies in [first, end); returns the chunks it holds. */
static uint32_t check_bucket(const HfLadder *ladder, const HfBucket *bucket, uint64_t first,
                             uint64_t end)
{
    if (bucket->chunks == 0) {
        HF_ASSERT(bucket->after == 0);
        return 0;
    }
    uint32_t chunk = hf_bucket__first_chunk(ladder, bucket);
    for (uint32_t i = 0; i < hf_bucket__count(bucket); i++) {
        if (i > 0 && i % HF_LADDER_CHUNK == 0) chunk = ladder->next[chunk];
        uint64_t high = hf_ladder__chunk_at(ladder, chunk)[i % HF_LADDER_CHUNK].high;
        HF_ASSERT(high >= first);
        HF_ASSERT(high < end);
    }
    HF_ASSERT(chunk == hf_bucket__last_chunk(bucket));
    return bucket->chunks;
}

void hf_ladder__check(const HfLadder *ladder, uint64_t floor)
{
    HF_ASSERT(ladder->bottom_end == ladder->from[ladder->rungs]);
    HF_ASSERT(ladder->bottom[0].high == UINT64_MAX);
    for (uint32_t i = 1; i <= hf_ladder__in_bottom(ladder); i++) {
        HF_ASSERT(ladder->bottom[i].high < ladder->bottom_end);
        HF_ASSERT(ladder->bottom[i].high >= floor);
        HF_ASSERT(hf_key__less(ladder->bottom[i], ladder->bottom[i - 1]));
    }
    for (uint32_t i = 0; i < ladder->inbox_count; i++)
        HF_ASSERT(ladder->inbox[i].high >= ladder->bottom_end);
    uint64_t chunks = 0, first = ladder->bottom_end;
    for (uint32_t r = ladder->rungs; r > 0; r--) {
        const HfRung *rung = &ladder->rung[r];
        for (uint32_t i = 0; i < rung->buckets; i++) {
            uint64_t start = rung->start + ((uint64_t)i << rung->shift);
            uint64_t end = MIN(start + (UINT64_C(1) << rung->shift), ladder->from[r - 1]);
            HF_ASSERT(i >= rung->now_ix || rung->bucket[i].chunks == 0);
            chunks += check_bucket(ladder, &rung->bucket[i], MAX(start, first), end);
        }
        for (uint32_t i = rung->buckets; i < rung->room; i++) HF_ASSERT(!rung->bucket[i].chunks);
        first = ladder->from[r - 1];
    }
    chunks += check_bucket(ladder, ladder->rung[0].bucket, first, UINT64_MAX);
    HF_ASSERT(chunks + ladder->chunks_free == ladder->chunks_room);
}

size_t hf_ladder__memory(const HfLadder *ladder)
{
    size_t bytes = sizeof(HfEventKey) * ((size_t)ladder->bottom_room + ladder->ring_room);
    for (int r = 0; r <= HF_LADDER_RUNGS; r++) bytes += sizeof(HfBucket) * ladder->rung[r].room;
    return bytes + ladder->chunks_room * (sizeof(HfEventKey) * HF_LADDER_CHUNK + sizeof(uint32_t));
}

HfListWork hf_ladder__work(const HfLadder *ladder)
{
    HfListWork work = ladder->work;
    work.keys_moved += ladder->inserted;
    work.comparisons += ladder->inserted;
    return work;
}
