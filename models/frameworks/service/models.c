/* The service models: a name, the words of its variants, and the common keys and functions. */
#include "models/frameworks/frameworks.h"
#include "models/frameworks/service/config.h"
#include "models/frameworks/service/keys.h"
#include "models/frameworks/service/metronome_json.h"

#define AT(member) .offset = offsetof(HfServiceConfig, main.member)
#define BY_ERA                                                                                     \
    {                                                                                              \
        "era", HF_AS_VARIANT, "the variant that was in use with the scenario's era"                \
    }
#define DESCRIBE(NAME, HELP)                                                                       \
    const HfFrameworkModel hf_framework_##NAME = {.keys = {#NAME, HELP, &NAME##_table},            \
                                                  .ops = &hf_service__ops,                         \
                                                  .create = hf_service__create,                    \
                                                  .destroy = hf_service__destroy,                  \
                                                  .data = &hf_service__data_ops,                   \
                                                  .defaults = hf_service__defaults}
#define MODEL(NAME, HELP, ...)                                                                     \
    static const HfKeyWord NAME##_words[] = {BY_ERA, __VA_ARGS__, {0}};                            \
    HF_SERVICE_TABLE(NAME, NAME##_words, HELP, NULL, );                                            \
    DESCRIBE(NAME, HELP)

MODEL(service, "A service in general: stateless or stateful, of one instance or of many.",
      {"stateless-centralized", HF_VARIANT_STATELESS_CENTRALIZED, "one server, no data"},
      {"stateless-distributed", HF_VARIANT_STATELESS_DISTRIBUTED, "many servers, no data"},
      {"stateful-centralized", HF_VARIANT_STATEFUL_CENTRALIZED, "one server, one volume"},
      {"stateful-distributed", HF_VARIANT_STATEFUL_DISTRIBUTED, "replicated data on volumes"},
      {"store-backed", HF_VARIANT_STORE_BACKED, "one server, its data in a store (key store)"},
      {"external-volume", HF_VARIANT_EXTERNAL_VOLUME, "one server, one external volume"});
MODEL(aurora, "Long-running services as Aurora keeps them.",
      {"aurora", HF_VARIANT_AURORA, "Apache Aurora"});
/* Chronos and Metronome take their own files. */
static gboolean check_chronos(const void *record, const char **key_out, char **why_out)
{
    const HfServiceConfig *config = record;
    uint32_t entry = 0;
    *why_out = hf_jobs__refusal(config->jobs.at, config->jobs.count, &entry);
    g_autofree char *path = g_strdup_printf("jobs[%u]", entry);
    *key_out = g_intern_string(path);
    return *why_out == NULL;
}

static const HfKeyWord chronos_words[] = {
    BY_ERA, {"chronos", HF_VARIANT_CHRONOS, "mesos/chronos"}, {0}};
HF_SERVICE_TABLE(chronos, chronos_words, "Jobs that run again and again, as Chronos runs them.",
                 check_chronos,
                 {.name = "jobs",
                  .type = HF_KEY_LIST,
                  FW(jobs),
                  .sub = &hf_job_entry_table,
                  .short_key = "file",
                  .help = "Files of Chronos's own, each a job or a list of jobs, in the place of "
                          "the one job of the variant. Time 0 is the earliest start in them."}, );
DESCRIBE(chronos, "Jobs that run again and again, as Chronos runs them.");

static gboolean check_metronome(const void *record, const char **key_out, char **why_out)
{
    const HfServiceConfig *config = record;
    uint32_t entry = 0;
    int64_t moment;
    *key_out = "epoch";
    if (!hf_metronome__moment(config->epoch, &moment)) {
        *why_out = g_strdup("expected a moment such as 2018-01-01T00:00:00Z");
        return FALSE;
    }
    *why_out = hf_metronome__refusal(config->jobs.at, config->jobs.count, &entry);
    g_autofree char *path = g_strdup_printf("jobs[%u]", entry);
    *key_out = g_intern_string(path);
    return *why_out == NULL;
}

static const HfKeyWord metronome_words[] = {
    BY_ERA,
    {"0.3", HF_VARIANT_METRONOME_0_3, "dcos/metronome before 0.4.0"},
    {"0.4", HF_VARIANT_METRONOME, "dcos/metronome 0.4.0 and later"},
    {0}};
HF_SERVICE_TABLE(metronome, metronome_words,
                 "Jobs that run again and again, as Metronome runs them.", check_metronome,
                 {.name = "jobs",
                  .type = HF_KEY_LIST,
                  FW(jobs),
                  .sub = &hf_metronome_entry_table,
                  .short_key = "file",
                  .help = "Files of Metronome's own, each a job or a list of jobs, in the place of "
                          "the one job of the variant."},
                 {.name = "epoch",
                  .type = HF_KEY_STRING,
                  FW(epoch),
                  .fallback = "2018-01-01T00:00:00Z",
                  .help = "The moment that is time 0 of the run, for the schedules in these files "
                          "(ISO 8601; the default is a Monday)."}, );
DESCRIBE(metronome, "Jobs that run again and again, as Metronome runs them.");
MODEL(hdfs, "HDFS: journal, name and data nodes.",
      {"old", HF_VARIANT_HDFS_OLD, "mesosphere/hdfs, data out of band"},
      {"sdk", HF_VARIANT_HDFS_SDK, "on the DC/OS SDK, persistent volumes"});
MODEL(cassandra, "Cassandra: a ring of nodes, three replicas.",
      {"old", HF_VARIANT_CASSANDRA_OLD, "cassandra-mesos, data in the sandbox"},
      {"sdk", HF_VARIANT_CASSANDRA_SDK, "on the DC/OS SDK, persistent volumes"});
MODEL(kafka, "Kafka: brokers and their partitions.",
      {"old", HF_VARIANT_KAFKA_OLD, "mesos/kafka, data out of band"},
      {"sdk", HF_VARIANT_KAFKA_SDK, "on the DC/OS SDK, persistent volumes"});
MODEL(crate, "Crate: shards on nodes that are replaced at once.",
      {"crate", HF_VARIANT_CRATE, "crate-mesos-framework"});
MODEL(arangodb, "ArangoDB: agency, coordinators and database servers.",
      {"0.22", HF_VARIANT_ARANGODB_0_22, "as built for Mesos 0.22, data in /tmp"},
      {"reserving", HF_VARIANT_ARANGODB, "with reservations and persistent volumes"});
MODEL(elasticsearch, "Elasticsearch: shards on nodes known by their agent id.",
      {"elasticsearch", HF_VARIANT_ELASTICSEARCH, "mesos/elasticsearch"});
MODEL(mysql, "MySQL under Mysos (Cotton): a master and its slaves, data in sandboxes.",
      {"mysos", HF_VARIANT_MYSQL, "incubator-cotton"});
MODEL(ceph, "Ceph: monitors, and OSDs on whole disks.", {"ceph", HF_VARIANT_CEPH, "ceph-on-mesos"});
MODEL(quobyte, "Quobyte: registry, metadata and data servers on devices of their hosts.",
      {"quobyte", HF_VARIANT_QUOBYTE, "quobyte/mesos-framework"});
