/*
 * Quotas in the auditor's book: what the subtree of each role with a limit has consumed, and
 * whether an offer to the role goes beyond. Consumed is what is reserved to it or below, idle or
 * not, and what of the unreserved its tasks and offers hold; the first counts against the limit,
 * and is offered whatever that says. Limits are of scalars, and not of what is revocable.
 *
 * What a role below gets is counted and not held to the limit, as in Mesos, whose allocator does
 * not look above a role; and a run counts from what was consumed when it began, so that what a role
 * below gets in the same run is not seen either. A limit that is set later takes nothing away: it
 * binds what is offered from then on.
 *
 * Counting: offers and tasks come and go all the time, and are counted as they do; after anything
 * else the next offer to such a role has all counted anew.
 * Source: MESOS.md 3.4 (quota), src/master/allocator/mesos/hierarchical.cpp (__allocate).
 */
#include "audit/audit_internal.h"

/* Of the role itself, or else of one above it; NULL = none. */
static HfAuditQuota *quota_above(HfAudit *audit, HfRoleId role)
{
    for (guint32 q = 0; q < audit->quotas.count; q++)
        if (audit->quotas.at[q].role == role ||
            (role != HF_ROLE_NONE && role != HF_ROLE_STAR &&
             hf_role_top(audit->catalog, role) == audit->quotas.at[q].role))
            return &audit->quotas.at[q];
    return NULL;
}

static gboolean is_counted(const HfAudit *audit, const HfResource *entry)
{
    return hf_kind_type(audit->catalog, entry->kind) == HF_TYPE_SCALAR &&
           !(hf_meta_info(audit->catalog, entry->meta)->flags &
             (HF_META_RESERVED | HF_META_REVOCABLE));
}

static HfKindId name_of(const HfAudit *audit, const HfResource *entry)
{
    return audit->catalog->kind[entry->kind].quantity;
}

/* ---- what is said of them ---- */

static void drop(HfAudit *audit, guint32 row)
{
    HfAuditQuota *quota = &audit->quotas.at[row];
    hf_quantities_clear(&quota->guarantees);
    hf_quantities_clear(&quota->used);
    hf_limits_clear(&quota->limits);
    hf_vec_remove(&audit->quotas, row);
}

void hf_audit__forget_quotas(HfAudit *audit)
{
    while (audit->quotas.count > 0) drop(audit, audit->quotas.count - 1);
}

void hf_audit__on_quota(HfAudit *audit, const HfRecord *record)
{
    for (guint32 q = audit->quotas.count; q-- > 0;)
        if (audit->quotas.at[q].role == record->role) drop(audit, q);
    hf_vec_push_zero(&audit->quotas);
    HfAuditQuota *quota = hf_vec_last(&audit->quotas);
    quota->role = record->role;
    if (record->resources != NULL)
        hf_resources_scalar_quantities(audit->catalog, record->resources, &quota->guarantees);
    audit->quotas_are_counted = FALSE;
}

void hf_audit__on_quota_limit(HfAudit *audit, const HfRecord *record)
{
    HfAuditQuota *quota = audit->quotas.count > 0 ? hf_vec_last(&audit->quotas) : NULL;
    if (quota == NULL || quota->role != record->role || record->resources == NULL ||
        hf_resources_is_empty(record->resources) || record->value < 0) {
        hf_audit__break(audit, HF_INVARIANT_QUOTAS, record, "a limit of a quota that is not set");
        return;
    }
    hf_limits_set(&quota->limits, name_of(audit, hf_resources_at(record->resources, 0)),
                  record->value);
}

/* ---- counting ---- */

static void count(const HfAudit *audit, HfAuditQuota *quota, const HfResources *held, int by)
{
    const HfResource *entry = hf_resources_entries(held);
    for (uint32_t i = 0; i < hf_resources_count(held); i++, entry++) {
        if (!is_counted(audit, entry)) continue;
        HfKindId kind = name_of(audit, entry);
        if (by > 0)
            hf_quantities_add_one(&quota->used, kind, entry->milli);
        else
            hf_quantities_set(&quota->used, kind,
                              hf_quantities_get(&quota->used, kind) - entry->milli);
    }
}

void hf_audit__count_quota(HfAudit *audit, HfRoleId role, const HfResources *held, int by)
{
    if (G_LIKELY(audit->quotas.count == 0) || !audit->quotas_are_counted) return;
    HfAuditQuota *quota = quota_above(audit, role);
    if (quota != NULL) count(audit, quota, held, by);
}

static void count_reserved(HfAudit *audit, const HfResources *total)
{
    const HfResource *entry = hf_resources_entries(total);
    for (uint32_t i = 0; i < hf_resources_count(total); i++, entry++) {
        if (hf_kind_type(audit->catalog, entry->kind) != HF_TYPE_SCALAR ||
            hf_meta_is_unreserved(audit->catalog, entry->meta))
            continue;
        HfAuditQuota *quota =
            quota_above(audit, hf_meta_reservation_role(audit->catalog, entry->meta));
        if (quota != NULL) hf_quantities_add_one(&quota->used, name_of(audit, entry), entry->milli);
    }
}

