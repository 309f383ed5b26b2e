/*
 * The key reference: sections in the order of the tables, each table's keys before the tables
 * inside it. Every form (roff, Markdown, one key explained) is a rendering of the same sections.
 */
#include "scenario/reference.h"

#include <math.h>
#include <string.h>

#include "base/near.h"
#include "scenario/scenario_internal.h"

/* ---- Sections ---- */

static void section_free(gpointer data)
{
    HfSection *section = data;
    g_free(section->path);
    g_free(section);
}

static void collect(const HfScenarioRegistry *registry, const char *path, const HfKeyTable *table,
                    const HfModelKeys *model, GPtrArray *sections);

static char *inner_path(const char *path, const char *name)
{
    return path[0] ? g_strconcat(path, ".", name, NULL) : g_strdup(name);
}

/* agents[].trace becomes agents[].trace[openb], frameworks[] becomes frameworks[batch]. */
static char *model_path(const char *path, const char *model)
{
    gsize length = strlen(path);
    if (g_str_has_suffix(path, "[]")) length -= 2;
    return g_strdup_printf("%.*s[%s]", (int)length, path, model);
}

static void collect_models(const HfScenarioRegistry *registry, const char *path,
                           HfModelFamily family, GPtrArray *sections)
{
    const HfModelKeys *const *models = registry->models[family];
    for (; models != NULL && *models != NULL; models++) {
        g_autofree char *inner = model_path(path, (*models)->name);
        collect(registry, inner, (*models)->keys, *models, sections);
    }
}

static gboolean is_known(const GPtrArray *sections, const HfKeyTable *table)
{
    for (guint i = 0; i < sections->len; i++)
        if (((const HfSection *)sections->pdata[i])->table == table) return TRUE;
    return FALSE;
}

/* What stands in a file of another program's: file{}.groups[]. Its tables may contain themselves.
 */
static void collect_document(const HfScenarioRegistry *registry, const char *path,
                             const HfKeyTable *table, GPtrArray *sections)
{
    g_autofree char *inside = g_strconcat(path, "{}", NULL);
    collect(registry, inside, table, NULL, sections);
}

static void collect(const HfScenarioRegistry *registry, const char *path, const HfKeyTable *table,
                    const HfModelKeys *model, GPtrArray *sections)
{
    if (strstr(path, "{}") != NULL && is_known(sections, table)) return;
    HfSection *section = g_new0(HfSection, 1);
    section->path = g_strdup(path);
    section->table = table;
    section->model = model;
    g_ptr_array_add(sections, section);
    const HfKey *key = table ? table->keys : NULL;
    for (; key != NULL && key->name != NULL; key++) {
        g_autofree char *inner = inner_path(path, key->name);
        g_autofree char *list = g_strconcat(inner, "[]", NULL);
        g_autofree char *map = g_strconcat(inner, ".NAME", NULL);
        if (key->type == HF_KEY_TABLE) collect(registry, inner, key->sub, NULL, sections);
        if (key->type == HF_KEY_LIST) collect(registry, list, key->sub, NULL, sections);
        if (key->type == HF_KEY_MAP) collect(registry, map, key->sub, NULL, sections);
        if (key->type == HF_KEY_DOCUMENT) collect_document(registry, inner, key->sub, sections);
        if (key->type == HF_KEY_MODEL) collect_models(registry, path, key->family, sections);
    }
}

GPtrArray *hf_reference__sections(const HfScenarioRegistry *registry)
{
    GPtrArray *sections = g_ptr_array_new_with_free_func(section_free);
    collect(registry, "", &hf_scenario_table, NULL, sections);
    return sections;
}

void hf_scenario_keys_each(const HfScenarioRegistry *registry, HfKeyVisit visit, void *data)
{
    g_autoptr(GPtrArray) sections = hf_reference__sections(registry);
    for (guint i = 0; i < sections->len; i++) {
        const HfSection *section = sections->pdata[i];
        const HfKey *key = section->table ? section->table->keys : NULL;
        for (; key != NULL && key->name != NULL; key++) {
            g_autofree char *path = inner_path(section->path, key->name);
            visit(path, key, data);
        }
    }
}

/* ---- One key in words ---- */

static char *words_text(const HfKeyWord *words, const char *last)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (; words->name != NULL; words++) g_ptr_array_add(names, (gpointer)words->name);
    g_ptr_array_add(names, NULL);
    return hf_text__join((const char *const *)names->pdata, last);
}

