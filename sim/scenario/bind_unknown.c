/*
 * Keys that a mapping does not have: what was probably meant. In order: a slip of the fingers, a
 * key of a file beside the scenario, what an arm changes, an agent's resource, a key that stands
 * elsewhere, a part of a name or more than it. Where nothing helps, all that are known here.
 */
#include <string.h>

#include "base/near.h"
#include "scenario/reference.h"
#include "scenario/scenario_internal.h"

#define ELSEWHERE_MAX 3 /* a key that stands in more places than that says nothing */
#define OTHERS_MAX    4 /* models that are named */

static void add_names(GPtrArray *names, const HfKeyTable *table)
{
    if (table == NULL || table->keys == NULL) return;
    for (const HfKey *key = table->keys; key->name != NULL; key++)
        g_ptr_array_add(names, (gpointer)key->name);
}

/* The key that names a file of another program's in which `name` would be known; NULL: there is
 * none. */
static const char *document_with(const HfKeyTable *table, const char *name)
{
    for (const HfKey *key = table != NULL ? table->keys : NULL; key && key->name != NULL; key++) {
        if (key->type != HF_KEY_DOCUMENT) continue;
        if (hf_key_find(key->sub, name) != NULL) return key->name;
        for (const HfKey *list = key->sub->keys; list->name != NULL; list++)
            if (list->type == HF_KEY_LIST && hf_key_find(list->sub, name) != NULL) return key->name;
    }
    return NULL;
}

/* The key that holds resources as one text, if `name` is one of them; NULL: it is not. */
static const char *resources_with(const HfKeyTable *table, const char *name)
{
    static const char *const names[] = {"cpus", "mem",    "disk",  "gpus", "ports",
                                        "cpu",  "memory", "cores", "gpu",  NULL};
    if (!g_strv_contains(names, name)) return NULL;
    for (const HfKey *key = table->keys; key != NULL && key->name != NULL; key++)
        if (key->type == HF_KEY_RESOURCES) return key->name;
    return NULL;
}

typedef struct Search {
    const char *name;
    const char *family; /* "failures[", of the mapping that has a model; NULL: it has none */
    GPtrArray *places;  /* paths that are keys of that name; of models, one for all of them */
    GPtrArray *others;  /* models of the family that have such a key */
} Search;

static void visit_key(const char *path, const HfKey *key, void *data)
{
    Search *search = data;
    if (strcmp(key->name, search->name) != 0 || strstr(path, "{}") != NULL) return;
    const char *last = strrchr(path, '.');
    gboolean is_top = last == NULL || strchr(path, '.') == last;
    if (search->family != NULL && is_top && g_str_has_prefix(path, search->family)) {
        const char *model = path + strlen(search->family);
        if (*model != ']') g_ptr_array_add(search->others, g_strndup(model, strcspn(model, "]")));
    }
    g_ptr_array_add(search->places, g_strdup(path));
}

/* "; outage, reboot and others have it", of models; "" when none has. */
static char *others_text(const Search *search)
{
    guint count = search->others->len;
    if (count == 0) return g_strdup("");
    GString *text = g_string_new("; ");
    for (guint i = 0; i < MIN(count, OTHERS_MAX); i++)
        g_string_append_printf(text, "%s%s",
                               i == 0                                  ? ""
                               : i + 1 == count && count <= OTHERS_MAX ? " and "
                                                                       : ", ",
                               (char *)search->others->pdata[i]);
    if (count > OTHERS_MAX) g_string_append(text, " and others");
    g_string_append(text, count == 1 ? " has it" : " have it");
    return g_string_free(text, FALSE);
}

static gboolean known_here(HfBinder *b, const HfNode *key, const char *const *names,
                           const char *more)
{
    g_autofree char *joined = hf_text__join(names, ", ");
    return hf_bind__complain(b, key, "unknown key; known here: %s%s", joined, more);
}

gboolean hf_bind__unknown_key(HfBinder *b, const HfKeyTable *table, const HfKeyTable *model,
                              const HfNode *key)
{
    const char *document = document_with(table, key->text);
    if (document != NULL)
        return hf_bind__complain(b, key, "is a key of the file that \"%s\" names: write it there",
                                 document);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    add_names(names, table);
    add_names(names, model);
    g_ptr_array_add(names, NULL);
    const char *const *all = (const char *const *)names->pdata;
    const char *near = hf_near_find(key->text, all);
    if (near != NULL) return hf_bind__complain(b, key, "unknown key; did you mean \"%s\"?", near);
    if (b->is_json) return known_here(b, key, all, "");
    if (strchr(key->text, '.') != NULL && g_strv_contains(all, "set"))
        return hf_bind__complain(b, key, "unknown key; what an arm changes stands in \"set\"");
    const char *resources = resources_with(table, key->text);
    if (resources != NULL)
        return hf_bind__complain(
            b, key, "unknown key; write it in \"%s\", as in \"cpus:8;mem:32768\" (MB)", resources);
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    const char *index = strchr(b->path->str, '[');
    g_autofree char *family = model != NULL && index != NULL
                                  ? g_strndup(b->path->str, (gsize)(index - b->path->str) + 1)
                                  : NULL;
    Search search = {key->text, family, places, others};
    hf_scenario_keys_each(b->options->registry, visit_key, &search);
    g_ptr_array_add(places, NULL);
    if (others->len == 0 && places->len > 1 && places->len <= ELSEWHERE_MAX + 1) {
        g_autofree char *text = hf_text__join((const char *const *)places->pdata, " or ");
        return hf_bind__complain(b, key, "unknown key here; did you mean %s?", text);
    }
    near = others->len == 0 ? hf_near_part(key->text, all) : NULL;
    if (near != NULL) return hf_bind__complain(b, key, "unknown key; did you mean \"%s\"?", near);
    g_autofree char *models = others_text(&search);
    return known_here(b, key, all, models);
}
