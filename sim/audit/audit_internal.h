/*
 * What the files of the auditor share: its book, and the few functions between them.
 *
 * The book holds what is outstanding: for each agent what is free, each live offer, each task that
 * is booked or runs. Rows are taken from the ids of the trace where these are dense (agents, hosts,
 * frameworks, offers), and found through a map where they are not (tasks, filters). Amounts in the
 * book are without allocation role, and without shared volumes (which any number may hold).
 *
 * Some records announce others that follow at once and in one piece: an accepted offer its tasks,
 * an unreachable agent the end of its tasks, a crashed host the end of its runs, tasks that come
 * back the return of their agent. `pending` says what is announced; the first record that does not
 * belong to it closes it, and what should have happened by then is checked.
 */
#ifndef HF_AUDIT_AUDIT_INTERNAL_H
#define HF_AUDIT_AUDIT_INTERNAL_H

#include "audit/audit.h"
#include "base/map64.h"
#include "base/slots.h"
#include "base/vec.h"

#define NO_ROW            UINT32_MAX
#define HF_AUDIT_ROWS_MAX (UINT32_C(1) << 24) /* ids are dense; one beyond this is nobody's */

typedef enum HfInvariant {
    HF_INVARIANT_CONSERVATION,
    HF_INVARIANT_ONE_HOLDER,
    HF_INVARIANT_OFFERS,
    HF_INVARIANT_ROLES,
    HF_INVARIANT_STATIC,
    HF_INVARIANT_MINIMUM,
    HF_INVARIANT_FILTERS,
    HF_INVARIANT_QUOTAS,
    HF_INVARIANT_SHARES,
    HF_INVARIANT_VOLUMES,
    HF_INVARIANT_OPERATIONS,
    HF_INVARIANT_CONTENT,
    HF_INVARIANT_UNIQUE,
    HF_INVARIANT_REPLAY,
    HF_INVARIANT_REAL_DISK,
    HF_INVARIANT_TIME,
    HF_INVARIANT_TASKS,
    HF_INVARIANT_REMOVED,
    HF_INVARIANT_AGENTS,
    HF_INVARIANT_ONE_HOST,
    HF_INVARIANT_DATA,
    HF_INVARIANT_COPIES,
    HF_INVARIANTS
} HfInvariant;

typedef struct HfAuditDisk HfAuditDisk; /* see disks.c */

/* Resources without allocation role that rows of the book share by reference (shapes.c). */
typedef struct HfShape {
    HfResources content; /* not empty */
    uint32_t refs, hash;
    struct HfShape *next; /* of its bucket, or the next vacant one */
} HfShape;

typedef struct HfShapes {
    HfShape **bucket; /* [room], a power of two */
    uint32_t room, count;
    HfShape *vacant;
    HF_VEC(HfShape *) blocks;
} HfShapes;

typedef struct HfAuditHost {
    uint32_t runs;      /* tasks that run here */
    uint32_t executors; /* and executors that frameworks brought */
    uint32_t agent;     /* the agent id that it last registered; NO_ROW = none yet */
    gboolean is_down;
    gboolean was_down;   /* since its agent last registered */
    uint32_t breaks;     /* of its connection while both ends lived, that the master has not seen */
    gboolean is_cut_off; /* since then: the master took such a break for the loss of its agent */
    HfAuditDisk *disk;   /* NULL until something is said of it */
} HfAuditHost;

typedef enum HfAuditStanding {
    HF_AUDIT_UNKNOWN = 0,
    HF_AUDIT_REGISTERED,
    HF_AUDIT_DISCONNECTED,
    HF_AUDIT_LEFT, /* by the master that ended: not back yet */
    HF_AUDIT_UNREACHABLE
} HfAuditStanding;

