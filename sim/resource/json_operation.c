/* Reading operations on resources. */
#include <math.h>

#include "resource/json_internal.h"

/* A member that must be there, as resources. */
static gboolean read_part(HfCatalog *catalog, JsonObject *object, const char *member,
                          HfResources *out, GError **error)
{
    JsonNode *node = json_object_get_member(object, member);
    if (node == NULL)
        return hf_intake__fail(error, HF_RESOURCE_ERROR_OPERATION, member, "is missing");
    HfIntake intake;
    hf_intake__init(&intake, catalog);
    gboolean is_ok =
        JSON_NODE_HOLDS_OBJECT(node)
            ? hf_json__read_object(&intake, json_node_get_object(node), HF_ROLE_STAR, error)
            : hf_json__read(&intake, node, HF_ROLE_STAR, error);
    if (!is_ok) g_prefix_error(error, "%s: ", member);
    return hf_json__finish(&intake, is_ok, out);
}

static gboolean read_subtract(JsonObject *object, int64_t *milli_out, GError **error)
{
    JsonNode *node = json_object_get_member(object, "subtract");
    if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
        node = json_object_get_member(json_node_get_object(node), "value");
    double number;
    if (!hf_json__number_of(node, &number))
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
    if (!hf_json__string(object, "target_type", &type, error) ||
        !hf_json__string(object, "target_profile", &profile, error))
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
    if (!hf_json__string(object, "type", &type, error)) return FALSE;
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
    if (!hf_json__members(object, known, error) ||
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
