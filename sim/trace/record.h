/*
 * One record for each thing that happens in a run: the vocabulary of the trace. Records carry ids,
 * never pointers that outlive the call, and enough to recount the cluster from the trace alone.
 */
#ifndef HF_TRACE_RECORD_H
#define HF_TRACE_RECORD_H

#include <stdint.h>

#include "base/time.h"
#include "resource/parcel.h"

/* Mesos's task states (mesos.proto TaskState). Terminal ones come last. */
typedef enum HfTaskState {
    HF_TASK_STAGING = 0,
    HF_TASK_STARTING,
    HF_TASK_RUNNING,
    HF_TASK_KILLING,
    HF_TASK_UNREACHABLE, /* not terminal: the agent may come back */
    HF_TASK_UNKNOWN,
    HF_TASK_FINISHED, /* terminal from here on */
    HF_TASK_FAILED,
    HF_TASK_KILLED,
    HF_TASK_ERROR,
    HF_TASK_LOST,
    HF_TASK_DROPPED,
    HF_TASK_GONE,
    HF_TASK_GONE_BY_OPERATOR,
    HF_TASK_STATES
} HfTaskState;

static inline int hf_task_state_is_terminal(HfTaskState state)
{
    return state >= HF_TASK_FINISHED;
}

/* As far as is known, it runs or will: neither over, nor out of reach, nor unknown. */
static inline int hf_task_state_is_alive(HfTaskState state)
{
    return state < HF_TASK_UNREACHABLE;
}

/* "TASK_RUNNING" and so on; never NULL. */
const char *hf_task_state_name(HfTaskState state);

/* Why a task changed state (a subset of Mesos's TaskStatus.Reason). */
typedef enum HfTaskReason {
    HF_REASON_NONE = 0,
    HF_REASON_INVALID_OFFERS,
    HF_REASON_TASK_INVALID,
    HF_REASON_SLAVE_DISCONNECTED,
    HF_REASON_SLAVE_REMOVED,
    HF_REASON_SLAVE_REREGISTERED,
    HF_REASON_RECONCILIATION,
    HF_REASON_TASK_KILLED_DURING_LAUNCH,
    HF_REASON_FRAMEWORK_REMOVED,
    HF_REASON_EXECUTOR_TERMINATED,
    HF_REASON_EXECUTOR_REREGISTRATION_TIMEOUT,
    HF_REASON_TASK_GROUP_INVALID,
    HF_REASON_SLAVE_DRAINING,
    HF_REASON_RESOURCES_UNKNOWN, /* the agent has not reserved or created what the task uses */
    HF_REASON_CONTAINER_LIMITATION_DISK, /* its sandbox grew beyond the disk it asked for */
    HF_REASON_EXECUTOR_REGISTRATION_TIMEOUT,
    HF_REASON_COMMAND_EXECUTOR_FAILED, /* in eras before 1.4 */
    HF_REASON_CONTAINER_LAUNCH_FAILED, /* its volume could not be attached: it never ran */
    HF_TASK_REASONS
} HfTaskReason;

const char *hf_task_reason_name(HfTaskReason reason);

/* How an operation that asked for feedback fares (mesos.proto OperationState). */
typedef enum HfOperationState {
    HF_OPERATION_PENDING = 0,
    HF_OPERATION_UNREACHABLE, /* its agent is; not terminal */
    HF_OPERATION_RECOVERING,  /* its agent has not registered again with this master */
    HF_OPERATION_UNKNOWN,     /* nobody knows of it */
    HF_OPERATION_FINISHED,    /* terminal from here on */
    HF_OPERATION_FAILED,
    HF_OPERATION_ERROR,
    HF_OPERATION_DROPPED,
    HF_OPERATION_GONE_BY_OPERATOR,
    HF_OPERATION_STATES
} HfOperationState;

static inline int hf_operation_state_is_terminal(HfOperationState state)
{
    return state >= HF_OPERATION_FINISHED;
}

/* "OPERATION_FINISHED" and so on; never NULL. */
const char *hf_operation_state_name(HfOperationState state);

