/*
 * Options through GLib's parser, from our own constant tables: every option is a callback that
 * finds its row and stores the value at the row's offset. Strings are taken as they are (file names
 * need not be UTF-8) and the locale plays no part.
 */
#include "tools/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/near.h"
#include "base/time.h"

const HfOption hf_global_options[] = {
    {"format", 0, HF_OPTION_CHOICE, "text|json", "form of what goes to standard output",
     offsetof(HfGlobals, format)},
    {"no-progress", 0, HF_OPTION_FLAG, NULL, "never draw progress",
     offsetof(HfGlobals, no_progress)},
    {"quiet", 'q', HF_OPTION_FLAG, NULL, "no talk on standard error but errors",
     offsetof(HfGlobals, quiet)},
    {"help", 'h', HF_OPTION_FLAG, NULL, "show help and end", offsetof(HfGlobals, help)},
    {"version", 0, HF_OPTION_FLAG, NULL, "show the version and end", offsetof(HfGlobals, version)},
    {0}};

/* ---- speech ---- */

static void say(const char *prefix, const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    fprintf(stderr, "holdfast: %s%s\n", prefix, text);
}

void hf_cli_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("error: ", format, arguments);
    va_end(arguments);
}

void hf_cli_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

int hf_cli_fail(HfExit code, GError *error)
{
    hf_cli_error("%s", error->message);
    g_error_free(error);
    return code;
}

int hf_cli_usage_error(const HfCommand *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    hf_cli_error("%s (see 'holdfast %s --help')", text, command->name);
    return HF_EXIT_USAGE;
}

gboolean hf_cli_wants_progress(const HfGlobals *globals)
{
    return !globals->quiet && !globals->no_progress && isatty(STDERR_FILENO);
}

/* ---- values ---- */

typedef struct Parse {
    const HfCommand *command;
    void *options;
    HfGlobals *globals;
} Parse;

static const HfOption *find_in(const HfOption *table, const char *name)
{
    gboolean is_letter = name[0] == '-' && name[1] != '-';
    for (; table != NULL && table->name != NULL; table++) {
        if (is_letter ? table->letter == name[1] : strcmp(table->name, name + 2) == 0) return table;
    }
    return NULL;
}

static gboolean refuse(GError **error, const char *name, const char *value, const char *wanted)
{
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s, not '%s'", name, wanted,
                value);
    return FALSE;
}

static gboolean set_choice(const HfOption *option, const char *name, const char *value, int *field,
                           GError **error)
{
    g_auto(GStrv) words = g_strsplit(option->value, "|", -1);
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], value) != 0) continue;
        *field = i;
        return TRUE;
    }
    g_autofree char *list = g_strjoinv(", ", words);
    g_autofree char *wanted = g_strdup_printf("expected one of %s", list);
    return refuse(error, name, value, wanted);
}

static gboolean set_count(const char *name, const char *value, gint64 *field, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(value, 10, 1, G_MAXINT64, &number, NULL))
        return refuse(error, name, value, "expected a whole number of at least 1");
    *field = (gint64)number;
    return TRUE;
}

static gboolean set_seed(const char *name, const char *value, HfSeedOption *field, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &number, NULL))
        return refuse(error, name, value, "expected a number from 0 to 18446744073709551615");
    *field = (HfSeedOption){TRUE, number};
    return TRUE;
}

static gboolean set_time(const char *name, const char *value, gint64 *field, GError **error)
{
    const char *why;
    HfTime time;
    if (!hf_time_parse(value, &time, &why)) return refuse(error, name, value, why);
    if (time == 0) return refuse(error, name, value, "expected more than nothing");
    *field = time;
    return TRUE;
}

static void append_text(char ***field, const char *value)
{
    guint count = *field == NULL ? 0 : g_strv_length(*field);
    *field = g_renew(char *, *field, count + 2);
    (*field)[count] = g_strdup(value);
    (*field)[count + 1] = NULL;
}

