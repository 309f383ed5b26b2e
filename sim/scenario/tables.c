/*
 * The scenario's own key tables. Everything that can be said about a key is said here once; see
 * keys.h. Defaults of the master are Mesos's (flags.cpp and constants.hpp of 1.11) unless a key
 * says otherwise.
 */
#include <math.h>
#include <string.h>

#include "scenario/scenario_internal.h"

#define AT(type, member) .offset = offsetof(type, member)
#define ANY_ABOVE_ZERO   .minimum = 0, .maximum = INFINITY, .above_minimum = TRUE

static const char mesos_flag[] = "Mesos 1.11, master flag of the same name";

/* ---- master ---- */

static const HfKeyWord sorter_words[] = {
    {"drf", HF_SCENARIO_SORTER_DRF, "smallest dominant share first, by weight"},
    {"random", HF_SCENARIO_SORTER_RANDOM, "drawn by weight in each cycle"},
    {0}};

static const HfKeyWord agent_order_words[] = {
    {"shuffled", HF_AGENTS_SHUFFLED, "in a new random order each cycle, as Mesos does"},
    {"sorted", HF_AGENTS_SORTED, "in the order in which they registered"},
    {0}};

static const HfKeyWord offer_scope_words[] = {
    {"agent", HF_OFFER_AGENT, "each agent is offered to one framework, as Mesos does"},
    {"cell", HF_OFFER_CELL, "one framework at a time is offered all that is free in the cluster"},
    {0}};

static const HfKeyWord heartbeat_words[] = {
    {"virtual", HF_HEARTBEATS_VIRTUAL, "health checks are worked out only where something fails"},
    {"explicit", HF_HEARTBEATS_EXPLICIT, "every ping and pong is a message of its own"},
    {0}};

static const HfKeyWord quirks_words[] = {
    {"documented", HF_SCENARIO_QUIRKS_DOCUMENTED, "what Mesos documents"},
    {"strict", HF_SCENARIO_QUIRKS_STRICT, "what its code does"},
    {0}};

static const HfKeyWord never_words[] = {{"none", HF_TIME_NEVER, "no limit"}, {0}};
static const HfKeyWord any_words[] = {{"none", 0, "any amount is offered"}, {0}};

