/*
 * The auditor: what it hears goes to the part of the book that it is about; see audit.h.
 */
#include "audit/audit_internal.h"

#include <string.h>

#include "resource/text.h"

#define AUDIT "--audit"

const HfInvariantInfo hf_invariants[] = {
    {"I-01", "on every agent total = allocated + offered + free, and none is negative", AUDIT},
    {"I-02", "each port is in at most one offer, task or executor", AUDIT},
    {"I-03", "an offer holds what was free, and is answered once", AUDIT},
    {"I-04", "what is reserved to a role is offered to it and below it alone", AUDIT},
    {"I-05", "what an agent has changes only when it restarts, or by an operation", AUDIT},
    {"I-06", "no offer is smaller than master.min_allocatable_resources",
     AUDIT " (not in scope cell, nor where frameworks have minima of their own)"},
    {"I-07", "filters and suppression are respected", AUDIT},
    {"I-08", "no role is offered more than its limit, and guarantees come first",
     AUDIT " (limits, as Mesos 1.9 and later hold them; guarantees: test property.allocator_twin)"},
    {"I-09", "shares that the allocator keeps are those that a recount finds", AUDIT},
    {"I-10", "a volume lies in a reservation", AUDIT},
    {"I-11",
     "an operation takes only what it was offered, or nobody holds; a reservation with a volume "
     "in it stays",
     AUDIT},
    {"I-12", "what a volume holds outlives everything but the disk and DESTROY", AUDIT},
    {"I-13", "on an agent a role has each persistence id once", AUDIT},
    {"I-14",
     "what is used of a disk is sandboxes, volumes, services' directories and what others wrote; "
     "of "
     "a store, what was taken and not removed",
     AUDIT},
    {"I-15", "a naive allocator makes the same offers", "test property.allocator_twin"},
    {"I-16", "a new master finds what the registry and the agents kept", AUDIT},
    {"I-17", "a run in pieces is the run in one piece", "test unit.models.repeatable"},
    {"I-18", "equal scenario and seed give an equal trace digest",
     "tests scenario.digest.*, unit.models.repeatable"},
    {"I-19", "time does not go back, and no event is lost", AUDIT},
    {"I-20", "a task goes through legal states, and ends once and in time when it is killed",
     AUDIT},
    {"I-21", "a removed framework has no tasks and gets no offers", AUDIT},
    {"I-22", "an agent id belongs to one host; what is gone holds nothing", AUDIT},
    {"I-23", "data is lost when no complete replica is left, and only then", AUDIT},
    {"I-24",
     "a task runs on the host it was launched on, once; members that run are tasks; an app is in "
     "one "
     "deployment",
     AUDIT},
    {"I-25", "no more is copied than bandwidth and time allow", AUDIT},
    {NULL, NULL, NULL},
};

static const char *const ids[HF_INVARIANTS] = {
    [HF_INVARIANT_CONSERVATION] = "I-01", [HF_INVARIANT_ONE_HOLDER] = "I-02",
    [HF_INVARIANT_OFFERS] = "I-03",       [HF_INVARIANT_ROLES] = "I-04",
    [HF_INVARIANT_STATIC] = "I-05",       [HF_INVARIANT_MINIMUM] = "I-06",
    [HF_INVARIANT_FILTERS] = "I-07",      [HF_INVARIANT_QUOTAS] = "I-08",
    [HF_INVARIANT_SHARES] = "I-09",       [HF_INVARIANT_VOLUMES] = "I-10",
    [HF_INVARIANT_OPERATIONS] = "I-11",   [HF_INVARIANT_UNIQUE] = "I-13",
    [HF_INVARIANT_CONTENT] = "I-12",      [HF_INVARIANT_REAL_DISK] = "I-14",
    [HF_INVARIANT_REPLAY] = "I-16",       [HF_INVARIANT_TIME] = "I-19",
    [HF_INVARIANT_TASKS] = "I-20",        [HF_INVARIANT_REMOVED] = "I-21",
    [HF_INVARIANT_AGENTS] = "I-22",       [HF_INVARIANT_DATA] = "I-23",
    [HF_INVARIANT_ONE_HOST] = "I-24",     [HF_INVARIANT_COPIES] = "I-25",
};

