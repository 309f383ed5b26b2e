/*
 * From libyaml's events to a tree. Recursion follows the document's depth, which is bounded, so the
 * stack is; aliases are expanded into copies that count against the limit on nodes, so a small file
 * cannot grow into a large tree.
 */
#include "scenario/node.h"

#include <string.h>
#include <yaml.h>

#include "scenario/scenario_internal.h"

typedef struct Anchor {
    HfNode *node;
    gboolean is_open; /* its children are still being read */
} Anchor;

typedef struct Reader {
    yaml_parser_t parser;
    HfScenarioStore *store;
    HfComplaints *complaints;
    const char *origin;
    gboolean has_lines;
    const char *text; /* the input, for places of errors */
    gsize size;
    uint32_t node_count;
    GHashTable *anchors;     /* name -> the Anchor of that name opened last */
    GPtrArray *anchors_made; /* owns them all: a name may be used again inside itself */
} Reader;

HfNode *hf_node__new(HfScenarioStore *store, HfNodeKind kind, const HfNode *place)
{
    HfNode *node = hf_store__take(store, sizeof *node);
    node->kind = kind;
    node->line = place->line;
    node->column = place->column;
    node->origin = place->origin;
    return node;
}

static HfNode place_of(const Reader *reader, yaml_mark_t mark)
{
    HfNode place = {.origin = reader->origin};
    if (reader->has_lines) {
        place.line = (uint32_t)mark.line + 1;
        place.column = (uint32_t)mark.column + 1;
    }
    return place;
}

void hf_node__append(HfScenarioStore *store, HfNode *parent, HfNode *key, HfNode *item)
{
    HF_ASSERT((parent->kind == HF_NODE_MAPPING) == (key != NULL));
    if (parent->count == parent->room) {
        uint32_t room = parent->room ? parent->room * 2 : 4;
        HfNode **items = hf_store__take(store, room * sizeof(HfNode *));
        if (parent->count) memcpy(items, parent->items, parent->count * sizeof(HfNode *));
        parent->items = items;
        if (key != NULL) {
            HfNode **keys = hf_store__take(store, room * sizeof(HfNode *));
            if (parent->count) memcpy(keys, parent->keys, parent->count * sizeof(HfNode *));
            parent->keys = keys;
        }
        parent->room = room;
    }
    if (key != NULL) parent->keys[parent->count] = key;
    parent->items[parent->count++] = item;
}

HfNode *hf_node__get(const HfNode *mapping, const char *key)
{
    HF_ASSERT(mapping->kind == HF_NODE_MAPPING);
    for (uint32_t i = 0; i < mapping->count; i++)
        if (strcmp(mapping->keys[i]->text, key) == 0) return mapping->items[i];
    return NULL;
}

void hf_node__remove(HfNode *mapping, const char *key)
{
    HF_ASSERT(mapping->kind == HF_NODE_MAPPING);
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->keys[i]->text, key) != 0) continue;
        uint32_t after = mapping->count - i - 1;
        memmove(mapping->keys + i, mapping->keys + i + 1, after * sizeof(HfNode *));
        memmove(mapping->items + i, mapping->items + i + 1, after * sizeof(HfNode *));
        mapping->count--;
        return;
    }
}

HfNode *hf_node__copy(HfScenarioStore *store, const HfNode *node)
{
    HfNode *copy = hf_node__new(store, node->kind, node);
    copy->is_plain = node->is_plain;
    copy->text = node->text;
    for (uint32_t i = 0; i < node->count; i++)
        hf_node__append(store, copy, node->keys ? node->keys[i] : NULL,
                        hf_node__copy(store, node->items[i]));
    return copy;
}

uint64_t hf_node__size(const HfNode *node)
{
    uint64_t size = 1;
    for (uint32_t i = 0; i < node->count; i++) size += hf_node__size(node->items[i]);
    return size;
}

static uint32_t depth_of(const HfNode *node)
{
    uint32_t below = 0;
    for (uint32_t i = 0; i < node->count; i++) below = MAX(below, depth_of(node->items[i]));
    return below + 1;
}

