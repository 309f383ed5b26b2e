/*
 * The marathon model: long-running apps with a number of instances each; an instance that ends, for
 * whatever reason, is started again, wherever an offer fits. Each app is a kind of instances of the
 * service engine (service/service.h); here are its keys, and what becomes of Marathon's own files
 * (app_json.h).
 *
 * Source: Marathon's defaults as its documentation and release notes state them:
 * --decline_offer_duration 120 s, least time between revives 5 s, launch back-off 1 s growing
 * by 1.15 up to an hour and reset by a run that lasts.
 */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/frameworks.h"
#include "models/frameworks/marathon/app_json.h"
#include "models/frameworks/service/service.h"

typedef struct AppConfig {
    HfDocument file;
    gboolean has_own; /* any key that a file says itself */
    const char *id;
    int64_t instances;
    int64_t cpus, mem, disk, gpus, ports;
    HfLaw lifetime, usage, startup;
    HfWrites writes;
    gboolean unique_hosts, residency, external;
    int task_lost;
} AppConfig;

typedef enum TaskLost { LOST_WAIT, LOST_RELAUNCH } TaskLost;

typedef struct DeploymentConfig {
    HfTime at;
    const char *app;
    int64_t scale; /* -1 */
    gboolean restart, force;
    HfDocument upgrade;
} DeploymentConfig;

typedef struct BurstConfig {
    double factor;
    HfLaw on, off;
} BurstConfig;

typedef struct CurveConfig {
    const char *app;
    HfTime every, period, peak_at;
    double mean, peak_to_mean, noise;
    BurstConfig burst;
} CurveConfig;

