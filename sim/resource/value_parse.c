/* The grammar of one value, as Mesos reads it: spaces vanish, the first character decides. */
#include <math.h>
#include <string.h>

#include "base/vec.h"
#include "resource/catalog_internal.h"
#include "resource/error.h"
#include "resource/value.h"

/* Do the brackets of one shape match, never closing more than was opened? */
static gboolean brackets_match(const char *text, char open, char close)
{
    size_t depth = 0;
    for (; *text != '\0'; text++) {
        if (*text == open) depth++;
        if (*text == close && depth-- == 0) return FALSE;
    }
    return depth == 0;
}

static gboolean fail(GError **error, HfResourceErrorCode code, const char *what, const char *text)
{
    g_autofree char *shown = hf_text__shown(text);
    g_set_error(error, HF_RESOURCE_ERROR, (int)code, "%s in '%s'", what, shown);
    return FALSE;
}

/* The next token of `text` between any of `marks`, or NULL; *length_out is its length. */
static const char *next_token(const char **text, const char *marks, size_t *length_out)
{
    *text += strspn(*text, marks);
    const char *token = *text;
    *length_out = strcspn(token, marks);
    *text += *length_out;
    return *length_out == 0 ? NULL : token;
}

/* A number as Mesos's numify reads it: decimal, with a '+' or not, or hexadecimal behind "0x". */
static gboolean parse_bound(const char *token, size_t length, uint64_t *bound_out)
{
    uint64_t bound = 0, base = 10;
    size_t from = length > 1 && token[0] == '+';
    if (length > 2 && token[0] == '0' && (token[1] == 'x' || token[1] == 'X')) {
        base = 16;
        from = 2;
    }
    for (size_t i = from; i < length; i++) {
        int digit = g_ascii_xdigit_value(token[i]);
        if (digit < 0 || (uint64_t)digit >= base) return FALSE;
        if (__builtin_mul_overflow(bound, base, &bound) ||
            __builtin_add_overflow(bound, (uint64_t)digit, &bound))
            return FALSE;
    }
    *bound_out = bound;
    return length > 0;
}

static int compare_ranges(const void *a, const void *b)
{
    const HfRange *left = a, *right = b;
    if (left->begin != right->begin) return left->begin < right->begin ? -1 : 1;
    return (left->end > right->end) - (left->end < right->end);
}

/* Join ranges as Mesos does, before anybody asks whether one begins after its end: such a one is
 * lost in another that reaches it. How many are left; FALSE when one of them still does. */
static gboolean join_ranges(HfRange *ranges, uint32_t count, uint32_t *count_out)
{
    uint32_t kept = 0;
    gboolean is_ok = TRUE;
    if (count > 1) qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (uint32_t i = 0; i < count; i++) {
        HfRange *last = kept > 0 ? &ranges[kept - 1] : NULL;
        if (last != NULL && (ranges[i].begin == last->begin || last->end == UINT64_MAX ||
                             ranges[i].begin <= last->end + 1))
            last->end = MAX(last->end, ranges[i].end);
        else
            ranges[kept++] = ranges[i];
    }
    for (uint32_t i = 0; i < kept; i++) is_ok &= ranges[i].begin <= ranges[i].end;
    *count_out = kept;
    return is_ok;
}

static gboolean parse_ranges(HfCatalog *catalog, const char *text, HfValue *value, GError **error)
{
    HF_VEC(uint64_t) bounds = {NULL, 0, 0};
    const char *rest = text;
    const char *token;
    size_t length;
    gboolean is_ok = TRUE;
    while (is_ok && (token = next_token(&rest, "[]-,\n", &length)) != NULL) {
        uint64_t bound;
        is_ok = parse_bound(token, length, &bound);
        if (is_ok) {
            hf_vec_push(&bounds, bound);
        } else {
            fail(error, HF_RESOURCE_ERROR_NUMBER, "a range is not of non-negative integers", text);
        }
    }
    if (is_ok && bounds.count % 2 != 0)
        is_ok = fail(error, HF_RESOURCE_ERROR_RANGE, "a range needs two ends", text);
    uint32_t count = 0;
    if (is_ok && !join_ranges((HfRange *)bounds.at, bounds.count / 2, &count))
        is_ok = fail(error, HF_RESOURCE_ERROR_RANGE, "a range begins after its end", text);
    if (is_ok) {
        value->type = HF_VALUE_RANGES;
        value->ranges = hf_ranges_new(catalog, (HfRange *)bounds.at, count);
    }
    hf_vec_clear(&bounds);
    return is_ok;
}

