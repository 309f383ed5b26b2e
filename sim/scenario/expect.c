/*
 * Expectations: a recursive-descent parser into a tree of terms kept in one array, children by
 * index, and an evaluator over it. Depth is bounded, so neither can exhaust the stack.
 */
#include "scenario/expect.h"

#include <math.h>
#include <string.h>

#include "base/near.h"
#include "base/vec.h"
#include "scenario/scenario_internal.h"

#define DEPTH_MAX 64
#define TEXT_MAX  4096

typedef enum TermKind {
    TERM_NUMBER,
    TERM_NAME,
    TERM_NEGATE,
    TERM_ADD,
    TERM_SUBTRACT,
    TERM_MULTIPLY,
    TERM_DIVIDE,
    TERM_ABS,
    TERM_MIN,
    TERM_MAX,
} TermKind;

typedef struct Term {
    TermKind kind;
    double number;        /* TERM_NUMBER */
    uint32_t name_ix;     /* TERM_NAME */
    uint32_t left, right; /* children; MIN and MAX of more than two are nested */
} Term;

struct HfExpect {
    char *text;
    HF_VEC(Term) terms;
    GPtrArray *names; /* NULL-terminated once parsed */
    uint32_t left, right, tolerance;
    HfExpectClaim claim;
};

/* ---- Parsing ---- */

typedef struct Parser {
    HfExpect *expect;
    const char *at; /* next character */
    int depth;
    GError **error;
    gboolean is_failed;
} Parser;

static const char *const functions[] = {"abs", "min", "max", NULL};

static uint32_t fail(Parser *parser, const char *what)
{
    if (parser->is_failed) return 0;
    parser->is_failed = TRUE;
    long column = g_utf8_pointer_to_offset(parser->expect->text, parser->at) + 1;
    g_autofree char *rest = hf_text__quoted(parser->at);
    g_set_error(parser->error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                "expectation, character %ld: expected %s, got %s", column, what,
                *parser->at ? rest : "the end");
    return 0;
}

static void skip_blanks(Parser *parser)
{
    while (g_ascii_isspace(*parser->at)) parser->at++;
}

/* Take `token` if it comes next. */
static gboolean take(Parser *parser, const char *token)
{
    skip_blanks(parser);
    if (!g_str_has_prefix(parser->at, token)) return FALSE;
    parser->at += strlen(token);
    return TRUE;
}

static uint32_t new_term(Parser *parser, Term term)
{
    hf_vec_push(&parser->expect->terms, term);
    return parser->expect->terms.count - 1;
}

static uint32_t binary(Parser *parser, TermKind kind, uint32_t left, uint32_t right)
{
    return new_term(parser, (Term){.kind = kind, .left = left, .right = right});
}

static uint32_t parse_sum(Parser *parser);

static uint32_t new_name(Parser *parser, const char *begin, size_t length)
{
    GPtrArray *names = parser->expect->names;
    g_autofree char *name = g_strndup(begin, length);
    uint32_t ix = 0;
    while (ix < names->len && strcmp(names->pdata[ix], name) != 0) ix++;
    if (ix == names->len) g_ptr_array_add(names, g_steal_pointer(&name));
    return new_term(parser, (Term){.kind = TERM_NAME, .name_ix = ix});
}

/* A number with an optional unit: 0.75, 75%, 90s, 64GiB. */
static uint32_t parse_number(Parser *parser)
{
    double value;
    const char *end;
    if (!hf_number__scan(parser->at, &end, &value)) return fail(parser, "a number");
    if (!isfinite(value)) return fail(parser, "a smaller number");
    size_t length = 0;
    while (g_ascii_isalpha(end[length])) length++;
    if (*end == '%') {
        value /= 100;
        length = 1;
    } else if (length > 0) {
        g_autofree char *unit = g_strndup(end, length);
        double factor = hf_unit__seconds(unit);
        if (factor == 0) factor = hf_unit__memory_mb(unit);
        parser->at = end;
        if (factor == 0) return fail(parser, "a unit such as %, s, m, h, d, MB or GiB");
        value *= factor;
    }
    parser->at = end + length;
    if (g_ascii_isalnum(*parser->at) || *parser->at == '_' || *parser->at == '.')
        return fail(parser, "an operator");
    return new_term(parser, (Term){.kind = TERM_NUMBER, .number = value});
}

static uint32_t parse_quoted(Parser *parser)
{
    const char *begin = parser->at + 1;
    const char *end = strchr(begin, '"');
    if (end == NULL || end == begin) return fail(parser, "a name in quotes");
    parser->at = end + 1;
    return new_name(parser, begin, (size_t)(end - begin));
}

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (g_ascii_isalnum(text[length]) || (text[length] && strchr("_.-", text[length]))) length++;
    return length;
}

/* The arguments of a function whose '(' was taken. */
static uint32_t parse_arguments(Parser *parser, TermKind kind)
{
    uint32_t result = parse_sum(parser);
    if (kind == TERM_ABS) {
        result = new_term(parser, (Term){.kind = TERM_ABS, .left = result});
    } else {
        while (!parser->is_failed && take(parser, ","))
            result = binary(parser, kind, result, parse_sum(parser));
    }
    if (!take(parser, ")")) return fail(parser, kind == TERM_ABS ? ")" : ", or )");
    return result;
}

