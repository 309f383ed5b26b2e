/*
 * Feed files, folders or standard input to a fuzz target. Exit 0: all properties held. Built with a
 * compiler of AFL++, standard input is many inputs in one process, through its shared memory.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/fuzz.h"

#define INPUT_MAX (8U << 20)

#ifdef __AFL_FUZZ_TESTCASE_LEN
#include <unistd.h>
__AFL_FUZZ_INIT()

static gboolean feed_stdin(void)
{
    const unsigned char *shared = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(10000)) {
        size_t size = (size_t)__AFL_FUZZ_TESTCASE_LEN;
        g_autofree char *text = g_malloc(size + 1);
        memcpy(text, shared, size);
        text[size] = '\0';
        hf_fuzz_one(text, size);
    }
    return TRUE;
}
#else
static gboolean feed_stdin(void)
{
    GString *input = g_string_new(NULL);
    char buffer[65536];
    size_t size;
    while (input->len < INPUT_MAX && (size = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        g_string_append_len(input, buffer, (gssize)size);
    hf_fuzz_one(input->str, input->len);
    g_string_free(input, TRUE);
    return TRUE;
}
#endif

static gboolean feed_file(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;
    if (!g_file_get_contents(path, &text, &size, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return FALSE;
    }
    hf_fuzz_one(text, size);
    return TRUE;
}

static gboolean feed_folder(const char *path, unsigned *count)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    if (folder == NULL) return FALSE;
    gboolean is_ok = TRUE;
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        is_ok = feed_file(file) && is_ok;
        (*count)++;
    }
    return is_ok;
}

int main(int argc, char **argv)
{
    if (argc == 1) return feed_stdin() ? 0 : 1;
    gboolean is_ok = TRUE;
    unsigned count = 0;
    for (int i = 1; i < argc; i++) {
        if (g_file_test(argv[i], G_FILE_TEST_IS_DIR)) {
            is_ok = feed_folder(argv[i], &count) && is_ok;
        } else {
            is_ok = feed_file(argv[i]) && is_ok;
            count++;
        }
    }
    fprintf(stderr, "%u inputs\n", count);
    return is_ok && count > 0 ? 0 : 1;
}
