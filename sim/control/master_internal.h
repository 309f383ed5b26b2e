/* The master's tables, shared by the master*.c files. */
#ifndef HF_CONTROL_MASTER_INTERNAL_H
#define HF_CONTROL_MASTER_INTERNAL_H

#include "base/fresh.h"
#include "base/map64.h"
#include "control/acl.h"
#include "control/master.h"
#include "control/registry.h"

#define NO_ROW UINT32_MAX

/* Links of a row in a list of its agent. What a framework has is found by looking through the
 * tables; see master_rows.c, also for when offers stand in their lists. */
typedef struct HfLinks {
    uint32_t next_of_agent, prev_of_agent;
} HfLinks;

/* Each row stands in the list of its agent, the newest first. */
#define LINK(table, row_, head_of_agent)                                                           \
    do {                                                                                           \
        __typeof__(&(table)[0]) hf_rows = (table);                                                 \
        uint32_t hf_of_agent = *(head_of_agent);                                                   \
        *(head_of_agent) = (row_);                                                                 \
        hf_rows[row_].links = (HfLinks){hf_of_agent, NO_ROW};                                      \
        if (hf_of_agent != NO_ROW) hf_rows[hf_of_agent].links.prev_of_agent = (row_);              \
    } while (0)

#define UNLINK(table, row_, head_of_agent)                                                         \
    do {                                                                                           \
        __typeof__(&(table)[0]) hf_rows = (table);                                                 \
        HfLinks hf_links = hf_rows[row_].links;                                                    \
        if ((hf_links.next_of_agent & hf_links.prev_of_agent) == NO_ROW) { /* the only one */      \
            *(head_of_agent) = NO_ROW;                                                             \
            break;                                                                                 \
        }                                                                                          \
        if (hf_links.next_of_agent != NO_ROW)                                                      \
            hf_rows[hf_links.next_of_agent].links.prev_of_agent = hf_links.prev_of_agent;          \
        if (hf_links.prev_of_agent != NO_ROW)                                                      \
            hf_rows[hf_links.prev_of_agent].links.next_of_agent = hf_links.next_of_agent;          \
        else                                                                                       \
            *(head_of_agent) = hf_links.next_of_agent;                                             \
    } while (0)

typedef struct HfOfferRow {
    uint64_t of; /* its framework and its number, see hf_master__offer_key(); UINT64_MAX = vacant */
    uint64_t id; /* as frameworks know it: the row, and how many times HF_OFFER_TURN, for each offer
                    that began or ended here: an odd number while there is one */
    uint32_t agent;
    HfRoleId role;
    HfParcel *resources; /* owned: one reference */
} HfOfferRow;

#define HF_OFFER_TURN (UINT64_C(1) << 32)

/* Where its links are, in the same row. */
typedef struct HfOfferLinks {
    HfLinks links;
} HfOfferLinks;

_Static_assert(sizeof(HfOfferRow) == 32, "an offer is half a cache line");

typedef struct HfTaskRow {
    uint64_t id;
    uint32_t framework, agent; /* framework NO_ROW: the row is vacant */
    HfRoleId role;
    uint16_t state;
    uint8_t is_holding; /* its resources are still allocated */
    uint8_t
        is_kill_wanted; /* the framework asked for it: told to the agent again when it registers */
    HfLinks links;
    HfParcel *resources; /* owned: one reference */
    uint64_t number;     /* the later it was entered, the greater */
    uint32_t tag;        /* as of HfTaskInfo */
    uint32_t unused[3];
} HfTaskRow;

_Static_assert(sizeof(HfTaskRow) == 64, "a task is one cache line");

/* An executor that a framework brought with it; see master_executors.c. A row whose info is NULL is
 * free. */
typedef struct HfExecutorRow {
    uint32_t framework, agent;
    HfRoleId role;
    HfLinks links;
    uint64_t number;      /* the later it was entered, the greater */
    HfExecutorInfo *info; /* with allocation role; owned: one reference */
} HfExecutorRow;

typedef enum HfAgentStanding {
    HF_STANDING_REGISTERED,
    HF_STANDING_DISCONNECTED, /* registered, its connection is broken */
    HF_STANDING_RECOVERED,    /* from here on: the allocator does not know it, it holds nothing.
                                 An earlier master registered it, and it is not back yet */
    HF_STANDING_UNREACHABLE,
    HF_STANDING_REMOVED, /* its host registered anew; it may come back all the same */
    HF_STANDING_GONE,    /* an operator said that it will never come back */
    HF_STANDING_UNKNOWN  /* not registered yet, or forgotten */
} HfAgentStanding;

