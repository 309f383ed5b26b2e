/*
 * JSON Schema (draft 2020-12) of scenario files, for editors. It says everything that a schema can
 * say about the key tables; what stands in resource texts, and rules between keys, remain with
 * `holdfast check`. A file that `check` accepts is accepted by the schema.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "scenario/reference.h"
#include "scenario/scenario_internal.h"

typedef struct Schema {
    const HfScenarioRegistry *registry;
} Schema;

static const char number_pattern[] = "(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?";
static const char time_unit[] = "(?:ns|us|ms|s|secs?|m|mins?|h|hrs?|d|days?|w|weeks?)";

static JsonObject *table_object(const Schema *schema, const HfKeyTable *table);

/* ---- Small makers ---- */

static JsonObject *of_type(const char *type)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "type", type);
    return object;
}

static JsonObject *text_like(const char *before, const char *after)
{
    JsonObject *object = of_type("string");
    g_autofree char *pattern = g_strdup_printf("^%s%s%s$", before, number_pattern, after);
    json_object_set_string_member(object, "pattern", pattern);
    return object;
}

static JsonObject *ref(const char *name)
{
    JsonObject *object = json_object_new();
    g_autofree char *target = g_strconcat("#/$defs/", name, NULL);
    json_object_set_string_member(object, "$ref", target);
    return object;
}

/* Any of the alternatives; takes them over, NULL ends the list. */
static JsonObject *any_of(JsonObject *first, ...)
{
    va_list args;
    JsonArray *list = json_array_new();
    va_start(args, first);
    for (JsonObject *one = first; one != NULL; one = va_arg(args, JsonObject *))
        json_array_add_object_element(list, one);
    va_end(args);
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "anyOf", list);
    return object;
}

static JsonObject *list_of(JsonObject *items)
{
    JsonObject *object = of_type("array");
    json_object_set_object_member(object, "items", items);
    return object;
}

/* A word that looks like a number is one to a YAML reader: both forms are legal. */
static void add_word(JsonArray *list, const char *word)
{
    double value;
    const char *end;
    json_array_add_string_element(list, word);
    if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
        json_array_add_boolean_element(list, word[0] == 't');
    if (hf_number__scan(word, &end, &value) && *end == '\0')
        json_array_add_double_element(list, value);
}

static JsonObject *one_of_words(const HfKeyWord *words)
{
    JsonArray *list = json_array_new();
    JsonObject *object = json_object_new();
    for (; words->name != NULL; words++) add_word(list, words->name);
    json_object_set_array_member(object, "enum", list);
    return object;
}

static JsonObject *one_of_names(const char *const *names)
{
    JsonArray *list = json_array_new();
    JsonObject *object = json_object_new();
    for (; names != NULL && *names != NULL; names++) add_word(list, *names);
    json_object_set_array_member(object, "enum", list);
    return object;
}

/* A name, or the path of a library. */
static JsonObject *policy(const HfScenarioRegistry *registry)
{
    JsonObject *names = one_of_names(registry->policies);
    if (registry->open_policy == NULL) return names;
    JsonObject *path = of_type("string"), *any = json_object_new();
    JsonArray *list = json_array_new();
    json_object_set_string_member(path, "pattern", "/|\\.so$");
    json_array_add_object_element(list, names);
    json_array_add_object_element(list, path);
    json_object_set_array_member(any, "anyOf", list);
    return any;
}

static JsonObject *one_of_models(const Schema *schema, HfModelFamily family)
{
    JsonArray *list = json_array_new();
    JsonObject *object = json_object_new();
    const HfModelKeys *const *models = schema->registry->models[family];
    for (; models != NULL && *models != NULL; models++) add_word(list, (*models)->name);
    json_object_set_array_member(object, "enum", list);
    return object;
}

/* ---- Types ---- */

/* Bounds of plain numbers; quantities with units are checked by the program alone. */
static JsonObject *number_in(const HfKey *key, const char *type)
{
    JsonObject *object = of_type(type);
    if (key->minimum == key->maximum) return object;
    if (isfinite(key->minimum))
        json_object_set_double_member(object, key->above_minimum ? "exclusiveMinimum" : "minimum",
                                      key->minimum);
    if (isfinite(key->maximum)) json_object_set_double_member(object, "maximum", key->maximum);
    return object;
}

static JsonObject *from_zero(const char *type)
{
    JsonObject *object = of_type(type);
    json_object_set_int_member(object, "minimum", 0);
    return object;
}

static const char *unit_def(HfUnit unit)
{
    if (unit == HF_UNIT_DURATION) return "duration";
    return unit == HF_UNIT_MEMORY ? "memory" : "number";
}

static const char *law_def(HfUnit unit)
{
    if (unit == HF_UNIT_DURATION) return "law-of-durations";
    return unit == HF_UNIT_MEMORY ? "law-of-memory" : "law-of-numbers";
}

static JsonObject *map_of(const Schema *schema, const HfKeyTable *table)
{
    JsonObject *object = of_type("object");
    json_object_set_object_member(object, "additionalProperties", table_object(schema, table));
    return object;
}

