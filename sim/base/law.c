/*
 * The laws, one block each: what `prepare` derives, how to draw, the mean. Samplers use the
 * streams' own exponential and normal and base/maths.h, never libm or gsl_ran_*, so that a draw is
 * the same bits everywhere.
 */
#include "base/law.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/maths.h"
#include "base/vec.h"

#define VALUE_MAX  1e15 /* of anything that carries the unit: 30 million years in seconds */
#define SAMPLE_MAX (1U << 24)

/* NULL when exactly one of two parameters was given. */
static const char *one_of(const HfLaw *law, int a, int b, const char *none, const char *both)
{
    if (!law->given[a] && !law->given[b]) return none;
    if (law->given[a] && law->given[b]) return both;
    return NULL;
}

/* ---- constant: param value --------------------------------------------------------------------*/

static double constant_value(const HfLaw *law)
{
    return law->param[0];
}

static double constant_draw(const HfLaw *law, HfStream *stream)
{
    return law->param[0];
}

static const HfLawKind constant_kind = {
    .name = "constant",
    .help = "Always the same value.",
    .params = {{.name = "value",
                .has_unit = TRUE,
                .is_required = TRUE,
                .minimum = -VALUE_MAX,
                .maximum = VALUE_MAX,
                .help = "the value"}},
    .draw = constant_draw,
    .mean = constant_value,
};

/* ---- exponential: params mean, rate; derived mean ---------------------------------------------*/

static const char *exponential_prepare(HfLaw *law)
{
    const char *why = one_of(law, 0, 1, "mean: give the mean or the rate",
                             "rate: give the mean or the rate, not both");
    if (why == NULL) law->derived[0] = law->given[0] ? law->param[0] : 1 / law->param[1];
    return why;
}

static double exponential_draw(const HfLaw *law, HfStream *stream)
{
    return law->derived[0] * hf_stream_exponential(stream);
}

static double derived_mean(const HfLaw *law)
{
    return law->derived[0];
}