typedef struct MarathonConfig {
    HF_LIST(AppConfig) apps;
    HF_LIST(DeploymentConfig) deployments;
    HF_LIST(CurveConfig) demand;
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
#define OWN            .given = 1 + offsetof(AppConfig, has_own)

static const HfKey app_keys[] = {
    {.name = "file",
     .type = HF_KEY_DOCUMENT,
     .offset = offsetof(AppConfig, file),
     .sub = &hf_app_document,
     .help =
         "A file of Marathon's own: an app.json, a list of apps or a group (v2/groups). An "
         "entry that is just a name of a file stands for this key. Beside it: lifetime, startup, "
         "usage and sandbox of all its instances."},
    {.name = "id",
     .type = HF_KEY_STRING,
     OWN,
     .offset = offsetof(AppConfig, id),
     .help = "Name of the app, as in Marathon: /shop/cart."},
    {.name = "instances",
     OWN,
     .type = HF_KEY_INT,
     .offset = offsetof(AppConfig, instances),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1e7,
     .help = "How many tasks are kept running."},
    {.name = "cpus",
     OWN,
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(AppConfig, cpus),
     .fallback = "1",
     .help = "CPUs of one instance.",
     .source = "Marathon: 1"},
    {.name = "mem",
     OWN,
     .type = HF_KEY_MEMORY,
     .offset = offsetof(AppConfig, mem),
     .fallback = "128",
     .help = "Memory of one instance, in MB.",
     .source = "Marathon: 128"},
    {.name = "disk",
     OWN,
     .type = HF_KEY_MEMORY,
     .offset = offsetof(AppConfig, disk),
     .fallback = "0",
     .help = "Disk of one instance, in MB.",
     .source = "Marathon: 0"},
    {.name = "gpus",
     OWN,
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(AppConfig, gpus),
     .fallback = "0",
     .help = "GPUs of one instance; the framework needs the capability GPU_RESOURCES."},
    {.name = "ports",
     OWN,
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
    {.name = "startup",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(AppConfig, startup),
     .help = "How long an instance runs until it is healthy, or its checks find it so; absent = "
             "at once. Deployments wait for it."},
    HF_WRITES_KEYS(APP_AT),
    {.name = "usage",
     .type = HF_KEY_LAW,
     .offset = offsetof(AppConfig, usage),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1,
     .help = "Fraction of its resources that an instance really uses."},
    {.name = "unique_hosts",
     OWN,
     .type = HF_KEY_BOOL,
     .offset = offsetof(AppConfig, unique_hosts),
     .fallback = "false",
     .help = "At most one instance on a host: Marathon's constraint [hostname, UNIQUE]."},
    {.name = "residency",
     OWN,
     .type = HF_KEY_BOOL,
     .offset = offsetof(AppConfig, residency),
     .fallback = "false",
     .help =
         "An instance reserves what it needs, with its disk as a persistent volume, and is only "
         "ever launched again on that, however long it waits (WAIT_FOREVER)."},
    {.name = "task_lost",
     OWN,
     .type = HF_KEY_ENUM,
     .offset = offsetof(AppConfig, task_lost),
     .fallback = "wait",
     .words = task_lost_words,
     .help = "What a resident instance does when its agent is lost."},
    {.name = "external",
     OWN,
     .type = HF_KEY_BOOL,
     .offset = offsetof(AppConfig, external),
     .fallback = "false",
     .help = "Its disk is an external volume: not asked of Mesos, found again on any agent.",
     .source = "Marathon, external-volumes.md"},
    {0}};

static gboolean check_app(const void *record, const char **key_out, char **why_out)
{
    const AppConfig *app = record;
    if (app->file.record == NULL && app->id == NULL) *why_out = g_strdup("key id is missing");
    *key_out = "file";
    if (app->file.record != NULL && app->has_own)
        *why_out =
            g_strdup("beside a file stand lifetime, startup, usage, sandbox and sandbox_growth "
                     "alone");
    if (*why_out != NULL) {
        if (app->file.record == NULL) *key_out = NULL;
        return FALSE;
    }
    *key_out = "external";
    if (!app->external) return TRUE;
    if (app->residency) *why_out = g_strdup("an external volume is no local one (residency)");
    if (app->instances > 1) *why_out = g_strdup("an external volume is for one instance");
    return *why_out == NULL;
}

static const HfKeyTable app_table = {"app", sizeof(AppConfig), app_keys,
                                     "One app and its instances.", check_app};

static const HfKeyWord unsaid[] = {{"default", -1, NULL}, {0}};
static const HfKey deployment_keys[] = {
    {.name = "at",
     .type = HF_KEY_DURATION,
     .is_required = TRUE,
     .offset = offsetof(DeploymentConfig, at),
     .help = "When it begins."},
    {.name = "app",
     .type = HF_KEY_STRING,
     .offset = offsetof(DeploymentConfig, app),
     .help = "Which app; with upgrade, the file says it."},
    {.name = "scale",
     .type = HF_KEY_INT,
     .offset = offsetof(DeploymentConfig, scale),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 1e6,
     .help = "It shall have so many instances."},
    {.name = "restart",
     .type = HF_KEY_BOOL,
     .offset = offsetof(DeploymentConfig, restart),
     .fallback = "false",
     .help = "Its instances are replaced, as its upgradeStrategy allows."},
    {.name = "upgrade",
     .type = HF_KEY_DOCUMENT,
     .offset = offsetof(DeploymentConfig, upgrade),
     .sub = &hf_app_document,
     .help = "The app as this app.json has it takes the place of what there was."},
    {.name = "force",
     .type = HF_KEY_BOOL,
     .offset = offsetof(DeploymentConfig, force),
     .fallback = "false",
     .help = "It takes the place of a deployment of the app that goes on; else it is refused."},
    {0}};

static gboolean check_deployment(const void *record, const char **key_out, char **why_out)
{
    const DeploymentConfig *deployment = record;
    const HfGroupJson *file = deployment->upgrade.record;
    int kinds = (deployment->scale >= 0) + deployment->restart + (file != NULL);
    if (kinds != 1) {
        *key_out = NULL;
        *why_out = g_strdup("a deployment is one of scale, restart and upgrade");
    } else if (file == NULL && deployment->app == NULL) {
        *key_out = NULL;
        *why_out = g_strdup("key app is missing");
    } else if (file != NULL && (file->apps.count != 1 || file->groups.count > 0)) {
        *key_out = "upgrade";
        *why_out = g_strdup("a file of one app is wanted");
    } else if (file != NULL && deployment->app != NULL) {
        g_autofree char *id = hf_app__absolute("", file->apps.at[0].id);
        *key_out = "app";
        if (strcmp(id, deployment->app) != 0)
            *why_out = g_strdup_printf("the file is about %s", id);
    }
    return *why_out == NULL;
}
static const HfKeyTable deployment_table = {"deployment", sizeof(DeploymentConfig), deployment_keys,
                                            "A change of an app while it runs.", check_deployment};

static const HfKey burst_keys[] = {{.name = "factor",
                                    .type = HF_KEY_DOUBLE,
                                    .is_required = TRUE,
                                    .offset = offsetof(BurstConfig, factor),
                                    .minimum = 0,
                                    .maximum = 1000,
                                    .help = "By which demand is multiplied while a burst lasts."},
                                   {.name = "on",
                                    .type = HF_KEY_LAW,
                                    .unit = HF_UNIT_DURATION,
                                    .is_required = TRUE,
                                    .offset = offsetof(BurstConfig, on),
                                    .help = "How long a burst lasts."},
                                   {.name = "off",
                                    .type = HF_KEY_LAW,
                                    .unit = HF_UNIT_DURATION,
                                    .is_required = TRUE,
                                    .offset = offsetof(BurstConfig, off),
                                    .help = "How long it is quiet between two."},
                                   {0}};
static const HfKeyTable burst_table = {"burst", sizeof(BurstConfig), burst_keys,
                                       "Demand that is on and off.", NULL};

#define CURVE(member) .offset = offsetof(CurveConfig, member)
static const HfKey curve_keys[] = {
    {.name = "app",
     .type = HF_KEY_STRING,
     .is_required = TRUE,
     CURVE(app),
     .help = "Whose instances they are."},
    {.name = "mean",
     .type = HF_KEY_DOUBLE,
     .is_required = TRUE,
     CURVE(mean),
     .minimum = 0,
     .maximum = 1e6,
     .help = "Instances that are wanted on average, without bursts."},
    {.name = "peak_to_mean",
     .type = HF_KEY_DOUBLE,
     CURVE(peak_to_mean),
     .fallback = "1",
     .minimum = 1,
     .maximum = 2,
     .help = "Demand at the height of a period, of its mean; it follows a cosine."},
    {.name = "period",
     .type = HF_KEY_DURATION,
     CURVE(period),
     .fallback = "1d",
     .minimum = 1,
     .maximum = INFINITY,
     .help = "Time from peak to peak."},
    {.name = "peak_at",
     .type = HF_KEY_DURATION,
     CURVE(peak_at),
     .fallback = "0s",
     .help = "When the first peak is."},
    {.name = "noise",
     .type = HF_KEY_DOUBLE,
     CURVE(noise),
     .fallback = "0",
     .minimum = 0,
     .maximum = 2,
     .help = "Sigma of the lognormal factor, of mean 1, that is drawn anew each time."},
    {.name = "burst",
     .type = HF_KEY_TABLE,
     CURVE(burst),
     .sub = &burst_table,
     .help = "Bursts upon that; absent = none."},
    {.name = "every",
     .type = HF_KEY_DURATION,
     CURVE(every),
     .fallback = "5m",
     .minimum = 1,
     .maximum = INFINITY,
     .help = "How often the app is scaled to it."},
    {0}};
static const HfKeyTable curve_table = {"demand", sizeof(CurveConfig), curve_keys,
                                       "Instances that are wanted, by the hour.", NULL};

static const HfKey marathon_keys[] = {
    {.name = "apps",
     .type = HF_KEY_LIST,
     .sub = &app_table,
     .short_key = "file",
     .is_required = TRUE,
     .offset = offsetof(MarathonConfig, apps),
     .help = "The apps that are kept running, each here or in a file of Marathon's own."},
    {.name = "deployments",
     .type = HF_KEY_LIST,
     .sub = &deployment_table,
     .offset = offsetof(MarathonConfig, deployments),
     .help = "Apps that are scaled, restarted or upgraded while they run; what came of each is in "
             "deployments.csv."},
    {.name = "demand",
     .type = HF_KEY_LIST,
     .sub = &curve_table,
     .offset = offsetof(MarathonConfig, demand),
     .help = "Apps whose number of instances follows their users: diurnal, noisy, in bursts."},
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

/* ---- files ---- */

/* For each entry the apps of its file, or NULL where the entry is an app itself. */
static GPtrArray *read_files(const MarathonConfig *config)
{
    GPtrArray *files = g_ptr_array_new();
    for (uint32_t a = 0; a < config->apps.count; a++) {
        const char *path = NULL;
        char *why = NULL;
        const HfDocument *file = &config->apps.at[a].file;
        GPtrArray *apps = file->record != NULL ? hf_apps__of(file->record, &path, &why) : NULL;
        HF_ASSERT(file->record == NULL || apps != NULL); /* the file was checked */
        g_ptr_array_add(files, apps);
    }
    return files;
}

static void free_files(GPtrArray *files)
{
    for (guint i = 0; i < files->len; i++)
        if (files->pdata[i] != NULL) g_ptr_array_unref(files->pdata[i]);
    g_ptr_array_unref(files);
}

/* Apps of files alone, of all together; owned by `files`. */
static GPtrArray *all_apps(const GPtrArray *files)
{
    GPtrArray *all = g_ptr_array_new();
    for (guint f = 0; f < files->len; f++) {
        const GPtrArray *apps = files->pdata[f];
        for (guint i = 0; apps != NULL && i < apps->len; i++) g_ptr_array_add(all, apps->pdata[i]);
    }
    return all;
}

static char *repetition(const MarathonConfig *config, const GPtrArray *files, const char **key_out)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint f = 0; f < files->len; f++) {
        const GPtrArray *apps = files->pdata[f];
        for (guint i = 0; apps != NULL && i < apps->len; i++) {
            const HfApp *app = apps->pdata[i];
            const char *path = config->apps.at[f].file.path;
            const char *first = g_hash_table_lookup(seen, app->id);
            g_autofree char *key = g_strdup_printf("apps[%u]", f);
            *key_out = g_intern_string(key);
            if (first != NULL)
                return g_strdup_printf("app %s of %s is in %s already", app->id, path, first);
            g_hash_table_insert(seen, app->id, (gpointer)path);
        }
    }
    return NULL;
}

/* An app of a file comes once, and no circle goes through several files. */
static gboolean check_marathon(const void *record, const char **key_out, char **why_out)
{
    const MarathonConfig *config = record;
    GPtrArray *files = read_files(config);
    g_autoptr(GPtrArray) all = all_apps(files);
    g_autofree uint32_t *levels = g_new0(uint32_t, all->len + 1);
    *why_out = repetition(config, files, key_out);
    int circle = *why_out == NULL ? hf_apps__levels(all, levels) : -1;
    if (circle >= 0) {
        *key_out = "apps";
        *why_out = g_strdup_printf("app %s depends on itself, by way of others",
                                   ((const HfApp *)all->pdata[circle])->id);
    }
    free_files(files);
    return *why_out == NULL;
}

static const HfKeyTable marathon_table = {
    "marathon", sizeof(MarathonConfig), marathon_keys,
    "Long-running apps that are kept at their number of instances.", check_marathon};

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

static void fill_inline(const HfModelEnv *env, const MarathonConfig *config, uint32_t a,
                        HfNodeKind *kind)
{
    kind->rules = rules_of(env, config, a);
    gboolean is_tied = kind->rules.identity != HF_IDENTITY_NONE; /* Marathon's defaults */
    kind->most_over = is_tied ? 0 : 1;
    kind->least_healthy = is_tied ? 0.5 : 1;
}

/* ---- Marathon's own apps ---- */

static HfNodeRules rules_of_json(const HfModelEnv *env, const MarathonConfig *config,
                                 const HfApp *app)
{
    const HfAppJson *json = app->json;
    HfNodeRules rules = {.name = hf_text(env->catalog, hf_text_intern(env->catalog, app->id)),
                         .count = json->instances,
                         .cpus = json->cpus,
                         .mem = json->mem,
                         .disk = json->disk,
                         .gpus = json->gpus,
                         .copy_after = HF_FOR_EVER,
                         .parts = 1};
    if (hf_app__is_external(json)) {
        rules.place = HF_DATA_EXTERNAL;
        rules.identity = HF_IDENTITY_ANYWHERE;
        for (uint32_t v = 0; v < json->container.volumes.count; v++)
            rules.data += json->container.volumes.at[v].external.size * 1024 * 1000;
        rules.replicas = rules.quorum = MIN(1, json->instances);
    } else if (hf_app__is_resident(json)) {
        rules.place = HF_DATA_VOLUME;
        rules.identity = HF_IDENTITY_RESERVATION;
        rules.same_wait = HF_FOR_EVER;
        rules.reserve_wait = config->reserve_wait;
    }
    return rules;
}

static gboolean add_volumes(const HfAppJson *json, HfNodeKind *kind, GError **error)
{
    static const HfDiskSource sources[] = {[HF_APP_VOLUME_ROOT] = HF_DISK_ROOT,
                                           [HF_APP_VOLUME_PATH] = HF_DISK_PATH,
                                           [HF_APP_VOLUME_MOUNT] = HF_DISK_MOUNT};
    for (uint32_t v = 0; v < json->container.volumes.count; v++) {
        const HfAppVolume *volume = &json->container.volumes.at[v];
        if (!volume->is_persistent) continue;
        if (kind->volume_count == HF_VOLUMES_MAX) {
            g_set_error(error, HF_MODEL_ERROR, 1, "%s: more than %d persistent volumes",
                        kind->rules.name, HF_VOLUMES_MAX);
            return FALSE;
        }
        kind->volumes[kind->volume_count++] =
            (HfVolumeRules){.source = sources[volume->persistent.type],
                            .size = volume->persistent.size * 1000,
                            .most = volume->persistent.max_size * 1000};
    }
    return TRUE;
}

static gboolean add_roles(const HfModelEnv *env, const HfAppJson *json, HfNodeKind *kind,
                          GError **error)
{
    gboolean has_star = FALSE, has_role = FALSE;
    const char *own = hf_role_path(env->catalog, env->role);
    for (const char *const *role = json->roles; role != NULL && *role != NULL; role++) {
        gboolean is_star = strcmp(*role, "*") == 0;
        has_star |= is_star;
        has_role |= strcmp(*role, own) == 0;
        if (is_star || strcmp(*role, own) == 0) continue;
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "%s: acceptedResourceRoles: \"%s\" is not a role of this framework, which has "
                    "%s",
                    kind->rules.name, *role, own);
        return FALSE;
    }
    if (json->roles == NULL || (has_star && has_role)) return TRUE;
    kind->accepts = has_star ? HF_ACCEPTS_UNRESERVED : HF_ACCEPTS_RESERVED;
    return TRUE;
}

