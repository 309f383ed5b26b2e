/* Durations as text and seconds; see time.h. */
#include "base/time.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"w", 7 * HF_NS_PER_DAY},     {"d", HF_NS_PER_DAY},
    {"h", HF_NS_PER_HOUR},        {"m", HF_NS_PER_MINUTE},
    {"s", HF_NS_PER_SECOND},      {"ms", HF_NS_PER_MS},
    {"us", HF_NS_PER_US},         {"ns", 1},
    {"weeks", 7 * HF_NS_PER_DAY}, {"days", HF_NS_PER_DAY},
    {"hrs", HF_NS_PER_HOUR},      {"mins", HF_NS_PER_MINUTE},
    {"min", HF_NS_PER_MINUTE},    {"secs", HF_NS_PER_SECOND},
    {"week", 7 * HF_NS_PER_DAY},  {"day", HF_NS_PER_DAY},
    {"hr", HF_NS_PER_HOUR},       {"sec", HF_NS_PER_SECOND},
};
#define UNITS_PRINTED 8 /* the first eight are the ones we print */

HfTime hf_time_from_seconds(double seconds)
{
    if (!(seconds > 0)) return 0;
    double ns = seconds * 1e9;
    if (ns >= (double)HF_TIME_MAX) return HF_TIME_MAX;
    return (HfTime)llround(ns);
}

double hf_time_to_seconds(HfTime time)
{
    return (double)time / 1e9;
}

static int64_t unit_ns(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(units[i].name, name) == 0) return units[i].ns;
    return 0;
}

gboolean hf_time_parse(const char *text, HfTime *time_out, const char **why_out)
{
    char *end = NULL;
    if (!g_ascii_isdigit(text[0]) && text[0] != '.') {
        *why_out = text[0] == '-' ? "a duration cannot be negative"
                                  : "expected a duration such as 90s, 15m or 7d";
        return FALSE;
    }
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        *why_out = "expected a decimal number";
        return FALSE;
    }
    double number = g_ascii_strtod(text, &end);
    while (*end == ' ') end++;
    if (*end == '\0') {
        if (number == 0) {
            *time_out = 0;
            return TRUE;
        }
        *why_out = "a duration needs a unit: ns, us, ms, s, m, h, d or w";
        return FALSE;
    }
    int64_t scale = unit_ns(end);
    if (scale == 0) {
        *why_out = "unknown unit of time: use ns, us, ms, s, m, h, d or w";
        return FALSE;
    }
    double ns = number * (double)scale;
    if (!(ns <= (double)HF_TIME_MAX)) {
        *why_out = "a duration cannot exceed 36 years";
        return FALSE;
    }
    *time_out = (HfTime)llround(ns);
    return TRUE;
}

char *hf_time_print(HfTime time, char *buffer, size_t buffer_size)
{
    if (time == HF_TIME_NEVER) {
        g_strlcpy(buffer, "never", buffer_size);
        return buffer;
    }
    if (time == 0) {
        g_strlcpy(buffer, "0s", buffer_size);
        return buffer;
    }
    int unit = 0;
    while (unit < UNITS_PRINTED - 1 && time % units[unit].ns != 0) unit++;
    g_snprintf(buffer, buffer_size, "%" G_GINT64_FORMAT "%s", (gint64)(time / units[unit].ns),
               units[unit].name);
    return buffer;
}
