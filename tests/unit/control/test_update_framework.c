/* What a framework says of itself, and says anew: at subscription and by UPDATE_FRAMEWORK. */
#include "unit/control/operators.h"

static HfPump *with_framework(const char *roles)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout = HF_SECONDS(600);
    config.log_messages = TRUE;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2.5));
    hf_pump_add_framework_as(pump, "web", "ops", roles, HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, 0);
    return pump;
}

static HfPumpFramework *web(HfPump *pump)
{
    return hf_pump_framework(pump, 0);
}

/* The same but for roles. */
static void update(HfPump *pump, const char *roles, const char *suppressed)
{
    hf_pump_update_framework(pump, 0, "ops", roles, suppressed, HF_CAPABILITY_MULTI_ROLE, TRUE,
                             NULL);
    hf_pump_run_for(pump, 0);
}

/* Mesos rows: 633, 634. Nothing is changed then. */
static void principal_and_checkpoint_stay_as_they_are(void **state)
{
    HfPump *pump = with_framework("web");
    hf_pump_update_framework(pump, 0, "other", "db", "", HF_CAPABILITY_MULTI_ROLE, TRUE, NULL);
    hf_pump_run_for(pump, 0);
    assert_int_equal(web(pump)->updated, 400);
    hf_pump_update_framework(pump, 0, "ops", "db", "", HF_CAPABILITY_MULTI_ROLE, FALSE, NULL);
    hf_pump_run_for(pump, 0);
    assert_int_equal(web(pump)->updated, 400);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_UPDATED), 0);
    assert_int_equal(web(pump)->rescinds, 0);
    assert_int_equal(web(pump)->errors, 0);
    hf_pump_free(pump);
}

/* Mesos rows: 635. It learns of partitions: from then on, and after a new subscription still, its
 * tasks out of reach are not lost. */
static void capabilities_may_change(void **state)
{
    HfPump *pump = with_framework("web");
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_update_framework(pump, 0, "ops", "web", "",
                             HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_PARTITION_AWARE, TRUE, NULL);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(web(pump)->updated, 200);
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_scheduler_start(pump, 0);
    hf_pump_cut(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(120));
    assert_told(pump, 1, HF_TASK_UNREACHABLE, HF_REASON_SLAVE_REMOVED);
    hf_pump_free(pump);
}

/* Mesos rows: 636. Said again, it changes nothing: offers and filters stay. */
static void the_same_again_changes_nothing(void **state)
{
    HfPump *pump = with_framework("web,db");
    assert_int_equal(web(pump)->offers.count, 1);
    update(pump, "web,db", "");
    assert_int_equal(web(pump)->updated, 200);
    assert_int_equal(web(pump)->rescinds, 0);
    assert_int_equal(web(pump)->offers.count, 1);
    hf_pump_decline_all(pump, 0, 3600);
    hf_pump_run_for(pump, HF_SECONDS(2));
    hf_pump_decline_all(pump, 0, 3600); /* of the other role */
    update(pump, "web,db", "");
    hf_pump_run_for(pump, HF_SECONDS(5));
    assert_int_equal(web(pump)->offers.count, 0);
    hf_pump_free(pump);
}

/* Mesos rows: 637, 638. Without roles it is offered nothing and what it was offered is free,
 * without filter; with one, by the next batch. */
