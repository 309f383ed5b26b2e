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

#include "control/message.h"

/* Shared by all agents of a run; constant. */
typedef struct HfAgentConfig {
    uint64_t seed; /* of the run: registration back-off is drawn from (seed, "agent-registration",
                      host) */
    HfTime registration_backoff; /* 1 s: the first attempt comes after U(0,1) of it */
    HfTime registration_max;     /* 1 min: the back-off doubles up to this */
    HfTime retry_min, retry_max; /* 10 s, 10 min */
    HfCatalog *catalog;
} HfAgentConfig;

void hf_agent_config_init(HfAgentConfig *config, HfCatalog *catalog, uint64_t seed);

typedef enum HfAgentState {
    HF_AGENT_DOWN = 0,
    HF_AGENT_REGISTERING, /* asks to be registered, or registered again */
    HF_AGENT_REGISTERED
} HfAgentState;

#define HF_AGENT_UPDATES                                                                           \
    4 /* a task has at most STARTING, RUNNING, KILLING and one terminal update */

typedef struct HfAgentTask {
    uint64_t id;
    uint32_t framework;
    HfRoleId role;
    HfTaskState state;
    uint8_t
        updates[HF_AGENT_UPDATES]; /* states to be acknowledged, oldest first; [0] is in flight */
    uint8_t update_count;
    uint8_t retries;
    uint8_t reason; /* HfTaskReason of the last update; not NONE only for what was never here */
    HfTime sent_at; /* of updates[0] */
    HfParcel *resources; /* owned: one reference */
} HfAgentTask;

/* One agent, in place: its owner keeps thousands in an array. Fields are private to agent.c. */
typedef struct HfAgent {
    const HfAgentConfig *config;
    const char *name;         /* hostname; borrowed */
    const HfResources *total; /* of --resources; borrowed */
    const HfAttributes *attributes;
    HfRoleId owner; /* policy static */
    uint32_t host;  /* row of its host: its address */
    uint32_t id;    /* agent id, kept across restarts; HF_ROW_NONE before the first registration */
    HfAgentState state;
    uint32_t attempts; /* of the current registration */
    uint32_t draws;    /* from the back-off stream so far */
    uint32_t life;     /* crashes so far: a timer of an earlier life means nothing */
    HfTime retry_at;   /* of the timer that counts; HF_TIME_NEVER = none */
    HfTime registered_at, ping_period, ping_timeout; /* as the master said */
    HfTime give_up_at; /* without a ping until then it registers again; HF_TIME_NEVER = no limit */
    gboolean is_ping_armed;
    HF_VEC(HfAgentTask) tasks;
} HfAgent;

enum { HF_AGENT_TIMER_REGISTER, HF_AGENT_TIMER_RETRY, HF_AGENT_TIMER_PING };

void hf_agent_init(HfAgent *agent, const HfAgentConfig *config, uint32_t host, const char *name,
                   const HfResources *total, const HfAttributes *attributes, HfRoleId owner);
void hf_agent_clear(HfAgent *agent);

/* The process starts: it will register after the back-off. Precondition: it is down. */
void hf_agent_start(HfAgent *agent, HfTime now, HfOutbox *out);

/* The host goes down: process, executors and tasks are gone at once; only the agent id is on disk.
 */
void hf_agent_crash(HfAgent *agent);

/* Start loading what hf_agent_step() will read of its tasks; the agent itself is loaded. */
void hf_agent_prefetch(const HfAgent *agent);

void hf_agent_step(HfAgent *agent, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_agent_timer(HfAgent *agent, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out);

#endif
