/* The table of record types, and the names of states and reasons. */
#include "trace/record.h"

#include "base/assert.h"

const HfRecordShape hf_record_shapes[HF_RECORD_TYPES] = {
    [HF_RECORD_RUN_STARTED] = {"run_started", "v", "seed"},
    [HF_RECORD_RUN_ENDED] = {"run_ended", "", NULL},
    [HF_RECORD_AGENT_CRASHED] = {"agent_crashed", "hv", "visible"},
    [HF_RECORD_AGENT_RETURNED] = {"agent_returned", "h", NULL},
    [HF_RECORD_MESSAGE_LOST] = {"message_lost", "hfv", "message_type"},
    [HF_RECORD_TASK_STARTED] = {"task_started", "hftvx", "usage_milli"},
    [HF_RECORD_TASK_STOPPING] = {"task_stopping", "hftv", "within_ns"},
    [HF_RECORD_TASK_ENDED] = {"task_ended", "hftsvx", "usage_milli"},
    [HF_RECORD_AGENT_REGISTERED] = {"agent_registered", "avx", "host"},
    [HF_RECORD_AGENT_REREGISTERED] = {"agent_reregistered", "avx", "host"},
    [HF_RECORD_AGENT_DISCONNECTED] = {"agent_disconnected", "a", NULL},
    [HF_RECORD_AGENT_UNREACHABLE] = {"agent_unreachable", "ax", NULL},
    [HF_RECORD_FRAMEWORK_SUBSCRIBED] = {"framework_subscribed", "fr", NULL},
    [HF_RECORD_FRAMEWORK_REMOVED] = {"framework_removed", "f", NULL},
    [HF_RECORD_OFFER_SENT] = {"offer_sent", "afrox", NULL},
    [HF_RECORD_OFFER_ACCEPTED] = {"offer_accepted", "afrovx", "refuse_ms"},
    [HF_RECORD_OFFER_DECLINED] = {"offer_declined", "afrovx", "refuse_ms"},
    [HF_RECORD_OFFER_RESCINDED] = {"offer_rescinded", "afrox", NULL},
    [HF_RECORD_OFFER_EXPIRED] = {"offer_expired", "afrox", NULL},
    [HF_RECORD_ACCEPT_INVALID] = {"accept_invalid", "fv", "tasks"},
    [HF_RECORD_REVIVED] = {"revived", "fr", NULL},
    [HF_RECORD_SUPPRESSED] = {"suppressed", "fr", NULL},
    [HF_RECORD_TASK_LAUNCHED] = {"task_launched", "afrtvx", "job"},
    [HF_RECORD_TASK_STATE] = {"task_state", "afrtswx", NULL},
    [HF_RECORD_TASK_KILL] = {"task_kill", "ft", NULL},
    [HF_RECORD_OPERATION] = {"operation", "afrnix", NULL},
    [HF_RECORD_CONSUMED] = {"consumed", "afrx", NULL},
    [HF_RECORD_CONVERTED] = {"converted", "afrx", NULL},
    [HF_RECORD_OPERATION_DROPPED] = {"operation_dropped", "afrniex", NULL},
    [HF_RECORD_OPERATION_STATE] = {"operation_state", "afiu", NULL},
    [HF_RECORD_AGENT_DEACTIVATED] = {"agent_deactivated", "a", NULL},
    [HF_RECORD_AGENT_REACTIVATED] = {"agent_reactivated", "a", NULL},
    [HF_RECORD_AGENT_DRAINED] = {"agent_drained", "a", NULL},
    [HF_RECORD_AGENT_GONE] = {"agent_gone", "ax", NULL},
    [HF_RECORD_OPERATOR_CALL] = {"operator_call", "acv", "status"},
    [HF_RECORD_DEMAND] = {"demand", "fv", "tasks_waiting"},
    [HF_RECORD_JOB_SUBMITTED] = {"job_submitted", "fjvx", "tasks"},
    [HF_RECORD_TASK_WAITED] = {"task_waited", "aftv", "wait_ns"},
    [HF_RECORD_JOB_FINISHED] = {"job_finished", "fjv", "response_ns"},
    [HF_RECORD_PLACEMENT_REFUSED] = {"placement_refused", "ftv", "refusals"},
    [HF_RECORD_TASK_REPLACED] = {"task_replaced", "hftbv", "after_ns"},
    [HF_RECORD_AGENT_STOPPED] = {"agent_stopped", "hv", "death"},
    [HF_RECORD_AGENT_STARTED] = {"agent_started", "h", NULL},
    [HF_RECORD_DISK_LOST] = {"disk_lost", "h", NULL},
    [HF_RECORD_AGENT_REFUSED] = {"agent_refused", "hv", "why"},
    [HF_RECORD_SCHEDULER_STOPPED] = {"scheduler_stopped", "f", NULL},
    [HF_RECORD_SCHEDULER_STARTED] = {"scheduler_started", "f", NULL},
    [HF_RECORD_FRAMEWORK_DISCONNECTED] = {"framework_disconnected", "f", NULL},
    [HF_RECORD_FRAMEWORK_RESUBSCRIBED] = {"framework_resubscribed", "f", NULL},
    [HF_RECORD_AGENT_REMOVED] = {"agent_removed", "ax", NULL},
    [HF_RECORD_LINK_CUT] = {"link_cut", "hv", "ways"},
    [HF_RECORD_FRAMEWORK_REFUSED] = {"framework_refused", "fvz", "scheduler"},
    [HF_RECORD_LINK_BROKEN] = {"link_broken", "h", NULL},
    [HF_RECORD_LINK_SLOW] = {"link_slow", "hv", "slow"},
    [HF_RECORD_SCHEDULER_LINK_CUT] = {"scheduler_link_cut", "fv", "ways"},
    [HF_RECORD_SCHEDULER_LINK_BROKEN] = {"scheduler_link_broken", "f", NULL},
    [HF_RECORD_TASK_FOLLOWS] = {"task_follows", "ftv", "before"},
    [HF_RECORD_VOLUME_DISOWNED] = {"volume_disowned", "hfx", NULL},
    [HF_RECORD_SANDBOX_MADE] = {"sandbox_made", "hftv", "kib"},
    [HF_RECORD_SANDBOX_GROWS] = {"sandbox_grows", "hftv", "kib_per_s"},
    [HF_RECORD_SANDBOX_CLOSED] = {"sandbox_closed", "hftv", "kib"},
    [HF_RECORD_SANDBOX_REMOVED] = {"sandbox_removed", "hftv", "kib"},
    [HF_RECORD_OUT_OF_BAND] = {"out_of_band", "hv", "kib"},
    [HF_RECORD_PATH_WRITTEN] = {"path_written", "hfmv", "kib"},
    [HF_RECORD_PATH_LEFT] = {"path_left", "hfmv", "kib"},
    [HF_RECORD_PATH_ADOPTED] = {"path_adopted", "hfmv", "kib"},
    [HF_RECORD_VOLUME_OPENED] = {"volume_opened", "hfrtvx", "data"},
    [HF_RECORD_VOLUME_FILLED] = {"volume_filled", "hfrtvx", "kib"},
    [HF_RECORD_VOLUMES_HOLD] = {"volumes_hold", "hv", "kib"},
    [HF_RECORD_DISK_USED] = {"disk_used", "hv", "kib"},
    [HF_RECORD_DISK_FULL] = {"disk_full", "hv", "kib"},
    [HF_RECORD_DISK_FREED] = {"disk_freed", "hv", "kib"},
    [HF_RECORD_DEPLOYMENT_STARTED] = {"deployment_started", "fgv", "deployment"},
    [HF_RECORD_DEPLOYMENT_HEALTHY] = {"deployment_healthy", "fgv", "instances"},
    [HF_RECORD_DEPLOYMENT_INSTANCES] = {"deployment_instances", "fgv", "launched"},
    [HF_RECORD_DEPLOYMENT_ENDED] = {"deployment_ended", "fgv", "how"},
    [HF_RECORD_DEPLOYMENT_REFUSED] = {"deployment_refused", "fgv", "deployment"},
    [HF_RECORD_DATA_COPIED] = {"data_copied", "ftv", "bytes"},
    [HF_RECORD_INPUT_READ] = {"input_read", "fjv", "local"},
    [HF_RECORD_SERVICE_DECLARED] = {"service_declared", "fgv", "members"},
    [HF_RECORD_SERVICE_MEMBERS] = {"service_members", "fgv", "running"},
    [HF_RECORD_SERVICE_QUORUM] = {"service_quorum", "fgv", "out_ppm"},
    [HF_RECORD_MEMBER_REPLACED] = {"member_replaced", "hfmv", "left_bytes"},
    [HF_RECORD_REPLICA_MADE] = {"replica_made", "hfpv", "bytes"},
    [HF_RECORD_REPLICA_GONE] = {"replica_gone", "hfpv", "bytes"},
    [HF_RECORD_DATA_LOST] = {"data_lost", "fpv", "bytes"},
    [HF_RECORD_COPY_STARTED] = {"copy_started", "hfyv", "bytes"},
    [HF_RECORD_COPY_ENDED] = {"copy_ended", "hfyv", "bytes"},
    [HF_RECORD_STORE_DECLARED] = {"store_declared", "qv", "bytes"},
    [HF_RECORD_STORE_STATE] = {"store_state", "qv", "serves"},
    [HF_RECORD_STORE_TAKEN] = {"store_taken", "fqv", "bytes"},
    [HF_RECORD_STORE_LEFT] = {"store_left", "fqv", "bytes"},
    [HF_RECORD_STORE_FREED] = {"store_freed", "fqv", "bytes"},
    [HF_RECORD_STORE_FULL] = {"store_full", "fqv", "bytes"},
    [HF_RECORD_STORE_STALLED] = {"store_stalled", "fqv", "instances"},
    [HF_RECORD_STORE_READ] = {"store_read", "hfqv", "bytes"},
    [HF_RECORD_STORE_ACTION] = {"store_action", "fqv", "what"},
    [HF_RECORD_STORE_CLIENTS] = {"store_clients", "fqv", "instances"},
    [HF_RECORD_STORE_RATE] = {"store_rate", "qv", "bytes_per_s"},
    [HF_RECORD_STORE_DEGRADED] = {"store_degraded", "qv", "replicas"},
    [HF_RECORD_STORE_RECOVERED] = {"store_recovered", "qv", "bytes"},
    [HF_RECORD_STORE_LOST] = {"store_lost", "fqv", "bytes"},
    [HF_RECORD_SHARE_ATTACHED] = {"share_attached", "hfmv", "by_force"},
    [HF_RECORD_SHARE_DETACHED] = {"share_detached", "hfmv", "by_force"},
    [HF_RECORD_MASTER_LOST] = {"master_lost", "v", "why"},
    [HF_RECORD_TASK_FORGOTTEN] = {"task_forgotten", "afrtx", NULL},
    [HF_RECORD_MASTER_ELECTED] = {"master_elected", "v", "agents"},
    [HF_RECORD_AGENT_RECOVERED] = {"agent_recovered", "akdv", "host"},
    [HF_RECORD_FRAMEWORK_RECOVERED] = {"framework_recovered", "f", NULL},
    [HF_RECORD_AGENT_FORGOTTEN] = {"agent_forgotten", "a", NULL},
    [HF_RECORD_FRAMEWORK_UPDATED] = {"framework_updated", "f", NULL},
    [HF_RECORD_INVERSE_OFFER_SENT] = {"inverse_offer_sent", "afo", NULL},
    [HF_RECORD_INVERSE_OFFER_ACCEPTED] = {"inverse_offer_accepted", "afo", NULL},
    [HF_RECORD_INVERSE_OFFER_DECLINED] = {"inverse_offer_declined", "afo", NULL},
    [HF_RECORD_INVERSE_OFFER_RESCINDED] = {"inverse_offer_rescinded", "afo", NULL},
    [HF_RECORD_QUOTA] = {"quota", "rx", NULL},
    [HF_RECORD_QUOTA_LIMIT] = {"quota_limit", "rvx", "milli"},
    [HF_RECORD_OPERATION_PENDING] = {"operation_pending", "afrnix", NULL},
    [HF_RECORD_EXECUTOR_LAUNCHED] = {"executor_launched", "afrlx", NULL},
    [HF_RECORD_EXECUTOR_REMOVED] = {"executor_removed", "afrlwx", NULL},
    [HF_RECORD_EXECUTOR_STARTED] = {"executor_started", "hflvx", "usage_milli"},
    [HF_RECORD_EXECUTOR_ENDED] = {"executor_ended", "hflvx", "usage_milli"},
    [HF_RECORD_VOLUME_EMPTIED] = {"volume_emptied", "hfrtvx", "kib"},
    [HF_RECORD_STORE_SURPLUS] = {"store_surplus", "qv", "bytes"},
    [HF_RECORD_EXECUTOR_BEGUN] = {"executor_begun", "hflvx", "takes_ns"},
    [HF_RECORD_TASK_BEGUN] = {"task_begun", "hftvx", "takes_ns"},
    [HF_RECORD_TASK_PREPARES] = {"task_prepares", "hft", NULL},
};

