/*
 * The scenario's own key tables, but for the master's, the agent's flags and the frameworks', which
 * have files of their own. Everything that can be said about a key is said in its table once; see
 * keys.h.
 */
#include <math.h>
#include <string.h>

#include "scenario/scenario_internal.h"

#define AT(type, member) .offset = offsetof(type, member)
#define ANY_ABOVE_ZERO   .minimum = 0, .maximum = INFINITY, .above_minimum = TRUE

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

static const HfKeyWord stall_words[] = {
    {"fail", HF_SCENARIO_STALL_FAIL, "it is explained, and the program ends with status 1"},
    {"expected", HF_SCENARIO_STALL_EXPECTED, "that is what the scenario shows"},
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
    {.name = "stall",
     .type = HF_KEY_ENUM,
     AT(HfScenario, stall),
     .fallback = "fail",
     .words = stall_words,
     .help = "What follows when the run ends with tasks waiting and nothing moved for its last "
             "tenth: all agents are up, and no task that runs will end by itself."},
    {.name = "era",
     .type = HF_KEY_ENUM,
     AT(HfScenario, era),
     .fallback = "'1.11'",
     .words = era_words,
     .help = "Which release of Mesos is reproduced; `holdfast list eras` shows what differs."},
    {.name = "master",
     .type = HF_KEY_TABLE,
     AT(HfScenario, master),
     .sub = &hf_master__table,
     .help = "The master and its allocator."},
    {.name = "agent",
     .type = HF_KEY_TABLE,
     AT(HfScenario, agent),
     .sub = &hf_agent_flags__table,
     .help = "What all agents are started with."},
    {.name = "roles",
     .type = HF_KEY_MAP,
     AT(HfScenario, roles),
     .sub = &hf_role__table,
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
    {.name = "stores",
     .type = HF_KEY_LIST,
     AT(HfScenario, stores),
     .sub = &hf_store_keys__table,
     .help = "Storage out of band where services may keep data."},
    {.name = "frameworks",
     .type = HF_KEY_LIST,
     AT(HfScenario, frameworks),
     .sub = &hf_framework__table,
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
