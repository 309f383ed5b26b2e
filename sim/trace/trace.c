/* Digest, listeners and counts of records; see trace.h. */
#include "trace/trace.h"

#include "base/assert.h"
#include "base/vec.h"

typedef struct Listener {
    HfTraceListener call;
    HfTraceRunListener call_run; /* NULL = it is told of each */
    void *context;
} Listener;

struct HfTrace {
    HfTraceFront front; /* must stand first */
    HF_VEC(Listener) listeners;
    uint32_t singles; /* of these, without call_run */
};

static void tell_all(void *context, const HfRecord *record)
{
    const HfTrace *trace = context;
    for (guint32 i = 0; i < trace->listeners.count; i++)
        trace->listeners.at[i].call(trace->listeners.at[i].context, record);
}

static void choose_teller(HfTrace *trace)
{
    gboolean is_one = trace->listeners.count == 1;
    trace->front.tell = is_one ? trace->listeners.at[0].call : tell_all;
    trace->front.listener = is_one ? trace->listeners.at[0].context : trace;
}

HfTrace *hf_trace_new(const HfCatalog *catalog)
{
    HfTrace *trace = g_new0(HfTrace, 1);
    trace->front.catalog = catalog;
    hf_digest_init(&trace->front.digest);
    choose_teller(trace);
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
    hf_vec_push(&trace->listeners, (Listener){listener, NULL, context});
    trace->singles++;
    choose_teller(trace);
}

void hf_trace_listen_runs(HfTrace *trace, HfTraceListener listener, HfTraceRunListener runs,
                          void *context)
{
    hf_vec_push(&trace->listeners, (Listener){listener, runs, context});
    choose_teller(trace);
}

void hf_trace_emit(HfTrace *trace, const HfRecord *record)
{
    hf_trace_emit_inline(trace, record);
}

/* ---- runs ---- */

void hf_trace_run_begin(HfTraceRun *run, HfTrace *trace, HfCatalog *catalog, const HfRecord *record)
{
    HF_ASSERT(record->at >= trace->front.last);
    HF_ASSERT(record->type < HF_RECORD_TYPES);
    HF_ASSERT(record->state <= UINT8_MAX && record->reason <= UINT8_MAX);
    memset(run->alike, 0, sizeof run->alike);
    trace->front.last = HF_TIME_NEVER;
    run->trace = trace;
    run->digest = trace->front.digest;
    run->tells_each = trace->singles > 0;
    run->catalog = catalog;
    run->record = *record;
    run->fold = hf_trace__fold_of_kind(record);
    run->first = hf_digest_begin(1, (uint64_t)record->framework << 32);
    run->count = 0;
}

static void carry(HfTraceRun *run, HfParcel *parcel)
{
    run->record.parcel = parcel;
    run->record.resources = hf_parcel_resources(parcel);
}

/* Who listens to runs hears of these records. */
static void tell_alike(HfTraceRun *run, struct HfTraceAlike *alike)
{
    const HfTrace *trace = run->trace;
    if (alike->parcel == NULL) return;
    carry(run, alike->parcel);
    for (guint32 i = 0; i < trace->listeners.count; i++)
        if (trace->listeners.at[i].call_run != NULL)
            trace->listeners.at[i].call_run(trace->listeners.at[i].context, &run->record,
                                            alike->count);
    run->count += alike->count;
    hf_parcel_drop(run->catalog, &alike->parcel);
}

struct HfTraceAlike *hf_trace__run_turn(HfTraceRun *run, HfParcel *parcel)
{
    HfFold content = hf_parcel_fold(run->catalog, parcel); /* its place may not have been known */
    uint32_t place = hf_trace__place_of(parcel);
    struct HfTraceAlike *alike = &run->alike[place];
    if (alike->parcel != NULL) { /* of two with one place, as a few often are, one is beside it */
        struct HfTraceAlike *beside = &run->alike[place ^ 1];
        if (beside->parcel == parcel) return beside;
        if (beside->parcel == NULL)
            alike = beside;
        else
            tell_alike(run, alike);
    }
    alike->parcel = hf_parcel_ref(parcel);
    alike->count = 0;
    alike->fold =
        run->fold +
        hf_trace__fold_of_load(run->record.value, hf_resources_count(&parcel->resources), content);
    return alike;
}

/* ... and who does not, of each. */
void hf_trace__run_tell(HfTraceRun *run, uint32_t agent, uint64_t id, HfParcel *parcel)
{
    const HfTrace *trace = run->trace;
    carry(run, parcel);
    run->record.agent = agent;
    run->record.id = id;
    for (guint32 i = 0; i < trace->listeners.count; i++)
        if (trace->listeners.at[i].call_run == NULL)
            trace->listeners.at[i].call(trace->listeners.at[i].context, &run->record);
}

void hf_trace_run_end(HfTraceRun *run)
{
    if (run->trace == NULL) return;
    for (uint32_t place = 0; place < HF_TRACE_ALIKE; place++) tell_alike(run, &run->alike[place]);
    run->trace->front.count[run->record.type] += run->count;
    run->trace->front.digest = run->digest;
    run->trace->front.last = run->record.at;
    run->trace = NULL;
}

const uint64_t *hf_trace_counter(const HfTrace *trace, HfRecordType type)
{
    HF_ASSERT(type < HF_RECORD_TYPES);
    return &trace->front.count[type];
}

uint64_t hf_trace_count(const HfTrace *trace, HfRecordType type)
{
    HF_ASSERT(type < HF_RECORD_TYPES);
    return trace->front.count[type];
}

uint64_t hf_trace_total(const HfTrace *trace)
{
    uint64_t total = 0;
    for (int type = 0; type < HF_RECORD_TYPES; type++) total += trace->front.count[type];
    return total;
}

void hf_trace_digest(const HfTrace *trace, char text_out[HF_DIGEST_TEXT_SIZE])
{
    hf_digest_print(&trace->front.digest, text_out);
}