const char *hf_registry_standing_name(HfRegistryStanding standing)
{
    static const char *const names[HF_REGISTRY_STANDINGS] = {"none", "admitted", "unreachable",
                                                             "gone"};
    HF_ASSERT(standing < HF_REGISTRY_STANDINGS);
    return names[standing];
}

const char *hf_task_state_name(HfTaskState state)
{
    static const char *const names[HF_TASK_STATES] = {
        "TASK_STAGING",     "TASK_STARTING",
        "TASK_RUNNING",     "TASK_KILLING",
        "TASK_UNREACHABLE", "TASK_UNKNOWN",
        "TASK_FINISHED",    "TASK_FAILED",
        "TASK_KILLED",      "TASK_ERROR",
        "TASK_LOST",        "TASK_DROPPED",
        "TASK_GONE",        "TASK_GONE_BY_OPERATOR",
    };
    HF_ASSERT(state < HF_TASK_STATES);
    return names[state];
}

const char *hf_task_reason_name(HfTaskReason reason)
{
    static const char *const names[HF_TASK_REASONS] = {
        "NONE",
        "REASON_INVALID_OFFERS",
        "REASON_TASK_INVALID",
        "REASON_SLAVE_DISCONNECTED",
        "REASON_SLAVE_REMOVED",
        "REASON_SLAVE_REREGISTERED",
        "REASON_RECONCILIATION",
        "REASON_TASK_KILLED_DURING_LAUNCH",
        "REASON_FRAMEWORK_REMOVED",
        "REASON_EXECUTOR_TERMINATED",
        "REASON_EXECUTOR_REREGISTRATION_TIMEOUT",
        "REASON_TASK_GROUP_INVALID",
        "REASON_SLAVE_DRAINING",
        "REASON_RESOURCES_UNKNOWN",
        "REASON_CONTAINER_LIMITATION_DISK",
        "REASON_EXECUTOR_REGISTRATION_TIMEOUT",
        "REASON_COMMAND_EXECUTOR_FAILED",
        "REASON_CONTAINER_LAUNCH_FAILED",
    };
    HF_ASSERT(reason < HF_TASK_REASONS);
    return names[reason];
}

