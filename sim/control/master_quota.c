/*
 * Quota as operators set it: the requests' checks, and the offers that are taken back so that
 * limits hold and guarantees can be met.
 *
 * Source: Mesos 1.11 src/master/quota_handler.cpp (update, _update, set, remove, rescindOffers);
 * MESOS.md 3.8.
 */
#include "base/assert.h"
#include "control/master_internal.h"

gboolean hf_master__is_within(const HfMaster *master, HfRoleId role, HfRoleId top)
{
    return role == top || (role != HF_ROLE_STAR && top != HF_ROLE_STAR &&
                           hf_role_is_strict_subrole(master->catalog, role, top));
}

/* Scalars of `resources`, added: those that are unreserved and not revocable, and those that are
 * reserved to the role or below it. */
static void add_consumed(const HfMaster *master, const HfResources *resources, HfRoleId top,
                         gboolean reserved, HfQuantities *sum)
{
    const HfCatalog *catalog = master->catalog;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (hf_kind_type(catalog, entry->kind) != HF_TYPE_SCALAR) continue;
        gboolean is_counted =
            reserved ? !hf_meta_is_unreserved(catalog, entry->meta) &&
                           hf_master__is_within(master,
                                                hf_meta_reservation_role(catalog, entry->meta), top)
                     : hf_meta_is_unreserved(catalog, entry->meta) &&
                           !hf_meta_is_revocable(catalog, entry->meta);
        if (is_counted)
            hf_quantities_add_one(sum, catalog->kind[entry->kind].quantity, entry->milli);
    }
}

/* What a role consumes: what its tasks use of what is unreserved, and all that is reserved to it.
 * Cold: O(tasks + agents). */
static void consumed_by(const HfMaster *master, HfRoleId role, HfQuantities *sum)
{
    for (guint32 a = 0; a < master->agents.count; a++) {
        const HfAgentRow *agent = &master->agents.at[a];
        const HfAgentMore *more = &master->agents_more.at[a];
        if (!hf_master__is_held(agent)) continue;
        add_consumed(master, more->total, role, TRUE, sum);
        for (uint32_t t = agent->first_task; t != NO_ROW;
             t = master->tasks.at[t].links.next_of_agent) {
            const HfTaskRow *task = &master->tasks.at[t];
            if (task->is_holding && hf_master__is_within(master, task->role, role))
                add_consumed(master, hf_parcel_resources(task->resources), role, FALSE, sum);
        }
    }
}

static void add_offer(const HfMaster *master, uint32_t row, HfQuantities *sum)
{
    hf_resources_quantities(master->catalog, hf_parcel_resources(master->offers.at[row].resources),
                            sum);
}

static void rescind(HfMaster *master, HfTime now, uint32_t row, HfOutbox *out)
{
    hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_RESCINDED, HF_NO_FILTER, TRUE,
                               out);
}

/* ---- UPDATE_QUOTA ---- */

static uint32_t find_quota(const HfMaster *master, HfRoleId role)
{
    for (guint32 q = 0; q < master->quotas.count; q++)
        if (master->quotas.at[q].role == role) return q;
    return NO_ROW;
}

static const HfQuotaConfig *in_request(const HfCall *call, HfRoleId role)
{
    for (guint32 i = call->quotas.count; i-- > 0;)
        if (call->quotas.at[i].role == role) return &call->quotas.at[i];
    return NULL;
}

/* Do all guarantees together, as they would be, fit what registered agents have? */
static gboolean fits_cluster(const HfMaster *master, const HfCall *call)
{
    HfQuantities capacity = {0}, guarantees = {0};
    HfResources stable = {0};
    for (guint32 a = 0; a < master->agents.count; a++) {
        if (!hf_master__is_held(&master->agents.at[a])) continue;
        hf_resources_non_revocable(master->catalog, master->agents_more.at[a].total, &stable);
        hf_resources_scalar_quantities(master->catalog, &stable, &capacity);
    }
    for (guint32 q = 0; q < master->quotas.count; q++)
        if (in_request(call, master->quotas.at[q].role) == NULL)
            hf_quantities_add(&guarantees, &master->quotas.at[q].guarantees);
    for (guint32 i = 0; i < call->quotas.count; i++)
        if (in_request(call, call->quotas.at[i].role) == &call->quotas.at[i])
            hf_quantities_add(&guarantees, &call->quotas.at[i].guarantees);
    gboolean fits = hf_quantities_contains(&capacity, &guarantees);
    hf_quantities_clear(&capacity);
    hf_quantities_clear(&guarantees);
    hf_resources_clear(master->catalog, &stable);
    return fits;
}