char *hf_node__describe(const HfNode *node)
{
    if (node->kind == HF_NODE_MAPPING) return g_strdup("a mapping");
    if (node->kind == HF_NODE_SEQUENCE) return g_strdup("a list");
    if (node->text[0] == '\0' && node->is_plain) return g_strdup("nothing");
    return hf_text__quoted(node->text);
}

/* Where byte `offset` of the text stands, for errors that libyaml gives as an offset. */
static HfNode place_at(const Reader *reader, gsize offset)
{
    const char *text = reader->text;
    yaml_mark_t mark = {0};
    for (gsize i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            mark.column++;
        }
    }
    return place_of(reader, mark);
}

/* What is mostly behind what libyaml says, for those who do not know its grammar; "" otherwise. */
static const char *hint_of(const char *problem)
{
    static const struct {
        const char *problem, *hint;
    } hints[] = {
        {"mapping values are not allowed in this context",
         "; a text that holds \": \" needs quotes"},
        {"found unexpected ':'", "; a text that holds \":\" needs quotes between { } and [ ]"},
        {"did not find expected ',' or '}'",
         "; a comma or the end is missing, or a text that holds , [ ] { } needs quotes"},
        {"did not find expected ',' or ']'",
         "; a comma or the end is missing, or a text that holds , [ ] { } needs quotes"},
        {"found character that cannot start any token",
         "; indent with spaces, and quote a text that begins with @, % or `"},
        {"did not find expected key",
         "; it is indented otherwise than the keys above, or a quote is not closed"},
        {"did not find expected '-' indicator",
         "; it is indented otherwise than the entries above"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hints); i++)
        if (strcmp(hints[i].problem, problem) == 0) return hints[i].hint;
    return "";
}

static gboolean complain_parser(Reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    if (parser->error == YAML_READER_ERROR) {
        HfNode place = place_at(reader, MIN(parser->problem_offset, reader->size));
        return hf_complain(reader->complaints, &place, NULL, "not valid YAML: %s", problem);
    }
    HfNode place = place_of(reader, parser->problem_mark);
    if (parser->context != NULL && reader->has_lines)
        return hf_complain(reader->complaints, &place, NULL, "not valid YAML: %s (%s, line %u)%s",
                           problem, parser->context, (unsigned)parser->context_mark.line + 1,
                           hint_of(problem));
    return hf_complain(reader->complaints, &place, NULL, "not valid YAML: %s%s", problem,
                       hint_of(problem));
}

static gboolean count_nodes(Reader *reader, const HfNode *place, uint64_t more)
{
    if (reader->node_count + more > HF_SCENARIO_NODES_MAX)
        return hf_complain(reader->complaints, place, NULL,
                           "too large: more than %d values, aliases expanded",
                           HF_SCENARIO_NODES_MAX);
    reader->node_count += (uint32_t)more;
    return TRUE;
}

static HfNode *read_alias(Reader *reader, const yaml_event_t *event, uint32_t depth)
{
    HfNode place = place_of(reader, event->start_mark);
    const char *name = (const char *)event->data.alias.anchor;
    const Anchor *anchor = g_hash_table_lookup(reader->anchors, name);
    if (anchor == NULL) {
        hf_complain(reader->complaints, &place, NULL, "alias *%s names no anchor", name);
        return NULL;
    }
    if (anchor->is_open) {
        hf_complain(reader->complaints, &place, NULL, "alias *%s contains itself", name);
        return NULL;
    }
    if (!count_nodes(reader, &place, hf_node__size(anchor->node))) return NULL;
    if (depth + depth_of(anchor->node) > HF_SCENARIO_DEPTH_MAX + 1) {
        hf_complain(reader->complaints, &place, NULL, "nested deeper than %d levels",
                    HF_SCENARIO_DEPTH_MAX);
        return NULL;
    }
    return hf_node__copy(reader->store, anchor->node);
}

/* Remember &anchor for a node whose children are yet to come; replaces an earlier one. */
static Anchor *open_anchor(Reader *reader, const yaml_char_t *name, HfNode *node)
{
    if (name == NULL) return NULL;
    Anchor *anchor = g_new0(Anchor, 1);
    anchor->node = node;
    anchor->is_open = TRUE;
    g_ptr_array_add(reader->anchors_made, anchor);
    g_hash_table_replace(reader->anchors, g_strdup((const char *)name), anchor);
    return anchor;
}

