/*
 * Agents and their hosts in the auditor's book: what each has in all, and what nobody holds.
 */
#include "audit/audit_internal.h"

HfAuditHost *hf_audit__host(HfAudit *audit, uint32_t row)
{
    HF_ASSERT(row < HF_AUDIT_ROWS_MAX);
    while (audit->hosts.count <= row) {
        hf_vec_push_zero(&audit->hosts);
        hf_vec_last(&audit->hosts)->agent = NO_ROW;
    }
    return &audit->hosts.at[row];
}

HfAuditAgent *hf_audit__agent(HfAudit *audit, uint32_t agent)
{
    if (agent >= audit->agents.count) return NULL;
    HfAuditAgent *row = &audit->agents.at[agent];
    return row->standing == HF_AUDIT_UNKNOWN ? NULL : row;
}

/* ---- taking from what is there ---- */

static gboolean has_kind(const HfAudit *audit, const HfResources *total, const HfResource *entry)
{
    const HfResource *have = hf_resources_entries(total);
    for (uint32_t i = 0; i < hf_resources_count(total); i++)
        if (have[i].kind == entry->kind && hf_meta_equal(audit->catalog, have[i].meta, entry->meta))
            return TRUE;
    return FALSE;
}

/* Which of the invariants does it break that `from` does not hold all of `taken`? */
static HfInvariant kind_of_shortage(const HfAudit *audit, const HfResources *total,
                                    const HfResources *from, const HfResources *taken,
                                    HfInvariant shortage)
{
    const HfResource *entry = hf_resources_entries(taken);
    for (uint32_t i = 0; i < hf_resources_count(taken); i++, entry++) {
        if (hf_resources_contains_one(audit->catalog, from, entry)) continue;
        if (!has_kind(audit, total, entry) && !hf_meta_is_unreserved(audit->catalog, entry->meta) &&
            !hf_meta_is_dynamic(audit->catalog, entry->meta))
            return HF_INVARIANT_STATIC;
        if (hf_kind_type(audit->catalog, entry->kind) != HF_TYPE_SCALAR &&
            hf_resources_contains_one(audit->catalog, total, entry))
            return HF_INVARIANT_ONE_HOLDER;
        return shortage;
    }
    return shortage;
}

void hf_audit__take(HfAudit *audit, const HfRecord *record, HfResources *from,
                    const HfResources *taken, HfInvariant shortage)
{
    if (G_LIKELY(hf_resources_contains(audit->catalog, from, taken))) {
        hf_resources_subtract(audit->catalog, from, taken);
        return;
    }
    const HfResources *total = &audit->totals.at[record->agent];
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    g_autofree char *wanted = hf_audit__text(audit, taken), *there = hf_audit__text(audit, from);
    hf_audit__break(audit, kind_of_shortage(audit, total, from, taken, shortage), record,
                    "%s %" G_GUINT64_FORMAT " takes %s on agent %s, where %s is left",
                    record->type == HF_RECORD_OFFER_SENT          ? "offer"
                    : record->type == HF_RECORD_CONSUMED          ? "operation"
                    : record->type == HF_RECORD_EXECUTOR_LAUNCHED ? "executor"
                                                                  : "task",
                    (guint64)record->id, wanted, name, there);
}

HfResources *hf_audit__open(HfAudit *audit, uint32_t agent)
{
    hf_resources_copy(audit->catalog, &audit->opened,
                      hf_shape__content(audit->agents.at[agent].unheld));
    return &audit->opened;
}

void hf_audit__close(HfAudit *audit, uint32_t agent)
{
    hf_shape__drop(audit, &audit->agents.at[agent].unheld);
    audit->agents.at[agent].unheld = hf_shape__of(audit, &audit->opened);
}

void hf_audit__take_unheld(HfAudit *audit, const HfRecord *record, const HfResources *taken,
                           HfInvariant shortage)
{
    hf_audit__take(audit, record, hf_audit__open(audit, record->agent), taken, shortage);
    hf_audit__close(audit, record->agent);
}

