/* Settings of a scenario on their way to the allocator: quota, era, quirks, order of agents. */
#include "unit/world/greedy.h"

#define FOUR "duration: 1h\nagents: [{name: n, count: 4, resources: 'cpus:4;mem:1024'}]\n"

static double running(const char *text, const char *metric)
{
    Cell *cell = cell_new(text);
    hf_world_run(cell->world, HF_TIME_NEVER);
    hf_world_finish(cell->world);
    HfMetrics *metrics = hf_metrics_new(cell->world);
    double value = cell_metric(metrics, metric);
    hf_metrics_free(metrics);
    cell_free(cell);
    return value;
}

static void a_limit_bounds_what_a_role_runs(void **state)
{
    const char *hungry = "frameworks: [{name: f, model: greedy, role: a, tasks: 100}]\n";
    g_autofree char *free_of_it = g_strconcat(FOUR, hungry, NULL);
    g_autofree char *limited = g_strconcat(FOUR "roles: {a: {limit: 'cpus:6'}}\n", hungry, NULL);
    assert_true(running(free_of_it, "framework.f.running_at_end") == 16);
    assert_true(running(limited, "framework.f.running_at_end") == 6);
}

/* Role b is guaranteed 5 of 16 cpus; it comes when a has had all day to take them. */
static void a_guarantee_is_held_back_until_it_is_asked_for(void **state)
{
    const char *both = "frameworks: [{name: f, model: greedy, role: a, tasks: 100},\n"
                       "  {name: g, model: greedy, role: b, tasks: 100, start: 30m}]\n";
    g_autofree char *without = g_strconcat(FOUR, both, NULL);
    g_autofree char *with =
        g_strconcat(FOUR "roles: {b: {guarantee: 'cpus:5;mem:320'}}\n", both, NULL);
    assert_true(running(without, "framework.g.running_at_end") == 0);
    assert_true(running(with, "framework.f.running_at_end") == 11);
    assert_true(running(with, "framework.g.running_at_end") == 5);
}

static void guarantees_beyond_what_agents_have_are_refused(void **state)
{
    g_autoptr(HfScenarioSet) set =
        cell_parse("name: x\n" FOUR "frameworks: []\n"
                   "roles: {a: {guarantee: 'cpus:10'}, b: {guarantee: 'cpus:6;mem:4096'},\n"
                   "  c: {guarantee: 'cpus:0.001'}}\n");
    g_autoptr(GError) error = NULL;
    assert_null(hf_world_new(set->arms[0], &error));
    assert_string_equal(error->message,
                        "roles.c.guarantee: guarantees add up to cpus:16.001; mem:4096, more than "
                        "the agents have: cpus:16; mem:4096");
    assert_true(g_error_matches(error, HF_WORLD_ERROR, HF_WORLD_ERROR_INPUT));
}

static void only_agents_on_the_whitelist_are_offered(void **state)
{
    const char *hungry = "frameworks: [{name: f, model: greedy, tasks: 100}]\n";
    g_autofree char *listed = g_strconcat(FOUR "master: {whitelist: [n-0, n-3]}\n", hungry, NULL);
    assert_true(running(listed, "framework.f.running_at_end") == 8);
    g_autoptr(HfScenarioSet) set =
        cell_parse("name: x\n" FOUR "frameworks: []\nmaster: {whitelist: [n-0, n-4]}\n");
    g_autoptr(GError) error = NULL;
    assert_null(hf_world_new(set->arms[0], &error));
    assert_string_equal(error->message, "master.whitelist: no agent is called \"n-4\"");
}

/* 4 cpus are free on each agent; the first framework wants more, or nothing in particular. */
static void a_framework_has_a_minimum_of_its_own(void **state)
{
    static const struct {
        const char *minimum;
        double running;
    } cases[] = {{"", 16},
                 {", min_allocatable_resources: 'cpus:4.001'", 0},
                 {", min_allocatable_resources: 'cpus:5|mem:1024'", 16},
                 {", min_allocatable_resources: 'cpus:0'", 16}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            FOUR "frameworks: [{name: f, model: greedy, tasks: 100%s}]\n", cases[i].minimum);
        assert_true(running(text, "framework.f.running_at_end") == cases[i].running);
    }
}