static void add_ports(const HfModelEnv *env, const HfAppJson *json, HfNodeKind *kind)
{
    g_autoptr(GArray) fixed = g_array_new(FALSE, FALSE, sizeof(int64_t));
    kind->rules.ports = hf_app__ports(json, fixed);
    for (guint i = 0; i < fixed->len; i++) {
        uint64_t port = (uint64_t)g_array_index(fixed, int64_t, i);
        HfRange range = {port, port};
        HfRanges *ranges = hf_ranges_new(env->catalog, &range, 1);
        HfResource entry = {
            .kind = HF_KIND_PORTS, .copies = 1, .meta = HF_META_PLAIN, .ranges = ranges};
        hf_resources_add_one(env->catalog, &kind->fixed, &entry);
        hf_ranges_unref(env->catalog, ranges);
    }
}

static void add_strategies(const HfAppJson *json, HfNodeKind *kind)
{
    gboolean is_tied = hf_app__is_resident(json) || hf_app__is_external(json);
    kind->kills_oldest = json->kills_oldest;
    kind->most_over = json->has_upgrade ? json->upgrade.most_over : is_tied ? 0 : 1;
    kind->least_healthy = json->has_upgrade ? json->upgrade.least_healthy : is_tied ? 0.5 : 1;
    for (uint32_t i = 0; i < json->health.count; i++) {
        kind->check_delay = json->health.at[i].delay * HF_NS_PER_SECOND;
        kind->check_interval = json->health.at[i].interval * HF_NS_PER_SECOND;
    }
    if (json->readiness.count > 0)
        kind->readiness_interval = json->readiness.at[0].interval * HF_NS_PER_SECOND;
    if (json->backoff >= 0) kind->backoff = json->backoff * HF_NS_PER_SECOND;
    if (json->max_backoff >= 0) kind->max_backoff = json->max_backoff * HF_NS_PER_SECOND;
    if (json->backoff_factor >= 0) kind->backoff_factor = json->backoff_factor;
    if (json->has_unreachable && json->unreachable.is_disabled) {
        kind->inactive_after = kind->expunge_after = HF_FOR_EVER;
    } else if (json->has_unreachable) {
        kind->inactive_after = json->unreachable.inactive * HF_NS_PER_SECOND;
        kind->expunge_after = json->unreachable.expunge * HF_NS_PER_SECOND;
    }
}

