/*
 * A trivial host for tests of the control plane: one master, its allocator, agents, frameworks and
 * fake executors on a list of pending messages and timers, fired by (time, order). No engine, no
 * network, no world: what it needs of Holdfast is the layer `control` and those below. Messages can
 * be lost, doubled and delayed; after every step the master recounts itself (hf_master_check).
 *
 * Everything that happened is kept as JSONL: records (`"ev"`) and, if wanted, the messages
 * (`"msg"`) when they arrive or are lost.
 */
#ifndef HF_TESTS_SUPPORT_PUMP_H
#define HF_TESTS_SUPPORT_PUMP_H

#include "support/test.h"

#include "base/random.h"
#include "control/agent.h"
#include "control/driver.h"
#include "control/master.h"

#define HF_SECONDS(n) ((HfTime)((n) * (double)HF_NS_PER_SECOND))

typedef struct HfPumpConfig {
    HfMasterConfig master;
    HfTime latency;          /* of every message between master and the others; 0 */
    HfTime failover_timeout; /* of every framework; 0 */
    uint64_t seed;           /* of registration back-off and chaos; 1 */
    HfEra era;               /* 1.11 */
    gboolean log_messages;
    gboolean has_minimum; /* Mesos's: no offer with less than 0.01 cpus and less than 32 MB */
    gboolean is_quiet;    /* no text is kept of what happens */
    /* Not 0: what is drawn otherwise, how long an agent waits before it registers, and before it or
     * a scheduler asks again. */
    HfTime register_after, ask_again_after;
    /* Chaos: how many of 1000 messages are lost, doubled, or delayed (up to 30 s, past others). */
    uint32_t lose, twice, late;
} HfPumpConfig;

void hf_pump_config_init(HfPumpConfig *config);

/* An offer that a framework holds: neither answered nor rescinded as far as it knows. */
typedef struct HfPumpOffer {
    uint64_t id;
    uint32_t agent, host;
    HfRoleId role;
} HfPumpOffer;

typedef struct HfPumpUpdate {
    HfTime at;
    HfTaskStatus status;
} HfPumpUpdate;

typedef struct HfPumpAction HfPumpAction;

typedef struct HfPumpFramework {
    HfCatalog *catalog;
    HfDriver *driver;
    char *name;
    uint32_t row; /* its address */
    uint32_t id;  /* given by the master; HF_ROW_NONE before */
    HF_VEC(HfPumpOffer) offers;
    HF_VEC(HfPumpUpdate) updates;           /* every one told, in order */
    HF_VEC(HfOperationStatus) operations;   /* likewise, of operations */
    uint32_t offered, rescinds, failures;   /* so far: offers, rescinds, agents lost */
    uint32_t executors_lost, executor_lost; /* so far; the id of the last */
    const HfPumpAction *action;             /* what to do inside the driver now */
    gboolean is_down;                       /* its scheduler: it hears nothing */
    uint32_t life, linked_life; /* connections so far; the one the master answers over */
    uint64_t subscription;      /* its timer that counts */
    /* A model of the test's own answers each offer at once (none is then held), and hears of tasks;
     * NULL = none. */
    void (*answer)(void *model, struct HfPumpFramework *framework, const HfOfferInfo *offer);
    void (*hear)(void *model, struct HfPumpFramework *framework, const HfTaskStatus *status);
    void *model;
    uint32_t errors;                    /* told that it is over */
    char *why;                          /* the last time */
    int updated;                        /* status of its last UPDATE_FRAMEWORK; 0 = none yet */
    HF_VEC(HfInverseOfferInfo) inverse; /* held: not answered, not rescinded */
    uint32_t inverse_offered, inverse_rescinds; /* so far */
    HfWindow window;                            /* of the last offer that had one */
} HfPumpFramework;