static const HfInvariantInfo *info_of(HfInvariant invariant)
{
    const HfInvariantInfo *info = hf_invariants;
    while (strcmp(info->id, ids[invariant]) != 0) info++;
    return info;
}

HfAudit *hf_audit_new(HfCatalog *catalog, const HfAuditConfig *config)
{
    HF_ASSERT(config->allocation_interval > 0);
    HfAudit *audit = g_new0(HfAudit, 1);
    audit->catalog = catalog;
    audit->config = *config;
    audit->services = hf_audit__services_new();
    audit->stores = hf_audit__stores_new();
    audit->sub_last = NO_ROW;
    audit->sent = g_new0(uint32_t, HF_AUDIT_SENT);
    hf_history__init(&audit->history);
    return audit;
}

static void clear_rows(HfAudit *audit)
{
    HfCatalog *catalog = audit->catalog;
    for (guint32 i = 0; i < audit->agents.count; i++)
        hf_resources_clear(catalog, &audit->totals.at[i]);
    hf_shapes__clear(audit); /* of agents, offers and filters */
    for (guint32 i = 0; i < audit->tasks.count; i++)
        hf_resources_clear(catalog, &audit->tasks.at[i].resources);
    hf_resources_clear(catalog, &audit->pending_left);
    hf_resources_clear(catalog, &audit->pending_offered);
    hf_resources_clear(catalog, &audit->consumed);
    hf_resources_clear(catalog, &audit->scratch);
    hf_resources_clear(catalog, &audit->opened);
}

static void free_breach(HfAuditBreach *breach)
{
    if (breach == NULL) return;
    g_free(breach->sentence);
    g_ptr_array_unref(breach->records);
    g_free(breach);
}

void hf_audit_free(HfAudit *audit)
{
    if (audit == NULL) return;
    clear_rows(audit);
    hf_history__clear(&audit->history, audit->catalog);
    for (guint32 i = 0; i < audit->hosts.count; i++) hf_audit__disk_free(audit->hosts.at[i].disk);
    hf_vec_clear(&audit->hosts);
    for (guint32 i = 0; i < audit->subs.count; i++) hf_vec_clear(&audit->subs.at[i].filters);
    hf_vec_clear(&audit->agents);
    hf_vec_clear(&audit->totals);
    hf_vec_clear(&audit->frameworks);
    hf_vec_clear(&audit->offers);
    hf_vec_clear(&audit->tasks);
    hf_vec_clear(&audit->subs);
    hf_vec_clear(&audit->filters);
    g_free(audit->sent);
    hf_slots_clear(&audit->task_slots);
    hf_slots_clear(&audit->filter_slots);
    hf_map64_clear(&audit->task_rows);
    hf_map64_clear(&audit->sub_rows);
    hf_audit__forget_held(audit, NO_ROW);
    hf_vec_clear(&audit->held);
    hf_audit__executors_clear(audit);
    hf_audit__forget_quotas(audit);
    hf_vec_clear(&audit->quotas);
    hf_audit__services_free(audit->services);
    hf_audit__stores_free(audit->stores);
    hf_map64_clear(&audit->inverse);
    free_breach(audit->breach);
    g_free(audit);
}

/* ---- amounts ---- */

void hf_audit__plain(HfAudit *audit, const HfResources *given, HfResources *out)
{
    if (given == NULL) {
        hf_resources_reset(audit->catalog, out);
        return;
    }
    hf_resources_copy(audit->catalog, out, given);
    hf_resources_unallocate(audit->catalog, out);
    if (G_LIKELY(!hf_resources_any(audit->catalog, out, HF_META_SHARED))) return;
    HfResources rest = {0};
    hf_resources_non_shared(audit->catalog, out, &rest);
    hf_resources_move(audit->catalog, out, &rest);
}

static gboolean is_same_entry(const HfCatalog *catalog, const HfResource *a, const HfResource *b)
{
    if (a->kind != b->kind || a->copies != b->copies ||
        hf_meta_info(catalog, a->meta)->unallocated != hf_meta_info(catalog, b->meta)->unallocated)
        return FALSE;
    switch (hf_kind_type(catalog, a->kind)) {
    case HF_TYPE_SCALAR:
        return a->milli == b->milli;
    case HF_TYPE_RANGES:
        return a->ranges == b->ranges || hf_ranges_equal(a->ranges, b->ranges);
    case HF_TYPE_SET:
        return a->set == b->set || hf_set_equal(a->set, b->set);
    }
    return FALSE;
}

