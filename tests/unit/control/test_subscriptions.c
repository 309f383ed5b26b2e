/* Who may subscribe, as what, and what a successor may change. Two hosts of 4 cpus and 1 GB. */
#include "unit/control/lab.h"

static HfPump *two_hosts(const HfMasterConfig *master)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    if (master != NULL) config.master = *master;
    config.log_messages = TRUE;
    config.failover_timeout = HF_SECONDS(3600);
    HfPump *pump = hf_pump_new(&config);
    for (int i = 0; i < 2; i++) hf_pump_add_agent(pump, "cpus:4;mem:1024");
    hf_pump_run(pump, HF_SECONDS(2.5));
    return pump;
}

static void assert_refused(HfPump *pump, uint32_t framework, const char *why)
{
    g_autofree char *text = g_strdup_printf("\"why\":\"%s\"", why);
    assert_int_equal(hf_pump_framework(pump, framework)->errors, 1);
    assert_int_equal(hf_pump_framework(pump, framework)->id, HF_ROW_NONE);
    assert_int_equal(pump->last[HF_RECORD_FRAMEWORK_REFUSED].value, framework);
    if (strstr(pump->text->str, text) == NULL) fail_msg("%s is not said", why);
}

/* Mesos rows: 353, 357, 358, 495. */
static void roles_must_fit_the_capability(void **state)
{
    static const struct {
        const char *roles;
        uint32_t capabilities;
        const char *refused; /* NULL: it is subscribed */
        uint32_t offers;
    } cases[] = {
        {"a", 0, NULL, 2},
        {"*", 0, NULL, 2},
        {"a/b", 0, NULL, 2},
        {"", 0, "ONE_ROLE", 0},
        {"a,b", 0, "ONE_ROLE", 0},
        {"a,b,a", 0, "ONE_ROLE", 0},
        {"a", HF_CAPABILITY_MULTI_ROLE, NULL, 2},
        {"a,b", HF_CAPABILITY_MULTI_ROLE, NULL, 2},
        {"*,b", HF_CAPABILITY_MULTI_ROLE, NULL, 2},
        {"a,b,a", HF_CAPABILITY_MULTI_ROLE, "ROLE_TWICE", 0},
        {"", HF_CAPABILITY_MULTI_ROLE, NULL, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = two_hosts(NULL);
        uint32_t f = hf_pump_add_framework(pump, "f", cases[i].roles, cases[i].capabilities, FALSE);
        hf_pump_run_for(pump, HF_SECONDS(1));
        if (cases[i].refused != NULL)
            assert_refused(pump, f, cases[i].refused);
        else
            assert_int_equal(hf_pump_framework(pump, f)->id, 0);
        assert_int_equal(hf_pump_framework(pump, f)->offers.count, cases[i].offers);
        hf_pump_run_for(pump, HF_SECONDS(300)); /* it does not ask again */
        assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_REFUSED), cases[i].refused != NULL);
        hf_pump_free(pump);
    }
    HfRoleId role;
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    assert_false(
        hf_role_intern(catalog, "/a", &role, NULL)); /* no name of a role: it cannot be said */
    assert_false(hf_role_intern(catalog, "", &role, NULL));
}