static void count_all(HfAudit *audit)
{
    for (guint32 q = 0; q < audit->quotas.count; q++)
        hf_quantities_clear(&audit->quotas.at[q].used);
    audit->quotas_are_counted = TRUE;
    for (guint32 a = 0; a < audit->agents.count; a++)
        if (audit->agents.at[a].standing == HF_AUDIT_REGISTERED ||
            audit->agents.at[a].standing == HF_AUDIT_DISCONNECTED)
            count_reserved(audit, &audit->totals.at[a]);
    for (guint32 i = 0; i < audit->offers.count; i++)
        if (audit->offers.at[i].is_live)
            hf_audit__count_quota(audit, audit->offers.at[i].role,
                                  hf_shape__content(audit->offers.at[i].held), 1);
    for (guint32 i = 0; i < audit->tasks.count; i++)
        if (audit->tasks.at[i].flags & HF_TASK_IS_OPEN)
            hf_audit__count_quota(audit, audit->tasks.at[i].role, &audit->tasks.at[i].resources, 1);
    for (guint32 i = 0; i < audit->held.count; i++)
        hf_audit__count_quota(audit, audit->held.at[i].role, &audit->held.at[i].resources, 1);
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfResources *held = hf_audit__held_by(audit, i, NO_ROW);
        if (held != NULL) hf_audit__count_quota(audit, audit->executors.at[i].role, held, 1);
    }
}

/* ---- the check ---- */

/* What roles below were offered at this very moment: perhaps in the same run. */
static int64_t unseen(const HfAudit *audit, const HfRecord *record, HfKindId kind)
{
    int64_t sum = 0;
    for (guint32 o = 0; o < audit->offers.count; o++) {
        const HfAuditOffer *offer = &audit->offers.at[o];
        if (!offer->is_live || offer->at != record->at || offer->role == record->role ||
            hf_role_top(audit->catalog, offer->role) != record->role)
            continue;
        const HfResources *held = hf_shape__content(offer->held);
        for (uint32_t i = 0; i < hf_resources_count(held); i++) {
            const HfResource *entry = hf_resources_at(held, i);
            if (is_counted(audit, entry) && name_of(audit, entry) == kind) sum += entry->milli;
        }
    }
    return sum;
}

void hf_audit__check_quota(HfAudit *audit, const HfRecord *record, const HfResources *offered)
{
    if (G_LIKELY(audit->quotas.count == 0) || !hf_era_has(audit->config.era, HF_RULE_QUOTA_LIMITS))
        return;
    HfAuditQuota *quota = quota_above(audit, record->role);
    if (quota == NULL || quota->role != record->role || hf_limits_is_empty(&quota->limits)) return;
    if (!audit->quotas_are_counted) count_all(audit);
    HfAuditQuota gained = {0};
    count(audit, &gained, offered, 1);
    const HfQuantity *at = hf_quantities_entries(&gained.used);
    for (uint32_t i = 0; i < gained.used.count && !hf_audit__is_broken(audit); i++) {
        int64_t limit, had = hf_quantities_get(&quota->used, at[i].kind);
        if (!hf_limits_get(&quota->limits, at[i].kind, &limit)) continue;
        if (G_LIKELY(had + at[i].milli <= limit)) continue;
        had -= unseen(audit, record, at[i].kind);
        if (had + at[i].milli <= limit) continue;
        char amounts[3][32];
        const int64_t milli[3] = {at[i].milli, had, limit};
        for (int k = 0; k < 3; k++)
            g_ascii_formatd(amounts[k], sizeof amounts[k], "%.3f", (double)milli[k] / 1000);
        hf_audit__break(audit, HF_INVARIANT_QUOTAS, record,
                        "role %s is offered %s %s, has %s, and may have %s",
                        hf_role_path(audit->catalog, record->role), amounts[0],
                        hf_kind_name(audit->catalog, at[i].kind), amounts[1], amounts[2]);
    }
    hf_quantities_clear(&gained.used);
}

/* At the end: what was counted step by step is what a count from nothing finds. */
void hf_audit__finish_quotas(HfAudit *audit)
{
    if (!audit->quotas_are_counted) return;
    g_autofree HfQuantities *before = g_new0(HfQuantities, audit->quotas.count + 1);
    for (guint32 q = 0; q < audit->quotas.count; q++)
        hf_quantities_copy(&before[q], &audit->quotas.at[q].used);
    count_all(audit);
    for (guint32 q = 0; q < audit->quotas.count; q++) {
        HF_ASSERT(hf_quantities_equal(&before[q], &audit->quotas.at[q].used));
        hf_quantities_clear(&before[q]);
    }
}