static void roles_come_and_go(void **state)
{
    HfPump *pump = with_framework("web");
    update(pump, "", "");
    assert_int_equal(web(pump)->updated, 200);
    assert_int_equal(web(pump)->rescinds, 1);
    assert_int_equal(web(pump)->offers.count, 0);
    assert_available(pump, "cpus:4;mem:1024");
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(web(pump)->offers.count, 0);
    update(pump, "db", "");
    assert_int_equal(web(pump)->offers.count, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(web(pump)->offers.count, 1);
    assert_string_equal(hf_role_path(pump->catalog, web(pump)->offers.at[0].role), "db");
    hf_pump_free(pump);
}

/* Mesos rows: 639, 640, 649. A role added as suppressed is not offered, nor by a new agent; roles
 * may leave and be heard again in one call. */
static void roles_may_come_suppressed(void **state)
{
    HfPump *pump = with_framework("web");
    update(pump, "db", "db");
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(web(pump)->offers.count, 0);
    hf_pump_add_agent(pump, "cpus:1;mem:64");
    hf_pump_run_for(pump, HF_SECONDS(3));
    assert_int_equal(web(pump)->offers.count, 0);
    update(pump, "db,web", "db");
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(web(pump)->offers.count, 2);
    hf_pump_decline_all(pump, 0, 0);
    update(pump, "db", "");
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(web(pump)->offers.count, 2);
    assert_string_equal(hf_role_path(pump->catalog, web(pump)->offers.at[0].role), "db");
    update(pump, "db", "web"); /* not one of its roles */
    assert_int_equal(web(pump)->updated, 400);
    hf_pump_free(pump);
}

static HfOfferConstraints *constraints_of(HfPump *pump, const char *role, const char *predicate)
{
    g_autofree char *text = g_strdup_printf(
        "{\"role_constraints\":{\"%s\":{\"groups\":[{\"attribute_constraints\":[{\"selector\":"
        "{\"attribute_name\":\"rack\"},\"predicate\":{\"%s\":{}}}]}]}}}",
        role, predicate);
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, NULL);
    HfOfferConstraints *constraints = hf_offer_constraints_from_json(pump->catalog, node, NULL);
    assert_non_null(constraints);
    return constraints;
}

/* Mesos rows: 641, 642. New constraints act in the next run; those of a role that it does not have
 * are refused with the whole call. */
