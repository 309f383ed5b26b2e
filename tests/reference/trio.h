/*
 * Three allocators that are told the same: the fast one, the same one visiting everybody, and the
 * naive twin. Each call goes to all three; they must answer alike, make equal offers, and come to
 * equal states. Beside them stand the books of a host, which knows only what it said and what it
 * was offered, and checks the invariants I-01 to I-09 of the allocator against them.
 *
 * What is said can be written down as a replay script, which `holdfast replay` plays again.
 */
#ifndef HF_TESTS_REFERENCE_TRIO_H
#define HF_TESTS_REFERENCE_TRIO_H

#include "reference/twin.h"

/* Something a framework holds: an offer that is out, or what was launched of one. */
typedef struct HfPiece {
    uint32_t framework, agent;
    HfRoleId role;
    gboolean is_launched;
    HfResources resources; /* without allocation role */
    HfParcel *parcel;      /* the same as the fast one offered it, which it knows by its address;
                              NULL once it was changed */
} HfPiece;

/* An offer filter, as a host would remember it. */
typedef struct HfRefusal {
    uint32_t framework, agent;
    HfRoleId role;
    HfTime ends; /* it holds before this time */
    HfResources refused;
} HfRefusal;

typedef struct HfTrioAgent {
    gboolean is_known, is_active;
    HfResources total;
    char *hostname;
} HfTrioAgent;

typedef struct HfTrioFramework {
    gboolean is_known, is_active;
    uint32_t capabilities;
    GArray *roles, *suppressed; /* of HfRoleId */
    gboolean has_minima;
} HfTrioFramework;

typedef struct HfTrioQuota {
    HfQuantities guarantees;
    HfLimits limits;
} HfTrioQuota;

enum { HF_TRIO_AGENTS = 6, HF_TRIO_FRAMEWORKS = 5 };

/* Faults planted between the host and the fast allocator, to see that they are noticed. */
typedef enum HfCanary {
    HF_CANARY_NONE,
    HF_CANARY_FILTER,      /* filters are lost */
    HF_CANARY_SUPPRESS,    /* suppress is lost */
    HF_CANARY_WEIGHT,      /* weights are lost */
    HF_CANARY_GUARANTEE,   /* guarantees are lost */
    HF_CANARY_LIMIT,       /* limits are lost */
    HF_CANARY_CAPABILITY,  /* a framework can do everything */
    HF_CANARY_MINIMUM,     /* a framework's own minimum is lost */
    HF_CANARY_ACTIVE,      /* an agent stays active */
    HF_CANARY_WHITELIST,   /* everybody is on the whitelist */
    HF_CANARY_BACK,        /* 1/1000 of what comes back is lost */
    HF_CANARY_INVERSE,     /* answers to inverse offers are lost */
    HF_CANARY_CONSTRAINTS, /* offer constraints are lost */
    HF_CANARY_SCOPE,       /* agents are offered one by one in scope cell as well */
    HF_CANARY_ORDER,       /* the new total of an agent of which something is held comes in
                              reverse order */
    HF_CANARIES,
    /* and for each rule of eras: the twin misreads it */
    HF_CANARY_RULE = 100
} HfCanary;

typedef struct HfTrio {
    HfCatalog *catalog;
    HfAllocatorConfig config;
    HfAllocator *fast, *full;
    HfTwin *twin;
    HfCanary canary;
    gboolean runs_at_once;  /* a wanted run follows its call, as in replay */
    gboolean is_checked;    /* FALSE: only tell, and compare answers */
    gboolean checks_states; /* compare whole states after each call; else only now and then */
    gboolean
        looks_seldom; /* shares as well: whoever looks makes the allocator book what it put off */
    HfTime now, next_batch;
    HfTrioAgent agents[HF_TRIO_AGENTS];
    HfTrioFramework frameworks[HF_TRIO_FRAMEWORKS];
    HfTrioQuota *quotas; /* [quota_room] by role */
    uint32_t quota_room;
    GArray *pieces, *refusals; /* of HfPiece, HfRefusal */
    HfOfferList fast_list, full_list, twin_list;
    uint64_t offers, calls; /* made so far */
    GString *trouble;       /* what is wrong; empty = nothing */
    GString *script;        /* the calls as lines; NULL = not written */
} HfTrio;

