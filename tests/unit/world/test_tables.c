/* The tables of a run, whole, as text. */
#include "unit/world/greedy.h"

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

static char *print(Cell *cell, const char *file)
{
    for (const HfTable *table = hf_tables; table->file; table++) {
        if (strcmp(table->file, file) != 0) continue;
        GString *text = g_string_new(NULL);
        table->print(cell->world, text);
        return g_string_free(text, FALSE);
    }
    fail_msg("no table %s", file);
    return NULL;
}

static void keep_row(void *context, const HfTaskRecord *task)
{
    void **pair = context;
    hf_table_tasks_row(pair[0], task, pair[1]);
}

/* Names that need quotes wherever CSV text has one: a role and a resource with a comma. */
static Cell *awkward(void)
{
    return cell_new("duration: 40s\n"
                    "network: {latency: 0s}\n"
                    "record: {interval: 20s}\n"
                    "agents: [{name: a, count: 2, resources: 'cpus:4;odd,one:2'}]\n"
                    "frameworks: [{name: f, model: greedy, role: 'a,\"b', start: 25s,"
                    " tasks: 3, cpus: 2, duration: 10s, usage: 0.5}]\n");
}

static void check_shape(const char *csv, uint32_t rows)
{
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    guint count = g_strv_length(lines);
    assert_string_equal(lines[count - 1], ""); /* ends with a newline */
    assert_int_equal(count - 1, rows + 1);
    guint columns = 0;
    for (guint i = 0; i + 1 < count; i++) {
        guint here = 1;
        gboolean quoted = FALSE;
        for (const char *p = lines[i]; *p; p++) {
            if (*p == '"') quoted = !quoted;
            here += *p == ',' && !quoted;
        }
        assert_false(quoted);
        if (i == 0) columns = here;
        assert_int_equal(here, columns);
    }
}

static void series_has_a_row_for_each_interval_and_a_column_for_each_level(void **state)
{
    Cell *cell = awkward();
    cell_run(cell, 40 * S);
    hf_world_finish(cell->world);
    g_autofree char *csv = print(cell, "timeseries.csv");
    check_shape(csv, 2);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    assert_string_equal(
        lines[0],
        "time_s,agents_up,tasks_running,tasks_waiting,offers_outstanding,volumes,"
        "volumes_orphaned,orphaned_disk_mb,executors_running,offers_sent,"
        "offers_accepted,offers_declined,offers_rescinded,offers_expired,real_sandboxes_mb,"
        "real_ended_sandboxes_mb,real_volumes_mb,real_paths_mb,real_paths_left_mb,"
        "real_out_of_band_mb,cpus_total,"
        "cpus_allocated,cpus_used,cpus_used_unreachable,cpus_offered,cpus_reserved_idle,"
        "\"odd,one_total\",\"odd,one_allocated\",\"odd,one_used\",\"odd,one_used_unreachable\","
        "\"odd,one_offered\","
        "\"odd,one_reserved_idle\",\"share_a,\"\"b\"");
    assert_true(g_str_has_prefix(lines[1], "20,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"));
    /* Offered at 25 s when the framework subscribes; 3 tasks of 2 CPUs run 10 of 20 s at half. */
    assert_true(g_str_has_prefix(lines[2], "40,2,1.5,0,"));
    g_auto(GStrv) fields = g_strsplit(lines[2], ",", -1);
    assert_string_equal(fields[20], "8");
    assert_string_equal(fields[21], "3");
    assert_string_equal(fields[22], "1.5");
    assert_string_equal(fields[32], "0.375"); /* 3 of 8 CPUs */
    cell_free(cell);
}

