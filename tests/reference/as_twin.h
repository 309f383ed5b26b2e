/*
 * Forced in front of a host of the allocator, this makes it a host of the twin: the recorded runs
 * of the real allocator are played to both by the same code (tests/golden).
 */
#ifndef HF_TESTS_REFERENCE_AS_TWIN_H
#define HF_TESTS_REFERENCE_AS_TWIN_H

#include "allocator/allocator.h"
#include "reference/twin.h"

#define HfAllocator                       HfTwin
#define hf_allocator_new                  hf_twin_new
#define hf_allocator_free                 hf_twin_free
#define hf_allocator_wants_run            hf_twin_wants_run
#define hf_allocator_run                  hf_twin_run
#define hf_allocator_batch                hf_twin_batch
#define hf_allocator_batch_armed          hf_twin_batch_armed
#define hf_allocator_expire               hf_twin_expire
#define hf_allocator_pause                hf_twin_pause
#define hf_allocator_resume               hf_twin_resume
#define hf_allocator_agent_add            hf_twin_agent_add
#define hf_allocator_agent_update         hf_twin_agent_update
#define hf_allocator_provider_add         hf_twin_provider_add
#define hf_allocator_agent_remove         hf_twin_agent_remove
#define hf_allocator_agent_activate       hf_twin_agent_activate
#define hf_allocator_agent_deactivate     hf_twin_agent_deactivate
#define hf_allocator_framework_add        hf_twin_framework_add
#define hf_allocator_framework_update     hf_twin_framework_update
#define hf_allocator_framework_remove     hf_twin_framework_remove
#define hf_allocator_framework_activate   hf_twin_framework_activate
#define hf_allocator_framework_deactivate hf_twin_framework_deactivate
#define hf_allocator_suppress             hf_twin_suppress
#define hf_allocator_revive               hf_twin_revive
#define hf_allocator_recover              hf_twin_recover
#define hf_allocator_update_allocation    hf_twin_update_allocation
#define hf_allocator_update_available     hf_twin_update_available
#define hf_allocator_weight_set           hf_twin_weight_set
#define hf_allocator_quota_set            hf_twin_quota_set
#define hf_allocator_recover_quotas       hf_twin_recover_quotas
#define hf_allocator_whitelist_set        hf_twin_whitelist_set
#define hf_allocator_unavailability_set   hf_twin_unavailability_set
#define hf_allocator_inverse_response     hf_twin_inverse_response
#define hf_allocator_state                hf_twin_state
/* The twin compares by content alone. */
#define hf_allocator_launched(allocator, framework, agent, role, resources, parcel)                \
    hf_twin_launched(allocator, framework, agent, role, resources)

#endif
