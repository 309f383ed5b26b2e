/* Times of the crontab as Metronome reads them: what is meant when, and what is refused. */
#include "support/test.h"

#include <string.h>

#include "models/frameworks/service/cron_spec.h"

static int64_t moment(const char *text, GTimeZone *zone)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, zone);
    assert_non_null(time);
    return g_date_time_to_unix(time);
}

static const struct {
    const char *cron, *from, *next[3];
} rows[] = {
    {"*/20 * * * *",
     "2018-01-01T00:00:00",
     {"2018-01-01T00:20:00", "2018-01-01T00:40:00", "2018-01-01T01:00:00"}},
    {"5 4 * * *",
     "2018-01-01T04:05:00",
     {"2018-01-02T04:05:00", "2018-01-03T04:05:00", "2018-01-04T04:05:00"}},
    {"0 9-17/4 * * MON-FRI",
     "2018-01-05T12:00:00",
     {"2018-01-05T13:00:00", "2018-01-05T17:00:00", "2018-01-08T09:00:00"}},
    {"0 0 * * 0,7",
     "2018-01-01T00:00:00",
     {"2018-01-07T00:00:00", "2018-01-14T00:00:00", "2018-01-21T00:00:00"}},
    {"0 0 1 jan,JUL *",
     "2018-01-01T00:00:00",
     {"2018-07-01T00:00:00", "2019-01-01T00:00:00", "2019-07-01T00:00:00"}},
    /* both fields of the day must be right: Fridays the 13th */
    {"0 0 13 * 5",
     "2018-01-01T00:00:00",
     {"2018-04-13T00:00:00", "2018-07-13T00:00:00", "2019-09-13T00:00:00"}},
    {"0 0 L * *",
     "2018-01-01T00:00:00",
     {"2018-01-31T00:00:00", "2018-02-28T00:00:00", "2018-03-31T00:00:00"}},
    /* 31 March 2018 is a Saturday, 30 June too */
    {"0 0 LW 3,6,7 *",
     "2018-01-01T00:00:00",
     {"2018-03-30T00:00:00", "2018-06-29T00:00:00", "2018-07-31T00:00:00"}},
    /* the 15th of April 2018 is a Sunday, of September a Saturday; the 1st of July a Sunday */
    {"0 0 15W 4,9 *",
     "2018-01-01T00:00:00",
     {"2018-04-16T00:00:00", "2018-09-14T00:00:00", "2019-04-15T00:00:00"}},
    {"0 0 1W 9 *",
     "2018-01-01T00:00:00",
     {"2018-09-03T00:00:00", "2019-09-02T00:00:00", "2020-09-01T00:00:00"}},
    {"0 0 * * 5L",
     "2018-01-01T00:00:00",
     {"2018-01-26T00:00:00", "2018-02-23T00:00:00", "2018-03-30T00:00:00"}},
    {"0 0 * * tue#2",
     "2018-01-01T00:00:00",
     {"2018-01-09T00:00:00", "2018-02-13T00:00:00", "2018-03-13T00:00:00"}},
    {"30 6 1 1 * 2020-2022/2",
     "2018-01-01T00:00:00",
     {"2020-01-01T06:30:00", "2022-01-01T06:30:00", NULL}},
    {"10/25 0 1 1 *",
     "2018-01-01T00:00:00",
     {"2018-01-01T00:10:00", "2018-01-01T00:35:00", "2019-01-01T00:10:00"}},
};

static void each_time_that_is_meant_comes_in_turn(void **state)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    for (size_t r = 0; r < G_N_ELEMENTS(rows); r++) {
        HfCronSpec spec;
        g_autofree char *why = hf_cron_spec__parse(rows[r].cron, &spec);
        if (why != NULL) fail_msg("%s: %s", rows[r].cron, why);
        int64_t at = moment(rows[r].from, utc);
        for (int i = 0; i < 3; i++) {
            at = hf_cron_spec__next(&spec, utc, at);
            int64_t expected = rows[r].next[i] != NULL ? moment(rows[r].next[i], utc) : INT64_MAX;
            if (at != expected)
                fail_msg("%s: time %d is %" G_GINT64_FORMAT, rows[r].cron, i, (gint64)at);
        }
    }
}

/* In Chicago the clocks go from 2 to 3 on 2018-03-11, and from 2 back to 1 on 2018-11-04. */
static void clocks_of_a_zone_leave_out_an_hour_and_repeat_one(void **state)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Chicago");
    HfCronSpec spec;
    if (zone == NULL) skip();
    assert_null(hf_cron_spec__parse("30 2 * * *", &spec));
    int64_t at = hf_cron_spec__next(&spec, zone, moment("2018-03-10T00:00:00Z", utc));
    assert_int_equal(at, moment("2018-03-10T08:30:00Z", utc));
    at = hf_cron_spec__next(&spec, zone, at);
    assert_int_equal(at, moment("2018-03-12T07:30:00Z", utc)); /* there is no 2:30 on the 11th */
    assert_null(hf_cron_spec__parse("30 1 * * *", &spec));
    at = hf_cron_spec__next(&spec, zone, moment("2018-11-04T00:00:00Z", utc));
    int64_t second = hf_cron_spec__next(&spec, zone, at);
    assert_true(at == moment("2018-11-04T06:30:00Z", utc) ||
                at == moment("2018-11-04T07:30:00Z", utc)); /* one of the two */
    assert_int_equal(second, moment("2018-11-05T07:30:00Z", utc));
}

static void what_is_no_crontab_is_refused_with_its_part(void **state)
{
    static const char *const bad[][2] = {
        {"* * * *", "has 4 fields"},
        {"", "fields"},
        {"60 * * * *", "\"60\" is no minute (0 to 59)"},
        {"* 24 * * *", "\"24\" is no hour"},
        {"* * 0 * *", "\"0\" is no day of the month"},
        {"* * * 13 *", "\"13\" is no month"},
        {"* * * * 8", "\"8\" is no day of the week"},
        {"* * * * * 1969", "\"1969\" is no year"},
        {"5-1 * * * *", "\"5-1\" is no minute"},
        {"*/0 * * * *", "\"*/0\" is no minute"},
        {"1,,2 * * * *", "\"\" is no minute"},
        {"* L * * *", "\"L\" is no hour"},
        {"* * * * 5#6", "\"5#6\" is no day of the week"},
        {"* * 99999999999W * *", "is no day of the month"},
        {"0 0 30 2 *", "Metronome refuses"},
        {"0 0 31 4 *", "Metronome refuses"},
        {"0 0 31 1 *", "Metronome refuses"}, /* a mistake of its own */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        HfCronSpec spec;
        g_autofree char *why = hf_cron_spec__parse(bad[i][0], &spec);
        if (why == NULL || strstr(why, bad[i][1]) == NULL)
            fail_msg("%s: %s", bad[i][0], why ? why : "(accepted)");
    }
    HfCronSpec spec;
    assert_null(hf_cron_spec__parse("0 0 30 1 *", &spec));
    assert_null(hf_cron_spec__parse("0 0 30,31 2 *", &spec)); /* a list is not looked at */
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    assert_true(hf_cron_spec__next(&spec, utc, 0) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_time_that_is_meant_comes_in_turn),
        cmocka_unit_test(clocks_of_a_zone_leave_out_an_hour_and_repeat_one),
        cmocka_unit_test(what_is_no_crontab_is_refused_with_its_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
