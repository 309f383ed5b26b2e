/* Lines of plain and compressed files; see lines.h. */
#include "models/workloads/lines.h"

#include <math.h>
#include <string.h>

#include "world/model.h"

gboolean hf_lines_open(HfLines *lines, const char *path, GError **error)
{
    *lines = (HfLines){.path = path};
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) plain = g_file_read(file, NULL, error);
    if (plain == NULL) return FALSE;
    if (g_str_has_suffix(path, ".gz")) {
        g_autoptr(GZlibDecompressor) gunzip =
            g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
        g_autoptr(GInputStream) stream =
            g_converter_input_stream_new(G_INPUT_STREAM(plain), G_CONVERTER(gunzip));
        lines->stream = g_data_input_stream_new(stream);
    } else {
        lines->stream = g_data_input_stream_new(G_INPUT_STREAM(plain));
    }
    g_data_input_stream_set_newline_type(lines->stream, G_DATA_STREAM_NEWLINE_TYPE_LF);
    return TRUE;
}

void hf_lines_close(HfLines *lines)
{
    g_clear_object(&lines->stream);
    g_clear_pointer(&lines->line, g_free);
}

gboolean hf_lines_next(HfLines *lines, GError **error)
{
    g_free(lines->line);
    gsize length = 0;
    GError *inner = NULL;
    lines->line = g_data_input_stream_read_line(lines->stream, &length, NULL, &inner);
    if (inner) {
        g_propagate_prefixed_error(error, inner, "%s: after line %u: ", lines->path, lines->number);
        return FALSE;
    }
    if (lines->line == NULL) return FALSE;
    lines->number++;
    if (strlen(lines->line) != length) return hf_lines_fail(lines, error, "contains a NUL byte");
    if (length > 0 && lines->line[length - 1] == '\r') lines->line[length - 1] = '\0';
    return TRUE;
}

void hf_lines_split_csv(HfLines *lines)
{
    lines->field_count = 0;
    char *at = lines->line;
    while (lines->field_count < HF_FIELDS_MAX) {
        lines->field[lines->field_count++] = at;
        at = strchr(at, ',');
        if (at == NULL) return;
        *at++ = '\0';
    }
}

void hf_lines_split_blanks(HfLines *lines)
{
    lines->field_count = 0;
    char *at = lines->line;
    while (lines->field_count < HF_FIELDS_MAX) {
        while (*at == ' ' || *at == '\t') *at++ = '\0';
        if (*at == '\0') return;
        lines->field[lines->field_count++] = at;
        while (*at != '\0' && *at != ' ' && *at != '\t') at++;
    }
}

gboolean hf_lines_fail(const HfLines *lines, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, HF_MODEL_ERROR, 1, "%s:%u: %s", lines->path, lines->number, text);
    return FALSE;
}

gboolean hf_lines_number(const HfLines *lines, uint32_t field, const char *name, double minimum,
                         double maximum, double *value_out, GError **error)
{
    if (field >= lines->field_count || lines->field[field][0] == '\0')
        return hf_lines_fail(lines, error, "column %u (%s) is missing", field + 1, name);
    const char *text = lines->field[field];
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);
    /* strtod would also take hexadecimal digits, infinities and leading blanks */
    if (*end != '\0' || text[strspn(text, "0123456789+-.eE")] != '\0' || !isfinite(value))
        return hf_lines_fail(lines, error, "column %u (%s): \"%s\" is not a number", field + 1,
                             name, lines->field[field]);
    if (value < minimum || value > maximum)
        return hf_lines_fail(lines, error, "column %u (%s): %s is outside %g .. %g", field + 1,
                             name, lines->field[field], minimum, maximum);
    *value_out = value;
    return TRUE;
}

gboolean hf_lines_whole(const HfLines *lines, uint32_t field, const char *name, double minimum,
                        double maximum, double *value_out, GError **error)
{
    double value = 0;
    if (!hf_lines_number(lines, field, name, minimum, maximum, &value, error)) return FALSE;
    if (value != floor(value))
        return hf_lines_fail(lines, error, "column %u (%s): %s is not a whole number", field + 1,
                             name, lines->field[field]);
    *value_out = value;
    return TRUE;
}
