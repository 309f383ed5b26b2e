/* The identity of a trace: equal for equal words, different for any other. */
#include "base/digest.h"

#include <string.h>

#include "support/test.h"

static void print(const HfDigest *digest, char *text)
{
    hf_digest_print(digest, text);
    assert_int_equal(strlen(text), 32);
}

static void digest_of(const char *bytes, size_t size, char *text)
{
    HfDigest digest;
    hf_digest_init(&digest);
    hf_digest_bytes(&digest, bytes, size);
    print(&digest, text);
}

/* Recorded once: a change here changes the digest of every run ever published. */
static void the_digest_of_a_text_is_what_it_always_was(void **state)
{
    char text[HF_DIGEST_TEXT_SIZE];
    digest_of("holdfast", 8, text);
    assert_string_equal(text, "b26886f7cca6414ff0397c9dd00a6347");
}

static void order_length_and_boundaries_matter(void **state)
{
    char a[HF_DIGEST_TEXT_SIZE], b[HF_DIGEST_TEXT_SIZE];
    digest_of("ab\0", 3, a);
    digest_of("ab", 2, b);
    assert_string_not_equal(a, b);
    digest_of("abcdefgh12345678", 16, a);
    digest_of("12345678abcdefgh", 16, b);
    assert_string_not_equal(a, b);

    HfDigest one, two;
    hf_digest_init(&one);
    hf_digest_bytes(&one, "ab", 2);
    hf_digest_bytes(&one, "c", 1);
    hf_digest_init(&two);
    hf_digest_bytes(&two, "a", 1);
    hf_digest_bytes(&two, "bc", 2);
    print(&one, a);
    print(&two, b);
    assert_string_not_equal(a, b);
}

static void folded(const uint64_t *word, uint32_t pairs, char *text)
{
    HfDigest digest;
    HfFold fold = 0;
    hf_digest_init(&digest);
    for (uint32_t i = 0; i < pairs; i++) fold += hf_digest_product(i, word[2 * i], word[2 * i + 1]);
    hf_digest_fold(&digest, fold);
    print(&digest, text);
}

/* Any word changed, any two exchanged; and recorded once, as above. */
static void folding_keeps_words_and_places_apart(void **state)
{
    uint64_t words[12] = {1, 2, 3, 0, UINT64_MAX, 6, 7, 8, 0, 0, 11, 12};
    char text[HF_DIGEST_TEXT_SIZE], other[HF_DIGEST_TEXT_SIZE];
    folded(words, 6, text);
    assert_string_equal(text, "eee54c030385f3301230555c0ebc6e55");
    for (int i = 0; i < 12; i++) {
        for (int bit = 0; bit < 64; bit++) {
            words[i] ^= UINT64_C(1) << bit;
            folded(words, 6, other);
            words[i] ^= UINT64_C(1) << bit;
            assert_string_not_equal(text, other);
        }
        for (int k = 0; k < i; k++) {
            uint64_t one = words[i], two = words[k];
            words[i] = two;
            words[k] = one;
            folded(words, 6, other);
            words[i] = one;
            words[k] = two;
            if (one != two) assert_string_not_equal(text, other);
        }
    }
}

static void printing_does_not_disturb_the_running_digest(void **state)
{
    char a[HF_DIGEST_TEXT_SIZE], b[HF_DIGEST_TEXT_SIZE];
    HfDigest one, two;
    hf_digest_init(&one);
    hf_digest_init(&two);
    hf_digest_word(&one, 1);
    hf_digest_word(&two, 1);
    print(&one, a);
    hf_digest_word(&one, 2);
    hf_digest_word(&two, 2);
    print(&one, a);
    print(&two, b);
    assert_string_equal(a, b);
}

static void every_bit_of_a_word_changes_both_halves(void **state)
{
    char base[HF_DIGEST_TEXT_SIZE], other[HF_DIGEST_TEXT_SIZE];
    HfDigest digest;
    hf_digest_init(&digest);
    hf_digest_word(&digest, 0);
    print(&digest, base);
    for (int bit = 0; bit < 64; bit++) {
        hf_digest_init(&digest);
        hf_digest_word(&digest, UINT64_C(1) << bit);
        print(&digest, other);
        assert_memory_not_equal(base, other, 16);
        assert_memory_not_equal(base + 16, other + 16, 16);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_of_a_text_is_what_it_always_was),
        cmocka_unit_test(order_length_and_boundaries_matter),
        cmocka_unit_test(folding_keeps_words_and_places_apart),
        cmocka_unit_test(printing_does_not_disturb_the_running_digest),
        cmocka_unit_test(every_bit_of_a_word_changes_both_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
