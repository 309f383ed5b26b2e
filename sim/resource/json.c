/* Reading Mesos JSON, both forms of reservations. Writing stands in json_print.c. */
#include "resource/json.h"

#include <math.h>
#include <string.h>

#include "base/vec.h"
#include "resource/catalog_internal.h"
#include "resource/json_internal.h"
#include "resource/text.h"

JsonNode *hf_json_parse(const char *text, gssize length, GError **error)
{
    size_t size = length < 0 ? strlen(text) : (size_t)length;
    if (size > HF_TEXT_MAX) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_TOO_LONG, "JSON longer than 4 MiB");
        return NULL;
    }
    if (!g_utf8_validate_len(text, size, NULL)) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_ENCODING, "JSON that is not UTF-8");
        return NULL;
    }
    size_t byte;
    const char *why = hf_json__syntax_error(text, size, &byte);
    if (why != NULL) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_SYNTAX,
                    "bad JSON at byte %" G_GSIZE_FORMAT ": %s", byte, why);
        return NULL;
    }
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) cause = NULL;
    if (!json_parser_load_from_data(parser, text, (gssize)size, &cause)) {
        g_set_error(error, HF_RESOURCE_ERROR, HF_RESOURCE_ERROR_SYNTAX, "bad JSON: %s",
                    cause->message);
        return NULL;
    }
    return json_parser_steal_root(parser);
}

/* ---- Members ---- */

static gboolean fail(GError **error, const char *member, const char *what)
{
    return hf_intake__fail(error, HF_RESOURCE_ERROR_FIELD, member, what);
}

/* Are all members of the object among the known ones (NULL-terminated)? */
static gboolean check_members(JsonObject *object, const char *const *known, GError **error)
{
    g_autoptr(GList) members = json_object_get_members(object);
    for (GList *at = members; at != NULL; at = at->next)
        if (!g_strv_contains(known, at->data)) return fail(error, at->data, "unknown member");
    return TRUE;
}

/* An object member: *out NULL when absent. */
static gboolean get_object(JsonObject *object, const char *member, JsonObject **out, GError **error)
{
    *out = NULL;
    JsonNode *node = json_object_get_member(object, member);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(error, member, "must be an object");
    *out = json_node_get_object(node);
    return TRUE;
}

static gboolean get_array(JsonObject *object, const char *member, JsonArray **out, GError **error)
{
    *out = NULL;
    JsonNode *node = json_object_get_member(object, member);
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_ARRAY(node)) return fail(error, member, "must be an array");
    *out = json_node_get_array(node);
    return TRUE;
}

static const char *node_string(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static gboolean get_string(JsonObject *object, const char *member, const char **out, GError **error)
{
    *out = NULL;
    JsonNode *node = json_object_get_member(object, member);
    if (node == NULL) return TRUE;
    *out = node_string(node);
    return *out != NULL || fail(error, member, "must be a string");
}

/* A string member as an interned text; HF_TEXT_NONE when absent. */
static gboolean get_text(HfCatalog *catalog, JsonObject *object, const char *member, HfTextId *out,
                         GError **error)
{
    const char *text;
    if (!get_string(object, member, &text, error)) return FALSE;
    *out = text == NULL ? HF_TEXT_NONE : hf_text_intern(catalog, text);
    return TRUE;
}

static gboolean node_number(JsonNode *node, double *out)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node)) return FALSE;
    GType type = json_node_get_value_type(node);
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) return FALSE;
    *out = json_node_get_double(node);
    return TRUE;
}

/* ---- Values ---- */

static gboolean read_scalar(JsonNode *node, HfValue *value, const char *name, GError **error)
{
    double number;
    if (!node_number(node, &number)) return fail(error, name, "the scalar has no number 'value'");
    if (number < 0)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NEGATIVE, name, "is below zero");
    if (!(number <= (double)HF_MILLI_MAX / 1000.0))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, name, "is beyond 2^40");
    *value = (HfValue){.type = HF_VALUE_SCALAR, .milli = hf_milli_from_double(number)};
    value->rounds_to_zero = number != 0 && value->milli == 0;
    return TRUE;
}

