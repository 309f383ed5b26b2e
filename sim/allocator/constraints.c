/* See constraints.h. One flat list of constraints in order; group and role boundaries are numbers
 * on them, so evaluation is a single pass. */
#include "allocator/constraints.h"

#include <string.h>

#include "allocator/constraints_internal.h"
#include "base/vec.h"

typedef enum Selector { BY_NAME, BY_HOSTNAME, BY_REGION, BY_ZONE } Selector;

typedef enum Predicate {
    EXISTS,
    NOT_EXISTS,
    TEXT_EQUALS,
    TEXT_NOT_EQUALS,
    TEXT_MATCHES,
    TEXT_NOT_MATCHES
} Predicate;

typedef struct Constraint {
    HfRoleId role;
    uint32_t group; /* consecutive numbers over all roles */
    Selector selector;
    HfTextId name; /* BY_NAME */
    Predicate predicate;
    char *text;
    GRegex *regex;
} Constraint;

struct HfOfferConstraints {
    uint32_t refs;
    HF_VEC(Constraint) at;
};

HfOfferConstraints *hf_offer_constraints_ref(HfOfferConstraints *constraints)
{
    constraints->refs++;
    return constraints;
}

void hf_offer_constraints_unref(HfOfferConstraints *constraints)
{
    if (constraints == NULL || --constraints->refs > 0) return;
    for (uint32_t c = 0; c < constraints->at.count; c++) {
        g_free(constraints->at.at[c].text);
        if (constraints->at.at[c].regex != NULL) g_regex_unref(constraints->at.at[c].regex);
    }
    hf_vec_clear(&constraints->at);
    g_free(constraints);
}

/* ---- Reading ---- */

gboolean hf_offer_constraints_are_of(const HfOfferConstraints *constraints, const HfRoleId *roles,
                                     uint32_t role_count)
{
    for (guint32 i = 0; i < constraints->at.count; i++) {
        uint32_t r = 0;
        while (r < role_count && roles[r] != constraints->at.at[i].role) r++;
        if (r == role_count) return FALSE;
    }
    return TRUE;
}

static gboolean fail(GError **error, const char *why)
{
    g_set_error_literal(error, HF_CONSTRAINTS_ERROR, 0, why);
    return FALSE;
}

static JsonObject *object_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static const char *text_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static JsonArray *array_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static gboolean read_selector(HfCatalog *catalog, JsonObject *object, Constraint *out,
                              GError **error)
{
    const char *name = text_member(object, "attribute_name");
    const char *pseudo = text_member(object, "pseudoattribute_type");
    if ((name == NULL) == (pseudo == NULL))
        return fail(error, "exactly one of attribute_name and pseudoattribute_type must be set");
    if (name != NULL) {
        out->selector = BY_NAME;
        out->name = hf_text_intern(catalog, name);
    } else if (strcmp(pseudo, "HOSTNAME") == 0) {
        out->selector = BY_HOSTNAME;
    } else if (strcmp(pseudo, "REGION") == 0) {
        out->selector = BY_REGION;
    } else if (strcmp(pseudo, "ZONE") == 0) {
        out->selector = BY_ZONE;
    } else {
        return fail(error, "unknown pseudoattribute_type");
    }
    return TRUE;
}

static const struct {
    const char *name, *argument;
    Predicate predicate;
} predicates[] = {
    {"exists", NULL, EXISTS},
    {"not_exists", NULL, NOT_EXISTS},
    {"text_equals", "value", TEXT_EQUALS},
    {"text_not_equals", "value", TEXT_NOT_EQUALS},
    {"text_matches", "regex", TEXT_MATCHES},
    {"text_not_matches", "regex", TEXT_NOT_MATCHES},
};

static gboolean read_predicate(JsonObject *object, Constraint *out, GError **error)
{
    for (size_t p = 0; p < G_N_ELEMENTS(predicates); p++) {
        JsonObject *body = object_member(object, predicates[p].name);
        if (body == NULL) continue;
        out->predicate = predicates[p].predicate;
        if (predicates[p].argument == NULL) return TRUE;
        const char *text = text_member(body, predicates[p].argument);
        if (text == NULL) return fail(error, "a text predicate needs its value or regex");
        out->text = g_strdup(text);
        if (out->predicate != TEXT_MATCHES && out->predicate != TEXT_NOT_MATCHES) return TRUE;
        uint32_t size;
        if (strlen(text) > HF_CONSTRAINT_REGEX_MAX)
            return fail(error, "the regular expression is too long");
        if (!hf_constraint__regex_size(text, &size))
            return fail(error, "the regular expression uses what RE2 does not know");
        if (size > HF_CONSTRAINT_PROGRAM_MAX)
            return fail(error, "the regular expression is too complex");
        g_autofree char *whole = g_strconcat("\\A(?:", text, ")\\z", NULL);
        out->regex = g_regex_new(whole, 0, 0, error);
        return out->regex != NULL;
    }
    return fail(error, "unknown predicate");
}

