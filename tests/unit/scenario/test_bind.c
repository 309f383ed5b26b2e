/* From text to values: each type of key, laws, defaults and models. */
#include "fixture.h"

#include <glib/gstdio.h>

static HfScenarioSet *read_batch(const char *keys)
{
    g_autofree char *text = with_batch(keys);
    return read_good(text);
}

static void refuse_batch(const char *keys, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = with_batch(keys);
    assert_null(read_with(text, NULL, NULL, &error));
    const char *what = strstr(error->message, "frameworks[0]");
    assert_non_null(what);
    assert_string_equal(what + strlen("frameworks[0]."), message);
}

static void every_default_of_a_scenario_is_filled_in(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(SMALL "frameworks: [{name: x, model: idle}]\n");
    const HfScenario *s = set->arms[0];
    assert_int_equal(set->count, 1);
    assert_string_equal(set->name, "small");
    assert_null(s->arm);
    assert_null(s->question);
    assert_null(s->sources);
    assert_int_equal(s->seed, 1);
    assert_int_equal(s->duration, HF_NS_PER_HOUR);
    assert_int_equal(s->warm_up, 0);
    assert_int_equal(s->era, HF_ERA_1_11);
    assert_int_equal(s->master.allocation_interval, HF_NS_PER_SECOND);
    assert_string_equal(s->master.policy.name, "drf");
    assert_int_equal(s->master.role_sorter, HF_SCENARIO_SORTER_DRF);
    assert_int_equal(s->master.framework_sorter, HF_SCENARIO_SORTER_DRF);
    assert_int_equal(s->master.agent_order, HF_AGENTS_SHUFFLED);
    assert_int_equal(s->master.offer_scope, HF_OFFER_AGENT);
    assert_string_equal(s->master.min_allocatable_resources, "cpus:0.01|mem:32");
    assert_int_equal(s->master.offer_timeout, HF_TIME_NEVER);
    assert_int_equal(s->master.agent_ping_timeout, 15 * HF_NS_PER_SECOND);
    assert_int_equal(s->master.max_agent_ping_timeouts, 5);
    assert_int_equal(s->master.agent_reregister_timeout, 10 * HF_NS_PER_MINUTE);
    assert_true(s->master.filter_gpu_resources);
    assert_null(s->master.fair_sharing_excluded_resource_names);
    assert_int_equal(s->master.heartbeats, HF_HEARTBEATS_VIRTUAL);
    assert_int_equal(s->roles.count, 0);
    assert_int_equal(s->agents.count, 1);
    assert_int_equal(s->agents.at[0].count, 3);
    assert_null(s->agents.at[0].attributes);
    assert_null(s->agents.at[0].trace.format.model);
    assert_string_equal(s->network.latency.kind->name, "constant");
    assert_true(s->network.latency.param[0] == 0.001);
    assert_int_equal(s->frameworks.count, 1);
    assert_ptr_equal(s->frameworks.at[0].model.model, &idle_model);
    assert_null(s->frameworks.at[0].model.config);
    assert_string_equal(s->frameworks.at[0].role, "*");
    assert_int_equal(s->frameworks.at[0].failover_timeout, HF_AS_MODEL);
    assert_int_equal(s->frameworks.at[0].checkpoint, HF_CHECKPOINT_AS_MODEL);
    assert_int_equal(s->failures.count, 0);
    assert_int_equal(s->record.interval, HF_NS_PER_MINUTE);
    assert_int_equal(s->record.events, HF_EVENTS_NONE);
    assert_int_equal(s->record.tasks, HF_TASKS_ALL);
    assert_null(s->expect[0]);
    assert_null(set->expect[0]);
}

