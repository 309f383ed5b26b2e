/* See cron_spec.h. */
#include "models/frameworks/service/cron_spec.h"

#include <string.h>

/* ---- reading ---- */

typedef struct Field {
    const char *name;
    int low, high;
    const char *const *words; /* of low, low + 1, ...; NULL: there are none */
} Field;

static const char *const month_words[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                          "AUG", "SEP", "OCT", "NOV", "DEC", NULL};
static const char *const day_words[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR, FIELDS };
static const Field fields[FIELDS] = {
    [MINUTE] = {"minute", 0, 59, NULL},
    [HOUR] = {"hour", 0, 23, NULL},
    [DAY] = {"day of the month", 1, 31, NULL},
    [MONTH] = {"month", 1, 12, month_words},
    [WEEKDAY] = {"day of the week", 0, 7, day_words},
    [YEAR] = {"year", HF_CRON_YEAR_FIRST, HF_CRON_YEAR_FIRST + HF_CRON_YEARS - 1, NULL},
};

/* A number of the field, or a name of its; *text goes behind it. */
static gboolean read_value(const Field *field, const char **text, int *value_out)
{
    const char *at = *text;
    int value = 0;
    for (int i = 0; field->words != NULL && field->words[i] != NULL; i++) {
        if (g_ascii_strncasecmp(at, field->words[i], 3) != 0) continue;
        *value_out = field->low + i;
        *text = at + 3;
        return TRUE;
    }
    if (!g_ascii_isdigit(*at)) return FALSE;
    for (; g_ascii_isdigit(*at) && value < 100000; at++) value = value * 10 + (*at - '0');
    *value_out = value;
    *text = at;
    return value >= field->low && value <= field->high;
}

static void set(HfCronSpec *spec, int which, int value)
{
    switch (which) {
    case MINUTE:
        spec->minutes |= UINT64_C(1) << value;
        break;
    case HOUR:
        spec->hours |= 1u << value;
        break;
    case DAY:
        spec->days |= 1u << value;
        break;
    case MONTH:
        spec->months |= 1u << value;
        break;
    case WEEKDAY:
        spec->weekdays |= 1u << value % 7;
        break;
    default:
        spec->years[value - HF_CRON_YEAR_FIRST] = 1;
        break;
    }
}

/* What only days have: L, LW, 15W, 5L, 5#2. FALSE: it is none of these. */
static gboolean read_special(HfCronSpec *spec, int which, const char *part)
{
    const Field *field = &fields[which];
    const char *at = part;
    int value = 0, nth;
    if (which == DAY && strcmp(part, "L") == 0) return spec->last = TRUE;
    if (which == DAY && strcmp(part, "LW") == 0) return spec->last_work = TRUE;
    if (which == WEEKDAY && strcmp(part, "L") == 0) { /* the week ends on Sunday */
        set(spec, WEEKDAY, 0);
        return TRUE;
    }
    if ((which != DAY && which != WEEKDAY) || !read_value(field, &at, &value)) return FALSE;
    if (which == DAY && strcmp(at, "W") == 0) {
        spec->nearest |= 1u << value;
        return TRUE;
    }
    if (which == WEEKDAY && strcmp(at, "L") == 0) {
        spec->last_weekdays |= 1u << value % 7;
        return TRUE;
    }
    if (which != WEEKDAY || at[0] != '#' || at[1] < '1' || at[1] > '5' || at[2] != '\0')
        return FALSE;
    nth = at[1] - '0';
    spec->nth[value % 7] |= 1u << nth;
    return TRUE;
}

/* "*", "5", "1-5", each perhaps with a step; FALSE: it is nothing like that. */
static gboolean read_range(HfCronSpec *spec, int which, const char *part)
{
    const Field *field = &fields[which];
    const char *at = part;
    int from = field->low, to = field->high, step = 1;
    if (*at == '*') {
        at++;
        if (which == WEEKDAY) to = 6;
    } else {
        if (!read_value(field, &at, &from)) return FALSE;
        to = from;
        if (*at == '-') {
            at++;
            if (!read_value(field, &at, &to) || to < from) return FALSE;
        } else if (*at == '/') {
            to = field->high;
        }
    }
    if (*at == '/') {
        at++;
        if (!g_ascii_isdigit(*at)) return FALSE;
        for (step = 0; g_ascii_isdigit(*at) && step < 100000; at++) step = step * 10 + (*at - '0');
        if (step < 1) return FALSE;
    }
    if (*at != '\0') return FALSE;
    for (int value = from; value <= to; value += step) set(spec, which, value);
    return TRUE;
}

/* The one value, or the values but the last, that Metronome compares; FALSE: it does not. */
static gboolean bounds_of(const Field *field, const char *text, int *from_out, int *to_out)
{
    if (!read_value(field, &text, from_out)) return FALSE;
    *to_out = *from_out;
    if (*text == '-') {
        text++;
        if (!read_value(field, &text, to_out)) return FALSE;
        (*to_out)--;
    }
    return *text == '\0';
}

/* Metronome wants a day that is less than the last of one of the months, whenever both are plain
 * numbers: it refuses the 31st of January, too. */
