/* The master's frameworks: subscription, roles, teardown. */
#include "control/master_internal.h"

#include "base/assert.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

/* Does a list of roles name one twice, or (unless `roles` is NULL) one that is not among `roles`?
 */
static gboolean roles_are_wrong(const HfRoleId *list, uint32_t count, const HfRoleId *roles,
                                uint32_t role_count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (list[k] == list[i]) return TRUE;
        uint32_t k = 0;
        while (k < role_count && roles[k] != list[i]) k++;
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

/* It is over for this scheduler. */
static void send_error(HfMaster *master, uint32_t row, uint32_t peer, const char *why,
                       HfOutbox *out)
{
    HfMessage *message =
        hf_outbox_send(out, HF_MESSAGE_ERROR, self, (HfPeer){HF_PEER_FRAMEWORK, peer});
    message->framework = row;
    message->name = why;
}

static void record_framework(HfTime now, uint32_t row, HfRecordType type, HfOutbox *out)
{
    hf_master__record(
        out, (HfRecord){.at = now, .type = (uint16_t)type, .agent = HF_ROW_NONE, .framework = row});
}

/* Its offers come back without filter; whoever holds them is there no more. */
static void take_offers_back(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    guint32 count = hf_master__find_offers(master, row);
    for (guint32 i = 0; i < count; i++)
        hf_master__take_offer_back(master, now, master->found.at[i].row, HF_RECORD_OFFER_RESCINDED,
                                   HF_NO_FILTER, FALSE, out);
}

static void disconnect(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    HF_ASSERT(framework->standing == HF_FRAMEWORK_ACTIVE);
    take_offers_back(master, now, row, out);
    hf_master__rescind_inverse(master, now, NO_ROW, row, out);
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

/* ---- what it says of itself ---- */

/* What a scheduler is told. */
static const char *says(HfFrameworkRefusal refusal)
{
    static const char *const texts[HF_FRAMEWORK_REFUSALS] = {
        [HF_REFUSED_FAILOVER_TIMEOUT] = "The failover_timeout is not a valid duration",
        [HF_REFUSED_ONE_ROLE] =
            "A framework without the capability MULTI_ROLE has exactly one role",
        [HF_REFUSED_ROLE_TWICE] = "A role is named twice",
        [HF_REFUSED_ROLE_UNKNOWN] = "A role is not present in the master's --roles",
        [HF_REFUSED_SUPPRESSED_ROLE] = "A suppressed role is not one of the framework's",
        [HF_REFUSED_CONSTRAINED_ROLE] =
            "Offer constraints are for a role that is not one of the framework's",
        [HF_REFUSED_UNAUTHORIZED] = "Not authorized to use a role of the framework",
        [HF_REFUSED_PRINCIPAL] = "Changing framework's principal is not allowed.",
        [HF_REFUSED_CHECKPOINT] = "Changing 'FrameworkInfo.checkpoint' is not supported",
        [HF_REFUSED_ERA] = "This era has no such call",
        [HF_REFUSED_REMOVED] = "Framework has been removed",
    };
    HF_ASSERT(refusal < HF_FRAMEWORK_REFUSALS);
    return texts[refusal];
}

/* Why a FrameworkInfo is refused. `suppressed`: in the message's roles. (Role names are good as
 * they are: what is not one has no id.) */
static HfFrameworkRefusal why_not(const HfMaster *master, const HfMessage *in)
{
    const HfFrameworkInfo *about = in->about;
    if (about->failover_timeout < 0) return HF_REFUSED_FAILOVER_TIMEOUT;
    if (!(about->capabilities & HF_CAPABILITY_MULTI_ROLE) && about->role_count != 1)
        return HF_REFUSED_ONE_ROLE;
    if (roles_are_wrong(about->roles, about->role_count, NULL, 0)) return HF_REFUSED_ROLE_TWICE;
    for (uint32_t i = 0; i < about->role_count; i++)
        if (!hf_master__is_whitelisted(master, about->roles[i])) return HF_REFUSED_ROLE_UNKNOWN;
    if (in->roles.count > 0 &&
        (about->role_count == 0 ||
         roles_are_wrong(in->roles.at, in->roles.count, about->roles, about->role_count)))
        return HF_REFUSED_SUPPRESSED_ROLE;
    const HfOfferWishes *wishes = about->wishes;
    if (wishes != NULL && wishes->constraints != NULL &&
        !hf_offer_constraints_are_of(wishes->constraints, about->roles, about->role_count))
        return HF_REFUSED_CONSTRAINED_ROLE;
    for (uint32_t i = 0; i < about->role_count; i++)
        if (!hf_acls_allow(master->config.acls, HF_ACTION_REGISTER_FRAMEWORK, about->principal,
                           hf_role_path(master->catalog, about->roles[i])))
            return HF_REFUSED_UNAUTHORIZED;
    return HF_REFUSED_NOT;
}

static HfTextId principal_of(const HfMaster *master, const HfFrameworkInfo *about)
{
    return about->principal ? hf_text_intern(master->catalog, about->principal) : HF_TEXT_NONE;
}

/* Take it over; `checkpoint` only of one that is new. */
static void describe(HfMaster *master, uint32_t row, const HfFrameworkInfo *about)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    framework->about = about;
    framework->capabilities = about->capabilities;
    framework->failover_timeout = about->failover_timeout;
    g_free(framework->name);
    framework->name = g_strdup(about->name);
    framework->principal = principal_of(master, about);
    g_free(framework->roles);
    framework->roles = g_memdup2(about->roles, about->role_count * sizeof *about->roles);
    framework->role_count = about->role_count;
}

static void describe_new(HfMaster *master, uint32_t row, const HfFrameworkInfo *about)
{
    describe(master, row, about);
    master->frameworks.at[row].checkpoint = about->checkpoint;
}

static HfFrameworkSpec spec_of(const HfFrameworkRow *framework, const char *name,
                               const HfMessage *in)
{
    static const HfOfferWishes none;
    const HfOfferWishes *wishes = framework->about->wishes ? framework->about->wishes : &none;
    return (HfFrameworkSpec){.name = name,
                             .roles = framework->roles,
                             .role_count = framework->role_count,
                             .suppressed = in ? in->roles.at : NULL,
                             .suppressed_count = in ? in->roles.count : 0,
                             .capabilities = framework->capabilities,
                             .active = in != NULL,
                             .minima = wishes->minima,
                             .minimum_count = wishes->minimum_count,
                             .constraints = wishes->constraints};
}

/* A framework that this master did not know, as it is described. in NULL: it has no scheduler
 * here. */
static void add(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in)
{
    /* Framework ids sort by row, so that ties between frameworks fall in order of subscription. */
    char name[16];
    g_snprintf(name, sizeof name, "F%08u", row);
    HfFrameworkSpec spec = spec_of(&master->frameworks.at[row], name, in);
    HfStatus status = hf_allocator_framework_add(master->allocator, now, row, &spec, NULL, 0);
    HF_ASSERT(status == HF_OK);
}

static gboolean has_role(const HfFrameworkInfo *about, HfRoleId role)
{
    for (uint32_t r = 0; r < about->role_count; r++)
        if (about->roles[r] == role) return TRUE;
    return FALSE;
}

/* Offers under roles that it leaves are taken back (Master::updateFramework). */
static void update(HfMaster *master, HfTime now, uint32_t row, const HfMessage *in, HfOutbox *out)
{
    guint32 count = hf_master__find_offers(master, row);
    for (guint32 i = 0; i < count; i++) {
        uint32_t o = master->found.at[i].row;
        if (!has_role(in->about, master->offers.at[o].role))
            hf_master__take_offer_back(master, now, o, HF_RECORD_OFFER_RESCINDED, HF_NO_FILTER,
                                       TRUE, out);
    }
    describe(master, row, in->about);
    HfFrameworkSpec spec = spec_of(&master->frameworks.at[row], NULL, in);
    HfStatus status = hf_allocator_framework_update(master->allocator, now, row, &spec);
    HF_ASSERT(status == HF_OK);
}

static gboolean is_suppressed(const HfMessage *in, HfRoleId role)
{
    for (guint32 i = 0; i < in->roles.count; i++)
        if (in->roles.at[i] == role) return TRUE;
    return FALSE;
}

/* For the record: which of its roles are offered from now on, and which not. */
static void record_suppressed(HfTime now, uint32_t row, const HfMessage *in, gboolean all,
                              HfOutbox *out)
{
    for (uint32_t r = 0; r < in->about->role_count; r++) {
        HfRoleId role = in->about->roles[r];
        gboolean suppressed = is_suppressed(in, role);
        if (!suppressed && !all) continue;
        hf_master__record(out,
                          (HfRecord){.at = now,
                                     .type = suppressed ? HF_RECORD_SUPPRESSED : HF_RECORD_REVIVED,
                                     .agent = HF_ROW_NONE,
                                     .framework = row,
                                     .role = role});
    }
}

void hf_master__recover_framework(HfMaster *master, HfTime now, uint32_t row,
                                  const HfFrameworkInfo *about, HfOutbox *out)
{
    HF_ASSERT(master->frameworks.at[row].standing == HF_FRAMEWORK_UNKNOWN);
    master->frameworks.at[row].standing = HF_FRAMEWORK_RECOVERED;
    describe_new(master, row, about);
    add(master, now, row, NULL);
    record_framework(now, row, HF_RECORD_FRAMEWORK_RECOVERED, out);
}

/* ---- subscriptions ---- */

static void refuse(HfMaster *master, HfTime now, const HfMessage *in, HfFrameworkRefusal why,
                   HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_FRAMEWORK_REFUSED,
                                      .reason = (uint16_t)why,
                                      .agent = HF_ROW_NONE,
                                      .framework = in->framework,
                                      .value = in->from.row});
    send_error(master, in->framework, in->from.row, says(why), out);
}

