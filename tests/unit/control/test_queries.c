/* What operators look up: known roles, agents, quota, weights; a list of roles that may be used. */
#include "unit/control/operators.h"

#include "resource/text.h"

/* The answer to a query. */
static JsonObject *ask_as(HfPump *pump, const char *principal, HfCallType type)
{
    g_free(hf_pump_take_text(pump));
    assert_int_equal(hf_pump_call(pump, principal, type, "{}"), 200);
    g_autofree char *text = hf_pump_take_text(pump);
    static const char mark[] = "{\"why\":\"";
    char *at = strstr(text, mark);
    assert_non_null(at);
    at += strlen(mark);
    *strrchr(at, '"') = '\0';
    GError *error = NULL;
    g_autoptr(JsonNode) node = hf_json_parse(at, -1, &error);
    if (node == NULL) fail_msg("%s: %s", at, error->message);
    return json_object_ref(json_node_get_object(node));
}

static JsonObject *ask(HfPump *pump, HfCallType type)
{
    return ask_as(pump, "ops", type);
}

/* A member as text, by a path such as roles.0.quota; ' stands for ". */
static char *text_at(JsonObject *answer, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    JsonNode *at = json_object_get_member(answer, names[0]);
    for (char **name = names + 1; *name != NULL && at != NULL; name++) {
        guint i = (guint)g_ascii_strtoull(*name, NULL, 10);
        if (!JSON_NODE_HOLDS_ARRAY(at))
            at = json_object_get_member(json_node_get_object(at), *name);
        else
            at = i < json_array_get_length(json_node_get_array(at))
                     ? json_array_get_element(json_node_get_array(at), i)
                     : NULL;
    }
    return at == NULL ? g_strdup("nothing") : g_strdelimit(json_to_string(at, FALSE), "\"", '\'');
}

static void assert_at(JsonObject *answer, const char *path, const char *expected)
{
    g_autofree char *text = text_at(answer, path);
    if (strcmp(text, expected) != 0) fail_msg("%s: %s instead of %s", path, text, expected);
}

/* Names of the roles in an answer, joined with blanks. */
static void assert_roles_as(HfPump *pump, const char *principal, const char *expected)
{
    g_autoptr(JsonObject) answer = ask_as(pump, principal, HF_CALL_GET_ROLES);
    JsonArray *roles = json_object_get_array_member(answer, "roles");
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(roles); i++)
        g_string_append_printf(
            names, "%s%s", i > 0 ? " " : "",
            json_object_get_string_member(json_array_get_object_element(roles, i), "name"));
    assert_string_equal(names->str, expected);
}

static void assert_roles(HfPump *pump, const char *expected)
{
    assert_roles_as(pump, "ops", expected);
}

/* Mesos rows: 486, 489. */
static void a_role_with_quota_is_known_by_it(void **state)
{
    HfPump *pump = cluster(0, NULL);
    assert_roles(pump, "");
    assert_call(
        pump, HF_CALL_SET_QUOTA,
        "{'quota_request':{'force':true,'role':'foo','guarantee':[{'name':'cpus','type':"
        "'SCALAR','scalar':{'value':1}},{'name':'mem','type':'SCALAR','scalar':{'value':512}}]"
        "}}",
        200);
    assert_roles(pump, "foo");
    g_autoptr(JsonObject) answer = ask(pump, HF_CALL_GET_ROLES);
    assert_at(answer, "roles.0.quota",
              "{'role':'foo','guarantee':{'cpus':1,'mem':512},'limit':{'cpus':1,'mem':512},"
              "'consumed':{}}");
    assert_at(answer, "roles.0.frameworks", "[]");
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'foo'}", 200);
    assert_roles(pump, "");
    hf_pump_free(pump);
}

