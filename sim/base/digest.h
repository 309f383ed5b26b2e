/*
 * A 128-bit running digest of 64-bit words: the identity of a run's trace. Not cryptographic; it
 * must be equal for equal runs on any machine, and differ with overwhelming probability otherwise.
 */
#ifndef HF_BASE_DIGEST_H
#define HF_BASE_DIGEST_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HfDigest {
    uint64_t a, b, words;
} HfDigest;

#define HF_DIGEST_TEXT_SIZE 33

static inline void hf_digest_init(HfDigest *digest)
{
    *digest = (HfDigest){UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xc2b2ae3d27d4eb4f), 0};
}

/* Two independent multiply-rotate lanes, as in the xxHash family: 2 multiplications a word. */
static inline void hf_digest_word(HfDigest *digest, uint64_t word)
{
    uint64_t a = (digest->a ^ word) * UINT64_C(0xff51afd7ed558ccd);
    uint64_t b = (digest->b + word) * UINT64_C(0x9fb21c651e98df25);
    digest->a = (a << 31 | a >> 33) + digest->b;
    digest->b = (b << 29 | b >> 35) ^ a;
    digest->words++;
}

/* Bytes, in little-endian words, followed by their count: "ab"+"c" differs from "a"+"bc". */
void hf_digest_bytes(HfDigest *digest, const void *bytes, size_t size);

/* The digest so far as 32 hexadecimal digits; the running state is not changed. */
void hf_digest_print(const HfDigest *digest, char text_out[HF_DIGEST_TEXT_SIZE]);

#endif
