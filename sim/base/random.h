/*
 * Named random streams: one for each (seed, purpose, entity), so that adding an agent, a framework
 * or a policy shifts nobody else's draws (common random numbers), and draws can be repeated without
 * being stored.
 *
 * The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11), counter based: key = 64 bits from (seed, purpose), counter = (entity, block number). Two
 * streams never overlap. It stands behind gsl_rng_type, so every gsl_ran_* works on it through
 * hf_stream_gsl().
 */
#ifndef HF_BASE_RANDOM_H
#define HF_BASE_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* In place, 48 bytes or so, copyable: a copy continues with the same draws. Fields are private. */
typedef struct HfStream {
    uint32_t key[2];
    uint64_t entity;
    uint64_t block; /* next block of four words */
    uint32_t word[4];
    uint32_t left; /* words of the current block not yet drawn */
} HfStream;

/* Start the stream of (seed, purpose, entity) at its first draw. `purpose` is a short name, e.g.
 * "agent-failure". */
void hf_stream_init(HfStream *stream, uint64_t seed, const char *purpose, uint64_t entity);

/* 64 uniform bits. */
uint64_t hf_stream_u64(HfStream *stream);

/* Uniform in (0, 1): never 0 and never 1; 53 bits. */
double hf_stream_uniform(HfStream *stream);

/* Uniform integer in [0, bound), unbiased; bound >= 1. */
uint64_t hf_stream_below(HfStream *stream, uint64_t bound);

/* Exponential with mean 1, by ziggurat (Marsaglia & Tsang 2000, 256 layers). About 2 ns. */
double hf_stream_exponential(HfStream *stream);

/* Normal with mean 0 and deviation 1, by ziggurat. */
double hf_stream_normal(HfStream *stream);

/*
 * The stream as a GSL generator (its type is hf_gsl_philox). The view borrows the stream and needs
 * no free: gsl_rng view = hf_stream_gsl(&stream);  gsl_ran_gamma(&view, a, b);
 */
extern const gsl_rng_type *const hf_gsl_philox;
gsl_rng hf_stream_gsl(HfStream *stream);

#endif
