/* What an engine counted and holds, and its invariants checked; see engine.h. */
#include "engine/engine_internal.h"

HfEventCounts hf_engine_counts(const HfEngine *engine, HfEventKind kind)
{
    HF_ASSERT(kind < engine->kinds.count);
    HfEventCounts counts = engine->kinds.at[kind].counts;
    for (uint32_t i = 0; i < engine->posts.count; i++)
        counts.scheduled += hf_event__kind(hf_posts__at(&engine->posts, i)->what) == kind;
    return counts;
}

void hf_engine_stats(const HfEngine *engine, HfEngineStats *stats_out)
{
    HfListWork work =
        engine->list == HF_EVENT_LIST_LADDER ? hf_ladder__work(&engine->ladder) : engine->heap.work;
    HfEngineStats stats = {
        .scheduled = engine->posts.count,
        .pending = engine->live + engine->posts.count,
        .pending_peak = engine->records_used - 1 + engine->posts.peak,
        .memory_bytes = sizeof *engine + engine->records_room * sizeof(HfEventRecord) +
                        engine->kinds.room * sizeof(Kind) + engine->names.room * sizeof(char *) +
                        engine->timers_room * sizeof(Timer) + engine->posts.room * sizeof(HfPost) +
                        hf_ladder__memory(&engine->ladder) + hf_heap__memory(&engine->heap),
        .allocations = engine->allocations + work.allocations + engine->posts.allocations,
        .keys_moved = work.keys_moved,
        .comparisons = work.comparisons,
        .requeued = engine->requeued,
    };
    for (guint32 i = 0; i < engine->kinds.count; i++) {
        stats.scheduled += engine->kinds.at[i].counts.scheduled;
        stats.fired += engine->kinds.at[i].counts.fired;
        stats.cancelled += engine->kinds.at[i].counts.cancelled;
    }
    *stats_out = stats;
}

void hf_engine_check(const HfEngine *engine)
{
    HfEngineStats stats;
    hf_engine_stats(engine, &stats);
    HF_ASSERT(stats.scheduled - stats.fired - stats.cancelled == stats.pending);
    uint64_t keys, dead;
    if (engine->list == HF_EVENT_LIST_LADDER) {
        hf_ladder__check(&engine->ladder, hf_key__high_first(engine->now));
        keys = hf_ladder__count(&engine->ladder);
        dead = engine->ladder.dead;
    } else {
        hf_heap__check(&engine->heap);
        keys = engine->heap.count;
        dead = engine->dead;
    }
    uint64_t in_list = engine->live;
    hf_posts__check(&engine->posts, hf_key__high_first(engine->now));
    HF_ASSERT(keys == in_list + dead);
    uint64_t filled = 0;
    for (uint32_t i = 1; i < engine->records_used; i++)
        filled += engine->records[i].low > HF_KEY_SLOT_MAX || engine->records[i].low == i;
    HF_ASSERT(filled == in_list);
    for (uint32_t slot = engine->records_empty; slot != 0; filled++) {
        HF_ASSERT(slot < engine->records_used);
        HF_ASSERT(filled < engine->records_used);
        slot = (uint32_t)engine->records[slot].low;
        HF_ASSERT(slot <= HF_KEY_SLOT_MAX);
    }
    HF_ASSERT(filled + 1 == MAX(engine->records_used, 1));
}
