/*
 * Something that is not of the cluster fills the disk of a host: a log that nobody rotates, an
 * image that somebody copied there. The master does not know; tasks that write find out.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct FillConfig {
    HfStrikeKeys strike;
    HfLaw amount; /* MB; kind NULL = all that is free */
    HfLaw lasts;  /* kind NULL = for good */
} FillConfig;

static const HfKey fill_keys[] = {
    HF_STRIKE_KEYS(FillConfig),
    {.name = "amount",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_MEMORY,
     .offset = offsetof(FillConfig, amount),
     .help = "How much is written, in MB, as far as there is room; absent = all that is free."},
    {.name = "for",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(FillConfig, lasts),
     .help = "How long until it is removed; absent = it stays."},
    {0}};
static const HfKeyTable fill_table = {"disk-fill", sizeof(FillConfig), fill_keys,
                                      "Disks fill with what is not of the cluster.",
                                      hf_strike_check_config};

enum { TIMER_REMOVE = HF_STRIKE_TIMERS };

typedef struct Fill {
    HfStrike strike;
    const FillConfig *config;
    int64_t *written; /* [hosts], KiB that this model has there */
} Fill;

#define LIMIT_MB 1e12 /* beyond every disk */

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    Fill *fill = model;
    const FillConfig *config = fill->config;
    int64_t room = hf_world_disk_room(world, host), kib = room;
    if (config->amount.kind != NULL) {
        double drawn = hf_law_draw(&config->amount, &fill->strike.streams[host]);
        kib = (int64_t)(MIN(MAX(drawn, 0), LIMIT_MB) * 1024);
    }
    HfTime lasts = config->lasts.kind != NULL ? hf_strike_draw(&fill->strike, &config->lasts, host)
                                              : HF_TIME_NEVER;
    if (kib == INT64_MAX) return 0; /* nothing limits that file system: it cannot be filled */
    fill->written[host] += hf_world_disk_write(world, host, kib);
    if (lasts == HF_TIME_NEVER) return 0;
    hf_world_fault_after(world, fill->strike.row, lasts, TIMER_REMOVE, host);
    return lasts;
}

static void destroy(void *model)
{
    Fill *fill = model;
    hf_strike_clear(&fill->strike);
    g_free(fill->written);
    g_free(fill);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Fill *fill = g_new0(Fill, 1);
    fill->config = config;
    fill->written = g_new0(int64_t, hf_world_hosts(world) + 1);
    if (hf_strike_init(&fill->strike, world, env, &fill->config->strike, "disk-fill", hit, fill,
                       error))
        return fill;
    destroy(fill);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Fill *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Fill *fill = model;
    if (hf_strike_timer(&fill->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_REMOVE);
    hf_world_disk_write(world, (uint32_t)arg, -fill->written[arg]);
    fill->written[arg] = 0;
}

const HfFailureModel hf_failure_disk_fill = {
    .keys = {"disk-fill", "Something outside the cluster fills the disks of hosts.", &fill_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
