/* See replay.h. Agents and frameworks get a row of their own at first sight of their id and keep
 * it, so that an id that comes back is the same row. */
#include "tools/replay.h"

#include <string.h>

#include "base/near.h"
#include "resource/json.h"
#include "tools/replay_internal.h"

HfReplay *hf_replay_new(void)
{
    HfReplay *replay = g_new0(HfReplay, 1);
    replay->catalog = hf_catalog_new(HF_QUIRKS_MESOS);
    replay->era = HF_ERA_1_11;
    replay->agents = hf_intern_new();
    replay->frameworks = hf_intern_new();
    return replay;
}

void hf_replay_free(HfReplay *replay)
{
    if (replay == NULL) return;
    hf_offer_list_clear(replay->catalog, &replay->list);
    hf_allocator_free(replay->allocator);
    hf_intern_free(replay->agents);
    hf_intern_free(replay->frameworks);
    hf_catalog_free(replay->catalog);
    g_free(replay);
}

/* ---- Output ---- */

static gint64 now_ms(const HfReplay *replay)
{
    return replay->now / HF_NS_PER_MS;
}

static JsonObject *event(const char *what)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "ev", what);
    return object;
}

static void put(HfReplay *replay, JsonObject *object)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    g_ptr_array_add(replay->out, node);
}

typedef struct Sortable {
    const char *framework, *role, *agent;
    uint32_t place;
} Sortable;

static gint compare_events(gconstpointer a, gconstpointer b)
{
    const Sortable *x = a, *y = b;
    int order = strcmp(x->framework, y->framework);
    if (order == 0) order = strcmp(x->role, y->role);
    return order != 0 ? order : strcmp(x->agent, y->agent);
}

/* The offers of one run, in order of framework, role and agent. */
static void put_offers(HfReplay *replay)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(Sortable));
    for (uint32_t o = 0; o < replay->list.offers.count; o++) {
        const HfOffered *offer = &replay->list.offers.at[o];
        Sortable one = {hf_intern_name(replay->frameworks, offer->framework),
                        hf_role_path(replay->catalog, offer->role),
                        hf_intern_name(replay->agents, offer->agent), o};
        g_array_append_val(order, one);
    }
    g_array_sort(order, compare_events);
    for (guint i = 0; i < order->len; i++) {
        const Sortable *one = &g_array_index(order, Sortable, i);
        JsonObject *object = event("offer");
        json_object_set_int_member(object, "t", now_ms(replay));
        json_object_set_string_member(object, "framework", one->framework);
        json_object_set_string_member(object, "role", one->role);
        json_object_set_string_member(object, "agent", one->agent);
        json_object_set_member(
            object, "resources",
            hf_resources_to_json_canonical(
                replay->catalog,
                hf_parcel_resources(replay->list.offers.at[one->place].resources)));
        put(replay, object);
    }
}

static void put_inverse_offers(HfReplay *replay)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(Sortable));
    for (uint32_t o = 0; o < replay->list.inverse.count; o++) {
        const HfInverseOffered *offer = &replay->list.inverse.at[o];
        Sortable one = {hf_intern_name(replay->frameworks, offer->framework), "",
                        hf_intern_name(replay->agents, offer->agent), o};
        g_array_append_val(order, one);
    }
    g_array_sort(order, compare_events);
    for (guint i = 0; i < order->len; i++) {
        const Sortable *one = &g_array_index(order, Sortable, i);
        const HfInverseOffered *offer = &replay->list.inverse.at[one->place];
        JsonObject *object = event("inverse_offer");
        json_object_set_int_member(object, "t", now_ms(replay));
        json_object_set_string_member(object, "framework", one->framework);
        json_object_set_string_member(object, "agent", one->agent);
        json_object_set_int_member(object, "start_ms", offer->start / HF_NS_PER_MS);
        if (offer->duration != HF_TIME_NEVER)
            json_object_set_int_member(object, "duration_ms", offer->duration / HF_NS_PER_MS);
        put(replay, object);
    }
}

static void put_run(HfReplay *replay)
{
    put_offers(replay);
    put_inverse_offers(replay);
    hf_offer_list_reset(replay->catalog, &replay->list);
}

/* ---- The clock and the state ---- */

static gboolean op_tick(HfReplay *replay, JsonObject *ok, GError **error)
{
    HfTime by = 0;
    if (!hf_replay__ms(replay, "ms", TRUE, &by, NULL, error)) return FALSE;
    HfTime end = replay->now + by;
    while (replay->next_batch <= end) {
        replay->now = replay->next_batch;
        hf_allocator_batch(replay->allocator, replay->now, &replay->list);
        put_run(replay);
        hf_allocator_batch_armed(replay->allocator);
        replay->next_batch = replay->now + replay->interval;
    }
    replay->now = end;
    hf_allocator_expire(replay->allocator, end);
    return TRUE;
}

static gboolean op_state(HfReplay *replay, JsonObject *ok, GError **error)
{
    g_autoptr(JsonNode) node = hf_allocator_state(replay->allocator);
    JsonObject *object = json_node_get_object(node), *out = event("state");
    json_object_set_int_member(out, "t", now_ms(replay));
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &name, &member))
        json_object_set_member(out, name, json_node_ref(member));
    put(replay, out);
    return TRUE;
}

/* ---- One line ---- */

