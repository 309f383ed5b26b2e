/*
 * Reading roles, labels and reservations: the stack form (`reservations`), and the old form
 * (`role`, `reservation`), which must agree with it when both are there.
 */
#include <string.h>

#include "resource/json_internal.h"

static gboolean read_label(HfCatalog *catalog, JsonNode *node, HfLabel *out, GError **error)
{
    static const char *const known[] = {"key", "value", NULL};
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return hf_json__fail(error, "labels", "a label must be an object");
    JsonObject *object = json_node_get_object(node);
    if (!hf_json__members(object, known, error) ||
        !hf_json__text(catalog, object, "key", &out->key, error) ||
        !hf_json__text(catalog, object, "value", &out->value, error))
        return FALSE;
    return out->key != HF_TEXT_NONE || hf_json__fail(error, "labels", "a label needs a key");
}

gboolean hf_json__labels(HfCatalog *catalog, JsonObject *object, const char *member,
                         HfLabelsId *out, GError **error)
{
    static const char *const known[] = {"labels", NULL};
    JsonObject *wrapper;
    JsonArray *array;
    *out = 0;
    if (!hf_json__object(object, member, &wrapper, error)) return FALSE;
    if (wrapper == NULL) return TRUE;
    if (!hf_json__members(wrapper, known, error) ||
        !hf_json__array(wrapper, "labels", &array, error))
        return FALSE;
    guint count = array == NULL ? 0 : json_array_get_length(array);
    g_autofree HfLabel *labels = g_new(HfLabel, count);
    for (guint i = 0; i < count; i++)
        if (!read_label(catalog, json_array_get_element(array, i), &labels[i], error)) return FALSE;
    *out = hf_labels_intern(catalog, labels, count);
    return TRUE;
}

gboolean hf_json__role(HfCatalog *catalog, JsonObject *object, const char *member, HfRoleId *out,
                       GError **error)
{
    const char *path;
    *out = HF_ROLE_NONE;
    if (!hf_json__string(object, member, &path, error)) return FALSE;
    return path == NULL || hf_role_intern(catalog, path, out, error);
}

static gboolean read_reservation(HfCatalog *catalog, JsonNode *node, HfReservation *out,
                                 GError **error)
{
    static const char *const known[] = {"type", "role", "principal", "labels", NULL};
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return hf_json__fail(error, "reservations", "a reservation must be an object");
    JsonObject *object = json_node_get_object(node);
    const char *type;
    if (!hf_json__members(object, known, error) || !hf_json__string(object, "type", &type, error) ||
        !hf_json__role(catalog, object, "role", &out->role, error) ||
        !hf_json__text(catalog, object, "principal", &out->principal, error) ||
        !hf_json__labels(catalog, object, "labels", &out->labels, error))
        return FALSE;
    if (type == NULL || (strcmp(type, "STATIC") != 0 && strcmp(type, "DYNAMIC") != 0))
        return hf_json__fail(error, "reservations", "the type must be STATIC or DYNAMIC");
    out->type = type[0] == 'D' ? HF_RESERVATION_DYNAMIC : HF_RESERVATION_STATIC;
    return out->role != HF_ROLE_NONE || hf_json__fail(error, "reservations", "the role is missing");
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
    if (!hf_json__role(catalog, object, "role", &old->role, error) ||
        !hf_json__object(object, "reservation", &reservation, error))
        return FALSE;
    if (reservation == NULL) return TRUE;
    old->has_reservation = TRUE;
    return hf_json__members(reservation, known, error) &&
           hf_json__text(catalog, reservation, "principal", &old->reservation.principal, error) &&
           hf_json__labels(catalog, reservation, "labels", &old->reservation.labels, error);
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

gboolean hf_json__stack(HfCatalog *catalog, JsonObject *object, const char *name,
                        HfRoleId default_role, HfStackId *out, GError **error)
{
    OldForm old;
    JsonArray *array;
    *out = 0;
    if (!read_old_form(catalog, object, &old, error) ||
        !hf_json__array(object, "reservations", &array, error))
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
