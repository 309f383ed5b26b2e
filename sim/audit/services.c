/*
 * Services and their data in the auditor's book: how many members of each group run, where the
 * complete replicas of each part lie, and what is being copied.
 */
#include "audit/audit_internal.h"

typedef struct HfAuditPart {
    HF_VEC(uint32_t) hosts; /* of its complete replicas; a host may have several */
} HfAuditPart;

typedef struct HfAuditGroup {
    uint32_t framework;
    int64_t wanted, tasks; /* members declared; tasks that run */
} HfAuditGroup;

typedef struct HfAuditCopy {
    uint32_t host;
    int64_t bytes;
    HfTime at;
} HfAuditCopy;

/* A host while copies go there. */
typedef struct HfAuditInflow {
    uint32_t open;
    int64_t bytes, copies; /* ended since */
    HfTime since;
} HfAuditInflow;

struct HfAuditServices {
    HfMap64 part_rows, group_rows, copy_rows, inflow_rows;
    HfMap64 deployments; /* group -> instances launched, while it is in one */
    HF_VEC(HfAuditPart) parts;
    HF_VEC(HfAuditGroup) groups;
    HF_VEC(HfAuditCopy) copies;
    HF_VEC(HfAuditInflow) inflows;
    gboolean is_loss_due; /* the last replica of this part has gone */
    uint64_t due;
};

#define ID_MAX (UINT64_C(1) << 40) /* of parts and groups of a framework */

static uint64_t key_of(const HfRecord *record)
{
    return (uint64_t)record->framework << 40 | record->id;
}

static gboolean is_legal(HfAudit *audit, const HfRecord *record)
{
    if (record->framework >> 24 == 0 && record->id < ID_MAX && record->value >= 0) return TRUE;
    hf_audit__break(audit, HF_INVARIANT_DATA, record, "it is about no framework, or about nothing");
    return FALSE;
}

/* ---- members ---- */

void hf_audit__count_member(HfAudit *audit, uint32_t framework, int64_t job, int by)
{
    if (audit->services->groups.count == 0 || job < 0 || (uint64_t)job >= ID_MAX) return;
    uint32_t row =
        hf_map64_get(&audit->services->group_rows, (uint64_t)framework << 40 | (uint64_t)job);
    if (row != HF_MAP64_NONE) audit->services->groups.at[row].tasks += by;
}

int64_t hf_audit__members_of(const HfAudit *audit, uint32_t framework)
{
    int64_t tasks = -1;
    for (guint32 g = 0; g < audit->services->groups.count; g++) {
        const HfAuditGroup *group = &audit->services->groups.at[g];
        if (group->framework == framework) tasks = MAX(tasks, 0) + group->tasks;
    }
    return tasks;
}

static void on_declared(HfAudit *audit, const HfRecord *record)
{
    HfAuditServices *services = audit->services;
    if (hf_map64_get(&services->group_rows, key_of(record)) != HF_MAP64_NONE) {
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record, "a group is declared twice");
        return;
    }
    hf_map64_set(&services->group_rows, key_of(record), services->groups.count);
    hf_vec_push(&services->groups,
                (HfAuditGroup){.framework = record->framework, .wanted = record->value});
}

static void on_members(HfAudit *audit, const HfRecord *record)
{
    HfAuditServices *services = audit->services;
    uint32_t row = hf_map64_get(&services->group_rows, key_of(record));
    const HfAuditGroup *group = row != HF_MAP64_NONE ? &services->groups.at[row] : NULL;
    if (group == NULL)
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "members of a group that nobody declared");
    else if (record->value > group->wanted || record->value > group->tasks ||
             (record->value == 0) != (group->tasks == 0))
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "%" G_GINT64_FORMAT
                        " members are said to run, and there are %" G_GINT64_FORMAT
                        " tasks, of %" G_GINT64_FORMAT " members",
                        (gint64)record->value, (gint64)group->tasks, (gint64)group->wanted);
}

/* ---- replicas ---- */

static HfAuditPart *part_of(HfAudit *audit, const HfRecord *record)
{
    HfAuditServices *services = audit->services;
    uint32_t row = hf_map64_get(&services->part_rows, key_of(record));
    if (row == HF_MAP64_NONE) {
        row = services->parts.count;
        hf_vec_push_zero(&services->parts);
        hf_map64_set(&services->part_rows, key_of(record), row);
    }
    return &services->parts.at[row];
}

