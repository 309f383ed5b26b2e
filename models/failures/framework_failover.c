/*
 * The scheduler of a framework dies, and a successor takes over under the same framework id: in
 * time, or when the failover timeout is over and the framework has been removed.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/groups.h"
#include "models/failures/strike.h"

typedef struct FailoverConfig {
    HfTime at, every;
    HfLaw mtbf, down;
    const char **frameworks, **roles;
} FailoverConfig;

static const HfKey failover_keys[] = {
    {.name = "at",
     .type = HF_KEY_DURATION,
     .offset = offsetof(FailoverConfig, at),
     .fallback = "none",
     .words = hf_strike_never,
     .help = "When the schedulers die; this or `mtbf`."},
    {.name = "every",
     .type = HF_KEY_DURATION,
     .offset = offsetof(FailoverConfig, every),
     .fallback = "0s",
     .help = "With `at`: again after this long, over and over; 0 = once."},
    {.name = "mtbf",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(FailoverConfig, mtbf),
     .help = "Time until each scheduler dies next, counted from when its successor was there."},
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(FailoverConfig, down),
     .fallback = "30s",
     .help = "Time until the successor subscribes."},
    {.name = "frameworks",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(FailoverConfig, frameworks),
     .help = "Names of the frameworks it strikes; absent = all."},
    {.name = "roles",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(FailoverConfig, roles),
     .help = "The roles that successors have, as a list; absent = those of before."},
    {0}};

static gboolean check_failover(const void *record, const char **key_out, char **why_out)
{
    const FailoverConfig *config = record;
    for (const char **role = config->roles; role != NULL && *role != NULL; role++) {
        const char *why = hf_role_invalid(*role);
        for (const char **other = config->roles; other < role && why == NULL; other++)
            if (strcmp(*role, *other) == 0) why = "it is named twice";
        if (why == NULL) continue;
        *key_out = "roles";
        *why_out = g_strdup_printf("\"%s\": %s", *role, why);
        return FALSE;
    }
    if (config->roles != NULL && config->roles[0] == NULL) {
        *key_out = "roles";
        *why_out = g_strdup("at least one role is needed");
        return FALSE;
    }
    return hf_strike_check(
        &(HfStrikeKeys){.at = config->at, .every = config->every, .mtbf = config->mtbf}, key_out,
        why_out);
}

static const HfKeyTable failover_table = {
    "framework-failover", sizeof(FailoverConfig), failover_keys,
    "Schedulers die, and successors take over under the same framework id.", check_failover};

enum { TIMER_ALL, TIMER_STOP, TIMER_START };

typedef struct Failover {
    HfModelEnv env;
    const FailoverConfig *config;
    HfStream *streams; /* [frameworks] */
} Failover;

static gboolean is_struck(const Failover *failover, const HfWorld *world, uint32_t row)
{
    return hf_failure_frameworks_has(world, failover->config->frameworks, row);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    const FailoverConfig *keys = config;
    if (!hf_failure_frameworks_check(world, keys->frameworks, error)) return NULL;
    Failover *failover = g_new0(Failover, 1);
    failover->env = *env;
    failover->config = keys;
    failover->streams = g_new(HfStream, hf_world_frameworks(world));
    for (uint32_t f = 0; f < hf_world_frameworks(world); f++)
        hf_model_stream(&failover->streams[f], env, "framework-failover", f);
    return failover;
}

static HfTime draw(Failover *failover, const HfLaw *law, uint32_t row)
{
    return hf_time_from_seconds(hf_law_draw(law, &failover->streams[row]));
}

static void arm(Failover *failover, HfWorld *world, uint32_t row)
{
    if (failover->config->mtbf.kind == NULL) return;
    hf_world_fault_after(world, failover->env.row, draw(failover, &failover->config->mtbf, row),
                         TIMER_STOP, row);
}

static void start(void *model, HfWorld *world)
{
    Failover *failover = model;
    if (failover->config->at != HF_TIME_NEVER)
        hf_world_fault_after(world, failover->env.row, failover->config->at, TIMER_ALL, 0);
    for (uint32_t f = 0; f < hf_world_frameworks(world); f++)
        if (is_struck(failover, world, f)) arm(failover, world, f);
}

static void stop(Failover *failover, HfWorld *world, uint32_t row)
{
    HfTime down = draw(failover, &failover->config->down, row);
    if (hf_world_scheduler_stop(world, row))
        hf_world_fault_after(world, failover->env.row, down, TIMER_START, row);
    else
        arm(failover, world, row);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Failover *failover = model;
    switch (kind) {
    case TIMER_ALL:
        for (uint32_t f = 0; f < hf_world_frameworks(world); f++)
            if (is_struck(failover, world, f)) stop(failover, world, f);
        if (failover->config->every > 0)
            hf_world_fault_after(world, failover->env.row, failover->config->every, TIMER_ALL, 0);
        break;
    case TIMER_STOP:
        stop(failover, world, (uint32_t)arg);
        break;
    default:
        HF_ASSERT(kind == TIMER_START);
        hf_world_scheduler_start_as(world, (uint32_t)arg,
                                    (const char *const *)failover->config->roles);
        arm(failover, world, (uint32_t)arg);
    }
}

static void destroy(void *model)
{
    Failover *failover = model;
    g_free(failover->streams);
    g_free(failover);
}

const HfFailureModel hf_failure_framework_failover = {
    .keys = {"framework-failover", "Schedulers die, and successors take over under the same id.",
             &failover_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
