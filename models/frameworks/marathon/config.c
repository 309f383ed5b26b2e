/*
 * The keys of the marathon model, and what no single one of them says.
 *
 * Source: Marathon's defaults as its documentation and release notes state them:
 * --decline_offer_duration 120 s, least time between revives 5 s, launch back-off 1 s growing
 * by 1.15 up to an hour and reset by a run that lasts.
 */
#include "models/frameworks/marathon/config.h"
#include "models/frameworks/marathon/pod_json.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"

static const HfKeyWord task_lost_words[] = {
    {"wait", HF_LOST_WAIT, "it waits for its agent for ever (WAIT_FOREVER)"},
    {"relaunch", HF_LOST_RELAUNCH,
     "it is launched elsewhere and its volume destroyed, as Marathon 1.3 did on TASK_LOST, "
     "whatever "
     "it was told (#4572, #4603)"},
    {0}};
static const HfKeyWord unreachable_words[] = {
    {"era", -1, "patient in era 1.4, at_once in the others"},
    {"at_once", HF_UNREACHABLE_AT_ONCE, "another is started at once (until 1.0, and from 1.5 on)"},
    {"patient", HF_UNREACHABLE_PATIENT,
     "after 300 s; it may come back within 600 s (1.4: inactiveAfter and expungeAfter)"},
    {"expunge", HF_UNREACHABLE_EXPUNGE, "after 75 s, when it is forgotten (1.3)"},
    {"day", HF_UNREACHABLE_DAY, "after 24 hours, when it is forgotten (1.1)"},
    {0}};
static const HfKeyWord forget_words[] = {
    {"running", HF_FORGET_RUNNING, "as soon as an instance runs (0.8 to 0.10)"},
    {"sweep", HF_FORGET_SWEEP, "by a sweep each 10 s, once the delay is over (0.11 to 1.4.7)"},
    {"minute", HF_FORGET_MINUTE, "a minute after the delay is over (1.5.0)"},
    {"delay", HF_FORGET_DELAY, "max_backoff after it last started (1.4.8, 1.5.1 and later)"},
    {"outlived", HF_FORGET_OUTLIVED, "by a run that lasts longer than the delay"},
    {0}};

#define APP_AT(member) .offset = offsetof(HfAppConfig, member)
#define OWN            .given = 1 + offsetof(HfAppConfig, has_own)

static const HfKeyWord container_ends[] = {
    {"failed", HF_TASK_FAILED, "it takes the others of its instance along"},
    {"finished", HF_TASK_FINISHED, "the others run on"},
    {0}};
static const HfKey container_keys[] = {{.name = "name",
                                        .type = HF_KEY_STRING,
                                        .is_required = TRUE,
                                        .offset = offsetof(HfContainerConfig, name),
                                        .help = "As the pod has it."},
                                       {.name = "lifetime",
                                        .type = HF_KEY_LAW,
                                        .unit = HF_UNIT_DURATION,
                                        .is_required = TRUE,
                                        .offset = offsetof(HfContainerConfig, lifetime),
                                        .help = "How long it runs until it ends by itself."},
                                       {.name = "ends",
                                        .type = HF_KEY_ENUM,
                                        .offset = offsetof(HfContainerConfig, ends),
                                        .fallback = "failed",
                                        .words = container_ends,
                                        .help = "How it ends then."},
                                       {0}};
static const HfKeyTable container_table = {"container", sizeof(HfContainerConfig), container_keys,
                                           "What is other for one container of a pod.", NULL};

