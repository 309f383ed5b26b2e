/*
 * The metrics: each kind of the table is there, and its value is that of a run whose records are
 * written by hand into the trace of a world in which nothing else happens.
 */
#include "unit/world/greedy.h"

#include <math.h>

/* Two hosts that register within the first second; the framework subscribes and gets no offers that
 * it answers. Everything else is emitted by the test. */
static Cell *quiet(const char *more)
{
    g_autofree char *text =
        g_strdup_printf("duration: 100s\n"
                        "network: {latency: 0s}\n"
                        "agents: [{name: a, count: 2, resources: 'cpus:4;mem:1000'}]\n"
                        "frameworks: [{name: f, model: greedy, role: web, holds: true}]\n"
                        "%s",
                        more);
    return cell_new(text);
}

static void emit(Cell *cell, HfRecord record, const char *text)
{
    HfResources resources = {0};
    HfCatalog *catalog = hf_world_catalog(cell->world);
    record.at = hf_world_now(cell->world);
    if (text) {
        assert_true(hf_resources_parse(catalog, text, HF_ROLE_STAR, 0, &resources, NULL));
        record.resources = &resources;
    }
    cell->is_made_up = TRUE;
    hf_trace_emit(hf_world_trace(cell->world), &record);
    hf_resources_clear(catalog, &resources);
}

static HfRoleId web(Cell *cell)
{
    HfRoleId role = HF_ROLE_NONE;
    assert_true(hf_role_intern(hf_world_catalog(cell->world), "web", &role, NULL));
    return role;
}

/* One job of 2 tasks: one runs 40 .. 90 s at half its size and finishes, one is lost at 60 s. */
static HfMetrics *one_job(Cell *cell)
{
    cell_run(cell, 20 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_JOB_SUBMITTED, .id = 1, .value = 2}, "cpus:2;mem:100");
    emit(cell, (HfRecord){.type = HF_RECORD_DEMAND, .value = 2}, NULL);
    cell_run(cell, 40 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_DEMAND, .value = 0}, NULL);
    for (uint64_t id = 1; id <= 2; id++) {
        emit(cell, (HfRecord){.type = HF_RECORD_TASK_LAUNCHED, .role = web(cell), .id = id},
             "cpus:2;mem:100");
        emit(cell, (HfRecord){.type = HF_RECORD_TASK_STARTED, .id = id, .value = 500},
             "cpus:2;mem:100");
        emit(cell, (HfRecord){.type = HF_RECORD_TASK_WAITED, .id = id, .value = 20 * S}, NULL);
    }
    cell_run(cell, 60 * S);
    emit(cell,
         (HfRecord){.type = HF_RECORD_TASK_ENDED, .id = 2, .state = HF_TASK_LOST, .value = 500},
         "cpus:2;mem:100");
    emit(
        cell,
        (HfRecord){.type = HF_RECORD_TASK_STATE, .id = 2, .state = HF_TASK_LOST, .role = web(cell)},
        "cpus:2;mem:100");
    emit(cell, (HfRecord){.type = HF_RECORD_PLACEMENT_REFUSED, .id = 3, .value = 1}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_SERVICE_DECLARED, .id = 1, .value = 2}, NULL);
    for (int i = 0; i < 4; i++)
        emit(cell, (HfRecord){.type = HF_RECORD_INPUT_READ, .id = 1, .value = i > 0}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_DEPLOYMENT_STARTED, .id = 1}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_DEPLOYMENT_HEALTHY, .id = 1, .value = 4}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_DEPLOYMENT_HEALTHY, .id = 1, .value = 3}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_DEPLOYMENT_INSTANCES, .id = 1, .value = 5}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_DEPLOYMENT_REFUSED, .id = 1}, NULL);
    cell_run(cell, 90 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_DEPLOYMENT_ENDED, .id = 1, .value = HF_DEPLOYMENT_DONE},
         NULL);
    emit(cell,
         (HfRecord){.type = HF_RECORD_TASK_ENDED, .id = 1, .state = HF_TASK_FINISHED, .value = 500},
         "cpus:2;mem:100");
    emit(cell,
         (HfRecord){
             .type = HF_RECORD_TASK_STATE, .id = 1, .state = HF_TASK_FINISHED, .role = web(cell)},
         "cpus:2;mem:100");
    emit(cell, (HfRecord){.type = HF_RECORD_JOB_FINISHED, .id = 1, .value = 70 * S}, NULL);
    cell_run(cell, 100 * S);
    hf_world_finish(cell->world);
    return hf_metrics_new(cell->world);
}

