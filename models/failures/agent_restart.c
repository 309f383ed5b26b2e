/*
 * The agent's process dies and is started again, while its host and its executors run on: a crash,
 * an upgrade, or a change of flags. With `dies_while_writing` it dies at a chosen step of the next
 * write of its checkpoint.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct RestartConfig {
    HfStrikeKeys strike;
    HfLaw down;
    double lose_executors, hang_executors;
    const char *resources, *attributes;
    int dies_while_writing;
} RestartConfig;

static const HfKeyWord step_words[] = {
    {"no", HF_CHECKPOINT_WHOLE, "it dies at once"},
    {"nothing", HF_CHECKPOINT_NOTHING, "before anything is written"},
    {"target", HF_CHECKPOINT_TARGET, "when the target is written and no volume is touched"},
    {"volumes", HF_CHECKPOINT_VOLUMES, "when volumes are made and removed, before the commit"},
    {"committed", HF_CHECKPOINT_COMMITTED, "when all is written and nobody was told"},
    {0}};

static const HfKey restart_keys[] = {
    HF_STRIKE_KEYS(RestartConfig),
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(RestartConfig, down),
     .fallback = "5s",
     .help = "Time until the process is started again."},
    {.name = "lose_executors",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(RestartConfig, lose_executors),
     .fallback = "0",
     .help = "Chance of each executor to end, unseen, while the process is down."},
    {.name = "hang_executors",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(RestartConfig, hang_executors),
     .fallback = "0",
     .help = "Chance of each executor to hang: it runs on, and does not answer the process that is "
             "started, which kills it after agent.executor_reregistration_timeout."},
    {.name = "resources",
     .type = HF_KEY_RESOURCES,
     .offset = offsetof(RestartConfig, resources),
     .help = "It is started with these --resources; absent = as before."},
    {.name = "attributes",
     .type = HF_KEY_ATTRIBUTES,
     .offset = offsetof(RestartConfig, attributes),
     .help = "It is started with these --attributes; absent = as before."},
    {.name = "dies_while_writing",
     .type = HF_KEY_ENUM,
     .offset = offsetof(RestartConfig, dies_while_writing),
     .fallback = "no",
     .words = step_words,
     .help = "Not at once, but at this step when it next writes reservations and volumes."},
    {0}};
static gboolean check_restart(const void *record, const char **key_out, char **why_out)
{
    const RestartConfig *config = record;
    if (!hf_strike_check(&config->strike, key_out, why_out)) return FALSE;
    if (config->dies_while_writing == HF_CHECKPOINT_WHOLE ||
        (config->resources == NULL && config->attributes == NULL))
        return TRUE;
    *key_out = "dies_while_writing";
    *why_out = g_strdup("cannot stand beside new `resources` or `attributes`");
    return FALSE;
}

static const HfKeyTable restart_table = {
    "agent-restart", sizeof(RestartConfig), restart_keys,
    "An agent's process dies, and is started again on the host that stays up.", check_restart};

enum { TIMER_START = HF_STRIKE_TIMERS };

typedef struct Restart {
    HfStrike strike;
    const RestartConfig *config;
} Restart;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    Restart *restart = model;
    const RestartConfig *config = restart->config;
    HfTime down = hf_strike_draw(&restart->strike, &config->down, host);
    if (config->dies_while_writing != HF_CHECKPOINT_WHOLE) {
        hf_world_agent_dies_at(world, host, (HfCheckpointStep)config->dies_while_writing, down);
        return down;
    }
    if (hf_world_agent_stop(world, host)) {
        HfStream *stream = &restart->strike.streams[host];
        hf_world_executors_lose(world, host, config->lose_executors, stream);
        if (config->hang_executors > 0)
            hf_world_executors_hang(world, host, config->hang_executors, stream);
    }
    hf_world_fault_after(world, restart->strike.row, down, TIMER_START, host);
    return down;
}

static void destroy(void *model)
{
    Restart *restart = model;
    hf_strike_clear(&restart->strike);
    g_free(restart);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Restart *restart = g_new0(Restart, 1);
    restart->config = config;
    if (hf_strike_init(&restart->strike, world, env, &restart->config->strike, "agent-restart", hit,
                       restart, error) &&
        hf_world_flags_check(world, restart->config->resources, restart->config->attributes, error))
        return restart;
    destroy(restart);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Restart *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Restart *restart = model;
    if (hf_strike_timer(&restart->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_START);
    if (hf_world_agent_is_up(world, (uint32_t)arg)) return; /* its host came back with it */
    hf_world_agent_flags(world, (uint32_t)arg, restart->config->resources,
                         restart->config->attributes);
    hf_world_agent_start(world, (uint32_t)arg);
}

const HfFailureModel hf_failure_agent_restart = {
    .keys = {"agent-restart", "An agent's process dies and is started again; its host stays up.",
             &restart_table},
    .create = create,
    .changes_agents = TRUE,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
