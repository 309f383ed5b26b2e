/*
 * The operator API: status codes, what is rescinded, what comes of it. Frameworks a and b of roles
 * `a` and `b`; hosts of 4 cpus, 1 GB and 1 GB of disk.
 */
#include "unit/control/operators.h"

#include "base/assert.h"

static HfAcls *acls;

/* Mesos rows: 384, 391, 401, 402. */
static void what_is_free_is_reserved_and_unreserved(void **state)
{
    HfPump *pump = cluster(1, NULL);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 3)), 202);
    assert_available(pump, "cpus(D:a,p=ops):3;cpus:1;disk:1024;mem:1024");
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 3)), 409);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "eve", 1)), 400);
    assert_int_equal(
        hf_pump_call(pump, NULL, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "eve", 1))),
        202);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 4)), 409);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 3)), 202);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "eve", 1)), 202);
    assert_available(pump, "cpus:4;disk:1024;mem:1024");
    assert_int_equal(hf_pump_host(pump, 0)->agent.disk.created, 0);
    hf_pump_free(pump);
}

/* Mesos rows: 385, 386, 387, 446, 447. */
static void offers_are_taken_back_as_far_as_needed(void **state)
{
    HfPump *pump = cluster(2, NULL);
    uint32_t a = add(pump, "a");
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 2);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 1)), 202);
    assert_int_equal(rescinds(pump, a), 1); /* the other agent's offer stays */
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 1)), 202);
    assert_int_equal(rescinds(pump, a), 2);
    hf_pump_free(pump);
}

/* A conflict takes offers back, but changes nothing else. */
static void what_tasks_use_conflicts(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "LAUNCH 1=cpus:2", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("b", "ops", 3)), 409);
    assert_int_equal(rescinds(pump, a), 1);
    assert_available(pump, "cpus:2;disk:1024;mem:1024");
    assert_int_equal(count(pump, HF_RECORD_OPERATION), 0);
    hf_pump_free(pump);
}

/* Mesos rows: 430, 432, 433, 434, 435. */
static void volumes_by_operators(void **state)
{
    HfPump *pump = cluster(1, NULL);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", DISK(1024)), 202);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", VOLUME("v", "p", 1025)), 409);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", VOLUME("v", "p", 64)), 202);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", VOLUME("v", "p", 64)), 400);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", DISK(64)), 400);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", DISK(1024)), 409);
    assert_call(pump, HF_CALL_DESTROY_VOLUMES, ON_0("volumes", VOLUME("w", "p", 64)), 400);
    assert_call(pump, HF_CALL_DESTROY_VOLUMES, ON_0("volumes", VOLUME("v", "p", 63)), 400);
    assert_call(
        pump, HF_CALL_GROW_VOLUME,
        "{'agent_id':{'value':'host0'},'volume':" VOLUME("v", "p", 64) ",'addition':" DISK(36) "}",
        202);
    assert_call(
        pump, HF_CALL_SHRINK_VOLUME,
        "{'agent_id':{'value':'host0'},'volume':" VOLUME("v", "p", 100) ",'subtract':{'value':90}}",
        202);
    assert_available(pump, "cpus:4;disk(D:a,p=ops):1014;disk(D:a,p=ops)[v:p,p=ops]:10;mem:1024");
    assert_call(pump, HF_CALL_DESTROY_VOLUMES, ON_0("volumes", VOLUME("v", "other", 10)), 202);
    assert_call(pump, HF_CALL_UNRESERVE_RESOURCES, ON_0("resources", DISK(1024)), 202);
    hf_pump_free(pump);
}

