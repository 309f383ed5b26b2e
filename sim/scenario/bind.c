/*
 * From mappings to structs, by the key tables: walks a mapping in the order of the file, so that
 * the first complaint is the first mistake a reader meets, and goes on after each, so that `check`
 * can show them all. Defaults go through the same functions as written values.
 */
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

/* One mapping being read: the table, and the table of the model it names, if it names one. */
typedef struct Entry {
    HfBinder *binder;
    const HfNode *node;
    const HfKeyTable *table;
    void *record;
    const HfKeyTable *model; /* NULL: none */
    void *config;
} Entry;

gboolean hf_bind__complain(HfBinder *b, const HfNode *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return hf_complain(b->complaints, node, b->path->str, "%s", text);
}

const HfKey *hf_key_find(const HfKeyTable *table, const char *name)
{
    if (table == NULL || table->keys == NULL) return NULL;
    for (const HfKey *key = table->keys; key->name != NULL; key++)
        if (strcmp(key->name, name) == 0) return key;
    return NULL;
}

const HfModelKeys *hf_registry_find(const HfScenarioRegistry *registry, HfModelFamily family,
                                    const char *name)
{
    const HfModelKeys *const *models = registry->models[family];
    for (; models != NULL && *models != NULL; models++)
        if (strcmp((*models)->name, name) == 0) return *models;
    return NULL;
}

const char *hf_model_family_name(HfModelFamily family)
{
    static const char *const names[HF_MODEL_FAMILIES] = {"framework model", "failure", "workload",
                                                         "agent trace format"};
    HF_ASSERT(family < HF_MODEL_FAMILIES);
    return names[family];
}

/* ---- Compound values ---- */

static gboolean expect_kind(HfBinder *b, const HfNode *node, HfNodeKind kind, const char *what)
{
    if (node->kind == kind) return TRUE;
    g_autofree char *found = hf_node__describe(node);
    gboolean is_one = kind == HF_NODE_SEQUENCE && node->kind == HF_NODE_MAPPING && !b->is_json;
    return hf_bind__complain(b, node, "expected %s, got %s%s", what, found,
                             is_one ? "; each entry begins with \"- \"" : "");
}

/* The short form of a mapping as the mapping that it stands for; NULL after a complaint. */
static const HfNode *written_out(HfBinder *b, const HfNode *node, const HfKey *list)
{
    HfScenarioStore *store = b->store;
    gboolean is_short = node->kind == HF_NODE_SCALAR && list->short_key != NULL;
    if (!is_short && !list->is_tuple) return node;
    HfNode *mapping = hf_node__new(store, HF_NODE_MAPPING, node);
    if (is_short) {
        HfNode *name = hf_node__new(store, HF_NODE_SCALAR, node);
        name->text = list->short_key;
        hf_node__append(store, mapping, name, hf_node__copy(store, node));
        return mapping;
    }
    if (!expect_kind(b, node, HF_NODE_SEQUENCE, "a list")) return NULL;
    uint32_t i = 0;
    for (const HfKey *key = list->sub->keys; key->name != NULL && i < node->count; key++, i++) {
        HfNode *name = hf_node__new(store, HF_NODE_SCALAR, node->items[i]);
        name->text = key->name;
        hf_node__append(store, mapping, name, node->items[i]);
    }
    if (i == node->count) return mapping;
    hf_bind__complain(b, node->items[i], "expected at most %u values", i);
    return NULL;
}

static gboolean fill_table(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    node = written_out(b, node, key);
    return node != NULL && hf_bind__table(b, node, key->sub, member);
}

static gboolean fill_list(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    if (!expect_kind(b, node, HF_NODE_SEQUENCE, "a list")) return FALSE;
    char *rows = hf_store__take(b->store, node->count * key->sub->struct_size);
    gboolean is_good = TRUE;
    for (uint32_t i = 0; i < node->count; i++) {
        gsize length = b->path->len;
        g_string_append_printf(b->path, "[%u]", i);
        const HfNode *item = written_out(b, node->items[i], key);
        is_good &=
            item != NULL && hf_bind__table(b, item, key->sub, rows + i * key->sub->struct_size);
        g_string_truncate(b->path, length);
    }
    if (is_good) *(HfAnyList *)member = (HfAnyList){.at = rows, .count = node->count};
    return is_good;
}

