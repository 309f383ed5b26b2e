/*
 * Laws in scenario files: a bare value is constant; a mapping names the law and its parameters,
 * which are held to the table of laws in base/law.h. `{law: poisson, rate: 3/s}`, where the value
 * is a duration, means exponential gaps of mean 1/rate.
 */
#include <math.h>
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

typedef struct LawReader {
    HfBinder *binder;
    const HfKey *key;
    const HfNode *node;
    HfLaw law;
    gboolean is_poisson;
} LawReader;

static const char *const clamps[] = {"at_least", "at_most"};

/* Fill `names` with what may stand in the mapping of a law. */
static GPtrArray *law_keys(const HfLawKind *kind)
{
    GPtrArray *names = g_ptr_array_new();
    g_ptr_array_add(names, (gpointer) "law");
    for (int i = 0; i < HF_LAW_PARAMS && kind->params[i].name != NULL; i++)
        g_ptr_array_add(names, (gpointer)kind->params[i].name);
    if (kind->takes_file) g_ptr_array_add(names, (gpointer) "file");
    for (size_t i = 0; i < G_N_ELEMENTS(clamps); i++) g_ptr_array_add(names, (gpointer)clamps[i]);
    g_ptr_array_add(names, NULL);
    return names;
}

static void unknown_law(HfBinder *b, const HfNode *node, HfUnit unit)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (int i = 0; hf_law_kinds[i] != NULL; i++)
        g_ptr_array_add(names, (gpointer)hf_law_kinds[i]->name);
    if (unit == HF_UNIT_DURATION) g_ptr_array_add(names, (gpointer) "poisson");
    g_ptr_array_add(names, NULL);
    const char *const *all = (const char *const *)names->pdata;
    const char *near = hf_near_find(node->text, all);
    g_autofree char *found = hf_text__quoted(node->text);
    g_autofree char *joined = hf_text__join(all, ", ");
    if (near != NULL)
        hf_bind__complain(b, node, "unknown law %s; did you mean \"%s\"?", found, near);
    else
        hf_bind__complain(b, node, "unknown law %s; known: %s", found, joined);
}

/* The kind that `law:` names, or NULL after a complaint. */
static const HfLawKind *read_kind(LawReader *reader)
{
    HfBinder *b = reader->binder;
    const HfNode *name = hf_node__get(reader->node, "law");
    if (name == NULL) {
        hf_bind__complain(b, reader->node, "key law is missing: it names the distribution");
        return NULL;
    }
    gsize length = b->path->len;
    g_string_append(b->path, ".law");
    const HfLawKind *kind = NULL;
    if (hf_bind__scalar(b, name, "the name of a law") != NULL) {
        reader->is_poisson =
            reader->key->unit == HF_UNIT_DURATION && strcmp(name->text, "poisson") == 0;
        kind = hf_law_kind_find(reader->is_poisson ? "exponential" : name->text);
        if (kind == NULL) unknown_law(b, name, reader->key->unit);
    }
    g_string_truncate(b->path, length);
    return kind;
}

static gboolean unknown_key(LawReader *reader, const HfNode *key)
{
    g_autoptr(GPtrArray) names = law_keys(reader->law.kind);
    const char *const *all = (const char *const *)names->pdata;
    const char *near = hf_near_find(key->text, all);
    if (near != NULL)
        return hf_bind__complain(reader->binder, key, "unknown key; did you mean \"%s\"?", near);
    g_autofree char *joined = hf_text__join(all + 1, " and ");
    return hf_bind__complain(reader->binder, key, "unknown key; law %s takes %s",
                             reader->law.kind->name, joined);
}

static gboolean load_sample(LawReader *reader, const HfNode *value)
{
    HfBinder *b = reader->binder;
    g_autoptr(GError) error = NULL;
    const char *path = hf_bind__path(b, value, TRUE, NULL);
    if (path == NULL) return FALSE;
    if (hf_law_load_sample(&reader->law, path, &error)) return TRUE;
    if (error->domain == G_FILE_ERROR)
        return hf_complain_io(b->complaints, value, b->path->str, "%s", error->message);
    return hf_bind__complain(b, value, "%s", error->message);
}

static const HfLawParam *find_param(const HfLawKind *kind, const char *name)
{
    for (int i = 0; i < HF_LAW_PARAMS && kind->params[i].name != NULL; i++)
        if (strcmp(kind->params[i].name, name) == 0) return &kind->params[i];
    return NULL;
}

static gboolean read_param(LawReader *reader, const HfLawParam *param, const HfNode *value)
{
    double number = 0;
    HfUnit unit = reader->key->unit;
    gboolean is_rate = param->is_rate && unit == HF_UNIT_DURATION;
    gboolean is_good =
        is_rate ? hf_bind__rate(reader->binder, value, &number)
                : hf_bind__quantity(reader->binder, param->has_unit ? unit : HF_UNIT_NONE, value,
                                    &number);
    if (is_good) hf_law_set(&reader->law, param->name, number);
    return is_good;
}

static gboolean read_key(LawReader *reader, const HfNode *key, const HfNode *value)
{
    HfLaw *law = &reader->law;
    const HfLawParam *param = find_param(law->kind, key->text);
    if (reader->is_poisson && strcmp(key->text, "mean") == 0) param = NULL; /* it has a rate */
    if (param != NULL) return read_param(reader, param, value);
    if (law->kind->takes_file && strcmp(key->text, "file") == 0) return load_sample(reader, value);
    if (strcmp(key->text, "at_least") == 0)
        return hf_bind__quantity(reader->binder, reader->key->unit, value, &law->at_least);
    if (strcmp(key->text, "at_most") == 0)
        return hf_bind__quantity(reader->binder, reader->key->unit, value, &law->at_most);
    return unknown_key(reader, key);
}