static gboolean is_refused(const char *day, const char *month)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int first_day, last_day, first_month, last_month;
    if (!bounds_of(&fields[DAY], day, &first_day, &last_day) ||
        !bounds_of(&fields[MONTH], month, &first_month, &last_month))
        return FALSE;
    if (last_day < first_day || last_month < first_month) return FALSE;
    for (int m = first_month; m <= last_month; m++)
        if (first_day < days[m - 1]) return FALSE;
    return TRUE;
}

char *hf_cron_spec__parse(const char *text, HfCronSpec *spec_out)
{
    g_autofree char *plain = g_strstrip(g_strdup(text));
    g_auto(GStrv) parts = g_regex_split_simple("\\s+", plain, 0, 0);
    guint count = g_strv_length(parts);
    HfCronSpec spec = {0};
    if (count != 5 && count != 6)
        return g_strdup_printf("\"%s\" has %u fields; there are 5, or 6 with a year: minute, hour, "
                               "day of the month, month, day of the week",
                               text, count);
    spec.years_given = count == 6;
    for (guint f = 0; f < count; f++) {
        g_auto(GStrv) list = g_strsplit(parts[f], ",", -1);
        for (char **part = list; *part != NULL; part++)
            if (!read_range(&spec, (int)f, *part) && !read_special(&spec, (int)f, *part))
                return g_strdup_printf("\"%s\" is no %s (%d to %d)", *part, fields[f].name,
                                       fields[f].low, fields[f].high);
    }
    if (is_refused(parts[DAY], parts[MONTH]))
        return g_strdup_printf("\"%s\": Metronome refuses a day that is not before the last of its "
                               "month",
                               text);
    *spec_out = spec;
    return NULL;
}

/* ---- when ---- */

static gboolean is_work_day(GDate *date)
{
    GDateWeekday weekday = g_date_get_weekday(date);
    return weekday != G_DATE_SATURDAY && weekday != G_DATE_SUNDAY;
}

/* The weekday nearest to a day of the month, within the month. */
static int nearest_work_day(GDateYear year, GDateMonth month, int day, int last)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, month, year);
    GDateWeekday weekday = g_date_get_weekday(&date);
    if (weekday == G_DATE_SATURDAY) return day > 1 ? day - 1 : day + 2;
    if (weekday == G_DATE_SUNDAY) return day < last ? day + 1 : day - 2;
    return day;
}

static gboolean is_day_of_month(const HfCronSpec *spec, GDateYear year, GDateMonth month, int day,
                                int last)
{
    if (spec->days >> day & 1) return TRUE;
    if (spec->last && day == last) return TRUE;
    if (spec->last_work) {
        GDate date;
        int work = last;
        g_date_clear(&date, 1);
        g_date_set_dmy(&date, (GDateDay)last, month, year);
        for (; !is_work_day(&date); work--) g_date_subtract_days(&date, 1);
        if (day == work) return TRUE;
    }
    for (int d = 1; d <= last; d++)
        if (spec->nearest >> d & 1 && nearest_work_day(year, month, d, last) == day) return TRUE;
    return FALSE;
}

static gboolean is_day(const HfCronSpec *spec, const GDate *date)
{
    GDateYear year = g_date_get_year(date);
    GDateMonth month = g_date_get_month(date);
    int day = g_date_get_day(date), last = g_date_get_days_in_month(month, year);
    int weekday = (int)g_date_get_weekday(date) % 7;
    if (spec->years_given && !spec->years[year - HF_CRON_YEAR_FIRST]) return FALSE;
    if (!(spec->months >> month & 1)) return FALSE;
    gboolean is_weekday = (spec->weekdays >> weekday & 1) ||
                          (spec->last_weekdays >> weekday & 1 && day + 7 > last) ||
                          (spec->nth[weekday] >> ((day - 1) / 7 + 1) & 1);
    return is_weekday && is_day_of_month(spec, year, month, day, last);
}

/* This minute of this day by the clocks of the zone; INT64_MIN: they leave it out. */
static int64_t instant_of(GTimeZone *zone, const GDate *date, int hour, int minute)
{
    g_autoptr(GDateTime) time =
        g_date_time_new(zone, g_date_get_year(date), (int)g_date_get_month(date),
                        g_date_get_day(date), hour, minute, 0);
    if (time == NULL || g_date_time_get_hour(time) != hour ||
        g_date_time_get_minute(time) != minute)
        return INT64_MIN;
    return g_date_time_to_unix(time);
}

int64_t hf_cron_spec__next(const HfCronSpec *spec, GTimeZone *zone, int64_t now)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now);
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;
    GDate date;
    if (local == NULL || g_date_time_get_year(local) < HF_CRON_YEAR_FIRST) return INT64_MAX;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(local),
                   (GDateMonth)g_date_time_get_month(local),
                   (GDateYear)g_date_time_get_year(local));
    for (; g_date_get_year(&date) < HF_CRON_YEAR_FIRST + HF_CRON_YEARS; g_date_add_days(&date, 1)) {
        if (!is_day(spec, &date)) continue;
        for (int hour = 0; hour < 24; hour++)
            for (int minute = 0; spec->hours >> hour & 1 && minute < 60; minute++) {
                if (!(spec->minutes >> minute & 1)) continue;
                int64_t at = instant_of(zone, &date, hour, minute);
                if (at > now) return at;
            }
    }
    return INT64_MAX;
}
