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
#include "base/slots.h"
#include "control/acl.h"
#include "control/call.h"
#include "control/message.h"

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
    HfTime agent_removal_interval;   /* between two removals for lack of pongs or registration; 0 =
                                        no limit (Mesos: --agent_removal_rate_limit) */
    gboolean
        explicit_heartbeats; /* PING and PONG messages; else the host says SILENT and AUDIBLE */
} HfMasterConfig;

void hf_master_config_init(HfMasterConfig *config); /* Mesos's defaults */

/* Takes ownership of the allocator. The catalog is borrowed. */
HfMaster *hf_master_new(HfCatalog *catalog, HfAllocator *allocator, const HfMasterConfig *config);
void hf_master_free(HfMaster *master);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMaster, hf_master_free)

/* Arms the first batch allocation. Call once. */
void hf_master_start(HfMaster *master, HfTime now, HfOutbox *out);

/* One message. Whatever it says, the master stays consistent: what is wrong is refused, as Mesos
 * refuses it. */
/*
 * Start loading what hf_master_step() will read for this message, in steps 0, 1 and 2, each some
 * time after the one before. Changes nothing.
 */
void hf_master_prefetch(const HfMaster *master, const HfMessage *in, uint32_t step);

void hf_master_step(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out);
void hf_master_timer(HfMaster *master, HfTime now, uint32_t kind, uint64_t arg, HfOutbox *out);

/*
 * A call of the operator API. principal: who asks; NULL = not known.
 * Shape:  the status code of Mesos: 200 and 202 (accepted: sent to the agent) are good, 400 bad
 *         request, 403 forbidden, 404 not found, 409 conflict. *why_out: the message, newly
 *         allocated, or NULL. Recorded (OPERATOR_CALL). Nothing is done in part: what is answered
 *         409 has taken offers back, and no more.
 */
int hf_master_operate(HfMaster *master, HfTime now, const char *principal, const HfCall *call,
                      HfOutbox *out, char **why_out);

/* The quota of a role from the start on, unchecked. */
void hf_master_quota_set(HfMaster *master, HfRoleId role, const HfQuantities *guarantees,
                         const HfLimits *limits);

/* ---- looking in ---- */
HfAllocator *hf_master_allocator(HfMaster *master);
uint32_t hf_master_agents(const HfMaster *master);     /* agent ids handed out: 0 .. n-1 */
uint32_t hf_master_frameworks(const HfMaster *master); /* framework ids handed out */
uint32_t hf_master_agent_host(const HfMaster *master, uint32_t agent);
const char *hf_master_agent_name(const HfMaster *master, uint32_t agent); /* "S00000007" */
const char *hf_master_framework_name(const HfMaster *master,
                                     uint32_t framework); /* as it subscribed */
uint32_t hf_master_framework_peer(const HfMaster *master,
                                  uint32_t framework); /* row of its driver */
gboolean hf_master_agent_is_registered(const HfMaster *master, uint32_t agent);
uint32_t hf_master_offers_outstanding(const HfMaster *master);
uint32_t hf_master_tasks(const HfMaster *master); /* known: not yet terminal and acknowledged */
size_t hf_master_memory(const HfMaster *master);

/*
 * Recount everything that is kept incrementally (assertions): offers, tasks and what the allocator
 * has handed out must add up to each agent's total. O(everything); tests and debug builds.
 */
void hf_master_check(const HfMaster *master);

#endif
