/*
 * The allocator: who is offered what. It keeps agents, frameworks, roles, shares, quota and
 * filters, and on each run turns what nobody holds into offers, as Mesos's hierarchical DRF
 * allocator decides (reference: Mesos 1.11, src/master/allocator/mesos/hierarchical.cpp).
 *
 * It is a library that a real master could link: it takes `now` as an argument, leaves offers in an
 * output list, calls nobody back, knows no event engine, network or wall clock, and draws
 * randomness only from the stream handed in.
 *
 * The host names agents and frameworks by rows of its own: small dense numbers that stay with one
 * agent or framework until it is removed. Calls never run an allocation by themselves: those that
 * Mesos lets trigger one make hf_allocator_wants_run() true, and the host calls hf_allocator_run()
 * behind the messages already queued (in eras without HF_RULE_BATCHED_RUNS, at once); the host also
 * calls hf_allocator_batch() each allocation interval.
 */
#ifndef HF_ALLOCATOR_ALLOCATOR_H
#define HF_ALLOCATOR_ALLOCATOR_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdint.h>

#include "allocator/constraints.h"
#include "allocator/policy.h"
#include "base/random.h"
#include "base/status.h"
#include "base/time.h"
#include "base/vec.h"
#include "resource/attributes.h"
#include "resource/catalog.h"
#include "resource/era.h"
#include "resource/operation.h"
#include "resource/parcel.h"
#include "resource/quantities.h"
#include "resource/resources.h"

typedef struct HfAllocator HfAllocator;

typedef enum HfAgentOrder { HF_AGENT_ORDER_SHUFFLED, HF_AGENT_ORDER_SORTED } HfAgentOrder;
typedef enum HfOfferScope {
    HF_OFFER_SCOPE_AGENT, /* as Mesos: agent by agent, each to the framework then first in order */
    HF_OFFER_SCOPE_CELL   /* as the Omega paper models Mesos: one framework gets all that is free in
                             the cell; its share counts what it runs, not what it is offered (the
                             paper's simulator: occupied, not locked), and min_allocatable is
                             for all that is offered together. A host takes all offers
                             back before it removes an agent or a framework. */
} HfOfferScope;

typedef struct HfAllocatorConfig {
    HfTime interval;           /* allocation_interval; no offer filter is shorter than this; > 0 */
    const HfPolicyOps *policy; /* NULL = drf */
    HfSorterKind role_sorter, framework_sorter; /* HF_SORTER_DRF or HF_SORTER_RANDOM, for policies
                                                   that leave it open */
    HfAgentOrder agent_order; /* in which agents are visited; sorted = byte order of names */
    HfOfferScope offer_scope;
    HfQuantities *min_allocatable; /* [min_allocatable_count], alternatives; borrowed during _new */
    uint32_t min_allocatable_count; /* 0 = no minimum */
    gboolean filter_gpu_resources;
    HfKindId *fairness_excluded; /* [fairness_excluded_count] kinds that no share counts */
    uint32_t fairness_excluded_count;
    const char *region;           /* of the master; NULL = none */
    HfTime recovery_timeout;      /* 10 min in Mesos */
    double agent_recovery_factor; /* 0.8 in Mesos */
    HfStream stream;              /* copied: shuffles and random sorters draw from it */
    HfEra era;                    /* which Mesos it behaves like; 1.11 */
} HfAllocatorConfig;

/* Mesos's defaults, with the drf policy and stream (0, "allocator", 0). */
void hf_allocator_config_init(HfAllocatorConfig *config);

typedef enum HfFrameworkCapability {
    HF_CAPABILITY_REVOCABLE_RESOURCES = 1 << 0,
    HF_CAPABILITY_GPU_RESOURCES = 1 << 1,
    HF_CAPABILITY_SHARED_RESOURCES = 1 << 2,
    HF_CAPABILITY_PARTITION_AWARE = 1 << 3, /* the allocator ignores it; the master does not */
    HF_CAPABILITY_MULTI_ROLE = 1 << 4,
    HF_CAPABILITY_RESERVATION_REFINEMENT = 1 << 5,
    HF_CAPABILITY_REGION_AWARE = 1 << 6,
    HF_CAPABILITY_TASK_KILLING_STATE = 1 << 7 /* the allocator ignores it; executors do not */
} HfFrameworkCapability;