/* Why a scheduler was not subscribed, or not made what it asked to become. */
typedef enum HfFrameworkRefusal {
    HF_REFUSED_NOT = 0,
    HF_REFUSED_FAILOVER_TIMEOUT,
    HF_REFUSED_ONE_ROLE, /* one that does not know of several roles has exactly one */
    HF_REFUSED_ROLE_TWICE,
    HF_REFUSED_ROLE_UNKNOWN, /* the master has a list of roles */
    HF_REFUSED_SUPPRESSED_ROLE,
    HF_REFUSED_CONSTRAINED_ROLE,
    HF_REFUSED_UNAUTHORIZED,
    HF_REFUSED_PRINCIPAL, /* the framework has another */
    HF_REFUSED_CHECKPOINT,
    HF_REFUSED_ERA,
    HF_REFUSED_REMOVED, /* there is no such framework any more */
    HF_FRAMEWORK_REFUSALS
} HfFrameworkRefusal;

/* "ROLE_TWICE" and so on; never NULL. */
const char *hf_framework_refusal_name(HfFrameworkRefusal refusal);

/* What an operator asks of the master (v1 operator API, mesos.master.Call.Type). */
typedef enum HfCallType {
    HF_CALL_RESERVE_RESOURCES = 0,
    HF_CALL_UNRESERVE_RESOURCES,
    HF_CALL_CREATE_VOLUMES,
    HF_CALL_DESTROY_VOLUMES,
    HF_CALL_GROW_VOLUME,
    HF_CALL_SHRINK_VOLUME,
    HF_CALL_UPDATE_WEIGHTS,
    HF_CALL_UPDATE_QUOTA,
    HF_CALL_SET_QUOTA,
    HF_CALL_REMOVE_QUOTA,
    HF_CALL_UPDATE_MAINTENANCE_SCHEDULE,
    HF_CALL_START_MAINTENANCE,
    HF_CALL_STOP_MAINTENANCE,
    HF_CALL_DRAIN_AGENT,
    HF_CALL_DEACTIVATE_AGENT,
    HF_CALL_REACTIVATE_AGENT,
    HF_CALL_MARK_AGENT_GONE,
    HF_CALL_TEARDOWN,
    /* these change nothing, and are answered with JSON */
    HF_CALL_GET_ROLES,
    HF_CALL_GET_AGENTS,
    HF_CALL_GET_QUOTA,
    HF_CALL_GET_WEIGHTS,
    HF_CALL_RESTART_AGENT, /* not of Mesos's API: what an operator does on the agent's host */
    HF_CALL_TYPES
} HfCallType;

/* "RESERVE_RESOURCES" and so on; never NULL. */
const char *hf_call_type_name(HfCallType type);

/* How the registry has an agent. */
typedef enum HfRegistryStanding {
    HF_REGISTRY_NONE = 0, /* never heard of, removed, or forgotten since */
    HF_REGISTRY_ADMITTED,
    HF_REGISTRY_UNREACHABLE,
    HF_REGISTRY_GONE,
    HF_REGISTRY_STANDINGS
} HfRegistryStanding;

/* "admitted" and so on; never NULL. */
const char *hf_registry_standing_name(HfRegistryStanding standing);

