/*
 * The keys that all services have, for the two files that make tables of them: beside the model's
 * name (of the last kind, and of the framework), and under `kinds`. Included once in each.
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_KEYS_H
#define HF_MODELS_FRAMEWORKS_SERVICE_KEYS_H

#include "models/frameworks/service/config.h"

G_GNUC_UNUSED static const HfKeyWord as_variant[] = {{"variant", HF_AS_VARIANT, NULL}, {0}};
G_GNUC_UNUSED static const HfKeyWord patience[] = {
    {"variant", HF_AS_VARIANT, NULL}, {"forever", HF_FOR_EVER, NULL}, {0}};
G_GNUC_UNUSED static const HfKeyWord truth[] = {
    {"variant", HF_AS_VARIANT, NULL}, {"true", TRUE, NULL}, {"false", FALSE, NULL}, {0}};
G_GNUC_UNUSED static const HfKeyWord places[] = {
    {"variant", HF_AS_VARIANT, "what the variant says"},
    {"none", HF_DATA_NONE, "it keeps no data"},
    {"sandbox", HF_DATA_SANDBOX, "its data goes with the task"},
    {"path", HF_DATA_PATH, "a directory or device of the host that Mesos knows nothing of"},
    {"volume", HF_DATA_VOLUME, "a persistent volume on reserved disk"},
    {"mount", HF_DATA_MOUNT, "a persistent volume that is a whole disk (MOUNT)"},
    {"external", HF_DATA_EXTERNAL, "a volume that any host can attach, one at a time"},
    {"store", HF_DATA_STORE, "a store of the scenario, out of band: `store` says which"},
    {0}};
G_GNUC_UNUSED static const HfKeyWord identities[] = {
    {"variant", HF_AS_VARIANT, "what the variant says"},
    {"none", HF_IDENTITY_NONE, "nothing: each launch is a new instance"},
    {"agent", HF_IDENTITY_AGENT, "the agent id; under a new one its data is not found"},
    {"host", HF_IDENTITY_HOST, "the name of the host"},
    {"reservation", HF_IDENTITY_RESERVATION, "what it has reserved"},
    {"anywhere", HF_IDENTITY_ANYWHERE, "the volume, wherever it is attached"},
    {0}};
G_GNUC_UNUSED static const HfKeyWord spreads[] = {
    {"variant", HF_AS_VARIANT, "what the variant says"},
    {"ring", HF_SPREAD_RING, "replicas of a part are neighbours"},
    {"random", HF_SPREAD_RANDOM, "they are drawn for each part"},
    {0}};
G_GNUC_UNUSED static const HfKeyWord cleanings[] = {
    {"variant", HF_AS_VARIANT, "what the variant says"},
    {"never", HF_CLEAN_NEVER, "what an instance gave up stays reserved: it leaks"},
    {"offered", HF_CLEAN_WHEN_OFFERED, "it is destroyed and unreserved when it is next offered"},
    {0}};
G_GNUC_UNUSED static const HfKeyWord reservings[] = {
    {"variant", HF_AS_VARIANT, "what the variant says"},
    {"all", HF_RESERVE_ALL, "all that it needs"},
    {"disk", HF_RESERVE_DISK, "the disk alone: the rest it takes from what is free at each launch"},
    {0}};
G_GNUC_UNUSED static const HfKeyWord forgets[] = {
    {"variant", HF_AS_VARIANT, "what the variant says"},
    {"running", HF_FORGET_RUNNING, "as soon as it runs (Marathon 0.8 to 0.10)"},
    {"sweep", HF_FORGET_SWEEP, "when the delay is over, by a sweep each 10 s (0.11 to 1.4.7)"},
    {"minute", HF_FORGET_MINUTE, "a minute after the delay is over (1.5.0)"},
    {"delay", HF_FORGET_DELAY, "the longest delay after it last started (1.4.8, 1.5.1 and later)"},
    {"outlived", HF_FORGET_OUTLIVED, "by a run that lasts longer than the delay"},
    {0}};

#define INT_KEY(NAME, FIELD, MIN, MAX, ...)                                                        \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_INT, AT(rules.FIELD), .fallback = "variant",                  \
        .words = as_variant, .minimum = MIN, .maximum = MAX, .help = __VA_ARGS__                   \
    }
#define MILLI_KEY(NAME, TYPE, FIELD, ...)                                                          \
    {                                                                                              \
        .name = NAME, .type = TYPE, AT(rules.FIELD), .fallback = "variant", .words = as_variant,   \
        .help = __VA_ARGS__                                                                        \
    }
#define TIME_KEY(NAME, FIELD, WORDS, ...)                                                          \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_DURATION, AT(rules.FIELD), .fallback = "variant",             \
        .words = WORDS, .help = __VA_ARGS__                                                        \
    }
#define WORD_KEY(NAME, FIELD, WORDS, ...)                                                          \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_ENUM, AT(rules.FIELD), .fallback = "variant", .words = WORDS, \
        .help = __VA_ARGS__                                                                        \
    }

/* Everything but name and number of a kind. */
#define KIND_KEYS                                                                                  \
    MILLI_KEY("cpus", HF_KEY_AMOUNT, cpus, "CPUs of one instance."),                               \
        MILLI_KEY("mem", HF_KEY_MEMORY, mem, "Memory of one instance, in MB."),                    \
        MILLI_KEY("disk", HF_KEY_MEMORY, disk, "Disk that one instance asks Mesos for, in MB."),   \
        MILLI_KEY("gpus", HF_KEY_AMOUNT, gpus, "GPUs of one instance."),                           \
        INT_KEY("ports", ports, 0, 1000, "How many ports one instance takes."),                    \
        WORD_KEY("place", place, places, "Where an instance keeps its data."),                     \
        WORD_KEY("identity", identity, identities, "What ties an instance to its data."),          \
        TIME_KEY("same_wait", same_wait, patience,                                                 \
                 "How long an instance waits for the host that has its data, before it starts "    \
                 "elsewhere without."),                                                            \
        MILLI_KEY("data", HF_KEY_MEMORY, data, "Data that one instance holds, in MB."),            \
        {.name = "store",                                                                          \
         .type = HF_KEY_NAME,                                                                      \
         AT(store),                                                                                \
         .help = "The store (key stores of the scenario) that has its data, or provides its "      \
                 "external volume: unless it is said otherwise its place is store, its identity "  \
                 "anywhere and its same_wait 0s."},                                                \
        MILLI_KEY("reads", HF_KEY_MEMORY, reads,                                                   \
                  "What an instance reads of its data in a store before it serves, in MB."),       \
        INT_KEY("replicas", replicas, 0, 100,                                                      \
                "Replicas of each part of the data; 0 = one on every instance."),                  \
        INT_KEY("quorum", quorum, 0, 1e6,                                                          \
                "Replicas of each part that must be up, or instances where there is no data; 0 = " \
                "nothing is measured."),                                                           \
        WORD_KEY("majority", majority, truth, "Whether most instances must be up, too."),          \
        INT_KEY("parts", parts, 1, 1000, "Pieces of data, for each instance."),                    \
        WORD_KEY("spread", spread, spreads, "How replicas are spread over instances."),            \
        TIME_KEY("dead_after", dead_after, as_variant,                                             \
                 "Silence after which the service holds an instance for dead."),                   \
        TIME_KEY("copy_after", copy_after, patience,                                               \
                 "How long after that its data is copied to others; forever = only once it is "    \
                 "replaced."),                                                                     \
        MILLI_KEY("rate", HF_KEY_MEMORY, rate,                                                     \
                  "Limit of each stream of copies, in MB a second; 0 = none."),                    \
        INT_KEY("streams", streams, 0, 1000,                                                       \
                "Most streams into or out of an instance; 0 = any number."),                       \
        WORD_KEY(                                                                                  \
            "rack_spread", rack_spread, truth,                                                     \
            "Whether replicas lie in different racks (attribute rack), as far as there are."),     \
        WORD_KEY("rack_limit", rack_limit, truth,                                                  \
                 "Whether nothing is copied while a whole rack is gone."),                         \
        INT_KEY("max_per_host", max_per_host, 0, 1e6,                                              \
                "Most instances on a host; 0 = any number."),                                      \
        INT_KEY("max_per_rack", max_per_rack, 0, 1e6,                                              \
                "Most instances in a rack (attribute rack); 0 = any number."),                     \
        TIME_KEY("ready_after", ready_after, as_variant,                                           \
                 "Time from running to ready, for plans that go one by one."),                     \
        TIME_KEY("reserve_wait", reserve_wait, as_variant,                                         \
                 "0s = RESERVE, CREATE and LAUNCH at once; else LAUNCH when the volume is "        \
                 "offered, which is waited for so long before it is asked for anew."),             \
        TIME_KEY("period", period, as_variant,                                                     \
                 "How often a job runs; 0s = instances run all the time."),                        \
        INT_KEY("retries", retries, 0, 1000, "How often a job that failed is tried again."),       \
        TIME_KEY("retry_after", retry_after, as_variant, "How long after that."),                  \
        TIME_KEY("start_deadline", start_deadline, as_variant,                                     \
                 "How late a job may start, or it is missed; 0s = at any time."),                  \
        WORD_KEY("reserve", reserve, reservings,                                                   \
                 "What an instance with a persistent volume reserves for itself."),                \
        TIME_KEY("by_hand", by_hand, patience,                                                     \
                 "How long until an operator lets an instance that starts with nothing copy what " \
                 "others have; 0s = it does so by itself (mesosphere/hdfs #91)."),                 \
        WORD_KEY("stays_lost", stays_lost, truth,                                                  \
                 "Whether an instance whose agent is lost is not launched again (ceph-on-mesos "   \
                 "#1)."),                                                                          \
        WORD_KEY("cleaning", cleaning, cleanings,                                                  \
                 "What becomes of reservations that are given up."),                               \
        {.name = "lifetime",                                                                       \
         .type = HF_KEY_LAW,                                                                       \
         .unit = HF_UNIT_DURATION,                                                                 \
         AT(lifetime),                                                                             \
         .help = "How long an instance runs until it fails by itself; absent = it does not. A "    \
                 "job: until "                                                                     \
                 "it is done; absent = 5m."},                                                      \
        HF_WRITES_KEYS(AT),                                                                        \
    {                                                                                              \
        .name = "usage", .type = HF_KEY_LAW, AT(usage), .fallback = "1", .minimum = 0,             \
        .maximum = 1, .help = "Fraction of its resources that an instance really uses."            \
    }

