/*
 * What the files of the allocator share: its rows, and the few functions between them.
 *
 * A "sub" is one framework under one role: it subscribes to the role, or still holds something
 * under it. Filters, suppression, minimum and place in the role's framework sorter belong to it.
 *
 * Which agents a run visits (cost follows change). An agent is visited when something can have come
 * to pass that makes an offer possible, and only those subs are tried that this something concerns:
 *   - is_changed: what is available grew or changed: every sub;
 *   - pending: filters of these subs on this agent ended: these subs;
 *   - the log `eligible`: these subs became eligible everywhere since the agent was last visited.
 * A visit that ends leaves the agent with none of these. That is exact because, quota aside, a sub
 * that was refused stays refused while the available resources only shrink: minimum, capability and
 * "the refused contain the offered" are all monotone. With quota, room can come back elsewhere;
 * run.c notices and then treats every agent as changed. hf_allocator_full_visits() switches all of
 * this off; a test compares.
 *
 * Invariants: available = total - all held (clipped), per agent; every held entry with a sub is
 * counted in the sub's leaf, its role's leaf, their ancestors, and the role's used amounts.
 */
#ifndef HF_ALLOCATOR_ALLOCATOR_INTERNAL_H
#define HF_ALLOCATOR_ALLOCATOR_INTERNAL_H

#include "allocator/allocator.h"
#include "allocator/sorter_internal.h"

#define HF_ROW_NONE UINT32_MAX

/* ---- Filters (filter.c) ---- */

typedef struct HfFilter {
    uint32_t agent, sub;
    uint32_t refused;      /* row of the agent's refused sets */
    uint32_t place;        /* in the agent's filter columns */
    uint32_t next, before; /* of the sub; HF_ROW_NONE ends */
    uint32_t generation;   /* odd = live */
} HfFilter;

/* What was refused on an agent; equal sets are kept once. */
typedef struct HfRefused {
    HfResources resources;
    uint32_t refs;    /* filters; 0 = vacant */
    uint32_t checked; /* HfAgent.version for which `covers` holds; next of the vacant */
    gboolean covers;  /* contains all that is available */
} HfRefused;

typedef struct HfLaneEntry {
    HfTime ends;
    uint64_t armed; /* order in which timers were armed */
    uint32_t filter, generation;
} HfLaneEntry;

/* Filters of one timeout end in the order they were made: a ring. */
typedef struct HfLane {
    HfTime timeout;
    HfLaneEntry *at; /* [room], a power of two */
    uint32_t head, count, room;
} HfLane;

#define HF_LANES_MAX 16

typedef struct HfFilters {
    HF_VEC(HfFilter) rows;
    uint32_t vacant; /* head of the vacant rows, linked by next */
    HfLane lanes[HF_LANES_MAX];
    uint32_t lane_count, lane_last;
    HF_VEC(HfLaneEntry) heap; /* timeouts beyond the lanes: a binary heap by (ends, armed) */
    uint64_t armed;           /* next */
    uint64_t batch_armed;     /* when the timer of the next batch was armed */
    uint32_t live;
} HfFilters;

/* ---- Rows ---- */

typedef struct HfHeld {
    uint32_t framework;
    HfRoleId role;
    uint32_t sub;          /* HF_ROW_NONE: the framework is not known (yet) */
    HfResources resources; /* with allocation role */
    uint64_t run;          /* last run that offered it something, and where in the list */
    uint32_t offer;
} HfHeld;

enum {
    HF_AGENT_KNOWN = 1 << 0,
    HF_AGENT_ACTIVE = 1 << 1,
    HF_AGENT_WHITELISTED = 1 << 2,
    HF_AGENT_CHANGED = 1 << 3,   /* every sub may get something */
    HF_AGENT_CANDIDATE = 1 << 4, /* of the next event-driven run */
    HF_AGENT_SPECIAL = 1 << 5,   /* available holds reserved, revocable or shared entries */
    HF_AGENT_REVOCABLE = 1 << 6, /* ... revocable ones */
    HF_AGENT_SHARED = 1 << 7,    /* total holds shared volumes */
    HF_AGENT_RECOMPUTE = 1 << 8, /* available is not kept by steps but recomputed as Mesos does:
                                    shared volumes, more held than total, or several entries of
                                    one name whose order a quota can see */
    HF_AGENT_GPUS = 1 << 9,
    HF_AGENT_REMOTE = 1 << 10 /* in another region than the master */
};