static uint32_t parse_word(Parser *parser)
{
    static const TermKind kinds[] = {TERM_ABS, TERM_MIN, TERM_MAX};
    const char *begin = parser->at;
    size_t length = name_length(begin);
    const char *behind = begin + length;
    while (g_ascii_isspace(*behind)) behind++;
    for (int i = 0; functions[i] != NULL && *behind == '('; i++) {
        if (strlen(functions[i]) != length || strncmp(functions[i], begin, length) != 0) continue;
        parser->at = behind + 1;
        return parse_arguments(parser, kinds[i]);
    }
    if (*behind == '(') return fail(parser, "abs, min or max before (");
    while (length > 0 && strchr(".-", begin[length - 1]) != NULL) length--;
    parser->at = begin + length;
    return new_name(parser, begin, length);
}

static uint32_t parse_factor(Parser *parser)
{
    uint32_t result;
    skip_blanks(parser);
    if (parser->is_failed) return 0;
    if (++parser->depth > DEPTH_MAX) return fail(parser, "fewer levels");
    if (take(parser, "(")) {
        result = parse_sum(parser);
        if (!take(parser, ")")) fail(parser, ")");
    } else if (take(parser, "-")) {
        result = parse_factor(parser);
        result = new_term(parser, (Term){.kind = TERM_NEGATE, .left = result});
    } else if (*parser->at == '"') {
        result = parse_quoted(parser);
    } else if (g_ascii_isalpha(*parser->at) || *parser->at == '_') {
        result = parse_word(parser);
    } else if (g_ascii_isdigit(*parser->at) || *parser->at == '.') {
        result = parse_number(parser);
    } else {
        result = fail(parser, "a metric or a number");
    }
    parser->depth--;
    return result;
}

static uint32_t parse_product(Parser *parser)
{
    uint32_t left = parse_factor(parser);
    while (!parser->is_failed) {
        if (take(parser, "*"))
            left = binary(parser, TERM_MULTIPLY, left, parse_factor(parser));
        else if (take(parser, "/"))
            left = binary(parser, TERM_DIVIDE, left, parse_factor(parser));
        else
            break;
    }
    return left;
}

/* +- introduces a tolerance and ends a sum. */
static gboolean is_tolerance(Parser *parser)
{
    skip_blanks(parser);
    return g_str_has_prefix(parser->at, "+-") || g_str_has_prefix(parser->at, "\302\261");
}

static uint32_t parse_sum(Parser *parser)
{
    uint32_t left = parse_product(parser);
    while (!parser->is_failed && !is_tolerance(parser)) {
        if (take(parser, "+"))
            left = binary(parser, TERM_ADD, left, parse_product(parser));
        else if (take(parser, "-"))
            left = binary(parser, TERM_SUBTRACT, left, parse_product(parser));
        else
            break;
    }
    return left;
}

static gboolean parse_relation(Parser *parser, HfExpectClaim *claim_out)
{
    static const struct {
        const char *token;
        HfExpectClaim claim;
    } relations[] = {{"==", HF_EXPECT_EQUAL},    {"!=", HF_EXPECT_OTHER}, {"<=", HF_EXPECT_AT_MOST},
                     {">=", HF_EXPECT_AT_LEAST}, {"<", HF_EXPECT_LESS},   {">", HF_EXPECT_MORE},
                     {"~", HF_EXPECT_NEAR}};
    for (size_t i = 0; i < G_N_ELEMENTS(relations); i++) {
        if (!take(parser, relations[i].token)) continue;
        *claim_out = relations[i].claim;
        return TRUE;
    }
    fail(parser, "one of == != < <= > >= ~");
    return FALSE;
}

/* Whether a unit stands here, of a number before a blank. */
static gboolean is_unit(const char *at)
{
    size_t length = 0;
    while (g_ascii_isalpha(at[length])) length++;
    g_autofree char *word = g_strndup(at, length);
    return *at == '%' || hf_unit__seconds(word) > 0 || hf_unit__memory_mb(word) > 0;
}

static void parse_whole(Parser *parser)
{
    HfExpect *expect = parser->expect;
    expect->left = parse_sum(parser);
    if (parser->is_failed || !parse_relation(parser, &expect->claim)) return;
    expect->right = parse_sum(parser);
    if (parser->is_failed) return;
    if (expect->claim == HF_EXPECT_NEAR) {
        if (!take(parser, "+-") && !take(parser, "\302\261")) {
            fail(parser, "+- and a tolerance after ~");
            return;
        }
        expect->tolerance = parse_sum(parser);
    }
    skip_blanks(parser);
    if (is_unit(parser->at))
        fail(parser, "the end (a unit stands right behind its number: 75%, 90s)");
    else if (*parser->at != '\0')
        fail(parser, "the end");
}

