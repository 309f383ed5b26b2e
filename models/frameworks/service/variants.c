/*
 * The parameters of each service, as its framework's source or documentation states them; where it
 * states none the row says `assumed` in its source. See variants.h for what they mean.
 */
#include "models/frameworks/service/variants.h"

#include <string.h>

#include "base/assert.h"

#define S         HF_NS_PER_SECOND
#define M         HF_NS_PER_MINUTE
#define H         HF_NS_PER_HOUR
#define D         HF_NS_PER_DAY
#define AMOUNT(x) ((int64_t)((x)*1000 + 0.5))
#define MB(x)     ((int64_t)(x)*1000)
#define GB(x)     MB((x)*1024)
#define NO_NODE                                                                                    \
    {                                                                                              \
        .name = NULL                                                                               \
    }
#define NO_REPAIR .copy_after = HF_FOR_EVER
#define STATELESS .place = HF_DATA_NONE, .identity = HF_IDENTITY_NONE, NO_REPAIR
#define RESERVED                                                                                   \
    .place = HF_DATA_VOLUME, .identity = HF_IDENTITY_RESERVATION, .same_wait = HF_FOR_EVER
#define ON_PATH(ID) .place = HF_DATA_PATH, .identity = ID

/* Rules of frameworks that were written for Mesos's defaults: 5 s filters, and no word to the
 * master while they want nothing. */
#define PLAIN                                                                                      \
    .refuse = 5 * S, .refuse_idle = 5 * S, .min_revive = 5 * S, .forget = HF_FORGET_OUTLIVED,      \
    .checkpoint = TRUE
/* Metronome is built of Marathon's scheduler. */
#define MARATHON_LIKE                                                                              \
    .refuse = 120 * S, .refuse_idle = 120 * S, .suppress = TRUE, .min_revive = 5 * S,              \
    .forget = HF_FORGET_OUTLIVED, .checkpoint = TRUE
/* dcos-commons: declines for 5 s, or for an hour once all is deployed; suppresses then; revives at
 * most each 5 s; two weeks of failover; one step of its plans after the other. */
#define SDK                                                                                        \
    .refuse = 5 * S, .refuse_idle = H, .suppress = TRUE, .min_revive = 5 * S,                      \
    .forget = HF_FORGET_OUTLIVED, .checkpoint = TRUE, .serial = TRUE, .failover_timeout = 14 * D
#define SDK_SOURCE                                                                                 \
    "dcos-commons: offer/Constants.java, framework/TokenBucket.java, "                             \
    "framework/FrameworkRunner.java"

static const HfNodeRules stateless_central[] = {
    {.name = "server", .count = 1, .cpus = AMOUNT(1), .mem = MB(1024), .quorum = 1, STATELESS},
    NO_NODE};
static const HfNodeRules stateless_many[] = {
    {.name = "server", .count = 10, .cpus = AMOUNT(1), .mem = MB(1024), .quorum = 5, STATELESS},
    NO_NODE};
#define ANYWHERE(PLACE)                                                                            \
    {                                                                                              \
        {.name = "server",                                                                         \
         .count = 1,                                                                               \
         .cpus = AMOUNT(1),                                                                        \
         .mem = MB(2048),                                                                          \
         .ports = 1,                                                                               \
         .place = PLACE,                                                                           \
         .identity = HF_IDENTITY_ANYWHERE,                                                         \
         .data = GB(10),                                                                           \
         .replicas = 1,                                                                            \
         .quorum = 1,                                                                              \
         NO_REPAIR},                                                                               \
            NO_NODE                                                                                \
    }
static const HfNodeRules store_backed[] = ANYWHERE(HF_DATA_STORE);
static const HfNodeRules external_volume[] = ANYWHERE(HF_DATA_EXTERNAL);

static const HfNodeRules stateful_central[] = {{.name = "server",
                                                .count = 1,
                                                .cpus = AMOUNT(2),
                                                .mem = MB(4096),
                                                .disk = MB(20480),
                                                .data = MB(10240),
                                                .replicas = 1,
                                                .quorum = 1,
                                                RESERVED,
                                                NO_REPAIR,
                                                .cleaning = HF_CLEAN_WHEN_OFFERED},
                                               NO_NODE};
