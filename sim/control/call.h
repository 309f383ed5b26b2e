/*
 * What operators ask of the master: Mesos's v1 operator API, call by call, from its own JSON.
 *
 * Source: Mesos 1.11 include/mesos/v1/master/master.proto, quota.proto, maintenance.proto. Agents
 * are named by agent id (`S00000003`) or by the name of their host, frameworks by theirs; instants
 * are nanoseconds from the start of the run.
 */
#ifndef HF_CONTROL_CALL_H
#define HF_CONTROL_CALL_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/time.h"
#include "base/vec.h"
#include "resource/operation.h"
#include "resource/quantities.h"
#include "trace/record.h"

#define HF_CALL_ERROR (g_quark_from_static_string("hf-call-error"))

typedef struct HfWeightInfo {
    HfRoleId role;
    double weight; /* > 0 */
} HfWeightInfo;

typedef struct HfQuotaConfig {
    HfRoleId role;
    HfQuantities guarantees;
    HfLimits limits;
} HfQuotaConfig;

/* A machine in one window of the schedule. */
typedef struct HfMachineWindow {
    char *hostname;         /* lower case; "" = none, only an ip */
    HfTime start, duration; /* of the window; duration HF_TIME_NEVER = no end */
} HfMachineWindow;

/* A zeroed call is legal. Which members a type uses follows from their names. */
typedef struct HfCall {
    HfCallType type;
    char *agent;     /* RESERVE_RESOURCES .. SHRINK_VOLUME, DRAIN_AGENT .. MARK_AGENT_GONE,
                        RESTART_AGENT */
    char *framework; /* TEARDOWN */
    /* RESTART_AGENT, of which the master knows nothing: the --resources and --attributes to start
     * with (NULL = as before), for how long it is down, whether its agent id is removed meanwhile.
     */
    char *resources, *attributes;
    HfTime down;
    gboolean forget_id, cleans_up; /* --recover=cleanup */
    HfOperation operation;         /* RESERVE_RESOURCES .. SHRINK_VOLUME */
    HF_VEC(HfWeightInfo) weights;
    HF_VEC(HfQuotaConfig) quotas; /* UPDATE_QUOTA, SET_QUOTA (one) */
    gboolean is_forced;
    HfRoleId role;                    /* REMOVE_QUOTA */
    HF_VEC(HfMachineWindow) machines; /* of the schedule, or to be started or stopped */
    HfTime max_grace_period;          /* DRAIN_AGENT; HF_TIME_NEVER = none */
    gboolean mark_gone;
} HfCall;

/*
 * Read the body of a call: what stands under "reserve_resources" and so on.
 * Shape:  out: zeroed or legal, replaced; hf_call_clear() it.
 * Errors: FALSE; *path_out (newly allocated) is the place inside the body, "" for all of it;
 *         `out` is then empty. Whatever Mesos's master refuses without looking at the cluster is an
 *         error here.
 */
gboolean hf_call_from_json(HfCatalog *catalog, HfCallType type, JsonNode *body, HfCall *out,
                           char **path_out, GError **error);
void hf_call_clear(HfCatalog *catalog, HfCall *call);

/* The key of a call's body in Mesos's JSON: "reserve_resources". */
const char *hf_call_key(HfCallType type);

#endif
