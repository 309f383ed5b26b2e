/*
 * The agent: registers with the master, runs tasks through its executor, and sees each status
 * update through until it is acknowledged. A pure state machine: messages and timers in, messages
 * and timers out. An agent that hears no ping for the ping timeout registers again; with virtual
 * heartbeats its host says from when on there are none (SILENT) and that they are back (AUDIBLE).
 *
 * Source: Mesos 1.11 src/slave/slave.cpp, src/slave/constants.hpp, src/slave/status_update_manager
 * (one update of a task in flight at a time, retried from 10 s with doubling up to 10 min).
 */
#ifndef HF_CONTROL_AGENT_H
#define HF_CONTROL_AGENT_H

#include <stddef.h>

#include "control/checkpoint.h"
#include "control/message.h"
#include "control/reconfiguration.h"
#include "resource/provider.h"

/* How an agent goes down, and so what is left of it. */
typedef enum HfAgentLoss {
    HF_LOSS_PROCESS, /* executors of frameworks with checkpointing run on */
    HF_LOSS_HOST,    /* a reboot: only the disk is left */
    HF_LOSS_DISK     /* the host, and its disk */
} HfAgentLoss;

/* Why an agent that was started is not there. */
typedef enum HfAgentRefusal {
    HF_REFUSAL_NONE = 0,
    HF_REFUSAL_CHECKPOINT,      /* --resources cannot hold what is reserved or stored any more */
    HF_REFUSAL_RECONFIGURATION, /* flags changed beyond the policy, and the host was not rebooted */
    HF_REFUSAL_MOUNT            /* a MOUNT disk of --resources is not mounted */
} HfAgentRefusal;

/* Why an agent's process ended in a step of its own; the value of AGENT_STOPPED. */
typedef enum HfAgentDeath {
    HF_DEATH_KILLED = 0, /* it did not: somebody stopped it */
    HF_DEATH_WRITING,    /* while it wrote its checkpoint (`dies_at`) */
    HF_DEATH_WRONG_ID    /* the master called it by another id than it has */
} HfAgentDeath;

/* Shared by all agents of a run; constant. */
typedef struct HfAgentConfig {
    uint64_t seed; /* of the run: registration back-off is drawn from (seed, "agent-registration",
                      host) */
    HfTime registration_backoff;          /* 1 s: the first attempt comes after U(0,1) of it */
    HfTime registration_max;              /* 1 min: the back-off doubles up to this */
    HfTime retry_min, retry_max;          /* 10 s, 10 min */
    HfTime executor_registration_timeout; /* 1 min: one that has not registered so long after it was
                                             begun is killed; HF_TIME_NEVER = none is ever late */
    HfTime executor_reregistration_timeout; /* 2 s: executors not back by then are given up */
    HfTime executor_shutdown_grace;         /* 5 s: for tasks whose framework is shut down */
    HfReconfigurationPolicy reconfiguration_policy;
    gboolean new_id_after_reboot;   /* in eras without HF_RULE_REBOOT_KEEPS_ID */
    gboolean new_id_after_shutdown; /* in eras without HF_RULE_SHUTDOWN_KEEPS_ID */
    gboolean verdicts_are_old;      /* in eras without HF_RULE_EXECUTOR_VERDICTS */
    HfDiskProfiles profiles;        /* what resource providers know; borrowed */
    HfCatalog *catalog;
} HfAgentConfig;

void hf_agent_config_init(HfAgentConfig *config, HfCatalog *catalog, uint64_t seed);

typedef enum HfAgentState {
    HF_AGENT_DOWN = 0,
    HF_AGENT_RECOVERING,  /* waits for its executors to come back to it */
    HF_AGENT_REGISTERING, /* asks to be registered, or registered again */
    HF_AGENT_REGISTERED
} HfAgentState;

/* It was told to end its tasks; until none is left, nor an operation, it takes no others. */
typedef enum HfAgentDrain {
    HF_AGENT_DRAIN_NONE = 0,
    HF_AGENT_DRAIN_GOING,
    HF_AGENT_DRAIN_GONE /* GOING, and it will be marked gone: tasks end as GONE_BY_OPERATOR */
} HfAgentDrain;

#define HF_AGENT_UPDATES                                                                           \
    4 /* a task has at most STARTING, RUNNING, KILLING and one terminal update */

