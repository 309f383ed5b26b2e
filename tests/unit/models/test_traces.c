/* Trace formats: what each line becomes, and what is said of lines that are wrong. */
#include "unit/models/lab.h"

#include <gio/gio.h>

#define FIXTURES HF_SOURCE_DIR "/tests/fixtures/"
#define NODES    "sn,cpu_milli,memory_mib,gpu,model\n"
#define PODS                                                                                       \
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"            \
    "deletion_time,scheduled_time\n"

/* A batch framework that takes its jobs from a trace, with room for all of them. */
static Cell *lab(const char *workload)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\n"
        "network: {latency: 0s}\n"
        "agents: [{name: m, trace: {format: openb, file: " FIXTURES "openb-nodes.csv}}]\n"
        "frameworks: [{name: f, model: batch, capabilities: [GPU_RESOURCES],"
        " min_revive_interval: 0s, refuse: 0s, workload: {%s}}]\n",
        workload);
    return cell_new(text);
}

/* Amounts of each launched task, kept as text by a listener: "job: resources". */
static void on_record(void *context, const HfRecord *record)
{
    GString *text = context;
    if (record->type != HF_RECORD_JOB_SUBMITTED) return;
    g_string_append_printf(text, "%" G_GINT64_FORMAT " %g s x%" G_GINT64_FORMAT ":",
                           (gint64)record->id, hf_time_to_seconds(record->at),
                           (gint64)record->value);
    static const HfKindId kinds[] = {HF_KIND_CPUS, HF_KIND_MEM, HF_KIND_GPUS};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        g_string_append_printf(text, " %g",
                               (double)hf_resources_milli(record->resources, kinds[i]) / 1000);
    g_string_append_c(text, '\n');
}

static char *submissions(Cell *cell)
{
    GString *text = g_string_new(NULL);
    hf_trace_listen(hf_world_trace(cell->world), on_record, text);
    cell_run(cell, HF_NS_PER_DAY);
    return g_string_free(text, FALSE);
}

static void swf_jobs_become_tasks_of_one_cpu(void **state)
{
    Cell *cell = lab("model: swf, file: " FIXTURES "small.swf, mem: 256");
    g_autofree char *is = submissions(cell);
    assert_string_equal(is,
                        /* 1: 4 requested processors, 2048 KB each */
                        "1 10 s x1: 1 2 0\n1 10 s x1: 1 2 0\n1 10 s x1: 1 2 0\n1 10 s x1: 1 2 0\n"
                        /* 2: 2 allocated, 5000 KB used: 5 MB */
                        "2 20 s x1: 1 5 0\n2 20 s x1: 1 5 0\n"
                        /* no run time; no processors; run time 0 is 1 s, and without a word on
                         * memory the key's; cancelled before it started; cancelled while it ran,
                         * where 100 KB are 1 MB; requested 0 is not said */
                        "3 50 s x1: 1 256 0\n"
                        "4 70 s x1: 1 1 0\n"
                        "5 70.5 s x1: 1 256 0\n");
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 5);
    const double durations[] = {100, 100, 100, 100, 100, 100, 1, 40, 40.5};
    for (uint32_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        const HfRecord *started = cell_record(cell, HF_RECORD_TASK_STARTED, i);
        for (uint32_t k = 0; k < G_N_ELEMENTS(durations); k++) {
            const HfRecord *ended = cell_record(cell, HF_RECORD_TASK_ENDED, k);
            if (ended->id == started->id)
                assert_int_equal(ended->at - started->at, hf_time_from_seconds(durations[i]));
        }
    }
    cell_free(cell);
}

