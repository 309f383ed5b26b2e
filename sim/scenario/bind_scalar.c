/* From one scalar (or list of scalars) to one member of a struct; the rules are in keys.h. */
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "resource/attributes.h"
#include "resource/error.h"
#include "resource/quantities.h"
#include "resource/resources.h"
#include "resource/text.h"
#include "scenario/scenario_internal.h"

#define INTEGER_MAX 9007199254740992.0 /* 2^53: whole numbers are exact up to here */

static gboolean is_null(const HfNode *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    return node->is_plain && g_strv_contains(nulls, node->text);
}

static gboolean expected(HfBinder *b, const HfNode *node, const char *what)
{
    g_autofree char *found = hf_node__describe(node);
    return hf_bind__complain(b, node, "expected %s, got %s", what, found);
}

const char *hf_bind__scalar(HfBinder *b, const HfNode *node, const char *what)
{
    if (node->kind != HF_NODE_SCALAR || is_null(node)) {
        expected(b, node, what);
        return NULL;
    }
    return node->text;
}

/* A plain scalar: "42" in quotes is a text, not a number. */
static const char *plain(HfBinder *b, const HfNode *node, const char *what)
{
    const char *text = hf_bind__scalar(b, node, what);
    if (text == NULL || node->is_plain) return text;
    g_autofree char *found = hf_node__describe(node);
    hf_bind__complain(b, node, "expected %s, got the quoted text %s", what, found);
    return NULL;
}

char *hf_key__bound_text(const HfKey *key, double bound)
{
    char buffer[64];
    gboolean is_law = key->type == HF_KEY_LAW;
    if (key->type == HF_KEY_DURATION || (is_law && key->unit == HF_UNIT_DURATION))
        return g_strdup(hf_time_print(hf_time_from_seconds(bound), buffer, sizeof buffer));
    g_ascii_formatd(buffer, sizeof buffer, "%.15g", bound);
    if (key->type == HF_KEY_MEMORY || (is_law && key->unit == HF_UNIT_MEMORY))
        return g_strconcat(buffer, " MB", NULL);
    if (key->type == HF_KEY_RATE) return g_strconcat(buffer, "/s", NULL);
    return g_strdup(buffer);
}

gboolean hf_bind__check_range(HfBinder *b, const HfKey *key, const HfNode *node, double value)
{
    if (key->minimum == key->maximum) return TRUE;
    gboolean is_low = key->above_minimum ? !(value > key->minimum) : !(value >= key->minimum);
    if (!is_low && value <= key->maximum) return TRUE;
    g_autofree char *least = hf_key__bound_text(key, key->minimum);
    g_autofree char *most = hf_key__bound_text(key, key->maximum);
    g_autofree char *found = hf_node__describe(node);
    if (is_low)
        return hf_bind__complain(b, node, "must be %s %s, got %s",
                                 key->above_minimum ? "above" : "at least", least, found);
    return hf_bind__complain(b, node, "must be at most %s, got %s", most, found);
}

gboolean hf_fill__bool(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const char *text = plain(b, node, "true or false");
    if (text == NULL) return FALSE;
    gboolean is_true = strcmp(text, "true") == 0;
    if (!is_true && strcmp(text, "false") != 0) return expected(b, node, "true or false");
    *(gboolean *)member = is_true;
    return TRUE;
}

/* Octal in YAML 1.1, decimal to most readers: refused. */
static gboolean has_leading_zero(const char *text)
{
    if (*text == '-' || *text == '+') text++;
    return text[0] == '0' && g_ascii_isdigit(text[1]);
}

/* A whole plain number; 1e6 is one, too. */
static gboolean read_number(HfBinder *b, const HfNode *node, const char *what, double *value_out)
{
    const char *text = plain(b, node, what), *end;
    if (text == NULL) return FALSE;
    if (!hf_number__scan(text, &end, value_out) || *end != '\0') return expected(b, node, what);
    if (has_leading_zero(text))
        return hf_bind__complain(b, node, "leading zeros are not allowed, got \"%s\"", text);
    if (!isfinite(*value_out)) return hf_bind__complain(b, node, "the number is too large");
    return TRUE;
}

