/* Overrides, arms and the digest: several runs from one file. */
#include "fixture.h"

#define TWO                                                                                        \
    "name: two\n"                                                                                  \
    "seed: 7\n"                                                                                    \
    "duration: 1h\n"                                                                               \
    "agents: [{name: node, count: 4, resources: \"cpus:8\"}]\n"                                    \
    "roles: {a.b: {weight: 2}, c: {partition: 0.5}}\n"                                             \
    "frameworks:\n"                                                                                \
    "- {name: night, model: batch, role: c, arrivals: 10s, jobs: [{name: j}]}\n"                   \
    "- {name: day, model: idle, role: c}\n"

static HfScenarioSet *set_good(const char *const *overrides)
{
    GError *error = NULL;
    HfScenarioSet *set = read_with(TWO, overrides, NULL, &error);
    if (set == NULL) fail_msg("%s", error->message);
    return set;
}

static void overrides_reach_every_kind_of_place(void **state)
{
    const char *const overrides[] = {"duration=2h",
                                     "master.policy=static",
                                     "frameworks[0].think.base=10s",
                                     "frameworks.night.cpus=2.5",
                                     "frameworks.night.jobs.j.tasks=9",
                                     "roles[\"a.b\"].weight=3",
                                     "agents[node].resources=cpus:2;ports:[1-9]",
                                     "network={latency: {law: uniform, min: 1ms, max: 3ms}}",
                                     "question=is a=b?",
                                     NULL};
    g_autoptr(HfScenarioSet) set = set_good(overrides);
    const HfScenario *s = set->arms[0];
    assert_int_equal(s->duration, 2 * HF_NS_PER_HOUR);
    assert_string_equal(s->master.policy.name, "static");
    assert_int_equal(batch_of(set)->think.base, 10 * HF_NS_PER_SECOND);
    assert_int_equal(batch_of(set)->cpus, 2500);
    assert_int_equal(batch_of(set)->jobs.at[0].tasks, 9);
    assert_true(s->roles.at[0].weight == 3);
    assert_string_equal(s->agents.at[0].resources, "cpus:2;ports:[1-9]");
    assert_true(fabs(hf_law_mean(&s->network.latency) - 0.002) < 1e-15);
    assert_string_equal(s->question, "is a=b?");
}

static void the_last_of_two_overrides_wins(void **state)
{
    const char *const overrides[] = {"duration=2h", "duration=3h", NULL};
    g_autoptr(HfScenarioSet) set = set_good(overrides);
    assert_int_equal(set->arms[0]->duration, 3 * HF_NS_PER_HOUR);
}

static void whole_lists_may_be_replaced(void **state)
{
    const char *const overrides[] = {"frameworks=[]", "expect=[tasks.finished == 0]", NULL};
    g_autoptr(HfScenarioSet) set = set_good(overrides);
    assert_int_equal(set->arms[0]->frameworks.count, 0);
    assert_non_null(set->arms[0]->expect[0]);
}

static void refuse_override(const char *override, const char *message)
{
    const char *const overrides[] = {override, NULL};
    refuse_with(TWO, overrides, message);
}

