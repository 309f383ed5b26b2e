/*
 * Offer constraints: which agents a framework sees under a role. Each behaviour is one that a test
 * of Mesos pins. A table row is one agent and whether it is excluded.
 */
#include "support/test.h"

#include <string.h>

#include "allocator/constraints.h"
#include "allocator/constraints_internal.h"

static int setup(void **state)
{
    *state = hf_catalog_new(0);
    return 0;
}

static int teardown(void **state)
{
    hf_catalog_free(*state);
    return 0;
}

/* A constraint on attribute `bar`. */
#define BAR(predicate) "{\"selector\":{\"attribute_name\":\"bar\"},\"predicate\":{" predicate "}}"
#define ON(selector, predicate)                                                                    \
    "{\"selector\":{\"pseudoattribute_type\":\"" selector "\"},\"predicate\":{" predicate "}}"
#define GROUP(constraints) "{\"attribute_constraints\":[" constraints "]}"
#define ROLE(name, groups) "\"" name "\":{\"groups\":[" groups "]}"
#define ALL(roles)         "{\"role_constraints\":{" roles "}}"

static HfOfferConstraints *parse(HfCatalog *catalog, const char *text, GError **error)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    if (node == NULL) fail_msg("no JSON: %s", text);
    return hf_offer_constraints_from_json(catalog, node, error);
}

typedef struct Case {
    const char *attributes;
    gboolean is_excluded;
} Case;

static gboolean excludes(HfCatalog *catalog, const HfOfferConstraints *constraints,
                         const char *path, const char *attributes, const char *region,
                         const char *zone)
{
    HfRoleId role;
    assert_true(hf_role_intern(catalog, path, &role, NULL));
    HfAttributes parsed = {0};
    assert_true(hf_attributes_parse(catalog, attributes, &parsed, NULL));
    HfConstraintSubject agent = {&parsed, "host-7", region, zone};
    gboolean result = hf_offer_constraints_exclude(constraints, catalog, role, &agent);
    hf_attributes_clear(catalog, &parsed);
    return result;
}

static void expect(HfCatalog *catalog, const char *text, const Case *cases, size_t count)
{
    g_autoptr(HfOfferConstraints) constraints = parse(catalog, text, NULL);
    assert_non_null(constraints);
    for (size_t c = 0; c < count; c++)
        if (excludes(catalog, constraints, "r", cases[c].attributes, NULL, NULL) !=
            cases[c].is_excluded)
            fail_msg("%s on '%s'", text, cases[c].attributes);
}

#define EXPECT(state, constraint, ...)                                                             \
    do {                                                                                           \
        const Case cases[] = {__VA_ARGS__};                                                        \
        expect(*state, ALL(ROLE("r", GROUP(constraint))), cases, G_N_ELEMENTS(cases));             \
    } while (0)

/* Whatever its value. Mesos rows: 618. */
static void an_attribute_may_have_to_be_there(void **state)
{
    EXPECT(state, BAR("\"exists\":{}"), {"bar:123", FALSE}, {"bar:abc", FALSE}, {"foo:123", TRUE},
           {"foo:123;bar:456", FALSE}, {"", TRUE});
}

/* Mesos rows: 619. */
static void an_attribute_may_have_to_be_absent(void **state)
{
    EXPECT(state, BAR("\"not_exists\":{}"), {"bar:123", TRUE}, {"foo:123", FALSE},
           {"foo:123;bar:456", TRUE}, {"", FALSE});
}

/* Another text, or none: out; what is no text is not looked at. Mesos rows: 620. */
static void a_text_may_have_to_be_equal(void **state)
{
    EXPECT(state, BAR("\"text_equals\":{\"value\":\"baz\"}"), {"bar:baz", FALSE}, {"bar:qux", TRUE},
           {"foo:baz", TRUE}, {"bar:123", FALSE}, {"bar:[1-3]", FALSE}, {"bar:BAZ", TRUE});
}

/* Mesos rows: 621. */
static void a_text_may_have_to_be_different(void **state)
{
    EXPECT(state, BAR("\"text_not_equals\":{\"value\":\"baz\"}"), {"bar:baz", TRUE},
           {"bar:qux", FALSE}, {"foo:x", FALSE}, {"bar:123", FALSE});
}