static gboolean set_option(const HfOption *option, const char *name, const char *value, void *base,
                           GError **error)
{
    void *field = (char *)base + option->offset;
    switch (option->kind) {
    case HF_OPTION_FLAG:
        *(gboolean *)field = TRUE;
        return TRUE;
    case HF_OPTION_TEXT:
    case HF_OPTION_FILE:
        if (value[0] == '\0') return refuse(error, name, value, "expected a value");
        g_free(*(char **)field);
        *(char **)field = g_strdup(value);
        return TRUE;
    case HF_OPTION_TEXTS:
        append_text(field, value);
        return TRUE;
    case HF_OPTION_CHOICE:
        return set_choice(option, name, value, field, error);
    case HF_OPTION_COUNT:
        return set_count(name, value, field, error);
    case HF_OPTION_SEED:
        return set_seed(name, value, field, error);
    case HF_OPTION_TIME:
        return set_time(name, value, field, error);
    }
    HF_ASSERT(FALSE);
    return FALSE;
}

/* GLib calls this with "--name" or "-n", whichever was typed. */
static gboolean on_option(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    Parse *parse = data;
    const HfOption *option = find_in(parse->command->options, name);
    if (option != NULL) return set_option(option, name, value, parse->options, error);
    option = find_in(hf_global_options, name);
    HF_ASSERT(option != NULL);
    return set_option(option, name, value, parse->globals, error);
}

/* ---- parsing ---- */

static void add_entries(GArray *entries, const HfOption *table)
{
    for (; table != NULL && table->name != NULL; table++) {
        int flags = G_OPTION_FLAG_FILENAME; /* bytes as they are */
        if (table->kind == HF_OPTION_FLAG) flags = G_OPTION_FLAG_NO_ARG;
        GOptionEntry entry = {table->name, table->letter, flags,       G_OPTION_ARG_CALLBACK,
                              on_option,   table->help,   table->value};
        g_array_append_val(entries, entry);
    }
}

static GOptionContext *make_context(const HfCommand *command, Parse *parse, char ***args)
{
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    add_entries(entries, command->options);
    add_entries(entries, hf_global_options);
    GOptionEntry rest = {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, args, NULL, NULL};
    g_array_append_val(entries, rest);

    GOptionGroup *group = g_option_group_new("main", "", "", parse, NULL);
    g_option_group_add_entries(group, (GOptionEntry *)(void *)entries->data);
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_main_group(context, group);
    return context;
}

static void add_names(GPtrArray *names, const HfOption *table)
{
    for (; table != NULL && table->name != NULL; table++)
        g_ptr_array_add(names, (char *)table->name);
}

/* GLib says "Unknown option --nmae"; say it our way, with the option that was probably meant. */
static void say_unknown(const HfCommand *command, const char *option)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (command != NULL) add_names(names, command->options);
    add_names(names, hf_global_options);
    g_ptr_array_add(names, NULL);
    g_autofree char *word = g_strdup(option + strspn(option, "-"));
    word[strcspn(word, "=")] = '\0';
    const char *near = hf_near_find(word, (const char *const *)names->pdata);
    g_autofree char *hint =
        near != NULL ? g_strdup_printf("; did you mean '--%s'?", near) : g_strdup("");
    hf_cli_error("unknown option '%.*s'%s (see 'holdfast %s%s--help')", (int)strcspn(option, "="),
                 option, hint, command != NULL ? command->name : "", command != NULL ? " " : "");
}

static void say_parse_error(const HfCommand *command, GError *error)
{
    const char *prefix = "Unknown option ";
    if (g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) &&
        g_str_has_prefix(error->message, prefix))
        say_unknown(command, error->message + strlen(prefix));
    else
        hf_cli_usage_error(command, "%s", error->message);
    g_error_free(error);
}

/* GLib drops the value of --flag=value without a word; an option that takes none says so here. */
static gboolean refuse_flag_values(const HfCommand *command, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t size = strcspn(argv[i], "=");
        if (!g_str_has_prefix(argv[i], "--") || argv[i][size] == '\0') continue;
        g_autofree char *name = g_strndup(argv[i], size);
        const HfOption *option = find_in(command->options, name);
        if (option == NULL) option = find_in(hf_global_options, name);
        if (option == NULL || option->kind != HF_OPTION_FLAG) continue;
        hf_cli_usage_error(command, "%s takes no value, but '%s' was given", name,
                           argv[i] + size + 1);
        return FALSE;
    }
    return TRUE;
}

