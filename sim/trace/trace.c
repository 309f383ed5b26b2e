/* Digest, listeners and counts of records; see trace.h. */
#include "trace/trace.h"

#include "base/assert.h"
#include "base/vec.h"

typedef struct Listener {
    HfTraceListener call;
    void *context;
} Listener;

struct HfTrace {
    const HfCatalog *catalog;
    HfDigest digest;
    HfTime last;
    uint64_t count[HF_RECORD_TYPES];
    uint64_t total;
    HF_VEC(Listener) listeners;
};

HfTrace *hf_trace_new(const HfCatalog *catalog)
{
    HfTrace *trace = g_new0(HfTrace, 1);
    trace->catalog = catalog;
    hf_digest_init(&trace->digest);
    return trace;
}

void hf_trace_free(HfTrace *trace)
{
    if (trace == NULL) return;
    hf_vec_clear(&trace->listeners);
    g_free(trace);
}

void hf_trace_listen(HfTrace *trace, HfTraceListener listener, void *context)
{
    hf_vec_push(&trace->listeners, (Listener){listener, context});
}

/* Kinds and metadata go in as their ids: these are given in order of first appearance, which is the
 * same in equal runs. Counts go first, so that no list can be read as another. */
static void digest_resources(HfTrace *trace, const HfResources *resources)
{
    uint32_t count = hf_resources_count(resources);
    const HfResource *entry = hf_resources_entries(resources);
    hf_digest_word(&trace->digest, count);
    for (uint32_t i = 0; i < count; i++, entry++) {
        hf_digest_word(&trace->digest,
                       (uint64_t)entry->meta << 32 | (uint64_t)entry->copies << 16 | entry->kind);
        switch (hf_kind_type(trace->catalog, entry->kind)) {
        case HF_TYPE_SCALAR:
            hf_digest_word(&trace->digest, (uint64_t)entry->milli);
            break;
        case HF_TYPE_RANGES:
            hf_digest_word(&trace->digest, entry->ranges->count);
            for (uint32_t k = 0; k < entry->ranges->count; k++) {
                hf_digest_word(&trace->digest, entry->ranges->at[k].begin);
                hf_digest_word(&trace->digest, entry->ranges->at[k].end);
            }
            break;
        case HF_TYPE_SET:
            hf_digest_word(&trace->digest, entry->set->count);
            for (uint32_t k = 0; k < entry->set->count; k++)
                hf_digest_word(&trace->digest, entry->set->at[k]);
            break;
        }
    }
}

/* Every field in bits of its own. */
static void digest_record(HfTrace *trace, const HfRecord *record)
{
    HF_ASSERT(record->state <= UINT8_MAX && record->reason <= UINT8_MAX);
    HfDigest *digest = &trace->digest;
    hf_digest_word(digest, (uint64_t)record->at);
    hf_digest_word(digest, (uint64_t)record->role << 32 | (uint64_t)record->reason << 24 |
                               (uint64_t)record->state << 16 | record->type);
    hf_digest_word(digest, (uint64_t)record->framework << 32 | record->agent);
    hf_digest_word(digest, record->id);
    hf_digest_word(digest, (uint64_t)record->value);
    if (record->resources)
        digest_resources(trace, record->resources);
    else
        hf_digest_word(digest, UINT64_MAX); /* none is not the same as no entries */
}

void hf_trace_emit(HfTrace *trace, const HfRecord *record)
{
    HF_ASSERT(record->at >= trace->last);
    HF_ASSERT(record->type < HF_RECORD_TYPES);
    trace->last = record->at;
    trace->count[record->type]++;
    trace->total++;
    digest_record(trace, record);
    for (guint32 i = 0; i < trace->listeners.count; i++)
        trace->listeners.at[i].call(trace->listeners.at[i].context, record);
}

uint64_t hf_trace_count(const HfTrace *trace, HfRecordType type)
{
    HF_ASSERT(type < HF_RECORD_TYPES);
    return trace->count[type];
}

uint64_t hf_trace_total(const HfTrace *trace)
{
    return trace->total;
}

void hf_trace_digest(const HfTrace *trace, char text_out[HF_DIGEST_TEXT_SIZE])
{
    hf_digest_print(&trace->digest, text_out);
}
