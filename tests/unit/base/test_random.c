/*
 * Streams: the published generator, independent of each other, the right distributions, and the
 * same bits everywhere. Statistical tests have fixed seeds: they either always pass or never do.
 */
#include "base/random.h"
#include "base/random_internal.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/maths.h"
#include "base/random_tables.h"
#include "support/test.h"

#define DRAWS 200000

/* The known-answer vectors published with Random123 (kat_vectors, philox4x32 10). */
static void philox_gives_the_published_vectors(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         {UINT32_MAX, UINT32_MAX},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t words[4];
        hf_philox4x32_10(cases[i].counter, cases[i].key, words);
        assert_memory_equal(words, cases[i].words, sizeof words);
    }
}

/* The stream computes blocks in pairs; what comes out must be the plain sequence of blocks. */
static void a_stream_is_the_blocks_of_its_counter_in_order(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 42, "agent-failure", UINT64_C(0x123456789a));
    uint32_t key[2] = {stream.key[0], stream.key[1]};
    for (uint32_t block = 0; block < 50; block++) {
        uint32_t words[4], counter[4] = {block, 0, 0x3456789a, 0x12};
        hf_philox4x32_10(counter, key, words);
        for (int i = 0; i < 4; i++) assert_int_equal(hf_stream_u32(&stream), words[i]);
    }
}

static void the_block_number_carries_into_its_upper_word(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 1, "carry", 0);
    stream.block = UINT32_MAX; /* as if 2^32 - 1 blocks had been drawn: the next two straddle */
    for (uint32_t i = 0; i < HF_STREAM_WORDS; i++) (void)hf_stream_u32(&stream);
    uint32_t words[4], key[2] = {stream.key[0], stream.key[1]};
    hf_philox4x32_10((uint32_t[4]){UINT32_MAX, 0, 0, 0}, key, words);
    for (int i = 0; i < 4; i++) assert_int_equal(hf_stream_u32(&stream), words[i]);
    hf_philox4x32_10((uint32_t[4]){0, 1, 0, 0}, key, words);
    for (int i = 0; i < 4; i++) assert_int_equal(hf_stream_u32(&stream), words[i]);
}

static void wide_draws_start_at_an_even_word(void **state)
{
    HfStream a, b;
    hf_stream_init(&a, 7, "mixed", 0);
    b = a;
    uint32_t word[16];
    for (int i = 0; i < 16; i++) word[i] = hf_stream_u32(&a);
    assert_int_equal(hf_stream_u32(&b), word[0]);
    assert_true(hf_stream_u64(&b) == ((uint64_t)word[3] << 32 | word[2])); /* word 1 is skipped */
    assert_true(hf_stream_u64(&b) == ((uint64_t)word[5] << 32 | word[4]));
    assert_int_equal(hf_stream_u32(&b), word[6]);
    assert_true(hf_stream_u64(&b) == ((uint64_t)word[9] << 32 | word[8])); /* across the pair */
}

/* Each way to compute many blocks gives the plain sequence of them, over the carry, too. */
static void a_batch_is_the_blocks_in_order_however_computed(void **state)
{
    HfBatchWay ways[HF_BATCH_WAYS];
    uint32_t count = hf_stream__batch_ways(ways);
    assert_in_range(count, 1, HF_BATCH_WAYS);
    for (uint32_t i = 0; i < 40; i++) {
        HfStream stream;
        uint32_t blocks[HF_BATCH_WORDS], words[HF_BATCH_WORDS];
        hf_stream_init(&stream, i, "batch", UINT64_C(0x9e3779b97f4a7c15) * i);
        if (i % 2 == 1) stream.block = UINT32_MAX - i;
        for (uint32_t b = 0; b < 2 * HF_BATCH_PAIRS; b++) {
            uint64_t block = stream.block + b;
            uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32),
                                   (uint32_t)stream.entity, (uint32_t)(stream.entity >> 32)};
            hf_philox4x32_10(counter, stream.key, blocks + 4 * b);
        }
        for (uint32_t way = 0; way < count; way++) {
            ways[way](&stream, words);
            assert_memory_equal(words, blocks, sizeof words);
        }
        hf_stream__batch(&stream, words);
        assert_memory_equal(words, blocks, sizeof words);
    }
}