static gboolean check_map_name(HfBinder *b, const HfNode *name)
{
    static const HfKey role = {.type = HF_KEY_ROLE};
    const char *text = NULL;
    return hf_fill__text(b, &role, name, &text);
}

/* Rows of a map begin with their names, which are distinct. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean fill_map(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    if (!expect_kind(b, node, HF_NODE_MAPPING, "a mapping from names")) return FALSE;
    char *rows = hf_store__take(b->store, node->count * key->sub->struct_size);
    gboolean is_good = TRUE;
    for (uint32_t i = 0; i < node->count; i++) {
        char *row = rows + i * key->sub->struct_size;
        gsize length = b->path->len;
        is_good &= check_map_name(b, node->keys[i]);
        g_string_append_printf(b->path, ".%s", node->keys[i]->text);
        *(const char **)row = node->keys[i]->text;
        is_good &= hf_bind__table(b, node->items[i], key->sub, row);
        g_string_truncate(b->path, length);
    }
    if (!is_good) return FALSE;
    qsort(rows, node->count, key->sub->struct_size, by_name);
    *(HfAnyList *)member = (HfAnyList){.at = rows, .count = node->count};
    return TRUE;
}

static gboolean fill_settings(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    if (!expect_kind(b, node, HF_NODE_MAPPING, "a mapping from paths to values")) return FALSE;
    *(const HfNode **)member = node;
    return TRUE;
}

static gboolean unknown_model(HfBinder *b, const HfKey *key, const HfNode *node)
{
    const HfModelKeys *const *models = b->options->registry->models[key->family];
    const char *family = hf_model_family_name(key->family);
    g_autofree char *found = hf_text__quoted(node->text);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (; models != NULL && *models != NULL; models++)
        g_ptr_array_add(names, (gpointer)(*models)->name);
    gboolean is_any = names->len > 0;
    g_ptr_array_add(names, NULL);
    const char *const *known = (const char *const *)names->pdata;
    const char *near = hf_near_find(node->text, known);
    if (near == NULL) near = hf_near_part(node->text, known);
    if (near != NULL)
        return hf_bind__complain(b, node, "unknown %s %s; did you mean \"%s\"?", family, found,
                                 near);
    g_autofree char *all =
        is_any ? hf_text__join((const char *const *)names->pdata, ", ") : g_strdup("none");
    return hf_bind__complain(b, node, "unknown %s %s; known: %s", family, found, all);
}

static gboolean fill_model(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    HfModelChoice *choice = member;
    g_autofree char *what = g_strdup_printf("the name of a %s", hf_model_family_name(key->family));
    const char *name = hf_bind__scalar(b, node, what);
    if (name == NULL) return FALSE;
    choice->model = hf_registry_find(b->options->registry, key->family, name);
    if (choice->model == NULL) return unknown_model(b, key, node);
    const HfKeyTable *keys = choice->model->keys;
    choice->config = keys ? hf_store__take(b->store, keys->struct_size) : NULL;
    return TRUE;
}

static const HfFill fills[] = {
    [HF_KEY_BOOL] = hf_fill__bool,
    [HF_KEY_INT] = hf_fill__int,
    [HF_KEY_U64] = hf_fill__u64,
    [HF_KEY_DOUBLE] = hf_fill__number,
    [HF_KEY_FRACTION] = hf_fill__number,
    [HF_KEY_DURATION] = hf_fill__duration,
    [HF_KEY_RATE] = hf_fill__number,
    [HF_KEY_MEMORY] = hf_fill__milli,
    [HF_KEY_AMOUNT] = hf_fill__milli,
    [HF_KEY_STRING] = hf_fill__text,
    [HF_KEY_NAME] = hf_fill__text,
    [HF_KEY_ROLE] = hf_fill__text,
    [HF_KEY_ENUM] = hf_fill__enum,
    [HF_KEY_FLAGS] = hf_fill__flags,
    [HF_KEY_POLICY] = hf_fill__policy,
    [HF_KEY_FILE] = hf_fill__file,
    [HF_KEY_FILES] = hf_fill__files,
    [HF_KEY_TRACE] = hf_fill__file,
    [HF_KEY_RESOURCES] = hf_fill__text,
    [HF_KEY_QUANTITIES] = hf_fill__text,
    [HF_KEY_QUANTITY_SETS] = hf_fill__text,
    [HF_KEY_ATTRIBUTES] = hf_fill__text,
    [HF_KEY_LAW] = hf_fill__law,
    [HF_KEY_STRINGS] = hf_fill__strings,
    [HF_KEY_EXPECTS] = hf_fill__expects,
    [HF_KEY_SETTINGS] = fill_settings,
    [HF_KEY_JSON] = hf_fill__json,
    [HF_KEY_DOCUMENT] = hf_fill__document,
    [HF_KEY_IGNORED] = hf_fill__ignored,
    [HF_KEY_TABLE] = fill_table,
    [HF_KEY_LIST] = fill_list,
    [HF_KEY_MAP] = fill_map,
    [HF_KEY_MODEL] = fill_model,
};
_Static_assert(G_N_ELEMENTS(fills) == HF_KEY_MODEL + 1, "a way to fill every type");

/* ---- One mapping ---- */

