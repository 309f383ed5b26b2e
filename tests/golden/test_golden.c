/*
 * Plays every case NAME.in.jsonl of one group and compares with NAME.out.jsonl. The group "scripts"
 * is ours and lies beside this file; the others are recordings of the real Mesos allocator in
 * $HOLDFAST_GOLDEN. The first difference of a case is printed with its operation.
 */
#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "tools/replay.h"

/* Lines of a file; NULL when it cannot be read. */
static char **read_lines(const char *directory, const char *name, const char *suffix)
{
    g_autofree char *path = g_strconcat(directory, "/", name, suffix, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) return NULL;
    return g_strsplit(text, "\n", -1);
}

/* The next line that is not empty, or NULL; *place moves behind it. */
static const char *next_line(char **lines, guint *place)
{
    while (lines[*place] != NULL && lines[*place][0] == '\0') (*place)++;
    return lines[*place] != NULL ? lines[(*place)++] : NULL;
}

static gboolean is_equal(const char *expected, JsonNode *actual)
{
    if (expected == NULL) return FALSE;
    g_autoptr(JsonNode) node = json_from_string(expected, NULL);
    return node != NULL && hf_replay_matches(node, actual);
}

/* One operation of a case; FALSE and a printed difference when it does something else. */
static gboolean play_line(HfReplay *replay, const char *name, guint number, const char *line,
                          char **expected, guint *place)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autoptr(GError) error = NULL;
    if (!hf_replay_line(replay, line, out, &error)) {
        printf("%s:%u: %s\n", name, number, error->message);
        return FALSE;
    }
    for (guint o = 0; o < out->len; o++) {
        const char *want = next_line(expected, place);
        if (is_equal(want, g_ptr_array_index(out, o))) continue;
        g_autofree char *text = hf_replay_print(g_ptr_array_index(out, o));
        printf("%s:%u: %s\n  expected %s\n  actual   %s\n", name, number, line,
               want != NULL ? want : "nothing more", text);
        return FALSE;
    }
    return TRUE;
}

static gboolean play_case(const char *directory, const char *name)
{
    g_auto(GStrv) script = read_lines(directory, name, ".in.jsonl");
    g_auto(GStrv) expected = read_lines(directory, name, ".out.jsonl");
    if (script == NULL || expected == NULL) {
        printf("%s: cannot be read\n", name);
        return FALSE;
    }
    g_autoptr(HfReplay) replay = hf_replay_new();
    guint place = 0;
    for (guint i = 0; script[i] != NULL; i++)
        if (!play_line(replay, name, i + 1, script[i], expected, &place)) return FALSE;
    const char *more = next_line(expected, &place);
    if (more != NULL) printf("%s: the script ends, expected %s\n", name, more);
    return more == NULL;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *case_names(const char *directory)
{
    GDir *dir = g_dir_open(directory, 0, NULL);
    if (dir == NULL) return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        if (g_str_has_suffix(name, ".in.jsonl"))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".in.jsonl")));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    hf_test_init();
    const char *recorded = g_getenv("HOLDFAST_GOLDEN");
    gboolean is_ours = strcmp(argv[1], "scripts") == 0;
    const char *base = is_ours ? HF_SOURCE_DIR "/tests/golden"
                               : (recorded != NULL ? recorded : HF_SOURCE_DIR "/../shared/golden");
    g_autofree char *directory = g_build_filename(base, argv[1], NULL);
    g_autoptr(GPtrArray) names = case_names(directory);
    if (names == NULL || names->len == 0) {
        printf("no cases in %s: set HOLDFAST_GOLDEN to the folder of recorded cases\n", directory);
        return is_ours ? 1 : HF_TEST_SKIPPED;
    }
    guint matched = 0;
    for (guint i = 0; i < names->len; i++)
        matched += play_case(directory, g_ptr_array_index(names, i)) ? 1 : 0;
    printf("%s: %u of %u cases match\n", argv[1], matched, names->len);
    return matched == names->len ? 0 : 1;
}
