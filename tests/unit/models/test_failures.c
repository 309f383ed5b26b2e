/* Failure models: which hosts they strike, when, and that they leave each other alone. */
#include "unit/models/lab.h"

#include <math.h>

static Cell *lab(const char *failures)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 2d\n"
        "agents: [{name: big, count: 4, resources: 'cpus:4', attributes: "
        "'rack:r{index/2};kind:big'},\n"
        "         {name: small, count: 2, resources: 'cpus:1', attributes: 'rack:r0'}]\n"
        "frameworks: [{name: f, model: marathon, apps: [{id: /a, mem: 0}]}]\n"
        "failures: %s\n",
        failures);
    return cell_new(text);
}

/* Crashes and returns of one host as text: "-100 +110 ..", in seconds. */
static char *history(const Cell *cell, uint32_t host)
{
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < cell->log.count; i++) {
        const HfRecord *record = &cell->log.at[i];
        gboolean down = record->type == HF_RECORD_AGENT_CRASHED;
        if ((!down && record->type != HF_RECORD_AGENT_RETURNED) || record->agent != host) continue;
        g_string_append_printf(text, "%s%c%g", text->len ? " " : "", down ? '-' : '+',
                               hf_time_to_seconds(record->at));
    }
    return g_string_free(text, FALSE);
}

static void check_history(const Cell *cell, uint32_t host, const char *expected)
{
    g_autofree char *is = history(cell, host);
    assert_string_equal(is, expected);
}

static void hosts_crash_and_return_by_their_laws(void **state)
{
    Cell *cell = lab("[{what: agent-crash, mtbf: 100s, down: 10s, agents: [small]}]");
    cell_run(cell, 400 * S);
    for (uint32_t h = 0; h < 4; h++) check_history(cell, h, "");
    for (uint32_t h = 4; h < 6; h++) check_history(cell, h, "-100 +110 -210 +220 -320 +330");
    cell_free(cell);
}

static void every_group_is_struck_unless_some_are_named(void **state)
{
    Cell *cell = lab("[{what: agent-crash, mtbf: 100s, down: 10s}]");
    cell_run(cell, 150 * S);
    for (uint32_t h = 0; h < 6; h++) check_history(cell, h, "-100 +110");
    cell_free(cell);
    cell = lab("[{what: agent-crash, mtbf: 100s, down: 10s, agents: [small, big]}]");
    cell_run(cell, 150 * S);
    for (uint32_t h = 0; h < 6; h++) check_history(cell, h, "-100 +110");
    cell_free(cell);
}

static void how_the_master_finds_out_is_a_choice(void **state)
{
    static const struct {
        const char *keys;
        int64_t visible;
    } cases[] = {{"what: agent-crash, mtbf: 100s, down: 10s", 1},
                 {"what: agent-crash, mtbf: 100s, down: 10s, detect: socket", 1},
                 {"what: agent-crash, mtbf: 100s, down: 10s, detect: ping", 0},
                 {"what: outage, at: 100s, for: 10s", 0},
                 {"what: outage, at: 100s, for: 10s, detect: socket", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *list = g_strdup_printf("[{%s}]", cases[i].keys);
        Cell *cell = lab(list);
        cell_run(cell, 105 * S);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_CRASHED), 6);
        assert_int_equal(cell_record(cell, HF_RECORD_AGENT_CRASHED, 0)->value, cases[i].visible);
        assert_int_equal(cell_count(cell, HF_RECORD_AGENT_DISCONNECTED), cases[i].visible ? 6 : 0);
        cell_free(cell);
    }
}

/* Mean time between failures and mean time down, of 6 hosts in 2 days, by the law of each. */
static void times_follow_their_laws(void **state)
{
    static const char *const laws[] = {
        "{law: exponential, mean: %s}", "{law: weibull, mean: %s, shape: 0.7}",
        "{law: lognormal, mean: %s, sigma: 1}", "{law: gamma, mean: %s, shape: 2}",
        "{law: uniform, min: 0s, max: %s}"};
    for (size_t i = 0; i < G_N_ELEMENTS(laws); i++) {
        gboolean uniform = strstr(laws[i], "uniform") != NULL;
        GString *up = g_string_new(laws[i]), *down = g_string_new(laws[i]);
        g_string_replace(up, "%s", uniform ? "20m" : "10m", 0);
        g_string_replace(down, "%s", uniform ? "2m" : "1m", 0);
        g_autofree char *list =
            g_strdup_printf("[{what: agent-crash, mtbf: %s, down: %s}]", up->str, down->str);
        Cell *cell = lab(list);
        cell_run(cell, 2 * HF_NS_PER_DAY);
        double count = cell_count(cell, HF_RECORD_AGENT_CRASHED);
        /* 6 x 2880 min / 11 min = 1571 cycles. The spread of a cycle is at most 1.5 of its mean,
         * so that of the count is below 1571 x 1.5 / sqrt(1571) = 59; four of it are allowed. */
        assert_true(fabs(count - 1571) < 4 * 59);
        HfTime sum = 0, since[6] = {0};
        for (guint32 k = 0; k < cell->log.count; k++) {
            const HfRecord *record = &cell->log.at[k];
            if (record->type == HF_RECORD_AGENT_CRASHED) since[record->agent] = record->at;
            if (record->type == HF_RECORD_AGENT_RETURNED) sum += record->at - since[record->agent];
        }
        double mean = hf_time_to_seconds(sum) / cell_count(cell, HF_RECORD_AGENT_RETURNED);
        assert_true(fabs(mean - 60) < 4 * 60 * 1.5 / sqrt(count));
        cell_free(cell);
        g_string_free(up, TRUE);
        g_string_free(down, TRUE);
    }
}