static const HfKeyWord *find_word(const HfKeyWord *words, const char *text)
{
    for (; words != NULL && words->name != NULL; words++)
        if (strcmp(words->name, text) == 0) return words;
    return NULL;
}

/* A number may be a word instead, where the key has words. */
static gboolean fill_word(const HfKey *key, const HfNode *node, int64_t *member)
{
    if (key->words == NULL || node->kind != HF_NODE_SCALAR) return FALSE;
    const HfKeyWord *word = find_word(key->words, node->text);
    if (word != NULL) *member = word->value;
    return word != NULL;
}

gboolean hf_fill__int(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    double value;
    gint64 whole;
    if (fill_word(key, node, member)) return TRUE;
    if (!read_number(b, node, "a whole number", &value)) return FALSE;
    if (fabs(value) > INTEGER_MAX)
        return hf_bind__complain(b, node, "the number is too large: at most 2^53");
    if (value != floor(value)) return expected(b, node, "a whole number");
    whole = (gint64)value;
    if (!hf_bind__check_range(b, key, node, value)) return FALSE;
    *(int64_t *)member = whole;
    return TRUE;
}

gboolean hf_fill__u64(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    static const char what[] = "a whole number from 0 to 18446744073709551615";
    guint64 value = 0;
    const char *text = plain(b, node, what);
    if (text == NULL) return FALSE;
    if (has_leading_zero(text))
        return hf_bind__complain(b, node, "leading zeros are not allowed, got \"%s\"", text);
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &value, NULL))
        return expected(b, node, what);
    if (!hf_bind__check_range(b, key, node, (double)value)) return FALSE;
    *(uint64_t *)member = value;
    return TRUE;
}

gboolean hf_bind__rate(HfBinder *b, const HfNode *node, double *value_out)
{
    static const char what[] = "a rate such as 3/s or 2/min";
    const char *text = hf_bind__scalar(b, node, what), *end;
    if (text == NULL) return FALSE;
    if (!hf_number__scan(text, &end, value_out)) return expected(b, node, what);
    if (!isfinite(*value_out)) return hf_bind__complain(b, node, "the number is too large");
    if (*end == '\0' && *value_out == 0) return TRUE;
    double seconds = *end == '/' ? hf_unit__seconds(end + 1) : 0;
    if (seconds == 0) return expected(b, node, what);
    *value_out /= seconds;
    return TRUE;
}

static gboolean read_fraction(HfBinder *b, const HfNode *node, double *value_out)
{
    static const char what[] = "a fraction such as 0.25 or 25%";
    const char *text = hf_bind__scalar(b, node, what), *end;
    if (text == NULL) return FALSE;
    if (!hf_number__scan(text, &end, value_out)) return expected(b, node, what);
    if (strcmp(end, "%") == 0)
        *value_out /= 100;
    else if (*end != '\0')
        return expected(b, node, what);
    if (!isfinite(*value_out)) return hf_bind__complain(b, node, "the number is too large");
    return TRUE;
}

gboolean hf_fill__number(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    double value;
    HfKey bounded = *key;
    gboolean is_good;
    if (key->type == HF_KEY_RATE)
        is_good = hf_bind__rate(b, node, &value);
    else if (key->type == HF_KEY_FRACTION)
        is_good = read_fraction(b, node, &value);
    else
        is_good = read_number(b, node, "a number", &value);
    if (!is_good) return FALSE;
    if (key->minimum == key->maximum && key->type != HF_KEY_DOUBLE)
        bounded.maximum = key->type == HF_KEY_FRACTION ? 1 : G_MAXDOUBLE; /* from 0 */
    if (!hf_bind__check_range(b, &bounded, node, value)) return FALSE;
    *(double *)member = value;
    return TRUE;
}

gboolean hf_fill__duration(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const char *why = NULL;
    const char *text = hf_bind__scalar(b, node, "a duration such as 90s, 15m or 7d");
    if (text == NULL) return FALSE;
    const HfKeyWord *word = find_word(key->words, text);
    HfTime time = 0;
    if (word != NULL) {
        *(HfTime *)member = word->value;
        return TRUE;
    }
    if (!hf_time_parse(text, &time, &why)) {
        g_autofree char *found = hf_node__describe(node);
        return hf_bind__complain(b, node, "%s, got %s", why, found);
    }
    if (!hf_bind__check_range(b, key, node, hf_time_to_seconds(time))) return FALSE;
    *(HfTime *)member = time;
    return TRUE;
}