static void written_keys_replace_the_defaults(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(
        "name: full\nquestion: why not?\nsources: [a paper, 1.11]\nseed: 18446744073709551615\n"
        "duration: 2d\nwarm_up: auto\nera: 1.11\n"
        "master: {policy: static, min_allocatable_resources: none, offer_timeout: 30s,\n"
        "  fair_sharing_excluded_resource_names: [gpus], filter_gpu_resources: false,\n"
        "  offer_scope: cell, agent_order: sorted, heartbeats: explicit, role_sorter: random,\n"
        "  region: eu}\n"
        "roles: {web: {weight: 2.5, partition: 40%}, eng/db: {agents: [big]}}\n"
        "agents:\n"
        "- {name: big, resources: 'cpus:64', attributes: 'rack:r{index/2};slot:{index%2}',\n"
        "   region: eu, zone: a, count: 4}\n"
        "- {name: rest, resources: 'cpus(web):1;ports:[31000-32000]', count: 1e3}\n"
        "frameworks:\n"
        "- {name: f, model: idle, roles: [web, eng/db], principal: p, start: 1h,\n"
        "   failover_timeout: 1w, checkpoint: true, capabilities: [GPU_RESOURCES, REGION_AWARE]}\n"
        "failures: [{what: agent-reboot, mtbf: {law: weibull, mean: 180d, shape: 0.7}}]\n"
        "record: {interval: 10s, events: jsonl, tasks: none}\n"
        "expect: [tasks.finished > 3]\n");
    const HfScenario *s = set->arms[0];
    assert_string_equal(s->sources[1], "1.11");
    assert_null(s->sources[2]);
    assert_true(s->seed == G_MAXUINT64);
    assert_int_equal(s->warm_up, HF_WARM_UP_AUTO);
    assert_int_equal(s->era, HF_ERA_1_11);
    assert_null(s->master.min_allocatable_resources);
    assert_int_equal(s->master.offer_timeout, 30 * HF_NS_PER_SECOND);
    assert_string_equal(s->master.fair_sharing_excluded_resource_names[0], "gpus");
    assert_int_equal(s->master.offer_scope, HF_OFFER_CELL);
    assert_string_equal(s->master.region, "eu");
    assert_int_equal(s->roles.count, 2); /* by name, not as written */
    assert_string_equal(s->roles.at[0].name, "eng/db");
    assert_string_equal(s->roles.at[0].agents[0], "big");
    assert_string_equal(s->roles.at[1].name, "web");
    assert_true(s->roles.at[1].weight == 2.5);
    assert_true(s->roles.at[1].partition == 0.4);
    assert_int_equal(s->agents.at[1].count, 1000);
    g_autofree char *attributes = hf_agent_attributes(&s->agents.at[0], 3);
    assert_string_equal(attributes, "rack:r1;slot:1");
    assert_null(hf_agent_attributes(&s->agents.at[1], 0));
    const HfScenarioFramework *f = &s->frameworks.at[0];
    assert_null(f->role);
    assert_string_equal(f->roles[1], "eng/db");
    assert_int_equal(f->capabilities, HF_FRAMEWORK_GPU_RESOURCES | HF_FRAMEWORK_REGION_AWARE |
                                          HF_FRAMEWORK_MULTI_ROLE);
    assert_int_equal(f->failover_timeout, 7 * HF_NS_PER_DAY);
    const Reboot *reboot = s->failures.at[0].what.config;
    assert_true(fabs(hf_law_mean(&reboot->mtbf) / (180 * 86400.0) - 1) < 1e-12);
    assert_true(hf_law_mean(&reboot->down) == 300);
    assert_string_equal(hf_expect_text(s->expect[0]), "tasks.finished > 3");
    assert_null(s->expect[1]);
}

static void a_model_gets_its_own_keys_and_defaults(void **state)
{
    g_autoptr(HfScenarioSet) set = read_batch("cpus: 0.5");
    const Batch *batch = batch_of(set);
    assert_int_equal(batch->cpus, 500);
    assert_int_equal(batch->memory, 1024 * 1000);
    assert_int_equal(batch->retries, 3);
    assert_true(batch->factor == -1.5);
    assert_string_equal(batch->size.kind->name, "geometric");
    assert_null(batch->footprint.kind);
    assert_null(batch->resources);
    assert_null(batch->apps);
    assert_int_equal(batch->think.base, 100 * HF_NS_PER_MS);
    assert_null(batch->workload.choice.model); /* it has a required key: absent stays absent */
    assert_int_equal(batch->jobs.count, 0);
}