static gboolean fill_kind(const HfModelEnv *env, const MarathonConfig *config, const HfApp *app,
                          HfNodeKind *kind, GError **error)
{
    const HfAppJson *json = app->json;
    kind->rules = rules_of_json(env, config, app);
    add_ports(env, json, kind);
    add_strategies(json, kind);
    for (uint32_t c = 0; c < json->constraints.count; c++) {
        const HfAppConstraint *at = &json->constraints.at[c];
        HfConstraintOp op;
        int part;
        g_autofree char *why = hf_constraints__refusal(at->field, at->op, at->value, &op, &part);
        HF_ASSERT(why == NULL); /* the file was checked */
        hf_constraints__add(&kind->constraints, env->catalog, at->field, op, at->value);
    }
    if (kind->rules.place == HF_DATA_VOLUME &&
        !hf_era_check(env->era, HF_RULE_PERSISTENT_VOLUMES, error)) {
        g_prefix_error(error, "%s: ", kind->rules.name);
        return FALSE;
    }
    return add_volumes(json, kind, error) && add_roles(env, json, kind, error);
}

static uint32_t count_kinds(const GPtrArray *files)
{
    uint32_t count = 0;
    for (guint i = 0; i < files->len; i++) {
        const GPtrArray *apps = files->pdata[i];
        count += apps != NULL ? apps->len : 1;
    }
    return count;
}

