/*
 * The leading master ends, and after a time the next one leads with nothing but the registry. Once,
 * over and over, or `times` in a row: each time as soon as the one before has led for `between`.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct FailoverConfig {
    HfTime at, every, between;
    HfLaw mtbf, down;
    int64_t times;
} FailoverConfig;

static const HfKey failover_keys[] = {
    {.name = "at",
     .type = HF_KEY_DURATION,
     .offset = offsetof(FailoverConfig, at),
     .fallback = "none",
     .words = hf_strike_never,
     .help = "When the leading master ends; this or `mtbf`."},
    {.name = "every",
     .type = HF_KEY_DURATION,
     .offset = offsetof(FailoverConfig, every),
     .fallback = "0s",
     .help = "With `at`: again after this long, over and over; 0 = once."},
    {.name = "mtbf",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(FailoverConfig, mtbf),
     .help = "How long a master leads, counted from its election."},
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(FailoverConfig, down),
     .fallback = "10s",
     .help = "Time until the next one leads: the session of ZooKeeper, the election, and reading "
             "the registry."},
    {.name = "times",
     .type = HF_KEY_INT,
     .offset = offsetof(FailoverConfig, times),
     .fallback = "1",
     .minimum = 1,
     .maximum = 1000,
     .help = "So many masters end in a row each time."},
    {.name = "between",
     .type = HF_KEY_DURATION,
     .offset = offsetof(FailoverConfig, between),
     .fallback = "1s",
     .help = "How long each of them leads before the next failover of the row."},
    {0}};

static gboolean check_failover(const void *record, const char **key_out, char **why_out)
{
    const FailoverConfig *config = record;
    return hf_strike_check(
        &(HfStrikeKeys){.at = config->at, .every = config->every, .mtbf = config->mtbf}, key_out,
        why_out);
}

static const HfKeyTable failover_table = {"master-failover", sizeof(FailoverConfig), failover_keys,
                                          "The leading master ends, and another is elected.",
                                          check_failover};

enum { TIMER_SCHEDULED, TIMER_BY_LAW, TIMER_AGAIN, TIMER_ELECTED };

typedef struct Failover {
    HfModelEnv env;
    const FailoverConfig *config;
    HfStream stream;
    int64_t left; /* of the row under way */
} Failover;

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Failover *failover = g_new0(Failover, 1);
    failover->env = *env;
    failover->config = config;
    hf_model_stream(&failover->stream, env, "master-failover", 0);
    return failover;
}

static void arm(Failover *failover, HfWorld *world, HfTime delay, uint32_t kind)
{
    hf_world_fault_after(world, failover->env.row, delay, kind, 0);
}

static void arm_law(Failover *failover, HfWorld *world)
{
    if (failover->config->mtbf.kind == NULL) return;
    double seconds = hf_law_draw(&failover->config->mtbf, &failover->stream);
    arm(failover, world, hf_time_from_seconds(seconds), TIMER_BY_LAW);
}

static void start(void *model, HfWorld *world)
{
    Failover *failover = model;
    if (failover->config->at != HF_TIME_NEVER)
        arm(failover, world, failover->config->at, TIMER_SCHEDULED);
    arm_law(failover, world);
}

/* When none leads already it is somebody else's failover; a law tries again. */
static void stop(Failover *failover, HfWorld *world)
{
    double down = hf_law_draw(&failover->config->down, &failover->stream);
    if (hf_world_master_stop(world)) {
        arm(failover, world, hf_time_from_seconds(down), TIMER_ELECTED);
        return;
    }
    failover->left = 0;
    arm_law(failover, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Failover *failover = model;
    switch (kind) {
    case TIMER_SCHEDULED:
        if (failover->config->every > 0)
            arm(failover, world, failover->config->every, TIMER_SCHEDULED);
        failover->left = failover->config->times;
        stop(failover, world);
        break;
    case TIMER_BY_LAW:
        failover->left = failover->config->times;
        stop(failover, world);
        break;
    case TIMER_AGAIN:
        stop(failover, world);
        break;
    default:
        HF_ASSERT(kind == TIMER_ELECTED);
        hf_world_master_start(world);
        failover->left--;
        if (failover->left > 0)
            arm(failover, world, failover->config->between, TIMER_AGAIN);
        else
            arm_law(failover, world);
    }
}

static void destroy(void *model)
{
    g_free(model);
}

const HfFailureModel hf_failure_master_failover = {
    .keys = {"master-failover", "The leading master ends, and another is elected.",
             &failover_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