/* YAML readers take a bare 1.11 for a number: texts may look so. */
static JsonObject *text_or_number(void)
{
    return any_of(of_type("string"), of_type("number"), NULL);
}

static JsonObject *name_or_number(void)
{
    JsonObject *name = of_type("string");
    json_object_set_string_member(name, "pattern", "^[A-Za-z0-9][A-Za-z0-9._-]*$");
    return any_of(name, of_type("number"), NULL);
}

/* A mapping of the key's sub-table, or what stands for it in short. */
static JsonObject *entry_object(const Schema *schema, const HfKey *key)
{
    JsonObject *object = table_object(schema, key->sub);
    return key->short_key != NULL ? any_of(text_or_number(), object, NULL) : object;
}

static JsonObject *type_object(const Schema *schema, const HfKey *key)
{
    switch (key->type) {
    case HF_KEY_BOOL:
        return of_type("boolean");
    case HF_KEY_INT:
        if (key->words != NULL)
            return any_of(one_of_words(key->words), number_in(key, "integer"),
                          text_like("[-+]?", ""), NULL);
        return any_of(number_in(key, "integer"), text_like("[-+]?", ""), NULL);
    case HF_KEY_U64:
        return from_zero("integer");
    case HF_KEY_AMOUNT:
        if (key->words != NULL)
            return any_of(one_of_words(key->words), from_zero("number"), text_like("\\+?", ""),
                          NULL);
        return any_of(from_zero("number"), text_like("\\+?", ""), NULL);
    case HF_KEY_DOUBLE:
        return any_of(number_in(key, "number"), text_like("[-+]?", ""), NULL);
    case HF_KEY_FRACTION:
        return any_of(from_zero("number"), text_like("\\+?", "%?"), NULL);
    case HF_KEY_DURATION:
        if (key->words != NULL) return any_of(one_of_words(key->words), ref("duration"), NULL);
        return ref("duration");
    case HF_KEY_RATE:
        return ref("rate");
    case HF_KEY_MEMORY:
        if (key->words != NULL) return any_of(one_of_words(key->words), ref("memory"), NULL);
        return ref("memory");
    case HF_KEY_NAME:
        return name_or_number();
    case HF_KEY_STRING:
    case HF_KEY_ROLE:
    case HF_KEY_FILE:
    case HF_KEY_TRACE:
    case HF_KEY_DOCUMENT:
        return text_or_number();
    case HF_KEY_IGNORED:
        return json_object_new();
    case HF_KEY_RESOURCES:
    case HF_KEY_QUANTITIES:
    case HF_KEY_QUANTITY_SETS:
    case HF_KEY_ATTRIBUTES:
        return of_type("string");
    case HF_KEY_ENUM:
        return one_of_words(key->words);
    case HF_KEY_FLAGS:
        return list_of(one_of_words(key->words));
    case HF_KEY_POLICY:
        return policy(schema->registry);
    case HF_KEY_FILES:
    case HF_KEY_STRINGS:
        return list_of(text_or_number());
    case HF_KEY_EXPECTS:
        return list_of(of_type("string"));
    case HF_KEY_LAW:
        return ref(law_def(key->unit));
    case HF_KEY_JSON:
    case HF_KEY_SETTINGS:
        return of_type("object");
    case HF_KEY_TABLE:
        return entry_object(schema, key);
    case HF_KEY_LIST:
        return list_of(entry_object(schema, key));
    case HF_KEY_MAP:
        return map_of(schema, key->sub);
    case HF_KEY_MODEL:
        return one_of_models(schema, key->family);
    }
    HF_ASSERT(!"a type without schema");
    return NULL;
}

static JsonObject *key_object(const Schema *schema, const HfKey *key)
{
    JsonObject *object = type_object(schema, key);
    g_autofree char *range = hf_key_range_text(key);
    GString *text = g_string_new(key->help);
    if (range != NULL) g_string_append_printf(text, " Range: %s.", range);
    if (key->fallback != NULL) g_string_append_printf(text, " Default: %s.", key->fallback);
    json_object_set_string_member(object, "description", text->str);
    g_string_free(text, TRUE);
    return object;
}

/* ---- Tables ---- */

/* `properties` and `required` of a table, into an object. */
static void add_keys(const Schema *schema, JsonObject *object, const HfKeyTable *table)
{
    JsonObject *properties = json_object_new();
    JsonArray *required = json_array_new();
    const HfKey *key = table ? table->keys : NULL;
    for (; key != NULL && key->name != NULL; key++) {
        json_object_set_object_member(properties, key->name, key_object(schema, key));
        if (key->is_required) json_array_add_string_element(required, key->name);
    }
    json_object_set_object_member(object, "properties", properties);
    json_object_set_array_member(object, "required", required);
}

/* If the choosing key names this model, then its keys are known, too. */
static JsonObject *model_branch(const Schema *schema, const HfKey *choice, const HfModelKeys *model)
{
    JsonObject *constant = json_object_new();
    json_object_set_string_member(constant, "const", model->name);
    JsonObject *properties = json_object_new();
    json_object_set_object_member(properties, choice->name, constant);
    JsonObject *condition = json_object_new();
    json_object_set_object_member(condition, "properties", properties);
    JsonObject *then = json_object_new();
    json_object_set_string_member(then, "description", model->help);
    add_keys(schema, then, model->keys);
    JsonObject *branch = json_object_new();
    json_object_set_object_member(branch, "if", condition);
    json_object_set_object_member(branch, "then", then);
    return branch;
}

