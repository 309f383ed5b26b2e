/* Variables of gnuplot scripts; see plot_script.h. */
#include "tools/plot_script.h"

#include <math.h>
#include <string.h>

void hf_script_text(GString *script, const char *name, const char *text)
{
    g_string_append_printf(script, "%s = '", name);
    for (; *text != '\0'; text++) {
        if (*text == '\'') g_string_append_c(script, '\'');
        g_string_append_c(script, *text == '\n' ? ' ' : *text);
    }
    g_string_append(script, "'\n");
}

void hf_script_number(GString *script, const char *name, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(script, "%s = %s\n", name,
                           g_ascii_formatd(buffer, sizeof buffer, "%.12g", value));
}

void hf_script_words(GString *script, const char *name, const GPtrArray *list, guint first,
                     guint count)
{
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = first; i < list->len && i < first + count; i++)
        g_string_append_printf(words, "%s%s", i > first ? " " : "", (char *)list->pdata[i]);
    hf_script_text(script, name, words->str);
}

const char *hf_script_resource(const char *resource)
{
    static const char *const labels[][2] = {
        {"cpus", "CPUs"}, {"mem", "Memory"}, {"disk", "Disk"}, {"gpus", "GPUs"}};
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (strcmp(labels[i][0], resource) == 0) return labels[i][1];
    }
    return resource;
}

const char *hf_script_size_unit(double largest, double *mb_out)
{
    static const char *const units[] = {"MB", "GB", "TB", "PB"};
    size_t i = 0;
    for (*mb_out = 1; i + 1 < G_N_ELEMENTS(units) && largest >= 2 * 1024 * *mb_out; i++)
        *mb_out *= 1024;
    return units[i];
}

/* Three digits are enough, and no exponent. */
static char *short_text(double value, const char *unit)
{
    return g_strdup_printf(value >= 100 ? "%.0f %s" : "%.3g %s", value, unit);
}

char *hf_script_size_short(double mb)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB"};
    double value = mb * 1048576;
    size_t i = 0;
    if (value < 1) return g_strdup("0");
    for (; i + 1 < G_N_ELEMENTS(units) && value >= 1000; i++) value /= 1024;
    return short_text(value, units[i]);
}

static const struct {
    const char *unit;
    double seconds;
} short_units[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}, {"ms", 1e-3}};

char *hf_script_time_short(double seconds)
{
    size_t i = 0;
    if (seconds < 5e-4) return g_strdup("0");
    while (i + 1 < G_N_ELEMENTS(short_units) && seconds < 2 * short_units[i].seconds) i++;
    return short_text(seconds / short_units[i].seconds, short_units[i].unit);
}

char *hf_script_time_beside(double seconds, double unit)
{
    for (size_t i = 0; seconds >= unit && i < G_N_ELEMENTS(short_units); i++)
        if (short_units[i].seconds == unit) return short_text(seconds / unit, short_units[i].unit);
    return hf_script_time_short(seconds);
}

/* ---- the time axis ---- */

typedef struct TimeAxis {
    const char *unit;
    double scale, up_to; /* seconds in one unit; the longest span in s it is used for */
    double tics[10];     /* candidates in units, ascending, ended by 0 */
} TimeAxis;

/* The tic so that at most 12 fit; 0 = none of the candidates: let gnuplot choose. */
static double time_tic(const TimeAxis *axis, double span)
{
    for (const double *tic = axis->tics; *tic != 0; tic++) {
        if (span / axis->scale / *tic <= 12) return *tic;
    }
    return 0;
}

static const TimeAxis axes[] = {
    {"seconds", 1, 180, {1, 2, 5, 10, 15, 20, 30}},
    {"minutes", 60, 3 * 3600, {1, 2, 5, 10, 15, 20, 30}},
    {"hours", 3600, 4 * 86400, {1, 2, 3, 4, 6, 12, 24}},
    {"days", 86400, INFINITY, {1, 2, 5, 7, 14, 30, 60, 90, 180}},
};

static const TimeAxis *time_axis(double span)
{
    const TimeAxis *axis = axes;
    while (span > axis->up_to) axis++;
    return axis;
}

const char *hf_script_time_unit(double largest, double *seconds_out)
{
    const TimeAxis *axis = time_axis(largest);
    *seconds_out = axis->scale;
    return axis->unit;
}

char *hf_script_time(double seconds)
{
    size_t i = G_N_ELEMENTS(axes) - 1;
    while (i > 0 && seconds < axes[i].scale) i--;
    char *text = g_strdup_printf("%.3g %s", seconds / axes[i].scale, axes[i].unit);
    if (seconds == axes[i].scale) text[strlen(text) - 1] = '\0';
    return text;
}

