/*
 * Scenarios: what a file describes, as plain checked structs. Loading either gives runs that are
 * legal in every key, or one clear message with its place.
 *
 * One file may describe several runs side by side (`arms:`); loading gives one HfScenario for each,
 * and one when there are none. Amounts, roles and attributes stay text here, in Mesos's form and
 * already checked; the world turns them into its own ids.
 */
#ifndef HF_SCENARIO_SCENARIO_H
#define HF_SCENARIO_SCENARIO_H

#include <glib.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/law.h"
#include "base/time.h"
#include "resource/era.h"
#include "resource/provider.h"
#include "scenario/expect.h"
#include "scenario/keys.h"
#include "scenario/storage.h"

/*
 * Errors of this layer. INPUT: what was given is wrong (exit 2). IO: what was given may be right,
 * but could not be read (exit 1).
 */
#define HF_SCENARIO_ERROR (g_quark_from_static_string("hf-scenario-error"))
typedef enum HfScenarioError {
    HF_SCENARIO_ERROR_INPUT = 1,
    HF_SCENARIO_ERROR_IO = 2,
} HfScenarioError;

/* (Names of their own: the allocator has enums of the same meaning, and the world includes both.)
 */
typedef enum HfScenarioSorter {
    HF_SCENARIO_SORTER_DRF,
    HF_SCENARIO_SORTER_RANDOM
} HfScenarioSorter;

/* Order in which one allocation cycle visits the agents. */
typedef enum HfScenarioAgentOrder { HF_AGENTS_SHUFFLED, HF_AGENTS_SORTED } HfScenarioAgentOrder;

/* Where the code of Mesos does something else than it says: which of the two is done. */
typedef enum HfScenarioQuirks {
    HF_SCENARIO_QUIRKS_DOCUMENTED,
    HF_SCENARIO_QUIRKS_STRICT
} HfScenarioQuirks;

/* What one offer round covers: each agent for itself, or the whole free cell for one framework. */
typedef enum HfScenarioOfferScope { HF_OFFER_AGENT, HF_OFFER_CELL } HfScenarioOfferScope;

/* Whether health checks of agents are worked out when needed, or simulated message by message. */
typedef enum HfHeartbeats { HF_HEARTBEATS_VIRTUAL, HF_HEARTBEATS_EXPLICIT } HfHeartbeats;

typedef enum HfRecordEvents { HF_EVENTS_NONE, HF_EVENTS_JSONL } HfRecordEvents;
typedef enum HfRecordTasks { HF_TASKS_ALL, HF_TASKS_NONE } HfRecordTasks;

/* Mesos's framework capabilities (FrameworkInfo.Capability), as flags. */
typedef enum HfFrameworkFlag {
    HF_FRAMEWORK_REVOCABLE_RESOURCES = 1 << 0,
    HF_FRAMEWORK_TASK_KILLING_STATE = 1 << 1,
    HF_FRAMEWORK_GPU_RESOURCES = 1 << 2,
    HF_FRAMEWORK_SHARED_RESOURCES = 1 << 3,
    HF_FRAMEWORK_PARTITION_AWARE = 1 << 4,
    HF_FRAMEWORK_MULTI_ROLE = 1 << 5,
    HF_FRAMEWORK_RESERVATION_REFINEMENT = 1 << 6,
    HF_FRAMEWORK_REGION_AWARE = 1 << 7,
} HfFrameworkFlag;

/* What it is worth that a run came to a stop with tasks waiting (world/stall.h). */
typedef enum HfScenarioStall { HF_SCENARIO_STALL_FAIL, HF_SCENARIO_STALL_EXPECTED } HfScenarioStall;

#define HF_WARM_UP_AUTO ((HfTime)-1) /* warm_up: auto, found by MSER-5 after the run */