/* ---- agents ---- */

/* Its total, as it registers: the same as before unless its host went down in between, or an
 * operation did not reach it. TRUE when it is another. */
static gboolean set_total(HfAudit *audit, const HfRecord *record, gboolean may_change)
{
    HfResources *total = &audit->scratch, *booked = &audit->totals.at[record->agent];
    hf_audit__plain(audit, record->resources, total);
    if (hf_resources_equal(audit->catalog, booked, total)) return FALSE;
    if (!may_change && !hf_audit__is_same_stuff(audit, booked, total)) {
        g_autofree char *name = hf_audit__agent_name(audit, record->agent);
        g_autofree char *before = hf_audit__text(audit, booked),
                        *after = hf_audit__text(audit, total);
        hf_audit__break(audit, HF_INVARIANT_STATIC, record,
                        "agent %s had %s and has %s without having been restarted", name, before,
                        after);
    }
    hf_resources_copy(audit->catalog, booked, total);
    return TRUE;
}

/* The same when more may be held than there is. */
static void count_loosely(HfAudit *audit, uint32_t row)
{
    HfCatalog *catalog = audit->catalog;
    HfResources *unheld = hf_audit__open(audit, row);
    hf_resources_copy(catalog, unheld, &audit->totals.at[row]);
    for (guint32 i = 0; i < audit->tasks.count; i++)
        if (audit->tasks.at[i].flags & HF_TASK_IS_OPEN && audit->tasks.at[i].agent == row)
            hf_resources_subtract(catalog, unheld, &audit->tasks.at[i].resources);
    for (guint32 i = 0; i < audit->offers.count; i++)
        if (audit->offers.at[i].is_live && audit->offers.at[i].agent == row)
            hf_resources_subtract(catalog, unheld, hf_shape__content(audit->offers.at[i].held));
    for (guint32 i = 0; i < audit->held.count; i++)
        if (audit->held.at[i].agent == row)
            hf_resources_subtract(catalog, unheld, &audit->held.at[i].resources);
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfResources *held = hf_audit__held_by(audit, i, row);
        if (held != NULL) hf_resources_subtract(catalog, unheld, held);
    }
    hf_audit__close(audit, row);
}

void hf_audit__give(HfAudit *audit, uint32_t row, const HfResources *given)
{
    if (G_UNLIKELY(audit->agents.at[row].is_overheld)) {
        count_loosely(audit, row);
        return;
    }
    hf_resources_add(audit->catalog, hf_audit__open(audit, row), given);
    hf_audit__close(audit, row);
}

/* Do tasks hold what the agent has in another form: reserved or stored by operations that did not
 * reach it? (Offers have been taken back.) */
static gboolean is_held_otherwise(HfAudit *audit, uint32_t row)
{
    const HfResources *total = &audit->totals.at[row];
    HfResources held = {0};
    for (guint32 i = 0; i < audit->tasks.count; i++)
        if (audit->tasks.at[i].flags & HF_TASK_IS_OPEN && audit->tasks.at[i].agent == row)
            hf_resources_add(audit->catalog, &held, &audit->tasks.at[i].resources);
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfResources *by_executor = hf_audit__held_by(audit, i, row);
        if (by_executor != NULL) hf_resources_add(audit->catalog, &held, by_executor);
    }
    gboolean is_otherwise = !hf_resources_contains(audit->catalog, total, &held) &&
                            hf_audit__has_stuff(audit, total, &held);
    hf_resources_clear(audit->catalog, &held);
    return is_otherwise;
}

