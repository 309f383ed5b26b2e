/*
 * Access control lists: which principal may do what, as Mesos's master reads them (--acls). The
 * first list entry that matches subject and object decides; when none does, `permissive` does.
 *
 * Source: Mesos 1.11 src/authorizer/local/authorizer.cpp, acls.proto; MESOS.md 2.6. Lists of
 * actions that have no counterpart here are refused with the reason: tasks have no user
 * (run_tasks), agents no principal (register_agents), and nobody reads files or enters containers.
 */
#ifndef HF_CONTROL_ACL_H
#define HF_CONTROL_ACL_H

#include <glib.h>
#include <json-glib/json-glib.h>

/* What may be asked for, and what its object is. */
typedef enum HfAction {
    HF_ACTION_REGISTER_FRAMEWORK,          /* role */
    HF_ACTION_TEARDOWN_FRAMEWORK,          /* principal of the framework */
    HF_ACTION_RESERVE_RESOURCES,           /* role */
    HF_ACTION_UNRESERVE_RESOURCES,         /* principal that reserved */
    HF_ACTION_CREATE_VOLUME,               /* role */
    HF_ACTION_DESTROY_VOLUME,              /* principal that created */
    HF_ACTION_RESIZE_VOLUME,               /* role */
    HF_ACTION_UPDATE_QUOTA,                /* role */
    HF_ACTION_UPDATE_WEIGHT,               /* role */
    HF_ACTION_UPDATE_MAINTENANCE_SCHEDULE, /* machine, as the rest: ANY or NONE alone */
    HF_ACTION_START_MAINTENANCE,
    HF_ACTION_STOP_MAINTENANCE,
    HF_ACTION_DRAIN_AGENT,
    HF_ACTION_DEACTIVATE_AGENT,
    HF_ACTION_REACTIVATE_AGENT,
    HF_ACTION_MARK_AGENT_GONE,
    HF_ACTION_GET_QUOTA,         /* role */
    HF_ACTION_VIEW_ROLE,         /* role */
    HF_ACTION_CREATE_BLOCK_DISK, /* role, as the rest */
    HF_ACTION_CREATE_MOUNT_DISK,
    HF_ACTION_DESTROY_BLOCK_DISK,
    HF_ACTION_DESTROY_MOUNT_DISK,
    HF_ACTION_DESTROY_RAW_DISK,
    HF_ACTIONS
} HfAction;

typedef struct HfAcls HfAcls;

#define HF_ACL_ERROR (g_quark_from_static_string("hf-acl-error"))

/*
 * Read Mesos's JSON: {"permissive": false, "reserve_resources": [{"principals": {"values":
 * ["ops"]}, "roles": {"type": "ANY"}}], ...}. Errors: NULL, *path_out (newly allocated) is the
 * place inside the JSON, "" for the whole.
 */
HfAcls *hf_acls_from_json(JsonNode *node, char **path_out, GError **error);
/* The key of an action's list: "reserve_resources". */
const char *hf_acls_list(HfAction action);

void hf_acls_free(HfAcls *acls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAcls, hf_acls_free)

/*
 * May the principal (NULL = not known, which only lists for ANY allow) do this to the object (NULL
 * = any)? acls NULL: everything is allowed. A value `eng/%` means every role below eng.
 */
gboolean hf_acls_allow(const HfAcls *acls, HfAction action, const char *principal,
                       const char *object);

#endif