/* What offers, launches and updates need of an agent, and little else: half a cache line. */
typedef struct HfAgentRow {
    uint32_t host;
    uint8_t standing;             /* HfAgentStanding */
    uint8_t ponged;               /* since the last ping */
    uint8_t drain;                /* HfDrain */
    uint8_t is_deactivated;       /* by an operator: not offered */
    uint8_t is_gone_when_drained; /* DRAIN_AGENT with mark_gone */
    uint8_t is_overheld;          /* it came back with less than was given out: more may be held */
    uint8_t is_silent;            /* a verdict is coming */
    uint8_t is_condemned;         /* it waits for a permit to be removed */
    uint32_t first_offer;         /* ask hf_master__first_offer() */
    uint32_t first_task;
    uint32_t silence; /* of its verdict: bumped when a pending timer of it loses its meaning */
    const HfAttributes *attributes;
} HfAgentRow;

_Static_assert(sizeof(HfAgentRow) == 32, "an agent is half a cache line");

/* The rest, in the same row. */
typedef struct HfAgentMore {
    uint32_t first_executor;
    uint32_t missed;        /* explicit heartbeats: pings without pong */
    const HfDomain *domain; /* NULL = none */
    uint32_t epoch;         /* of its pings: bumped when a pending ping timer loses its meaning */
    HfRoleId owner;
    HfTime registered_at;   /* phase of its pings */
    HfTime disconnected_at; /* while DISCONNECTED */
    HfTime verdict_at;      /* virtual heartbeats: when its silence will end in one */
    uint32_t operations;    /* in the master's book, not yet over */
    uint32_t version;       /* of its latest registration: operations go to that one */
    const char *hostname;   /* borrowed from the agent */
    HfResources *total;     /* owned; as the agent said, and with the operations applied since */
    char name[12];
} HfAgentMore;

/* It was heard, or it no longer matters: a verdict or a removal that is pending means nothing. */
static inline void hf_master__end_silence(HfAgentRow *agent)
{
    agent->silence++;
    agent->is_silent = agent->is_condemned = FALSE;
}

/* Does the master hold anything of it: offers, tasks, resources in the allocator? */
static inline gboolean hf_master__is_held(const HfAgentRow *agent)
{
    return agent->standing < HF_STANDING_RECOVERED;
}

typedef enum HfFrameworkStanding {
    HF_FRAMEWORK_ACTIVE,       /* subscribed */
    HF_FRAMEWORK_DISCONNECTED, /* may come back until its failover timeout is over */
    HF_FRAMEWORK_RECOVERED,    /* known from agents alone since this master leads */
    HF_FRAMEWORK_COMPLETED,    /* from here on: nothing is held for it */
    HF_FRAMEWORK_UNKNOWN       /* of an earlier master, and not heard of since */
} HfFrameworkStanding;

/* Tasks of one framework on agents out of reach, as many as Mesos remembers. */
#define HF_UNREACHABLE_TASKS 1000U

typedef struct HfFrameworkRow {
    uint32_t peer;
    HfFrameworkStanding standing;
    const HfFrameworkInfo *about; /* borrowed for the run; what follows is of it */
    gboolean checkpoint;
    uint32_t capabilities;
    HfTime failover_timeout;
    char *name;
    HfTextId principal; /* or HF_TEXT_NONE */
    HfRoleId *roles;
    uint32_t role_count;
    HfFresh new_tasks;            /* ids of which no task was ever here */
    uint32_t connection;          /* of its scheduler, as that counts them */
    uint32_t epoch;               /* of its failover timer */
    HF_VEC(uint64_t) unreachable; /* ids of its tasks in unreachable_tasks, oldest first */
} HfFrameworkRow;

/* Is there anything to be held for it: offers, tasks, its place in the allocator? */
static inline gboolean hf_master__is_there(const HfFrameworkRow *framework)
{
    return framework->standing < HF_FRAMEWORK_COMPLETED;
}

/* An operation that was sent to an agent. It is forgotten when the agent has answered and, if it
 * has an id, the framework has acknowledged the answer. */
typedef struct HfOperationRow {
    uint64_t id;               /* the framework's; 0 = it wants no feedback */
    uint32_t framework, agent; /* framework NO_ROW: of an operator, or of one that is gone */
    HfOperationState state;
    uint32_t generation;
    uint64_t serial; /* how the agent knows it: its handle, or that of an earlier master */
    gboolean is_live;
    /* CREATE_DISK, DESTROY_DISK: what it holds until the agent has answered; see master_disks.c */
    HfOperationType type;
    gboolean is_holding;
    HfRoleId role;
    HfResource source; /* a disk, without allocation role */
} HfOperationRow;

