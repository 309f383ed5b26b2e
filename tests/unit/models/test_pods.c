/*
 * Marathon's pods: their containers are launched as a group in an executor of their own, live and
 * end together, and are one instance to whatever else is done to apps. (The cells are under audit.)
 */
#include "unit/models/lab.h"

static const char two[] =
    "{'id': '/p', 'scaling': {'kind': 'fixed', 'instances': 1}, 'containers': ["
    "{'name': 'a', 'resources': {'cpus': 1, 'mem': 100}, 'endpoints': "
    "[{'name': 'http'}]},"
    "{'name': 'b', 'resources': {'cpus': 0.5, 'mem': 50, 'disk': 20}}]}";
static const char kept[] = "{'id': '/p', 'containers': ["
                           "{'name': 'a', 'resources': {'cpus': 1, 'mem': 100}},"
                           "{'name': 'b', 'resources': {'cpus': 0.5, 'mem': 50}, 'volumeMounts': "
                           "[{'name': 'v'}]}],"
                           "'volumes': [{'name': 'v', 'persistent': {'size': 200}}]}";

/* Two hosts; `entry`: keys beside the file, `more`: of the framework, `rest`: of the scenario. */
static Cell *pod(const char *quoted, const char *entry, const char *more, const char *rest)
{
    g_autofree char *json = g_strdelimit(g_strdup(quoted), "'", '"');
    char *file = lab_file("pod.json", json);
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\n"
        "agents: [{name: n, count: 2, resources: "
        "'cpus:4;mem:4000;disk:4000;ports:[31000-31009]'}]\n"
        "frameworks: [{name: f, model: marathon, role: r, principal: p, checkpoint: true,\n"
        "  failover_timeout: 1d, capabilities: [PARTITION_AWARE], apps: [{file: %s%s}]%s}]\n%s",
        file, entry, more, rest);
    Cell *cell = cell_new(text);
    lab_remove(file);
    return cell;
}

static uint32_t running(const Cell *cell)
{
    return cell->world->run_slots.live;
}

static uint32_t executors(const Cell *cell)
{
    return cell->world->process_slots.live;
}

static void containers_are_a_group_in_an_executor_of_their_own(void **state)
{
    Cell *cell = pod(two, "", "", "");
    cell_run(cell, 60 * S);
    assert_int_equal(running(cell), 2);
    assert_int_equal(executors(cell), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 2);
    /* Marathon's defaults for the executor, which holds the port. */
    uint32_t host = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent;
    const HfResources *left = hf_allocator_available(hf_master_allocator(cell->world->master),
                                                     cell->world->hosts[host].agent.id);
    assert_int_equal(hf_resources_milli(left, HF_KIND_CPUS), 4000 - 1000 - 500 - 100);
    assert_int_equal(hf_resources_milli(left, HF_KIND_MEM), (4000 - 100 - 50 - 32) * 1000);
    assert_int_equal(hf_resources_milli(left, HF_KIND_DISK), (4000 - 20 - 10) * 1000);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_WAITED), 1); /* one instance */
    cell_free(cell);
}

/* b fails after 10 min; a is killed with it, the executor ends, and both start again a second
 * later: that is one failure of the instance, whose back-off grows. */
static void a_container_that_fails_takes_the_instance_along(void **state)
{
    Cell *cell =
        pod(two, ", containers: [{name: b, lifetime: {law: constant, value: 10m}}]", "", "");
    cell_run(cell, 605 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 2);
    const HfRecord *first = cell_record(cell, HF_RECORD_TASK_ENDED, 0);
    const HfRecord *second = cell_record(cell, HF_RECORD_TASK_ENDED, 1);
    assert_int_equal(first->state, HF_TASK_FAILED);
    assert_int_equal(second->state, HF_TASK_KILLED);
    assert_int_equal(first->at, second->at);
    assert_int_equal(cell_count(cell, HF_RECORD_EXECUTOR_ENDED), 1);
    cell_run(cell, 660 * S);
    assert_int_equal(running(cell), 2);
    assert_int_equal(executors(cell), 1);
    HfTime again = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 2)->at;
    assert_true(again >= first->at + 1 * S && again < first->at + 10 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_REPLACED), 1);
    cell_run(cell, 3 * 3600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED),
                     2 * cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED));
    cell_free(cell);
}

