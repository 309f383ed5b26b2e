/* The inflation model: pods of a trace arrive one by one and stay; where each goes is worked out.
 */
#include "unit/models/lab.h"

#include <math.h>

#define NODES "sn,cpu_milli,memory_mib,gpu,model\n"
#define PODS                                                                                       \
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"            \
    "deletion_time,scheduled_time\n"

static Cell *lab(const char *nodes, const char *pods, const char *keys)
{
    g_autofree char *text =
        g_strdup_printf("duration: 10m\n"
                        "agents: [{name: m, trace: {format: openb, file: %s}}]\n"
                        "frameworks: [{name: f, model: inflation, capabilities: [GPU_RESOURCES],"
                        " workload: {model: openb, file: %s}%s}]\n",
                        nodes, pods, keys);
    return cell_new(text);
}

/* Where each pod went: a letter for each, by its host; '-' for none. */
static char *placement(const char *nodes_text, const char *pods_text, const char *keys)
{
    char *nodes = lab_file("nodes.csv", nodes_text), *pods = lab_file("pods.csv", pods_text);
    Cell *cell = lab(nodes, pods, keys);
    cell_run(cell, 600 * S);
    GString *letters = g_string_new(NULL);
    uint32_t submitted = cell_count(cell, HF_RECORD_JOB_SUBMITTED), refused = 0;
    for (uint32_t i = 0; i < submitted; i++) g_string_append_c(letters, '?');
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_TASK_STARTED)
            letters->str[record->id - 1] = (char)('a' + record->agent);
        if (record->type == HF_RECORD_PLACEMENT_REFUSED) {
            letters->str[record->id - 1] = '-';
            assert_int_equal(record->value, ++refused);
        }
        assert_int_not_equal(record->type, HF_RECORD_TASK_ENDED);
    }
    assert_int_equal(refused + cell->world->run_slots.live, submitted);
    cell_free(cell);
    lab_remove(nodes);
    lab_remove(pods);
    return g_string_free(letters, FALSE);
}

static void check(const char *nodes, const char *pods, const char *keys, const char *expected)
{
    g_autofree char *is = placement(nodes, pods, keys);
    if (strcmp(is, expected) != 0) fail_msg("%s: %s, not %s", keys, is, expected);
}

/* Pods that want so much of one thing. */
#define CPU(amount)              "p," amount ",100,0,0,,LS,Running,0,9,0\n"
#define GPU(number, milli, spec) "p,1000,100," number "," milli "," spec ",LS,Running,0,9,0\n"

static void fit_says_which_agent_takes_a_pod(void **state)
{
    /* Three machines without GPUs: 4, 2 and 8 CPUs. */
    static const char nodes[] = NODES "x,4000,9000,0,\ny,2000,9000,0,\nz,8000,9000,0,\n";
    static const char pods[] = PODS CPU("1000") CPU("2000") CPU("1000") CPU("4000") CPU("4000");
    /* best: 1 -> b (2 left of CPUs is least), 2 -> a, 1 -> b (now 1 left), 4 -> c (8), 4 -> c. */
    check(nodes, pods, ", fit: best", "babcc");
    /* first: 1 -> a, 2 -> a, 1 -> a, 4 -> c, 4 -> c. */
    check(nodes, pods, ", fit: first", "aaacc");
    /* worst: 1 -> c (8), 2 -> c (7), 1 -> c (5), 4 -> a and c have 4: the first, 4 -> c. */
    check(nodes, pods, ", fit: worst", "cccac");
}

static void gpus_count_before_cpus(void **state)
{
    static const char nodes[] = NODES "x,64000,9000,4,T4\ny,8000,9000,8,T4\nz,16000,9000,2,T4\n";
    static const char pods[] =
        PODS GPU("1", "500", "") GPU("1", "1000", "") GPU("2", "1000", "") GPU("4", "1000", "");
    /* best: half a GPU -> c (2), one -> c (1.5), two -> a (4), four -> b (8). */
    check(nodes, pods, ", fit: best", "ccab");
    /* worst: b (8), b (7.5), b (6.5), b (4.5). */
    check(nodes, pods, ", fit: worst", "bbbb");
}

static void constraints_are_kept(void **state)
{
    static const char nodes[] = NODES "x,8000,9000,2,T4\ny,8000,9000,2,V100\nz,8000,9000,2,A10\n";
    static const char pods[] =
        PODS GPU("1", "1000", "V100") GPU("2", "1000", "P100|A10") GPU("1", "1000", "T4|V100")
            GPU("2", "1000", "V100") GPU("1", "1000", "G3") GPU("1", "1000", "");
    /* V100 -> b; P100 or A10 -> c; T4 or V100: b has 1 left, which is least; V100 x 2: full,
     * refused; G3: nobody has it; anything: b is full of GPUs, c too, so a. */
    check(nodes, pods, "", "bcb--a");
}

static void refusals_are_numbered_and_later_pods_still_placed(void **state)
{
    static const char nodes[] = NODES "x,4000,9000,0,\n";
    static const char pods[] = PODS CPU("3000") CPU("2000") CPU("1500") CPU("1000") CPU("1");
    check(nodes, pods, "", "a--a-");
}

static void each_pod_comes_a_gap_after_the_one_before(void **state)
{
    char *nodes = lab_file("nodes.csv", NODES "x,4000,9000,0,\n");
    char *pods = lab_file("pods.csv", PODS CPU("1000") CPU("1000") CPU("1000") CPU("4000"));
    Cell *cell = lab(nodes, pods, ", gap: 30s");
    g_autoptr(HfMetrics) metrics = lab_metrics(cell);
    HfTime first = cell_record(cell, HF_RECORD_JOB_SUBMITTED, 0)->at;
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(cell_record(cell, HF_RECORD_JOB_SUBMITTED, i)->at, first + i * 30 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_JOB_SUBMITTED), 4);
    assert_true(fabs(cell_metric(metrics, "demand.cpus") - 7) < 1e-9);
    assert_true(fabs(cell_metric(metrics, "refusal.1.cpus") - 0.75) < 1e-9);
    assert_true(fabs(cell_metric(metrics, "placement.refused") - 1) < 1e-9);
    cell_free(cell);
    lab_remove(nodes);
    lab_remove(pods);
}

/* An offer that is taken back must not be placed on. */
static void what_a_crash_takes_back_is_let_go(void **state)
{
    char *nodes = lab_file("nodes.csv", NODES "x,4000,9000,0,\ny,2000,9000,0,\n");
    char *pods = lab_file("pods.csv", PODS CPU("1000") CPU("1000") CPU("1000"));
    Cell *cell = lab(nodes, pods, ", gap: 30s");
    cell_run(cell, 35 * S);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 0)->agent, 1); /* the fuller */
    hf_world_host_crash(cell->world, 1, TRUE);
    cell_run(cell, 600 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_ACCEPT_INVALID), 0);
    assert_int_equal(cell_count(cell, HF_RECORD_TASK_STARTED), 3);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 1)->agent, 0);
    assert_int_equal(cell_record(cell, HF_RECORD_TASK_STARTED, 2)->agent, 0);
    cell_free(cell);
    lab_remove(nodes);
    lab_remove(pods);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_says_which_agent_takes_a_pod),
        cmocka_unit_test(gpus_count_before_cpus),
        cmocka_unit_test(constraints_are_kept),
        cmocka_unit_test(refusals_are_numbered_and_later_pods_still_placed),
        cmocka_unit_test(each_pod_comes_a_gap_after_the_one_before),
        cmocka_unit_test(what_a_crash_takes_back_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
