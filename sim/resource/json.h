/*
 * Resources and operations as Mesos JSON. Read: the stack form (`reservations`) and the old form
 * (`role`, `reservation`), which must agree when both are there. Written: the stack form.
 * Depth and size of input are limited before anything is built (HF_TEXT_MAX, HF_JSON_DEPTH_MAX).
 */
#ifndef HF_RESOURCE_JSON_H
#define HF_RESOURCE_JSON_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "resource/operation.h"
#include "resource/resources.h"

#define HF_JSON_DEPTH_MAX 64

/* Parse text to a JSON tree with the limits above. NULL on error; free with json_node_unref. */
JsonNode *hf_json_parse(const char *text, gssize length, GError **error);

/*
 * Resources from JSON: an array whose elements are Resource objects or canonical strings, or one
 * string with `;` between canonical entries.
 * Errors: FALSE and HF_RESOURCE_ERROR_*; `out` (legal, replaced on success) is left alone.
 */
gboolean hf_resources_from_json(HfCatalog *catalog, JsonNode *node, HfResources *out,
                                GError **error);

/* One Resource object, added to `to`. On error `to` is unchanged. */
gboolean hf_resources_add_json(HfCatalog *catalog, HfResources *to, JsonObject *object,
                               GError **error);

/* An array of Resource objects in the order of the collection; shared copies are repeated. */
JsonNode *hf_resources_to_json(const HfCatalog *catalog, const HfResources *resources);

/* An array of canonical strings, sorted. */
JsonNode *hf_resources_to_json_canonical(const HfCatalog *catalog, const HfResources *resources);

/* The old form of one entry; fails (HF_RESOURCE_ERROR_REFINED) on a refined stack. Principal and
 * labels of a static reservation are left out, as Mesos does: the old form has no place for them.
 */
JsonNode *hf_resource_to_json_old(const HfCatalog *catalog, const HfResource *entry,
                                  GError **error);

/*
 * One operation: {"type":"RESERVE","resources":...[,"source":...]}, UNRESERVE with `resources`,
 * CREATE and DESTROY with `volumes`, GROW_VOLUME with `volume` and `addition`, SHRINK_VOLUME with
 * `volume` and `subtract` (a number, or {"value": number}).
 */
gboolean hf_operation_from_json(HfCatalog *catalog, JsonNode *node, HfOperation *out,
                                GError **error);

#endif