static JsonObject *table_object(const Schema *schema, const HfKeyTable *table)
{
    JsonObject *object = of_type("object");
    json_object_set_string_member(object, "description", table->help);
    add_keys(schema, object, table);
    JsonArray *branches = json_array_new();
    for (const HfKey *key = table->keys; key->name != NULL; key++) {
        if (key->type != HF_KEY_MODEL) continue;
        const HfModelKeys *const *models = schema->registry->models[key->family];
        for (; models != NULL && *models != NULL; models++)
            json_array_add_object_element(branches, model_branch(schema, key, *models));
    }
    gboolean has_branches = json_array_get_length(branches) > 0;
    if (has_branches)
        json_object_set_array_member(object, "allOf", branches);
    else
        json_array_unref(branches);
    json_object_set_boolean_member(
        object, has_branches ? "unevaluatedProperties" : "additionalProperties", FALSE);
    return object;
}

/* ---- Laws and quantities ---- */

static JsonObject *param_object(const HfLawParam *param, HfUnit unit)
{
    JsonObject *object = ref(param->has_unit                              ? unit_def(unit)
                             : param->is_rate && unit == HF_UNIT_DURATION ? "rate"
                                                                          : "number");
    json_object_set_string_member(object, "description", param->help);
    return object;
}

static JsonObject *law_object(const HfLawKind *kind, const char *name, HfUnit unit)
{
    JsonObject *object = of_type("object");
    JsonObject *properties = json_object_new();
    JsonArray *required = json_array_new();
    JsonObject *law = json_object_new();
    json_object_set_string_member(law, "const", name);
    json_object_set_object_member(properties, "law", law);
    json_array_add_string_element(required, "law");
    for (int i = 0; i < HF_LAW_PARAMS && kind->params[i].name != NULL; i++) {
        const HfLawParam *param = &kind->params[i];
        json_object_set_object_member(properties, param->name, param_object(param, unit));
        if (param->is_required) json_array_add_string_element(required, param->name);
    }
    if (kind->takes_file) {
        json_object_set_object_member(properties, "file", of_type("string"));
        json_array_add_string_element(required, "file");
    }
    json_object_set_object_member(properties, "at_least", ref(unit_def(unit)));
    json_object_set_object_member(properties, "at_most", ref(unit_def(unit)));
    json_object_set_object_member(object, "properties", properties);
    json_object_set_array_member(object, "required", required);
    json_object_set_boolean_member(object, "additionalProperties", FALSE);
    json_object_set_string_member(object, "description", kind->help);
    return object;
}

static JsonObject *any_law(HfUnit unit)
{
    JsonObject *object = any_of(ref(unit_def(unit)), NULL);
    JsonArray *list = json_object_get_array_member(object, "anyOf");
    for (int i = 0; hf_law_kinds[i] != NULL; i++)
        json_array_add_object_element(list,
                                      law_object(hf_law_kinds[i], hf_law_kinds[i]->name, unit));
    if (unit == HF_UNIT_DURATION)
        json_array_add_object_element(list,
                                      law_object(hf_law_kind_find("exponential"), "poisson", unit));
    return object;
}

/* The only quantity that needs no unit. */
static JsonObject *zero(void)
{
    JsonObject *object = json_object_new();
    JsonArray *list = json_array_new();
    json_array_add_int_element(list, 0);
    json_object_set_array_member(object, "enum", list);
    return object;
}

static JsonObject *definitions(void)
{
    JsonObject *defs = json_object_new();
    g_autofree char *behind_time = g_strconcat(" *", time_unit, NULL);
    g_autofree char *behind_rate = g_strconcat("/", time_unit, NULL);
    json_object_set_object_member(defs, "duration",
                                  any_of(text_like("", behind_time), zero(), NULL));
    json_object_set_object_member(
        defs, "memory", any_of(of_type("number"), text_like("\\+?", " *(?:B|[KMGTP]i?B)?"), NULL));
    json_object_set_object_member(defs, "rate",
                                  any_of(text_like("\\+?", behind_rate), zero(), NULL));
    json_object_set_object_member(defs, "number",
                                  any_of(of_type("number"), text_like("[-+]?", ""), NULL));
    static const HfUnit units[] = {HF_UNIT_NONE, HF_UNIT_DURATION, HF_UNIT_MEMORY};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        json_object_set_object_member(defs, law_def(units[i]), any_law(units[i]));
    return defs;
}

char *hf_scenario_schema(const HfScenarioRegistry *registry)
{
    Schema schema = {.registry = registry};
    JsonObject *root = table_object(&schema, &hf_scenario_table);
    json_object_set_string_member(root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_object_set_string_member(root, "title", "Holdfast scenario");
    json_object_set_object_member(root, "$defs", definitions());
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), root);
    json_object_unref(root);
    return json_to_string(node, TRUE);
}
