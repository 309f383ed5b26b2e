/*
 * The marathon model: long-running apps with a number of instances each; an instance that ends, for
 * whatever reason, is started again, wherever an offer fits. Each app is a kind of instances of the
 * service engine (service/service.h); here are its keys alone.
 *
 * Source: Marathon's defaults as its documentation and release notes state them:
 * --decline_offer_duration 120 s, least time between revives 5 s, launch back-off 1 s growing
 * by 1.15 up to an hour and reset by a run that lasts.
 */
#include "models/frameworks/frameworks.h"
#include "models/frameworks/service/service.h"

typedef struct AppConfig {
    const char *id;
    int64_t instances;
    int64_t cpus, mem, disk, gpus, ports;
    HfLaw lifetime, usage;
    HfWrites writes;
    gboolean unique_hosts, residency, external;
    int task_lost;
} AppConfig;

typedef enum TaskLost { LOST_WAIT, LOST_RELAUNCH } TaskLost;

typedef struct MarathonConfig {
    HF_LIST(AppConfig) apps;
    HfTime refuse, min_revive, backoff, max_backoff, reserve_wait;
    int64_t backoff_factor; /* milli */
    int forget;
} MarathonConfig;

static const HfKeyWord task_lost_words[] = {
    {"wait", LOST_WAIT, "it waits for its agent for ever (WAIT_FOREVER)"},
    {"relaunch", LOST_RELAUNCH,
     "it is launched elsewhere and its volume destroyed, as Marathon 1.3 did on TASK_LOST, "
     "whatever "
     "it was told (#4572, #4603)"},
    {0}};
static const HfKeyWord forget_words[] = {
    {"running", HF_FORGET_RUNNING, "as soon as an instance runs (0.8 to 0.10)"},
    {"sweep", HF_FORGET_SWEEP, "by a sweep each 10 s, once the delay is over (0.11 to 1.4.7)"},
    {"minute", HF_FORGET_MINUTE, "a minute after the delay is over (1.5.0)"},
    {"delay", HF_FORGET_DELAY, "max_backoff after it last started (1.4.8, 1.5.1 and later)"},
    {"outlived", HF_FORGET_OUTLIVED, "by a run that lasts longer than the delay"},
    {0}};

#define APP_AT(member) .offset = offsetof(AppConfig, member)

static const HfKey app_keys[] = {
    {.name = "id",
     .type = HF_KEY_STRING,
     .is_required = TRUE,
     .offset = offsetof(AppConfig, id),
     .help = "Name of the app, as in Marathon: /shop/cart."},
    {.name = "instances",
     .type = HF_KEY_INT,
     .offset = offsetof(AppConfig, instances),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1e7,
     .help = "How many tasks are kept running."},
    {.name = "cpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(AppConfig, cpus),
     .fallback = "1",
     .help = "CPUs of one instance.",
     .source = "Marathon: 1"},
    {.name = "mem",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(AppConfig, mem),
     .fallback = "128",
     .help = "Memory of one instance, in MB.",
     .source = "Marathon: 128"},
    {.name = "disk",
     .type = HF_KEY_MEMORY,
     .offset = offsetof(AppConfig, disk),
     .fallback = "0",
     .help = "Disk of one instance, in MB.",
     .source = "Marathon: 0"},
    {.name = "gpus",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(AppConfig, gpus),
     .fallback = "0",
     .help = "GPUs of one instance; the framework needs the capability GPU_RESOURCES."},
    {.name = "ports",
     .type = HF_KEY_INT,
     .offset = offsetof(AppConfig, ports),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1000,
     .help = "How many ports one instance takes."},
    {.name = "lifetime",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(AppConfig, lifetime),
     .help = "How long an instance runs until it fails by itself; absent = it does not."},
    HF_WRITES_KEYS(APP_AT),
    {.name = "usage",
     .type = HF_KEY_LAW,
     .offset = offsetof(AppConfig, usage),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1,
     .help = "Fraction of its resources that an instance really uses."},
    {.name = "unique_hosts",
     .type = HF_KEY_BOOL,
     .offset = offsetof(AppConfig, unique_hosts),
     .fallback = "false",
     .help = "At most one instance on a host: Marathon's constraint [hostname, UNIQUE]."},
    {.name = "residency",
     .type = HF_KEY_BOOL,
     .offset = offsetof(AppConfig, residency),
     .fallback = "false",
     .help =
         "An instance reserves what it needs, with its disk as a persistent volume, and is only "
         "ever launched again on that, however long it waits (WAIT_FOREVER)."},
    {.name = "task_lost",
     .type = HF_KEY_ENUM,
     .offset = offsetof(AppConfig, task_lost),
     .fallback = "wait",
     .words = task_lost_words,
     .help = "What a resident instance does when its agent is lost."},
    {.name = "external",
     .type = HF_KEY_BOOL,
     .offset = offsetof(AppConfig, external),
     .fallback = "false",
     .help = "Its disk is an external volume: not asked of Mesos, found again on any agent.",
     .source = "Marathon, external-volumes.md"},
    {0}};

static gboolean check_app(const void *record, const char **key_out, char **why_out)
{
    const AppConfig *app = record;
    *key_out = "external";
    if (!app->external) return TRUE;
    if (app->residency) *why_out = g_strdup("an external volume is no local one (residency)");
    if (app->instances > 1) *why_out = g_strdup("an external volume is for one instance");
    return *why_out == NULL;
}

