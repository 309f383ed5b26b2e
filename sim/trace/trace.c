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

/* What is no scalar: into the digest in front of the record, word by word. */
static void digest_value(HfTrace *trace, const HfResource *entry)
{
    if (hf_kind_type(trace->catalog, entry->kind) == HF_TYPE_RANGES) {
        hf_digest_word(&trace->digest, entry->ranges->count);
        for (uint32_t k = 0; k < entry->ranges->count; k++) {
            hf_digest_word(&trace->digest, entry->ranges->at[k].begin);
            hf_digest_word(&trace->digest, entry->ranges->at[k].end);
        }
        return;
    }
    hf_digest_word(&trace->digest, entry->set->count);
    for (uint32_t k = 0; k < entry->set->count; k++)
        hf_digest_word(&trace->digest, entry->set->at[k]);
}

/* Kinds and metadata go in as their ids: these are given in order of first appearance, which is the
 * same in equal runs. */
static HfFold fold_resources(HfTrace *trace, const HfResources *resources)
{
    enum { PLACES_OF_RECORD = 3 };
    uint32_t count = hf_resources_count(resources);
    const HfResource *entry = hf_resources_entries(resources);
    HfFold fold = 0;
    for (uint32_t i = 0; i < count; i++, entry++) {
        uint64_t what = (uint64_t)entry->meta << 32 | (uint64_t)entry->copies << 16 | entry->kind;
        uint64_t amount = 0;
        if (G_LIKELY(entry->kind < HF_KIND_PORTS || /* the first kinds are scalars in every run */
                     hf_kind_type(trace->catalog, entry->kind) == HF_TYPE_SCALAR))
            amount = (uint64_t)entry->milli;
        else
            digest_value(trace, entry);
        fold += hf_digest_product(PLACES_OF_RECORD + i, what, amount);
    }
    return fold;
}

/* Every field in bits of its own; the count of entries tells lists of different lengths apart, and
 * none from an empty one. */
static void digest_record(HfTrace *trace, const HfRecord *record)
{
    HF_ASSERT(record->state <= UINT8_MAX && record->reason <= UINT8_MAX);
    uint64_t entries = UINT64_MAX;
    HfFold fold = hf_digest_product(0, (uint64_t)record->at,
                                    (uint64_t)record->role << 32 | (uint64_t)record->reason << 24 |
                                        (uint64_t)record->state << 16 | record->type);
    fold += hf_digest_product(1, (uint64_t)record->framework << 32 | record->agent, record->id);
    if (record->resources) {
        entries = hf_resources_count(record->resources);
        fold += fold_resources(trace, record->resources);
    }
    fold += hf_digest_product(2, (uint64_t)record->value, entries);
    hf_digest_fold(&trace->digest, fold);
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
