/*
 * Philox4x32-10 and the samplers on top of it; see random.h.
 *
 * A block is ten rounds that each wait for a multiplication, so two blocks are computed together,
 * in the same vector instructions where the processor has them: a pair costs less than one alone.
 * The sequence of words is that of single blocks in order; nothing outside this file can tell, and
 * a test compares.
 */
#include "base/random.h"

#include "base/assert.h"
#include "base/maths.h"
#include "base/random_internal.h"
#include "base/random_tables.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

_Static_assert(sizeof(HfStream) == 64, "one stream fills one cache line");

#define PHILOX_M0     UINT32_C(0xd2511f53)
#define PHILOX_M1     UINT32_C(0xcd9e8d57)
#define PHILOX_W0     UINT32_C(0x9e3779b9) /* golden ratio */
#define PHILOX_W1     UINT32_C(0xbb67ae85) /* sqrt(3) - 1 */
#define PHILOX_ROUNDS 10

static inline void philox_round(uint32_t x[4], uint32_t key0, uint32_t key1)
{
    uint64_t p0 = (uint64_t)PHILOX_M0 * x[0];
    uint64_t p1 = (uint64_t)PHILOX_M1 * x[2];
    uint32_t y0 = (uint32_t)(p1 >> 32) ^ x[1] ^ key0;
    uint32_t y2 = (uint32_t)(p0 >> 32) ^ x[3] ^ key1;
    x[0] = y0;
    x[1] = (uint32_t)p1;
    x[2] = y2;
    x[3] = (uint32_t)p0;
}

void hf_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t words_out[4])
{
    uint32_t x[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        philox_round(x, k0, k1);
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    for (int i = 0; i < 4; i++) words_out[i] = x[i];
}

/*
 * Blocks `stream->block` and the next into words_out[]. Counter: block number, low word first,
 * then entity. The vector forms keep each 32-bit word in a 64-bit lane, of which only the low half
 * means anything: the multiplication reads no more.
 */
#ifdef __SSE2__
static inline void two_blocks(const HfStream *stream, uint32_t words_out[HF_STREAM_WORDS])
{
    long long block = (long long)stream->block;
    __m128i x0 = _mm_set_epi64x(block + 1, block), x1 = _mm_srli_epi64(x0, 32);
    __m128i x2 = _mm_set1_epi64x((long long)stream->entity), x3 = _mm_srli_epi64(x2, 32);
    __m128i k0 = _mm_set1_epi64x(stream->key[0]), k1 = _mm_set1_epi64x(stream->key[1]);
    const __m128i m0 = _mm_set1_epi64x(PHILOX_M0), m1 = _mm_set1_epi64x(PHILOX_M1);
    const __m128i w0 = _mm_set1_epi64x(PHILOX_W0), w1 = _mm_set1_epi64x(PHILOX_W1);
#pragma GCC unroll 10
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        __m128i p0 = _mm_mul_epu32(x0, m0), p1 = _mm_mul_epu32(x2, m1);
        x0 = _mm_xor_si128(_mm_srli_epi64(p1, 32), _mm_xor_si128(x1, k0));
        x2 = _mm_xor_si128(_mm_srli_epi64(p0, 32), _mm_xor_si128(x3, k1));
        x1 = p1;
        x3 = p0;
        k0 = _mm_add_epi32(k0, w0);
        k1 = _mm_add_epi32(k1, w1);
    }
    __m128i first = _mm_unpacklo_epi64(_mm_unpacklo_epi32(x0, x1), _mm_unpacklo_epi32(x2, x3));
    __m128i second = _mm_unpacklo_epi64(_mm_unpackhi_epi32(x0, x1), _mm_unpackhi_epi32(x2, x3));
    _mm_storeu_si128((__m128i *)(void *)words_out, first);
    _mm_storeu_si128((__m128i *)(void *)(words_out + 4), second);
}
#else
static inline void two_blocks(const HfStream *stream, uint32_t words_out[HF_STREAM_WORDS])
{
    uint32_t e0 = (uint32_t)stream->entity, e1 = (uint32_t)(stream->entity >> 32);
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t block = stream->block + i;
        uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), e0, e1};
        hf_philox4x32_10(counter, stream->key, words_out + 4 * i);
    }
}
#endif

/*
 * The same for HF_BATCH_PAIRS pairs. With the instructions of AVX2, where the processor has them,
 * two times four blocks at a time; with those of AVX-512 all at once.
 */