static const HfNodeRules stateful_many[] = {{.name = "node",
                                             .count = 5,
                                             .cpus = AMOUNT(2),
                                             .mem = MB(4096),
                                             .disk = MB(20480),
                                             .data = MB(10240),
                                             .replicas = 3,
                                             .quorum = 2,
                                             .max_per_host = 1,
                                             RESERVED,
                                             NO_REPAIR,
                                             .cleaning = HF_CLEAN_WHEN_OFFERED},
                                            NO_NODE};

static const HfNodeRules aurora[] = {{.name = "task",
                                      .count = 1,
                                      .cpus = AMOUNT(1),
                                      .mem = MB(128),
                                      .disk = MB(128),
                                      .quorum = 1,
                                      STATELESS},
                                     NO_NODE};

static const HfNodeRules chronos[] = {{.name = "job",
                                       .count = 1,
                                       .cpus = AMOUNT(0.1),
                                       .mem = MB(128),
                                       .disk = MB(256),
                                       STATELESS,
                                       .period = H,
                                       .retries = 2,
                                       .retry_after = 60 * S,
                                       .start_deadline = 60 * S},
                                      NO_NODE};
#define METRONOME(DEADLINE)                                                                        \
    {                                                                                              \
        {.name = "job",                                                                            \
         .count = 1,                                                                               \
         .cpus = AMOUNT(1),                                                                        \
         .mem = MB(128),                                                                           \
         STATELESS,                                                                                \
         .period = H,                                                                              \
         .start_deadline = DEADLINE},                                                              \
            NO_NODE                                                                                \
    }
static const HfNodeRules metronome_0_3[] = METRONOME(0); /* METRONOME-191: it was not looked at */
static const HfNodeRules metronome[] = METRONOME(15 * M);

static const HfNodeRules hdfs_old[] = {{.name = "journal", /* 1 cpu, 512 MB x 1.35 */
                                        .count = 3,
                                        .cpus = AMOUNT(1),
                                        .mem = MB(692),
                                        .ports = 4,
                                        .max_per_host = 1,
                                        ON_PATH(HF_IDENTITY_HOST),
                                        .same_wait = 90 * S,
                                        .data = MB(1024),
                                        .replicas = 3,
                                        .quorum = 2,
                                        .by_hand = D, /* mesosphere/hdfs #91; the day is ours */
                                        NO_REPAIR},
                                       {.name = "name", /* with ZKFC */
                                        .count = 2,
                                        .cpus = AMOUNT(1.5),
                                        .mem = MB(6221),
                                        .ports = 6,
                                        .max_per_host = 1,
                                        ON_PATH(HF_IDENTITY_HOST),
                                        .same_wait = 90 * S,
                                        .data = MB(4096),
                                        .replicas = 2,
                                        .quorum = 1,
                                        NO_REPAIR},
                                       {.name = "data",
                                        .count = 3,
                                        .cpus = AMOUNT(1),
                                        .mem = MB(1383),
                                        .ports = 4,
                                        .max_per_host = 1,
                                        ON_PATH(HF_IDENTITY_HOST),
                                        .same_wait = 90 * S,
                                        .data = GB(100),
                                        .replicas = 3,
                                        .quorum = 1,
                                        .parts = 8,
                                        .spread = HF_SPREAD_RANDOM,
                                        .rack_spread = TRUE,
                                        .dead_after = 150 * S,
                                        .rate = MB(40),
                                        .streams = 2},
                                       NO_NODE};