static char *models_text(const HfScenarioRegistry *registry, HfModelFamily family)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const HfModelKeys *const *models = registry->models[family];
    for (; models != NULL && *models != NULL; models++)
        g_ptr_array_add(names, (gpointer)(*models)->name);
    if (names->len == 0) return g_strdup(hf_model_family_name(family));
    g_ptr_array_add(names, NULL);
    return hf_text__join((const char *const *)names->pdata, " or ");
}

static const char *law_text(HfUnit unit)
{
    if (unit == HF_UNIT_DURATION) return "duration, or a law of durations";
    if (unit == HF_UNIT_MEMORY) return "amount in MB or with a unit, or a law of them";
    return "number, or a law of numbers";
}

static const char *plain_type_text(const HfKey *key)
{
    switch (key->type) {
    case HF_KEY_BOOL:
        return "true or false";
    case HF_KEY_INT:
    case HF_KEY_U64:
        return "whole number";
    case HF_KEY_DOUBLE:
    case HF_KEY_AMOUNT:
        return "number";
    case HF_KEY_FRACTION:
        return "fraction (0.25, 25%)";
    case HF_KEY_DURATION:
        return "duration (90s, 15m, 7d)";
    case HF_KEY_RATE:
        return "rate (3/s, 2/min)";
    case HF_KEY_MEMORY:
        return "amount in MB or with a unit (64GiB)";
    case HF_KEY_STRING:
        return "text";
    case HF_KEY_NAME:
        return "name";
    case HF_KEY_ROLE:
        return "role";
    case HF_KEY_FILE:
        return "file";
    case HF_KEY_FILES:
        return "list of files";
    case HF_KEY_TRACE:
        return "trace file";
    case HF_KEY_RESOURCES:
        return "resources (cpus:8;mem:32768)";
    case HF_KEY_QUANTITIES:
        return "quantities (cpus:8;mem:32768)";
    case HF_KEY_QUANTITY_SETS:
        return "alternatives of quantities (cpus:0.01|mem:32)";
    case HF_KEY_ATTRIBUTES:
        return "attributes (rack:r1;zone:a)";
    case HF_KEY_LAW:
        return law_text(key->unit);
    case HF_KEY_STRINGS:
        return "list of texts";
    case HF_KEY_EXPECTS:
        return "list of expectations";
    case HF_KEY_JSON:
        return "Mesos JSON";
    case HF_KEY_SETTINGS:
        return "mapping from paths to values";
    case HF_KEY_DOCUMENT:
        return "JSON file";
    case HF_KEY_IGNORED:
        return "accepted, changes nothing";
    case HF_KEY_TABLE:
        return "mapping";
    case HF_KEY_LIST:
        return "list of mappings";
    case HF_KEY_MAP:
        return "mapping from names to mappings";
    case HF_KEY_ENUM:
    case HF_KEY_FLAGS:
    case HF_KEY_POLICY:
    case HF_KEY_MODEL:
        break;
    }
    return NULL;
}

static char *policies_text(const HfScenarioRegistry *registry)
{
    if (registry->policies == NULL) return g_strdup("policy");
    g_autofree char *names = hf_text__join(registry->policies, " or ");
    return g_strconcat(names, registry->open_policy ? ", or path of a library" : "", NULL);
}

char *hf_key_type_text(const HfKey *key, const HfScenarioRegistry *registry)
{
    if (key->type == HF_KEY_ENUM) return words_text(key->words, " or ");
    if (key->type == HF_KEY_MODEL) return models_text(registry, key->family);
    if (key->type == HF_KEY_POLICY) return policies_text(registry);
    if (key->type == HF_KEY_FLAGS) {
        g_autofree char *all = words_text(key->words, ", ");
        return g_strconcat("list of ", all, NULL);
    }
    const char *text = plain_type_text(key);
    HF_ASSERT(text != NULL);
    if (key->words == NULL) return g_strdup(text);
    g_autofree char *words = words_text(key->words, " or ");
    return g_strconcat(text, " or ", words, NULL);
}

char *hf_key_range_text(const HfKey *key)
{
    if (key->minimum == key->maximum) return NULL;
    g_autofree char *least = hf_key__bound_text(key, key->minimum);
    g_autofree char *most = hf_key__bound_text(key, key->maximum);
    if (isinf(key->maximum))
        return g_strconcat(key->above_minimum ? "above " : "at least ", least, NULL);
    return g_strconcat(key->above_minimum ? "above " : "", least, " to ", most, NULL);
}

