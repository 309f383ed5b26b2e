/* `holdfast explain-key PATH...`: what one key of a scenario file means. */
#include <stdio.h>

#include "scenario/reference.h"
#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/registry.h"

typedef struct Explain {
    const HfScenarioRegistry *registry;
    JsonBuilder *json; /* an open array; NULL: text is asked for */
    gboolean has_text;
} Explain;

static void json_words(JsonBuilder *json, const HfKeyWord *words)
{
    json_builder_set_member_name(json, "words");
    json_builder_begin_array(json);
    for (; words->name != NULL; words++) {
        json_builder_begin_object(json);
        hf_json_string(json, "word", words->name);
        hf_json_string(json, "help", words->help);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void json_inner(JsonBuilder *json, const HfKeyTable *table)
{
    json_builder_set_member_name(json, "keys");
    json_builder_begin_array(json);
    for (const HfKey *key = table->keys; key->name != NULL; key++)
        json_builder_add_string_value(json, key->name);
    json_builder_end_array(json);
}

static void json_key(const char *path, const HfKey *key, void *data)
{
    const Explain *explain = data;
    g_autofree char *type = hf_key_type_text(key, explain->registry);
    g_autofree char *range = hf_key_range_text(key);
    json_builder_begin_object(explain->json);
    hf_json_string(explain->json, "key", path);
    hf_json_string(explain->json, "type", type);
    hf_json_string(explain->json, "range", range);
    hf_json_bool(explain->json, "required", key->is_required);
    hf_json_string(explain->json, "default", key->fallback);
    hf_json_string(explain->json, "help", key->help);
    hf_json_string(explain->json, "source", key->source);
    if (key->sub != NULL && key->sub->keys != NULL) json_inner(explain->json, key->sub);
    if (key->words != NULL) json_words(explain->json, key->words);
    json_builder_end_object(explain->json);
}

/* FALSE when there is no such key. */
static gboolean explain_path(Explain *explain, const char *path, GError **error)
{
    if (explain->json != NULL)
        return hf_scenario_key_find(explain->registry, path, json_key, explain, error);
    g_autofree char *text = hf_scenario_key_explain(explain->registry, path, error);
    if (text == NULL) return FALSE;
    printf("%s%s", explain->has_text ? "\n" : "", text);
    explain->has_text = TRUE;
    return TRUE;
}

static int run(int argc, char **argv)
{
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_explain_key, argc, argv, NULL, &globals, &args, &code)) return code;
    if (args[0] == NULL)
        return hf_cli_usage_error(&hf_cmd_explain_key,
                                  "expected a key such as master.allocation_interval");
    HfRegistry registry;
    hf_registry_init(&registry);
    g_autoptr(JsonBuilder) json = globals.format == HF_FORMAT_JSON ? json_builder_new() : NULL;
    if (json != NULL) json_builder_begin_array(json);
    Explain explain = {&registry.scenario, json, FALSE};
    GError *error = NULL;
    for (char **path = args; *path != NULL && error == NULL; path++)
        explain_path(&explain, *path, &error);
    hf_registry_clear(&registry);
    if (error != NULL) return hf_cli_fail(HF_EXIT_USAGE, error);
    if (json == NULL) return HF_EXIT_OK;
    json_builder_end_array(json);
    hf_json_print(json);
    return HF_EXIT_OK;
}

const HfCommand hf_cmd_explain_key = {
    .name = "explain-key",
    .summary = "say what a key of a scenario file means",
    .usage = "KEY...",
    .description = "Prints type, default, legal range, meaning and inner keys of each KEY, written "
                   "as a path:\n"
                   "master.allocation_interval, agents.count, frameworks[batch].arrivals.\n"
                   "The last word alone means every key that is called so.",
    .run = run,
};
