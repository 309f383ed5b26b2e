/*
 * Documents: JSON files of other programs that a scenario names (Marathon's app.json, Chronos's
 * jobs), bound by key tables like the scenario itself. They are checked as JSON, then read as YAML,
 * of which JSON is a part and whose reader remembers places.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "scenario/scenario_internal.h"

#define BRACKETS_MAX 1024 /* deeper nesting is left to the reader of YAML, which refuses it */

/* ---- Reading ---- */

/* json-glib says "<data>:LINE:COLUMN: Parse error: what"; the place is taken out of it. */
static gboolean complain_syntax(HfBinder *b, const char *path, const char *message)
{
    unsigned line = 0, column = 0;
    HfNode place = {.origin = path};
    const char *what = message;
    if (sscanf(message, "<data>:%u:%u:", &line, &column) == 2) {
        place.line = line;
        place.column = column;
        const char *space = strstr(message, ": ");
        if (space != NULL) what = space + 2;
        if (g_str_has_prefix(what, "Parse error: ")) what += strlen("Parse error: ");
    }
    return hf_complain(b->complaints, &place, NULL, "not valid JSON: %s", what);
}

/* JSON writes what is beyond U+FFFF as two escapes, which YAML's reader refuses: as one instead. */
static char *join_surrogates(const char *text, gsize size, gsize *size_out)
{
    GString *out = g_string_sized_new(size);
    for (gsize i = 0; i < size; i++) {
        unsigned high = 0, low = 0;
        if (text[i] == '\\' && i + 1 < size && text[i + 1] != 'u') {
            g_string_append_len(out, text + i, 2);
            i++;
        } else if (text[i] == '\\' && i + 12 <= size &&
                   sscanf(text + i, "\\u%4x\\u%4x", &high, &low) == 2 && high >> 10 == 0x36 &&
                   low >> 10 == 0x37) {
            g_string_append_printf(out, "\\U%08x",
                                   0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff)));
            i += 11;
        } else {
            g_string_append_c(out, text[i]);
        }
    }
    *size_out = out->len;
    return g_string_free(out, FALSE);
}

static gboolean is_null(const HfNode *node)
{
    return node->kind == HF_NODE_SCALAR && node->is_plain && strcmp(node->text, "null") == 0;
}

/* A null is as if its key were not there. */
static void drop_nulls(HfNode *node)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == HF_NODE_MAPPING && is_null(node->items[i])) continue;
        if (node->kind == HF_NODE_MAPPING) node->keys[kept] = node->keys[i];
        node->items[kept++] = node->items[i];
        drop_nulls(node->items[kept - 1]);
    }
    node->count = kept;
}

static uint32_t brackets(const char *text, gsize size)
{
    uint32_t depth = 0, deepest = 0;
    for (gsize i = 0; i < size; i++) { /* those in texts count, too: it is a bound */
        if (text[i] == '[' || text[i] == '{') deepest = MAX(deepest, ++depth);
        if ((text[i] == ']' || text[i] == '}') && depth > 0) depth--;
    }
    return deepest;
}

/* Where text of JSON is whole, or is not. */
typedef struct Ends {
    gsize open;  /* of the innermost bracket or quote that is never closed */
    gsize after; /* of what stands behind the end of the first object or list; 0: nothing */
    gboolean is_open, is_text;
} Ends;

static Ends find_ends(const char *text, gsize size)
{
    Ends ends = {0};
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(gsize));
    gboolean is_over = FALSE;
    for (gsize i = 0; i < size; i++) {
        if (ends.is_text) {
            if (text[i] == '\\') i++;
            if (text[i] == '"') ends.is_text = FALSE;
            continue;
        }
        if (is_over && ends.after == 0 && !g_ascii_isspace(text[i])) ends.after = i;
        if (text[i] == '"') {
            ends.is_text = TRUE;
            ends.open = i;
        } else if (text[i] == '[' || text[i] == '{') {
            g_array_append_val(open, i);
        } else if ((text[i] == ']' || text[i] == '}') && open->len > 0) {
            g_array_set_size(open, open->len - 1);
            is_over = is_over || open->len == 0;
        }
    }
    if (!ends.is_text && open->len > 0) ends.open = g_array_index(open, gsize, open->len - 1);
    ends.is_open = ends.is_text || open->len > 0;
    return ends;
}

static gboolean complain_at(HfBinder *b, const char *path, const char *text, gsize at,
                            const char *why)
{
    HfNode place = {.origin = path, .line = 1, .column = 1};
    for (gsize i = 0; i < at; i++) {
        place.column++;
        if (text[i] != '\n') continue;
        place.line++;
        place.column = 1;
    }
    return hf_complain(b->complaints, &place, NULL, "not valid JSON: %s", why);
}

