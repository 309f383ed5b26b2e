/*
 * The key tables of `master:` and `roles:`. Defaults are Mesos's (flags.cpp and constants.hpp of
 * 1.11) unless a key says otherwise.
 */
#include <math.h>
#include <string.h>

#include "scenario/scenario_internal.h"

#define AT(type, member) .offset = offsetof(type, member)
#define ANY_ABOVE_ZERO   .minimum = 0, .maximum = INFINITY, .above_minimum = TRUE

static const char mesos_flag[] = "Mesos 1.11, master flag of the same name";

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
         "Who may do what: Mesos's ACLs, as JSON or YAML. Lists: register_frameworks, "
         "teardown_frameworks, reserve_resources, unreserve_resources, create_volumes, "
         "destroy_volumes, resize_volumes, update_quotas, get_quotas, update_weights, view_roles, "
         "update_maintenance_schedules, start_maintenances, stop_maintenances, drain_agents, "
         "deactivate_agents, reactivate_agents, mark_agents_gone, create_block_disks, "
         "create_mount_disks, destroy_block_disks, destroy_mount_disks, destroy_raw_disks; and "
         "permissive, for what no entry decides (true). Tasks have no user here and agents no "
         "principal, so that run_tasks and register_agents are refused. Absent: everybody may.",
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

char *hf_tables__wrong_roles(const char **roles)
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
    if (master->roles != NULL) *why_out = hf_tables__wrong_roles(master->roles);
    return *why_out == NULL;
}

const HfKeyTable hf_master__table = {
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

const HfKeyTable hf_role__table = {
    .name = "roles.NAME",
    .struct_size = sizeof(HfScenarioRole),
    .keys = role_keys,
    .help = "A role; the name may be a path such as eng/web. Roles that are not listed exist with "
            "weight 1.",
    .check = check_role,
};