/* Numbers of ranges are 64-bit; JSON of protobuf may give them as strings. */
static gboolean read_bound(JsonObject *range, const char *member, uint64_t *out)
{
    JsonNode *node = json_object_get_member(range, member);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node)) return FALSE;
    if (json_node_get_value_type(node) == G_TYPE_INT64) {
        gint64 number = json_node_get_int(node);
        *out = (uint64_t)number;
        return number >= 0;
    }
    const char *text = node_string(node);
    guint64 number;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return FALSE;
    *out = number;
    return TRUE;
}

static gboolean read_range(JsonNode *node, HfRange *out, const char *name, GError **error)
{
    static const char *const known[] = {"begin", "end", NULL};
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(error, name, "a range must be an object");
    JsonObject *object = json_node_get_object(node);
    if (!check_members(object, known, error)) return FALSE;
    if (!read_bound(object, "begin", &out->begin) || !read_bound(object, "end", &out->end))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NUMBER, name,
                               "a range needs 'begin' and 'end', integers >= 0");
    if (out->begin > out->end)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_RANGE, name,
                               "a range begins after its end");
    return TRUE;
}

static int compare_begins(const void *a, const void *b)
{
    const HfRange *left = a, *right = b;
    return (left->begin > right->begin) - (left->begin < right->begin);
}

/* Does any range overlap another? With the quirk: does a later one begin inside an earlier one? */
static gboolean ranges_overlap(const HfCatalog *catalog, const HfRange *ranges, uint32_t count)
{
    if (catalog->quirks & HF_QUIRK_RANGE_OVERLAP) {
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t j = i + 1; j < count; j++)
                if (ranges[i].begin <= ranges[j].begin && ranges[j].begin <= ranges[i].end)
                    return TRUE;
        return FALSE;
    }
    g_autofree HfRange *sorted = g_memdup2(ranges, count * sizeof *ranges);
    if (count > 1) qsort(sorted, count, sizeof *sorted, compare_begins);
    for (uint32_t i = 1; i < count; i++)
        if (sorted[i].begin <= sorted[i - 1].end) return TRUE;
    return FALSE;
}

static gboolean read_ranges(HfCatalog *catalog, JsonArray *array, HfValue *value, const char *name,
                            GError **error)
{
    guint count = array == NULL ? 0 : json_array_get_length(array);
    if (count > HF_ENTRIES_MAX)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, name, "too many ranges");
    g_autofree HfRange *ranges = g_new(HfRange, count);
    for (guint i = 0; i < count; i++)
        if (!read_range(json_array_get_element(array, i), &ranges[i], name, error)) return FALSE;
    if (ranges_overlap(catalog, ranges, count))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_RANGE, name, "ranges overlap");
    *value = (HfValue){.type = HF_VALUE_RANGES, .ranges = hf_ranges_new(catalog, ranges, count)};
    return TRUE;
}

static gboolean read_set(HfCatalog *catalog, JsonArray *array, HfValue *value, const char *name,
                         GError **error)
{
    guint count = array == NULL ? 0 : json_array_get_length(array);
    g_autofree HfTextId *items = g_new(HfTextId, count);
    for (guint i = 0; i < count; i++) {
        const char *item = node_string(json_array_get_element(array, i));
        if (item == NULL) return fail(error, name, "the items of a set must be strings");
        items[i] = hf_text_intern(catalog, item);
    }
    HfSet *set = hf_set_new(catalog, items, count);
    if (set != NULL && set->count < count) {
        hf_set_unref(catalog, set);
        return hf_intake__fail(error, HF_RESOURCE_ERROR_SET, name, "an item comes twice");
    }
    *value = (HfValue){.type = HF_VALUE_SET, .set = set};
    return TRUE;
}

