/*
 * What operators ask for: who is meant, may it be done, what is rescinded for it, what comes of it.
 * Quota is in master_quota.c, machines and single agents are in master_machines.c.
 *
 * Offers of one agent are taken back oldest first (Mesos: in the order of a hash table).
 *
 * Source: Mesos 1.11 src/master/http.cpp (_operation, _teardown), weights_handler.cpp;
 * MESOS.md 2.4.
 */
#include <string.h>

#include "base/assert.h"
#include "control/master_internal.h"
#include "resource/error.h"

int hf_master__answer_call(char **why_out, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *why_out = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return status;
}

gboolean hf_master__may(const HfMaster *master, HfAction action, HfTextId principal,
                        const char *object)
{
    return hf_acls_allow(master->config.acls, action, hf_text(master->catalog, principal), object);
}

gboolean hf_master__is_whitelisted(const HfMaster *master, HfRoleId role)
{
    for (uint32_t i = 0; i < master->config.role_count; i++)
        if (master->config.roles[i] == role) return TRUE;
    return master->config.role_count == 0 || role == HF_ROLE_STAR;
}

uint32_t hf_master__agent_named(const HfMaster *master, const char *name)
{
    uint32_t found = NO_ROW;
    for (guint32 row = 0; row < master->agents.count; row++) {
        const HfAgentMore *more = &master->agents_more.at[row];
        if (strcmp(more->name, name) == 0) return row;
        /* of several agents that a host has had, the one that is there, else the last */
        if (g_ascii_strcasecmp(more->hostname, name) == 0 &&
            (found == NO_ROW || !hf_master__is_held(&master->agents.at[found])))
            found = row;
    }
    return found;
}

/* ---- RESERVE_RESOURCES .. SHRINK_VOLUME ---- */

static GArray *offers_of(HfMaster *master, uint32_t agent)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t row = hf_master__first_offer(master, agent); row != NO_ROW;
         row = hf_master__next_offer(master, row))
        g_array_prepend_val(rows, row);
    return rows;
}

/* Take offers back that hold some of what is needed, until what came back alone is enough. Their
 * frameworks are not offered the same again for 5 s. */
static void make_room(HfMaster *master, HfTime now, uint32_t agent, const HfOperation *operation,
                      HfOutbox *out)
{
    HfCatalog *catalog = master->catalog;
    g_autoptr(GArray) rows = offers_of(master, agent);
    HfResources required = {0}, rest = {0}, recovered = {0}, all = {0}, tried = {0};
    hf_operation_consumed(catalog, operation, &required);
    gboolean is_enough = FALSE;
    for (guint i = 0; i < rows->len && !is_enough; i++) {
        uint32_t row = g_array_index(rows, uint32_t, i);
        hf_resources_copy(catalog, &recovered,
                          hf_parcel_resources(master->offers.at[row].resources));
        hf_resources_unallocate(catalog, &recovered);
        hf_resources_copy(catalog, &rest, &required);
        hf_resources_subtract(catalog, &rest, &recovered);
        if (hf_resources_equal(catalog, &rest, &required)) continue;
        hf_resources_add(catalog, &all, &recovered);
        hf_resources_move(catalog, &required, &rest);
        hf_master__take_offer_back(master, now, row, HF_RECORD_OFFER_RESCINDED, HF_REFUSE_DEFAULT,
                                   TRUE, out);
        hf_resources_copy(catalog, &tried, &all);
        is_enough = hf_resources_apply_operation(catalog, &tried, operation, NULL);
    }
    hf_resources_clear(catalog, &required);
    hf_resources_clear(catalog, &rest);
    hf_resources_clear(catalog, &recovered);
    hf_resources_clear(catalog, &all);
    hf_resources_clear(catalog, &tried);
}

static int on_operation(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                        HfOutbox *out, char **why_out)
{
    const HfOperation *operation = &call->operation;
    uint32_t agent = hf_master__agent_named(master, call->agent);
    if (agent == NO_ROW || !hf_master__is_held(&master->agents.at[agent]))
        return hf_master__answer_call(why_out, 400, "No agent found with specified ID");
    g_autoptr(GError) error = NULL;
    if (!hf_master__check_operation(master, NO_ROW, principal, agent, operation, &error))
        return hf_master__answer_call(why_out, 400, "Invalid %s operation: %s",
                                      hf_operation_name(operation->type), error->message);
    if (!hf_master__authorize(master, principal, operation, &error))
        return hf_master__answer_call(why_out, 403, "Forbidden");
    make_room(master, now, agent, operation, out);
    if (hf_allocator_update_available(master->allocator, now, agent, operation, 1, &error) != HF_OK)
        return hf_master__answer_call(why_out, 409, "%s", error->message);
    HfConversions conversions = {0};
    gboolean is_done = hf_operation_convert(master->catalog, operation, &conversions, &error) &&
                       hf_master__apply_operation(master, now, NO_ROW, 0, agent, HF_ROLE_NONE,
                                                  operation, &conversions, &error, out);
    HF_ASSERT(is_done); /* it applied to what the allocator has of the same total */
    hf_conversions_clear(master->catalog, &conversions);
    return 202;
}

/* ---- UPDATE_WEIGHTS ---- */

static gboolean has_frameworks(const HfMaster *master, HfRoleId role)
{
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        const HfFrameworkRow *framework = &master->frameworks.at[f];
        for (uint32_t r = 0; hf_master__is_there(framework) && r < framework->role_count; r++)
            if (framework->roles[r] == role) return TRUE;
    }
    return FALSE;
}

