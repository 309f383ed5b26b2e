/*
 * Bad scenario files: each is refused with one clear message and its place. The files stand in
 * tests/scenario/malformed, each NAME.yaml with the expected first line in NAME.err; what cannot
 * well be committed as a file is made here.
 */
#include "fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const char corpus[] = HF_SOURCE_DIR "/tests/scenario/malformed";

static HfScenarioSet *load(const char *path, GPtrArray *messages, GError **error)
{
    static const char *const trace_dirs[] = {"nowhere", NULL};
    HfScenarioOptions options = {.registry = &registry, .trace_dirs = trace_dirs};
    return hf_scenario_load(path, &options, messages, error);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *corpus_files(void)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(corpus, 0, NULL);
    assert_non_null(dir);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        if (g_str_has_suffix(name, ".yaml")) g_ptr_array_add(files, g_strdup(name));
    g_dir_close(dir);
    qsort(files->pdata, files->len, sizeof(char *), by_text);
    return files;
}

/* Mesos rows: 355 (framework-minimum-negative.yaml). */
static void every_file_of_the_corpus_gives_its_message(void **state)
{
    g_autoptr(GPtrArray) files = corpus_files();
    gboolean is_good = TRUE;
    assert_int_equal(g_chdir(corpus), 0);
    for (guint i = 0; i < files->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *expected = NULL;
        char *name = files->pdata[i];
        g_autofree char *wanted_path =
            g_strdup_printf("%.*s.err", (int)(strlen(name) - strlen(".yaml")), name);
        if (!g_file_get_contents(wanted_path, &expected, NULL, NULL))
            fail_msg("%s is missing", wanted_path);
        g_strchomp(expected);
        g_autoptr(HfScenarioSet) set = load(name, messages, &error);
        const char *message = set != NULL ? "(accepted)" : error->message;
        if (strcmp(message, expected) != 0) {
            is_good = FALSE;
            print_error("%s:\n  expected: %s\n  got:      %s\n", name, expected, message);
        }
        if (set != NULL) continue;
        assert_true(g_error_matches(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT));
        assert_true(messages->len >= 1);
        assert_string_equal(messages->pdata[0], error->message);
        assert_null(strchr(error->message, '\n'));
        assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    assert_true(is_good);
}

static void the_corpus_is_large(void **state)
{
    g_autoptr(GPtrArray) files = corpus_files();
    assert_true(files->len >= 70);
}

static void refuse_file(const char *path, int code, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_null(load(path, NULL, &error));
    assert_string_equal(error->message, message);
    assert_true(g_error_matches(error, HF_SCENARIO_ERROR, code));
}

static void refuse_bytes(const char *text, gsize size, const char *message)
{
    g_autoptr(GError) error = NULL;
    HfScenarioOptions options = {.registry = &registry};
    assert_null(hf_scenario_parse(text, size, "t.yaml", &options, NULL, &error));
    assert_string_equal(error->message, message);
}

static void a_directory_is_no_scenario(void **state)
{
    refuse_file("/", HF_SCENARIO_ERROR_INPUT, "/: is a directory, not a scenario file");
}

static void a_file_that_is_not_there_is_bad_input(void **state)
{
    refuse_file("/nonexistent/s.yaml", HF_SCENARIO_ERROR_INPUT,
                "/nonexistent/s.yaml: cannot be read: No such file or directory");
}

static void a_file_without_permission_is_a_failure_to_read(void **state)
{
    if (geteuid() == 0) skip(); /* root may read everything */
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("holdfast-XXXXXX.yaml", &path, NULL);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(g_chmod(path, 0), 0);
    g_autofree char *message = g_strdup_printf("%s: cannot be read: Permission denied", path);
    refuse_file(path, HF_SCENARIO_ERROR_IO, message);
    g_unlink(path);
}

static void a_device_without_end_is_refused(void **state)
{
    refuse_file("/dev/zero", HF_SCENARIO_ERROR_INPUT, "/dev/zero:1:1: too large: more than 16 MiB");
}

static void a_nul_byte_is_refused_with_its_place(void **state)
{
    refuse_bytes("name: a\nx\0y", 11, "t.yaml:2:2: holds a NUL byte; is it text?");
}

static void bad_utf8_is_refused_with_its_place(void **state)
{
    refuse_bytes("name: a\nquestion: h\xC3\xA9 \xFF", 23,
                 "t.yaml:2:14: not valid UTF-8: byte 0xFF");
    refuse_bytes("a: \xED\xA0\x80", 6, "t.yaml:1:4: not valid UTF-8: byte 0xED");
}

static void utf16_is_refused(void **state)
{
    refuse_bytes("\xFF\xFEn\0a\0", 6, "t.yaml:1:1: not valid UTF-8: byte 0xFF");
}

static void ten_megabytes_of_nesting_are_refused_at_once(void **state)
{
    gsize size = 10 * 1024 * 1024;
    g_autofree char *text = g_malloc(size);
    memset(text, '[', size);
    refuse_bytes(text, size, "t.yaml:1:65: nested deeper than 64 levels");
    for (gsize i = 0; i + 1 < size; i += 2) memcpy(text + i, "- ", 2);
    refuse_bytes(text, size, "t.yaml:1:129: nested deeper than 64 levels");
    memset(text, '{', size);
    refuse_bytes(text, size, "t.yaml:1:65: nested deeper than 64 levels");
}

static void aliases_cannot_blow_a_file_up(void **state)
{
    GString *text = g_string_new("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        g_string_append_printf(text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++) g_string_append_printf(text, "%s*a%d", j ? "," : "", i - 1);
        g_string_append(text, "]\n");
    }
    refuse_bytes(text->str, text->len,
                 "t.yaml:6:38: too large: more than 1000000 values, aliases expanded");
    g_string_free(text, TRUE);
}

static void too_many_values_are_refused(void **state)
{
    GString *text = g_string_new("a: [");
    for (int i = 0; i < 1000000; i++) g_string_append(text, "1,");
    g_string_append(text, "]");
    refuse_bytes(text->str, text->len,
                 "t.yaml:1:1999999: too large: more than 1000000 values, aliases expanded");
    g_string_free(text, TRUE);
}

static void a_text_of_the_largest_size_is_not_too_large(void **state)
{
    gsize size = 16 * 1024 * 1024;
    g_autofree char *text = g_malloc(size + 1);
    memset(text, '#', size + 1);
    refuse_bytes(text, size, "t.yaml:1:1: is empty");
    refuse_bytes(text, size + 1, "t.yaml:1:1: too large: more than 16 MiB");
}

static void every_mistake_of_a_file_is_collected_once(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    const char *text = "name: bad name\n"
                       "duration: 1x\n"
                       "agents: [{name: n, count: -1, resources: \"cpus:1\"}]\n"
                       "frameworks: []\n"
                       "arms: [{name: one}, {name: two}]\n";
    assert_null(read_with(text, NULL, messages, &error));
    assert_int_equal(messages->len, 3); /* not once for each arm */
    assert_string_equal(messages->pdata[0], error->message);
    assert_string_equal(messages->pdata[2],
                        "t.yaml:3:27: agents[0].count: must be at least 1, got \"-1\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_the_corpus_gives_its_message),
        cmocka_unit_test(the_corpus_is_large),
        cmocka_unit_test(a_directory_is_no_scenario),
        cmocka_unit_test(a_file_that_is_not_there_is_bad_input),
        cmocka_unit_test(a_file_without_permission_is_a_failure_to_read),
        cmocka_unit_test(a_device_without_end_is_refused),
        cmocka_unit_test(a_nul_byte_is_refused_with_its_place),
        cmocka_unit_test(bad_utf8_is_refused_with_its_place),
        cmocka_unit_test(utf16_is_refused),
        cmocka_unit_test(ten_megabytes_of_nesting_are_refused_at_once),
        cmocka_unit_test(aliases_cannot_blow_a_file_up),
        cmocka_unit_test(too_many_values_are_refused),
        cmocka_unit_test(a_text_of_the_largest_size_is_not_too_large),
        cmocka_unit_test(every_mistake_of_a_file_is_collected_once),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