/* The value member that goes with the type, and none of the others. */
static gboolean read_value(HfCatalog *catalog, JsonObject *object, const char *name, HfValue *value,
                           GError **error)
{
    static const struct {
        const char *type, *member, *inner;
    } forms[] = {
        {"SCALAR", "scalar", "value"}, {"RANGES", "ranges", "range"}, {"SET", "set", "item"}};
    const char *type;
    if (!get_string(object, "type", &type, error)) return FALSE;
    if (type == NULL) return fail(error, name, "the type is missing");
    size_t form = 0;
    while (form < G_N_ELEMENTS(forms) && strcmp(type, forms[form].type) != 0) form++;
    if (form == G_N_ELEMENTS(forms))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, name,
                               "the type is not SCALAR, RANGES or SET");
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (json_object_has_member(object, forms[i].member) != (i == form))
            return hf_intake__fail(error, HF_RESOURCE_ERROR_TYPE, name,
                                   "value and type do not agree");
    JsonObject *inner;
    if (!get_object(object, forms[form].member, &inner, error)) return FALSE;
    const char *const known[] = {forms[form].inner, NULL};
    if (!check_members(inner, known, error)) return FALSE;
    if (form == 0) return read_scalar(json_object_get_member(inner, "value"), value, name, error);
    JsonArray *array;
    if (!get_array(inner, forms[form].inner, &array, error)) return FALSE;
    return form == 1 ? read_ranges(catalog, array, value, name, error)
                     : read_set(catalog, array, value, name, error);
}

/* ---- Labels and reservations ---- */

static gboolean read_label(HfCatalog *catalog, JsonNode *node, HfLabel *out, GError **error)
{
    static const char *const known[] = {"key", "value", NULL};
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(error, "labels", "a label must be an object");
    JsonObject *object = json_node_get_object(node);
    if (!check_members(object, known, error) ||
        !get_text(catalog, object, "key", &out->key, error) ||
        !get_text(catalog, object, "value", &out->value, error))
        return FALSE;
    return out->key != HF_TEXT_NONE || fail(error, "labels", "a label needs a key");
}

/* {"labels": [{"key", "value"}]}; 0 when the member is absent. */
static gboolean read_labels(HfCatalog *catalog, JsonObject *object, const char *member,
                            HfLabelsId *out, GError **error)
{
    static const char *const known[] = {"labels", NULL};
    JsonObject *wrapper;
    JsonArray *array;
    *out = 0;
    if (!get_object(object, member, &wrapper, error)) return FALSE;
    if (wrapper == NULL) return TRUE;
    if (!check_members(wrapper, known, error) || !get_array(wrapper, "labels", &array, error))
        return FALSE;
    guint count = array == NULL ? 0 : json_array_get_length(array);
    g_autofree HfLabel *labels = g_new(HfLabel, count);
    for (guint i = 0; i < count; i++)
        if (!read_label(catalog, json_array_get_element(array, i), &labels[i], error)) return FALSE;
    *out = hf_labels_intern(catalog, labels, count);
    return TRUE;
}

static gboolean read_role(HfCatalog *catalog, JsonObject *object, const char *member, HfRoleId *out,
                          GError **error)
{
    const char *path;
    *out = HF_ROLE_NONE;
    if (!get_string(object, member, &path, error)) return FALSE;
    return path == NULL || hf_role_intern(catalog, path, out, error);
}

static gboolean read_reservation(HfCatalog *catalog, JsonNode *node, HfReservation *out,
                                 GError **error)
{
    static const char *const known[] = {"type", "role", "principal", "labels", NULL};
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return fail(error, "reservations", "a reservation must be an object");
    JsonObject *object = json_node_get_object(node);
    const char *type;
    if (!check_members(object, known, error) || !get_string(object, "type", &type, error) ||
        !read_role(catalog, object, "role", &out->role, error) ||
        !get_text(catalog, object, "principal", &out->principal, error) ||
        !read_labels(catalog, object, "labels", &out->labels, error))
        return FALSE;
    if (type == NULL || (strcmp(type, "STATIC") != 0 && strcmp(type, "DYNAMIC") != 0))
        return fail(error, "reservations", "the type must be STATIC or DYNAMIC");
    out->type = type[0] == 'D' ? HF_RESERVATION_DYNAMIC : HF_RESERVATION_STATIC;
    return out->role != HF_ROLE_NONE || fail(error, "reservations", "the role is missing");
}

/* What the old members `role` and `reservation` say. */
typedef struct OldForm {
    HfRoleId role; /* HF_ROLE_NONE: no member `role` */
    gboolean has_reservation;
    HfReservation reservation; /* DYNAMIC, with principal and labels */
} OldForm;

