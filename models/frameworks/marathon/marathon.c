/*
 * The marathon model: long-running apps with a number of instances each; an instance that ends, for
 * whatever reason, is started again, wherever an offer fits. Each app is a kind of instances of the
 * service engine (service/service.h); here is how apps, of the scenario (config.h) and of
 * Marathon's own files (app_json.h), become that. What is to be done with them is in deployments.c.
 */
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/frameworks.h"
#include "models/frameworks/marathon/marathon_internal.h"
#include "models/frameworks/marathon/pod_json.h"

/* ---- as a service ---- */

static HfNodeRules rules_of(const HfModelEnv *env, const HfMarathonConfig *config, uint32_t a)
{
    const HfAppConfig *app = &config->apps.at[a];
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
        rules.gives_up_lost = app->task_lost == HF_LOST_RELAUNCH;
        rules.cleaning = rules.gives_up_lost ? HF_CLEAN_WHEN_OFFERED : HF_CLEAN_NEVER;
    }
    return rules;
}

/* A health check of an app or of a container. All in seconds. */
static void add_check(HfNodeKind *kind, int64_t delay, int64_t interval, int64_t grace,
                      int64_t failures)
{
    hf_vec_push(&kind->checks, (HfHealthCheck){.delay = delay * HF_NS_PER_SECOND,
                                               .interval = interval * HF_NS_PER_SECOND,
                                               .grace = grace * HF_NS_PER_SECOND,
                                               .failures = failures});
}

/* What is done about an instance out of reach unless its app says something else. */
static void add_default_strategy(const HfModelEnv *env, const HfMarathonConfig *config,
                                 HfNodeKind *kind)
{
    static const struct {
        int64_t inactive, expunge; /* s */
    } times[] = {[HF_UNREACHABLE_AT_ONCE] = {0, 0},
                 [HF_UNREACHABLE_PATIENT] = {300, 600},
                 [HF_UNREACHABLE_EXPUNGE] = {75, 75},
                 [HF_UNREACHABLE_DAY] = {24 * 3600, 24 * 3600}};
    int of_era = env->era == HF_ERA_1_4 ? HF_UNREACHABLE_PATIENT : HF_UNREACHABLE_AT_ONCE;
    int which = config->unreachable >= 0 ? config->unreachable : of_era;
    kind->inactive_after = times[which].inactive * HF_NS_PER_SECOND;
    kind->expunge_after = times[which].expunge * HF_NS_PER_SECOND;
}

static void fill_inline(const HfModelEnv *env, const HfMarathonConfig *config, uint32_t a,
                        HfNodeKind *kind)
{
    kind->rules = rules_of(env, config, a);
    gboolean is_tied = kind->rules.identity != HF_IDENTITY_NONE; /* Marathon's defaults */
    kind->most_over = is_tied ? 0 : 1;
    kind->least_healthy = is_tied ? 0.5 : 1;
    add_default_strategy(env, config, kind);
}

/* ---- Marathon's own apps ---- */

