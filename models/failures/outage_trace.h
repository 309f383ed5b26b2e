/*
 * Reading recorded outages of nodes: which node was down from when to when, in formats that are in
 * public use. Times are seconds from the first event of the file unless said otherwise.
 */
#ifndef HF_MODELS_FAILURES_OUTAGE_TRACE_H
#define HF_MODELS_FAILURES_OUTAGE_TRACE_H

#include "base/time.h"
#include "base/vec.h"
#include "scenario/keys.h"

typedef struct HfOutage {
    uint32_t node;   /* index among the names, in the order of their first outage */
    HfTime down, up; /* up: HF_TIME_NEVER = not recorded */
} HfOutage;

typedef struct HfOutages {
    GPtrArray *nodes;     /* char *, as the file names them */
    HF_VEC(HfOutage) all; /* by (down, node, up) */
} HfOutages;

/* For HF_KEY_ENUM; the value is what hf_outages_read takes. */
extern const HfKeyWord hf_outage_formats[];
enum { HF_OUTAGES_CSV, HF_OUTAGES_FTA, HF_OUTAGES_LANL, HF_OUTAGES_GOOGLE_2011 };

/*
 * Read all outages of a file, plain or .gz. system: of LANL's records, the number in their first
 * column; 0 = all of them, nodes named SYSTEM/NODE.
 * Errors: NULL and FILE:LINE: what.
 * Cost:   O(n log n) for n rows; all are held.
 */
HfOutages *hf_outages_read(const char *path, int format, int64_t system, GError **error);
void hf_outages_free(HfOutages *outages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfOutages, hf_outages_free)

#endif