typedef enum HfAgentCapability {
    HF_AGENT_CAPABILITY_MULTI_ROLE = 1 << 0,
    HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE = 1 << 1,
    HF_AGENT_CAPABILITY_RESERVATION_REFINEMENT = 1 << 2,
    HF_AGENT_CAPABILITY_RESIZE_VOLUME = 1 << 3,      /* this and the next: for the master alone */
    HF_AGENT_CAPABILITY_OPERATION_FEEDBACK = 1 << 4, /* and RESOURCE_PROVIDER */
    HF_AGENT_CAPABILITY_ALL = 31
} HfAgentCapability;
#define HF_AGENT_CAPABILITIES_KEEP UINT32_MAX /* hf_allocator_agent_update: unchanged */

typedef struct HfAgentSpec {
    const char *name;               /* agent id: the sort key of agent_order sorted */
    const char *hostname;           /* NULL = name; what the whitelist compares */
    const HfAttributes *attributes; /* NULL = none */
    const HfResources *total;       /* no allocation role in it */
    uint32_t capabilities;          /* of HfAgentCapability */
    const char *region, *zone;      /* NULL = none */
    HfRoleId owner; /* for a policy that honours_owner: the role that owns this agent; HF_ROLE_NONE
                       = any */
    gboolean has_unavailability;                    /* maintenance; agent_add only */
    HfTime unavailable_start, unavailable_duration; /* duration HF_TIME_NEVER = no end */
} HfAgentSpec;

/* Instead of the global minimum, for one role of one framework; no alternative = no minimum. */
typedef struct HfRoleMinimum {
    HfRoleId role;
    const HfQuantities *alternatives; /* [count]; copied */
    uint32_t count;
} HfRoleMinimum;

typedef struct HfFrameworkSpec {
    const char *name;      /* framework id: the last tie-break of the framework sorter */
    const HfRoleId *roles; /* [role_count] */
    uint32_t role_count;
    const HfRoleId *suppressed; /* [suppressed_count], a subset of roles */
    uint32_t suppressed_count;
    uint32_t capabilities; /* of HfFrameworkCapability */
    gboolean active;
    const HfRoleMinimum *minima; /* [minimum_count] */
    uint32_t minimum_count;
    HfOfferConstraints *constraints; /* NULL = none; a reference is taken */
} HfFrameworkSpec;

/* What one framework holds on one agent, all under one role: for `used` at add time. */
typedef struct HfHolding {
    uint32_t framework, agent; /* host rows */
    HfRoleId role;
    const HfResources *resources;
    const char *framework_name; /* shown for one that is not known yet; NULL = no name */
} HfHolding;

/* One offer: all that one run gives one framework, under one role, on one agent. */
typedef struct HfOffered {
    uint32_t framework, agent;
    HfRoleId role;
    HfParcel *resources; /* allocated to the role; a reference of the list: take it by leaving NULL,
                            or leave it to hf_offer_list_reset. Given back as it is, it is known by
                            its address. */
} HfOffered;

typedef struct HfInverseOffered {
    uint32_t framework, agent;
    HfTime start, duration; /* duration HF_TIME_NEVER = until further notice */
} HfInverseOffered;

/* Filled by a run: grouped by framework in order of first offer; room is kept across runs. */
typedef struct HfOfferList {
    HF_VEC(HfOffered) offers;
    HF_VEC(HfInverseOffered) inverse;
    gboolean is_for_one; /* all offers are for one framework under one role; may miss */
} HfOfferList;
void hf_offer_list_reset(HfCatalog *catalog, HfOfferList *list);
void hf_offer_list_clear(HfCatalog *catalog, HfOfferList *list);

/* Quirks are those of the catalog (resource/quirks.h) at this time. */
HfAllocator *hf_allocator_new(HfCatalog *catalog, const HfAllocatorConfig *config);
void hf_allocator_free(HfAllocator *allocator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAllocator, hf_allocator_free)

/* ---- runs ---- */
gboolean hf_allocator_wants_run(const HfAllocator *allocator);
/* Run over the agents that calls made candidates. Offers are appended to *out. */
void hf_allocator_run(HfAllocator *allocator, HfTime now, HfOfferList *out);
/* Run over all agents (work is proportional to those that can have changed). */
void hf_allocator_batch(HfAllocator *allocator, HfTime now, HfOfferList *out);
/* The host armed the timer of the next batch just now: filters armed earlier that end at the same
 * instant are gone when that batch runs, filters armed later still hold (Mesos: timers of one
 * instant fire in order of creation). */