/* Mesos rows: 622. */
static void the_first_of_a_name_decides(void **state)
{
    EXPECT(state, BAR("\"text_equals\":{\"value\":\"baz\"}"), {"bar:baz;bar:foo", FALSE},
           {"bar:123;bar:foo", FALSE}, {"bar:foo;bar:baz", TRUE}, {"bar:foo;bar:123", TRUE});
}

/* The whole of it, not a part. Mesos rows: 623. */
static void a_text_may_have_to_match(void **state)
{
    EXPECT(state, BAR("\"text_matches\":{\"regex\":\"[a-d]+|x\"}"), {"bar:abcd", FALSE},
           {"bar:x", FALSE}, {"bar:abcx", TRUE}, {"bar:xa", TRUE}, {"bar:zabz", TRUE},
           {"foo:a", TRUE}, {"bar:123", FALSE});
}

/* Mesos rows: 624. */
static void a_text_may_have_to_match_not(void **state)
{
    EXPECT(state, BAR("\"text_not_matches\":{\"regex\":\"[a-d]+\"}"), {"bar:abcd", TRUE},
           {"bar:abcx", FALSE}, {"foo:abcd", FALSE}, {"bar:123", FALSE});
}

static void expect_error(HfCatalog *catalog, const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;
    if (parse(catalog, text, &error) != NULL) fail_msg("accepted: %s", text);
    assert_non_null(error);
    if (strstr(error->message, words) == NULL)
        fail_msg("'%s' does not say '%s'", error->message, words);
}

/* What is no expression, in either predicate; what RE2 does not know; the errors name the role.
 * Mesos rows: 625, 626. */
static void bad_expressions_are_refused(void **state)
{
    expect_error(*state, ALL(ROLE("r", GROUP(BAR("\"text_matches\":{\"regex\":\"[a-d\"}")))),
                 "role 'r'");
    expect_error(*state, ALL(ROLE("r", GROUP(BAR("\"text_not_matches\":{\"regex\":\"[a-d\"}")))),
                 "role 'r'");
    expect_error(*state, ALL(ROLE("r", GROUP(BAR("\"text_matches\":{\"regex\":\"(\"}")))), "role");
    expect_error(*state, ALL(ROLE("r", GROUP(BAR("\"text_matches\":{\"regex\":\"a(?=b)\"}")))),
                 "RE2");
}

/* (a+){10} is 10 times a character, its repetition and the group's borders: small; 50 times is too
 * large; 500 is far too large. Mesos rows: 627. */
static void large_expressions_are_refused(void **state)
{
    EXPECT(state, BAR("\"text_matches\":{\"regex\":\"(a+){10}\"}"), {"bar:aaaaaaaaaa", FALSE},
           {"bar:aaa", TRUE});
    expect_error(*state,
                 ALL(ROLE("r", GROUP(BAR("\"text_not_matches\":{\"regex\":\"(a+){50}\"}")))),
                 "too complex");
    expect_error(*state,
                 ALL(ROLE("r", GROUP(BAR("\"text_not_matches\":{\"regex\":\"(a+){500}\"}")))),
                 "too complex");
}

/* Sizes by hand; -1: RE2 would refuse it. */
static void sizes_of_expressions_are_estimated(void **state)
{
    static const struct {
        const char *regex;
        int size;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"a|b", 3},
        {"[a-z\\]]", 1},
        {"[]a]b", 2},
        {"[[:alpha:]]b", 2},
        {"\\d\\.", 2},
        {"a*b+c?", 6},
        {"a*?", 2},
        {"(ab)", 4},   /* two borders */
        {"(?:ab)", 2}, /* none */
        {"(?P<n>ab)", 4},
        {"(?i)ab", 2},
        {"(?i:ab)", 2},
        {"(a+){10}", 40},
        {"a{3}", 3},
        {"a{2,}", 3}, /* aa* */
        {"a{0,}", 2},
        {"a{2,4}", 6}, /* aa(a(a)?)? */
        {"a{,4}", 5},  /* plain text */
        {"a{x}", 4},
        {"{", 1},
        {"((a{100}){100}){100}", 100000}, /* not larger: it is enough */
        {"a{1001}", -1},
        {"a{2,1001}", -1},
        {"a++", -1},
        {"a**", -1},
        {"(?=a)", -1},
        {"(?!a)", -1},
        {"(?<=a)b", -1},
        {"(?>a)", -1},
        {"(a)\\1", -1},
        {"\\k<n>", -1},
        {"\\h", -1},
        {"a\\Z", -1},
        {"\\Aa\\z", 3},
        {"(?", 0}, /* for the compiler to refuse */
        {"(a", 3},
        {"a)", 1},
        {"[a", 1},
        {"\\", 1},
    };
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        uint32_t size = 77;
        gboolean is_known = hf_constraint__regex_size(cases[c].regex, &size);
        if (is_known != (cases[c].size >= 0)) fail_msg("'%s'", cases[c].regex);
        if (is_known && (int)size != cases[c].size) fail_msg("'%s': %u", cases[c].regex, size);
        if (!is_known) assert_int_equal(size, 77);
    }
    g_autofree char *deep = g_strnfill(10000, '(');
    uint32_t size;
    assert_false(hf_constraint__regex_size(deep, &size));
}