typedef struct HfAgentTask {
    uint64_t id;
    uint32_t framework; /* HF_ROW_NONE: the row is vacant */
    HfRoleId role;
    uint32_t place; /* as of HfTaskStatus; of a vacant row: 1 + the row that was left before it */
    uint8_t
        updates[HF_AGENT_UPDATES]; /* states to be acknowledged, oldest first; [0] is in flight */
    uint8_t update_count;
    uint8_t retries;
    uint8_t state;               /* HfTaskState */
    uint8_t reason;              /* HfTaskReason of the last update */
    uint8_t is_checkpointed : 1; /* it outlives the agent's process */
    uint8_t is_connected : 1;    /* its executor is known to be there */
    uint8_t has_kill_grace : 1;  /* KillPolicy of its TaskInfo */
    uint16_t executor;           /* 1 + its row among the agent's executors; 0 = one of its own */
    HfTime kill_grace;
    HfTime sent_at; /* of updates[0]; of a task that is STAGING: when it was launched */
    const HfFrameworkInfo
        *about;          /* its framework, as a new master must be told; NULL = not known */
    HfParcel *resources; /* owned: one reference */
} HfAgentTask;

_Static_assert(sizeof(HfAgentTask) == 64, "a task is one cache line");

/* A task stays in its row, and who speaks of it says which that is (HfTaskStatus.seat). In the same
 * block, before the rows, lies the key of the last task of each, so that one is found, or seen not
 * to be there, without a look at the others: keys and rows both begin with a cache line. */
typedef struct HfAgentTasks {
    HfAgentTask *at;      /* [used] */
    uint64_t count : 21;  /* of those that are not vacant; when none is left, none is used */
    uint64_t used : 21;   /* rows; those behind were never taken */
    uint64_t vacant : 21; /* 1 + the row of those used that was left last; 0 = there is none */
} HfAgentTasks;

/* It was begun, and what became of it since. */
typedef enum HfExecutorStage {
    HF_EXECUTOR_RUNS = 0,
    HF_EXECUTOR_TERMINATING, /* told to end */
    HF_EXECUTOR_TERMINATED,  /* it holds nothing; updates of its tasks are not all acknowledged */
    HF_EXECUTOR_REGISTERING  /* it has not said yet that it is there; its tasks wait */
} HfExecutorStage;

/* An executor that a framework brought with it. Its tasks know its row, which stays. */
typedef struct HfAgentExecutor {
    HfExecutorInfo *info; /* owned: one reference; NULL = the row is free */
    uint32_t framework;
    HfRoleId role;
    uint8_t stage;           /* HfExecutorStage */
    uint8_t is_checkpointed; /* it outlives the agent's process */
    uint8_t is_connected;
    HfTime begun_at;
    HF_VEC(HfTaskInfo) queued;    /* REGISTERING: tasks that it is to run; in no file */
    const HfFrameworkInfo *about; /* NULL = not known */
} HfAgentExecutor;

/* An operation that was answered, and the answer not yet acknowledged. It is on the agent's disk.
 */
typedef struct HfAgentOperation {
    HfOperationStatus status;
    uint8_t retries;
    HfTime sent_at;
} HfAgentOperation;

/*
 * One agent, in place: its owner keeps thousands in an array. Fields are private to agent.c. What
 * each message about a task and each timer touches comes first; an owner that has a line to spare
 * puts what it asks itself for each message before it.
 */
typedef struct HfAgent {
    const HfAgentConfig *config;
    HfAgentTasks tasks;
    HfTime retry_at;          /* of the timer that counts; HF_TIME_NEVER = none */
    uint32_t unanswered : 27; /* tasks with updates that are not acknowledged */
    uint32_t room_shift : 5;  /* room for 2 to the power of so many tasks, at most 20; 0 = none */
    uint32_t id;              /* agent id; kept across restarts; HF_ROW_NONE before the first
                                 registration */
    uint32_t host;            /* row of its host: its address */
    uint32_t life : 27;       /* crashes so far: a timer of an earlier life means nothing */
    uint32_t state : 2;       /* HfAgentState */
    uint32_t drain : 2; /* HfAgentDrain; on its disk beside its id, so both are forgotten together
                         */
    uint32_t repeats_answers : 1; /* an answer to an operation was sent, and may have to be again */
    /* What follows is looked at only when more happens than that tasks come and go. */
    HfResources *changed; /* owned: what it has; NULL = what the flags say */
    uint8_t dies_at;      /* HfCheckpointStep: fault injection, where its next write ends */
    uint8_t was_rebooted; /* since it last got through its recovery */
    uint8_t is_ping_armed;
    HF_VEC(HfAgentExecutor) executors; /* empty unless frameworks bring some */
    HF_VEC(HfAgentOperation) operations;
    HfCheckpoint disk;
    /* Cold: what is looked at only when it starts, registers or its resources change. */
    HfAgentFlags flags;     /* its --resources and --attributes */
    const char *name;       /* hostname; borrowed */
    const HfDomain *domain; /* its --domain; borrowed; NULL = none */
    HfRoleId owner;         /* policy static */
    uint32_t attempts;      /* of the current registration */
    uint32_t draws;         /* from the back-off stream so far */
    uint32_t version;       /* which of its registrations was the last that it sent */
    uint64_t entity;        /* of the stream; the host's row until its owner knows better */
    HfTime registered_at, ping_period, ping_timeout; /* as the master said */
    HfTime give_up_at;  /* without a ping until then it registers again; HF_TIME_NEVER = no limit */
    HfTime drain_grace; /* max_grace_period; HF_TIME_NEVER = none */
    uint8_t pings_are_messages;
    uint8_t has_new_master;     /* it has not been registered with this one yet, in this life */
    uint8_t refusal;            /* HfAgentRefusal: why the last start failed */
    uint8_t cleans_up;          /* --recover=cleanup at its next start: what it ran is killed */
    uint8_t mounts_are_missing; /* fault injection: what is MOUNT among its disks is not mounted */
    uint8_t death;              /* HfAgentDeath: why the last process ended */
} HfAgent;

