/* Writing resources as JSON: Mesos objects in the stack form, the old form, canonical strings. */
#include <string.h>

#include "resource/error.h"
#include "resource/json.h"
#include "resource/text.h"

static void set_text(const HfCatalog *catalog, JsonObject *object, const char *member,
                     HfTextId text)
{
    if (text != HF_TEXT_NONE) json_object_set_string_member(object, member, hf_text(catalog, text));
}

static void set_labels(const HfCatalog *catalog, JsonObject *object, const char *member,
                       HfLabelsId id)
{
    if (id == 0) return;
    uint32_t count;
    const HfLabel *labels = hf_labels(catalog, id, &count);
    JsonArray *array = json_array_new();
    for (uint32_t i = 0; i < count; i++) {
        JsonObject *label = json_object_new();
        set_text(catalog, label, "key", labels[i].key);
        set_text(catalog, label, "value", labels[i].value);
        json_array_add_object_element(array, label);
    }
    JsonObject *wrapper = json_object_new();
    json_object_set_array_member(wrapper, "labels", array);
    json_object_set_object_member(object, member, wrapper);
}

/* ---- Values ---- */

static void set_scalar(JsonObject *object, int64_t milli)
{
    JsonObject *scalar = json_object_new();
    if (milli % 1000 == 0) {
        json_object_set_int_member(scalar, "value", milli / 1000);
    } else {
        json_object_set_double_member(scalar, "value", hf_milli_to_double(milli));
    }
    json_object_set_string_member(object, "type", "SCALAR");
    json_object_set_object_member(object, "scalar", scalar);
}

/* JSON integers end at 2^63: larger ones are strings, as protobuf allows. */
static void set_bound(JsonObject *range, const char *member, uint64_t bound)
{
    if (bound <= (uint64_t)INT64_MAX) {
        json_object_set_int_member(range, member, (gint64)bound);
        return;
    }
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, (guint64)bound);
    json_object_set_string_member(range, member, text);
}

static void set_ranges(JsonObject *object, const HfRanges *ranges)
{
    JsonArray *array = json_array_new();
    for (uint32_t i = 0; i < ranges->count; i++) {
        JsonObject *range = json_object_new();
        set_bound(range, "begin", ranges->at[i].begin);
        set_bound(range, "end", ranges->at[i].end);
        json_array_add_object_element(array, range);
    }
    JsonObject *wrapper = json_object_new();
    json_object_set_array_member(wrapper, "range", array);
    json_object_set_string_member(object, "type", "RANGES");
    json_object_set_object_member(object, "ranges", wrapper);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void set_set(const HfCatalog *catalog, JsonObject *object, const HfSet *set)
{
    g_autofree const char **items = g_new(const char *, set->count);
    for (uint32_t i = 0; i < set->count; i++) items[i] = hf_text(catalog, set->at[i]);
    qsort(items, set->count, sizeof *items, compare_texts);
    JsonArray *array = json_array_new();
    for (uint32_t i = 0; i < set->count; i++) json_array_add_string_element(array, items[i]);
    JsonObject *wrapper = json_object_new();
    json_object_set_array_member(wrapper, "item", array);
    json_object_set_string_member(object, "type", "SET");
    json_object_set_object_member(object, "set", wrapper);
}

/* ---- Metadata ---- */

static void add_stack(const HfCatalog *catalog, HfStackId stack, JsonArray *array)
{
    if (stack == 0) return;
    add_stack(catalog, hf_stack_below(catalog, stack), array);
    const HfReservation *top = hf_stack_top(catalog, stack);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "type",
                                  top->type == HF_RESERVATION_DYNAMIC ? "DYNAMIC" : "STATIC");
    json_object_set_string_member(object, "role", hf_role_path(catalog, top->role));
    set_text(catalog, object, "principal", top->principal);
    set_labels(catalog, object, "labels", top->labels);
    json_array_add_object_element(array, object);
}

static JsonObject *source_object(const HfCatalog *catalog, const HfDisk *disk)
{
    static const char *const types[] = {"", "PATH", "MOUNT", "BLOCK", "RAW"};
    JsonObject *source = json_object_new();
    json_object_set_string_member(source, "type", types[disk->source]);
    if (disk->root != HF_TEXT_NONE) {
        JsonObject *inner = json_object_new();
        set_text(catalog, inner, "root", disk->root);
        json_object_set_object_member(source, disk->source == HF_DISK_PATH ? "path" : "mount",
                                      inner);
    }
    set_text(catalog, source, "vendor", disk->vendor);
    set_text(catalog, source, "id", disk->id);
    set_text(catalog, source, "profile", disk->profile);
    set_labels(catalog, source, "metadata", disk->metadata);
    return source;
}

