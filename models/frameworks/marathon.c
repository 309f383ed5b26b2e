/*
 * The marathon model: long-running apps with a number of instances each; an instance that ends, for
 * whatever reason, is started again, wherever an offer fits.
 *
 * Source: Marathon's defaults as its documentation and release notes state them:
 * --decline_offer_duration 120 s, least time between revives 5 s, launch back-off 1 s growing
 * by 1.15 up to an hour and reset by a run that lasts.
 */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/law.h"
#include "base/map64.h"
#include "models/frameworks/frameworks.h"
#include "models/frameworks/placement.h"

typedef struct AppConfig {
    const char *id;
    int64_t instances;
    int64_t cpus, mem, disk, gpus, ports;
    HfLaw lifetime, usage;
    gboolean unique_hosts, residency;
} AppConfig;

typedef struct MarathonConfig {
    HF_LIST(AppConfig) apps;
    HfTime refuse, min_revive, backoff, max_backoff;
    double backoff_factor;
} MarathonConfig;

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
    {0}};
static const HfKeyTable app_table = {"app", sizeof(AppConfig), app_keys,
                                     "One app and its instances.", NULL};

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
     .type = HF_KEY_DOUBLE,
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
    {0}};
static const HfKeyTable marathon_table = {
    "marathon", sizeof(MarathonConfig), marathon_keys,
    "Long-running apps that are kept at their number of instances.", NULL};

/* ---- state ---- */

enum { TIMER_REVIVE, TIMER_BACKOFF };

typedef enum Phase { WAITING, LAUNCHED, RUNNING, DELAYED } Phase;

typedef struct Instance {
    uint32_t app;
    Phase phase;
    uint64_t task;       /* of the present launch */
    uint32_t host;       /* where it is, or was last; HF_ROW_NONE before */
    HfTime since;        /* when it began to wait, or to run */
    HfTime ended_at;     /* of its last task; -1 before */
    uint32_t next;       /* in the list of those waiting */
    HfResources home;    /* residency: what it has reserved, with its volume; empty = nothing yet */
    gboolean is_at_home; /* it has run on it: it is really there */
    HfStream stream;
} Instance;

typedef struct App {
    const AppConfig *config;
    HfDemand demand;
    uint32_t first_waiting, last_waiting; /* instances, in order of waiting */
    uint32_t failures;                    /* in a row, for the back-off */
    HfMap64 hosts;                        /* unique_hosts: host -> 1 while an instance is there */
} App;

#define NO_INSTANCE UINT32_MAX

typedef struct Marathon {
    HfModelEnv env;
    const MarathonConfig *config;
    App *apps;
    Instance *instances;
    uint32_t app_count, instance_count;
    HfMap64 instance_of; /* task id -> instance */
    uint64_t next_task;
    int64_t waiting;
    gboolean is_suppressed, is_revive_armed;
    HfTime revived_at;
    gboolean has_residents;
    HfResources pool;
    HF_VEC(HfTaskInfo) tasks;
    HF_VEC(uint64_t) declines;
} Marathon;

static void revive(Marathon *marathon, HfDriver *driver)
{
    marathon->is_suppressed = FALSE;
    marathon->revived_at = hf_driver_now(driver);
    hf_driver_revive(driver);
}

static void want_offers(Marathon *marathon, HfDriver *driver)
{
    if (marathon->is_revive_armed) return;
    HfTime wait = marathon->revived_at + marathon->config->min_revive - hf_driver_now(driver);
    if (wait <= 0) {
        revive(marathon, driver);
    } else {
        marathon->is_revive_armed = TRUE;
        hf_driver_after(driver, wait, TIMER_REVIVE, 0);
    }
}

/* ---- waiting ---- */

static void queue(Marathon *marathon, HfDriver *driver, uint32_t row)
{
    Instance *instance = &marathon->instances[row];
    App *app = &marathon->apps[instance->app];
    instance->phase = WAITING;
    instance->since = hf_driver_now(driver);
    instance->next = NO_INSTANCE;
    if (app->first_waiting == NO_INSTANCE)
        app->first_waiting = row;
    else
        marathon->instances[app->last_waiting].next = row;
    app->last_waiting = row;
    marathon->waiting++;
}

static uint32_t unqueue(Marathon *marathon, App *app)
{
    uint32_t row = app->first_waiting;
    app->first_waiting = marathon->instances[row].next;
    marathon->waiting--;
    return row;
}