/* An amount in MB with an optional unit. */
static gboolean read_memory(HfBinder *b, const HfNode *node, double *mb_out)
{
    static const char what[] = "an amount such as 512 (MB) or 64GiB";
    const char *text = hf_bind__scalar(b, node, what), *end;
    if (text == NULL) return FALSE;
    if (!hf_number__scan(text, &end, mb_out)) return expected(b, node, what);
    if (*end == '\0') return TRUE;
    while (*end == ' ') end++;
    double factor = hf_unit__memory_mb(end);
    if (factor == 0) {
        g_autofree char *unit = hf_text__quoted(end);
        return hf_bind__complain(b, node, "unknown unit %s: use MB, GB, TB, MiB, GiB or TiB", unit);
    }
    *mb_out *= factor;
    return TRUE;
}

gboolean hf_fill__milli(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    double value;
    HfKey bounded = *key;
    if (fill_word(key, node, member)) return TRUE;
    gboolean is_good = key->type == HF_KEY_MEMORY ? read_memory(b, node, &value)
                                                  : read_number(b, node, "a number", &value);
    if (!is_good) return FALSE;
    if (key->minimum == key->maximum) bounded.maximum = INTEGER_MAX / 1000;
    if (!hf_bind__check_range(b, &bounded, node, value)) return FALSE;
    if (value > INTEGER_MAX / 1000) return hf_bind__complain(b, node, "the amount is too large");
    int64_t milli = (int64_t)llround(value * 1000);
    if (milli == 0 && value != 0)
        return hf_bind__complain(b, node, "the amount is below the smallest, 0.001");
    *(int64_t *)member = milli;
    return TRUE;
}

gboolean hf_bind__quantity(HfBinder *b, HfUnit unit, const HfNode *node, double *value_out)
{
    HfTime time = 0;
    HfKey duration = {.type = HF_KEY_DURATION};
    switch (unit) {
    case HF_UNIT_DURATION:
        if (!hf_fill__duration(b, &duration, node, &time)) return FALSE;
        *value_out = hf_time_to_seconds(time);
        return TRUE;
    case HF_UNIT_MEMORY:
        return read_memory(b, node, value_out);
    case HF_UNIT_NONE:
        break;
    }
    return read_number(b, node, "a number", value_out);
}

/* ---- Texts with rules ---- */

static gboolean check_name(HfBinder *b, const HfNode *node)
{
    const char *text = node->text;
    gboolean is_good = g_ascii_isalnum(text[0]) && strlen(text) <= 200;
    for (const char *p = text; is_good && *p != '\0'; p++)
        is_good = g_ascii_isalnum(*p) || strchr("._-", *p) != NULL;
    return is_good || expected(b, node, "a name of letters, digits, '.', '_' and '-'");
}

/* The message of another layer's parser becomes ours. */
static gboolean pass_on(HfBinder *b, const HfNode *node, gboolean is_good, GError *error)
{
    if (!is_good) {
        hf_bind__complain(b, node, "%s", error->message);
        g_error_free(error);
    }
    return is_good;
}

static gboolean check_resources(HfBinder *b, const HfNode *node)
{
    GError *error = NULL;
    HfResources parsed;
    hf_resources_init(&parsed);
    gboolean is_good =
        hf_resources_parse(b->catalog, node->text, HF_ROLE_STAR, HF_PARSE_AGENT, &parsed, &error);
    hf_resources_clear(b->catalog, &parsed);
    if (!is_good && g_error_matches(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_TYPE) &&
        g_regex_match_simple("[0-9] *[KMGTP](i?B)?\\b", node->text, 0, 0)) {
        g_prefix_error(&error, "amounts have no unit here, mem and disk are MB: ");
    }
    return pass_on(b, node, is_good, error);
}

static gboolean check_quantities(HfBinder *b, const HfNode *node, const char *text)
{
    GError *error = NULL;
    HfQuantities parsed = {0};
    gboolean is_good = hf_quantities_parse(b->catalog, text, &parsed, &error);
    hf_quantities_clear(&parsed);
    return pass_on(b, node, is_good, error);
}

