/* Names and ids: kinds, roles, texts, labels, metadata. */
#include "unit/resource/fixture.h"

static void the_first_five_kinds_are_fixed(void **state)
{
    static const char *const names[] = {"cpus", "mem", "disk", "gpus", "ports"};
    for (HfKindId kind = 0; kind < HF_KIND_FIXED; kind++) {
        assert_string_equal(hf_kind_name(fx.catalog, kind), names[kind]);
        assert_int_equal(hf_kind_find(fx.catalog, names[kind]), kind);
    }
    assert_int_equal(hf_kind_find(fx.catalog, "gadgets"), HF_KIND_NONE);
    HfKindId gadgets = hf_kind_intern(fx.catalog, "gadgets", HF_TYPE_SET);
    HfKindId others = hf_kind_intern(fx.catalog, "gadgets", HF_TYPE_SCALAR);
    assert_int_equal(gadgets, HF_KIND_FIXED);
    assert_int_not_equal(others, gadgets);
    assert_int_equal(hf_kind_find(fx.catalog, "gadgets"), gadgets);
    assert_int_equal(fx.catalog->kind[others].quantity, gadgets);
}

static void kinds_run_out_instead_of_wrapping(void **state)
{
    char name[16];
    for (unsigned i = HF_KIND_FIXED; i < HF_KIND_NONE; i++) {
        g_snprintf(name, sizeof name, "k%u", i);
        assert_int_equal(hf_kind_intern(fx.catalog, name, HF_TYPE_SCALAR), i);
    }
    assert_int_equal(hf_kind_intern(fx.catalog, "straw", HF_TYPE_SCALAR), HF_KIND_NONE);
    assert_int_equal(hf_kind_find(fx.catalog, "straw"), HF_KIND_NONE);
    GError *error = NULL;
    assert_false(hf_resources_parse(fx.catalog, "straw:1", HF_ROLE_STAR, 0, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LARGE);
}

/* Mesos rows: 495. */
static void role_names_are_checked(void **state)
{
    static const char *const valid[] = {"*",        "foo",   "foo..bar", "...",
                                        "foo/.bar", "a/b/c", "foo-bar"};
    static const char *const invalid[] = {"",         ".",       "..",        "-foo",    "/",
                                          "/foo",     "foo/",    "foo//bar",  "foo bar", "foo\tbar",
                                          "foo\nbar", "foo\x7f", "./foo",     "foo/..",  "foo/-bar",
                                          "foo/*",    "*/foo",   "foo/./bar", "foo\v",   "foo\r"};
    for (size_t i = 0; i < G_N_ELEMENTS(valid); i++) {
        if (hf_role_invalid(valid[i]) != NULL) fail_msg("'%s' was refused", valid[i]);
        role(valid[i]);
    }
    uint32_t count = fx.catalog->role_count;
    for (size_t i = 0; i < G_N_ELEMENTS(invalid); i++) {
        HfRoleId id;
        GError *error = NULL;
        if (hf_role_invalid(invalid[i]) == NULL) fail_msg("'%s' was accepted", invalid[i]);
        assert_false(hf_role_intern(fx.catalog, invalid[i], &id, &error));
        assert_error(&error, HF_RESOURCE_ERROR_ROLE);
    }
    assert_int_equal(fx.catalog->role_count, count);
}

static void role_names_have_limits(void **state)
{
    g_autofree char *longest = g_strnfill(HF_ROLE_LENGTH_MAX, 'a');
    g_autofree char *too_long = g_strnfill(HF_ROLE_LENGTH_MAX + 1, 'a');
    assert_null(hf_role_invalid(longest));
    assert_non_null(hf_role_invalid(too_long));
    GString *deep = g_string_new("r");
    for (unsigned i = 1; i < HF_ROLE_DEPTH_MAX; i++) g_string_append(deep, "/r");
    assert_null(hf_role_invalid(deep->str));
    assert_int_equal(hf_role_depth(fx.catalog, role(deep->str)), HF_ROLE_DEPTH_MAX);
    g_string_append(deep, "/r");
    assert_non_null(hf_role_invalid(deep->str));
    g_string_free(deep, TRUE);
}

/* Mesos rows: 494. */
static void ancestors_come_with_a_role_nearest_first(void **state)
{
    static const char *const expected[] = {"a/b/c", "a/b", "a"};
    HfRoleId at = role("a/b/c/d");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        at = hf_role_parent(fx.catalog, at);
        assert_string_equal(hf_role_path(fx.catalog, at), expected[i]);
    }
    assert_int_equal(hf_role_parent(fx.catalog, at), HF_ROLE_NONE);
    assert_int_equal(hf_role_parent(fx.catalog, role("role")), HF_ROLE_NONE);
    assert_int_equal(hf_role_parent(fx.catalog, HF_ROLE_STAR), HF_ROLE_NONE);
    assert_int_equal(hf_role_top(fx.catalog, role("a/b/c/d")), role("a"));
    assert_int_equal(hf_role_find(fx.catalog, "a/b"), role("a/b"));
    assert_int_equal(hf_role_find(fx.catalog, "b"), HF_ROLE_NONE);
}

