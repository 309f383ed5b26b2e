/* The registry; see registry.h. Each list of absences is in order of time, for changes come in that
 * order. */
#include "control/registry.h"

#include <string.h>

#include "base/assert.h"

static void clear_machines(HfMasterRegistry *registry)
{
    for (guint32 i = 0; i < registry->machines.count; i++)
        g_free(registry->machines.at[i].hostname);
    hf_vec_reset(&registry->machines);
}

static void clear_quota(HfQuotaConfig *quota)
{
    hf_quantities_clear(&quota->guarantees);
    hf_limits_clear(&quota->limits);
}

void hf_master_registry_clear(HfMasterRegistry *registry)
{
    clear_machines(registry);
    for (guint32 i = 0; i < registry->quotas.count; i++) clear_quota(&registry->quotas.at[i]);
    hf_vec_clear(&registry->agents);
    hf_vec_clear(&registry->unreachable);
    hf_vec_clear(&registry->gone);
    hf_vec_clear(&registry->drains);
    hf_vec_clear(&registry->machines);
    hf_vec_clear(&registry->quotas);
    hf_vec_clear(&registry->weights);
    *registry = (HfMasterRegistry){0};
}

HfRegistryStanding hf_master_registry_standing(const HfMasterRegistry *registry, uint32_t agent)
{
    return agent < registry->agents.count ? registry->agents.at[agent].standing : HF_REGISTRY_NONE;
}

/* ---- agents ---- */

static void remove_absence(HfMasterRegistry *registry, HfRegistryStanding from, uint32_t agent)
{
    if (from == HF_REGISTRY_UNREACHABLE)
        for (guint32 i = 0; i < registry->unreachable.count; i++)
            if (registry->unreachable.at[i].agent == agent) {
                hf_vec_remove(&registry->unreachable, i);
                return;
            }
    if (from == HF_REGISTRY_GONE)
        for (guint32 i = 0; i < registry->gone.count; i++)
            if (registry->gone.at[i].agent == agent) {
                hf_vec_remove(&registry->gone, i);
                return;
            }
}

static void forget_drain(HfMasterRegistry *registry, uint32_t agent)
{
    for (guint32 i = 0; i < registry->drains.count; i++)
        if (registry->drains.at[i].agent == agent) {
            hf_vec_remove(&registry->drains, i);
            return;
        }
}

static void set_standing(HfMasterRegistry *registry, uint32_t agent, HfRegistryStanding to,
                         HfTime since)
{
    while (registry->agents.count <= agent) hf_vec_push_zero(&registry->agents);
    HfRegistryStanding from = (HfRegistryStanding)registry->agents.at[agent].standing;
    if (from == to) return;
    remove_absence(registry, from, agent);
    registry->admitted -= from == HF_REGISTRY_ADMITTED;
    registry->admitted += to == HF_REGISTRY_ADMITTED;
    if (to == HF_REGISTRY_UNREACHABLE)
        hf_vec_push(&registry->unreachable, (HfRegistryAbsence){since, agent});
    if (to == HF_REGISTRY_GONE) hf_vec_push(&registry->gone, (HfRegistryAbsence){since, agent});
    registry->agents.at[agent].standing = (uint8_t)to;
    if (to == HF_REGISTRY_NONE || to == HF_REGISTRY_GONE) forget_drain(registry, agent);
}

static void admit(HfMasterRegistry *registry, const HfRegistryChange *change)
{
    set_standing(registry, change->agent, HF_REGISTRY_ADMITTED, change->at);
    registry->agents.at[change->agent].host = change->host;
}

/* ---- the past ---- */

/* How many of a list, from its oldest on, are too old or too many. */
static guint32 overdue(const HfRegistryAbsence *list, guint32 count, HfTime now,
                       const HfRegistryLimits *limits)
{
    guint32 n = count > limits->max_agent_count ? count - limits->max_agent_count : 0;
    while (n < count && now - list[n].since > limits->max_agent_age) n++;
    return n;
}

void hf_master_registry_overdue(const HfMasterRegistry *registry, HfTime now,
                                const HfRegistryLimits *limits,
                                void (*found)(void *context, uint32_t agent), void *context)
{
    guint32 n = overdue(registry->unreachable.at, registry->unreachable.count, now, limits);
    for (guint32 i = 0; i < n; i++) found(context, registry->unreachable.at[i].agent);
    n = overdue(registry->gone.at, registry->gone.count, now, limits);
    for (guint32 i = 0; i < n; i++) found(context, registry->gone.at[i].agent);
}