static gboolean check_quantity_sets(HfBinder *b, const HfNode *node)
{
    g_auto(GStrv) sets = g_strsplit(node->text, "|", -1);
    for (char **set = sets; *set != NULL; set++)
        if (!check_quantities(b, node, *set)) return FALSE;
    return TRUE;
}

/* A template stands for digits alone, so one index shows the form of all. */
static gboolean check_attributes(HfBinder *b, const HfNode *node)
{
    const char *why = NULL;
    GError *error = NULL;
    HfAttributes parsed = {0};
    g_autofree char *text = hf_template__expand(node->text, 0, &why);
    if (text == NULL) return hf_bind__complain(b, node, "%s", why);
    gboolean is_good = hf_attributes_parse(b->catalog, text, &parsed, &error);
    hf_attributes_clear(b->catalog, &parsed);
    return pass_on(b, node, is_good, error);
}

static gboolean check_text(HfBinder *b, const HfKey *key, const HfNode *node)
{
    const char *why;
    switch (key->type) {
    case HF_KEY_NAME:
        return check_name(b, node);
    case HF_KEY_ROLE:
        why = hf_role_invalid(node->text);
        return why == NULL || hf_bind__complain(b, node, "not a role: %s", why);
    case HF_KEY_RESOURCES:
        return check_resources(b, node);
    case HF_KEY_QUANTITIES:
        return check_quantities(b, node, node->text);
    case HF_KEY_QUANTITY_SETS:
        return check_quantity_sets(b, node);
    case HF_KEY_ATTRIBUTES:
        return check_attributes(b, node);
    default:
        return TRUE;
    }
}

static const char *text_name(HfKeyType type)
{
    switch (type) {
    case HF_KEY_NAME:
        return "a name";
    case HF_KEY_ROLE:
        return "a role";
    case HF_KEY_RESOURCES:
        return "resources such as \"cpus:8;mem:32768\"";
    case HF_KEY_QUANTITIES:
    case HF_KEY_QUANTITY_SETS:
        return "quantities such as \"cpus:8;mem:32768\"";
    case HF_KEY_ATTRIBUTES:
        return "attributes such as \"rack:r1;zone:a\"";
    default:
        return "text";
    }
}

gboolean hf_fill__text(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const char *what = text_name(key->type);
    const char *text = hf_bind__scalar(b, node, what);
    if (text == NULL) return FALSE;
    if (text[0] == '\0') return hf_bind__complain(b, node, "expected %s, got an empty text", what);
    if (key->type == HF_KEY_QUANTITY_SETS && find_word(key->words, text) != NULL) return TRUE;
    if (!check_text(b, key, node)) return FALSE;
    *(const char **)member = text;
    return TRUE;
}

/* ---- Words ---- */

static const HfKeyWord *read_word(HfBinder *b, const HfKey *key, const HfNode *node)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const HfKeyWord *w = key->words; w->name != NULL; w++)
        g_ptr_array_add(names, (gpointer)w->name);
    g_ptr_array_add(names, NULL);
    g_autofree char *all = hf_text__join((const char *const *)names->pdata, " or ");
    const char *text = hf_bind__scalar(b, node, all);
    if (text == NULL) return NULL;
    const HfKeyWord *word = find_word(key->words, text);
    const char *near = hf_near_find(text, (const char *const *)names->pdata);
    if (word == NULL && near != NULL) {
        g_autofree char *found = hf_text__quoted(text);
        hf_bind__complain(b, node, "unknown value %s; did you mean \"%s\"?", found, near);
    } else if (word == NULL) {
        expected(b, node, all);
    }
    return word;
}

gboolean hf_fill__enum(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const HfKeyWord *word = read_word(b, key, node);
    if (word != NULL) *(int *)member = (int)word->value;
    return word != NULL;
}

/* ---- Lists of scalars ---- */

