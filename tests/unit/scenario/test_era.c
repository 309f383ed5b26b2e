/* What an era does not have is refused at the key that asks for it, with its rule and release. */
#include "fixture.h"

static const char *const everything[] = {
    "master: {role_sorter: random}\n",
    "master: {framework_sorter: random}\n",
    "master: {min_allocatable_resources: none}\n",
    "master: {agent_ping_timeout: 20s}\n",
    "master: {max_agent_ping_timeouts: 4}\n",
    "master: {fair_sharing_excluded_resource_names: [gpus]}\n",
    "roles: {a/b: {weight: 2}}\n",
    "roles: {a: {guarantee: \"cpus:1\"}}\n",
    "roles: {a: {limit: \"cpus:1\"}}\n",
};

/* The era in which each of the above is legal first. */
static const HfEra since[] = {
    HF_ERA_1_11, HF_ERA_1_11, HF_ERA_1_11, HF_ERA_0_23, HF_ERA_0_23,
    HF_ERA_1_4,  HF_ERA_1_4,  HF_ERA_1_4,  HF_ERA_1_11,
};

static HfScenarioSet *read_in(HfEra era, const char *rest, GError **error)
{
    g_autofree char *text =
        g_strdup_printf(SMALL "era: \"%s\"\n%s%s", hf_era_name(era),
                        strstr(rest, "frameworks") != NULL ? "" : "frameworks: []\n", rest);
    return read_with(text, NULL, NULL, error);
}

static void each_setting_is_legal_from_its_era_on(void **state)
{
    _Static_assert(G_N_ELEMENTS(everything) == G_N_ELEMENTS(since), "one era each");
    for (size_t i = 0; i < G_N_ELEMENTS(everything); i++)
        for (int era = 0; era < HF_ERAS; era++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(HfScenarioSet) set = read_in((HfEra)era, everything[i], &error);
            if ((set != NULL) != ((HfEra)era >= since[i]))
                fail_msg("era %s: %s: %s", hf_era_name((HfEra)era), everything[i],
                         error != NULL ? error->message : "taken");
        }
}

static void the_message_names_key_rule_and_release(void **state)
{
    static const struct {
        HfEra era;
        const char *text, *message;
    } cases[] = {
        {HF_ERA_0_23, "roles: {a: {guarantee: \"cpus:1\"}}\n",
         "t.yaml:7:24: roles.a.guarantee: era 0.23 has no quota (since Mesos 0.27.0, MESOS-3718)"},
        {HF_ERA_0_23, "roles: {a: {limit: \"cpus:1\"}}\n",
         "t.yaml:7:20: roles.a.limit: era 0.23 has no quota (since Mesos 0.27.0, MESOS-3718)"},
        {HF_ERA_1_4, "roles: {a: {limit: \"cpus:1\"}}\n",
         "t.yaml:7:20: roles.a.limit: era 1.4 has no quota-limits (since Mesos 1.9.0, "
         "CHANGELOG 1.9.0)"},
        {HF_ERA_0_22, "frameworks: [{name: x, model: idle, roles: [a, b]}]\n",
         "t.yaml:6:44: frameworks[0].roles: era 0.22 has no multi-role-frameworks (since Mesos "
         "1.3.0, MESOS-1763)"},
        {HF_ERA_0_23, "frameworks: [{name: x, model: idle, role: a/b}]\n",
         "t.yaml:6:43: frameworks[0].role: era 0.23 has no hierarchical-roles (since Mesos 1.4.0, "
         "MESOS-6375)"},
        {HF_ERA_0_23,
         "frameworks: [{name: x, model: idle, capabilities: [REVOCABLE_RESOURCES, "
         "GPU_RESOURCES]}]\n",
         "t.yaml:6:73: frameworks[0].capabilities[1]: era 0.23 has no gpu-filter (since Mesos "
         "1.0.0, MESOS-5634)"},
        {HF_ERA_0_22, "frameworks: [{name: x, model: idle, capabilities: [REVOCABLE_RESOURCES]}]\n",
         "t.yaml:6:52: frameworks[0].capabilities[0]: era 0.22 has no revocable-resources (since "
         "Mesos 0.23.0, MESOS-354)"},
        {HF_ERA_1_4, "frameworks: [{name: x, model: idle, min_allocatable_resources: 'cpus:2'}]\n",
         "t.yaml:6:64: frameworks[0].min_allocatable_resources: era 1.4 has no framework-minimum "
         "(since Mesos 1.8.0, MESOS-9523)"},
        {HF_ERA_1_4, "frameworks: [{name: x, model: idle, offer_constraints: '{}'}]\n",
         "t.yaml:6:56: frameworks[0].offer_constraints: era 1.4 has no offer-constraints (since "
         "Mesos 1.11.0, MESOS-10161)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(read_in(cases[i].era, cases[i].text, &error));
        assert_string_equal(error->message, cases[i].message);
    }
}

static void a_default_that_is_written_is_no_request(void **state)
{
    g_autoptr(HfScenarioSet) set =
        read_in(HF_ERA_0_22,
                "master: {role_sorter: drf, min_allocatable_resources: \"cpus:0.01|mem:32\",\n"
                "  agent_ping_timeout: 15s, max_agent_ping_timeouts: 5}\n",
                NULL);
    assert_non_null(set);
    assert_int_equal(set->arms[0]->era, HF_ERA_0_22);
}

static void each_arm_is_checked_in_its_own_era(void **state)
{
    g_autoptr(GError) error = NULL;
    assert_null(read_in(HF_ERA_1_11,
                        "roles: {a: {guarantee: \"cpus:1\"}}\n"
                        "arms: [{name: now}, {name: then, set: {era: '0.22'}}]\n",
                        &error));
    assert_non_null(strstr(error->message, "roles.a.guarantee: era 0.22 has no quota"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_is_legal_from_its_era_on),
        cmocka_unit_test(the_message_names_key_rule_and_release),
        cmocka_unit_test(a_default_that_is_written_is_no_request),
        cmocka_unit_test(each_arm_is_checked_in_its_own_era),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
