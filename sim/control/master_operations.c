/*
 * Operations in the master: who may do what, the agent's total that changes with them, and how they
 * fare at the agent.
 *
 * An operation is speculative: the master takes its effect for granted as soon as it has sent it,
 * so that the next one, or a launch, can build upon it. When the agent could not do it after all,
 * the agent registers again, and what it says then is true.
 *
 * Source: Mesos 1.11 src/master/validation.cpp (operation::validate), Master::_accept,
 * Master::_apply, Master::updateOperationStatus, Master::reconcileOperations; MESOS.md 2.2-2.5.
 */
#include <string.h>

#include "base/assert.h"
#include "control/master_internal.h"
#include "resource/check.h"
#include "resource/error.h"
#include "resource/text.h"

static const HfPeer self = {HF_PEER_MASTER, 0};

/* ---- rules ---- */

static gboolean fail(GError **error, HfResourceErrorCode code, const char *what)
{
    g_set_error_literal(error, HF_RESOURCE_ERROR, (int)code, what);
    return FALSE;
}

/* The same, about one resource. */
static gboolean fail_on(const HfMaster *master, const HfResource *entry, GError **error,
                        HfResourceErrorCode code, const char *what)
{
    return hf_resource_refuse(master->catalog, entry, code, what, error);
}

/* What of the agent a reservation or a volume needs (RESERVE and CREATE). */
static gboolean check_agent(const HfMaster *master, const HfResources *resources, GError **error)
{
    uint32_t has = master->config.agent_capabilities;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        HfMetaId meta = entry->meta;
        HfRoleId role = hf_meta_reservation_role(master->catalog, meta);
        if (!(has & HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE) &&
            strchr(hf_role_path(master->catalog, role), '/') != NULL)
            return fail_on(master, entry, error, HF_RESOURCE_ERROR_CAPABILITY,
                           "the agent has no capability HIERARCHICAL_ROLE");
        if (!(has & HF_AGENT_CAPABILITY_RESERVATION_REFINEMENT) &&
            hf_meta_is_refined(master->catalog, meta))
            return fail_on(master, entry, error, HF_RESOURCE_ERROR_CAPABILITY,
                           "the agent has no capability RESERVATION_REFINEMENT");
    }
    return TRUE;
}

/* A caller that is known must have put its own principal into what it makes. */
static gboolean is_own(const HfMaster *master, HfTextId caller, HfTextId stated,
                       const HfResource *entry, GError **error)
{
    if (caller == HF_TEXT_NONE || caller == stated) return TRUE;
    return fail_on(master, entry, error, HF_RESOURCE_ERROR_PRINCIPAL,
                   stated == HF_TEXT_NONE ? "names no principal, but the request has one"
                                          : "names another principal than the request has");
}

static gboolean has_role(const HfFrameworkRow *framework, HfRoleId role)
{
    for (uint32_t r = 0; r < framework->role_count; r++)
        if (framework->roles[r] == role) return TRUE;
    return FALSE;
}

static gboolean check_reserve(HfMaster *master, uint32_t framework, HfTextId principal,
                              const HfOperation *operation, GError **error)
{
    HfCatalog *catalog = master->catalog;
    if (framework != NO_ROW && operation->has_source)
        return fail(error, HF_RESOURCE_ERROR_UNSUPPORTED,
                    "RESERVE: a framework cannot give a source");
    if (!check_agent(master, &operation->resources, error)) return FALSE;
    for (uint32_t i = 0; i < hf_resources_count(&operation->resources); i++) {
        const HfResource *entry = hf_resources_at(&operation->resources, i);
        HfMetaId meta = entry->meta;
        const HfReservation *top = hf_stack_top(catalog, hf_meta(catalog, meta)->stack);
        if (!is_own(master, principal, top->principal, entry, error)) return FALSE;
        if (framework == NO_ROW) continue;
        if (hf_meta_allocation_role(catalog, meta) != top->role ||
            !has_role(&master->frameworks.at[framework], top->role))
            return fail_on(master, entry, error, HF_RESOURCE_ERROR_NOT_OWN_ROLE,
                           "reserved for a role that is not the offer's, or not the framework's");
    }
    return TRUE;
}