static const HfLawKind exponential_kind = {
    .name = "exponential",
    .help = "Exponential with this mean, or with this rate = 1 / mean.",
    .params = {{.name = "mean",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the mean"},
               {.name = "rate",
                .is_rate = TRUE,
                .minimum = 1 / VALUE_MAX,
                .maximum = VALUE_MAX,
                .help = "how many per unit: 1 / mean"}},
    .prepare = exponential_prepare,
    .draw = exponential_draw,
    .mean = derived_mean,
};

/* ---- uniform: params min, max -----------------------------------------------------------------*/

static const char *uniform_prepare(HfLaw *law)
{
    return law->param[0] <= law->param[1] ? NULL : "max: must not be below min";
}

static double uniform_draw(const HfLaw *law, HfStream *stream)
{
    return law->param[0] + (law->param[1] - law->param[0]) * hf_stream_uniform(stream);
}

static double uniform_mean(const HfLaw *law)
{
    return 0.5 * (law->param[0] + law->param[1]);
}

static const HfLawKind uniform_kind = {
    .name = "uniform",
    .help = "Any value from min to max, equally likely.",
    .params = {{.name = "min",
                .has_unit = TRUE,
                .is_required = TRUE,
                .minimum = -VALUE_MAX,
                .maximum = VALUE_MAX,
                .help = "the smallest value"},
               {.name = "max",
                .has_unit = TRUE,
                .is_required = TRUE,
                .minimum = -VALUE_MAX,
                .maximum = VALUE_MAX,
                .help = "the largest value"}},
    .prepare = uniform_prepare,
    .draw = uniform_draw,
    .mean = uniform_mean,
};

/* ---- normal: params mean, sd ------------------------------------------------------------------*/

static double normal_draw(const HfLaw *law, HfStream *stream)
{
    return law->param[0] + law->param[1] * hf_stream_normal(stream);
}

static const HfLawKind normal_kind = {
    .name = "normal",
    .help = "Normal with this mean and standard deviation, clamped into the key's legal range.",
    .params = {{.name = "mean",
                .has_unit = TRUE,
                .is_required = TRUE,
                .minimum = -VALUE_MAX,
                .maximum = VALUE_MAX,
                .help = "the mean, before clamping"},
               {.name = "sd",
                .has_unit = TRUE,
                .is_required = TRUE,
                .maximum = VALUE_MAX,
                .help = "the standard deviation, before clamping"}},
    .draw = normal_draw,
    .mean = constant_value, /* param[0] */
};

/* ---- lognormal: params median, mean, sigma; derived median, mean ------------------------------*/

static const char *lognormal_prepare(HfLaw *law)
{
    const char *why = one_of(law, 0, 1, "median: give the median or the mean",
                             "mean: give the median or the mean, not both");
    if (why != NULL) return why;
    /* mean = median * exp(sigma^2 / 2) */
    double ratio = hf_exp(0.5 * law->param[2] * law->param[2]);
    law->derived[0] = law->given[0] ? law->param[0] : law->param[1] / ratio;
    law->derived[1] = law->given[0] ? law->param[0] * ratio : law->param[1];
    return NULL;
}

static double lognormal_draw(const HfLaw *law, HfStream *stream)
{
    return law->derived[0] * hf_exp(law->param[2] * hf_stream_normal(stream));
}

static double lognormal_mean(const HfLaw *law)
{
    return law->derived[1];
}

static const HfLawKind lognormal_kind = {
    .name = "lognormal",
    .help = "Its logarithm is normal with standard deviation sigma; given by median, or by mean = "
            "median * exp(sigma^2 / 2).",
    .params = {{.name = "median",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the median"},
               {.name = "mean",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the mean"},
               {.name = "sigma",
                .is_required = TRUE,
                .maximum = 20,
                .help = "standard deviation of the natural logarithm"}},
    .prepare = lognormal_prepare,
    .draw = lognormal_draw,
    .mean = lognormal_mean,
};

/* ---- weibull: params mean, scale, shape; derived scale, mean, 1/shape -------------------------*/

static const char *weibull_prepare(HfLaw *law)
{
    const char *why = one_of(law, 0, 1, "mean: give the mean or the scale",
                             "scale: give the mean or the scale, not both");
    if (why != NULL) return why;
    /* mean = scale * Gamma(1 + 1/shape) */
    double ratio = hf_gamma(1 + 1 / law->param[2]);
    law->derived[0] = law->given[0] ? law->param[0] / ratio : law->param[1];
    law->derived[1] = law->given[0] ? law->param[0] : law->param[1] * ratio;
    law->derived[2] = 1 / law->param[2];
    return NULL;
}

static double weibull_draw(const HfLaw *law, HfStream *stream)
{
    double e = hf_stream_exponential(stream);
    return e > 0 ? law->derived[0] * hf_pow(e, law->derived[2]) : 0;
}

static double weibull_mean(const HfLaw *law)
{
    return law->derived[1];
}

static const HfLawKind weibull_kind = {
    .name = "weibull",
    .help = "Weibull, P(X > x) = exp(-(x / scale)^shape); given by mean = scale * Gamma(1 + 1 / "
            "shape), or by scale.",
    .params = {{.name = "mean",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the mean"},
               {.name = "scale",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the value that 63.2 % do not exceed"},
               {.name = "shape",
                .is_required = TRUE,
                .minimum = 0.01,
                .maximum = 1000,
                .help = "below 1: failures early in life; 1: exponential; above 1: wear"}},
    .prepare = weibull_prepare,
    .draw = weibull_draw,
    .mean = weibull_mean,
};

/* ---- pareto: params minimum, mean, shape; derived minimum, mean, 1/shape ----------------------*/

static const char *pareto_prepare(HfLaw *law)
{
    const char *why = one_of(law, 0, 1, "minimum: give the minimum or the mean",
                             "mean: give the minimum or the mean, not both");
    if (why != NULL) return why;
    double shape = law->param[2];
    if (law->given[1] && shape <= 1) return "shape: must exceed 1 when the mean is given";
    /* mean = minimum * shape / (shape - 1), infinite for shape <= 1 */
    law->derived[0] = law->given[0] ? law->param[0] : law->param[1] * (shape - 1) / shape;
    law->derived[1] = law->given[1] ? law->param[1]
                      : shape > 1   ? law->param[0] * shape / (shape - 1)
                                    : INFINITY;
    law->derived[2] = 1 / shape;
    return NULL;
}

static double pareto_draw(const HfLaw *law, HfStream *stream)
{
    return law->derived[0] * hf_exp(hf_stream_exponential(stream) * law->derived[2]);
}

static double pareto_mean(const HfLaw *law)
{
    return law->derived[1];
}

static const HfLawKind pareto_kind = {
    .name = "pareto",
    .help = "Pareto, P(X > x) = (minimum / x)^shape; given by minimum, or by mean = minimum * "
            "shape / (shape - 1).",
    .params = {{.name = "minimum",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the smallest value"},
               {.name = "mean",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the mean; needs shape > 1"},
               {.name = "shape",
                .is_required = TRUE,
                .minimum = 0.01,
                .maximum = 1000,
                .help = "the smaller, the heavier the tail; no mean at 1 and below"}},
    .prepare = pareto_prepare,
    .draw = pareto_draw,
    .mean = pareto_mean,
};

/* ---- gamma: params mean, scale, shape; derived scale, d, c ------------------------------------*/

static const char *gamma_prepare(HfLaw *law)
{
    const char *why = one_of(law, 0, 1, "mean: give the mean or the scale",
                             "scale: give the mean or the scale, not both");
    if (why != NULL) return why;
    double shape = law->param[2];
    law->derived[0] = law->given[0] ? law->param[0] / shape : law->param[1];
    law->derived[1] = (shape < 1 ? shape + 1 : shape) - 1.0 / 3.0;
    law->derived[2] = 1 / sqrt(9 * law->derived[1]);
    return NULL;
}

/* Marsaglia & Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000. */
static double gamma_draw(const HfLaw *law, HfStream *stream)
{
    double d = law->derived[1], c = law->derived[2], v;
    for (;;) {
        double x = hf_stream_normal(stream);
        v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        if (-hf_stream_exponential(stream) < 0.5 * x * x + d - d * v + d * hf_log(v)) break;
    }
    /* shape below 1: Gamma(shape) = Gamma(shape + 1) * U^(1/shape) */
    if (law->param[2] < 1) v *= hf_exp(-hf_stream_exponential(stream) / law->param[2]);
    return law->derived[0] * d * v;
}

static double gamma_mean(const HfLaw *law)
{
    return law->derived[0] * law->param[2];
}

static const HfLawKind gamma_kind = {
    .name = "gamma",
    .help = "Gamma of this shape; given by mean = scale * shape, or by scale.",
    .params = {{.name = "mean",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the mean"},
               {.name = "scale",
                .has_unit = TRUE,
                .maximum = VALUE_MAX,
                .above_minimum = TRUE,
                .help = "the mean divided by the shape"},
               {.name = "shape",
                .is_required = TRUE,
                .minimum = 0.001,
                .maximum = 1e6,
                .help = "1: exponential; k: the sum of k exponentials"}},
    .prepare = gamma_prepare,
    .draw = gamma_draw,
    .mean = gamma_mean,
};

/* ---- geometric: param mean; derived 1 / -log(1 - 1/mean) --------------------------------------*/

static const char *geometric_prepare(HfLaw *law)
{
    /* X = 1 + floor(E / lambda) with E exponential and lambda = -log(1 - p), p = 1 / mean. */
    law->derived[0] = law->param[0] > 1 ? -1 / hf_log1p(-1 / law->param[0]) : 0;
    return NULL;
}

static double geometric_draw(const HfLaw *law, HfStream *stream)
{
    return 1 + floor(hf_stream_exponential(stream) * law->derived[0]);
}

static const HfLawKind geometric_kind = {
    .name = "geometric",
    .help = "A whole number from 1 up: tries until the first success, each with chance 1 / mean.",
    .params = {{.name = "mean",
                .has_unit = TRUE,
                .is_required = TRUE,
                .minimum = 1,
                .maximum = 1e9,
                .help = "the mean, at least 1"}},
    .prepare = geometric_prepare,
    .draw = geometric_draw,
    .mean = constant_value, /* param[0] */
};

/* ---- empirical: a sorted sample ---------------------------------------------------------------*/

static const char *empirical_prepare(HfLaw *law)
{
    if (law->sample_count == 0) return "file: the sample holds no numbers";
    return NULL;
}

/* The inverse of the sample's distribution function, linear between neighbours. */
static double empirical_draw(const HfLaw *law, HfStream *stream)
{
    double place = hf_stream_uniform(stream) * (law->sample_count - 1);
    uint32_t i = (uint32_t)place;
    if (i + 1 >= law->sample_count) return law->sample[law->sample_count - 1];
    return law->sample[i] + (law->sample[i + 1] - law->sample[i]) * (place - i);
}

/* Of the interpolated law: the two extreme values count half. */
static double empirical_mean(const HfLaw *law)
{
    if (law->sample_count == 1) return law->sample[0];
    double sum = 0.5 * (law->sample[0] + law->sample[law->sample_count - 1]);
    for (uint32_t i = 1; i + 1 < law->sample_count; i++) sum += law->sample[i];
    return sum / (law->sample_count - 1);
}

static const HfLawKind empirical_kind = {
    .name = "empirical",
    .help = "Drawn from a file of numbers, one a line, linear between neighbouring values.",
    .takes_file = TRUE,
    .prepare = empirical_prepare,
    .draw = empirical_draw,
    .mean = empirical_mean,
};

/* ---- The table and what works on any law ------------------------------------------------------*/

const HfLawKind *const hf_law_kinds[] = {
    &constant_kind,  &exponential_kind, &uniform_kind, &normal_kind,
    &lognormal_kind, &weibull_kind,     &pareto_kind,  &gamma_kind,
    &geometric_kind, &empirical_kind,   NULL};

const HfLawKind *hf_law_kind_find(const char *name)
{
    for (int i = 0; hf_law_kinds[i] != NULL; i++)
        if (strcmp(hf_law_kinds[i]->name, name) == 0) return hf_law_kinds[i];
    return NULL;
}

void hf_law_init(HfLaw *law, const HfLawKind *kind)
{
    *law = (HfLaw){.kind = kind, .at_least = -INFINITY, .at_most = INFINITY};
    for (int i = 0; i < HF_LAW_PARAMS; i++) law->param[i] = NAN;
}

gboolean hf_law_set(HfLaw *law, const char *name, double value)
{
    for (int i = 0; i < HF_LAW_PARAMS && law->kind->params[i].name != NULL; i++) {
        if (strcmp(law->kind->params[i].name, name) != 0) continue;
        law->param[i] = value;
        law->given[i] = TRUE;
        return TRUE;
    }
    return FALSE;
}

static gboolean check_param(HfLaw *law, int i, GError **error)
{
    const HfLawParam *p = &law->kind->params[i];
    if (!law->given[i]) {
        if (p->is_required) {
            g_set_error(error, HF_LAW_ERROR, 0, "%s: the %s law needs it", p->name,
                        law->kind->name);
            return FALSE;
        }
        law->param[i] = p->fallback;
        return TRUE;
    }
    double value = law->param[i];
    char text[2][G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text[0], sizeof text[0], "%.15g", value);
    if (!(p->above_minimum ? value > p->minimum : value >= p->minimum)) {
        g_ascii_formatd(text[1], sizeof text[1], "%.15g", p->minimum);
        g_set_error(error, HF_LAW_ERROR, 0, "%s: must be %s %s, not %s", p->name,
                    p->above_minimum ? "above" : "at least", text[1], text[0]);
        return FALSE;
    }
    if (!(value <= p->maximum)) {
        g_ascii_formatd(text[1], sizeof text[1], "%.15g", p->maximum);
        g_set_error(error, HF_LAW_ERROR, 0, "%s: must be at most %s, not %s", p->name, text[1],
                    text[0]);
        return FALSE;
    }
    return TRUE;
}

gboolean hf_law_prepare(HfLaw *law, GError **error)
{
    HF_ASSERT(law->kind != NULL);
    for (int i = 0; i < HF_LAW_PARAMS && law->kind->params[i].name != NULL; i++)
        if (!check_param(law, i, error)) return FALSE;
    if (!(law->at_least <= law->at_most)) {
        g_set_error_literal(error, HF_LAW_ERROR, 0, "at_most: must not be below at_least");
        return FALSE;
    }
    const char *why = law->kind->prepare != NULL ? law->kind->prepare(law) : NULL;
    if (why != NULL) {
        g_set_error_literal(error, HF_LAW_ERROR, 0, why);
        return FALSE;
    }
    return TRUE;
}

static HfLaw ready(const HfLawKind *kind, const char *name, double value)
{
    HfLaw law;
    hf_law_init(&law, kind);
    HF_ASSERT(hf_law_set(&law, name, value));
    HF_ASSERT(hf_law_prepare(&law, NULL));
    return law;
}

HfLaw hf_law_constant(double value)
{
    return ready(&constant_kind, "value", value);
}

HfLaw hf_law_exponential(double mean)
{
    return ready(&exponential_kind, "mean", mean);
}

double hf_law_draw(const HfLaw *law, HfStream *stream)
{
    double value = law->kind->draw(law, stream);
    if (value < law->at_least) return law->at_least;
    return value > law->at_most ? law->at_most : value;
}

double hf_law_mean(const HfLaw *law)
{
    return law->kind->mean(law);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef HF_VEC(double) Numbers; /* a growing sample */

/* One line of a sample file: FALSE when it is neither a number nor to be skipped. */
static gboolean read_line(char *line, Numbers *numbers)
{
    g_strstrip(line);
    if (line[0] == '\0' || line[0] == '#') return TRUE;
    if (strspn(line, "0123456789+-.eE") != strlen(line)) return FALSE;
    char *end = NULL;
    double value = g_ascii_strtod(line, &end);
    if (end == line || *end != '\0' || !isfinite(value)) return FALSE;
    hf_vec_push(numbers, value);
    return TRUE;
}

gboolean hf_law_load_sample(HfLaw *law, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &text, &size, error)) return FALSE;
    Numbers numbers = {0};
    unsigned line_number = 0;
    gboolean is_good = strlen(text) == size; /* a NUL byte is no text */
    for (char *line = text, *next; is_good && line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        line_number++;
        is_good = read_line(line, &numbers);
    }
    if (!is_good || numbers.count == 0 || numbers.count > SAMPLE_MAX) {
        if (line_number == 0)
            g_set_error(error, HF_LAW_ERROR, 0, "%s: not a text file", path);
        else if (!is_good)
            g_set_error(error, HF_LAW_ERROR, 0, "%s:%u: expected one decimal number", path,
                        line_number);
        else
            g_set_error(error, HF_LAW_ERROR, 0, "%s: %s", path,
                        numbers.count == 0 ? "no number in it" : "more than 2^24 numbers");
        hf_vec_clear(&numbers);
        return FALSE;
    }
    qsort(numbers.at, numbers.count, sizeof *numbers.at, compare_doubles);
    hf_law_clear(law);
    law->sample = numbers.at;
    law->sample_count = numbers.count;
    return TRUE;
}

void hf_law_clear(HfLaw *law)
{
    g_free(law->sample);
    law->sample = NULL;
    law->sample_count = 0;
}
