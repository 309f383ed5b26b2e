/*
 * Links between the master and hosts, or schedulers, fail while both ends live: a partition stops
 * what is sent, both ways or one; a break resets the connection once.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct PartitionConfig {
    HfStrikeKeys strike;
    HfLaw lasts;
    int way;
} PartitionConfig;

enum { WAY_BREAK = 0 }; /* the others are HF_CUT_* */

static const HfKeyWord way_words[] = {
    {"both", HF_CUT_BOTH, "nothing passes"},
    {"to-master", HF_CUT_TO_MASTER, "what the agent sends is stopped; it hears pings, unanswered"},
    {"from-master", HF_CUT_FROM_MASTER, "what the master sends is stopped"},
    {"break", WAY_BREAK, "the connection is reset once; both ends see it, and it is made anew"},
    {0}};

static const HfKey partition_keys[] = {
    HF_STRIKE_KEYS(PartitionConfig),
    {.name = "for",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(PartitionConfig, lasts),
     .fallback = "2m",
     .help = "How long it lasts; of no meaning to a break."},
    {.name = "way",
     .type = HF_KEY_ENUM,
     .offset = offsetof(PartitionConfig, way),
     .fallback = "both",
     .words = way_words,
     .help = "What is stopped: lost, or repeated (network.retransmit_for)."},
    {0}};
static const HfKeyTable partition_table = {"partition", sizeof(PartitionConfig), partition_keys,
                                           "Links between hosts and the master fail.",
                                           hf_strike_check_config};

enum { TIMER_HEAL = HF_STRIKE_TIMERS };

typedef struct Partition {
    HfStrike strike;
    const PartitionConfig *config;
} Partition;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    Partition *partition = model;
    HfTime lasts = hf_strike_draw(&partition->strike, &partition->config->lasts, host);
    if (partition->config->way == WAY_BREAK) {
        hf_world_link_break(world, host);
        return 0;
    }
    if (hf_world_link_is_cut(world, host)) return 0; /* by another partition: that one heals it */
    hf_world_link_cut(world, host, (uint32_t)partition->config->way);
    hf_world_fault_after(world, partition->strike.row, lasts, TIMER_HEAL, host);
    return lasts;
}

/* ---- schedulers ---- */

typedef struct SchedulerConfig {
    HfStrikeKeys strike;
    HfLaw lasts;
    int way;
    const char **frameworks;
} SchedulerConfig;

static const HfKeyWord scheduler_way_words[] = {
    {"both", HF_CUT_BOTH, "nothing passes"},
    {"to-master", HF_CUT_TO_MASTER, "what the scheduler sends is stopped"},
    {"from-master", HF_CUT_FROM_MASTER, "what the master sends is stopped"},
    {"break", WAY_BREAK, "the connection is reset once; the scheduler subscribes anew"},
    {0}};

static const HfKey scheduler_keys[] = {
    HF_STRIKE_TIMES(SchedulerConfig),
    {.name = "frameworks",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(SchedulerConfig, frameworks),
     .help = "Names of the frameworks it strikes; absent = all."},
    {.name = "for",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(SchedulerConfig, lasts),
     .fallback = "2m",
     .help = "How long it lasts; of no meaning to a break."},
    {.name = "way",
     .type = HF_KEY_ENUM,
     .offset = offsetof(SchedulerConfig, way),
     .fallback = "both",
     .words = scheduler_way_words,
     .help = "What is stopped."},
    {0}};
static const HfKeyTable scheduler_table = {
    "scheduler-partition", sizeof(SchedulerConfig), scheduler_keys,
    "Links between schedulers and the master fail.", hf_strike_check_config};

typedef struct SchedulerPartition {
    HfStrike strike;
    const SchedulerConfig *config;
} SchedulerPartition;

static HfTime hit_scheduler(void *model, HfWorld *world, uint32_t framework)
{
    SchedulerPartition *partition = model;
    HfTime lasts = hf_strike_draw(&partition->strike, &partition->config->lasts, framework);
    if (partition->config->way == WAY_BREAK) {
        hf_world_scheduler_link_break(world, framework);
        return 0;
    }
    if (hf_world_scheduler_link_is_cut(world, framework)) return 0;
    hf_world_scheduler_link_cut(world, framework, (uint32_t)partition->config->way);
    hf_world_fault_after(world, partition->strike.row, lasts, TIMER_HEAL, framework);
    return lasts;
}

static void destroy_scheduler(void *model)
{
    SchedulerPartition *partition = model;
    hf_strike_clear(&partition->strike);
    g_free(partition);
}

static void *create_scheduler(HfWorld *world, const HfModelEnv *env, const void *config,
                              GError **error)
{
    SchedulerPartition *partition = g_new0(SchedulerPartition, 1);
    partition->config = config;
    if (hf_strike_init_frameworks(&partition->strike, world, env, &partition->config->strike,
                                  partition->config->frameworks, "scheduler-partition",
                                  hit_scheduler, partition, error))
        return partition;
    destroy_scheduler(partition);
    return NULL;
}

static void start_scheduler(void *model, HfWorld *world)
{
    hf_strike_start(&((SchedulerPartition *)model)->strike, world);
}

static void scheduler_timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    SchedulerPartition *partition = model;
    if (hf_strike_timer(&partition->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_HEAL);
    hf_world_scheduler_link_cut(world, (uint32_t)arg, 0);
}

/* ---- hosts ---- */

static void destroy(void *model)
{
    Partition *partition = model;
    hf_strike_clear(&partition->strike);
    g_free(partition);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Partition *partition = g_new0(Partition, 1);
    partition->config = config;
    if (hf_strike_init(&partition->strike, world, env, &partition->config->strike, "partition", hit,
                       partition, error))
        return partition;
    destroy(partition);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Partition *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Partition *partition = model;
    if (hf_strike_timer(&partition->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_HEAL);
    hf_world_link_cut(world, (uint32_t)arg, 0);
}

const HfFailureModel hf_failure_partition = {
    .keys = {"partition", "Links between hosts and the master fail: both ways, one way, or once.",
             &partition_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};

const HfFailureModel hf_failure_scheduler_partition = {
    .keys = {"scheduler-partition",
             "Links between schedulers and the master fail: both ways, one way, or once.",
             &scheduler_table},
    .create = create_scheduler,
    .start = start_scheduler,
    .timer = scheduler_timer,
    .destroy = destroy_scheduler,
};