static const HfNodeRules hdfs_sdk[] = {{.name = "journal",
                                        .count = 3,
                                        .cpus = AMOUNT(0.3),
                                        .mem = MB(2048),
                                        .disk = MB(5000),
                                        .ports = 2,
                                        .max_per_host = 1,
                                        RESERVED,
                                        .data = MB(1024),
                                        .replicas = 3,
                                        .quorum = 2,
                                        NO_REPAIR,
                                        .cleaning = HF_CLEAN_WHEN_OFFERED},
                                       {.name = "name",
                                        .count = 2,
                                        .cpus = AMOUNT(0.6),
                                        .mem = MB(4096),
                                        .disk = MB(5000),
                                        .ports = 4,
                                        .max_per_host = 1,
                                        RESERVED,
                                        .data = MB(4096),
                                        .replicas = 2,
                                        .quorum = 1,
                                        NO_REPAIR,
                                        .cleaning = HF_CLEAN_WHEN_OFFERED},
                                       {.name = "data",
                                        .count = 3,
                                        .cpus = AMOUNT(0.3),
                                        .mem = MB(2048),
                                        .disk = MB(5000),
                                        .ports = 3,
                                        .max_per_host = 1,
                                        RESERVED,
                                        .data = MB(4000),
                                        .replicas = 3,
                                        .quorum = 1,
                                        .parts = 8,
                                        .spread = HF_SPREAD_RANDOM,
                                        .rack_spread = TRUE,
                                        .dead_after = 150 * S,
                                        .rate = MB(40),
                                        .streams = 2,
                                        .cleaning = HF_CLEAN_WHEN_OFFERED},
                                       NO_NODE};

static const HfNodeRules cassandra_old[] = {{.name = "node",
                                             .count = 3,
                                             .cpus = AMOUNT(2),
                                             .mem = MB(2048),
                                             .disk = MB(2048),
                                             .ports = 5,
                                             .max_per_host = 1,
                                             .place = HF_DATA_SANDBOX,
                                             .identity = HF_IDENTITY_HOST,
                                             .same_wait = HF_FOR_EVER,
                                             .data = MB(1536),
                                             .replicas = 3,
                                             .quorum = 2,
                                             .rate = MB(25),
                                             .streams = 2,
                                             .ready_after = 120 * S,
                                             NO_REPAIR},
                                            NO_NODE};
static const HfNodeRules cassandra_sdk[] = {{.name = "node",
                                             .count = 3,
                                             .cpus = AMOUNT(0.5),
                                             .mem = MB(4096),
                                             .disk = MB(10240),
                                             .ports = 5,
                                             .max_per_host = 1,
                                             RESERVED,
                                             .data = MB(8192),
                                             .replicas = 3,
                                             .quorum = 2,
                                             .rate = MB(25),
                                             .streams = 2,
                                             .ready_after = 120 * S,
                                             NO_REPAIR,
                                             .cleaning = HF_CLEAN_WHEN_OFFERED},
                                            NO_NODE};

static const HfNodeRules kafka_old[] = {{.name = "broker",
                                         .count = 3,
                                         .cpus = AMOUNT(1),
                                         .mem = MB(2048),
                                         .ports = 1,
                                         .max_per_host = 1,
                                         ON_PATH(HF_IDENTITY_HOST),
                                         .same_wait = 10 * M,
                                         .data = MB(10240),
                                         .replicas = 1,
                                         .quorum = 1,
                                         .parts = 4,
                                         .dead_after = 10 * S,
                                         .streams = 1,
                                         NO_REPAIR},
                                        NO_NODE};
static const HfNodeRules kafka_sdk[] = {{.name = "broker",
                                         .count = 3,
                                         .cpus = AMOUNT(1),
                                         .mem = MB(2048),
                                         .disk = MB(5000),
                                         .ports = 1,
                                         .max_per_host = 1,
                                         RESERVED,
                                         .data = MB(4000),
                                         .replicas = 1,
                                         .quorum = 1,
                                         .parts = 4,
                                         .dead_after = 10 * S,
                                         .streams = 1,
                                         NO_REPAIR,
                                         .cleaning = HF_CLEAN_WHEN_OFFERED},
                                        NO_NODE};

static const HfNodeRules crate[] = {{.name = "node",
                                     .count = 3,
                                     .cpus = AMOUNT(0.5),
                                     .mem = MB(512),
                                     .ports = 2,
                                     .max_per_host = 1,
                                     ON_PATH(HF_IDENTITY_AGENT),
                                     .same_wait = 0,
                                     .data = MB(1024),
                                     .replicas = 2,
                                     .quorum = 1,
                                     .majority = TRUE,
                                     .parts = 4,
                                     .spread = HF_SPREAD_RANDOM,
                                     .copy_after = 60 * S,
                                     .rate = MB(40)},
                                    NO_NODE};

