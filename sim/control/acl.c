/* Reading and asking access control lists; see acl.h. */
#include "control/acl.h"

#include <string.h>

#include "base/assert.h"
#include "base/near.h"
#include "base/vec.h"

typedef enum EntityType { ENTITY_SOME, ENTITY_ANY, ENTITY_NONE } EntityType;

typedef struct Entity {
    EntityType type;
    char **values; /* SOME: NULL-terminated, owned */
} Entity;

typedef struct Entry {
    HfAction action;
    Entity subject, object;
} Entry;

struct HfAcls {
    gboolean is_permissive;
    HF_VEC(Entry) entries; /* in order of the lists */
};

/* The key of each action's list, and that of the object in its entries. */
static const struct {
    const char *list, *object;
    gboolean has_values; /* the object may be SOME */
} shapes[HF_ACTIONS] = {
    [HF_ACTION_REGISTER_FRAMEWORK] = {"register_frameworks", "roles", TRUE},
    [HF_ACTION_TEARDOWN_FRAMEWORK] = {"teardown_frameworks", "framework_principals", TRUE},
    [HF_ACTION_RESERVE_RESOURCES] = {"reserve_resources", "roles", TRUE},
    [HF_ACTION_UNRESERVE_RESOURCES] = {"unreserve_resources", "reserver_principals", TRUE},
    [HF_ACTION_CREATE_VOLUME] = {"create_volumes", "roles", TRUE},
    [HF_ACTION_DESTROY_VOLUME] = {"destroy_volumes", "creator_principals", TRUE},
    [HF_ACTION_RESIZE_VOLUME] = {"resize_volumes", "roles", TRUE},
    [HF_ACTION_UPDATE_QUOTA] = {"update_quotas", "roles", TRUE},
    [HF_ACTION_UPDATE_WEIGHT] = {"update_weights", "roles", TRUE},
    [HF_ACTION_UPDATE_MAINTENANCE_SCHEDULE] = {"update_maintenance_schedules", "machines", FALSE},
    [HF_ACTION_START_MAINTENANCE] = {"start_maintenances", "machines", FALSE},
    [HF_ACTION_STOP_MAINTENANCE] = {"stop_maintenances", "machines", FALSE},
    [HF_ACTION_DRAIN_AGENT] = {"drain_agents", "agents", FALSE},
    [HF_ACTION_DEACTIVATE_AGENT] = {"deactivate_agents", "agents", FALSE},
    [HF_ACTION_REACTIVATE_AGENT] = {"reactivate_agents", "agents", FALSE},
    [HF_ACTION_MARK_AGENT_GONE] = {"mark_agents_gone", "agents", FALSE},
    [HF_ACTION_GET_QUOTA] = {"get_quotas", "roles", TRUE},
    [HF_ACTION_VIEW_ROLE] = {"view_roles", "roles", TRUE},
    [HF_ACTION_CREATE_BLOCK_DISK] = {"create_block_disks", "roles", TRUE},
    [HF_ACTION_CREATE_MOUNT_DISK] = {"create_mount_disks", "roles", TRUE},
    [HF_ACTION_DESTROY_BLOCK_DISK] = {"destroy_block_disks", "roles", TRUE},
    [HF_ACTION_DESTROY_MOUNT_DISK] = {"destroy_mount_disks", "roles", TRUE},
    [HF_ACTION_DESTROY_RAW_DISK] = {"destroy_raw_disks", "roles", TRUE},
};

/* Lists of Mesos that nothing here could ask, by what there would have to be. */
static const struct {
    const char *why;
    const char *lists[16]; /* NULL-terminated */
} foreign[] = {
    {"tasks run as no user here",
     {"run_tasks", "launch_nested_containers_as_user",
      "launch_nested_containers_under_parent_with_user", "launch_nested_container_sessions_as_user",
      "launch_nested_container_sessions_under_parent_with_user"}},
    {"agents have no principals here", {"register_agents"}},
    {"nobody reads that here",
     {"view_frameworks", "view_executors", "view_tasks", "view_containers", "view_flags",
      "view_resource_providers", "view_standalone_containers", "get_endpoints",
      "get_maintenance_schedules", "get_maintenance_statuses", "access_sandboxes",
      "access_mesos_logs"}},
    {"nobody does that here",
     {"set_log_level", "kill_nested_containers", "wait_nested_containers",
      "remove_nested_containers", "attach_containers_input", "attach_containers_output",
      "launch_standalone_containers", "kill_standalone_containers", "wait_standalone_containers",
      "remove_standalone_containers", "modify_resource_provider_configs",
      "mark_resource_providers_gone", "prune_images"}}};

