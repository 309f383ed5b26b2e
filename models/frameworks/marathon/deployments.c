/*
 * What is to be done with apps while they run, as the scenario says: deployments of single apps and
 * of groups, and curves of demand; and rows for as many instances as there may be then. Carried out
 * by service/deploy.c and service/curve.c.
 */
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/marathon/marathon_internal.h"

#define INSTANCES_MOST INT64_C(10000000) /* as of key instances */

/* The kind of an app, by its id as it was written or absolute; HF_MAP64_NONE = there is none. */
static uint32_t kind_of(const HfMarathonConfig *config, const GPtrArray *files, const char *id)
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
    if ((kind->part_count > 0) != (next->part_count > 0))
        return "an app cannot become a pod, nor a pod an app";
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

static gboolean add_upgrade(HfService *service, const HfMarathonConfig *config, const HfApp *app,
                            HfDeployment *deployment, GError **error)
{
    HfNodeKind *kind = &service->kinds[deployment->kind], *next = g_new0(HfNodeKind, 1);
    deployment->next = next; /* freed with the service */
    next->readiness_interval = next->backoff = next->max_backoff = -1;
    if (!hf_marathon__fill_kind(&service->env, config, app, next, error)) return FALSE;
    const char *refusal = upgrade_refusal(kind, next);
    if (refusal != NULL) {
        g_set_error(error, HF_MODEL_ERROR, 1, "%s", refusal);
        return FALSE;
    }
    deployment->scale = next->rules.count;
    for (uint32_t i = 0; i < next->part_count; i++) /* what the scenario says of them stays so */
        for (uint32_t k = 0; k < kind->part_count; k++)
            if (strcmp(next->parts[i].name, kind->parts[k].name) == 0) {
                next->parts[i].lifetime = kind->parts[k].lifetime;
                next->parts[i].ends = kind->parts[k].ends;
            }
    return hf_service__make_kind(service, next, error);
}

/* One app of a deployment; `app`: what it becomes, NULL = it is not upgraded. */
static gboolean add_one(HfService *service, const HfMarathonConfig *config, const GPtrArray *files,
                        uint32_t number, const char *id, const HfApp *app, GError **error)
{
    const HfDeploymentConfig *given = &config->deployments.at[number];
    HfDeployment deployment = {.at = given->at,
                               .number = number,
                               .kind = kind_of(config, files, id),
                               .scale = given->scale,
                               .scale_by = given->scale_by,
                               .restart = given->restart || app != NULL,
                               .force = given->force};
    deployment.app = hf_text(service->env.catalog, hf_text_intern(service->env.catalog, id));
    if (deployment.kind == HF_MAP64_NONE) {
        g_set_error(error, HF_MODEL_ERROR, 1, "there is no app %s", id);
        return FALSE;
    }
    const HfNodeRules *rules = &service->kinds[deployment.kind].rules;
    hf_vec_push(&service->deployments, deployment);
    HfDeployment *added = hf_vec_last(&service->deployments);
    if (app != NULL && !add_upgrade(service, config, app, added, error)) return FALSE;
    if (rules->place == HF_DATA_EXTERNAL &&
        (added->scale > 1 || hf_deploy__times(rules->count, given->scale_by) > 1)) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "an app with an external volume has at most one instance");
        return FALSE;
    }
    return TRUE;
}

/* The rows from `head` on are one batch, those first that others depend on. */
static void tie_batch(HfService *service, uint32_t head)
{
    HfDeployment *at = service->deployments.at;
    uint32_t end = service->deployments.count;
    for (uint32_t i = head + 1; i < end; i++) {
        HfDeployment one = at[i];
        uint32_t level = service->kinds[one.kind].level, j = i;
        for (; j > head && service->kinds[at[j - 1].kind].level > level; j--) at[j] = at[j - 1];
        at[j] = one;
    }
    for (uint32_t i = head; i < end; i++) {
        at[i].head = head;
        at[i].end = end;
    }
}

static gboolean add_group(HfService *service, const HfMarathonConfig *config,
                          const GPtrArray *files, uint32_t number, GError **error)
{
    g_autofree char *path = hf_app__absolute("", config->deployments.at[number].group);
    g_autofree char *prefix =
        g_str_has_suffix(path, "/") ? g_strdup(path) : g_strconcat(path, "/", NULL);
    uint32_t before = service->deployments.count;
    for (guint f = 0; f < files->len; f++) {
        const GPtrArray *apps = files->pdata[f];
        for (guint i = 0; i < (apps != NULL ? apps->len : 1); i++) {
            const char *id =
                apps != NULL ? ((const HfApp *)apps->pdata[i])->id : config->apps.at[f].id;
            if (g_str_has_prefix(id, prefix) &&
                !add_one(service, config, files, number, id, NULL, error))
                return FALSE;
        }
    }
    if (service->deployments.count > before) return TRUE;
    g_set_error(error, HF_MODEL_ERROR, 1, "there is no app in a group %s", path);
    return FALSE;
}

