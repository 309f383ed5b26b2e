/*
 * CREATE_DISK and DESTROY_DISK in the master. What a resource provider makes of its disks only that
 * can say, so the master takes nothing for granted: from the moment at which it sends the operation
 * until the agent has answered, the disk is held, by the framework, as far as the allocator can
 * see. The answer says what the disk became; that, or the disk as it was, is free again without a
 * filter.
 *
 * When the framework is removed meanwhile nobody holds the disk that the allocator knows of: it is
 * taken out of what the agent has, until the answer comes (Mesos: an orphaned operation).
 *
 * Source: Mesos 1.11 Master::_accept, Master::updateOperation, Slave::markOperationAsOrphan
 * (src/master/master.cpp); MESOS.md 2.3.
 */
#include "base/assert.h"
#include "control/master_internal.h"
#include "resource/error.h"

/* ---- records ---- */

static void record(const HfOperationRow *row, HfTime now, HfRecordType type,
                   const HfResources *source, HfOutbox *out)
{
    hf_master__record(
        out,
        (HfRecord){.at = now,
                   .type = (uint16_t)type,
                   .state = (uint16_t)row->type,
                   .reason = type == HF_RECORD_OPERATION_DROPPED ? HF_RESOURCE_ERROR_NOT_DONE : 0,
                   .agent = row->agent,
                   .framework = row->framework,
                   .role = row->framework == NO_ROW ? HF_ROLE_NONE : row->role,
                   .id = row->id,
                   .resources = source});
}

static void record_change(const HfOperationRow *row, HfTime now, const HfResources *source,
                          const HfResources *made, HfOutbox *out)
{
    HfRoleId role = row->framework == NO_ROW ? HF_ROLE_NONE : row->role;
    record(row, now, HF_RECORD_OPERATION, source, out);
    hf_master__record_conversion(source, now, HF_RECORD_CONSUMED, row->framework, row->agent, role,
                                 out);
    hf_master__record_conversion(made, now, HF_RECORD_CONVERTED, row->framework, row->agent, role,
                                 out);
}

/* ---- it begins ---- */

void hf_master__begin_disk(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                           uint32_t agent, HfRoleId role, const HfOperation *stripped,
                           HfOutbox *out)
{
    uint32_t at = hf_master__send_operation(master, framework, id, agent, stripped, out);
    HF_ASSERT(at != NO_ROW); /* an agent that has providers answers */
    HfOperationRow *row = &master->operations.at[at];
    row->type = stripped->type;
    row->is_holding = TRUE;
    row->role = role;
    row->source = *hf_resources_at(&stripped->resources, 0);
    record(row, now, HF_RECORD_OPERATION_PENDING, &stripped->resources, out);
}

/* ---- it ends ---- */

void hf_master__free_total(const HfMaster *master, uint32_t agent, HfResources *out)
{
    hf_resources_copy(master->catalog, out, master->agents_more.at[agent].total);
    if (master->agents_more.at[agent].operations == 0) return;
    for (guint32 i = 0; i < master->operations.count; i++) {
        const HfOperationRow *row = &master->operations.at[i];
        if (row->is_live && row->is_holding && row->agent == agent && row->framework == NO_ROW)
            hf_resources_subtract_one(master->catalog, out, &row->source);
    }
}

static void tell_total(HfMaster *master, HfTime now, uint32_t agent)
{
    HfResources total = {0};
    hf_master__free_total(master, agent, &total);
    HfStatus status = hf_allocator_agent_update(
        master->allocator, now, agent,
        &(HfAgentSpec){.total = &total, .capabilities = HF_AGENT_CAPABILITIES_KEEP});
    HF_ASSERT(status == HF_OK);
    hf_resources_clear(master->catalog, &total);
}

/* The disk is another one now, in all books. FALSE and nothing changed when it was not there: the
 * agent came back with less than it had. */
static gboolean change(HfMaster *master, HfTime now, const HfOperationRow *row,
                       const HfResources *source, const HfResources *made)
{
    HfCatalog *catalog = master->catalog;
    HfConversion one = {.consumed = *source, .converted = *made}; /* borrowed for these calls */
    HfConversions conversions = {&one, 1};
    HfResources total = {0};
    hf_resources_copy(catalog, &total, master->agents_more.at[row->agent].total);
    gboolean is_there = hf_resources_apply(catalog, &total, &conversions, NULL);
    if (is_there && row->framework != NO_ROW)
        is_there =
            hf_allocator_update_allocation(master->allocator, now, row->framework, row->agent,
                                           row->role, source, &conversions, NULL, NULL) == HF_OK;
    if (is_there) hf_resources_move(catalog, master->agents_more.at[row->agent].total, &total);
    hf_resources_clear(catalog, &total);
    return is_there;
}

void hf_master__end_disk(HfMaster *master, HfTime now, uint32_t at, const HfOperationStatus *status,
                         HfOutbox *out)
{
    HfCatalog *catalog = master->catalog;
    HfOperationRow *row = &master->operations.at[at];
    if (!row->is_holding || !hf_operation_state_is_terminal(status->state)) return;
    HfResources source = {0}, made = {0}, back = {0};
    HfResource disk = row->source;
    hf_resources_add_one(catalog, &source, &disk);
    if (status->state == HF_OPERATION_FINISHED) disk.meta = status->made;
    hf_resources_add_one(catalog, &made, &disk);
    row->is_holding = FALSE;
    gboolean is_changed =
        status->state == HF_OPERATION_FINISHED && change(master, now, row, &source, &made);
    if (is_changed)
        record_change(row, now, &source, &made, out);
    else
        record(row, now, HF_RECORD_OPERATION_DROPPED, &source, out);
    if (row->framework == NO_ROW) {
        tell_total(master, now, row->agent);
    } else {
        hf_resources_copy(catalog, &back, is_changed ? &made : &source);
        hf_resources_allocate(catalog, &back, row->role);
        hf_master__give_back(master, now, row->framework, row->agent, row->role, &back,
                             HF_NO_FILTER, FALSE);
    }
    hf_resources_clear(catalog, &source);
    hf_resources_clear(catalog, &made);
    hf_resources_clear(catalog, &back);
}

void hf_master__end_disks(HfMaster *master, HfTime now, uint32_t agent, const HfMessage *in,
                          HfOutbox *out)
{
    for (guint32 i = 0; i < in->statuses.count && master->agents_more.at[agent].operations > 0;
         i++) {
        const HfOperationStatus *status = &in->statuses.at[i];
        uint32_t row = hf_master__find_operation(master, status->serial, agent);
        if (row == NO_ROW) continue;
        hf_master__end_disk(master, now, row, status, out);
        if (!hf_operation_state_is_terminal(master->operations.at[row].state))
            master->operations.at[row].state = status->state;
    }
}

void hf_master__keep_disks(HfMaster *master, HfTime now)
{
    if (master->operation_slots.live == 0) return;
    for (guint32 i = 0; i < master->operations.count; i++) {
        const HfOperationRow *row = &master->operations.at[i];
        if (row->is_live && row->is_holding && row->framework == NO_ROW)
            tell_total(master, now, row->agent);
    }
}
