/*
 * What master, agents, frameworks and executors say to each other: the messages of Mesos's
 * scheduler and agent protocols, name by name where Mesos has a name. A message is plain data that
 * owns its lists; the host carries it, late, twice or never.
 */
#ifndef HF_CONTROL_MESSAGE_H
#define HF_CONTROL_MESSAGE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "allocator/allocator.h"
#include "base/time.h"
#include "base/vec.h"
#include "control/executor.h"
#include "resource/attributes.h"
#include "resource/operation.h"
#include "resource/parcel.h"
#include "resource/resources.h"
#include "trace/record.h"
#include "trace/trace.h"

/* Filters.refuse_seconds when a framework says nothing, or nothing legal (mesos.proto). */
#define HF_REFUSE_DEFAULT 5.0
/* More is not legal: Mesos's Duration holds less than so many seconds in nanoseconds. */
#define HF_REFUSE_MAX 9223372036.0

/* How long a task that is told to end may take, if it has no kill policy (CommandExecutor::kill).
 */
#define HF_KILL_GRACE_DEFAULT (3 * HF_NS_PER_SECOND)
/* The same when its framework is shut down: the agent's executor_shutdown_grace_period, less what
 * the executor keeps for itself (CommandExecutor::shutdown). */
#define HF_SHUTDOWN_RESERVE (2 * HF_NS_PER_SECOND)

typedef enum HfPeerKind {
    HF_PEER_MASTER,
    HF_PEER_AGENT,
    HF_PEER_FRAMEWORK,
    HF_PEER_EXECUTOR
} HfPeerKind;

/* An address: a master is row 0; an agent or executor its host row; a framework its driver's row.
 */
typedef struct HfPeer {
    HfPeerKind kind;
    uint32_t row;
} HfPeer;

typedef enum HfMessageType {
    /* framework -> master */
    HF_MESSAGE_SUBSCRIBE = 0,
    HF_MESSAGE_ACCEPT,
    HF_MESSAGE_DECLINE,
    HF_MESSAGE_REVIVE,
    HF_MESSAGE_SUPPRESS,
    HF_MESSAGE_KILL,
    HF_MESSAGE_ACKNOWLEDGE,
    HF_MESSAGE_TEARDOWN,
    /* master -> framework */
    HF_MESSAGE_SUBSCRIBED,
    HF_MESSAGE_OFFERS,
    HF_MESSAGE_RESCIND,
    HF_MESSAGE_UPDATE,
    HF_MESSAGE_FAILURE, /* an agent became unreachable */
    /* agent -> master */
    HF_MESSAGE_REGISTER_AGENT,
    HF_MESSAGE_REREGISTER_AGENT,
    HF_MESSAGE_STATUS_UPDATE,
    HF_MESSAGE_PONG,
    /* master -> agent */
    HF_MESSAGE_AGENT_REGISTERED,
    HF_MESSAGE_AGENT_REREGISTERED,
    HF_MESSAGE_RUN_TASK,
    HF_MESSAGE_KILL_TASK,
    HF_MESSAGE_STATUS_ACKNOWLEDGEMENT,
    HF_MESSAGE_PING,
    HF_MESSAGE_SHUTDOWN_FRAMEWORK,
    HF_MESSAGE_SHUTDOWN_AGENT, /* it was removed, and is not taken back */
    /* agent <-> executor, on one host */
    HF_MESSAGE_EXECUTOR_LAUNCH,
    HF_MESSAGE_EXECUTOR_KILL,
    HF_MESSAGE_EXECUTOR_STATUS,
    /* the host's transport -> master, agent: not messages of a peer, but what the connection tells
     */
    HF_MESSAGE_EXITED,  /* the connection to `from` broke */
    HF_MESSAGE_SILENT,  /* virtual heartbeats: from now on no pong of `from` will arrive; to a
                           living agent: no ping of the master will */
    HF_MESSAGE_AUDIBLE, /* virtual heartbeats: pongs (to an agent: pings) arrive again */
    /* agent <-> executor, when the agent's process is back */
    HF_MESSAGE_EXECUTOR_RECONNECT,    /* to all executors of the host */
    HF_MESSAGE_EXECUTOR_REREGISTERED, /* one that is there; what it still has to tell follows */
    /* operations: framework -> master, master -> framework, agent -> master, master -> agent */
    HF_MESSAGE_ACKNOWLEDGE_OPERATION,
    HF_MESSAGE_RECONCILE_OPERATIONS,
    HF_MESSAGE_UPDATE_OPERATION,
    HF_MESSAGE_OPERATION_STATUS,
    HF_MESSAGE_APPLY_OPERATION,
    HF_MESSAGE_CHECKPOINT_RESOURCES, /* older agents: what they now have, to be checkpointed */
    HF_MESSAGE_OPERATION_ACKNOWLEDGEMENT,
    /* framework <-> master */
    HF_MESSAGE_RECONCILE, /* reports: the tasks asked about; none = all there are */
    HF_MESSAGE_ERROR,     /* it is over: removed, or another scheduler took its place */
    /* the host's transport -> agent, framework: there is a master to turn to, and the connection to
     * the one before is gone */
    HF_MESSAGE_DETECTED,
    HF_MESSAGE_HALT_AGENT, /* master -> agent: as operators will; it keeps its id, and asks again */
    /* the host's transport -> agent, framework: no master leads; DETECTED will say when one does */
    HF_MESSAGE_NO_MASTER,
    /* framework <-> master */
    HF_MESSAGE_UPDATE_FRAMEWORK, /* what it says of itself has changed */
    HF_MESSAGE_FRAMEWORK_UPDATED,
    HF_MESSAGE_INVERSE_OFFERS,
    HF_MESSAGE_RESCIND_INVERSE_OFFER,
    HF_MESSAGE_ACCEPT_INVERSE_OFFERS,
    HF_MESSAGE_DECLINE_INVERSE_OFFERS,
    HF_MESSAGE_DRAIN_AGENT, /* master -> agent: it is to end its tasks and take no others */
    /* executors that frameworks bring with them */
    HF_MESSAGE_SHUTDOWN,            /* framework -> master: the executor is to end */
    HF_MESSAGE_SHUTDOWN_EXECUTOR,   /* master -> agent: likewise */
    HF_MESSAGE_EXITED_EXECUTOR,     /* agent -> master: it ended, or was never begun; to frameworks
                                       FAILURE tells */
    HF_MESSAGE_EXECUTOR_SHUTDOWN,   /* agent -> executor, on one host */
    HF_MESSAGE_EXECUTOR_EXITED,     /* executor -> agent, on one host */
    HF_MESSAGE_RUN_TASK_GROUP,      /* master -> agent: all of its tasks or none */
    HF_MESSAGE_EXECUTOR_BEGIN,      /* agent -> its host: an executor of a framework is to start */
    HF_MESSAGE_EXECUTOR_REGISTERED, /* executor -> agent, on one host: it is there, for tasks */
    HF_MESSAGE_TYPES
} HfMessageType;