static const HfKey master_keys[] = {
    {.name = "acls",
     .type = HF_KEY_JSON,
     AT(HfScenarioMaster, acls),
     .help =
         "Who may register, reserve, create volumes and so on: Mesos's ACLs. Absent: everybody.",
     .source = "Mesos --acls"},
    {.name = "allocation_interval",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, allocation_interval),
     .fallback = "1s",
     ANY_ABOVE_ZERO,
     .help = "Time between two allocation cycles over all agents.",
     .source = mesos_flag},
    {.name = "policy",
     .type = HF_KEY_POLICY,
     AT(HfScenarioMaster, policy),
     .fallback = "drf",
     .help =
         "Allocation policy; `holdfast list policies` shows them. A path, such as ./mine.so, is "
         "that of a library of one; see --policy of `holdfast run`.",
     .source = "Mesos's hierarchical allocator"},
    {.name = "role_sorter",
     .type = HF_KEY_ENUM,
     AT(HfScenarioMaster, role_sorter),
     .fallback = "drf",
     .words = sorter_words,
     .help = "How roles are ordered.",
     .source = mesos_flag},
    {.name = "framework_sorter",
     .type = HF_KEY_ENUM,
     AT(HfScenarioMaster, framework_sorter),
     .fallback = "drf",
     .words = sorter_words,
     .help = "How the frameworks of one role are ordered.",
     .source = mesos_flag},
    {.name = "agent_order",
     .type = HF_KEY_ENUM,
     AT(HfScenarioMaster, agent_order),
     .fallback = "shuffled",
     .words = agent_order_words,
     .help = "Order in which a cycle goes through the agents.",
     .source = "Mesos shuffles"},
    {.name = "offer_scope",
     .type = HF_KEY_ENUM,
     AT(HfScenarioMaster, offer_scope),
     .fallback = "agent",
     .words = offer_scope_words,
     .help = "What is offered to one framework at a time.",
     .source = "Mesos offers by agent; `cell` is the two-level model of Omega (EuroSys 2013)"},
    {.name = "min_allocatable_resources",
     .type = HF_KEY_QUANTITY_SETS,
     AT(HfScenarioMaster, min_allocatable_resources),
     .fallback = "cpus:0.01|mem:32",
     .words = any_words,
     .help = "What must be free on an agent before it is offered; one of the alternatives is "
             "enough.",
     .source = mesos_flag},
    {.name = "offer_timeout",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, offer_timeout),
     .fallback = "none",
     ANY_ABOVE_ZERO,
     .words = never_words,
     .help = "Offers not answered for so long are rescinded.",
     .source = mesos_flag},
    {.name = "agent_ping_timeout",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, agent_ping_timeout),
     .fallback = "15s",
     .minimum = 1,
     .maximum = 900,
     .help = "Time an agent has to answer a ping.",
     .source = mesos_flag},
    {.name = "max_agent_ping_timeouts",
     .type = HF_KEY_INT,
     AT(HfScenarioMaster, max_agent_ping_timeouts),
     .fallback = "5",
     .minimum = 1,
     .maximum = 1000000,
     .help = "Pings missed in a row before the agent is marked unreachable.",
     .source = mesos_flag},
    {.name = "agent_reregister_timeout",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, agent_reregister_timeout),
     .fallback = "10m",
     .minimum = 600,
     .maximum = INFINITY,
     .help = "Time a disconnected agent has to register again before it is marked unreachable.",
     .source = mesos_flag},
    {.name = "agent_removal_rate_limit",
     .type = HF_KEY_RATE,
     AT(HfScenarioMaster, agent_removal_rate_limit),
     .fallback = "0/s",
     .minimum = 0,
     .maximum = 1e6,
     .help = "At most so many agents are marked unreachable in a time (3/min); one that is heard "
             "while it waits is spared. 0 = no limit.",
     .source = mesos_flag},
    {.name = "recovery_agent_removal_limit",
     .type = HF_KEY_FRACTION,
     AT(HfScenarioMaster, recovery_agent_removal_limit),
     .fallback = "1",
     .help = "When more than this fraction of the agents is still missing agent_reregister_timeout "
             "after an election, the new master ends itself.",
     .source = mesos_flag},
    {.name = "registry_latency",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     AT(HfScenarioMaster, registry_latency),
     .fallback = "0s",
     .minimum = 0,
     .maximum = 3600,
     .help = "Time that a write to the registry takes; what is decided meanwhile waits, and is "
             "written together. 0 = at once."},
    {.name = "registry_store_timeout",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, registry_store_timeout),
     .fallback = "20s",
     ANY_ABOVE_ZERO,
     .help = "A write to the registry that takes longer ends the master.",
     .source = mesos_flag},
    {.name = "registry_gc_interval",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, registry_gc_interval),
     .fallback = "15m",
     ANY_ABOVE_ZERO,
     .help = "How often the master forgets unreachable and gone agents that are too many or too "
             "old.",
     .source = mesos_flag},
    {.name = "registry_max_agent_age",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, registry_max_agent_age),
     .fallback = "14d",
     ANY_ABOVE_ZERO,
     .help = "How long the registry remembers unreachable and gone agents.",
     .source = mesos_flag},
    {.name = "registry_max_agent_count",
     .type = HF_KEY_INT,
     AT(HfScenarioMaster, registry_max_agent_count),
     .fallback = "102400",
     .minimum = 0,
     .maximum = 1e9,
     .help = "How many unreachable, and how many gone agents the registry remembers.",
     .source = mesos_flag},
    {.name = "election_time",
     .type = HF_KEY_DURATION,
     AT(HfScenarioMaster, election_time),
     .fallback = "10s",
     .minimum = 0,
     .maximum = INFINITY,
     .help = "Time until the next master leads when one has ended itself (registry_store_timeout, "
             "recovery_agent_removal_limit): Mesos waits for the session of ZooKeeper to end.",
     .source = "Mesos, src/master/constants.hpp (MASTER_DETECTOR_ZK_SESSION_TIMEOUT)"},
    {.name = "filter_gpu_resources",
     .type = HF_KEY_BOOL,
     AT(HfScenarioMaster, filter_gpu_resources),
     .fallback = "true",
     .help = "Whether agents with GPUs are offered only to frameworks with the capability "
             "GPU_RESOURCES.",
     .source = mesos_flag},
    {.name = "region",
     .type = HF_KEY_NAME,
     AT(HfScenarioMaster, region),
     .help = "Fault domain: region of the master. Agents of other regions are offered to "
             "REGION_AWARE frameworks alone, agents without one to all.",
     .source = "Mesos flag --domain; MESOS.md 3.4"},
    {.name = "whitelist",
     .type = HF_KEY_STRINGS,
     AT(HfScenarioMaster, whitelist),
     .help = "Names of the agents that are offered, as a list; all unless given.",
     .source = mesos_flag},
    {.name = "roles",
     .type = HF_KEY_STRINGS,
     AT(HfScenarioMaster, roles),
     .help = "The only roles besides * that frameworks, quota and weights may name, as a list; a "
             "framework of another is refused. Any role unless given.",
     .source = mesos_flag},
    {.name = "fair_sharing_excluded_resource_names",
     .type = HF_KEY_STRINGS,
     AT(HfScenarioMaster, fair_sharing_excluded_resource_names),
     .help = "Resources that do not count in dominant shares, as a list.",
     .source = mesos_flag},
    {.name = "heartbeats",
     .type = HF_KEY_ENUM,
     AT(HfScenarioMaster, heartbeats),
     .fallback = "virtual",
     .words = heartbeat_words,
     .help = "How health checks of agents are simulated; both give the same instants of loss."},
    {.name = "quirks",
     .type = HF_KEY_ENUM,
     AT(HfScenarioMaster, quirks),
     .fallback = "documented",
     .words = quirks_words,
     .help = "What is done where the code of Mesos does something else than its documents say; "
             "`holdfast list quirks` shows where."},
    {0}};

