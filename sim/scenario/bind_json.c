/*
 * Values that are JSON of Mesos's own: written as YAML (of which JSON is a part), kept as text, and
 * judged by the registry, which knows what they mean. A mistake inside is reported where it stands.
 */
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/scenario_internal.h"

static JsonNode *scalar_of(const HfNode *node)
{
    const char *end = NULL;
    double number = 0;
    JsonNode *json = json_node_alloc();
    if (!node->is_plain) return json_node_init_string(json, node->text);
    if (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0)
        return json_node_init_boolean(json, node->text[0] == 't');
    if (strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0)
        return json_node_init_null(json);
    if (hf_number__scan(node->text, &end, &number) && *end == '\0')
        return json_node_init_double(json, number);
    return json_node_init_string(json, node->text);
}

static JsonNode *json_of(const HfNode *node)
{
    if (node->kind == HF_NODE_SCALAR) return scalar_of(node);
    JsonNode *json = json_node_alloc();
    if (node->kind == HF_NODE_SEQUENCE) {
        JsonArray *array = json_array_new();
        for (uint32_t i = 0; i < node->count; i++)
            json_array_add_element(array, json_of(node->items[i]));
        json_node_init_array(json, array);
        json_array_unref(array);
        return json;
    }
    JsonObject *object = json_object_new();
    for (uint32_t i = 0; i < node->count; i++)
        json_object_set_member(object, node->keys[i]->text, json_of(node->items[i]));
    json_node_init_object(json, object);
    json_object_unref(object);
    return json;
}

const HfNode *hf_node__at(const HfNode *node, const char *path)
{
    while (*path != '\0') {
        const HfNode *next = NULL;
        if (*path == '[') {
            uint32_t i = (uint32_t)strtoul(path + 1, (char **)&path, 10);
            if (*path == ']') path++;
            if (node->kind == HF_NODE_SEQUENCE && i < node->count) next = node->items[i];
        } else {
            path += *path == '.';
            gsize length = strcspn(path, ".[");
            g_autofree char *name = g_strndup(path, length);
            path += length;
            if (node->kind == HF_NODE_MAPPING) next = hf_node__get(node, name);
        }
        if (next == NULL) return node;
        node = next;
    }
    return node;
}

gboolean hf_fill__json(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    g_autoptr(JsonNode) json = json_of(node);
    g_autofree char *text = json_to_string(json, FALSE);
    const HfScenarioRegistry *registry = b->options->registry;
    g_autofree char *path = NULL;
    g_autofree char *why =
        registry->check_json != NULL ? registry->check_json(key->name, text, &path) : NULL;
    if (why != NULL) {
        gsize length = b->path->len;
        if (path != NULL && path[0] != '\0')
            g_string_append_printf(b->path, "%s%s", path[0] == '[' ? "" : ".", path);
        hf_bind__complain(b, path != NULL ? hf_node__at(node, path) : node, "%s", why);
        g_string_truncate(b->path, length);
        return FALSE;
    }
    *(const char **)member = hf_store__text(b->store, text, -1);
    return TRUE;
}
