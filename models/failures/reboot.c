/*
 * Hosts reboot: tasks end, the disk stays, and the agent starts with what it finds there, under its
 * old id or a new one; or the disk is lost as well, and an empty machine takes the host's place
 * (`host-loss`).
 */
#include "base/assert.h"
#include "models/failures/failures.h"
#include "models/failures/strike.h"

typedef struct RebootConfig {
    HfStrikeKeys strike;
    HfLaw down; /* kind NULL: never back */
    int detect; /* visible or not */
    int id;     /* reboot alone */
} RebootConfig;

enum { DETECT_SOCKET, DETECT_PING };
enum { ID_ERA, ID_NEW };

static const HfKeyWord detect_words[] = {
    {"socket", DETECT_SOCKET, "connections break at once: an orderly shutdown"},
    {"ping", DETECT_PING, "the host falls silent, and only missed pings tell"},
    {0}};
static const HfKeyWord id_words[] = {
    {"era", ID_ERA, "as the era has it: the same since Mesos 1.4, a new one before"},
    {"new", ID_NEW, "a new one: what the agent knew of itself is removed, volumes stay"},
    {0}};

#define DETECT                                                                                     \
    {                                                                                              \
        .name = "detect", .type = HF_KEY_ENUM, .offset = offsetof(RebootConfig, detect),           \
        .fallback = "socket", .words = detect_words, .help = "How the master finds out."           \
    }

static const HfKey reboot_keys[] = {HF_STRIKE_KEYS(RebootConfig),
                                    {.name = "down",
                                     .type = HF_KEY_LAW,
                                     .unit = HF_UNIT_DURATION,
                                     .offset = offsetof(RebootConfig, down),
                                     .fallback = "5m",
                                     .help = "Time until the host is back."},
                                    DETECT,
                                    {.name = "agent_id",
                                     .type = HF_KEY_ENUM,
                                     .offset = offsetof(RebootConfig, id),
                                     .fallback = "era",
                                     .words = id_words,
                                     .help = "Under which agent id it comes back."},
                                    {0}};
static const HfKeyTable reboot_table = {"reboot", sizeof(RebootConfig), reboot_keys,
                                        "Hosts reboot; their disks are kept.",
                                        hf_strike_check_config};

static const HfKey loss_keys[] = {HF_STRIKE_KEYS(RebootConfig),
                                  {.name = "replaced_after",
                                   .type = HF_KEY_LAW,
                                   .unit = HF_UNIT_DURATION,
                                   .offset = offsetof(RebootConfig, down),
                                   .help = "Time until an empty machine of the same name and "
                                           "flags takes its place; absent = never."},
                                  DETECT,
                                  {0}};
static const HfKeyTable loss_table = {"host-loss", sizeof(RebootConfig), loss_keys,
                                      "Hosts are lost with their disks.", hf_strike_check_config};

enum { TIMER_RETURN = HF_STRIKE_TIMERS };

typedef struct Reboot {
    HfStrike strike;
    const RebootConfig *config;
    gboolean loses_disk;
} Reboot;

static HfTime hit(void *model, HfWorld *world, uint32_t host)
{
    Reboot *reboot = model;
    const RebootConfig *config = reboot->config;
    gboolean is_back = config->down.kind != NULL;
    HfTime down = is_back ? hf_strike_draw(&reboot->strike, &config->down, host) : 0;
    if (!hf_world_host_crash(world, host, config->detect == DETECT_SOCKET)) return 0;
    if (reboot->loses_disk) hf_world_disk_lose(world, host);
    if (config->id == ID_NEW) hf_world_agent_forget(world, host);
    if (is_back)
        hf_world_fault_after(world, reboot->strike.row, down, TIMER_RETURN, host);
    else
        hf_world_host_lost(world, host);
    return down;
}

static void destroy(void *model)
{
    Reboot *reboot = model;
    hf_strike_clear(&reboot->strike);
    g_free(reboot);
}

static void *make(HfWorld *world, const HfModelEnv *env, const void *config, gboolean loses_disk,
                  GError **error)
{
    Reboot *reboot = g_new0(Reboot, 1);
    reboot->config = config;
    reboot->loses_disk = loses_disk;
    if (hf_strike_init(&reboot->strike, world, env, &reboot->config->strike,
                       loses_disk ? "host-loss" : "reboot", hit, reboot, error))
        return reboot;
    destroy(reboot);
    return NULL;
}

static void *create_reboot(HfWorld *world, const HfModelEnv *env, const void *config,
                           GError **error)
{
    return make(world, env, config, FALSE, error);
}

static void *create_loss(HfWorld *world, const HfModelEnv *env, const void *config, GError **error)
{
    return make(world, env, config, TRUE, error);
}

static void start(void *model, HfWorld *world)
{
    hf_strike_start(&((Reboot *)model)->strike, world);
}

static void timer(void *model, HfWorld *world, uint32_t kind, uint64_t arg)
{
    Reboot *reboot = model;
    if (hf_strike_timer(&reboot->strike, world, kind, arg)) return;
    HF_ASSERT(kind == TIMER_RETURN);
    hf_world_host_return(world, (uint32_t)arg);
}

const HfFailureModel hf_failure_reboot = {
    .keys = {"reboot", "Hosts reboot and come back with what is on their disks.", &reboot_table},
    .create = create_reboot,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};

const HfFailureModel hf_failure_host_loss = {
    .keys = {"host-loss", "Hosts are lost with their disks, and perhaps replaced by empty ones.",
             &loss_table},
    .create = create_loss,
    .start = start,
    .timer = timer,
    .destroy = destroy,
};
