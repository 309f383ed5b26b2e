/* `holdfast completion`: completion for bash, from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"

static void put_option_names(GString *script, const HfOption *option)
{
    for (; option != NULL && option->name != NULL; option++)
        g_string_append_printf(script, " --%s", option->name);
}

/* What follows an option that takes a value: words, a path, or anything (nothing is proposed). */
static void put_values(GString *script, const HfOption *option)
{
    for (; option != NULL && option->name != NULL; option++) {
        if (option->value == NULL) continue;
        g_autofree char *letter =
            option->letter ? g_strdup_printf("|-%c", option->letter) : g_strdup("");
        g_string_append_printf(script, "            --%s%s) ", option->name, letter);
        if (option->kind == HF_OPTION_CHOICE) {
            g_auto(GStrv) words = g_strsplit(option->value, "|", -1);
            g_autofree char *list = g_strjoinv(" ", words);
            g_string_append_printf(script, "COMPREPLY=($(compgen -W '%s' -- \"$word\")); ", list);
        } else if (option->kind == HF_OPTION_FILE) {
            g_string_append(script, "COMPREPLY=($(compgen -f -- \"$word\")); ");
        }
        g_string_append(script, "return ;;\n");
    }
}

/* One case of the command: its options, or those of all commands (command NULL, when none is
 * typed). */
static void put_case(GString *script, const HfCommand *command, const char *names)
{
    g_string_append_printf(script, "    %s)\n        case $previous in\n",
                           command != NULL ? command->name : "*");
    if (command != NULL) put_values(script, command->options);
    put_values(script, hf_global_options);
    g_string_append_printf(script, "        esac\n        options='%s", names);
    if (command != NULL) put_option_names(script, command->options);
    put_option_names(script, hf_global_options);
    g_string_append(script, "' ;;\n");
}

/* The options before the command whose value must not be taken for it. */
static char *global_with_value(void)
{
    GString *pattern = g_string_new(NULL);
    for (const HfOption *option = hf_global_options; option->name != NULL; option++) {
        if (option->value == NULL) continue;
        g_string_append_printf(pattern, "%s--%s", pattern->len > 0 ? "|" : "", option->name);
    }
    return g_string_free(pattern, FALSE);
}

static char *make_script(void)
{
    g_autofree char *skipped = global_with_value();
    g_autoptr(GString) names = g_string_new(NULL);
    GString *script = g_string_new(NULL);
    g_string_append_printf(script,
                           "# Completion of holdfast for bash; made by 'holdfast completion'.\n"
                           "_holdfast() {\n"
                           "    local word=${COMP_WORDS[COMP_CWORD]} command= options= i\n"
                           "    local previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                           "    COMPREPLY=()\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        case ${COMP_WORDS[i]} in\n"
                           "        %s) ((i++)) ;;\n"
                           "        -*) ;;\n"
                           "        *) command=${COMP_WORDS[i]}; break ;;\n"
                           "        esac\n"
                           "    done\n"
                           "    case $command in\n",
                           skipped);
    for (const HfCommand *const *command = hf_commands; *command != NULL; command++) {
        if ((*command)->hidden) continue;
        put_case(script, *command, "");
        g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", (*command)->name);
    }
    put_case(script, NULL, names->str);
    g_string_append(script, "    esac\n"
                            "    if [ -z \"$command\" ] || [ \"${word:0:1}\" = - ]; then\n"
                            "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                            "    else\n"
                            "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                            "    fi\n"
                            "}\n"
                            "complete -o filenames -F _holdfast holdfast\n");
    return g_string_free(script, FALSE);
}

static int run(int argc, char **argv)
{
    HfGlobals globals;
    g_auto(GStrv) args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_completion, argc, argv, NULL, &globals, &args, &code)) return code;
    if (args[0] != NULL) return hf_cli_usage_error(&hf_cmd_completion, "takes no argument");
    g_autofree char *script = make_script();
    fputs(script, stdout);
    return HF_EXIT_OK;
}

const HfCommand hf_cmd_completion = {
    .name = "completion",
    .summary = "print completion for bash",
    .usage = "",
    .description = "Prints the completion script for bash, for the build to install.",
    .hidden = TRUE,
    .run = run,
};