void hf_stream__plain_batch(const HfStream *stream, uint32_t words_out[HF_BATCH_WORDS])
{
    HfStream at = *stream;
    for (uint32_t i = 0; i < HF_BATCH_PAIRS; i++, at.block += 2)
        two_blocks(&at, words_out + i * HF_STREAM_WORDS);
}

#ifdef __x86_64__
/* Fours of blocks side by side: one waits for its multiplications, the other goes on. */
#define FOURS 2

__attribute__((target("avx2"))) static void avx2_batch(const HfStream *stream, uint32_t *words_out)
{
    _Static_assert(HF_BATCH_PAIRS % (2 * FOURS) == 0, "a batch is whole steps");
    __m256i key0[PHILOX_ROUNDS], key1[PHILOX_ROUNDS], x0[FOURS], x1[FOURS], x2[FOURS], x3[FOURS];
    const __m256i m0 = _mm256_set1_epi64x(PHILOX_M0), m1 = _mm256_set1_epi64x(PHILOX_M1);
    const __m256i entity = _mm256_set1_epi64x((long long)stream->entity);
    for (uint32_t round = 0; round < PHILOX_ROUNDS; round++) {
        key0[round] = _mm256_set1_epi64x(stream->key[0] + round * PHILOX_W0);
        key1[round] = _mm256_set1_epi64x(stream->key[1] + round * PHILOX_W1);
    }
    __m256i block = _mm256_add_epi64(_mm256_set1_epi64x((long long)stream->block),
                                     _mm256_set_epi64x(3, 2, 1, 0));
    for (uint32_t i = 0; i < HF_BATCH_PAIRS; i += 2 * FOURS) {
#pragma GCC unroll 2
        for (int f = 0; f < FOURS; f++) {
            x0[f] = block;
            x1[f] = _mm256_srli_epi64(block, 32);
            x2[f] = entity;
            x3[f] = _mm256_srli_epi64(entity, 32);
            block = _mm256_add_epi64(block, _mm256_set1_epi64x(4));
        }
#pragma GCC unroll 10
        for (int round = 0; round < PHILOX_ROUNDS; round++) {
#pragma GCC unroll 2
            for (int f = 0; f < FOURS; f++) {
                __m256i p0 = _mm256_mul_epu32(x0[f], m0), p1 = _mm256_mul_epu32(x2[f], m1);
                __m256i k0 = key0[round], k1 = key1[round];
                x0[f] = _mm256_xor_si256(_mm256_srli_epi64(p1, 32), _mm256_xor_si256(x1[f], k0));
                x2[f] = _mm256_xor_si256(_mm256_srli_epi64(p0, 32), _mm256_xor_si256(x3[f], k1));
                x1[f] = p1;
                x3[f] = p0;
            }
        }
#pragma GCC unroll 2
        for (int f = 0; f < FOURS; f++, words_out += 2 * HF_STREAM_WORDS) {
            __m256i even = _mm256_unpacklo_epi64(_mm256_unpacklo_epi32(x0[f], x1[f]),
                                                 _mm256_unpacklo_epi32(x2[f], x3[f]));
            __m256i odd = _mm256_unpacklo_epi64(_mm256_unpackhi_epi32(x0[f], x1[f]),
                                                _mm256_unpackhi_epi32(x2[f], x3[f]));
            __m256i *out = (__m256i *)(void *)words_out;
            _mm256_storeu_si256(out, _mm256_permute2x128_si256(even, odd, 0x20));
            _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(even, odd, 0x31));
        }
    }
}

#define EIGHTS (2 * HF_BATCH_PAIRS / 8)

/* Words of blocks in the even halves of lanes, and in the odd ones. */
__attribute__((target("avx512f"))) static inline __m512i side_by_side(__m512i even, __m512i odd)
{
    return _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
}