#define assert_metric(metrics, name, want)                                                         \
    assert_true(fabs(cell_metric(metrics, name) - (want)) < 1e-9)

static void values_are_those_of_the_run(void **state)
{
    Cell *cell = quiet("warm_up: 10s\n");
    g_autoptr(HfMetrics) metrics = one_job(cell);
    /* After a warm-up of 10 s: 90 s, in which 8 CPUs are there all along. */
    assert_metric(metrics, "run.warm_up", 10);
    assert_metric(metrics, "capacity.cpus", 8);
    assert_metric(metrics, "capacity.mem", 2000);
    assert_metric(metrics, "demand.cpus", 4);
    assert_metric(metrics, "demand.mem", 200);
    /* 4 CPUs for 20 s and 2 for 30 s; half of that used. */
    assert_metric(metrics, "utilization.cpus.allocated", (80 + 60) / (8 * 90.0));
    assert_metric(metrics, "utilization.cpus.used", (40 + 30) / (8 * 90.0));
    assert_metric(metrics, "utilization.cpus.used_of_allocated", 0.5);
    assert_metric(metrics, "utilization.cpus.allocated_peak", 0.5);
    assert_metric(metrics, "utilization.mem.allocated", (4000 + 3000) / (2000 * 90.0));
    assert_metric(metrics, "utilization.cpus.reserved_idle", 0);
    assert_metric(metrics, "utilization.cpus.offered", 1); /* the framework holds all of it */
    assert_metric(metrics, "agents.total", 2);
    assert_metric(metrics, "agents.up", 2);
    assert_metric(metrics, "agents.crashes", 0);
    assert_metric(metrics, "tasks.submitted", 2);
    assert_metric(metrics, "tasks.launched", 2);
    assert_metric(metrics, "tasks.finished", 1);
    assert_metric(metrics, "tasks.lost", 1);
    assert_metric(metrics, "tasks.failed", 0);
    assert_metric(metrics, "tasks.running", (2 * 20 + 30) / 90.0);
    assert_metric(metrics, "tasks.waiting", 2 * 20 / 90.0);
    assert_metric(metrics, "tasks.waiting_at_end", 0);
    assert_metric(metrics, "wait.mean", 20);
    assert_metric(metrics, "wait.max", 20);
    assert_metric(metrics, "jobs.submitted", 1);
    assert_metric(metrics, "jobs.finished", 1);
    assert_metric(metrics, "framework.f.deployments.done", 1);
    assert_metric(metrics, "framework.f.deployments.refused", 1);
    assert_metric(metrics, "framework.f.deployments.time.mean", 30); /* 60 .. 90 s */
    assert_metric(metrics, "framework.f.deployments.time.max", 30);
    assert_metric(metrics, "framework.f.deployments.least_healthy", 3);
    assert_metric(metrics, "framework.f.deployments.most_launched", 5);
    assert_metric(metrics, "jobs.response.mean", 70);
    assert_metric(metrics, "placement.refused", 1);
    assert_metric(metrics, "refusal.1.cpus", 0.25); /* 2 of 8 when it came */
    assert_metric(metrics, "refusal.1.mem", 0.05);
    assert_metric(metrics, "role.web.share", 140 / 720.0);
    assert_metric(metrics, "fairness.jain", 1); /* one role */
    assert_metric(metrics, "framework.f.launched", 2);
    assert_metric(metrics, "framework.f.finished", 1);
    assert_metric(metrics, "framework.f.lost", 1);
    assert_metric(metrics, "framework.f.running", 70 / 90.0);
    assert_metric(metrics, "framework.f.running_at_end", 0);
    assert_metric(metrics, "framework.f.share", 140 / 720.0);
    assert_metric(metrics, "framework.f.wait.p50", 20);
    assert_metric(metrics, "messages.lost", 0);
    assert_true(isnan(cell_metric(metrics, "relaunch.same_agent.ratio")));
    assert_true(isnan(cell_metric(metrics, "relaunch.time.p99")));
    cell_free(cell);
}