/* "ACCEPT", "RUN_TASK" and so on. */
const char *hf_message_type_name(HfMessageType type);

typedef HF_VEC(uint64_t) HfIds;

/* Half a cache line: a cell's worth of them is on its way at once. */
typedef struct HfOfferInfo {
    uint64_t id;                    /* of the offer */
    uint32_t agent;                 /* agent id */
    uint32_t host;                  /* row of the host: stands for Mesos's hostname */
    const HfAttributes *attributes; /* of the agent; constant for the run; never NULL */
    HfParcel *resources;            /* owned: one reference; all allocated to its role */
} HfOfferInfo;

_Static_assert(sizeof(HfOfferInfo) == 32, "half a cache line");

/* For which role it is (AllocationInfo). */
static inline HfRoleId hf_offer_role(const HfCatalog *catalog, const HfOfferInfo *offer)
{
    const HfResource *first = hf_resources_at(hf_parcel_resources(offer->resources), 0);
    return hf_meta_allocation_role(catalog, first->meta);
}

/* When a machine will not be there (Unavailability). */
typedef struct HfWindow {
    HfTime start, duration; /* duration HF_TIME_NEVER = no end */
} HfWindow;

/* The same of the agent of an offer. */
typedef struct HfOfferWindow {
    uint64_t offer;
    HfWindow window;
} HfOfferWindow;

/* A framework is asked to give back all that it has on an agent before a window begins. */
typedef struct HfInverseOfferInfo {
    uint64_t id;
    uint32_t agent, host; /* agent id; row of its host */
    HfWindow window;
} HfInverseOfferInfo;