/* A scheduler comes with an id: the same one over a new connection, or another in its place
 * (Master::failoverFramework), or the first since this master leads. One that was removed is told
 * so. */
static void resubscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    uint32_t row = in->framework;
    HfFrameworkRow *framework = &master->frameworks.at[row];
    if (framework->standing == HF_FRAMEWORK_COMPLETED) {
        refuse(master, now, in, HF_REFUSED_REMOVED, out);
        return;
    }
    gboolean is_new = framework->standing == HF_FRAMEWORK_UNKNOWN;
    if (!is_new && principal_of(master, in->about) != framework->principal) {
        refuse(master, now, in, HF_REFUSED_PRINCIPAL, out);
        return;
    }
    gboolean is_another = framework->peer != in->from.row;
    if (framework->standing == HF_FRAMEWORK_ACTIVE) {
        if (!is_another && framework->connection == in->connection) { /* a repeated call */
            send_to(master, HF_MESSAGE_SUBSCRIBED, row, in->from.row, out);
            return;
        }
        disconnect(master, now, row, out);
        if (is_another) send_error(master, row, framework->peer, "Framework failed over", out);
    }
    framework->peer = in->from.row;
    framework->connection = in->connection;
    framework->standing = HF_FRAMEWORK_ACTIVE;
    framework->epoch++;
    if (is_new) describe_new(master, row, in->about);
    send_to(master, HF_MESSAGE_SUBSCRIBED, row, in->from.row, out);
    record_framework(now, row, HF_RECORD_FRAMEWORK_RESUBSCRIBED, out);
    record_suppressed(now, row, in, FALSE, out);
    if (is_new) {
        add(master, now, row, in);
        return;
    }
    update(master, now, row, in, out);
    hf_allocator_framework_activate(master->allocator, now, row);
}