static const HfKey app_keys[] = {
    {.name = "file",
     .type = HF_KEY_DOCUMENT,
     .offset = offsetof(HfAppConfig, file),
     .sub = &hf_app_document,
     .help =
         "A file of Marathon's own: an app.json, a pod (v2/pods), a list of them or a group "
         "(v2/groups). An entry that is just a name of a file stands for this key. Beside it: "
         "lifetime, startup, unhealthy_after, unhealthy_for, usage, sandbox and store of all its "
         "instances, of a pod each container's; and containers."},
    {.name = "containers",
     .type = HF_KEY_LIST,
     .sub = &container_table,
     .offset = offsetof(HfAppConfig, containers),
     .help = "What is other for single containers of the file's pods."},
    {.name = "id",
     .type = HF_KEY_STRING,
     OWN,
     .offset = offsetof(HfAppConfig, id),
     .help = "Name of the app, as in Marathon: /shop/cart."},
    {.name = "instances",
     OWN,
     .type = HF_KEY_INT,
     .offset = offsetof(HfAppConfig, instances),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1e7,
     .help = "How many tasks are kept running."},
    {.name = "cpus",
     OWN,
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfAppConfig, cpus),
     .fallback = "1",
     .help = "CPUs of one instance.",
     .source = "Marathon: 1"},
    {.name = "mem",
     OWN,
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfAppConfig, mem),
     .fallback = "128",
     .help = "Memory of one instance, in MB.",
     .source = "Marathon: 128"},
    {.name = "disk",
     OWN,
     .type = HF_KEY_MEMORY,
     .offset = offsetof(HfAppConfig, disk),
     .fallback = "0",
     .help = "Disk of one instance, in MB.",
     .source = "Marathon: 0"},
    {.name = "gpus",
     OWN,
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfAppConfig, gpus),
     .fallback = "0",
     .help = "GPUs of one instance; the framework needs the capability GPU_RESOURCES."},
    {.name = "ports",
     OWN,
     .type = HF_KEY_INT,
     .offset = offsetof(HfAppConfig, ports),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1000,
     .help = "How many ports one instance takes."},
    {.name = "lifetime",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfAppConfig, lifetime),
     .help = "How long an instance runs until it fails by itself; absent = it does not."},
    {.name = "startup",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfAppConfig, startup),
     .help = "How long an instance runs until it is healthy, or its checks find it so; absent = "
             "at once. Deployments wait for it."},
    {.name = "unhealthy_after",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfAppConfig, unhealthy_after),
     .minimum = 1,
     .maximum = 1e9,
     .help =
         "How long an instance is healthy until its checks begin to fail; absent = they do not. "
         "Checks are those of the file (healthChecks): delaySeconds after the start, then each "
         "intervalSeconds. After maxConsecutiveFailures in a row, not counting those of the "
         "first gracePeriodSeconds, it is killed, and another is started."},
    {.name = "unhealthy_for",
     .type = HF_KEY_LAW,
     .unit = HF_UNIT_DURATION,
     .offset = offsetof(HfAppConfig, unhealthy_for),
     .minimum = 1,
     .maximum = 1e9,
     .help = "How long they fail; absent = until it is killed."},
    HF_WRITES_KEYS(APP_AT),
    {.name = "usage",
     .type = HF_KEY_LAW,
     .offset = offsetof(HfAppConfig, usage),
     .fallback = "1",
     .minimum = 0,
     .maximum = 1,
     .help = "Fraction of its resources that an instance really uses."},
    {.name = "unique_hosts",
     OWN,
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfAppConfig, unique_hosts),
     .fallback = "false",
     .help = "At most one instance on a host: Marathon's constraint [hostname, UNIQUE]."},
    {.name = "residency",
     OWN,
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfAppConfig, residency),
     .fallback = "false",
     .help =
         "An instance reserves what it needs, with its disk as a persistent volume, and is only "
         "ever launched again on that, however long it waits (WAIT_FOREVER)."},
    {.name = "task_lost",
     OWN,
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfAppConfig, task_lost),
     .fallback = "wait",
     .words = task_lost_words,
     .help = "What a resident instance does when its agent is lost."},
    {.name = "store",
     .type = HF_KEY_NAME,
     APP_AT(store),
     .help = "The store (key stores of the scenario) that provides external volumes, of a file of "
             "all its apps: how long they take to attach and detach, what is done about a host "
             "that does not let go, bandwidth and outages are its. Absent: as a store of kind "
             "external has it, without outages."},
    {.name = "external",
     OWN,
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfAppConfig, external),
     .fallback = "false",
     .help = "Its disk is an external volume: not asked of Mesos, found again on any agent.",
     .source = "Marathon, external-volumes.md"},
    {0}};

