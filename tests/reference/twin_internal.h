/* Inside of the twin: lists, walked from front to end. */
#ifndef HF_TESTS_REFERENCE_TWIN_INTERNAL_H
#define HF_TESTS_REFERENCE_TWIN_INTERNAL_H

#include "reference/twin.h"

#define HF_TWIN_ANY UINT32_MAX /* any framework, any agent */

typedef struct HfTwinFilter {
    uint32_t framework, agent;
    HfRoleId role;       /* of an offer filter */
    HfResources refused; /* without allocation role; an inverse filter has none */
    gboolean is_inverse;
    HfTime ends;
    uint64_t armed;
} HfTwinFilter;

/* All that one framework holds of one agent under one role. */
typedef struct HfTwinHeld {
    uint32_t framework, agent;
    HfRoleId role;
    gboolean is_counted;   /* FALSE: brought along by the agent for a framework not added yet, or in
                              scope cell not launched yet */
    HfResources resources; /* without allocation role */
} HfTwinHeld;

typedef struct HfTwinAnswer {
    char *framework; /* its name: it may come back */
    gboolean is_outstanding;
    HfInverseStatus status;
} HfTwinAnswer;

typedef struct HfTwinAgent {
    gboolean is_known, is_active, is_candidate;
    char *name, *hostname, *region, *zone;
    uint32_t capabilities;
    HfRoleId owner;
    HfAttributes attributes;
    HfResources total;
    HfResources granted;  /* with allocation roles, in the order in which Mesos has it */
    HfResources launched; /* with allocation roles; of frameworks that are known */
    HfResources early;    /* the same of those that are not */
    HfResources available, offered_shared; /* for the caller; of this run */
    gboolean has_maintenance;
    HfTime start, duration;
    GArray *answers; /* of HfTwinAnswer */
} HfTwinAgent;

/* A framework under a role: it subscribes to it, or holds something there. */
typedef struct HfTwinSub {
    uint32_t framework;
    HfRoleId role;
    gboolean is_subscribed, is_active, is_suppressed;
    gboolean has_min;
    GArray *min; /* of HfQuantities */
} HfTwinSub;

typedef struct HfTwinFramework {
    gboolean is_known, is_active;
    char *name;
    uint32_t capabilities;
    HfOfferConstraints *constraints;
} HfTwinFramework;

/* The history of a node of a sorter. */
typedef struct HfTwinNode {
    char *sorter; /* "" = the role sorter, else the role whose frameworks it sorts */
    char *path;   /* a virtual leaf ends in "/." */
    uint64_t count, entry;
    double weight;
    gboolean has_weight;
} HfTwinNode;

typedef struct HfTwinRole {
    HfQuantities guarantees;
    HfLimits limits;
    double weight;
    HfQuantities consumed; /* of this run */
} HfTwinRole;

struct HfTwin {
    HfCatalog *catalog;
    HfAllocatorConfig config; /* only the plain members are used */
    HfSorterKind role_sort, framework_sort;
    const HfPolicyOps *policy;
    GArray *min;      /* of HfQuantities */
    GArray *excluded; /* of HfKindId */
    char *region;
    GArray *agents, *frameworks, *subs, *held, *filters, *nodes;
    HfTwinRole *roles; /* [role_room] */
    uint32_t role_room;
    uint64_t armed, batch_armed, entries;
    gboolean is_paused, wants_run, is_recovering;
    uint32_t expected_agents;
    HfTime recovery_ends;
    uint64_t recovery_armed;
    GPtrArray *whitelist;            /* NULL = everyone */
    HfQuantities required, headroom; /* of this run */
    GArray *offers;                  /* of HfTwinHeld: this run's, merged */
    HfTwinOrders orders;             /* where an order is random; zeros = none is */
    int misread;                     /* an HfEraRule that it has when it has not; -1 = none */
};

#define HF_TWIN_AGENT(twin, a)     (&g_array_index((twin)->agents, HfTwinAgent, a))
#define HF_TWIN_FRAMEWORK(twin, f) (&g_array_index((twin)->frameworks, HfTwinFramework, f))
#define HF_TWIN_SUB(twin, s)       (&g_array_index((twin)->subs, HfTwinSub, s))
#define HF_TWIN_HELD(twin, h)      (&g_array_index((twin)->held, HfTwinHeld, h))
#define HF_TWIN_FILTER(twin, f)    (&g_array_index((twin)->filters, HfTwinFilter, f))
#define HF_TWIN_NODE(twin, n)      (&g_array_index((twin)->nodes, HfTwinNode, n))

/* ---- twin.c ---- */
HfTwinAgent *hf_twin__agent(const HfTwin *twin, uint32_t agent); /* NULL when not known */
HfTwinFramework *hf_twin__framework(const HfTwin *twin, uint32_t framework);
HfTwinRole *hf_twin__role(HfTwin *twin, HfRoleId role);
gboolean hf_twin__has_quota(HfTwin *twin, HfRoleId role);
void hf_twin__available(const HfTwin *twin, uint32_t agent, HfResources *out);
gboolean hf_twin__is_within(const HfTwin *twin, HfRoleId role, HfRoleId above);
HfTwinHeld *hf_twin__find_held(GArray *held, uint32_t framework, uint32_t agent, HfRoleId role,
                               gboolean is_counted);
/* The framework holds this more, or less (it must have it). */
void hf_twin__hold(HfTwin *twin, uint32_t framework, uint32_t agent, HfRoleId role,
                   const HfResources *plain, gboolean is_counted);