/* ---- launching ---- */

/* A task for an instance that waits no more; `resources` are taken over. */
static void add_task(Marathon *marathon, HfDriver *driver, App *app, uint32_t row,
                     const HfOfferInfo *offer, HfResources *resources)
{
    Instance *instance = &marathon->instances[row];
    uint64_t before = instance->task;
    instance->phase = LAUNCHED;
    instance->task = ++marathon->next_task;
    gboolean same_host = instance->host == offer->host;
    instance->host = offer->host;
    hf_map64_set(&marathon->instance_of, instance->task, row);
    if (app->config->unique_hosts) hf_map64_set(&app->hosts, offer->host, 1);
    hf_vec_push_zero(&marathon->tasks);
    HfTaskInfo *info = hf_vec_last(&marathon->tasks);
    info->id = instance->task;
    info->job = instance->app + 1;
    info->end = HF_TASK_FAILED;
    info->duration = HF_TIME_NEVER;
    if (app->config->lifetime.kind)
        info->duration =
            hf_time_from_seconds(hf_law_draw(&app->config->lifetime, &instance->stream));
    info->usage_milli =
        (uint32_t)floor(hf_law_draw(&app->config->usage, &instance->stream) * 1000 + 0.5);
    info->resources = hf_parcel_take(marathon->env.catalog, resources);
    if (app->config->residency && before != 0)
        hf_driver_note_follows(driver, instance->task, before);
    if (instance->ended_at >= 0)
        hf_driver_note_replaced(driver, instance->task, offer->host,
                                hf_driver_now(driver) - instance->ended_at, same_host);
}

static void launch(Marathon *marathon, HfDriver *driver, App *app, const HfOfferInfo *offer)
{
    HfResources cut = {0};
    uint32_t row = unqueue(marathon, app);
    hf_demand_cut(marathon->env.catalog, &app->demand, &marathon->pool, &cut);
    add_task(marathon, driver, app, row, offer, &cut);
}

/* Can an app be launched here at all? */
static gboolean is_barred(const App *app, const HfOfferInfo *offer)
{
    return app->config->unique_hosts && hf_map64_get(&app->hosts, offer->host) != HF_MAP64_NONE;
}

/* ---- residency: reserve, create, launch; and launch again on the same ---- */

/* The volume that an instance's reserved disk becomes; ids are unique in the cell. */
static HfMetaId volume_of(Marathon *marathon, uint32_t row, HfMetaId disk)
{
    HfCatalog *catalog = marathon->env.catalog;
    g_autofree char *id = g_strdup_printf("%s-%u", marathon->env.name, row);
    HfDisk volume = {.persistence = hf_text_intern(catalog, id),
                     .has_volume = TRUE,
                     .container_path = hf_text_intern(catalog, "data")};
    if (marathon->env.principal != NULL)
        volume.persistence_principal = hf_text_intern(catalog, marathon->env.principal);
    HfMeta meta = *hf_meta(catalog, disk);
    meta.disk = hf_disk_intern(catalog, &volume);
    return hf_meta_intern(catalog, &meta);
}

static HfReservation reservation_of(Marathon *marathon, uint32_t row, HfRoleId role)
{
    HfCatalog *catalog = marathon->env.catalog;
    g_autofree char *id = g_strdup_printf("%s-%u", marathon->env.name, row);
    HfLabel label = {hf_text_intern(catalog, "marathon_task_id"), hf_text_intern(catalog, id)};
    HfReservation reservation = {.type = HF_RESERVATION_DYNAMIC,
                                 .role = role,
                                 .labels = hf_labels_intern(catalog, &label, 1)};
    if (marathon->env.principal != NULL)
        reservation.principal = hf_text_intern(catalog, marathon->env.principal);
    return reservation;
}

