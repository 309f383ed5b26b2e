/*
 * The naive twin: the plainest possible allocator written from the specification (Mesos 1.11,
 * hierarchical.cpp), to check the fast one by. It keeps what was said to it and computes everything
 * else anew for each run: what is available, shares, quota consumption, headroom, and the order of
 * roles and frameworks. No caches, no orders kept, no agent left out.
 *
 * It knows: agents (total, active), frameworks (roles, suppression, activity, capabilities),
 * weights, quota, filters with Mesos's rule for equal times, reservations and revocable resources,
 * DRF with virtual leaves and counts. It does not know shared volumes, disks whose order matters,
 * maintenance, constraints and the whitelist: recorded cases check those.
 */
#ifndef HF_TESTS_REFERENCE_TWIN_H
#define HF_TESTS_REFERENCE_TWIN_H

#include "allocator/allocator.h"

typedef struct HfTwin HfTwin;

HfTwin *hf_twin_new(HfCatalog *catalog, HfTime interval, const HfQuantities *min,
                    uint32_t min_count);
void hf_twin_free(HfTwin *twin);

/* The calls of the allocator; each must be one that it would accept. */
void hf_twin_batch_armed(HfTwin *twin);
void hf_twin_agent_add(HfTwin *twin, uint32_t agent, const char *name, const HfResources *total);
void hf_twin_agent_update(HfTwin *twin, uint32_t agent, const HfResources *total);
void hf_twin_agent_remove(HfTwin *twin, uint32_t agent);
void hf_twin_agent_active(HfTwin *twin, uint32_t agent, gboolean active);
void hf_twin_framework_add(HfTwin *twin, uint32_t framework, const char *name,
                           const HfRoleId *roles, uint32_t role_count, uint32_t capabilities);
void hf_twin_framework_remove(HfTwin *twin, uint32_t framework);
void hf_twin_framework_active(HfTwin *twin, uint32_t framework, gboolean active);
void hf_twin_suppress(HfTwin *twin, uint32_t framework, HfRoleId role);
void hf_twin_revive(HfTwin *twin, uint32_t framework, HfRoleId role);
void hf_twin_recover(HfTwin *twin, HfTime now, uint32_t framework, uint32_t agent, HfRoleId role,
                     const HfResources *resources, HfTime refuse);
void hf_twin_weight(HfTwin *twin, HfRoleId role, double weight);
void hf_twin_quota(HfTwin *twin, HfRoleId role, const HfQuantities *guarantees,
                   const HfLimits *limits);

/* The run over the candidates that calls made, or over all agents; the offers as sorted lines
 * "framework role agent resources", joined with newlines. Free with g_free. */
char *hf_twin_run(HfTwin *twin, HfTime now);
char *hf_twin_batch(HfTwin *twin, HfTime now);

/* What nobody holds on the agent, into `out` (replaced). */
void hf_twin_available(HfTwin *twin, uint32_t agent, HfResources *out);

/* The same form for a list of the fast allocator. */
char *hf_twin_lines(HfCatalog *catalog, const HfOfferList *list);

#endif