typedef struct HfScenarioMaster {
    HfTime allocation_interval; /* > 0 */
    HfPolicyChoice policy;      /* one of the registry's, or of a library */
    HfScenarioSorter role_sorter, framework_sorter;
    HfScenarioAgentOrder agent_order;
    HfScenarioOfferScope offer_scope;
    const char *min_allocatable_resources; /* alternatives "cpus:0.01|mem:32"; NULL: any amount */
    HfTime offer_timeout;                  /* > 0; HF_TIME_NEVER: none */
    HfTime agent_ping_timeout;             /* 1s .. 15m */
    int64_t max_agent_ping_timeouts;       /* >= 1 */
    HfTime agent_reregister_timeout;       /* >= 10m as in Mesos */
    double agent_removal_rate_limit;       /* agents per second; 0: no limit */
    double recovery_agent_removal_limit;   /* 0..1 */
    HfLaw registry_latency;                /* s, >= 0 */
    HfTime registry_store_timeout;         /* > 0 */
    HfTime registry_gc_interval;           /* > 0 */
    HfTime registry_max_agent_age;         /* > 0 */
    int64_t registry_max_agent_count;      /* >= 0 */
    HfTime election_time;                  /* >= 0 */
    gboolean filter_gpu_resources;
    const char *region;     /* of its fault domain; NULL: none */
    const char **whitelist; /* names of agents, NULL-terminated; NULL: all are offered */
    const char **roles;     /* NULL-terminated, checked: all there are besides *; NULL: any */
    const char **fair_sharing_excluded_resource_names; /* NULL-terminated; NULL: none */
    HfHeartbeats heartbeats;
    HfScenarioQuirks quirks;
    const char *acls; /* JSON; NULL: everybody may do everything */
} HfScenarioMaster;

typedef enum HfScenarioReconfiguration {
    HF_SCENARIO_RECONFIGURATION_EQUAL,
    HF_SCENARIO_RECONFIGURATION_ADDITIVE
} HfScenarioReconfiguration;

/* Flags that all agents are started with. */
typedef struct HfScenarioAgentFlags {
    HfTime recovery_timeout;
    HfLaw executor_startup; /* seconds from the order to begin one until it registers */
    double executor_hangs;  /* fraction that never does */
    HfTime executor_registration_timeout;
    HfTime executor_reregistration_timeout;
    HfTime executor_shutdown_grace_period;
    HfTime restart_delay;
    HfTime registration_backoff_factor; /* > 0 */
    HfTime gc_delay, disk_watch_interval;
    double stuck_unmounts; /* probability, of a volume at the end of its task */
    double gc_disk_headroom;
    gboolean gc_non_executor_container_sandboxes;
    gboolean enforce_container_disk_quota;
    HfTime container_disk_watch_interval;
    HfScenarioReconfiguration reconfiguration_policy;
    HF_LIST(HfDiskProfile) disk_profiles; /* names differ */
} HfScenarioAgentFlags;

typedef struct HfScenarioRole {
    const char *name;
    double weight;         /* > 0 */
    const char *guarantee; /* quantities or NULL; of top-level roles alone */
    const char *limit;
    /* Policy static: a role owns whole groups of agents, or a share of every group that no role
     * owns whole; only its frameworks are offered them. Other policies look at neither. */
    double partition;      /* share, 0..1; the shares of all roles add up to at most 1 */
    const char **agents;   /* names of groups, NULL-terminated; NULL: none */
    uint32_t line, column; /* of its name; line 0: not in the file */
} HfScenarioRole;

/* The value of `trace:` of a group of agents: the machines come from a file. */
typedef struct HfScenarioAgentTrace {
    HfModelChoice format; /* family agent traces; its config holds the file */
} HfScenarioAgentTrace;

/* A group of equal agents, named NAME-0, NAME-1, ...; or the machines of a trace. */
typedef struct HfScenarioAgents {
    const char *name;
    int64_t count;             /* 1 .. 10,000,000; ignored with a trace */
    const char *resources;     /* NULL with a trace */
    const char *attributes;    /* NULL or a template: see hf_agent_attributes() */
    const char *region, *zone; /* NULL: none */
    int64_t filesystem;        /* 1/1000 MB, under its work directory; 0: as its disk */
    HfLaw latency;             /* of its links; kind NULL: the network's */
    HfScenarioAgentTrace trace;
    int64_t network_bandwidth,
        disk_bandwidth; /* milli-MB a second, as HF_KEY_MEMORY; 0 = no limit */
} HfScenarioAgents;

#define HF_FRAMEWORKS_MAX 100000 /* in all entries together */

/* A duration that the framework's model knows. */
#define HF_AS_MODEL       ((HfTime)-1)
#define HF_NO_KILL_POLICY ((HfTime)-1)

typedef enum HfScenarioCheckpoint {
    HF_CHECKPOINT_FALSE,
    HF_CHECKPOINT_TRUE,
    HF_CHECKPOINT_AS_MODEL
} HfScenarioCheckpoint;