/* A task as a framework describes it. The last fields are for the simulated executor alone. */
typedef struct HfTaskInfo {
    uint64_t id;             /* unique within the framework; below 2^40 */
    uint64_t job;            /* the framework's own grouping; 0 = none */
    HfParcel *resources;     /* what it asks for; owned: one reference */
    HfTime duration;         /* ns of running; HF_TIME_NEVER = until killed */
    HfTaskState end;         /* how it ends by itself: FINISHED or FAILED */
    uint32_t usage_milli;    /* what it really uses of its scalars, in 1/1000; 0..1000 */
    uint32_t sandbox_mib;    /* what it puts into its sandbox when it starts, */
    uint32_t write_kib;      /* and how much more each second while it runs */
    HfTime stop_time;        /* ns that it takes to end once it is told to; 0 = none */
    HfTime kill_grace;       /* has_kill_grace: ns after which it is killed for good */
    gboolean has_kill_grace; /* KillPolicy; FALSE = HF_KILL_GRACE_DEFAULT */
    uint32_t tag; /* 0, or what the framework finds it by: the master tells it in updates as long as
                     it has the task from an ACCEPT (as TaskInfo.labels might be used) */
    HfExecutorInfo *executor; /* that runs it; owned: one reference; NULL = one of its own */
    uint64_t group;           /* EXECUTOR_LAUNCH: the first task of its group; 0 = it is in none */
} HfTaskInfo;

/* What a framework does with offers it accepts, besides plain launches: one entry of ACCEPT's
 * list. */
typedef enum HfOfferAction {
    HF_OFFER_LAUNCH,
    HF_OFFER_LAUNCH_GROUP, /* all of its tasks or none */
    HF_OFFER_CONVERT       /* RESERVE, UNRESERVE, CREATE, DESTROY, GROW_VOLUME, SHRINK_VOLUME,
                              CREATE_DISK, DESTROY_DISK */
} HfOfferAction;

typedef struct HfOfferOperation {
    HfOfferAction action;
    uint64_t id; /* the framework's own, to be told how it fares; 0 = no feedback; below 2^40 */
    uint32_t first_task, task_count; /* LAUNCH, LAUNCH_GROUP: of the message's tasks */
    HfOperation change;              /* CONVERT */
} HfOfferOperation;

typedef struct HfOperationStatus {
    uint64_t id;     /* the framework's; 0 = it did not ask */
    uint64_t serial; /* the master's, unique for the run */
    uint32_t framework;
    HfOperationState state;
    uint32_t agent;     /* agent id; HF_ROW_NONE = unknown */
    gboolean needs_ack; /* from an agent: to be acknowledged */
    HfMetaId made;      /* CREATE_DISK, DESTROY_DISK that is FINISHED: what the disk now is, without
                           allocation role (Mesos: converted_resources) */
} HfOperationStatus;

typedef struct HfTaskStatus {
    uint32_t framework;
    uint32_t place; /* where the master may find the task: 1 + its row there when it was launched,
                       handed through agent and framework; 0 = not known. Who looks there must see
                       whether it is the task's: that master may be gone, or the task */
    uint64_t task;
    HfTaskState state;
    HfTaskReason reason;
    uint32_t agent;     /* agent id; HF_ROW_NONE when never launched */
    uint32_t host;      /* its host row */
    HfTaskState latest; /* from an agent: the newest state it knows, which `state` may lag behind */
    gboolean needs_ack; /* from an agent: to be acknowledged */
    uint32_t tag;       /* to a framework: as of HfTaskInfo; 0 = not known. A hint */
    uint32_t seat; /* as `place`, of its agent; handed through executor, master and framework */
} HfTaskStatus;

/* Field by field: a whole one would be put together elsewhere and copied, and a copy of what was
 * written just now has to wait. The others are 0. */
static inline void hf_task_status_set(HfTaskStatus *status, uint32_t framework, uint32_t place,
                                      uint32_t seat, uint64_t task, HfTaskState state,
                                      HfTaskReason reason, uint32_t agent, uint32_t host)
{
    status->framework = framework;
    status->place = place;
    status->seat = seat;
    status->task = task;
    status->state = state;
    status->reason = reason;
    status->agent = agent;
    status->host = host;
    status->latest = (HfTaskState)0;
    status->needs_ack = FALSE;
    status->tag = 0;
}

/* What a framework wants to be offered (FrameworkInfo.offer_filters, OfferConstraints). */
typedef struct HfOfferWishes {
    const HfRoleMinimum *minima; /* [minimum_count], instead of the master's minimum */
    uint32_t minimum_count;
    HfOfferConstraints *constraints; /* NULL = every agent */
} HfOfferWishes;

/*
 * What a framework says of itself (FrameworkInfo). It never changes: a framework of which something
 * changes makes another one, and both live as long as the run. Agents keep that of each framework
 * whose tasks they run, and so a new master may learn of it before its scheduler is back.
 */