/* Point at the parameter that the law's own message begins with. */
static gboolean prepare(LawReader *reader)
{
    HfBinder *b = reader->binder;
    g_autoptr(GError) error = NULL;
    if (hf_law_prepare(&reader->law, &error)) return TRUE;
    const char *colon = strchr(error->message, ':');
    g_autofree char *name =
        colon ? g_strndup(error->message, (gsize)(colon - error->message)) : g_strdup("");
    const HfNode *value =
        reader->node->kind == HF_NODE_MAPPING ? hf_node__get(reader->node, name) : NULL;
    const char *text = value != NULL ? colon + 1 + strspn(colon + 1, " ") : error->message;
    gsize length = b->path->len;
    if (value != NULL) g_string_append_printf(b->path, ".%s", name);
    hf_bind__complain(b, value ? value : reader->node, "%s", text);
    g_string_truncate(b->path, length);
    return FALSE;
}

/* A constant must lie in the key's range; draws of other laws are kept inside it. */
static gboolean apply_range(LawReader *reader)
{
    const HfKey *key = reader->key;
    HfLaw *law = &reader->law;
    double least = -INFINITY, most = INFINITY;
    if (key->minimum != key->maximum) {
        least = key->minimum;
        most = key->maximum;
    } else if (key->unit != HF_UNIT_NONE) {
        least = 0;
    }
    if (law->at_least > law->at_most)
        return hf_bind__complain(reader->binder, reader->node, "at_least is above at_most");
    if (strcmp(law->kind->name, "constant") == 0) {
        HfKey bounded = *key;
        bounded.minimum = least;
        bounded.maximum = most;
        const HfNode *value = reader->node;
        if (value->kind == HF_NODE_MAPPING) value = hf_node__get(value, "value");
        return hf_bind__check_range(reader->binder, &bounded, value, law->param[0]);
    }
    if (law->at_most < least || law->at_least > most)
        return hf_bind__complain(reader->binder, reader->node,
                                 "at_least and at_most leave nothing of the key's range");
    law->at_least = MAX(law->at_least, least);
    law->at_most = MIN(law->at_most, most);
    return TRUE;
}

static gboolean read_mapping(LawReader *reader)
{
    HfBinder *b = reader->binder;
    const HfLawKind *kind = read_kind(reader);
    if (kind == NULL) return FALSE;
    hf_law_init(&reader->law, kind);
    gboolean is_good = TRUE;
    for (uint32_t i = 0; i < reader->node->count; i++) {
        const HfNode *key = reader->node->keys[i];
        if (strcmp(key->text, "law") == 0) continue;
        gsize length = b->path->len;
        g_string_append_printf(b->path, ".%s", key->text);
        is_good &= read_key(reader, key, reader->node->items[i]);
        g_string_truncate(b->path, length);
    }
    if (!is_good) return FALSE;
    if (reader->is_poisson && hf_node__get(reader->node, "rate") == NULL)
        return hf_bind__complain(b, reader->node, "key rate is missing, such as rate: 3/s");
    if (kind->takes_file && reader->law.sample == NULL)
        return hf_bind__complain(b, reader->node, "key file is missing: law %s needs it",
                                 kind->name);
    return prepare(reader);
}

/* What somebody wrote who did not know the form of a law: its name or its rate alone. TRUE after a
 * complaint. */
static gboolean is_half_a_law(const LawReader *reader)
{
    const HfNode *node = reader->node;
    gboolean is_time = reader->key->unit == HF_UNIT_DURATION;
    if (node->kind != HF_NODE_SCALAR) return FALSE;
    if (is_time && strcmp(node->text, "poisson") == 0) {
        hf_bind__complain(reader->binder, node,
                          "a law stands with its parameters: {law: poisson, rate: 3/s}");
        return TRUE;
    }
    const HfLawKind *kind = hf_law_kind_find(node->text);
    if (kind != NULL) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (int i = 0; i < HF_LAW_PARAMS && kind->params[i].name != NULL; i++)
            g_ptr_array_add(names, (gpointer)kind->params[i].name);
        if (kind->takes_file) g_ptr_array_add(names, (gpointer) "file");
        g_ptr_array_add(names, NULL);
        g_autofree char *joined = hf_text__join((const char *const *)names->pdata, " and ");
        hf_bind__complain(reader->binder, node,
                          "a law stands with its parameters: {law: %s, ...}, which takes %s",
                          kind->name, joined);
        return TRUE;
    }
    if (is_time && g_ascii_isdigit(node->text[0]) && strchr(node->text, '/') != NULL) {
        hf_bind__complain(reader->binder, node, "a rate stands in a law: {law: poisson, rate: %s}",
                          node->text);
        return TRUE;
    }
    return FALSE;
}

gboolean hf_fill__law(HfBinder *b, const HfKey *key, const HfNode *node, void *member)
{
    LawReader reader = {.binder = b, .key = key, .node = node};
    gboolean is_good;
    if (node->kind == HF_NODE_MAPPING) {
        is_good = read_mapping(&reader);
    } else if (is_half_a_law(&reader)) {
        return FALSE;
    } else {
        double value = 0;
        is_good = hf_bind__quantity(b, key->unit, node, &value);
        if (is_good) {
            hf_law_init(&reader.law, hf_law_kind_find("constant"));
            hf_law_set(&reader.law, "value", value);
            is_good = prepare(&reader);
        }
    }
    is_good = is_good && apply_range(&reader);
    if (!is_good) {
        hf_law_clear(&reader.law);
        return FALSE;
    }
    *(HfLaw *)member = reader.law;
    g_ptr_array_add(b->store->laws, member);
    return TRUE;
}