#define ARANGODB(PLACE)                                                                            \
    {.name = "agent",                                                                              \
     .count = 1,                                                                                   \
     .cpus = AMOUNT(0.2),                                                                          \
     .mem = MB(512),                                                                               \
     .disk = MB(512),                                                                              \
     .ports = 1,                                                                                   \
     .place = PLACE,                                                                               \
     .identity = HF_IDENTITY_AGENT,                                                                \
     .data = MB(64),                                                                               \
     .replicas = 1,                                                                                \
     .quorum = 1,                                                                                  \
     .reserve_wait = 10 * S,                                                                       \
     NO_REPAIR},                                                                                   \
        {.name = "coordinator",                                                                    \
         .count = 1,                                                                               \
         .cpus = AMOUNT(1),                                                                        \
         .mem = MB(1024),                                                                          \
         .disk = MB(1024),                                                                         \
         .ports = 1,                                                                               \
         .quorum = 1,                                                                              \
         STATELESS},                                                                               \
    {                                                                                              \
        .name = "dbserver", .count = 2, .cpus = AMOUNT(1), .mem = MB(1024), .disk = MB(1024),      \
        .ports = 1, .place = PLACE, .identity = HF_IDENTITY_AGENT, .data = MB(512), .replicas = 1, \
        .quorum = 1, .reserve_wait = 10 * S, NO_REPAIR                                             \
    }
static const HfNodeRules arangodb_0_22[] = {ARANGODB(HF_DATA_PATH), NO_NODE};
static const HfNodeRules arangodb[] = {ARANGODB(HF_DATA_VOLUME), NO_NODE};

static const HfNodeRules elasticsearch[] = {{.name = "node",
                                             .count = 3,
                                             .cpus = AMOUNT(1),
                                             .mem = MB(256),
                                             .disk = MB(1024),
                                             .ports = 2,
                                             .max_per_host = 1,
                                             ON_PATH(HF_IDENTITY_AGENT),
                                             .same_wait = 0,
                                             .data = MB(1024),
                                             .replicas = 2,
                                             .quorum = 1,
                                             .majority = TRUE,
                                             .parts = 4,
                                             .spread = HF_SPREAD_RANDOM,
                                             .copy_after = 60 * S,
                                             .rate = MB(40)},
                                            NO_NODE};

static const HfNodeRules mysql[] = {{.name = "mysqld",
                                     .count = 3,
                                     .cpus = AMOUNT(1),
                                     .mem = MB(512),
                                     .disk = MB(2048),
                                     .ports = 1,
                                     .place = HF_DATA_SANDBOX,
                                     .identity = HF_IDENTITY_NONE,
                                     .data = MB(1024),
                                     .replicas = 0,
                                     .quorum = 1,
                                     NO_REPAIR},
                                    NO_NODE};

static const HfNodeRules ceph[] = {{.name = "gateway", /* rgw: none unless they are asked for */
                                    .count = 0,
                                    .cpus = AMOUNT(1),
                                    .mem = MB(256),
                                    .ports = 1,
                                    .quorum = 1,
                                    .stays_lost = TRUE, /* ceph-on-mesos #1 */
                                    STATELESS},
                                   {.name = "mon",
                                    .count = 3,
                                    .cpus = AMOUNT(1),
                                    .mem = MB(256),
                                    .disk = MB(16),
                                    .ports = 1,
                                    .max_per_host = 1,
                                    RESERVED,
                                    .data = MB(16),
                                    .replicas = 3,
                                    .quorum = 2,
                                    .reserve_wait = 30 * S,
                                    NO_REPAIR},
                                   {.name = "osd",
                                    .count = 3,
                                    .cpus = AMOUNT(1),
                                    .mem = MB(1024),
                                    .disk = MB(512000),
                                    .ports = 5,
                                    .place = HF_DATA_MOUNT,
                                    .identity = HF_IDENTITY_RESERVATION,
                                    .same_wait = HF_FOR_EVER,
                                    .data = MB(256000),
                                    .replicas = 3,
                                    .quorum = 1,
                                    .parts = 8,
                                    .spread = HF_SPREAD_RANDOM,
                                    .rack_spread = TRUE,
                                    .rack_limit = TRUE,
                                    .dead_after = 20 * S,
                                    .copy_after = 600 * S,
                                    .streams = 2,
                                    .reserve_wait = 30 * S},
                                   NO_NODE};

