/*
 * The scheduler driver: one framework's side of the conversation with the master, as Mesos's v1
 * scheduler API draws it. A framework model is a table of callbacks (HfSchedulerOps) and calls back
 * into the driver; neither knows the master, the network or the engine. The driver acknowledges
 * status updates after the callback returns, as Mesos's driver does with implicit acknowledgements.
 */
#ifndef HF_CONTROL_DRIVER_H
#define HF_CONTROL_DRIVER_H

#include "base/law.h"
#include "control/message.h"

typedef struct HfDriver HfDriver;

/* Tasks of a framework that wait and ask for the same. */
typedef struct HfWait {
    const char *what; /* NULL = tasks */
    int64_t tasks;
    HfTime since;            /* the oldest of them */
    const HfResources *asks; /* of one task, unreserved */
    uint32_t ports;          /* besides */
    uint32_t host;           /* the only one that will do; HF_ROW_NONE = any */
    const HfResources *kept; /* reserved for it there, with what it has stored; NULL = nothing */
    gboolean is_reserving;   /* all that it waits for is `kept`, which was asked for */
    int64_t in_vain;         /* so often what it had reserved or launched came to nothing */
    int64_t missed;          /* > 0: none waits now, but so many were too late, and none ever ran */
    /* Its own constraints: may it be on this host? NULL = on any. */
    gboolean (*allows)(const struct HfWait *wait, uint32_t host);
    /* Would one be launched out of so much of one agent, were it offered? Of `resources` its role
     * may have all; no allocation role is in them. NULL = wherever `asks` and `ports` fit. */
    gboolean (*fits)(const struct HfWait *wait, const HfResources *resources);
    const void *of, *also; /* whatever these two need */
} HfWait;
/* Arguments are valid during the call. */
typedef void (*HfWaitSink)(void *context, const HfWait *wait);

/* A task that was launched and that its framework does not know to run. */
typedef struct HfUnheard {
    const char *what; /* as of HfWait */
    uint64_t task;
    HfTime since; /* when it began to wait; HF_TIME_NEVER: its framework keeps no note of it */
} HfUnheard;
typedef void (*HfUnheardSink)(void *context, const HfUnheard *task);

/*
 * What a framework is told. Any member may be NULL. Arguments are valid during the call only;
 * offers stay the framework's until it answers them or they are rescinded, whether it keeps a note
 * of them or not.
 */
typedef struct HfSchedulerOps {
    void (*subscribed)(void *model, HfDriver *driver);
    void (*offers)(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t offer_count);
    void (*rescind)(void *model, HfDriver *driver, uint64_t offer);
    void (*update)(void *model, HfDriver *driver, const HfTaskStatus *status);
    /* Unavailability: of what it holds there, all is wanted back before the window begins. */
    void (*inverse_offers)(void *model, HfDriver *driver, const HfInverseOfferInfo *offers,
                           uint32_t offer_count);
    void (*rescind_inverse)(void *model, HfDriver *driver, uint64_t inverse_offer);
    /* The answer to hf_driver_update_framework: 200, or 400 and nothing was changed. */
    void (*updated)(void *model, HfDriver *driver, int status);
    /* How an operation that has an id fares; answers that ask for it are acknowledged afterwards.
     */
    void (*operation)(void *model, HfDriver *driver, const HfOperationStatus *status);
    void (*failure)(void *model, HfDriver *driver, uint32_t agent);
    /* An executor that it brought is over, or was never begun; what its tasks become, updates tell.
     * Said at most once: a connection that breaks may lose it. */
    void (*executor_lost)(void *model, HfDriver *driver, uint32_t agent, uint32_t executor);
    /* The connection is lost: offers held are void, and what was said last may not have arrived.
     * Nothing can be said until resubscribed (the same id) or never again (error). */
    void (*disconnected)(void *model, HfDriver *driver);
    void (*resubscribed)(void *model, HfDriver *driver);
    void (*error)(void *model, HfDriver *driver);
    void (*timer)(void *model, HfDriver *driver, uint32_t kind, uint64_t arg);
    /* An update of the task with this tag will come soon: only start loading what it will need, in
     * steps from 0. */
    void (*prefetch)(const void *model, uint32_t tag, uint32_t step);
    /* What waits now; changes nothing. For an explanation of a run that came to a stop. */
    void (*waits)(const void *model, HfWaitSink sink, void *context);
    /* What it has launched and not been told to run; for the same. */
    void (*unheard)(const void *model, HfUnheardSink sink, void *context);
} HfSchedulerOps;

