/* What the parsers of text and of operations use of the JSON reader. */
#ifndef HF_RESOURCE_JSON_INTERNAL_H
#define HF_RESOURCE_JSON_INTERNAL_H

#include "resource/intake.h"
#include "resource/json.h"

/*
 * Take in what hf_resources_from_json accepts; objects that say nothing of a role are reserved
 * statically to `default_role` unless that is HF_ROLE_STAR. On error the list may be longer.
 */
gboolean hf_json__read(HfIntake *intake, JsonNode *node, HfRoleId default_role, GError **error);

/* NULL if the text is one JSON value by RFC 8259 and nested no deeper than HF_JSON_DEPTH_MAX, else
 * why not (static text) and at which byte. */
const char *hf_json__syntax_error(const char *text, size_t length, size_t *byte_out);

#endif