const char *hf_operation_state_name(HfOperationState state)
{
    static const char *const names[HF_OPERATION_STATES] = {
        "OPERATION_PENDING", "OPERATION_UNREACHABLE", "OPERATION_RECOVERING",
        "OPERATION_UNKNOWN", "OPERATION_FINISHED",    "OPERATION_FAILED",
        "OPERATION_ERROR",   "OPERATION_DROPPED",     "OPERATION_GONE_BY_OPERATOR",
    };
    HF_ASSERT(state < HF_OPERATION_STATES);
    return names[state];
}

const char *hf_framework_refusal_name(HfFrameworkRefusal refusal)
{
    static const char *const names[HF_FRAMEWORK_REFUSALS] = {
        "NOT",
        "FAILOVER_TIMEOUT",
        "ONE_ROLE",
        "ROLE_TWICE",
        "ROLE_UNKNOWN",
        "SUPPRESSED_ROLE",
        "CONSTRAINED_ROLE",
        "UNAUTHORIZED",
        "PRINCIPAL",
        "CHECKPOINT",
        "ERA",
        "REMOVED",
    };
    HF_ASSERT(refusal < HF_FRAMEWORK_REFUSALS);
    return names[refusal];
}

const char *hf_call_type_name(HfCallType type)
{
    static const char *const names[HF_CALL_TYPES] = {
        "RESERVE_RESOURCES",
        "UNRESERVE_RESOURCES",
        "CREATE_VOLUMES",
        "DESTROY_VOLUMES",
        "GROW_VOLUME",
        "SHRINK_VOLUME",
        "UPDATE_WEIGHTS",
        "UPDATE_QUOTA",
        "SET_QUOTA",
        "REMOVE_QUOTA",
        "UPDATE_MAINTENANCE_SCHEDULE",
        "START_MAINTENANCE",
        "STOP_MAINTENANCE",
        "DRAIN_AGENT",
        "DEACTIVATE_AGENT",
        "REACTIVATE_AGENT",
        "MARK_AGENT_GONE",
        "TEARDOWN",
        "GET_ROLES",
        "GET_AGENTS",
        "GET_QUOTA",
        "GET_WEIGHTS",
        "RESTART_AGENT",
    };
    HF_ASSERT(type < HF_CALL_TYPES);
    return names[type];
}