static gboolean fill_kinds(HfService *service, const MarathonConfig *config, const GPtrArray *files,
                           GError **error)
{
    HfNodeKind *kind = service->kinds;
    for (uint32_t a = 0; a < config->apps.count; a++) {
        const GPtrArray *apps = files->pdata[a];
        for (uint32_t i = 0; i < (apps != NULL ? apps->len : 1); i++, kind++) {
            kind->lifetime = config->apps.at[a].lifetime;
            kind->usage = config->apps.at[a].usage;
            kind->writes = config->apps.at[a].writes;
            kind->startup = config->apps.at[a].startup;
            if (apps == NULL)
                fill_inline(&service->env, config, a, kind);
            else if (!fill_kind(&service->env, config, apps->pdata[i], kind, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* An app is deployed after those that it depends on, of all files together. */
static void order_kinds(HfService *service, const GPtrArray *files)
{
    g_autoptr(GPtrArray) all = all_apps(files);
    g_autofree uint32_t *levels = g_new0(uint32_t, all->len + 1);
    int circle = hf_apps__levels(all, levels);
    HF_ASSERT(circle < 0); /* the files were checked */
    HfNodeKind *kind = service->kinds;
    const uint32_t *level = levels;
    for (guint f = 0; f < files->len; f++) {
        const GPtrArray *apps = files->pdata[f];
        for (guint i = 0; apps != NULL && i < apps->len; i++) kind++->level = *level++;
        if (apps == NULL) kind++;
    }
}

/* ---- deployments ---- */

/* The kind of an app, by its id as it was written or absolute; HF_MAP64_NONE = there is none. */
static uint32_t kind_of(const MarathonConfig *config, const GPtrArray *files, const char *id)
{
    uint32_t kind = 0;
    for (guint f = 0; f < files->len; f++) {
        const GPtrArray *apps = files->pdata[f];
        for (guint i = 0; apps != NULL && i < apps->len; i++, kind++)
            if (strcmp(((const HfApp *)apps->pdata[i])->id, id) == 0) return kind;
        if (apps == NULL && strcmp(config->apps.at[f].id, id) == 0) return kind;
        kind += apps == NULL;
    }
    return HF_MAP64_NONE;
}

/* Why what keeps data there cannot become this; NULL: it can. */
static const char *upgrade_refusal(const HfNodeKind *kind, const HfNodeKind *next)
{
    const HfNodeRules *old = &kind->rules, *new = &next->rules;
    if (old->place != new->place) return "an app with volumes keeps them, and another gets none";
    if (old->place == HF_DATA_EXTERNAL) return NULL;
    if (old->identity == HF_IDENTITY_NONE) return NULL;
    if (kind->volume_count != next->volume_count ||
        memcmp(kind->volumes, next->volumes, sizeof kind->volumes) != 0)
        return "persistent volumes cannot be changed";
    if (old->cpus != new->cpus || old->mem != new->mem || old->disk != new->disk ||
        old->gpus != new->gpus || old->ports != new->ports)
        return "a resident app cannot ask for other resources";
    return NULL;
}

static gboolean add_upgrade(HfService *service, const MarathonConfig *config,
                            const DeploymentConfig *given, HfDeployment *deployment, GError **error)
{
    const char *path = NULL;
    g_autofree char *why = NULL;
    g_autoptr(GPtrArray) apps = hf_apps__of(given->upgrade.record, &path, &why);
    HfNodeKind *kind = &service->kinds[deployment->kind], *next = g_new0(HfNodeKind, 1);
    HF_ASSERT(apps != NULL && apps->len == 1); /* the file was checked */
    deployment->next = next;                   /* freed with the service */
    next->check_delay = next->readiness_interval = next->backoff = next->max_backoff = -1;
    if (!fill_kind(&service->env, config, apps->pdata[0], next, error)) return FALSE;
    const char *refusal = upgrade_refusal(kind, next);
    if (refusal != NULL) {
        g_set_error(error, HF_MODEL_ERROR, 1, "%s", refusal);
        return FALSE;
    }
    deployment->scale = next->rules.count;
    return hf_service__make_kind(service, next, error);
}

static gboolean add_deployment(HfService *service, const MarathonConfig *config,
                               const GPtrArray *files, const DeploymentConfig *given,
                               GError **error)
{
    const HfGroupJson *file = given->upgrade.record;
    g_autofree char *id =
        file != NULL ? hf_app__absolute("", file->apps.at[0].id) : g_strdup(given->app);
    HfDeployment deployment = {.at = given->at,
                               .kind = kind_of(config, files, id),
                               .scale = given->scale,
                               .restart = given->restart || file != NULL,
                               .force = given->force};
    deployment.app = hf_text(service->env.catalog, hf_text_intern(service->env.catalog, id));
    if (deployment.kind == HF_MAP64_NONE) {
        g_set_error(error, HF_MODEL_ERROR, 1, "there is no app %s", id);
        return FALSE;
    }
    const HfNodeRules *rules = &service->kinds[deployment.kind].rules;
    hf_vec_push(&service->deployments, deployment);
    HfDeployment *added = hf_vec_last(&service->deployments);
    if (file != NULL && !add_upgrade(service, config, given, added, error)) return FALSE;
    if (rules->place == HF_DATA_EXTERNAL && added->scale > 1) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "an app with an external volume has at most one instance");
        return FALSE;
    }
    return TRUE;
}

static gboolean add_curve(HfService *service, const MarathonConfig *config, const GPtrArray *files,
                          uint32_t i, GError **error)
{
    const CurveConfig *given = &config->demand.at[i];
    HfCurve curve = {.kind = kind_of(config, files, given->app),
                     .every = given->every,
                     .period = given->period,
                     .peak_at = given->peak_at,
                     .mean = given->mean,
                     .peak_to_mean = given->peak_to_mean,
                     .noise = given->noise,
                     .burst = given->burst.on.kind != NULL ? given->burst.factor : 1,
                     .burst_on = given->burst.on,
                     .burst_off = given->burst.off};
    if (curve.kind == HF_MAP64_NONE) {
        g_set_error(error, HF_MODEL_ERROR, 1, "demand[%u]: there is no app %s", i, given->app);
        return FALSE;
    }
    HfNodeKind *kind = &service->kinds[curve.kind];
    if (kind->rules.place == HF_DATA_EXTERNAL) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "demand[%u]: an app with an external volume has at most one instance", i);
        return FALSE;
    }
    curve.most = hf_curve__most(&curve);
    hf_model_stream(&curve.stream, &service->env, "marathon-demand", i);
    kind->rows = MAX(kind->rows, (uint32_t)(2 * MAX(curve.most, kind->rules.count) + 1));
    hf_vec_push(&service->curves, curve);
    return TRUE;
}

/* Rows for all that may be there at once, those that are being killed among them. */
static void make_room(HfService *service)
{
    for (guint32 i = 0; i < service->deployments.count; i++) {
        const HfDeployment *deployment = &service->deployments.at[i];
        HfNodeKind *kind = &service->kinds[deployment->kind];
        int64_t most = MAX(kind->rules.count, deployment->scale);
        if (kind->rules.place != HF_DATA_EXTERNAL) most = 2 * most + 1;
        kind->rows = MAX(kind->rows, (uint32_t)most);
    }
}

static gboolean add_deployments(HfService *service, const MarathonConfig *config,
                                const GPtrArray *files, GError **error)
{
    for (uint32_t i = 0; i < config->deployments.count; i++) {
        if (add_deployment(service, config, files, &config->deployments.at[i], error)) continue;
        g_prefix_error(error, "deployments[%u]: ", i);
        return FALSE;
    }
    for (uint32_t i = 0; i < config->demand.count; i++)
        if (!add_curve(service, config, files, i, error)) return FALSE;
    make_room(service);
    return TRUE;
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
    GPtrArray *files = read_files(config);
    HfService *service = hf_service__new(env, &rules, count_kinds(files));
    gboolean is_good = fill_kinds(service, config, files, error) &&
                       add_deployments(service, config, files, error) &&
                       hf_service__ready(service, "marathon-instance", error);
    if (is_good) order_kinds(service, files);
    free_files(files);
    if (is_good) return service;
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
