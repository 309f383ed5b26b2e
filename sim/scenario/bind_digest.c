/*
 * The identity of a scenario: a digest of the filled structs in the order of the tables, so that
 * order of keys, comments, spelling of units and defaults written out make no difference. Files
 * count by their names as written, not by where they were found. Remarks do not count.
 */
#include <string.h>

#include "scenario/scenario_internal.h"

static void add_text(HfDigest *digest, const char *text)
{
    hf_digest_word(digest, text != NULL);
    if (text != NULL) hf_digest_bytes(digest, text, strlen(text));
}

static void add_double(HfDigest *digest, double value)
{
    uint64_t bits;
    if (value == 0) value = 0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    if (value != value) bits = 1;
    hf_digest_word(digest, bits);
}

static void add_strings(HfDigest *digest, const char *const *texts)
{
    for (; texts != NULL && *texts != NULL; texts++) add_text(digest, *texts);
    hf_digest_word(digest, 0);
}

/* A file by what was written: the node's text, or the texts in its list. */
static void add_written(HfDigest *digest, const HfNode *node, const char *fallback)
{
    if (node == NULL) {
        add_text(digest, fallback);
        return;
    }
    hf_digest_word(digest, node->count);
    if (node->kind == HF_NODE_SCALAR) add_text(digest, node->text);
    for (uint32_t i = 0; i < node->count; i++) add_text(digest, node->items[i]->text);
}

static void add_law(HfDigest *digest, const HfLaw *law)
{
    add_text(digest, law->kind ? law->kind->name : NULL);
    if (law->kind == NULL) return;
    for (int i = 0; i < HF_LAW_PARAMS; i++) {
        hf_digest_word(digest, (uint64_t)law->given[i]);
        add_double(digest, law->param[i]);
    }
    add_double(digest, law->at_least);
    add_double(digest, law->at_most);
    hf_digest_word(digest, law->sample_count);
    for (uint32_t i = 0; i < law->sample_count; i++) add_double(digest, law->sample[i]);
}

static void add_rows(HfDigest *digest, const HfKey *key, const HfNode *node, const HfAnyList *list)
{
    hf_digest_word(digest, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const char *row = (const char *)list->at + i * key->sub->struct_size;
        const HfNode *value = node->items[i];
        if (key->type == HF_KEY_MAP) { /* rows are sorted, the file need not be */
            const char *name = *(const char *const *)row;
            value = hf_node__get(node, name);
            add_text(digest, name);
        }
        hf_bind__digest(digest, value, key->sub, row);
    }
}

static void add_model(HfDigest *digest, const HfNode *node, const HfModelChoice *choice)
{
    add_text(digest, choice->model ? choice->model->name : NULL);
    if (choice->config != NULL) hf_bind__digest(digest, node, choice->model->keys, choice->config);
}

static void add_member(HfDigest *digest, const HfKey *key, const HfNode *parent, const HfNode *node,
                       const void *member)
{
    switch (key->type) {
    case HF_KEY_BOOL:
    case HF_KEY_ENUM:
        hf_digest_word(digest, (uint64_t)(int64_t) * (const int *)member);
        break;
    case HF_KEY_FLAGS:
        hf_digest_word(digest, *(const uint32_t *)member);
        break;
    case HF_KEY_INT:
    case HF_KEY_U64:
    case HF_KEY_DURATION:
    case HF_KEY_MEMORY:
    case HF_KEY_AMOUNT:
        hf_digest_word(digest, *(const uint64_t *)member);
        break;
    case HF_KEY_DOUBLE:
    case HF_KEY_FRACTION:
    case HF_KEY_RATE:
        add_double(digest, *(const double *)member);
        break;
    case HF_KEY_STRING:
    case HF_KEY_NAME:
    case HF_KEY_ROLE:
    case HF_KEY_RESOURCES:
    case HF_KEY_QUANTITIES:
    case HF_KEY_QUANTITY_SETS:
    case HF_KEY_ATTRIBUTES:
    case HF_KEY_JSON:
        add_text(digest, *(const char *const *)member);
        break;
    case HF_KEY_POLICY: /* by its name, wherever the library lies */
        add_text(digest, ((const HfPolicyChoice *)member)->name);
        break;
    case HF_KEY_STRINGS:
        add_strings(digest, *(const char *const *const *)member);
        break;
    case HF_KEY_FILE:
    case HF_KEY_FILES:
    case HF_KEY_TRACE:
        add_written(digest, node, key->fallback);
        break;
    case HF_KEY_DOCUMENT: {
        const HfDocument *document = member;
        hf_digest_word(digest, document->record != NULL);
        if (document->record != NULL)
            hf_bind__digest(digest, document->root, key->sub, document->record);
        break;
    }
    case HF_KEY_LAW:
        add_law(digest, member);
        break;
    case HF_KEY_TABLE:
        hf_bind__digest(digest, node, key->sub, member);
        break;
    case HF_KEY_LIST:
    case HF_KEY_MAP:
        add_rows(digest, key, node, member);
        break;
    case HF_KEY_MODEL:
        add_model(digest, parent, member);
        break;
    case HF_KEY_IGNORED:
    case HF_KEY_EXPECTS: /* what is asked of a run does not change it */
    case HF_KEY_SETTINGS:
        break;
    }
}

void hf_bind__digest(HfDigest *digest, const HfNode *node, const HfKeyTable *table,
                     const void *record)
{
    for (const HfKey *key = table->keys; key != NULL && key->name != NULL; key++) {
        if (key->is_remark) continue;
        gboolean is_mapping = node != NULL && node->kind == HF_NODE_MAPPING;
        const HfNode *value = is_mapping ? hf_node__get(node, key->name) : NULL;
        add_text(digest, key->name);
        add_member(digest, key, node, value, (const char *)record + key->offset);
    }
}
