/* The key table of `agent:`, the flags that all agents are started with. */
#include <math.h>
#include <string.h>

#include "scenario/scenario_internal.h"

#define AT(member) .offset = offsetof(HfScenarioAgentFlags, member)

static const char mesos_flag[] = "Mesos 1.11, src/slave/flags.cpp";

static const HfKeyWord capability_words[] = {
    {"mount", HF_DISK_MOUNT, "disks with a file system (MOUNT)"},
    {"block", HF_DISK_BLOCK, "devices (BLOCK)"},
    {0}};

#define IN_PROFILE(member) .offset = offsetof(HfDiskProfile, member)
static const HfKey profile_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     IN_PROFILE(name),
     .is_required = TRUE,
     .help = "As in `profile` of an agent's disks."},
    {.name = "capability",
     .type = HF_KEY_ENUM,
     IN_PROFILE(capability),
     .fallback = "mount",
     .words = capability_words,
     .help = "What can be made of a disk with this profile."},
    {.name = "keeps_volumes",
     .type = HF_KEY_BOOL,
     IN_PROFILE(keeps_volumes),
     .fallback = "false",
     .help =
         "Whether the plug-in cannot delete a volume: DESTROY_DISK then leaves it, as a RAW disk "
         "with its id and without profile."},
    {0}};
static const HfKeyTable profile_table = {
    .name = "agent.disk_profiles[]",
    .struct_size = sizeof(HfDiskProfile),
    .keys = profile_keys,
    .help = "A profile of disks.",
};

static const HfKeyWord reconfiguration_words[] = {
    {"equal", HF_SCENARIO_RECONFIGURATION_EQUAL, "resources and attributes stay as they were"},
    {"additive", HF_SCENARIO_RECONFIGURATION_ADDITIVE,
     "resources may grow or be added, attributes be added"},
    {0}};