static gboolean check_syntax(HfBinder *b, const char *path, const char *text, gsize size)
{
    HfNode place = {.origin = path};
    g_autoptr(GError) error = NULL;
    if (strspn(text, " \t\r\n") == size)
        return hf_complain(b->complaints, &place, NULL, "is empty");
    if (size > HF_SCENARIO_TEXT_MAX || !g_utf8_validate(text, (gssize)size, NULL) ||
        brackets(text, size) > BRACKETS_MAX)
        return TRUE; /* the reader of YAML says so, with the place */
    g_autoptr(JsonParser) parser = json_parser_new();
    Ends ends = find_ends(text, size);
    if (!json_parser_load_from_data(parser, text, (gssize)size, &error)) {
        if (!ends.is_open) return complain_syntax(b, path, error->message);
        return complain_at(b, path, text, ends.open,
                           ends.is_text
                               ? "the file ends inside the text that begins here"
                               : "the file ends inside the object or list that begins here");
    }
    if (ends.after == 0) return TRUE;
    return complain_at(b, path, text, ends.after, "there is more behind its end");
}

static HfNode *read_document(HfBinder *b, const HfNode *node, const char *path)
{
    g_autofree char *text = NULL;
    gsize size = 0, yaml_size = 0;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, &size, &error)) {
        hf_complain_io(b->complaints, node, b->path->str, "%s", error->message);
        return NULL;
    }
    if (!check_syntax(b, path, text, size)) return NULL;
    g_autofree char *yaml = join_surrogates(text, size, &yaml_size);
    guint before = b->complaints->texts->len;
    HfNode *root = hf_node__parse(b->store, yaml, yaml_size, path, TRUE, b->complaints);
    if (root == NULL || b->complaints->texts->len > before) return NULL;
    drop_nulls(root);
    return root;
}

/* ---- Binding ---- */

/* The list that the root is, or is an entry of: the first, or the one whose marker it has. */
static const HfKey *list_of(const HfKeyTable *table, const HfNode *root)
{
    const HfNode *entry = root;
    if (root->kind == HF_NODE_SEQUENCE) entry = root->count > 0 ? root->items[0] : NULL;
    gboolean has_keys = entry != NULL && entry->kind == HF_NODE_MAPPING;
    const HfKey *first = NULL;
    for (const HfKey *key = table->keys; key->name != NULL; key++) {
        if (key->type != HF_KEY_LIST) continue;
        if (first == NULL) first = key;
        if (key->marker != NULL && has_keys && hf_node__get(entry, key->marker) != NULL) return key;
    }
    return first;
}

static gboolean has_list(const HfKeyTable *table, const HfNode *root)
{
    for (const HfKey *key = table->keys; key->name != NULL; key++)
        if (key->type == HF_KEY_LIST && hf_node__get(root, key->name) != NULL) return TRUE;
    return FALSE;
}

/* The root as a mapping of the table: itself, or with the list that it is, or is the entry of. */
static HfNode *as_mapping(HfBinder *b, const HfKeyTable *table, HfNode *root)
{
    const HfKey *list = list_of(table, root);
    if (list == NULL || root->kind == HF_NODE_SCALAR) return root;
    if (root->kind == HF_NODE_MAPPING && has_list(table, root)) return root;
    HfNode *items = root;
    if (root->kind == HF_NODE_MAPPING) {
        items = hf_node__new(b->store, HF_NODE_SEQUENCE, root);
        hf_node__append(b->store, items, NULL, root);
    }
    HfNode *mapping = hf_node__new(b->store, HF_NODE_MAPPING, root);
    HfNode *name = hf_node__new(b->store, HF_NODE_SCALAR, root);
    name->text = list->name;
    hf_node__append(b->store, mapping, name, items);
    return mapping;
}

gboolean hf_fill__document(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    const char *path = hf_bind__path(b, node, FALSE, NULL);
    HfNode *root = path != NULL ? read_document(b, node, path) : NULL;
    if (root == NULL) return FALSE;
    root = as_mapping(b, key->sub, root);
    HfBinder inside = *b;
    inside.is_json = TRUE;
    inside.path = g_string_new(NULL);
    void *record = hf_store__take(b->store, key->sub->struct_size);
    gboolean is_good = hf_bind__table(&inside, root, key->sub, record);
    g_string_free(inside.path, TRUE);
    if (is_good) *(HfDocument *)member = (HfDocument){.record = record, .path = path, .root = root};
    return is_good;
}

/* ---- What is known, and changes nothing ---- */

static const char *shape_name(char shape)
{
    switch (shape) {
    case '{':
        return "a mapping";
    case '[':
        return "a list";
    case '"':
        return "a text";
    case '0':
        return "a number";
    default:
        return "true or false";
    }
}

static gboolean has_shape(const HfNode *node, char shape)
{
    const char *end;
    double number;
    gboolean is_plain = node->kind == HF_NODE_SCALAR && node->is_plain;
    switch (shape) {
    case '{':
        return node->kind == HF_NODE_MAPPING;
    case '[':
        return node->kind == HF_NODE_SEQUENCE;
    case '"':
        return node->kind == HF_NODE_SCALAR && !node->is_plain;
    case '0':
        return is_plain && hf_number__scan(node->text, &end, &number) && *end == '\0';
    case 'b':
        return is_plain && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0);
    default:
        return TRUE;
    }
}

gboolean hf_fill__ignored(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    if (has_shape(node, key->shape)) return TRUE;
    g_autofree char *found = hf_node__describe(node);
    return hf_bind__complain(b, node, "expected %s, got %s", shape_name(key->shape), found);
}