typedef struct HfPumpRun { /* a task that a fake executor runs */
    uint32_t framework, generation;
    uint32_t executor; /* its id; 0 = one of its own */
    uint32_t seat;     /* as of HfTaskStatus */
    uint64_t task;
    uint64_t group; /* the first task of its group; 0 = it is in none */
    HfTaskState end;
    gboolean is_checkpointed;
    gboolean knows_killing;
    HfTime stop_time, grace; /* how long it takes to stop, and may */
    HfTime stopped_at;       /* it was told to; HF_TIME_NEVER = not yet */
    HfResources resources;
} HfPumpRun;

typedef struct HfPumpExecutor { /* one that a framework brought with it */
    uint32_t framework;
    gboolean is_checkpointed, is_stopping;
    HfExecutorInfo *info;
} HfPumpExecutor;

typedef struct HfPumpHost {
    HfAgent agent;
    HfResources total;
    HfAttributes attributes;
    char name[12];
    gboolean is_cut;      /* no message passes between it and the master */
    uint32_t breaks;      /* of its connection to the master while both lived */
    uint32_t linked_life; /* the connection that the master has; see hf_pump_link */
    HF_VEC(HfPumpRun) runs;
    HF_VEC(HfPumpExecutor) executors;
    HF_VEC(HfMessage *) starts;  /* that executors were begun with which are not there yet; owned */
    HF_VEC(HfTaskStatus) untold; /* by executors, while the agent's process is down */
} HfPumpHost;

typedef enum HfPumpFate { HF_PUMP_PASS, HF_PUMP_LOSE, HF_PUMP_TWICE, HF_PUMP_LATE } HfPumpFate;

typedef struct HfPumpRule {
    HfMessageType type;
    HfPumpFate fate;
    HfTime delay;
    uint32_t times;
} HfPumpRule;

typedef struct HfPumpEvent {
    HfTime at;
    uint64_t sequence;
    HfPeer self;
    HfMessage *message; /* NULL = a timer */
    uint32_t reign;     /* a timer of the master: of which */
    uint32_t kind;
    uint64_t arg;
} HfPumpEvent;

typedef struct HfPump {
    HfPumpConfig config;
    HfCatalog *catalog;
    HfTrace *trace;
    HfMessagePool *pool;
    HfOutbox out;
    HfMaster *master;
    HfAgentConfig agent_config;
    GPtrArray *hosts;      /* HfPumpHost *, by row */
    GPtrArray *frameworks; /* HfPumpFramework *, by row */
    HF_VEC(HfPumpEvent) events;
    HF_VEC(HfPumpRule) rules;
    uint64_t sequence;
    uint32_t generation;
    uint32_t reign;         /* counts masters, and times without one */
    HF_VEC(HfCall *) calls; /* whose answers are pending, owned */
    HF_VEC(int) answered;   /* statuses of those that were, in order */
    HfTime now;
    HfStream chaos;
    HfRecord last[HF_RECORD_TYPES]; /* the latest of each type, without its resources */
    GString *text;
    gboolean executors_wait; /* they start when a test says so, and may be late */
    gboolean is_lossless;    /* no rule or chaos touched a message so far */
    gboolean is_known_good;  /* what is fired now was checked before: it is not checked again */
    gboolean is_obeyed;      /* nor did a partition swallow an order to stop something */
    /* Asked about each message that is sent, which it may change; FALSE = it never was. NULL. */
    gboolean (*passes)(void *context, HfMessage *message);
    void *context;
} HfPump;

/* Starts the master at time 0. */
HfPump *hf_pump_new(const HfPumpConfig *config);
void hf_pump_free(HfPump *pump);

/* ---- time ---- */

/* Fire the next event; FALSE when none is pending (never, once the master has started). */
gboolean hf_pump_step(HfPump *pump);

/* Fire one of the pending events, whichever: a message arrives now, a timer ends at its time, or
 * now if that has passed. */
void hf_pump_fire(HfPump *pump, guint32 event);

/* Fire all events up to and including `until`. */
void hf_pump_run(HfPump *pump, HfTime until);
void hf_pump_run_for(HfPump *pump, HfTime duration);

/* ---- what happens to messages: the next `times` of a type; later rules come after earlier ---- */
void hf_pump_rule(HfPump *pump, HfMessageType type, HfPumpFate fate, HfTime delay, uint32_t times);