/* Call `each` for every entry, with the entry's path; FALSE if any failed. */
static gboolean each_entry(HfBinder *b, const HfKey *key, const HfNode *node, const char *what,
                           gboolean (*each)(HfBinder *, const HfKey *, const HfNode *, void *,
                                            uint32_t),
                           void *data)
{
    if (node->kind != HF_NODE_SEQUENCE) {
        g_autofree char *found = hf_node__describe(node);
        gboolean is_one = node->kind == HF_NODE_SCALAR && !is_null(node) && !b->is_json;
        return hf_bind__complain(b, node, "expected %s, got %s%s%s%s", what, found,
                                 is_one ? "; write [" : "", is_one ? node->text : "",
                                 is_one ? "]" : "");
    }
    gboolean is_good = TRUE;
    for (uint32_t i = 0; i < node->count; i++) {
        gsize length = b->path->len;
        g_string_append_printf(b->path, "[%u]", i);
        is_good &= each(b, key, node->items[i], data, i);
        g_string_truncate(b->path, length);
    }
    return is_good;
}

static gboolean flag_entry(HfBinder *b, const HfKey *key, const HfNode *node, void *data,
                           uint32_t i)
{
    const HfKeyWord *word = read_word(b, key, node);
    if (word != NULL) *(uint32_t *)data |= (uint32_t)word->value;
    return word != NULL;
}

gboolean hf_fill__flags(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    uint32_t flags = 0;
    if (!each_entry(b, key, node, "a list", flag_entry, &flags)) return FALSE;
    *(uint32_t *)member = flags;
    return TRUE;
}

static gboolean string_entry(HfBinder *b, const HfKey *key, const HfNode *node, void *data,
                             uint32_t i)
{
    static const HfKey text = {.type = HF_KEY_STRING};
    return hf_fill__text(b, &text, node, (const char **)data + i);
}

gboolean hf_fill__strings(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const char **list = hf_store__take(b->store, (node->count + 1) * sizeof *list);
    if (!each_entry(b, key, node, "a list of texts", string_entry, list)) return FALSE;
    *(const char ***)member = list;
    return TRUE;
}

/* How many of the names in an expectation begin with an arm. */
static gboolean check_arms(HfBinder *b, const HfNode *node, const HfExpect *expect)
{
    guint with = 0, all = 0;
    if (b->arm_names == NULL) return TRUE;
    for (const char *const *name = hf_expect_names(expect); *name != NULL; name++, all++) {
        g_auto(GStrv) parts = g_strsplit(*name, ".", 2);
        if (g_strv_contains(b->arm_names, parts[0])) with++;
    }
    if (with == 0 || with == all) return TRUE;
    return hf_bind__complain(b, node,
                             "some names begin with an arm and some do not; either all or none");
}

static gboolean expect_entry(HfBinder *b, const HfKey *key, const HfNode *node, void *data,
                             uint32_t i)
{
    g_autoptr(GError) error = NULL;
    const char *text = hf_bind__scalar(b, node, "an expectation such as \"tasks.lost == 0\"");
    if (text == NULL) return FALSE;
    HfExpect *expect = hf_expect_parse(text, &error);
    if (expect == NULL) return hf_bind__complain(b, node, "%s", error->message);
    g_ptr_array_add(b->store->expects, expect);
    ((const HfExpect **)data)[i] = expect;
    return check_arms(b, node, expect);
}

gboolean hf_fill__expects(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const HfExpect **list = hf_store__take(b->store, (node->count + 1) * sizeof(HfExpect *));
    if (!each_entry(b, key, node, "a list of expectations", expect_entry, list)) return FALSE;
    *(const HfExpect ***)member = list;
    return TRUE;
}

/* ---- Files ---- */

/* TRUE when the path can be read; *is_there_out tells whether it exists at all. */
static gboolean check_file(HfBinder *b, const HfNode *node, const char *path,
                           gboolean *is_there_out)
{
    GStatBuf status;
    *is_there_out = g_stat(path, &status) == 0;
    if (!*is_there_out) {
        int number = errno;
        if (number == ENOENT || number == ENOTDIR) return FALSE;
        *is_there_out = TRUE;
        return hf_complain_io(b->complaints, node, b->path->str, "cannot read %s: %s", path,
                              g_strerror(number));
    }
    if (S_ISDIR(status.st_mode))
        return hf_bind__complain(b, node, "%s is a directory, not a file", path);
    if (g_access(path, R_OK) != 0)
        return hf_complain_io(b->complaints, node, b->path->str, "cannot read %s: %s", path,
                              g_strerror(errno));
    return TRUE;
}

