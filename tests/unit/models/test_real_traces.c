/*
 * The importers on real traces, against totals that were counted another way (EXPECTED.tsv beside
 * the traces). The directory of traces is given by HOLDFAST_TRACES; without it the test is skipped.
 */
#include "unit/models/lab.h"

#include <math.h>

#include "models/failures/outage_trace.h"

static const char *traces;

/* The value of one row of EXPECTED.tsv. */
static double expected(const char *dataset, const char *metric)
{
    g_autofree char *path = g_build_filename(traces, "EXPECTED.tsv", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, "\t", -1);
        if (g_strv_length(fields) == 3 && strcmp(fields[0], dataset) == 0 &&
            strcmp(fields[1], metric) == 0)
            return g_ascii_strtod(fields[2], NULL);
    }
    fail_msg("no row %s %s", dataset, metric);
    return 0;
}

/* The cell of one framework and one group of agents, run for so long. */
static Cell *lab(const char *agents, const char *framework, HfTime duration)
{
    g_autofree char *text = g_strdup_printf("duration: %" G_GINT64_FORMAT "s\n"
                                            "network: {latency: 0s}\n"
                                            "record: {interval: 10d}\n"
                                            "agents: [{name: m, %s}]\n"
                                            "frameworks: [{name: f, %s}]\n",
                                            (gint64)(duration / S), agents, framework);
    Cell *cell = cell_new(text);
    cell_run(cell, duration);
    return cell;
}

static void openb_machines_add_up(void **state)
{
    g_autofree char *agents = g_strdup_printf(
        "trace: {format: openb, file: %s/open/openb-2023/openb_node_list_all_node.csv}", traces);
    Cell *cell = lab(agents, "model: marathon, apps: [{id: /a}]", 2 * S);
    int64_t cpus = 0, mem = 0, gpus = 0;
    uint32_t without = 0, hosts = hf_world_hosts(cell->world);
    for (uint32_t h = 0; h < hosts; h++) {
        const HfResources *total = cell->world->hosts[h].total;
        cpus += hf_resources_milli(total, HF_KIND_CPUS);
        mem += hf_resources_milli(total, HF_KIND_MEM);
        gpus += hf_resources_milli(total, HF_KIND_GPUS);
        without += hf_resources_milli(total, HF_KIND_GPUS) == 0;
    }
    const char *set = "openb_node_list_all_node";
    assert_true(hosts == expected(set, "rows"));
    assert_true((double)cpus == expected(set, "sum_cpu_milli"));
    assert_true((double)mem / 1000 == expected(set, "sum_memory_mib"));
    assert_true((double)gpus / 1000 == expected(set, "sum_gpu"));
    assert_true(without == expected(set, "rows_without_gpu"));
    cell_free(cell);
}

/* What JOB_SUBMITTED said in all. */
typedef struct Sum {
    uint64_t rows;
    int64_t cpus, mem, gpus;
} Sum;

static void add_up(void *context, const HfRecord *record)
{
    Sum *sum = context;
    if (record->type != HF_RECORD_JOB_SUBMITTED) return;
    sum->rows += (uint64_t)record->value;
    sum->cpus += hf_resources_milli(record->resources, HF_KIND_CPUS);
    sum->mem += hf_resources_milli(record->resources, HF_KIND_MEM);
    sum->gpus += hf_resources_milli(record->resources, HF_KIND_GPUS);
}

static void check_pods(const char *file, const char *set)
{
    g_autofree char *text =
        g_strdup_printf("name: pods\nduration: 1d\n"
                        "record: {interval: 1d}\n"
                        "agents: [{name: m, count: 1, resources: 'cpus:1'}]\n"
                        "frameworks: [{name: f, model: inflation, gap: 1ms,"
                        " workload: {model: openb, file: %s/open/openb-2023/%s}}]\n",
                        traces, file);
    HfScenarioSet *scenario = cell_parse(text);
    GError *error = NULL;
    HfWorld *world = hf_world_new(scenario->arms[0], &error);
    if (world == NULL) fail_msg("%s", error->message);
    Sum sum = {0};
    hf_trace_listen(hf_world_trace(world), add_up, &sum);
    hf_world_run(world, 600 * S);
    assert_true((double)sum.rows == expected(set, "rows"));
    assert_true((double)sum.cpus == expected(set, "sum_cpu_milli"));
    assert_true((double)sum.mem / 1000 == expected(set, "sum_memory_mib"));
    assert_true((double)sum.gpus == expected(set, "sum_gpu_milli(num_gpu*gpu_milli)"));
    hf_world_free(world);
    hf_scenario_set_free(scenario);
}

