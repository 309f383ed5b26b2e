/*
 * Named random streams: one for each (seed, purpose, entity), so that adding an agent, a framework
 * or a policy shifts nobody else's draws (common random numbers), and draws can be repeated without
 * being stored.
 *
 * The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11), counter based: key = 64 bits from (seed, purpose), counter = (block number, entity). Two
 * entities of one purpose never share a block; two purposes differ in the key. It stands behind
 * gsl_rng_type, so every gsl_ran_* works on it through hf_stream_gsl().
 *
 * Every draw below is the same bits on any machine: integers, IEEE + - * /, constant tables, and
 * base/maths.h where the ziggurats need exp and log. The gsl_ran_* functions call the machine's
 * libm and promise no such thing; laws that reach a trace use this header (see base/law.h).
 */
#ifndef HF_BASE_RANDOM_H
#define HF_BASE_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#define HF_STREAM_WORDS 8 /* two Philox blocks, computed side by side */

/* In place, 64 bytes, copyable: a copy continues with the same draws. Fields are private. */
typedef struct HfStream {
    uint32_t key[2];
    uint64_t entity;
    uint64_t block;                 /* number of the next block of four words */
    uint32_t word[HF_STREAM_WORDS]; /* the current two blocks */
    uint32_t used;                  /* how many of them were drawn; never all */
    uint32_t unused_zero;
} HfStream;

/* Start the stream of (seed, purpose, entity) at its first draw. `purpose` is a short name, e.g.
 * "agent-failure". About 50 ns. */
void hf_stream_init(HfStream *stream, uint64_t seed, const char *purpose, uint64_t entity);

/* The entity of something that has a name of its own: wherever it stands in a list, and whoever
 * stands before it, its draws are the same. */
uint64_t hf_stream_entity(const char *name);

/* 32 uniform bits: the next word of the stream. */
uint32_t hf_stream_u32(HfStream *stream);

/* 64 uniform bits: two words, the first of them at an even place (an odd word left is skipped). */
uint64_t hf_stream_u64(HfStream *stream);

/* Uniform in (0, 1): never 0 and never 1; one of 2^52 equally spaced values. */
double hf_stream_uniform(HfStream *stream);

/* Uniform integer in [0, bound), unbiased; bound >= 1. */
uint64_t hf_stream_below(HfStream *stream, uint64_t bound);

/* Exponential with mean 1, by ziggurat (Marsaglia & Tsang 2000, 256 layers). About 7 ns. */
double hf_stream_exponential(HfStream *stream);

/* The next `count` of them, the same bits as from as many calls, and the stream is left in the same
 * place; for some dozens and more at a time about a third of the cost. */
void hf_stream_exponentials(HfStream *stream, double *draws_out, uint32_t count);

/* Normal with mean 0 and deviation 1, by ziggurat. About 8 ns. */
double hf_stream_normal(HfStream *stream);

/*
 * The stream as a GSL generator (its type is hf_gsl_philox): 32 bits a word, doubles in (0, 1).
 * The view borrows the stream and needs no free: gsl_rng view = hf_stream_gsl(&stream);
 * gsl_ran_gamma(&view, a, b). Draws through the view advance the stream itself.
 * gsl_rng_alloc(hf_gsl_philox) and gsl_rng_set work too: seed s is the stream (s, "gsl", 0).
 */
extern const gsl_rng_type *const hf_gsl_philox;
gsl_rng hf_stream_gsl(HfStream *stream);

/* The bare function, one block: for tests against published vectors. */
void hf_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t words_out[4]);

#endif
