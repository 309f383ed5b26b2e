/*
 * Hosts that crash and come back, each by itself: time to failure and time down are drawn for each
 * host from a stream of its own, so a host meets the same failures under every policy.
 */
#include "base/assert.h"
#include "base/law.h"
#include "models/failures/failures.h"
#include "models/failures/groups.h"

typedef struct CrashConfig {
    HfLaw mtbf, down;
    const char **agents;
    int detect;
} CrashConfig;

enum { DETECT_SOCKET, DETECT_PING };

static const HfKeyWord detect_words[] = {
    {"socket", DETECT_SOCKET,
     "the connection breaks at once: the process died, or the host was shut down in order"},
    {"ping", DETECT_PING,
     "the host falls silent, and only missed pings tell: power or network is gone"},
    {0}};

static const HfKey crash_keys[] = {
    {.name = "mtbf",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .is_required = TRUE,
     .offset = offsetof(CrashConfig, mtbf),
     .help = "Time up until the next crash, of each host.",
     .source = "LANL 1996-2005: Weibull, shape 0.7, mean 300 d"},
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .is_required = TRUE,
     .offset = offsetof(CrashConfig, down),
     .help = "Time until the host is back.",
     .source = "LANL 1996-2005: lognormal, median 66 min, sigma 1.2"},
    {.name = "agents",
     .type = HF_KEY_STRINGS,
     .offset = offsetof(CrashConfig, agents),
     .help = "Names of the agent groups it strikes; absent = all."},
    {.name = "detect",
     .type = HF_KEY_ENUM,
     .offset = offsetof(CrashConfig, detect),
     .fallback = "socket",
     .words = detect_words,
     .help = "How the master finds out."},
    {0}};
static const HfKeyTable crash_table = {
    "agent-crash", sizeof(CrashConfig), crash_keys,
    "Each host crashes by a law, takes its tasks with it, and returns.", NULL};

enum { TIMER_CRASH, TIMER_RETURN };

typedef struct Crash {
    HfModelEnv env;
    const CrashConfig *config;
    HfStream *streams; /* [hosts] */
} Crash;

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    const CrashConfig *keys = config;
    if (!hf_failure_groups_check(world, keys->agents, error)) return NULL;
    Crash *crash = g_new0(Crash, 1);
    crash->env = *env;
    crash->config = keys;
    crash->streams = g_new(HfStream, hf_world_hosts(world));
    for (uint32_t h = 0; h < hf_world_hosts(world); h++)
        hf_model_stream(&crash->streams[h], env, "agent-crash",
                        hf_stream_entity(hf_world_host_name(world, h)));
    return crash;
}

static void arm_crash(Crash *crash, HfWorld *world, uint32_t host)
{
    double seconds = hf_law_draw(&crash->config->mtbf, &crash->streams[host]);
    hf_world_fault_after(world, crash->env.row, hf_time_from_seconds(seconds), TIMER_CRASH, host);
}

static void start(void *model, HfWorld *world)
{
    Crash *crash = model;
    for (uint32_t h = 0; h < hf_world_hosts(world); h++)
        if (hf_failure_groups_has(world, crash->config->agents, h)) arm_crash(crash, world, h);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Crash *crash = model;
    uint32_t host = (uint32_t)arg;
    if (kind == TIMER_RETURN) {
        hf_world_host_return(world, host);
        arm_crash(crash, world, host);
        return;
    }
    HF_ASSERT(kind == TIMER_CRASH);
    double seconds = hf_law_draw(&crash->config->down, &crash->streams[host]);
    if (hf_world_host_crash(world, host, crash->config->detect == DETECT_SOCKET))
        hf_world_fault_after(world, crash->env.row, hf_time_from_seconds(seconds), TIMER_RETURN,
                             host);
    else
        arm_crash(crash, world, host); /* something else has it down already */
}

static void destroy(void *model)
{
    Crash *crash = model;
    g_free(crash->streams);
    g_free(crash);
}

const HfFailureModel hf_failure_agent_crash = {
    .keys = {"agent-crash", "Hosts crash one by one, by a law, and come back.", &crash_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