static HfTextId persistence_of(const HfCatalog *catalog, const HfResource *entry)
{
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    return disk != NULL ? disk->persistence : HF_TEXT_NONE;
}

/* Is there a volume of this id and reservation role on the agent? */
static gboolean exists(const HfMaster *master, uint32_t agent, const HfResource *volume)
{
    const HfCatalog *catalog = master->catalog;
    const HfResources *total = master->agents_more.at[agent].total;
    for (uint32_t i = 0; i < hf_resources_count(total); i++) {
        const HfResource *entry = hf_resources_at(total, i);
        if (hf_meta_is_persistent(catalog, entry->meta) &&
            persistence_of(catalog, entry) == persistence_of(catalog, volume) &&
            hf_meta_reservation_role(catalog, entry->meta) ==
                hf_meta_reservation_role(catalog, volume->meta))
            return TRUE;
    }
    return FALSE;
}

static gboolean check_create(HfMaster *master, uint32_t framework, HfTextId principal,
                             uint32_t agent, const HfOperation *operation, GError **error)
{
    HfCatalog *catalog = master->catalog;
    for (uint32_t i = 0; i < hf_resources_count(&operation->resources); i++) {
        const HfResource *volume = hf_resources_at(&operation->resources, i);
        if (exists(master, agent, volume))
            return fail_on(master, volume, error, HF_RESOURCE_ERROR_PERSISTENCE_TWICE,
                           "the role has a volume of this id on the agent already");
        if (framework != NO_ROW && hf_meta_is_shared(catalog, volume->meta) &&
            !(master->frameworks.at[framework].capabilities & HF_CAPABILITY_SHARED_RESOURCES))
            return fail_on(master, volume, error, HF_RESOURCE_ERROR_CAPABILITY,
                           "the framework has no capability SHARED_RESOURCES");
        const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, volume->meta)->disk);
        if (!is_own(master, principal, disk->persistence_principal, volume, error)) return FALSE;
    }
    return check_agent(master, &operation->resources, error);
}

