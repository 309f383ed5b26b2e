/* "Did you mean": what counts as near, and what does not. */
#include "support/test.h"

#include "base/near.h"

static const char *const known[] = {"run",  "check",       "compare", "schema",
                                    "list", "explain-key", NULL};

static void a_slip_of_the_fingers_is_found(void **state)
{
    static const struct {
        const char *typed, *meant;
    } cases[] = {
        {"chekc", "check"},             /* two neighbours swapped: 1 edit */
        {"chck", "check"},              /* one left out */
        {"checkk", "check"},            /* one too many */
        {"scheme", "schema"},           /* one replaced */
        {"rnu", "run"},                 /* a swap in a short word */
        {"explane-kay", "explain-key"}, /* 3 edits of 11 letters */
        {"list", "list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(hf_near_find(cases[i].typed, known), cases[i].meant);
}

static void another_word_is_not_near(void **state)
{
    assert_null(hf_near_find("frobnicate", known));
    assert_null(hf_near_find("xy", known));
    assert_null(hf_near_find("", known));
    assert_null(hf_near_find("check-everything-there-is-in-this-directory-and-all-those-below-it-"
                             "until-nothing-is-left",
                             known));
}

static void a_word_of_other_letters_alone_is_not_near(void **state)
{
    static const char *const letters[] = {"b", NULL};
    assert_null(hf_near_find("a", letters)); /* 1 edit, but nothing in common */
}

static void letter_case_counts_nothing(void **state)
{
    assert_string_equal(hf_near_find("CHECK", known), "check");
    assert_string_equal(hf_near_find("Chekc", known), "check");
}

static void of_equally_near_ones_the_longest_common_beginning_wins(void **state)
{
    static const char *const eras[] = {"1.4", "1.11", NULL};
    assert_string_equal(hf_near_find("1.1", eras), "1.11"); /* both are one edit away */
    static const char *const twins[] = {"cat", "cot", NULL};
    assert_string_equal(hf_near_find("cut", twins), "cat"); /* then the first */
}

static void a_part_of_a_word_finds_it(void **state)
{
    static const char *const keys[] = {"mem",           "duration", "drain_agent", "disk",
                                       "disk_profiles", "at",       NULL};
    assert_string_equal(hf_near_part("memory", keys), "mem");
    assert_string_equal(hf_near_part("task_duration", keys), "duration");
    assert_string_equal(hf_near_part("Drain", keys), "drain_agent");
    assert_string_equal(hf_near_part("profiles", keys), "disk_profiles");
    assert_string_equal(hf_near_part("dis", keys), "disk"); /* the nearest in length */
    assert_string_equal(hf_near_part("disk_profiles_all", keys), "disk_profiles"); /* the longest */
    assert_null(hf_near_part("atom", keys)); /* a part of two letters is none */
    assert_null(hf_near_part("uration", NULL));
    assert_null(hf_near_part("omem", (const char *const[]){"home", NULL}));
}

static void nothing_is_near_to_nothing_known(void **state)
{
    static const char *const none[] = {NULL};
    assert_null(hf_near_find("check", none));
    assert_null(hf_near_find("check", NULL));
}

static void the_nearer_of_two_wins(void **state)
{
    static const char *const two[] = {"memory", "mem", NULL};
    assert_string_equal(hf_near_find("men", two), "mem");
    assert_string_equal(hf_near_find("memori", two), "memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_of_the_fingers_is_found),
        cmocka_unit_test(another_word_is_not_near),
        cmocka_unit_test(a_word_of_other_letters_alone_is_not_near),
        cmocka_unit_test(letter_case_counts_nothing),
        cmocka_unit_test(of_equally_near_ones_the_longest_common_beginning_wins),
        cmocka_unit_test(a_part_of_a_word_finds_it),
        cmocka_unit_test(nothing_is_near_to_nothing_known),
        cmocka_unit_test(the_nearer_of_two_wins),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