/* The configuration is copied, what it points to borrowed. Names are a0, a1, ... and f0, f1, ... */
HfTrio *hf_trio_new(HfCatalog *catalog, const HfAllocatorConfig *config, HfCanary canary);
void hf_trio_free(HfTrio *trio);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTrio, hf_trio_free)

/* Write the calls from now on, that is, before the first, into trio->script. */
void hf_trio_write_script(HfTrio *trio);

static inline gboolean hf_trio_fails(const HfTrio *trio)
{
    return trio->trouble->len > 0;
}

/* ---- The calls; `name` in a spec is filled in. Refused calls change nothing. ---- */
HfStatus hf_trio_agent_add(HfTrio *trio, uint32_t agent, HfAgentSpec *spec, const HfHolding *used,
                           uint32_t used_count);
HfStatus hf_trio_agent_update(HfTrio *trio, uint32_t agent, HfAgentSpec *spec);
/* Not in scripts: a comment there. */
HfStatus hf_trio_provider_add(HfTrio *trio, uint32_t agent, const HfResources *more,
                              const HfHolding *used, uint32_t used_count);
HfStatus hf_trio_agent_remove(HfTrio *trio, uint32_t agent);
HfStatus hf_trio_agent_active(HfTrio *trio, uint32_t agent, gboolean is_active);
HfStatus hf_trio_framework_add(HfTrio *trio, uint32_t framework, HfFrameworkSpec *spec,
                               const char *constraints_json);
HfStatus hf_trio_framework_update(HfTrio *trio, uint32_t framework, HfFrameworkSpec *spec,
                                  const char *constraints_json);
HfStatus hf_trio_framework_remove(HfTrio *trio, uint32_t framework);
HfStatus hf_trio_framework_active(HfTrio *trio, uint32_t framework, gboolean is_active);
HfStatus hf_trio_suppress(HfTrio *trio, uint32_t framework, const HfRoleId *roles, uint32_t count);
HfStatus hf_trio_revive(HfTrio *trio, uint32_t framework, const HfRoleId *roles, uint32_t count);
/* Part of a piece, without allocation role, comes back or is launched. */
HfStatus hf_trio_recover(HfTrio *trio, guint piece, const HfResources *part, double refuse_seconds);
HfStatus hf_trio_launch(HfTrio *trio, guint piece, const HfResources *part);
/* An operation on a piece, or further copies of shared volumes (may be empty). */
HfStatus hf_trio_convert(HfTrio *trio, guint piece, const HfOperation *operation,
                         const HfResources *share);
HfStatus hf_trio_update_available(HfTrio *trio, uint32_t agent, const HfOperation *operation);
HfStatus hf_trio_weight(HfTrio *trio, HfRoleId role, double weight);
HfStatus hf_trio_quota(HfTrio *trio, HfRoleId role, const HfQuantities *guarantees,
                       const HfLimits *limits);
HfStatus hf_trio_recover_quota(HfTrio *trio, HfRoleId role, const HfQuantities *guarantees,
                               const HfLimits *limits, uint32_t expected_agents);
void hf_trio_whitelist(HfTrio *trio, const char *const *hostnames, uint32_t count);
HfStatus hf_trio_unavailability(HfTrio *trio, uint32_t agent, gboolean is_set, HfTime start,
                                HfTime duration);
HfStatus hf_trio_inverse_response(HfTrio *trio, uint32_t framework, uint32_t agent,
                                  HfInverseStatus status, double refuse_seconds);
void hf_trio_pause(HfTrio *trio, gboolean is_paused);
/* The run that is wanted, if any. */
void hf_trio_run(HfTrio *trio);
/* Time goes on, over batches; whole milliseconds. */
void hf_trio_tick(HfTrio *trio, HfTime by);

/* Compare the whole states now. */
void hf_trio_check_states(HfTrio *trio);

#endif
