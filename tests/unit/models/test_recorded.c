/* Outages by record, bursts of domains, and published laws. */
#include "unit/models/lab.h"

#include <math.h>

#include "models/failures/outage_trace.h"
#include "models/failures/presets.h"

/* Six hosts n-0 .. n-5 in racks r0, r1, r2, and s-0 without a rack. */
static Cell *lab(const char *failures)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 2d\n"
        "agents: [{name: n, count: 6, resources: 'cpus:4', attributes: 'rack:r{index/2};row:{index/"
        "3}'},\n"
        "         {name: s, count: 1, resources: 'cpus:4'}]\n"
        "frameworks: [{name: f, model: marathon, apps: [{id: /a, mem: 0}]}]\n"
        "failures: %s\n",
        failures);
    return cell_new(text);
}

/* Crashes and returns of one host, in seconds. */
static void check_history(const Cell *cell, uint32_t host, const char *want)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        gboolean down = record->type == HF_RECORD_AGENT_CRASHED;
        if ((!down && record->type != HF_RECORD_AGENT_RETURNED) || record->agent != host) continue;
        g_string_append_printf(text, "%s%c%g", text->len ? " " : "", down ? '-' : '+',
                               hf_time_to_seconds(record->at));
    }
    assert_string_equal(text->str, want);
}

/* Run with a record of this text and these other keys. */
static Cell *recorded(const char *text, const char *keys)
{
    char *path = lab_file("outages.csv", text);
    g_autofree char *list = g_strdup_printf("[{what: recorded, file: '%s'%s}]", path, keys);
    Cell *cell = lab(list);
    cell_run(cell, HF_NS_PER_DAY);
    lab_remove(path);
    return cell;
}

#define CSV                                                                                        \
    "node,down_s,up_s\n"                                                                           \
    "n-4,300,360\n"                                                                                \
    "n-1,100,200\n"                                                                                \
    "elsewhere,50,60\n"                                                                            \
    "n-4,400.5,\n"                                                                                 \
    "n-1,150,250\n"                                                                                \
    "n-1,160,170\n"                                                                                \
    "n-1,700,700\n"

static void by_name_each_node_is_the_agent_of_that_name(void **state)
{
    Cell *cell = recorded(CSV, ", match: name");
    check_history(cell, 1, "-100 +250"); /* rows that overlap are one; one of no length is none */
    check_history(cell, 4, "-300 +360 -400.5");
    check_history(cell, 0, "");
    cell_free(cell);
}

static void by_order_the_first_node_down_is_the_first_host(void **state)
{
    Cell *cell = recorded(CSV, "");
    check_history(cell, 0, "-50 +60");
    check_history(cell, 1, "-100 +250");
    check_history(cell, 2, "-300 +360 -400.5");
    check_history(cell, 3, "");
    cell_free(cell);
    cell = recorded(CSV, ", agents: [s]"); /* one host, one node: the others are left out */
    check_history(cell, 6, "-50 +60");
    check_history(cell, 0, "");
    cell_free(cell);
}

static void a_run_may_begin_later_than_the_record(void **state)
{
    Cell *cell = recorded(CSV, ", match: name, from: 200s");
    check_history(cell, 1, "-0 +50"); /* it is down when the run begins */
    check_history(cell, 4, "-100 +160 -200.5");
    cell_free(cell);
}

static void a_law_may_replace_the_recorded_repairs(void **state)
{
    Cell *cell = recorded(CSV, ", match: name, down: 10s");
    check_history(cell, 1, "-100 +110 -150 +160 -160 +170 -700 +710");
    check_history(cell, 4, "-300 +310 -400.5 +410.5");
    cell_free(cell);
}

/* The rows of a file as text: "node down-up", in order. */
static char *rows_of(const char *text, int format, int64_t system)
{
    char *path = lab_file("record", text);
    GError *error = NULL;
    HfOutages *outages = hf_outages_read(path, format, system, &error);
    if (outages == NULL) {
        const char *base = strstr(error->message, "record:");
        char *message = g_strdup(base ? base : error->message);
        g_error_free(error);
        lab_remove(path);
        return message;
    }
    GString *rows = g_string_new(NULL);
    for (guint32 i = 0; i < outages->all.count; i++) {
        const HfOutage *outage = &outages->all.at[i];
        g_string_append_printf(rows, "%s%s %g-", i ? ", " : "",
                               (const char *)outages->nodes->pdata[outage->node],
                               hf_time_to_seconds(outage->down));
        if (outage->up != HF_TIME_NEVER)
            g_string_append_printf(rows, "%g", hf_time_to_seconds(outage->up));
    }
    hf_outages_free(outages);
    lab_remove(path);
    return g_string_free(rows, FALSE);
}

