/* Operators in scenarios: bodies are judged when they are loaded, calls made at their time. */
#include "unit/world/cell.h"
#include "unit/world/greedy.h"

#include "control/acl.h"

typedef struct Bad {
    const char *key, *body; /* ' stands for " */
    const char *path, *says;
} Bad;

static const Bad bad[] = {
    {"reserve_resources",
     "{'agent_id':{'value':'n'},'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':1}}]"
     "}",
     "resources", "not dynamically reserved"},
    {"reserve_resources", "{'agent_id':'n','resources':[{'name':'cpus'},{'nam':'mem'}]}",
     "resources[0]", "the type is missing"},
    {"reserve_resources", "{'resources':[]}", "", "key agent_id is missing"},
    {"grow_volume", "{'agent_id':'n','volume':[],'addition':{}}", "volume", "one resource"},
    {"shrink_volume", "{'agent_id':'n','volume':{}}", "volume", ""},
    {"update_weights", "{'weight_infos':[{'role':'a','weight':0}]}", "weight_infos[0].weight",
     "must be positive"},
    {"update_weights", "{'weight_infos':[{'role':'/a','weight':1}]}", "weight_infos[0].role", ""},
    {"update_quota", "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':-1}}}]}",
     "quota_configs[0].limits.cpus", "from 0"},
    {"update_quota", "{'quota_configs':{}}", "quota_configs", "expected a list"},
    {"set_quota", "{'quota_request':{'role':'a'}}", "quota_request", "guarantee is missing"},
    {"remove_quota", "{'rôle':'a'}", "rôle", "unknown key"},
    {"update_maintenance_schedule",
     "{'schedule':{'windows':[{'machine_ids':[{'hostname':'a'}],'unavailability':{}}]}}",
     "schedule.windows[0].unavailability", "start is missing"},
    {"update_maintenance_schedule",
     "{'schedule':{'windows':[{'machine_ids':[{'ip':'1.2.3'}],'unavailability':{'start':"
     "{'nanoseconds':0},'duration':{'nanoseconds':1}}}]}}",
     "schedule.windows[0].machine_ids[0].ip", "not an ip address"},
    {"start_maintenance", "{'machines':[{}]}", "machines[0]", "hostname or an ip"},
    {"drain_agent", "{'agent_id':{'value':'n'},'mark_gone':1}", "mark_gone", "true or false"},
    {"drain_agent", "{'agnt_id':{'value':'n'}}", "agnt_id", "did you mean \"agent_id\""},
    {"teardown", "{'framework_id':{}}", "framework_id", "value is missing"},
    {"teardown", "[]", "", "expected a mapping"},
    {"get_roles", "{'role':'a'}", "role", "unknown key"},
    {"restart_agent", "{'agent_id':'n','resources':'cpus:x'}", "resources", "cpus"},
    {"restart_agent", "{'agent_id':'n','attributes':'rack'}", "attributes", "rack"},
    {"restart_agent", "{'agent_id':'n','recover':'never'}", "recover", "reconnect or cleanup"},
    {"restart_agent", "{'agent_id':'n','down':5}", "down", "expected a mapping"},
    {"acls", "{'reserve_resource':[]}", "reserve_resource", "did you mean \"reserve_resources\"?"},
    {"acls", "{'zzz':[]}", "zzz", "unknown key; known here: permissive, register_frameworks, "},
    {"acls", "{'run_tasks':[{'users':{'type':'NONE'}}]}", "run_tasks", "tasks run as no user here"},
    {"acls", "{'register_agents':[]}", "register_agents", "agents have no principals here"},
    {"acls", "{'access_sandboxes':[]}", "access_sandboxes", "nobody reads that here"},
    {"acls", "{'prune_images':[]}", "prune_images", "nobody does that here"},
    {"acls", "{'reserve_resources':[{'roles':{'value':['a']}}]}",
     "reserve_resources[0].roles.value", "unknown key"},
    {"acls", "{'drain_agents':[{'agents':{'values':['a']}}]}", "drain_agents[0].agents",
     "ANY or NONE"},
    {"acls", "{'permissive':'no'}", "permissive", "true or false"},
};