/* Why a list of roles is not good, newly allocated; NULL when it is: a list key has no type of
 * entry. */
static char *wrong_roles(const char **roles)
{
    if (roles[0] == NULL) return g_strdup("at least one role is needed");
    for (const char **role = roles; *role != NULL; role++) {
        const char *why = hf_role_invalid(*role);
        for (const char **other = roles; other < role && why == NULL; other++)
            if (strcmp(*role, *other) == 0) why = "it is named twice";
        if (why == NULL) continue;
        g_autofree char *quoted = hf_text__quoted(*role);
        return g_strdup_printf("%s: %s", quoted, why);
    }
    return NULL;
}

static gboolean check_master(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioMaster *master = record;
    *key_out = "roles";
    if (master->roles != NULL) *why_out = wrong_roles(master->roles);
    return *why_out == NULL;
}

static const HfKeyTable master_table = {
    .name = "master",
    .struct_size = sizeof(HfScenarioMaster),
    .keys = master_keys,
    .help = "The master and its allocator, with the names of Mesos's flags.",
    .check = check_master,
};

/* ---- roles ---- */

static const HfKey role_keys[] = {
    {.name = "weight",
     .type = HF_KEY_DOUBLE,
     AT(HfScenarioRole, weight),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1e9,
     .above_minimum = TRUE,
     .help = "Fair share of the role, relative to its siblings.",
     .source = "Mesos 1.11"},
    {.name = "guarantee",
     .type = HF_KEY_QUANTITIES,
     AT(HfScenarioRole, guarantee),
     .help = "Quota guarantee: quantities that are held back for the role while it has less. Of "
             "top-level roles alone; no more than the agents have in all.",
     .source = "Mesos, quota since 0.27.0"},
    {.name = "limit",
     .type = HF_KEY_QUANTITIES,
     AT(HfScenarioRole, limit),
     .help = "Quota limit: quantities beyond which the role is offered only what is reserved for "
             "it; a name left out is not limited. Of top-level roles alone.",
     .source = "Mesos, limits since 1.9.0"},
    {.name = "partition",
     .type = HF_KEY_FRACTION,
     AT(HfScenarioRole, partition),
     .help = "Under policy static: share of every group of agents that no role owns whole."},
    {.name = "agents",
     .type = HF_KEY_STRINGS,
     AT(HfScenarioRole, agents),
     .help = "Under policy static: names of the groups of agents that the role owns whole."},
    {0}};