static void memory_may_be_written_with_units(void **state)
{
    static const struct {
        const char *keys;
        int64_t milli_mb;
    } cases[] = {{"memory: 512", 512000},       {"memory: 512MB", 512000},
                 {"memory: 64GiB", 65536000},   {"memory: 64GB", 65536000},
                 {"memory: 0.5TiB", 524288000}, {"memory: \"40 MiB\"", 40000},
                 {"memory: 65536KiB", 64000},   {"memory: 67108864B", 64000}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HfScenarioSet) set = read_batch(cases[i].keys);
        assert_int_equal(batch_of(set)->memory, cases[i].milli_mb);
    }
}

static void numbers_rates_and_fractions_are_read(void **state)
{
    g_autoptr(HfScenarioSet) a =
        read_batch("rate: 3/s, share: 25%, factor: 1e-3, retries: -1, greedy: true");
    assert_true(batch_of(a)->rate == 3);
    assert_true(batch_of(a)->share == 0.25);
    assert_true(batch_of(a)->factor == 1e-3);
    assert_int_equal(batch_of(a)->retries, -1);
    assert_true(batch_of(a)->is_greedy);
    g_autoptr(HfScenarioSet) b = read_batch("rate: 30/min, share: 1, factor: +2, retries: 1e6");
    assert_true(batch_of(b)->rate == 0.5);
    assert_true(batch_of(b)->share == 1);
    assert_int_equal(batch_of(b)->retries, 1000000);
    g_autoptr(HfScenarioSet) c = read_batch("rate: 0, think: {base: 0}");
    assert_true(batch_of(c)->rate == 0);
    assert_int_equal(batch_of(c)->think.base, 0);
}

static void bounds_are_inclusive_unless_they_say_otherwise(void **state)
{
    g_autoptr(HfScenarioSet) a = read_batch("memory: 32, think: {base: 1h}");
    g_autoptr(HfScenarioSet) b = read_batch("memory: 1TiB, share: 0");
    refuse_batch("memory: 31.999", "memory: must be at least 32 MB, got \"31.999\"");
    refuse_batch("memory: 1048576.001", "memory: must be at most 1048576 MB, got \"1048576.001\"");
    refuse_batch("think: {base: 1h1}", "think.base: unknown unit of time: use ns, us, ms, s, m, h, "
                                       "d or w, got \"1h1\"");
    refuse_batch("think: {base: 61m}", "think.base: must be at most 1h, got \"61m\"");
    refuse_batch("share: -0.1", "share: must be at least 0, got \"-0.1\"");
    refuse_batch("rate: -1/s", "rate: must be at least 0/s, got \"-1/s\"");
    refuse_batch("arrivals2: 0", "arrivals2: unknown key; did you mean \"arrivals\"?");
}

static void lists_and_tables_are_filled_in_order(void **state)
{
    g_autoptr(HfScenarioSet) set =
        read_batch("tags: [a, \"b c\", 7], jobs: [{name: x}, {name: y, tasks: 9}], "
                   "think: {per_task: 1s}, resources: \"cpus:1;mem:64\", needs: \"cpus:2\"");
    const Batch *batch = batch_of(set);
    assert_string_equal(batch->tags[1], "b c");
    assert_string_equal(batch->tags[2], "7");
    assert_null(batch->tags[3]);
    assert_int_equal(batch->jobs.count, 2);
    assert_int_equal(batch->jobs.at[0].tasks, 1);
    assert_string_equal(batch->jobs.at[1].name, "y");
    assert_int_equal(batch->jobs.at[1].tasks, 9);
    assert_int_equal(batch->think.per_task, HF_NS_PER_SECOND);
    assert_int_equal(batch->think.base, 100 * HF_NS_PER_MS);
    assert_string_equal(batch->resources, "cpus:1;mem:64");
}