/* ---- hosts ---- */
uint32_t hf_pump_add_host(HfPump *pump, const char *resources);  /* down */
uint32_t hf_pump_add_agent(HfPump *pump, const char *resources); /* added, and booted now */
HfPumpHost *hf_pump_host(HfPump *pump, uint32_t host);
void hf_pump_boot(HfPump *pump, uint32_t host);
void hf_pump_crash(HfPump *pump, uint32_t host, gboolean visible);
/* The agent's process alone: hf_pump_boot starts it again. */
void hf_pump_stop(HfPump *pump, uint32_t host);
void hf_pump_lose_disk(HfPump *pump, uint32_t host); /* of a host that is down */
void hf_pump_cut(HfPump *pump, uint32_t host);       /* a partition: silence in both directions */
void hf_pump_heal(HfPump *pump, uint32_t host);

/* The connection to the master is reset while both live: what is under way is lost. */
void hf_pump_break(HfPump *pump, uint32_t host);
/* The connection that its agent has: a new one with each life, and each break. */
static inline uint32_t hf_pump_link(const HfPumpHost *host)
{
    return host->agent.life + (host->breaks << 16);
}
/* The task of a run (its place among the host's) ends by itself, now. */
void hf_pump_end_run(HfPump *pump, uint32_t host, guint32 run);

/* The same of an executor: what it runs ends with it. */
void hf_pump_end_executor(HfPump *pump, uint32_t host, guint32 executor);
/* With pump->executors_wait: the executor that was begun first registers. TRUE when there was one.
 */
gboolean hf_pump_register_executor(HfPump *pump, uint32_t host);

/* ---- frameworks ---- */

/* Subscribes now. `roles` separated by ','. */
uint32_t hf_pump_add_framework(HfPump *pump, const char *name, const char *roles,
                               uint32_t capabilities, gboolean checkpoint);
/* The same with a principal. */
uint32_t hf_pump_add_framework_as(HfPump *pump, const char *name, const char *principal,
                                  const char *roles, uint32_t capabilities, gboolean checkpoint);
HfPumpFramework *hf_pump_framework(HfPump *pump, uint32_t framework);

/* The scheduler's process dies, and comes back under its id. */
void hf_pump_scheduler_stop(HfPump *pump, uint32_t framework);
void hf_pump_scheduler_start(HfPump *pump, uint32_t framework);
/* A second scheduler subscribes under the id of this framework. */
uint32_t hf_pump_add_successor(HfPump *pump, uint32_t framework);
/* The same, with another FrameworkInfo. */
uint32_t hf_pump_add_successor_as(HfPump *pump, uint32_t framework, const char *principal,
                                  const char *roles, uint32_t capabilities, gboolean checkpoint);
/* Ask about one task, launched on `agent` (HF_ROW_NONE = not said). */
void hf_pump_reconcile(HfPump *pump, uint32_t framework, uint64_t task, uint32_t agent);
void hf_pump_reconcile_all(HfPump *pump, uint32_t framework);

typedef struct HfPumpTask {
    uint64_t id;
    const char *resources;
    HfTime duration;
    HfTaskState end; /* 0 = FINISHED */
    HfTime stop_time;
    HfTime kill_grace; /* 0 = no kill policy */
    uint32_t tag;
} HfPumpTask;

void hf_pump_accept(HfPump *pump, uint32_t framework, const uint64_t *offers, uint32_t offer_count,
                    const HfPumpTask *tasks, uint32_t task_count, double refuse_seconds);
/* Accept the first offer held with one task and the default filter. */
void hf_pump_launch(HfPump *pump, uint32_t framework, uint64_t task, const char *resources,
                    HfTime duration);
