/* What a swarm has seen; see sometimes.h. */
#include "property/sometimes.h"

#include <stdio.h>
#include <string.h>

#define STARVED (10 * HF_NS_PER_SECOND)

static const char *const names[SITUATIONS] = {
    "an accept comes when its offer is gone",
    "an agent is lost while its volume is offered",
    "RESERVE is done and CREATE is lost",
    "a framework with volumes is given up",
    "an agent comes back under a new id with volumes",
    "equal shares are told apart by name",
    "a filter ends at the instant of a revive",
    "a role with a guarantee waits, and is served",
    "two hosts of one service are down at once",
    "an agent dies while it writes its checkpoint",
    "a task is launched on a volume once more",
    "an agent comes back from out of reach",
};

static SometimesAgent *agent_of(Sometimes *sometimes, uint32_t agent)
{
    while (sometimes->agents.count <= agent) hf_vec_push_zero(&sometimes->agents);
    return &sometimes->agents.at[agent];
}

static SometimesFramework *framework_of(Sometimes *sometimes, uint32_t framework)
{
    while (sometimes->frameworks.count <= framework) {
        hf_vec_push_zero(&sometimes->frameworks);
        hf_vec_last(&sometimes->frameworks)->wanting = HF_TIME_NEVER;
    }
    return &sometimes->frameworks.at[framework];
}

static void see(Sometimes *sometimes, Situation situation)
{
    sometimes->count[situation]++;
}

static uint32_t volumes_in(const Sometimes *sometimes, const HfResources *resources)
{
    uint32_t count = 0;
    for (uint32_t i = 0; resources != NULL && i < hf_resources_count(resources); i++)
        count += hf_meta_is_persistent(sometimes->world->catalog,
                                       hf_resources_at(resources, i)->meta) != 0;
    return count;
}

static gboolean is_reserved(const Sometimes *sometimes, const HfResources *resources)
{
    return hf_resources_any(sometimes->world->catalog, resources, HF_META_DYNAMIC);
}

/* ---- agents ---- */

static void on_agent(Sometimes *sometimes, const HfRecord *record)
{
    SometimesAgent *agent = agent_of(sometimes, record->agent);
    uint32_t volumes = volumes_in(sometimes, record->resources);
    switch (record->type) {
    case HF_RECORD_AGENT_REGISTERED:
        if (volumes > 0) see(sometimes, SOMETIMES_NEW_ID_WITH_VOLUMES);
        break;
    case HF_RECORD_AGENT_REREGISTERED:
        if (volumes < agent->volumes && is_reserved(sometimes, record->resources))
            see(sometimes, SOMETIMES_RESERVED_NOT_CREATED);
        if (agent->is_unreachable) see(sometimes, SOMETIMES_AGENT_BACK_FROM_UNREACHABLE);
        agent->is_unreachable = FALSE;
        break;
    default:
        if (agent->rescinded == record->at && record->at > 0)
            see(sometimes, SOMETIMES_VOLUME_OFFERED_AGENT_LOST);
        agent->is_unreachable = record->type == HF_RECORD_AGENT_UNREACHABLE;
        return;
    }
    agent->volumes = volumes;
}

static void on_operation(Sometimes *sometimes, const HfRecord *record)
{
    if (record->framework == HF_ROW_NONE) return;
    SometimesAgent *agent = agent_of(sometimes, record->agent);
    SometimesFramework *framework = framework_of(sometimes, record->framework);
    uint32_t volumes = volumes_in(sometimes, record->resources);
    if (record->state == HF_OPERATION_CREATE) {
        agent->volumes += volumes;
        framework->volumes += volumes;
    } else if (record->state == HF_OPERATION_DESTROY) {
        agent->volumes -= MIN(volumes, agent->volumes);
        framework->volumes -= MIN(volumes, framework->volumes);
    }
}

/* ---- offers ---- */

static gboolean has_guarantee(const Sometimes *sometimes, HfRoleId role)
{
    const HfScenario *scenario = sometimes->world->scenario;
    const char *path = hf_role_path(sometimes->world->catalog, role);
    for (uint32_t i = 0; i < scenario->roles.count; i++)
        if (strcmp(scenario->roles.at[i].name, path) == 0 &&
            scenario->roles.at[i].guarantee != NULL)
            return TRUE;
    return FALSE;
}

static void on_offer(Sometimes *sometimes, const HfRecord *record)
{
    SometimesFramework *framework = framework_of(sometimes, record->framework);
    if (!sometimes->was_offered && sometimes->subscribed > 1 &&
        strcmp(sometimes->world->scenario->master.policy.name, "drf") == 0)
        see(sometimes, SOMETIMES_TIE_BROKEN_BY_NAME); /* nobody has anything: all shares are 0 */
    sometimes->was_offered = TRUE;
    if (framework->wanting != HF_TIME_NEVER && record->at - framework->wanting >= STARVED &&
        has_guarantee(sometimes, record->role))
        see(sometimes, SOMETIMES_QUOTA_STARVED_THEN_SERVED);
    if (framework->wanting != HF_TIME_NEVER) framework->wanting = record->at;
}

