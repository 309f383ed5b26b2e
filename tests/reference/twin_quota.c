/* What roles consume, and what quota holds back; see twin.h. Source: MESOS.md 3.1, 3.4 R1. */
#include "reference/twin_internal.h"

static void add_selected(const HfTwin *twin, const HfResources *from, uint32_t mask, uint32_t want,
                         HfQuantities *out)
{
    HfResources part = {0};
    hf_resources_select(twin->catalog, from, mask, want, &part);
    hf_resources_scalar_quantities(twin->catalog, &part, out);
    hf_resources_clear(twin->catalog, &part);
}

void hf_twin__reserved(const HfTwin *twin, HfRoleId role, HfQuantities *out)
{
    for (guint a = 0; a < twin->agents->len; a++) {
        if (!HF_TWIN_AGENT(twin, a)->is_known) continue;
        const HfResources *total = &HF_TWIN_AGENT(twin, a)->total;
        for (uint32_t i = 0; i < hf_resources_count(total); i++) {
            const HfResource *entry = hf_resources_at(total, i);
            HfRoleId reserved = hf_meta_reservation_role(twin->catalog, entry->meta);
            if (reserved != HF_ROLE_STAR && hf_twin__is_within(twin, reserved, role) &&
                hf_kind_type(twin->catalog, entry->kind) == HF_TYPE_SCALAR)
                hf_quantities_add_one(out, twin->catalog->kind[entry->kind].quantity, entry->milli);
        }
    }
}

void hf_twin__launched(const HfTwin *twin, HfRoleId role, HfQuantities *out)
{
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources part = {0};
        const HfResources *launched = &HF_TWIN_AGENT(twin, a)->launched;
        for (uint32_t i = 0; i < hf_resources_count(launched); i++) {
            const HfResource *entry = hf_resources_at(launched, i);
            if (hf_twin__is_within(twin, hf_meta_allocation_role(twin->catalog, entry->meta), role))
                hf_resources_add_one(twin->catalog, &part, entry);
        }
        add_selected(twin, &part, HF_META_RESERVED | HF_META_REVOCABLE, 0, out);
        hf_resources_clear(twin->catalog, &part);
    }
}

/* What a role and those below it hold (HF_ROLE_NONE: all), as far as its flags under `mask` are
 * `want`; of each agent and role a shared volume counts once. */
static void sum_held(const HfTwin *twin, HfRoleId role, uint32_t mask, uint32_t want,
                     HfQuantities *out)
{
    HfCatalog *catalog = twin->catalog;
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources all = {0}, part = {0};
        for (guint h = 0; h < twin->held->len; h++) {
            const HfTwinHeld *held = HF_TWIN_HELD(twin, h);
            if (held->agent != a || !held->is_counted) continue;
            if (role != HF_ROLE_NONE && !hf_twin__is_within(twin, held->role, role)) continue;
            hf_resources_copy(catalog, &part, &held->resources);
            hf_resources_allocate(catalog, &part, held->role);
            hf_resources_add(catalog, &all, &part);
        }
        add_selected(twin, &all, mask, want, out);
        hf_resources_clear(catalog, &all);
        hf_resources_clear(catalog, &part);
    }
}

void hf_twin__used(const HfTwin *twin, HfRoleId role, HfQuantities *out)
{
    sum_held(twin, role, HF_META_RESERVED | HF_META_REVOCABLE, 0, out);
}

/* total - held - idle reservations - idle revocable */
void hf_twin__count_headroom(HfTwin *twin)
{
    HfQuantities part = {0}, used = {0};
    hf_quantities_clear(&twin->headroom);
    hf_twin__total(twin, &twin->headroom);
    sum_held(twin, HF_ROLE_NONE, 0, 0, &part);
    hf_quantities_subtract(&twin->headroom, &part);
    hf_quantities_clear(&part);
    for (guint a = 0; a < twin->agents->len; a++)
        if (HF_TWIN_AGENT(twin, a)->is_known)
            add_selected(twin, &HF_TWIN_AGENT(twin, a)->total, HF_META_RESERVED, HF_META_RESERVED,
                         &part);
    sum_held(twin, HF_ROLE_NONE, HF_META_RESERVED, HF_META_RESERVED, &used);
    hf_quantities_subtract(&part, &used);
    hf_quantities_subtract(&twin->headroom, &part);
    hf_quantities_clear(&part);
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources available = {0};
        if (!HF_TWIN_AGENT(twin, a)->is_known) continue;
        hf_twin__available(twin, a, &available);
        add_selected(twin, &available, HF_META_REVOCABLE, HF_META_REVOCABLE, &part);
        hf_resources_clear(twin->catalog, &available);
    }
    hf_quantities_subtract(&twin->headroom, &part);
    hf_quantities_clear(&part);
    hf_quantities_clear(&used);
}

void hf_twin__count_quota(HfTwin *twin)
{
    HfQuantities missing = {0};
    hf_quantities_clear(&twin->required);
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) {
        HfTwinRole *role = hf_twin__role(twin, r);
        hf_quantities_clear(&role->consumed);
        if (!hf_twin__has_quota(twin, r)) continue;
        hf_twin__used(twin, r, &role->consumed);
        hf_twin__reserved(twin, r, &role->consumed);
        hf_quantities_copy(&missing, &role->guarantees);
        hf_quantities_subtract(&missing, &role->consumed);
        hf_quantities_add(&twin->required, &missing);
    }
    hf_quantities_clear(&missing);
    hf_twin__count_headroom(twin);
}

void hf_twin__hold_back(HfTwin *twin, HfRoleId role, const HfQuantities *also, HfResources *part,
                        HfStream *order)
{
    const HfTwinRole *row = hf_twin__role(twin, role);
    if (!hf_limits_is_empty(&row->limits)) {
        HfLimits room = {0};
        hf_limits_copy(&room, &row->limits);
        hf_limits_subtract(&room, &row->consumed);
        if (also != NULL) hf_limits_subtract(&room, also);
        hf_resources_shrink_to_limits(twin->catalog, part, &room, order);
        hf_limits_clear(&room);
    }
    if (!hf_quantities_is_empty(&twin->required) && !hf_resources_is_empty(part)) {
        HfQuantities surplus = {0};
        hf_quantities_copy(&surplus, &twin->headroom);
        hf_quantities_subtract(&surplus, &twin->required);
        hf_resources_shrink_to_quantities(twin->catalog, part, &surplus, order);
        hf_quantities_clear(&surplus);
    }
}