/*
 * Accept the first `offer_count` offers held, with operations in order, separated by " | ":
 * "RESERVE cpus(D:web):1", UNRESERVE, CREATE, DESTROY, "GROW volume addition", "SHRINK volume 10",
 * "CREATE_DISK disk MOUNT:profile" (or without profile), DESTROY_DISK,
 * "LAUNCH 1=cpus:1 2:10=cpus:1" (tasks 1, until killed, and 2, for 10 s), LAUNCH_GROUP; resources
 * in canonical form. "RESERVE#7 ..." asks for feedback under id 7. "1=cpus:1+7=mem:32" is a task
 * with executor 7, which holds mem:32 (or nothing: "+7="); "+!7=..." with a default executor.
 */
void hf_pump_operate(HfPump *pump, uint32_t framework, uint32_t offer_count, const char *script,
                     double refuse_seconds);
/* The same, from inside `answer`. */
void hf_pump_say(HfPump *pump, HfPumpFramework *framework, uint64_t offer, const char *script,
                 double refuse_seconds);
/* Ask about one operation (agent HF_ROW_NONE: not known), or with id 0 about all. */
void hf_pump_reconcile_operation(HfPump *pump, uint32_t framework, uint64_t id, uint32_t agent);
/* The state last told of an operation; HF_OPERATION_STATES when none was. */
HfOperationState hf_pump_operation(HfPump *pump, uint32_t framework, uint64_t id);
/* Decline the first offer held. */
void hf_pump_decline(HfPump *pump, uint32_t framework, double refuse_seconds);
void hf_pump_decline_all(HfPump *pump, uint32_t framework, double refuse_seconds);
/* The same in one DECLINE. */
void hf_pump_decline_at_once(HfPump *pump, uint32_t framework, double refuse_seconds);
void hf_pump_kill(HfPump *pump, uint32_t framework, uint64_t task);
/* With a kill policy in the call. */
void hf_pump_kill_within(HfPump *pump, uint32_t framework, uint64_t task, HfTime grace);
void hf_pump_revive(HfPump *pump, uint32_t framework);
void hf_pump_suppress(HfPump *pump, uint32_t framework);
void hf_pump_teardown(HfPump *pump, uint32_t framework);
void hf_pump_shutdown(HfPump *pump, uint32_t framework, uint32_t agent, uint32_t executor);

/* The latest update told about a task; NULL when none was. */
const HfPumpUpdate *hf_pump_update(HfPump *pump, uint32_t framework, uint64_t task);

/* ---- operators ---- */

/* A call of the operator API with its body; ' stands for ". The status; the message, if any, is the
 * last line of the text ("why"). */
int hf_pump_call(HfPump *pump, const char *principal, HfCallType type, const char *body);

/* ---- masters ---- */

/* The leading master ends: connections break, and what is under way is lost. */
void hf_pump_master_crash(HfPump *pump);
/* The next one is elected, and all who live are told. */
void hf_pump_master_lead(HfPump *pump);
/* Both, with so much time between. */
void hf_pump_master_failover(HfPump *pump, HfTime down);

/* What a framework says of itself changes; `roles` and `suppressed` separated by ','. The status of
 * the answer is in `updated` of the framework. */
void hf_pump_update_framework(HfPump *pump, uint32_t framework, const char *principal,
                              const char *roles, const char *suppressed, uint32_t capabilities,
                              gboolean checkpoint, const HfOfferWishes *wishes);
/* Answer the first inverse offer held. */
void hf_pump_answer_inverse(HfPump *pump, uint32_t framework, gboolean accepts,
                            double refuse_seconds);

/* ---- anything else ---- */

/* A message to be filled and sent: legal or not. */
HfMessage *hf_pump_message(HfPump *pump, HfMessageType type, HfPeer from, HfPeer to);
void hf_pump_send(HfPump *pump, HfMessage *message);

HfResources hf_pump_resources(HfPump *pump, const char *text); /* the caller clears */
HfParcel *hf_pump_parcel(HfPump *pump, const char *text);      /* the caller drops */

/* What nobody holds on an agent, in canonical text; free with g_free. */
char *hf_pump_available(HfPump *pump, uint32_t agent);

/* The lines so far, and forget them; free with g_free. */
char *hf_pump_take_text(HfPump *pump);

#endif
