/*
 * The program with a mistake planted between the trace and the auditor, which is linked in place of
 * hf_audit_listen (--wrap): one record is kept back, changed, doubled or made up, once in a run.
 * HOLDFAST_FORGE says which invariant that breaks; without it the third decline is kept back.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"
#include "resource/operation.h"

void __real_hf_audit_listen(void *audit, const HfRecord *record);
void __wrap_hf_audit_listen(void *audit, const HfRecord *record);

static gboolean is_done; /* the program runs one scenario */

static void tell(HfAudit *audit, const HfRecord *record)
{
    __real_hf_audit_listen(audit, record);
}

/* The first half of each scalar; no other entries. */
static HfResources part_of(HfAudit *audit, const HfResources *whole, int64_t divisor)
{
    HfResources part = {0};
    for (uint32_t i = 0; i < hf_resources_count(whole); i++) {
        HfResource entry = *hf_resources_at(whole, i);
        if (hf_kind_type(audit->catalog, entry.kind) != HF_TYPE_SCALAR) continue;
        entry.milli /= divisor;
        hf_resources_add_one(audit->catalog, &part, &entry);
    }
    return part;
}

static HfResources ports_of(HfAudit *audit, const HfResources *whole)
{
    HfResources part = {0};
    hf_resources_of_kind(audit->catalog, whole, HF_KIND_PORTS, &part);
    return part;
}

static void tell_with(HfAudit *audit, const HfRecord *record, HfResources resources)
{
    HfRecord other = *record;
    other.resources = &resources;
    tell(audit, &other);
    hf_resources_clear(audit->catalog, &resources);
}

/* An offer like that of the record, under an id that was never used. */
static HfRecord another_offer(const HfAudit *audit, const HfRecord *record)
{
    HfRecord offer = *record;
    offer.type = HF_RECORD_OFFER_SENT;
    offer.value = 0;
    offer.id = hf_handle_pack((HfHandle){audit->offers.count, 1});
    return offer;
}

static gboolean has_volume(const HfAudit *audit, const HfRecord *record)
{
    return record->resources != NULL &&
           hf_resources_any(audit->catalog, record->resources, HF_META_PERSISTENT);
}

static const HfResource *volume_of(const HfAudit *audit, const HfResources *resources)
{
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (hf_meta_is_persistent(audit->catalog, hf_resources_at(resources, i)->meta))
            return hf_resources_at(resources, i);
    return NULL;
}

/* The volume gets the persistence id of another that its agent has. */
static void tell_twin(HfAudit *audit, const HfRecord *record)
{
    const HfResource *before = volume_of(audit, &audit->totals.at[record->agent]);
    HfResource volume = *volume_of(audit, record->resources);
    HfMeta meta = *hf_meta(audit->catalog, volume.meta);
    meta.disk = hf_meta(audit->catalog, before->meta)->disk;
    volume.meta = hf_meta_intern(audit->catalog, &meta);
    HfResources twin = {0};
    hf_resources_add_one(audit->catalog, &twin, &volume);
    tell_with(audit, record, twin);
}

/* An operator destroys, or takes the reservation of, what a task has just been launched with. */
static void tell_operation(HfAudit *audit, const HfRecord *task, HfOperationType type)
{
    HfResources volume = {0};
    hf_resources_add_one(audit->catalog, &volume, volume_of(audit, task->resources));
    hf_resources_unallocate(audit->catalog, &volume);
    HfRecord record = {.at = task->at,
                       .type = HF_RECORD_OPERATION,
                       .state = (uint16_t)type,
                       .agent = task->agent,
                       .framework = HF_ROW_NONE,
                       .role = HF_ROLE_NONE,
                       .resources = &volume};
    HfRecord between = {.at = task->at, .type = HF_RECORD_RUN_ENDED, .agent = HF_ROW_NONE};
    tell(audit, &between); /* the launch is over */
    tell(audit, &record);
    record.type = HF_RECORD_CONSUMED;
    tell(audit, &record);
    hf_resources_clear(audit->catalog, &volume);
}

