/* The world's tables, shared by world.c (building, running), transport.c (messages), executor.c and
 * faults.c. */
#ifndef HF_WORLD_WORLD_INTERNAL_H
#define HF_WORLD_WORLD_INTERNAL_H

#include <stddef.h>

#include "base/map64.h"
#include "base/slots.h"
#include "control/agent.h"
#include "world/operators.h"
#include "world/world.h"

#define NO_ROW UINT32_MAX

/* How a message arrives: at whom, and there, whether it is an update of a task or the answer to
 * one, whose receiver has what it needs at hand. */
enum {
    HF_ARRIVE_FRAMEWORK,
    HF_ARRIVE_FRAMEWORK_NEAR,
    HF_ARRIVE_MASTER,
    HF_ARRIVE_MASTER_NEAR,
    HF_ARRIVE_AGENT,
    HF_ARRIVE_AGENT_NEAR,
    HF_WAYS_TO_ARRIVE
};

/* A channel delivers in order, as TCP does: nothing arrives before what was sent earlier. */
typedef struct HfChannel {
    HfTime last_to, last_from; /* latest arrival at, and from, this end */
    HfStream latency;
} HfChannel;

/* What lies on the file system of a host's work directory; see disk.c. */
typedef struct HfHostDisk HfHostDisk;

#define HF_HOST_LINE 64

/* What the messages and tasks of a host touch, and of its agent, fills its first cache line, if the
 * array begins with one (HF_VEC from 2 KiB on). */
typedef struct HfHost {
    uint32_t first_run;   /* list of its running tasks */
    uint32_t breaks;      /* of its connection, while both ends lived */
    uint32_t linked_life; /* link of the agent with which the master's connection is; an older one
                             is dead, and what is sent over it is lost */
    uint8_t has_disk;     /* something was written there */
    uint8_t is_up;
    uint8_t is_agent_up; /* the agent's process runs; on a host that is up */
    uint8_t cut;         /* HF_CUT_*: what a partition stops */
    HfAgent agent;
    HfHostDisk *disk;               /* NULL until something is written there */
    const HfResources *total;       /* of the group or of the trace's machine */
    HfTime last_to, last_from;      /* of its channel to the master */
    uint32_t group;                 /* index in scenario->agents */
    uint32_t first_process;         /* list of executors that frameworks brought */
    uint8_t is_lost;                /* nothing is going to bring it, or its agent, back */
    const HfAttributes *attributes; /* never NULL */
    char *name;
    HfTime restart_after;        /* when its process dies while it writes its checkpoint */
    HF_VEC(HfTaskStatus) untold; /* what executors have to tell an agent whose process is down */
    HfTime started_at;           /* the agent's process */
    uint64_t unused[4];          /* so that the next host begins with a line, too */
} HfHost;

_Static_assert(offsetof(HfHost, agent) + HF_AGENT_HOT == HF_HOST_LINE &&
                   sizeof(HfHost) % HF_HOST_LINE == 0,
               "what is hot of a host is one cache line");

/* What only some tasks have: a group, something that they wait for, and how one ends that takes its
 * time, or whose framework wants to know. */
typedef struct HfStop {
    uint64_t group;      /* the first task of the group that it is in; 0 = none */
    HfTime time, grace;  /* what it needs, and what it gets by its kill policy */
    HfTime since;        /* it was told to; HF_TIME_NEVER = not yet */
    HfTime granted;      /* how long it may take, from then on */
    HfTime duration;     /* of its run, when it has what it waits for */
    gboolean takes_time; /* FALSE: it ends as soon as it is told to */
    gboolean is_told;    /* the framework knows TASK_KILLING */
} HfStop;

/* An executor that was begun and is not there yet; see starts.c. */
typedef struct HfStart {
    HfMessage *order; /* owned: that it was begun with; NULL = the row is free */
    HfEvent event;    /* it registers, or ends; 0 = it hangs */
    HfTime at;        /* of that */
    gboolean is_stopping;
} HfStart;

