/*
 * Tasks fail by themselves, without anything being wrong with their host: those of a host at an
 * instant, each with a probability; or at a rate, where the law is that of a host.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/groups.h"
#include "models/failures/strike.h"
#include "world/faults.h"

typedef struct TaskConfig {
    HfStrikeKeys strike;
    const char **frameworks;
    double part;
} TaskConfig;

static const HfKey task_keys[] = {
    HF_STRIKE_KEYS(TaskConfig),
    {.name = "frameworks",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(TaskConfig, frameworks),
     .help = "Names of the frameworks whose tasks fail; absent = all."},
    {.name = "part",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(TaskConfig, part),
     .fallback = "1",
     .help = "Probability with which each of their tasks on a host that is struck fails."},
    {0}};
static const HfKeyTable task_table = {"task-failure", sizeof(TaskConfig), task_keys,
                                      "Tasks fail by themselves.", hf_strike_check_config};

typedef struct TaskFailure {
    HfStrike strike;
    const TaskConfig *config;
} TaskFailure;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    TaskFailure *failure = model;
    for (uint32_t f = 0; f < hf_world_frameworks(world); f++)
        if (hf_failure_frameworks_has(world, failure->config->frameworks, f))
            hf_world_tasks_fail(world, host, f, failure->config->part,
                                &failure->strike.streams[host]);
    return 0;
}

static void destroy(void *model)
{
    TaskFailure *failure = model;
    hf_strike_clear(&failure->strike);
    g_free(failure);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    TaskFailure *failure = g_new0(TaskFailure, 1);
    failure->config = config;
    if (hf_failure_frameworks_check(world, failure->config->frameworks, error) &&
        hf_strike_init(&failure->strike, world, env, &failure->config->strike, "task-failure", hit,
                       failure, error))
        return failure;
    destroy(failure);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((TaskFailure *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    gboolean is_known = hf_strike_timer(&((TaskFailure *)model)->strike, world, kind, arg);
    HF_ASSERT(is_known);
}

const HfFailureModel hf_failure_task_failure = {
    .keys = {"task-failure", "Tasks fail by themselves, and their hosts do not.", &task_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