static const HfKey agent_flag_keys[] = {
    {.name = "recovery_timeout",
     .type = HF_KEY_DURATION,
     AT(recovery_timeout),
     .fallback = "15m",
     .minimum = 1,
     .maximum = INFINITY,
     .help = "Time an executor waits for its agent's process before it ends by itself.",
     .source = mesos_flag},
    {.name = "executor_startup",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     AT(executor_startup),
     .fallback = "0s",
     .minimum = 0,
     .maximum = 1e9,
     .help = "How long an executor takes from the order to begin it until it registers: its agent "
             "fetches what it needs and makes its container. Until then tasks are TASK_STAGING. "
             "Those of one that is there already start at once."},
    {.name = "executor_hangs",
     .type = HF_KEY_FRACTION,
     AT(executor_hangs),
     .fallback = "0",
     .help = "Chance of each executor that is begun to hang, and never to register."},
    {.name = "executor_registration_timeout",
     .type = HF_KEY_DURATION,
     AT(executor_registration_timeout),
     .fallback = "1m",
     .minimum = 1e-9,
     .maximum = INFINITY,
     .help = "An agent kills an executor that has not registered so long after it was begun: its "
             "tasks are TASK_FAILED (REASON_EXECUTOR_REGISTRATION_TIMEOUT).",
     .source = mesos_flag},
    {.name = "executor_reregistration_timeout",
     .type = HF_KEY_DURATION,
     AT(executor_reregistration_timeout),
     .fallback = "2s",
     .minimum = 0,
     .maximum = 15,
     .help = "Time an agent that starts waits for its executors; it registers after that. Tasks of "
             "those that are not back are TASK_GONE, or TASK_LOST to frameworks that are not "
             "PARTITION_AWARE.",
     .source = mesos_flag},
    {.name = "executor_shutdown_grace_period",
     .type = HF_KEY_DURATION,
     AT(executor_shutdown_grace_period),
     .fallback = "5s",
     .minimum = 0,
     .maximum = INFINITY,
     .help =
         "How long executors have whose framework is shut down, to end their tasks; they keep 2s "
         "of it for themselves.",
     .source = mesos_flag},
    {.name = "restart_delay",
     .type = HF_KEY_DURATION,
     AT(restart_delay),
     .fallback = "20s",
     .minimum = 0,
     .maximum = INFINITY,
     .help = "Time after which an agent's process that ended by itself is started again by what "
             "supervises it.",
     .source = "RestartSec of the systemd unit in Mesos's packages"},
    {.name = "registration_backoff_factor",
     .type = HF_KEY_DURATION,
     AT(registration_backoff_factor),
     .fallback = "1s",
     .minimum = 1e-9,
     .maximum = 60,
     .help =
         "An agent asks to be registered after a time drawn up to this, when it starts or hears "
         "of a new master, and again after up to twice as long each time, at most a minute.",
     .source = mesos_flag},
    {.name = "gc_delay",
     .type = HF_KEY_DURATION,
     AT(gc_delay),
     .fallback = "7d",
     .minimum = 0,
     .maximum = INFINITY,
     .help =
         "How long the sandbox of an ended task is kept on an empty disk with no headroom; less "
         "as the disk fills: gc_delay * max(0, 1 - gc_disk_headroom - used fraction).",
     .source = mesos_flag},
    {.name = "stuck_unmounts",
     .type = HF_KEY_FRACTION,
     AT(stuck_unmounts),
     .fallback = "0",
     .help =
         "How often a persistent volume stays mounted in the sandbox of a task that has ended. In "
         "eras before 1.4 the volume is emptied when that sandbox is removed, a week later on an "
         "empty disk, whoever uses it by then (MESOS-7366).",
     .source = "how often is not known: dcos-cassandra-service #438"},
    {.name = "gc_disk_headroom",
     .type = HF_KEY_FRACTION,
     AT(gc_disk_headroom),
     .fallback = "0.1",
     .help = "Fraction of the file system that garbage collection keeps free.",
     .source = mesos_flag},
    {.name = "gc_non_executor_container_sandboxes",
     .type = HF_KEY_BOOL,
     AT(gc_non_executor_container_sandboxes),
     .fallback = "false",
     .help =
         "Whether the sandboxes of ended containers of a default executor (a pod's) are collected "
         "while that lives; else with it, as are those of other executors' tasks.",
     .source = mesos_flag},
    {.name = "disk_watch_interval",
     .type = HF_KEY_DURATION,
     AT(disk_watch_interval),
     .fallback = "1m",
     .minimum = 0.001,
     .maximum = INFINITY,
     .help = "How often an agent looks at its disk and removes sandboxes that are too old.",
     .source = mesos_flag},
    {.name = "enforce_container_disk_quota",
     .type = HF_KEY_BOOL,
     AT(enforce_container_disk_quota),
     .fallback = "false",
     .help = "End a task with TASK_FAILED whose sandbox holds more than the disk it asked for.",
     .source = mesos_flag},
    {.name = "container_disk_watch_interval",
     .type = HF_KEY_DURATION,
     AT(container_disk_watch_interval),
     .fallback = "15s",
     .minimum = 0.001,
     .maximum = INFINITY,
     .help = "How often the sandbox of a running task is measured for that.",
     .source = mesos_flag},
    {.name = "reconfiguration_policy",
     .type = HF_KEY_ENUM,
     AT(reconfiguration_policy),
     .fallback = "equal",
     .words = reconfiguration_words,
     .help = "What may change of an agent between two starts; otherwise it refuses to start, or is "
             "a new agent when its host was rebooted.",
     .source = mesos_flag},
    {.name = "disk_profiles",
     .type = HF_KEY_LIST,
     AT(disk_profiles),
     .sub = &profile_table,
     .help = "What resource providers know how to make of their RAW disks (CREATE_DISK); any other "
             "profile they fail.",
     .source = "Mesos 1.11, --disk_profile_adaptor, disk_profile_mapping.proto"},
    {0}};

static gboolean check_flags(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioAgentFlags *flags = record;
    for (uint32_t i = 1; i < flags->disk_profiles.count; i++)
        for (uint32_t k = 0; k < i; k++) {
            const char *name = flags->disk_profiles.at[i].name;
            if (strcmp(name, flags->disk_profiles.at[k].name) != 0) continue;
            *key_out = "disk_profiles";
            *why_out = g_strdup_printf("the profile \"%s\" is there twice", name);
            return FALSE;
        }
    return TRUE;
}

const HfKeyTable hf_agent_flags__table = {
    .name = "agent",
    .struct_size = sizeof(HfScenarioAgentFlags),
    .keys = agent_flag_keys,
    .help = "The flags of all agents, with Mesos's names.",
    .check = check_flags,
};