/* Mesos rows: 394, 395, 396, 397, 398, 440, 441, 473, 511. */
static void access_lists_decide(void **state)
{
    acls =
        acls_of("{'permissive':false,"
                "'reserve_resources':[{'principals':{'values':['ops']},'roles':{'values':['a']}}],"
                "'unreserve_resources':[{'principals':{'type':'ANY'},'reserver_principals':"
                "{'values':['ops']}}],"
                "'update_quotas':[{'principals':{'values':['ops']},'roles':{'values':['a']}}],"
                "'register_frameworks':[{'principals':{'values':['a']},'roles':{'type':'ANY'}}],"
                "'update_weights':[{'principals':{'type':'NONE'},'roles':{'type':'ANY'}}]}");
    HfPump *pump = cluster(1, acls);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES,
                ON_0("resources", CPUS("a", "ops", 1) "," CPUS("b", "ops", 1)), 403);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("a", "ops", 1)), 202);
    assert_int_equal(hf_pump_call(pump, "eve", HF_CALL_UNRESERVE_RESOURCES,
                                  ON_0("resources", CPUS("a", "ops", 1))),
                     202);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", CPUS("b", "ops", 1)), 403);
    assert_call(pump, HF_CALL_RESERVE_RESOURCES, ON_0("resources", DISK(64)), 202);
    assert_call(pump, HF_CALL_CREATE_VOLUMES, ON_0("volumes", VOLUME("v", "p", 64)), 403);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':9}}},{'role':'b'}]}", 403);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'a','weight':2}]}", 403);
    assert_call(pump, HF_CALL_DRAIN_AGENT, AGENT_0, 403);
    assert_call(pump, HF_CALL_MARK_AGENT_GONE, AGENT_0, 403);
    uint32_t a = add(pump, "a");
    uint32_t b = add(pump, "b"); /* may not register */
    assert_int_equal(hf_pump_framework(pump, a)->id, 0);
    assert_int_equal(hf_pump_framework(pump, b)->id, HF_ROW_NONE);
    hf_pump_operate(pump, a, 1, "RESERVE cpus(D:a,p=a):1", 0);
    hf_pump_run_for(pump, 0);
    assert_int_equal(occurrences(pump, "\"rule\":\"UNAUTHORIZED\""), 1);
    assert_call(pump, HF_CALL_TEARDOWN, "{'framework_id':{'value':'a'}}", 403);
    hf_pump_free(pump);
    hf_acls_free(acls);
}

/* Mesos rows: 500, 501, 505. */
static void weights_take_offers_back_when_they_are_felt(void **state)
{
    HfPump *pump = cluster(2, NULL);
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'a','weight':0}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'a','weight':-1}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'c','weight':2}]}", 200);
    assert_int_equal(rescinds(pump, a), 0);
    assert_call(pump, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'a','weight':2}]}", 200);
    assert_int_equal(rescinds(pump, a), 2);
    hf_pump_free(pump);
}

/* Mesos rows: 279, 450, 452, 455, 456, 457, 458, 460, 466, 468, 475. */
static void quota_is_checked_and_makes_room(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'b','guarantees':{'cpus':{'value':5}}}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'b','guarantees':{'cpus':{'value':3}},'limits':{'cpus':"
                "{'value':2}}}]}",
                400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'b/c','limits':{'cpus':{'value':2}}}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'b','limits':{'mem':{'value':1099511627777}}}]}", 400);
    assert_int_equal(rescinds(pump, a), 0);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'b','guarantees':{'cpus':{'value':4}}}]}", 200);
    assert_int_equal(rescinds(pump, a), 1);
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'b'}", 200);
    assert_call(pump, HF_CALL_REMOVE_QUOTA, "{'role':'b'}", 400);
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_operate(pump, a, 1, "LAUNCH 1=cpus:2", 0);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':1}}}]}", 400);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'force':true,'quota_configs':[{'role':'a','limits':{'cpus':{'value':1}}}]}", 200);
    assert_call(pump, HF_CALL_SET_QUOTA,
                "{'quota_request':{'role':'c','guarantee':[{'name':'cpus','type':'SCALAR','scalar':"
                "{'value':9}}]}}",
                409);
    assert_call(pump, HF_CALL_SET_QUOTA,
                "{'quota_request':{'force':true,'role':'c','guarantee':[{'name':'cpus','type':"
                "'SCALAR','scalar':{'value':9}}]}}",
                200);
    assert_call(pump, HF_CALL_SET_QUOTA,
                "{'quota_request':{'role':'c','guarantee':[{'name':'cpus','type':'SCALAR','scalar':"
                "{'value':1}}]}}",
                400);
    assert_call(pump, HF_CALL_SET_QUOTA,
                "{'quota_request':{'role':'d','guarantee':[" CPUS("d", "ops", 1) "]}}", 400);
    hf_pump_free(pump);
}

/* Mesos rows: 467, 469. */
static void limits_take_the_roles_own_offers_back(void **state)
{
    HfPump *pump = cluster(2, NULL);
    uint32_t a = add(pump, "a");
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':8}}}]}", 200);
    assert_int_equal(rescinds(pump, a), 0);
    assert_call(pump, HF_CALL_UPDATE_QUOTA,
                "{'quota_configs':[{'role':'a','limits':{'cpus':{'value':5}}}]}", 200);
    assert_int_equal(rescinds(pump, a), 1);
    hf_pump_free(pump);
}