/* An agent repeats what is not acknowledged by then; see retries.c. */
typedef struct HfRetry {
    HfTime at;
    HfPlace place;       /* among the events of that instant */
    uint32_t host, life; /* of its agent, when it asked for that */
} HfRetry;

/* An executor that a framework brought with it. */
typedef struct HfProcess {
    uint32_t framework, host;
    uint32_t runs; /* tasks that it runs */
    uint32_t next; /* of the same host */
    uint8_t is_checkpointed, is_stopping;
    uint8_t is_hung;      /* it does not answer its agent's next process */
    HfExecutorInfo *info; /* owned: one reference */
} HfProcess;

/* A task that an executor runs. */
typedef struct HfRun {
    uint64_t task;
    uint32_t framework, host;
    uint32_t process; /* row of world->processes; NO_ROW = an executor of its own */
    uint32_t generation;
    uint16_t usage_milli;
    uint8_t end;                 /* HfTaskState */
    uint8_t is_checkpointed : 1; /* its executor outlives the agent's process, */
    uint8_t is_hung : 1;         /* and does not answer the next one */
    uint8_t is_preparing : 1;    /* it waits for something (data->prepares), and does not run yet */
    uint32_t next, prev;         /* of the same host */
    uint32_t stop;               /* row of world->stops; NO_ROW = it has none */
    uint32_t place, seat;        /* as of HfTaskStatus */
    HfEvent event;               /* its end; 0 = runs until killed */
    HfParcel *resources;         /* owned: one reference */
} HfRun;

_Static_assert(sizeof(HfRun) == 64, "a run is one cache line");

typedef struct HfGuest { /* a framework of the scenario */
    const HfFrameworkModel *ops;
    void *model;
    HfDriver *driver;
    HfChannel channel;
    gboolean is_down;     /* its scheduler's process */
    gboolean is_removed;  /* by a master, for good */
    uint32_t life;        /* connections so far */
    uint32_t stops;       /* of its process */
    uint32_t linked_life; /* with which of them the master speaks */
    HfOfferWishes wishes;
    HfQuantities *minimum; /* [minimum_count] what its wishes point to */
    uint32_t minimum_count;
} HfGuest;

typedef struct HfFault {
    const HfFailureModel *ops;
    void *model;
} HfFault;

typedef struct HfCopies HfCopies; /* copies.c */
typedef struct HfStore HfStore;   /* stores.c */
/* A part of what an instance has in a store is lost, and it is to be told. */
typedef struct HfLoss {
    uint32_t store, framework;
    uint64_t member;
    double fraction;
} HfLoss;
/* A link that is, or was, in trouble; see links.c. */
typedef struct HfLink {
    HfPeer end;               /* a host's agent or a scheduler; the master is the other */
    uint8_t cut;              /* HF_CUT_* */
    uint8_t untold;           /* HF_CUT_*: of these ways the receiver is still to see a break */
    uint8_t is_dead;          /* TCP gave up: nothing is repeated until it heals */
    uint8_t no_ping, no_pong; /* as it was last told */
    struct {
        HF_VEC(HfMessage *) held; /* wait for their repetition; stamped */
        HfTime since;             /* first not acknowledged; -1 = none */
        HfEvent give_up, release;
    } way[2];          /* to the master, from it */
    const HfLaw *slow; /* its latency now; NULL = as ever */
    double loss;
    HfStream stream;
} HfLink;