static gboolean is_below_consumption(const HfMaster *master, const HfQuotaConfig *config)
{
    HfQuantities consumed = {0};
    consumed_by(master, config->role, &consumed);
    gboolean is_below = !hf_limits_contains_quantities(&config->limits, &consumed);
    hf_quantities_clear(&consumed);
    return is_below;
}

static gboolean may_all(const HfMaster *master, HfTextId principal, const HfCall *call)
{
    for (guint32 i = 0; i < call->quotas.count; i++)
        if (!hf_master__may(master, HF_ACTION_UPDATE_QUOTA, principal,
                            hf_role_path(master->catalog, call->quotas.at[i].role)))
            return FALSE;
    return TRUE;
}

static void record_quota(const HfMaster *master, HfTime now, const HfQuotaConfig *config,
                         HfOutbox *out)
{
    HfResources amounts = {0};
    const HfQuantity *at = hf_quantities_entries(&config->guarantees);
    for (uint32_t i = 0; i < config->guarantees.count; i++) {
        HfResource entry = hf_resource_scalar(at[i].kind, HF_META_PLAIN, at[i].milli);
        hf_resources_add_one(master->catalog, &amounts, &entry);
    }
    HfRecord record = {.at = now,
                       .type = HF_RECORD_QUOTA,
                       .agent = HF_ROW_NONE,
                       .framework = HF_ROW_NONE,
                       .role = config->role,
                       .resources = &amounts};
    hf_master__record(out, record);
    record.type = HF_RECORD_QUOTA_LIMIT;
    at = hf_quantities_entries(&config->limits.entries);
    for (uint32_t i = 0; i < config->limits.entries.count; i++) {
        HfResource entry = hf_resource_scalar(at[i].kind, HF_META_PLAIN, 1000);
        hf_resources_reset(master->catalog, &amounts);
        hf_resources_add_one(master->catalog, &amounts, &entry);
        record.value = at[i].milli;
        hf_master__record(out, record);
    }
    hf_resources_clear(master->catalog, &amounts);
}

void hf_master__tell_quotas(HfMaster *master, HfTime now, HfOutbox *out)
{
    master->are_quotas_told = TRUE;
    for (guint32 q = 0; q < master->quotas.count; q++)
        record_quota(master, now, &master->quotas.at[q], out);
}

static void store(HfMaster *master, HfTime now, const HfQuotaConfig *config)
{
    uint32_t row = find_quota(master, config->role);
    if (row == NO_ROW) {
        row = master->quotas.count;
        hf_vec_push_zero(&master->quotas);
        master->quotas.at[row].role = config->role;
    }
    HfQuotaConfig *quota = &master->quotas.at[row];
    hf_quantities_copy(&quota->guarantees, &config->guarantees);
    hf_limits_copy(&quota->limits, &config->limits);
    HfStatus status = hf_allocator_quota_set(master->allocator, now, config->role,
                                             &config->guarantees, &config->limits);
    HF_ASSERT(status == HF_OK);
    if (!hf_quantities_is_empty(&quota->guarantees) || !hf_limits_is_empty(&quota->limits)) return;
    hf_quantities_clear(&quota->guarantees);
    hf_limits_clear(&quota->limits);
    hf_vec_remove(&master->quotas, row);
}

void hf_master_quota_set(HfMaster *master, HfRoleId role, const HfQuantities *guarantees,
                         const HfLimits *limits)
{
    HfQuotaConfig config = {.role = role};
    hf_quantities_copy(&config.guarantees, guarantees);
    hf_limits_copy(&config.limits, limits);
    store(master, 0, &config);
    hf_master_registry_set_quota(&master->registry, &config);
    hf_quantities_clear(&config.guarantees);
    hf_limits_clear(&config.limits);
}

