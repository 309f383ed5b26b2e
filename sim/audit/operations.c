/*
 * Operations in the auditor's book. Each is said with what it takes away and what it puts in its
 * place: out of the accepted offers when a framework does it, out of what nobody holds when an
 * operator does. A disk of a resource provider is held from OPERATION_PENDING on, until OPERATION
 * says what it became, or OPERATION_DROPPED that it is what it was.
 */
#include "audit/audit_internal.h"
#include "resource/error.h"
#include "resource/operation.h"

/* ---- what is due to come ---- */

static gboolean is_of_disk(const HfRecord *record)
{
    return !hf_operation_is_speculative((HfOperationType)record->state);
}

/* What an operation holds; held.count when it holds nothing. */
static guint32 find_held(HfAudit *audit, const HfRecord *record)
{
    guint32 i = 0;
    while (i < audit->held.count &&
           (audit->held.at[i].agent != record->agent ||
            audit->held.at[i].framework != record->framework ||
            audit->held.at[i].id != record->id || audit->held.at[i].type != record->state ||
            !hf_audit__is_same(audit, &audit->held.at[i].resources, record->resources)))
        i++;
    return i;
}

/* The disk is nobody's, as it was. FALSE and a breach when the operation held none. */
static gboolean release(HfAudit *audit, const HfRecord *record)
{
    guint32 i = find_held(audit, record);
    if (i == audit->held.count || hf_audit__agent(audit, record->agent) == NULL) {
        hf_audit__break(audit, HF_INVARIANT_OPERATIONS, record,
                        "%s ends, and none holds such a disk",
                        hf_operation_name((HfOperationType)record->state));
        return FALSE;
    }
    audit->quotas_are_counted = FALSE;
    hf_audit__give(audit, record->agent, &audit->held.at[i].resources);
    hf_resources_clear(audit->catalog, &audit->held.at[i].resources);
    hf_vec_remove(&audit->held, i);
    return TRUE;
}

void hf_audit__on_operation_pending(HfAudit *audit, const HfRecord *record)
{
    if (hf_audit__framework(audit, record) == NULL) return;
    if (audit->pending != HF_PENDING_TASKS || !is_of_disk(record) || record->resources == NULL) {
        hf_audit__break(audit, HF_INVARIANT_OPERATIONS, record, "%s without an accepted offer",
                        hf_operation_name((HfOperationType)record->state));
        return;
    }
    audit->pending_has_tasks = TRUE;
    HfAuditHeld held = {record->agent, record->framework, record->id,
                        record->role,  record->state,     {0}};
    audit->quotas_are_counted = FALSE;
    hf_audit__plain(audit, record->resources, &held.resources);
    hf_audit__take(audit, record, &audit->pending_left, &held.resources, HF_INVARIANT_OPERATIONS);
    hf_vec_push(&audit->held, held);
}

void hf_audit__on_operation_dropped(HfAudit *audit, const HfRecord *record)
{
    gboolean was_sent = record->reason == HF_RESOURCE_ERROR_NOT_DONE;
    if ((record->framework != HF_ROW_NONE || !was_sent) &&
        hf_audit__framework(audit, record) == NULL)
        return;
    if (was_sent) release(audit, record);
}

void hf_audit__forget_held(HfAudit *audit, uint32_t agent)
{
    audit->quotas_are_counted = FALSE;
    for (guint32 i = audit->held.count; i-- > 0;) {
        if (agent != NO_ROW && audit->held.at[i].agent != agent) continue;
        hf_resources_clear(audit->catalog, &audit->held.at[i].resources);
        hf_vec_remove(&audit->held, i);
    }
}

void hf_audit__orphan_held(HfAudit *audit, uint32_t framework)
{
    for (guint32 i = 0; i < audit->held.count; i++)
        if (audit->held.at[i].framework == framework) audit->held.at[i].framework = NO_ROW;
}