/* Beside the model's name: its variant, the framework's rules, and the last kind. */
#define FW(member) .offset = offsetof(HfServiceConfig, member)
#define HF_SERVICE_TABLE(NAME, WORDS, HELP, CHECK, ...)                                            \
    static const HfKey NAME##_keys[] = {                                                           \
        {.name = "variant",                                                                        \
         .type = HF_KEY_ENUM,                                                                      \
         FW(variant),                                                                              \
         .fallback = "era",                                                                        \
         .words = WORDS,                                                                           \
         .help = "Which framework, and which of its releases."},                                   \
        INT_KEY("nodes", count, 0, 1e6, "How many instances of the last kind there are."),         \
        KIND_KEYS,                                                                                 \
        {.name = "kinds",                                                                          \
         .type = HF_KEY_LIST,                                                                      \
         .sub = &hf_service__table_of_kinds,                                                       \
         FW(kinds),                                                                                \
         .help = "What is other for the other kinds of instances."},                               \
        FRAMEWORK_KEYS,                                                                            \
        __VA_ARGS__{0}};                                                                           \
    static const HfKeyTable NAME##_table = {#NAME, sizeof(HfServiceConfig), NAME##_keys, HELP,     \
                                            CHECK}
#define FW_TIME(NAME, FIELD, ...)                                                                  \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_DURATION, FW(rules.FIELD), .fallback = "variant",             \
        .words = as_variant, .help = __VA_ARGS__                                                   \
    }