/* All is reserved, the volume is in the container that mounts it, and found again. */
static void a_resident_pod_is_launched_again_on_its_volume(void **state)
{
    static const char *const failures[] = {
        "failures: [{what: reboot, at: 10m, down: 1m}]\n",
        "failures: [{what: agent-crash, at: 10m, down: 1m}]\n",
        "failures: [{what: agent-restart, at: 10m, down: 1m, lose_executors: 1}]\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
        Cell *cell = pod(kept, "", "", failures[i]);
        cell_run(cell, 3600 * S);
        assert_int_equal(running(cell), 2);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
        const HfRecord *before = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 1);
        const HfRecord *after = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 3);
        assert_int_equal(before->agent, after->agent);
        assert_int_equal(cell_count(cell, HF_RECORD_VOLUME_OPENED), 2);
        assert_int_equal(cell_record(cell, HF_RECORD_VOLUME_OPENED, 0)->value,
                         cell_record(cell, HF_RECORD_VOLUME_OPENED, 1)->value);
        assert_int_equal(cell_record(cell, HF_RECORD_VOLUME_OPENED, 1)->id, after->id);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_FOLLOWS), 2);
        cell_free(cell);
    }
}

/* The agent's process alone: the executor is there again, and nothing is launched. */
/* Its executor never registers: that is a failure at its agent, so what it has reserved is there,
 * and is what it is tried on again; nothing else is reserved. */
static void a_resident_pod_that_never_begins_keeps_its_volume(void **state)
{
    Cell *cell = pod(kept, "", "", "agent: {executor_hangs: 1}\nstall: expected\n");
    cell_run(cell, 3600 * S);
    guint32 launched = cell_count(cell, HF_RECORD_EXECUTOR_LAUNCHED);
    assert_true(launched > 5);
    const HfRecord *first = cell_record(cell, HF_RECORD_EXECUTOR_LAUNCHED, 0);
    for (guint32 i = 1; i < launched; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_EXECUTOR_LAUNCHED, i)->agent, first->agent);
    assert_int_equal(cell_count(cell, HF_RECORD_OPERATION), 2); /* RESERVE and CREATE */
    assert_int_equal(cell_count(cell, HF_RECORD_VOLUME_DISOWNED), 0);
    cell_free(cell);
}

static void pods_outlive_their_agents_process(void **state)
{
    Cell *cell = pod(kept, "", "", "failures: [{what: agent-restart, at: 10m, down: 1m}]\n");
    cell_run(cell, 3600 * S);
    assert_int_equal(running(cell), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 0);
    cell_free(cell);
}

static void scaling_down_kills_all_containers(void **state)
{
    Cell *cell = pod(two, "",
                     ", deployments: [{at: 10m, app: /p, scale: 3}, {at: 20m, app: /p, "
                     "scale: 1}]",
                     "");
    cell_run(cell, 900 * S);
    assert_int_equal(running(cell), 6);
    assert_int_equal(executors(cell), 3);
    cell_run(cell, 1800 * S);
    assert_int_equal(running(cell), 2);
    assert_int_equal(executors(cell), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_DEPLOYMENT_ENDED), 2);
    cell_free(cell);
}

/* Out of reach for longer than inactiveAfterSeconds it is replaced; back before
 * expungeAfterSeconds, there is one too many, whose containers are all killed. */
static void a_pod_that_comes_back_is_one_too_many(void **state)
{
    static const char json[] =
        "{'id': '/p', 'scheduling': {'unreachableStrategy': {'inactiveAfterSeconds': 60, "
        "'expungeAfterSeconds': 3600}}, 'containers': [{'name': 'a', 'resources': {'cpus': 1}}, "
        "{'name': 'b', 'resources': {'cpus': 1}}]}";
    Cell *cell = pod(json, "", "",
                     "failures: [{what: partition, at: 10m, for: 20m, "
                     "agents: [n]}]\n");
    cell_run(cell, 1700 * S);
    cell_run(cell, 3600 * S);
    assert_int_equal(running(cell), 2);
    assert_int_equal(executors(cell), 1);
    cell_free(cell);
}