static void expect_conversion(HfAudit *audit, const HfRecord *record)
{
    audit->conversion = *record;
    audit->conversion.resources = NULL;
    audit->has_consumed = FALSE;
}

void hf_audit__on_operation(HfAudit *audit, const HfRecord *record)
{
    gboolean by_framework = record->framework != HF_ROW_NONE;
    if (by_framework && hf_audit__framework(audit, record) == NULL) return;
    if (is_of_disk(record)) { /* it was held, and is for a moment what nobody holds */
        if (release(audit, record)) expect_conversion(audit, record);
        return;
    }
    if (by_framework != (audit->pending == HF_PENDING_TASKS)) {
        hf_audit__break(audit, HF_INVARIANT_OPERATIONS, record, "%s without an accepted offer",
                        hf_operation_name((HfOperationType)record->state));
        return;
    }
    if (by_framework) audit->pending_has_tasks = TRUE;
    expect_conversion(audit, record);
}

/* Of this operation? */
static gboolean is_due(HfAudit *audit, const HfRecord *record)
{
    if (audit->conversion.type == HF_RECORD_OPERATION && audit->conversion.agent == record->agent &&
        audit->conversion.framework == record->framework && record->resources != NULL &&
        hf_audit__agent(audit, record->agent) != NULL)
        return TRUE;
    hf_audit__break(audit, HF_INVARIANT_STATIC, record,
                    "resources change their form without an operation");
    return FALSE;
}

/* Does a conversion change what the framework was offered, and not what nobody holds? */
static gboolean is_of_offer(const HfAudit *audit, const HfRecord *record)
{
    return record->framework != HF_ROW_NONE && !is_of_disk(&audit->conversion);
}

void hf_audit__on_consumed(HfAudit *audit, const HfRecord *record)
{
    if (!is_due(audit, record)) return;
    HfResources *taken = &audit->scratch;
    hf_audit__plain(audit, record->resources, taken);
    if (audit->conversion.state == HF_OPERATION_UNRESERVE &&
        hf_resources_any(audit->catalog, taken, HF_META_PERSISTENT)) {
        g_autofree char *text = hf_audit__text(audit, taken);
        hf_audit__break(audit, HF_INVARIANT_OPERATIONS, record, "UNRESERVE takes a volume: %s",
                        text);
        return;
    }
    if (is_of_offer(audit, record))
        hf_audit__take(audit, record, &audit->pending_left, taken, HF_INVARIANT_OPERATIONS);
    else
        hf_audit__take_unheld(audit, record, taken, HF_INVARIANT_OPERATIONS);
    hf_resources_subtract(audit->catalog, &audit->totals.at[record->agent], taken);
    audit->quotas_are_counted = FALSE;
    hf_resources_copy(audit->catalog, &audit->consumed, record->resources);
    audit->has_consumed = TRUE;
}

/* ---- what may come of it ---- */

/* Raw storage of its provider, however much of it became which disk. */
static HfMetaId raw(HfCatalog *catalog, HfMetaId of)
{
    HfMeta meta = *hf_meta(catalog, of);
    HfDisk disk = {.source = HF_DISK_RAW};
    meta.disk = hf_disk_intern(catalog, &disk);
    return hf_meta_intern(catalog, &meta);
}

/* As it was before any operation: no volumes, no dynamic reservations, no disks of providers. */
static void undo(HfCatalog *catalog, const HfResources *from, HfResources *out)
{
    hf_resources_reset(catalog, out);
    for (uint32_t i = 0; i < hf_resources_count(from); i++) {
        HfResource entry = *hf_resources_at(from, i);
        entry.copies = 1;
        if (hf_meta_is_persistent(catalog, entry.meta))
            entry.meta = hf_meta_strip_volume(catalog, entry.meta);
        while (hf_meta_is_dynamic(catalog, entry.meta))
            entry.meta = hf_meta_pop_reservation(catalog, entry.meta);
        if (G_UNLIKELY(hf_meta_has(catalog, entry.meta, HF_META_PROVIDER | HF_META_HAS_DISK)))
            entry.meta = raw(catalog, entry.meta);
        hf_resources_add_one(catalog, out, &entry);
    }
}

