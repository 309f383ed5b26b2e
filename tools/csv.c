/* One line at a time into a growing buffer, split in place. */
#include "tools/csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_ERROR(number) G_FILE_ERROR, g_file_error_from_errno(number)

/* One logical line without its end into `line`: a quoted field may hold line ends. FALSE at the
 * end. */
static gboolean read_line(FILE *file, GString *line, guint *lines)
{
    gboolean is_quoted = FALSE, has_any = FALSE;
    g_string_truncate(line, 0);
    for (int c = getc_unlocked(file); c != EOF; c = getc_unlocked(file)) {
        has_any = TRUE;
        if (c == '\n') {
            ++*lines;
            if (!is_quoted) break;
        }
        if (c == '"') is_quoted = !is_quoted;
        g_string_append_c(line, (char)c);
    }
    if (line->len > 0 && line->str[line->len - 1] == '\r') g_string_truncate(line, line->len - 1);
    return has_any;
}

/* Cut the line into fields in place; a doubled quote inside quotes stands for one. */
static void split(char *text, GPtrArray *fields)
{
    g_ptr_array_set_size(fields, 0);
    for (;;) {
        char *from = text, *to = text;
        g_ptr_array_add(fields, text);
        gboolean is_quoted = FALSE;
        while (*from != '\0' && (is_quoted || *from != ',')) {
            if (*from == '"') {
                if (is_quoted && from[1] == '"')
                    *to++ = *from++;
                else
                    is_quoted = !is_quoted;
                from++;
            } else {
                *to++ = *from++;
            }
        }
        gboolean is_last = *from == '\0';
        *to = '\0';
        if (is_last) return;
        text = from + 1;
    }
}

static gboolean read_rows(FILE *file, const char *path, HfCsvRow row, void *data, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GPtrArray) fields = g_ptr_array_new();
    guint lines = 0, columns = 0;
    for (guint start = 1; read_line(file, line, &lines); start = lines + 1) {
        split(line->str, fields);
        if (columns == 0) columns = fields->len;
        if (fields->len != columns) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "%s:%u: %u fields, but the header has %u", path, start, fields->len,
                        columns);
            return FALSE;
        }
        if (!row(start, (char *const *)fields->pdata, fields->len, data, error)) {
            g_prefix_error(error, "%s:%u: ", path, start);
            return FALSE;
        }
    }
    if (columns == 0 && !ferror(file)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: empty, not even a header", path);
        return FALSE;
    }
    return TRUE;
}

gboolean hf_csv_read(const char *path, HfCsvRow row, void *data, GError **error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        g_set_error(error, FILE_ERROR(errno), "%s: %s", path, g_strerror(errno));
        return FALSE;
    }
    errno = 0;
    gboolean ok = read_rows(file, path, row, data, error);
    if (ok && ferror(file)) {
        g_set_error(error, FILE_ERROR(errno), "%s: %s", path, g_strerror(errno));
        ok = FALSE;
    }
    fclose(file);
    return ok;
}