typedef enum HfRecordType {
    /* the world, as it is: */
    HF_RECORD_RUN_STARTED = 0, /* value: seed */
    HF_RECORD_RUN_ENDED,
    HF_RECORD_AGENT_CRASHED,  /* agent: host row; value: 1 when the connection broke visibly */
    HF_RECORD_AGENT_RETURNED, /* agent: host row */
    HF_RECORD_MESSAGE_LOST,   /* value: message type; agent (host row) or framework: the receiver */
    HF_RECORD_TASK_STARTED, /* agent: host row; framework, id; value: usage in 1/1000; resources */
    HF_RECORD_TASK_ENDED,   /* agent: host row; framework, id; state: how; resources */
    /* the master, as it decides (agent: agent id): */
    HF_RECORD_AGENT_REGISTERED, /* value: host row; resources: the total */
    HF_RECORD_AGENT_REREGISTERED,
    HF_RECORD_AGENT_DISCONNECTED,
    HF_RECORD_AGENT_UNREACHABLE,
    HF_RECORD_FRAMEWORK_SUBSCRIBED, /* role: the first of its roles */
    HF_RECORD_FRAMEWORK_REMOVED,
    HF_RECORD_OFFER_SENT,      /* agent, framework, role, id: offer; resources */
    HF_RECORD_OFFER_ACCEPTED,  /* value: refuse time of what is left over, in ms, -1 none; its tasks
                                  follow at once: launched, or refused */
    HF_RECORD_OFFER_DECLINED,  /* value: refuse time in ms, -1 none */
    HF_RECORD_OFFER_RESCINDED, /* the agent or framework went away */
    HF_RECORD_OFFER_EXPIRED,   /* offer_timeout passed */
    HF_RECORD_ACCEPT_INVALID,  /* framework; value: tasks refused */
    HF_RECORD_REVIVED,         /* role; HF_ROLE_NONE = all roles of the framework */
    HF_RECORD_SUPPRESSED,
    HF_RECORD_TASK_LAUNCHED, /* agent, framework, role, id: task; value: job; resources */
    HF_RECORD_TASK_STATE,    /* agent, framework, role, id: task, state, reason; resources when
                                terminal: given back */
    HF_RECORD_TASK_KILL,     /* framework asked for it */
    /* the frameworks, as they see it: */
    HF_RECORD_DEMAND,        /* framework; value: tasks waiting to be launched */
    HF_RECORD_JOB_SUBMITTED, /* framework, id: job; value: its tasks; resources: of one task */
    HF_RECORD_TASK_WAITED,   /* framework, id: task; value: ns from submission to running; agent */
    HF_RECORD_JOB_FINISHED,  /* framework, id: job; value: ns from submission to the end of the last
                                task */
    HF_RECORD_PLACEMENT_REFUSED, /* framework, id: task, value: how many refusals so far: it fits
                                    nowhere */
    HF_RECORD_TASK_REPLACED, /* a service's task was relaunched: id: new task; agent: new; value: ns
                                since the old ended; state: 1 when on the same host */
    /* the world: an agent's process, while its host stays up; a disk */
    HF_RECORD_AGENT_STOPPED,     /* agent: host row; value: HfAgentDeath, 0 = it was stopped */
    HF_RECORD_AGENT_STARTED,     /* agent: host row */
    HF_RECORD_DISK_LOST,         /* agent: host row, which is down */
    HF_RECORD_AGENT_REFUSED,     /* agent: host row; value: HfAgentRefusal; it is down again */
    HF_RECORD_SCHEDULER_STOPPED, /* framework */
    HF_RECORD_SCHEDULER_STARTED,
    /* the master */
    HF_RECORD_AGENT_REMOVED,          /* resources: the total; its host registered anew */
    HF_RECORD_FRAMEWORK_DISCONNECTED, /* its filters are gone; its offers were rescinded */
    HF_RECORD_FRAMEWORK_RESUBSCRIBED, /* a new connection, under the same id; nothing suppressed */
    /* operations: of frameworks on offers, of operators on what nobody holds */
    HF_RECORD_OPERATION, /* agent, framework (NONE: an operator), role; state: operation type; id:
                            its own, 0 = none; resources: as it names them. Applied: each of its
                            conversions follows at once */
    HF_RECORD_CONSUMED,  /* agent, framework, role, resources: what a conversion takes away, */
    HF_RECORD_CONVERTED, /* and what it puts there */
    HF_RECORD_OPERATION_DROPPED, /* the same as OPERATION; reason: the rule, HfResourceErrorCode */
    HF_RECORD_OPERATION_STATE, /* agent, framework, id; state: HfOperationState, as the framework is
                                  told */
    HF_RECORD_OPERATOR_CALL,   /* state: HfCallType; value: Mesos's status code; agent, if about one
                                */
    HF_RECORD_AGENT_DEACTIVATED, /* agent: by an operator: it is not offered */
    HF_RECORD_AGENT_REACTIVATED,
    HF_RECORD_AGENT_DRAINED, /* agent: no task and no operation is left on it */
    HF_RECORD_AGENT_GONE,    /* agent: an operator says that it never comes back; resources */
    /* the world: the link between a host and the master */
    HF_RECORD_LINK_CUT, /* agent: host row; value: 1 what it sends is lost, 2 what the master sends,
                           3 both, 0 healed */
    HF_RECORD_LINK_BROKEN, /* agent: host row: the connection, while both ends live */
    /* the frameworks, as they see it */
    HF_RECORD_TASK_FOLLOWS,    /* framework, id: a task that is asked for; value: the one before it,
                                  of the same instance of a service */
    HF_RECORD_VOLUME_DISOWNED, /* agent: host row; framework; resources: volumes there that it will
                                  not use again */
    HF_RECORD_DATA_COPIED,     /* framework, id: task; value: bytes that were copied to it, to have
                                  again what its volumes held */
    HF_RECORD_INPUT_READ, /* framework, id: job; value: 1 a task of it reads its input on the host
                             that holds it, 0 from another */
    /* services and their data, as they are in the world (agent: host row). A group is what tasks
     * are launched with as their job; a part is a piece of a service's data that is kept in several
     * replicas: */
    HF_RECORD_SERVICE_DECLARED, /* framework, id: group; value: members that it is to have */
    HF_RECORD_SERVICE_MEMBERS,  /* framework, id: group; value: members that run */
    HF_RECORD_SERVICE_QUORUM,   /* framework, id: group; value: how much of it is out of service,
                                   in millionths */
    HF_RECORD_MEMBER_REPLACED,  /* framework, id: member; agent: the host that it gives up; value:
                                   bytes that it leaves there */
    HF_RECORD_REPLICA_MADE,     /* framework, id: part; agent; value: bytes; it is complete */
    HF_RECORD_REPLICA_GONE,     /* the same; it is there no more */
    HF_RECORD_DATA_LOST, /* framework, id: part; value: bytes: no complete replica is left. Follows
                            the end of the last at once */
    HF_RECORD_COPY_STARTED, /* framework, id: copy; agent: where it goes; value: bytes */
    HF_RECORD_COPY_ENDED,   /* the same; value: bytes that were copied */
    /* one master after another */
    HF_RECORD_MASTER_LOST,     /* value: why (HfMasterEnd). What it knew is void; at once follow its
                                  offers (rescinded) and the tasks it had booked: */
    HF_RECORD_TASK_FORGOTTEN,  /* agent, framework, role, id: task; resources. It may run on */
    HF_RECORD_MASTER_ELECTED,  /* value: agents that are registered as the registry has it. At once
                                  follow all agents in it: */
    HF_RECORD_AGENT_RECOVERED, /* agent; state: HfRegistryStanding; reason: 1 when an operator
                                  deactivated it; value: host row */
    HF_RECORD_FRAMEWORK_RECOVERED, /* framework: an agent told of it before its scheduler was back
                                    */
    HF_RECORD_AGENT_FORGOTTEN, /* agent: unreachable or gone, too long or with too many others; the
                                  registry knows it no more */
    HF_RECORD_FRAMEWORK_UPDATED, /* framework; all of its roles follow at once: REVIVED if it wants
                                    offers, else SUPPRESSED */
    /* maintenance: agent, framework, id: inverse offer */
    HF_RECORD_INVERSE_OFFER_SENT,
    HF_RECORD_INVERSE_OFFER_ACCEPTED,
    HF_RECORD_INVERSE_OFFER_DECLINED,
    HF_RECORD_INVERSE_OFFER_RESCINDED,

    HF_RECORD_FRAMEWORK_REFUSED, /* the master: framework, when it said which; value: the
                                    scheduler's row; reason: HfFrameworkRefusal */
    /* the world: links again */
    HF_RECORD_LINK_SLOW,             /* agent: host row; value: 1 slow, 0 as ever */
    HF_RECORD_SCHEDULER_LINK_CUT,    /* framework; value: as of LINK_CUT */
    HF_RECORD_SCHEDULER_LINK_BROKEN, /* framework */
    /* the world: what is on the file system of an agent's work directory, in KiB; agent: host row
     */
    HF_RECORD_SANDBOX_MADE,    /* framework, id: task; value: what it begins with */
    HF_RECORD_SANDBOX_GROWS,   /* the same; value: by how much each second, from now on */
    HF_RECORD_SANDBOX_CLOSED,  /* the same; value: all that is in it: its task is over */
    HF_RECORD_SANDBOX_REMOVED, /* the same: garbage collection */
    HF_RECORD_OUT_OF_BAND,     /* value: what nobody of the cluster put there */
    HF_RECORD_VOLUME_OPENED, /* framework, id: task, role: of the reservation; value: which data is
                                in the volume that it starts with; resources: the volume */
    HF_RECORD_VOLUME_FILLED, /* the same; value: how much is now in it */
    HF_RECORD_VOLUMES_HOLD,  /* value: what all volumes there hold together */
    HF_RECORD_DISK_USED,     /* value: all of this together: what is really used */
    HF_RECORD_DISK_FULL,     /* value: the same; writes fail from now on */
    HF_RECORD_DISK_FREED,    /* value: the same; they succeed again */
    /* an app that is changed while it runs; framework, id: group */
    HF_RECORD_DEPLOYMENT_STARTED,   /* value: which, as its framework counts them */
    HF_RECORD_DEPLOYMENT_HEALTHY,   /* value: instances that are healthy, */
    HF_RECORD_DEPLOYMENT_INSTANCES, /* and that are launched, as the scheduler sees it */
    HF_RECORD_DEPLOYMENT_ENDED,     /* value: HfDeploymentEnd */
    HF_RECORD_DEPLOYMENT_REFUSED,   /* value: which: another one goes on */
    HF_RECORD_TASK_STOPPING, /* the world: agent: host row; framework, id: task; value: it ends
                                within so many ns. Again when it is to end sooner */
    /* directories of services on the disks of hosts, of which Mesos knows nothing; agent: host row;
     * framework, id: instance. On the disk until that is lost: */
    HF_RECORD_PATH_WRITTEN, /* value: KiB more than before (or less, below 0) */
    HF_RECORD_PATH_LEFT,    /* value: KiB in it: it is nobody's from now on */
    HF_RECORD_PATH_ADOPTED, /* value: KiB in one that was left there: it is this instance's now */
    HF_RECORD_OPERATION_PENDING, /* the same as OPERATION, of a resource provider's disk: it is held
                                    until OPERATION says what became of it, or OPERATION_DROPPED
                                    with the rule NOT_DONE (framework NONE: it is removed since) */
    HF_RECORD_QUOTA,       /* role; resources: its guarantee. From now on; what was limited is not,
                              but for these, which follow at once: */
    HF_RECORD_QUOTA_LIMIT, /* role; value: limit in 1/1000; resources: 1 of what it limits */
    /* stores out of band, which belong to no host; id: store, as the scenario counts them */
    HF_RECORD_STORE_DECLARED, /* value: bytes that it can hold, 0 = no limit */
    HF_RECORD_STORE_STATE,    /* value: 1 it serves, 0 it is down; before the first it serves */
    HF_RECORD_STORE_TAKEN,    /* framework; value: bytes that an instance takes of it, */
    HF_RECORD_STORE_LEFT,     /* that are nobody's from now on, */
    HF_RECORD_STORE_FREED,    /* that are removed after that */
    HF_RECORD_STORE_FULL,     /* framework; value: bytes for which there was no room */
    HF_RECORD_STORE_STALLED,  /* framework; value: by how many there are more instances that run and
                                 cannot reach their data because it is down */
    HF_RECORD_STORE_READ,   /* agent: host row; framework; value: bytes that an instance has read */
    HF_RECORD_STORE_ACTION, /* framework; value: HfStoreAction: what an operator has to do */
    HF_RECORD_STORE_CLIENTS, /* framework; value: by how many there are more instances that run and
                                have their share of it */
    HF_RECORD_STORE_RATE, /* value: bytes a second that it reads and writes for all of them now; a
                             write counts once for each replica */
    HF_RECORD_STORE_DEGRADED,  /* value: how many replicas are missing of placement groups that have
                                  one at least */
    HF_RECORD_STORE_RECOVERED, /* value: bytes of one that was made anew */
    HF_RECORD_STORE_LOST,      /* framework; value: bytes that are lost of what an instance has */
    /* what one host at a time has: a share of such a store, or an external volume; agent: host row;
     * framework, id: instance; value: 1 = it was taken from a host that had not let go of it */
    HF_RECORD_SHARE_ATTACHED,
    HF_RECORD_SHARE_DETACHED,
    /* executors that frameworks bring with them; id: executor */
    HF_RECORD_EXECUTOR_LAUNCHED, /* the master books it: agent, framework, role; resources */
    HF_RECORD_EXECUTOR_REMOVED,  /* the same: it holds nothing any more; reason: NONE = the master
                                    ended, RECONCILIATION = its agent does not name it */
    HF_RECORD_EXECUTOR_STARTED,  /* the world: agent: host row; framework; value: usage in 1/1000;
                                    resources */
    HF_RECORD_EXECUTOR_ENDED,    /* the same; with all that it ran */
    HF_RECORD_STORE_SURPLUS,  /* id: store; value: bytes of replicas that were made anew while their
                                 server was down, which is back with them: they are removed */
    HF_RECORD_EXECUTOR_BEGUN, /* the world, where executors take time to start: agent: host row;
                                 framework; value: ns until it registers, -1 never; resources */
    HF_RECORD_TASK_BEGUN,     /* the same of a task's own executor; id: task */
    HF_RECORD_VOLUME_EMPTIED, /* as VOLUME_FILLED; id: the task in whose sandbox it was mounted;
                                 value:    KiB that were in it, and are removed with that sandbox */
    HF_RECORD_TASK_PREPARES, /* on its host, and waits for what it needs before it runs: an external
                                volume that is being attached */
    HF_RECORD_TYPES
} HfRecordType;