/* ---- reading ---- */

static gboolean fail(GError **error, const char *what)
{
    g_set_error_literal(error, HF_ACL_ERROR, 1, what);
    return FALSE;
}

static gboolean is_string(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

static gboolean read_values(JsonNode *node, Entity *entity, GError **error)
{
    if (!JSON_NODE_HOLDS_ARRAY(node)) return fail(error, "expected a list of names");
    JsonArray *array = json_node_get_array(node);
    guint count = json_array_get_length(array);
    entity->type = ENTITY_SOME;
    entity->values = g_new0(char *, count + 1);
    for (guint i = 0; i < count; i++) {
        if (!is_string(json_array_get_element(array, i)))
            return fail(error, "expected a list of names");
        entity->values[i] = g_strdup(json_array_get_string_element(array, i));
    }
    return TRUE;
}

static gboolean read_type(JsonNode *node, Entity *entity, GError **error)
{
    const char *type = is_string(node) ? json_node_get_string(node) : "";
    if (strcmp(type, "ANY") == 0)
        entity->type = ENTITY_ANY;
    else if (strcmp(type, "NONE") == 0)
        entity->type = ENTITY_NONE;
    else if (strcmp(type, "SOME") != 0)
        return fail(error, "expected ANY, NONE or SOME");
    return TRUE;
}

/* {"type": "ANY"} or {"values": [...]}. */
static gboolean read_entity(JsonNode *node, gboolean has_values, Entity *entity, GString *path,
                            GError **error)
{
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return fail(error, "expected {type: ...} or {values: [...]}");
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) names = json_object_get_members(object);
    for (GList *at = names; at != NULL; at = at->next) {
        const char *name = at->data;
        JsonNode *value = json_object_get_member(object, name);
        gboolean is_type = strcmp(name, "type") == 0;
        if (!is_type && strcmp(name, "values") != 0) {
            g_string_append_printf(path, ".%s", name);
            return fail(error, "unknown key; known here: type, values");
        }
        if (is_type ? !read_type(value, entity, error) : !read_values(value, entity, error)) {
            g_string_append_printf(path, ".%s", name);
            return FALSE;
        }
    }
    if (entity->type == ENTITY_SOME && entity->values == NULL)
        return fail(error, "type SOME needs values");
    if (entity->type == ENTITY_SOME && !has_values)
        return fail(error, "only type ANY or NONE may stand here");
    return TRUE;
}

static gboolean read_entry(JsonNode *node, HfAction action, Entry *entry, GString *path,
                           GError **error)
{
    if (!JSON_NODE_HOLDS_OBJECT(node)) return fail(error, "expected a mapping");
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) names = json_object_get_members(object);
    entry->action = action;
    entry->subject.type = entry->object.type = ENTITY_ANY; /* what is not said */
    for (GList *at = names; at != NULL; at = at->next) {
        const char *name = at->data;
        gboolean is_subject = strcmp(name, "principals") == 0;
        if (!is_subject && strcmp(name, shapes[action].object) != 0) {
            g_string_append_printf(path, ".%s", name);
            g_set_error(error, HF_ACL_ERROR, 1, "unknown key; known here: principals, %s",
                        shapes[action].object);
            return FALSE;
        }
        Entity *entity = is_subject ? &entry->subject : &entry->object;
        entity->type = ENTITY_SOME;
        gsize length = path->len;
        g_string_append_printf(path, ".%s", name);
        if (!read_entity(json_object_get_member(object, name),
                         is_subject || shapes[action].has_values, entity, path, error))
            return FALSE;
        g_string_truncate(path, length);
    }
    return TRUE;
}

static gboolean read_list(JsonNode *node, HfAction action, HfAcls *acls, GString *path,
                          GError **error)
{
    if (!JSON_NODE_HOLDS_ARRAY(node)) return fail(error, "expected a list");
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        gsize length = path->len;
        g_string_append_printf(path, "[%u]", i);
        hf_vec_push_zero(&acls->entries);
        if (!read_entry(json_array_get_element(array, i), action, hf_vec_last(&acls->entries), path,
                        error))
            return FALSE;
        g_string_truncate(path, length);
    }
    return TRUE;
}