/* An inverse offer that is out. */
typedef struct HfInverseRow {
    uint32_t framework, agent;
    uint32_t generation;
    gboolean is_live;
} HfInverseRow;

/* What is to follow when a change is in the registry. */
typedef enum HfEffect {
    HF_EFFECT_NONE,
    HF_EFFECT_ADMIT,
    HF_EFFECT_READMIT,
    HF_EFFECT_UNREACHABLE,
    HF_EFFECT_DRAINED,
    HF_EFFECT_GONE,
    HF_EFFECT_PRUNE,
    HF_EFFECT_CALL
} HfEffect;

/* A change on its way to the registry. */
typedef struct HfStoring {
    HfRegistryChange change;
    HfEffect effect;
    const HfMessage *message; /* ADMIT, READMIT: a copy, unless the change is made at once */
    HfTextId principal;       /* CALL */
} HfStoring;

typedef struct HfOfferDeadline {
    HfTime at;
    uint64_t offer;
} HfOfferDeadline;

/* A row that was looked for; see master_rows.c. */
typedef struct HfFound {
    uint64_t number;
    uint32_t row;
} HfFound;

struct HfMaster {
    HfCatalog *catalog;
    HfAllocator *allocator;
    HfMasterConfig config;
    HF_VEC(HfOfferRow) offers;
    HF_VEC(uint32_t) vacant_offers; /* rows; the last is taken next */
    uint32_t live_offers;
    gboolean are_offers_linked; /* in the lists of their agents; else offer_links means nothing */
    HF_VEC(HfOfferLinks) offer_links;
    HF_VEC(HfTaskRow) tasks;
    HF_VEC(uint32_t) vacant_tasks; /* rows; a task is known by its id, not by a generation */
    uint64_t numbers;              /* of offers, tasks and executors, given out so far */
    HF_VEC(HfFound) found;         /* scratch */
    HfLateMap64 task_rows;         /* (framework, task id) -> row */
    HfMap64 unreachable_tasks;     /* likewise -> agent id */
    HF_VEC(HfAgentRow) agents;
    HF_VEC(HfAgentMore) agents_more; /* of each of them */
    HfSlots executor_slots;
    HF_VEC(HfExecutorRow) executors;
    HfSlots operation_slots;
    HF_VEC(HfOperationRow) operations;
    HF_VEC(HfQuotaConfig) quotas;       /* those that are not empty */
    HF_VEC(HfRegistryMachine) machines; /* the maintenance schedule */
    HfMap64 agent_of_host;              /* host row -> agent id */
    HF_VEC(HfFrameworkRow) frameworks;
    HfOfferList allocated;             /* scratch of a run */
    HF_VEC(HfOfferDeadline) deadlines; /* offer_timeout: oldest first from deadline_head on */
    guint32 deadline_head;
    gboolean is_run_pending;
    gboolean are_quotas_told; /* recorded since it leads: before it offers anything */
    HfTime next_permit;       /* agent_removal_interval: when the next removal may be */
    HfSlots inverse_slots;
    HF_VEC(HfInverseRow) inverse;
    /* leading, and the registry: master_store.c, master_recover.c */
    gboolean is_down;
    HfMasterEnd end;                    /* why it is down */
    HfTime led_since;                   /* when it was elected */
    uint32_t recovered;                 /* agents RECOVERED now */
    uint32_t to_recover;                /* agents that were in the registry when it was elected */
    uint32_t adopted;                   /* operations of earlier masters in the book */
    HfMasterRegistry registry;          /* outlives every master */
    HF_VEC(HfStoring) waiting, writing; /* writing: one batch, on its way */
    gboolean is_written;                /* the batch is in the registry; nobody was told */
    uint32_t write;                     /* which batch; timers of an earlier one mean nothing */
    uint64_t draws;                     /* of registry latencies, so far */
    gboolean is_gc_armed;
    HF_VEC(HfCallAnswer) answers; /* to calls that had to wait */
    HfAllocatorCounters counters; /* of the allocators of earlier masters */
};