static gboolean parse_set(HfCatalog *catalog, const char *text, HfValue *value, GError **error)
{
    HF_VEC(HfTextId) items = {NULL, 0, 0};
    const char *rest = text;
    const char *token;
    size_t length;
    gboolean is_ok = TRUE;
    while (is_ok && (token = next_token(&rest, "{},\n", &length)) != NULL) {
        g_autofree char *item = g_strndup(token, length);
        is_ok = brackets_match(item, '(', ')'); /* each its own, so that order does not matter */
        hf_vec_push(&items, hf_text_intern(catalog, item));
    }
    if (!is_ok) {
        hf_vec_clear(&items);
        return fail(error, HF_RESOURCE_ERROR_SYNTAX, "brackets that do not match", text);
    }
    HfSet *set = hf_set_new(catalog, items.at, items.count);
    gboolean has_twins = set != NULL && set->count < items.count;
    hf_vec_clear(&items);
    if (has_twins) {
        hf_set_unref(catalog, set);
        return fail(error, HF_RESOURCE_ERROR_SET, "an item comes twice", text);
    }
    value->type = HF_VALUE_SET;
    value->set = set;
    return TRUE;
}

/* The most that a value may be; what a resource may be is less (intake.c). */
#define VALUE_MAX 9e15

/* Whole text a plain decimal number? Hexadecimal ones, "inf" and "nan" are texts. */
static gboolean looks_like_number(const char *text)
{
    if (text[0] == '+' || text[0] == '-') text++;
    return text[strspn(text, "0123456789.eE+-")] == '\0' &&
           (g_ascii_isdigit(text[0]) || (text[0] == '.' && g_ascii_isdigit(text[1])));
}

/* Is the number so small that a double holds it badly, or not at all? */
static gboolean underflows(const char *text, double number)
{
    if (number == 0) return g_ascii_isdigit(text[strspn(text, "+-0.")]);
    return fpclassify(number) == FP_SUBNORMAL;
}

static gboolean parse_scalar_or_text(HfCatalog *catalog, const char *text, HfValue *value,
                                     GError **error)
{
    char *end = NULL;
    double number = looks_like_number(text) ? g_ascii_strtod(text, &end) : 0;
    gboolean is_number = end != NULL && *end == '\0';
    if (is_number && underflows(text, number))
        return fail(error, HF_RESOURCE_ERROR_NUMBER, "a number is too close to zero", text);
    if (!is_number || number < 0) {
        value->type = HF_VALUE_TEXT;
        value->text = hf_text_intern(catalog, text);
        return TRUE;
    }
    if (!(number <= VALUE_MAX))
        return fail(error, HF_RESOURCE_ERROR_TOO_LARGE, "a number is beyond 9e15", text);
    value->type = HF_VALUE_SCALAR;
    value->milli = hf_milli_from_double(number);
    value->rounds_to_zero = number != 0 && value->milli == 0;
    return TRUE;
}

gboolean hf_value_parse(HfCatalog *catalog, const char *text, HfValue *value_out, GError **error)
{
    g_autofree char *packed = g_new(char, strlen(text) + 1);
    size_t length = 0;
    for (const char *at = text; *at != '\0'; at++)
        if (*at != ' ') packed[length++] = *at;
    packed[length] = '\0';
    if (length == 0) return fail(error, HF_RESOURCE_ERROR_SYNTAX, "an empty value", text);
    if (!brackets_match(packed, '{', '}') || !brackets_match(packed, '[', ']') ||
        !brackets_match(packed, '(', ')'))
        return fail(error, HF_RESOURCE_ERROR_SYNTAX, "brackets that do not match", text);

    HfValue value = {.type = HF_VALUE_TEXT};
    const char *square = strchr(packed, '['), *curly = strchr(packed, '{');
    gboolean is_ok;
    if (square == packed) {
        is_ok = parse_ranges(catalog, packed, &value, error);
    } else if (square != NULL) {
        is_ok = fail(error, HF_RESOURCE_ERROR_SYNTAX, "an unexpected '['", text);
    } else if (curly == packed) {
        is_ok = parse_set(catalog, packed, &value, error);
    } else if (curly != NULL) {
        is_ok = fail(error, HF_RESOURCE_ERROR_SYNTAX, "an unexpected '{'", text);
    } else {
        is_ok = parse_scalar_or_text(catalog, packed, &value, error);
    }
    if (is_ok) *value_out = value;
    return is_ok;
}

void hf_value_clear(HfCatalog *catalog, HfValue *value)
{
    if (value->type == HF_VALUE_RANGES) hf_ranges_unref(catalog, value->ranges);
    if (value->type == HF_VALUE_SET) hf_set_unref(catalog, value->set);
    *value = (HfValue){.type = HF_VALUE_TEXT};
}