static gboolean check_role(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioRole *role = record;
    if (role->partition == 0 || role->agents == NULL) return TRUE;
    *key_out = "partition";
    *why_out = g_strdup("a role owns a partition or whole groups of agents, not both");
    return FALSE;
}

static const HfKeyTable role_table = {
    .name = "roles.NAME",
    .struct_size = sizeof(HfScenarioRole),
    .keys = role_keys,
    .help = "A role; the name may be a path such as eng/web. Roles that are not listed exist with "
            "weight 1.",
    .check = check_role,
};

/* ---- agents ---- */

static const HfKey agent_trace_keys[] = {
    {.name = "format",
     .type = HF_KEY_MODEL,
     AT(HfScenarioAgentTrace, format),
     .is_required = TRUE,
     .family = HF_MODELS_AGENT_TRACES,
     .help = "Format of the trace; the other keys depend on it."},
    {0}};

static const HfKeyTable agent_trace_table = {
    .name = "agents[].trace",
    .struct_size = sizeof(HfScenarioAgentTrace),
    .keys = agent_trace_keys,
    .help = "Machines from a file.",
};

static const HfKey agents_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     AT(HfScenarioAgents, name),
     .is_required = TRUE,
     .help = "Name of the group; its agents are NAME-0, NAME-1, ..."},
    {.name = "count",
     .type = HF_KEY_INT,
     AT(HfScenarioAgents, count),
     .fallback = "1",
     .minimum = 1,
     .maximum = 1e7,
     .help = "How many agents; not with a trace."},
    {.name = "resources",
     .type = HF_KEY_RESOURCES,
     AT(HfScenarioAgents, resources),
     .help = "What each agent has, as in Mesos's --resources; memory and disk in MB. Required "
             "unless a trace is given."},
    {.name = "attributes",
     .type = HF_KEY_ATTRIBUTES,
     AT(HfScenarioAgents, attributes),
     .help = "Attributes as in Mesos's --attributes. {index}, {index/40} and {index%40} stand for "
             "the agent's number in its group, its quotient and its remainder."},
    {.name = "filesystem",
     .type = HF_KEY_MEMORY,
     AT(HfScenarioAgents, filesystem),
     .fallback = "0",
     .help = "Size of the file system under each agent's work directory, where sandboxes and "
             "volumes lie; 0 = as large as the disk among its resources, without limit if there is "
             "none."},
    {.name = "latency",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     AT(HfScenarioAgents, latency),
     .minimum = 0,
     .maximum = 3600,
     .help = "Delay of each message between these agents and the master, one way; absent = as "
             "network.latency."},
    {.name = "network_bandwidth",
     .type = HF_KEY_MEMORY,
     AT(HfScenarioAgents, network_bandwidth),
     .fallback = "1250",
     .help = "What the interface of each agent's host carries each way, in MB a second, shared by "
             "the copies that services make of their data; 0 = no limit.",
     .source = "ours: 10 Gb/s"},
    {.name = "disk_bandwidth",
     .type = HF_KEY_MEMORY,
     AT(HfScenarioAgents, disk_bandwidth),
     .fallback = "200",
     .help = "What the disk of each agent's host reads and writes together, in MB a second, "
             "shared by copies; 0 = no limit.",
     .source = "ours: one hard disk"},
    {.name = "region",
     .type = HF_KEY_NAME,
     AT(HfScenarioAgents, region),
     .help = "Fault domain: region of every agent of the group; needs master.region."},
    {.name = "zone",
     .type = HF_KEY_NAME,
     AT(HfScenarioAgents, zone),
     .help = "Fault domain: zone of every agent of the group; offer constraints can ask for it."},
    {.name = "trace",
     .type = HF_KEY_TABLE,
     AT(HfScenarioAgents, trace),
     .sub = &agent_trace_table,
     .help = "Take the machines from a file, instead of count and resources."},
    {0}};