HfExpect *hf_expect_parse(const char *text, GError **error)
{
    if (strlen(text) > TEXT_MAX) {
        g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                    "expectation is longer than %d bytes", TEXT_MAX);
        return NULL;
    }
    HfExpect *expect = g_new0(HfExpect, 1);
    expect->text = g_strstrip(g_strdup(text));
    expect->names = g_ptr_array_new_with_free_func(g_free);
    Parser parser = {.expect = expect, .at = expect->text, .error = error};
    parse_whole(&parser);
    g_ptr_array_add(expect->names, NULL);
    if (!parser.is_failed) return expect;
    hf_expect_free(expect);
    return NULL;
}

void hf_expect_free(HfExpect *expect)
{
    if (expect == NULL) return;
    hf_vec_clear(&expect->terms);
    g_ptr_array_unref(expect->names);
    g_free(expect->text);
    g_free(expect);
}

const char *hf_expect_text(const HfExpect *expect)
{
    return expect->text;
}

HfExpectClaim hf_expect_claim(const HfExpect *expect)
{
    return expect->claim;
}

const char *const *hf_expect_names(const HfExpect *expect)
{
    return (const char *const *)expect->names->pdata;
}

/* ---- Evaluating ---- */

static double value_of(const HfExpect *expect, uint32_t term_ix, const double *metrics)
{
    const Term *term = &expect->terms.at[term_ix];
    if (term->kind == TERM_NUMBER) return term->number;
    if (term->kind == TERM_NAME) return metrics[term->name_ix];
    double left = value_of(expect, term->left, metrics);
    if (term->kind == TERM_NEGATE) return -left;
    if (term->kind == TERM_ABS) return fabs(left);
    double right = value_of(expect, term->right, metrics);
    switch (term->kind) {
    case TERM_ADD:
        return left + right;
    case TERM_SUBTRACT:
        return left - right;
    case TERM_MULTIPLY:
        return left * right;
    case TERM_DIVIDE:
        return left / right;
    default:
        break;
    }
    if (isnan(left) || isnan(right)) return NAN; /* fmin() and fmax() would hide it */
    return term->kind == TERM_MIN ? fmin(left, right) : fmax(left, right);
}

gboolean hf_expect_is_true(HfExpectClaim claim, double left, double right, double tolerance)
{
    if (!isfinite(left) || !isfinite(right)) return FALSE;
    switch (claim) {
    case HF_EXPECT_EQUAL:
        return left == right;
    case HF_EXPECT_OTHER:
        return left != right;
    case HF_EXPECT_LESS:
        return left < right;
    case HF_EXPECT_AT_MOST:
        return left <= right;
    case HF_EXPECT_MORE:
        return left > right;
    case HF_EXPECT_AT_LEAST:
        return left >= right;
    case HF_EXPECT_NEAR:
        break;
    }
    return fabs(left - right) <= tolerance;
}

char *hf_expect_missing(const HfExpect *expect, const HfExpectMetrics *metrics)
{
    double value;
    for (guint i = 0; i + 1 < expect->names->len; i++) {
        const char *name = expect->names->pdata[i];
        if (metrics->find(name, &value, metrics->data)) continue;
        const char *near = hf_near_find(name, metrics->names);
        return g_strdup_printf("there is no metric %s%s%s%s", name,
                               near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                               near != NULL ? "?" : "");
    }
    return NULL;
}

/* The value of every name; NAN of one that is not there. */
static double *find_values(const HfExpect *expect, const HfExpectMetrics *metrics)
{
    double *values = g_new0(double, expect->names->len);
    for (guint i = 0; i + 1 < expect->names->len; i++)
        if (!metrics->find(expect->names->pdata[i], &values[i], metrics->data)) values[i] = NAN;
    return values;
}

void hf_expect_check(const HfExpect *expect, const HfExpectMetrics *metrics,
                     HfExpectResult *result_out)
{
    g_autofree double *values = find_values(expect, metrics);
    result_out->tolerance =
        expect->claim == HF_EXPECT_NEAR ? value_of(expect, expect->tolerance, values) : 0;
    result_out->left = value_of(expect, expect->left, values);
    result_out->right = value_of(expect, expect->right, values);
    result_out->holds = hf_expect_is_true(expect->claim, result_out->left, result_out->right,
                                          result_out->tolerance);
}

char *hf_expect_explain(const HfExpect *expect, const HfExpectMetrics *metrics,
                        const HfExpectResult *result)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree double *values = find_values(expect, metrics);
    g_autofree char *missing = hf_expect_missing(expect, metrics);
    GString *line = g_string_new(expect->text);
    g_string_append(line, result->holds ? ": met" : ": not met");
    if (missing != NULL)
        g_string_append_printf(line, ", for %s", missing);
    else if (!isfinite(result->left) || !isfinite(result->right))
        g_string_append(line, ", for a side of it has no value");
    for (guint i = 0; i + 1 < expect->names->len; i++)
        g_string_append_printf(line, "%s%s = %s", i == 0 ? " (" : ", ",
                               (const char *)expect->names->pdata[i],
                               g_ascii_formatd(number, sizeof number, "%.6g", values[i]));
    if (expect->names->len > 1) g_string_append_c(line, ')');
    return g_string_free(line, FALSE);
}
