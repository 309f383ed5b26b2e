/* Making a service and taking it apart; see service.h. */
#include "base/assert.h"
#include "models/frameworks/service/service.h"

HfService *hf_service__new(const HfModelEnv *env, const HfFrameworkRules *rules, uint32_t kinds)
{
    HfService *service = g_new0(HfService, 1);
    service->env = *env;
    service->rules = *rules;
    service->rack = hf_text_intern(env->catalog, "rack");
    service->kind_count = kinds;
    hf_model_stream(&service->hold, env, "service-hold", 0);
    service->kinds = g_new0(HfNodeKind, kinds + 1);
    service->in_plan = HF_NO_NODE;
    for (uint32_t k = 0; k < kinds; k++) {
        service->kinds[k].job = k + 1;
        service->kinds[k].runs_left = -1;
        service->kinds[k].active_deadline = HF_TIME_NEVER;
        service->kinds[k].readiness_interval = -1;
        service->kinds[k].backoff = service->kinds[k].max_backoff = -1;
        service->kinds[k].first_wanted = service->kinds[k].last_wanted = HF_NO_NODE;
    }
    return service;
}

gboolean hf_service__make_kind(HfService *service, HfNodeKind *kind, GError **error)
{
    const HfNodeRules *rules = &kind->rules;
    hf_demand_add(&kind->demand, HF_KIND_CPUS, rules->cpus);
    hf_demand_add(&kind->demand, HF_KIND_MEM, rules->mem);
    if (rules->place != HF_DATA_MOUNT || kind->volume_count > 0)
        hf_demand_add(&kind->demand, HF_KIND_DISK, rules->disk);
    hf_demand_add(&kind->demand, HF_KIND_GPUS, rules->gpus);
    kind->demand.ports = (uint32_t)rules->ports;
    if (rules->reserve == HF_RESERVE_DISK) {
        hf_demand_add(&kind->loose, HF_KIND_CPUS, rules->cpus);
        hf_demand_add(&kind->loose, HF_KIND_MEM, rules->mem);
        hf_demand_add(&kind->loose, HF_KIND_GPUS, rules->gpus);
        kind->loose.ports = kind->demand.ports;
    }
    if (kind->demand.count == 0 && kind->demand.ports == 0) {
        g_set_error(error, HF_MODEL_ERROR, 1, "an instance must ask for something");
        return FALSE;
    }
    gboolean is_volume = rules->place == HF_DATA_VOLUME || kind->volume_count > 0;
    if (is_volume && service->env.role == HF_ROLE_STAR) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "a volume lies in a reservation, and nobody can reserve for role \"*\": give "
                    "the framework a role");
        return FALSE;
    }
    return hf_possible__check(service, kind, rules->count, error);
}

gboolean hf_service__ready(HfService *service, const char *stream, GError **error)
{
    uint64_t nodes = 0;
    for (uint32_t k = 0; k < service->kind_count; k++)
        nodes += MAX((uint64_t)service->kinds[k].rules.count, service->kinds[k].rows);
    service->nodes = g_new0(HfNode, nodes + 1);
    for (uint32_t k = 0; k < service->kind_count; k++) {
        HfNodeKind *kind = &service->kinds[k];
        if (!hf_service__make_kind(service, kind, error)) {
            g_prefix_error(error, "%s: ", kind->rules.name);
            return FALSE;
        }
        kind->first = service->node_count;
        kind->rows = MAX(kind->rows, (uint32_t)kind->rules.count);
        for (uint32_t i = 0; i < kind->rows; i++) {
            HfNode *node = &service->nodes[service->node_count];
            node->kind = k;
            node->phase = i < kind->rules.count ? HF_PHASE_HELD : HF_PHASE_IDLE;
            node->host = node->ran_on = HF_ROW_NONE;
            node->ended_at = -1;
            hf_model_stream(&node->stream, &service->env, stream, service->node_count++);
        }
        gboolean has_data = kind->rules.data > 0 && kind->rules.place != HF_DATA_NONE;
        gboolean is_empty =
            kind->rules.count == 0 && service->deployments.count == 0 && service->curves.count == 0;
        if (!is_empty && (kind->rules.quorum > 0 || has_data || kind->store != 0))
            kind->data = hf_dataset__new(service, k);
    }
    for (guint32 i = 0; i < service->deployments.count; i++) {
        const HfDeployment *deployment = &service->deployments.at[i];
        if (deployment->next != NULL) continue; /* it was looked at when it was made */
        if (hf_possible__check(service, &service->kinds[deployment->kind], deployment->expected,
                               error))
            continue;
        g_prefix_error(error, "deployments[%u]: ", deployment->number);
        return FALSE;
    }
    return TRUE;
}

void hf_service__destroy(void *model)
{
    HfService *service = model;
    HfCatalog *catalog = service->env.catalog;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        hf_map64_clear(&service->kinds[k].on_host);
        hf_map64_clear(&service->kinds[k].on_rack);
        hf_vec_clear(&service->kinds[k].parents);
        hf_vec_clear(&service->kinds[k].parents_done);
        if (service->kinds[k].times != NULL) g_time_zone_unref(service->kinds[k].times->zone);
        g_free(service->kinds[k].times);
        hf_constraints__clear(&service->kinds[k].constraints);
        hf_resources_clear(catalog, &service->kinds[k].fixed);
        hf_dataset__free(service->kinds[k].data);
        g_free(service->kinds[k].parts);
        hf_vec_clear(&service->kinds[k].checks);
    }
    for (uint32_t i = 0; i < service->node_count; i++)
        hf_resources_clear(catalog, &service->nodes[i].home);
    for (guint32 i = 0; i < service->deployments.count; i++) {
        HfNodeKind *next = service->deployments.at[i].next;
        if (next == NULL) continue;
        hf_constraints__clear(&next->constraints);
        hf_resources_clear(catalog, &next->fixed);
        g_free(next->parts);
        hf_vec_clear(&next->checks);
        g_free(next);
    }
    hf_vec_clear(&service->deployments);
    hf_vec_clear(&service->curves);
    hf_vec_clear(&service->active);
    hf_vec_clear(&service->plan);
    hf_vec_clear(&service->tasks);
    hf_vec_clear(&service->declines);
    hf_map64_clear(&service->task_nodes);
    hf_map64_clear(&service->host_lists);
    hf_map64_clear(&service->stray_stacks);
    hf_map64_clear(&service->truth_nodes);
    hf_map64_clear(&service->absent_rows);
    hf_map64_clear(&service->twins);
    hf_held__drop_all(service);
    hf_vec_clear(&service->held);
    hf_vec_clear(&service->absent);
    hf_resources_clear(catalog, &service->offered);
    hf_resources_clear(catalog, &service->pool);
    g_free(service->kinds);
    g_free(service->nodes);
    g_free(service);
}

HfModelDefaults hf_service__defaults(const void *model)
{
    const HfService *service = model;
    return (HfModelDefaults){.failover_timeout = service->rules.failover_timeout,
                             .checkpoint = service->rules.checkpoint != 0};
}