/* Does a task on the agent hold this very volume, allocation role apart? */
static gboolean is_used(HfMaster *master, uint32_t agent, const HfResource *volume)
{
    HfCatalog *catalog = master->catalog;
    HfMetaId plain = hf_meta_info(catalog, volume->meta)->unallocated;
    for (uint32_t t = master->agents.at[agent].first_task; t != NO_ROW;
         t = master->tasks.at[t].links.next_of_agent) {
        const HfTaskRow *task = &master->tasks.at[t];
        const HfResources *held = hf_parcel_resources(task->resources);
        for (uint32_t i = 0; task->is_holding && i < hf_resources_count(held); i++) {
            const HfResource *entry = hf_resources_at(held, i);
            if (hf_meta_equal(catalog, hf_meta_info(catalog, entry->meta)->unallocated, plain) &&
                entry->kind == volume->kind && entry->milli == volume->milli)
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean check_destroy(HfMaster *master, uint32_t agent, const HfOperation *operation,
                              GError **error)
{
    for (uint32_t i = 0; i < hf_resources_count(&operation->resources); i++) {
        HfResource volume = *hf_resources_at(&operation->resources, i);
        volume.copies = 1;
        volume.meta = hf_meta_info(master->catalog, volume.meta)->unallocated;
        if (!hf_resources_contains_one(master->catalog, master->agents_more.at[agent].total,
                                       &volume))
            return fail_on(master, &volume, error, HF_RESOURCE_ERROR_NOT_FOUND,
                           "the agent has no such volume");
        if (is_used(master, agent, &volume))
            return fail_on(master, &volume, error, HF_RESOURCE_ERROR_IN_USE,
                           "a task uses the volume");
    }
    return TRUE;
}

/* What parsers refuse, of who makes its resources without one: no reservation to `*`, say. */
static gboolean are_sound(const HfMaster *master, const HfResources *resources, GError **error)
{
    for (uint32_t i = 0; i < hf_resources_count(resources); i++)
        if (!hf_resource_check(master->catalog, hf_resources_at(resources, i), error)) return FALSE;
    return TRUE;
}

gboolean hf_master__check_operation(HfMaster *master, uint32_t framework, HfTextId principal,
                                    uint32_t agent, const HfOperation *operation, GError **error)
{
    if (!hf_era_check_operation(hf_allocator_era(master->allocator), master->catalog, operation,
                                framework == NO_ROW, error))
        return FALSE;
    if (!are_sound(master, &operation->resources, error)) return FALSE;
    if (!hf_operation_check(master->catalog, operation, error)) return FALSE;
    if (!hf_resources_check(master->catalog, &operation->resources,
                            framework == NO_ROW ? HF_RULE_NO_ALLOCATION : HF_RULE_ONE_ALLOCATION,
                            error))
        return FALSE;
    switch (operation->type) {
    case HF_OPERATION_RESERVE:
        return check_reserve(master, framework, principal, operation, error);
    case HF_OPERATION_UNRESERVE:
        return TRUE;
    case HF_OPERATION_CREATE:
        return check_create(master, framework, principal, agent, operation, error);
    case HF_OPERATION_DESTROY:
        return check_destroy(master, agent, operation, error);
    case HF_OPERATION_CREATE_DISK:
    case HF_OPERATION_DESTROY_DISK:
        return (master->config.agent_capabilities & HF_AGENT_CAPABILITY_OPERATION_FEEDBACK) ||
               fail(error, HF_RESOURCE_ERROR_CAPABILITY,
                    "the agent has no capability RESOURCE_PROVIDER");
    case HF_OPERATION_GROW_VOLUME:
    case HF_OPERATION_SHRINK_VOLUME:
    case HF_OPERATION_TYPES:
        break;
    }
    return (master->config.agent_capabilities & HF_AGENT_CAPABILITY_RESIZE_VOLUME) ||
           fail(error, HF_RESOURCE_ERROR_CAPABILITY, "the agent has no capability RESIZE_VOLUME");
}

/* ---- who may ---- */

/* Of each resource: its role, or who reserved or created it. */
static const char *object_of(const HfCatalog *catalog, HfOperationType type,
                             const HfResource *entry)
{
    const HfMeta *meta = hf_meta(catalog, entry->meta);
    switch (type) {
    case HF_OPERATION_UNRESERVE:
        return hf_text(catalog, hf_stack_top(catalog, meta->stack)->principal);
    case HF_OPERATION_DESTROY:
        return hf_text(catalog, hf_disk(catalog, meta->disk)->persistence_principal);
    default:
        return hf_role_path(catalog, hf_meta_reservation_role(catalog, entry->meta));
    }
}

static gboolean allows_all(const HfMaster *master, HfAction action, const char *principal,
                           HfOperationType type, const HfResources *resources)
{
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        if (!hf_acls_allow(master->config.acls, action, principal,
                           object_of(master->catalog, type, entry)))
            return FALSE;
    }
    return TRUE;
}

/* RESERVE from a source takes the source's reservations away: the right to do that is needed for
 * every level of its stack that the new one does not have. */
static gboolean allows_source(const HfMaster *master, const char *principal,
                              const HfOperation *operation)
{
    const HfCatalog *catalog = master->catalog;
    if (!operation->has_source) return TRUE;
    HfStackId to = hf_meta(catalog, hf_resources_at(&operation->resources, 0)->meta)->stack;
    HfStackId from = hf_meta(catalog, hf_resources_at(&operation->source, 0)->meta)->stack;
    HfStackId kept = hf_stack_ancestor(catalog, from, to);
    for (HfStackId at = from; at != kept; at = hf_stack_below(catalog, at))
        if (!hf_acls_allow(master->config.acls, HF_ACTION_UNRESERVE_RESOURCES, principal,
                           hf_text(catalog, hf_stack_top(catalog, at)->principal)))
            return FALSE;
    for (HfStackId at = to; at != kept; at = hf_stack_below(catalog, at))
        if (!hf_acls_allow(master->config.acls, HF_ACTION_RESERVE_RESOURCES, principal,
                           hf_role_path(catalog, hf_stack_top(catalog, at)->role)))
            return FALSE;
    return TRUE;
}

/* What is asked for: of disks, by what they are to become, or are. */
static HfAction action_of(const HfCatalog *catalog, const HfOperation *operation)
{
    static const HfAction actions[] = {
        [HF_OPERATION_RESERVE] = HF_ACTION_RESERVE_RESOURCES,
        [HF_OPERATION_UNRESERVE] = HF_ACTION_UNRESERVE_RESOURCES,
        [HF_OPERATION_CREATE] = HF_ACTION_CREATE_VOLUME,
        [HF_OPERATION_DESTROY] = HF_ACTION_DESTROY_VOLUME,
        [HF_OPERATION_GROW_VOLUME] = HF_ACTION_RESIZE_VOLUME,
        [HF_OPERATION_SHRINK_VOLUME] = HF_ACTION_RESIZE_VOLUME,
    };
    if (hf_operation_is_speculative(operation->type)) return actions[operation->type];
    if (operation->type == HF_OPERATION_CREATE_DISK)
        return operation->target_type == HF_DISK_BLOCK ? HF_ACTION_CREATE_BLOCK_DISK
                                                       : HF_ACTION_CREATE_MOUNT_DISK;
    HfMetaId meta = hf_resources_at(&operation->resources, 0)->meta;
    HfDiskSource source = hf_disk(catalog, hf_meta(catalog, meta)->disk)->source;
    return source == HF_DISK_BLOCK   ? HF_ACTION_DESTROY_BLOCK_DISK
           : source == HF_DISK_MOUNT ? HF_ACTION_DESTROY_MOUNT_DISK
                                     : HF_ACTION_DESTROY_RAW_DISK;
}

gboolean hf_master__authorize(const HfMaster *master, HfTextId principal,
                              const HfOperation *operation, GError **error)
{
    if (master->config.acls == NULL) return TRUE;
    const char *name = hf_text(master->catalog, principal);
    if (allows_all(master, action_of(master->catalog, operation), name, operation->type,
                   &operation->resources) &&
        allows_source(master, name, operation))
        return TRUE;
    g_autofree char *resources = hf_resources_to_text(master->catalog, &operation->resources);
    g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_UNAUTHORIZED, "%s {%s}: not authorized",
                hf_operation_name(operation->type), resources);
    return FALSE;
}

/* ---- records ---- */

static void record_operation(const HfOperation *operation, HfTime now, uint32_t framework,
                             uint64_t id, uint32_t agent, HfRoleId role, int rule, HfOutbox *out)
{
    hf_master__record(out,
                      (HfRecord){.at = now,
                                 .type = rule ? HF_RECORD_OPERATION_DROPPED : HF_RECORD_OPERATION,
                                 .state = (uint16_t)operation->type,
                                 .reason = (uint16_t)rule,
                                 .agent = agent,
                                 .framework = framework,
                                 .role = role,
                                 .id = id,
                                 .resources = &operation->resources});
}

void hf_master__record_conversion(const HfResources *resources, HfTime now, HfRecordType type,
                                  uint32_t framework, uint32_t agent, HfRoleId role, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = (uint16_t)type,
                                      .agent = agent,
                                      .framework = framework,
                                      .role = role,
                                      .resources = resources});
}

