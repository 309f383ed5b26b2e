/* Thin shorthand over JsonBuilder. */
#include "tools/json_out.h"

#include <math.h>
#include <stdio.h>

void hf_json_string(JsonBuilder *builder, const char *member, const char *value)
{
    json_builder_set_member_name(builder, member);
    if (value == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    /* Paths may be any bytes, JSON may not. */
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    json_builder_add_string_value(builder, valid);
}

void hf_json_int(JsonBuilder *builder, const char *member, gint64 value)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_int_value(builder, value);
}

void hf_json_double(JsonBuilder *builder, const char *member, double value)
{
    json_builder_set_member_name(builder, member);
    if (isfinite(value))
        json_builder_add_double_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

void hf_json_bool(JsonBuilder *builder, const char *member, gboolean value)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_boolean_value(builder, value);
}

char *hf_json_text(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);
    return g_strconcat(text, "\n", NULL);
}

void hf_json_print(JsonBuilder *builder)
{
    g_autofree char *text = hf_json_text(builder);
    fputs(text, stdout);
}