/* Mesos rows: 488. */
static void a_role_with_a_weight_is_known(void **state)
{
    HfPump *pump = cluster(0, NULL);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'a','weight':4.5}]}", 200);
    assert_roles(pump, "a");
    g_autoptr(JsonObject) roles = ask(pump, HF_CALL_GET_ROLES);
    assert_at(roles, "roles.0.weight", "4.5");
    g_autoptr(JsonObject) weights = ask(pump, HF_CALL_GET_WEIGHTS);
    assert_at(weights, "weight_infos", "[{'role':'a','weight':4.5}]");
    hf_pump_free(pump);
}

/* Mesos rows: 490, 491. The reservation of an agent makes its role known, and those above it. */
static void a_role_with_a_reservation_is_known_with_those_above(void **state)
{
    HfPump *pump = cluster(1, NULL);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a/b/c", "ops", 1)), 202);
    assert_roles(pump, "a a/b a/b/c");
    g_autoptr(JsonObject) answer = ask(pump, HF_CALL_GET_ROLES);
    assert_at(answer, "roles.2.reserved", "{'cpus':1}");
    assert_at(answer, "roles.0.reserved", "{'cpus':1}");
    assert_at(answer, "roles.0.quota.consumed", "{'cpus':1}");
    assert_at(answer, "roles.0.allocated", "{}");
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a/b/c", "ops", 1)), 202);
    assert_roles(pump, "");
    hf_pump_free(pump);
}

/* Mesos rows: 492. */
static void roles_follow_subscriptions(void **state)
{
    HfPump *pump = cluster(2, NULL);
    uint32_t f = hf_pump_add_framework(pump, "f", "role1,role2", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(pump, 0);
    assert_roles(pump, "role1 role2");
    hf_pump_operate(pump, f, 1, "LAUNCH 1=cpus:1;mem:24", 0);
    hf_pump_run_for(pump, 0);
    g_autoptr(JsonObject) answer = ask(pump, HF_CALL_GET_ROLES);
    assert_at(answer, "roles.0.frameworks", "['f']");
    assert_at(answer, "roles.1.frameworks", "['f']");
    g_autofree char *one = text_at(answer, "roles.0.allocated");
    guint used = strcmp(one, "{}") == 0; /* which of the roles had the first offer */
    assert_at(answer, used == 0 ? "roles.0.allocated" : "roles.1.allocated", "{'cpus':1,'mem':24}");
    assert_at(answer, used == 0 ? "roles.0.quota.consumed" : "roles.1.quota.consumed",
              "{'cpus':1,'mem':24}");
    assert_at(answer, used == 0 ? "roles.1.offered" : "roles.0.offered",
              "{'cpus':4,'mem':1024,'disk':1024}");
    hf_pump_teardown(pump, f);
    hf_pump_run_for(pump, 0);
    assert_roles(pump, "");
    hf_pump_free(pump);
}

/* Mesos rows: 404, 419, 449. Two tasks of two frameworks use one shared volume, which is counted
 * once. */
static void an_agent_shows_what_is_reserved_used_and_offered(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:2048;disk:4096;cpus(role):2;mem(role):512;disk(role):2048");
    hf_pump_run(pump, HF_SECONDS(2));
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("role1", "ops", 1)), 202);
    uint32_t one = hf_pump_add_framework(
        pump, "one", "role", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES, FALSE);
    hf_pump_run_for(pump, 0);
    hf_pump_operate(pump, one, 1,
                    "CREATE disk(S:role)[v:p]{shared}:2048 | "
                    "LAUNCH 1=cpus(S:role):1;mem:128;disk(S:role)[v:p]{shared}:2048",
                    3600);
    hf_pump_suppress(pump, one);
    uint32_t two = hf_pump_add_framework(
        pump, "two", "role", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES, FALSE);
    hf_pump_run_for(pump, 0);
    hf_pump_operate(pump, two, 1, "LAUNCH 1=cpus(S:role):1;mem:256;disk(S:role)[v:q]{shared}:2048",
                    0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_update(pump, two, 1)->status.state, HF_TASK_RUNNING);
    g_autoptr(JsonObject) answer = ask(pump, HF_CALL_GET_AGENTS);
    assert_at(answer, "agents.0.agent_info", "{'id':{'value':'S00000000'},'hostname':'host0'}");
    assert_at(answer, "agents.0.active", "true");
    assert_at(answer, "agents.0.reserved_resources.role", "{'cpus':2,'mem':512,'disk':2048}");
    assert_at(answer, "agents.0.reserved_resources.role1", "{'cpus':1}");
    assert_at(answer, "agents.0.unreserved_resources", "{'cpus':3,'mem':2048,'disk':4096}");
    assert_at(answer, "agents.0.reserved_resources_allocated", "{'role':{'cpus':2,'disk':2048}}");
    assert_at(answer, "agents.0.unreserved_resources_allocated", "{'mem':384}");
    assert_at(answer, "agents.0.used_resources", "{'cpus':2,'mem':384,'disk':2048}");
    /* read as Mesos's JSON it is what the agent itself has, and the offer is what tasks leave */
    HfResources total = {0}, offered = {0};
    JsonObject *agent =
        json_array_get_object_element(json_object_get_array_member(answer, "agents"), 0);
    assert_true(hf_resources_from_json(
        pump->catalog, json_object_get_member(agent, "total_resources"), &total, NULL));
    assert_true(
        hf_resources_equal(pump->catalog, &total, hf_agent_total(&hf_pump_host(pump, 0)->agent)));
    assert_true(hf_resources_from_json(
        pump->catalog, json_object_get_member(agent, "offered_resources"), &offered, NULL));
    hf_resources_unallocate(pump->catalog, &offered);
    g_autofree char *text = hf_resources_to_text(pump->catalog, &offered);
    assert_string_equal(text,
                        "cpus:3;disk(S:role)[v:p]{shared}:2048;disk:4096;mem(S:role):512;mem:1664");
    hf_resources_clear(pump->catalog, &total);
    hf_resources_clear(pump->catalog, &offered);
    hf_pump_free(pump);
}

