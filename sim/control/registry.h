/*
 * What a cluster's masters keep for each other: the registry. A master that leads writes it before
 * it acts; one that is elected knows nothing else. Plain data in memory stands for the replicated
 * log.
 *
 * Agents are known by their ids. Frameworks, tasks, offers, filters and what is reserved are not in
 * it: schedulers and agents bring them back.
 *
 * Source: Mesos 1.11 src/master/registry.proto, registry_operations.cpp, registrar.cpp; MESOS.md
 * 4.1, 4.6.
 */
#ifndef HF_CONTROL_REGISTRY_H
#define HF_CONTROL_REGISTRY_H

#include "control/call.h"

typedef struct HfRegistryAgent {
    uint32_t host;
    uint8_t standing; /* HfRegistryStanding */
} HfRegistryAgent;

/* An agent that is unreachable or gone, since when. */
typedef struct HfRegistryAbsence {
    HfTime since;
    uint32_t agent;
} HfRegistryAbsence;

typedef enum HfDrain { HF_DRAIN_NONE, HF_DRAIN_GOING, HF_DRAIN_DONE } HfDrain;

/* An agent that operators drain, or keep from being offered. */
typedef struct HfRegistryDrain {
    uint32_t agent;
    uint8_t drain; /* HfDrain; NONE = deactivated alone */
    uint8_t is_gone_when_drained;
    HfTime max_grace_period; /* HF_TIME_NEVER = none */
} HfRegistryDrain;

/* A machine in the maintenance schedule: DRAINING, or DOWN. */
typedef struct HfRegistryMachine {
    char *hostname; /* lower case, owned */
    gboolean is_down;
    HfTime start, duration;
} HfRegistryMachine;

/* Zeroed is legal: the registry of a new cluster. Fields may be read. (Mesos's
 * minimum_capabilities are left out: masters of one run are all of one era, so none ever finds what
 * it does not know.) */
typedef struct HfMasterRegistry {
    HF_VEC(HfRegistryAgent) agents;              /* [agent id], as far as needed */
    HF_VEC(HfRegistryAbsence) unreachable, gone; /* each oldest first */
    HF_VEC(HfRegistryDrain) drains;
    HF_VEC(HfRegistryMachine) machines;
    HF_VEC(HfQuotaConfig) quotas; /* none of them empty */
    HF_VEC(HfWeightInfo) weights; /* of roles that operators gave one */
    uint32_t admitted;            /* agents, now */
    uint64_t writes, changes;     /* so far */
} HfMasterRegistry;

typedef enum HfRegistryChangeType {
    HF_REGISTRY_ADMIT,
    HF_REGISTRY_MARK_UNREACHABLE,
    HF_REGISTRY_MARK_REACHABLE,
    HF_REGISTRY_REMOVE,
    HF_REGISTRY_MARK_GONE,
    HF_REGISTRY_MARK_DRAINED,
    HF_REGISTRY_PRUNE, /* forget what is too old or too much */
    HF_REGISTRY_CALL   /* what an operator asks for */
} HfRegistryChangeType;

typedef struct HfRegistryChange {
    HfRegistryChangeType type;
    uint32_t agent, host; /* host: ADMIT, MARK_REACHABLE */
    HfTime at;            /* when it was decided */
    const HfCall *call;   /* CALL */
} HfRegistryChange;

/* How much of the past is kept (--registry_max_agent_age, --registry_max_agent_count). */
typedef struct HfRegistryLimits {
    HfTime max_agent_age;
    uint32_t max_agent_count;
} HfRegistryLimits;

void hf_master_registry_clear(HfMasterRegistry *registry);

/* Make a change. `limits`: for PRUNE. Amortised O(1); PRUNE O(absent), CALL O(its lists x those of
 * the registry), MARK_REACHABLE of an absent agent O(absent). */
void hf_master_registry_apply(HfMasterRegistry *registry, const HfRegistryChange *change,
                              const HfRegistryLimits *limits);

/* The quota of a role from the start on. */
void hf_master_registry_set_quota(HfMasterRegistry *registry, const HfQuotaConfig *config);

HfRegistryStanding hf_master_registry_standing(const HfMasterRegistry *registry, uint32_t agent);
/* NULL when operators said nothing of it. */
const HfRegistryDrain *hf_master_registry_drain(const HfMasterRegistry *registry, uint32_t agent);

/* Would PRUNE at `now` forget anything, and what? Calls `found` for each agent. O(absent). */
void hf_master_registry_overdue(const HfMasterRegistry *registry, HfTime now,
                                const HfRegistryLimits *limits,
                                void (*found)(void *context, uint32_t agent), void *context);

/* Lists and counts agree (assertions). */
void hf_master_registry_check(const HfMasterRegistry *registry);

#endif
