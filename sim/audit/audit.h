/*
 * The auditor: rebuilds the cluster from the trace alone and checks that what the records say can
 * be true. It listens like any recorder, asks no other part for its state (at the end it is handed
 * what the allocator and the event list say of themselves, to compare), and knows nothing of how
 * the allocator or the master come to their decisions; so a mistake of theirs cannot hide in it.
 *
 * What it checks stands in hf_invariants. More exactly:
 *   I-01 what is given back is what was taken
 *   I-03 ids of offers are not reused
 *   I-05 what is reserved dynamically, and what is a volume, changes only by an operation, which
 *        neither makes nor loses any
 *   I-07 no offer within what the same framework and role declined on that agent before the time is
 *        over (max(allocation interval, refuse time), in early eras the refuse time alone; revive
 *        clears it); none while suppressed
 *   I-19 time does not go back; events that were scheduled have fired, were cancelled, or are to
 * come I-20 what the master says of a task has happened on its host before I-22 an agent that is
 * unreachable, or a host that is down, holds nothing
 *
 * What it cannot see: agents' attributes; which roles a framework has; offers that should have been
 * made; at the very instant at which a filter ends, whether it ended first; and of a task that
 * comes back with its agent when all about it was over, whether it ever was. Shared volumes, which
 * any number may hold, are not counted.
 *
 * Source: MESOS.md 2-4; filters: MESOS.md 3.5, MESOS-VERIFIED 2.
 */
#ifndef HF_AUDIT_AUDIT_H
#define HF_AUDIT_AUDIT_H

#include "resource/era.h"
#include "resource/quantities.h"
#include "trace/trace.h"

typedef struct HfAudit HfAudit;

/* An invariant, and where it is checked. */
typedef struct HfInvariantInfo {
    const char *id;    /* "I-03", as tests and messages name it; NULL ends the table */
    const char *rule;  /* what it demands */
    const char *where; /* "--audit" first when the auditor does; else which tests */
} HfInvariantInfo;

extern const HfInvariantInfo hf_invariants[];

typedef struct HfAuditConfig {
    HfTime allocation_interval; /* of the master: in most eras no filter is shorter; > 0 */
    HfEra era;                  /* of the master: what filters do */
    /* of agents; 0 = executors start at once; HF_TIME_NEVER = they take time, and no record says
     * how much */
    HfTime executor_registration_timeout;
    gboolean registry_takes_time;  /* a master may end between a write and its effect */
    int64_t copy_bytes_per_second; /* what the fastest interface carries; 0 = anything */
    /* of the master: an offer has one of these; borrowed. Count 0 = not checked: any amount will
     * do, frameworks have minima of their own, or all agents are offered together */
    const HfQuantities *minimum;
    uint32_t minimum_count;
    HfTraceNames names; /* for a breach; its functions may be NULL; context borrowed */
} HfAuditConfig;

/* The first thing that cannot be true. */
typedef struct HfAuditBreach {
    const char *invariant; /* "I-03" */
    const char *rule;      /* what it demands */
    char *sentence;        /* what was found instead */
    HfTime at;
    GPtrArray *records; /* char *: JSON lines without newline, oldest first; the last record is
                           the one that broke it, unless the run ended */
} HfAuditBreach;

/* The catalog is that of the trace's resources; borrowed. Nothing is interned in it. */
HfAudit *hf_audit_new(HfCatalog *catalog, const HfAuditConfig *config);
void hf_audit_free(HfAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAudit, hf_audit_free)

/*
 * The trace listener; `audit` is the HfAudit. It must hear every record from the first that is
 * about an agent or a framework. After a breach it listens no more: stop the run.
 * Cost: O(entries of the record), and for an offer O(filters of its framework, role and agent);
 * allocates only when more is outstanding at once than ever before.
 */
void hf_audit_listen(void *audit, const HfRecord *record);

/* What the event list says it did, at the end: I-19 breaks when an event is lost or made up. */
void hf_audit_events(HfAudit *audit, uint64_t scheduled, uint64_t fired, uint64_t cancelled,
                     uint64_t pending);

/*
 * The dominant share that the allocator has for a role (its subtree, not divided by weight),
 * against a recount; I-09. `with_offers`: what is offered counts as held, as it does unless all
 * agents are offered together. `excluded`: kinds that no share counts. O(agents + tasks + offers).
 */
void hf_audit_share(HfAudit *audit, HfRoleId role, gboolean with_offers, const HfKindId *excluded,
                    uint32_t excluded_count, double share);

/* The run is over: everything is recounted once more. O(everything). */
void hf_audit_finish(HfAudit *audit);

/* NULL as long as everything could be true. Owned by the auditor. */
const HfAuditBreach *hf_audit_breach(const HfAudit *audit);

uint64_t hf_audit_records(const HfAudit *audit); /* heard and found good */
size_t hf_audit_memory(const HfAudit *audit);    /* bytes, about */

#endif