/* What an offer looks at stands together: a line of the cache. */
typedef struct HfAuditAgent {
    HfShape *unheld;
    HfTime registered_at; /* the last time */
    HfAuditStanding standing;
    uint32_t host;
    uint32_t offers, tasks;      /* live offers; open tasks */
    uint32_t executors;          /* open ones */
    uint32_t epoch;              /* filters of an earlier one are gone */
    gboolean is_deactivated;     /* by an operator */
    gboolean is_unseen;          /* admitted by a master that ended before it said so */
    gboolean is_overheld;        /* it came back with less than the master had given out */
    uint32_t parked;             /* tasks that went with it and may come back with it */
    HfRegistryStanding registry; /* as the registry must have it */
    uint32_t election;           /* the last one that found it */
} HfAuditAgent;

_Static_assert(sizeof(HfAuditAgent) == 64, "an agent is a line of the cache");

typedef struct HfAuditFramework {
    gboolean is_known, is_removed, is_suppressed, is_disconnected;
    gboolean was_known; /* to an earlier master */
    uint32_t offers, tasks, executors;
    uint32_t epoch; /* as of an agent; of all its roles */
    uint32_t calls; /* revive and suppress of all roles: they overrule what a role said before */
} HfAuditFramework;

/* What a sub refused on an agent. */
typedef struct HfAuditFilter {
    HfTime ends, since;
    uint32_t epoch;   /* sum of those of its agent, framework and sub: each only grows */
    uint32_t next;    /* NO_ROW = none */
    HfShape *refused; /* NULL = there is no filter here, nor behind it */
} HfAuditFilter;

/* One framework under one role. */
typedef struct HfAuditSub {
    gboolean is_suppressed;
    uint32_t calls; /* of the framework when is_suppressed was said */
    uint32_t epoch;
    HF_VEC(HfAuditFilter) filters; /* [agent], as far as needed: the last; others behind it */
} HfAuditSub;

typedef struct HfAuditOffer {
    uint64_t serial; /* of the record that made it */
    HfTime at;
    HfShape *held;
    uint32_t generation; /* the last one seen; 0 = none yet */
    gboolean is_live;
    uint32_t framework, agent;
    HfRoleId role;
    uint32_t place; /* in the order of sending, see HfAudit.sent */
} HfAuditOffer;

enum {
    HF_TASK_IS_OPEN = 1 << 0,    /* the master books it */
    HF_TASK_IS_RUNNING = 1 << 1, /* a host runs it */
    HF_TASK_WAS_RUN = 1 << 2,    /* or did */
    HF_TASK_IS_PARKED = 1 << 3,  /* its agent went away with it */
    HF_TASK_IS_LISTED = 1 << 4,  /* it stands in its agent's list of parked tasks */
    HF_TASK_STATE_OPEN = 1 << 5, /* it came back in a state that no record told */
    HF_TASK_IS_DENIED = 1 << 6,  /* its agent is said not to have it */
    HF_TASK_IS_OLD = 1 << 7,     /* it came back when all about it was forgotten */
    HF_TASK_PREPARES = 1 << 8    /* its host has it, and it does not run yet */
};

typedef struct HfAuditTask {
    uint64_t serial, id;
    HfTime at;
    int64_t job;
    uint32_t framework, agent, host;
    uint32_t next_parked;
    HfRoleId role;
    uint16_t flags;
    uint8_t state;  /* HfTaskState, in the master's book */
    uint8_t end;    /* HfTaskState: how its run ended; STARTING: its own executor was begun */
    HfTime stop_by; /* it was told to stop: its run ends by then; HF_TIME_NEVER = it was not. Of one
                       that was begun: when it runs, HF_TIME_NEVER = it hangs */
    HfTime begun_at;
    HfResources resources;
} HfAuditTask;

enum {
    HF_EXECUTOR_IS_OPEN = 1 << 0,    /* the master books it */
    HF_EXECUTOR_IS_RUNNING = 1 << 1, /* a host runs it */
    HF_EXECUTOR_WAS_RUN = 1 << 2,    /* or did */
    HF_EXECUTOR_IS_PARKED = 1 << 3,  /* its agent went away with it */
    HF_EXECUTOR_IS_ORDERED = 1 << 4, /* it was launched: never unset while the row is in use */
    HF_EXECUTOR_IS_BEGUN = 1 << 5    /* its agent began it, and it has not registered */
};