static void openb_pods_add_up(void **state)
{
    check_pods("openb_pod_list_default.csv.gz", "openb_pod_list_default");
    check_pods("openb_pod_list_gpuspec33.csv.gz", "openb_pod_list_gpuspec33");
}

/* Every pod runs for as long as it lived, on a cell with room for all. */
static void openb_pods_live_as_long_as_the_trace_says(void **state)
{
    const char *set = "openb_pod_list_default";
    g_autofree char *framework =
        g_strdup_printf("model: batch, capabilities: [GPU_RESOURCES], min_revive_interval: 1s,"
                        " workload: {model: openb, file: %s/open/openb-2023/%s.csv.gz}",
                        traces, set);
    double end = expected(set, "max_deletion_time_s");
    Cell *cell = lab("count: 4, resources: 'cpus:1000;mem:10000000;gpus:500'", framework,
                     hf_time_from_seconds(end + 3600));
    double lived = 0;
    uint64_t ended = 0;
    HfTime *started = g_new0(HfTime, 10000);
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_TASK_STARTED) started[record->id] = record->at;
        if (record->type != HF_RECORD_TASK_ENDED) continue;
        lived += hf_time_to_seconds(record->at - started[record->id]);
        ended++;
    }
    g_free(started);
    assert_true((double)ended == expected(set, "rows"));
    assert_true(lived == expected(set, "sum_lifetime_s(deletion-creation)"));
    cell_free(cell);
}

static void hpc2n_jobs_add_up(void **state)
{
    const char *set = "HPC2N-2002-2.2-cln.first500.swf";
    double last = expected(set, "last_submit_s");
    g_autofree char *framework = g_strdup_printf(
        "model: batch, workload: {model: swf, file: %s/attribution/swf/%s}", traces, set);
    Cell *cell = lab("count: 4, resources: 'cpus:500;mem:1000000'", framework,
                     hf_time_from_seconds(last + 30 * 86400));
    double processor_seconds = 0;
    uint64_t jobs = 0, last_job = 0;
    HfTime *started = g_new0(HfTime, 100000), last_submit = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_JOB_SUBMITTED) {
            jobs += record->id != last_job;
            last_job = record->id;
            last_submit = record->at;
        }
        if (record->type == HF_RECORD_TASK_STARTED) started[record->id] = record->at;
        if (record->type == HF_RECORD_TASK_ENDED)
            processor_seconds += hf_time_to_seconds(record->at - started[record->id]);
    }
    g_free(started);
    assert_true((double)jobs == expected(set, "jobs"));
    assert_true(hf_time_to_seconds(last_submit) == last);
    /* Here jobs ask for the processors that they were given. */
    assert_true(fabs(processor_seconds - expected(set, "sum_run_x_alloc_proc_s")) < 1e-3);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), jobs);
    cell_free(cell);
}

static void recorded_outages_add_up(void **state)
{
    g_autofree char *fta =
        g_build_filename(traces, "attribution/fta-g5k06/excerpt-site6-c2/event_trace.tab.gz", NULL);
    HfOutages *outages = hf_outages_read(fta, HF_OUTAGES_FTA, 0, NULL);
    assert_non_null(outages);
    assert_true(outages->all.count == expected("fta_excerpt_site6_c2", "down_rows(event_type==0)"));
    assert_true(outages->nodes->len == expected("fta_excerpt_site6_c2", "nodes"));
    hf_outages_free(outages);
    g_autofree char *lanl = g_build_filename(
        traces, "attribution/lanl-2005/LA-UR-05-7318-failure-data-1996-2005.csv.gz", NULL);
    outages = hf_outages_read(lanl, HF_OUTAGES_LANL, 0, NULL);
    assert_non_null(outages);
    assert_int_equal(outages->all.count, 23739); /* as its README says */
    hf_outages_free(outages);
    outages = hf_outages_read(lanl, HF_OUTAGES_LANL, 20, NULL);
    assert_int_equal(outages->all.count, 2478); /* counted by awk */
    hf_outages_free(outages);
}

int main(void)
{
    hf_test_init();
    const char *given = g_getenv("HOLDFAST_TRACES");
    traces = given && *given ? given : HF_SOURCE_DIR "/../shared/traces";
    g_autofree char *table = g_build_filename(traces, "EXPECTED.tsv", NULL);
    if (!g_file_test(table, G_FILE_TEST_EXISTS)) {
        printf("skipped: no traces in %s (HOLDFAST_TRACES)\n", traces);
        return HF_TEST_SKIPPED;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openb_machines_add_up),
        cmocka_unit_test(recorded_outages_add_up),
        cmocka_unit_test(openb_pods_add_up),
        cmocka_unit_test(openb_pods_live_as_long_as_the_trace_says),
        cmocka_unit_test(hpc2n_jobs_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