static gboolean read_old_form(HfCatalog *catalog, JsonObject *object, OldForm *old, GError **error)
{
    static const char *const known[] = {"principal", "labels", NULL};
    JsonObject *reservation;
    *old = (OldForm){.reservation = {.type = HF_RESERVATION_DYNAMIC}};
    if (!read_role(catalog, object, "role", &old->role, error) ||
        !get_object(object, "reservation", &reservation, error))
        return FALSE;
    if (reservation == NULL) return TRUE;
    old->has_reservation = TRUE;
    return check_members(reservation, known, error) &&
           get_text(catalog, reservation, "principal", &old->reservation.principal, error) &&
           read_labels(catalog, reservation, "labels", &old->reservation.labels, error);
}

/* Both forms in one object must say the same; the old one cannot say a refined stack. */
static gboolean forms_agree(const HfCatalog *catalog, const OldForm *old, HfStackId stack,
                            const char *name, GError **error)
{
    if (old->role == HF_ROLE_NONE && !old->has_reservation) return TRUE;
    uint32_t depth = hf_stack_depth(catalog, stack);
    if (depth > 1)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OLD_FORM, name,
                               "'role' and 'reservation' cannot go with refined reservations");
    const HfReservation *top = depth == 0 ? NULL : hf_stack_top(catalog, stack);
    HfRoleId role = top == NULL ? HF_ROLE_STAR : top->role;
    gboolean is_dynamic = top != NULL && top->type == HF_RESERVATION_DYNAMIC;
    if ((old->role == HF_ROLE_NONE ? HF_ROLE_STAR : old->role) != role ||
        old->has_reservation != is_dynamic ||
        (is_dynamic &&
         (old->reservation.principal != top->principal || old->reservation.labels != top->labels)))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OLD_FORM, name,
                               "'role' and 'reservation' contradict 'reservations'");
    return TRUE;
}

/* The stack of an object in either form. */
static gboolean read_stack(HfCatalog *catalog, JsonObject *object, const char *name,
                           HfRoleId default_role, HfStackId *out, GError **error)
{
    OldForm old;
    JsonArray *array;
    *out = 0;
    if (!read_old_form(catalog, object, &old, error) ||
        !get_array(object, "reservations", &array, error))
        return FALSE;
    guint count = array != NULL ? json_array_get_length(array) : 0;
    if (count > 0) { /* none is as if the member were not there */
        if (count > HF_ROLE_DEPTH_MAX)
            return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LONG, name,
                                   "too many reservations");
        for (guint i = 0; i < count; i++) {
            HfReservation top;
            if (!read_reservation(catalog, json_array_get_element(array, i), &top, error))
                return FALSE;
            *out = hf_stack_push(catalog, *out, &top);
        }
        return forms_agree(catalog, &old, *out, name, error);
    }
    HfReservation top = old.reservation;
    top.role = old.role == HF_ROLE_NONE ? default_role : old.role;
    if (!old.has_reservation) top.type = HF_RESERVATION_STATIC;
    if (top.role == HF_ROLE_STAR && old.has_reservation)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OLD_FORM, name,
                               "'reservation' without a role");
    if (top.role != HF_ROLE_STAR) *out = hf_stack_push(catalog, 0, &top);
    return TRUE;
}

/* ---- Disks ---- */

/* The root of PATH or MOUNT, which stands in an object of its own. */
static gboolean read_root(HfCatalog *catalog, JsonObject *source, const char *member, HfDisk *disk,
                          GError **error)
{
    static const char *const known[] = {"root", NULL};
    JsonObject *inner;
    if (!get_object(source, member, &inner, error)) return FALSE;
    if (inner == NULL) return TRUE;
    if ((disk->source == HF_DISK_PATH) != (strcmp(member, "path") == 0) ||
        disk->source >= HF_DISK_BLOCK)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_DISK_SOURCE, member,
                               "does not go with the type of the disk source");
    return check_members(inner, known, error) &&
           get_text(catalog, inner, "root", &disk->root, error);
}

