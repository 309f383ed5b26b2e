/*
 * Frameworks and offers in the auditor's book. Offer ids are packed handles (base/slots.h): the row
 * is used again, its generation only grows, and so an id that comes twice is recognised.
 */
#include "audit/audit_internal.h"

#define FRAMEWORKS_MAX (UINT32_C(1) << 24)
#define OFFERS_MAX     (UINT32_C(1) << 28)
#define AHEAD          8 /* answers: how early what they need is loaded */

/* ---- frameworks ---- */

HfAuditFramework *hf_audit__framework(HfAudit *audit, const HfRecord *record)
{
    if (G_LIKELY(record->framework < audit->frameworks.count)) {
        HfAuditFramework *framework = &audit->frameworks.at[record->framework];
        if (G_LIKELY(framework->is_known && !framework->is_removed)) return framework;
    }
    g_autofree char *name = hf_audit__framework_name(audit, record->framework);
    hf_audit__break(audit, HF_INVARIANT_REMOVED, record,
                    "framework %s takes part (%s) and is not subscribed", name,
                    hf_record_shapes[record->type].name);
    return NULL;
}

static void subscribe(HfAudit *audit, const HfRecord *record)
{
    if (record->framework >= FRAMEWORKS_MAX ||
        (record->framework < audit->frameworks.count &&
         audit->frameworks.at[record->framework].is_removed)) {
        g_autofree char *name = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(audit, HF_INVARIANT_REMOVED, record,
                        "framework %s was removed and subscribes again", name);
        return;
    }
    while (audit->frameworks.count <= record->framework) hf_vec_push_zero(&audit->frameworks);
    HfAuditFramework *framework = &audit->frameworks.at[record->framework];
    if (!framework->is_known) framework->calls = 1; /* above the 0 of a sub that said nothing */
    framework->is_known = TRUE;
}

void hf_audit__on_framework(HfAudit *audit, const HfRecord *record)
{
    if (record->type == HF_RECORD_FRAMEWORK_SUBSCRIBED) {
        subscribe(audit, record);
        return;
    }
    if (record->type == HF_RECORD_FRAMEWORK_RESUBSCRIBED &&
        record->framework < audit->frameworks.count &&
        audit->frameworks.at[record->framework].was_known)
        audit->frameworks.at[record->framework].is_known =
            TRUE; /* the first time since a failover */
    HfAuditFramework *framework = hf_audit__framework(audit, record);
    if (framework == NULL) return;
    gboolean is_removed = record->type == HF_RECORD_FRAMEWORK_REMOVED;
    if (framework->offers > 0 || (is_removed && framework->tasks + framework->executors > 0)) {
        g_autofree char *name = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(audit, HF_INVARIANT_REMOVED, record,
                        "framework %s is %s and has %u offers, %u tasks and %u executors", name,
                        is_removed ? "removed" : "disconnected", framework->offers,
                        framework->tasks, framework->executors);
        return;
    }
    framework->is_removed = is_removed;
    framework->is_disconnected = record->type == HF_RECORD_FRAMEWORK_DISCONNECTED;
    if (is_removed) hf_audit__orphan_held(audit, record->framework);
    if (is_removed) return;
    framework->is_suppressed = FALSE; /* a new connection begins without filters or suppression */
    framework->calls++;
    framework->epoch++;
}

uint32_t hf_audit__sub(HfAudit *audit, uint32_t framework, HfRoleId role)
{
    uint64_t key = (uint64_t)framework << 32 | role;
    if (G_LIKELY(audit->sub_key == key && audit->sub_last != NO_ROW)) return audit->sub_last;
    uint32_t sub = hf_map64_get(&audit->sub_rows, key);
    if (G_UNLIKELY(sub == HF_MAP64_NONE)) {
        sub = audit->subs.count;
        hf_vec_push_zero(&audit->subs);
        hf_map64_set(&audit->sub_rows, key, sub);
    }
    audit->sub_key = key;
    audit->sub_last = sub;
    return sub;
}

void hf_audit__on_revive(HfAudit *audit, const HfRecord *record)
{
    HfAuditFramework *framework = hf_audit__framework(audit, record);
    if (framework == NULL) return;
    gboolean suppress = record->type == HF_RECORD_SUPPRESSED;
    if (record->role == HF_ROLE_NONE) {
        framework->is_suppressed = suppress;
        framework->calls++;
        if (!suppress) framework->epoch++;
        return;
    }
    uint32_t row = hf_audit__sub(audit, record->framework, record->role);
    HfAuditSub *sub = &audit->subs.at[row];
    sub->is_suppressed = suppress;
    sub->calls = framework->calls;
    if (suppress) return;
    sub->epoch++;
    if (!hf_era_has(audit->config.era, HF_RULE_REVIVE_BY_ROLE)) framework->epoch++;
}