static void prune(HfMasterRegistry *registry, HfTime now, const HfRegistryLimits *limits)
{
    guint32 n = overdue(registry->unreachable.at, registry->unreachable.count, now, limits);
    while (n-- > 0)
        set_standing(registry, registry->unreachable.at[0].agent, HF_REGISTRY_NONE, now);
    n = overdue(registry->gone.at, registry->gone.count, now, limits);
    while (n-- > 0) set_standing(registry, registry->gone.at[0].agent, HF_REGISTRY_NONE, now);
}

/* ---- what operators say ---- */

static guint32 find_drain(const HfMasterRegistry *registry, uint32_t agent)
{
    guint32 i = 0;
    while (i < registry->drains.count && registry->drains.at[i].agent != agent) i++;
    return i;
}

const HfRegistryDrain *hf_master_registry_drain(const HfMasterRegistry *registry, uint32_t agent)
{
    guint32 i = find_drain(registry, agent);
    return i < registry->drains.count ? &registry->drains.at[i] : NULL;
}

static HfRegistryDrain *drain_of(HfMasterRegistry *registry, uint32_t agent)
{
    guint32 i = find_drain(registry, agent);
    if (i == registry->drains.count)
        hf_vec_push(&registry->drains,
                    (HfRegistryDrain){.agent = agent, .max_grace_period = HF_TIME_NEVER});
    return &registry->drains.at[i];
}

static guint32 find_machine(const HfMasterRegistry *registry, const char *hostname)
{
    guint32 i = 0;
    while (i < registry->machines.count && strcmp(registry->machines.at[i].hostname, hostname) != 0)
        i++;
    return i;
}

/* The new schedule in the place of the old one; what is down stays so. */
static void schedule(HfMasterRegistry *registry, const HfCall *call)
{
    HF_VEC(HfRegistryMachine) coming = {0};
    for (guint32 i = 0; i < call->machines.count; i++) {
        const HfMachineWindow *window = &call->machines.at[i];
        guint32 before = find_machine(registry, window->hostname);
        gboolean is_down =
            before < registry->machines.count && registry->machines.at[before].is_down;
        hf_vec_push(&coming, (HfRegistryMachine){.hostname = g_strdup(window->hostname),
                                                 .is_down = is_down,
                                                 .start = window->start,
                                                 .duration = window->duration});
    }
    clear_machines(registry);
    for (guint32 i = 0; i < coming.count; i++) hf_vec_push(&registry->machines, coming.at[i]);
    hf_vec_clear(&coming);
}

static void set_modes(HfMasterRegistry *registry, const HfCall *call)
{
    for (guint32 k = 0; k < call->machines.count; k++) {
        guint32 i = find_machine(registry, call->machines.at[k].hostname);
        if (i == registry->machines.count) continue;
        if (call->type == HF_CALL_START_MAINTENANCE) {
            registry->machines.at[i].is_down = TRUE;
            continue;
        }
        g_free(registry->machines.at[i].hostname);
        hf_vec_remove(&registry->machines, i);
    }
}

void hf_master_registry_set_quota(HfMasterRegistry *registry, const HfQuotaConfig *config)
{
    guint32 i = 0;
    while (i < registry->quotas.count && registry->quotas.at[i].role != config->role) i++;
    if (i == registry->quotas.count) {
        hf_vec_push_zero(&registry->quotas);
        registry->quotas.at[i].role = config->role;
    }
    HfQuotaConfig *quota = &registry->quotas.at[i];
    hf_quantities_copy(&quota->guarantees, &config->guarantees);
    hf_limits_copy(&quota->limits, &config->limits);
    if (!hf_quantities_is_empty(&quota->guarantees) || !hf_limits_is_empty(&quota->limits)) return;
    clear_quota(quota);
    hf_vec_remove(&registry->quotas, i);
}

static void set_weight(HfMasterRegistry *registry, const HfWeightInfo *info)
{
    guint32 i = 0;
    while (i < registry->weights.count && registry->weights.at[i].role != info->role) i++;
    if (i == registry->weights.count) hf_vec_push(&registry->weights, *info);
    registry->weights.at[i].weight = info->weight;
}