gboolean hf_audit__is_same_row(const HfAudit *audit, const HfResources *booked,
                               const HfResources *given)
{
    uint32_t count = hf_resources_count(booked), same = 0;
    if (count != hf_resources_count(given)) return FALSE;
    const HfResource *a = hf_resources_entries(booked), *b = hf_resources_entries(given);
    while (same < count && is_same_entry(audit->catalog, &a[same], &b[same])) same++;
    return same == count;
}

gboolean hf_audit__is_same(HfAudit *audit, const HfResources *booked, const HfResources *given)
{
    if (given == NULL) return hf_resources_is_empty(booked);
    if (G_LIKELY(hf_audit__is_same_row(audit, booked, given))) return TRUE;
    hf_audit__plain(audit, given, &audit->scratch);
    return hf_resources_equal(audit->catalog, booked, &audit->scratch);
}

/* ---- names ---- */

static char *name_of(const char *(*name)(void *, uint32_t), void *context, uint32_t row)
{
    const char *text = name && row != HF_ROW_NONE ? name(context, row) : NULL;
    if (text) return g_strdup(text);
    return row == HF_ROW_NONE ? g_strdup("nobody") : g_strdup_printf("%u", row);
}

char *hf_audit__agent_name(const HfAudit *audit, uint32_t agent)
{
    return name_of(audit->config.names.agent, audit->config.names.context, agent);
}

char *hf_audit__host_name(const HfAudit *audit, uint32_t host)
{
    return name_of(audit->config.names.host, audit->config.names.context, host);
}

char *hf_audit__framework_name(const HfAudit *audit, uint32_t framework)
{
    return name_of(audit->config.names.framework, audit->config.names.context, framework);
}

char *hf_audit__text(const HfAudit *audit, const HfResources *resources)
{
    if (resources == NULL || hf_resources_is_empty(resources)) return g_strdup("nothing");
    g_auto(GStrv) entries = hf_resources_print_canonical(audit->catalog, resources);
    return g_strjoinv("; ", entries);
}

/* ---- breaches ---- */

void hf_audit__break(HfAudit *audit, HfInvariant invariant, const HfRecord *subject,
                     const char *format, ...)
{
    if (audit->breach != NULL) return;
    va_list arguments;
    va_start(arguments, format);
    HfAuditBreach *breach = g_new0(HfAuditBreach, 1);
    breach->invariant = info_of(invariant)->id;
    breach->rule = info_of(invariant)->rule;
    breach->sentence = g_strdup_vprintf(format, arguments);
    breach->at = MAX(audit->last, 0);
    breach->records = hf_history__about(audit, subject);
    audit->breach = breach;
    va_end(arguments);
}

/* ---- what belongs together ---- */

/* Runs that end leave sandboxes. */
static gboolean is_of_disk(const HfRecord *record)
{
    return record->type >= HF_RECORD_SANDBOX_MADE && record->type <= HF_RECORD_DISK_FREED;
}