/* The first time: what is cut from the offer is reserved, its disk made a volume. */
static void settle(Marathon *marathon, HfDriver *driver, App *app, const HfOfferInfo *offer)
{
    HfCatalog *catalog = marathon->env.catalog;
    uint32_t row = unqueue(marathon, app);
    HfResources *home = &marathon->instances[row].home;
    HfResources reserved = {0}, volumes = {0}, used = {0};
    HfReservation reservation = reservation_of(marathon, row, offer->role);
    hf_demand_cut(catalog, &app->demand, &marathon->pool, &reserved);
    hf_resources_unallocate(catalog, &reserved);
    hf_resources_push_reservation(catalog, &reserved, &reservation);
    hf_resources_clear(catalog, home);
    for (uint32_t i = 0; i < hf_resources_count(&reserved); i++) {
        HfResource entry = *hf_resources_at(&reserved, i);
        if (entry.kind == HF_KIND_DISK) {
            entry.meta = volume_of(marathon, row, entry.meta);
            hf_resources_add_one(catalog, &volumes, &entry);
        }
        hf_resources_add_one(catalog, home, &entry);
    }
    marathon->instances[row].is_at_home = FALSE;
    hf_driver_reserve(driver, 0, &reserved);
    if (!hf_resources_is_empty(&volumes)) hf_driver_create(driver, 0, &volumes);
    hf_resources_copy(catalog, &used, home);
    add_task(marathon, driver, app, row, offer, &used);
}

/* Take an instance out of the middle of the list. */
static void unqueue_after(Marathon *marathon, App *app, uint32_t before, uint32_t row)
{
    if (before == NO_INSTANCE) {
        unqueue(marathon, app);
        return;
    }
    marathon->instances[before].next = marathon->instances[row].next;
    if (app->last_waiting == row) app->last_waiting = before;
    marathon->waiting--;
}

/* Those whose home is in the offer come home; TRUE when all that wait have one elsewhere. */
static gboolean come_home(Marathon *marathon, HfDriver *driver, App *app, const HfOfferInfo *offer,
                          const HfResources *offered)
{
    HfCatalog *catalog = marathon->env.catalog;
    gboolean all_have_one = TRUE;
    uint32_t before = NO_INSTANCE, next;
    for (uint32_t row = app->first_waiting; row != NO_INSTANCE; row = next) {
        const HfResources *home = &marathon->instances[row].home;
        next = marathon->instances[row].next;
        if (hf_resources_is_empty(home)) {
            all_have_one = FALSE;
        } else if (hf_resources_contains(catalog, offered, home)) {
            HfResources used = {0};
            hf_resources_copy(catalog, &used, home);
            unqueue_after(marathon, app, before, row);
            add_task(marathon, driver, app, row, offer, &used);
            continue;
        }
        before = row;
    }
    return all_have_one;
}

static void fill_residents(Marathon *marathon, HfDriver *driver, App *app, const HfOfferInfo *offer,
                           const HfResources *offered)
{
    gboolean all_have_one = come_home(marathon, driver, app, offer, offered);
    while (!all_have_one && app->first_waiting != NO_INSTANCE && !is_barred(app, offer) &&
           hf_resources_is_empty(&marathon->instances[app->first_waiting].home) &&
           hf_demand_fits(marathon->env.catalog, &app->demand, &marathon->pool, 1) > 0)
        settle(marathon, driver, app, offer);
}

/* What the offer holds for residents and others; nothing done with it is a decline. */
static void fill_in_order(Marathon *marathon, HfDriver *driver, const HfOfferInfo *offer)
{
    HfCatalog *catalog = marathon->env.catalog;
    HfResources offered = {0};
    hf_resources_copy(catalog, &offered, hf_parcel_resources(offer->resources));
    hf_resources_unallocate(catalog, &offered);
    hf_resources_unreserved(catalog, hf_parcel_resources(offer->resources), &marathon->pool);
    hf_driver_accept_begin(driver, &offer->id, 1, hf_time_to_seconds(marathon->config->refuse));
    for (uint32_t a = 0; a < marathon->app_count && marathon->waiting > 0; a++) {
        App *app = &marathon->apps[a];
        if (app->config->residency) {
            fill_residents(marathon, driver, app, offer, &offered);
            continue;
        }
        while (app->first_waiting != NO_INSTANCE && !is_barred(app, offer) &&
               hf_demand_fits(catalog, &app->demand, &marathon->pool, 1) > 0)
            launch(marathon, driver, app, offer);
    }
    if (marathon->tasks.count > 0)
        hf_driver_launch(driver, marathon->tasks.at, marathon->tasks.count);
    hf_driver_accept_end(driver);
    hf_resources_clear(catalog, &offered);
}