/* TRUE: the mistake is made, and the record was told as it should be or not at all. */
static gboolean forge(HfAudit *audit, const char *id, const HfRecord *record)
{
    HfRecord other = *record;
    HfRecordType type = (HfRecordType)record->type;
    gboolean ends =
        type == HF_RECORD_TASK_STATE && record->agent != HF_ROW_NONE && record->resources != NULL;
    if (strcmp(id, "I-01") == 0 && ends) {
        tell_with(audit, record, part_of(audit, record->resources, 2));
    } else if (strcmp(id, "I-02") == 0 && type == HF_RECORD_OFFER_SENT) {
        HfRecord twin = another_offer(audit, record);
        tell(audit, record);
        twin.id = hf_handle_pack((HfHandle){audit->offers.count, 1});
        tell_with(audit, &twin, ports_of(audit, record->resources));
    } else if (strcmp(id, "I-04") == 0 && type == HF_RECORD_OFFER_SENT &&
               hf_resources_any(audit->catalog, record->resources, HF_META_RESERVED)) {
        other.role = HF_ROLE_STAR;
        tell(audit, &other);
    } else if (strcmp(id, "I-05") == 0 && type == HF_RECORD_AGENT_REGISTERED) {
        tell(audit, record);
        other.type = HF_RECORD_AGENT_REREGISTERED;
        tell_with(audit, &other, part_of(audit, record->resources, 2));
    } else if (strcmp(id, "I-06") == 0 && type == HF_RECORD_OFFER_SENT) {
        tell_with(audit, record, part_of(audit, record->resources, 10000));
    } else if (strcmp(id, "I-07") == 0 && type == HF_RECORD_OFFER_DECLINED) {
        tell(audit, record);
        other = another_offer(audit, record);
        tell(audit, &other);
    } else if (strcmp(id, "I-08") == 0 && type == HF_RECORD_QUOTA_LIMIT) {
        other.value = 0; /* the allocator keeps to another limit than it was set */
        tell(audit, &other);
    } else if (strcmp(id, "I-10") == 0 && type == HF_RECORD_CONVERTED &&
               has_volume(audit, record)) {
        HfResources loose = {0};
        hf_resources_copy(audit->catalog, &loose, record->resources);
        hf_resources_to_unreserved(audit->catalog, &loose);
        tell_with(audit, record, loose);
    } else if ((strcmp(id, "I-11") == 0 || strcmp(id, "I-11u") == 0) &&
               type == HF_RECORD_TASK_LAUNCHED && has_volume(audit, record)) {
        tell(audit, record);
        tell_operation(audit, record, id[4] == 'u' ? HF_OPERATION_UNRESERVE : HF_OPERATION_DESTROY);
    } else if (strcmp(id, "I-13") == 0 && type == HF_RECORD_CONVERTED &&
               has_volume(audit, record) &&
               volume_of(audit, &audit->totals.at[record->agent]) != NULL) {
        tell_twin(audit, record);
    } else if (strcmp(id, "I-16") == 0 && type == HF_RECORD_AGENT_RECOVERED) {
        return TRUE; /* the next master does not find it */
    } else if (strcmp(id, "I-19") == 0 && type == HF_RECORD_OFFER_DECLINED) {
        other.at--;
        tell(audit, record);
        tell(audit, &other);
    } else if (strcmp(id, "I-20") == 0 && type == HF_RECORD_TASK_STATE && !ends &&
               record->agent != HF_ROW_NONE) {
        tell(audit, record);
        tell(audit, record);
    } else if (strcmp(id, "I-21") == 0 && type == HF_RECORD_OFFER_DECLINED) {
        HfRecord removed = {.at = record->at,
                            .type = HF_RECORD_FRAMEWORK_REMOVED,
                            .agent = HF_ROW_NONE,
                            .framework = record->framework};
        tell(audit, &removed);
    } else if (strcmp(id, "I-22") == 0 && type == HF_RECORD_AGENT_REGISTERED) {
        tell(audit, record);
        tell(audit, record);
    } else if (strcmp(id, "I-24") == 0 && type == HF_RECORD_TASK_STARTED) {
        other.agent = (record->agent + 1) % 2;
        tell(audit, &other);
    } else {
        return FALSE;
    }
    return TRUE;
}

void __wrap_hf_audit_listen(void *audit, const HfRecord *record)
{
    static int declines;
    const char *id = getenv("HOLDFAST_FORGE");
    if (id == NULL || strcmp(id, "I-03") == 0) {
        if (record->type == HF_RECORD_OFFER_DECLINED && ++declines == 3) return;
    } else if (!is_done && forge(audit, id, record)) {
        is_done = TRUE;
        return;
    }
    __real_hf_audit_listen(audit, record);
}