static void on_gone(HfAudit *audit, const HfRecord *record)
{
    HfAuditPart *part = part_of(audit, record);
    guint32 i = 0;
    while (i < part->hosts.count && part->hosts.at[i] != record->agent) i++;
    if (i == part->hosts.count) {
        hf_audit__break(audit, HF_INVARIANT_DATA, record, "a replica goes that was not there");
        return;
    }
    hf_vec_remove(&part->hosts, i);
    audit->services->is_loss_due = part->hosts.count == 0;
    audit->services->due = key_of(record);
}

static void on_lost(HfAudit *audit, const HfRecord *record)
{
    HfAuditServices *services = audit->services;
    if (services->is_loss_due && services->due == key_of(record)) {
        services->is_loss_due = FALSE;
        return;
    }
    hf_audit__break(audit, HF_INVARIANT_DATA, record,
                    "part %" G_GUINT64_FORMAT " is said to be lost, and %u replicas are left",
                    (guint64)record->id, part_of(audit, record)->hosts.count);
}

/* ---- copies ---- */

static HfAuditInflow *inflow_of(HfAudit *audit, uint32_t host)
{
    HfAuditServices *services = audit->services;
    uint32_t row = hf_map64_get(&services->inflow_rows, host);
    if (row == HF_MAP64_NONE) {
        row = services->inflows.count;
        hf_vec_push_zero(&services->inflows);
        hf_map64_set(&services->inflow_rows, host, row);
    }
    return &services->inflows.at[row];
}

/* Can so many bytes have come in this time? `copies` of them may each be a byte over. */
static gboolean is_possible(const HfAudit *audit, int64_t bytes, HfTime time, int64_t copies)
{
    int64_t limit = audit->config.copy_bytes_per_second;
    if (limit == 0) return TRUE;
    return (__int128)(bytes - copies) * HF_NS_PER_SECOND <= (__int128)limit * time;
}

static void on_copy_started(HfAudit *audit, const HfRecord *record)
{
    HfAuditServices *services = audit->services;
    HfAuditInflow *inflow = inflow_of(audit, record->agent);
    if (hf_map64_get(&services->copy_rows, record->id) != HF_MAP64_NONE) {
        hf_audit__break(audit, HF_INVARIANT_COPIES, record, "a copy starts twice");
        return;
    }
    hf_map64_set(&services->copy_rows, record->id, services->copies.count);
    hf_vec_push(&services->copies, (HfAuditCopy){record->agent, record->value, record->at});
    if (inflow->open++ > 0) return;
    inflow->since = record->at;
    inflow->bytes = inflow->copies = 0;
}

static void on_copy_ended(HfAudit *audit, const HfRecord *record)
{
    HfAuditServices *services = audit->services;
    uint32_t row = hf_map64_get(&services->copy_rows, record->id);
    if (row == HF_MAP64_NONE || services->copies.at[row].host != record->agent) {
        hf_audit__break(audit, HF_INVARIANT_COPIES, record, "a copy ends that was not under way");
        return;
    }
    const HfAuditCopy *copy = &services->copies.at[row];
    HfAuditInflow *inflow = inflow_of(audit, record->agent);
    hf_map64_remove(&services->copy_rows, record->id);
    inflow->bytes += record->value;
    inflow->copies++;
    if (record->value > copy->bytes || !is_possible(audit, record->value, record->at - copy->at, 1))
        hf_audit__break(
            audit, HF_INVARIANT_COPIES, record,
            "%" G_GINT64_FORMAT " bytes of %" G_GINT64_FORMAT " are said to have come in %g s",
            (gint64)record->value, (gint64)copy->bytes, hf_time_to_seconds(record->at - copy->at));
    if (--inflow->open > 0) return;
    if (!is_possible(audit, inflow->bytes, record->at - inflow->since, inflow->copies))
        hf_audit__break(audit, HF_INVARIANT_COPIES, record,
                        "%" G_GINT64_FORMAT " bytes came to one host in %g s",
                        (gint64)inflow->bytes, hf_time_to_seconds(record->at - inflow->since));
}

