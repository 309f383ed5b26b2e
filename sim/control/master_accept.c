/* What the master does with an ACCEPT: offers become tasks. */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

static void refuse_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_ACCEPT_INVALID,
                                      .agent = HF_ROW_NONE,
                                      .framework = in->framework,
                                      .value = in->tasks.count});
    for (guint32 i = 0; i < in->ids.count;
         i++) { /* those still valid are discarded without filter */
        uint32_t row = hf_master__own_offer(master, in->framework, in->ids.at[i]);
        if (row != NO_ROW)
            hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_DECLINED, HF_NO_FILTER,
                                       FALSE, out);
    }
    for (guint32 i = 0; i < in->tasks.count; i++)
        hf_master__refuse_task(master, now, in->framework, in->tasks.at[i].id,
                               hf_master__state_for(master, in->framework, HF_TASK_DROPPED),
                               HF_REASON_INVALID_OFFERS, out);
}

/* A task may leave out for which role its resources are allocated: the offers' (MESOS 2.3, step 3).
 * A reference. */
static HfParcel *with_role(HfMaster *master, HfParcel *resources, HfRoleId role)
{
    const HfResources *all = hf_parcel_resources(resources);
    for (uint32_t i = 0; i < hf_resources_count(all); i++)
        if (hf_meta_allocation_role(master->catalog, hf_resources_at(all, i)->meta) == HF_ROLE_NONE)
            return hf_parcel_allocate(master->catalog, resources, role);
    return hf_parcel_ref(resources);
}

/* `resources` are those of *info with their role; the reference is taken over. */
static void launch(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent, HfRoleId role,
                   const HfTaskInfo *info, HfParcel *resources, HfOutbox *out)
{
    const HfResources *content = hf_parcel_resources(resources);
    hf_master__add_task(master, framework, agent, role, info->id, HF_TASK_STAGING, resources);
    HfStatus status = hf_allocator_launched(master->allocator, framework, agent, role, content);
    HF_ASSERT(status == HF_OK);
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_TASK_LAUNCHED,
                                      .agent = agent,
                                      .framework = framework,
                                      .role = role,
                                      .id = info->id,
                                      .value = (int64_t)info->job,
                                      .resources = content});
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_RUN_TASK, self,
                                        (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host});
    message->framework = framework;
    message->agent = agent;
    message->checkpoint = master->frameworks.at[framework].checkpoint;
    message->role = role;
    message->info = *info;
    message->info.resources = resources;
}

void hf_master__on_accept(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->tasks.count == 0) { /* ACCEPT without operations is DECLINE */
        hf_master__on_decline(master, now, in, out);
        return;
    }
    if (!hf_master__offers_are_valid(master, in)) {
        refuse_accept(master, now, in, out);
        return;
    }
    HfResources *remaining = &master->scratch;
    hf_resources_reset(master->catalog, remaining);
    uint32_t first = hf_master__own_offer(master, in->framework, in->ids.at[0]);
    uint32_t agent = master->offers.at[first].agent;
    HfRoleId role = master->offers.at[first].role;
    for (guint32 i = 0; i < in->ids.count; i++) {
        uint32_t row = hf_master__own_offer(master, in->framework, in->ids.at[i]);
        hf_master__record_offer(&master->offers.at[row], row, now, HF_RECORD_OFFER_ACCEPTED,
                                hf_master__refuse_ms(hf_master__refuse_seconds_of(master, in)),
                                out);
        hf_resources_add(master->catalog, remaining,
                         hf_parcel_resources(master->offers.at[row].resources));
        hf_master__drop_offer(master, row);
    }
    for (guint32 i = 0; i < in->tasks.count;
         i++) { /* each stands for itself: a bad one does not stop the next */
        const HfTaskInfo *info = &in->tasks.at[i];
        HfParcel *resources = with_role(master, info->resources, role);
        const HfResources *content = hf_parcel_resources(resources);
        if (hf_resources_is_empty(content) || info->id >= HF_TASK_IDS ||
            hf_master__find_task(master, in->framework, info->id) != NO_ROW ||
            !hf_resources_contains(master->catalog, remaining, content)) {
            hf_master__refuse_task(master, now, in->framework, info->id, HF_TASK_ERROR,
                                   HF_REASON_TASK_INVALID, out);
            hf_parcel_drop(master->catalog, &resources);
            continue;
        }
        hf_resources_subtract(master->catalog, remaining, content);
        launch(master, now, in->framework, agent, role, info, resources, out);
    }
    if (!hf_resources_is_empty(remaining))
        hf_master__give_back(master, now, in->framework, agent, role, remaining,
                             hf_master__refuse_seconds_of(master, in), FALSE);
}