static gboolean check_app(const void *record, const char **key_out, char **why_out)
{
    const HfAppConfig *app = record;
    if (app->file.record == NULL && app->id == NULL) *why_out = g_strdup("key id is missing");
    *key_out = "file";
    if (app->file.record != NULL && app->has_own)
        *why_out =
            g_strdup("beside a file stand lifetime, startup, unhealthy_after, unhealthy_for, "
                     "usage, sandbox, sandbox_growth and store alone");
    if (*why_out != NULL) {
        if (app->file.record == NULL) *key_out = NULL;
        return FALSE;
    }
    *key_out = "containers";
    if (app->file.record == NULL && app->containers.count > 0)
        *why_out = g_strdup("only a file can have pods");
    if (*why_out != NULL) return FALSE;
    *key_out = "unhealthy_after";
    if (app->file.record == NULL && app->unhealthy_after.kind != NULL)
        *why_out = g_strdup("nobody finds out without health checks, which only a file can have");
    else if (app->unhealthy_for.kind != NULL && app->unhealthy_after.kind == NULL)
        *why_out = g_strdup("unhealthy_for needs it: how long an instance is healthy first");
    if (*why_out != NULL) return FALSE;
    *key_out = "store";
    if (app->store != NULL && app->file.record == NULL && !app->external)
        *why_out = g_strdup("it provides external volumes (external), and the app has none");
    if (*why_out != NULL) return FALSE;
    *key_out = "external";
    if (!app->external) return TRUE;
    if (app->residency) *why_out = g_strdup("an external volume is no local one (residency)");
    if (app->instances > 1) *why_out = g_strdup("an external volume is for one instance");
    return *why_out == NULL;
}

static const HfKeyTable app_table = {"app", sizeof(HfAppConfig), app_keys,
                                     "One app and its instances.", check_app};

static const HfKeyWord unsaid[] = {{"default", -1, NULL}, {0}};
static const HfKey deployment_keys[] = {
    {.name = "at",
     .type = HF_KEY_DURATION,
     .is_required = TRUE,
     .offset = offsetof(HfDeploymentConfig, at),
     .help = "When it begins."},
    {.name = "app",
     .type = HF_KEY_STRING,
     .offset = offsetof(HfDeploymentConfig, app),
     .help = "Which app; with upgrade, the file says it."},
    {.name = "group",
     .type = HF_KEY_STRING,
     .offset = offsetof(HfDeploymentConfig, group),
     .help =
         "All apps of a group, /shop say, as a whole: in the order in which they depend on each "
         "other, held until the last of them is done. In the place of app."},
    {.name = "scale_by",
     .type = HF_KEY_DOUBLE,
     .offset = offsetof(HfDeploymentConfig, scale_by),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e6,
     .help = "It, or each app of the group, shall have so many times as many instances as it is to "
             "have when this begins, rounded up (scaleBy)."},
    {.name = "scale",
     .type = HF_KEY_INT,
     .offset = offsetof(HfDeploymentConfig, scale),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 1e6,
     .help = "It shall have so many instances."},
    {.name = "restart",
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfDeploymentConfig, restart),
     .fallback = "false",
     .help = "Its instances are replaced, as its upgradeStrategy allows."},
    {.name = "upgrade",
     .type = HF_KEY_DOCUMENT,
     .offset = offsetof(HfDeploymentConfig, upgrade),
     .sub = &hf_app_document,
     .help = "The app as this app.json has it takes the place of what there was, or all the apps "
             "of a list or group as a whole."},
    {.name = "force",
     .type = HF_KEY_BOOL,
     .offset = offsetof(HfDeploymentConfig, force),
     .fallback = "false",
     .help = "It takes the place of a deployment of the app that goes on; else it is refused."},
    {0}};