typedef struct HfFrameworkInfo {
    const char *name, *principal; /* principal NULL = none */
    const HfRoleId *roles;        /* [role_count] */
    uint32_t role_count;
    uint32_t capabilities; /* HfFrameworkCapability */
    gboolean checkpoint;
    HfTime failover_timeout;     /* ns; negative is not legal, and refused */
    const HfOfferWishes *wishes; /* NULL = none */
} HfFrameworkInfo;

/* A task as an agent reports it when it (re-)registers; in the answer, one that the master knows
 * and the agent did not name: its `state` is how to end it if it is not there (no role, no
 * resources).
 */
typedef struct HfTaskReport {
    uint64_t task;
    uint32_t framework;
    uint32_t agent; /* RECONCILE: where it was launched, as the framework thinks; HF_ROW_NONE */
    HfRoleId role;
    HfTaskState state;
    const HfFrameworkInfo *about; /* REREGISTER_AGENT: its framework; NULL = not known */
    HfParcel *resources;          /* owned: one reference */
} HfTaskReport;

/* An executor as an agent reports it when it registers again. */
typedef struct HfExecutorReport {
    uint32_t framework;
    HfRoleId role;
    const HfFrameworkInfo *about; /* its framework; NULL = not known */
    HfExecutorInfo *info;         /* owned: one reference */
} HfExecutorReport;

/* What the master says of the executor of a task that it launches (launch_executor). */
typedef enum HfExecutorLaunch {
    HF_EXECUTOR_AS_NEEDED = 0, /* older masters say nothing: it is begun if it is not there */
    HF_EXECUTOR_NEW,
    HF_EXECUTOR_RUNNING
} HfExecutorLaunch;

/*
 * Which fields a type uses is said at hf_message_type_name's table (message.c). Messages begin with
 * a cache line. What every message and every status update needs fills the first two with the lists
 * of ACCEPT, what else that, RUN_TASK and OFFERS need the third, and a task the next two.
 */
typedef struct HfMessage {
    HfMessageType type;
    HfPeer from, to;
    uint32_t framework; /* framework id */
    uint32_t agent;     /* agent id; HF_ROW_NONE = none yet */
    uint32_t carrier;   /* private to the host that carries it: over which connection, */
    uint32_t reign;     /* and from or to which of the masters that lead one after another */
    HfTaskStatus status;
    uint64_t task;
    HfIds ids;                /* of offers */
    HF_VEC(HfTaskInfo) tasks; /* ACCEPT; RUN_TASK_GROUP: of its executor, which they do not name */
    HF_VEC(HfOfferOperation) operations; /* ACCEPT: none = its tasks are one LAUNCH */
    HF_VEC(HfOfferInfo) offers;
    double refuse_seconds;        /* ACCEPT, DECLINE, and those of inverse offers */
    HfRoleId role;                /* RUN_TASK, RUN_TASK_GROUP: the allocation role */
    gboolean checkpoint;          /* RUN_TASK, RUN_TASK_GROUP, EXECUTOR_LAUNCH: of the framework */
    const HfFrameworkInfo *about; /* those, SUBSCRIBE, UPDATE_FRAMEWORK: borrowed for the run */
    HfExecutorLaunch launch;      /* RUN_TASK, RUN_TASK_GROUP: of a task with an executor */
    uint32_t executor;            /* its id; FAILURE, EXECUTOR_REREGISTERED: 0 = not about one */
    HfTaskInfo info; /* RUN_TASK, EXECUTOR_LAUNCH; RUN_TASK_GROUP, EXECUTOR_BEGIN: executor alone */
    /* Seldom used. */
    HF_VEC(HfTaskReport) reports;
    HF_VEC(HfExecutorReport) executors; /* REREGISTER_AGENT */
    HF_VEC(HfOperationStatus) statuses; /* of operations: those reported, asked about, told */
    HF_VEC(HfRoleId)
    roles; /* REVIVE, SUPPRESS: empty = all; SUBSCRIBE, UPDATE_FRAMEWORK: those of
              its roles that are suppressed */
    HF_VEC(HfOfferWindow) windows; /* OFFERS: of agents with maintenance to come, in their order */
    HF_VEC(HfInverseOfferInfo) inverse; /* INVERSE_OFFERS */
    HfTime round_trip;   /* SILENT: pings sent less than this before were not answered either */
    const char *name;    /* REGISTER_AGENT, REREGISTER_AGENT: the hostname; ERROR,
                            FRAMEWORK_UPDATED: why, or NULL; borrowed, constant for the run */
    uint32_t connection; /* SUBSCRIBE: counts the scheduler's connections: a repeated call has the
                            same */
    /* REGISTER_AGENT, REREGISTER_AGENT */
    HfResources *total;             /* owned, kept with the message; see hf_message_set_total */
    const HfAttributes *attributes; /* borrowed, constant for the run */
    const HfDomain *domain;         /* likewise; NULL = none */
    uint32_t version; /* which registration of its agent this is, or is meant for (operations) */
    HfRoleId owner;
    /* AGENT_REGISTERED, AGENT_REREGISTERED: pings come each period, as messages (explicit
     * heartbeats) or understood; an agent without one for so long registers again */
    HfTime ping_period, ping_timeout;
    gboolean pings_are_messages;
    /* KILL, KILL_TASK, EXECUTOR_KILL: the kill policy in the place of the task's own; DRAIN_AGENT:
     * the most that any task gets (max_grace_period). HF_TIME_NEVER = none. EXECUTOR_SHUTDOWN: how
     * long the executor may take */
    HfTime grace;
} HfMessage;