/* ---- all of it ---- */

static void check_due(HfAudit *audit, const HfRecord *record)
{
    if (!audit->services->is_loss_due) return;
    if (record != NULL && record->type == HF_RECORD_DATA_LOST) return; /* it says which */
    HfRecord none = {.agent = NO_ROW, .framework = NO_ROW};
    hf_audit__break(audit, HF_INVARIANT_DATA, record != NULL ? record : &none,
                    "the last replica of a part has gone, and nobody says that it is lost");
}

/* ---- deployments ---- */

/* An app is in one at a time, and no more of its instances are healthy than are launched. */
static void on_deployment(HfAudit *audit, const HfRecord *record)
{
    HfMap64 *open = &audit->services->deployments;
    uint32_t launched = hf_map64_get(open, key_of(record));
    gboolean is_open = launched != HF_MAP64_NONE;
    gboolean starts = record->type == HF_RECORD_DEPLOYMENT_STARTED;
    if (record->type == HF_RECORD_DEPLOYMENT_REFUSED) return;
    if (starts == is_open) {
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        is_open ? "an app is in two deployments"
                                : "an app is said to be deployed, and nothing has begun");
        return;
    }
    if (record->type == HF_RECORD_DEPLOYMENT_HEALTHY && record->value > launched)
        hf_audit__break(audit, HF_INVARIANT_ONE_HOST, record,
                        "%" G_GINT64_FORMAT " instances are healthy, and %u are launched",
                        (gint64)record->value, launched);
    if (starts)
        hf_map64_set(open, key_of(record), 0);
    else if (record->type == HF_RECORD_DEPLOYMENT_INSTANCES)
        hf_map64_set(open, key_of(record), (uint32_t)record->value);
    else if (record->type == HF_RECORD_DEPLOYMENT_ENDED)
        hf_map64_remove(open, key_of(record));
}

static gboolean is_of_deployments(const HfRecord *record)
{
    return record->type >= HF_RECORD_DEPLOYMENT_STARTED &&
           record->type <= HF_RECORD_DEPLOYMENT_REFUSED;
}

gboolean hf_audit__is_of_services(const HfRecord *record)
{
    return is_of_deployments(record) ||
           (record->type >= HF_RECORD_SERVICE_DECLARED && record->type <= HF_RECORD_COPY_ENDED);
}

void hf_audit__on_service(HfAudit *audit, const HfRecord *record)
{
    check_due(audit, record);
    if (hf_audit__is_broken(audit) || !is_legal(audit, record)) return;
    if (is_of_deployments(record)) {
        on_deployment(audit, record);
        return;
    }
    switch ((int)record->type) {
    case HF_RECORD_SERVICE_DECLARED:
        on_declared(audit, record);
        break;
    case HF_RECORD_SERVICE_MEMBERS:
        on_members(audit, record);
        break;
    case HF_RECORD_REPLICA_MADE:
        hf_vec_push(&part_of(audit, record)->hosts, record->agent);
        break;
    case HF_RECORD_REPLICA_GONE:
        on_gone(audit, record);
        break;
    case HF_RECORD_DATA_LOST:
        on_lost(audit, record);
        break;
    case HF_RECORD_COPY_STARTED:
        on_copy_started(audit, record);
        break;
    case HF_RECORD_COPY_ENDED:
        on_copy_ended(audit, record);
        break;
    default: /* quorum, replaced: what only the service itself can know */
        break;
    }
}

void hf_audit__finish_services(HfAudit *audit)
{
    check_due(audit, NULL);
}

HfAuditServices *hf_audit__services_new(void)
{
    return g_new0(HfAuditServices, 1);
}

void hf_audit__services_free(HfAuditServices *services)
{
    for (guint32 i = 0; i < services->parts.count; i++) hf_vec_clear(&services->parts.at[i].hosts);
    hf_vec_clear(&services->parts);
    hf_vec_clear(&services->groups);
    hf_vec_clear(&services->copies);
    hf_vec_clear(&services->inflows);
    hf_map64_clear(&services->part_rows);
    hf_map64_clear(&services->group_rows);
    hf_map64_clear(&services->copy_rows);
    hf_map64_clear(&services->inflow_rows);
    hf_map64_clear(&services->deployments);
    g_free(services);
}
