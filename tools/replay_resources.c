/* The operations on what was offered, and on what nobody holds. */
#include "tools/replay_internal.h"

#include "resource/json.h"

/* The one allocation role of some resources. */
static gboolean allocation_role(HfReplay *replay, const HfResources *resources, HfRoleId *role_out,
                                GError **error)
{
    *role_out = HF_ROLE_NONE;
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        HfRoleId role =
            hf_meta_allocation_role(replay->catalog, hf_resources_at(resources, i)->meta);
        if (role == HF_ROLE_NONE || (i > 0 && role != *role_out))
            return hf_replay__bad(error, "resources", "must all be allocated to one role");
        *role_out = role;
    }
    return TRUE;
}

/* Who, where and what, common to the operations on offers. */
static gboolean target(HfReplay *replay, uint32_t *framework, uint32_t *agent, HfResources *out,
                       HfRoleId *role, GError **error)
{
    return hf_replay__known(replay, replay->frameworks, "framework", framework, error) &&
           hf_replay__known(replay, replay->agents, "agent", agent, error) &&
           hf_replay__resources(replay, "resources", out, error) &&
           allocation_role(replay, out, role, error);
}

gboolean hf_replay__op_recover(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfResources resources = {0};
    HfRecovery recovery = {.resources = &resources, .refuse_seconds = HF_NO_FILTER};
    gboolean done =
        target(replay, &recovery.framework, &recovery.agent, &resources, &recovery.role, error) &&
        hf_replay__number(replay, "filter_s", FALSE, &recovery.refuse_seconds, error) &&
        hf_replay__flag(replay, "launched", &recovery.launched, error);
    if (done) {
        /* a number that is written is never "no filter" */
        if (hf_replay__field(replay, "filter_s") != NULL && recovery.refuse_seconds == HF_NO_FILTER)
            recovery.refuse_seconds = -2.0;
        HfStatus status = hf_allocator_recover(replay->allocator, replay->now, &recovery);
        /* what is gone was recovered with it: Mesos ignores the call */
        done = status == HF_UNKNOWN || hf_replay__status_ok(status, error);
    }
    hf_resources_clear(replay->catalog, &resources);
    return done;
}

gboolean hf_replay__op_launch(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfResources resources = {0};
    uint32_t framework, agent;
    HfRoleId role;
    gboolean done = target(replay, &framework, &agent, &resources, &role, error) &&
                    hf_replay__status_ok(hf_allocator_launched(replay->allocator, framework, agent,
                                                               role, &resources, NULL),
                                         error);
    hf_resources_clear(replay->catalog, &resources);
    return done;
}

static void clear_operations(HfReplay *replay, GArray *operations)
{
    for (guint i = 0; i < operations->len; i++)
        hf_operation_clear(replay->catalog, &g_array_index(operations, HfOperation, i));
    g_array_unref(operations);
}

static gboolean operations_field(HfReplay *replay, gboolean by_operator, GArray *out,
                                 GError **error)
{
    JsonNode *node = hf_replay__field(replay, "operations");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return hf_replay__bad(error, "operations", "must be a list");
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        HfOperation operation = {0};
        if (!hf_operation_from_json(replay->catalog, json_array_get_element(array, i), &operation,
                                    error)) {
            g_prefix_error(error, "operations[%u]: ", i);
            return FALSE;
        }
        g_array_append_val(out, operation);
        if (!hf_era_check_operation(replay->era, replay->catalog, &operation, by_operator, error))
            return FALSE;
    }
    return TRUE;
}

/* Further copies of shared volumes: a conversion that consumes nothing. */
static gboolean share_field(HfReplay *replay, HfRoleId role, HfConversions *out, GError **error)
{
    if (hf_replay__field(replay, "share") == NULL) return TRUE;
    HfResources more = {0};
    if (!hf_replay__resources(replay, "share", &more, error)) return FALSE;
    hf_resources_allocate(replay->catalog, &more, role);
    out->at = g_renew(HfConversion, out->at, out->count + 1);
    out->at[out->count] = (HfConversion){0};
    hf_resources_move(replay->catalog, &out->at[out->count].converted, &more);
    out->count++;
    return TRUE;
}

gboolean hf_replay__op_update_allocation(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfResources resources = {0}, converted = {0};
    HfConversions conversions = {0};
    GArray *operations = g_array_new(FALSE, TRUE, sizeof(HfOperation));
    uint32_t framework, agent;
    HfRoleId role;
    gboolean done = target(replay, &framework, &agent, &resources, &role, error) &&
                    operations_field(replay, FALSE, operations, error);
    for (guint i = 0; done && i < operations->len; i++) {
        HfOperation *operation = &g_array_index(operations, HfOperation, i);
        hf_operation_allocate(replay->catalog, operation, role);
        done = hf_operation_convert(replay->catalog, operation, &conversions, error);
    }
    done = done && share_field(replay, role, &conversions, error) &&
           hf_replay__status_ok(hf_allocator_update_allocation(replay->allocator, replay->now,
                                                               framework, agent, role, &resources,
                                                               &conversions, &converted, error),
                                error);
    if (done)
        json_object_set_member(ok, "resources",
                               hf_resources_to_json_canonical(replay->catalog, &converted));
    clear_operations(replay, operations);
    hf_conversions_clear(replay->catalog, &conversions);
    hf_resources_clear(replay->catalog, &resources);
    hf_resources_clear(replay->catalog, &converted);
    return done;
}

gboolean hf_replay__op_update_available(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    GArray *operations = g_array_new(FALSE, TRUE, sizeof(HfOperation));
    g_autoptr(GError) refused = NULL;
    gboolean done = hf_replay__known(replay, replay->agents, "agent", &agent, error) &&
                    operations_field(replay, TRUE, operations, error);
    if (done) {
        HfStatus status = hf_allocator_update_available(
            replay->allocator, replay->now, agent, (const HfOperation *)(gpointer)operations->data,
            operations->len, &refused);
        done = status == HF_CONFLICT || hf_replay__status_ok(status, error);
        json_object_set_boolean_member(ok, "applied", status == HF_OK);
    }
    clear_operations(replay, operations);
    return done;
}