/* Mesos rows: 359, 481. */
static void only_listed_roles_may_subscribe(void **state)
{
    HfMasterConfig config;
    hf_master_config_init(&config);
    HfRoleId listed[2];
    g_autoptr(HfCatalog) same =
        hf_catalog_new(0); /* the pump's catalog numbers its roles likewise */
    assert_true(hf_role_intern(same, "a", &listed[0], NULL));
    assert_true(hf_role_intern(same, "b", &listed[1], NULL));
    config.roles = listed;
    config.role_count = 2;
    static const struct {
        const char *roles;
        gboolean is_good;
    } cases[] = {{"a", TRUE},    {"a,b", TRUE}, {"*", TRUE},
                 {"a,c", FALSE}, {"c", FALSE},  {"a/b", FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfPump *pump = two_hosts(&config);
        HfRoleId role;
        hf_role_intern(pump->catalog, "a", &role, NULL);
        hf_role_intern(pump->catalog, "b", &role, NULL);
        uint32_t f =
            hf_pump_add_framework(pump, "f", cases[i].roles, HF_CAPABILITY_MULTI_ROLE, FALSE);
        hf_pump_run_for(pump, 0);
        if (cases[i].is_good)
            assert_int_equal(hf_pump_framework(pump, f)->offers.count, 2);
        else
            assert_refused(pump, f, "ROLE_UNKNOWN");
        hf_pump_free(pump);
    }
}

/* A scheduler whose framework another principal owns is refused; the one that is there stays. */
static void a_successor_needs_the_same_principal(void **state)
{
    /* Mesos rows: 356. */
    HfPump *pump = two_hosts(NULL);
    hf_pump_add_framework_as(pump, "f", "ops", "a", HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, 0);
    static const char *const others[] = {"eve", NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        uint32_t other =
            hf_pump_add_successor_as(pump, 0, others[i], "a", HF_CAPABILITY_MULTI_ROLE, TRUE);
        hf_pump_run_for(pump, HF_SECONDS(1));
        assert_refused(pump, other, "PRINCIPAL");
    }
    assert_int_equal(hf_pump_framework(pump, 0)->errors, 0);
    assert_int_equal(hf_pump_framework(pump, 0)->offers.count, 2);
    assert_int_equal(count(pump, HF_RECORD_FRAMEWORK_DISCONNECTED), 0);
    hf_pump_free(pump);
}

/* Mesos rows: 356. Whether tasks are checkpointed stays as it was; roles change. */
static void a_successor_changes_roles_but_not_checkpointing(void **state)
{
    HfPump *pump = two_hosts(NULL);
    hf_pump_add_framework_as(pump, "f", "ops", "a", HF_CAPABILITY_MULTI_ROLE, TRUE);
    hf_pump_run_for(pump, 0);
    uint32_t next = hf_pump_add_successor_as(pump, 0, "ops", "b", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(pump, 0);
    assert_int_equal(hf_pump_framework(pump, 0)->errors, 1);
    assert_int_equal(hf_pump_framework(pump, next)->id, 0);
    hf_pump_launch(pump, next, 1, "cpus:1", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    uint32_t host = hf_pump_update(pump, next, 1)->status.host;
    hf_pump_stop(pump, host);
    hf_pump_run_for(pump, HF_SECONDS(1));
    hf_pump_boot(pump, host);
    hf_pump_run_for(pump, HF_SECONDS(30));
    assert_int_equal(hf_pump_update(pump, next, 1)->status.state, HF_TASK_RUNNING);
    hf_pump_free(pump);
}

typedef struct Change {
    const char *before, *after; /* roles */
    uint32_t had, has;          /* capabilities */
    const char *offered;        /* roles of the offers of the successor, sorted */
} Change;

static char *roles_offered(HfPump *pump, uint32_t framework)
{
    const HfPumpFramework *f = hf_pump_framework(pump, framework);
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < f->offers.count; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               hf_role_path(pump->catalog, f->offers.at[i].role));
    return g_string_free(text, FALSE);
}

static void a_successor_may_change_roles_and_capability(void **state)
{
    static const Change changes[] = {
        /* Mesos rows: 360. */
        {"a", "a", 0, HF_CAPABILITY_MULTI_ROLE, "a a"},
        /* Mesos rows: 361. */
        {"a,b", "c", HF_CAPABILITY_MULTI_ROLE, 0, "c c"},
        {"a", "a", HF_CAPABILITY_MULTI_ROLE, 0, "a a"},
        /* Mesos rows: 362. */
        {"a", "b", HF_CAPABILITY_MULTI_ROLE, HF_CAPABILITY_MULTI_ROLE, "b b"},
        {"a", "b", 0, 0, "b b"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        HfPump *pump = two_hosts(NULL);
        hf_pump_add_framework(pump, "f", changes[i].before, changes[i].had, FALSE);
        hf_pump_run_for(pump, 0);
        hf_pump_scheduler_stop(pump, 0);
        hf_pump_run_for(pump, HF_SECONDS(5));
        uint32_t next =
            hf_pump_add_successor_as(pump, 0, NULL, changes[i].after, changes[i].has, FALSE);
        hf_pump_run_for(pump, 0);
        assert_int_equal(hf_pump_framework(pump, next)->id, 0);
        g_autofree char *roles = roles_offered(pump, next);
        assert_string_equal(roles, changes[i].offered);
        hf_pump_free(pump);
    }
}

/* Mesos rows: 362. What runs under the old role counts there until it ends; nothing is offered
 * there. */
static void tasks_of_a_role_that_was_left_count_there(void **state)
{
    HfPump *pump = two_hosts(NULL);
    hf_pump_add_framework(pump, "f", "a", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(pump, 0);
    hf_pump_launch(pump, 0, 1, "cpus:2;mem:512", HF_TIME_NEVER);
    hf_pump_run_for(pump, 0);
    hf_pump_scheduler_stop(pump, 0);
    uint32_t next = hf_pump_add_successor_as(pump, 0, NULL, "b", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(pump, HF_SECONDS(2));
    HfRoleId a = hf_role_find(pump->catalog, "a");
    HfAllocator *allocator = hf_master_allocator(pump->master);
    assert_true(hf_allocator_role_share(allocator, a) == 0.25);
    g_autofree char *roles = roles_offered(pump, next);
    assert_null(strchr(roles, 'a'));
    hf_pump_kill(pump, next, 1);
    hf_pump_run_for(pump, HF_SECONDS(2));
    assert_int_equal(hf_pump_update(pump, next, 1)->status.state, HF_TASK_KILLED);
    assert_true(hf_allocator_role_share(allocator, a) == 0);
    g_autofree char *later = roles_offered(pump, next);
    assert_null(strchr(later, 'a'));
    hf_pump_free(pump);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_must_fit_the_capability),
        cmocka_unit_test(only_listed_roles_may_subscribe),
        cmocka_unit_test(a_successor_needs_the_same_principal),
        cmocka_unit_test(a_successor_changes_roles_but_not_checkpointing),
        cmocka_unit_test(a_successor_may_change_roles_and_capability),
        cmocka_unit_test(tasks_of_a_role_that_was_left_count_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