__attribute__((target("avx512f"))) static void avx512_batch(const HfStream *stream,
                                                            uint32_t *words_out)
{
    enum { EXCLUSIVE_OR = 0x96 }; /* of three */
    _Static_assert(HF_BATCH_PAIRS % 4 == 0, "a batch is whole eights of blocks");
    __m512i x0[EIGHTS], x1[EIGHTS], x2[EIGHTS], x3[EIGHTS];
    const __m512i m0 = _mm512_set1_epi64(PHILOX_M0), m1 = _mm512_set1_epi64(PHILOX_M1);
    const __m512i first = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
    const __m512i second = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    __m512i block = _mm512_add_epi64(_mm512_set1_epi64((long long)stream->block),
                                     _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
#pragma GCC unroll 4
    for (int e = 0; e < EIGHTS; e++) {
        x0[e] = block;
        x1[e] = _mm512_srli_epi64(block, 32);
        x2[e] = _mm512_set1_epi64((long long)stream->entity);
        x3[e] = _mm512_set1_epi64((long long)(stream->entity >> 32));
        block = _mm512_add_epi64(block, _mm512_set1_epi64(8));
    }
#pragma GCC unroll 10
    for (uint32_t round = 0; round < PHILOX_ROUNDS; round++) {
        __m512i k0 = _mm512_set1_epi64(stream->key[0] + round * PHILOX_W0);
        __m512i k1 = _mm512_set1_epi64(stream->key[1] + round * PHILOX_W1);
#pragma GCC unroll 4
        for (int e = 0; e < EIGHTS; e++) {
            __m512i p0 = _mm512_mul_epu32(x0[e], m0), p1 = _mm512_mul_epu32(x2[e], m1);
            x0[e] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), x1[e], k0, EXCLUSIVE_OR);
            x2[e] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), x3[e], k1, EXCLUSIVE_OR);
            x1[e] = p1;
            x3[e] = p0;
        }
    }
#pragma GCC unroll 4
    for (int e = 0; e < EIGHTS; e++, words_out += 4 * HF_STREAM_WORDS) {
        __m512i low = side_by_side(x0[e], x1[e]), high = side_by_side(x2[e], x3[e]);
        _mm512_storeu_si512(words_out, _mm512_permutex2var_epi64(low, first, high));
        _mm512_storeu_si512(words_out + 16, _mm512_permutex2var_epi64(low, second, high));
    }
}

/* The first processors with AVX-512 slow down where it is used; those with VBMI2 do not. */
void hf_stream__batch(const HfStream *stream, uint32_t words_out[HF_BATCH_WORDS])
{
    if (__builtin_cpu_supports("avx512vbmi2"))
        avx512_batch(stream, words_out);
    else if (__builtin_cpu_supports("avx2"))
        avx2_batch(stream, words_out);
    else
        hf_stream__plain_batch(stream, words_out);
}

uint32_t hf_stream__batch_ways(HfBatchWay ways_out[HF_BATCH_WAYS])
{
    uint32_t ways = 0;
    ways_out[ways++] = hf_stream__plain_batch;
    if (__builtin_cpu_supports("avx2")) ways_out[ways++] = avx2_batch;
    if (__builtin_cpu_supports("avx512vbmi2")) ways_out[ways++] = avx512_batch;
    return ways;
}
#else
uint32_t hf_stream__batch_ways(HfBatchWay ways_out[HF_BATCH_WAYS])
{
    ways_out[0] = hf_stream__plain_batch;
    return 1;
}

void hf_stream__batch(const HfStream *stream, uint32_t words_out[HF_BATCH_WORDS])
{
    hf_stream__plain_batch(stream, words_out);
}
#endif

static __attribute__((noinline)) void refill(HfStream *stream)
{
    two_blocks(stream, stream->word);
    stream->block += 2;
    stream->used = 0;
}

/* SplitMix64's finaliser: every input bit reaches every output bit. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void hf_stream_init(HfStream *stream, uint64_t seed, const char *purpose, uint64_t entity)
{
    uint64_t key = mix(seed + UINT64_C(0x9e3779b97f4a7c15));
    for (const unsigned char *p = (const unsigned char *)purpose; *p != '\0'; p++)
        key = mix(key ^ *p) + UINT64_C(0x9e3779b97f4a7c15);
    *stream = (HfStream){.key = {(uint32_t)key, (uint32_t)(key >> 32)}, .entity = entity};
    refill(stream);
}

uint64_t hf_stream_entity(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a, then the finish of MurmurHash3 */
    for (; *name != '\0'; name++) hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

uint32_t hf_stream_u32(HfStream *stream)
{
    uint32_t word = stream->word[stream->used++];
    if (stream->used == HF_STREAM_WORDS) refill(stream);
    return word;
}

/* The next blocks are begun with the last draw of these, not when they are needed: the processor
 * has them ready by then. */
static inline uint64_t next_u64(HfStream *stream)
{
    if (__builtin_expect(stream->used & 1, 0)) (void)hf_stream_u32(stream);
    uint32_t used = stream->used;
    const uint32_t *pair = stream->word + used; /* one load of 8 bytes where that is the order */
    uint64_t bits = (uint64_t)pair[1] << 32 | pair[0];
    stream->used = used + 2;
    if (used + 2 == HF_STREAM_WORDS) refill(stream);
    return bits;
}

