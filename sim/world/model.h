/*
 * What a model is to the world: a name and key table (for the scenario), and functions. Each family
 * is a list that tools/registry.c fills; nothing in sim/ knows which models exist. A model finds
 * its parsed keys in `config`, draws only from streams it starts with hf_model_stream(), and lives
 * as long as the world.
 */
#ifndef HF_WORLD_MODEL_H
#define HF_WORLD_MODEL_H

#include "control/driver.h"
#include "resource/era.h"
#include "scenario/keys.h"

typedef struct HfWorld HfWorld;

#define HF_MODEL_ERROR (g_quark_from_static_string("hf-model-error"))

/* What a framework model is told of its run. Borrowed for its life. */
typedef struct HfModelEnv {
    HfCatalog *catalog;
    uint64_t seed;
    uint32_t row;          /* of the framework (or fault) in the scenario */
    uint64_t entity;       /* of its streams: follows its name, not its row */
    const char *name;      /* as in the scenario */
    HfRoleId role;         /* the first of its roles */
    HfTime duration;       /* of the run */
    const char *principal; /* of the framework; NULL = none */
    HfEra era;
    HfWorld *world;            /* for world/data.h, of which its driver knows nothing */
    const HfModelKeys *choice; /* which model it was asked to be: several may share functions */
} HfModelEnv;

/*
 * What a service's own processes live through, whatever its scheduler knows of it: told by the
 * world at once, also while the scheduler is away. Here nothing can be said to the master; what
 * may be done to data stands in world/data.h. Any member may be NULL.
 */
typedef struct HfDataOps {
    void (*started)(void *model, uint64_t task, uint32_t host);
    /* Does a task that is about to start have to wait for something (its volume) before it runs?
     * Then the model says hf_world_task_ready(). */
    gboolean (*prepares)(const void *model, uint64_t task);
    void (*ended)(void *model, uint64_t task, uint32_t host, HfTaskState how);
    void (*disk_lost)(void *model, uint32_t host); /* of any host */
    /* what was in this persistent volume of any framework's is no more */
    void (*volume_emptied)(void *model, uint32_t host, HfTextId persistence);
    void (*copied)(void *model, uint64_t arg); /* a copy is whole; its row is free */
    void (*timer)(void *model, uint32_t kind, uint64_t arg);
    /* of any store: it serves again, or no more */
    void (*store_changed)(void *model, uint32_t store, gboolean serves);
    /* of what the instance has in a store so great a part is no more: 0 < fraction <= 1 */
    void (*store_lost)(void *model, uint32_t store, uint64_t member, double fraction);
    void (*removed)(void *model); /* its framework, by the master: nobody of it comes back */
} HfDataOps;

/* What a framework subscribes with when the scenario does not say. */
typedef struct HfModelDefaults {
    HfTime failover_timeout;
    gboolean checkpoint;
} HfModelDefaults;

/*
 * A framework model. `keys` comes first: the scenario hands back its address.
 * create: errors in what the config names (an unreadable trace) give NULL and a GError.
 */
typedef struct HfFrameworkModel {
    HfModelKeys keys;
    const HfSchedulerOps *ops;
    void *(*create)(const HfModelEnv *env, const void *config, GError **error);
    void (*destroy)(void *model);
    const HfDataOps *data; /* NULL: it keeps no data */
    /* NULL: no failover timeout, no checkpoint. */
    HfModelDefaults (*defaults)(const void *model);
} HfFrameworkModel;

/* A cause of failures: started once, then told of its own timers. It acts through world/faults.h.
 */
typedef struct HfFailureModel {
    HfModelKeys keys;
    void *(*create)(HfWorld *world, const HfModelEnv *env, const void *config, GError **error);
    void (*start)(void *model, HfWorld *world);
    void (*timer)(void *model, HfWorld *world, uint32_t kind, uint64_t arg);
    void (*destroy)(void *model);
    gboolean changes_agents; /* it may start agents with other resources or attributes */
} HfFailureModel;

/* One machine of an agent trace; texts in Mesos's form, owned by the caller's callback for the
 * call. */
typedef struct HfMachine {
    const char *name, *resources, *attributes;
} HfMachine;
typedef void (*HfMachineSink)(void *context, const HfMachine *machine);

/* A file format that lists machines. Errors: FALSE and a GError that names file and line. */
typedef struct HfAgentTraceFormat {
    HfModelKeys keys;
    gboolean (*read)(const void *config, HfMachineSink sink, void *context, GError **error);
} HfAgentTraceFormat;

/* One task of a workload trace. */
typedef struct HfTraceTask {
    HfTime submit;          /* from the start of the trace; equal for all tasks of a job */
    HfTime duration;        /* HF_TIME_NEVER = never ends */
    uint64_t job;           /* tasks of one job are consecutive */
    const char *resources;  /* Mesos text */
    const char *constraint; /* NULL or attribute alternatives "gpu_model:V100|P100" */
} HfTraceTask;
typedef void (*HfTraceTaskSink)(void *context, const HfTraceTask *task);

/* A file format that lists tasks. */
typedef struct HfWorkloadFormat {
    HfModelKeys keys;
    gboolean (*read)(const void *config, HfTraceTaskSink sink, void *context, GError **error);
} HfWorkloadFormat;

/* Start the stream of one purpose of one model: (seed, purpose, entity of the model and `part`,
 * which the multiplier keeps apart from those of other models). */
static inline void hf_model_stream(HfStream *stream, const HfModelEnv *env, const char *purpose,
                                   uint64_t part)
{
    hf_stream_init(stream, env->seed, purpose, env->entity + part * UINT64_C(0x9e3779b97f4a7c15));
}

#endif
