/* What is measured of stores out of band: what is in them, when they are down, who waits for that,
 * and what operators had to do. */
#include "base/assert.h"
#include "world/recorder_internal.h"

static HfStoreStats *store_of(HfRecorder *recorder, const HfRecord *record)
{
    HF_ASSERT(record->id < recorder->stores.count);
    return &recorder->stores.at[record->id];
}

static void on_declared(HfRecorder *recorder)
{
    HfStoreStats store = {0};
    for (int l = 0; l < HF_STORE_LEVELS; l++)
        hf_level_init(&store.level[l].level, recorder->marked_at, 0);
    hf_vec_push(&recorder->stores, store);
}

static void step(HfStoreStats *store, HfStoreLevel level, const HfRecord *record, int64_t by)
{
    hf_level_add(&store->level[level].level, record->at, by);
}

void hf_recorder__on_store(HfRecorder *recorder, const HfRecord *record)
{
    if (record->type == HF_RECORD_STORE_DECLARED) {
        on_declared(recorder);
        return;
    }
    HfStoreStats *store = store_of(recorder, record);
    int64_t value = record->value;
    switch ((int)record->type) {
    case HF_RECORD_STORE_STATE:
        hf_level_set(&store->level[HF_STORE_DOWN].level, record->at, !value);
        if (!value) store->count[HF_STORE_OUTAGES]++;
        break;
    case HF_RECORD_STORE_TAKEN:
        step(store, HF_STORE_HELD, record, value);
        break;
    case HF_RECORD_STORE_LEFT:
        step(store, HF_STORE_ORPHANED, record, value);
        break;
    case HF_RECORD_STORE_FREED:
        step(store, HF_STORE_HELD, record, -value);
        step(store, HF_STORE_ORPHANED, record, -value);
        break;
    case HF_RECORD_STORE_STALLED:
        step(store, HF_STORE_STALLED, record, value);
        break;
    case HF_RECORD_STORE_CLIENTS:
        step(store, HF_STORE_CLIENTS, record, value);
        break;
    case HF_RECORD_STORE_RATE:
        hf_level_set(&store->level[HF_STORE_MOVED].level, record->at, value);
        break;
    case HF_RECORD_STORE_DEGRADED:
        hf_level_set(&store->level[HF_STORE_MISSING].level, record->at, value);
        break;
    case HF_RECORD_STORE_RECOVERED:
        store->count[HF_STORE_REMADE] += (uint64_t)value;
        break;
    case HF_RECORD_STORE_SURPLUS:
        store->count[HF_STORE_SURPLUS] += (uint64_t)value;
        break;
    case HF_RECORD_STORE_LOST:
        store->count[HF_STORE_LOSSES]++;
        store->count[HF_STORE_LOST] += (uint64_t)value;
        break;
    case HF_RECORD_STORE_FULL:
        store->count[HF_STORE_FULL]++;
        break;
    case HF_RECORD_STORE_READ:
        store->count[HF_STORE_READ] += (uint64_t)value;
        break;
    default:
        HF_ASSERT(record->type == HF_RECORD_STORE_ACTION);
        store->count[HF_STORE_OPERATED]++;
    }
}

void hf_recorder__close_store_row(HfRecorder *recorder, HfTime from, HfTime now)
{
    for (guint32 s = 0; s < recorder->scenario->stores.count; s++) {
        HfStoreStats none = {0}; /* of one that is not yet declared */
        HfStoreStats *store = s < recorder->stores.count ? &recorder->stores.at[s] : &none;
        for (int l = 0; l < HF_STORE_LEVELS; l++)
            hf_vec_push(&recorder->store_rows, hf_recorder__row_mean(&store->level[l], from, now));
        for (int c = 0; c < HF_STORE_COUNTERS; c++)
            hf_vec_push(&recorder->store_rows, (double)store->count[c]);
    }
}

void hf_recorder__mark_stores(HfRecorder *recorder, HfTime now)
{
    for (guint32 s = 0; s < recorder->stores.count; s++) {
        HfStoreStats *store = &recorder->stores.at[s];
        for (int l = 0; l < HF_STORE_LEVELS; l++) hf_recorder__mark(&store->level[l], now);
        memcpy(store->marked, store->count, sizeof store->count);
    }
}