enum {
    HF_MASTER_TIMER_BATCH,
    HF_MASTER_TIMER_RUN,
    HF_MASTER_TIMER_OFFERS,     /* offer_timeout */
    HF_MASTER_TIMER_SILENCE,    /* arg: agent, its silence */
    HF_MASTER_TIMER_PING,       /* arg: agent, its epoch */
    HF_MASTER_TIMER_REREGISTER, /* arg: agent */
    HF_MASTER_TIMER_FAILOVER,   /* arg: framework, its epoch */
    HF_MASTER_TIMER_REMOVAL,    /* arg: agent, its silence: its permit is there */
    HF_MASTER_TIMER_WRITTEN,    /* arg: write: the batch is in the registry */
    HF_MASTER_TIMER_STORED,     /* arg: write: and the master knows */
    HF_MASTER_TIMER_STORE_LATE, /* arg: write: registry_store_timeout */
    HF_MASTER_TIMER_RECOVERED,  /* agents that are not back by now are unreachable */
    HF_MASTER_TIMER_GC          /* of the registry */
};

/* Tasks of one framework are told apart by 40 bits; frameworks by 24. */
#define HF_TASK_IDS (UINT64_C(1) << 40)

static inline uint64_t hf_master__task_key(uint32_t framework, uint64_t task)
{
    HF_ASSERT(framework < (1U << 24) && task < HF_TASK_IDS);
    return (uint64_t)framework << 40 | task;
}

/* Of an offer, likewise: the later it was made, the greater is its number. */
static inline uint64_t hf_master__offer_key(uint32_t framework, uint64_t number)
{
    HF_ASSERT(framework < (1U << 24) - 1 && number < UINT64_C(1) << 40);
    return (uint64_t)framework << 40 | number;
}

static inline uint32_t hf_master__framework_of(const HfOfferRow *offer)
{
    return (uint32_t)(offer->of >> 40);
}

static inline uint64_t hf_master__number_of(const HfOfferRow *offer)
{
    return offer->of & ((UINT64_C(1) << 40) - 1);
}

/* master.c */
/* The era is the allocator's. */
static inline gboolean hf_master__has(const HfMaster *master, HfEraRule rule)
{
    return hf_era_has(hf_allocator_era(master->allocator), rule);
}
void hf_master__want_run(HfMaster *master, HfTime now, HfOutbox *out);

/* Resources come back to the allocator, of an offer or of a task. */
static inline void hf_master__recover(HfMaster *master, HfTime now, const HfRecovery *recovery)
{
    HfStatus status = hf_allocator_recover(master->allocator, now, recovery);
    HF_ASSERT(status == HF_OK);
}

static inline uint32_t hf_master__live_tasks(const HfMaster *master)
{
    return master->tasks.count - master->vacant_tasks.count;
}

/* master_rows.c */
/* What a framework has, newest first: so many rows, in master->found until the next of these calls.
 * Cold: all rows of the table are looked at. */
guint32 hf_master__find_offers(HfMaster *master, uint32_t framework);
guint32 hf_master__find_tasks(HfMaster *master, uint32_t framework);
guint32 hf_master__find_executors(HfMaster *master, uint32_t framework);
/* Put all offers into the lists of their agents; from then on they are kept there. */
void hf_master__link_offers(HfMaster *master);
/* The newest offer of an agent, and the one before another of the same; or NO_ROW. */
static inline uint32_t hf_master__first_offer(HfMaster *master, uint32_t agent)
{
    if (G_UNLIKELY(!master->are_offers_linked)) hf_master__link_offers(master);
    return master->agents.at[agent].first_offer;
}
static inline uint32_t hf_master__next_offer(const HfMaster *master, uint32_t row)
{
    return master->offer_links.at[row].links.next_of_agent;
}

/* master_offers.c */
/* May the framework answer this offer, of all there are room for, under an id that may be anything?
 * No id is that of a vacant row and its framework. */
static inline gboolean hf_master__is_own(const HfOfferRow *offers, uint32_t rows,
                                         uint32_t framework, uint64_t id)
{
    uint32_t row = (uint32_t)id;
    return row < rows && offers[row].id == id && hf_master__framework_of(&offers[row]) == framework;
}
/* Its row; NO_ROW when it may not. */
static inline uint32_t hf_master__own_offer(const HfMaster *master, uint32_t framework, uint64_t id)
{
    gboolean own = hf_master__is_own(master->offers.at, master->offers.count, framework, id);
    return own ? (uint32_t)id : NO_ROW;
}
/* The same of resources that are no parcel of their own, or of a whole offer's. */
void hf_master__give_back(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                          HfRoleId role, const HfResources *resources, double refuse_seconds,
                          gboolean launched);
