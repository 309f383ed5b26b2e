/* Operators' calls; see operators.h. */
#include "world/operators.h"

#include <string.h>

#include "base/assert.h"
#include "resource/json.h"
#include "world/faults.h"
#include "world/world_internal.h"

_Static_assert((int)HF_OPERATOR_CALLS == (int)HF_CALL_TYPES, "a key for each call");

static gboolean type_of(const char *key, HfCallType *type_out)
{
    for (int type = 0; type < HF_CALL_TYPES; type++) {
        if (strcmp(hf_call_key((HfCallType)type), key) != 0) continue;
        *type_out = (HfCallType)type;
        return TRUE;
    }
    return FALSE;
}

static gboolean is_good(const char *key, JsonNode *node, char **path_out, GError **error)
{
    HfCallType type;
    if (!type_of(key, &type)) {
        g_autoptr(HfAcls) acls = hf_acls_from_json(node, path_out, error);
        return acls != NULL;
    }
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    HfCall call = {0};
    gboolean is_read = hf_call_from_json(catalog, type, node, &call, path_out, error);
    hf_call_clear(catalog, &call);
    return is_read;
}

char *hf_operators_check_json(const char *key, const char *json, char **path_out)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = hf_json_parse(json, -1, &error);
    if (node != NULL && is_good(key, node, path_out, &error)) return NULL;
    char *why = g_strdup(error->message);
    g_error_free(error);
    return why;
}

/* ---- in a world ---- */

gboolean hf_world__build_operators(HfWorld *world, GError **error)
{
    const HfScenario *scenario = world->scenario;
    world->calls = g_new0(HfCall, scenario->operators.count + 1);
    for (uint32_t i = 0; i < scenario->operators.count; i++) {
        const HfScenarioOperator *entry = &scenario->operators.at[i];
        uint32_t type = 0;
        while (entry->body[type] == NULL) type++;
        HF_ASSERT(strcmp(hf_operator_call_key(type), hf_call_key((HfCallType)type)) == 0);
        g_autofree char *path = NULL;
        GError *inner = NULL;
        g_autoptr(JsonNode) node = hf_json_parse(entry->body[type], -1, &inner);
        if (node == NULL || !hf_call_from_json(world->catalog, (HfCallType)type, node,
                                               &world->calls[i], &path, &inner)) {
            g_set_error(error, HF_WORLD_ERROR, HF_WORLD_ERROR_INPUT, "operators[%u]: %s", i,
                        inner->message);
            g_error_free(inner);
            return FALSE;
        }
        hf_engine_at(world->engine, entry->at, world->kind.operator_call, i, 1);
    }
    return TRUE;
}

gboolean hf_world__build_acls(HfWorld *world, const char *text, GError **error)
{
    if (text == NULL) return TRUE;
    g_autofree char *path = NULL;
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, error);
    if (node != NULL) world->acls = hf_acls_from_json(node, &path, error);
    return world->acls != NULL;
}

/* ---- what the master knows nothing of ---- */

static uint32_t host_named(const HfWorld *world, const char *name)
{
    for (uint32_t h = 0; h < world->host_count; h++) {
        const HfHost *host = &world->hosts[h];
        const char *agent = host->agent.id != HF_ROW_NONE
                                ? hf_master_agent_name(world->master, host->agent.id)
                                : NULL;
        if (strcmp(host->name, name) == 0 || g_strcmp0(agent, name) == 0) return h;
    }
    return NO_ROW;
}

static int refuse(char **why_out, int status, const char *why)
{
    *why_out = g_strdup(why);
    return status;
}

/* An operator stops an agent's process, edits its flags and starts it; one that refused to start
 * before gets new flags the same way. */
static int restart(HfWorld *world, const HfCall *call, uint32_t row, char **why_out)
{
    if (row == NO_ROW) return refuse(why_out, 404, "No host or agent of that name");
    HfHost *host = &world->hosts[row];
    if (!host->is_up) return refuse(why_out, 409, "The host is down");
    hf_world_agent_stop(world, row);
    host->agent.cleans_up = call->cleans_up != FALSE;
    if (call->forget_id) hf_world_agent_forget(world, row);
    hf_world_agent_flags(world, row, call->resources, call->attributes);
    hf_engine_after2(world->engine, call->down, world->kind.restart, row, host->agent.life, 0);
    return 200;
}

/* Like hf_master_operate, for calls that go to a host. */
static int operate_host(HfWorld *world, const HfCall *call, char **why_out)
{
    uint32_t row = host_named(world, call->agent);
    uint32_t agent = row != NO_ROW ? world->hosts[row].agent.id : HF_ROW_NONE;
    int status = restart(world, call, row, why_out);
    hf_trace_emit(world->trace, &(HfRecord){.at = hf_world__now(world),
                                            .type = HF_RECORD_OPERATOR_CALL,
                                            .state = (uint16_t)call->type,
                                            .agent = agent,
                                            .framework = HF_ROW_NONE,
                                            .role = HF_ROLE_NONE,
                                            .value = status});
    return status;
}

static void on_call(void *context, const HfEventArgs *event)
{
    HfWorld *world = context;
    const HfScenarioOperator *entry = &world->scenario->operators.at[event->target];
    const HfCall *call = &world->calls[event->target];
    HfOperatorAnswer answer = {.at = event->now, .entry = event->target, .type = call->type};
    answer.status = call->type == HF_CALL_RESTART_AGENT
                        ? operate_host(world, call, &answer.why)
                        : hf_master_operate(world->master, event->now, entry->principal, call,
                                            &world->out, &answer.why);
    if (answer.status != HF_CALL_PENDING) hf_vec_push(&world->answers, answer);
    hf_world__flush(world, (HfPeer){HF_PEER_MASTER, 0});
    if (entry->every > 0 && (entry->times == 0 || (int64_t)event->arg < entry->times))
        hf_engine_after(world->engine, entry->every, world->kind.operator_call, event->target,
                        event->arg + 1);
}

void hf_world__take_answers(HfWorld *world)
{
    HfCallAnswer answer;
    while (hf_master_take_answer(world->master, &answer))
        hf_vec_push(&world->answers,
                    (HfOperatorAnswer){.at = hf_world__now(world),
                                       .entry = (uint32_t)(answer.call - world->calls),
                                       .type = answer.call->type,
                                       .status = answer.status,
                                       .why = answer.why});
}

void hf_world__register_operators(HfWorld *world)
{
    world->kind.operator_call = hf_engine_register(world->engine, "operator", on_call, world);
}

void hf_world__clear_operators(HfWorld *world)
{
    for (guint32 i = 0; i < world->answers.count; i++) g_free(world->answers.at[i].why);
    hf_vec_clear(&world->answers);
    for (uint32_t i = 0; world->calls != NULL && i < world->scenario->operators.count; i++)
        hf_call_clear(world->catalog, &world->calls[i]);
    g_free(world->calls);
    hf_acls_free(world->acls);
}

uint32_t hf_world_answers(const HfWorld *world)
{
    return world->answers.count;
}

const HfOperatorAnswer *hf_world_answer(const HfWorld *world, uint32_t i)
{
    HF_ASSERT(i < world->answers.count);
    return &world->answers.at[i];
}