static void frameworks_have_one_row_each(void **state)
{
    Cell *cell = awkward();
    cell_run(cell, 40 * S);
    hf_world_finish(cell->world);
    g_autofree char *csv = print(cell, "frameworks.csv");
    check_shape(csv, 1);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    assert_string_equal(
        lines[0],
        "framework,model,role,tasks_launched,tasks_finished,tasks_failed,tasks_lost,tasks_killed,"
        "offers_received,offers_accepted,offers_declined,wait_p50_s,wait_p95_s,"
        "dominant_share_mean");
    assert_true(g_str_has_prefix(lines[1], "f,greedy,\"a,\"\"b\",3,3,0,0,0,"));
    cell_free(cell);
}

static void tasks_have_their_times_and_amounts(void **state)
{
    Cell *cell = awkward();
    g_autoptr(GString) out = g_string_new(NULL);
    void *pair[] = {cell->world, out};
    hf_table_tasks_header(out);
    hf_recorder_set_task_sink(hf_world_recorder(cell->world), keep_row, pair);
    cell_run(cell, 40 * S);
    hf_world_finish(cell->world);
    check_shape(out->str, 3);
    g_auto(GStrv) lines = g_strsplit(out->str, "\n", -1);
    assert_string_equal(lines[0], "framework,role,job,task,agent,submit_s,launch_s,start_s,end_s,"
                                  "wait_s,state,cpus,mem_mb");
    /* Without latency everything happens when the framework subscribes; it says no submit time. */
    assert_true(g_str_has_suffix(lines[1], ",,25,25,35,,TASK_FINISHED,2,0"));
    assert_true(g_str_has_prefix(lines[1], "f,\"a,\"\"b\",1,1,a-"));
    cell_free(cell);
}

static void waits_have_201_quantiles_of_all_and_of_each_framework(void **state)
{
    Cell *cell = awkward();
    cell_run(cell, 30 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_TASK_WAITED, .id = 1, .value = 0}, NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_TASK_WAITED, .id = 2, .value = 2 * S}, NULL);
    cell_run(cell, 40 * S);
    hf_world_finish(cell->world);
    g_autofree char *csv = print(cell, "waits.csv");
    check_shape(csv, 402);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    assert_string_equal(lines[0], "quantile,wait_s,framework");
    assert_string_equal(lines[1], "0,0,all");
    assert_string_equal(lines[101], "0.5,0,all");
    assert_string_equal(lines[201], "1,2,all");
    assert_string_equal(lines[202], "0,0,f");
    cell_free(cell);
}

static void waits_of_nobody_leave_the_header_alone(void **state)
{
    Cell *cell = awkward();
    cell_run(cell, 10 * S);
    hf_world_finish(cell->world);
    g_autofree char *csv = print(cell, "waits.csv");
    assert_string_equal(csv, "quantile,wait_s,framework\n");
    cell_free(cell);
}

static void relaunches_and_refusals_have_a_row_each(void **state)
{
    Cell *cell = awkward();
    cell_run(cell, 30 * S);
    emit(cell, (HfRecord){.type = HF_RECORD_TASK_REPLACED, .id = 7, .agent = 1, .value = 5 * S / 2},
         NULL);
    emit(cell, (HfRecord){.type = HF_RECORD_PLACEMENT_REFUSED, .id = 9, .value = 1}, NULL);
    cell_run(cell, 40 * S);
    hf_world_finish(cell->world);
    g_autofree char *relaunches = print(cell, "instances.csv");
    assert_string_equal(relaunches, "framework,task,ended_s,relaunched_s,after_s,host,same_agent\n"
                                    "f,7,27.5,30,2.5,a-1,0\n");
    g_autofree char *refusals = print(cell, "refusals.csv");
    assert_string_equal(refusals, "refusal,time_s,tasks_launched,cpus_allocated,"
                                  "\"odd,one_allocated\"\n"
                                  "1,30,3,0.75,0\n");
    cell_free(cell);
}

/* The text of a volume and of what lies beside it: made at 26 s by the framework, used from 30 s
 * on. */