/* What tasks and offers leave of the total, `unheld`. */
static void take_all(HfAudit *audit, const HfRecord *record, HfResources *unheld)
{
    const HfInvariant shortage = HF_INVARIANT_CONSERVATION;
    uint32_t row = record->agent;
    const HfAuditAgent *agent = &audit->agents.at[row];
    for (guint32 i = 0; i < audit->held.count && !hf_audit__is_broken(audit); i++)
        if (audit->held.at[i].agent == row)
            hf_audit__take(audit, record, unheld, &audit->held.at[i].resources, shortage);
    for (guint32 i = 0; i < audit->executors.count && !hf_audit__is_broken(audit); i++) {
        const HfResources *held = hf_audit__held_by(audit, i, row);
        if (held != NULL) hf_audit__take(audit, record, unheld, held, shortage);
    }
    if (agent->tasks == 0 && agent->offers == 0) return;
    for (guint32 i = 0; i < audit->tasks.count && !hf_audit__is_broken(audit); i++) {
        const HfAuditTask *task = &audit->tasks.at[i];
        if (task->flags & HF_TASK_IS_OPEN && task->agent == row)
            hf_audit__take(audit, record, unheld, &task->resources, shortage);
    }
    for (guint32 i = 0; i < audit->offers.count && !hf_audit__is_broken(audit); i++) {
        const HfAuditOffer *offer = &audit->offers.at[i];
        if (offer->is_live && offer->agent == row)
            hf_audit__take(audit, record, unheld, hf_shape__content(offer->held), shortage);
    }
}

static void count_unheld(HfAudit *audit, const HfRecord *record)
{
    HfResources *unheld = hf_audit__open(audit, record->agent);
    hf_resources_copy(audit->catalog, unheld, &audit->totals.at[record->agent]);
    take_all(audit, record, unheld);
    hf_audit__close(audit, record->agent);
}

static gboolean fits_host(HfAudit *audit, const HfRecord *record)
{
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    if (record->agent >= HF_AUDIT_ROWS_MAX || record->value < 0 ||
        record->value >= HF_AUDIT_ROWS_MAX) {
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record, "agent %s is not of this cluster",
                        name);
        return FALSE;
    }
    uint32_t host = (uint32_t)record->value;
    g_autofree char *host_name = hf_audit__host_name(audit, host);
    const HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    if (agent == NULL && record->type == HF_RECORD_AGENT_REREGISTERED) {
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                        "agent %s registers again and never registered before", name);
        return FALSE;
    }
    if (agent != NULL && agent->host != host) {
        g_autofree char *before = hf_audit__host_name(audit, agent->host);
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                        "agent id %s of host %s is used by host %s", name, before, host_name);
        return FALSE;
    }
    if (agent != NULL && record->type == HF_RECORD_AGENT_REGISTERED) {
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record, "agent id %s is given out twice", name);
        return FALSE;
    }
    uint32_t other = hf_audit__host(audit, host)->agent;
    if (other != NO_ROW && other != record->agent &&
        audit->agents.at[other].standing < HF_AUDIT_LEFT) {
        g_autofree char *other_name = hf_audit__agent_name(audit, other);
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                        "host %s registers as agent %s while agent %s is still there", host_name,
                        name, other_name);
        return FALSE;
    }
    return TRUE;
}

HfAuditAgent *hf_audit__enter_agent(HfAudit *audit, uint32_t row)
{
    while (audit->agents.count <= row) {
        hf_vec_push_zero(&audit->agents);
        hf_vec_last(&audit->agents)->parked = NO_ROW;
        hf_vec_push_zero(&audit->totals);
    }
    return &audit->agents.at[row];
}