/* Mesos rows: 450, 459. */
static void quota_is_reported_as_it_was_set(void **state)
{
    HfPump *pump = cluster(1, NULL);
    g_autoptr(JsonObject) none = ask(pump, HF_CALL_GET_QUOTA);
    assert_at(none, "status.configs", "[]");
    assert_call(
        pump, HF_CALL_UPDATE_QUOTA,
        "{'quota_configs':[{'role':'role1','guarantees':{'cpus':{'value':1},'mem':{'value':512}},"
        "'limits':{'cpus':{'value':2},'mem':{'value':1024}}}]}",
        200);
    g_autoptr(JsonObject) one = ask(pump, HF_CALL_GET_QUOTA);
    assert_at(
        one, "status.configs",
        "[{'role':'role1','guarantees':{'cpus':1,'mem':512},'limits':{'cpus':2,'mem':1024}}]");
    assert_call(pump, HF_CALL_UPDATE_QUOTA, "{'quota_configs':[{'role':'role1'}]}", 200);
    g_autoptr(JsonObject) gone = ask(pump, HF_CALL_GET_QUOTA);
    assert_at(gone, "status.configs", "[]");
    hf_pump_free(pump);
}

/* Mesos rows: 453, 485, 504. */
static void only_listed_roles_have_quota_and_weights(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    g_autoptr(HfCatalog) names = hf_catalog_new(0);
    HfRoleId listed[1];
    assert_true(
        hf_role_intern(names, "eng/web", &listed[0], NULL)); /* the pump's first role, too */
    config.master.roles = listed;
    config.master.role_count = 1;
    HfPump *pump = hf_pump_new(&config);
    HfRoleId same;
    assert_true(hf_role_intern(pump->catalog, "eng/web", &same, NULL));
    assert_int_equal(same, listed[0]);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2));
    assert_roles(pump, "* eng eng/web");
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'eng/web','weight':2}]}",
                200);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS,
                "{'weight_infos':[{'role':'eng/web','weight':3},{'role':'db','weight':2}]}", 400);
    g_autoptr(JsonObject) weights = ask(pump, HF_CALL_GET_WEIGHTS);
    assert_at(weights, "weight_infos", "[{'role':'eng/web','weight':2.0}]");
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'db','limits':{'cpus':{'value':1}}}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'*','limits':{'cpus':{'value':1}}}]}", 200);
    assert_call(
        pump, HF_CALL_SET_QUOTA,
        "{'quota_request':{'role':'db','guarantee':[{'name':'cpus','type':'SCALAR','scalar':"
        "{'value':1}}]}}",
        400);
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'db'}", 400);
    hf_pump_free(pump);
}

