/*
 * The rows of the allocator: agents and what is granted there, frameworks, subs, roles, offers of a
 * run, and what is remembered of those that are alike. What they are for as a whole is told in
 * allocator_internal.h.
 */
#ifndef HF_ALLOCATOR_ROWS_INTERNAL_H
#define HF_ALLOCATOR_ROWS_INTERNAL_H

#include "allocator/allocator.h"
#include "allocator/bundle_internal.h"
#include "allocator/few_internal.h"
#include "allocator/filter_internal.h"
#include "allocator/sorter_internal.h"

/* What one offer, or what was held before, gave a sub on an agent. */
typedef struct HfGrant {
    uint32_t bundle; /* HfBundle.number; a reference */
    uint32_t sub : 31;
    uint32_t is_counted : 1; /* in the sorters: not before the framework is added, and in scope cell
                                not before it is launched */
} HfGrant;

_Static_assert(sizeof(HfGrant) == 8, "an agent has five of them in its first line");

/* Which grants are looked for. */
typedef enum HfGrantKind { HF_GRANT_COUNTED, HF_GRANT_UNCOUNTED } HfGrantKind;

static inline gboolean hf_grant__is_of(const HfGrant *grant, HfGrantKind kind)
{
    return (grant->is_counted != 0) == (kind == HF_GRANT_COUNTED);
}

enum {
    HF_AGENT_KNOWN = 1 << 0,
    HF_AGENT_ACTIVE = 1 << 1,
    HF_AGENT_WHITELISTED = 1 << 2,
    HF_AGENT_CHANGED = 1 << 3,   /* every sub may get something */
    HF_AGENT_CANDIDATE = 1 << 4, /* of the next event-driven run */
    HF_AGENT_EXCEEDED = 1 << 5,  /* more is held than total */
    HF_AGENT_PENDING = 1 << 6,   /* `pending` holds something */
    HF_AGENT_FILTERED = 1 << 14, /* `filters` holds something */
    HF_AGENT_SHARED = 1 << 7,    /* total holds shared volumes */
    HF_AGENT_RECOMPUTE = 1 << 8, /* available is not kept by steps but recomputed as Mesos does:
                                    shared volumes, more held than total, or several entries of
                                    one name whose order a quota can see */
    HF_AGENT_GPUS = 1 << 9,
    HF_AGENT_ORDERED = 1 << 13,    /* HfAgentInfo.granted is needed */
    HF_AGENT_MULTI_ROLE = 1 << 11, /* capabilities */
    HF_AGENT_HIERARCHICAL = 1 << 12,
    HF_AGENT_REMOTE = 1 << 10 /* in another region than the master */
};

typedef struct HfInverseAnswer {
    HfTextId framework;
    HfInverseStatus status;
} HfInverseAnswer;

/* A framework wants no inverse offer of an agent for a while. */
typedef struct HfInverseFilter {
    uint32_t framework;
    HfTime ends;
    uint64_t armed;
} HfInverseFilter;

/* Scheduled maintenance of an agent. Frameworks by name: what is outstanding outlives them. */
typedef struct HfMaintenance {
    HfTime start, duration;
    uint32_t place; /* in HfAllocator.maintained */
    HF_VEC(HfTextId) outstanding;
    HF_VEC(HfInverseAnswer) answers;
    HF_VEC(HfInverseFilter) filters;
} HfMaintenance;

/* What a run looks at: two cache lines, the first for what is free and who has the rest. An offer
 * that is made, or comes back without a filter, touches that one alone: flags say whether there is
 * anything to be seen in the other. */
typedef struct HfAgent {
    uint32_t flags;
    uint32_t rank;             /* place by name among known agents, while ranks are fresh */
    HfBundle *available;       /* NULL = nothing */
    HF_FEW(HfGrant, 5) grants; /* four tasks, and an offer of the rest */
    uint64_t seen;             /* end of the part of the eligible log that was tried here */
    uint32_t quota_seen;       /* HfAllocator.quota_epoch of the last visit */
    HfRoleId owner;
    HF_FEW(uint32_t, 4) pending;
    HF_FEW(HfFilterPlace, 1) filters;
} HfAgent;

_Static_assert(sizeof(HfAgent) == 128, "an agent is two cache lines");
_Static_assert(offsetof(HfAgent, seen) == 64, "the second begins with it");

static inline gboolean hf_agent__is_filtered(const HfAgent *agent)
{
    gboolean is_filtered = (agent->flags & HF_AGENT_FILTERED) != 0;
    HF_SLOW_ASSERT(is_filtered == (agent->filters.count > 0));
    return is_filtered;
}

static inline gboolean hf_agent__is_pending(const HfAgent *agent)
{
    gboolean is_pending = (agent->flags & HF_AGENT_PENDING) != 0;
    HF_SLOW_ASSERT(is_pending == (agent->pending.count > 0));
    return is_pending;
}