/* Mesos rows: 628. */
static void all_of_a_group_must_hold(void **state)
{
    EXPECT(state,
           BAR("\"exists\":{}") ",{\"selector\":{\"attribute_name\":\"foo\"},\"predicate\":"
                                "{\"text_equals\":{\"value\":\"baz\"}}}",
           {"bar:1;foo:baz", FALSE}, {"bar:1", TRUE}, {"foo:baz", TRUE}, {"bar:1;foo:qux", TRUE});
}

/* Mesos rows: 629. */
static void one_group_must_hold(void **state)
{
    static const Case cases[] = {{"bar:1", FALSE}, {"foo:1", FALSE}, {"qux:1", TRUE}, {"", TRUE}};
    expect(*state,
           ALL(ROLE("r", GROUP(BAR("\"exists\":{}")) "," GROUP(
                             "{\"selector\":{\"attribute_name\":\"foo\"},\"predicate\":"
                             "{\"exists\":{}}}"))),
           cases, G_N_ELEMENTS(cases));
}

/* Each role by its own; one that is not named sees every agent. Mesos rows: 630. */
static void roles_have_their_own_constraints(void **state)
{
    g_autoptr(HfOfferConstraints) constraints = parse(
        *state,
        ALL(ROLE("A", GROUP(BAR("\"exists\":{}"))) "," ROLE("B", GROUP(BAR("\"not_exists\":{}")))),
        NULL);
    assert_non_null(constraints);
    assert_false(excludes(*state, constraints, "A", "bar:1", NULL, NULL));
    assert_true(excludes(*state, constraints, "B", "bar:1", NULL, NULL));
    assert_true(excludes(*state, constraints, "A", "foo:1", NULL, NULL));
    assert_false(excludes(*state, constraints, "B", "foo:1", NULL, NULL));
    assert_false(excludes(*state, constraints, "C", "foo:1", NULL, NULL));
    assert_false(excludes(*state, constraints, "A/a", "foo:1", NULL, NULL)); /* not inherited */
}

/* Mesos rows: 631. */
static void no_constraints_exclude_nobody(void **state)
{
    static const Case cases[] = {{"bar:1", FALSE}, {"", FALSE}};
    expect(*state, "{}", cases, G_N_ELEMENTS(cases));
    expect(*state, "{\"role_constraints\":{}}", cases, G_N_ELEMENTS(cases));
}

/* Hostname, region and zone as if they were attributes; an agent need not have the last two. */
static void places_are_like_attributes(void **state)
{
    static const struct {
        const char *text, *region, *zone;
        gboolean is_excluded;
    } cases[] = {
        {ON("HOSTNAME", "\"text_equals\":{\"value\":\"host-7\"}"), NULL, NULL, FALSE},
        {ON("HOSTNAME", "\"text_matches\":{\"regex\":\"host-[1-6]\"}"), NULL, NULL, TRUE},
        {ON("HOSTNAME", "\"not_exists\":{}"), NULL, NULL, TRUE},
        {ON("REGION", "\"exists\":{}"), NULL, NULL, TRUE},
        {ON("REGION", "\"not_exists\":{}"), NULL, NULL, FALSE},
        {ON("REGION", "\"text_equals\":{\"value\":\"eu\"}"), "eu", "z1", FALSE},
        {ON("REGION", "\"text_not_equals\":{\"value\":\"eu\"}"), "eu", "z1", TRUE},
        {ON("ZONE", "\"text_equals\":{\"value\":\"z1\"}"), "eu", "z1", FALSE},
        {ON("ZONE", "\"text_equals\":{\"value\":\"z1\"}"), NULL, NULL, TRUE},
        {ON("ZONE", "\"text_not_matches\":{\"regex\":\"z.\"}"), "eu", "z1", TRUE},
    };
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autofree char *text = g_strdup_printf(
            "{\"role_constraints\":{\"r\":{\"groups\":[{\"attribute_constraints\":[%s]}]}}}",
            cases[c].text);
        g_autoptr(HfOfferConstraints) constraints = parse(*state, text, NULL);
        assert_non_null(constraints);
        if (excludes(*state, constraints, "r", "", cases[c].region, cases[c].zone) !=
            cases[c].is_excluded)
            fail_msg("case %zu: %s", c, cases[c].text);
    }
}

