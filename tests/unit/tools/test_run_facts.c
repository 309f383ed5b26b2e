/* What is learnt from a run's tables before figures are drawn, above all the means of bins. */
#include "support/test.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tools/run_facts.h"

/* A file of that text; free the path with remove_file. */
static char *make_file(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("holdfast-facts-XXXXXX", &path, NULL);
    assert_true(fd >= 0 && g_close(fd, NULL));
    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void remove_file(char *path)
{
    g_remove(path);
    g_free(path);
}

static HfSeriesFacts *read_series(const char *text)
{
    char *path = make_file(text);
    GError *error = NULL;
    HfSeriesFacts *facts = hf_series_facts_read(path, &error);
    if (error != NULL) fail_msg("%s", error->message);
    remove_file(path);
    return facts;
}

static void short_series_keep_their_rows(void **state)
{
    /* A level stays as it is and moves to the middle of its interval; 6 offers in 2 s are 3/s. */
    g_autoptr(HfSeriesFacts) facts = read_series("time_s,agents_up,offers_sent,offers_outstanding\n"
                                                 "2,10,6,4\n4,12,0,5\n5,11,7,6\n");
    g_autofree char *table = hf_series_facts_table(facts);
    assert_string_equal(table, "time_s,agents_up,offers_sent_per_s,offers_outstanding\n"
                               "0,10,3,4\n"
                               "1,10,3,4\n"
                               "3,12,0,5\n"
                               "4.5,11,7,6\n"
                               "5,11,7,6\n");
    assert_true(facts->end_s == 5);
    const HfColumnFacts *sent = hf_series_facts_column(facts, "offers_sent");
    assert_true(sent->sum == 13 && sent->minimum == 0 && sent->maximum == 7);
    assert_null(hf_series_facts_column(facts, "offers"));
}

static void long_series_become_means_of_bins(void **state)
{
    /*
     * 601 rows of 1 s, then one of half a second: level = row number (1, 2, ...), 3 events each.
     * At the 601st row the 600 bins are joined by twos. The first bin is rows 1 and 2: mean 1.5,
     * 6 events in 2 s. The last holds row 601 for 1 s and row 602 for 0.5 s:
     * (601 + 301) / 1.5 = 601.333..., 6 events in 1.5 s.
     */
    g_autoptr(GString) text = g_string_new("time_s,level,offers_sent\n");
    for (int i = 1; i <= 601; i++) g_string_append_printf(text, "%d,%d,3\n", i, i);
    g_string_append(text, "601.5,602,3\n");
    g_autoptr(HfSeriesFacts) facts = read_series(text->str);
    assert_int_equal(facts->rows, 602);
    assert_int_equal(facts->rows_per_bin, 2);
    assert_int_equal(facts->bin_ends->len, 301);
    g_autofree char *table = hf_series_facts_table(facts);
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    assert_string_equal(lines[1], "0,1.5,3");
    assert_string_equal(lines[2], "1,1.5,3");
    assert_string_equal(lines[301], "599,599.5,3");
    assert_string_equal(lines[302], "600.75,601.333333,4");
    assert_string_equal(lines[303], "601.5,601.333333,4");
    assert_string_equal(lines[304], "");
}

static void bins_lose_nothing_however_often_they_are_joined(void **state)
{
    g_autoptr(GString) text = g_string_new("time_s,level,offers_sent\n");
    for (int i = 1; i <= 10000; i++) g_string_append_printf(text, "%d,%d,%d\n", i, i % 7, i % 3);
    g_autoptr(HfSeriesFacts) facts = read_series(text->str);
    assert_in_range(facts->bin_ends->len, HF_SERIES_BINS_MAX / 2, HF_SERIES_BINS_MAX);
    const char *const names[] = {"level", "offers_sent"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const HfColumnFacts *column = hf_series_facts_column(facts, names[i]);
        double sum = 0;
        for (guint b = 0; b < column->bins->len; b++) sum += g_array_index(column->bins, double, b);
        assert_true(sum == column->sum); /* rows of 1 s: integral and sum agree, in whole numbers */
    }
}

static void an_empty_field_is_no_number_and_no_mistake(void **state)
{
    g_autoptr(HfSeriesFacts) facts = read_series("time_s,share_a\n1,0.5\n2,\n3,0.25\n");
    g_autofree char *table = hf_series_facts_table(facts);
    assert_string_equal(table, "time_s,share_a\n0,0.5\n0.5,0.5\n1.5,nan\n2.5,0.25\n3,0.25\n");
    const HfColumnFacts *share = hf_series_facts_column(facts, "share_a");
    assert_true(share->sum == 0.75 && share->minimum == 0.25 && share->maximum == 0.5);
}

static void names_are_found_in_the_header(void **state)
{
    /* gpus has no total: left out. Mean shares: a 0.15, b/c 0.3, d 0.15: ties by name. */
    g_autoptr(HfSeriesFacts) facts =
        read_series("time_s,cpus_total,cpus_used,gpus_total,mem_total,share_d,share_a,share_b/c\n"
                    "1,4,1,0,8,0.1,0.1,0.4\n2,4,1,0,8,0.2,0.2,0.2\n");
    assert_int_equal(facts->resources->len, 2);
    assert_string_equal(facts->resources->pdata[0], "cpus");
    assert_string_equal(facts->resources->pdata[1], "mem");
    assert_int_equal(facts->roles->len, 3);
    assert_string_equal(facts->roles->pdata[0], "b/c");
    assert_string_equal(facts->roles->pdata[1], "a");
    assert_string_equal(facts->roles->pdata[2], "d");
}

static void bad_series_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"t,x\n1,2\n", ":1: expected the first column to be time_s: 't'"},
        {"time_s,x\n1,2\n1,3\n", ":3: time_s does not grow: '1'"},
        {"time_s,x\n0,2\n", ":2: time_s does not grow: '0'"},
        {"time_s,x\n1,two\n", ":2: expected a number: 'two'"},
        {"time_s,x\n,1\n", ":2: expected a number: ''"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *path = make_file(cases[i].text);
        g_autoptr(GError) error = NULL;
        assert_null(hf_series_facts_read(path, &error));
        assert_string_equal(error->message + strlen(path), cases[i].why);
        remove_file(path);
    }
}