gboolean hf_audit__has_stuff(HfAudit *audit, const HfResources *whole, const HfResources *part)
{
    HfResources plain_whole = {0}, plain_part = {0};
    undo(audit->catalog, whole, &plain_whole);
    undo(audit->catalog, part, &plain_part);
    gboolean has = hf_resources_contains(audit->catalog, &plain_whole, &plain_part);
    hf_resources_clear(audit->catalog, &plain_whole);
    hf_resources_clear(audit->catalog, &plain_part);
    return has;
}

gboolean hf_audit__is_same_stuff(HfAudit *audit, const HfResources *a, const HfResources *b)
{
    return hf_audit__has_stuff(audit, a, b) && hf_audit__has_stuff(audit, b, a);
}

static HfTextId persistence_of(const HfCatalog *catalog, const HfResource *entry)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    return disk != NULL ? disk->persistence : HF_TEXT_NONE;
}

static gboolean has_twin(const HfCatalog *catalog, const HfResources *total,
                         const HfResource *volume)
{
    for (uint32_t i = 0; i < hf_resources_count(total); i++) {
        const HfResource *entry = hf_resources_at(total, i);
        if (persistence_of(catalog, entry) == persistence_of(catalog, volume) &&
            hf_meta_reservation_role(catalog, entry->meta) ==
                hf_meta_reservation_role(catalog, volume->meta))
            return TRUE;
    }
    return FALSE;
}

/* Volumes lie in reservations, and one id is there once for each role. */
static gboolean volumes_are_legal(HfAudit *audit, const HfRecord *record)
{
    const HfCatalog *catalog = audit->catalog;
    g_autofree char *agent = NULL;
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        const HfResource *entry = hf_resources_at(record->resources, i);
        if (!hf_meta_is_persistent(catalog, entry->meta)) continue;
        gboolean is_loose = hf_meta_is_unreserved(catalog, entry->meta);
        if (!is_loose && !has_twin(catalog, &audit->totals.at[record->agent], entry)) continue;
        agent = hf_audit__agent_name(audit, record->agent);
        hf_audit__break(audit, is_loose ? HF_INVARIANT_VOLUMES : HF_INVARIANT_UNIQUE, record,
                        "volume %s on agent %s %s",
                        hf_text(catalog, persistence_of(catalog, entry)), agent,
                        is_loose ? "lies on disk that is not reserved" : "is there twice");
        return FALSE;
    }
    return TRUE;
}

void hf_audit__on_converted(HfAudit *audit, const HfRecord *record)
{
    if (!is_due(audit, record)) return;
    if (!audit->has_consumed ||
        !hf_audit__is_same_stuff(audit, &audit->consumed, record->resources)) {
        g_autofree char *was = hf_audit__text(audit, &audit->consumed);
        g_autofree char *is = hf_audit__text(audit, record->resources);
        hf_audit__break(audit, HF_INVARIANT_STATIC, record, "%s turns %s into %s",
                        hf_operation_name((HfOperationType)audit->conversion.state), was, is);
        return;
    }
    if (!volumes_are_legal(audit, record)) return;
    HfResources *made = &audit->scratch;
    hf_audit__plain(audit, record->resources, made);
    if (is_of_offer(audit, record)) {
        hf_resources_add(audit->catalog, &audit->pending_left, made);
    } else {
        hf_resources_add(audit->catalog, hf_audit__open(audit, record->agent), made);
        hf_audit__close(audit, record->agent);
    }
    hf_resources_add(audit->catalog, &audit->totals.at[record->agent], made);
    audit->quotas_are_counted = FALSE;
    audit->has_consumed = FALSE;
}
