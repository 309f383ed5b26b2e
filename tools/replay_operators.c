/* What an operator does: weights, quota, whitelist, maintenance, pause. */
#include "tools/replay_internal.h"

#include <math.h>
#include <string.h>

/* ---- Roles ---- */

gboolean hf_replay__op_update_weights(HfReplay *replay, JsonObject *ok, GError **error)
{
    JsonNode *node = hf_replay__field(replay, "weights");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return hf_replay__bad(error, "weights", "must be an object");
    JsonObject *weights = json_node_get_object(node);
    for (int pass = 0; pass < 2; pass++) { /* look at all of them before any is changed */
        JsonObjectIter iter;
        const char *path;
        JsonNode *member;
        json_object_iter_init_ordered(&iter, weights);
        while (json_object_iter_next_ordered(&iter, &path, &member)) {
            HfRoleId role;
            if (!hf_replay__role(replay, path, &role, error)) return FALSE;
            double weight = hf_replay__is_number(member) ? json_node_get_double(member) : 0.0;
            if (!(weight > 0.0) || !isfinite(weight))
                return hf_replay__bad(error, "weights", "must be positive numbers");
            if (pass == 1) hf_allocator_weight_set(replay->allocator, replay->now, role, weight);
        }
    }
    return TRUE;
}

/* `guarantees` and `limits` of an object, either absent. */
static gboolean quota_members(HfReplay *replay, JsonObject *object, HfQuantities *guarantees,
                              HfLimits *limits, GError **error)
{
    JsonNode *node = json_object_get_member(object, "guarantees");
    if (node != NULL && !JSON_NODE_HOLDS_NULL(node)) {
        if (!hf_replay__is_text(node)) return hf_replay__bad(error, "guarantees", "must be a text");
        if (!hf_quantities_parse(replay->catalog, json_node_get_string(node), guarantees, error))
            return FALSE;
    }
    node = json_object_get_member(object, "limits");
    if (node == NULL || JSON_NODE_HOLDS_NULL(node)) return TRUE;
    if (!hf_replay__is_text(node)) return hf_replay__bad(error, "limits", "must be a text");
    if (!hf_era_check(replay->era, HF_RULE_QUOTA_LIMITS, error)) return FALSE;
    return hf_limits_parse(replay->catalog, json_node_get_string(node), limits, error);
}

gboolean hf_replay__op_update_quota(HfReplay *replay, JsonObject *ok, GError **error)
{
    const char *path;
    HfRoleId role;
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    gboolean done = hf_replay__text(replay, "role", TRUE, &path, error) &&
                    hf_replay__role(replay, path, &role, error) &&
                    quota_members(replay, replay->line, &guarantees, &limits, error) &&
                    hf_replay__status_ok(hf_allocator_quota_set(replay->allocator, replay->now,
                                                                role, &guarantees, &limits),
                                         error);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
    return done;
}

gboolean hf_replay__op_recover_quotas(HfReplay *replay, JsonObject *ok, GError **error)
{
    double expected = 0;
    JsonNode *node = hf_replay__field(replay, "quotas");
    if (!hf_replay__number(replay, "expected_agents", TRUE, &expected, error)) return FALSE;
    if (!(expected >= 0) || expected > 1e9)
        return hf_replay__bad(error, "expected_agents", "out of range");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return hf_replay__bad(error, "quotas", "must be an object");
    JsonObject *object = json_node_get_object(node);
    guint room = json_object_get_size(object), count = 0;
    HfRoleQuota *quotas = g_new0(HfRoleQuota, room + 1);
    HfQuantities *guarantees = g_new0(HfQuantities, room + 1);
    HfLimits *limits = g_new0(HfLimits, room + 1);
    gboolean done = TRUE;
    JsonObjectIter iter;
    const char *path;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, object);
    while (done && json_object_iter_next_ordered(&iter, &path, &member)) {
        done = JSON_NODE_HOLDS_OBJECT(member)
                   ? hf_replay__role(replay, path, &quotas[count].role, error) &&
                         quota_members(replay, json_node_get_object(member), &guarantees[count],
                                       &limits[count], error)
                   : hf_replay__bad(error, "quotas", "must hold objects");
        quotas[count].guarantees = &guarantees[count];
        quotas[count].limits = &limits[count];
        count++;
    }
    done =
        done && hf_replay__status_ok(hf_allocator_recover_quotas(replay->allocator, replay->now,
                                                                 (uint32_t)expected, quotas, count),
                                     error);
    for (guint q = 0; q < count; q++) {
        hf_quantities_clear(&guarantees[q]);
        hf_limits_clear(&limits[q]);
    }
    g_free(quotas);
    g_free(guarantees);
    g_free(limits);
    return done;
}

/* ---- Operators ---- */

gboolean hf_replay__op_whitelist(HfReplay *replay, JsonObject *ok, GError **error)
{
    g_autoptr(GPtrArray) hosts = NULL;
    if (!hf_replay__texts(replay, "hosts", &hosts, error)) return FALSE;
    gboolean is_given = hf_replay__field(replay, "hosts") != NULL;
    g_ptr_array_add(hosts, NULL);
    hf_allocator_whitelist_set(replay->allocator, replay->now,
                               is_given ? (const char *const *)hosts->pdata : NULL, hosts->len - 1);
    return TRUE;
}

gboolean hf_replay__op_unavailability(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t agent;
    HfTime start = 0, duration = HF_TIME_NEVER;
    gboolean is_set;
    return hf_replay__known(replay, replay->agents, "agent", &agent, error) &&
           hf_replay__ms(replay, "start_ms", FALSE, &start, &is_set, error) &&
           hf_replay__ms(replay, "duration_ms", FALSE, &duration, NULL, error) &&
           hf_replay__status_ok(hf_allocator_unavailability_set(replay->allocator, replay->now,
                                                                agent, is_set, start, duration),
                                error);
}

gboolean hf_replay__op_inverse_response(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t framework, agent;
    const char *text;
    double refuse_seconds = HF_NO_FILTER;
    if (!hf_replay__known(replay, replay->frameworks, "framework", &framework, error) ||
        !hf_replay__known(replay, replay->agents, "agent", &agent, error) ||
        !hf_replay__text(replay, "status", FALSE, &text, error) ||
        !hf_replay__number(replay, "filter_s", FALSE, &refuse_seconds, error))
        return FALSE;
    if (hf_replay__field(replay, "filter_s") != NULL && refuse_seconds == HF_NO_FILTER)
        refuse_seconds = -2.0;
    HfInverseStatus status = HF_INVERSE_NONE;
    if (text != NULL && strcmp(text, "ACCEPT") == 0)
        status = HF_INVERSE_ACCEPT;
    else if (text != NULL && strcmp(text, "DECLINE") == 0)
        status = HF_INVERSE_DECLINE;
    else if (text != NULL)
        return hf_replay__bad(error, "status", "must be ACCEPT or DECLINE");
    return hf_replay__status_ok(hf_allocator_inverse_response(replay->allocator, replay->now,
                                                              framework, agent, status,
                                                              refuse_seconds),
                                error);
}

gboolean hf_replay__op_pause(HfReplay *replay, JsonObject *ok, GError **error)
{
    hf_allocator_pause(replay->allocator);
    return TRUE;
}

gboolean hf_replay__op_resume(HfReplay *replay, JsonObject *ok, GError **error)
{
    hf_allocator_resume(replay->allocator);
    return TRUE;
}