struct HfWorld {
    const HfScenario *scenario;
    HfCatalog *catalog;
    HfEngine *engine;
    const HfTime *clock; /* of the engine */
    HfTrace *trace;
    HfMessagePool *pool;
    HfOutbox out;
    HfMaster *master;
    uint32_t reign;      /* counts masters, and times without one */
    uint32_t sent_reign; /* on what is sent now: the same, or UINT32_MAX while none leads */
    HfRecorder *recorder;
    HfAgentConfig agent_config;
    HfHost *hosts; /* [host_count]; never moves */
    uint32_t host_count;
    HF_VEC(HfLink) links;  /* those that were ever in trouble */
    uint32_t *link_rows;   /* [host_count + guest_count]: 1 + row of links; NULL = none ever was */
    GPtrArray *totals;     /* HfResources *, owned; shared by hosts */
    HfDomain *domains;     /* [group] of its agents; region NULL = none */
    GPtrArray *attributes; /* HfAttributes *, owned; shared by hosts */
    GHashTable *flag_resources, *flag_attributes; /* text -> what failure models let agents have */
    HfGuest *guests;                              /* [guest_count] */
    uint32_t guest_count;
    HfFault *faults; /* [fault_count] */
    uint32_t fault_count;
    HfAcls *acls;           /* NULL = everybody may do everything */
    HfRoleId *listed_roles; /* [listed_role_count]: master.roles */
    uint32_t listed_role_count;
    HfCall *calls; /* [scenario->operators.count] */
    HF_VEC(HfOperatorAnswer) answers;
    HF_VEC(HfRetry) retries; /* in order of time, from the first to come on: */
    guint32 retries_from;
    HfMessage told; /* by an executor, here and now: never sent */
    HfSlots run_slots;
    HF_VEC(HfRun) runs;
    HfStream *startup; /* [host_count]; NULL = executors start at once */
    HfSlots start_slots;
    HF_VEC(HfStart) starts;
    HfSlots process_slots;
    HF_VEC(HfProcess) processes;
    HfSlots stop_slots;
    HF_VEC(HfStop) stops;
    HfCopies *copies;
    HfStore *stores;       /* [scenario->stores.count] */
    HF_VEC(HfLoss) losses; /* in the order of their events, of which so many have come: */
    guint32 losses_told;
    const uint64_t *removals; /* of frameworks: how many were recorded, and how many of them */
    uint64_t removals_seen;   /* the models know of */
    gboolean keeps_data;      /* some framework wants to know of its tasks (HfDataOps) */
    HfStream *latency;        /* [host_count], only when the law is not constant */
    HfTime constant_latency;  /* HF_TIME_NEVER when it is drawn */
    struct {
        uint32_t steps, looks; /* messages and timers since the last look; looks at one instant */
        HfTime at;
        gboolean is_standing;
        uint64_t before[HF_RECORD_TYPES];
    } standing; /* stall.c */
    struct {
        HfEventKind deliver[HF_WAYS_TO_ARRIVE], master_timer, agent_timer, agent_retries,
            framework_timer, framework_start, host_start, task_end, executor_start, operator_call,
            fault_start, fault_timer, record, recovery_timeout, restart, election, copied,
            data_timer, link_give_up, link_release, disk, store_declare, store_told, store_cleaned,
            data_removed, store_lost, store_damage, store_recover, store_recovered;
    } kind;
};

/* stall.c: does time stand still? Looked at once in so many messages and timers. */
#define HF_STALL_STEPS (1u << 16)
#define HF_STALL_LOOKS (1u << 8)
void hf_stall__look(HfWorld *world);
static inline void hf_stall__count(HfWorld *world)
{
    if (G_LIKELY(++world->standing.steps < HF_STALL_STEPS)) return;
    world->standing.steps = 0;
    hf_stall__look(world);
}

/* transport.c */
void hf_world__register_transport(HfWorld *world);
/* Send what the last step put out; `self` says whose timers they are. */
void hf_world__flush(HfWorld *world, HfPeer self);
/* Note over which connection a message goes; send one that is so stamped; both. */
void hf_world__stamp(HfWorld *world, HfMessage *message);
void hf_world__send_stamped(HfWorld *world, HfMessage *message);
void hf_world__send(HfWorld *world, HfMessage *message);
void hf_world__record_lost(HfWorld *world, const HfMessage *message);
/* Tell the master something about a connection, through the same channel as the agent's messages.
 */