typedef enum HfScenarioMaintenance {
    HF_SCENARIO_MAINTENANCE_IGNORE,
    HF_SCENARIO_MAINTENANCE_DECLINE,
    HF_SCENARIO_MAINTENANCE_ACCEPT,
    HF_SCENARIO_MAINTENANCE_VACATE
} HfScenarioMaintenance;

typedef struct HfScenarioFramework {
    const char *name;
    int64_t count;         /* as written; in what loading returns each one has its own entry */
    const char *group;     /* the name as written, of one of several; NULL: it is alone */
    uint32_t entry;        /* of the file's list, from 0 */
    uint32_t line, column; /* where that begins; line 0: not in the file */
    HfModelChoice model;   /* never NULL */
    const char *role;      /* the one role, or NULL when `roles` is given; "*" when neither was */
    const char **roles;    /* NULL-terminated; NULL when `role` is set */
    const char *principal; /* NULL: none */
    HfTime start;          /* when it subscribes */
    HfScenarioMaintenance maintenance;
    HfTime failover_timeout; /* 0: removed as soon as it disconnects; HF_AS_MODEL */
    HfLaw stop_time;         /* s; kind NULL: at once */
    HfTime kill_grace;       /* HF_NO_KILL_POLICY */
    HfTime kill_call_grace;  /* likewise */
    HfScenarioCheckpoint checkpoint;
    HfLaw latency;         /* of its link; kind NULL: the network's */
    uint32_t capabilities; /* HfFrameworkFlag; MULTI_ROLE is added when `roles` is given */
    const char *min_allocatable_resources; /* alternatives; NULL: the master's */
    const char *offer_constraints;         /* JSON; NULL: every agent */
} HfScenarioFramework;

typedef struct HfScenarioFailure {
    const char *name;      /* NULL: none */
    uint32_t line, column; /* where that begins; line 0: not in the file */
    HfModelChoice what;
} HfScenarioFailure;

/* A call of the operator API, and when it is made. */
#define HF_OPERATOR_CALLS 23
typedef struct HfScenarioOperator {
    HfTime at;
    HfTime every;                        /* 0 = once */
    int64_t times;                       /* 0 = until the run ends */
    const char *principal;               /* NULL: none */
    const char *body[HF_OPERATOR_CALLS]; /* JSON; one is set */
    uint32_t line, column;               /* where that begins; line 0: not in the file */
} HfScenarioOperator;

/* The key of a body, as in the file. */
const char *hf_operator_call_key(uint32_t call);

/* An entry of `stores:`. */
#define HF_AS_KIND (-1)
typedef struct HfScenarioStoreKeys {
    const char *name;
    HfStoreRules rules;    /* kind and capacity; of the others HF_AS_KIND where nothing was said */
    const char *framework; /* that runs it; NULL: none of the scenario */
} HfScenarioStoreKeys;

/* Its rules, with its kind's for what was not said. */
HfStoreRules hf_store_rules(const HfScenarioStoreKeys *keys);

typedef struct HfScenarioNetwork {
    HfLaw latency;         /* seconds, one way, each message */
    double loss;           /* of packets, 0 .. 0.9 */
    HfTime retransmit_for; /* 0 = what a partition stops is lost at once */
} HfScenarioNetwork;

typedef struct HfScenarioRecord {
    HfTime interval; /* > 0: step of the time series */
    HfRecordEvents events;
    HfRecordTasks tasks;
} HfScenarioRecord;

/* One of several runs side by side: what it changes, and what it must meet. */
typedef struct HfScenarioArm {
    const char *name; /* [a-z][a-z0-9-]* */
    const struct HfNode *set;
    const HfExpect **expect;
} HfScenarioArm;

/* A key that an arm changes, both as written; a value that is none of a single word in flow form.
 */
typedef struct HfScenarioSetting {
    const char *key, *value;
} HfScenarioSetting;