static gboolean is_number(const HfKey *key)
{
    return key->type == HF_KEY_INT || key->type == HF_KEY_DOUBLE || key->type == HF_KEY_AMOUNT ||
           key->type == HF_KEY_MEMORY || key->type == HF_KEY_BOOL;
}

/* In JSON a number is not a text, nor a text a number. */
static gboolean check_json_type(HfBinder *b, const HfKey *key, const HfNode *value)
{
    if (!b->is_json || value->kind != HF_NODE_SCALAR || is_number(key) == value->is_plain)
        return TRUE;
    if (key->type == HF_KEY_IGNORED || key->type == HF_KEY_TABLE || key->type == HF_KEY_LIST)
        return TRUE; /* they tell what they want */
    g_autofree char *found = hf_text__quoted(value->text);
    if (value->is_plain) return hf_bind__complain(b, value, "expected a text, got %s", value->text);
    return hf_bind__complain(b, value, "expected %s, got the text %s",
                             key->type == HF_KEY_BOOL ? "true or false" : "a number", found);
}

static gboolean fill_key(const Entry *entry, const HfKey *key, const HfNode *value, void *record)
{
    HfBinder *b = entry->binder;
    gsize length = b->path->len;
    if (length > 0) g_string_append_c(b->path, '.');
    g_string_append(b->path, key->name);
    gboolean is_good = check_json_type(b, key, value) &&
                       fills[key->type](b, key, value, (char *)record + key->offset);
    g_string_truncate(b->path, length);
    return is_good;
}

/* The key that names a model comes first: it decides which other keys are known. */
static gboolean fill_choice(Entry *entry, const HfKey *key)
{
    const HfNode *value = hf_node__get(entry->node, key->name);
    if (value == NULL) return !key->is_required;
    if (!fill_key(entry, key, value, entry->record)) return FALSE;
    const HfModelChoice *choice =
        (const HfModelChoice *)((const char *)entry->record + key->offset);
    entry->model = choice->model->keys;
    entry->config = (void *)choice->config;
    return TRUE;
}

static const HfKey *find_choice(const HfKeyTable *table)
{
    for (const HfKey *key = table->keys; key != NULL && key->name != NULL; key++)
        if (key->type == HF_KEY_MODEL) return key;
    return NULL;
}

static void mark_given(void *record, const HfKey *key)
{
    if (key != NULL && key->given > 0)
        *(gboolean *)(void *)((char *)record + key->given - 1) = TRUE;
}

/* Every key of the file, in its order. Without its model an entry's keys cannot all be judged. */
static gboolean fill_given(const Entry *entry, gboolean is_model_known)
{
    gboolean is_good = TRUE;
    for (uint32_t i = 0; i < entry->node->count; i++) {
        const HfNode *name = entry->node->keys[i], *value = entry->node->items[i];
        const HfKey *key = hf_key_find(entry->table, name->text);
        const HfKey *own = hf_key_find(entry->model, name->text);
        HF_ASSERT(key == NULL || own == NULL); /* a model's key must not hide a common one */
        mark_given(entry->record, key);
        mark_given(entry->config, own);
        if (key != NULL) {
            if (key->type != HF_KEY_MODEL) is_good &= fill_key(entry, key, value, entry->record);
        } else if (own != NULL) {
            is_good &= fill_key(entry, own, value, entry->config);
        } else if (is_model_known) {
            gsize length = entry->binder->path->len;
            g_string_append_printf(entry->binder->path, "%s%s", length > 0 ? "." : "", name->text);
            is_good = hf_bind__unknown_key(entry->binder, entry->table, entry->model, name);
            g_string_truncate(entry->binder->path, length);
        }
    }
    return is_good;
}

