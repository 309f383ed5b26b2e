/*
 * Reservations and volumes by operators, beside offers, tasks and frameworks' own operations;
 * labels, principals, several roles in one call. Hosts of 4 cpus, 1 GB and 1 GB of disk unless
 * said.
 */
#include "unit/control/operators.h"

/* Entries of any role, principal (or none) and labels: "'labels':...," or "". */
#define RESERVED(name, n, role, more)                                                              \
    "{'name':'" name "','type':'SCALAR','scalar':{'value':" #n "},'reservations':[{'type':"        \
    "'DYNAMIC'," more "'role':'" role "'}]}"
#define LABEL(value)   "'labels':{'labels':[{'key':'id','value':'" value "'}]},'principal':'ops',"
#define BY(principal)  "'principal':'" principal "',"
#define STATIC(n)      "'name':'disk','type':'SCALAR','scalar':{'value':" #n "},'role':'a'"
#define PERSISTENT(id) "'disk':{'persistence':{'id':'" id "','principal':'ops'}," MOUNTED
#define MOUNTED        "'volume':{'mode':'RW','container_path':'p'}}"
#define DYNAMIC_VOLUME(id, n, role)                                                                \
    "{'name':'disk','type':'SCALAR','scalar':{'value':" #n "},'reservations':[{'type':'DYNAMIC',"  \
    "'role':'" role "','principal':'ops'}]," PERSISTENT(id) "}"

static HfPump *cluster_of(const char *resources)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.log_messages = TRUE;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, resources);
    hf_pump_run(pump, HF_SECONDS(2.5));
    return pump;
}

/* The offers that were sent since, to role `a`, as "resources | resources". */
static char *offered(HfPump *pump)
{
    g_autofree char *text = hf_pump_take_text(pump);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *all = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++) {
        static const char mark[] = "\"resources\":\"";
        if (strstr(*line, "\"msg\":\"OFFERS\"") == NULL) continue;
        for (char *at = *line; (at = strstr(at, mark)) != NULL;) {
            at += strlen(mark);
            g_string_append_printf(all, "%s%.*s", all->len > 0 ? " | " : "", (int)strcspn(at, "\""),
                                   at);
        }
    }
    g_string_replace(all, "@a", "", 0);
    return g_string_free(all, FALSE);
}

static void assert_offered(HfPump *pump, HfTime within, const char *expected)
{
    g_free(hf_pump_take_text(pump));
    hf_pump_run_for(pump, within);
    g_autofree char *got = offered(pump);
    assert_string_equal(got, expected);
}

/* Mesos rows: 385, 387. A task of 1 cpu ends while the rest is in an offer: both together are
 * reserved. */
static void what_is_free_and_what_is_offered_are_reserved_together(void **state)
{
    HfPump *pump = cluster_of("cpus:4;mem:1024");
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "LAUNCH 1:1.2=cpus:1;mem:128", 0);
    hf_pump_run_for(pump, HF_SECONDS(1.3)); /* the batch after the end is still to come */
    assert_int_equal(hf_pump_update(pump, a, 1)->status.state, HF_TASK_FINISHED);
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 1);
    assert_available(pump, "cpus:1;mem:128");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 202);
    assert_int_equal(rescinds(pump, a), 1);
    assert_available(pump, "cpus(D:a,p=ops):4;mem:1024");
    assert_offered(pump, HF_SECONDS(1), "cpus(D:a,p=ops):4;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 385. Of two offers of the agent, the one that holds nothing of what is needed stays.
 */
static void an_offer_without_what_is_needed_stays(void **state)
{
    HfPump *pump = cluster_of("cpus:4;mem:1024");
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "LAUNCH 1:1.2=cpus:4", 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 2); /* memory, then cpus */
    uint64_t of_memory = hf_pump_framework(pump, a)->offers.at[0].id;
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 202);
    assert_int_equal(rescinds(pump, a), 1);
    assert_int_equal(hf_pump_framework(pump, a)->offers.at[0].id, of_memory);
    hf_pump_free(pump);
}