static HfNode *read_node(Reader *reader, yaml_event_t *event, uint32_t depth);

static gboolean next_event(Reader *reader, yaml_event_t *event_out)
{
    return yaml_parser_parse(&reader->parser, event_out) || complain_parser(reader);
}

static HfNode *read_child(Reader *reader, yaml_event_t *event, uint32_t depth)
{
    HfNode *child = read_node(reader, event, depth + 1);
    yaml_event_delete(event);
    return child;
}

static gboolean fill_sequence(Reader *reader, HfNode *node, uint32_t depth)
{
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event)) return FALSE;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return TRUE;
        }
        HfNode *item = read_child(reader, &event, depth);
        if (item == NULL) return FALSE;
        hf_node__append(reader->store, node, NULL, item);
    }
}

/* TRUE when the key is new and may be used; complaints about repeated keys do not end the reading.
 */
static gboolean is_new_key(Reader *reader, GHashTable *seen, HfNode *key)
{
    const HfNode *first = g_hash_table_lookup(seen, key->text);
    if (first == NULL) {
        g_hash_table_insert(seen, (gpointer)key->text, key);
        return TRUE;
    }
    g_autofree char *quoted = hf_text__quoted(key->text);
    if (first->line > 0)
        hf_complain(reader->complaints, key, NULL, "key %s is repeated; it stands in line %u, too",
                    quoted, first->line);
    else
        hf_complain(reader->complaints, key, NULL, "key %s is repeated", quoted);
    return FALSE;
}

static gboolean check_key(Reader *reader, const HfNode *key)
{
    if (key->kind != HF_NODE_SCALAR)
        return hf_complain(reader->complaints, key, NULL, "a key must be a word, not a %s",
                           key->kind == HF_NODE_MAPPING ? "mapping" : "list");
    if (key->is_plain && strcmp(key->text, "<<") == 0)
        return hf_complain(reader->complaints, key, NULL,
                           "merge keys (<<) are not part of scenario files; write the keys out");
    return TRUE;
}

static gboolean fill_mapping(Reader *reader, HfNode *node, uint32_t depth)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event)) return FALSE;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return TRUE;
        }
        HfNode *key = read_child(reader, &event, depth);
        if (key == NULL || !check_key(reader, key)) return FALSE;
        if (!next_event(reader, &event)) return FALSE;
        HfNode *item = read_child(reader, &event, depth);
        if (item == NULL) return FALSE;
        if (is_new_key(reader, seen, key)) hf_node__append(reader->store, node, key, item);
    }
}

