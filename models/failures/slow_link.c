/*
 * Links between hosts and the master are slow for a while, or lose packets: messages come late, in
 * the order in which they were sent. Links of other hosts are not, so that messages overtake those
 * of this one.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct SlowConfig {
    HfStrikeKeys strike;
    HfLaw lasts, latency;
    double loss;
} SlowConfig;

static const HfKey slow_keys[] = {
    HF_STRIKE_KEYS(SlowConfig),
    {.name = "for",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(SlowConfig, lasts),
     .fallback = "10m",
     .help = "How long it lasts."},
    {.name = "latency",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(SlowConfig, latency),
     .minimum = 0,
     .maximum = 3600,
     .help = "Delay of each message meanwhile, one way; absent = as ever."},
    {.name = "loss",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(SlowConfig, loss),
     .maximum = 0.9,
     .fallback = "0",
     .help = "Packets that are lost meanwhile; TCP repeats each after 200 ms, 400 ms ..."},
    {0}};

static gboolean check_slow(const void *record, const char **key_out, char **why_out)
{
    const SlowConfig *config = record;
    if (!hf_strike_check(&config->strike, key_out, why_out)) return FALSE;
    if (config->latency.kind != NULL || config->loss > 0) return TRUE;
    *key_out = "latency";
    *why_out = g_strdup("this or `loss` must be given");
    return FALSE;
}

static const HfKeyTable slow_table = {
    "slow-link", sizeof(SlowConfig), slow_keys,
    "Links between hosts and the master are slow, or lose packets.", check_slow};

enum { TIMER_OVER = HF_STRIKE_TIMERS };

typedef struct SlowLink {
    HfStrike strike;
    const SlowConfig *config;
} SlowLink;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    SlowLink *slow = model;
    HfTime lasts = hf_strike_draw(&slow->strike, &slow->config->lasts, host);
    hf_world_link_slow(world, host, slow->config->latency.kind ? &slow->config->latency : NULL,
                       slow->config->loss);
    hf_world_fault_after(world, slow->strike.row, lasts, TIMER_OVER, host);
    return lasts;
}

static void destroy(void *model)
{
    SlowLink *slow = model;
    hf_strike_clear(&slow->strike);
    g_free(slow);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    SlowLink *slow = g_new0(SlowLink, 1);
    slow->config = config;
    if (hf_strike_init(&slow->strike, world, env, &slow->config->strike, "slow-link", hit, slow,
                       error))
        return slow;
    destroy(slow);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((SlowLink *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    SlowLink *slow = model;
    if (hf_strike_timer(&slow->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_OVER);
    hf_world_link_slow(world, (uint32_t)arg, NULL, 0);
}

const HfFailureModel hf_failure_slow_link = {
    .keys = {"slow-link", "Links between hosts and the master are slow, or lose packets.",
             &slow_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