static JsonObject *disk_object(const HfCatalog *catalog, const HfDisk *disk)
{
    JsonObject *object = json_object_new();
    if (disk->persistence != HF_TEXT_NONE) {
        JsonObject *persistence = json_object_new();
        set_text(catalog, persistence, "id", disk->persistence);
        set_text(catalog, persistence, "principal", disk->persistence_principal);
        json_object_set_object_member(object, "persistence", persistence);
    }
    if (disk->has_volume) {
        JsonObject *volume = json_object_new();
        set_text(catalog, volume, "container_path", disk->container_path);
        set_text(catalog, volume, "host_path", disk->host_path);
        json_object_set_string_member(volume, "mode", disk->mode == HF_VOLUME_RO ? "RO" : "RW");
        json_object_set_object_member(object, "volume", volume);
    }
    if (disk->source != HF_DISK_ROOT)
        json_object_set_object_member(object, "source", source_object(catalog, disk));
    return object;
}

static void set_wrapped(JsonObject *object, const char *member, const char *inner, const char *text)
{
    JsonObject *wrapper = json_object_new();
    if (inner != NULL) json_object_set_string_member(wrapper, inner, text);
    json_object_set_object_member(object, member, wrapper);
}

/* Everything but the reservations. */
static JsonObject *entry_object(const HfCatalog *catalog, const HfResource *entry)
{
    const HfMeta *meta = hf_meta(catalog, entry->meta);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "name", hf_kind_name(catalog, entry->kind));
    switch (hf_kind_type(catalog, entry->kind)) {
    case HF_TYPE_SCALAR:
        set_scalar(object, entry->milli);
        break;
    case HF_TYPE_RANGES:
        set_ranges(object, entry->ranges);
        break;
    case HF_TYPE_SET:
        set_set(catalog, object, entry->set);
        break;
    }
    if (meta->allocation_role != HF_ROLE_NONE)
        set_wrapped(object, "allocation_info", "role",
                    hf_role_path(catalog, meta->allocation_role));
    if (meta->disk != 0)
        json_object_set_object_member(object, "disk",
                                      disk_object(catalog, hf_disk(catalog, meta->disk)));
    if (meta->is_revocable) set_wrapped(object, "revocable", NULL, NULL);
    if (meta->is_shared) set_wrapped(object, "shared", NULL, NULL);
    if (meta->provider != HF_TEXT_NONE)
        set_wrapped(object, "provider_id", "value", hf_text(catalog, meta->provider));
    return object;
}

static JsonNode *node_of_object(JsonObject *object)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return node;
}

static JsonNode *node_of_array(JsonArray *array)
{
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, array);
    return node;
}

JsonNode *hf_resources_to_json(const HfCatalog *catalog, const HfResources *resources)
{
    JsonArray *array = json_array_new();
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        HfStackId stack = hf_meta(catalog, entry->meta)->stack;
        for (uint32_t copy = 0; copy < entry->copies; copy++) {
            JsonObject *object = entry_object(catalog, entry);
            if (stack != 0) {
                JsonArray *reservations = json_array_new();
                add_stack(catalog, stack, reservations);
                json_object_set_array_member(object, "reservations", reservations);
            }
            json_array_add_object_element(array, object);
        }
    }
    return node_of_array(array);
}

JsonNode *hf_resources_to_json_canonical(const HfCatalog *catalog, const HfResources *resources)
{
    g_auto(GStrv) entries = hf_resources_print_canonical(catalog, resources);
    JsonArray *array = json_array_new();
    for (char **entry = entries; *entry != NULL; entry++)
        json_array_add_string_element(array, *entry);
    return node_of_array(array);
}

JsonNode *hf_resource_to_json_old(const HfCatalog *catalog, const HfResource *entry, GError **error)
{
    HfStackId stack = hf_meta(catalog, entry->meta)->stack;
    if (hf_stack_depth(catalog, stack) > 1) {
        g_autoptr(GString) text = g_string_new(NULL);
        hf_resource_print_canonical(catalog, entry, text);
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_REFINED,
                    "%s: the old form cannot say refined reservations", text->str);
        return NULL;
    }
    JsonObject *object = entry_object(catalog, entry);
    const HfReservation *top = stack == 0 ? NULL : hf_stack_top(catalog, stack);
    json_object_set_string_member(object, "role",
                                  top == NULL ? "*" : hf_role_path(catalog, top->role));
    if (top != NULL && top->type == HF_RESERVATION_DYNAMIC) {
        JsonObject *reservation = json_object_new();
        set_text(catalog, reservation, "principal", top->principal);
        set_labels(catalog, reservation, "labels", top->labels);
        json_object_set_object_member(object, "reservation", reservation);
    }
    return node_of_object(object);
}