/* A new version with other containers takes the place of the old one. */
static void an_upgrade_may_change_the_containers(void **state)
{
    g_autofree char *json = g_strdelimit(
        g_strdup(
            "{'id': '/p', 'containers': [{'name': 'a', 'resources': {'cpus': 1}}, {'name': 'b', "
            "'resources': {'cpus': 0.1}}, {'name': 'c', 'resources': {'cpus': 0.1}}]}"),
        "'", '"');
    char *file = lab_file("next.json", json);
    g_autofree char *more = g_strdup_printf(", deployments: [{at: 10m, upgrade: %s}]", file);
    Cell *cell = pod(two, "", more, "");
    cell_run(cell, 1800 * S);
    assert_int_equal(running(cell), 3);
    assert_int_equal(executors(cell), 1);
    assert_int_equal(cell_count(cell, HF_RECORD_DEPLOYMENT_ENDED), 1);
    lab_remove(file);
    cell_free(cell);
}

/* What was said while the scheduler was away is asked for, of each container. */
static void a_scheduler_that_is_back_asks_about_each_container(void **state)
{
    Cell *cell = pod(two, ", containers: [{name: a, lifetime: {law: constant, value: 11m}}]", "",
                     "failures: [{what: framework-failover, at: 10m, down: 5m}]\n");
    cell_run(cell, 1000 * S);
    assert_int_equal(running(cell), 2);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
    cell_free(cell);
}

/* b has done its work after 10 min, and a runs on: that is no failure. With the agent's flag its
 * sandbox is collected in the course of gc_delay, also when the agent was restarted meanwhile; else
 * with the executor, after which both are. Mesos rows: 612, 613. */
static void an_ended_containers_sandbox_may_go_before_its_executor(void **state)
{
    for (int round = 0; round < 4; round++) {
        gboolean is_set = round % 2 == 1, restarts = round >= 2;
        g_autofree char *rest = g_strdup_printf(
            "agent: {gc_delay: 1h, gc_non_executor_container_sandboxes: %s}\n%s",
            is_set ? "true" : "false",
            restarts ? "failures: [{what: agent-restart, at: 20m, down: 1m}]\n" : "");
        Cell *cell = pod(two,
                         ", sandbox: 100, containers: [{name: b, ends: finished, lifetime: "
                         "{law: constant, value: 10m}}]",
                         ", deployments: [{at: 5h, app: /p, scale: 0}]", rest);
        cell_run(cell, 4 * 3600 * S);
        assert_int_equal(running(cell), 1);
        assert_int_equal(executors(cell), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 2);
        assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_CLOSED), 1);
        assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_REMOVED), is_set);
        if (is_set) {
            const HfRecord *removed = cell_record(cell, HF_RECORD_SANDBOX_REMOVED, 0);
            HfTime age = removed->at - cell_record(cell, HF_RECORD_SANDBOX_CLOSED, 0)->at;
            assert_int_equal(removed->id, 2);
            assert_true(age > 3000 * S && age <= 3600 * S); /* 60 min * (1 - 0.1 - 0.05) */
        }
        cell_run(cell, 5 * 3600 * S + 600 * S);
        assert_int_equal(executors(cell), 0);
        assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_REMOVED), is_set);
        cell_run(cell, 7 * 3600 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_SANDBOX_REMOVED), 2);
        cell_free(cell);
    }
}

static HfTime ended_at(const Cell *cell, uint32_t number)
{
    return cell_record(cell, HF_RECORD_TASK_ENDED, number)->at;
}

/* killGracePeriodSeconds is the kill policy of one container; others have the framework's. What is
 * killed because another container failed gets 3 s, whatever its policy. */
