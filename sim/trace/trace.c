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

/* Every field in bits of its own; the count of entries tells lists of different lengths apart, and
 * none from an empty one. */
static void digest_record(HfTrace *trace, const HfRecord *record)
{
    HF_ASSERT(record->state <= UINT8_MAX && record->reason <= UINT8_MAX);
    uint64_t entries = UINT64_MAX;
    HfFold fold = hf_digest_product(0, (uint64_t)record->at,
                                    (uint64_t)record->role << 32 | (uint64_t)record->reason << 24 |
                                        (uint64_t)record->state << 16 | record->type);
    fold += hf_digest_product(1, hf_digest_halves(record->framework, record->agent), record->id);
    if (record->resources) {
        entries = hf_resources_count(record->resources);
        fold += record->parcel != NULL && hf_parcel_resources(record->parcel) == record->resources
                    ? hf_parcel_fold(trace->catalog, record->parcel)
                    : hf_resources_fold(trace->catalog, record->resources);
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