/* Mesos rows: 473, 474, 508, 509, 510. What a principal may not see is left out; one that is not
 * known is what lists for ANY mean. */
static void access_lists_decide_what_is_shown(void **state)
{
    HfAcls *acls =
        acls_of("{'permissive':false,'update_weights':[{'principals':{'values':['ops']},'roles':"
                "{'values':['a','b']}},{'principals':{'type':'ANY'},'roles':{'values':['c']}}],"
                "'view_roles':[{'principals':{'values':['ops']},'roles':{'values':['a']}},"
                "{'principals':{'type':'ANY'},'roles':{'values':['c']}}],"
                "'update_quotas':[{'principals':{'values':['ops']},'roles':{'type':'ANY'}},"
                "{'principals':{'type':'ANY'},'roles':{'values':['c']}}],"
                "'get_quotas':[{'principals':{'values':['ops']},'roles':{'values':['a']}},"
                "{'principals':{'type':'ANY'},'roles':{'values':['c']}}]}");
    static const struct {
        const char *principal, *body;
        int weights, quota; /* status */
    } cases[] = {
        {"ops", "a", 200, 200}, {"ops", "b", 200, 200}, {"eve", "a", 403, 403},
        {NULL, "a", 403, 403},  {NULL, "c", 200, 200},  {"eve", "c", 200, 200},
    };
    HfPump *pump = cluster(1, acls);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *weights =
            g_strdup_printf("{'weight_infos':[{'role':'%s','weight':2}]}", cases[i].body);
        g_autofree char *quota = g_strdup_printf(
            "{'quota_configs':[{'role':'%s','limits':{'cpus':{'value':1}}}]}", cases[i].body);
        assert_int_equal(hf_pump_call(pump, cases[i].principal, HF_CALL_UPDATE_WEIGHTS, weights),
                         cases[i].weights);
        assert_int_equal(hf_pump_call(pump, cases[i].principal, HF_CALL_UPDATE_QUOTA, quota),
                         cases[i].quota);
    }
    static const struct {
        const char *principal, *weights, *quota, *roles;
    } views[] = {
        {"ops", "[{'role':'a','weight':2.0},{'role':'c','weight':2.0}]", "a c", "a c"},
        {"eve", "[{'role':'c','weight':2.0}]", "c", "c"},
        {NULL, "[{'role':'c','weight':2.0}]", "c", "c"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(views); i++) {
        g_autoptr(JsonObject) weights = ask_as(pump, views[i].principal, HF_CALL_GET_WEIGHTS);
        assert_at(weights, "weight_infos", views[i].weights);
        g_autoptr(JsonObject) quota = ask_as(pump, views[i].principal, HF_CALL_GET_QUOTA);
        assert_at(quota, "status.configs.0.role", strlen(views[i].quota) > 1 ? "'a'" : "'c'");
        assert_at(quota, "status.configs.1.role", strlen(views[i].quota) > 1 ? "'c'" : "nothing");
        assert_roles_as(pump, views[i].principal, views[i].roles);
    }
    hf_pump_free(pump);
    hf_acls_free(acls);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_with_quota_is_known_by_it),
        cmocka_unit_test(a_role_with_a_weight_is_known),
        cmocka_unit_test(a_role_with_a_reservation_is_known_with_those_above),
        cmocka_unit_test(roles_follow_subscriptions),
        cmocka_unit_test(an_agent_shows_what_is_reserved_used_and_offered),
        cmocka_unit_test(quota_is_reported_as_it_was_set),
        cmocka_unit_test(only_listed_roles_have_quota_and_weights),
        cmocka_unit_test(access_lists_decide_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