void hf_audit__on_agent_registered(HfAudit *audit, const HfRecord *record)
{
    if (!fits_host(audit, record)) return;
    HfAuditAgent *agent = hf_audit__enter_agent(audit, record->agent);
    HfAuditHost *host = hf_audit__host(audit, (uint32_t)record->value);
    HfAuditStanding before = agent->standing;
    audit->quotas_are_counted = FALSE;
    gboolean may_change = before == HF_AUDIT_UNKNOWN || agent->is_unseen || host->was_down;
    agent->is_unseen = FALSE;
    gboolean is_another = set_total(audit, record, may_change);
    agent->host = (uint32_t)record->value;
    agent->standing = HF_AUDIT_REGISTERED;
    agent->registered_at = record->at;
    /* The master before may have written it off without living to say so: then it comes back as one
     * that was unreachable, and older masters stop its tasks. */
    gboolean is_expected = agent->registry == HF_REGISTRY_ADMITTED ||
                           hf_era_has(audit->config.era, HF_RULE_TASKS_RETURN);
    agent->registry = HF_REGISTRY_ADMITTED;
    if (before >= HF_AUDIT_LEFT) {
        audit->pending = HF_PENDING_RETURN;
        audit->pending_agent = record->agent;
        audit->pending_is_whole =
            before == HF_AUDIT_LEFT && is_expected && !host->was_down && !host->is_cut_off;
    }
    if (before >= HF_AUDIT_LEFT || before == HF_AUDIT_UNKNOWN) {
        agent->is_overheld = FALSE;
        count_unheld(audit, record);
    } else if (is_another && (agent->is_overheld || is_held_otherwise(audit, record->agent))) {
        agent->is_overheld = TRUE; /* once it is, tasks that will not come may pile up */
        count_loosely(audit, record->agent);
    } else if (is_another) {
        count_unheld(audit, record);
    }
    host->agent = record->agent;
    host->was_down = host->is_down;
    host->is_cut_off = FALSE;
}

/* The agent of a record; breaks I-22 and returns NULL when it is not one of these. */
static HfAuditAgent *standing_agent(HfAudit *audit, const HfRecord *record, gboolean connected_only)
{
    HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    if (agent != NULL && (agent->standing == HF_AUDIT_REGISTERED ||
                          (!connected_only && (agent->standing == HF_AUDIT_DISCONNECTED ||
                                               agent->standing == HF_AUDIT_LEFT))))
        return agent;
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_AGENTS, record, "agent %s is lost, and was not there",
                    name);
    return NULL;
}

static gboolean has_no_offers(HfAudit *audit, const HfRecord *record, const HfAuditAgent *agent)
{
    if (agent->offers == 0) return TRUE;
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_AGENTS, record, "agent %s is lost with %u offers out", name,
                    agent->offers);
    return FALSE;
}

void hf_audit__on_agent_disconnected(HfAudit *audit, const HfRecord *record)
{
    HfAuditAgent *agent = standing_agent(audit, record, TRUE);
    if (agent == NULL || !has_no_offers(audit, record, agent)) return;
    agent->standing = HF_AUDIT_DISCONNECTED;
    HfAuditHost *host = hf_audit__host(audit, agent->host);
    if (host->breaks == 0) return;
    host->breaks--; /* a registration that was under way when it broke may have come in between */
    host->is_cut_off = TRUE;
}

void hf_audit__on_agent_deactivated(HfAudit *audit, const HfRecord *record)
{
    HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    if (agent == NULL) return;
    agent->is_deactivated = record->type == HF_RECORD_AGENT_DEACTIVATED;
}

/* What the registry has of it now. Eras that do not take agents back forget them at once. */
static HfRegistryStanding registry_after(const HfAudit *audit, const HfRecord *record)
{
    if (record->type == HF_RECORD_AGENT_GONE) return HF_REGISTRY_GONE;
    return record->type == HF_RECORD_AGENT_UNREACHABLE &&
                   hf_era_has(audit->config.era, HF_RULE_AGENTS_RETURN)
               ? HF_REGISTRY_UNREACHABLE
               : HF_REGISTRY_NONE;
}

void hf_audit__on_agent_unreachable(HfAudit *audit, const HfRecord *record)
{
    HfAuditAgent *known = hf_audit__agent(audit, record->agent);
    if (record->type == HF_RECORD_AGENT_GONE && known != NULL &&
        known->standing == HF_AUDIT_UNREACHABLE) {
        known->registry = HF_REGISTRY_GONE;
        return; /* it was given up before */
    }
    HfAuditAgent *agent = standing_agent(audit, record, FALSE);
    if (agent == NULL || !has_no_offers(audit, record, agent)) return;
    agent->standing = HF_AUDIT_UNREACHABLE;
    agent->registry = registry_after(audit, record);
    if (agent->registry == HF_REGISTRY_NONE) agent->is_deactivated = FALSE;
    agent->epoch++;
    hf_audit__forget_held(audit, record->agent);
    hf_shape__drop(audit, &agent->unheld);
    audit->pending = HF_PENDING_LOSSES;
    audit->pending_agent = record->agent;
}