static void one_model_does_not_shift_the_failures_of_another(void **state)
{
    Cell *one = lab("[{what: agent-crash, agents: [big], mtbf: {law: exponential, mean: 1h},"
                    " down: {law: exponential, mean: 5m}}]");
    Cell *two =
        lab("[{what: agent-crash, agents: [big], mtbf: {law: exponential, mean: 1h},"
            " down: {law: exponential, mean: 5m}},"
            " {what: agent-crash, agents: [small], mtbf: {law: weibull, mean: 1h, shape: 2},"
            " down: 1m}]");
    cell_run(one, 2 * HF_NS_PER_DAY);
    cell_run(two, 2 * HF_NS_PER_DAY);
    for (uint32_t h = 0; h < 4; h++) {
        g_autofree char *before = history(one, h);
        assert_true(strlen(before) > 100);
        check_history(two, h, before);
    }
    check_history(one, 4, "");
    g_autofree char *small = history(two, 4), *other = history(two, 5);
    assert_true(strlen(small) > 100);
    assert_string_not_equal(small, other); /* each host has a stream of its own */
    cell_free(one);
    cell_free(two);
}

static void an_outage_strikes_by_attribute_and_group(void **state)
{
    static const struct {
        const char *keys;
        const char *struck; /* a letter for each host */
    } cases[] = {{"", "xxxxxx"},
                 {", agents: [big]", "xxxx.."},
                 {", attribute: 'rack:r0'", "xx..xx"},
                 {", attribute: 'rack:r1'", "..xx.."},
                 {", attribute: 'rack:r0', agents: [small]", "....xx"},
                 {", attribute: 'rack:r0;kind:big'", "xx...."}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *list =
            g_strdup_printf("[{what: outage, at: 1h, for: 30m%s}]", cases[i].keys);
        Cell *cell = lab(list);
        cell_run(cell, 2 * HF_NS_PER_DAY);
        for (uint32_t h = 0; h < 6; h++)
            check_history(cell, h, cases[i].struck[h] == 'x' ? "-3600 +5400" : "");
        cell_free(cell);
    }
}

static void an_outage_may_come_again_and_again(void **state)
{
    Cell *cell = lab("[{what: outage, at: 100s, for: 20s, every: 50s, agents: [small]}]");
    cell_run(cell, 260 * S);
    check_history(cell, 4, "-100 +120 -150 +170 -200 +220 -250");
    check_history(cell, 0, "");
    cell_free(cell);
}

static void an_outage_brings_back_only_what_it_took_down(void **state)
{
    Cell *cell = lab("[{what: outage, at: 100s, for: 20s}]");
    cell_run(cell, 90 * S);
    hf_world_host_crash(cell->world, 1, TRUE);
    cell_run(cell, 200 * S);
    check_history(cell, 0, "-100 +120");
    check_history(cell, 1, "-90");
    cell_free(cell);
}

static void a_crash_that_finds_the_host_down_waits_for_the_next(void **state)
{
    Cell *cell = lab("[{what: agent-crash, agents: [small], mtbf: 100s, down: 10s},"
                     " {what: outage, at: 95s, for: 50s, agents: [small]}]");
    cell_run(cell, 400 * S);
    /* Down by the outage at 95; the crash due at 100 finds it so, and is due again at 200. */
    check_history(cell, 4, "-95 +145 -200 +210 -310 +320");
    cell_free(cell);
}

static void wrong_targets_are_refused(void **state)
{
    static const struct {
        const char *failures, *complaint;
    } cases[] = {
        {"[{what: agent-crash, mtbf: 1h, down: 1m, agents: [bog]}]",
         "failures[0]: agents: there is no group of agents named \"bog\""},
        {"[{what: outage, at: 1h, for: 1m, agents: [big, smol]}]",
         "failures[0]: agents: there is no group of agents named \"smol\""},
        {"[{what: outage, at: 1h, for: 1m, attribute: 'rack:r9'}]",
         "failures[0]: no agent is of these groups and has these attributes"},
        {"[{what: outage, at: 1h, for: 1m, every: 30s}]", "must be longer than `for`"},
        {"[{what: outage, at: 1h, for: 1m, every: 60s}]", "must be longer than `for`"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "duration: 1d\n"
            "agents: [{name: big, count: 4, resources: 'cpus:4', attributes: 'rack:r{index/2}'}]\n"
            "frameworks: [{name: f, model: marathon, apps: [{id: /a}]}]\n"
            "failures: %s\n",
            cases[i].failures);
        g_autofree char *message = lab_complaint(text);
        assert_contains(message, cases[i].complaint);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_crash_and_return_by_their_laws),
        cmocka_unit_test(every_group_is_struck_unless_some_are_named),
        cmocka_unit_test(how_the_master_finds_out_is_a_choice),
        cmocka_unit_test(times_follow_their_laws),
        cmocka_unit_test(one_model_does_not_shift_the_failures_of_another),
        cmocka_unit_test(an_outage_strikes_by_attribute_and_group),
        cmocka_unit_test(an_outage_may_come_again_and_again),
        cmocka_unit_test(an_outage_brings_back_only_what_it_took_down),
        cmocka_unit_test(a_crash_that_finds_the_host_down_waits_for_the_next),
        cmocka_unit_test(wrong_targets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
