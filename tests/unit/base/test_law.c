/* Laws: each has the mean it says, draws within its range, and refuses what makes no sense. */
#include "base/law.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/digest.h"
#include "support/test.h"

#define DRAWS 200000

typedef struct Given {
    const char *law;
    const char *name[3];
    double value[3];
} Given;

static HfLaw make(const Given *given)
{
    HfLaw law;
    const HfLawKind *kind = hf_law_kind_find(given->law);
    if (kind == NULL) fail_msg("no law %s", given->law);
    hf_law_init(&law, kind);
    for (int i = 0; i < 3 && given->name[i] != NULL; i++)
        assert_true(hf_law_set(&law, given->name[i], given->value[i]));
    return law;
}

static HfLaw prepared(const Given *given)
{
    HfLaw law = make(given);
    g_autoptr(GError) error = NULL;
    if (!hf_law_prepare(&law, &error)) fail_msg("%s: %s", given->law, error->message);
    return law;
}

/* Means worked out by hand from the parameters; laws with a finite variance only. */
static void draws_have_the_mean_of_the_law(void **state)
{
    static const struct {
        Given given;
        double mean, deviation;
    } cases[] = {
        {{"constant", {"value"}, {7.5}}, 7.5, 0},
        {{"exponential", {"mean"}, {30}}, 30, 30},
        {{"exponential", {"rate"}, {4}}, 0.25, 0.25},
        {{"uniform", {"min", "max"}, {-2, 10}}, 4, 3.4641},
        {{"normal", {"mean", "sd"}, {100, 15}}, 100, 15},
        /* median e^mu: mean = 5 e^(1/2) = 8.2436; sd = mean sqrt(e - 1) */
        {{"lognormal", {"median", "sigma"}, {5, 1}}, 8.2436064, 10.806},
        {{"lognormal", {"mean", "sigma"}, {20, 0.5}}, 20, 10.659},
        {{"lognormal", {"mean", "sigma"}, {20, 0}}, 20, 0},
        /* shape 2: mean = scale Gamma(1.5) = scale sqrt(pi) / 2 */
        {{"weibull", {"scale", "shape"}, {10, 2}}, 8.8622693, 4.6325},
        {{"weibull", {"mean", "shape"}, {3, 0.7}}, 3, 4.387},
        {{"weibull", {"mean", "shape"}, {3, 1}}, 3, 3},
        /* shape 3: mean = 2 * 3/2 = 3; variance = 4 * 3 / (4 * 1) = 3 */
        {{"pareto", {"minimum", "shape"}, {2, 3}}, 3, 1.7321},
        {{"pareto", {"mean", "shape"}, {12, 4}}, 12, 4.2426},
        /* mean = scale shape, variance = scale^2 shape */
        {{"gamma", {"scale", "shape"}, {2, 4.5}}, 9, 4.2426},
        {{"gamma", {"mean", "shape"}, {5, 0.3}}, 5, 9.1287},
        {{"gamma", {"mean", "shape"}, {5, 1}}, 5, 5},
        /* p = 1/3.7: variance = (1 - p) / p^2 */
        {{"geometric", {"mean"}, {3.7}}, 3.7, 3.1607},
        {{"geometric", {"mean"}, {1}}, 1, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfLaw law = prepared(&cases[i].given);
        HfStream stream;
        hf_stream_init(&stream, 1, "law", i);
        double sum = 0, squares = 0;
        for (int k = 0; k < DRAWS; k++) {
            double x = hf_law_draw(&law, &stream) - cases[i].mean;
            sum += x;
            squares += x * x;
        }
        double error = cases[i].deviation / sqrt(DRAWS);
        if (fabs(hf_law_mean(&law) - cases[i].mean) > 1e-6 * fabs(cases[i].mean))
            fail_msg("case %zu: says %g", i, hf_law_mean(&law));
        if (fabs(sum / DRAWS) > 3.3 * error + 1e-9 * cases[i].mean)
            fail_msg("case %zu: off by %g", i, sum / DRAWS);
        double deviation = sqrt(squares / DRAWS);
        if (fabs(deviation - cases[i].deviation) > 0.05 * cases[i].deviation + 1e-9 * cases[i].mean)
            fail_msg("case %zu: deviation %g", i, deviation);
    }
}

/* A mean does not tell a law from another: compare a quantile each, worked out by hand. */
static void draws_have_the_quantiles_of_the_law(void **state)
{
    static const struct {
        Given given;
        double value, share; /* P(X <= value) */
    } cases[] = {
        {{"exponential", {"mean"}, {1}}, 2.302585, 0.9},
        {{"lognormal", {"median", "sigma"}, {5, 1}}, 5, 0.5},
        {{"lognormal", {"median", "sigma"}, {5, 2}}, 5 * 7.3890561, 0.841345}, /* e^sigma: 1 sd */
        {{"weibull", {"scale", "shape"}, {10, 0.5}}, 10, 0.632121},
        {{"pareto", {"minimum", "shape"}, {2, 0.5}}, 200, 0.9}, /* (2/200)^0.5 = 0.1 */
        {{"gamma", {"scale", "shape"}, {1, 2}}, 1.678347, 0.5},
        {{"gamma", {"scale", "shape"}, {2, 0.5}}, 0.4549364, 0.5}, /* chi-square, 1 degree */
        {{"geometric", {"mean"}, {4}}, 2, 0.4375},                 /* 1 - (3/4)^2 */
        {{"uniform", {"min", "max"}, {3, 4}}, 3.25, 0.25},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfLaw law = prepared(&cases[i].given);
        HfStream stream;
        hf_stream_init(&stream, 2, "law", i);
        double below = 0, p = cases[i].share;
        for (int k = 0; k < DRAWS; k++) below += hf_law_draw(&law, &stream) <= cases[i].value;
        if (fabs(below / DRAWS - p) > 3.3 * sqrt(p * (1 - p) / DRAWS))
            fail_msg("case %zu: %g instead of %g", i, below / DRAWS, p);
    }
}

static void a_heavy_pareto_has_no_mean_and_keeps_its_minimum(void **state)
{
    HfLaw law = prepared(&(Given){"pareto", {"minimum", "shape"}, {2, 1}});
    assert_true(isinf(hf_law_mean(&law)));
    HfStream stream;
    hf_stream_init(&stream, 1, "pareto", 0);
    for (int i = 0; i < 10000; i++) assert_true(hf_law_draw(&law, &stream) >= 2);
}

static void geometric_draws_are_whole_and_at_least_one(void **state)
{
    HfLaw law = prepared(&(Given){"geometric", {"mean"}, {1e6}});
    HfStream stream;
    hf_stream_init(&stream, 1, "geometric", 0);
    for (int i = 0; i < 10000; i++) {
        double x = hf_law_draw(&law, &stream);
        assert_true(x >= 1 && x == floor(x));
    }
}

static void draws_are_clamped_into_the_legal_range(void **state)
{
    HfLaw law = make(&(Given){"normal", {"mean", "sd"}, {1, 10}});
    law.at_least = 0;
    law.at_most = 2;
    assert_true(hf_law_prepare(&law, NULL));
    HfStream stream;
    hf_stream_init(&stream, 1, "clamp", 0);
    int at_least = 0, at_most = 0;
    for (int i = 0; i < 10000; i++) {
        double x = hf_law_draw(&law, &stream);
        assert_true(x >= 0 && x <= 2);
        at_least += x == 0;
        at_most += x == 2;
    }
    assert_in_range(at_least, 4400, 4800); /* P(Z < -0.1) = 0.4602 */
    assert_in_range(at_most, 4400, 4800);
    assert_true(hf_law_mean(&law) == 1);
}

static void the_ready_made_laws_are_ready(void **state)
{
    HfLaw five = hf_law_constant(5), ten = hf_law_exponential(10);
    HfStream stream;
    hf_stream_init(&stream, 1, "ready", 0);
    assert_true(hf_law_draw(&five, &stream) == 5);
    assert_true(hf_law_mean(&ten) == 10);
    assert_true(hf_law_draw(&ten, &stream) > 0);
    expect_assert_failure(hf_law_exponential(0));
}

static void each_bad_parameter_is_named(void **state)
{
    static const struct {
        Given given;
        const char *message;
    } cases[] = {
        {{"constant", {NULL}, {0}}, "value: the constant law needs it"},
        {{"constant", {"value"}, {NAN}}, "value: must be at least -1e+15, not nan"},
        {{"constant", {"value"}, {INFINITY}}, "value: must be at most 1e+15, not inf"},
        {{"exponential", {NULL}, {0}}, "mean: give the mean or the rate"},
        {{"exponential", {"mean", "rate"}, {1, 1}}, "rate: give the mean or the rate, not both"},
        {{"exponential", {"mean"}, {0}}, "mean: must be above 0, not 0"},
        {{"exponential", {"rate"}, {-3}}, "rate: must be at least 1e-15, not -3"},
        {{"uniform", {"min"}, {1}}, "max: the uniform law needs it"},
        {{"uniform", {"max"}, {1}}, "min: the uniform law needs it"},
        {{"uniform", {"min", "max"}, {2, 1}}, "max: must not be below min"},
        {{"normal", {"mean"}, {2}}, "sd: the normal law needs it"},
        {{"normal", {"mean", "sd"}, {2, -1}}, "sd: must be at least 0, not -1"},
        {{"lognormal", {"sigma"}, {1}}, "median: give the median or the mean"},
        {{"lognormal", {"median", "mean", "sigma"}, {1, 1, 1}},
         "mean: give the median or the mean, not both"},
        {{"lognormal", {"median"}, {1}}, "sigma: the lognormal law needs it"},
        {{"lognormal", {"median", "sigma"}, {1, 21}}, "sigma: must be at most 20, not 21"},
        {{"lognormal", {"median", "sigma"}, {-5, 1}}, "median: must be above 0, not -5"},
        {{"weibull", {"shape"}, {1}}, "mean: give the mean or the scale"},
        {{"weibull", {"mean", "scale", "shape"}, {1, 1, 1}},
         "scale: give the mean or the scale, not both"},
        {{"weibull", {"mean", "shape"}, {1, 0}}, "shape: must be at least 0.01, not 0"},
        {{"pareto", {"shape"}, {2}}, "minimum: give the minimum or the mean"},
        {{"pareto", {"minimum", "mean", "shape"}, {1, 2, 3}},
         "mean: give the minimum or the mean, not both"},
        {{"pareto", {"mean", "shape"}, {2, 1}}, "shape: must exceed 1 when the mean is given"},
        {{"pareto", {"minimum", "shape"}, {0, 1}}, "minimum: must be above 0, not 0"},
        {{"gamma", {"mean"}, {2}}, "shape: the gamma law needs it"},
        {{"gamma", {"mean", "scale", "shape"}, {2, 2, 1}},
         "scale: give the mean or the scale, not both"},
        {{"gamma", {"shape"}, {2}}, "mean: give the mean or the scale"},
        {{"geometric", {NULL}, {0}}, "mean: the geometric law needs it"},
        {{"geometric", {"mean"}, {0.5}}, "mean: must be at least 1, not 0.5"},
        {{"empirical", {NULL}, {0}}, "file: the sample holds no numbers"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfLaw law = make(&cases[i].given);
        g_autoptr(GError) error = NULL;
        assert_false(hf_law_prepare(&law, &error));
        assert_int_equal(error->domain, HF_LAW_ERROR);
        assert_string_equal(error->message, cases[i].message);
    }
    HfLaw law = make(&(Given){"normal", {"mean", "sd"}, {1, 10}});
    law.at_least = 3;
    law.at_most = 2;
    g_autoptr(GError) error = NULL;
    assert_false(hf_law_prepare(&law, &error));
    assert_string_equal(error->message, "at_most: must not be below at_least");
}

static void names_are_looked_up_exactly(void **state)
{
    assert_null(hf_law_kind_find("Exponential"));
    assert_null(hf_law_kind_find(""));
    HfLaw law;
    hf_law_init(&law, hf_law_kind_find("gamma"));
    assert_false(hf_law_set(&law, "median", 1));
    assert_false(law.given[0]);
}

/* Everything the schema and the manual take from the table must be there. */
static void the_table_is_complete(void **state)
{
    int kinds = 0;
    for (; hf_law_kinds[kinds] != NULL; kinds++) {
        const HfLawKind *kind = hf_law_kinds[kinds];
        assert_ptr_equal(hf_law_kind_find(kind->name), kind);
        assert_non_null(kind->help);
        assert_non_null(kind->draw);
        assert_non_null(kind->mean);
        for (int i = 0; i < HF_LAW_PARAMS && kind->params[i].name != NULL; i++) {
            assert_non_null(kind->params[i].help);
            assert_true(kind->params[i].minimum < kind->params[i].maximum);
            assert_false(kind->params[i].has_unit && kind->params[i].is_rate);
        }
    }
    assert_int_equal(kinds, 10);
}

static char *write_sample(const char *text, gssize size)
{
    char *path = NULL;
    int fd = g_file_open_tmp("holdfast-law-XXXXXX", &path, NULL);
    assert_true(fd >= 0);
    assert_true(g_close(fd, NULL));
    assert_true(g_file_set_contents(path, text, size, NULL));
    return path;
}

/* Sorted 1 2 4: half the draws fall in [1, 2], half in [2, 4]; mean = (1.5 + 3) / 2 = 2.25. */
static void an_empirical_law_interpolates_its_sorted_sample(void **state)
{
    g_autofree char *path = write_sample("# a sample\n4\n\n 1.0\n2e0\n", -1);
    HfLaw law;
    hf_law_init(&law, hf_law_kind_find("empirical"));
    g_autoptr(GError) error = NULL;
    assert_true(hf_law_load_sample(&law, path, &error));
    assert_int_equal(law.sample_count, 3);
    assert_true(hf_law_prepare(&law, NULL));
    assert_true(hf_law_mean(&law) == 2.25);
    HfStream stream;
    hf_stream_init(&stream, 1, "empirical", 0);
    double sum = 0, low = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = hf_law_draw(&law, &stream);
        assert_true(x >= 1 && x <= 4);
        sum += x;
        low += x < 2;
    }
    assert_true(fabs(sum / DRAWS - 2.25) < 0.01);
    assert_true(fabs(low / DRAWS - 0.5) < 0.005);
    hf_law_clear(&law);
    assert_null(law.sample);
    remove(path);
}

static void a_sample_of_one_is_a_constant(void **state)
{
    g_autofree char *path = write_sample("3.5", -1);
    HfLaw law;
    hf_law_init(&law, hf_law_kind_find("empirical"));
    assert_true(hf_law_load_sample(&law, path, NULL));
    assert_true(hf_law_prepare(&law, NULL));
    HfStream stream;
    hf_stream_init(&stream, 1, "one", 0);
    assert_true(hf_law_draw(&law, &stream) == 3.5);
    assert_true(hf_law_mean(&law) == 3.5);
    hf_law_clear(&law);
    remove(path);
}

static void a_bad_sample_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text;
        gssize size;
        const char *end; /* of the message */
    } cases[] = {
        {"1\n2\nthree\n", -1, ":3: expected one decimal number"},
        {"1 2\n", -1, ":1: expected one decimal number"},
        {"nan\n", -1, ":1: expected one decimal number"},
        {"0x1p3\n", -1, ":1: expected one decimal number"},
        {"1\n1e999\n", -1, ":2: expected one decimal number"},
        {"# nothing\n\n", -1, ": no number in it"},
        {"", 0, ": no number in it"},
        {"1\n\0002\n", 5, ": not a text file"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = write_sample(cases[i].text, cases[i].size);
        HfLaw law;
        hf_law_init(&law, hf_law_kind_find("empirical"));
        g_autoptr(GError) error = NULL;
        assert_false(hf_law_load_sample(&law, path, &error));
        g_autofree char *expected = g_strconcat(path, cases[i].end, NULL);
        assert_string_equal(error->message, expected);
        assert_null(law.sample);
        remove(path);
    }
    HfLaw law;
    hf_law_init(&law, hf_law_kind_find("empirical"));
    g_autoptr(GError) error = NULL;
    assert_false(hf_law_load_sample(&law, "/nonexistent/sample", &error));
    assert_int_equal(error->domain, G_FILE_ERROR);
}