/* Offers of the role and those below it, until what it uses and is offered is within its limits. */
static void enforce_limits(HfMaster *master, HfTime now, const HfQuotaConfig *config,
                           HfQuantities *used, HfOutbox *out)
{
    HfQuantities part = {0};
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        if (hf_limits_contains_quantities(&config->limits, used)) break;
        guint32 count = hf_master__find_offers(master, f);
        for (guint32 i = 0; i < count; i++) {
            uint32_t row = master->found.at[i].row;
            if (hf_limits_contains_quantities(&config->limits, used)) break;
            if (!hf_master__is_within(master, master->offers.at[row].role, config->role)) continue;
            hf_quantities_clear(&part);
            add_offer(master, row, &part);
            hf_quantities_subtract(used, &part);
            rescind(master, now, row, out);
        }
    }
    hf_quantities_clear(&part);
}

/* Offers of others, agent by agent, until the guarantees can be met out of what came back. */
static void make_room(HfMaster *master, HfTime now, const HfQuotaConfig *config,
                      const HfQuantities *used, HfOutbox *out)
{
    HfQuantities sum = {0};
    hf_quantities_copy(&sum, used);
    for (guint32 a = 0; a < master->agents.count; a++) {
        uint32_t next;
        for (uint32_t row = hf_master__first_offer(master, a); row != NO_ROW; row = next) {
            next = hf_master__next_offer(master, row);
            if (hf_quantities_contains(&sum, &config->guarantees)) break;
            if (hf_master__is_within(master, master->offers.at[row].role, config->role)) continue;
            add_offer(master, row, &sum);
            rescind(master, now, row, out);
        }
    }
    hf_quantities_clear(&sum);
}

static void take_offers_back(HfMaster *master, HfTime now, const HfQuotaConfig *config,
                             HfOutbox *out)
{
    HfQuantities used = {0};
    consumed_by(master, config->role, &used);
    for (guint32 a = 0; a < master->agents.count; a++)
        for (uint32_t row = hf_master__first_offer(master, a); row != NO_ROW;
             row = hf_master__next_offer(master, row))
            if (hf_master__is_within(master, master->offers.at[row].role, config->role))
                add_offer(master, row, &used);
    enforce_limits(master, now, config, &used, out);
    make_room(master, now, config, &used, out);
    hf_quantities_clear(&used);
}

/* The first role of the call that the master does not know; HF_ROLE_NONE when there is none. */
static HfRoleId unknown_role(const HfMaster *master, const HfCall *call)
{
    for (guint32 i = 0; i < call->quotas.count; i++)
        if (!hf_master__is_whitelisted(master, call->quotas.at[i].role))
            return call->quotas.at[i].role;
    return HF_ROLE_NONE;
}

static int on_update(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                     HfOutbox *out, char **why_out)
{
    for (guint32 i = 0; i < call->quotas.count && !call->is_forced; i++)
        if (is_below_consumption(master, &call->quotas.at[i]))
            return hf_master__answer_call(
                why_out, 400,
                "Invalid QuotaConfig: Role '%s' is already consuming more than the requested "
                "limits (use 'force' flag to bypass this check)",
                hf_role_path(master->catalog, call->quotas.at[i].role));
    if (!call->is_forced && !fits_cluster(master, call))
        return hf_master__answer_call(
            why_out, 400,
            "Invalid QuotaConfig: total quota guarantees exceed cluster capacity (use 'force' flag "
            "to bypass this check)");
    if (!may_all(master, principal, call)) return hf_master__answer_call(why_out, 403, "Forbidden");
    return hf_master__store_call(master, now, NO_ROW, principal, call, out, why_out);
}

/* ---- SET_QUOTA and REMOVE_QUOTA, the older calls ---- */

static uint32_t frameworks_of(const HfMaster *master, HfRoleId role)
{
    uint32_t count = 0;
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        const HfFrameworkRow *framework = &master->frameworks.at[f];
        for (uint32_t r = 0; hf_master__is_there(framework) && r < framework->role_count; r++)
            count += framework->roles[r] == role;
    }
    return count;
}