static void record_state(HfTime now, uint32_t framework, uint64_t id, uint32_t agent,
                         HfOperationState state, HfOutbox *out)
{
    hf_master__record(out, (HfRecord){.at = now,
                                      .type = HF_RECORD_OPERATION_STATE,
                                      .state = (uint16_t)state,
                                      .agent = agent,
                                      .framework = framework,
                                      .id = id});
}

/* ---- the book ---- */

/* Tell a framework how an operation of its own fares. */
static void tell_framework(HfMaster *master, HfTime now, uint32_t framework,
                           const HfOperationStatus *status, HfOutbox *out)
{
    if (master->frameworks.at[framework].standing != HF_FRAMEWORK_ACTIVE) return; /* repeated */
    record_state(now, framework, status->id, status->agent, status->state, out);
    HfPeer to = {HF_PEER_FRAMEWORK, master->frameworks.at[framework].peer};
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_UPDATE_OPERATION, self, to);
    message->framework = framework;
    message->agent = status->agent;
    hf_vec_push(&message->statuses, *status);
}

void hf_master__drop_operation(HfMaster *master, HfTime now, uint32_t framework, uint32_t agent,
                               HfRoleId role, const HfOfferOperation *operation, int rule,
                               HfOutbox *out)
{
    record_operation(&operation->change, now, framework, operation->id, agent, role, rule, out);
    if (operation->id == 0) return;
    tell_framework(master, now, framework,
                   &(HfOperationStatus){
                       .id = operation->id, .state = HF_OPERATION_ERROR, .agent = HF_ROW_NONE},
                   out);
}