static void on_declined(Sometimes *sometimes, const HfRecord *record)
{
    SometimesFramework *framework = framework_of(sometimes, record->framework);
    if (record->value <= 0) return;
    HfTime interval = sometimes->world->scenario->master.allocation_interval;
    HfTime lasts = MAX(record->value * HF_NS_PER_MS, interval);
    framework->ends[framework->end++ % G_N_ELEMENTS(framework->ends)] = record->at + lasts;
}

static void on_revived(Sometimes *sometimes, const HfRecord *record)
{
    const SometimesFramework *framework = framework_of(sometimes, record->framework);
    for (guint i = 0; i < G_N_ELEMENTS(framework->ends); i++)
        if (framework->ends[i] == record->at && record->at > 0) {
            see(sometimes, SOMETIMES_FILTER_ENDS_AS_REVIVED);
            return;
        }
}

/* ---- tasks ---- */

static void on_task_ended(Sometimes *sometimes, const HfRecord *record)
{
    SometimesFramework *framework = framework_of(sometimes, record->framework);
    uint64_t host = UINT64_C(1) << (record->agent % 64);
    if (record->state != HF_TASK_LOST || !(sometimes->down & host)) return;
    framework->lost_on = (framework->lost_on & sometimes->down) | host;
    if (framework->lost_on & (framework->lost_on - 1))
        see(sometimes, SOMETIMES_TWO_HOSTS_OF_ONE_SERVICE);
}

static void on_launched(Sometimes *sometimes, const HfRecord *record)
{
    SometimesFramework *framework = framework_of(sometimes, record->framework);
    if (volumes_in(sometimes, record->resources) == 0) return;
    if (framework->has_volume_task) see(sometimes, SOMETIMES_RELAUNCHED_ON_VOLUME);
    framework->has_volume_task = TRUE;
}

static void listen(void *context, const HfRecord *record)
{
    Sometimes *sometimes = context;
    uint64_t host = UINT64_C(1) << (record->agent % 64);
    switch ((HfRecordType)record->type) {
    case HF_RECORD_ACCEPT_INVALID:
        see(sometimes, SOMETIMES_ACCEPT_TOO_LATE);
        break;
    case HF_RECORD_OFFER_RESCINDED:
        if (volumes_in(sometimes, record->resources) > 0)
            agent_of(sometimes, record->agent)->rescinded = record->at;
        break;
    case HF_RECORD_AGENT_REGISTERED:
    case HF_RECORD_AGENT_REREGISTERED:
    case HF_RECORD_AGENT_DISCONNECTED:
    case HF_RECORD_AGENT_UNREACHABLE:
        on_agent(sometimes, record);
        break;
    case HF_RECORD_OPERATION:
        on_operation(sometimes, record);
        break;
    case HF_RECORD_FRAMEWORK_SUBSCRIBED:
        sometimes->subscribed++;
        break;
    case HF_RECORD_FRAMEWORK_REMOVED:
        if (framework_of(sometimes, record->framework)->volumes > 0)
            see(sometimes, SOMETIMES_EXPIRED_WITH_VOLUMES);
        break;
    case HF_RECORD_OFFER_SENT:
        on_offer(sometimes, record);
        break;
    case HF_RECORD_OFFER_DECLINED:
        on_declined(sometimes, record);
        break;
    case HF_RECORD_REVIVED:
        on_revived(sometimes, record);
        break;
    case HF_RECORD_DEMAND: {
        HfTime *wanting = &framework_of(sometimes, record->framework)->wanting;
        *wanting = record->value == 0 ? HF_TIME_NEVER : MIN(*wanting, record->at);
        break;
    }
    case HF_RECORD_AGENT_CRASHED:
        sometimes->down |= host;
        break;
    case HF_RECORD_AGENT_RETURNED:
        sometimes->down &= ~host;
        break;
    case HF_RECORD_AGENT_STOPPED:
        if (record->value != 0) see(sometimes, SOMETIMES_DIED_WHILE_WRITING);
        break;
    case HF_RECORD_TASK_ENDED:
        on_task_ended(sometimes, record);
        break;
    case HF_RECORD_TASK_LAUNCHED:
        on_launched(sometimes, record);
        break;
    default:
        break;
    }
}

void sometimes_begin(Sometimes *sometimes, HfWorld *world)
{
    hf_vec_reset(&sometimes->agents);
    hf_vec_reset(&sometimes->frameworks);
    sometimes->world = world;
    sometimes->subscribed = 0;
    sometimes->down = 0;
    sometimes->was_offered = FALSE;
    hf_trace_listen(hf_world_trace(world), listen, sometimes);
}

uint32_t sometimes_never(const Sometimes *sometimes)
{
    uint32_t never = 0;
    for (int i = 0; i < SITUATIONS; i++) {
        printf("%8u  %s\n", (unsigned)sometimes->count[i], names[i]);
        never += sometimes->count[i] == 0;
    }
    fflush(stdout);
    return never;
}

void sometimes_clear(Sometimes *sometimes)
{
    hf_vec_clear(&sometimes->agents);
    hf_vec_clear(&sometimes->frameworks);
}
