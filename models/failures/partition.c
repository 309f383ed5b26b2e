/*
 * Links between hosts and the master fail while both ends live: a partition swallows what is sent,
 * both ways or one; a break resets the connection once.
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
    {"to-master", HF_CUT_TO_MASTER, "what the agent sends is lost; it hears pings, unanswered"},
    {"from-master", HF_CUT_FROM_MASTER, "what the master sends is lost"},
    {"break", WAY_BREAK, "the connection is reset once; both ends see it, and it is made anew"},
    {0}};

static const HfKey partition_keys[] = {HF_STRIKE_KEYS(PartitionConfig),
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
                                        .help = "What is lost."},
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
