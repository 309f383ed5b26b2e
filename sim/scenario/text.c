/* Helpers on text: quoting for messages, numbers and units, templates. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/scenario_internal.h"

#define QUOTE_MAX 60 /* characters of a value shown in a message */

char *hf_text__quoted(const char *text)
{
    GString *quoted = g_string_new("\"");
    int shown = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (shown++ == QUOTE_MAX) {
            g_string_append(quoted, "...");
            break;
        }
        if (c == '\n')
            g_string_append(quoted, "\\n");
        else if (c == '\t')
            g_string_append(quoted, "\\t");
        else if (!g_unichar_isprint(c))
            g_string_append_printf(quoted, "\\u%04x", (unsigned)c);
        else
            g_string_append_unichar(quoted, c);
    }
    return g_string_free(g_string_append_c(quoted, '"'), FALSE);
}

char *hf_text__join(const char *const *names, const char *last)
{
    GString *joined = g_string_new(NULL);
    for (int i = 0; names[i] != NULL; i++) {
        if (i > 0 && names[i + 1] == NULL)
            g_string_append(joined, last);
        else if (i > 0)
            g_string_append(joined, ", ");
        g_string_append(joined, names[i]);
    }
    return g_string_free(joined, FALSE);
}

static const char *skip_digits(const char *p)
{
    while (g_ascii_isdigit(*p)) p++;
    return p;
}

gboolean hf_number__scan(const char *text, const char **end_out, double *value_out)
{
    const char *p = text;
    if (*p == '+' || *p == '-') p++;
    const char *whole = p;
    p = skip_digits(p);
    ptrdiff_t digits = p - whole;
    if (*p == '.') {
        const char *fraction = p + 1;
        p = skip_digits(fraction);
        digits += p - fraction;
    }
    if (digits == 0) return FALSE;
    if (*p == 'e' || *p == 'E') { /* only with digits behind it: "2e" is 2 with a unit */
        const char *exponent = p + 1;
        if (*exponent == '+' || *exponent == '-') exponent++;
        if (g_ascii_isdigit(*exponent)) p = skip_digits(exponent);
    }
    g_autofree char *number = g_strndup(text, (gsize)(p - text));
    *value_out = g_ascii_strtod(number, NULL);
    *end_out = p;
    return TRUE;
}

double hf_unit__memory_mb(const char *name)
{
    static const struct {
        const char *name;
        double mb;
    } units[] = {
        {"B", 1.0 / 1048576}, {"KB", 1.0 / 1024}, {"KiB", 1.0 / 1024}, {"MB", 1},
        {"MiB", 1},           {"GB", 1024},       {"GiB", 1024},       {"TB", 1048576},
        {"TiB", 1048576},     {"PB", 1073741824}, {"PiB", 1073741824},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(units[i].name, name) == 0) return units[i].mb;
    return 0;
}

double hf_unit__seconds(const char *name)
{
    HfTime time;
    const char *why;
    g_autofree char *one = g_strconcat("1", name, NULL);
    if (name[0] == '\0' || !g_ascii_isalpha(name[0])) return 0;
    return hf_time_parse(one, &time, &why) ? hf_time_to_seconds(time) : 0;
}

/* One {...} at `p`; NULL for what is no template. */
static const char *expand_one(const char *p, uint64_t index, GString *out)
{
    if (!g_str_has_prefix(p, "{index")) return NULL;
    p += strlen("{index");
    char operation = *p;
    if (operation == '/' || operation == '%') {
        const char *digits = p + 1;
        p = skip_digits(digits);
        uint64_t divisor = p - digits > 9 ? 0 : g_ascii_strtoull(digits, NULL, 10);
        if (divisor == 0) return NULL;
        index = operation == '/' ? index / divisor : index % divisor;
    }
    if (*p != '}') return NULL;
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, (guint64)index);
    return p + 1;
}

char *hf_template__expand(const char *text, uint64_t index, const char **why_out)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0';) {
        if (*p != '{') {
            g_string_append_c(out, *p++);
            continue;
        }
        p = expand_one(p, index, out);
        if (p == NULL) {
            g_string_free(out, TRUE);
            *why_out = "braces may hold {index}, {index/N} or {index%N} with N from 1";
            return NULL;
        }
    }
    return g_string_free(out, FALSE);
}