void hf_allocator_batch_armed(HfAllocator *allocator);
/* Timers that end until `now` fire: filters, the recovery timeout. Runs do it by themselves. */
void hf_allocator_expire(HfAllocator *allocator, HfTime now);
void hf_allocator_pause(HfAllocator *allocator);
void hf_allocator_resume(HfAllocator *allocator);

/* ---- agents; HF_EXISTS / HF_UNKNOWN on a row known / not known, HF_INVALID on a total that
 * carries allocation roles, HF_CONFLICT on one added while hf_allocator_pause() holds (Mesos takes
 * agents then only while it recovers) ---- */
HfStatus hf_allocator_agent_add(HfAllocator *allocator, HfTime now, uint32_t agent,
                                const HfAgentSpec *spec, const HfHolding *used,
                                uint32_t used_count);
HfStatus hf_allocator_agent_update(HfAllocator *allocator, HfTime now, uint32_t agent,
                                   const HfAgentSpec *spec); /* NULL members of spec: unchanged */
/* A resource provider came to an agent: its total grows, and known frameworks hold `used` of it
 * (even more than that: nothing is checked, as in Mesos). No run is asked for. */
HfStatus hf_allocator_provider_add(HfAllocator *allocator, HfTime now, uint32_t agent,
                                   const HfResources *more, const HfHolding *used,
                                   uint32_t used_count);
HfStatus hf_allocator_agent_remove(HfAllocator *allocator, HfTime now, uint32_t agent);
HfStatus hf_allocator_agent_activate(HfAllocator *allocator, HfTime now, uint32_t agent);
HfStatus hf_allocator_agent_deactivate(HfAllocator *allocator, HfTime now, uint32_t agent);

/* ---- frameworks; HF_EXISTS / HF_UNKNOWN on a row known / not known, HF_INVALID on suppressed
 * roles that are not among its roles ---- */
HfStatus hf_allocator_framework_add(HfAllocator *allocator, HfTime now, uint32_t framework,
                                    const HfFrameworkSpec *spec, const HfHolding *used,
                                    uint32_t used_count);
HfStatus hf_allocator_framework_update(HfAllocator *allocator, HfTime now, uint32_t framework,
                                       const HfFrameworkSpec *spec);
HfStatus hf_allocator_framework_remove(HfAllocator *allocator, HfTime now, uint32_t framework);
HfStatus hf_allocator_framework_activate(HfAllocator *allocator, HfTime now, uint32_t framework);
HfStatus hf_allocator_framework_deactivate(HfAllocator *allocator, HfTime now, uint32_t framework);
/* role_count 0 = all roles of the framework. HF_INVALID in an era without suppress. */
HfStatus hf_allocator_suppress(HfAllocator *allocator, HfTime now, uint32_t framework,
                               const HfRoleId *roles, uint32_t role_count);
HfStatus hf_allocator_revive(HfAllocator *allocator, HfTime now, uint32_t framework,
                             const HfRoleId *roles, uint32_t role_count);

/* ---- resources ---- */
#define HF_NO_FILTER (-1.0)
/*
 * Resources offered or launched come back.
 * refuse_seconds: HF_NO_FILTER = none; else as Mesos reads Filters.refuse_seconds (0 none, negative
 * other than HF_NO_FILTER or not representable = 5 s, capped at 365 d, at least the interval).
 * launched: they had been accepted (only the consumed-quota statistics differ).
 */
typedef struct HfRecovery {
    uint32_t framework, agent;
    HfRoleId role;
    const HfResources *resources;
    double refuse_seconds;
    gboolean launched;
    HfParcel *parcel; /* the resources are what this holds, allocated to the role; or NULL. Known by
                         its address, equal ones cost less. */
} HfRecovery;
HfStatus hf_allocator_recover(HfAllocator *allocator, HfTime now, const HfRecovery *recovery);

/*
 * Offers of one framework under one role that come back together, unused: for each what
 * hf_allocator_recover() does and answers, with what is the same for all looked up once. Valid
 * until the allocator is called for anything else. Fields are private.
 */
