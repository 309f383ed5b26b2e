/*
 * What running tasks really use, and where. A task runs on while the master has given its agent up:
 * then it uses what no total counts any more. So use is kept apart by whether the master counts the
 * host's agent: only then is it part of the use that is compared with the total, and a ratio of
 * the two is one of the same agents. For that the recorder keeps what is used on each host.
 */
#include "base/assert.h"
#include "base/checked.h"
#include "world/recorder_internal.h"

static gboolean is_counted(const HfRecorder *recorder, uint32_t host)
{
    return host < recorder->counted_agents.count && recorder->counted_agents.at[host] > 0;
}

static void step(HfRecorder *recorder, HfTime now, uint32_t kind, HfResourceLevel level, int64_t by)
{
    hf_level_add(&hf_recorder__resource(recorder, kind, level)->level, now, by);
}

static __attribute__((noinline)) void add_hosts(HfRecorder *recorder, uint32_t host)
{
    while (recorder->used.count < ((size_t)host + 1) * recorder->kinds)
        hf_vec_push(&recorder->used, 0);
}

static inline int64_t *used_on(HfRecorder *recorder, uint32_t host)
{
    size_t first = (size_t)host * recorder->kinds;
    if (G_UNLIKELY(recorder->used.count < first + recorder->kinds)) add_hosts(recorder, host);
    return recorder->used.at + first;
}

void hf_recorder_prefetch(const HfRecorder *recorder, uint32_t host)
{
    size_t first = (size_t)host * recorder->kinds;
    if (first < recorder->used.count) __builtin_prefetch(&recorder->used.at[first], 1);
}

static inline __attribute__((always_inline)) void step_used(HfRecorder *recorder,
                                                            const HfRecord *record, int sign)
{
    uint32_t count = hf_resources_count(record->resources);
    const HfResource *entry = hf_resources_entries(record->resources);
    HfTracked *levels = hf_recorder__resource(
        recorder, 0,
        is_counted(recorder, record->agent) ? HF_LEVEL_USED : HF_LEVEL_USED_UNREACHABLE);
    int64_t *used = used_on(recorder, record->agent);
    HfTime now = record->at;
    int64_t usage = record->value;
    for (uint32_t i = 0; i < count; i++, entry++) {
        size_t kind = entry->kind;
        if (!hf_recorder__has_levels(recorder, entry->kind)) continue;
        int64_t by = usage == 1000 ? entry->milli : hf_mul(entry->milli, usage) / 1000;
        by *= sign;
        hf_level_add(&levels[kind * HF_RESOURCE_LEVELS].level, now, by);
        used[kind] += by;
    }
}

void hf_recorder__step_used(HfRecorder *recorder, const HfRecord *record, int sign)
{
    step_used(recorder, record, sign);
}

void hf_recorder__on_run(HfRecorder *recorder, const HfRecord *record, int sign)
{
    step_used(recorder, record, sign);
    HfFrameworkStats *framework = hf_recorder__framework(recorder, record->framework);
    HfTime now = record->at;
    hf_level_add(&recorder->cluster[HF_LEVEL_TASKS_RUNNING].level, now, sign);
    hf_level_add(&framework->running.level, now, sign);
    if (recorder->residents.count > 0) hf_recorder__relaunches_on_run(recorder, record);
}

/* An agent of the host begins or ceases to be counted. A host that came back may have two for a
 * moment: the new one, and the old one that the master does not yet know to be gone. */
void hf_recorder__count_use(HfRecorder *recorder, HfTime now, uint32_t host, int sign)
{
    while (recorder->counted_agents.count <= host) hf_vec_push(&recorder->counted_agents, 0);
    uint8_t *agents = &recorder->counted_agents.at[host];
    HF_ASSERT(sign > 0 ? *agents < UINT8_MAX : *agents > 0);
    *agents = (uint8_t)(*agents + sign);
    if (*agents != (sign > 0 ? 1 : 0)) return;
    if (recorder->used.count < ((size_t)host + 1) * recorder->kinds) return; /* nothing ever */
    const int64_t *used = used_on(recorder, host);
    for (uint32_t k = 0; k < recorder->kinds; k++) {
        if (used[k] == 0) continue;
        step(recorder, now, k, HF_LEVEL_USED, sign * used[k]);
        step(recorder, now, k, HF_LEVEL_USED_UNREACHABLE, -sign * used[k]);
    }
}
