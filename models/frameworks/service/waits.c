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

static gboolean fits(const HfWait *wait, const HfResources *resources)
{
    const HfService *service = wait->of;
    return hf_service__would_launch(service, wait->also, NULL, resources);
}

static gboolean fits_at_home(const HfWait *wait, const HfResources *resources)
{
    const HfService *service = wait->of;
    const HfNode *node = wait->also;
    return hf_service__would_launch(service, &service->kinds[node->kind], node, resources);
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
                      .allows = allows,
                      .fits = fits,
                      .of = service,
                      .also = kind};
        hf_demand_resources(service->env.catalog, &kind->demand, &asks);
        for (uint32_t row = kind->first; row < end; row++) {
            const HfNode *node = &service->nodes[row];
            if (!is_waiting(node)) continue;
            if (node->phase == HF_PHASE_WANTED) {
                any.tasks++;
                any.in_vain += node->in_vain;
                any.since = MIN(any.since, node->since);
                continue;
            }
            HfWait bound = any;
            bound.tasks = 1;
            bound.in_vain = node->in_vain;
            bound.since = node->since;
            bound.host = node->host;
            bound.is_reserving = node->phase == HF_PHASE_RESERVING;
            bound.kept = hf_resources_is_empty(&node->home) ? NULL : &node->home;
            bound.fits = fits_at_home;
            bound.also = node;
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

void hf_service__unheard(const void *model, HfUnheardSink sink, void *context)
{
    const HfService *service = model;
    for (uint32_t row = 0; row < service->node_count && !service->is_over; row++) {
        const HfNode *node = &service->nodes[row];
        if (node->phase != HF_PHASE_LAUNCHED) continue;
        sink(context, &(HfUnheard){.what = service->kinds[node->kind].rules.name,
                                   .task = node->task,
                                   .since = node->since});
    }
}