/* What the sampler decides by two bounds of exp is what exp itself decides, in each layer. */
static void an_exponential_is_the_ziggurats_without_short_cuts(void **state)
{
    enum { MANY = 4000000 };
    HfStream plain, quick;
    uint32_t wedges[HF_ZIGGURAT_LAYERS] = {0};
    hf_stream_init(&plain, 9, "wedges", 0);
    quick = plain;
    for (uint32_t i = 0; i < MANY; i++) {
        double base = 0, x;
        for (;;) {
            uint64_t bits = hf_stream_u64(&plain);
            uint32_t layer = bits % HF_ZIGGURAT_LAYERS;
            const HfZigguratLayer *z = &hf_ziggurat_exponential[layer];
            x = (double)(bits >> 11) * z->width;
            if (bits >> 11 < z->inside) break;
            wedges[layer]++;
            if (layer == 0) {
                base += HF_ZIGGURAT_EXPONENTIAL_R;
                continue;
            }
            if (z->low + hf_stream_uniform(&plain) * (z->high - z->low) < hf_exp(-x)) break;
        }
        assert_true(hf_stream_exponential(&quick) == base + x);
    }
    for (uint32_t layer = 0; layer < HF_ZIGGURAT_LAYERS; layer++) assert_true(wedges[layer] > 0);
}

/* Many exponentials at once are the same numbers as one by one, wherever the stream stands, and
 * leave it in the same place. */
static void drawing_many_is_drawing_one_by_one(void **state)
{
    enum { MANY = 700 };
    HfStream by_one, by_many;
    hf_stream_init(&by_one, 5, "many", 3);
    by_one.block = UINT32_MAX - 500; /* the block number carries on the way */
    by_many = by_one;
    for (uint32_t count = 0; count < MANY; count++) {
        double draws[MANY];
        if (count % 3 == 0) assert_int_equal(hf_stream_u32(&by_one), hf_stream_u32(&by_many));
        hf_stream_exponentials(&by_many, draws, count);
        for (uint32_t i = 0; i < count; i++)
            assert_true(draws[i] == hf_stream_exponential(&by_one));
        assert_memory_equal(&by_one, &by_many, sizeof by_one);
    }
}

static void seed_purpose_and_entity_each_make_another_stream(void **state)
{
    HfStream stream[5];
    hf_stream_init(&stream[0], 1, "arrivals", 0);
    hf_stream_init(&stream[1], 2, "arrivals", 0);
    hf_stream_init(&stream[2], 1, "arrival", 0);
    hf_stream_init(&stream[3], 1, "arrivals", 1);
    hf_stream_init(&stream[4], 0, "", 0); /* seed 0 is as good as any */
    uint64_t first[5];
    for (int i = 0; i < 5; i++) first[i] = hf_stream_u64(&stream[i]);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < i; k++) assert_true(first[i] != first[k]);
}

/* Common random numbers: agent 3 fails at the same times in a cluster of 10 and in one of 1000. */
static void adding_an_entity_shifts_nobodys_draws(void **state)
{
    double lifetime[2][10][5];
    for (int run = 0; run < 2; run++) {
        uint32_t entities = run == 0 ? 10 : 1000;
        HfStream *stream = calloc(entities, sizeof *stream);
        for (uint32_t e = 0; e < entities; e++) hf_stream_init(&stream[e], 9, "agent-failure", e);
        for (int k = 0; k < 5; k++) /* drawn in turns, in the second run among many others */
            for (uint32_t e = entities; e-- > 0;) {
                double draw = hf_stream_exponential(&stream[e]);
                if (e < 10) lifetime[run][e][k] = draw;
            }
        free(stream);
    }
    assert_memory_equal(lifetime[0], lifetime[1], sizeof lifetime[0]);
}

/* Of 1000 neighbouring entities, first draws: uncorrelated, and jointly uniform on a 10 x 10 grid.
 */
static void neighbouring_entities_are_independent(void **state)
{
    enum { ENTITIES = 20000, GRID = 10 };
    static int cell[GRID][GRID];
    double sum = 0, previous = 0;
    for (uint32_t e = 0; e <= ENTITIES; e++) {
        HfStream stream;
        hf_stream_init(&stream, 3, "independence", e);
        double u = hf_stream_uniform(&stream);
        if (e > 0) {
            sum += (u - 0.5) * (previous - 0.5);
            cell[(int)(u * GRID)][(int)(previous * GRID)]++;
        }
        previous = u;
    }
    assert_true(fabs(sum / ENTITIES * 12) < 3 / sqrt(ENTITIES)); /* correlation, 3 deviations */
    double chi2 = 0, expected = (double)ENTITIES / (GRID * GRID);
    for (int i = 0; i < GRID; i++)
        for (int k = 0; k < GRID; k++)
            chi2 += (cell[i][k] - expected) * (cell[i][k] - expected) / expected;
    double p = gsl_cdf_chisq_Q(chi2, GRID * GRID - 1);
    assert_true(p > 0.001 && p < 0.999);
}