static gboolean check_agents(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioAgents *agents = record;
    gboolean is_trace = agents->trace.format.model != NULL;
    if ((agents->zone == NULL) != (agents->region == NULL)) {
        *key_out = agents->zone ? "zone" : "region";
        *why_out = g_strdup("region and zone are given together");
        return FALSE;
    }
    if (is_trace == (agents->resources == NULL)) return TRUE;
    *key_out = is_trace ? "resources" : NULL;
    *why_out = g_strdup(is_trace ? "the trace says what its machines have"
                                 : "key resources is missing (or a trace)");
    return FALSE;
}

static const HfKeyTable agents_table = {
    .name = "agents[]",
    .struct_size = sizeof(HfScenarioAgents),
    .keys = agents_keys,
    .help = "A group of equal agents, or the machines of a trace.",
    .check = check_agents,
};

/* ---- network ---- */

static const HfKey network_keys[] = {
    {.name = "latency",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     AT(HfScenarioNetwork, latency),
     .fallback = "1ms",
     .minimum = 0,
     .maximum = 3600,
     .help = "Delay of each message, one way."},
    {.name = "loss",
     .type = HF_KEY_FRACTION,
     AT(HfScenarioNetwork, loss),
     .fallback = "0",
     .maximum = 0.9,
     .help = "Packets that are lost: TCP repeats each after 200 ms, "
             "400 ms ..., and what was sent later waits for it."},
    {.name = "retransmit_for",
     .type = HF_KEY_DURATION,
     AT(HfScenarioNetwork, retransmit_for),
     .fallback = "0s",
     .help = "How long TCP repeats what a partition stops, before "
             "the connection breaks (Linux: 924.6s); 0 = it is lost "
             "at once."},
    {0}};

static const HfKeyTable network_table = {
    .name = "network",
    .struct_size = sizeof(HfScenarioNetwork),
    .keys = network_keys,
    .help = "What messages meet between master, agents and frameworks.",
};

/* ---- frameworks ---- */

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
    *why_out = wrong_roles(framework->roles);
    return *why_out == NULL;
}

static const HfKeyTable framework_table = {
    .name = "frameworks[]",
    .struct_size = sizeof(HfScenarioFramework),
    .keys = framework_keys,
    .help = "A framework; `holdfast list models` shows the models.",
    .check = check_framework,
};

/* ---- failures ---- */

static const HfKey failure_keys[] = {
    {.name = "name", .type = HF_KEY_NAME, AT(HfScenarioFailure, name), .help = "Name for reports."},
    {.name = "what",
     .type = HF_KEY_MODEL,
     AT(HfScenarioFailure, what),
     .is_required = TRUE,
     .family = HF_MODELS_FAILURES,
     .help = "What fails; the keys beside these depend on it."},
    {0}};

static const HfKeyTable failure_table = {
    .name = "failures[]",
    .struct_size = sizeof(HfScenarioFailure),
    .keys = failure_keys,
    .help = "Something that fails, once or again and again.",
};

/* ---- record ---- */

static const HfKeyWord events_words[] = {
    {"none", HF_EVENTS_NONE, "only counted and digested"},
    {"jsonl", HF_EVENTS_JSONL, "one JSON object a line in events.jsonl"},
    {0}};

static const HfKeyWord tasks_words[] = {
    {"all", HF_TASKS_ALL, "one line for each task in tasks.csv"},
    {"none", HF_TASKS_NONE, "no tasks.csv"},
    {0}};