/* Agent by agent all offers, until what came back is the guarantee and as many agents were visited
 * as the role has frameworks, so that each may be offered one. */
static void take_agents_back(HfMaster *master, HfTime now, const HfQuotaConfig *config,
                             HfOutbox *out)
{
    uint32_t frameworks = frameworks_of(master, config->role), visited = 0;
    HfQuantities rescinded = {0};
    for (guint32 a = 0; a < master->agents.count && frameworks > 0; a++) {
        if (visited >= frameworks && hf_quantities_contains(&rescinded, &config->guarantees)) break;
        if (hf_master__first_offer(master, a) == NO_ROW) continue;
        for (uint32_t row = hf_master__first_offer(master, a); row != NO_ROW;
             row = hf_master__next_offer(master, row))
            add_offer(master, row, &rescinded);
        hf_master__rescind_agent(master, now, a, out);
        visited++;
    }
    hf_quantities_clear(&rescinded);
}

static int on_set(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                  HfOutbox *out, char **why_out)
{
    const HfQuotaConfig *config = &call->quotas.at[0];
    if (find_quota(master, config->role) != NO_ROW)
        return hf_master__answer_call(why_out, 400,
                                      "Can not set quota for a role that already has quota");
    if (!may_all(master, principal, call)) return hf_master__answer_call(why_out, 403, "Forbidden");
    if (!call->is_forced && !fits_cluster(master, call))
        return hf_master__answer_call(why_out, 409,
                                      "Not enough available cluster capacity to reasonably satisfy "
                                      "quota request; the force flag can be used to override this "
                                      "check");
    return hf_master__store_call(master, now, NO_ROW, principal, call, out, why_out);
}

static int on_remove(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                     HfOutbox *out, char **why_out)
{
    if (find_quota(master, call->role) == NO_ROW)
        return hf_master__answer_call(why_out, 400, "Role '%s' has no quota set",
                                      hf_role_path(master->catalog, call->role));
    if (!hf_master__may(master, HF_ACTION_UPDATE_QUOTA, principal,
                        hf_role_path(master->catalog, call->role)))
        return hf_master__answer_call(why_out, 403, "Forbidden");
    return hf_master__store_call(master, now, NO_ROW, principal, call, out, why_out);
}

int hf_master__do_quota(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out)
{
    const HfQuotaConfig none = {.role = call->role};
    if (call->type == HF_CALL_REMOVE_QUOTA) {
        store(master, now, &none);
        record_quota(master, now, &none, out);
    }
    for (guint32 i = 0; i < call->quotas.count; i++) {
        store(master, now, &call->quotas.at[i]);
        record_quota(master, now, &call->quotas.at[i], out);
    }
    for (guint32 i = 0; i < call->quotas.count; i++) {
        if (call->type == HF_CALL_SET_QUOTA)
            take_agents_back(master, now, &call->quotas.at[i], out);
        else
            take_offers_back(master, now, &call->quotas.at[i], out);
    }
    return 200;
}

int hf_master__on_quota(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                        HfOutbox *out, char **why_out)
{
    if (!hf_master__has(master, HF_RULE_QUOTA) ||
        (call->type == HF_CALL_UPDATE_QUOTA && !hf_master__has(master, HF_RULE_QUOTA_LIMITS)))
        return hf_master__answer_call(why_out, 400, "this era has no such quota");
    HfRoleId unknown = call->type == HF_CALL_REMOVE_QUOTA ? call->role : unknown_role(master, call);
    if (unknown != HF_ROLE_NONE && !hf_master__is_whitelisted(master, unknown))
        return hf_master__answer_call(why_out, 400, "Unknown role '%s'",
                                      hf_role_path(master->catalog, unknown));
    switch (call->type) {
    case HF_CALL_UPDATE_QUOTA:
        return on_update(master, now, principal, call, out, why_out);
    case HF_CALL_SET_QUOTA:
        return on_set(master, now, principal, call, out, why_out);
    default:
        return on_remove(master, now, principal, call, out, why_out);
    }
}