static gboolean read_constraint(HfCatalog *catalog, JsonNode *node, Constraint *out, GError **error)
{
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(error, "a constraint must be an object");
    JsonObject *selector = object_member(json_node_get_object(node), "selector");
    JsonObject *predicate = object_member(json_node_get_object(node), "predicate");
    if (selector == NULL || predicate == NULL)
        return fail(error, "a constraint needs a selector and a predicate");
    return read_selector(catalog, selector, out, error) && read_predicate(predicate, out, error);
}

static gboolean read_group(HfCatalog *catalog, HfOfferConstraints *out, HfRoleId role,
                           uint32_t group, JsonNode *node, GError **error)
{
    JsonArray *list = JSON_NODE_HOLDS_OBJECT(node)
                          ? array_member(json_node_get_object(node), "attribute_constraints")
                          : NULL;
    if (list == NULL || json_array_get_length(list) == 0)
        return fail(error, "a group must not be empty");
    for (guint c = 0; c < json_array_get_length(list); c++) {
        hf_vec_push_zero(&out->at);
        Constraint *constraint = hf_vec_last(&out->at);
        constraint->role = role;
        constraint->group = group;
        if (!read_constraint(catalog, json_array_get_element(list, c), constraint, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_role(HfCatalog *catalog, HfOfferConstraints *out, const char *path,
                          JsonNode *node, uint32_t *group, GError **error)
{
    HfRoleId role;
    if (!hf_role_intern(catalog, path, &role, error)) return FALSE;
    JsonArray *groups =
        JSON_NODE_HOLDS_OBJECT(node) ? array_member(json_node_get_object(node), "groups") : NULL;
    if (groups == NULL || json_array_get_length(groups) == 0)
        return fail(error, "groups must not be empty");
    for (guint g = 0; g < json_array_get_length(groups); g++)
        if (!read_group(catalog, out, role, (*group)++, json_array_get_element(groups, g), error))
            return FALSE;
    return TRUE;
}

HfOfferConstraints *hf_offer_constraints_from_json(HfCatalog *catalog, JsonNode *node,
                                                   GError **error)
{
    g_autoptr(HfOfferConstraints) constraints = g_new0(HfOfferConstraints, 1);
    constraints->refs = 1;
    JsonObject *roles = NULL;
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        if (!json_object_has_member(json_node_get_object(node), "role_constraints"))
            return g_steal_pointer(&constraints);
        roles = object_member(json_node_get_object(node), "role_constraints");
    }
    if (roles == NULL) {
        fail(error, "offer constraints must be an object, and role_constraints in it one as well");
        return NULL;
    }
    uint32_t group = 0;
    JsonObjectIter iter;
    const char *path;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, roles);
    while (json_object_iter_next_ordered(&iter, &path, &member))
        if (!read_role(catalog, constraints, path, member, &group, error)) {
            g_prefix_error(error, "constraints of role '%s': ", path);
            return NULL;
        }
    return g_steal_pointer(&constraints);
}

/* ---- Testing ---- */

/* `text` is NULL when the attribute is there but not a text (which passes), or not there at all. */
static gboolean applies(const Constraint *constraint, const char *text, gboolean is_there)
{
    switch (constraint->predicate) {
    case EXISTS:
        return is_there;
    case NOT_EXISTS:
        return !is_there;
    case TEXT_EQUALS:
        return is_there && (text == NULL || strcmp(text, constraint->text) == 0);
    case TEXT_NOT_EQUALS:
        return !is_there || text == NULL || strcmp(text, constraint->text) != 0;
    case TEXT_MATCHES:
        return is_there && (text == NULL || g_regex_match(constraint->regex, text, 0, NULL));
    default:
        return !is_there || text == NULL || !g_regex_match(constraint->regex, text, 0, NULL);
    }
}

static gboolean is_met(const Constraint *constraint, const HfCatalog *catalog,
                       const HfConstraintSubject *agent)
{
    switch (constraint->selector) {
    case BY_HOSTNAME:
        return applies(constraint, agent->hostname, TRUE);
    case BY_REGION:
        return applies(constraint, agent->region, agent->region != NULL);
    case BY_ZONE:
        return applies(constraint, agent->zone, agent->zone != NULL);
    default:
        break;
    }
    const HfAttribute *found = hf_attributes_find(agent->attributes, constraint->name);
    if (found == NULL) return applies(constraint, NULL, FALSE);
    /* a value that is not a text passes every text predicate */
    const char *text =
        found->value.type == HF_VALUE_TEXT ? hf_text(catalog, found->value.text) : NULL;
    return applies(constraint, text, TRUE);
}

gboolean hf_offer_constraints_exclude(const HfOfferConstraints *constraints,
                                      const HfCatalog *catalog, HfRoleId role,
                                      const HfConstraintSubject *agent)
{
    gboolean has_any = FALSE;
    const Constraint *at = constraints->at.at;
    for (uint32_t c = 0; c < constraints->at.count;) {
        uint32_t group = at[c].group;
        gboolean is_mine = at[c].role == role, holds = TRUE;
        for (; c < constraints->at.count && at[c].group == group; c++)
            holds = holds && is_mine && is_met(&at[c], catalog, agent);
        if (is_mine && holds) return FALSE;
        has_any |= is_mine;
    }
    return has_any;
}