/* ---- hosts ---- */

void hf_audit__on_host(HfAudit *audit, const HfRecord *record)
{
    gboolean goes_down = record->type == HF_RECORD_AGENT_CRASHED;
    HfAuditHost *host =
        record->agent < HF_AUDIT_ROWS_MAX ? hf_audit__host(audit, record->agent) : NULL;
    if (host == NULL || !host->is_down == !goes_down) {
        g_autofree char *name = hf_audit__host_name(audit, record->agent);
        hf_audit__break(audit, HF_INVARIANT_AGENTS, record, "host %s %s, and was so already", name,
                        goes_down ? "goes down" : "comes back");
        return;
    }
    host->is_down = goes_down;
    host->was_down = TRUE;
    if (!goes_down) return;
    audit->pending = HF_PENDING_ENDS;
    audit->pending_agent = record->agent;
}

/* The agent's process alone: it may start with other flags. */
void hf_audit__on_agent_stopped(HfAudit *audit, const HfRecord *record)
{
    HfAuditHost *host =
        record->agent < HF_AUDIT_ROWS_MAX ? hf_audit__host(audit, record->agent) : NULL;
    if (host != NULL && !host->is_down) {
        host->was_down = TRUE;
        return;
    }
    g_autofree char *name = hf_audit__host_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                    "the agent of host %s stops while it is down", name);
}

/* ---- the recount ---- */

/* Every agent: what is left, and what live offers, open tasks and executors hold, make the total.
 */
void hf_audit__recount(HfAudit *audit)
{
    HfCatalog *catalog = audit->catalog;
    g_autofree HfResources *sum = g_new0(HfResources, audit->agents.count + 1);
    for (guint32 i = 0; i < audit->offers.count; i++)
        if (audit->offers.at[i].is_live)
            hf_resources_add(catalog, &sum[audit->offers.at[i].agent],
                             hf_shape__content(audit->offers.at[i].held));
    for (guint32 i = 0; i < audit->tasks.count; i++)
        if (audit->tasks.at[i].flags & HF_TASK_IS_OPEN)
            hf_resources_add(catalog, &sum[audit->tasks.at[i].agent],
                             &audit->tasks.at[i].resources);
    for (guint32 i = 0; i < audit->held.count; i++)
        hf_resources_add(catalog, &sum[audit->held.at[i].agent], &audit->held.at[i].resources);
    for (guint32 i = 0; i < audit->executors.count; i++) {
        const HfResources *held = hf_audit__held_by(audit, i, NO_ROW);
        if (held != NULL) hf_resources_add(catalog, &sum[audit->executors.at[i].agent], held);
    }
    for (guint32 a = 0; a < audit->agents.count; a++) {
        const HfAuditAgent *agent = &audit->agents.at[a];
        if (agent->standing == HF_AUDIT_REGISTERED || agent->standing == HF_AUDIT_DISCONNECTED) {
            hf_resources_add(catalog, &sum[a], hf_shape__content(agent->unheld));
            const HfResources *total = &audit->totals.at[a];
            if (!agent->is_overheld && !hf_resources_equal(catalog, &sum[a], total)) {
                g_autofree char *name = hf_audit__agent_name(audit, a);
                g_autofree char *all = hf_audit__text(audit, total),
                                *counted = hf_audit__text(audit, &sum[a]);
                hf_audit__break(
                    audit, HF_INVARIANT_CONSERVATION,
                    &(HfRecord){
                        .type = HF_RECORD_AGENT_REREGISTERED, .agent = a, .framework = HF_ROW_NONE},
                    "agent %s has %s, of which %s is accounted for", name, all, counted);
            }
        }
        hf_resources_clear(catalog, &sum[a]);
    }
}
