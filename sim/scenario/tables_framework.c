/* The key table of `frameworks:`; what depends on the model is in the model's own. */

#include "scenario/scenario_internal.h"

#define AT(type, member) .offset = offsetof(type, member)

static const HfKeyWord capability_words[] = {
    {"REVOCABLE_RESOURCES", HF_FRAMEWORK_REVOCABLE_RESOURCES, "takes revocable resources"},
    {"TASK_KILLING_STATE", HF_FRAMEWORK_TASK_KILLING_STATE, "knows TASK_KILLING"},
    {"GPU_RESOURCES", HF_FRAMEWORK_GPU_RESOURCES, "is offered agents with GPUs"},
    {"SHARED_RESOURCES", HF_FRAMEWORK_SHARED_RESOURCES, "takes shared volumes"},
    {"PARTITION_AWARE", HF_FRAMEWORK_PARTITION_AWARE, "knows TASK_UNREACHABLE and its kin"},
    {"MULTI_ROLE", HF_FRAMEWORK_MULTI_ROLE, "may have several roles; implied by roles"},
    {"RESERVATION_REFINEMENT", HF_FRAMEWORK_RESERVATION_REFINEMENT, "takes refined reservations"},
    {"REGION_AWARE", HF_FRAMEWORK_REGION_AWARE, "is offered agents of other regions"},
    {0}};

static const HfKeyWord as_model_words[] = {
    {"model", HF_AS_MODEL, "what its model says: services have theirs, for others it is 0s"}, {0}};
static const HfKeyWord kill_grace_words[] = {
    {"none", HF_NO_KILL_POLICY,
     "no kill policy: executors give a task 3s, and a drain all of its "
     "max_grace_period"},
    {0}};
static const HfKeyWord call_grace_words[] = {
    {"none", HF_NO_KILL_POLICY, "its KILL calls leave it at kill_grace"}, {0}};
static const HfKeyWord checkpoint_words[] = {
    {"true", HF_CHECKPOINT_TRUE, "they do"},
    {"false", HF_CHECKPOINT_FALSE, "they do not"},
    {"model", HF_CHECKPOINT_AS_MODEL, "as its model says: most services do, others do not"},
    {0}};
static const HfKeyWord maintenance_words[] = {
    {"ignore", HF_SCENARIO_MAINTENANCE_IGNORE, "nothing"},
    {"decline", HF_SCENARIO_MAINTENANCE_DECLINE, "that it stays"},
    {"accept", HF_SCENARIO_MAINTENANCE_ACCEPT, "that it will be gone, which it leaves to time"},
    {"vacate", HF_SCENARIO_MAINTENANCE_VACATE,
     "that it will be gone: it kills its tasks there at once, and declines offers of machines with "
     "maintenance to come"},
    {0}};

