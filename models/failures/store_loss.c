/*
 * Servers of stores are lost with what is on them, or single disks of them: by schedule so many of
 * a store at once, or by a law each by itself. What had no other replica is lost; others are made
 * anew as the store's rules say.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct LossConfig {
    HfStrikeKeys strike;
    const char **stores;
    HfLaw replaced;
    int64_t servers;
    double part;
} LossConfig;

static const HfKey loss_keys[] = {
    HF_STRIKE_TIMES(LossConfig),
    {.name = "replaced_after",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(LossConfig, replaced),
     .fallback = "1d",
     .help = "How long until a server with nothing on it takes the place of one that was lost."},
    {.name = "stores",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(LossConfig, stores),
     .help = "Names of the stores it strikes; absent = all but those that a framework runs."},
    {.name = "servers",
     .type = HF_KEY_INT,
     .offset = offsetof(LossConfig, servers),
     .fallback = "1",
     .minimum = 1,
     .maximum = 1e5,
     .help = "With `at`: how many servers of each store are lost together, the first ones. By a "
             "law each is lost by itself."},
    {.name = "part",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(LossConfig, part),
     .fallback = "1",
     .help =
         "How much of what is on a server is lost: 1 = all, and the server with it; less = a "
         "disk of it (0.1: of ten), and the server stays. Disks of an nfs, nas, san or external "
         "store are in a RAID, and cannot be lost alone."},
    {0}};
static const HfKeyTable loss_table = {"store-loss", sizeof(LossConfig), loss_keys,
                                      "Servers of stores are lost with what is on them.",
                                      hf_strike_check_config};

enum { TIMER_REPLACED = HF_STRIKE_TIMERS };

typedef struct Loss {
    HfStrike strike;
    const LossConfig *config;
} Loss;

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
    Loss *loss = model;
    const LossConfig *config = loss->config;
    gboolean is_planned = config->strike.mtbf.kind == NULL;
    HfTime lasts = hf_strike_draw(&loss->strike, &config->replaced, row);
    uint32_t server = row, store = store_of(world, &server);
    if (is_planned && server >= config->servers) return lasts;
    if (hf_world_store_server_is_lost(world, store, server)) return lasts;
    hf_world_store_server_lose(world, store, server, config->part);
    if (config->part < 1) return 0;
    hf_world_fault_after(world, loss->strike.row, lasts, TIMER_REPLACED, row);
    return lasts;
}

static void destroy(void *model)
{
    Loss *loss = model;
    hf_strike_clear(&loss->strike);
    g_free(loss);
}

static gboolean check_parts(const HfWorld *world, const LossConfig *config, GError **error)
{
    if (config->part == 0) {
        g_set_error(error, HF_MODEL_ERROR, 1, "part: nothing would be lost");
        return FALSE;
    }
    for (uint32_t s = 0; config->part < 1 && s < hf_world_stores(world); s++) {
        const HfStoreRules *rules = hf_world_store_rules(world, s);
        const char *name = hf_world_store_name(world, s);
        if (config->stores != NULL && !g_strv_contains((const gchar *const *)config->stores, name))
            continue;
        if (rules->kind >= HF_STORAGE_HDFS) continue;
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "part: disks of store \"%s\" are in a RAID, and cannot be lost alone", name);
        return FALSE;
    }
    return TRUE;
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Loss *loss = g_new0(Loss, 1);
    uint32_t servers = 0;
    loss->config = config;
    if (hf_strike_init_stores(&loss->strike, world, env, &loss->config->strike,
                              loss->config->stores, "store-loss", hit, loss, &servers, error) &&
        check_parts(world, loss->config, error))
        return loss;
    destroy(loss);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Loss *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Loss *loss = model;
    if (hf_strike_timer(&loss->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_REPLACED);
    uint32_t server = (uint32_t)arg, store = store_of(world, &server);
    hf_world_store_server_replace(world, store, server);
}

const HfFailureModel hf_failure_store_loss = {
    .keys = {"store-loss", "Servers of stores out of band are lost with what is on them.",
             &loss_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
