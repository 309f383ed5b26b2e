/* Metrics of stores out of band. */
#include "world/metrics_internal.h"

static double count_of(const HfStoreStats *store, HfStoreCounter counter)
{
    return (double)(store->count[counter] - store->marked[counter]);
}

static void add_store(HfMetrics *metrics, const HfRecorder *recorder, uint32_t row)
{
    const HfStoreStats *store = &recorder->stores.at[row];
    const char *name = recorder->scenario->stores.at[row].name;
    double span = hf_time_to_seconds(recorder->ended_at - recorder->marked_at);
    static const struct {
        int kind; /* and the next one at the end */
        HfStoreLevel level;
    } levels[] = {{STORE_HELD, HF_STORE_HELD}, {STORE_LEFT, HF_STORE_ORPHANED}};
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        const HfTracked *tracked = &store->level[levels[i].level];
        hf_metrics__add(metrics, levels[i].kind, hf_recorder__mean(recorder, tracked) / 1048576,
                        name, NULL);
        hf_metrics__add(metrics, levels[i].kind + 1, (double)tracked->level.value / 1048576, name,
                        NULL);
    }
    hf_metrics__add(metrics, STORE_READ, count_of(store, HF_STORE_READ) / 1048576, name, NULL);
    hf_metrics__add(metrics, STORE_OUTAGES, count_of(store, HF_STORE_OUTAGES), name, NULL);
    hf_metrics__add(metrics, STORE_UNAVAILABLE,
                    hf_recorder__mean(recorder, &store->level[HF_STORE_DOWN]) * span, name, NULL);
    hf_metrics__add(metrics, STORE_STALLED,
                    hf_recorder__mean(recorder, &store->level[HF_STORE_STALLED]) * span, name,
                    NULL);
    hf_metrics__add(metrics, STORE_FULL, count_of(store, HF_STORE_FULL), name, NULL);
    hf_metrics__add(metrics, STORE_ACTIONS, count_of(store, HF_STORE_OPERATED), name, NULL);
    hf_metrics__add(metrics, STORE_LOSSES, count_of(store, HF_STORE_LOSSES), name, NULL);
    hf_metrics__add(metrics, STORE_LOST, count_of(store, HF_STORE_LOST) / 1048576, name, NULL);
    HfStoreRules rules = hf_store_rules(&recorder->scenario->stores.at[row]);
    hf_metrics__add(metrics, STORE_DEGRADED,
                    hf_metrics__ratio(hf_recorder__mean(recorder, &store->level[HF_STORE_MISSING]),
                                      (double)(rules.groups * rules.replicas)),
                    name, NULL);
    hf_metrics__add(metrics, STORE_REMADE, count_of(store, HF_STORE_REMADE) / 1048576, name, NULL);
    hf_metrics__add(metrics, STORE_SURPLUS, count_of(store, HF_STORE_SURPLUS) / 1048576, name,
                    NULL);
}

void hf_metrics__add_stores(HfMetrics *metrics, const HfRecorder *recorder)
{
    double left = 0, actions = 0, losses = 0;
    for (guint32 s = 0; s < recorder->stores.count; s++) {
        const HfStoreStats *store = &recorder->stores.at[s];
        add_store(metrics, recorder, s);
        left += (double)store->level[HF_STORE_ORPHANED].level.value / 1048576;
        actions += count_of(store, HF_STORE_OPERATED);
        losses += count_of(store, HF_STORE_LOSSES);
    }
    if (recorder->stores.count == 0) return;
    hf_metrics__add(metrics, STORES_LEFT_END, left, NULL, NULL);
    hf_metrics__add(metrics, STORES_ACTIONS, actions, NULL, NULL);
    hf_metrics__add(metrics, STORES_LOSSES, losses, NULL, NULL);
}