/* Mesos rows: 496. */
static void sub_roles_are_by_component(void **state)
{
    static const struct {
        const char *role, *above;
        gboolean is_below;
    } cases[] = {
        {"foo/bar", "foo", TRUE},
        {"foo/bar/baz", "foo", TRUE},
        {"foobar", "foo", FALSE},
        {"foo", "foo", FALSE},
        {"foo", "foo/bar", FALSE},
        {"foo/bar", "fo", FALSE},
        {"foo/barbaz", "foo/bar", FALSE},
        {"foo", "*", FALSE},
        {"*", "*", FALSE},
        {"x/bar", "foo", FALSE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (hf_role_is_strict_subrole(fx.catalog, role(cases[i].role), role(cases[i].above)) !=
            cases[i].is_below)
            fail_msg("%s below %s", cases[i].role, cases[i].above);
}

/* Mesos rows: 493. */
static void role_lists_skip_empty_tokens_and_refuse_invalid_ones(void **state)
{
    g_autoptr(GArray) roles = hf_roles_parse(fx.catalog, "abc,,edf,*", NULL);
    assert_int_equal(roles->len, 3);
    assert_string_equal(hf_role_path(fx.catalog, g_array_index(roles, HfRoleId, 1)), "edf");
    assert_int_equal(g_array_index(roles, HfRoleId, 2), HF_ROLE_STAR);
    GError *error = NULL;
    assert_null(hf_roles_parse(fx.catalog, "foo,.,*", &error));
    assert_error(&error, HF_RESOURCE_ERROR_ROLE);
    g_autoptr(GArray) none = hf_roles_parse(fx.catalog, "", NULL);
    assert_int_equal(none->len, 0);
}

static void texts_are_interned_and_zero_is_none(void **state)
{
    HfTextId a = hf_text_intern(fx.catalog, "a"), empty = hf_text_intern(fx.catalog, "");
    assert_int_equal(hf_text_intern(fx.catalog, "a"), a);
    assert_int_not_equal(empty, HF_TEXT_NONE);
    assert_string_equal(hf_text(fx.catalog, empty), "");
    assert_null(hf_text(fx.catalog, HF_TEXT_NONE));
    assert_int_equal(hf_text_find(fx.catalog, "nowhere"), HF_TEXT_NONE);
}

static void equal_metadata_has_one_id(void **state)
{
    assert_int_equal(hf_meta_intern(fx.catalog, &HF_META_INIT), HF_META_PLAIN);
    HfMetaId last = HF_META_PLAIN;
    for (int i = 0; i < 1000; i++) { /* enough to grow every table */
        HfLabel label = {hf_text_intern(fx.catalog, "k"), HF_TEXT_NONE};
        g_autofree char *value = g_strdup_printf("v%d", i);
        label.value = hf_text_intern(fx.catalog, value);
        HfReservation top = {.type = HF_RESERVATION_DYNAMIC, .role = role("r")};
        top.labels = hf_labels_intern(fx.catalog, &label, 1);
        assert_int_equal(hf_labels_intern(fx.catalog, &label, 1), top.labels);
        HfMetaId meta = hf_meta_push_reservation(fx.catalog, HF_META_PLAIN, &top);
        assert_int_equal(hf_meta_push_reservation(fx.catalog, HF_META_PLAIN, &top), meta);
        assert_int_not_equal(meta, last);
        HfMetaId allocated = hf_meta_allocate(fx.catalog, meta, role("r"));
        assert_int_equal(hf_meta_allocate(fx.catalog, meta, role("r")), allocated);
        assert_int_equal(hf_meta_allocate(fx.catalog, allocated, HF_ROLE_NONE), meta);
        last = meta;
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(the_first_five_kinds_are_fixed),
        WITH_FIXTURE(kinds_run_out_instead_of_wrapping),
        WITH_FIXTURE(role_names_are_checked),
        WITH_FIXTURE(role_names_have_limits),
        WITH_FIXTURE(ancestors_come_with_a_role_nearest_first),
        WITH_FIXTURE(sub_roles_are_by_component),
        WITH_FIXTURE(role_lists_skip_empty_tokens_and_refuse_invalid_ones),
        WITH_FIXTURE(texts_are_interned_and_zero_is_none),
        WITH_FIXTURE(equal_metadata_has_one_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