static void laws_are_read_with_the_unit_of_their_key(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(
        SMALL "frameworks:\n"
              "- {name: a, model: batch, arrivals: {law: poisson, rate: 30/min}, size: 4,\n"
              "   footprint: {law: lognormal, median: 2GiB, sigma: 1, at_most: 16GiB}}\n"
              "- {name: b, model: batch, arrivals: {law: exponential, rate: 2/s},\n"
              "   size: {law: uniform, min: -5, max: 500}, footprint: 512}\n");
    const Batch *a = set->arms[0]->frameworks.at[0].model.config;
    const Batch *b = set->arms[0]->frameworks.at[1].model.config;
    assert_string_equal(a->arrivals.kind->name, "exponential");
    assert_true(hf_law_mean(&a->arrivals) == 2);
    assert_true(hf_law_mean(&b->arrivals) == 0.5);
    assert_true(a->size.param[0] == 4);
    assert_true(a->footprint.param[0] == 2048);
    assert_true(a->footprint.at_most == 16384);
    assert_true(a->footprint.at_least == 0); /* memory is never negative */
    assert_true(b->size.at_least == 1);      /* the key's range bounds every draw */
    assert_true(b->size.at_most == 100);
    assert_true(b->footprint.param[0] == 512);
}

static void laws_of_plain_numbers_know_no_units(void **state)
{
    refuse_batch("size: 3s", "size: expected a number, got \"3s\"");
    refuse_batch("size: {law: poisson, rate: 3/s}",
                 "size.law: unknown law \"poisson\"; known: constant, exponential, uniform, "
                 "normal, lognormal, weibull, pareto, gamma, geometric, empirical");
    refuse_batch("size: 101", "size: must be at most 100, got \"101\"");
    refuse_batch("size: {law: exponential, mean: 3, at_least: 101}",
                 "size: at_least and at_most leave nothing of the key's range");
    refuse_batch("size: {law: constant, value: 0}", "size: must be at least 1, got \"0\"");
}

/* A directory with a trace and a list of numbers. */
static char *make_files(void)
{
    char *directory = g_dir_make_tmp("holdfast-XXXXXX", NULL);
    g_autofree char *trace = g_build_filename(directory, "jobs.swf", NULL);
    g_autofree char *sample = g_build_filename(directory, "sizes.txt", NULL);
    assert_true(g_file_set_contents(trace, "1 0 0 10\n", -1, NULL));
    assert_true(g_file_set_contents(sample, "# sizes\n1\n2\n3\n", -1, NULL));
    return directory;
}

static void remove_files(const char *directory)
{
    g_autofree char *trace = g_build_filename(directory, "jobs.swf", NULL);
    g_autofree char *sample = g_build_filename(directory, "sizes.txt", NULL);
    g_unlink(trace);
    g_unlink(sample);
    g_rmdir(directory);
}

static HfScenarioSet *read_at(const char *path, const char *dir, const char *keys, GError **error)
{
    const char *const dirs[] = {"/nonexistent", dir, NULL};
    HfScenarioOptions options = {.registry = &registry, .trace_dirs = dirs};
    g_autofree char *text = with_batch(keys);
    return hf_scenario_parse(text, strlen(text), path, &options, NULL, error);
}