static void containers_have_kill_policies_of_their_own(void **state)
{
    static const char json[] =
        "{'id': '/p', 'containers': [{'name': 'a', 'resources': {'cpus': 1}, 'lifecycle': "
        "{'killGracePeriodSeconds': 7.5}}, {'name': 'b', 'resources': {'cpus': 1}}]}";
    static const char stops[] = ", stop_time: 20s, kill_grace: 1m, deployments: [{at: 10m, app: "
                                "/p, scale: 0}]";
    Cell *cell = pod(json, "", stops, "");
    cell_run(cell, 700 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 2);
    assert_int_equal(ended_at(cell, 0), 600 * S + 15 * S / 2);
    assert_int_equal(ended_at(cell, 1), 620 * S);
    cell_free(cell);

    cell = pod(json, ", containers: [{name: b, lifetime: {law: constant, value: 5m}}]",
               ", stop_time: 20s, kill_grace: 1m", "");
    cell_run(cell, 304 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 2);
    assert_int_equal(ended_at(cell, 1) - ended_at(cell, 0), 3 * S);
    cell_free(cell);
}

/* taskKillGracePeriodSeconds of an app is the same; an upgrade may change it. */
static void apps_have_kill_policies_of_their_own(void **state)
{
    static const char json[] = "{'id': '/a', 'cmd': 'x', 'instances': 1, 'cpus': 1, "
                               "'taskKillGracePeriodSeconds': 7}";
    char *file = lab_file("next.json", "{\"id\": \"/a\", \"cmd\": \"x\", \"instances\": 1, "
                                       "\"cpus\": 1, \"taskKillGracePeriodSeconds\": 12}");
    g_autofree char *more = g_strdup_printf(", stop_time: 20s, deployments: [{at: 10m, upgrade: "
                                            "%s}, {at: 20m, app: /a, scale: 0}]",
                                            file);
    Cell *cell = pod(json, "", more, "");
    cell_run(cell, 1800 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 2);
    HfTime replaced = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 1)->at;
    assert_true(ended_at(cell, 0) >= replaced + 7 * S && ended_at(cell, 0) < replaced + 8 * S);
    assert_int_equal(ended_at(cell, 1), 1212 * S);
    lab_remove(file);
    cell_free(cell);
}

/* What does not run within 5 minutes is killed when Marathon next looks, each 5 s, and launched
 * again at once; of a pod all containers are. `none`: it is waited for. */
static void what_does_not_start_in_time_is_launched_again(void **state)
{
    static const char slow[] = "agent: {executor_startup: {law: constant, value: 8m}, "
                               "executor_registration_timeout: 1h}\n";
    Cell *cell = pod(two, "", "", slow);
    cell_run(cell, 310 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
    HfTime first = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 0)->at;
    HfTime again = cell_record(cell, HF_RECORD_TASK_LAUNCHED, 2)->at;
    assert_true(first < 5 * S);
    assert_int_equal(again, 305 * S);
    cell_run(cell, 900 * S);
    assert_int_equal(running(cell), 0);
    cell_free(cell);

    static const char *const limits[] = {"none", "15m"};
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *more = g_strdup_printf(", task_launch_confirm_timeout: %s", limits[i]);
        cell = pod(two, "", more, slow);
        cell_run(cell, 900 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 2);
        assert_int_equal(running(cell), 2);
        cell_free(cell);
    }
}

/* An answer to RECONCILE says that a task is staging: the other limit holds, from the launch on. */
static void what_is_said_to_be_staging_has_another_limit(void **state)
{
    Cell *cell = pod(two, "", ", task_launch_timeout: 7m",
                     "agent: {executor_startup: {law: constant, value: 20m}, "
                     "executor_registration_timeout: 1h}\n"
                     "failures: [{what: framework-failover, at: 2m, down: 10s}]\n");
    cell_run(cell, 424 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 2);
    cell_run(cell, 426 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 4);
    cell_free(cell);
}

#define CHECK(INTERVAL, FAILURES)                                                                  \
    "'healthCheck': {'exec': {'command': {'shell': 'x'}}, 'delaySeconds': 5, 'timeoutSeconds': "   \
    "1, 'intervalSeconds': " INTERVAL ", 'maxConsecutiveFailures': " FAILURES "}"

/* Well at second 5 and for 100 s: b's check finds it sick at second 105, and a second time at 115,
 * when it is killed; a's, each minute, would have had it killed at 245. */
