/*
 * Settings of single values from outside: path = value, from the command line or from an arm. They
 * change the tree before it is checked, so a setting is held to the same rules as the file.
 */
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

#define NAMES_TOLD 8 /* of a list's entries, when one is named that there is not */

/* One step of a path: a name or, in brackets, an index or a name. */
typedef struct Step {
    const char *name; /* in the store */
    gboolean is_index;
    uint32_t index;
    const char *end; /* of this step in the path, for messages */
} Step;

typedef struct Setting {
    HfScenarioStore *store;
    HfComplaints *complaints;
    const HfNode *at;
    const char *path;
} Setting;

static gboolean refuse_path(const Setting *setting, const char *why)
{
    return hf_complain(setting->complaints, setting->at, setting->path, "%s", why);
}

/* [3], [name] or ["name"]; *p is behind the bracket. */
static gboolean read_bracket(const Setting *setting, const char **p, Step *step_out)
{
    const char *begin = *p, *end;
    gboolean is_quoted = *begin == '"';
    if (is_quoted) {
        end = strchr(++begin, '"');
        if (end == NULL || end[1] != ']') return refuse_path(setting, "\"] is missing");
        *p = end + 2;
    } else {
        end = strchr(begin, ']');
        if (end == NULL) return refuse_path(setting, "] is missing");
        *p = end + 1;
    }
    if (end == begin) return refuse_path(setting, "nothing stands in the brackets");
    step_out->name = hf_store__text(setting->store, begin, end - begin);
    step_out->is_index =
        !is_quoted && strspn(step_out->name, "0123456789") == strlen(step_out->name);
    if (step_out->is_index) {
        guint64 index = 0;
        if (!g_ascii_string_to_unsigned(step_out->name, 10, 0, G_MAXUINT32, &index, NULL))
            return refuse_path(setting, "the index is too large");
        step_out->index = (uint32_t)index;
    }
    return TRUE;
}

static gboolean read_step(const Setting *setting, const char **p, gboolean is_first, Step *step_out)
{
    *step_out = (Step){0};
    gboolean is_good;
    if (**p == '[') {
        (*p)++;
        is_good = read_bracket(setting, p, step_out);
    } else {
        if (!is_first) {
            if (**p != '.') return refuse_path(setting, "a '.' or '[' is missing");
            (*p)++;
        }
        size_t length = strcspn(*p, ".[");
        if (length == 0) return refuse_path(setting, "a name is missing");
        step_out->name = hf_store__text(setting->store, *p, (gssize)length);
        *p += length;
        is_good = TRUE;
    }
    step_out->end = *p;
    return is_good;
}

/* Complaint about entry `step` of a list that has none such; names what there is. */
static gboolean no_entry(const Setting *setting, const HfNode *list, const Step *step)
{
    g_autofree char *so_far = g_strndup(setting->path, (gsize)(step->end - setting->path));
    if (step->is_index)
        return hf_complain(setting->complaints, setting->at, so_far,
                           "the list has %u %s, counted from 0", list->count,
                           list->count == 1 ? "entry" : "entries");
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (uint32_t i = 0; i < list->count; i++) {
        const HfNode *name =
            list->items[i]->kind == HF_NODE_MAPPING ? hf_node__get(list->items[i], "name") : NULL;
        if (name != NULL && name->kind == HF_NODE_SCALAR)
            g_ptr_array_add(names, (gpointer)name->text);
    }
    g_ptr_array_add(names, NULL);
    const char *near = hf_near_find(step->name, (const char *const *)names->pdata);
    g_autofree char *all = hf_text__join((const char *const *)names->pdata, ", ");
    gboolean are_few = names->len > 1 && names->len <= NAMES_TOLD + 1;
    g_autofree char *hint = near      ? g_strdup_printf("; did you mean \"%s\"?", near)
                            : are_few ? g_strdup_printf("; it has %s", all)
                                      : g_strdup("");
    return hf_complain(setting->complaints, setting->at, so_far,
                       "the list has no entry of that name%s", hint);
}

/* Where the value of a step stands in its parent; NULL when absent. */
static HfNode **find_slot(HfNode *parent, const Step *step)
{
    if (parent->kind == HF_NODE_MAPPING) {
        for (uint32_t i = 0; i < parent->count; i++)
            if (strcmp(parent->keys[i]->text, step->name) == 0) return &parent->items[i];
        return NULL;
    }
    if (step->is_index) return step->index < parent->count ? &parent->items[step->index] : NULL;
    for (uint32_t i = 0; i < parent->count; i++) {
        HfNode *item = parent->items[i];
        const HfNode *name = item->kind == HF_NODE_MAPPING ? hf_node__get(item, "name") : NULL;
        if (name != NULL && name->kind == HF_NODE_SCALAR && strcmp(name->text, step->name) == 0)
            return &parent->items[i];
    }
    return NULL;
}

static HfNode *new_key(const Setting *setting, const Step *step)
{
    HfNode *key = hf_node__new(setting->store, HF_NODE_SCALAR, setting->at);
    key->text = step->name;
    key->is_plain = TRUE;
    return key;
}

gboolean hf_override__apply(HfScenarioStore *store, HfNode *root, const char *path,
                            const HfNode *value, const HfNode *at, HfComplaints *complaints)
{
    Setting setting = {.store = store, .complaints = complaints, .at = at, .path = path};
    HfNode *parent = root;
    const char *p = path;
    for (gboolean is_first = TRUE;; is_first = FALSE) {
        Step step;
        if (!read_step(&setting, &p, is_first, &step)) return FALSE;
        if (parent->kind == HF_NODE_SCALAR) {
            g_autofree char *found = hf_node__describe(parent);
            return hf_complain(complaints, at, path, "%s has no keys: it is %s",
                               is_first ? "the file" : "what stands before the last part", found);
        }
        HfNode **slot = find_slot(parent, &step);
        if (slot == NULL && parent->kind == HF_NODE_SEQUENCE)
            return no_entry(&setting, parent, &step);
        if (*p == '\0') {
            HfNode *copy = hf_node__copy(store, value);
            if (slot != NULL)
                *slot = copy;
            else
                hf_node__append(store, parent, new_key(&setting, &step), copy);
            return TRUE;
        }
        if (slot == NULL) {
            HfNode *made = hf_node__new(store, HF_NODE_MAPPING, at);
            hf_node__append(store, parent, new_key(&setting, &step), made);
            parent = made;
        } else {
            parent = *slot;
        }
    }
}

gboolean hf_override__apply_text(HfScenarioStore *store, HfNode *root, const char *setting,
                                 HfComplaints *complaints)
{
    g_autofree char *valid = g_utf8_make_valid(setting, -1);
    HfNode place = {.origin = hf_store__printf(store, "--set %s", valid)};
    const char *equals = strchr(valid, '=');
    const char *quote = strchr(valid, '"'); /* roles["a=b"].weight=2 */
    if (quote != NULL && equals != NULL && quote < equals) {
        const char *close = strstr(quote + 1, "\"]");
        equals = close ? strchr(close, '=') : NULL;
    }
    if (equals == NULL || equals == valid)
        return hf_complain(complaints, &place, NULL, "not of the form KEY=VALUE");
    const char *path = hf_store__text(store, valid, equals - valid);
    if (equals[1] == '\0') return hf_complain(complaints, &place, path, "has no value");
    HfNode *value =
        hf_node__parse(store, equals + 1, strlen(equals + 1), place.origin, FALSE, complaints);
    return value != NULL && hf_override__apply(store, root, path, value, &place, complaints);
}
