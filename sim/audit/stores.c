/*
 * Stores out of band in the auditor's book: what each framework has in each, in use and left, and
 * whether it serves. I-14: nothing is in a store beyond what it can hold, nothing is left that was
 * not taken, and nothing removed that was not left; one that is down moves no bytes; and what one
 * host at a time can have, one has.
 */
#include "audit/audit_internal.h"

typedef struct HfAuditTenant {
    uint32_t framework;
    int64_t used, left, clients, stalled;
} HfAuditTenant;

typedef struct HfAuditStore {
    int64_t capacity, held; /* bytes; capacity 0 = no limit */
    gboolean is_down;
    HfTime changed;        /* when it went down, or came up */
    int64_t rate, missing; /* replicas */
    int64_t remade;        /* replicas made anew, less those that are one too many */
    gboolean is_making;    /* fewer must be missing at once */
    HF_VEC(HfAuditTenant) tenants;
} HfAuditStore;

struct HfAuditStores {
    HF_VEC(HfAuditStore) at;
    HfMap64 attached; /* (framework, instance) -> 1 + host that has its share or volume */
};

static void bad(HfAudit *audit, const HfRecord *record, const char *what, int64_t counted)
{
    hf_audit__break(audit, HF_INVARIANT_REAL_DISK, record,
                    "store %" G_GUINT64_FORMAT ": %s: %" G_GINT64_FORMAT
                    " is said, %" G_GINT64_FORMAT " is counted",
                    (guint64)record->id, what, (gint64)record->value, (gint64)counted);
}

static HfAuditTenant *tenant_of(HfAuditStore *store, uint32_t framework)
{
    for (guint32 i = 0; i < store->tenants.count; i++)
        if (store->tenants.at[i].framework == framework) return &store->tenants.at[i];
    hf_vec_push(&store->tenants, (HfAuditTenant){.framework = framework});
    return hf_vec_last(&store->tenants);
}

static void on_amount(HfAudit *audit, HfAuditStore *store, const HfRecord *record)
{
    HfAuditTenant *tenant = tenant_of(store, record->framework);
    int64_t room = store->capacity > 0 ? store->capacity - store->held : INT64_MAX;
    if (record->value < 0) {
        bad(audit, record, "less than nothing", 0);
        return;
    }
    switch ((int)record->type) {
    case HF_RECORD_STORE_TAKEN:
        if (record->value > room) bad(audit, record, "more is taken than it can hold", room);
        tenant->used += record->value;
        store->held += record->value;
        break;
    case HF_RECORD_STORE_FULL:
        if (record->value <= room) bad(audit, record, "there was no room, and there is", room);
        break;
    case HF_RECORD_STORE_LEFT:
        if (record->value > tenant->used)
            bad(audit, record, "more is left than was taken", tenant->used);
        tenant->used -= record->value;
        tenant->left += record->value;
        break;
    default:
        HF_ASSERT(record->type == HF_RECORD_STORE_FREED);
        if (record->value > tenant->left)
            bad(audit, record, "more is removed than was left", tenant->left);
        tenant->left -= record->value;
        store->held -= record->value;
    }
}

static void on_stalled(HfAudit *audit, HfAuditStore *store, const HfRecord *record)
{
    HfAuditTenant *tenant = tenant_of(store, record->framework);
    if (record->value > 0 && !store->is_down)
        bad(audit, record, "instances wait for it, and it serves", 0);
    tenant->stalled += record->value;
    if (tenant->stalled > tenant->clients)
        bad(audit, record, "more instances wait for it than have a share", tenant->clients);
    if (tenant->stalled < 0)
        bad(audit, record, "fewer instances than none wait for it", tenant->stalled);
}

/* Replicas that are missing, made anew, and the last of something. */
static void on_content(HfAudit *audit, HfAuditStore *store, const HfRecord *record)
{
    if (record->value < 0) bad(audit, record, "less than nothing", 0);
    if (record->type == HF_RECORD_STORE_DEGRADED) {
        if (record->value == store->missing ||
            (store->is_making && record->value != store->missing - 1))
            bad(audit, record, "replicas that are missing", store->missing - store->is_making);
        store->missing = record->value;
        store->is_making = FALSE;
    } else if (record->type == HF_RECORD_STORE_RECOVERED) {
        if (store->missing == 0)
            bad(audit, record, "a replica is made anew, and none is missing", 0);
        store->is_making = TRUE;
        store->remade++;
    } else if (record->type == HF_RECORD_STORE_SURPLUS) {
        if (store->remade == 0)
            bad(audit, record, "replicas are one too many, and none was made", 0);
    } else if (record->value > tenant_of(store, record->framework)->used) {
        bad(audit, record, "more is lost than is there", tenant_of(store, record->framework)->used);
    }
}