/* How a scheduler answers inverse offers when its model does not. */
typedef enum HfMaintenancePolicy {
    HF_MAINTENANCE_IGNORE,  /* it says nothing */
    HF_MAINTENANCE_DECLINE, /* it stays */
    HF_MAINTENANCE_ACCEPT,  /* it promises to be gone, and leaves it to time */
    HF_MAINTENANCE_VACATE   /* it kills its tasks there at once, and declines offers of agents that
                               will not be there */
} HfMaintenancePolicy;

/* How its tasks end when they are told to; zeroed = at once. */
typedef struct HfTaskStops {
    const HfLaw *time; /* s; borrowed like the name; NULL or without kind = at once */
    uint64_t entity;   /* of its draws: (seed, "task-stop", entity + task id) */
    gboolean has_grace, has_call_grace;
    HfTime grace;      /* kill policy; FALSE = HF_KILL_GRACE_DEFAULT */
    HfTime call_grace; /* that of its KILL calls, in the place of the former; FALSE = none */
} HfTaskStops;

typedef struct HfDriverConfig {
    const char *name;      /* FrameworkInfo.name; borrowed for the driver's life */
    const HfRoleId *roles; /* [role_count], copied; none with MULTI_ROLE: nothing is offered */
    uint32_t role_count;
    uint32_t capabilities; /* HfFrameworkCapability */
    gboolean checkpoint;
    HfTime failover_timeout;
    const char *principal;       /* NULL = none; borrowed like the name */
    const HfOfferWishes *wishes; /* NULL = none; borrowed like the name */
    HfMaintenancePolicy maintenance;
    HfTaskStops stops;
    uint64_t seed; /* of the back-off of subscriptions: (seed, "framework-registration", row) */
} HfDriverConfig;

/* The driver's own; models use smaller ones. */
#define HF_DRIVER_TIMER_SUBSCRIBE UINT32_MAX
#define HF_DRIVER_TIMER_RECONCILE (UINT32_MAX - 1)

/* `row`: the address of this framework. `ops` and `model` are borrowed. */
HfDriver *hf_driver_new(uint32_t row, const HfDriverConfig *config, const HfSchedulerOps *ops,
                        void *model);
void hf_driver_free(HfDriver *driver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfDriver, hf_driver_free)

/* With which roles it subscribes next, [count], copied; several need the capability MULTI_ROLE,
 * which it then has. */
void hf_driver_set_roles(HfDriver *driver, const HfRoleId *roles, uint32_t count);

/* It will subscribe under this id, in the place of the scheduler that has it. Before the start. */
void hf_driver_adopt(HfDriver *driver, uint32_t framework);
/* It forgets its id (a store that was lost): the next start makes a new framework of it. Before the
 * start or after hf_driver_disconnect. */
void hf_driver_lose_id(HfDriver *driver);
/* What it will say of itself when it next subscribes; name and principal stay borrowed. */
void hf_driver_describe(HfDriver *driver, const HfDriverConfig *config);

/* ---- called by the host; each puts its messages, timers and records into *out ---- */
/* SUBSCRIBE, and again until it is answered: after U(0,1) of 2 s, 4 s, ... 1 min. After
 * hf_driver_disconnect: under the id it had. */
void hf_driver_start(HfDriver *driver, HfTime now, HfOutbox *out);
/* Its connection, or its process, is gone: it is silent until it is started again. */
void hf_driver_disconnect(HfDriver *driver, HfTime now, HfOutbox *out);
/* Start loading what the model will read when it is told this of a task, in steps from 0, each some
 * time after the one before; changes nothing. */