static gboolean is_suppressed(HfAudit *audit, const HfRecord *record,
                              const HfAuditFramework *framework)
{
    uint32_t row = hf_audit__sub(audit, record->framework, record->role);
    const HfAuditSub *sub = &audit->subs.at[row];
    return sub->calls == framework->calls ? sub->is_suppressed : framework->is_suppressed;
}

/* ---- offers are made ---- */

/* A row for a new offer, or NULL when its id was there before. */
static HfAuditOffer *new_offer(HfAudit *audit, const HfRecord *record)
{
    HfHandle handle = hf_handle_unpack(record->id);
    if (handle.row >= OFFERS_MAX) {
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record,
                        "offer id %" G_GUINT64_FORMAT " is none that a master gives",
                        (guint64)record->id);
        return NULL;
    }
    while (audit->offers.count <= handle.row) hf_vec_push_zero(&audit->offers);
    HfAuditOffer *offer = &audit->offers.at[handle.row];
    if (G_LIKELY(!offer->is_live && handle.generation > offer->generation)) return offer;
    if (handle.generation > offer->generation) {
        uint64_t before = hf_handle_pack((HfHandle){handle.row, offer->generation});
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record,
                        "offer %" G_GUINT64_FORMAT " takes the place of offer %" G_GUINT64_FORMAT
                        ", which is still out",
                        (guint64)record->id, (guint64)before);
    } else {
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record,
                        "offer id %" G_GUINT64_FORMAT " is used a second time",
                        (guint64)record->id);
    }
    return NULL;
}

static gboolean is_offerable(HfAudit *audit, const HfRecord *record)
{
    const HfAuditAgent *agent = hf_audit__agent(audit, record->agent);
    if (G_LIKELY(agent != NULL && agent->standing == HF_AUDIT_REGISTERED && !agent->is_deactivated))
        return TRUE;
    g_autofree char *name = hf_audit__agent_name(audit, record->agent);
    hf_audit__break(audit, HF_INVARIANT_AGENTS, record,
                    "offer %" G_GUINT64_FORMAT
                    " is of agent %s, which is not there, or deactivated",
                    (guint64)record->id, name);
    return FALSE;
}

/* May the role be given all of it? */
static gboolean is_of_role(HfAudit *audit, const HfRecord *record, const HfResources *offered)
{
    const HfResource *entry = hf_resources_entries(offered);
    for (uint32_t i = 0; i < hf_resources_count(offered); i++, entry++) {
        if (G_LIKELY(entry->meta == HF_META_PLAIN ||
                     hf_meta_is_allocatable_to(audit->catalog, entry->meta, record->role)))
            continue;
        HfRoleId reserved = hf_meta_reservation_role(audit->catalog, entry->meta);
        hf_audit__break(audit, HF_INVARIANT_ROLES, record,
                        "offer %" G_GUINT64_FORMAT " gives role %s what is reserved to %s",
                        (guint64)record->id, hf_role_path(audit->catalog, record->role),
                        hf_role_path(audit->catalog, reserved));
        return FALSE;
    }
    return TRUE;
}

/* Did the framework say that it does not want this? */
static gboolean is_wanted(HfAudit *audit, const HfRecord *record, const HfAuditFramework *framework,
                          const HfResources *offered)
{
    if (G_UNLIKELY(is_suppressed(audit, record, framework))) {
        g_autofree char *name = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(audit, HF_INVARIANT_FILTERS, record,
                        "framework %s gets an offer under role %s, which it has suppressed", name,
                        hf_role_path(audit->catalog, record->role));
        return FALSE;
    }
    const HfAuditFilter *filter = hf_audit__filtered(audit, record->at, record->framework,
                                                     record->role, record->agent, offered);
    if (G_LIKELY(filter == NULL)) return TRUE;
    g_autofree char *name = hf_audit__framework_name(audit, record->framework);
    g_autofree char *refused = hf_audit__text(audit, &filter->refused->content);
    char since[32], ends[32];
    hf_audit__break(audit, HF_INVARIANT_FILTERS, record,
                    "framework %s refused %s at %s until %s and is offered part of it", name,
                    refused, hf_time_print(filter->since, since, sizeof since),
                    hf_time_print(filter->ends, ends, sizeof ends));
    return FALSE;
}

