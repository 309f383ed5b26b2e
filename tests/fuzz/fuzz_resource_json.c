/*
 * Resources and operations as JSON. Properties: nothing crashes; what was read is written so that
 * it reads as the same; an operation that converts can be applied to what it consumes, and
 * conserves the amounts.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "resource/error.h"
#include "resource/json.h"
#include "resource/text.h"

static void check_error(gboolean is_ok, GError **error)
{
    HF_FUZZ_CHECK(is_ok == (*error == NULL));
    if (is_ok) return;
    HF_FUZZ_CHECK((*error)->domain == HF_RESOURCE_ERROR);
    HF_FUZZ_CHECK(g_utf8_validate((*error)->message, -1, NULL));
    g_clear_error(error);
}

static void fuzz_old_form(HfCatalog *catalog, const HfResource *entry)
{
    GError *error = NULL;
    HfResources again = {0};
    g_autoptr(JsonNode) node = hf_resource_to_json_old(catalog, entry, &error);
    check_error(node != NULL, &error);
    if (node == NULL) return;
    HF_FUZZ_CHECK(hf_resources_add_json(catalog, &again, json_node_get_object(node), NULL));
    HF_FUZZ_CHECK(hf_resources_count(&again) == 1);
    /* the old form has no place for the principal and labels of a static reservation */
    HfStackId stack = hf_meta(catalog, entry->meta)->stack;
    const HfReservation *top = stack == 0 ? NULL : hf_stack_top(catalog, stack);
    if (top == NULL || top->type == HF_RESERVATION_DYNAMIC ||
        (top->principal == HF_TEXT_NONE && top->labels == 0))
        HF_FUZZ_CHECK(hf_resource_equal(catalog, hf_resources_at(&again, 0), entry));
    hf_resources_clear(catalog, &again);
}

static void fuzz_resources(HfCatalog *catalog, JsonNode *node)
{
    HfResources r = {0}, again = {0};
    GError *error = NULL;
    gboolean is_ok = hf_resources_from_json(catalog, node, &r, &error);
    check_error(is_ok, &error);
    HF_FUZZ_CHECK(is_ok || hf_resources_is_empty(&r));
    if (is_ok && hf_resources_count(&r) < 1000) {
        g_autoptr(JsonNode) written = hf_resources_to_json(catalog, &r);
        g_autofree char *text = json_to_string(written, FALSE);
        g_autoptr(JsonNode) parsed = hf_json_parse(text, -1, &error);
        /* Many copies of one volume may be more text than is read. */
        if (parsed == NULL)
            HF_FUZZ_CHECK(g_error_matches(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_TOO_LONG));
        g_clear_error(&error);
        if (parsed != NULL && json_array_get_length(json_node_get_array(parsed)) < HF_ENTRIES_MAX) {
            HF_FUZZ_CHECK(hf_resources_from_json(catalog, parsed, &again, NULL));
            HF_FUZZ_CHECK(hf_resources_equal(catalog, &r, &again));
        }
        for (uint32_t i = 0; i < hf_resources_count(&r); i++)
            fuzz_old_form(catalog, hf_resources_at(&r, i));
    }
    hf_resources_clear(catalog, &r);
    hf_resources_clear(catalog, &again);
}

/* Nothing shared, because a shared volume counts once however many copies consume disk; and no
 * source, which need not be as much as the target. */
static gboolean must_conserve(const HfCatalog *catalog, const HfOperation *operation)
{
    return !operation->has_source &&
           !hf_resources_any(catalog, &operation->resources, HF_META_SHARED);
}

static void fuzz_apply(HfCatalog *catalog, const HfOperation *operation)
{
    HfResources r = {0};
    HfQuantities before = {0}, after = {0};
    hf_operation_consumed(catalog, operation, &r);
    hf_resources_quantities(catalog, &r, &before);
    GError *error = NULL;
    gboolean is_ok = hf_resources_apply_operation(catalog, &r, operation, &error);
    if (!is_ok) /* several copies of a shared volume cannot be destroyed one by one */
        HF_FUZZ_CHECK(error->code == HF_RESOURCE_ERROR_STILL_THERE);
    check_error(is_ok, &error);
    hf_resources_quantities(catalog, &r, &after);
    if (!is_ok || must_conserve(catalog, operation))
        HF_FUZZ_CHECK(hf_quantities_equal(&before, &after));
    hf_resources_clear(catalog, &r);
    hf_quantities_clear(&before);
    hf_quantities_clear(&after);
}

static void fuzz_operation(HfCatalog *catalog, JsonNode *node)
{
    HfOperation operation = {0};
    HfConversions conversions = {0};
    GError *error = NULL;
    gboolean is_ok = hf_operation_from_json(catalog, node, &operation, &error);
    check_error(is_ok, &error);
    if (is_ok) {
        gboolean is_valid = hf_operation_check(catalog, &operation, &error);
        check_error(is_valid, &error);
        gboolean converts = hf_operation_convert(catalog, &operation, &conversions, &error);
        check_error(converts, &error);
        HF_FUZZ_CHECK(converts || conversions.count == 0);
        HF_FUZZ_CHECK(converts || !is_valid);
        if (converts && conversions.count < 1000) fuzz_apply(catalog, &operation);
    }
    hf_conversions_clear(catalog, &conversions);
    hf_operation_clear(catalog, &operation);
}

void hf_fuzz_one(const char *text, size_t size)
{
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    GError *error = NULL;
    g_autoptr(JsonNode) node = hf_json_parse(text, (gssize)size, &error);
    check_error(node != NULL, &error);
    if (node == NULL) return;
    fuzz_resources(catalog, node);
    fuzz_operation(catalog, node);
}