_Static_assert(offsetof(HfMessage, tasks) + sizeof(((HfMessage *)0)->tasks) == 128 &&
                   offsetof(HfMessage, info) == 192,
               "two lines, and a third");

/*
 * Messages are taken from a pool and given back; their lists keep their room, so after warm-up
 * nothing is allocated. They stay where they are for as long as the pool lives.
 */
typedef struct HfMessagePool HfMessagePool;
/* What a pool begins with, for the functions here alone. */
typedef struct HfMessagePoolFront {
    HF_VEC(HfMessage *) all;   /* owned */
    HF_VEC(HfMessage *) spare; /* of messages without lists; has room for all */
    uint32_t live;
} HfMessagePoolFront;
/* Of such messages only the first fields are used, and they own nothing. */
static inline gboolean hf_message__is_bare(HfMessageType type)
{
    _Static_assert(HF_MESSAGE_TYPES <= 64, "a bit for each type");
    const uint64_t bare = UINT64_C(1) << HF_MESSAGE_ACKNOWLEDGE | UINT64_C(1) << HF_MESSAGE_UPDATE |
                          UINT64_C(1) << HF_MESSAGE_STATUS_UPDATE |
                          UINT64_C(1) << HF_MESSAGE_STATUS_ACKNOWLEDGEMENT |
                          UINT64_C(1) << HF_MESSAGE_EXECUTOR_STATUS |
                          UINT64_C(1) << HF_MESSAGE_PING | UINT64_C(1) << HF_MESSAGE_PONG;
    return bare >> type & 1;
}
/* Such messages have no lists. */
static inline gboolean hf_message__is_of_one_task(HfMessageType type)
{
    return type == HF_MESSAGE_RUN_TASK || type == HF_MESSAGE_EXECUTOR_LAUNCH;
}
HfMessagePool *hf_message_pool_new(HfCatalog *catalog); /* borrowed */
void hf_message_pool_free(HfMessagePool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMessagePool, hf_message_pool_free)
HfMessage *hf_message__take(HfMessagePool *pool, HfMessageType type, HfPeer from, HfPeer to);
void hf_message__give(HfMessagePool *pool, HfMessage *message);
/* All of its fields are those of the message that it was before, but for the ones set here. */
static inline void hf_message__begin(HfMessage *message, HfMessageType type, HfPeer from, HfPeer to)
{
    message->type = type;
    message->from = from;
    message->to = to;
    message->framework = HF_ROW_NONE;
    message->agent = HF_ROW_NONE;
}
/* Bursts of messages are made from memory that was last used in the burst before: it is loaded
 * ahead. */
