/* The master's frameworks: subscription, roles, teardown. */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

gboolean hf_master__is_known(const HfMaster *master, const HfMessage *in)
{
    return in->framework < master->frameworks.count &&
           master->frameworks.at[in->framework].standing == HF_FRAMEWORK_ACTIVE &&
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
        if (master->frameworks.at[f].peer == peer &&
            master->frameworks.at[f].standing == HF_FRAMEWORK_ACTIVE)
            return f;
    return NO_ROW;
}

static void send_to(HfMaster *master, HfMessageType type, uint32_t row, uint32_t peer,
                    HfOutbox *out)
{
    hf_outbox_send(out, type, self, (HfPeer){HF_PEER_FRAMEWORK, peer})->framework = row;
}

static void record_framework(HfTime now, uint32_t row, HfRecordType type, HfOutbox *out)
{
    hf_master__record(
        out, (HfRecord){.at = now, .type = (uint16_t)type, .agent = HF_ROW_NONE, .framework = row});
}

/* Its offers come back without filter; whoever holds them is there no more. */
static void take_offers_back(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    while (master->frameworks.at[row].first_offer != NO_ROW)
        hf_master__take_offer_back(master, now, master->frameworks.at[row].first_offer,
                                   HF_RECORD_OFFER_RESCINDED, HF_NO_FILTER, FALSE, out);
}

static void disconnect(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    HF_ASSERT(framework->standing == HF_FRAMEWORK_ACTIVE);
    take_offers_back(master, now, row, out);
    framework->standing = HF_FRAMEWORK_DISCONNECTED;
    framework->epoch++;
    hf_allocator_framework_deactivate(master->allocator, now, row);
    record_framework(now, row, HF_RECORD_FRAMEWORK_DISCONNECTED, out);
}

void hf_master__on_framework_exited(HfMaster *master, HfTime now, const HfMessage *in,
                                    HfOutbox *out)
{
    disconnect(master, now, in->framework, out);
    const HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    if (framework->failover_timeout == HF_TIME_NEVER) return;
    hf_outbox_timer(out, hf_time_add(now, framework->failover_timeout), HF_MASTER_TIMER_FAILOVER,
                    (uint64_t)framework->epoch << 32 | in->framework);
}

void hf_master__on_failover_timer(HfMaster *master, HfTime now, uint64_t arg, HfOutbox *out)
{
    uint32_t row = (uint32_t)arg;
    const HfFrameworkRow *framework = &master->frameworks.at[row];
    if (framework->standing == HF_FRAMEWORK_DISCONNECTED && framework->epoch == arg >> 32)
        hf_master__on_teardown(master, now, row, out);
}

void hf_master__turn_away(HfMaster *master, const HfMessage *in, HfOutbox *out)
{
    if (in->type == HF_MESSAGE_EXITED || in->framework >= master->frameworks.count) return;
    const HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    if (framework->standing == HF_FRAMEWORK_DISCONNECTED && framework->peer == in->from.row)
        send_to(master, HF_MESSAGE_DETECTED, in->framework, in->from.row, out); /* subscribe anew */
}

/* A scheduler comes with an id: the same one over a new connection, or another in its place
 * (Master::failoverFramework). One that was removed is told so. */
static void resubscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    if (!hf_master__is_there(framework)) {
        send_to(master, HF_MESSAGE_ERROR, in->framework, in->from.row, out);
        return;
    }
    gboolean is_another = framework->peer != in->from.row;
    if (framework->standing == HF_FRAMEWORK_ACTIVE) {
        if (!is_another && framework->connection == in->connection) { /* a repeated call */
            send_to(master, HF_MESSAGE_SUBSCRIBED, in->framework, in->from.row, out);
            return;
        }
        disconnect(master, now, in->framework, out);
        if (is_another) send_to(master, HF_MESSAGE_ERROR, in->framework, framework->peer, out);
    }
    framework->peer = in->from.row;
    framework->connection = in->connection;
    framework->failover_timeout = in->failover_timeout;
    framework->standing = HF_FRAMEWORK_ACTIVE;
    framework->epoch++;
    send_to(master, HF_MESSAGE_SUBSCRIBED, in->framework, in->from.row, out);
    record_framework(now, in->framework, HF_RECORD_FRAMEWORK_RESUBSCRIBED, out);
    hf_allocator_framework_activate(master->allocator, now, in->framework);
    hf_allocator_revive(master->allocator, now, in->framework, NULL, 0); /* none are suppressed */
}

void hf_master__on_subscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    if (in->roles.count == 0 || roles_are_wrong(in, NULL, 0)) return; /* invalid FrameworkInfo */
    for (guint32 i = 0; i < in->roles.count; i++)
        if (!hf_acls_allow(master->config.acls, HF_ACTION_REGISTER_FRAMEWORK, in->principal,
                           hf_role_path(master->catalog, in->roles.at[i])))
            return; /* Mesos answers with an error; here it waits, and is never subscribed */
    if (in->framework < master->frameworks.count) {
        resubscribe(master, now, in, out);
        return;
    }
    uint32_t row = framework_of(master, in->from.row);
    if (row != NO_ROW) { /* it asks again because the answer is late or lost */
        send_to(master, HF_MESSAGE_SUBSCRIBED, row, in->from.row, out);
        return;
    }
    row = master->frameworks.count;
    hf_vec_push_zero(&master->frameworks);
    HfFrameworkRow *framework = hf_vec_last(&master->frameworks);
    framework->peer = in->from.row;
    framework->connection = in->connection;
    framework->checkpoint = in->checkpoint;
    framework->capabilities = in->capabilities;
    framework->failover_timeout = in->failover_timeout;
    framework->name = g_strdup(in->name);
    framework->principal =
        in->principal ? hf_text_intern(master->catalog, in->principal) : HF_TEXT_NONE;
    framework->roles = g_memdup2(in->roles.at, in->roles.count * sizeof *in->roles.at);
    framework->role_count = in->roles.count;
    framework->first_offer = framework->first_task = NO_ROW;
    send_to(master, HF_MESSAGE_SUBSCRIBED, row, in->from.row, out);
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_FRAMEWORK_SUBSCRIBED,
                                      .agent = HF_ROW_NONE,
                                      .framework = row,
                                      .role = framework->roles[0]});
    /* Framework ids sort by row, so that ties between frameworks fall in order of subscription. */
    char name[16];
    g_snprintf(name, sizeof name, "F%08u", row);
    static const HfOfferWishes none;
    const HfOfferWishes *wishes = in->wishes != NULL ? in->wishes : &none;
    HfFrameworkSpec spec = {.name = name,
                            .roles = framework->roles,
                            .role_count = framework->role_count,
                            .capabilities = framework->capabilities,
                            .active = TRUE,
                            .minima = wishes->minima,
                            .minimum_count = wishes->minimum_count,
                            .constraints = wishes->constraints};
    HfStatus status = hf_allocator_framework_add(master->allocator, now, row, &spec, NULL, 0);
    HF_ASSERT(status == HF_OK);
}

void hf_master__on_teardown(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    take_offers_back(master, now, row, out);
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
    framework->standing = HF_FRAMEWORK_COMPLETED;
    hf_master__orphan_operations(master, row);
    record_framework(now, row, HF_RECORD_FRAMEWORK_REMOVED, out);
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