typedef struct HfScenario {
    const char *name, *question;
    const char **sources; /* NULL-terminated; NULL: none */
    uint64_t seed;
    int64_t replications; /* 1 .. 10,000: runs under seed, seed + 1, ...; equal in all arms */
    double confidence;    /* of intervals over replications: 0.5 .. 0.9999 */
    HfTime duration;      /* > 0 */
    HfTime warm_up;       /* < duration, or HF_WARM_UP_AUTO */
    HfScenarioStall stall;
    HfEra era;
    HfScenarioMaster master;
    HfScenarioAgentFlags agent;
    HF_LIST(HfScenarioRole)
    roles; /* sorted by name; roles that only frameworks name are not here */
    HF_LIST(HfScenarioAgents) agents;
    HfScenarioNetwork network;
    HF_LIST(HfScenarioStoreKeys) stores;
    HF_LIST(HfScenarioFramework) frameworks;
    HF_LIST(HfScenarioFailure) failures;
    HF_LIST(HfScenarioOperator) operators;
    HfScenarioRecord record;
    /* What this run alone must meet: the file's that name no arm, then the arm's own. */
    const HfExpect **expect;     /* NULL-terminated, never NULL */
    HF_LIST(HfScenarioArm) arms; /* as written; empty in what loading returns */
    /* Not keys of the file: */
    const char *arm;                     /* name of the arm; NULL when the file has no arms */
    HF_LIST(HfScenarioSetting) settings; /* what the arm changes, in the order of the file */
    char digest[HF_DIGEST_TEXT_SIZE];    /* of all keys but the seed and remarks, see below */
} HfScenario;

/* All runs of one file. */
typedef struct HfScenarioSet {
    const char *path; /* as given */
    const char *name, *question;
    const HfScenario *const *arms; /* [count], in the order of the file */
    uint32_t count;                /* >= 1 */
    const HfExpect **expect; /* expectations over several arms: every name in them is ARM.metric;
                                NULL-terminated, never NULL */
    struct HfScenarioStore *store; /* owns all of it */
} HfScenarioSet;

typedef struct HfScenarioOptions {
    const HfScenarioRegistry *registry; /* borrowed for the life of the set */
    const char *const *overrides;       /* KEY=VALUE each, NULL-terminated; NULL: none */
    const char *const *trace_dirs;      /* where traces are looked for last; NULL: nowhere */
} HfScenarioOptions;

/*
 * Read a scenario file with its arms and overrides applied.
 *
 * An override KEY is a path such as master.policy, frameworks[1].think.base, frameworks.web.apps
 * or roles["a.b"].weight; entries of a list are found by index or by name. VALUE is YAML in flow
 * form. Overrides win over arms. Missing mappings on the way are made.
 * Shape:  messages: NULL, or collects every independent mistake (char *, at most 50, the first is
 *         the one in `error`), freed by the array's free function (g_free).
 * Errors: NULL and HF_SCENARIO_ERROR; the message is one line, `file:line:column: key: what`.
 * Cost:   O(size); limits: 16 MiB of text, depth 64, 1,000,000 nodes.
 */
HfScenarioSet *hf_scenario_load(const char *path, const HfScenarioOptions *options,
                                GPtrArray *messages, GError **error);

/*
 * The question that a scenario file asks, from its text alone: no key is checked, no trace opened.
 * Shape:  newly allocated; NULL when the file says none or cannot be read.
 */
char *hf_scenario_question(const char *path);

/* The same for text in memory; `path` names it in messages and is what files are relative to. */
HfScenarioSet *hf_scenario_parse(const char *text, gsize size, const char *path,
                                 const HfScenarioOptions *options, GPtrArray *messages,
                                 GError **error);

/*
 * Keep the arms of these names alone, in the order of the file. Expectations over several arms stay
 * if all they name is kept.
 * Shape:  names: NULL-terminated; a name may come twice. Returns how many expectations went, or -1.
 * Errors: -1 and HF_SCENARIO_ERROR for a name that no arm has; the set is then as before.
 */
int hf_scenario_set_choose(HfScenarioSet *set, const char *const *names, GError **error);

/*
 * What has no effect in any run of the set, for it is to happen after the end: frameworks' starts,
 * failures and calls of operators. One line each, "file:line:column: failures[1].at: ..."; newly
 * allocated, with its free function.
 */
GPtrArray *hf_scenario_late(const HfScenarioSet *set);

/*
 * Where a message about a run points, "file:line:column" when it begins with the path of a
 * framework, failure or role (frameworks[3]..., roles.web..., or after "arm NAME: "), else the file
 * alone. Newly allocated.
 */
char *hf_scenario_where(const HfScenarioSet *set, const char *message);

void hf_scenario_set_free(HfScenarioSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfScenarioSet, hf_scenario_set_free)

/*
 * The attributes of agent `index` (0-based in its group): {index}, {index/40} and {index%40} in the
 * text are replaced by the number, integer quotient and remainder.
 * Shape:  newly allocated; NULL when the group has none.
 */
char *hf_agent_attributes(const HfScenarioAgents *agents, uint32_t index);

/* The table of a whole file, where the reference begins. */
extern const HfKeyTable hf_scenario_table;

#endif