/* Of all that it holds, whatever it is reserved for. */
static gboolean is_large_enough(HfAudit *audit, const HfRecord *record)
{
    const HfAuditConfig *config = &audit->config;
    for (uint32_t m = 0; m < config->minimum_count; m++)
        if (hf_resources_contains_quantities(audit->catalog, record->resources,
                                             &config->minimum[m]))
            return TRUE;
    if (config->minimum_count == 0) return TRUE;
    g_autofree char *text = hf_audit__text(audit, record->resources);
    hf_audit__break(audit, HF_INVARIANT_MINIMUM, record,
                    "offer %" G_GUINT64_FORMAT " of %s is smaller than an offer may be",
                    (guint64)record->id, text);
    return FALSE;
}

void hf_audit__on_offer_sent(HfAudit *audit, const HfRecord *record)
{
    HfAuditFramework *framework = hf_audit__framework(audit, record);
    if (framework == NULL || !is_offerable(audit, record)) return;
    if (G_UNLIKELY(framework->is_disconnected)) {
        g_autofree char *name = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(audit, HF_INVARIANT_REMOVED, record,
                        "framework %s is offered something and is disconnected", name);
        return;
    }
    HfAuditOffer *offer = new_offer(audit, record);
    if (offer == NULL) return;
    HfAuditAgent *agent = &audit->agents.at[record->agent];
    /* Most offers are all that the agent has left. */
    gboolean is_all =
        record->resources != NULL &&
        hf_audit__is_same_row(audit, hf_shape__content(agent->unheld), record->resources);
    hf_shape__drop(audit, &offer->held);
    if (is_all) {
        offer->held = agent->unheld; /* with its reference */
        agent->unheld = NULL;
    } else {
        hf_audit__plain(audit, record->resources, &audit->scratch);
        offer->held = hf_shape__of(audit, &audit->scratch);
    }
    const HfResources *offered = hf_shape__content(offer->held);
    if (record->resources == NULL || hf_resources_is_empty(record->resources)) {
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record, "offer %" G_GUINT64_FORMAT " is empty",
                        (guint64)record->id);
        return;
    }
    if (!is_of_role(audit, record, offered) || !is_wanted(audit, record, framework, offered))
        return;
    if (!is_all) hf_audit__take_unheld(audit, record, offered, HF_INVARIANT_OFFERS);
    if (hf_audit__is_broken(audit) || !is_large_enough(audit, record)) return;
    hf_audit__check_quota(audit, record, offered);
    hf_audit__count_quota(audit, record->role, offered, 1);
    offer->serial = audit->serial - 1;
    offer->at = record->at;
    offer->generation = hf_handle_unpack(record->id).generation;
    offer->is_live = TRUE;
    offer->framework = record->framework;
    offer->agent = record->agent;
    offer->role = record->role;
    offer->place = audit->sent_count++;
    audit->sent[offer->place & (HF_AUDIT_SENT - 1)] = hf_handle_unpack(record->id).row;
    agent->offers++;
    framework->offers++;
}

/* ---- offers are answered ---- */

static HfAuditOffer *live_offer(HfAudit *audit, const HfRecord *record)
{
    HfHandle handle = hf_handle_unpack(record->id);
    HfAuditOffer *offer = handle.row < audit->offers.count ? &audit->offers.at[handle.row] : NULL;
    if (offer == NULL || !offer->is_live || offer->generation != handle.generation) {
        gboolean was_there = offer != NULL && handle.generation <= offer->generation;
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record, "offer %" G_GUINT64_FORMAT " %s",
                        (guint64)record->id,
                        was_there ? "is answered a second time" : "is answered and was never sent");
        return NULL;
    }
    if (offer->framework != record->framework || offer->agent != record->agent ||
        offer->role != record->role) {
        g_autofree char *sent = hf_audit__framework_name(audit, offer->framework);
        g_autofree char *by = hf_audit__framework_name(audit, record->framework);
        hf_audit__break(audit, HF_INVARIANT_OFFERS, record,
                        "offer %" G_GUINT64_FORMAT
                        " to framework %s under role %s is answered by %s "
                        "under role %s, or for another agent",
                        (guint64)record->id, sent, hf_role_path(audit->catalog, offer->role), by,
                        hf_role_path(audit->catalog, record->role));
        return NULL;
    }
    if (!hf_audit__is_same(audit, hf_shape__content(offer->held), record->resources)) {
        g_autofree char *was = hf_audit__text(audit, hf_shape__content(offer->held));
        g_autofree char *is = hf_audit__text(audit, record->resources);
        hf_audit__break(audit, HF_INVARIANT_CONSERVATION, record,
                        "offer %" G_GUINT64_FORMAT " held %s and gives back %s",
                        (guint64)record->id, was, is);
        return NULL;
    }
    return offer;
}