typedef struct HfInverseAnswer {
    HfTextId framework;
    HfInverseStatus status;
} HfInverseAnswer;

/* Scheduled maintenance of an agent. Frameworks by name: what is outstanding outlives them. */
typedef struct HfMaintenance {
    HfTime start, duration;
    HF_VEC(HfTextId) outstanding;
    HF_VEC(HfInverseAnswer) answers;
} HfMaintenance;

typedef struct HfInverseFilter {
    uint32_t framework, agent;
    HfTime ends;
    uint64_t armed;
} HfInverseFilter;

typedef struct HfAgent {
    uint32_t flags;
    uint32_t capabilities;
    uint32_t version;     /* raised when available changes */
    uint32_t min_checked; /* version for which min_ok holds */
    gboolean min_ok;      /* all that is available meets the global minimum */
    HfRoleId owner;
    uint64_t seen; /* end of the part of the eligible log that was tried here */
    HfResources available;
    HF_VEC(uint32_t) pending;
    HF_VEC(uint32_t) filter_sub; /* columns: the sub and the row of each filter */
    HF_VEC(uint32_t) filter_row;
    HF_VEC(HfRefused) refused;
    uint32_t refused_vacant; /* head of its vacant rows */
    HF_VEC(HfHeld) held;
    HfResources total;
    HfResources launched;        /* of what is held; with allocation roles */
    HfMaintenance *maintenance;  /* NULL = none */
    HfResources *offered_shared; /* in run `offered_run`; NULL until needed */
    uint64_t offered_run;
    uint64_t quota_seen; /* HfAllocator.quota_epoch of the last visit */
    uint32_t rank;       /* place by name among known agents, while ranks are fresh */
    char *name, *hostname, *region, *zone;
    HfAttributes attributes;
} HfAgent;

typedef struct HfFramework {
    gboolean is_known, is_active;
    uint32_t capabilities;
    HfOfferConstraints *constraints; /* NULL = none */
    char *name;
    HF_VEC(uint32_t) subs;
} HfFramework;

typedef struct HfSub {
    uint32_t framework;
    HfRoleId role;
    HfNode leaf;       /* in the framework sorter of the role */
    uint32_t holdings; /* agents on which it holds something */
    uint32_t filters;  /* head of its filters */
    gboolean is_live, is_subscribed, is_suppressed;
    gboolean has_min; /* min replaces the global minimum */
    HfQuantities *min;
    uint32_t min_count;
} HfSub;

typedef struct HfRoleState {
    HfNode leaf;       /* in the role sorter; HF_NODE_NONE = no framework tracked */
    HfNode frameworks; /* root of its framework sorter */
    uint32_t framework_count;
    gboolean has_quota; /* a guarantee or a limit */
    HfQuantities guarantees;
    HfLimits limits;
    HfQuantities consumed; /* of a role with quota, in this run */
} HfRoleState;

/* A client in the order of a random sorter. */
typedef struct HfDrawn {
    double key;
    HfNode leaf;
} HfDrawn;

struct HfAllocator {
    HfCatalog *catalog;
    HfTime interval;
    HfAgentOrder agent_order;
    HfOfferScope offer_scope;
    gboolean honours_owner;
    gboolean filters_gpus;
    HfSorterKind role_sort, framework_sort;
    HfQuantities *min;
    uint32_t min_count;
    char *region;
    uint64_t order_key; /* drawn at _new: shuffles and random sorters derive from it */
    uint64_t run_number;
    gboolean is_paused, wants_run, all_candidates, visits_fully;

    HF_VEC(HfAgent) agents;         /* by host row */
    HF_VEC(HfFramework) frameworks; /* by host row */
    HF_VEC(HfSub) subs;
    HF_VEC(uint32_t) vacant_subs;
    HF_VEC(HfRoleState) roles; /* by role id */
    HF_VEC(double) weights;    /* by role id */
    HfSorters sorters;
    HfNode role_root;
    uint32_t active_subs; /* active leaves of framework sorters */
    uint32_t agent_count;