static void waits_know_their_frameworks_and_span(void **state)
{
    char *path = make_file("quantile,wait_s,framework\n"
                           "0,0,web\n1,3,web\n0,0.25,all\n1,40,all\n0,0,night\n1,40,night\n");
    g_autoptr(HfWaitsFacts) facts = hf_waits_facts_read(path, NULL);
    assert_non_null(facts);
    assert_int_equal(facts->frameworks->len, 3);
    assert_string_equal(facts->frameworks->pdata[0], "all");
    assert_string_equal(facts->frameworks->pdata[1], "web");
    assert_string_equal(facts->frameworks->pdata[2], "night");
    assert_true(facts->smallest == 0.25 && facts->largest == 40);
    remove_file(path);
}

static void arms_keep_the_order_of_the_file(void **state)
{
    /* gpus are only offered and disk is held by less than a tenth of a percent: neither is shown.
     */
    char *path = make_file("arm,resource,allocated,used,offered,reserved_idle\n"
                           "static,cpus,0,0,0,0\nstatic,mem,0.5,0,0,0\nstatic,disk,0.0004,0,0,0\n"
                           "static,gpus,0,0,1,0\nshared,cpus,0,0,0,0.2\n");
    g_autoptr(HfArmsFacts) facts = hf_arms_facts_read(path, NULL);
    assert_non_null(facts);
    assert_int_equal(facts->arms->len, 2);
    assert_string_equal(facts->arms->pdata[0], "static");
    assert_string_equal(facts->arms->pdata[1], "shared");
    assert_int_equal(facts->resources->len, 2);
    assert_string_equal(facts->resources->pdata[0], "mem");
    assert_string_equal(facts->resources->pdata[1], "cpus");
    remove_file(path);
}

static void arms_that_hold_nothing_still_have_resources(void **state)
{
    char *path = make_file("arm,resource,allocated,used,offered,reserved_idle\na,cpus,0,0,0,0\n");
    g_autoptr(HfArmsFacts) facts = hf_arms_facts_read(path, NULL);
    assert_non_null(facts);
    assert_int_equal(facts->resources->len, 1);
    remove_file(path);
}

static void a_metric_is_found_in_the_summary(void **state)
{
    char *path = make_file("{\"metrics\": [{\"name\": \"a\", \"value\": 1.5},"
                           "{\"name\": \"b\", \"value\": null}]}");
    double value = 0;
    assert_true(hf_summary_metric(path, "a", &value, NULL));
    assert_true(value == 1.5);
    assert_true(hf_summary_metric(path, "b", &value, NULL));
    assert_true(isnan(value));
    g_autoptr(GError) error = NULL;
    assert_false(hf_summary_metric(path, "c", &value, &error));
    assert_non_null(strstr(error->message, "no metric \"c\""));
    remove_file(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_series_keep_their_rows),
        cmocka_unit_test(long_series_become_means_of_bins),
        cmocka_unit_test(bins_lose_nothing_however_often_they_are_joined),
        cmocka_unit_test(an_empty_field_is_no_number_and_no_mistake),
        cmocka_unit_test(names_are_found_in_the_header),
        cmocka_unit_test(bad_series_are_refused_with_their_line),
        cmocka_unit_test(waits_know_their_frameworks_and_span),
        cmocka_unit_test(arms_keep_the_order_of_the_file),
        cmocka_unit_test(arms_that_hold_nothing_still_have_resources),
        cmocka_unit_test(a_metric_is_found_in_the_summary),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
