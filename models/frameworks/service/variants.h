/*
 * The services that ran on Mesos, as parameters of one engine. A variant is a service as one of its
 * frameworks ran it (old Cassandra, Cassandra on the DC/OS SDK); a node kind is what it has several
 * instances of (journal, name and data nodes). A scenario names the model, may name the variant,
 * and may replace any parameter.
 */
#ifndef HF_MODELS_FRAMEWORKS_SERVICE_VARIANTS_H
#define HF_MODELS_FRAMEWORKS_SERVICE_VARIANTS_H

#include "base/time.h"
#include "resource/era.h"

/* Where an instance keeps its data, which says what its data outlives. */
typedef enum HfDataPlace {
    HF_DATA_NONE,
    HF_DATA_SANDBOX,  /* nothing: it goes with the task */
    HF_DATA_PATH,     /* everything but its disk; Mesos does not know of it (out of band) */
    HF_DATA_VOLUME,   /* the same, as a persistent volume on reserved disk */
    HF_DATA_MOUNT,    /* the same, on a whole disk (MOUNT) */
    HF_DATA_EXTERNAL, /* the host, too: any host can attach it */
    HF_DATA_STORE,    /* the same, in a store of the scenario, which may be down or full */
    HF_DATA_PLACES
} HfDataPlace;

/* What ties an instance to its data. */
typedef enum HfIdentity {
    HF_IDENTITY_NONE,
    HF_IDENTITY_AGENT, /* the agent's id: a new one means that the data is not found */
    HF_IDENTITY_HOST,  /* the host's name, or its device */
    HF_IDENTITY_RESERVATION,
    HF_IDENTITY_ANYWHERE, /* the volume itself, wherever it is attached */
    HF_IDENTITIES
} HfIdentity;

/* How the parts of a service's data are spread over its instances. */
typedef enum HfSpread {
    HF_SPREAD_RING,  /* replicas on neighbours: token ranges, partitions */
    HF_SPREAD_RANDOM /* drawn for each part: blocks, placement groups, shards */
} HfSpread;

/* What happens to a reservation that its instance no longer wants. */
typedef enum HfCleaning { HF_CLEAN_NEVER, HF_CLEAN_WHEN_OFFERED } HfCleaning;

/* What an instance with a volume reserves for itself. */
typedef enum HfReserving { HF_RESERVE_ALL, HF_RESERVE_DISK } HfReserving;

/* When the launch back-off is forgotten. */
typedef enum HfForget {
    HF_FORGET_RUNNING, /* as soon as an instance runs (Marathon 0.8 to 0.10) */
    HF_FORGET_SWEEP,   /* by a sweep each 10 s, once the delay is over (0.11 to 1.4.7) */
    HF_FORGET_MINUTE,  /* one minute after the delay is over (1.5.0) */
    HF_FORGET_DELAY,   /* when the longest delay has passed since it last started (1.4.8, 1.5.1) */
    HF_FORGET_OUTLIVED /* by a run that lasts longer than the delay */
} HfForget;

#define HF_FOR_EVER HF_TIME_NEVER

/* A parameter that a scenario leaves to the variant. */
#define HF_AS_VARIANT (-1)

/* One kind of instance. Scalars in milli-units, times in ns. */
typedef struct HfNodeRules {
    const char *name; /* NULL ends a list */
    int64_t count;    /* of instances */
    int64_t cpus, mem, disk, gpus, ports;
    int place, identity;   /* HfDataPlace, HfIdentity */
    HfTime same_wait;      /* for its old host, or HF_FOR_EVER; then it goes elsewhere */
    int64_t data;          /* of one instance, milli-MB; 0: nothing that could be copied */
    int64_t replicas;      /* of each part of the data; 0 = on all instances */
    int64_t quorum;        /* replicas of each part that must be up; without data: instances */
    int majority;          /* whether a majority of the instances must be up, too */
    int64_t parts;         /* pieces of data for each instance; 0 in a table = 1 */
    int spread;            /* HfSpread */
    HfTime dead_after;     /* an instance that is silent for so long has its data copied from */
    HfTime copy_after;     /* peers to others, after so long again; HF_FOR_EVER = only when it */
                           /* is replaced */
    int64_t rate, streams; /* of copies: milli-MB/s each, 0 = no limit; at most so many in or */
                           /* out of an instance */
    int rack_spread;       /* whether replicas lie in different racks while there are enough */
    int rack_limit;        /* whether nothing is copied when a whole rack is gone */
    int64_t max_per_host, max_per_rack; /* 0 = any number */
    HfTime ready_after;                 /* from running to ready, for plans that go one by one */
    HfTime reserve_wait; /* RESERVE and CREATE first, LAUNCH when they are offered, asked for
                            anew after so long; 0 = all three at once */
    HfTime period;       /* of jobs that run again and again; 0 = it runs all the time */
    int64_t retries;
    HfTime retry_after, start_deadline; /* after a failure; after its time, then it is missed */
    int gives_up_lost;                  /* whether it gives up as soon as its agent is lost */
    int cleaning;                       /* HfCleaning */
    int reserve;                        /* HfReserving */
    int64_t reads;  /* milli-MB that an instance reads in its store before it serves */
    HfTime by_hand; /* until an operator lets an instance that starts with nothing copy what others
                       have; 0 = it does by itself; HF_FOR_EVER = nobody does */
    int stays_lost; /* whether one whose agent is lost is not launched again */
} HfNodeRules;

