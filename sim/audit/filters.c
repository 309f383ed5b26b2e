/*
 * What frameworks refused, on which agent, until when. A filter that is over, revived away or of an
 * agent that went is recognised when its list is next touched, and dropped then: every decline
 * looks through the list it adds to, so a list holds no more than what was in force when it last
 * grew.
 */
#include "audit/audit_internal.h"

#define REFUSE_MS_MAX (INT64_C(365) * 24 * 3600 * 1000)

static HfAuditFilters *filters_of(HfAudit *audit, uint32_t sub, uint32_t agent)
{
    HfAuditSub *row = &audit->subs.at[sub];
    while (row->filters.count <= agent) hf_vec_push(&row->filters, (HfAuditFilters){0, 0, NO_ROW});
    return &row->filters.at[agent];
}

static uint32_t epoch_of(const HfAudit *audit, uint32_t framework, uint32_t sub, uint32_t agent)
{
    return audit->frameworks.at[framework].epoch + audit->subs.at[sub].epoch +
           audit->agents.at[agent].epoch;
}

/* At the very instant at which it ends a filter may stand or not: it depends on which timer was
 * armed first, its own or that of the batch (MESOS.md 3.5). */
static gboolean is_in_force(const HfAuditFilter *filter, HfTime now, uint32_t epoch)
{
    return filter->ends > now && filter->epoch == epoch;
}

/* Drop what is over from a list; its head afterwards. */
static uint32_t sweep(HfAudit *audit, uint32_t head, HfTime now, uint32_t epoch)
{
    uint32_t kept = NO_ROW, next;
    for (uint32_t row = head; row != NO_ROW; row = next) {
        HfAuditFilter *filter = &audit->filters.at[row];
        next = filter->next;
        if (is_in_force(filter, now, epoch)) {
            filter->next = kept;
            kept = row;
            continue;
        }
        hf_resources_reset(audit->catalog, &filter->refused);
        hf_slots_give(&audit->filter_slots,
                      (HfHandle){row, audit->filter_slots.generation.at[row]});
    }
    return kept;
}

void hf_audit__filter(HfAudit *audit, HfTime now, uint32_t framework, HfRoleId role, uint32_t agent,
                      int64_t refuse_ms, const HfResources *refused)
{
    if (refuse_ms <= 0) return;
    HfEra era = audit->config.era;
    if (hf_era_has(era, HF_RULE_FILTER_CAP)) refuse_ms = MIN(refuse_ms, REFUSE_MS_MAX);
    HfTime timeout = refuse_ms * HF_NS_PER_MS;
    if (hf_era_has(era, HF_RULE_FILTER_OUTLIVES_BATCH))
        timeout = MAX(timeout, audit->config.allocation_interval);
    uint32_t sub = hf_audit__sub(audit, framework, role);
    uint32_t epoch = epoch_of(audit, framework, sub, agent);
    HfAuditFilters *list = filters_of(audit, sub, agent);
    list->first = sweep(audit, list->first, now, epoch);
    HfHandle handle = hf_slots_take(&audit->filter_slots);
    if (handle.row == audit->filters.count) hf_vec_push_zero(&audit->filters);
    HfAuditFilter *filter = &audit->filters.at[handle.row];
    filter->since = now;
    filter->ends = hf_time_add(now, timeout);
    filter->epoch = epoch;
    filter->next = list->first;
    hf_resources_copy(audit->catalog, &filter->refused, refused);
    list->ends = filter->next == NO_ROW ? filter->ends : MAX(list->ends, filter->ends);
    list->epoch = epoch;
    list->first = handle.row;
}

const HfAuditFilter *hf_audit__filtered(HfAudit *audit, HfTime now, uint32_t framework,
                                        HfRoleId role, uint32_t agent, const HfResources *offered)
{
    uint32_t sub = hf_audit__sub(audit, framework, role);
    const HfAuditSub *refuser = &audit->subs.at[sub];
    if (agent >= refuser->filters.count) return NULL;
    uint32_t epoch = epoch_of(audit, framework, sub, agent);
    const HfAuditFilters *list = &refuser->filters.at[agent];
    if (G_LIKELY(list->ends <= now || list->epoch != epoch)) return NULL;
    for (uint32_t row = list->first; row != NO_ROW; row = audit->filters.at[row].next) {
        const HfAuditFilter *filter = &audit->filters.at[row];
        if (is_in_force(filter, now, epoch) &&
            hf_resources_contains(audit->catalog, &filter->refused, offered))
            return filter;
    }
    return NULL;
}
