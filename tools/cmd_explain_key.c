/* `holdfast explain-key PATH...`: what one key of a scenario file means. */
#include <stdio.h>

#include "scenario/reference.h"
#include "tools/commands.h"
#include "tools/registry.h"

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
    for (char **path = args; *path != NULL; path++) {
        GError *error = NULL;
        g_autofree char *text = hf_scenario_key_explain(&registry.scenario, *path, &error);
        if (text == NULL) return hf_cli_fail(HF_EXIT_USAGE, error);
        printf("%s%s%s", path != args ? "\n" : "", text, g_str_has_suffix(text, "\n") ? "" : "\n");
    }
    return HF_EXIT_OK;
}

const HfCommand hf_cmd_explain_key = {
    .name = "explain-key",
    .summary = "say what a key of a scenario file means",
    .usage = "KEY...",
    .description = "Prints type, default, legal range and meaning of each KEY, written as a path:\n"
                   "master.allocation_interval, agents.count, frameworks[batch].arrivals.",
    .run = run,
};
