/*
 * Servers of stores fail: by schedule all of a store together (an outage of the store), or by a law
 * each by itself, so that what a store has of spares counts.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct OutageConfig {
    HfStrikeKeys strike;
    const char **stores;
    HfLaw lasts;
    int64_t servers;
} OutageConfig;

static const HfKeyWord all_words[] = {{"all", INT64_MAX, NULL}, {0}};
static const HfKey outage_keys[] = {
    HF_STRIKE_TIMES(OutageConfig),
    {.name = "for",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .is_required = TRUE,
     .offset = offsetof(OutageConfig, lasts),
     .help = "How long each server is down."},
    {.name = "stores",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(OutageConfig, stores),
     .help = "Names of the stores it strikes; absent = all but those that a framework runs."},
    {.name = "servers",
     .type = HF_KEY_INT,
     .offset = offsetof(OutageConfig, servers),
     .fallback = "all",
     .words = all_words,
     .minimum = 1,
     .maximum = 1e5,
     .help = "With `at`: how many servers of each store go down together, the first ones. By a law "
             "each goes down by itself."},
    {0}};
static const HfKeyTable outage_table = {"store-outage", sizeof(OutageConfig), outage_keys,
                                        "Servers of stores go down, and come back.",
                                        hf_strike_check_config};

enum { TIMER_UP = HF_STRIKE_TIMERS };

typedef struct Outage {
    HfStrike strike;
    const OutageConfig *config;
    gboolean *is_down; /* [servers], by this model */
} Outage;

/* Servers are numbered store after store. */
static uint32_t store_of(const HfWorld *world, uint32_t *server)
{
    uint32_t store = 0;
    while (*server >= hf_world_store_rules(world, store)->servers)
        *server -= (uint32_t)hf_world_store_rules(world, store++)->servers;
    return store;
}

static HfTime hit(void *model, HfWorld *world, uint32_t row)
{
    Outage *outage = model;
    gboolean is_planned = outage->config->strike.mtbf.kind == NULL;
    HfTime lasts = hf_strike_draw(&outage->strike, &outage->config->lasts, row);
    uint32_t server = row, store = store_of(world, &server);
    if (outage->is_down[row] || (is_planned && server >= outage->config->servers)) return lasts;
    outage->is_down[row] = TRUE;
    hf_world_store_server_stop(world, store, server);
    hf_world_fault_after(world, outage->strike.row, lasts, TIMER_UP, row);
    return lasts;
}

static void destroy(void *model)
{
    Outage *outage = model;
    hf_strike_clear(&outage->strike);
    g_free(outage->is_down);
    g_free(outage);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Outage *outage = g_new0(Outage, 1);
    outage->config = config;
    uint32_t servers = 0;
    if (hf_strike_init_stores(&outage->strike, world, env, &outage->config->strike,
                              outage->config->stores, "store-outage", hit, outage, &servers,
                              error)) {
        outage->is_down = g_new0(gboolean, servers + 1);
        return outage;
    }
    destroy(outage);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Outage *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Outage *outage = model;
    if (hf_strike_timer(&outage->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_UP);
    outage->is_down[arg] = FALSE;
    uint32_t server = (uint32_t)arg, store = store_of(world, &server);
    hf_world_store_server_start(world, store, server);
}

const HfFailureModel hf_failure_store_outage = {
    .keys = {"store-outage", "Servers of stores out of band go down, and come back.",
             &outage_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