/* A list that cannot stand here: one of Mesos's, a slip, or neither. */
static gboolean refuse_list(const char *name, GError **error)
{
    for (size_t f = 0; f < G_N_ELEMENTS(foreign); f++) {
        for (const char *const *list = foreign[f].lists; *list != NULL; list++) {
            if (strcmp(*list, name) != 0) continue;
            g_set_error(error, HF_ACL_ERROR, 1, "Mesos has it, but it could not mean anything: %s",
                        foreign[f].why);
            return FALSE;
        }
    }
    const char *known[HF_ACTIONS + 2] = {"permissive"};
    for (int action = 0; action < HF_ACTIONS; action++) known[action + 1] = shapes[action].list;
    const char *near = hf_near_find(name, known);
    g_autofree char *all = g_strjoinv(", ", (char **)known);
    if (near != NULL)
        g_set_error(error, HF_ACL_ERROR, 1, "unknown key; did you mean \"%s\"?", near);
    else
        g_set_error(error, HF_ACL_ERROR, 1, "unknown key; known here: %s", all);
    return FALSE;
}

static gboolean read_member(JsonObject *object, const char *name, HfAcls *acls, GString *path,
                            GError **error)
{
    JsonNode *value = json_object_get_member(object, name);
    g_string_assign(path, name);
    if (strcmp(name, "permissive") == 0) {
        if (!JSON_NODE_HOLDS_VALUE(value) || json_node_get_value_type(value) != G_TYPE_BOOLEAN)
            return fail(error, "expected true or false");
        acls->is_permissive = json_node_get_boolean(value);
        return TRUE;
    }
    for (int action = 0; action < HF_ACTIONS; action++)
        if (strcmp(name, shapes[action].list) == 0)
            return read_list(value, (HfAction)action, acls, path, error);
    return refuse_list(name, error);
}

HfAcls *hf_acls_from_json(JsonNode *node, char **path_out, GError **error)
{
    g_autoptr(HfAcls) acls = g_new0(HfAcls, 1);
    g_autoptr(GString) path = g_string_new(NULL);
    acls->is_permissive = TRUE;
    gboolean is_good = JSON_NODE_HOLDS_OBJECT(node) || fail(error, "expected a mapping");
    if (is_good) {
        JsonObject *object = json_node_get_object(node);
        g_autoptr(GList) names = json_object_get_members(object);
        for (GList *at = names; at != NULL && is_good; at = at->next)
            is_good = read_member(object, at->data, acls, path, error);
    }
    if (is_good) return g_steal_pointer(&acls);
    *path_out = g_strdup(path->str);
    return NULL;
}

const char *hf_acls_list(HfAction action)
{
    HF_ASSERT(action < HF_ACTIONS);
    return shapes[action].list;
}

void hf_acls_free(HfAcls *acls)
{
    if (acls == NULL) return;
    for (guint32 i = 0; i < acls->entries.count; i++) {
        g_strfreev(acls->entries.at[i].subject.values);
        g_strfreev(acls->entries.at[i].object.values);
    }
    hf_vec_clear(&acls->entries);
    g_free(acls);
}

/* ---- asking ---- */

static gboolean is_value(const char *pattern, const char *asked)
{
    gsize length = strlen(pattern);
    if (length > 2 && strcmp(pattern + length - 2, "/%") == 0) /* roles strictly below */
        return strncmp(pattern, asked, length - 1) == 0 && asked[length - 1] != '\0';
    return strcmp(pattern, asked) == 0;
}

/* Who is not known, and what stands for everything, is asked for as ANY: entries for ANY match it,
 * and those for NONE. */
static gboolean matches(const Entity *entity, const char *asked)
{
    if (entity->type != ENTITY_SOME) return TRUE;
    for (char **value = entity->values; asked != NULL && *value != NULL; value++)
        if (is_value(*value, asked)) return TRUE;
    return FALSE;
}

static gboolean allows(const Entity *entity, const char *asked)
{
    return entity->type != ENTITY_NONE && matches(entity, asked);
}

gboolean hf_acls_allow(const HfAcls *acls, HfAction action, const char *principal,
                       const char *object)
{
    if (acls == NULL) return TRUE;
    for (guint32 i = 0; i < acls->entries.count; i++) {
        const Entry *entry = &acls->entries.at[i];
        if (entry->action == action && matches(&entry->subject, principal) &&
            matches(&entry->object, object))
            return allows(&entry->subject, principal) && allows(&entry->object, object);
    }
    return acls->is_permissive;
}