#define HF_AGENT_HOT 48 /* bytes at the start of HfAgent that each message about a task touches */
_Static_assert(offsetof(HfAgent, changed) == HF_AGENT_HOT, "what is hot is together");

enum {
    HF_AGENT_TIMER_REGISTER,
    HF_AGENT_TIMER_RETRY,
    HF_AGENT_TIMER_PING,
    HF_AGENT_TIMER_RECOVERED,
    HF_AGENT_TIMER_NUDGE,
    HF_AGENT_TIMER_EXECUTORS /* one that was begun may be late */
};

/* `attributes` NULL = none; both are borrowed. It is down, and its disk is empty. */
void hf_agent_init(HfAgent *agent, const HfAgentConfig *config, uint32_t host, const char *name,
                   const HfResources *resources, const HfAttributes *attributes, HfRoleId owner);
void hf_agent_clear(HfAgent *agent);

/* Its fault domain, for good; borrowed. Precondition: it has not been started yet. */
void hf_agent_set_domain(HfAgent *agent, const HfDomain *domain);

/* It will be started with other flags. Precondition: it is down. */
void hf_agent_set_flags(HfAgent *agent, const HfAgentFlags *flags);

/* What it knows of itself and its tasks is removed from its disk: it will be a new agent, with the
 * reservations and volumes of the old one. Precondition: it is down. */
void hf_agent_forget(HfAgent *agent);

/*
 * The process starts: it finishes what the checkpoint left undone, asks executors that may still
 * run to come back, and registers after the back-off. Precondition: it is down.
 * Errors: FALSE when it refuses: it is still down, `refusal` says why, and nothing on its disk has
 *         changed that the next start would not change as well. Recorded (AGENT_REFUSED).
 * Source: Mesos 1.11 Slave::recover, Slave::_recover; MESOS.md 4.3.
 */
gboolean hf_agent_start(HfAgent *agent, HfTime now, HfOutbox *out);

/*
 * It goes down at once. After the loss of its process it knows the tasks of frameworks with
 * checkpointing when it starts again; the executors of the others must end by themselves. After a
 * reboot it reports those tasks failed.
 */
void hf_agent_crash(HfAgent *agent, HfAgentLoss loss);

static inline uint32_t hf_agent_task_room(const HfAgent *agent)
{
    return 1U << agent->room_shift & ~1U;
}

/* Its tasks, one after the other, in no particular order: the next one after that in a row, the
 * first one after NULL; NULL after the last one. Those that were told may be forgotten. */
HfAgentTask *hf_agent_next_task(const HfAgent *agent, const HfAgentTask *after);

/* What it has: the flags' resources, with reservations and volumes put in; borrowed. */
static inline const HfResources *hf_agent_total(const HfAgent *agent)
{
    return agent->changed != NULL ? agent->changed : agent->flags.resources;
}

/* Fill a message of registration with what the agent says of itself, but for its tasks. */
void hf_agent_introduce(const HfAgent *agent, HfMessage *message);

/*
 * What it has changes: reservations and volumes are checkpointed in two steps.
 * Shape:  total without allocation roles, of the same amounts as before.
 * Errors: FALSE when the process died on the way (`dies_at`); it is down then, and must act and
 *         answer no more: the host finds out by its state.
 */
gboolean hf_agent_set_total(HfAgent *agent, const HfResources *total);

/* Start loading what hf_agent_step() will need: of a task, and for one more. The agent itself is
 * loaded. */
static inline void hf_agent_prefetch_task(const HfAgent *agent, uint32_t seat)
{
    if (seat - 1 < agent->tasks.used) __builtin_prefetch(&agent->tasks.at[seat - 1], 1);
}
void hf_agent_prefetch_launch(const HfAgent *agent);

/* The process may end in a step (`death` says why): its state is then DOWN, and it has said nothing
 * more; whoever supervises it starts it again. */
void hf_agent_step(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_agent_timer(HfAgent *agent, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out);

/* Of a HF_AGENT_TIMER_RETRY for `at` that has not fired yet. TRUE: the host may drop it, since as
 * things are it would find nothing to do, and when that changes the agent asks for another one. */
gboolean hf_agent_spares_retry(HfAgent *agent, HfTime at, uint64_t arg);

#endif