static void a_copy_continues_with_the_same_draws(void **state)
{
    HfStream a;
    hf_stream_init(&a, 1, "copy", 0);
    for (int i = 0; i < 13; i++) (void)hf_stream_normal(&a);
    HfStream b = a;
    for (int i = 0; i < 100; i++) assert_true(hf_stream_normal(&a) == hf_stream_normal(&b));
}

static void below_is_uniform_and_in_range(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 1, "below", 0);
    int count[6] = {0};
    for (int i = 0; i < DRAWS; i++) count[hf_stream_below(&stream, 6)]++;
    double chi2 = 0, expected = DRAWS / 6.0;
    for (int i = 0; i < 6; i++) chi2 += (count[i] - expected) * (count[i] - expected) / expected;
    assert_true(gsl_cdf_chisq_Q(chi2, 5) > 0.001);
    for (int i = 0; i < 100; i++) assert_int_equal(hf_stream_below(&stream, 1), 0);
    /* With bound 3 * 2^62 a modulo would make the lower quarter twice as likely: 1/2, not 1/3. */
    int low = 0;
    for (int i = 0; i < 10000; i++)
        low += hf_stream_below(&stream, UINT64_C(3) << 62) < UINT64_C(1) << 62;
    assert_in_range(low, 3333 - 150, 3333 + 150);
    expect_assert_failure(hf_stream_below(&stream, 0));
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov: sqrt(n) D exceeds 1.95 with probability 0.001. */
static void follows(double (*draw)(HfStream *), double (*cdf)(double), const char *purpose)
{
    HfStream stream;
    hf_stream_init(&stream, 11, purpose, 0);
    double *x = malloc(DRAWS * sizeof *x), worst = 0;
    for (int i = 0; i < DRAWS; i++) x[i] = draw(&stream);
    qsort(x, DRAWS, sizeof *x, compare_doubles);
    for (int i = 0; i < DRAWS; i++) {
        double f = cdf(x[i]);
        worst = fmax(worst, fmax(f - (double)i / DRAWS, (i + 1.0) / DRAWS - f));
    }
    free(x);
    assert_true(worst * sqrt(DRAWS) < 1.95);
}

static double uniform_cdf(double x)
{
    return x;
}

static double exponential_cdf(double x)
{
    return -expm1(-x);
}

static double normal_cdf(double x)
{
    return gsl_cdf_ugaussian_P(x);
}

static void draws_follow_their_distributions(void **state)
{
    follows(hf_stream_uniform, uniform_cdf, "uniform");
    follows(hf_stream_exponential, exponential_cdf, "exponential");
    follows(hf_stream_normal, normal_cdf, "normal");
}

/* A ziggurat gone wrong beyond its first layer shows in the tail: count what lies beyond r. */
static void the_tails_are_as_heavy_as_they_should_be(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 12, "tails", 0);
    enum { MANY = 4000000 };
    double beyond[3] = {0};
    for (int i = 0; i < MANY; i++) {
        double e = hf_stream_exponential(&stream), z = hf_stream_normal(&stream);
        beyond[0] += e > HF_ZIGGURAT_EXPONENTIAL_R;
        beyond[1] += fabs(z) > HF_ZIGGURAT_NORMAL_R;
        beyond[2] += z < -2;
    }
    double expected[3] = {MANY * exp(-HF_ZIGGURAT_EXPONENTIAL_R),
                          MANY * 2 * gsl_cdf_ugaussian_Q(HF_ZIGGURAT_NORMAL_R),
                          MANY * gsl_cdf_ugaussian_P(-2)};
    for (int i = 0; i < 3; i++) /* Poisson: within 3.3 deviations */
        assert_true(fabs(beyond[i] - expected[i]) < 3.3 * sqrt(expected[i]));
}

/* Recompute the layers from f: same area each, edges that meet, 53-bit thresholds. */
static void check_layers(const HfZigguratLayer *layer, double r, double area, double (*f)(double))
{
    double edge = r;
    for (int i = 0; i < HF_ZIGGURAT_LAYERS; i++) {
        double x = layer[i].width * 0x1p53;
        double inner = layer[i].inside / 0x1p53 * x; /* x[i + 1] */
        if (i == 0) assert_true(fabs(x * f(r) - area) < 1e-14);
        if (i > 0) assert_true(fabs(x - edge) < 1e-13);
        if (i > 0) assert_true(fabs(x * (layer[i].high - layer[i].low) - area) < 1e-14);
        if (i > 0) assert_true(fabs(layer[i].low - f(x)) < 1e-15);
        assert_true(fabs(layer[i].high - f(inner)) < 1e-15);
        edge = inner;
    }
    assert_true(edge == 0);
}

