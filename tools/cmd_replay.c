/* `holdfast replay`: the allocator alone, driven by a script of operations (replay.h). */
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/replay.h"

typedef struct Options {
    char *compare;
} Options;

static const HfOption options[] = {
    {"compare", 'c', HF_OPTION_FILE, "FILE",
     "compare with this output instead of printing; the first difference ends with status 3",
     G_STRUCT_OFFSET(Options, compare)},
    {0}};

/* The whole text of a file, or of standard input for NULL and "-". */
static char *read_all(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    char block[4096];
    gsize size = 0;
    if (path != NULL && strcmp(path, "-") != 0) {
        if (!g_file_get_contents(path, &text, &size, error)) return NULL;
    } else {
        GString *all = g_string_new(NULL);
        while ((size = fread(block, 1, sizeof block, stdin)) > 0)
            g_string_append_len(all, block, (gssize)size);
        size = all->len;
        text = g_string_free(all, FALSE);
    }
    if (strlen(text) == size) return g_steal_pointer(&text);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: byte %" G_GSIZE_FORMAT " is NUL",
                path != NULL ? path : "-", strlen(text) + 1);
    return NULL;
}

/* Lines of an expected output that count. */
static GPtrArray *expected_lines(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    for (char **line = all; *line != NULL; line++)
        if (**line != '\0' && **line != '#') g_ptr_array_add(lines, g_strdup(*line));
    return lines;
}

/* Does output line `place` agree with what was expected? Says so if not. */
static gboolean check_line(GPtrArray *expected, guint place, JsonNode *actual, const char *script,
                           guint line_number, const char *line)
{
    g_autoptr(JsonNode) node = NULL;
    const char *want = place < expected->len ? g_ptr_array_index(expected, place) : NULL;
    if (want != NULL) node = json_from_string(want, NULL);
    if (node != NULL && hf_replay_matches(node, actual)) return TRUE;
    g_autofree char *text = hf_replay_print(actual);
    printf("%s:%u: %s\n  expected %s\n  actual   %s\n", script, line_number, line,
           want != NULL ? want : "nothing more", text);
    return FALSE;
}

static int replay_script(const char *script, const char *text, GPtrArray *expected)
{
    g_autoptr(HfReplay) replay = hf_replay_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint done = 0;
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
        GError *error = NULL;
        gboolean is_read = hf_replay_line(replay, lines[i], out, &error);
        for (guint o = 0; o < out->len; o++, done++) {
            JsonNode *node = g_ptr_array_index(out, o);
            if (expected == NULL) {
                g_autofree char *line = hf_replay_print(node);
                puts(line);
            } else if (!check_line(expected, done, node, script, i + 1, lines[i])) {
                g_clear_error(&error);
                return HF_EXIT_EXPECTATION;
            }
        }
        if (expected == NULL && out->len > 0) fflush(stdout);
        if (!is_read) {
            g_prefix_error(&error, "%s:%u: ", script, i + 1);
            return hf_cli_fail(HF_EXIT_USAGE, error);
        }
    }
    if (expected == NULL || done == expected->len) return HF_EXIT_OK;
    printf("%s: the script ends\n  expected %s\n", script,
           (const char *)g_ptr_array_index(expected, done));
    return HF_EXIT_EXPECTATION;
}

static int run(int argc, char **argv)
{
    Options given = {0};
    HfGlobals globals;
    char **args = NULL;
    int code;
    if (!hf_cli_parse(&hf_cmd_replay, argc, argv, &given, &globals, &args, &code)) return code;
    if (args[0] != NULL && args[1] != NULL) {
        code = hf_cli_usage_error(&hf_cmd_replay, "takes one script");
        hf_cli_clear(&hf_cmd_replay, &given, args);
        return code;
    }
    GError *error = NULL;
    g_autofree char *text = read_all(args[0], &error);
    g_autoptr(GPtrArray) expected = NULL;
    if (text != NULL && given.compare != NULL) {
        g_autofree char *wanted = read_all(given.compare, &error);
        if (wanted != NULL) expected = expected_lines(wanted);
    }
    gboolean is_input = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
                        g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR) ||
                        g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    code = error != NULL ? hf_cli_fail(is_input ? HF_EXIT_USAGE : HF_EXIT_FAILURE, error)
                         : replay_script(args[0] != NULL ? args[0] : "-", text, expected);
    hf_cli_clear(&hf_cmd_replay, &given, args);
    return code;
}

const HfCommand hf_cmd_replay = {
    .name = "replay",
    .summary = "drive the allocator alone by a script",
    .usage = "[SCRIPT.jsonl]",
    .description =
        "Reads operations, one JSON object per line, from SCRIPT.jsonl or standard input, drives\n"
        "the allocator with them, and prints what it does, one JSON object per line: offers and\n"
        "inverse offers as they are made, then `ok` or `error` for each operation. The form is "
        "that\n"
        "of recordings of the real Mesos allocator, whose settings are used.\n"
        "\n"
        "With --compare the output is compared line by line as JSON values with FILE; the first\n"
        "difference is printed with its operation, and the status is 3.",
    .options = options,
    .run = run,
};
