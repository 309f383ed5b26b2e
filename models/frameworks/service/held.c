/*
 * Offers that a scheduler keeps though it has no use for them, as Aurora does, so that what is
 * wanted next is launched at once and others wait meanwhile (AURORA-313); and offers that kill it,
 * as those do that have two resources of one name to Crate's (Resources.java takes the only
 * element).
 */
#include "base/assert.h"
#include "models/frameworks/service/data_internal.h"

static void forget(HfService *service, guint32 i)
{
    hf_parcel_drop(service->env.catalog, &service->held.at[i].offer.resources);
    hf_vec_remove(&service->held, i);
}

static guint32 find(const HfService *service, uint64_t offer)
{
    guint32 i = 0;
    while (i < service->held.count && service->held.at[i].offer.id != offer) i++;
    return i;
}

gboolean hf_held__keep(HfService *service, HfDriver *driver, const HfOfferInfo *offer)
{
    const HfFrameworkRules *rules = &service->rules;
    if (rules->hold == 0 || service->is_leaving) return FALSE;
    double also = hf_time_to_seconds(rules->hold_also) * hf_stream_uniform(&service->hold);
    HfHeld held = {*offer};
    held.offer.resources = hf_parcel_ref(offer->resources);
    hf_vec_push(&service->held, held);
    hf_driver_after(driver, hf_time_add(rules->hold, hf_time_from_seconds(also)),
                    HF_SERVICE_TIMER_HOLD, offer->id);
    return TRUE;
}

void hf_held__use(HfService *service, HfDriver *driver)
{
    for (guint32 i = 0; i < service->held.count;) {
        if (hf_service__fill(service, driver, &service->held.at[i].offer))
            forget(service, i);
        else
            i++;
    }
    hf_service__note_waiting(service, driver);
}

void hf_held__on_time(HfService *service, HfDriver *driver, uint64_t offer)
{
    guint32 i = find(service, offer);
    if (i == service->held.count) return;
    forget(service, i);
    hf_driver_decline(driver, &offer, 1, hf_time_to_seconds(service->rules.refuse));
}

void hf_held__on_rescind(void *model, HfDriver *driver, uint64_t offer)
{
    HfService *service = model;
    guint32 i = find(service, offer);
    if (i < service->held.count) forget(service, i);
}

void hf_held__drop_all(HfService *service)
{
    while (service->held.count > 0) forget(service, service->held.count - 1);
}

gboolean hf_held__is_deadly(HfService *service, const HfOfferInfo *offer)
{
    const HfResources *offered = hf_parcel_resources(offer->resources);
    uint32_t seen[2] = {0, 0};
    if (service->rules.dies_for == 0) return FALSE;
    for (uint32_t i = 0; i < hf_resources_count(offered); i++) {
        HfKindId kind = hf_resources_at(offered, i)->kind;
        if (kind == HF_KIND_CPUS) seen[0]++;
        if (kind == HF_KIND_MEM) seen[1]++;
    }
    if (seen[0] < 2 && seen[1] < 2) return FALSE;
    service->is_dying = TRUE; /* once it is out of its callback */
    hf_world_data_after(service->env.world, service->env.row, 0, HF_DATA_TIMER_RESTART, 0);
    return TRUE;
}

void hf_held__on_death(HfService *service, gboolean is_over)
{
    const HfModelEnv *env = &service->env;
    if (is_over)
        hf_world_scheduler_start(env->world, env->row);
    else if (hf_world_scheduler_stop(env->world, env->row))
        hf_world_data_after(env->world, env->row, service->rules.dies_for, HF_DATA_TIMER_RESTART,
                            1);
}