#define WINDOW(host)                                                                               \
    "{'machine_ids':[{'hostname':'" host "'}],'unavailability':{'start':{'nanoseconds':9}}}"
#define SCHEDULE(windows) "{'schedule':{'windows':[" windows "]}}"

/* Mesos rows: 513, 514, 517, 518, 519. */
static void machines_go_down_and_come_up(void **state)
{
    HfPump *pump = cluster(2, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    uint32_t host = hf_pump_update(pump, a, 1)->status.host;
    const char *one =
        host == 0 ? "{'machines':[{'hostname':'HOST0'}]}" : "{'machines':[{'hostname':'HOST1'}]}";
    const char *schedule = host == 0 ? SCHEDULE(WINDOW("host0")) : SCHEDULE(WINDOW("host1"));
    assert_call(pump, HF_CALL_START_MAINTENANCE, one, 400);
    assert_call(pump, HF_CALL_START_MAINTENANCE, "{'machines':[]}", 400);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE,
                SCHEDULE(WINDOW("host0") "," WINDOW("Host0")), 400);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE,
                SCHEDULE("{'machine_ids':[],'unavailability':{'start':{'nanoseconds':0}}}"), 400);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, schedule, 200);
    assert_call(pump, HF_CALL_STOP_MAINTENANCE, one, 400);
    assert_call(pump, HF_CALL_START_MAINTENANCE, one, 200);
    assert_int_equal(hf_pump_update(pump, a, 1)->status.state, HF_TASK_LOST);
    assert_int_equal(hf_pump_update(pump, a, 1)->status.reason, HF_REASON_SLAVE_REMOVED);
    assert_int_equal(hf_pump_framework(pump, a)->failures, 1);
    assert_int_equal(hf_pump_host(pump, host)->runs.count, 0);
    assert_call(pump, HF_CALL_START_MAINTENANCE, one, 400);
    assert_call(pump, HF_CALL_UPDATE_MAINTENANCE_SCHEDULE, SCHEDULE(""), 400);
    hf_pump_run_for(pump, HF_SECONDS(200));
    assert_false(hf_master_agent_is_registered(pump->master, host));
    assert_call(pump, HF_CALL_STOP_MAINTENANCE, one, 200);
    assert_call(pump, HF_CALL_STOP_MAINTENANCE, one, 400);
    hf_pump_run_for(pump, HF_SECONDS(120));
    assert_true(hf_master_agent_is_registered(pump->master, host));
    hf_pump_free(pump);
}

/* Mesos rows: 596, 601, 605. */
static void an_agent_drains(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "RESERVE cpus(D:a,p=a):1 | LAUNCH 1=cpus(D:a,p=a):1", 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_rule(pump, HF_MESSAGE_DRAIN_AGENT, HF_PUMP_LATE, HF_SECONDS(5), 1);
    assert_call(pump, HF_CALL_DRAIN_AGENT, AGENT_0, 200);
    assert_int_equal(rescinds(pump, a), 1);
    assert_call(pump, HF_CALL_REACTIVATE_AGENT, AGENT_0, 400);
    assert_int_equal(count(pump, HF_RECORD_AGENT_DRAINED), 0);
    hf_pump_run_for(pump, HF_SECONDS(6));
    assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_SLAVE_DRAINING);
    assert_int_equal(count(pump, HF_RECORD_AGENT_DRAINED), 1);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 0);
    assert_available(pump, "cpus(D:a,p=a):1;cpus:3;disk:1024;mem:1024");
    assert_call(pump, HF_CALL_REACTIVATE_AGENT, AGENT_0, 200);
    assert_call(pump, HF_CALL_REACTIVATE_AGENT, AGENT_0, 400);
    hf_pump_run_for(pump, HF_SECONDS(6));
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 1);
    assert_call(pump, HF_CALL_DRAIN_AGENT, "{'agent_id':{'value':'host9'}}", 400);
    hf_pump_free(pump);
}