static const HfKeyTable app_table = {"app", sizeof(AppConfig), app_keys,
                                     "One app and its instances.", check_app};

static const HfKey marathon_keys[] = {
    {.name = "apps",
     .type = HF_KEY_LIST,
     .sub = &app_table,
     .is_required = TRUE,
     .offset = offsetof(MarathonConfig, apps),
     .help = "The apps that are kept running."},
    {.name = "refuse",
     .type = HF_KEY_DURATION,
     .offset = offsetof(MarathonConfig, refuse),
     .fallback = "120s",
     .help = "Filters.refuse_seconds of what is declined.",
     .source = "Marathon --decline_offer_duration"},
    {.name = "min_revive_interval",
     .type = HF_KEY_DURATION,
     .offset = offsetof(MarathonConfig, min_revive),
     .fallback = "5s",
     .help = "Least time between two REVIVE calls.",
     .source = "Marathon --min_revive_offers_interval"},
    {.name = "backoff",
     .type = HF_KEY_DURATION,
     .offset = offsetof(MarathonConfig, backoff),
     .fallback = "1s",
     .help = "How long an app waits after a failure before it launches again.",
     .source = "Marathon backoffSeconds"},
    {.name = "backoff_factor",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(MarathonConfig, backoff_factor),
     .fallback = "1.15",
     .minimum = 1,
     .maximum = 100,
     .help = "Growth of the back-off with each failure.",
     .source = "Marathon backoffFactor"},
    {.name = "max_backoff",
     .type = HF_KEY_DURATION,
     .offset = offsetof(MarathonConfig, max_backoff),
     .fallback = "1h",
     .help = "Longest back-off.",
     .source = "Marathon maxLaunchDelaySeconds"},
    {.name = "forget",
     .type = HF_KEY_ENUM,
     .offset = offsetof(MarathonConfig, forget),
     .fallback = "outlived",
     .words = forget_words,
     .help = "When the back-off of an app is forgotten.",
     .source = "Marathon, RateLimiter.scala of each release"},
    {.name = "task_reservation_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(MarathonConfig, reserve_wait),
     .fallback = "0s",
     .help = "A resident instance reserves first and is launched when that is offered, which it "
             "waits for so long before it reserves anew; 0s = all in one ACCEPT.",
     .source = "Marathon --task_reservation_timeout: 20 s"},
    {0}};
static const HfKeyTable marathon_table = {
    "marathon", sizeof(MarathonConfig), marathon_keys,
    "Long-running apps that are kept at their number of instances.", NULL};

/* ---- as a service ---- */

static HfNodeRules rules_of(const HfModelEnv *env, const MarathonConfig *config, uint32_t a)
{
    const AppConfig *app = &config->apps.at[a];
    g_autofree char *name = g_strdup_printf("apps[%u] (%s)", a, app->id);
    HfNodeRules rules = {.name = hf_text(env->catalog, hf_text_intern(env->catalog, name)),
                         .count = app->instances,
                         .cpus = app->cpus,
                         .mem = app->mem,
                         .disk = app->disk,
                         .gpus = app->gpus,
                         .ports = app->ports,
                         .copy_after = HF_FOR_EVER,
                         .parts = 1,
                         .max_per_host = app->unique_hosts ? 1 : 0};
    if (app->external) {
        rules.place = HF_DATA_EXTERNAL;
        rules.identity = HF_IDENTITY_ANYWHERE;
        rules.disk = 0;
        rules.data = app->disk;
        rules.replicas = rules.quorum = 1;
    } else if (app->residency) {
        rules.place = HF_DATA_VOLUME;
        rules.identity = HF_IDENTITY_RESERVATION;
        rules.same_wait = HF_FOR_EVER;
        rules.reserve_wait = config->reserve_wait;
        rules.gives_up_lost = app->task_lost == LOST_RELAUNCH;
        rules.cleaning = rules.gives_up_lost ? HF_CLEAN_WHEN_OFFERED : HF_CLEAN_NEVER;
    }
    return rules;
}

static void *create(const HfModelEnv *env, const void *given, GError **error)
{
    const MarathonConfig *config = given;
    HfFrameworkRules rules = {.refuse = config->refuse,
                              .refuse_idle = config->refuse,
                              .suppress = TRUE,
                              .min_revive = config->min_revive,
                              .backoff = config->backoff,
                              .max_backoff = config->max_backoff,
                              .backoff_factor = config->backoff_factor,
                              .forget = config->forget};
    HfService *service = hf_service__new(env, &rules, config->apps.count);
    for (uint32_t a = 0; a < config->apps.count; a++) {
        service->kinds[a].rules = rules_of(env, config, a);
        service->kinds[a].lifetime = config->apps.at[a].lifetime;
        service->kinds[a].usage = config->apps.at[a].usage;
        service->kinds[a].writes = config->apps.at[a].writes;
    }
    if (hf_service__ready(service, "marathon-instance", error)) return service;
    hf_service__destroy(service);
    return NULL;
}

const HfFrameworkModel hf_framework_marathon = {
    .keys =
        {"marathon",
         "Long-running apps, kept at their number of instances, relaunched wherever an offer fits.",
         &marathon_table},
    .ops = &hf_service__ops,
    .create = create,
    .destroy = hf_service__destroy,
    .data = &hf_service__data_ops,
};