void hf_world__tell_master(HfWorld *world, HfMessageType type, HfHost *host);

/* An executor says something to the agent of its host, which hears it now. What that says in turn
 * is in the outbox. */
void hf_world__tell_own_agent(HfWorld *world, const HfMessage *message);

/* The same to the agent. */
void hf_world__tell_agent(HfWorld *world, HfMessageType type, HfHost *host);

/* retries.c */
void hf_world__register_retries(HfWorld *world);
/* An event for the first of them, if there is one. */
void hf_world__arm_first_retry(HfWorld *world);

/* links.c */
void hf_world__register_links(HfWorld *world);
void hf_world__clear_links(HfWorld *world);
/* The row of a link that was ever in trouble, or NULL. Good until another link gets into trouble.
 */
HfLink *hf_world__link(const HfWorld *world, HfPeer end);
/* TRUE: the link keeps the message back, or has lost it. */
gboolean hf_world__link_takes(HfWorld *world, HfMessage *message);
/* How much later a message arrives for packets that are lost with this probability. */
HfTime hf_world__retransmission_delay(double loss, HfStream *stream);
/* The agent's process ended, and what it had said and was not heard. */
void hf_world__link_left(HfWorld *world, uint32_t host);

/* operators.c */
void hf_world__register_operators(HfWorld *world);
gboolean hf_world__build_operators(HfWorld *world, GError **error);
gboolean hf_world__build_acls(HfWorld *world, const char *text, GError **error);
void hf_world__clear_operators(HfWorld *world);

void hf_world__take_answers(HfWorld *world);

/* masters.c */
void hf_world__register_masters(HfWorld *world);
/* The leading master ended by itself. */
void hf_world__master_ended(HfWorld *world);

/* build_hosts.c */
/* FALSE, with what is wrong with `where` as HF_WORLD_ERROR; takes `inner`. */
gboolean hf_world__fail(GError **error, const char *where, GError *inner);
/* Text in Mesos's form, owned by the world; NULL and a GError when it is not legal. */
const HfResources *hf_world__parse_total(HfWorld *world, const char *text, GError **error);
const HfAttributes *hf_world__parse_attributes(HfWorld *world, const char *text, GError **error);
gboolean hf_world__build_hosts(HfWorld *world, GError **error);

/* build_control.c */
/* As the scenario wants it, with whitelist and weights, but for quotas. */
HfAllocator *hf_world__new_allocator(HfWorld *world);
gboolean hf_world__intern_role(HfWorld *world, const char *path, HfRoleId *role_out,
                               GError **error);
gboolean hf_world__build_master(HfWorld *world, GError **error);
/* After hosts and master. */
gboolean hf_world__build_roles(HfWorld *world, GError **error);

/* disk.c */
void hf_world__register_disks(HfWorld *world);
/* A task starts: it opens its volumes and begins to write. It may fail here and now. */
void hf_world__disk_on_start(HfWorld *world, uint32_t run, const HfTaskInfo *info);
/* Its run is over; the host has a disk. */
void hf_world__disk_on_end(HfWorld *world, const HfRun *run);
/* An executor of a framework's has ended, and with it goes what lies in its directory. */
void hf_world__disk_on_executor_end(HfWorld *world, const HfProcess *process);
/* The agent's process started, or did something to volumes. */
void hf_world__disk_on_agent(HfWorld *world, uint32_t host);
void hf_world__disk_on_loss(HfWorld *world, uint32_t host);
void hf_world__disk_free(HfHost *host);
size_t hf_world__disk_memory(const HfHost *host);

/* starts.c */
void hf_world__register_starts(HfWorld *world);
/* Does the scenario have executors that take time, or hang? */
gboolean hf_world__starts_take_time(const HfWorld *world);
void hf_world__build_starts(HfWorld *world);
void hf_world__clear_starts(HfWorld *world);
/* EXECUTOR_BEGIN, or EXECUTOR_LAUNCH of a task with an executor of its own: TRUE when that is done
 * later (hf_world__start_now). */
