/*
 * What frameworks refused, on which agent, until when: the last filter of a sub on an agent, which
 * is most often the only one, and a list of others behind it. A filter that is over, revived away
 * or of an agent that went is recognised when its list is next touched, and dropped then: every
 * decline looks through the list it adds to, so a list holds no more than what was in force when it
 * last grew.
 */
#include "audit/audit_internal.h"

#define REFUSE_MS_MAX (INT64_C(365) * 24 * 3600 * 1000)

static HfAuditFilter *first_of(HfAudit *audit, uint32_t sub, uint32_t agent)
{
    HfAuditSub *row = &audit->subs.at[sub];
    while (row->filters.count <= agent)
        hf_vec_push(&row->filters, (HfAuditFilter){0, 0, 0, NO_ROW, NULL});
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
        hf_shape__drop(audit, &filter->refused);
        hf_slots_give(&audit->filter_slots,
                      (HfHandle){row, audit->filter_slots.generation.at[row]});
    }
    return kept;
}

/* A filter that another comes to stand before. */
static uint32_t push_back(HfAudit *audit, const HfAuditFilter *filter, uint32_t next)
{
    HfHandle handle = hf_slots_take(&audit->filter_slots);
    if (handle.row == audit->filters.count) hf_vec_push_zero(&audit->filters);
    audit->filters.at[handle.row] = *filter;
    audit->filters.at[handle.row].next = next;
    return handle.row;
}

void hf_audit__filter(HfAudit *audit, HfTime now, uint32_t framework, HfRoleId role, uint32_t agent,
                      int64_t refuse_ms, HfShape *refused)
{
    if (refuse_ms <= 0) return;
    HfEra era = audit->config.era;
    if (hf_era_has(era, HF_RULE_FILTER_CAP)) refuse_ms = MIN(refuse_ms, REFUSE_MS_MAX);
    HfTime timeout = refuse_ms * HF_NS_PER_MS;
    if (hf_era_has(era, HF_RULE_FILTER_OUTLIVES_BATCH))
        timeout = MAX(timeout, audit->config.allocation_interval);
    uint32_t sub = hf_audit__sub(audit, framework, role);
    uint32_t epoch = epoch_of(audit, framework, sub, agent), next = NO_ROW;
    HfAuditFilter *first = first_of(audit, sub, agent);
    if (first->refused != NULL) {
        next = sweep(audit, first->next, now, epoch);
        if (is_in_force(first, now, epoch))
            next = push_back(audit, first, next); /* with its reference */
        else
            hf_shape__drop(audit, &first->refused);
    }
    *first = (HfAuditFilter){.since = now,
                             .ends = hf_time_add(now, timeout),
                             .epoch = epoch,
                             .next = next,
                             .refused = hf_shape__ref(refused)};
}

const HfAuditFilter *hf_audit__filtered(HfAudit *audit, HfTime now, uint32_t framework,
                                        HfRoleId role, uint32_t agent, const HfResources *offered)
{
    uint32_t sub = hf_audit__sub(audit, framework, role);
    const HfAuditSub *refuser = &audit->subs.at[sub];
    if (agent >= refuser->filters.count) return NULL;
    const HfAuditFilter *filter = &refuser->filters.at[agent];
    if (filter->refused == NULL) return NULL;
    uint32_t epoch = epoch_of(audit, framework, sub, agent);
    for (;; filter = &audit->filters.at[filter->next]) {
        if (G_UNLIKELY(is_in_force(filter, now, epoch)) &&
            hf_resources_contains(audit->catalog, &filter->refused->content, offered))
            return filter;
        if (filter->next == NO_ROW) return NULL;
    }
}

void hf_audit__fetch_filter(const HfAudit *audit, uint32_t agent)
{
    if (audit->sub_last == NO_ROW) return;
    const HfAuditSub *sub = &audit->subs.at[audit->sub_last];
    if (agent < sub->filters.count) __builtin_prefetch(&sub->filters.at[agent], 1);
}