static const HfKey framework_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     AT(HfScenarioFramework, name),
     .is_required = TRUE,
     .help = "Name of the framework; metrics carry it."},
    {.name = "count",
     .type = HF_KEY_INT,
     AT(HfScenarioFramework, count),
     .fallback = "1",
     .minimum = 1,
     .maximum = HF_FRAMEWORKS_MAX,
     .help = "So many frameworks that are alike, named NAME-0, NAME-1, ..; {index}, {index/N} and "
             "{index%N} in role and principal stand for the number of each. Metrics of NAME are of "
             "all of them together (counts and times are summed); each is a row of frameworks.csv "
             "and services.csv, and may be named alone, or all by NAME, in failures."},
    {.name = "model",
     .type = HF_KEY_MODEL,
     AT(HfScenarioFramework, model),
     .is_required = TRUE,
     .family = HF_MODELS_FRAMEWORKS,
     .help = "Which model of a framework; the keys beside these depend on it."},
    {.name = "role",
     .type = HF_KEY_ROLE,
     AT(HfScenarioFramework, role),
     .help = "The role it subscribes with; * unless given."},
    {.name = "roles",
     .type = HF_KEY_STRINGS,
     AT(HfScenarioFramework, roles),
     .help = "Several roles, instead of role; implies the capability MULTI_ROLE."},
    {.name = "principal",
     .type = HF_KEY_STRING,
     AT(HfScenarioFramework, principal),
     .help = "Principal it authenticates with."},
    {.name = "start",
     .type = HF_KEY_DURATION,
     AT(HfScenarioFramework, start),
     .fallback = "0s",
     .help = "When it subscribes."},
    {.name = "failover_timeout",
     .type = HF_KEY_DURATION,
     AT(HfScenarioFramework, failover_timeout),
     .fallback = "model",
     .words = as_model_words,
     .help = "How long the master keeps its tasks while it is disconnected.",
     .source = "Mesos, FrameworkInfo.failover_timeout"},
    {.name = "maintenance",
     .type = HF_KEY_ENUM,
     AT(HfScenarioFramework, maintenance),
     .fallback = "ignore",
     .words = maintenance_words,
     .help = "What it answers when a machine on which it has something is scheduled for "
             "maintenance (inverse offers)."},
    {.name = "checkpoint",
     .type = HF_KEY_ENUM,
     AT(HfScenarioFramework, checkpoint),
     .fallback = "model",
     .words = checkpoint_words,
     .help = "Whether its tasks survive a restart of the agent process.",
     .source = "Mesos, FrameworkInfo.checkpoint"},
    {.name = "stop_time",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     AT(HfScenarioFramework, stop_time),
     .minimum = 0,
     .maximum = 86400,
     .help = "How long each of its tasks takes to stop when it is killed, unless its kill_grace is "
             "over before; absent = none."},
    {.name = "kill_grace",
     .type = HF_KEY_DURATION,
     AT(HfScenarioFramework, kill_grace),
     .fallback = "none",
     .words = kill_grace_words,
     .help = "After which time a task that is killed and has not stopped is ended by force.",
     .source = "Mesos, KillPolicy.grace_period"},
    {.name = "kill_call_grace",
     .type = HF_KEY_DURATION,
     AT(HfScenarioFramework, kill_call_grace),
     .fallback = "none",
     .words = call_grace_words,
     .help = "The same as its KILL calls ask for it, in the place of kill_grace.",
     .source = "Mesos, scheduler.Call.Kill.kill_policy"},
    {.name = "latency",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     AT(HfScenarioFramework, latency),
     .minimum = 0,
     .maximum = 3600,
     .help = "Delay of each message between it and the master, one way; absent = as "
             "network.latency."},
    {.name = "capabilities",
     .type = HF_KEY_FLAGS,
     AT(HfScenarioFramework, capabilities),
     .words = capability_words,
     .help = "Mesos's framework capabilities."},
    {.name = "min_allocatable_resources",
     .type = HF_KEY_QUANTITY_SETS,
     AT(HfScenarioFramework, min_allocatable_resources),
     .help = "What must be free on an agent before this framework is offered it, instead of the "
             "master's; one of the alternatives is enough, and cpus:0 asks for nothing.",
     .source = "Mesos 1.11, FrameworkInfo.offer_filters"},
    {.name = "offer_constraints",
     .type = HF_KEY_STRING,
     AT(HfScenarioFramework, offer_constraints),
     .help = "Which agents it is offered under its roles, by their attributes: Mesos's "
             "OfferConstraints as JSON.",
     .source = "Mesos 1.11, OfferConstraints"},
    {0}};

static gboolean check_framework(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioFramework *framework = record;
    *key_out = "roles";
    if (framework->roles == NULL) return TRUE;
    if (framework->role != NULL) {
        *why_out = g_strdup("role and roles cannot both be given");
        return FALSE;
    }
    *why_out = hf_tables__wrong_roles(framework->roles);
    return *why_out == NULL;
}

const HfKeyTable hf_framework__table = {
    .name = "frameworks[]",
    .struct_size = sizeof(HfScenarioFramework),
    .keys = framework_keys,
    .help = "A framework; `holdfast list models` shows the models.",
    .check = check_framework,
};