void hf_driver_prefetch(const HfDriver *driver, uint32_t tag, uint32_t step);
void hf_driver_step(HfDriver *driver, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_driver_timer(HfDriver *driver, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out);

gboolean hf_driver_is_subscribed(const HfDriver *driver);
/* ops->waits and ops->unheard, if there are any. */
void hf_driver_waits(const HfDriver *driver, HfWaitSink sink, void *context);
void hf_driver_unheard(const HfDriver *driver, HfUnheardSink sink, void *context);
gboolean hf_driver_is_over(const HfDriver *driver);   /* the master refused it, or replaced it */
uint32_t hf_driver_framework(const HfDriver *driver); /* its id; HF_ROW_NONE before */
/* With which roles it subscribes, [*count_out], borrowed until they change. */
const HfRoleId *hf_driver_roles(const HfDriver *driver, uint32_t *count_out);

/* ---- called by the model, inside a callback ---- */
HfTime hf_driver_now(const HfDriver *driver);
const char *hf_driver_name(const HfDriver *driver);

/*
 * Launch tasks on offers of one agent and role: what the tasks leave comes back and is filtered for
 * refuse_seconds. No tasks = decline. Resources and executors are moved out of the tasks. A task
 * that names an executor which is not on that agent yet pays for it as well.
 */
void hf_driver_accept(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                      HfTaskInfo *tasks, uint32_t task_count, double refuse_seconds);
/*
 * The same with operations: begin, then in the order in which they are to be done, then end. Each
 * is done or dropped for itself; a later one builds upon what earlier ones made. Operations other
 * than launches may carry an id of the framework's own (0 = none, below 2^40): ops->operation tells
 * how they fare. Resources are moved out of operations and tasks; they need no allocation role.
 */
void hf_driver_accept_begin(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                            double refuse_seconds);
void hf_driver_reserve(HfDriver *driver, uint64_t id, HfResources *reserved);
void hf_driver_unreserve(HfDriver *driver, uint64_t id, HfResources *reserved);
void hf_driver_create(HfDriver *driver, uint64_t id, HfResources *volumes);
void hf_driver_destroy(HfDriver *driver, uint64_t id, HfResources *volumes);
void hf_driver_grow(HfDriver *driver, uint64_t id, HfResources *volume, HfResources *addition);
void hf_driver_shrink(HfDriver *driver, uint64_t id, HfResources *volume, int64_t subtract_milli);
/* What is made of a resource provider's disk is offered when the operation is FINISHED. Profile: of
 * a disk that has none of its own; else HF_TEXT_NONE. */
void hf_driver_create_disk(HfDriver *driver, uint64_t id, HfResources *disk, HfDiskSource type,
                           HfTextId profile);
void hf_driver_destroy_disk(HfDriver *driver, uint64_t id, HfResources *disk);
void hf_driver_launch(HfDriver *driver, HfTaskInfo *tasks, uint32_t task_count);
/* All of the tasks or none. They all name the same executor, of at least 0.01 CPUs, 32 MB and some
 * disk; in eras without HF_RULE_TASK_GROUPS, and where any of that is not so, all end with
 * TASK_ERROR. */
void hf_driver_launch_group(HfDriver *driver, HfTaskInfo *tasks, uint32_t task_count);
void hf_driver_accept_end(HfDriver *driver);

/* Ask how operations fare, by id and agent (HF_ROW_NONE: not known); none = all in the master's
 * book. Answers come through ops->operation. */
void hf_driver_reconcile_operations(HfDriver *driver, const HfOperationStatus *asked,
                                    uint32_t count);

void hf_driver_decline(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                       double refuse_seconds);
/* The same, for long lists: it is moved into the message, and what the caller has then is empty. */
void hf_driver_decline_list(HfDriver *driver, HfIds *offers, double refuse_seconds);
void hf_driver_revive(HfDriver *driver);   /* all roles */
void hf_driver_suppress(HfDriver *driver); /* all roles */
/* The same for some of its roles: one that it does not have drops the whole call. */
void hf_driver_revive_roles(HfDriver *driver, const HfRoleId *roles, uint32_t role_count);
void hf_driver_suppress_roles(HfDriver *driver, const HfRoleId *roles, uint32_t role_count);
/* With the kill policy of its KILL calls, if it has one. */
void hf_driver_kill(HfDriver *driver, uint64_t task);
/* With this one (Call.Kill.kill_policy.grace_period, >= 0), in the place of the task's own. Of
 * several the shortest counts, from when the first came. */
void hf_driver_kill_within(HfDriver *driver, uint64_t task, HfTime grace);

/* What it says of itself changes (UPDATE_FRAMEWORK): all but principal and checkpoint may.
 * `suppressed`, of the new roles; the others are offered. ops->updated tells how it went. */
void hf_driver_update_framework(HfDriver *driver, const HfDriverConfig *config,
                                const HfRoleId *suppressed, uint32_t suppressed_count);

/* Answers to inverse offers: a promise to be gone in time, or not. Either way it is asked again,
 * after refuse_seconds, for as long as it holds anything there. */
void hf_driver_accept_inverse(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                              double refuse_seconds);
void hf_driver_decline_inverse(HfDriver *driver, const uint64_t *offers, uint32_t offer_count,
                               double refuse_seconds);

/* Inside ops->offers: when the agent of an offer will not be there; NULL = nothing is planned.
 * Cost: O(offers of agents that have such plans). */
const HfWindow *hf_driver_window(const HfDriver *driver, const HfOfferInfo *offer);
/* Inside ops->error: what the master said; never NULL. */
const char *hf_driver_why(const HfDriver *driver);
void hf_driver_teardown(HfDriver *driver);
/* SHUTDOWN: that executor there is to end, with what it runs; ops->executor_lost tells when. */
void hf_driver_shutdown(HfDriver *driver, uint32_t agent, uint32_t executor);

typedef struct HfDriverTask {
    uint64_t id;
    uint32_t agent; /* HF_ROW_NONE = not known */
} HfDriverTask;
/* Ask what became of these tasks; none = of all that the master knows. Answers are updates. */
void hf_driver_reconcile(HfDriver *driver, const HfDriverTask *tasks, uint32_t task_count);

/*
 * The same for tasks of which one is not sure, again and again until each is answered: after 10 s,
 * 20 s, ... 5 min. A master that was just elected says nothing of tasks on agents that it still
 * waits for. A new list takes the place of the old one.
 * Source: Mesos docs/reconciliation.md.
 */
void hf_driver_reconcile_until_answered(HfDriver *driver, const HfDriverTask *tasks,
                                        uint32_t task_count);

/* Call ops->timer(kind, arg) after `delay` ns, or later when it is not subscribed then. Cannot be
 * taken back: ignore one that no longer matters. */
void hf_driver_after(HfDriver *driver, HfTime delay, uint32_t kind, uint64_t arg);

/* ---- what only the framework knows, for the record ---- */
void hf_driver_note_demand(HfDriver *driver, int64_t tasks_waiting);
/* A job of `tasks` tasks, each wanting `wanted`, is there to be run. */
void hf_driver_note_submitted(HfDriver *driver, uint64_t job, int64_t tasks,
                              const HfResources *wanted);
void hf_driver_note_waited(HfDriver *driver, const HfTaskStatus *status, HfTime waited);
/* A task of the job begins to read its input, on the host that holds it or from another. */
void hf_driver_note_input(HfDriver *driver, uint64_t job, gboolean is_local);
void hf_driver_note_job(HfDriver *driver, uint64_t job, HfTime response);
void hf_driver_note_refusal(HfDriver *driver, uint64_t task, int64_t refusals);
void hf_driver_note_replaced(HfDriver *driver, uint64_t task, uint32_t host, HfTime after,
                             gboolean same_host);
/* `task` takes the place of `before`, which ended: by this a failure and what repairs it are found
 * to belong together, wherever the new one runs. */
void hf_driver_note_follows(HfDriver *driver, uint64_t task, uint64_t before);
/* It will not use the volumes among `resources` on that host again, and leaves them there. */
void hf_driver_note_disowned(HfDriver *driver, uint32_t host, const HfResources *resources);
/* So many bytes were copied to this task, from others of its service or from a store, to have again
 * what it had lost. */
void hf_driver_note_copied(HfDriver *driver, uint64_t task, int64_t bytes);

#endif