static void a_bad_override_is_named_instead_of_a_line(void **state)
{
    refuse_override("master.polcy=static",
                    "--set master.polcy=static: master.polcy: unknown key; did you mean "
                    "\"policy\"?");
    refuse_override("duration=2", "--set duration=2: duration: a duration needs a unit: ns, us, "
                                  "ms, s, m, h, d or w, got \"2\"");
    refuse_override("duration", "--set duration: not of the form KEY=VALUE");
    refuse_override("=3", "--set =3: not of the form KEY=VALUE");
    refuse_override("duration=", "--set duration=: duration: has no value");
    refuse_override("a..b=1", "--set a..b=1: a..b: a name is missing");
    refuse_override("agents[0]x=1", "--set agents[0]x=1: agents[0]x: a '.' or '[' is missing");
    refuse_override("agents[0=1", "--set agents[0=1: agents[0: ] is missing");
    refuse_override("agents[]=1", "--set agents[]=1: agents[]: nothing stands in the brackets");
    refuse_override("roles[\"a.b].weight=1",
                    "--set roles[\"a.b].weight=1: not of the form KEY=VALUE");
    refuse_override("agents[99999999999].count=1",
                    "--set agents[99999999999].count=1: agents[99999999999].count: the index is "
                    "too large");
    refuse_override("agents[4].count=1",
                    "--set agents[4].count=1: agents[4]: the list has 1 entry, counted from 0");
    refuse_override("frameworks.nigth.cpus=1",
                    "--set frameworks.nigth.cpus=1: frameworks.nigth: the list has no entry of "
                    "that name; did you mean \"night\"?");
    refuse_override("duration.x=1", "--set duration.x=1: duration.x: what stands before the last "
                                    "part has no keys: it is \"1h\"");
    refuse_override("master={policy: drf, policy: drf}",
                    "--set master={policy: drf, policy: drf}: key \"policy\" is repeated");
    refuse_override("master={policy: [}",
                    "--set master={policy: [}: not valid YAML: did not find expected node content");
    refuse_override("seed=\xff", "--set seed=\357\277\275: seed: expected a whole number from 0 to "
                                 "18446744073709551615, got \"\357\277\275\"");
}

static void without_arms_there_is_one_run(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(TWO "expect: [tasks.finished == 1]\n");
    assert_int_equal(set->count, 1);
    assert_null(set->arms[0]->arm);
    assert_non_null(set->arms[0]->expect[0]);
    assert_null(set->expect[0]);
}

static const char arms[] = TWO "expect:\n"
                               "- tasks.finished > 1\n"
                               "- shared.tasks.finished > static.tasks.finished\n"
                               "- 1 < 2\n"
                               "arms:\n"
                               "- name: static\n"
                               "  set: {master.policy: static, frameworks.night.think.base: 2s}\n"
                               "- name: shared\n"
                               "  set: {\"frameworks[0].cpus\": 4, seed: 8}\n"
                               "  expect: [tasks.lost == 0]\n";

static void each_arm_is_a_run_of_its_own(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(arms);
    assert_int_equal(set->count, 2);
    const HfScenario *a = set->arms[0], *b = set->arms[1];
    assert_string_equal(a->arm, "static");
    assert_string_equal(a->master.policy.name, "static");
    assert_int_equal(((const Batch *)a->frameworks.at[0].model.config)->think.base,
                     2 * HF_NS_PER_SECOND);
    assert_int_equal(((const Batch *)a->frameworks.at[0].model.config)->cpus, 1000);
    assert_int_equal(a->seed, 7);
    assert_string_equal(b->arm, "shared");
    assert_string_equal(b->master.policy.name, "drf");
    assert_int_equal(((const Batch *)b->frameworks.at[0].model.config)->cpus, 4000);
    assert_int_equal(b->seed, 8);
    assert_int_equal(a->arms.count, 0);
}

static void an_arm_knows_what_it_changes_as_written(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(arms);
    const HfScenario *a = set->arms[0], *b = set->arms[1];
    assert_int_equal(a->settings.count, 2);
    assert_string_equal(a->settings.at[0].key, "master.policy");
    assert_string_equal(a->settings.at[0].value, "static");
    assert_string_equal(a->settings.at[1].value, "2s");
    assert_string_equal(b->settings.at[0].key, "frameworks[0].cpus");
    assert_string_equal(b->settings.at[0].value, "4");
    g_autoptr(HfScenarioSet) flow = read_good(TWO "arms:\n"
                                                  "- name: a\n"
                                                  "- name: b\n"
                                                  "  set:\n"
                                                  "    frameworks.night.think:\n"
                                                  "      base: 2s\n"
                                                  "      per_task: 1s\n"
                                                  "    expect: [1 < 2, '2 < 3']\n");
    assert_int_equal(flow->arms[0]->settings.count, 0);
    assert_string_equal(flow->arms[1]->settings.at[0].value, "{base: 2s, per_task: 1s}");
    assert_string_equal(flow->arms[1]->settings.at[1].value, "[1 < 2, 2 < 3]");
    g_autoptr(HfScenarioSet) lone = read_good(TWO);
    assert_int_equal(lone->arms[0]->settings.count, 0);
}