static void fill(Marathon *marathon, HfDriver *driver, const HfOfferInfo *offer)
{
    hf_vec_reset(&marathon->tasks);
    if (marathon->has_residents) {
        fill_in_order(marathon, driver, offer);
        return;
    }
    hf_resources_copy(marathon->env.catalog, &marathon->pool,
                      hf_parcel_resources(offer->resources));
    for (uint32_t a = 0; a < marathon->app_count && marathon->waiting > 0; a++) {
        App *app = &marathon->apps[a];
        while (app->first_waiting != NO_INSTANCE) {
            if (is_barred(app, offer)) break;
            if (hf_demand_fits(marathon->env.catalog, &app->demand, &marathon->pool, 1) == 0) break;
            launch(marathon, driver, app, offer);
        }
    }
    if (marathon->tasks.count > 0)
        hf_driver_accept(driver, &offer->id, 1, marathon->tasks.at, marathon->tasks.count,
                         hf_time_to_seconds(marathon->config->refuse));
    else
        hf_vec_push(&marathon->declines, offer->id);
}

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    Marathon *marathon = model;
    int64_t before = marathon->waiting;
    hf_vec_reset(&marathon->declines);
    for (uint32_t i = 0; i < count; i++) fill(marathon, driver, &offers[i]);
    hf_driver_decline(driver, marathon->declines.at, marathon->declines.count,
                      hf_time_to_seconds(marathon->config->refuse));
    if (marathon->waiting != before) hf_driver_note_demand(driver, marathon->waiting);
    if (marathon->waiting > 0 || marathon->is_suppressed) return;
    marathon->is_suppressed = TRUE;
    hf_driver_suppress(driver);
}

/* ---- what becomes of instances ---- */

static HfTime backoff_of(const Marathon *marathon, const App *app)
{
    double seconds = hf_time_to_seconds(marathon->config->backoff);
    double longest = hf_time_to_seconds(marathon->config->max_backoff);
    for (uint32_t i = 1; i < app->failures && seconds < longest; i++)
        seconds *= marathon->config->backoff_factor;
    return hf_time_from_seconds(MIN(seconds, longest));
}

static void on_ended(Marathon *marathon, HfDriver *driver, uint32_t row, HfTaskState state)
{
    Instance *instance = &marathon->instances[row];
    App *app = &marathon->apps[instance->app];
    HfTime now = hf_driver_now(driver);
    hf_map64_remove(&marathon->instance_of, instance->task);
    if (app->config->unique_hosts) hf_map64_remove(&app->hosts, instance->host);
    gboolean lasted =
        instance->phase == RUNNING && now - instance->since > backoff_of(marathon, app);
    instance->ended_at = now;
    if (!instance->is_at_home && !hf_resources_is_empty(&instance->home)) {
        /* What it was to be launched on may not be there; if it is, nobody will ask for it. */
        hf_driver_note_disowned(driver, instance->host, &instance->home);
        hf_resources_clear(marathon->env.catalog, &instance->home);
    }
    if (lasted) app->failures = 0;
    if (state != HF_TASK_FAILED) { /* its agent failed, not the app */
        queue(marathon, driver, row);
        hf_driver_note_demand(driver, marathon->waiting);
        want_offers(marathon, driver);
        return;
    }
    app->failures++;
    instance->phase = DELAYED;
    hf_driver_after(driver, backoff_of(marathon, app), TIMER_BACKOFF, row);
}

static void on_update(void *model, HfDriver *driver, const HfTaskStatus *status)
{
    Marathon *marathon = model;
    uint32_t row = hf_map64_get(&marathon->instance_of, status->task);
    if (row ==
        HF_MAP64_NONE) { /* of a launch that was given up: it must not run beside its successor */
        if (hf_task_state_is_alive(status->state)) hf_driver_kill(driver, status->task);
        return;
    }
    Instance *instance = &marathon->instances[row];
    /* Of an unreachable instance Marathon starts another at once (inactiveAfterSeconds 0). */
    if (!hf_task_state_is_alive(status->state)) {
        on_ended(marathon, driver, row, status->state);
    } else if (status->state == HF_TASK_RUNNING && instance->phase == LAUNCHED) {
        hf_driver_note_waited(driver, status, hf_driver_now(driver) - instance->since);
        instance->phase = RUNNING;
        instance->is_at_home = TRUE;
        instance->since = hf_driver_now(driver);
    }
}

