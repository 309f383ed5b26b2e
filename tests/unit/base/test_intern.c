/* Names to ids, in order of first appearance. */
#include "base/intern.h"

#include "support/test.h"

static void ids_count_up_in_order_of_first_appearance(void **state)
{
    g_autoptr(HfIntern) table = hf_intern_new();
    assert_int_equal(hf_intern(table, "cpus"), 0);
    assert_int_equal(hf_intern(table, "mem"), 1);
    assert_int_equal(hf_intern(table, "cpus"), 0);
    assert_int_equal(hf_intern(table, ""), 2);
    assert_int_equal(hf_intern_count(table), 3);
    assert_string_equal(hf_intern_name(table, 1), "mem");
}

static void the_table_keeps_its_own_copy_of_a_name(void **state)
{
    g_autoptr(HfIntern) table = hf_intern_new();
    char name[] = "disk";
    hf_intern(table, name);
    name[0] = 'D';
    assert_string_equal(hf_intern_name(table, 0), "disk");
    assert_int_equal(hf_intern_find(table, "disk"), 0);
}

static void an_unknown_name_is_none_and_an_unknown_id_an_error(void **state)
{
    g_autoptr(HfIntern) table = hf_intern_new();
    assert_true(hf_intern_find(table, "gpus") == HF_INTERN_NONE);
    assert_int_equal(hf_intern_count(table), 0);
    expect_assert_failure(hf_intern_name(table, 0));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_count_up_in_order_of_first_appearance),
        cmocka_unit_test(the_table_keeps_its_own_copy_of_a_name),
        cmocka_unit_test(an_unknown_name_is_none_and_an_unknown_id_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