static void files_are_found_beside_the_scenario_and_traces_elsewhere_too(void **state)
{
    g_autofree char *directory = make_files();
    g_autofree char *beside = g_build_filename(directory, "s.yaml", NULL);
    g_autofree char *wanted = g_build_filename(directory, "jobs.swf", NULL);
    const char *keys = "workload: {model: swf, file: jobs.swf}, secret: jobs.swf, "
                       "apps: [jobs.swf, sizes.txt], size: {law: empirical, file: sizes.txt}";
    g_autoptr(HfScenarioSet) a = read_at(beside, "/nonexistent", keys, NULL);
    assert_non_null(a);
    const FromFile *trace = batch_of(a)->workload.choice.config;
    assert_string_equal(trace->file, wanted);
    assert_string_equal(batch_of(a)->secret, wanted);
    assert_string_equal(batch_of(a)->apps[0], wanted);
    assert_null(batch_of(a)->apps[2]);
    assert_int_equal(batch_of(a)->size.sample_count, 3);

    const char *trace_only = "workload: {model: swf, file: jobs.swf}";
    g_autoptr(HfScenarioSet) b = read_at("/nonexistent/s.yaml", directory, trace_only, NULL);
    assert_non_null(b);
    assert_string_equal(((const FromFile *)batch_of(b)->workload.choice.config)->file, wanted);

    /* Where a file was found makes no difference to what the scenario is. */
    g_autoptr(HfScenarioSet) c = read_at(beside, directory, trace_only, NULL);
    assert_string_equal(b->arms[0]->digest, c->arms[0]->digest);

    /* Files that are not traces are not looked for elsewhere. */
    g_autoptr(GError) error = NULL;
    assert_null(read_at("/nonexistent/s.yaml", directory, "secret: jobs.swf", &error));
    assert_non_null(strstr(error->message, "no such file: \"jobs.swf\" (looked in /nonexistent)"));
    remove_files(directory);
}

static void texts_may_not_be_empty_or_missing(void **state)
{
    refuse_batch("tags: [\"\"]", "tags[0]: expected text, got an empty text");
    refuse_batch("tags: [~]", "tags[0]: expected text, got \"~\"");
    refuse_batch("secret: ", "secret: expected the name of a file, got nothing");
    refuse_batch("retries: null", "retries: expected a whole number, got \"null\"");
}

static void long_and_strange_values_are_shown_short_and_clean(void **state)
{
    g_autofree char *many = g_strnfill(500, 'x');
    g_autofree char *keys = g_strdup_printf("share: \"%s\"", many);
    g_autofree char *sixty = g_strnfill(60, 'x');
    g_autofree char *message =
        g_strdup_printf("share: expected a fraction such as 0.25 or 25%%, got \"%s...\"", sixty);
    refuse_batch(keys, message);
    refuse_batch("share: \"a\\n\\e[31mb\"",
                 "share: expected a fraction such as 0.25 or 25%, got \"a\\n\\u001b[31mb\"");
}

static void aliases_stand_for_what_they_name(void **state)
{
    g_autoptr(HfScenarioSet) set =
        read_good("name: x\nduration: 1h\n"
                  "agents:\n- {name: a, resources: &r 'cpus:4'}\n- {name: b, resources: *r}\n"
                  "frameworks:\n- &f {name: f, model: idle}\n");
    assert_string_equal(set->arms[0]->agents.at[1].resources, "cpus:4");
}

static void a_policy_static_must_give_every_framework_agents(void **state)
{
    const char *good = SMALL "master: {policy: static}\n"
                             "roles: {a: {partition: 0.5}, b: {agents: [node]}}\n"
                             "frameworks: [{name: x, model: idle, roles: [a, b]}]\n";
    g_autoptr(HfScenarioSet) set = read_good(good);
    refuse_with(SMALL "master: {policy: static}\nframeworks: [{name: x, model: idle}]\n", NULL,
                "t.yaml:6:14: frameworks[0].role: role \"*\" owns no agents under policy static: "
                "give it a partition or agents");
}

