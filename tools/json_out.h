/* JSON on standard output, for `--format json`: members in one call, and the end of it. */
#ifndef HF_TOOLS_JSON_OUT_H
#define HF_TOOLS_JSON_OUT_H

#include <glib.h>
#include <json-glib/json-glib.h>

/* One member of the object being built; a NULL text or a number that is not finite gives null. */
void hf_json_string(JsonBuilder *builder, const char *member, const char *value);
void hf_json_int(JsonBuilder *builder, const char *member, gint64 value);
void hf_json_double(JsonBuilder *builder, const char *member, double value);
void hf_json_bool(JsonBuilder *builder, const char *member, gboolean value);

/* What was built as text, indented, with a line end; newly allocated. */
char *hf_json_text(JsonBuilder *builder);

/* The same on standard output. */
void hf_json_print(JsonBuilder *builder);

#endif