static uint64_t add_row(HfMaster *master, uint32_t framework, uint64_t id, uint32_t agent)
{
    HfHandle handle = hf_slots_take(&master->operation_slots);
    if (handle.row == master->operations.count) hf_vec_push_zero(&master->operations);
    master->operations.at[handle.row] = (HfOperationRow){.id = id,
                                                         .framework = framework,
                                                         .agent = agent,
                                                         .generation = handle.generation,
                                                         .serial = hf_handle_pack(handle),
                                                         .is_live = TRUE};
    master->agents_more.at[agent].operations++;
    return hf_handle_pack(handle);
}

/* Answers that tell of a disk are said again until they have come. */
static gboolean needs_ack(uint64_t id, HfOperationType type)
{
    return id != 0 || !hf_operation_is_speculative(type);
}

/* Was it sent by an earlier master? */
static gboolean is_adopted(const HfMaster *master, uint32_t row)
{
    const HfOperationRow *operation = &master->operations.at[row];
    return operation->serial != hf_handle_pack((HfHandle){row, operation->generation});
}

static void remove_row(HfMaster *master, uint32_t row)
{
    HfOperationRow *operation = &master->operations.at[row];
    HF_ASSERT(operation->is_live);
    master->adopted -= is_adopted(master, row);
    operation->is_live = FALSE;
    master->agents_more.at[operation->agent].operations--;
    hf_slots_give(&master->operation_slots, (HfHandle){row, operation->generation});
}

uint32_t hf_master__find_operation(const HfMaster *master, uint64_t serial, uint32_t agent)
{
    HfHandle handle = hf_handle_unpack(serial);
    if (!hf_slots_is_live(&master->operation_slots, handle) ||
        master->operations.at[handle.row].serial != serial) {
        for (guint32 row = 0; master->adopted > 0 && row < master->operations.count; row++)
            if (master->operations.at[row].is_live && master->operations.at[row].serial == serial &&
                master->operations.at[row].agent == agent)
                return row;
        return NO_ROW;
    }
    return master->operations.at[handle.row].agent == agent ? handle.row : NO_ROW;
}

/* Older agents are sent all that they are to write down, and say nothing. */
uint32_t hf_master__send_operation(HfMaster *master, uint32_t framework, uint64_t id,
                                   uint32_t agent, const HfOperation *stripped, HfOutbox *out)
{
    HfPeer to = {HF_PEER_AGENT, master->agents.at[agent].host};
    gboolean is_answered =
        hf_master__has(master, HF_RULE_OPERATION_FEEDBACK) &&
        (master->config.agent_capabilities & HF_AGENT_CAPABILITY_OPERATION_FEEDBACK);
    HfMessage *message = hf_outbox_send(
        out, is_answered ? HF_MESSAGE_APPLY_OPERATION : HF_MESSAGE_CHECKPOINT_RESOURCES, self, to);
    message->framework = framework;
    message->agent = agent;
    message->version = master->agents_more.at[agent].version;
    if (!is_answered) {
        hf_message_set_total(master->catalog, message, master->agents_more.at[agent].total);
        return NO_ROW;
    }
    hf_vec_push_zero(&message->operations);
    HfOfferOperation *sent = hf_vec_last(&message->operations);
    sent->action = HF_OFFER_CONVERT;
    sent->id = id;
    hf_operation_copy(master->catalog, &sent->change, stripped);
    uint64_t serial = add_row(master, framework, id, agent);
    hf_vec_push(&message->statuses,
                (HfOperationStatus){.id = id,
                                    .serial = serial,
                                    .agent = agent,
                                    .needs_ack = needs_ack(id, stripped->type)});
    return hf_handle_unpack(serial).row;
}