static void frameworks_that_are_alike_are_counted(void **state)
{
    g_autoptr(HfScenarioSet) set = read_good(
        SMALL "frameworks:\n- {name: ring, count: 3, model: idle, role: 'db{index/2}/r{index}', "
              "principal: 'p{index}', stop_time: 3s}\n"
              "- {name: web, model: idle}\n- {name: ring-3, model: idle}\n");
    static const struct {
        const char *name, *group, *role, *principal;
        uint32_t entry;
    } wanted[] = {{"ring-0", "ring", "db0/r0", "p0", 0},
                  {"ring-1", "ring", "db0/r1", "p1", 0},
                  {"ring-2", "ring", "db1/r2", "p2", 0},
                  {"web", NULL, "*", NULL, 1},
                  {"ring-3", NULL, "*", NULL, 2}};
    assert_int_equal(set->arms[0]->frameworks.count, G_N_ELEMENTS(wanted));
    for (uint32_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const HfScenarioFramework *one = &set->arms[0]->frameworks.at[i];
        assert_string_equal(one->name, wanted[i].name);
        assert_true(g_strcmp0(one->group, wanted[i].group) == 0);
        assert_string_equal(one->role, wanted[i].role);
        assert_true(g_strcmp0(one->principal, wanted[i].principal) == 0);
        assert_int_equal(one->entry, wanted[i].entry);
        assert_true((one->stop_time.kind != NULL) == (i < 3)); /* keys are shared */
    }
}

static void quota_is_taken(void **state)
{
    g_autoptr(HfScenarioSet) set =
        read_good(SMALL "frameworks: []\n"
                        "roles: {db: {guarantee: \"cpus:4;mem:512\", limit: \"cpus:8;gpus:0\"}}\n");
    assert_string_equal(set->arms[0]->roles.at[0].guarantee, "cpus:4;mem:512");
    assert_string_equal(set->arms[0]->roles.at[0].limit, "cpus:8;gpus:0");
}

static void quota_that_cannot_be_is_refused_at_its_key(void **state)
{
    static const struct {
        const char *roles, *message;
    } cases[] = {
        {"roles: {a/b: {guarantee: \"cpus:1\"}}\n",
         "t.yaml:5:26: roles.a/b.guarantee: quota is for top-level roles alone (MESOS-7402)"},
        {"roles: {a/b: {limit: \"cpus:1\"}}\n",
         "t.yaml:5:22: roles.a/b.limit: quota is for top-level roles alone (MESOS-7402)"},
        {"roles: {db: {guarantee: \"cpus:4;mem:9\", limit: \"mem:9;cpus:3.5\"}}\n",
         "t.yaml:5:25: roles.db.guarantee: guarantees 4 cpus, above the limit of 3.5"},
        {"master: {offer_scope: cell}\nroles: {db: {limit: \"cpus:1\"}}\n",
         "t.yaml:6:21: roles.db.limit: quota needs master.offer_scope agent: offers of the whole "
         "cell know none"},
        {"roles: {db: {limit: \"cpus:1;cpus:2\"}}\n",
         "t.yaml:5:21: roles.db.limit: 'cpus:2': comes twice"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(SMALL, cases[i].roles, "frameworks: []\n", NULL);
        refuse_with(text, NULL, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_of_a_scenario_is_filled_in),
        cmocka_unit_test(written_keys_replace_the_defaults),
        cmocka_unit_test(a_model_gets_its_own_keys_and_defaults),
        cmocka_unit_test(memory_may_be_written_with_units),
        cmocka_unit_test(numbers_rates_and_fractions_are_read),
        cmocka_unit_test(bounds_are_inclusive_unless_they_say_otherwise),
        cmocka_unit_test(lists_and_tables_are_filled_in_order),
        cmocka_unit_test(laws_are_read_with_the_unit_of_their_key),
        cmocka_unit_test(laws_of_plain_numbers_know_no_units),
        cmocka_unit_test(files_are_found_beside_the_scenario_and_traces_elsewhere_too),
        cmocka_unit_test(texts_may_not_be_empty_or_missing),
        cmocka_unit_test(long_and_strange_values_are_shown_short_and_clean),
        cmocka_unit_test(aliases_stand_for_what_they_name),
        cmocka_unit_test(a_policy_static_must_give_every_framework_agents),
        cmocka_unit_test(frameworks_that_are_alike_are_counted),
        cmocka_unit_test(quota_is_taken),
        cmocka_unit_test(quota_that_cannot_be_is_refused_at_its_key),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