/* An executor that a framework brought with it; flags 0: the row is free. */
typedef struct HfAuditExecutor {
    uint64_t serial, id;
    HfTime at;
    HfTime begun_at, due; /* IS_BEGUN: when it registers; HF_TIME_NEVER = it hangs */
    uint32_t framework, agent, host;
    HfRoleId role;
    uint8_t flags;
    HfResources resources;
} HfAuditExecutor;

/* A disk that an operation of a resource provider holds until that has answered. */
typedef struct HfAuditHeld {
    uint32_t agent, framework; /* framework NO_ROW: it was removed since */
    uint64_t id;
    HfRoleId role;
    uint16_t type;
    HfResources resources;
} HfAuditHeld;

typedef enum HfAuditPending {
    HF_PENDING_NOTHING = 0,
    HF_PENDING_TASKS,      /* an offer was accepted: what is done with it */
    HF_PENDING_LOSSES,     /* an agent is unreachable: the end of its tasks */
    HF_PENDING_ENDS,       /* a host went down: the end of its runs */
    HF_PENDING_RETURN,     /* an agent is reachable again: the tasks that come back with it */
    HF_PENDING_FORGETTING, /* a master ended: its offers and tasks */
    HF_PENDING_ELECTION    /* the next one leads: what it finds in the registry */
} HfAuditPending;

#define HF_AUDIT_SENT 16384U /* a power of two */

/* The last records, with what they hold. */
#define HF_HISTORY_SIZE 2048U
typedef struct HfHistory {
    HfRecord *record;       /* [HF_HISTORY_SIZE] */
    HfResources *resources; /* [HF_HISTORY_SIZE] */
} HfHistory;

typedef struct HfAuditServices HfAuditServices; /* services.c */
typedef struct HfAuditStores HfAuditStores;     /* stores.c */

/* Of a role; see quotas.c. */
typedef struct HfAuditQuota {
    HfRoleId role;
    HfQuantities guarantees, used;
    HfLimits limits;
} HfAuditQuota;

struct HfAudit {
    HfCatalog *catalog;
    HfAuditConfig config;
    HfTime last;
    uint64_t serial; /* records heard */
    HF_VEC(HfAuditHost) hosts;
    HF_VEC(HfAuditAgent) agents;
    HF_VEC(HfResources) totals; /* [agent] */
    HF_VEC(HfAuditFramework) frameworks;
    HF_VEC(HfAuditOffer) offers;
    HfSlots task_slots;
    HF_VEC(HfAuditTask) tasks;
    HfMap64 task_rows; /* (framework, task) -> row */
    HfMap64 sub_rows;  /* (framework, role) -> row */
    HF_VEC(HfAuditSub) subs;
    uint64_t sub_key; /* the one looked for last, and its row; NO_ROW = none yet */
    uint32_t sub_last;
    HfSlots filter_slots;
    HF_VEC(HfAuditFilter) filters; /* those behind others */
    uint32_t *sent; /* [HF_AUDIT_SENT] rows of the offers sent last: answers come in this order */
    uint32_t sent_count;
    HfShapes shapes;
    HfResources opened; /* hf_audit__open() */
    HfAuditPending pending;
    HfTime pending_at;
    uint32_t pending_agent; /* or host */
    uint32_t pending_framework;
    HfRoleId pending_role;
    int64_t pending_refuse_ms;
    gboolean pending_has_tasks;
    gboolean pending_is_whole; /* the agent's process lived on: it must bring all that runs */
    uint32_t election;         /* how many so far */
    gboolean is_leaderless;
    int64_t to_recover; /* agents that the new master has yet to name */
    HfMap64 inverse;    /* (framework, agent) of inverse offers that are out */
    HfResources pending_offered, pending_left; /* of the accepted offers */
    HfRecord conversion; /* the operation whose conversions come; its type 0 = none */
    gboolean has_consumed;
    HfResources consumed;
    HF_VEC(HfAuditHeld) held;
    HF_VEC(HfAuditExecutor) executors; /* in no order; see executors.c */
    HF_VEC(HfAuditQuota) quotas;
    gboolean quotas_are_counted; /* and stay so, as offers and tasks come and go */
    HfResources scratch;
    HfAuditServices *services; /* owned */
    HfAuditStores *stores;     /* owned */
    HfHistory history;
    HfAuditBreach *breach;
};

