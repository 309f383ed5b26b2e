/* The ways to compute many blocks of a stream, for the test that compares them. */
#ifndef HF_BASE_RANDOM_INTERNAL_H
#define HF_BASE_RANDOM_INTERNAL_H

#include "base/random.h"

#define HF_BATCH_PAIRS 16 /* pairs of blocks computed together for many draws */
#define HF_BATCH_WORDS (HF_BATCH_PAIRS * HF_STREAM_WORDS)

/* The words of the blocks from stream->block on: as any processor can, and as this one does best.
 */
void hf_stream__plain_batch(const HfStream *stream, uint32_t words_out[HF_BATCH_WORDS]);
void hf_stream__batch(const HfStream *stream, uint32_t words_out[HF_BATCH_WORDS]);

typedef void (*HfBatchWay)(const HfStream *stream, uint32_t words_out[HF_BATCH_WORDS]);
#define HF_BATCH_WAYS 3

/* All that this processor can take, the plain one first. Returns how many. */
uint32_t hf_stream__batch_ways(HfBatchWay ways_out[HF_BATCH_WAYS]);

#endif