static const HfKey record_keys[] = {
    {.name = "interval",
     .type = HF_KEY_DURATION,
     AT(HfScenarioRecord, interval),
     .fallback = "1m",
     ANY_ABOVE_ZERO,
     .help = "Step of the time series; each row is the mean over one step."},
    {.name = "events",
     .type = HF_KEY_ENUM,
     AT(HfScenarioRecord, events),
     .fallback = "none",
     .words = events_words,
     .help = "Whether every trace record is written."},
    {.name = "tasks",
     .type = HF_KEY_ENUM,
     AT(HfScenarioRecord, tasks),
     .fallback = "all",
     .words = tasks_words,
     .help = "Whether every task is written."},
    {0}};

static const HfKeyTable record_table = {
    .name = "record",
    .struct_size = sizeof(HfScenarioRecord),
    .keys = record_keys,
    .help = "What the run directory holds beside the summary. Never changes what happens.",
};

/* ---- arms ---- */

static const HfKey arm_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     AT(HfScenarioArm, name),
     .is_required = TRUE,
     .help = "Name of the arm: a lower-case letter, then such letters, digits and '-'."},
    {.name = "set",
     .type = HF_KEY_SETTINGS,
     AT(HfScenarioArm, set),
     .help = "What this arm changes: path -> value, as with --set. Entries of lists are found by "
             "index or name: frameworks.batch.think.base."},
    {.name = "expect",
     .type = HF_KEY_EXPECTS,
     AT(HfScenarioArm, expect),
     .is_remark = TRUE,
     .help = "Expectations that this arm alone must meet."},
    {0}};

static gboolean check_arm(const void *record, const char **key_out, char **why_out)
{
    const char *name = ((const HfScenarioArm *)record)->name;
    if (g_ascii_islower(name[0]) &&
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name))
        return TRUE;
    *key_out = "name";
    *why_out = g_strdup("an arm's name is a lower-case letter, then such letters, digits and '-'");
    return FALSE;
}

const HfKeyTable hf_arm__table = {
    .name = "arms[]",
    .struct_size = sizeof(HfScenarioArm),
    .keys = arm_keys,
    .help = "One of several runs side by side, from the same file and seed.",
    .check = check_arm,
};

/* ---- workloads ---- */

static const HfKey workload_keys[] = {
    {.name = "model",
     .type = HF_KEY_MODEL,
     AT(HfWorkloadKeys, choice),
     .is_required = TRUE,
     .family = HF_MODELS_WORKLOADS,
     .help = "Which workload; the keys beside this one depend on it."},
    {0}};

const HfKeyTable hf_workload_table = {
    .name = "workload",
    .struct_size = sizeof(HfWorkloadKeys),
    .keys = workload_keys,
    .help = "Where jobs come from.",
};

/* ---- the file ---- */

static const HfKeyWord era_words[] = {
    {"0.22", HF_ERA_0_22, "before dynamic reservations and volumes"},
    {"0.23", HF_ERA_0_23, "dynamic reservations and volumes begin"},
    {"1.4", HF_ERA_1_4, "hierarchical roles, refined reservations; quota by whole agents"},
    {"1.11", HF_ERA_1_11, "the last release"},
    {0}};

static const HfKeyWord warm_up_words[] = {
    {"auto", HF_WARM_UP_AUTO, "found after the run, by MSER-5"}, {0}};