static gboolean read_source(HfCatalog *catalog, JsonObject *source, HfDisk *disk, GError **error)
{
    static const char *const known[] = {"type", "path",     "mount",   "vendor",
                                        "id",   "metadata", "profile", NULL};
    static const char *const types[] = {"", "PATH", "MOUNT", "BLOCK", "RAW"};
    const char *type;
    if (!check_members(source, known, error) || !get_string(source, "type", &type, error))
        return FALSE;
    size_t which = 1;
    while (type != NULL && which < G_N_ELEMENTS(types) && strcmp(type, types[which]) != 0) which++;
    if (type == NULL || which == G_N_ELEMENTS(types))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_DISK_SOURCE, type == NULL ? "source" : type,
                               "a disk source is PATH, MOUNT, BLOCK or RAW");
    disk->source = (HfDiskSource)which;
    return read_root(catalog, source, "path", disk, error) &&
           read_root(catalog, source, "mount", disk, error) &&
           get_text(catalog, source, "vendor", &disk->vendor, error) &&
           get_text(catalog, source, "id", &disk->id, error) &&
           get_text(catalog, source, "profile", &disk->profile, error) &&
           read_labels(catalog, source, "metadata", &disk->metadata, error);
}

static gboolean read_persistence(HfCatalog *catalog, JsonObject *persistence, HfDisk *disk,
                                 GError **error)
{
    static const char *const known[] = {"id", "principal", NULL};
    if (!check_members(persistence, known, error) ||
        !get_text(catalog, persistence, "id", &disk->persistence, error) ||
        !get_text(catalog, persistence, "principal", &disk->persistence_principal, error))
        return FALSE;
    return disk->persistence != HF_TEXT_NONE || fail(error, "persistence", "the id is missing");
}

static gboolean read_volume(HfCatalog *catalog, JsonObject *volume, HfDisk *disk, GError **error)
{
    static const char *const known[] = {"container_path", "mode", "host_path", NULL};
    const char *path, *mode;
    if (!check_members(volume, known, error) ||
        !get_string(volume, "container_path", &path, error) ||
        !get_string(volume, "mode", &mode, error) ||
        !get_text(catalog, volume, "host_path", &disk->host_path, error))
        return FALSE;
    if (path == NULL || path[0] == '\0')
        return fail(error, "volume", "'container_path' is missing");
    if (mode != NULL && strcmp(mode, "RW") != 0 && strcmp(mode, "RO") != 0)
        return fail(error, "mode", "must be RW or RO");
    disk->has_volume = TRUE;
    disk->container_path = hf_text_intern(catalog, path);
    disk->mode = mode != NULL && mode[1] == 'O' ? HF_VOLUME_RO : HF_VOLUME_RW;
    return TRUE;
}

static gboolean read_disk(HfCatalog *catalog, JsonObject *object, HfDiskId *out, GError **error)
{
    static const char *const known[] = {"persistence", "volume", "source", NULL};
    JsonObject *info, *persistence, *volume, *source;
    HfDisk disk = {0};
    if (!get_object(object, "disk", &info, error)) return FALSE;
    if (info == NULL) return TRUE;
    if (!check_members(info, known, error) ||
        !get_object(info, "persistence", &persistence, error) ||
        !get_object(info, "volume", &volume, error) || !get_object(info, "source", &source, error))
        return FALSE;
    if (source != NULL && !read_source(catalog, source, &disk, error)) return FALSE;
    if (persistence != NULL && !read_persistence(catalog, persistence, &disk, error)) return FALSE;
    if (volume != NULL && !read_volume(catalog, volume, &disk, error)) return FALSE;
    *out = hf_disk_intern(catalog, &disk);
    return TRUE;
}

/* ---- The whole object ---- */

static gboolean read_meta(HfCatalog *catalog, JsonObject *object, const char *name,
                          HfRoleId default_role, HfMeta *meta, GError **error)
{
    static const char *const role_only[] = {"role", NULL};
    static const char *const value_only[] = {"value", NULL};
    static const char *const nothing[] = {NULL};
    JsonObject *allocation, *provider, *revocable, *shared;
    if (!read_stack(catalog, object, name, default_role, &meta->stack, error) ||
        !read_disk(catalog, object, &meta->disk, error) ||
        !get_object(object, "allocation_info", &allocation, error) ||
        !get_object(object, "provider_id", &provider, error) ||
        !get_object(object, "revocable", &revocable, error) ||
        !get_object(object, "shared", &shared, error))
        return FALSE;
    meta->is_revocable = revocable != NULL;
    meta->is_shared = shared != NULL;
    if ((revocable != NULL && !check_members(revocable, nothing, error)) ||
        (shared != NULL && !check_members(shared, nothing, error)) ||
        (provider != NULL && !check_members(provider, value_only, error)) ||
        (allocation != NULL && !check_members(allocation, role_only, error)))
        return FALSE;
    if (provider != NULL && !get_text(catalog, provider, "value", &meta->provider, error))
        return FALSE;
    if (provider != NULL && meta->provider == HF_TEXT_NONE)
        return fail(error, "provider_id", "the value is missing");
    return allocation == NULL ||
           read_role(catalog, allocation, "role", &meta->allocation_role, error);
}