static void a_trace_can_be_cut_at_its_start_and_its_length(void **state)
{
    static const struct {
        const char *workload, *jobs;
    } cases[] = {
        {"model: swf, start: 50s, file: " FIXTURES "small.swf", "1@0 2@20 3@20.5 "},
        {"model: swf, limit: 2, file: " FIXTURES "small.swf", "1@10 2@20 "},
        {"model: swf, start: 20s, limit: 1, file: " FIXTURES "small.swf", "1@0 "},
        {"model: openb, start: 105s, file: " FIXTURES "openb-pods.csv", "1@5 2@5 3@25 "},
        {"model: openb, limit: 3, file: " FIXTURES "openb-pods.csv", "1@100 2@110 3@110 "},
        {"model: openb, qos: batch, file: " FIXTURES "openb-pods.csv", "1@110 "},
        {"model: openb, qos: service, file: " FIXTURES "openb-pods.csv", "1@100 2@110 3@130 "}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Cell *cell = lab(cases[i].workload);
        cell_run(cell, HF_NS_PER_DAY);
        g_autoptr(GString) text = g_string_new(NULL);
        uint64_t last = 0;
        for (uint32_t k = 0; k < cell_count(cell, HF_RECORD_JOB_SUBMITTED); k++) {
            const HfRecord *record = cell_record(cell, HF_RECORD_JOB_SUBMITTED, k);
            if (record->id != last)
                g_string_append_printf(text, "%u@%g ", (unsigned)record->id,
                                       hf_time_to_seconds(record->at));
            last = record->id;
        }
        assert_string_equal(text->str, cases[i].jobs);
        cell_free(cell);
    }
}

static void pods_become_tasks_with_shares_of_gpus(void **state)
{
    Cell *cell = lab("model: openb, file: " FIXTURES "openb-pods.csv");
    g_autofree char *is = submissions(cell);
    assert_string_equal(is, "1 100 s x1: 2.5 512 0\n"
                            "2 110 s x1: 1 512 0.5\n"
                            "3 110 s x1: 1 512 2\n"
                            "4 130 s x1: 0.001 0 0\n");
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_FINISHED), 4);
    /* The constraints: pod-1 wants a T4, pod-2 a V100 or P100; they run as long as they lived. */
    for (uint32_t i = 0; i < 4; i++) {
        const HfRecord *started = cell_record(cell, HF_RECORD_TASK_STARTED, i);
        const char *host = hf_world_host_name(cell->world, started->agent);
        if (started->id == 2) assert_string_equal(host, "node-b");
        if (started->id == 3) assert_string_equal(host, "node-a");
    }
    cell_free(cell);
}

static void machines_become_agents_with_the_gpu_model_as_attribute(void **state)
{
    Cell *cell = lab("model: openb, file: " FIXTURES "openb-pods.csv");
    cell_run(cell, 50 * S);
    assert_int_equal(hf_world_hosts(cell->world), 3);
    assert_string_equal(hf_world_host_name(cell->world, 0), "node-a");
    static const struct {
        int64_t cpus, mem, gpus;
        const char *model;
    } expected[] = {{8000, 16384000, 2000, "gpu_model:V100"},
                    {8500, 16384000, 2000, "gpu_model:T4"},
                    {4001, 1024000, 0, "gpu_model:none"}};
    for (uint32_t h = 0; h < 3; h++) {
        const HfResources *total = cell->world->hosts[h].total;
        assert_int_equal(hf_resources_milli(total, HF_KIND_CPUS), expected[h].cpus);
        assert_int_equal(hf_resources_milli(total, HF_KIND_MEM), expected[h].mem);
        assert_int_equal(hf_resources_milli(total, HF_KIND_GPUS), expected[h].gpus);
        HfAttributes attributes = {0};
        assert_true(hf_attributes_parse(hf_world_catalog(cell->world), expected[h].model,
                                        &attributes, NULL));
        assert_true(hf_attributes_equal(hf_world_host_attributes(cell->world, h), &attributes));
        hf_attributes_clear(hf_world_catalog(cell->world), &attributes);
    }
    cell_free(cell);
}

static void pods_out_of_order_arrive_in_order_of_time(void **state)
{
    char *pods = lab_file("pods.csv", PODS "a,1000,1,0,0,,LS,Running,300,310,0\n"
                                           "b,2000,1,0,0,,LS,Running,100,110,0\n"
                                           "c,3000,1,0,0,,LS,Running,200,210,0\n"
                                           "d,4000,1,0,0,,LS,Running,100,110,0\n");
    g_autofree char *workload = g_strdup_printf("model: openb, file: %s", pods);
    Cell *cell = lab(workload);
    g_autofree char *is = submissions(cell);
    assert_string_equal(is, "1 100 s x1: 2 1 0\n2 100 s x1: 4 1 0\n"
                            "3 200 s x1: 3 1 0\n4 300 s x1: 1 1 0\n");
    cell_free(cell);
    lab_remove(pods);
}

