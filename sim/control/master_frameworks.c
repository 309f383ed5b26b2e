/* The master's frameworks: subscription, roles, teardown. */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

gboolean hf_master__is_known(const HfMaster *master, const HfMessage *in)
{
    return in->framework < master->frameworks.count &&
           master->frameworks.at[in->framework].is_active &&
           master->frameworks.at[in->framework].peer == in->from.row;
}

/* Does a list of roles name one twice, or (unless `roles` is NULL) one that is not among `roles`?
 */
static gboolean roles_are_wrong(const HfMessage *in, const HfRoleId *roles, uint32_t role_count)
{
    for (guint32 i = 0; i < in->roles.count; i++) {
        for (guint32 k = 0; k < i; k++)
            if (in->roles.at[k] == in->roles.at[i]) return TRUE;
        uint32_t k = 0;
        while (k < role_count && roles[k] != in->roles.at[i]) k++;
        if (roles != NULL && k == role_count) return TRUE;
    }
    return FALSE;
}

/* The framework of a driver that subscribed already; NO_ROW when none is active. Cold. */
static uint32_t framework_of(const HfMaster *master, uint32_t peer)
{
    for (guint32 f = 0; f < master->frameworks.count; f++)
        if (master->frameworks.at[f].peer == peer && master->frameworks.at[f].is_active) return f;
    return NO_ROW;
}

void hf_master__on_subscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->roles.count == 0 || roles_are_wrong(in, NULL, 0)) return; /* invalid FrameworkInfo */
    for (guint32 i = 0; i < in->roles.count; i++)
        if (!hf_acls_allow(master->config.acls, HF_ACTION_REGISTER_FRAMEWORK, in->principal,
                           hf_role_path(master->catalog, in->roles.at[i])))
            return; /* Mesos answers with an error; here it waits, and is never subscribed */
    uint32_t row = framework_of(master, in->from.row);
    if (row != NO_ROW) { /* it asks again because the answer is late or lost */
        hf_outbox_send(out, HF_MESSAGE_SUBSCRIBED, self, in->from)->framework = row;
        return;
    }
    row = master->frameworks.count;
    hf_vec_push_zero(&master->frameworks);
    HfFrameworkRow *framework = hf_vec_last(&master->frameworks);
    framework->peer = in->from.row;
    framework->is_active = TRUE;
    framework->checkpoint = in->checkpoint;
    framework->capabilities = in->capabilities;
    framework->failover_timeout = in->failover_timeout;
    framework->name = g_strdup(in->name);
    framework->principal =
        in->principal ? hf_text_intern(master->catalog, in->principal) : HF_TEXT_NONE;
    framework->roles = g_memdup2(in->roles.at, in->roles.count * sizeof *in->roles.at);
    framework->role_count = in->roles.count;
    framework->first_offer = framework->first_task = NO_ROW;
    HfMessage *reply = hf_outbox_send(out, HF_MESSAGE_SUBSCRIBED, self, in->from);
    reply->framework = row;
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_FRAMEWORK_SUBSCRIBED,
                                      .agent = HF_ROW_NONE,
                                      .framework = row,
                                      .role = framework->roles[0]});
    /* Framework ids sort by row, so that ties between frameworks fall in order of subscription. */
    char name[16];
    g_snprintf(name, sizeof name, "F%08u", row);
    HfStatus status =
        hf_allocator_framework_add(master->allocator, now, row,
                                   &(HfFrameworkSpec){.name = name,
                                                      .roles = framework->roles,
                                                      .role_count = framework->role_count,
                                                      .capabilities = framework->capabilities,
                                                      .active = TRUE},
                                   NULL, 0);
    HF_ASSERT(status == HF_OK);
}

void hf_master__on_teardown(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    while (framework->first_offer != NO_ROW)
        hf_master__take_offer_back(master, now, framework->first_offer, HF_RECORD_OFFER_RESCINDED,
                                   HF_NO_FILTER, FALSE, out);
    while (framework->first_task != NO_ROW) { /* marked killed at once, without updates */
        uint32_t task = framework->first_task;
        const HfAgentRow *agent = &master->agents.at[master->tasks.at[task].agent];
        if (agent->standing == HF_STANDING_REGISTERED)
            hf_outbox_send(out, HF_MESSAGE_SHUTDOWN_FRAMEWORK, self,
                           (HfPeer){HF_PEER_AGENT, agent->host})
                ->framework = row;
        if (master->tasks.at[task].is_holding)
            hf_master__close_account(master, now, task, HF_TASK_KILLED, HF_REASON_FRAMEWORK_REMOVED,
                                     out);
        hf_master__forget_task(master, task);
    }
    framework->is_active = FALSE;
    hf_master__orphan_operations(master, row);
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_FRAMEWORK_REMOVED,
                                      .agent = HF_ROW_NONE,
                                      .framework = row});
    HfStatus status = hf_allocator_framework_remove(master->allocator, now, row);
    HF_ASSERT(status == HF_OK);
}

void hf_master__on_revive(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out,
                          gboolean revive)
{
    const HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    if (roles_are_wrong(in, framework->roles, framework->role_count))
        return; /* one role that is not the framework's drops the whole call */
    if (!revive && !hf_master__has(master, HF_RULE_SUPPRESS)) return;
    HfRecord record = {.at = now,
                       .type = revive ? HF_RECORD_REVIVED : HF_RECORD_SUPPRESSED,
                       .agent = HF_ROW_NONE,
                       .framework = in->framework,
                       .role = HF_ROLE_NONE};
    if (in->roles.count == 0) hf_master__record(out, record);
    for (guint32 i = 0; i < in->roles.count; i++) {
        record.role = in->roles.at[i];
        hf_master__record(out, record);
    }
    if (revive)
        hf_allocator_revive(master->allocator, now, in->framework, in->roles.at, in->roles.count);
    else
        hf_allocator_suppress(master->allocator, now, in->framework, in->roles.at, in->roles.count);
}