/* Mesos rows: 386, 388. */
static void what_is_free_and_what_is_offered_are_unreserved_together(void **state)
{
    HfPump *pump = cluster_of("cpus:4;mem:1024");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 202);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "LAUNCH 1:1.2=cpus(D:a,p=ops):1;mem:128", 0);
    hf_pump_run_for(pump, HF_SECONDS(1.3));
    assert_int_equal(hf_pump_update(pump, a, 1)->status.state, HF_TASK_FINISHED);
    assert_available(pump, "cpus(D:a,p=ops):1;mem:128");
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 202);
    assert_int_equal(rescinds(pump, a), 1);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 389. */
static void labels_tell_reservations_apart(void **state)
{
    HfPump *pump = cluster_of("cpus:4;mem:1024");
    const char *one = ON_0("resources", RESERVED("cpus", 1, "a", LABEL("one")));
    const char *two = ON_0("resources", RESERVED("cpus", 1, "a", LABEL("two")));
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, one, 202);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, two, 202);
    assert_available(pump, "cpus(D:a,p=ops,l=id=one):1;cpus(D:a,p=ops,l=id=two):1;cpus:2;mem:1024");
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES,
                ON_0("resources", RESERVED("cpus", 1, "a", LABEL("three"))), 409);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, one, 202);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, one, 409);
    assert_offered(pump, HF_SECONDS(6), "cpus(D:a,p=ops,l=id=two):1;cpus:3;mem:1024");
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, two, 202);
    assert_offered(pump, HF_SECONDS(6), "cpus:4;mem:1024");
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 1);
    hf_pump_free(pump);
}

/* What is wrong in itself is 400, and what is not there 409; nothing comes of either. */
static void bad_requests_change_nothing(void **state)
{
    static const struct {
        HfCallType type;
        const char *body;
        int status;
    } cases[] = {
        /* Mesos rows: 390. */
        {HF_CALL_RESERVE_RESOURCES,
         ON_0("resources", "{'name':'cpus','type':'SCALAR','scalar':{'value':1}}"), 400},
        {HF_CALL_UNRESERVE_RESOURCES,
         ON_0("resources", "{'name':'cpus','type':'SCALAR','scalar':{'value':1},'role':'*'}"), 400},
        /* Mesos rows: 295. */
        {HF_CALL_RESERVE_RESOURCES, ON_0("resources", RESERVED("cpus", 1, "*", BY("ops"))), 400},
        {HF_CALL_RESERVE_RESOURCES,
         ON_0("resources", "{'name':'cpus','type':'SCALAR','scalar':{'value':1},'role':'*',"
                           "'reservation':{'principal':'ops'}}"),
         400},
        /* Mesos rows: 302. */
        {HF_CALL_RESERVE_RESOURCES,
         ON_0("resources", "{'name':'cpus','type':'SCALAR','scalar':{'value':1},'allocation_info':"
                           "{'role':'a'},'reservations':[{'type':'DYNAMIC','role':'a','principal':"
                           "'ops'}]}"),
         400},
        /* Mesos rows: 391. */
        {HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 5)), 409},
        {HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 1)), 409},
        /* Mesos rows: 401. */
        {HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "eve", 1)), 400},
        /* Mesos rows: 433. */
        {HF_CALL_CREATE_VOLUMES,
         ON_0("volumes",
              "{'name':'disk','type':'SCALAR','scalar':{'value':64}," PERSISTENT("v") "}"),
         400},
        {HF_CALL_DESTROY_VOLUMES,
         ON_0("volumes",
              "{'name':'disk','type':'SCALAR','scalar':{'value':64},'role':'*'," PERSISTENT(
                  "v") "}"),
         400},
        /* Mesos rows: 431, 434. */
        {HF_CALL_CREATE_VOLUMES, ON_0("volumes", DYNAMIC_VOLUME("v", 64, "b")), 409},
        {HF_CALL_CREATE_VOLUMES, ON_0("volumes", DYNAMIC_VOLUME("v", 513, "a")), 409},
        /* Mesos rows: 435. */
        {HF_CALL_DESTROY_VOLUMES, ON_0("volumes", DYNAMIC_VOLUME("w", 32, "a")), 400},
        {HF_CALL_DESTROY_VOLUMES, ON_0("volumes", DYNAMIC_VOLUME("u", 33, "a")), 400},
        {HF_CALL_DESTROY_VOLUMES, ON_0("volumes", DYNAMIC_VOLUME("u", 32, "b")), 400},
        /* Mesos rows: 432. */
        {HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", DISK(512)), 409},
    };
    HfPump *pump = cluster(1, NULL);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", DISK(512)), 202);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", DYNAMIC_VOLUME("u", 32, "a")), 202);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_call(pump, cases[i].type, cases[i].body, cases[i].status);
        assert_available(pump, "cpus:4;disk(D:a,p=ops):480;disk(D:a,p=ops)[u:p,p=ops]:32;disk:512;"
                               "mem:1024");
    }
    hf_pump_free(pump);
}

