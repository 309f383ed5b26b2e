/* `holdfast check FILE...`: everything that is wrong with scenario files; nothing runs. */
#include <stdio.h>

#include "scenario/scenario.h"
#include "tools/commands.h"
#include "tools/json_out.h"
#include "tools/paths.h"
#include "tools/registry.h"
#include "world/world.h"

typedef struct Check {
    HfScenarioOptions load;
    const HfGlobals *globals;
    JsonBuilder *json; /* an open array */
    gboolean has_bad_input, has_io_error;
} Check;

static void say_good(Check *check, const char *path, const HfScenarioSet *set)
{
    g_autoptr(GPtrArray) late = hf_scenario_late(set);
    if (check->globals->format == HF_FORMAT_TEXT) {
        for (guint i = 0; i < late->len && !check->globals->quiet; i++)
            hf_cli_note("%s", (char *)late->pdata[i]);
        if (set->count > 1)
            printf("%s: ok: %s, %u arms\n", path, set->name, set->count);
        else
            printf("%s: ok: %s\n", path, set->name);
        return;
    }
    hf_json_string(check->json, "name", set->name);
    json_builder_set_member_name(check->json, "notes");
    json_builder_begin_array(check->json);
    for (guint i = 0; i < late->len; i++)
        json_builder_add_string_value(check->json, late->pdata[i]);
    json_builder_end_array(check->json);
    json_builder_set_member_name(check->json, "arms");
    json_builder_begin_array(check->json);
    for (uint32_t i = 0; i < set->count; i++) {
        json_builder_begin_object(check->json);
        hf_json_string(check->json, "arm", set->arms[i]->arm);
        hf_json_string(check->json, "scenario_digest", set->arms[i]->digest);
        json_builder_end_object(check->json);
    }
    json_builder_end_array(check->json);
}

static void say_bad(Check *check, const GPtrArray *messages, const GError *error)
{
    if (g_error_matches(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_IO) ||
        g_error_matches(error, HF_WORLD_ERROR, HF_WORLD_ERROR_IO))
        check->has_io_error = TRUE;
    else
        check->has_bad_input = TRUE;
    if (check->globals->format == HF_FORMAT_TEXT) {
        for (guint i = 0; i < messages->len; i++) hf_cli_error("%s", (char *)messages->pdata[i]);
        if (messages->len == 0) hf_cli_error("%s", error->message);
        return;
    }
    json_builder_set_member_name(check->json, "errors");
    json_builder_begin_array(check->json);
    for (guint i = 0; i < messages->len; i++)
        json_builder_add_string_value(check->json, messages->pdata[i]);
    if (messages->len == 0) json_builder_add_string_value(check->json, error->message);
    json_builder_end_array(check->json);
}

/* Building each arm's world finds what no key can tell: traces, resources that do not fit. */
static gboolean fits_together(const HfScenarioSet *set, GError **error)
{
    for (uint32_t i = 0; i < set->count; i++) {
        g_autoptr(HfWorld) world = hf_world_new(set->arms[i], error);
        if (world != NULL) continue;
        if (set->arms[i]->arm != NULL) g_prefix_error(error, "arm %s: ", set->arms[i]->arm);
        g_autofree char *where = hf_scenario_where(set, (*error)->message);
        g_prefix_error(error, "%s: ", where);
        return FALSE;
    }
    return TRUE;
}

static void check_file(Check *check, const char *name)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = hf_paths_scenario(name, &error);
    g_autoptr(HfScenarioSet) set =
        path != NULL ? hf_scenario_load(path, &check->load, messages, &error) : NULL;
    gboolean is_good = set != NULL && fits_together(set, &error);

    gboolean is_json = check->globals->format == HF_FORMAT_JSON;
    if (is_json) {
        json_builder_begin_object(check->json);
        hf_json_string(check->json, "file", path != NULL ? path : name);
        hf_json_bool(check->json, "ok", is_good);
    }
    if (is_good)
        say_good(check, path, set);
    else
        say_bad(check, messages, error);
    if (is_json) json_builder_end_object(check->json);
}

static int run(int argc, char **argv)
{
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_check, argc, argv, NULL, &globals, &args, &code)) return code;
    if (args[0] == NULL) return hf_cli_usage_error(&hf_cmd_check, "expected a scenario file");

    HfRegistry registry;
    hf_registry_init(&registry);
    g_auto(GStrv) trace_dirs = hf_paths_trace_dirs();
    g_autoptr(JsonBuilder) json = json_builder_new();
    Check check = {
        .load = {.registry = &registry.scenario, .trace_dirs = (const char *const *)trace_dirs},
        .globals = &globals,
        .json = json};
    json_builder_begin_array(json);
    for (char **name = args; *name != NULL; name++) check_file(&check, *name);
    json_builder_end_array(json);
    hf_registry_clear(&registry);
    if (globals.format == HF_FORMAT_JSON) hf_json_print(json);
    if (check.has_bad_input) return HF_EXIT_USAGE;
    return check.has_io_error ? HF_EXIT_FAILURE : HF_EXIT_OK;
}

const HfCommand hf_cmd_check = {
    .name = "check",
    .summary = "say what is wrong with scenario files",
    .usage = "FILE...",
    .description =
        "Reads each FILE as 'holdfast run' would and says every mistake with its line and column;\n"
        "nothing runs. FILE may also be the name of a scenario that comes with the program.\n"
        "What is to happen after the end of the run is told as well; it is no mistake.\n\n"
        "Exit status 2 if a file has a mistake or is not there, 1 if one could not be read.",
    .run = run,
};
