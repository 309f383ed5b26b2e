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

/* Two words at once, each into a lane of its own; the lanes mix as above. Differs from giving them
 * one by one. */
static inline void hf_digest__mix_pair(HfDigest *digest, uint64_t first, uint64_t second)
{
    uint64_t a = (digest->a ^ first) * UINT64_C(0xff51afd7ed558ccd);
    uint64_t b = (digest->b + second) * UINT64_C(0x9fb21c651e98df25);
    digest->a = (a << 31 | a >> 33) + digest->b;
    digest->b = (b << 29 | b >> 35) ^ a;
}
static inline void hf_digest_pair(HfDigest *digest, uint64_t first, uint64_t second)
{
    hf_digest__mix_pair(digest, first, second);
    digest->words += 2;
}

/*
 * A short list of words folded into 128 bits before it goes into a digest, without waiting for one
 * word before the next: the sum of products of neighbours, each word plus a constant of its place
 * (NH of UMAC: Black, Halevi, Krawczyk, Krovetz, Rogaway, CRYPTO 1999). Lists of different lengths
 * are only told apart if a word says the length.
 */
__extension__ typedef unsigned __int128 HfFold;

/*
 * Two halves as one word. Where they lie side by side in memory a compiler would read both at once,
 * and if they were written just before, each for itself, such a read waits until both writes are
 * done: a dozen times as long as this.
 */
static inline uint64_t hf_digest_halves(uint32_t high, uint32_t low)
{
    uint64_t apart = high;
    __asm__("" : "+r"(apart)); /* nothing, but the compiler does not know */
    return apart << 32 | low;
}

/* Words 2 * `place` and 2 * `place` + 1 of a list. Of the first, a sum may be taken apart: here is
 * what it begins with, where the rest is 0; and the product of the whole. */
static inline uint64_t hf_digest_begin(uint32_t place, uint64_t first)
{
    uint64_t key = (place + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return first + (key ^ UINT64_C(0xd6e8feb86659fd93));
}
static inline HfFold hf_digest_product_from(uint32_t place, uint64_t begun, uint64_t second)
{
    uint64_t key = (place + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (HfFold)begun * (second + (key ^ UINT64_C(0xa0761d6478bd642f)));
}
static inline HfFold hf_digest_product(uint32_t place, uint64_t first, uint64_t second)
{
    return hf_digest_product_from(place, hf_digest_begin(place, first), second);
}

static inline void hf_digest_fold(HfDigest *digest, HfFold fold)
{
    hf_digest_pair(digest, (uint64_t)fold, (uint64_t)(fold >> 64));
}
/* The same of one of many, for a caller that adds two words for each of them afterwards. */
static inline void hf_digest_mix(HfDigest *digest, HfFold fold)
{
    hf_digest__mix_pair(digest, (uint64_t)fold, (uint64_t)(fold >> 64));
}

/* Bytes, in little-endian words, followed by their count: "ab"+"c" differs from "a"+"bc". */
void hf_digest_bytes(HfDigest *digest, const void *bytes, size_t size);

/* The digest so far as 32 hexadecimal digits; the running state is not changed. */
void hf_digest_print(const HfDigest *digest, char text_out[HF_DIGEST_TEXT_SIZE]);

#endif