/* Does this record belong to what is pending? */
static gboolean belongs(const HfAudit *audit, const HfRecord *record)
{
    switch (audit->pending) {
    case HF_PENDING_NOTHING:
        return TRUE;
    case HF_PENDING_TASKS:
        if (record->type == HF_RECORD_OFFER_RESCINDED) /* of a volume that is destroyed */
            return record->agent == audit->pending_agent;
        if (record->framework != audit->pending_framework) return FALSE;
        if (record->type == HF_RECORD_TASK_STATE && record->agent == HF_ROW_NONE)
            return record->reason == HF_REASON_TASK_INVALID ||
                   record->reason == HF_REASON_TASK_GROUP_INVALID;
        if (record->type == HF_RECORD_OPERATION_STATE) return record->agent == HF_ROW_NONE;
        if (record->type == HF_RECORD_OPERATION || record->type == HF_RECORD_CONSUMED ||
            record->type == HF_RECORD_CONVERTED || record->type == HF_RECORD_OPERATION_DROPPED ||
            record->type == HF_RECORD_OPERATION_PENDING)
            return record->agent == audit->pending_agent;
        return record->agent == audit->pending_agent && record->role == audit->pending_role &&
               (record->type == HF_RECORD_TASK_LAUNCHED ||
                record->type == HF_RECORD_EXECUTOR_LAUNCHED ||
                (record->type == HF_RECORD_OFFER_ACCEPTED && !audit->pending_has_tasks));
    case HF_PENDING_LOSSES:
        return (record->type == HF_RECORD_TASK_STATE ||
                record->type == HF_RECORD_EXECUTOR_REMOVED) &&
               record->agent == audit->pending_agent;
    case HF_PENDING_ENDS:
        return (record->type == HF_RECORD_TASK_ENDED || is_of_disk(record) ||
                record->type == HF_RECORD_EXECUTOR_ENDED) &&
               record->agent == audit->pending_agent;
    case HF_PENDING_RETURN:
        if (record->type == HF_RECORD_FRAMEWORK_RECOVERED) return TRUE;
        return record->agent == audit->pending_agent &&
               (record->type == HF_RECORD_TASK_LAUNCHED ||
                record->type == HF_RECORD_EXECUTOR_LAUNCHED ||
                (record->type == HF_RECORD_TASK_STATE &&
                 record->reason == HF_REASON_SLAVE_REREGISTERED));
    case HF_PENDING_FORGETTING:
        return record->type == HF_RECORD_OFFER_RESCINDED ||
               record->type == HF_RECORD_TASK_FORGOTTEN ||
               record->type == HF_RECORD_EXECUTOR_REMOVED;
    case HF_PENDING_ELECTION:
        return record->type == HF_RECORD_AGENT_RECOVERED;
    }
    return FALSE;
}

void hf_audit__settle(HfAudit *audit)
{
    HfAuditPending pending = audit->pending;
    HfRecord subject = {.agent = audit->pending_agent, .framework = HF_ROW_NONE};
    audit->pending = HF_PENDING_NOTHING;
    switch (pending) {
    case HF_PENDING_NOTHING:
        break;
    case HF_PENDING_TASKS:
        hf_audit__close_accept(audit);
        break;
    case HF_PENDING_LOSSES:
        subject.type = HF_RECORD_AGENT_UNREACHABLE;
        if (audit->agents.at[subject.agent].tasks + audit->agents.at[subject.agent].executors > 0) {
            g_autofree char *agent = hf_audit__agent_name(audit, subject.agent);
            hf_audit__break(audit, HF_INVARIANT_AGENTS, &subject,
                            "agent %s is unreachable and still holds %u tasks and %u executors",
                            agent, audit->agents.at[subject.agent].tasks,
                            audit->agents.at[subject.agent].executors);
        }
        break;
    case HF_PENDING_ENDS:
        subject.type = HF_RECORD_AGENT_CRASHED;
        if (audit->hosts.at[subject.agent].runs + audit->hosts.at[subject.agent].executors > 0) {
            g_autofree char *host = hf_audit__host_name(audit, subject.agent);
            hf_audit__break(audit, HF_INVARIANT_AGENTS, &subject,
                            "host %s is down and still runs %u tasks and %u executors", host,
                            audit->hosts.at[subject.agent].runs,
                            audit->hosts.at[subject.agent].executors);
        }
        break;
    case HF_PENDING_RETURN:
        if (audit->pending_is_whole) hf_audit__check_return(audit, subject.agent);
        if (audit->pending_is_whole) hf_audit__check_executors_return(audit, subject.agent);
        hf_audit__unpark_executors(audit, subject.agent);
        hf_audit__unpark(audit, subject.agent);
        break;
    case HF_PENDING_FORGETTING:
        hf_audit__close_reign(audit);
        break;
    case HF_PENDING_ELECTION:
        hf_audit__close_election(audit);
        break;
    }
}

/* ---- listening ---- */

