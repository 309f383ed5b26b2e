/*
 * The naive twin: the plainest possible allocator written from the specification (MESOS.md 3;
 * Mesos 1.11, hierarchical.cpp), to check the fast one by. It has the calls of allocator.h under
 * the prefix hf_twin_, keeps what was said to it and computes everything else anew each time it is
 * needed: what is available, shares, quota consumption, headroom, the order of roles and
 * frameworks. No caches, no orders kept, no agent left out.
 *
 * What is history in Mesos itself is kept as it is there: how often each node of a sorter was
 * given something, when it was first added, the weight it looked up first (a quirk), and the sum of
 * what is granted on an agent, whose order shows when a quota chops.
 *
 * Everything that allocator.h offers is here, in every era (twin_eras.c) and scope. Where an order
 * is random (shuffled agents, random sorters, chopping) the twin is told what was drawn.
 */
#ifndef HF_TESTS_REFERENCE_TWIN_H
#define HF_TESTS_REFERENCE_TWIN_H

#include "allocator/allocator.h"

typedef struct HfTwin HfTwin;

HfTwin *hf_twin_new(HfCatalog *catalog, const HfAllocatorConfig *config);
void hf_twin_free(HfTwin *twin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTwin, hf_twin_free)

/* ---- The calls of allocator.h, which says what they do ---- */

gboolean hf_twin_wants_run(const HfTwin *twin);
void hf_twin_run(HfTwin *twin, HfTime now, HfOfferList *out);
void hf_twin_batch(HfTwin *twin, HfTime now, HfOfferList *out);
void hf_twin_batch_armed(HfTwin *twin);
void hf_twin_expire(HfTwin *twin, HfTime now);
void hf_twin_pause(HfTwin *twin);
void hf_twin_resume(HfTwin *twin);

HfStatus hf_twin_agent_add(HfTwin *twin, HfTime now, uint32_t agent, const HfAgentSpec *spec,
                           const HfHolding *used, uint32_t used_count);
HfStatus hf_twin_agent_update(HfTwin *twin, HfTime now, uint32_t agent, const HfAgentSpec *spec);
HfStatus hf_twin_provider_add(HfTwin *twin, HfTime now, uint32_t agent, const HfResources *more,
                              const HfHolding *used, uint32_t used_count);
HfStatus hf_twin_agent_remove(HfTwin *twin, HfTime now, uint32_t agent);
HfStatus hf_twin_agent_activate(HfTwin *twin, HfTime now, uint32_t agent);
HfStatus hf_twin_agent_deactivate(HfTwin *twin, HfTime now, uint32_t agent);

HfStatus hf_twin_framework_add(HfTwin *twin, HfTime now, uint32_t framework,
                               const HfFrameworkSpec *spec, const HfHolding *used,
                               uint32_t used_count);
HfStatus hf_twin_framework_update(HfTwin *twin, HfTime now, uint32_t framework,
                                  const HfFrameworkSpec *spec);
HfStatus hf_twin_framework_remove(HfTwin *twin, HfTime now, uint32_t framework);
HfStatus hf_twin_framework_activate(HfTwin *twin, HfTime now, uint32_t framework);
HfStatus hf_twin_framework_deactivate(HfTwin *twin, HfTime now, uint32_t framework);
HfStatus hf_twin_suppress(HfTwin *twin, HfTime now, uint32_t framework, const HfRoleId *roles,
                          uint32_t role_count);
HfStatus hf_twin_revive(HfTwin *twin, HfTime now, uint32_t framework, const HfRoleId *roles,
                        uint32_t role_count);

HfStatus hf_twin_recover(HfTwin *twin, HfTime now, const HfRecovery *recovery);
HfStatus hf_twin_launched(HfTwin *twin, uint32_t framework, uint32_t agent, HfRoleId role,
                          const HfResources *resources);
HfStatus hf_twin_update_allocation(HfTwin *twin, HfTime now, uint32_t framework, uint32_t agent,
                                   HfRoleId role, const HfResources *offered,
                                   const HfConversions *conversions, HfResources *converted_out,
                                   GError **error);
HfStatus hf_twin_update_available(HfTwin *twin, HfTime now, uint32_t agent,
                                  const HfOperation *operations, uint32_t operation_count,
                                  GError **error);

HfStatus hf_twin_weight_set(HfTwin *twin, HfTime now, HfRoleId role, double weight);
HfStatus hf_twin_quota_set(HfTwin *twin, HfTime now, HfRoleId role, const HfQuantities *guarantees,
                           const HfLimits *limits);
HfStatus hf_twin_recover_quotas(HfTwin *twin, HfTime now, uint32_t expected_agents,
                                const HfRoleQuota *quotas, uint32_t quota_count);
void hf_twin_whitelist_set(HfTwin *twin, HfTime now, const char *const *hostnames,
                           uint32_t hostname_count);
HfStatus hf_twin_unavailability_set(HfTwin *twin, HfTime now, uint32_t agent, gboolean is_set,
                                    HfTime start, HfTime duration);
HfStatus hf_twin_inverse_response(HfTwin *twin, HfTime now, uint32_t framework, uint32_t agent,
                                  HfInverseStatus status, double refuse_seconds);

double hf_twin_role_share(const HfTwin *twin, HfRoleId role);
const HfResources *hf_twin_available(HfTwin *twin, uint32_t agent);
JsonNode *hf_twin_state(HfTwin *twin);

/* ---- Only here ---- */

/* A planted fault: from now on it has this rule of eras when it has not, and the reverse. */
void hf_twin_misread(HfTwin *twin, HfEraRule rule);

typedef enum HfTwinStage { HF_TWIN_FAIR_SHARE, HF_TWIN_GUARANTEES, HF_TWIN_CELL } HfTwinStage;

/*
 * Where an order is random there is no one right answer: the twin is told the order that was drawn
 * (whether draws are fair is tested by distribution), and does the rest by itself.
 */
typedef struct HfTwinOrders {
    void *context;
    /* Where an agent stands among those of a stage. */
    uint64_t (*agent)(void *context, HfTwinStage stage, uint32_t agent);
    /* Append roles with clients, or frameworks active in one, in the order drawn for the agent. */
    void (*roles)(void *context, HfTwinStage stage, uint32_t agent, GArray *roles_out);
    void (*frameworks)(void *context, HfTwinStage stage, uint32_t agent, HfRoleId role,
                       GArray *frameworks_out);
    /* From which entries of one name absorb a target; NULL = in their order. */
    HfStream *(*chop)(void *context, uint32_t agent, uint32_t framework, HfRoleId role,
                      HfStream *stream);
} HfTwinOrders;

void hf_twin_set_orders(HfTwin *twin, const HfTwinOrders *orders);

/* Everything that can make a difference later, as text: equal texts, equal future. Times count from
 * `now`. Free with g_free. */
char *hf_twin_print(HfTwin *twin, HfTime now);

/* Offers and inverse offers as sorted lines; free with g_free. */
char *hf_twin_lines(HfCatalog *catalog, const HfOfferList *list);

#endif