/* Mesos rows: 598, 602, 583, 588. */
static void a_drained_agent_may_be_gone_for_good(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = hf_pump_add_framework(
        pump, "a", "a", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_PARTITION_AWARE, TRUE);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    assert_call(pump, HF_CALL_DRAIN_AGENT, "{'agent_id':{'value':'host0'},'mark_gone':true}", 200);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_told(pump, 1, HF_TASK_GONE_BY_OPERATOR, HF_REASON_SLAVE_DRAINING);
    assert_int_equal(count(pump, HF_RECORD_AGENT_GONE), 1);
    hf_pump_reconcile_operation(pump, a, 3, 0);
    hf_pump_run_for(pump, HF_SECONDS(300));
    assert_int_equal(hf_pump_operation(pump, a, 3), HF_OPERATION_GONE_BY_OPERATOR);
    assert_false(hf_master_agent_is_registered(pump->master, 0)); /* it asks in vain */
    assert_call(pump, HF_CALL_MARK_AGENT_GONE, AGENT_0, 200);
    assert_call(pump, HF_CALL_MARK_AGENT_GONE, "{'agent_id':{'value':'S00000007'}}", 404);
    hf_pump_free(pump);
}

/* Mesos rows: 597, 599, 600, 603, 604. */
static void draining_goes_on_when_the_agent_is_back(void **state)
{
    for (int lost = 0; lost < 2; lost++) {
        HfPump *pump = cluster(1, NULL);
        uint32_t a = hf_pump_add_framework(
            pump, "a", "a", HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_PARTITION_AWARE, TRUE);
        hf_pump_run_for(pump, 0);
        hf_pump_launch(pump, a, 1, "cpus:1", HF_TIME_NEVER);
        hf_pump_run_for(pump, 0);
        hf_pump_stop(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(lost ? 100 : 1));
        assert_call(pump, HF_CALL_DRAIN_AGENT, AGENT_0, 200);
        hf_pump_boot(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(10));
        assert_told(pump, 1, HF_TASK_KILLED, HF_REASON_SLAVE_DRAINING);
        assert_int_equal(hf_pump_framework(pump, a)->offers.count, 0);
        assert_int_equal(count(pump, HF_RECORD_AGENT_DRAINED), 1);
        hf_pump_free(pump);
    }
}

static void a_deactivated_agent_is_not_offered(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "LAUNCH 1=cpus:1", 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_call(pump, HF_CALL_DEACTIVATE_AGENT, AGENT_0, 200);
    assert_int_equal(rescinds(pump, a), 1);
    hf_pump_stop(pump, 0);
    hf_pump_boot(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(10));
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 0);
    assert_told(pump, 1, HF_TASK_RUNNING, HF_REASON_NONE);
    assert_call(pump, HF_CALL_REACTIVATE_AGENT, AGENT_0, 200);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(hf_pump_framework(pump, a)->offers.count, 1);
    hf_pump_free(pump);
}

static void a_framework_is_torn_down(void **state)
{
    HfPump *pump = cluster(1, NULL);
    uint32_t a = add(pump, "a");
    hf_pump_operate(pump, a, 1, "RESERVE cpus(D:a,p=a):1 | LAUNCH 1=cpus(D:a,p=a):1", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_call(pump, HF_CALL_TEARDOWN, "{'framework_id':{'value':'x'}}", 400);
    assert_call(pump, HF_CALL_TEARDOWN, "{'framework_id':{'value':'a'}}", 200);
    assert_call(pump, HF_CALL_TEARDOWN, "{'framework_id':{'value':'a'}}", 400);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_available(pump, "cpus(D:a,p=a):1;cpus:3;disk:1024;mem:1024"); /* reservations stay */
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_free_is_reserved_and_unreserved),
        cmocka_unit_test(offers_are_taken_back_as_far_as_needed),
        cmocka_unit_test(what_tasks_use_conflicts),
        cmocka_unit_test(volumes_by_operators),
        cmocka_unit_test(access_lists_decide),
        cmocka_unit_test(weights_take_offers_back_when_they_are_felt),
        cmocka_unit_test(quota_is_checked_and_makes_room),
        cmocka_unit_test(limits_take_the_roles_own_offers_back),
        cmocka_unit_test(machines_go_down_and_come_up),
        cmocka_unit_test(an_agent_drains),
        cmocka_unit_test(a_drained_agent_may_be_gone_for_good),
        cmocka_unit_test(draining_goes_on_when_the_agent_is_back),
        cmocka_unit_test(a_deactivated_agent_is_not_offered),
        cmocka_unit_test(a_framework_is_torn_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