static void dispatch(HfAudit *audit, const HfRecord *record)
{
    switch ((HfRecordType)record->type) {
    case HF_RECORD_AGENT_CRASHED:
    case HF_RECORD_AGENT_RETURNED:
        hf_audit__on_host(audit, record);
        break;
    case HF_RECORD_LINK_BROKEN:
        if (record->agent < audit->hosts.count) audit->hosts.at[record->agent].breaks++;
        break;
    case HF_RECORD_AGENT_STOPPED:
        hf_audit__on_agent_stopped(audit, record);
        break;
    case HF_RECORD_TASK_BEGUN:
        hf_audit__on_task_begun(audit, record);
        break;
    case HF_RECORD_TASK_PREPARES:
        hf_audit__on_task_prepares(audit, record);
        break;
    case HF_RECORD_EXECUTOR_BEGUN:
        hf_audit__on_executor_begun(audit, record);
        break;
    case HF_RECORD_TASK_STARTED:
        hf_audit__on_task_started(audit, record);
        break;
    case HF_RECORD_TASK_STOPPING:
        hf_audit__on_task_stopping(audit, record);
        break;
    case HF_RECORD_TASK_ENDED:
        hf_audit__on_task_ended(audit, record);
        break;
    case HF_RECORD_EXECUTOR_LAUNCHED:
        hf_audit__on_executor_launched(audit, record);
        break;
    case HF_RECORD_EXECUTOR_REMOVED:
        hf_audit__on_executor_removed(audit, record);
        break;
    case HF_RECORD_EXECUTOR_STARTED:
        hf_audit__on_executor_started(audit, record);
        break;
    case HF_RECORD_EXECUTOR_ENDED:
        hf_audit__on_executor_ended(audit, record);
        break;
    case HF_RECORD_AGENT_REGISTERED:
    case HF_RECORD_AGENT_REREGISTERED:
        hf_audit__on_agent_registered(audit, record);
        break;
    case HF_RECORD_AGENT_DISCONNECTED:
        hf_audit__on_agent_disconnected(audit, record);
        break;
    case HF_RECORD_AGENT_DEACTIVATED:
    case HF_RECORD_AGENT_REACTIVATED:
        hf_audit__on_agent_deactivated(audit, record);
        break;
    case HF_RECORD_AGENT_GONE:
    case HF_RECORD_AGENT_UNREACHABLE:
    case HF_RECORD_AGENT_REMOVED:
        hf_audit__on_agent_unreachable(audit, record);
        break;
    case HF_RECORD_FRAMEWORK_DISCONNECTED:
    case HF_RECORD_FRAMEWORK_RESUBSCRIBED:
    case HF_RECORD_FRAMEWORK_SUBSCRIBED:
    case HF_RECORD_FRAMEWORK_REMOVED:
        hf_audit__on_framework(audit, record);
        break;
    case HF_RECORD_FRAMEWORK_UPDATED:
        hf_audit__framework(audit, record);
        break;
    case HF_RECORD_MASTER_LOST:
        hf_audit__on_master_lost(audit, record);
        break;
    case HF_RECORD_TASK_FORGOTTEN:
        hf_audit__on_task_forgotten(audit, record);
        break;
    case HF_RECORD_MASTER_ELECTED:
        hf_audit__on_master_elected(audit, record);
        break;
    case HF_RECORD_AGENT_RECOVERED:
        hf_audit__on_agent_recovered(audit, record);
        break;
    case HF_RECORD_FRAMEWORK_RECOVERED:
        hf_audit__on_framework_recovered(audit, record);
        break;
    case HF_RECORD_AGENT_FORGOTTEN:
        hf_audit__on_agent_forgotten(audit, record);
        break;
    case HF_RECORD_INVERSE_OFFER_SENT:
    case HF_RECORD_INVERSE_OFFER_ACCEPTED:
    case HF_RECORD_INVERSE_OFFER_DECLINED:
    case HF_RECORD_INVERSE_OFFER_RESCINDED:
        hf_audit__on_inverse(audit, record);
        break;
    case HF_RECORD_OFFER_SENT:
        hf_audit__on_offer_sent(audit, record);
        break;
    case HF_RECORD_OFFER_ACCEPTED:
    case HF_RECORD_OFFER_DECLINED:
    case HF_RECORD_OFFER_RESCINDED:
    case HF_RECORD_OFFER_EXPIRED:
        hf_audit__on_offer_ended(audit, record);
        break;
    case HF_RECORD_REVIVED:
    case HF_RECORD_SUPPRESSED:
        hf_audit__on_revive(audit, record);
        break;
    case HF_RECORD_TASK_LAUNCHED:
        hf_audit__on_task_launched(audit, record);
        break;
    case HF_RECORD_TASK_STATE:
        hf_audit__on_task_state(audit, record);
        break;
    case HF_RECORD_ACCEPT_INVALID:
    case HF_RECORD_TASK_KILL:
        hf_audit__framework(audit, record);
        break;
    case HF_RECORD_OPERATION:
        hf_audit__on_operation(audit, record);
        break;
    case HF_RECORD_CONSUMED:
        hf_audit__on_consumed(audit, record);
        hf_audit__disks_on_consumed(audit, record);
        break;
    case HF_RECORD_CONVERTED:
        hf_audit__on_converted(audit, record);
        break;
    case HF_RECORD_QUOTA:
        hf_audit__on_quota(audit, record);
        break;
    case HF_RECORD_QUOTA_LIMIT:
        hf_audit__on_quota_limit(audit, record);
        break;
    case HF_RECORD_OPERATION_PENDING:
        hf_audit__on_operation_pending(audit, record);
        break;
    case HF_RECORD_OPERATION_DROPPED:
        hf_audit__on_operation_dropped(audit, record);
        break;
    case HF_RECORD_OPERATION_STATE:
        hf_audit__framework(audit, record);
        break;
    case HF_RECORD_DISK_LOST:
    case HF_RECORD_SANDBOX_MADE:
    case HF_RECORD_SANDBOX_GROWS:
    case HF_RECORD_SANDBOX_CLOSED:
    case HF_RECORD_SANDBOX_REMOVED:
    case HF_RECORD_PATH_WRITTEN:
    case HF_RECORD_PATH_LEFT:
    case HF_RECORD_PATH_ADOPTED:
    case HF_RECORD_OUT_OF_BAND:
    case HF_RECORD_VOLUME_OPENED:
    case HF_RECORD_VOLUME_FILLED:
    case HF_RECORD_VOLUME_EMPTIED:
    case HF_RECORD_VOLUMES_HOLD:
    case HF_RECORD_DISK_USED:
    case HF_RECORD_DISK_FULL:
    case HF_RECORD_DISK_FREED:
        hf_audit__on_disk(audit, record);
        break;
    case HF_RECORD_STORE_DECLARED:
    case HF_RECORD_STORE_STATE:
    case HF_RECORD_STORE_TAKEN:
    case HF_RECORD_STORE_LEFT:
    case HF_RECORD_STORE_FREED:
    case HF_RECORD_STORE_FULL:
    case HF_RECORD_STORE_STALLED:
    case HF_RECORD_STORE_READ:
    case HF_RECORD_STORE_ACTION:
    case HF_RECORD_STORE_CLIENTS:
    case HF_RECORD_STORE_RATE:
    case HF_RECORD_STORE_DEGRADED:
    case HF_RECORD_STORE_RECOVERED:
    case HF_RECORD_STORE_LOST:
    case HF_RECORD_STORE_SURPLUS:
    case HF_RECORD_SHARE_ATTACHED:
    case HF_RECORD_SHARE_DETACHED: /* those of stores have been dealt with */
        break;
    case HF_RECORD_OPERATOR_CALL:
    case HF_RECORD_AGENT_DRAINED:
    case HF_RECORD_RUN_STARTED: /* these change nothing that is in the book */
    case HF_RECORD_RUN_ENDED:
    case HF_RECORD_MESSAGE_LOST:
    case HF_RECORD_DEMAND:
    case HF_RECORD_JOB_SUBMITTED:
    case HF_RECORD_TASK_WAITED:
    case HF_RECORD_JOB_FINISHED:
    case HF_RECORD_PLACEMENT_REFUSED:
    case HF_RECORD_TASK_REPLACED:
    case HF_RECORD_AGENT_STARTED:
    case HF_RECORD_AGENT_REFUSED:
    case HF_RECORD_FRAMEWORK_REFUSED: /* nothing came of it */
    case HF_RECORD_SCHEDULER_STOPPED:
    case HF_RECORD_SCHEDULER_STARTED:
    case HF_RECORD_LINK_CUT:
    case HF_RECORD_LINK_SLOW:
    case HF_RECORD_SCHEDULER_LINK_CUT:
    case HF_RECORD_SCHEDULER_LINK_BROKEN:
    case HF_RECORD_TASK_FOLLOWS:
    case HF_RECORD_VOLUME_DISOWNED:
    case HF_RECORD_DATA_COPIED:
    case HF_RECORD_INPUT_READ:
    case HF_RECORD_DEPLOYMENT_STARTED:
    case HF_RECORD_DEPLOYMENT_HEALTHY:
    case HF_RECORD_DEPLOYMENT_INSTANCES:
    case HF_RECORD_DEPLOYMENT_ENDED:
    case HF_RECORD_DEPLOYMENT_REFUSED:
    case HF_RECORD_SERVICE_DECLARED: /* those of services have been dealt with */
    case HF_RECORD_SERVICE_MEMBERS:
    case HF_RECORD_SERVICE_QUORUM:
    case HF_RECORD_MEMBER_REPLACED:
    case HF_RECORD_REPLICA_MADE:
    case HF_RECORD_REPLICA_GONE:
    case HF_RECORD_DATA_LOST:
    case HF_RECORD_COPY_STARTED:
    case HF_RECORD_COPY_ENDED:
    case HF_RECORD_TYPES:
        break;
    }
}