static void accept(HfAudit *audit, const HfRecord *record, const HfAuditOffer *offer)
{
    if (audit->pending != HF_PENDING_TASKS) {
        audit->pending = HF_PENDING_TASKS;
        audit->pending_agent = record->agent;
        audit->pending_framework = record->framework;
        audit->pending_role = record->role;
        audit->pending_at = record->at;
        audit->pending_has_tasks = FALSE;
        hf_resources_reset(audit->catalog, &audit->pending_left);
        hf_resources_reset(audit->catalog, &audit->pending_offered);
    }
    audit->pending_refuse_ms = record->value;
    hf_resources_add(audit->catalog, &audit->pending_left, hf_shape__content(offer->held));
    hf_resources_add(audit->catalog, &audit->pending_offered, hf_shape__content(offer->held));
}

/* A framework answers offers in the order in which it got them: start loading what the answers to
 * the next ones will need. It is a guess, which costs nothing when it is wrong. */
static void fetch_next(const HfAudit *audit, const HfAuditOffer *offer)
{
    uint32_t far = offer->place + 2 * AHEAD, near = offer->place + AHEAD;
    if (far - offer->place < audit->sent_count - offer->place)
        __builtin_prefetch(&audit->offers.at[audit->sent[far & (HF_AUDIT_SENT - 1)]], 1);
    if (near - offer->place >= audit->sent_count - offer->place) return;
    uint32_t agent = audit->offers.at[audit->sent[near & (HF_AUDIT_SENT - 1)]].agent;
    __builtin_prefetch(&audit->agents.at[agent], 1);
    hf_audit__fetch_filter(audit, agent);
}

void hf_audit__on_offer_ended(HfAudit *audit, const HfRecord *record)
{
    HfAuditOffer *offer = live_offer(audit, record);
    if (offer == NULL) return;
    HfAuditAgent *agent = &audit->agents.at[offer->agent];
    fetch_next(audit, offer);
    hf_audit__count_quota(audit, offer->role, hf_shape__content(offer->held), -1);
    offer->is_live = FALSE;
    if (record->type == HF_RECORD_OFFER_ACCEPTED) {
        accept(audit, record, offer);
    } else {
        if (record->type == HF_RECORD_OFFER_DECLINED)
            hf_audit__filter(audit, record->at, record->framework, record->role, record->agent,
                             record->value, offer->held);
        if (agent->unheld == NULL && !agent->is_overheld) {
            agent->unheld = offer->held; /* with its reference */
            offer->held = NULL;
        } else {
            hf_audit__give(audit, offer->agent, hf_shape__content(offer->held));
        }
    }
    hf_shape__drop(audit, &offer->held);
    agent->offers--;
    audit->frameworks.at[offer->framework].offers--;
}

/* All is done that was to be done with the accepted offers: the rest goes back. What operations
 * made may be offered at once; what was there before is refused for a while. */
void hf_audit__close_accept(HfAudit *audit)
{
    HfResources *left = &audit->pending_left, *refused = &audit->pending_offered;
    audit->conversion.type = 0;
    if (hf_resources_is_empty(left)) return;
    hf_audit__give(audit, audit->pending_agent, left);
    HfResources made = {0};
    hf_resources_copy(audit->catalog, &made, left);
    hf_resources_subtract(audit->catalog, &made, refused);
    hf_resources_subtract(audit->catalog, left, &made);
    HfShape *filtered = hf_shape__of(audit, left);
    if (filtered != NULL)
        hf_audit__filter(audit, audit->pending_at, audit->pending_framework, audit->pending_role,
                         audit->pending_agent, audit->pending_refuse_ms, filtered);
    hf_shape__drop(audit, &filtered);
    hf_resources_reset(audit->catalog, left);
    hf_resources_clear(audit->catalog, &made);
}