/* Look in one directory; NULL and is_there FALSE: look on. */
static const char *try_directory(HfBinder *b, const HfNode *node, const char *directory,
                                 gboolean *is_there_out)
{
    gboolean is_whole = g_path_is_absolute(node->text) || strcmp(directory, ".") == 0;
    g_autofree char *path =
        is_whole ? g_strdup(node->text) : g_build_filename(directory, node->text, NULL);
    if (!check_file(b, node, path, is_there_out)) return NULL;
    return hf_store__text(b->store, path, -1);
}

const char *hf_bind__path(HfBinder *b, const HfNode *node, gboolean is_trace, const char *hint)
{
    gboolean is_there = FALSE;
    const char *const *more = is_trace ? b->options->trace_dirs : NULL;
    if (hf_bind__scalar(b, node, "the name of a file") == NULL) return NULL;
    const char *path = try_directory(b, node, b->directory, &is_there);
    if (g_path_is_absolute(node->text)) more = NULL;
    g_autoptr(GString) looked = g_string_new(b->directory);
    for (; !is_there && more != NULL && *more != NULL; more++) {
        g_string_append_printf(looked, ", %s", *more);
        path = try_directory(b, node, *more, &is_there);
    }
    if (is_there) return path;
    g_autofree char *found = hf_text__quoted(node->text);
    if (g_path_is_absolute(node->text))
        hf_bind__complain(b, node, "no such file: %s%s%s", found, hint ? "; " : "",
                          hint ? hint : "");
    else
        hf_bind__complain(b, node, "no such file: %s (looked in %s%s)%s%s", found, looked->str,
                          is_trace ? "; HOLDFAST_TRACES can name other places" : "",
                          hint ? "; " : "", hint ? hint : "");
    return NULL;
}

gboolean hf_fill__file(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    gboolean is_trace = key->type == HF_KEY_TRACE;
    const char *path = hf_bind__path(b, node, is_trace, is_trace ? key->help : NULL);
    if (path != NULL) *(const char **)member = path;
    return path != NULL;
}

static gboolean file_entry(HfBinder *b, const HfKey *key, const HfNode *node, void *data,
                           uint32_t i)
{
    const char *path = hf_bind__path(b, node, FALSE, NULL);
    ((const char **)data)[i] = path;
    return path != NULL;
}

gboolean hf_fill__files(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const char **list = hf_store__take(b->store, (node->count + 1) * sizeof *list);
    if (!each_entry(b, key, node, "a list of files", file_entry, list)) return FALSE;
    *(const char ***)member = list;
    return TRUE;
}

/* ---- Policies ---- */

static gboolean unknown_policy(HfBinder *b, const HfNode *node)
{
    const char *const *policies = b->options->registry->policies;
    g_autofree char *found = hf_text__quoted(node->text);
    const char *near = hf_near_find(node->text, policies);
    if (near != NULL)
        return hf_bind__complain(b, node, "unknown policy %s; did you mean \"%s\"?", found, near);
    g_autofree char *all = policies ? hf_text__join(policies, ", ") : g_strdup("none");
    return hf_bind__complain(b, node, "unknown policy %s; known: %s", found, all);
}

static gboolean open_library(HfBinder *b, const HfNode *node, HfPolicyChoice *choice)
{
    const HfScenarioRegistry *registry = b->options->registry;
    GError *error = NULL;
    const char *path = hf_bind__path(b, node, FALSE, NULL);
    if (path == NULL) return FALSE;
    if (registry->open_policy(registry->open_policy_data, path, choice, &error)) return TRUE;
    hf_bind__complain(b, node, "%s: %s", path, error->message);
    g_error_free(error);
    return FALSE;
}

gboolean hf_fill__policy(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const HfScenarioRegistry *registry = b->options->registry;
    const char *text = hf_bind__scalar(b, node, "the name of a policy");
    if (text == NULL) return FALSE;
    if (registry->policies != NULL && g_strv_contains(registry->policies, text)) {
        *(HfPolicyChoice *)member = (HfPolicyChoice){.name = text};
        return TRUE;
    }
    gboolean is_path = strchr(text, '/') != NULL || g_str_has_suffix(text, ".so");
    if (!is_path || registry->open_policy == NULL) return unknown_policy(b, node);
    return open_library(b, node, member);
}
