/*
 * A host reboots, and disks that are mounted for the agent are not there when it is back. Its agent
 * refuses to start until they are, if it has any (Slave::initialize: "Failed to found mount").
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct MissingConfig {
    HfStrikeKeys strike;
    HfLaw down, missing;
} MissingConfig;

static const HfKey missing_keys[] = {
    HF_STRIKE_KEYS(MissingConfig),
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(MissingConfig, down),
     .fallback = "5m",
     .help = "Time until the host is back."},
    {.name = "missing",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(MissingConfig, missing),
     .fallback = "1h",
     .help = "How long after that its MOUNT disks are mounted, and its agent can start."},
    {0}};
static const HfKeyTable missing_table = {"mount-missing", sizeof(MissingConfig), missing_keys,
                                         "Hosts reboot and come back without their MOUNT disks.",
                                         hf_strike_check_config};

enum { TIMER_RETURN = HF_STRIKE_TIMERS, TIMER_MOUNT };

typedef struct Missing {
    HfStrike strike;
    const MissingConfig *config;
} Missing;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    Missing *missing = model;
    HfTime down = hf_strike_draw(&missing->strike, &missing->config->down, host);
    HfTime late = hf_strike_draw(&missing->strike, &missing->config->missing, host);
    if (!hf_world_host_crash(world, host, TRUE)) return 0;
    hf_world_mounts_lose(world, host);
    hf_world_fault_after(world, missing->strike.row, down, TIMER_RETURN, host);
    hf_world_fault_after(world, missing->strike.row, hf_time_add(down, late), TIMER_MOUNT, host);
    return hf_time_add(down, late);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Missing *missing = g_new0(Missing, 1);
    missing->config = config;
    if (hf_strike_init(&missing->strike, world, env, &missing->config->strike, "mount-missing", hit,
                       missing, error))
        return missing;
    hf_strike_clear(&missing->strike);
    g_free(missing);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Missing *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Missing *missing = model;
    if (hf_strike_timer(&missing->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_RETURN || kind == TIMER_MOUNT);
    if (kind == TIMER_RETURN)
        hf_world_host_return(world, (uint32_t)arg);
    else
        hf_world_mounts_return(world, (uint32_t)arg);
}

static void destroy(void *model)
{
    hf_strike_clear(&((Missing *)model)->strike);
    g_free(model);
}

const HfFailureModel hf_failure_mount_missing = {
    .keys = {"mount-missing", "Hosts reboot and come back without their MOUNT disks.",
             &missing_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