typedef struct HfReturns {
    HfStatus status; /* of every return, unless HF_OK */
    uint32_t sub;
    gboolean may_move; /* bundles as they are */
    HfTime timeout;    /* of filters; 0 = none */
} HfReturns;
void hf_allocator_returns(const HfAllocator *allocator, uint32_t framework, HfRoleId role,
                          double refuse_seconds, HfReturns *returns_out);
typedef struct HfReturned {
    uint32_t agent;
    HfParcel *resources; /* borrowed */
} HfReturned;
/* HF_OK, or the first answer that is not: what stands behind that one did not come back. */
HfStatus hf_allocator_return(HfAllocator *allocator, HfTime now, const HfReturns *returns,
                             const HfReturned *at, uint32_t count);

/*
 * Start loading what hf_allocator_recover() will read of an agent, a few calls ahead of it: step 0
 * the agent, steps 1 and 2, later, what it points to. Changes nothing; any row is legal.
 */
void hf_allocator_prefetch(const HfAllocator *allocator, uint32_t agent, int step);

/* Offered resources were accepted: they count as consumed from now on. `parcel`: as in HfRecovery.
 * HF_UNKNOWN: the agent, or the framework under this role. */
HfStatus hf_allocator_launched(HfAllocator *allocator, uint32_t framework, uint32_t agent,
                               HfRoleId role, const HfResources *resources, HfParcel *parcel);

/*
 * A framework changed resources that it was offered (RESERVE, CREATE, ...): what it holds, the
 * agent's total and everything counted from them change with the conversions; `converted_out`
 * (legal, replaced; may be NULL) is what the offer is now. No allocation is counted, nothing is
 * triggered.
 * Shape:  `offered` and the conversions may carry the allocation role or not.
 * Errors: HF_UNKNOWN; HF_CONFLICT with *error when the conversions do not apply to `offered` or to
 * the agent's total, or `offered` is not held. Nothing is changed then.
 */
HfStatus hf_allocator_update_allocation(HfAllocator *allocator, HfTime now, uint32_t framework,
                                        uint32_t agent, HfRoleId role, const HfResources *offered,
                                        const HfConversions *conversions,
                                        HfResources *converted_out, GError **error);

/*
 * An operator's operations on what nobody holds, all or nothing.
 * Errors: HF_UNKNOWN; HF_CONFLICT with *error when they do not apply to what is available now.
 */
HfStatus hf_allocator_update_available(HfAllocator *allocator, HfTime now, uint32_t agent,
                                       const HfOperation *operations, uint32_t operation_count,
                                       GError **error);

/* ---- roles ---- */
HfStatus hf_allocator_weight_set(HfAllocator *allocator, HfTime now, HfRoleId role, double weight);

/*
 * Guarantee and limit of a top-level role (`*` as well); both empty = no quota. Guarantees hold
 * back headroom from everybody else, limits bound what the role is offered beyond its reservations;
 * both take effect in later runs. Errors: HF_INVALID for a quota of a nested role (Mesos refuses
 * those in the master), in scope cell, and for what the era does not have.
 */
HfStatus hf_allocator_quota_set(HfAllocator *allocator, HfTime now, HfRoleId role,
                                const HfQuantities *guarantees, const HfLimits *limits);

typedef struct HfRoleQuota {
    HfRoleId role;
    const HfQuantities *guarantees;
    const HfLimits *limits;
} HfRoleQuota;

/*
 * After a master change, before any agent is added: set quotas and pause until
 * agent_recovery_factor * expected_agents (truncated) were added or recovery_timeout has passed. No
 * quota: nothing happens.
 * Errors: HF_CONFLICT when agents were added already; HF_INVALID as hf_allocator_quota_set.
 */
HfStatus hf_allocator_recover_quotas(HfAllocator *allocator, HfTime now, uint32_t expected_agents,
                                     const HfRoleQuota *quotas, uint32_t quota_count);

/* ---- the operator's lists ---- */

/* Only agents with these hostnames are offered; NULL = all. */
void hf_allocator_whitelist_set(HfAllocator *allocator, HfTime now, const char *const *hostnames,
                                uint32_t hostname_count);

