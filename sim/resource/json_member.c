/* Members of JSON objects, by the type that they must have. */
#include "resource/json_internal.h"

gboolean hf_json__fail(GError **error, const char *member, const char *what)
{
    return hf_intake__fail(error, HF_RESOURCE_ERROR_FIELD, member, what);
}

gboolean hf_json__members(JsonObject *object, const char *const *known, GError **error)
{
    g_autoptr(GList) members = json_object_get_members(object);
    for (GList *at = members; at != NULL; at = at->next)
        if (!g_strv_contains(known, at->data))
            return hf_json__fail(error, at->data, "unknown member");
    return TRUE;
}

/* NULL when absent: also when it is there and null, as protobuf reads it. */
JsonNode *hf_json__member(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node != NULL && JSON_NODE_HOLDS_NULL(node) ? NULL : node;
}

/* An object member: *out NULL when absent. */
gboolean hf_json__object(JsonObject *object, const char *member, JsonObject **out, GError **error)
{
    *out = NULL;
    JsonNode *node = hf_json__member(object, member);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node)) return hf_json__fail(error, member, "must be an object");
    *out = json_node_get_object(node);
    return TRUE;
}

gboolean hf_json__array(JsonObject *object, const char *member, JsonArray **out, GError **error)
{
    *out = NULL;
    JsonNode *node = hf_json__member(object, member);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_ARRAY(node)) return hf_json__fail(error, member, "must be an array");
    *out = json_node_get_array(node);
    return TRUE;
}

const char *hf_json__string_of(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

gboolean hf_json__string(JsonObject *object, const char *member, const char **out, GError **error)
{
    *out = NULL;
    JsonNode *node = hf_json__member(object, member);
    if (node == NULL) return TRUE;
    *out = hf_json__string_of(node);
    return *out != NULL || hf_json__fail(error, member, "must be a string");
}

gboolean hf_json__text(HfCatalog *catalog, JsonObject *object, const char *member, HfTextId *out,
                       GError **error)
{
    const char *text;
    if (!hf_json__string(object, member, &text, error)) return FALSE;
    *out = text == NULL ? HF_TEXT_NONE : hf_text_intern(catalog, text);
    return TRUE;
}

gboolean hf_json__number_of(JsonNode *node, double *out)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node)) return FALSE;
    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING) { /* as the JSON of protobuf may have it */
        const char *text = json_node_get_string(node);
        char *end;
        if (!g_ascii_isdigit(text[text[0] == '-']) || text[strspn(text, "0123456789.eE+-")] != '\0')
            return FALSE;
        *out = g_ascii_strtod(text, &end);
        return *end == '\0';
    }
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) return FALSE;
    *out = json_node_get_double(node);
    return TRUE;
}