static gboolean check_deployment(const void *record, const char **key_out, char **why_out)
{
    const HfDeploymentConfig *deployment = record;
    const HfGroupJson *file = deployment->upgrade.record;
    int kinds = (deployment->scale >= 0) + deployment->restart + (file != NULL) +
                (deployment->scale_by > 0);
    gboolean is_one =
        file != NULL && file->apps.count + file->pods.count == 1 && file->groups.count == 0;
    if (kinds != 1) {
        *key_out = NULL;
        *why_out = g_strdup("a deployment is one of scale, scale_by, restart and upgrade");
    } else if (file == NULL && (deployment->app != NULL) == (deployment->group != NULL)) {
        *key_out = NULL;
        *why_out = g_strdup("one of app and group is needed");
    } else if (deployment->group != NULL && (file != NULL || deployment->scale >= 0)) {
        *key_out = "group";
        *why_out = g_strdup("a group is restarted, or has scale_by; an upgrade's file says it");
    } else if (file != NULL && !is_one && deployment->app != NULL) {
        *key_out = "app";
        *why_out = g_strdup("the file is about several");
    } else if (file != NULL && deployment->app != NULL) {
        const HfPodJson *pods = file->pods.at;
        g_autofree char *id =
            hf_app__absolute("", file->apps.count > 0 ? file->apps.at[0].id : pods[0].id);
        *key_out = "app";
        if (strcmp(id, deployment->app) != 0)
            *why_out = g_strdup_printf("the file is about %s", id);
    }
    return *why_out == NULL;
}
static const HfKeyTable deployment_table = {"deployment", sizeof(HfDeploymentConfig),
                                            deployment_keys, "A change of an app while it runs.",
                                            check_deployment};

static const HfKey burst_keys[] = {{.name = "factor",
                                    .type = HF_KEY_DOUBLE,
                                    .is_required = TRUE,
                                    .offset = offsetof(HfBurstConfig, factor),
                                    .minimum = 0,
                                    .maximum = 1000,
                                    .help = "By which demand is multiplied while a burst lasts."},
                                   {.name = "on",
                                    .type = HF_KEY_LAW,
                                    .unit = HF_UNIT_DURATION,
                                    .is_required = TRUE,
                                    .offset = offsetof(HfBurstConfig, on),
                                    .help = "How long a burst lasts."},
                                   {.name = "off",
                                    .type = HF_KEY_LAW,
                                    .unit = HF_UNIT_DURATION,
                                    .is_required = TRUE,
                                    .offset = offsetof(HfBurstConfig, off),
                                    .help = "How long it is quiet between two."},
                                   {0}};
static const HfKeyTable burst_table = {"burst", sizeof(HfBurstConfig), burst_keys,
                                       "Demand that is on and off.", NULL};

#define CURVE(member) .offset = offsetof(HfCurveConfig, member)
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
static const HfKeyTable curve_table = {"demand", sizeof(HfCurveConfig), curve_keys,
                                       "Instances that are wanted, by the hour.", NULL};