static HfNodeRules rules_of_json(const HfModelEnv *env, const HfMarathonConfig *config,
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

static gboolean add_volume(const HfAppPersistent *volume, HfNodeKind *kind, GError **error)
{
    static const HfDiskSource sources[] = {[HF_APP_VOLUME_ROOT] = HF_DISK_ROOT,
                                           [HF_APP_VOLUME_PATH] = HF_DISK_PATH,
                                           [HF_APP_VOLUME_MOUNT] = HF_DISK_MOUNT};
    if (kind->volume_count == HF_VOLUMES_MAX) {
        g_set_error(error, HF_MODEL_ERROR, 1, "%s: more than %d persistent volumes",
                    kind->rules.name, HF_VOLUMES_MAX);
        return FALSE;
    }
    kind->volumes[kind->volume_count++] = (HfVolumeRules){.source = sources[volume->type],
                                                          .size = volume->size * 1000,
                                                          .most = volume->max_size * 1000};
    return TRUE;
}

static gboolean add_volumes(const HfAppJson *json, HfNodeKind *kind, GError **error)
{
    for (uint32_t v = 0; v < json->container.volumes.count; v++) {
        const HfAppVolume *volume = &json->container.volumes.at[v];
        if (volume->is_persistent && !add_volume(&volume->persistent, kind, error)) return FALSE;
    }
    return TRUE;
}

static gboolean add_roles(const HfModelEnv *env, const char *const *roles, HfNodeKind *kind,
                          GError **error)
{
    gboolean has_star = FALSE, has_role = FALSE;
    const char *own = hf_role_path(env->catalog, env->role);
    for (const char *const *role = roles; role != NULL && *role != NULL; role++) {
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
    if (roles == NULL || (has_star && has_role)) return TRUE;
    kind->accepts = has_star ? HF_ACCEPTS_UNRESERVED : HF_ACCEPTS_RESERVED;
    return TRUE;
}

static void add_ports(const HfModelEnv *env, const HfApp *app, HfNodeKind *kind)
{
    g_autoptr(GArray) fixed = g_array_new(FALSE, FALSE, sizeof(int64_t));
    kind->rules.ports =
        app->pod != NULL ? hf_pod__ports(app->pod, fixed) : hf_app__ports(app->json, fixed);
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

static void add_unreachable(const HfAppUnreachable *strategy, HfNodeKind *kind)
{
    kind->inactive_after =
        strategy->is_disabled ? HF_FOR_EVER : strategy->inactive * HF_NS_PER_SECOND;
    kind->expunge_after =
        strategy->is_disabled ? HF_FOR_EVER : strategy->expunge * HF_NS_PER_SECOND;
}

static void add_strategies(const HfAppJson *json, HfNodeKind *kind)
{
    gboolean is_tied = hf_app__is_resident(json) || hf_app__is_external(json);
    kind->kills_oldest = json->kills_oldest;
    kind->most_over = json->has_upgrade ? json->upgrade.most_over : is_tied ? 0 : 1;
    kind->least_healthy = json->has_upgrade ? json->upgrade.least_healthy : is_tied ? 0.5 : 1;
    for (uint32_t i = 0; i < json->health.count; i++) {
        const HfAppHealthCheck *check = &json->health.at[i];
        add_check(kind, check->delay, check->interval, check->grace, check->failures);
    }
    if (json->readiness.count > 0)
        kind->readiness_interval = json->readiness.at[0].interval * HF_NS_PER_SECOND;
    if (json->backoff >= 0) kind->backoff = json->backoff * HF_NS_PER_SECOND;
    if (json->max_backoff >= 0) kind->max_backoff = json->max_backoff * HF_NS_PER_SECOND;
    if (json->backoff_factor >= 0) kind->backoff_factor = json->backoff_factor;
    if (json->has_unreachable) add_unreachable(&json->unreachable, kind);
}

static void add_constraint(const HfModelEnv *env, const HfAppConstraint *at, HfNodeKind *kind)
{
    HfConstraintOp op;
    int part;
    g_autofree char *why = hf_constraints__refusal(at->field, at->op, at->value, &op, &part);
    HF_ASSERT(why == NULL); /* the file was checked */
    hf_constraints__add(&kind->constraints, env->catalog, at->field, op, at->value);
}

/* ---- Marathon's pods ---- */

/* All that an instance asks for, but its volumes and ports, which are added as those of an app. */
static HfNodeRules rules_of_pod(const HfModelEnv *env, const HfMarathonConfig *config,
                                const HfApp *app)
{
    const HfPodJson *json = app->pod;
    HfNodeRules rules = {.name = hf_text(env->catalog, hf_text_intern(env->catalog, app->id)),
                         .count = json->scaling.instances,
                         .cpus = json->executor.cpus,
                         .mem = json->executor.mem,
                         .disk = json->executor.disk,
                         .copy_after = HF_FOR_EVER,
                         .parts = 1};
    for (uint32_t c = 0; c < json->containers.count; c++) {
        const HfPodResources *asks = &json->containers.at[c].resources;
        rules.cpus += asks->cpus;
        rules.mem += asks->mem;
        rules.disk += asks->disk;
        rules.gpus += asks->gpus;
    }
    if (!hf_pod__is_resident(json)) return rules;
    rules.place = HF_DATA_VOLUME;
    rules.identity = HF_IDENTITY_RESERVATION;
    rules.same_wait = HF_FOR_EVER;
    rules.reserve_wait = config->reserve_wait;
    return rules;
}

static void add_parts(const HfModelEnv *env, const HfPodJson *json, HfNodeKind *kind)
{
    kind->part_count = json->containers.count;
    kind->parts = g_new0(HfPodPart, kind->part_count);
    kind->holder = hf_pod__holder(json);
    for (uint32_t c = 0; c < json->containers.count; c++) {
        const HfPodContainer *container = &json->containers.at[c];
        HfPodPart *part = &kind->parts[c];
        part->ends = HF_TASK_FAILED;
        part->has_kill_grace = container->lifecycle.has_kill_grace;
        if (part->has_kill_grace)
            part->kill_grace = hf_time_from_seconds(container->lifecycle.kill_grace);
        part->name = hf_text(env->catalog, hf_text_intern(env->catalog, container->name));
        hf_demand_add(&part->demand, HF_KIND_CPUS, container->resources.cpus);
        hf_demand_add(&part->demand, HF_KIND_MEM, container->resources.mem);
        hf_demand_add(&part->demand, HF_KIND_DISK, container->resources.disk);
        hf_demand_add(&part->demand, HF_KIND_GPUS, container->resources.gpus);
        if (!container->has_health) continue;
        const HfPodHealthCheck *check = &container->health;
        add_check(kind, check->delay, check->interval, check->grace, check->failures);
    }
}

static void add_scheduling(const HfPodJson *json, HfNodeKind *kind)
{
    const HfPodScheduling *scheduling = &json->scheduling;
    gboolean is_tied = hf_pod__is_resident(json);
    kind->kills_oldest = scheduling->kills_oldest;
    kind->most_over = scheduling->has_upgrade ? scheduling->upgrade.most_over : is_tied ? 0 : 1;
    kind->least_healthy = scheduling->has_upgrade ? scheduling->upgrade.least_healthy
                          : is_tied               ? 0.5
                                                  : 1;
    if (scheduling->has_backoff) {
        kind->backoff = hf_time_from_seconds(scheduling->backoff.backoff);
        kind->max_backoff = hf_time_from_seconds(scheduling->backoff.longest);
        kind->backoff_factor = scheduling->backoff.factor;
    }
    if (scheduling->has_unreachable) add_unreachable(&scheduling->unreachable, kind);
}

static gboolean fill_pod(const HfModelEnv *env, const HfMarathonConfig *config, const HfApp *app,
                         HfNodeKind *kind, GError **error)
{
    const HfPodJson *json = app->pod;
    const HfPodPlacement *placement = &json->scheduling.placement;
    kind->rules = rules_of_pod(env, config, app);
    add_ports(env, app, kind);
    add_default_strategy(env, config, kind);
    add_parts(env, json, kind);
    add_scheduling(json, kind);
    for (uint32_t c = 0; c < placement->constraints.count; c++)
        add_constraint(env, &placement->constraints.at[c], kind);
    if (!hf_era_check(env->era, HF_RULE_TASK_GROUPS, error)) {
        g_prefix_error(error, "%s: ", kind->rules.name);
        return FALSE;
    }
    for (uint32_t v = 0; v < json->volumes.count; v++)
        if (json->volumes.at[v].is_persistent &&
            !add_volume(&json->volumes.at[v].persistent, kind, error))
            return FALSE;
    const char *const *roles = (const char *const *)placement->roles;
    return add_roles(env, roles != NULL && roles[0] != NULL ? roles : NULL, kind, error);
}

/* What the entry says of single containers. */
static gboolean add_lifetimes(const HfAppConfig *app, HfNodeKind *from, const HfNodeKind *to,
                              GError **error)
{
    for (uint32_t i = 0; i < app->containers.count; i++) {
        gboolean is_found = FALSE;
        for (HfNodeKind *kind = from; kind < to; kind++)
            for (uint32_t p = 0; p < kind->part_count; p++) {
                if (strcmp(kind->parts[p].name, app->containers.at[i].name) != 0) continue;
                kind->parts[p].lifetime = app->containers.at[i].lifetime;
                kind->parts[p].ends = (HfTaskState)app->containers.at[i].ends;
                is_found = TRUE;
            }
        if (is_found) continue;
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "containers[%u]: no pod of the file has one of that "
                    "name",
                    i);
        return FALSE;
    }
    return TRUE;
}

gboolean hf_marathon__fill_kind(const HfModelEnv *env, const HfMarathonConfig *config,
                                const HfApp *app, HfNodeKind *kind, GError **error)
{
    if (app->pod != NULL) return fill_pod(env, config, app, kind, error);
    const HfAppJson *json = app->json;
    kind->rules = rules_of_json(env, config, app);
    add_ports(env, app, kind);
    add_default_strategy(env, config, kind);
    add_strategies(json, kind);
    kind->has_kill_grace = json->kill_grace != HF_APP_DEFAULT;
    if (kind->has_kill_grace) kind->kill_grace = json->kill_grace * HF_NS_PER_SECOND;
    for (uint32_t c = 0; c < json->constraints.count; c++)
        add_constraint(env, &json->constraints.at[c], kind);
    if (kind->rules.place == HF_DATA_VOLUME &&
        !hf_era_check(env->era, HF_RULE_PERSISTENT_VOLUMES, error)) {
        g_prefix_error(error, "%s: ", kind->rules.name);
        return FALSE;
    }
    return add_volumes(json, kind, error) &&
           add_roles(env, (const char *const *)json->roles, kind, error);
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

/* Who provides the external volumes of an entry's apps, kinds `from` to `to`. */
static gboolean add_store(const HfModelEnv *env, const HfAppConfig *app, HfNodeKind *from,
                          const HfNodeKind *to, GError **error)
{
    gboolean is_used = FALSE;
    if (app->store == NULL) return TRUE;
    for (HfNodeKind *kind = from; kind < to; kind++) {
        if (kind->rules.place != HF_DATA_EXTERNAL) continue;
        kind->store = hf_world_store_find(env->world, app->store) + 1;
        HF_ASSERT(kind->store != 0); /* the scenario was checked */
        is_used = TRUE;
    }
    if (!is_used)
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "store: it provides external volumes, and none of the apps has one");
    return is_used;
}

static gboolean fill_kinds(HfService *service, const HfMarathonConfig *config,
                           const GPtrArray *files, GError **error)
{
    HfNodeKind *kind = service->kinds;
    for (uint32_t a = 0; a < config->apps.count; a++) {
        const GPtrArray *apps = files->pdata[a];
        HfNodeKind *first = kind;
        for (uint32_t i = 0; i < (apps != NULL ? apps->len : 1); i++, kind++) {
            kind->lifetime = config->apps.at[a].lifetime;
            kind->usage = config->apps.at[a].usage;
            kind->writes = config->apps.at[a].writes;
            kind->startup = config->apps.at[a].startup;
            kind->unhealthy_after = config->apps.at[a].unhealthy_after;
            kind->unhealthy_for = config->apps.at[a].unhealthy_for;
            if (apps == NULL)
                fill_inline(&service->env, config, a, kind);
            else if (!hf_marathon__fill_kind(&service->env, config, apps->pdata[i], kind, error))
                return FALSE;
        }
        if (!add_store(&service->env, &config->apps.at[a], first, kind, error) ||
            !add_lifetimes(&config->apps.at[a], first, kind, error)) {
            g_prefix_error(error, "apps[%u]: ", a);
            return FALSE;
        }
    }
    return TRUE;
}

/* An app is deployed after those that it depends on, of all files together. */
static void order_kinds(HfService *service, const GPtrArray *files)
{
    g_autoptr(GPtrArray) all = hf_marathon__all(files);
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

/* ---- the framework ---- */

static HfTime limit_of(HfTime given)
{
    return given == HF_NO_LIMIT ? HF_TIME_NEVER : given;
}

static void *create(const HfModelEnv *env, const void *given, GError **error)
{
    const HfMarathonConfig *config = given;
    HfFrameworkRules rules = {.refuse = config->refuse,
                              .refuse_idle = config->refuse,
                              .suppress = TRUE,
                              .min_revive = config->min_revive,
                              .backoff = config->backoff,
                              .max_backoff = config->max_backoff,
                              .backoff_factor = config->backoff_factor,
                              .forget = config->forget,
                              .launch_limit = limit_of(config->launch_limit),
                              .confirm_limit = limit_of(config->confirm_limit)};
    GPtrArray *files = hf_marathon__read(config);
    HfService *service = hf_service__new(env, &rules, count_kinds(files));
    gboolean is_good = fill_kinds(service, config, files, error);
    if (is_good) order_kinds(service, files);
    is_good = is_good && hf_marathon__add_deployments(service, config, files, error) &&
              hf_service__ready(service, "marathon-instance", error);
    hf_marathon__free(files);
    if (is_good) return service;
    hf_service__destroy(service);
    return NULL;
}

const HfFrameworkModel hf_framework_marathon = {
    .keys =
        {"marathon",
         "Long-running apps, kept at their number of instances, relaunched wherever an offer fits.",
         &hf_marathon_table},
    .ops = &hf_service__ops,
    .create = create,
    .destroy = hf_service__destroy,
    .data = &hf_service__data_ops,
};