static HfNode *read_scalar(Reader *reader, const yaml_event_t *event, const HfNode *place)
{
    const char *value = (const char *)event->data.scalar.value;
    if (memchr(value, '\0', event->data.scalar.length) != NULL) { /* "\0" in double quotes */
        hf_complain(reader->complaints, place, NULL, "a value holds a NUL character");
        return NULL;
    }
    HfNode *node = hf_node__new(reader->store, HF_NODE_SCALAR, place);
    node->text = hf_store__text(reader->store, value, (gssize)event->data.scalar.length);
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static HfNode *refuse_tag(Reader *reader, const HfNode *place, const yaml_char_t *tag)
{
    hf_complain(reader->complaints, place, NULL, "tags such as %s are not part of scenario files",
                (const char *)tag);
    return NULL;
}

static HfNode *read_node(Reader *reader, yaml_event_t *event, uint32_t depth)
{
    HfNode place = place_of(reader, event->start_mark);
    if (depth > HF_SCENARIO_DEPTH_MAX) {
        hf_complain(reader->complaints, &place, NULL, "nested deeper than %d levels",
                    HF_SCENARIO_DEPTH_MAX);
        return NULL;
    }
    if (event->type == YAML_ALIAS_EVENT) return read_alias(reader, event, depth);
    if (!count_nodes(reader, &place, 1)) return NULL;
    HfNode *node = NULL;
    Anchor *anchor = NULL;
    gboolean is_whole = TRUE;
    if (event->type == YAML_SCALAR_EVENT) {
        if (event->data.scalar.tag) return refuse_tag(reader, &place, event->data.scalar.tag);
        node = read_scalar(reader, event, &place);
        if (node == NULL) return NULL;
        anchor = open_anchor(reader, event->data.scalar.anchor, node);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        if (event->data.sequence_start.tag)
            return refuse_tag(reader, &place, event->data.sequence_start.tag);
        node = hf_node__new(reader->store, HF_NODE_SEQUENCE, &place);
        anchor = open_anchor(reader, event->data.sequence_start.anchor, node);
        is_whole = fill_sequence(reader, node, depth);
    } else {
        HF_ASSERT(event->type == YAML_MAPPING_START_EVENT);
        if (event->data.mapping_start.tag)
            return refuse_tag(reader, &place, event->data.mapping_start.tag);
        node = hf_node__new(reader->store, HF_NODE_MAPPING, &place);
        anchor = open_anchor(reader, event->data.mapping_start.anchor, node);
        is_whole = fill_mapping(reader, node, depth);
    }
    if (anchor != NULL && is_whole) anchor->is_open = FALSE;
    return is_whole ? node : NULL;
}

/* Stream start, one document, stream end. */
static HfNode *read_stream(Reader *reader)
{
    yaml_event_t event;
    HfNode *root = NULL;
    gboolean is_end = FALSE;
    while (!is_end) {
        if (!next_event(reader, &event)) return NULL;
        HfNode place = place_of(reader, event.start_mark);
        gboolean is_good = TRUE;
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (root != NULL)
                is_good = hf_complain(reader->complaints, &place, NULL,
                                      "a second document begins here; a file holds one");
            break;
        case YAML_STREAM_END_EVENT:
            is_end = TRUE;
            break;
        default:
            root = read_node(reader, &event, 1);
            is_good = root != NULL;
        }
        yaml_event_delete(&event);
        if (!is_good) return NULL;
    }
    if (root == NULL) {
        HfNode place = place_of(reader, (yaml_mark_t){0});
        hf_complain(reader->complaints, &place, NULL, "is empty");
    }
    return root;
}

static gboolean check_bytes(Reader *reader)
{
    const char *text = reader->text;
    gsize size = reader->size;
    const char *nul = memchr(text, '\0', size);
    const char *bad = NULL;
    if (size > HF_SCENARIO_TEXT_MAX) {
        HfNode place = place_of(reader, (yaml_mark_t){0});
        return hf_complain(reader->complaints, &place, NULL, "too large: more than %d MiB",
                           HF_SCENARIO_TEXT_MAX / 1024 / 1024);
    }
    if (!g_utf8_validate(text, nul ? nul - text : (gssize)size, &bad)) {
        HfNode place = place_at(reader, (gsize)(bad - text));
        return hf_complain(reader->complaints, &place, NULL, "not valid UTF-8: byte 0x%02X",
                           (unsigned char)*bad);
    }
    if (nul != NULL) {
        HfNode place = place_at(reader, (gsize)(nul - text));
        return hf_complain(reader->complaints, &place, NULL, "holds a NUL byte; is it text?");
    }
    return TRUE;
}

HfNode *hf_node__parse(HfScenarioStore *store, const char *text, gsize size, const char *origin,
                       gboolean has_lines, HfComplaints *complaints)
{
    Reader reader = {.store = store,
                     .complaints = complaints,
                     .origin = origin,
                     .has_lines = has_lines,
                     .text = text,
                     .size = size};
    if (!check_bytes(&reader)) return NULL;
    if (!yaml_parser_initialize(&reader.parser)) {
        hf_complain_io(complaints, NULL, NULL, "out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, size);
    reader.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reader.anchors_made = g_ptr_array_new_with_free_func(g_free);
    HfNode *root = read_stream(&reader);
    g_hash_table_destroy(reader.anchors);
    g_ptr_array_unref(reader.anchors_made);
    yaml_parser_delete(&reader.parser);
    return root;
}