static gboolean has_required(const HfKeyTable *table)
{
    for (const HfKey *key = table->keys; key != NULL && key->name != NULL; key++)
        if (key->is_required) return TRUE;
    return FALSE;
}

/* A default is text in our own tables: one that its own key refuses is a bug of ours. */
static void fill_default(const Entry *entry, const HfKey *key, void *record)
{
    HfScenarioStore *store = entry->binder->store;
    HfComplaints complaints;
    hf_complaints__init(&complaints);
    HfBinder b = *entry->binder;
    b.complaints = &complaints;
    HfNode place = {.origin = "default"};
    HfNode *value;
    if (strchr("[{\"'", key->fallback[0]) != NULL) {
        value = hf_node__parse(store, key->fallback, strlen(key->fallback), place.origin, FALSE,
                               &complaints);
        HF_ASSERT(value != NULL);
    } else {
        value = hf_node__new(store, HF_NODE_SCALAR, &place);
        value->text = key->fallback;
        value->is_plain = TRUE;
    }
    gboolean is_good = fills[key->type](&b, key, value, (char *)record + key->offset);
    HF_ASSERT(is_good && complaints.texts->len == 0);
    hf_complaints__clear(&complaints);
}

static void fill_absent_table(const Entry *entry, const HfKey *key, void *record)
{
    if (has_required(key->sub)) return;
    HfNode *empty = hf_node__new(entry->binder->store, HF_NODE_MAPPING, entry->node);
    gboolean is_good = fill_key(entry, key, empty, record);
    HF_ASSERT(is_good); /* defaults alone must be legal */
}

/* What the file does not say: an error, a default, or zero. */
static gboolean fill_absent(const Entry *entry, const HfKeyTable *table, void *record)
{
    gboolean is_good = TRUE;
    for (const HfKey *key = table->keys; key != NULL && key->name != NULL; key++) {
        if (hf_node__get(entry->node, key->name) != NULL) continue;
        if (key->is_required)
            is_good = hf_bind__complain(entry->binder, entry->node, "key %s is missing", key->name);
        else if (key->fallback != NULL)
            fill_default(entry, key, record);
        else if (key->type == HF_KEY_TABLE)
            fill_absent_table(entry, key, record);
        else if (key->type == HF_KEY_EXPECTS)
            *(const HfExpect ***)((char *)record + key->offset) =
                hf_store__take(entry->binder->store, sizeof(HfExpect *));
    }
    return is_good;
}

/* The tables' own checks, pointing at the key they name. */
static gboolean run_check(const Entry *entry, const HfKeyTable *table, const void *record)
{
    HfBinder *b = entry->binder;
    const char *name = NULL;
    g_autofree char *why = NULL;
    if (table->check == NULL || table->check(record, &name, &why)) return TRUE;
    HF_ASSERT(why != NULL);
    const HfNode *value = name ? hf_node__at(entry->node, name) : entry->node;
    gsize length = b->path->len;
    if (name != NULL) g_string_append_printf(b->path, "%s%s", length > 0 ? "." : "", name);
    hf_bind__complain(b, value, "%s", why);
    g_string_truncate(b->path, length);
    return FALSE;
}

gboolean hf_bind__table(HfBinder *b, const HfNode *node, const HfKeyTable *table, void *record)
{
    Entry entry = {.binder = b, .node = node, .table = table, .record = record};
    if (!expect_kind(b, node, HF_NODE_MAPPING, "a mapping of keys")) return FALSE;
    const HfKey *choice = find_choice(table);
    gboolean is_model_known = choice == NULL || fill_choice(&entry, choice);
    gboolean is_good = is_model_known;
    is_good &= fill_given(&entry, is_model_known);
    is_good &= fill_absent(&entry, table, record);
    if (entry.model != NULL) is_good &= fill_absent(&entry, entry.model, entry.config);
    if (!is_good) return FALSE;
    is_good = run_check(&entry, table, record);
    if (entry.model != NULL) is_good &= run_check(&entry, entry.model, entry.config);
    return is_good;
}