static void a_body_that_is_wrong_is_reported_with_its_place(void **state)
{
    guint wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *json = g_strdelimit(g_strdup(bad[i].body), "'", '"');
        g_autofree char *path = NULL;
        g_autofree char *why = hf_operators_check_json(bad[i].key, json, &path);
        if (why != NULL && strcmp(path, bad[i].path) == 0 && strstr(why, bad[i].says)) continue;
        print_error("%s %s: %s: %s\n", bad[i].key, bad[i].body, path ? path : "-",
                    why ? why : "is let pass");
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* What may be restricted stands in the help of the key, and all of it does. */
static void the_help_of_acls_names_every_list(void **state)
{
    const HfKey *master = hf_key_find(&hf_scenario_table, "master");
    const char *help = hf_key_find(master->sub, "acls")->help;
    for (int action = 0; action < HF_ACTIONS; action++) {
        g_autofree char *word = g_strdup_printf(" %s", hf_acls_list((HfAction)action));
        if (strstr(help, word) == NULL) fail_msg("%s is not told", word);
    }
}

static void calls_are_made_at_their_time(void **state)
{
    Cell *cell = cell_new("duration: 10m\n"
                          "agents: [{name: n, count: 2, resources: 'cpus:4;mem:1024'}]\n"
                          "frameworks: [{name: f, model: greedy, role: a, tasks: 0}]\n"
                          "operators:\n"
                          "  - {at: 1m, every: 1m, times: 3, principal: ops, update_weights:"
                          " {weight_infos: [{role: a, weight: 2}]}}\n"
                          "  - {at: 90s, deactivate_agent: {agent_id: n-1}}\n"
                          "  - {at: 2m, deactivate_agent: {agent_id: n-7}}\n");
    cell_run(cell, 600 * S);
    assert_int_equal(hf_world_answers(cell->world), 5);
    static const struct {
        HfTime at;
        int status;
    } expected[] = {{60 * S, 200}, {90 * S, 200}, {120 * S, 400}, {120 * S, 200}, {180 * S, 200}};
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(hf_world_answer(cell->world, i)->at, expected[i].at);
        assert_int_equal(hf_world_answer(cell->world, i)->status, expected[i].status);
        assert_int_equal(cell_record(cell, HF_RECORD_OPERATOR_CALL, i)->value, expected[i].status);
    }
    assert_string_equal(hf_world_answer(cell->world, 2)->why, "Unknown agent");
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DEACTIVATED), 1);
    cell_free(cell);
}

/* Eight tasks of 1 cpu need 40 s to stop and get 25 s; the drain of one agent allows 10 s. */
static void tasks_of_a_drained_agent_take_their_time(void **state)
{
    static const struct {
        const char *most;
        HfTime within;
    } rows[] = {{"", 25}, {", max_grace_period: {nanoseconds: 10000000000}", 10}};
    for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
        g_autofree char *text =
            g_strdup_printf("duration: 10m\n"
                            "agents: [{name: n, count: 2, resources: 'cpus:4;mem:1024'}]\n"
                            "frameworks: [{name: f, model: greedy, role: a, tasks: 8,"
                            " stop_time: 40s, kill_grace: 25s,"
                            " capabilities: [TASK_KILLING_STATE]}]\n"
                            "operators: [{at: 2m, drain_agent: {agent_id: n-1%s}}]\n",
                            rows[k].most);
        Cell *cell = cell_new(text);
        cell_run(cell, 300 * S);
        uint32_t stopping = cell_count(cell, HF_RECORD_TASK_STOPPING);
        assert_true(stopping > 0);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), stopping);
        for (uint32_t i = 0; i < stopping; i++)
            assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, i)->at,
                             cell_record(cell, HF_RECORD_TASK_STOPPING, i)->at +
                                 rows[k].within * S);
        HfTime drained = cell_record(cell, HF_RECORD_AGENT_DRAINED, 0)->at;
        HfTime ended = cell_record(cell, HF_RECORD_TASK_ENDED, stopping - 1)->at;
        assert_true(drained >= ended && drained < ended + S); /* when that was acknowledged */
        cell_free(cell);
    }
}

/* Tasks need 40 s to stop and their policy gives them 25 s. The KILL calls of their framework give
 * 7, an agent that shuts the framework down its period less 2. */