static void bad_constraints_are_refused(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"[]", "must be an object"},
        {"{\"role_constraints\":[]}", "must be an object"},
        {"{\"role_constraints\":{\"r\":[]}}", "groups"},
        {"{\"role_constraints\":{\"r\":{}}}", "groups"},
        {ALL(ROLE("r", "")), "groups must not be empty"},
        {ALL(ROLE("r", GROUP(""))), "a group must not be empty"},
        {ALL(ROLE("r", "7")), "a group must not be empty"},
        {ALL(ROLE("/", GROUP(BAR("\"exists\":{}")))), "constraints of role '/'"},
        {ALL(ROLE("r", GROUP("7"))), "must be an object"},
        {ALL(ROLE("r", GROUP("{\"predicate\":{\"exists\":{}}}"))), "selector"},
        {ALL(ROLE("r", GROUP("{\"selector\":{\"attribute_name\":\"x\"}}"))), "predicate"},
        {ALL(ROLE("r", GROUP("{\"selector\":{},\"predicate\":{\"exists\":{}}}"))), "exactly one"},
        {ALL(ROLE("r", GROUP("{\"selector\":{\"attribute_name\":\"x\",\"pseudoattribute_type\":"
                             "\"ZONE\"},\"predicate\":{\"exists\":{}}}"))),
         "exactly one"},
        {ALL(ROLE("r", GROUP(ON("MOON", "\"exists\":{}")))), "pseudoattribute_type"},
        {ALL(ROLE("r", GROUP(BAR("\"likes\":{}")))), "unknown predicate"},
        {ALL(ROLE("r", GROUP(BAR("\"text_equals\":{}")))), "value or regex"},
        {ALL(ROLE("r", GROUP(BAR("\"text_matches\":{\"value\":\"a\"}")))), "value or regex"},
    };
    for (size_t b = 0; b < G_N_ELEMENTS(bad); b++) expect_error(*state, bad[b].text, bad[b].words);
    g_autofree char *letters = g_strnfill(HF_CONSTRAINT_REGEX_MAX + 1, 'a');
    g_autofree char *text = g_strdup_printf(
        "{\"role_constraints\":{\"r\":{\"groups\":[{\"attribute_constraints\":[{\"selector\":"
        "{\"attribute_name\":\"x\"},\"predicate\":{\"text_matches\":{\"regex\":\"[%s]\"}}}]}]}}}",
        letters);
    expect_error(*state, text, "too long");
}

int main(void)
{
    hf_test_init();
#define CONSTRAINT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CONSTRAINT_TEST(an_attribute_may_have_to_be_there),
        CONSTRAINT_TEST(an_attribute_may_have_to_be_absent),
        CONSTRAINT_TEST(a_text_may_have_to_be_equal),
        CONSTRAINT_TEST(a_text_may_have_to_be_different),
        CONSTRAINT_TEST(the_first_of_a_name_decides),
        CONSTRAINT_TEST(a_text_may_have_to_match),
        CONSTRAINT_TEST(a_text_may_have_to_match_not),
        CONSTRAINT_TEST(bad_expressions_are_refused),
        CONSTRAINT_TEST(large_expressions_are_refused),
        cmocka_unit_test(sizes_of_expressions_are_estimated),
        CONSTRAINT_TEST(all_of_a_group_must_hold),
        CONSTRAINT_TEST(one_group_must_hold),
        CONSTRAINT_TEST(roles_have_their_own_constraints),
        CONSTRAINT_TEST(no_constraints_exclude_nobody),
        CONSTRAINT_TEST(places_are_like_attributes),
        CONSTRAINT_TEST(bad_constraints_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