/* "duration (90s, 15m, 7d), above 0s; default 1s": what follows the name of a key. */
static char *facts(const HfKey *key, const HfScenarioRegistry *registry)
{
    g_autofree char *type = hf_key_type_text(key, registry);
    g_autofree char *range = hf_key_range_text(key);
    GString *line = g_string_new(type);
    if (range != NULL) g_string_append_printf(line, ", %s", range);
    if (key->is_required) g_string_append(line, "; required");
    if (key->fallback != NULL) {
        g_autofree char *bare = g_strdup(key->fallback);
        gsize length = strlen(bare);
        if (length > 2 && bare[0] == '\'') { /* quoted for YAML only */
            memmove(bare, bare + 1, length - 2);
            bare[length - 2] = '\0';
        }
        g_string_append_printf(line, "; default %s", bare);
    }
    return g_string_free(line, FALSE);
}

/* ---- Documents ---- */

typedef struct Writer {
    GString *out;
    gboolean is_roff;
    const HfScenarioRegistry *registry;
} Writer;

/* Text of a document: roff's own marks, and an underscore in Markdown, are made harmless. */
static void put(Writer *w, const char *text)
{
    if (w->is_roff && (text[0] == '.' || text[0] == '\'')) g_string_append(w->out, "\\&");
    for (const char *p = text; *p != '\0'; p++) {
        if (w->is_roff && *p == '\\')
            g_string_append(w->out, "\\e");
        else if (w->is_roff && *p == '-')
            g_string_append(w->out, "\\-");
        else if (!w->is_roff && strchr("_*<|", *p) != NULL)
            g_string_append_printf(w->out, "\\%c", *p);
        else
            g_string_append_c(w->out, *p);
    }
}

static void heading(Writer *w, const char *title, const char *help)
{
    g_string_append(w->out, w->is_roff ? ".SS \"" : "\n## ");
    put(w, title);
    g_string_append(w->out, w->is_roff ? "\"\n" : "\n\n");
    put(w, help);
    g_string_append_c(w->out, '\n');
}

static void entry_head(Writer *w, const char *name, const char *after)
{
    g_string_append(w->out, w->is_roff ? ".TP\n\\fB" : "\n- **");
    put(w, name);
    g_string_append(w->out, w->is_roff ? "\\fR" : "**");
    if (after[0] != '\0') {
        g_string_append(w->out, " (");
        put(w, after);
        g_string_append_c(w->out, ')');
    }
    g_string_append(w->out, w->is_roff ? "\n" : ": ");
}

static void entry_words(Writer *w, const HfKeyWord *words)
{
    for (; words != NULL && words->name != NULL; words++) {
        if (words->help == NULL) continue;
        g_string_append_c(w->out, ' ');
        put(w, words->name);
        g_string_append(w->out, ": ");
        put(w, words->help);
        g_string_append_c(w->out, words[1].name != NULL ? ';' : '.');
    }
}

static void write_key(Writer *w, const HfKey *key)
{
    g_autofree char *after = facts(key, w->registry);
    entry_head(w, key->name, after);
    put(w, key->help);
    entry_words(w, key->words);
    if (key->source != NULL) {
        g_string_append(w->out, " Source: ");
        put(w, key->source);
        g_string_append_c(w->out, '.');
    }
    g_string_append_c(w->out, '\n');
}

/* Whether a key is written as it is in another table. */
static gboolean is_same_key(const HfKey *key, const HfKeyTable *table)
{
    const HfKey *other = hf_key_find(table, key->name);
    return other != NULL && other->type == key->type && other->words == key->words &&
           other->sub == key->sub && g_strcmp0(other->help, key->help) == 0 &&
           g_strcmp0(other->fallback, key->fallback) == 0;
}

/* Whether a section has every key of another one, and how many of them are not as they are there.
 */
static gboolean extends(const HfSection *section, const HfSection *other, guint *own_out)
{
    guint same = 0;
    *own_out = 0;
    if (section->table == NULL || other->table == NULL) return FALSE;
    for (const HfKey *key = other->table->keys; key->name != NULL; key++)
        if (hf_key_find(section->table, key->name) == NULL) return FALSE;
    for (const HfKey *key = section->table->keys; key->name != NULL; key++)
        if (is_same_key(key, other->table))
            same++;
        else
            (*own_out)++;
    return same >= 3 && *own_out <= 4 && same > *own_out;
}