static inline HfMessage *hf_message_pool_take(HfMessagePool *pool, HfMessageType type, HfPeer from,
                                              HfPeer to)
{
    enum { AHEAD = 4 };
    HfMessagePoolFront *front = (void *)pool;
    uint32_t spare = front->spare.count;
    if ((!hf_message__is_bare(type) && !hf_message__is_of_one_task(type)) || spare == 0)
        return hf_message__take(pool, type, from, to);
    HfMessage *const *last = &front->spare.at[spare - 1];
    HfMessage *message = *last;
    front->spare.count = spare - 1;
    front->live++;
    if (spare > AHEAD + 1) {
        const char *coming = (const char *)last[-AHEAD];
        __builtin_prefetch(coming, 1);
        __builtin_prefetch(coming + 64, 1);
        if (hf_message__is_of_one_task(type)) {
            __builtin_prefetch(coming + 128, 1);
            __builtin_prefetch(coming + 192, 1);
            __builtin_prefetch(coming + 256, 1);
        }
    }
    hf_message__begin(message, type, from, to);
    return message;
}
static inline void hf_message_pool_give(HfMessagePool *pool, HfMessage *message)
{
#ifndef HF_SLOW_ASSERTIONS /* else what it leaves is spoilt */
    if (hf_message__is_bare(message->type)) {
        HfMessagePoolFront *front = (void *)pool;
        front->spare.at[front->spare.count++] = message;
        front->live--;
        return;
    }
#endif
    hf_message__give(pool, message);
}
uint32_t hf_message_pool_live(const HfMessagePool *pool);
size_t hf_message_pool_memory(const HfMessagePool *pool);

/* A timer that a state machine asks for; the host hands {kind, arg} back at `at`. Timers are never
 * cancelled: the state machine recognises one that no longer matters. (The host may leave out those
 * that hf_agent_spares_retry() names.) */
typedef struct HfTimerRequest {
    HfTime at;
    uint32_t kind;
    uint64_t arg;
} HfTimerRequest;

/*
 * What one step puts out: messages and timers, which the host collects, and records, which go to
 * the trace at once. The host empties it after each step with hf_outbox_reset (messages are then
 * the host's). What the step was given it ends with hf_outbox_done: the step may have sent it on.
 */
typedef struct HfOutbox {
    HfCatalog *catalog;
    HfMessagePool *pool;
    HfTrace *trace;
    HF_VEC(HfMessage *) messages;
    HF_VEC(HfTimerRequest) timers;
    const HfMessage *sent_on; /* what the step was given, if that is now among them */
} HfOutbox;

static inline HfMessage *hf_outbox_send(HfOutbox *out, HfMessageType type, HfPeer from, HfPeer to)
{
    HfMessage *message = hf_message_pool_take(out->pool, type, from, to);
    hf_vec_push(&out->messages, message);
    return message;
}

/*
 * Send on what the step was given: a status update goes to the framework, and its acknowledgement
 * back, in one message, in which the status stays where it is. Once in a step; `in` has changed
 * then.
 */
static inline HfMessage *hf_outbox_send_on(HfOutbox *out, const HfMessage *in, HfMessageType type,
                                           HfPeer from, HfPeer to)
{
    HfMessage *message = (HfMessage *)in; /* it is of the pool, and the step's own */
    HF_ASSERT(out->sent_on == NULL);
    HF_SLOW_ASSERT(hf_message__is_bare(type) && hf_message__is_bare(message->type));
    hf_message__begin(message, type, from, to);
    hf_vec_push(&out->messages, message);
    out->sent_on = message;
    return message;
}

/* After the step, for the host. */
static inline void hf_outbox_done(HfOutbox *out, HfMessage *message)
{
    if (out->sent_on == message)
        out->sent_on = NULL;
    else
        hf_message_pool_give(out->pool, message);
}

static inline void hf_outbox_timer(HfOutbox *out, HfTime at, uint32_t kind, uint64_t arg)
{
    hf_vec_push(&out->timers, (HfTimerRequest){at, kind, arg});
}

static inline void hf_outbox_reset(HfOutbox *out)
{
    hf_vec_reset(&out->messages);
    hf_vec_reset(&out->timers);
}

/* What an agent that registers has: copied. */
void hf_message_set_total(HfCatalog *catalog, HfMessage *message, const HfResources *total);

/* A copy that shares resources; it is of the pool and must be given back. */
HfMessage *hf_message_copy(HfMessagePool *pool, const HfMessage *from);

/* Append a task; its resources and executor are moved out of *info. */
void hf_message_add_task(HfMessage *message, HfTaskInfo *info);

/* Append an operation to an ACCEPT; resources are moved out of *operation. Its tasks, if it is a
 * launch, are those added next. */
void hf_message_add_operation(HfMessage *message, HfOfferOperation *operation);

/* `to`, which holds nothing, becomes a copy of `from` that shares its resources. */
static inline void hf_task_info_copy(HfTaskInfo *to, const HfTaskInfo *from)
{
    HF_SLOW_ASSERT(to->resources == NULL && to->executor == NULL);
    *to = *from;
    hf_parcel_ref(to->resources);
    hf_executor_info_ref(to->executor);
}

#endif