gboolean hf_world__start_later(HfWorld *world, const HfMessage *in);
/* A task whose own executor is being started will not run; FALSE: there is none. */
gboolean hf_world__cancel_task(HfWorld *world, uint32_t host, uint32_t framework, uint64_t task);
/* EXECUTOR_SHUTDOWN of one that is being started; FALSE: it is not. */
gboolean hf_world__stop_starting(HfWorld *world, const HfMessage *in);
/* The agent's process is gone, and with it all that it had begun. */
void hf_world__cancel_starts(HfWorld *world, uint32_t host);

/* processes.c */
/* EXECUTOR_BEGIN is carried out: it is there, and registers with its agent. */
void hf_world__begin_process(HfWorld *world, const HfMessage *in);
/* The executor that a launch is for, which is there. */
uint32_t hf_world__process_of(const HfWorld *world, const HfMessage *in);
/* The agent hears that one is over, or was never there, if its process is. */
void hf_world__say_exited(HfWorld *world, uint32_t host, uint32_t framework, uint32_t id);
/* It has one task less: it may end now. Afterwards its row means nothing. */
void hf_world__process_left(HfWorld *world, uint32_t process);
void hf_world__shut_down_process(HfWorld *world, const HfMessage *in);
void hf_world__reconnect_processes(HfWorld *world, uint32_t host);
/* Their tasks have ended: all on a host, or those that do not outlive its agent's process. */
void hf_world__end_processes(HfWorld *world, uint32_t host, gboolean checkpointed);
/* While the agent's process is down: each is gone, with its tasks, with this probability. */
void hf_world__lose_processes(HfWorld *world, uint32_t host, double probability, HfStream *stream);
void hf_world__clear_processes(HfWorld *world);
void hf_world__check_processes(const HfWorld *world);

/* While the agent's process is down: each answers no more, with this probability. */
void hf_world__hang_processes(HfWorld *world, uint32_t host, double probability, HfStream *stream);

/* executor.c */
/* EXECUTOR_BEGIN or EXECUTOR_LAUNCH is carried out. */
void hf_world__start_now(HfWorld *world, const HfMessage *in);
/* All that an executor runs is killed: within its grace, or at once and without a word (0). */
void hf_world__stop_runs(HfWorld *world, uint32_t process, HfTime grace);
void hf_world__end_runs_of(HfWorld *world, uint32_t process);
/* A task that runs on a host ends there with TASK_FAILED. */
void hf_world__fail_run(HfWorld *world, uint32_t host, uint32_t framework, uint64_t task,
                        HfTaskReason reason);
/* It will, with its next write. */
void hf_world__fail_soon(HfWorld *world, uint32_t run);
void hf_world__register_executor(HfWorld *world);
void hf_world__executor_message(HfWorld *world, const HfMessage *in);
void hf_world__kill_all(HfWorld *world, uint32_t host);
/* The agent's process died: executors that do not outlive it end. */
void hf_world__agent_left(HfWorld *world, uint32_t host);
/* Executors end one by one, each with this probability, unseen by the agent. */
void hf_world__lose_executors(HfWorld *world, uint32_t host, double probability, HfStream *stream);
/* The same, and each runs on, and does not answer. */
void hf_world__hang_executors(HfWorld *world, uint32_t host, double probability, HfStream *stream);

/* copies.c: models of services hear of what happens to their tasks and to disks. */
void hf_world__register_data(HfWorld *world);
void hf_world__see_removals(HfWorld *world);
void hf_world__clear_data(HfWorld *world);
gboolean hf_world__run_prepares(const HfWorld *world, const HfRun *run);
void hf_world__run_started(HfWorld *world, const HfRun *run);
void hf_world__run_ended(HfWorld *world, uint32_t framework, uint64_t task, uint32_t host,
                         HfTaskState how);