#define FRAMEWORK_KEYS                                                                             \
    FW_TIME("refuse", refuse, "Filters.refuse_seconds of what is declined while instances wait."), \
        FW_TIME("refuse_idle", refuse_idle, "The same while none does."),                          \
        {.name = "suppress",                                                                       \
         .type = HF_KEY_ENUM,                                                                      \
         FW(rules.suppress),                                                                       \
         .fallback = "variant",                                                                    \
         .words = truth,                                                                           \
         .help = "Whether it suppresses offers while none waits."},                                \
        FW_TIME("min_revive_interval", min_revive, "Least time between two REVIVE calls."),        \
        FW_TIME("backoff", backoff, "How long a kind waits after a failure of its own."),          \
        {.name = "backoff_factor",                                                                 \
         .type = HF_KEY_AMOUNT,                                                                    \
         FW(rules.backoff_factor),                                                                 \
         .fallback = "variant",                                                                    \
         .words = as_variant,                                                                      \
         .minimum = 1,                                                                             \
         .maximum = 100,                                                                           \
         .help = "Growth of the back-off with each failure."},                                     \
        FW_TIME("max_backoff", max_backoff, "Longest back-off."),                                  \
        {.name = "forget",                                                                         \
         .type = HF_KEY_ENUM,                                                                      \
         FW(rules.forget),                                                                         \
         .fallback = "variant",                                                                    \
         .words = forgets,                                                                         \
         .help = "When the back-off is forgotten."},                                               \
        {.name = "serial",                                                                         \
         .type = HF_KEY_ENUM,                                                                      \
         FW(rules.serial),                                                                         \
         .fallback = "variant",                                                                    \
         .words = truth,                                                                           \
         .help = "Whether new instances are deployed one after the other."},                       \
        FW_TIME("hold", hold,                                                                      \
                "How long it keeps offers that it has no use for, in case something is wanted "    \
                "meanwhile, before it declines them (AURORA-313); 0s = it declines at once."),     \
        FW_TIME("hold_also", hold_also, "And up to so long besides, drawn for each offer."),       \
        FW_TIME("dies_for", dies_for,                                                              \
                "Its scheduler dies of an offer that has CPUs or memory of several kinds, "        \
                "reserved and not, and is started again after so long; 0s = it does not."),        \
        {.name = "forgets_parents",                                                                \
         .type = HF_KEY_ENUM,                                                                      \
         FW(rules.forgets_parents),                                                                \
         .fallback = "variant",                                                                    \
         .words = truth,                                                                           \
         .help = "Whether a scheduler that starts anew has forgotten which parents of a "          \
                 "dependent job have run since that last did (mesos/chronos #811)."},              \
        {.name = "runs_twice",                                                                     \
         .type = HF_KEY_ENUM,                                                                      \
         FW(rules.runs_twice),                                                                     \
         .fallback = "variant",                                                                    \
         .words = truth,                                                                           \
         .help = "Whether a scheduler that starts anew launches jobs that run a second time, and " \
                 "knows nothing of one of the two from then on (METRONOME-100)."},                 \
    {                                                                                              \
        .name = "uninstall_at", .type = HF_KEY_DURATION, FW(uninstall), .fallback = "0s",          \
        .help = "When it is uninstalled: everything is killed, and what was reserved given back "  \
                "(cleaning: offered) or left behind; 0s = never."                                  \
    }

#endif
