/* `holdfast schema`: a JSON Schema of scenario files, for editors and other checkers. */
#include <stdio.h>

#include "scenario/reference.h"
#include "tools/commands.h"
#include "tools/registry.h"

static int run(int argc, char **argv)
{
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_schema, argc, argv, NULL, &globals, &args, &code)) return code;
    if (args[0] != NULL) return hf_cli_usage_error(&hf_cmd_schema, "takes no argument");
    HfRegistry registry;
    hf_registry_init(&registry);
    g_autofree char *schema = hf_scenario_schema(&registry.scenario);
    fputs(schema, stdout);
    if (!g_str_has_suffix(schema, "\n")) putchar('\n');
    return HF_EXIT_OK;
}

const HfCommand hf_cmd_schema = {
    .name = "schema",
    .summary = "print the JSON Schema of scenario files",
    .usage = "",
    .description =
        "Prints a JSON Schema (draft 2020-12) of scenario files, made from the same table\n"
        "that reads them. Editors use it to complete and check keys.",
    .run = run,
};