static void a_framework_is_offered_the_agents_that_it_wants(void **state)
{
    const char *text =
        "duration: 1h\n"
        "agents: [{name: n, count: 4, resources: 'cpus:4;mem:1024', attributes: "
        "'rack:r{index/3}'}]\n"
        "frameworks: [{name: f, model: greedy, role: web, tasks: 100, offer_constraints:\n"
        "  '{\"role_constraints\": {\"web\": {\"groups\": [{\"attribute_constraints\": "
        "[{\"selector\":\n"
        "  {\"attribute_name\": \"rack\"}, \"predicate\": {\"text_equals\": {\"value\": "
        "\"r1\"}}}]}]}}}'}]\n";
    assert_true(running(text, "framework.f.running_at_end") == 4);
    static const char *const wrong[] = {"{",
                                        "{\"role_constraints\": {\"web\": {\"groups\": [{}]}}}"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *bad = g_strdup_printf(
            "name: x\n" FOUR "frameworks: [{name: f, model: greedy, offer_constraints: '%s'}]\n",
            wrong[i]);
        g_autoptr(HfScenarioSet) set = cell_parse(bad);
        g_autoptr(GError) error = NULL;
        assert_null(hf_world_new(set->arms[0], &error));
        assert_true(g_str_has_prefix(error->message, "frameworks[0].offer_constraints: "));
    }
}

static void era_and_quirks_reach_the_allocator(void **state)
{
    static const struct {
        const char *text;
        HfEra era;
        uint32_t quirks;
    } cases[] = {{"", HF_ERA_1_11, 0},
                 {"era: '0.22'\n", HF_ERA_0_22, 0},
                 {"era: '1.4'\nmaster: {quirks: strict}\n", HF_ERA_1_4, HF_QUIRKS_MESOS},
                 {"master: {quirks: documented}\n", HF_ERA_1_11, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(FOUR "frameworks: []\n", cases[i].text, NULL);
        Cell *cell = cell_new(text);
        assert_int_equal(hf_allocator_era(hf_master_allocator(hf_world_master(cell->world))),
                         cases[i].era);
        assert_int_equal(hf_world_catalog(cell->world)->quirks, cases[i].quirks);
        cell_free(cell);
    }
}

/* The first agent that a run offers: the first in order of registration, or any. */
static void agents_are_visited_in_order_or_shuffled(void **state)
{
    gboolean is_other = FALSE;
    for (int seed = 1; seed <= 20; seed++) {
        for (int shuffled = 0; shuffled < 2; shuffled++) {
            g_autofree char *text = g_strdup_printf(
                FOUR "seed: %d\nmaster: {agent_order: %s}\n"
                     "frameworks: [{name: f, model: greedy, tasks: 1, cpus: 4, start: 10s}]\n",
                seed, shuffled ? "shuffled" : "sorted");
            Cell *cell = cell_new(text);
            hf_world_run(cell->world, 20 * S);
            assert_int_equal(cell_count(cell, HF_RECORD_TASK_LAUNCHED), 1);
            uint32_t first = cell_record(cell, HF_RECORD_OFFER_SENT, 0)->agent;
            if (!shuffled) assert_int_equal(first, 0);
            is_other |= first != 0;
            cell_free(cell);
        }
    }
    assert_true(is_other);
}

/* Two of four agents stand in another region: only a framework that is REGION_AWARE runs there. */
static void agents_of_other_regions_are_for_those_that_know_regions(void **state)
{
    static const char agents[] =
        "duration: 1h\nmaster: {region: here}\nagents:\n"
        "  - {name: near, resources: 'cpus:4;mem:1024', region: here, zone: a}\n"
        "  - {name: plain, resources: 'cpus:4;mem:1024'}\n"
        "  - {name: far, count: 2, resources: 'cpus:4;mem:1024', region: there, zone: a}\n";
    g_autofree char *unaware =
        g_strconcat(agents, "frameworks: [{name: f, model: greedy, tasks: 100}]\n", NULL);
    g_autofree char *aware = g_strconcat(
        agents,
        "frameworks: [{name: f, model: greedy, tasks: 100, capabilities: [REGION_AWARE]}]\n", NULL);
    assert_true(running(unaware, "framework.f.running_at_end") == 8);
    assert_true(running(aware, "framework.f.running_at_end") == 16);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_bounds_what_a_role_runs),
        cmocka_unit_test(a_guarantee_is_held_back_until_it_is_asked_for),
        cmocka_unit_test(guarantees_beyond_what_agents_have_are_refused),
        cmocka_unit_test(only_agents_on_the_whitelist_are_offered),
        cmocka_unit_test(agents_of_other_regions_are_for_those_that_know_regions),
        cmocka_unit_test(a_framework_has_a_minimum_of_its_own),
        cmocka_unit_test(a_framework_is_offered_the_agents_that_it_wants),
        cmocka_unit_test(era_and_quirks_reach_the_allocator),
        cmocka_unit_test(agents_are_visited_in_order_or_shuffled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