void hf_master__on_subscribe(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out)
{
    HfFrameworkRefusal why = why_not(master, in);
    if (why != HF_REFUSED_NOT) {
        refuse(master, now, in, why, out);
        return;
    }
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
    describe_new(master, row, in->about);
    send_to(master, HF_MESSAGE_SUBSCRIBED, row, in->from.row, out);
    hf_master__record(
        out, (HfRecord){.at = now,
                        .type = HF_RECORD_FRAMEWORK_SUBSCRIBED,
                        .agent = HF_ROW_NONE,
                        .framework = row,
                        .role = in->about->role_count > 0 ? in->about->roles[0] : HF_ROLE_NONE});
    record_suppressed(now, row, in, FALSE, out);
    add(master, now, row, in);
}

/*
 * UPDATE_FRAMEWORK: all or nothing. Roles that are no longer suppressed are as if revived, but for
 * the run that REVIVE asks for.
 * Source: Mesos 1.11 Master::updateFramework(scheduler::Call::UpdateFramework), MESOS-7258.
 */
void hf_master__on_update_framework(HfMaster *master, HfTime now, const HfMessage *in,
                                    HfOutbox *out)
{
    const HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    HfFrameworkRefusal why = why_not(master, in);
    if (!hf_master__has(master, HF_RULE_UPDATE_FRAMEWORK))
        why = HF_REFUSED_ERA;
    else if (principal_of(master, in->about) != framework->principal)
        why = HF_REFUSED_PRINCIPAL;
    else if (!in->about->checkpoint != !framework->checkpoint)
        why = HF_REFUSED_CHECKPOINT;
    HfMessage *answer = hf_outbox_send(out, HF_MESSAGE_FRAMEWORK_UPDATED, self, in->from);
    answer->framework = in->framework;
    answer->task = why == HF_REFUSED_NOT ? 200 : 400;
    answer->name = says(why);
    if (why != HF_REFUSED_NOT) return;
    record_framework(now, in->framework, HF_RECORD_FRAMEWORK_UPDATED, out);
    update(master, now, in->framework, in, out);
    record_suppressed(now, in->framework, in, TRUE, out);
}

void hf_master__on_teardown(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    HfFrameworkRow *framework = &master->frameworks.at[row];
    take_offers_back(master, now, row, out);
    hf_master__rescind_inverse(master, now, NO_ROW, row, out);
    guint32 count = hf_master__find_tasks(master, row);
    for (guint32 i = 0; i < count; i++) { /* marked killed at once, without updates */
        uint32_t task = master->found.at[i].row;
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
    hf_master__remove_executors_of(master, now, row, out);
    framework->standing = HF_FRAMEWORK_COMPLETED;
    hf_master__orphan_operations(master, row);
    record_framework(now, row, HF_RECORD_FRAMEWORK_REMOVED, out);
    HfStatus status = hf_allocator_framework_remove(master->allocator, now, row);
    HF_ASSERT(status == HF_OK);
    hf_master__keep_disks(master, now);
}

void hf_master__on_revive(HfMaster *master, HfTime now, const HfMessage *in, HfOutbox *out,
                          gboolean revive)
{
    const HfFrameworkRow *framework = &master->frameworks.at[in->framework];
    if (roles_are_wrong(in->roles.at, in->roles.count, framework->roles, framework->role_count))
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