static const HfKeyWord limit_words[] = {{"none", HF_NO_LIMIT, "it is waited for"}, {0}};
static const HfKey marathon_keys[] = {
    {.name = "apps",
     .type = HF_KEY_LIST,
     .sub = &app_table,
     .short_key = "file",
     .is_required = TRUE,
     .offset = offsetof(HfMarathonConfig, apps),
     .help = "The apps that are kept running, each here or in a file of Marathon's own."},
    {.name = "deployments",
     .type = HF_KEY_LIST,
     .sub = &deployment_table,
     .offset = offsetof(HfMarathonConfig, deployments),
     .help = "Apps that are scaled, restarted or upgraded while they run; what came of each is in "
             "deployments.csv."},
    {.name = "demand",
     .type = HF_KEY_LIST,
     .sub = &curve_table,
     .offset = offsetof(HfMarathonConfig, demand),
     .help = "Apps whose number of instances follows their users: diurnal, noisy, in bursts."},
    {.name = "refuse",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, refuse),
     .fallback = "120s",
     .help = "Filters.refuse_seconds of what is declined.",
     .source = "Marathon --decline_offer_duration"},
    {.name = "min_revive_interval",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, min_revive),
     .fallback = "5s",
     .help = "Least time between two REVIVE calls.",
     .source = "Marathon --min_revive_offers_interval"},
    {.name = "backoff",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, backoff),
     .fallback = "1s",
     .help = "How long an app waits after a failure before it launches again.",
     .source = "Marathon backoffSeconds"},
    {.name = "backoff_factor",
     .type = HF_KEY_AMOUNT,
     .offset = offsetof(HfMarathonConfig, backoff_factor),
     .fallback = "1.15",
     .minimum = 1,
     .maximum = 100,
     .help = "Growth of the back-off with each failure.",
     .source = "Marathon backoffFactor"},
    {.name = "max_backoff",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, max_backoff),
     .fallback = "1h",
     .help = "Longest back-off.",
     .source = "Marathon maxLaunchDelaySeconds"},
    {.name = "forget",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfMarathonConfig, forget),
     .fallback = "outlived",
     .words = forget_words,
     .help = "When the back-off of an app is forgotten.",
     .source = "Marathon, RateLimiter.scala of each release"},
    {.name = "unreachable",
     .type = HF_KEY_ENUM,
     .offset = offsetof(HfMarathonConfig, unreachable),
     .fallback = "era",
     .words = unreachable_words,
     .help = "What becomes of an instance out of reach, of apps without unreachableStrategy that "
             "are not resident.",
     .source = "Marathon, UnreachableStrategy.scala, --task_lost_expunge_gc of each release"},
    {.name = "task_reservation_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, reserve_wait),
     .fallback = "0s",
     .help = "A resident instance reserves first and is launched when that is offered, which it "
             "waits for so long before it reserves anew; 0s = all in one ACCEPT.",
     .source = "Marathon --task_reservation_timeout: 20 s"},
    {.name = "task_launch_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, launch_limit),
     .fallback = "5m",
     .words = limit_words,
     .minimum = 1,
     .maximum = INFINITY,
     .help = "What is said to be staging and does not run so long after its launch is killed and "
             "launched again, be it that its executor hangs or that its volume is not there.",
     .source = "Marathon --task_launch_timeout: 300,000 ms; OverdueInstancesActor.scala"},
    {.name = "task_launch_confirm_timeout",
     .type = HF_KEY_DURATION,
     .offset = offsetof(HfMarathonConfig, confirm_limit),
     .fallback = "5m",
     .words = limit_words,
     .minimum = 1,
     .maximum = INFINITY,
     .help = "The same where nothing was said of the task since its launch, as is usual: only an "
             "answer to RECONCILE says that a task is staging.",
     .source = "Marathon --task_launch_confirm_timeout: 300,000 ms (until 0.10 the other one)"},
    {0}};

/* ---- files ---- */

/* For each entry the apps of its file, or NULL where the entry is an app itself. */
GPtrArray *hf_marathon__read(const HfMarathonConfig *config)
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

void hf_marathon__free(GPtrArray *files)
{
    for (guint i = 0; i < files->len; i++)
        if (files->pdata[i] != NULL) g_ptr_array_unref(files->pdata[i]);
    g_ptr_array_unref(files);
}

/* Apps of files alone, of all together; owned by `files`. */
GPtrArray *hf_marathon__all(const GPtrArray *files)
{
    GPtrArray *all = g_ptr_array_new();
    for (guint f = 0; f < files->len; f++) {
        const GPtrArray *apps = files->pdata[f];
        for (guint i = 0; apps != NULL && i < apps->len; i++) g_ptr_array_add(all, apps->pdata[i]);
    }
    return all;
}

static char *repetition(const HfMarathonConfig *config, const GPtrArray *files,
                        const char **key_out)
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
    const HfMarathonConfig *config = record;
    GPtrArray *files = hf_marathon__read(config);
    g_autoptr(GPtrArray) all = hf_marathon__all(files);
    g_autofree uint32_t *levels = g_new0(uint32_t, all->len + 1);
    *why_out = repetition(config, files, key_out);
    int circle = *why_out == NULL ? hf_apps__levels(all, levels) : -1;
    if (circle >= 0) {
        *key_out = "apps";
        *why_out = g_strdup_printf("app %s depends on itself, by way of others",
                                   ((const HfApp *)all->pdata[circle])->id);
    }
    hf_marathon__free(files);
    return *why_out == NULL;
}

const HfKeyTable hf_marathon_table = {
    "marathon", sizeof(HfMarathonConfig), marathon_keys,
    "Long-running apps that are kept at their number of instances.", check_marathon};