/* The agent's maintenance, or none; what was answered before is forgotten. HF_UNKNOWN. */
HfStatus hf_allocator_unavailability_set(HfAllocator *allocator, HfTime now, uint32_t agent,
                                         gboolean is_set, HfTime start, HfTime duration);

/* Is maintenance planned for the agent, and when? FALSE = none, or not known. O(1). */
gboolean hf_allocator_unavailability(const HfAllocator *allocator, uint32_t agent,
                                     HfTime *start_out, HfTime *duration_out);

typedef enum HfInverseStatus {
    HF_INVERSE_NONE, /* it timed out or was rescinded */
    HF_INVERSE_ACCEPT,
    HF_INVERSE_DECLINE
} HfInverseStatus;

/*
 * The answer to an inverse offer; ignored when none is outstanding, but for the filter.
 * refuse_seconds: as in HfRecovery, without the lower bound of one interval.
 * Errors: HF_UNKNOWN; HF_CONFLICT when the agent has no maintenance scheduled.
 */
HfStatus hf_allocator_inverse_response(HfAllocator *allocator, HfTime now, uint32_t framework,
                                       uint32_t agent, HfInverseStatus status,
                                       double refuse_seconds);

/* ---- looking in ---- */
HfEra hf_allocator_era(const HfAllocator *allocator);
/* Dominant share of a role's subtree, 0..1, not divided by weight; 0 for a role not tracked. */
double hf_allocator_role_share(const HfAllocator *allocator, HfRoleId role);
double hf_allocator_weight(const HfAllocator *allocator, HfRoleId role); /* 1 unless set */
/* What nobody holds on an agent; borrowed until the next call. NULL when unknown. */
const HfResources *hf_allocator_available(const HfAllocator *allocator, uint32_t agent);

/* What the agent has, held or not; the same. */
const HfResources *hf_allocator_total(const HfAllocator *allocator, uint32_t agent);

/* Why a framework is not offered so much of an agent under one of its roles: the first of these
 * that holds. */
typedef enum HfWithheld {
    HF_WITHHELD_AGENT = 0,  /* it is not known or not active, or not on the whitelist */
    HF_WITHHELD_FRAMEWORK,  /* it does not have the role, is not active, or has suppressed it */
    HF_WITHHELD_CAPABILITY, /* capabilities, region, the owner of the agent, offer constraints */
    HF_WITHHELD_SHORT,      /* what nobody holds there, and this role may have, is less */
    HF_WITHHELD_MINIMUM,    /* it is below min_allocatable_resources */
    HF_WITHHELD_QUOTA,      /* limits of the role, or what is kept for guarantees of others */
    HF_WITHHELD_FILTER,     /* the framework declined as much before */
    HF_WITHHELD_NOTHING     /* it would be offered it */
} HfWithheld;

/*
 * For an explanation: quota is as the last run left it. Changes nothing.
 * Cost: about that of one try in a run.
 */
HfWithheld hf_allocator_withheld(HfAllocator *allocator, uint32_t framework, HfRoleId role,
                                 uint32_t agent, const HfQuantities *wanted);

/*
 * Everything that the allocator knows, in the form of the `state` line of the golden scripts,
 * without its "ev" and "t". Free with json_node_unref. Cost: that of writing it all.
 */
JsonNode *hf_allocator_state(HfAllocator *allocator);

/* Its "roles" alone: those with frameworks, quota, weight or reservations, and those above them. */
JsonNode *hf_allocator_roles(const HfAllocator *allocator);

/* Work done since _new: noise-free, the regression gate. */
typedef struct HfAllocatorCounters {
    uint64_t runs, agents_visited, frameworks_tried, filter_checks, offers, filters_made,
        filters_expired;
    uint64_t words_scanned;     /* of 64 agents each, in search of agents to visit */
    uint64_t totals_worked_out; /* of agents that were like neither of the last two totals */
    uint64_t left_worked_out;   /* total less all that is held, not known from an agent alike */
} HfAllocatorCounters;
HfAllocatorCounters hf_allocator_counters(const HfAllocator *allocator);
/* Visit every agent and try every framework in each run, as Mesos does, instead of only those that
 * something happened to. Offers are the same; for tests of just that. */
void hf_allocator_full_visits(HfAllocator *allocator, gboolean full);
/* Bytes held, by rough count of its tables. */
size_t hf_allocator_memory(const HfAllocator *allocator);

#endif