static const HfNodeRules quobyte[] = {{.name = "registry",
                                       .count = 3,
                                       .cpus = AMOUNT(1),
                                       .mem = MB(2084),
                                       .disk = MB(32),
                                       .ports = 2,
                                       .max_per_host = 1,
                                       ON_PATH(HF_IDENTITY_HOST),
                                       .same_wait = HF_FOR_EVER,
                                       .data = MB(32),
                                       .replicas = 3,
                                       .quorum = 2,
                                       NO_REPAIR},
                                      {.name = "metadata",
                                       .count = 3,
                                       .cpus = AMOUNT(2),
                                       .mem = MB(8192),
                                       .disk = MB(32),
                                       .ports = 2,
                                       .max_per_host = 1,
                                       ON_PATH(HF_IDENTITY_HOST),
                                       .same_wait = HF_FOR_EVER,
                                       .data = MB(4096),
                                       .replicas = 3,
                                       .quorum = 2,
                                       NO_REPAIR},
                                      {.name = "data",
                                       .count = 3,
                                       .cpus = AMOUNT(4),
                                       .mem = MB(4096),
                                       .disk = MB(32),
                                       .ports = 2,
                                       .max_per_host = 1,
                                       ON_PATH(HF_IDENTITY_HOST),
                                       .same_wait = HF_FOR_EVER,
                                       .data = GB(100),
                                       .replicas = 3,
                                       .quorum = 2,
                                       .parts = 8,
                                       .spread = HF_SPREAD_RANDOM,
                                       .dead_after = 120 * S,
                                       NO_REPAIR},
                                      NO_NODE};

#define ROW(VARIANT, MODEL, NAME, FROM, TO, HELP, SOURCE, NODES, ...)                              \
    [VARIANT] = {MODEL, NAME, FROM, TO, HELP, SOURCE, {__VA_ARGS__}, NODES}