static void calls_and_shutdowns_bring_a_grace_of_their_own(void **state)
{
    static const struct {
        const char *operation;
        HfTime within;
    } rows[] = {
        {"update_maintenance_schedule: {schedule: {windows: [{machine_ids: [{hostname: n-1}],"
         " unavailability: {start: {nanoseconds: 500000000000}}}]}}",
         7},
        {"teardown: {framework_id: f}", 10}};
    for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
        g_autofree char *text =
            g_strdup_printf("duration: 10m\n"
                            "agent: {executor_shutdown_grace_period: 12s}\n"
                            "agents: [{name: n, count: 2, resources: 'cpus:4;mem:1024'}]\n"
                            "frameworks: [{name: f, model: greedy, role: a, tasks: 8,"
                            " stop_time: 40s, kill_grace: 25s, kill_call_grace: 7s,"
                            " maintenance: vacate}]\n"
                            "operators: [{at: 2m, %s}]\n",
                            rows[k].operation);
        Cell *cell = cell_new(text);
        cell_run(cell, 300 * S);
        uint32_t stopping = cell_count(cell, HF_RECORD_TASK_STOPPING);
        assert_true(stopping > 0);
        for (uint32_t i = 0; i < stopping; i++)
            assert_int_equal(cell_record(cell, HF_RECORD_TASK_ENDED, i)->at,
                             cell_record(cell, HF_RECORD_TASK_STOPPING, i)->at +
                                 rows[k].within * S);
        cell_free(cell);
    }
}

/* Mesos rows: 486. A query changes nothing, and its answer is kept. */
static void queries_are_answered_with_json(void **state)
{
    Cell *cell = cell_new("duration: 10m\n"
                          "master: {roles: [a, eng/b]}\n"
                          "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
                          "roles: {a: {weight: 2, limit: 'cpus:8'}}\n"
                          "frameworks: [{name: f, model: greedy, role: a, tasks: 0}]\n"
                          "operators:\n"
                          "  - {at: 1m, get_roles: {}}\n"
                          "  - {at: 1m, get_quota: {}}\n"
                          "  - {at: 1m, update_quota: {quota_configs: [{role: c}]}}\n");
    cell_run(cell, 600 * S);
    static const struct {
        int status;
        const char *says;
    } expected[] = {
        {200,
         "{\"name\":\"a\",\"weight\":2.0,\"quota\":{\"role\":\"a\",\"guarantee\":{},\"limit\":{"
         "\"cpus\":8}"},
        {200, "{\"role\":\"a\",\"guarantees\":{},\"limits\":{\"cpus\":8}}"},
        {400, "Unknown role 'c'"},
    };
    assert_int_equal(hf_world_answers(cell->world), G_N_ELEMENTS(expected));
    for (uint32_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const HfOperatorAnswer *answer = hf_world_answer(cell->world, i);
        assert_int_equal(answer->status, expected[i].status);
        if (strstr(answer->why, expected[i].says) == NULL) fail_msg("%s", answer->why);
    }
    cell_free(cell);
}

/* A scheduler of a role that is not listed is refused, and the trace says why: one that comes back
 * with such a role, for a scenario that starts with one is not run at all. */
/* Mesos rows: 537. */
static void a_framework_of_an_unknown_role_is_refused(void **state)
{
    Cell *cell = cell_new("duration: 10m\n"
                          "master: {roles: [a]}\n"
                          "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
                          "frameworks: [{name: f, model: greedy, role: a, tasks: 1},\n"
                          "             {name: g, model: greedy, role: a, tasks: 1}]\n");
    cell_run(cell, 100 * S);
    const char *const roles[] = {"b", NULL};
    assert_true(hf_world_scheduler_stop(cell->world, 0));
    assert_true(hf_world_scheduler_start_as(cell->world, 0, roles));
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_SUBSCRIBED), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_RESUBSCRIBED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_FRAMEWORK_REFUSED), 1);
    const HfRecord *refused = cell_record(cell, HF_RECORD_FRAMEWORK_REFUSED, 0);
    assert_int_equal(refused->reason, HF_REFUSED_ROLE_UNKNOWN);
    assert_int_equal(refused->value, 0);
    cell_free(cell);
}