static void expectations_go_where_their_names_point(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(arms);
    assert_string_equal(hf_expect_text(set->expect[0]),
                        "shared.tasks.finished > static.tasks.finished");
    assert_null(set->expect[1]);
    assert_string_equal(hf_expect_text(set->arms[0]->expect[0]), "tasks.finished > 1");
    assert_string_equal(hf_expect_text(set->arms[0]->expect[1]), "1 < 2");
    assert_null(set->arms[0]->expect[2]);
    assert_string_equal(hf_expect_text(set->arms[1]->expect[2]), "tasks.lost == 0");
    assert_null(set->arms[1]->expect[3]);
}

static void arms_are_chosen_by_name(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(arms);
    GError *error = NULL;
    const char *const unknown[] = {"shared", "shred", NULL};
    assert_int_equal(hf_scenario_set_choose(set, unknown, &error), -1);
    assert_string_equal(error->message,
                        "t.yaml: there is no arm \"shred\"; there are static, shared");
    g_clear_error(&error);
    assert_int_equal(set->count, 2);
    const char *const both[] = {"shared", "static", "shared", NULL};
    assert_int_equal(hf_scenario_set_choose(set, both, NULL), 0);
    assert_int_equal(set->count, 2);
    assert_string_equal(set->arms[0]->arm, "static"); /* the order is the file's */
    assert_non_null(set->expect[0]);
    const char *const one[] = {"shared", NULL};
    assert_int_equal(hf_scenario_set_choose(set, one, NULL), 1);
    assert_int_equal(set->count, 1);
    assert_string_equal(set->arms[0]->arm, "shared");
    assert_null(set->expect[0]);
    assert_string_equal(hf_expect_text(set->arms[0]->expect[2]), "tasks.lost == 0");
    g_autoptr(HfScenarioSet) alone = read_good(SMALL "frameworks: []\n");
    assert_int_equal(hf_scenario_set_choose(alone, one, &error), -1);
    assert_string_equal(error->message,
                        "t.yaml: there is no arm \"shared\"; the scenario has no arms");
    g_error_free(error);
}

static void overrides_win_over_arms_and_may_change_them(void **state)
{
    const char *const overrides[] = {"master.policy=random", "arms.shared.set.seed=9", NULL};
    GError *error = NULL;
    g_autoptr(HfScenarioSet) set = read_with(arms, overrides, NULL, &error);
    assert_non_null(set);
    assert_string_equal(set->arms[0]->master.policy.name, "random");
    assert_string_equal(set->arms[1]->master.policy.name, "random");
    assert_int_equal(set->arms[1]->seed, 9);
}

static void what_a_file_lacks_an_arm_may_give(void **state)
{
    g_autoptr(HfScenarioSet) set =
        read_good("name: x\nagents: [{name: n, resources: \"cpus:1\"}]\nframeworks: []\n"
                  "arms: [{name: a, set: {duration: 1h}}, {name: b, set: {duration: 2h}}]\n");
    assert_int_equal(set->arms[1]->duration, 2 * HF_NS_PER_HOUR);
}

static void a_file_with_too_many_arms_is_refused(void **state)
{
    GString *text = g_string_new(SMALL "frameworks: []\nsources: [");
    for (int i = 0; i < 6000; i++) g_string_append(text, "x,");
    g_string_append(text, "]\narms:\n");
    for (int i = 0; i < 1000; i++) g_string_append_printf(text, "- {name: a%d}\n", i);
    refuse_with(text->str, NULL,
                "t.yaml:8:1: arms: too large: the file's values times its arms exceed 5000000");
    g_string_free(text, TRUE);
}

/* ---- The digest ---- */

static char *digest_of(const char *text)
{
    g_autoptr(HfScenarioSet) set = read_good(text);
    return g_strdup(set->arms[0]->digest);
}