void hf_master__rescind_agent(HfMaster *master, HfTime now, uint32_t agent, HfOutbox *out)
{
    g_autoptr(GArray) rows = offers_of(master, agent);
    for (guint i = 0; i < rows->len; i++)
        hf_master__take_offer_back(master, now, g_array_index(rows, uint32_t, i),
                                   HF_RECORD_OFFER_RESCINDED, HF_NO_FILTER, TRUE, out);
}

static int on_weights(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                      HfOutbox *out, char **why_out)
{
    for (guint32 i = 0; i < call->weights.count; i++)
        if (!hf_master__is_whitelisted(master, call->weights.at[i].role))
            return hf_master__answer_call(why_out, 400, "Unknown role '%s'",
                                          hf_role_path(master->catalog, call->weights.at[i].role));
    for (guint32 i = 0; i < call->weights.count; i++)
        if (!hf_master__may(master, HF_ACTION_UPDATE_WEIGHT, principal,
                            hf_role_path(master->catalog, call->weights.at[i].role)))
            return hf_master__answer_call(why_out, 403, "Forbidden");
    return hf_master__store_call(master, now, NO_ROW, principal, call, out, why_out);
}

int hf_master__do_weights(HfMaster *master, HfTime now, const HfCall *call, HfOutbox *out)
{
    gboolean is_felt = FALSE;
    for (guint32 i = 0; i < call->weights.count; i++) {
        const HfWeightInfo *info = &call->weights.at[i];
        hf_allocator_weight_set(master->allocator, now, info->role, info->weight);
        is_felt = is_felt || has_frameworks(master, info->role);
    }
    for (guint32 agent = 0; agent < master->agents.count && is_felt; agent++)
        hf_master__rescind_agent(master, now, agent, out);
    return 200;
}

/* ---- TEARDOWN ---- */

static int on_teardown(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                       HfOutbox *out, char **why_out)
{
    for (guint32 f = 0; f < master->frameworks.count; f++) {
        const HfFrameworkRow *framework = &master->frameworks.at[f];
        if (!hf_master__is_there(framework) || strcmp(framework->name, call->framework) != 0)
            continue;
        if (!hf_master__may(master, HF_ACTION_TEARDOWN_FRAMEWORK, principal,
                            hf_text(master->catalog, framework->principal)))
            return hf_master__answer_call(why_out, 403, "Forbidden");
        hf_master__on_teardown(master, now, f, out);
        return 200;
    }
    return hf_master__answer_call(why_out, 400, "No framework found with specified ID");
}

/* ---- all of them ---- */

static int answer(HfMaster *master, HfTime now, HfTextId principal, const HfCall *call,
                  HfOutbox *out, char **why_out)
{
    switch (call->type) {
    case HF_CALL_UPDATE_WEIGHTS:
        return on_weights(master, now, principal, call, out, why_out);
    case HF_CALL_UPDATE_QUOTA:
    case HF_CALL_SET_QUOTA:
    case HF_CALL_REMOVE_QUOTA:
        return hf_master__on_quota(master, now, principal, call, out, why_out);
    case HF_CALL_UPDATE_MAINTENANCE_SCHEDULE:
    case HF_CALL_START_MAINTENANCE:
    case HF_CALL_STOP_MAINTENANCE:
        return hf_master__on_maintenance(master, now, principal, call, out, why_out);
    case HF_CALL_DRAIN_AGENT:
    case HF_CALL_DEACTIVATE_AGENT:
    case HF_CALL_REACTIVATE_AGENT:
    case HF_CALL_MARK_AGENT_GONE:
        return hf_master__on_agent_call(master, now, principal, call, out, why_out);
    case HF_CALL_TEARDOWN:
        return on_teardown(master, now, principal, call, out, why_out);
    case HF_CALL_GET_ROLES:
    case HF_CALL_GET_AGENTS:
    case HF_CALL_GET_QUOTA:
    case HF_CALL_GET_WEIGHTS:
        return hf_master__on_query(master, principal, call, why_out);
    default:
        return on_operation(master, now, principal, call, out, why_out);
    }
}

void hf_master__record_call(HfMaster *master, HfTime now, const HfCall *call, int status,
                            HfOutbox *out)
{
    hf_master__record(
        out, (HfRecord){.at = now,
                        .type = HF_RECORD_OPERATOR_CALL,
                        .state = (uint16_t)call->type,
                        .agent = call->agent ? hf_master__agent_named(master, call->agent) : NO_ROW,
                        .framework = HF_ROW_NONE,
                        .role = HF_ROLE_NONE,
                        .value = status});
}

int hf_master_operate(HfMaster *master, HfTime now, const char *principal, const HfCall *call,
                      HfOutbox *out, char **why_out)
{
    HfTextId caller = principal ? hf_text_intern(master->catalog, principal) : HF_TEXT_NONE;
    *why_out = NULL;
    if (master->is_down) {
        hf_master__record_call(master, now, call, 503, out);
        return hf_master__answer_call(why_out, 503, "no master leads");
    }
    int status = answer(master, now, caller, call, out, why_out);
    if (status != HF_CALL_PENDING) hf_master__record_call(master, now, call, status, out);
    hf_master__want_run(master, now, out);
    return status;
}