static void call_agent(HfMasterRegistry *registry, uint32_t agent, const HfCall *call)
{
    if (call->type == HF_CALL_REACTIVATE_AGENT) {
        forget_drain(registry, agent);
        return;
    }
    HfRegistryDrain *drain = drain_of(registry, agent);
    if (call->type == HF_CALL_DEACTIVATE_AGENT) return;
    drain->drain = HF_DRAIN_GOING;
    drain->is_gone_when_drained = call->mark_gone != FALSE;
    drain->max_grace_period = call->max_grace_period;
}

static void apply_call(HfMasterRegistry *registry, const HfRegistryChange *change)
{
    const HfCall *call = change->call;
    switch (call->type) {
    case HF_CALL_UPDATE_MAINTENANCE_SCHEDULE:
        schedule(registry, call);
        break;
    case HF_CALL_START_MAINTENANCE:
    case HF_CALL_STOP_MAINTENANCE:
        set_modes(registry, call);
        break;
    case HF_CALL_UPDATE_QUOTA:
        for (guint32 i = 0; i < call->quotas.count; i++)
            hf_master_registry_set_quota(registry, &call->quotas.at[i]);
        break;
    case HF_CALL_SET_QUOTA:
        hf_master_registry_set_quota(registry, &call->quotas.at[0]);
        break;
    case HF_CALL_REMOVE_QUOTA:
        hf_master_registry_set_quota(registry, &(HfQuotaConfig){.role = call->role});
        break;
    case HF_CALL_UPDATE_WEIGHTS:
        for (guint32 i = 0; i < call->weights.count; i++)
            set_weight(registry, &call->weights.at[i]);
        break;
    case HF_CALL_MARK_AGENT_GONE:
        set_standing(registry, change->agent, HF_REGISTRY_GONE, change->at);
        break;
    case HF_CALL_DRAIN_AGENT:
    case HF_CALL_DEACTIVATE_AGENT:
    case HF_CALL_REACTIVATE_AGENT:
        call_agent(registry, change->agent, call);
        break;
    default:
        HF_ASSERT(!"a call that the registry knows");
    }
}

void hf_master_registry_apply(HfMasterRegistry *registry, const HfRegistryChange *change,
                              const HfRegistryLimits *limits)
{
    registry->changes++;
    switch (change->type) {
    case HF_REGISTRY_ADMIT:
    case HF_REGISTRY_MARK_REACHABLE:
        admit(registry, change);
        break;
    case HF_REGISTRY_MARK_UNREACHABLE:
        set_standing(registry, change->agent, HF_REGISTRY_UNREACHABLE, change->at);
        break;
    case HF_REGISTRY_REMOVE:
        set_standing(registry, change->agent, HF_REGISTRY_NONE, change->at);
        break;
    case HF_REGISTRY_MARK_GONE:
        set_standing(registry, change->agent, HF_REGISTRY_GONE, change->at);
        break;
    case HF_REGISTRY_MARK_DRAINED:
        if (hf_master_registry_drain(registry, change->agent) != NULL)
            drain_of(registry, change->agent)->drain = HF_DRAIN_DONE;
        break;
    case HF_REGISTRY_PRUNE:
        prune(registry, change->at, limits);
        break;
    case HF_REGISTRY_CALL:
        apply_call(registry, change);
        break;
    }
}

void hf_master_registry_check(const HfMasterRegistry *registry)
{
    uint32_t count[HF_REGISTRY_STANDINGS] = {0};
    for (guint32 a = 0; a < registry->agents.count; a++) count[registry->agents.at[a].standing]++;
    HF_ASSERT(count[HF_REGISTRY_ADMITTED] == registry->admitted);
    HF_ASSERT(count[HF_REGISTRY_UNREACHABLE] == registry->unreachable.count);
    HF_ASSERT(count[HF_REGISTRY_GONE] == registry->gone.count);
    for (guint32 i = 0; i < registry->unreachable.count; i++) {
        HF_ASSERT(hf_master_registry_standing(registry, registry->unreachable.at[i].agent) ==
                  HF_REGISTRY_UNREACHABLE);
        HF_ASSERT(i == 0 ||
                  registry->unreachable.at[i - 1].since <= registry->unreachable.at[i].since);
    }
    for (guint32 i = 0; i < registry->quotas.count; i++)
        HF_ASSERT(!hf_quantities_is_empty(&registry->quotas.at[i].guarantees) ||
                  !hf_limits_is_empty(&registry->quotas.at[i].limits));
}