static void constraints_may_change(void **state)
{
    HfPump *pump = with_framework("web");
    hf_pump_decline_all(pump, 0, 0);
    static const struct {
        const char *role, *predicate;
        int status;
        guint offers;
    } steps[] = {
        {"web", "exists", 200, 0}, {"db", "not_exists", 400, 0}, {"web", "not_exists", 200, 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        HfOfferConstraints *constraints = constraints_of(pump, steps[i].role, steps[i].predicate);
        HfOfferWishes wishes = {.constraints = constraints};
        hf_pump_update_framework(pump, 0, "ops", "web", "", HF_CAPABILITY_MULTI_ROLE, TRUE,
                                 &wishes);
        hf_pump_run_for(pump, HF_SECONDS(1));
        assert_int_equal(web(pump)->updated, steps[i].status);
        assert_int_equal(web(pump)->offers.count, steps[i].offers);
        hf_offer_constraints_unref(constraints);
    }
    hf_pump_free(pump);
}

/* The era has to have it. */
static void older_masters_do_not_know_the_call(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.era = HF_ERA_1_4;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    hf_pump_run_for(pump, 0);
    hf_pump_update_framework(pump, 0, NULL, "db", "", 0, FALSE, NULL);
    hf_pump_run_for(pump, 0);
    assert_int_equal(web(pump)->updated, 400);
    hf_pump_free(pump);
}

/* ---- subscribing anew ---- */

/* A successor may bring other roles; offers of the roles left were void with the old connection. */
static void a_successor_may_bring_other_roles(void **state)
{
    HfPump *pump = with_framework("web");
    hf_pump_launch(pump, 0, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_scheduler_stop(pump, 0);
    const HfRoleId role = hf_role_find(pump->catalog, "web");
    HfRoleId db;
    assert_true(hf_role_intern(pump->catalog, "db", &db, NULL));
    hf_driver_describe(web(pump)->driver,
                       &(HfDriverConfig){.name = "web",
                                         .principal = "ops",
                                         .roles = &db,
                                         .role_count = 1,
                                         .capabilities = HF_CAPABILITY_MULTI_ROLE,
                                         .checkpoint = TRUE,
                                         .failover_timeout = HF_SECONDS(600)});
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(web(pump)->offers.count, 1);
    assert_int_equal(web(pump)->offers.at[0].role, db);
    assert_int_equal(hf_master_tasks(pump->master), 1); /* under the role that it left */
    assert_true(hf_allocator_role_share(hf_master_allocator(pump->master), role) > 0);
    hf_pump_free(pump);
}

/* Mesos rows: 712. Capabilities that a successor brings count for the allocator. */
static void a_successor_may_bring_other_capabilities(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout = HF_SECONDS(600);
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_agent(pump, "cpus:4;gpus:1");
    hf_pump_run(pump, HF_SECONDS(2.5));
    hf_pump_add_framework(pump, "web", "web", HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(web(pump)->offers.count, 0);
    hf_pump_scheduler_stop(pump, 0);
    const HfRoleId role = hf_role_find(pump->catalog, "web");
    hf_driver_describe(
        web(pump)->driver,
        &(HfDriverConfig){.name = "web",
                          .roles = &role,
                          .role_count = 1,
                          .capabilities = HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_GPU_RESOURCES,
                          .checkpoint = TRUE,
                          .failover_timeout = HF_SECONDS(600)});
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(web(pump)->offers.count, 1);
    hf_pump_free(pump);
}

/* Another principal is another owner: it is told so, and the framework is left alone. */
static void a_successor_of_another_principal_is_turned_away(void **state)
{
    HfPump *pump = with_framework("web");
    uint32_t other = hf_pump_add_successor(pump, 0); /* it has no principal */
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_framework(pump, other)->errors, 1);
    assert_string_equal(hf_pump_framework(pump, other)->why,
                        "Changing framework's principal is not allowed.");
    assert_int_equal(web(pump)->errors, 0);
    assert_true(hf_driver_is_subscribed(web(pump)->driver));
    hf_pump_free(pump);
}

/* A scheduler that lost its id is another framework; the old one lives until its timeout, and its
 * reservations stay. */
static void who_loses_its_id_is_another_framework(void **state)
{
    HfPump *pump = with_framework("web");
    hf_pump_operate(pump, 0, 1, "RESERVE cpus(D:web,p=ops):1 | LAUNCH 1=cpus(D:web,p=ops):1", 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_scheduler_stop(pump, 0);
    hf_driver_lose_id(web(pump)->driver);
    hf_pump_scheduler_start(pump, 0);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(web(pump)->id, 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 1);
    hf_pump_run_for(pump, HF_SECONDS(600));
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REMOVED), 1);
    assert_int_equal(hf_pump_host(pump, 0)->runs.count, 0);
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus(D:web,p=ops):1;cpus:3;mem:1024");
    hf_pump_free(pump);
}

/* Mesos rows: 693. */
static void a_failover_timeout_must_be_a_duration(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.failover_timeout = -1;
    HfPump *pump = hf_pump_new(&config);
    hf_pump_add_framework(pump, "web", "web", 0, FALSE);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_framework(pump, 0)->errors, 1);
    assert_int_equal(hf_master_frameworks(pump->master), 0);
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(principal_and_checkpoint_stay_as_they_are),
        cmocka_unit_test(capabilities_may_change),
        cmocka_unit_test(the_same_again_changes_nothing),
        cmocka_unit_test(roles_come_and_go),
        cmocka_unit_test(roles_may_come_suppressed),
        cmocka_unit_test(constraints_may_change),
        cmocka_unit_test(older_masters_do_not_know_the_call),
        cmocka_unit_test(a_successor_may_bring_other_roles),
        cmocka_unit_test(a_successor_may_bring_other_capabilities),
        cmocka_unit_test(a_successor_of_another_principal_is_turned_away),
        cmocka_unit_test(who_loses_its_id_is_another_framework),
        cmocka_unit_test(a_failover_timeout_must_be_a_duration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