static void assert_digest(const char *a, const char *b, gboolean is_equal)
{
    g_autofree char *one = digest_of(a), *other = digest_of(b);
    assert_int_equal(strlen(one), 32);
    if ((strcmp(one, other) == 0) != is_equal) fail_msg("%s\n---\n%s", a, b);
}

static const char base[] =
    SMALL "roles: {a: {weight: 2}, b: {weight: 3}}\n"
          "frameworks: [{name: f, model: batch, arrivals: 90s, memory: 1024}]\n";

static void the_same_scenario_written_otherwise_has_the_same_digest(void **state)
{
    assert_digest(base,
                  "# a comment\n"
                  "frameworks:\n"
                  "- memory: 1GiB          # the default, too\n"
                  "  arrivals: {value: 1.5m, law: constant}\n"
                  "  model: \"batch\"\n"
                  "  role: '*'\n"
                  "  think: {base: 100ms}\n"
                  "  name: f\n"
                  "roles: {b: {weight: 3.0}, a: {weight: 2}}\n"
                  "agents: [{resources: 'cpus:8;mem:32768', count: 3, name: node}]\n"
                  "duration: 60m\n"
                  "name: small\n",
                  TRUE);
}

static void remarks_and_seed_are_not_in_the_digest(void **state)
{
    g_autofree char *more = g_strconcat(base,
                                        "seed: 9\nquestion: who?\nsources: [me]\n"
                                        "record: {interval: 5s}\nexpect: [1 < 2]\n",
                                        NULL);
    assert_digest(base, more, TRUE);
}

static void every_other_change_changes_the_digest(void **state)
{
    static const char *const more[] = {"warm_up: 1s\n",
                                       "era: 1.4\n",
                                       "master: {role_sorter: random}\n",
                                       "master: {filter_gpu_resources: false}\n",
                                       "master: {fair_sharing_excluded_resource_names: [gpus]}\n",
                                       "network: {latency: 2ms}\n",
                                       "network: {latency: {law: exponential, mean: 1ms}}\n",
                                       "failures: [{what: agent-reboot, mtbf: 1h}]\n",
                                       NULL};
    for (int i = 0; more[i] != NULL; i++) {
        g_autofree char *text = g_strconcat(base, more[i], NULL);
        assert_digest(base, text, FALSE);
    }
    assert_digest(base,
                  SMALL "roles: {a: {weight: 2}, b: {weight: 3}}\n"
                        "frameworks: [{name: f, model: batch, arrivals: 90s, memory: 1025}]\n",
                  FALSE);
    assert_digest(base,
                  SMALL "roles: {a: {weight: 3}, b: {weight: 2}}\n"
                        "frameworks: [{name: f, model: batch, arrivals: 90s, memory: 1024}]\n",
                  FALSE);
    assert_digest(base,
                  SMALL "roles: {a: {weight: 2}, b: {weight: 3}}\n"
                        "frameworks: [{name: f, model: batch, arrivals: 90s, memory: 1024,\n"
                        "  tags: [a]}]\n",
                  FALSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overrides_reach_every_kind_of_place),
        cmocka_unit_test(the_last_of_two_overrides_wins),
        cmocka_unit_test(whole_lists_may_be_replaced),
        cmocka_unit_test(a_bad_override_is_named_instead_of_a_line),
        cmocka_unit_test(without_arms_there_is_one_run),
        cmocka_unit_test(each_arm_is_a_run_of_its_own),
        cmocka_unit_test(an_arm_knows_what_it_changes_as_written),
        cmocka_unit_test(expectations_go_where_their_names_point),
        cmocka_unit_test(arms_are_chosen_by_name),
        cmocka_unit_test(overrides_win_over_arms_and_may_change_them),
        cmocka_unit_test(what_a_file_lacks_an_arm_may_give),
        cmocka_unit_test(a_file_with_too_many_arms_is_refused),
        cmocka_unit_test(the_same_scenario_written_otherwise_has_the_same_digest),
        cmocka_unit_test(remarks_and_seed_are_not_in_the_digest),
        cmocka_unit_test(every_other_change_changes_the_digest),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
