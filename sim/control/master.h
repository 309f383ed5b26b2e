/*
 * The master: registers agents and frameworks, turns what the allocator hands out into offers,
 * applies what frameworks answer, and keeps the account of tasks. A pure state machine around one
 * allocator: messages and timers in; messages, timers and records out. It does no I/O and reads no
 * clock.
 *
 * Source: Mesos 1.11 src/master/master.cpp, constants.hpp; MESOS semantics are cited at each
 * function.
 */
#ifndef HF_CONTROL_MASTER_H
#define HF_CONTROL_MASTER_H

#include "allocator/allocator.h"
#include "base/law.h"
#include "base/slots.h"
#include "control/acl.h"
#include "control/call.h"
#include "control/message.h"
#include "control/registry.h"

typedef struct HfMaster HfMaster;

typedef struct HfMasterConfig {
    HfTime allocation_interval;       /* 1 s */
    HfTime offer_timeout;             /* HF_TIME_NEVER = none */
    HfTime agent_ping_timeout;        /* 15 s */
    uint32_t max_agent_ping_timeouts; /* 5 */
    HfTime agent_reregister_timeout; /* 10 min: a disconnected agent that does not come back is then
                                        unreachable */
    uint32_t agent_capabilities;     /* HfAgentCapability: what the agents' release supports */
    const HfAcls *acls;              /* borrowed; NULL = everybody may do everything */
    HfLaw registry_latency;          /* s, of a write; kind NULL = none */
    uint64_t seed;                   /* of its draws: (seed, "registry", how many before) */
    HfTime registry_store_timeout;   /* 20 s: a write that takes longer ends the master */
    HfTime registry_gc_interval;     /* 15 min, counted from its election */
    HfRegistryLimits registry_limits;    /* 2 weeks, 102,400 */
    double recovery_agent_removal_limit; /* 1: of the recovered agents; when more of them are
                                            missing after agent_reregister_timeout, it ends */
    const HfRoleId *roles; /* [role_count], borrowed: all the roles there are (Mesos: --roles) */
    uint32_t role_count;   /* 0 = any role */
    HfTime agent_removal_interval; /* between two removals for lack of pongs or registration; 0 =
                                      no limit (Mesos: --agent_removal_rate_limit) */
    gboolean
        explicit_heartbeats; /* PING and PONG messages; else the host says SILENT and AUDIBLE */
} HfMasterConfig;

void hf_master_config_init(HfMasterConfig *config); /* Mesos's defaults */

/* Takes ownership of the allocator. The catalog is borrowed. */
HfMaster *hf_master_new(HfCatalog *catalog, HfAllocator *allocator, const HfMasterConfig *config);
void hf_master_free(HfMaster *master);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMaster, hf_master_free)

/* Arms the first batch allocation. Call once: the first of the masters leads from now on. */
void hf_master_start(HfMaster *master, HfTime now, HfOutbox *out);

/* ---- one master after another ---- */

typedef enum HfMasterEnd {
    HF_MASTER_LEADS = 0,
    HF_MASTER_END_CRASH,
    HF_MASTER_END_STORE_TIMEOUT, /* the registry took too long */
    HF_MASTER_END_REMOVAL_LIMIT  /* too many agents did not come back after an election */
} HfMasterEnd;

/*
 * The leading master ends: all that it knows is gone but for the registry. Its host gives it no
 * message and no timer any more, and drops what it has sent and what is on its way to it.
 * Recorded: MASTER_LOST, then each offer (OFFER_RESCINDED) and booked task (TASK_FORGOTTEN).
 * Precondition: it leads.
 */
void hf_master_crash(HfMaster *master, HfTime now, HfOutbox *out);

/*
 * The next one is elected, and knows what is in the registry. Takes ownership of the allocator: a
 * new one, set up as the first was. Its host then tells agents and schedulers (DETECTED).
 * Recorded: MASTER_ELECTED, then each agent in the registry (AGENT_RECOVERED). Precondition: none
 * leads.
 */
void hf_master_lead(HfMaster *master, HfTime now, HfAllocator *allocator, HfOutbox *out);

/* A master may end by itself in a timer: ask after each. */
gboolean hf_master_is_down(const HfMaster *master);
HfMasterEnd hf_master_end(const HfMaster *master);

/*
 * Start loading what hf_master_step() will read for this message, in steps 0, 1 and 2, each some
 * time after the one before. Changes nothing. Returns the host of the agent that will be told of
 * it, at a step at which that is known without waiting; else HF_ROW_NONE.
 */
