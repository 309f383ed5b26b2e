/*
 * Times of the crontab, as Metronome writes them: minute, hour, day of the month, month, day of the
 * week, and perhaps a year. Lists, ranges, steps and names, and of days also L (the last), LW (the
 * last weekday), 15W (the weekday nearest to the 15th), 5L (the last Friday) and 5#2 (the second
 * one). A day must be right by both of its fields, in which Metronome differs from crontab.
 *
 * Source: dcos/metronome, model/CronSpec.scala (cron-utils, matchDayOfWeekAndDayOfMonth).
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_CRON_SPEC_H
#define HF_MODELS_FRAMEWORKS_SERVICE_CRON_SPEC_H

#include <glib.h>
#include <stdint.h>

#define HF_CRON_YEAR_FIRST 1970
#define HF_CRON_YEARS      130

/* Bit n: the value n. */
typedef struct HfCronSpec {
    uint64_t minutes;
    uint32_t hours, days, months, weekdays; /* weekdays: 0 = Sunday */
    uint32_t nearest;         /* days of the month of which the nearest weekday is meant */
    uint32_t last_weekdays;   /* weekdays of which the last in the month is meant */
    uint32_t nth[7];          /* of each weekday: bit n = the n-th in the month */
    gboolean last, last_work; /* the last day of the month; its last weekday */
    gboolean years_given;
    uint8_t years[HF_CRON_YEARS]; /* from HF_CRON_YEAR_FIRST on: 1 = in this year */
} HfCronSpec;

/* NULL, or why it is none (newly allocated): also what Metronome refuses, a day that its month does
 * not have. */
char *hf_cron_spec__parse(const char *text, HfCronSpec *spec_out);

/*
 * The first time after `now` that is meant, both in seconds since 1970, by the clocks of a zone. A
 * time that the clocks leave out is not meant on that day; one that comes twice is meant once.
 * INT64_MAX: there is none before the year 2100. Cost: O(days passed over).
 */
int64_t hf_cron_spec__next(const HfCronSpec *spec, GTimeZone *zone, int64_t now);

#endif
