/* What a service says of itself when a run came to a stop; see control/driver.h, HfWait. */
#include "models/frameworks/service/service.h"

static gboolean is_waiting(const HfNode *node)
{
    return node->phase == HF_PHASE_WANTED || node->phase == HF_PHASE_RESERVING ||
           node->phase == HF_PHASE_SUSPENDED;
}

static gboolean allows(const HfWait *wait, uint32_t host)
{
    const HfService *service = wait->of;
    const HfNodeKind *kind = wait->also;
    return hf_service__allows(service, &service->kinds[kind - service->kinds], host);
}

/* Those of a kind that may go anywhere as one, each that waits for its host by itself. */
void hf_service__waits(const void *model, HfWaitSink sink, void *context)
{
    const HfService *service = model;
    HfResources asks = {0};
    if (service->is_over) return;
    for (uint32_t k = 0; k < service->kind_count; k++) {
        const HfNodeKind *kind = &service->kinds[k];
        uint32_t end = k + 1 < service->kind_count ? kind[1].first : service->node_count;
        HfWait any = {.what = kind->rules.name,
                      .since = HF_TIME_NEVER,
                      .ports = kind->demand.ports,
                      .asks = &asks,
                      .host = HF_ROW_NONE,
                      .is_new = TRUE,
                      .allows = allows,
                      .of = service,
                      .also = kind};
        hf_demand_resources(service->env.catalog, &kind->demand, &asks);
        for (uint32_t row = kind->first; row < end; row++) {
            const HfNode *node = &service->nodes[row];
            if (!is_waiting(node)) continue;
            if (node->phase == HF_PHASE_WANTED) {
                any.tasks++;
                any.since = MIN(any.since, node->since);
                continue;
            }
            HfWait bound = any;
            bound.tasks = 1;
            bound.since = node->since;
            bound.host = node->host;
            sink(context, &bound);
        }
        if (any.tasks > 0) {
            sink(context, &any);
        } else if (kind->missed > 0 && kind->started == 0) {
            any.missed = kind->missed;
            sink(context, &any);
        }
    }
    hf_resources_clear(service->env.catalog, &asks);
}