void hf_script_time_axis(GString *script, double end_s, double warm_up)
{
    double span = MAX(end_s, 1e-9);
    const TimeAxis *axis = time_axis(span);
    hf_script_text(script, "data", "series.csv");
    hf_script_text(script, "time_unit", axis->unit);
    hf_script_number(script, "time_scale", axis->scale);
    hf_script_number(script, "time_end", span / axis->scale);
    hf_script_number(script, "warm_up", warm_up / axis->scale);
    hf_script_number(script, "time_tic", span < 3 ? 0 : time_tic(axis, span));
}

double hf_script_round_up(double value)
{
    double power = pow(10, floor(log10(value)));
    if (value <= power) return power;
    if (value <= 2 * power) return 2 * power;
    return value <= 5 * power ? 5 * power : 10 * power;
}

char *hf_script_grouped(double value)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%.0f", value);
    for (gssize at = (gssize)text->len - 3; at > 0; at -= 3) g_string_insert_c(text, at, ',');
    return g_string_free(text, FALSE);
}

/* Tics people read a wait by, from 1 us up. */
static const struct {
    const char *label;
    double seconds;
    gboolean is_fine; /* on axes that few of the others would be on */
} wait_tics[] = {{"1 us", 1e-6, FALSE},   {"10 us", 1e-5, FALSE}, {"100 us", 1e-4, FALSE},
                 {"1 ms", 1e-3, FALSE},   {"2 ms", 2e-3, TRUE},   {"5 ms", 5e-3, TRUE},
                 {"10 ms", 0.01, FALSE},  {"20 ms", 0.02, TRUE},  {"50 ms", 0.05, TRUE},
                 {"100 ms", 0.1, FALSE},  {"200 ms", 0.2, TRUE},  {"500 ms", 0.5, TRUE},
                 {"1 s", 1, FALSE},       {"2 s", 2, TRUE},       {"5 s", 5, TRUE},
                 {"10 s", 10, FALSE},     {"20 s", 20, TRUE},     {"1 min", 60, FALSE},
                 {"2 min", 120, TRUE},    {"5 min", 300, TRUE},   {"10 min", 600, FALSE},
                 {"20 min", 1200, TRUE},  {"1 h", 3600, FALSE},   {"2 h", 7200, TRUE},
                 {"5 h", 18000, TRUE},    {"10 h", 36000, FALSE}, {"1 d", 86400, FALSE},
                 {"2 d", 172800, TRUE},   {"5 d", 432e3, TRUE},   {"10 d", 864e3, FALSE},
                 {"20 d", 1728e3, TRUE},  {"50 d", 432e4, TRUE},  {"100 d", 864e4, FALSE},
                 {"1000 d", 864e5, FALSE}};

/* Whether the labels of two tics would stand apart. A letter takes 1 % of the axis in a figure
 * without names beside it, and more in others. */
static gboolean stand_apart(size_t a, size_t b, double decades)
{
    double letters = (double)(strlen(wait_tics[a].label) + strlen(wait_tics[b].label)) / 2;
    double between = fabs(log10(wait_tics[a].seconds / wait_tics[b].seconds)) / decades;
    return between > 0.0135 * letters + 0.015;
}

/* Those that keep a distance from all chosen before; the coarse ones choose first. */
static void choose_tics(gboolean *chosen, gboolean fine, double low, double high)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wait_tics); i++) {
        gboolean fits = wait_tics[i].is_fine == fine && wait_tics[i].seconds >= low * 0.999 &&
                        wait_tics[i].seconds <= high * 1.001;
        for (size_t k = 0; fits && k < G_N_ELEMENTS(wait_tics); k++)
            fits = !chosen[k] || stand_apart(i, k, log10(high / low));
        chosen[i] |= fits;
    }
}

static void set_wait_tics(GString *script, double low, double high)
{
    gboolean chosen[G_N_ELEMENTS(wait_tics)] = {FALSE};
    choose_tics(chosen, FALSE, low, high);
    if (high < 1e4 * low) choose_tics(chosen, TRUE, low, high);
    g_autoptr(GString) list = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(wait_tics); i++) {
        if (!chosen[i]) continue;
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(list, "%s\"%s\" %s", list->len > 0 ? ", " : "", wait_tics[i].label,
                               g_ascii_formatd(buffer, sizeof buffer, "%g", wait_tics[i].seconds));
    }
    hf_script_text(script, "wait_tics", list->str);
}

void hf_script_wait_axis(GString *script, double smallest, double largest)
{
    double low = smallest > 0 ? MAX(smallest, 1e-6) / 1.5 : 1e-3, high = MAX(largest * 1.3, low);
    if (high < 100 * low) { /* what lies close together is in the middle */
        double middle = sqrt(low * high);
        low = middle / 10;
        high = middle * 10;
    }
    hf_script_number(script, "wait_low", low);
    hf_script_number(script, "wait_high", high);
    set_wait_tics(script, low, high);
}