void hf_twin__let_go(HfTwin *twin, HfTwinHeld *held, const HfResources *plain);
void hf_twin__drop_held(HfTwin *twin, GArray *from, guint h);
void hf_twin__set_total(HfTwin *twin, uint32_t agent, const HfResources *total);
void hf_twin__trigger(HfTwin *twin, uint32_t agent); /* HF_TWIN_ANY = all */
/* Drop filters of a framework, on an agent, of a role (HF_TWIN_ANY, HF_ROLE_NONE = any). */
void hf_twin__drop_filters(HfTwin *twin, gboolean is_inverse, uint32_t framework, uint32_t agent,
                           HfRoleId role);
void hf_twin__expire(HfTwin *twin, HfTime now, uint64_t armed);
void hf_twin__resume_if_due(HfTwin *twin, HfTime now, uint64_t armed);
/* refuse_seconds as Mesos reads it; 0 = no filter. */
HfTime hf_twin__refuse_time(const HfTwin *twin, double seconds);

/* ---- twin_frameworks.c ---- */
HfTwinSub *hf_twin__find_sub(HfTwin *twin, uint32_t framework, HfRoleId role);
HfTwinSub *hf_twin__track(HfTwin *twin, uint32_t framework, HfRoleId role);
/* After something was let go: the framework leaves the role if nothing keeps it; TRUE = it did. */
gboolean hf_twin__try_untrack(HfTwin *twin, uint32_t framework, HfRoleId role);

/* ---- twin_sorter.c ---- */
/* A role or framework becomes a client, or is none any more (the sub is marked already). */
void hf_twin__client_added(HfTwin *twin, uint32_t framework, HfRoleId role, gboolean first);
void hf_twin__client_removed(HfTwin *twin, uint32_t framework, HfRoleId role, gboolean last);
void hf_twin__count_allocation(HfTwin *twin, uint32_t framework, HfRoleId role);
gboolean hf_twin__is_client(const HfTwin *twin, HfRoleId role);
gboolean hf_twin__has_client_below(const HfTwin *twin, HfRoleId role);
void hf_twin__look_up_weights(HfTwin *twin);
void hf_twin__weight_changed(HfTwin *twin, HfRoleId role, double weight);

/* The client becomes active: in early eras its count starts again. */
void hf_twin__activated(HfTwin *twin, uint32_t framework, HfRoleId role);

/* One child of a node, as the sorters order them. */
typedef struct HfTwinEntry {
    double share;    /* the dominant one, by weight */
    HfPolicyKey key; /* where the entry stands, before its count */
    const HfTwinNode *node;
    HfRoleId role;
    HfSorterKind sort;
    gboolean is_leaf, is_active;
    uint32_t sub;        /* of a framework's leaf */
    HfQuantities amount; /* owned */
} HfTwinEntry;
GArray *hf_twin__role_entries(HfTwin *twin, HfRoleId above); /* HF_ROLE_NONE = the top */
GArray *hf_twin__framework_entries(HfTwin *twin, HfRoleId role);
/* Roles with clients in the order of the role sorter, appended; active frameworks of one. */
void hf_twin__list_roles(HfTwin *twin, HfRoleId above, GArray *out);
GArray *hf_twin__list_subs(HfTwin *twin, HfRoleId role);
/* The policy's key of an agent. */
double hf_twin__agent_key(const HfTwin *twin, uint32_t agent);
/* The scalars in the pool. */
void hf_twin__total(const HfTwin *twin, HfQuantities *out);

/* ---- twin_quota.c ---- */
/* What a role and those below it have reserved, use (offered or launched), or launched. */
void hf_twin__reserved(const HfTwin *twin, HfRoleId role, HfQuantities *out);
void hf_twin__used(const HfTwin *twin, HfRoleId role, HfQuantities *out);
void hf_twin__launched(const HfTwin *twin, HfRoleId role, HfQuantities *out);
void hf_twin__count_quota(HfTwin *twin);
/* Shrink to what limits leave the role beyond `also` (may be NULL), and to the surplus. */
void hf_twin__hold_back(HfTwin *twin, HfRoleId role, const HfQuantities *also, HfResources *part,
                        HfStream *order);

void hf_twin__count_headroom(HfTwin *twin);

/* ---- twin_eras.c ---- */
gboolean hf_twin__has(const HfTwin *twin, HfEraRule rule);
gboolean hf_twin__is_cell(const HfTwin *twin);
/* Is this run one of an era that met quota by whole agents? */
gboolean hf_twin__is_coarse(HfTwin *twin);
void hf_twin__run_coarse(HfTwin *twin);
void hf_twin__run_cell(HfTwin *twin);

/* ---- twin_run.c ---- */
/* What the framework may see of the agent; FALSE when it is not worth an offer. */
gboolean hf_twin__look(HfTwin *twin, const HfTwinSub *sub, uint32_t agent, HfResources *out,
                       gboolean *nothing);
/* Is it worth an offer, and not refused? */
gboolean hf_twin__may_give(const HfTwin *twin, const HfTwinSub *sub, uint32_t agent,
                           const HfResources *offer);
void hf_twin__give(HfTwin *twin, uint32_t framework, HfRoleId role, uint32_t agent,
                   const HfResources *offer);
/* Offer the sub what it may have of the agent in the second stage; TRUE when nothing is there. */
gboolean hf_twin__serve(HfTwin *twin, uint32_t sub, uint32_t agent, HfQuantities *need);
/* Roles and frameworks in the order of this run: the sorters', or the one drawn for the agent. */
GArray *hf_twin__roles(HfTwin *twin, HfTwinStage stage, uint32_t agent);
GArray *hf_twin__subs(HfTwin *twin, HfTwinStage stage, uint32_t agent, HfRoleId role);
/* The agents of this run, in order of the policy's keys and then of their names. */
GArray *hf_twin__candidates(HfTwin *twin, HfTwinStage stage);
void hf_twin__begin_run(HfTwin *twin);
void hf_twin__end_run(HfTwin *twin, HfOfferList *out);

#endif