static gboolean add_file(HfService *service, const HfMarathonConfig *config, const GPtrArray *files,
                         uint32_t number, GError **error)
{
    const char *path = NULL;
    g_autofree char *why = NULL;
    g_autoptr(GPtrArray) apps =
        hf_apps__of(config->deployments.at[number].upgrade.record, &path, &why);
    HF_ASSERT(apps != NULL); /* the file was checked */
    for (guint i = 0; i < apps->len; i++) {
        const HfApp *app = apps->pdata[i];
        if (!add_one(service, config, files, number, app->id, app, error)) return FALSE;
    }
    return TRUE;
}

static gboolean add_deployment(HfService *service, const HfMarathonConfig *config,
                               const GPtrArray *files, uint32_t number, GError **error)
{
    const HfDeploymentConfig *given = &config->deployments.at[number];
    uint32_t head = service->deployments.count;
    gboolean is_good =
        given->upgrade.record != NULL ? add_file(service, config, files, number, error)
        : given->group != NULL        ? add_group(service, config, files, number, error)
                               : add_one(service, config, files, number, given->app, NULL, error);
    if (is_good) tie_batch(service, head);
    return is_good;
}

static gboolean add_curve(HfService *service, const HfMarathonConfig *config,
                          const GPtrArray *files, uint32_t i, GError **error)
{
    const HfCurveConfig *given = &config->demand.at[i];
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

/*
 * How many instances each deployment makes of what those before it left, in order of their times;
 * and rows for the most that may be there at once, those that are being killed among them. A curve
 * may be anywhere when a deployment counts from it.
 */
static gboolean make_room(HfService *service, GError **error)
{
    uint32_t count = service->deployments.count;
    g_autofree int64_t *is_to_be = g_new0(int64_t, service->kind_count + 1);
    g_autofree int64_t *most = g_new0(int64_t, service->kind_count + 1);
    for (uint32_t k = 0; k < service->kind_count; k++)
        is_to_be[k] = most[k] = service->kinds[k].rules.count;
    for (guint32 i = 0; i < service->curves.count; i++)
        most[service->curves.at[i].kind] =
            MAX(most[service->curves.at[i].kind], service->curves.at[i].most);
    HfTime at = -1;
    for (uint32_t done = 0; done < count;) {
        HfTime next = HF_TIME_NEVER;
        for (uint32_t i = 0; i < count; i++)
            if (service->deployments.at[i].at > at) next = MIN(next, service->deployments.at[i].at);
        at = next;
        for (uint32_t i = 0; i < count; i++) {
            HfDeployment *deployment = &service->deployments.at[i];
            if (deployment->at != at) continue;
            uint32_t k = deployment->kind;
            double by = deployment->scale_by;
            done++;
            if (deployment->scale >= 0) is_to_be[k] = deployment->scale;
            if (by > 0) is_to_be[k] = hf_deploy__times(is_to_be[k], by);
            deployment->expected = is_to_be[k];
            most[k] = MAX(most[k], deployment->scale);
            if (by > 1) most[k] = hf_deploy__times(most[k], by);
            if (most[k] <= INSTANCES_MOST) continue;
            g_set_error(error, HF_MODEL_ERROR, 1,
                        "deployments[%u]: %s would have more than %" G_GINT64_FORMAT " instances",
                        deployment->number, deployment->app, INSTANCES_MOST);
            return FALSE;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        HfNodeKind *kind = &service->kinds[service->deployments.at[i].kind];
        int64_t rows = most[service->deployments.at[i].kind];
        if (kind->rules.place != HF_DATA_EXTERNAL) rows = 2 * rows + 1;
        kind->rows = MAX(kind->rows, (uint32_t)rows);
    }
    return TRUE;
}

gboolean hf_marathon__add_deployments(HfService *service, const HfMarathonConfig *config,
                                      const GPtrArray *files, GError **error)
{
    for (uint32_t i = 0; i < config->deployments.count; i++) {
        if (add_deployment(service, config, files, i, error)) continue;
        g_prefix_error(error, "deployments[%u]: ", i);
        return FALSE;
    }
    for (uint32_t i = 0; i < config->demand.count; i++)
        if (!add_curve(service, config, files, i, error)) return FALSE;
    return make_room(service, error);
}