/* The file, compressed into another. */
static char *compressed(const char *path, gsize keep)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize size = 0;
    assert_true(g_file_get_contents(path, &text, &size, NULL));
    g_autoptr(GZlibCompressor) gzip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
    g_autofree char *packed = g_malloc(size + 1000);
    gsize read, written;
    GConverterResult result =
        g_converter_convert(G_CONVERTER(gzip), text, size, packed, size + 1000,
                            G_CONVERTER_INPUT_AT_END, &read, &written, &error);
    assert_int_equal(result, G_CONVERTER_FINISHED);
    g_autofree char *folder = g_dir_make_tmp("holdfast-test-XXXXXX", NULL);
    char *to = g_build_filename(folder, "trace.gz", NULL);
    assert_true(g_file_set_contents(to, packed, (gssize)MIN(written, keep), NULL));
    return to;
}

static void compressed_and_crlf_files_read_the_same(void **state)
{
    Cell *plain = lab("model: swf, file: " FIXTURES "small.swf");
    g_autofree char *expected = submissions(plain);
    cell_free(plain);
    char *packed = compressed(FIXTURES "small.swf", G_MAXSIZE);
    g_autofree char *workload = g_strdup_printf("model: swf, file: %s", packed);
    Cell *cell = lab(workload);
    g_autofree char *is = submissions(cell);
    assert_string_equal(is, expected);
    cell_free(cell);
    lab_remove(packed);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(FIXTURES "small.swf", &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *dos = g_strjoinv("\r\n", lines);
    char *crlf = lab_file("crlf.swf", dos);
    g_autofree char *other = g_strdup_printf("model: swf, file: %s", crlf);
    cell = lab(other);
    g_autofree char *same = submissions(cell);
    assert_string_equal(same, expected);
    cell_free(cell);
    lab_remove(crlf);
}

/* What is said of a scenario whose trace has this text. */
static void check_complaint(const char *where, const char *format, const char *text,
                            const char *complaint)
{
    char *path = lab_file("trace", text);
    gboolean is_machines = strcmp(where, "agents") == 0;
    g_autofree char *scenario = g_strdup_printf(
        "duration: 1d\n"
        "agents: [{name: m, %s%s%s}]\n"
        "frameworks: [{name: f, model: batch, %s%s%s}]\n",
        is_machines ? "trace: {format: openb, file: " : "", is_machines ? path : "",
        is_machines ? "}" : "count: 1, resources: 'cpus:1'",
        is_machines ? "arrivals: 1s, duration: 1s" : "workload: {file: ", is_machines ? "" : path,
        is_machines ? "" : (strcmp(format, "swf") == 0 ? ", model: swf}" : ", model: openb}"));
    g_autofree char *is = lab_complaint(scenario);
    g_autofree char *expected = g_strdup_printf(
        "%s: %s:%s", is_machines ? "agents[0] (m)" : "frameworks[0] (f)", path, complaint);
    assert_string_equal(is, expected);
    lab_remove(path);
}

#define JOB "1 10 5 100 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n"

static void wrong_lines_of_swf_are_named(void **state)
{
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"", "0: no job that could be run"},
        {"; only a comment\n\n", "2: no job that could be run"},
        {JOB "2 20 5 100 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1\n", "2: has 17 fields, not 18"},
        {"; x\n\n1\n", "3: has 1 fields, not 18"},
        {"1 x 5 100 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 2 (submit time): \"x\" is not a number"},
        {"1 -5 5 100 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 2 (submit time): -5 is outside 0 .. 1e+09"},
        {JOB JOB "3 9 5 100 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n", "3: submit time goes back"},
        {"1 10 5 nan 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 4 (run time): \"nan\" is not a number"},
        {"1 10 5 1e99 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 4 (run time): 1e99 is outside -1 .. 1e+09"},
        {"1 10 5 100 2 -1 -1 4x 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 8 (requested processors): \"4x\" is not a number"},
        {"1 10 5 100 2 -1 -1 1e7 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 8 (requested processors): 1e7 is outside -1 .. 1e+06"},
        {"1 10 5 100 2 -1 -1 2.5 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 8 (requested processors): 2.5 is not a whole number"},
        {"1 10 5 100 2 -1 -1 4 200 -1 9 1 1 -1 1 -1 -1 -1\n",
         "1: column 11 (status): 9 is outside -1 .. 5"},
        {"1 0x10 5 100 2 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n",
         "1: column 2 (submit time): \"0x10\" is not a number"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check_complaint("frameworks", "swf", cases[i].text, cases[i].complaint);
}

static void wrong_lines_of_pods_are_named(void **state)
{
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"", "0: the file is empty"},
        {"name,cpu_milli\n",
         "1: expected the header \"name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,"
         "pod_phase,creation_time,deletion_time,scheduled_time\""},
        {PODS "p,1,2\n", "2: has 3 columns, not 11"},
        {PODS "p,x,1,0,0,,LS,Running,0,9,0\n", "2: column 2 (cpu_milli): \"x\" is not a number"},
        {PODS "p,,1,0,0,,LS,Running,0,9,0\n", "2: column 2 (cpu_milli) is missing"},
        {PODS "p,1,-1,0,0,,LS,Running,0,9,0\n",
         "2: column 3 (memory_mib): -1 is outside 0 .. 1e+12"},
        {PODS "p,1,1,0,1001,,LS,Running,0,9,0\n",
         "2: column 5 (gpu_milli): 1001 is outside 0 .. 1000"},
        {PODS "p,1,1,0,0,,LS,Running,10,9,0\n",
         "2: column 10 (deletion_time): 9 is outside 10 .. 1e+09"},
        {PODS "p,0,0,0,0,,LS,Running,0,9,0\n", "2: asks for nothing"},
        {PODS "p,1,1,0,0,,LS,Running,0,9,0\np,1,1,0,0,,LS,Running,0,9\n",
         "3: has 10 columns, not 11"},
        {PODS "p,1,1,0,0,,XX,Running,0,9,0\n",
         "2: column 7 (qos): \"XX\" is none of LS, BE, Burstable, Guaranteed"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check_complaint("frameworks", "openb", cases[i].text, cases[i].complaint);
}

static void wrong_lines_of_machines_are_named(void **state)
{
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"", "0: the file is empty"},
        {"node,cpu\n", "1: expected the header \"sn,cpu_milli,memory_mib,gpu,model\""},
        {NODES, "1: no machine"},
        {NODES "a,1000,1,0\n", "2: has 4 columns, not 5"},
        {NODES "a,1000,1,0,\nb,1000,1,0,x,y\n", "3: has 6 columns, not 5"},
        {NODES "a,1e10,1,0,\n", "2: column 2 (cpu_milli): 1e10 is outside 0 .. 1e+09"},
        {NODES "a,1000,one,0,\n", "2: column 3 (memory_mib): \"one\" is not a number"},
        {NODES "a,1000,1,1001,\n", "2: column 4 (gpu): 1001 is outside 0 .. 1000"},
        {NODES "a,0,0,0,\n", "2: has nothing"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check_complaint("agents", "openb", cases[i].text, cases[i].complaint);
}

static void check_broken_file(char *path, const char *complaint)
{
    g_autofree char *scenario =
        g_strdup_printf("duration: 1d\nagents: [{name: m, count: 1, resources: 'cpus:1'}]\n"
                        "frameworks: [{name: f, model: batch, workload: {model: swf, file: %s}}]\n",
                        path);
    g_autofree char *is = lab_complaint(scenario);
    assert_contains(is, path);
    assert_contains(is, complaint);
    lab_remove(path);
}

static void broken_files_are_named(void **state)
{
    check_broken_file(compressed(FIXTURES "small.swf", 60), "after line");
    check_broken_file(lab_file("text.swf.gz", "this is no gzip"), "after line 0");
    g_autofree char *folder = g_dir_make_tmp("holdfast-test-XXXXXX", NULL);
    char *nul = g_build_filename(folder, "nul.swf", NULL);
    assert_true(g_file_set_contents(nul, JOB "2 \0 5\n", sizeof JOB + 6, NULL));
    check_broken_file(nul, ":2: contains a NUL byte");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swf_jobs_become_tasks_of_one_cpu),
        cmocka_unit_test(a_trace_can_be_cut_at_its_start_and_its_length),
        cmocka_unit_test(pods_become_tasks_with_shares_of_gpus),
        cmocka_unit_test(machines_become_agents_with_the_gpu_model_as_attribute),
        cmocka_unit_test(pods_out_of_order_arrive_in_order_of_time),
        cmocka_unit_test(compressed_and_crlf_files_read_the_same),
        cmocka_unit_test(wrong_lines_of_swf_are_named),
        cmocka_unit_test(wrong_lines_of_pods_are_named),
        cmocka_unit_test(wrong_lines_of_machines_are_named),
        cmocka_unit_test(broken_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