static void the_first_check_that_fails_too_often_has_a_pod_killed(void **state)
{
    static const char json[] =
        "{'id': '/p', 'containers': ["
        "{'name': 'a', 'resources': {'cpus': 0.5}, " CHECK(
            "60", "3") "}, "
                       "{'name': 'b', 'resources': {'cpus': 0.5}, " CHECK(
                           "10", "2") "}, "
                                      "{'name': 'c', 'resources': {'cpus': 0.5}}, "
                                      "{'name': 'd', 'resources': {'cpus': 0.5}, " CHECK("50",
                                                                                         "3") "}]}";
    Cell *cell = pod(json, ", unhealthy_after: {law: constant, value: 100s}", "", "");
    cell_run(cell, 130 * S);
    HfTime start = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at;
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 4);
    assert_int_equal(ended_at(cell, 0), start + 115 * S);
    cell_free(cell);
}

/* Sick from second 105 to 135: b's check sees it well at 135, a's, which failed at 125, at 185. A
 * deployment that scales it at second 110 is done then. */
static void a_pod_is_healthy_when_all_its_containers_are(void **state)
{
    static const char json[] =
        "{'id': '/p', 'containers': ["
        "{'name': 'a', 'resources': {'cpus': 1}, " CHECK(
            "60", "0") "}, "
                       "{'name': 'b', 'resources': {'cpus': 1}, " CHECK("10", "0") "}]}";
    Cell *cell = pod(json,
                     ", unhealthy_after: {law: constant, value: 100s}, "
                     "unhealthy_for: {law: constant, value: 30s}",
                     ", deployments: [{at: 110s, app: /p, scale: 2}]", "");
    cell_run(cell, 200 * S);
    HfTime start = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at;
    assert_int_equal(cell_count(cell, HF_RECORD_DEPLOYMENT_ENDED), 1);
    assert_int_equal(cell_record(cell, HF_RECORD_DEPLOYMENT_ENDED, 0)->at, start + 185 * S);
    cell_free(cell);
}

/* The same of an app with several checks. */
static void each_check_of_an_app_counts(void **state)
{
    static const char json[] =
        "{'id': '/a', 'cmd': 'x', 'instances': 1, 'cpus': 1, 'ports': [0], 'healthChecks': ["
        "{'protocol': 'TCP', 'portIndex': 0, 'delaySeconds': 5, 'intervalSeconds': 10, "
        "'timeoutSeconds': 1, 'maxConsecutiveFailures': 2}, "
        "{'protocol': 'TCP', 'portIndex': 0, 'delaySeconds': 5, 'intervalSeconds': 60, "
        "'timeoutSeconds': 1, 'maxConsecutiveFailures': 3}]}";
    Cell *cell = pod(json, ", unhealthy_after: {law: constant, value: 100s}", "", "");
    cell_run(cell, 130 * S);
    HfTime start = cell_record(cell, HF_RECORD_TASK_STARTED, 0)->at;
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_ENDED), 1);
    assert_int_equal(ended_at(cell, 0), start + 115 * S);
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_are_a_group_in_an_executor_of_their_own),
        cmocka_unit_test(a_container_that_fails_takes_the_instance_along),
        cmocka_unit_test(a_resident_pod_is_launched_again_on_its_volume),
        cmocka_unit_test(a_resident_pod_that_never_begins_keeps_its_volume),
        cmocka_unit_test(pods_outlive_their_agents_process),
        cmocka_unit_test(scaling_down_kills_all_containers),
        cmocka_unit_test(a_pod_that_comes_back_is_one_too_many),
        cmocka_unit_test(an_upgrade_may_change_the_containers),
        cmocka_unit_test(a_scheduler_that_is_back_asks_about_each_container),
        cmocka_unit_test(an_ended_containers_sandbox_may_go_before_its_executor),
        cmocka_unit_test(containers_have_kill_policies_of_their_own),
        cmocka_unit_test(apps_have_kill_policies_of_their_own),
        cmocka_unit_test(what_does_not_start_in_time_is_launched_again),
        cmocka_unit_test(what_is_said_to_be_staging_has_another_limit),
        cmocka_unit_test(the_first_check_that_fails_too_often_has_a_pod_killed),
        cmocka_unit_test(a_pod_is_healthy_when_all_its_containers_are),
        cmocka_unit_test(each_check_of_an_app_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