void hf_audit_listen(void *context, const HfRecord *record)
{
    HfAudit *audit = context;
    if (G_UNLIKELY(audit->breach != NULL)) return;
    hf_history__keep(audit, record);
    if (G_UNLIKELY(record->at < audit->last)) {
        hf_audit__break(audit, HF_INVARIANT_TIME, record,
                        "a record of %" G_GINT64_FORMAT " ns follows one of %" G_GINT64_FORMAT
                        " ns",
                        (gint64)record->at, (gint64)audit->last);
        return;
    }
    audit->last = record->at;
    if ((record->type >= HF_RECORD_STORE_DECLARED && record->type <= HF_RECORD_SHARE_DETACHED) ||
        record->type == HF_RECORD_STORE_SURPLUS) {
        hf_audit__on_store(audit, record); /* between others, as those of services */
        return;
    }
    if (hf_audit__is_of_services(record)) {
        hf_audit__on_service(audit, record);
        return;
    }
    if (audit->pending != HF_PENDING_NOTHING && !belongs(audit, record)) hf_audit__settle(audit);
    if (G_LIKELY(audit->breach == NULL)) dispatch(audit, record);
}

void hf_audit_events(HfAudit *audit, uint64_t scheduled, uint64_t fired, uint64_t cancelled,
                     uint64_t pending)
{
    HfRecord subject = {
        .at = audit->last, .type = HF_RECORD_RUN_ENDED, .agent = NO_ROW, .framework = NO_ROW};
    if (scheduled == fired + cancelled + pending) return;
    hf_audit__break(audit, HF_INVARIANT_TIME, &subject,
                    "%" G_GUINT64_FORMAT " events were scheduled, %" G_GUINT64_FORMAT
                    " fired and %" G_GUINT64_FORMAT " cancelled, and %" G_GUINT64_FORMAT
                    " are still to come",
                    (guint64)scheduled, (guint64)fired, (guint64)cancelled, (guint64)pending);
}

