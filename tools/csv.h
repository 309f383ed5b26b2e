/*
 * Reading our own CSV tables: a header line, then rows of as many fields (RFC 4180 quotes, LF or
 * CRLF). A row at a time, so that a year of one-minute intervals needs no memory.
 */
#ifndef HF_TOOLS_CSV_H
#define HF_TOOLS_CSV_H

#include <glib.h>

/* One row: `fields` [count] are borrowed during the call; `line` is where it
 * begins, from 1. FALSE stops. */
typedef gboolean (*HfCsvRow)(guint line, char *const *fields, guint count, void *data,
                             GError **error);

/*
 * Call `row` for the header (line 1) and each row after it.
 * Errors: FALSE with file and line when the file cannot be read, a row has another number of fields
 *         than the header, or `row` refused (its error, prefixed with the place).
 */
gboolean hf_csv_read(const char *path, HfCsvRow row, void *data, GError **error);

#endif