/* The first section before this one that it extends by a few keys: models of one engine are told
 * once. NULL: none. */
static const HfSection *find_like(const GPtrArray *sections, guint place, guint *own_out)
{
    for (guint i = 0; i < place; i++)
        if (extends(sections->pdata[place], sections->pdata[i], own_out)) return sections->pdata[i];
    return NULL;
}

static void paragraph(Writer *w, const char *text)
{
    g_string_append(w->out, w->is_roff ? ".PP\n" : "\n");
    put(w, text);
    g_string_append_c(w->out, '\n');
}

static void write_section(Writer *w, const GPtrArray *sections, guint place)
{
    const HfSection *section = sections->pdata[place];
    guint own = 0;
    const HfSection *like = find_like(sections, place, &own);
    const char *title = section->path[0] ? section->path : "The file";
    const char *help = section->model ? section->model->help : section->table->help;
    heading(w, title, help);
    const HfKey *key = section->table ? section->table->keys : NULL;
    if (key == NULL || key->name == NULL) paragraph(w, "It has no keys of its own.");
    if (like != NULL) {
        g_autofree char *text =
            g_strdup_printf("Its keys are those of %s%s", like->path,
                            own == 0 ? "." : ", but for these, which it has otherwise or alone:");
        paragraph(w, text);
    }
    for (; key != NULL && key->name != NULL; key++)
        if (like == NULL || !is_same_key(key, like->table)) write_key(w, key);
}

static void write_laws(Writer *w)
{
    heading(w, "Laws",
            "A value that may follow a law is written as a constant, or as a mapping with the key "
            "law and the parameters of that law; at_least and at_most clamp every draw. Where "
            "durations are meant, {law: poisson, rate: 3/s} stands for exponential gaps.");
    for (int i = 0; hf_law_kinds[i] != NULL; i++) {
        const HfLawKind *kind = hf_law_kinds[i];
        g_autoptr(GString) params = g_string_new(NULL);
        for (int p = 0; p < HF_LAW_PARAMS && kind->params[p].name != NULL; p++)
            g_string_append_printf(params, "%s%s", p ? ", " : "", kind->params[p].name);
        if (kind->takes_file) g_string_append(params, "file");
        entry_head(w, kind->name, params->str);
        put(w, kind->help);
        for (int p = 0; p < HF_LAW_PARAMS && kind->params[p].name != NULL; p++) {
            g_string_append_c(w->out, ' ');
            put(w, kind->params[p].name);
            g_string_append(w->out, ": ");
            put(w, kind->params[p].help);
            g_string_append_c(w->out, '.');
        }
        g_string_append_c(w->out, '\n');
    }
}

static char *write_reference(const HfScenarioRegistry *registry, gboolean is_roff)
{
    Writer w = {.out = g_string_new(NULL), .is_roff = is_roff, .registry = registry};
    g_autoptr(GPtrArray) sections = hf_reference__sections(registry);
    for (guint i = 0; i < sections->len; i++) write_section(&w, sections, i);
    write_laws(&w);
    return g_string_free(w.out, FALSE);
}

char *hf_scenario_keys_roff(const HfScenarioRegistry *registry)
{
    return write_reference(registry, TRUE);
}

char *hf_scenario_keys_markdown(const HfScenarioRegistry *registry)
{
    return write_reference(registry, FALSE);
}

/* ---- One key explained ---- */

/* Without what stands in brackets, and with any name of a role as NAME. */
static char *normal_path(const char *path)
{
    GString *normal = g_string_new(NULL);
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '[') {
            while (p[1] != '\0' && *p != ']') p++;
        } else {
            g_string_append_c(normal, *p);
        }
    }
    g_auto(GStrv) parts = g_strsplit(normal->str, ".", -1);
    g_string_free(normal, TRUE);
    if (g_strv_length(parts) >= 2 && strcmp(parts[0], "roles") == 0) {
        g_free(parts[1]);
        parts[1] = g_strdup("NAME");
    }
    return g_strjoinv(".", parts);
}

typedef enum Match { MATCH_EXACT, MATCH_NORMAL, MATCH_LAST, MATCH_KINDS } Match;