#define LANL_HEADER "System,machine type,nodes,p,p,n,z,i,p,d,f,m,c,m,n,u,S,F,D,F,H,H,N,U,S,E\n"
#define LANL(system_, node_, started_, fixed_)                                                     \
    system_ ",cluster,49,1,1,0," node_ ",5-Apr,5-Jun,current,part,80,1,1,0,x," started_ "," fixed_ \
            ",6,,Disk,,,,,No\n"

static void each_format_is_read_as_its_owners_wrote_it(void **state)
{
    static const struct {
        int format;
        int64_t system;
        const char *text, *rows;
    } cases[] = {
        {HF_OUTAGES_CSV, 0, CSV,
         "elsewhere 50-60, n-1 100-200, n-1 150-250, n-1 160-170, n-4 300-360, n-4 400.5-, n-1 "
         "700-700"},
        {HF_OUTAGES_FTA, 0,
         "# event_id component_id node_id platform_id node_name event_type event_start_time "
         "event_stop_time event_end_reason\n"
         "    0\t    0\t 1208\t    5\tnode1\t         1\t   1154349109\t   1154351690\t  NULL\n"
         "    1\t    0\t 1208\t    5\tnode1\t         0\t   1154351690\t   1154357492\t  NULL\n"
         "    2\t    0\t 1209\t    5\tnode2\t         0\t   1154349110\t   1154349120\t  NULL\n",
         "node2 1-11, node1 2581-8383"},
        /* from 23:50 on 28 February 2004, a leap year: 20 min and a day later */
        {HF_OUTAGES_LANL, 2,
         LANL_HEADER LANL("2", "7", "3/1/2004 0:00", "3/1/2004 0:10")
             LANL("2", "0", "2/28/2004 23:50", "2/29/2004 0:10")
                 LANL("3", "0", "1/1/2000 0:00", "1/1/2000 0:01"),
         "2/0 0-1200, 2/7 87000-87600"},
        {HF_OUTAGES_LANL, 0, LANL_HEADER LANL("3", "5", "1/1/2000 0:00", "1/1/2000 0:01"),
         "3/5 0-60"},
        {HF_OUTAGES_GOOGLE_2011, 0,
         "0,5,0,HofLG,0.5,0.2493\n0,6,0,HofLG,0.5,0.2493\n"
         "700000000,6,1,HofLG,,\n900000000,6,2,HofLG,0.5,0.2\n"
         "800000000,5,1,HofLG,0.5,0.2\n1000500000,6,0,HofLG,0.5,0.2\n1100000000,5,1,HofLG,,\n",
         "6 100-400.5, 5 200-"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *rows = rows_of(cases[i].text, cases[i].format, cases[i].system);
        assert_string_equal(rows, cases[i].rows);
    }
}

static void a_bad_row_is_named_by_its_line(void **state)
{
    static const struct {
        int format;
        const char *text, *complaint;
    } cases[] = {
        {HF_OUTAGES_CSV, "", "record:0: no outage"},
        {HF_OUTAGES_CSV, "node,down,up\n", "record:1: expected the header \"node,down_s,up_s\""},
        {HF_OUTAGES_CSV, "node,down_s,up_s\n", "record:1: no outage"},
        {HF_OUTAGES_CSV, "node,down_s,up_s\na,1\n", "record:2: has 2 columns, not 3"},
        {HF_OUTAGES_CSV, "node,down_s,up_s\n,1,2\n", "record:2: column 1 (node) is missing"},
        {HF_OUTAGES_CSV, "node,down_s,up_s\na,x,2\n",
         "record:2: column 2 (down_s): \"x\" is not a number"},
        {HF_OUTAGES_CSV, "node,down_s,up_s\na,3,2\n",
         "record:2: column 3 (up_s): 2 is outside 3 .. 9e+09"},
        {HF_OUTAGES_FTA, "0 0 0 0 node 0 5\n", "record:1: has 7 columns, not 9"},
        {HF_OUTAGES_FTA, "0 0 0 0 node 7 5 6 NULL\n",
         "record:1: column 6 (event_type): 7 is outside 0 .. 3"},
        {HF_OUTAGES_LANL, "a,b\n", "record:1: expected a header that begins with \"System,\""},
        {HF_OUTAGES_LANL, LANL_HEADER LANL("2", "0", "2/30/2004 0:00", "3/1/2004 0:10"),
         "record:2: column 17 (Prob Started): \"2/30/2004 0:00\" is not a time m/d/yyyy H:MM"},
        {HF_OUTAGES_LANL, LANL_HEADER LANL("2", "0", "3/1/2004 0:10", "3/1/2004 0:00"),
         "record:2: is fixed before it started"},
        {HF_OUTAGES_GOOGLE_2011, "0,,0,x,,\n", "record:1: column 2 (machine) is missing"},
        {HF_OUTAGES_GOOGLE_2011, "0,1,9,x,,\n", "record:1: column 3 (event): 9 is outside 0 .. 2"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *complaint = rows_of(cases[i].text, cases[i].format, 0);
        assert_string_equal(complaint, cases[i].complaint);
    }
}

static void the_hosts_of_a_domain_fail_together(void **state)
{
    Cell *cell = lab("[{what: burst, mtbf: 1000s, down: 100s}]");
    cell_run(cell, 1500 * S);
    for (uint32_t h = 0; h < 6; h++) check_history(cell, h, "-1000 +1100");
    check_history(cell, 6, ""); /* it is in no rack */
    cell_free(cell);
    /* Domains fail by themselves; within one all hosts do at the same time. */
    cell = lab("[{what: burst, mtbf: {law: exponential, mean: 1h}, down: 1m, domain: row}]");
    cell_run(cell, HF_NS_PER_DAY);
    double when[6] = {0};
    for (guint32 i = cell->log.count; i-- > 0;)
        if (cell->log.at[i].type == HF_RECORD_AGENT_CRASHED)
            when[cell->log.at[i].agent] = hf_time_to_seconds(cell->log.at[i].at);
    assert_true(when[0] > 0 && when[0] == when[1] && when[1] == when[2]);
    assert_true(when[3] > 0 && when[3] == when[4] && when[4] == when[5]);
    assert_true(when[0] != when[3]);
    cell_free(cell);
}

static void members_and_spread_are_drawn_for_each_host(void **state)
{
    Cell *cell = lab("[{what: burst, mtbf: 1h, down: 5m, members: 0.5, "
                     "spread: {law: uniform, min: 0s, max: 10m}}]");
    cell_run(cell, 2 * HF_NS_PER_DAY);
    /* 3 domains fail every 65 min: 44 times each in 2 days, of 2 hosts, half of them: 132 expected,
     * deviation sqrt(264 / 4) = 8.1; four of it are allowed. Back after 5 to 15 min, mean 10. */
    double crashes = cell_count(cell, HF_RECORD_AGENT_CRASHED);
    assert_true(fabs(crashes - 132) < 33);
    HfTime since[7] = {0}, sum = 0, least = HF_NS_PER_DAY, most = 0;
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        if (record->type == HF_RECORD_AGENT_CRASHED) since[record->agent] = record->at;
        if (record->type != HF_RECORD_AGENT_RETURNED) continue;
        HfTime down = record->at - since[record->agent];
        sum += down;
        least = MIN(least, down);
        most = MAX(most, down);
    }
    assert_true(least >= 300 * S && most <= 900 * S && most - least > 500 * S);
    double mean = hf_time_to_seconds(sum) / cell_count(cell, HF_RECORD_AGENT_RETURNED);
    assert_true(fabs(mean - 600) < 4 * 173.2 / sqrt(crashes)); /* 600 / sqrt(12) = 173.2 */
    cell_free(cell);
}

/* Means of the laws as published or worked out: weibull has scale x gamma(1 + 1 / shape). */
static void presets_have_the_published_means(void **state)
{
    static const struct {
        const char *name;
        double up_days, down_minutes;
    } rows[] = {
        {"lanl", 300, 135.6},     /* 66 exp(1.2^2 / 2) */
        {"lanl-2", 15.15, 116.5}, /* 10.7 gamma(2.5873); 56 exp(1.21^2 / 2) */
        {"lanl-8", 136.8, 3389},        {"lanl-18", 182.8, 138.9},   {"lanl-19", 177.2, 136.0},
        {"lanl-20", 117.4, 145.8},      {"grid5000", 1.2797, 444.6}, /* 14.2 h x gamma(3.0833)
                                                                        = 2.1628; 7.41 h */
        {"google-2011", 40.583, 135.6},                              /* 365.25 / 9 */
        {"disk", 18262.5, 815.9},                                    /* 50 years; 720 exp(0.125) */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const HfKeyWord *word = hf_node_presets;
        while (word->name && strcmp(word->name, rows[i].name) != 0) word++;
        assert_non_null(word->name);
        HfFailurePreset preset = hf_failure_preset((int)word->value);
        double up = hf_law_mean(&preset.mtbf) / 86400, down = hf_law_mean(&preset.down) / 60;
        if (fabs(up / rows[i].up_days - 1) > 0.002 || fabs(down / rows[i].down_minutes - 1) > 0.002)
            fail_msg("%s: up %g d, down %g min", rows[i].name, up, down);
    }
    HfFailurePreset rack = hf_failure_preset((int)hf_burst_presets[1].value);
    assert_true(fabs(hf_law_mean(&rack.mtbf) - 3 * 365.25 * 86400) < 1);
    assert_true(fabs(hf_law_mean(&rack.down) - 3.5 * 3600) < 1e-6);
}

static void a_preset_gives_the_laws_that_are_not_written(void **state)
{
    Cell *cell = lab("[{what: agent-crash, preset: grid5000}]");
    cell_run(cell, 2 * HF_NS_PER_DAY);
    assert_true(cell_count(cell, HF_RECORD_AGENT_CRASHED) > 3);
    cell_free(cell);
    cell = lab("[{what: agent-crash, preset: lanl, mtbf: 1h, down: 10m}]");
    cell_run(cell, 5000 * S);
    check_history(cell, 0, "-3600 +4200");
    cell_free(cell);
}

static void a_crash_may_take_the_disk(void **state)
{
    Cell *cell =
        lab("[{what: agent-crash, mtbf: 1000s, down: 100s, disk_lost: 100%, agents: [s]}]");
    cell_run(cell, 1500 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_DISK_LOST), 1);
    cell_free(cell);
    cell = lab("[{what: agent-crash, mtbf: 1000s, down: 100s, agents: [s]}]");
    cell_run(cell, 1500 * S);
    assert_int_equal(cell_count(cell, HF_RECORD_DISK_LOST), 0);
    cell_free(cell);
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *keys, *complaint;
    } cases[] = {
        {"what: burst, mtbf: 1h", "down: this or `preset` must be given"},
        {"what: burst, down: 1h", "mtbf: this or `preset` must be given"},
        {"what: burst, preset: dean-rack, domain: shelf", "no agent of these groups has"},
        {"what: burst, preset: dean-rck", "did you mean \"dean-rack\"?"},
        {"what: agent-crash, mtbf: 1h", "down: this or `preset` must be given"},
        {"what: agent-crash, down: 1h", "at: this, `mtbf` or `preset` must be given"},
        {"what: agent-crash, preset: lanl, at: 1h", "preset: cannot stand beside `at`"},
        {"what: recorded, file: nowhere.csv", "nowhere.csv"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1h\n"
            "agents: [{name: a, count: 4, resources: 'cpus:4;mem:4000', attributes: 'rack:r1'}]\n"
            "frameworks: [{name: f, model: marathon, apps: [{id: /a}]}]\n"
            "failures: [{%s}]\n",
            cases[i].keys);
        g_autofree char *complaint = lab_complaint(text);
        assert_contains(complaint, cases[i].complaint);
    }
    char *path = lab_file("o.csv", "node,down_s,up_s\nx,1,2\n");
    g_autofree char *text =
        g_strdup_printf("duration: 1h\n"
                        "agents: [{name: a, count: 4, resources: 'cpus:4;mem:4000'}]\n"
                        "frameworks: [{name: f, model: marathon, apps: [{id: /a}]}]\n"
                        "failures: [{what: recorded, match: name, file: '%s'}]\n",
                        path);
    g_autofree char *complaint = lab_complaint(text);
    assert_contains(complaint, "is an agent of these groups (its first one is \"x\")");
    lab_remove(path);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_name_each_node_is_the_agent_of_that_name),
        cmocka_unit_test(by_order_the_first_node_down_is_the_first_host),
        cmocka_unit_test(a_run_may_begin_later_than_the_record),
        cmocka_unit_test(a_law_may_replace_the_recorded_repairs),
        cmocka_unit_test(each_format_is_read_as_its_owners_wrote_it),
        cmocka_unit_test(a_bad_row_is_named_by_its_line),
        cmocka_unit_test(the_hosts_of_a_domain_fail_together),
        cmocka_unit_test(members_and_spread_are_drawn_for_each_host),
        cmocka_unit_test(presets_have_the_published_means),
        cmocka_unit_test(a_preset_gives_the_laws_that_are_not_written),
        cmocka_unit_test(a_crash_may_take_the_disk),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