static gboolean read_object(HfIntake *intake, JsonObject *object, HfRoleId default_role,
                            GError **error)
{
    static const char *const known[] = {
        "name",        "type",        "scalar",    "ranges",       "set",    "role",
        "disk",        "reservation", "revocable", "reservations", "shared", "allocation_info",
        "provider_id", NULL};
    HfCatalog *catalog = intake->catalog;
    const char *name;
    HfMeta meta = HF_META_INIT;
    HfValue value;
    if (!check_members(object, known, error) || !get_string(object, "name", &name, error))
        return FALSE;
    if (name == NULL)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_NAME, "", "a resource needs a name");
    if (!read_meta(catalog, object, name, default_role, &meta, error) ||
        !read_value(catalog, object, name, &value, error))
        return FALSE;
    gboolean is_ok = hf_intake__add(intake, name, &meta, &value, 1, error);
    hf_value_clear(catalog, &value);
    return is_ok;
}

static gboolean read_element(HfIntake *intake, JsonNode *node, HfRoleId default_role,
                             GError **error)
{
    const char *text = node_string(node);
    if (text != NULL) return hf_intake__add_canonical(intake, text, error);
    if (JSON_NODE_HOLDS_OBJECT(node))
        return read_object(intake, json_node_get_object(node), default_role, error);
    return fail(error, "resources", "must be objects or strings");
}

gboolean hf_json__read(HfIntake *intake, JsonNode *node, HfRoleId default_role, GError **error)
{
    if (node_string(node) != NULL) return read_element(intake, node, default_role, error);
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return fail(error, "resources", "must be an array or a string");
    JsonArray *array = json_node_get_array(node);
    guint count = json_array_get_length(array);
    for (guint i = 0; i < count; i++) {
        if (read_element(intake, json_array_get_element(array, i), default_role, error)) continue;
        g_prefix_error(error, "[%u]: ", i);
        return FALSE;
    }
    return TRUE;
}

static gboolean finish(HfIntake *intake, gboolean is_ok, HfResources *out)
{
    if (is_ok) {
        hf_intake__finish(intake, out);
    } else {
        hf_intake__clear(intake);
    }
    return is_ok;
}

gboolean hf_resources_from_json(HfCatalog *catalog, JsonNode *node, HfResources *out,
                                GError **error)
{
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    return finish(&intake, hf_json__read(&intake, node, HF_ROLE_STAR, error), out);
}

gboolean hf_resources_add_json(HfCatalog *catalog, HfResources *to, JsonObject *object,
                               GError **error)
{
    HfIntake intake;
    hf_intake__resume(&intake, catalog, to);
    return finish(&intake, read_object(&intake, object, HF_ROLE_STAR, error), to);
}

/* ---- Operations ---- */

/* A member that must be there, as resources. */
static gboolean read_part(HfCatalog *catalog, JsonObject *object, const char *member,
                          HfResources *out, GError **error)
{
    JsonNode *node = json_object_get_member(object, member);
    if (node == NULL)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OPERATION, member, "is missing");
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    gboolean is_ok = JSON_NODE_HOLDS_OBJECT(node)
                         ? read_object(&intake, json_node_get_object(node), HF_ROLE_STAR, error)
                         : hf_json__read(&intake, node, HF_ROLE_STAR, error);
    if (!is_ok) g_prefix_error(error, "%s: ", member);
    return finish(&intake, is_ok, out);
}

static gboolean read_subtract(JsonObject *object, int64_t *milli_out, GError **error)
{
    JsonNode *node = json_object_get_member(object, "subtract");
    if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
        node = json_object_get_member(json_node_get_object(node), "value");
    double number;
    if (!node_number(node, &number))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OPERATION, "subtract", "must be a number");
    if (!(fabs(number) <= (double)HF_MILLI_MAX / 1000.0))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_TOO_LARGE, "subtract", "is beyond 2^40");
    *milli_out = hf_milli_from_double(number);
    return TRUE;
}