/* Mesos rows: 402, 403, 443. */
static void principals_tell_reservations_apart(void **state)
{
    HfPump *pump = cluster_of("cpus:4;mem:1024");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 1)), 202);
    assert_int_equal(hf_pump_call(pump, "eve", HF_CALL_RESERVE_RESOURCES,
                                  ON_0("resources", CPUS("a", "eve", 1))),
                     202);
    assert_int_equal(hf_pump_call(pump, NULL, HF_CALL_RESERVE_RESOURCES,
                                  ON_0("resources", RESERVED("cpus", 1, "a", ""))),
                     202);
    add(pump, "a");
    g_autofree char *text = offered(pump);
    assert_string_equal(text, "cpus(D:a):1;cpus(D:a,p=eve):1;cpus(D:a,p=ops):1;cpus:1;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 443. */
static void volumes_need_no_principal(void **state)
{
    HfPump *pump = cluster(1, NULL);
    const char *volume = ON_0("volumes", "{'name':'disk','type':'SCALAR','scalar':{'value':64},"
                                         "'reservations':[{'type':'DYNAMIC','role':'a'}],'disk':"
                                         "{'persistence':{'id':'v'}," MOUNTED "}");
    static const HfCallType calls[] = {HF_CALL_CREATE_VOLUMES, HF_CALL_DESTROY_VOLUMES};
    assert_int_equal(hf_pump_call(pump, NULL, HF_CALL_RESERVE_RESOURCES,
                                  ON_0("resources", RESERVED("disk", 64, "a", ""))),
                     202);
    for (gsize i = 0; i < G_N_ELEMENTS(calls); i++)
        assert_int_equal(hf_pump_call(pump, NULL, calls[i], volume), 202);
    assert_available(pump, "cpus:4;disk(D:a):64;disk:960;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 429, 483. */
static void a_volume_on_a_static_reservation(void **state)
{
    HfPump *pump = cluster_of("cpus:1;mem:1024;disk(a):1024"); /* a role that nobody configured */
    uint32_t a = add(pump, "a");
    g_autofree char *first = offered(pump);
    assert_string_equal(first, "cpus:1;disk(S:a):1024;mem:1024");
    const char *volume = ON_0("volumes", "{" STATIC(64) "," PERSISTENT("v") "}");
    assert_call(pump, HF_CALL_CREATE_VOLUMES, volume, 202);
    assert_int_equal(rescinds(pump, a), 1);
    assert_offered(pump, HF_SECONDS(6), "cpus:1;disk(S:a):960;disk(S:a)[v:p,p=ops]:64;mem:1024");
    assert_call(pump, HF_CALL_DESTROY_VOLUMES, volume, 202);
    assert_int_equal(rescinds(pump, a), 2);
    assert_offered(pump, HF_SECONDS(6), "cpus:1;disk(S:a):1024;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 430, 438. */
static void each_step_takes_the_offer_back(void **state)
{
    HfAcls *acls =
        acls_of("{'permissive':false,'register_frameworks':[{}],'reserve_resources':[{}],"
                "'create_volumes':[{'principals':{'values':['ops']},'roles':{'values':"
                "['a']}}],'destroy_volumes':[{'principals':{'values':['ops']},"
                "'creator_principals':{'values':['ops']}}]}");
    HfPump *pump = cluster(1, acls);
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", DISK(1024)), 202);
    assert_offered(pump, HF_SECONDS(6), "cpus:4;disk(D:a,p=ops):1024;mem:1024");
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", VOLUME("v", "p", 64)), 202);
    assert_offered(pump, HF_SECONDS(6),
                   "cpus:4;disk(D:a,p=ops):960;disk(D:a,p=ops)[v:p,p=ops]:64;mem:1024");
    assert_call(pump, HF_CALL_DESTROY_VOLUMES, ON_0("volumes", VOLUME("v", "p", 64)), 202);
    assert_offered(pump, HF_SECONDS(6), "cpus:4;disk(D:a,p=ops):1024;mem:1024");
    assert_int_equal(rescinds(pump, a), 3);
    hf_pump_free(pump);
    hf_acls_free(acls);
}

/* Mesos rows: 395, 398, 439, 441. One call for two roles is done whole or not at all. */
static void a_call_for_several_roles_is_one(void **state)
{
    HfAcls *acls = acls_of("{'reserve_resources':[{'roles':{'values':['a','b']}},{'roles':{'type':"
                           "'NONE'}}],'create_volumes':[{'roles':{'values':['a','b']}},{'roles':"
                           "{'type':'NONE'}}]}");
    HfPump *pump = cluster(1, acls);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES,
                ON_0("resources", CPUS("a", "ops", 1) "," CPUS("c", "ops", 1)), 403);
    assert_available(pump, "cpus:4;disk:1024;mem:1024");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES,
                ON_0("resources", DISK(64) "," RESERVED("disk", 64, "b", BY("ops"))), 202);
    assert_available(pump, "cpus:4;disk(D:a,p=ops):64;disk(D:b,p=ops):64;disk:896;mem:1024");
    assert_call(pump, HF_CALL_CREATE_VOLUMES,
                ON_0("volumes", DYNAMIC_VOLUME("v", 32, "a") "," DYNAMIC_VOLUME("v", 32, "c")),
                403);
    assert_call(pump, HF_CALL_CREATE_VOLUMES,
                ON_0("volumes", DYNAMIC_VOLUME("v", 64, "a") "," DYNAMIC_VOLUME("v", 64, "b")),
                202);
    assert_available(pump, "cpus:4;disk(D:a,p=ops)[v:p,p=ops]:64;disk(D:b,p=ops)[v:p,p=ops]:64;"
                           "disk:896;mem:1024");
    hf_pump_free(pump);
    hf_acls_free(acls);
}

/* Mesos rows: 394, 396, 397, 440. */
static void who_may_not_is_forbidden(void **state)
{
    HfAcls *acls =
        acls_of("{'reserve_resources':[{'principals':{'values':['eve']},'roles':{'type':'NONE'"
                "}}],'unreserve_resources':[{'principals':{'values':['eve']},"
                "'reserver_principals':{'type':'NONE'}}],'create_volumes':[{'principals':"
                "{'values':['eve']},'roles':{'type':'NONE'}}],'destroy_volumes':[{'principals'"
                ":{'values':['eve']},'creator_principals':{'type':'NONE'}}]}");
    static const struct {
        HfCallType type;
        const char *by_eve, *by_ops;
    } steps[] = {
        {HF_CALL_RESERVE_RESOURCES, ON_0("resources", RESERVED("disk", 64, "a", BY("eve"))),
         ON_0("resources", DISK(64))},
        {HF_CALL_CREATE_VOLUMES,
         ON_0("volumes",
              "{'name':'disk','type':'SCALAR','scalar':{'value':64},'reservations':[{'type':"
              "'DYNAMIC','role':'a','principal':'ops'}],'disk':{'persistence':{'id':'v',"
              "'principal':'eve'}," MOUNTED "}"),
         ON_0("volumes", VOLUME("v", "p", 64))},
        {HF_CALL_DESTROY_VOLUMES, ON_0("volumes", VOLUME("v", "p", 64)),
         ON_0("volumes", VOLUME("v", "p", 64))},
        {HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", DISK(64)), ON_0("resources", DISK(64))},
    };
    HfPump *pump = cluster(1, acls);
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *before = hf_pump_available(pump, 0);
        assert_int_equal(hf_pump_call(pump, "eve", steps[i].type, steps[i].by_eve), 403);
        assert_available(pump, before);
        assert_call(pump, steps[i].type, steps[i].by_ops, 202);
    }
    assert_available(pump, "cpus:4;disk:1024;mem:1024");
    hf_pump_free(pump);
    hf_acls_free(acls);
}

/* Mesos rows: 446. */
static void operators_unmake_what_frameworks_made(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "RESERVE disk(D:a,p=a):512 | CREATE disk(D:a,p=a)[v:p,p=a]:1", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_call(pump, HF_CALL_DESTROY_VOLUMES,
                ON_0("volumes",
                     "{'name':'disk','type':'SCALAR','scalar':{'value':1},'reservations':[{"
                     "'type':'DYNAMIC','role':'a','principal':'a'}],'disk':{'persistence':"
                     "{'id':'v','principal':'a'}," MOUNTED "}"),
                202);
    assert_int_equal(rescinds(pump, a), 1);
    assert_offered(pump, HF_SECONDS(6), "cpus:4;disk(D:a,p=a):512;disk:512;mem:1024");
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES,
                ON_0("resources", RESERVED("disk", 512, "a", BY("a"))), 202);
    assert_int_equal(rescinds(pump, a), 2);
    assert_offered(pump, HF_SECONDS(6), "cpus:4;disk:1024;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 447. The agent is told of all four, and has done all four. */
static void frameworks_unmake_what_operators_made(void **state)
{
    HfPump *pump = cluster(1, NULL);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", DISK(512)), 202);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", VOLUME("v", "p", 1)), 202);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1,
                    "DESTROY disk(D:a,p=ops)[v:p,p=ops]:1 | UNRESERVE disk(D:a,p=ops):512", 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:4;disk:1024;mem:1024");
    assert_int_equal(count(pump, HF_RECORD_OPERATION), 4);
    assert_int_equal(occurrences(pump, "\"msg\":\"APPLY_OPERATION\""), 4);
    assert_true(hf_resources_is_empty(hf_checkpoint_committed(&hf_pump_host(pump, 0)->agent.disk)));
    hf_pump_free(pump);
}

/* Mesos rows: 448. Another agent with a reservation goes; what is reserved here can be taken back.
 */
static void a_lost_agent_takes_its_own_reservations_along(void **state)
{
    HfPump *pump = cluster_of("cpus:4;mem:1024");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 202);
    uint32_t a = add(pump, "a");
    hf_pump_decline(pump, a, 3600);
    uint32_t other = hf_pump_add_agent(pump, "cpus:3;mem:1024");
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_operate(pump, a, 1, "RESERVE cpus(D:a,p=a):3", 0);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_MARK_AGENT_GONE, "{'agent_id':{'value':'host1'}}", 200);
    assert_false(hf_master_agent_is_registered(pump->master, other));
    assert_int_equal(hf_pump_call(pump, NULL, HF_CALL_GET_ROLES, "{}"), 200);
    assert_int_equal(occurrences(pump, "\"reserved\":{\"cpus\":4}"), 1); /* no more the 3 */
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 202);
    assert_available(pump, "cpus:4;mem:1024");
    assert_int_equal(hf_pump_call(pump, NULL, HF_CALL_GET_ROLES, "{}"), 200);
    assert_int_equal(occurrences(pump, "\"reserved\":{}"), 1);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_free_and_what_is_offered_are_reserved_together),
        cmocka_unit_test(an_offer_without_what_is_needed_stays),
        cmocka_unit_test(what_is_free_and_what_is_offered_are_unreserved_together),
        cmocka_unit_test(labels_tell_reservations_apart),
        cmocka_unit_test(bad_requests_change_nothing),
        cmocka_unit_test(principals_tell_reservations_apart),
        cmocka_unit_test(volumes_need_no_principal),
        cmocka_unit_test(a_volume_on_a_static_reservation),
        cmocka_unit_test(each_step_takes_the_offer_back),
        cmocka_unit_test(a_call_for_several_roles_is_one),
        cmocka_unit_test(who_may_not_is_forbidden),
        cmocka_unit_test(operators_unmake_what_frameworks_made),
        cmocka_unit_test(frameworks_unmake_what_operators_made),
        cmocka_unit_test(a_lost_agent_takes_its_own_reservations_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