void hf_world__disk_lost(HfWorld *world, uint32_t host);
void hf_world__volume_emptied(HfWorld *world, uint32_t host, HfTextId persistence);

/* stores.c */
void hf_world__register_stores(HfWorld *world);
void hf_world__build_stores(HfWorld *world);
/* A framework says something of a group of its service (SERVICE_*): it may run a store. */
void hf_world__store_provider(HfWorld *world, uint32_t framework, HfRecordType type, uint64_t group,
                              int64_t value);
/* An instance has read so much of its data there. */
/* So much of a store's bandwidth goes into replicas that it makes anew, in bytes a second. */
void hf_world__store_recovers(HfWorld *world, uint32_t store, int64_t rate);
/* What a store reads and writes for all its clients now, in bytes a second. */
void hf_world__store_rate(HfWorld *world, uint32_t store, int64_t rate);
void hf_world__store_read(HfWorld *world, uint32_t framework, uint32_t store, uint32_t host,
                          int64_t bytes);
void hf_world__clear_stores(HfWorld *world);

/* wanted.c: what the scenario asks of the allocator. HF_WORLD_ERROR names the key. */
gboolean hf_world__build_quotas(HfWorld *world, const HfRoleId *roles, GError **error);
gboolean hf_world__build_role_list(HfWorld *world, GError **error);
gboolean hf_world__build_whitelist(HfWorld *world, GError **error);
void hf_world__set_whitelist(const HfWorld *world, HfAllocator *allocator);
/* NULL and *error, or what the framework wants, as long as the world lives. */
const HfOfferWishes *hf_world__build_wishes(HfWorld *world, uint32_t row,
                                            const HfDriverConfig *config, GError **error);
void hf_world__clear_wishes(HfGuest *guest);

/* faults.c */
void hf_world__register_faults(HfWorld *world);
/* The agent of a host that is up went down in a step of its own. */
void hf_world__agent_died(HfWorld *world, uint32_t host);
/* Start the agent's process; FALSE when it refuses. */
gboolean hf_world__start_agent(HfWorld *world, uint32_t host);

/* Start loading a host; the rest of it is seldom asked for. */
static inline void hf_world__prefetch_host(const HfWorld *world, uint32_t host)
{
    __builtin_prefetch(&world->hosts[host], 1);
}

/* A framework will be told of a task that it finds by this tag: start loading what it will need. */
static inline void hf_world__prefetch_told(const HfWorld *world, uint32_t framework, uint32_t tag,
                                           uint32_t step)
{
    if (tag == 0 || framework >= hf_master_frameworks(world->master)) return;
    uint32_t guest = hf_master_framework_peer(world->master, framework);
    if (guest < world->guest_count) hf_driver_prefetch(world->guests[guest].driver, tag, step);
}

/* The connection that an agent speaks over: a new one for each process, and after each break. */
static inline uint32_t hf_world__link_of(const HfHost *host)
{
    return host->agent.life + host->breaks;
}

static inline HfTime hf_world__now(const HfWorld *world)
{
    return *world->clock;
}

/* A HF_AGENT_TIMER_RETRY that a host's agent asked for now: TRUE when it waits among the others. */
static inline gboolean hf_world__retry_waits(HfWorld *world, uint32_t host,
                                             const HfTimerRequest *timer)
{
    if (timer->at != hf_time_add(hf_world__now(world), world->agent_config.retry_min)) return FALSE;
    gboolean is_first = world->retries_from == world->retries.count;
    HF_ASSERT(is_first || timer->at >= hf_vec_last(&world->retries)->at);
    HfPlace place = hf_engine_take_place(world->engine);
    hf_vec_push(&world->retries, (HfRetry){timer->at, place, host, (uint32_t)timer->arg});
    if (G_UNLIKELY(is_first)) hf_world__arm_first_retry(world);
    return TRUE;
}

#endif
