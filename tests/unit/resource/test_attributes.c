/* Attributes of agents. */
#include "resource/attributes.h"
#include "unit/resource/fixture.h"

static void read(const char *text, HfAttributes *out)
{
    GError *error = NULL;
    if (!hf_attributes_parse(fx.catalog, text, out, &error))
        fail_msg("%s: %s", text, error->message);
}

static void assert_attributes(const HfAttributes *attributes, const char *expected)
{
    char *text = hf_attributes_print(fx.catalog, attributes);
    assert_string_equal(text, expected);
    g_free(text);
}

/* Mesos rows: 273. */
static void only_the_first_colon_splits(void **state)
{
    HfAttributes a = {0};
    read("attr1:foo:bar;attr2:baz:qux:\nattr3:[1-5];attr4:5;attr5:a,b c", &a);
    assert_int_equal(a.count, 5);
    assert_int_equal(a.at[0].value.type, HF_VALUE_TEXT);
    assert_string_equal(hf_text(fx.catalog, a.at[0].value.text), "foo:bar");
    assert_string_equal(hf_text(fx.catalog, a.at[1].value.text), "baz:qux:");
    assert_int_equal(a.at[2].value.type, HF_VALUE_RANGES);
    assert_int_equal(a.at[3].value.type, HF_VALUE_SCALAR);
    assert_int_equal(a.at[3].value.milli, 5000);
    assert_attributes(&a, "attr1:foo:bar;attr2:baz:qux:;attr3:[1-5];attr4:5;attr5:a,bc");
    hf_attributes_clear(fx.catalog, &a);
    assert_attributes(&a, "");
}

/* Mesos rows: 274. */
static void equality_is_of_multisets(void **state)
{
    static const struct {
        const char *a, *b;
        gboolean is_equal;
    } cases[] = {
        {"rack:rack1;dedicated:customer1;dedicated:customer2",
         "dedicated:customer2;rack:rack1;dedicated:customer1", TRUE},
        {"rack:rack1;dedicated:customer1", "rack:rack1;dedicated:customer2", FALSE},
        {"rack:rack1", "rack:rack1;dedicated:customer1", FALSE},
        {"a:1;a:1;b:2", "a:1;b:2;b:2", TRUE}, /* as in Mesos: how often does not matter */
        {"a:1;a:1;b:2", "a:1;b:2", FALSE},
        {"a:1;a:1;a:1", "a:1;b:2;b:2", FALSE},
        {"a:1;b:2;c:3", "c:3;a:1;b:2", TRUE},
        {"a:[1-2,3-4]", "a:[1-4]", TRUE},
        {"a:1.0", "a:1", TRUE},
        {"a:1", "a:[1-1]", FALSE},
        {"", "", TRUE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfAttributes a = {0}, b = {0}, copy = {0};
        read(cases[i].a, &a);
        read(cases[i].b, &b);
        hf_attributes_copy(fx.catalog, &copy, &a);
        if (hf_attributes_equal(&copy, &b) != cases[i].is_equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        assert_true(hf_attributes_equal(&b, &copy) == cases[i].is_equal);
        hf_attributes_clear(fx.catalog, &a);
        hf_attributes_clear(fx.catalog, &b);
        hf_attributes_clear(fx.catalog, &copy);
    }
}

static void look_up_gives_the_first_of_a_name(void **state)
{
    HfAttributes a = {0};
    read("rack:r1;zone:z;rack:r2", &a);
    const HfAttribute *rack = hf_attributes_find(&a, hf_text_find(fx.catalog, "rack"));
    assert_non_null(rack);
    assert_string_equal(hf_text(fx.catalog, rack->value.text), "r1");
    assert_null(hf_attributes_find(&a, hf_text_intern(fx.catalog, "row")));
    hf_attributes_clear(fx.catalog, &a);
}

/* A number is not bound by what a resource may be: dates and serial numbers are attributes. */
static void large_numbers_are_read(void **state)
{
    HfAttributes a = {0};
    read("built:20261129171500;serial:-5", &a);
    assert_int_equal(a.at[0].value.type, HF_VALUE_SCALAR);
    assert_true(a.at[0].value.milli == INT64_C(20261129171500000));
    assert_int_equal(a.at[1].value.type, HF_VALUE_TEXT);
    assert_attributes(&a, "built:20261129171500;serial:-5");
    hf_attributes_clear(fx.catalog, &a);
}

static void bad_attributes_give_their_code_and_change_nothing(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"rack", HF_RESOURCE_ERROR_SYNTAX},     {":r1", HF_RESOURCE_ERROR_SYNTAX},
        {"\t:r1", HF_RESOURCE_ERROR_SYNTAX},    {"rack:", HF_RESOURCE_ERROR_SYNTAX},
        {"rack:{a,b}", HF_RESOURCE_ERROR_TYPE}, {"a:1;b:[1", HF_RESOURCE_ERROR_SYNTAX},
        {"a:[3-1]", HF_RESOURCE_ERROR_RANGE},   {"\xc3\x28:1", HF_RESOURCE_ERROR_ENCODING},
    };
    HfAttributes out = {0};
    read("keep:[1-2]", &out);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        if (hf_attributes_parse(fx.catalog, cases[i].text, &out, &error))
            fail_msg("'%s' was accepted", cases[i].text);
        assert_error(&error, cases[i].code);
        assert_attributes(&out, "keep:[1-2]");
    }
    hf_attributes_clear(fx.catalog, &out);
}

static void too_many_attributes_are_refused(void **state)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < HF_ATTRIBUTES_MAX; i++) g_string_append(text, "a:1;");
    HfAttributes a = {0};
    GError *error = NULL;
    read(text->str, &a);
    assert_int_equal(a.count, HF_ATTRIBUTES_MAX);
    g_string_append(text, "a:1");
    assert_false(hf_attributes_parse(fx.catalog, text->str, &a, &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    g_string_free(text, TRUE);
    hf_attributes_clear(fx.catalog, &a);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(only_the_first_colon_splits),
        WITH_FIXTURE(equality_is_of_multisets),
        WITH_FIXTURE(look_up_gives_the_first_of_a_name),
        WITH_FIXTURE(large_numbers_are_read),
        WITH_FIXTURE(too_many_attributes_are_refused),
        WITH_FIXTURE(bad_attributes_give_their_code_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
