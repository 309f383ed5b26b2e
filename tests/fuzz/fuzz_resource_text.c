/*
 * Resource text in all its forms. Properties: nothing crashes; an error leaves the output alone and
 * says why; what was read in canonical form is written so that it reads as the same; arithmetic on
 * what was read keeps its laws.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "resource/attributes.h"
#include "resource/error.h"
#include "resource/operation.h"
#include "resource/text.h"

static void check_error(gboolean is_ok, GError **error)
{
    HF_FUZZ_CHECK(is_ok == (*error == NULL));
    if (is_ok) return;
    HF_FUZZ_CHECK((*error)->domain == HF_RESOURCE_ERROR);
    HF_FUZZ_CHECK(g_utf8_validate((*error)->message, -1, NULL));
    g_clear_error(error);
}

/* (r + r) - r = r, r - r = nothing, r in r + r: whatever r is. */
static void check_arithmetic(HfCatalog *catalog, const HfResources *r)
{
    HfResources sum = {0}, rest = {0};
    hf_resources_copy(catalog, &sum, r);
    for (uint32_t i = 0; i < hf_resources_count(r); i++) {
        const HfResource *entry = hf_resources_at(r, i);
        if (entry->copies > UINT16_MAX / 2) continue; /* a sum of copies could wrap */
        hf_resources_add_one(catalog, &sum, entry);
    }
    HF_FUZZ_CHECK(hf_resources_contains(catalog, &sum, r));
    for (uint32_t i = 0; i < hf_resources_count(r); i++) {
        HfType type = hf_kind_type(catalog, hf_resources_at(r, i)->kind);
        const HfResource *entry = hf_resources_at(r, i);
        /* Union is idempotent: subtracting ranges or sets from it once takes them away. */
        if (type == HF_TYPE_SCALAR && entry->copies <= UINT16_MAX / 2)
            hf_resources_subtract_one(catalog, &sum, entry);
    }
    HF_FUZZ_CHECK(hf_resources_equal(catalog, &sum, r));
    hf_resources_copy(catalog, &rest, r);
    hf_resources_subtract(catalog, &rest, &sum);
    HF_FUZZ_CHECK(hf_resources_is_empty(&rest));
    hf_resources_clear(catalog, &sum);
    hf_resources_clear(catalog, &rest);
}

static void fuzz_canonical(HfCatalog *catalog, const char *text)
{
    HfResources r = {0}, again = {0};
    GError *error = NULL;
    gboolean is_ok = hf_resources_parse_canonical(catalog, text, &r, &error);
    check_error(is_ok, &error);
    HF_FUZZ_CHECK(is_ok || hf_resources_is_empty(&r));
    if (is_ok) {
        g_autofree char *printed = hf_resources_to_text(catalog, &r);
        HF_FUZZ_CHECK(hf_resources_parse_canonical(catalog, printed, &again, NULL));
        HF_FUZZ_CHECK(hf_resources_equal(catalog, &r, &again));
        g_autofree char *reprinted = hf_resources_to_text(catalog, &again);
        HF_FUZZ_CHECK(strcmp(printed, reprinted) == 0);
        check_arithmetic(catalog, &r);
    }
    hf_resources_clear(catalog, &r);
    hf_resources_clear(catalog, &again);
}

static void fuzz_mesos(HfCatalog *catalog, const char *text, unsigned flags)
{
    HfResources r = {0};
    GError *error = NULL;
    gboolean is_ok = hf_resources_parse(catalog, text, HF_ROLE_STAR, flags, &r, &error);
    check_error(is_ok, &error);
    if (is_ok) {
        g_autofree char *printed = hf_resources_print(catalog, &r);
        HF_FUZZ_CHECK(printed[0] != '\0');
        check_arithmetic(catalog, &r);
    }
    hf_resources_clear(catalog, &r);
}

static void fuzz_quantities(HfCatalog *catalog, const char *text)
{
    HfQuantities q = {0}, again = {0};
    HfLimits limits = {0};
    GError *error = NULL;
    gboolean is_ok = hf_quantities_parse(catalog, text, &q, &error);
    check_error(is_ok, &error);
    if (is_ok && !hf_quantities_is_empty(&q)) {
        g_autofree char *printed = hf_quantities_print(catalog, &q);
        HF_FUZZ_CHECK(hf_quantities_parse(catalog, printed, &again, NULL));
        HF_FUZZ_CHECK(hf_quantities_equal(&q, &again));
    }
    is_ok = hf_limits_parse(catalog, text, &limits, &error);
    check_error(is_ok, &error);
    if (is_ok) {
        HF_FUZZ_CHECK(hf_limits_contains_quantities(&limits, &q)); /* no name twice: equal */
        hf_limits_subtract(&limits, &q);
    }
    hf_quantities_clear(&q);
    hf_quantities_clear(&again);
    hf_limits_clear(&limits);
}

static void fuzz_attributes(HfCatalog *catalog, const char *text)
{
    HfAttributes a = {0}, again = {0};
    GError *error = NULL;
    gboolean is_ok = hf_attributes_parse(catalog, text, &a, &error);
    check_error(is_ok, &error);
    if (is_ok) {
        g_autofree char *printed = hf_attributes_print(catalog, &a);
        HF_FUZZ_CHECK(hf_attributes_parse(catalog, printed, &again, NULL));
        HF_FUZZ_CHECK(hf_attributes_equal(&a, &again));
    }
    hf_attributes_clear(catalog, &a);
    hf_attributes_clear(catalog, &again);
}

static void fuzz_roles(HfCatalog *catalog, const char *text)
{
    GError *error = NULL;
    g_autoptr(GArray) roles = hf_roles_parse(catalog, text, &error);
    check_error(roles != NULL, &error);
    for (guint i = 0; roles != NULL && i < roles->len; i++) {
        HfRoleId role = g_array_index(roles, HfRoleId, i);
        HF_FUZZ_CHECK(hf_role_find(catalog, hf_role_path(catalog, role)) == role);
        HF_FUZZ_CHECK(!hf_role_is_strict_subrole(catalog, role, role));
        HfRoleId parent = hf_role_parent(catalog, role);
        HF_FUZZ_CHECK(parent == HF_ROLE_NONE || hf_role_is_strict_subrole(catalog, role, parent));
    }
}

void hf_fuzz_one(const char *text, size_t size)
{
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    fuzz_canonical(catalog, text);
    fuzz_mesos(catalog, text, 0);
    fuzz_mesos(catalog, text, HF_PARSE_AGENT);
    fuzz_quantities(catalog, text);
    fuzz_attributes(catalog, text);
    fuzz_roles(catalog, text);
}