static void failures_and_volumes_have_a_row_each(void **state)
{
    Cell *cell = awkward();
    cell_run(cell, 26 * S);
    cell->is_made_up = TRUE;
    HfCatalog *catalog = hf_world_catalog(cell->world);
    HfResources volume = {0};
    assert_true(hf_resources_parse_canonical(catalog, "disk(D:db,p=pp)[v,1:data,p=pp]:40.5",
                                             &volume, NULL));
    HfRoleId db = hf_role_find(catalog, "db");
    HfRecord record = {.agent = 1, .framework = 0, .role = db, .resources = &volume};
    const struct {
        HfTime at;
        HfRecordType type;
        uint64_t id;
        uint16_t state;
    } list[] = {{26 * S, HF_RECORD_FRAMEWORK_SUBSCRIBED, 0, 0},
                {26 * S, HF_RECORD_CONVERTED, 0, 0},
                {30 * S, HF_RECORD_TASK_LAUNCHED, 8, 0},
                {30 * S, HF_RECORD_TASK_STARTED, 8, 0},
                {32 * S, HF_RECORD_TASK_ENDED, 8, HF_TASK_FAILED},
                {33 * S, HF_RECORD_TASK_STATE, 8, HF_TASK_FAILED},
                {34 * S, HF_RECORD_TASK_LAUNCHED, 9, 0},
                {35 * S, HF_RECORD_TASK_STARTED, 9, 0},
                {36 * S, HF_RECORD_TASK_STATE, 9, HF_TASK_LOST}};
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++) {
        cell_run(cell, list[i].at);
        record.at = list[i].at;
        record.type = (uint16_t)list[i].type;
        record.id = list[i].id;
        record.state = list[i].state;
        hf_trace_emit(hf_world_trace(cell->world), &record);
    }
    cell_run(cell, 40 * S);
    hf_world_finish(cell->world);
    g_autofree char *volumes = print(cell, "volumes.csv");
    assert_string_equal(
        volumes, "persistence_id,role,principal,host,size_mb,created_s,created_by,state,ended_s,"
                 "tasks,used_by,used_s,in_use,orphaned_since_s\n"
                 "\"v,1\",db,pp,a-1,40.5,26,f,there,,2,f,5,0,\n");
    g_autofree char *relaunches = print(cell, "relaunches.csv");
    assert_string_equal(
        relaunches,
        "framework,role,task,host,launched_s,started_s,ended_s,state,reason,volumes,ran_again_s,"
        "after_s,next_task,next_host,same_agent,data_bytes,kept_bytes,lost_bytes,left_bytes,"
        "copied_bytes\n"
        "f,db,8,a-1,30,30,32,TASK_FAILED,NONE,1,35,3,9,a-1,1,42467328,42467328,0,0,0\n"
        "f,db,9,a-1,34,35,36,TASK_LOST,NONE,1,,,,,,42467328,0,0,0,0\n");
    g_autofree char *times = print(cell, "relaunch_times.csv");
    check_shape(times, 402);
    assert_true(g_str_has_prefix(times, "quantile,after_s,framework\n0,3,all\n"));
    assert_true(g_str_has_suffix(times, "\n1,3,f\n"));
    hf_resources_clear(catalog, &volume);
    cell_free(cell);
}

static void every_table_says_what_it_holds(void **state)
{
    for (const HfTable *table = hf_tables; table->file; table++) {
        assert_true(g_str_has_suffix(table->file, ".csv"));
        assert_true(strlen(table->help) > 10);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_has_a_row_for_each_interval_and_a_column_for_each_level),
        cmocka_unit_test(frameworks_have_one_row_each),
        cmocka_unit_test(tasks_have_their_times_and_amounts),
        cmocka_unit_test(waits_have_201_quantiles_of_all_and_of_each_framework),
        cmocka_unit_test(waits_of_nobody_leave_the_header_alone),
        cmocka_unit_test(relaunches_and_refusals_have_a_row_each),
        cmocka_unit_test(failures_and_volumes_have_a_row_each),
        cmocka_unit_test(every_table_says_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