/* Three groups; the second is never whole, so it is never judged. */
static void a_service_is_judged_from_when_it_is_whole(void **state)
{
    static const struct {
        HfTime at;
        HfRecordType type;
        uint64_t id;
        int64_t value;
    } records[] = {
        {20, HF_RECORD_SERVICE_DECLARED, 1, 2},
        {20, HF_RECORD_SERVICE_DECLARED, 2, 3},
        {20, HF_RECORD_SERVICE_DECLARED, 3, 4},
        {20, HF_RECORD_SERVICE_MEMBERS, 3, 4},
        {20, HF_RECORD_SERVICE_MEMBERS, 1, 1},
        {20, HF_RECORD_SERVICE_MEMBERS, 2, 1},
        {30, HF_RECORD_SERVICE_MEMBERS, 1, 2},
        {40, HF_RECORD_SERVICE_MEMBERS, 1, 1},
        {45, HF_RECORD_SERVICE_QUORUM, 1, 250000},
        {55, HF_RECORD_SERVICE_QUORUM, 1, 1000000},
        {60, HF_RECORD_SERVICE_QUORUM, 1, 0},
        {70, HF_RECORD_SERVICE_MEMBERS, 1, 2},
        {70, HF_RECORD_MEMBER_REPLACED, 1, 4 << 20},
        {70, HF_RECORD_DATA_LOST, 7, 2 << 20},
        {70, HF_RECORD_DATA_LOST, 8, 1 << 20},
        {72, HF_RECORD_COPY_STARTED, 1, 3 << 20},
        {74, HF_RECORD_COPY_STARTED, 2, 1 << 20},
        {75, HF_RECORD_COPY_ENDED, 1, 3 << 20},
        {78, HF_RECORD_COPY_ENDED, 2, 0},
        {80, HF_RECORD_SERVICE_MEMBERS, 3, 2},
    };
    Cell *cell = quiet("warm_up: 10s\n");
    for (size_t i = 0; i < G_N_ELEMENTS(records); i++) {
        cell_run(cell, records[i].at * S);
        emit(cell,
             (HfRecord){.type = records[i].type, .id = records[i].id, .value = records[i].value},
             NULL);
    }
    cell_run(cell, 100 * S);
    hf_world_finish(cell->world);
    g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
    assert_metric(metrics, "framework.f.below_target", 30 + 20);
    assert_metric(metrics, "framework.f.missing", 30 + 2 * 20);
    assert_metric(metrics, "framework.f.copying", 6); /* two copies to one host, of 72 to 78 s */
    assert_metric(metrics, "framework.f.unavailable", 15);
    /* (10 s x 1/4 + 5 s) of 90 s, and the other groups' nothing. */
    assert_metric(metrics, "framework.f.unavailable_share", (2.5 + 5) / 90 / 3);
    assert_metric(metrics, "framework.f.replaced", 1);
    assert_metric(metrics, "framework.f.left_behind", 4);
    assert_metric(metrics, "framework.f.data_losses", 2);
    assert_metric(metrics, "framework.f.data_lost", 3);
    assert_metric(metrics, "framework.f.copied", 3);
    assert_metric(metrics, "data.losses", 2);
    assert_metric(metrics, "data.copied", 3);
    cell_free(cell);
}

static void an_offer_is_held_as_long_as_it_was_out_on_average(void **state)
{
    Cell *cell = quiet("warm_up: 10s\n");
    cell_run(cell, 20 * S);
    /* Two more offers, out for 10 and 30 s; the two real ones of the start came before the
     * warm-up's end and are out all along: (2 x 90 + 10 + 30) / 2 offers sent. */
    emit(cell, (HfRecord){.type = HF_RECORD_OFFER_SENT, .id = 1}, "cpus:1");
    emit(cell, (HfRecord){.type = HF_RECORD_OFFER_SENT, .id = 2}, "cpus:1");
    cell_run(cell, 30 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_OFFER_DECLINED, .id = 1}, "cpus:1");
    cell_run(cell, 50 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_OFFER_ACCEPTED, .id = 2}, "cpus:1");
    cell_run(cell, 100 * S);
    hf_world_finish(cell->world);
    g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
    assert_metric(metrics, "offers.sent", 2);
    assert_metric(metrics, "offers.declined", 1);
    assert_metric(metrics, "framework.f.offers_accepted", 1);
    assert_metric(metrics, "offers.outstanding", (2 * 90 + 40) / 90.0);
    assert_metric(metrics, "offers.held", (2 * 90 + 40) / 2.0);
    cell_free(cell);
}