/* "MOUNT" and so on; any type of disk may be asked for here, and hf_operation_check refuses it. */
static gboolean read_target(HfCatalog *catalog, JsonObject *object, HfOperation *out,
                            GError **error)
{
    static const char *const names[] = {[HF_DISK_PATH] = "PATH",
                                        [HF_DISK_MOUNT] = "MOUNT",
                                        [HF_DISK_BLOCK] = "BLOCK",
                                        [HF_DISK_RAW] = "RAW"};
    const char *type = NULL, *profile = NULL;
    if (!get_string(object, "target_type", &type, error) ||
        !get_string(object, "target_profile", &profile, error))
        return FALSE;
    size_t which = HF_DISK_PATH;
    while (which < G_N_ELEMENTS(names) && g_strcmp0(type, names[which]) != 0) which++;
    if (which == G_N_ELEMENTS(names))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OPERATION, "target_type",
                               "must be PATH, MOUNT, BLOCK or RAW");
    out->target_type = (HfDiskSource)which;
    if (profile != NULL) out->target_profile = hf_text_intern(catalog, profile);
    return TRUE;
}

/* What each type of operation is made of. */
static const struct OperationForm {
    const char *resources; /* the member that fills HfOperation.resources */
    gboolean may_have_source, has_addition, has_subtract, has_target;
} operation_forms[] = {
    [HF_OPERATION_RESERVE] = {.resources = "resources", .may_have_source = TRUE},
    [HF_OPERATION_UNRESERVE] = {.resources = "resources"},
    [HF_OPERATION_CREATE] = {.resources = "volumes"},
    [HF_OPERATION_DESTROY] = {.resources = "volumes"},
    [HF_OPERATION_GROW_VOLUME] = {.resources = "volume", .has_addition = TRUE},
    [HF_OPERATION_SHRINK_VOLUME] = {.resources = "volume", .has_subtract = TRUE},
    [HF_OPERATION_CREATE_DISK] = {.resources = "source", .has_target = TRUE},
    [HF_OPERATION_DESTROY_DISK] = {.resources = "source"},
};

static gboolean read_operation(HfCatalog *catalog, JsonObject *object, HfOperation *out,
                               GError **error)
{
    const char *type;
    if (!get_string(object, "type", &type, error)) return FALSE;
    size_t which = 0;
    while (which < G_N_ELEMENTS(operation_forms) &&
           g_strcmp0(type, hf_operation_name((HfOperationType)which)) != 0)
        which++;
    if (which == G_N_ELEMENTS(operation_forms))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OPERATION, type == NULL ? "" : type,
                               "is not the type of an operation");
    const struct OperationForm *form = &operation_forms[which];
    const char *known[5] = {"type", form->resources, NULL, NULL, NULL};
    if (form->may_have_source) known[2] = "source";
    if (form->has_addition) known[2] = "addition";
    if (form->has_subtract) known[2] = "subtract";
    if (form->has_target) known[2] = "target_type", known[3] = "target_profile";
    out->type = (HfOperationType)which;
    if (!check_members(object, known, error) ||
        !read_part(catalog, object, form->resources, &out->resources, error))
        return FALSE;
    out->has_source = form->may_have_source && json_object_has_member(object, "source");
    if (out->has_source && !read_part(catalog, object, "source", &out->source, error)) return FALSE;
    if (form->has_addition && !read_part(catalog, object, "addition", &out->addition, error))
        return FALSE;
    if (form->has_target && !read_target(catalog, object, out, error)) return FALSE;
    return !form->has_subtract || read_subtract(object, &out->subtract_milli, error);
}

gboolean hf_operation_from_json(HfCatalog *catalog, JsonNode *node, HfOperation *out,
                                GError **error)
{
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OPERATION, "", "must be an object");
    HfOperation operation = {0};
    gboolean is_ok = read_operation(catalog, json_node_get_object(node), &operation, error);
    if (is_ok) {
        hf_operation_clear(catalog, out);
        *out = operation;
    } else {
        hf_operation_clear(catalog, &operation);
    }
    return is_ok;
}