static const HfKey scenario_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     AT(HfScenario, name),
     .is_required = TRUE,
     .is_remark = TRUE,
     .help = "Name of the scenario; the run directory is called after it."},
    {.name = "question",
     .type = HF_KEY_STRING,
     AT(HfScenario, question),
     .is_remark = TRUE,
     .help = "What the scenario is to answer, in one sentence."},
    {.name = "sources",
     .type = HF_KEY_STRINGS,
     AT(HfScenario, sources),
     .is_remark = TRUE,
     .help = "Where its numbers come from."},
    {.name = "seed",
     .type = HF_KEY_U64,
     AT(HfScenario, seed),
     .fallback = "1",
     .is_remark = TRUE,
     .help = "Start of all random streams."},
    {.name = "replications",
     .type = HF_KEY_INT,
     AT(HfScenario, replications),
     .fallback = "1",
     .minimum = 1,
     .maximum = 10000,
     .is_remark = TRUE,
     .help = "How many times each arm is run, under seed, seed + 1, and so on. Expectations are "
             "then met if the confidence interval of what they compare lies wholly on the side "
             "that they claim; == and != must be so in each."},
    {.name = "confidence",
     .type = HF_KEY_DOUBLE,
     AT(HfScenario, confidence),
     .fallback = "0.95",
     .minimum = 0.5,
     .maximum = 0.9999,
     .is_remark = TRUE,
     .help = "Confidence of the intervals over replications."},
    {.name = "duration",
     .type = HF_KEY_DURATION,
     AT(HfScenario, duration),
     .is_required = TRUE,
     ANY_ABOVE_ZERO,
     .help = "Simulated time of the run."},
    {.name = "warm_up",
     .type = HF_KEY_DURATION,
     AT(HfScenario, warm_up),
     .fallback = "0s",
     .words = warm_up_words,
     .help = "Time at the start that metrics leave out."},
    {.name = "era",
     .type = HF_KEY_ENUM,
     AT(HfScenario, era),
     .fallback = "'1.11'",
     .words = era_words,
     .help = "Which release of Mesos is reproduced; `holdfast list eras` shows what differs."},
    {.name = "master",
     .type = HF_KEY_TABLE,
     AT(HfScenario, master),
     .sub = &master_table,
     .help = "The master and its allocator."},
    {.name = "agent",
     .type = HF_KEY_TABLE,
     AT(HfScenario, agent),
     .sub = &hf_agent_flags__table,
     .help = "What all agents are started with."},
    {.name = "roles",
     .type = HF_KEY_MAP,
     AT(HfScenario, roles),
     .sub = &role_table,
     .help = "Roles by name."},
    {.name = "agents",
     .type = HF_KEY_LIST,
     AT(HfScenario, agents),
     .sub = &agents_table,
     .is_required = TRUE,
     .help = "The machines, in groups."},
    {.name = "network",
     .type = HF_KEY_TABLE,
     AT(HfScenario, network),
     .sub = &network_table,
     .help = "Message delay."},
    {.name = "frameworks",
     .type = HF_KEY_LIST,
     AT(HfScenario, frameworks),
     .sub = &framework_table,
     .is_required = TRUE,
     .help = "Who uses the cluster."},
    {.name = "failures",
     .type = HF_KEY_LIST,
     AT(HfScenario, failures),
     .sub = &failure_table,
     .help = "What goes wrong."},
    {.name = "operators",
     .type = HF_KEY_LIST,
     AT(HfScenario, operators),
     .sub = &hf_operator__table,
     .help = "What operators ask of the master."},
    {.name = "record",
     .type = HF_KEY_TABLE,
     AT(HfScenario, record),
     .sub = &record_table,
     .is_remark = TRUE,
     .help = "What is written."},
    {.name = "expect",
     .type = HF_KEY_EXPECTS,
     AT(HfScenario, expect),
     .is_remark = TRUE,
     .help =
         "What must come out: comparisons over metrics. With arms, those whose names begin with "
         "an arm compare arms, the others hold in each."},
    {.name = "arms",
     .type = HF_KEY_LIST,
     AT(HfScenario, arms),
     .sub = &hf_arm__table,
     .is_remark = TRUE,
     .help = "Several runs side by side."},
    {0}};

static gboolean check_scenario(const void *record, const char **key_out, char **why_out)
{
    const HfScenario *scenario = record;
    if (scenario->warm_up >= scenario->duration) {
        *key_out = "warm_up";
        *why_out = g_strdup("the warm-up must be shorter than the duration");
        return FALSE;
    }
    if (scenario->agents.count == 0) {
        *key_out = "agents";
        *why_out = g_strdup("at least one group of agents is needed");
        return FALSE;
    }
    return TRUE;
}

const HfKeyTable hf_scenario_table = {
    .name = "scenario",
    .struct_size = sizeof(HfScenario),
    .keys = scenario_keys,
    .help = "A scenario file.",
    .check = check_scenario,
};
