/* Lines of output: printed, and compared. */
#include "tools/replay_internal.h"

#include <string.h>

static void print_text(const char *text, GString *out)
{
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_printf(out, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            g_string_append_printf(out, "\\u%04x", (unsigned char)*c);
        else
            g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

static void print_value(JsonNode *node, GString *out)
{
    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING) {
        print_text(json_node_get_string(node), out);
    } else if (type == G_TYPE_BOOLEAN) {
        g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
    } else if (type == G_TYPE_INT64) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
    } else {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append(out,
                        g_ascii_formatd(text, sizeof text, "%.15g", json_node_get_double(node)));
    }
}

static void print_node(JsonNode *node, GString *out)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        JsonObjectIter iter;
        const char *name;
        JsonNode *member;
        gboolean is_first = TRUE;
        json_object_iter_init_ordered(&iter, json_node_get_object(node));
        while (json_object_iter_next_ordered(&iter, &name, &member)) {
            g_string_append_c(out, is_first ? '{' : ',');
            is_first = FALSE;
            print_text(name, out);
            g_string_append_c(out, ':');
            print_node(member, out);
        }
        g_string_append(out, is_first ? "{}" : "}");
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        g_string_append_c(out, '[');
        for (guint i = 0; i < json_array_get_length(array); i++) {
            if (i > 0) g_string_append_c(out, ',');
            print_node(json_array_get_element(array, i), out);
        }
        g_string_append_c(out, ']');
    } else if (JSON_NODE_HOLDS_NULL(node)) {
        g_string_append(out, "null");
    } else {
        print_value(node, out);
    }
}

char *hf_replay_print(JsonNode *node)
{
    GString *out = g_string_new(NULL);
    print_node(node, out);
    return g_string_free(out, FALSE);
}

static gboolean equal(JsonNode *a, JsonNode *b);

static gboolean equal_objects(JsonObject *a, JsonObject *b)
{
    if (json_object_get_size(a) != json_object_get_size(b)) return FALSE;
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    json_object_iter_init(&iter, a);
    while (json_object_iter_next(&iter, &name, &member)) {
        JsonNode *other = json_object_get_member(b, name);
        if (other == NULL || !equal(member, other)) return FALSE;
    }
    return TRUE;
}

static gboolean equal(JsonNode *a, JsonNode *b)
{
    if (JSON_NODE_TYPE(a) != JSON_NODE_TYPE(b)) return FALSE;
    if (JSON_NODE_HOLDS_OBJECT(a))
        return equal_objects(json_node_get_object(a), json_node_get_object(b));
    if (JSON_NODE_HOLDS_ARRAY(a)) {
        JsonArray *x = json_node_get_array(a), *y = json_node_get_array(b);
        if (json_array_get_length(x) != json_array_get_length(y)) return FALSE;
        for (guint i = 0; i < json_array_get_length(x); i++)
            if (!equal(json_array_get_element(x, i), json_array_get_element(y, i))) return FALSE;
        return TRUE;
    }
    if (JSON_NODE_HOLDS_NULL(a)) return TRUE;
    if (hf_replay__is_number(a) && hf_replay__is_number(b))
        return json_node_get_double(a) == json_node_get_double(b);
    if (json_node_get_value_type(a) != json_node_get_value_type(b)) return FALSE;
    if (json_node_get_value_type(a) == G_TYPE_STRING)
        return strcmp(json_node_get_string(a), json_node_get_string(b)) == 0;
    return json_node_get_boolean(a) == json_node_get_boolean(b);
}

gboolean hf_replay_matches(JsonNode *expected, JsonNode *actual)
{
    if (!JSON_NODE_HOLDS_OBJECT(expected) || !JSON_NODE_HOLDS_OBJECT(actual)) return FALSE;
    JsonObject *a = json_node_get_object(expected), *b = json_node_get_object(actual);
    JsonNode *what = json_object_get_member(a, "ev");
    if (what == NULL || !hf_replay__is_text(what) ||
        strcmp(json_node_get_string(what), "error") != 0)
        return equal(expected, actual);
    static const char *const names[] = {"ev", "n", "t"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        JsonNode *x = json_object_get_member(a, names[i]), *y = json_object_get_member(b, names[i]);
        if (x == NULL || y == NULL || !equal(x, y)) return FALSE;
    }
    return TRUE;
}
