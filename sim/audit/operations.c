/*
 * Operations in the auditor's book. Each is said with what it takes away and what it puts in its
 * place: out of the accepted offers when a framework does it, out of what nobody holds when an
 * operator does.
 */
#include "audit/audit_internal.h"
#include "resource/operation.h"

/* ---- what is due to come ---- */

void hf_audit__on_operation(HfAudit *audit, const HfRecord *record)
{
    gboolean by_framework = record->framework != HF_ROW_NONE;
    if (by_framework && hf_audit__framework(audit, record) == NULL) return;
    if (by_framework != (audit->pending == HF_PENDING_TASKS)) {
        hf_audit__break(audit, HF_INVARIANT_OPERATIONS, record, "%s without an accepted offer",
                        hf_operation_name((HfOperationType)record->state));
        return;
    }
    if (by_framework) audit->pending_has_tasks = TRUE;
    audit->conversion = *record;
    audit->conversion.resources = NULL;
    audit->has_consumed = FALSE;
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

static HfResources *source_of(HfAudit *audit, const HfRecord *record)
{
    return record->framework != HF_ROW_NONE ? &audit->pending_left
                                            : &audit->agents.at[record->agent].unheld;
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
    hf_audit__take(audit, record, source_of(audit, record), taken, HF_INVARIANT_OPERATIONS);
    hf_resources_subtract(audit->catalog, &audit->totals.at[record->agent], taken);
    hf_resources_copy(audit->catalog, &audit->consumed, record->resources);
    audit->has_consumed = TRUE;
}

/* ---- what may come of it ---- */

/* As it was before any operation: no volumes, no dynamic reservations. */
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
    hf_resources_add(audit->catalog, source_of(audit, record), made);
    hf_resources_add(audit->catalog, &audit->totals.at[record->agent], made);
    audit->has_consumed = FALSE;
}