/* Recorded once: the draws of a seed are the same bits on every machine, or traces differ. */
static void ten_thousand_draws_of_each_law_are_the_recorded_bits(void **state)
{
    static const Given givens[] = {
        {"exponential", {"mean"}, {30}},          {"uniform", {"min", "max"}, {1, 3}},
        {"normal", {"mean", "sd"}, {0, 1}},       {"lognormal", {"median", "sigma"}, {5, 1}},
        {"weibull", {"mean", "shape"}, {3, 0.7}}, {"pareto", {"minimum", "shape"}, {2, 1.1}},
        {"gamma", {"mean", "shape"}, {5, 0.3}},   {"geometric", {"mean"}, {3.7}},
    };
    HfDigest digest;
    hf_digest_init(&digest);
    for (size_t i = 0; i < G_N_ELEMENTS(givens); i++) {
        HfLaw law = prepared(&givens[i]);
        HfStream stream;
        hf_stream_init(&stream, 2026, "recorded", i);
        for (int k = 0; k < 10000; k++) {
            double x = hf_law_draw(&law, &stream);
            uint64_t bits;
            memcpy(&bits, &x, sizeof bits);
            hf_digest_word(&digest, bits);
        }
    }
    char text[HF_DIGEST_TEXT_SIZE];
    hf_digest_print(&digest, text);
    assert_string_equal(text, "c9f7df0c289543eb8ee7358a9553d012");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_have_the_mean_of_the_law),
        cmocka_unit_test(draws_have_the_quantiles_of_the_law),
        cmocka_unit_test(a_heavy_pareto_has_no_mean_and_keeps_its_minimum),
        cmocka_unit_test(geometric_draws_are_whole_and_at_least_one),
        cmocka_unit_test(draws_are_clamped_into_the_legal_range),
        cmocka_unit_test(the_ready_made_laws_are_ready),
        cmocka_unit_test(each_bad_parameter_is_named),
        cmocka_unit_test(names_are_looked_up_exactly),
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(an_empirical_law_interpolates_its_sorted_sample),
        cmocka_unit_test(a_sample_of_one_is_a_constant),
        cmocka_unit_test(a_bad_sample_is_refused_with_its_line),
        cmocka_unit_test(ten_thousand_draws_of_each_law_are_the_recorded_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