    /* Amounts by role and kind, each with its subtree: [role][HF_ROLE_AMOUNTS][stride]. */
    int64_t *amounts;
    uint32_t amount_roles, amount_stride;

    int64_t *root_reserved, *root_used_reserved; /* [stride] over all roles */

    /* Quota. Epochs count the times that room may have come back to somebody. */
    HF_VEC(HfRoleId) quota_roles;
    uint64_t quota_epoch, run_quota_seen;
    HfQuantities required, headroom; /* of this run */
    HfQuantities surplus_after;      /* headroom - required at the end of the last run */
    gboolean was_required;           /* required was not empty then */

    /* Operator's lists. */
    GHashTable *whitelist; /* of hostnames; NULL = everyone */
    HF_VEC(uint32_t) maintained;
    HF_VEC(HfInverseFilter) inverse;

    /* Recovery. */
    HfTime recovery_timeout, recovery_ends; /* HF_TIME_NEVER = no timer */
    uint64_t recovery_armed;
    double agent_recovery_factor;
    uint32_t expected_agents;
    gboolean is_recovering;

    uint32_t quirks;

    /* Agents by rank, and bit sets over ranks: something free; something free and to be visited. */
    HF_VEC(uint32_t) by_name;
    gboolean ranks_are_stale;
    uint64_t *idle_bits, *visit_bits;
    uint32_t bit_words;
    HF_VEC(uint32_t) candidates;
    HF_VEC(uint32_t) eligible; /* log of subs that became eligible everywhere */
    uint64_t eligible_base;    /* position of eligible.at[0] */
    uint64_t run_seen;         /* position up to which a run over all agents went */

    HfFilters filters;
    HfAllocatorCounters counters;

    /* Scratch of a run. */
    HF_VEC(uint32_t) visit;
    HF_VEC(uint64_t) visit_keys;
    HF_VEC(uint32_t) tries;
    HF_VEC(HfDrawn) drawn;
    HF_VEC(uint32_t) regroup; /* [framework] its group; HF_ROW_NONE between runs */
    HF_VEC(HfOffered) regrouped;
    HF_VEC(HfRoleId) unmet; /* roles with an unmet guarantee, in order */
    HfResources offer, rest, extra;
    HfQuantities gained;
};

enum {
    HF_ROLE_RESERVED, /* by reservation role, held or not */
    HF_ROLE_USED,     /* unreserved non-revocable, offered or launched, by allocation role */
    HF_ROLE_LAUNCHED, /* of those, launched */
    HF_ROLE_AMOUNTS
};

/* ---- allocator.c ---- */
HfAgent *hf_allocator__agent(const HfAllocator *allocator, uint32_t agent); /* or NULL */
HfFramework *hf_allocator__framework(const HfAllocator *allocator, uint32_t framework);
uint32_t hf_allocator__sub(const HfAllocator *allocator, uint32_t framework, HfRoleId role);
HfHeld *hf_allocator__held(HfAgent *agent, uint32_t framework, HfRoleId role);
/* Mesos's reading of Filters.refuse_seconds; 0 = no filter. */
HfTime hf_allocator__refuse_time(double seconds);
void hf_allocator__minimum_clear(HfSub *sub);
gboolean hf_allocator__update_total(HfAllocator *allocator, uint32_t agent,
                                    const HfResources *total);
/* Unreserved non-revocable scalars of a role, and reserved ones over all roles: added or taken. For
 * shared volumes what is held must include `resources`. */
void hf_allocator__used_amounts(HfAllocator *allocator, uint32_t agent, HfRoleId role,
                                const HfResources *resources, int sign);
void hf_allocator__resume_if_due(HfAllocator *allocator, HfTime now, uint64_t armed);
/* The agent's part in the bit sets follows its flags and what is available. */
void hf_allocator__agent_touch(HfAllocator *allocator, uint32_t agent);
/* Every sub may get something on this agent. */
void hf_allocator__agent_changed(HfAllocator *allocator, uint32_t agent);
void hf_allocator__agent_recompute(HfAllocator *allocator, uint32_t agent);
void hf_allocator__agent_flags(HfAllocator *allocator, HfAgent *row);
void hf_allocator__ranks(HfAllocator *allocator);
/* A sub became eligible everywhere. */
void hf_allocator__sub_eligible(HfAllocator *allocator, uint32_t sub);
void hf_allocator__trigger_all(HfAllocator *allocator);
void hf_allocator__trigger(HfAllocator *allocator, uint32_t agent);
/* Accounting of something held: role amounts, role sorter, framework sorter. */
void hf_allocator__track(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                         const HfResources *resources);
void hf_allocator__untrack(HfAllocator *allocator, uint32_t agent, uint32_t sub,
                           const HfResources *resources);
