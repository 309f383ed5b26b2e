/* Finalising and printing the running digest; see digest.h. */
#include "base/digest.h"

void hf_digest_bytes(HfDigest *digest, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        for (size_t k = 0; k < 8 && i + k < size; k++) word |= (uint64_t)p[i + k] << (8 * k);
        hf_digest_word(digest, word);
    }
    hf_digest_word(digest, size);
}

static uint64_t avalanche(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

void hf_digest_print(const HfDigest *digest, char text_out[HF_DIGEST_TEXT_SIZE])
{
    uint64_t a = avalanche(digest->a + digest->words);
    uint64_t b = avalanche(digest->b ^ a);
    g_snprintf(text_out, HF_DIGEST_TEXT_SIZE,
               "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", a, b);
}