static void jains_index_weighs_shares_by_weight(void **state)
{
    Cell *cell = cell_new("duration: 100s\n"
                          "network: {latency: 0s}\n"
                          "agents: [{name: a, count: 1, resources: 'cpus:10'}]\n"
                          "roles: {one: {weight: 1}, two: {weight: 3}}\n"
                          "frameworks: [{name: f, model: greedy, role: one, holds: true},\n"
                          "             {name: g, model: greedy, role: two, holds: true}]\n");
    cell_run(cell, 10 * S);
    HfRoleId one, two;
    assert_true(hf_role_intern(hf_world_catalog(cell->world), "one", &one, NULL));
    assert_true(hf_role_intern(hf_world_catalog(cell->world), "two", &two, NULL));
    emit(cell, (HfRecord){.type = HF_RECORD_TASK_LAUNCHED, .role = one, .id = 1}, "cpus:2");
    emit(cell, (HfRecord){.type = HF_RECORD_TASK_LAUNCHED, .framework = 1, .role = two, .id = 1},
         "cpus:3");
    cell_run(cell, 100 * S);
    hf_world_finish(cell->world);
    g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
    /* By weight: 2 and 1 parts. (2 + 1)^2 / (2 x (4 + 1)) = 0.9, whatever the parts are of. */
    assert_metric(metrics, "fairness.jain", 0.9);
    assert_true(cell_metric(metrics, "role.two.share") > cell_metric(metrics, "role.one.share"));
    cell_free(cell);
}

/* What is there only under a condition, which the help of the kind states. */
static gboolean is_conditional(const char *pattern)
{
    static const char *const of_services[] = {"unavailable",
                                              "below_target",
                                              "unavailable_share",
                                              "replaced",
                                              "data_losses",
                                              "data_lost",
                                              "copied",
                                              "left_behind",
                                              "input.local",
                                              "missing",
                                              "copying",
                                              "deployments.done",
                                              "deployments.refused",
                                              "deployments.time.mean",
                                              "deployments.time.max",
                                              "deployments.least_healthy",
                                              "deployments.most_launched"};
    for (size_t i = 0; i < G_N_ELEMENTS(of_services); i++) {
        g_autofree char *name = g_strconcat("framework.FRAMEWORK.", of_services[i], NULL);
        if (strcmp(pattern, name) == 0) return TRUE;
    }
    if (g_str_has_prefix(pattern, "store.") || g_str_has_prefix(pattern, "stores."))
        return TRUE;                                   /* there are none */
    return strcmp(pattern, "refusal.N.RESOURCE") == 0; /* nothing was refused */
}

static void every_kind_of_the_table_is_produced(void **state)
{
    Cell *cell = quiet("stores: [{name: s, kind: nfs}]\n");
    g_autoptr(HfMetrics) metrics = one_job(cell);
    Cell *idle = quiet("");
    cell_run(idle, 100 * S);
    hf_world_finish(idle->world);
    g_autoptr(HfMetrics) few = hf_metrics_new(idle->world);
    for (const HfMetricKind *kind = hf_metric_kinds; kind->pattern; kind++) {
        uint32_t here = 0, always = 0;
        for (uint32_t i = 0; i < hf_metrics_count(metrics); i++)
            here += hf_metrics_at(metrics, i)->kind == kind;
        for (uint32_t i = 0; i < hf_metrics_count(few); i++)
            always += hf_metrics_at(few, i)->kind == kind;
        if (here == 0 || (always == 0) != is_conditional(kind->pattern))
            fail_msg("%s: %u, and %u in an idle run", kind->pattern, here, always);
        assert_true(kind->unit[0] != '\0');
        assert_true(g_ascii_isupper(kind->help[0]) && g_str_has_suffix(kind->help, "."));
    }
    cell_free(cell);
    cell_free(idle);
}