typedef struct Search {
    const char *wanted, *normal; /* as given; normal form */
    Match match;
    HfKeyVisit visit; /* of what is found */
    void *data;
    gboolean is_found;
    GPtrArray *paths; /* of all keys, for near misses */
} Search;

static gboolean is_match(const Search *search, const char *path)
{
    g_autofree char *normal = normal_path(path);
    const char *last = strrchr(normal, '.');
    switch (search->match) {
    case MATCH_EXACT:
        return strcmp(path, search->wanted) == 0;
    case MATCH_NORMAL:
        return strcmp(normal, search->normal) == 0;
    default:
        return strcmp(last ? last + 1 : normal, search->wanted) == 0;
    }
}

static void visit_match(const char *path, const HfKey *key, void *data)
{
    Search *search = data;
    g_ptr_array_add(search->paths, g_strdup(path));
    if (!is_match(search, path)) return;
    search->is_found = TRUE;
    search->visit(path, key, search->data);
}

static void unknown_path(const HfScenarioRegistry *registry, const Search *search, GError **error)
{
    for (int family = 0; family < HF_MODEL_FAMILIES; family++) {
        if (hf_registry_find(registry, (HfModelFamily)family, search->wanted) == NULL) continue;
        g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                    "%s is no key but a %s: `holdfast list models --keys %s` shows its keys",
                    search->wanted, hf_model_family_name((HfModelFamily)family), search->wanted);
        return;
    }
    g_ptr_array_add(search->paths, NULL);
    const char *near = hf_near_find(search->wanted, (const char *const *)search->paths->pdata);
    if (near != NULL)
        g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                    "unknown key %s; did you mean %s?", search->wanted, near);
    else
        g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                    "unknown key %s; `holdfast list keys` shows all", search->wanted);
}

gboolean hf_scenario_key_find(const HfScenarioRegistry *registry, const char *path,
                              HfKeyVisit visit, void *data, GError **error)
{
    g_autofree char *normal = normal_path(path);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    Search search = {
        .wanted = path, .normal = normal, .visit = visit, .data = data, .paths = paths};
    for (int i = 0; i < MATCH_KINDS && !search.is_found; i++) {
        search.match = (Match)i;
        g_ptr_array_set_size(search.paths, 0);
        hf_scenario_keys_each(registry, visit_match, &search);
    }
    if (!search.is_found) unknown_path(registry, &search, error);
    return search.is_found;
}

typedef struct Explanation {
    const HfScenarioRegistry *registry;
    GString *text;
} Explanation;

char *hf_key_inner_text(const HfKey *key)
{
    if (key->sub == NULL || key->sub->keys == NULL) return NULL;
    GString *text = g_string_new(NULL);
    const char *model = NULL;
    for (const HfKey *inner = key->sub->keys; inner->name != NULL; inner++) {
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", inner->name);
        if (inner->type == HF_KEY_MODEL) model = inner->name;
    }
    if (model != NULL)
        g_string_append_printf(text, "; and those of its `%s`: holdfast list models --keys NAME",
                               model);
    return g_string_free(text, FALSE);
}

static void explain_one(const char *path, const HfKey *key, void *data)
{
    const Explanation *explanation = data;
    GString *out = explanation->text;
    g_autofree char *type = hf_key_type_text(key, explanation->registry);
    g_autofree char *range = hf_key_range_text(key);
    if (out->len > 0) g_string_append_c(out, '\n');
    g_string_append_printf(out, "%s\n  %s\n  takes: %s\n", path, key->help, type);
    if (range != NULL) g_string_append_printf(out, "  range: %s\n", range);
    g_string_append_printf(out, "  default: %s\n",
                           key->is_required ? "none, it is required"
                           : key->fallback  ? key->fallback
                                            : "none");
    g_autofree char *inner = hf_key_inner_text(key);
    if (inner != NULL) g_string_append_printf(out, "  keys: %s\n", inner);
    for (const HfKeyWord *word = key->words; word != NULL && word->name != NULL; word++)
        if (word->help != NULL) g_string_append_printf(out, "  %s: %s\n", word->name, word->help);
    if (key->source != NULL) g_string_append_printf(out, "  source: %s\n", key->source);
}

char *hf_scenario_key_explain(const HfScenarioRegistry *registry, const char *path, GError **error)
{
    Explanation explanation = {registry, g_string_new(NULL)};
    gboolean is_found = hf_scenario_key_find(registry, path, explain_one, &explanation, error);
    return g_string_free(explanation.text, !is_found);
}