uint32_t hf_master_prefetch(const HfMaster *master, const HfMessage *in, uint32_t step);

/*
 * The same for a task that will end soon: for its last update and the answer to that, in steps 0, 1
 * and 2. place: as of HfTaskStatus; agent: its id, not needed before step 1. Returns the task's tag
 * at a step at which that is known without waiting; else 0.
 */
uint32_t hf_master_prefetch_end(const HfMaster *master, uint32_t place, uint32_t agent,
                                uint32_t step);

/* One message. Whatever it says, the master stays consistent: what is wrong is refused, as Mesos
 * refuses it. */
void hf_master_step(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master_timer(HfMaster *master, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out);

/*
 * A call of the operator API. principal: who asks; NULL = not known.
 * Shape:  the status code of Mesos: 200 and 202 (accepted: sent to the agent) are good, 400 bad
 *         request, 403 forbidden, 404 not found, 409 conflict. *why_out: the message or, of a
 * query, the answer as JSON; newly allocated, or NULL. Recorded (OPERATOR_CALL). Nothing is done in
 * part: what is answered 409 has taken offers back, and no more.
 */
int hf_master_operate(HfMaster *master, HfTime now, const char *principal, const HfCall *call,
                      HfOutbox *out, char **why_out);
/* hf_master_operate: what the call asks for is being written to the registry. `call` stays borrowed
 * until its answer is taken. While no master leads, the answer is 503. */
#define HF_CALL_PENDING 0

typedef struct HfCallAnswer {
    const HfCall *call;
    int status; /* 503: the master ended; what it asked for may have been done */
    char *why;  /* of who takes it */
} HfCallAnswer;
/* The oldest answer that was pending and is there now; FALSE = none. Ask after each timer. */
gboolean hf_master_take_answer(HfMaster *master, HfCallAnswer *answer_out);

/* The quota of a role from the start on, unchecked. */
void hf_master_quota_set(HfMaster *master, HfRoleId role, const HfQuantities *guarantees,
                         const HfLimits *limits);

/* ---- looking in ---- */
HfAllocator *hf_master_allocator(HfMaster *master); /* of the last that led, while none does */
const HfMasterRegistry *hf_master_registry(const HfMaster *master);
uint32_t hf_master_changes_waiting(const HfMaster *master); /* on their way to the registry */
/* Of its allocator, and of those of all masters before it. */
HfAllocatorCounters hf_master_allocator_counters(const HfMaster *master);
uint32_t hf_master_agents(const HfMaster *master);     /* agent ids handed out: 0 .. n-1 */
uint32_t hf_master_frameworks(const HfMaster *master); /* framework ids handed out */
uint32_t hf_master_agent_host(const HfMaster *master, uint32_t agent);
const char *hf_master_agent_name(const HfMaster *master, uint32_t agent); /* "S00000007" */
const char *hf_master_framework_name(const HfMaster *master,
                                     uint32_t framework); /* as it subscribed */
uint32_t hf_master_framework_peer(const HfMaster *master,
                                  uint32_t framework); /* row of its driver */
/* Torn down, or away longer than its failover timeout: for good. FALSE of one it has not seen. */
gboolean hf_master_framework_is_removed(const HfMaster *master, uint32_t framework);
gboolean hf_master_agent_is_registered(const HfMaster *master, uint32_t agent);
uint32_t hf_master_offers_outstanding(const HfMaster *master);
/* Each offer that is out of this agent, the newest first; resources are valid during the call. (It
 * may make an index for that, once.) */
typedef void (*HfOfferSink)(void *context, uint32_t framework, HfRoleId role,
                            const HfResources *resources);
void hf_master_offers_of(HfMaster *master, uint32_t agent, HfOfferSink sink, void *context);
/* The host of this task of a framework; HF_ROW_NONE when the master does not have it. (It may make
 * an index for that, once.) */
uint32_t hf_master_host_of(HfMaster *master, uint32_t framework, uint64_t task);
uint32_t hf_master_tasks(const HfMaster *master); /* known: not yet terminal and acknowledged */
size_t hf_master_memory(const HfMaster *master);

/*
 * Recount everything that is kept incrementally (assertions): offers, tasks and what the allocator
 * has handed out must add up to each agent's total. O(everything); tests and debug builds.
 */
void hf_master_check(const HfMaster *master);

#endif