/* Nobody needs to be tried there on account of a filter that ended. */
static inline void hf_agent__forget_pending(HfAgent *agent)
{
    if (!hf_agent__is_pending(agent)) return;
    agent->flags &= ~(uint32_t)HF_AGENT_PENDING;
    agent->pending.count = 0;
}

/* What is launched on an agent, with allocation roles: the sum and the parcels together. */
#define HF_LAUNCHED_APART 6
typedef struct HfLaunched {
    HfResources *sum; /* owned; NULL = nothing */
    uint32_t count;
    HfParcel *apart[HF_LAUNCHED_APART]; /* [count] references */
} HfLaunched;

_Static_assert(sizeof(HfLaunched) == 64, "as much as a cache line");

/* The rest. */
typedef struct HfAgentInfo {
    HfLaunched launched; /* of what is granted */
    HfResources total;
    HfResources *launched_early; /* the same, with allocation roles, by frameworks not added yet:
                                    not counted in roles; owned, NULL until needed */
    HfResources *granted; /* sum of the grants in Mesos's order; NULL when order is immaterial, or
                             nothing was ever granted */
    HfBundle *undo; /* of an agent with HF_AGENT_RECOMPUTE, all of which was offered last: what was
                       available before, and will be when just that comes back; else NULL */
    uint32_t capabilities;
    HfMaintenance *maintenance;  /* NULL = none */
    HfResources *offered_shared; /* in run `offered_run`; NULL until needed */
    uint64_t offered_run;
    char *name, *hostname, *region, *zone;
    HfAttributes attributes;
} __attribute__((aligned(64))) HfAgentInfo; /* so that launched is one cache line */

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
    HfNode leaf;           /* in the framework sorter of the role */
    uint32_t grants;       /* on all agents */
    uint32_t counted;      /* of those, in the sorters */
    uint32_t filters;      /* live ones */
    uint64_t filters_from; /* HfFilters.armed when it dropped its filters: older ones are dead */
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
    uint64_t closed;    /* kinds that its limits leave nothing of */
    gboolean is_closed; /* all kinds there are */
    HfParcel *parcel;   /* what was offered to it last; agents that are alike have it again */
} HfRoleState;

/* What an offer adds to a run's account of quota, of one kind: once for each. */
typedef struct HfGain {
    HfKindId kind;
    int64_t milli, owed; /* unreserved and not revocable; of that, owed to the guarantee */
} HfGain;

/* An offer of this run, before it is written to the host's list. */
typedef struct HfPending {
    uint32_t agent, sub;
    HfBundle *bundle; /* a reference */
} HfPending;

/*
 * What was worked out for an agent, kept for those that are alike (alike.c): a cell is a few groups
 * of machines, and its agents come and change one after the other.
 */
#define HF_ALIKE_TOTALS 2 /* an update goes from one total to another */
#define HF_ALIKE_HELD   2

typedef struct HfAlike {
    HfResources total;  /* empty: of a total that is too large to be kept */
    HfQuantities share; /* what it adds to the pool */
    uint32_t flags;     /* HF_AGENT_SHARED, _RECOMPUTE, _GPUS, _ORDERED of an agent with it */
    gboolean is_reserved, is_allocated; /* some of it is */
    /* If knows_left: what is available when just these bundles are held, each with a reference. */
    gboolean knows_left, exceeds; /* exceeds: more is held than there is */
    HfBundle *held[HF_ALIKE_HELD], *left;
    uint32_t held_count;
} HfAlike;

/* What an agent brought along. */
typedef struct HfAlikeHolding {
    HfBundle *bundle;
    HfRoleId role;
    HfResources launched; /* the same with the allocation role */
} HfAlikeHolding;

/*
 * What a role was allocated, less what it gave back, since it was last booked in the role sorter:
 * between runs, where nobody compares roles, and in runs in which a single one wants offers. An
 * offer need only be booked for its framework then; the role, its ancestors and what they used
 * follow together when somebody looks (hf_allocator__book_roles).
 */
typedef struct HfRoleLag {
    gboolean is_behind;
    gboolean is_reserved; /* all of it, else nothing */
    HfRoleId role;
    uint64_t made; /* allocations */
    int64_t amounts[HF_KIND_PORTS];
} HfRoleLag;

/* What one sub is given, or gives back, in a row, unreserved: it is booked for it together, before
 * anybody looks. Zeroed is nothing. */
typedef struct HfGathered {
    uint32_t count;
    int64_t amounts[HF_KIND_PORTS];
} HfGathered;

/* The amounts of a bundle that was booked lately, if it has none of other kinds. Several, for
 * agents with one task and with two take turns: what was written just now is slow to read. */
#define HF_BOOKED 16
typedef struct HfBooked {
    const HfBundle *bundle;
    int64_t amounts[HF_KIND_PORTS];
} HfBooked;

#endif