uint64_t hf_stream_u64(HfStream *stream)
{
    return next_u64(stream);
}

/* The middle of one of 2^52 equal cells of (0, 1): exact, so neither end can be reached. */
static inline double to_uniform(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

double hf_stream_uniform(HfStream *stream)
{
    return to_uniform(next_u64(stream));
}

/* Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019. */
uint64_t hf_stream_below(HfStream *stream, uint64_t bound)
{
    HF_ASSERT(bound >= 1);
    __extension__ typedef unsigned __int128 Wide;
    Wide product = (Wide)next_u64(stream) * bound;
    if ((uint64_t)product < bound) {
        uint64_t threshold = -bound % bound;
        while ((uint64_t)product < threshold) product = (Wide)next_u64(stream) * bound;
    }
    return (uint64_t)(product >> 64);
}

/*
 * y < exp(-x), for a point of a wedge. From where the wedge begins the function is between 1 - d
 * and 1 - d + d*d/2 times what it is there, which decides nearly always; the margin is far above
 * all rounding.
 */
static inline int is_below_exponential(uint32_t layer, double x, double y)
{
    const HfZigguratLayer *z = &hf_ziggurat_exponential[layer];
    const double margin = 1e-12;
    double begin = layer + 1 < HF_ZIGGURAT_LAYERS ? z[1].width * 0x1p53 : 0;
    double d = x - begin, least = z->high - z->high * d;
    if (y < least - margin) return 1;
    if (y > least + z->high * d * d * 0.5 + margin) return 0;
    return y < hf_exp(-x);
}

/*
 * Beyond the first comparison: tail or wedge. The tail of an exponential is r plus another one.
 * `next` draws 64 bits from `source`; constant where this is inlined.
 */
static inline __attribute__((always_inline)) double
exponential_rest(uint64_t (*next)(void *source), void *source, uint32_t layer, double x)
{
    double base = 0;
    for (;;) {
        const HfZigguratLayer *z = &hf_ziggurat_exponential[layer];
        if (layer == 0) {
            base += HF_ZIGGURAT_EXPONENTIAL_R;
        } else {
            double y = z->low + to_uniform(next(source)) * (z->high - z->low);
            if (is_below_exponential(layer, x, y)) return base + x;
        }
        uint64_t bits = next(source);
        layer = bits & (HF_ZIGGURAT_LAYERS - 1);
        z = &hf_ziggurat_exponential[layer];
        x = (double)(bits >> 11) * z->width;
        if (bits >> 11 < z->inside) return base + x;
    }
}

static inline uint64_t next_of_stream(void *stream)
{
    return next_u64(stream);
}

static __attribute__((noinline)) double exponential_slow(HfStream *stream, uint32_t layer, double x)
{
    return exponential_rest(next_of_stream, stream, layer, x);
}

double hf_stream_exponential(HfStream *stream)
{
    uint64_t bits = next_u64(stream);
    uint32_t layer = bits & (HF_ZIGGURAT_LAYERS - 1); /* bits 0..7; bits 11..63 place x */
    const HfZigguratLayer *z = &hf_ziggurat_exponential[layer];
    double x = (double)(bits >> 11) * z->width;
    if (__builtin_expect(bits >> 11 < z->inside, 1)) return x;
    return exponential_slow(stream, layer, x);
}

/* The words of a stream, many pairs of blocks at once, from the start of a pair on. */
typedef struct Batch {
    HfStream stream; /* its block: the one after this batch */
    uint32_t used;   /* of word[], always even */
    uint32_t word[HF_BATCH_WORDS];
} Batch;

static inline uint64_t next_of_batch(void *source)
{
    Batch *batch = source;
    if (batch->used == HF_BATCH_WORDS) {
        hf_stream__batch(&batch->stream, batch->word);
        batch->stream.block += 2 * HF_BATCH_PAIRS;
        batch->used = 0;
    }
    const uint32_t *pair = batch->word + batch->used;
    batch->used += 2;
    return (uint64_t)pair[1] << 32 | pair[0];
}

/* As many as the words of the batch give without looking further; the next word is then a hard one,
 * or none is left, or the count is full. */
static inline uint32_t easy_exponentials(Batch *batch, double *draws_out, uint32_t count)
{
    const uint32_t *word = batch->word + batch->used;
    uint32_t done = 0, end = (HF_BATCH_WORDS - batch->used) / 2;
    if (end > count) end = count;
    for (; done < end; done++, word += 2) {
        uint64_t bits = (uint64_t)word[1] << 32 | word[0];
        const HfZigguratLayer *z = &hf_ziggurat_exponential[bits & (HF_ZIGGURAT_LAYERS - 1)];
        if (__builtin_expect(bits >> 11 >= z->inside, 0)) break;
        draws_out[done] = (double)(bits >> 11) * z->width;
    }
    batch->used += 2 * done;
    return done;
}

static __attribute__((noinline)) double hard_exponential(Batch *batch)
{
    uint64_t bits = next_of_batch(batch);
    uint32_t layer = bits & (HF_ZIGGURAT_LAYERS - 1);
    const HfZigguratLayer *z = &hf_ziggurat_exponential[layer];
    double x = (double)(bits >> 11) * z->width;
    return bits >> 11 < z->inside ? x : exponential_rest(next_of_batch, batch, layer, x);
}

/* A stream that stands before a whole pair of blocks is put aside for a batch, and afterwards where
 * the batch was left: the stream then holds the pair of the next word. */
void hf_stream_exponentials(HfStream *stream, double *draws_out, uint32_t count)
{
    uint32_t done = 0;
    while (done < count && stream->used > 0) draws_out[done++] = hf_stream_exponential(stream);
    if (done == count) return;
    Batch batch;
    batch.stream = *stream;
    batch.stream.block -= 2;
    batch.used = HF_BATCH_WORDS;
    while (done < count) {
        draws_out[done++] = hard_exponential(&batch);
        done += easy_exponentials(&batch, draws_out + done, count - done);
    }
    uint32_t left = HF_BATCH_WORDS - batch.used;
    uint32_t pairs = (left + HF_STREAM_WORDS - 1) / HF_STREAM_WORDS;
    stream->block = batch.stream.block - 2 * (uint64_t)pairs;
    refill(stream);
    stream->used = pairs * HF_STREAM_WORDS - left;
}

/* Marsaglia's tail of the normal beyond r: accept r + a with probability exp(-a*a/2). */
static double normal_tail(HfStream *stream)
{
    for (;;) {
        double a = hf_stream_exponential(stream) / HF_ZIGGURAT_NORMAL_R;
        if (2 * hf_stream_exponential(stream) > a * a) return HF_ZIGGURAT_NORMAL_R + a;
    }
}

static __attribute__((noinline)) double normal_slow(HfStream *stream, uint32_t layer, double x)
{
    for (;;) {
        const HfZigguratLayer *z = &hf_ziggurat_normal[layer];
        if (layer == 0) return normal_tail(stream);
        double y = z->low + to_uniform(next_u64(stream)) * (z->high - z->low);
        if (y < hf_exp(-0.5 * x * x)) return x;
        uint64_t bits = next_u64(stream);
        layer = bits & (HF_ZIGGURAT_LAYERS - 1);
        x = (double)(bits >> 11) * hf_ziggurat_normal[layer].width;
        if (bits >> 11 < hf_ziggurat_normal[layer].inside) return x;
    }
}

double hf_stream_normal(HfStream *stream)
{
    uint64_t bits = next_u64(stream);
    uint32_t layer = bits & (HF_ZIGGURAT_LAYERS - 1);
    double sign = 1.0 - (double)(bits >> 7 & 2); /* bit 8: of no other use, so independent */
    const HfZigguratLayer *z = &hf_ziggurat_normal[layer];
    double x = (double)(bits >> 11) * z->width;
    if (__builtin_expect(bits >> 11 < z->inside, 1)) return sign * x;
    return sign * normal_slow(stream, layer, x);
}

/* ---- gsl_rng_type -----------------------------------------------------------------------------*/

static void gsl_set(void *state, unsigned long seed)
{
    hf_stream_init(state, seed, "gsl", 0);
}

static unsigned long gsl_get(void *state)
{
    return hf_stream_u32(state);
}

static double gsl_get_double(void *state)
{
    return hf_stream_uniform(state);
}

static const gsl_rng_type philox_type = {
    "hf-philox4x32-10", UINT32_MAX, 0, sizeof(HfStream), gsl_set, gsl_get, gsl_get_double};

const gsl_rng_type *const hf_gsl_philox = &philox_type;

gsl_rng hf_stream_gsl(HfStream *stream)
{
    return (gsl_rng){hf_gsl_philox, stream};
}