/* What a framework does with offers, and how it launches. */
typedef struct HfFrameworkRules {
    HfTime refuse;      /* Filters.refuse_seconds while something waits */
    HfTime refuse_idle; /* while nothing does */
    int suppress;       /* whether it suppresses offers then */
    HfTime min_revive;
    HfTime backoff, max_backoff;
    int64_t backoff_factor; /* milli */
    int forget;             /* HfForget */
    int serial;             /* whether new instances are deployed one by one, in order */
    HfTime hold; /* for which it keeps offers that it has no use for, before it declines them, */
    HfTime hold_also; /* and up to so long besides, drawn for each; 0 = it declines them at once */
    HfTime dies_for;  /* its scheduler dies of an offer with CPUs or memory of several kinds
                         (reserved  and not), and is started again after so long; 0 = it does not */
    int forgets_parents;  /* whether a scheduler that starts anew has forgotten which parents of a
                             dependent job have run */
    int runs_twice;       /* whether it launches jobs that run a second time then */
    HfTime launch_limit;  /* what does not run so long after its launch is killed, */
    HfTime confirm_limit; /* or of what nothing was told; 0 = nothing is, NEVER = there is none */
    HfTime failover_timeout;
    int checkpoint;
} HfFrameworkRules;

typedef struct HfVariant {
    const char *model, *name;
    HfEra from, to; /* what `variant: era` means in these */
    const char *help, *source;
    HfFrameworkRules framework;
    const HfNodeRules *nodes; /* ended by one without name; keys beside `model` are of the last */
} HfVariant;

/* Rows of hf_variants. */
enum {
    HF_VARIANT_STATELESS_CENTRALIZED,
    HF_VARIANT_STATELESS_DISTRIBUTED,
    HF_VARIANT_STATEFUL_CENTRALIZED,
    HF_VARIANT_STATEFUL_DISTRIBUTED,
    HF_VARIANT_STORE_BACKED,
    HF_VARIANT_EXTERNAL_VOLUME,
    HF_VARIANT_AURORA,
    HF_VARIANT_CHRONOS,
    HF_VARIANT_METRONOME_0_3,
    HF_VARIANT_METRONOME,
    HF_VARIANT_HDFS_OLD,
    HF_VARIANT_HDFS_SDK,
    HF_VARIANT_CASSANDRA_OLD,
    HF_VARIANT_CASSANDRA_SDK,
    HF_VARIANT_KAFKA_OLD,
    HF_VARIANT_KAFKA_SDK,
    HF_VARIANT_CRATE,
    HF_VARIANT_ARANGODB_0_22,
    HF_VARIANT_ARANGODB,
    HF_VARIANT_ELASTICSEARCH,
    HF_VARIANT_MYSQL,
    HF_VARIANT_CEPH,
    HF_VARIANT_QUOBYTE,
    HF_VARIANTS
};

extern const HfVariant hf_variants[HF_VARIANTS];

/* The variant of a model that ran in an era. Never NULL for a model that there is. */
const HfVariant *hf_variant_of_era(const char *model, HfEra era);

const char *hf_data_place_name(HfDataPlace place);
const char *hf_identity_name(HfIdentity identity);

#endif