gboolean hf_cli_parse(const HfCommand *command, int argc, char **argv, void *options,
                      HfGlobals *globals, char ***args_out, int *exit_out)
{
    HF_ASSERT(argc >= 1);
    *globals = (HfGlobals){0};
    if (!refuse_flag_values(command, argc, argv)) {
        *exit_out = HF_EXIT_USAGE;
        return FALSE;
    }
    GError *error = NULL;
    char **args = NULL;
    Parse parse = {command, options, globals};
    g_autoptr(GOptionContext) context = make_context(command, &parse, &args);
    g_auto(GStrv) copy = g_new0(char *, (gsize)argc + 1);
    for (int i = 0; i < argc; i++) copy[i] = g_strdup(argv[i]);

    if (!g_option_context_parse_strv(context, &copy, &error)) {
        say_parse_error(command, error);
        hf_cli_clear(command, options, args);
        *exit_out = HF_EXIT_USAGE;
        return FALSE;
    }
    if (globals->help) {
        g_autofree char *help = hf_cli_help(command);
        fputs(help, stdout);
        hf_cli_clear(command, options, args);
        *exit_out = HF_EXIT_OK;
        return FALSE;
    }
    *args_out = args != NULL ? args : g_new0(char *, 1);
    return TRUE;
}

void hf_cli_clear(const HfCommand *command, void *options, char **args)
{
    for (const HfOption *option = command->options; option != NULL && option->name != NULL;
         option++) {
        void *field = (char *)options + option->offset;
        if (option->kind == HF_OPTION_TEXT || option->kind == HF_OPTION_FILE)
            g_clear_pointer((char **)field, g_free);
        if (option->kind == HF_OPTION_TEXTS) g_clear_pointer((char ***)field, g_strfreev);
    }
    g_strfreev(args);
}

char **hf_cli_command_first(int argc, char **argv, int *count_out)
{
    int first = 1;
    while (first < argc && argv[first][0] == '-' && argv[first][1] != '\0') {
        if (strcmp(argv[first], "--") == 0) break;
        g_autofree char *name = g_strndup(argv[first], strcspn(argv[first], "="));
        const HfOption *option =
            name[1] == '-' || name[2] == '\0' ? find_in(hf_global_options, name) : NULL;
        if (option == NULL) {
            say_unknown(NULL, argv[first]);
            return NULL;
        }
        gboolean takes_next = option->kind != HF_OPTION_FLAG && strchr(argv[first], '=') == NULL;
        if (takes_next && ++first == argc) {
            hf_cli_error("option '%s' needs a value: %s", name, option->value);
            return NULL;
        }
        first++;
    }
    int before = first - 1;
    if (first < argc && strcmp(argv[first], "--") == 0) first++;
    char **list = g_new0(char *, (gsize)argc + 1);
    int count = 0;
    if (first < argc) list[count++] = argv[first];
    for (int i = 1; i <= before; i++) list[count++] = argv[i];
    for (int i = first + 1; i < argc; i++) list[count++] = argv[i];
    *count_out = count;
    return list;
}

/* ---- help ---- */

static void help_options(GString *text, const char *title, const HfOption *table)
{
    if (table == NULL || table->name == NULL) return;
    g_string_append_printf(text, "\n%s:\n", title);
    for (; table->name != NULL; table++) {
        g_autofree char *letter =
            table->letter ? g_strdup_printf("-%c, ", table->letter) : g_strdup("    ");
        g_autofree char *left = g_strdup_printf(
            "%s--%s%s%s%s", letter, table->name, table->value ? " " : "",
            table->value ? table->value : "", table->kind == HF_OPTION_TEXTS ? " ..." : "");
        if (strlen(left) > 30)
            g_string_append_printf(text, "  %s\n  %30s %s\n", left, "", table->help);
        else
            g_string_append_printf(text, "  %-30s %s\n", left, table->help);
    }
}

char *hf_cli_help(const HfCommand *command)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "Usage: holdfast %s [OPTION]...%s%s\n\n%s\n", command->name,
                           command->usage[0] ? " " : "", command->usage, command->description);
    help_options(text, "Options", command->options);
    help_options(text, "Options of every command", hf_global_options);
    return g_string_free(text, FALSE);
}
