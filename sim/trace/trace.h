/*
 * Where records go: into the digest of the run, always; to whoever listens (recorders, the auditor,
 * an event log). The digest does not depend on who listens, so output settings change no result.
 */
#ifndef HF_TRACE_TRACE_H
#define HF_TRACE_TRACE_H

#include <glib.h>
#include <stdint.h>

#include "base/digest.h"
#include "resource/parcel.h"
#include "trace/record.h"

typedef struct HfTrace HfTrace;

/* Told of each record, in order; the record is valid during the call only. Must not emit. */
typedef void (*HfTraceListener)(void *context, const HfRecord *record);

/* The catalog gives the content of interned metadata to the digest; borrowed. */
HfTrace *hf_trace_new(const HfCatalog *catalog);
void hf_trace_free(HfTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTrace, hf_trace_free)

void hf_trace_listen(HfTrace *trace, HfTraceListener listener, void *context);

/* Told of `count` records at once that differ in agent and id alone: those of *record mean nothing.
 * The order among runs of one instant and type is not that of the records. */
typedef void (*HfTraceRunListener)(void *context, const HfRecord *record, uint32_t count);

/* The same, for a listener that takes what hf_trace_run_add() gives together. */
void hf_trace_listen_runs(HfTrace *trace, HfTraceListener listener, HfTraceRunListener runs,
                          void *context);

/*
 * Something happened. Times must not go back (assertion).
 * Cost: about 5 ns and 1 ns for each scalar entry, plus the listeners; allocates nothing.
 */
void hf_trace_emit(HfTrace *trace, const HfRecord *record);

/* What a trace begins with, for the functions here alone. */
typedef struct HfTraceFront {
    const HfCatalog *catalog;
    HfDigest digest;
    HfTime last;          /* of the last record; HF_TIME_NEVER while a run has the digest */
    HfTraceListener tell; /* who listens, if it is one; else this tells all of them */
    void *listener;
    uint64_t count[HF_RECORD_TYPES];
} HfTraceFront;

/*
 * Every field in bits of its own; the count of entries tells lists of different lengths apart, and
 * none from an empty one. Three parts: what a run of records has in common, what each has of its
 * own, and what it carries.
 */
static inline HfFold hf_trace__fold_of_kind(const HfRecord *record)
{
    return hf_digest_product(0, (uint64_t)record->at,
                             (uint64_t)record->role << 32 | (uint64_t)record->reason << 24 |
                                 (uint64_t)record->state << 16 | record->type);
}
static inline HfFold hf_trace__fold_of_one(uint32_t framework, uint32_t agent, uint64_t id)
{
    return hf_digest_product(1, hf_digest_halves(framework, agent), id);
}
static inline HfFold hf_trace__fold_of_load(int64_t value, uint64_t entries, HfFold content)
{
    return hf_digest_product(2, (uint64_t)value, entries) + content;
}

/* The same as hf_trace_emit(), put together where it is called: what is constant there costs
 * nothing. For records of which each task has one. */
static inline __attribute__((always_inline)) void hf_trace_emit_inline(HfTrace *trace,
                                                                       const HfRecord *record)
{
    HfTraceFront *front = (void *)trace;
    HF_ASSERT(record->at >= front->last);
    HF_ASSERT(record->type < HF_RECORD_TYPES);
    HF_ASSERT((record->state | record->reason) <= UINT8_MAX);
    uint64_t entries = UINT64_MAX;
    HfFold content = 0; /* first of all: nothing else is to be kept over the calls */
    if (record->resources) {
        entries = hf_resources_count(record->resources);
        content = record->parcel != NULL && hf_parcel_resources(record->parcel) == record->resources
                      ? hf_parcel_fold(front->catalog, record->parcel)
                      : hf_resources_fold(front->catalog, record->resources);
    }
    HfFold fold = hf_trace__fold_of_kind(record);
    fold += hf_trace__fold_of_one(record->framework, record->agent, record->id);
    hf_digest_fold(&front->digest, fold + hf_trace__fold_of_load(record->value, entries, content));
    front->last = record->at;
    front->count[record->type]++;
    front->tell(front->listener, record);
}

/*
 * Many records at one instant that differ in agent, id and resources alone, as the offers of a cell
 * do. Digest, counts and listeners have them as if each had been emitted by itself; only who
 * listens to runs is told of those with equal resources together, at the latest when the run ends.
 * In place, fields private: begin, add each, end; nothing else is emitted in between.
 */