typedef enum HfStoreAction { HF_STORE_SET_UP, HF_STORE_CLEANED, HF_STORE_ACTIONS } HfStoreAction;

typedef enum HfDeploymentEnd {
    HF_DEPLOYMENT_DONE,
    HF_DEPLOYMENT_REPLACED, /* by one that was forced */
    HF_DEPLOYMENT_ENDS
} HfDeploymentEnd;

/* Agent and framework rows: HF_ROW_NONE where a record has none. */
#define HF_ROW_NONE UINT32_MAX

typedef struct HfRecord {
    HfTime at;
    uint16_t type, state, reason;
    uint32_t agent, framework;
    HfRoleId role;
    uint64_t id;
    int64_t value;
    const HfResources *resources; /* borrowed during the call; NULL = none */
    HfParcel *parcel; /* whose content that is, if it is a parcel's: its part of the digest is known
                         then; else NULL */
} HfRecord;

/* What a type is called in the JSONL form, and which fields of the record it uses. */
typedef struct HfRecordShape {
    const char *name;
    const char *fields; /* of: a agent id, h host row, f framework, r role, o offer id, t task id, j
                           job id, i operation id if any, s task state, w reason, b same host, n
                           operation type, e rule, z refusal, u operation state, c call type, g
                           service group, q store, m member, p part, y copy, l executor, k registry
                           standing, d deactivated, v value, x resources */
    const char *value;  /* name of `value` in the text form; NULL when unused */
} HfRecordShape;

extern const HfRecordShape hf_record_shapes[HF_RECORD_TYPES];

#endif
