/*
 * Reading Mesos JSON: text to a tree, and resources out of it. Parts of an object are read by
 * json_value.c, json_reservation.c and json_disk.c, operations by json_operation.c; writing stands
 * in json_print.c.
 */
#include "resource/json.h"

#include <string.h>

#include "resource/json_internal.h"
#include "resource/text.h"

JsonNode *hf_json_parse(const char *text, gssize length, GError **error)
{
    size_t size = length < 0 ? strlen(text) : (size_t)length;
    if (size > HF_TEXT_MAX) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_TOO_LONG, "JSON longer than 4 MiB");
        return NULL;
    }
    if (!g_utf8_validate_len(text, size, NULL)) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_ENCODING, "JSON that is not UTF-8");
        return NULL;
    }
    size_t byte;
    const char *why = hf_json__syntax_error(text, size, &byte);
    if (why != NULL) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_SYNTAX,
                    "bad JSON at byte %" G_GSIZE_FORMAT ": %s", byte, why);
        return NULL;
    }
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) cause = NULL;
    if (!json_parser_load_from_data(parser, text, (gssize)size, &cause)) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_SYNTAX, "bad JSON: %s",
                    cause->message);
        return NULL;
    }
    return json_parser_steal_root(parser);
}

static gboolean read_meta(HfCatalog *catalog, JsonObject *object, const char *name,
                          HfRoleId default_role, HfMeta *meta, GError **error)
{
    static const char *const role_only[] = {"role", NULL};
    static const char *const value_only[] = {"value", NULL};
    static const char *const nothing[] = {NULL};
    JsonObject *allocation, *provider, *revocable, *shared;
    if (!hf_json__stack(catalog, object, name, default_role, &meta->stack, error) ||
        !hf_json__disk(catalog, object, &meta->disk, error) ||
        !hf_json__object(object, "allocation_info", &allocation, error) ||
        !hf_json__object(object, "provider_id", &provider, error) ||
        !hf_json__object(object, "revocable", &revocable, error) ||
        !hf_json__object(object, "shared", &shared, error))
        return FALSE;
    meta->is_revocable = revocable != NULL;
    meta->is_shared = shared != NULL;
    if ((revocable != NULL && !hf_json__members(revocable, nothing, error)) ||
        (shared != NULL && !hf_json__members(shared, nothing, error)) ||
        (provider != NULL && !hf_json__members(provider, value_only, error)) ||
        (allocation != NULL && !hf_json__members(allocation, role_only, error)))
        return FALSE;
    if (provider != NULL && !hf_json__text(catalog, provider, "value", &meta->provider, error))
        return FALSE;
    if (provider != NULL && meta->provider == HF_TEXT_NONE)
        return hf_json__fail(error, "provider_id", "the value is missing");
    return allocation == NULL ||
           hf_json__role(catalog, allocation, "role", &meta->allocation_role, error);
}

gboolean hf_json__read_object(HfIntake *intake, JsonObject *object, HfRoleId default_role,
                              GError **error)
{
    static const char *const known[] = {
        "name",        "type",        "scalar",    "ranges",       "set",    "role",
        "disk",        "reservation", "revocable", "reservations", "shared", "allocation_info",
        "provider_id", NULL};
    HfCatalog *catalog = intake->catalog;
    const char *name;
    HfMeta meta = HF_META_INIT;
    HfValue value;
    if (!hf_json__members(object, known, error) || !hf_json__string(object, "name", &name, error))
        return FALSE;
    if (name == NULL)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NAME, "", "a resource needs a name");
    if (!read_meta(catalog, object, name, default_role, &meta, error) ||
        !hf_json__value(catalog, object, name, &value, error))
        return FALSE;
    gboolean is_ok = hf_intake__add(intake, name, &meta, &value, 1, error);
    hf_value_clear(catalog, &value);
    return is_ok;
}

static gboolean read_element(HfIntake *intake, JsonNode *node, HfRoleId default_role,
                             GError **error)
{
    const char *text = hf_json__string_of(node);
    if (text != NULL) return hf_intake__add_canonical(intake, text, error);
    if (JSON_NODE_HOLDS_OBJECT(node))
        return hf_json__read_object(intake, json_node_get_object(node), default_role, error);
    return hf_json__fail(error, "resources", "must be objects or strings");
}

gboolean hf_json__read(HfIntake *intake, JsonNode *node, HfRoleId default_role, GError **error)
{
    if (hf_json__string_of(node) != NULL) return read_element(intake, node, default_role, error);
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return hf_json__fail(error, "resources", "must be an array or a string");
    JsonArray *array = json_node_get_array(node);
    guint count = json_array_get_length(array);
    for (guint i = 0; i < count; i++) {
        if (read_element(intake, json_array_get_element(array, i), default_role, error)) continue;
        g_prefix_error(error, "[%u]: ", i);
        return FALSE;
    }
    return TRUE;
}

gboolean hf_json__finish(HfIntake *intake, gboolean is_ok, HfResources *out)
{
    if (is_ok) {
        hf_intake__finish(intake, out);
    } else {
        hf_intake__clear(intake);
    }
    return is_ok;
}

gboolean hf_resources_from_json(HfCatalog *catalog, JsonNode *node, HfResources *out,
                                GError **error)
{
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    return hf_json__finish(&intake, hf_json__read(&intake, node, HF_ROLE_STAR, error), out);
}

gboolean hf_resources_add_json(HfCatalog *catalog, HfResources *to, JsonObject *object,
                               GError **error)
{
    HfIntake intake;
    hf_intake__resume(&intake, catalog, to);
    return hf_json__finish(&intake, hf_json__read_object(&intake, object, HF_ROLE_STAR, error), to);
}
