/* The parts of the JSON reader, and what the parser of text uses of it. */
#ifndef HF_RESOURCE_JSON_INTERNAL_H
#define HF_RESOURCE_JSON_INTERNAL_H

#include "resource/intake.h"
#include "resource/json.h"

/* ---- json_member.c: FALSE and HF_RESOURCE_ERROR_FIELD for a member of another type ---- */

/* Sets the error; returns FALSE. */
gboolean hf_json__fail(GError **error, const char *member, const char *what);
/* Are all members of the object among the known ones (NULL-terminated)? */
gboolean hf_json__members(JsonObject *object, const char *const *known, GError **error);
/* A member as what it must be, borrowed; *out is NULL when it is absent, or null. */
JsonNode *hf_json__member(JsonObject *object, const char *member);
gboolean hf_json__object(JsonObject *object, const char *member, JsonObject **out, GError **error);
gboolean hf_json__array(JsonObject *object, const char *member, JsonArray **out, GError **error);
gboolean hf_json__string(JsonObject *object, const char *member, const char **out, GError **error);
/* A string member as an interned text; HF_TEXT_NONE when absent. */
gboolean hf_json__text(HfCatalog *catalog, JsonObject *object, const char *member, HfTextId *out,
                       GError **error);
/* NULL if the node is no string. */
const char *hf_json__string_of(JsonNode *node);
/* FALSE if the node (NULL allowed) is no number. */
gboolean hf_json__number_of(JsonNode *node, double *out);

/* ---- json_value.c ---- */

/* The value member that goes with the type, and none of the others; `name` is for errors. */
gboolean hf_json__value(HfCatalog *catalog, JsonObject *object, const char *name, HfValue *value,
                        GError **error);

/* ---- json_reservation.c ---- */

/* {"labels": [{"key", "value"}]}; 0 when the member is absent. */
gboolean hf_json__labels(HfCatalog *catalog, JsonObject *object, const char *member,
                         HfLabelsId *out, GError **error);
/* HF_ROLE_NONE when the member is absent. */
gboolean hf_json__role(HfCatalog *catalog, JsonObject *object, const char *member, HfRoleId *out,
                       GError **error);
/* The stack of an object in either form. */
gboolean hf_json__stack(HfCatalog *catalog, JsonObject *object, const char *name,
                        HfRoleId default_role, HfStackId *out, GError **error);

/* ---- json_disk.c ---- */

/* The member `disk`; *out stays as it is when that is absent. */
gboolean hf_json__disk(HfCatalog *catalog, JsonObject *object, HfDiskId *out, GError **error);

/* ---- json.c ---- */

/* One Resource object. */
gboolean hf_json__read_object(HfIntake *intake, JsonObject *object, HfRoleId default_role,
                              GError **error);
/* End taking in: `out` (legal) is replaced if all went well, and left alone if not. Returns is_ok.
 */
gboolean hf_json__finish(HfIntake *intake, gboolean is_ok, HfResources *out);

/*
 * Take in what hf_resources_from_json accepts; objects that say nothing of a role are reserved
 * statically to `default_role` unless that is HF_ROLE_STAR. On error the list may be longer.
 */
gboolean hf_json__read(HfIntake *intake, JsonNode *node, HfRoleId default_role, GError **error);

/* ---- json_syntax.c ---- */

/* NULL if the text is one JSON value by RFC 8259 and nested no deeper than HF_JSON_DEPTH_MAX, else
 * why not (static text) and at which byte. */
const char *hf_json__syntax_error(const char *text, size_t length, size_t *byte_out);

#endif
