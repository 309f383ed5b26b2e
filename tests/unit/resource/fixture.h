/*
 * Shared by the tests of this layer: one catalog for each test, collections written in canonical
 * text, and comparisons that print text when they fail.
 */
#ifndef HF_TESTS_UNIT_RESOURCE_FIXTURE_H
#define HF_TESTS_UNIT_RESOURCE_FIXTURE_H

#include "resource/catalog.h"
#include "resource/check.h"
#include "resource/error.h"
#include "resource/resources.h"
#include "resource/text.h"
#include "support/test.h"

#define FIXTURE_ROOM 64

typedef struct Fixture {
    HfCatalog *catalog;
    HfResources pool[FIXTURE_ROOM];
    size_t used;
} Fixture;

static Fixture fx; /* set up for each test */

static inline int fixture_setup(void **state)
{
    memset(&fx, 0, sizeof fx);
    fx.catalog = hf_catalog_new(0);
    *state = &fx;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    for (size_t i = 0; i < FIXTURE_ROOM; i++) hf_resources_clear(fx.catalog, &fx.pool[i]);
    hf_catalog_free(fx.catalog);
    return 0;
}

/* An empty collection that the fixture frees. */
static inline HfResources *fresh(void)
{
    assert_true(fx.used < FIXTURE_ROOM);
    return &fx.pool[fx.used++];
}

/* Parse canonical text that is known to be good. */
static inline HfResources *res(const char *text)
{
    HfResources *resources = fresh();
    GError *error = NULL;
    if (!hf_resources_parse_canonical(fx.catalog, text, resources, &error))
        fail_msg("%s: %s", text, error->message);
    return resources;
}

/* Parse Mesos's own text that is known to be good. */
static inline HfResources *mesos(const char *text)
{
    HfResources *resources = fresh();
    GError *error = NULL;
    if (!hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, resources, &error))
        fail_msg("%s: %s", text, error->message);
    return resources;
}

static inline HfResources *plus(const HfResources *a, const HfResources *b)
{
    HfResources *sum = fresh();
    hf_resources_copy(fx.catalog, sum, a);
    hf_resources_add(fx.catalog, sum, b);
    return sum;
}

static inline HfResources *minus(const HfResources *a, const HfResources *b)
{
    HfResources *rest = fresh();
    hf_resources_copy(fx.catalog, rest, a);
    hf_resources_subtract(fx.catalog, rest, b);
    return rest;
}

static inline gboolean has(const HfResources *whole, const HfResources *part)
{
    return hf_resources_contains(fx.catalog, whole, part);
}

static inline gboolean same(const HfResources *a, const HfResources *b)
{
    return hf_resources_equal(fx.catalog, a, b);
}

static inline HfRoleId role(const char *path)
{
    HfRoleId id = HF_ROLE_NONE;
    assert_true(hf_role_intern(fx.catalog, path, &id, NULL));
    return id;
}

/* The collection's sorted canonical entries, joined with ';'. */
static inline void assert_text(const HfResources *resources, const char *expected)
{
    char *text = hf_resources_to_text(fx.catalog, resources);
    assert_string_equal(text, expected);
    g_free(text);
}

/* Entries in the order of the collection, joined with ';'. */
static inline void assert_order(const HfResources *resources, const char *expected)
{
    GString *text = g_string_new(NULL);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        if (i > 0) g_string_append_c(text, ';');
        hf_resource_print_canonical(fx.catalog, hf_resources_at(resources, i), text);
    }
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

/* The error is of this layer, with this code and a message that says something; it is freed. */
static inline void assert_error(GError **error, int code)
{
    assert_non_null(*error);
    if ((*error)->code != code)
        fail_msg("code %d instead of %d: %s", (*error)->code, code, (*error)->message);
    assert_int_equal((*error)->domain, HF_RESOURCE_ERROR);
    assert_true((*error)->message[0] != '\0');
    g_clear_error(error);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

#endif