/* What was said last may be lost: ask about every task. */
static void on_resubscribed(void *model, HfDriver *driver)
{
    Marathon *marathon = model;
    HF_VEC(HfDriverTask) asked = {0};
    for (uint32_t i = 0; i < marathon->instance_count; i++)
        if (marathon->instances[i].phase == LAUNCHED || marathon->instances[i].phase == RUNNING)
            hf_vec_push(&asked, (HfDriverTask){marathon->instances[i].task, HF_ROW_NONE});
    hf_driver_reconcile_until_answered(driver, asked.at, asked.count);
    hf_vec_clear(&asked);
    marathon->is_suppressed = marathon->waiting == 0;
    if (marathon->is_suppressed) hf_driver_suppress(driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    Marathon *marathon = model;
    if (kind == TIMER_REVIVE) {
        marathon->is_revive_armed = FALSE;
        if (marathon->waiting > 0) revive(marathon, driver);
        return;
    }
    HF_ASSERT(kind == TIMER_BACKOFF && marathon->instances[arg].phase == DELAYED);
    queue(marathon, driver, (uint32_t)arg);
    hf_driver_note_demand(driver, marathon->waiting);
    want_offers(marathon, driver);
}

static void on_subscribed(void *model, HfDriver *driver)
{
    Marathon *marathon = model;
    marathon->revived_at = hf_driver_now(driver);
    for (uint32_t i = 0; i < marathon->instance_count; i++) queue(marathon, driver, i);
    hf_driver_note_demand(driver, marathon->waiting);
}

/* ---- life ---- */

static void destroy(void *model)
{
    Marathon *marathon = model;
    for (uint32_t a = 0; a < marathon->app_count; a++) hf_map64_clear(&marathon->apps[a].hosts);
    for (uint32_t i = 0; i < marathon->instance_count; i++)
        hf_resources_clear(marathon->env.catalog, &marathon->instances[i].home);
    hf_map64_clear(&marathon->instance_of);
    hf_vec_clear(&marathon->tasks);
    hf_vec_clear(&marathon->declines);
    hf_resources_clear(marathon->env.catalog, &marathon->pool);
    g_free(marathon->apps);
    g_free(marathon->instances);
    g_free(marathon);
}

static void add_instances(Marathon *marathon, uint32_t a)
{
    for (uint32_t k = 0; k < (uint32_t)marathon->apps[a].config->instances; k++) {
        uint32_t row = marathon->instance_count++;
        Instance *instance = &marathon->instances[row];
        instance->app = a;
        instance->host = HF_ROW_NONE;
        instance->ended_at = -1;
        hf_model_stream(&instance->stream, &marathon->env, "marathon-instance", row);
    }
}

static void *create(const HfModelEnv *env, const void *config, GError **error)
{
    Marathon *marathon = g_new0(Marathon, 1);
    marathon->env = *env;
    marathon->config = config;
    marathon->app_count = marathon->config->apps.count;
    marathon->apps = g_new0(App, marathon->app_count + 1);
    uint64_t instances = 0;
    for (uint32_t a = 0; a < marathon->app_count; a++)
        instances += (uint64_t)marathon->config->apps.at[a].instances;
    marathon->instances = g_new0(Instance, instances + 1);
    for (uint32_t a = 0; a < marathon->app_count; a++) {
        App *app = &marathon->apps[a];
        app->config = &marathon->config->apps.at[a];
        app->first_waiting = NO_INSTANCE;
        marathon->has_residents = marathon->has_residents || app->config->residency;
        hf_demand_add(&app->demand, HF_KIND_CPUS, app->config->cpus);
        hf_demand_add(&app->demand, HF_KIND_MEM, app->config->mem);
        hf_demand_add(&app->demand, HF_KIND_DISK, app->config->disk);
        hf_demand_add(&app->demand, HF_KIND_GPUS, app->config->gpus);
        app->demand.ports = (uint32_t)app->config->ports;
        if (app->demand.count == 0 && app->demand.ports == 0) {
            g_set_error(error, HF_MODEL_ERROR, 1,
                        "apps[%u] (%s): an instance must ask for something", a, app->config->id);
            destroy(marathon);
            return NULL;
        }
        add_instances(marathon, a);
    }
    return marathon;
}

static const HfSchedulerOps ops = {.subscribed = on_subscribed,
                                   .offers = on_offers,
                                   .update = on_update,
                                   .resubscribed = on_resubscribed,
                                   .timer = on_timer};

const HfFrameworkModel hf_framework_marathon = {
    .keys =
        {"marathon",
         "Long-running apps, kept at their number of instances, relaunched wherever an offer fits.",
         &marathon_table},
    .ops = &ops,
    .create = create,
    .destroy = destroy,
};
