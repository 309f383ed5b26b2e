/* Reading CSV: fields, quotes, line ends, and complaints with their place. */
#include "support/test.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tools/csv.h"

/* Every field followed by '|', every row by its line number and '/'. */
static gboolean collect(guint line, char *const *fields, guint count, void *data, GError **error)
{
    GString *all = data;
    for (guint i = 0; i < count; i++) g_string_append_printf(all, "%s|", fields[i]);
    g_string_append_printf(all, "%u/", line);
    if (strcmp(fields[0], "bad") != 0) return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "this row is bad");
    return FALSE;
}

/* What was read, or the error behind a '!'; the file's name is cut to "T". Free with g_free. */
static char *read_text(const char *text)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("holdfast-csv-XXXXXX", &path, NULL);
    assert_true(fd >= 0 && g_close(fd, NULL));
    assert_true(g_file_set_contents(path, text, -1, NULL));
    GString *all = g_string_new(NULL);
    GError *error = NULL;
    if (!hf_csv_read(path, collect, all, &error)) {
        g_string_append_printf(all, "!%s", error->message);
        g_error_free(error);
    }
    g_string_replace(all, path, "T", 0);
    g_remove(path);
    return g_string_free(all, FALSE);
}

static void fields_and_rows_come_in_order(void **state)
{
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"a,b\n1,2\n3,4\n", "a|b|1/1|2|2/3|4|3/"},
        {"a,b\r\n1,2\r\n", "a|b|1/1|2|2/"}, /* CRLF */
        {"a,b\n1,2", "a|b|1/1|2|2/"},       /* no end of the last line */
        {"a,b\n,\n", "a|b|1/||2/"},         /* empty fields */
        {"a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "a|b|1/x,y|say \"hi\"|2/"},
        {"a,b\n\"two\nlines\",2\n3,4\n", "a|b|1/two\nlines|2|2/3|4|4/"},
        {"a\n", "a|1/"}, /* a header alone */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *read = read_text(cases[i].text);
        assert_string_equal(read, cases[i].read);
    }
}

static void complaints_name_file_and_line(void **state)
{
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"a,b\n1,2\n3\n", "a|b|1/1|2|2/!T:3: 1 fields, but the header has 2"},
        {"a,b\n1,2,3\n", "a|b|1/!T:2: 3 fields, but the header has 2"},
        {"a\nbad\n", "a|1/bad|2/!T:2: this row is bad"},
        {"", "!T: empty, not even a header"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *read = read_text(cases[i].text);
        assert_string_equal(read, cases[i].read);
    }
}

static void what_cannot_be_read_is_an_error(void **state)
{
    static const char *const paths[] = {"/nonexistent/table.csv", "/"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GString) all = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        assert_false(hf_csv_read(paths[i], collect, all, &error));
        assert_non_null(error);
        assert_true(g_str_has_prefix(error->message, paths[i]));
        assert_string_equal(all->str, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_rows_come_in_order),
        cmocka_unit_test(complaints_name_file_and_line),
        cmocka_unit_test(what_cannot_be_read_is_an_error),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
