/*
 * Hosts that crash and come back, each by itself: time to failure and time down are drawn for each
 * host from a stream of its own, so a host meets the same failures under every policy. Some crashes
 * may take the disk with them.
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct CrashConfig {
    HfStrikeKeys strike;
    HfLaw down; /* kind NULL: the preset's */
    double disk_lost;
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
    HF_STRIKE_KEYS(CrashConfig),
    {.name = "down",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(CrashConfig, down),
     .help = "Time until the host is back; absent = the preset's."},
    {.name = "disk_lost",
     .type = HF_KEY_FRACTION,
     .offset = offsetof(CrashConfig, disk_lost),
     .fallback = "0",
     .help = "Chance of each crash to take the disk with it: the host comes back empty, as a new "
             "agent. In LANL's records 1.9 % of the outages name the disk."},
    {.name = "detect",
     .type = HF_KEY_ENUM,
     .offset = offsetof(CrashConfig, detect),
     .fallback = "socket",
     .words = detect_words,
     .help = "How the master finds out."},
    {0}};

static gboolean check_crash(const void *record, const char **key_out, char **why_out)
{
    const CrashConfig *config = record;
    if (!hf_strike_check(&config->strike, key_out, why_out)) return FALSE;
    if (config->down.kind != NULL || config->strike.preset != 0) return TRUE;
    *key_out = "down";
    *why_out = g_strdup("this or `preset` must be given");
    return FALSE;
}

static const HfKeyTable crash_table = {
    "agent-crash", sizeof(CrashConfig), crash_keys,
    "Each host crashes by a law, takes its tasks with it, and returns.", check_crash};

enum { TIMER_RETURN = HF_STRIKE_TIMERS };

typedef struct Crash {
    HfStrike strike;
    const CrashConfig *config;
    HfLaw down; /* the one that holds; borrowed */
} Crash;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    Crash *crash = model;
    HfStream *stream = &crash->strike.streams[host];
    HfTime down = hf_strike_draw(&crash->strike, &crash->down, host);
    gboolean is_lost =
        crash->config->disk_lost > 0 && hf_stream_uniform(stream) < crash->config->disk_lost;
    if (!hf_world_host_crash(world, host, crash->config->detect == DETECT_SOCKET))
        return 0; /* something else has it down already */
    if (is_lost) hf_world_disk_lose(world, host);
    hf_world_fault_after(world, crash->strike.row, down, TIMER_RETURN, host);
    return down;
}

static void destroy(void *model)
{
    Crash *crash = model;
    hf_strike_clear(&crash->strike);
    g_free(crash);
}

static void *create(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    Crash *crash = g_new0(Crash, 1);
    crash->config = config;
    crash->down = crash->config->down;
    if (crash->down.kind == NULL)
        crash->down = hf_failure_preset(crash->config->strike.preset).down;
    if (hf_strike_init(&crash->strike, world, env, &crash->config->strike, "agent-crash", hit,
                       crash, error))
        return crash;
    destroy(crash);
    return NULL;
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Crash *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Crash *crash = model;
    if (hf_strike_timer(&crash->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_RETURN);
    hf_world_host_return(world, (uint32_t)arg);
}

const HfFailureModel hf_failure_agent_crash = {
    .keys = {"agent-crash",
             "Hosts crash one by one, by a law or a published preset, and come back.",
             &crash_table},
    .create = create,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