void hf_master__send_offers(HfMaster *master, HfTime now, HfOutbox *out);
/* An offer ends: forget it; the caller has seen to its resources. */
void hf_master__drop_offer(HfMaster *master, uint32_t row);
void hf_master__record_offer(const HfMaster *master, uint32_t row, HfTime now, HfRecordType type,
                             int64_t value, HfOutbox *out);
/* A refuse time as records have it: ms, -1 = no filter. */
int64_t hf_master__refuse_ms(double seconds);
double hf_master__refuse_seconds_of(const HfMaster *master, const HfMessage *in);
void hf_master__on_offer_timeouts(HfMaster *master, HfTime now, HfOutbox *out);
void hf_master__on_decline(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
/* Start loading an offer of an ACCEPT and its agent. */
uint32_t hf_master__prefetch_offers(const HfMaster *master, const HfMessage *in, uint32_t step);
void hf_master__take_offer_back(HfMaster *master, HfTime now, uint32_t row, HfRecordType why,
                                double refuse_seconds, gboolean tell_framework, HfOutbox *out);

/* master_tasks.c */
void hf_master__answer(HfMaster *master, uint32_t framework, uint64_t id, HfTaskState state,
                       HfTaskReason reason, HfOutbox *out);
void hf_master__refuse_task(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                            HfTaskState state, HfTaskReason reason, HfOutbox *out);
void hf_master__close_account(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                              HfTaskReason reason, HfOutbox *out);
void hf_master__on_kill(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_acknowledge(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_status_update(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__end_task(HfMaster *master, HfTime now, uint32_t row, HfTaskState state,
                         HfTaskReason reason, HfOutbox *out);
void hf_master__tell_task(HfMaster *master, uint32_t framework, const HfTaskStatus *status,
                          HfOutbox *out);
uint32_t hf_master__add_task(HfMaster *master, uint32_t framework, uint32_t agent, HfRoleId role,
                             uint64_t id, HfTaskState state, HfParcel *resources);
/* The row of a task of which an update, or the acknowledgement of one, tells. */
uint32_t hf_master__find_reported(HfMaster *master, uint32_t framework, const HfTaskStatus *status);
/* Start loading what an update needs of its task, and what forgetting it does. */
void hf_master__prefetch_reported(const HfMaster *master, uint32_t place);
void hf_master__prefetch_forgotten(const HfMaster *master, uint32_t place);
/* By its id; NO_ROW when there is none. The first call makes an index of all tasks, O(tasks). */
uint32_t hf_master__find_task(HfMaster *master, uint32_t framework, uint64_t id);
/* The same for the id of a task to be launched, which is nearly always known to be new. */
static inline gboolean hf_master__has_task(HfMaster *master, uint32_t framework, uint64_t id)
{
    return !hf_fresh_is(&master->frameworks.at[framework].new_tasks, id) &&
           hf_master__find_task(master, framework, id) != NO_ROW;
}
void hf_master__forget_task(HfMaster *master, uint32_t row); /* it holds nothing any more */
void hf_master__record_task(const HfTaskRow *task, HfTime now, HfTaskReason reason, HfOutbox *out);
/* A state for frameworks that know partitions, or TASK_LOST for those that do not. */
HfTaskState hf_master__state_for(const HfMaster *master, uint32_t framework, HfTaskState aware);

/* master_reconcile.c */
void hf_master__on_reconcile(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
/* A task went out of reach with its agent: remembered until that is back, or too many are. */
void hf_master__remember_unreachable(HfMaster *master, uint32_t framework, uint64_t task,
                                     uint32_t agent);
/* The agent is back, or gone for good. */
void hf_master__forget_unreachable(HfMaster *master, uint32_t agent);
/* Where a task out of reach is; NO_ROW when none of that id is remembered. */
static inline uint32_t hf_master__unreachable_on(const HfMaster *master, uint32_t framework,
                                                 uint64_t task)
{
    if (G_LIKELY(master->unreachable_tasks.count == 0) || task >= HF_TASK_IDS) return NO_ROW;
    return hf_map64_get(&master->unreachable_tasks, hf_master__task_key(framework, task));
}

/* master_executors.c */
/* NO_ROW when the book has none such there. */
uint32_t hf_master__find_executor(const HfMaster *master, uint32_t framework, uint32_t agent,
                                  uint32_t id);
/* Enter one, with allocation role; the caller sees to the allocator. */
uint32_t hf_master__add_executor(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                                 HfRoleId role, HfExecutorInfo *info, HfOutbox *out);
/* It holds nothing any more. */
void hf_master__remove_executor(HfMaster *master, HfTime now, uint32_t row, HfTaskReason why,
                                HfOutbox *out);
/* All on an agent, or those that do not outlive its process. */
void hf_master__remove_executors_on(HfMaster *master, HfTime now, uint32_t agent,
                                    gboolean checkpointed, HfOutbox *out);
/* All of a framework: agents are told that it is gone. */
void hf_master__remove_executors_of(HfMaster *master, HfTime now, uint32_t framework,
                                    HfOutbox *out);
/* What a task wants of its executor. */
typedef struct HfExecutorUse {
    HfExecutorInfo *info; /* with allocation role: a reference; NULL = none is named */
    gboolean is_new;      /* it pays for it */
} HfExecutorUse;
/* May tasks there be launched with this executor? Of itself, and beside one of the same id that is
 * in the book. FALSE: `use_out` is unchanged. */
gboolean hf_master__may_use(const HfMaster *master, uint32_t framework, uint32_t agent,
                            HfRoleId role, HfExecutorInfo *wanted, gboolean by_group,
                            HfExecutorUse *use_out);
void hf_master__on_exited_executor(HfMaster *master, HfTime now, const HfMessage *in,
                                   HfOutbox *out);
void hf_master__on_shutdown(const HfMaster *master, const HfMessage *in, HfOutbox *out);
void hf_master__shut_down(const HfMaster *master, uint32_t framework, uint32_t agent, uint32_t id,
                          HfOutbox *out);
/* An agent of the book is back: executors that it does not name are gone. */
void hf_master__reconcile_executors(HfMaster *master, HfTime now, uint32_t agent,
                                    const HfMessage *in, HfOutbox *out);

/* master_accept.c */
void hf_master__on_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);

/* master_operations.c */
/* What decides whether an operation may be done, besides its own form: framework NO_ROW: an
 * operator's. FALSE and HF_RESOURCE_ERROR_*. */
gboolean hf_master__check_operation(HfMaster *master, uint32_t framework, HfTextId principal,
                                    uint32_t agent, const HfOperation *operation, GError **error);
/* May this principal do it (ACLs)? FALSE and HF_RESOURCE_ERROR_UNAUTHORIZED. */
gboolean hf_master__authorize(const HfMaster *master, HfTextId principal,
                              const HfOperation *operation, GError **error);
/*
 * Enter an operation that is good into the books, and send it to the agent: the master takes for
 * granted that it will be done (Master::_apply).
 * Shape:  `stripped`, `conversions`: without allocation roles. role HF_ROLE_NONE: an operator's.
 * Errors: FALSE and nothing changed when they do not apply to the agent's total.
 */
gboolean hf_master__apply_operation(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                                    uint32_t agent, HfRoleId role, const HfOperation *stripped,
                                    const HfConversions *conversions, GError **error,
                                    HfOutbox *out);
/* Enter an operation into the book and send it to the agent: a row of master->operations, or NO_ROW
 * when the agent will not answer. */
uint32_t hf_master__send_operation(HfMaster *master, uint32_t framework, uint64_t id,
                                   uint32_t agent, const HfOperation *stripped, HfOutbox *out);
/* CONSUMED or CONVERTED. */
void hf_master__record_conversion(const HfResources *resources, HfTime now, HfRecordType type,
                                  uint32_t framework, uint32_t agent, HfRoleId role, HfOutbox *out);
/* A framework's operation is not done: the rule is recorded, and told if it has an id. */
void hf_master__drop_operation(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                               HfRoleId role, const HfOfferOperation *operation, int rule,
                               HfOutbox *out);
void hf_master__on_operation_status(HfMaster *master, HfTime now, const HfMessage *in,
                                    HfOutbox *out);
void hf_master__on_acknowledge_operation(HfMaster *master, HfTime now, const HfMessage *in,
                                         HfOutbox *out);
void hf_master__on_reconcile_operations(HfMaster *master, HfTime now, const HfMessage *in,
                                        HfOutbox *out);
/* An agent is given up: its operations are over, and frameworks are told how they stand. */
void hf_master__end_operations(HfMaster *master, HfTime now, uint32_t agent, HfOperationState state,
                               HfOutbox *out);
/* The master ends. */
void hf_master__forget_operations(HfMaster *master);
/* An agent of an earlier master is back: operations that it answered and nobody acknowledged. */
void hf_master__adopt_operations(HfMaster *master, uint32_t agent, const HfMessage *in);
/* The row of an operation that an agent was sent; NO_ROW when it is over, or was never there. */
uint32_t hf_master__find_operation(const HfMaster *master, uint64_t serial, uint32_t agent);
/* A framework is gone: nobody wants to know any more. */
void hf_master__orphan_operations(HfMaster *master, uint32_t framework);
/* An agent registered: ask it about those in the book that it did not name. */
void hf_master__ask_operations(HfMaster *master, uint32_t agent, const HfMessage *in,
                               HfMessage *reply);

/* master_disks.c */
/* CREATE_DISK, DESTROY_DISK: sent, and its disk held until the agent has answered. */
void hf_master__begin_disk(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                           uint32_t agent, HfRoleId role, const HfOperation *stripped,
                           HfOutbox *out);
/* The agent has answered: what the disk became, or what it was, is free. */
void hf_master__end_disk(HfMaster *master, HfTime now, uint32_t row,
                         const HfOperationStatus *status, HfOutbox *out);
/* The same for all answers that come with an agent's registration, before its total counts. */
void hf_master__end_disks(HfMaster *master, HfTime now, uint32_t agent, const HfMessage *in,
                          HfOutbox *out);
/* A framework was removed, and the allocator forgot what it held: its disks are still held. */
void hf_master__keep_disks(HfMaster *master, HfTime now);
/* What the allocator may give out of an agent: its total, without what operations of frameworks
 * that are gone hold. */
void hf_master__free_total(const HfMaster *master, uint32_t agent, HfResources *out);

/* master_operators.c */
/* Returns the status, with a message for it. */
int hf_master__answer_call(char **why_out, int status, const char *format, ...) G_GNUC_PRINTF(3, 4);
gboolean hf_master__may(const HfMaster *master, HfAction action, HfTextId principal,
                        const char *object);
/* May the role be used? Any may, unless the master has a list of roles. */
gboolean hf_master__is_whitelisted(const HfMaster *master, HfRoleId role);
/* By agent id or by name of its host; NO_ROW when there is none. */
uint32_t hf_master__agent_named(const HfMaster *master, const char *name);
/* All its offers, without a filter. */
void hf_master__rescind_agent(HfMaster *master, HfTime now, uint32_t agent, HfOutbox *out);

/* master_quota.c, master_machines.c, master_queries.c: the answers to their calls */
gboolean hf_master__is_within(const HfMaster *master, HfRoleId role, HfRoleId top);
int hf_master__on_query(HfMaster *master, HfTextId principal, const HfCall *call,
                        char **answer_out);
int hf_master__on_quota(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                        HfOutbox *out, char **why_out);
int hf_master__on_maintenance(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                              HfOutbox *out, char **why_out);
int hf_master__on_agent_call(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                             HfOutbox *out, char **why_out);
/* The same when the registry has them; statuses. */
/* Record the quotas that it began with. */
void hf_master__tell_quotas(HfMaster *master, HfTime now, HfOutbox *out);
int hf_master__do_quota(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out);
int hf_master__do_weights(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out);
int hf_master__do_maintenance(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out);
int hf_master__do_agent_call(HfMaster *master, HfTime now, uint32_t row, const HfCall *call,
                             HfOutbox *out, char **why_out);
/* An agent that will never come back, drained. */
void hf_master__gone(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);
void hf_master__drained(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);
/* May this agent (row NO_ROW: a new one) register? If not it is told to shut down. */
gboolean hf_master__is_welcome(HfMaster *master, uint32_t row, const HfMessage *in, HfOutbox *out);
/* An agent is in the allocator anew: the schedule of its machine counts for it. */
void hf_master__tell_unavailability(HfMaster *master, HfTime now, uint32_t row);
/* An agent is back: what operators said of it still holds. */
void hf_master__resume_drain(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);
/* A task or an operation is over: perhaps the last of a draining agent. */
void hf_master__check_drained(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);

/* master_store.c */
/*
 * Write a change to the registry, and do what follows when it is there: at once unless the registry
 * takes time. `message`, `call` (in the change): copied, and borrowed until it is answered.
 * Shape:  the status of a call, HF_CALL_PENDING when it will be in hf_master_take_answer(); else 0.
 */
int hf_master__store(HfMaster *master, HfTime now, const HfStoring *what, HfOutbox *out,
                     char **why_out);
int hf_master__store_call(HfMaster *master, HfTime now, uint32_t agent, HfTextId principal,
                          const HfCall *call, HfOutbox *out, char **why_out);
/* Is a change of this effect under way for the agent (or, when agent is NO_ROW, for the host)? */
gboolean hf_master__is_storing(const HfMaster *master, HfEffect effect, uint32_t agent,
                               uint32_t host);
/* Is this agent's (re-)registration under way? The request in hand then takes the place of the one
 * before: operations go to the newest (MESOS-7187). */
gboolean hf_master__is_asked_again(HfMaster *master, HfEffect effect, const HfMessage *in);
void hf_master__on_written_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
void hf_master__on_stored_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
void hf_master__on_store_late_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
void hf_master__on_gc_timer(HfMaster *master, HfTime now, HfOutbox *out);
/* Somebody is unreachable or gone: one day it is to be forgotten. */
void hf_master__arm_gc(HfMaster *master, HfTime now, HfOutbox *out);
void hf_master__drop_storing(HfMaster *master, HfTime now, HfOutbox *out);
/* A call was answered, now or later. */
void hf_master__record_call(HfMaster *master, HfTime now, const HfCall *call, int status,
                            HfOutbox *out);

/* master_recover.c */
void hf_master__on_recovered_timer(HfMaster *master, HfTime now, HfOutbox *out);
/* A framework that only an agent speaks of; it has no scheduler here. */
void hf_master__recover_framework(HfMaster *master, HfTime now, uint32_t row,
                                  const HfFrameworkInfo *about, HfOutbox *out);
void hf_master__add_counters(HfAllocatorCounters *sum, const HfAllocatorCounters *more);
/* It ends by itself: its host hears of it by hf_master_is_down(). */
void hf_master__end(HfMaster *master, HfTime now, HfMasterEnd why, HfOutbox *out);

/* master_inverse.c */
void hf_master__send_inverse_offers(HfMaster *master, HfTime now, HfOutbox *out);
void hf_master__on_inverse_answer(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
/* Those of an agent, or of a framework (NO_ROW = of any), are void; their frameworks are told. */
void hf_master__rescind_inverse(HfMaster *master, HfTime now, uint32_t agent, uint32_t framework,
                                HfOutbox *out);
void hf_master__drop_inverse(HfMaster *master, uint32_t row);

/* master_frameworks.c */
void hf_master__on_update_framework(HfMaster *master, HfTime now, const HfMessage *in,
                                    HfOutbox *out);
void hf_master__on_subscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
/* Its scheduler's connection broke. */
void hf_master__on_framework_exited(HfMaster *master, HfTime now, const HfMessage *in,
                                    HfOutbox *out);
void hf_master__on_failover_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
/* A call of who is not subscribed, or whose place another scheduler took. */
void hf_master__turn_away(HfMaster *master, const HfMessage *in, HfOutbox *out);
void hf_master__on_teardown(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);
void hf_master__on_revive(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out,
                          gboolean revive);

/* master_return.c */
/* An agent that was given up is back, or one of an earlier master: what it runs is entered again,
 * and the allocator learns of it with what is held there. */
void hf_master__take_back(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                          HfAgentStanding before, HfOutbox *out);
/* An agent of the book is back: kills it may have missed, and what was given up meanwhile. */
void hf_master__stop_unwanted(HfMaster *master, uint32_t row, const HfMessage *in, HfOutbox *out);

/* master_agents.c */
/* It has a new agent, of which so much is in use. */
void hf_master__tell_allocator(HfMaster *master, HfTime now, uint32_t row, const HfHolding *used,
                               uint32_t used_count);
/* An agent is out: the allocator forgets it, its tasks end as frameworks that know partitions are
 * told in `aware`, and every framework hears of it (slaveLost). */
void hf_master__give_up(HfMaster *master, HfTime now, uint32_t row, HfAgentStanding standing,
                        HfTaskState aware, HfOutbox *out);
/* The registry has it: a new agent, one that is back, one that is unreachable. */
void hf_master__admitted(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                         HfOutbox *out);
void hf_master__readmitted(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in,
                           HfOutbox *out);
void hf_master__unreachable(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);
/* It is to be given up; when there is a limit, after its permit. */
void hf_master__mark_unreachable(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out);
void hf_master__on_register(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_reregister(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_exited(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_silent(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_audible(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master__on_pong(HfMaster *master, const HfMessage *in);
void hf_master__on_reregister_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
void hf_master__on_ping_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
void hf_master__on_removal_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);
void hf_master__on_silence_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out);

static inline void hf_master__record(HfOutbox *out, HfRecord record)
{
    hf_trace_emit(out->trace, &record);
}

#endif