#define RESERVE                                                                                    \
    "  - {at: 10s, reserve_resources: {agent_id: n-0, resources: [{name: cpus, type: SCALAR,"      \
    " scalar: {value: 3}, reservations: [{type: DYNAMIC, role: a}]}]}}\n"

static Cell *restarted(const char *policy, const char *operators)
{
    g_autofree char *text =
        g_strdup_printf("duration: 1h\nnetwork: {latency: 0s}\n"
                        "agent: {reconfiguration_policy: %s}\n"
                        "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
                        "frameworks: [{name: f, model: greedy, role: b, tasks: 0}]\n"
                        "operators:\n%s",
                        policy, operators);
    Cell *cell = cell_new(text);
    cell_run(cell, 600 * S);
    return cell;
}

static void assert_cpus(const Cell *cell, int64_t cpus)
{
    const HfResource *entry = hf_resources_entries(hf_agent_total(&cell->world->hosts[0].agent));
    int64_t milli = 0;
    for (uint32_t i = 0; i < hf_resources_count(hf_agent_total(&cell->world->hosts[0].agent)); i++)
        if (entry[i].kind == HF_KIND_CPUS) milli += entry[i].milli;
    assert_int_equal(milli, cpus * 1000);
}

/* Mesos rows: 670. */
static void an_operator_starts_an_agent_with_more(void **state)
{
    Cell *cell =
        restarted("additive", "  - {at: 1m, restart_agent: {agent_id: n-0, attributes: 'rack:r1',"
                              " resources: 'cpus:8;mem:1024', down: {nanoseconds: 7000000000}}}\n");
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_STOPPED, 0)->at, 60 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_STARTED, 0)->at, 67 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 1); /* the same id */
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REREGISTERED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_OPERATOR_CALL, 0)->value, 200);
    assert_cpus(cell, 8);
    cell_free(cell);
}

static void what_the_policy_forbids_keeps_an_agent_down_until_it_is_mended(void **state)
{
    Cell *cell = restarted(
        "equal", "  - {at: 1m, restart_agent: {agent_id: n-0, resources: 'cpus:8;mem:1024'}}\n"
                 "  - {at: 2m, restart_agent: {agent_id: n-0, resources: 'cpus:4;mem:1024'}}\n");
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REFUSED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_REFUSED, 0)->value,
                     HF_REFUSAL_RECONFIGURATION);
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_REREGISTERED, 0)->at / S, 125);
    assert_cpus(cell, 4);
    cell_free(cell);
}

/* Its id removed, the same flags make it a new agent. */
static void what_the_policy_forbids_is_a_new_agent_when_its_id_is_removed(void **state)
{
    Cell *cell =
        restarted("equal", RESERVE "  - {at: 1m, restart_agent: {agent_id: n-0, forget_id: true,"
                                   " resources: 'cpus:8;mem:1024'}}\n");
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REFUSED), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 2);
    assert_cpus(cell, 8);
    assert_int_equal(hf_resources_count(hf_checkpoint_committed(&cell->world->hosts[0].agent.disk)),
                     1);
    cell_free(cell);
}

/* Flags that cannot hold what is reserved: not even a new id helps. */
static void an_agent_refuses_flags_that_its_checkpoint_does_not_fit(void **state)
{
    Cell *cell =
        restarted("additive", RESERVE "  - {at: 1m, restart_agent: {agent_id: n-0, forget_id: true,"
                                      " resources: 'cpus:2;mem:1024'}}\n");
    assert_int_equal(cell_record(cell, HF_RECORD_AGENT_REFUSED, 0)->value, HF_REFUSAL_CHECKPOINT);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), 1);
    assert_false(cell->world->hosts[0].is_agent_up);
    cell_free(cell);
}

static void restarts_of_what_is_not_there_are_refused(void **state)
{
    Cell *cell = restarted("equal", "  - {at: 1m, restart_agent: {agent_id: n-1}}\n");
    assert_int_equal(hf_world_answer(cell->world, 0)->status, 404);
    assert_int_equal(cell_count(cell, HF_RECORD_AGENT_STOPPED), 0);
    cell_free(cell);
}