/* Three of one entry: 2 tasks of the first, 1 of the second, none of the third, of 8 CPUs. */
static void frameworks_of_one_entry_have_one_metric(void **state)
{
    Cell *cell =
        cell_new("duration: 100s\nwarm_up: 10s\n"
                 "agents: [{name: a, count: 2, resources: 'cpus:4;mem:1000'}]\n"
                 "frameworks: [{name: f, count: 3, model: greedy, holds: true, role: web},\n"
                 "             {name: g, model: greedy, holds: true, role: web}]\n");
    cell_run(cell, 55 * S);
    static const struct {
        uint32_t framework;
        uint64_t task;
        const char *text;
        int64_t waited;
    } tasks[] = {{0, 1, "cpus:1;mem:100", 10 * S},
                 {0, 2, "cpus:1;mem:100", 20 * S},
                 {1, 3, "cpus:2;mem:100", 60 * S},
                 {3, 4, "cpus:1;mem:100", 5 * S}};
    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        HfRecord record = {.framework = tasks[i].framework, .id = tasks[i].task, .role = web(cell)};
        record.type = HF_RECORD_DEMAND, record.value = 1;
        emit(cell, record, NULL);
        record.type = HF_RECORD_TASK_LAUNCHED;
        emit(cell, record, tasks[i].text);
        record.type = HF_RECORD_TASK_STARTED, record.value = 1000;
        emit(cell, record, tasks[i].text);
        record.type = HF_RECORD_TASK_WAITED, record.value = tasks[i].waited;
        emit(cell, record, NULL);
    }
    cell_run(cell, 100 * S);
    hf_world_finish(cell->world);
    g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
    assert_metric(metrics, "framework.f.launched", 3);
    assert_metric(metrics, "framework.f.running", 1.5);
    assert_metric(metrics, "framework.f.running_at_end", 3);
    assert_metric(metrics, "framework.f.share", 4 / 8.0 / 2);
    assert_metric(metrics, "framework.f.wait.mean", 30);
    assert_true(fabs(cell_metric(metrics, "framework.f.wait.max") - 60) < 1);
    assert_metric(metrics, "framework.f.starved", 45); /* of the longest, not of all */
    assert_metric(metrics, "framework.g.launched", 1);
    double value;
    assert_false(hf_metrics_find(metrics, "framework.f-0.launched", &value));
    cell_free(cell);
}

static void reads_of_input_are_counted_by_place(void **state)
{
    Cell *cell = quiet("");
    g_autoptr(HfMetrics) metrics = one_job(cell);
    assert_metric(metrics, "input.reads", 4);
    assert_metric(metrics, "input.local", 0.75);
    assert_metric(metrics, "framework.f.input.local", 0.75);
    cell_free(cell);
}

static void names_are_distinct_and_can_stand_in_an_expectation(void **state)
{
    Cell *cell = quiet("");
    g_autoptr(HfMetrics) metrics = one_job(cell);
    const char *const *names = hf_metrics_names(metrics);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (uint32_t i = 0; i < hf_metrics_count(metrics); i++) {
        const char *name = hf_metrics_at(metrics, i)->name;
        assert_string_equal(names[i], name);
        assert_true(g_hash_table_add(seen, (gpointer)name));
        g_autofree char *text = g_strdup_printf("%s >= 0", name);
        GError *error = NULL;
        g_autoptr(HfExpect) expect = hf_expect_parse(text, &error);
        if (expect == NULL) fail_msg("%s", error->message);
        assert_string_equal(hf_expect_names(expect)[0], name);
        assert_null(hf_expect_names(expect)[1]);
    }
    assert_null(names[hf_metrics_count(metrics)]);
    double value;
    assert_false(hf_metrics_find(metrics, "utilization.cpus.unknown", &value));
    expect_assert_failure(hf_metrics_at(metrics, hf_metrics_count(metrics)));
    cell_free(cell);
}

/* Roles and resources may be called what no bare name is. */
static void awkward_names_stand_in_quotes(void **state)
{
    Cell *cell = cell_new("duration: 10s\n"
                          "agents: [{name: a, count: 1, resources: 'cpus:1;odd,one:2'}]\n"
                          "frameworks: [{name: f, model: greedy, holds: true}]\n");
    cell_run(cell, 10 * S);
    hf_world_finish(cell->world);
    g_autoptr(HfMetrics) metrics = hf_metrics_new(cell->world);
    static const char *const names[] = {"role.*.share", "capacity.odd,one"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        cell_metric(metrics, names[i]);
        g_autofree char *text = g_strdup_printf("\"%s\" >= 0", names[i]);
        g_autoptr(HfExpect) expect = hf_expect_parse(text, NULL);
        assert_non_null(expect);
        assert_string_equal(hf_expect_names(expect)[0], names[i]);
    }
    cell_free(cell);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_run),
        cmocka_unit_test(a_service_is_judged_from_when_it_is_whole),
        cmocka_unit_test(an_offer_is_held_as_long_as_it_was_out_on_average),
        cmocka_unit_test(jains_index_weighs_shares_by_weight),
        cmocka_unit_test(every_kind_of_the_table_is_produced),
        cmocka_unit_test(frameworks_of_one_entry_have_one_metric),
        cmocka_unit_test(reads_of_input_are_counted_by_place),
        cmocka_unit_test(names_are_distinct_and_can_stand_in_an_expectation),
        cmocka_unit_test(awkward_names_stand_in_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