static const struct {
    const char *name;
    HfReplayOp *run;
    const char *fields; /* besides op */
} ops[] = {
    {"init", hf_replay__op_init,
     "allocation_interval_ms min_allocatable role_sorter framework_sorter filter_gpu_resources "
     "fairness_exclude domain recovery_timeout_ms agent_recovery_factor era quirks"},
    {"add_agent", hf_replay__op_add_agent,
     "id resources hostname attributes capabilities domain start_ms duration_ms used"},
    {"update_agent", hf_replay__op_update_agent,
     "id resources hostname attributes capabilities domain"},
    {"remove_agent", hf_replay__op_remove_agent, "id"},
    {"activate_agent", hf_replay__op_activate_agent, "id"},
    {"deactivate_agent", hf_replay__op_deactivate_agent, "id"},
    {"add_framework", hf_replay__op_add_framework,
     "id roles suppressed_roles capabilities principal active used min_allocatable "
     "offer_constraints"},
    {"update_framework", hf_replay__op_update_framework,
     "id roles suppressed_roles capabilities principal active used min_allocatable "
     "offer_constraints"},
    {"remove_framework", hf_replay__op_remove_framework, "id"},
    {"activate_framework", hf_replay__op_activate_framework, "id"},
    {"deactivate_framework", hf_replay__op_deactivate_framework, "id"},
    {"recover", hf_replay__op_recover, "framework agent resources filter_s launched"},
    {"launch", hf_replay__op_launch, "framework agent resources"},
    {"update_allocation", hf_replay__op_update_allocation,
     "framework agent resources operations share"},
    {"update_available", hf_replay__op_update_available, "agent operations"},
    {"suppress", hf_replay__op_suppress, "framework roles"},
    {"revive", hf_replay__op_revive, "framework roles"},
    {"update_weights", hf_replay__op_update_weights, "weights"},
    {"update_quota", hf_replay__op_update_quota, "role guarantees limits"},
    {"recover_quotas", hf_replay__op_recover_quotas, "expected_agents quotas"},
    {"whitelist", hf_replay__op_whitelist, "hosts"},
    {"unavailability", hf_replay__op_unavailability, "agent start_ms duration_ms"},
    {"inverse_response", hf_replay__op_inverse_response, "framework agent status filter_s"},
    {"pause", hf_replay__op_pause, ""},
    {"resume", hf_replay__op_resume, ""},
    {"tick", op_tick, "ms"},
    {"state", op_state, ""},
};

/* A mistyped field must not look like one that was left out. */
static gboolean check_fields(size_t op, JsonObject *line, GError **error)
{
    g_auto(GStrv) known = g_strsplit(ops[op].fields, " ", -1);
    JsonObjectIter iter;
    const char *name;
    json_object_iter_init_ordered(&iter, line);
    while (json_object_iter_next_ordered(&iter, &name, NULL)) {
        if (strcmp(name, "op") == 0 || g_strv_contains((const char *const *)known, name)) continue;
        const char *near = hf_near_find(name, (const char *const *)known);
        g_set_error(error, HF_REPLAY_ERROR, 0, "%s has no field \"%s\"%s%s%s", ops[op].name, name,
                    near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                    near != NULL ? "\"?" : "");
        return FALSE;
    }
    return TRUE;
}

static gboolean perform(HfReplay *replay, size_t op, GPtrArray *out, GError **error)
{
    gboolean is_init = strcmp(ops[op].name, "init") == 0;
    if (is_init != (replay->allocator == NULL)) {
        g_set_error_literal(error, HF_REPLAY_ERROR, 0,
                            is_init ? "init comes once" : "the first operation must be init");
        return FALSE;
    }
    replay->out = out;
    replay->number++;
    g_autoptr(GError) refused = NULL;
    JsonObject *ok = event("ok");
    json_object_set_int_member(ok, "n", replay->number);
    gboolean done = (!is_init || hf_replay__settings(replay, &refused)) &&
                    hf_replay__era_check(replay, &refused) && ops[op].run(replay, ok, &refused);
    if (done && hf_allocator_wants_run(replay->allocator)) {
        hf_allocator_run(replay->allocator, replay->now, &replay->list);
        put_run(replay);
    }
    json_object_set_int_member(ok, "t", now_ms(replay));
    if (!done) {
        json_object_set_string_member(ok, "ev", "error");
        json_object_set_string_member(ok, "msg", refused->message);
    }
    put(replay, ok);
    if (!done && is_init) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return FALSE;
    }
    return TRUE;
}

gboolean hf_replay_line(HfReplay *replay, const char *line, GPtrArray *out, GError **error)
{
    const char *start = line;
    while (g_ascii_isspace(*start)) start++;
    if (*start == '\0' || *start == '#') return TRUE;
    g_autoptr(JsonNode) node = hf_json_parse(start, -1, error);
    if (node == NULL) return FALSE;
    JsonNode *name = NULL;
    if (JSON_NODE_HOLDS_OBJECT(node))
        name = json_object_get_member(json_node_get_object(node), "op");
    if (name == NULL || !hf_replay__is_text(name)) {
        g_set_error_literal(error, HF_REPLAY_ERROR, 0, "not an object with an \"op\"");
        return FALSE;
    }
    for (size_t op = 0; op < G_N_ELEMENTS(ops); op++)
        if (strcmp(ops[op].name, json_node_get_string(name)) == 0) {
            replay->line = json_node_get_object(node);
            return check_fields(op, replay->line, error) && perform(replay, op, out, error);
        }
    g_set_error(error, HF_REPLAY_ERROR, 0, "unknown op \"%s\"", json_node_get_string(name));
    return FALSE;
}