/* Mesos rows: 664. */
static void with_recover_cleanup_the_executors_are_killed(void **state)
{
    for (int cleans_up = 0; cleans_up < 2; cleans_up++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1h\nagents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
            "frameworks: [{name: f, model: greedy, role: b, checkpoint: true, tasks: 1}]\n"
            "operators:\n"
            "  - {at: 1m, restart_agent: {agent_id: n-0, recover: %s}}\n",
            cleans_up ? "cleanup" : "reconnect");
        Cell *cell = cell_new(text);
        cell_run(cell, 120 * S);
        uint32_t ended = 0;
        for (guint32 i = 0; i < cell->log.count; i++)
            ended += cell->log.at[i].type == HF_RECORD_TASK_STATE &&
                     cell->log.at[i].state == HF_TASK_FAILED &&
                     cell->log.at[i].reason == HF_REASON_EXECUTOR_TERMINATED;
        assert_int_equal(ended, cleans_up);
        cell_free(cell);
    }
}

/* Before Mesos 1.5 (3da4f8a65) it came back as a new agent, with what it had reserved. */
static void a_cleaned_up_agent_is_a_new_one_in_earlier_eras(void **state)
{
    for (int era = HF_ERA_0_22; era < HF_ERAS; era++) {
        g_autofree char *text = g_strdup_printf(
            "era: '%s'\n"
            "duration: 1h\nagents: [{name: n, count: 1, resources: 'cpus:4;mem:1024'}]\n"
            "frameworks: [{name: f, model: greedy, role: b, checkpoint: true, tasks: 1}]\n"
            "operators:\n"
            "  - {at: 1m, restart_agent: {agent_id: n-0, recover: cleanup}}\n",
            hf_era_name((HfEra)era));
        Cell *cell = cell_new(text);
        cell_run(cell, 120 * S);
        uint32_t lost = 0;
        for (guint32 i = 0; i < cell->log.count; i++)
            lost += cell->log.at[i].type == HF_RECORD_TASK_STATE &&
                    cell->log.at[i].state == HF_TASK_LOST &&
                    cell->log.at[i].reason == HF_REASON_SLAVE_REMOVED;
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_REGISTERED), era < HF_ERA_1_11 ? 2 : 1);
        assert_int_equal(lost, era < HF_ERA_1_11);
        cell_free(cell);
    }
}

/* A new agent does not know what the host still runs for the one before, and destroys it. */
static void what_runs_ends_when_the_id_is_removed(void **state)
{
    static const char *const forgets[] = {"false", "true"};
    for (int forget = 0; forget < 2; forget++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1h\n"
            "agents: [{name: n, count: 1, resources: 'cpus:4;mem:1024;disk:1000'}]\n"
            "frameworks: [{name: f, model: greedy, role: b, checkpoint: true, tasks: 1}]\n"
            "operators:\n"
            "  - {at: 1m, restart_agent: {agent_id: n-0, forget_id: %s}}\n",
            forgets[forget]);
        Cell *cell = cell_new(text);
        cell_run(cell, 59 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
        cell_run(cell, 120 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), forget);
        assert_int_equal(cell->world->run_slots.live, 1 - forget);
        cell_free(cell);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_is_wrong_is_reported_with_its_place),
        cmocka_unit_test(the_help_of_acls_names_every_list),
        cmocka_unit_test(calls_are_made_at_their_time),
        cmocka_unit_test(tasks_of_a_drained_agent_take_their_time),
        cmocka_unit_test(calls_and_shutdowns_bring_a_grace_of_their_own),
        cmocka_unit_test(queries_are_answered_with_json),
        cmocka_unit_test(a_framework_of_an_unknown_role_is_refused),
        cmocka_unit_test(an_operator_starts_an_agent_with_more),
        cmocka_unit_test(what_the_policy_forbids_keeps_an_agent_down_until_it_is_mended),
        cmocka_unit_test(what_the_policy_forbids_is_a_new_agent_when_its_id_is_removed),
        cmocka_unit_test(an_agent_refuses_flags_that_its_checkpoint_does_not_fit),
        cmocka_unit_test(restarts_of_what_is_not_there_are_refused),
        cmocka_unit_test(with_recover_cleanup_the_executors_are_killed),
        cmocka_unit_test(a_cleaned_up_agent_is_a_new_one_in_earlier_eras),
        cmocka_unit_test(what_runs_ends_when_the_id_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