const HfVariant hf_variants[HF_VARIANTS] = {
    ROW(HF_VARIANT_STATELESS_CENTRALIZED, "service", "stateless-centralized", HF_ERA_0_22,
        HF_ERA_1_11, "one server that keeps nothing: it can run anywhere", "assumed",
        stateless_central, PLAIN, .suppress = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_STATELESS_DISTRIBUTED, "service", "stateless-distributed", HF_ERA_0_22,
        HF_ERA_1_11, "many servers that keep nothing; half of them are enough", "assumed",
        stateless_many, PLAIN, .suppress = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_STATEFUL_CENTRALIZED, "service", "stateful-centralized", HF_ERA_0_22,
        HF_ERA_1_11, "one server with one volume: it comes back there or not at all", "assumed",
        stateful_central, PLAIN, .suppress = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_STATEFUL_DISTRIBUTED, "service", "stateful-distributed", HF_ERA_0_22,
        HF_ERA_1_11, "nodes with volumes, three replicas of all data, two of which are needed",
        "assumed", stateful_many, PLAIN, .suppress = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_STORE_BACKED, "service", "store-backed", HF_ERA_0_22, HF_ERA_1_11,
        "one server whose data is in a store out of band (key store: nfs, hdfs, ceph, ...): it "
        "comes back anywhere, and finds it",
        "DC/OS documentation, storage/nfs.md; sizes assumed", store_backed, PLAIN, .suppress = TRUE,
        .failover_timeout = 7 * D),
    ROW(HF_VARIANT_EXTERNAL_VOLUME, "service", "external-volume", HF_ERA_0_22, HF_ERA_1_11,
        "one server with an external volume: it comes back anywhere, when that is attached there",
        "Marathon docs/external-volumes.md (dvdi, REX-Ray); sizes assumed", external_volume, PLAIN,
        .suppress = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_AURORA, "aurora", "aurora", HF_ERA_0_22, HF_ERA_1_11,
        "Aurora's long-running services",
        "Apache Aurora 0.8: failover timeout 21 days, penalty of 30 s growing to 5 min for tasks "
        "that "
        "flap; min_offer_hold_time 5 min, offer_hold_jitter_window 1 min (AsyncModule.java, later "
        "OfferManagerModule.java); sizes assumed",
        aurora, PLAIN, .backoff = 30 * S, .backoff_factor = 2000, .max_backoff = 5 * M,
        .hold = 5 * M, .hold_also = M, .failover_timeout = 21 * D),
    ROW(HF_VARIANT_CHRONOS, "chronos", "chronos", HF_ERA_0_22, HF_ERA_1_11,
        "jobs that run each hour, say, and are tried again twice",
        "mesos/chronos SchedulerConfiguration.scala:84-134 (epsilon 60 s, retry 60 s); period "
        "assumed",
        chronos, PLAIN, .forgets_parents = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_METRONOME_0_3, "metronome", "0.3", HF_ERA_0_22, HF_ERA_1_4,
        "before 0.4.0: jobs start however late, and a Metronome that starts anew launches those "
        "that "
        "run a second time",
        "dcos/metronome JobRunSpec.scala:32-37; METRONOME-191, METRONOME-100; period assumed",
        metronome_0_3, MARATHON_LIKE, .runs_twice = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_METRONOME, "metronome", "0.4", HF_ERA_1_11, HF_ERA_1_11,
        "jobs that run each hour, say, and are not tried again (restart NEVER)",
        "dcos/metronome JobRunSpec.scala:32-37, ScheduleSpec.scala:32; period assumed", metronome,
        MARATHON_LIKE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_HDFS_OLD, "hdfs", "old", HF_ERA_0_22, HF_ERA_0_23,
        "mesosphere/hdfs: data in /var/lib/hdfs, a dead node waited for 90 s",
        "mesosphere/hdfs HdfsFrameworkConfig.java:28-47, hdfs-site.xml:106-147; data assumed",
        hdfs_old, PLAIN, .failover_timeout = 364 * D),
    ROW(HF_VARIANT_HDFS_SDK, "hdfs", "sdk", HF_ERA_1_4, HF_ERA_1_11,
        "HDFS on the DC/OS SDK: persistent volumes, waited for until an operator replaces the pod",
        "dcos-commons frameworks/hdfs/universe/config.json; " SDK_SOURCE "; data assumed", hdfs_sdk,
        SDK),
    ROW(HF_VARIANT_CASSANDRA_OLD, "cassandra", "old", HF_ERA_0_22, HF_ERA_0_23,
        "cassandra-mesos: data in the sandbox, nodes tied to the name of their host",
        "mesosphere/cassandra-mesos Main.java:130-147, PersistedCassandraClusterState.java:100; "
        "data assumed",
        cassandra_old, PLAIN, .serial = TRUE, .failover_timeout = 7 * D),
    ROW(HF_VARIANT_CASSANDRA_SDK, "cassandra", "sdk", HF_ERA_1_4, HF_ERA_1_11,
        "Cassandra on the DC/OS SDK: persistent volumes, one node after the other",
        "dcos-commons frameworks/cassandra/universe/config.json; " SDK_SOURCE "; data assumed",
        cassandra_sdk, SDK),
    ROW(HF_VARIANT_KAFKA_OLD, "kafka", "old", HF_ERA_0_22, HF_ERA_0_23,
        "mesos/kafka: brokers stick to their host for 10 minutes, back-off 60 s doubling to 600 s",
        "mesos/kafka Broker.scala:36-38, 375-389, Config.scala:43; data assumed", kafka_old,
        .refuse = 5 * S, .refuse_idle = H, .min_revive = 5 * S, .backoff = M, .max_backoff = 10 * M,
        .backoff_factor = 2000, .forget = HF_FORGET_RUNNING, .checkpoint = TRUE,
        .failover_timeout = 30 * D),
    ROW(HF_VARIANT_KAFKA_SDK, "kafka", "sdk", HF_ERA_1_4, HF_ERA_1_11,
        "Kafka on the DC/OS SDK: persistent volumes, one replica of each partition by default",
        "dcos-kafka-service frameworks/kafka/universe/config.json; " SDK_SOURCE "; data assumed",
        kafka_sdk, SDK),
    ROW(HF_VARIANT_CRATE, "crate", "crate", HF_ERA_0_22, HF_ERA_1_11,
        "crate-mesos-framework: data on the host, a lost node is replaced at once",
        "crate/crate-mesos-framework Configuration.java:61-99, Resources.java:45-50 (it dies of "
        "two "
        "resources of a name); Elasticsearch's delayed allocation 60 s and 40 MB/s; data and the "
        "10 s until it is started again assumed",
        crate, PLAIN, .dies_for = 10 * S, .failover_timeout = 365 * D),
    ROW(HF_VARIANT_ARANGODB_0_22, "arangodb", "0.22", HF_ERA_0_22, HF_ERA_0_22,
        "the framework as built for Mesos 0.22: data in /tmp of the host, which nobody cleans",
        "m0ppers/arangodb-mesos src/Global.cpp:79-100, ArangoManager.cpp:424-460; data assumed",
        arangodb_0_22, PLAIN, .failover_timeout = 10 * D),
    ROW(HF_VARIANT_ARANGODB, "arangodb", "reserving", HF_ERA_0_23, HF_ERA_1_11,
        "the first framework that reserved and made volumes; what ends takes any agent, and "
        "abandons them",
        "m0ppers/arangodb-mesos ArangoManager.cpp:424-460, 715; data assumed", arangodb, PLAIN,
        .failover_timeout = 10 * D),
    ROW(HF_VARIANT_ELASTICSEARCH, "elasticsearch", "elasticsearch", HF_ERA_0_22, HF_ERA_1_11,
        "mesos/elasticsearch: data under the agent id, so a new id is an empty node",
        "mesos/elasticsearch Configuration.java:75-99; Elasticsearch's delayed_timeout 60 s and "
        "40 MB/s; data assumed",
        elasticsearch, PLAIN, .failover_timeout = 30 * D),
    ROW(HF_VARIANT_MYSQL, "mysql", "mysos", HF_ERA_0_22, HF_ERA_1_11,
        "Mysos (Cotton): data in the sandbox, a new node is copied from the others",
        "incubator-cotton mysos/scheduler/scheduler.py:28-30; data assumed", mysql, PLAIN,
        .failover_timeout = 14 * D),
    ROW(HF_VARIANT_CEPH, "ceph", "ceph", HF_ERA_0_23, HF_ERA_1_11,
        "ceph-on-mesos: OSDs on whole disks (MOUNT); nothing is unreserved",
        "vivint-smarthome/ceph-on-mesos deployment-config.conf:5-89, Behaviors.scala:61; data "
        "assumed",
        ceph, PLAIN, .failover_timeout = 365 * D),
    ROW(HF_VARIANT_QUOBYTE, "quobyte", "quobyte", HF_ERA_0_22, HF_ERA_1_11,
        "quobyte/mesos-framework: devices of the host, waited for for ever; failover after a day",
        "quobyte/mesos-framework scheduler.cpp:33-61; numbers of servers, replicas and data "
        "assumed",
        quobyte, PLAIN, .failover_timeout = D),
};

const HfVariant *hf_variant_of_era(const char *model, HfEra era)
{
    const HfVariant *first = NULL;
    for (int v = 0; v < HF_VARIANTS; v++) {
        const HfVariant *variant = &hf_variants[v];
        if (strcmp(variant->model, model) != 0) continue;
        if (first == NULL) first = variant;
        if (era >= variant->from && era <= variant->to) return variant;
    }
    HF_ASSERT(first != NULL);
    return first;
}

const char *hf_data_place_name(HfDataPlace place)
{
    static const char *const names[HF_DATA_PLACES] = {"none",  "sandbox",  "path", "volume",
                                                      "mount", "external", "store"};
    HF_ASSERT(place < HF_DATA_PLACES);
    return names[place];
}

const char *hf_identity_name(HfIdentity identity)
{
    static const char *const names[HF_IDENTITIES] = {"none", "agent", "host", "reservation",
                                                     "anywhere"};
    HF_ASSERT(identity < HF_IDENTITIES);
    return names[identity];
}