#define HF_TRACE_ALIKE 8 /* so many different resources are kept apart at a time */
typedef struct HfTraceRun {
    HfTrace *trace; /* NULL = over, or not begun */
    HfCatalog *catalog;
    HfRecord record;
    HfFold fold;     /* of what is the same in all */
    uint64_t first;  /* of what each has of its own, where its agent is 0 */
    HfDigest digest; /* the trace's, until the run ends */
    uint64_t count;  /* of those that were told of */
    gboolean tells_each;
    struct HfTraceAlike {
        HfParcel *parcel; /* a reference; NULL = none */
        uint32_t count;
        HfFold fold;         /* of all but agent and id of a record with this parcel */
    } alike[HF_TRACE_ALIKE]; /* by a hash of the content, or beside that place */
} HfTraceRun;

/* `record` without agent, id and resources: copied. Trace and catalog are borrowed until the end.
 */
void hf_trace_run_begin(HfTraceRun *run, HfTrace *trace, HfCatalog *catalog,
                        const HfRecord *record);

/* Private: by the top bits of a sum of products, in which all of the content shows (amounts are
 * round numbers), where a parcel's records are counted; that place, which is another parcel's, made
 * this one's; and who listens to each is told of one. */
static inline uint32_t hf_trace__place_of(const HfParcel *parcel)
{
    _Static_assert(HF_TRACE_ALIKE == 1 << 3, "three bits");
    return (uint32_t)(hf_parcel_hash(parcel) >> 61);
}
struct HfTraceAlike *hf_trace__run_turn(HfTraceRun *run, HfParcel *parcel);
void hf_trace__run_tell(HfTraceRun *run, uint32_t agent, uint64_t id, HfParcel *parcel);

/* Cost: about 3 ns, plus the listeners that are told of each. `parcel`: not NULL. */
static inline void hf_trace_run_add(HfTraceRun *run, uint32_t agent, uint64_t id, HfParcel *parcel)
{
    struct HfTraceAlike *alike = &run->alike[hf_trace__place_of(parcel)];
    if (G_UNLIKELY(alike->parcel != parcel)) alike = hf_trace__run_turn(run, parcel);
    alike->count++;
    hf_digest_fold(&run->digest, alike->fold + hf_digest_product_from(1, run->first + agent, id));
    if (G_UNLIKELY(run->tells_each)) hf_trace__run_tell(run, agent, id, parcel);
}

/*
 * So many in a row, with ids[count]; of so many structs of `size` bytes, the agent and the parcel
 * are so many bytes from the beginning. Cost: about 2 ns for each that is alike.
 */
static inline __attribute__((always_inline)) void
hf_trace_run_add_list(HfTraceRun *run, const uint64_t *ids, const void *structs, size_t size,
                      size_t agent_at, size_t parcel_at, uint32_t count)
{
    const char *at = structs;
    const uint64_t *end = ids + count;
    while (ids < end) {
        HfDigest digest = run->digest; /* in registers: nothing is called in this loop */
        uint64_t first = run->first;
        const uint64_t *begin = ids, *stop = run->tells_each ? ids : end;
        for (; ids < stop; ids++, at += size) {
            const HfParcel *parcel = *(HfParcel *const *)(const void *)(at + parcel_at);
            struct HfTraceAlike *alike = &run->alike[hf_trace__place_of(parcel)];
            if (G_UNLIKELY(alike->parcel != parcel)) break;
            uint32_t agent = *(const uint32_t *)(const void *)(at + agent_at);
            alike->count++;
            hf_digest_mix(&digest, alike->fold + hf_digest_product_from(1, first + agent, *ids));
        }
        digest.words += 2 * (uint64_t)(ids - begin);
        run->digest = digest;
        if (ids == end) return;
        hf_trace_run_add(run, *(const uint32_t *)(const void *)(at + agent_at), *ids,
                         *(HfParcel *const *)(const void *)(at + parcel_at));
        ids++, at += size;
    }
}

/* Nothing is done to a run that was not begun (zeroed), or is over. */
void hf_trace_run_end(HfTraceRun *run);

uint64_t hf_trace_count(const HfTrace *trace, HfRecordType type);
/* Where that is read, as long as the trace lives: for those who ask all the time. */
const uint64_t *hf_trace_counter(const HfTrace *trace, HfRecordType type);
uint64_t hf_trace_total(const HfTrace *trace);

/* The digest of all records so far. */
void hf_trace_digest(const HfTrace *trace, char text_out[HF_DIGEST_TEXT_SIZE]);

/* Names for the text form; each may return NULL (the number is then printed alone). */
typedef struct HfTraceNames {
    const char *(*agent)(void *context, uint32_t agent_id);
    const char *(*host)(void *context, uint32_t row);
    const char *(*framework)(void *context, uint32_t row);
    void *context;
} HfTraceNames;

/*
 * Append one record as a line of JSON (with newline) to `line`:
 * {"t":ns,"ev":"offer_sent","agent":"S00000001",...}. Fields in the order of hf_record_shapes;
 * resources in canonical text.
 */
void hf_trace_print_json(const HfRecord *record, const HfCatalog *catalog,
                         const HfTraceNames *names, GString *line);

#endif
