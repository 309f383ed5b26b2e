/*
 * Dominant shares, recounted from the book: what tasks, executors and offers of a role's subtree
 * hold, of what all agents of the master have in all, lost and unreachable ones apart. The
 * allocator keeps these as running sums, in which a mistake would stay.
 */
#include <math.h>

#include "audit/audit_internal.h"

static gboolean is_below(const HfCatalog *catalog, HfRoleId role, HfRoleId above)
{
    return role == above || hf_role_is_strict_subrole(catalog, role, above);
}

static gboolean has_shared(const HfAudit *audit, const HfResources *resources)
{
    return hf_resources_any(audit->catalog, resources, HF_META_SHARED);
}

/* Early eras counted what is not reserved alone. */
static void count(const HfAudit *audit, const HfResources *resources, HfQuantities *sum)
{
    if (hf_era_has(audit->config.era, HF_RULE_RESERVED_IN_ROLE_SHARE)) {
        hf_resources_scalar_quantities(audit->catalog, resources, sum);
        return;
    }
    HfResources loose = {0};
    hf_resources_unreserved(audit->catalog, resources, &loose);
    hf_resources_scalar_quantities(audit->catalog, &loose, sum);
    hf_resources_clear(audit->catalog, &loose);
}

/* FALSE when a shared volume is held: how often it counts is not in the book. */
static gboolean recount(const HfAudit *audit, HfRoleId role, gboolean with_offers,
                        HfQuantities *held)
{
    for (guint32 i = 0; i < audit->tasks.count; i++) {
        const HfAuditTask *task = &audit->tasks.at[i];
        if (!(task->flags & HF_TASK_IS_OPEN) || !is_below(audit->catalog, task->role, role))
            continue;
        if (has_shared(audit, &task->resources)) return FALSE;
        count(audit, &task->resources, held);
    }
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfResources *by_executor = hf_audit__held_by(audit, i, NO_ROW);
        if (by_executor != NULL && is_below(audit->catalog, audit->executors.at[i].role, role))
            count(audit, by_executor, held);
    }
    for (guint32 i = 0; i < audit->offers.count && with_offers; i++) {
        const HfAuditOffer *offer = &audit->offers.at[i];
        if (!offer->is_live || !is_below(audit->catalog, offer->role, role)) continue;
        if (has_shared(audit, hf_shape__content(offer->held))) return FALSE;
        count(audit, hf_shape__content(offer->held), held);
    }
    return TRUE;
}

void hf_audit_share(HfAudit *audit, HfRoleId role, gboolean with_offers, const HfKindId *excluded,
                    uint32_t excluded_count, double share)
{
    if (audit->breach != NULL || audit->is_leaderless) return;
    HfQuantities pool = {0}, held = {0};
    for (guint32 a = 0; a < audit->agents.count; a++)
        if (audit->agents.at[a].standing == HF_AUDIT_REGISTERED ||
            audit->agents.at[a].standing == HF_AUDIT_DISCONNECTED)
            count(audit, &audit->totals.at[a], &pool);
    double most = 0;
    gboolean is_known = recount(audit, role, with_offers, &held);
    for (uint32_t i = 0; i < pool.count; i++) {
        const HfQuantity *total = &hf_quantities_entries(&pool)[i];
        gboolean counts = total->milli > 0;
        for (uint32_t e = 0; e < excluded_count; e++) counts = counts && excluded[e] != total->kind;
        if (!counts) continue;
        most = MAX(most, (double)hf_quantities_get(&held, total->kind) / (double)total->milli);
    }
    hf_quantities_clear(&pool);
    hf_quantities_clear(&held);
    if (!is_known || fabs(most - share) <= 1e-12) return;
    HfRecord subject = {
        .at = audit->last, .type = HF_RECORD_RUN_ENDED, .agent = NO_ROW, .framework = NO_ROW};
    hf_audit__break(audit, HF_INVARIANT_SHARES, &subject,
                    "the allocator has role %s at a share of %.9g, and a recount finds %.9g",
                    hf_role_path(audit->catalog, role), share, most);
}
