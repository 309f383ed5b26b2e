/*
 * Reading trace files line by line: plain or .gz, any size, in constant memory, with the line
 * number for messages.
 */
#ifndef HF_MODELS_WORKLOADS_LINES_H
#define HF_MODELS_WORKLOADS_LINES_H

#include <gio/gio.h>
#include <stdint.h>

#define HF_FIELDS_MAX 32

typedef struct HfLines {
    const char *path; /* borrowed */
    GDataInputStream *stream;
    char *line;
    uint32_t number;            /* of the present line, from 1 */
    char *field[HF_FIELDS_MAX]; /* set by the split functions; inside `line` */
    uint32_t field_count;
} HfLines;

/* Errors: FALSE and a GError that names the file. */
gboolean hf_lines_open(HfLines *lines, const char *path, GError **error);
void hf_lines_close(HfLines *lines);

/* The next line, without its end (LF or CRLF); FALSE at the end, or with *error set. */
gboolean hf_lines_next(HfLines *lines, GError **error);

/* Split the present line in place: at commas (no quoting), or at runs of blanks. */
void hf_lines_split_csv(HfLines *lines);
void hf_lines_split_blanks(HfLines *lines);

/*
 * A field as a number. Errors: FALSE and `FILE:LINE: column N (name): ...` when it is missing, not
 * a number, or out of range.
 */
gboolean hf_lines_number(const HfLines *lines, uint32_t field, const char *name, double minimum,
                         double maximum, double *value_out, GError **error);

/* The same, and it must be a whole number: counts and milli-units. */
gboolean hf_lines_whole(const HfLines *lines, uint32_t field, const char *name, double minimum,
                        double maximum, double *value_out, GError **error);

/* Set an error of this line: `FILE:LINE: text`. Always FALSE. */
gboolean hf_lines_fail(const HfLines *lines, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

#endif