static double exponential_f(double x)
{
    return exp(-x);
}

static double normal_f(double x)
{
    return exp(-0.5 * x * x);
}

static void the_tables_are_those_of_the_method(void **state)
{
    double r = HF_ZIGGURAT_EXPONENTIAL_R, s = HF_ZIGGURAT_NORMAL_R;
    check_layers(hf_ziggurat_exponential, r, r * exp(-r) + exp(-r), exponential_f);
    check_layers(hf_ziggurat_normal, s,
                 s * normal_f(s) + sqrt(1.57079632679489662) * erfc(s / sqrt(2)), normal_f);
}

static void gsl_distributions_work_on_the_view(void **state)
{
    HfStream stream;
    hf_stream_init(&stream, 5, "gsl-view", 0);
    gsl_rng view = hf_stream_gsl(&stream);
    double gamma = 0, poisson = 0;
    for (int i = 0; i < DRAWS; i++) {
        gamma += gsl_ran_gamma(&view, 2.5, 2.0);
        poisson += gsl_ran_poisson(&view, 4.0);
        double u = gsl_rng_uniform(&view);
        assert_true(u > 0 && u < 1);
        assert_true(gsl_rng_uniform_int(&view, 10) < 10);
    }
    /* mean 5, variance 10; mean 4, variance 4: 3.3 standard errors */
    assert_true(fabs(gamma / DRAWS - 5) < 3.3 * sqrt(10.0 / DRAWS));
    assert_true(fabs(poisson / DRAWS - 4) < 3.3 * sqrt(4.0 / DRAWS));
    assert_int_equal(gsl_rng_max(&view), UINT32_MAX);
    assert_int_equal(gsl_rng_min(&view), 0);
}

/* GSL's own life cycle, with a seed of which all 64 bits count. */
static void gsl_can_own_a_generator_of_our_type(void **state)
{
    gsl_rng *a = gsl_rng_alloc(hf_gsl_philox), *b = gsl_rng_alloc(hf_gsl_philox);
    gsl_rng_set(a, 1);
    gsl_rng_set(b, 1UL << 32 | 1);
    assert_true(gsl_rng_get(a) != gsl_rng_get(b));
    gsl_rng_memcpy(b, a);
    for (int i = 0; i < 20; i++) assert_int_equal(gsl_rng_get(a), gsl_rng_get(b));
    gsl_rng_free(a);
    gsl_rng_free(b);
}

/* Recorded once. A compiler or machine on which this fails gives other traces for the same seed. */
static void a_hundred_thousand_draws_are_the_recorded_bits(void **state)
{
    HfStream stream;
    HfDigest digest;
    hf_stream_init(&stream, 2026, "recorded", 1);
    hf_digest_init(&digest);
    for (int i = 0; i < 100000; i++) {
        double draw[3] = {hf_stream_uniform(&stream), hf_stream_exponential(&stream),
                          hf_stream_normal(&stream)};
        for (int k = 0; k < 3; k++) {
            uint64_t bits;
            memcpy(&bits, &draw[k], sizeof bits);
            hf_digest_word(&digest, bits);
        }
        hf_digest_word(&digest, hf_stream_below(&stream, 1000003));
    }
    char text[HF_DIGEST_TEXT_SIZE];
    hf_digest_print(&digest, text);
    assert_string_equal(text, "6f0f0d101ea8d4ca72bfbae5b644b142");
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(a_stream_is_the_blocks_of_its_counter_in_order),
        cmocka_unit_test(the_block_number_carries_into_its_upper_word),
        cmocka_unit_test(wide_draws_start_at_an_even_word),
        cmocka_unit_test(a_batch_is_the_blocks_in_order_however_computed),
        cmocka_unit_test(an_exponential_is_the_ziggurats_without_short_cuts),
        cmocka_unit_test(drawing_many_is_drawing_one_by_one),
        cmocka_unit_test(seed_purpose_and_entity_each_make_another_stream),
        cmocka_unit_test(adding_an_entity_shifts_nobodys_draws),
        cmocka_unit_test(neighbouring_entities_are_independent),
        cmocka_unit_test(a_copy_continues_with_the_same_draws),
        cmocka_unit_test(below_is_uniform_and_in_range),
        cmocka_unit_test(draws_follow_their_distributions),
        cmocka_unit_test(the_tails_are_as_heavy_as_they_should_be),
        cmocka_unit_test(the_tables_are_those_of_the_method),
        cmocka_unit_test(gsl_distributions_work_on_the_view),
        cmocka_unit_test(gsl_can_own_a_generator_of_our_type),
        cmocka_unit_test(a_hundred_thousand_draws_are_the_recorded_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