void hf_audit_finish(HfAudit *audit)
{
    if (audit->breach == NULL) hf_audit__settle(audit);
    if (audit->breach == NULL) hf_audit__finish_services(audit);
    if (audit->breach == NULL) hf_audit__finish_stops(audit);
    if (audit->breach == NULL) hf_audit__recount(audit);
    if (audit->breach == NULL) hf_audit__finish_quotas(audit);
}

const HfAuditBreach *hf_audit_breach(const HfAudit *audit)
{
    return audit->breach;
}

uint64_t hf_audit_records(const HfAudit *audit)
{
    return audit->serial - (audit->breach != NULL ? 1 : 0);
}

size_t hf_audit_memory(const HfAudit *audit)
{
    size_t heads = 0;
    for (guint32 i = 0; i < audit->subs.count; i++) heads += audit->subs.at[i].filters.room;
    return HF_HISTORY_SIZE * (sizeof(HfRecord) + sizeof(HfResources)) +
           audit->hosts.room * sizeof(HfAuditHost) + audit->offers.room * sizeof(HfAuditOffer) +
           audit->agents.room * (sizeof(HfAuditAgent) + sizeof(HfResources)) +
           audit->tasks.room * sizeof(HfAuditTask) + audit->filters.room * sizeof(HfAuditFilter) +
           audit->executors.room * sizeof(HfAuditExecutor) + audit->subs.room * sizeof(HfAuditSub) +
           hf_shapes__memory(&audit->shapes) + HF_AUDIT_SENT * sizeof *audit->sent +
           heads * sizeof(HfAuditFilter) + (size_t)audit->task_rows.room * 12;
}