gboolean hf_allocator__try_untrack_sub(HfAllocator *allocator, uint32_t sub);

/* ---- role.c ---- */
void hf_allocator__role_room(HfAllocator *allocator, HfRoleId role);
static inline int64_t *hf_allocator__role_amounts(const HfAllocator *allocator, HfRoleId role,
                                                  int what)
{
    return allocator->amounts +
           ((size_t)role * HF_ROLE_AMOUNTS + (size_t)what) * allocator->amount_stride;
}
/* Add to a role and its ancestors. */
void hf_allocator__role_add(HfAllocator *allocator, HfRoleId role, int what, HfKindId kind,
                            int64_t milli);
/* Add or take the reservations of an agent's total. */
void hf_allocator__reservations(HfAllocator *allocator, const HfResources *total, int sign);
void hf_allocator__launched_amounts(HfAllocator *allocator, const HfResources *resources, int sign);
/* A sub of its own for (framework, role), in the sorters but inactive. */
uint32_t hf_allocator__sub_new(HfAllocator *allocator, uint32_t framework, HfRoleId role);
void hf_allocator__sub_activate(HfAllocator *allocator, uint32_t sub);
void hf_allocator__sub_deactivate(HfAllocator *allocator, uint32_t sub);
void hf_allocator__sub_drop(HfAllocator *allocator, uint32_t sub);

/* ---- quota.c ---- */
/* What of the role's amounts became less: somebody may get more now. */
static inline void hf_allocator__quota_eased(HfAllocator *allocator, HfRoleId role)
{
    if (allocator->quota_roles.count == 0) return;
    if (allocator->roles.at[hf_role_top(allocator->catalog, role)].has_quota)
        allocator->quota_epoch++;
}
void hf_allocator__quota_begin(HfAllocator *allocator);
void hf_allocator__quota_end(HfAllocator *allocator);
/* What an offer to `role` of `gained` (unreserved, non-revocable) changes in this run; `guaranteed`
 * is its part that was owed. */
void hf_allocator__quota_gain(HfAllocator *allocator, HfRoleId role, const HfQuantities *gained,
                              const HfQuantities *guaranteed);
/* surplus_out (legal, replaced) = headroom - required */
void hf_allocator__quota_surplus(const HfAllocator *allocator, HfQuantities *surplus_out);

/* ---- maintenance.c ---- */
void hf_allocator__maintenance_free(HfMaintenance *maintenance);
void hf_allocator__maintain(HfAllocator *allocator, uint32_t agent, gboolean is_set, HfTime start,
                            HfTime duration);
void hf_allocator__inverse_drop(HfAllocator *allocator, uint32_t framework, uint32_t agent);
void hf_allocator__inverse_expire(HfAllocator *allocator, HfTime now, uint64_t armed);
void hf_allocator__inverse_offers(HfAllocator *allocator, HfOfferList *out);

/* ---- filter.c ---- */
void hf_filters__init(HfFilters *filters);
void hf_filters__clear(HfFilters *filters);
/* `refused` is without allocation role; timeout > 0. */
void hf_filters__add(HfAllocator *allocator, HfTime now, HfTime timeout, uint32_t agent,
                     uint32_t sub, const HfResources *refused);
/* Remove those that ended: before `now`, and at `now` as far as armed before `armed`. */
void hf_filters__expire(HfAllocator *allocator, HfTime now, uint64_t armed);
void hf_filters__drop_sub(HfAllocator *allocator, uint32_t sub);
void hf_filters__drop_agent(HfAllocator *allocator, uint32_t agent);
/* Does a filter of the sub on the agent cover this offer? `whole`: it is all that is available. */
gboolean hf_filters__refuses(HfAllocator *allocator, HfAgent *agent, uint32_t sub,
                             const HfResources *offer, gboolean whole);

#endif