/* ---- audit.c ---- */

/* This cannot be true; only the first counts. `subject` says what it is about (any field may be
 * none), so that the records that matter can be found. */
void hf_audit__break(HfAudit *audit, HfInvariant invariant, const HfRecord *subject,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

static inline gboolean hf_audit__is_broken(const HfAudit *audit)
{
    return audit->breach != NULL;
}

/* Check what the pending record announced. */
void hf_audit__settle(HfAudit *audit);

/* Resources of the record, without allocation role, into `out`. */
void hf_audit__plain(HfAudit *audit, const HfResources *given, HfResources *out);
/* Is it so entry by entry, allocation role apart? May miss what stands in another order. */
gboolean hf_audit__is_same_row(const HfAudit *audit, const HfResources *booked,
                               const HfResources *given);
/* Is this what the book has, allocation role apart? `given` may be NULL: nothing. */
gboolean hf_audit__is_same(HfAudit *audit, const HfResources *booked, const HfResources *given);

/* Names for sentences; the caller frees. */
char *hf_audit__agent_name(const HfAudit *audit, uint32_t agent);
char *hf_audit__host_name(const HfAudit *audit, uint32_t host);
char *hf_audit__framework_name(const HfAudit *audit, uint32_t framework);
char *hf_audit__text(const HfAudit *audit, const HfResources *resources);

/* ---- shapes.c ---- */
/* A reference to the shape with this content, which is without allocation role; NULL if empty. */
HfShape *hf_shape__of(HfAudit *audit, const HfResources *content);
void hf_shape__end(HfAudit *audit, HfShape *shape); /* of the last reference */
static inline HfShape *hf_shape__ref(HfShape *shape)
{
    if (shape != NULL) shape->refs++;
    return shape;
}
static inline void hf_shape__drop(HfAudit *audit, HfShape **shape)
{
    HfShape *gone = *shape;
    *shape = NULL;
    if (gone != NULL && --gone->refs == 0) hf_shape__end(audit, gone);
}
static inline const HfResources *hf_shape__content(const HfShape *shape)
{
    static const HfResources nothing;
    return shape != NULL ? &shape->content : &nothing;
}
void hf_shapes__clear(HfAudit *audit);
size_t hf_shapes__memory(const HfShapes *shapes);

/* ---- history.c ---- */
void hf_history__init(HfHistory *history);
void hf_history__clear(HfHistory *history, HfCatalog *catalog);
void hf_history__keep(HfAudit *audit, const HfRecord *record);
/* The lines about a subject, and about what is held on its agent; oldest first. */
GPtrArray *hf_history__about(HfAudit *audit, const HfRecord *subject);

/* ---- agents.c: agents and hosts ---- */
HfAuditHost *hf_audit__host(HfAudit *audit, uint32_t row);         /* made at first sight */
HfAuditAgent *hf_audit__enter_agent(HfAudit *audit, uint32_t row); /* known or not yet */
HfAuditAgent *hf_audit__agent(HfAudit *audit, uint32_t agent);     /* NULL when unknown */
void hf_audit__on_agent_registered(HfAudit *audit, const HfRecord *record);
void hf_audit__on_agent_disconnected(HfAudit *audit, const HfRecord *record);
void hf_audit__on_agent_deactivated(HfAudit *audit, const HfRecord *record);
void hf_audit__on_agent_unreachable(HfAudit *audit, const HfRecord *record);
void hf_audit__on_agent_stopped(HfAudit *audit, const HfRecord *record);
void hf_audit__on_host(HfAudit *audit, const HfRecord *record);
/* Take from what the agent has left, or from what an accepted offer has; when it is not there,
 * break what that breaks. */
void hf_audit__take(HfAudit *audit, const HfRecord *record, HfResources *from,
                    const HfResources *taken, HfInvariant shortage);
/* The same from what nobody holds of the record's agent. */
void hf_audit__take_unheld(HfAudit *audit, const HfRecord *record, const HfResources *taken,
                           HfInvariant shortage);
/* What nobody holds of an agent, to be changed until it is closed; one at a time. */
HfResources *hf_audit__open(HfAudit *audit, uint32_t agent);
void hf_audit__close(HfAudit *audit, uint32_t agent);
/* What was held on an agent is free again. */
void hf_audit__give(HfAudit *audit, uint32_t agent, const HfResources *given);
void hf_audit__recount(HfAudit *audit);

/* ---- offers.c: frameworks and offers ---- */
/* An active framework; breaks I-21 and returns NULL when there is none. */
HfAuditFramework *hf_audit__framework(HfAudit *audit, const HfRecord *record);
uint32_t hf_audit__sub(HfAudit *audit, uint32_t framework, HfRoleId role);
void hf_audit__on_framework(HfAudit *audit, const HfRecord *record);
void hf_audit__on_revive(HfAudit *audit, const HfRecord *record);
void hf_audit__on_offer_sent(HfAudit *audit, const HfRecord *record);
void hf_audit__on_offer_ended(HfAudit *audit, const HfRecord *record);
void hf_audit__close_accept(HfAudit *audit);

/* ---- operations.c ---- */
void hf_audit__on_operation(HfAudit *audit, const HfRecord *record);
void hf_audit__on_operation_pending(HfAudit *audit, const HfRecord *record);
void hf_audit__on_operation_dropped(HfAudit *audit, const HfRecord *record);
/* The agent is out, or (NO_ROW) the master: nothing is held there any more. */
void hf_audit__forget_held(HfAudit *audit, uint32_t agent);
/* The framework is removed: its operations go on without it. */
void hf_audit__orphan_held(HfAudit *audit, uint32_t framework);
void hf_audit__on_consumed(HfAudit *audit, const HfRecord *record);
void hf_audit__on_converted(HfAudit *audit, const HfRecord *record);
/* Is `part` in `whole`, whatever operations made of them? */
gboolean hf_audit__has_stuff(HfAudit *audit, const HfResources *whole, const HfResources *part);
/* Do both come from the same resources, whatever operations made of them? */
gboolean hf_audit__is_same_stuff(HfAudit *audit, const HfResources *a, const HfResources *b);

/* ---- quotas.c ---- */
void hf_audit__on_quota(HfAudit *audit, const HfRecord *record);
void hf_audit__on_quota_limit(HfAudit *audit, const HfRecord *record);
void hf_audit__forget_quotas(HfAudit *audit);
/* An offer or a task of this role holds so much from now on (by 1), or no more (-1). */
void hf_audit__count_quota(HfAudit *audit, HfRoleId role, const HfResources *held, int by);
/* May its role be offered this? Before it is counted. */
void hf_audit__check_quota(HfAudit *audit, const HfRecord *record, const HfResources *offered);
void hf_audit__finish_quotas(HfAudit *audit);

/* ---- filters.c ---- */
/* A filter on `refused`, if the refuse time makes one. */
void hf_audit__filter(HfAudit *audit, HfTime now, uint32_t framework, HfRoleId role, uint32_t agent,
                      int64_t refuse_ms, HfShape *refused);
/* The filter that forbids this offer, or NULL. */
const HfAuditFilter *hf_audit__filtered(HfAudit *audit, HfTime now, uint32_t framework,
                                        HfRoleId role, uint32_t agent, const HfResources *offered);

/* Start loading where the framework asked for last keeps its filters on an agent. */
void hf_audit__fetch_filter(const HfAudit *audit, uint32_t agent);

/* ---- services.c ---- */
HfAuditServices *hf_audit__services_new(void);
void hf_audit__services_free(HfAuditServices *services);
/* These come between records that belong together, and have nothing to do with them. */
gboolean hf_audit__is_of_services(const HfRecord *record);
void hf_audit__on_service(HfAudit *audit, const HfRecord *record);
void hf_audit__finish_services(HfAudit *audit);
/* One more task of a job runs, or one less. */
void hf_audit__count_member(HfAudit *audit, uint32_t framework, int64_t job, int by);
/* Tasks of all groups of a framework that run; -1 = it has declared none. O(groups). */
int64_t hf_audit__members_of(const HfAudit *audit, uint32_t framework);

/* ---- stores.c ---- */
HfAuditStores *hf_audit__stores_new(void);
void hf_audit__stores_free(HfAuditStores *stores);
void hf_audit__on_store(HfAudit *audit, const HfRecord *record);

/* ---- disks.c ---- */
void hf_audit__on_disk(HfAudit *audit, const HfRecord *record);
/* After hf_audit__on_consumed. */
void hf_audit__disks_on_consumed(HfAudit *audit, const HfRecord *record);
void hf_audit__disk_free(HfAuditDisk *disk);

/* ---- tasks.c ---- */
void hf_audit__on_task_launched(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_state(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_begun(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_prepares(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_started(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_stopping(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_ended(HfAudit *audit, const HfRecord *record);
/* The run is over: is there a task that should have stopped? */
void hf_audit__finish_stops(HfAudit *audit);
/* The agent is back: its tasks that did not come with it are gone. */
void hf_audit__unpark(HfAudit *audit, uint32_t agent);
HfAuditTask *hf_audit__find_task(HfAudit *audit, const HfRecord *record); /* NULL = none */
/* The master that booked it is gone. */
void hf_audit__set_aside(HfAudit *audit, HfAuditTask *task);

/* ---- executors.c ---- */
void hf_audit__on_executor_launched(HfAudit *audit, const HfRecord *record);
void hf_audit__on_executor_removed(HfAudit *audit, const HfRecord *record);
void hf_audit__on_executor_begun(HfAudit *audit, const HfRecord *record);
void hf_audit__on_executor_started(HfAudit *audit, const HfRecord *record);
/* Has the framework an executor there that has not registered and was begun so long ago? */
gboolean hf_audit__is_executor_late(const HfAudit *audit, uint32_t framework, uint32_t host,
                                    HfTime since);
void hf_audit__on_executor_ended(HfAudit *audit, const HfRecord *record);
/* An agent of the master before is back: what its host runs must have come with it. */
void hf_audit__check_executors_return(HfAudit *audit, uint32_t agent);
/* Those that did not come back with it are gone. */
void hf_audit__unpark_executors(HfAudit *audit, uint32_t agent);
void hf_audit__executors_clear(HfAudit *audit);
/* What executor i holds, if the master books it on this agent (NO_ROW: any); else NULL. */
static inline const HfResources *hf_audit__held_by(const HfAudit *audit, guint32 i, uint32_t agent)
{
    const HfAuditExecutor *executor = &audit->executors.at[i];
    gboolean is_it =
        executor->flags & HF_EXECUTOR_IS_OPEN && (agent == NO_ROW || executor->agent == agent);
    return is_it ? &executor->resources : NULL;
}

/* ---- masters.c ---- */
void hf_audit__on_master_lost(HfAudit *audit, const HfRecord *record);
void hf_audit__on_task_forgotten(HfAudit *audit, const HfRecord *record);
void hf_audit__close_reign(HfAudit *audit);
void hf_audit__on_master_elected(HfAudit *audit, const HfRecord *record);
void hf_audit__on_agent_recovered(HfAudit *audit, const HfRecord *record);
void hf_audit__close_election(HfAudit *audit);
void hf_audit__on_framework_recovered(HfAudit *audit, const HfRecord *record);
void hf_audit__check_return(HfAudit *audit, uint32_t agent);
void hf_audit__on_agent_forgotten(HfAudit *audit, const HfRecord *record);
void hf_audit__on_inverse(HfAudit *audit, const HfRecord *record);

#endif