static void on_clients(HfAudit *audit, HfAuditStore *store, const HfRecord *record)
{
    HfAuditTenant *tenant = tenant_of(store, record->framework);
    tenant->clients += record->value;
    int64_t members = hf_audit__members_of(audit, record->framework);
    if (record->value > 0 && members >= 0 && tenant->clients > members)
        bad(audit, record, "more instances have a share than run", members);
    if (tenant->clients < tenant->stalled)
        bad(audit, record, "more instances wait for it than have a share", tenant->stalled);
}

static void on_rate(HfAudit *audit, HfAuditStore *store, const HfRecord *record)
{
    if (record->value < 0) bad(audit, record, "less than nothing moves there", 0);
    store->rate = record->value;
}

/* One host at a time: it lets go, or it is taken from it, before the next one has it. */
static void on_share(HfAudit *audit, const HfRecord *record)
{
    HfMap64 *attached = &audit->stores->attached;
    uint64_t key = (uint64_t)record->framework << 40 | record->id;
    uint32_t has = hf_map64_get(attached, key);
    gboolean is_free = has == HF_MAP64_NONE;
    gboolean is_attached = record->type == HF_RECORD_SHARE_ATTACHED;
    if (is_attached != is_free || (!is_free && has != record->agent + 1))
        hf_audit__break(audit, HF_INVARIANT_REAL_DISK, record,
                        "the share or volume of instance %" G_GUINT64_FORMAT
                        " is attached, or let go, where host row %" G_GINT64_FORMAT " has it",
                        (guint64)record->id, is_free ? (gint64)-1 : (gint64)has - 1);
    if (is_attached)
        hf_map64_set(attached, key, record->agent + 1);
    else
        hf_map64_remove(attached, key);
}

static void on_declared(HfAudit *audit, const HfRecord *record)
{
    if (record->id != audit->stores->at.count || record->value < 0) {
        bad(audit, record, "it is declared twice, or out of order", audit->stores->at.count);
        return;
    }
    hf_vec_push(&audit->stores->at, (HfAuditStore){.capacity = record->value});
}

void hf_audit__on_store(HfAudit *audit, const HfRecord *record)
{
    if (record->type == HF_RECORD_STORE_DECLARED) {
        on_declared(audit, record);
        return;
    }
    if (record->type == HF_RECORD_SHARE_ATTACHED || record->type == HF_RECORD_SHARE_DETACHED) {
        on_share(audit, record);
        return;
    }
    if (record->id >= audit->stores->at.count) {
        bad(audit, record, "nobody declared it", audit->stores->at.count);
        return;
    }
    HfAuditStore *store = &audit->stores->at.at[record->id];
    if (store->is_down && store->rate > 0 && record->at > store->changed)
        bad(audit, record, "bytes moved there while it was down", store->rate);
    switch ((int)record->type) {
    case HF_RECORD_STORE_STATE:
        if (record->value != store->is_down)
            bad(audit, record, "it comes up, or goes down, twice", store->is_down);
        store->is_down = record->value == 0;
        store->changed = record->at;
        for (guint32 i = 0; store->is_down && i < store->tenants.count; i++)
            if (store->tenants.at[i].stalled != 0)
                bad(audit, record, "instances waited for it while it served",
                    store->tenants.at[i].stalled);
        break;
    case HF_RECORD_STORE_STALLED:
        on_stalled(audit, store, record);
        break;
    case HF_RECORD_STORE_CLIENTS:
        on_clients(audit, store, record);
        break;
    case HF_RECORD_STORE_DEGRADED:
    case HF_RECORD_STORE_RECOVERED:
    case HF_RECORD_STORE_LOST:
    case HF_RECORD_STORE_SURPLUS:
        on_content(audit, store, record);
        break;
    case HF_RECORD_STORE_RATE:
        on_rate(audit, store, record);
        break;
    case HF_RECORD_STORE_READ:
    case HF_RECORD_STORE_ACTION:
        if (record->value < 0 ||
            (record->type == HF_RECORD_STORE_ACTION && record->value >= HF_STORE_ACTIONS))
            bad(audit, record, "no such amount or action", 0);
        break;
    default:
        on_amount(audit, store, record);
    }
}

HfAuditStores *hf_audit__stores_new(void)
{
    return g_new0(HfAuditStores, 1);
}

void hf_audit__stores_free(HfAuditStores *stores)
{
    for (guint32 s = 0; s < stores->at.count; s++) hf_vec_clear(&stores->at.at[s].tenants);
    hf_vec_clear(&stores->at);
    hf_map64_clear(&stores->attached);
    g_free(stores);
}