gboolean hf_master__apply_operation(HfMaster *master, HfTime now, uint32_t framework, uint64_t id,
                                    uint32_t agent, HfRoleId role, const HfOperation *stripped,
                                    const HfConversions *conversions, GError **error, HfOutbox *out)
{
    if (!hf_resources_apply(master->catalog, master->agents_more.at[agent].total, conversions,
                            error))
        return FALSE;
    record_operation(stripped, now, framework, id, agent, role, 0, out);
    for (uint32_t i = 0; i < conversions->count; i++) {
        hf_master__record_conversion(&conversions->at[i].consumed, now, HF_RECORD_CONSUMED,
                                     framework, agent, role, out);
        hf_master__record_conversion(&conversions->at[i].converted, now, HF_RECORD_CONVERTED,
                                     framework, agent, role, out);
    }
    hf_master__send_operation(master, framework, id, agent, stripped, out);
    return TRUE;
}

/* ---- what the agent says of them ---- */

static void acknowledge(HfMaster *master, uint32_t agent, const HfOperationStatus *status,
                        HfOutbox *out)
{
    HfMessage *message = hf_outbox_send(out, HF_MESSAGE_OPERATION_ACKNOWLEDGEMENT, self,
                                        (HfPeer){HF_PEER_AGENT, master->agents.at[agent].host});
    message->agent = agent;
    hf_vec_push(&message->statuses, *status);
}

static gboolean is_there(const HfMaster *master, uint32_t framework)
{
    return framework < master->frameworks.count &&
           hf_master__is_there(&master->frameworks.at[framework]);
}

void hf_master__on_operation_status(HfMaster *master, HfTime now, const HfMessage *in,
                                    HfOutbox *out)
{
    uint32_t agent = in->agent;
    if (agent >= master->agents.count || master->agents.at[agent].host != in->from.row ||
        master->agents.at[agent].standing != HF_STANDING_REGISTERED)
        return; /* from an agent that was given up: it must register again first */
    for (guint32 i = 0; i < in->statuses.count; i++) {
        const HfOperationStatus *status = &in->statuses.at[i];
        uint32_t row = hf_master__find_operation(master, status->serial, agent);
        if (row != NO_ROW) hf_master__end_disk(master, now, row, status, out);
        if (row != NO_ROW && !hf_operation_state_is_terminal(master->operations.at[row].state))
            master->operations.at[row].state = status->state;
        if (!status->needs_ack) {
            if (row != NO_ROW) remove_row(master, row);
            continue;
        }
        if (status->id != 0 && is_there(master, in->framework)) {
            tell_framework(master, now, in->framework, status, out);
            continue;
        }
        if (row != NO_ROW) remove_row(master, row);
        acknowledge(master, agent, status, out); /* nobody else will do it */
    }
    hf_master__check_drained(master, now, agent, out);
}

void hf_master__on_acknowledge_operation(HfMaster *master, HfTime now, const HfMessage *in,
                                         HfOutbox *out)
{
    for (guint32 i = 0; i < in->statuses.count; i++) {
        const HfOperationStatus *status = &in->statuses.at[i];
        if (status->agent >= master->agents.count ||
            master->agents.at[status->agent].standing != HF_STANDING_REGISTERED)
            continue; /* the agent will send it again */
        uint32_t row = hf_master__find_operation(master, status->serial, status->agent);
        if (row != NO_ROW && master->operations.at[row].framework != in->framework) continue;
        if (row != NO_ROW) remove_row(master, row);
        acknowledge(master, status->agent, status, out);
        hf_master__check_drained(master, now, status->agent, out);
    }
}

void hf_master__ask_operations(HfMaster *master, uint32_t agent, const HfMessage *in,
                               HfMessage *reply)
{
    if (master->agents_more.at[agent].operations == 0) return;
    for (guint32 row = 0; row < master->operations.count; row++) {
        const HfOperationRow *operation = &master->operations.at[row];
        if (!operation->is_live || operation->agent != agent) continue;
        uint64_t serial = operation->serial;
        guint32 k = 0;
        while (k < in->statuses.count && in->statuses.at[k].serial != serial) k++;
        if (k < in->statuses.count) continue;
        hf_vec_push(&reply->statuses,
                    (HfOperationStatus){.id = operation->id,
                                        .serial = serial,
                                        .framework = operation->framework,
                                        .agent = agent,
                                        .state = HF_OPERATION_DROPPED,
                                        .needs_ack = needs_ack(operation->id, operation->type)});
    }
}

void hf_master__end_operations(HfMaster *master, HfTime now, uint32_t agent, HfOperationState state,
                               HfOutbox *out)
{
    for (guint32 row = 0; master->agents_more.at[agent].operations > 0; row++) {
        HF_ASSERT(row < master->operations.count);
        HfOperationRow operation = master->operations.at[row];
        if (!operation.is_live || operation.agent != agent) continue;
        remove_row(master, row);
        if (operation.id != 0 && is_there(master, operation.framework))
            tell_framework(master, now, operation.framework,
                           &(HfOperationStatus){.id = operation.id, .agent = agent, .state = state},
                           out);
    }
}

void hf_master__orphan_operations(HfMaster *master, uint32_t framework)
{
    if (master->operation_slots.live == 0) return;
    for (guint32 row = 0; row < master->operations.count; row++)
        if (master->operations.at[row].framework == framework)
            master->operations.at[row].framework = NO_ROW;
}

void hf_master__forget_operations(HfMaster *master)
{
    for (guint32 row = 0; row < master->operations.count; row++)
        if (master->operations.at[row].is_live) remove_row(master, row);
}

void hf_master__adopt_operations(HfMaster *master, uint32_t agent, const HfMessage *in)
{
    for (guint32 i = 0; i < in->statuses.count; i++) {
        const HfOperationStatus *status = &in->statuses.at[i];
        if (!status->needs_ack ||
            hf_master__find_operation(master, status->serial, agent) != NO_ROW)
            continue;
        uint32_t row = hf_handle_unpack(add_row(master, status->framework, status->id, agent)).row;
        master->operations.at[row].serial = status->serial;
        master->operations.at[row].state = status->state;
        master->adopted += is_adopted(master, row);
    }
}

/* ---- reconciliation ---- */

static HfOperationState state_of(const HfMaster *master, uint32_t framework,
                                 const HfOperationStatus *asked)
{
    for (guint32 row = 0; row < master->operations.count; row++) {
        const HfOperationRow *operation = &master->operations.at[row];
        if (operation->is_live && operation->framework == framework && operation->id == asked->id)
            return operation->state;
    }
    if (asked->agent >= master->agents.count) return HF_OPERATION_UNKNOWN;
    HfAgentStanding standing = master->agents.at[asked->agent].standing;
    return standing == HF_STANDING_UNREACHABLE ? HF_OPERATION_UNREACHABLE
           : standing == HF_STANDING_GONE      ? HF_OPERATION_GONE_BY_OPERATOR
           : standing == HF_STANDING_RECOVERED ? HF_OPERATION_RECOVERING
                                               : HF_OPERATION_UNKNOWN;
}

/* Those asked about, or all that the framework has in the book; the answers need no
 * acknowledgement. */
void hf_master__on_reconcile_operations(HfMaster *master, HfTime now, const HfMessage *in,
                                        HfOutbox *out)
{
    for (guint32 i = 0; i < in->statuses.count; i++) {
        HfOperationStatus answer = {.id = in->statuses.at[i].id, .agent = in->statuses.at[i].agent};
        answer.state = state_of(master, in->framework, &answer);
        tell_framework(master, now, in->framework, &answer, out);
    }
    if (in->statuses.count > 0) return;
    for (guint32 row = 0; row < master->operations.count; row++) {
        const HfOperationRow *operation = &master->operations.at[row];
        if (!operation->is_live || operation->framework != in->framework || operation->id == 0)
            continue;
        tell_framework(master, now, in->framework,
                       &(HfOperationStatus){.id = operation->id,
                                            .agent = operation->agent,
                                            .state = operation->state},
                       out);
    }
}
